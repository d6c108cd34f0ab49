//! The SQL of tables that wait to be filed.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;

/// What is to be mended at a cell, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// `C12`; the row, where no cell is meant
    pub cell: String,
    pub ja: String,
    pub en: String,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// its number in the file
    pub no: u32,
    /// the request that it becomes
    pub id: Uuid,
    /// its answers; none once it was filed
    pub typed: Vec<(String, String)>,
    /// about what
    pub subject: String,
    pub faults: Vec<Fault>,
}

/// A table as it waits, or as it was filed.
#[derive(Debug, Clone)]
pub struct Table {
    pub id: Uuid,
    pub kind: String,
    pub uploaded_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub left_out: String,
    pub lines: Vec<Line>,
    pub filed_at: Option<DateTime<Utc>>,
}

/// A new table.
pub async fn insert(conn: &mut PgConnection, table: &Table, by: PersonId, digest: &[u8]) -> Result<()> {
    let lines = serde_json::to_value(&table.lines).map_err(anyhow::Error::from)?;
    sqlx::query!(
        "insert into filing_table (id, kind, uploaded_by, uploaded_at, expires_at, file_digest, lines, left_out)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        table.id,
        table.kind,
        by.0,
        table.uploaded_at,
        table.expires_at,
        digest,
        lines,
        table.left_out,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One's own table, as long as it has not expired.
pub async fn find(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<Option<Table>> {
    let row = sqlx::query!(
        "select id, kind, uploaded_at, expires_at, left_out, lines, filed_at
           from filing_table
          where id = $1 and uploaded_by = viewer_id() and expires_at > $2",
        id,
        now,
    );
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    Ok(Some(Table {
        id: row.id,
        kind: row.kind,
        uploaded_at: row.uploaded_at,
        expires_at: row.expires_at,
        left_out: row.left_out,
        lines: serde_json::from_value(row.lines).map_err(anyhow::Error::from)?,
        filed_at: row.filed_at,
    }))
}

/// Which rows have become requests, and under which numbers.
pub async fn numbers(conn: &mut PgConnection, lines: &[Line]) -> Result<HashMap<Uuid, String>> {
    let ids: Vec<Uuid> = lines.iter().map(|line| line.id).collect();
    let rows = sqlx::query!("select id, number from request where id = any($1)", &ids).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.number)).collect())
}

/// All that could be filed was: what was answered stands in the requests now.
pub async fn filed(conn: &mut PgConnection, id: Uuid, lines: &[Line], now: DateTime<Utc>) -> Result<()> {
    let lines = serde_json::to_value(lines).map_err(anyhow::Error::from)?;
    sqlx::query!("update filing_table set lines = $2, filed_at = $3 where id = $1", id, lines, now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether there was one of one's own to throw away.
pub async fn discard(conn: &mut PgConnection, id: Uuid) -> Result<bool> {
    let gone = sqlx::query!("delete from filing_table where id = $1 and uploaded_by = viewer_id()", id);
    Ok(gone.execute(conn).await?.rows_affected() > 0)
}

/// Throws away what waited too long.
pub async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
    Ok(sqlx::query!("delete from filing_table where expires_at <= $1", now).execute(conn).await?.rows_affected())
}
