//! What a process has used, as the kernel counts it.
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};

/// The kernel counts processor time in hundredths of a second.
const TICK: f64 = 10.0;

struct Stat {
    parent: u32,
    own: f64,
    reaped: f64,
}

fn stat(process: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // the name in brackets may hold blanks
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    let parent = fields.get(1)?.parse().ok()?;
    Some(Stat { parent, own: number(11)? + number(12)?, reaped: number(13)? + number(14)? })
}

/// The portal and its database.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// the process that serves
    pub portal: u32,
    /// the first process of its PostgreSQL
    pub postmaster: u32,
}

/// Processor time in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    /// of the portal
    pub portal: f64,
    /// of its database
    pub database: f64,
}

impl Used {
    /// Since then.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self { portal: self.portal - before.portal, database: self.database - before.database }
    }
}

/// The first process of the PostgreSQL in this data directory.
pub fn postmaster(dir: &Path) -> anyhow::Result<u32> {
    let file = fs::read_to_string(dir.join("pg/postmaster.pid")).context("the demo's PostgreSQL does not run")?;
    file.lines().next().and_then(|line| line.trim().parse().ok()).context("postmaster.pid cannot be read")
}

impl Pair {
    /// What both have used so far.
    #[must_use]
    pub fn used(&self) -> Used {
        let portal = stat(self.portal).map_or(0.0, |stat| stat.own);
        let mut database = stat(self.postmaster).map_or(0.0, |stat| stat.own + stat.reaped);
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let process = entry.file_name().to_string_lossy().parse::<u32>();
            if let Some(stat) = process.ok().and_then(stat).filter(|stat| stat.parent == self.postmaster) {
                database += stat.own;
            }
        }
        Used { portal: portal * TICK, database: database * TICK }
    }

    /// Waits until neither does anything of its own any more: what a start or a load still has to do is no page's cost.
    pub async fn quiet(&self) -> anyhow::Result<()> {
        const IDLE: f64 = 30.0;
        for _ in 0..120 {
            let before = self.used();
            tokio::time::sleep(Duration::from_secs(2)).await;
            let used = self.used().since(before);
            if used.portal + used.database < IDLE {
                return Ok(());
            }
        }
        bail!("portal and database are not quiet after four minutes");
    }
}

/// Memory of a process in MB: what is resident now (`VmRSS`) or was at the most (`VmHWM`).
#[must_use]
pub fn memory(process: u32, what: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

/// Lets the kernel count the most anew.
pub fn forget_peak(process: u32) {
    // only root may; without it the peak since the start is told
    let _ = fs::write(format!("/proc/{process}/clear_refs"), "5");
}
