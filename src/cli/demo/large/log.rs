//! The event log of the bulk: each event encoded, sealed and linked to the one before it, as `Work` and `audit.link` do it
//! one by one; and the evidence that the database would have made of it.
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::load::Out;
use super::row::Val;
use super::tables::{CHAIN, EVENT, EVIDENCE};
use crate::kernel::audit::proof::{Hash, leaf, link};
use crate::kernel::audit::{Canon, MAC_KEY, canon_time, mac};

/// Who does something, and in which post.
#[derive(Debug, Clone, Copy)]
pub struct Doer {
    /// who
    pub person: Uuid,
    /// as what; who files or confirms a receipt acts in none
    pub post: Option<Uuid>,
}

/// What an event is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// `request`, `account`
    pub entity: &'static str,
    /// the id of the row
    pub id: Uuid,
    /// the number of the request
    pub number: &'a str,
    /// the section
    pub section: Uuid,
    /// the persons concerned
    pub concerns: &'a [Uuid],
}

/// An event as it is told, without the digests of rows.
#[must_use]
pub fn event(id: Uuid, at: DateTime<Utc>, kind: &str, by: Doer, about: About<'_>, facts: Value) -> Canon {
    Canon {
        id,
        occurred_at: canon_time(at),
        kind: kind.to_owned(),
        outcome: "ok".to_owned(),
        mechanism: None,
        actor: Some(by.person),
        acting_for: None,
        post: by.post,
        session: None,
        request: None,
        source: None,
        entity: about.entity.to_owned(),
        entity_id: about.id.to_string(),
        number: Some(about.number.to_owned()),
        department: Some(about.section),
        concerns: about.concerns.to_vec(),
        facts,
        rows: Vec::new(),
    }
}

/// The end of the chain, to which events are added.
pub struct Log {
    key: Zeroizing<[u8; 32]>,
    seq: i64,
    hash: Hash,
    taken_in: DateTime<Utc>,
    /// how many were added
    pub written: u64,
}

impl Log {
    /// Goes on behind this link; events are taken in from this moment on, one microsecond after the other.
    #[must_use]
    pub fn after(key: Zeroizing<[u8; 32]>, seq: i64, hash: Hash, taken_in: DateTime<Utc>) -> Self {
        Self { key, seq, hash, taken_in, written: 0 }
    }

    /// Where the chain ends now.
    #[must_use]
    pub fn head(&self) -> (i64, Hash) {
        (self.seq, self.hash)
    }

    /// Adds an event.
    pub fn write(&mut self, out: &mut Out, canon: Canon, at: DateTime<Utc>) -> anyhow::Result<()> {
        let encoded = canon.encode().context("an event cannot be encoded")?;
        let mac = mac(&*self.key, &encoded);
        self.taken_in += TimeDelta::microseconds(1);
        let leaf = leaf(&encoded, &mac, self.taken_in);
        self.seq += 1;
        self.hash = link(&self.hash, self.seq, &leaf);
        self.written += 1;
        if let Some(mechanism) = &canon.mechanism {
            let evidence = [
                canon.id.into(),
                mechanism.as_str().into(),
                canon.outcome.as_str().into(),
                at.into(),
                canon.kind.as_str().into(),
                canon.entity.as_str().into(),
                canon.entity_id.as_str().into(),
                Val::of(canon.number.clone()),
                Val::of(canon.department),
                Val::of(canon.actor),
            ];
            out.put(&EVIDENCE, &evidence)?;
        }
        out.put(&CHAIN, &[self.seq.into(), canon.id.into(), leaf.to_vec().into(), self.hash.to_vec().into()])?;
        let event = [
            canon.id.into(),
            self.taken_in.into(),
            at.into(),
            canon.kind.into(),
            canon.outcome.into(),
            Val::of(canon.mechanism),
            Val::of(canon.actor),
            Val::of(canon.post),
            Val::of(canon.request),
            canon.entity.into(),
            canon.entity_id.into(),
            Val::of(canon.number),
            Val::of(canon.department),
            Val::Ids(canon.concerns),
            canon.facts.into(),
            encoded.into(),
            mac.to_vec().into(),
            i32::from(MAC_KEY).into(),
        ];
        out.put(&EVENT, &event)
    }
}
