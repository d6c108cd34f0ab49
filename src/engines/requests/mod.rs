//! Requests (申請): forms, routes, decisions, execution, receipt.
pub mod model;
