//! The journeys of the other regulations in a real browser, walked by screens alone: each with its own titles, its own route
//! and its own people. What every page of the portal owes is looked at in `browser_journey`; here, once, what is new.
use crate::accounts::{add, add_owned, employee_no};
use crate::support::browser::Browser;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visit::{NEWCOMER, NEWCOMERS_NUMBER, OWN_PASSWORD, Visit, add_newcomer, choose_password};
use crate::under_katsuura::account;

const ITSELF: &str = "守り（ポータル）";
const SALES: &str = "販売管理システム";
const STOCK: &str = "在庫管理システム";
const RESIDENTS: &str = "住民情報システム";
const TODAY: &str = "2026-04-01";

/// From what is typed to what is sent: the number it gets.
async fn send(browser: &Browser, number: &str) {
    browser.follow("内容を確かめる").await;
    browser.wait_for_text("内容を確かめて送信してください").await;
    browser.follow("申請を送信する").await;
    browser.wait_for_text(&format!("{number} を受け付けました")).await;
    browser.wait_for_path(&format!("/requests/{number}")).await;
}

/// Ticks a system and chooses a right on it.
async fn want(browser: &Browser, system: &str, right: &str) {
    browser.tick(system).await;
    browser.fill(&format!("{system}の権限"), right).await;
}

/// Says yes to the question that a button asks.
async fn confirm(browser: &Browser, button: &str, question: &str) {
    browser.click(button).await;
    browser.wait_for_text(question).await;
    browser.follow(button).await;
}

async fn open(browser: &Browser, number: &str) {
    browser.goto(&format!("/requests/{number}")).await;
}

/// The state that the request shows at its head.
async fn expect_state(browser: &Browser, state: &str) {
    assert_eq!(browser.texts("h1 .tag").await, [state]);
}

#[tokio::test]
async fn browser_journey_of_the_cooperative_from_a_clerks_draft_to_the_report_that_is_read() {
    let portal = Portal::open_under("coop-operations").await;
    add(&portal, "SYS-002", SALES, false).await;
    add(&portal, "SYS-003", STOCK, false).await;
    let coop = Visit::to(portal).await;
    let office = enter_movement(&coop).await;
    prepare(&coop).await;
    let manager = file_the_draft(&coop).await;
    permit(&coop, &office).await;
    confirm(&office, "承認する", "承認しますか").await;
    office.wait_for_text("R8-ACC-0001 を承認しました").await;
    let worker = carry_out(&coop).await;
    be_told(&coop).await;
    report(&coop, &worker, &office).await;
    open(&manager, "R8-ACC-0001").await;
    expect_state(&manager, "完了").await;
}

/// The office enters the personnel change behind the request.
async fn enter_movement(coop: &Visit) -> Browser {
    let office = coop.enter("中村").await;
    office.follow("人事異動").await;
    office.look_over().await;
    office.follow("人事異動の入力").await;
    office.fill("対象者", &employee_no("山本")).await;
    office.tick("担当替え").await;
    office.fill("発令日", TODAY).await;
    office.look_over().await;
    office.follow("人事異動を入力する").await;
    office.wait_for_text("人事異動を入力しました").await;
    office
}

/// A clerk is told who files, and hands over what they know.
async fn prepare(coop: &Visit) {
    let clerk = coop.enter("田中").await;
    clerk.follow("申請する").await;
    clerk.wait_for_text("申請するのは所属の部門の管理者です").await;
    clerk.look_over().await;
    clerk.follow("アカウント登録申請").await;
    clerk.wait_for_text("この申請は部門管理者が行います").await;
    clerk.wait_for_text("佐藤 直樹さん（営業部 部長）").await;
    assert!(!clerk.text().await.contains("内容を確かめる"), "a clerk could file it");
    clerk.fill("対象者", &employee_no("山本")).await;
    clerk.fill("業務上の必要", "受注の登録を担当するため").await;
    clerk.fill("申請する人への連絡", "4月3日から要ります。").await;
    clerk.look_over().await;
    clerk.follow("下書きを渡す").await;
    clerk.wait_for_text("下書きを渡しました").await;
    clerk.look_over().await;
}

/// The manager finds it at home and files it under their own name, with the row of the 人事異動対応表.
async fn file_the_draft(coop: &Visit) -> Browser {
    let manager = coop.enter("佐藤").await;
    manager.wait_for_text("田中 陽向さんの下書き：アカウント登録申請 山本 蓮").await;
    manager.look_over().await;
    manager.follow("開く").await;
    manager.wait_for_text("4月3日から要ります。").await;
    manager.follow("開いて申請する").await;
    manager.fill("人事異動対応表の行", "担当替え 令和8年4月1日(水)").await;
    want(&manager, SALES, "参照（標準の権限）").await;
    want(&manager, STOCK, "登録・修正（標準の権限）").await;
    manager.fill("適用日", TODAY).await;
    manager.look_over().await;
    send(&manager, "R8-ACC-0001").await;
    manager.wait_for_text("下書きを作成した人").await;
    expect_state(&manager, "使用許可待ち").await;
    manager.look_over().await;
    manager
}

/// Use is permitted system by system, by the administrator and by a designee; the office waits for both.
async fn permit(coop: &Visit, office: &Browser) {
    let waits = "使用許可が済んでいないシステムがあります";
    let administrator = coop.enter("伊藤").await;
    administrator.follow("承認待ち").await;
    administrator.look_over().await;
    administrator.follow(&format!("許可する{SALES}")).await;
    open(office, "R8-ACC-0001").await;
    office.wait_for_text(waits).await;
    let designee = coop.enter("斎藤").await;
    open(&designee, "R8-ACC-0001").await;
    designee.follow(&format!("許可する{STOCK}")).await;
    open(office, "R8-ACC-0001").await;
    assert!(!office.text().await.contains(waits));
}

/// Another administrator carries both out, with what the person is to be told.
async fn carry_out(coop: &Visit) -> Browser {
    let worker = coop.enter("渡辺").await;
    worker.follow("実施待ち").await;
    worker.look_over().await;
    worker.follow("山本 蓮").await;
    worker.follow("実施を記録する").await;
    worker.look_over().await;
    for (at, id) in ["yamamoto.h", "yamamoto.z"].into_iter().enumerate() {
        if at > 0 {
            worker.follow("実施を記録する").await;
        }
        worker.fill("発行したID", id).await;
        coop.handed_over(&worker).await;
        worker.follow("実施を記録する").await;
        worker.wait_for_text("R8-ACC-0001 の実施を記録しました").await;
    }
    expect_state(&worker, "通知確認待ち").await;
    worker
}

/// The person reads the four things about each account, and says so.
async fn be_told(coop: &Visit) {
    let person = coop.enter("山本").await;
    person.follow("受領を確認する").await;
    for part in ["アカウントとパスワード等の管理方法", "アクセス方法", "アクセスできる範囲", "禁止事項"]
    {
        person.wait_for_text(part).await;
    }
    person.look_over().await;
    person.follow("確認した").await;
    expect_state(&person, "通知確認待ち").await;
    person.follow("確認した").await;
    expect_state(&person, "作業報告待ち").await;
}

/// Who did the work reports it, and it is done when the office has read the report.
async fn report(coop: &Visit, worker: &Browser, office: &Browser) {
    worker.follow("実施待ち").await;
    worker.wait_for_text("作業報告待ち").await;
    worker.follow("山本 蓮").await;
    worker.follow("報告する").await;
    worker.fill("作業の内容", "申請どおり登録した").await;
    worker.fill("作業日時", &coop.now()).await;
    worker.tick("相違なし").await;
    worker.look_over().await;
    worker.follow("報告する").await;
    worker.wait_for_text("R8-ACC-0001 を報告しました").await;
    expect_state(worker, "報告済").await;

    office.goto("/requests/inbox").await;
    office.follow("申請の詳細を開く").await;
    office.wait_for_text("申請どおり登録した").await;
    office.look_over().await;
    confirm(office, "確認した", "確認を記録しますか").await;
    expect_state(office, "完了").await;
}

#[tokio::test]
async fn browser_journey_of_the_city_standard_from_the_section_to_the_owner_of_the_system() {
    let portal = Portal::open_under("osaka-standard").await;
    add_owned(&portal, "SYS-001", ITSELF, true, portal.cast.general).await;
    add_owned(&portal, "SYS-002", RESIDENTS, false, portal.cast.general).await;
    add_newcomer(&portal).await;
    let city = Visit::to(portal).await;
    ask_for_an_id(&city).await;
    is_told(&city).await;
    let owner = decide(&city).await;
    let code = issue(&city, &owner).await;
    replace_the_temporary_password(&city, &code).await;
    open(&owner, "R8-ACC-0001").await;
    expect_state(&owner, "完了").await;
    ask_for_a_privileged_id(&city).await;
    give_an_opinion(&city).await;
    issue_the_privileged_id(&city, &owner).await;
}

/// Somebody of the section files, and is asked for nothing that the text does not ask for.
async fn ask_for_an_id(city: &Visit) {
    let clerk = city.enter("田中").await;
    clerk.look_over().await;
    clerk.follow("アカウント・アクセス権限申請（新規）").await;
    clerk.fill("利用者", NEWCOMERS_NUMBER).await;
    want(&clerk, ITSELF, "参照（標準の権限）").await;
    clerk.fill("申請の理由", "窓口で使うため").await;
    clerk.fill("利用の開始日", TODAY).await;
    clerk.fill("利用の終了日", "2027-03-31").await;
    clerk.look_over().await;
    send(&clerk, "R8-ACC-0001").await;
    clerk.look_over().await;
}

/// The manager of the applicant's own section reads it, and has nothing to decide.
async fn is_told(city: &Visit) {
    let told = city.enter("佐藤").await;
    open(&told, "R8-ACC-0001").await;
    told.wait_for_text("申請する課の責任者への通知").await;
    expect_no_answer(&told).await;
}

async fn decide(city: &Visit) -> Browser {
    let owner = city.enter("高橋").await;
    owner.follow("承認待ち").await;
    owner.wait_for_text("窓口で使うため").await;
    owner.look_over().await;
    confirm(&owner, "承認する", "承認しますか").await;
    owner.wait_for_text("R8-ACC-0001 を承認しました").await;
    owner
}

/// Who decided also issues: the temporary password is shown once.
async fn issue(city: &Visit, owner: &Browser) -> String {
    owner.goto("/requests/work").await;
    owner.follow(NEWCOMER).await;
    owner.follow("実施を記録する").await;
    owner.fill("発行したID", "ono").await;
    owner.look_over().await;
    owner.follow("実施を記録する").await;
    owner.wait_for_text("この画面を閉じると、二度と表示できません").await;
    owner.look_over().await;
    let code = owner.wait_for(".secret code").await;
    owner.follow("渡したら、続けて記録する").await;
    city.handed_over(owner).await;
    owner.follow("実施を記録する").await;
    owner.wait_for_text("R8-ACC-0001 の実施を記録しました").await;
    assert!(!owner.text().await.contains(&code), "the code was to be shown once");
    code
}

/// The temporary password opens one page, which wants another in its place; then the person confirms what they got.
async fn replace_the_temporary_password(city: &Visit, code: &str) {
    let newcomer = city.comes_with("ono", code, async |browser| browser.look_over().await).await;
    newcomer.goto("/requests/new").await;
    newcomer.wait_for_path("/me/password").await;
    choose_password(&newcomer, code).await;
    newcomer.wait_for_text("仮のパスワード（有効化コード）と異なるパスワードにしてください").await;
    choose_password(&newcomer, OWN_PASSWORD).await;
    newcomer.goto("/").await;
    newcomer.follow("受領を確認する").await;
    newcomer.look_over().await;
    newcomer.follow("受領しました").await;
    expect_state(&newcomer, "完了").await;
}

async fn ask_for_a_privileged_id(city: &Visit) {
    let clerk = city.enter("鈴木").await;
    clerk.goto("/requests/new").await;
    clerk.follow("特権ID申請").await;
    clerk.fill("利用者", &employee_no("鈴木")).await;
    want(&clerk, RESIDENTS, "管理者（特権）").await;
    clerk.fill("付与の理由", "一括の訂正のため").await;
    clerk.fill("開始日時", &city.now()).await;
    clerk.fill("終了日時", "2026-04-08T18:00").await;
    send(&clerk, "R8-ADM-0001").await;
}

/// The IT administrator is asked for an opinion: words, and no way to refuse or to send back.
async fn give_an_opinion(city: &Visit) {
    let advisor = city.enter("伊藤").await;
    open(&advisor, "R8-ACC-0001").await;
    expect_no_answer(&advisor).await;
    advisor.goto("/requests/inbox").await;
    advisor.wait_for_text("一括の訂正のため").await;
    let buttons = advisor.texts(".decide button").await;
    assert!(matches!(&buttons[..], [only] if only.starts_with("意見を記録する")), "{buttons:?}");
    advisor.look_over().await;
    advisor.fill("添える言葉", "支障ありません").await;
    confirm(&advisor, "意見を記録する", "意見を記録しますか").await;
    advisor.wait_for_text("R8-ADM-0001 に意見を記録しました").await;
}

async fn issue_the_privileged_id(city: &Visit, owner: &Browser) {
    owner.goto("/requests/inbox").await;
    owner.wait_for_text("支障ありません").await;
    confirm(owner, "承認する", "承認しますか").await;
    open(owner, "R8-ADM-0001").await;
    owner.follow("実施を記録する").await;
    owner.fill("特権ID", "root").await;
    city.handed_over(owner).await;
    owner.fill("パスワードの保管場所", "課の金庫の封筒").await;
    owner.look_over().await;
    owner.follow("実施を記録する").await;
    owner.wait_for_text("R8-ADM-0001 の実施を記録しました").await;
}

/// Nothing on the page answers the request.
async fn expect_no_answer(browser: &Browser) {
    assert_eq!(browser.texts("[name=verdict]").await, [""; 0]);
}

#[tokio::test]
async fn browser_journey_of_the_by_law_from_the_notice_of_end_to_the_council() {
    let portal = Portal::open_under("katsuura-operations").await;
    let itself = add(&portal, "SYS-001", ITSELF, true).await;
    account(&portal, itself, "山本", &["参照"]).await;
    let city = Visit::to(portal).await;
    let leaving = city.enter("山本").await;
    let clerk = city.enter("田中").await;
    give_notice(&clerk).await;
    is_out(&leaving, "yamamoto").await;
    let officer = city.enter("斎藤").await;
    erase(&city, &officer).await;
    report_a_problem(&clerk).await;
    is_out(&clerk, "tanaka").await;
    take_measures(&officer).await;
    let administrator = city.enter("伊藤").await;
    prevent(&administrator).await;
    conclude(&city).await;
    close(&administrator).await;
}

/// A colleague of the section gives notice that somebody uses an ID no longer.
async fn give_notice(clerk: &Browser) {
    clerk.follow("利用終了届").await;
    clerk.wait_for_text("届出を受け付けると同時に使えなくなります").await;
    clerk.fill("利用者", &employee_no("山本")).await;
    clerk.follow("使わなくなったユーザIDを表示する").await;
    clerk.fill("使わなくなったユーザID", &format!("{ITSELF} yamamoto（参照）")).await;
    clerk.fill("利用終了日", TODAY).await;
    clerk.fill("理由", "担当替えのため").await;
    clerk.look_over().await;
    send(clerk, "R8-END-0001").await;
    expect_state(clerk, "実施中").await;
    clerk.look_over().await;
}

/// The session has ended, and no new one begins.
async fn is_out(browser: &Browser, login: &str) {
    browser.goto("/me/sessions").await;
    browser.wait_for_path("/sign-in").await;
    browser.sign_in(login, PASSWORD).await;
    browser.wait_for_text("いまは使えません").await;
    browser.wait_for_path("/sign-in").await;
}

/// The officer erases the right; nobody was asked whether.
async fn erase(city: &Visit, officer: &Browser) {
    officer.follow("実施待ち").await;
    officer.look_over().await;
    officer.follow("山本 蓮").await;
    expect_no_answer(officer).await;
    officer.follow("実施を記録する").await;
    officer.fill("抹消日時", &city.now()).await;
    officer.look_over().await;
    officer.follow("実施を記録する").await;
    officer.wait_for_text("R8-END-0001 の実施を記録しました").await;
    expect_state(officer, "完了").await;
    officer.goto("/ledgers/accounts?q=yamamoto").await;
    officer.follow("yamamoto").await;
    officer.wait_for_text("抹消済").await;
    officer.look_over().await;
}

/// Somebody lost a note of a password, and has the own ID stopped.
async fn report_a_problem(clerk: &Browser) {
    clerk.goto("/requests/new").await;
    clerk.look_over().await;
    clerk.follow("パスワード問題報告").await;
    clerk.fill("ユーザID", "tanaka").await;
    clerk.fill("内容", "メモをなくした").await;
    clerk.tick("はい").await;
    clerk.fill("発生日時", "2026-04-01T08:40").await;
    clerk.look_over().await;
    clerk.follow("内容を確かめる").await;
    clerk.follow("申請を送信する").await;
}

/// The officer does something about it, and reports.
async fn take_measures(officer: &Browser) {
    officer.goto("/requests/work").await;
    officer.follow("tanaka").await;
    officer.look_over().await;
    officer.follow("実施を記録する").await;
    officer.fill("対策", "新しいパスワードを発行した").await;
    officer.fill("実施日", TODAY).await;
    officer.look_over().await;
    officer.follow("実施を記録する").await;
    officer.wait_for_text("R8-PRB-0001 の実施を記録しました").await;
    officer.follow("報告する").await;
    officer.fill("報告する内容と解決策", "再発行で解決した").await;
    officer.look_over().await;
    officer.follow("報告する").await;
    officer.wait_for_text("R8-PRB-0001 を報告しました").await;
}

/// The administrator decides what keeps it from happening again.
async fn prevent(administrator: &Browser) {
    administrator.follow("承認待ち").await;
    administrator.wait_for_text("メモをなくした").await;
    administrator.look_over().await;
    administrator.follow("確認した").await;
    administrator.fill("再発防止策", "紙に書かない研修をする").await;
    administrator.fill("担当", "伊藤").await;
    administrator.fill("期限", "2026-05-01").await;
    administrator.look_over().await;
    administrator.follow("確認した").await;
}

/// The council is told, and concludes.
async fn conclude(city: &Visit) {
    let council = city.enter("加藤").await;
    council.look_over().await;
    council.goto("/requests/inbox").await;
    council.follow("申請の詳細を開く").await;
    council.wait_for_text("紙に書かない研修をする").await;
    council.follow("確認した").await;
    council.fill("会議の開催日", TODAY).await;
    council.fill("会議の結論", "妥当と認める").await;
    council.look_over().await;
    council.follow("確認した").await;
}

/// The measures are done: only now is it over.
async fn close(administrator: &Browser) {
    open(administrator, "R8-PRB-0001").await;
    administrator.wait_for_text("妥当と認める").await;
    administrator.follow("確認した").await;
    administrator.fill("完了日", TODAY).await;
    administrator.follow("確認した").await;
    open(administrator, "R8-PRB-0001").await;
    expect_state(administrator, "完了").await;
    administrator.look_over().await;
}
