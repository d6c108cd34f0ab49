//! What the pages of a ledger show: cells, filters, chips, pages and history in the reader's words.
use askama::Template;

use super::columns::{Choice, Column, Filter, Kind, Ledger, Mark, Shown};
use super::query::{KANA, PAGES, Query};
use super::read::{Change, Page, Row, Total, Value, Version};
use crate::web::dates::Dates;
use crate::web::locale::Words;
use crate::web::parts::DayField;
use crate::web::shell::Shell;

/// A cell as it is drawn.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The words; 「—」 for nothing.
    pub text: String,
    /// The words above its column, where rows are folded.
    pub label: String,
    /// Classes of the cell.
    pub class: &'static str,
    /// Ending of the tag's class, when the value needs attention, and its drawing.
    pub tag: Option<(&'static str, &'static str)>,
}

/// A row as it is drawn.
#[derive(Debug)]
pub struct Line {
    /// Address of the row.
    pub href: String,
    /// Its cells; the first carries the link.
    pub cells: Vec<Cell>,
    /// Something in it is to be mended.
    pub bad: bool,
}

/// A column's head.
#[derive(Debug)]
pub struct Head {
    /// Its words.
    pub label: String,
    /// Address that orders by it.
    pub href: Option<String>,
    /// `ascending`, `descending`, or empty.
    pub sorted: &'static str,
    /// Classes of the cell.
    pub class: &'static str,
}

/// A ready-made or kept view.
#[derive(Debug)]
pub struct ChipView {
    /// Its words.
    pub label: String,
    /// How many rows; empty when they are not counted.
    pub count: String,
    /// Its address.
    pub href: String,
    /// In use now.
    pub current: bool,
    /// Something to act on.
    pub urgent: bool,
    /// Address that forgets it, for one's own.
    pub forget: Option<String>,
}

/// A field of the filter form.
#[derive(Debug)]
pub struct Field {
    /// Name in the address.
    pub name: String,
    /// Its words.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// Its choices; none = a field to type in.
    pub choices: Vec<(String, String)>,
    /// A day?
    pub day: Option<DayField>,
}

/// The list of a ledger (一覧).
#[derive(Template)]
#[template(path = "ledgers/list.html")]
pub struct List {
    pub shell: Shell,
    pub lead: String,
    pub path: &'static str,
    pub search_hint: String,
    pub words: String,
    pub chips: Vec<ChipView>,
    pub fields: Vec<Field>,
    pub more: Vec<Field>,
    pub more_open: bool,
    /// Pairs that the filter form keeps.
    pub kept: Vec<(String, String)>,
    /// Pairs that the column form keeps.
    pub kept_by_columns: Vec<(String, String)>,
    /// Everything in force, to be kept as a view.
    pub query: String,
    pub kana: Vec<(String, String, bool)>,
    pub kana_label: String,
    pub heads: Vec<Head>,
    pub lines: Vec<Line>,
    pub range: String,
    pub total: String,
    pub previous: Option<String>,
    pub next: Option<String>,
    pub per_page: Vec<(u32, String, bool)>,
    /// Key, words, chosen.
    pub columns: Vec<(&'static str, String, bool)>,
    pub as_of: Option<String>,
    pub as_of_field: DayField,
    pub without_as_of: String,
    pub narrows: bool,
    pub export: Option<String>,
    pub add: Option<(&'static str, String)>,
}

/// A fact on the detail page.
#[derive(Debug)]
pub struct Fact {
    /// Its words.
    pub label: String,
    /// What holds.
    pub cell: Cell,
    /// Where it leads.
    pub href: Option<String>,
}

/// An entry of the history.
#[derive(Debug)]
pub struct Entry {
    /// For the `datetime` attribute.
    pub machine: String,
    /// When, in words.
    pub at: String,
    /// What happened.
    pub title: String,
    /// Column, before, after.
    pub diffs: Vec<(String, String, String)>,
    /// Who.
    pub by: String,
    /// The request: number.
    pub request: Option<String>,
    /// The first entry of a row.
    pub first: bool,
}

/// A table beside the facts, which a feature adds to the detail page.
#[derive(Debug, Default)]
pub struct Panel {
    /// Its heading.
    pub title: String,
    /// A word beside the heading.
    pub note: String,
    /// Where all of it is found: address and words.
    pub link: Option<(String, String)>,
    /// Heads of the columns.
    pub heads: Vec<String>,
    /// Rows: address of the first cell, cells.
    pub rows: Vec<(Option<String>, Vec<String>)>,
    /// What is said when there are no rows.
    pub empty: String,
}

/// Something that can be done with the row.
#[derive(Debug)]
pub struct Act {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub label: String,
    /// Name of the drawing.
    pub icon: &'static str,
}

/// What a feature adds to the detail page of its ledger.
#[derive(Debug, Default)]
pub struct Extra {
    /// A word beside the heading.
    pub subtitle: String,
    /// What can be done.
    pub acts: Vec<Act>,
    /// Tables under the facts.
    pub panels: Vec<Panel>,
}

/// One row of a ledger with its history (詳細).
#[derive(Template)]
#[template(path = "ledgers/detail.html")]
pub struct Detail {
    pub shell: Shell,
    pub tag: Option<Cell>,
    pub facts: Vec<Fact>,
    pub entries: Vec<Entry>,
    pub requests: Vec<String>,
    /// May the reader open them?
    pub linked: bool,
    pub as_of: Option<String>,
    pub as_of_field: DayField,
    pub path: String,
    pub extra: Extra,
}

/// Before a ledger is written out (書き出し).
#[derive(Template)]
#[template(path = "ledgers/export.html")]
pub struct ExportPage {
    pub shell: Shell,
    pub action: String,
    /// The filters, sent along.
    pub kept: Vec<(String, String)>,
    /// In words: how many rows.
    pub total: String,
    /// The filters in words: label and value.
    pub conditions: Vec<(String, String)>,
    /// Key, words, what it is for, chosen.
    pub formats: Vec<(&'static str, String, String, bool)>,
    /// More rows than fit into one file.
    pub too_many: Option<String>,
    /// The password is asked again.
    pub ask_password: bool,
    /// What CP932 cannot hold: character, how often, where.
    pub lost: Vec<(String, String, String)>,
    pub back: String,
}

/// Draws a value.
pub fn cell(w: Words, dates: &Dates, column: &Column, value: &Value) -> Cell {
    let (class, tag) = match (column.kind, value) {
        (Kind::Code, _) => ("nowrap", None),
        (Kind::Number, _) => ("amt", None),
        (_, Value::Choice(choice)) => ("nowrap", mark(choice)),
        (Kind::Text | Kind::Tags, _) => ("", None),
        _ => ("nowrap", None),
    };
    Cell { text: text(w, dates, value), label: w.t(column.label).into_owned(), class, tag }
}

fn mark(choice: &Choice) -> Option<(&'static str, &'static str)> {
    match choice.mark {
        Mark::Plain => None,
        Mark::Done => Some(("done", "cross")),
        Mark::Wait => Some(("wait", "clock")),
        Mark::Bad => Some(("bad", "warn")),
    }
}

/// A value in words.
pub fn text(w: Words, dates: &Dates, value: &Value) -> String {
    match value {
        Value::Empty => "—".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Date(day) => dates.column(day),
        Value::Time(at) => dates.short_at(at),
        Value::Number(number) => crate::web::dates::thousands(*number),
        Value::Choice(choice) => w.t(choice.label).into_owned(),
        Value::Tags(tags) => tags.join(&w.t("web-list-comma")),
    }
}

/// The column of the date that has gone by although the row still runs.
fn past(ledger: &Ledger, dates: &Dates, row: &Row) -> Option<&'static str> {
    let ends = ledger.ends?;
    let value = |key: &str| row.cells.iter().find(|(column, _)| column.key == key).map(|(_, value)| value);
    let running = matches!(value(ends.state)?, Value::Choice(choice) if choice.value == ends.running);
    let over = matches!(value(ends.date)?, Value::Date(day) if *day < dates.today);
    (running && over).then_some(ends.date)
}

/// A date that has gone by: 「R8.7.13 超過」
fn over(w: Words, dates: &Dates, column: &Column, value: &Value) -> Cell {
    let text = w.t1("ledgers-past", "day", text(w, dates, value)).into_owned();
    Cell { text, tag: Some(("bad", "warn")), ..cell(w, dates, column, value) }
}

/// Draws the values of a row on its own page. On a past day nothing is over yet that was not then: `then` is that day's.
pub fn full(w: Words, dates: &Dates, then: &Dates, ledger: &Ledger, row: &Row) -> Vec<(&'static Column, Cell)> {
    let past = past(ledger, then, row);
    let drawn = |(column, value): &(&'static Column, Value)| match past.filter(|key| *key == column.key) {
        Some(_) => (*column, over(w, dates, column, value)),
        None => (*column, cell(w, dates, column, value)),
    };
    row.cells.iter().map(drawn).collect()
}

/// Draws a value in a list, where a row is one line: moments are short, and what is long is cut at the edge of its
/// column. The row's own page has all of it.
fn short(w: Words, dates: &Dates, column: &Column, value: &Value) -> Cell {
    let drawn = cell(w, dates, column, value);
    match value {
        Value::Empty => Cell { class: "muted", ..drawn },
        Value::Time(at) => Cell { text: dates.tiny_at(at), ..drawn },
        _ if matches!(column.kind, Kind::Text | Kind::Tags) => Cell { class: "long", ..drawn },
        _ => drawn,
    }
}

/// The columns that the list draws: those of the query, without the exceptional ones that no row of the page has.
pub fn columns(query: &Query, rows: &[Row]) -> Vec<&'static Column> {
    let has = |key: &str, row: &Row| {
        row.cells.iter().any(|(column, value)| column.key == key && !matches!(value, Value::Empty))
    };
    let drawn = |column: &&'static Column| {
        column.shown != Shown::Exception || !query.chosen.is_empty() || rows.iter().any(|row| has(column.key, row))
    };
    query.ledger.list_columns(&query.chosen).into_iter().filter(drawn).collect()
}

/// Draws rows in these columns.
pub fn lines(w: Words, dates: &Dates, ledger: &Ledger, columns: &[&'static Column], rows: &[Row]) -> Vec<Line> {
    let line = |row: &Row| {
        let past = past(ledger, dates, row);
        let drawn = |(column, value): &(&'static Column, Value)| match past.filter(|key| *key == column.key) {
            Some(_) => over(w, dates, column, value),
            None => short(w, dates, column, value),
        };
        let shown = |(column, _): &&(&'static Column, Value)| columns.iter().any(|known| known.key == column.key);
        let cells: Vec<Cell> = row.cells.iter().filter(shown).map(drawn).collect();
        let bad = cells.iter().any(|cell| cell.tag.is_some_and(|(class, _)| class == "bad"));
        Line { href: format!("{}/{}", ledger.path, row.id), cells, bad }
    };
    rows.iter().map(line).collect()
}

/// Draws the heads of a list.
pub fn heads(w: Words, query: &Query, columns: &[&'static Column]) -> Vec<Head> {
    let head = |column: &&'static Column| Head {
        label: w.t(column.label).into_owned(),
        href: column.sortable.then(|| query.sort_address(column)),
        sorted: match query.sort.column == column.key {
            true if query.sort.descending => "descending",
            true => "ascending",
            false => "",
        },
        class: if matches!(column.kind, Kind::Number) { "amt" } else { "" },
    };
    columns.iter().map(head).collect()
}

/// Draws the filter form: what is asked most in the first line, the rest under 「条件を増やす」.
pub fn fields(w: Words, query: &Query, options: &[(&'static str, Vec<(String, String)>)]) -> (Vec<Field>, Vec<Field>) {
    let (mut first, mut more) = (Vec::new(), Vec::new());
    for column in query.ledger.columns {
        let label = w.t(column.label).into_owned();
        let field = |name: String, label: String, choices, date: bool| Field {
            value: query.typed(&name),
            day: date.then(|| day(w, query, &format!("f-{name}"), &name, &label)),
            name,
            label,
            choices,
        };
        match column.filter {
            Filter::None => {}
            Filter::Choice => {
                let Kind::Choice(choices) = column.kind else { continue };
                let choices =
                    choices.iter().map(|choice| (choice.value.to_owned(), w.t(choice.label).into_owned())).collect();
                let field = field(column.key.to_owned(), label, choices, false);
                if column.shown == Shown::List { first.push(field) } else { more.push(field) }
            }
            Filter::Reference { .. } | Filter::Department { .. } => {
                let choices = options.iter().find(|(key, _)| *key == column.key).map(|(_, options)| options.clone());
                first.push(field(column.key.to_owned(), label, choices.unwrap_or_default(), false));
            }
            Filter::Contains => more.push(field(column.key.to_owned(), label, Vec::new(), false)),
            Filter::Range => {
                let ends = [("from", "ledgers-from"), ("to", "ledgers-to")];
                more.extend(ends.map(|(end, words)| {
                    field(format!("{}_{end}", column.key), w.t1(words, "column", &label).into_owned(), Vec::new(), true)
                }));
            }
        }
    }
    (first, more)
}

fn day(w: Words, query: &Query, id: &str, key: &str, label: &str) -> DayField {
    DayField::new(w, id, key, label, query.typed(key), query.fault(key))
}

/// The field for 基準日.
pub fn as_of(w: Words, query: &Query) -> DayField {
    day(w, query, "f-as_of", "as_of", &w.t("ledgers-as-of"))
}

/// The よみ index: words, address, in use.
pub fn kana(w: Words, query: &Query) -> Vec<(String, String, bool)> {
    if query.ledger.reading.is_none() {
        return Vec::new();
    }
    let all = (w.t("ledgers-kana-all").into_owned(), query.address(&[("kana", "")]), query.kana.is_none());
    let rows = KANA.iter().map(|(row, _)| {
        let current = query.kana.is_some_and(|(now, _)| now == row);
        ((*row).to_owned(), query.address(&[("kana", row)]), current)
    });
    std::iter::once(all).chain(rows).collect()
}

/// 「1–50」
pub fn range(page: &Page) -> String {
    let last = page.first + u32::try_from(page.rows.len()).unwrap_or(0).saturating_sub(u32::from(page.first > 0));
    let number = |n: u32| crate::web::dates::thousands(i64::from(n));
    if page.rows.is_empty() { number(0) } else { format!("{}–{}", number(page.first), number(last)) }
}

/// 「1,284件」「10,000件以上」
pub fn total(w: Words, total: Total) -> String {
    match total {
        Total::Exactly(count) => w.n("ledgers-total", count).into_owned(),
        Total::Beyond(count) => w.n("ledgers-total-beyond", count).into_owned(),
    }
}

/// A bare number for a chip: 「1,284」「10,000+」.
pub fn count(total: Total) -> String {
    match total {
        Total::Exactly(count) => crate::web::dates::thousands(count),
        Total::Beyond(count) => format!("{}+", crate::web::dates::thousands(count)),
    }
}

/// Page sizes: number, address, in use.
pub fn per_page(query: &Query) -> Vec<(u32, String, bool)> {
    let size = |n: u32| (n, query.address(&[("per", &n.to_string())]), n == query.per_page);
    PAGES.map(size).into()
}

/// Columns that can be chosen: key, words, chosen.
pub fn choosable(w: Words, query: &Query) -> Vec<(&'static str, String, bool)> {
    let shown = query.ledger.list_columns(&query.chosen);
    let columns = query
        .ledger
        .columns
        .iter()
        .filter(|column| matches!(column.shown, Shown::List | Shown::Exception | Shown::Chosen));
    columns
        .map(|column| (column.key, w.t(column.label).into_owned(), shown.iter().any(|known| known.key == column.key)))
        .collect()
}

/// Draws the history, the newest first.
pub fn entries(w: Words, dates: &Dates, changes: &[Change<'_>]) -> Vec<Entry> {
    changes.iter().enumerate().map(|(at, change)| entry(w, dates, change, at + 1 == changes.len())).collect()
}

fn entry(w: Words, dates: &Dates, change: &Change<'_>, first: bool) -> Entry {
    let Change { version, cells } = change;
    let diff = |(column, old, new): &(&'static Column, &Value, &Value)| {
        (w.t(column.label).into_owned(), text(w, dates, old), text(w, dates, new))
    };
    Entry {
        machine: dates.machine_at(version.from),
        at: dates.short_at(version.from),
        title: why(w, version, first),
        diffs: cells.iter().map(diff).collect(),
        by: version.by.clone().unwrap_or_else(|| w.t("ledgers-by-portal").into_owned()),
        request: version.request.clone(),
        first,
    }
}

/// Rooms leave a message key as their reason; words typed by a person stand as they are.
fn why(w: Words, version: &Version, first: bool) -> String {
    let or = if first { "ledgers-registered" } else { "ledgers-changed" };
    match version.reason.as_deref() {
        None => w.t(or).into_owned(),
        Some(reason) if is_key(reason) => w.t(reason).into_owned(),
        Some(reason) => reason.to_owned(),
    }
}

fn is_key(reason: &str) -> bool {
    reason.contains("-why-")
        && reason.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The filters in force, in words, for the export page.
pub fn conditions(
    w: Words,
    dates: &Dates,
    query: &Query,
    options: &[(&'static str, Vec<(String, String)>)],
) -> Vec<(String, String)> {
    use super::query::Wanted;
    let mut all = Vec::new();
    if let Some(chip) = query.chip {
        all.push((w.t("ledgers-view").into_owned(), w.t(chip.label).into_owned()));
    }
    if !query.words.is_empty() {
        all.push((w.t("ledgers-words").into_owned(), query.words.clone()));
    }
    for condition in &query.conditions {
        let label = w.t(condition.column.label).into_owned();
        let named = |id: &uuid::Uuid| {
            let options =
                options.iter().find(|(key, _)| *key == condition.column.key).map(|(_, options)| options.as_slice());
            let found = options.unwrap_or_default().iter().find(|(value, _)| *value == id.to_string());
            found.map_or_else(|| id.to_string(), |(_, name)| name.clone())
        };
        all.push(match &condition.value {
            Wanted::Choice(value) => {
                (label, condition.column.choice(value).map(|choice| w.t(choice.label).into_owned()).unwrap_or_default())
            }
            Wanted::Reference(id) | Wanted::Department(id) => (label, named(id)),
            Wanted::Since(day) => (w.t1("ledgers-from", "column", &label).into_owned(), dates.long(day)),
            Wanted::Until(day) => (w.t1("ledgers-to", "column", &label).into_owned(), dates.long(day)),
            Wanted::Contains(words) => (label, words.clone()),
        });
    }
    if let Some((row, _)) = query.kana {
        all.push((w.t("ledgers-kana").into_owned(), (*row).to_owned()));
    }
    if let Some(day) = query.as_of {
        all.push((w.t("ledgers-as-of").into_owned(), dates.long(day)));
    }
    if !query.chosen.is_empty() {
        let columns: Vec<_> = query.export_columns().iter().map(|column| w.t(column.label)).collect();
        all.push((w.t("ledgers-columns").into_owned(), columns.join(&w.t("web-list-comma"))));
    }
    all
}
