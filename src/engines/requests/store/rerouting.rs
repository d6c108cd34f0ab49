//! The SQL of 担当替え and 引き上げ承認: from where to where what waited was taken, by whom, and why.
use crate::engines::requests::model::route::SeatId;
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, RequestId, uuid_at};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// From where to where: `rerouted` by the office, or `pulled_up` by whoever decides there.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub act: &'static str,
    pub from: SeatId,
    pub to: SeatId,
}

/// That somebody sent a step elsewhere.
#[derive(Debug, Clone)]
pub struct Rerouting {
    pub act: String,
    pub step_key: String,
    pub person: Uuid,
    pub reason: String,
    pub moved_at: DateTime<Utc>,
}

/// Notes it.
pub async fn insert(
    conn: &mut PgConnection,
    request: RequestId,
    (round, step): (u16, &str),
    Sent { act, from, to }: Sent,
    (by, reason): (PersonId, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into request_rerouting (id, request_id, round, step_key, from_tier, from_department, to_tier, to_department,
                                        person_id, reason, moved_at, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        uuid_at(now),
        request.0,
        i32::from(round),
        step,
        from.tier.key(),
        from.department.map(|department| department.0),
        to.tier.key(),
        to.department.map(|department| department.0),
        by.0,
        reason,
        now,
        act,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All of a request, the first one first.
pub async fn list(conn: &mut PgConnection, request: RequestId) -> Result<Vec<Rerouting>> {
    let rows = sqlx::query_as!(
        Rerouting,
        "select act, step_key, person_id as person, reason, moved_at from request_rerouting where request_id = $1 order by moved_at, id",
        request.0,
    );
    Ok(rows.fetch_all(conn).await?)
}
