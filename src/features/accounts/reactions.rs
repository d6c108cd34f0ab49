//! The portal's own accounts stand in the ledger by themselves (4.1.1-2): whenever a sign-in is opened, locked, released
//! or stopped, by whatever road, the row follows in the same transaction.
use futures::future::BoxFuture;

use super::actions;
use super::model::{Kind, Opening, StopReason};
use super::sharing;
use super::store;
use crate::features::Reaction;
use crate::kernel::audit::Recorded;
use crate::kernel::clock;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;

/// Which events the ledger follows.
pub fn all() -> Vec<(&'static str, Reaction)> {
    vec![
        ("sign_in.opened", opened),
        ("sign_in.stopped", stopped),
        ("sign_in.stopped", sharing::left),
        ("sign_in.locked", locked),
        ("sign_in.released", released),
        ("sign_in.resumed", resumed),
        ("password.reissued", reissued),
        ("sign_in.succeeded", in_use),
        ("sign_in.stopped", in_use),
        ("sign_in.opened", in_use),
    ]
}

fn person(recorded: &Recorded) -> Option<PersonId> {
    recorded.event.concerns.first().copied()
}

/// Whoever was warned that this ID lies unused has nothing more to do about it.
fn in_use<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if let Some(person) = person(recorded) {
            store::ends::in_use(work.conn(), person).await?;
        }
        Ok(())
    })
}

/// A sign-in that no request has entered yet (set-up, demo): its row is written now.
fn opened<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let (Some(person), Some(portal)) = (person(recorded), store::find_portal(work.conn()).await?) else {
            return Ok(());
        };
        if store::find_portal_account(work.conn(), person).await?.is_some() {
            return Ok(());
        }
        let Some(holder) = store::find_holder(work.conn(), person).await? else { return Ok(()) };
        // an administrator's own account stands in the ledger of privileged ones
        if holder.administers {
            return Ok(());
        }
        let (Some(department), Some(login)) =
            (holder.department, recorded.event.facts.get("login").and_then(|login| login.as_str()))
        else {
            return Ok(());
        };
        let system = store::find_system(work.conn(), portal).await?;
        let rights: Vec<uuid::Uuid> =
            system.and_then(|system| system.rights.first().map(|right| right.id)).into_iter().collect();
        if rights.is_empty() {
            return Ok(());
        }
        let opening = Opening {
            system: portal,
            name: login.to_owned(),
            holder: person,
            department,
            rights,
            necessity: String::new(),
            kind: Kind::Personal,
            until: None,
            request: None,
        };
        actions::open(work, &opening).await.map(drop)
    })
}

/// A sign-in that ended by another road than a request (unused for months, retirement).
fn stopped<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let reason = match recorded.event.facts.get("reason").and_then(|reason| reason.as_str()) {
            Some("unused") => StopReason::Unused,
            Some("inventory") => StopReason::Inventory,
            Some("request") => StopReason::Request,
            Some("end_of_use") => StopReason::EndOfUse,
            Some("expired") => StopReason::Expired,
            Some("leave") => StopReason::Leave,
            _ => StopReason::Retirement,
        };
        stop(work, recorded, reason).await
    })
}

/// 失敗回数超過 (4.1.5-1-6): stopped until the identity check of 4.1.6.
fn locked<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(stop(work, recorded, StopReason::Failures))
}

async fn stop(work: &mut Work, recorded: &Recorded, reason: StopReason) -> Result<()> {
    let Some(person) = person(recorded) else { return Ok(()) };
    let Some(account) = store::find_portal_account(work.conn(), person).await? else { return Ok(()) };
    let today = clock::local(work.now).date_naive();
    actions::stop(work, account, today, reason, None).await.map(drop)
}

/// Somebody who was away is back.
fn resumed<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let Some(person) = person(recorded) else { return Ok(()) };
        actions::resume(work, person).await
    })
}

/// The stop by failures is lifted; the row is active again and its history keeps both.
fn released<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let Some(person) = person(recorded) else { return Ok(()) };
        actions::release(work, person, recorded.event.number.as_deref()).await
    })
}

/// 再発行 (4.1.6-1): nothing of the row changes, its history tells that and by which request. A locked row tells it when
/// it is released.
fn reissued<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let Some(person) = person(recorded) else { return Ok(()) };
        let Some(account) = store::find_portal_account(work.conn(), person).await? else { return Ok(()) };
        store::mark(work.conn(), account, recorded.event.number.as_deref()).await?;
        Ok(())
    })
}
