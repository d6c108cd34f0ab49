//! 人事異動情報 and the 人事異動対応表: what hiring, transfer, retirement, secondment and leave call for, row by row, and what the
//! portal does by itself when the day comes: posts move, signing in stops or goes on, drafts are prepared, and who answers
//! for accounts that outlived their holder is told.
pub mod actions;
pub mod model;
pub mod nightly;
mod routes;
mod store;
mod views;

use super::{Feature, Reaction};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::Result;

pub use nightly::{Day, round};

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: routes::room(),
        reacts: vec![
            ("request.filed", actions::answered as Reaction),
            ("roster.imported", actions::register_changed),
            ("person.corrected", actions::register_changed),
        ],
        ..Feature::default()
    }
}

/// How many rows wait for a request, for the menu.
pub async fn count(app: &App, conn: &mut sqlx::PgConnection, viewer: &Viewer) -> Result<Option<u64>> {
    if !viewer.may(Permission::MovementsView) {
        return Ok(None);
    }
    let rows = store::rows(conn, &viewer.scope(Permission::MovementsView), app.clock().today()).await?;
    let waiting = rows.iter().filter(|row| !row.answered()).count();
    Ok(Some(u64::try_from(waiting).unwrap_or(u64::MAX)))
}
