//! What somebody typed into a form that came after their session had ended: the page that asks them to sign in shows it
//! again, so that nobody types it twice. Secrets and what forms carry unseen are left out.
//!
//! An ended session opens nothing, and so the portal writes nothing down for it. The form of a request comes back all the same: their
//! own browser carries it over the sign-in, under the portal's key, and the page takes it back from the same person only.
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use uuid::Uuid;

use super::forms::FormInput;
use super::identify::{Identifier, Visit, keep};
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::keys::{Purpose, equal, hmac_sha256};

/// Where a page that covered itself sends what was typed.
pub const AGAIN: &str = "/sign-in/again";

/// Forms that people write are far smaller.
const MOST: u64 = 64 * 1024;
/// The names under which forms ask for a password or a code (`tests/it/sessions.rs` holds them against the sources).
pub(super) const SECRETS: [&str; 7] = ["password", "own_password", "current", "new", "again", "code", "token"];

/// The password that is given again with something else (再認証).
const PROOF: &str = "own_password";

/// The pages whose forms take back what was typed into them lie under the first address, or under the second with this ending: a
/// new request, and one that is mended (再提出).
const TAKES_BACK: [&str; 3] = ["/requests/new/", "/requests/", "/mend"];
/// What carries it.
const COOKIE: &str = "kept";
/// A browser keeps no larger cookie.
const COOKIE_MOST: usize = 3_800;
/// So long it waits for its person.
const WAITS: TimeDelta = TimeDelta::minutes(60);

/// What was typed into a form.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// As it is shown again.
    pub shown: Vec<String>,
    /// As it was sent; empty where nothing may be carried.
    sent: Vec<(String, String)>,
}

/// What a browser carries: for whom, for which page, since when, and what was sent.
#[derive(Debug, Serialize, Deserialize)]
struct Carried {
    person: PersonId,
    page: String,
    at: DateTime<Utc>,
    sent: Vec<(String, String)>,
}

/// The request as it was, and what was typed into its form, where its session is over.
pub(super) async fn typed(visit: &Visit, request: Request) -> (Request, Typed) {
    let had_session = request.extensions().get::<Session>().is_some_and(|session| session.id().is_some());
    let small = request.body().size_hint().upper().is_some_and(|size| size <= MOST);
    // the cover of a page that nobody used sends it on purpose, whether the session is over or not
    let late =
        had_session && request.method() == Method::POST && (visit.viewer.is_none() || request.uri().path() == AGAIN);
    if !(late && small && is_form(request.headers())) {
        return (request, Typed::default());
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return (Request::from_parts(parts, Body::empty()), Typed::default()) };
    let bytes = body.to_bytes();
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let input = FormInput::read(kind, &bytes).await.unwrap_or_default();
    let typed = Typed { shown: written(&input), sent: carried(&input) };
    (Request::from_parts(parts, Body::from(bytes)), typed)
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| {
        kind.starts_with("application/x-www-form-urlencoded") || kind.starts_with("multipart/form-data")
    })
}

/// What a person wrote: no hidden field, no key of a choice, and nothing at all of a form whose business is a secret. One's own password,
/// which many forms ask for beside their questions, is left out alone.
fn written(input: &FormInput) -> Vec<String> {
    if input.pairs().any(|(name, _)| SECRETS.contains(&name) && name != PROOF) {
        return Vec::new();
    }
    let hidden = |name: &str| name.starts_with('_') || name == PROOF;
    let chosen = |value: &str| {
        value.parse::<Uuid>().is_ok() || value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let pairs = input.pairs().filter(|(name, value)| !hidden(name) && !chosen(value));
    pairs.map(|(_, value)| value.to_owned()).collect()
}

/// What may be carried: nothing of a form that asks for a secret, and nothing that belongs to the page as it was drawn.
fn carried(input: &FormInput) -> Vec<(String, String)> {
    if input.pairs().any(|(name, _)| SECRETS.contains(&name)) {
        return Vec::new();
    }
    let pairs = input.pairs().filter(|(name, _)| !matches!(*name, "_id" | "_page" | "_step"));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The page to which a form belongs that was sent here, where that page takes it back; a draft is sent from the same one.
pub(super) fn page(path: &str) -> Option<&str> {
    let path = path.split('?').next()?;
    let path = path.strip_suffix("/draft").unwrap_or(path);
    let [new, request, mend] = TAKES_BACK;
    let mended = |path: &str| {
        let number = path.strip_prefix(request).and_then(|rest| rest.strip_suffix(mend));
        number.is_some_and(|number| !number.is_empty() && !number.contains('/'))
    };
    (path.starts_with(new) || mended(path)).then_some(path)
}

fn mark(app: &App, carried: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hmac_sha256(&*app.keys().subkey(Purpose::Kept), &[carried]))
}

/// What was typed, for the browser to carry over the sign-in; none where it is not known who typed it, or where it is too much.
pub(super) async fn carry(
    app: &App,
    (visit, session): (&Visit, Option<&Session>),
    page: &str,
    typed: Typed,
) -> Result<Option<HeaderValue>> {
    let person = match (&visit.viewer, session) {
        // their page covered itself, and they signed off with it
        (Some(viewer), _) => Some(viewer.person),
        (None, Some(session)) => app.part::<Identifier>()?.0.formerly(app, session).await?,
        (None, None) => None,
    };
    let Some(person) = person.filter(|_| !typed.sent.is_empty()) else { return Ok(None) };
    let carried = Carried { person, page: page.to_owned(), at: app.clock().now(), sent: typed.sent };
    let carried = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&carried).map_err(anyhow::Error::from)?);
    let value = format!("{carried}.{}", mark(app, carried.as_bytes()));
    let fits = value.len() <= COOKIE_MOST;
    Ok(fits.then(|| HeaderValue::from_str(&cookie(app, page, value).to_string()).ok()).flatten())
}

fn cookie(app: &App, page: &str, value: String) -> Cookie<'static> {
    let mut cookie = keep(app, COOKIE, value);
    cookie.set_path(page.to_owned());
    cookie
}

/// What this person had typed into the form of this page when their session ended.
#[must_use]
pub fn taken_back(app: &App, jar: &CookieJar, person: PersonId, page: &str) -> Option<FormInput> {
    let (carried, marked) = jar.get(COOKIE)?.value().split_once('.')?;
    if !equal(mark(app, carried.as_bytes()).as_bytes(), marked.as_bytes()) {
        return None;
    }
    let carried: Carried = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(carried).ok()?).ok()?;
    let fresh = carried.at <= app.clock().now() && app.clock().now() - carried.at <= WAITS;
    let theirs = carried.person == person && carried.page == page && fresh;
    let mut input = FormInput::default();
    for (name, value) in &carried.sent {
        input.add(name, value);
    }
    theirs.then_some(input)
}

/// Has the browser forget what it carried for this page.
#[must_use]
pub fn forget(app: &App, page: &str) -> Option<HeaderValue> {
    let mut cookie = cookie(app, page, String::new());
    cookie.make_removal();
    HeaderValue::from_str(&cookie.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_requests_take_back_what_was_typed_and_no_others() {
        let draft = "/requests/new/account.register/draft";
        assert_eq!(page(draft), Some("/requests/new/account.register"));
        assert_eq!(page("/requests/R8-ACC-0001/mend?x=1"), Some("/requests/R8-ACC-0001/mend"));
        for other in [
            "/requests/R8-ACC-0001",
            "/requests/R8-ACC-0001/decision",
            "/requests/mend",
            "/requests/a/b/mend",
            "/people/new",
        ] {
            assert_eq!(page(other), None, "{other}");
        }
    }

    #[test]
    fn words_are_shown_again_and_secrets_keys_and_hidden_fields_are_not() {
        let body = "_seen=3f&who=other&reason=%E7%95%B0%E5%8B%95%20%E3%81%AE&from=2026-12-01\
                    &system=01a2241a-3ca6-7676-bc2f-193dd9bb7b23&note=";
        let input = FormInput::parse(body.as_bytes()).unwrap();
        assert_eq!(written(&input), ["異動 の", "2026-12-01"]);
        let body = "reason=%E7%95%B0%E5%8B%95&own_password=Geheim-1";
        assert_eq!(written(&FormInput::parse(body.as_bytes()).unwrap()), ["異動"]);
        for secret in SECRETS.into_iter().filter(|secret| *secret != PROOF) {
            let body = format!("reason=%E7%95%B0%E5%8B%95&{secret}=Geheim-1");
            assert!(written(&FormInput::parse(body.as_bytes()).unwrap()).is_empty(), "{secret}");
        }
    }
}
