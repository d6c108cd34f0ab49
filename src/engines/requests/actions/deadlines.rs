//! 処理期限: business days by the organisation's own calendar, 初日不算入. When the calendar changes, what waits is counted
//! anew, so that nobody is late by a day on which the house was closed.
use super::kinds;
use crate::engines::requests::model::Content;
use crate::engines::requests::store::turns::{self, Turn};
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::local;
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use chrono::NaiveDate;

/// So many business days from today; but what cannot begin before a day is not late before it has begun.
pub(super) async fn due(work: &mut Work, days: u32, begins: Option<NaiveDate>) -> Result<NaiveDate> {
    let today = local(work.now).date_naive();
    Ok(day(&turns::calendar(work.conn(), today).await?, today, days, begins))
}

fn day(calendar: &Calendar, from: NaiveDate, days: u32, begins: Option<NaiveDate>) -> NaiveDate {
    let due = calendar.add_business_days(from, days);
    begins.filter(|begins| *begins > due).map_or(due, |begins| calendar.on_or_after(begins))
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
        let Ok(known) = kinds.filed_under(turn.regulation.as_deref(), turn.own_route, &turn.kind) else { continue };
        let Some(step) = known.kind.steps.iter().find(|def| def.key == turn.step) else { continue };
        let Some(days) = step.due_days else { continue };
        let content: Content = serde_json::from_value(turn.content.clone()).map_err(anyhow::Error::from)?;
        let due = day(&calendar, turn.began(), days, known.begins(step.act, &content));
        if due != turn.due {
            turns::put_due(work.conn(), &turn, due).await?;
            moved += 1;
        }
    }
    Ok(moved)
}
