//! How what was typed into a field becomes an answer, and how an answer is said again in words.
use super::choice::{Choice, Meant, Options, pick};
use super::content::{Content, Grant, MOMENT, Words};
use super::files::FileRef;
use super::form::{Field, FieldError, Input, Message};
use super::typed::Typed;
use crate::kernel::calendar::{read_day, read_moment};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

impl Field {
    pub(super) fn error(&self, key: &str) -> FieldError {
        FieldError::new(&self.key, Message::new(key).with("label", self.label.clone()))
    }

    /// Reads what was typed for this field.
    pub(super) fn read(&self, typed: &Typed, options: &Options, today: NaiveDate) -> Result<Value, FieldError> {
        let words = typed.one(&self.key);
        match &self.input {
            Input::Text { max } => self.read_text(&words.split_whitespace().collect::<Vec<_>>().join(" "), *max),
            Input::LongText { max } => self.read_text(&words, *max),
            Input::Date => self.read_date(&words, today),
            Input::Moment => self.read_moment(&words, today),
            Input::Period | Input::TimeBand => self.read_span(typed, today),
            Input::Number => self.read_number(&words),
            Input::YesNo if words.is_empty() || words == "yes" || words == "no" => Ok(json!(words)),
            Input::YesNo => Err(self.error("requests-error-choose")),
            Input::Person => self.read_person(&words, &typed.one(&pick(&self.key)), self.choices(options)),
            Input::Choice { .. } | Input::Department | Input::Reference { .. } => {
                self.read_choice(&words, self.choices(options))
            }
            Input::Multiple { .. } | Input::References { .. } => self.read_several(typed, self.choices(options)),
            Input::Rights { .. } => self.read_rights(typed, self.choices(options)),
            Input::Every { .. } => self.read_every(typed, self.choices(options)),
            Input::File => self.read_files(typed, self.choices(options)),
        }
    }

    fn read_text(&self, text: &str, max: usize) -> Result<Value, FieldError> {
        if text.chars().count() > max {
            let mut error = self.error("requests-error-too-long");
            error.message.args.push(("max", Words::Plain(max.to_string())));
            return Err(error);
        }
        Ok(json!(text))
    }

    fn read_date(&self, text: &str, today: NaiveDate) -> Result<Value, FieldError> {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        read_day(text, today).map(|day| json!(day)).map_err(|error| self.unreadable(error.message()))
    }

    fn read_moment(&self, text: &str, today: NaiveDate) -> Result<Value, FieldError> {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let moment = read_moment(text, today).map_err(|error| self.unreadable(error.message()))?;
        Ok(json!(moment.format(MOMENT).to_string()))
    }

    fn unreadable(&self, why: crate::kernel::error::Message) -> FieldError {
        FieldError::new(&self.key, Message::from(why).with("label", self.label.clone()))
    }

    fn read_number(&self, text: &str) -> Result<Value, FieldError> {
        let folded: String = text.nfkc().filter(|c| *c != ',').collect();
        if folded.is_empty() {
            return Ok(Value::Null);
        }
        folded.parse::<i64>().map(|number| json!(number)).map_err(|_| self.error("requests-error-number"))
    }

    fn read_choice(&self, text: &str, choices: &[Choice]) -> Result<Value, FieldError> {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let mut found = choices.iter().filter(|choice| choice.answers_to(text));
        match (found.next(), found.next()) {
            (Some(choice), None) => Ok(json!(choice.value)),
            _ => Err(self.error("requests-error-choose")),
        }
    }

    fn read_person(&self, text: &str, picked: &str, choices: &[Choice]) -> Result<Value, FieldError> {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        match Meant::of(choices, text).picked(picked) {
            Meant::One(person) => Ok(json!(person.value)),
            Meant::OneOf(candidates) => {
                let mut error = self.error("requests-error-person-choose");
                let count = candidates.len().to_string();
                error.message.args.extend([("typed", Words::plain(text)), ("count", Words::plain(count))]);
                Err(error)
            }
            Meant::Nobody => Err(self.error("requests-error-person")),
        }
    }

    fn read_several(&self, typed: &Typed, choices: &[Choice]) -> Result<Value, FieldError> {
        let values: BTreeSet<&str> = typed.all(&self.key).collect();
        if values.iter().any(|value| !choices.iter().any(|choice| choice.value == *value)) {
            return Err(self.error("requests-error-choose"));
        }
        Ok(json!(values))
    }

    /// A ticked system `field=<id>` with its right in `field.<id>`.
    fn read_rights(&self, typed: &Typed, choices: &[Choice]) -> Result<Value, FieldError> {
        let mut grants = Vec::new();
        for system in typed.all(&self.key).collect::<BTreeSet<&str>>() {
            let choice = choices.iter().find(|choice| choice.value == system);
            let choice = choice.ok_or_else(|| self.error("requests-error-choose"))?;
            let right = typed.one(&format!("{}.{system}", self.key));
            let id = choice.value.parse().map_err(|_| self.error("requests-error-choose"))?;
            if !choice.rights.iter().any(|offered| offered.value == right) {
                let mut error = self.error("requests-error-right");
                error.message.args.push(("system", choice.words()));
                return Err(error);
            }
            grants.push(Grant { system: id, right });
        }
        Ok(json!(grants))
    }

    /// Each row that is offered with its answer in `field.<id>`.
    fn read_every(&self, typed: &Typed, choices: &[Choice]) -> Result<Value, FieldError> {
        let mut grants = Vec::new();
        for choice in choices {
            let right = typed.one(&format!("{}.{}", self.key, choice.value));
            let known = choice.rights.iter().any(|offered| offered.value == right);
            let id = choice.value.parse().ok().filter(|_| known);
            grants.push(Grant { system: id.ok_or_else(|| self.error("requests-error-every"))?, right });
        }
        Ok(json!(grants))
    }

    /// The words a reader sees for an answer.
    pub(super) fn show(&self, content: &Content, options: &Options) -> Vec<Words> {
        let choices = self.choices(options);
        let named = |value: &str| choices.iter().find(|choice| choice.value == value);
        let word = |value: &str| named(value).map_or_else(|| Words::Plain(value.into()), Choice::words);
        match &self.input {
            Input::Multiple { .. } => content.many(&self.key).into_iter().map(word).collect(),
            Input::References { .. } => {
                // a request from before, with the one row that it could name
                let one = content.text(&self.key).into_iter();
                one.chain(content.many(&self.key)).map(|value| show_row(named(value), value)).collect()
            }
            Input::Rights { .. } | Input::Every { .. } => {
                content.grants(&self.key).iter().map(|grant| show_grant(grant, choices)).collect()
            }
            Input::File => content.files(&self.key).iter().map(FileRef::words).collect(),
            Input::YesNo => content
                .text(&self.key)
                .map(|answer| Words::key(format!("requests-answer-{answer}")))
                .into_iter()
                .collect(),
            Input::Date => content.date(&self.key).map(Words::day).into_iter().collect(),
            Input::Moment => content.moment(&self.key).map(Words::moment).into_iter().collect(),
            Input::Period | Input::TimeBand => self.show_span(content).into_iter().collect(),
            Input::Number => {
                content.number(&self.key).map(|number| Words::plain(number.to_string())).into_iter().collect()
            }
            _ => {
                let Some(value) = content.text(&self.key) else { return Vec::new() };
                let note = named(value).filter(|_| matches!(self.input, Input::Person | Input::Reference { .. }));
                let note = note.and_then(|choice| choice.note.clone());
                std::iter::once(word(value)).chain(note).collect()
            }
        }
    }

    /// Which sentence asks for a missing answer.
    pub(super) const fn missing(&self) -> &'static str {
        match self.input {
            Input::Text { .. }
            | Input::LongText { .. }
            | Input::Date
            | Input::Moment
            | Input::Period
            | Input::TimeBand
            | Input::Number
            | Input::Person => "requests-error-fill",
            Input::File => "requests-error-file",
            _ => "requests-error-choose",
        }
    }
}

/// 「住民情報系システム ID-0042 — 参照」
fn show_row(row: Option<&Choice>, value: &str) -> Words {
    let Some(row) = row else { return Words::plain(value) };
    let said = |words: Option<&Words>, english| words.and_then(|words| words.text(english)).map(str::to_owned);
    let both = |english| {
        let parts = [said(Some(&row.words()), english), said(row.note.as_ref(), english)];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" — ")
    };
    let (ja, en) = (both(false), both(true));
    if ja == en { Words::Plain(ja) } else { Words::Both { ja, en } }
}

/// 「住民情報系システム — 参照」
fn show_grant(grant: &Grant, choices: &[Choice]) -> Words {
    let row = choices.iter().find(|choice| choice.value == grant.system.to_string());
    let right = row.and_then(|row| row.rights.iter().find(|right| right.value == grant.right));
    let say = |choice: Option<&Choice>, or: &str, english| {
        choice
            .map(Choice::words)
            .and_then(|words| words.text(english).map(str::to_owned))
            .unwrap_or_else(|| or.to_owned())
    };
    let both =
        |english| format!("{} — {}", say(row, &grant.system.to_string(), english), say(right, &grant.right, english));
    let (ja, en) = (both(false), both(true));
    if ja == en { Words::Plain(ja) } else { Words::Both { ja, en } }
}
