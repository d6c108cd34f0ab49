//! 情報システム台帳: which systems there are, who owns them, and which rights each knows. Accounts are rights on its rows.
pub mod actions;
pub mod ledger;
pub mod model;
mod store;
