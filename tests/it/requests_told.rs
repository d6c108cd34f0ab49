//! Whose turn it is hears of it: by a mail with a title and a link, and in the list once it has waited too long.
use chrono::TimeDelta;

use crate::requests::{Office, decide};

#[tokio::test]
async fn mails_carry_a_title_and_a_link_and_reach_whose_turn_it_is() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let manager = office.portal.sign_in("佐藤").await;
    decide(&manager, &number, "return", "期間を書いてください").await;
    let mut conn = office.portal.superuser().await;
    let mails: Vec<(String, String, String)> = sqlx::query_as(
        "select recipient, subject, body from outbox where kind like 'request.%' order by created_at, id",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let told: Vec<_> = mails.iter().map(|(to, subject, _)| (to.as_str(), subject.as_str())).collect();
    assert!(told.contains(&("sato@example.jp", "承認をお願いします：R8-ACC-0001 アカウント登録申請")), "{told:?}");
    assert!(told.contains(&("tanaka@example.jp", "差し戻されました：R8-ACC-0001 アカウント登録申請")), "{told:?}");
    for (_, _, body) in &mails {
        assert!(body.contains("/requests/R8-ACC-0001") && !body.contains("期間") && !body.contains("山本"), "{body}");
    }
}

#[tokio::test]
async fn a_long_wait_becomes_overdue_in_business_days() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    // filed on Wednesday 1 April: three business days end on Monday 6 April
    office.portal.advance(TimeDelta::days(5));
    let manager = office.portal.sign_in("佐藤").await;
    manager.get("/requests/inbox").await.ok().says("今日").says("5日経過");
    manager.get("/requests/inbox?view=overdue").await.ok().says("承認を待っている申請はありません");
    office.portal.advance(TimeDelta::days(1));
    let manager = office.portal.sign_in("佐藤").await;
    manager.get("/requests/inbox?view=overdue").await.ok().says(&number).says("1日超過");
}
