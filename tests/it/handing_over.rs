//! 引継ぎ: one page names what somebody leaves to whoever comes after them, as far as the reader sees it.
use axum::http::StatusCode;
use mamori::features::movements::model::Kind;

use crate::accounts::{add, employee_no};
use crate::movements::moved;
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

#[tokio::test]
async fn a_post_is_handed_over_with_what_waits_at_its_seat_and_the_rows_that_go_with_it() {
    let portal = Portal::open().await;
    let system = add(&portal, "SYS-002", "税務システム", false).await;
    let mut db = portal.superuser().await;
    open_account(&portal, &mut db, system, "田中").await;
    let number = ask(&portal, &mut db, "田中", "山本", system).await;
    let chief: String = sqlx::query_scalar("select id::text from post where person_id = $1 and main")
        .bind(portal.cast.get("佐藤").id.0)
        .fetch_one(&mut db)
        .await
        .unwrap();
    let office = portal.sign_in("中村").await;
    let address = format!("/posts/{chief}/handover");
    office.get(&format!("/people/{}", employee_no("佐藤"))).await.ok().says("営業部");
    assert!(office.get(&format!("/people/{}", employee_no("佐藤"))).await.text().contains(&address));
    let page = office.get(&format!("{address}?on=2026-04-20")).await;
    // the section's accounts go with the chief's post, also those that others hold
    page.ok().says("の引継ぎ").says("佐藤 直樹").says("4月20日").says(&number).says("税務システム").says("田中");
    page.says("この席で承認などを待っている申請");
    // from the personnel change as well
    moved(&portal, "佐藤", Kind::Retirement, "2026-04-20").await;
    let movements = office.get("/movements").await;
    assert!(movements.ok().text().contains(&format!("{address}?on=2026-04-20")), "{}", movements.words());
    // nobody of another section, and no post that is none
    assert_eq!(portal.sign_in("高橋").await.get(&address).await.status, StatusCode::NOT_FOUND);
    let none = format!("/posts/{}/handover", uuid::Uuid::now_v7());
    assert_eq!(office.get(&none).await.status, StatusCode::NOT_FOUND);
}
