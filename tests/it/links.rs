//! No dead ends: from the home of every tier, everything that a page links to is there, and says it in words.
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::StatusCode;

use crate::requests::{Office, decide, execute};
use crate::support::portal::Browser;

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

/// Addresses of pages that are linked, without places on them.
fn links(html: &str) -> Vec<String> {
    let found = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let ours =
        found.filter(|href| href.starts_with('/') && !href.starts_with("/static/") && !href.starts_with("/assets/"));
    ours.map(|href| href.split('#').next().unwrap_or_default().replace("&amp;", "&")).collect()
}
