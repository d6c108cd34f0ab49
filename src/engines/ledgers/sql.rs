//! The one place where SQL is put together from parts: a ledger's declared columns become lists.
//! The text consists of literals only (the builder takes nothing but `&'static str`), everything a
//! reader typed is a bind parameter, and a test prepares each column, filter and order of each ledger.
use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::{Arguments as _, AssertSqlSafe, Row as _};
use uuid::Uuid;

use crate::kernel::access::Scope as Reader;
use crate::kernel::text;

use super::columns::{Chip, Column, Filter, Kind, Ledger, Rows, Sort};
use super::cursor::Cursor;
use super::query::{Condition, Query, Wanted};

/// Rows a total counts to; beyond, the screen says 「10,000件以上」.
pub const COUNTED: i64 = 10_000;

#[derive(Debug, Clone)]
enum Arg {
    Text(String),
    Texts(Vec<String>),
    Id(Uuid),
    Ids(Vec<Uuid>),
    Day(NaiveDate),
    Moment(DateTime<Utc>),
    Number(i64),
}

/// A statement being written.
#[derive(Debug, Default)]
pub struct Statement {
    text: String,
    args: Vec<Arg>,
}

impl Statement {
    fn put(&mut self, sql: &'static str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    fn bind(&mut self, arg: Arg) -> &mut Self {
        self.args.push(arg);
        self.text.push('$');
        self.text.push_str(&self.args.len().to_string());
        self
    }

    #[cfg(test)]
    fn text(&self) -> &str {
        &self.text
    }

    fn arguments(&self) -> PgArguments {
        let mut arguments = PgArguments::default();
        for arg in &self.args {
            // Encoding text, ids, dates and numbers has no way to fail.
            let _ = match arg {
                Arg::Text(value) => arguments.add(value),
                Arg::Texts(value) => arguments.add(value),
                Arg::Id(value) => arguments.add(value),
                Arg::Ids(value) => arguments.add(value),
                Arg::Day(value) => arguments.add(value),
                Arg::Moment(value) => arguments.add(value),
                Arg::Number(value) => arguments.add(value),
            };
        }
        arguments
    }

    // Safe: `put` accepts only literals, and `bind` writes nothing but `$n`.
    fn sql(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(self.text.clone())
    }

    /// Runs it and reads all rows; the connection keeps what it planned.
    pub async fn kept_rows(&self, conn: &mut PgConnection) -> sqlx::Result<Vec<PgRow>> {
        sqlx::query_with(self.sql(), self.arguments()).fetch_all(conn).await
    }

    /// Runs it and reads all rows.
    pub async fn rows(&self, conn: &mut PgConnection) -> sqlx::Result<Vec<PgRow>> {
        // not kept: `fetch … from ledger_export` has the columns of whichever ledger the connection reads now
        sqlx::query_with(self.sql(), self.arguments()).persistent(false).fetch_all(conn).await
    }

    /// Runs it for its effect alone.
    pub async fn run(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query_with(self.sql(), self.arguments()).execute(conn).await.map(|_| ())
    }

    /// Runs it and reads its one list of ids, where it gives one.
    pub async fn ids(&self, conn: &mut PgConnection) -> sqlx::Result<Option<Vec<Uuid>>> {
        sqlx::query_with(self.sql(), self.arguments()).fetch_one(conn).await?.try_get(0)
    }

    /// Runs it and reads its numbers.
    pub async fn numbers(&self, conn: &mut PgConnection) -> sqlx::Result<Vec<i64>> {
        sqlx::query_with(self.sql(), self.arguments()).fetch_one(conn).await?.try_get(0)
    }

    /// Runs it and reads its one number.
    pub async fn number(&self, conn: &mut PgConnection) -> sqlx::Result<i64> {
        sqlx::query_with(self.sql(), self.arguments()).fetch_one(conn).await?.try_get(0)
    }
}

/// Rows of one page, and one more that tells whether another page follows. Which rows they are is settled first, over no
/// more than what narrows and orders them; everything else that a row says is looked up for these alone.
pub fn page(query: &Query, columns: &[&'static Column], within: &Reader, as_of: Option<DateTime<Utc>>) -> Statement {
    let backward = query.cursor.as_ref().is_some_and(|cursor| cursor.backward);
    let narrow = |statement: &mut Statement| {
        conditions(statement, query, within);
        if let Some(cursor) = &query.cursor {
            beyond(statement, query, cursor);
        }
        order(statement, query.ledger, query.sort, backward);
    };
    let source = &query.ledger.source;
    let mut statement = Statement::default();
    select(&mut statement, query.ledger, columns, Some(query.sort));
    statement.put("\n  from (select ").put(source.alias).put(".*");
    if few(within) {
        // gathered by the indexes of the scope before they are ordered, instead of looked for in the order of everybody's
        statement.put("\n  from (select ").put(source.alias).put(".*");
        from_only(&mut statement, query.ledger, as_of, |statement| reach(statement, query.ledger, within));
        reach(&mut statement, query.ledger, within);
        statement.put("\n offset 0) ").put(source.alias).put("\n       ");
        joined_with(&mut statement, query.ledger, narrow);
    } else {
        from_only(&mut statement, query.ledger, as_of, narrow);
    }
    narrow(&mut statement);
    statement.put("\n limit ").put(one_more(query.per_page)).put(") ").put(source.alias);
    statement.put("\n       ").put(source.joins);
    order(&mut statement, query.ledger, query.sort, backward);
    statement
}

/// A page and one row more, written out: where the number is known, few rows are planned for.
const fn one_more(per_page: u32) -> &'static str {
    match per_page {
        50 => "51",
        100 => "101",
        _ => "201",
    }
}

/// Which rows hold all these words, where they are no more than `most`; else nothing.
pub fn saying(ledger: &Ledger, words: &[String], most: i64) -> Option<Statement> {
    let mut statement = Statement::default();
    statement.put("select ").put(ledger.source.saying?).put("(").bind(Arg::Texts(words.to_vec()));
    statement.put(", ").bind(Arg::Number(most)).put("::int)");
    Some(statement)
}

/// Every row of the query in its order, up to `limit`: what an export reads through a database cursor.
pub fn declare_export(
    query: &Query,
    columns: &[&'static Column],
    within: &Reader,
    as_of: Option<DateTime<Utc>>,
    limit: i64,
) -> Statement {
    let mut statement = Statement::default();
    statement.put("declare ledger_export no scroll cursor for\n");
    select(&mut statement, query.ledger, columns, None);
    narrowed(&mut statement, query, within, as_of);
    order(&mut statement, query.ledger, query.sort, false);
    statement.put("\n limit ").bind(Arg::Number(limit));
    statement
}

/// The next rows of an export.
pub fn fetch_export() -> Statement {
    let mut statement = Statement::default();
    statement.put("fetch forward 500 from ledger_export");
    statement
}

/// Ends an export's reading.
pub fn close_export() -> Statement {
    let mut statement = Statement::default();
    statement.put("close ledger_export");
    statement
}

/// How many rows the query has, counted no further than `up_to` + 1.
pub fn total(query: &Query, within: &Reader, as_of: Option<DateTime<Utc>>, up_to: i64) -> Statement {
    let mut statement = Statement::default();
    statement.put("select count(*) from (select 1");
    counted(&mut statement, query, within, as_of);
    statement.put("\n limit ").bind(Arg::Number(up_to + 1)).put(") counted");
    statement
}

/// How many rows each ready-made view of a ledger has: all of them counted in one go over its rows.
pub fn chip_totals(
    ledger: &'static Ledger,
    within: &Reader,
    as_of: Option<DateTime<Utc>>,
    today: NaiveDate,
) -> Statement {
    let each = |statement: &mut Statement| {
        for (at, chip) in ledger.chips.iter().enumerate() {
            statement.put(if at == 0 { "" } else { ",\n       " }).put("count(*) filter (where ");
            view(statement, chip, today);
            statement.put(")");
        }
    };
    let mut statement = Statement::default();
    statement.put("select array[");
    each(&mut statement);
    statement.put("]::bigint[]");
    from_only(&mut statement, ledger, as_of, |statement| {
        each(statement);
        reach(statement, ledger, within);
    });
    reach(&mut statement, ledger, within);
    statement
}

/// One row, if it is within reach.
pub fn row(
    ledger: &'static Ledger,
    columns: &[&'static Column],
    within: &Reader,
    id: Uuid,
    as_of: Option<DateTime<Utc>>,
) -> Statement {
    let mut statement = Statement::default();
    select(&mut statement, ledger, columns, None);
    from(&mut statement, ledger, as_of);
    statement.put("\n where ");
    scope(&mut statement, ledger, within);
    statement.put("\n   and ").put(ledger.source.alias).put(".id = ").bind(Arg::Id(id));
    statement
}

/// All versions of one row, the newest first, with who made them and why.
pub fn versions(ledger: &'static Ledger, columns: &[&'static Column], within: &Reader, id: Uuid) -> Statement {
    let alias = ledger.source.alias;
    let mut statement = Statement::default();
    select(&mut statement, ledger, columns, None);
    for extra in [".version", ".valid_from", ".valid_to", ".change_reason", ".change_request"] {
        statement.put(",\n       ").put(alias).put(extra);
    }
    statement.put(",\n       ").put(ledger.source.number.unwrap_or("null::text")).put(" as change_number");
    statement.put(",\n       (select concat_ws(' ', changer.family_name, nullif(changer.given_name, ''))");
    statement
        .put("\n          from person changer\n         where changer.id = ")
        .put(alias)
        .put(".changed_by) as changed_by");
    statement.put("\n  from ").put(ledger.source.history).put(" ").put(alias).put("\n       ").put(ledger.source.joins);
    statement.put("\n where ");
    scope(&mut statement, ledger, within);
    statement.put("\n   and ").put(alias).put(".id = ").bind(Arg::Id(id));
    statement.put("\n order by ").put(alias).put(".version desc");
    statement
}

/// The choices of a reference filter.
pub fn options(sql: &'static str) -> Statement {
    let mut statement = Statement::default();
    statement.put(sql);
    statement
}

fn select(statement: &mut Statement, ledger: &Ledger, columns: &[&'static Column], sort: Option<Sort>) {
    statement.put("select ").put(ledger.source.alias).put(".id");
    for column in columns {
        statement.put(",\n       (").put(column.sql).put(")").put(cast(column.kind));
    }
    if let Some(column) = sort.and_then(|sort| ledger.column(sort.column)) {
        statement.put(",\n       ");
        sort_value(statement, column);
    }
}

/// The type each kind of column is read as.
fn cast(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Code | Kind::Person | Kind::Department | Kind::Choice(_) => "::text",
        Kind::Date => "::date",
        Kind::Time => "::timestamptz",
        Kind::Number => "::bigint",
        Kind::Tags => "::text[]",
    }
}

fn table(statement: &mut Statement, ledger: &Ledger, as_of: Option<DateTime<Utc>>) {
    let source = &ledger.source;
    statement.put("\n  from ");
    match as_of {
        None => statement.put(source.table),
        Some(moment) => {
            statement.put("(select * from ").put(source.history).put(" version\n         where version.valid_from < ");
            statement
                .bind(Arg::Moment(moment))
                .put("\n           and (version.valid_to is null or version.valid_to >= ");
            statement.bind(Arg::Moment(moment)).put("))")
        }
    };
    statement.put(" ").put(source.alias).put("\n       ");
}

fn from(statement: &mut Statement, ledger: &Ledger, as_of: Option<DateTime<Utc>>) {
    table(statement, ledger, as_of);
    statement.put(ledger.source.joins);
}

/// The ledger joined with no more than what narrows it. A join of a ledger adds words to a row and neither takes nor repeats one
/// (`Source::joins`): where its alias stands in no condition and no order, nor in a join that stays, it is left out.
fn from_only(
    statement: &mut Statement,
    ledger: &Ledger,
    as_of: Option<DateTime<Utc>>,
    narrow: impl Fn(&mut Statement),
) {
    table(statement, ledger, as_of);
    joined_with(statement, ledger, narrow);
}

/// A section with so many below it reads most of the rows: they are as quickly found in their order.
const FEW_SECTIONS: usize = 40;

/// Does whoever reads reach few of the rows?
fn few(within: &Reader) -> bool {
    !within.all && within.departments.len() <= FEW_SECTIONS
}

fn reach(statement: &mut Statement, ledger: &Ledger, within: &Reader) {
    statement.put("\n where ");
    scope(statement, ledger, within);
}

fn joined_with(statement: &mut Statement, ledger: &Ledger, narrow: impl Fn(&mut Statement)) {
    let mut asked = Statement::default();
    narrow(&mut asked);
    // what comes later may speak of what came before, never the other way round
    let mut kept: Vec<&'static str> = Vec::new();
    for join in ledger.source.joins.lines().rev() {
        let alias = join.split_once(" on ").and_then(|(before, _)| before.split_whitespace().last());
        let used = |alias: &str| {
            let named = format!("{alias}.");
            asked.text.contains(&named) || kept.iter().any(|later| later.contains(&named))
        };
        if alias.is_none_or(used) {
            kept.push(join);
        }
    }
    for join in kept.into_iter().rev() {
        statement.put(join).put("\n");
    }
}

fn narrowed(statement: &mut Statement, query: &Query, within: &Reader, as_of: Option<DateTime<Utc>>) {
    from(statement, query.ledger, as_of);
    conditions(statement, query, within);
}

/// The same for counting.
fn counted(statement: &mut Statement, query: &Query, within: &Reader, as_of: Option<DateTime<Utc>>) {
    from_only(statement, query.ledger, as_of, |statement| conditions(statement, query, within));
    conditions(statement, query, within);
}

fn conditions(statement: &mut Statement, query: &Query, within: &Reader) {
    let ledger = query.ledger;
    statement.put("\n where ");
    scope(statement, ledger, within);
    if let Some(chip) = query.chip {
        statement.put("\n   and ");
        view(statement, chip, query.today);
    }
    for condition in &query.conditions {
        statement.put("\n   and ");
        filter(statement, condition);
    }
    if let (Some(reading), Some((_, letters))) = (ledger.reading, query.kana) {
        let letters = letters.chars().map(String::from).collect();
        statement.put("\n   and left(").put(reading.sql).put(", 1) = any(").bind(Arg::Texts(letters)).put(")");
    }
    match &query.found {
        Some(found) => {
            statement
                .put("\n   and ")
                .put(ledger.source.alias)
                .put(".id = any(")
                .bind(Arg::Ids(found.clone()))
                .put(")");
        }
        None => search(statement, ledger, &query.words),
    }
}

/// The condition of a ready-made view.
fn view(statement: &mut Statement, chip: &Chip, today: NaiveDate) {
    match chip.rows {
        Rows::All => {
            statement.put("true");
        }
        Rows::Where(condition) => {
            statement.put("(").put(condition).put(")");
        }
        Rows::DueWithin { date, days, and } => {
            let last = today.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX);
            statement.put(date).put(" between ").bind(Arg::Day(today));
            statement.put(" and ").bind(Arg::Day(last)).put("\n   and (").put(and).put(")");
        }
        Rows::Past { date, and } => {
            statement.put(date).put(" < ").bind(Arg::Day(today)).put("\n   and (").put(and).put(")");
        }
    }
}

fn scope(statement: &mut Statement, ledger: &Ledger, within: &Reader) {
    if within.all {
        statement.put("true");
        return;
    }
    statement.put("(false");
    if !within.departments.is_empty() {
        let sections = || Arg::Ids(within.departments.clone());
        if let Some(column) = ledger.scope.department {
            statement.put(" or ").put(column).put(" = any(").bind(sections()).put(")");
        }
        if let Some(owned) = &ledger.scope.owner {
            statement
                .put(" or ")
                .put(owned.row)
                .put(" = any(array(")
                .put(owned.by)
                .put(" = any(")
                .bind(sections())
                .put(")))");
        }
    }
    if let (Some(column), false) = (ledger.scope.person, within.person.is_nil()) {
        statement.put(" or ").put(column).put(" = ").bind(Arg::Id(within.person));
    }
    statement.put(")");
}

fn filter(statement: &mut Statement, condition: &Condition) {
    let column = condition.column;
    match (&condition.value, column.filter) {
        (Wanted::Choice(value), _) => {
            statement.put("(").put(column.sql).put(")::text = ").bind(Arg::Text((*value).to_owned()))
        }
        (Wanted::Reference(id), Filter::Reference { sql, .. }) => statement.put(sql).put(" = ").bind(Arg::Id(*id)),
        (Wanted::Department(id), Filter::Department { sql }) => {
            statement.put(sql).put(" in (select department_and_below(").bind(Arg::Id(*id)).put("))")
        }
        (Wanted::Since(day), _) => {
            statement.put("(").put(column.sql).put(")").put(day_of(column.kind)).put(" >= ").bind(Arg::Day(*day))
        }
        (Wanted::Until(day), _) => {
            statement.put("(").put(column.sql).put(")").put(day_of(column.kind)).put(" <= ").bind(Arg::Day(*day))
        }
        (Wanted::Contains(words), _) => {
            contains(statement, column, words);
            statement
        }
        _ => statement.put("false"),
    };
}

/// Each word must occur in the column.
fn contains(statement: &mut Statement, column: &Column, words: &str) {
    statement.put("(true");
    for word in text::search_words(words) {
        statement.put(" and search_key(").bind(Arg::Text(word.clone())).put(") <> ''");
        statement.put(" and strpos(search_key((").put(column.sql).put(")::text), search_key(");
        statement.bind(Arg::Text(word)).put(")) > 0");
    }
    statement.put(")");
}

fn day_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Time => "::timestamptz at time zone 'Asia/Tokyo'",
        _ => "::date",
    }
}

/// Each word must occur. The database folds the words with the very function that folded the rows; one of which nothing is left finds
/// nothing.
fn search(statement: &mut Statement, ledger: &Ledger, words: &str) {
    for word in text::search_words(words) {
        let column = ledger.source.search;
        statement.put("\n   and search_key(").bind(Arg::Text(word.clone())).put(") <> ''");
        statement.put("\n   and strpos(").put(column).put(", search_key(").bind(Arg::Text(word)).put(")) > 0");
    }
}

/// The column's value for ordering: never null, so that pages neither skip nor repeat a row.
fn sort_key(statement: &mut Statement, column: &Column) {
    let sql = column.order_sql();
    match column.kind {
        Kind::Date => statement.put("coalesce((").put(sql).put(")::date, 'infinity')"),
        Kind::Time => statement.put("coalesce((").put(sql).put(")::timestamptz, 'infinity')"),
        Kind::Number => statement.put("coalesce((").put(sql).put(")::bigint, 0)"),
        Kind::Tags => statement.put("coalesce(array_to_string(").put(sql).put(", '、'), '')"),
        Kind::Code => statement.put("coalesce((").put(sql).put(")::text, '') collate \"C\""),
        Kind::Text | Kind::Person | Kind::Department | Kind::Choice(_) => {
            statement.put("coalesce((").put(sql).put(")::text, '') collate \"ja-x-icu\"")
        }
    };
}

/// The same value as text, as a cursor keeps it.
fn sort_value(statement: &mut Statement, column: &Column) {
    match column.kind {
        Kind::Time => {
            let sql = column.order_sql();
            statement.put("coalesce(to_char((").put(sql).put(")::timestamptz at time zone 'UTC', ");
            statement.put("'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), 'infinity')");
        }
        _ => {
            statement.put("(");
            sort_key(statement, column);
            statement.put(")::text");
        }
    }
}

fn beyond(statement: &mut Statement, query: &Query, cursor: &Cursor) {
    let Some(column) = query.ledger.column(query.sort.column) else { return };
    let type_name = match column.kind {
        Kind::Date => "::date",
        Kind::Time => "::timestamptz",
        Kind::Number => "::bigint",
        _ => "::text",
    };
    let upward = query.sort.descending == cursor.backward;
    // said of the value alone as well: that an index is asked with, where the row stands in another table
    statement.put("\n   and ");
    sort_key(statement, column);
    statement.put(if upward { " >= " } else { " <= " });
    statement.bind(Arg::Text(cursor.value.clone())).put("::text").put(type_name);
    statement.put("\n   and (");
    sort_key(statement, column);
    statement.put(", ").put(query.ledger.source.alias).put(".id) ");
    statement.put(if upward { "> (" } else { "< (" });
    statement
        .bind(Arg::Text(cursor.value.clone()))
        .put("::text")
        .put(type_name)
        .put(", ")
        .bind(Arg::Id(cursor.id))
        .put(")");
}

fn order(statement: &mut Statement, ledger: &Ledger, sort: Sort, backward: bool) {
    let direction = if sort.descending == backward { " asc" } else { " desc" };
    statement.put("\n order by ");
    if let Some(column) = ledger.column(sort.column) {
        sort_key(statement, column);
        statement.put(direction).put(", ");
    }
    statement.put(ledger.source.alias).put(".id").put(direction);
}

#[cfg(test)]
mod tests {
    use super::super::sample::SAMPLE;
    use super::*;

    fn reader(all: bool, departments: usize, person: bool) -> Reader {
        let person = if person { Uuid::max() } else { Uuid::nil() };
        Reader { all, departments: vec![Uuid::max(); departments], person }
    }

    fn text(pairs: &[(&str, &str)], within: &Reader) -> String {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let query = Query::parse(&SAMPLE, &pairs, NaiveDate::MIN);
        page(&query, &SAMPLE.list_columns(&[]), within, None).text().to_owned()
    }

    #[test]
    fn nothing_a_reader_types_becomes_sql() {
        let hostile = "x' or 1=1 --";
        let pairs =
            ["q", "name", "state", "sort", "kana", "view", "cols", "at", "until_from"].map(|key| (key, hostile));
        let sql = text(&pairs, &reader(true, 0, false));
        assert!(!sql.contains("1=1"), "{sql}");
    }

    #[test]
    fn a_reader_without_reach_gets_a_condition_that_is_never_true() {
        assert!(text(&[], &reader(false, 0, false)).contains("where (false)"));
    }

    #[test]
    fn a_department_reader_sees_departments_and_oneself() {
        let sql = text(&[], &reader(false, 1, true));
        assert!(sql.contains("(false or s.department_id = any($1) or s.person_id = $2)"), "{sql}");
    }

    #[test]
    fn going_back_reads_the_other_way_round() {
        let at = |backward| Cursor::at(SAMPLE.sort, "x".into(), Uuid::nil(), backward, 50).encode();
        let everything = reader(true, 0, false);
        let forward = text(&[("at", &at(false))], &everything);
        let backward = text(&[("at", &at(true))], &everything);
        assert!(forward.contains("s.id) > (") && forward.contains("s.id asc"), "{forward}");
        assert!(backward.contains("s.id) < (") && backward.contains("s.id desc"), "{backward}");
    }
}
