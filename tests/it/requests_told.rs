//! Whose turn it is hears of it: by a mail with a title and a link, and in the list once it has waited too long.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::requests::actions::ladder::climb;
use mamori::kernel::access::Actor;
use mamori::kernel::database::Role;
use mamori::kernel::work::Work;

use crate::procedures::{REGULATION, entered};
use crate::requests::{Office, decide};
use crate::support::portal::{PASSWORD, Portal};

#[tokio::test]
async fn mails_carry_a_title_and_a_link_and_reach_whose_turn_it_is() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let manager = office.portal.sign_in("佐藤").await;
    decide(&manager, &number, "return", "期間を書いてください").await;
    let all = office.portal.told("request.%").await;
    let told: Vec<_> = all.iter().map(|told| (told.mail.as_str(), told.said.as_str())).collect();
    assert!(told.contains(&("sato@example.jp", "承認をお願いします：R8-ACC-0001 アカウント登録申請")), "{told:?}");
    assert!(told.contains(&("tanaka@example.jp", "差し戻されました：R8-ACC-0001 アカウント登録申請")), "{told:?}");
    for told in &all {
        assert_eq!(told.href.as_deref(), Some("/requests/R8-ACC-0001"));
        assert!(!told.said.contains("期間") && !told.said.contains("山本"), "{}", told.said);
    }
    // what was returned is a mail already; whoever has to decide reads of it in the morning
    let mut conn = office.portal.superuser().await;
    let mails: Vec<(String, String, String)> =
        sqlx::query_as("select recipient, subject, body from outbox where kind like 'request.%'")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    let [(to, subject, body)] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(
        (to.as_str(), subject.as_str()),
        ("tanaka@example.jp", "【Mamori】差し戻されました：R8-ACC-0001 アカウント登録申請")
    );
    assert!(body.contains("/requests/R8-ACC-0001") && !body.contains("期間") && !body.contains("山本"), "{body}");
}

#[tokio::test]
async fn a_long_wait_becomes_overdue_in_business_days() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    // filed on Wednesday 1 April: three business days end on Monday 6 April
    office.portal.advance(TimeDelta::days(5));
    let manager = office.portal.sign_in("佐藤").await;
    manager.get("/requests/inbox").await.ok().says("今日").says("5日経過");
    manager.get("/requests/inbox?view=overdue").await.ok().says("この条件に当たる申請はありません");
    office.portal.advance(TimeDelta::days(1));
    let manager = office.portal.sign_in("佐藤").await;
    manager.get("/requests/inbox?view=overdue").await.ok().says(&number).says("1日超過");
}

#[tokio::test]
async fn whose_turn_it_is_hears_of_its_day_and_those_above_when_it_is_long_past() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let climb_all = async |work: &mut Work| climb(work).await;
    let mut told: Vec<(u32, Vec<String>)> = Vec::new();
    // filed on Wednesday 1 April and due on Monday the 6th; the portal looks every morning, and twice
    for day in 1..=10 {
        let mut reminded = 0;
        for _ in 0..2 {
            reminded += office.portal.app.change_as(Role::Worker, &Actor::portal(), climb_all).await.unwrap();
        }
        let since = office.portal.now() - TimeDelta::hours(1);
        let all = office.portal.told("request.%").await.into_iter();
        let mails: Vec<String> = all
            .filter(|told| ["request.due", "request.escalated"].contains(&told.kind.as_str()) && told.at >= since)
            .map(|told| format!("{} {}", told.mail, told.said))
            .collect();
        assert!(reminded <= 1 && (reminded == 1) != mails.is_empty());
        if reminded > 0 {
            told.push((day, mails));
        }
        office.portal.advance(TimeDelta::days(1));
    }
    let days: Vec<u32> = told.iter().map(|(day, _)| *day).collect();
    assert_eq!(days, [3, 6, 7, 9], "Friday, Monday, Tuesday, Thursday; never at the weekend");
    let said = |at: usize, words: &str| told[at].1.iter().any(|mail| mail.contains(words));
    assert!(said(0, "sato@example.jp 期限は次の営業日です") && said(1, "sato@example.jp 期限は今日です"), "{told:?}");
    assert!(said(2, "sato@example.jp 【期限超過】処理をお願いします") && told[2].1.len() == 1, "{told:?}");
    let above: Vec<&String> = told[3].1.iter().filter(|mail| mail.contains("担当者の処理が済んでいません")).collect();
    assert!(!above.is_empty() && above.iter().all(|mail| !mail.starts_with("sato@")), "{told:?}");
    office.portal.sign_in("田中").await.get(&format!("/requests/{number}")).await.ok().says("上の責任者に知らせました");
    assert_eq!((office.portal.events("request.due").await, office.portal.events("request.escalated").await), (4, 1));
}

/// Every morning for so many days, and twice, as after a start of the portal in the middle of it.
async fn mornings(portal: &Portal, days: u32) {
    let climb_all = async |work: &mut Work| climb(work).await;
    for _ in 0..days {
        portal.advance(TimeDelta::days(1));
        for _ in 0..2 {
            portal.app.change_as(Role::Worker, &Actor::portal(), climb_all).await.unwrap();
        }
    }
}

#[tokio::test]
async fn work_that_stays_is_told_to_the_manager_of_those_who_are_late_and_then_each_week_to_the_office() {
    let office = Office::open().await;
    let portal = &office.portal;
    let mut db = portal.superuser().await;
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut db).await.unwrap();
    // the administrators' section has a manager
    sqlx::query(
        "insert into post (id, person_id, department_id, tier, title, main, during)
         select gen_random_uuid(), $1, q.department_id, 'manager', '部長', false, '[2026-03-01,)'
           from post q where q.person_id = $2 and q.main",
    )
    .bind(portal.cast.get("高橋").id.0)
    .bind(portal.cast.get("伊藤").id.0)
    .execute(&mut db)
    .await
    .unwrap();
    let number = office.file(&portal.sign_in("田中").await, "山本").await;
    decide(&portal.sign_in("佐藤").await, &number, "approve", "").await;
    mornings(portal, 40).await;
    let to = async |kind: &'static str| {
        let told = portal.told(kind).await;
        told.into_iter().map(|told| told.mail).collect::<Vec<_>>()
    };
    assert_eq!(to("request.escalated").await, ["takahashi@example.jp"]);
    let told = to("request.office_told").await;
    assert!(told.len() > 2 && told.iter().all(|mail| mail == "nakamura@example.jp"), "{told:?}");
    let page = portal.sign_in("田中").await.get(&format!("/requests/{number}")).await;
    page.ok().says("上の責任者に知らせました").says("期限を過ぎたままのため、事務局に知らせました");
}

#[tokio::test]
async fn who_has_long_hears_five_business_days_before_the_day() {
    let office = Office::within(Portal::open_under(REGULATION).await).await;
    let portal = &office.portal;
    let desk = portal.sign_in("中村").await;
    let slow = [("decide", "manager", "department", "8")];
    let entered = entered(&desk, &slow, "2026-04-01", PASSWORD).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.words());
    // due on Monday 13 April
    office.file(&portal.sign_in("田中").await, "山本").await;
    mornings(portal, 4).await;
    assert!(portal.told("request.due").await.is_empty());
    mornings(portal, 3).await;
    let told = portal.told("request.due").await;
    let said: Vec<&str> = told.iter().map(|told| told.said.as_str()).collect();
    assert!(said.len() == 1 && said[0].contains("期限まであと5営業日です"), "{said:?}");
}
