//! The portal as it is run for real: over https, behind one proxy that is trusted with saying who comes, and no other.
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use chrono::TimeDelta;

use crate::support::portal::{Browser, PASSWORD, Page, Portal};

const NAME: &str = "mamori.example.jp";
const ORIGIN: &str = "https://mamori.example.jp";
const PROXY: &str = "192.0.2.10";

async fn portal() -> Portal {
    let mut portal = Portal::open().await;
    portal.is_reached_at(ORIGIN, &[PROXY.parse().unwrap()]).await;
    portal
}

/// Asks by the portal's own name; what somebody says of where it came from stands in `forwarded`.
async fn ask(browser: &Browser<'_>, (method, path): (Method, &str), origin: &str, forwarded: Option<&str>) -> Page {
    let token = browser.token.lock().unwrap().clone();
    let once = uuid::Uuid::new_v4().to_string();
    let fields = [("_token", token.as_str()), ("_once", once.as_str()), ("login", "tanaka"), ("password", PASSWORD)];
    let body = if method == Method::GET { String::new() } else { serde_urlencoded::to_string(fields).unwrap() };
    let mut request = browser
        .request(method, path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, origin);
    if let Some(forwarded) = forwarded {
        request = request.header("x-forwarded-for", forwarded);
    }
    let mut request = request.body(Body::from(body)).unwrap();
    request.headers_mut().insert(header::HOST, header::HeaderValue::from_static(NAME));
    browser.send(request).await
}

const OPEN: (Method, &str) = (Method::GET, "/sign-in");
const ENTER: (Method, &str) = (Method::POST, "/sign-in");

fn cookie(page: &Page, name: &str) -> String {
    let all = page.headers.get_all(header::SET_COOKIE);
    let all: Vec<_> = all.iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
    let found = all.iter().find(|cookie| cookie.starts_with(&format!("{name}=")));
    found.unwrap_or_else(|| panic!("no cookie {name}: {all:?}")).clone()
}

#[tokio::test]
async fn over_https_cookies_stay_with_this_host_and_browsers_with_https() {
    let portal = portal().await;
    let mut browser = portal.browser();
    browser.source = PROXY.parse().unwrap();
    let page = ask(&browser, OPEN, ORIGIN, None).await;
    let form = cookie(page.ok(), "__Host-form");
    let entered = ask(&browser, ENTER, ORIGIN, None).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.words());
    for kept in [form, cookie(&entered, "__Host-sid")] {
        let parts: Vec<&str> = kept.split("; ").skip(1).collect();
        for part in ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"] {
            assert!(parts.contains(&part), "{part} is missing: {kept}");
        }
        assert!(!kept.contains("Domain"), "__Host- cookies name no domain: {kept}");
    }
    for answer in [&page, &entered, &ask(&browser, (Method::GET, "/nowhere"), ORIGIN, None).await] {
        let said = answer.headers.get("strict-transport-security").map(|value| value.to_str().unwrap());
        assert_eq!(said, Some("max-age=31536000; includeSubDomains"), "{}", answer.status);
    }
    // the session is that cookie's: under the name it has without TLS it opens nothing
    ask(&browser, (Method::GET, "/me/sessions"), ORIGIN, None).await.ok();
    let sid = browser.cookies.lock().unwrap().remove("__Host-sid").unwrap();
    browser.cookies.lock().unwrap().insert("sid".to_owned(), sid);
    let turned_away = ask(&browser, (Method::GET, "/me/sessions"), ORIGIN, None).await;
    assert!(turned_away.location().is_some_and(|to| to.starts_with("/sign-in")), "{}", turned_away.status);
}

#[tokio::test]
async fn over_https_no_form_comes_from_plain_http_and_no_call_by_another_name() {
    let portal = portal().await;
    let browser = portal.browser();
    ask(&browser, OPEN, ORIGIN, None).await.ok();
    for origin in ["http://mamori.example.jp", "https://mamori.example.jp:8443", "http://127.0.0.1:8080"] {
        assert_eq!(ask(&browser, ENTER, origin, None).await.status, StatusCode::FORBIDDEN, "{origin}");
    }
    let under_loopback = browser.get("/sign-in").await;
    assert_eq!(under_loopback.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(under_loopback.headers.contains_key("strict-transport-security"));
}

/// Signs in from this peer; the source that the log and the session keep.
async fn recorded(portal: &Portal, peer: &str, forwarded: Option<&str>) -> (String, String) {
    let mut browser = portal.browser();
    browser.source = peer.parse().unwrap();
    ask(&browser, OPEN, ORIGIN, forwarded).await.ok();
    let entered = ask(&browser, ENTER, ORIGIN, forwarded).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.words());
    let mut db = portal.superuser().await;
    let event = "select host(e.source) from audit.event e join audit.chain c on c.event_id = e.id
                  where e.kind = 'sign_in.succeeded' order by c.seq desc limit 1";
    let session = "select host(source) from auth.session where created_at = $1";
    let logged = sqlx::query_scalar(event).fetch_one(&mut db).await.unwrap();
    let kept = sqlx::query_scalar(session).bind(portal.now()).fetch_one(&mut db).await.unwrap();
    // the next one signs in at another moment
    portal.advance(TimeDelta::minutes(1));
    (logged, kept)
}

#[tokio::test]
async fn only_the_trusted_proxy_says_where_somebody_comes_from() {
    let portal = portal().await;
    for (peer, forwarded, source) in [
        (PROXY, Some("198.51.100.23"), "198.51.100.23"),
        // what the caller wrote before the proxy added its part is not believed
        (PROXY, Some("203.0.113.99, 198.51.100.24"), "198.51.100.24"),
        (PROXY, Some("198.51.100.25, 192.0.2.10"), "198.51.100.25"),
        (PROXY, Some("no address"), PROXY),
        (PROXY, None, PROXY),
        ("203.0.113.7", Some("198.51.100.26"), "203.0.113.7"),
        ("192.0.2.11", Some("192.0.2.10"), "192.0.2.11"),
    ] {
        let expected = (source.to_owned(), source.to_owned());
        assert_eq!(recorded(&portal, peer, forwarded).await, expected, "from {peer}, forwarded {forwarded:?}");
    }
}
