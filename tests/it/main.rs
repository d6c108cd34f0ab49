//! One test program: what a user, an administrator or an attacker would notice, against the real portal.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed, and says where")]
mod support;

mod architecture;
mod browser;
mod catalogue;
mod licences;
mod private_pg;
mod regulations;
