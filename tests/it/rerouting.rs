//! 担当替え: what waits where nobody answers is sent by the office to others who may decide it, with a reason that stays.
use axum::http::StatusCode;

use crate::accounts::add;
use crate::requests::{Office, content_hash, decide};
use crate::support::ground::ask;
use crate::support::portal::{Browser, Page, Portal};

pub async fn send_to(by: &Browser<'_>, number: &str, to: &str, reason: &str, seen: &str) -> Page {
    by.get(&format!("/requests/{number}")).await;
    let fields = [("_seen", seen), ("_at", ""), ("to", to), ("reason", reason)];
    by.post(&format!("/requests/{number}/seat"), &fields).await
}

#[tokio::test]
async fn the_office_sends_what_waits_to_those_above_and_whoever_had_it_decides_no_more() {
    // no clause names who decides on it: 組織が定めた手続
    let portal = &Portal::open_under("katsuura-operations").await;
    let taxes = add(portal, "SYS-002", "税務システム", false).await;
    let number = ask(portal, &mut portal.superuser().await, "田中", "山本", taxes).await;
    let path = format!("/requests/{number}");
    let seen = content_hash(portal, &number).await;
    let desk = portal.sign_in("中村").await;
    let page = desk.get(&path).await;
    page.ok().says("担当を替える").says("小林").hides("中村 彩）</option>");
    let to = "ciso:";
    assert!(page.text().contains(&format!("<option value=\"{to}\"")), "{}", page.words());

    // a reason is needed, and what was chosen stays
    let without = send_to(&desk, &number, to, " ", &seen).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    without.says("理由");
    send_to(&desk, &number, "office:", "不在のため", &seen).await.refuses("その人には回せません");
    let stale = send_to(&desk, &number, to, "不在のため", &"0".repeat(64)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert_eq!(portal.events("request.rerouted").await, 0);

    let done = send_to(&desk, &number, to, "長期の不在で、代理も立てられないため", &seen).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let page = desk.get(&path).await;
    page.ok().says("長期の不在で、代理も立てられないため").says("担当を替えました").says("事務局が担当を替えたため");
    let manager = portal.sign_in("佐藤").await;
    manager.get("/requests/inbox").await.ok().hides(&number);
    let approve = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", "")];
    let late = manager.post(&format!("/requests/{number}/decision"), &approve).await;
    assert!(late.status.is_client_error(), "it waits elsewhere now");
    manager.get("/notices").await.ok().says("担当が替わりました");
    let chief = portal.sign_in("小林").await;
    chief.get("/notices").await.ok().says(&number);
    chief.get("/requests/inbox").await.ok().says(&number);
    assert_eq!(decide(&chief, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
    // what was decided is sent nowhere any more
    desk.get(&path).await.ok().hides("担当を替えますか");
    send_to(&desk, &number, "ciso:", "もう一度", &seen).await.refuses("その人には回せません");
}

#[tokio::test]
async fn nobody_but_the_office_sends_a_request_elsewhere() {
    let office = Office::open().await;
    let portal = &office.portal;
    let number = office.file(&portal.sign_in("田中").await, "山本").await;
    let seen = content_hash(portal, &number).await;
    for name in ["田中", "佐藤", "伊藤", "小林", "吉田"] {
        let browser = portal.sign_in(name).await;
        browser.get(&format!("/requests/{number}")).await.ok().hides("担当を替える");
        let page = send_to(&browser, &number, "ciso:", "急ぐため", &seen).await;
        assert!(page.status.is_client_error(), "{name}: {}", page.status);
    }
    assert_eq!(portal.events("request.rerouted").await, 0);
}

/// 4.1.1(1): the manager confirms. Whom a clause names, the office replaces by nobody of another tier.
#[tokio::test]
async fn whom_a_clause_names_the_office_does_not_replace_by_another_tier() {
    let office = Office::open().await;
    let portal = &office.portal;
    let number = office.file(&portal.sign_in("田中").await, "山本").await;
    let seen = content_hash(portal, &number).await;
    let desk = portal.sign_in("中村").await;
    desk.get(&format!("/requests/{number}")).await.ok().hides("担当を替える");
    send_to(&desk, &number, "ciso:", "長期の不在のため", &seen).await.refuses("その人には回せません");
    assert_eq!(portal.events("request.rerouted").await, 0);
}

#[tokio::test]
async fn work_that_waits_goes_to_whoever_holds_the_same_post_elsewhere() {
    let office = Office::open().await;
    let portal = &office.portal;
    let mut db = portal.superuser().await;
    // an administrator in another section
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut db).await.unwrap();
    sqlx::query(
        "insert into post (id, person_id, department_id, tier, title, main, during)
         select gen_random_uuid(), $1, department_id, 'sysadmin', '', false, '[2026-03-01,)' from post where person_id = $1 and main",
    )
    .bind(portal.cast.get("高橋").id.0)
    .execute(&mut db)
    .await
    .unwrap();
    let section: String = sqlx::query_scalar("select department_id::text from post where person_id = $1 and main")
        .bind(portal.cast.get("高橋").id.0)
        .fetch_one(&mut db)
        .await
        .unwrap();
    let number = office.file(&portal.sign_in("田中").await, "山本").await;
    let approved = office.approve(&portal.sign_in("佐藤").await, &number).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.words());
    let seen = content_hash(portal, &number).await;
    let desk = portal.sign_in("中村").await;
    let to = format!("sysadmin:{section}");
    let page = desk.get(&format!("/requests/{number}")).await;
    assert!(page.ok().text().contains(&format!("<option value=\"{to}\"")), "{}", page.words());
    send_to(&desk, &number, "office:", "多忙のため", &seen).await.refuses("その人には回せません");
    let done = send_to(&desk, &number, &to, "担当者の長期出張のため", &seen).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    portal.sign_in("伊藤").await.get("/requests/work").await.ok().hides(&number);
    portal.sign_in("高橋").await.get("/requests/work").await.ok().says(&number);
    desk.get(&format!("/requests/{number}")).await.ok().says("担当者の長期出張のため");
}
