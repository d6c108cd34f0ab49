//! The start refuses what it could not be trusted on: one thing at a time is broken, and the program says which.
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use uuid::Uuid;

use crate::support::command::Said;
use crate::support::portal::Portal;

/// `mamori serve` on this portal's database, over this login. It cannot get as far as serving: what is not refused
/// before is refused because the tests' server works without fsync.
fn serve(portal: &Portal, login: &str, origin: &str) -> Said {
    let mut command = portal.program();
    command.env("DATABASE_URL", portal.url(login)).env("MAMORI_ORIGIN", origin).arg("serve");
    crate::support::command::run(command)
}

/// As it should be run, apart from what was broken.
fn start(portal: &Portal) -> Said {
    serve(portal, "mamori_login", "https://mamori.example.jp")
}

async fn broken(sql: &'static str) -> Said {
    let portal = Portal::open().await;
    portal.superuser().await.execute(sql).await.unwrap();
    start(&portal)
}

#[tokio::test]
async fn without_fsync_nothing_real_is_served() {
    let said = start(&Portal::open().await);
    said.ends(1).complains(
        "mamori: the database may lose what it has confirmed (fsync, full_page_writes, synchronous_commit off); refusing to start",
    );
}

#[tokio::test]
async fn over_plain_http_nothing_real_is_served_not_even_on_loopback() {
    let portal = Portal::open().await;
    for origin in ["http://127.0.0.1:8080", "http://mamori.example.jp"] {
        serve(&portal, "mamori_login", origin).ends(1).complains(
            "mamori: in production people reach the portal over https only: set MAMORI_ORIGIN to its https:// address and put a proxy with TLS before it",
        );
    }
}

const TOO_POWERFUL: &str = "mamori: the portal must not sign in to the database as a superuser or owner: give DATABASE_URL a login that is only a member of mamori_app, mamori_worker and mamori_auth, and MAMORI_MIGRATE_URL the powerful one";

#[tokio::test]
async fn a_login_that_could_get_round_the_walls_is_refused() {
    let portal = Portal::open().await;
    let mut conn = portal.superuser().await;
    serve(&portal, "mamori", "https://mamori.example.jp").ends(1).complains(TOO_POWERFUL);
    // roles are the server's, not the database's: they go again, whatever comes of this
    for power in ["in role mamori_owner", "in role mamori_audit_owner", "bypassrls", "createrole"] {
        let login = format!("it_{}", Uuid::new_v4().simple());
        let (options, memberships) = if power.starts_with("in role") { ("", power) } else { (power, "") };
        let make = format!(
            "create role {login} login noinherit {options} {memberships}; grant mamori_app, mamori_worker, mamori_auth to {login}"
        );
        conn.execute(AssertSqlSafe(make)).await.unwrap();
        let said = serve(&portal, &login, "https://mamori.example.jp");
        conn.execute(AssertSqlSafe(format!("drop role {login}"))).await.unwrap();
        assert!(said.code == 1 && said.err.contains(TOO_POWERFUL), "{power}: {said:?}");
    }
    conn.close().await.unwrap();
}

#[tokio::test]
async fn without_row_level_security_it_does_not_start() {
    broken("alter table request disable row level security; alter table auth.credential disable row level security")
        .await
        .ends(1)
        .complains("tables without row-level security (auth.credential, public.request); refusing to start");
    for table in ["audit.event", "audit.chain", "audit.head", "audit.checkpoint", "audit.shape"] {
        let portal = Portal::open().await;
        let sql = format!("alter table {table} disable row level security");
        portal.superuser().await.execute(AssertSqlSafe(sql)).await.unwrap();
        let named = format!("tables without row-level security ({table}); refusing to start");
        start(&portal).ends(1).complains(&named);
    }
}

#[tokio::test]
async fn a_month_of_the_log_is_reached_through_the_log_alone() {
    let portal = Portal::open().await;
    let mut conn = portal.superuser().await;
    let open: Vec<(String, String)> = sqlx::query_as(
        "select r, i.inhrelid::regclass::text
           from pg_inherits i, unnest(array['mamori_app', 'mamori_worker', 'mamori_auth', 'mamori_verify', 'mamori_backup']) r,
                unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) w
          where i.inhparent = 'audit.event'::regclass and has_table_privilege(r, i.inhrelid, w)",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert!(open.is_empty(), "a partition of the log lies open past its policies: {open:?}");
}

#[tokio::test]
async fn with_a_trigger_of_the_log_or_of_the_duties_off_it_does_not_start() {
    for (sql, named) in [
        ("alter table audit.event disable trigger zz_link", "zz_link on audit.event"),
        ("alter table audit.event disable trigger aa_keep", "aa_keep on audit.event"),
        ("alter table audit.chain disable trigger aa_keep_all", "aa_keep_all on audit.chain"),
        ("drop trigger aa_keep on audit.checkpoint", "aa_keep on audit.checkpoint"),
        ("alter table audit.event_rest disable trigger aa_keep", "aa_keep on audit.event_rest"),
        ("alter table audit.event enable replica trigger zz_link", "zz_link on audit.event"),
        ("alter table decision disable trigger apart", "apart on public.decision"),
        ("drop trigger append_only on execution", "append_only on public.execution"),
        ("alter table acknowledgement disable trigger recipient", "recipient on public.acknowledgement"),
        ("alter table account disable trigger keep_next", "keep_next on public.account"),
        ("alter table account disable trigger zz_seal", "zz_seal on public.account"),
        ("drop trigger zz_seal on auth.credential", "zz_seal on auth.credential"),
    ] {
        let said = broken(sql).await;
        said.ends(1).complains("triggers that protect the records are missing or switched off (").complains(named);
        said.complains("refusing to start: enable them again and run `mamori audit verify`");
    }
}

#[tokio::test]
async fn with_triggers_switched_off_for_the_login_it_does_not_start() {
    let portal = Portal::open().await;
    let mut conn = portal.superuser().await;
    let (name,): (String,) = sqlx::query_as("select current_database()::text").fetch_one(&mut conn).await.unwrap();
    let sql = format!("alter database {name} set session_replication_role = replica");
    conn.execute(AssertSqlSafe(sql)).await.unwrap();
    start(&portal).ends(1).complains("triggers are switched off for this login (session_replication_role is replica)");
}

#[tokio::test]
async fn with_a_privilege_too_wide_it_does_not_start() {
    for (sql, named) in [
        ("grant update on audit.event to mamori_app", "mamori_app: UPDATE on audit.event"),
        ("grant update (kind) on audit.event to mamori_app", "mamori_app: UPDATE on audit.event"),
        ("grant delete on audit.event to mamori_worker", "mamori_worker: DELETE on audit.event"),
        ("grant truncate on audit.chain to mamori_auth", "mamori_auth: TRUNCATE on audit.chain"),
        ("grant update on audit.head to public", "mamori_worker: UPDATE on audit.head"),
        ("grant insert on audit.chain to mamori_app", "mamori_app: INSERT on audit.chain"),
        ("grant insert on audit.checkpoint to mamori_app", "mamori_app: INSERT on audit.checkpoint"),
        ("grant delete on audit.event to mamori_login", "mamori_login: DELETE on audit.event"),
        ("grant update on decision to mamori_app", "mamori_app: UPDATE on public.decision"),
        ("grant delete on execution to mamori_worker", "mamori_worker: DELETE on public.execution"),
        ("grant truncate on acknowledgement to mamori_app", "mamori_app: TRUNCATE on public.acknowledgement"),
        ("grant insert on account_history to mamori_app", "mamori_app: INSERT on public.account_history"),
    ] {
        let said = broken(sql).await;
        said.ends(1).complains("the runtime could rewrite what must stand (").complains(named);
    }
}

#[tokio::test]
async fn without_the_key_that_sealed_its_log_it_does_not_start() {
    let portal = Portal::open().await;
    let empty = tempfile::tempdir().unwrap();
    let mut command = portal.program();
    // any command that opens the portal: `serve` looks at fsync before
    command.env("MAMORI_DATA_DIR", empty.path()).args(["tick"]);
    let said = crate::support::command::run(command);
    said.ends(1).complains("keys/master.key is missing in").complains("restore it from the escrow copy");
    assert!(!empty.path().join("keys/master.key").exists(), "and none is made");
}

#[tokio::test]
async fn on_a_schema_that_is_not_its_own_it_ends_with_three() {
    for (sql, sentence) in [
        (
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (20991231000000, 'later', true, '', 0)",
            "the database is newer than this program (schema 20991231000000, known up to ",
        ),
        (
            "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)",
            "the database is older than this program (schema ",
        ),
        (
            "update _sqlx_migrations set checksum = '\\x00' where version = 20261121000110",
            "migration 20261121000110 of the database is not that of this program: one of the two is of another make",
        ),
    ] {
        let portal = Portal::open().await;
        portal.superuser().await.execute(sql).await.unwrap();
        start(&portal).ends(3).complains(sentence);
        portal.run(&["tick"]).ends(3).complains(sentence);
        // nor does a migration begin over what it does not know
        if !sentence.contains("older") {
            let mut command = portal.program();
            command.env("MAMORI_MIGRATE_URL", portal.url("mamori")).args(["tick"]);
            crate::support::command::run(command).ends(3).complains(sentence);
        }
    }
}

#[tokio::test]
async fn no_secret_stands_in_what_it_complains_of() {
    let address = "postgres://mamori_login:hunter2@127.0.0.1:1/mamori";
    for words in [&["serve"][..], &["doctor"], &["audit", "verify"], &["tick"]] {
        let dir = tempfile::tempdir().unwrap();
        let mut command = crate::support::command::program();
        command.env("DATABASE_URL", address).env("MAMORI_MIGRATE_URL", address);
        command.env("MAMORI_SMTP_URL", "smtp://portal:hunter2@127.0.0.1:1");
        command.env("MAMORI_ORIGIN", "https://mamori.example.jp").env("MAMORI_LOG", "debug");
        command.env("MAMORI_DATA_DIR", dir.path()).args(words);
        let said = crate::support::command::run(command);
        assert_ne!(said.code, 0);
        assert!(!said.err.contains("hunter2") && !said.out.contains("hunter2"), "{words:?}: {said:?}");
    }
}
