//! The end of a right (終了日時): a job at its moment, and each night a look for what was missed and what is overdue.
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::actions;
use super::model::{Privileged, PrivilegedId};
use super::store;
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::database::Role;
use crate::kernel::error::{Message, Result};
use crate::kernel::jobs::{Job, JobError};
use crate::kernel::notices::{self, AtOnce, Notice, Part};
use crate::kernel::work::Work;
use crate::web::dates::Dates;
use crate::web::locale::{Lang, Words};
use crate::web::notices::letter;

/// Takes a right away when its end has come.
#[derive(Debug, Serialize, Deserialize)]
pub struct End {
    /// which
    pub account: PrivilegedId,
    /// when
    pub at: DateTime<Utc>,
}

#[async_trait]
impl Job for End {
    const KIND: &'static str = "privileged.end";

    fn dedup_key(&self) -> Option<String> {
        Some(self.account.to_string())
    }

    fn run_at(&self) -> Option<DateTime<Utc>> {
        Some(self.at)
    }

    async fn run(self, app: &App) -> Result<(), JobError> {
        let account = self.account;
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            actions::come_to_end(work, account).await?;
            call_for_withdrawal(work).await
        })
        .await
        .map_err(JobError::from)
    }
}

/// The nightly look, as portal.rs lists it.
pub fn ends_of_today(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            let now = work.now;
            for row in store::list_over(work.conn(), now).await? {
                actions::come_to_end(work, row.id).await?;
            }
            call_for_withdrawal(work).await?;
            tell_overdue(work).await
        })
        .await
    })
}

/// 剥奪作業: those who administer are called, once for each right.
async fn call_for_withdrawal(work: &mut Work) -> Result<()> {
    for row in store::list_to_withdraw(work.conn()).await? {
        tell(work, &row, Tier::Sysadmin, "privileged.to_withdraw", "privileged-mail-to-withdraw").await?;
    }
    Ok(())
}

/// 期限超過: a right that still waits a day later is brought before the chief.
async fn tell_overdue(work: &mut Work) -> Result<()> {
    let now = work.now;
    for row in store::list_to_withdraw(work.conn()).await? {
        if now - row.until >= chrono::TimeDelta::days(1) {
            tell(work, &row, Tier::Ciso, "privileged.overdue", "privileged-mail-overdue").await?;
        }
    }
    Ok(())
}

async fn tell(work: &mut Work, row: &Privileged, tier: Tier, kind: &'static str, key: &'static str) -> Result<()> {
    let today = work.app().clock().today();
    let words = Words(Lang::Ja);
    let dates = Dates { lang: Lang::Ja, western: false, today };
    let href = format!("{}/ledgers/privileged/{}", work.app().config().origin, row.id);
    let account = format!("{} {}", row.system_name, row.name);
    let mut people = 0;
    for person in store::holders_of(work.conn(), tier.key(), today).await? {
        if notices::last_told(work.conn(), Some(person), kind, &row.id.to_string()).await?.is_some() {
            continue;
        }
        let said = Message::new(key).with("account", &account);
        let letter = letter(&said, words.t2("privileged-mail-body", "day", dates.long_at(row.until), "href", &href));
        let notice = Notice::new(person, kind, said, ("privileged", row.id));
        let notice = notice.at(format!("/ledgers/privileged/{}", row.id)).under(Part::Due);
        work.notify(notice.at_once(AtOnce::Urgent, letter)).await?;
        people += 1;
    }
    if people == 0 {
        return Ok(());
    }
    let event = Event::done(kind, "privileged", row.id).about(row.holder).within(row.department);
    work.record(event.facts(json!({ "account": account, "tier": tier.key(), "people": people }))).await.map(drop)
}
