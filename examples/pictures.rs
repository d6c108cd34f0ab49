//! Takes the pictures of `docs/pictures/` anew, each from the demo of its regulation: `make pictures`.
//!
//! `scripts/pictures inbox form` takes only those whose names begin so; `--keep DIR` leaves the demos there for the next
//! time, which spares the minutes that it takes to make them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a tool that cannot go on has failed, and says where"
)]

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use clap::Parser;
use serde::Deserialize;

#[path = "../tests/it/support/browser/mod.rs"]
#[expect(dead_code, unused_imports, reason = "journeys do more than pictures need")]
mod browser;

use browser::Browser;

const DESK: (u32, u32) = (1366, 768);
const TELEPHONE: (u32, u32) = (390, 844);
/// High enough for a row of the ledger with its history.
const LONG: (u32, u32) = (1366, 1300);

/// The regulations under which the same form is shown.
const REGULATIONS: [&str; 4] = ["system-management", "coop-operations", "osaka-standard", "katsuura-operations"];

#[derive(Parser)]
struct Wanted {
    /// Only pictures whose names begin so
    names: Vec<String>,
    /// Where the demos lie, and stay
    #[arg(long)]
    keep: Option<PathBuf>,
}

impl Wanted {
    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|start| name.starts_with(start.as_str()))
    }

    /// Lays down what the browser shows, at this size.
    async fn take(&self, browser: &Browser, name: &str, (width, height): (u32, u32)) {
        if !self.wants(name) {
            return;
        }
        browser.resize(width, height).await;
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/pictures/{name}.png"));
        std::fs::write(&file, browser.picture().await).unwrap();
        println!("{}", file.display());
    }
}

/// How somebody of a tier signs in to the demo.
#[derive(Deserialize)]
struct Login {
    tier: String,
    login: String,
    password: String,
}

/// A demo that runs, until it is dropped.
struct Demo {
    base: String,
    logins: Vec<Login>,
    program: Child,
}

impl Drop for Demo {
    fn drop(&mut self) {
        // asked to end, it also ends its database
        let _ = Command::new("kill").arg(self.program.id().to_string()).status();
        let _ = self.program.wait();
    }
}

impl Demo {
    async fn start(regulation: &str, dir: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (address, logins) = (format!("127.0.0.1:{port}"), dir.join(format!("logins-{regulation}.json")));
        let here = std::env::current_exe().unwrap();
        let mamori = here.ancestors().nth(2).unwrap().join("mamori");
        let program = Command::new(&mamori)
            .args(["demo", "--regulation", regulation, "--listen", &address, "--data-dir"])
            .arg(dir)
            .arg("--logins")
            .arg(&logins)
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", mamori.display()));
        let mut demo = Self { base: format!("http://{address}"), logins: Vec::new(), program };
        let mut looks = tokio::time::interval(Duration::from_millis(200));
        while TcpStream::connect(&address).is_err() {
            assert!(demo.program.try_wait().unwrap().is_none(), "the demo of {regulation} has ended");
            looks.tick().await;
        }
        demo.logins = serde_json::from_slice(&std::fs::read(logins).unwrap()).unwrap();
        demo
    }

    /// Somebody of this tier at a browser.
    async fn enter(&self, tier: &str) -> (Browser, &Login) {
        let login = self.logins.iter().find(|login| login.tier == tier).unwrap_or_else(|| panic!("no {tier} signs in"));
        let browser = Browser::open(&self.base).await;
        browser.sign_in(&login.login, &login.password).await;
        (browser, login)
    }
}

#[tokio::main]
async fn main() {
    let wanted = Wanted::parse();
    let own = tempfile::Builder::new().prefix("mamori-pictures-").tempdir().unwrap();
    let dir = wanted.keep.clone().unwrap_or_else(|| own.path().to_owned());
    std::fs::create_dir_all(&dir).unwrap();
    for regulation in REGULATIONS {
        let same = format!("form-{regulation}");
        let handbook = regulation == REGULATIONS[0] && HANDBOOK.iter().any(|name| wanted.wants(name));
        if !handbook && !wanted.wants(&same) {
            continue;
        }
        let demo = Demo::start(regulation, &dir).await;
        if wanted.wants(&same) {
            form(&demo, &wanted, &same).await;
        }
        if handbook {
            applies(&demo, &wanted).await;
            approves(&demo, &wanted).await;
            administers(&demo, &wanted).await;
            oversees(&demo, &wanted).await;
        }
    }
}

/// What the handbooks and the README show.
const HANDBOOK: [&str; 12] = [
    "staff-home",
    "staff-phone",
    "request-check",
    "inbox",
    "return-dialog",
    "decide-phone",
    "execute-line",
    "ledger",
    "ledger-row",
    "board",
    "clause",
    "audit-log",
];

/// The form for a new account, with the person filled in by whoever the regulation lets apply.
async fn form(demo: &Demo, wanted: &Wanted, name: &str) {
    let mut browser = demo.enter("staff").await.0;
    browser.goto("/requests/new/account.register").await;
    if !browser.text().await.contains("内容を確かめる") {
        browser = demo.enter("manager").await.0;
        browser.goto("/requests/new/account.register").await;
    }
    let colleague = &demo.logins.iter().find(|login| login.tier == "staff").expect("somebody works there").login;
    browser.fill(&browser.texts("label[for=f-person]").await.concat(), colleague).await;
    browser.follow("流れを確かめる").await;
    wanted.take(&browser, name, DESK).await;
}

async fn applies(demo: &Demo, wanted: &Wanted) {
    let (browser, login) = demo.enter("staff").await;
    wanted.take(&browser, "staff-home", DESK).await;
    wanted.take(&browser, "staff-phone", TELEPHONE).await;
    browser.resize(DESK.0, DESK.1).await;

    browser.goto("/requests/new/account.register").await;
    browser.fill("利用者", &login.login).await;
    browser.fill("申請の理由", "担当の取引先が増え、内容を確かめるため。").await;
    let from = mamori::kernel::clock::Clock::system().today() + chrono::Days::new(2);
    browser.fill("利用の開始日", &from.to_string()).await;
    // a system on which they have no account yet, and have asked for none
    for system in browser.texts(".rights-row b").await.into_iter().skip(1) {
        browser.tick(&system).await;
        browser.fill(&format!("{system}の権限"), "参照（標準の権限）").await;
        browser.follow("内容を確かめる").await;
        if browser.text().await.contains("内容を確かめて送信してください") {
            break;
        }
        browser.tick(&system).await;
    }
    wanted.take(&browser, "request-check", DESK).await;
}

async fn approves(demo: &Demo, wanted: &Wanted) {
    let browser = demo.enter("manager").await.0;
    browser.goto("/requests/inbox").await;
    wanted.take(&browser, "inbox", DESK).await;
    browser.click("差し戻す").await;
    browser.wait_for_text("差し戻しますか").await;
    wanted.take(&browser, "return-dialog", DESK).await;
    let number = browser.texts(".iv-head .num").await.concat();
    browser.goto(&format!("/requests/{number}")).await;
    wanted.take(&browser, "decide-phone", TELEPHONE).await;
}

async fn administers(demo: &Demo, wanted: &Wanted) {
    let browser = demo.enter("sysadmin").await.0;
    browser.goto("/requests/work").await;
    for number in browser.texts("tbody td.num").await {
        browser.goto(&format!("/requests/{number}")).await;
        if browser.text().await.contains("実施を記録する") {
            break;
        }
    }
    browser.follow("実施を記録する").await;
    wanted.take(&browser, "execute-line", DESK).await;
    browser.resize(DESK.0, DESK.1).await;
    browser.goto("/ledgers/accounts").await;
    wanted.take(&browser, "ledger", DESK).await;
    // a row with a history: of an account that a request has changed
    browser.goto("/requests/all?view=completed&kind=account.change").await;
    let numbers = browser.texts("tbody td.num").await;
    browser.goto(&format!("/requests/{}", numbers.first().expect("no account was changed"))).await;
    let row = browser.texts("#lines a[href^='/ledgers/accounts/']").await;
    browser.follow(row.first().expect("the request has no row")).await;
    wanted.take(&browser, "ledger-row", LONG).await;
}

async fn oversees(demo: &Demo, wanted: &Wanted) {
    let committee = demo.enter("committee").await.0;
    committee.goto("/clauses").await;
    wanted.take(&committee, "board", DESK).await;
    committee.goto("/clauses/system-management/4.1.1-1-a").await;
    wanted.take(&committee, "clause", DESK).await;
    let auditor = demo.enter("auditor").await.0;
    auditor.goto("/audit").await;
    wanted.take(&auditor, "audit-log", DESK).await;
}
