//! 未使用のログインID: told two weeks before, stopped at night, never erased, and opened again. Where an end of use is given notice
//! of instead: under_katsuura_sign_in.rs.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::accounts::unused::ask_unused;
use mamori::kernel::access::Actor;
use mamori::kernel::work::Work;
use mamori::people::sign_ins::create_sign_in;
use sqlx::Executor as _;

use crate::accounts::add;
use crate::posts::somebody_waits;
use crate::sign_in::activate;
use crate::support::ground::open_account;
use crate::support::portal::Portal;
use crate::under_coop_sign_in::mails;

/// What the outbox calls the warning.
const WARNING: &str = "account.unused_notice";

/// Days pass, and a night.
async fn nights(portal: &Portal, days: i64) {
    portal.advance(TimeDelta::days(days));
    ask_unused(&portal.app).await.unwrap();
    ask_unused(&portal.app).await.unwrap();
}

/// Why this person's ID is stopped.
async fn stopped(portal: &Portal, name: &str) -> Option<String> {
    sqlx::query_scalar("select disabled_reason from auth.credential where person_id = $1")
        .bind(portal.cast.get(name).id.0)
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap()
}

/// How many warnings this person still has before them.
async fn warned(portal: &Portal, name: &str) -> i64 {
    sqlx::query_scalar(
        "select count(*) from notice where kind = $1 and person_id = $2 and read_at is null and over_at is null",
    )
    .bind(WARNING)
    .bind(portal.cast.get(name).id.0)
    .fetch_one(&mut portal.superuser().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn an_id_that_nobody_uses_is_stopped_after_a_warning_and_opens_again() {
    for regulation in ["system-management", "osaka-standard"] {
        let portal = Portal::open_under(regulation).await;
        let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
        let row = open_account(&portal, &mut portal.superuser().await, itself, "山本").await;
        // three months from 1 April, and two weeks before
        nights(&portal, 76).await;
        assert_eq!(portal.events("account.unused_warned").await, 0, "{regulation}");
        nights(&portal, 1).await;
        assert_eq!(mails(&portal, WARNING, "山本").await, 1, "{regulation}: once");
        let body: String = sqlx::query_scalar("select body from outbox where kind = $1 and recipient_id = $2")
            .bind(WARNING)
            .bind(portal.cast.get("山本").id.0)
            .fetch_one(&mut portal.superuser().await)
            .await
            .unwrap();
        let told = "「yamamoto」は、令和8年4月1日(水)からログインがありません";
        assert!(body.contains(told) && body.contains("令和8年7月1日(水)に停止します"), "{body}");
        assert_eq!(warned(&portal, "田中").await, 1, "{regulation}");
        for name in ["田中", "吉田"] {
            let browser = portal.sign_in(name).await;
            assert_eq!(warned(&portal, name).await, 0, "{regulation}: {name} is here");
            browser.get("/notices").await.ok().says("処理済み");
        }
        assert_eq!(warned(&portal, "山本").await, 1, "{regulation}: who did not come is still warned");
        nights(&portal, 13).await;
        assert_eq!(portal.events("sign_in.stopped").await, 0, "{regulation}: a day too early");
        nights(&portal, 1).await;
        assert_eq!(stopped(&portal, "山本").await.as_deref(), Some("unused"), "{regulation}");
        assert_eq!(warned(&portal, "山本").await, 0, "{regulation}: what was to come has come");
        assert_eq!(stopped(&portal, "田中").await, None, "{regulation}: who came stays");

        // one of the two who could open the others again stays, though neither came
        let administrators = [("伊藤", stopped(&portal, "伊藤").await), ("渡辺", stopped(&portal, "渡辺").await)];
        let mut open = administrators.iter().filter(|(_, why)| why.is_none()).map(|(name, _)| *name);
        let (last, none) = (open.next().expect("nobody is left"), open.next());
        assert_eq!(none, None, "{regulation}");
        // the row says it, and nothing is gone
        let auditor = portal.sign_in("吉田").await;
        auditor.get(&format!("/ledgers/accounts/{row}")).await.ok().says("停止").says("未使用");
        auditor.get("/ledgers/accounts?view=stopped").await.ok().says("yamamoto-1");
        nights(&portal, 10).await;
        assert_eq!(stopped(&portal, last).await, None, "{regulation}");
        let yamamoto = portal.cast.get("山本").id;
        let again = async |work: &mut Work| create_sign_in(work, yamamoto, "yamamoto").await;
        let code = portal.app.change(&Actor::portal(), again).await.unwrap();
        nights(&portal, 0).await;
        assert_eq!(stopped(&portal, "山本").await, None, "{regulation}: from now on three months again");
        let (_, page) = activate(&portal, "yamamoto", &code.shown()).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
        if regulation == "system-management" {
            // the reason for which it was stopped stands in the history, and the stopped are listed together
            portal.proves(regulation, &["4.1.3-4"]);
        }
    }
}

#[tokio::test]
async fn nobody_is_stopped_who_was_not_warned_in_time() {
    let portal = Portal::open().await;
    // the portal stood still for half a year
    nights(&portal, 180).await;
    assert_eq!((mails(&portal, WARNING, "山本").await, portal.events("sign_in.stopped").await), (1, 0));
    nights(&portal, 13).await;
    assert_eq!(portal.events("sign_in.stopped").await, 0);
    // and stood still again: the warning is too old
    nights(&portal, 30).await;
    assert_eq!((mails(&portal, WARNING, "山本").await, portal.events("sign_in.stopped").await), (2, 0));
    nights(&portal, 14).await;
    assert_eq!(stopped(&portal, "山本").await.as_deref(), Some("unused"));
}

#[tokio::test]
async fn whoever_signs_in_at_the_moment_of_the_stop_is_not_stopped() {
    let portal = Portal::open().await;
    nights(&portal, 77).await;
    assert_eq!(mails(&portal, WARNING, "山本").await, 1);
    portal.advance(TimeDelta::days(14));
    let (mut coming, mut watching) = (portal.superuser().await, portal.superuser().await);
    coming.execute("begin").await.unwrap();
    let signs_in = "update auth.credential set last_sign_in = $2 where person_id = $1";
    let signs_in = sqlx::query(signs_in).bind(portal.cast.get("山本").id.0).bind(portal.now());
    signs_in.execute(&mut coming).await.unwrap();
    let arriving = async {
        somebody_waits(&mut watching).await;
        coming.execute("commit").await.unwrap();
    };
    let (night, ()) = tokio::join!(ask_unused(&portal.app), arriving);
    night.unwrap();
    assert_eq!(stopped(&portal, "山本").await, None);
    assert_eq!(stopped(&portal, "田中").await.as_deref(), Some("unused"), "the others are");
}

#[tokio::test]
async fn where_no_text_asks_for_it_nobody_is_stopped() {
    for regulation in ["mutual-aid-policy", "coop-operations", "katsuura-operations"] {
        let portal = Portal::open_under(regulation).await;
        nights(&portal, 100).await;
        nights(&portal, 20).await;
        assert_eq!(mails(&portal, WARNING, "山本").await, 0, "{regulation}");
        assert_eq!(portal.events("sign_in.stopped").await, 0, "{regulation}");
    }
}
