//! 差戻し to an earlier step and 引戻し in a real browser: the third of three who decide sends it back to the second; whoever
//! decided and whoever filed take theirs back.
use axum::http::StatusCode;

use crate::procedures::entered;
use crate::requests::Office;
use crate::support::browser::Browser;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visit::Visit;
use crate::taking_back::THREE;

/// Presses what asks first, and says yes.
async fn says(browser: &Browser, button: &str, question: &str) {
    browser.click(button).await;
    browser.wait_for_text(question).await;
    browser.follow(button).await;
}

#[tokio::test]
async fn browser_sends_it_back_to_the_second_of_three_and_takes_back_what_was_done() {
    let office = Office::within(Portal::open_under("katsuura-operations").await).await;
    let desk = office.portal.sign_in("中村").await;
    assert_eq!(entered(&desk, &THREE, "2026-04-01", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    office.approve(&office.portal.sign_in("佐藤").await, &number).await;
    drop((desk, clerk));
    let city = Visit::to(office.portal).await;
    let path = format!("/requests/{number}");

    let second = city.enter("伊藤").await;
    second.goto(&path).await;
    second.fill("添える言葉", "支障ありません").await;
    says(&second, "意見を記録する", "意見を記録しますか").await;
    second.goto(&path).await;
    second.click("判断を引き戻す").await;
    second.wait_for_text("自分の判断を引き戻しますか").await;
    second.follow("引き戻す").await;
    second.wait_for_text("判断を引き戻しました").await;
    second.look_over().await;
    second.fill("添える言葉", "やはり支障ありません").await;
    says(&second, "意見を記録する", "意見を記録しますか").await;

    let third = city.enter("森").await;
    third.goto(&path).await;
    third.look_over().await;
    third.click("差し戻す").await;
    third.wait_for_text("差し戻しますか").await;
    third.assert_no_barriers("where it is sent back to").await;
    third.press(Browser::ESCAPE).await;
    third.wait_until_gone("dialog[open]").await;
    third.fill("差戻し先", "情報システム管理者の協議（伊藤 翔）").await;
    third.fill("添える言葉", "費用を確かめてください").await;
    third.click("差し戻す").await;
    third.wait_for_text("もう一度判断します").await;
    third.follow("差し戻す").await;
    third.wait_for_text("前の段階へ差し戻しました").await;

    second.goto(&path).await;
    second.wait_for_text("費用を確かめてください").await;
    second.fill("添える言葉", "費用はかかりません").await;
    says(&second, "意見を記録する", "意見を記録しますか").await;
    third.goto(&path).await;
    says(&third, "許可する", "許可しますか").await;
    third.wait_for_text(&format!("{number} を許可しました")).await;
}
