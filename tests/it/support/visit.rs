//! A portal that real browsers visit: who sits at them, and what every journey does there.
use chrono::{NaiveDate, TimeDelta};
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::clock::local;
use mamori::kernel::work::Work;
use mamori::people::roster::{NewPerson, NewPost, add_person, appoint};

use super::browser::Browser;
use super::portal::{PASSWORD, Portal};

/// Somebody of 営業部 who has no sign-in yet.
pub const NEWCOMER: &str = "大野 みのり";
pub const NEWCOMERS_NUMBER: &str = "009001";
/// Of somebody who signs in for the first time.
pub const OWN_PASSWORD: &str = "Aozora-no-Tabi7!";

/// A portal at an address.
pub struct Visit {
    pub portal: Portal,
    /// where browsers find it
    pub address: String,
}

impl Visit {
    pub async fn to(portal: Portal) -> Self {
        let address = portal.serve().await;
        Self { portal, address }
    }

    pub async fn browser(&self) -> Browser {
        Browser::open(&self.address).await
    }

    /// Signs in through the page, as everybody does.
    pub async fn signed_in(&self, browser: Browser, name: &str) -> Browser {
        browser.sign_in(&self.portal.cast.get(name).login, PASSWORD).await;
        browser
    }

    pub async fn enter(&self, name: &str) -> Browser {
        self.signed_in(self.browser().await, name).await
    }

    /// People do not act in the same moment.
    pub fn a_while_later(&self) {
        self.portal.advance(TimeDelta::minutes(7));
    }

    /// This moment, as a field takes it.
    pub fn now(&self) -> String {
        local(self.portal.now()).format("%Y-%m-%dT%H:%M").to_string()
    }

    /// Answers how an ID was handed over.
    pub async fn handed_over(&self, admin: &Browser) {
        admin.tick("手渡し").await;
        admin.tick("対面").await;
        admin.fill("伝達日時", &self.now()).await;
    }

    /// The newcomer comes with a code, and is at the page on which it is replaced by a password of their own; `look` is how
    /// the pages on the way are looked at.
    pub async fn comes_with(&self, login: &str, code: &str, look: impl AsyncFn(&Browser)) -> Browser {
        let newcomer = self.browser().await;
        newcomer.goto("/").await;
        newcomer.follow("有効化コードを使う").await;
        look(&newcomer).await;
        newcomer.fill("職員番号又はログインID", login).await;
        newcomer.fill("有効化コード", code).await;
        newcomer.follow("ログインする").await;
        newcomer.wait_for_text("有効化コードで確認しました").await;
        look(&newcomer).await;
        newcomer
    }
}

/// Chooses a password on the page that asks for it.
pub async fn choose_password(browser: &Browser, password: &str) {
    browser.fill("新しいパスワード", password).await;
    browser.fill("新しいパスワード（確認）", password).await;
    browser.follow("変更して続ける").await;
}

/// Somebody new of 営業部, for a year.
pub async fn add_newcomer(portal: &Portal) {
    let from = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    let department = portal.cast.sales;
    let add = async |work: &mut Work| {
        let new = NewPerson {
            employee_no: NEWCOMERS_NUMBER,
            family_name: "大野",
            given_name: "みのり",
            reading: "おおの みのり",
            mail: Some("ono@example.jp"),
            employment: "fixed_term",
            owner: None,
            joined_on: from,
        };
        let person = add_person(work, &new).await?;
        appoint(work, &NewPost { person, department, tier: Tier::Staff, title: "", main: true, function: None, from })
            .await
    };
    portal.app.change(&Actor::portal(), add).await.unwrap();
}
