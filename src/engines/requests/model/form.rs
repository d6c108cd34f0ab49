//! What a form asks (申請書): sections of typed fields, when each is visible or required, and how what was
//! typed becomes [`Content`]. New field types are new variants of [`Input`]; nothing else knows them all.
use super::choice::{Choice, Options, PICK};
use super::content::{Content, Shown, Words};
use super::limits::Limits;
use super::spans::ENDS;
use super::typed::Typed;
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;

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
    /// What an answer must keep to (項目間の決まり).
    pub limits: Limits,
    /// The field of the person whose own rows are offered, and no others.
    pub of: Option<String>,
    /// The clause that asks for this field, from the binding.
    pub clause: Option<String>,
}

/// The source of a field that names a clause of the regulations in force (条項): every room's forms have it.
pub const CLAUSES: &str = "clauses";

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
    /// From one day to another (期間), in `field.from` and `field.until`.
    Period,
    /// From one hour to another (時間帯), in the same way.
    TimeBand,
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
    /// Any number of rows of a register.
    References {
        source: String,
    },
    /// Several rows of a register, each with one of its own rights (システムと権限).
    Rights {
        source: String,
    },
    /// Every row of a register that is offered, each with one of its own answers: none may be left out.
    Every {
        source: String,
    },
    /// Files that were uploaded before (添付), each by its id.
    File,
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
            let plain = content.text(field).into_iter().chain(content.many(field)).map(str::to_owned);
            // of rights that are asked for, the rows are their systems
            plain.chain(content.grants(field).iter().map(|grant| grant.system.to_string())).collect::<Vec<_>>()
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

/// What the kernel says, at a field.
impl From<crate::kernel::error::Message> for Message {
    fn from(said: crate::kernel::error::Message) -> Self {
        let args = said.args.into_iter().map(|(name, value)| (name, Words::Plain(value)));
        Self { key: said.key.into_owned(), args: args.collect() }
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

impl Input {
    /// The register whose rows are offered.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        match self {
            Self::Reference { source }
            | Self::References { source }
            | Self::Rights { source }
            | Self::Every { source } => Some(source),
            _ => None,
        }
    }
}

impl Field {
    /// A required field without conditions.
    #[must_use]
    pub fn new(key: impl Into<String>, label: Words, input: Input) -> Self {
        Self {
            key: key.into(),
            label,
            hint: None,
            input,
            required: When::Always,
            visible: When::Always,
            limits: Limits::default(),
            of: None,
            clause: None,
        }
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

    /// The row that was chosen, as far as what was typed names one that is offered.
    #[must_use]
    pub fn chosen(&self, typed: &Typed, options: &Options, today: NaiveDate) -> Option<uuid::Uuid> {
        self.read(typed, options, today).ok()?.as_str()?.parse().ok()
    }

    /// What this field offers: its own fixed options, or those loaded for it.
    #[must_use]
    pub fn choices<'a>(&'a self, options: &'a Options) -> &'a [Choice] {
        match &self.input {
            Input::Choice { options } | Input::Multiple { options } => options,
            _ => options.get(&self.key).map_or(&[], Vec::as_slice),
        }
    }
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

    /// Does a page with this form send anything under this name? Questions that stand closed are sent as well.
    #[must_use]
    pub fn asks(&self, name: &str) -> bool {
        let (key, part) = name.split_once('.').map_or((name, None), |(key, part)| (key, Some(part)));
        let part_of = |input: &Input, part: &str| match input {
            Input::Person => part == PICK,
            Input::Period | Input::TimeBand => ENDS.contains(&part),
            Input::Rights { .. } | Input::Every { .. } => part.parse::<uuid::Uuid>().is_ok(),
            _ => false,
        };
        self.field(key).is_some_and(|field| part.is_none_or(|part| part_of(&field.input, part)))
    }

    /// The same, to be fitted to what is being worked on.
    pub fn field_mut(&mut self, key: &str) -> Option<&mut Field> {
        self.sections.iter_mut().flat_map(|section| &mut section.fields).find(|field| field.key == key)
    }

    /// Takes a question away that is not asked here.
    pub fn drop_field(&mut self, key: &str) {
        for section in &mut self.sections {
            section.fields.retain(|field| field.key != key);
        }
    }

    /// Turns what was typed into content. Answers to questions that were not asked are dropped; everything that
    /// must be mended is reported at once, in the order of the page.
    #[must_use]
    pub fn read(&self, typed: &Typed, options: &Options, today: NaiveDate) -> (Content, Vec<FieldError>) {
        let mut content = Content::default();
        let mut errors: BTreeMap<&str, FieldError> = BTreeMap::new();
        for field in self.fields() {
            match field.read(typed, options, today) {
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
        // what is compared with is read by now, and what is not asked is gone
        for field in self.fields().filter(|field| content.get(&field.key).is_some()) {
            if let Some(error) = self.beyond(field, &content, options, today) {
                errors.insert(&field.key, error);
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
