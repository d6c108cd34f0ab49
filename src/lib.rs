//! Mamori, read from the ground up: each module may use only those above it in this list.
pub mod kernel;
pub mod web;
pub mod people;
pub mod engines;
pub mod features;
pub mod portal;
pub mod cli;
