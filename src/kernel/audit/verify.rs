//! Verifies the whole log of a database in one consistent view, stream against stream, without ever holding it in memory.
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::checkpoint::{self, Checkpoint};
use super::proof::{Columns, EventRow, Hash, Judged, LinkRow, Report, Tampering, Verifier};
use super::rows;
use crate::kernel::protection;

/// Rows read at once: large enough that the round trip does not count, small enough to hold.
const BATCH: i64 = 4_000;

/// With what the log is verified.
#[derive(Default)]
pub struct Means {
    /// the key of the seals; without it the chain and the checkpoints are verified all the same
    pub key: Option<zeroize::Zeroizing<[u8; 32]>>,
    /// the public key of the checkpoints
    pub public: Option<VerifyingKey>,
    /// checkpoints kept outside the database
    pub checkpoints: Vec<Checkpoint>,
    /// ledgers, decisions and rights are held against the digests in the log
    pub reconcile: bool,
}

/// Verifies the log. The connection must be allowed to read all of it (`mamori_verify`, `mamori_worker`).
pub async fn verify(conn: &mut PgConnection, means: &Means) -> anyhow::Result<Report> {
    let mut tx = conn.begin_with("begin isolation level repeatable read, read only").await?;
    // tables are read whole, which takes longer than a page may
    sqlx::query!("select set_config('statement_timeout', '0', true)").fetch_one(&mut *tx).await?;
    let head = sqlx::query!("select log_id, seq, hash from audit.head").fetch_optional(&mut *tx).await?;
    // without a head the files tell which log this should be
    let known = head.as_ref().map(|head| head.log_id).or_else(|| means.checkpoints.first().map(|filed| filed.log_id));
    let log_id = known.unwrap_or_default();
    let stored = checkpoint::stored(&mut tx, log_id, false).await?;
    let (genuine, faults) = sort_out(means, &stored, log_id);
    let mut verifier = Verifier::new(genuine).keeping_rows(means.reconcile);
    for (seq, what, detail) in faults {
        verifier.found(Some(seq), None, what, detail);
    }
    standing(&mut tx, &mut verifier).await?;
    read_all(&mut tx, means, &mut verifier).await?;
    if let Some(ledger) = verifier.take_rows() {
        rows::reconcile(&mut tx, ledger, &mut verifier).await?;
    }
    tx.rollback().await?;
    let head = head.map(|head| (head.seq, head.hash.try_into().unwrap_or([0; 32])));
    Ok(verifier.finish(head, means.key.is_some()))
}

type Fault = (i64, Tampering, String);

/// Which checkpoints are to be believed, and what is wrong with the others.
fn sort_out(means: &Means, stored: &[Checkpoint], log_id: Uuid) -> (Vec<Checkpoint>, Vec<Fault>) {
    let (mut genuine, mut faults) = (Vec::new(), Vec::new());
    let at_home: HashSet<i64> = stored.iter().map(|checkpoint| checkpoint.seq).collect();
    for (checkpoint, kept) in
        stored.iter().map(|c| (c, "in the database")).chain(means.checkpoints.iter().map(|c| (c, "in the files")))
    {
        let signed = format!("signed at {}, {kept}", checkpoint.at.to_rfc3339());
        if means.public.as_ref().is_some_and(|public| !checkpoint.genuine(public)) {
            // a copy in the database carries the log's own id: the signature tells when that was exchanged
            faults.push((checkpoint.seq, Tampering::CheckpointForged, signed));
        } else if checkpoint.log_id != log_id {
            faults.push((checkpoint.seq, Tampering::LogReplaced, signed));
        } else {
            if !at_home.contains(&checkpoint.seq) {
                faults.push((checkpoint.seq, Tampering::CheckpointDeleted, signed));
            }
            genuine.push(checkpoint.clone());
        }
    }
    (genuine, faults)
}

/// The triggers that link each event and refuse changes must be there and on, on every partition.
async fn standing(conn: &mut PgConnection, verifier: &mut Verifier) -> anyhow::Result<()> {
    for trigger in protection::triggers_off(conn).await? {
        verifier.found(None, None, Tampering::ProtectionOff, trigger);
    }
    Ok(())
}

/// Before any event, and still a moment that PostgreSQL knows.
fn beginning() -> DateTime<Utc> {
    chrono::NaiveDate::from_ymd_opt(1, 1, 1)
        .map_or(DateTime::UNIX_EPOCH, |day| day.and_time(chrono::NaiveTime::MIN).and_utc())
}

/// Reads chain and events side by side; while one batch is judged the next is on its way.
async fn read_all(conn: &mut PgConnection, means: &Means, verifier: &mut Verifier) -> anyhow::Result<()> {
    let mut chain_at = Some(i64::MIN);
    let mut event_at = Some((beginning(), Uuid::nil()));
    let mut judging = None;
    while chain_at.is_some() || event_at.is_some() {
        if let Some(after) = chain_at {
            let rows = links(conn, after).await?;
            chain_at = rows.last().map(|row| row.seq).filter(|_| rows.len() == BATCH as usize);
            rows.into_iter().for_each(|row| verifier.link(row));
        }
        if let Some(after) = event_at {
            let (rows, next) = events(conn, after).await?;
            event_at = next;
            collect(judging.take(), verifier).await?;
            let key = means.key.clone();
            judging = Some(tokio::task::spawn_blocking(move || judge(&rows, key.as_deref())));
        }
    }
    collect(judging, verifier).await
}

fn judge(rows: &[EventRow], key: Option<&[u8; 32]>) -> Vec<Judged> {
    rows.iter().map(|row| row.judge(key)).collect()
}

async fn collect(judging: Option<tokio::task::JoinHandle<Vec<Judged>>>, verifier: &mut Verifier) -> anyhow::Result<()> {
    if let Some(judging) = judging {
        judging.await?.into_iter().for_each(|judged| verifier.event(judged));
    }
    Ok(())
}

async fn links(conn: &mut PgConnection, after: i64) -> anyhow::Result<Vec<LinkRow>> {
    let rows = sqlx::query!(
        "select seq, event_id, leaf, hash from audit.chain where seq > $1 order by seq limit $2",
        after,
        BATCH
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| LinkRow {
        seq: row.seq,
        event: row.event_id,
        leaf: hash(row.leaf),
        hash: hash(row.hash),
    });
    Ok(rows.collect())
}

/// A value of another length can only be a forgery; as zeros it is found out.
fn hash(bytes: Vec<u8>) -> Hash {
    bytes.try_into().unwrap_or([0; 32])
}

type Place = (DateTime<Utc>, Uuid);

async fn events(conn: &mut PgConnection, after: Place) -> anyhow::Result<(Vec<EventRow>, Option<Place>)> {
    let rows = sqlx::query!(
        "select id, recorded_at, occurred_at, kind, outcome, mechanism, actor_id, acting_for, post_id, session_ref, request_ref,
                source, entity, entity_id, entity_number, department_id, concerns, facts, canon, mac, mac_key
           from audit.event
          where recorded_at >= $1 and (recorded_at, id) > ($1, $2)
          order by recorded_at, id
          limit $3",
        after.0,
        after.1,
        BATCH,
    )
    .fetch_all(conn)
    .await?;
    let next = rows.last().map(|row| (row.recorded_at, row.id)).filter(|_| rows.len() == BATCH as usize);
    let events = rows.into_iter().map(|row| {
        let columns = Columns {
            id: row.id,
            occurred_at: row.occurred_at,
            kind: row.kind,
            outcome: row.outcome,
            mechanism: row.mechanism,
            actor: row.actor_id,
            acting_for: row.acting_for,
            post: row.post_id,
            session: row.session_ref,
            request: row.request_ref,
            source: row.source.map(|source| source.ip()),
            entity: row.entity,
            entity_id: row.entity_id,
            number: row.entity_number,
            department: row.department_id,
            concerns: row.concerns,
            facts: row.facts,
        };
        EventRow {
            columns: columns.into(),
            recorded_at: row.recorded_at,
            canon: row.canon,
            mac: row.mac,
            mac_key: row.mac_key,
        }
    });
    Ok((events.collect(), next))
}
