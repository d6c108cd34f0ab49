//! kill -9 of the portal and of PostgreSQL under write load, ten times each: what was answered is there, nothing more than
//! was asked for is there, the chain verifies, and the next start needs no hand.
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const KILLS: usize = 10;
/// So many answers come between two blows.
const BETWEEN: u64 = 25;
const PATIENCE: Duration = Duration::from_secs(90);
const SERVERS: u64 = 2;

/// The real program on a demo of its own.
struct Program {
    dir: tempfile::TempDir,
    port: u16,
    child: Child,
}

impl Program {
    fn make() -> Self {
        let dir = tempfile::Builder::new().prefix("mamori-crash-").tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let made = command(dir.path(), port)
            .arg("--no-serve")
            .arg("--logins")
            .arg(dir.path().join("logins.json"))
            .status()
            .unwrap();
        assert!(made.success(), "the demo could not be made");
        let child = command(dir.path(), port).spawn().unwrap();
        Self { dir, port, child }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("demo-system-management-small")
    }

    fn kill_portal(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = command(self.dir.path(), self.port).spawn().unwrap();
    }

    fn kill_postgres(&self) {
        let pid_file = fs::read_to_string(self.data().join("pg/postmaster.pid")).unwrap();
        let killed = Command::new("kill").args(["-9", pid_file.lines().next().unwrap()]).status().unwrap();
        assert!(killed.success());
    }

    fn verify(&self) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_mamori"))
            .args(["audit", "verify", "--json", "--data-dir"])
            .arg(self.data())
            .env_remove("DATABASE_URL")
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Refusals in the log.
    fn written(&self) -> u64 {
        self.counted("select count(*) from audit.event where kind = 'access.denied'")
    }

    /// Events that stand in the chain behind later ones.
    fn out_of_order(&self) -> u64 {
        self.counted(
            "select count(*) from (
               select e.occurred_at < lag(e.occurred_at) over (order by c.seq) as back
                 from audit.chain c
                 join audit.event e on e.id = c.event_id) told
              where told.back",
        )
    }

    /// Counted by the superuser of the private server.
    fn counted(&self, what: &'static str) -> u64 {
        let url = format!("postgres://mamori@localhost/mamori?host={}", self.data().join("run").display());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let count: i64 = runtime.block_on(async {
            use sqlx::Connection as _;
            let mut conn = sqlx::PgConnection::connect(&url).await.unwrap();
            sqlx::query_scalar(what).fetch_one(&mut conn).await.unwrap()
        });
        u64::try_from(count).unwrap()
    }

    fn wait_ready(&self) {
        let since = Instant::now();
        while ask(self.port, "GET", "/readyz", "", "").is_none_or(|(status, _)| status != 200) {
            assert!(since.elapsed() < PATIENCE, "the portal does not come back by itself");
            thread::yield_now();
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(dir: &Path, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mamori"));
    command.args(["demo", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"]).arg(dir);
    command.env_remove("DATABASE_URL").stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// One request; `None` when no whole answer came.
fn ask(port: u16, method: &str, path: &str, cookies: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(15))).ok()?;
    let form = if body.is_empty() { "" } else { "Content-Type: application/x-www-form-urlencoded\r\n" };
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookies}\r\n{form}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1)?.parse().ok()?;
    text.contains("\r\n\r\n").then_some((status, text))
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap() + from.len();
    &text[start..start + text[start..].find(to).unwrap()]
}

/// The cookies of the demo's first clerk.
fn sign_in(program: &Program) -> String {
    let logins: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(program.dir.path().join("logins.json")).unwrap()).unwrap();
    let clerk = &logins[0];
    let cookies = |answer: &str| -> Vec<String> {
        let set = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
        set.map(|cookie| cookie.split(';').next().unwrap().to_owned()).collect()
    };
    let (_, page) = ask(program.port, "GET", "/sign-in", "", "").unwrap();
    let body = serde_urlencoded::to_string([
        ("_token", between(&page, "name=\"_token\" value=\"", "\"")),
        ("_once", between(&page, "name=\"_once\" value=\"", "\"")),
        ("login", clerk["login"].as_str().unwrap()),
        ("password", clerk["password"].as_str().unwrap()),
    ])
    .unwrap();
    let (status, answer) = ask(program.port, "POST", "/sign-in", &cookies(&page).join("; "), &body).unwrap();
    assert_eq!(status, 303, "{answer}");
    cookies(&answer).join("; ")
}

#[derive(Default)]
struct Tally {
    answered: AtomicU64,
    unknown: AtomicU64,
    stop: AtomicBool,
}

/// Asks for what is refused, which writes an event each time, until told to stop.
fn insist(port: u16, cookies: &str, tally: &Tally) {
    while !tally.stop.load(Ordering::SeqCst) {
        match ask(port, "GET", "/ledgers/systems/new", cookies, "") {
            Some((403, _)) => tally.answered.fetch_add(1, Ordering::SeqCst),
            _ => tally.unknown.fetch_add(1, Ordering::SeqCst),
        };
    }
}

fn let_some_pass(tally: &Tally) {
    let (since, aim) = (Instant::now(), tally.answered.load(Ordering::SeqCst) + BETWEEN);
    while tally.answered.load(Ordering::SeqCst) < aim {
        assert!(since.elapsed() < PATIENCE, "nothing is answered any more");
        thread::yield_now();
    }
}

#[test]
fn what_was_answered_survives_ten_kills_of_the_portal_and_ten_of_postgresql() {
    let mut program = Program::make();
    program.wait_ready();
    assert_eq!(program.out_of_order(), 0, "the demo's year is written in the order in which it was lived");
    let cookies = sign_in(&program);
    let before = program.written();
    let tally = Arc::new(Tally::default());
    let load: Vec<_> = (0..SERVERS)
        .map(|_| {
            let (tally, cookies, port) = (Arc::clone(&tally), cookies.clone(), program.port);
            thread::spawn(move || insist(port, &cookies, &tally))
        })
        .collect();
    for _ in 0..KILLS {
        let_some_pass(&tally);
        program.kill_portal();
        program.wait_ready();
    }
    for _ in 0..KILLS {
        let_some_pass(&tally);
        program.kill_postgres();
    }
    let_some_pass(&tally);
    tally.stop.store(true, Ordering::SeqCst);
    load.into_iter().for_each(|thread| thread.join().unwrap());
    program.wait_ready();

    let written = program.written() - before;
    let (answered, unknown) = (tally.answered.load(Ordering::SeqCst), tally.unknown.load(Ordering::SeqCst));
    assert!(answered <= written, "{answered} were answered, {written} are there");
    assert!(written <= answered + unknown, "{written} are there, {answered} + {unknown} were asked for");
    let (whole, report) = program.verify();
    assert!(whole, "{report}");

    Command::new("kill").args(["-TERM", &program.child.id().to_string()]).status().unwrap();
    assert!(program.child.wait().unwrap().success(), "asked to stop, it ends well");
    let (whole, report) = program.verify();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(whole && report["last_checkpoint"] == report["seq"], "the head is signed at the end: {report}");
}
