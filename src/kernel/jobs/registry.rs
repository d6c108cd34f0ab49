//! Which kinds of jobs this program can do: portal.rs lists them, the worker looks them up.
use std::collections::BTreeMap;

use futures::future::BoxFuture;

use super::{Job, JobError};
use crate::kernel::app::App;

type Run = fn(serde_json::Value, App) -> BoxFuture<'static, Result<(), JobError>>;

/// The known kinds, plugged into the `App` as a part.
#[derive(Default, Clone)]
pub struct Jobs(BTreeMap<&'static str, Run>);

impl Jobs {
    /// The kinds that every portal has: mail, checkpoints, the nightly round, verification.
    #[must_use]
    pub fn new() -> Self {
        Self(BTreeMap::new())
            .register::<crate::kernel::mail::Deliver>()
            .register::<super::housekeeping::Nightly>()
            .register::<super::housekeeping::Seal>()
            .register::<super::housekeeping::VerifyLog>()
    }

    /// One more kind.
    #[must_use]
    pub fn register<J: Job>(mut self) -> Self {
        self.0.insert(J::KIND, |payload, app| Box::pin(run::<J>(payload, app)));
        self
    }

    pub(super) fn find(&self, kind: &str) -> Option<Run> {
        self.0.get(kind).copied()
    }

    /// The kinds, for the start-up check and the metrics.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}

async fn run<J: Job>(payload: serde_json::Value, app: App) -> Result<(), JobError> {
    let job: J = serde_json::from_value(payload).map_err(|error| JobError::GiveUp(error.into()))?;
    job.run(&app).await
}
