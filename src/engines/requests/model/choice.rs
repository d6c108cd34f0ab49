//! What can be chosen on a form: fixed options, people, rows of a register, and how somebody says which of them is meant.
use super::content::Words;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What can be chosen, field by field, for the person who fills the form in.
pub type Options = BTreeMap<String, Vec<Choice>>;

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

    /// What a page shows for this choice.
    #[must_use]
    pub fn words(&self) -> Words {
        self.label.clone().unwrap_or_else(|| Words::Plain(self.value.clone()))
    }

    /// Does somebody who types this mean this choice?
    pub(super) fn answers_to(&self, typed: &str) -> bool {
        let typed = squeeze(typed);
        squeeze(&self.value) == typed
            || matches!(&self.label, Some(Words::Plain(label)) if squeeze(label) == typed)
            || self.aliases.iter().any(|alias| squeeze(alias) == typed)
    }
}

/// Folds width, case and spaces, so that 「岡田　陽向」 and 「岡田陽向」 mean the same person.
fn squeeze(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
