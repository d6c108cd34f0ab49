//! Evidence (証跡): what a mechanism did becomes, in the same transaction, a row that the clause board can ask.
use crate::kernel::audit::Recorded;
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use futures::future::BoxFuture;

/// The projection that portal.rs registers: an event with a mechanism is evidence for the clauses bound to it.
///
/// What counts, by how the act ended:
/// * `ok` — the work was done (a line carried out, a row written, a code handed over). Only this makes a clause 実施済.
/// * `failed` — it came to nothing: 却下, or an identity check that did not confirm the person. It shows that the rule
///   is applied, stands on the clause's page under its own name, and never makes the clause 実施済.
/// * `denied` — the portal itself said no. It shows that a setting is enforced, and counts no further.
///
/// What was only begun carries no mechanism and is no evidence: filing, 差戻し, 取下げ, a confirmation before the work.
pub fn evidence<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let event = &recorded.event;
        let Some(mechanism) = event.mechanism else { return Ok(()) };
        sqlx::query!(
            "insert into evidence (event_id, mechanism, outcome, occurred_at, kind, entity, entity_id, entity_number,
                                   department_id, actor_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            recorded.id.0,
            mechanism,
            event.outcome.key(),
            recorded.at,
            event.kind,
            event.entity,
            event.entity_id,
            event.number,
            event.department.map(|department| department.0),
            recorded.actor.map(|person| person.0)
        )
        .execute(work.conn())
        .await?;
        Ok(())
    })
}
