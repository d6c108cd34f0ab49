//! The city standard (osaka-standard 11(1)①): what the manager of the owning section needs for themselves is decided and entered
//! by those above, and the IT administrator, who only advises, decides for nobody.
use axum::http::StatusCode;

use crate::accounts::{handed, hidden, number_of};
use crate::requests::decide;
use crate::support::portal::{PASSWORD, Page, Portal};
use crate::under_osaka::{ask, owned};

const REGULATION: &str = "osaka-standard";

#[tokio::test]
async fn what_the_owners_manager_asks_for_is_decided_and_entered_by_those_above() {
    let portal = Portal::open_under(REGULATION).await;
    let system = owned(&portal, "SYS-002", "住民情報システム", portal.cast.general, false).await;
    let manager = portal.sign_in("高橋").await;
    let number = number_of(&ask(&manager, "高橋", &[system]).await);
    manager.get(&format!("/requests/{number}")).await.ok().hides("担当できる人がいません");

    let office = portal.sign_in("中村").await;
    office.get("/requests/inbox").await.ok().says(&number);
    let decided = decide(&office, &number, "approve", "").await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.words());
    let path = format!("/requests/{number}/lines/1");
    let own = portal.sign_in("高橋").await;
    own.get("/requests/inbox").await.ok();
    assert!(own.post(&path, &handed("takahashi.r")).await.status.is_client_error(), "not by themselves");

    office.get("/requests/work").await.ok().says(&number);
    let (name, seen) = hidden(&office.get(&path).await, "seen");
    let entries = [&[(name.as_str(), seen.as_str())][..], &handed("takahashi.r")].concat();
    let done = office.post(&path, &entries).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    own.get("/me/accounts").await.ok().says("住民情報システム").says("takahashi.r");
}

/// The office enters who stands in for the manager of the owning section.
async fn stands_in(portal: &Portal, deputy: &str) -> Page {
    let office = portal.sign_in("中村").await;
    office.get("/stand-ins/new").await.ok();
    let (post, person) = (portal.cast.get("高橋").post.to_string(), crate::accounts::employee_no(deputy));
    let fields = [
        ("post", post.as_str()),
        ("person", person.as_str()),
        ("from", "2026-04-01"),
        ("last", "2026-04-10"),
        ("reason", "出張"),
        ("own_password", PASSWORD),
    ];
    office.submit("/stand-ins", &fields).await
}

#[tokio::test]
async fn an_it_administrator_who_stands_in_for_a_manager_decides_nothing_about_access() {
    let portal = Portal::open_under(REGULATION).await;
    let system = owned(&portal, "SYS-002", "住民情報システム", portal.cast.general, false).await;
    stands_in(&portal, "伊藤").await.ok().says("この人はIT管理者でもあるため").says("代わりにできません");
    let number = number_of(&ask(&portal.sign_in("田中").await, "山本", &[system]).await);
    let deputy = portal.sign_in("伊藤").await;
    deputy.get("/requests/inbox").await.ok().hides(&number);
    let page = deputy.get(&format!("/requests/{number}")).await;
    let seen = page.ok().attribute("name=\"_seen\" value=\"").unwrap_or_else(|| "0".repeat(64));
    let fields = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", "")];
    let refused = deputy.post(&format!("/requests/{number}/decision"), &fields).await;
    assert!(refused.status.is_client_error(), "{}", refused.words());
    refused.says("あなたはIT管理者でもあるため、この段階を代わりに判断できません");
    let decided = decide(&portal.sign_in("高橋").await, &number, "approve", "").await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.words());
    portal.proves(REGULATION, &["11-1-1"]);
}

/// Who could read the accounts of somebody on a day: the sections that own the systems, too.
#[tokio::test]
async fn the_owners_of_a_system_are_among_those_who_could_read_its_accounts() {
    let portal = Portal::open_under(REGULATION).await;
    let system = owned(&portal, "SYS-002", "住民情報システム", portal.cast.general, false).await;
    let office = portal.sign_in("中村").await;
    let number = crate::accounts::employee_no("山本");
    let fields =
        [("what", "accounts"), ("person", &*number), ("department", ""), ("request", ""), ("on", "2026-04-01")];
    let readers = async || {
        office.get("/permissions/readers").await.ok();
        office.post("/permissions/readers", &fields).await
    };
    readers().await.ok().says("佐藤 直樹").hides("高橋 遼");
    crate::support::ground::open_account(&portal, &mut portal.superuser().await, system, "山本").await;
    readers().await.ok().says("佐藤 直樹").says("高橋 遼");
}
