//! What a ledger (台帳) is: columns declared once, from which list, search, filters, sort, export,
//! history and the as-of view all follow. Pure data; every piece of SQL in here is a literal.

use crate::kernel::access::Permission;

/// A ledger, as a feature declares it. All SQL fragments see the row under `table`'s alias and the joins.
#[derive(Debug)]
pub struct Ledger {
    /// Key in events, saved views and the command line, e.g. `accounts`.
    pub key: &'static str,
    /// Address of the list; a row stands at `{path}/{id}`.
    pub path: &'static str,
    /// Message key of the ledger's name (アカウント管理台帳).
    pub title: &'static str,
    /// Message key of the sentence that says what the ledger holds.
    pub lead: &'static str,
    /// Message key of the hint in the search box.
    pub search_hint: &'static str,
    /// Who may look at it.
    pub view: Permission,
    /// Who may write it out.
    pub export: Permission,
    /// Where rows are added by hand, if they are at all.
    pub add: Option<Add>,
    /// Where the rows live.
    pub source: Source,
    /// Who sees which rows.
    pub scope: Scope,
    /// The columns, in the order in which they are shown and exported.
    pub columns: &'static [Column],
    /// Ready-made views (絞り込みの札); the first stands for the whole ledger.
    pub chips: &'static [Chip],
    /// The order without a choice.
    pub sort: Sort,
    /// Which date ends a row, where one does.
    pub ends: Option<Ends>,
    /// よみ by which the index あ・か・さ… leads; an expression in ひらがな.
    pub reading: Option<Reading>,
    /// Clauses that ask for this ledger, for 「この画面の根拠」.
    pub mechanisms: &'static [&'static str],
}

/// How a row is added by hand.
#[derive(Debug)]
pub struct Add {
    /// Address of the form.
    pub href: &'static str,
    /// Message key of the button.
    pub label: &'static str,
    /// Who may.
    pub needs: Permission,
}

/// Where rows come from. `table` alone is swapped for row versions in the as-of view.
#[derive(Debug)]
pub struct Source {
    /// The typed table, e.g. `account`.
    pub table: &'static str,
    /// Its row versions, e.g. `account_history`.
    pub history: &'static str,
    /// Its alias, e.g. `a`.
    pub alias: &'static str,
    /// Joins that give names to references, one on each line; empty if none. Each adds words to a row and neither takes nor repeats
    /// one: along a foreign key, to rows that whoever sees this one sees too.
    pub joins: &'static str,
    /// Column of text folded by `search_key` that words are looked for in.
    pub search: &'static str,
    /// Function of the database that finds the rows that hold words (`accounts_saying`); none: the rows are few enough to be read.
    pub saying: Option<&'static str>,
    /// Number of the request behind the newest change of a row.
    pub number: Option<&'static str>,
}

/// The columns by which row scope is decided in SQL.
#[derive(Debug)]
pub struct Scope {
    /// Department the row belongs to; none when only organisation-wide readers see the ledger.
    pub department: Option<&'static str>,
    /// What the row is about belongs to a department (所管), which reads it like the department it belongs to.
    pub owner: Option<Owned>,
    /// Person the row is about.
    pub person: Option<&'static str>,
}

/// What a row is about, and who owns it.
#[derive(Debug)]
pub struct Owned {
    /// Column that names it, e.g. `a.system_id`.
    pub row: &'static str,
    /// The ids of those owned by a department, up to the department: `select o.id from systems_pub o where o.owner_department_id`.
    pub by: &'static str,
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Key in addresses (`sort=`, filters, `cols=`).
    pub key: &'static str,
    /// Message key of its head.
    pub label: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Expression that reads it.
    pub sql: &'static str,
    /// Expression it is ordered by, when that is not `sql` (a name by its よみ).
    pub order: Option<&'static str>,
    /// May the list be ordered by it?
    pub sortable: bool,
    /// How it can be filtered.
    pub filter: Filter,
    /// Where it appears.
    pub shown: Shown,
}

/// Where a column appears. It is always on the detail page and in exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// First column of the list, carrying the link to the row.
    Main,
    /// In the list unless taken out.
    List,
    /// In the list while a row on the page has it: what is out of the ordinary, and would be an empty column otherwise.
    Exception,
    /// In the list only when chosen.
    Chosen,
    /// On the detail page and in exports only.
    Detail,
}

/// What a column holds; decides alignment, order, and how exports write it.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Words.
    Text,
    /// An identifier: ordered by its characters, set in even width.
    Code,
    /// A day.
    Date,
    /// A moment.
    Time,
    /// A whole number.
    Number,
    /// 氏名.
    Person,
    /// 部署.
    Department,
    /// One of a few words.
    Choice(&'static [Choice]),
    /// Several short texts (`text[]`).
    Tags,
}

/// One value of a choice column.
#[derive(Debug)]
pub struct Choice {
    /// As stored.
    pub value: &'static str,
    /// Message key.
    pub label: &'static str,
    /// How it is marked in a list; the normal state is plain text.
    pub mark: Mark,
}

/// Whether a value needs attention. Lists colour the exception only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Normal: plain words.
    Plain,
    /// Finished, put to rest.
    Done,
    /// Waiting for something.
    Wait,
    /// Should not be so.
    Bad,
}

/// How a column can be filtered.
#[derive(Debug, Clone, Copy)]
pub enum Filter {
    /// Not at all.
    None,
    /// One of its choices.
    Choice,
    /// A row of another table: `sql` is the expression (uuid), `options` gives `(id text, label text)`.
    Reference { sql: &'static str, options: &'static str },
    /// A department with everything below it: `sql` is the expression (uuid).
    Department { sql: &'static str },
    /// From – until; for days and moments.
    Range,
    /// Contains these words.
    Contains,
}

/// A ready-made view over the ledger.
#[derive(Debug)]
pub struct Chip {
    /// Key in the address (`view=`).
    pub key: &'static str,
    /// Message key.
    pub label: &'static str,
    /// Which rows it shows.
    pub rows: Rows,
    /// Is a number above zero something to act on?
    pub urgent: bool,
}

/// Which rows a ready-made view shows.
#[derive(Debug, Clone, Copy)]
pub enum Rows {
    /// All of them.
    All,
    /// Those for which this holds.
    Where(&'static str),
    /// Those whose date is today or at most so many days away, and for which this holds.
    DueWithin { date: &'static str, days: u16, and: &'static str },
    /// Those whose date lies before today, and for which this holds.
    Past { date: &'static str, and: &'static str },
}

/// When a row's own end has gone by although it still runs: its date is marked.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    /// Key of the column that holds the last day.
    pub date: &'static str,
    /// Key of the choice column that says whether it still runs.
    pub state: &'static str,
    /// The choice that says so.
    pub running: &'static str,
}

/// An order: column and direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Column key.
    pub column: &'static str,
    /// Largest first?
    pub descending: bool,
}

/// The expression behind the よみ index and the message key that says whose よみ it is.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Expression in ひらがな.
    pub sql: &'static str,
    /// Message key, e.g. 「使用者のよみ」.
    pub label: &'static str,
}

impl Ledger {
    /// The column of this key.
    pub fn column(&self, key: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.key == key)
    }

    /// The columns a list shows: those chosen, else those declared for it. The linking one always leads.
    pub fn list_columns(&self, chosen: &[String]) -> Vec<&'static Column> {
        self.columns
            .iter()
            .filter(|column| match column.shown {
                Shown::Main => true,
                Shown::Detail => false,
                Shown::List | Shown::Exception if chosen.is_empty() => true,
                Shown::List | Shown::Exception | Shown::Chosen => chosen.iter().any(|key| key == column.key),
            })
            .collect()
    }
}

impl Column {
    /// The expression this column is ordered by.
    pub fn order_sql(&self) -> &'static str {
        self.order.unwrap_or(self.sql)
    }

    /// The choice that stands for a stored value.
    pub fn choice(&self, value: &str) -> Option<&'static Choice> {
        match self.kind {
            Kind::Choice(choices) => choices.iter().find(|choice| choice.value == value),
            _ => None,
        }
    }
}
