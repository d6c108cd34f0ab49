//! The log as a file of its own: one JSON object a line, with all that is needed to verify it without a database.
use std::io::{BufRead, Write};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::checkpoint::Checkpoint;
use super::proof::{EventRow, Hash, LinkRow, Report, Tampering, Verifier, genesis};
use super::{Canon, hex, unhex};

const FORMAT: &str = "mamori-audit-1";
const BATCH: i64 = 2_000;

#[derive(Debug, Serialize, Deserialize)]
struct Opening {
    format: String,
    log_id: Uuid,
    exported_at: DateTime<Utc>,
    seq: i64,
    hash: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    seq: i64,
    event: Uuid,
    recorded_at: DateTime<Utc>,
    canon: String,
    mac: String,
    mac_key: i16,
    leaf: String,
    hash: String,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// events in the file
    pub events: u64,
    /// the last sequence number
    pub seq: i64,
    /// the hash there, in hex
    pub hash: String,
}

/// Writes the whole log in one consistent view: head first, then each event in the order of the chain.
pub async fn export(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<Exported> {
    let mut tx = conn.begin_with("begin isolation level repeatable read, read only").await?;
    let head = sqlx::query!("select log_id, seq, hash from audit.head").fetch_one(&mut *tx).await?;
    let opening = Opening {
        format: FORMAT.to_owned(),
        log_id: head.log_id,
        exported_at: now,
        seq: head.seq,
        hash: hex(&head.hash),
    };
    writeln!(out, "{}", serde_json::to_string(&opening)?)?;
    let (mut at, mut events) = (0, 0);
    loop {
        let rows = sqlx::query!(
            r#"select c.seq, c.leaf, c.hash, e.id, e.recorded_at, e.canon, e.mac, e.mac_key
                 from audit.chain c
                 join audit.event e on e.id = c.event_id
                where c.seq > $1
                order by c.seq
                limit $2"#,
            at,
            BATCH,
        )
        .fetch_all(&mut *tx)
        .await?;
        let Some(last) = rows.last() else { break };
        at = last.seq;
        for row in rows {
            let entry = Entry {
                seq: row.seq,
                event: row.id,
                recorded_at: row.recorded_at,
                canon: STANDARD.encode(&row.canon),
                mac: STANDARD.encode(&row.mac),
                mac_key: row.mac_key,
                leaf: hex(&row.leaf),
                hash: hex(&row.hash),
            };
            writeln!(out, "{}", serde_json::to_string(&entry)?)?;
            events += 1;
        }
    }
    out.flush()?;
    Ok(Exported { events, seq: head.seq, hash: opening.hash })
}

/// Verifies an exported file: chain, seals if the key is at hand, and every checkpoint given.
pub fn verify(
    file: impl BufRead,
    key: Option<&[u8; 32]>,
    public: Option<&VerifyingKey>,
    checkpoints: Vec<Checkpoint>,
) -> anyhow::Result<Report> {
    let mut lines = file.lines();
    let opening = lines.next().context("the file is empty")??;
    let opening: Opening = serde_json::from_str(&opening).context("the first line is not that of an exported log")?;
    if opening.format != FORMAT {
        bail!("the format {} is not known", opening.format);
    }
    let (genuine, others): (Vec<_>, Vec<_>) = checkpoints.into_iter().partition(|checkpoint| {
        checkpoint.log_id == opening.log_id && public.is_none_or(|public| checkpoint.genuine(public))
    });
    // checkpoints signed after the export say nothing about it
    let mut verifier = Verifier::new(genuine.into_iter().filter(|checkpoint| checkpoint.seq <= opening.seq));
    for other in others {
        let what = if other.log_id == opening.log_id { Tampering::CheckpointForged } else { Tampering::LogReplaced };
        verifier.found(Some(other.seq), None, what, other.at.to_rfc3339());
    }
    for (number, line) in lines.enumerate() {
        let number = number + 2;
        let entry: Entry =
            serde_json::from_str(&line?).with_context(|| format!("line {number} is no entry of a log"))?;
        let (link, event) = entry.parts().with_context(|| format!("line {number} is damaged"))?;
        verifier.event(event.judge(key));
        verifier.link(link);
    }
    let head = unhex(&opening.hash).and_then(|bytes| bytes.try_into().ok()).unwrap_or_else(genesis);
    Ok(verifier.finish(Some((opening.seq, head)), key.is_some()))
}

impl Entry {
    fn parts(self) -> Option<(LinkRow, EventRow)> {
        let hash = |text: &str| -> Option<Hash> { unhex(text)?.try_into().ok() };
        let link = LinkRow { seq: self.seq, event: self.event, leaf: hash(&self.leaf)?, hash: hash(&self.hash)? };
        let canon = STANDARD.decode(&self.canon).ok()?;
        // a file has no columns beside the sealed content: only the id stands twice
        let mut columns = Canon::decode(&canon).unwrap_or_else(|| Canon::unreadable(self.event));
        columns.id = self.event;
        let recorded_at = self.recorded_at;
        Some((
            link,
            EventRow { columns, recorded_at, canon, mac: STANDARD.decode(&self.mac).ok()?, mac_key: self.mac_key },
        ))
    }
}
