//! What happened, newest first, and what people said about it. Nothing of it can be changed or removed.

use askama::Template;
use askama::filters::HtmlSafe;

/// How an entry stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// Like most.
    #[default]
    Plain,
    /// A turning point: 申請, 再提出.
    Key,
    /// 承認, 完了
    Good,
    /// 却下, 差戻し
    Bad,
}

impl Mark {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Key => "is-key",
            Self::Good => "is-good",
            Self::Bad => "is-bad",
        }
    }
}

/// One value that changed: what, from, to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The name of the field.
    pub label: String,
    /// Before; empty when there was nothing.
    pub old: String,
    /// After; empty when it was taken away.
    pub new: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The moment, as the reader sees dates.
    pub at: String,
    /// The same for machines (`datetime`).
    pub machine: String,
    /// Who did what, in a sentence.
    pub text: String,
    /// A reason or note, word for word.
    pub note: String,
    /// Where it is recorded, or the request behind it.
    pub href: Option<String>,
    /// What it changed.
    pub changes: Vec<Change>,
    /// How it stands out.
    pub mark: Mark,
}

impl Entry {
    /// A thing that happened.
    pub fn new(at: impl Into<String>, machine: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            machine: machine.into(),
            text: text.into(),
            note: String::new(),
            href: None,
            changes: Vec::new(),
            mark: Mark::Plain,
        }
    }

    /// How it stands out.
    #[must_use]
    pub const fn mark(mut self, mark: Mark) -> Self {
        self.mark = mark;
        self
    }

    /// A reason or note, word for word.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Where it is recorded.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Something it changed.
    #[must_use]
    pub fn change(mut self, label: impl Into<String>, old: impl Into<String>, new: impl Into<String>) -> Self {
        self.changes.push(Change { label: label.into(), old: old.into(), new: new.into() });
        self
    }
}

/// 履歴: append-only facts, newest first, with old → new.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    /// The facts, newest first.
    pub entries: Vec<Entry>,
    /// Narrow, for an aside.
    pub small: bool,
}

impl HtmlSafe for Timeline {}

/// やり取り: something said about a request.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = r#"<article class="comment"><span class="avatar" aria-hidden="true">{{ self.initial() }}</span><header><b>{{ name }}</b><time datetime="{{ machine }}">{{ at }}</time></header><p class="pre">{{ text }}</p></article>"#,
    ext = "html"
)]
pub struct Comment {
    /// Who.
    pub name: String,
    /// When, as the reader sees dates.
    pub at: String,
    /// The same for machines.
    pub machine: String,
    /// Word for word.
    pub text: String,
}

impl HtmlSafe for Comment {}

impl Comment {
    fn initial(&self) -> String {
        self.name.chars().next().map(String::from).unwrap_or_default()
    }
}
