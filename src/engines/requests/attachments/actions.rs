//! What happens to a file before it is filed.
use chrono::{Days, NaiveDate, TimeDelta};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use uuid::Uuid;

use super::store::{self, New};
use crate::engines::requests::kinds::Registered;
use crate::engines::requests::model::files::{LARGEST, size};
use crate::engines::requests::model::form::Message;
use crate::engines::requests::model::{Content, Field, FieldError, Typed, Words};
use crate::kernel::access::{Actor, Viewer};
use crate::kernel::app::App;
use crate::kernel::audit::{Event, hex};
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::{self, Error, Result};
use crate::kernel::files::{Unfit, judge, named};
use crate::kernel::ids::{RequestId, uuid_at};
use crate::kernel::keys::sha256;
use crate::kernel::work::{Work, keeps_nothing};
use crate::web::extract::Posted;

/// A file that nobody filed waits so long.
const WAITS: TimeDelta = TimeDelta::days(7);
/// So long the files of a draft wait after its last day: it may be sent once more.
const AFTER_DRAFT: Days = Days::new(30);
/// So many files of one person wait at most, and so large they are together.
const WAITING: i64 = 60;
const WAITING_BYTES: i64 = 200 * 1024 * 1024;

/// Takes the files in that came with a form, each under its question, where they stay whatever becomes of the form. What was not taken
/// is said at its question.
pub async fn take(
    app: &App,
    viewer: &Viewer,
    registered: &Registered,
    posted: &Posted,
    mut typed: Typed,
) -> Result<(Typed, Vec<FieldError>)> {
    let mut refused: Vec<FieldError> = Vec::new();
    // the form that is only read in the other language has sent its files before, or will
    let files = posted.input.files().filter(|_| !keeps_nothing());
    for (key, name, content) in files {
        let field = registered.kind.form.field(key).filter(|field| field.takes_files());
        let field = field.ok_or(Error::Forged("no question for a file"))?;
        let taken = app
            .change(&viewer.actor(), async |work: &mut Work| {
                take_one(work, viewer, (&registered.kind.key, field), (name, content)).await
            })
            .await?;
        match taken {
            Ok(id) => typed = typed.also(key, &id.to_string()),
            Err(error) if refused.iter().all(|known| known.field != error.field) => refused.push(error),
            Err(_) => {}
        }
    }
    Ok((typed, refused))
}

async fn take_one(
    work: &mut Work,
    viewer: &Viewer,
    (kind, field): (&str, &Field),
    (name, content): (&str, &[u8]),
) -> Result<std::result::Result<Uuid, FieldError>> {
    let refuse = |key: &str, most: String| {
        let said = Message::new(key).with("name", Words::plain(shown(name))).with("most", Words::plain(most));
        Ok(Err(FieldError::new(&field.key, said)))
    };
    if content.len() > LARGEST {
        return refuse("requests-error-file-large", size(LARGEST as u64));
    }
    let media = match judge(name, content) {
        Ok(media) => media,
        Err(Unfit::Unknown) => return refuse("requests-error-file-unknown", String::new()),
        Err(Unfit::Program) => return refuse("requests-error-file-program", String::new()),
        Err(Unfit::Swollen) => return refuse("requests-error-file-swollen", String::new()),
    };
    let (files, bytes) = store::waiting(work.conn(), viewer.person).await?;
    if files >= WAITING || bytes.saturating_add(i64::try_from(content.len()).unwrap_or(i64::MAX)) > WAITING_BYTES {
        return refuse("requests-error-files-waiting", String::new());
    }
    let (now, digest, name) = (work.now, sha256(content), named(name, media));
    let new = New {
        id: uuid_at(now),
        kind,
        field: &field.key,
        by: viewer.person,
        at: now,
        name: &name,
        media,
        digest,
        content,
    };
    store::insert(work.conn(), &new).await?;
    let facts =
        json!({ "kind": kind, "field": field.key, "name": name, "size": content.len(), "sha256": hex(&digest) });
    work.record(Event::done("attachment.uploaded", "attachment", new.id).facts(facts)).await?;
    Ok(Ok(new.id))
}

/// A name as a message can hold it.
fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    crate::kernel::text::clean_line(last).chars().take(60).collect()
}

/// The files that a draft names, from what was typed into it.
#[must_use]
pub fn of_draft(registered: &Registered, typed: &Typed) -> Vec<Uuid> {
    let fields = registered.kind.form.fields().filter(|field| field.takes_files());
    fields.flat_map(|field| typed.all(&field.key).filter_map(|id| id.parse().ok())).collect()
}

/// The files of a content belong to the request from now on.
pub async fn file(work: &mut Work, request: RequestId, content: &Content) -> Result<()> {
    let ids: Vec<Uuid> = content.all_files().iter().map(|file| file.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    store::file(work.conn(), request.0, &ids).await?;
    // one that was thrown away, or filed elsewhere, between the reading and the filing
    let filed = store::filed(work.conn(), request.0, &ids).await?;
    if usize::try_from(filed).ok() == Some(ids.len()) {
        return Ok(());
    }
    Err(Error::Conflict(error::Message::new("refused-file-gone")))
}

/// The files of a content, for the event of its filing.
#[must_use]
pub fn facts(content: &Content) -> Value {
    content.all_files().iter().map(|file| json!({ "name": file.name, "sha256": file.sha256 })).collect()
}

/// The nightly chore: what nobody filed is thrown away.
pub fn sweep(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            let now = work.now;
            let last = local(now).date_naive().checked_sub_days(AFTER_DRAFT).unwrap_or(NaiveDate::MIN);
            let gone = store::sweep(work.conn(), (now - WAITS, last)).await?;
            if gone > 0 {
                let event = Event::done("attachment.swept", "attachment", "waiting").facts(json!({ "files": gone }));
                work.record(event).await?;
            }
            Ok(())
        })
        .await
    })
}
