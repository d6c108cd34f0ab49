//! The smallest page of axum, sqlx and askama that reads fifty rows by an index: what the portal's pages are held against.
//! It has a database of its own beside that of the demo, and is served by a process of its own.
use std::net::SocketAddr;

use anyhow::Context as _;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Executor as _, PgPool};
use tokio::net::TcpListener;

/// The database of the bare page.
pub const DATABASE: &str = "mamori_bare_page";

const ROWS: [&str; 2] = [
    "create table paper as
       select n::bigint as id, n % 200 as section, 'R8-ACC-' || n as number, '申請 ' || n as subject,
              now() - make_interval(mins => n) as filed_at
         from generate_series(1, 200000) n",
    "create index paper_recent on paper (section, filed_at desc)",
];

/// Makes the rows of the bare page.
pub async fn make(server: &PgConnectOptions) -> anyhow::Result<()> {
    let mut conn = server.clone().database("postgres").connect().await?;
    conn.execute("drop database if exists mamori_bare_page with (force)").await?;
    conn.execute("create database mamori_bare_page template template0").await?;
    let mut conn = server.clone().database(DATABASE).connect().await?;
    for sql in ROWS {
        conn.execute(sql).await?;
    }
    conn.execute("vacuum analyze paper").await?;
    Ok(())
}

/// Takes them away again.
pub async fn drop_it(server: &PgConnectOptions) -> anyhow::Result<()> {
    let mut conn = server.clone().database("postgres").connect().await?;
    conn.execute("drop database if exists mamori_bare_page with (force)").await?;
    Ok(())
}

#[derive(Template)]
#[template(
    source = "<!doctype html><title>bare</title><table>{% for row in rows %}<tr><td>{{ row.0 }}<td>{{ row.1 }}<td>{{ row.2 }}{% endfor %}</table>",
    ext = "html"
)]
struct Page {
    rows: Vec<(String, String, chrono::DateTime<chrono::Utc>)>,
}

async fn page(State(pool): State<PgPool>) -> Result<Html<String>, StatusCode> {
    let read = sqlx::query_as(
        "select number, subject, filed_at from paper where section = $1 order by filed_at desc limit 50",
    );
    let rows = read.bind(7).fetch_all(&pool).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Page { rows }.render().map(Html).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// Serves it.
pub async fn serve(at: SocketAddr, socket: &str) -> anyhow::Result<()> {
    let options = PgConnectOptions::new_without_pgpass().socket(socket).username("mamori").database(DATABASE);
    let pool = PgPoolOptions::new().max_connections(10).test_before_acquire(false).connect_with(options).await?;
    let router = Router::new().route("/", get(page)).with_state(pool);
    let listener = TcpListener::bind(at).await.with_context(|| format!("cannot listen on {at}"))?;
    Ok(axum::serve(listener, router).await?)
}
