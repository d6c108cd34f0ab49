//! The database: migrations under a lock, then three pools, each in its own limited role, on a schema that this program
//! knows.
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::protection;

/// The migrations, inside the program.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Which limited role a connection takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// pages and actions
    App,
    /// sign-in: alone reads what proves a person
    Auth,
    /// jobs
    Worker,
}

impl Role {
    fn set_role(self) -> &'static str {
        match self {
            Self::App => "set role mamori_app",
            Self::Auth => "set role mamori_auth",
            Self::Worker => "set role mamori_worker",
        }
    }
}

/// The three pools.
#[derive(Debug, Clone)]
pub struct Database {
    /// pages and actions
    pub app: PgPool,
    /// sign-in and sessions
    pub auth: PgPool,
    /// jobs
    pub worker: PgPool,
}

/// How large the pools are.
#[derive(Debug, Clone, Copy)]
pub struct PoolSizes {
    /// pages and actions
    pub app: u32,
    /// sign-in and sessions
    pub auth: u32,
    /// jobs
    pub worker: u32,
}

impl Default for PoolSizes {
    fn default() -> Self {
        Self { app: 10, auth: 6, worker: 3 }
    }
}

/// The schema of the database is not the one this program was made for. Nothing is served on it, and the process ends with
/// a code of its own, so that whoever starts it can tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongSchema {
    /// A newer program has been here.
    #[error(
        "the database is newer than this program (schema {found}, known up to {known}): start the newer program, or restore the backup that was taken before the update"
    )]
    Newer {
        /// the newest migration of the database
        found: i64,
        /// the newest of this program
        known: i64,
    },
    /// Nobody has migrated it yet.
    #[error(
        "the database is older than this program (schema {found}, wanted {known}): take a backup and start `mamori serve` of this program once; a database of your own is migrated over MAMORI_MIGRATE_URL"
    )]
    Older {
        /// the newest migration of the database
        found: i64,
        /// the newest of this program
        known: i64,
    },
    /// What stands in the database under this number is not what this program would have done.
    #[error("migration {0} of the database is not that of this program: one of the two is of another make")]
    Altered(i64),
}

impl WrongSchema {
    /// The exit code of the process.
    pub const EXIT: u8 = 3;
}

/// Compares what was done to the database with what this program knows.
async fn wrong_schema(conn: &mut PgConnection) -> anyhow::Result<Option<WrongSchema>> {
    // not part of the schema that queries are checked against: sqlx keeps this table itself
    let there = sqlx::query_scalar!(r#"select to_regclass('public._sqlx_migrations') is not null as "there!""#);
    let done: Vec<(i64, Vec<u8>)> = if there.fetch_one(&mut *conn).await? {
        sqlx::query_as("select version, checksum from _sqlx_migrations where success order by version")
            .fetch_all(conn)
            .await
            .context("cannot read which migrations the database has")?
    } else {
        Vec::new()
    };
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    let found = done.last().map_or(0, |(version, _)| *version);
    for (version, checksum) in &done {
        match MIGRATIONS.iter().find(|migration| migration.version == *version) {
            None if *version > known => return Ok(Some(WrongSchema::Newer { found, known })),
            None => return Ok(Some(WrongSchema::Altered(*version))),
            Some(migration) if *migration.checksum != **checksum => return Ok(Some(WrongSchema::Altered(*version))),
            Some(_) => {}
        }
    }
    Ok((done.len() < MIGRATIONS.iter().count()).then_some(WrongSchema::Older { found, known }))
}

/// Brings the schema up to date. Two portals starting at once wait for each other (sqlx takes an advisory lock).
pub async fn migrate(options: &PgConnectOptions) -> anyhow::Result<()> {
    let mut conn = PgConnection::connect_with(options).await.context("cannot reach the database for migrations")?;
    match wrong_schema(&mut conn).await? {
        None | Some(WrongSchema::Older { .. }) => MIGRATIONS.run(&mut conn).await.context("migrations failed")?,
        Some(wrong) => return Err(wrong.into()),
    }
    // a month's partition is there before the first event of that month
    sqlx::query("select audit.ensure_partitions(current_date, 3)")
        .execute(&mut conn)
        .await
        .context("partitions of the event log")?;
    conn.close().await?;
    Ok(())
}

impl Database {
    /// Opens the pools with the limited login and checks that it is as weak as it must be.
    pub async fn open(options: PgConnectOptions, sizes: PoolSizes) -> anyhow::Result<Self> {
        let options = options
            .options([
                ("statement_timeout", "10s"),
                ("lock_timeout", "3s"),
                ("idle_in_transaction_session_timeout", "15s"),
                // Pages ask for little: to compile an export's query takes PostgreSQL sixty times as long as to run it.
                ("jit", "off"),
            ])
            .disable_statement_logging();
        let database = Self {
            app: pool(&options, Role::App, sizes.app),
            auth: pool(&options, Role::Auth, sizes.auth),
            worker: pool(&options, Role::Worker, sizes.worker),
        };
        let mut conn = database.worker.acquire().await.context("cannot reach the database")?;
        match wrong_schema(&mut conn).await? {
            Some(wrong) => return Err(wrong.into()),
            None => protection::refuse_without(&mut conn).await?,
        }
        drop(conn);
        Ok(database)
    }

    /// The pool of a role.
    #[must_use]
    pub fn pool(&self, role: Role) -> &PgPool {
        match role {
            Role::App => &self.app,
            Role::Auth => &self.auth,
            Role::Worker => &self.worker,
        }
    }

    /// Begins a transaction in this role: the one way to do it. Whoever goes away while it begins (a page that is closed) leaves the
    /// beginning to run to its end here and be rolled back: dropped half-way, the connection would go back to the pool inside a
    /// transaction of which the pool knows nothing, and the next to use it would read an old snapshot or could not write.
    ///
    /// Who is looking goes along with the beginning, in one journey.
    pub async fn begin(
        &self,
        role: Role,
        statement: &'static str,
        sight: Option<&Sight<'_>>,
    ) -> sqlx::Result<Transaction<'static, Postgres>> {
        let pool = self.pool(role).clone();
        let statement =
            sight.map_or_else(|| statement.to_owned(), |sight| format!("{statement}; {}", sight.settings()));
        let begun = tokio::spawn(async move { pool.begin_with(AssertSqlSafe(statement)).await });
        begun.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed))
    }

    /// Closes the pools.
    pub async fn close(&self) {
        tokio::join!(self.app.close(), self.auth.close(), self.worker.close());
    }
}

/// Who is looking, when, and by which rules: what row-level security asks of a transaction, for that one alone.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// the person; none for the portal itself and for strangers
    pub person: Option<Uuid>,
    /// the departments in their reach
    pub departments: &'a [Uuid],
    /// everything is in reach
    pub all: bool,
    /// the section that owns a system reads its rows
    pub owner_reads: bool,
    /// the moment of everything in it
    pub now: DateTime<Utc>,
}

impl Sight<'_> {
    /// Ids, a moment, yes or no: nothing in it that anybody typed.
    fn settings(&self) -> String {
        let person = self.person.map(|id| id.to_string()).unwrap_or_default();
        let departments = self.departments.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",");
        let on_off = |yes: bool| if yes { "on" } else { "off" };
        let (all, owner_reads, now) = (on_off(self.all), on_off(self.owner_reads), self.now.to_rfc3339());
        format!(
            "set local mamori.person = '{person}'; set local mamori.departments = '{departments}'; set local mamori.scope_all = '{all}'; \
             set local mamori.now = '{now}'; set local mamori.owner_reads = '{owner_reads}'"
        )
    }
}

/// A change, each statement of which sees what was committed before it.
pub const CHANGE: &str = "begin";
/// A change that sees one state of everything.
pub const STILL: &str = "begin isolation level repeatable read";
/// Reading alone, one state of everything.
pub const LOOK: &str = "begin isolation level repeatable read, read only";

/// So long after its last use a connection is trusted.
const FRESH: Duration = Duration::from_secs(1);

fn pool(options: &PgConnectOptions, role: Role, size: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(3))
        // a connection that was used a moment ago is there: to ask each time is a journey of its own for every query of a page
        .test_before_acquire(false)
        .before_acquire(|conn, meta| {
            Box::pin(async move {
                if meta.idle_for >= FRESH {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |conn, _| {
            Box::pin(async move {
                conn.execute(role.set_role()).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options.clone())
}
