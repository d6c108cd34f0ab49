//! No dead ends: from the home of every tier, everything that a page links to is there, and says it in words.
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use mamori::features::notices::Digest;
use mamori::kernel::jobs::Job as _;
use uuid::Uuid;

use crate::requests::{Office, decide, execute};
use crate::support::portal::{Browser, ORIGIN, PASSWORD};

/// So many addresses that differ only behind the question mark are followed.
const ALIKE: usize = 3;
const TIERS: [&str; 10] = ["田中", "佐藤", "伊藤", "中村", "小林", "加藤", "吉田", "斎藤", "松本", "井上"];

#[tokio::test]
async fn every_link_of_every_tier_leads_somewhere() {
    let office = Office::open().await;
    let clerk = office.portal.sign_in("田中").await;
    let done = office.file(&clerk, "山本").await;
    let manager = office.portal.sign_in("佐藤").await;
    assert_eq!(office.approve(&manager, &done).await.status, StatusCode::SEE_OTHER);
    let admin = office.portal.sign_in("伊藤").await;
    assert_eq!(execute(&admin, &done, 1, "yamamoto.r").await.status, StatusCode::SEE_OTHER);
    let returned = office.file(&clerk, "田中").await;
    decide(&manager, &returned, "return", "期間を書いてください").await;
    office.file(&clerk, "佐藤").await;

    for name in TIERS {
        let browser = office.portal.sign_in(name).await;
        let dead = walk(&browser).await;
        assert!(dead.is_empty(), "{name} comes to dead ends: {dead:#?}");
    }
}

#[tokio::test]
async fn every_link_of_every_mail_opens_for_its_reader() {
    let office = Office::open().await;
    let portal = &office.portal;
    everything_that_is_told(&office).await;
    let mut db = portal.superuser().await;
    // what waits for the morning is gathered too
    Digest.run(&portal.app).await.unwrap();
    let said = "select c.login, o.kind, o.body, o.created_at, o.id, c.locked_at is not null as locked
                  from outbox o join auth.credential c on c.person_id = o.recipient_id
                union all
                select c.login, n.kind, coalesce($1 || n.href, ''), n.created_at, n.id, c.locked_at is not null
                  from notice n join auth.credential c on c.person_id = n.person_id
                 order by 6, 4, 5";
    let mails: Vec<(String, String, String, DateTime<Utc>, Uuid, bool)> =
        sqlx::query_as(said).bind(ORIGIN).fetch_all(&mut db).await.unwrap();
    let kinds: BTreeSet<&str> = mails.iter().map(|(_, kind, ..)| kind.as_str()).collect();
    for kind in [
        "audit.tampered",
        "identity.not_confirmed",
        "notices.digest",
        "password.due",
        "request.waiting",
        "request.returned",
        "sign_in.locked",
        "stand_in.entered",
    ] {
        assert!(kinds.contains(kind), "nobody was told of {kind}: {kinds:?}");
    }
    let mut browsers: BTreeMap<&str, Browser<'_>> = BTreeMap::new();
    let mut dead = Vec::new();
    let mut followed = BTreeSet::new();
    for (login, kind, body, ..) in &mails {
        if !browsers.contains_key(login.as_str()) {
            // last of all the one who was stopped, released by then
            let released =
                "update auth.credential set locked_at = null, failed = 0, not_before = null where login = $1";
            sqlx::query(released).bind(login).execute(&mut db).await.unwrap();
            browsers.insert(login, portal.sign_in_as(login).await);
        }
        let browser = &browsers[login.as_str()];
        for line in body.lines() {
            let Some(at) = line.find("http") else { continue };
            let path = line.trim().strip_prefix(ORIGIN);
            assert_eq!((at, path.is_some()), (0, true), "{kind}: an address has a line of its own: {line}");
            let path = path.unwrap_or_default().to_owned();
            if followed.insert((login, path.clone())) {
                let status = browser.get(&path).await.status;
                if status != StatusCode::OK {
                    dead.push(format!("{login}: {path} in {kind} ({status})"));
                }
            }
        }
    }
    assert!(followed.len() >= 10, "{followed:?}");
    assert!(dead.is_empty(), "{dead:#?}");
}

/// Lets everything happen that somebody is told of by mail.
async fn everything_that_is_told(office: &Office) {
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let manager = portal.sign_in("佐藤").await;
    let done = office.file(&clerk, "山本").await;
    office.approve(&manager, &done).await;
    let admin = portal.sign_in("伊藤").await;
    execute(&admin, &done, 1, "yamamoto.r").await;
    for verdict in ["return", "refuse"] {
        let number = office.file(&clerk, "田中").await;
        decide(&manager, &number, verdict, "期間を書いてください").await;
    }
    let keeper = portal.sign_in("中村").await;
    keeper.get("/stand-ins/new").await.ok();
    let post = portal.cast.get("高橋").post.to_string();
    let days = [("from", "2026-04-01"), ("last", "2026-04-10")];
    let stand_in = [("post", &*post), ("person", "001002"), ("reason", "出張"), ("own_password", PASSWORD)];
    let stand_in = [&stand_in[..], &days[..]].concat();
    assert_eq!(keeper.post("/stand-ins", &stand_in).await.status, StatusCode::SEE_OTHER);
    // somebody types wrong passwords until the sign-in is stopped; the one who calls back is somebody else
    for _ in 0..*portal.app.settings().lock.after {
        portal.advance(chrono::TimeDelta::minutes(2));
        let stranger = portal.browser();
        stranger.get("/sign-in").await.ok();
        stranger.post("/sign-in", &[("login", "matsumoto"), ("password", "Wrong-Kagi!1")]).await;
    }
    let admin = portal.sign_in("伊藤").await;
    admin.get("/sign-ins/001013/release").await.ok();
    portal.advance(chrono::TimeDelta::minutes(2));
    let time = mamori::kernel::clock::local(portal.now()).format("%H:%M").to_string();
    let unmatched = [
        ("method", "その他"),
        ("method_words", "職員証"),
        ("contact", "内線 2101"),
        ("result", "unmatched"),
        ("checked_on", "2026-04-01"),
        ("checked_time", &time),
        ("own_password", PASSWORD),
    ];
    let said = admin.post("/sign-ins/001013/release", &unmatched).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.words());
    // the night: passwords come of age, and somebody has been at the ledger
    portal.advance(chrono::TimeDelta::days(85));
    mamori::people::reminders::passwords_due(&portal.app).await.unwrap();
    let sql = "set session_replication_role = replica; delete from decision";
    sqlx::raw_sql(sql).execute(&mut portal.superuser().await).await.unwrap();
    mamori::kernel::jobs::housekeeping::verify_and_note(&portal.app).await.unwrap();
}

/// Follows every link from the home page on; answers with those that fail, and from where they led.
async fn walk(browser: &Browser<'_>) -> Vec<String> {
    let mut known: BTreeSet<String> = BTreeSet::from(["/".to_owned()]);
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    let mut to_see: VecDeque<(String, String)> = VecDeque::from([("/".to_owned(), "the address bar".to_owned())]);
    let mut dead = Vec::new();
    while let Some((path, from)) = to_see.pop_front() {
        let page = browser.get(&path).await;
        let words = page.words();
        if page.status != StatusCode::OK && page.status != StatusCode::SEE_OTHER {
            dead.push(format!("{path} ({}) on {from}", page.status));
        } else if words.contains('⟦') {
            dead.push(format!("{path} lacks words"));
        } else if page.text().contains("<main") && !is_door(&path) && !words.contains("この画面の根拠") {
            dead.push(format!("{path} does not say why it exists"));
        }
        for href in links(&page.text()) {
            let place = href.split('?').next().unwrap_or_default().to_owned();
            if known.insert(href.clone()) {
                let seen = alike.entry(place).or_default();
                *seen += 1;
                if *seen <= ALIKE {
                    to_see.push_back((href, path.clone()));
                }
            }
        }
    }
    dead
}

/// The question for the password stands before a screen; it is none.
fn is_door(path: &str) -> bool {
    path.starts_with("/step-up")
}

/// Addresses of pages that are linked, without places on them.
fn links(html: &str) -> Vec<String> {
    let found = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let ours =
        found.filter(|href| href.starts_with('/') && !href.starts_with("/static/") && !href.starts_with("/assets/"));
    ours.map(|href| href.split('#').next().unwrap_or_default().replace("&amp;", "&")).collect()
}
