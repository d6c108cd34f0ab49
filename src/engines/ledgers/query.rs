//! What a reader asks of a ledger: words, filters, view, order, page and 基準日, read from the address
//! and written back into it, so that every view of a ledger can be kept as a bookmark.

use chrono::NaiveDate;
use uuid::Uuid;

use super::columns::{Chip, Column, Filter, Ledger, Rows, Sort};
use super::cursor::Cursor;
use crate::kernel::calendar::{DateError, read_day, read_day_past};
use crate::kernel::text::with_query;

/// Rows on a page when nothing is said.
pub const PAGE: u32 = 50;
/// The page sizes on offer; 200 is also the most that is ever read for one page.
pub const PAGES: [u32; 3] = [50, 100, 200];
/// The rows of the よみ index.
pub const KANA: [(&str, &str); 10] = [
    ("あ", "あいうえおぁぃぅぇぉゔ"),
    ("か", "かきくけこがぎぐげご"),
    ("さ", "さしすせそざじずぜぞ"),
    ("た", "たちつてとだぢづでどっ"),
    ("な", "なにぬねの"),
    ("は", "はひふへほばびぶべぼぱぴぷぺぽ"),
    ("ま", "まみむめも"),
    ("や", "やゆよゃゅょ"),
    ("ら", "らりるれろ"),
    ("わ", "わをんゎ"),
];

/// One filter that is in force.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The declared column.
    pub column: &'static Column,
    /// What it must be.
    pub value: Wanted,
}

/// What a filter wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// This declared choice.
    Choice(&'static str),
    /// This row of another table.
    Reference(Uuid),
    /// This department or one below it.
    Department(Uuid),
    /// On this day or after.
    Since(NaiveDate),
    /// On this day or before.
    Until(NaiveDate),
    /// These words.
    Contains(String),
}

/// A question to a ledger.
#[derive(Debug, Clone)]
pub struct Query {
    /// The ledger asked.
    pub ledger: &'static Ledger,
    /// The day on which it is asked.
    pub today: NaiveDate,
    /// ことば
    pub words: String,
    /// The rows that hold the words, where they were looked up and are few ([`super::read::seek`]).
    pub found: Option<Vec<Uuid>>,
    /// The ready-made view.
    pub chip: Option<&'static Chip>,
    /// Filters by declared columns.
    pub conditions: Vec<Condition>,
    /// Row of the よみ index (あ, か, …).
    pub kana: Option<&'static (&'static str, &'static str)>,
    /// The order.
    pub sort: Sort,
    /// Where the page begins.
    pub cursor: Option<Cursor>,
    /// Rows on the page.
    pub per_page: u32,
    /// 基準日: the ledger as it stood at the end of that day.
    pub as_of: Option<NaiveDate>,
    /// Columns chosen instead of the declared ones.
    pub chosen: Vec<String>,
    /// Days that could not be understood.
    pub faults: Vec<Unread>,
}

/// A day in the address that cannot be taken (読めない日付).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Name of the field.
    pub key: String,
    /// What was typed.
    pub typed: String,
    /// Why it is none.
    pub why: DateError,
}

/// What every ledger is asked besides its columns.
const OWN: [&str; 8] = ["q", "view", "kana", "sort", "per", "as_of", "cols", "at"];

impl Query {
    /// The whole ledger in its own order.
    pub fn everything(ledger: &'static Ledger, today: NaiveDate) -> Self {
        Self {
            ledger,
            today,
            words: String::new(),
            found: None,
            chip: None,
            conditions: Vec::new(),
            kana: None,
            sort: ledger.sort,
            cursor: None,
            per_page: PAGE,
            as_of: None,
            chosen: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Reads an address. What is not declared is passed over; a date nobody can read is reported back.
    pub fn parse(ledger: &'static Ledger, pairs: &[(String, String)], today: NaiveDate) -> Self {
        let mut query = Self::everything(ledger, today);
        let mut place = None;
        for (key, value) in pairs {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match key.as_str() {
                "q" => query.words = value.chars().filter(|c| !c.is_control()).take(200).collect(),
                "view" => query.chip = ledger.chips.iter().find(|chip| chip.key == value),
                "kana" => query.kana = ledger.reading.and_then(|_| KANA.iter().find(|(row, _)| *row == value)),
                "sort" => query.sort = sort(ledger, value).unwrap_or(ledger.sort),
                "per" => query.per_page = value.parse().ok().filter(|n| PAGES.contains(n)).unwrap_or(PAGE),
                "as_of" => query.as_of = query.day(key, value, read_day_past),
                "cols" => query.choose(value),
                "at" => place = Some(value.to_owned()),
                _ => query.filter(key, value),
            }
        }
        let kind = ledger.column(query.sort.column).map(|column| column.kind);
        query.cursor = place.zip(kind).and_then(|(text, kind)| Cursor::decode(&text, query.sort, kind));
        query
    }

    /// Does an address of this ledger ask anything under this name?
    #[must_use]
    pub fn asks(ledger: &Ledger, name: &str) -> bool {
        let column = name.strip_suffix("_from").or_else(|| name.strip_suffix("_to")).unwrap_or(name);
        OWN.contains(&name) || ledger.column(column).is_some() || ledger.column(name).is_some()
    }

    fn choose(&mut self, key: &str) {
        if self.ledger.column(key).is_some() && !self.chosen.iter().any(|known| known == key) {
            self.chosen.push(key.to_owned());
        }
    }

    fn filter(&mut self, key: &str, value: &str) {
        let (name, end) = match (key.strip_suffix("_from"), key.strip_suffix("_to")) {
            (Some(name), _) => (name, Some(false)),
            (_, Some(name)) => (name, Some(true)),
            _ => (key, None),
        };
        let Some(column) = self.ledger.column(name) else { return };
        let wanted = match (column.filter, end) {
            (Filter::Choice, None) => column.choice(value).map(|choice| Wanted::Choice(choice.value)),
            (Filter::Reference { .. }, None) => value.parse().ok().map(Wanted::Reference),
            (Filter::Department { .. }, None) => value.parse().ok().map(Wanted::Department),
            (Filter::Contains, None) => Some(Wanted::Contains(value.chars().take(200).collect())),
            (Filter::Range, Some(false)) => self.day(key, value, read_day).map(Wanted::Since),
            (Filter::Range, Some(true)) => self.day(key, value, read_day).map(Wanted::Until),
            _ => None,
        };
        if let Some(value) = wanted {
            self.conditions.push(Condition { column, value });
        }
    }

    fn day(&mut self, key: &str, typed: &str, read: Reading) -> Option<NaiveDate> {
        match read(typed, self.today) {
            Ok(day) => Some(day),
            Err(why) => {
                self.faults.push(Unread { key: key.to_owned(), typed: typed.to_owned(), why });
                None
            }
        }
    }

    /// Why the day in a field cannot be taken.
    pub fn fault(&self, key: &str) -> Option<DateError> {
        self.faults.iter().find(|fault| fault.key == key).map(|fault| fault.why)
    }

    /// The columns of an export: those chosen for the list, else everything that is declared.
    pub fn export_columns(&self) -> Vec<&'static Column> {
        if self.chosen.is_empty() {
            return self.ledger.columns.iter().collect();
        }
        self.ledger.list_columns(&self.chosen)
    }

    /// Which of the ready-made views it shows, where nothing narrows it any further.
    pub fn whole_view(&self) -> Option<usize> {
        let further = !self.words.is_empty() || !self.conditions.is_empty() || self.kana.is_some();
        let shown = |chip: &Chip| match self.chip {
            Some(one) => one.key == chip.key,
            None => matches!(chip.rows, Rows::All),
        };
        self.ledger.chips.iter().position(shown).filter(|_| !further)
    }

    /// Is anything left out compared with the whole ledger?
    pub fn narrows(&self) -> bool {
        !self.words.is_empty()
            || self.chip.is_some_and(|chip| !matches!(chip.rows, Rows::All))
            || !self.conditions.is_empty()
            || self.kana.is_some()
    }

    /// What stands in the field of a filter, for drawing the form again.
    pub fn typed(&self, key: &str) -> String {
        if let Some(fault) = self.faults.iter().find(|fault| fault.key == key) {
            return fault.typed.clone();
        }
        self.pairs().into_iter().find(|(known, _)| known == key).map(|(_, value)| value).unwrap_or_default()
    }

    /// Everything but the page, as the address holds it.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut put = |key: &str, value: String| pairs.push((key.to_owned(), value));
        if let Some(chip) = self.chip {
            put("view", chip.key.to_owned());
        }
        if !self.words.is_empty() {
            put("q", self.words.clone());
        }
        for Condition { column, value } in &self.conditions {
            let key = match value {
                Wanted::Since(_) => format!("{}_from", column.key),
                Wanted::Until(_) => format!("{}_to", column.key),
                _ => column.key.to_owned(),
            };
            put(&key, value.text());
        }
        if let Some((row, _)) = self.kana {
            put("kana", (*row).to_owned());
        }
        if self.sort != self.ledger.sort {
            put("sort", sort_text(self.sort));
        }
        if self.per_page != PAGE {
            put("per", self.per_page.to_string());
        }
        if let Some(day) = self.as_of {
            put("as_of", day.to_string());
        }
        for key in &self.chosen {
            put("cols", key.clone());
        }
        pairs
    }

    /// The pairs without some keys: for forms that set these themselves.
    pub fn pairs_without(&self, keys: &[&str]) -> Vec<(String, String)> {
        self.pairs().into_iter().filter(|(key, _)| !keys.contains(&key.as_str())).collect()
    }

    /// Address of the list with some keys set anew (an empty value takes a key out). Always the first page
    /// unless `at` is among them.
    pub fn address(&self, changes: &[(&str, &str)]) -> String {
        let names: Vec<&str> = changes.iter().map(|(key, _)| *key).collect();
        let mut pairs = self.pairs_without(&names);
        pairs.extend(
            changes.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| ((*key).into(), (*value).into())),
        );
        with_query(self.ledger.path, pairs)
    }

    /// Address that orders by a column; a second time turns the order round.
    pub fn sort_address(&self, column: &Column) -> String {
        let turned = self.sort.column == column.key && !self.sort.descending;
        let text = if turned { format!("-{}", column.key) } else { column.key.to_owned() };
        self.address(&[("sort", &text)])
    }
}

impl Wanted {
    /// As it stands in an address.
    pub fn text(&self) -> String {
        match self {
            Self::Choice(value) => (*value).to_owned(),
            Self::Reference(id) | Self::Department(id) => id.to_string(),
            Self::Since(day) | Self::Until(day) => day.to_string(),
            Self::Contains(words) => words.clone(),
        }
    }
}

fn sort(ledger: &Ledger, text: &str) -> Option<Sort> {
    let (key, descending) = text.strip_prefix('-').map_or((text, false), |key| (key, true));
    let column = ledger.columns.iter().find(|column| column.key == key && column.sortable)?;
    Some(Sort { column: column.key, descending })
}

fn sort_text(sort: Sort) -> String {
    if sort.descending { format!("-{}", sort.column) } else { sort.column.to_owned() }
}

/// How a field reads a day.
type Reading = fn(&str, NaiveDate) -> Result<NaiveDate, DateError>;

#[cfg(test)]
mod tests {
    use super::super::sample::SAMPLE;
    use super::*;

    fn ask(pairs: &[(&str, &str)]) -> Query {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Query::parse(&SAMPLE, &pairs, today())
    }

    fn today() -> NaiveDate {
        "2026-11-20".parse().unwrap()
    }

    #[test]
    fn an_address_is_read_and_written_back_alike() {
        let query = ask(&[
            ("q", "田中"),
            ("state", "stopped"),
            ("until_from", "2026-04-01"),
            ("sort", "-until"),
            ("per", "100"),
        ]);
        let again = Query::parse(&SAMPLE, &query.pairs(), today());
        assert_eq!(again.pairs(), query.pairs());
        assert_eq!(query.conditions.len(), 2);
        assert_eq!(
            query.address(&[]),
            "/sample?q=%E7%94%B0%E4%B8%AD&state=stopped&until_from=2026-04-01&sort=-until&per=100"
        );
    }

    #[test]
    fn what_is_not_declared_is_passed_over() {
        let query = ask(&[
            ("secret", "1"),
            ("state", "'; drop table"),
            ("sort", "secret"),
            ("per", "100000"),
            ("cols", "nothing"),
        ]);
        assert!(query.conditions.is_empty() && query.chosen.is_empty());
        assert_eq!((query.sort, query.per_page), (SAMPLE.sort, PAGE));
    }

    #[test]
    fn a_date_nobody_can_read_comes_back_with_what_was_typed() {
        let query = ask(&[("until_from", "きのう"), ("as_of", "2026-02-30")]);
        assert_eq!(query.faults.len(), 2);
        assert_eq!(query.typed("until_from"), "きのう");
        assert_eq!(query.fault("as_of"), Some(DateError::NoSuchDay { month: 2, day: 30 }));
        assert_eq!(ask(&[("as_of", "R8.11.21")]).fault("as_of"), Some(DateError::NotYet));
    }

    #[test]
    fn filters_and_the_reference_day_read_what_a_date_field_reads() {
        for typed in ["R8.4.1", "Ｒ８．４．１", "2026/4/1", "令和8年4月1日", "4月1日", "20260401"] {
            let query = ask(&[("until_from", typed), ("as_of", typed)]);
            assert!(query.faults.is_empty(), "{typed}");
            assert_eq!((query.typed("until_from"), query.typed("as_of")), ("2026-04-01".into(), "2026-04-01".into()));
        }
    }

    #[test]
    fn an_export_has_the_columns_that_were_chosen() {
        let keys = |query: &Query| query.export_columns().iter().map(|column| column.key).collect::<Vec<_>>();
        assert_eq!(keys(&ask(&[])).len(), SAMPLE.columns.len());
        let chosen = ask(&[("cols", "until")]);
        assert_eq!(
            keys(&chosen),
            chosen.ledger.list_columns(&["until".to_owned()]).iter().map(|c| c.key).collect::<Vec<_>>()
        );
        assert!(keys(&chosen).len() < SAMPLE.columns.len());
    }

    #[test]
    fn ordering_twice_by_a_column_turns_the_order_round() {
        let column = SAMPLE.column("until").expect("declared");
        assert!(ask(&[]).sort_address(column).ends_with("sort=until"));
        assert!(ask(&[("sort", "until")]).sort_address(column).ends_with("sort=-until"));
    }

    #[test]
    fn changing_the_view_goes_back_to_the_first_page() {
        let at = Cursor::at(SAMPLE.sort, "x".into(), Uuid::nil(), false, 50).encode();
        let query = ask(&[("at", &at)]);
        assert!(query.cursor.is_some());
        assert!(!query.address(&[("state", "stopped")]).contains("at="));
    }
}
