//! The bell in a real browser: it rings while the page stands open, and works where no script runs.
use crate::requests::Office;
use crate::support::browser::Browser;
use crate::support::portal::PASSWORD;

#[tokio::test]
async fn browser_sees_the_bell_ring_on_a_page_that_stands_open() {
    let office = Office::open().await;
    let base = office.portal.serve().await;
    let manager = Browser::open(&base).await;
    manager.sign_in(&office.portal.cast.get("佐藤").login, PASSWORD).await;
    manager.wait_for(r#"[data-bell][aria-label="お知らせ"]"#).await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    manager.wait_for(r#"[data-bell][aria-label="お知らせ 未読1件"]"#).await;
    assert_eq!(manager.texts("[data-bell-count]").await, ["1"]);

    manager.follow("お知らせ 未読1件").await;
    manager.wait_for_text("承認をお願いします").await;
    manager.assert_no_barriers("the list of notices").await;
    manager.follow(&format!("承認をお願いします：{number} アカウント登録申請")).await;
    manager.wait_for_path(&format!("/requests/{number}")).await;
    manager.wait_for(r#"[data-bell][aria-label="お知らせ"]"#).await;
    manager.goto("/notices/settings").await;
    manager.assert_no_barriers("the choice of mails").await;
    manager.expect_no_complaint().await;

    // without script the bell is as new as the page
    let plain = Browser::open_without_javascript(&base).await;
    plain.sign_in(&office.portal.cast.get("田中").login, PASSWORD).await;
    plain.wait_for(r#"[data-bell][aria-label="お知らせ"]"#).await;
    let manager = office.portal.sign_in("佐藤").await;
    crate::requests::decide(&manager, &number, "return", "期間を書いてください").await;
    plain.reload().await;
    plain.wait_for(r#"[data-bell][aria-label="お知らせ 未読1件"]"#).await;
    plain.goto("/notices").await;
    plain.follow("すべて確認済みにする").await;
    plain.wait_for_text("すべて確認済みにしました").await;
}
