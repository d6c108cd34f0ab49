//! `mamori doctor`: looks at everything the portal stands on, and says how to mend what is wrong.
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::ExitCode;

use super::start::{attach, existing_dir};
use crate::kernel::clock::Clock;
use crate::kernel::config::Common;
use crate::web::health::{Check, Health, checks};

/// Tells how it stands; exit code 1 when something is wrong.
pub async fn run(common: &Common) -> anyhow::Result<ExitCode> {
    let mut wrong = false;
    let mut tell = |name: &str, ok: bool, found: &str| {
        wrong |= !ok;
        say!(
            "{} {name}{}",
            if ok { "ok   " } else { "WRONG" },
            if found.is_empty() { String::new() } else { format!(": {found}") }
        );
        if let (false, Some(how)) = (ok, remedy(name)) {
            say!("      {how}");
        }
    };
    let dir = existing_dir(common)?;
    let key = fs::metadata(dir.join("keys/master.key"));
    let closed = key.is_ok_and(|key| key.permissions().mode() & 0o077 == 0);
    tell("key file", closed, &dir.join("keys/master.key").display().to_string());
    match attach(common, Clock::system()).await {
        Err(error) => tell("start", false, &format!("{error:#}")),
        Ok(running) => {
            for Check { name, ok, found, .. } in checks(&running.app, &Health::default()).await {
                tell(name, ok, &found);
            }
        }
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn remedy(name: &str) -> Option<&'static str> {
    Some(match name {
        "key file" => {
            "restore keys/master.key from the escrow copy and close it: chmod 0400; without it no seal can be checked"
        }
        "start" => "the words above say what is missing",
        "disk" => "make room on the disk of the data directory; below 256 MiB the database is about to stop",
        "database" => "see postgres.log in the data directory, or the server that DATABASE_URL names",
        "schema" => "start `mamori serve` of this version once: it migrates",
        "audit_head" => "run `mamori audit verify`, and keep the data directory as it is",
        "audit_log" => {
            "run `mamori audit verify --reconcile`, which names each place; keep the data directory and the checkpoints as they are, and tell the inspector"
        }
        "clock" => "let both machines take their time from one server (NTP)",
        "jobs" => "no portal works on the queue: start `mamori serve`, or run `mamori tick`",
        "checkpoint" => "run `mamori audit seal`; if it refuses, run `mamori audit verify`",
        "checkpoint_dir" => {
            "the directory that MAMORI_CHECKPOINT_DIR names must be there (mounted) and writable for the portal; what it missed is carried there afterwards"
        }
        _ => return None,
    })
}
