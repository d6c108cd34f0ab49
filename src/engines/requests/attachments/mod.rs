//! 添付: files that come with a form. They are judged by their content and kept with whoever uploaded them, so that a form that comes
//! back has lost nothing; with a draft, as long as it lives; and with the request, for good. Whoever may read the request may take
//! them out, and each time that is an event.
//!
//! * [`actions`]: take in, keep with a draft, sweep. [`store`]: its SQL.
//! * [`routes`]: a file is handed out, never shown.
pub mod actions;
pub mod routes;
pub mod store;
