//! The SQL of 回覧: who was told of a request at a step of its route, and who of them has read it.
use super::lists::After;
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

/// A request that went round to somebody.
#[derive(Debug, Clone)]
pub struct Told {
    pub id: Uuid,
    pub number: String,
    pub subject: String,
    pub kind: String,
    pub requester: Option<String>,
    pub department: String,
    pub told_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// What went round to this natural person, read or unread, the latest first; a request that went round again stands there once.
pub async fn told(
    conn: &mut PgConnection,
    person: PersonId,
    read: bool,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Told>> {
    let rows = sqlx::query_as!(
        Told,
        r#"select c.id, r.number, r.subject, r.kind, p.family_name || ' ' || p.given_name as "requester?", d.name as department,
                  c.told_at, k.read_at as "read_at?"
             from circulation c
             join request r on r.id = c.request_id
             join department d on d.id = r.department_id
             left join person p on p.id = r.requester_id
             left join circulation_read k on k.circulation_id = c.id
            where c.person_id = $1 and (k.circulation_id is not null) = $2
              and not exists (select from circulation later
                               where later.request_id = c.request_id and later.person_id = c.person_id
                                 and (later.told_at, later.id) > (c.told_at, c.id))
              and ($3::timestamptz is null or (c.told_at, c.id) < ($3, $4))
            order by c.told_at desc, c.id desc
            limit $5"#,
        person.0,
        read,
        after.map(|after| after.at),
        after.map_or(Uuid::nil(), |after| after.id),
        limit,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// How much of it this natural person has not read, counted so far as a menu says it; nothing where nothing ever went round to them.
pub async fn unread(conn: &mut PgConnection, person: PersonId) -> Result<Option<i64>> {
    let counted = sqlx::query_scalar!(
        r#"select case when exists (select from circulation where person_id = $1) then
                  (select count(*)
                     from (select from circulation c
                            where c.person_id = $1
                              and not exists (select from circulation_read k where k.circulation_id = c.id)
                              and not exists (select from circulation later
                                               where later.request_id = c.request_id and later.person_id = c.person_id
                                                 and (later.told_at, later.id) > (c.told_at, c.id))
                            limit 1000) few) end"#,
        person.0,
    );
    Ok(counted.fetch_one(conn).await?)
}
