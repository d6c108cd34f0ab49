//! `mamori serve`: the portal on its address until it is asked to stop.
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::start::{Running, data_dir, private_server, start};
use crate::features::setup::{Handover, issue_token};
use crate::kernel::app::App;
use crate::kernel::audit::checkpoint::seal;
use crate::kernel::clock::Clock;
use crate::kernel::config::{Common, Mode, Serving};
use crate::kernel::jobs::Runner;
use crate::kernel::keys::Keys;
use crate::kernel::private_pg::PrivatePg;
use crate::portal;
use crate::web::health::{self, Health};
use crate::web::serve::{Limits, serve};

/// Starts and serves.
pub async fn run(common: &Common, serving: &Serving, mode: Mode) -> anyhow::Result<()> {
    let dir = data_dir(common)?;
    let running = start(common, serving, mode, &dir, Clock::system()).await?;
    let founded =
        sqlx::query_scalar!("select made_by from organisation").fetch_optional(&running.app.database().app).await?;
    match founded.as_deref() {
        None => set_up(running, serving).await,
        Some("demo") if mode == Mode::Production => {
            bail!("this database holds the demo's organisation; start it with `mamori demo`")
        }
        Some(_) => listen(running, serving).await,
    }
}

/// There is no organisation yet: set-up is opened with a token from this console, and the ordinary pages follow.
async fn set_up(running: Running, serving: &Serving) -> anyhow::Result<()> {
    if let Some(token) = issue_token(&running.app).await? {
        announce(&running.app.config().origin, &token);
    }
    open(running, serving, true).await
}

/// Where set-up is, and what opens it.
pub fn announce(origin: &str, token: &str) {
    say!("\n初期設定 / Set-up   {origin}/set-up");
    say!("一回限りの合言葉（24時間有効） / one-time token (24 hours):\n\n    {token}\n");
}

/// Listens until it is asked to stop.
pub async fn listen(running: Running, serving: &Serving) -> anyhow::Result<()> {
    open(running, serving, false).await
}

/// What is served now: set-up first, the portal after it. Whoever comes while it is put together waits for it.
#[derive(Clone)]
struct Served {
    now: Arc<RwLock<Router>>,
    /// where set-up comes first
    handover: Option<Arc<Handover>>,
    portal: watch::Sender<bool>,
}

impl Served {
    fn new(router: Router, handover: Option<Arc<Handover>>) -> Self {
        Self { now: Arc::new(RwLock::new(router)), handover, portal: watch::Sender::new(false) }
    }

    fn put(&self, router: Router) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = router;
        self.portal.send_replace(true);
    }

    async fn waited(&self) {
        if self.handover.as_ref().is_some_and(|handover| handover.begun()) {
            let mut portal = self.portal.subscribe();
            // in vain only where the portal cannot be put together, which ends the program
            let _ = tokio::time::timeout(TOGETHER, portal.wait_for(|there| *there)).await;
        }
    }

    fn router(&self) -> Router {
        let served = self.clone();
        Router::new().fallback(async move |request: Request| {
            served.waited().await;
            let now = served.now.read().unwrap_or_else(PoisonError::into_inner).clone();
            now.oneshot(request).await
        })
    }
}

/// How long somebody waits while the portal is put together.
const TOGETHER: Duration = Duration::from_secs(30);

/// Once the organisation is founded, the portal is put together anew under its regulation.
async fn in_service(app: App, served: Served, end: CancellationToken) -> Option<App> {
    let handover = app.part::<Handover>().ok()?;
    tokio::select! {
        () = end.cancelled() => return None,
        () = handover.called() => {}
    }
    let keys = Keys::find(&app.config().data_dir).ok()??;
    match portal::build(app.database().clone(), app.clock().clone(), app.config().clone(), keys).await {
        Ok(built) => {
            served.put(portal::router(&built));
            tracing::info!("the portal is in service");
            Some(built)
        }
        Err(error) => {
            tracing::error!(%error, "the portal could not be put together; start it again");
            end.cancel();
            None
        }
    }
}

/// Serves until it is asked to stop: then nobody new is let in, what has begun is ended, leases are given back, the head
/// of the log is signed.
async fn open(running: Running, serving: &Serving, sets_up: bool) -> anyhow::Result<()> {
    let Running { app, private } = running;
    let listener =
        TcpListener::bind(serving.listen).await.with_context(|| format!("cannot listen on {}", serving.listen))?;
    let health = Arc::new(Health::default());
    // one after the other: no new requests, no more work, no database
    let (stop, end, rest) = (CancellationToken::new(), CancellationToken::new(), CancellationToken::new());
    let machines = machines(&app, &health, serving, &end).await?;
    let served = if sets_up {
        Served::new(portal::setup_router(&app), Some(app.part::<Handover>()?))
    } else {
        Served::new(portal::router(&app), None)
    };
    let worker = tokio::spawn(work(app.clone(), sets_up.then(|| served.clone()), end.clone()));
    let keeper = private.map(|server| tokio::spawn(keep(server, app.config().data_dir.clone(), rest.clone())));
    tokio::spawn(on_signal(Arc::clone(&health), stop.clone())?);

    let limits = Limits { exempt: serving.trusted_proxies.clone(), ..Limits::default() };
    let counted = served.router().layer(from_fn_with_state(Arc::clone(&health), health::count));
    if !serve(listener, health::public(&app, &health).merge(counted), limits, stop).await {
        tracing::warn!("some requests were cut off");
    }
    end.cancel();
    // a job that is being done is undone and given back; its connection may take a moment
    let _ = tokio::time::timeout(PATIENCE, worker).await;
    if let Some(machines) = machines {
        let _ = tokio::time::timeout(PATIENCE, machines).await;
    }
    match tokio::time::timeout(PATIENCE, seal(&app)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::error!(%error, "no checkpoint at the end"),
        Err(_) => tracing::error!("no checkpoint at the end: the database does not answer"),
    }
    app.database().close().await;
    rest.cancel();
    if let Some(keeper) = keeper {
        drop(keeper.await);
    }
    Ok(())
}

/// Jobs are done from the moment on at which the portal is in service.
async fn work(app: App, waits: Option<Served>, end: CancellationToken) -> anyhow::Result<()> {
    let app = match waits {
        None => app,
        Some(served) => match in_service(app, served, end.clone()).await {
            Some(app) => app,
            None => return Ok(()),
        },
    };
    Runner::new(&app)?.run(end).await;
    Ok(())
}

/// How long each thing may take at the end.
const PATIENCE: Duration = Duration::from_secs(5);

async fn machines(
    app: &App,
    health: &Arc<Health>,
    serving: &Serving,
    end: &CancellationToken,
) -> anyhow::Result<Option<JoinHandle<bool>>> {
    let Some(address) = serving.admin_listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let limits = Limits { connections: 32, drain: Duration::from_secs(1), ..Limits::default() };
    Ok(Some(tokio::spawn(serve(listener, health::machines(app, health), limits, end.clone()))))
}

/// For so long after SIGTERM the portal still lets people in, while `/readyz` already sends them elsewhere: whoever stands
/// before it has time to ask.
const NOTICE: Duration = Duration::from_secs(3);

/// SIGTERM: not ready any more, for a moment still open, then the drain. Ctrl-C, or being asked twice: the drain at once.
fn on_signal(health: Arc<Health>, stop: CancellationToken) -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        let at_once = tokio::select! {
            _ = terminated.recv() => false,
            _ = interrupted.recv() => true,
        };
        tracing::info!("asked to stop");
        let again = async {
            if !at_once {
                tokio::select! {
                    _ = terminated.recv() => {}
                    _ = interrupted.recv() => {}
                }
            }
        };
        leave(&health, &stop, again).await;
    })
}

/// Not ready from now on, and closed when the notice is over or somebody asks again.
pub async fn leave(health: &Health, stop: &CancellationToken, again: impl Future<Output = ()>) {
    health.stop();
    let _ = tokio::time::timeout(NOTICE, again).await;
    stop.cancel();
}

/// Starts the private server again when it dies under us; until then the portal answers that it is busy.
async fn keep(mut server: PrivatePg, dir: PathBuf, end: CancellationToken) {
    loop {
        tokio::select! {
            () = end.cancelled() => break,
            () = tokio::time::sleep(GLANCE) => {}
        }
        if server.running() {
            continue;
        }
        tracing::error!("the private PostgreSQL has ended; starting it again");
        drop(server);
        server = loop {
            match private_server(&dir).await {
                Ok(server) => break server,
                Err(error) => tracing::error!(%error, "it does not start; trying again"),
            }
            tokio::select! {
                () = end.cancelled() => return,
                () = tokio::time::sleep(PATIENCE) => {}
            }
        };
        tracing::info!("the private PostgreSQL is back");
    }
    // stopping a server waits for its last page to be on the disk
    let _ = tokio::task::spawn_blocking(move || drop(server)).await;
}

/// How often the private server is looked at.
const GLANCE: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::StatusCode;

    #[tokio::test]
    async fn who_comes_right_after_set_up_is_answered_by_the_portal() {
        let handover = Arc::new(Handover::default());
        let served = Served::new(Router::new(), Some(Arc::clone(&handover)));
        let ask = || {
            let request = Request::get("/activate").body(Body::empty()).unwrap();
            served.router().oneshot(request)
        };
        assert_eq!(ask().await.unwrap().status(), StatusCode::NOT_FOUND, "set-up knows no such page");
        handover.begin();
        let there = async { served.put(Router::new().fallback(async || "the portal")) };
        let (answer, ()) = tokio::join!(ask(), there);
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
}
