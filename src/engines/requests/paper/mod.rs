//! 様式 (書面): a request on a sheet of A4 as offices file it, the empty form to be written on by hand, and the number by which a
//! sheet of paper is held against the record.
pub mod check;
mod qr;
pub mod routes;
mod views;
