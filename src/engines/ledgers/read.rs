//! Reading a ledger: a page of it, one row, its versions, and how many rows there are.
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use crate::kernel::access::Scope;
use crate::kernel::clock;
use crate::kernel::error::Result;
use crate::kernel::text;

use super::columns::{Chip, Choice, Column, Filter, Kind, Ledger};
use super::cursor::Cursor;
use super::query::Query;
use super::sql;

/// What one cell of a row holds.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing: shown as 「—」.
    Empty,
    /// Words, codes, names.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// A moment.
    Time(DateTime<Utc>),
    /// A whole number.
    Number(i64),
    /// One of the declared choices.
    Choice(&'static Choice),
    /// Several short texts.
    Tags(Vec<String>),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Empty, Self::Empty) => true,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Date(a), Self::Date(b)) => a == b,
            (Self::Time(a), Self::Time(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Choice(a), Self::Choice(b)) => a.value == b.value,
            (Self::Tags(a), Self::Tags(b)) => a == b,
            _ => false,
        }
    }
}

/// A row with the columns that were asked for.
#[derive(Debug, Clone)]
pub struct Row {
    /// The row's id.
    pub id: Uuid,
    /// Its cells, in the order of the columns.
    pub cells: Vec<(&'static Column, Value)>,
}

/// How many rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// Exactly so many.
    Exactly(i64),
    /// 10,000件以上: counting further would take longer than the answer is worth.
    Beyond(i64),
}

/// A page of a ledger.
#[derive(Debug)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// How many rows the whole query has.
    pub total: Total,
    /// Number of the first row, counted from 1; 0 on an empty page.
    pub first: u32,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Where the previous page begins.
    pub previous: Option<String>,
}

/// One version of a row (履歴の1件).
#[derive(Debug, Clone)]
pub struct Version {
    /// Its number.
    pub version: i32,
    /// In force from.
    pub from: DateTime<Utc>,
    /// In force until; none for the one in force now.
    pub until: Option<DateTime<Utc>>,
    /// Who made it; none for the portal itself.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The number of the request behind it.
    pub request: Option<String>,
    /// The row as it was.
    pub row: Row,
}

/// What one version changed: the columns that differ from the version before.
#[derive(Debug)]
pub struct Change<'a> {
    /// The version.
    pub version: &'a Version,
    /// Column, before, after; empty for the first version.
    pub cells: Vec<(&'static Column, &'a Value, &'a Value)>,
}

/// So many rows that hold the words are found by the index; of more, a page is read off in their order as fast.
const FEW: i64 = 1_000;

/// Looks up which rows hold the words of a query, where an index can say it.
pub async fn seek(conn: &mut PgConnection, query: &mut Query) -> Result<()> {
    let words = text::search_words(&query.words);
    if words.is_empty() || query.as_of.is_some() {
        return Ok(());
    }
    if let Some(statement) = sql::saying(query.ledger, &words, FEW) {
        query.found = statement.ids(conn).await?;
    }
    Ok(())
}

/// Reads the page that a query asks for; `known`: how many rows the query has, where that was counted already.
pub async fn page(conn: &mut PgConnection, query: &Query, within: &Scope, known: Option<Total>) -> Result<Page> {
    let columns = query.ledger.list_columns(&query.chosen);
    let as_of = query.as_of.map(end_of);
    let found = sql::page(query, &columns, within, as_of).kept_rows(conn).await?;
    let total = match known {
        Some(total) => total,
        None => total(conn, query, within).await?,
    };
    let more = found.len() > query.per_page as usize;
    let backward = query.cursor.as_ref().is_some_and(|cursor| cursor.backward);
    let mut rows = Vec::with_capacity(found.len());
    for row in found.iter().take(query.per_page as usize) {
        let value: String = row.try_get(columns.len() + 1)?;
        rows.push((read(row, &columns)?, value));
    }
    if backward {
        rows.reverse();
    }
    let before = rows_before(query, rows.len(), more);
    let place = |at: Option<&(Row, String)>, backward, before| {
        at.map(|(row, value)| Cursor::at(query.sort, value.clone(), row.id, backward, before).encode())
    };
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let next = if backward || more { place(rows.last(), false, before + count) } else { None };
    let earlier = if backward { more } else { query.cursor.is_some() };
    let previous = if earlier { place(rows.first(), true, before) } else { None };
    let first = if rows.is_empty() { 0 } else { before + 1 };
    Ok(Page { rows: rows.into_iter().map(|(row, _)| row).collect(), total, first, next, previous })
}

/// How many rows stand before this page. Reading backward to the very beginning sets it right again, should rows
/// have come or gone meanwhile.
fn rows_before(query: &Query, read: usize, more: bool) -> u32 {
    let read = u32::try_from(read).unwrap_or(u32::MAX);
    match &query.cursor {
        None => 0,
        Some(cursor) if !cursor.backward => cursor.before,
        Some(_) if !more => 0,
        Some(cursor) => cursor.before.saturating_sub(read),
    }
}

/// Counts the rows of a query, no further than 10,000.
pub async fn total(conn: &mut PgConnection, query: &Query, within: &Scope) -> Result<Total> {
    let counted = sql::total(query, within, query.as_of.map(end_of), sql::COUNTED).number(conn).await?;
    Ok(Total::of(counted))
}

impl Total {
    fn of(counted: i64) -> Self {
        if counted > sql::COUNTED { Self::Beyond(sql::COUNTED) } else { Self::Exactly(counted) }
    }
}

/// Counts the rows of a ready-made view, as they are or as they stood at the end of a day.
pub async fn chip_total(
    conn: &mut PgConnection,
    ledger: &'static Ledger,
    chip: &'static Chip,
    within: &Scope,
    today: NaiveDate,
    as_of: Option<NaiveDate>,
) -> Result<Total> {
    let mut query = Query::everything(ledger, today);
    query.chip = Some(chip);
    query.as_of = as_of;
    total(conn, &query, within).await
}

/// Counts the rows of every ready-made view, as they are or as they stood at the end of a day: the database is asked once.
pub async fn chip_totals(
    conn: &mut PgConnection,
    ledger: &'static Ledger,
    within: &Scope,
    today: NaiveDate,
    as_of: Option<NaiveDate>,
) -> Result<Vec<Total>> {
    if ledger.chips.is_empty() {
        return Ok(Vec::new());
    }
    let counted = sql::chip_totals(ledger, within, as_of.map(end_of), today).numbers(conn).await?;
    Ok(counted.into_iter().map(Total::of).collect())
}

/// One row with all its columns, as it is or as it stood at the end of a day. Out of reach = none.
pub async fn find(
    conn: &mut PgConnection,
    ledger: &'static Ledger,
    within: &Scope,
    id: Uuid,
    as_of: Option<NaiveDate>,
) -> Result<Option<Row>> {
    let columns: Vec<&'static Column> = ledger.columns.iter().collect();
    let rows = sql::row(ledger, &columns, within, id, as_of.map(end_of)).rows(conn).await?;
    Ok(rows.first().map(|row| read(row, &columns)).transpose()?)
}

/// All versions of a row, the newest first.
pub async fn history(
    conn: &mut PgConnection,
    ledger: &'static Ledger,
    within: &Scope,
    id: Uuid,
) -> Result<Vec<Version>> {
    let columns: Vec<&'static Column> = ledger.columns.iter().collect();
    let mut versions = Vec::new();
    for row in sql::versions(ledger, &columns, within, id).rows(conn).await? {
        versions.push(Version {
            version: row.try_get("version")?,
            from: row.try_get("valid_from")?,
            until: row.try_get("valid_to")?,
            by: row.try_get("changed_by")?,
            reason: row.try_get("change_reason")?,
            request: row.try_get::<Option<Uuid>, _>("change_request")?.and(row.try_get("change_number")?),
            row: read(&row, &columns)?,
        });
    }
    Ok(versions)
}

/// What each version changed, the newest first.
pub fn changes(versions: &[Version]) -> Vec<Change<'_>> {
    let older = versions.iter().skip(1).map(Some).chain([None]);
    versions
        .iter()
        .zip(older)
        .map(|(version, before)| Change {
            version,
            cells: before.map(|before| differing(before, version)).unwrap_or_default(),
        })
        .collect()
}

fn differing<'a>(before: &'a Version, after: &'a Version) -> Vec<(&'static Column, &'a Value, &'a Value)> {
    let pairs = before.row.cells.iter().zip(&after.row.cells);
    pairs.filter(|((_, old), (_, new))| old != new).map(|((column, old), (_, new))| (*column, old, new)).collect()
}

/// The choices of a filter that refers to other rows: `(id, label)`.
pub async fn options(conn: &mut PgConnection, column: &Column) -> Result<Vec<(String, String)>> {
    let statement = match column.filter {
        Filter::Reference { options, .. } => sql::options(options),
        Filter::Department { .. } => sql::options("select id::text, name from department order by code"),
        Filter::None | Filter::Choice | Filter::Range | Filter::Contains => return Ok(Vec::new()),
    };
    statement.rows(conn).await?.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Reads the cells of one row; column 0 is the id.
pub(super) fn read(row: &PgRow, columns: &[&'static Column]) -> sqlx::Result<Row> {
    let cells = columns.iter().enumerate().map(|(index, column)| Ok((*column, cell(row, index + 1, column)?)));
    Ok(Row { id: row.try_get(0)?, cells: cells.collect::<sqlx::Result<_>>()? })
}

fn cell(row: &PgRow, index: usize, column: &'static Column) -> sqlx::Result<Value> {
    let value = match column.kind {
        Kind::Text | Kind::Code | Kind::Person | Kind::Department => {
            row.try_get::<Option<String>, _>(index)?.filter(|text| !text.is_empty()).map(Value::Text)
        }
        Kind::Choice(_) => {
            let stored = row.try_get::<Option<String>, _>(index)?;
            stored.map(|stored| column.choice(&stored).map_or(Value::Text(stored), Value::Choice))
        }
        Kind::Date => row.try_get::<Option<NaiveDate>, _>(index)?.map(Value::Date),
        Kind::Time => row.try_get::<Option<DateTime<Utc>>, _>(index)?.map(Value::Time),
        Kind::Number => row.try_get::<Option<i64>, _>(index)?.map(Value::Number),
        Kind::Tags => row.try_get::<Option<Vec<String>>, _>(index)?.filter(|tags| !tags.is_empty()).map(Value::Tags),
    };
    Ok(value.unwrap_or(Value::Empty))
}

/// The moment at which a day ends in the organisation's time zone (基準日 means the end of that day).
pub(super) fn end_of(day: NaiveDate) -> DateTime<Utc> {
    clock::moment(day.and_time(NaiveTime::MIN)) + TimeDelta::days(1)
}
