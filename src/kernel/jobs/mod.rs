//! What happens later: jobs are written in the transaction that causes them, claimed with SKIP LOCKED and run by a worker.
//!
//! A claim is a lease of a minute, renewed while the job runs and fenced by (worker, attempts): a worker that lost its
//! lease can neither finish the job nor commit what it did under `finish`.
pub mod housekeeping;
mod registry;
mod runner;
mod store;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};

use super::app::App;

pub use registry::Jobs;
pub use runner::{Ran, Runner, finish};
pub use store::{DEAD_AFTER, JobId, Listed, State, Tally, list, retry, tally};

/// A job's answer when it did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// try again later
    #[error("retry: {0:#}")]
    Retry(anyhow::Error),
    /// nobody can help this one; it is shown to the administrator
    #[error("give up: {0:#}")]
    GiveUp(anyhow::Error),
}

impl From<super::error::Error> for JobError {
    fn from(error: super::error::Error) -> Self {
        Self::Retry(error.into())
    }
}

/// A small serialisable piece of later work. It may run twice and says so to nobody; a job whose effects must happen
/// once ends its own transaction with `jobs::finish`.
#[async_trait]
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// the key under which the worker finds it
    const KIND: &'static str;
    /// two waiting jobs of one kind with one key are one
    fn dedup_key(&self) -> Option<String> {
        None
    }
    /// not before
    fn run_at(&self) -> Option<DateTime<Utc>> {
        None
    }
    /// does it
    async fn run(self, app: &App) -> Result<(), JobError>;
}
