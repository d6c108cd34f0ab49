//! The questions of each step, and what was answered.
use std::sync::Arc;

use chrono::NaiveDate;

use super::model::{
    Answers, Approval, Chosen, FilledTexts, Followed, Organisation, blank_days, fill, open_values, operates, twice,
};
use super::seats::{Seat, offered, tier};
use super::store::{Kept, Place};
use crate::engines::regulations::binding::Blank as Date;
use crate::engines::regulations::blanks::Filled;
use crate::engines::regulations::views::adoption::title;
use crate::engines::regulations::{Entry, Library, entry, settle};
use crate::kernel::error::Message;
use crate::people::import::Column;
use crate::people::model::Employment;
use crate::web::forms::{Choice, Field, Form};
use crate::web::locale::{Label, Line};
use crate::web::screen::{Screen, said};

pub(super) fn token(screen: &Screen) -> Form {
    let token = Field::password("token", "setup-token").hint("setup-token-hint").most(100).autocomplete("off");
    Form::new(screen.w, screen.dates, vec![token])
}

pub(super) fn organisation(screen: &Screen, answers: &Answers) -> Form {
    let fields = vec![
        Field::text("name", "setup-name").most(100).hint("setup-name-hint"),
        Field::text("help_line", "setup-help-line").optional().most(200).hint("setup-help-line-hint"),
    ];
    let form = Form::new(screen.w, screen.dates, fields);
    match &answers.organisation {
        Some(known) => form.fill("name", &known.name).fill("help_line", &known.help_line),
        None => form,
    }
}

pub(super) fn read_organisation(form: &Form) -> Organisation {
    Organisation { name: form.text("name").to_owned(), help_line: form.text("help_line").to_owned() }
}

/// What is asked of each text: who approved it, when, and since when it is in force.
const APPROVAL: [&str; 3] = ["approved_by", "approved_on", "effective_on"];

/// The names of these fields; those of a text that is followed besides carry its edition.
fn approval(followed: Option<&str>) -> [String; 3] {
    APPROVAL.map(|name| followed.map_or_else(|| name.to_owned(), |edition| format!("{name}.{edition}")))
}

pub(super) fn regulation(screen: &Screen, library: &Library, answers: &Answers) -> Form {
    let offered = || library.iter().filter(|entry| operates(entry).is_some());
    let choice = |entry: &Entry| {
        Choice::new(entry.edition(), Label::text(title(screen.w, entry)))
            .note(Label::text(&entry.catalogue.issuer_kind))
    };
    let [by, on, effective] = approval(None);
    let mut fields = vec![
        Field::radio("key", "setup-regulation", offered().map(choice).collect()),
        Field::text(by, "setup-approved-by").most(60).hint("setup-approved-by-hint"),
        Field::date(on, "setup-approved-on"),
        Field::date(effective, "setup-effective-on").hint("setup-effective-on-hint"),
        Field::checks("tracked", "setup-tracked", offered().map(choice).collect())
            .optional()
            .hint("setup-tracked-hint"),
    ];
    for entry in offered() {
        let edition = entry.edition();
        let label = |key| Label::text(screen.w.t1(key, "title", title(screen.w, entry)));
        let [by, on, effective] = approval(Some(&edition));
        fields.push(Field::text(by, label("setup-approved-by-of")).most(60).when("tracked", &edition));
        fields.push(Field::date(on, label("setup-approved-on-of")).when("tracked", &edition));
        fields.push(Field::date(effective, label("setup-effective-on-of")).when("tracked", &edition));
    }
    let form = Form::new(screen.w, screen.dates, fields);
    let Some(known) = &answers.regulation else { return form };
    let own = Approval { by: known.approved_by.clone(), on: known.approved_on, effective_on: known.effective_on };
    let form = approved(screen, form.fill("key", &known.key), None, &own);
    known.tracked.iter().fold(form, |form, followed| {
        let form = form.fill("tracked", &followed.key);
        match &followed.approval {
            Some(known) => approved(screen, form, Some(&followed.key), known),
            None => form,
        }
    })
}

fn approved(screen: &Screen, form: Form, followed: Option<&str>, known: &Approval) -> Form {
    let [by, on, effective] = approval(followed);
    form.fill(&by, &known.by)
        .fill(&on, screen.dates.machine(known.on))
        .fill(&effective, screen.dates.machine(known.effective_on))
}

/// Who approved a text and when; days that cannot be are said at their fields.
fn read_approval(form: &mut Form, followed: Option<&str>, today: NaiveDate) -> Option<Approval> {
    let [by, on, effective] = approval(followed);
    let (approved, in_force) = (form.date(&on), form.date(&effective));
    if let (Some(approved), Some(in_force)) = (approved, in_force)
        && in_force < approved
    {
        form.refuse(&effective, Line::new("regulations-effective-before-approval"));
    }
    // the portal goes into service under it at once
    if in_force.is_some_and(|day| day > today) {
        form.refuse(&effective, Line::new("setup-effective-later"));
    }
    Some(Approval { by: form.text(&by).to_owned(), on: approved?, effective_on: in_force? })
}

pub(super) fn read_regulation(form: &mut Form, library: &Library, today: NaiveDate) -> Option<Chosen> {
    let key = form.text("key").to_owned();
    let editions: Vec<String> = form.many("tracked").map(str::to_owned).collect();
    if let Some(why) = chosen_twice(form, library, &key, &editions) {
        form.refuse("tracked", why);
    }
    let own = read_approval(form, None, today);
    let mut tracked = Vec::new();
    for edition in editions {
        let approval = read_approval(form, Some(&edition), today);
        tracked.push(Followed { key: edition, approval });
    }
    let own = own.filter(|_| !form.faulty())?;
    Some(Chosen { key, tracked, approved_by: own.by, approved_on: own.on, effective_on: own.effective_on })
}

/// A text that would be in force in two editions, or both carried out and followed.
fn chosen_twice(form: &Form, library: &Library, key: &str, tracked: &[String]) -> Option<Line> {
    let chosen = std::iter::once(key).chain(tracked.iter().map(String::as_str));
    let texts: Vec<Arc<Entry>> = chosen.filter_map(|edition| library.get(edition).cloned()).collect();
    let second = twice(&texts)?;
    let first = texts.iter().find(|text| text.catalogue.key == second.catalogue.key)?;
    let (first_title, second_title) = (title(form.words(), first), title(form.words(), second));
    Some(if first.edition() == second.edition() {
        Line::new("setup-tracked-twice").with("title", second_title)
    } else {
        Line::new("setup-tracked-editions").with("first", first_title).with("second", second_title)
    })
}

/// The name of the field of a blank day.
fn day_field(at: usize) -> String {
    format!("day{at}")
}

/// Which day it is; with its text, if that is not the operating one.
fn day_label(screen: &Screen, texts: &[Arc<Entry>], text: &Entry, day: &Date) -> Label {
    let label = day.label.in_language(screen.w.lang().code());
    let own = texts.first().is_some_and(|first| first.edition() == text.edition());
    let name = if own { label.to_owned() } else { format!("{} {label}", text.catalogue.title) };
    Label::text(screen.w.t1("setup-blank-day", "name", name))
}

/// The questions for what the texts leave open.
pub(super) fn values(screen: &Screen, texts: &[Arc<Entry>]) -> Form {
    let mut fields = Vec::new();
    for (at, (text, day)) in blank_days(texts).into_iter().enumerate() {
        fields.push(Field::date(day_field(at), day_label(screen, texts, text, day)));
    }
    for (parameter, _) in open_values(texts) {
        fields.extend(entry::questions(screen.w, parameter.key, parameter));
    }
    Form::new(screen.w, screen.dates, fields)
}

/// Filled with what was answered, or what is proposed; days that a text leaves blank stay so.
pub(super) fn values_filled(screen: &Screen, texts: &[Arc<Entry>], answers: &Answers) -> Form {
    let mut form = values(screen, texts);
    let known = |edition: &str, key: &str| answers.filled().and_then(|filled| filled.get(edition)?.get(key));
    for (at, (text, day)) in blank_days(texts).into_iter().enumerate() {
        let day = known(&text.edition(), &day.key).and_then(|day| day.as_str()?.parse::<NaiveDate>().ok());
        if let Some(day) = day {
            form = form.fill(&day_field(at), screen.dates.machine(day));
        }
    }
    for (parameter, proposed) in open_values(texts) {
        let answered = texts.iter().find_map(|text| known(&text.edition(), parameter.key));
        if let Some(shown) = settle::read(parameter, answered.unwrap_or(proposed)) {
            form = entry::fill(form, parameter.key, &shown);
        }
    }
    form
}

pub(super) fn read_values(form: &mut Form, texts: &[Arc<Entry>]) -> Option<FilledTexts> {
    let days: Vec<NaiveDate> = (0..blank_days(texts).len()).filter_map(|at| form.date(&day_field(at))).collect();
    let mut values = Filled::new();
    for (parameter, _) in open_values(texts) {
        match entry::read(form, parameter.key, parameter) {
            Some(value) if settle::refusal(parameter, &value).is_some() => {
                if let Some(words) = settle::refusal(parameter, &value) {
                    form.refuse(parameter.key, said(&words));
                }
            }
            Some(value) => match texts.iter().find_map(|text| settle::left_out(text, parameter, &value)) {
                Some(clause) => {
                    form.refuse(parameter.key, Line::new("regulations-value-demanded").with("clause", clause.label));
                }
                None => drop(values.insert(parameter.key.to_owned(), value)),
            },
            None => form.refuse(parameter.key, Line::new("regulations-value-bounds")),
        }
    }
    (!form.faulty()).then(|| fill(texts, &days, &values))
}

fn places(known: &[Place]) -> Vec<Choice> {
    known.iter().map(|place| Choice::new(place.id.to_string(), Label::text(&place.name))).collect()
}

pub(super) fn department(screen: &Screen, known: &[Place]) -> Form {
    let fields = vec![
        Field::code("code", "import-column-code").most(20),
        Field::text("name", "import-column-name").most(100),
        Field::kana("reading", "import-column-reading").optional(),
        Field::select("parent", "setup-parent", places(known)).optional(),
    ];
    Form::new(screen.w, screen.dates, fields)
}

pub(super) fn new_person(screen: &Screen, known: &[Place]) -> Form {
    Form::new(screen.w, screen.dates, person(known, true))
}

fn person(known: &[Place], numbered: bool) -> Vec<Field> {
    let number = numbered.then(|| Field::code("number", "import-column-number").most(20));
    let own = [
        Field::name("family", "import-column-family_name"),
        Field::name("given", "import-column-given_name").optional(),
        Field::kana("reading", "import-column-reading"),
        Field::select("department", "import-column-department_name", places(known)),
        Field::text("title", "import-column-title").optional().most(60),
        Field::ascii("mail", "import-column-mail").optional(),
    ];
    number.into_iter().chain(own).collect()
}

fn employments() -> Vec<Choice> {
    let choice = |kind: Employment| {
        let label = match kind {
            Employment::Permanent => "directory-employment-permanent",
            Employment::FixedTerm => "directory-employment-fixed_term",
            Employment::PartTime => "directory-employment-part_time",
            Employment::Temporary => "directory-employment-temporary",
            Employment::Contractor => "directory-employment-contractor",
        };
        Choice::new(kind.key(), label)
    };
    Employment::ALL.map(choice).into()
}

/// A person's row, to be mended; the number by which lists know them stays.
pub(super) fn row(screen: &Screen, known: &[Place]) -> Form {
    let mut fields = person(known, false);
    fields.extend([
        Field::select("employment", "import-column-employment", employments()),
        Field::date("joined_on", "import-column-joined_on"),
        Field::date("left_on", "import-column-left_on").optional(),
        Field::hidden("version"),
    ]);
    Form::new(screen.w, screen.dates, fields)
}

/// The same as it is kept.
pub(super) fn row_filled(screen: &Screen, known: &[Place], kept: &Kept) -> Form {
    let day = |day: NaiveDate| screen.dates.machine(day);
    row(screen, known)
        .fill("family", &kept.family)
        .fill("given", &kept.given)
        .fill("reading", &kept.reading)
        .fill("department", kept.department.map(|department| department.to_string()).unwrap_or_default())
        .fill("title", &kept.title)
        .fill("mail", kept.mail.clone().unwrap_or_default())
        .fill("employment", kept.employment.key())
        .fill("joined_on", day(kept.joined_on))
        .fill("left_on", kept.left_on.map(day).unwrap_or_default())
        .fill("version", kept.version.to_string())
}

/// Where the rules of the list find a fault with what was typed: the field of a column.
pub(super) fn fault_at(form: &mut Form, faults: &[(Column, Message)]) {
    for (column, why) in faults {
        let field = match column {
            Column::FamilyName => "family",
            Column::GivenName => "given",
            Column::DepartmentCode => "department",
            other => other.key(),
        };
        let known = form.draw(field).is_some();
        form.refuse(if known { field } else { "family" }, said(why));
    }
}

/// Who is to hold what: one person may be given several functions at once.
pub(super) fn function(screen: &Screen, texts: &[Arc<Entry>], known: &[Place]) -> Form {
    let w = screen.w;
    let choice = |seat: &Seat<'_>| {
        let choice = Choice::new(seat.key(), Label::text(seat.title(w)));
        let tier = tier(w, seat.of, seat.tier);
        match seat.post() {
            Some(post) => choice.note(Label::text(w.t1("setup-seat-post", "post", post))),
            None if seat.function.is_some() && tier != seat.title(w) => choice.note(Label::text(tier)),
            None => choice,
        }
    };
    let fields = vec![
        Field::text("person", "import-column-number").most(20).hint("setup-function-person-hint"),
        Field::checks("functions", "setup-functions", offered(texts).iter().map(choice).collect())
            .hint("setup-functions-hint"),
        Field::select("department", "import-column-department_name", places(known))
            .optional()
            .hint("setup-function-department-hint"),
    ];
    Form::new(screen.w, screen.dates, fields)
}
