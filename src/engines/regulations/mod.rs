//! Regulations (規程) as data: the catalogue of clauses, the binding of clauses to what the portal does, the
//! numbers they fix, and the clause board (条項と実施状況) that shows what is kept and by which record.
//!
//! * words and rules: [`catalogue`], [`binding`], [`parameters`], [`board`], [`coverage`]; [`library`] reads them all
//! * the adopted ones: [`adopted`], at hand in [`in_force`]; of several values the stricter: [`strict`], [`settle`]
//! * what the organisation decides where no clause does: [`own_routes`]
//! * what can be done about them: [`actions`]; what an adoption asks and changes: [`blanks`], [`compare`], [`impact`]
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
pub mod by_post;
pub mod functions;
pub mod vacated;
pub mod store;
pub mod blanks;
pub mod strict;
pub mod compare;
pub mod impact;
pub mod settle;
pub mod adopted;
pub mod own_routes;
pub mod in_force;
pub mod actions;
pub mod views;
pub mod entry;
mod selfcheck;
mod routes;

pub use adopted::{Adopted, Adoptions, InForce, Role};
pub use in_force::{Regulations, UnderWay, basis, cited, say_rules};
pub use library::{ClauseRef, Entry, Library};
pub use routes::room;
pub use selfcheck::keep_house;

/// Those of [`MECHANISMS`] that are requests: a clause bound to one needs its form.
pub const REQUESTS: &[&str] = &[
    "account.register",
    "account.change",
    "account.stop",
    "account.end",
    "account.share",
    "password.reset",
    "problem.report",
    "privileged.grant",
    "privileged.use",
    "privileged.order",
    "privileged.secret",
];

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
    "account.end",
    "account.erased",
    "account.ledger.stopped",
    "account.share",
    "account.ledger.shared",
    "password.rules",
    "password.max_age",
    "password.history",
    "password.first_change",
    "password.lock",
    "password.reset",
    "password.identity_check",
    "problem.report",
    "session.elsewhere",
    "person.pledge",
    "portal.log",
    "privileged.ledger",
    "privileged.grant",
    "privileged.expiry",
    "privileged.use",
    "privileged.order",
    "privileged.record",
    "privileged.secret",
    "role.assignment",
    "request.report",
    "personnel.movement",
    "personnel.table",
];
