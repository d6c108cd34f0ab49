//! Regulations (規程) as data: the catalogue of clauses, the binding of clauses to what the portal does, the
//! numbers they fix, and the clause board (条項と実施状況) that shows what is kept and by which record.
//!
//! * words and rules: [`catalogue`], [`binding`], [`parameters`], [`board`], [`coverage`]; [`library`] reads them all
//! * the adopted regulation at hand: [`adopted`]; what can be done about it: [`actions`]
//! * `selfcheck` tries the settings every day
//! * pages: `routes`, [`views`], `entry`
//! * [`store`] reads what the board rests on; the database makes it from the events that carry a mechanism
pub mod fault;
pub mod words;
pub mod catalogue;
pub mod parameters;
pub mod binding;
pub mod library;
pub mod coverage;
pub mod board;
pub mod functions;
pub mod store;
pub mod adopted;
pub mod actions;
pub mod views;
mod entry;
mod selfcheck;
mod routes;

pub use adopted::{Adopted, Regulations, basis};
pub use library::{ClauseRef, Entry, Library};
pub use routes::room;
pub use selfcheck::keep_house;

/// Mechanism keys in operation. A feature writes its events under one of them; bindings may name no other.
pub const MECHANISMS: &[&str] = &[
    "account.register",
    "account.least_rights",
    "account.ledger.created",
    "account.initial_password",
    "account.handover",
    "account.change",
    "account.ledger.changed",
    "account.stop",
    "account.ledger.stopped",
    "password.rules",
    "password.max_age",
    "password.history",
    "password.first_change",
    "password.lock",
    "password.reset",
    "password.identity_check",
    "portal.log",
    "role.assignment",
];
