//! The other regulations, route by route: their permission table is another one, and each of their tiers is let in and
//! refused as it says. Rows are the business of `tests/it/matrix.rs`; here no row exists, and refusals show all the same.
use axum::http::{Method, StatusCode};
use mamori::engines::regulations::Regulations;
use mamori::kernel::access::{Reach, Tier};
use mamori::people::permissions::{Holding, Named};
use mamori::portal::{permissions, routes};
use mamori::web::routing::Access;

use crate::matrix::{Table, enter};
use crate::support::ground::VISITORS;
use crate::support::portal::{Browser, Page, Portal};

/// An address of nothing: no such number, no such row.
fn of_nothing(path: &str) -> String {
    let part = |part: &str| match part {
        "{line}" => "1".to_owned(),
        "{number}" => "R8-XXX-9999".to_owned(),
        "{kind}" => "no.such.kind".to_owned(),
        part if part.starts_with('{') => "00000000-0000-7000-8000-000000000000".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn ask(browser: &Browser<'_>, table: &Table, method: &Method, path: &str) -> Page {
    let address = of_nothing(path);
    if *method == Method::GET {
        return browser.get(&address).await;
    }
    let body = table.body(&format!("{method} {path}"));
    let body: Vec<(&str, &str)> = body.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&address, &body).await
}

async fn walk_under(regulation: &str) {
    let portal = Portal::open_under(regulation).await;
    let adopted = portal.app.part::<Regulations>().unwrap().operating().unwrap();
    let rights = permissions(adopted.binding()).unwrap();
    let table = Table::read();
    let mut wrong = Vec::new();
    let mut tiers = 0;
    for (key, name) in VISITORS {
        let tier = Tier::from_key(key).unwrap();
        if adopted.title(tier, "ja").is_none() {
            continue;
        }
        tiers += 1;
        // where operators are those whom others name, this one was named for all that can be handed on
        let named = if tier == Tier::Operator { Named::ForRelease } else { Named::No };
        let holding = Holding { named, ..Holding::default() };
        let browser = enter(&portal, name).await;
        let mut all = routes();
        all.sort_by_key(|route| route.path == "/sign-out");
        for route in all {
            let Access::Needs(permission) = route.access else { continue };
            // a page for one act at a time, which nobody has begun here
            if route.path == "/step-up" {
                continue;
            }
            let page = ask(&browser, &table, &route.method, route.path).await;
            let shut = matches!(page.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
            let whole = !route.path.contains('{') && route.method == Method::GET;
            let said = format!("{} {} as {key}: {}", route.method, route.path, page.status);
            // by the account of daily work, which some regulations keep from administering
            match rights.of_post(tier, holding).get(permission.place()).copied().unwrap_or(Reach::None) {
                Reach::None if !shut => wrong.push(format!("{said}, but the table gives nothing")),
                reach if reach > Reach::None && shut && whole => {
                    wrong.push(format!("{said}, but the table gives {reach:?}"));
                }
                _ if page.status.is_server_error() => wrong.push(said),
                _ => {}
            }
        }
    }
    assert!(tiers >= 6, "{tiers} tiers exist");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn under_the_cooperatives_regulation_each_tier_is_let_in_as_its_table_says() {
    walk_under("coop-operations").await;
}

#[tokio::test]
async fn under_the_unions_standard_each_tier_is_let_in_as_its_table_says() {
    walk_under("osaka-standard").await;
}

#[tokio::test]
async fn under_the_citys_regulation_each_tier_is_let_in_as_its_table_says() {
    walk_under("katsuura-operations").await;
}
