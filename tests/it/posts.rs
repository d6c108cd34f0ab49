//! Posts and stand-ins: what somebody with two posts reaches, in which capacity they decide, and that a post which ends
//! while its holder decides lets nothing through.
use axum::http::StatusCode;
use chrono::NaiveDate;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::ids::{DepartmentId, PostId};
use mamori::kernel::work::Work;
use mamori::people::roster::{NewPost, appoint};
use mamori::people::stand_ins::{Entered, NewStandIn, end, enter};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::oneshot;

use crate::requests::{Office, content_hash};
use crate::support::ground::{add_system, ask, hand};
use crate::support::portal::{Browser, Page, Portal};

/// One more post beside the main one (兼務).
async fn also(portal: &Portal, name: &str, department: DepartmentId, tier: Tier, function: Option<&str>) -> PostId {
    let (person, from) = (portal.cast.get(name).id, NaiveDate::from_ymd_opt(2026, 4, 1).unwrap());
    portal
        .app
        .change(&Actor::portal(), async |work: &mut Work| {
            appoint(work, &NewPost { person, department, tier, function, title: "兼務", main: false, from }).await
        })
        .await
        .unwrap()
}

/// In which capacity a request was decided: as the decisions and the event log say.
async fn capacities(portal: &Portal, number: &str) -> (Vec<PostId>, Vec<PostId>) {
    let mut db = portal.superuser().await;
    let decided = "select d.post_id from decision d join request r on r.id = d.request_id where r.number = $1";
    let noted = "select post_id from audit.event where kind = 'request.approved' and entity_number = $1";
    (
        sqlx::query_scalar(decided).bind(number).fetch_all(&mut db).await.unwrap(),
        sqlx::query_scalar(noted).bind(number).fetch_all(&mut db).await.unwrap(),
    )
}

#[tokio::test]
async fn two_posts_reach_both_departments_and_each_decision_is_made_in_one_of_them() {
    let portal = Portal::open().await;
    let mut db = portal.superuser().await;
    let system = add_system(&portal, "A", portal.cast.it).await;
    let in_sales = ask(&portal, &mut db, "田中", "山本", system).await;
    let in_general = ask(&portal, &mut db, "鈴木", "鈴木", system).await;
    let before = portal.sign_in("高橋").await;
    before.get("/requests/inbox").await.ok().says(&in_general).hides(&in_sales);
    assert_eq!(before.get(&format!("/requests/{in_sales}")).await.status, StatusCode::NOT_FOUND);

    let second = also(&portal, "高橋", portal.cast.sales, Tier::Manager, None).await;
    let manager = portal.sign_in("高橋").await;
    for page in ["/requests/inbox", "/requests/all"] {
        manager.get(page).await.ok().says(&in_general).says(&in_sales);
    }
    for (number, post) in [(&in_sales, second), (&in_general, portal.cast.get("高橋").post)] {
        let approved = decide(&portal, &manager, number).await;
        assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.words());
        assert_eq!(capacities(&portal, number).await, (vec![post], vec![post]), "{number}");
    }
    // and nothing beyond the two
    let elsewhere = ask(&portal, &mut db, "中村", "中村", system).await;
    assert_eq!(manager.get(&format!("/requests/{elsewhere}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_post_may_be_for_a_named_function_and_the_register_says_so() {
    let portal = Portal::open().await;
    also(&portal, "伊藤", portal.cast.it, Tier::Sysadmin, Some("サーバ管理者")).await;
    also(&portal, "伊藤", portal.cast.it, Tier::Sysadmin, Some("ネットワーク管理者")).await;
    let office = portal.sign_in("中村").await;
    office.get("/people/001006").await.ok().says("サーバ管理者").says("ネットワーク管理者");
}

async fn decide(portal: &Portal, browser: &Browser<'_>, number: &str) -> Page {
    let hash = content_hash(portal, number).await;
    let fields = [("_seen", hash.as_str()), ("verdict", "approve"), ("words", "")];
    browser.post(&format!("/requests/{number}/decision"), &fields).await
}

/// Goes on when somebody waits for what an open transaction holds.
pub async fn somebody_waits(db: &mut PgConnection) {
    let waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..20_000 {
        let count: i64 = sqlx::query_scalar(waiting).fetch_one(&mut *db).await.unwrap();
        if count > 0 {
            return;
        }
    }
    panic!("nobody waited");
}

#[tokio::test]
async fn a_stand_in_that_ends_during_a_decision_lets_it_wait_and_then_refuses_it() {
    let office = Office::open().await;
    let portal = &office.portal;
    let by = hand(portal, "中村").await;
    let day = |day| NaiveDate::from_ymd_opt(2026, 4, day).unwrap();
    let new = NewStandIn {
        post: portal.cast.get("佐藤").post,
        person: portal.cast.get("山本").id,
        from: day(1),
        last: day(10),
        reason: "出張のため。".to_owned(),
    };
    let entered = portal.app.change(&by.viewer.actor(), async |work| enter(work, &new).await).await.unwrap();
    let Entered::Done(stand_in) = entered else { panic!("no stand-in") };
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "田中").await;
    let deputy = portal.sign_in("山本").await;
    deputy.get("/requests/inbox").await.ok().says(&number);

    let (begun, ended) = oneshot::channel();
    let (mut db, actor) = (portal.superuser().await, by.viewer.actor());
    let ending = portal.app.change(&actor, async |work: &mut Work| {
        end(work, stand_in).await?;
        begun.send(()).unwrap();
        somebody_waits(&mut db).await;
        Ok(())
    });
    let deciding = async {
        ended.await.unwrap();
        decide(portal, &deputy, &number).await
    };
    let (ended, decision) = tokio::join!(ending, deciding);
    ended.unwrap();
    decision.refuses("この段階は管理職が担当します");
    assert_eq!(portal.events("request.approved").await, 0);
}

#[tokio::test]
async fn a_post_that_ends_during_a_decision_lets_it_wait_and_then_refuses_it() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "田中").await;
    let manager = portal.sign_in("佐藤").await;
    manager.get("/requests/inbox").await.ok().says(&number);

    let (mut register, mut db) = (portal.superuser().await, portal.superuser().await);
    let mut open = register.begin().await.unwrap();
    sqlx::query("update post set during = daterange(lower(during), '2026-04-01') where id = $1")
        .bind(portal.cast.get("佐藤").post.0)
        .execute(&mut *open)
        .await
        .unwrap();
    let ending = async {
        somebody_waits(&mut db).await;
        open.commit().await.unwrap();
    };
    let (decision, ()) = tokio::join!(decide(portal, &manager, &number), ending);
    decision.refuses("この段階は管理職が担当します");
    assert_eq!(portal.events("request.approved").await, 0);
}
