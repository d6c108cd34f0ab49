//! The features: each folder is one room, none imports another. What a room brings is plain data, listed by portal.rs.
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::engines::requests::RequestKind;
use crate::kernel::audit::Recorded;
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use crate::web::routing::Room;

pub mod accounts;
pub mod administration;
pub mod directory;
pub mod functions;
pub mod home;
pub mod imports;
pub mod password_problems;
pub mod movements;
pub mod password_reset;
pub mod preferences;
pub mod privileged;
pub mod setup;
pub mod systems;

/// What happens in another room when an event is recorded; runs in the same transaction.
pub type Reaction = for<'a> fn(&'a mut Work, &'a Recorded) -> BoxFuture<'a, Result<()>>;

/// A capability of the portal, as plain data. Adding one = a folder and one line in portal.rs.
#[derive(Default)]
pub struct Feature {
    /// key, routes, menu entries
    pub room: Room,
    /// the request kinds it carries out
    pub kinds: Vec<Arc<dyn RequestKind>>,
    /// to which event kinds it reacts
    pub reacts: Vec<(&'static str, Reaction)>,
}
