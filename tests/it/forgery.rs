//! Every changing route × the ways in which another site, another person or a program forges a form: refused, and
//! nothing is different afterwards.
use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};
use uuid::Uuid;

use crate::matrix::{Table, enter, routes};
use crate::setup::inside;
use crate::support::ground::Ground;
use crate::support::portal::{Browser, ORIGIN, Page, Portal};

/// What is claimed about where a form comes from.
const OURS: &[(&str, &str)] = &[("sec-fetch-site", "same-origin"), ("origin", ORIGIN)];

/// Which token a forged form carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Right,
    Missing,
    Empty,
    Wrong,
    Twice,
    Cut,
    OfAnotherSession,
    InTheAddress,
}

/// One way of forging.
struct Attack {
    name: &'static str,
    headers: &'static [(&'static str, &'static str)],
    token: Token,
    kind: &'static str,
}

const FORM: &str = "application/x-www-form-urlencoded";

const fn from(name: &'static str, headers: &'static [(&'static str, &'static str)]) -> Attack {
    Attack { name, headers, token: Token::Right, kind: FORM }
}

const fn with(name: &'static str, token: Token, kind: &'static str) -> Attack {
    Attack { name, headers: OURS, token, kind }
}

const ATTACKS: &[Attack] = &[
    from("from another site", &[("sec-fetch-site", "cross-site")]),
    from("from another site that names our origin", &[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)]),
    from("from a sister domain", &[("sec-fetch-site", "same-site")]),
    from("from nowhere it would say", &[]),
    from("with an empty word for its site", &[("sec-fetch-site", "")]),
    from("with another site's origin", &[("origin", "https://evil.example")]),
    from("from a sandboxed frame", &[("origin", "null")]),
    from("with our origin over https", &[("origin", "https://127.0.0.1:8080")]),
    from("with an origin that begins as ours", &[("origin", "http://127.0.0.1:8080.evil.example")]),
    from("with another port's origin", &[("origin", "http://127.0.0.1:8081")]),
    from("with no origin but our referrer", &[("referer", "http://127.0.0.1:8080/")]),
    with("without a token", Token::Missing, FORM),
    with("with an empty token", Token::Empty, FORM),
    with("with a wrong token", Token::Wrong, FORM),
    with("with half of the token", Token::Cut, FORM),
    with("with two tokens", Token::Twice, FORM),
    with("with another session's token", Token::OfAnotherSession, FORM),
    with("with the token in the address", Token::InTheAddress, FORM),
    with("as JSON", Token::Missing, "application/json"),
    with("as plain text", Token::Wrong, "text/plain"),
];

impl Attack {
    async fn try_on(&self, browser: &Browser<'_>, address: &str, fields: &[(String, String)], other: &str) -> Page {
        let right = browser.token.lock().unwrap().clone();
        let cut: String = right.chars().take(right.len() / 2).collect();
        let tokens: Vec<&str> = match self.token {
            Token::Right => vec![right.as_str()],
            Token::Missing | Token::InTheAddress => vec![],
            Token::Empty => vec![""],
            Token::Wrong => vec!["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
            Token::Twice => vec![right.as_str(), "AAAA"],
            Token::Cut => vec![cut.as_str()],
            Token::OfAnotherSession => vec![other],
        };
        let mut pairs: Vec<(&str, &str)> = tokens.into_iter().map(|token| ("_token", token)).collect();
        let once = Uuid::new_v4().to_string();
        pairs.push(("_once", &once));
        pairs.extend(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let body = match self.kind {
            "application/json" => format!(r#"{{"_token":"{right}","_once":"{once}"}}"#),
            _ => serde_urlencoded::to_string(&pairs).unwrap(),
        };
        let address = match self.token {
            Token::InTheAddress => format!("{address}?_token={right}&_once={once}"),
            _ => address.to_owned(),
        };
        let mut request = browser.request(Method::POST, &address).header(header::CONTENT_TYPE, self.kind);
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        browser.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// Everything that the database says, table by table; sessions remember when they were last seen and are left out.
async fn fingerprint(db: &mut PgConnection) -> BTreeMap<String, String> {
    let named = "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                  where n.nspname in ('public', 'auth') and c.relkind = 'r' and n.nspname || '.' || c.relname <> 'auth.session'";
    let tables: Vec<String> = (&mut *db).fetch_all(named).await.unwrap().iter().map(|row| row.get(0)).collect();
    let mut all = BTreeMap::new();
    for table in tables {
        let sql =
            format!("select coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') from {table} t");
        let row = (&mut *db).fetch_one(AssertSqlSafe(sql)).await.unwrap();
        all.insert(table, row.get(0));
    }
    all
}

/// Events that are no refusals.
async fn acts(db: &mut PgConnection) -> i64 {
    let sql = "select (select seq from audit.head) - (select count(*) from audit.event where kind = 'access.forged')";
    db.fetch_one(sql).await.unwrap().get(0)
}

/// Which of the forged forms this route took, or answered otherwise than it should.
async fn taken(
    browser: &Browser<'_>,
    route: &str,
    (address, fields): (&str, &[(String, String)]),
    other: &str,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for attack in ATTACKS {
        let page = attack.try_on(browser, address, fields, other).await;
        if page.status != StatusCode::FORBIDDEN {
            wrong.push(format!("{route}: a form {} was answered {}", attack.name, page.status));
        }
    }
    wrong
}

#[tokio::test]
#[expect(clippy::map_entry, reason = "signing in waits, which an entry cannot")]
async fn a_forged_form_is_refused_on_every_changing_route_and_changes_nothing() {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    let table = Table::read();
    let other = enter(&portal, "山本").await.token.lock().unwrap().clone();
    let mut browsers: BTreeMap<Option<&str>, Browser<'_>> = BTreeMap::new();
    let changing: Vec<_> = routes().into_iter().filter(|(method, _)| *method != Method::GET).collect();
    assert!(changing.len() > 20, "there is something to forge");
    let mut sent = Vec::new();
    for (method, path) in &changing {
        let route = format!("{method} {path}");
        let who = match *path {
            // hidden from all but the office, and under this regulation nothing is behind it
            "/procedures/routes/{id}" => Some("中村"),
            // what no tier may do under this regulation is refused before the form is looked at
            _ => match table.admitted(&route) {
                Some(who) => who,
                None => continue,
            },
        };
        if !browsers.contains_key(&who) {
            let browser = match who {
                Some(name) => enter(&portal, name).await,
                None => portal.browser(),
            };
            browser.get("/sign-in").await;
            browsers.insert(who, browser);
        }
        let address = ground.addresses(path).unwrap().remove(0);
        sent.push((route.clone(), who, address, table.body(&route)));
    }
    let mut db = portal.superuser().await;
    let (before, acted) = (fingerprint(&mut db).await, acts(&mut db).await);
    let mut wrong = Vec::new();
    let mut signed_in = 0;
    for (route, who, address, fields) in &sent {
        wrong.extend(taken(&browsers[who], route, (address, fields), &other).await);
        signed_in += if who.is_some() { i64::try_from(ATTACKS.len()).unwrap() } else { 0 };
    }
    let (after, acted_after) = (fingerprint(&mut db).await, acts(&mut db).await);
    wrong.extend(
        before.iter().filter(|(table, was)| after.get(*table) != Some(*was)).map(|(t, _)| format!("{t} changed")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(acted, acted_after, "a forged form left an act in the log");
    let known: i64 = db
        .fetch_one("select count(*) from audit.event where kind = 'access.forged' and actor_id is not null")
        .await
        .unwrap()
        .get(0);
    assert_eq!(known, signed_in, "each refusal of somebody signed in stands in the log");
    let strangers = portal.events("access.forged").await - known;
    assert!((1..=12).contains(&strangers), "of a flood from one source the log keeps the beginning: {strangers}");
}

#[tokio::test]
async fn a_forged_form_is_refused_at_every_step_of_set_up_and_changes_nothing() {
    let portal = Portal::empty().await;
    let founder = inside(&portal).await;
    founder.get("/set-up/organisation").await.ok();
    let stranger = portal.browser();
    stranger.get("/set-up").await.ok();
    let other = stranger.token.lock().unwrap().clone();
    let changing: Vec<_> =
        mamori::features::setup::routes().into_iter().filter(|route| route.method != Method::GET).collect();
    assert!(changing.len() > 5, "there is something to forge");
    let organisation = [("name".to_owned(), "青野市".to_owned()), ("help_line".to_owned(), "内線 2451".to_owned())];
    let mut db = portal.superuser().await;
    let (before, acted) = (fingerprint(&mut db).await, acts(&mut db).await);
    let mut wrong = Vec::new();
    for route in &changing {
        let address = route.path.replace("{step}", "organisation").replace("{id}", &Uuid::nil().to_string());
        wrong.extend(taken(&founder, route.path, (&address, &organisation), &other).await);
    }
    let after = fingerprint(&mut db).await;
    wrong.extend(
        before.iter().filter(|(table, was)| after.get(*table) != Some(*was)).map(|(t, _)| format!("{t} changed")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(acted, acts(&mut db).await, "a forged form left an act in the log");
    // the same form in good order is taken
    let sent: Vec<(&str, &str)> = organisation.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(founder.post("/set-up/organisation", &sent).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_strangers_are_refused_stands_in_the_log_without_filling_it() {
    let portal = Portal::open().await;
    let mut stranger = portal.browser();
    stranger.get("/sign-in").await.ok();
    let refused = async |browser: &Browser<'_>, times: usize| {
        for _ in 0..times {
            let page = browser.post("/requests/new/account.register", &[]).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        }
    };
    refused(&stranger, 1).await;
    let mut db = portal.superuser().await;
    let row = sqlx::query(
        "select outcome, entity_id, facts ->> 'why', actor_id is null from audit.event where kind = 'access.denied'",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    let said: (String, String, String, bool) = (row.get(0), row.get(1), row.get(2), row.get(3));
    assert_eq!(said, ("denied".into(), "/requests/new/{kind}".into(), "sign_in_first".into(), true));
    // pages that lead to the sign-in are no refusals
    stranger.get("/requests/inbox").await;
    assert_eq!(portal.events("access.denied").await, 1);
    *stranger.token.lock().unwrap() = "forged".to_owned();
    stranger.post("/sign-in", &[("login", "tanaka"), ("password", "x")]).await.refuses("送信を受け付けませんでした");
    assert_eq!(portal.events("access.forged").await, 1);

    refused(&stranger, 30).await;
    let kept = portal.events("access.denied").await;
    assert!((9..=11).contains(&kept), "{kept}");
    stranger.source = "198.51.100.7".parse().unwrap();
    refused(&stranger, 1).await;
    let left_out: i64 = db
        .fetch_one("select (facts ->> 'left_out')::bigint from audit.event where kind = 'access.denied' order by recorded_at desc limit 1")
        .await
        .unwrap()
        .get(0);
    assert_eq!(left_out, 31 - kept, "the next one that is kept says how many are missing");
}

#[tokio::test]
async fn no_page_changes_anything_by_being_looked_at() {
    let portal = Portal::open().await;
    let ground = Ground::lay(&portal).await;
    let table = Table::read();
    let mut browsers: BTreeMap<Option<&str>, Browser<'_>> = BTreeMap::new();
    let reading: Vec<_> = routes().into_iter().filter(|(method, _)| *method == Method::GET).collect();
    // pages that no tier may open under this regulation are shown by nobody's looking
    let reading: Vec<_> =
        reading.into_iter().filter(|(_, path)| table.admitted(&format!("GET {path}")).is_some()).collect();
    for (_, path) in &reading {
        let who = table.admitted(&format!("GET {path}")).unwrap();
        if let (Some(name), false) = (who, browsers.contains_key(&who)) {
            browsers.insert(who, enter(&portal, name).await);
        }
    }
    browsers.insert(None, portal.browser());
    let mut db = portal.superuser().await;
    let before = fingerprint(&mut db).await;
    for (_, path) in &reading {
        let who = table.admitted(&format!("GET {path}")).unwrap();
        for address in ground.addresses(path).unwrap() {
            browsers[&who].get(&address).await;
        }
    }
    let after = fingerprint(&mut db).await;
    let changed: Vec<_> = before.iter().filter(|(table, was)| after.get(*table) != Some(*was)).collect();
    assert!(changed.is_empty(), "looking at pages changed {changed:?}");
}
