//! The numbers that each regulation puts in force (規程ごとの値), seen from outside: a portal that took another regulation's value, or
//! its own, fails here.
use std::net::IpAddr;

use axum::http::StatusCode;
use chrono::{Months, NaiveDate, TimeDelta};

use crate::accounts::{add, add_owned};
use crate::support::ground::open_account;
use crate::support::portal::{Browser, PASSWORD, Page, Portal};

/// What a regulation demands of sign-ins.
struct Profile {
    regulation: &'static str,
    least: usize,
    /// A password long enough with one kind of character missing, and the words for it.
    lacking: Option<(&'static str, &'static str)>,
    age: Option<u32>,
    /// None: all former ones.
    history: Option<usize>,
    /// What the page says that lets nobody on.
    expired: &'static str,
    lock_after: u32,
    /// Does a locked account open again by itself after half an hour?
    opens_again: bool,
    idle: i64,
    hours: i64,
    retention: &'static str,
    kept_by_browsers: bool,
    /// Is the portal administered by accounts of administrators' own alone?
    apart: bool,
    /// How many people each system wants.
    administrators: Option<u32>,
}

const BASE: Profile = Profile {
    regulation: "mutual-aid-policy",
    least: 15,
    lacking: None,
    age: None,
    history: Some(5),
    expired: "パスワードの変更期限を過ぎています",
    lock_after: 10,
    opens_again: true,
    idle: 15,
    hours: 10,
    retention: "5年",
    kept_by_browsers: true,
    apart: false,
    administrators: None,
};

const PROFILES: [Profile; 5] = [
    BASE,
    Profile {
        regulation: "system-management",
        least: 8,
        lacking: Some(("zhxkulo7-pq9!xrw", "大文字を1文字以上含めてください")),
        age: Some(3),
        history: Some(10),
        opens_again: false,
        retention: "1年",
        administrators: Some(2),
        ..BASE
    },
    Profile {
        regulation: "coop-operations",
        age: Some(6),
        history: None,
        expired: "パスワードの更新期限を過ぎています",
        lock_after: 5,
        opens_again: false,
        idle: 10,
        hours: 9,
        apart: true,
        ..BASE
    },
    Profile {
        regulation: "osaka-standard",
        least: 8,
        lacking: Some(("Zhxkulo7Pq9axRww", "記号を1文字以上含めてください")),
        lock_after: 5,
        opens_again: false,
        kept_by_browsers: false,
        apart: true,
        ..BASE
    },
    Profile { regulation: "katsuura-operations", age: Some(6), idle: 10, ..BASE },
];

async fn change(browser: &Browser<'_>, current: &str, fresh: &str) -> Page {
    browser.get("/me/password").await.ok();
    browser.post("/me/password", &[("current", current), ("new", fresh), ("again", fresh)]).await
}

async fn tried(portal: &Portal, password: &str) -> StatusCode {
    let browser = portal.browser();
    browser.get("/sign-in").await.ok();
    browser.post("/sign-in", &[("login", "tanaka"), ("password", password)]).await.status
}

#[tokio::test]
async fn length_and_kinds_of_characters_are_those_of_the_regulation() {
    for profile in PROFILES {
        let portal = Portal::open_under(profile.regulation).await;
        let tanaka = portal.sign_in("田中").await;
        let long = "Zh_kulo7-Pq9!xRw";
        let short = change(&tanaka, PASSWORD, &long[..profile.least - 1]).await;
        short.refuses(&format!("{}文字以上にしてください", profile.least));
        match profile.lacking {
            Some((password, words)) => drop(change(&tanaka, PASSWORD, password).await.refuses(words)),
            // no kind is asked for: small letters alone are taken
            None => {
                let taken = change(&tanaka, PASSWORD, "zhxkulopqwaxrwwv").await;
                assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}: {}", profile.regulation, taken.words());
                continue;
            }
        }
        let taken = change(&tanaka, PASSWORD, &long[..profile.least]).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}: {}", profile.regulation, taken.words());
    }
}

#[tokio::test]
async fn former_passwords_come_back_only_after_as_many_as_the_regulation_says() {
    for profile in PROFILES {
        // where none ever comes back: under_coop_sign_in.rs
        let Some(history) = profile.history else { continue };
        let portal = Portal::open_under(profile.regulation).await;
        let mut tanaka = portal.sign_in("田中").await;
        let mut now = PASSWORD.to_owned();
        for at in 1..=history {
            // one source does not try without end
            tanaka.source = IpAddr::from([10, 0, 0, u8::try_from(at).unwrap()]);
            if at == 1 || at == history {
                let words = format!("過去{history}回以内に使用したパスワードは使えません");
                change(&tanaka, &now, PASSWORD).await.refuses(&words);
            }
            portal.advance(TimeDelta::seconds(1));
            let fresh = format!("Zh_kulo-{at}-Pqrxw");
            assert_eq!(change(&tanaka, &now, &fresh).await.status, StatusCode::SEE_OTHER, "{}", profile.regulation);
            now = fresh;
        }
        portal.advance(TimeDelta::seconds(1));
        assert_eq!(change(&tanaka, &now, PASSWORD).await.status, StatusCode::SEE_OTHER, "{}", profile.regulation);
    }
}

#[tokio::test]
async fn passwords_grow_old_where_the_regulation_says_so_and_after_its_time() {
    let start = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    for profile in PROFILES {
        let portal = Portal::open_under(profile.regulation).await;
        let Some(months) = profile.age else {
            portal.advance(TimeDelta::days(800));
            portal.sign_in("田中").await.get("/").await.ok();
            continue;
        };
        let due = start + Months::new(months);
        // on the last day everything is open, on the next only the change page
        portal.advance(TimeDelta::days((due - start).num_days()));
        portal.sign_in("田中").await.get("/").await.ok();
        portal.advance(TimeDelta::days(1));
        let late = portal.sign_in("田中").await;
        assert_eq!(late.get("/").await.location().as_deref(), Some("/me/password"), "{}", profile.regulation);
        late.get("/me/password").await.ok().says(profile.expired);
    }
}

#[tokio::test]
async fn an_account_locks_at_the_failure_that_the_regulation_names_and_opens_as_it_says() {
    for profile in PROFILES {
        let portal = Portal::open_under(profile.regulation).await;
        for at in 1..=profile.lock_after {
            assert_eq!(portal.events("sign_in.locked").await, 0, "{} before the {at}th", profile.regulation);
            portal.advance(TimeDelta::minutes(2));
            assert_eq!(tried(&portal, "Wrong-Kagi!1").await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(portal.events("sign_in.locked").await, 1, "{}", profile.regulation);
        portal.advance(TimeDelta::minutes(29));
        assert_eq!(tried(&portal, PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY, "{}", profile.regulation);
        portal.advance(TimeDelta::minutes(2));
        assert_eq!(
            tried(&portal, PASSWORD).await == StatusCode::SEE_OTHER,
            profile.opens_again,
            "{}",
            profile.regulation
        );
    }
}

#[tokio::test]
async fn a_session_lives_as_long_as_the_regulation_lets_it() {
    for profile in PROFILES {
        let portal = Portal::open_under(profile.regulation).await;
        let is_in = async |browser: &Browser<'_>| browser.get("/me/sessions").await.status == StatusCode::OK;
        let idle = portal.sign_in("田中").await;
        portal.advance(TimeDelta::minutes(profile.idle - 1));
        assert!(is_in(&idle).await, "{}", profile.regulation);
        portal.advance(TimeDelta::minutes(profile.idle));
        assert!(!is_in(&idle).await, "{}", profile.regulation);
        let busy = portal.sign_in("田中").await;
        for _ in 1..profile.hours * 12 {
            portal.advance(TimeDelta::minutes(5));
            assert!(is_in(&busy).await, "{}", profile.regulation);
        }
        portal.advance(TimeDelta::minutes(5));
        assert!(!is_in(&busy).await, "{}", profile.regulation);
    }
}

#[tokio::test]
async fn the_sign_in_page_and_the_page_of_values_say_what_the_regulation_says() {
    for profile in PROFILES {
        let portal = Portal::open_under(profile.regulation).await;
        let page = portal.browser().get("/sign-in").await;
        page.ok().says("操作はすべて記録");
        let keeps = page.text().contains(r#"autocomplete="current-password""#);
        assert_eq!(keeps, profile.kept_by_browsers, "{}", profile.regulation);
        let told = page.words().contains("ブラウザや端末にパスワードを記憶させないでください");
        assert_eq!(told, !profile.kept_by_browsers, "{}", profile.regulation);
        let tanaka = portal.sign_in("田中").await;
        let page = tanaka.get("/me/password").await;
        let fields = page.text().matches(r#"type="password" autocomplete="off""#).count();
        assert_eq!(fields, if profile.kept_by_browsers { 0 } else { 3 }, "{}", profile.regulation);
        let values = portal.sign_in("中村").await.get("/parameters").await;
        values.ok().says(&format!("操作記録の保存期間{}", profile.retention));
        // on what nothing acts yet, the page says so
        values.says("この値は「ログ台帳とログ分析」の機能が入るまで使われません");
        values.says("システムの運用時間—この値は「定期業務」の機能が入るまで使われません");
    }
}

#[tokio::test]
async fn the_notice_of_recording_goes_when_the_office_says_so_but_never_against_a_clause() {
    for profile in PROFILES {
        let portal = Portal::open_under(profile.regulation).await;
        let office = portal.sign_in("中村").await;
        let path = "/parameters/log_notice";
        let step_up = [("password", PASSWORD), ("action", "settings"), ("target", "log_notice"), ("to", path)];
        office.get(path).await.ok();
        assert_eq!(office.post("/step-up", &step_up).await.status, StatusCode::SEE_OTHER);
        office.get(path).await.ok();
        let fields = [("value", "no"), ("effective_on", "2026-04-01"), ("reason", "別に掲示しているため")];
        if profile.regulation == "coop-operations" {
            office.post(path, &fields).await.refuses("定める値より緩い値にはできません");
            portal.browser().get("/sign-in").await.ok().says("操作はすべて記録");
            continue;
        }
        assert_eq!(office.post(path, &fields).await.status, StatusCode::SEE_OTHER, "{}", profile.regulation);
        portal.browser().get("/sign-in").await.ok().hides("操作はすべて記録");
    }
}

#[tokio::test]
async fn administration_takes_an_account_of_its_own_where_the_regulation_says_so() {
    for profile in PROFILES {
        let portal = Portal::open_under(profile.regulation).await;
        let page = portal.sign_in("伊藤").await.get("/jobs").await;
        let expected = if profile.apart { StatusCode::FORBIDDEN } else { StatusCode::OK };
        assert_eq!(page.status, expected, "{}", profile.regulation);
    }
}

#[tokio::test]
async fn how_few_administrators_of_a_system_are_too_few_is_what_the_regulation_says() {
    for profile in PROFILES {
        let portal = Portal::open_under(profile.regulation).await;
        add(&portal, "SYS-002", "販売管理システム", false).await;
        let page = portal.sign_in("中村").await.get("/ledgers/privileged/systems").await;
        page.ok().says("販売管理システム");
        match profile.administrators {
            Some(least) => page.says(&format!("不足（{least}人以上）")),
            None => page.hides("不足"),
        };
    }
}

#[tokio::test]
async fn the_section_that_owns_a_system_sees_the_accounts_of_others_where_the_regulation_says_so() {
    for profile in PROFILES {
        let portal = Portal::open_under(profile.regulation).await;
        let system = add_owned(&portal, "SYS-002", "販売管理システム", false, portal.cast.general).await;
        let account = open_account(&portal, &mut portal.superuser().await, system, "山本").await;
        let owner = portal.sign_in("高橋").await;
        let detail = owner.get(&format!("/ledgers/accounts/{account}")).await;
        let list = owner.get("/ledgers/accounts").await;
        if profile.regulation == "osaka-standard" {
            detail.ok().says("山本 蓮");
            list.ok().says("山本 蓮");
            portal.proves(profile.regulation, &["7-4"]);
        } else {
            assert_eq!(detail.status, StatusCode::NOT_FOUND, "{}", profile.regulation);
            list.ok().hides("山本");
        }
        if profile.regulation == "coop-operations" {
            portal.proves(profile.regulation, &["21-1"]);
        }
    }
}
