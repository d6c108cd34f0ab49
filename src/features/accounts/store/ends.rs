//! SQL of the 利用終了届: what it must not stop, and how it is undone.
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::kernel::ids::{AccountId, PersonId};

/// Undoes what a notice of end of use did to a row: it stands again as it did before that request.
pub async fn undo_end(
    conn: &mut PgConnection,
    id: AccountId,
    version: i32,
    (request, number): (Uuid, &str),
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update account a
            set state = before.state, stopped_on = before.stopped_on, stopped_by = before.stopped_by,
                stop_reason = before.stop_reason, last_request = $3, last_number = $4, version = a.version + 1
           from (select h.state, h.stopped_on, h.stopped_by, h.stop_reason
                   from account_history h
                  where h.id = $1
                    and h.last_request is distinct from $3
                  order by h.version desc
                  limit 1) before
          where a.id = $1
            and a.version = $2
            and a.state = 'stopped'
            and a.stop_reason = 'end_of_use'
            and a.last_request = $3",
        id.0,
        version,
        request,
        number,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Is this person's own sign-in the only one with which somebody administers the portal today?
pub async fn is_last_administrator(conn: &mut PgConnection, person: PersonId, today: NaiveDate) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select coalesce(bool_and(c.person_id = $1), false) as "last!"
             from auth.credential c
             join person p on p.id = c.person_id and (p.left_on is null or p.left_on >= $2)
            where c.disabled_at is null and c.locked_at is null and c.set_at is not null
              and exists (select from post o
                           where o.person_id = p.id and o.tier = 'sysadmin' and o.during @> $2::date)"#,
        person.0,
        today
    )
    .fetch_one(conn)
    .await
}
