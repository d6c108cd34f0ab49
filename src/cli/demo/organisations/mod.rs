//! The organisations of the demos, one file each: data and nothing else.
pub mod city;
pub mod company;
pub mod cooperative;
pub mod union;
