//! A list page in parts: saved views, filters, the bar above the rows, the rows, the way to the next page. Ledgers and
//! other lists fill these values; sorting, filters and place stand in the address, so that a view can be kept and sent.

use askama::Template;
use askama::filters::HtmlSafe;

use super::locale::Words;
use super::parts::{DayField, Flag, Tag};
use super::shell::Link;

/// A saved view above a list (札): すべて, 棚卸が済んでいない …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Where it leads and what it is called.
    pub link: Link,
    /// How many rows it shows.
    pub count: Option<u64>,
    /// Somebody should look at them: the number is red unless it is 0.
    pub urgent: bool,
    /// It is the view shown now.
    pub current: bool,
}

/// The saved views of a list.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = r#"<div class="savedbar"><nav class="chips" aria-label="{{ w.t("table-views") }}">{% for chip in chips %}<a class="chip{% if chip.urgent && chip.count != Some(0) %} chip--hot{% endif %}"{% if chip.current %} aria-current="true"{% endif %} href="{{ chip.link.href }}">{{ chip.link.label }}{% if let Some(count) = chip.count %} <b>{{ w.n("web-number", count) }}</b>{% endif %}</a>{% endfor %}</nav></div>"#,
    ext = "html"
)]
pub struct Chips {
    /// For numbers.
    pub w: Words,
    /// In the order shown.
    pub chips: Vec<Chip>,
}

impl HtmlSafe for Chips {}

/// One way to narrow a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Words, searched in several columns.
    Words {
        /// The name in the address.
        name: String,
        /// The label.
        label: String,
        /// What was typed.
        value: String,
        /// Which columns are searched (a search box may say so inside).
        hint: String,
    },
    /// One of a few values.
    Pick {
        /// The name in the address.
        name: String,
        /// The label.
        label: String,
        /// The value chosen; empty for all.
        value: String,
        /// Value and words; the first is usually 「すべて」.
        options: Vec<(String, String)>,
    },
    /// A day (基準日, from, until).
    Day(DayField),
}

/// The word on the button of most filter forms.
pub const NARROW: &str = "table-narrow";

/// The filter form of a list: it changes nothing, so it is sent by GET.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/filters.html")]
pub struct Filters {
    /// For the words of the form.
    pub w: Words,
    /// The address of the list.
    pub action: String,
    /// What stays as it is: sort, view, columns.
    pub keep: Vec<(String, String)>,
    /// In the order shown.
    pub filters: Vec<Filter>,
    /// What the button says: by default that the list is narrowed.
    pub verb: &'static str,
    /// Where all conditions are gone, when there are any.
    pub clear: Option<String>,
    /// What could not be understood in the address, in words.
    pub faults: Vec<String>,
}

impl HtmlSafe for Filters {}

/// Which way a column is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    /// 昇順
    Up,
    /// 降順
    Down,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    label: String,
    href: Option<String>,
    sorted: Option<Sorted>,
    number: bool,
}

impl Head {
    /// A head that only names its column.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None, sorted: None, number: false }
    }

    /// A head that sorts: where it leads, and which way the list is sorted by it now.
    #[must_use]
    pub fn sort(mut self, href: impl Into<String>, sorted: Option<Sorted>) -> Self {
        self.href = Some(href.into());
        self.sorted = sorted;
        self
    }

    /// A column of numbers stands at the right.
    #[must_use]
    pub const fn number(mut self) -> Self {
        self.number = true;
        self
    }

    const fn aria(&self) -> &'static str {
        match self.sorted {
            Some(Sorted::Up) => "ascending",
            Some(Sorted::Down) => "descending",
            None => "none",
        }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    text: String,
    sub: String,
    href: Option<String>,
    tag: Option<Tag>,
    flag: Option<Flag>,
    number: bool,
    nowrap: bool,
}

impl Cell {
    /// Words; an empty cell is drawn as —.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Words of less weight on a second line.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "the second line of a cell; nobody subtracts cells")]
    pub fn sub(mut self, sub: impl Into<String>) -> Self {
        self.sub = sub.into();
        self
    }

    /// Leads there; in the first cell it is the link of the row.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// A tag instead of words: for a state that needs attention.
    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// A deadline instead of words.
    #[must_use]
    pub fn flag(mut self, flag: impl Into<Flag>) -> Self {
        self.flag = Some(flag.into());
        self
    }

    /// A number, at the right.
    #[must_use]
    pub const fn number(mut self) -> Self {
        self.number = true;
        self
    }

    /// Must stay on one line: numbers that are names, dates.
    #[must_use]
    pub const fn nowrap(mut self) -> Self {
        self.nowrap = true;
        self
    }
}

/// One row; its first cell names it and carries its link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// As many as there are heads.
    pub cells: Vec<Cell>,
    /// Something is wrong with it: a red edge, besides the words that say what.
    pub bad: bool,
}

/// The rows of a list.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/table.html")]
pub struct Table {
    /// What the table shows, for readers who hear it.
    pub caption: String,
    /// The heads.
    pub heads: Vec<Head>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The head stays in sight while the page scrolls (long lists).
    pub stick: bool,
    /// Many short columns: their heads wrap, and on paper the page lies on its side.
    pub wide: bool,
    /// A row is one line: what is long ends at the edge of its column, and stands in full where the row leads.
    pub lines: bool,
}

impl HtmlSafe for Table {}

impl Table {
    /// The words above a column, repeated beside each value where rows are folded.
    fn head(&self, at: &usize) -> &str {
        self.heads.get(*at).map(|head| head.label.as_str()).unwrap_or_default()
    }

    /// A short table inside a panel.
    pub fn new(caption: impl Into<String>, heads: Vec<Head>, rows: Vec<Row>) -> Self {
        Self { caption: caption.into(), heads, rows, stick: false, wide: false, lines: false }
    }

    /// Many short columns beside a long first one.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// A long list of rows of one line each, for tables whose rows lead to a page with all of it.
    #[must_use]
    pub const fn lines(mut self) -> Self {
        self.lines = true;
        self
    }

    /// A long list whose head stays in sight.
    #[must_use]
    pub const fn stick(mut self) -> Self {
        self.stick = true;
        self
    }
}

/// How many rows there are in all: counted to a limit, so that a list of a million rows opens as fast as one of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// 1,284件
    Exactly(u64),
    /// 10,000件以上
    AtLeast(u64),
}

impl Total {
    /// The number in words.
    #[must_use]
    pub fn words(self, w: Words) -> String {
        match self {
            Self::Exactly(count) => w.n("table-total", count),
            Self::AtLeast(count) => w.n("table-total-more", count),
        }
        .into_owned()
    }
}

/// The bar above the rows: how many there are, the よみ index, the way on.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/listbar.html")]
pub struct ListBar {
    /// For its words.
    pub w: Words,
    /// The first and the last row shown, from 1; nothing where there are none.
    pub range: Option<(u64, u64)>,
    /// How many there are in all, in words: [`Total::words`], or with a unit of its own (1,284台).
    pub total: String,
    /// あ か さ …, if the list is sorted by よみ: link and whether it is chosen.
    pub kana: Vec<(Link, bool)>,
    /// What the index is about (使用者のよみ).
    pub kana_label: String,
    /// The way on.
    pub pager: Pager,
}

impl HtmlSafe for ListBar {}

/// 前へ・次へ: pages are found by the row they begin after, so there are no page numbers.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = r#"{% if self.leads() %}<nav class="pager" aria-label="{{ w.t("table-pages") }}">{{ self.links() }}</nav>{% endif %}"#,
    ext = "html"
)]
pub struct Pager {
    /// For its words.
    pub w: Words,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

impl HtmlSafe for Pager {}

impl Pager {
    /// Is there another page at all?
    const fn leads(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }

    /// The links alone, for the bar above the rows: readers who hear the page meet the landmark once, below.
    const fn links(&self) -> PagerLinks<'_> {
        PagerLinks { pager: self }
    }
}

#[derive(Template)]
#[template(
    source = r#"{% if let Some(href) = pager.previous %}<a href="{{ href }}" rel="prev">{{ pager.w.t("table-previous") }}</a>{% else %}<span class="muted">{{ pager.w.t("table-previous") }}</span>{% endif %}{% if let Some(href) = pager.next %}<a href="{{ href }}" rel="next">{{ pager.w.t("table-next") }}</a>{% else %}<span class="muted">{{ pager.w.t("table-next") }}</span>{% endif %}"#,
    ext = "html"
)]
struct PagerLinks<'a> {
    pager: &'a Pager,
}

impl HtmlSafe for PagerLinks<'_> {}

#[cfg(test)]
mod tests {
    use super::super::dates::Urgency;
    use super::super::locale::Lang;
    use super::super::parts::TagTone;
    use super::*;

    const HOSTILE: &str = r#""><script>alert(1)</script>'"#;

    fn every_part(w: Words) -> Vec<String> {
        let text = || HOSTILE.to_owned();
        let link = Link::new("/x?a=1&b=2", HOSTILE);
        let pager = Pager { w, previous: None, next: Some("/x?after=1".into()) };
        let row = Row {
            cells: vec![
                Cell::new(HOSTILE).href("/x").nowrap(),
                Cell::new("").tag(Tag::new(TagTone::Work, HOSTILE)),
                Cell::new("").flag(Flag::new(Urgency::Over, HOSTILE)).sub(HOSTILE),
            ],
            bad: true,
        };
        let heads = vec![Head::new(HOSTILE).sort("/x", Some(Sorted::Up)), Head::new(HOSTILE), Head::new("").number()];
        let filters = vec![
            Filter::Words { name: "q".into(), label: text(), value: text(), hint: text() },
            Filter::Pick { name: "s".into(), label: text(), value: "a".into(), options: vec![("a".into(), text())] },
            Filter::Day(DayField::new(w, "q-on", "on", text(), text(), None)),
        ];
        let keep = vec![("sort".to_owned(), text())];
        let chip = Chip { link: link.clone(), count: Some(1284), urgent: true, current: true };
        vec![
            Chips { w, chips: vec![chip] }.render().unwrap(),
            Filters {
                w,
                action: "/x".into(),
                keep,
                filters,
                verb: NARROW,
                clear: Some("/x".into()),
                faults: vec![text()],
            }
            .render()
            .unwrap(),
            Table::new(HOSTILE, heads, vec![row]).stick().render().unwrap(),
            ListBar {
                w,
                range: Some((1, 50)),
                total: Total::AtLeast(10_000).words(w),
                kana: vec![(link, true)],
                kana_label: text(),
                pager: pager.clone(),
            }
            .render()
            .unwrap(),
            pager.render().unwrap(),
        ]
    }

    #[test]
    fn every_part_speaks_both_languages_and_escapes_what_it_is_given() {
        for lang in Lang::ALL {
            for part in every_part(Words(lang)) {
                assert!(!part.contains('⟦'), "{part}");
                assert!(!part.contains("<script"), "{part}");
            }
        }
    }

    #[test]
    fn the_first_cell_names_the_row_and_an_empty_cell_is_a_dash() {
        let rows = vec![Row { cells: vec![Cell::new("PC-02417").href("/x"), Cell::new("")], bad: false }];
        let page = Table::new("機器", vec![Head::new("管理番号"), Head::new("OS")], rows).render().unwrap();
        assert!(page.contains(r#"<th scope="row"><a class="main-link" href="/x">PC-02417</a></th>"#), "{page}");
        assert!(page.contains(r#"<td data-label="OS"><span class="muted">—</span></td>"#), "{page}");
    }

    #[test]
    fn a_sorted_column_says_which_way() {
        let heads = vec![
            Head::new("番号").sort("/x?sort=-n", Some(Sorted::Up)),
            Head::new("部署").sort("/x?sort=d", None),
            Head::new("備考"),
        ];
        let page = Table::new("x", heads, vec![]).render().unwrap();
        assert!(page.contains(r#"aria-sort="ascending""#));
        assert_eq!(page.matches("aria-sort").count(), 1, "only the sorted column says so");
    }
}
