//! What tests are made with.
pub mod bench;
pub mod browser;
pub mod claims;
pub mod portal;
pub mod source;
