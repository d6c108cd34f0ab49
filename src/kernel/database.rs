//! The database: migrations under a lock, then three pools, each in its own limited role.
use std::time::Duration;

use anyhow::{Context as _, bail};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection};

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

/// Brings the schema up to date. Two portals starting at once wait for each other (sqlx takes an advisory lock).
pub async fn migrate(options: &PgConnectOptions) -> anyhow::Result<()> {
    let mut conn = PgConnection::connect_with(options).await.context("cannot reach the database for migrations")?;
    MIGRATIONS.run(&mut conn).await.context("migrations failed")?;
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
            ])
            .disable_statement_logging();
        let database = Self {
            app: pool(&options, Role::App, sizes.app),
            auth: pool(&options, Role::Auth, sizes.auth),
            worker: pool(&options, Role::Worker, sizes.worker),
        };
        database.refuse_power().await?;
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

    /// Start-up refuses a login that could get round the walls.
    async fn refuse_power(&self) -> anyhow::Result<()> {
        let power = sqlx::query!(
            r#"select r.rolsuper or r.rolbypassrls as "strong!",
                      pg_has_role(r.rolname, 'mamori_owner', 'member') or pg_has_role(r.rolname, 'mamori_audit_owner', 'member') as "owner!",
                      has_table_privilege('mamori_app', 'audit.event', 'update') or has_table_privilege('mamori_app', 'audit.event', 'delete') as "rewrite!",
                      exists (select from pg_trigger where tgname = 'zz_link' and tgenabled = 'O' and tgrelid = 'audit.event'::regclass) as "linked!",
                      (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname in ('public', 'auth') and c.relkind = 'r' and not c.relrowsecurity and c.relname <> '_sqlx_migrations') as "bare!"
                 from pg_roles r
                where r.rolname = session_user"#
        )
        .fetch_one(&self.app)
        .await
        .context("start-up check of the database")?;
        if power.strong || power.owner {
            bail!(
                "the portal must not sign in to the database as a superuser or owner: give DATABASE_URL a login that is only a member of mamori_app, mamori_worker and mamori_auth, and MAMORI_MIGRATE_URL the powerful one"
            );
        }
        if power.rewrite || !power.linked {
            bail!("the event log's protection is not in place (privileges or trigger); refusing to start");
        }
        if power.bare > 0 {
            bail!("{} tables have no row-level security; refusing to start", power.bare);
        }
        Ok(())
    }

    /// Closes the pools.
    pub async fn close(&self) {
        tokio::join!(self.app.close(), self.auth.close(), self.worker.close());
    }
}

fn pool(options: &PgConnectOptions, role: Role, size: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(3))
        .test_before_acquire(true)
        .after_connect(move |conn, _| {
            Box::pin(async move {
                conn.execute(role.set_role()).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options.clone())
}
