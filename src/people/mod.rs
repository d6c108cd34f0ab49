//! Departments, persons, posts, stand-ins, permissions and sign-in.
pub mod model;
pub mod permissions;
pub mod roster;
pub mod store;
