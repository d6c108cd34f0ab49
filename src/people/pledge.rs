//! 誓約: what the adopted regulation has everybody answer for about their own ID and password, in its own words. Asked when a
//! sign-in is used for the first time, and on the home page until it is given; each answer is kept.
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::PgConnection;

use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{PersonId, uuid_at};
use crate::kernel::work::Work;
use crate::web::locale::{Lang, Words};
use crate::web::screen::House;

/// The mechanism.
pub const MECHANISM: &str = "person.pledge";

/// 誓約の回答
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// to which words
    pub words: String,
    /// given, or declined
    pub given: bool,
    /// when
    pub at: DateTime<Utc>,
}

/// What is asked, in the words of the adopted regulation; none: nothing is.
pub fn asked(app: &App, w: Words) -> Result<Option<String>> {
    Ok(app.part::<House>()?.naming().phrase(w, "pledge"))
}

/// The words in which an answer is kept: the reader's language is not that of the text.
fn kept(app: &App) -> Result<Option<String>> {
    asked(app, Words(Lang::Ja))
}

/// The latest answer of a person.
pub async fn latest(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Option<Pledge>> {
    sqlx::query_as!(
        Pledge,
        r#"select words, answer = 'given' as "given!", answered_at as at
             from pledge where person_id = $1 order by answered_at desc, id desc limit 1"#,
        person.0
    )
    .fetch_optional(conn)
    .await
}

/// Has this person still to give it?
pub async fn is_owed(app: &App, conn: &mut PgConnection, person: PersonId) -> Result<bool> {
    let Some(words) = kept(app)? else { return Ok(false) };
    let latest = latest(conn, person).await?;
    Ok(!latest.is_some_and(|pledge| pledge.given && pledge.words == words))
}

/// Keeps one's own answer.
pub async fn answer(work: &mut Work, given: bool) -> Result<()> {
    let person = work.actor.person().ok_or(Error::SignInFirst)?;
    let words = kept(work.app())?.ok_or(Error::NotFound)?;
    let now = work.now;
    let answer = if given { "given" } else { "declined" };
    sqlx::query!(
        "insert into pledge (id, person_id, words, answer, answered_at) values ($1, $2, $3, $4, $5)",
        uuid_at(now),
        person.0,
        words,
        answer,
        now,
    )
    .execute(work.conn())
    .await?;
    let kind = if given { "pledge.given" } else { "pledge.declined" };
    let event = Event::done(kind, "person", person).about(person).by(MECHANISM);
    work.record(event.facts(json!({ "words": words }))).await.map(drop)
}
