//! The arithmetic of the event log's chain and its judge: pure, streaming, and able to say what was done to the log.
//!
//! Rows of the chain and events come in any order; each waits for its counterpart only as long as the two streams
//! disagree about the order, so a log of any length is verified in little memory.
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::checkpoint::Checkpoint;
use super::rows::{Ledger, Row};
pub use super::tampering::Tampering;
use super::{CANON_PREFIX, Canon, MAC_KEY, canon_time, mac};
use crate::kernel::keys::{equal, sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// Findings kept with their details; of more than this many only the number is told.
const KEPT: usize = 1_000;
/// Broken rows that are compared with one another to tell an exchange from a change.
const COMPARED: usize = 64;

/// The value before the first link.
#[must_use]
pub fn genesis() -> Hash {
    sha256(b"mamori")
}

/// The leaf of an event; the first edition of the encoding did not cover when the database took it in.
#[must_use]
pub fn leaf(canon: &[u8], mac: &[u8], recorded_at: DateTime<Utc>) -> Hash {
    let taken_in = recorded_at.timestamp_micros().to_be_bytes();
    let taken_in = if canon.starts_with(CANON_PREFIX) { &taken_in[..] } else { &[] };
    sha256(&[&[0], canon, mac, taken_in].concat())
}

/// The link that adds a leaf to the chain.
#[must_use]
pub fn link(before: &Hash, seq: i64, leaf: &Hash) -> Hash {
    let mut bytes = [0; 1 + 32 + 8 + 32];
    bytes[0] = 1;
    bytes[1..33].copy_from_slice(before);
    bytes[33..41].copy_from_slice(&seq.to_be_bytes());
    bytes[41..].copy_from_slice(leaf);
    sha256(&bytes)
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// where in the chain, if it has a place there
    pub seq: Option<i64>,
    /// the event, if one is meant
    pub event: Option<Uuid>,
    /// what was done
    pub what: Tampering,
    /// which column, trigger or checkpoint
    pub detail: String,
}

/// What the verifier found.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// events read
    pub events: u64,
    /// the last sequence number of the chain
    pub seq: i64,
    /// the hash there, in hex
    pub hash: String,
    /// the seals were checked too (the key was at hand)
    pub sealed: bool,
    /// signed checkpoints compared
    pub checkpoints: usize,
    /// the last of them
    pub last_checkpoint: Option<i64>,
    /// rows held against their digests, if that was asked for
    pub rows: Option<u64>,
    /// all that is wrong, first place first
    pub findings: Vec<Finding>,
    /// how many there are in all
    pub wrong: u64,
}

impl Report {
    /// Nothing is wrong.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.wrong == 0
    }

    /// The first bad place in the chain.
    #[must_use]
    pub fn first(&self) -> Option<&Finding> {
        self.findings.first()
    }
}

/// A row of the chain.
#[derive(Debug, Clone)]
pub struct LinkRow {
    /// place
    pub seq: i64,
    /// whose
    pub event: Uuid,
    /// leaf
    pub leaf: Hash,
    /// hash
    pub hash: Hash,
}

/// An event as its columns tell it.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// the columns, in the shape of the sealed content
    pub columns: Canon,
    /// when the database took it in
    pub recorded_at: DateTime<Utc>,
    /// the sealed content
    pub canon: Vec<u8>,
    /// the seal
    pub mac: Vec<u8>,
    /// which key sealed it
    pub mac_key: i16,
}

/// An event by itself, before its place in the chain is looked at.
#[derive(Debug, Clone)]
pub struct Judged {
    id: Uuid,
    leaf: Hash,
    fault: Option<(Tampering, String)>,
    rows: Vec<Row>,
}

impl EventRow {
    /// Looks at the event by itself: content, seal, columns.
    #[must_use]
    pub fn judge(&self, key: Option<&[u8; 32]>) -> Judged {
        let sealed = Canon::decode(&self.canon);
        let fault = self.fault(sealed.as_ref(), key);
        let leaf = leaf(&self.canon, &self.mac, self.recorded_at);
        Judged { id: self.columns.id, leaf, fault, rows: sealed.map(|sealed| sealed.rows).unwrap_or_default() }
    }

    fn fault(&self, sealed: Option<&Canon>, key: Option<&[u8; 32]>) -> Option<(Tampering, String)> {
        if let Some(key) = key {
            if self.mac_key != MAC_KEY {
                return Some((Tampering::ColumnChanged, "mac_key".to_owned()));
            }
            if !equal(&mac(key, &self.canon), &self.mac) {
                return Some((self.broken_seal(), String::new()));
            }
        }
        let Some(sealed) = sealed else {
            return Some((Tampering::ContentChanged, "unreadable".to_owned()));
        };
        differing_column(sealed, &self.columns).map(|column| (Tampering::ColumnChanged, column.to_owned()))
    }

    /// Which of the two was touched: if the columns still fit the seal, it was the content.
    fn broken_seal(&self) -> Tampering {
        let rows = Canon::decode(&self.canon).map(|sealed| sealed.rows).unwrap_or_default();
        match (Canon { rows, ..self.columns.clone() }).encode() {
            Ok(rebuilt) if rebuilt == self.canon => Tampering::SealChanged,
            _ => Tampering::ContentChanged,
        }
    }
}

/// The first column that says something else than the sealed content.
fn differing_column(sealed: &Canon, columns: &Canon) -> Option<&'static str> {
    let same = [
        ("id", sealed.id == columns.id),
        ("occurred_at", sealed.occurred_at == columns.occurred_at),
        ("kind", sealed.kind == columns.kind),
        ("outcome", sealed.outcome == columns.outcome),
        ("mechanism", sealed.mechanism == columns.mechanism),
        ("actor_id", sealed.actor == columns.actor),
        ("acting_for", sealed.acting_for == columns.acting_for),
        ("post_id", sealed.post == columns.post),
        ("session_ref", sealed.session == columns.session),
        ("request_ref", sealed.request == columns.request),
        ("source", sealed.source == columns.source),
        ("entity", sealed.entity == columns.entity),
        ("entity_id", sealed.entity_id == columns.entity_id),
        ("entity_number", sealed.number == columns.number),
        ("department_id", sealed.department == columns.department),
        ("concerns", sealed.concerns == columns.concerns),
        ("facts", same_facts(&sealed.facts, &columns.facts)),
    ];
    same.into_iter().find(|(_, same)| !same).map(|(column, _)| column)
}

/// Equal as PostgreSQL's jsonb keeps them: 1e3 and 1000 are one number.
fn same_facts(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Number, Object};
    match (a, b) {
        (Number(a), Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_facts(a, b)),
        (Object(a), Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same_facts(a, b)))
        }
        (a, b) => a == b,
    }
}

/// The columns of an event as the database has them, in the shape of the sealed content.
#[derive(Debug, Clone)]
pub struct Columns {
    /// event id
    pub id: Uuid,
    /// when
    pub occurred_at: DateTime<Utc>,
    /// kind
    pub kind: String,
    /// outcome
    pub outcome: String,
    /// mechanism
    pub mechanism: Option<String>,
    /// who
    pub actor: Option<Uuid>,
    /// 代理
    pub acting_for: Option<Uuid>,
    /// capacity
    pub post: Option<Uuid>,
    /// session reference
    pub session: Option<Vec<u8>>,
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
}

impl From<Columns> for Canon {
    fn from(columns: Columns) -> Self {
        Self {
            id: columns.id,
            occurred_at: canon_time(columns.occurred_at),
            kind: columns.kind,
            outcome: columns.outcome,
            mechanism: columns.mechanism,
            actor: columns.actor,
            acting_for: columns.acting_for,
            post: columns.post,
            session: columns.session.as_deref().map(super::hex),
            request: columns.request,
            source: columns.source,
            entity: columns.entity,
            entity_id: columns.entity_id,
            number: columns.number,
            department: columns.department,
            concerns: columns.concerns,
            facts: columns.facts,
            rows: Vec::new(),
        }
    }
}

/// A row of the chain that waits for its event.
#[derive(Debug, Clone)]
struct Waiting {
    row: LinkRow,
    /// the hash before it; unknown after a gap
    before: Option<Hash>,
}

impl Waiting {
    /// Does the row carry the right hash, had it this leaf?
    fn fits(&self, seq: i64, leaf: &Hash, hash: &Hash) -> bool {
        self.before.is_none_or(|before| link(&before, seq, leaf) == *hash)
    }
}

/// The judge of the whole log. Feed it the chain in order and the events in any order.
#[derive(Debug)]
pub struct Verifier {
    before: Option<Hash>,
    /// what the hash of a broken row should have been
    mended: Option<Hash>,
    last: (i64, Hash),
    next: i64,
    waiting: HashMap<Uuid, Waiting>,
    early: HashMap<Uuid, Judged>,
    /// rows whose leaf is not that of their event: stored leaf → place; real leaf → place
    stored: HashMap<Hash, i64>,
    real: HashMap<Hash, i64>,
    mismatched: Vec<(Waiting, Judged)>,
    broken: Vec<Waiting>,
    checkpoints: BTreeMap<i64, Vec<Checkpoint>>,
    compared: usize,
    last_checkpoint: Option<i64>,
    events: u64,
    findings: Vec<Finding>,
    wrong: u64,
    /// the last digest of each row, if rows are to be held against them
    ledger: Option<Ledger>,
    rows: Option<u64>,
}

impl Verifier {
    /// Begins before the first event. The checkpoints must already have been found genuine.
    #[must_use]
    pub fn new(checkpoints: impl IntoIterator<Item = Checkpoint>) -> Self {
        let mut by_seq: BTreeMap<i64, Vec<Checkpoint>> = BTreeMap::new();
        for checkpoint in checkpoints {
            by_seq.entry(checkpoint.seq).or_default().push(checkpoint);
        }
        Self {
            before: Some(genesis()),
            mended: None,
            last: (0, genesis()),
            next: 1,
            waiting: HashMap::new(),
            early: HashMap::new(),
            stored: HashMap::new(),
            real: HashMap::new(),
            mismatched: Vec::new(),
            broken: Vec::new(),
            checkpoints: by_seq,
            compared: 0,
            last_checkpoint: None,
            events: 0,
            findings: Vec::new(),
            wrong: 0,
            ledger: None,
            rows: None,
        }
    }

    /// Also keeps the last digest of each row that the events speak of.
    #[must_use]
    pub fn keeping_rows(mut self, wanted: bool) -> Self {
        self.ledger = wanted.then(Ledger::default);
        self
    }

    /// How many rows were held against their digests.
    pub fn rows_compared(&mut self, rows: u64) {
        self.rows = Some(rows);
    }

    /// What the events last said of each row, once all of them were read.
    pub fn take_rows(&mut self) -> Option<Ledger> {
        self.ledger.take()
    }

    /// Something that others found wrong.
    pub fn found(&mut self, seq: Option<i64>, event: Option<Uuid>, what: Tampering, detail: impl Into<String>) {
        self.wrong += 1;
        if self.findings.len() < KEPT {
            self.findings.push(Finding { seq, event, what, detail: detail.into() });
        }
    }

    /// The next row of the chain.
    pub fn link(&mut self, row: LinkRow) {
        if row.seq != self.next {
            self.gap(&row);
        }
        let waiting = Waiting { before: self.before, row };
        let row = &waiting.row;
        let expected = self.before.map(|before| link(&before, row.seq, &row.leaf));
        // a row that only lost its own hash must not make the next one look broken too
        let mended = self.mended.is_some_and(|before| link(&before, row.seq, &row.leaf) == row.hash);
        let sound = expected.is_none_or(|expected| expected == row.hash) || mended;
        self.mended = if sound { None } else { expected };
        if !sound {
            self.broken.push(waiting.clone());
        }
        self.compare_checkpoints(row.seq, &row.hash);
        self.before = Some(row.hash);
        self.last = (row.seq, row.hash);
        self.next = row.seq.saturating_add(1);
        match self.early.remove(&row.event) {
            Some(judged) => self.meet(waiting, judged),
            None => {
                self.waiting.insert(row.event, waiting);
            }
        }
    }

    /// Rows are missing before this one: what its hash was made from is not known any more.
    fn gap(&mut self, row: &LinkRow) {
        let missing = row.seq - self.next;
        let what = if missing > 0 { Tampering::LinkDeleted } else { Tampering::LinkChanged };
        self.found(Some(self.next), None, what, format!("{missing} missing"));
        (self.before, self.mended) = (None, None);
    }

    /// An event, already looked at by itself.
    pub fn event(&mut self, judged: Judged) {
        self.events += 1;
        match self.waiting.remove(&judged.id) {
            Some(waiting) => self.meet(waiting, judged),
            None => {
                if let Some(twice) = self.early.insert(judged.id, judged) {
                    self.found(None, Some(twice.id), Tampering::EventUnchained, "twice");
                }
            }
        }
    }

    fn meet(&mut self, waiting: Waiting, mut judged: Judged) {
        if let Some(ledger) = &mut self.ledger {
            ledger.enter(waiting.row.seq, std::mem::take(&mut judged.rows));
        }
        let (seq, id) = (Some(waiting.row.seq), Some(judged.id));
        if waiting.row.leaf != judged.leaf {
            self.stored.insert(waiting.row.leaf, waiting.row.seq);
            self.real.insert(judged.leaf, waiting.row.seq);
            self.mismatched.push((waiting, judged));
        } else if let Some((what, detail)) = judged.fault {
            // the chain took it in as it is: whoever wrote it did not have the key
            let sealed_wrongly = matches!(what, Tampering::ContentChanged | Tampering::SealChanged);
            self.found(seq, id, if sealed_wrongly { Tampering::Forged } else { what }, detail);
        }
    }

    fn compare_checkpoints(&mut self, seq: i64, hash: &Hash) {
        let Some(here) = self.checkpoints.remove(&seq) else { return };
        self.last_checkpoint = Some(seq);
        for checkpoint in here {
            self.compared += 1;
            if checkpoint.hash != *hash {
                let at = checkpoint.at.to_rfc3339();
                self.found(Some(seq), None, Tampering::Rewritten, format!("checkpoint of {at}"));
            }
        }
    }

    /// After the last row: what is left over, and whether the head points at the end.
    #[must_use]
    pub fn finish(mut self, head: Option<(i64, Hash)>, sealed: bool) -> Report {
        self.judge_mismatches();
        self.judge_broken();
        self.judge_end(head);
        for waiting in std::mem::take(&mut self.waiting).into_values() {
            self.found(Some(waiting.row.seq), Some(waiting.row.event), Tampering::EventDeleted, "");
        }
        for judged in std::mem::take(&mut self.early).into_values() {
            self.found(None, Some(judged.id), Tampering::EventUnchained, "");
        }
        // what has no place in the chain comes last
        self.findings.sort_by_key(|finding| (finding.seq.is_none(), finding.seq, finding.what, finding.event));
        Report {
            events: self.events,
            seq: self.last.0,
            hash: super::hex(&self.last.1),
            sealed,
            checkpoints: self.compared,
            last_checkpoint: self.last_checkpoint,
            rows: self.rows,
            findings: self.findings,
            wrong: self.wrong,
        }
    }

    fn judge_mismatches(&mut self) {
        for (waiting, judged) in std::mem::take(&mut self.mismatched) {
            let row = &waiting.row;
            let (what, detail) = if waiting.before.is_some() && waiting.fits(row.seq, &judged.leaf, &row.hash) {
                self.broken.retain(|broken| broken.row.seq != row.seq);
                (Tampering::LeafChanged, String::new())
            } else if let Some(other) = self.exchanged_with(row, &judged) {
                (Tampering::Exchanged, format!("with {other}"))
            } else {
                judged.fault.clone().unwrap_or((Tampering::Resealed, String::new()))
            };
            self.found(Some(row.seq), Some(row.event), what, detail);
        }
    }

    fn exchanged_with(&self, row: &LinkRow, judged: &Judged) -> Option<i64> {
        let other = self.real.get(&row.leaf).or_else(|| self.stored.get(&judged.leaf))?;
        (*other != row.seq).then_some(*other)
    }

    fn judge_broken(&mut self) {
        let broken = std::mem::take(&mut self.broken);
        for row in &broken {
            let mut others = broken.iter().take(COMPARED).filter(|other| other.row.seq != row.row.seq);
            let other = others.find(|other| {
                row.fits(row.row.seq, &other.row.leaf, &other.row.hash)
                    || other.fits(other.row.seq, &row.row.leaf, &row.row.hash)
            });
            let (what, detail) = match other {
                Some(other) => (Tampering::Exchanged, format!("with {}", other.row.seq)),
                None => (Tampering::LinkChanged, String::new()),
            };
            self.found(Some(row.row.seq), Some(row.row.event), what, detail);
        }
    }

    fn judge_end(&mut self, head: Option<(i64, Hash)>) {
        let (last, last_hash) = self.last;
        if let Some((seq, _)) = self.checkpoints.last_key_value() {
            let seq = *seq;
            self.found(Some(self.next), None, Tampering::Truncated, format!("a checkpoint was signed at {seq}"));
        } else if head.is_some_and(|(seq, _)| seq > last) {
            self.found(Some(self.next), None, Tampering::Truncated, "the head is further on");
        }
        match head {
            None => self.found(None, None, Tampering::HeadChanged, "missing"),
            Some((seq, hash)) if seq < last || (seq == last && hash != last_hash) => {
                self.found(Some(last), None, Tampering::HeadChanged, format!("points at {seq}"));
            }
            Some(_) => {}
        }
    }
}
