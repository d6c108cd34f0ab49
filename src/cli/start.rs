//! From options to a running portal: the database (a private PostgreSQL unless one is given), migrations, keys, parts.
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use anyhow::{Context as _, bail};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::kernel::app::App;
use crate::kernel::clock::Clock;
use crate::kernel::config::{ARGON2, Common, Config, Mode, Serving, default_data_dir};
use crate::kernel::database::{Database, PoolSizes, migrate};
use crate::kernel::keys::Keys;
use crate::kernel::private_pg::{PrivatePg, SUPERUSER};
use crate::portal;

/// The database's name in the private server.
const DATABASE: &str = "mamori";
/// The limited login of the runtime.
const LOGIN: &str = "mamori_login";

/// A portal ready to serve. Dropping it stops its private server.
pub struct Running {
    /// the portal
    pub app: App,
    /// the private server, unless DATABASE_URL was given
    pub private: Option<PrivatePg>,
}

/// Where this process keeps its things.
pub fn data_dir(common: &Common) -> anyhow::Result<PathBuf> {
    if let Some(dir) = &common.data_dir {
        return Ok(dir.clone());
    }
    let owner = fs::metadata("/proc/self").map(|meta| meta.uid()).unwrap_or(1);
    Ok(default_data_dir(owner == 0))
}

/// Starts everything but the listener.
pub async fn start(common: &Common, serving: &Serving, mode: Mode, dir: &Path, clock: Clock) -> anyhow::Result<Running> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make the data directory {}", dir.display()))?;
    let (private, runtime, powerful) = database(common, dir).await?;
    migrate(&powerful).await?;
    let database = Database::open(runtime, PoolSizes::default()).await?;
    let keys = Keys::open(dir)?;
    let config = config(serving, mode, dir)?;
    let app = portal::build(database, clock, config, keys).await?;
    Ok(Running { app, private })
}

/// The private server with its database, or the given one.
async fn database(common: &Common, dir: &Path) -> anyhow::Result<(Option<PrivatePg>, PgConnectOptions, PgConnectOptions)> {
    if let Some(url) = &common.database_url {
        let runtime = PgConnectOptions::from_str(url).context("DATABASE_URL is no address of a database")?;
        let powerful = common.migrate_url.as_deref().unwrap_or(url);
        let powerful = PgConnectOptions::from_str(powerful).context("MAMORI_MIGRATE_URL is no address of a database")?;
        return Ok((None, runtime, powerful));
    }
    let at = dir.to_owned();
    let server = tokio::task::spawn_blocking(move || PrivatePg::start(&at, &[])).await??;
    let options = PgConnectOptions::new_without_pgpass().socket(server.socket_dir());
    make_database(&options.clone().username(SUPERUSER).database("postgres")).await?;
    let runtime = options.clone().username(LOGIN).database(DATABASE);
    let powerful = options.username(SUPERUSER).database(DATABASE);
    Ok((Some(server), runtime, powerful))
}

async fn make_database(maintenance: &PgConnectOptions) -> anyhow::Result<()> {
    let mut conn = maintenance.connect().await.context("the private PostgreSQL does not answer")?;
    let there = sqlx::query_scalar!("select 1 as there from pg_database where datname = $1", DATABASE).fetch_optional(&mut conn).await?;
    if there.is_none() {
        sqlx::query("create database mamori template template0").execute(&mut conn).await?;
    }
    conn.close().await?;
    Ok(())
}

fn config(serving: &Serving, mode: Mode, dir: &Path) -> anyhow::Result<Config> {
    let origin = serving.origin.clone().unwrap_or_else(|| format!("http://{}", serving.listen));
    let origin = origin.trim_end_matches('/').to_owned();
    let plain = origin.starts_with("http://");
    if plain && !serving.listen.ip().is_loopback() {
        bail!("over plain http the portal listens on loopback only: set MAMORI_ORIGIN to its https:// address and put a proxy with TLS before it");
    }
    Ok(Config {
        mode,
        origin,
        data_dir: dir.to_owned(),
        mail_from: serving.mail_from.clone(),
        smtp_url: serving.smtp_url.clone(),
        trusted_proxies: serving.trusted_proxies.clone(),
        argon2: ARGON2,
    })
}
