//! The kernel: what everything stands on. Imports crates only, never another room of the house.
pub mod access;
pub mod app;
pub mod audit;
pub mod calendar;
pub mod clock;
pub mod config;
pub mod database;
pub mod error;
pub mod ids;
pub mod jobs;
pub mod keys;
pub mod mail;
pub mod private_pg;
pub mod settings;
pub mod text;
pub mod work;
