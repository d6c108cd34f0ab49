//! The private PostgreSQL as an administrator meets it: starting, starting twice, starting after a crash.
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use mamori::kernel::private_pg::{Error, PrivatePg, SUPERUSER};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use std::os::unix::fs::PermissionsExt;

/// A data directory that the server's own user can reach, whoever runs the tests.
fn data_dir() -> tempfile::TempDir {
    let dir = tempfile::Builder::new().prefix("mamori-it-").tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
    dir
}

async fn connect(server: &PrivatePg) -> PgConnection {
    let options = PgConnectOptions::new_without_pgpass().socket(server.socket_dir()).username(SUPERUSER);
    PgConnection::connect_with(&options.database("postgres")).await.unwrap()
}

async fn text(conn: &mut PgConnection, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(conn).await.unwrap()
}

/// Ends the server as a power cut would, leaving its postmaster.pid behind.
fn cut_power(server: PrivatePg, dir: &Path) {
    let guard = server.guard_id();
    let pid_file = fs::read_to_string(dir.join("pg/postmaster.pid")).unwrap();
    let postmaster = pid_file.lines().next().unwrap();
    let killed = Command::new("kill").args(["-9", &guard.to_string(), postmaster]).status().unwrap();
    assert!(killed.success());
    drop(server);
}

#[tokio::test]
async fn the_first_start_makes_a_database_that_knows_japanese_and_opens_no_port() {
    let dir = data_dir();
    let mut server = PrivatePg::start(dir.path(), &[]).unwrap();
    let mut conn = connect(&server).await;

    assert_eq!(text(&mut conn, "show lc_ctype").await, "C.UTF-8");
    assert_eq!(text(&mut conn, "select ('日本語' ~ '\\w')::text").await, "true");
    assert_eq!(text(&mut conn, "show listen_addresses").await, "");
    assert_eq!(text(&mut conn, "show fsync").await, "on");
    assert_eq!(text(&mut conn, "show data_checksums").await, "on");
    assert!(server.running());
    let mode = fs::metadata(server.socket_dir()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "only the server's user may reach the socket");
}

#[tokio::test]
async fn a_second_portal_on_the_same_directory_is_refused_and_told_who_is_there() {
    let dir = data_dir();
    let server = PrivatePg::start(dir.path(), &[]).unwrap();
    let refused = PrivatePg::start(dir.path(), &[]).unwrap_err();

    assert!(matches!(refused, Error::InUse { .. }), "{refused}");
    assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
    drop(server);
    PrivatePg::start(dir.path(), &[]).unwrap();
}

#[tokio::test]
async fn what_was_committed_is_there_after_a_power_cut_and_no_hand_is_needed() {
    let dir = data_dir();
    let server = PrivatePg::start(dir.path(), &[]).unwrap();
    let mut conn = connect(&server).await;
    sqlx::query("create table kept as select 42 as answer").execute(&mut conn).await.unwrap();
    cut_power(server, dir.path());
    assert!(dir.path().join("pg/postmaster.pid").exists(), "the stale file is what this test is about");

    let server = PrivatePg::start(dir.path(), &[]).unwrap();
    let mut conn = connect(&server).await;
    assert_eq!(text(&mut conn, "select answer::text from kept").await, "42");
}

#[tokio::test]
async fn an_interrupted_first_start_begins_again() {
    let dir = data_dir();
    fs::create_dir_all(dir.path().join("pg.new.4711/base")).unwrap();
    fs::create_dir_all(dir.path().join("pg.new/base")).unwrap();
    let server = PrivatePg::start(dir.path(), &[]).unwrap();
    connect(&server).await;
    let left: Vec<String> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("pg.new"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_directory_too_deep_or_oddly_named_for_a_socket_works_all_the_same() {
    let dir = data_dir();
    let odd = dir.path().join("守りのデータ, \u{20}2026").join("d".repeat(90));
    let server = PrivatePg::start(&odd, &[]).unwrap();
    connect(&server).await;
    let spaced = dir.path().join("with space, and comma");
    let second = PrivatePg::start(&spaced, &[]).unwrap();
    assert!(second.socket_dir().starts_with(spaced.canonicalize().unwrap()));
    let mut conn = PgConnection::connect(&second.url(SUPERUSER, "postgres")).await.unwrap();
    assert_eq!(text(&mut conn, "select current_user::text").await, SUPERUSER);
}

#[tokio::test]
async fn a_server_that_dies_is_noticed() {
    let dir = data_dir();
    let mut server = PrivatePg::start(dir.path(), &[]).unwrap();
    let pid_file = fs::read_to_string(dir.path().join("pg/postmaster.pid")).unwrap();
    Command::new("kill").args(["-9", pid_file.lines().next().unwrap()]).status().unwrap();
    let since = Instant::now();
    while server.running() {
        assert!(since.elapsed() < Duration::from_secs(60), "the portal still believes in its server");
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_setting_the_server_does_not_know_is_told_in_its_own_words() {
    let dir = data_dir();
    let refused = PrivatePg::start(dir.path(), &["no_such_setting=on"]).unwrap_err().to_string();
    assert!(refused.contains("postgres failed") && refused.contains("no_such_setting"), "{refused}");
}
