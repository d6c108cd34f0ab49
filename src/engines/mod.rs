//! The engines that features declare themselves to. Arrows: regulations ← ledgers ← requests.
pub mod regulations;
pub mod ledgers;
pub mod requests;
