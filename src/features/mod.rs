//! The features: each folder is one room, none imports another. What a room brings is plain data, listed by portal.rs.
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::engines::requests::RequestKind;
use crate::kernel::access::Viewer;
use crate::kernel::app::{App, Read};
use crate::kernel::audit::Recorded;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId};
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

/// Whose post is handed over (引継ぎ), for a room that keeps rows.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    /// who holds it
    pub person: PersonId,
    /// where
    pub department: DepartmentId,
    /// the rows of the section go with it, and not those of its holder alone
    pub section: bool,
}

/// A row that is handed over.
#[derive(Debug, Clone)]
pub struct HoldingRow {
    /// its page
    pub href: String,
    /// what it is called
    pub name: String,
    /// whose, or under which code
    pub note: String,
    /// until when
    pub until: String,
}

/// Rows of one register that go with a post.
#[derive(Debug, Clone)]
pub struct Holding {
    /// the register's name
    pub register: String,
    /// the first of them
    pub rows: Vec<HoldingRow>,
    /// how many there are
    pub total: usize,
}

/// So many rows of each register are named; more than that is handed over in the register itself.
pub const HELD: i64 = 100;

impl Holding {
    /// Rows of this register, of so many.
    #[must_use]
    pub fn new(register: impl Into<String>, rows: Vec<HoldingRow>, total: i64) -> Self {
        Self { register: register.into(), rows, total: usize::try_from(total).unwrap_or_default() }
    }
}

/// The rows of a room that go with a post, as far as whoever looks may see them.
pub type Holdings = for<'a> fn(&'a mut Read, &'a Viewer, &'a Screen, Left) -> BoxFuture<'a, Result<Vec<Holding>>>;

/// Those of all rooms, in the order of the features; portal.rs plugs them in.
pub struct AllHoldings(pub Vec<Holdings>);

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
    /// which of its rows go with a post
    pub holdings: Option<Holdings>,
}
