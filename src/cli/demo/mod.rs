//! `mamori demo`: a fictional organisation with a year of activity, made through the same actions as a real one.
pub mod company;
pub mod systems;
pub mod year;
