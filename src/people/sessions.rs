//! Sessions: our own store for tower-sessions, and who a session belongs to (`Identify`).
//!
//! The database keeps a keyed hash of the id only, and beside it, under the same portal's key, whose the session is and
//! until when: a row that was put in or rewritten past the portal opens nothing, and the attempt is written down. A
//! session is never deleted by use, only ended; what is ended is never revived: `save` touches living rows alone. Person, times and rights version are columns, all times come from the
//! portal's clock. A session is made only at sign-in; before that a form token of its own protects the page.
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::types::ipnetwork::IpNetwork;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error as StoreError, Result as StoreResult};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore, cookie::SameSite};

use super::elsewhere;
use super::permissions;
use super::store::{Facts, Standing, standing_of};
use crate::kernel::access::{Actor, Viewer, Who};
use crate::kernel::app::App;
use crate::kernel::audit::{Event, hex};
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::keys::{Keys, Purpose, equal, hmac_sha256};
use crate::kernel::settings::{PasswordRules, Settings};
use crate::kernel::unchanged::Unchanged;
use crate::kernel::work::Work;
use crate::web::identify::{Caller, Identify};

/// Under which key the facts of a sign-in travel into `create`.
const HANDED: &str = "sign_in";
/// A session's times are written anew at most this often.
const TOUCH: TimeDelta = TimeDelta::seconds(30);

/// What a session is made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Handed {
    /// whose it is
    pub person: PersonId,
    /// the rights that were in force when the password was checked
    pub rights_version: i32,
    /// from where
    pub source: Option<std::net::IpAddr>,
    /// the browser, as it calls itself
    pub agent: String,
    /// when the password was given
    pub at: DateTime<Utc>,
    /// what is kept of the browser's mark, where somebody comes in
    pub mark: Option<Vec<u8>>,
    /// the session that goes on in this one, where somebody is in already
    pub after: Option<Vec<u8>>,
}

impl Handed {
    /// For somebody who is signed in and has given the password again: in the same browser, under a new id.
    #[must_use]
    pub fn going_on(viewer: &Viewer, caller: &Caller, rights_version: i32, at: DateTime<Utc>) -> Self {
        Self {
            person: viewer.person,
            rights_version,
            source: caller.source,
            agent: caller.agent.clone(),
            at,
            mark: None,
            after: viewer.session.clone(),
        }
    }
}

/// The store.
#[derive(Clone)]
pub struct Store(App);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store(…)")
    }
}

/// What is kept of a session's id.
#[must_use]
pub fn id_hash(keys: &Keys, id: Id) -> [u8; 32] {
    hmac_sha256(&*keys.subkey(Purpose::Session), &[&id.0.to_le_bytes()])
}

/// Whose a session is, with which rights and until when, under the portal's key.
fn bond(keys: &Keys, hash: &[u8], person: PersonId, rights_version: i32, until: DateTime<Utc>) -> [u8; 32] {
    let (rights, until) = (rights_version.to_be_bytes(), until.timestamp_micros().to_be_bytes());
    hmac_sha256(&*keys.subkey(Purpose::Bond), &[b"session", hash, person.0.as_bytes(), &rights, &until])
}

/// The layer that gives each request its session.
#[must_use]
pub fn layer(app: &App) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(Store(app.clone()))
        .with_name(app.config().session_cookie())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(app.config().secure())
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
}

fn backend(error: impl fmt::Display) -> StoreError {
    StoreError::Backend(error.to_string())
}

fn far_enough(at: DateTime<Utc>) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp(at.timestamp()).unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
}

#[async_trait]
impl SessionStore for Store {
    /// Only a sign-in makes a session, and only while the account is as it was when the password was checked.
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        let handed = record.data.remove(HANDED).ok_or_else(|| backend("a session is made at sign-in only"))?;
        let handed: Handed = serde_json::from_value(handed).map_err(|error| StoreError::Encode(error.to_string()))?;
        let data = serde_json::to_vec(&record.data).map_err(|error| StoreError::Encode(error.to_string()))?;
        record.id = Id::default();
        self.insert(record.id, &handed, &data).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        let data = serde_json::to_vec(&record.data).map_err(|error| StoreError::Encode(error.to_string()))?;
        let saved = sqlx::query!(
            "update auth.session set data = $2 where id_hash = $1 and ended_at is null",
            &id_hash(self.0.keys(), record.id)[..],
            data,
        )
        .execute(&self.0.database().auth)
        .await
        .map_err(backend)?;
        if saved.rows_affected() == 1 { Ok(()) } else { Err(backend("the session has ended")) }
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let row = sqlx::query!(
            "select data, absolute_end
               from auth.session
              where id_hash = $1 and ended_at is null and idle_end > $2 and absolute_end > $2",
            &id_hash(self.0.keys(), *id)[..],
            self.0.clock().now(),
        )
        .fetch_optional(&self.0.database().auth)
        .await
        .map_err(backend)?;
        let Some(row) = row else { return Ok(None) };
        let data = if row.data.is_empty() { Ok(Default::default()) } else { serde_json::from_slice(&row.data) };
        let data = data.map_err(|error| StoreError::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: far_enough(row.absolute_end) }))
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        sqlx::query!(
            "update auth.session set ended_at = $2, end_reason = 'signed_out' where id_hash = $1 and ended_at is null",
            &id_hash(self.0.keys(), *id)[..],
            self.0.clock().now(),
        )
        .execute(&self.0.database().auth)
        .await
        .map_err(backend)?;
        Ok(())
    }
}

impl Store {
    async fn insert(&self, id: Id, handed: &Handed, data: &[u8]) -> Result<()> {
        let actor = Actor { who: Who::Person(handed.person), source: handed.source, ..Actor::portal() };
        self.0
            .change_as(Role::Auth, &actor, async |work: &mut Work| {
                let at_most = room_for_one(work, handed).await?;
                let settings = work.app().settings();
                let now = work.now;
                let rules = &settings.session;
                let source = handed.source.map(IpNetwork::from);
                let hash = id_hash(self.0.keys(), id);
                let until = now + TimeDelta::hours(i64::from(*rules.absolute_hours));
                let bond = bond(self.0.keys(), &hash, handed.person, handed.rights_version, until);
                let made = sqlx::query!(
                    "insert into auth.session (id_hash, person_id, created_at, last_seen_at, idle_end, absolute_end, auth_level,
                                               auth_time, source, agent, rights_version, data, bond, mark_hash)
                     select $1, $2, $3, $3, $4, $5, 1, $6, $7, $8, $9, $10, $12,
                            coalesce($13, (select b.mark_hash from auth.session b where b.id_hash = $14 and b.person_id = $2))
                      where $11",
                    &hash[..],
                    handed.person.0,
                    now,
                    now + TimeDelta::minutes(i64::from(*rules.idle_minutes)),
                    until,
                    handed.at,
                    source,
                    handed.agent,
                    handed.rights_version,
                    data,
                    at_most,
                    &bond[..],
                    handed.mark.as_deref(),
                    handed.after.as_deref(),
                )
                .execute(work.conn())
                .await?;
                if made.rows_affected() == 1 { Ok(()) } else { Err(crate::kernel::error::Error::SignInFirst) }
            })
            .await
    }
}

/// Says so where the ID is in use elsewhere, and ends the oldest sessions above the allowed number. False when the account has changed since the password was checked.
async fn room_for_one(work: &mut Work, handed: &Handed) -> Result<bool> {
    let account = sqlx::query!(
        "select c.rights_version, c.disabled_at, p.owner_person
           from auth.credential c
           join person p on p.id = c.person_id
          where c.person_id = $1
            for update of c",
        handed.person.0
    )
    .fetch_one(work.conn())
    .await?;
    elsewhere::look(work, handed).await?;
    let settings = work.app().settings();
    let rules = &settings.session;
    let most = if account.owner_person.is_some() { *rules.per_admin } else { *rules.per_person };
    let now = work.now;
    let ended = sqlx::query_scalar!(
        "update auth.session
            set ended_at = $2, end_reason = 'too_many'
          where id_hash in (select id_hash
                              from auth.session
                             where person_id = $1 and ended_at is null and idle_end > $2 and absolute_end > $2
                             order by last_seen_at desc, created_at desc, id_hash
                            offset $3)
      returning id_hash",
        handed.person.0,
        now,
        i64::from(most.max(1)) - 1,
    )
    .fetch_all(work.conn())
    .await?;
    for hash in ended {
        work.record(ending(&hash, handed.person, "too_many")).await?;
    }
    Ok(account.rights_version == handed.rights_version && account.disabled_at.is_none())
}

/// Makes the session of somebody who has just proven who they are; the one they came with is ended (rotation).
pub async fn begin(session: &Session, handed: Handed) -> Result<()> {
    if session.id().is_some() {
        session.cycle_id().await.map_err(anyhow::Error::from)?;
    }
    session.clear().await;
    session.insert(HANDED, handed).await.map_err(anyhow::Error::from)?;
    session.save().await.map_err(anyhow::Error::from)?;
    Ok(())
}

/// Ends all living sessions of a person, in this transaction (disabled, locked, password changed, rights lost).
pub async fn end_all(work: &mut Work, person: PersonId, reason: &str) -> Result<u64> {
    let now = work.now;
    let ended = sqlx::query!(
        "update auth.session set ended_at = $2, end_reason = $3 where person_id = $1 and ended_at is null",
        person.0,
        now,
        reason,
    )
    .execute(work.conn())
    .await?;
    Ok(ended.rows_affected())
}

/// One session as its owner sees it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// its reference: the beginning of the hash, enough to point at it
    pub reference: String,
    /// since when
    pub since: DateTime<Utc>,
    /// last used
    pub seen: DateTime<Utc>,
    /// ends at the latest
    pub until: DateTime<Utc>,
    /// from where
    pub source: String,
    /// the browser
    pub agent: String,
    /// this one
    pub current: bool,
}

/// The living sessions of the viewer, the latest first.
pub async fn own(app: &App, viewer: &Viewer) -> Result<Vec<Shown>> {
    let mut read = app.read(viewer).await?;
    let rows = sqlx::query!(
        r#"select encode(id_hash, 'hex') as "reference!", created_at, last_seen_at, absolute_end, host(source) as source, agent,
                  id_hash = $3 as "current"
             from auth.session
            where person_id = $1 and ended_at is null and idle_end > $2 and absolute_end > $2
            order by last_seen_at desc, id_hash"#,
        viewer.person.0,
        app.clock().now(),
        viewer.session.as_deref(),
    )
    .fetch_all(read.conn())
    .await?;
    let shown = |row: Row| Shown {
        reference: row.reference.chars().take(REFERENCE).collect(),
        since: row.since,
        seen: row.seen,
        until: row.until,
        source: row.source.unwrap_or_default(),
        agent: row.agent,
        current: row.current.unwrap_or_default(),
    };
    let rows = rows.into_iter().map(|row| Row {
        reference: row.reference,
        since: row.created_at,
        seen: row.last_seen_at,
        until: row.absolute_end,
        source: row.source,
        agent: row.agent,
        current: row.current,
    });
    Ok(rows.map(shown).collect())
}

const REFERENCE: usize = 16;

struct Row {
    reference: String,
    since: DateTime<Utc>,
    seen: DateTime<Utc>,
    until: DateTime<Utc>,
    source: Option<String>,
    agent: String,
    current: Option<bool>,
}

/// Ends one of one's own sessions. False when there is none with this reference (any more).
pub async fn end_own(app: &App, viewer: &Viewer, reference: &str) -> Result<bool> {
    let whole = reference.len() == REFERENCE && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !whole {
        return Ok(false);
    }
    app.change(&viewer.actor(), async |work: &mut Work| {
        let now = work.now;
        let ended = sqlx::query!(
            "update auth.session
                set ended_at = $3, end_reason = 'ended_by_owner'
              where person_id = $1 and left(encode(id_hash, 'hex'), 16) = $2 and ended_at is null",
            viewer.person.0,
            reference,
            now,
        )
        .execute(work.conn())
        .await?
        .rows_affected();
        if ended > 0 {
            let event = Event::done("session.ended", "session", reference).about(viewer.person);
            work.record(event).await?;
        }
        Ok(ended > 0)
    })
    .await
}

/// The day up to which a password may be used, where passwords expire (4.1.5(1)②).
#[must_use]
pub fn password_due(rules: &PasswordRules, set_at: Option<DateTime<Utc>>) -> Option<NaiveDate> {
    let max_age = (*rules.max_age)?;
    Some(max_age.after(local(set_at?).date_naive()))
}

/// Must the password be changed before anything else: a code was used, or the password is too old.
#[must_use]
pub fn must_change(settings: &Settings, flagged: bool, set_at: Option<DateTime<Utc>>, today: NaiveDate) -> bool {
    let first = flagged && (*settings.password.change_at_first || set_at.is_none());
    first || password_due(&settings.password, set_at).is_some_and(|due| today > due)
}

/// Why the session of this cookie is over, for the person who comes back with it.
pub async fn end_reason(app: &App, session: &Session) -> Result<Option<String>> {
    let Some(id) = session.id() else { return Ok(None) };
    let mut read = app.read_all(Role::Auth).await?;
    let reason = sqlx::query_scalar!(
        r#"select end_reason as "reason!" from auth.session where id_hash = $1 and ended_at is not null and end_reason is not null"#,
        &id_hash(app.keys(), id)[..],
    )
    .fetch_optional(read.conn())
    .await?;
    Ok(reason)
}

/// Session → viewer.
#[derive(Debug, Default)]
pub struct Sessions {
    /// where somebody stands on a day
    standings: Unchanged<(PersonId, NaiveDate), Option<Standing>>,
}

impl Sessions {
    /// The register says the same of somebody as long as nothing happens.
    async fn standing(&self, app: &App, newest: i64, person: PersonId) -> Result<Arc<Option<Standing>>> {
        let today = app.clock().today();
        self.standings
            .at(newest, (person, today), async || {
                let mut read = app.read_all(Role::Auth).await?;
                Ok(standing_of(read.conn(), person, today).await?)
            })
            .await
    }
}

#[async_trait]
impl Identify for Sessions {
    async fn identify(&self, app: &App, session: &Session, caller: &Caller) -> Result<Option<Viewer>> {
        let Some(id) = session.id() else { return Ok(None) };
        let hash = id_hash(app.keys(), id);
        let now = app.clock().now();
        // one statement and no transaction: every page asks this first
        let found = sqlx::query!(
            r#"select s.person_id as "person!: PersonId", s.last_seen_at, s.rights_version, s.absolute_end, s.bond,
                      c.must_change, c.set_at, c.disowned_at is not null as "disowned!", s.idle_end <= $2 as "idle!", s.absolute_end <= $2 as "over!",
                      s.rights_version <> c.rights_version or c.disabled_at is not null as "changed!",
                      unread_notices(s.person_id) as "unread!", (select seq from audit.head) as "newest!"
                 from auth.session s
                 join auth.credential c on c.person_id = s.person_id
                where s.id_hash = $1 and s.ended_at is null"#,
            &hash[..],
            now,
        )
        .fetch_optional(&app.database().auth)
        .await?;
        let Some(found) = found else { return Ok(None) };
        let bond = bond(app.keys(), &hash, found.person, found.rights_version, found.absolute_end);
        let reason = match (equal(&bond, &found.bond), found.changed, found.over, found.idle) {
            (false, ..) => Some("forged"),
            (_, true, ..) => Some("rights_changed"),
            (_, _, true, _) => Some("absolute"),
            (.., true) => Some("idle"),
            (true, false, false, false) => None,
        };
        if let Some(reason) = reason {
            return end(app, caller, &hash, found.person, reason).await.map(|()| None);
        }
        let settings = app.settings();
        let today = app.clock().today();
        let facts = Facts {
            session: Some(hash.to_vec()),
            source: caller.source,
            request_ref: caller.request_ref,
            must_change_password: found.disowned || must_change(&settings, found.must_change, found.set_at, today),
            unread: found.unread.unsigned_abs(),
        };
        let standing = self.standing(app, found.newest, found.person).await?;
        let table = permissions::in_force(app)?;
        let viewer = (*standing).as_ref().map(|standing| standing.viewer(&table, facts));
        if viewer.is_none() {
            end(app, caller, &hash, found.person, "left").await?;
        } else if !caller.by_itself && now - found.last_seen_at >= TOUCH {
            touch(app, &hash).await?;
        }
        Ok(viewer)
    }

    async fn formerly(&self, app: &App, session: &Session) -> Result<Option<PersonId>> {
        formerly(app, session).await
    }
}

/// How many notices the owner of this session has not read; nothing once the session is over, by whatever end. It is asked
/// by a page that stands open, so it is no use of the session.
pub async fn unread_in(app: &App, hash: &[u8]) -> Result<Option<u64>> {
    let unread = sqlx::query_scalar!(
        r#"select unread_notices(s.person_id) as "unread!"
             from auth.session s
             join auth.credential c on c.person_id = s.person_id
            where s.id_hash = $1 and s.ended_at is null and s.idle_end > $2 and s.absolute_end > $2
              and s.rights_version = c.rights_version and c.disabled_at is null"#,
        hash,
        app.clock().now(),
    );
    let mut read = app.read_all(Role::Auth).await?;
    Ok(unread.fetch_optional(read.conn()).await?.map(i64::unsigned_abs))
}

/// Whose session this was, where it ended by its time alone: whatever else ended it leaves nothing behind.
async fn formerly(app: &App, session: &Session) -> Result<Option<PersonId>> {
    let Some(id) = session.id() else { return Ok(None) };
    let hash = id_hash(app.keys(), id);
    let mut read = app.read_all(Role::Auth).await?;
    let found = sqlx::query!(
        r#"select person_id as "person!: PersonId", rights_version, absolute_end, bond
             from auth.session
            where id_hash = $1 and person_id is not null and ended_at is not null and end_reason in ('idle', 'absolute')"#,
        &hash[..],
    )
    .fetch_optional(read.conn())
    .await?;
    let ours = found.filter(|found| {
        equal(&bond(app.keys(), &hash, found.person, found.rights_version, found.absolute_end), &found.bond)
    });
    Ok(ours.map(|found| found.person))
}

/// 失効: sessions whose time is over end, and the log says so, also when nobody comes back with the cookie.
pub fn sweep(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        let now = app.clock().now();
        let mut read = app.read_all(Role::Auth).await?;
        let over = sqlx::query!(
            r#"select id_hash, person_id as "person!: PersonId", absolute_end <= $1 as "absolute!"
                 from auth.session
                where ended_at is null and person_id is not null and (idle_end <= $1 or absolute_end <= $1)
                order by idle_end
                limit 100"#,
            now,
        )
        .fetch_all(read.conn())
        .await?;
        drop(read);
        for session in over {
            let reason = if session.absolute { "absolute" } else { "idle" };
            end_as(app, &Actor::portal(), &session.id_hash, session.person, reason).await?;
        }
        Ok(())
    })
}

/// Ends the session of somebody whose page has covered itself: they sign in again.
pub async fn end_idle(app: &App, viewer: &Viewer) -> Result<()> {
    match viewer.session.as_deref() {
        Some(hash) => end_as(app, &viewer.actor(), hash, viewer.person, "idle").await,
        None => Ok(()),
    }
}

/// Ends a session that has served its time. Of several requests that find it so, one does it and writes it down.
async fn end(app: &App, caller: &Caller, hash: &[u8], person: PersonId, reason: &str) -> Result<()> {
    // the portal ends it by its own rule; whoever comes with the cookie only made it look
    end_as(app, &Actor { request_ref: Some(caller.request_ref), ..Actor::portal() }, hash, person, reason).await
}

async fn end_as(app: &App, actor: &Actor, hash: &[u8], person: PersonId, reason: &str) -> Result<()> {
    app.change_as(Role::Auth, actor, async |work: &mut Work| {
        let now = work.now;
        let ended = sqlx::query!(
            "update auth.session set ended_at = $2, end_reason = $3 where id_hash = $1 and ended_at is null",
            hash,
            now,
            reason,
        )
        .execute(work.conn())
        .await?;
        if ended.rows_affected() == 1 {
            work.record(ending(hash, person, reason)).await?;
        }
        Ok(())
    })
    .await
}

/// A session that ended without its owner's doing, and why.
fn ending(hash: &[u8], person: PersonId, why: &str) -> Event {
    let reference: String = hex(hash).chars().take(REFERENCE).collect();
    Event::done("session.ended", "session", reference).about(person).facts(serde_json::json!({ "why": why }))
}

async fn touch(app: &App, hash: &[u8]) -> Result<()> {
    let now = app.clock().now();
    let idle = TimeDelta::minutes(i64::from(*app.settings().session.idle_minutes));
    sqlx::query!(
        "update auth.session set last_seen_at = $2, idle_end = $3 where id_hash = $1 and ended_at is null and idle_end > $2",
        hash,
        now,
        now + idle,
    )
    .execute(&app.database().auth)
    .await?;
    Ok(())
}

/// For `Store` users outside of a request (tests).
#[must_use]
pub fn store(app: &App) -> Arc<Store> {
    Arc::new(Store(app.clone()))
}
