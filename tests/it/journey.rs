//! One account, from the form to the committee's board and from the clause back to the record: every hand that the
//! regulation names, and what each of them is refused.
use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::requests::{Office, employee_no, option};
use crate::support::html::links;
use crate::support::portal::Page;

/// A password that somebody wants to send along.
const SECRET: &str = "Shoki-no-Pasuwado!1";

/// What the fields of a page are called.
fn names(page: &Page) -> BTreeSet<String> {
    let html = page.text();
    html.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

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

    // the hand-over: how, when and by whom are asked for, and no password
    let admin = portal.sign_in("伊藤").await;
    let path = format!("/requests/{number}/lines/1");
    let form = admin.get(&path).await;
    form.ok().says("手渡し").says("封書").says("別経路").says("伝達日時").says("渡した人");
    let asked = names(&form);
    assert!(asked.contains("handed_over_by"), "{asked:?}");
    assert!(!asked.iter().any(|name| name.contains("password") || name.contains("secret")), "{asked:?}");
    assert!(!form.text().contains("type=\"password\""), "a password is asked for");
    let seen = form.attribute("name=\"_seen\" value=\"").unwrap();
    let incomplete = admin.post(&path, &[("_seen", &seen), ("issued_id", "yamamoto.r")]).await;
    assert_eq!(incomplete.status, StatusCode::UNPROCESSABLE_ENTITY);
    incomplete.says("伝達方法を、表示されているものから選んでください").says("伝達日時を入力してください");
    assert!(incomplete.text().contains("value=\"yamamoto.r\""), "what was typed is lost");
    // the manager handed it on: whoever records it says so
    let giver = employee_no(portal, "佐藤");
    let granted = option(&form, "granted", "参照");
    let entries = [
        ("_seen", seen.as_str()),
        ("issued_id", "yamamoto.r"),
        ("granted", granted.as_str()),
        ("handover_method", "in_person"),
        ("identity_check", "対面"),
        ("handed_over_by", giver.as_str()),
        ("handed_over_at", "2026-04-01T09:00"),
    ];
    // a password that is sent along is no field of the form: nothing of it is taken
    let slipped = [&entries[..], &[("password", SECRET)]].concat();
    admin.post(&path, &slipped).await.refuses("送信を受け付けませんでした");
    assert_eq!(admin.post(&path, &entries).await.status, StatusCode::SEE_OTHER);
    let record = admin.get(&format!("/requests/{number}")).await;
    record.ok().says("渡した人 佐藤 直樹").says("伊藤 翔が「財務会計システム — 参照」を実施しました");

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
    // people were told at every turn, and nothing of it carries what opens the account
    let said = "select n::text from notice n union all select subject || ' ' || body from outbox";
    let mails: Vec<String> = sqlx::query_scalar(said).fetch_all(&mut portal.superuser().await).await.unwrap();
    assert!(mails.iter().filter(|mail| mail.contains(&number)).count() >= 3, "{mails:?}");
    let kept = "select (select count(*) from execution x where x::text like '%' || $1 || '%')
                     + (select count(*) from audit.event e where e.facts::text like '%' || $1 || '%')
                     + (select count(*) from account a where a::text like '%' || $1 || '%')";
    let kept: i64 = sqlx::query_scalar(kept).bind(SECRET).fetch_one(&mut portal.superuser().await).await.unwrap();
    assert_eq!(kept, 0, "the password was kept");
    for secret in [SECRET, "パスワード"] {
        assert!(!mails.iter().any(|mail| mail.contains(secret)), "a mail carries {secret}: {mails:?}");
    }
    portal.proves("system-management", &["4.1.1-3-b"]);
}
