//! Requests (申請): a kind is data from the adopted regulation (form and route), its effects are typed Rust that a room
//! registers as a [`RequestKind`]. The machine in [`model`] decides what may happen; everything else writes it down.
pub mod actions;
pub mod attachments;
pub mod binding;
pub mod drafts;
pub mod kinds;
pub mod model;
pub mod paper;
pub mod procedures;
pub mod rights;
pub mod routes;
pub mod store;
pub mod tables;
pub mod views;

pub use kinds::{
    Ask, Executed, Kinds, KindsInForce, KindsOfDay, Line, LineDraft, Matter, Registered, RequestKind, Reveal,
};
pub use routes::{counts, room};
