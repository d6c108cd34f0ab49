//! Each request, before its route: who comes, in which language and light, with which form token.
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{ACCEPT, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tower_sessions::Session;
use uuid::Uuid;

use super::locale::Lang;
use super::shell::Theme;
use crate::kernel::access::{Actor, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::keys::{Purpose, hmac_sha256, random_bytes};

/// Facts of a request that identification wants.
#[derive(Debug, Clone)]
pub struct Caller {
    /// where it came from
    pub source: Option<IpAddr>,
    /// the id of this request
    pub request_ref: Uuid,
    /// the browser, as it calls itself
    pub agent: String,
    /// a page that stands open asks for what is new, and nobody did anything: it makes no session last longer
    pub by_itself: bool,
}

/// What a browser asks for when a page listens for news.
pub const EVENT_STREAM: &str = "text/event-stream";

/// Session → viewer. `people` implements it, portal.rs plugs it in.
#[async_trait]
pub trait Identify: Send + Sync {
    /// Who this session belongs to today; `None` when nobody (any more).
    async fn identify(&self, app: &App, session: &Session, caller: &Caller) -> Result<Option<Viewer>>;

    /// Whose session this was, where it has ended by its time alone.
    async fn formerly(&self, app: &App, session: &Session) -> Result<Option<PersonId>>;
}

/// The plugged-in implementation.
pub struct Identifier(pub Box<dyn Identify>);

/// One request by one person (or nobody).
#[derive(Debug, Clone)]
pub struct Visit {
    /// who, if signed in
    pub viewer: Option<Arc<Viewer>>,
    /// from where, by what
    pub caller: Caller,
    /// language
    pub lang: Lang,
    /// light
    pub theme: Theme,
    /// 立場 chosen in the side menu; narrows what is shown, never widens rights
    pub standing: Option<Tier>,
    /// 西暦で表示
    pub western: bool,
    /// the session-bound token that forms carry
    pub token: String,
    /// path and query of this page
    pub here: String,
    /// the page answers a form
    pub posted: bool,
    /// the result of the last action, shown once
    pub flash: Option<String>,
}

impl Visit {
    /// The actor: the person, or somebody not signed in.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.viewer {
            Some(viewer) => viewer.actor(),
            None => Actor::anonymous(self.caller.source, self.caller.request_ref),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(visit(parts)?.caller.clone())
    }
}

/// The visit of this request.
pub fn visit(parts: &Parts) -> Result<Arc<Visit>> {
    let visit = parts.extensions.get::<Arc<Visit>>().cloned();
    visit.ok_or_else(|| anyhow::anyhow!("the identify layer is missing").into())
}

const FLASH: &str = "flash";
pub(super) const LANG: &str = "lang";
const THEME: &str = "theme";
const STANDING: &str = "standing";
const CALENDAR: &str = "calendar";

/// The layer.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let jar = CookieJar::from_headers(request.headers());
    let caller = caller(&app, &request);
    let session = request.extensions().get::<Session>().cloned();
    let viewer = match viewer(&app, session.as_ref(), &caller).await {
        Ok(viewer) => viewer.map(Arc::new),
        Err(error) => {
            // in doubt nobody is signed in, and the page says that something is wrong
            return axum::response::IntoResponse::into_response(error);
        }
    };
    let (binding, fresh) = binding(&app, &jar, viewer.as_deref());
    let visit = Arc::new(Visit {
        viewer,
        token: token(&app, &binding),
        lang: cookie(&jar, LANG).and_then(|code| code.parse().ok()).unwrap_or(Lang::Ja),
        theme: cookie(&jar, THEME).map(Theme::from_code).unwrap_or_default(),
        standing: cookie(&jar, STANDING).and_then(Tier::from_key),
        western: cookie(&jar, CALENDAR) == Some("western"),
        here: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        posted: request.method() == Method::POST,
        flash: cookie(&jar, FLASH).map(str::to_owned),
        caller,
    });
    let shown = visit.flash.is_some();
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    if let Some(binding) = fresh {
        set(response.headers_mut(), keep(&app, form_cookie(&app), binding));
    }
    let redraws = !response.status().is_redirection() && !response.headers().contains_key(SET_COOKIE);
    if shown && redraws {
        set(response.headers_mut(), drop_cookie(&app, FLASH));
    }
    // another language may have been asked for on the way
    if response.extensions().get::<Arc<Visit>>().is_none() {
        response.extensions_mut().insert(visit);
    }
    response
}

async fn viewer(app: &App, session: Option<&Session>, caller: &Caller) -> Result<Option<Viewer>> {
    let Some(session) = session else { return Ok(None) };
    if session.id().is_none() {
        return Ok(None);
    }
    app.part::<Identifier>()?.0.identify(app, session, caller).await
}

fn caller(app: &App, request: &Request) -> Caller {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let headers = request.headers();
    Caller {
        source: forwarded(app, peer, headers).or(peer),
        request_ref: crate::kernel::ids::uuid_at(app.clock().now()),
        agent: headers
            .get("user-agent")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect(),
        by_itself: headers.get(ACCEPT).is_some_and(|accept| accept == EVENT_STREAM),
    }
}

/// The last address in X-Forwarded-For that is not itself a trusted proxy — only when a trusted proxy sent it.
fn forwarded(app: &App, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let trusted = &app.config().trusted_proxies;
    if !trusted.contains(&peer?) {
        return None;
    }
    let named = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let named: Vec<IpAddr> = named.filter_map(|ip| ip.trim().parse().ok()).collect();
    named.into_iter().rev().find(|ip| !trusted.contains(ip))
}

fn cookie<'a>(jar: &'a CookieJar, name: &str) -> Option<&'a str> {
    jar.get(name).map(Cookie::value)
}

fn form_cookie(app: &App) -> &'static str {
    if app.config().secure() { "__Host-form" } else { "form" }
}

/// What the form token is bound to: the session, or (before sign-in) a random cookie of its own.
fn binding(app: &App, jar: &CookieJar, viewer: Option<&Viewer>) -> (Vec<u8>, Option<String>) {
    if let Some(session) = viewer.and_then(|viewer| viewer.session.clone()) {
        return (session, None);
    }
    match cookie(jar, form_cookie(app)) {
        Some(value) if value.len() >= 22 => (value.as_bytes().to_vec(), None),
        _ => {
            let fresh = URL_SAFE_NO_PAD.encode(random_bytes::<18>());
            (fresh.as_bytes().to_vec(), Some(fresh))
        }
    }
}

fn token(app: &App, binding: &[u8]) -> String {
    let key = app.keys().subkey(Purpose::Forms);
    URL_SAFE_NO_PAD.encode(hmac_sha256(&*key, &[binding]))
}

pub(super) fn keep(app: &App, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(app.config().secure())
        .same_site(SameSite::Lax)
        .build()
}

fn drop_cookie(app: &App, name: &'static str) -> Cookie<'static> {
    let mut cookie = keep(app, name, String::new());
    cookie.make_removal();
    cookie
}

fn set(headers: &mut HeaderMap, cookie: Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(SET_COOKIE, value);
    }
}

/// A preference that the browser keeps for a year (language, light, standing, calendar).
#[must_use]
pub fn preference(app: &App, name: &'static str, value: &str) -> Option<HeaderValue> {
    let known = match name {
        LANG => value.parse::<Lang>().is_ok(),
        THEME => Theme::from_code(value).code() == value,
        STANDING => Tier::from_key(value).is_some(),
        CALENDAR => matches!(value, "western" | "japanese"),
        _ => false,
    };
    if !known {
        return None;
    }
    let mut cookie = keep(app, name, value.to_owned());
    cookie.set_max_age(time::Duration::days(365));
    HeaderValue::from_str(&cookie.to_string()).ok()
}

/// The cookie that carries a message to the next page.
#[must_use]
pub fn flash(app: &App, text: &str) -> Option<HeaderValue> {
    let mut cookie = keep(app, FLASH, URL_SAFE_NO_PAD.encode(text));
    cookie.set_max_age(time::Duration::minutes(5));
    HeaderValue::from_str(&cookie.to_string()).ok()
}

/// What such a cookie said.
#[must_use]
pub fn read_flash(value: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}
