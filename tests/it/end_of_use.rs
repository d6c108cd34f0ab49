//! 利用終了届 (katsuura 20-1-4): everybody who holds an ID can hand it in, it waits where nobody is there to work on it, its
//! holder hears of it, and nothing else counts as one.
use axum::http::StatusCode;
use mamori::features::accounts::unused::ask_unused;

use crate::accounts::{add, number_of};
use crate::movements::moved;
use crate::support::portal::{Browser, Page, Portal};
use crate::under_coop_sign_in::mails;
use crate::under_katsuura::{account, erase, give_notice};
use chrono::TimeDelta;
use mamori::features::movements::model::Kind;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::work::Work;
use mamori::people::roster::{NewPost, appoint};

const REGULATION: &str = "katsuura-operations";

#[tokio::test]
async fn a_notice_is_taken_though_nobody_is_there_to_work_on_it_and_waits_for_somebody() {
    let portal = Portal::open_under(REGULATION).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let row = account(&portal, taxes, "山本", &["参照"]).await;
    moved(&portal, "斎藤", Kind::Leave, "2026-04-01").await;
    crate::movements::run(&portal).await;
    let clerk = portal.sign_in("田中").await;
    let number = number_of(&give_notice(&clerk, "山本", &row, &[]).await);
    clerk.get(&format!("/requests/{number}")).await.ok().says("情報システム責任者").says("担当できる人がいません");
    moved(&portal, "斎藤", Kind::Return, "2026-04-01").await;
    crate::movements::run(&portal).await;
    let officer = portal.sign_in("斎藤").await;
    officer.get("/requests/work").await.ok().says(&number);
    assert_eq!(erase(&officer, &number, 1, "2026-04-01T09:00").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn whoever_holds_an_id_hands_the_notice_in_and_nothing_else() {
    let portal = Portal::open_under(REGULATION).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    for name in ["加藤", "吉田"] {
        let row = account(&portal, taxes, name, &["参照"]).await;
        let browser = portal.sign_in(name).await;
        let choose = browser.get("/requests/new").await;
        choose.ok().says("利用終了届").says("パスワード問題報告").says("ほかの人が申請するもの");
        let mine = browser.get("/me/accounts").await;
        mine.ok().says("利用の終了を届け出る").hides("停止を申請する").hides("変更を申請する");
        number_of(&give_notice(&browser, name, &row, &[]).await);
        let other = browser.get("/requests/new/account.register").await;
        assert!(other.status.is_client_error() || !other.text().contains("内容を確かめる"), "{name} files anything");
    }
}

#[tokio::test]
async fn the_form_says_that_the_id_stops_on_receipt_and_whoever_used_it_is_told() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let row = account(&portal, itself, "山本", &["参照"]).await;
    let clerk = portal.sign_in("田中").await;
    let number = number_of(&give_notice(&clerk, "山本", &row, &[]).await);
    clerk.get(&format!("/requests/{number}")).await.ok().says("受付と同時に停止").hides("実施時に停止");
    assert_eq!(mails(&portal, "account.end_received", "山本").await, 1);
    // who gives notice of their own knows it
    let own = account(&portal, itself, "田中", &["参照"]).await;
    give_notice(&clerk, "田中", &own, &[]).await;
    assert_eq!(mails(&portal, "account.end_received", "田中").await, 0);
}

/// 本人(又は所属の職員): somebody of a vendor gives notice of their own ID alone; and nobody, of whatever section, stops the only one who
/// holds a function.
#[tokio::test]
async fn a_notice_leaves_no_function_without_anybody_and_is_given_for_others_by_the_staff_alone() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let row = account(&portal, itself, "斎藤", &["参照"]).await;
    let officer = portal.sign_in("斎藤").await;
    give_notice(&officer, "斎藤", &row, &[]).await.refuses("役割を務めるただ一人の人です");
    // somebody with another function of that tier fills this one no more than nobody would
    let from = "2026-04-01".parse().unwrap();
    let (person, department, function) = (portal.cast.get("鈴木").id, portal.cast.general, Some("software_officer"));
    let other =
        NewPost {
            person, department, tier: Tier::Operator, function, title: "ソフトウェア責任者", main: false, from
        };
    portal.app.change(&Actor::portal(), async |work: &mut Work| appoint(work, &other).await).await.unwrap();
    give_notice(&officer, "斎藤", &row, &[]).await.refuses("役割を務めるただ一人の人です");
    officer.get("/").await.ok();
    let vendor = portal.sign_in("井上").await;
    let other = account(&portal, taxes, "伊藤", &["参照"]).await;
    give_notice(&vendor, "伊藤", &other, &[]).await.refuses("その所属の職員だけです");
    let own = account(&portal, taxes, "井上", &["参照"]).await;
    // this regulation knows no designers, and the numbers go on without them
    number_of(&give_notice(&vendor, "井上", &own, &[("person", "001013")]).await);
}

/// What the board shows as done is a notice and an erasure, and neither a question of the portal nor a stop for other reasons.
#[tokio::test]
async fn neither_a_question_nor_a_stop_for_other_reasons_counts_as_a_notice() {
    let portal = Portal::open_under(REGULATION).await;
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let row = account(&portal, itself, "山本", &["参照"]).await;
    account(&portal, itself, "鈴木", &["参照"]).await;
    moved(&portal, "鈴木", Kind::Leave, "2026-04-01").await;
    crate::movements::run(&portal).await;
    portal.advance(TimeDelta::days(120));
    ask_unused(&portal.app).await.unwrap();
    assert_eq!(mails(&portal, "account.unused", "山本").await, 1);
    assert_eq!((portal.acted("account.end").await, portal.acted("account.erased").await), (0, 0));

    let clerk = portal.sign_in("田中").await;
    let number = number_of(&give_notice(&clerk, "山本", &row, &[("stop_on", "2026-07-01")]).await);
    assert_eq!((portal.acted("account.end").await, portal.acted("account.erased").await), (0, 0), "received");
    let officer = portal.sign_in("斎藤").await;
    assert_eq!(erase(&officer, &number, 1, "2026-07-30T09:00").await.status, StatusCode::SEE_OTHER);
    assert_eq!((portal.acted("account.end").await, portal.acted("account.erased").await), (1, 1));
}

/// What the record knows of whoever gives notice need not be typed: who they are and, where it is their only one, which ID.
#[tokio::test]
async fn a_notice_of_ones_own_says_already_who_and_which_id() {
    let portal = Portal::open_under(REGULATION).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let own = account(&portal, taxes, "山本", &["参照"]).await;
    account(&portal, taxes, "田中", &["参照"]).await;
    let clerk = portal.sign_in("山本").await;
    let chosen = |id: &str| format!("value=\"{id}\" selected");
    for address in ["/requests/new/account.end", &format!("/requests/new/account.end?accounts={own}")] {
        let form = clerk.get(address).await;
        form.ok().says("山本 蓮").says("税務システム");
        assert!(form.text().contains(&chosen(&own)), "{address}: {}", form.text());
    }
    // of several, one is chosen
    let itself = add(&portal, "SYS-001", "守り（ポータル）", true).await;
    let second = account(&portal, itself, "山本", &["参照"]).await;
    let form = clerk.get("/requests/new/account.end").await;
    form.ok().says("税務システム").says("守り（ポータル）");
    assert!(!form.text().contains(&chosen(&own)) && !form.text().contains(&chosen(&second)));
    let row =
        clerk.get(&format!("/requests/new/account.end?person={}&accounts={second}", portal.cast.get("山本").id)).await;
    assert!(row.ok().text().contains(&chosen(&second)), "opened from its row");
    // and what is left empty is asked for, not filled in behind one's back
    let without = give_notice(&clerk, "山本", &own, &[("person", "")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// 20-1-4b names one officer. Another of the same tier reads the notice as the table lets them, and every button that they see is one
/// that the portal takes: they may write and ask, and nothing more.
#[tokio::test]
async fn an_officer_with_another_function_reads_and_asks_and_does_nothing_else() {
    let portal = Portal::open_under(REGULATION).await;
    let taxes = add(&portal, "SYS-002", "税務システム", false).await;
    let row = account(&portal, taxes, "山本", &["参照"]).await;
    let from = "2026-04-01".parse().unwrap();
    let (person, department, function) = (portal.cast.get("鈴木").id, portal.cast.general, Some("software_officer"));
    let other =
        NewPost {
            person, department, tier: Tier::Operator, function, title: "ソフトウェア責任者", main: false, from
        };
    portal.app.change(&Actor::portal(), async |work: &mut Work| appoint(work, &other).await).await.unwrap();
    let number = number_of(&give_notice(&portal.sign_in("田中").await, "山本", &row, &[]).await);
    let path = format!("/requests/{number}");

    let officer = portal.sign_in("鈴木").await;
    officer.get("/requests/work").await.ok().hides(&number);
    let page = officer.get(&path).await;
    page.ok().says("申請者に質問する").hides("実施を記録する");
    let text = page.text();
    let forms: Vec<&str> = text.match_indices("action=\"/requests/").map(|(at, _)| &text[at..]).collect();
    let acts: Vec<&str> = forms.iter().filter_map(|form| form[8..].split('"').next()).collect();
    assert!(acts.iter().all(|act| *act == format!("{path}/comments")), "{acts:?}");
    let line = format!("{path}/lines/1");
    assert!(officer.get(&line).await.status.is_client_error(), "the form of the work is not theirs");
    let done = erase_directly(&officer, &line).await;
    assert!(done.status.is_client_error(), "{}", done.words());
    assert_eq!(portal.events("request.executed").await, 0);

    let asked =
        officer.post(&format!("{path}/comments"), &[("body", "共有フォルダも終わりますか"), ("asks", "yes")]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.words());
    portal.sign_in("斎藤").await.get(&path).await.ok().says("共有フォルダも終わりますか").says("実施を記録する");
}

/// The work, sent without its form.
async fn erase_directly(by: &Browser<'_>, line: &str) -> Page {
    by.post(line, &[("_seen", &"0".repeat(64)), ("erased_at", "2026-04-01T09:00")]).await
}
