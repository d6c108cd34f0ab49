//! The reader's own process: it takes limits upon itself before it looks at the file, and from then on has its memory, its
//! time and the three pipes it was given, but no file, no network, no database and no other process.
use std::io::{self, BufWriter, Read as _, Write as _};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{LARGEST_FILE, Said, Unreadable, parse};

/// The hidden command under which the program is this reader.
pub const NAME: &str = "read-sheet";

/// 512 MiB
const MEMORY: u64 = 512 * 1024 * 1024;
/// Seconds of computing.
const SECONDS: u64 = 30;
/// stdin, stdout, stderr: with no further descriptor there is neither file nor socket.
const DESCRIPTORS: u64 = 3;

/// If this process was started as the reader, it reads and ends.
#[must_use]
pub fn asked() -> Option<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    (words.next()?.as_os_str() == NAME && words.next().is_none()).then(run)
}

fn run() -> ExitCode {
    if limit().is_err() {
        return ExitCode::FAILURE;
    }
    let mut file = Vec::new();
    let most = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX) + 1;
    if io::stdin().lock().take(most).read_to_end(&mut file).is_err() {
        return ExitCode::FAILURE;
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let read = parse::rows(&file, &mut |row| say(&mut out, &Said::Row(row)));
    let last = match read {
        Ok(()) => Said::End,
        Err(why) => Said::Refused(why),
    };
    match say(&mut out, &last).and_then(|()| out.flush().map_err(|_| Unreadable::Broken)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn say(out: &mut impl io::Write, said: &Said) -> Result<(), Unreadable> {
    serde_json::to_writer(&mut *out, said).map_err(|_| Unreadable::Broken)?;
    out.write_all(b"\n").map_err(|_| Unreadable::Broken)
}

fn limit() -> rustix::io::Result<()> {
    let none = 0;
    for (resource, most) in [
        (Resource::As, MEMORY),
        (Resource::Cpu, SECONDS),
        (Resource::Nofile, DESCRIPTORS),
        (Resource::Nproc, none),
        (Resource::Fsize, none),
        (Resource::Core, none),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}
