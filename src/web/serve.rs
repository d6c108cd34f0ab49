//! The portal's own accept loop, since `axum::serve` knows no time-outs: a peer that dawdles over its headers, sends too
//! many of them or opens too many connections costs us little, and a stop lets everybody finish what they began.
use std::any::Any;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CACHE_CONTROL, CONNECTION, HOST, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::identify::Visit;
use super::locale::{Lang, Words};
use crate::kernel::app::App;
use crate::kernel::error::Error;
use crate::kernel::ids::uuid_at;

/// What one peer, and all of them together, may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// for the headers of a request, and between two requests of one connection
    pub headers: Duration,
    /// size of the headers
    pub header_bytes: usize,
    /// connections in all
    pub connections: usize,
    /// connections of one address
    pub per_source: usize,
    /// addresses that may have more: proxies
    pub exempt: Vec<IpAddr>,
    /// for what has begun when a stop is asked for
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(10),
            header_bytes: 32 * 1024,
            connections: 1_024,
            per_source: 128,
            exempt: Vec::new(),
            drain: Duration::from_secs(25),
        }
    }
}

/// How long a handler may think.
const HANDLER: Duration = Duration::from_secs(10);
/// When the system has no room for another connection, it is asked again after this.
const BREATH: Duration = Duration::from_millis(50);

/// Serves until asked to stop, then lets what has begun end. False: some had to be cut off.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) -> bool {
    let room = Arc::new(Semaphore::new(limits.connections));
    let sources = Arc::new(Sources { open: Mutex::default(), limits: limits.clone() });
    let tracker = TaskTracker::new();
    let cut = CancellationToken::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let Some(seat) = Sources::seat(&sources, peer.ip()) else { continue };
        let (router, limits, stop, cut) = (router.clone(), limits.clone(), stop.clone(), cut.clone());
        tracker.spawn(async move {
            let _held = (place, seat);
            tokio::select! {
                () = cut.cancelled() => {}
                () = connection(stream, peer, router, &limits, stop) => {}
            }
        });
    }
    drop(listener);
    tracker.close();
    let drained = tokio::time::timeout(limits.drain, tracker.wait()).await.is_ok();
    cut.cancel();
    drained
}

/// With each request: an answer that would never end by itself ends when this is cancelled.
#[derive(Debug, Clone)]
pub struct Stopping(pub CancellationToken);

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<Accepted> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            // out of file descriptors, or a peer that was gone again at once
            tracing::debug!(%error, "a connection could not be accepted");
            tokio::time::sleep(BREATH).await;
            None
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, limits: &Limits, stop: CancellationToken) {
    // answers are small and whole: waiting for more would only delay them
    let _ = stream.set_nodelay(true);
    let most = limits.header_bytes;
    let stopping = Stopping(stop.clone());
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(stopping.clone());
        answer(router.clone(), request, most)
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(limits.header_bytes)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

async fn answer(router: Router, request: Request, most: usize) -> Result<Response, Infallible> {
    if header_bytes(&request) > most {
        return Ok((StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, [(CONNECTION, "close")]).into_response());
    }
    router.oneshot(request).await
}

/// The head of a request as it was sent. hyper looks at its buffer only while a head is incomplete: one that arrives in a
/// single breath passes it, so it is measured here.
fn header_bytes(request: &Request) -> usize {
    let line = request.uri().path_and_query().map_or(0, |asked| asked.as_str().len());
    let one = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + ": \r\n".len();
    request.headers().iter().map(one).sum::<usize>() + line
}

/// How many connections each address has open.
struct Sources {
    open: Mutex<HashMap<IpAddr, usize>>,
    limits: Limits,
}

impl Sources {
    fn seat(sources: &Arc<Self>, ip: IpAddr) -> Option<Seat> {
        let mut open = sources.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(ip).or_default();
        if *count >= sources.limits.per_source && !sources.limits.exempt.contains(&ip) {
            return None;
        }
        *count += 1;
        Some(Seat { sources: Arc::clone(sources), ip })
    }
}

struct Seat {
    sources: Arc<Sources>,
    ip: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.sources.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.ip);
            }
        }
    }
}

/// The layer just around the handlers: one that thinks too long is answered for, and its work undone.
pub async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(HANDLER, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::Busy.into_response(),
    }
}

/// A handler that panics has failed like any other: its work is undone with its transaction, and it is answered for. What
/// the panic said is in the log, and so is where: the program's own panic line comes just before.
pub async fn caught(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => Error::Internal(anyhow::anyhow!("panicked: {}", said(&*panic))).into_response(),
    }
}

/// The same for what stands around the handlers: session, identification, the page of a failure. There nobody is known for
/// whom a page could be drawn, nor whether the act was kept: a sentence says what to do.
pub async fn caught_around(State(app): State<App>, request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let reference = uuid_at(app.clock().now()).to_string();
            tracing::error!(reference, cause = format!("panicked: {}", said(&*panic)), "internal error");
            let sentence = Words(Lang::Ja).t1("serve-panicked", "reference", reference).into_owned();
            (StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref().map(String::as_str));
    said.unwrap_or("without a word")
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; \
                      require-trusted-types-for 'script'";

const ALWAYS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// The outermost layer: only asked by our own name, and every answer with the headers that keep browsers from harm.
pub async fn harden(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = if asked_by_name(&app, &request) { next.run(request).await } else { misdirected() };
    let signed_in = response.extensions().get::<Arc<Visit>>().is_some_and(|visit| visit.viewer.is_some());
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        if let (false, Ok(name)) = (headers.contains_key(name), HeaderName::try_from(name)) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if app.config().secure() {
        headers.insert("strict-transport-security", HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    if signed_in || !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn misdirected() -> Response {
    (StatusCode::MISDIRECTED_REQUEST, Words(Lang::Ja).t("serve-misdirected").into_owned()).into_response()
}

/// `Host` must be that of the configured origin; on loopback without TLS any of loopback's names will do.
fn asked_by_name(app: &App, request: &Request) -> bool {
    let asked = request.uri().authority().map(ToString::to_string).or_else(|| host(request.headers()));
    let origin = &app.config().origin;
    let ours = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    asked
        .is_some_and(|asked| asked.eq_ignore_ascii_case(ours) || (!app.config().secure() && both_at_home(&asked, ours)))
}

fn host(headers: &HeaderMap) -> Option<String> {
    let mut hosts = headers.get_all(HOST).iter();
    let first = hosts.next()?.to_str().ok()?.to_owned();
    hosts.next().is_none().then_some(first)
}

fn both_at_home(asked: &str, ours: &str) -> bool {
    const HOME: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
    let split = |host: &str| -> (String, String) {
        match host.rsplit_once(':') {
            Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => (name.to_owned(), port.to_owned()),
            _ => (host.to_owned(), "80".to_owned()),
        }
    };
    let ((asked, asked_port), (ours, our_port)) = (split(asked), split(ours));
    asked_port == our_port && HOME.contains(&asked.as_str()) && HOME.contains(&ours.as_str())
}

#[cfg(test)]
mod tests {
    use super::both_at_home;

    #[test]
    fn only_the_names_of_this_machine_stand_for_one_another() {
        assert!(both_at_home("localhost:8080", "127.0.0.1:8080"));
        assert!(both_at_home("[::1]:8080", "127.0.0.1:8080"));
        assert!(!both_at_home("localhost:8081", "127.0.0.1:8080"));
        assert!(!both_at_home("evil.example:8080", "127.0.0.1:8080"));
        assert!(!both_at_home("localhost:8080", "mamori.example.jp:8080"));
    }
}
