//! A kernel on the bench: a database of its own and an `App` without any room, for what lies below all screens.
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mamori::kernel::access::Actor;
use mamori::kernel::app::{App, Builder};
use mamori::kernel::audit::Event;
use mamori::kernel::clock::{Clock, moment};
use mamori::kernel::config::{Config, Mode};
use mamori::kernel::database::{Database, PoolSizes};
use mamori::kernel::jobs::Jobs;
use mamori::kernel::keys::Keys;
use mamori::kernel::settings::Settings;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use uuid::Uuid;

/// A kernel with its own database, dropped at the end.
pub struct Bench {
    pub app: App,
    database: String,
    data_dir: PathBuf,
}

fn server() -> PgConnectOptions {
    let url =
        std::env::var("TEST_DATABASE_URL").expect("run the tests with `make test`, or `cargo with-pg cargo test`");
    url.parse().unwrap()
}

/// 2026-04-01 09:00 in Tokyo.
pub fn morning() -> DateTime<Utc> {
    moment(NaiveDate::from_ymd_opt(2026, 4, 1).unwrap().and_hms_opt(9, 0, 0).unwrap())
}

impl Bench {
    /// A kernel whose clock stands at nine in the morning.
    pub async fn open() -> Self {
        Self::with(Jobs::new(), |builder| builder).await
    }

    /// One that knows further jobs and parts.
    pub async fn with(jobs: Jobs, plug: impl FnOnce(Builder) -> Builder) -> Self {
        Self::made(jobs, None, plug).await
    }

    /// One that lays its checkpoints down in this directory too.
    pub async fn carrying(away: &Path) -> Self {
        Self::made(Jobs::new(), Some(away.to_owned()), |builder| builder).await
    }

    async fn made(jobs: Jobs, checkpoint_dir: Option<PathBuf>, plug: impl FnOnce(Builder) -> Builder) -> Self {
        let database = format!("it_{}", Uuid::new_v4().simple());
        let mut maintenance = PgConnection::connect_with(&server()).await.unwrap();
        let create = format!("create database {database} template mamori_template strategy file_copy");
        maintenance.execute(AssertSqlSafe(create)).await.unwrap();
        let limited = server().database(&database).username("mamori_login");
        let opened = Database::open(limited, PoolSizes { app: 4, auth: 1, worker: 12 }).await.unwrap();
        let data_dir = std::env::temp_dir().join(&database);
        std::fs::create_dir_all(&data_dir).unwrap();
        let config = Config {
            mode: Mode::Test,
            origin: "http://127.0.0.1:8080".to_owned(),
            data_dir: data_dir.clone(),
            checkpoint_dir,
            regulations_dir: None,
            mail_from: "mamori@example.jp".to_owned(),
            smtp_url: None,
            digest_at: chrono::NaiveTime::from_hms_opt(8, 30, 0).unwrap(),
            trusted_proxies: Vec::new(),
            argon2: (8, 1, 1),
            reader: env!("CARGO_BIN_EXE_mamori").into(),
        };
        let builder = Builder::new(opened, Clock::held(morning()), config, Keys::from_bytes([7; 32]), Settings::base());
        let app = plug(builder.part(jobs)).build();
        Self { app, database, data_dir }
    }

    /// Where files lie.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Lets time pass.
    pub fn advance(&self, by: TimeDelta) {
        self.app.clock().advance(by);
    }

    /// A connection of a superuser: for what only an attacker or the DBA could do.
    pub async fn superuser(&self) -> PgConnection {
        PgConnection::connect_with(&server().database(&self.database)).await.unwrap()
    }

    /// Does this as a superuser who first switches the log's protection off.
    pub async fn tamper(&self, sql: &str) {
        let mut conn = self.superuser().await;
        let sql = format!("set session_replication_role = replica; {sql}");
        conn.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    /// One number from the database.
    pub async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.superuser().await).await.unwrap()
    }

    /// Writes this many events into the log.
    pub async fn record(&self, count: usize) {
        for number in 0..count {
            let event = Event::done("test.happened", "test", number)
                .facts(serde_json::json!({ "count": number, "名": "例", "rate": 0.5 }));
            self.app.note(&Actor::portal(), event).await.unwrap();
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let database = self.database.clone();
        let _ = std::fs::remove_dir_all(&self.data_dir);
        // a runtime of its own: the test's may be gone when this runs
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let mut maintenance = PgConnection::connect_with(&server()).await.unwrap();
                let drop = format!("drop database if exists {database} with (force)");
                let _ = maintenance.execute(AssertSqlSafe(drop)).await;
            });
        });
        let _ = cleaning.join();
    }
}
