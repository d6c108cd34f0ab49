//! The journeys of an account that is there, by screens alone: its right is changed, it is stopped, and a password that was
//! forgotten is issued again. How it came about is walked in `browser_journey`.
use mamori::kernel::access::Actor;
use mamori::kernel::work::Work;
use mamori::people::roster::set_telephone;

use crate::accounts::{add, employee_no};
use crate::support::browser::Browser;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visit::{OWN_PASSWORD, Visit, choose_password};
use crate::under_katsuura::account;

const ITSELF: &str = "守り（ポータル）";
const SALES: &str = "販売管理システム";
const TODAY: &str = "2026-04-01";

/// An office in which 山本 has an account on a system, and 田中 a row for the portal itself.
async fn open() -> Visit {
    let portal = Portal::open().await;
    let itself = add(&portal, "SYS-001", ITSELF, true).await;
    let sales = add(&portal, "SYS-002", SALES, false).await;
    account(&portal, sales, "山本", &["参照"]).await;
    account(&portal, itself, "田中", &["参照"]).await;
    let tanaka = portal.cast.get("田中").id;
    let call = async |work: &mut Work| set_telephone(work, tanaka, "03-1234-5678").await;
    portal.app.change(&Actor::portal(), call).await.unwrap();
    Visit::to(portal).await
}

#[tokio::test]
async fn browser_journeys_of_an_account_that_is_changed_and_stopped_and_of_a_password_issued_again() {
    let office = open().await;
    let clerk = office.enter("田中").await;
    let manager = office.enter("佐藤").await;
    let admin = office.enter("伊藤").await;

    ask_for_another_right(&clerk).await;
    office.a_while_later();
    approve(&manager, "R8-ACC-0001").await;
    office.a_while_later();
    change(&admin).await;

    ask_for_the_stop(&clerk).await;
    office.a_while_later();
    approve(&manager, "R8-ACC-0002").await;
    office.a_while_later();
    stop(&admin).await;

    claim(&office).await;
    office.a_while_later();
    let code = check_identity(&office, &admin).await;
    choose_anew(&office, &code).await;
    office.a_while_later();
    tell(&office, &admin).await;
}

/// What follows from the check page: the number.
async fn send(clerk: &Browser, number: &str) {
    clerk.follow("内容を確かめる").await;
    clerk.wait_for_text("内容を確かめて送信してください").await;
    clerk.look_around().await;
    clerk.follow("申請を送信する").await;
    clerk.wait_for_text(&format!("{number} を受け付けました")).await;
    clerk.look_around().await;
}

/// The clerk says whose account it is, and only then sees it.
async fn ask_for_another_right(clerk: &Browser) {
    clerk.follow("申請する").await;
    clerk.follow("アカウント変更申請").await;
    clerk.look_around().await;
    clerk.fill("利用者", &employee_no("山本")).await;
    clerk.follow("対象アカウントと変更後の権限を表示する").await;
    clerk.wait_for_text("yamamoto").await;
    let account = format!("{SALES} yamamoto");
    clerk.tick(&account).await;
    clerk.fill(&format!("{account}の権限"), "登録・修正（標準の権限）").await;
    clerk.fill("申請の理由", "受注の登録を担当するため").await;
    clerk.fill("変更する日", TODAY).await;
    clerk.look_around().await;
    send(clerk, "R8-ACC-0001").await;
}

async fn approve(manager: &Browser, number: &str) {
    manager.goto("/requests/inbox").await;
    manager.look_around().await;
    manager.click("承認する").await;
    manager.wait_for_text("承認しますか").await;
    manager.follow("承認する").await;
    manager.wait_for_text(&format!("{number} を承認しました")).await;
}

/// The work queue, the line, the request that is done.
async fn work(admin: &Browser, number: &str) {
    admin.goto("/requests/work").await;
    admin.wait_for_text(number).await;
    admin.look_around().await;
    admin.follow("山本 蓮").await;
    admin.look_around().await;
    admin.follow("実施を記録する").await;
    admin.look_around().await;
    admin.follow("実施を記録する").await;
    admin.wait_for_text(&format!("{number} の実施を記録しました")).await;
    admin.wait_for_text("完了").await;
    admin.look_around().await;
}

/// The ledger's row says what was changed, by whose request.
async fn change(admin: &Browser) {
    work(admin, "R8-ACC-0001").await;
    admin.goto("/ledgers/accounts?q=yamamoto").await;
    admin.follow("yamamoto").await;
    for words in ["登録・修正", "R8-ACC-0001", "受注の登録を担当するため"] {
        admin.wait_for_text(words).await;
    }
    admin.look_around().await;
}

async fn ask_for_the_stop(clerk: &Browser) {
    clerk.goto("/requests/new/account.stop").await;
    clerk.look_around().await;
    clerk.fill("利用者", &employee_no("山本")).await;
    clerk.follow("対象アカウントを表示する").await;
    clerk.tick(&format!("{SALES} yamamoto")).await;
    clerk.fill("停止日", TODAY).await;
    clerk.fill("申請の理由", "退職のため").await;
    clerk.look_around().await;
    send(clerk, "R8-ACC-0002").await;
}

/// The row stays, and says that it was stopped.
async fn stop(admin: &Browser) {
    work(admin, "R8-ACC-0002").await;
    admin.goto("/ledgers/accounts?q=yamamoto").await;
    admin.wait_for_text("停止・無効").await;
    admin.look_around().await;
    admin.follow("yamamoto").await;
    admin.wait_for_text("申請による停止").await;
    admin.look_around().await;
}

/// Somebody who cannot sign in asks on the open page, and is told nothing about the ID.
async fn claim(office: &Visit) {
    let stranger = office.browser().await;
    stranger.goto("/").await;
    stranger.follow("パスワードを忘れた").await;
    stranger.look_around().await;
    stranger.fill("ログインID又は職員番号", "tanaka").await;
    stranger.follow("申請を送信する").await;
    stranger.wait_for_text("氏名を入力してください").await;
    stranger.look_around().await;
    stranger.fill("氏名", "田中 陽向").await;
    stranger.tick("パスワードを忘れた").await;
    stranger.follow("申請を送信する").await;
    stranger.wait_for_text("申請を受け付けました").await;
    stranger.look_around().await;
}

/// The administrator calls the number of the register, records it, and gets the code: once.
async fn check_identity(office: &Visit, admin: &Browser) -> String {
    admin.goto("/requests/work").await;
    admin.wait_for_text("R8-PWD-0001").await;
    admin.follow("パスワード再発行（申告された氏名：田中 陽向）").await;
    admin.wait_for_text("本人確認が済むまで、名乗っているだけの内容です").await;
    admin.look_around().await;
    admin.follow("実施を記録する").await;
    admin.wait_for_text("03-1234-5678").await;
    admin.look_around().await;
    admin.fill("対象者の職員番号", &employee_no("田中")).await;
    admin.tick("電話返信").await;
    admin.fill("確認に使った電話番号など", "03-1234-5678").await;
    admin.tick("本人と一致").await;
    admin.fill("確認日時", &office.now()).await;
    admin.fill("あなたのパスワード", PASSWORD).await;
    admin.follow("実施を記録する").await;
    admin.wait_for_text("この画面を閉じると、二度と表示できません").await;
    admin.look_around().await;
    let code = admin.wait_for(".secret code").await;
    admin.follow("渡しました").await;
    admin.wait_for_text("利用者への通知").await;
    admin.look_around().await;
    assert!(!admin.text().await.contains(&code), "the code was to be shown once");
    code
}

/// The person comes with the code and chooses a password, with which they sign in from now on.
async fn choose_anew(office: &Visit, code: &str) {
    let person = office.comes_with("tanaka", code, async |browser| browser.look_around().await).await;
    choose_password(&person, OWN_PASSWORD).await;
    let again = office.browser().await;
    again.sign_in("tanaka", OWN_PASSWORD).await;
    again.wait_for_text("田中さん").await;
}

async fn tell(office: &Visit, admin: &Browser) {
    admin.follow("実施を記録する").await;
    admin.wait_for_text("通知方法").await;
    admin.look_around().await;
    admin.tick("電話").await;
    admin.fill("通知日時", &office.now()).await;
    admin.follow("実施を記録する").await;
    admin.wait_for_text("R8-PWD-0001 の実施を記録しました").await;
    admin.wait_for_text("完了").await;
    admin.look_around().await;
}
