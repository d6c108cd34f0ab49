//! kill -9 of the portal and of PostgreSQL under write load, ten times each: what was answered is there, nothing more than
//! was asked for is there, the chain verifies, and the next start needs no hand.
//!
//! The load is the portal's own daily work — requests are filed, commented on, approved and carried out — and each form
//! that was not answered is sent again as it was, like a person who presses the button once more.
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use mamori::kernel::clock::{Clock, local};
use sqlx::Connection as _;
use uuid::Uuid;

const KILLS: usize = 10;
/// So many answers come between two blows.
const BETWEEN: u64 = 12;
const PATIENCE: Duration = Duration::from_secs(240);
/// So soon after its database the portal is ready again.
const BACK: Duration = Duration::from_secs(30);
/// How often it is looked whether something is back.
const GLANCE: Duration = Duration::from_millis(10);
const SECTION: &str = "1410";

/// The real program on a demo of its own.
struct Program {
    dir: tempfile::TempDir,
    port: u16,
    child: Child,
    runtime: tokio::runtime::Runtime,
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
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { dir, port, child, runtime }
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
            .args(["audit", "verify", "--reconcile", "--json", "--data-dir"])
            .arg(self.data())
            .env_remove("DATABASE_URL")
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The superuser of the private server, if it is there.
    fn superuser(&self) -> Option<sqlx::PgConnection> {
        let url = format!("postgres://mamori@localhost/mamori?host={}", self.data().join("run").display());
        self.runtime.block_on(sqlx::PgConnection::connect(&url)).ok()
    }

    /// Rows of the private server, in text.
    fn rows(&self, sql: &'static str) -> Vec<Vec<String>> {
        let mut conn = self.superuser().unwrap();
        let rows: Vec<(Vec<String>,)> = self.runtime.block_on(sqlx::query_as(sql).fetch_all(&mut conn)).unwrap();
        rows.into_iter().map(|(row,)| row).collect()
    }

    fn number(&self, sql: &'static str) -> usize {
        self.rows(sql)[0][0].parse().unwrap()
    }

    /// By itself the database comes back, and the portal not much later.
    fn wait_ready(&self) {
        let (since, mut database_back) = (Instant::now(), Instant::now());
        while ask(self.port, "GET", "/readyz", "", "").is_none_or(|answer| answer.status != 200) {
            if self.superuser().is_none() {
                database_back = Instant::now();
            }
            assert!(since.elapsed() < PATIENCE, "the database does not come back by itself");
            assert!(database_back.elapsed() < BACK, "the portal is not ready {BACK:?} after its database");
            thread::park_timeout(GLANCE);
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

/// A whole answer.
struct Answer {
    status: u16,
    text: String,
}

impl Answer {
    fn header(&self, name: &str) -> impl Iterator<Item = &str> {
        self.text.lines().take_while(|line| !line.is_empty()).filter_map(move |line| line.strip_prefix(name))
    }

    fn hidden(&self, field: &str) -> Option<&str> {
        let start = self.text.split_once(&format!("name=\"{field}\" value=\""))?.1;
        start.split('"').next()
    }
}

/// One request; `None` when no whole answer came.
fn ask(port: u16, method: &str, path: &str, cookies: &str, body: &str) -> Option<Answer> {
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
    text.contains("\r\n\r\n").then_some(Answer { status, text })
}

/// What the load and the one who strikes know of each other.
#[derive(Default)]
struct Tally {
    answered: AtomicU64,
    again: AtomicU64,
    stop: AtomicBool,
}

impl Tally {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn let_some_pass(&self) {
        let (since, aim) = (Instant::now(), self.answered.load(Ordering::SeqCst) + BETWEEN);
        while self.answered.load(Ordering::SeqCst) < aim {
            assert!(since.elapsed() < PATIENCE, "nothing is answered any more");
            thread::park_timeout(GLANCE);
        }
    }
}

/// However the test ends, the load ends with it.
struct Stop<'t>(&'t Tally);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::SeqCst);
    }
}

/// Somebody of the demo, signed in.
#[derive(Clone)]
struct Person {
    port: u16,
    cookies: String,
    token: String,
}

impl Person {
    fn sign_in(program: &Program, tier: &str) -> Self {
        let logins = fs::read_to_string(program.dir.path().join("logins.json")).unwrap();
        let logins: Vec<serde_json::Value> = serde_json::from_str(&logins).unwrap();
        let login = logins.iter().find(|login| login["tier"] == tier).unwrap();
        let port = program.port;
        let cookies = |answer: &Answer| -> String {
            let set = answer.header("set-cookie: ").map(|cookie| cookie.split(';').next().unwrap().to_owned());
            set.collect::<Vec<_>>().join("; ")
        };
        let page = ask(port, "GET", "/sign-in", "", "").unwrap();
        let body = serde_urlencoded::to_string([
            ("_token", page.hidden("_token").unwrap()),
            ("_once", page.hidden("_once").unwrap()),
            ("login", login["login"].as_str().unwrap()),
            ("password", login["password"].as_str().unwrap()),
        ]);
        let answer = ask(port, "POST", "/sign-in", &cookies(&page), &body.unwrap()).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text);
        let cookies = cookies(&answer);
        let home = ask(port, "GET", "/", &cookies, "").unwrap();
        let token = home.hidden("_token").expect("a form on the home page").to_owned();
        Self { port, cookies, token }
    }

    /// Opens a page, however often it takes.
    fn page(&self, path: &str, tally: &Tally) -> Answer {
        let since = Instant::now();
        loop {
            assert!(since.elapsed() < PATIENCE, "{path} is not answered any more");
            match ask(self.port, "GET", path, &self.cookies, "") {
                Some(answer) if answer.status < 500 => return answer,
                _ => tally.again.fetch_add(1, Ordering::SeqCst),
            };
            thread::park_timeout(GLANCE);
        }
    }

    /// Sends a form until it is answered, always as it was, and tells where it led. A second try may find that the first
    /// one had been carried out: then a refusal is the answer.
    fn send(&self, path: &str, fields: &[(&str, &str)], tally: &Tally) -> Option<String> {
        let once = Uuid::new_v4().to_string();
        let mut all = vec![("_token", self.token.as_str()), ("_once", once.as_str())];
        all.extend_from_slice(fields);
        let body = serde_urlencoded::to_string(&all).unwrap();
        let (mut tries, since) = (0, Instant::now());
        loop {
            tries += 1;
            assert!(since.elapsed() < PATIENCE, "{path} is not answered any more");
            match ask(self.port, "POST", path, &self.cookies, &body) {
                Some(answer) if answer.status == 303 => {
                    tally.answered.fetch_add(1, Ordering::SeqCst);
                    let to = answer.header("location: ").next().unwrap().to_owned();
                    assert!(to.starts_with("/requests"), "{path} led to {to}");
                    return Some(to);
                }
                Some(answer) if answer.status < 500 => {
                    assert!(tries > 1, "{path}: {}", answer.text);
                    tally.answered.fetch_add(1, Ordering::SeqCst);
                    return None;
                }
                _ => tally.again.fetch_add(1, Ordering::SeqCst),
            };
            thread::park_timeout(GLANCE);
        }
    }

    /// Files with an id of one's own and tells the number.
    fn file(&self, id: Uuid, grant: &Grant, tally: &Tally) -> String {
        let (id, right) = (id.to_string(), format!("grants.{}", grant.system));
        let fields = [
            ("_id", id.as_str()),
            ("_step", "send"),
            ("department", &grant.department),
            ("person", &grant.person),
            ("grants", &grant.system),
            (&right, &grant.right),
            ("reason", "新しく担当する業務で使うため。"),
            ("from", &grant.from),
            ("until", &grant.until),
        ];
        // the same id is found again, however often it is sent: a number always comes back
        let to = self.send("/requests/new/account.register", &fields, tally).expect("filing is never refused");
        to.trim_start_matches("/requests/").to_owned()
    }
}

/// Who could get which right.
#[derive(Clone)]
struct Grant {
    department: String,
    person: String,
    system: String,
    right: String,
    from: String,
    until: String,
}

/// Clerks of the section, and systems on which they have no account yet.
fn grants(program: &Program) -> Vec<Grant> {
    let rows = program.rows(
        "select array[d.id::text, p.id::text, s.id::text, r.id::text, t.day::text, (t.day + 90)::text]
           from (select (now() at time zone 'Asia/Tokyo')::date as day) t
          cross join department d
           join post o on o.department_id = d.id and o.main and o.tier = 'staff' and upper(o.during) is null
           join person p on p.id = o.person_id
          cross join information_system s
           join lateral (select id from system_right where system_id = s.id order by position limit 1) r on true
          where d.code = '1410' and not s.is_portal
            and not exists (select from account a where a.system_id = s.id and a.holder_id = p.id)
            and not exists (select from request q where q.beneficiary_id = p.id and q.phase in ('in_review', 'returned', 'executing'))
          order by s.id, p.id",
    );
    let grant = |row: Vec<String>| {
        let [department, person, system, right, from, until] = row.try_into().unwrap();
        Grant { department, person, system, right, from, until }
    };
    rows.into_iter().map(grant).collect()
}

/// 申請する: one request after the other, until told to stop.
fn file_all(clerk: &Person, grants: &[Grant], tally: &Tally, filed: &Sender<(Uuid, String)>) -> Vec<(Uuid, String)> {
    let mut all = Vec::new();
    for grant in grants {
        if tally.stopped() {
            break;
        }
        let id = Uuid::now_v7();
        let number = clerk.file(id, grant, tally);
        // whoever carries out may have been told to stop a moment earlier: this one is filed all the same
        let _ = filed.send((id, number.clone()));
        all.push((id, number));
    }
    all
}

/// やり取り: tells which words were sent.
fn comment_all(clerk: &Person, number: &str, tally: &Tally) -> Vec<String> {
    let mut said = Vec::new();
    while !tally.stopped() {
        let words = format!("確認の{}回目です。", said.len() + 1);
        clerk.send(&format!("/requests/{number}/comments"), &[("body", &words)], tally);
        said.push(words);
    }
    said
}

/// 承認と実施: takes what was filed through to the ledger, and tells which numbers got there.
fn carry_all(manager: &Person, admin: &Person, filed: &Receiver<(Uuid, String)>, tally: &Tally) -> Vec<String> {
    let mut carried = Vec::new();
    for (_, number) in filed {
        if tally.stopped() {
            break;
        }
        let page = manager.page(&format!("/requests/{number}"), tally);
        let seen =
            page.hidden("_seen").unwrap_or_else(|| panic!("nothing to decide on {number}: {}", page.text)).to_owned();
        let fields = [("_seen", seen.as_str()), ("verdict", "approve"), ("words", "")];
        manager.send(&format!("/requests/{number}/decision"), &fields, tally);
        let issued = format!("k-{number}");
        // not before it was filed, and minutes are what one types
        let handed_over = local(Clock::system().now()).format("%Y-%m-%dT%H:%M").to_string();
        let fields = [
            ("_seen", seen.as_str()),
            ("issued_id", &issued),
            ("beyond_reason", "担当する業務に必要なため。"),
            ("handover_method", "in_person"),
            ("identity_check", "対面"),
            ("handed_over_at", &handed_over),
        ];
        admin.send(&format!("/requests/{number}/lines/1"), &fields, tally);
        carried.push(number);
    }
    carried
}

/// Holds what people were told against what is there.
fn compare(program: &Program, before: &Before, filed: &[(Uuid, String)], said: &[String], carried: &[String]) {
    let numbers: BTreeMap<String, String> = program
        .rows("select array[id::text, number] from request")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    for (id, number) in filed {
        assert_eq!(numbers.get(&id.to_string()), Some(number), "an answered request is there under its number");
    }
    assert_eq!(numbers.len(), before.requests + filed.len(), "and no other");
    let gaps = program.rows(
        "select array[split_part(number, '-', 1) || split_part(number, '-', 2)]
           from request
          group by split_part(number, '-', 1), split_part(number, '-', 2)
         having max(split_part(number, '-', 3)::int) <> count(*) or min(split_part(number, '-', 3)::int) <> 1",
    );
    assert!(gaps.is_empty(), "numbers without gaps: {gaps:?}");

    let mut there: Vec<String> =
        program.rows("select array[body] from request_comment where body like '確認の%回目です。'").concat();
    let mut said = said.to_vec();
    there.sort();
    said.sort();
    assert_eq!(there, said, "each comment once");

    let rows = program.rows(
        "select array[q.number,
                      (select count(*) from decision d where d.request_id = q.id)::text,
                      (select count(*) from execution e where e.request_id = q.id)::text,
                      (select count(*) from account a where a.account_name = 'k-' || q.number)::text,
                      (select count(*) from account_history h where h.account_name = 'k-' || q.number)::text]
           from request q
          where exists (select from account a where a.account_name = 'k-' || q.number)",
    );
    let mut in_ledger: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let mut carried: Vec<&str> = carried.iter().map(String::as_str).collect();
    in_ledger.sort_unstable();
    carried.sort_unstable();
    assert_eq!(in_ledger, carried, "what was carried out is in the ledger");
    for row in &rows {
        assert_eq!(row[1..], ["1", "1", "1", "1"], "one decision, one execution, one row: {row:?}");
    }
    assert_eq!(program.number("select array[count(*)::text] from account"), before.accounts + carried.len());
}

struct Before {
    requests: usize,
    accounts: usize,
}

#[test]
fn what_was_answered_survives_ten_kills_of_the_portal_and_ten_of_postgresql() {
    let mut program = Program::make();
    program.wait_ready();
    let out_of_order = "select array[count(*)::text] from (
        select e.occurred_at < lag(e.occurred_at) over (order by c.seq) as back
          from audit.chain c
          join audit.event e on e.id = c.event_id) told
         where told.back";
    assert_eq!(program.number(out_of_order), 0, "the demo's year is written in the order in which it was lived");
    let tally = Tally::default();
    let [clerk, talker, manager, admin] =
        ["staff", "staff", "manager", "sysadmin"].map(|tier| Person::sign_in(&program, tier));
    let mut grants = grants(&program);
    assert!(grants.len() > 100, "enough to ask for in section {SECTION}: {}", grants.len());
    let before = Before {
        requests: program.number("select array[count(*)::text] from request"),
        accounts: program.number("select array[count(*)::text] from account"),
    };
    let first = (Uuid::now_v7(), grants.pop().unwrap());
    let talked_about = clerk.file(first.0, &first.1, &tally);

    let (send, receive) = channel();
    let (mut filed, said, carried) = thread::scope(|load| {
        let (tally, grants, talked_about) = (&tally, &grants, talked_about.as_str());
        let filing = load.spawn(move || file_all(&clerk, grants, tally, &send));
        let talking = load.spawn(move || comment_all(&talker, talked_about, tally));
        let carrying = load.spawn(move || carry_all(&manager, &admin, &receive, tally));
        let stop = Stop(tally);
        for _ in 0..KILLS {
            tally.let_some_pass();
            program.kill_portal();
            program.wait_ready();
        }
        for _ in 0..KILLS {
            tally.let_some_pass();
            program.kill_postgres();
            program.wait_ready();
        }
        tally.let_some_pass();
        drop(stop);
        (filing.join().unwrap(), talking.join().unwrap(), carrying.join().unwrap())
    });
    filed.push((first.0, talked_about));
    program.wait_ready();

    assert!(filed.len() > 20 && said.len() > 20 && carried.len() > 5, "a load worth the name: {filed:?} {carried:?}");
    assert!(tally.again.load(Ordering::SeqCst) > 0, "the blows fell among requests under way");
    compare(&program, &before, &filed, &said, &carried);
    let (whole, report) = program.verify();
    assert!(whole, "{report}");

    Command::new("kill").args(["-TERM", &program.child.id().to_string()]).status().unwrap();
    assert!(program.child.wait().unwrap().success(), "asked to stop, it ends well");
    let (whole, report) = program.verify();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(whole && report["last_checkpoint"] == report["seq"], "the head is signed at the end: {report}");
}
