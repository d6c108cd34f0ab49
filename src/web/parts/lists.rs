//! What waits for somebody, where one is in a sequence, and what stands where there is nothing.

use askama::Template;
use askama::filters::HtmlSafe;

use super::super::dates::{Due, Urgency};
use super::super::icons::Icon;
use super::super::shell::Link;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodoItem {
    /// What to do, as a sentence; leads to where it is done.
    pub link: Link,
    /// Why, or about what.
    pub note: String,
    /// The deadline: in words, and the day.
    pub due: Option<(Due, String)>,
    /// The verb on the button.
    pub action: String,
}

/// 私がすること: the nearest deadline first, with the action in the same row.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/todo.html")]
pub struct Todo {
    /// The nearest deadline first.
    pub items: Vec<TodoItem>,
}

impl HtmlSafe for Todo {}

/// What stands where there is nothing: what is true, why, and the next step.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = r#"<div class="empty">{{ icon }}<h2>{{ title }}</h2>{% if !text.is_empty() %}<p>{{ text }}</p>{% endif %}{% if let Some(link) = action %}<a class="btn" href="{{ link.href }}">{{ link.label }}</a>{% endif %}</div>"#,
    ext = "html"
)]
pub struct Empty {
    icon: Icon,
    title: String,
    text: String,
    action: Option<Link>,
}

impl HtmlSafe for Empty {}

impl Empty {
    /// What is true.
    pub fn new(icon: Icon, title: impl Into<String>) -> Self {
        Self { icon, title: title.into(), text: String::new(), action: None }
    }

    /// Why.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// The next step.
    #[must_use]
    pub fn action(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.action = Some(Link::new(href, label));
        self
    }
}

/// 手順: where one is in a sequence; not a list of links.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    source = r#"<ol class="steps" aria-label="{{ label }}">{% for step in steps %}<li{% if loop.index0 < now %} class="is-done"{% else if loop.index0 == now %} aria-current="step"{% endif %}><b>{{ step }}</b></li>{% endfor %}</ol>"#,
    ext = "html"
)]
pub struct Steps {
    /// What the sequence is called, for readers who hear it.
    pub label: String,
    /// The steps in order.
    pub steps: Vec<String>,
    /// Which of them is now, from 0.
    pub now: usize,
}

impl HtmlSafe for Steps {}
