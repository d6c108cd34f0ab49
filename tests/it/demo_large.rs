//! A large demo in small: what is loaded in bulk holds against the log, opens as everything else does, and goes on by the
//! real actions.
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use mamori::cli::bench::client::Client;
use mamori::cli::demo::PASSWORD;
use mamori::kernel::private_pg::{PrivatePg, SUPERUSER};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

use crate::support::command::{Said, program, run};

/// 330 people, 900 accounts, 3,000 requests, then some weeks of real actions.
const SIZE: [&str; 6] = ["--scale", "large", "--size", "330", "900", "3000"];

fn verified(data: &Path) -> Said {
    let mut verify = program();
    verify.args(["audit", "verify", "--reconcile", "--data-dir"]).arg(data);
    run(verify)
}

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.0);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.0.wait();
    }
}

async fn served(dir: &Path) -> (Served, SocketAddr) {
    let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = program();
    command.args(["demo", "--listen", &at.to_string(), "--data-dir"]).arg(dir).args(SIZE);
    let served = Served(command.stdout(Stdio::null()).spawn().unwrap());
    for _ in 0..600 {
        if Client::new(at).get("/sign-in").await.is_ok_and(|answer| answer.status == 200) {
            return (served, at);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the large demo does not answer");
}

/// A request of the bulk that waits for its manager, and the manager's sign-in.
async fn waiting(conn: &mut PgConnection) -> (String, String) {
    sqlx::query_as(
        "select r.number, c.login
           from request r
           join post p on p.department_id = r.department_id and p.tier = 'manager' and p.main
           join auth.credential c on c.person_id = p.person_id
          where r.phase = 'in_review' and r.kind in ('account.change', 'account.stop') and r.filed_at < now() - interval '4 days'
          order by r.filed_at, r.number
          limit 1",
    )
    .fetch_one(conn)
    .await
    .unwrap()
}

async fn signed_in(at: SocketAddr, login: &str) -> Client {
    let mut client = Client::new(at);
    client.sign_in(login, PASSWORD).await.unwrap();
    client
}

fn logins(dir: &Path) -> Vec<(String, String)> {
    let logins: Vec<serde_json::Value> =
        serde_json::from_str(&fs::read_to_string(dir.join("logins.json")).unwrap()).unwrap();
    let text = |login: &serde_json::Value, key: &str| login[key].as_str().unwrap().to_owned();
    logins.iter().map(|login| (text(login, "tier"), text(login, "login"))).collect()
}

#[tokio::test]
async fn a_large_demo_holds_opens_and_goes_on() {
    let dir = tempfile::Builder::new().prefix("mamori-demo-").tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let mut make = program();
    make.args(["demo", "--no-serve", "--data-dir"]).arg(dir.path()).args(SIZE);
    make.arg("--logins").arg(dir.path().join("logins.json")).env("MAMORI_LOG", "warn");
    let made = run(make);
    made.ends(0);
    assert!(!format!("{}{}", made.out, made.err).contains("of the demo could not be"), "{made:#?}");
    let data = dir.path().join("demo-system-management-large");
    verified(&data).ends(0).prints(" rows held against their digests\nthe log is whole\n");

    let (server, at) = served(dir.path()).await;
    let logins = logins(dir.path());
    let of = |tier: &str| logins.iter().find(|(known, _)| known == tier).unwrap().1.clone();
    for (tier, login) in &logins {
        let mut client = signed_in(at, login).await;
        for (path, tiers) in [
            ("/", &["staff", "manager", "operator", "sysadmin", "office", "ciso", "committee", "auditor"][..]),
            ("/requests/all", &["manager", "sysadmin", "office", "auditor"]),
            ("/requests/inbox", &["manager"]),
            ("/requests/work", &["sysadmin"]),
            ("/ledgers/accounts", &["sysadmin", "office", "auditor"]),
            ("/audit", &["auditor"]),
        ] {
            if tiers.contains(&tier.as_str()) {
                let answer = client.get(path).await.unwrap();
                assert_eq!(answer.status, 200, "{tier}: {path}");
            }
        }
    }

    let socket = PrivatePg::socket_of(&data).unwrap();
    let options = PgConnectOptions::new_without_pgpass().socket(socket).username(SUPERUSER).database("mamori");
    let mut conn = options.connect().await.unwrap();
    let (number, login) = waiting(&mut conn).await;
    let page = format!("/requests/{number}");
    let mut manager = signed_in(at, &login).await;
    let seen = manager.open(&page).await.unwrap().behind("name=\"_seen\" value=\"").unwrap();
    let decision = format!("{page}/decision");
    let decided = manager.post(&decision, &[("_seen", &seen), ("verdict", "approve"), ("words", "")]).await.unwrap();
    assert_eq!(decided.status, 303, "{}", decided.text());

    let mut admin = signed_in(at, &of("sysadmin")).await;
    let line = format!("{page}/lines/1");
    let form = admin.open(&line).await.unwrap();
    let seen = form.behind("name=\"_seen\" value=\"").unwrap();
    let mut fields = vec![("_seen", seen.as_str())];
    if form.text().contains("name=\"beyond_reason\"") {
        fields.push(("beyond_reason", "所属長が確認した担当業務に必要なため。"));
    }
    let done = admin.post(&line, &fields).await.unwrap();
    assert_eq!(done.status, 303, "{}", done.text());
    let phase: String = sqlx::query_scalar("select phase from request where number = $1")
        .bind(&number)
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(phase, "completed");
    drop(server);
    verified(&data).ends(0).prints("the log is whole\n");
}

#[test]
fn a_large_demo_is_made_under_one_regulation_only() {
    let dir = tempfile::tempdir().unwrap();
    let mut make = program();
    make.args(["demo", "--no-serve", "--scale", "large", "--regulation", "coop-operations", "--data-dir"]);
    make.arg(dir.path());
    run(make).ends(1).complains("the large demo is made under system-management only");
}
