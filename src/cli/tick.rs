//! `mamori tick`: runs the jobs that are due, once, and tells what came of it.
use chrono::{DateTime, Utc};

use super::start::attach;
use crate::kernel::clock::Clock;
use crate::kernel::config::Common;
use crate::kernel::jobs::Runner;

/// Runs what is due.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// As if it were this moment (2026-12-01T09:00:00+09:00)
    #[arg(long, value_name = "T")]
    now: Option<DateTime<Utc>>,
}

/// Runs the jobs that are due.
pub async fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let clock = args.now.map_or_else(Clock::system, Clock::held);
    let running = attach(common, clock).await?;
    let ran = Runner::new(&running.app)?.run_due().await?;
    say!("{} done, {} put back for later, {} given up", ran.done, ran.again, ran.dead);
    Ok(())
}
