//! `Work`: one transaction with its actor, its moment, its events, jobs and mails. Nothing changes without it.
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::access::Actor;
use super::app::{App, sight};
use super::audit::{self, Canon, Event, Recorded};
use super::database::{CHANGE, Role};
use super::error::{Error, Message, Result};
use super::ids::{EventId, uuid_at};
use super::jobs::Job;
use super::mail::Mail;
use super::notices::Notice;

/// One transaction, carried through an action.
pub struct Work {
    app: App,
    tx: Transaction<'static, Postgres>,
    /// who acts
    pub actor: Actor,
    /// the one moment of this transaction
    pub now: DateTime<Utc>,
    /// what happened, written at the end together with the digests of the rows that changed
    happened: Vec<Happened>,
}

/// An event that waits for the end of its transaction.
struct Happened {
    event: Event,
    canon: Canon,
}

/// Digests that one event carries; its encoding may not pass 64 KiB.
const ROWS_AN_EVENT: usize = 300;

/// The refusal of a form that was sent for its other language alone.
pub const NOT_SENT: &str = "refused-not-sent";

tokio::task_local! { static KEEPING_NOTHING: bool; }

/// Answers without a trace: every rule speaks, and no transaction of this answer is kept.
pub async fn keeping_nothing<F: Future>(answer: F) -> F::Output {
    KEEPING_NOTHING.scope(true, answer).await
}

/// What is written down all the same: a look at what is shown is a look in either language.
pub async fn kept_all_the_same<F: Future>(look: F) -> F::Output {
    KEEPING_NOTHING.scope(false, look).await
}

/// Is this such an answer?
#[must_use]
pub fn keeps_nothing() -> bool {
    KEEPING_NOTHING.try_with(|nothing| *nothing).unwrap_or(false)
}

impl Work {
    pub(super) async fn begin(app: &App, role: Role, actor: Actor) -> Result<Self> {
        let (person, departments, all) = actor.row_security();
        let now = app.clock().now();
        let sight = sight(app, now, person, departments, all);
        let tx = app.database().begin(role, CHANGE, Some(&sight)).await?;
        Ok(Self { app: app.clone(), tx, actor, now, happened: Vec::new() })
    }

    /// Writes what happened, the digests of all rows that changed with it, and commits: events come last, so that
    /// nothing can change after them, and no row changes without one.
    pub(super) async fn commit(mut self) -> Result<()> {
        if keeps_nothing() {
            return Err(Error::Refused(Message::new(NOT_SENT)));
        }
        let noted = sqlx::query_scalar!("select audit.noted_rows()").fetch_one(&mut *self.tx).await?;
        let rows = audit::rows::noted(noted.as_deref().unwrap_or_default());
        if self.happened.is_empty() && !rows.is_empty() {
            let relation = rows.first().map(|row| row.relation.clone()).unwrap_or_default();
            return Err(anyhow::anyhow!("{relation} changed without an event").into());
        }
        for (at, chunk) in rows.chunks(ROWS_AN_EVENT).enumerate() {
            match self.happened.last_mut() {
                Some(last) if at == 0 => last.canon.rows = chunk.to_vec(),
                _ => {
                    let event = Event::done("rows.sealed", "log", "rows");
                    let id = EventId(uuid_at(self.now));
                    self.happened
                        .push(Happened { canon: Canon { rows: chunk.to_vec(), ..self.canon(id, &event) }, event });
                }
            }
        }
        for happened in std::mem::take(&mut self.happened) {
            self.write(happened).await?;
        }
        self.tx.commit().await?;
        Ok(())
    }

    /// The portal.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The connection, for a room's `store`.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Why ledger rows change in this transaction, and by which request (kept with each row version).
    pub async fn because(&mut self, reason: &str, request: Option<Uuid>) -> Result<()> {
        let request = request.map(|id| id.to_string()).unwrap_or_default();
        sqlx::query!(
            "select set_config('mamori.reason', $1, true) as reason, set_config('mamori.request', $2, true) as request",
            reason,
            request
        )
        .fetch_one(self.conn())
        .await?;
        Ok(())
    }

    /// Lets row-level security show everything for the rest of this transaction. Only for actions whose own rules have
    /// already decided (executing an approved line writes a ledger row of another department).
    pub async fn see_all(&mut self) -> Result<()> {
        sqlx::query!("select set_config('mamori.scope_all', 'on', true)").fetch_one(self.conn()).await?;
        Ok(())
    }

    /// How far row-level security shows now, for [`Work::see_as`].
    pub async fn sight(&mut self) -> Result<String> {
        let sight = sqlx::query_scalar!("select coalesce(current_setting('mamori.scope_all', true), '') as \"sight!\"");
        Ok(sight.fetch_one(self.conn()).await?)
    }

    /// Shows as far again as before something that had to see more.
    pub async fn see_as(&mut self, sight: &str) -> Result<()> {
        sqlx::query!("select set_config('mamori.scope_all', $1, true)", sight).fetch_one(self.conn()).await?;
        Ok(())
    }

    /// Notes the event, which is written when the transaction ends, and runs the projections on it now.
    pub async fn record(&mut self, event: Event) -> Result<EventId> {
        let id = EventId(uuid_at(self.now));
        let canon = self.canon(id, &event);
        self.happened.push(Happened { event: event.clone(), canon });
        let recorded = Recorded { id, at: self.now, event, actor: self.actor.person() };
        for projection in self.app.clone().projections() {
            projection(self, &recorded).await?;
        }
        Ok(id)
    }

    async fn write(&mut self, Happened { event, canon }: Happened) -> Result<()> {
        let encoded = canon.encode().map_err(anyhow::Error::from)?;
        let mac = audit::mac(self.app.audit_key(), &encoded);
        sqlx::query!(
            "insert into audit.event (id, occurred_at, kind, outcome, mechanism, actor_id, acting_for, post_id, session_ref, request_ref,
                                      source, entity, entity_id, entity_number, department_id, concerns, facts, canon, mac, mac_key)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
            canon.id,
            self.now,
            canon.kind,
            canon.outcome,
            canon.mechanism,
            canon.actor,
            canon.acting_for,
            canon.post,
            canon.session.as_deref().and_then(audit::unhex),
            canon.request,
            canon.source.map(sqlx::types::ipnetwork::IpNetwork::from),
            canon.entity,
            canon.entity_id,
            canon.number,
            canon.department,
            &canon.concerns,
            event.facts,
            encoded,
            &mac[..],
            audit::MAC_KEY,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    fn canon(&self, id: EventId, event: &Event) -> Canon {
        Canon {
            id: id.0,
            occurred_at: audit::canon_time(self.now),
            kind: event.kind.to_owned(),
            outcome: event.outcome.key().to_owned(),
            mechanism: event.mechanism.map(str::to_owned),
            actor: self.actor.person().map(|person| person.0),
            acting_for: self.actor.acting_for.map(|person| person.0),
            post: self.actor.capacity.map(|post| post.0),
            session: self.actor.session.as_deref().map(audit::hex),
            request: self.actor.request_ref,
            source: self.actor.source,
            entity: event.entity.to_owned(),
            entity_id: event.entity_id.clone(),
            number: event.number.clone(),
            department: event.department.map(|department| department.0),
            concerns: event.concerns.iter().map(|person| person.0).collect(),
            facts: event.facts.clone(),
            rows: Vec::new(),
        }
    }

    /// Puts a job into the queue; it exists only if we commit.
    pub async fn enqueue<J: Job>(&mut self, job: &J) -> Result<()> {
        let payload = serde_json::to_value(job).map_err(anyhow::Error::from)?;
        sqlx::query!(
            "insert into job (id, kind, payload, dedup_key, run_at, created_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (kind, dedup_key) where dedup_key is not null and state in ('ready', 'running') do nothing",
            uuid_at(self.now),
            J::KIND,
            payload,
            job.dedup_key(),
            job.run_at().unwrap_or(self.now),
            self.now,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Tells a person something: a row under their bell, and a mail at once where its cause says so and the person has not
    /// chosen otherwise. Everything else leaves with the morning's mail. Nobody is told by another way.
    pub async fn notify(&mut self, notice: Notice) -> Result<()> {
        let urgency = notice.urgency();
        let goes = match &notice.at_once {
            None => false,
            Some(_) => {
                let wanted =
                    sqlx::query_scalar!(r#"select mails_at_once($1, $2) as "wanted!""#, notice.person.0, urgency);
                wanted.fetch_one(self.conn()).await?
            }
        };
        sqlx::query!(
            "insert into notice (id, person_id, kind, said, said_with, part, urgency, turn, href, entity, entity_id, created_at, mailed_at, aside)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::timestamptz, case when $13 then $12::timestamptz end, $14)",
            uuid_at(self.now),
            notice.person.0,
            notice.kind,
            &*notice.said.key,
            notice.values(),
            notice.part.key(),
            urgency,
            notice.turn,
            notice.href,
            notice.entity,
            notice.entity_id,
            self.now,
            goes,
            notice.aside,
        )
        .execute(&mut *self.tx)
        .await?;
        let Some((_, letter)) = notice.at_once.filter(|_| goes) else { return Ok(()) };
        let (person, kind, entity, entity_id) = (notice.person, notice.kind, notice.entity, notice.entity_id);
        // in a mailbox it stands among others
        let subject = format!("【Mamori】{}", letter.subject);
        self.mail(Mail { person, kind, subject, body: letter.body, entity, entity_id }).await
    }

    /// Puts a mail into the outbox: one of [`Work::notify`], or the morning's. A person without an address gets it in the
    /// portal only (the row says so).
    pub async fn mail(&mut self, mail: Mail) -> Result<()> {
        let id = uuid_at(self.now);
        sqlx::query!(
            "insert into outbox (id, message_id, recipient_id, recipient, subject, body, kind, entity, entity_id, created_at)
             select $1, $2, a.person_id, a.mail, $4, $5, $6, $7, $8, $9
               from mail_addresses_pub a
              where a.person_id = $3",
            id,
            format!("<{id}@mamori>"),
            mail.person.0,
            mail.subject,
            mail.body,
            mail.kind,
            mail.entity,
            mail.entity_id,
            self.now,
        )
        .execute(&mut *self.tx)
        .await?;
        if self.app.part::<super::mail::Carrier>().is_ok() {
            self.enqueue(&super::mail::Deliver { mail: id }).await?;
        }
        Ok(())
    }

    /// Claims a form's idempotency key. `Some(outcome)` = it was sent before and this is where it led;
    /// the same key with another body is refused.
    pub async fn once(&mut self, key: Uuid, body: &[u8]) -> Result<Option<String>> {
        let person = self.actor.person().map(|person| person.0);
        let hash = super::keys::sha256(body);
        let claimed = sqlx::query!(
            "insert into idempotency (key, person_id, body_hash, outcome, created_at)
             values ($1, $2, $3, '', $4)
             on conflict (key) do nothing",
            key,
            person,
            &hash[..],
            self.now,
        )
        .execute(&mut *self.tx)
        .await?;
        if claimed.rows_affected() == 1 {
            return Ok(None);
        }
        let before = sqlx::query!("select body_hash, outcome from idempotency where key = $1", key)
            .fetch_optional(&mut *self.tx)
            .await?;
        match before {
            Some(before) if before.body_hash == hash => Ok(Some(before.outcome)),
            _ => Err(Error::Refused(Message::new("refused-form-used-twice"))),
        }
    }

    /// Stores where the form led, for the repeat.
    pub async fn settle(&mut self, key: Uuid, outcome: &str) -> Result<()> {
        // update is not granted: the claimed row is replaced inside the same transaction
        let claimed = sqlx::query!("delete from idempotency where key = $1 returning person_id, body_hash", key)
            .fetch_optional(&mut *self.tx)
            .await?;
        let Some(claimed) = claimed else { return Ok(()) };
        sqlx::query!(
            "insert into idempotency (key, person_id, body_hash, outcome, created_at) values ($1, $2, $3, $4, $5)",
            key,
            claimed.person_id,
            claimed.body_hash,
            outcome,
            self.now,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
