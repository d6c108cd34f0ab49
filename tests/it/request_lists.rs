//! Lists of requests: what narrows them, what is written out of them, and copying from what is over.
use std::io::Cursor;

use axum::http::StatusCode;
use calamine::{Data, Reader as _, Xlsx};
use chrono::TimeDelta;

use crate::requests::{Office, decide};
use crate::support::portal::Browser;

const ALL: &str = "/requests/all";
const EXPORT: &str = "/requests/all/export";

/// Two requests of 営業部 a week apart, the second refused, and one of another section.
async fn filed(office: &Office) -> [String; 3] {
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let first = office.file(&clerk, "山本").await;
    portal.advance(TimeDelta::days(7));
    let clerk = portal.sign_in("田中").await;
    let second = office.file(&clerk, "山本").await;
    decide(&portal.sign_in("佐藤").await, &second, "refuse", "今期は使いません").await;
    let other = office.file(&portal.sign_in("鈴木").await, "鈴木").await;
    [first, second, other]
}

/// Which of these numbers the list shows.
async fn shows(by: &Browser<'_>, query: &str, numbers: &[String; 3]) -> [bool; 3] {
    let page = by.get(&format!("{ALL}?{query}")).await;
    let text = page.ok().text();
    numbers.each_ref().map(|number| text.contains(&format!("href=\"/requests/{number}\"")))
}

#[tokio::test]
async fn all_requests_are_narrowed_by_state_kind_period_applicant_section_and_words() {
    let office = Office::open().await;
    let numbers = filed(&office).await;
    let desk = office.portal.sign_in("中村").await;
    let section = office.portal.cast.general;
    for (query, expected) in [
        ("", [true, true, true]),
        ("view=refused", [false, true, false]),
        ("kind=account.stop", [false, false, false]),
        ("kind=account.register", [true, true, true]),
        ("from=2026-04-05", [false, true, true]),
        ("until=R8.4.2", [true, false, false]),
        ("who=001001", [true, true, false]),
        ("who=%E7%94%B0%E4%B8%AD", [true, true, false]),
        ("who=nobody", [false, false, false]),
        (&format!("section={}", section.0), [false, false, true]),
        (&format!("q={}&who=001001", numbers[0]), [true, false, false]),
    ] {
        assert_eq!(shows(&desk, query, &numbers).await, expected, "{query}");
    }
    // what cannot be read is said where it was typed, and stays
    let wrong = desk.get(&format!("{ALL}?from=R8.2.30&who=001001")).await;
    wrong.ok().says("暦にありません");
    assert!(wrong.text().contains("value=\"R8.2.30\"") && wrong.text().contains("value=\"001001\""));
}

#[tokio::test]
async fn the_list_is_written_out_as_it_is_narrowed_and_leaves_a_trace() {
    let office = Office::open().await;
    let numbers = filed(&office).await;
    let portal = &office.portal;
    let auditor = portal.sign_in("吉田").await;
    let list = auditor.get(&format!("{ALL}?view=refused")).await;
    assert!(list.ok().text().contains("href=\"/requests/all/export?view=refused\""));
    auditor.get(&format!("{EXPORT}?view=refused")).await.ok().says("1件").says("却下").says("操作記録に残ります");
    let csv = auditor.post(EXPORT, &[("format", "csv"), ("view", "refused")]).await;
    let text = csv.ok().text();
    assert!(text.starts_with("\u{feff}受付番号,"), "{text}");
    assert!(text.contains(&numbers[1]) && text.contains("田中 陽向") && text.contains("2026-04-08T"), "{text}");
    assert!(!text.contains(&numbers[0]) && !text.contains(&numbers[2]), "{text}");
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("filename=\"requests_20260408.csv\""));
    assert_eq!(portal.events("requests.exported").await, 1);
    let old = auditor.post(EXPORT, &[("format", "csv-cp932")]).await;
    let (words, _, lost) = encoding_rs::SHIFT_JIS.decode(&old.ok().body);
    assert!(!lost && words.contains("受付番号") && words.contains(&numbers[0]), "{words}");
    let xlsx = auditor.post(EXPORT, &[("format", "xlsx")]).await;
    let mut book = Xlsx::new(Cursor::new(xlsx.ok().body.clone())).unwrap();
    let sheet = book.worksheet_range("見られる申請").unwrap();
    assert!(sheet.used_cells().any(|(_, _, cell)| *cell == Data::String(numbers[2].clone())));

    // a manager's file holds what the manager reads; who may only read writes nothing out
    let own = portal.sign_in("佐藤").await.post(EXPORT, &[("format", "csv")]).await;
    let text = own.ok().text();
    assert!(text.contains(&numbers[0]) && !text.contains(&numbers[2]), "{text}");
    for name in ["田中", "小林"] {
        let refused = portal.sign_in(name).await.get(EXPORT).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}");
    }
}

#[tokio::test]
async fn what_is_over_stands_among_ones_own_and_is_copied_from_there() {
    let office = Office::open().await;
    let numbers = filed(&office).await;
    let clerk = office.portal.sign_in("田中").await;
    let open = clerk.get("/requests").await;
    open.ok().says(&numbers[0]).hides(&numbers[1]).hides("複写して申請する");
    let past = clerk.get("/requests?view=all&state=refused").await;
    past.ok().says(&numbers[1]).hides(&numbers[0]);
    let copy = format!("/requests/new/account.register?_copy={}", numbers[1]);
    assert!(past.text().contains(&format!("href=\"{copy}\"")), "{}", past.words());
    clerk.get(&copy).await.ok().says("山本 蓮");
}
