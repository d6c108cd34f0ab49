//! How many rows each ready-made view has (札の件数), kept for as long as nothing has happened: the number of the newest event
//! stands in the same snapshot as the rows, and no row under seal changes without an event.
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::columns::Ledger;
use super::read::{self, Total};
use crate::kernel::access::Scope;
use crate::kernel::audit;
use crate::kernel::error::Result;

/// So many answers are kept at most; then all are forgotten, and counted again as they are asked for.
const KEPT: usize = 2_000;

/// What was counted, a part of the portal.
#[derive(Debug, Default)]
pub struct Counted(Mutex<HashMap<Asked, Answer>>);

/// Whose view of which ledger, on which day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    ledger: &'static str,
    within: Scope,
    as_of: Option<NaiveDate>,
    today: NaiveDate,
}

/// The totals of the ready-made views, in their order, after so many events.
#[derive(Debug)]
struct Answer {
    events: i64,
    totals: Vec<Total>,
}

impl Counted {
    /// The totals of the ready-made views of a ledger, as they are or as they stood at the end of a day. `conn` reads one
    /// snapshot ([`crate::kernel::app::App::read`]).
    pub async fn totals(
        &self,
        conn: &mut PgConnection,
        ledger: &'static Ledger,
        within: &Scope,
        today: NaiveDate,
        as_of: Option<NaiveDate>,
    ) -> Result<Vec<Total>> {
        let asked = Asked { ledger: ledger.key, within: within.clone(), as_of, today };
        let events = audit::newest(conn).await?;
        if let Some(totals) = self.known(&asked, events) {
            return Ok(totals);
        }
        let totals = read::chip_totals(conn, ledger, within, today, as_of).await?;
        self.keep(asked, Answer { events, totals: totals.clone() });
        Ok(totals)
    }

    fn known(&self, asked: &Asked, events: i64) -> Option<Vec<Total>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(asked).filter(|answer| answer.events == events).map(|answer| answer.totals.clone())
    }

    fn keep(&self, asked: Asked, answer: Answer) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(asked, answer);
    }
}
