//! One account, from the form to the committee's board and from the clause back to the record: every hand that the
//! regulation names, and what each of them is refused.
use axum::http::StatusCode;

use crate::requests::{Office, execute};
use crate::support::html::links;
use crate::support::portal::Page;

/// What the board says of the one clause that was searched for: everything after the heads of its columns.
fn state(board: &Page) -> String {
    let words = board.words();
    let at = words.find("次の期限状態").unwrap_or_else(|| panic!("no board: {words}"));
    let until = words[at..].find("キーボード操作").map_or(words.len(), |end| at + end);
    words[at..until].to_owned()
}

#[tokio::test]
async fn from_a_form_to_the_board_and_from_the_clause_to_the_record() {
    let office = Office::open().await;
    let portal = &office.portal;
    let committee = portal.sign_in("加藤").await;
    for clause in ["4.1.1-1-a", "4.1.1-2", "4.1.1-3-b"] {
        let board = committee.get(&format!("/clauses?q={clause}")).await;
        assert!(!state(&board).contains("令和8年4月1日"), "{clause} has evidence before anything happened");
    }

    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "山本").await;
    let manager = portal.sign_in("佐藤").await;
    assert_eq!(office.approve(&manager, &number).await.status, StatusCode::SEE_OTHER);

    // the hand-over: how, when and by whom are asked for; neither form nor mail carries the password
    let admin = portal.sign_in("伊藤").await;
    let path = format!("/requests/{number}/lines/1");
    let form = admin.get(&path).await;
    form.ok().says("手渡し").says("封書").says("別経路").says("伝達日時");
    let seen = form.attribute("name=\"_seen\" value=\"").unwrap();
    let incomplete = admin.post(&path, &[("_seen", &seen), ("issued_id", "yamamoto.r")]).await;
    assert_eq!(incomplete.status, StatusCode::UNPROCESSABLE_ENTITY);
    incomplete.says("伝達方法を、表示されているものから選んでください").says("伝達日時を入力してください");
    assert!(incomplete.text().contains("value=\"yamamoto.r\""), "what was typed is lost");
    assert_eq!(execute(&admin, &number, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);

    // executed is not done: it stays open until the user says so, and nobody else can say it
    clerk.get(&format!("/requests/{number}")).await.ok().says("受領待ち").hides("受領しました");
    let seen_by_other = clerk.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await;
    seen_by_other.refuses("使う人");
    let user = portal.sign_in("山本").await;
    user.submit(&format!("/requests/{number}/lines/1/receipt"), &[]).await.ok().says("完了");

    for clause in ["4.1.1-1-a", "4.1.1-2", "4.1.1-3-b"] {
        let board = committee.get(&format!("/clauses?q={clause}")).await;
        assert!(state(&board).contains("実施済"), "{clause}: {}", state(&board));
        let page = committee.get(&format!("/clauses/system-management/{clause}")).await;
        page.ok().says("実施済").says(&number);
        let record = links(&page.text())
            .into_iter()
            .find(|link| link.starts_with("/requests/R8") || link.starts_with("/ledgers/accounts/"));
        let record = record.unwrap_or_else(|| panic!("no way from {clause} to its record"));
        committee.get(&record).await.ok().says("山本 蓮").says(&number);
    }
    portal.proves("system-management", &["4.1.1-3-b"]);
}
