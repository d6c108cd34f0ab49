//! Forms: what a page asks, what came back, what is wrong with it, and how it is drawn again with what was typed.
//!
//! A feature declares its questions once as [`Field`]s. The same list draws the page, reads the answer, refuses names
//! that were never asked, and says what to mend. Rules that need more than one answer are added with [`Form::refuse`].

mod field;
mod input;
mod tidy;
mod view;

pub use field::{Choice, Field, Kind, Width};
pub use input::{FormInput, Malformed};
pub use tidy::Tidy;
pub use view::{FieldView, Summary};

use std::str::FromStr;

use chrono::NaiveDate;

use super::dates::Dates;
use super::locale::{Label, Line, Words};

/// The hidden field that proves the form was drawn for this session.
pub const TOKEN_FIELD: &str = "_token";
/// The hidden field that makes a form sent twice count once.
pub const ONCE_FIELD: &str = "_once";
/// The hidden name under which the switch of a page that answered a form asks for the other language.
pub const LANG_FIELD: &str = "_lang";

/// A name came back that the form never asked, or an answer came twice where one was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the form does not ask for {0:?}")]
pub struct Unasked(pub String);

/// A form (申請書・入力画面): its questions, what was typed, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Form {
    w: Words,
    dates: Dates,
    fields: Vec<Field>,
    typed: FormInput,
    faults: Vec<(String, Line)>,
    unmarked: bool,
}

impl Form {
    /// An empty form.
    #[must_use]
    pub fn new(w: Words, dates: Dates, fields: Vec<Field>) -> Self {
        Self { w, dates, fields, typed: FormInput::default(), faults: Vec::new(), unmarked: false }
    }

    /// The words in which it asks.
    #[must_use]
    pub const fn words(&self) -> Words {
        self.w
    }

    /// Fills in what is known, so that nobody types it.
    #[must_use]
    pub fn fill(mut self, name: &str, value: impl Into<String>) -> Self {
        self.typed.add(name, value);
        self
    }

    /// Leaves 「※必須」 away where every answer is plainly needed: sign-in and dialogs of one question.
    #[must_use]
    pub const fn unmarked(mut self) -> Self {
        self.unmarked = true;
        self
    }

    /// Takes what came back and checks every answer by its own rule. Names that were never asked are refused; wrong
    /// answers are kept beside what was typed.
    ///
    /// # Errors
    /// [`Unasked`] when a name came back that no field of this form has.
    pub fn take(mut self, input: FormInput) -> Result<Self, Unasked> {
        for (name, _) in input.iter() {
            let Some(field) = self.field(name) else { return Err(Unasked(name.to_owned())) };
            if !field.takes_many() && input.all(name).count() > 1 {
                return Err(Unasked(name.to_owned()));
            }
        }
        for name in input.file_names() {
            if !self.field(name).is_some_and(Field::is_file) {
                return Err(Unasked(name.to_owned()));
            }
        }
        self.typed = input;
        self.check();
        Ok(self)
    }

    fn check(&mut self) {
        let asked: Vec<Field> = self.fields.iter().filter(|field| self.applies(field)).cloned().collect();
        let mut kept = FormInput::default();
        for field in asked.iter().filter(|field| !field.is_file()) {
            let answers: Vec<String> =
                self.typed.all(&field.name).map(|value| field.tidy(value, &self.dates)).collect();
            if let Some(fault) = field.fault(&answers, &self.dates) {
                self.faults.push((field.name.clone(), fault));
            }
            for answer in answers {
                kept.add(&field.name, answer);
            }
        }
        kept.take_files(&mut self.typed);
        self.typed = kept;
    }

    /// Whether the question stands open: it belongs to no choice, or to one that was made.
    fn applies(&self, field: &Field) -> bool {
        match &field.when {
            None => true,
            Some((name, value)) => {
                self.typed.all(name).any(|typed| typed == value) && self.field(name).is_some_and(|f| self.applies(f))
            }
        }
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// How the reader sees dates.
    #[must_use]
    pub const fn dates(&self) -> &Dates {
        &self.dates
    }

    /// Says what is wrong with an answer, by a rule the field itself cannot know. The first word about a field stands.
    pub fn refuse(&mut self, name: &str, why: Line) {
        if !self.faults.iter().any(|(faulty, _)| faulty == name) {
            self.faults.push((name.to_owned(), why));
        }
    }

    /// The same in a sentence that names the field: its label stands for `$label`.
    pub fn refuse_named(&mut self, name: &str, why: Line) {
        if let Some(label) = self.field(name).map(|field| field.label.clone()) {
            self.refuse(name, why.named("label", label));
        }
    }

    /// Whether anything has to be mended: the page is shown again, with status 422.
    #[must_use]
    pub fn faulty(&self) -> bool {
        !self.faults.is_empty()
    }

    /// The answer, tidied; empty where nothing was typed.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.typed.get(name).unwrap_or_default()
    }

    /// The answer, or nothing where it was left empty.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.typed.get(name).filter(|value| !value.is_empty())
    }

    /// The answers to a question of many.
    pub fn many<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.typed.all(name)
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        self.typed.get(name).is_some()
    }

    /// The file that was chosen.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.typed.file(name).map(|file| &**file)
    }

    /// The answer as a day.
    #[must_use]
    pub fn date(&self, name: &str) -> Option<NaiveDate> {
        self.dates.read(self.text(name)).ok()
    }

    /// The answer as an id, number or key.
    #[must_use]
    pub fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    /// One question, drawn with its label, hint, answer and what is wrong with it.
    #[must_use]
    pub fn draw<'a>(&'a self, name: &str) -> Option<FieldView<'a>> {
        self.field(name).map(|field| FieldView::new(self, field))
    }

    /// All questions in their order; those that belong to a choice are drawn under it.
    pub fn questions(&self) -> impl Iterator<Item = FieldView<'_>> {
        self.fields.iter().filter(|field| field.when.is_none()).map(|field| FieldView::new(self, field))
    }

    /// The list of what to mend, above the form.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        Summary { form: self }
    }

    /// What was answered, in words, for the check page: label and answer of every open question.
    #[must_use]
    pub fn answers(&self) -> Vec<(String, String)> {
        self.fields
            .iter()
            .filter(|field| self.applies(field) && !field.is_hidden() && !field.is_file())
            .map(|field| (self.w.label(&field.label).into_owned(), self.answer(field)))
            .collect()
    }

    fn answer(&self, field: &Field) -> String {
        let said: Vec<String> = self
            .typed
            .all(&field.name)
            .filter(|value| !value.is_empty())
            .map(|value| match field.kind {
                Kind::Date => self.dates.read(value).map_or_else(|_| value.to_owned(), |day| self.dates.long(day)),
                Kind::Tick => self.w.t("form-ticked").into_owned(),
                Kind::Password => "●".repeat(8),
                _ => field.choice(value).map_or_else(|| value.to_owned(), |c| self.w.label(&c.label).into_owned()),
            })
            .collect();
        if said.is_empty() { "—".to_owned() } else { said.join(&self.w.t("web-list-comma")) }
    }

    fn fault(&self, name: &str) -> Option<&Line> {
        self.faults.iter().find(|(faulty, _)| faulty == name).map(|(_, line)| line)
    }
}

/// The sentence for an answer that another row already has (a unique index is the judge of duplicates).
#[must_use]
pub fn already_used(label: Label) -> Line {
    Line::new("form-already-used").named("label", label)
}

#[cfg(test)]
mod tests;
