//! Prepared drafts (下書き): a form that somebody fills in for the one who may file it, or keeps for later. The one who
//! files it opens it in the ordinary form, changes what they want and files it in their own name; whoever prepared it is
//! named on the request and told. Nobody but these two ever sees it.
//!
//! * [`actions`]: prepare, keep, file from it, return, discard, take back, let expire.
//! * [`store`]: its SQL. [`routes`] and [`views`]: the list and one draft.
pub mod actions;
pub mod routes;
pub mod store;
pub mod views;
