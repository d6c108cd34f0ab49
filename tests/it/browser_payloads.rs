//! Hostile words that were stored, read in a real browser: no script of theirs runs, the content policy has nothing to refuse,
//! and the console nothing to complain of.
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::routing::get;

use crate::accounts::add;
use crate::browser::POLICY;
use crate::requests::{KIND, decide, employee_no, execute, number_of, option, send};
use crate::support::browser::Browser;
use crate::support::portal::{PASSWORD, Portal};

const SYSTEM: &str = "\"><img src=x onerror=window.zq=1>";
const REASON: &str = "<script>window.zq=1</script>'-(window.zq=1)-'";
const COMMENT: &str = "</textarea><svg onload=window.zq=1><a href=\"javascript:window.zq=1\">x</a>";
const NOTE: &str = "</script><iframe srcdoc=\"<script>parent.zq=1</script>\"></iframe>";

/// Asks for an account on the system with the hostile name, for a hostile reason.
async fn asked(portal: &Portal, system: &str, person: &str) -> String {
    let clerk = portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let grants = format!("grants.{system}");
    let right = option(&form, &grants, "参照");
    let answers = [
        ("_id", form.ok().attribute("name=\"_id\" value=\"").unwrap()),
        ("person", employee_no(portal, person)),
        ("grants", system.to_owned()),
        (grants.as_str(), right),
        ("reason", REASON.to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    let answers: Vec<_> = answers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let number = number_of(&send(&clerk, KIND, &answers, "send").await);
    let said = clerk.post(&format!("/requests/{number}/comments"), &[("body", COMMENT)]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.words());
    number
}

/// Opens the page and reads these words on it, as words.
async fn reads(browser: &Browser, path: &str, words: &[&str]) {
    browser.goto(path).await;
    for words in words {
        browser.wait_for_text(words).await;
    }
    assert!(!browser.was_taken_over().await, "a script that somebody typed ran at {path}");
    browser.expect_no_complaint().await;
}

#[tokio::test]
async fn hostile_words_that_were_stored_are_read_as_words() {
    let portal = Portal::open().await;
    let system = add(&portal, "SYS-101", SYSTEM, false).await.to_string();
    let done = asked(&portal, &system, "山本").await;
    let agreed = decide(&portal.sign_in("佐藤").await, &done, "approve", NOTE).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.words());
    let worked = execute(&portal.sign_in("伊藤").await, &done, 1, "yamamoto.r").await;
    assert_eq!(worked.status, StatusCode::SEE_OTHER, "{}", worked.words());
    let waiting = asked(&portal, &system, "田中").await;
    let mut db = portal.superuser().await;
    let account: String = sqlx::query_scalar("select id::text from account").fetch_one(&mut db).await.unwrap();
    let events: Vec<String> = sqlx::query_scalar(
        "select id::text from audit.event where kind like 'request.%' or kind = 'system.registered'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert!(events.len() > 4, "{events:?}");
    let address = portal.serve().await;

    let manager = Browser::open(&address).await;
    manager.sign_in("sato", PASSWORD).await;
    reads(&manager, "/requests/inbox", &[&waiting]).await;
    reads(&manager, &format!("/requests/inbox?open={waiting}"), &[SYSTEM, REASON]).await;
    reads(&manager, &format!("/requests/{done}"), &[SYSTEM, REASON, COMMENT, NOTE]).await;

    let administrator = Browser::open(&address).await;
    administrator.sign_in("ito", PASSWORD).await;
    for path in ["/ledgers/accounts".to_owned(), format!("/ledgers/accounts/{account}"), "/ledgers/systems".to_owned()]
    {
        reads(&administrator, &path, &[SYSTEM]).await;
    }
    reads(&administrator, "/audit", &[&waiting]).await;
    for event in events {
        reads(&administrator, &format!("/audit/{event}"), &[]).await;
    }
}

#[tokio::test]
async fn what_a_browser_would_do_with_them_as_markup_is_noticed() {
    let raw = [SYSTEM, REASON, COMMENT, NOTE].concat();
    let page =
        format!("<!doctype html><html lang=\"ja\"><meta charset=\"utf-8\"><title>x</title><body>{raw}<p>読めます");
    let (open, shut) = (page.clone(), page);
    let router = Router::new()
        .route("/open", get(async move || ([(CONTENT_TYPE, "text/html")], open)))
        .route("/shut", get(async move || ([(CONTENT_TYPE, "text/html"), (CONTENT_SECURITY_POLICY, POLICY)], shut)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let browser = Browser::open(&address).await;
    browser.goto("/open").await;
    browser.wait_for_text("読めます").await;
    assert!(browser.was_taken_over().await, "a script that runs is not seen to run");
    browser.complaints().await;
    browser.goto("/shut").await;
    browser.wait_for_text("読めます").await;
    assert!(!browser.was_taken_over().await);
    let complaints = browser.complaints().await;
    assert!(complaints.iter().any(|line| line.contains("Content Security Policy")), "{complaints:?}");
}
