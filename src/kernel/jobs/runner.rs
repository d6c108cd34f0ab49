//! The worker: claims what is due, runs some of it at once, holds on to the leases, and finishes fenced.
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::store::{self, Held};
use super::{JobError, Jobs, housekeeping};
use crate::kernel::app::App;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::work::Work;

/// Jobs that run at the same time in one portal.
const AT_ONCE: i64 = 4;
/// How long an idle worker waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);
/// How often a lease is renewed.
const RENEW: Duration = Duration::from_secs(20);

struct Claim {
    held: Held,
    finished: Cell<bool>,
}

tokio::task_local! {
    static CLAIM: Arc<ClaimCell>;
}

struct ClaimCell(std::sync::Mutex<Claim>);

/// Ends the running job in the transaction of its effects: both are there, or neither. A worker that has lost its lease
/// is refused, and what it did is undone. Outside of a job there is nothing to end.
pub async fn finish(work: &mut Work) -> Result<()> {
    let Ok(claim) = CLAIM.try_with(Arc::clone) else { return Ok(()) };
    let now = work.now;
    let held = claim.held();
    if !store::done(work.conn(), &held, now).await? {
        return Err(Error::Conflict(Message::new("conflict-changed")));
    }
    claim.mark_finished();
    Ok(())
}

impl ClaimCell {
    fn new(held: Held) -> Self {
        Self(std::sync::Mutex::new(Claim { held, finished: Cell::new(false) }))
    }

    fn with<T>(&self, read: impl FnOnce(&Claim) -> T) -> T {
        read(&self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn held(&self) -> Held {
        self.with(|claim| claim.held.clone())
    }

    fn mark_finished(&self) {
        self.with(|claim| claim.finished.set(true));
    }

    fn finished(&self) -> bool {
        self.with(|claim| claim.finished.get())
    }
}

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ran {
    /// done
    pub done: u32,
    /// put back for later
    pub again: u32,
    /// given up
    pub dead: u32,
    /// lost to another worker
    pub lost: u32,
}

impl Ran {
    /// How many were claimed.
    #[must_use]
    pub fn all(self) -> u32 {
        self.done + self.again + self.dead + self.lost
    }

    fn plus(self, other: Self) -> Self {
        Self {
            done: self.done + other.done,
            again: self.again + other.again,
            dead: self.dead + other.dead,
            lost: self.lost + other.lost,
        }
    }
}

/// One worker of one portal.
pub struct Runner {
    app: App,
    jobs: Arc<Jobs>,
    worker: Uuid,
    /// the last slot of the calendar that was looked at
    slot: std::sync::Mutex<Option<DateTime<Utc>>>,
    /// when this process last looked after its own
    watched: std::sync::Mutex<Option<DateTime<Utc>>>,
}

impl Runner {
    /// A worker with an identity of its own.
    pub fn new(app: &App) -> Result<Self> {
        Ok(Self {
            app: app.clone(),
            jobs: app.part::<Jobs>()?,
            worker: Uuid::new_v4(),
            slot: std::sync::Mutex::new(None),
            watched: std::sync::Mutex::new(None),
        })
    }

    /// Runs until asked to stop; what is then still running is given back.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let round = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                round = self.round() => round,
            };
            let idle = match round {
                Ok(ran) => ran.all() == 0,
                Err(error) => {
                    tracing::warn!(%error, "the queue of jobs cannot be read; trying again");
                    true
                }
            };
            if idle {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(IDLE) => {}
                }
            }
        }
        if let Err(error) = self.release().await {
            tracing::warn!(%error, "leases could not be given back; they end by themselves within a minute");
        }
    }

    /// Does everything that is due now, and what it brings about, then returns.
    pub async fn run_due(&self) -> Result<Ran> {
        let mut sum = Ran::default();
        loop {
            let ran = self.round().await?;
            if ran.all() == 0 {
                return Ok(sum);
            }
            sum = sum.plus(ran);
        }
    }

    /// Claims a few, runs them side by side.
    async fn round(&self) -> Result<Ran> {
        self.look_after().await?;
        self.look_at_calendar().await?;
        let mut conn = self.app.database().pool(Role::Worker).acquire().await?;
        let claimed = store::claim(&mut conn, self.worker, self.app.clock().now(), AT_ONCE).await?;
        drop(conn);
        let outcomes = join_all(claimed.into_iter().map(|held| self.one(held))).await;
        outcomes.into_iter().try_fold(Ran::default(), |sum, ran| Ok(sum.plus(ran?)))
    }

    /// Each process for itself, unlike what is due by the calendar.
    async fn look_after(&self) -> Result<()> {
        let now = self.app.clock().now();
        let seen = || self.watched.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if housekeeping::due_again(*seen(), now) {
            *seen() = Some(now);
            housekeeping::watch(&self.app).await?;
        }
        Ok(())
    }

    /// What is due by the calendar goes into the queue; asked once in each slot.
    async fn look_at_calendar(&self) -> Result<()> {
        let slot = housekeeping::slot(self.app.clock().now());
        let seen = || self.slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *seen() == Some(slot) {
            return Ok(());
        }
        housekeeping::put_due(&self.app).await?;
        *seen() = Some(slot);
        Ok(())
    }

    async fn one(&self, held: Held) -> Result<Ran> {
        let claim = Arc::new(ClaimCell::new(held.clone()));
        let outcome = self.attempt(&held, Arc::clone(&claim)).await;
        if claim.finished() && outcome.is_ok() {
            return Ok(Ran { done: 1, ..Ran::default() });
        }
        let now = self.app.clock().now();
        let mut conn = self.app.database().pool(Role::Worker).acquire().await?;
        let (mine, ran) = match outcome {
            Ok(()) => (store::done(&mut conn, &held, now).await?, Ran { done: 1, ..Ran::default() }),
            Err(error) => {
                tracing::warn!(kind = held.kind, job = %held.id, attempts = held.attempts, %error, "a job did not succeed");
                let dead = matches!(error, JobError::GiveUp(_)) || held.attempts >= store::DEAD_AFTER;
                let mine = store::failed(&mut conn, &held, now, &error.to_string(), dead).await?;
                (mine, if dead { Ran { dead: 1, ..Ran::default() } } else { Ran { again: 1, ..Ran::default() } })
            }
        };
        Ok(if mine { ran } else { Ran { lost: 1, ..Ran::default() } })
    }

    /// Runs it in a task of its own, so that a panic is a failure like any other, and renews the lease meanwhile.
    async fn attempt(&self, held: &Held, claim: Arc<ClaimCell>) -> Result<(), JobError> {
        let Some(run) = self.jobs.find(&held.kind) else {
            return Err(JobError::GiveUp(anyhow::anyhow!("no such kind of job: {}", held.kind)));
        };
        let mut task = AbortOnDrop(tokio::spawn(CLAIM.scope(claim, run(held.payload.clone(), self.app.clone()))));
        loop {
            tokio::select! {
                ended = &mut task.0 => return ended.unwrap_or_else(|panic| Err(JobError::Retry(panic.into()))),
                () = tokio::time::sleep(RENEW) => self.hold_on(held).await?,
            }
        }
    }

    async fn hold_on(&self, held: &Held) -> Result<(), JobError> {
        let mut conn = self.app.database().pool(Role::Worker).acquire().await.map_err(Error::from)?;
        if store::renew(&mut conn, held, self.app.clock().now()).await.map_err(Error::from)? {
            return Ok(());
        }
        Err(JobError::Retry(anyhow::anyhow!("the lease was lost")))
    }

    async fn release(&self) -> Result<()> {
        let mut conn = self.app.database().pool(Role::Worker).acquire().await?;
        store::release(&mut conn, self.worker).await?;
        Ok(())
    }
}

/// A task that ends with whoever waits for it.
struct AbortOnDrop(tokio::task::JoinHandle<Result<(), JobError>>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
