//! What people type: days in every form, names by how they are read, words to look for, and what sneaks in by pasting. What
//! cannot be read is said at its field, with the reason, and stays in it.
use axum::http::StatusCode;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::text::percent;
use mamori::people::roster::{NewPerson, NewPost, add_person, appoint};

use crate::requests::{KIND, Office, send};
use crate::support::portal::{Browser, Page, Portal};

/// The check page for these answers, or the form again.
async fn check(office: &Office, clerk: &Browser<'_>, change: &[(&str, &str)]) -> Page {
    let form = clerk.get(KIND).await;
    let mut answers = office.answers(&form, "山本", "経理の担当になるため");
    for (name, value) in change {
        answers.retain(|(known, _)| known != name);
        answers.push(((*name).to_owned(), (*value).to_owned()));
    }
    send(clerk, KIND, &answers, "check").await
}

async fn hire(portal: &Portal, number: &str, family: &str, given: &str, reading: &str) {
    let department = portal.cast.sales;
    let from = "2026-04-01".parse().unwrap();
    let (tier, title) = (Tier::Staff, "");
    let new = NewPerson {
        employee_no: number,
        family_name: family,
        given_name: given,
        reading,
        mail: None,
        employment: "permanent",
        owner: None,
        joined_on: from,
    };
    let actor = Actor::portal();
    let hired = portal.app.change(&actor, async |work| {
        let person = add_person(work, &new).await?;
        appoint(work, &NewPost { person, department, tier, function: None, title, main: true, from }).await
    });
    hired.await.unwrap();
}

#[tokio::test]
async fn a_control_character_in_an_answer_is_left_out_and_no_forgery() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let checked = check(&office, &clerk, &[("reason", "経理\u{0}の\u{7}担当"), ("person", "0010\u{0}02")]).await;
    checked.ok().says("経理の担当").says("山本 蓮");
    assert_eq!(office.portal.events("access.forged").await, 0);
    let somebody = office.portal.browser();
    somebody.get("/sign-in").await;
    let refused = somebody.post("/sign-in", &[("login", "tan\u{0}aka"), ("password", "wrong\u{0}")]).await;
    assert_ne!(refused.status, StatusCode::FORBIDDEN);
    clerk.get("/requests?q=a%00b").await.ok();
    office.portal.sign_in("吉田").await.get("/people?q=%00").await.ok();
}

#[tokio::test]
async fn a_day_that_cannot_be_read_is_refused_with_its_reason_and_how_to_mend_it() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    for typed in ["R8.4.6", "４月６日", "2026/4/6", "令和八年四月六日", "２０２６年４月６日（月）"]
    {
        check(&office, &clerk, &[("from", typed)]).await.ok().says("令和8年4月6日(月)");
    }
    for (typed, reason) in [
        ("8.4.6", "「8」年が、西暦か元号か分かりません"),
        ("平成38年4月6日", "R8.4.6と入力してください"),
        ("R8.2.30", "2月30日は、その年の暦にありません"),
        ("R8.4", "に日がありません"),
        ("来週", "日付として読めません"),
        ("2026-04-06(火)", "曜日が日付と合いません"),
    ] {
        let again = check(&office, &clerk, &[("from", typed)]).await;
        again.refuses(reason);
        assert!(again.text().contains(&format!(r#"type="text" value="{typed}""#)), "{typed} is kept");
    }
}

#[tokio::test]
async fn a_person_is_found_by_reading_and_namesakes_are_told_apart() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    for typed in ["やまもと れん", "ヤマモトレン", "ﾔﾏﾓﾄ　ﾚﾝ", "山本　蓮", "００１００２"]
    {
        check(&office, &clerk, &[("person", typed)]).await.ok().says("山本 蓮");
    }
    // a part of a name is no answer, but nobody has to begin again
    let part = check(&office, &clerk, &[("person", "ﾔﾏﾓﾄ"), ("reason", "経理の応援のため")]).await;
    part.refuses("「ﾔﾏﾓﾄ」に当てはまる人が1人います").says("001002 営業部").says("経理の応援のため");
    hire(&office.portal, "009002", "山本", "蓮", "やまもと れん").await;
    let several = check(&office, &clerk, &[("person", "山本 蓮")]).await;
    several.refuses("当てはまる人が2人います").says("001002 営業部").says("009002 営業部");
    let text = several.text();
    assert!(text.contains(r#"value="山本 蓮""#), "what was typed stays");
    let before = &text[..text.rfind("009002 営業部").unwrap()];
    let radio = &before[before.rfind(r#"name="person.pick" value=""#).unwrap() + 26..];
    let picked = &radio[..radio.find('"').unwrap()];
    let checked = check(&office, &clerk, &[("person", "山本 蓮"), ("person.pick", picked)]).await;
    checked.ok().says("009002 営業部").hides("001002 営業部");
    // who was pointed at and is not meant by what is typed now is not heard
    check(&office, &clerk, &[("person", "001002"), ("person.pick", picked)]).await.ok().says("001002 営業部");
    check(&office, &clerk, &[("person", "そんなひと")]).await.refuses("職員番号又は氏名を入力してください");
}

#[tokio::test]
async fn requests_are_found_by_number_reading_and_several_words_and_marks_find_none() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let auditor = office.portal.sign_in("吉田").await;
    let list = |words: &'static str| {
        let (clerk, auditor) = (&clerk, &auditor);
        async move {
            let own = clerk.get(&format!("/requests?q={}", percent(words))).await;
            let all = auditor.get(&format!("/requests/all?q={}", percent(words))).await;
            (own, all)
        }
    };
    for words in ["R8-ACC-0001", "ｒ８－ａｃｃ－０００１", "やまもと", "ヤマモト", "ﾔﾏﾓﾄ ﾚﾝ", "財務　山本", "蓮 山本"]
    {
        let (own, all) = list(words).await;
        own.ok().says(&number);
        all.ok().says(&number);
    }
    for words in ["%", "_", "\\", "😀", "山本 %", "山本 花子"] {
        let (own, all) = list(words).await;
        own.ok().hides(&number).says("当てはまる");
        all.ok().hides(&number);
    }
}

#[tokio::test]
async fn the_board_says_why_a_reference_day_cannot_be_taken_and_when_nothing_was_in_force() {
    let portal = Portal::open().await;
    portal.advance(chrono::TimeDelta::days(9));
    let auditor = portal.sign_in("吉田").await;
    let on = |typed: &'static str| {
        let auditor = &auditor;
        async move { auditor.get(&format!("/clauses?on={}", percent(typed))).await }
    };
    for typed in ["2026-04-05", "R8.4.5", "４月５日"] {
        let board = on(typed).await;
        assert!(board.ok().text().contains(r#"type="date" value="2026-04-05""#), "{typed}");
    }
    for (typed, reason) in [
        ("R8.2.30", "2月30日は、その年の暦にありません"),
        ("R8.4.11", "まだ来ていない日です"),
        ("きのう", "日付として読めません"),
    ] {
        let board = on(typed).await;
        board.ok().says(reason);
        assert!(board.text().contains(&format!(r#"type="text" value="{typed}""#)), "{typed} is kept");
    }
    let before = on("令和8年3月31日").await;
    before.ok().says("規程の効力がない日です").says("施行前");
    for state in ["kept", "never", "due", "overdue", "no-case"] {
        let none = auditor.get(&format!("/clauses?on=R8.3.31&state={state}")).await;
        none.ok().says("当てはまる条項はありません");
    }
}

#[tokio::test]
async fn clauses_are_found_in_any_width_and_kana_by_all_words() {
    let portal = Portal::open().await;
    let auditor = portal.sign_in("吉田").await;
    for words in ["４．１．１-1-a", "ｱｶｳﾝﾄ 作成", "あかうんと　4.1.1"] {
        let board = auditor.get(&format!("/clauses?q={}", percent(words))).await;
        board.ok().says("アカウントの作成");
    }
    for words in ["%", "アカウント 😀", "アカウント パスワードなし"] {
        auditor.get(&format!("/clauses?q={}", percent(words))).await.ok().says("当てはまる条項はありません");
    }
}

#[tokio::test]
async fn who_cannot_change_values_is_shown_no_column_for_it() {
    let portal = Portal::open().await;
    let heads = |page: Page| page.text().matches("<th scope=\"col\">").count();
    let changes = heads(portal.sign_in("中村").await.get("/parameters").await);
    let reads = heads(portal.sign_in("伊藤").await.get("/parameters").await);
    assert_eq!((changes, reads), (10, 9));
}

#[tokio::test]
async fn the_log_says_at_its_field_what_day_it_cannot_read() {
    let portal = Portal::open().await;
    let auditor = portal.sign_in("吉田").await;
    auditor.get("/audit?from=R8.4.1&until=4%E6%9C%881%E6%97%A5").await.ok().hides("読めません");
    let again = auditor.get("/audit?from=R8.2.30").await;
    again.ok().says("2月30日は、その年の暦にありません");
    assert!(again.text().contains(r#"value="R8.2.30""#));
}
