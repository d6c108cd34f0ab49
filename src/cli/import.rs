//! `mamori import people FILE`, `mamori import departments FILE`: the same comparison and the same writing as on the
//! screen. Without `--commit` nothing is written.
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::in_words;
use super::start::attach;
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::clock::Clock;
use crate::kernel::config::Common;
use crate::kernel::database::Role;
use crate::kernel::work::Work;
use crate::people::import::{self, Import, Kind, Mapping, Plan, State};
use crate::web::locale::{Lang, Words};
use crate::web::screen::said;

/// Takes a list over from a file.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the file lists
    #[arg(value_parser = ["people", "departments"])]
    kind: String,
    /// CSV (UTF-8 or CP932), TSV or xlsx
    file: PathBuf,
    /// Write it; without this only what would change is told
    #[arg(long)]
    commit: bool,
    /// Who is not in the file has left as of today (people only)
    #[arg(long)]
    missing_leave: bool,
}

/// Nobody waits at a screen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the command.
pub async fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let kind = Kind::from_key(&args.kind).context("people or departments")?;
    let file = fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let running = attach(common, Clock::system()).await?;
    take(&running.app, kind, &file, args).await
}

async fn take(app: &App, kind: Kind, file: &[u8], args: &Args) -> anyhow::Result<()> {
    let rows = import::read(app, file, PATIENCE).await.map_err(in_words)?;
    let (mapping, sure) = Mapping::guess(kind, &rows);
    if !sure {
        let missing: Vec<_> = mapping.missing(kind).iter().map(|column| column.key()).collect();
        bail!(
            "the columns are not clear (missing: {}); take the file over on the screen, which asks",
            missing.join(", ")
        );
    }
    let wish = import::on(app.clock().today(), args.missing_leave);
    let now = app.clock().now();
    let looked = Import {
        id: uuid::Uuid::nil(),
        kind,
        uploaded_at: now,
        rows: rows.clone(),
        mapping,
        outcome: None,
        oneself: None,
    };
    let mut read = app.read_all(Role::App).await?;
    let plan = import::plan(read.conn(), &looked, wish).await?;
    drop(read);
    tell(&plan);
    if !args.commit {
        say!("nothing was written; --commit writes it");
        return Ok(());
    }
    if !plan.writes() {
        say!("nothing to write");
        return Ok(());
    }
    let seen = plan.seen();
    app.change(&Actor::portal(), async |work: &mut Work| {
        let id = import::keep(work, kind, file, &rows).await?;
        import::take_over(work, id, wish, &seen).await.map(drop)
    })
    .await
    .map_err(in_words)?;
    say!("written");
    Ok(())
}

fn tell(plan: &Plan) {
    let w = Words(Lang::Ja);
    for state in State::ALL {
        say!("{:<10}{:>7}", state.key(), plan.count(state));
    }
    for item in &plan.items {
        for fault in &item.faults {
            say!("{}: {}", fault.cell, w.line(&said(&fault.why)));
        }
        for change in &item.changes {
            say!("{} {}: {} → {}", item.number, w.of("import-column", change.column), change.before, change.after);
        }
    }
    for seat in &plan.openings {
        say!("vacant: {} {} ({})", seat.department, seat.tier.key(), seat.name);
    }
}
