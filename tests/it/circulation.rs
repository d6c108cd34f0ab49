//! 回覧: whoever is told of a request at a step is named there, says that they have read it, and nothing waits for it.
use axum::http::StatusCode;

use crate::accounts::number_of;
use crate::support::portal::Portal;
use crate::under_osaka::{ask, owned};

#[tokio::test]
async fn those_who_are_told_are_named_and_say_that_they_have_read_it() {
    let portal = Portal::open_under("osaka-standard").await;
    let system = owned(&portal, "SYS-002", "住民情報システム", portal.cast.general, false).await;
    let clerk = portal.sign_in("田中").await;
    let number = number_of(&ask(&clerk, "山本", &[system]).await);
    let address = format!("/requests/{number}");
    clerk.get(&address).await.ok().says("佐藤 直樹").says("1名のうち0名が既読").hides("読みました");
    let refused = clerk.post(&format!("{address}/reading"), &[]).await;
    refused.refuses("あなたに回覧されていないか");

    let manager = portal.sign_in("佐藤").await;
    manager.get(&address).await.ok().says("回ってきた申請です").says("読みました");
    let done = manager.post(&format!("{address}/reading"), &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let page = manager.get(&address).await;
    page.ok().says("1名のうち1名が既読").says("佐藤 直樹（4月1日").hides("回ってきた申請です");
    manager.post(&format!("{address}/reading"), &[]).await.refuses("すでに読んだことが記録されています");
    assert_eq!(portal.events("request.read").await, 1);
    // nobody else is asked, and nothing waited for it
    portal.sign_in("高橋").await.get(&address).await.ok().hides("読みました").says("承認する");
}

/// 6ア: the IT administrator is told of every request. What is unread stands in one list beside the inbox, and the bell rings for none
/// of it.
#[tokio::test]
async fn what_went_round_stands_in_one_list_and_not_under_the_bell() {
    let portal = Portal::open_under("osaka-standard").await;
    let clerk = portal.sign_in("田中").await;
    assert!(!clerk.get("/").await.ok().text().contains("/requests/circulated"), "only where something went round");
    let mut numbers = Vec::new();
    for (code, name) in [("SYS-002", "住民情報システム"), ("SYS-003", "税務システム")] {
        let system = owned(&portal, code, name, portal.cast.general, false).await;
        numbers.push(number_of(&ask(&clerk, "山本", &[system]).await));
    }
    let (first, second) = (numbers[0].as_str(), numbers[1].as_str());
    let manager = portal.sign_in("佐藤").await;
    let home = manager.get("/").await;
    assert!(home.text().contains("href=\"/requests/circulated\""), "it stands in the menu");
    let inbox = manager.get("/requests/inbox").await;
    assert!(inbox.text().contains("href=\"/requests/circulated\">回覧 2</a>"), "{}", inbox.text());
    let notices = manager.get("/notices").await;
    notices.ok().says("未読の回覧が2件あります").hides(first).hides(second);
    assert!(home.text().contains("data-unread=\"0\""), "the bell does not ring for it: {}", home.text());
    let told: Vec<(String, Option<String>)> =
        sqlx::query_as("select said, href from notice where person_id = $1 and kind = 'request.told' order by href")
            .bind(portal.cast.get("佐藤").id.0)
            .fetch_all(&mut portal.superuser().await)
            .await
            .unwrap();
    let said = |number: &str| ("requests-mail-told".to_owned(), Some(format!("/requests/{number}")));
    assert_eq!(told, [said(first), said(second)], "the morning's mail leads to each");

    let list = manager.get("/requests/circulated").await;
    list.ok().says(first).says(second).says("未読 2").hides("が既読");
    let done = manager.post(&format!("/requests/{first}/reading"), &[("back", "list")]).await;
    assert_eq!(done.location().as_deref(), Some("/requests/circulated"), "{}", done.words());
    manager.get("/requests/circulated").await.ok().says("未読 1").says(second);
    let read = manager.get("/requests/circulated?view=read").await;
    read.ok().says(first).hides(second);
    let over: Vec<String> = sqlx::query_scalar(
        "select entity_id from notice where person_id = $1 and kind = 'request.told' and over_at is not null",
    )
    .bind(portal.cast.get("佐藤").id.0)
    .fetch_all(&mut portal.superuser().await)
    .await
    .unwrap();
    assert_eq!(over, [first]);
    // nobody sees what went round to others
    portal.sign_in("高橋").await.get("/requests/circulated").await.ok().hides(first).hides(second);
}
