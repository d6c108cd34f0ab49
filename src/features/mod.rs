//! The features: each folder is one room, none imports another.
pub mod accounts;
pub mod home;
pub mod systems;
