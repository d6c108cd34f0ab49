//! One test program: what a user, an administrator or an attacker would notice, against the real portal.
mod private_pg;
