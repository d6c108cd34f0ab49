//! What machines ask: alive (`/healthz`), ready (`/readyz`), and in figures (`/metrics`, on the listener for machines).
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::kernel::app::App;
use crate::kernel::audit::checkpoint;
use crate::kernel::database::{MIGRATIONS, Role};
use crate::kernel::jobs::{self, Tally};

/// A check that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(2);
/// Less than this on the data directory's disk: the database would soon stop.
const DISK_KIB: u64 = 256 * 1024;
/// Clocks further apart than this would put events and sessions out of order.
const SKEW_SECONDS: i64 = 5;
/// A due job that waits longer than this means that nobody works.
const LAG_SECONDS: i64 = 300;
/// Three missed checkpoints.
const UNSIGNED_SECONDS: i64 = 15 * 60;

/// The state of this process, and what it counted.
#[derive(Debug, Default)]
pub struct Health {
    stopping: AtomicBool,
    in_flight: AtomicU64,
    /// answers by the first digit of their status
    answered: [AtomicU64; 6],
}

impl Health {
    /// From now on nobody new should be sent here.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Is it on its way out?
    #[must_use]
    pub fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// its name
    pub name: &'static str,
    /// as it should be
    pub ok: bool,
    /// without it nobody can be served; what is only to be looked at does not send people elsewhere
    #[serde(skip)]
    pub needed: bool,
    /// what was found; only for the listener for machines
    #[serde(skip_serializing_if = "String::is_empty")]
    pub found: String,
}

#[derive(Debug, Serialize)]
struct Ready {
    ready: bool,
    /// it serves, and somebody has to look at it all the same
    degraded: bool,
    checks: Vec<Check>,
}

#[derive(Clone)]
struct Watched {
    app: App,
    health: Arc<Health>,
    detailed: bool,
}

/// `/healthz` and `/readyz` as anybody may see them: no figures.
pub fn public(app: &App, health: &Arc<Health>) -> Router {
    let watched = Watched { app: app.clone(), health: Arc::clone(health), detailed: false };
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(watched)
}

/// The listener for machines: the same in detail, and `/metrics`.
pub fn machines(app: &App, health: &Arc<Health>) -> Router {
    let watched = Watched { app: app.clone(), health: Arc::clone(health), detailed: true };
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(watched)
}

/// Counts every answer.
pub async fn count(State(health): State<Arc<Health>>, request: Request, next: Next) -> Response {
    health.in_flight.fetch_add(1, Ordering::Relaxed);
    let counted = InFlight(health);
    let response = next.run(request).await;
    let class = usize::from(response.status().as_u16() / 100);
    if let Some(counter) = counted.0.answered.get(class) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
    response
}

/// Counted down also when the peer goes away in the middle.
struct InFlight(Arc<Health>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn alive() -> Response {
    ([(CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

async fn ready(State(watched): State<Watched>) -> Response {
    let mut checks = checks(&watched.app, &watched.health).await;
    if !watched.detailed {
        checks.iter_mut().for_each(|check| check.found.clear());
    }
    let ready = checks.iter().all(|check| check.ok || !check.needed);
    let degraded = ready && checks.iter().any(|check| !check.ok);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CACHE_CONTROL, "no-store")], Json(Ready { ready, degraded, checks })).into_response()
}

/// Looks at everything the portal stands on.
pub async fn checks(app: &App, health: &Health) -> Vec<Check> {
    let stopping = health.stopping();
    let mut all = vec![check("running", !stopping, if stopping { "stopping".to_owned() } else { String::new() })];
    all.push(keys(app).await);
    all.push(disk(app).await);
    all.extend(away(app).await);
    match tokio::time::timeout(PATIENCE, of_database(app)).await {
        Ok(Ok(found)) => all.extend(found),
        Ok(Err(error)) => all.push(check("database", false, error.to_string())),
        Err(_) => all.push(check("database", false, "no answer".to_owned())),
    }
    all
}

/// Something without which nobody can be served.
fn check(name: &'static str, ok: bool, found: String) -> Check {
    Check { name, ok, needed: true, found }
}

async fn keys(app: &App) -> Check {
    let path = app.config().data_dir.join("keys/master.key");
    let found = tokio::fs::metadata(&path).await;
    let held = app.config().mode == crate::kernel::config::Mode::Test;
    check("keys", held || found.as_ref().is_ok_and(|found| found.len() == 32), String::new())
}

async fn disk(app: &App) -> Check {
    let free = free_kib(&app.config().data_dir).await;
    let found = free.map_or_else(|| "unknown".to_owned(), |free| format!("{} MiB free", free / 1024));
    check("disk", free.is_none_or(|free| free >= DISK_KIB), found)
}

/// The second place of the checkpoints: where it cannot be written, the log would stand on this machine's word alone.
async fn away(app: &App) -> Option<Check> {
    let dir = app.config().checkpoint_dir.clone()?;
    let tried = tokio::task::spawn_blocking(move || checkpoint::writable(&dir));
    let found = match tokio::time::timeout(PATIENCE, tried).await {
        Ok(Ok(Ok(()))) => String::new(),
        Ok(Ok(Err(error))) => error.to_string(),
        Ok(Err(_)) | Err(_) => "no answer".to_owned(),
    };
    Some(check("checkpoint_dir", found.is_empty(), found))
}

/// The fourth column of `df -Pk`, which every system has.
async fn free_kib(dir: &std::path::Path) -> Option<u64> {
    let output = tokio::process::Command::new("df").arg("-Pk").arg(dir).kill_on_drop(true).output();
    let output = tokio::time::timeout(PATIENCE, output).await.ok()?.ok()?;
    String::from_utf8_lossy(&output.stdout).lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

async fn of_database(app: &App) -> Result<Vec<Check>, sqlx::Error> {
    let now = app.clock().now();
    let mut conn = app.database().pool(Role::Worker).acquire().await?;
    let found = sqlx::query!(
        r#"select h.seq,
                  (select max(c.seq) from audit.chain c) as chained,
                  k.seq as "signed?",
                  k.at as "signed_at?",
                  extract(epoch from clock_timestamp() - $1::timestamptz)::bigint as "skew!"
             from audit.head h
             left join lateral (select seq, at from audit.checkpoint order by seq desc limit 1) k on true"#,
        now,
    )
    .fetch_one(&mut *conn)
    .await?;
    let tally = jobs::tally(&mut conn, now).await?;
    let schema = schema(&mut conn).await?;
    let chained = found.chained.unwrap_or(0);
    let unsigned =
        if found.signed == Some(found.seq) { 0 } else { found.signed_at.map_or(0, |at| (now - at).num_seconds()) };
    let wanted = MIGRATIONS.iter().map(|migration| migration.version).max();
    let verified = verified(&mut conn).await?;
    Ok(vec![
        check("database", true, String::new()),
        check("schema", schema == wanted, format!("{schema:?}")),
        check("audit_head", chained == found.seq, format!("head {}, chain {chained}", found.seq)),
        check("clock", app.clock().is_held() || found.skew.abs() <= SKEW_SECONDS, format!("{} s apart", found.skew)),
        check("jobs", tally.lag <= LAG_SECONDS, lag(&tally)),
        check("checkpoint", unsigned <= UNSIGNED_SECONDS, format!("unsigned for {unsigned} s")),
        verified,
    ])
}

/// How the last verification of the log ended. Signs of tampering are for people to look at: who is sent away because of
/// them has lost the portal too.
async fn verified(conn: &mut sqlx::PgConnection) -> Result<Check, sqlx::Error> {
    let last = sqlx::query!(
        r#"select occurred_at, outcome, (facts ->> 'wrong')::bigint as wrong
             from audit.event
            where kind = 'audit.verified'
            order by occurred_at desc, id desc
            limit 1"#
    )
    .fetch_optional(conn)
    .await?;
    let (ok, found) = match last {
        None => (true, "not verified yet".to_owned()),
        Some(last) if last.outcome == "ok" => (true, format!("whole at {}", last.occurred_at.to_rfc3339())),
        Some(last) => {
            let (wrong, at) = (last.wrong.unwrap_or_default(), last.occurred_at.to_rfc3339());
            (false, format!("signs of tampering: {wrong} findings at {at}"))
        }
    };
    Ok(Check { needed: false, ..check("audit_log", ok, found) })
}

fn lag(tally: &Tally) -> String {
    format!("{} waiting, the oldest for {} s; {} dead", tally.ready, tally.lag, tally.dead)
}

/// The newest migration that the database has.
async fn schema(conn: &mut sqlx::PgConnection) -> Result<Option<i64>, sqlx::Error> {
    // not part of the schema that queries are checked against: sqlx keeps this table itself
    sqlx::query_scalar::<_, Option<i64>>("select max(version) from _sqlx_migrations where success")
        .fetch_one(conn)
        .await
}

async fn metrics(State(watched): State<Watched>) -> Response {
    let checks = checks(&watched.app, &watched.health).await;
    let mut text = String::new();
    line(&mut text, "mamori_build_info", "gauge", &[(format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1)]);
    let ready = checks.iter().map(|check| (format!("{{check=\"{}\"}}", check.name), i64::from(check.ok)));
    line(&mut text, "mamori_ready", "gauge", &ready.collect::<Vec<_>>());
    let answered = watched.health.answered.iter().enumerate().skip(1);
    let answered =
        answered.map(|(class, count)| (format!("{{status=\"{class}xx\"}}"), signed(count.load(Ordering::Relaxed))));
    line(&mut text, "mamori_http_answers_total", "counter", &answered.collect::<Vec<_>>());
    let in_flight = watched.health.in_flight.load(Ordering::Relaxed);
    line(&mut text, "mamori_http_in_flight", "gauge", &[(String::new(), signed(in_flight))]);
    if let Ok(figures) = figures(&watched.app).await {
        for (name, value) in figures {
            line(&mut text, name, "gauge", &[(String::new(), value)]);
        }
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4"), (CACHE_CONTROL, "no-store")], text).into_response()
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn line(text: &mut String, name: &str, kind: &str, values: &[(String, i64)]) {
    use std::fmt::Write as _;
    let _ = writeln!(text, "# TYPE {name} {kind}");
    for (labels, value) in values {
        let _ = writeln!(text, "{name}{labels} {value}");
    }
}

async fn figures(app: &App) -> Result<Vec<(&'static str, i64)>, sqlx::Error> {
    let now = app.clock().now();
    let mut conn = app.database().pool(Role::Worker).acquire().await?;
    let tally = jobs::tally(&mut conn, now).await?;
    let seq = sqlx::query_scalar!("select seq from audit.head").fetch_one(&mut *conn).await?;
    let unsent = sqlx::query_scalar!(
        r#"select count(*) as "count!" from outbox where sent_at is null and recipient <> '' and last_error is not null"#
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(vec![
        ("mamori_audit_events", seq),
        ("mamori_jobs_ready", tally.ready),
        ("mamori_jobs_running", tally.running),
        ("mamori_jobs_dead", tally.dead),
        ("mamori_jobs_lag_seconds", tally.lag),
        ("mamori_mail_failing", unsent),
        ("mamori_pool_app_connections", i64::from(app.database().app.size())),
    ])
}
