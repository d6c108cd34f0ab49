//! Every page before the eyes of somebody who works with it: printed, and where no journey comes by, at a desk and on a
//! telephone, in light and dark colours, enlarged and narrow. The pages are those of the router: a new one is looked at too.
use std::collections::BTreeMap;

use axum::http::Method;
use chrono::TimeDelta;

use crate::matrix::{Cell, Table, routes};
use crate::password_reset::lock_out;
use crate::support::browser::Browser;
use crate::support::ground::{Ground, VISITORS};
use crate::support::portal::Portal;
use crate::support::visit::Visit;

/// What `browser_journey` looks at in all its states.
const WALKED: [&str; 17] = [
    "/",
    "/activate",
    "/clauses",
    "/clauses/{regulation}/{clause}",
    "/ledgers/accounts",
    "/ledgers/accounts/export",
    "/ledgers/accounts/{id}",
    "/me/accounts",
    "/me/password",
    "/requests",
    "/requests/inbox",
    "/requests/new",
    "/requests/new/{kind}",
    "/requests/work",
    "/requests/{number}",
    "/requests/{number}/lines/{line}",
    "/sign-in",
];

/// An answer to a page's own script, a pledge that this regulation asks of nobody, and files.
const NO_PAGES: [&str; 6] = [
    "/me/here",
    "/me/pledge",
    "/notices/stream",
    "/requests/files/{id}",
    "/requests/new/{kind}/table/blank",
    "/set-up/{step}",
];

/// Who works with a page, if the table lets them: first those who can do most on it. What is open is for nobody in particular.
const LOOKERS: [&str; 5] = ["中村", "伊藤", "佐藤", "田中", "吉田"];
const NOBODY: &str = "";
/// 鈴木, who guessed too often.
const LOCKED: &str = "001004";

/// Which routes somebody looks at, and at which addresses.
async fn plan(portal: &Portal, ground: &Ground) -> BTreeMap<&'static str, Vec<(&'static str, String)>> {
    let table = Table::read();
    let mut plan: BTreeMap<&'static str, Vec<_>> = BTreeMap::new();
    for (_, path) in routes().into_iter().filter(|(method, path)| *method == Method::GET && !NO_PAGES.contains(path)) {
        let Some(who) = looker(&table, path) else { continue };
        let address = match path {
            "/audit/{id}" => newest(portal, path, "select id::text from audit.event order by id desc limit 1").await,
            "/outbox/{id}" => newest(portal, path, "select id::text from outbox order by id desc limit 1").await,
            "/sign-ins/{number}/release" => path.replace("{number}", LOCKED),
            _ => ground.addresses(path).unwrap().remove(0),
        };
        plan.entry(who).or_default().push((path, address));
    }
    plan
}

/// Somebody for whom the page is there. Where nobody of this regulation has it, nobody looks.
fn looker(table: &Table, path: &str) -> Option<&'static str> {
    let cells = table.cells(&format!("GET {path}"))?.into_iter().next()?;
    if cells.first() == Some(&Cell::In) {
        return Some(NOBODY);
    }
    // these rows the table does not know: whoever has the list has them
    if ["/audit/{id}", "/outbox/{id}"].contains(&path) {
        return Some("伊藤");
    }
    let column = |who: &str| VISITORS.iter().position(|(_, name)| *name == who).map(|at| at + 1);
    LOOKERS.into_iter().find(|who| column(who).and_then(|at| cells.get(at)) == Some(&Cell::In))
}

async fn newest(portal: &Portal, path: &str, sql: &'static str) -> String {
    let id: String = sqlx::query_scalar(sql).fetch_one(&mut portal.superuser().await).await.unwrap();
    path.replace("{id}", &id)
}

/// Opens the page and says what is wrong with it, on paper alone or before all eyes.
async fn look(browser: &Browser, address: &str, walked: bool) -> Vec<String> {
    browser.goto(address).await;
    let mut wrong = if walked { Vec::new() } else { browser.faults().await };
    wrong.extend(browser.faults_on_paper().await);
    if browser.path().await != address || !browser.texts(".problem-code").await.is_empty() {
        wrong.push(format!("it is not the page that was asked for: {}", browser.title().await));
    }
    wrong.into_iter().map(|what| format!("{address} {what}")).collect()
}

#[tokio::test]
async fn browser_looks_at_every_page_and_prints_it() {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    lock_out(&portal, "suzuki").await;
    let plan = plan(&portal, &ground).await;
    let office = Visit::to(portal).await;
    let mut wrong = Vec::new();
    for (who, pages) in plan {
        let browser = if who == NOBODY { office.browser().await } else { office.enter(who).await };
        for (route, address) in pages {
            wrong.extend(look(&browser, &address, WALKED.contains(&route)).await);
        }
        browser.expect_no_complaint().await;
    }
    wrong.extend(look_at_answers(&office).await);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A ledger with more columns than a desk has room for.
const MANY_COLUMNS: &str = "/ledgers/accounts?cols=system&cols=holder&cols=employee-no&cols=department&cols=rights&cols=kind\
                            &cols=until&cols=state&cols=password&cols=renewed&cols=opened&cols=opened-by&cols=request";

/// Rows have one height in every list; neither an ID of 64 letters nor the longer words of English push a page sideways.
async fn look_at_rows(office: &Visit, keeper: &Browser) -> Vec<String> {
    let mut wrong = Vec::new();
    for address in ["/people", "/ledgers/accounts"] {
        keeper.goto(address).await;
        let high = keeper.row_heights().await.into_iter().filter(|height| *height > 35.5);
        wrong.extend(high.map(|height| format!("{address} has a row of {height} px")));
    }
    let long = "set session_replication_role = replica;
                update account set account_name = repeat('w', 64) where id = (select id from account order by id limit 1)";
    sqlx::raw_sql(long).execute(&mut office.portal.superuser().await).await.unwrap();
    wrong.extend(look(keeper, "/ledgers/accounts", false).await);
    keeper.follow("English").await;
    for address in ["/clauses", "/people"] {
        wrong.extend(look(keeper, address, false).await);
    }
    keeper.follow("日本語").await;
    wrong
}

/// Pages that answer a question, and those that say why there is no page.
async fn look_at_answers(office: &Visit) -> Vec<String> {
    let keeper = office.enter("中村").await;
    let mut wrong = Vec::new();
    for address in [
        "/permissions/why?to=/requests/inbox&person=001001",
        "/people?q=zzz",
        "/ledgers/systems?as_of=2026-04-01",
        MANY_COLUMNS,
    ] {
        wrong.extend(look(&keeper, address, false).await);
    }
    wrong.extend(look_at_rows(office, &keeper).await);
    for (address, code) in [("/jobs", "403"), ("/nothing", "404")] {
        keeper.goto(address).await;
        assert_eq!(keeper.texts(".problem-code").await, [code]);
        // whoever went astray finds the way back in their own menu
        keeper.wait_for("nav.side a[href='/people']").await;
        wrong.extend(keeper.faults().await);
    }
    office.portal.advance(TimeDelta::hours(1));
    keeper.goto("/stand-ins").await;
    keeper.wait_for_path("/sign-in?to=/stand-ins").await;
    wrong.extend(keeper.faults().await);
    wrong
}
