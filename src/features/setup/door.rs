//! Who may set the portal up: whoever read the token on the console, and from then on the browser it was typed into.
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::model::Answers;
use super::store;
use crate::kernel::app::App;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Result};
use crate::kernel::keys::{equal, random_bytes, sha256};

/// How long a browser goes on without a new token.
pub(super) const DAYS: i64 = 14;

fn name(app: &App) -> &'static str {
    if app.config().secure() { "__Host-set-up" } else { "set-up" }
}

/// A secret that nobody can guess: 160 bits.
pub(super) fn secret() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<20>())
}

/// What is kept of a secret.
pub(super) fn hash(secret: &str) -> [u8; 32] {
    sha256(secret.as_bytes())
}

/// The cookie that lets this browser in again.
pub(super) fn cookie(app: &App, secret: String) -> Result<HeaderValue> {
    let cookie = Cookie::build((name(app), secret))
        .path("/")
        .http_only(true)
        .secure(app.config().secure())
        .same_site(SameSite::Strict)
        .max_age(time::Duration::days(DAYS))
        .build();
    HeaderValue::from_str(&cookie.to_string()).map_err(|error| Error::from(anyhow::Error::from(error)))
}

/// The browser that holds set-up, and what it answered so far. Anybody else is led to the door.
pub(super) struct Inside(pub Answers);

impl FromRequestParts<App> for Inside {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<Self, Response> {
        let jar = CookieJar::from_headers(&parts.headers);
        let secret = jar.get(name(app)).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
        match answers(app, &secret).await {
            Ok(Some(answers)) => Ok(Self(answers)),
            Ok(None) => Err(Redirect::to("/set-up").into_response()),
            Err(error) => Err(error.into_response()),
        }
    }
}

async fn answers(app: &App, secret: &str) -> Result<Option<Answers>> {
    let mut read = app.read_all(Role::App).await?;
    let Some(row) = store::find(read.conn()).await? else { return Ok(None) };
    let (Some(kept), Some(until), None) = (row.session_hash, row.session_until, row.finished_at) else {
        return Ok(None);
    };
    if !equal(&kept, &hash(secret)) || until <= app.clock().now() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_value(row.answers).map_err(anyhow::Error::from)?))
}
