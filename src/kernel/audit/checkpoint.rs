//! Signed checkpoints: the head of the log, signed with a key outside the database and laid down outside of it, so that
//! whoever owns the database can neither cut the log nor calculate it anew without being found out.
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::proof::{Hash, link};
use super::{canon_time, hex, unhex};
use crate::kernel::app::App;
use crate::kernel::database::{Role, STILL};
use crate::kernel::keys::{Keys, Purpose, sha256};

/// The head of the log at one moment, with its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// which log
    pub log_id: Uuid,
    /// the last event that it covers
    pub seq: i64,
    /// the hash there
    pub hash: Hash,
    /// when it was signed
    pub at: DateTime<Utc>,
    /// whose signature
    pub key_id: String,
    /// Ed25519
    pub signature: Vec<u8>,
}

/// A checkpoint as a file holds it.
#[derive(Debug, Serialize, Deserialize)]
struct Paper {
    log_id: Uuid,
    seq: i64,
    hash: String,
    at: DateTime<Utc>,
    key_id: String,
    signature: String,
}

impl Checkpoint {
    fn message(log_id: Uuid, seq: i64, hash: &Hash, at: DateTime<Utc>) -> Vec<u8> {
        format!("mamori-checkpoint-1\n{log_id}\n{seq}\n{}\n{}\n", hex(hash), canon_time(at)).into_bytes()
    }

    /// Is the signature that of this key?
    #[must_use]
    pub fn genuine(&self, by: &VerifyingKey) -> bool {
        let Ok(signature) = Signature::from_slice(&self.signature) else { return false };
        let message = Self::message(self.log_id, self.seq, &self.hash, self.at);
        self.key_id == key_id(by) && by.verify_strict(&message, &signature).is_ok()
    }

    /// As one line of JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Paper {
            log_id: self.log_id,
            seq: self.seq,
            hash: hex(&self.hash),
            at: self.at,
            key_id: self.key_id.clone(),
            signature: hex(&self.signature),
        })
    }

    /// Reads a file back.
    pub fn from_json(text: &str) -> anyhow::Result<Self> {
        let paper: Paper = serde_json::from_str(text)?;
        let hash = unhex(&paper.hash).and_then(|bytes| bytes.try_into().ok()).context("hash")?;
        let signature = unhex(&paper.signature).context("signature")?;
        Ok(Self { log_id: paper.log_id, seq: paper.seq, hash, at: paper.at, key_id: paper.key_id, signature })
    }
}

/// The key that signs, made from the portal's own.
#[must_use]
pub fn signing_key(keys: &Keys) -> SigningKey {
    SigningKey::from_bytes(&keys.subkey(Purpose::Checkpoint))
}

/// The short name of a key.
#[must_use]
pub fn key_id(key: &VerifyingKey) -> String {
    hex(&sha256(key.as_bytes())[..8])
}

/// Where the files lie.
#[must_use]
pub fn dir(data_dir: &Path) -> PathBuf {
    data_dir.join("checkpoints")
}

/// The name of the file that holds the public key, beside the checkpoints.
pub const PUBLIC_KEY: &str = "public-key.txt";

/// All checkpoints of a directory, in order. A file that is none is an error that names it.
pub fn read_dir(dir: &Path) -> anyhow::Result<Vec<Checkpoint>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", dir.display())),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let checkpoint = Checkpoint::from_json(&text);
            found.push(checkpoint.with_context(|| format!("{} is no checkpoint", path.display()))?);
        }
    }
    found.sort_by_key(|checkpoint| (checkpoint.seq, checkpoint.at));
    Ok(found)
}

/// The directories in which a portal lays its checkpoints down: its own, and the second one where there is one.
#[must_use]
pub fn dirs(data_dir: &Path, away: Option<&Path>) -> Vec<PathBuf> {
    std::iter::once(dir(data_dir)).chain(away.map(Path::to_owned)).collect()
}

/// All checkpoints of several directories, each listed once.
pub fn read_all(dirs: &[PathBuf]) -> anyhow::Result<Vec<Checkpoint>> {
    let mut known = Vec::new();
    for dir in dirs {
        known.extend(read_dir(dir)?);
    }
    known.sort_by_key(|checkpoint| (checkpoint.seq, checkpoint.at));
    known.dedup();
    Ok(known)
}

/// Can a checkpoint be laid down there? Tried, not guessed: a mount may be read-only or gone.
pub fn writable(away: &Path) -> std::io::Result<()> {
    let probe = away.join(format!(".mamori-{}", std::process::id()));
    fs::File::create(&probe)?.sync_all()?;
    fs::remove_file(probe)
}

/// Lays down in the second directory what it does not have yet: after an outage, all that it missed. The directory is
/// never made: where a mount is missing, the file would only land on this machine once more.
fn carry(from: &Path, away: &Path, public: &VerifyingKey) -> anyhow::Result<()> {
    let last = names(away).with_context(|| format!("cannot read {}", away.display()))?.into_iter().max();
    let mut missing: Vec<_> =
        names(from)?.into_iter().filter(|name| last.as_ref().is_none_or(|last| name > last)).collect();
    missing.sort();
    for name in missing {
        let text = fs::read_to_string(from.join(&name))?;
        write_file(away, &Checkpoint::from_json(&text)?, public)?;
    }
    Ok(())
}

/// The names of the checkpoints in a directory: numbers of one length, so that the order of the names is theirs.
fn names(dir: &Path) -> std::io::Result<Vec<OsString>> {
    let names = fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.file_name()));
    let names: std::io::Result<Vec<_>> = names.collect();
    Ok(names?.into_iter().filter(|name| Path::new(name).extension().is_some_and(|end| end == "json")).collect())
}

/// The last checkpoint of a directory: the file with the highest number.
fn last_of(dir: &Path) -> anyhow::Result<Option<Checkpoint>> {
    let Some(last) = names(dir).unwrap_or_default().into_iter().max() else { return Ok(None) };
    let path = dir.join(last);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Checkpoint::from_json(&text).with_context(|| format!("{} is no checkpoint", path.display())).map(Some)
}

/// Writes the file so that it is either whole on the disk or not there.
fn write_file(dir: &Path, checkpoint: &Checkpoint, public: &VerifyingKey) -> anyhow::Result<()> {
    let key = dir.join(PUBLIC_KEY);
    if !key.exists() {
        fs::write(&key, format!("{}\n", hex(public.as_bytes())))
            .with_context(|| format!("cannot write {}", key.display()))?;
    }
    let path = dir.join(format!("{:020}.json", checkpoint.seq));
    let new = dir.join(format!("{:020}.new", checkpoint.seq));
    let mut file = fs::File::create(&new).with_context(|| format!("cannot write {}", new.display()))?;
    writeln!(file, "{}", checkpoint.to_json()?)?;
    file.sync_all()?;
    fs::rename(&new, &path)?;
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}

/// Reads a public key as `public-key.txt` holds it.
pub fn read_public_key(path: &Path) -> anyhow::Result<VerifyingKey> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let bytes: [u8; 32] = unhex(text.trim())
        .and_then(|bytes| bytes.try_into().ok())
        .with_context(|| format!("{} is no public key", path.display()))?;
    VerifyingKey::from_bytes(&bytes).with_context(|| format!("{} is no public key", path.display()))
}

/// Signs the head now, if anything has happened since the last time. Refuses to sign a head that does not extend the
/// last one that was signed: whoever rewrote the log does not get a signature for it.
pub async fn seal(app: &App) -> anyhow::Result<Option<Checkpoint>> {
    let shelves = Shelves::of(app);
    let key = signing_key(app.keys());
    let public = key.verifying_key();
    let mut tx = app.database().begin(Role::Worker, STILL, None).await?;
    let head = sqlx::query!("select log_id, seq, hash from audit.head").fetch_one(&mut *tx).await?;
    let hash: Hash = head.hash.try_into().map_err(|_| anyhow::anyhow!("the head is no hash"))?;
    let filed = shelves.clone().last().await?;
    let stored = stored(&mut tx, head.log_id, true).await?.pop();
    if head.seq == 0 && filed.is_empty() && stored.is_none() {
        return Ok(None); // nothing has happened yet
    }
    for last in filed.iter().chain(&stored) {
        if last.log_id != head.log_id || !last.genuine(&public) {
            bail!("what was signed last (at {}) is not of this log and this key; refusing to sign", last.seq);
        }
        extends(&mut tx, last, head.seq, &hash).await?;
    }
    if let Some(stored) = stored.filter(|stored| stored.seq == head.seq) {
        // another portal signed it, or a disk was full just then
        shelves.lay_down(stored, public).await?;
        return Ok(None);
    }
    let at = app.clock().now();
    let signature = key.sign(&Checkpoint::message(head.log_id, head.seq, &hash, at)).to_bytes().to_vec();
    let made = Checkpoint { log_id: head.log_id, seq: head.seq, hash, at, key_id: key_id(&public), signature };
    sqlx::query!(
        "insert into audit.checkpoint (seq, hash, at, key_id, signature) values ($1, $2, $3, $4, $5) on conflict (seq) do nothing",
        made.seq,
        &made.hash[..],
        made.at,
        made.key_id,
        made.signature,
    )
    .execute(&mut *tx)
    .await?;
    // the database first: a file without its row is what a verifier takes for a removed row
    tx.commit().await?;
    shelves.lay_down(made.clone(), public).await?;
    Ok(Some(made))
}

/// Where files are laid down: at home, and off the machine where such a place was named.
#[derive(Clone)]
struct Shelves {
    home: PathBuf,
    away: Option<PathBuf>,
}

impl Shelves {
    fn of(app: &App) -> Self {
        Self { home: dir(&app.config().data_dir), away: app.config().checkpoint_dir.clone() }
    }

    /// The newest of each. A shelf that cannot be reached just now has none.
    async fn last(self) -> anyhow::Result<Vec<Checkpoint>> {
        let read = move || {
            let shelves = std::iter::once(&self.home).chain(&self.away);
            shelves.filter_map(|shelf| last_of(shelf).transpose()).collect()
        };
        tokio::task::spawn_blocking(read).await?
    }

    /// Lays it down at home first, so that it is there when the other place is not; what that place missed follows.
    async fn lay_down(self, checkpoint: Checkpoint, public: VerifyingKey) -> anyhow::Result<()> {
        let write = move || {
            fs::create_dir_all(&self.home).with_context(|| format!("cannot make {}", self.home.display()))?;
            if last_of(&self.home)?.is_none_or(|last| last.seq < checkpoint.seq) {
                write_file(&self.home, &checkpoint, &public)?;
            }
            self.away.iter().try_for_each(|away| carry(&self.home, away, &public))
        };
        tokio::task::spawn_blocking(write).await?
    }
}

/// The checkpoints that the database keeps; the last one only, if asked so.
pub async fn stored(conn: &mut PgConnection, log_id: Uuid, last_only: bool) -> anyhow::Result<Vec<Checkpoint>> {
    let rows = sqlx::query!(
        "select seq, hash, at, key_id, signature from audit.checkpoint order by seq desc limit case when $1 then 1 end",
        last_only,
    )
    .fetch_all(conn)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows.into_iter().rev() {
        // a hash of another length can only be a forgery; as zeros it will be found out
        let hash = row.hash.try_into().unwrap_or([0; 32]);
        found.push(Checkpoint { log_id, seq: row.seq, hash, at: row.at, key_id: row.key_id, signature: row.signature });
    }
    Ok(found)
}

/// Follows the chain from the last signed head to this one, link by link.
async fn extends(conn: &mut PgConnection, last: &Checkpoint, seq: i64, hash: &Hash) -> anyhow::Result<()> {
    const BATCH: i64 = 10_000;
    if seq < last.seq {
        bail!("the log ends at {seq}, but {} was already signed; refusing to sign", last.seq);
    }
    let (mut at, mut before) = (last.seq, last.hash);
    let there =
        sqlx::query_scalar!("select hash from audit.chain where seq = $1", last.seq).fetch_optional(&mut *conn).await?;
    if last.seq > 0 && there.as_deref() != Some(&last.hash[..]) {
        bail!("the log says something else at {} than what was signed there; refusing to sign", last.seq);
    }
    while at < seq {
        let rows =
            sqlx::query!("select seq, leaf, hash from audit.chain where seq > $1 order by seq limit $2", at, BATCH)
                .fetch_all(&mut *conn)
                .await?;
        if rows.is_empty() {
            bail!("the chain ends at {at}, the head points at {seq}; refusing to sign");
        }
        for row in rows {
            let leaf: Hash = row.leaf.try_into().unwrap_or([0; 32]);
            let made = link(&before, row.seq, &leaf);
            if row.seq != at + 1 || row.hash != made {
                bail!("the chain is broken at {}; refusing to sign", at + 1);
            }
            (at, before) = (row.seq, made);
        }
    }
    if at != seq || before != *hash {
        bail!("the head does not point at the end of the chain; refusing to sign");
    }
    Ok(())
}
