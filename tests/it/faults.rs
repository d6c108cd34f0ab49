//! What is our own fault: a handler that fails and one that panics are answered with the page and the number under which
//! the log has the cause; the page says nothing of it, and the log nothing of the address.
use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::{Router, routing};
use mamori::kernel::error::{Error, Result};
use mamori::web::routing::{Open, SignedIn, get};
use mamori::web::serve::caught_around;
use tower::ServiceExt as _;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::portal::{Page, Portal};

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Kept {
    /// The lines logged since the last look.
    fn lines(&self) -> Vec<serde_json::Value> {
        let logged = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        logged.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Stands in the address as the letters of a link do.
const LETTERS: &str = "QX7-letters-of-a-link";

async fn fails() -> Result<()> {
    Err(Error::Internal(anyhow::anyhow!("the cause of it")))
}

async fn panics() -> Result<()> {
    panic!("the cause of it")
}

/// The page of an internal fault, whose number is that of the one line in the log.
fn numbered(page: &Page, route: &str, kept: &Kept) {
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{route}: {}", page.words());
    page.says("処理できませんでした").hides("the cause of it");
    let logged = kept.lines();
    let [line] = logged.as_slice() else { panic!("{route}: {} lines in the log: {logged:?}", logged.len()) };
    assert_eq!((line["level"].as_str(), line["fields"]["route"].as_str()), (Some("ERROR"), Some(route)), "{line}");
    let reference = line["fields"]["reference"].as_str().unwrap();
    assert!(page.words().contains(reference), "{reference} is not the number of the page: {}", page.words());
    assert!(line["fields"]["cause"].as_str().unwrap().contains("the cause of it"), "{line}");
    assert!(!line.to_string().contains(LETTERS), "the address stands in the log: {line}");
}

#[tokio::test]
async fn a_fault_of_ours_has_one_number_on_the_page_and_in_the_log() {
    let mut portal = Portal::open().await;
    let member = portal.sign_in("田中").await.cookies.into_inner().unwrap();
    portal.serves(vec![
        get::<Open, _, _>("/fails/{letters}", fails),
        get::<Open, _, _>("/panics/{letters}", panics),
        get::<SignedIn, _, _>("/signed-in/panics/{letters}", panics),
        get::<SignedIn, _, _>("/signed-in/stands", async || "it goes on"),
    ]);
    let kept = Kept::default();
    let subscriber =
        tracing_subscriber::fmt().json().with_max_level(tracing::Level::ERROR).with_writer(kept.clone()).finish();
    let _listening = tracing::subscriber::set_default(subscriber);
    let browser = portal.browser();
    for route in ["/fails/{letters}", "/panics/{letters}"] {
        numbered(&browser.get(&route.replace("{letters}", LETTERS)).await, route, &kept);
    }
    *browser.cookies.lock().unwrap() = member;
    let page = browser.get(&format!("/signed-in/panics/{LETTERS}?to={LETTERS}")).await;
    numbered(&page, "/signed-in/panics/{letters}", &kept);
    // nobody else notices
    assert_eq!(browser.get("/signed-in/stands").await.ok().text(), "it goes on");
}

#[tokio::test]
async fn a_fault_around_the_handlers_is_answered_with_its_number_too() {
    let portal = Portal::open().await;
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(kept.clone()).finish();
    let _listening = tracing::subscriber::set_default(subscriber);
    let around = from_fn_with_state(portal.app.clone(), caught_around);
    let router: Router = Router::new().route("/", routing::get(panics)).layer(around);
    let answer = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let said = String::from_utf8(to_bytes(answer.into_body(), 10_000).await.unwrap().to_vec()).unwrap();
    let logged = kept.lines();
    let [line] = logged.as_slice() else { panic!("{} lines in the log: {logged:?}", logged.len()) };
    assert!(said.contains(line["fields"]["reference"].as_str().unwrap()), "{said}");
    assert!(!said.contains("the cause of it"), "{said}");
    assert!(line["fields"]["cause"].as_str().unwrap().contains("the cause of it"), "{line}");
}
