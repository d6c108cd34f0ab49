//! 承認待ち in a real browser: with the keyboard, and with one hand on a telephone.
use crate::accounts::add;
use crate::support::browser::Browser;
use crate::support::ground::ask;
use crate::support::portal::Portal;
use crate::support::visit::Visit;

/// An office in which three requests wait for 佐藤.
async fn open() -> Visit {
    let portal = Portal::open().await;
    let mut db = portal.superuser().await;
    for (code, name, about) in
        [("SYS-002", "税務システム", "山本"), ("SYS-003", "住民記録", "山本"), ("SYS-004", "財務会計", "田中")]
    {
        let system = add(&portal, code, name, false).await;
        ask(&portal, &mut db, "田中", about, system).await;
    }
    Visit::to(portal).await
}

/// How many are chosen, as the bar under the list says.
async fn chosen(manager: &Browser, words: &str) {
    manager.wait_for_text(words).await;
    manager.wait_for(".bulkbar").await;
}

#[tokio::test]
async fn browser_inbox_is_walked_ticked_and_decided_by_keys() {
    let office = open().await;
    let manager = office.enter("佐藤").await;
    manager.goto("/requests/inbox").await;
    manager.wait_until_gone(".bulkbar").await;
    // the first is open: j leads to the second, k back, x ticks where one is
    manager.press("j").await;
    manager.press("x").await;
    chosen(&manager, "1件を選択中").await;
    manager.press("k").await;
    manager.press("x").await;
    chosen(&manager, "2件を選択中").await;
    manager.press("x").await;
    chosen(&manager, "1件を選択中").await;
    manager.click("選択を取り消す").await;
    manager.wait_until_gone(".bulkbar").await;
    manager.click("このページのすべてを選ぶ").await;
    chosen(&manager, "3件を選択中").await;
    manager.look_over().await;
    manager.click("選択を取り消す").await;
    manager.wait_until_gone(".bulkbar").await;

    let number = manager.wait_for(".iv-head .num").await;
    manager.press("b").await;
    manager.wait_for_text("差し戻しますか").await;
    manager.fill("どこを、どう直してほしいか", "期間を書いてください").await;
    manager.follow("差し戻す").await;
    manager.wait_for_text(&format!("{number} を差し戻しました")).await;
    assert_ne!(manager.wait_for(".iv-head .num").await, number, "the next one is open");
}

#[tokio::test]
async fn browser_inbox_selects_all_of_a_page_without_scripts() {
    let office = open().await;
    let without = Browser::open_without_javascript(&office.address).await;
    let manager = office.signed_in(without, "佐藤").await;
    manager.goto("/requests/inbox").await;
    manager.follow("このページのすべてを選ぶ").await;
    manager.follow("まとめて承認").await;
    manager.wait_for_text("3件をまとめて承認しますか").await;
}

#[tokio::test]
async fn browser_phone_approval_goes_from_one_to_the_next() {
    let office = open().await;
    let manager = office.enter("佐藤").await;
    manager.resize(390, 844).await;
    manager.goto("/requests/inbox").await;
    assert!(!manager.scrolls_sideways().await, "the inbox is wider than the telephone");
    manager.follow("税務システム").await;
    manager.wait_for_text("/ 3").await;
    assert!(!manager.scrolls_sideways().await, "the request is wider than the telephone");
    let first = manager.path().await;
    manager.click("承認する").await;
    manager.wait_for_text("承認しますか").await;
    manager.follow("承認する").await;
    manager.wait_for_text("を承認しました").await;
    manager.wait_for_text("承認待ち 残り2件").await;
    manager.follow("次の承認待ちを開く").await;
    manager.wait_for_text("/ 2").await;
    assert_ne!(manager.path().await, first);
    manager.wait_for(".actionbar").await;
    manager.assert_no_barriers("the next one on a telephone").await;
}
