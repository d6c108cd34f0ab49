//! The whole journey of an account request in a real browser: from the clerk's form to the committee's board, at a desk and
//! on a telephone, in every kind of colours, with the keyboard alone, and without scripts.
use chrono::TimeDelta;
use mamori::features::systems::actions::register;
use mamori::features::systems::model::{Facts, Importance, Level, RightNames};
use mamori::kernel::access::Actor;
use mamori::kernel::ids::SystemId;
use mamori::kernel::work::Work;

use crate::support::browser::Browser;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visit::{NEWCOMER, NEWCOMERS_NUMBER, OWN_PASSWORD, Visit, add_newcomer, choose_password};

const FINANCE: &str = "財務会計システム";
const ITSELF: &str = "守り（ポータル）";

/// An office where somebody new has come: not yet known to any system.
async fn open() -> Visit {
    let portal = Portal::open().await;
    add_system(&portal, "SYS-001", ITSELF, "まもり", true).await;
    // lines stand in the order in which their systems came
    portal.advance(TimeDelta::minutes(1));
    add_system(&portal, "SYS-101", FINANCE, "ざいむかいけいしすてむ", false).await;
    add_newcomer(&portal).await;
    Visit::to(portal).await
}

async fn add_system(portal: &Portal, code: &str, name: &str, reading: &str, itself: bool) {
    let facts = Facts {
        code: code.to_owned(),
        name: name.to_owned(),
        reading: reading.to_owned(),
        purpose: "日々の業務".to_owned(),
        owner: portal.cast.it,
        importance: Importance::Middle,
        two_factor: false,
        sharing_rule: String::new(),
    };
    let rights = RightNames(vec![(Level::Standard, "参照".to_owned()), (Level::Beyond, "伝票の起票".to_owned())]);
    let add = async |work: &mut Work| register(work, SystemId::new(work.now), &facts, &rights, itself).await;
    portal.app.change(&Actor::portal(), add).await.unwrap();
}

/// Answers the form of アカウント登録申請 but for the last day.
async fn fill_in(clerk: &Browser) {
    clerk.fill("利用者", NEWCOMERS_NUMBER).await;
    for system in [FINANCE, ITSELF] {
        clerk.tick(system).await;
        // the field is left, and says whom the number means
        clerk.wait_for_text(&format!("{NEWCOMER} {NEWCOMERS_NUMBER}")).await;
        clerk.fill(&format!("{system}の権限"), "参照（標準の権限）").await;
    }
    clerk.fill("申請の理由", "経理の担当になるため").await;
    clerk.fill("利用の開始日", "2026-04-01").await;
}

/// Records what was done about a line: the ID, and how it was handed over.
async fn record_work(office: &Visit, admin: &Browser, issued: &str) {
    admin.fill("発行したID", issued).await;
    hand_over(office, admin).await;
}

/// Records how it was handed over.
async fn hand_over(office: &Visit, admin: &Browser) {
    office.handed_over(admin).await;
    admin.follow("実施を記録する").await;
}

#[tokio::test]
async fn browser_journey_from_the_form_to_the_board() {
    let office = open().await;
    let clerk = file(&office).await;
    office.a_while_later();
    let manager = send_back(&office).await;
    office.a_while_later();
    mend(&clerk).await;
    office.a_while_later();
    approve(&manager).await;
    office.a_while_later();
    let code = carry_out(&office).await;
    office.a_while_later();
    receive(&office, &code).await;
    look_up(&office).await;
    go_by_the_board(&office).await;
}

/// The clerk: sign-in, home, the form with something missing, the check page, the number.
async fn file(office: &Visit) -> Browser {
    let clerk = office.browser().await;
    clerk.goto("/").await;
    clerk.wait_for_path("/sign-in").await;
    clerk.look_around().await;
    let clerk = office.signed_in(clerk, "田中").await;
    clerk.wait_for_text("おはようございます、田中さん").await;
    clerk.look_around().await;

    clerk.follow("申請する").await;
    clerk.look_around().await;
    clerk.follow("アカウント登録申請").await;
    clerk.look_around().await;
    fill_in(&clerk).await;
    clerk.follow("内容を確かめる").await;
    // somebody whose employment ends needs a last day: said at the top, at the field, and nothing typed is lost
    assert!(clerk.title().await.starts_with("エラー："));
    clerk.wait_for_text("1か所を直してください").await;
    clerk.wait_for_text("利用の終了日を入力してください").await;
    clerk.look_around().await;
    clerk.fill("利用の終了日", "2027-03-31").await;
    clerk.follow("内容を確かめる").await;

    clerk.wait_for_text("内容を確かめて送信してください").await;
    let route = clerk.wait_for("aside .flow").await;
    for name in ["田中 陽向", "佐藤 直樹", "伊藤 翔", "渡辺 結衣", NEWCOMER] {
        assert!(route.contains(name), "{name} is missing in the route: {route}");
    }
    clerk.look_around().await;
    clerk.follow("申請を送信する").await;
    clerk.wait_for_path("/requests/R8-ACC-0001").await;
    clerk.wait_for_text("R8-ACC-0001 を受け付けました").await;
    clerk.look_around().await;
    clerk
}

/// The manager sends it back, and is asked for the reason before anything is sent.
async fn send_back(office: &Visit) -> Browser {
    let manager = office.enter("佐藤").await;
    manager.look_around().await;
    manager.follow("承認待ち").await;
    manager.wait_for_text("経理の担当になるため").await;
    manager.look_around().await;

    manager.click("差し戻す").await;
    manager.wait_for_text("差し戻しますか").await;
    manager.look_around().await;
    manager.click("差し戻す").await;
    manager.wait_for_text("理由を入力してください").await;
    manager.fill("どこを、どう直してほしいか", "どの伝票を扱うかを書いてください").await;
    manager.follow("差し戻す").await;
    manager.wait_for_text("R8-ACC-0001 を差し戻しました").await;
    manager.look_around().await;
    manager
}

/// The clerk is told at home, mends, sees the difference before sending, and keeps the number.
async fn mend(clerk: &Browser) {
    clerk.goto("/").await;
    clerk.wait_for_text("差し戻された申請が1件あります").await;
    clerk.look_around().await;
    clerk.follow("直して再提出する").await;
    clerk.wait_for_text("どの伝票を扱うかを書いてください").await;
    clerk.look_around().await;
    clerk.fill("申請の理由", "旅費の伝票を起票するため").await;
    clerk.follow("内容を確かめる").await;
    clerk.wait_for_text("前回からの変更").await;
    assert_eq!(clerk.texts(".crumbs a").await, ["自分の申請", "R8-ACC-0001", "直して再提出する"]);
    clerk.look_around().await;
    clerk.follow("再提出する").await;
    clerk.wait_for_text("R8-ACC-0001 を再提出しました").await;
    clerk.look_around().await;
}

/// The manager sees what changed and approves, on the page of the request.
async fn approve(manager: &Browser) {
    manager.goto("/requests/inbox").await;
    manager.wait_for_text("前回からの変更").await;
    assert_eq!(manager.texts(".iv-scroll .diff del").await.first().map(String::as_str), Some("経理の担当になるため"));
    assert_eq!(
        manager.texts(".iv-scroll .diff ins").await.first().map(String::as_str),
        Some("旅費の伝票を起票するため")
    );
    manager.follow("申請の詳細を開く").await;
    manager.look_around().await;
    // what is typed in the bar is carried into the question
    manager.fill("添える言葉", "承知しました").await;
    manager.click("承認する").await;
    manager.wait_for_text("承認しますか").await;
    manager.look_around().await;
    manager.follow("承認する").await;
    manager.wait_for_text("R8-ACC-0001 を承認しました").await;
    manager.look_around().await;
    manager.goto("/requests/inbox").await;
    manager.wait_for_text("承認を待っている申請はありません").await;
    manager.look_around().await;
}

/// The system administrator does each line from the work queue; the portal's own line shows an activation code, once.
async fn carry_out(office: &Visit) -> String {
    let admin = office.enter("伊藤").await;
    admin.look_around().await;
    admin.follow("実施待ち").await;
    admin.look_around().await;
    admin.follow(NEWCOMER).await;
    admin.look_around().await;
    admin.follow("実施を記録する").await;
    admin.wait_for_text(ITSELF).await;
    admin.look_around().await;
    admin.follow("実施を記録する").await;
    admin.wait_for_text("発行したIDを入力してください").await;
    admin.look_around().await;
    admin.fill("発行したID", "ono").await;
    admin.follow("実施を記録する").await;
    admin.wait_for_text("この画面を閉じると、二度と表示できません").await;
    admin.look_around().await;
    let code = admin.wait_for(".secret code").await;
    admin.follow("渡したら、続けて記録する").await;
    admin.wait_for_text("伝達方法").await;
    admin.look_around().await;
    hand_over(office, &admin).await;
    admin.wait_for_text("の実施を記録しました").await;
    admin.look_around().await;
    assert!(!admin.text().await.contains(&code), "the code was to be shown once");

    admin.follow("実施を記録する").await;
    admin.wait_for_text(FINANCE).await;
    record_work(office, &admin, "ono.m").await;
    admin.wait_for_text("R8-ACC-0001 の実施を記録しました").await;
    admin.wait_for_text("受領待ち").await;
    admin.look_around().await;
    code
}

/// The newcomer signs in for the first time with the code, chooses a password, and confirms what was received.
async fn receive(office: &Visit, code: &str) {
    let newcomer = office.comes_with("ono", code, async |browser| browser.look_around().await).await;
    choose_password(&newcomer, "mijikai").await;
    newcomer.look_around().await;
    choose_password(&newcomer, OWN_PASSWORD).await;

    newcomer.goto("/").await;
    newcomer.wait_for_text("受領を確認する").await;
    newcomer.look_around().await;
    newcomer.follow("受領を確認する").await;
    newcomer.look_around().await;
    newcomer.follow("受領しました").await;
    newcomer.wait_for_text("R8-ACC-0001 の受領を記録しました").await;
    newcomer.follow("受領しました").await;
    newcomer.wait_for_text("完了").await;
    newcomer.look_around().await;
    newcomer.goto("/me/accounts").await;
    newcomer.wait_for_text("ono.m").await;
    newcomer.look_around().await;
}

/// The ledger: found by the name, with its history and the request behind it; and the page that sends it out.
async fn look_up(office: &Visit) {
    let admin = office.enter("渡辺").await;
    admin.goto("/ledgers/accounts").await;
    admin.look_around().await;
    admin.fill("ことば", "おおの").await;
    admin.follow("絞り込む").await;
    assert_eq!(admin.texts("tbody tr").await.len(), 2);
    admin.look_around().await;
    admin.follow("ono.m").await;
    for words in ["アカウントの作成", "伊藤 翔", "旅費の伝票を起票するため", "R8-ACC-0001"] {
        admin.wait_for_text(words).await;
    }
    admin.look_around().await;
    admin.goto("/ledgers/accounts").await;
    admin.follow("書き出す").await;
    admin.look_around().await;
}

/// The committee: clause 4.1.1 is carried out, by this very request.
async fn go_by_the_board(office: &Visit) {
    let committee = office.enter("加藤").await;
    committee.look_around().await;
    committee.goto("/clauses?q=4.1.1").await;
    committee.wait_for_text("実施済").await;
    let rows = committee.texts("tbody tr").await;
    assert!(rows[0].contains("5条項のうち実施済5"), "one clause of 4.1.1 is not carried out: {rows:?}");
    assert_eq!(rows.iter().skip(1).filter(|row| row.contains("実施済")).count(), 5, "{rows:?}");
    committee.look_around().await;
    committee.follow("4.1.1(1)").await;
    committee.wait_for_text("R8-ACC-0001").await;
    committee.look_around().await;
    committee.follow("R8-ACC-0001").await;
    committee.wait_for_path("/requests/R8-ACC-0001").await;
    committee.wait_for_text("佐藤 直樹が承認しました").await;
    committee.look_around().await;
}

#[tokio::test]
async fn browser_journey_with_the_keyboard_alone() {
    let office = open().await;
    let clerk = office.browser().await;
    sign_in_by_keys(&office, &clerk, "田中").await;
    clerk.tab_to("本文へ移動").await;
    clerk.press(Browser::ENTER).await;
    clerk.goto("/requests/new").await;
    clerk.tab_to("アカウント登録申請").await;
    clerk.press(Browser::ENTER).await;
    clerk.wait_for_path("/requests/new/account.register").await;
    clerk.tab_to("利用者").await;
    clerk.press(NEWCOMERS_NUMBER).await;
    clerk.tab_to(FINANCE).await;
    clerk.press(Browser::SPACE).await;
    clerk.tab_to(&format!("{FINANCE}の権限")).await;
    clerk.press(Browser::DOWN).await;
    clerk.tab_to("申請の理由").await;
    clerk.press("経理の担当になるため").await;
    clerk.tab_to("利用の開始日").await;
    clerk.type_date("2026-04-06").await;
    clerk.tab_to("内容を確かめる").await;
    clerk.press(Browser::ENTER).await;
    // what is wrong has the focus, and its link leads to the field
    clerk.wait_for_text("1か所を直してください").await;
    clerk.tab_to("利用の終了日を入力してください").await;
    clerk.press(Browser::ENTER).await;
    clerk.type_date("2027-03-31").await;
    clerk.tab_to("内容を確かめる").await;
    clerk.press(Browser::ENTER).await;
    clerk.wait_for_text("内容を確かめて送信してください").await;
    clerk.tab_to("申請を送信する").await;
    clerk.press(Browser::ENTER).await;
    clerk.wait_for_text("R8-ACC-0001 を受け付けました").await;

    let manager = office.browser().await;
    sign_in_by_keys(&office, &manager, "佐藤").await;
    manager.press("ga").await;
    manager.wait_for_path("/requests/inbox").await;
    manager.press("j").await;
    manager.press(Browser::ENTER).await;
    manager.wait_for_path("/requests/inbox?open=R8-ACC-0001").await;
    manager.press("r").await;
    manager.wait_for_text("却下しますか").await;
    manager.tab_to("やめる").await;
    manager.press(Browser::ENTER).await;
    manager.wait_until_gone("dialog").await;
    manager.press("a").await;
    manager.wait_for_text("承認しますか").await;
    manager.press("承知しました").await;
    manager.tab_to("承認する").await;
    manager.press(Browser::ENTER).await;
    manager.wait_for_text("R8-ACC-0001 を承認しました").await;
    manager.press("?").await;
    manager.wait_for_text("文字入力中は働きません").await;
    manager.look_around().await;
}

async fn sign_in_by_keys(office: &Visit, browser: &Browser, name: &str) {
    browser.goto("/sign-in").await;
    browser.tab_to("職員番号又はログインID").await;
    browser.press(&office.portal.cast.get(name).login).await;
    browser.tab_to("パスワード").await;
    browser.press(PASSWORD).await;
    browser.press(Browser::ENTER).await;
    browser.wait_for_text("さん").await;
}

#[tokio::test]
async fn browser_journey_without_javascript() {
    let office = open().await;
    let without =
        async |name: &str| office.signed_in(Browser::open_without_javascript(&office.address).await, name).await;
    let clerk = without("田中").await;
    clerk.follow("アカウント登録申請").await;
    clerk.fill("利用者", NEWCOMERS_NUMBER).await;
    clerk.tick(FINANCE).await;
    clerk.fill(&format!("{FINANCE}の権限"), "参照（標準の権限）").await;
    clerk.fill("申請の理由", "経理の担当になるため").await;
    clerk.fill("利用の開始日", "2026-04-01").await;
    clerk.follow("内容を確かめる").await;
    clerk.wait_for_text("利用の終了日を入力してください").await;
    clerk.fill("利用の終了日", "2027-03-31").await;
    clerk.follow("内容を確かめる").await;
    clerk.follow("申請を送信する").await;
    clerk.wait_for_text("R8-ACC-0001 を受け付けました").await;

    office.a_while_later();
    let manager = without("佐藤").await;
    manager.follow("承認待ち").await;
    manager.fill("添える言葉", "どの伝票を扱うかを書いてください").await;
    manager.follow("差し戻す").await;
    manager.wait_for_text("R8-ACC-0001 を差し戻しました").await;
    office.a_while_later();
    clerk.goto("/requests/R8-ACC-0001").await;
    clerk.follow("直して再提出する").await;
    clerk.fill("申請の理由", "旅費の伝票を起票するため").await;
    clerk.follow("内容を確かめる").await;
    clerk.wait_for_text("前回からの変更").await;
    clerk.follow("再提出する").await;
    office.a_while_later();
    manager.goto("/requests/inbox").await;
    manager.follow("承認する").await;
    manager.wait_for_text("R8-ACC-0001 を承認しました").await;

    office.a_while_later();
    let admin = without("伊藤").await;
    admin.follow("実施待ち").await;
    admin.follow(NEWCOMER).await;
    admin.follow("実施を記録する").await;
    record_work(&office, &admin, "ono.m").await;
    admin.wait_for_text("R8-ACC-0001 の実施を記録しました").await;
    // the newcomer has no sign-in here: the signed slip is entered instead, in a dialog that needs no script
    admin.click("受領書を入力する").await;
    admin.fill("受領書の番号", "第12号").await;
    admin.fill("署名の日付", "2026-04-01").await;
    admin.follow("受領書を記録する").await;
    admin.wait_for_text("受領書 第12号").await;
    admin.wait_for_text("完了").await;
    admin.goto("/ledgers/accounts?q=ono.m").await;
    admin.follow("ono.m").await;
    admin.wait_for_text("アカウントの作成").await;
}
