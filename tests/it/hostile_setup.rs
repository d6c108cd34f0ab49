//! Hostile words through 初期設定: every field of every form of an empty portal, its files, and what is asked of its addresses; and
//! what was stored, read again on the last pages of set-up and on the first ones of the portal that came of it.
use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::hostile::{Attack, wrong};
use crate::setup::{CITY, CITY_PEOPLE, POLICY, file, inside, settle_values, sits, step};
use crate::sign_in::activate;
use crate::support::crawl::{Browsers, Map, Seen, Sent};
use crate::support::html::{Form, forms};
use crate::support::portal::{Browser, Page, Portal};

const PASSWORD: &str = "Mizuumi=no-Asa8!";
const SCRIPT: &str = "<script>zq1()</script>";
const QUOTE: &str = "\"onfocus=\"zq3\"autofocus=\"";

/// Departments into which the hostile lists put their own departments and people.
const OPEN: &str =
    "部署コード,部署名,よみ,上位部署コード\r\n000,青野本庁,あおのほんちょう,\r\n100,営業部,えいぎょうぶ,000\r\n";

/// What is read first by whoever signs in.
const READ: &[&str] = &[
    "/",
    "/people",
    "/people?q=zq",
    "/functions",
    "/functions/chart",
    "/departments",
    "/adoptions",
    "/clauses",
    "/parameters",
    "/audit",
    "/ledgers/accounts",
    "/ledgers/systems",
];

/// The forms of a page that change something.
async fn asked(browser: &Browser<'_>, address: &str) -> Vec<Form> {
    let page = browser.get(address).await;
    forms(&page.ok().text(), address)
        .into_iter()
        .filter(|form| form.posts && form.action.starts_with("/set-up"))
        .collect()
}

/// Asks an address with everything, and types everything into each of its forms.
async fn at(attack: &mut Attack<'_>, address: &str, names: &[&str]) {
    let names: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
    attack.ask(&Seen { who: "nobody", address: address.to_owned(), names }).await;
    let found = asked(&attack.browsers["nobody"], address).await;
    assert!(!found.is_empty(), "{address} asks nothing");
    for form in found {
        attack.type_in(&Sent { who: "nobody", page: address.to_owned(), form }).await;
    }
}

/// The regulation, chosen once more with every field hostile that takes words: the choices are those that are kept.
async fn at_the_regulation(attack: &mut Attack<'_>) {
    let address = "/set-up/regulation";
    at(attack, address, &[]).await;
    for mut form in asked(&attack.browsers["nobody"], address).await {
        form.fields.retain(|field| field.name != "tracked" || field.value == "mutual-aid-policy");
        for field in form.fields.iter_mut().filter(|field| field.name == "key") {
            "osaka-standard".clone_into(&mut field.value);
        }
        attack.type_in(&Sent { who: "nobody", page: address.to_owned(), form }).await;
    }
}

/// A list whose columns nobody knows: which is which, its confirmation, and throwing it away.
async fn at_a_list(attack: &mut Attack<'_>, step: &str) {
    let browser = &attack.browsers["nobody"];
    browser.get(&format!("/set-up/{step}")).await.ok();
    let list = format!("甲,乙,丙,丁\r\nA1,{SCRIPT},しけん,1200\r\n");
    let sent = browser.post_file(&format!("/set-up/{step}/file"), "file", ("一覧.csv", list.as_bytes())).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    at(attack, &sent.location().unwrap(), &["state", "page", "missing", "leave"]).await;
}

async fn regulation(browser: &Browser<'_>, by: &str) -> Page {
    let own =
        [("key", "osaka-standard"), ("approved_by", by), ("approved_on", "2026-03-25"), ("effective_on", "2026-04-01")];
    step(browser, "regulation", &[&own[..], &POLICY].concat()).await
}

/// Through all steps; what was wrong.
async fn walk(portal: &Portal) -> Attack<'_> {
    let browsers = Browsers::from([("nobody", portal.browser())]);
    let mut attack = Attack::new(portal, browsers, &Map::default());
    at(&mut attack, "/set-up", &[]).await;
    attack.browsers.insert("nobody", inside(portal).await);

    at(&mut attack, "/set-up/organisation", &[]).await;
    let browser = &attack.browsers["nobody"];
    step(browser, "organisation", &[("name", SCRIPT), ("help_line", QUOTE)]).await.ok();
    regulation(browser, "管理者会議").await.ok();
    at_the_regulation(&mut attack).await;
    let browser = &attack.browsers["nobody"];
    regulation(browser, SCRIPT).await.ok();
    settle_values(browser).await.ok();
    at(&mut attack, "/set-up/values", &[]).await;
    let browser = &attack.browsers["nobody"];
    settle_values(browser).await.ok();

    file(browser, "departments", CITY).await;
    file(browser, "departments", OPEN).await;
    at(&mut attack, "/set-up/departments", &[]).await;
    at_a_list(&mut attack, "departments").await;
    file(&attack.browsers["nobody"], "people", CITY_PEOPLE).await;
    at(&mut attack, "/set-up/people", &["q", "kana", "after"]).await;
    at_a_list(&mut attack, "people").await;
    at(&mut attack, "/set-up/functions", &[]).await;
    attack
}

#[tokio::test]
async fn hostile_words_in_set_up_do_no_harm_there_nor_in_the_portal_that_comes_of_it() {
    let mut portal = Portal::empty().await;
    let mut attack = walk(&portal).await;
    // somebody of a hostile name in a hostile department holds what has to be held
    let mut db = portal.superuser().await;
    let hostile: String =
        sqlx::query_scalar("select employee_no from person where family_name like '%<%zq%' order by 1 limit 1")
            .fetch_one(&mut db)
            .await
            .expect("a hostile name was stored");
    let place: uuid::Uuid =
        sqlx::query_scalar("select id from department where name like '%<%zq%' order by code limit 1")
            .fetch_one(&mut db)
            .await
            .expect("a hostile department was stored");
    let browser = &attack.browsers["nobody"];
    let place = place.to_string();
    for function in ["office", "sysadmin/it_administrator"] {
        step(browser, "functions", &[("person", &hostile), ("functions", function), ("department", &place)]).await.ok();
    }
    sits(browser, "sysadmin/it_administrator", "000101").await;
    at(&mut attack, "/set-up/functions", &[]).await;
    for address in ["organisation", "regulation", "values", "departments", "people", "functions"] {
        let page = attack.browsers["nobody"].get(&format!("/set-up/{address}")).await;
        attack.note(format!("{address} read again"), wrong(&page));
    }
    at(&mut attack, "/set-up/check", &[]).await;
    let browser = &attack.browsers["nobody"];
    let check = browser.get("/set-up/check").await;
    check.ok().says("運用を始める");
    let done = browser.post("/set-up/check", &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.words());
    attack.note("the codes".to_owned(), wrong(&done));
    let mut found = std::mem::take(&mut attack.found);
    drop(attack);

    let html = done.text();
    let row = html.split(&format!("<tr><th scope=\"row\">{hostile}")).nth(1).unwrap();
    let code = row.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    portal.restart().await;
    let visitor = portal.browser();
    let door = visitor.get("/sign-in").await.ok().clone();
    found.extend(wrong(&door).map(|why| format!("/sign-in: {why}")));
    let (office, sent) = activate(&portal, &hostile, &code).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    office.get("/me/password").await.ok();
    let set = office.post("/me/password", &[("new", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.words());
    for address in READ {
        let page = office.get(address).await;
        found.extend(wrong(page.ok()).map(|why| format!("{address}: {why}")));
    }
    assert!(found.is_empty(), "{} defects:\n{}", found.len(), found.join("\n"));
}
