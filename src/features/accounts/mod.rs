//! アカウント管理台帳 and the requests that keep it: registering, changing and stopping accounts
//! (system-management 4.1.1, 4.1.2, 4.1.3).
pub mod actions;
mod holdings;
pub mod ledger;
pub mod model;
mod passwords;
mod reactions;
mod requests;
mod routes;
pub mod sharing;
mod store;
mod tasks;
pub mod unused;

use super::Feature;

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: routes::room(),
        kinds: requests::kinds(),
        reacts: reactions::all(),
        tasks: Some(tasks::past_their_end),
        holdings: Some(holdings::of),
    }
}
