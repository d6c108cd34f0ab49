//! 充て職 and its hand-over (katsuura 5): the personnel list brings another chief, whose function follows the post by itself; the
//! former one's rights are gone at 0:00 of the day after the last, and what waited waits for the successor.
use std::fmt::Write as _;

use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta};
use mamori::features::functions::of_today;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::ids::{DepartmentId, PersonId, PostId};
use mamori::kernel::work::Work;
use mamori::people::posts;
use mamori::people::roster::{NewDepartment, NewPerson, NewPost, add_department, add_person, appoint};
use mamori::people::sign_ins::open_with_password;

use crate::accounts::{add, employee_no, number_of, send};
use crate::requests::decide;
use crate::support::ground::open_account;
use crate::support::portal::{Browser, PASSWORD, Portal};

const FUNCTION: &str = "/functions/system_administrator";
const REFUSED: &str = "情報システム管理者は情報政策課長をもって充てます";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Somebody with a plain post and a sign-in.
async fn somebody(
    portal: &Portal,
    (number, family, login): (&str, &str, &str),
    department: DepartmentId,
    title: &str,
) -> (PersonId, PostId) {
    let from = day("2025-04-01");
    let add = async |work: &mut Work| {
        let new = NewPerson {
            employee_no: number,
            family_name: family,
            given_name: "一郎",
            reading: "てすと いちろう",
            mail: None,
            employment: "permanent",
            owner: None,
            joined_on: from,
        };
        let person = add_person(work, &new).await?;
        let post = NewPost { person, department, tier: Tier::Staff, function: None, title, main: true, from };
        Ok((person, appoint(work, &post).await?))
    };
    let (person, post) = portal.app.change(&Actor::portal(), add).await.unwrap();
    open_with_password(&portal.app, person, login, PASSWORD).await.unwrap();
    (person, post)
}

/// The personnel list as it stands, with these words in the place of others.
async fn import(portal: &Portal, office: &Browser<'_>, changed: &[(&str, &str)]) {
    let mut db = portal.superuser().await;
    let rows: Vec<(String, String, String, String, String, Option<String>)> = sqlx::query_as(
        "select n.employee_no, n.family_name || '　' || n.given_name, n.reading, d.code, p.title, n.mail
           from person n join post p on p.person_id = n.id and p.main join department d on d.id = p.department_id
          where upper_inf(p.during) order by n.employee_no",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let mut csv =
        "職員番号,氏名,フリガナ,所属コード,所属名,役職,雇用区分,採用年月日,退職年月日,メールアドレス\r\n".to_owned();
    for (number, name, reading, code, title, mail) in rows {
        let mail = mail.unwrap_or_default();
        let joined = if number.starts_with("002") { "令和7年4月1日" } else { "令和2年4月1日" };
        write!(csv, "{number},{name},{reading},{code},,{title},正職員,{joined},,{mail}\r\n").unwrap();
    }
    for (from, to) in changed {
        assert!(csv.contains(from), "{from} in {csv}");
        csv = csv.replace(from, to);
    }
    office.get("/imports").await.ok();
    let sent = office.post_file_with("/imports", &[("kind", "people")], "file", ("名簿.csv", csv.as_bytes())).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let at = sent.location().unwrap();
    let page = office.get(&at).await;
    let value = |name: &str| page.attribute(&format!("name=\"{name}\" value=\"")).unwrap_or_default();
    let fields = [("seen", value("seen")), ("leave", value("leave"))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = office.post(&format!("{at}/confirmation"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    office.get(&at).await.ok().says("変更 2件");
}

#[tokio::test]
async fn another_chief_comes_by_the_personnel_list_and_takes_over_what_waits() {
    let portal = Portal::open_under("katsuura-operations").await;
    let (it, from) = (portal.cast.it, day("2020-04-01"));
    let section = async |work: &mut Work| {
        let (name, reading) = ("情報政策課", "じょうほうせいさくか");
        add_department(work, &NewDepartment { code: "310", name, reading, parent: Some(it), from }).await
    };
    let section = portal.app.change(&Actor::portal(), section).await.unwrap();
    somebody(&portal, ("002001", "大野", "ono"), section, "課長").await;
    let (_, other) = somebody(&portal, ("002002", "小川", "ogawa"), section, "係長").await;
    portal.advance(TimeDelta::days(1));

    // held by the chief of the section and nobody else, with first and last day
    let office = portal.sign_in("中村").await;
    office.get(&format!("{FUNCTION}/appointment")).await.ok().says("「情報政策課長」の在職者だけ");
    let fields = |person, from| {
        let own = ("own_password", PASSWORD);
        [("person", person), ("from", from), ("last", ""), ("reason", "人事発令第4号"), own]
    };
    let refused = office.post(&format!("{FUNCTION}/appointment"), &fields("002002", "2026-04-02")).await;
    refused.refuses(REFUSED);
    office
        .submit(&format!("{FUNCTION}/appointment"), &fields("002001", "2026-04-02"))
        .await
        .ok()
        .says("情報システム管理者を任命しました");
    office
        .get("/functions")
        .await
        .ok()
        .says("情報システム管理者")
        .says("情報政策課長")
        .says("大野 一郎")
        .says("4月2日");
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let account = open_account(&portal, &mut portal.superuser().await, taxes, "山本").await;
    let clerk = portal.sign_in("田中").await;
    let path = "/requests/new/account.stop";
    let form = clerk.get(path).await;
    let asked = [
        ("person", employee_no("山本")),
        ("accounts", account),
        ("stop_on", "2026-04-02".to_owned()),
        ("reason", "異動先で届出ができないため".to_owned()),
    ];
    let number = number_of(&send(&clerk, path, form.ok(), &asked).await);
    portal.sign_in_as("ono").await.get("/requests/inbox").await.ok().says(&number);

    // the list of the next day has another chief: the function follows, what waited is handed over
    portal.advance(TimeDelta::days(1));
    let office = portal.sign_in("中村").await;
    let moves = [("310,,課長", "200,,参事"), ("310,,係長", "310,,課長")];
    import(&portal, &office, &moves).await;
    office.get("/functions").await.ok().says("小川 一郎").says("4月3日").hides("大野 一郎");
    let page = office.get(FUNCTION).await;
    page.ok().says("前任者と引継ぎ").says("大野 一郎").says("小川 一郎").says(&number).says("4月2日");
    let former = portal.sign_in_as("ono").await;
    former.get("/requests/inbox").await.hides(&number);
    assert!(former.get(&format!("/requests/{number}")).await.status.is_client_error());
    let successor = portal.sign_in_as("ogawa").await;
    successor.get("/requests/inbox").await.ok().says(&number);
    let approved = decide(&successor, &number, "approve", "").await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.words());
    office.get(&format!("{FUNCTION}/appointment")).await.ok();
    office.post(&format!("{FUNCTION}/appointment"), &fields("002001", "2026-04-03")).await.refuses(REFUSED);

    // until midnight of the last day the right is there, and then it is gone
    let base: PostId = {
        let mut db = portal.superuser().await;
        let id = sqlx::query_scalar::<_, uuid::Uuid>(
            "select rests_on from post where function = 'system_administrator' and upper_inf(during)",
        );
        PostId(id.fetch_one(&mut db).await.unwrap())
    };
    assert_eq!(base, other, "the post became that of the chief");
    let end = async |work: &mut Work| posts::end(work, base, day("2026-04-04"), "退職").await;
    assert_eq!(portal.app.change(&Actor::portal(), end).await.unwrap(), None);
    portal.advance(TimeDelta::days(1) + TimeDelta::hours(14));
    portal.sign_in_as("ogawa").await.get("/requests/inbox").await.ok();
    portal.advance(TimeDelta::hours(1));
    assert!(portal.sign_in_as("ogawa").await.get("/requests/inbox").await.status.is_client_error());
    of_today(&portal.app).await.unwrap();
    portal.sign_in("加藤").await.get("/").await.ok().says("情報システム管理者が任命されていません");
    let office = portal.sign_in("中村").await;
    office.get(FUNCTION).await.ok().says("空席").says("小川 一郎").says("4月4日");
    portal.proves("katsuura-operations", &["5"]);
}
