//! 実施の訂正: what was entered wrongly about work that is done is entered again until its receipt is confirmed; the ledger follows, and
//! both stand in the record.
use axum::http::StatusCode;

use crate::accounts::{Office, handed, hidden};
use crate::support::portal::{Browser, Page};

const WRONG: &str = "yamamoto.l";
const RIGHT: &str = "yamamoto.r";

async fn correct(browser: &Browser<'_>, number: &str, id: &str, why: &str) -> Page {
    let path = format!("/requests/{number}/lines/1");
    let form = browser.get(&path).await;
    let (name, seen) = hidden(&form, "seen");
    browser.post(&path, &[&handed(id)[..], &[(&*name, &*seen), ("_why", why)]].concat()).await
}

#[tokio::test]
async fn an_id_that_was_mistyped_is_corrected_with_its_reason_until_it_is_received() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let number = office.ask_for(&clerk, "山本", office.system, "参照").await;
    office.approve(&number).await;
    let administrator = office.portal.sign_in("伊藤").await;
    let done = office.execute(&administrator, &number, &handed(WRONG)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let account = office.account(WRONG).await;

    // whoever works there is offered it, and finds what was entered; nobody else is
    let address = format!("/requests/{number}");
    administrator.get(&address).await.ok().says("実施の記録を訂正する");
    let form = administrator.get(&format!("{address}/lines/1")).await;
    assert!(form.ok().says("訂正の理由").text().contains(&format!("value=\"{WRONG}\"")));
    clerk.get(&address).await.ok().hides("実施の記録を訂正する");
    assert_eq!(clerk.get(&format!("{address}/lines/1")).await.status, StatusCode::FORBIDDEN);

    // a reason is asked for at its field, and what was typed is kept
    let again = correct(&administrator, &number, RIGHT, " 　").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.says("訂正の理由を入力してください").says("1か所を直してください");
    assert!(again.text().contains(&format!("value=\"{RIGHT}\"")) && again.text().contains("f-_why-e"));
    office.account(WRONG).await;

    // a colleague of the same desk finds who handed it over by name, and may correct it as well
    let colleague = office.portal.sign_in("渡辺").await;
    let theirs = colleague.get(&format!("{address}/lines/1")).await;
    theirs.ok().says("訂正の理由");
    assert!(theirs.text().contains("伊藤 翔"), "{}", theirs.text());

    let corrected = correct(&administrator, &number, RIGHT, "IDの打ちまちがい").await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER, "{}", corrected.words());
    assert_eq!(office.account(RIGHT).await, account, "the row is the same one");
    let row = administrator.get(&format!("/ledgers/accounts/{account}")).await;
    row.ok().says(&format!("{WRONG}→{RIGHT}")).says("実施の記録の訂正").says(&number);
    let page = administrator.get(&address).await;
    page.ok().says("実施の記録を訂正しました").says("IDの打ちまちがい").says(RIGHT);
    let kept: Vec<(i32, String, String)> = sqlx::query_as(
        "select e.attempt, e.result ->> 'issued_id', e.words from execution e join request r on r.id = e.request_id
          where r.number = $1 order by e.attempt",
    )
    .bind(&number)
    .fetch_all(&mut office.portal.superuser().await)
    .await
    .unwrap();
    let attempt = |no, id: &str, why: &str| (no, id.to_owned(), why.to_owned());
    assert_eq!(kept, [attempt(1, WRONG, ""), attempt(2, RIGHT, "IDの打ちまちがい")]);
    assert_eq!(office.portal.events("request.execution_corrected").await, 1);
    assert_eq!(office.portal.acted("account.ledger.created").await, 1, "it was opened once");

    // whoever is to confirm the receipt heard of it; what they confirmed stays
    let user = office.portal.sign_in("山本").await;
    user.get("/notices").await.ok().says("実施の記録が訂正されました");
    user.submit(&format!("{address}/lines/1/receipt"), &[]).await.ok();
    administrator.get(&address).await.ok().hides("実施の記録を訂正する");
    let (path, seen) = (format!("{address}/lines/1"), crate::requests::content_hash(&office.portal, &number).await);
    let late = administrator.post(&path, &[("issued_id", WRONG), ("_seen", &seen), ("_why", "もう一度")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.words());
    assert_eq!(office.portal.events("request.execution_corrected").await, 1);
}
