//! Every route × everybody: who is let in, who is told to sign in, who is refused, and for whom a row does not exist.
//! The expectations stand in `tests/matrix.toml`, in one readable table; a route without a line fails, and so does a line
//! without a route.
use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use serde::Deserialize;

use crate::support::ground::{Ground, VISITORS};
use crate::support::portal::{Browser, Page, Portal};
use crate::support::source::root;

/// What every answer carries, a refusal too.
const HARDENED: [&str; 5] = [
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cache-control",
];

/// The committed table.
#[derive(Deserialize)]
pub struct Table {
    /// `GET /requests/{number}` → one line for the row of 営業部 and one for that of 総務部, or one for everybody's
    routes: BTreeMap<String, Vec<String>>,
    /// what a changing route is sent so that its own row is what decides
    bodies: BTreeMap<String, String>,
}

/// How a route answers somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// past the gates: a page, a redirection, or a form that wants to be mended
    In,
    /// to the sign-in page
    SignIn,
    /// 403: the function is not theirs
    No,
    /// 404: not there, or not theirs to see
    Nothing,
}

impl Cell {
    fn read(word: &str) -> Self {
        match word {
            "ok" => Self::In,
            "in" => Self::SignIn,
            "no" => Self::No,
            "--" => Self::Nothing,
            other => panic!("「{other}」 is no word of the table"),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::In => "ok",
            Self::SignIn => "in",
            Self::No => "no",
            Self::Nothing => "--",
        }
    }

    /// What an answer means. `Err` is never right.
    fn of(page: &Page) -> Result<Self, String> {
        let to = page.location().unwrap_or_default();
        match page.status {
            StatusCode::UNAUTHORIZED => Ok(Self::SignIn),
            _ if to.starts_with("/sign-in?to=") => Ok(Self::SignIn),
            StatusCode::FORBIDDEN if page.words().contains("この操作はできません") => Ok(Self::No),
            StatusCode::FORBIDDEN if page.words().contains("送信を受け付けませんでした") => {
                Err("the form was taken for a forged one: give it a body under [bodies]".to_owned())
            }
            StatusCode::NOT_FOUND => Ok(Self::Nothing),
            status if status.is_server_error() => Err(format!("answered {status}: {}", page.words())),
            _ => Ok(Self::In),
        }
    }
}

impl Table {
    /// Reads it.
    pub fn read() -> Self {
        toml::from_str(&std::fs::read_to_string(root().join("tests/matrix.toml")).unwrap()).unwrap()
    }

    /// The cells of a route, row by row: anonymous first, then the tiers in the order of [`VISITORS`].
    pub fn cells(&self, route: &str) -> Option<Vec<Vec<Cell>>> {
        let lines = self.routes.get(route)?;
        Some(lines.iter().map(|line| line.split_whitespace().map(Cell::read).collect()).collect())
    }

    /// What this route is sent.
    pub fn body(&self, route: &str) -> Vec<(String, String)> {
        let body = self.bodies.get(route).map(String::as_str).unwrap_or_default();
        // what is drawn anew for each form
        let body = body.replace("{fresh}", &uuid::Uuid::now_v7().to_string());
        url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
    }

    /// Somebody for whom the gates of this route are open, on its first row: `None` is nobody signed in.
    pub fn admitted(&self, route: &str) -> Option<Option<&'static str>> {
        let cells = self.cells(route)?;
        let row = cells.first()?;
        // where a row is needed that nobody has, the one who gets as far as "not found"
        let at = row
            .iter()
            .position(|cell| *cell == Cell::In)
            .or_else(|| row.iter().position(|cell| *cell == Cell::Nothing))
            // where everybody is asked to sign in anew, somebody who has
            .or_else(|| row.iter().skip(1).position(|cell| *cell == Cell::SignIn).map(|at| at + 1))?;
        Some(at.checked_sub(1).map(|tier| VISITORS[tier].1))
    }
}

/// Method, address and what is known of each route, as the router has them; what ends a session comes last.
pub fn routes() -> Vec<(Method, &'static str)> {
    let mut all: Vec<_> = mamori::portal::routes().into_iter().map(|route| (route.method, route.path)).collect();
    all.sort_by_key(|(method, path)| (*path == "/sign-in/again", *path == "/sign-out", *method == Method::POST, *path));
    all
}

/// A browser in which this person is signed in and has a page of ours open.
pub async fn enter<'p>(portal: &'p Portal, name: &str) -> Browser<'p> {
    let browser = portal.sign_in(name).await;
    browser.get("/me/sessions").await.ok();
    browser
}

/// What is wrong with the table itself: routes nobody thought of, lines that speak of nothing.
fn gaps(table: &Table, ground: &Ground) -> Vec<String> {
    let mut wrong = Vec::new();
    let named: BTreeSet<String> = routes().iter().map(|(method, path)| format!("{method} {path}")).collect();
    wrong.extend(named.iter().filter(|route| !table.routes.contains_key(*route)).map(|r| format!("{r}: no line")));
    let spoken = table.routes.keys().chain(table.bodies.keys());
    wrong.extend(spoken.filter(|route| !named.contains(*route)).map(|r| format!("{r}: no such route")));
    for (_, path) in routes() {
        wrong.extend(ground.addresses(path).err());
    }
    for (route, lines) in &table.routes {
        let columns = lines.iter().all(|line| line.split_whitespace().count() == VISITORS.len() + 1);
        let path = route.split_once(' ').map_or("", |(_, path)| path);
        let rows = ground.addresses(path).map_or(lines.len(), |rows| rows.len());
        if !columns || rows != lines.len() {
            wrong.push(format!("{route}: {rows} rows of {} columns are wanted", VISITORS.len() + 1));
        }
    }
    wrong
}

/// One person through every route.
async fn walk(
    browser: &Browser<'_>,
    table: &Table,
    ground: &Ground,
) -> BTreeMap<(String, usize), Result<Cell, String>> {
    let mut answers = BTreeMap::new();
    for (method, path) in routes() {
        let route = format!("{method} {path}");
        for (row, address) in ground.addresses(path).unwrap_or_default().into_iter().enumerate() {
            let page = if method == Method::GET {
                browser.get(&address).await
            } else {
                let body = table.body(&route);
                let body: Vec<(&str, &str)> =
                    body.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                browser.post(&address, &body).await
            };
            let bare = HARDENED.iter().find(|name| !page.headers.contains_key(**name));
            let cell = match bare {
                Some(name) => Err(format!("answered without {name}")),
                None => Cell::of(&page),
            };
            answers.insert((route.clone(), row), cell);
        }
    }
    answers
}

#[tokio::test]
async fn every_route_answers_everybody_as_the_table_says() {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    let table = Table::read();
    let mut wrong = gaps(&table, &ground);
    let mut refused: BTreeMap<(uuid::Uuid, String), i64> = BTreeMap::new();
    let mut seen: BTreeMap<(String, usize), Vec<&'static str>> = BTreeMap::new();
    for (column, name) in std::iter::once(None).chain(VISITORS.iter().map(|(_, name)| Some(*name))).enumerate() {
        let browser = match name {
            Some(name) => enter(&portal, name).await,
            None => portal.browser(),
        };
        browser.get("/sign-in").await;
        for ((route, row), answer) in walk(&browser, &table, &ground).await {
            let who = name.unwrap_or("nobody");
            let expected = table.cells(&route).and_then(|cells| cells.get(row)?.get(column).copied());
            seen.entry((route.clone(), row)).or_default().push(answer.as_ref().map_or("!!", |cell| cell.word()));
            match answer {
                Ok(cell) => {
                    if expected.is_some_and(|expected| expected != cell) {
                        wrong.push(format!("{route} [{row}] {who}: {cell:?}, not {expected:?}"));
                    }
                    if let (Cell::No | Cell::Nothing, Some(name)) = (cell, name) {
                        let path = route.split_once(' ').map_or("", |(_, path)| path).to_owned();
                        *refused.entry((portal.cast.get(name).id.0, path)).or_default() += 1;
                    }
                }
                Err(why) => wrong.push(format!("{route} [{row}] {who}: {why}")),
            }
        }
    }
    wrong.extend(unrecorded(&portal, &refused).await);
    let found: Vec<String> =
        seen.iter().map(|((route, row), cells)| format!("{row} {route}: {}", cells.join(" "))).collect();
    assert!(wrong.is_empty(), "{}\n\nWhat was found:\n{}", wrong.join("\n"), found.join("\n"));
}

/// Refusals that are missing in the log.
async fn unrecorded(portal: &Portal, refused: &BTreeMap<(uuid::Uuid, String), i64>) -> Vec<String> {
    let mut db = portal.superuser().await;
    let rows: Vec<(Option<uuid::Uuid>, String, i64)> = sqlx::query_as(
        "select actor_id, entity_id, count(*) from audit.event
          where outcome = 'denied' and entity = 'route' group by actor_id, entity_id",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let recorded: BTreeMap<(uuid::Uuid, String), i64> =
        rows.into_iter().filter_map(|(actor, path, count)| Some(((actor?, path), count))).collect();
    let mut missing = Vec::new();
    for (key, count) in refused {
        let found = recorded.get(key).copied().unwrap_or_default();
        if found != *count {
            missing.push(format!("{}: {count} refusals of one person, {found} in the log", key.1));
        }
    }
    missing
}
