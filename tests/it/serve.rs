//! The accept loop as a hostile or impatient peer meets it, and as an administrator stops it.
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use mamori::cli::serve::leave;
use mamori::web::health::{self, Health};
use mamori::web::serve::{Limits, harden, in_time, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::bench::Bench;

struct Served {
    at: SocketAddr,
    stop: CancellationToken,
    ended: JoinHandle<bool>,
}

async fn open(router: Router, limits: Limits) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let ended = tokio::spawn(serve(listener, router, limits, stop.clone()));
    Served { at, stop, ended }
}

async fn say(at: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// Everything that comes until the other side closes.
async fn hear(mut stream: TcpStream) -> String {
    let mut heard = Vec::new();
    let _ = stream.read_to_end(&mut heard).await;
    String::from_utf8_lossy(&heard).into_owned()
}

fn plain() -> Router {
    Router::new().route("/", get(|| async { "here" }))
}

#[tokio::test]
async fn a_peer_that_dawdles_over_its_headers_is_shown_the_door() {
    let limits = Limits { headers: Duration::from_millis(200), ..Limits::default() };
    let served = open(plain(), limits).await;
    let slow = say(served.at, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    let since = Instant::now();
    assert!(!hear(slow).await.contains("here"));
    assert!(since.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let served = open(plain(), Limits::default()).await;
    let endless = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(64 * 1024));
    let mut stream = TcpStream::connect(served.at).await.unwrap();
    let _ = stream.write_all(endless.as_bytes()).await;
    let answer = hear(stream).await;
    assert!(!answer.contains("here"), "{answer}");
}

#[tokio::test]
async fn a_head_that_arrives_in_one_breath_is_measured_too() {
    let served = open(plain(), Limits::default()).await;
    for (bytes, status) in [(30_000, "200 OK"), (33_000, "431 "), (45_000, "431 ")] {
        let cookie =
            format!("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: a={}\r\n\r\n", "a".repeat(bytes));
        let mut stream = TcpStream::connect(served.at).await.unwrap();
        let _ = stream.write_all(cookie.as_bytes()).await;
        let answer = hear(stream).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{bytes}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_hears_that_it_is_not_ready_before_the_door_closes() {
    let health = Health::default();
    let stop = CancellationToken::new();
    let since = tokio::time::Instant::now();
    let leaving = leave(&health, &stop, std::future::pending());
    tokio::pin!(leaving);
    assert!(tokio::time::timeout(Duration::from_secs(2), leaving.as_mut()).await.is_err());
    assert!(health.stopping() && !stop.is_cancelled(), "unready, and still open");
    leaving.await;
    assert!(stop.is_cancelled() && since.elapsed() < Duration::from_secs(5));
    // asked a second time: at once
    let (health, stop) = (Health::default(), CancellationToken::new());
    let since = tokio::time::Instant::now();
    leave(&health, &stop, std::future::ready(())).await;
    assert!(stop.is_cancelled() && since.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn signs_of_tampering_are_told_to_whoever_asks_and_keep_nobody_out() {
    use mamori::kernel::jobs::housekeeping::verify_and_note;
    let bench = Bench::open().await;
    let health = Arc::new(Health::default());
    let (public, machines) = (health::public(&bench.app, &health), health::machines(&bench.app, &health));
    bench.record(3).await;
    verify_and_note(&bench.app).await.unwrap();
    let (status, body) = ask(&public, "/readyz").await;
    assert!(status == 200 && body.contains(r#""degraded":false"#), "{body}");
    bench.tamper("update audit.event set outcome = 'denied' where entity_id = '1'").await;
    bench.advance(chrono::TimeDelta::minutes(1));
    verify_and_note(&bench.app).await.unwrap();
    let (status, body) = ask(&public, "/readyz").await;
    assert_eq!(status, 200, "it serves: {body}");
    assert!(body.contains(r#""degraded":true"#) && body.contains(r#"{"name":"audit_log","ok":false}"#), "{body}");
    assert!(ask(&machines, "/readyz").await.1.contains("signs of tampering: 1 findings"));
    assert!(ask(&machines, "/metrics").await.1.contains("mamori_ready{check=\"audit_log\"} 0"));
}

#[tokio::test]
async fn an_address_asked_for_in_the_wrong_way_says_in_which_way_it_is() {
    let portal = crate::support::portal::Portal::open().await;
    for browser in [portal.browser(), portal.sign_in("田中").await] {
        for (method, path, allowed) in [("PUT", "/sign-in", "POST"), ("DELETE", "/me/sessions", "GET")] {
            let request = browser.request(method.parse().unwrap(), path);
            let page = browser.send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(page.status, 405, "{method} {path}");
            assert!(page.headers["allow"].to_str().unwrap().contains(allowed), "{:?}", page.headers["allow"]);
            page.says("その方法では開けません");
        }
    }
}

#[tokio::test]
async fn one_address_cannot_take_all_the_room() {
    let served = open(plain(), Limits { per_source: 2, ..Limits::default() }).await;
    let ask = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut kept = Vec::new();
    for _ in 0..2 {
        let mut stream = say(served.at, ask).await;
        let mut first = [0; 8];
        stream.read_exact(&mut first).await.unwrap();
        kept.push(stream);
    }
    assert_eq!(hear(say(served.at, ask).await).await, "", "the third is closed without a word");
    drop(kept);
}

#[tokio::test]
async fn what_has_begun_is_answered_before_the_end_and_nothing_new_begins() {
    let (began, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, waits) = (Arc::clone(&began), Arc::clone(&go));
    let slow = move || {
        let (told, waits) = (Arc::clone(&told), Arc::clone(&waits));
        async move {
            told.notify_one();
            waits.notified().await;
            "finished"
        }
    };
    let served = open(Router::new().route("/", get(slow)), Limits::default()).await;
    let stream = say(served.at, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    began.notified().await;
    served.stop.cancel();
    go.notify_one();
    assert!(hear(stream).await.ends_with("finished"));
    assert!(served.ended.await.unwrap(), "drained");
    assert!(TcpStream::connect(served.at).await.is_err());
}

#[tokio::test]
async fn what_never_ends_is_cut_off_in_the_end() {
    let began = Arc::new(Notify::new());
    let told = Arc::clone(&began);
    let never = move || {
        let told = Arc::clone(&told);
        async move {
            told.notify_one();
            std::future::pending::<&'static str>().await
        }
    };
    let limits = Limits { drain: Duration::from_millis(100), ..Limits::default() };
    let served = open(Router::new().route("/", get(never)), limits).await;
    let stream = say(served.at, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    began.notified().await;
    served.stop.cancel();
    assert!(!served.ended.await.unwrap());
    assert_eq!(hear(stream).await, "");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_thinks_too_long_is_answered_for() {
    use tower::ServiceExt as _;
    let router: Router = Router::new().route("/", get(std::future::pending::<&'static str>)).layer(from_fn(in_time));
    let request = axum::http::Request::get("/").body(axum::body::Body::empty()).unwrap();
    let since = tokio::time::Instant::now();
    assert_eq!(router.oneshot(request).await.unwrap().status(), 503);
    assert_eq!(since.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_browsers_from_harm() {
    let bench = Bench::open().await;
    let router = plain().layer(from_fn_with_state(bench.app.clone(), harden));
    let served = open(router, Limits::default()).await;
    for (path, status) in [("/", "200 OK"), ("/nowhere", "404 Not Found")] {
        let ask = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\r\n");
        let answer = hear(say(served.at, &ask).await).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'",
            "x-content-type-options: nosniff",
            "referrer-policy: same-origin",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "cache-control: no-store",
        ] {
            assert!(answer.contains(header), "{header} is missing on {path}: {answer}");
        }
        assert!(!answer.contains("strict-transport-security"), "no TLS here");
    }
}

#[tokio::test]
async fn a_call_under_another_name_is_misdirected() {
    let bench = Bench::open().await;
    let router = plain().layer(from_fn_with_state(bench.app.clone(), harden));
    let served = open(router, Limits::default()).await;
    for host in [
        "Host: evil.example",
        "Host: 127.0.0.1:9999",
        "Host: 127.0.0.1:8080\r\nHost: evil.example",
        "Host: 127.0.0.1:8080.evil.example",
    ] {
        let answer =
            hear(say(served.at, &format!("GET / HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n")).await).await;
        assert!(answer.starts_with("HTTP/1.1 421") || answer.starts_with("HTTP/1.1 400"), "{host}: {answer}");
        assert!(!answer.contains("here"));
    }
}

async fn ask(router: &Router, path: &str) -> (u16, String) {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn ready_says_so_only_while_everything_stands() {
    let bench = Bench::open().await;
    let health = Arc::new(Health::default());
    let (public, machines) = (health::public(&bench.app, &health), health::machines(&bench.app, &health));
    bench.record(2).await;
    let (status, body) = ask(&public, "/readyz").await;
    assert_eq!(status, 200, "{body}");
    assert!(!body.contains("MiB"), "figures are for machines only: {body}");
    let (_, detailed) = ask(&machines, "/readyz").await;
    assert!(detailed.contains("MiB free"), "{detailed}");

    bench.tamper("update audit.head set seq = 1").await;
    let (status, body) = ask(&public, "/readyz").await;
    assert_eq!(status, 503);
    assert!(body.contains(r#"{"name":"audit_head","ok":false}"#), "{body}");
    assert_eq!(ask(&public, "/healthz").await, (200, "ok\n".to_owned()), "alive all the same");
    let (_, figures) = ask(&machines, "/metrics").await;
    assert!(figures.contains("mamori_ready{check=\"audit_head\"} 0"), "{figures}");

    bench.tamper("update audit.head set seq = 2").await;
    assert_eq!(ask(&public, "/readyz").await.0, 200, "it recovers by itself");
    health.stop();
    assert_eq!(ask(&public, "/readyz").await.0, 503);
}

#[tokio::test]
async fn a_stuck_queue_and_missing_signatures_are_noticed() {
    use sqlx::Executor as _;
    let bench = Bench::open().await;
    let public = health::public(&bench.app, &Arc::new(Health::default()));
    bench.superuser().await.execute("insert into job (id, kind, payload, run_at, created_at) values (gen_random_uuid(), 'x', '{}', timestamptz '2026-04-01 08:50+09', now())").await.unwrap();
    assert!(ask(&public, "/readyz").await.1.contains(r#"{"name":"jobs","ok":false}"#));
    bench.record(1).await;
    mamori::kernel::audit::checkpoint::seal(&bench.app).await.unwrap();
    bench.record(1).await;
    assert!(ask(&public, "/readyz").await.1.contains(r#"{"name":"checkpoint","ok":true}"#));
    bench.advance(chrono::TimeDelta::minutes(16));
    assert!(ask(&public, "/readyz").await.1.contains(r#"{"name":"checkpoint","ok":false}"#));
}
