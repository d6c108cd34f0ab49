//! How a question and the list of faults are drawn.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;

use super::super::dates::Dates;
use super::super::icons::Icon;
use super::super::locale::Line;
use super::Form;
use super::field::{Choice, Field, Kind};
use super::tidy::Tidy;

/// One question, drawn: label, hint, field, 和暦, what is wrong.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "parts/field.html")]
pub struct FieldView<'a> {
    form: &'a Form,
    field: &'a Field,
}

impl HtmlSafe for FieldView<'_> {}

impl<'a> FieldView<'a> {
    pub(super) const fn new(form: &'a Form, field: &'a Field) -> Self {
        Self { form, field }
    }

    fn id(&self) -> String {
        anchor(&self.field.name)
    }

    fn label(&self) -> Cow<'static, str> {
        self.form.w.label(&self.field.label)
    }

    fn hint(&self) -> Option<Cow<'static, str>> {
        self.field.hint.as_ref().map(|hint| self.form.w.label(hint))
    }

    fn fault(&self) -> Option<Cow<'static, str>> {
        self.form.fault(&self.field.name).map(|line| self.form.w.line(line))
    }

    /// The answer as it is shown again; a password never is.
    fn value(&self) -> &str {
        if self.field.kind == Kind::Password { "" } else { self.form.text(&self.field.name) }
    }

    fn is_chosen(&self, choice: &Choice) -> bool {
        self.form.typed.all(&self.field.name).any(|value| value == choice.value)
    }

    /// The ids of the texts that belong to the field, for readers who hear it.
    fn described_by(&self) -> String {
        let id = self.id();
        let mut ids = Vec::new();
        if self.field.hint.is_some() {
            ids.push(format!("{id}-h"));
        }
        if self.field.kind == Kind::Date {
            ids.push(format!("{id}-w"));
        }
        if self.counts() {
            ids.push(format!("{id}-c"));
        }
        if self.form.fault(&self.field.name).is_some() {
            ids.push(format!("{id}-e"));
        }
        ids.join(" ")
    }

    /// 和暦 of the day typed so far.
    fn wareki(&self) -> String {
        self.form.dates.read(self.value()).map(|day| self.form.dates.long(day)).unwrap_or_default()
    }

    /// A browser's own date field shows nothing of what is no day: then it is one to type in, with what was typed.
    fn date_type(&self) -> &'static str {
        Dates::field_type(self.value())
    }

    /// Long answers show how many characters are left.
    const fn counts(&self) -> bool {
        matches!(self.field.kind, Kind::Area) && self.field.most.is_some()
    }

    fn left(&self) -> Cow<'static, str> {
        let most = self.field.most.unwrap_or_default();
        self.form.w.n("form-left", most.saturating_sub(self.value().chars().count()))
    }

    /// What the script may already check when the field is left, in the very words of the server.
    fn live_rule(&self) -> Option<(&'static str, Cow<'static, str>)> {
        if let Some(line) = self.field.digit_fault() {
            return Some(("digits", self.form.w.line(&line)));
        }
        let plain = matches!(self.field.kind, Kind::Text | Kind::Area);
        (plain && self.field.required).then(|| ("filled", self.form.w.line(&self.field.say(self.field.missing_key()))))
    }

    const fn tidy_name(&self) -> &'static str {
        match self.field.tidy {
            Tidy::Digits => "digits",
            Tidy::Ascii => "ascii",
            Tidy::Hiragana => "hiragana",
            _ => "",
        }
    }

    /// The questions that belong to a choice, drawn under it.
    fn under(&self, choice: &Choice) -> Vec<FieldView<'a>> {
        self.form
            .fields
            .iter()
            .filter(|field| {
                field.when.as_ref().is_some_and(|(name, value)| *name == self.field.name && *value == choice.value)
            })
            .map(|field| FieldView { form: self.form, field })
            .collect()
    }
}

/// The list of what to mend, with a link to each field; empty when nothing is wrong.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "parts/summary.html")]
pub struct Summary<'a> {
    pub(super) form: &'a Form,
}

impl HtmlSafe for Summary<'_> {}

impl Summary<'_> {
    /// In the order of the page; what belongs to no field comes first.
    fn faults(&self) -> Vec<(String, Cow<'static, str>)> {
        let place = |name: &str| self.form.fields.iter().position(|field| field.name == name);
        let mut faults: Vec<&(String, Line)> = self.form.faults.iter().collect();
        faults.sort_by_key(|(name, _)| place(name));
        faults
            .into_iter()
            .map(|(name, line)| {
                let target = if place(name).is_some() { anchor(name) } else { "main".to_owned() };
                (target, self.form.w.line(line))
            })
            .collect()
    }
}

/// The id of a field. Names may hold ids of rows; an `id` must not hold spaces.
fn anchor(name: &str) -> String {
    let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    format!("f-{safe}")
}
