//! 処理期限: business days by the organisation's own calendar, 初日不算入. When the calendar changes, what waits is counted
//! anew, so that nobody is late by a day on which the house was closed.
use super::kinds;
use crate::engines::requests::store::turns::{self, Turn};
use crate::kernel::clock::local;
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use chrono::NaiveDate;

/// So many business days from today.
pub(super) async fn due(work: &mut Work, days: u32) -> Result<NaiveDate> {
    let today = local(work.now).date_naive();
    Ok(turns::calendar(work.conn(), today).await?.add_business_days(today, days))
}

/// Counts the deadlines of all requests that wait anew: whoever changes the calendar calls this in the same act.
/// Returns how many of them moved.
pub async fn recount(work: &mut Work) -> Result<usize> {
    let kinds = kinds(work.app())?;
    let waiting = turns::waiting(work.conn()).await?;
    let Some(first) = waiting.iter().map(Turn::began).min() else { return Ok(0) };
    let calendar = turns::calendar(work.conn(), first).await?;
    let mut moved = 0;
    for turn in waiting {
        let step = kinds
            .filed_under(turn.regulation.as_deref(), &turn.kind)
            .ok()
            .and_then(|known| known.kind.steps.iter().find(|def| def.key == turn.step));
        let Some(days) = step.and_then(|def| def.due_days) else { continue };
        let due = calendar.add_business_days(turn.began(), days);
        if due != turn.due {
            turns::put_due(work.conn(), turn.id, due).await?;
            moved += 1;
        }
    }
    Ok(moved)
}
