//! Departments, persons, posts, stand-ins, permissions and sign-in.

pub mod roster;
