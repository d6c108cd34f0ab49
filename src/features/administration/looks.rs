//! 閲覧の記録: reading the log or somebody's mail is written down before the page is sent (the log tells who looked, too).
use chrono::TimeDelta;
use serde_json::json;

use super::store;
use crate::kernel::access::Viewer;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::error::Result;

/// Turning pages and coming back within this time is one reading.
const ONE_READING: TimeDelta = TimeDelta::minutes(10);

/// Writes the look down, unless the same person looked at the same thing a moment ago.
pub async fn note(app: &App, viewer: &Viewer, event: Event, conditions: &str) -> Result<()> {
    let look = store::Look {
        person: viewer.person.0,
        kind: event.kind,
        entity_id: &event.entity_id,
        conditions,
        since: app.clock().now() - ONE_READING,
    };
    let mut read = app.read(viewer).await?;
    let lately = store::looked_lately(read.conn(), &look).await?;
    drop(read);
    if lately {
        return Ok(());
    }
    app.note(&viewer.actor(), event.facts(json!({ "conditions": conditions }))).await
}
