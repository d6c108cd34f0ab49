//! Steps of one person whom the form names (申請書で選んだ人): the author decides first, then the desk; nobody answers in their place but who
//! stands in for them or, where they may not or cannot, those above them.
use axum::http::StatusCode;
use mamori::engines::requests::actions::{ladder, vacancy};

use crate::acting_by_rule::side_door;
use crate::requests::{KIND, Office, content_hash, decide, employee_no, number_of, send, stand_in};
use crate::support::portal::{Browser, Page, Portal};

const VILLAGE: &str = include_str!("../regulations/village-office.toml");
const BINDING: &str = include_str!("../regulations/village-office.bindings.toml");
const AUTHOR: &str = r#"[[kind.field]]
key = "author"
type = "person"
label = { ja = "作成者", en = "Author" }
required = true

[[kind.step]]
key = "author"
act = "decide"
by = ["field:author"]
title = { ja = "作成者の確認", en = "Confirmation by the author" }
due_days = 2

[[kind.step]]
key = "receive_desk""#;

/// The village where the author of a request confirms it before the desk does.
fn files() -> [(&'static str, String); 2] {
    let text = VILLAGE.replacen("[\"office\", \"manager\"]", "[\"staff\", \"office\"]", 1);
    let from = BINDING.find("[[kind.step]]\nkey = \"confirm\"").unwrap();
    let until = from + BINDING[from..].find("[[kind.step]]\nkey = \"execute\"").unwrap();
    let binding = format!("{}{}", &BINDING[..from], &BINDING[until..]);
    let binding = binding.replacen("[[kind.step]]\nkey = \"receive_desk\"", AUTHOR, 1);
    [("village-office.toml", text), ("village-office.bindings.toml", binding)]
}

async fn village() -> Office {
    let files = files();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Office::within(Portal::open_beside("village-office", &files).await).await
}

/// Sends the form for somebody, with this author.
async fn page(office: &Office, browser: &Browser<'_>, (person, author): (&str, &str), step: &str) -> Page {
    let form = browser.get(KIND).await;
    let mut answers = office.answers(&form, person, "経理の担当になるため");
    answers.push(("author".to_owned(), employee_no(&office.portal, author)));
    send(browser, KIND, &answers, step).await
}

async fn file(office: &Office, browser: &Browser<'_>, who: (&str, &str)) -> String {
    number_of(&page(office, browser, who, "send").await)
}

async fn told(portal: &Portal, name: &str, kind: &str) -> i64 {
    let sql = "select count(*) from notice where person_id = $1 and kind = $2";
    let count = sqlx::query_scalar(sql).bind(portal.cast.get(name).id.0).bind(kind);
    count.fetch_one(&mut portal.superuser().await).await.unwrap()
}

async fn tries(browser: &Browser<'_>, number: &str, seen: &str) -> Page {
    let fields = [("_seen", seen), ("verdict", "approve"), ("words", "")];
    browser.post(&format!("/requests/{number}/decision"), &fields).await
}

/// Decides in somebody's own post past the portal; the code of the refusal.
async fn past_the_portal(portal: &Portal, by: &str, tier: &str) -> Option<String> {
    let mut conn = side_door(portal, portal.cast.get(by).id).await;
    let decision = "insert into decision (id, request_id, round, step, step_key, decider, post_id, tier, verdict, words, content_hash, decided_at)
         select gen_random_uuid(), r.id, r.round, r.step, 'author', $1, $2, $3, 'approve', '', r.content_hash, now() from request r";
    let someone = portal.cast.get(by);
    let done = sqlx::query(decision).bind(someone.id.0).bind(someone.post.0).bind(tier).execute(&mut conn).await;
    match done {
        Ok(_) => None,
        Err(sqlx::Error::Database(said)) => Some(said.code().unwrap_or_default().into_owned()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_author_decides_first_and_nobody_else_of_the_staff() {
    let office = village().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("山本").await;
    clerk.get(KIND).await.ok().says("作成者の確認").says("申請書で選ぶ人");
    let check = page(&office, &clerk, ("山本", "田中"), "check").await;
    check.ok().says("作成者の確認").says("田中 陽向");
    let author = portal.sign_in("田中").await;
    author.get("/").await.ok().hides("承認待ち");
    let number = file(&office, &clerk, ("山本", "田中")).await;
    let path = format!("/requests/{number}");

    assert_eq!(told(portal, "田中", "request.waiting").await, 1);
    assert_eq!(told(portal, "鈴木", "request.waiting").await, 0);
    author.get("/").await.ok().says("承認待ち").says(&number);
    author.get("/requests/inbox").await.ok().says(&number);
    clerk.get("/requests").await.ok().says("田中 陽向");
    portal.sign_in("加藤").await.get("/clauses/village-office/3-1").await.ok().hides("別の経路");

    // of those who see it, nobody decides for them; others of the staff do not even find it
    let seen = content_hash(portal, &number).await;
    let colleague = portal.sign_in("鈴木").await;
    colleague.get("/requests/inbox").await.ok().hides(&number);
    assert_eq!(colleague.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(tries(&colleague, &number, &seen).await.status, StatusCode::NOT_FOUND);
    tries(&portal.sign_in("佐藤").await, &number, &seen).await.refuses("この段階は作成者が担当します");
    tries(&portal.sign_in("中村").await, &number, &seen).await.refuses("この段階は作成者が担当します");
    for (name, tier) in [("鈴木", "staff"), ("佐藤", "manager")] {
        assert_eq!(past_the_portal(portal, name, tier).await.as_deref(), Some("PT403"), "{name}");
    }

    // on the day it is due they are reminded
    portal.advance(chrono::TimeDelta::days(2));
    ladder::turns_due(&portal.app).await.unwrap();
    assert!(told(portal, "田中", "request.due").await > 0);

    let author = portal.sign_in("田中").await;
    assert_eq!(decide(&author, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
    author.get(&path).await.ok().says("（作成者）");
    author.get("/requests/inbox").await.ok().hides(&number);
    let desk = portal.sign_in("中村").await;
    desk.get("/requests/inbox").await.ok().says(&number);
    assert_eq!(decide(&desk, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn in_their_own_matter_it_goes_to_whoever_is_above_them() {
    let office = village().await;
    let portal = &office.portal;
    stand_in(portal, "田中", "鈴木").await;
    let author = portal.sign_in("田中").await;
    let number = file(&office, &author, ("山本", "田中")).await;
    let page = author.get(&format!("/requests/{number}")).await;
    page.ok().says("本人の案件のため、作成者に代わって判断します").says("佐藤 直樹");
    let colleague = portal.sign_in("鈴木").await;
    assert_eq!(colleague.get(&format!("/requests/{number}")).await.status, StatusCode::NOT_FOUND);
    let leader = portal.sign_in("佐藤").await;
    leader.get("/requests/inbox").await.ok().says(&number);
    assert_eq!(decide(&leader, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn while_the_author_is_away_it_goes_up_and_says_why() {
    let office = village().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("山本").await;
    let number = file(&office, &clerk, ("山本", "田中")).await;
    portal.loses_sign_in("田中").await;
    vacancy::seats_of_today(&portal.app).await.unwrap();
    let path = format!("/requests/{number}");
    clerk.get(&path).await.ok().says("不在のため、作成者に代わって判断します").says("佐藤 直樹");
    let leader = portal.sign_in("佐藤").await;
    leader.get("/requests/inbox").await.ok().says(&number);
    assert_eq!(decide(&leader, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
    leader.get(&path).await.ok().says("（班長）");
}

#[tokio::test]
async fn who_stands_in_for_the_author_sees_and_decides_it() {
    let office = village().await;
    let portal = &office.portal;
    stand_in(portal, "田中", "鈴木").await;
    let number = file(&office, &portal.sign_in("山本").await, ("山本", "田中")).await;
    let deputy = portal.sign_in("鈴木").await;
    deputy.get("/requests/inbox").await.ok().says(&number);
    assert_eq!(told(portal, "鈴木", "request.waiting").await, 1);
    assert_eq!(decide(&deputy, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
    deputy.get(&format!("/requests/{number}")).await.ok().says("田中 陽向 代理").says("（作成者）");
}

#[tokio::test]
async fn the_office_sends_it_up_their_line() {
    let office = village().await;
    let portal = &office.portal;
    let number = file(&office, &portal.sign_in("山本").await, ("山本", "田中")).await;
    let seen = content_hash(portal, &number).await;
    let desk = portal.sign_in("中村").await;
    let page = desk.get(&format!("/requests/{number}")).await;
    page.ok().says("担当を替える").says("営業部 班長（佐藤 直樹）");
    let to = format!("manager:{}", portal.cast.sales);
    let fields = [("_seen", seen.as_str()), ("_at", ""), ("to", to.as_str()), ("reason", "長期の出張のため")];
    let sent = desk.post(&format!("/requests/{number}/seat"), &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let author = portal.sign_in("田中").await;
    author.get("/requests/inbox").await.ok().hides(&number);
    author.get("/notices").await.ok().says("担当が替わりました");
    assert!(tries(&author, &number, &seen).await.status.is_client_error());
    let leader = portal.sign_in("佐藤").await;
    assert_eq!(decide(&leader, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_checks_of_routes_know_that_the_form_names_somebody() {
    let office = village().await;
    let desk = office.portal.sign_in("中村").await;
    desk.get("/procedures/checkup").await.ok().hides("作成者の確認");
    // a clause that wants others to decide than the route has is told
    let [text, binding] = files();
    let other = text.1.replacen("[\"staff\", \"office\"]", "[\"manager\", \"office\"]", 1);
    let portal = Portal::open_beside("system-management", &[(text.0, &other), (binding.0, &binding.1)]).await;
    portal.run(&["regulations"]).ends(0).prints("wants manager → office to decide, the route has staff → office");
    let misnamed = binding.1.replacen("field:author", "field:reason", 1);
    let portal = Portal::open_beside("system-management", &[(text.0, &text.1), (binding.0, &misnamed)]).await;
    portal.run(&["regulations"]).ends(0).prints("by names no person whom the form always asks for");
}
