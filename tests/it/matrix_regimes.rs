//! The other regulations, route by route: their permission table is another one, and each of their tiers is let in and
//! refused as it says; where it reaches no further than a department, rows of another one are not there, for no act either.
//! What each act does to a row is the business of `tests/it/matrix.rs`.
use axum::http::{Method, StatusCode};
use mamori::engines::regulations::{Adopted, Regulations};
use mamori::engines::requests::model::Typed;
use mamori::features::movements::model::Kind as Change;
use mamori::kernel::access::{Reach, Tier};
use mamori::people::permissions::{Holding, Named};
use mamori::portal::{permissions, routes};
use mamori::web::routing::Access;

use crate::accounts::add;
use crate::matrix::{Table, enter};
use crate::movements::moved;
use crate::support::ground::{VISITORS, add_system, ask_with, file_as, grant_right, open_account, use_right};
use crate::support::portal::{Browser, Page, Portal};
use crate::under_coop_sign_in::own_account;

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

/// Pages of rows that belong to a department and to somebody of it.
const ROWS: [&str; 4] =
    ["/people/{number}", "/ledgers/accounts/{id}", "/ledgers/privileged/{id}", "/ledgers/privileged-uses/{id}"];

/// A request of 営業部 and one of 総務部, filed as the regulation has it.
async fn requests(portal: &Portal, regulation: &str) -> [String; 2] {
    let mut db = portal.superuser().await;
    let system = add_system(portal, "Y", portal.cast.it).await;
    let mut numbers = [String::new(), String::new()];
    for (number, (by, about)) in numbers.iter_mut().zip([("田中", "山本"), ("鈴木", "鈴木")]) {
        *number = if regulation == "coop-operations" {
            let by = if by == "田中" { "佐藤" } else { "高橋" };
            let movement = moved(portal, about, Change::Reassignment, "2026-04-01").await;
            ask_with(portal, &mut db, by, about, system, &[("movement", &movement)]).await
        } else if regulation == "katsuura-operations" {
            let typed = [
                ("department", portal.cast.get(by).department.to_string()),
                ("account", portal.cast.get(by).login.clone()),
                ("happened_at", "2026-04-01T08:00".to_owned()),
                ("content", "メモをなくした".to_owned()),
            ];
            let typed = Typed::new(typed.map(|(name, value)| (name.to_owned(), value)));
            file_as(portal, by, "problem.report", typed).await
        } else {
            ask_with(portal, &mut db, by, about, system, &[]).await
        };
    }
    numbers
}

/// What somebody may not see, they may not act on: each act on such a row answers as if it were not there.
async fn acts(
    portal: &Portal,
    table: &Table,
    walker: &Walker<'_>,
    given: &[Reach],
    rows: &[(&str, [String; 2])],
    wrong: &mut Vec<String>,
) {
    let all = routes().into_iter().filter(|route| route.method == Method::POST);
    for route in all {
        let Access::Needs(permission) = route.access else { continue };
        let Some((page, ids)) = rows.iter().find(|(page, _)| route.path.starts_with(page)) else { continue };
        for (owner, id) in ["田中", "鈴木"].into_iter().zip(ids) {
            let named = |path: &str| path.replace("{number}", id).replace("{id}", id).replace("{line}", "1");
            if named(route.path).contains('{') {
                continue;
            }
            let seen = walker.browser.get(&named(page)).await.status.is_success();
            let reach = given.get(permission.place()).copied().unwrap_or(Reach::None);
            // those who decide on a request act on it wherever it comes from
            let may = page.starts_with("/requests") || reaches(portal, walker, reach, owner);
            let body = table.body(&format!("POST {}", route.path));
            let body: Vec<(&str, &str)> = body.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let sent = walker.browser.post(&named(route.path), &body).await;
            // what was typed is given back, with nothing of the request
            let shut = sent.status.is_client_error() && !sent.words().contains("受注の登録を担当するため");
            if sent.status.is_server_error() || ((!seen || !may) && !shut) {
                wrong.push(format!("POST {} of {owner} as {}: {}", route.path, walker.said, sent.status));
            }
        }
    }
}

/// Who walks: a tier, its name in the cast, and by the account of daily work or by one for administration.
struct Walker<'p> {
    tier: Tier,
    said: String,
    holding: Holding,
    /// whose rows are their own, and the department that is theirs
    name: &'static str,
    /// where it is not the account of daily work
    login: Option<String>,
    browser: Browser<'p>,
}

impl<'p> Walker<'p> {
    /// Whoever has signed out on the way comes in again.
    async fn comes_again(&mut self, portal: &'p Portal) {
        self.browser = match &self.login {
            Some(login) => portal.sign_in_as(login).await,
            None => portal.sign_in(self.name).await,
        };
        self.browser.get("/me/sessions").await.ok();
    }
}

/// Everybody whose tier the regulation knows, and an administrator by an account of their own for it.
async fn walkers<'p>(portal: &'p Portal, adopted: &Adopted) -> Vec<Walker<'p>> {
    let mut walkers = Vec::new();
    for (key, name) in VISITORS.into_iter().chain([("head", "森")]) {
        let tier = Tier::from_key(key).unwrap();
        if adopted.title(tier, "ja").is_none() {
            continue;
        }
        // where operators are those whom others name, this one was named for all that can be handed on
        let named = if adopted.binding().only_named(tier) { Named::ForRelease } else { Named::No };
        let holding = Holding { named, ..Holding::default() };
        let browser = enter(portal, name).await;
        walkers.push(Walker { tier, said: key.to_owned(), holding, name, login: None, browser });
    }
    let itself = add(portal, "SYS-001", "守り（ポータル）", true).await;
    let login = own_account(portal, itself, "伊藤").await;
    let browser = portal.sign_in_as(&login).await;
    browser.get("/me/sessions").await.ok();
    let holding = Holding { own_account: true, ..Holding::default() };
    let (tier, said, login) = (Tier::Sysadmin, "own account".to_owned(), Some(login));
    walkers.push(Walker { tier, said, holding, name: "伊藤", login, browser });
    walkers
}

/// Rows of 田中 of 営業部 and of 鈴木 of 総務部 for each of these pages.
async fn rows(portal: &Portal) -> Vec<(&'static str, [String; 2])> {
    let mut db = portal.superuser().await;
    let system = add_system(portal, "Z", portal.cast.it).await;
    let mut found: Vec<(&'static str, [String; 2])> = ROWS.map(|path| (path, Default::default())).to_vec();
    for (at, name) in ["田中", "鈴木"].into_iter().enumerate() {
        let number =
            sqlx::query_scalar("select employee_no from person where id = $1").bind(portal.cast.get(name).id.0);
        found[0].1[at] = number.fetch_one(&mut db).await.unwrap();
        found[1].1[at] = open_account(portal, &mut db, system, name).await;
        found[2].1[at] = grant_right(portal, system, name).await;
        found[3].1[at] = use_right(portal, &mut db, name).await;
    }
    found
}

/// Whom the table shows a row of this person of the cast.
fn reaches(portal: &Portal, walker: &Walker<'_>, reach: Reach, owner: &str) -> bool {
    let (me, owner) = (portal.cast.get(walker.name), portal.cast.get(owner));
    match reach {
        Reach::None => false,
        Reach::Own => me.id == owner.id,
        // who belongs to no section belongs to the top of the tree, above all of them
        Reach::Department => {
            let sections = [portal.cast.sales, portal.cast.general, portal.cast.it];
            me.department == owner.department || me.id == owner.id || !sections.contains(&me.department)
        }
        Reach::Organisation => true,
    }
}

async fn walk_under(regulation: &str) {
    let portal = Portal::open_under(regulation).await;
    let adopted = portal.app.part::<Regulations>().unwrap().operating().unwrap();
    let rights = permissions(adopted.binding()).unwrap();
    let (table, rows) = (Table::read(), rows(&portal).await);
    let mut wrong = Vec::new();
    let mut walkers = walkers(&portal, &adopted).await;
    let filed = requests(&portal, regulation).await;
    assert!(walkers.len() >= 7, "{} tiers exist", walkers.len());
    for walker in &walkers {
        let given = rights.of_post(walker.tier, walker.holding);
        let mut all = routes();
        all.sort_by_key(|route| route.path == "/sign-out");
        for route in all {
            let Access::Needs(permission) = route.access else { continue };
            // a page for one act at a time, which nobody has begun here
            if route.path == "/step-up" {
                continue;
            }
            // by the account of daily work, which some regulations keep from administering
            let reach = given.get(permission.place()).copied().unwrap_or(Reach::None);
            let page = ask(&walker.browser, &table, &route.method, route.path).await;
            let shut = matches!(page.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
            let whole = !route.path.contains('{') && route.method == Method::GET;
            let said = format!("{} {} as {}: {}", route.method, route.path, walker.said, page.status);
            match reach {
                Reach::None if !shut => wrong.push(format!("{said}, but the table gives nothing")),
                reach if reach > Reach::None && shut && whole => {
                    wrong.push(format!("{said}, but the table gives {reach:?}"));
                }
                _ if page.status.is_server_error() => wrong.push(said),
                _ => {}
            }
            let row = rows.iter().find(|(path, _)| *path == route.path && route.method == Method::GET);
            for (owner, id) in row.iter().flat_map(|(_, ids)| ["田中", "鈴木"].into_iter().zip(ids)) {
                let (start, _) = route.path.split_once('{').unwrap();
                let page = walker.browser.get(&format!("{start}{id}")).await;
                let expected = reaches(&portal, walker, reach, owner);
                if page.status.is_success() != expected {
                    let what = format!("{start}… of {owner} as {}", walker.said);
                    wrong.push(format!("{what}: {}, but the table gives {reach:?}", page.status));
                }
            }
        }
    }
    let rows: Vec<(&str, [String; 2])> = rows.into_iter().chain([("/requests/{number}", filed)]).collect();
    for walker in &mut walkers {
        let given = rights.of_post(walker.tier, walker.holding);
        walker.comes_again(&portal).await;
        acts(&portal, &table, walker, &given, &rows, &mut wrong).await;
    }
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
