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
