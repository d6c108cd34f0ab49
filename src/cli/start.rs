//! From options to a running portal: the database (a private PostgreSQL unless one is given), migrations, keys, parts.
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::kernel::app::App;
use crate::kernel::clock::Clock;
use crate::kernel::config::{ARGON2, Common, Config, Mode, Serving, default_data_dir, own_program};
use crate::kernel::database::{Database, PoolSizes, migrate};
use crate::kernel::keys::Keys;
use crate::kernel::private_pg::{self, PrivatePg, SUPERUSER};
use crate::kernel::secret::Secret;
use crate::portal;

/// The database's name in the private server.
const DATABASE: &str = "mamori";
/// The limited login of the runtime.
const LOGIN: &str = "mamori_login";

/// How long the processes of a server that was killed may take to be gone.
const LINGER: Duration = Duration::from_secs(20);

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
    let owner = fs::metadata("/proc/self").map_or(1, |meta| meta.uid());
    Ok(default_data_dir(owner == 0))
}

/// Starts everything but the listener.
pub async fn start(
    common: &Common,
    serving: &Serving,
    mode: Mode,
    dir: &Path,
    clock: Clock,
) -> anyhow::Result<Running> {
    start_with(common, serving, mode, dir, clock, &[]).await
}

/// The same with settings for the runtime's sessions.
pub async fn start_with(
    common: &Common,
    serving: &Serving,
    mode: Mode,
    dir: &Path,
    clock: Clock,
    session: &[(&str, &str)],
) -> anyhow::Result<Running> {
    let config = config(common, serving, mode, dir)?;
    fs::create_dir_all(dir).with_context(|| format!("cannot make the data directory {}", dir.display()))?;
    let (private, runtime, powerful) = match &common.database_url {
        Some(url) => given(common, url)?,
        None => {
            let server = private_server(dir).await?;
            let (runtime, powerful) = of_private(server.socket_dir()).await?;
            (Some(server), runtime, Some(powerful))
        }
    };
    if let Some(powerful) = powerful {
        migrate(&powerful).await?;
    }
    let database = Database::open(runtime.options(session.iter().copied()), PoolSizes::default()).await?;
    if mode == Mode::Production {
        over_https(&config, &database).await?;
        durable(&database).await?;
    }
    let keys = keys(&database, dir).await?;
    let app = portal::build(database, clock, config, keys).await?;
    Ok(Running { app, private })
}

/// The portal for a command beside one that serves: joins its database, or starts the private server for itself.
pub async fn attach(common: &Common, clock: Clock) -> anyhow::Result<Running> {
    let dir = existing_dir(common)?;
    let serving = Serving::parse_environment();
    match beside(common, &dir).await? {
        None => start(common, &serving, Mode::Demo, &dir, clock).await,
        Some(runtime) => {
            let database = Database::open(runtime, PoolSizes { app: 2, auth: 1, worker: 3 }).await?;
            let keys = keys(&database, &dir).await?;
            let app = portal::build(database, clock, config(common, &serving, Mode::Demo, &dir)?, keys).await?;
            Ok(Running { app, private: None })
        }
    }
}

/// The runtime's way into the private server of a portal that is running; `None` if nobody holds the directory.
async fn beside(common: &Common, dir: &Path) -> anyhow::Result<Option<PgConnectOptions>> {
    if common.database_url.is_some() || !held(dir) {
        return Ok(None);
    }
    let options = PgConnectOptions::new_without_pgpass().socket(PrivatePg::socket_of(dir)?);
    Ok(Some(options.username(LOGIN).database(DATABASE)))
}

/// A portal lives in this directory: its lock is taken.
fn held(dir: &Path) -> bool {
    let lock = fs::File::open(dir.join("lock"));
    lock.is_ok_and(|file| matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)))
}

/// One connection for reading, with the private server if it had to be started for it.
pub struct Reader {
    /// the connection, in the runtime's login without any role yet
    pub conn: PgConnection,
    /// the directory of keys and checkpoints
    pub dir: PathBuf,
    _private: Option<PrivatePg>,
}

/// Opens a connection for a command that only reads; migrates nothing.
pub async fn reader(common: &Common) -> anyhow::Result<Reader> {
    let dir = existing_dir(common)?;
    if let Some(url) = &common.database_url {
        let conn = PgConnection::connect(url.expose()).await.context("DATABASE_URL")?;
        return Ok(Reader { conn, dir, _private: None });
    }
    let (options, private) = match beside(common, &dir).await? {
        Some(options) => (options, None),
        None => {
            let server = private_server(&dir).await?;
            (of_private(server.socket_dir()).await?.0, Some(server))
        }
    };
    let conn = options.connect().await.context("the private PostgreSQL does not answer")?;
    Ok(Reader { conn, dir, _private: private })
}

/// The data directory of a portal that exists. Where only a demo was made, it is that one.
pub fn existing_dir(common: &Common) -> anyhow::Result<PathBuf> {
    let dir = data_dir(common)?;
    if common.database_url.is_some() || dir.join("pg").is_dir() {
        return Ok(dir);
    }
    let entries = fs::read_dir(&dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let demo = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("demo-"));
    let mut demos: Vec<PathBuf> = entries.filter(demo).filter(|path| path.join("pg").is_dir()).collect();
    match (demos.pop(), demos.is_empty()) {
        (Some(only), true) => {
            eprintln!("mamori: the demo in {}", only.display());
            Ok(only)
        }
        (Some(_), false) => bail!("there are several demos in {}: name one with --data-dir", dir.display()),
        (None, _) => bail!("there is no portal in {}: name its directory with --data-dir", dir.display()),
    }
}

type Given = (Option<PrivatePg>, PgConnectOptions, Option<PgConnectOptions>);

/// A connection of the database's owner, for what is loaded past the runtime: the private server's own, or that of
/// MAMORI_MIGRATE_URL.
pub async fn owner(common: &Common, running: &Running) -> anyhow::Result<PgConnection> {
    if let Some(server) = &running.private {
        let options = PgConnectOptions::new_without_pgpass().socket(server.socket_dir());
        return Ok(options.username(SUPERUSER).database(DATABASE).connect().await?);
    }
    let url =
        common.migrate_url.as_ref().context("this loads as the database's owner: name it in MAMORI_MIGRATE_URL")?;
    PgConnection::connect(url.expose()).await.context("MAMORI_MIGRATE_URL")
}

/// The limited way and, where one is given, the powerful one; without it nothing is migrated, the schema only looked at.
fn given(common: &Common, url: &Secret) -> anyhow::Result<Given> {
    let runtime = PgConnectOptions::from_str(url.expose()).context("DATABASE_URL is no address of a database")?;
    let powerful = common.migrate_url.as_ref().map(|url| PgConnectOptions::from_str(url.expose())).transpose();
    Ok((None, runtime, powerful.context("MAMORI_MIGRATE_URL is no address of a database")?))
}

/// The portal's key. It is made for an empty log only: one that was sealed with another key could never be verified
/// again, and nobody could sign in.
async fn keys(database: &Database, dir: &Path) -> anyhow::Result<Keys> {
    if let Some(found) = Keys::find(dir)? {
        return Ok(found);
    }
    let sealed = sqlx::query_scalar!("select seq from audit.head").fetch_one(&database.worker).await?;
    if sealed > 0 {
        bail!(
            "keys/master.key is missing in {}, and the log of this database was sealed with it; refusing to start: restore it from the escrow copy",
            dir.display()
        );
    }
    Keys::open(dir)
}

/// After a power cut the server's last processes may linger for a moment: it is asked again until they are gone.
pub async fn private_server(dir: &Path) -> anyhow::Result<PrivatePg> {
    let since = Instant::now();
    loop {
        let at = dir.to_owned();
        match tokio::task::spawn_blocking(move || PrivatePg::start(&at, &[])).await? {
            Ok(server) => return Ok(server),
            Err(private_pg::Error::Failed { program: "postgres", log })
                if since.elapsed() < LINGER && log.contains("pre-existing shared memory") =>
            {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The two ways into a private server, with its database made if need be.
async fn of_private(socket: &Path) -> anyhow::Result<(PgConnectOptions, PgConnectOptions)> {
    let options = PgConnectOptions::new_without_pgpass().socket(socket);
    make_database(&options.clone().username(SUPERUSER).database("postgres")).await?;
    let runtime = options.clone().username(LOGIN).database(DATABASE);
    Ok((runtime, options.username(SUPERUSER).database(DATABASE)))
}

/// Nobody's real data goes over plain http. Only set-up may, on loopback, as long as there is no organisation.
async fn over_https(config: &Config, database: &Database) -> anyhow::Result<()> {
    if config.secure() {
        return Ok(());
    }
    let founded = sqlx::query_scalar!("select made_by from organisation").fetch_optional(&database.app).await?;
    if founded.is_some() {
        bail!(
            "in production people reach the portal over https only: set MAMORI_ORIGIN to its https:// address and put a proxy with TLS before it"
        );
    }
    Ok(())
}

/// A database that forgets what it has confirmed is none for evidence.
async fn durable(database: &Database) -> anyhow::Result<()> {
    let off = sqlx::query_scalar!(
        r#"select string_agg(name, ', ') as "names" from pg_settings
            where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'off'"#
    )
    .fetch_one(&database.app)
    .await?;
    match off {
        Some(names) => bail!("the database may lose what it has confirmed ({names} off); refusing to start"),
        None => Ok(()),
    }
}

async fn make_database(maintenance: &PgConnectOptions) -> anyhow::Result<()> {
    let mut conn = maintenance.connect().await.context("the private PostgreSQL does not answer")?;
    let there = sqlx::query_scalar!("select 1 as there from pg_database where datname = $1", DATABASE)
        .fetch_optional(&mut conn)
        .await?;
    if there.is_none() {
        sqlx::query("create database mamori template template0").execute(&mut conn).await?;
    }
    conn.close().await?;
    Ok(())
}

fn config(common: &Common, serving: &Serving, mode: Mode, dir: &Path) -> anyhow::Result<Config> {
    let origin = serving.origin.clone().unwrap_or_else(|| format!("http://{}", serving.listen));
    let origin = origin.trim_end_matches('/').to_owned();
    let plain = origin.starts_with("http://");
    if plain && !serving.listen.ip().is_loopback() {
        bail!(
            "over plain http the portal listens on loopback only: set MAMORI_ORIGIN to its https:// address and put a proxy with TLS before it"
        );
    }
    Ok(Config {
        mode,
        origin,
        data_dir: dir.to_owned(),
        checkpoint_dir: common.checkpoint_dir.clone(),
        regulations_dir: common.regulations(dir),
        mail_from: serving.mail_from.clone(),
        smtp_url: serving.smtp_url.clone(),
        digest_at: serving.digest_at,
        trusted_proxies: serving.trusted_proxies.clone(),
        argon2: ARGON2,
        reader: own_program(),
    })
}
