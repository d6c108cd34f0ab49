//! The ledgers engine: a feature declares columns once and receives list, search, filters, order, paging,
//! scope, export, history and the as-of view (基準日).
pub mod columns;
pub mod cursor;
pub mod export;
pub mod query;
pub mod read;
#[cfg(test)]
mod sample;
mod sql;
