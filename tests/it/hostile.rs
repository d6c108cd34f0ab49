//! Hostile words through every field of every form that anybody is shown, and through every address: never an internal
//! error, never markup, never a header or a way out of the portal; and what was stored is as harmless wherever it is read.
//!
//! Each room of the portal is a test of its own. Fields are filled together, each with another payload, and the payloads
//! move on by one field with every sending: so all of them meet every field, and no field's refusal hides the others for long.
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use sqlx::Executor as _;
use uuid::Uuid;

use crate::matrix::{enter, routes};
use crate::support::crawl::{Browsers, Map, Room, Seen, Sent};
use crate::support::ground::Ground;
use crate::support::html::{Field, Form};
use crate::support::payloads::{BROKEN, FEW, all, dangers};
use crate::support::portal::{ORIGIN, Page, Portal};

/// What addresses are asked with, besides the names that forms and links of the page know.
const ASKED: &[&str] = &[
    "q",
    "filter",
    "sort",
    "order",
    "cursor",
    "after",
    "before",
    "page",
    "size",
    "as_of",
    "on",
    "view",
    "kind",
    "open",
    "to",
    "from",
    "until",
    "lang",
    "system",
    "holder",
    "department",
    "state",
    "kana",
    "columns",
    "accounts",
    "person",
    "post",
    "regulation",
    "format",
];

/// Pages on which words from all rooms are read.
const READ_EVERYWHERE: &[&str] = &["/", "/audit", "/requests", "/requests/inbox", "/requests/work", "/people"];

/// Everything that is tried, and the pieces of it that would be markup.
static ALL: LazyLock<Vec<String>> = LazyLock::new(all);
static DANGERS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| ALL.iter().flat_map(|payload| dangers(payload)).collect());

/// Those that an address can carry several of.
static SHORT: LazyLock<Vec<&str>> =
    LazyLock::new(|| ALL.iter().map(String::as_str).filter(|payload| payload.len() < 1_000).collect());

/// What is wrong with an answer.
fn wrong(page: &Page) -> Option<String> {
    if page.status.is_server_error() {
        return Some(format!("answered {}", page.status));
    }
    let to = page.location().unwrap_or_default();
    if !to.is_empty() && (!to.starts_with('/') || to.starts_with("//") || to.starts_with("/\\")) {
        return Some(format!("leads out of the portal, to {to}"));
    }
    if page.headers.contains_key("x-zq")
        || page.headers.get_all(header::SET_COOKIE).iter().any(|c| c.as_bytes().starts_with(b"zq="))
    {
        return Some("a header came from what was typed".to_owned());
    }
    if !page.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return None;
    }
    let text = page.text();
    if text.contains("href=\"javascript:") || text.contains("href=\"data:") || text.contains("href=\"//") {
        return Some("a link leads where no link of ours leads".to_owned());
    }
    // nearly every page has none of them: the mark that they share is looked for first
    let shown = text.contains("zq").then(|| DANGERS.iter().find(|danger| text.contains(*danger)))??;
    Some(format!("shows {shown} as markup"))
}

fn short(payload: &str) -> String {
    payload.escape_debug().to_string().chars().take(60).collect()
}

/// The payloads that fields standing side by side hold in one sending; with the next one each moves on.
fn dealt<T: AsRef<str>>(payloads: &[T], turn: usize) -> impl Iterator<Item = &str> {
    payloads.iter().cycle().skip(turn % payloads.len()).map(AsRef::as_ref)
}

/// What a field holds when others are the hostile ones.
fn plausible(field: &Field, serial: usize) -> String {
    if !field.value.is_empty() || !field.typed() {
        return field.value.clone();
    }
    match (field.kind.as_str(), field.name.as_str()) {
        ("date", "from" | "stop_on") => "2026-04-01".to_owned(),
        ("date", _) => "2026-04-06".to_owned(),
        ("datetime-local", _) => "2026-04-01T09:00".to_owned(),
        (_, "reading") => "しけん".to_owned(),
        (_, name) if ["on", "from", "until", "last"].contains(&name) || name.ends_with("_on") => {
            "2026-04-06".to_owned()
        }
        _ => format!("T{serial}"),
    }
}

/// Does it take sentences, so that what is typed may be stored?
fn free(field: &Field) -> bool {
    field.typed() && !matches!(field.kind.as_str(), "date" | "datetime-local" | "number" | "password")
}

/// Somebody hostile in one room.
struct Attack<'p> {
    portal: &'p Portal,
    browsers: Browsers<'p>,
    serial: usize,
    found: Vec<String>,
}

impl Attack<'_> {
    fn note(&mut self, what: String, why: Option<String>) {
        self.found.extend(why.map(|why| format!("{what}: {why}")));
    }

    /// A page with every name asked at once, then with each name it knows alone, then with bytes that are no text.
    async fn ask(&mut self, seen: &Seen) {
        let path = seen.address.split('?').next().unwrap_or_default();
        let known = &seen.names;
        let names: BTreeSet<&str> = ASKED.iter().copied().chain(known.iter().map(String::as_str)).collect();
        let mut queries = Vec::new();
        for turn in 0..FEW.len() {
            let pairs: Vec<(&str, &str)> = names.iter().copied().zip(dealt(&SHORT, turn * names.len())).collect();
            queries.push(serde_urlencoded::to_string(pairs).unwrap());
        }
        for (at, name) in known.iter().enumerate() {
            for payload in dealt(FEW, at * 3).take(3) {
                queries.push(serde_urlencoded::to_string([(name, payload)]).unwrap());
            }
            queries.extend(dealt(BROKEN, at * 3).take(3).map(|broken| format!("{name}={broken}")));
        }
        for query in queries {
            let page = self.browsers[seen.who].get(&format!("{path}?{query}")).await;
            self.note(format!("GET {path}?{}", short(&query)), wrong(&page));
        }
    }

    /// Sends a form and follows where it leads.
    async fn send(&mut self, sent: &Sent, fields: &[(String, String)]) {
        self.serial += 1;
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if secret(&sent.form) {
            self.forgive(sent.who).await;
        }
        let browser = &self.browsers[sent.who];
        let page = browser.post(&sent.form.action, &pairs).await;
        let mut why = wrong(&page);
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            why = Some("was refused for its number, so that nothing was tried".to_owned());
        }
        let to = page.location().filter(|to| why.is_none() && to.starts_with('/'));
        if let Some(to) = &to {
            why = wrong(&browser.get(to).await).map(|why| format!("and then {to} {why}"));
        }
        let said = fields.iter().map(|(name, value)| format!("{name}={}", short(value))).collect::<Vec<_>>().join(" ");
        self.note(format!("POST {} with {said}", sent.form.action), why);
        if sent.who != "nobody" && to.is_some_and(|to| to.starts_with("/sign-in")) {
            self.browsers.insert(sent.who, enter(self.portal, sent.who).await);
        }
    }

    /// Too many wrong passwords would end the test, not the portal: failures are forgotten, and come from elsewhere.
    async fn forgive(&mut self, who: &'static str) {
        let mut db = self.portal.superuser().await;
        db.execute("update auth.credential set failed = 0, not_before = null, locked_at = null").await.unwrap();
        let elsewhere = Ipv4Addr::from(0x0a00_0000 + u32::try_from(self.serial).unwrap());
        self.browsers.entry(who).and_modify(|browser| browser.source = IpAddr::V4(elsewhere));
    }

    /// A form whose fields are filled by `hostile`, and plausibly where that has nothing to say.
    async fn filled<'a>(&mut self, sent: &Sent, mut hostile: impl FnMut(&Field) -> Option<&'a str>) {
        let value = |field: &Field| hostile(field).map_or_else(|| plausible(field, self.serial), str::to_owned);
        let fields: Vec<_> = sent.form.fields.iter().map(value).collect();
        let names = sent.form.fields.iter().map(|field| field.name.clone());
        let fields: Vec<_> = names.zip(fields).collect();
        self.send(sent, &fields).await;
    }

    /// All payloads where sentences are typed, a few in all fields, and in each alone.
    async fn type_in(&mut self, sent: &Sent) {
        self.browsers[sent.who].get(&sent.page).await;
        let fields = &sent.form.fields;
        if fields.iter().any(free) {
            for turn in 0..ALL.len() {
                let mut payloads = dealt(&ALL, turn);
                self.filled(sent, |field| if free(field) { payloads.next() } else { None }).await;
            }
        }
        if fields.iter().any(Field::typed) {
            for turn in 0..FEW.len() {
                let mut payloads = dealt(FEW, turn);
                self.filled(sent, |field| if field.typed() { payloads.next() } else { None }).await;
            }
        }
        for (at, alone) in fields.iter().enumerate() {
            for payload in dealt(FEW, at * 3).take(3) {
                self.filled(sent, |field| (field.name == alone.name).then_some(payload)).await;
            }
        }
        self.broken(sent).await;
    }

    /// Bodies that are no text.
    async fn broken(&mut self, sent: &Sent) {
        let browser = &self.browsers[sent.who];
        let name = sent.form.fields.first().map(|field| field.name.clone()).unwrap_or_default();
        let (token, once) = (browser.token.lock().unwrap().clone(), Uuid::new_v4());
        let bodies = BROKEN.iter().map(|bad| format!("_token={token}&_once={once}&{name}={bad}"));
        let many = format!("_token={token}&_once={once}&{}", format!("{name}=1&").repeat(5_000));
        let mut answers = Vec::new();
        for body in bodies.chain([many, format!("_token={token}&_once=zq&{name}=1"), "\u{0}".to_owned()]) {
            let request = browser
                .request(Method::POST, &sent.form.action)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .header(header::ORIGIN, ORIGIN);
            let page = browser.send(request.body(Body::from(body.clone())).unwrap()).await;
            answers.push((format!("POST {} with the body {}", sent.form.action, short(&body)), wrong(&page)));
        }
        for (what, why) in answers {
            self.note(what, why);
        }
    }

    /// What was stored, wherever it is read afterwards, by everybody who comes there.
    async fn read_again(&mut self, map: &Map) {
        let pages = map.pages.values().map(|seen| seen.address.as_str()).chain(READ_EVERYWHERE.iter().copied());
        let mut answers = Vec::new();
        for address in pages {
            for (who, browser) in &self.browsers {
                answers.push((format!("{who} reads {address}"), wrong(&browser.get(address).await)));
            }
        }
        for (what, why) in answers {
            self.note(what, why);
        }
    }
}

/// Does it ask for a password or a code?
fn secret(form: &Form) -> bool {
    form.fields.iter().any(|field| field.kind == "password" || field.name == "code")
        || form.action.starts_with("/password-reset")
}

/// Nothing that anybody types in this room becomes markup or an internal error.
async fn attack(room: Room) {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    let (map, browsers) = Map::of(room, &portal, &ground).await;
    assert!(!map.forms.is_empty() && map.pages.len() > 1, "{} forms, {} pages", map.forms.len(), map.pages.len());
    let mut attack = Attack { portal: &portal, browsers, serial: 0, found: map.dead.clone() };
    for seen in map.pages.values() {
        attack.ask(seen).await;
    }
    for sent in map.forms.values() {
        attack.type_in(sent).await;
    }
    attack.read_again(&map).await;
    let mut found = attack.found;
    found.dedup();
    assert!(found.is_empty(), "{} defects:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn hostile_words_in_requests_that_are_filed_do_no_harm() {
    attack(Room::Filing).await;
}

#[tokio::test]
async fn hostile_words_in_what_is_done_with_requests_do_no_harm() {
    attack(Room::Requests).await;
}

#[tokio::test]
async fn hostile_words_in_the_ledger_of_accounts_do_no_harm() {
    attack(Room::Accounts).await;
}

#[tokio::test]
async fn hostile_words_in_the_ledger_of_systems_do_no_harm() {
    attack(Room::Systems).await;
}

#[tokio::test]
async fn hostile_words_in_the_ledger_of_privileged_accounts_do_no_harm() {
    attack(Room::Privileged).await;
}

#[tokio::test]
async fn hostile_words_in_the_regulations_values_do_no_harm() {
    attack(Room::Regulation).await;
}

#[tokio::test]
async fn hostile_words_about_people_do_no_harm() {
    attack(Room::People).await;
}

#[tokio::test]
async fn hostile_words_at_the_door_and_in_ones_own_settings_do_no_harm() {
    attack(Room::Own).await;
}

#[tokio::test]
async fn hostile_words_in_administration_do_no_harm() {
    attack(Room::House).await;
}

#[tokio::test]
async fn hostile_addresses_cookies_and_headers_are_answered_calmly() {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    let browser = enter(&portal, "中村").await;
    let mut found = Vec::new();
    for (method, path) in routes().into_iter().filter(|(_, path)| path.contains('{')) {
        assert!(ground.addresses(path).is_ok());
        for payload in
            FEW.iter().copied().chain(["..", "%2e%2e%2f", "%00", "%ff", "%E3%81", "a%0d%0ax-zq:1", "{id}", "*"])
        {
            let escaped = payload.contains('%') && !payload.contains('_');
            let serialized: String = url::form_urlencoded::byte_serialize(payload.as_bytes()).collect();
            let safe = if escaped { payload.to_owned() } else { serialized.replace('+', "%20") };
            let address: Vec<&str> =
                path.split('/').map(|part| if part.starts_with('{') { safe.as_str() } else { part }).collect();
            let address = address.join("/");
            let page =
                if method == Method::GET { browser.get(&address).await } else { browser.post(&address, &[]).await };
            found.extend(wrong(&page).map(|why| format!("{method} {address}: {why}")));
        }
    }
    for payload in all().iter().filter(|payload| payload.len() < 6_000) {
        let text: String = payload.chars().filter(|c| !c.is_control() && *c != ';').collect();
        for name in ["flash", "lang", "theme", "standing", "calendar", "form", "sid", "mark"] {
            let kept = browser.cookies.lock().unwrap().clone();
            let value = if name == "flash" { flash(&text) } else { text.clone() };
            browser.cookies.lock().unwrap().insert(name.to_owned(), value);
            let answer = browser.get_raw("/requests").await;
            *browser.cookies.lock().unwrap() = kept;
            found.extend(
                answer
                    .and_then(|answer| wrong(&answer))
                    .map(|why| format!("/requests with the cookie {name} 「{}」: {why}", short(payload))),
            );
        }
    }
    for payload in FEW.iter().filter(|payload| !payload.contains(['\r', '\n'])) {
        for name in [
            "user-agent",
            "accept-language",
            "accept",
            "referer",
            "x-forwarded-for",
            "x-forwarded-host",
            "forwarded",
            "x-request-id",
            "x-http-method-override",
        ] {
            let Ok(value) = header::HeaderValue::from_bytes(payload.as_bytes()) else { continue };
            let mut request = browser.request(Method::GET, "/me/sessions").body(Body::empty()).unwrap();
            request.headers_mut().insert(name, value);
            let page = browser.send(request).await;
            found.extend(wrong(&page).map(|why| format!("/me/sessions with {name} 「{}」: {why}", short(payload))));
        }
    }
    assert!(found.is_empty(), "{} defects:\n{}", found.len(), found.join("\n"));
}

/// A message cookie as a neighbour on the same host might set it.
fn flash(text: &str) -> String {
    use base64::Engine as _;
    let said = serde_json::json!({ "key": "requests-approved", "args": [["number", text], ["name", text]] });
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("good|{said}"))
}
