//! 経路の点検: where requests would stop is found before they do, today and on the days to come, and told once.
use axum::http::StatusCode;
use mamori::engines::requests::procedures::checkup::nightly;

use crate::accounts::add;
use crate::support::portal::Portal;

async fn told(portal: &Portal) -> i64 {
    let mut db = portal.superuser().await;
    sqlx::query_scalar("select count(*) from notice where kind = 'route.faults'").fetch_one(&mut db).await.unwrap()
}

#[tokio::test]
async fn where_nobody_can_act_now_or_from_a_day_on_is_found_and_told_once() {
    let portal = Portal::open().await;
    add(&portal, "SYS-002", "税務システム", false).await;
    let office = portal.sign_in("中村").await;
    office.get("/procedures").await.ok().says("経路の点検");
    let before = office.get("/procedures/checkup").await;
    before.ok().hides("いま担当できないため、進められません");
    nightly(&portal.app).await.unwrap();
    let known = told(&portal).await;

    // both administrators cannot sign in any more, and the chief's post ends within a week
    portal.loses_sign_in("伊藤").await;
    portal.loses_sign_in("渡辺").await;
    let mut db = portal.superuser().await;
    sqlx::query("update post set during = daterange(lower(during), '2026-04-06', '[]') where person_id = $1")
        .bind(portal.cast.get("佐藤").id.0)
        .execute(&mut db)
        .await
        .unwrap();
    let page = office.get("/procedures/checkup").await;
    page.ok().says("アカウント登録申請").says("いま担当できないため、進められません").says("いま").says("すべての部署");
    assert!(page.text().contains("4月7日"), "the post that ends is told from its day on: {}", page.words());
    nightly(&portal.app).await.unwrap();
    nightly(&portal.app).await.unwrap();
    assert_eq!(told(&portal).await, known + 1);
    office.get("/notices").await.ok().says("経路の点検で、申請が止まるおそれが");

    assert_eq!(portal.sign_in("田中").await.get("/procedures/checkup").await.status, StatusCode::NOT_FOUND);
}
