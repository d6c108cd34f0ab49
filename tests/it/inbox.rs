//! 承認待ち in full: every tab goes on page by page, what has waited longest stands first, and what narrows the list is kept.
use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::TimeDelta;

use crate::procedures::entered;
use crate::requests::{Office, decide};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};
use crate::taking_back::THREE;

/// The numbers that a page of the inbox lists, in its order.
fn listed(page: &Page) -> Vec<String> {
    let html = page.ok().text();
    let list = html.split("<ul class=\"mails\"").nth(1).unwrap_or_default().split("</ul>").next().unwrap_or_default();
    let rows = list.split("<li data-row").skip(1);
    rows.map(|row| row.split("href=\"/requests/R").nth(1).unwrap().split('"').next().unwrap())
        .map(|number| format!("R{number}"))
        .collect()
}

fn next(page: &Page) -> Option<String> {
    let html = page.text();
    let pager = html.split("<nav class=\"pager\"").nth(1)?;
    Some(plain(pager.split("href=\"").nth(1)?.split('"').next()?))
}

/// An address as it stood before it was written into a page.
fn plain(address: &str) -> String {
    address.replace("&#38;", "&").replace("&amp;", "&")
}

/// All pages of a list.
async fn whole(by: &Browser<'_>, address: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut address = Some(address.to_owned());
    while let Some(here) = address {
        let page = by.get(&here).await;
        numbers.extend(listed(&page));
        address = next(&page);
    }
    numbers
}

#[tokio::test]
async fn every_tab_goes_on_and_what_has_waited_longest_stands_first() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let mut filed = Vec::new();
    for _ in 0..52 {
        filed.push(office.file(&clerk, "山本").await);
        portal.advance(TimeDelta::minutes(1));
    }
    let all: BTreeSet<&String> = filed.iter().collect();
    let complete = |found: &[String], what: &str| {
        assert_eq!(found.len(), 52, "{what}: {found:?}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>(), all, "{what}");
    };
    let manager = portal.sign_in("佐藤").await;
    assert_eq!(whole(&manager, "/requests/inbox").await, filed, "the longest waiting first");
    let newest = whole(&manager, "/requests/inbox?order=newest&kind=account.register").await;
    assert_eq!(newest, filed.iter().rev().cloned().collect::<Vec<_>>());
    complete(&whole(&manager, "/requests/inbox?order=due").await, "due");
    let page = manager.get("/requests/inbox?order=newest&kind=account.register").await;
    let on = next(&page).unwrap();
    assert!(on.contains("order=newest") && on.contains("kind=account.register"), "{on}");

    // what was done is cut off nowhere either
    for number in &filed {
        decide(&manager, number, "refuse", "今期は使いません").await;
        portal.advance(TimeDelta::minutes(1));
    }
    let done = whole(&manager, "/requests/inbox?view=done").await;
    assert_eq!(done, filed.iter().rev().cloned().collect::<Vec<_>>(), "the latest first");
}

#[tokio::test]
async fn what_is_still_to_come_goes_on_as_well() {
    let office = Office::within(Portal::open_under("katsuura-operations").await).await;
    let portal = &office.portal;
    let desk = portal.sign_in("中村").await;
    assert_eq!(entered(&desk, &THREE, "2026-04-01", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let clerk = portal.sign_in("田中").await;
    let mut filed = Vec::new();
    for _ in 0..51 {
        filed.push(office.file(&clerk, "山本").await);
        portal.advance(TimeDelta::minutes(1));
    }
    let administrator = portal.sign_in("伊藤").await;
    assert_eq!(whole(&administrator, "/requests/inbox?view=coming").await, filed);
}

#[tokio::test]
async fn the_inbox_is_narrowed_and_says_what_is_late() {
    let office = Office::open().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let light = office.file(&clerk, "山本").await;
    let payroll = crate::requests_read::payroll(portal).await;
    let heavy = crate::requests_read::file(&clerk, &[(payroll, "閲覧")]).await;
    let manager = portal.sign_in("佐藤").await;
    assert_eq!(listed(&manager.get("/requests/inbox?view=weighty").await), std::slice::from_ref(&heavy));
    assert_eq!(listed(&manager.get("/requests/inbox?view=overdue").await), [""; 0]);
    let narrow = manager.get("/requests/inbox?kind=account.stop").await;
    narrow.ok().says("この条件に当たる申請はありません").says("待ちの長い順").says("絞り込む");
    portal.advance(TimeDelta::days(30));
    let manager = portal.sign_in("佐藤").await;
    let late = manager.get("/requests/inbox?view=overdue&order=due").await;
    late.ok().says("日超過");
    assert_eq!(listed(&late).len(), 2);
    // a decision leads back to the list as it was narrowed
    let seen = late.attribute("name=\"_seen\" value=\"").unwrap();
    assert_eq!(plain(&late.attribute("name=\"_back\" value=\"").unwrap()), "inbox?view=overdue&order=due");
    let fields = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", ""), ("_back", "inbox?view=overdue")];
    let open = listed(&late)[0].clone();
    let gone = manager.post(&format!("/requests/{open}/decision"), &fields).await;
    assert!(gone.location().unwrap().starts_with("/requests/inbox?view=overdue"), "{:?}", gone.location());
    // and nowhere else
    let other = if open == heavy { light } else { heavy };
    let page = manager.get(&format!("/requests/{other}")).await;
    let seen = page.attribute("name=\"_seen\" value=\"").unwrap();
    let fields = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", ""), ("_back", "inbox?//evil.example")];
    let gone = manager.post(&format!("/requests/{other}/decision"), &fields).await;
    assert!(gone.location().unwrap().starts_with(&format!("/requests/{other}")), "{:?}", gone.location());
}
