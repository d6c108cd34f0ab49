//! Departments, persons, posts, stand-ins, permissions and sign-in.
pub mod absences;
pub mod acting;
pub mod browser;
pub mod codes;
pub mod designees;
pub mod elsewhere;
pub mod import;
pub mod keeping;
pub mod lockout;
pub mod model;
pub mod pages;
pub mod passwords;
pub mod permissions;
pub mod pledge;
pub mod posts;
pub mod proposals;
pub mod readers;
pub mod reminders;
pub mod roster;
pub mod sessions;
pub mod sign_in;
mod sign_in_list;
pub mod sign_ins;
pub mod stand_ins;
pub mod step_up;
pub mod store;

use crate::kernel::app::Builder;
use crate::web::identify::Identifier;

/// Plugs in what this room brings to the running portal: who a session belongs to, hashing and its buckets.
#[must_use]
pub fn plug(builder: Builder) -> Builder {
    builder.part(Identifier(Box::new(sessions::Sessions::default()))).part(sign_in::Gatekeeper::default())
}
