//! 経路の点検: where requests would stop is found before they do, today and on the days to come, and told once.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::requests::procedures::checkup::nightly;
use mamori::features::movements::actions::{cancel, enter};
use mamori::features::movements::model::{Kind, NewMovement, Place, Source};
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::ids::DepartmentId;
use mamori::kernel::work::Work;
use uuid::Uuid;

use crate::accounts::add;
use crate::movements::moved;
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

#[tokio::test]
async fn what_is_entered_for_a_day_to_come_is_found_from_it_until_the_last_day_and_told_once() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    nightly(&portal.app).await.unwrap();
    let known = told(&portal).await;
    moved(&portal, "伊藤", Kind::Leave, "2026-04-20").await;
    office.get("/procedures/checkup").await.ok().hides("4月26日");
    let id = moved(&portal, "渡辺", Kind::Maternity, "2026-04-20").await;
    moved(&portal, "渡辺", Kind::Return, "2026-04-27").await;
    let page = office.get("/procedures/checkup").await;
    page.ok().says("いま担当できないため、進められません");
    assert!(page.text().contains("4月20日") && page.text().contains("4月26日"), "{}", page.words());
    for _ in 0..2 {
        nightly(&portal.app).await.unwrap();
    }
    let after = told(&portal).await;
    assert!(after > known, "{known} {after}");
    portal.advance(TimeDelta::days(1));
    nightly(&portal.app).await.unwrap();
    assert_eq!(told(&portal).await, after, "the next night tells nothing again");

    // mended, and broken again: that is new
    let id: Uuid = id.parse().unwrap();
    portal.app.change(&Actor::portal(), async |work: &mut Work| cancel(work, id, "誤り").await).await.unwrap();
    nightly(&portal.app).await.unwrap();
    let mended = told(&portal).await;
    moved(&portal, "渡辺", Kind::Childcare, "2026-04-20").await;
    nightly(&portal.app).await.unwrap();
    assert_eq!(told(&portal).await, mended + 1);
}

#[tokio::test]
async fn a_chief_who_moves_and_all_who_are_away_at_once_are_found() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let mut db = portal.superuser().await;
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut db).await.unwrap();
    sqlx::query(
        "insert into absence (id, person_id, during, reason, entered_by, entered_at)
         values (gen_random_uuid(), $1, '[2026-04-13,2026-04-18)', '研修', $1, now())",
    )
    .bind(portal.cast.get("佐藤").id.0)
    .execute(&mut db)
    .await
    .unwrap();
    let page = office.get("/procedures/checkup").await;
    page.ok().says("代理の全員が不在のため、戻るまで進められません");
    assert!(page.text().contains("4月13日") && page.text().contains("4月17日"), "{}", page.words());

    // a transfer that waits for its day leaves the section without its chief from then on
    let elsewhere: Uuid = sqlx::query_scalar(
        "select d.id from department d where d.id <> (select department_id from post where person_id = $1 and main limit 1)
            and d.parent_id is not null order by d.code desc limit 1",
    )
    .bind(portal.cast.get("佐藤").id.0)
    .fetch_one(&mut db)
    .await
    .unwrap();
    let to = Place { department: DepartmentId(elsewhere), tier: Some(Tier::Staff), title: String::new() };
    let new = NewMovement {
        person: portal.cast.get("佐藤").id,
        kind: Kind::Transfer,
        effective_on: "2026-05-11".parse().unwrap(),
        to: Some(to),
        source: Source::Entered,
    };
    portal.app.change(&Actor::portal(), async |work: &mut Work| enter(work, &new).await).await.unwrap();
    let page = office.get("/procedures/checkup").await;
    assert!(page.text().contains("5月11日"), "{}", page.words());
}
