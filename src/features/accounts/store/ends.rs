//! SQL of the 利用終了届: who may hand it in about whom, and how it is undone.
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

/// Is somebody of the staff (職員), and not of a vendor?
pub async fn of_the_staff(conn: &mut PgConnection, person: Option<PersonId>, today: NaiveDate) -> sqlx::Result<bool> {
    let person = person.map(|person| person.0);
    sqlx::query_scalar!(
        r#"select exists (select from person n
                           where n.id = $1 and n.employment <> 'contractor'
                             and not exists (select from post o
                                              where o.person_id = n.id and o.tier = 'vendor' and o.during @> $2::date)) as "staff!""#,
        person,
        today
    )
    .fetch_one(conn)
    .await
}

/// Would a function of the whole organisation be without anybody if this person signed in no more?
pub async fn last_of_function(conn: &mut PgConnection, person: PersonId, today: NaiveDate) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select last_of_function($1, $2) as "last!""#, person.0, today).fetch_one(conn).await
}

/// Settles what was said about this ID lying unused.
pub async fn in_use(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<()> {
    sqlx::query!("select sign_in_in_use($1)", person.0).execute(conn).await.map(drop)
}
