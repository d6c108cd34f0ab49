//! The features: each folder is one room, none imports another. What a room brings is plain data, listed by portal.rs.
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::engines::requests::RequestKind;
use crate::kernel::access::Viewer;
use crate::kernel::app::{App, Read};
use crate::kernel::audit::Recorded;
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use crate::web::parts::TodoItem;
use crate::web::routing::Room;
use crate::web::screen::Screen;

pub mod accounts;
pub mod acting;
pub mod administration;
pub mod designees;
pub mod directory;
pub mod functions;
pub mod home;
pub mod imports;
pub mod password_problems;
pub mod movements;
pub mod notices;
pub mod password_reset;
pub mod preferences;
pub mod privileged;
pub mod setup;
pub mod systems;

/// What happens in another room when an event is recorded; runs in the same transaction.
pub type Reaction = for<'a> fn(&'a mut Work, &'a Recorded) -> BoxFuture<'a, Result<()>>;

/// What waits for this person in a room, beside requests: for the home page.
pub type Tasks = for<'a> fn(&'a App, &'a mut Read, &'a Viewer, &'a Screen) -> BoxFuture<'a, Result<Vec<TodoItem>>>;

/// The tasks of all rooms, in the order of the features; portal.rs plugs them in.
pub struct AllTasks(pub Vec<Tasks>);

/// A capability of the portal, as plain data. Adding one = a folder and one line in portal.rs.
#[derive(Default)]
pub struct Feature {
    /// key, routes, menu entries
    pub room: Room,
    /// the request kinds it carries out
    pub kinds: Vec<Arc<dyn RequestKind>>,
    /// to which event kinds it reacts
    pub reacts: Vec<(&'static str, Reaction)>,
    /// what it has people do
    pub tasks: Option<Tasks>,
}
