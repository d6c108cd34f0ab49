//! Administrator rights (特権・管理者権限): their own ledger, the requests that grant, use and change them, and the record of
//! what was done with them. What a regulation demands beyond the ledger is read from its binding: where it declares
//! `privileged.grant`, no row comes by hand; where it declares `privileged.use`, no work without an instruction.
pub mod actions;
pub mod ending;
mod forms;
mod holdings;
pub mod ledger;
pub mod model;
mod overview;
mod pages;
mod reactions;
mod requests;
mod routes;
mod store;
mod tasks;

use super::Feature;

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: routes::room(),
        kinds: requests::kinds(),
        reacts: reactions::all(),
        tasks: Some(tasks::secrets_due),
        holdings: Some(holdings::of),
    }
}
