//! The demo as somebody finds it who tries Mamori for the first time: one sign-in for each tier, a company of 300, and a
//! year in which everything has happened at least once.
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use mamori::kernel::private_pg::{PrivatePg, SUPERUSER};
use sqlx::{Connection as _, PgConnection};

use crate::support::command::{Said, program, run};

fn demo(dir: &Path, more: &[&str]) -> Said {
    let mut command = program();
    command.args(["demo", "--no-serve", "--data-dir"]).arg(dir).arg("--logins").arg(dir.join("logins.json"));
    command.args(more);
    // what its people could not file, answer or carry out would be logged
    command.env("MAMORI_LOG", "warn");
    let said = run(command);
    assert!(!format!("{}{}", said.out, said.err).contains("of the demo could not be"), "{said:#?}");
    said
}

/// One sign-in for each role that the regulation names.
fn signs_in_as_everybody(dir: &Path, binding: &str) {
    let logins = fs::read_to_string(dir.join("logins.json")).unwrap();
    let logins: Vec<serde_json::Value> = serde_json::from_str(&logins).unwrap();
    let tiers: Vec<&str> = logins.iter().map(|login| login["tier"].as_str().unwrap()).collect();
    let binding: toml::Table = binding.parse().unwrap();
    let titles = binding["titles"].as_table().unwrap();
    // where administration is kept apart, an administrator has an account for it besides
    assert!(tiers.len() <= titles.len() + 1, "one sign-in a tier: {tiers:?}");
    assert_eq!(tiers.iter().copied().collect::<BTreeSet<_>>(), titles.keys().map(String::as_str).collect());
}

/// A shorter demo under another regulation: its own people, its own routes, and a log that holds.
async fn lives_for_some_weeks(regulation: &str, binding: &str) {
    let dir = tempfile::Builder::new().prefix("mamori-demo-").tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
    demo(dir.path(), &["--regulation", regulation, "--days", "28"]).ends(0);
    signs_in_as_everybody(dir.path(), binding);
    let data = dir.path().join(format!("demo-{regulation}-small"));
    asked(&data, async |conn| {
        assert!(count(conn, "select count(*) from person").await >= 250);
        let used: Vec<String> =
            sqlx::query_scalar("select distinct kind from request order by 1").fetch_all(&mut *conn).await.unwrap();
        for kind in ["account.register", "account.change", "account.stop", "password.reset"] {
            assert!(used.iter().any(|used| used == kind), "{regulation}: nobody filed {kind}");
        }
        for phase in ["completed", "in_review", "executing"] {
            let found: i64 = sqlx::query_scalar("select count(*) from request where phase = $1")
                .bind(phase)
                .fetch_one(&mut *conn)
                .await
                .unwrap();
            assert!(found >= 1, "{regulation}: nothing is {phase}");
        }
        // whoever opens the demo under a text in which one person holds several functions is asked in which they act
        let asked = "select count(*) from request r join request_turns_pub t on t.request_id = r.id where t.tier = 'operator' and r.phase = 'executing' and 1 < (
                       select max(held) from (select count(*) as held from post where tier = 'operator' group by person_id) p)";
        let chosen = count(conn, asked).await;
        assert_eq!(chosen > 0, regulation == "katsuura-operations", "{regulation}: {chosen}");
        let editions: Vec<String> =
            sqlx::query_scalar("select distinct regulation from request").fetch_all(&mut *conn).await.unwrap();
        assert_eq!(editions, [regulation], "all of it was filed under its own regulation");
    })
    .await;
    let mut verify = program();
    verify.args(["audit", "verify", "--reconcile", "--data-dir"]).arg(&data);
    run(verify).ends(0).prints("the log is whole\n");
}

/// Asks the demo's own server, which is started for it.
async fn asked<T>(data: &Path, ask: impl AsyncFnOnce(&mut PgConnection) -> T) -> T {
    let at = data.to_owned();
    let server = tokio::task::spawn_blocking(move || PrivatePg::start(&at, &[]).unwrap()).await.unwrap();
    let mut conn = PgConnection::connect(&server.url(SUPERUSER, "mamori")).await.unwrap();
    let answer = ask(&mut conn).await;
    conn.close().await.unwrap();
    tokio::task::spawn_blocking(move || drop(server)).await.unwrap();
    answer
}

async fn count(conn: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(conn).await.unwrap()
}

/// What would change if the demo were made a second time.
async fn size(conn: &mut PgConnection) -> Vec<i64> {
    let mut sizes = Vec::new();
    for sql in [
        "select count(*) from person",
        "select count(*) from request",
        "select count(*) from account_history",
        "select count(*) from auth.past_password",
        "select count(*) from outbox",
    ] {
        sizes.push(count(conn, sql).await);
    }
    sizes
}

/// Everything that should have happened, and how often.
async fn look_around(conn: &mut PgConnection) {
    assert_eq!(count(conn, "select count(*) from person").await, 300);
    let phases: Vec<String> =
        sqlx::query_scalar("select distinct phase from request order by 1").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(phases, ["completed", "executing", "handing_over", "in_review", "refused", "returned", "withdrawn"]);
    let kinds: Vec<String> =
        sqlx::query_scalar("select distinct kind from request order by 1").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(kinds, ["account.change", "account.register", "account.stop", "password.reset"]);
    for (what, sql, at_least) in [
        ("a year of requests", "select count(*) from request", 150),
        (
            "a reissued password",
            "select count(*) from request where kind = 'password.reset' and phase = 'completed'",
            1,
        ),
        (
            "a claim by somebody else",
            "select count(*) from request where kind = 'password.reset' and phase = 'refused'",
            1,
        ),
        ("that check in the log", "select count(*) from audit.event where kind = 'identity.not_confirmed'", 1),
        (
            "an account on the portal through a request",
            "select count(*) from account a join information_system s on s.id = a.system_id where s.is_portal and a.opened_number is not null",
            1,
        ),
        ("a receipt on paper", "select count(*) from acknowledgement where by_proxy", 1),
        (
            "a month with a stand-in",
            "select count(*) from stand_in where upper(during) - lower(during) between 28 and 31",
            1,
        ),
        ("decisions marked 代", "select count(*) from decision where deputy", 1),
        ("兼務", "select count(*) from post where not main", 1),
        ("a line that was not carried out", "select count(*) from execution where outcome = 'declined'", 1),
        ("a request with several rounds", "select count(*) from request where round > 1", 1),
        ("a talk", "select count(*) from request_comment", 2),
        (
            "recent joiners without a sign-in in the section of the printed logins",
            "select count(*) from person p join post o on o.person_id = p.id join department d on d.id = o.department_id
              where d.code = '1410' and p.joined_on > current_date - 30
                and not exists (select from auth.credential c where c.person_id = p.id)
                and not exists (select from request r where r.beneficiary_id = p.id)",
            2,
        ),
        (
            "and in others",
            "select count(distinct o.department_id) from person p join post o on o.person_id = p.id
              where p.joined_on > current_date - 30 and not exists (select from auth.credential c where c.person_id = p.id)",
            4,
        ),
        (
            "of whom one stays for a time",
            "select count(*) from person p where p.employment = 'fixed_term' and p.left_on > current_date
                and not exists (select from auth.credential c where c.person_id = p.id)",
            1,
        ),
        (
            "a receipt that only a signed slip can confirm",
            "select count(*) from request r where r.phase = 'handing_over'
                and not exists (select from auth.credential c where c.person_id = coalesce(r.beneficiary_id, r.requester_id))",
            1,
        ),
        (
            "a sign-in to the portal that waits to be opened",
            "select count(*) from request r join request_line l on l.request_id = r.id and l.round = r.round
               join information_system s on s.id::text = l.data ->> 'system'
              where r.phase = 'executing' and l.state = 'open' and s.is_portal
                and not exists (select from auth.credential c where c.person_id = r.beneficiary_id)",
            1,
        ),
        ("a locked sign-in", "select count(*) from auth.credential where locked_at is not null", 1),
        ("which the ledger shows", "select count(*) from account where stop_reason = 'failures'", 1),
    ] {
        let found = count(conn, sql).await;
        assert!(found >= at_least, "{what}: {found}");
    }
    let closed = "select count(*) from auth.credential c where c.hash is null or c.must_change
                     or exists (select from auth.activation a where a.person_id = c.person_id and a.used_at is null and a.withdrawn_at is null)";
    assert_eq!(count(conn, closed).await, 0, "everybody can sign in with the password that is printed");
    let desk = "select count(distinct phase) from request q join department d on d.id = q.department_id
                 where d.code = '1410' and q.phase in ('in_review', 'returned', 'executing', 'handing_over')";
    assert_eq!(count(conn, desk).await, 4, "work lies on every desk of the section of the printed logins");
}

#[tokio::test]
async fn the_demo_shows_everything_and_is_made_once() {
    let dir = tempfile::Builder::new().prefix("mamori-demo-").tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
    demo(dir.path(), &[]).ends(0);

    signs_in_as_everybody(dir.path(), include_str!("../../regulations/system-management.bindings.toml"));
    let data = dir.path().join("demo-system-management-small");
    let before = asked(&data, async |conn| {
        look_around(conn).await;
        size(conn).await
    })
    .await;
    let mut verify = program();
    verify.args(["audit", "verify", "--reconcile", "--data-dir"]).arg(&data);
    run(verify).ends(0).prints(" rows held against their digests\nthe log is whole\n");

    demo(dir.path(), &[]).ends(0);
    assert_eq!(asked(&data, size).await, before, "the second start adds nothing");

    // and nobody takes it for something real
    let mut serve = program();
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data);
    serve.env("MAMORI_ORIGIN", "https://mamori.example.jp");
    run(serve).ends(1).complains("mamori: this database holds the demo's organisation; start it with `mamori demo`");
}

#[tokio::test]
async fn a_cooperative_lives_by_its_own_regulation() {
    lives_for_some_weeks("coop-operations", include_str!("../../regulations/coop-operations.bindings.toml")).await;
}

#[tokio::test]
async fn a_union_lives_by_its_own_regulation() {
    lives_for_some_weeks("osaka-standard", include_str!("../../regulations/osaka-standard.bindings.toml")).await;
}

#[tokio::test]
async fn a_city_lives_by_its_own_regulation() {
    lives_for_some_weeks("katsuura-operations", include_str!("../../regulations/katsuura-operations.bindings.toml"))
        .await;
}
