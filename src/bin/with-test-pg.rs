//! `with-test-pg COMMAND…` — a throw-away PostgreSQL for the life of one command, made for tests.
//!
//! The command finds two addresses in its environment. `TEST_DATABASE_URL` leads to the maintenance database, from
//! which each test makes its own copy of the template `mamori_template`, already migrated. `DATABASE_URL` leads to one
//! migrated database, which sqlx's macros may ask. Nothing of it outlives the command.
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use mamori::kernel::private_pg::{PrivatePg, SUPERUSER};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

/// What the copies in the tests are made from.
const TEMPLATE: &str = "mamori_template";
/// What queries are checked against; not the template, which nobody may be connected to while it is copied.
const CHECKED: &str = "mamori_check";
/// The server's data may vanish with the power: that makes it many times faster. Each test asks every question on new connections
/// and hardly ever twice: a plan that serves all values is made once, and nothing is compiled for it.
const SETTINGS: [&str; 9] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=200",
    "max_wal_size=8GB",
    "log_min_messages=warning",
    "plan_cache_mode=force_generic_plan",
    "jit=off",
];
/// Directories begin so; a later run clears away those of a run that was killed.
const PREFIX: &str = "mamori-test-pg.";
/// What a few hundred copies of the template need in memory, in KiB.
const ROOM: u64 = 2 * 1024 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run().await.unwrap_or_else(|error| {
        eprintln!("with-test-pg: {error:#}");
        ExitCode::FAILURE
    })
}

async fn run() -> Result<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else { bail!("which command? usage: with-test-pg COMMAND [ARGUMENT]…") };
    let since = Instant::now();
    let dir = ThrowAway::make(&base_dir())?;
    let server = PrivatePg::start(&dir.0, &SETTINGS)?;
    prepare(&server).await?;
    eprintln!("with-test-pg: server ready in {:.1?}", since.elapsed());
    let mut command = Command::new(&program);
    command
        .args(words)
        .env("TEST_DATABASE_URL", server.url(SUPERUSER, "postgres"))
        .env("DATABASE_URL", server.url(SUPERUSER, CHECKED));
    let status = wait_for(command).await.with_context(|| format!("running {}", program.display()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Ctrl-C reaches the command by itself and must not end us before it; a request to end is passed on.
async fn wait_for(mut command: Command) -> Result<ExitStatus> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut child = command.spawn()?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(status?),
            _ = interrupted.recv() => {}
            _ = terminated.recv() => child.start_kill()?,
        }
    }
}

async fn prepare(server: &PrivatePg) -> Result<()> {
    let options = PgConnectOptions::new_without_pgpass().socket(server.socket_dir()).username(SUPERUSER);
    let mut maintenance = PgConnection::connect_with(&options.clone().database("postgres")).await?;
    sqlx::query("create database mamori_template template template0").execute(&mut maintenance).await?;
    let mut template = PgConnection::connect_with(&options.database(TEMPLATE)).await?;
    migrations().await?.run(&mut template).await.context("migrating the template")?;
    template.close().await?;
    for statement in [
        "create database mamori_check template mamori_template strategy file_copy",
        "alter database mamori_template with is_template true allow_connections false",
    ] {
        sqlx::query(statement).execute(&mut maintenance).await?;
    }
    Ok(maintenance.close().await?)
}

/// Read from the sources when we run, so that a new migration counts even before this program is built again.
async fn migrations() -> Result<sqlx::migrate::Migrator> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let dir = root.join("migrations");
    sqlx::migrate::Migrator::new(dir.as_path()).await.with_context(|| format!("reading {}", dir.display()))
}

/// Memory if there is room, else the temporary directory. `TEST_PG_DIR` overrules.
fn base_dir() -> PathBuf {
    let memory = Path::new("/dev/shm");
    match std::env::var_os("TEST_PG_DIR") {
        Some(chosen) => chosen.into(),
        None if room(memory).is_some_and(|kib| kib >= ROOM) => memory.to_owned(),
        None => std::env::temp_dir(),
    }
}

/// Free space in KiB, the fourth column of `df -Pk` (containers often have very little in /dev/shm).
fn room(dir: &Path) -> Option<u64> {
    let output = std::process::Command::new("df").arg("-Pk").arg(dir).output().ok()?;
    String::from_utf8_lossy(&output.stdout).lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

/// A directory that goes when we go.
struct ThrowAway(PathBuf);

impl ThrowAway {
    fn make(base: &Path) -> Result<Self> {
        clear_left_overs(base);
        let dir = base.join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir(&dir).with_context(|| format!("making {}", dir.display()))?;
        // The server may run as another user, who must be able to pass.
        fs::set_permissions(&dir, Permissions::from_mode(0o711))?;
        Ok(Self(dir))
    }
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("with-test-pg: {} is left behind: {error}", self.0.display());
        }
    }
}

/// A lock that names its process but is held by nobody belongs to a run that was killed.
fn clear_left_overs(base: &Path) {
    let ours = fs::read_dir(base).into_iter().flatten().flatten();
    for dir in ours.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let lock = dir.path().join("lock");
        let named = fs::read_to_string(&lock).is_ok_and(|holder| !holder.is_empty());
        if named && File::open(&lock).is_ok_and(|file| file.try_lock().is_ok()) {
            // Another user's directory stays; it is not ours to tidy.
            let _ = fs::remove_dir_all(dir.path());
        }
    }
}
