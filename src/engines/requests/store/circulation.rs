//! The SQL of 回覧: who was told of a request at a step of its route, and who of them has read it.
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, RequestId, uuid_at};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Somebody who was told.
#[derive(Debug, Clone)]
pub struct Circulated {
    pub id: Uuid,
    pub round: i32,
    pub step: i32,
    pub person: Uuid,
    /// the natural person behind the account
    pub natural: Uuid,
    pub read_at: Option<DateTime<Utc>>,
}

/// Notes that somebody was told at a step.
pub async fn insert(
    conn: &mut PgConnection,
    request: RequestId,
    (round, step): (u16, usize),
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into circulation (id, request_id, round, step, person_id, told_at) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        uuid_at(now),
        request.0,
        i32::from(round),
        i32::try_from(step).unwrap_or(i32::MAX),
        person.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Everybody who was told of a request, in the order of the steps.
pub async fn list(conn: &mut PgConnection, request: RequestId) -> Result<Vec<Circulated>> {
    let rows = sqlx::query_as!(
        Circulated,
        r#"select c.id, c.round, c.step, c.person_id as person, natural_person(c.person_id) as "natural!", d.read_at as "read_at?"
             from circulation c
             left join circulation_read d on d.circulation_id = c.id
            where c.request_id = $1
            order by c.round, c.step, d.read_at nulls last, c.id"#,
        request.0,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// 「読みました」; once.
pub async fn insert_read(conn: &mut PgConnection, id: Uuid, by: PersonId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into circulation_read (circulation_id, person_id, read_at) values ($1, $2, $3) on conflict do nothing",
        id,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
