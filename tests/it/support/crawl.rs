//! Somebody who looks at everything: walks from page to page along all links of one room of the portal, and keeps what
//! was found there, each form once.
use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;

use crate::matrix::{Cell, Table, enter, routes};
use crate::support::ground::{Ground, VISITORS};
use crate::support::html::{Form, forms, links};
use crate::support::portal::{Browser, Page, Portal};

/// Where a page that covered itself is sent.
const AGAIN: &str = "/sign-in/again";

/// How many pages of one route are looked at by one person: a request in each of its states.
const PAGES: usize = 4;

/// A part of the portal that is walked on its own, so that the parts can be walked at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// the forms by which requests are filed and mended
    Filing,
    /// everything else that is done with a request
    Requests,
    /// アカウント台帳
    Accounts,
    /// 情報システム台帳
    Systems,
    /// 特権アカウント台帳・特権使用記録
    Privileged,
    /// people, their sign-ins and stand-ins
    People,
    /// sign-in, the open pages, and what is one's own
    Own,
    /// 規程: clauses and values
    Regulation,
    /// administration
    House,
}

impl Room {
    /// The room of an address or of a declared path.
    pub fn of(path: &str) -> Option<Self> {
        let mut parts = path.split(['/', '?']).skip(1);
        let (first, second, third) = (parts.next()?, parts.next(), parts.next());
        match first {
            "requests" if matches!(second, Some("new" | "tables")) || third == Some("mend") => Some(Self::Filing),
            "requests" => Some(Self::Requests),
            "ledgers" if second == Some("accounts") => Some(Self::Accounts),
            "ledgers" if second == Some("systems") => Some(Self::Systems),
            "ledgers" if second.is_some_and(|second| second.starts_with("privileged")) => Some(Self::Privileged),
            "clauses" | "parameters" | "adoptions" | "procedures" => Some(Self::Regulation),
            "absences" | "acting-rules" | "movements" | "people" | "posts" | "departments" | "designees"
            | "functions" | "imports" | "permissions" | "sign-ins" | "stand-ins" => Some(Self::People),
            "" | "activate" | "me" | "notices" | "password-reset" | "preferences" | "set-up" | "sign-in"
            | "sign-out" | "step-up" => Some(Self::Own),
            "audit" | "calendar" | "jobs" | "outbox" => Some(Self::House),
            _ => None,
        }
    }
}

/// A page of the room: who saw it, where it is, and the names that its own links and forms ask with.
#[derive(Debug, Default)]
pub struct Seen {
    pub who: &'static str,
    pub address: String,
    pub names: BTreeSet<String>,
}

/// A form of the room: who came upon it, and on which page.
#[derive(Debug)]
pub struct Sent {
    pub who: &'static str,
    pub page: String,
    pub form: Form,
}

/// What was found by walking.
#[derive(Default)]
pub struct Map {
    /// pages by route
    pub pages: BTreeMap<&'static str, Seen>,
    /// forms by where they are sent and what they ask
    pub forms: BTreeMap<String, Sent>,
    /// links and forms that lead nowhere
    pub dead: Vec<String>,
}

/// Everybody with a browser.
pub type Browsers<'p> = BTreeMap<&'static str, Browser<'p>>;

/// What is walked: everything of a room, or a few pages for the sake of the forms on them that are sent to these routes.
#[derive(Debug, Clone, Copy)]
pub enum Extent {
    Room(Room),
    Forms(&'static [&'static str]),
}

impl Extent {
    /// Are this page and its links looked at?
    fn holds(self, address: &str) -> bool {
        match self {
            Self::Room(room) => Room::of(address) == Some(room),
            Self::Forms(_) => true,
        }
    }

    /// Is a form kept that is sent to this route? Those that every page carries belong to the room of what is one's own.
    fn keeps(self, action: &str) -> bool {
        match self {
            Self::Room(room) => Room::of(action) != Some(Room::Own) || room == Room::Own,
            Self::Forms(routes) => routes.contains(&action),
        }
    }
}

impl Map {
    /// Walks everybody through a room, from what the table says is open to them and from `further` pages.
    pub async fn of<'p>(room: Room, portal: &'p Portal, ground: &Ground, further: &[String]) -> (Self, Browsers<'p>) {
        let table = Table::read();
        let (mut map, mut browsers) = (Self::default(), Browsers::new());
        for (at, who) in std::iter::once("nobody").chain(VISITORS.iter().map(|(_, name)| *name)).enumerate() {
            let browser = if at == 0 { portal.browser() } else { enter(portal, who).await };
            let start = [beginning(room, at, &table, ground), further.to_vec()].concat();
            Walker::new(Extent::Room(room), who, &browser).walk(start, &mut map).await;
            browsers.insert(who, browser);
        }
        (map, browsers)
    }

    /// Looks at these pages and at nothing else, for the forms that are sent to these routes.
    pub async fn on<'p>(
        pages: &[String],
        routes: &'static [&'static str],
        portal: &'p Portal,
        people: &[&'static str],
    ) -> (Self, Browsers<'p>) {
        let (mut map, mut browsers) = (Self::default(), Browsers::new());
        for who in people {
            let browser = enter(portal, who).await;
            Walker::new(Extent::Forms(routes), who, &browser).look_at(pages, &mut map).await;
            browsers.insert(*who, browser);
        }
        (map, browsers)
    }

    /// The routes to which a form of it is sent.
    pub fn routes(&self) -> BTreeSet<&'static str> {
        self.forms.values().filter_map(|sent| route_of(&Method::POST, &sent.form.action)).collect()
    }
}

/// Where the walk begins: what the table says is open to somebody.
fn beginning(room: Room, column: usize, table: &Table, ground: &Ground) -> Vec<String> {
    let open = |path: &&'static str| {
        let cells = table.cells(&format!("GET {path}")).unwrap_or_default();
        cells.first().and_then(|row| row.get(column)) == Some(&Cell::In)
    };
    let reading = routes().into_iter().filter(|(method, _)| *method == Method::GET).map(|(_, path)| path);
    let start = reading.filter(open).filter_map(|path| ground.addresses(path).ok()?.into_iter().next());
    let states = ground
        .requests
        .values()
        .flat_map(|number| ["", "/mend", "/lines/1"].into_iter().map(move |page| format!("/requests/{number}{page}")));
    start.chain(states).filter(|address| Room::of(address) == Some(room)).collect()
}

/// The declared route that an address belongs to.
pub fn route_of(method: &Method, address: &str) -> Option<&'static str> {
    let path: Vec<&str> = address.split('?').next().unwrap_or_default().split('/').collect();
    let fits = |pattern: &str| {
        let parts: Vec<&str> = pattern.split('/').collect();
        parts.len() == path.len() && parts.iter().zip(&path).all(|(part, said)| part.starts_with('{') || part == said)
    };
    let mut found: Vec<&'static str> =
        routes().into_iter().filter(|(m, pattern)| m == method && fits(pattern)).map(|(_, pattern)| pattern).collect();
    found.sort_by_key(|pattern| pattern.matches('{').count());
    found.into_iter().next()
}

/// Forms that ask the same and are sent to the same route are one. What covers a page stands on every form of the portal and
/// takes along what that form asks, unless it asks for a secret.
pub fn form_key(route: &str, form: &Form) -> String {
    if route == AGAIN {
        return format!("{route} {}", form.fields.iter().any(|field| field.kind == "password"));
    }
    let asked: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
    format!("{route} {}", asked.join(" "))
}

/// One person on the way through a room.
struct Walker<'a, 'p> {
    extent: Extent,
    who: &'static str,
    browser: &'a Browser<'p>,
    visits: BTreeMap<(&'static str, bool), usize>,
}

impl<'a, 'p> Walker<'a, 'p> {
    const fn new(extent: Extent, who: &'static str, browser: &'a Browser<'p>) -> Self {
        Self { extent, who, browser, visits: BTreeMap::new() }
    }

    /// Pages alone, without their links.
    async fn look_at(self, pages: &[String], map: &mut Map) {
        for address in pages {
            let (page, route) = (self.browser.get(address).await, route_of(&Method::GET, address));
            if let Some(route) = route.filter(|_| page.status.is_success()) {
                self.look(route, address, &page, map);
            }
        }
    }

    async fn walk(mut self, start: Vec<String>, map: &mut Map) {
        let mut waiting: Vec<(String, String)> = start.into_iter().map(|address| (address, String::new())).collect();
        let mut seen = BTreeSet::new();
        while let Some((address, linked)) = waiting.pop() {
            let Some(route) = route_of(&Method::GET, &address) else {
                if !linked.is_empty() && !address.starts_with("/static/") && !address.starts_with("/assets/") {
                    map.dead.push(format!("{}: {linked} links to {address}, which no route answers", self.who));
                }
                continue;
            };
            // where the walk begins is looked at in any case
            if (!linked.is_empty() && self.enough(route, &address)) || !seen.insert(address.clone()) {
                continue;
            }
            let page = self.browser.get(&address).await;
            if page.status.is_success() {
                *self.visits.entry((route, address.contains('?'))).or_default() += 1;
            }
            if page.status.is_server_error() || (!linked.is_empty() && page.status.is_client_error()) {
                map.dead.push(format!("{}: {linked} links to {address}, which answers {}", self.who, page.status));
            }
            if page.status.is_success() && self.extent.holds(&address) {
                let links = self.look(route, &address, &page, map);
                waiting.extend(links.into_iter().map(|link| (link, address.clone())));
            }
        }
    }

    /// A few pages of each route of the room, and one of each that its links lead to elsewhere.
    fn enough(&self, route: &'static str, address: &str) -> bool {
        let most = if self.extent.holds(address) { PAGES } else { 1 };
        self.visits.get(&(route, address.contains('?'))).is_some_and(|visited| *visited >= most)
    }

    fn look(&self, route: &'static str, address: &str, page: &Page, map: &mut Map) -> Vec<String> {
        let html = page.text();
        let found = links(&html);
        let place = map.pages.entry(route).or_default();
        if place.who.is_empty() {
            (place.who, place.address) = (self.who, address.to_owned());
        }
        for link in found.iter().filter(|link| route_of(&Method::GET, link) == Some(route)) {
            let query = link.split_once('?').map_or("", |(_, query)| query);
            place.names.extend(url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()));
        }
        for form in forms(&html, address) {
            if form.posts {
                self.keep(address, form, map);
            } else {
                let names = form.fields.into_iter().map(|field| field.name);
                map.pages.entry(route).or_default().names.extend(names);
            }
        }
        found
    }

    /// A form is kept once.
    fn keep(&self, address: &str, form: Form, map: &mut Map) {
        let Some(action) = route_of(&Method::POST, &form.action) else {
            let dead = format!("{}: a form of {address} is sent to {}, which no route answers", self.who, form.action);
            map.dead.push(dead);
            return;
        };
        if !self.extent.keeps(action) {
            return;
        }
        map.forms.entry(form_key(action, &form)).or_insert(Sent { who: self.who, page: address.to_owned(), form });
    }
}

#[test]
fn every_route_belongs_to_a_room() {
    let homeless: Vec<_> = routes().into_iter().filter(|(_, path)| Room::of(path).is_none()).collect();
    assert_eq!(homeless, []);
}
