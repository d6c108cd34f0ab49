//! What tests are made with.
pub mod bench;
pub mod browser;
pub mod claims;
pub mod command;
pub mod crawl;
pub mod ground;
pub mod html;
pub mod page;
pub mod payloads;
pub mod portal;
pub mod source;
pub mod states;
pub mod told;
pub mod uploads;
pub mod visit;
