//! What a form asks (申請書): sections of typed fields, when each is visible or required, and how what was
//! typed becomes [`Content`]. New field types are new variants of [`Input`]; nothing else knows them all.
use super::content::{Content, Grant, MOMENT, Shown, Words};
pub use super::typed::Typed;
use crate::kernel::calendar::DateStyle;
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// A form: one page of numbered sections.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    pub sections: Vec<Section>,
}

/// A numbered part of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub title: Words,
    pub fields: Vec<Field>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub key: String,
    pub label: Words,
    /// The sentence under the label.
    pub hint: Option<Words>,
    pub input: Input,
    pub required: When,
    pub visible: When,
    /// The clause that asks for this field, from the binding.
    pub clause: Option<String>,
}

/// How a field is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// One line of text.
    Text {
        max: usize,
    },
    /// Sentences.
    LongText {
        max: usize,
    },
    /// Exactly one of few.
    Choice {
        options: Vec<Choice>,
    },
    /// Any number of few.
    Multiple {
        options: Vec<Choice>,
    },
    Date,
    /// Date and time of day.
    Moment,
    /// A whole number.
    Number,
    YesNo,
    /// A person, typed as employee number or name and found in the directory.
    Person,
    /// A department (所属), chosen from those that exist.
    Department,
    /// A row of a register, chosen from a source that a room offers (台帳の行).
    Reference {
        source: String,
    },
    /// Several rows of a register, each with one of its own rights (システムと権限).
    Rights {
        source: String,
    },
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
    /// The rights that can be asked for on this row, for [`Input::Rights`].
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

    fn answers_to(&self, typed: &str) -> bool {
        let typed = squeeze(typed);
        squeeze(&self.value) == typed
            || matches!(&self.label, Some(Words::Plain(label)) if squeeze(label) == typed)
            || self.aliases.iter().any(|alias| squeeze(alias) == typed)
    }
}

/// A condition on the answers given so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    Always,
    Never,
    /// The field has one of these answers, or any answer when none is named. `person.employment` asks for a fact
    /// about the row that the field names.
    Answered {
        field: String,
        any_of: Vec<String>,
    },
}

impl When {
    /// The field has one of these answers.
    #[must_use]
    pub fn answered(field: &str, any_of: &[&str]) -> Self {
        Self::Answered { field: field.into(), any_of: any_of.iter().map(|value| (*value).to_owned()).collect() }
    }

    #[must_use]
    pub fn holds(&self, content: &Content, options: &Options) -> bool {
        let Self::Answered { field, any_of } = self else { return *self == Self::Always };
        let wanted = |value: &str| any_of.is_empty() || any_of.iter().any(|any| any == value);
        let answers = |field: &str| {
            content.text(field).into_iter().chain(content.many(field)).map(str::to_owned).collect::<Vec<_>>()
        };
        let Some((root, fact)) = field.split_once('.') else {
            return content.get(field).is_some()
                && (any_of.is_empty() || answers(field).iter().any(|value| wanted(value)));
        };
        let rows = options.get(root).map_or(&[][..], Vec::as_slice);
        answers(root).iter().any(|answer| {
            let row = rows.iter().find(|row| row.value == *answer);
            row.and_then(|row| row.facts.get(fact)).is_some_and(|value| wanted(value))
        })
    }
}

/// The words of a message with what is filled into them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub key: String,
    pub args: Vec<(&'static str, Words)>,
}

impl Message {
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { key: key.into(), args: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, words: Words) -> Self {
        self.args.push((name, words));
        self
    }
}

/// What must be mended, at which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    pub message: Message,
}

impl FieldError {
    #[must_use]
    pub fn new(field: &str, message: Message) -> Self {
        Self { field: field.into(), message }
    }
}

/// What can be chosen, field by field, for the person who fills the form in.
pub type Options = BTreeMap<String, Vec<Choice>>;

impl Field {
    /// A required field without conditions.
    #[must_use]
    pub fn new(key: impl Into<String>, label: Words, input: Input) -> Self {
        Self { key: key.into(), label, hint: None, input, required: When::Always, visible: When::Always, clause: None }
    }

    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = When::Never;
        self
    }

    #[must_use]
    pub fn required_when(mut self, when: When) -> Self {
        self.required = when;
        self
    }

    #[must_use]
    pub fn visible_when(mut self, when: When) -> Self {
        self.visible = when;
        self
    }

    /// What this field offers: its own fixed options, or those loaded for it.
    #[must_use]
    pub fn choices<'a>(&'a self, options: &'a Options) -> &'a [Choice] {
        match &self.input {
            Input::Choice { options } | Input::Multiple { options } => options,
            _ => options.get(&self.key).map_or(&[], Vec::as_slice),
        }
    }

    fn error(&self, key: &str) -> FieldError {
        FieldError::new(&self.key, Message::new(key).with("label", self.label.clone()))
    }

    /// Reads what was typed for this field.
    fn read(&self, typed: &Typed, options: &Options) -> Result<Value, FieldError> {
        let words = typed.one(&self.key);
        match &self.input {
            Input::Text { max } => self.read_text(&words.split_whitespace().collect::<Vec<_>>().join(" "), *max),
            Input::LongText { max } => self.read_text(&words, *max),
            Input::Date => self.read_date(&words),
            Input::Moment => self.read_moment(&words),
            Input::Number => self.read_number(&words),
            Input::YesNo if words.is_empty() || words == "yes" || words == "no" => Ok(json!(words)),
            Input::YesNo => Err(self.error("requests-error-choose")),
            Input::Choice { .. } | Input::Person | Input::Department | Input::Reference { .. } => {
                self.read_choice(&words, self.choices(options))
            }
            Input::Multiple { .. } => self.read_several(typed, self.choices(options)),
            Input::Rights { .. } => self.read_rights(typed, self.choices(options)),
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

    fn read_date(&self, text: &str) -> Result<Value, FieldError> {
        let folded: String = text.nfkc().collect();
        if folded.is_empty() {
            return Ok(Value::Null);
        }
        let typed = folded.parse::<NaiveDate>().ok().or_else(|| crate::kernel::calendar::parse_date(&folded).ok());
        typed.map(|date| json!(date)).ok_or_else(|| self.error("requests-error-date"))
    }

    fn read_moment(&self, text: &str) -> Result<Value, FieldError> {
        let folded: String = text.nfkc().collect();
        if folded.is_empty() {
            return Ok(Value::Null);
        }
        let read = |format| NaiveDateTime::parse_from_str(&folded, format).ok();
        let moment = read(MOMENT).or_else(|| read("%Y-%m-%d %H:%M")).or_else(|| read("%Y-%m-%dT%H:%M:%S"));
        moment.map(|at| json!(at.format(MOMENT).to_string())).ok_or_else(|| self.error("requests-error-moment"))
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
        let unknown =
            if matches!(self.input, Input::Person) { "requests-error-person" } else { "requests-error-choose" };
        match (found.next(), found.next()) {
            (Some(choice), None) => Ok(json!(choice.value)),
            (Some(_), Some(_)) => Err(self.error("requests-error-person-ambiguous")),
            (None, _) => Err(self.error(unknown)),
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

    /// The words a reader sees for an answer.
    fn show(&self, content: &Content, options: &Options) -> Vec<Words> {
        let choices = self.choices(options);
        let named = |value: &str| choices.iter().find(|choice| choice.value == value);
        let word = |value: &str| named(value).map_or_else(|| Words::Plain(value.into()), Choice::words);
        match &self.input {
            Input::Multiple { .. } => content.many(&self.key).into_iter().map(word).collect(),
            Input::Rights { .. } => content.grants(&self.key).iter().map(|grant| show_grant(grant, choices)).collect(),
            Input::YesNo => content
                .text(&self.key)
                .map(|answer| Words::key(format!("requests-answer-{answer}")))
                .into_iter()
                .collect(),
            Input::Date => content.date(&self.key).map(show_day).into_iter().collect(),
            Input::Moment => content.moment(&self.key).map(show_moment).into_iter().collect(),
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
}

/// 令和8年11月24日(火)
fn show_day(day: NaiveDate) -> Words {
    Words::Both { ja: DateStyle::Japanese.long(day), en: DateStyle::English.long(day) }
}

/// 令和8年11月24日(火) 9:30
fn show_moment(at: NaiveDateTime) -> Words {
    Words::Both { ja: DateStyle::Japanese.long_time(at), en: DateStyle::English.long_time(at) }
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

impl Form {
    /// All fields in the order of the page.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields().find(|field| field.key == key)
    }

    /// Turns what was typed into content. Answers to questions that were not asked are dropped; everything that
    /// must be mended is reported at once, in the order of the page.
    #[must_use]
    pub fn read(&self, typed: &Typed, options: &Options) -> (Content, Vec<FieldError>) {
        let mut content = Content::default();
        let mut errors: BTreeMap<&str, FieldError> = BTreeMap::new();
        for field in self.fields() {
            match field.read(typed, options) {
                Ok(value) => content.set(&field.key, value),
                Err(error) => drop(errors.insert(&field.key, error)),
            }
        }
        for field in self.fields() {
            let key = field.key.as_str();
            if !field.visible.holds(&content, options) {
                content.set(key, Value::Null);
                errors.remove(key);
            } else if content.get(key).is_none() && !errors.contains_key(key) && field.required.holds(&content, options)
            {
                errors.insert(key, field.error(field.missing()));
            }
        }
        let ordered = self.fields().filter_map(|field| errors.remove(field.key.as_str())).collect();
        (content, ordered)
    }

    /// The form as a reader sees it: every visible field with its words, unanswered ones as an empty list.
    #[must_use]
    pub fn show(&self, content: &Content, options: &Options) -> Vec<Shown> {
        self.fields()
            .filter(|field| field.visible.holds(content, options))
            .map(|field| Shown {
                field: field.key.clone(),
                label: field.label.clone(),
                lines: field.show(content, options),
            })
            .collect()
    }
}

impl Field {
    /// Which sentence asks for a missing answer.
    const fn missing(&self) -> &'static str {
        match self.input {
            Input::Text { .. }
            | Input::LongText { .. }
            | Input::Date
            | Input::Moment
            | Input::Number
            | Input::Person => "requests-error-fill",
            _ => "requests-error-choose",
        }
    }
}

/// Folds width, case and spaces, so that 「岡田　陽向」 and 「岡田陽向」 mean the same person.
fn squeeze(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEM: &str = "0198c0de-0000-7000-8000-000000000001";

    fn form() -> Form {
        let kinds = vec![Choice::fixed("new", Words::key("k-new")), Choice::fixed("admin", Words::key("k-admin"))];
        Form {
            sections: vec![Section {
                title: Words::key("s"),
                fields: vec![
                    Field::new("user", Words::key("l-user"), Input::Person),
                    Field::new("systems", Words::key("l-systems"), Input::Rights { source: "systems".into() }),
                    Field::new("level", Words::key("l-level"), Input::Choice { options: kinds }),
                    Field::new("why", Words::key("l-why"), Input::LongText { max: 10 })
                        .visible_when(When::answered("level", &["admin"])),
                    Field::new("until", Words::key("l-until"), Input::Date)
                        .required_when(When::answered("user.employment", &["fixed_term"])),
                ],
            }],
        }
    }

    fn options() -> Options {
        let okada =
            Choice::named("p1", "岡田 陽向").with_aliases(["027163".into()]).with_fact("employment", "permanent");
        let namesake =
            [Choice::named("p2", "森 葵").with_fact("employment", "fixed_term"), Choice::named("p3", "森 葵")];
        let system = Choice::named(SYSTEM, "住民情報系システム").with_rights(vec![Choice::named("view", "参照")]);
        [("user".to_owned(), [vec![okada], namesake.to_vec()].concat()), ("systems".to_owned(), vec![system])].into()
    }

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed::new(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())))
    }

    fn keys(errors: &[FieldError]) -> Vec<(&str, &str)> {
        errors.iter().map(|error| (error.field.as_str(), error.message.key.as_str())).collect()
    }

    #[test]
    fn everything_missing_is_said_at_once_in_the_order_of_the_page() {
        let (_, errors) = form().read(&typed(&[]), &options());
        let expected =
            [("user", "requests-error-fill"), ("systems", "requests-error-choose"), ("level", "requests-error-choose")];
        assert_eq!(keys(&errors), expected);
    }

    #[test]
    fn a_person_is_found_by_number_in_any_width_and_by_name_in_any_spacing() {
        for text in ["027163", "０２７１６３", "岡田　陽向", "岡田陽向"] {
            let (content, _) = form().read(&typed(&[("user", text)]), &options());
            assert_eq!(content.text("user"), Some("p1"), "{text}");
        }
        let (_, errors) = form().read(&typed(&[("user", "森 葵")]), &options());
        assert_eq!(errors[0].message.key, "requests-error-person-ambiguous");
        let (_, errors) = form().read(&typed(&[("user", "099999")]), &options());
        assert_eq!(errors[0].message.key, "requests-error-person");
    }

    #[test]
    fn a_hidden_question_is_neither_asked_nor_answered() {
        let base = [("user", "p1"), ("systems", SYSTEM), ("systems.0198c0de-0000-7000-8000-000000000001", "view")];
        let mut new = base.to_vec();
        new.extend([("level", "new"), ("why", "ここは消える")]);
        let (content, errors) = form().read(&typed(&new), &options());
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(content.get("why"), None);
        let mut admin = base.to_vec();
        admin.push(("level", "admin"));
        assert_eq!(keys(&form().read(&typed(&admin), &options()).1), [("why", "requests-error-fill")]);
    }

    #[test]
    fn an_end_date_is_asked_of_those_whose_employment_ends() {
        let until = |user| {
            keys(&form().read(&typed(&[("user", user)]), &options()).1).contains(&("until", "requests-error-fill"))
        };
        assert!(until("p2"));
        assert!(!until("p1"));
        assert!(!until("p3"));
    }

    #[test]
    fn only_offered_systems_and_rights_are_taken() {
        let right = "systems.0198c0de-0000-7000-8000-000000000001";
        let other = "0198c0de-0000-7000-8000-0000000000ff";
        for (pairs, key) in [
            (vec![("systems", SYSTEM), (right, "root")], "requests-error-right"),
            (vec![("systems", SYSTEM)], "requests-error-right"),
            (vec![("systems", other)], "requests-error-choose"),
        ] {
            let (content, errors) = form().read(&typed(&pairs), &options());
            assert!(content.grants("systems").is_empty());
            assert!(errors.iter().any(|error| error.field == "systems" && error.message.key == key), "{pairs:?}");
        }
    }

    #[test]
    fn too_long_text_and_an_impossible_date_are_refused_with_words() {
        let pairs = [("level", "admin"), ("why", "あいうえおかきくけこさ"), ("until", "2026-02-30")];
        let (_, errors) = form().read(&typed(&pairs), &options());
        assert!(keys(&errors).contains(&("why", "requests-error-too-long")));
        assert!(keys(&errors).contains(&("until", "requests-error-date")));
    }

    #[test]
    fn a_stored_content_typed_again_reads_the_same() {
        let right = "systems.0198c0de-0000-7000-8000-000000000001";
        let pairs = [("user", "p1"), ("systems", SYSTEM), (right, "view"), ("level", "new"), ("until", "2027-03-31")];
        let (content, errors) = form().read(&typed(&pairs), &options());
        assert!(errors.is_empty());
        assert_eq!(form().read(&Typed::again(&content), &options()).0, content);
    }

    #[test]
    fn control_characters_and_direction_marks_do_not_enter() {
        let typed = typed(&[("why", "a\u{0}b\u{202e}c\r\nd\u{7}")]);
        assert_eq!(typed.one("why"), "abc\nd");
    }

    #[test]
    fn rights_are_shown_as_system_and_right() {
        let right = "systems.0198c0de-0000-7000-8000-000000000001";
        let (content, _) = form().read(&typed(&[("systems", SYSTEM), (right, "view")]), &options());
        let shown = form().show(&content, &options());
        let systems = shown.iter().find(|field| field.field == "systems").map(|field| field.lines.clone());
        assert_eq!(systems, Some(vec![Words::Plain("住民情報系システム — 参照".into())]));
    }
}
