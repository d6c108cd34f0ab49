//! The schema where several processes of one portal start at once.
use mamori::kernel::database::{MIGRATIONS, migrate};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use uuid::Uuid;

use crate::support::portal::Portal;

/// A database in which nothing is yet.
async fn bare() -> (PgConnection, PgConnectOptions) {
    let url = std::env::var("TEST_DATABASE_URL").expect("run the tests with `make test`");
    let server: PgConnectOptions = url.parse().unwrap();
    let name = format!("it_{}", Uuid::new_v4().simple());
    let mut maintenance = PgConnection::connect_with(&server).await.unwrap();
    maintenance.execute(AssertSqlSafe(format!("create database {name} template template0"))).await.unwrap();
    (maintenance, server.database(&name))
}

#[tokio::test]
async fn two_that_migrate_at_once_both_end_well_and_nothing_is_done_twice() {
    let (mut maintenance, database) = bare().await;
    let (one, other) = tokio::join!(migrate(&database), migrate(&database));
    let mut conn = PgConnection::connect_with(&database).await.unwrap();
    let done: (i64, bool) =
        sqlx::query_as("select count(*), bool_and(success) from _sqlx_migrations").fetch_one(&mut conn).await.unwrap();
    // and once more on what is up to date
    let again = migrate(&database).await;
    conn.close().await.unwrap();
    let name = database.get_database().unwrap().to_owned();
    maintenance.execute(AssertSqlSafe(format!("drop database {name} with (force)"))).await.unwrap();
    for ended in [one, other, again] {
        ended.unwrap();
    }
    assert_eq!(done, (i64::try_from(MIGRATIONS.iter().count()).unwrap(), true));
}

#[tokio::test]
async fn two_that_want_the_same_partition_take_turns() {
    let portal = Portal::open().await;
    let (mut one, mut other, mut watch) =
        (portal.superuser().await, portal.superuser().await, portal.superuser().await);
    let make = "select audit.ensure_partitions(date '2090-01-01', 2)";
    let mut open = one.begin().await.unwrap();
    let made: i32 = sqlx::query_scalar(make).fetch_one(&mut *open).await.unwrap();
    let second = tokio::spawn(async move { sqlx::query_scalar::<_, i32>(make).fetch_one(&mut other).await });
    // the second is at it, and has to wait, before the first is done
    let waits =
        "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut watch).await.unwrap() {
        tokio::task::yield_now().await;
    }
    open.commit().await.unwrap();
    assert_eq!((made, second.await.unwrap().unwrap()), (2, 0));
}
