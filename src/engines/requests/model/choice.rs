//! What can be chosen on a form: fixed options, people, rows of a register, and how somebody says which of them is meant.
use super::content::Words;
pub use crate::kernel::settings::OTHER;
use crate::kernel::text;
use std::collections::BTreeMap;

/// What can be chosen, field by field, for the person who fills the form in.
pub type Options = BTreeMap<String, Vec<Choice>>;

/// The key of the question that asks what 「その他」 is.
#[must_use]
pub fn other_words(field: &str) -> String {
    format!("{field}_words")
}

/// One thing that can be chosen: a fixed option, a person, a row of a register.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    pub value: String,
    pub label: Option<Words>,
    pub note: Option<Words>,
    /// Facts about the row that conditions may ask for (`person.employment`).
    pub facts: BTreeMap<String, String>,
    /// What else a person may type to mean this (employee number, reading).
    pub aliases: Vec<String>,
    /// The rights that can be asked for on this row, for a field of type rights.
    pub rights: Vec<Self>,
    /// It is shown and cannot be chosen: where what is wanted is asked for instead.
    pub elsewhere: Option<&'static str>,
}

impl Choice {
    /// A fixed option with its label.
    #[must_use]
    pub fn fixed(value: &str, label: Words) -> Self {
        Self { value: value.into(), label: Some(label), ..Self::default() }
    }

    /// A row or person, named as it is.
    #[must_use]
    pub fn named(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: Some(Words::Plain(label.into())), ..Self::default() }
    }

    #[must_use]
    pub fn with_note(mut self, note: Words) -> Self {
        self.note = Some(note);
        self
    }

    #[must_use]
    pub fn with_aliases(mut self, aliases: impl IntoIterator<Item = String>) -> Self {
        self.aliases = aliases.into_iter().collect();
        self
    }

    #[must_use]
    pub fn with_fact(mut self, name: &str, value: &str) -> Self {
        self.facts.insert(name.into(), value.into());
        self
    }

    #[must_use]
    pub fn with_rights(mut self, rights: Vec<Self>) -> Self {
        self.rights = rights;
        self
    }

    /// It is asked for there, and cannot be chosen here.
    #[must_use]
    pub const fn asked_for_at(mut self, address: &'static str) -> Self {
        self.elsewhere = Some(address);
        self
    }

    /// What a page shows for this choice.
    #[must_use]
    pub fn words(&self) -> Words {
        self.label.clone().unwrap_or_else(|| Words::Plain(self.value.clone()))
    }

    /// Does somebody who types this mean this choice?
    pub(super) fn answers_to(&self, typed: &str) -> bool {
        self.is_called(typed, &squeeze(typed))
    }

    fn is_called(&self, typed: &str, squeezed: &str) -> bool {
        self.value == typed || self.names().any(|name| name == typed || squeeze(name) == squeezed)
    }

    /// Is every word that was typed part of how this choice is called?
    fn recalls(&self, words: &[String]) -> bool {
        text::holds_words(&self.names().collect::<Vec<_>>().join(" "), words)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let label = match &self.label {
            Some(Words::Plain(label)) => Some(label.as_str()),
            _ => None,
        };
        label.into_iter().chain(self.aliases.iter().map(String::as_str))
    }
}

/// Whom somebody means who types a number, a name or a reading (該当者).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant<'a> {
    /// Exactly this one.
    One(&'a Choice),
    /// One of these: people of one name, or those whom a part of a name fits. Who it is, is asked.
    OneOf(Vec<&'a Choice>),
    /// Nobody of those who can be chosen.
    Nobody,
}

impl<'a> Meant<'a> {
    /// Finds who is meant. A part of a name never decides by itself, even where only one person has it.
    #[must_use]
    pub fn of(choices: &'a [Choice], typed: &str) -> Self {
        // a form that comes back names the row itself: nobody is to be looked for
        if let Some(chosen) = choices.iter().find(|choice| choice.value == typed) {
            return Self::One(chosen);
        }
        let squeezed = squeeze(typed);
        let exact: Vec<&Choice> = choices.iter().filter(|choice| choice.is_called(typed, &squeezed)).collect();
        match exact[..] {
            [only] => return Self::One(only),
            [_, _, ..] => return Self::OneOf(exact),
            [] => {}
        }
        let words = text::search_words(typed);
        let recalled: Vec<&Choice> = choices.iter().filter(|choice| choice.recalls(&words)).collect();
        if words.is_empty() || recalled.is_empty() { Self::Nobody } else { Self::OneOf(recalled) }
    }

    /// The same, when one of them was pointed at (下から選ぶ). What does not fit what was typed is not heard.
    #[must_use]
    pub fn picked(self, value: &str) -> Self {
        let Self::OneOf(candidates) = &self else { return self };
        candidates.iter().find(|choice| choice.value == value).map_or(self.clone(), |choice| Self::One(choice))
    }
}

/// How the name of the answer that points at one of the people who are meant ends.
pub(super) const PICK: &str = "pick";

/// The name of that answer.
#[must_use]
pub fn pick(field: &str) -> String {
    format!("{field}.{PICK}")
}

/// Folds width, case, kana kind and spaces, so that 「オカダ　ヒナタ」 and 「おかだひなた」 mean the same person. 濁点 and
/// characters of names are kept: who is meant is not guessed.
fn squeeze(typed: &str) -> String {
    if typed.is_ascii() {
        return typed.chars().filter(char::is_ascii_graphic).map(|c| c.to_ascii_lowercase()).collect();
    }
    text::fold_kana(typed).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
