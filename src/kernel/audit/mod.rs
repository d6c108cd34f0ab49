//! The event log (操作記録): what an event says, and how it is encoded and sealed.
//!
//! `proof` is the arithmetic of the chain, `verify` reads the database through it, `checkpoint` signs the head so that
//! not even the database's superuser can cut or rewrite the log unnoticed, and `export` carries it out of the house; `rows` holds ledgers, decisions
//! and rights against the digests that the events carry, and `evidence` the clause board's rows against the events themselves.
pub mod checkpoint;
mod evidence;
pub mod export;
pub mod proof;
pub mod rows;
mod tampering;
pub mod verify;

use std::net::IpAddr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ids::{DepartmentId, EventId, PersonId};
use super::keys::hmac_sha256;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// done
    Ok,
    /// the rules said no
    Denied,
    /// tried and did not succeed (a wrong password, a request that was turned down)
    Failed,
}

impl Outcome {
    /// As the column holds it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// One act, as the one who acts describes it. `Work` adds who, when and from where.
#[derive(Debug, Clone)]
pub struct Event {
    /// past tense: `request.approved`
    pub kind: &'static str,
    /// how it ended
    pub outcome: Outcome,
    /// the mechanism that acted; this is what makes it evidence for a clause
    pub mechanism: Option<&'static str>,
    /// `request`, `account`, `person`, …
    pub entity: &'static str,
    /// the id of the row
    pub entity_id: String,
    /// the number people say aloud
    pub number: Option<String>,
    /// the department it belongs to
    pub department: Option<DepartmentId>,
    /// the persons it is about (they may see it)
    pub concerns: Vec<PersonId>,
    /// further facts: names, before → after
    pub facts: serde_json::Value,
}

impl Event {
    /// An act that was done.
    #[must_use]
    pub fn done(kind: &'static str, entity: &'static str, id: impl ToString) -> Self {
        Self {
            kind,
            outcome: Outcome::Ok,
            mechanism: None,
            entity,
            entity_id: id.to_string(),
            number: None,
            department: None,
            concerns: Vec::new(),
            facts: serde_json::Value::Object(serde_json::Map::new()),
        }
    }

    /// A refusal.
    #[must_use]
    pub fn denied(kind: &'static str, entity: &'static str, id: impl ToString) -> Self {
        Self { outcome: Outcome::Denied, ..Self::done(kind, entity, id) }
    }

    /// An attempt that failed, a request that came to nothing.
    #[must_use]
    pub fn failed(kind: &'static str, entity: &'static str, id: impl ToString) -> Self {
        Self { outcome: Outcome::Failed, ..Self::done(kind, entity, id) }
    }

    /// By which mechanism.
    #[must_use]
    pub fn by(mut self, mechanism: &'static str) -> Self {
        self.mechanism = Some(mechanism);
        self
    }

    /// The number people say aloud.
    #[must_use]
    pub fn numbered(mut self, number: impl Into<String>) -> Self {
        self.number = Some(number.into());
        self
    }

    /// The department it belongs to.
    #[must_use]
    pub fn within(mut self, department: DepartmentId) -> Self {
        self.department = Some(department);
        self
    }

    /// One more person it is about.
    #[must_use]
    pub fn about(mut self, person: PersonId) -> Self {
        if !self.concerns.contains(&person) {
            self.concerns.push(person);
        }
        self
    }

    /// Further facts.
    #[must_use]
    pub fn facts(mut self, facts: serde_json::Value) -> Self {
        self.facts = facts;
        self
    }
}

/// The event as it was written, for projections.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// its id
    pub id: EventId,
    /// when it happened
    pub at: DateTime<Utc>,
    /// what was said
    pub event: Event,
    /// who acted
    pub actor: Option<PersonId>,
}

/// The versioned canonical encoding: this prefix, then one JSON object with the fields in this order. From the second
/// edition on an event carries the digests of the rows that changed with it, and its leaf covers when it was taken in.
pub const CANON_PREFIX: &[u8] = b"mamori-event-2\n";
/// The first edition, still read.
const CANON_FIRST: &[u8] = b"mamori-event-1\n";

/// The canonical content of one event. The verifier reads it back and compares the columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Canon {
    /// event id
    pub id: Uuid,
    /// RFC 3339 with microseconds, UTC
    pub occurred_at: String,
    /// kind
    pub kind: String,
    /// outcome
    pub outcome: String,
    /// mechanism
    pub mechanism: Option<String>,
    /// who
    pub actor: Option<Uuid>,
    /// 代理: for whom
    pub acting_for: Option<Uuid>,
    /// in which capacity
    pub post: Option<Uuid>,
    /// session reference, hex
    pub session: Option<String>,
    /// HTTP request
    pub request: Option<Uuid>,
    /// from where
    pub source: Option<IpAddr>,
    /// on what
    pub entity: String,
    /// which one
    pub entity_id: String,
    /// its number
    pub number: Option<String>,
    /// department
    pub department: Option<Uuid>,
    /// persons concerned
    pub concerns: Vec<Uuid>,
    /// further facts
    pub facts: serde_json::Value,
    /// digests of the rows that changed in the same transaction
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<rows::Row>,
}

impl Canon {
    /// The bytes that are stored and hashed.
    pub fn encode(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = CANON_PREFIX.to_vec();
        serde_json::to_writer(&mut bytes, self)?;
        Ok(bytes)
    }

    /// What stands for content that cannot be read.
    pub(super) fn unreadable(id: Uuid) -> Self {
        Self {
            id,
            occurred_at: String::new(),
            kind: String::new(),
            outcome: String::new(),
            mechanism: None,
            actor: None,
            acting_for: None,
            post: None,
            session: None,
            request: None,
            source: None,
            entity: String::new(),
            entity_id: String::new(),
            number: None,
            department: None,
            concerns: Vec::new(),
            facts: serde_json::Value::Null,
            rows: Vec::new(),
        }
    }

    /// Reads stored bytes back.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let content = bytes.strip_prefix(CANON_PREFIX).or_else(|| bytes.strip_prefix(CANON_FIRST))?;
        serde_json::from_slice(content).ok()
    }
}

/// A moment in the canonical encoding.
#[must_use]
pub fn canon_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The number of the MAC key in use.
pub const MAC_KEY: i16 = 1;

/// The MAC of an event.
#[must_use]
pub fn mac(key: &[u8], canon: &[u8]) -> [u8; 32] {
    hmac_sha256(key, &[canon])
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes behind hexadecimal digits.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect()
}
