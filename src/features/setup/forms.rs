//! The questions of each step, and what was answered.
use std::sync::Arc;

use chrono::NaiveDate;

use super::model::{Answers, Chosen, FilledTexts, Organisation, blank_days, fill, open_values, operates};
use super::store::Place;
use crate::engines::regulations::binding::Blank as Date;
use crate::engines::regulations::blanks::Filled;
use crate::engines::regulations::{Entry, Library, entry, settle};
use crate::kernel::access::Tier;
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

pub(super) fn regulation(screen: &Screen, library: &Library, answers: &Answers) -> Form {
    let choice = |entry: &Entry| {
        Choice::new(entry.edition(), Label::text(&entry.catalogue.title))
            .note(Label::text(&entry.catalogue.issuer_kind))
    };
    let offered = || library.iter().filter(|entry| operates(entry).is_some()).map(choice);
    let (operating, tracked) = (offered().collect(), offered().collect());
    let fields = vec![
        Field::radio("key", "setup-regulation", operating),
        Field::checks("tracked", "setup-tracked", tracked).optional().hint("setup-tracked-hint"),
        Field::text("approved_by", "setup-approved-by").most(60).hint("setup-approved-by-hint"),
        Field::date("approved_on", "setup-approved-on"),
        Field::date("effective_on", "setup-effective-on").hint("setup-effective-on-hint"),
    ];
    let form = Form::new(screen.w, screen.dates, fields);
    let Some(known) = &answers.regulation else { return form };
    let form = known.tracked.iter().fold(form.fill("key", &known.key), |form, key| form.fill("tracked", key));
    form.fill("approved_by", &known.approved_by)
        .fill("approved_on", screen.dates.machine(known.approved_on))
        .fill("effective_on", screen.dates.machine(known.effective_on))
}

pub(super) fn read_regulation(form: &mut Form, today: NaiveDate) -> Option<Chosen> {
    let (approved, effective) = (form.date("approved_on"), form.date("effective_on"));
    if let (Some(approved), Some(effective)) = (approved, effective)
        && effective < approved
    {
        form.refuse("effective_on", Line::new("regulations-effective-before-approval"));
    }
    // the portal goes into service under it at once
    if effective.is_some_and(|effective| effective > today) {
        form.refuse("effective_on", Line::new("setup-effective-later"));
    }
    if form.faulty() {
        return None;
    }
    let key = form.text("key").to_owned();
    let tracked = form.many("tracked").filter(|tracked| *tracked != key).map(str::to_owned).collect();
    Some(Chosen {
        tracked,
        approved_by: form.text("approved_by").to_owned(),
        approved_on: approved?,
        effective_on: effective?,
        key,
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

pub(super) fn person(screen: &Screen, known: &[Place]) -> Form {
    let fields = vec![
        Field::code("number", "import-column-number").most(20),
        Field::name("family", "import-column-family_name"),
        Field::name("given", "import-column-given_name").optional(),
        Field::kana("reading", "import-column-reading"),
        Field::select("department", "import-column-department_name", places(known)),
        Field::text("title", "import-column-title").optional().most(60),
        Field::ascii("mail", "import-column-mail").optional(),
    ];
    Form::new(screen.w, screen.dates, fields)
}

pub(super) fn function(screen: &Screen, found: Option<&Entry>, known: &[Place]) -> Form {
    let binding = found.and_then(|found| found.binding.as_ref());
    let titles = binding.into_iter().flat_map(|binding| &binding.titles);
    // whom others name is named by them once the portal is in service
    let named = |tier: Tier| binding.is_some_and(|binding| binding.only_named(tier));
    let tiers = titles.filter(|(tier, _)| **tier != Tier::Staff && !named(**tier));
    let choice = |(tier, title): (&Tier, &crate::engines::regulations::binding::Title)| {
        Choice::new(tier.key(), Label::text(title.in_language(screen.w.lang().code())))
    };
    let fields = vec![
        Field::select("tier", "directory-tier", tiers.map(choice).collect()),
        Field::text("person", "import-column-number").most(20).hint("setup-function-person-hint"),
        Field::select("department", "import-column-department_name", places(known))
            .optional()
            .hint("setup-function-department-hint"),
    ];
    Form::new(screen.w, screen.dates, fields)
}
