//! What other rooms do to administrator rights: whoever leaves leaves secrets behind that have to be changed, and an
//! approved request for an account is the instruction for its own work (coop 21-2).
use futures::future::BoxFuture;

use super::actions;
use super::model::{Origin, Source, Used};
use super::store;
use crate::engines::requests::actions::kinds;
use crate::engines::requests::store as requests;
use crate::features::Reaction;
use crate::kernel::audit::Recorded;
use crate::kernel::clock;
use crate::kernel::error::Result;
use crate::kernel::work::Work;

/// Which events are followed.
pub fn all() -> Vec<(&'static str, Reaction)> {
    vec![("sign_in.stopped", left), ("request.executed", worked)]
}

/// 離任: every secret that this person held or might use waits to be changed.
fn left<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        // the end of a privileged sign-in is not that of its person
        if recorded.event.facts.get("reason").is_some_and(|reason| reason == "privileged") {
            return Ok(());
        }
        let Some(person) = recorded.event.concerns.first().copied() else { return Ok(()) };
        work.see_all().await?;
        for row in store::list_known_to(work.conn(), person).await? {
            if row.sign_in_of.is_some() {
                // a sign-in of the portal is nobody else's: it ends with its person
                actions::withdraw(work, row.id, row.version).await?;
            } else {
                actions::secret_falls_due(work, &row, person).await?;
            }
        }
        Ok(())
    })
}

/// Work on an approved request for an account, where the regulation instructs such work.
fn worked<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let of_accounts = recorded.event.mechanism.is_some_and(|mechanism| mechanism.starts_with("account."));
        let (Some(user), Some(number)) = (recorded.actor, recorded.event.number.clone()) else { return Ok(()) };
        if !of_accounts || kinds(work.app())?.get("privileged.use").is_err() {
            return Ok(());
        }
        let Some(request) = requests::find(work.conn(), &number).await? else { return Ok(()) };
        let today = clock::local(work.now).date_naive();
        let section = store::find_person(work.conn(), user, today).await?.and_then(|person| person.department);
        let line = recorded.event.facts.get("line").and_then(serde_json::Value::as_u64).unwrap_or(1);
        let subject = recorded.event.facts.get("subject").and_then(|subject| subject.as_str()).unwrap_or_default();
        let used = Used {
            account: None,
            system: None,
            user,
            department: section.unwrap_or(request.department()),
            source: Source::Request,
            work: format!("{} {subject}", request.title).trim().to_owned(),
            result: String::new(),
            from: work.now,
            until: work.now,
            request: Some(Origin { id: request.request_id(), number }),
            line: u16::try_from(line).unwrap_or(1),
        };
        actions::record_use(work, &used).await
    })
}
