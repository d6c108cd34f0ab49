//! Forged posts are refused in one place: by where the browser says it comes from, and by the form's own token.
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, ORIGIN};
use http_body_util::{BodyExt as _, LengthLimitError};

use super::forms::FormInput;
use super::identify::Visit;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::keys::equal;

/// The body as it came, for the idempotency key.
#[derive(Debug, Clone)]
pub struct RawForm(pub Bytes);

/// The body of a form is no larger than this.
pub const BODY_LIMIT: usize = 256 * 1024;
/// A form with a list in it: 20 MiB for the file, and something for what is around it.
pub const UPLOAD_LIMIT: usize = 20 * 1024 * 1024 + 64 * 1024;

/// Lets a changing request through only if our own page sent it, and reads its form.
pub async fn check(app: &App, visit: &Visit, request: Request, most: usize) -> Result<Request> {
    same_origin(app, &request)?;
    let (mut parts, body) = request.into_parts();
    let bytes = http_body_util::Limited::new(body, most).collect().await.map_err(broken)?.to_bytes();
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let input = FormInput::read(kind, &bytes).await.map_err(|_| Error::Forged("malformed"))?;
    let token = input.token().unwrap_or_default();
    if !equal(token.as_bytes(), visit.token.as_bytes()) {
        return Err(Error::Forged("token"));
    }
    parts.extensions.insert(input);
    parts.extensions.insert(RawForm(bytes.clone()));
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// A body that is too large is somebody's wrong file, and is told so; any other is no form of ours.
fn broken(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    if error.is::<LengthLimitError>() { Error::TooLarge } else { Error::Forged("body") }
}

/// `Sec-Fetch-Site` must be same-origin or none; without it `Origin` must be ours; neither header = refused.
fn same_origin(app: &App, request: &Request) -> Result<()> {
    let header = |name: &str| request.headers().get(name).map(|value| value.as_bytes().to_vec());
    match header("sec-fetch-site").as_deref() {
        Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Error::Forged("sec-fetch-site")),
        None => match header(ORIGIN.as_str()).as_deref() {
            Some(origin) if origin == app.config().origin.as_bytes() => Ok(()),
            _ => Err(Error::Forged("origin")),
        },
    }
}
