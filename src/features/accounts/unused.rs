//! 未使用のログインID. Where an end of use is given notice of, an ID of the portal that was not signed in with for long makes the
//! portal ask its holder and the head of their section, once, whether a notice is due (katsuura 20-1-4a). Where nobody gives
//! such notice and somebody has fixed how long an ID may lie unused, its holder is told two weeks before, and it is stopped at
//! night: nothing is erased, and the ordinary request opens it again.
use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use futures::future::BoxFuture;
use serde_json::json;

use super::store::{self, Unused};
use crate::engines::requests::actions::kinds;
use crate::kernel::access::{Actor, Permission, Reach, Tier};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::{Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::notices::{self, AtOnce, Notice, Part};
use crate::kernel::settings::{Period, Source};
use crate::kernel::work::Work;
use crate::people::permissions;
use crate::people::sign_ins::disable_sign_in;
use crate::people::store::heads_of;
use crate::web::dates::Dates;
use crate::web::locale::{Lang, Words};
use crate::web::notices::{day as said_day, letter};

/// The request with which the end of use is given notice of.
const NOTICE: &str = "account.end";
/// The kind of these mails in the outbox.
const KIND: &str = "account.unused";

/// The kind of the mails that say when an ID will be stopped.
const WARNING: &str = "account.unused_notice";
/// So many days before, whoever does not use it is told.
const NOTICE_DAYS: u64 = 14;
/// A warning counts for so long: whoever was away meanwhile, or whose portal stood still, is told anew.
const WARNED_FOR: u64 = 2 * NOTICE_DAYS;

/// The nightly chore, as portal.rs lists it.
pub fn ask_unused(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(
        async move { app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| ask(work).await).await },
    )
}

async fn ask(work: &mut Work) -> Result<()> {
    let settings = work.app().settings();
    let Some(limit) = *settings.accounts.unused_limit else { return Ok(()) };
    let notice = kinds(work.app())?.get(NOTICE).is_ok();
    if !notice && settings.accounts.unused_limit.source == Source::Base {
        // no text asks for it, and the organisation has not
        return Ok(());
    }
    let today = work.app().clock().today();
    let all = store::list_sign_ins(work.conn(), today, None).await?;
    if !notice {
        return stop(work, &all, limit, today).await;
    }
    for unused in &all {
        let since = local(unused.since).date_naive();
        let asked = async |work: &mut Work| {
            notices::last_told(work.conn(), None, KIND, &occasion(unused, since)).await.map(|at| at.is_some())
        };
        if limit.after(since) <= today && !asked(work).await? {
            tell(work, unused, since, today).await?;
        }
    }
    Ok(())
}

/// Warns those whose ID will be stopped, and stops those that were warned in time; the longest unused first, so that of
/// those who could open the others again the one stays who was here last.
async fn stop(work: &mut Work, all: &[Unused], limit: Period, today: NaiveDate) -> Result<()> {
    let table = permissions::in_force(work.app())?;
    let manages = |tier: &Tier| table.reach(*tier, Permission::SignInsManage) == Reach::Organisation;
    let tiers: Vec<String> = Tier::ALL.into_iter().filter(manages).map(|tier| tier.key().to_owned()).collect();
    let mut keepers: HashSet<PersonId> = store::list_keepers(work.conn(), &tiers, today).await?.into_iter().collect();
    for unused in all {
        let since = local(unused.heard_of.map_or(unused.since, |at| at.max(unused.since))).date_naive();
        let due = limit.after(since);
        if due.checked_sub_days(Days::new(NOTICE_DAYS)).is_none_or(|from| today < from) {
            continue;
        }
        let warned = notices::last_told(work.conn(), None, WARNING, &occasion(unused, since)).await?;
        let warned = warned.map(|at| local(at).date_naive());
        let ago = |days| today.checked_sub_days(Days::new(days));
        match warned.filter(|on| Some(*on) >= ago(WARNED_FOR)) {
            None => warn(work, unused, since, due.max(in_days(today, NOTICE_DAYS))).await?,
            Some(on) if due <= today && Some(on) <= ago(NOTICE_DAYS) => {
                if keepers.len() == 1 && keepers.contains(&unused.person) {
                    tracing::warn!(login = unused.login, "the last who opens sign-ins again is not stopped");
                    continue;
                }
                if !store::hold_unused(work.conn(), unused, today).await? {
                    // they signed in while this night's work went on
                    continue;
                }
                keepers.remove(&unused.person);
                disable_sign_in(work, unused.person, "unused").await?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn in_days(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

async fn warn(work: &mut Work, unused: &Unused, since: NaiveDate, stop: NaiveDate) -> Result<()> {
    let words = Words(Lang::Ja);
    let dates = Dates { lang: Lang::Ja, western: false, today: work.app().clock().today() };
    let (day, stop_on) = (dates.long(since), dates.long(stop));
    let link = format!("{}/sign-in", work.app().config().origin);
    let body = words
        .with(
            "accounts-mail-unused-stop-body",
            &[("day", &day), ("stop", &stop_on), ("login", &unused.login), ("link", &link)],
        )
        .into_owned();
    let said = Message::new("accounts-mail-unused-stop").with("login", &unused.login).with("stop", said_day(stop));
    let letter = letter(&said, body);
    let notice = Notice::new(unused.person, WARNING, said, ("sign_in", occasion(unused, since))).under(Part::Due);
    work.notify(notice.at_once(AtOnce::Security, letter)).await?;
    let event = Event::done("account.unused_warned", "person", unused.person).about(unused.person);
    work.record(event.facts(json!({ "since": since, "login": unused.login, "stop_on": stop }))).await.map(drop)
}

/// One question for one time without use.
fn occasion(unused: &Unused, since: NaiveDate) -> String {
    format!("{} {since}", unused.person)
}

async fn tell(work: &mut Work, unused: &Unused, since: NaiveDate, today: NaiveDate) -> Result<()> {
    let heads = heads_of(work.conn(), unused.person, today).await?;
    mail(work, unused.person, unused, since, "accounts-mail-unused-own").await?;
    for head in &heads {
        mail(work, *head, unused, since, "accounts-mail-unused-head").await?;
    }
    // that somebody is asked is no notice yet
    let event = Event::done("account.unused_asked", "person", unused.person).about(unused.person);
    work.record(event.facts(json!({ "since": since, "login": unused.login, "heads": heads.len() }))).await.map(drop)
}

async fn mail(work: &mut Work, to: PersonId, unused: &Unused, since: NaiveDate, body: &str) -> Result<()> {
    let words = Words(Lang::Ja);
    let dates = Dates { lang: Lang::Ja, western: false, today: work.app().clock().today() };
    let path = format!("/requests/new/{NOTICE}?person={}", unused.person);
    let link = format!("{}{path}", work.app().config().origin);
    let day = dates.long(since);
    let body = words
        .with(body, &[("day", &day), ("name", &unused.name), ("login", &unused.login), ("link", &link)])
        .into_owned();
    let said = Message::new("accounts-mail-unused").with("login", &unused.login);
    let letter = letter(&said, body);
    let notice = Notice::new(to, KIND, said, ("sign_in", occasion(unused, since))).at(path);
    work.notify(notice.at_once(AtOnce::Security, letter)).await
}
