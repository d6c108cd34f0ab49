//! 表示言語の切替 on a page that answered a form: the same page in the other language, with what was typed and what is to be
//! mended, and nothing is done by it.
use axum::http::StatusCode;

use crate::requests::{KIND, Office, decide, number_of, option, send};
use crate::support::portal::{PASSWORD, Page, Portal};

/// Is the switch of this page a button of the form that the page answers, and of no other?
#[track_caller]
fn switches(page: &Page, action: &str) {
    let html = page.text();
    assert_eq!(html.matches("id=\"again\"").count(), 1, "{}", page.words());
    let form = &html[html.find("id=\"again\"").unwrap()..];
    assert!(form[..form.find('>').unwrap()].contains(&format!("action=\"{action}\"")), "{action}: {}", &form[..120]);
    assert!(html.contains("form=\"again\" name=\"_lang\""));
}

#[tokio::test]
async fn a_form_that_came_back_is_read_in_the_other_language_without_being_sent() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    assert!(!form.ok().text().contains("form=\"again\""), "a page that was asked for is asked for again");
    let id = form.attribute("name=\"_id\" value=\"").unwrap();
    let some = [("_id", id.as_str()), ("person", "099999"), ("reason", "経理の担当")];
    let refused = clerk.post(KIND, &[&some[..], &[("_step", "check")]].concat()).await;
    refused.refuses("利用者の職員番号又は氏名を入力してください");
    switches(&refused, KIND);
    let page = refused.attribute("name=\"_page\" value=\"").unwrap();
    let english = clerk.post(KIND, &[&some[..], &[("_page", &page), ("_lang", "en")]].concat()).await;
    english.refuses("Enter").says("経理の担当").hides("入力してください");
    assert!(english.text().contains("<html lang=\"en\""));
    switches(&english, KIND);
    // it stays so, as every other switch does
    clerk.get("/requests").await.ok().says("My requests");

    // a form in which all is in order comes back as it was left: as the form, or as the page to check it
    let answers = office.answers(&form, "山本", "経理の担当になるため");
    let asking = |page: &str| {
        let mut answers = answers.clone();
        answers.extend([("_page".to_owned(), page.to_owned()), ("_lang".to_owned(), "ja".to_owned())]);
        answers
    };
    send(&clerk, KIND, &asking("form"), "send").await.ok().says("申請の理由").says("経理の担当になるため");
    let check = send(&clerk, KIND, &asking("check"), "send").await;
    check.ok().says("経理の担当になるため").says("申請を送信する");
    switches(&check, KIND);
    assert_eq!(office.portal.events("request.filed").await, 0);
    number_of(&send(&clerk, KIND, &answers, "send").await);
}

#[tokio::test]
async fn an_act_that_was_refused_is_read_in_the_other_language_and_none_is_done_by_it() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let path = format!("/requests/{number}");
    let manager = portal.sign_in("佐藤").await;
    let refused = decide(&manager, &number, "refuse", " ").await;
    refused.refuses("理由を入力してください");
    let decision = format!("{path}/decision");
    switches(&refused, &decision);
    let seen = refused.attribute("name=\"_seen\" value=\"").unwrap();
    let pressed = refused.attribute("name=\"_pressed\" value=\"").unwrap();
    assert_eq!(pressed, "refuse");
    let again = async |words: &str, lang: &str| {
        let fields = [("_seen", seen.as_str()), ("_pressed", "refuse"), ("words", words), ("_lang", lang)];
        manager.post(&decision, &fields).await
    };
    again(" ", "en").await.refuses("Enter a reason").hides("理由を入力してください");
    again("予算がありません", "en").await.refuses("has not been sent yet").says("予算がありません");
    again("予算がありません", "ja").await.refuses("まだ送信していません").says("予算がありません");
    manager.get(&path).await.ok().says("承認中");
    assert_eq!(portal.events("request.refused").await, 0);

    // a word in the conversation is not said either
    let said = [("body", "窓口の分です"), ("_lang", "en")];
    manager.post(&format!("{path}/comments"), &said).await.refuses("has not been sent yet").says("窓口の分です");
    clerk.get(&path).await.ok().hides("窓口の分です");

    // nor is the work done, however complete its entries are
    office.approve(&manager, &number).await;
    let administrator = portal.sign_in("伊藤").await;
    let line = format!("{path}/lines/1");
    let form = administrator.get(&line).await;
    let (seen, granted) = (form.attribute("name=\"_seen\" value=\"").unwrap(), option(&form, "granted", "参照"));
    let entries = [
        ("_seen", seen.as_str()),
        ("issued_id", "yamamoto.r"),
        ("granted", &granted),
        ("handover_method", "in_person"),
        ("identity_check", "対面"),
    ];
    let refused = administrator.post(&line, &entries).await;
    assert!(refused.refuses("伝達日時").text().contains("value=\"yamamoto.r\""));
    let english = administrator.post(&line, &[&entries[..], &[("_lang", "en")]].concat()).await;
    english.refuses("Handed over at");
    assert!(english.text().contains("value=\"yamamoto.r\""));
    switches(&english, &line);
    let whole = [&entries[..], &[("handed_over_at", "2026-04-01T09:00"), ("_lang", "en")]].concat();
    administrator.post(&line, &whole).await.refuses("has not been sent yet");
    assert_eq!(portal.acted("account.ledger.created").await, 0);
}

#[tokio::test]
async fn the_other_language_does_not_use_up_the_password_that_was_given_once_more() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let path = "/parameters/absolute_hours";
    let given = [("password", PASSWORD), ("action", "settings"), ("target", "absolute_hours"), ("to", path)];
    office.get(path).await.ok();
    assert_eq!(office.post("/step-up", &given).await.location().as_deref(), Some(path));
    office.get(path).await.ok();
    let fields = [("value", "8"), ("effective_on", "2026-04-02"), ("reason", "会議で決めたため")];
    for _ in 0..2 {
        let english = office.post(path, &[&fields[..], &[("_lang", "en")]].concat()).await;
        english.refuses("has not been sent yet");
    }
    let entered = office.post(path, &fields).await;
    assert_eq!(entered.location().as_deref(), Some("/parameters"), "{}", entered.words());
    // and once it was used it is used up
    let again = office.post(path, &fields).await;
    assert!(again.location().unwrap().starts_with("/step-up"), "{}", again.words());
}

#[tokio::test]
async fn a_password_does_not_come_along_with_the_switch() {
    let portal = Portal::open().await;
    let browser = portal.sign_in("田中").await;
    browser.get("/me/password").await.ok();
    let new = "Chigau-no-Kagi!9";
    for current in [PASSWORD, "Wrong-Wrong-1!"] {
        let typed = [("current", current), ("new", new), ("again", new), ("_lang", "en")];
        let page = browser.post("/me/password", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.words());
        page.hides("has not been sent yet");
    }
    portal.sign_in("田中").await;
    assert_eq!(portal.events("password.changed").await, 0);
}

#[tokio::test]
async fn nothing_is_tried_or_read_unseen_by_asking_for_the_other_language() {
    let portal = Portal::open().await;
    // a code is guessed at no less for it: it does not come along, and known and unknown IDs are answered alike
    let browser = portal.sign_in("田中").await;
    let mut said = Vec::new();
    for login in ["yamamoto", "nobody"] {
        let typed = [("login", login), ("code", "7K3M-Q2XA-0000-0000-0000-0000"), ("_lang", "en")];
        let page = browser.post("/activate", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.words());
        said.push(page.words().replace(login, ""));
    }
    assert_eq!(said[0], said[1]);
    // who looks up who could read what stands in the log, in whichever language it is shown
    let auditor = portal.sign_in("吉田").await;
    auditor.get("/permissions/readers").await.ok();
    let asked = [("what", "accounts"), ("person", "001001"), ("department", ""), ("request", ""), ("on", "2026-04-01")];
    let asked = [&asked[..], &[("_lang", "en")]].concat();
    auditor.post("/permissions/readers", &asked).await.ok().says("佐藤 直樹");
    assert_eq!(portal.events("readers.asked").await, 1);
}
