//! The page of values (規程が定める値): each with its clause, since when it holds and when it last refused something.
use super::{Reader, parameter_word, value_words};
use crate::engines::regulations::parameters::{self, PARAMETERS, Parameter};
use crate::engines::regulations::store::{CheckRow, EnteredValue};
use crate::kernel::settings::{Settings, Source};
use crate::people::step_up::{self, Action};
use crate::web::forms::Form;
use crate::web::shell::Shell;
use askama::Template;
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// A line of the page of values.
#[derive(Debug, Clone)]
pub struct ValueRow {
    pub name: String,
    pub value: String,
    /// 根拠: the clause, 組織が定めた値 or 標準の値.
    pub source: String,
    pub source_href: Option<String>,
    pub since: String,
    pub refused: String,
    /// The last self-check, and whether the rule held.
    pub checked: String,
    pub broken: bool,
    pub to_come: Vec<String>,
    pub edit: Option<String>,
}

/// 規程が定める値
#[derive(Template)]
#[template(path = "regulations/values.html")]
pub struct Values {
    pub shell: Shell,
    pub regulation: String,
    pub since: String,
    pub rows: Vec<ValueRow>,
    /// Whether any of them can be changed by the reader: only then there is a column for it.
    pub any_edit: bool,
    pub history: Vec<EnteredView>,
}

/// A value that somebody entered.
#[derive(Debug, Clone)]
pub struct EnteredView {
    pub name: String,
    pub value: String,
    pub from: String,
    pub reason: String,
    pub by: String,
    pub at: String,
}

/// What the page of values rests on.
#[derive(Debug, Clone)]
pub struct ValuesMatter<'a> {
    pub settings: &'a Settings,
    pub entered: &'a [EnteredValue],
    pub refusals: &'a HashMap<String, DateTime<Utc>>,
    pub checks: &'a [CheckRow],
    pub may_edit: bool,
}

/// Builds the page of values.
#[must_use]
pub fn values(shell: Shell, reader: &Reader<'_>, matter: &ValuesMatter<'_>) -> Values {
    let history = matter.entered.iter().rev().filter_map(|entered| entered_view(reader, entered)).collect();
    let rows: Vec<ValueRow> = PARAMETERS.iter().map(|parameter| value_row(reader, matter, parameter)).collect();
    Values {
        shell,
        regulation: reader.adopted.entry().catalogue.title.clone(),
        since: reader.dates.long(reader.adopted.effective_on),
        any_edit: rows.iter().any(|row| row.edit.is_some()),
        rows,
        history,
    }
}

fn value_row(reader: &Reader<'_>, matter: &ValuesMatter<'_>, parameter: &Parameter) -> ValueRow {
    let w = reader.w;
    let (shown, source) = parameter.read(matter.settings);
    let fixed = matches!(source, Source::Clause { .. });
    let mine = || matter.entered.iter().filter(|entered| entered.name == parameter.key);
    let since = match source {
        Source::Clause { .. } => Some(reader.adopted.effective_on),
        Source::Organisation => {
            let entered = mine().rfind(|entered| entered.effective_on <= reader.dates.today);
            Some(entered.map_or(reader.adopted.effective_on, |entered| entered.effective_on))
        }
        Source::Base => None,
    };
    let (source, source_href) = source_words(reader, source);
    let refused = parameter.mechanism.and_then(|mechanism| matter.refusals.get(mechanism));
    let check = parameter.mechanism.and_then(|key| matter.checks.iter().find(|check| check.mechanism == key));
    let to_come = mine().filter(|entered| entered.effective_on > reader.dates.today).filter_map(|entered| {
        let view = entered_view(reader, entered)?;
        Some(w.t2("regulations-value-to-come", "day", view.from, "value", view.value).into_owned())
    });
    ValueRow {
        name: parameter_word(w, parameter),
        value: value_words(w, parameter.unit, &shown),
        source,
        source_href,
        since: since.map_or_else(|| "—".to_owned(), |day| reader.dates.short(day)),
        refused: refused.map_or_else(|| "—".to_owned(), |at| reader.dates.short_at(at)),
        checked: check.map_or_else(|| "—".to_owned(), |check| reader.dates.short_at(check.at)),
        broken: check.is_some_and(|check| !check.holds),
        to_come: to_come.collect(),
        edit: (matter.may_edit && !fixed).then(|| edit(parameter)),
    }
}

/// Settings reach far, so the password is asked for once more before the form.
fn edit(parameter: &Parameter) -> String {
    step_up::page(Action::Settings, parameter.key, &format!("/parameters/{}", parameter.key))
}

fn source_words(reader: &Reader<'_>, source: &Source) -> (String, Option<String>) {
    match source {
        Source::Clause { clause, .. } => match reader.adopted.entry().catalogue.clause(clause) {
            Some(clause) => (format!("{} {}", clause.place, clause.heading), Some(reader.href(clause))),
            None => (clause.clone(), None),
        },
        Source::Organisation => (reader.w.t("regulations-source-organisation").into_owned(), None),
        Source::Base => (reader.w.t("regulations-source-base").into_owned(), None),
    }
}

fn entered_view(reader: &Reader<'_>, entered: &EnteredValue) -> Option<EnteredView> {
    let parameter = parameters::find(&entered.name)?;
    let mut settings = Settings::base();
    parameter.write(&mut settings, &entered.value, Source::Organisation).ok()?;
    Some(EnteredView {
        name: parameter_word(reader.w, parameter),
        value: value_words(reader.w, parameter.unit, &parameter.read(&settings).0),
        from: reader.dates.short(entered.effective_on),
        reason: entered.reason.clone(),
        by: entered.entered_by.clone().unwrap_or_default(),
        at: reader.dates.short_at(entered.entered_at),
    })
}

/// The form with which the organisation enters a value.
#[derive(Template)]
#[template(path = "regulations/value.html")]
pub struct ValuePage {
    pub shell: Shell,
    pub action: String,
    pub now: String,
    pub form: Form,
}
