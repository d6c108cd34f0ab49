//! The days of an account: not before the day it is asked for, none that nobody means, and what happens after its last one.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::accounts::actions::{ends_of_today, open};
use mamori::features::accounts::model::{Kind, Opening};
use mamori::kernel::access::Actor;
use mamori::kernel::work::Work;
use uuid::Uuid;

use crate::accounts::{Office, employee_no, handed, number_of, option, right_of, send};

#[tokio::test]
async fn nothing_is_opened_before_its_day_nor_for_days_that_nobody_means() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let path = "/requests/new/account.register";
    let form = clerk.get(path).await;
    let grants = format!("grants.{}", office.system);
    let right = option(&form, &grants, "参照");
    let fields = |from: &str, until: &str| {
        [
            ("person", employee_no("山本")),
            ("grants", office.system.to_string()),
            (grants.as_str(), right.clone()),
            ("reason", "受注の登録を担当するため".to_owned()),
            ("from", from.to_owned()),
            ("until", until.to_owned()),
        ]
    };
    for (from, until, words) in [
        ("1900-01-01", "", "利用の開始日は、令和7年4月1日(火)から令和18年4月1日(火)までの日にしてください"),
        ("2100-01-01", "", "利用の開始日は、令和7年4月1日(火)から令和18年4月1日(火)までの日にしてください"),
        ("2026-04-01", "2100-01-01", "利用の終了日は、令和7年4月1日(火)から令和18年4月1日(火)までの日にしてください"),
        ("2026-04-02", "2026-04-01", "利用の終了日は、利用の開始日（令和8年4月2日(木)）より後の日にしてください"),
        ("2026-02-27", "", "利用の開始日は、令和8年3月1日(日)以後の日にしてください"),
    ] {
        let refused = send(&clerk, path, &form, &fields(from, until)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{from} {until}");
        refused.says(words);
    }
    // nobody used anything before they came
    let mut db = office.portal.superuser().await;
    let came = "set session_replication_role = replica; update person set joined_on = '2026-03-30' where employee_no = '001002'";
    sqlx::raw_sql(came).execute(&mut db).await.unwrap();
    let before = send(&clerk, path, &form, &fields("2026-03-29", "")).await;
    before.refuses("利用の開始日は、利用者の採用日（令和8年3月30日(月)）以後の日にしてください");
    let number = number_of(&send(&clerk, path, &form, &fields("2026-04-03", "")).await);
    office.approve(&number).await;
    let administrator = office.portal.sign_in("伊藤").await;
    // the queue and the form say so before anything is typed
    administrator.get("/requests/work").await.ok().says("4/3(金)から");
    let line = administrator.get(&format!("/requests/{number}/lines/1")).await;
    line.ok().says("令和8年4月3日(金)になるまで、実施を記録できません");
    let early = office.execute(&administrator, &number, &handed("yamamoto.r")).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    early.says("利用の開始日（令和8年4月3日(金)）より前には設定できません");
    assert_eq!(office.portal.events("account.opened").await, 0);
    office.portal.advance(TimeDelta::days(2));
    let administrator = office.portal.sign_in("伊藤").await;
    administrator.get("/requests/work").await.ok().hides("4/3(金)から");
    let done = office.execute(&administrator, &number, &handed("yamamoto.r")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    // what was left empty stands in the record as what it means, and the row names who approved it
    let page = administrator.get(&format!("/requests/{number}")).await;
    page.ok().says("渡した人 伊藤 翔").says("設定した権限 参照");
    let row = office.account("yamamoto.r").await;
    let row = administrator.get(&format!("/ledgers/accounts/{row}")).await;
    row.ok().says("承認者 佐藤 直樹");
}

#[tokio::test]
async fn an_account_past_its_last_day_is_red_and_that_of_the_portal_stops_by_itself() {
    let office = Office::open().await;
    let portal = &office.portal;
    for (system, name) in [(office.itself, "yamamoto"), (office.system, "yamamoto.s")] {
        let right: Uuid = right_of(portal, system, "参照").await.parse().unwrap();
        let opening = Opening {
            system,
            name: name.to_owned(),
            holder: portal.cast.get("山本").id,
            department: portal.cast.sales,
            rights: vec![right],
            necessity: "受注の登録".to_owned(),
            kind: Kind::Personal,
            until: Some("2026-04-10".parse().unwrap()),
            request: None,
        };
        portal.app.change(&Actor::portal(), async |work: &mut Work| open(work, &opening).await).await.unwrap();
    }
    let administrator = portal.sign_in("伊藤").await;
    administrator.get("/ledgers/accounts?view=ending").await.ok().says("yamamoto.s").hides("R8.4.10 超過");
    portal.advance(TimeDelta::days(10));
    let administrator = portal.sign_in("伊藤").await;
    administrator.get("/ledgers/accounts?view=ending").await.ok().hides("yamamoto.s");
    administrator.get("/ledgers/accounts?view=past").await.ok().says("yamamoto.s").says("R8.4.10 超過");
    // whoever answers for the section is told at home, and reads it on the row's own page; nobody else is
    let manager = portal.sign_in("佐藤").await;
    let home = manager.get("/").await;
    home.ok().says("利用の終了日を過ぎたアカウント 2件");
    assert!(home.text().contains("/ledgers/accounts?view=past"), "{}", home.text());
    let row = office.account("yamamoto.s").await;
    manager.get(&format!("/ledgers/accounts/{row}")).await.ok().says("利用の終了日 R8.4.10 超過");
    manager.get(&format!("/ledgers/accounts/{row}?as_of=2026-04-05")).await.ok().hides("超過");
    portal.sign_in("田中").await.get("/").await.ok().hides("利用の終了日を過ぎた");
    let holder = portal.sign_in("山本").await;
    ends_of_today(&portal.app).await.unwrap();
    // the portal's own is over with its sessions; the other system's waits, red, for whoever stops it there
    assert_eq!(holder.get("/requests").await.status, StatusCode::SEE_OTHER);
    let past = administrator.get("/ledgers/accounts?view=past").await;
    past.ok().says("yamamoto.s").says("1–1 / 1件");
    administrator.get("/ledgers/accounts?view=stopped&columns=reason").await.ok().says("利用の終了日を過ぎた");
}

#[tokio::test]
async fn nothing_was_handed_over_before_it_was_decided() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let number = office.ask_for(&clerk, "山本", office.system, "参照").await;
    portal.advance(TimeDelta::minutes(30));
    office.approve(&number).await;
    portal.advance(TimeDelta::minutes(10));
    let administrator = portal.sign_in("伊藤").await;
    let mut entries = handed("yamamoto.r");
    let handed_over = entries.iter().position(|(name, _)| *name == "handed_over_at").unwrap();
    for (at, words) in [
        ("2026-04-01T08:00", "申請された時より前になっています"),
        ("2026-04-01T09:10", "決定より前になっています"),
        ("2026-04-01T10:00", "いまより前の日時を入力してください"),
    ] {
        entries[handed_over].1 = at;
        office.execute(&administrator, &number, &entries).await.refuses(words);
    }
    entries[handed_over].1 = "2026-04-01T09:30";
    let done = office.execute(&administrator, &number, &entries).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
}
