//! What somebody typed into a form that came after their session had ended: the page that asks them to sign in shows it
//! again, so that nobody types it twice. Secrets and what forms carry unseen are left out, and nothing of it is kept.
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use http_body_util::BodyExt as _;
use tower_sessions::Session;
use uuid::Uuid;

use super::forms::FormInput;
use super::identify::Visit;

/// Where a page that covered itself sends what was typed.
pub const AGAIN: &str = "/sign-in/again";

/// Forms that people write are far smaller.
const MOST: u64 = 64 * 1024;
/// The names under which forms ask for a password or a code (`tests/it/sessions.rs` holds them against the sources).
pub(super) const SECRETS: [&str; 7] = ["password", "own_password", "current", "new", "again", "code", "token"];

/// The request as it was, and what was typed into its form, where its session is over.
pub(super) async fn typed(visit: &Visit, request: Request) -> (Request, Vec<String>) {
    let had_session = request.extensions().get::<Session>().is_some_and(|session| session.id().is_some());
    let small = request.body().size_hint().upper().is_some_and(|size| size <= MOST);
    // the cover of a page that nobody used sends it on purpose, whether the session is over or not
    let late =
        had_session && request.method() == Method::POST && (visit.viewer.is_none() || request.uri().path() == AGAIN);
    if !(late && small && is_form(request.headers())) {
        return (request, Vec::new());
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return (Request::from_parts(parts, Body::empty()), Vec::new()) };
    let bytes = body.to_bytes();
    let typed = FormInput::parse(&bytes).map(|input| written(&input)).unwrap_or_default();
    (Request::from_parts(parts, Body::from(bytes)), typed)
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// What a person wrote: no hidden field, no key of a choice, and nothing at all of a form that asks for a secret.
fn written(input: &FormInput) -> Vec<String> {
    if input.pairs().any(|(name, _)| SECRETS.contains(&name)) {
        return Vec::new();
    }
    let hidden = |name: &str| name.starts_with('_');
    let chosen = |value: &str| {
        value.parse::<Uuid>().is_ok() || value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let pairs = input.pairs().filter(|(name, value)| !hidden(name) && !chosen(value));
    pairs.map(|(_, value)| value.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_shown_again_and_secrets_keys_and_hidden_fields_are_not() {
        let body = "_seen=3f&who=other&reason=%E7%95%B0%E5%8B%95%20%E3%81%AE&from=2026-12-01\
                    &system=01a2241a-3ca6-7676-bc2f-193dd9bb7b23&note=";
        let input = FormInput::parse(body.as_bytes()).unwrap();
        assert_eq!(written(&input), ["異動 の", "2026-12-01"]);
        for secret in SECRETS {
            let body = format!("reason=%E7%95%B0%E5%8B%95&{secret}=Geheim-1");
            assert!(written(&FormInput::parse(body.as_bytes()).unwrap()).is_empty(), "{secret}");
        }
    }
}
