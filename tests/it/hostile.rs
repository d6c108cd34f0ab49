//! Hostile words through every field of every form that anybody is shown, and through every address: never an internal
//! error, never markup, never a header or a way out of the portal; and what was stored is as harmless wherever it is read.
//!
//! Each room of the portal is a test of its own. Fields are filled together, each with another payload, and the payloads
//! move on by one field with every sending: so all of them meet every field, and no field's refusal hides the others for long.
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use uuid::Uuid;

use crate::matrix::{enter, routes};
use crate::support::crawl::{Browsers, Map, Room, Seen, Sent, form_key, route_of};
use crate::support::ground::Ground;
use crate::support::html::{Field, Form, forms};
use crate::support::payloads::{BROKEN, FEW, all, dangers};
use crate::support::portal::{Browser, ORIGIN, PASSWORD, Page, Portal};
use crate::support::states::{further, under};
use crate::support::uploads::{self, Parcel};

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

/// Routes whose forms nobody is shown under 情報システム管理規程, and under which regulation they are sent instead.
const ELSEWHERE: [(&str, &[&str]); 3] = [
    // 指名; drafts that one who may not file prepares for the one who may
    (
        "coop-operations",
        &["/designees", "/designees/{post}/ending", "/requests/drafts/{id}/return", "/requests/drafts/{id}/withdrawal"],
    ),
    // one ID at two terminals, the pledge about it, and steps that the organisation sets itself, with 引き上げ承認 and 担当替え
    (
        "katsuura-operations",
        &[
            "/me/pledge",
            "/me/sessions/elsewhere/{id}",
            "/procedures/routes/{id}",
            "/procedures/{kind}",
            "/requests/{number}/pull-up",
            "/requests/{number}/seat",
        ],
    ),
    // 回覧: what somebody is told of and says that they have read
    ("osaka-standard", &["/requests/{number}/reading"]),
];

/// Addresses of set-up, for which no page of a portal in service has a form; they change nothing there (`setup`).
const OVER: &[&str] = &["/set-up", "/set-up/{step}"];

/// Pages on which words from all rooms are read.
const READ_EVERYWHERE: &[&str] = &["/", "/audit", "/requests", "/requests/inbox", "/requests/work", "/people"];

/// Everything that is tried, and the pieces of it that would be markup.
static ALL: LazyLock<Vec<String>> = LazyLock::new(all);
/// Each with the place of its mark; a long one, which is cut, may have lost it.
static DANGERS: LazyLock<Vec<(Option<usize>, String)>> = LazyLock::new(|| {
    let all: BTreeSet<String> = ALL.iter().flat_map(|payload| dangers(payload)).collect();
    all.into_iter().map(|danger| (danger.find(MARK), danger)).collect()
});

/// What every payload carries.
const MARK: &str = "zq";

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
    danger_in(&text).map(|shown| format!("shows {shown} as markup"))
}

/// A piece of markup that stands in a text. All of them share a mark: each is held against the places of the mark alone, which a
/// page with hundreds of them needs.
fn danger_in(text: &str) -> Option<&'static str> {
    let stands = |place: usize, danger: &str, offset: usize| {
        place.checked_sub(offset).and_then(|from| text.get(from..)).is_some_and(|rest| rest.starts_with(danger))
    };
    let mut marks = text.match_indices(MARK).map(|(place, _)| place).peekable();
    marks.peek()?;
    let marks: Vec<usize> = marks.collect();
    let found = |(offset, danger): &&(Option<usize>, String)| match offset {
        Some(offset) => marks.iter().any(|place| stands(*place, danger, *offset)),
        None => text.contains(danger.as_str()),
    };
    DANGERS.iter().find(found).map(|(_, danger)| danger.as_str())
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
    /// the passwords that forms of acts ask for are right
    trusted: bool,
    /// routes to which a form was sent
    met: BTreeSet<&'static str>,
    /// forms of other routes that stand on answers: the second pages of acts in two steps
    answered: BTreeMap<String, Sent>,
    found: Vec<String>,
}

impl<'p> Attack<'p> {
    fn new(portal: &'p Portal, browsers: Browsers<'p>, map: &Map) -> Self {
        let (met, found) = (map.routes(), map.dead.clone());
        Self { portal, browsers, serial: 0, trusted: false, met, answered: BTreeMap::new(), found }
    }

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

    /// Sends a form and looks at what comes of it.
    async fn send(&mut self, sent: &Sent, fields: &[(String, String)]) {
        let said = fields.iter().map(|(name, value)| format!("{name}={}", short(value))).collect::<Vec<_>>().join(" ");
        let page = self.post(sent, fields).await;
        self.weigh(sent, &said, page).await;
    }

    /// Sends a form as its browser would.
    async fn post(&mut self, sent: &Sent, fields: &[(String, String)]) -> Page {
        if let Some(file) = sent.form.file() {
            let (chosen, rest): (Vec<_>, Vec<_>) = fields.iter().cloned().partition(|(name, _)| *name == file.name);
            let content = chosen.into_iter().next().map(|(_, content)| content).unwrap_or_default();
            return self.deliver(sent, uploads::whole(&rest, &file.name, content.as_bytes())).await;
        }
        if secret(&sent.form) {
            self.forgive(sent.who).await;
        }
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.browsers[sent.who].post(&sent.form.action, &pairs).await
    }

    /// Sends a form with a file, in this envelope.
    async fn deliver(&self, sent: &Sent, mut parcel: Parcel) -> Page {
        let browser = &self.browsers[sent.who];
        let token = browser.token.lock().unwrap().clone();
        parcel.seal(&[("_token", &token), ("_once", &Uuid::new_v4().to_string())]);
        browser.send(ours(browser, &sent.form.action, &parcel.kind, parcel.body)).await
    }

    /// Looks at the answer to a form and follows where it leads; the page that is seen in the end.
    async fn weigh(&mut self, sent: &Sent, said: &str, page: Page) -> Page {
        self.serial += 1;
        let mut why = wrong(&page);
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            why = Some("was refused for its number, so that nothing was tried".to_owned());
        }
        if page.status.is_success() {
            self.keep_further(sent, &page);
        }
        let mut shown = page;
        let to = shown.location().filter(|to| why.is_none() && to.starts_with('/'));
        if let Some(to) = &to {
            shown = self.browsers[sent.who].get(to).await;
            why = wrong(&shown).map(|why| format!("and then {to} {why}"));
        }
        self.note(format!("POST {} with {said}", sent.form.action), why);
        let out = to.is_some_and(|to| to.starts_with("/sign-in")) || shown.status == StatusCode::UNAUTHORIZED;
        if sent.who != "nobody" && out {
            self.come_back(sent.who).await;
        }
        shown
    }

    /// Signs in once more, each time from elsewhere: so many sign-ins from one place would be refused.
    async fn come_back(&mut self, who: &'static str) {
        let mut browser = self.portal.browser();
        browser.source = self.elsewhere();
        browser.get("/sign-in").await.ok();
        let login = &self.portal.cast.get(who).login;
        let page = browser.post("/sign-in", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{who} could not sign in: {}", page.words());
        browser.get("/me/sessions").await.ok();
        self.browsers.insert(who, browser);
    }

    fn elsewhere(&self) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + u32::try_from(self.serial).unwrap()))
    }

    /// A page that answers a form, and that is sent to a route to which nothing was sent yet.
    fn keep_further(&mut self, sent: &Sent, page: &Page) {
        for form in forms(&page.text(), &sent.form.action) {
            let Some(route) = route_of(&Method::POST, &form.action) else { continue };
            if form.posts && !self.met.contains(route) && Room::of(route) == Room::of(&sent.form.action) {
                let further = Sent { who: sent.who, page: sent.page.clone(), form };
                self.answered.entry(form_key(route, &further.form)).or_insert(further);
            }
        }
    }

    /// Too many wrong passwords would end the test, not the portal: failures are forgotten, and come from elsewhere.
    async fn forgive(&mut self, who: &'static str) {
        let people: Vec<Uuid> =
            self.browsers.keys().filter(|who| **who != "nobody").map(|who| self.portal.cast.get(who).id.0).collect();
        sqlx::query(
            "update auth.credential set failed = 0, not_before = null, locked_at = null where person_id = any($1)",
        )
        .bind(people)
        .execute(&mut self.portal.superuser().await)
        .await
        .unwrap();
        let elsewhere = self.elsewhere();
        self.browsers.entry(who).and_modify(|browser| browser.source = elsewhere);
    }

    /// A form whose fields are filled by `hostile`, and plausibly where that has nothing to say.
    async fn filled<'a>(&mut self, sent: &Sent, mut hostile: impl FnMut(&Field) -> Option<&'a str>) {
        let trusted = self.trusted;
        let harmless = |field: &Field| match field.name.as_str() {
            "own_password" if trusted => PASSWORD.to_owned(),
            _ => plausible(field, self.serial),
        };
        let value = |field: &Field| hostile(field).map_or_else(|| harmless(field), str::to_owned);
        let fields: Vec<_> = sent.form.fields.iter().map(value).collect();
        let names = sent.form.fields.iter().map(|field| field.name.clone());
        let fields: Vec<_> = names.zip(fields).collect();
        self.send(sent, &fields).await;
    }

    /// All payloads where sentences are typed, a few in all fields, and in each alone. Where the act asks for a password of
    /// one's own, it is wrong at first, so that everything comes back to be mended; then it is right.
    async fn type_in(&mut self, sent: &Sent) {
        let page = self.browsers[sent.who].get(&sent.page).await;
        if sent.who != "nobody" && page.location().is_some_and(|to| to.starts_with("/sign-in")) {
            // the form before this one has ended the session
            self.come_back(sent.who).await;
            self.browsers[sent.who].get(&sent.page).await;
        }
        self.say_too_much(sent).await;
        let fields = &sent.form.fields;
        self.trusted = false;
        if fields.iter().any(free) {
            for turn in 0..ALL.len() {
                let mut payloads = dealt(&ALL, turn);
                self.filled(sent, |field| if free(field) { payloads.next() } else { None }).await;
            }
        }
        self.trusted = true;
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
        if let Some(file) = sent.form.file() {
            self.upload(sent, &file.name).await;
        }
    }

    /// What the page does not ask is refused, whatever else is said. A page that covered itself takes along what stood on it.
    async fn say_too_much(&mut self, sent: &Sent) {
        if sent.form.action == "/sign-in/again" {
            return;
        }
        let asked = sent.form.fields.iter().map(|field| (field.name.clone(), plausible(field, 0)));
        let all: Vec<_> = asked.chain([("zq".to_owned(), "1".to_owned())]).collect();
        let page = self.post(sent, &all).await;
        let told = ["送信を受け付けませんでした", "The form was not accepted"];
        let refused = page.status == StatusCode::FORBIDDEN && told.iter().any(|words| page.words().contains(words));
        let why = format!("takes what it does not ask, and answers {}", page.status);
        self.note(format!("POST {}", sent.form.action), (!refused).then_some(why));
    }

    /// Hostile envelopes, and hostile tables for every kind of list; what was read of a table is taken over.
    async fn upload(&mut self, sent: &Sent, field: &str) {
        let others = sent.form.fields.iter().filter(|other| other.name != field);
        let others: Vec<_> = others.map(|other| (other.name.clone(), plausible(other, 0))).collect();
        for parcel in uploads::envelopes(&others, field) {
            let what = parcel.what.clone();
            let page = self.deliver(sent, parcel).await;
            self.weigh(sent, &what, page).await;
        }
        for table in uploads::tables() {
            let kind = |(name, value): &(String, String)| {
                (name.clone(), if name == "kind" { table.list.to_owned() } else { value.clone() })
            };
            let fields: Vec<_> = others.iter().map(kind).collect();
            let page = self.deliver(sent, uploads::whole(&fields, field, &table.bytes)).await;
            let shown = self.weigh(sent, table.what, page).await;
            let taken = forms(&shown.text(), "").into_iter().find(|form| form.action.ends_with("/confirmation"));
            if let Some(form) = taken {
                self.filled(&Sent { form, page: String::new(), ..*sent }, |_| None).await;
            }
        }
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
            let request = ours(browser, &sent.form.action, "application/x-www-form-urlencoded", body.clone().into());
            let page = browser.send(request).await;
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

    /// Every form of the map, and those that stood on their answers; what was wrong, and what was never sent.
    async fn everything(mut self, map: &Map, owed: impl Iterator<Item = &'static str>) {
        for seen in map.pages.values() {
            self.ask(seen).await;
        }
        for sent in map.forms.values() {
            self.type_in(sent).await;
        }
        while let Some((_, sent)) = self.answered.pop_first() {
            self.met.extend(route_of(&Method::POST, &sent.form.action));
            self.type_in(&sent).await;
        }
        self.read_again(map).await;
        self.found
            .extend(owed.filter(|route| !self.met.contains(route)).map(|route| format!("{route} was never sent")));
        self.found.dedup();
        assert!(self.found.is_empty(), "{} defects:\n{}", self.found.len(), self.found.join("\n"));
    }
}

/// A form from a page of ours, whatever is in it.
fn ours(browser: &Browser<'_>, action: &str, kind: &str, body: Vec<u8>) -> Request<Body> {
    let request = browser.request(Method::POST, action).header(header::CONTENT_TYPE, kind);
    let request = request.header("sec-fetch-site", "same-origin").header(header::ORIGIN, ORIGIN);
    request.body(Body::from(body)).unwrap()
}

/// Does it ask for a password or a code?
fn secret(form: &Form) -> bool {
    form.fields.iter().any(|field| field.kind == "password" || field.name == "code")
        || form.action.starts_with("/password-reset")
}

/// Nothing that anybody types in this room becomes markup or an internal error, and no form of it is left out.
async fn attack(room: Room) {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    let (map, browsers) = Map::of(room, &portal, &ground, &further(room, &portal, &ground).await).await;
    assert!(!map.forms.is_empty() && map.pages.len() > 1, "{} forms, {} pages", map.forms.len(), map.pages.len());
    let elsewhere = |path: &&str| ELSEWHERE.iter().any(|(_, routes)| routes.contains(path));
    let changing =
        routes().into_iter().filter(|(method, path)| *method == Method::POST && Room::of(path) == Some(room));
    let owed = changing.map(|(_, path)| path).filter(|path| !elsewhere(path) && !OVER.contains(path));
    Attack::new(&portal, browsers, &map).everything(&map, owed).await;
}

/// The same for the forms that another regulation alone shows.
async fn attack_under(at: usize) {
    let (regulation, routes) = ELSEWHERE[at];
    let portal = Portal::open_under(regulation).await;
    let pages = under(regulation, &portal).await;
    let (map, browsers) = Map::on(&pages, routes, &portal, &["田中", "佐藤", "伊藤", "中村"]).await;
    Attack::new(&portal, browsers, &map).everything(&map, routes.iter().copied()).await;
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
async fn hostile_words_about_designees_and_in_drafts_that_others_file_do_no_harm() {
    attack_under(0).await;
}

#[tokio::test]
async fn hostile_words_in_steps_that_the_organisation_sets_itself_do_no_harm() {
    attack_under(1).await;
}

#[tokio::test]
async fn hostile_words_in_what_is_circulated_do_no_harm() {
    attack_under(2).await;
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
