//! A trial of a ledger against the real schema: every column, filter, order, view and page is asked once.
//! `mamori doctor` and a test run it, since this is the one place where the compiler cannot check the SQL.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::columns::{Column, Filter, Kind, Ledger, Sort};
use super::cursor::Cursor;
use super::query::{Condition, KANA, Query, Wanted};
use super::read;
use super::sql;
use crate::kernel::access::Scope;
use crate::kernel::error::Result;

/// Asks the ledger everything it can be asked, inside a transaction; gives the number of questions.
pub async fn run(conn: &mut PgConnection, ledger: &'static Ledger, now: DateTime<Utc>) -> Result<usize> {
    let today = crate::kernel::clock::local(now).date_naive();
    let columns: Vec<&'static Column> = ledger.columns.iter().collect();
    let everything = Scope { all: true, departments: Vec::new(), person: Uuid::nil() };
    let some = Scope { all: false, departments: vec![Uuid::max()], person: Uuid::max() };
    let questions = questions(ledger, today);
    for query in &questions {
        for within in [&everything, &some] {
            read::page(conn, query, within, None).await?;
        }
    }
    for at in [None, Some(now)] {
        for within in [&everything, &some] {
            sql::row(ledger, &columns, within, Uuid::nil(), at).rows(conn).await?;
            sql::versions(ledger, &columns, within, Uuid::nil()).rows(conn).await?;
            sql::declare_export(&Query::everything(ledger, today), &columns, within, at, 1).run(conn).await?;
            for row in sql::fetch_export().rows(conn).await? {
                read::read(&row, &columns)?;
            }
            sql::close_export().run(conn).await?;
        }
    }
    for column in ledger.columns {
        read::options(conn, column).await?;
    }
    Ok(questions.len())
}

fn questions(ledger: &'static Ledger, today: NaiveDate) -> Vec<Query> {
    let everything = || Query::everything(ledger, today);
    let mut all = vec![everything()];
    all.push(Query { words: "田中 a".to_owned(), ..everything() });
    all.push(Query { as_of: Some(today), words: "田中".to_owned(), ..everything() });
    all.extend(
        KANA.iter().take(1).filter(|_| ledger.reading.is_some()).map(|row| Query { kana: Some(row), ..everything() }),
    );
    all.extend(ledger.chips.iter().map(|chip| Query { chip: Some(chip), ..everything() }));
    for column in ledger.columns {
        all.push(Query { chosen: vec![column.key.to_owned()], ..everything() });
        all.extend(
            wanted(column, today)
                .into_iter()
                .map(|value| Query { conditions: vec![Condition { column, value }], ..everything() }),
        );
        if column.sortable {
            all.extend(orders(column).into_iter().map(|(sort, cursor)| Query { sort, cursor, ..everything() }));
        }
    }
    all
}

fn wanted(column: &'static Column, today: NaiveDate) -> Vec<Wanted> {
    match (column.filter, column.kind) {
        (Filter::None, _) => Vec::new(),
        (Filter::Choice, Kind::Choice(choices)) => choices.iter().map(|choice| Wanted::Choice(choice.value)).collect(),
        (Filter::Choice, _) => Vec::new(),
        (Filter::Reference { .. }, _) => vec![Wanted::Reference(Uuid::nil())],
        (Filter::Department { .. }, _) => vec![Wanted::Department(Uuid::nil())],
        (Filter::Range, _) => vec![Wanted::Since(today), Wanted::Until(today)],
        (Filter::Contains, _) => vec![Wanted::Contains("語 %_".to_owned())],
    }
}

fn orders(column: &Column) -> Vec<(Sort, Option<Cursor>)> {
    let value = match column.kind {
        Kind::Date => "2026-04-01",
        Kind::Time => "2026-04-01T00:00:00.000000Z",
        Kind::Number => "1",
        _ => "あ",
    };
    let mut orders = Vec::new();
    for descending in [false, true] {
        let sort = Sort { column: column.key, descending };
        orders.push((sort, None));
        for backward in [false, true] {
            orders.push((sort, Some(Cursor::at(sort, value.to_owned(), Uuid::nil(), backward, 0))));
        }
    }
    orders
}
