//! Many at once: whoever comes second finds it done, and nothing is done twice.
use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::NaiveDate;
use futures::StreamExt as _;
use mamori::engines::requests::actions::Hand;
use mamori::engines::requests::actions::deciding::{Reply, decide};
use mamori::engines::requests::model::Verdict;
use mamori::engines::requests::store;
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::error::Error;
use mamori::kernel::ids::PersonId;
use mamori::kernel::work::Work;
use mamori::people::roster::{NewPerson, NewPost, add_person, appoint};
use mamori::people::sign_ins::open_with_password;
use uuid::Uuid;

use crate::requests::content_hash;
use crate::support::ground::{add_system, ask, hand, hand_of};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

/// How many requests of a crowd are under way at the same moment.
const AT_ONCE: usize = 10;

/// How often each status was answered.
fn counted(pages: &[Page]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for page in pages {
        *counts.entry(page.status.as_u16()).or_default() += 1;
    }
    counts
}

/// One more manager of 営業部; who, and their login.
async fn hire(portal: &Portal, at: usize) -> (PersonId, String) {
    let (number, login) = (format!("{:06}", 7001 + at), format!("kachou{at}"));
    let (department, from) = (portal.cast.sales, NaiveDate::from_ymd_opt(2020, 4, 1).unwrap());
    let hired = portal
        .app
        .change(&Actor::portal(), async |work: &mut Work| {
            let new = NewPerson {
                employee_no: &number,
                family_name: "課長",
                given_name: &login,
                reading: "かちょう",
                mail: None,
                employment: "permanent",
                owner: None,
                joined_on: from,
            };
            let person = add_person(work, &new).await?;
            let tier = Tier::Manager;
            appoint(work, &NewPost { person, department, tier, function: None, title: "課長", main: true, from })
                .await?;
            Ok(person)
        })
        .await
        .unwrap();
    open_with_password(&portal.app, hired, &login, PASSWORD).await.unwrap();
    (hired, login)
}

/// So many requests of 田中, with what was seen of each.
async fn filed(portal: &Portal, systems: usize) -> Vec<(String, String)> {
    let mut db = portal.superuser().await;
    let mut requests = Vec::new();
    for at in 0..systems {
        let system = add_system(portal, &format!("{at}"), portal.cast.it).await;
        for about in ["田中", "山本"] {
            let number = ask(portal, &mut db, "田中", about, system).await;
            let hash = content_hash(portal, &number).await;
            requests.push((number, hash));
        }
    }
    requests
}

/// How many decisions there are, and on how many requests.
async fn decisions(portal: &Portal) -> (i64, i64) {
    let counted = sqlx::query_as("select count(*), count(distinct request_id) from decision");
    counted.fetch_one(&mut portal.superuser().await).await.unwrap()
}

/// Approves all of these, beginning somewhere.
async fn approve_all(browser: &Browser<'_>, requests: &[(String, String)], first: usize) -> Vec<Page> {
    let mut pages = Vec::new();
    for at in 0..requests.len() {
        let (number, hash) = &requests[(first + at) % requests.len()];
        let fields = [("_seen", hash.as_str()), ("verdict", "approve"), ("words", "")];
        pages.push(browser.post(&format!("/requests/{number}/decision"), &fields).await);
    }
    pages
}

#[tokio::test]
async fn sixteen_deciders_on_twenty_requests_make_twenty_decisions() {
    let portal = Portal::open().await;
    let requests = filed(&portal, 10).await;
    let mut browsers = vec![portal.sign_in("佐藤").await];
    for at in 0..15 {
        let (_, login) = hire(&portal, at).await;
        browsers.push(portal.sign_in_as(&login).await);
    }
    let all = browsers.iter().enumerate().map(|(at, browser)| approve_all(browser, &requests, at));
    let pages = futures::future::join_all(all).await.concat();
    assert_eq!(counted(&pages), BTreeMap::from([(303, 20), (409, 300)]));
    assert_eq!(decisions(&portal).await, (20, 20));
    assert_eq!(portal.events("request.approved").await, 20);
}

#[tokio::test]
async fn sixteen_deciders_on_two_hundred_requests_make_two_hundred_decisions() {
    let portal = Portal::open().await;
    let requests = filed(&portal, 100).await;
    let mut hands = vec![hand(&portal, "佐藤").await];
    for at in 0..15 {
        let (hired, _) = hire(&portal, at).await;
        hands.push(hand_of(&portal, hired).await);
    }
    let approve = async |hand: &Hand, (number, _): &(String, String)| {
        let approved = async |work: &mut Work| {
            let seen = store::find(work.conn(), number).await?.ok_or(Error::NotFound)?.hash()?;
            decide(work, hand, number, Reply::plain(seen, Verdict::Approve { note: String::new() })).await
        };
        match portal.app.change(&hand.viewer.actor(), approved).await {
            Ok(_) => true,
            Err(Error::Conflict(_) | Error::Refused(_)) => false,
            Err(error) => panic!("{number}: {error}"),
        }
    };
    // each goes through all of them, and begins at another one
    let each = async |(at, hand): (usize, &Hand)| {
        let mut own = 0;
        for step in 0..requests.len() {
            own += usize::from(approve(hand, &requests[(at * 13 + step) % requests.len()]).await);
        }
        own
    };
    let counted = futures::future::join_all(hands.iter().enumerate().map(each)).await;
    assert_eq!(counted.iter().sum::<usize>(), 200, "{counted:?}");
    assert_eq!(decisions(&portal).await, (200, 200));
    assert_eq!(portal.events("request.approved").await, 200);
}

#[tokio::test]
async fn of_many_corrections_of_one_row_the_first_counts_and_the_others_are_told() {
    let portal = Portal::open().await;
    let system = add_system(&portal, "A", portal.cast.it).await;
    let browsers = [portal.sign_in("伊藤").await, portal.sign_in("渡辺").await];
    let path = format!("/ledgers/systems/{system}/correction");
    let form = browsers[0].get(&path).await;
    let version = form.ok().attribute("name=\"version\" value=\"").unwrap();
    browsers[1].get(&path).await.ok();
    let owner = portal.cast.it.to_string();
    let correct = async |at: usize| {
        let name = format!("直した名前{at}");
        let fields = [
            ("code", "SYS-A"),
            ("name", name.as_str()),
            ("reading", "しけん"),
            ("purpose", ""),
            ("owner", owner.as_str()),
            ("importance", "middle"),
            ("two_factor", "no"),
            ("standard", "参照"),
            ("beyond", ""),
            ("privileged", ""),
            ("version", version.as_str()),
        ];
        browsers[at % 2].post(&path, &fields).await
    };
    let pages: Vec<Page> = futures::stream::iter(0..51).map(correct).buffer_unordered(AT_ONCE).collect().await;
    assert_eq!(counted(&pages), BTreeMap::from([(303, 1), (409, 50)]));
    for page in pages.iter().filter(|page| page.status == StatusCode::CONFLICT) {
        page.says("ほかの人が先に直しました");
    }
    let kept: (i32, i64) = sqlx::query_as(
        "select (select version from information_system where id = $1), (select count(*) from information_system_history where id = $1)",
    )
    .bind(system.0)
    .fetch_one(&mut portal.superuser().await)
    .await
    .unwrap();
    assert_eq!(kept, (2, 2), "one correction, one more version");
}

#[tokio::test]
async fn a_form_that_is_sent_twenty_times_counts_once_and_never_with_another_content() {
    let portal = Portal::open().await;
    let system = add_system(&portal, "A", portal.cast.it).await;
    let number = ask(&portal, &mut portal.superuser().await, "田中", "山本", system).await;
    let clerk = portal.sign_in("田中").await;
    clerk.get(&format!("/requests/{number}")).await.ok();
    let (path, once) = (format!("/requests/{number}/comments"), Uuid::new_v4().to_string());
    let send = async |_| clerk.post_once(&path, &[("body", "急ぎでお願いします")], &once).await;
    let pages: Vec<Page> = futures::stream::iter(0..20).map(send).buffer_unordered(AT_ONCE).collect().await;
    assert_eq!(counted(&pages), BTreeMap::from([(303, 20)]));
    assert!(pages.windows(2).all(|pair| pair[0].location() == pair[1].location()));
    assert_eq!(portal.events("request.commented").await, 1);

    let other = clerk.post_once(&path, &[("body", "別の言葉")], &once).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    other.says("この画面の内容は、すでに送信されています");
    assert_eq!(portal.events("request.commented").await, 1);
    clerk.get(&format!("/requests/{number}")).await.ok().says("急ぎでお願いします").hides("別の言葉");
}
