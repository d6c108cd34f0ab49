//! Accounts that several people use (共有ID・共用ID), where the regulation lets there be any: who may use them, and that their
//! password is changed when somebody who knows it leaves (osaka 10(7), katsuura 20(1)②, coop 21-4⑤).
pub mod pages;
pub mod store;

use chrono::NaiveDate;
use futures::future::BoxFuture;
use serde_json::json;

use super::actions::{about, because, only_once};
use super::model::{Account, Kind, Origin, Refusal, Sharing, System};
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::{Event, Recorded};
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{AccountId, PersonId};
use crate::kernel::notices::{AtOnce, Notice, Part};
use crate::kernel::work::Work;
use crate::web::locale::{Lang, Words};
use crate::web::notices::letter;

/// Its events are evidence that sharing is the exception that somebody approved.
pub(super) const SHARED: &str = "account.ledger.shared";

/// The portal is never shared (ポータル自身には共有アカウントを作れない).
pub(super) fn may_be_shared(system: &System) -> Result<(), Refusal> {
    if system.is_portal { Err(Refusal::PortalNotShared) } else { Ok(()) }
}

/// Says who may use the row, who approved it, until when and by which rule.
pub(super) async fn record(
    work: &mut Work,
    (system, account): (&str, &str),
    sharing: &Sharing,
    event: Event,
) -> Result<()> {
    let users = store::names_of(work.conn(), &sharing.users).await?;
    let facts = json!({
        "system": system, "account": account, "users": users, "approved_by": sharing.approved_by,
        "until": sharing.until, "rule": sharing.rule,
    });
    work.record(event.by(SHARED).facts(facts)).await.map(drop)
}

/// Writes who uses a shared account from now on (利用者の増減), as it was applied for.
pub async fn share(work: &mut Work, id: AccountId, new: &Sharing, origin: &Origin) -> Result<Account> {
    let account = shared(work, id).await?;
    account.may_change()?;
    because(work, "accounts-why-shared", Some(origin)).await?;
    let now = work.now;
    only_once(store::share(work.conn(), id, account.version, new, origin, now).await?)?;
    let event = Event::done("account.shared", "account", id);
    let event = about(event, new.keeper, account.department, Some(origin));
    record(work, (&account.system_name, &account.name), new, event).await?;
    if account.users.iter().any(|user| !new.users.contains(user)) {
        tell(work, id).await?;
    }
    Ok(account)
}

async fn shared(work: &mut Work, id: AccountId) -> Result<Account> {
    let account = super::store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if account.kind == Kind::Shared { Ok(account) } else { Err(Error::NotFound) }
}

/// 離任: whoever signs in no more leaves passwords behind that have to be changed.
pub(super) fn left<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        // the end of a privileged sign-in is not that of its person
        if recorded.event.facts.get("reason").is_some_and(|reason| reason == "privileged") {
            return Ok(());
        }
        let Some(person) = recorded.event.concerns.first().copied() else { return Ok(()) };
        let sight = work.sight().await?;
        work.see_all().await?;
        for id in store::list_known_to(work.conn(), person).await? {
            falls_due(work, id, person).await?;
        }
        work.see_as(&sight).await
    })
}

/// The nightly look, as portal.rs lists it: users whose last day is over, with or without a sign-in of the portal.
pub fn left_of_today(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            let today = local(work.now).date_naive();
            for (id, person) in store::list_left(work.conn(), today).await? {
                falls_due(work, id, person).await?;
            }
            Ok(())
        })
        .await
    })
}

async fn falls_due(work: &mut Work, id: AccountId, left: PersonId) -> Result<()> {
    let account = shared(work, id).await?;
    because(work, "accounts-why-user-left", None).await?;
    let now = work.now;
    only_once(store::set_password_due(work.conn(), id, account.version, now).await?)?;
    let facts = json!({ "system": account.system_name, "account": account.name, "keeper": account.holder });
    let event = about(Event::done("account.password_due", "account", id), left, account.department, None);
    work.record(event.by(SHARED).facts(facts)).await?;
    tell(work, id).await
}

/// Whoever keeps it is told what there is to do.
async fn tell(work: &mut Work, id: AccountId) -> Result<()> {
    let account = shared(work, id).await?;
    let words = Words(Lang::Ja);
    let named = format!("{} {}", account.system_name, account.name);
    let path = format!("/ledgers/accounts/{id}");
    let href = format!("{}{path}", work.app().config().origin);
    let said = Message::new("accounts-mail-password-due").with("account", &named);
    let letter = letter(&said, words.t1("accounts-mail-password-due-body", "href", &href));
    let notice = Notice::new(account.holder, "account.password_due", said, ("account", id));
    work.notify(notice.at(path).under(Part::Due).at_once(AtOnce::Urgent, letter)).await
}

/// The password was changed on that day; its value is nobody's business here.
pub async fn password_changed(work: &mut Work, id: AccountId, version: i32, on: NaiveDate) -> Result<()> {
    work.see_all().await?;
    let account = shared(work, id).await?;
    account.may_change()?;
    if account.version != version {
        return Err(Error::Conflict("conflict-changed".into()));
    }
    because(work, "accounts-why-password-changed", None).await?;
    only_once(store::set_password_changed(work.conn(), id, version, on).await?)?;
    let event = Event::done("account.password_changed", "account", id);
    let event = about(event, account.holder, account.department, None);
    let facts = json!({ "system": account.system_name, "account": account.name, "on": on });
    work.record(event.by(SHARED).facts(facts)).await.map(drop)
}
