//! 情報システム台帳: which systems there are, who owns them, and which rights each knows. Accounts are rights on its rows
//! (system-management 4.1.1-1-a, 4.1.1-1-b).
pub mod actions;
mod forms;
mod holdings;
pub mod ledger;
pub mod model;
mod routes;
mod store;

use super::Feature;

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature { room: routes::room(), holdings: Some(holdings::of), ..Feature::default() }
}
