//! The mutual aid policy (mutual-aid-policy) has no procedure of its own: what people apply for is what the organisation has
//! set (組織が定めた手続), is called so wherever it stands, and counts for no clause.
use axum::http::StatusCode;

use crate::accounts::{add, employee_no, handed, hidden, number_of, option, send};
use crate::requests::decide;
use crate::support::portal::Portal;

const MARK: &str = "組織が定めた手続";

#[tokio::test]
async fn a_procedure_that_no_clause_asks_for_is_called_so_and_counts_for_none() {
    let portal = Portal::open_under("mutual-aid-policy").await;
    let system = add(&portal, "SYS-002", "会員管理システム", false).await;
    let clerk = portal.sign_in("田中").await;
    clerk.get("/requests/new").await.ok().says(MARK);
    let path = "/requests/new/account.register";
    let form = clerk.get(path).await;
    form.ok().says(MARK).says("証跡には数えません");
    let grants = format!("grants.{system}");
    let fields = [
        ("person", employee_no("山本")),
        ("grants", system.to_string()),
        (grants.as_str(), option(&form, &grants, "参照")),
        ("reason", "会員の登録を担当するため".to_owned()),
        ("from", "2026-04-01".to_owned()),
    ];
    let number = number_of(&send(&clerk, path, &form, &fields).await);
    let manager = portal.sign_in("佐藤").await;
    manager.get(&format!("/requests/{number}")).await.ok().says(MARK).says("証跡には数えません");
    assert_eq!(decide(&manager, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
    let administrator = portal.sign_in("伊藤").await;
    let line = format!("/requests/{number}/lines/1");
    let form = administrator.get(&line).await;
    let (name, seen) = hidden(form.ok(), "seen");
    let done =
        administrator.post(&line, &[&[(name.as_str(), seen.as_str())], &handed("yamamoto.r")[..]].concat()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    assert_eq!(portal.acted("account.register").await, 1);

    // the board names the procedure, and no clause rests on what was done
    let board = portal.sign_in("吉田").await.get("/clauses").await;
    board.ok().says(MARK).says("アカウント登録申請").hides(&number);
}

#[tokio::test]
async fn what_a_clause_asks_for_is_not_called_a_procedure_of_the_organisation() {
    let portal = Portal::open().await;
    let clerk = portal.sign_in("田中").await;
    clerk.get("/requests/new").await.ok().hides(MARK);
    clerk.get("/requests/new/account.register").await.ok().hides(MARK);
    portal.sign_in("吉田").await.get("/clauses").await.ok().hides(MARK);
}
