//! One file per command.
pub mod coverage;
pub mod regulations;
pub mod demo;
