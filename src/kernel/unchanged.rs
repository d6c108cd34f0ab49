//! What was worked out once and stays true while nothing has happened: answers are kept with the number of the newest event, which
//! stands in the same snapshot as the rows. No row under seal changes without an event (`audit.noted_rows`).
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::PgConnection;

use super::error::Result;

/// So many answers are kept at most; then all are forgotten, and worked out again as they are asked for.
const KEPT: usize = 2_000;

/// Answers to questions of one sort, a part of the portal. What they rest on lies under seal; the day is part of the question.
#[derive(Debug)]
pub struct Unchanged<K, V>(Mutex<HashMap<K, (i64, Arc<V>)>>);

impl<K, V> Default for Unchanged<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash, V> Unchanged<K, V> {
    /// The answer, worked out anew only if something has happened since. A transaction that has changed something itself always works it
    /// out, and nothing of that is kept.
    pub async fn get<F>(&self, conn: &mut PgConnection, asked: K, work_out: F) -> Result<Arc<V>>
    where
        F: AsyncFnOnce(&mut PgConnection) -> Result<V>,
    {
        match newest(conn).await? {
            Some(newest) => self.at(newest, asked, async || work_out(conn).await).await,
            None => Ok(Arc::new(work_out(conn).await?)),
        }
    }

    /// The answer as of the event with this number, or as of a later one.
    pub async fn at<F>(&self, newest: i64, asked: K, work_out: F) -> Result<Arc<V>>
    where
        F: AsyncFnOnce() -> Result<V>,
    {
        let known = self.lock().get(&asked).filter(|(at, _)| *at == newest).map(|(_, answer)| Arc::clone(answer));
        if let Some(answer) = known {
            return Ok(answer);
        }
        let answer = Arc::new(work_out().await?);
        let mut kept = self.lock();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(asked, (newest, Arc::clone(&answer)));
        Ok(answer)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<K, (i64, Arc<V>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of the newest event, as this transaction sees it; none where it has written something itself.
async fn newest(conn: &mut PgConnection) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!("select seq from audit.head where pg_current_xact_id_if_assigned() is null")
        .fetch_optional(conn)
        .await
}
