//! 引継ぎ: one page names what somebody leaves to whoever comes after them, as far as the reader sees it.
use axum::http::StatusCode;

use crate::accounts::{add, employee_no};
use crate::support::ground::{ask, open_account};
use crate::support::portal::Portal;

#[tokio::test]
async fn what_waits_for_somebody_and_what_they_hold_stands_on_one_page() {
    let portal = Portal::open().await;
    let system = add(&portal, "SYS-002", "税務システム", false).await;
    let mut db = portal.superuser().await;
    open_account(&portal, &mut db, system, "佐藤").await;
    let number = ask(&portal, &mut db, "田中", "山本", system).await;
    let address = format!("/people/{}/handover", employee_no("佐藤"));
    let office = portal.sign_in("中村").await;
    office.get(&format!("/people/{}", employee_no("佐藤"))).await.ok().says("引継ぎの一覧");
    let page = office.get(&address).await;
    page.ok().says("佐藤 直樹さんの引継ぎ").says("営業部").says(&number).says("税務システム").says("1件");
    // nothing waits for a clerk; what they filed does
    let clerk = office.get(&format!("/people/{}/handover", employee_no("田中"))).await;
    clerk.ok().says(&number).says("ありません");
    // nobody of another section
    let stranger = portal.sign_in("高橋").await;
    assert_eq!(stranger.get(&address).await.status, StatusCode::NOT_FOUND);
}
