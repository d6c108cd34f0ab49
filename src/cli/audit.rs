//! `mamori audit`: verify the event log, carry it out of the house, sign its head. Exit code of `verify`: 0 whole,
//! 1 tampered with, 2 could not be verified.
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use ed25519_dalek::VerifyingKey;

use super::start::{attach, existing_dir, reader};
use crate::kernel::access::Actor;
use crate::kernel::audit::checkpoint::{self, PUBLIC_KEY, read_public_key, seal, signing_key};
use crate::kernel::audit::proof::Report;
use crate::kernel::audit::verify::{Means, verify};
use crate::kernel::audit::{Event, export};
use crate::kernel::clock::Clock;
use crate::kernel::config::Common;
use crate::kernel::database::Role;
use crate::kernel::keys::{Keys, Purpose};

/// The event log.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Verifies the whole log: 0 = whole, 1 = tampered with, 2 = could not be verified
    Verify(VerifyArgs),
    /// Writes the whole log to a file that can be verified without the database
    Export {
        /// Where to
        file: PathBuf,
    },
    /// Signs the head of the log now
    Seal,
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// Checkpoints kept elsewhere (default: those in the data directory and in MAMORI_CHECKPOINT_DIR)
    #[arg(long, value_name = "DIR")]
    checkpoints: Option<PathBuf>,
    /// The public key of the checkpoints (default: public-key.txt beside them)
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
    /// An exported log instead of the database
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Hold ledgers, decisions and rights against the digests in the log
    #[arg(long, conflicts_with = "file")]
    reconcile: bool,
    /// Machine-readable output
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub async fn run(common: &Common, args: &Args) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Verify(args) => Ok(match judge(common, args).await {
            Ok(report) => {
                tell(&report, args.json)?;
                if report.whole() { ExitCode::SUCCESS } else { ExitCode::from(1) }
            }
            Err(error) => {
                eprintln!("mamori: the log could not be verified: {error:#}");
                ExitCode::from(2)
            }
        }),
        What::Export { file } => write_out(common, file).await,
        What::Seal => sign(common).await,
    }
}

async fn judge(common: &Common, args: &VerifyArgs) -> anyhow::Result<Report> {
    let Some(file) = &args.file else {
        let mut reader = reader(common).await?;
        let means = means(common, Some(&reader.dir), args)?;
        if means.key.is_none() {
            bail!(
                "keys/master.key is not in {}: without it no seal can be checked (name the data directory with --data-dir)",
                reader.dir.display()
            );
        }
        sqlx::query("set role mamori_verify").execute(&mut reader.conn).await.context("this login may not verify")?;
        return verify(&mut reader.conn, &means).await;
    };
    let dir = existing_dir(common).ok();
    let means = means(common, dir.as_deref(), args)?;
    if means.key.is_none() && (means.public.is_none() || means.checkpoints.is_empty()) {
        bail!(
            "there is nothing to hold the file against: give --checkpoints with the directory in which they are kept, and --public-key if the key is not in it"
        );
    }
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    export::verify(BufReader::new(opened), means.key.as_deref(), means.public.as_ref(), means.checkpoints)
}

/// Keys and checkpoints, as far as they are at hand.
fn means(common: &Common, dir: Option<&Path>, args: &VerifyArgs) -> anyhow::Result<Means> {
    let keys = dir.map(Keys::find).transpose()?.flatten();
    let kept: Vec<PathBuf> = match (&args.checkpoints, dir) {
        (Some(named), _) if !named.is_dir() => bail!("there is no directory {}", named.display()),
        (Some(named), _) => vec![named.clone()],
        (None, Some(dir)) => checkpoint::dirs(dir, common.checkpoint_dir.as_deref()),
        (None, None) => common.checkpoint_dir.iter().cloned().collect(),
    };
    let beside = kept.iter().map(|kept| kept.join(PUBLIC_KEY)).find(|path| path.exists());
    let public: Option<VerifyingKey> = match (&args.public_key, &keys, beside) {
        (Some(path), _, _) => Some(read_public_key(path)?),
        (None, Some(keys), _) => Some(signing_key(keys).verifying_key()),
        (None, None, Some(path)) => Some(read_public_key(&path)?),
        (None, None, None) => None,
    };
    let checkpoints = checkpoint::read_all(&kept)?;
    let key = keys.map(|keys| keys.subkey(Purpose::Audit));
    Ok(Means { key, public, checkpoints, reconcile: args.reconcile })
}

fn tell(report: &Report, json: bool) -> anyhow::Result<()> {
    if json {
        say!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    let seals = if report.sealed { "seals checked" } else { "seals NOT checked: the key is not here" };
    say!("{} events, up to {} ({})", report.events, report.seq, report.hash);
    match report.last_checkpoint {
        Some(seq) => say!("{seals}; {} checkpoints agree up to {seq}", report.checkpoints),
        None => say!("{seals}; no checkpoint to compare with"),
    }
    if let Some(rows) = report.rows {
        say!("{rows} rows held against their digests");
    }
    if report.whole() {
        say!("the log is whole");
        return Ok(());
    }
    say!("THE LOG HAS BEEN TAMPERED WITH: {} findings", report.wrong);
    for finding in report.findings.iter().take(20) {
        let place = finding.seq.map_or_else(|| "outside the chain".to_owned(), |seq| format!("at {seq}"));
        let event = finding.event.map(|event| format!(" event {event}")).unwrap_or_default();
        let detail = if finding.detail.is_empty() { String::new() } else { format!(" ({})", finding.detail) };
        say!("  {place}: {} [{}]{detail}{event}", finding.what, finding.what.key());
    }
    Ok(())
}

/// The export is itself an event, committed before the first byte is written.
async fn write_out(common: &Common, file: &Path) -> anyhow::Result<ExitCode> {
    let running = attach(common, Clock::system()).await?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let event =
        Event::done("audit.exported", "audit", "log").facts(serde_json::json!({ "file": name, "by": "command line" }));
    running.app.note(&Actor::portal(), event).await?;
    let made = File::create_new(file).with_context(|| format!("cannot write {}", file.display()))?;
    let mut out = BufWriter::new(made);
    let mut conn = running.app.database().pool(Role::Worker).acquire().await?;
    let exported = export::export(&mut conn, running.app.clock().now(), &mut out).await?;
    out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    say!("{} events, up to {} ({})", exported.events, exported.seq, exported.hash);
    Ok(ExitCode::SUCCESS)
}

async fn sign(common: &Common) -> anyhow::Result<ExitCode> {
    let running = attach(common, Clock::system()).await?;
    match seal(&running.app).await? {
        Some(made) => say!("signed at {}", made.seq),
        None => say!("nothing has happened since the last checkpoint"),
    }
    Ok(ExitCode::SUCCESS)
}
