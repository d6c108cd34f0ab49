//! How many rows each ready-made view has (札の件数), counted anew only once something has happened.
use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::columns::Ledger;
use super::read::{self, Total};
use crate::kernel::access::Scope;
use crate::kernel::error::Result;
use crate::kernel::unchanged::Unchanged;

/// What was counted, a part of the portal.
#[derive(Debug, Default)]
pub struct Counted(Unchanged<Asked, Vec<Total>>);

/// Whose view of which ledger, on which day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    ledger: &'static str,
    within: Scope,
    as_of: Option<NaiveDate>,
    today: NaiveDate,
}

impl Counted {
    /// The totals of the ready-made views of a ledger, as they are or as they stood at the end of a day.
    pub async fn totals(
        &self,
        conn: &mut PgConnection,
        ledger: &'static Ledger,
        within: &Scope,
        today: NaiveDate,
        as_of: Option<NaiveDate>,
    ) -> Result<Arc<Vec<Total>>> {
        let asked = Asked { ledger: ledger.key, within: within.clone(), as_of, today };
        let count = async |conn: &mut PgConnection| read::chip_totals(conn, ledger, within, today, as_of).await;
        self.0.get(conn, asked, count).await
    }
}
