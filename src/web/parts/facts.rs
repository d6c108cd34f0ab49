//! Facts about one thing, label and value; on a check page with a way back to each answer.

use askama::Template;
use askama::filters::HtmlSafe;

use super::super::locale::Words;
use super::state::Tag;

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    label: String,
    lines: Vec<String>,
    note: String,
    href: Option<String>,
    tag: Option<Tag>,
    change: Option<String>,
}

impl Fact {
    /// A fact; an empty value is drawn as —.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        let value = value.into();
        let lines = if value.is_empty() { vec!["—".to_owned()] } else { value.lines().map(str::to_owned).collect() };
        Self { label: label.into(), lines, note: String::new(), href: None, tag: None, change: None }
    }

    /// Words of less weight behind the value.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// The value leads there.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// A tag before the value.
    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// 「変更する」 leads back to the question.
    #[must_use]
    pub fn change(mut self, href: impl Into<String>) -> Self {
        self.change = Some(href.into());
        self
    }
}

/// Facts about one thing, in two columns.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/facts.html")]
pub struct Facts {
    /// For 「変更する」.
    pub w: Words,
    /// The facts in order.
    pub facts: Vec<Fact>,
    /// Narrow, for an aside or the reading pane.
    pub tight: bool,
}

impl HtmlSafe for Facts {}

impl Facts {
    /// Facts in a panel.
    #[must_use]
    pub const fn new(w: Words, facts: Vec<Fact>) -> Self {
        Self { w, facts, tight: false }
    }

    /// Facts in an aside or the reading pane.
    #[must_use]
    pub const fn tight(w: Words, facts: Vec<Fact>) -> Self {
        Self { w, facts, tight: true }
    }

    fn changes(&self) -> bool {
        self.facts.iter().any(|fact| fact.change.is_some())
    }
}
