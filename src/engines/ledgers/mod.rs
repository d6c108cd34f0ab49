//! The ledgers engine (台帳): a feature declares columns once and receives list, search, filters, order, paging,
//! scope, export, history, kept views and the as-of view (基準日).
//!
//! A feature declares a `static` [`columns::Ledger`], and its handlers call [`screens::list`], [`screens::detail`],
//! [`send::ask`] and [`send::send`] with it. Reading without a page goes through [`read`].
pub mod columns;
pub mod counted;
mod cursor;
pub mod export;
pub mod query;
pub mod read;
#[cfg(test)]
mod sample;
pub mod screens;
pub mod send;
mod sql;
mod store;
pub mod trial;
pub mod views;
