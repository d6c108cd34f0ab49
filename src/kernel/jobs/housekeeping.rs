//! What the portal does by itself, without anybody asking: the nightly round, checkpoints, verification of the log.
use async_trait::async_trait;
use chrono::{DateTime, DurationRound as _, FixedOffset, TimeDelta, Timelike as _, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{Job, JobError};
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::audit::checkpoint::{self, seal, signing_key};
use crate::kernel::audit::proof::Report;
use crate::kernel::audit::verify::{Means, verify};
use crate::kernel::clock;
use crate::kernel::database::{CHANGE, Role};
use crate::kernel::error::Result;
use crate::kernel::ids::uuid_at;
use crate::kernel::keys::Purpose;

/// One thing done each night: a name for the log, and the doing.
pub type Chore = (&'static str, for<'a> fn(&'a App) -> BoxFuture<'a, Result<()>>);

/// What the rooms want done each night; portal.rs plugs it in as a part.
#[derive(Default, Clone)]
pub struct Chores(pub Vec<Chore>);

/// What each process of the portal looks after by itself every few seconds; portal.rs plugs it in as a part.
#[derive(Default, Clone)]
pub struct Watches(pub Vec<Chore>);

/// A kind of job that is due once a day: its kind, and the key of its day once its time has come.
pub type Daily = (&'static str, fn(&App, DateTime<FixedOffset>) -> Option<String>);

/// What the rooms want done at a time of day of their own; portal.rs plugs it in as a part.
#[derive(Default, Clone)]
pub struct Dailies(pub Vec<Daily>);

/// How often a process looks.
const WATCH_EVERY: TimeDelta = TimeDelta::seconds(10);

/// Whether it is time to look again; a clock that was put back counts as time.
pub(super) fn due_again(last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    last.is_none_or(|last| now < last || now - last >= WATCH_EVERY)
}

/// Looks: what one process changed (a value that was entered) holds in all others before long.
pub(super) async fn watch(app: &App) -> Result<()> {
    for (name, look) in app.part::<Watches>().map(|watches| watches.0.clone()).unwrap_or_default() {
        if let Err(error) = look(app).await {
            tracing::warn!(name, %error, "could not look; trying again");
        }
    }
    Ok(())
}

/// The hour at which the night's round begins, on the organisation's clock.
const NIGHT: u32 = 2;
/// How often the head of the log is signed.
const SEAL_EVERY: TimeDelta = TimeDelta::minutes(5);
/// Finished jobs and answered forms are kept for so many days.
const KEPT_DAYS: i64 = 30;
/// What people were told is kept for so many days; what happened stands in the log.
const TOLD_DAYS: i64 = 400;

/// Puts what is due by the calendar into the queue; each thing once, however many portals ask.
pub(super) async fn put_due(app: &App) -> Result<()> {
    let now = app.clock().now();
    let here = clock::local(now);
    if here.hour() >= NIGHT {
        once(app, Nightly::KIND, here.date_naive().to_string(), now).await?;
    }
    for (kind, due) in app.part::<Dailies>().map(|dailies| dailies.0.clone()).unwrap_or_default() {
        if let Some(key) = due(app, here) {
            once(app, kind, key, now).await?;
        }
    }
    once(app, Seal::KIND, slot(now).to_rfc3339(), now).await
}

/// The five minutes that a moment belongs to.
pub(super) fn slot(now: DateTime<Utc>) -> DateTime<Utc> {
    now.duration_trunc(SEAL_EVERY).unwrap_or(now)
}

/// Unlike `enqueue`: also not when it was already done.
async fn once(app: &App, kind: &'static str, key: String, now: DateTime<Utc>) -> Result<()> {
    let mut conn = app.database().pool(Role::Worker).acquire().await?;
    sqlx::query!(
        "insert into job (id, kind, payload, dedup_key, run_at, created_at)
         select $1, $2, $3, $4, $5, $5
          where not exists (select from job where kind = $2 and dedup_key = $4)
         on conflict (kind, dedup_key) where dedup_key is not null and state in ('ready', 'running') do nothing",
        uuid_at(now),
        kind,
        serde_json::Value::Null,
        key,
        now,
    )
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// 夜間の処理: partitions, clearing away, the rooms' chores, verification of the log.
#[derive(Debug, Serialize, Deserialize)]
pub struct Nightly;

#[async_trait]
impl Job for Nightly {
    const KIND: &'static str = "portal.nightly";

    async fn run(self, app: &App) -> Result<(), JobError> {
        tidy(app).await?;
        let chores = app.part::<Chores>().map(|chores| chores.0.clone()).unwrap_or_default();
        let mut failed = Vec::new();
        for (name, chore) in chores {
            // one that fails must not keep the others from being done
            if let Err(error) = chore(app).await {
                tracing::error!(name, %error, "a nightly chore failed");
                failed.push(format!("{name}: {error}"));
            }
        }
        verify_and_note(app).await?;
        if failed.is_empty() { Ok(()) } else { Err(JobError::Retry(anyhow::anyhow!(failed.join("; ")))) }
    }
}

/// Next months' partitions; what has served its time goes.
async fn tidy(app: &App) -> Result<()> {
    let now = app.clock().now();
    let before = now - TimeDelta::days(KEPT_DAYS);
    let mut worker = app.database().begin(Role::Worker, CHANGE, None).await?;
    sqlx::query!("select set_config('mamori.scope_all', 'on', true)").fetch_one(&mut *worker).await?;
    sqlx::query!("select audit.ensure_partitions(current_date, 3)").fetch_one(&mut *worker).await?;
    sqlx::query!("delete from job where state = 'done' and finished_at < $1", before).execute(&mut *worker).await?;
    sqlx::query!("delete from idempotency where created_at < $1", before).execute(&mut *worker).await?;
    let told_before = now - TimeDelta::days(TOLD_DAYS);
    sqlx::query!("delete from notice where created_at < $1", told_before).execute(&mut *worker).await?;
    worker.commit().await?;
    let mut auth = app.database().begin(Role::Auth, CHANGE, None).await?;
    sqlx::query!("delete from auth.session where absolute_end < $1", before).execute(&mut *auth).await?;
    sqlx::query!("delete from auth.step_up where expires_at < $1", now).execute(&mut *auth).await?;
    auth.commit().await?;
    Ok(())
}

/// 検証点: signs the head of the log.
#[derive(Debug, Serialize, Deserialize)]
pub struct Seal;

#[async_trait]
impl Job for Seal {
    const KIND: &'static str = "portal.seal";

    async fn run(self, app: &App) -> Result<(), JobError> {
        seal(app).await.map(drop).map_err(JobError::Retry)
    }
}

/// 操作記録の検証, asked for on the screen.
#[derive(Debug, Serialize, Deserialize)]
pub struct VerifyLog;

#[async_trait]
impl Job for VerifyLog {
    const KIND: &'static str = "portal.verify_log";

    fn dedup_key(&self) -> Option<String> {
        Some("log".to_owned())
    }

    async fn run(self, app: &App) -> Result<(), JobError> {
        verify_and_note(app).await.map(drop).map_err(JobError::from)
    }
}

/// Verifies the whole log with all that this portal knows and writes down what came of it.
pub async fn verify_and_note(app: &App) -> Result<Report> {
    let dirs = checkpoint::dirs(&app.config().data_dir, app.config().checkpoint_dir.as_deref());
    let read = move || checkpoint::read_all(&dirs);
    let checkpoints = tokio::task::spawn_blocking(read).await.map_err(anyhow::Error::from)??;
    let means = Means {
        key: Some(app.keys().subkey(Purpose::Audit)),
        public: Some(signing_key(app.keys()).verifying_key()),
        checkpoints,
        reconcile: true,
    };
    let mut conn = app.database().pool(Role::Worker).acquire().await?;
    let report = verify(&mut conn, &means).await?;
    drop(conn);
    let shown: Vec<_> = report.findings.iter().take(20).collect();
    let facts = serde_json::json!({
        "events": report.events,
        "seq": report.seq,
        "hash": report.hash,
        "checkpoints": report.checkpoints,
        "wrong": report.wrong,
        "findings": shown,
        "rows": report.rows,
    });
    let event = if report.whole() {
        Event::done("audit.verified", "audit", "log")
    } else {
        Event::failed("audit.verified", "audit", "log")
    };
    app.note(&Actor::portal(), event.facts(facts)).await?;
    if !report.whole() {
        tracing::error!(wrong = report.wrong, first = ?report.first(), "the event log has been tampered with");
    }
    Ok(report)
}
