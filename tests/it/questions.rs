//! 質問: whoever reads a request asks its applicant something without deciding; it waits for the applicant, and nothing else does.
use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::accounts::add;
use crate::requests::decide;
use crate::support::ground::ask;
use crate::support::portal::{Browser, Page, Portal};

async fn write(by: &Browser<'_>, number: &str, body: &str, asks: bool) -> Page {
    by.get(&format!("/requests/{number}")).await.ok();
    let mut fields = vec![("body", body)];
    if asks {
        fields.push(("asks", "yes"));
    }
    by.post(&format!("/requests/{number}/comments"), &fields).await
}

#[tokio::test]
async fn a_question_waits_for_the_applicant_and_decides_nothing() {
    let portal = Portal::open().await;
    let system = add(&portal, "SYS-002", "税務システム", false).await;
    let number = ask(&portal, &mut portal.superuser().await, "田中", "山本", system).await;
    let address = format!("/requests/{number}");
    let manager = portal.sign_in("佐藤").await;
    manager.get(&address).await.ok().says("申請者に質問する");
    write(&manager, &number, "", true).await.refuses("入力してください");
    let asked = write(&manager, &number, "登録の権限は要りますか", true).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.words());
    manager.get(&address).await.ok().says("申請者の回答を待っています").says("承認する");
    assert_eq!(portal.events("request.asked").await, 1);

    // the applicant finds it wherever they look; nobody else has anything to answer
    let clerk = portal.sign_in("田中").await;
    clerk.get("/").await.ok().says("佐藤 直樹さんの質問に答える").says("答える");
    clerk.get("/notices").await.ok().says(&format!("質問があります：{number}"));
    clerk
        .get(&address)
        .await
        .ok()
        .says("佐藤 直樹さんから質問があります")
        .says("登録の権限は要りますか")
        .hides("申請者に質問する");
    portal.sign_in("山本").await.get("/").await.ok().hides("質問に答える");
    // one does not ask oneself
    write(&clerk, &number, "自分に", true).await.refuses("申請した人に対してだけです");

    // another's words are no answer; the applicant's are
    let other = portal.sign_in("伊藤").await;
    write(&other, &number, "横から失礼します", false).await;
    clerk.get("/").await.ok().says("質問に答える");
    portal.advance(TimeDelta::minutes(1));
    write(&clerk, &number, "窓口で要ります", false).await;
    clerk.get("/").await.ok().hides("質問に答える");
    manager.get(&address).await.ok().hides("申請者の回答を待っています").says("窓口で要ります");

    // asked again, it ends with the request
    portal.advance(TimeDelta::minutes(1));
    write(&manager, &number, "いつからですか", true).await;
    clerk.get("/").await.ok().says("質問に答える");
    decide(&manager, &number, "refuse", "別の人が担当するため").await;
    clerk.get("/").await.ok().hides("質問に答える");
    write(&manager, &number, "まだ何か", true).await.refuses("終わっていない申請");
}

#[tokio::test]
async fn what_is_said_is_told_to_whose_turn_it_is_and_to_the_applicant_and_to_nobody_else() {
    let portal = Portal::open().await;
    let system = add(&portal, "SYS-002", "税務システム", false).await;
    let number = ask(&portal, &mut portal.superuser().await, "田中", "山本", system).await;
    let heard = async |name: &str| {
        let login = portal.cast.get(name).login.clone();
        let told = portal.told("request.commented").await;
        told.iter().filter(|told| told.mail == format!("{login}@example.jp")).count()
    };
    // the applicant says something before anybody has decided
    let clerk = portal.sign_in("田中").await;
    write(&clerk, &number, "添付を後ほど差し替えます", false).await;
    assert_eq!((heard("佐藤").await, heard("田中").await, heard("伊藤").await), (1, 0, 0));
    // and whoever will work on it later asks
    write(&portal.sign_in("伊藤").await, &number, "期間は決まっていますか", true).await;
    assert_eq!((heard("佐藤").await, heard("渡辺").await), (2, 0));
    let asked = portal.told("request.asked").await;
    assert!(asked.iter().any(|told| told.mail == "tanaka@example.jp"), "the applicant is asked");
}
