//! The queue in SQL: claim, renew, finish, put back; and what the administrator's screen shows of it.
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

crate::id!(
    /// 後で行う仕事
    JobId,
);

/// How long a claim holds without being renewed.
pub const LEASE: Duration = Duration::from_secs(60);
/// A job that failed so often is dead and waits for a person.
pub const DEAD_AFTER: i32 = 10;

/// One job in the hands of one worker.
#[derive(Debug, Clone)]
pub struct Held {
    /// which
    pub id: Uuid,
    /// by whom
    pub worker: Uuid,
    /// its how many-th attempt this is
    pub attempts: i32,
    /// kind
    pub kind: String,
    /// what to do
    pub payload: serde_json::Value,
}

/// Takes what is due, oldest first, past what others hold; jobs whose worker is gone included.
pub async fn claim(conn: &mut PgConnection, worker: Uuid, now: DateTime<Utc>, most: i64) -> sqlx::Result<Vec<Held>> {
    let lease_until = now + LEASE;
    let rows = sqlx::query!(
        "update job
            set state = 'running', worker = $1, attempts = attempts + 1, lease_until = $2
          where id in (select id
                         from job
                        where (state = 'ready' and run_at <= $3) or (state = 'running' and lease_until < $3)
                        order by run_at, id
                        limit $4
                          for update skip locked)
          returning id, kind, payload, attempts",
        worker,
        lease_until,
        now,
        most,
    )
    .fetch_all(conn)
    .await?;
    let held = rows.into_iter().map(|row| Held {
        id: row.id,
        worker,
        attempts: row.attempts,
        kind: row.kind,
        payload: row.payload,
    });
    Ok(held.collect())
}

/// Holds on. False: the job is somebody else's by now.
pub async fn renew(conn: &mut PgConnection, held: &Held, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let renewed = sqlx::query!(
        "update job set lease_until = $4 where id = $1 and worker = $2 and attempts = $3 and state = 'running'",
        held.id,
        held.worker,
        held.attempts,
        now + LEASE,
    )
    .execute(conn)
    .await?;
    Ok(renewed.rows_affected() == 1)
}

/// Done. False: the job is somebody else's by now.
pub async fn done(conn: &mut PgConnection, held: &Held, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let finished = sqlx::query!(
        "update job set state = 'done', finished_at = $4 where id = $1 and worker = $2 and attempts = $3 and state = 'running'",
        held.id,
        held.worker,
        held.attempts,
        now,
    )
    .execute(conn)
    .await?;
    Ok(finished.rows_affected() == 1)
}

/// Not done: later again, or dead.
pub async fn failed(
    conn: &mut PgConnection,
    held: &Held,
    now: DateTime<Utc>,
    why: &str,
    dead: bool,
) -> sqlx::Result<bool> {
    let dead = dead || held.attempts >= DEAD_AFTER;
    let updated = sqlx::query!(
        "update job
            set state = case when $5 then 'dead' else 'ready' end,
                run_at = $6,
                last_error = left($4, 2000),
                lease_until = null,
                finished_at = case when $5 then $7::timestamptz end
          where id = $1 and worker = $2 and attempts = $3 and state = 'running'",
        held.id,
        held.worker,
        held.attempts,
        why,
        dead,
        now + back_off(held.attempts),
        now,
    )
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Gives back what was claimed and not begun, or was interrupted by the portal's end; the attempt does not count.
pub async fn release(conn: &mut PgConnection, worker: Uuid) -> sqlx::Result<u64> {
    let released = sqlx::query!(
        "update job
            set state = 'ready', lease_until = null, worker = null, attempts = greatest(attempts - 1, 0)
          where worker = $1 and state = 'running'",
        worker,
    )
    .execute(conn)
    .await?;
    Ok(released.rows_affected())
}

/// 10 s, 40 s, 160 s … at most six hours.
pub fn back_off(attempts: i32) -> TimeDelta {
    let exponent = u32::try_from(attempts - 1).unwrap_or(0).min(8);
    TimeDelta::seconds((10 * 4_i64.pow(exponent)).min(6 * 60 * 60))
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// waits for its time
    Ready,
    /// is being done
    Running,
    /// done
    Done,
    /// given up; waits for a person
    Dead,
}

impl State {
    /// As the column and the catalogue have it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// The state with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Ready, Self::Running, Self::Done, Self::Dead].into_iter().find(|state| state.key() == key)
    }
}

/// A job as the administrator sees it; what it is about stays with it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// id
    pub id: JobId,
    /// kind
    pub kind: String,
    /// where it stands
    pub state: State,
    /// when it is due
    pub run_at: DateTime<Utc>,
    /// how often it was tried
    pub attempts: i32,
    /// what went wrong last
    pub last_error: Option<String>,
    /// since when it exists
    pub created_at: DateTime<Utc>,
    /// when it ended
    pub finished_at: Option<DateTime<Utc>>,
}

/// Jobs in one state (all if `None`), newest first, after the given one.
pub async fn list(
    conn: &mut PgConnection,
    state: Option<State>,
    after: Option<JobId>,
    most: i64,
) -> sqlx::Result<Vec<Listed>> {
    sqlx::query_as!(
        Listed,
        r#"select id as "id: JobId", kind, state as "state: State", run_at, attempts, last_error, created_at, finished_at
             from job
            where ($1::text is null or state = $1)
              and ($2::uuid is null or id < $2)
            order by id desc
            limit $3"#,
        state.map(State::key),
        after.map(|id| id.0),
        most,
    )
    .fetch_all(conn)
    .await
}

/// A dead one gets another chance. False: it was not dead (any more).
pub async fn retry(conn: &mut PgConnection, id: JobId, now: DateTime<Utc>) -> sqlx::Result<bool> {
    // two clicks, or two jobs with one dedup key, leave one waiting
    let retried = sqlx::query!(
        "update job j
            set state = 'ready', run_at = $2
          where id = $1 and state = 'dead'
            and not exists (select from job o
                             where o.kind = j.kind and o.dedup_key = j.dedup_key and o.state in ('ready', 'running'))",
        id.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(retried.rows_affected() == 1)
}

/// How the queue is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// waiting, due or not
    pub ready: i64,
    /// being done
    pub running: i64,
    /// given up
    pub dead: i64,
    /// for how many seconds the oldest due job has been waiting
    pub lag: i64,
}

/// How the queue is doing now.
pub async fn tally(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<Tally> {
    sqlx::query_as!(
        Tally,
        r#"select count(*) filter (where state = 'ready') as "ready!",
                  count(*) filter (where state = 'running') as "running!",
                  count(*) filter (where state = 'dead') as "dead!",
                  coalesce(extract(epoch from $1 - min(run_at) filter (where state = 'ready' and run_at <= $1))::bigint, 0) as "lag!"
             from job
            where state <> 'done'"#,
        now,
    )
    .fetch_one(conn)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_waits_longer_than_the_one_before_but_never_a_day() {
        let waits: Vec<i64> = (1..=DEAD_AFTER).map(|attempt| back_off(attempt).num_seconds()).collect();
        assert_eq!(waits[..4], [10, 40, 160, 640]);
        assert!(waits.is_sorted() && waits.iter().all(|wait| *wait <= 21_600));
    }
}
