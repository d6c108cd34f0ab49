//! まとめて申請: each row of a table becomes a request of its own; what is wrong stands at its cell before anything is filed, and
//! nothing is filed twice.
use axum::http::StatusCode;
use mamori::kernel::text::encode_cp932;

use crate::accounts::{Office, add, employee_no};
use crate::support::portal::{Browser, Page, Portal};

const KIND: &str = "/requests/new/account.register/table";
const HEADS: &str = "利用者,システムと権限,申請の理由,利用の開始日,備考\r\n";

async fn upload(by: &Browser<'_>, table: &[u8]) -> Page {
    by.get(KIND).await.ok();
    by.post_file(KIND, "file", ("四月の異動.csv", table)).await
}

async fn looked(by: &Browser<'_>, table: &str) -> (String, Page) {
    let sent = upload(by, &encode_cp932(table).bytes).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let at = sent.location().unwrap();
    let page = by.get(&at).await.ok().clone();
    (at, page)
}

#[tokio::test]
async fn each_row_becomes_a_request_and_faults_are_said_before_anything_is_filed() {
    let office = Office::open().await;
    let portal = &office.portal;
    add(portal, "SYS-003", "文書管理システム", false).await;
    let clerk = portal.sign_in("田中").await;
    clerk.get("/requests/new/account.register").await.ok().says("表でまとめて申請する");
    clerk.get(KIND).await.ok().says("システムと権限").says("「システム名：権限」");
    let number = employee_no("山本");
    let table = format!(
        "{HEADS}{number},\"販売管理システム：参照、文書管理システム：参照\",受注を引き継ぐため,R8.4.1,\r\n\
         田中　陽向,販売管理システム：登録・修正,請求の確認のため,2026/4/1,\r\n\
         {number},給与システム：参照,受注の登録のため,R8.4.1,\r\n\
         だれか,販売管理システム：参照,受注の登録のため,令和8年13月1日,\r\n\
         田中　陽向,販売管理システム：登録・修正,請求の確認のため,2026/4/1,二度目\r\n"
    );
    let (at, page) = looked(&clerk, &table).await;
    page.says("取り込まない列：E1 「備考」").says("申請できる行 2").says("誤りのある行 3").says("2件を申請する");
    page.says("B4:").says("A5:").says("D5:").says("3行と同じ内容です");
    assert_eq!(portal.events("request.filed").await, 0, "nothing is filed by reading");
    assert_eq!(portal.sign_in("山本").await.get(&at).await.status, StatusCode::NOT_FOUND, "a table is its owner's");

    let filed = clerk.submit(&format!("{at}/filing"), &[]).await;
    filed.ok().says("2件を申請しました").says("申請した行 2").says("誤りのある行 3");
    assert_eq!(portal.events("request.filed").await, 2);
    clerk.get("/requests").await.ok().says("山本 蓮").says("アカウント登録申請");
    clerk.submit(&format!("{at}/filing"), &[]).await.ok().says("すでに申請が終わっています");
    assert_eq!(portal.events("request.filed").await, 2, "and never twice");
    let kept: String = sqlx::query_scalar("select lines::text from filing_table")
        .fetch_one(&mut portal.superuser().await)
        .await
        .unwrap();
    assert!(!kept.contains("受注を引き継ぐため"), "what was filed is kept in the requests alone");

    // each is decided by itself
    let manager = portal.sign_in("佐藤").await;
    manager.get("/requests/inbox").await.ok().says("田中").says("山本 蓮");
}

#[tokio::test]
async fn a_table_that_cannot_be_read_is_refused_in_words_and_one_that_is_not_wanted_is_thrown_away() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let row = format!("{},販売管理システム：参照,受注のため,R8.4.1,\r\n", employee_no("山本"));
    for (table, words) in [
        (String::new(), "ファイル"),
        (HEADS.to_owned(), "申請する行がありません"),
        (format!("社員,理由\r\n{row}"), "項目名が読めません"),
        (format!("{HEADS}{}", row.repeat(201)), "200行までに分けてください"),
    ] {
        upload(&clerk, table.as_bytes()).await.refuses(words);
    }
    let blank = clerk.get(&format!("{KIND}/blank")).await;
    assert!(blank.text().contains("利用者,システムと権限,申請の理由"), "{}", blank.text());
    let (at, _) = looked(&clerk, &format!("{HEADS}{row}")).await;
    clerk.submit(&format!("{at}/removal"), &[]).await.ok().says("表を破棄しました");
    assert_eq!(clerk.get(&at).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.events("request.filed").await, 0);
    // what waits too long goes by itself
    let (at, _) = looked(&clerk, &format!("{HEADS}{row}")).await;
    portal.advance(chrono::TimeDelta::days(8));
    mamori::engines::requests::tables::actions::sweep(&portal.app).await.unwrap();
    assert_eq!(portal.sign_in("田中").await.get(&at).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_may_not_file_a_kind_files_none_by_a_table() {
    let portal = Portal::open_under("coop-operations").await;
    let clerk = portal.sign_in("田中").await;
    assert_eq!(clerk.get(KIND).await.status, StatusCode::NOT_FOUND, "the manager files");
    clerk.get("/requests/new/account.register").await.ok().hides("表でまとめて申請する");
    let manager = portal.sign_in("佐藤").await;
    manager.get(KIND).await.ok().says("人事異動");
    assert_eq!(manager.get("/requests/new/password.reset/table").await.status, StatusCode::NOT_FOUND);
}

/// April: 120 who begin, from one table in one go. Each is a request of its own, and no row costs more than its own transaction.
#[tokio::test]
async fn a_hundred_and_twenty_accounts_are_filed_from_one_table_in_one_go() {
    let office = Office::open().await;
    let portal = &office.portal;
    let mut db = portal.superuser().await;
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut db).await.unwrap();
    for sql in [
        "insert into person (id, employee_no, family_name, given_name, reading, employment, joined_on)
         select gen_random_uuid(), '9' || lpad(n::text, 5, '0'), '新人', n::text, 'しんじん ' || n, p.employment, p.joined_on
           from person p cross join generate_series(1, 120) n where p.id = $1",
        "insert into post (id, person_id, department_id, tier, title, main, during)
         select gen_random_uuid(), n.id, q.department_id, q.tier, q.title, q.main, q.during
           from post q cross join person n where q.person_id = $1 and q.main and n.family_name = '新人'",
    ] {
        sqlx::query(sql).bind(portal.cast.get("山本").id.0).execute(&mut db).await.unwrap();
    }
    let mut table = HEADS.to_owned();
    for no in 1..=120 {
        table.push_str(&format!("9{no:05},販売管理システム：参照,四月の採用のため,R8.4.1,\r\n"));
    }
    table.push_str("900999,販売管理システム：参照,四月の採用のため,R8.4.1,\r\n");
    table.push_str("900001,給与システム：参照,四月の採用のため,R8.4.1,\r\n");
    let clerk = portal.sign_in("田中").await;
    let (at, page) = looked(&clerk, &table).await;
    page.says("申請できる行 120").says("誤りのある行 2").says("120件を申請する").says("A122:").says("B123:");
    assert_eq!(portal.events("request.filed").await, 0, "faults are said before anything is filed");
    // of this database alone: each transaction that wrote down what it did
    let transactions = "select count(distinct xmin::text) from audit.event";
    let before: i64 = sqlx::query_scalar(transactions).fetch_one(&mut db).await.unwrap();
    clerk.submit(&format!("{at}/filing"), &[]).await.ok().says("120件を申請しました");
    let after: i64 = sqlx::query_scalar(transactions).fetch_one(&mut db).await.unwrap();
    assert!(after - before <= 130, "{} transactions that write", after - before);
    assert_eq!(portal.events("request.filed").await, 120);
    let (numbers, subjects): (i64, i64) =
        sqlx::query_as("select count(distinct number), count(distinct beneficiary_id) from request")
            .fetch_one(&mut db)
            .await
            .unwrap();
    assert_eq!((numbers, subjects), (120, 120), "each is a request of its own");
}
