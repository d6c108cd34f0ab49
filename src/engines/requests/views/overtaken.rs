//! 対象が変更されました: rows of a ledger that a decided request is about and that have changed since, by another road.
use crate::engines::requests::actions::{Hand, Open};
use crate::engines::requests::model::Phase;
use crate::engines::requests::store::{LineRow, lists};
use crate::kernel::error::Result;
use crate::web::dates::Dates;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// The lines whose row has changed since the decision, by number and in words.
pub async fn overtaken(
    conn: &mut PgConnection,
    hand: &Hand,
    dates: &Dates,
    open: &Open,
    lines: &[LineRow],
) -> Result<Vec<(i32, String)>> {
    if open.case.phase != Phase::Executing {
        return Ok(Vec::new());
    }
    let changed = lists::changed_since(conn, open.request.request_id()).await?;
    let said = |(no, at): (i32, DateTime<Utc>)| {
        let line = lines.iter().find(|line| line.no == no)?;
        let said = hand.w.t2("requests-overtaken", "what", &line.subject, "at", dates.short_at(at)).into_owned();
        Some((no, said))
    };
    Ok(changed.into_iter().filter_map(said).collect())
}
