//! What happens to accounts: opened, changed, stopped — each with its event, in the transaction of the act behind it.
//! Requests, the portal's own sign-ins, the demo and set-up all come through here.
use chrono::NaiveDate;
use futures::future::BoxFuture;
use serde_json::json;
use uuid::Uuid;

use super::model::{Account, Kind, Opening, Origin, Refusal, Sharing, State, StopReason, System, issued_name};
use super::{sharing, store};
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Result, violated_constraint};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId};
use crate::kernel::work::Work;
use crate::people::sign_ins::disable_sign_in;

/// Opens an account, or opens the same ID of the same person again; the ledger row is written at once (4.1.1-2).
pub async fn open(work: &mut Work, opening: &Opening) -> Result<AccountId> {
    enter(work, opening, None).await
}

/// Opens an account that several people use, where the regulation lets there be any: never one of the portal itself.
pub async fn open_shared(work: &mut Work, opening: &Opening, sharing: &Sharing) -> Result<AccountId> {
    let system = store::find_system(work.conn(), opening.system).await?.ok_or(Error::NotFound)?;
    sharing::may_be_shared(&system)?;
    let id = enter(work, opening, Some(sharing)).await?;
    let event = Event::done("account.shared", "account", id);
    let event = about(event, opening.holder, opening.department, opening.request.as_ref());
    sharing::record(work, (&system.name, &opening.name), sharing, event).await?;
    Ok(id)
}

async fn enter(work: &mut Work, opening: &Opening, sharing: Option<&Sharing>) -> Result<AccountId> {
    let opening = &Opening { name: issued_name(&opening.name)?, ..opening.clone() };
    let system = store::find_system(work.conn(), opening.system).await?.ok_or(Error::NotFound)?;
    if opening.kind == Kind::Personal && store::has_active(work.conn(), opening.holder, opening.system).await? {
        return Err(Refusal::AlreadyHas { system: system.name }.into());
    }
    let today = clock::local(work.now).date_naive();
    if !store::hold_system(work.conn(), opening.system, today).await? {
        return Err(Refusal::SystemRetired.into());
    }
    because(work, "accounts-why-opened", opening.request.as_ref()).await?;
    let by = work.actor.person();
    let id = match store::find_named(work.conn(), opening.system, &opening.name).await? {
        Some(known) => reopen(work, known, opening, sharing, today).await?,
        None => {
            let id = AccountId::new(work.now);
            store::insert(work.conn(), id, opening, sharing, by, today).await.map_err(taken)?;
            id
        }
    };
    record_opening(work, id, &system, opening).await?;
    Ok(id)
}

async fn reopen(
    work: &mut Work,
    known: AccountId,
    opening: &Opening,
    sharing: Option<&Sharing>,
    today: NaiveDate,
) -> Result<AccountId> {
    let old = store::lock(work.conn(), known).await?.ok_or(Refusal::NameTaken)?;
    // what one person used stays theirs; what was shared may be kept by another from now on
    if old.kind != opening.kind || (old.holder != opening.holder && sharing.is_none()) {
        return Err(Refusal::NameOfAnother.into());
    }
    if old.state == State::Active {
        return Err(Refusal::NameTaken.into());
    }
    let by = work.actor.person();
    let done = store::reopen(work.conn(), known, opening, sharing, by, today).await.map_err(taken)?;
    if done == 1 { Ok(known) } else { Err(Error::Conflict("conflict-changed".into())) }
}

async fn record_opening(work: &mut Work, id: AccountId, system: &System, opening: &Opening) -> Result<()> {
    let event = about(
        Event::done("account.opened", "account", id),
        opening.holder,
        opening.department,
        opening.request.as_ref(),
    );
    let facts = json!({ "system": system.name, "account": opening.name, "rights": system.names(&opening.rights), "until": opening.until });
    work.record(event.by("account.ledger.created").facts(facts)).await?;
    Ok(())
}

/// Says what was asked for and what was granted, with the reason for what goes beyond the standard (4.1.1-1-b).
pub async fn record_rights(
    work: &mut Work,
    account: AccountId,
    system: &System,
    opening: &Opening,
    asked: &[Uuid],
) -> Result<()> {
    let event = about(
        Event::done("account.rights_granted", "account", account),
        opening.holder,
        opening.department,
        opening.request.as_ref(),
    );
    let facts = json!({
        "asked": system.names(asked),
        "granted": system.names(&opening.rights),
        "beyond_standard": system.beyond_standard(&opening.rights),
        "necessity": opening.necessity,
    });
    work.record(event.by("account.least_rights").facts(facts)).await?;
    Ok(())
}

/// What was entered wrongly when an account was opened is entered anew (訂正); before and after stay in its history.
pub async fn correct(work: &mut Work, id: AccountId, opening: &Opening) -> Result<()> {
    let opening = &Opening { name: issued_name(&opening.name)?, ..opening.clone() };
    let account = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    account.may_change()?;
    let system = store::find_system(work.conn(), account.system).await?.ok_or(Error::NotFound)?;
    because(work, "accounts-why-corrected", opening.request.as_ref()).await?;
    only_once(store::correct(work.conn(), id, account.version, opening).await.map_err(taken)?)?;
    let facts = json!({
        "system": account.system_name,
        "account": { "before": account.name, "after": opening.name },
        "before": system.names(&account.rights),
        "after": system.names(&opening.rights),
    });
    let event = Event::done("account.corrected", "account", id).by("account.ledger.changed");
    let event = about(event, account.holder, account.department, opening.request.as_ref());
    work.record(event.facts(facts)).await.map(drop)
}

/// What an approved change brings.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// the rights from now on; none: they stay as they are
    pub rights: Option<Vec<Uuid>>,
    /// the section that uses it from now on, where its holder goes elsewhere (異動)
    pub place: Option<DepartmentId>,
    /// why
    pub necessity: &'a str,
    /// the request
    pub origin: Origin,
    /// a new last day; none: as it was
    pub until: Option<NaiveDate>,
}

/// Changes an account exactly as it was applied for (4.1.2-1); before and after stay in its history (4.1.2-3).
pub async fn change(work: &mut Work, id: AccountId, new: &Change<'_>) -> Result<Account> {
    let account = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    let may = if new.rights.is_some() { account.may_change() } else { account.may_cancel() };
    may?;
    let system = store::find_system(work.conn(), account.system).await?.ok_or(Error::NotFound)?;
    because(work, "accounts-why-changed", Some(&new.origin)).await?;
    let rights = new.rights.as_ref().unwrap_or(&account.rights);
    let written = store::Changed {
        rights,
        place: new.place,
        necessity: new.necessity,
        request: Some(new.origin.id.0),
        number: Some(&new.origin.number),
        until: new.until,
    };
    only_once(store::change(work.conn(), id, account.version, &written).await?)?;
    let facts = json!({
        "system": account.system_name,
        "account": account.name,
        "before": system.names(&account.rights),
        "after": system.names(rights),
        "until": new.until,
        "place": new.place,
    });
    let event =
        about(Event::done("account.changed", "account", id), account.holder, account.department, Some(&new.origin));
    work.record(event.by("account.ledger.changed").facts(facts)).await?;
    Ok(account)
}

/// Stops an account: 停止・無効, with date, cause and who did it (4.1.3-4). The row stays.
pub async fn stop(
    work: &mut Work,
    id: AccountId,
    on: NaiveDate,
    reason: StopReason,
    origin: Option<&Origin>,
) -> Result<Account> {
    let account = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    let request = origin.map(|origin| (origin.id.0, origin.number.as_str()));
    because(work, stop_words(reason), origin).await?;
    if matches!(reason, StopReason::Request | StopReason::EndOfUse) && account.stopped_by_portal() {
        // 抹消 of what the portal had stopped: when it stopped stays as it was
        only_once(store::cancel(work.conn(), &account, reason, request).await?)?;
    } else {
        account.may_change()?;
        let by = work.actor.person();
        only_once(store::stop(work.conn(), &account, on, by, reason, request).await?)?;
    }
    let facts = json!({ "system": account.system_name, "account": account.name, "on": on, "reason": reason });
    let event = about(Event::done("account.stopped", "account", id), account.holder, account.department, origin);
    work.record(event.by("account.ledger.stopped").facts(facts)).await?;
    Ok(account)
}

/// Erases one right after the notice that it is no longer used. The row stops with the last one; a row of the portal has
/// stopped when the notice came, and keeps what it said.
pub async fn erase(work: &mut Work, id: AccountId, right: Uuid, erased_at: &str, origin: &Origin) -> Result<Account> {
    let account = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    let system = store::find_system(work.conn(), account.system).await?.ok_or(Error::NotFound)?;
    let facts = json!({
        "system": account.system_name,
        "account": account.name,
        "right": system.names(&[right]),
        "erased_at": erased_at,
    });
    let event = Event::done("account.right_erased", "account", id).by("account.erased");
    work.record(about(event, account.holder, account.department, Some(origin)).facts(facts)).await?;
    if account.state == State::Stopped {
        return Ok(account);
    }
    let left: Vec<Uuid> = account.rights.iter().copied().filter(|one| *one != right).collect();
    if left.is_empty() {
        let today = clock::local(work.now).date_naive();
        return stop(work, id, today, StopReason::EndOfUse, Some(origin)).await;
    }
    because(work, "accounts-why-right-erased", Some(origin)).await?;
    only_once(store::narrow(work.conn(), id, account.version, &left, origin).await?)?;
    let facts = json!({
        "system": account.system_name,
        "account": account.name,
        "before": system.names(&account.rights),
        "after": system.names(&left),
    });
    let event = about(Event::done("account.changed", "account", id), account.holder, account.department, Some(origin));
    work.record(event.by("account.ledger.changed").facts(facts)).await?;
    Ok(account)
}

/// A notice of end of use does not stand, before anything was erased: its row is again as it was before the notice, for this
/// reason. None where something else happened to the row since.
pub async fn undo_end(work: &mut Work, id: AccountId, why: &'static str, origin: &Origin) -> Result<Option<Account>> {
    let Some(account) = store::lock(work.conn(), id).await? else { return Ok(None) };
    because(work, why, Some(origin)).await?;
    if store::ends::undo_end(work.conn(), id, account.version, (origin.id.0, &origin.number)).await? == 0 {
        return Ok(None);
    }
    let event = about(Event::done("account.resumed", "account", id), account.holder, account.department, Some(origin));
    let facts = json!({ "system": account.system_name, "account": account.name });
    work.record(event.by("account.ledger.changed").facts(facts)).await?;
    Ok(Some(account))
}

/// 抹消済: the history of the row says that nothing of it is left anywhere.
pub async fn note_erased(work: &mut Work, account: &Account, origin: &Origin) -> Result<()> {
    because(work, "accounts-why-erased", Some(origin)).await?;
    store::mark(work.conn(), account.id, Some(&origin.number)).await?;
    let facts = json!({ "system": account.system_name, "account": account.name });
    let event = Event::done("account.erased", "account", account.id);
    work.record(about(event, account.holder, account.department, Some(origin)).facts(facts)).await.map(drop)
}

/// Lifts a stop by failures from a person's account on the portal, after the identity check of 4.1.6; where a request
/// asked for it, its history keeps the request's own words and number.
pub async fn release(work: &mut Work, holder: PersonId, number: Option<&str>) -> Result<()> {
    let Some(id) = store::find_stopped(work.conn(), holder, StopReason::Failures).await? else { return Ok(()) };
    let account = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if number.is_none() {
        because(work, "accounts-why-released", None).await?;
    }
    only_once(store::release(work.conn(), id, account.version, number).await?)?;
    let event = about(Event::done("account.released", "account", id), account.holder, account.department, None);
    let event = match number {
        Some(number) => event.numbered(number),
        None => event,
    };
    work.record(event.by("account.ledger.changed").facts(json!({ "account": account.name }))).await?;
    Ok(())
}

/// The nightly chore, as portal.rs lists it: accounts of the portal whose last day is over stop with their sign-in.
pub fn ends_of_today(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            let today = clock::local(work.now).date_naive();
            for holder in store::list_past_their_end(work.conn(), today).await? {
                disable_sign_in(work, holder, "expired").await?;
            }
            Ok(())
        })
        .await
    })
}

/// 復職: the account on the portal that was stopped while its holder was away is active again.
pub async fn resume(work: &mut Work, holder: PersonId) -> Result<()> {
    let Some(id) = store::find_stopped(work.conn(), holder, StopReason::Leave).await? else { return Ok(()) };
    let account = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    because(work, "accounts-why-resumed", None).await?;
    only_once(store::release(work.conn(), id, account.version, None).await?)?;
    let event = about(Event::done("account.resumed", "account", id), account.holder, account.department, None);
    let facts = json!({ "system": account.system_name, "account": account.name });
    work.record(event.by("account.ledger.changed").facts(facts)).await.map(drop)
}

/// Words for the history: why the row changed.
pub fn stop_words(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Request => "accounts-why-stopped",
        StopReason::Inventory => "accounts-why-stopped-inventory",
        StopReason::Unused => "accounts-why-stopped-unused",
        StopReason::Failures => "accounts-why-stopped-failures",
        StopReason::Retirement => "accounts-why-stopped-retirement",
        StopReason::EndOfUse => "accounts-why-stopped-end-of-use",
        StopReason::Expired => "accounts-why-stopped-expired",
        StopReason::Leave => "accounts-why-stopped-leave",
    }
}

/// A message key stands in the history, so that every reader finds it in their own language.
pub(super) async fn because(work: &mut Work, why: &'static str, origin: Option<&Origin>) -> Result<()> {
    work.because(why, origin.map(|origin| origin.id.0)).await
}

pub(super) fn about(event: Event, holder: PersonId, department: DepartmentId, origin: Option<&Origin>) -> Event {
    let event = event.about(holder).within(department);
    match origin {
        Some(origin) => event.numbered(&origin.number),
        None => event,
    }
}

fn taken(error: sqlx::Error) -> Error {
    match violated_constraint(&error) {
        Some("account_name_taken") => Refusal::NameTaken.into(),
        Some("account_one_each") => Error::Conflict("conflict-changed".into()),
        _ => error.into(),
    }
}

pub(super) fn only_once(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::Conflict("conflict-changed".into())) }
}
