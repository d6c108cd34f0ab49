//! A canary in another department: what belongs to 総務部 is looked for on every page, list, count page and export that
//! somebody of 営業部 can reach by link, form or search, however they get there, and in every mail to them.
use std::collections::{BTreeSet, VecDeque};

use axum::http::header;

use crate::matrix::enter;
use crate::support::ground::Ground;
use crate::support::html::links;
use crate::support::portal::{Browser, Portal};

/// Stands in what 総務部 asked for and holds; nothing else contains it.
const CANARY: &str = "総務限定";
/// Stands before it there: searching for this finds it and does not write it onto the page.
const SEARCHED: &str = "かなりあ";
/// More pages than the portal shows to any of them.
const PAGES: usize = 400;

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

/// Every address of the portal that this person's pages lead to, and what searching for the canary answers.
async fn everything(browser: &Browser<'_>) -> Vec<(String, String)> {
    let searching = [
        "/requests",
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

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn what_belongs_to_another_department_stands_on_no_page_export_or_mail() {
    let portal = Portal::open().await;
    let _ground = Ground::lay(&portal).await;
    let numbers = mark(&portal).await;
    // a clerk, the manager, and the clerk who stands in for the manager
    for name in ["田中", "佐藤", "山本"] {
        let browser = enter(&portal, name).await;
        let read = everything(&browser).await;
        assert!(read.len() > 10, "{name} came to {} pages only", read.len());
        for (address, text) in &read {
            assert!(!text.contains(CANARY), "{name} reads of another department at {address}");
            assert!(
                !numbers.iter().any(|number| text.contains(number)),
                "{name} sees a number of another department at {address}"
            );
        }
    }
    // the same walk does find it where it may stand
    let own = enter(&portal, "高橋").await;
    let read = everything(&own).await;
    assert!(read.iter().any(|(_, text)| text.contains(CANARY)), "the canary is nowhere");
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
