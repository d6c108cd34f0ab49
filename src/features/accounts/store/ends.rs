//! SQL of the 利用終了届: how it is undone.
use sqlx::PgConnection;
use uuid::Uuid;

use crate::kernel::ids::AccountId;

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
