//! The tests' own eyes and hands, tried on a small page under the portal's content policy: a helper that finds nothing
//! wrong anywhere would prove nothing.
use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::requests::Office;
use crate::support::browser::{Browser, Colours};
use crate::support::portal::PASSWORD;

pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

const GOOD: &str = r#"<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>申請の一覧</title>
<link rel="stylesheet" href="/it.css"><script src="/it.js" defer></script></head><body><main><h1>申請</h1>
<form action="/done"><p><label for="n">氏名 <span>※必須</span></label><input id="n" name="name"></p>
<p><label for="n2">氏名のよみ</label><input id="n2" name="kana"></p>
<p><label for="d">利用の開始日</label><input id="d" name="from" type="date"></p>
<p><label for="s">課</label><select id="s" name="section"><option value="1">総務課</option><option value="2">税務課</option></select></p>
<p><label><input type="checkbox" name="ok" value="1"> 内容を確認しました</label></p>
<button>申請を送信する</button></form>
<details><summary>くわしく</summary><p>畳まれた文</p></details><p id="late"></p></main></body></html>"#;

const BAD: &str = r#"<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>障壁</title></head><body><main>
<h1>障壁</h1><img src="/none.png"><input name="nameless"></main></body></html>"#;

/// Where motion is welcome, the heading would be too pale for a minute.
const STYLE: &str = "@media (prefers-reduced-motion: no-preference) { h1 { animation: in 60s } } \
                     @keyframes in { from { opacity: 0.1 } }";

const SCRIPT: &str = "document.getElementById('late').textContent = '部品が動きました';";

async fn done(uri: axum::http::Uri) -> impl IntoResponse {
    let said = uri.query().unwrap_or_default().to_owned();
    page(&format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>済</title></head>\
         <body><main><h1>受け付けました</h1><p id=\"said\">{}</p></main></body></html>",
        said.replace('&', " ")
    ))
}

fn page(html: &str) -> impl IntoResponse + use<> {
    ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)], html.to_owned())
}

/// The page's address; it is served for as long as the test runs.
async fn serve() -> String {
    let router = Router::new()
        .route("/", get(async || page(GOOD)))
        .route("/bad", get(async || page(BAD)))
        .route("/done", get(done))
        .route("/it.css", get(async || ([(CONTENT_TYPE, "text/css")], STYLE)))
        .route("/it.js", get(async || ([(CONTENT_TYPE, "text/javascript")], SCRIPT)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn a_person_finds_fields_by_their_labels_and_sends_the_form() {
    let browser = Browser::open(&serve().await).await;
    browser.goto("/").await;
    assert_eq!(browser.title().await, "申請の一覧");
    browser.wait_for_text("部品が動きました").await;

    browser.fill("氏名", "髙橋 一郎").await;
    browser.fill("氏名のよみ", "たかはし いちろう").await;
    browser.fill("利用の開始日", "2026-12-01").await;
    browser.fill("課", "税務課").await;
    browser.tick("内容を確認しました").await;
    browser.follow("申請を送信する").await;

    browser.wait_for_path("/done?").await;
    let said = browser.wait_for("#said").await;
    for part in ["name=%E9%AB%99%E6%A9%8B", "from=2026-12-01", "section=2", "ok=1"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    assert_eq!(browser.texts("h1").await, ["受け付けました"]);
    assert!(browser.complaints().await.iter().all(|line| line.contains("favicon")));
}

#[tokio::test]
async fn what_is_folded_away_is_not_read_until_it_is_opened() {
    let browser = Browser::open(&serve().await).await;
    browser.goto("/").await;
    assert!(!browser.text().await.contains("畳まれた文"));
    browser.click("くわしく").await;
    browser.wait_for_text("畳まれた文").await;
    browser.click("くわしく").await;
    browser.wait_until_gone("details p").await;
    browser.press(Browser::ENTER).await;
    browser.wait_for_text("畳まれた文").await;
    browser.press(Browser::TAB).await;
}

#[tokio::test]
async fn barriers_are_found_where_they_are_and_nowhere_else() {
    let browser = Browser::open(&serve().await).await;
    browser.goto("/").await;
    for colours in [Colours::Light, Colours::Dark, Colours::Forced] {
        browser.set_colours(colours).await;
        browser.assert_no_barriers(&format!("{colours:?}")).await;
    }

    browser.goto("/bad").await;
    let found = browser.axe().await;
    let rules: Vec<&str> = found.iter().map(|barrier| barrier.rule.as_str()).collect();
    assert!(rules.contains(&"image-alt") && rules.contains(&"label"), "{found:?}");
    assert!(found.iter().all(|barrier| !barrier.help.is_empty() && !barrier.places.is_empty()), "{found:?}");
}

#[tokio::test]
async fn without_javascript_the_form_goes_all_the_same() {
    let browser = Browser::open_without_javascript(&serve().await).await;
    browser.goto("/").await;
    browser.fill("氏名", "佐藤 花子").await;
    browser.fill("利用の開始日", "2026-12-01").await;
    browser.follow("申請を送信する").await;
    browser.wait_for_text("from=2026-12-01").await;
    browser.goto("/").await;
    assert!(!browser.text().await.contains("部品が動きました"));
}

#[tokio::test]
async fn a_phone_is_as_narrow_as_a_phone_and_pictures_show_it() {
    let browser = Browser::open(&serve().await).await;
    browser.goto("/").await;
    browser.resize(320, 640).await;
    assert!(!browser.scrolls_sideways().await);
    let picture = std::fs::read(browser.screenshot("browser-phone").await).unwrap();
    assert_eq!(&picture[16..24], [0, 0, 1, 64, 0, 0, 2, 128], "320 by 640, as the PNG says");
}

#[tokio::test]
async fn the_keys_of_the_inbox_ask_before_they_decide() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let (first, second) = (office.file(&clerk, "山本").await, office.file(&clerk, "田中").await);
    let browser = Browser::open(&office.portal.serve().await).await;
    browser.sign_in("sato", PASSWORD).await;
    browser.goto(&format!("/requests/inbox?open={first}")).await;
    browser.assert_no_barriers("as it stands").await;

    browser.press("a").await;
    browser.wait_for_text("承認しますか").await;
    browser.assert_no_barriers("as it stands").await;
    browser.press(Browser::ESCAPE).await;
    browser.wait_until_gone("dialog[open]").await;
    assert_eq!(office.portal.events("request.approved").await, 0, "a key alone changes nothing");

    browser.press("a").await;
    browser.wait_for_text("承認しますか").await;
    browser.press(Browser::ENTER).await;
    browser.wait_for_text(&format!("{first} を承認しました")).await;

    // what was begun in the bar is carried into the question; while typing, letters are letters
    browser.goto(&format!("/requests/inbox?open={second}")).await;
    browser.fill("添える言葉", "abrの欄").await;
    assert!(!browser.text().await.contains("承認しますか"));
    browser.click("差し戻す").await;
    browser.wait_for_text("申請者にそのまま届きます").await;
    // past 「やめる」 to 「差し戻す」
    for key in [Browser::TAB, Browser::TAB, Browser::ENTER] {
        browser.press(key).await;
    }
    browser.wait_for_text(&format!("{second} を差し戻しました")).await;
    clerk.get(&format!("/requests/{second}")).await.ok().says("abrの欄");
}

#[tokio::test]
async fn without_javascript_the_inbox_decides_all_the_same() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let browser = Browser::open_without_javascript(&office.portal.serve().await).await;
    browser.sign_in("sato", PASSWORD).await;
    browser.goto(&format!("/requests/inbox?open={number}")).await;
    browser.fill("添える言葉", "確かめました").await;
    browser.follow("承認する").await;
    browser.wait_for_text(&format!("{number} を承認しました")).await;
}
