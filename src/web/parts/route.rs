//! The way of a request: who decided, who decides now, who will.

use askama::Template;
use askama::filters::HtmlSafe;

use super::stamp::Stamp;
use super::state::Flag;

/// What stands in the ring of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// The stamp of who acted.
    Stamp(Stamp),
    /// A word in an empty ring: 承認待ち, あなた, 実施, 対象外.
    Word(String),
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// Its turn is now.
    Now,
    /// It sent the request back.
    Back,
    /// Not yet, or never.
    Later,
}

impl Outcome {
    const fn class(self) -> &'static str {
        match self {
            Self::Done => "is-done",
            Self::Now => "is-now",
            Self::Back => "is-back",
            Self::Later => "",
        }
    }
}

/// One step of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteStep {
    outcome: Outcome,
    slot: Slot,
    act: String,
    role: String,
    who: String,
    post: String,
    when: String,
    say: String,
    flag: Option<Flag>,
}

impl RouteStep {
    /// A step: how it stands, what is in its ring, what is done in it (承認).
    pub fn new(outcome: Outcome, slot: Slot, act: impl Into<String>) -> Self {
        Self {
            outcome,
            slot,
            act: act.into(),
            role: String::new(),
            who: String::new(),
            post: String::new(),
            when: String::new(),
            say: String::new(),
            flag: None,
        }
    }

    /// In which capacity: the title of the adopted regulation.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = role.into();
        self
    }

    /// Who, and their department and post.
    #[must_use]
    pub fn who(mut self, name: impl Into<String>, post: impl Into<String>) -> Self {
        self.who = name.into();
        self.post = post.into();
        self
    }

    /// When it was done, or since when it waits.
    #[must_use]
    pub fn when(mut self, when: impl Into<String>) -> Self {
        self.when = when.into();
        self
    }

    /// What was said with it, word for word.
    #[must_use]
    pub fn say(mut self, say: impl Into<String>) -> Self {
        self.say = say.into();
        self
    }

    /// Its deadline.
    #[must_use]
    pub fn flag(mut self, flag: impl Into<Flag>) -> Self {
        self.flag = Some(flag.into());
        self
    }
}

/// 承認の状況: the steps in order, with stamps, words and deadlines.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/route.html")]
pub struct Route {
    /// The steps in order.
    pub steps: Vec<RouteStep>,
}

impl HtmlSafe for Route {}

/// The same in one line, for the inbox (ここまでの判断).
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/mini_route.html")]
pub struct MiniRoute {
    /// The steps in order; those to come may be left out.
    pub steps: Vec<RouteStep>,
}

impl HtmlSafe for MiniRoute {}

/// A step before the request is sent: what, who, as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowStep {
    /// 申請, 承認, 実施
    pub act: String,
    /// The name, or what is missing.
    pub who: String,
    /// The title, or what will be done.
    pub note: String,
    /// It may fall away, depending on the form.
    pub maybe: bool,
}

/// この申請の流れ: the route with names, beside the form and on the check page.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = r#"<ol class="flow">{% for step in steps %}<li{% if step.maybe %} class="is-off"{% endif %}><b>{{ step.act }}</b><span>{{ step.who }}{% if !step.note.is_empty() %}<small>{{ step.note }}</small>{% endif %}</span></li>{% endfor %}</ol>"#,
    ext = "html"
)]
pub struct Flow {
    /// The steps in order.
    pub steps: Vec<FlowStep>,
}

impl HtmlSafe for Flow {}
