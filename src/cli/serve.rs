//! `mamori serve`: the portal on its address until it is asked to stop.
use anyhow::{Context as _, bail};
use tokio::net::TcpListener;

use super::start::{Running, data_dir, start};
use crate::kernel::clock::Clock;
use crate::kernel::config::{Common, Mode, Serving};
use crate::portal;

/// Starts and serves.
pub async fn run(common: &Common, serving: &Serving, mode: Mode) -> anyhow::Result<()> {
    let dir = data_dir(common)?;
    let running = start(common, serving, mode, &dir, Clock::system()).await?;
    let founded = sqlx::query_scalar!("select made_by from organisation").fetch_optional(&running.app.database().app).await?;
    match founded.as_deref() {
        None => bail!("there is no organisation in this database yet; `mamori demo` shows a fictional one"),
        Some("demo") if mode == Mode::Production => bail!("this database holds the demo's organisation; start it with `mamori demo`"),
        Some(_) => listen(running, serving).await,
    }
}

/// Listens until it is asked to stop.
pub async fn listen(running: Running, serving: &Serving) -> anyhow::Result<()> {
    let listener = TcpListener::bind(serving.listen).await.with_context(|| format!("cannot listen on {}", serving.listen))?;
    let router = portal::router(&running.app);
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(asked_to_stop()).await?;
    running.app.database().close().await;
    Ok(())
}

async fn asked_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}
