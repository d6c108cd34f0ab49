//! Evidence (証跡) held against the events it is made from: the clause board rests on these rows, so one that is missing, was
//! put in or says something else is named like any other row.
use sqlx::PgConnection;

use super::proof::{Tampering, Verifier};

/// Compares both ways and answers how many rows of evidence there are. The database does the work in one pass and hands
/// out the differences only.
pub(super) async fn reconcile(conn: &mut PgConnection, verifier: &mut Verifier) -> anyhow::Result<u64> {
    use futures::TryStreamExt as _;
    let rows = sqlx::query_scalar!(r#"select count(*) as "rows!" from evidence"#).fetch_one(&mut *conn).await?;
    let differences = sqlx::query!(
        r#"select d.event as "event!", d.happened as "happened!", d.kept as "kept!", c.seq as "seq?"
             from (select coalesce(e.id, v.event_id) as event, e.id is not null as happened, v.event_id is not null as kept
                     from (select id, mechanism, outcome, occurred_at, kind, entity, entity_id, entity_number, department_id, actor_id
                             from audit.event
                            where mechanism is not null) e
                     full join evidence v on v.event_id = e.id
                    where e.id is null
                       or v.event_id is null
                       or (e.mechanism, e.outcome, e.occurred_at, e.kind, e.entity, e.entity_id, e.entity_number, e.department_id, e.actor_id)
                          is distinct from
                          (v.mechanism, v.outcome, v.occurred_at, v.kind, v.entity, v.entity_id, v.entity_number, v.department_id, v.actor_id)) d
             left join audit.chain c on c.event_id = d.event
            order by c.seq, d.event"#
    );
    let mut differences = differences.fetch(conn);
    while let Some(row) = differences.try_next().await? {
        let what = match (row.happened, row.kept) {
            (true, false) => Tampering::RowDeleted,
            (false, _) => Tampering::RowUnknown,
            (true, true) => Tampering::RowChanged,
        };
        verifier.found(row.seq, Some(row.event), what, format!("public.evidence {}", row.event));
    }
    Ok(u64::try_from(rows).unwrap_or_default())
}
