//! 初期設定 in a real browser: from the token on the console to the codes of the first sign-ins, by screens alone, each looked at
//! as every page is; and the last step once more by somebody whose browser runs no scripts.
use mamori::features::setup::issue_token;

use crate::setup::{CITY, CITY_PEOPLE};
use crate::support::browser::Browser;
use crate::support::portal::Portal;
use crate::support::visit::Visit;

const POLICY: &str = "一般社団法人山形県市町村職員互助会情報セキュリティ基本方針";

/// Lays a list where a browser finds it.
fn lay(folder: &std::path::Path, name: &str, list: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, list).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Takes a list over from its file.
async fn take_over(browser: &Browser, file: &str, taken: &str) {
    browser.fill("ファイル", file).await;
    browser.follow("読み込んで違いを確かめる").await;
    browser.look_over().await;
    browser.follow("この内容で取り込む").await;
    browser.wait_for_text("名簿を取り込みました").await;
    let told = browser.texts("dd").await;
    assert!(told.iter().any(|figure| figure == taken), "{told:?}");
    browser.look_over().await;
}

/// Ticks functions for somebody.
async fn give(browser: &Browser, person: &str, functions: &[&str]) {
    browser.fill("職員番号", person).await;
    for function in functions {
        browser.tick(function).await;
    }
    browser.follow("選んだ立場に就ける").await;
    browser.wait_for_text("登録しました").await;
}

#[tokio::test]
async fn browser_sets_an_organisation_up_from_the_token_to_the_first_codes() {
    let portal = Portal::empty().await;
    let token = issue_token(&portal.app).await.unwrap().unwrap();
    let lists = tempfile::tempdir().unwrap();
    let departments = lay(lists.path(), "部署.csv", CITY);
    let people = lay(lists.path(), "職員.csv", CITY_PEOPLE);
    let site = Visit::to(portal).await;
    let founder = site.browser().await;
    founder.goto("/set-up").await;
    founder.look_over().await;
    founder.fill("一回限りの合言葉", &token).await;
    founder.follow("初期設定を始める").await;

    founder.wait_for_path("/set-up/organisation").await;
    founder.look_over().await;
    founder.fill("組織の名称", "青野市").await;
    founder.follow("登録して次へ進む").await;

    founder.wait_for_path("/set-up/regulation").await;
    founder.tick("大阪広域環境施設組合情報セキュリティ対策基準").await;
    founder.fill("承認した機関", "情報セキュリティ会議").await;
    founder.fill("承認日", "2026-03-25").await;
    founder.fill("施行日", "2026-04-01").await;
    founder.look_over().await;
    founder.follow("選んで次へ進む").await;

    founder.wait_for_path("/set-up/values").await;
    founder.wait_for_text("本文が組織に委ね、まだ決めなくてよい値").await;
    founder.look_over().await;
    founder.follow("決めて次へ進む").await;

    founder.wait_for_path("/set-up/departments").await;
    founder.look_over().await;
    take_over(&founder, &departments, "2件").await;
    founder.goto("/set-up/people").await;
    founder.look_over().await;
    take_over(&founder, &people, "4件").await;

    founder.goto("/set-up").await;
    founder.wait_for_path("/set-up/functions").await;
    founder.look_over().await;
    give(&founder, "000101", &["統括情報セキュリティ責任者", "IT管理者"]).await;
    founder.look_over().await;
    founder.follow("次へ：点検と運用開始").await;
    founder.wait_for_text("「要登録」のものを登録すると、運用を始められます").await;
    founder.look_over().await;
    founder.goto("/set-up/functions").await;
    give(&founder, "000102", &["情報セキュリティ事務局"]).await;
    founder.goto("/set-up/check").await;
    founder.look_over().await;
    founder.follow("運用を始める").await;
    founder.wait_for_text("いまここに一度だけ表示します").await;
    founder.look_over().await;
    let codes = founder.texts("table code").await;
    assert_eq!(codes.len(), 2, "a code for each who holds something: {codes:?}");
    founder.expect_no_complaint().await;
}

#[tokio::test]
async fn browser_without_scripts_is_asked_who_approved_a_followed_text() {
    let portal = Portal::empty().await;
    let token = issue_token(&portal.app).await.unwrap().unwrap();
    let site = Visit::to(portal).await;
    let founder = Browser::open_without_javascript(&site.address).await;
    founder.goto("/set-up").await;
    founder.fill("一回限りの合言葉", &token).await;
    founder.follow("初期設定を始める").await;
    founder.goto("/set-up/regulation").await;
    founder.tick("システム管理規程").await;
    founder.fill("承認した機関", "情報セキュリティ委員会").await;
    founder.fill("承認日", "2026-03-25").await;
    founder.fill("施行日", "2026-04-01").await;
    founder.tick_in("あわせて参照する規程", POLICY).await;
    founder.follow("選んで次へ進む").await;
    founder.wait_for_text(&format!("「{POLICY}」を承認した機関を入力してください")).await;
    founder.fill(&format!("「{POLICY}」を承認した機関"), "理事会").await;
    founder.fill(&format!("「{POLICY}」の承認日"), "2018-11-29").await;
    founder.fill(&format!("「{POLICY}」の施行日"), "2018-12-01").await;
    founder.follow("選んで次へ進む").await;
    founder.wait_for_path("/set-up/values").await;
}
