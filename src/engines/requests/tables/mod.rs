//! まとめて申請: many requests of one kind from the rows of a table, each of them its own request with its own number. What is
//! wrong with a row is said at its cell before anything is filed; a table belongs to the one who uploaded it.
//!
//! * [`columns`]: which column is which question, and what a cell answers.
//! * [`actions`]: read, judge, file, throw away. [`store`]: its SQL.
//! * [`routes`]: the pages.
pub mod actions;
pub mod columns;
pub mod routes;
pub mod store;
