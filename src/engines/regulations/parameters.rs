//! Canonical parameters (値): what the portal itself can be told by a regulation, each with its type, its unit and
//! the place in [`Settings`] that it sets. Bindings map a catalogue's own names to these.
use super::strict::Direction;
use crate::kernel::settings::{CharClass, LockMode, Period, Set, Settings, Source};
use chrono::TimeDelta;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeSet;

/// What a parameter's number counts; screens show it after the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 文字
    Characters,
    /// 回
    Times,
    /// 分
    Minutes,
    /// 時間
    Hours,
    /// 日
    Days,
    /// 件
    Sessions,
    /// 人
    People,
    /// Nothing is counted.
    None,
}

impl Unit {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Times => "times",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Sessions => "sessions",
            Self::People => "people",
            Self::None => "none",
        }
    }
}

/// A value in the form in which a screen words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    Number(u64),
    Numbers(Vec<u64>),
    /// So many former ones, or all.
    Generations(Option<u64>),
    YesNo(bool),
    Period(Option<Period>),
    Classes(Vec<CharClass>),
    Lock(LockMode),
    Words(Vec<String>),
}

/// Why something is no value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// A number, but none between these two.
    Outside { count: u64, least: u64, most: u64 },
    /// Anything else, in the words of a file's author.
    Other(String),
}

impl From<String> for Wrong {
    fn from(words: String) -> Self {
        Self::Other(words)
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Outside { count, least, most } => write!(f, "{count} lies outside {least} to {most}"),
            Self::Other(words) => f.write_str(words),
        }
    }
}

/// One canonical parameter: its name, what it counts, and how it is written to and read from the settings.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    pub key: &'static str,
    pub unit: Unit,
    /// In which direction it grows stricter: where several say something about it, the stricter holds.
    pub strict: Direction,
    /// The mechanism key that enforces it, by which its last refusal is found; none: nothing acts on it by itself.
    pub mechanism: Option<&'static str>,
    /// The room that will act on it and is still to come; until then the portal keeps it and does nothing by it.
    pub waits_for: Option<&'static str>,
    write: fn(&mut Settings, &Value, Source) -> Result<(), Wrong>,
    read: fn(&Settings) -> (Shown, &Source),
}

impl Parameter {
    /// Puts the value in force, if it is of the right type and within bounds.
    pub fn write(&self, settings: &mut Settings, value: &Value, source: Source) -> Result<(), Wrong> {
        (self.write)(settings, value, source)
    }

    /// The value in force and where it comes from.
    #[must_use]
    pub fn read<'s>(&self, settings: &'s Settings) -> (Shown, &'s Source) {
        (self.read)(settings)
    }
}

/// What regulations fix for the portal itself and no parameter carries yet.
#[derive(Debug, Clone, Copy)]
pub struct ToCome {
    pub key: &'static str,
    /// The room that will act on it.
    pub room: &'static str,
}

/// All of them, in the order in which the page lists them: a room that comes takes its own from here to [`PARAMETERS`].
pub const TO_COME: &[ToCome] = &[
    ToCome { key: "second-factor-tiers", room: "second-factor" },
    ToCome { key: "rights-review", room: "duties" },
    ToCome { key: "operating-hours", room: "duties" },
    ToCome { key: "log-review", room: "logs" },
    ToCome { key: "diary-retention", room: "duties" },
    ToCome { key: "emergency-ratification", room: "incidents" },
    ToCome { key: "privacy-viewing", room: "assets" },
    ToCome { key: "contractor-rights", room: "vendors" },
];

/// The parameter of that name.
#[must_use]
pub fn find(key: &str) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.key == key)
}

/// Every canonical parameter, in the order in which the page lists them.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        key: "password_min_length",
        unit: Unit::Characters,
        strict: Direction::More,
        mechanism: Some("password.rules"),
        waits_for: None,
        write: |s, v, from| number(&mut s.password.min_length, v, from, 8, 128),
        read: |s| shown(&s.password.min_length, |n| Shown::Number(*n as u64)),
    },
    Parameter {
        key: "password_classes",
        unit: Unit::None,
        strict: Direction::All,
        mechanism: Some("password.rules"),
        waits_for: None,
        write: |s, v, from| {
            s.password.classes = Set::new(classes(v)?, from);
            Ok(())
        },
        read: |s| shown(&s.password.classes, |list| Shown::Classes(list.clone())),
    },
    Parameter {
        key: "password_max_age",
        unit: Unit::None,
        strict: Direction::Less,
        mechanism: Some("password.max_age"),
        waits_for: None,
        write: |s, v, from| no_longer(LONGEST_AGE, v).and_then(|()| limit(&mut s.password.max_age, v, from)),
        read: |s| shown(&s.password.max_age, |period| Shown::Period(*period)),
    },
    Parameter {
        key: "password_reminders_days",
        unit: Unit::Days,
        strict: Direction::All,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| {
            s.password.reminders_days = Set::new(typed(v)?, from);
            Ok(())
        },
        read: |s| {
            shown(&s.password.reminders_days, |days| Shown::Numbers(days.iter().map(|day| u64::from(*day)).collect()))
        },
    },
    Parameter {
        key: "password_history",
        unit: Unit::Times,
        strict: Direction::More,
        mechanism: Some("password.history"),
        waits_for: None,
        write: |s, v, from| generations(&mut s.password.history, v, from),
        read: |s| shown(&s.password.history, |n| Shown::Generations(n.map(|n| n as u64))),
    },
    Parameter {
        key: "password_change_at_first_logon",
        unit: Unit::None,
        strict: Direction::Demanded,
        mechanism: Some("password.first_change"),
        waits_for: None,
        write: |s, v, from| yes_no(&mut s.password.change_at_first, v, from),
        read: |s| shown(&s.password.change_at_first, |yes| Shown::YesNo(*yes)),
    },
    Parameter {
        key: "activation_hours",
        unit: Unit::Hours,
        strict: Direction::Less,
        mechanism: Some("account.initial_password"),
        waits_for: None,
        write: |s, v, from| number(&mut s.password.activation_hours, v, from, 1, 72),
        read: |s| shown(&s.password.activation_hours, |n| Shown::Number((*n).into())),
    },
    Parameter {
        key: "password_forbidden_words",
        unit: Unit::None,
        strict: Direction::All,
        mechanism: Some("password.rules"),
        waits_for: None,
        write: |s, v, from| {
            s.password.forbidden_words = Set::new(forbidden_words(v)?, from);
            Ok(())
        },
        read: |s| shown(&s.password.forbidden_words, |words| Shown::Words(words.clone())),
    },
    Parameter {
        key: "password_autocomplete",
        unit: Unit::None,
        strict: Direction::Forbidden,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| yes_no(&mut s.password.autocomplete, v, from),
        read: |s| shown(&s.password.autocomplete, |yes| Shown::YesNo(*yes)),
    },
    Parameter {
        key: "lock_after",
        unit: Unit::Times,
        strict: Direction::Less,
        mechanism: Some("password.lock"),
        waits_for: None,
        write: |s, v, from| number(&mut s.lock.after, v, from, 3, 10),
        read: |s| shown(&s.lock.after, |n| Shown::Number((*n).into())),
    },
    Parameter {
        key: "lock_mode",
        unit: Unit::None,
        strict: Direction::Locked,
        mechanism: Some("password.lock"),
        waits_for: None,
        write: |s, v, from| {
            s.lock.mode = Set::new(lock_mode(v)?, from);
            Ok(())
        },
        read: |s| shown(&s.lock.mode, |mode| Shown::Lock(*mode)),
    },
    Parameter {
        key: "idle_minutes",
        unit: Unit::Minutes,
        strict: Direction::Less,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| number(&mut s.session.idle_minutes, v, from, 1, 60),
        read: |s| shown(&s.session.idle_minutes, |n| Shown::Number((*n).into())),
    },
    Parameter {
        key: "absolute_hours",
        unit: Unit::Hours,
        strict: Direction::Less,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| number(&mut s.session.absolute_hours, v, from, 1, 24),
        read: |s| shown(&s.session.absolute_hours, |n| Shown::Number((*n).into())),
    },
    Parameter {
        key: "sessions_per_person",
        unit: Unit::Sessions,
        strict: Direction::Less,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| number(&mut s.session.per_person, v, from, 1, 10),
        read: |s| shown(&s.session.per_person, |n| Shown::Number((*n).into())),
    },
    Parameter {
        key: "sessions_per_admin",
        unit: Unit::Sessions,
        strict: Direction::Less,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| number(&mut s.session.per_admin, v, from, 1, 3),
        read: |s| shown(&s.session.per_admin, |n| Shown::Number((*n).into())),
    },
    Parameter {
        key: "admin_separate_account",
        unit: Unit::None,
        strict: Direction::Demanded,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| yes_no(&mut s.session.admin_apart, v, from),
        read: |s| shown(&s.session.admin_apart, |yes| Shown::YesNo(*yes)),
    },
    Parameter {
        key: "capacity_each_act",
        unit: Unit::None,
        strict: Direction::Demanded,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| yes_no(&mut s.session.capacity_each_act, v, from),
        read: |s| shown(&s.session.capacity_each_act, |yes| Shown::YesNo(*yes)),
    },
    Parameter {
        key: "log_notice",
        unit: Unit::None,
        strict: Direction::Demanded,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| yes_no(&mut s.session.log_notice, v, from),
        read: |s| shown(&s.session.log_notice, |yes| Shown::YesNo(*yes)),
    },
    Parameter {
        key: "identity_check_methods",
        unit: Unit::None,
        strict: Direction::Common,
        mechanism: Some("password.identity_check"),
        waits_for: None,
        write: |s, v, from| {
            s.reset.identity_check_methods = Set::new(word_list(v)?, from);
            Ok(())
        },
        read: |s| shown(&s.reset.identity_check_methods, |words| Shown::Words(words.clone())),
    },
    Parameter {
        key: "account_unused_limit",
        unit: Unit::None,
        strict: Direction::Less,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| limit(&mut s.accounts.unused_limit, v, from),
        read: |s| shown(&s.accounts.unused_limit, |period| Shown::Period(*period)),
    },
    Parameter {
        key: "administrators_per_system",
        unit: Unit::People,
        strict: Direction::More,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| number(&mut s.accounts.administrators, v, from, 0, 9),
        read: |s| shown(&s.accounts.administrators, |n| Shown::Number((*n).into())),
    },
    Parameter {
        key: "owning_section_reads",
        unit: Unit::None,
        strict: Direction::Demanded,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| yes_no(&mut s.accounts.owner_reads, v, from),
        read: |s| shown(&s.accounts.owner_reads, |yes| Shown::YesNo(*yes)),
    },
    Parameter {
        key: "servers_on_premises",
        unit: Unit::None,
        strict: Direction::Demanded,
        mechanism: None,
        waits_for: None,
        write: |s, v, from| yes_no(&mut s.scope.own_servers, v, from),
        read: |s| shown(&s.scope.own_servers, |yes| Shown::YesNo(*yes)),
    },
    Parameter {
        key: "log_retention",
        unit: Unit::None,
        strict: Direction::More,
        mechanism: Some("portal.log"),
        waits_for: Some("logs"),
        write: |s, v, from| {
            let period: Period = typed(v)?;
            if period.about() < Period::months(12).about() {
                return Err(format!("{period} is shorter than a year: the portal's log is kept at least P1Y").into());
            }
            s.logs.retention = Set::new(period, from);
            Ok(())
        },
        read: |s| shown(&s.logs.retention, |period| Shown::Period(Some(*period))),
    },
];

/// Those that only say what the organisation has: clauses hang on them, and nothing else acts by them. Where no text in force has
/// such a clause, nobody is asked.
pub const CONDITIONS: &[&str] = &["servers_on_premises"];

/// Those that say no under these settings.
#[must_use]
pub fn absent(settings: &Settings) -> BTreeSet<&'static str> {
    let no = |parameter: &&Parameter| matches!(parameter.read(settings).0, Shown::YesNo(false));
    PARAMETERS.iter().filter(no).map(|parameter| parameter.key).collect()
}

fn shown<T>(set: &Set<T>, show: impl Fn(&T) -> Shown) -> (Shown, &Source) {
    (show(&set.value), &set.source)
}

fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

fn number<T: TryFrom<u64>>(set: &mut Set<T>, value: &Value, from: Source, least: u64, most: u64) -> Result<(), Wrong> {
    let count: u64 = typed(value)?;
    let outside = Wrong::Outside { count, least, most };
    if !(least..=most).contains(&count) {
        return Err(outside);
    }
    *set = Set::new(T::try_from(count).map_err(|_| outside)?, from);
    Ok(())
}

fn yes_no(set: &mut Set<bool>, value: &Value, from: Source) -> Result<(), Wrong> {
    *set = Set::new(typed(value)?, from);
    Ok(())
}

/// So many former ones, or 「all」.
fn generations(set: &mut Set<Option<usize>>, value: &Value, from: Source) -> Result<(), Wrong> {
    if value == "all" {
        *set = Set::new(None, from);
        return Ok(());
    }
    let mut some = Set::base(0_usize);
    number(&mut some, value, from, 1, 50)?;
    *set = Set::new(Some(some.value), some.source);
    Ok(())
}

/// A period, or 「none」 for no limit.
fn limit(set: &mut Set<Option<Period>>, value: &Value, from: Source) -> Result<(), Wrong> {
    let period = if value == "none" { None } else { Some(typed::<Period>(value)?) };
    if period.is_some_and(Period::is_zero) {
        return Err("P0D would be over at once".to_owned().into());
    }
    *set = Set::new(period, from);
    Ok(())
}

/// What is to be changed at intervals is changed within so many days.
const LONGEST_AGE: i64 = 2 * 366;

fn no_longer(days: i64, value: &Value) -> Result<(), Wrong> {
    match typed::<Period>(value) {
        Ok(period) if period.about() > TimeDelta::days(days) => {
            Err(format!("more than {days} days is no interval").into())
        }
        _ => Ok(()),
    }
}

/// Classes by their keys or by the words that regulations use for them.
fn classes(value: &Value) -> Result<Vec<CharClass>, String> {
    let words: Vec<String> = typed(value)?;
    words.iter().map(|word| class(word)).collect()
}

fn class(word: &str) -> Result<CharClass, String> {
    match word {
        "letter" | "英字" | "文字" => Ok(CharClass::Letter),
        "upper" | "大文字" | "英大文字" => Ok(CharClass::Upper),
        "lower" | "小文字" | "英小文字" => Ok(CharClass::Lower),
        "digit" | "数字" => Ok(CharClass::Digit),
        "special" | "特殊文字" => Ok(CharClass::Special),
        "symbol" | "記号" => Ok(CharClass::Symbol),
        _ => Err(format!("「{word}」 is no kind of character")),
    }
}

/// 「until_released」, or the minutes after which the account opens again.
fn lock_mode(value: &Value) -> Result<LockMode, String> {
    match (value.as_str(), value.as_u64()) {
        (Some("until_released"), _) => Ok(LockMode::UntilReleased),
        (_, Some(minutes)) if (5..=1440).contains(&minutes) => {
            u32::try_from(minutes).map(LockMode::Minutes).map_err(|error| error.to_string())
        }
        _ => Err(format!("{value} is neither \"until_released\" nor 5 to 1440 minutes")),
    }
}

/// Words that no password may contain. One or two letters stand in too many passwords by chance.
fn forbidden_words(value: &Value) -> Result<Vec<String>, String> {
    let words: Vec<String> = typed(value)?;
    match words.iter().find(|word| !crate::people::passwords::is_long_enough(word)) {
        Some(word) => Err(format!("「{word}」 is too short to be looked for")),
        None => Ok(words),
    }
}

fn word_list(value: &Value) -> Result<Vec<String>, String> {
    let words: Vec<String> = typed(value)?;
    match words.iter().any(|word| word.trim().is_empty()) || words.is_empty() {
        true => Err("the list is empty or holds an empty word".to_owned()),
        false => Ok(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn write(key: &str, value: Value) -> Result<Settings, Wrong> {
        let mut settings = Settings::base();
        find(key).unwrap().write(&mut settings, &value, Source::Organisation)?;
        Ok(settings)
    }

    #[test]
    fn every_parameter_changes_what_it_names_and_nothing_else() {
        let samples = [
            ("password_min_length", json!(12)),
            ("password_classes", json!(["大文字", "digit"])),
            ("password_max_age", json!("P6M")),
            ("password_reminders_days", json!([10, 2])),
            ("password_history", json!("all")),
            ("password_change_at_first_logon", json!(false)),
            ("activation_hours", json!(48)),
            ("password_forbidden_words", json!(["katsuura"])),
            ("password_autocomplete", json!(false)),
            ("lock_after", json!(4)),
            ("lock_mode", json!("until_released")),
            ("idle_minutes", json!(9)),
            ("absolute_hours", json!(8)),
            ("sessions_per_person", json!(2)),
            ("sessions_per_admin", json!(2)),
            ("admin_separate_account", json!(true)),
            ("capacity_each_act", json!(true)),
            ("log_notice", json!(false)),
            ("identity_check_methods", json!(["対面"])),
            ("account_unused_limit", json!("P2M")),
            ("administrators_per_system", json!(2)),
            ("owning_section_reads", json!(true)),
            ("servers_on_premises", json!(true)),
            ("log_retention", json!("P2Y")),
        ];
        assert_eq!(samples.len(), PARAMETERS.len());
        for (key, value) in samples {
            let changed = write(key, value).unwrap();
            for parameter in PARAMETERS {
                let (now, source) = parameter.read(&changed);
                let base = Settings::base();
                let before = parameter.read(&base).0;
                assert_eq!(now != before, parameter.key == key, "{key} and {}", parameter.key);
                assert_eq!(*source == Source::Organisation, parameter.key == key);
            }
        }
    }

    #[test]
    fn values_that_make_no_sense_are_refused() {
        for (key, value) in [
            ("password_min_length", json!(4)),
            ("password_min_length", json!("8")),
            ("password_classes", json!(["emoji"])),
            ("password_max_age", json!("3M")),
            ("password_forbidden_words", json!(["abc"])),
            ("account_unused_limit", json!("P0D")),
            ("password_history", json!(51)),
            ("password_history", json!("some")),
            ("lock_after", json!(100)),
            ("lock_mode", json!("sometimes")),
            ("identity_check_methods", json!([])),
            ("log_retention", json!("P6M")),
        ] {
            assert!(write(key, value.clone()).is_err(), "{key} = {value}");
        }
    }
}
