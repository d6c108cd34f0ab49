//! What every ledger does alike: every column can be asked, pages neither skip nor repeat, exports carry no formulas and
//! leave a trace, and nobody sees a row out of reach.
use axum::http::StatusCode;
use calamine::{Data, Reader as _, Xlsx};
use mamori::engines::ledgers::trial;
use mamori::features::accounts::ledger::ACCOUNTS;
use mamori::features::privileged::ledger::{PRIVILEGED, USES};
use mamori::features::systems::ledger::SYSTEMS;
use mamori::kernel::database::Role;
use sqlx::Executor as _;

use crate::accounts::Office;

/// Accounts of so many people of 営業部, as a migration would have brought them.
async fn many(office: &Office, count: i64) {
    let mut conn = office.portal.superuser().await;
    let sql = format!(
        "with people as (
           insert into person (id, employee_no, family_name, given_name, reading, employment, joined_on)
           select gen_random_uuid(), '8' || lpad(n::text, 5, '0'), '森' || n, '葵', 'もり' || n || ' あおい', 'permanent', '2020-04-01'
             from generate_series(1, {count}) n
           returning id, employee_no)
         insert into account (id, system_id, account_name, holder_id, department_id, rights, kind, state, opened_on)
         select gen_random_uuid(), '{system}', 'mori.' || people.employee_no, people.id, '{sales}', array[r.id], 'personal', 'active', '2026-04-01'
           from people, (select id from system_right where system_id = '{system}' and name = '参照') r",
        system = office.system,
        sales = office.portal.cast.sales,
    );
    conn.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
}

/// The links to rows on a page.
fn rows(html: &str) -> Vec<String> {
    let link = "class=\"main-link\" href=\"";
    html.match_indices(link)
        .map(|(at, _)| html[at + link.len()..].split('"').next().unwrap_or_default().to_owned())
        .collect()
}

fn next(html: &str) -> Option<String> {
    let link = "rel=\"next\" href=\"";
    let at = html.find(link)? + link.len();
    Some(html[at..].split('"').next()?.replace("&amp;", "&").replace("&#38;", "&"))
}

#[tokio::test]
async fn every_column_filter_and_order_of_every_ledger_can_be_asked() {
    let office = Office::open().await;
    many(&office, 3).await;
    let now = office.portal.now();
    for ledger in [&ACCOUNTS, &SYSTEMS, &PRIVILEGED, &USES] {
        let mut read = office.portal.app.read_all(Role::App).await.unwrap();
        let asked = trial::run(read.conn(), ledger, now).await.unwrap();
        assert!(asked > ledger.columns.len());
    }
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_a_row_in_any_order() {
    let office = Office::open().await;
    many(&office, 120).await;
    let auditor = office.portal.sign_in("吉田").await;
    for order in ["holder", "-holder", "account", "until", "-opened", "state", "department"] {
        let mut address = format!("/ledgers/accounts?sort={order}");
        let mut seen = Vec::new();
        loop {
            let page = auditor.get(&address).await;
            page.ok().says("120件");
            let html = page.text();
            seen.extend(rows(&html));
            match next(&html) {
                Some(more) => address = more,
                None => break,
            }
        }
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((count, seen.len()), (120, 120), "{order}");
    }
}

#[tokio::test]
async fn words_are_found_in_any_width_and_kana() {
    let office = Office::open().await;
    let (number, _) = office.opened("参照").await;
    assert_eq!(number, "R8-ACC-0001");
    let auditor = office.portal.sign_in("吉田").await;
    for words in [
        "R8-ACC-0001",
        "Ｒ８－ＡＣＣ－０００１ やまもと",
        "山本　蓮",
        "蓮 販売管理",
        "山本",
        "やまもと",
        "ﾔﾏﾓﾄ",
        "ヤマモト　レン",
        "山本蓮",
        "ＹＡＭＡＭＯＴＯ",
        "001002",
        "えいぎょう 参",
        "はんばい 山本",
    ] {
        let page = auditor.get(&format!("/ledgers/accounts?q={}", percent(words))).await;
        if words == "えいぎょう 参" {
            page.ok().says("条件に合うものはありません");
        } else {
            page.ok().says("yamamoto.r");
        }
    }
    for mark in ["%", "_", "\\", "😀", "山本 %", "|"] {
        auditor.get(&format!("/ledgers/accounts?q={}", percent(mark))).await.ok().hides("yamamoto.r");
    }
    auditor.get("/ledgers/accounts?kana=%E3%82%84").await.ok().says("yamamoto.r");
    auditor.get("/ledgers/accounts?kana=%E3%81%82").await.ok().hides("yamamoto.r");
    auditor.get("/ledgers/accounts?q=%27%20or%201%3D1%20--&sort=%27&state=%27&at=%27&system=%27").await.ok();
    auditor.get("/ledgers/accounts?until_from=%E3%81%8D%E3%81%AE%E3%81%86").await.ok().says("日付として読めません");
}

fn percent(words: &str) -> String {
    words.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn the_ledger_is_seen_as_it_stood_on_a_day() {
    let office = Office::open().await;
    let (_, account) = office.opened("参照").await;
    let auditor = office.portal.sign_in("吉田").await;
    auditor.get("/ledgers/accounts?as_of=2026-03-31").await.ok().hides("yamamoto.r").says("令和8年3月31日");
    let page = auditor.get("/ledgers/accounts?as_of=2026-04-01").await;
    page.ok().says("yamamoto.r");
    assert!(page.text().contains("/ledgers/accounts?view=active&#38;as_of=2026-04-01"), "a view keeps the day");
    // what the views count is what stood in the ledger on that day
    auditor.get("/ledgers/accounts?as_of=2026-03-31").await.ok().says("すべて 0").says("有効 0");
    auditor.get("/ledgers/accounts?as_of=R8.3.31").await.ok().hides("yamamoto.r").says("令和8年3月31日");
    for page in ["/ledgers/accounts".to_owned(), format!("/ledgers/accounts/{account}")] {
        for (typed, reason) in [("R8.4.2", "まだ来ていない日です"), ("R8.2.30", "2月30日は、その年の暦にありません")]
        {
            let again = auditor.get(&format!("{page}?as_of={typed}")).await;
            again.ok().says(reason);
            assert!(again.text().contains(&format!(r#"type="text" value="{typed}""#)), "{typed} is kept");
        }
    }
    let before = auditor.get(&format!("/ledgers/accounts/{account}?as_of=2026-03-31")).await;
    assert_eq!(before.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_export_carries_the_list_and_no_formula_and_leaves_a_trace() {
    let office = Office::open().await;
    office.opened("参照").await;
    let mut conn = office.portal.superuser().await;
    conn.execute("update person set family_name = '=1+1', given_name = '𠮷' where employee_no = '001002'")
        .await
        .unwrap();
    let auditor = office.portal.sign_in("吉田").await;
    auditor.get("/ledgers/accounts/export").await.ok().says("1件").says("操作記録に残ります");

    let csv = auditor.post("/ledgers/accounts/export", &[("format", "csv")]).await;
    csv.ok();
    let text = csv.text();
    assert!(text.starts_with('\u{feff}') && text.contains("'=1+1 𠮷") && text.contains("yamamoto.r"), "{text}");
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("filename=\"accounts_20260401.csv\""));
    assert_eq!(office.portal.events("ledger.exported").await, 1);

    // the columns that were chosen for the list, and no others
    auditor.get("/ledgers/accounts/export?cols=holder&cols=employee-no").await.ok().says("職員番号");
    let chosen = [("format", "csv"), ("cols", "holder"), ("cols", "employee-no")];
    let chosen = auditor.post("/ledgers/accounts/export", &chosen).await;
    assert!(chosen.text().contains("yamamoto.r,'=1+1 𠮷,001002\r\n"), "{}", chosen.text());

    let lost = auditor.post("/ledgers/accounts/export", &[("format", "csv-cp932")]).await;
    assert_eq!(lost.status, StatusCode::UNPROCESSABLE_ENTITY);
    lost.says("シフトJISで表せない文字が1種類あります").says("𠮷");
    let accepted = auditor.post("/ledgers/accounts/export", &[("format", "csv-cp932"), ("accept_loss", "yes")]).await;
    accepted.ok();
    assert!(accepted.body.windows(2).any(|pair| pair == [0x81, 0xAC]));

    let xlsx = auditor.post("/ledgers/accounts/export", &[("format", "xlsx")]).await;
    xlsx.ok();
    let mut book = Xlsx::new(std::io::Cursor::new(xlsx.body)).unwrap();
    let sheet = book.worksheet_range("アカウント管理台帳").unwrap();
    assert!(sheet.used_cells().all(|(_, _, cell)| matches!(cell, Data::String(_))));
    assert!(sheet.used_cells().any(|(_, _, cell)| *cell == Data::String("001002".to_owned())));
    // nothing matches: still a file, with heads alone
    let none = auditor.post("/ledgers/accounts/export", &[("format", "csv"), ("q", "nobody")]).await;
    none.ok();
    assert!(!none.text().contains("yamamoto"));
    // who may look but not write out
    let ciso = office.portal.sign_in("小林").await;
    assert_eq!(ciso.get("/ledgers/accounts/export").await.status, StatusCode::FORBIDDEN);
    // a manager's file holds the manager's rows
    let other = office.portal.sign_in("高橋").await;
    let own = other.post("/ledgers/accounts/export", &[("format", "csv")]).await;
    assert!(!own.ok().text().contains("yamamoto"));
}

#[tokio::test]
async fn more_than_a_thousand_rows_ask_for_the_password_again() {
    let office = Office::open().await;
    many(&office, 1_001).await;
    let auditor = office.portal.sign_in("吉田").await;
    auditor.get("/ledgers/accounts/export").await.ok().says("1,001件").says("パスワードをもう一度");
    let asked = auditor.post("/ledgers/accounts/export", &[("format", "csv")]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    assert!(asked.location().unwrap().starts_with("/step-up?action=export"), "{:?}", asked.location());
    assert_eq!(office.portal.events("ledger.exported").await, 0);
}

#[tokio::test]
async fn a_view_is_kept_under_its_name_and_only_for_its_owner() {
    let office = Office::open().await;
    let auditor = office.portal.sign_in("吉田").await;
    auditor.get("/ledgers/accounts?state=stopped").await.ok().says("この条件を保存する");
    let kept = [("name", "停止したもの"), ("query", "state=stopped")];
    auditor.submit("/ledgers/accounts/views", &kept).await.ok().says("条件を保存しました").says("停止したもの");
    let twice = auditor.post("/ledgers/accounts/views", &kept).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    twice.says("すでに保存されています");
    let other = office.portal.sign_in("伊藤").await;
    other.get("/ledgers/accounts").await.ok().hides("停止したもの");
    let mut conn = office.portal.superuser().await;
    let id: (String,) = sqlx::query_as("select id::text from ledger_view").fetch_one(&mut conn).await.unwrap();
    let removal = format!("/ledgers/accounts/views/{}/removal", id.0);
    assert_eq!(other.post(&removal, &[]).await.status, StatusCode::NOT_FOUND);
    auditor.get("/ledgers/accounts").await.ok();
    auditor.submit(&removal, &[]).await.ok().hides("停止したもの");
}
