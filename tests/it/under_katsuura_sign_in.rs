//! Signing in and passwords under the city's by-law (katsuura-operations): passwords that grow old, a screen that covers itself
//! when its seat is left, and IDs that nobody uses (11-1-6, 20-1).
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::accounts::unused::ask_unused;
use mamori::people::reminders::passwords_due;
use mamori::people::sessions::sweep;

use crate::accounts::add;
use crate::support::ground::open_account;
use crate::support::portal::{Browser, PASSWORD, Portal};
use crate::support::source::root;
use crate::under_coop_sign_in::{change, mails};

const REGULATION: &str = "katsuura-operations";

#[tokio::test]
async fn a_password_past_its_date_opens_only_the_page_for_changing_it_and_both_see_the_date() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let row = open_account(&portal, &mut portal.superuser().await, itself, "田中").await;
    // 1 April and six months; the notice two weeks before
    portal.advance(TimeDelta::days(183 - 14));
    passwords_due(&portal.app).await.unwrap();
    assert_eq!(mails(&portal, "password.due", "田中").await, 1);
    let tanaka = portal.sign_in("田中").await;
    tanaka.get("/me/password").await.ok().says("令和8年4月1日(水)に設定しました").says("令和8年10月1日");
    portal.advance(TimeDelta::days(14));
    portal.sign_in("田中").await.get("/").await.ok();
    portal.advance(TimeDelta::days(1));
    let late = portal.sign_in("田中").await;
    for path in ["/", "/requests", "/ledgers/accounts"] {
        assert_eq!(late.get(path).await.location().as_deref(), Some("/me/password"), "{path}");
    }
    late.get("/me/password")
        .await
        .ok()
        .says("パスワードの変更期限を過ぎています")
        .says("令和8年4月1日(水)に設定しました");
    let officer = portal.sign_in("斎藤").await;
    change(&officer, PASSWORD, "Zh_kulo7-Pq9!xRw").await;
    officer.get(&format!("/ledgers/accounts/{row}")).await.ok().says("パスワードの最終変更日 R8.4.1");
    assert_eq!(change(&late, PASSWORD, "Zh_kulo7-Pq9!xRw").await.status, StatusCode::SEE_OTHER);
    late.get("/me/password").await.ok().says("令和8年10月2日(金)に設定しました");
    officer.get(&format!("/ledgers/accounts/{row}")).await.ok().says("パスワードの最終変更日 R8.10.2");
    portal.proves(REGULATION, &["20-1-3"]);
}

async fn signed_in(browser: &Browser<'_>) -> bool {
    browser.get("/me/sessions").await.status == StatusCode::OK
}

#[tokio::test]
async fn a_page_that_nobody_uses_covers_itself_and_every_page_is_left_by_one_act() {
    let portal = Portal::open_under(REGULATION).await;
    let tanaka = portal.sign_in("田中").await;
    // each page covers itself after the minutes of the regulation, by its style sheet alone
    for path in ["/", "/requests", "/requests/new/account.register", "/me/password", "/me/sessions", "/no-such-page"] {
        let page = tanaka.get(path).await;
        page.says("画面を伏せました").says("10分間操作がなかったため").says("もう一度ログインしてください");
        let html = page.text();
        assert!(html.contains(r#"idle idle-t1 idle-u0" data-idle="10""#), "{path}");
        assert!(html.contains(r#"class="cover""#) && html.contains(r#"href="/sign-in?to="#), "{path}");
        // one button, in no menu that would have to be opened first
        let outside: String =
            html.split("<details").map(|part| part.split_once("</details>").map_or(part, |(_, rest)| rest)).collect();
        assert_eq!(outside.matches(r#"action="/sign-out""#).count(), 1, "{path}");
        assert_eq!(page.headers["cache-control"], "no-store", "{path}: the back button would show it");
    }
    let styles = std::fs::read_to_string(root().join("static/css/cover.css")).unwrap();
    assert!(
        styles.contains(".idle-t1 { --idle-t: 1; }") && styles.contains("(var(--idle-t) * 10 + var(--idle-u)) * 60s")
    );
    portal.browser().get("/sign-in").await.ok().hides("画面を伏せました");

    // who types is there; who does nothing for ten minutes signs in again, and finds what was typed
    for _ in 0..3 {
        portal.advance(TimeDelta::minutes(9));
        assert_eq!(tanaka.get("/me/here").await.status, StatusCode::NO_CONTENT);
    }
    let typed = [("reason", "窓口の業務を引き継ぐため"), ("password_of", "x")];
    tanaka.get("/requests/new/account.register").await.ok().says("入力した内容を残してログインし直す");
    portal.advance(TimeDelta::minutes(10));
    let again = tanaka.post("/sign-in/again", &typed).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    again.says("入力した内容").says("窓口の業務を引き継ぐため").says("ログインする");
    assert!(!signed_in(&tanaka).await);
    // also where another page of the same browser kept the session going: the covered one asks again
    let tanaka = portal.sign_in("田中").await;
    tanaka.get("/requests").await.ok();
    let again = tanaka.post("/sign-in/again", &typed).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    again.says("窓口の業務を引き継ぐため");
    assert!(!signed_in(&tanaka).await);

    // signed out: nothing of it is kept by the browser, and nothing comes back
    let tanaka = portal.sign_in("田中").await;
    tanaka.get("/requests").await.ok();
    let left = tanaka.post("/sign-out", &[]).await;
    assert!(left.headers["clear-site-data"].to_str().unwrap().contains("cache"));
    assert_eq!(tanaka.get("/requests").await.location().as_deref(), Some("/sign-in?to=/requests"));

    // who never comes back has run out all the same
    let suzuki = portal.sign_in("鈴木").await;
    portal.advance(TimeDelta::minutes(10));
    sweep(&portal.app).await.unwrap();
    sweep(&portal.app).await.unwrap();
    assert!(!signed_in(&suzuki).await);
    let log = portal.sign_in("吉田").await.get("/audit").await;
    log.ok().says("ログアウト").says("区分：操作").says("端末のログインの終了").says("区分：失効（無操作）");
    let ended: Vec<(String, String)> = sqlx::query_as(
        "select p.family_name, e.facts ->> 'why' from audit.event e join person p on p.id = any (e.concerns)
          where e.kind = 'session.ended' order by e.recorded_at",
    )
    .fetch_all(&mut portal.superuser().await)
    .await
    .unwrap();
    let idle = |name: &str| (name.to_owned(), "idle".to_owned());
    assert_eq!(ended, [idle("田中"), idle("田中"), idle("鈴木")]);
    portal.proves(REGULATION, &["11-1-6b"]);
}

#[tokio::test]
async fn an_id_that_nobody_uses_is_asked_about_once_and_the_notice_reaches_the_officer() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let row = open_account(&portal, &mut portal.superuser().await, itself, "山本").await;
    let asked =
        async || (mails(&portal, "account.unused", "山本").await, mails(&portal, "account.unused", "佐藤").await);
    portal.advance(TimeDelta::days(60));
    portal.sign_in("田中").await;
    portal.sign_in("佐藤").await;
    portal.advance(TimeDelta::days(30));
    ask_unused(&portal.app).await.unwrap();
    assert_eq!(asked().await, (0, 0), "three months are not over");
    portal.advance(TimeDelta::days(1));
    ask_unused(&portal.app).await.unwrap();
    ask_unused(&portal.app).await.unwrap();
    assert_eq!(asked().await, (1, 1), "the person and the head of the section, once");
    assert_eq!(mails(&portal, "account.unused", "田中").await, 0, "who signs in is not asked");
    let body: String =
        sqlx::query_scalar("select body from outbox where kind = 'account.unused' and recipient_id = $1")
            .bind(portal.cast.get("佐藤").id.0)
            .fetch_one(&mut portal.superuser().await)
            .await
            .unwrap();
    assert!(body.contains("ログインID「yamamoto」") && body.contains("利用終了届を出してください"), "{body}");
    let link = format!("/requests/new/account.end?person={}", portal.cast.get("山本").id);
    assert!(body.contains(&link), "{body}");

    // a colleague of the section files it from there; it lies in the officer's tray, with its moment
    let clerk = portal.sign_in("田中").await;
    let form = clerk.get(&link).await;
    let fields = [
        ("person", portal.cast.get("山本").id.to_string()),
        ("accounts", row),
        ("stop_on", "2026-07-01".to_owned()),
        ("reason", "産前の休業に入ったため".to_owned()),
    ];
    let number = crate::accounts::number_of(
        &crate::accounts::send(&clerk, "/requests/new/account.end", form.ok(), &fields).await,
    );
    let officer = portal.sign_in("斎藤").await;
    officer.get("/requests/work").await.ok().says(&number).says("今日到着");
    officer.get(&format!("/requests/{number}")).await.ok().says("産前の休業に入ったため").says("7月1日");
    portal.advance(TimeDelta::days(200));
    ask_unused(&portal.app).await.unwrap();
    assert_eq!(asked().await.0, 1, "an ID that has ended is not asked about");
    portal.proves(REGULATION, &["20-1-4a"]);
}
