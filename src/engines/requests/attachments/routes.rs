//! A file is handed out (ダウンロード), never shown: by a name of ours, as what its content is, in a sandbox.
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use serde_json::json;
use uuid::Uuid;

use super::store::{self, Stored};
use crate::engines::requests::actions::Open;
use crate::engines::requests::routes::ViewRequests;
use crate::engines::requests::store::find_by_id;
use crate::kernel::app::App;
use crate::kernel::audit::{Event, hex};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::RequestId;
use crate::kernel::keys::{equal, sha256};
use crate::kernel::text::percent;
use crate::web::extract::Path;
use crate::web::routing::{Can, Route, get};

/// The routes; they belong to the room of the requests.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![get::<ViewRequests, _, _>("/requests/files/{id}", hand_out)]
}

/// The address of a file.
#[must_use]
pub fn address(id: Uuid) -> String {
    format!("/requests/files/{id}")
}

/// GET /requests/files/{id}: the right is that of the request now; what waits is in reach of those whose it is.
async fn hand_out(State(app): State<App>, me: Can<ViewRequests>, Path(id): Path<Uuid>) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let file = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let number = match file.request {
        Some(request) => {
            let request = find_by_id(read.conn(), RequestId(request)).await?.ok_or(Error::NotFound)?;
            Open::read(read.conn(), &app, &me, &request.number).await?;
            Some(request.number)
        }
        None => None,
    };
    let content = store::content(read.conn(), id).await?.ok_or(Error::NotFound)?;
    drop(read);
    if !equal(&sha256(&content), &file.digest) {
        return Err(anyhow::anyhow!("the content of attachment {id} is not what was uploaded").into());
    }
    let facts = json!({ "name": file.name, "sha256": hex(&file.digest) });
    let event = Event::done("attachment.handed_out", "attachment", id).facts(facts);
    let event = match number {
        Some(number) => event.numbered(number),
        None => event,
    };
    // no event, no byte
    app.note(&me.actor(), event).await?;
    answer(&file, content)
}

fn answer(file: &Stored, content: Vec<u8>) -> Result<Response> {
    let plain = format!("attachment.{}", file.media.endings().first().copied().unwrap_or_default());
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", percent(&file.name));
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.media.content_type()));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(anyhow::Error::from)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("content-security-policy", HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}
