//! An act that is not taken costs nothing: the same page comes back with what was typed, says what to mend, and where.
use axum::http::StatusCode;

use crate::requests::{KIND, Office, content_hash, decide, execute, send};
use crate::support::portal::{Browser, Page, Portal};

/// The page of the request itself, answered with this status.
fn again(page: &Page, status: StatusCode, number: &str) {
    assert_eq!(page.status, status, "{}", page.words());
    page.says(number).says("履歴").hides("problem-code");
}

async fn verdict(browser: &Browser<'_>, number: &str, seen: &str, verdict: &str, words: &str) -> Page {
    let fields = [("_seen", seen), ("verdict", verdict), ("words", words), ("_back", "inbox")];
    browser.post(&format!("/requests/{number}/decision"), &fields).await
}

#[tokio::test]
async fn a_decision_without_its_reason_keeps_the_page_and_the_words() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let manager = office.portal.sign_in("佐藤").await;
    let number = office.file(&clerk, "山本").await;
    let seen = content_hash(&office.portal, &number).await;

    for what in ["return", "refuse"] {
        let page = verdict(&manager, &number, &seen, what, " 　").await;
        again(&page, StatusCode::UNPROCESSABLE_ENTITY, &number);
        page.says("1か所を直してください").says("理由を入力してください");
        assert!(page.text().contains("href=\"#words\""), "the summary leads to the field");
        assert!(page.text().contains("aria-describedby=\"words-e\""));
    }
    let long = format!("初めの行\n{}", "長い".repeat(500));
    let page = verdict(&manager, &number, &seen, "return", &long).await;
    again(&page, StatusCode::UNPROCESSABLE_ENTITY, &number);
    page.says("1000字以内で入力してください");
    let html = page.text();
    assert!(html.contains(&format!(">\n{long}</textarea>")), "every line of the reason is still there");

    // from that very page it can be mended, and leads where the first try would have led
    assert!(html.contains("name=\"_back\" value=\"inbox\""));
    let sent = verdict(&manager, &number, &seen, "return", "期間を書いてください").await;
    assert_eq!(sent.location().as_deref(), Some("/requests/inbox"));
}

#[tokio::test]
async fn a_decision_that_comes_too_late_shows_the_request_and_the_words() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let manager = office.portal.sign_in("佐藤").await;
    let number = office.file(&clerk, "山本").await;
    let seen = content_hash(&office.portal, &number).await;
    clerk.submit(&format!("/requests/{number}/withdrawal"), &[]).await.ok();
    let page = verdict(&manager, &number, &seen, "return", "期間が書かれていません").await;
    again(&page, StatusCode::CONFLICT, &number);
    page.says("取り下げられています").says("送信しようとした言葉").says("期間が書かれていません");
}

#[tokio::test]
async fn a_comment_and_a_withdrawal_that_say_too_much_come_back_whole() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let long = "言い分".repeat(400);

    let empty = clerk.post(&format!("/requests/{number}/comments"), &[("body", " ")]).await;
    again(&empty, StatusCode::UNPROCESSABLE_ENTITY, &number);
    empty.says("書き込む内容を入力してください");
    assert!(empty.text().contains("href=\"#say\""));
    let full = clerk.post(&format!("/requests/{number}/comments"), &[("body", &long)]).await;
    again(&full, StatusCode::UNPROCESSABLE_ENTITY, &number);
    full.says("1000字以内").says(&long);

    let page = clerk.post(&format!("/requests/{number}/withdrawal"), &[("reason", &long)]).await;
    again(&page, StatusCode::UNPROCESSABLE_ENTITY, &number);
    page.says("1000字以内").says(&long).hides("取り下げました");
    assert!(page.text().contains("href=\"#withdraw-reason\""));
}

/// A request of 田中 for 山本, approved.
async fn approved(office: &Office) -> String {
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    office.approve(&office.portal.sign_in("佐藤").await, &number).await;
    number
}

#[tokio::test]
async fn a_slip_that_cannot_be_right_is_asked_for_again_with_what_was_typed() {
    let office = Office::open().await;
    let number = approved(&office).await;
    let admin = office.portal.sign_in("伊藤").await;
    execute(&admin, &number, 1, "yamamoto.r").await;
    office.portal.loses_sign_in("山本").await;
    let path = format!("/requests/{number}/lines/1/slip");

    let nameless = admin.post(&path, &[("slip_number", ""), ("slip_on", "2026-04-01")]).await;
    again(&nameless, StatusCode::UNPROCESSABLE_ENTITY, &number);
    assert!(nameless.text().contains("href=\"#slip-number-1\""));
    assert!(nameless.text().contains("name=\"slip_on\" value=\"2026-04-01\""));

    for wrong in ["いつか", "2026-04-02"] {
        let page = admin.post(&path, &[("slip_number", "受-12"), ("slip_on", wrong)]).await;
        again(&page, StatusCode::UNPROCESSABLE_ENTITY, &number);
        assert!(page.text().contains("href=\"#slip-on-1\""), "{wrong}");
        assert!(page.text().contains("name=\"slip_number\" value=\"受-12\""));
        assert!(page.text().contains(&format!("name=\"slip_on\" value=\"{wrong}\"")));
    }
}

#[tokio::test]
async fn a_receipt_pressed_twice_is_one_receipt_and_a_later_one_shows_the_request() {
    let office = Office::open().await;
    let number = approved(&office).await;
    let admin = office.portal.sign_in("伊藤").await;
    execute(&admin, &number, 1, "yamamoto.r").await;
    let user = office.portal.sign_in("山本").await;
    user.get(&format!("/requests/{number}")).await.ok();
    let path = format!("/requests/{number}/lines/1/receipt");
    let once = uuid::Uuid::now_v7().to_string();
    for _ in 0..2 {
        assert_eq!(user.post_once(&path, &[], &once).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(office.portal.events("request.acknowledged").await, 1);
    again(&user.post(&path, &[]).await, StatusCode::CONFLICT, &number);
}

#[tokio::test]
async fn work_that_is_refused_shows_the_request_and_says_why() {
    let office = Office::open().await;
    let number = approved(&office).await;
    let admin = office.portal.sign_in("伊藤").await;
    execute(&admin, &number, 1, "yamamoto.r").await;
    let path = format!("/requests/{number}/lines/1");
    admin.get(&path).await.ok().says("訂正の理由");
    let user = office.portal.sign_in("山本").await;
    user.get(&format!("/requests/{number}")).await.ok();
    assert_eq!(user.post(&format!("{path}/receipt"), &[]).await.status, StatusCode::SEE_OTHER);
    let late = admin.get(&path).await;
    again(&late, StatusCode::CONFLICT, &number);
    late.says("完了");
}

#[tokio::test]
async fn a_form_for_a_request_that_moved_on_shows_what_it_had_said() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let manager = office.portal.sign_in("佐藤").await;
    let number = office.file(&clerk, "山本").await;
    let path = format!("/requests/{number}/mend");
    again(&clerk.get(&path).await, StatusCode::CONFLICT, &number);

    decide(&manager, &number, "return", "期間を書いてください").await;
    let form = clerk.get(&path).await;
    let base = form.attribute("name=\"_base\" value=\"").unwrap();
    let answers = |reason: &str| {
        let mut answers = office.answers(&form, "山本", reason);
        answers.push(("_base".to_owned(), base.clone()));
        answers
    };
    let first = send(&clerk, &path, &answers("3か月だけ使うため"), "send").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    // the other window of the same person
    for step in ["check", "send"] {
        let page = send(&clerk, &path, &answers("半年のあいだ使うため"), step).await;
        again(&page, StatusCode::CONFLICT, &number);
        page.says("すでに先へ進んだため").says("半年のあいだ使うため");
    }
}

#[tokio::test]
async fn a_form_that_was_gone_back_to_and_changed_is_another_request_and_loses_nothing() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let answers = office.answers(&form, "山本", "経理の担当になるため");
    let first = crate::requests::number_of(&send(&clerk, KIND, &answers, "send").await);
    assert_eq!(crate::requests::number_of(&send(&clerk, KIND, &answers, "send").await), first, "a double click");

    let mut other = office.answers(&form, "佐藤", "決算の確認をするため");
    let page = send(&clerk, KIND, &other, "send").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("すでに送信されています").says("決算の確認をするため");
    other[0].1 = page.attribute("name=\"_id\" value=\"").unwrap();
    assert_ne!(other[0].1, answers[0].1);
    assert_ne!(crate::requests::number_of(&send(&clerk, KIND, &other, "send").await), first);
}

#[tokio::test]
async fn an_id_that_is_not_the_forms_own_does_nothing_and_tells_nothing() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let answers = office.answers(&form, "山本", "経理の担当になるため");
    crate::requests::number_of(&send(&clerk, KIND, &answers, "send").await);

    let outsider = office.portal.sign_in("鈴木").await;
    let own = outsider.get(KIND).await;
    let mut stolen = office.answers(&own, "鈴木", "総務の担当になるため");
    stolen[0].1.clone_from(&answers[0].1);
    assert_eq!(send(&outsider, KIND, &stolen, "send").await.status, StatusCode::NOT_FOUND);
    for not_drawn in ["00000000-0000-0000-0000-000000000000", "x"] {
        not_drawn.clone_into(&mut stolen[0].1);
        assert_eq!(send(&outsider, KIND, &stolen, "send").await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_form_that_says_more_than_its_page_asks_is_not_taken() {
    let office = Office::open().await;
    let (clerk, manager) = (office.portal.sign_in("田中").await, office.portal.sign_in("佐藤").await);
    let form = clerk.get(KIND).await;
    let answers = office.answers(&form, "山本", "経理の担当になるため");
    for (name, step) in [("role", "send"), ("grants.x", "send"), ("_role", "check"), ("reason.pick", "draft")] {
        let path = if step == "draft" { format!("{KIND}/draft") } else { KIND.to_owned() };
        let more = [answers.clone(), vec![(name.to_owned(), "1".to_owned())]].concat();
        send(&clerk, &path, &more, step).await.refuses("送信を受け付けませんでした");
    }
    assert_eq!(office.portal.events("request.filed").await, 0);

    // questions that stand closed, and what points at one of several people, belong to the page
    let closed = [("until", ""), ("person.pick", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let sent = send(&clerk, KIND, &[answers, closed.to_vec()].concat(), "send").await;
    let number = sent.location().unwrap().rsplit('/').next().unwrap().to_owned();
    let path = format!("/requests/{number}");
    let seen = content_hash(&office.portal, &number).await;
    let decision = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", ""), ("decided_by", "佐藤")];
    manager.post(&format!("{path}/decision"), &decision).await.refuses("送信を受け付けませんでした");
    assert_eq!(manager.post(&format!("{path}/decision"), &decision[..3]).await.status, StatusCode::SEE_OTHER);
    let worker = office.portal.sign_in("伊藤").await;
    let line = format!("{path}/lines/1");
    worker.get(&line).await.ok();
    worker.post(&line, &[("_seen", &seen), ("line", "2")]).await.refuses("送信を受け付けませんでした");
    assert_eq!(execute(&worker, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    let user = office.portal.sign_in("山本").await;
    user.get(&path).await.ok();
    user.post(&format!("{line}/receipt"), &[("line", "2")]).await.refuses("送信を受け付けませんでした");
    assert_eq!(office.portal.events("access.forged").await, 7);
}

#[tokio::test]
async fn a_kind_can_ask_why_it_is_withdrawn() {
    let portal = Portal::open_under("coop-operations").await;
    let system = crate::accounts::add(&portal, "SYS-002", "販売管理システム", false).await;
    let administrator = portal.sign_in("伊藤").await;
    let number = crate::apart::ask(&portal, &administrator, system).await;
    let path = format!("/requests/{number}");
    administrator.get(&path).await.ok();
    administrator.post(&format!("{path}/withdrawal"), &[("reason", " ")]).await.refuses("理由を入力してください");
    let done = administrator.submit(&format!("{path}/withdrawal"), &[("reason", "作業が要らなくなったため")]).await;
    done.ok().says("取り下げました").says("作業が要らなくなったため");
}
