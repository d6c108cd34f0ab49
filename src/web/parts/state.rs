//! The state of a thing at a glance: a tag, a deadline, how far a request has come.

use askama::Template;
use askama::filters::HtmlSafe;

use super::super::dates::{Due, Urgency};
use super::super::icons::Icon;
use super::super::locale::Words;

/// What a tag says by shape and colour as well as by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagTone {
    /// 承認待ち: waits for somebody.
    Wait,
    /// 承認中: on its way.
    Move,
    /// 実施中: being carried out.
    Work,
    /// 差戻し
    Back,
    /// 承認済み
    Good,
    /// 却下, 不適合
    Bad,
    /// 期限超過
    Over,
    /// 一部
    Part,
    /// 特権: to be looked at one by one.
    Guard,
    /// 完了: plain, because it is over.
    Done,
    /// 下書き: plain, because it has not begun.
    Plain,
}

impl TagTone {
    const fn class(self) -> &'static str {
        match self {
            Self::Wait => " tag--wait",
            Self::Move => " tag--move",
            Self::Work => " tag--work",
            Self::Back => " tag--back",
            Self::Good => " tag--good",
            Self::Bad => " tag--bad",
            Self::Over => " tag--over",
            Self::Part => " tag--part",
            Self::Guard => " tag--back",
            Self::Done => " tag--done",
            Self::Plain => "",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Wait => Icon::Clock,
            Self::Move => Icon::Dots,
            Self::Work => Icon::Wrench,
            Self::Back => Icon::Return,
            Self::Good | Self::Done => Icon::Check,
            Self::Bad => Icon::Cross,
            Self::Over => Icon::Warn,
            Self::Part => Icon::Half,
            Self::Guard => Icon::Lock,
            Self::Plain => Icon::Dash,
        }
    }
}

/// 状態の札: icon, word and colour. Not a link; one in a row; never for the normal state.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = r#"<span class="tag{{ tone.class() }}{% if large %} tag--lg{% endif %}">{{ tone.icon() }}{{ text }}</span>"#,
    ext = "html"
)]
pub struct Tag {
    tone: TagTone,
    text: String,
    large: bool,
}

impl Tag {
    /// A tag with its word.
    pub fn new(tone: TagTone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), large: false }
    }

    /// The larger one, beside a page's title.
    #[must_use]
    pub const fn large(mut self) -> Self {
        self.large = true;
        self
    }
}

impl HtmlSafe for Tag {}

/// A deadline in a cell: 12日超過, あと7日.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = r#"<span class="flag{% match urgency %}{% when Urgency::Over %}{% when Urgency::Soon %} flag--warn{% when Urgency::Calm %} flag--calm{% endmatch %}">{% match urgency %}{% when Urgency::Over %}{{ Icon::Warn }}{% when Urgency::Soon %}{{ Icon::Clock }}{% when Urgency::Calm %}{% endmatch %}{{ text }}</span>"#,
    ext = "html"
)]
pub struct Flag {
    urgency: Urgency,
    text: String,
}

impl Flag {
    /// A deadline with its own words.
    pub fn new(urgency: Urgency, text: impl Into<String>) -> Self {
        Self { urgency, text: text.into() }
    }
}

impl From<Due> for Flag {
    fn from(due: Due) -> Self {
        Self { urgency: due.urgency, text: due.text }
    }
}

impl HtmlSafe for Flag {}

/// How far a request has come: ●●◐○, with the same in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Template)]
#[template(
    source = r#"<span class="dots" role="img" aria-label="{{ self.words() }}">{% for class in self.classes() %}<i{% if !class.is_empty() %} class="{{ class }}"{% endif %}></i>{% endfor %}</span>"#,
    ext = "html"
)]
pub struct Dots {
    w: Words,
    steps: usize,
    done: usize,
}

impl Dots {
    /// So many of so many steps are done.
    #[must_use]
    pub const fn new(w: Words, done: usize, steps: usize) -> Self {
        Self { w, steps, done }
    }

    fn words(&self) -> String {
        self.w.t2("part-dots", "steps", self.steps, "done", self.done).into_owned()
    }

    fn classes(&self) -> impl Iterator<Item = &'static str> {
        let done = self.done;
        (0..self.steps).map(move |step| match step.cmp(&done) {
            std::cmp::Ordering::Less => "on",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "",
        })
    }
}

impl HtmlSafe for Dots {}
