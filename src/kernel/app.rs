//! The running portal: database, clock, keys, settings, and the parts that the rooms above plug in.
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use sqlx::{PgConnection, Postgres, Transaction};

use super::access::{Actor, Reach, Viewer, Who};
use super::audit::Recorded;
use super::clock::Clock;
use super::config::Config;
use super::database::{Database, LOOK, Role, Sight};
use super::error::Result;
use super::keys::{Keys, Purpose};
use super::settings::Settings;
use super::work::Work;

/// Runs inside the transaction of each recorded event (reactions of other rooms).
pub type Projection = for<'a> fn(&'a mut Work, &'a Recorded) -> BoxFuture<'a, Result<()>>;

/// Everything a handler or a job needs. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    database: Database,
    clock: Clock,
    config: Config,
    keys: Keys,
    audit_key: zeroize::Zeroizing<[u8; 32]>,
    settings: RwLock<Arc<Settings>>,
    parts: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    projections: Vec<Projection>,
}

/// Puts an `App` together; portal.rs is where this happens.
pub struct Builder {
    database: Database,
    clock: Clock,
    config: Config,
    keys: Keys,
    settings: Settings,
    parts: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    projections: Vec<Projection>,
}

impl Builder {
    /// Begins with what every portal has.
    #[must_use]
    pub fn new(database: Database, clock: Clock, config: Config, keys: Keys, settings: Settings) -> Self {
        Self { database, clock, config, keys, settings, parts: HashMap::new(), projections: Vec::new() }
    }

    /// Plugs in a part that rooms find again by its type.
    #[must_use]
    pub fn part<T: Any + Send + Sync>(mut self, part: T) -> Self {
        self.parts.insert(TypeId::of::<T>(), Arc::new(part));
        self
    }

    /// Adds a projection.
    #[must_use]
    pub fn projection(mut self, projection: Projection) -> Self {
        self.projections.push(projection);
        self
    }

    /// The portal.
    #[must_use]
    pub fn build(self) -> App {
        let audit_key = self.keys.subkey(Purpose::Audit);
        App(Arc::new(Inner {
            database: self.database,
            clock: self.clock,
            config: self.config,
            keys: self.keys,
            audit_key,
            settings: RwLock::new(Arc::new(self.settings)),
            parts: self.parts,
            projections: self.projections,
        }))
    }
}

impl App {
    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    pub(super) fn audit_key(&self) -> &[u8; 32] {
        &self.0.audit_key
    }

    /// The database's pools: for jobs, health and sessions. Pages use `read` and `change`.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The numbers in force now.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        self.0.settings.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// New numbers in force (adoption, a value entered by the organisation).
    pub fn put_settings(&self, settings: Settings) {
        *self.0.settings.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(settings);
    }

    /// A part that portal.rs plugged in.
    pub fn part<T: Any + Send + Sync>(&self) -> Result<Arc<T>> {
        let part = self.0.parts.get(&TypeId::of::<T>()).cloned();
        let part = part.and_then(|part| part.downcast::<T>().ok());
        part.ok_or_else(|| anyhow::anyhow!("{} is not plugged in", std::any::type_name::<T>()).into())
    }

    pub(super) fn projections(&self) -> &[Projection] {
        &self.0.projections
    }

    /// Opens a reading transaction that shows what this person may see.
    pub async fn read(&self, viewer: &Viewer) -> Result<Read> {
        let scope_all = viewer.widest() == Reach::Organisation;
        self.read_scoped(Role::App, Some(viewer.person.0), &viewer.departments(), scope_all).await
    }

    /// Opens a reading transaction of the portal itself (a job, a command, the audience of an open page).
    pub async fn read_all(&self, role: Role) -> Result<Read> {
        self.read_scoped(role, None, &[], true).await
    }

    async fn read_scoped(
        &self,
        role: Role,
        person: Option<uuid::Uuid>,
        departments: &[uuid::Uuid],
        all: bool,
    ) -> Result<Read> {
        let sight = sight(self, self.clock().now(), person, departments, all);
        let tx = self.database().begin(role, LOOK, Some(&sight)).await?;
        Ok(Read { tx })
    }

    /// The only road to a change: one transaction with actor and time, committed on `Ok`, undone on `Err`.
    pub async fn change<T, F>(&self, actor: &Actor, act: F) -> Result<T>
    where
        F: AsyncFnOnce(&mut Work) -> Result<T>,
    {
        self.change_as(Role::App, actor, act).await
    }

    /// `change` in another database role (sign-in: `Auth`, jobs: `Worker`).
    pub async fn change_as<T, F>(&self, role: Role, actor: &Actor, act: F) -> Result<T>
    where
        F: AsyncFnOnce(&mut Work) -> Result<T>,
    {
        let mut work = Work::begin(self, role, actor.clone()).await?;
        let outcome = act(&mut work).await?;
        work.commit().await?;
        Ok(outcome)
    }

    /// Writes down a refusal or a failed attempt, outside of what was undone; also where only the language was asked for.
    pub async fn note(&self, actor: &Actor, event: super::audit::Event) -> Result<()> {
        let note = self.change(actor, async |work: &mut Work| work.record(event).await.map(drop));
        super::work::kept_all_the_same(note).await
    }
}

/// Who is looking, by the rules in force now.
pub(super) fn sight<'a>(
    app: &App,
    now: DateTime<Utc>,
    person: Option<uuid::Uuid>,
    departments: &'a [uuid::Uuid],
    all: bool,
) -> Sight<'a> {
    Sight { person, departments, all, owner_reads: app.settings().accounts.owner_reads.value, now }
}

/// A reading transaction.
pub struct Read {
    tx: Transaction<'static, Postgres>,
}

impl Read {
    /// The connection, for a room's `store`.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}

/// Is anybody acting, and who.
impl Actor {
    pub(super) fn row_security(&self) -> (Option<uuid::Uuid>, &[uuid::Uuid], bool) {
        let person = match self.who {
            Who::Person(id) => Some(id.0),
            Who::Anonymous | Who::Portal => None,
        };
        (person, &self.departments, self.scope_all)
    }
}
