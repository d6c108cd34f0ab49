//! The way of the bulk into the database: one transaction of the database's owner, COPY table by table, the triggers that
//! would write again what is loaded switched off within it. Constraints and foreign keys stay on; so do the triggers that
//! make what accounts are found by and hold their rights against their systems.
use anyhow::Context as _;
use sqlx::{Executor as _, PgConnection};
use tokio::sync::mpsc;

use super::row::{Val, copy_line};
use super::tables::{ALL, Table, as_known};
use crate::kernel::audit::proof::Hash;

/// So many bytes wait at most before they are loaded.
const PART: usize = 12 * 1024 * 1024;

/// Lines that wait to be loaded, table by table.
pub type Part = Vec<String>;

/// Where rows are put.
pub struct Out {
    waiting: Part,
    size: usize,
    to: mpsc::Sender<Part>,
}

impl Out {
    /// Rows go this way.
    #[must_use]
    pub fn new(to: mpsc::Sender<Part>) -> Self {
        Self { waiting: empty(), size: 0, to }
    }

    /// Puts one row.
    pub fn put(&mut self, table: &Table, row: &[Val]) -> anyhow::Result<()> {
        let at = ALL.iter().position(|known| known.name == table.name).context("a table that is not loaded")?;
        let lines = &mut self.waiting[at];
        let before = lines.len();
        copy_line(lines, row);
        self.size += lines.len() - before;
        Ok(())
    }

    /// What belongs together is complete: where enough waits, it goes.
    pub fn settle(&mut self) -> anyhow::Result<()> {
        if self.size < PART { Ok(()) } else { self.send() }
    }

    /// Sends what waits. Blocks while the database is behind.
    pub fn send(&mut self) -> anyhow::Result<()> {
        self.size = 0;
        let part = std::mem::replace(&mut self.waiting, empty());
        self.to.blocking_send(part).context("the database takes no more rows")
    }
}

fn empty() -> Part {
    vec![String::new(); ALL.len()]
}

/// Triggers that keep versions, seal, link, judge one by one who acts, and tell who listens: what they would write is
/// loaded, what they would refuse is not made.
const OFF: [&str; 10] = [
    "alter table request disable trigger user",
    "alter table request_round disable trigger user",
    "alter table request_step disable trigger user",
    "alter table request_line disable trigger user",
    "alter table decision disable trigger user",
    "alter table execution disable trigger user",
    "alter table acknowledgement disable trigger user",
    "alter table account_history disable trigger user",
    "alter table account disable trigger keep_first, disable trigger zz_seal",
    "alter table notice disable trigger user",
];
const ON: [&str; 10] = [
    "alter table request enable trigger user",
    "alter table request_round enable trigger user",
    "alter table request_step enable trigger user",
    "alter table request_line enable trigger user",
    "alter table decision enable trigger user",
    "alter table execution enable trigger user",
    "alter table acknowledgement enable trigger user",
    "alter table account_history enable trigger user",
    "alter table account enable trigger keep_first, enable trigger zz_seal",
    "alter table notice enable trigger user",
];
/// The log with each of its partitions.
const LOG_OFF: &str = "do $$ declare part regclass; begin
    for part in select 'audit.event'::regclass union all select inhrelid::regclass from pg_inherits where inhparent = 'audit.event'::regclass loop
      execute format('alter table %s disable trigger zz_link, disable trigger zz_evidence', part);
    end loop; end $$";
const LOG_ON: &str = "do $$ declare part regclass; begin
    for part in select 'audit.event'::regclass union all select inhrelid::regclass from pg_inherits where inhparent = 'audit.event'::regclass loop
      execute format('alter table %s enable trigger zz_link, enable trigger zz_evidence', part);
    end loop; end $$";

/// Opens the transaction of the load.
pub async fn begin(conn: &mut PgConnection) -> anyhow::Result<()> {
    as_known(conn).await?;
    for sql in ["begin", "set local statement_timeout = 0", "set local synchronous_commit = off", LOG_OFF] {
        conn.execute(sql).await?;
    }
    for sql in OFF {
        conn.execute(sql).await?;
    }
    Ok(())
}

/// Loads what comes, until nothing more comes.
pub async fn load(conn: &mut PgConnection, mut from: mpsc::Receiver<Part>) -> anyhow::Result<()> {
    while let Some(part) = from.recv().await {
        for (table, lines) in ALL.into_iter().zip(part).filter(|(_, lines)| !lines.is_empty()) {
            let mut copy = conn.copy_in_raw(&table.copy()).await.with_context(|| table.name)?;
            copy.send(lines.into_bytes()).await.with_context(|| table.name)?;
            copy.finish().await.with_context(|| table.name)?;
        }
    }
    Ok(())
}

/// Moves the counters behind what was loaded, and closes the transaction with every trigger on again.
pub async fn finish(
    conn: &mut PgConnection,
    (seq, hash): (i64, Hash),
    numbers: &[(String, i32, i32)],
) -> anyhow::Result<()> {
    sqlx::query!("update audit.head set seq = $1, hash = $2", seq, &hash[..]).execute(&mut *conn).await?;
    for (prefix, year, last) in numbers {
        sqlx::query!(
            "insert into request_number (prefix, fiscal_year, last) values ($1, $2, $3)
             on conflict (prefix, fiscal_year) do update set last = excluded.last",
            prefix,
            year,
            last
        )
        .execute(&mut *conn)
        .await?;
    }
    sqlx::query!("update account_history h set search = a.search from account a where a.id = h.id and h.search = ''")
        .execute(&mut *conn)
        .await?;
    sqlx::query!("select setval(pg_get_serial_sequence('decision', 'no'), greatest(max(no), 1)) from decision")
        .fetch_one(&mut *conn)
        .await?;
    for sql in ON {
        conn.execute(sql).await?;
    }
    conn.execute(LOG_ON).await?;
    conn.execute("commit").await?;
    conn.execute("analyze").await?;
    Ok(())
}
