//! The forms of the 特権アカウント台帳: a row by hand, where its secret is kept, when it was changed, and work outside routine.
//! None of them asks for a secret.
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::model::{Privileged, System, at};
use crate::kernel::ids::PersonId;
use crate::web::dates::Dates;
use crate::web::forms::{Choice, Field, Form};
use crate::web::locale::{Label, Line, Words};

fn safe_place() -> Field {
    Field::text("safe_place", "privileged-safe-place").hint("privileged-safe-place-hint").most(100)
}

fn may_use() -> Field {
    Field::area("may_use", "privileged-may-use").hint("privileged-may-use-hint").most(1_000).rows(3)
}

fn changed_on(label: &'static str) -> Field {
    Field::date("changed_on", label).hint("privileged-changed-on-hint")
}

/// A row that no request brings.
#[must_use]
pub fn register(w: Words, dates: Dates, systems: &[System]) -> Form {
    let systems = systems.iter().map(|system| Choice::new(system.id.to_string(), Label::text(&system.name))).collect();
    let fields = vec![
        Field::select("system", "privileged-system", systems),
        Field::ascii("account", "privileged-account").most(64),
        Field::text("scope", "privileged-scope").hint("privileged-scope-hint").most(200),
        Field::code("holder", "privileged-holder-number").most(20),
        Field::area("purpose", "privileged-purpose").hint("privileged-purpose-hint").most(500).rows(2),
        Field::date("until", "privileged-until-day").hint("privileged-until-hint"),
        safe_place(),
        may_use(),
        changed_on("privileged-secret-changed").optional(),
    ];
    Form::new(w, dates, fields)
}

/// 保管: where the secret is sealed and who may use it.
#[must_use]
pub fn safekeeping(w: Words, dates: Dates) -> Form {
    Form::new(w, dates, vec![safe_place(), may_use(), Field::hidden("version")])
}

/// The same, filled with what the ledger says.
#[must_use]
pub fn safekeeping_of(w: Words, dates: Dates, row: &Privileged, numbers: &[String]) -> Form {
    safekeeping(w, dates)
        .fill("safe_place", &row.safe_place)
        .fill("may_use", numbers.join("\n"))
        .fill("version", row.version.to_string())
}

/// 変更日の記入
#[must_use]
pub fn secret_change(w: Words, dates: Dates) -> Form {
    Form::new(w, dates, vec![changed_on("privileged-changed-on")])
}

/// 剥奪の記入
#[must_use]
pub fn withdrawal(w: Words, dates: Dates) -> Form {
    Form::new(w, dates, vec![Field::hidden("version")])
}

/// 定常外の使用; with `by_instruction` only the number of the instruction is asked for, which leads to its own page.
#[must_use]
pub fn use_of(w: Words, dates: Dates, rows: &[Privileged], by_instruction: bool) -> Form {
    if by_instruction {
        let number = Field::text("number", "privileged-instruction").hint("privileged-instruction-hint").most(30);
        return Form::new(w, dates, vec![number.optional()]);
    }
    let label = |row: &Privileged| Label::text(format!("{} {}", row.system_name, row.name));
    let accounts = rows.iter().map(|row| Choice::new(row.id.to_string(), label(row))).collect();
    let fields = vec![
        Field::select("account", "privileged-account", accounts),
        Field::date("on", "privileged-use-on"),
        Field::ascii("from", "privileged-use-from-time").hint("privileged-time-hint").most(5),
        Field::ascii("until", "privileged-use-until-time").hint("privileged-time-hint").most(5),
        Field::area("work", "privileged-work").hint("privileged-work-hint").most(500).rows(3),
        Field::area("result", "privileged-result").most(500).rows(2),
    ];
    Form::new(w, dates, fields)
}

/// Employee numbers, one a line.
#[must_use]
pub fn numbers(form: &Form) -> Vec<String> {
    let mut all: Vec<String> = form.text("may_use").lines().map(|line| line.trim().to_owned()).collect();
    all.retain(|line| !line.is_empty());
    all.sort();
    all.dedup();
    all
}

/// Those numbers as persons; one that nobody has is said at the field.
pub fn meant(form: &mut Form, field: &str, numbers: &[String], known: &[(String, PersonId)]) -> Vec<PersonId> {
    let unknown = numbers.iter().find(|number| !known.iter().any(|(known, _)| known == *number));
    if let Some(number) = unknown {
        form.refuse(field, Line::new("privileged-refused-number").with("number", number));
    }
    known.iter().map(|(_, person)| *person).collect()
}

/// A day that has come, as the moment that is written for it: now if it is today, else noon.
pub fn past_day(form: &mut Form, field: &str, now: DateTime<Utc>, today: NaiveDate) -> Option<DateTime<Utc>> {
    let day = form.date(field)?;
    if day > today {
        form.refuse_named(field, Line::new("form-day-not-after-today").with("day", form.dates().long(today)));
        return None;
    }
    if day == today { Some(now) } else { day.and_hms_opt(12, 0, 0).map(at) }
}

/// The last minute of a day that lies ahead.
pub fn end_of_day(form: &mut Form, field: &str, today: NaiveDate) -> Option<DateTime<Utc>> {
    let day = form.date(field)?;
    if day < today {
        form.refuse_named(field, Line::new("form-day-not-before-today").with("day", form.dates().long(today)));
        return None;
    }
    day.and_hms_opt(23, 59, 0).map(at)
}

/// From – until on one day, in the past.
pub fn span(form: &mut Form, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let day = form.date("on")?;
    let mut time = |field: &str| {
        let time = NaiveTime::parse_from_str(form.text(field), "%H:%M").ok();
        if time.is_none() && form.filled(field).is_some() {
            form.refuse(field, Line::new("privileged-refused-time"));
        }
        time.map(|time| at(day.and_time(time)))
    };
    let (from, until) = (time("from")?, time("until")?);
    if until < from {
        let began = Line::new("form-time-after")
            .with("day", form.text("from"))
            .named("start", Label::from("privileged-use-from-time"));
        form.refuse_named("until", began);
        return None;
    }
    if until > now {
        form.refuse_named("until", Line::new("form-time-past").with("now", form.dates().long_at(now)));
        return None;
    }
    Some((from, until))
}
