//! What the requests of the bulk say: content, the words shown for it, subject, lines, and what is recorded when a line is
//! carried out. The words are those that the forms of the adopted regulation declare.
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cast::{Person, Right, Section, System};
use crate::engines::requests::model::{Content, ContentHash, Form, MOMENT, Options, Shown, Words};
use crate::kernel::clock::local;
use crate::kernel::text::noted;

/// A request as it is filed.
#[derive(Debug)]
pub struct Paper {
    /// the answers
    pub content: Content,
    /// the words shown for them
    pub shown: Vec<Shown>,
    /// its subject in lists
    pub subject: String,
    /// what is asked for, line by line
    pub lines: Vec<Line>,
}

/// A line.
#[derive(Debug)]
pub struct Line {
    /// its words
    pub subject: String,
    /// what the room keeps of it
    pub data: Value,
}

/// An account that a request names.
#[derive(Debug)]
pub struct Named<'a> {
    /// which
    pub id: Uuid,
    /// its ID
    pub name: &'a str,
    /// where
    pub system: &'a System,
    /// its right now
    pub right: &'a Right,
}

impl Paper {
    /// The fingerprint of what was shown.
    #[must_use]
    pub fn hash(&self, kind: &str) -> ContentHash {
        ContentHash::of(kind, &self.content, &self.shown)
    }

    /// A new account on one system or two.
    #[must_use]
    pub fn register(
        form: &Form,
        (section, holder): (&Section, &Person),
        wishes: &[(&System, &Right)],
        reason: &str,
        (from, until): (NaiveDate, Option<NaiveDate>),
    ) -> Self {
        let grants = wishes.iter().map(|(system, right)| json!({ "system": system.id, "right": right.id.to_string() }));
        let mut content = base(section, holder, reason);
        content.set("grants", grants.collect());
        content.set("from", from.to_string().into());
        content.set("until", until.map_or(Value::Null, |day| day.to_string().into()));
        let granted = wishes.iter().map(|(system, right)| format!("{} — {}", system.name, right.name));
        let granted: Vec<Words> = granted.map(Words::plain).collect();
        let shown = show(form, |field| match field {
            "grants" => Some(granted.clone()),
            "from" => Some(vec![Words::day(from)]),
            "until" => Some(until.map(Words::day).into_iter().collect()),
            other => common(other, section, holder, reason),
        });
        let first = wishes.first().map_or("", |(system, _)| system.name.as_str());
        let more = wishes.len().saturating_sub(1);
        let first = if more == 0 { first.to_owned() } else { format!("{first} ほか{more}") };
        let lines = wishes.iter().map(|(system, right)| Line {
            subject: format!("{} — {}", system.name, right.name),
            data: json!({ "system": system.id, "portal": false, "person": holder.id, "rights": [right.id], "scale": scale(system) }),
        });
        Self { content, shown, subject: noted(&holder.name, &first), lines: lines.collect() }
    }

    /// Another right on an account.
    #[must_use]
    pub fn change(
        form: &Form,
        (section, holder): (&Section, &Person),
        account: &Named<'_>,
        right: &Right,
        (reason, from): (&str, NaiveDate),
    ) -> Self {
        let mut content = base(section, holder, reason);
        content.set("accounts", json!([{ "system": account.id, "right": right.id.to_string() }]));
        content.set("from", from.to_string().into());
        let called = format!("{} {}", account.system.name, account.name);
        let shown = show(form, |field| match field {
            "accounts" => Some(vec![Words::plain(format!("{called} — {}", right.name))]),
            "from" => Some(vec![Words::day(from)]),
            "until" => Some(Vec::new()),
            other => common(other, section, holder, reason),
        });
        let line = Line {
            subject: format!("{called} — {} → {}", account.right.name, right.name),
            data: json!({
                "account": account.id, "treatment": "change", "place": null, "rights": [right.id],
                "scale": scale(account.system),
            }),
        };
        Self { content, shown, subject: noted(&holder.name, &called), lines: vec![line] }
    }

    /// An account that is no longer used.
    #[must_use]
    pub fn stop(
        form: &Form,
        (section, holder): (&Section, &Person),
        account: &Named<'_>,
        (reason, on): (&str, NaiveDate),
    ) -> Self {
        let mut content = base(section, holder, reason);
        content.set("accounts", json!([account.id]));
        content.set("stop_on", on.to_string().into());
        let called = format!("{} {}", account.system.name, account.name);
        let shown = show(form, |field| match field {
            "accounts" => Some(vec![Words::plain(format!("{called} — {}", account.right.name))]),
            "stop_on" => Some(vec![Words::day(on)]),
            other => common(other, section, holder, reason),
        });
        let line = Line { subject: called.clone(), data: json!({ "account": account.id, "on": on }) };
        Self { content, shown, subject: noted(&holder.name, &called), lines: vec![line] }
    }
}

fn base(section: &Section, holder: &Person, reason: &str) -> Content {
    Content::default()
        .with("department", section.id.to_string())
        .with("person", holder.id.to_string())
        .with("reason", reason)
}

fn common(field: &str, section: &Section, holder: &Person, reason: &str) -> Option<Vec<Words>> {
    match field {
        "department" => Some(vec![Words::plain(&section.name)]),
        "person" => Some(vec![Words::plain(&holder.name), Words::plain(format!("{} {}", holder.number, section.name))]),
        "reason" => Some(vec![Words::plain(reason)]),
        _ => None,
    }
}

/// The fields for which there are words, in the order of the form.
fn show(form: &Form, words: impl Fn(&str) -> Option<Vec<Words>>) -> Vec<Shown> {
    let shown = form.fields().filter_map(|field| {
        Some(Shown { field: field.key.clone(), label: field.label.clone(), lines: words(&field.key)? })
    });
    shown.collect()
}

/// The rights of a system as they stand when something is asked for.
fn scale(system: &System) -> Value {
    let rights = system.rights.iter().map(|right| {
        json!({ "id": right.id, "standard": right.standard, "privileged": right.privileged, "position": right.position })
    });
    rights.collect()
}

/// Why somebody gets more than the standard right.
pub const BEYOND: &str = "所属長が確認した担当業務に必要なため。";
const CHECKED: &str = "電話返信";

/// What an administrator records who hands a new account over.
#[derive(Debug)]
pub struct Handover<'a> {
    /// the ID
    pub issued: &'a str,
    /// the right
    pub right: &'a Right,
    /// in_person, sealed, other_route
    pub method: &'a str,
    /// who
    pub by: &'a Person,
    /// where they sit
    pub desk: &'a str,
    /// when
    pub at: DateTime<Utc>,
}

impl Handover<'_> {
    /// As data, and in words.
    #[must_use]
    pub fn recorded(&self, form: &Form) -> (Value, Vec<Shown>) {
        let at = local(self.at).naive_local();
        let mut result = json!({
            "issued_id": self.issued, "granted": self.right.id, "handover_method": self.method, "identity_check": CHECKED,
            "handed_over_by": self.by.id, "handed_over_at": at.format(MOMENT).to_string(),
        });
        let beyond = !self.right.standard;
        if let (true, Some(result)) = (beyond, result.as_object_mut()) {
            result.insert("beyond_reason".to_owned(), BEYOND.into());
        }
        let level = if beyond { "accounts-right-beyond" } else { "accounts-right-standard" };
        let method = form.field("handover_method").and_then(|field| {
            field
                .choices(&Options::new())
                .iter()
                .find(|choice| choice.value == self.method)
                .map(crate::engines::requests::model::choice::Choice::words)
        });
        let shown = show(form, |field| match field {
            "issued_id" => Some(vec![Words::plain(self.issued)]),
            "granted" => Some(vec![Words::plain(&self.right.name), Words::key(level)]),
            "beyond_reason" => beyond.then(|| vec![Words::plain(BEYOND)]),
            "handover_method" => Some(method.clone().into_iter().collect()),
            "identity_check" => Some(vec![Words::plain(CHECKED)]),
            "handed_over_by" => {
                Some(vec![Words::plain(&self.by.name), Words::plain(format!("{} {}", self.by.number, self.desk))])
            }
            "handed_over_at" => Some(vec![Words::moment(at)]),
            _ => None,
        });
        (result, shown)
    }

    /// As the event of the handing over tells it.
    #[must_use]
    pub fn facts(&self) -> Value {
        json!({
            "method": self.method, "handed_over_at": local(self.at).naive_local().format(MOMENT).to_string(),
            "handed_over_by": self.by.id, "identity_check": CHECKED,
        })
    }
}

/// What is recorded where a right beyond the standard is set on an account.
#[must_use]
pub fn beyond_recorded(form: &Form, right: &Right) -> (Value, Vec<Shown>) {
    if right.standard {
        return (json!({}), Vec::new());
    }
    let shown = show(form, |field| (field == "beyond_reason").then(|| vec![Words::plain(BEYOND)]));
    (json!({ "beyond_reason": BEYOND }), shown)
}
