//! `mamori bench`: what the pages of the large demo cost, held against the smallest page that reads fifty rows by an index,
//! in one run. The portal is started as a process of its own on the demo that is there; what it and its database use is
//! read from the kernel's counters.
mod bare;
pub mod client;
mod processes;
mod scenes;

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::Args as Options;
use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _, PgConnection};

use self::client::Client;
use self::processes::{Pair, forget_peak, memory, postmaster};
use self::scenes::{Cost, cost, export, file, filled, first_visit, numbers, rush};
use super::demo::PASSWORD;
use super::start::data_dir;
use crate::kernel::config::{Common, own_program};
use crate::kernel::private_pg::{PrivatePg, SUPERUSER};

/// Options of `mamori bench`.
#[derive(Debug, Clone, Options)]
pub struct Args {
    /// How often each page is opened
    #[arg(long, default_value_t = 300)]
    pub times: usize,
    /// How long the pages are opened at 32 connections, in seconds
    #[arg(long, default_value_t = 6)]
    pub seconds: u64,
    /// The demo in this directory too: how much longer a page takes in the large one
    #[arg(long)]
    pub beside: Option<PathBuf>,
    /// Serve the bare page here (the bench starts it so)
    #[arg(long, hide = true, requires = "socket")]
    pub bare: Option<SocketAddr>,
    /// The socket of its PostgreSQL
    #[arg(long, hide = true)]
    pub socket: Option<String>,
}

/// The table, each line said as soon as it is measured: what was measured is known even if the next fails.
struct Table;

fn line(what: &str, wanted: &str, kept: Option<bool>, measured: &str) {
    let kept = match kept {
        Some(true) => "ok",
        Some(false) => "MISSED",
        None => "",
    };
    say!("{what:<44} {wanted:<12} {kept:<7} {measured}");
}

impl Table {
    /// A figure that may be so large at the most.
    fn most(&self, what: &str, unit: &str, limit: f64, measured: f64, more: &str) {
        line(what, &format!("≤ {limit} {unit}"), Some(measured <= limit), &format!("{measured:.2} {unit}{more}"));
    }

    fn told(&self, what: &str, measured: &str) {
        line(what, "", None, measured);
    }

    fn cost(&self, what: &str, limit: f64, cost: Cost) {
        let more = format!(
            " (portal {:.2}, database {:.2}; {:.1} ms in the middle)",
            cost.used.portal,
            cost.used.database,
            cost.median.as_secs_f64() * 1_000.0
        );
        self.most(what, "ms", limit, cost.milliseconds(), &more);
    }
}

/// A process that ends with the bench.
struct Started {
    child: Child,
    at: SocketAddr,
    /// until it answered
    took: Duration,
}

impl Started {
    async fn of(mut command: Command, path: &str, at: SocketAddr) -> anyhow::Result<Self> {
        let since = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let mut started = Self { child, at, took: Duration::ZERO };
        loop {
            match Client::new(at).get(path).await {
                Ok(answer) if answer.status == 200 => break,
                _ if since.elapsed() > Duration::from_secs(120) => bail!("{at} does not answer"),
                _ => tokio::time::sleep(Duration::from_millis(4)).await,
            }
            ensure!(started.child.try_wait()?.is_none(), "the portal has ended; its words stand above");
        }
        started.took = since.elapsed();
        Ok(started)
    }

    fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // whatever has ended by itself needs no end
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The portal on a demo that is there.
async fn portal(common: &Common, scale: &str) -> anyhow::Result<(Started, PathBuf)> {
    let base = data_dir(common)?;
    let dir = base.join(format!("demo-system-management-{scale}"));
    ensure!(
        dir.join("made").is_file(),
        "there is no {scale} demo in {}: make it with `mamori demo --scale {scale} --no-serve`",
        base.display()
    );
    let at = free_address()?;
    let mut command = Command::new(own_program());
    command.args(["demo", "--scale", scale, "--listen", &at.to_string(), "--data-dir"]).arg(&base);
    command.env("MAMORI_LOG", "error");
    Ok((Started::of(command, "/sign-in", at).await?, dir))
}

/// Measures, and prints the table.
pub async fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    if let (Some(at), Some(socket)) = (args.bare, &args.socket) {
        return bare::serve(at, socket).await;
    }
    if cfg!(debug_assertions) {
        say!("this program is not optimised: the figures say nothing (cargo build --release)");
    }
    // once, so that nothing is made or migrated in the start that counts
    drop(portal(common, "large").await?);
    let (served, dir) = portal(common, "large").await?;
    let table = Table;
    table.most("warm start", "s", 0.4, served.took.as_secs_f64(), "");
    let pair = Pair { portal: served.id(), postmaster: postmaster(&dir)? };
    let socket = PrivatePg::socket_of(&dir)?;
    let server = PgConnectOptions::new_without_pgpass().socket(&socket).username(SUPERUSER);
    let mut conn = server.clone().database("mamori").connect().await?;
    let people = People::sign_in(&mut conn, served.at).await?;
    pair.quiet().await?;
    pages(&table, pair, &people, args.times).await?;
    filing(&table, pair, &mut conn, &people, &dir).await?;
    bare_page(&table, pair, &server, &socket, (&people, args)).await?;
    csv(&table, pair, &people).await?;
    let (requests, bytes) = first_visit(served.at, "/", &people.clerk).await?;
    table.most("first visit: requests", "", 6.0, requests as f64, "");
    table.most("first visit: bytes as they came", "KB", 80.0, bytes as f64 / 1024.0, "");
    if let Some(small) = &args.beside {
        drop(served);
        beside(&table, common, small, args.times).await?;
    }
    Ok(())
}

/// Who is signed in.
struct People {
    clerk: Client,
    clerk_login: String,
    manager: Client,
    office: Client,
    admin: Client,
    auditor: Client,
}

impl People {
    async fn sign_in(conn: &mut PgConnection, at: SocketAddr) -> anyhow::Result<Self> {
        let mut signed_in = Vec::new();
        for tier in ["staff", "manager", "office", "sysadmin", "auditor"] {
            let login = sqlx::query_scalar!(
                "select c.login from post p join person n on n.id = p.person_id join auth.credential c on c.person_id = p.person_id
                  join department d on d.id = p.department_id
                  where p.tier = $1 and p.main and n.owner_person is null and c.disabled_at is null and c.locked_at is null
                    and ($1 not in ('staff', 'manager') or d.code = '1410')
                  order by c.login limit 1",
                tier
            );
            let login = login.fetch_one(&mut *conn).await?;
            let mut client = Client::new(at);
            client.sign_in(&login, PASSWORD).await?;
            signed_in.push((login, client));
        }
        let mut all = signed_in.into_iter();
        let mut next = || all.next().context("somebody is not signed in");
        let (clerk_login, clerk) = next()?;
        Ok(Self { clerk_login, clerk, manager: next()?.1, office: next()?.1, admin: next()?.1, auditor: next()?.1 })
    }
}

async fn pages(table: &Table, pair: Pair, people: &People, times: usize) -> anyhow::Result<()> {
    let one = |path: &str| vec![path.to_owned()];
    let mut manager = people.manager.another();
    let mut office = people.office.another();
    let mut admin = people.admin.another();
    let mut clerk = people.clerk.another();
    let all = cost(pair, &mut office, &one("/requests/all"), times).await?;
    table.cost("list: /requests/all", 0.5, all);
    let ledger = cost(pair, &mut admin, &one("/ledgers/accounts"), times).await?;
    table.cost("list: /ledgers/accounts", 0.5, ledger);
    table.cost("inbox: /requests/inbox", 0.5, cost(pair, &mut manager, &one("/requests/inbox"), times).await?);
    table.cost("work queue: /requests/work", 0.5, cost(pair, &mut admin, &one("/requests/work"), times).await?);
    let waiting = numbers(&manager.open("/requests/inbox").await?.text());
    table.cost("detail, waiting for me", 0.5, cost(pair, &mut manager, &waiting, times).await?);
    let done = numbers(&office.open("/requests/all?view=completed").await?.text());
    table.cost("detail, completed", 0.5, cost(pair, &mut office, &done, times).await?);
    table.cost("home of a manager", 1.0, cost(pair, &mut manager, &one("/"), times).await?);
    table.cost("home of a clerk", 1.0, cost(pair, &mut clerk, &one("/"), times).await?);
    let found: Vec<String> = ["佐伯", "髙田 直樹", "基幹", "R8-ACC-1200"]
        .iter()
        .map(|q| format!("/requests/all?q={}", crate::kernel::text::percent(q)))
        .collect();
    table.cost("search: /requests/all?q=", 3.0, cost(pair, &mut office, &found, times).await?);
    let found: Vec<String> = ["佐伯", "髙田 直樹", "a300", "図面"]
        .iter()
        .map(|q| format!("/ledgers/accounts?q={}", crate::kernel::text::percent(q)))
        .collect();
    table.cost("search: /ledgers/accounts?q=", 3.0, cost(pair, &mut admin, &found, times).await?);
    Ok(())
}

async fn filing(table: &Table, pair: Pair, conn: &mut PgConnection, people: &People, dir: &Path) -> anyhow::Result<()> {
    let mut clerk = people.clerk.another();
    let forms = filled(conn, &mut clerk, &people.clerk_login, 45).await?;
    let (warm, rest) = forms.split_at(forms.len().min(5));
    for form in warm {
        file(&mut clerk, form).await?;
    }
    let (counted, measured) = rest.split_at(rest.len().min(1));
    let before = pair.used();
    let mut took = Vec::new();
    for form in measured {
        let since = Instant::now();
        file(&mut clerk, form).await?;
        took.push(since.elapsed());
    }
    ensure!(!took.is_empty(), "nobody is left for whom a request could be filed");
    took.sort_unstable();
    let (used, each) = (pair.used().since(before), took.len() as f64);
    let used = processes::Used { portal: used.portal / each, database: used.database / each };
    table.cost("filing", 2.0, Cost { used, median: took[took.len() / 2] });
    if let Some(form) = counted.first() {
        let statements = statements(conn, dir, async || file(&mut clerk, form).await.map(drop)).await?;
        table.most("filing: statements", "", 10.0, statements as f64, "");
    }
    Ok(())
}

/// How many statements the database was sent meanwhile, by its own log; those that open, set up and close a transaction
/// are left out.
async fn statements(
    conn: &mut PgConnection,
    dir: &Path,
    act: impl AsyncFnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let log = dir.join("postgres.log");
    for sql in ["alter system set log_statement = 'all'", "select pg_reload_conf()"] {
        conn.execute(sql).await?;
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    let before = fs::metadata(&log)?.len();
    act().await?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let text = fs::read(&log)?;
    for sql in ["alter system reset log_statement", "select pg_reload_conf()"] {
        conn.execute(sql).await?;
    }
    let text = String::from_utf8_lossy(&text[usize::try_from(before)?..]).into_owned();
    let said = |line: &&str| line.contains("execute ") || line.contains("statement: ");
    let frame = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["begin", "commit", "rollback", "set_config", "start transaction"].iter().any(|word| line.contains(word))
    };
    let lines: Vec<&str> = text.lines().filter(said).filter(|line| !frame(line)).collect();
    Ok(lines.len())
}

async fn bare_page(
    table: &Table,
    pair: Pair,
    server: &PgConnectOptions,
    socket: &Path,
    (people, args): (&People, &Args),
) -> anyhow::Result<()> {
    bare::make(server).await?;
    let at = free_address()?;
    let mut command = Command::new(own_program());
    command.args(["bench", "--bare", &at.to_string(), "--socket"]).arg(socket);
    let served = Started::of(command, "/", at).await?;
    let mut client = Client::new(at);
    let own = Pair { portal: served.id(), ..pair };
    let bare = cost(own, &mut client, &["/".to_owned()], args.times * 2).await?;
    table.told(
        "bare page",
        &format!("{:.2} ms (page {:.2}, database {:.2})", bare.milliseconds(), bare.used.portal, bare.used.database),
    );
    let lasts = Duration::from_secs(args.seconds);
    let (most, slowest) = rush(&client, "/", 32, lasts).await?;
    table.told(
        "bare page at 32 connections",
        &format!("{most:.0} a second, p99 {:.1} ms", slowest.as_secs_f64() * 1_000.0),
    );
    drop(served);
    bare::drop_it(server).await?;
    for (what, client, path) in [
        ("/requests/all", &people.office, "/requests/all"),
        ("/requests/inbox", &people.manager, "/requests/inbox"),
        ("/ledgers/accounts", &people.admin, "/ledgers/accounts"),
    ] {
        let (reached, slowest) = rush(client, path, 32, lasts).await?;
        let share = reached / most * 100.0;
        let measured = format!("{share:.0} % of the bare page ({reached:.0} a second)");
        line(&format!("{what} at 32 connections"), "≥ 40 %", Some(share >= 40.0), &measured);
        table.most("  its p99", "ms", 15.0, slowest.as_secs_f64() * 1_000.0, "");
    }
    table.most("resident at 32 connections", "MB", 80.0, memory(pair.portal, "VmRSS"), "");
    Ok(())
}

async fn csv(table: &Table, pair: Pair, people: &People) -> anyhow::Result<()> {
    let mut auditor = people.auditor.another();
    // the password is given in the first one
    export(&mut auditor, PASSWORD).await?;
    forget_peak(pair.portal);
    let before = memory(pair.portal, "VmRSS");
    let answer = export(&mut auditor, PASSWORD).await?;
    ensure!(answer.status == 200, "the ledger could not be exported: {}", answer.status);
    let rows = answer.body.iter().filter(|byte| **byte == b'\n').count();
    table.most("CSV of the accounts in use", "s", 0.75, answer.whole.as_secs_f64(), &format!(" ({rows} lines)"));
    table.most("  its first byte", "ms", 50.0, answer.first.as_secs_f64() * 1_000.0, "");
    table.most("  memory meanwhile", "MB", 16.0, memory(pair.portal, "VmHWM") - before, "");
    Ok(())
}

/// The same list in a small demo and in the large one, one after the other.
async fn beside(table: &Table, common: &Common, small: &Path, times: usize) -> anyhow::Result<()> {
    let mut measured = Vec::new();
    for (dir, scale) in [(Some(small.to_owned()), "small"), (common.data_dir.clone(), "large")] {
        let (served, dir) = portal(&Common { data_dir: dir, ..common.clone() }, scale).await?;
        let pair = Pair { portal: served.id(), postmaster: postmaster(&dir)? };
        let server = PgConnectOptions::new_without_pgpass().socket(PrivatePg::socket_of(&dir)?).username(SUPERUSER);
        let mut conn = server.database("mamori").connect().await?;
        let people = People::sign_in(&mut conn, served.at).await?;
        let list = cost(pair, &mut people.office.another(), &["/requests/all".to_owned()], times).await?;
        let log = cost(pair, &mut people.auditor.another(), &["/audit".to_owned()], times).await?;
        measured.push((list, log));
    }
    if let [(small, small_log), (large, large_log)] = measured[..] {
        let share = |small: Cost, large: Cost| large.milliseconds() / small.milliseconds().max(0.01);
        table.most("the list in the large demo / in the small one", "×", 1.2, share(small, large), "");
        table.most("the log of a million events / of the small demo", "×", 1.2, share(small_log, large_log), "");
    }
    Ok(())
}
