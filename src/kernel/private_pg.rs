//! The private PostgreSQL of a portal that was started without `DATABASE_URL`.
//!
//! Everything it has lies in the data directory: `lock` (held for as long as the portal lives, with its process number
//! inside), `pg/` (the database), `run/` (the Unix socket, for the server's user alone) and `postgres.log`. No TCP port
//! is opened, and nobody has to stop anything: a guard process stops the server however the portal ends.
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use super::text::percent;

/// The superuser that a private server is made with. Migrations run as this user; the portal itself never does.
pub const SUPERUSER: &str = "mamori";

/// The programs without which no server can be started.
const PROGRAMS: [&str; 3] = ["postgres", "initdb", "pg_ctl"];
/// A socket's path may have so many bytes on every system we run on (Linux allows 107, others 103).
const LONGEST_SOCKET: usize = 103;
const SOCKET: &str = ".s.PGSQL.5432";
/// A healthy server is ready in well under a second; this is for a machine that recovers a large database.
const PATIENCE: Duration = Duration::from_secs(120);
/// From this size on the log is set aside at the next start (one older log is kept).
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// Why the private server could not be started; the words tell the administrator what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("the data directory {dir} is in use by another portal (process {holder})")]
    InUse { dir: PathBuf, holder: String },
    #[error(
        "no PostgreSQL server programs found{wanted}; install PostgreSQL (Debian: apt install postgresql), \
         set MAMORI_PG_BIN to its bin directory, or set DATABASE_URL"
    )]
    NoServer { wanted: String },
    #[error(
        "running as root, and user {uid} cannot reach {dir}: choose another --data-dir, \
         or run the portal as an ordinary user"
    )]
    Unreachable { uid: u32, dir: PathBuf },
    #[error("{0} belongs to another user, who could read the database there: remove it, or choose another --data-dir")]
    Foreign(PathBuf),
    #[error("{0} is too long for a socket: choose a shorter --data-dir, or set TMPDIR to a short directory")]
    TooLong(PathBuf),
    #[error("{program} failed:\n{log}")]
    Failed { program: &'static str, log: String },
    #[error("PostgreSQL was not ready after {waited:?}; see {log}")]
    Timeout { waited: Duration, log: PathBuf },
}

/// Names the path at which something went wrong.
fn at<T>(path: &Path, outcome: io::Result<T>) -> Result<T, Error> {
    outcome.map_err(|source| Error::Io { path: path.to_owned(), source })
}

/// A running private server. Dropping it stops the server and gives the data directory free.
#[derive(Debug)]
pub struct PrivatePg {
    log: PathBuf,
    socket_dir: PathBuf,
    guard: Child,
    lifeline: Option<ChildStdin>,
    _lock: File,
}

/// The shell that is the server's parent. It asks for a fast shutdown as soon as our end of the pipe closes, which the
/// kernel sees to however we end: by an ordinary exit, a panic or kill -9.
const GUARD: &str = r#"exec 3<&0 </dev/null
"$@" 3<&- & server=$!
{ read -r _ <&3; kill -INT "$server"; } & watch=$!
exec 3<&-
wait "$server"; status=$?
kill "$watch" 2>/dev/null
exit "$status""#;

impl PrivatePg {
    /// Starts the server of this data directory, making both if need be. `settings` (`name=value`) come after our own.
    pub fn start(dir: &Path, settings: &[&str]) -> Result<Self, Error> {
        let dir = data_dir(dir)?;
        let lock = hold(&dir)?;
        let runner = Runner { user: server_user(&dir) };
        let pgdata = dir.join("pg");
        let bin = find_bin(&pgdata)?;
        let socket_dir = socket_dir(&dir, &std::env::temp_dir())?;
        private_dir(&socket_dir, runner.user)?;
        runner.check_reach(&dir, &socket_dir)?;
        if pgdata.join("PG_VERSION").exists() {
            runner.stop_left_over(&bin, &pgdata);
        } else {
            initialise(&dir, &pgdata, &bin, &runner)?;
        }
        let stale = fs::read_to_string(pgdata.join("postmaster.pid")).unwrap_or_default();
        let log = dir.join("postgres.log");
        let mut guard = spawn_guarded(&runner, &bin, &pgdata, &socket_dir, &log, settings)?;
        let lifeline = guard.stdin.take();
        let mut server = Self { log, socket_dir, guard, lifeline, _lock: lock };
        server.wait_ready(&pgdata.join("postmaster.pid"), &stale)?;
        Ok(server)
    }

    /// Ready is what the eighth line of postmaster.pid says; a stale file says so too, so it must also have changed.
    fn wait_ready(&mut self, pid_file: &Path, stale: &str) -> Result<(), Error> {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            let now = fs::read_to_string(pid_file).unwrap_or_default();
            if now != stale && now.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            if !self.running() {
                return Err(Error::Failed { program: "postgres", log: last_lines(&self.log, 5) });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(Error::Timeout { waited: PATIENCE, log: self.log.clone() })
    }

    /// Where the server of this directory listens, also when another process holds it.
    pub fn socket_of(dir: &Path) -> Result<PathBuf, Error> {
        socket_dir(&at(dir, dir.canonicalize())?, &std::env::temp_dir())
    }

    /// False once the server has ended by itself.
    pub fn running(&mut self) -> bool {
        matches!(self.guard.try_wait(), Ok(None))
    }

    /// The directory of the Unix socket. The user [`SUPERUSER`] and the database `postgres` are there.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The process that watches over the server, for tests that want to kill it.
    pub fn guard_id(&self) -> u32 {
        self.guard.id()
    }

    /// The address of a database on this server, for programs that want it in one line.
    pub fn url(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@localhost/{database}?host={}", percent_encoded(&self.socket_dir))
    }
}

impl Drop for PrivatePg {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // Nothing could be done about a failure here, and the guard ends in any case.
        let _ = self.guard.wait();
        let _ = fs::remove_dir(&self.socket_dir); // empty by now; it may lie in the temporary directory
    }
}

/// The data directory, made if need be: closed to others, but passable for the server's user when we are root.
fn data_dir(dir: &Path) -> Result<PathBuf, Error> {
    if !dir.exists() {
        at(dir, fs::create_dir_all(dir))?;
        let mode = if running_as_root() { 0o711 } else { 0o700 };
        at(dir, fs::set_permissions(dir, Permissions::from_mode(mode)))?;
    }
    at(dir, dir.canonicalize())
}

/// Takes the directory for this process. The lock is the kernel's, so no way of dying leaves it behind.
fn hold(dir: &Path) -> Result<File, Error> {
    let path = dir.join("lock");
    let mut file = at(&path, OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            at(&path, file.read_to_string(&mut holder))?;
            return Err(Error::InUse { dir: dir.to_owned(), holder: holder.trim().to_owned() });
        }
        Err(TryLockError::Error(source)) => return Err(Error::Io { path, source }),
    }
    at(&path, file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id())))?;
    Ok(file)
}

/// initdb beside the final place, then a rename: an interrupted initdb never looks like a finished one.
fn initialise(dir: &Path, pgdata: &Path, bin: &Path, runner: &Runner) -> Result<(), Error> {
    for left_over in at(dir, fs::read_dir(dir))?.flatten() {
        if left_over.file_name().to_string_lossy().starts_with("pg.new") {
            at(&left_over.path(), fs::remove_dir_all(left_over.path()))?;
        }
    }
    let new = dir.join("pg.new");
    private_dir(&new, runner.user)?;
    // Order by bytes is the same on every machine; LC_CTYPE must know Japanese letters, or trigrams find none.
    let mut command = Command::new(bin.join("initdb"));
    command.args(["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--lc-ctype=C.UTF-8", "-k", "-D"]);
    let output = at(&new, runner.prepare(command.arg(&new)).env("TZ", "UTC").output())?;
    if !output.status.success() {
        let log = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::Failed { program: "initdb", log });
    }
    at(pgdata, fs::rename(&new, pgdata))?;
    // Until the directory itself is on the disk, a power cut could take the new name and the database with it.
    at(dir, File::open(dir).and_then(|open| open.sync_all()))
}

fn spawn_guarded(
    runner: &Runner,
    bin: &Path,
    pgdata: &Path,
    socket_dir: &Path,
    log: &Path,
    settings: &[&str],
) -> Result<Child, Error> {
    let out = open_log(log)?;
    let err = at(log, out.try_clone())?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", GUARD, "mamori-pg"]).arg(bin.join("postgres")).arg("-D").arg(pgdata);
    command.arg("-c").arg(socket_setting(socket_dir));
    let ours = [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "max_connections=60",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_line_prefix=%m [%p] %q%u@%d ",
    ];
    for setting in ours.iter().chain(settings) {
        command.arg("-c").arg(setting);
    }
    // Its own process group: Ctrl-C must reach the portal alone, which stops the server last.
    command.process_group(0).stdin(Stdio::piped()).stdout(out).stderr(err);
    at(bin, runner.prepare(&mut command).spawn())
}

/// The server's log, written on from where it stood; a large one is set aside first.
fn open_log(log: &Path) -> Result<File, Error> {
    if fs::metadata(log).is_ok_and(|found| found.len() > LOG_LIMIT) {
        at(log, fs::rename(log, log.with_extension("log.1")))?;
    }
    at(log, OpenOptions::new().create(true).append(true).mode(0o600).open(log))
}

fn last_lines(log: &Path, count: usize) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// The user and group that the server runs as.
#[derive(Debug, Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

/// Runs PostgreSQL's programs, as another user if we are root (which they refuse to run as).
struct Runner {
    user: Option<User>,
}

impl Runner {
    fn prepare<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if let Some(User { uid, gid }) = self.user {
            command.uid(uid).gid(gid); // std drops root's other groups here as well
        }
        // Messages in one language, and nothing that would turn the programs to another server.
        command.current_dir("/").env("LC_ALL", "C");
        for name in ["PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGDATABASE", "PGOPTIONS"] {
            command.env_remove(name);
        }
        command
    }

    fn succeeds(&self, command: &mut Command) -> bool {
        self.prepare(command).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Says at once what PostgreSQL would say in many words: the server's user cannot get at its own directory.
    fn check_reach(&self, dir: &Path, socket_dir: &Path) -> Result<(), Error> {
        let Some(User { uid, .. }) = self.user else { return Ok(()) };
        for needed in [dir, socket_dir] {
            if !self.succeeds(Command::new("test").arg("-x").arg(needed)) {
                return Err(Error::Unreachable { uid, dir: needed.to_owned() });
            }
        }
        Ok(())
    }

    /// When the guard was killed together with the portal, pg_ctl tells a live server from a stale file.
    fn stop_left_over(&self, bin: &Path, pgdata: &Path) {
        if pgdata.join("postmaster.pid").exists() {
            self.succeeds(Command::new(bin.join("pg_ctl")).args(["stop", "-w", "-m", "fast", "-D"]).arg(pgdata));
        }
    }
}

/// Nobody else if we are an ordinary user; for root the owner of an existing database, else the user `postgres`.
fn server_user(dir: &Path) -> Option<User> {
    if !running_as_root() {
        return None;
    }
    let owner = fs::metadata(dir.join("pg")).ok().filter(|found| found.uid() != 0);
    if let Some(found) = owner {
        return Some(User { uid: found.uid(), gid: found.gid() });
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let nobody = User { uid: 65534, gid: 65534 };
    Some(entry(&passwd, "postgres").or_else(|| entry(&passwd, "nobody")).unwrap_or(nobody))
}

/// Asked of the program that every system has for it, since std does not tell.
fn running_as_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// A user's numbers in the text of /etc/passwd.
fn entry(passwd: &str, name: &str) -> Option<User> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2);
    Some(User { uid: numbers.next()?.parse().ok()?, gid: numbers.next()?.parse().ok()? })
}

/// A directory for the server's user alone. One that somebody else has put there first is refused: in a shared
/// temporary directory it could be a trap.
fn private_dir(path: &Path, user: Option<User>) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check_owner(path, user)?,
        Err(source) => return Err(Error::Io { path: path.to_owned(), source }),
    }
    at(path, fs::set_permissions(path, Permissions::from_mode(0o700)))?;
    if let Some(User { uid, gid }) = user {
        at(path, chown(path, Some(uid), Some(gid)))?;
    }
    Ok(())
}

/// Ordinary users need no check of the number: only the owner of a directory can set its permissions.
fn check_owner(path: &Path, user: Option<User>) -> Result<(), Error> {
    let found = at(path, fs::symlink_metadata(path))?;
    let trusted = user.is_none_or(|user| found.uid() == 0 || found.uid() == user.uid);
    if found.is_dir() && trusted { Ok(()) } else { Err(Error::Foreign(path.to_owned())) }
}

/// `run` in the data directory or, when that path is too long for a socket, a directory of its own in `temporary`.
fn socket_dir(dir: &Path, temporary: &Path) -> Result<PathBuf, Error> {
    let mut hasher = DefaultHasher::new();
    dir.hash(&mut hasher);
    let inside = dir.join("run");
    [inside, temporary.join(format!("mamori-{:016x}", hasher.finish()))]
        .into_iter()
        .find(|candidate| candidate.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET)
        .ok_or_else(|| Error::TooLong(dir.to_owned()))
}

/// The setting is a list of directories: a quoted one may hold commas and spaces.
fn socket_setting(dir: &Path) -> OsString {
    let mut setting = OsString::from("unix_socket_directories=\"");
    setting.push(dir);
    setting.push("\"");
    setting
}

/// A path as the value of a query parameter.
fn percent_encoded(path: &Path) -> String {
    percent(path.as_os_str().as_bytes()).replace("%2F", "/")
}

/// The server programs to use: of the major version that made the database, if there is one; else the newest.
fn find_bin(pgdata: &Path) -> Result<PathBuf, Error> {
    let made_by = fs::read_to_string(pgdata.join("PG_VERSION")).ok().map(|version| version.trim().to_owned());
    let candidates = match std::env::var_os("MAMORI_PG_BIN") {
        Some(chosen) => vec![PathBuf::from(chosen)],
        None => usual_places(),
    };
    candidates
        .into_iter()
        .filter(|bin| PROGRAMS.iter().all(|program| bin.join(program).is_file()))
        .find(|bin| made_by.is_none() || major_version(bin) == made_by)
        .ok_or_else(|| Error::NoServer {
            wanted: made_by
                .map(|version| format!(" of version {version}, which made this database"))
                .unwrap_or_default(),
        })
}

/// Debian and Homebrew by version, Red Hat, then PATH.
fn usual_places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    for root in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
        let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(root)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let version = entry.file_name().to_str()?.trim_start_matches("postgresql@").parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .collect();
        versions.sort_by(|a, b| b.cmp(a));
        places.extend(versions.into_iter().map(|(_, bin)| bin));
    }
    places.push("/usr/pgsql/bin".into());
    let path = std::env::var_os("PATH").unwrap_or_default();
    // A server finds its own files from where it really lies, so links are followed first.
    let linked = std::env::split_paths(&path).filter_map(|dir| dir.join("postgres").canonicalize().ok());
    places.extend(linked.filter_map(|program| Some(program.parent()?.to_owned())));
    places
}

/// `15` of `postgres (PostgreSQL) 15.20 (Debian …)`.
fn major_version(bin: &Path) -> Option<String> {
    let output = Command::new(bin.join("postgres")).arg("-V").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace().nth(2)?.split('.').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_data_directory_keeps_its_socket_inside() {
        let found = socket_dir(Path::new("/var/lib/mamori"), Path::new("/tmp")).unwrap();
        assert_eq!(found, Path::new("/var/lib/mamori/run"));
    }

    #[test]
    fn a_deep_data_directory_gets_its_own_socket_in_the_temporary_one() {
        let deep = |name: &str| PathBuf::from(format!("/srv/{}/{name}", "d".repeat(100)));
        let one = socket_dir(&deep("one"), Path::new("/tmp")).unwrap();
        let two = socket_dir(&deep("two"), Path::new("/tmp")).unwrap();
        assert!(one.starts_with("/tmp") && two.starts_with("/tmp"));
        assert_ne!(one, two);
        let hopeless = socket_dir(&deep("one"), &deep("tmp"));
        assert!(hopeless.unwrap_err().to_string().contains("choose a shorter --data-dir"));
    }

    #[test]
    fn a_directory_is_held_by_one_portal_and_names_its_process() {
        let dir = std::env::temp_dir().join(format!("mamori-hold-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let first = hold(&dir).unwrap();
        let second = hold(&dir).unwrap_err().to_string();
        assert!(second.contains("is in use by another portal"), "{second}");
        assert!(second.contains(&std::process::id().to_string()), "{second}");
        drop(first);
        drop(hold(&dir).unwrap());
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_link_laid_where_the_socket_belongs_is_refused() {
        let dir = std::env::temp_dir().join(format!("mamori-trap-{}", std::process::id()));
        fs::create_dir_all(dir.join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(dir.join("elsewhere"), dir.join("run")).unwrap();
        assert!(matches!(private_dir(&dir.join("run"), None), Err(Error::Foreign(_))));
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_user_is_read_from_the_list_of_accounts() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\npostgres:x:114:121::/var/lib/postgresql:/bin/bash\nbad:x::\n";
        assert!(entry(passwd, "postgres").is_some_and(|user| (user.uid, user.gid) == (114, 121)));
        assert!(entry(passwd, "bad").is_none() && entry(passwd, "nobody").is_none());
    }

    #[test]
    fn a_path_survives_the_way_through_an_address() {
        assert_eq!(percent_encoded(Path::new("/data/守り a&b")), "/data/%E5%AE%88%E3%82%8A%20a%26b");
    }
}
