//! Mail: only through the outbox (送信箱), written with its cause; a title and a link, nothing confidential.
//!
//! Where SMTP is configured a job delivers each mail under a lock on its row: none is lost, and a crash between the
//! server's yes and our commit sends the same mail, with the same Message-ID, at most once more. Without SMTP, or to a
//! person without an address, the row is the mail: people read it in the portal.
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lettre::message::{Mailbox, header};
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::Actor;
use super::app::App;
use super::database::Role;
use super::error::{Error, Result};
use super::ids::PersonId;
use super::jobs::{self, Job, JobError};
use super::keys::{Keys, Purpose, hmac_sha256};
use super::work::Work;

/// One mail as its cause describes it.
#[derive(Debug, Clone)]
pub struct Mail {
    /// to whom
    pub person: PersonId,
    /// what it is about, for the administrator's screen: `request.returned`
    pub kind: &'static str,
    /// subject line
    pub subject: String,
    /// plain text: a title and a link built from the configured origin
    pub body: String,
    /// what it is about
    pub entity: &'static str,
    /// which one
    pub entity_id: String,
}

/// The way out of the house, plugged into the `App` where SMTP is configured.
pub struct Carrier {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A mail server that does not answer for so long is down; shorter than the database lets a transaction stand.
const PATIENCE: Duration = Duration::from_secs(8);

impl Carrier {
    /// `smtps://user:password@host` (TLS), `smtp://host?tls=required` (STARTTLS), `smtp://127.0.0.1:25` (a relay at home).
    pub fn new(url: &str, from: &str) -> anyhow::Result<Self> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).context("MAMORI_SMTP_URL")?;
        let transport = builder.timeout(Some(PATIENCE)).pool_config(PoolConfig::new().max_size(2)).build();
        let from = from.parse().with_context(|| format!("MAMORI_MAIL_FROM: {from} is no address"))?;
        Ok(Self { transport, from })
    }

    async fn carry(&self, row: &Row) -> Result<(), JobError> {
        let message = self.message(row).map_err(JobError::GiveUp)?;
        match tokio::time::timeout(PATIENCE, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            // the server knows the mail and will never take it
            Ok(Err(error)) if error.is_permanent() => Err(JobError::GiveUp(error.into())),
            Ok(Err(error)) => Err(JobError::Retry(error.into())),
            Err(slow) => Err(JobError::Retry(slow.into())),
        }
    }

    fn message(&self, row: &Row) -> anyhow::Result<Message> {
        let to: Mailbox = row.recipient.parse().with_context(|| format!("{} is no address", row.recipient))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(row.subject.clone())
            .message_id(Some(row.message_id.clone()))
            .date(row.created_at.into())
            .header(AutoSubmitted)
            .header(header::ContentType::TEXT_PLAIN)
            .body(row.body.clone())?;
        Ok(message)
    }
}

/// Stands in the row of a mail for letters that only the mail itself carries, so that nobody reads them in the database or on
/// the page of the outbox.
#[must_use]
pub fn sealed(id: Uuid) -> String {
    format!("{SEAL}{id}{SEALED}")
}

const SEAL: &str = "{sealed:";
const SEALED: char = '}';

/// What a mail to this person carries there: nothing but the portal's key makes it, and the same place in a mail to somebody
/// else carries other letters.
#[must_use]
pub fn carried(keys: &Keys, person: PersonId, id: Uuid) -> String {
    let letters = hmac_sha256(&*keys.subkey(Purpose::Mail), &[person.0.as_bytes(), id.as_bytes()]);
    URL_SAFE_NO_PAD.encode(letters.get(..18).unwrap_or_default())
}

/// A body on its way out of the house to this person.
#[must_use]
pub fn unsealed(keys: &Keys, person: PersonId, body: &str) -> String {
    let mut parts = body.split(SEAL);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(SEALED).and_then(|(id, rest)| Some((id.parse().ok()?, rest))) {
            Some((id, rest)) => {
                out.push_str(&carried(keys, person, id));
                out.push_str(rest);
            }
            None => {
                out.push_str(SEAL);
                out.push_str(part);
            }
        }
    }
    out
}

/// Tells answering machines to stay silent (RFC 3834).
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Delivers one mail of the outbox.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deliver {
    /// which
    pub mail: Uuid,
}

struct Row {
    message_id: String,
    person: PersonId,
    recipient: String,
    subject: String,
    body: String,
    created_at: chrono::DateTime<chrono::Utc>,
}

#[async_trait]
impl Job for Deliver {
    const KIND: &'static str = "portal.deliver_mail";

    fn dedup_key(&self) -> Option<String> {
        Some(self.mail.to_string())
    }

    async fn run(self, app: &App) -> Result<(), JobError> {
        // switched off since: the row stays readable
        let Ok(carrier) = app.part::<Carrier>() else { return Ok(()) };
        let mut refused = None;
        let outcome = app
            .change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
                let Some(row) = lock(work, self.mail).await? else { return jobs::finish(work).await };
                let row = Row { body: unsealed(work.app().keys(), row.person, &row.body), ..row };
                if let Err(error) = carrier.carry(&row).await {
                    refused = Some(error);
                    return Err(Error::Busy);
                }
                let now = work.now;
                sqlx::query!(
                    "update outbox set sent_at = $2, attempts = attempts + 1, last_error = null where id = $1",
                    self.mail,
                    now
                )
                .execute(work.conn())
                .await?;
                jobs::finish(work).await
            })
            .await;
        let Some(error) = refused else { return outcome.map_err(JobError::from) };
        note_failure(app, self.mail, &error).await?;
        Err(error)
    }
}

/// The mail, held against other workers, if it still waits and has somewhere to go.
async fn lock(work: &mut Work, id: Uuid) -> Result<Option<Row>> {
    let row = sqlx::query_as!(
        Row,
        r#"select message_id, recipient_id as "person!: PersonId", recipient, subject, body, created_at
             from outbox
            where id = $1 and sent_at is null and recipient <> ''
              for update"#,
        id
    )
    .fetch_optional(work.conn())
    .await?;
    Ok(row)
}

async fn note_failure(app: &App, id: Uuid, error: &JobError) -> Result<()> {
    let words = error.to_string();
    app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
        sqlx::query!("update outbox set attempts = attempts + 1, last_error = left($2, 500) where id = $1", id, words)
            .execute(work.conn())
            .await?;
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_place_is_opened_by_the_key_for_its_person_alone_and_other_words_stay() {
        let (keys, others) = (Keys::from_bytes([7; 32]), Keys::from_bytes([8; 32]));
        let (id, person) = (Uuid::from_u128(1), PersonId(Uuid::from_u128(2)));
        let body = format!("ここから {} へ {{sealed:x}} {{}}", sealed(id));
        let sent = unsealed(&keys, person, &body);
        assert_eq!(sent, format!("ここから {} へ {{sealed:x}} {{}}", carried(&keys, person, id)));
        assert!(!sent.contains(&id.to_string()) && carried(&keys, person, id).len() == 24);
        assert_ne!(unsealed(&others, person, &body), sent);
        assert_ne!(unsealed(&keys, PersonId(id), &body), sent);
    }
}
