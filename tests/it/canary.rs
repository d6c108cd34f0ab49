//! A canary in another department: what belongs to 総務部 is looked for on every page, list, count page and export that
//! somebody of 営業部 can reach by link, form or search, however they get there, and in every mail to them.
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{Cursor, Read as _};

use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use mamori::kernel::access::Actor;
use mamori::kernel::audit::Event;
use mamori::kernel::text::decode_any;
use uuid::Uuid;
use zip::ZipArchive;

use crate::matrix::enter;
use crate::support::ground::Ground;
use crate::support::html::{Form, forms, links};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

/// Stands in what 総務部 asked for and holds; nothing else contains it.
const CANARY: &str = "総務限定";
/// Stands before it there: searching for this finds it and does not write it onto the page.
const SEARCHED: &str = "かなりあ";
/// More pages than the portal shows to any of them.
const PAGES: usize = 400;

/// What is written out of ledgers whose rows belong to departments.
const LEDGERS: [&str; 4] = [
    "/ledgers/accounts/export",
    "/ledgers/privileged/export",
    "/ledgers/privileged-uses/export",
    "/requests/all/export",
];

/// Where the log is written out.
const LOG: &str = "/audit/export";

/// Marks the other department's request, its round as the deciders read it, and its account, past all walls.
async fn mark(portal: &Portal) -> Vec<String> {
    let mut db = portal.superuser().await;
    let general = portal.cast.general.0;
    for sql in [
        "update request set subject = 'かなりあ総務限定', search = search || 'かなりあ総務限定' where department_id = $1",
        "update request_round set shown = replace(shown::text, '受注の登録を担当するため。', 'かなりあ総務限定')::jsonb
          where request_id in (select id from request where department_id = $1)",
        "update account set necessity = 'かなりあ総務限定', account_name = 'かなりあ総務限定', version = version + 1 where department_id = $1 and system_id in (select id from information_system where not is_portal)",
        "update privileged_account set purpose = 'かなりあ総務限定', account_name = 'かなりあ総務限定', search = search || 'かなりあ総務限定', version = version + 1 where department_id = $1",
        "update privileged_use set work = 'かなりあ総務限定', search = search || 'かなりあ総務限定', version = version + 1 where department_id = $1",
    ] {
        sqlx::raw_sql("set session_replication_role = replica").execute(&mut db).await.unwrap();
        let done = sqlx::query(sql).bind(general).execute(&mut db).await.unwrap();
        assert!(done.rows_affected() > 0, "nothing was marked by {sql}");
    }
    let numbers = sqlx::query_scalar("select number from request where department_id = $1");
    numbers.bind(general).fetch_all(&mut db).await.unwrap()
}

/// The log speaks of that account, too: what tests lay past the portal leaves no event, and an export of the log without one
/// would hold nothing to be found.
async fn speak_of_it(portal: &Portal, number: &str) {
    let found = "select id from account where account_name like '%' || $1 limit 1";
    let found = sqlx::query_scalar(found).bind(CANARY).fetch_one(&mut portal.superuser().await).await;
    let account: Uuid = found.unwrap();
    let event = Event::done("account.changed", "account", account).within(portal.cast.general).numbered(number);
    portal.app.note(&Actor::portal(), event).await.unwrap();
}

/// Every address of the portal that this person's pages lead to, and what searching for the canary answers.
async fn everything(browser: &Browser<'_>) -> Vec<(String, String)> {
    let searching = [
        "/requests",
        "/requests/all",
        "/requests/inbox",
        "/requests/work",
        "/ledgers/accounts",
        "/ledgers/privileged",
        "/ledgers/privileged-uses",
        "/ledgers/systems",
        "/people",
    ];
    let asked = searching.map(|path| format!("{path}?q={}", percent(SEARCHED)));
    let mut waiting: VecDeque<String> = ["/".to_owned()].into_iter().chain(asked).collect();
    let (mut known, mut read): (BTreeSet<String>, Vec<_>) = (waiting.iter().cloned().collect(), Vec::new());
    while let Some(address) = waiting.pop_front() {
        let page = browser.get(&address).await;
        assert!(!page.status.is_server_error(), "{address}");
        let html = page.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let found = if html { links(&page.text()) } else { Vec::new() };
        for link in found.into_iter().filter(|link| link.starts_with('/')) {
            // one order of a list shows the same rows as another
            let plain = !link.contains("sort=") && !link.contains("lang=") && !link.starts_with("/static/");
            if plain && known.len() < PAGES && known.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
        read.push((address, page.text()));
    }
    read
}

/// What the forms write out that stand on the pages for exporting: of the whole list and of what is searched for, in every
/// format, by where it came from.
async fn written_out(browser: &Browser<'_>, read: &[(String, String)]) -> BTreeMap<String, String> {
    let paths = read.iter().filter_map(|(address, _)| address.split('?').next());
    let paths: BTreeSet<&str> = paths.filter(|path| path.ends_with("/export")).collect();
    let mut files = BTreeMap::new();
    for path in paths {
        for query in [String::new(), format!("?q={}", percent(SEARCHED))] {
            let page = browser.get(&format!("{path}{query}")).await;
            let mut found = forms(&page.ok().text(), path).into_iter().filter(|form| form.posts && form.action == path);
            let form = found.next_back().unwrap_or_else(|| panic!("{path} has no form"));
            for format in formats(&form) {
                let file = browser.post(path, &filled(&form, format)).await;
                assert_eq!(file.status, StatusCode::OK, "{path} {format}: {}", file.words());
                assert!(file.headers.contains_key(header::CONTENT_DISPOSITION), "{path} {format} is no file");
                files.insert(format!("{path}{query} as {format}"), contents(&file));
            }
        }
    }
    files
}

fn formats(form: &Form) -> &'static [&'static str] {
    let asks = form.fields.iter().any(|field| field.name == "format");
    if asks { &["csv", "csv-cp932", "xlsx"] } else { &["csv"] }
}

fn filled<'a>(form: &'a Form, format: &'a str) -> Vec<(&'a str, &'a str)> {
    let value = |name: &str, value: &'a str| match name {
        "format" => format,
        "own_password" => PASSWORD,
        _ => value,
    };
    let mut fields: Vec<_> =
        form.fields.iter().map(|field| (field.name.as_str(), value(&field.name, &field.value))).collect();
    if format == "csv-cp932" {
        fields.push(("accept_loss", "yes"));
    }
    fields
}

/// All text of a file: of a workbook, that of everything in it.
fn contents(file: &Page) -> String {
    if !file.body.starts_with(b"PK") {
        return decode_any(&file.body).0;
    }
    let mut book = ZipArchive::new(Cursor::new(&file.body)).unwrap();
    let mut all = String::new();
    for at in 0..book.len() {
        book.by_index(at).unwrap().read_to_string(&mut all).unwrap();
    }
    all
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn what_belongs_to_another_department_stands_on_no_page_export_or_mail() {
    let portal = Portal::open().await;
    let _ground = Ground::lay(&portal).await;
    let numbers = mark(&portal).await;
    speak_of_it(&portal, &numbers[0]).await;
    // a clerk, the manager, and a clerk who stands in for the manager some days later
    for name in ["田中", "佐藤", "山本"] {
        if name == "山本" {
            portal.advance(TimeDelta::days(20));
        }
        let browser = enter(&portal, name).await;
        let read = everything(&browser).await;
        assert!(read.len() > 10, "{name} came to {} pages only", read.len());
        for refused in [browser.get(LOG).await, browser.post(LOG, &[("own_password", PASSWORD)]).await] {
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name} writes the log out");
        }
        let files = written_out(&browser, &read).await;
        if name != "田中" {
            for ledger in LEDGERS {
                assert!(files.keys().any(|file| file.starts_with(ledger)), "{name} does not export {ledger}");
            }
        }
        for (place, text) in read.iter().map(|(address, text)| (address, text)).chain(&files) {
            assert!(!text.contains(CANARY), "{name} reads of another department at {place}");
            assert!(
                !numbers.iter().any(|number| text.contains(number)),
                "{name} sees a number of another department at {place}"
            );
        }
    }
    // the same walk does find it where it may stand, and each of its files holds it
    for name in ["高橋", "吉田"] {
        let browser = enter(&portal, name).await;
        let read = everything(&browser).await;
        assert!(read.iter().any(|(_, text)| text.contains(CANARY)), "{name} finds the canary nowhere");
        let files = written_out(&browser, &read).await;
        for ledger in LEDGERS {
            let held: Vec<_> = files.iter().filter(|(file, _)| file.starts_with(ledger)).collect();
            assert_eq!(held.len(), 6, "{name} {ledger}: {:?}", files.keys());
            // what the list of accounts is searched by was not marked
            for (file, text) in held.into_iter().filter(|(file, _)| !file.contains('?')) {
                assert!(text.contains(CANARY), "{name} does not find the canary in {file}");
            }
        }
    }
    let auditor = enter(&portal, "吉田").await;
    let log = written_out(&auditor, &[(LOG.to_owned(), String::new())]).await;
    let log = &log[&format!("{LOG} as csv")];
    assert!(log.contains(CANARY) && log.contains(&numbers[0]), "the log that is written out does not speak of it");
    let mails: i64 = sqlx::query_scalar(
        "select count(*) from outbox o
           join person p on p.id = o.recipient_id
           join post t on t.person_id = p.id
          where t.department_id = $1 and (o.body like '%' || $2 || '%' or o.subject like '%' || $2 || '%')",
    )
    .bind(portal.cast.sales.0)
    .bind(CANARY)
    .fetch_one(&mut portal.superuser().await)
    .await
    .unwrap();
    assert_eq!(mails, 0);
}
