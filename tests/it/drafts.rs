//! Prepared drafts: somebody who may not file a request fills it in for the one who may; the two of them alone see it.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::features::movements::model::Kind as Change;
use mamori::kernel::jobs::Runner;

use crate::movements::moved;
use crate::requests::{KIND, Office, employee_no, number_of, send};
use crate::support::portal::{Browser, Page, Portal};

const COOP: &str = "coop-operations";
const DRAFT: &str = "/requests/new/account.register/draft";
const REASON: &str = "共済の受付を担当するため";

async fn coop() -> Office {
    Office::within(Portal::open_under(COOP).await).await
}

fn said<'a>(name: &'a str, value: &'a str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// The clerk prepares a draft about a colleague and hands it over; its address.
async fn prepare(office: &Office, clerk: &Browser<'_>) -> String {
    let form = clerk.get(KIND).await;
    let id = form.attribute("name=\"_id\" value=\"").unwrap();
    let person = employee_no(&office.portal, "山本");
    let answers =
        [said("_id", &id), said("person", &person), said("reason", REASON), said("_note", "4月3日から要ります。")];
    let sent = send(clerk, DRAFT, &answers, "draft").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    // a second click hands over nothing more
    let again = send(clerk, DRAFT, &answers, "draft").await;
    assert_eq!(again.location(), sent.location());
    sent.location().unwrap()
}

async fn mails(portal: &Portal, login: &str) -> Vec<String> {
    let told = portal.told("draft.%").await;
    told.into_iter().filter(|told| told.mail == format!("{login}@example.jp")).map(|told| told.said).collect()
}

/// The manager files what the draft holds, with what it lacked.
async fn file(office: &Office, manager: &Browser<'_>, form: &Page) -> Page {
    let mut answers = office.answers(form, "山本", "共済の受付と登録を担当するため");
    answers.push(said("_draft", &form.attribute("name=\"_draft\" value=\"").unwrap()));
    let row = moved(&office.portal, "山本", Change::Reassignment, "2026-04-01").await;
    answers.push(said("movement", &row));
    send(manager, KIND, &answers, "send").await
}

#[tokio::test]
async fn a_clerk_is_told_who_files_and_hands_over_a_draft_that_the_manager_files() {
    let office = coop().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    clerk.get("/requests/new").await.ok().says("下書きを作って渡せる申請").says("アカウント登録申請");
    let form = clerk.get(KIND).await;
    form.ok().says("この申請は部門管理者が行います").says("佐藤 直樹さん（営業部 部長）").says("下書きを渡す");
    form.hides("内容を確かめる");
    assert!(
        form.text().contains("</b><span>佐藤 直樹さん（営業部 部長）</span></li>"),
        "the route begins with who files"
    );
    // the changes of staff are the manager's to see
    let named = clerk.get(&format!("{KIND}?person={}", crate::accounts::employee_no("山本"))).await;
    named
        .ok()
        .says("あなたの画面では選べません。申請する部門管理者が選びます")
        .hides("この人について選べるものはありません");
    let id = form.attribute("name=\"_id\" value=\"").unwrap();
    for step in ["check", "send"] {
        let tried = send(&clerk, KIND, &[said("_id", &id), said("reason", REASON)], step).await;
        assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY);
        tried.says("この申請は部門管理者が行います");
    }
    assert_eq!(portal.events("request.filed").await, 0);

    let draft = prepare(&office, &clerk).await;
    clerk.get(&draft).await.ok().says("申請待ち").says("山本 蓮").says(REASON).says("取り戻す").hides("申請しない場合");
    assert_eq!(mails(portal, "sato").await, ["田中 陽向さんから「アカウント登録申請」の下書きが届きました"]);

    // nobody but these two finds it, whatever their reach
    for other in ["山本", "高橋", "伊藤", "中村", "小林", "吉田"] {
        let browser = portal.sign_in(other).await;
        assert_eq!(browser.get(&draft).await.status, StatusCode::NOT_FOUND, "{other} sees it");
        browser.get("/requests/drafts").await.ok().hides(REASON).hides(&draft);
    }

    // the manager finds it wherever they look, and opens it in the ordinary form
    let manager = portal.sign_in("佐藤").await;
    manager.get("/").await.ok().says("田中 陽向さんの下書き：アカウント登録申請 山本 蓮");
    manager.get("/requests/new").await.ok().says("アカウント登録申請 — 山本 蓮");
    manager.get("/requests").await.ok().says("下書き");
    let page = manager.get(&draft).await;
    page.ok().says("4月3日から要ります。").says("田中 陽向").says("あと30日");
    let open = page.attribute("class=\"btn btn--primary\" href=\"").unwrap();
    let form = manager.get(&open).await;
    form.ok().says("山本 蓮").says(REASON).says("内容を確かめる");
    let sent = file(&office, &manager, &form).await;
    let number = number_of(&sent);
    // a second click finds the same request
    let request = manager.get(&format!("/requests/{number}")).await;
    request.ok().says("申請者 佐藤 直樹").says("下書きを作成した人 田中 陽向").says("共済の受付と登録を担当するため");
    assert_eq!(
        mails(portal, "tanaka").await,
        [format!("下書きが申請されました：{number} 佐藤 直樹さん「アカウント登録申請」")]
    );
    clerk.get(&draft).await.ok().says("申請済");
    assert_eq!(portal.events("draft.filed").await, 1);

    // once filed it is used up
    let again = file(&office, &manager, &form).await;
    assert_eq!(again.location(), sent.location(), "a second click led elsewhere: {}", again.words());
    let late = manager.post(&format!("{draft}/disposal"), &[("reason", "もう不要です。")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.says("すでに申請されたか終わっています");
    assert_eq!(portal.events("request.filed").await, 1);
}

#[tokio::test]
async fn a_draft_goes_back_with_a_reason_is_taken_back_or_discarded() {
    let office = coop().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let manager = portal.sign_in("佐藤").await;

    let draft = prepare(&office, &clerk).await;
    manager.get(&draft).await.ok();
    let without = manager.post(&format!("{draft}/return"), &[("reason", " ")]).await;
    without.refuses("理由を入力してください");
    let returned = manager.submit(&format!("{draft}/return"), &[("reason", "権限も選んでください。")]).await;
    returned.ok().says("下書きを差し戻しました");
    assert_eq!(mails(portal, "tanaka").await, ["佐藤 直樹さんが「アカウント登録申請」の下書きを差し戻しました"]);
    let page = clerk.get(&draft).await;
    page.ok().says("差戻し").says("権限も選んでください。").says("直してもう一度渡す");
    let again = clerk.get(&page.attribute("class=\"btn btn--primary\" href=\"").unwrap()).await;
    again.ok().says("山本 蓮").says(REASON).says("下書きを渡す");
    assert!(!again.text().contains("name=\"_draft\""), "it would be filed from a draft that has ended");

    let draft = prepare(&office, &clerk).await;
    clerk.get(&draft).await.ok();
    clerk.submit(&format!("{draft}/withdrawal"), &[]).await.ok().says("下書きを取り戻しました");
    manager.get("/requests/drafts").await.ok().says("届いている下書きはありません");
    let form = manager.get(&format!("{KIND}?_draft={}", draft.rsplit('/').next().unwrap())).await;
    let late = file(&office, &manager, &form).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.says("すでに申請されたか終わっています").says("共済の受付と登録を担当するため");

    let draft = prepare(&office, &clerk).await;
    manager.get(&draft).await.ok();
    let discarded = manager.submit(&format!("{draft}/disposal"), &[("reason", "異動が取りやめになりました。")]).await;
    discarded.ok().says("下書きを破棄しました");
    clerk.get(&draft).await.ok().says("破棄").says("異動が取りやめになりました。");
    assert_eq!(clerk.post(&format!("{draft}/return"), &[("reason", "x")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_draft_that_nobody_files_ends_visibly_and_both_are_told() {
    let office = coop().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let draft = prepare(&office, &clerk).await;
    for _ in 0..2 {
        portal.advance(TimeDelta::days(30));
        Runner::new(&portal.app).unwrap().run_due().await.unwrap();
    }
    let clerk = portal.sign_in("田中").await;
    clerk.get(&draft).await.ok().says("期限切れ");
    assert_eq!(portal.events("draft.expired").await, 1);
    let expired = "「アカウント登録申請」の下書きは期限が過ぎました";
    for login in ["tanaka", "sato"] {
        assert_eq!(mails(portal, login).await.iter().filter(|subject| *subject == expired).count(), 1, "{login}");
    }
}

#[tokio::test]
async fn a_form_is_kept_for_later_and_filed_from_where_one_left_off() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    form.ok().says("下書きを保存する").hides("この申請は");
    let id = form.attribute("name=\"_id\" value=\"").unwrap();
    let kept = send(&clerk, DRAFT, &[said("_id", &id), said("reason", REASON)], "draft").await;
    let draft = kept.location().unwrap();
    clerk.get(&draft).await.ok().says("下書きを保存しました").says(REASON);
    let form = clerk.get(&format!("{KIND}?_draft={}", draft.rsplit('/').next().unwrap())).await;
    form.ok().says(REASON);

    // written on: it stays one
    let from = form.attribute("name=\"_draft\" value=\"").unwrap();
    let id = form.attribute("name=\"_id\" value=\"").unwrap();
    let more = [said("_id", &id), said("_draft", &from), said("reason", "窓口を担当するため")];
    assert_eq!(send(&clerk, DRAFT, &more, "draft").await.location().as_deref(), Some(draft.as_str()));
    clerk.get(&draft).await.ok().says("窓口を担当するため").hides(REASON);

    let mut answers = office.answers(&form, "山本", "窓口を担当するため");
    answers.push(said("_draft", &from));
    let number = number_of(&send(&clerk, KIND, &answers, "send").await);
    clerk.get(&format!("/requests/{number}")).await.ok().hides("下書きを作成した人");
    clerk.get("/requests/drafts").await.ok().hides("書きかけの申請");
}
