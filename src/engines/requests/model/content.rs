//! What a request says (申請の内容): the answers, the words that were shown for them, and the hash over both
//! that a decision carries.
use crate::kernel::calendar::DateStyle;
use crate::kernel::ids::PersonId;
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The answers of a form, field by field. An empty answer is absent, never an empty string.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Content(BTreeMap<String, Value>);

/// How a moment is written in a content and in the browser's field for it.
pub const MOMENT: &str = "%Y-%m-%dT%H:%M";

/// One system together with the right asked for on it (システムと権限).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub system: Uuid,
    pub right: String,
}

impl Content {
    /// Sets an answer; `Null` and empty answers take it away.
    pub fn set(&mut self, field: &str, value: Value) {
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if empty {
            self.0.remove(field);
        } else {
            self.0.insert(field.to_owned(), value);
        }
    }

    /// The same content with one answer more; reads well in seeds and tests.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.set(field, value.into());
        self
    }

    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    #[must_use]
    pub fn date(&self, field: &str) -> Option<NaiveDate> {
        self.text(field)?.parse().ok()
    }

    #[must_use]
    pub fn uuid(&self, field: &str) -> Option<Uuid> {
        self.text(field)?.parse().ok()
    }

    #[must_use]
    pub fn person(&self, field: &str) -> Option<PersonId> {
        self.uuid(field).map(PersonId::from)
    }

    #[must_use]
    pub fn number(&self, field: &str) -> Option<i64> {
        self.0.get(field)?.as_i64()
    }

    /// Date and time of day on the organisation's wall clock.
    #[must_use]
    pub fn moment(&self, field: &str) -> Option<NaiveDateTime> {
        NaiveDateTime::parse_from_str(self.text(field)?, MOMENT).ok()
    }

    /// The ticked values of a field that takes several.
    #[must_use]
    pub fn many(&self, field: &str) -> Vec<&str> {
        let Some(Value::Array(items)) = self.0.get(field) else { return Vec::new() };
        items.iter().filter_map(Value::as_str).collect()
    }

    /// The systems and rights asked for in a field of that type.
    #[must_use]
    pub fn grants(&self, field: &str) -> Vec<Grant> {
        self.0.get(field).and_then(|value| serde_json::from_value(value.clone()).ok()).unwrap_or_default()
    }

    /// Every right that is asked for, in whichever field.
    #[must_use]
    pub fn rights(&self) -> Vec<Uuid> {
        self.0.keys().flat_map(|field| self.grants(field)).filter_map(|grant| grant.right.parse().ok()).collect()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The answers in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

/// Words as they stood on the screen: typed by a person, or a key of the message catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// Names, reasons, numbers: the same in every language.
    Plain(String),
    /// A word of the catalogue, such as the label of a choice.
    Key(String),
    /// Words of the organisation's own regulation, which brings both languages.
    Both { ja: String, en: String },
}

impl Words {
    /// Names, reasons, numbers.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// A word of the catalogue.
    pub fn key(key: impl Into<String>) -> Self {
        Self::Key(key.into())
    }

    /// A day: 令和8年11月24日(火)
    #[must_use]
    pub fn day(day: NaiveDate) -> Self {
        Self::Both { ja: DateStyle::Japanese.long(day), en: DateStyle::English.long(day) }
    }

    /// A day with its time: 令和8年11月24日(火) 9:30
    #[must_use]
    pub fn moment(at: NaiveDateTime) -> Self {
        Self::Both { ja: DateStyle::Japanese.long_time(at), en: DateStyle::English.long_time(at) }
    }

    /// The text in a language, `None` for a word of the catalogue.
    #[must_use]
    pub fn text(&self, english: bool) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            Self::Both { en, .. } if english => Some(en),
            Self::Both { ja, .. } => Some(ja),
            Self::Key(_) => None,
        }
    }
}

/// A field as it was shown to those who decided: names frozen at filing, so that a later change of a name
/// or of a ledger row does not change what was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub field: String,
    pub label: Words,
    pub lines: Vec<Words>,
}

/// The fingerprint of what was shown (内容の指紋): a decision form carries it, a changed content has another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Hashes the kind, the answers and the words shown, in one canonical order.
    #[must_use]
    pub fn of(kind: &str, content: &Content, shown: &[Shown]) -> Self {
        let mut bytes = Vec::with_capacity(1024);
        write_text(&mut bytes, kind);
        for (field, value) in content.iter() {
            write_text(&mut bytes, field);
            write_value(&mut bytes, value);
        }
        bytes.push(0xff);
        for field in shown {
            write_text(&mut bytes, &field.field);
            write_words(&mut bytes, &field.label);
            for line in &field.lines {
                write_words(&mut bytes, line);
            }
            bytes.push(0xfe);
        }
        Self(Sha256::digest(&bytes).into())
    }

    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads what the database holds; `None` when it is not 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

impl FromStr for ContentHash {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
        let digits = digits.ok_or(())?;
        let pairs = digits.chunks_exact(2);
        if digits.len() != 64 || !pairs.remainder().is_empty() {
            return Err(());
        }
        let bytes: Vec<u8> = pairs.map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        Self::from_bytes(&bytes).ok_or(())
    }
}

/// Length before bytes, so that no two contents share an encoding.
fn write_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn write_words(bytes: &mut Vec<u8>, words: &Words) {
    match words {
        Words::Plain(text) => (bytes.push(0), write_text(bytes, text)),
        Words::Key(key) => (bytes.push(1), write_text(bytes, key)),
        Words::Both { ja, en } => (bytes.push(2), [ja, en].into_iter().for_each(|text| write_text(bytes, text))),
    };
}

/// Objects are written in the order of their keys, whatever order the map type keeps.
fn write_value(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Array(items) => {
            bytes.push(b'[');
            bytes.extend_from_slice(&(items.len() as u64).to_be_bytes());
            items.iter().for_each(|item| write_value(bytes, item));
        }
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            bytes.push(b'{');
            bytes.extend_from_slice(&(sorted.len() as u64).to_be_bytes());
            for (key, item) in sorted {
                write_text(bytes, key);
                write_value(bytes, item);
            }
        }
        Value::String(text) => {
            bytes.push(b'"');
            write_text(bytes, text);
        }
        other => {
            bytes.push(b'=');
            write_text(bytes, &other.to_string());
        }
    }
}

/// One field that reads differently in two rounds (旧 → 新).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub label: Words,
    pub before: Vec<Words>,
    pub after: Vec<Words>,
}

impl Difference {
    /// What changed between two rounds, in the order of the newer form, then what fell away.
    #[must_use]
    pub fn between(old: &[Shown], new: &[Shown]) -> Vec<Self> {
        let find = |side: &[Shown], field: &str| side.iter().find(|s| s.field == field).map(|s| s.lines.clone());
        let mut found: Vec<Self> = new
            .iter()
            .filter_map(|after| {
                let before = find(old, &after.field).unwrap_or_default();
                (before != after.lines).then(|| Self { label: after.label.clone(), before, after: after.lines.clone() })
            })
            .collect();
        found.extend(old.iter().filter(|before| find(new, &before.field).is_none()).map(|before| Self {
            label: before.label.clone(),
            before: before.lines.clone(),
            after: Vec::new(),
        }));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(field: &str, line: &str) -> Shown {
        Shown {
            field: field.into(),
            label: Words::Key(format!("label-{field}")),
            lines: vec![Words::Plain(line.into())],
        }
    }

    #[test]
    fn the_hash_follows_every_answer_and_every_word_shown() {
        let content = Content::default().with("reason", "異動のため").with("from", "2026-11-24");
        let base = ContentHash::of("account.register", &content, &[shown("reason", "異動のため")]);
        assert_eq!(base, ContentHash::of("account.register", &content, &[shown("reason", "異動のため")]));
        assert_ne!(base, ContentHash::of("account.change", &content, &[shown("reason", "異動のため")]));
        assert_ne!(base, ContentHash::of("account.register", &content, &[shown("reason", "異動の為")]));
        let later = content.clone().with("from", "2026-11-25");
        assert_ne!(base, ContentHash::of("account.register", &later, &[shown("reason", "異動のため")]));
    }

    #[test]
    fn moving_text_between_neighbouring_fields_changes_the_hash() {
        let one = Content::default().with("a", "xy").with("b", "z");
        let two = Content::default().with("a", "x").with("b", "yz");
        assert_ne!(ContentHash::of("k", &one, &[]), ContentHash::of("k", &two, &[]));
    }

    #[test]
    fn a_hash_reads_back_from_its_hexadecimal_form_and_nothing_else_does() {
        let hash = ContentHash::of("k", &Content::default(), &[]);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for wrong in ["", "00", "zz", &"0".repeat(63), &"g".repeat(64), &"あ".repeat(64)] {
            assert!(wrong.parse::<ContentHash>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_empty_answer_is_no_answer() {
        let mut content = Content::default().with("until", "2027-03-31");
        content.set("until", json!(""));
        assert!(content.is_empty());
        content.set("systems", json!([]));
        assert!(content.is_empty());
    }

    #[test]
    fn differences_show_old_and_new_and_what_fell_away() {
        let old = [shown("until", "令和9年3月30日"), shown("note", "臨時"), shown("reason", "異動")];
        let new = [shown("reason", "異動"), shown("until", "令和9年3月31日")];
        let found = Difference::between(&old, &new);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].after, vec![Words::Plain("令和9年3月31日".into())]);
        assert_eq!(found[1].before, vec![Words::Plain("臨時".into())]);
        assert!(found[1].after.is_empty());
    }
}
