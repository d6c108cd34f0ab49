//! The page of values (規程が定める値): each with its clause, since when it holds and when it last refused something.
use super::{Reader, parameter_word, value_words};
use crate::engines::regulations::adopted::{Adopted, InForce};
use crate::engines::regulations::parameters::{self, PARAMETERS, Parameter, TO_COME};
use crate::engines::regulations::settle::{self, Claim, Settled, Standing};
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
    /// The room that is still to come before all is done that the clause of the value asks for.
    pub waits: Option<String>,
    /// What others say about it: text, way to the clause.
    pub others: Vec<(String, Option<String>)>,
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
    /// What no parameter carries yet, with the room that will act on it.
    pub to_come: Vec<WaitingRow>,
    pub history: Vec<EnteredView>,
}

/// What is no value of the portal yet.
#[derive(Debug, Clone)]
pub struct WaitingRow {
    pub name: String,
    /// The clause that leaves it to the organisation, and the way to it.
    pub source: String,
    pub source_href: Option<String>,
    /// For which room it waits.
    pub words: String,
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
    pub in_force: &'a InForce,
    pub entered: &'a [EnteredValue],
    pub refusals: &'a HashMap<String, DateTime<Utc>>,
    pub checks: &'a [CheckRow],
    pub may_edit: bool,
}

/// Builds the page of values.
#[must_use]
pub fn values(shell: Shell, reader: &Reader<'_>, matter: &ValuesMatter<'_>) -> Values {
    let history = matter.entered.iter().rev().filter_map(|entered| entered_view(reader, entered)).collect();
    let titles = matter.in_force.iter().map(|adopted| adopted.entry().catalogue.title.clone()).collect::<Vec<_>>();
    let used = PARAMETERS.iter().filter(|parameter| matter.in_force.uses(parameter.key));
    let rows: Vec<ValueRow> = used.map(|parameter| value_row(reader, matter, parameter)).collect();
    Values {
        shell,
        regulation: titles.join(&reader.w.t("web-list-comma")),
        since: reader.dates.long(reader.adopted.effective_on),
        any_edit: rows.iter().any(|row| row.edit.is_some()),
        rows,
        to_come: to_come(reader, matter.in_force),
        history,
    }
}

/// What the texts in force leave open, in their order, and before it what the portal will take from any of them.
fn to_come(reader: &Reader<'_>, in_force: &InForce) -> Vec<WaitingRow> {
    let left_open =
        || in_force.iter().flat_map(|adopted| adopted.binding().waiting_values.iter().map(move |one| (adopted, one)));
    // what a text itself lists is said with its clause
    let listed = |key: &str| left_open().any(|(_, one)| one.name == key.replace('-', "_"));
    let general = TO_COME.iter().filter(|one| !listed(one.key)).map(|one| WaitingRow {
        name: reader.w.of("regulations-to-come", one.key).into_owned(),
        source: "—".to_owned(),
        source_href: None,
        words: unused(reader, one.room),
    });
    let of_texts = left_open().map(|(adopted, one)| WaitingRow {
        name: one.title.in_language(reader.w.lang().code()).to_owned(),
        source: clause_words(in_force, adopted, &one.clause),
        source_href: adopted.discloses_to(reader.viewer).then(|| format!("/clauses/{}/{}", adopted.key(), one.clause)),
        words: unused(reader, &one.room),
    });
    general.chain(of_texts).collect()
}

fn value_row(reader: &Reader<'_>, matter: &ValuesMatter<'_>, parameter: &Parameter) -> ValueRow {
    let w = reader.w;
    let today = reader.dates.today;
    let settled = settle::settle(matter.in_force, matter.entered, today, parameter);
    let shown = settled.as_ref().and_then(|settled| settle::read(parameter, &settled.value));
    let shown = shown.unwrap_or_else(|| parameter.read(&Settings::base()).0);
    let source = settled.as_ref().map_or(&Source::Base, |settled| &settled.source);
    let waits = parameter.waits_for.map(|room| unused(reader, room));
    let waits = waits.or_else(|| clause_waits(reader, matter.in_force, source));
    let said = settled.as_ref().and_then(|settled| Some((settled, holding(settled)?)));
    let (source, source_href) = match said {
        Some((settled, at)) => claim_words(reader, matter.in_force, parameter, (settled, at)),
        None => source_words(reader, matter.in_force, source),
    };
    let refused = parameter.mechanism.and_then(|mechanism| matter.refusals.get(mechanism));
    let check = parameter.mechanism.and_then(|key| matter.checks.iter().find(|check| check.mechanism == key));
    let mine = matter.entered.iter().filter(|entered| entered.name == parameter.key);
    let to_come = mine.filter(|entered| entered.effective_on > today).filter_map(|entered| {
        let view = entered_view(reader, entered)?;
        Some(w.t2("regulations-value-to-come", "day", view.from, "value", view.value).into_owned())
    });
    ValueRow {
        name: parameter_word(w, parameter),
        value: value_words(w, parameter.unit, &shown),
        source,
        source_href,
        waits,
        others: settled.as_ref().map(|settled| others(reader, matter, parameter, settled)).unwrap_or_default(),
        since: settled.map_or_else(|| "—".to_owned(), |settled| reader.dates.short(settled.since)),
        refused: refused.map_or_else(|| "—".to_owned(), |at| reader.dates.short_at(at)),
        checked: check.map_or_else(|| "—".to_owned(), |check| reader.dates.short_at(check.at)),
        broken: check.is_some_and(|check| !check.holds),
        to_come: to_come.collect(),
        edit: matter.may_edit.then(|| edit(parameter)),
    }
}

/// What is said of a value that nothing acts on yet.
fn unused(reader: &Reader<'_>, room: &str) -> String {
    reader.w.t1("regulations-value-unused", "room", reader.w.of("regulations-room", room)).into_owned()
}

/// What is said where the clause of a value waits for a room.
fn clause_waits(reader: &Reader<'_>, in_force: &InForce, source: &Source) -> Option<String> {
    let Source::Clause { regulation, clause } = source else { return None };
    let room = in_force.get(regulation)?.binding().bind(clause)?.waits_for.as_deref()?;
    Some(reader.w.t1("regulations-value-waits", "room", reader.w.of("regulations-room", room)).into_owned())
}

/// What besides the source of the value says something about it, and whether that gave way.
fn others(
    reader: &Reader<'_>,
    matter: &ValuesMatter<'_>,
    parameter: &Parameter,
    settled: &Settled,
) -> Vec<(String, Option<String>)> {
    let first = holding(settled);
    let rest = settled.claims.iter().enumerate().filter(|(at, _)| Some(*at) != first);
    let say = |(at, claim): (usize, &Claim)| {
        let (source, href) = claim_words(reader, matter.in_force, parameter, (settled, at));
        let value = value_words(reader.w, parameter.unit, &claim.shown);
        let key = match claim.standing {
            Standing::Holds => "regulations-value-also",
            Standing::GaveWay => "regulations-value-gave-way",
            Standing::Apart => "regulations-value-apart",
        };
        (reader.w.t2(key, "source", source, "value", value).into_owned(), href)
    };
    rest.map(say).collect()
}

/// Settings reach far, so the password is asked for once more before the form.
fn edit(parameter: &Parameter) -> String {
    step_up::page(Action::Settings, parameter.key, &format!("/parameters/{}", parameter.key))
}

/// Which of the claims the value is.
fn holding(settled: &Settled) -> Option<usize> {
    let same = |claim: &&Claim| claim.source == settled.source;
    let at = settled.claims.iter().position(|claim| same(&claim) && claim.value == settled.value);
    at.or_else(|| settled.claims.iter().position(|claim| same(&claim)))
}

/// The source of one claim. Of what texts leave to the organisation, the clauses that do so are named; where one of several has
/// none for it, the text.
fn claim_words(
    reader: &Reader<'_>,
    in_force: &InForce,
    parameter: &Parameter,
    (settled, at): (&Settled, usize),
) -> (String, Option<String>) {
    let source = settled.claims.get(at).map_or(&settled.source, |claim| &claim.source);
    let texts = filled_for(in_force, parameter, settled, at);
    let several = in_force.iter().filter(|adopted| left_open(adopted, parameter).is_some()).count() > 1;
    let name = |(adopted, clause): &(&Adopted, Option<&str>)| match clause {
        Some(clause) => Some(clause_words(in_force, adopted, clause)),
        None => several.then(|| adopted.entry().catalogue.title.clone()),
    };
    let names: Vec<String> = texts.iter().filter_map(name).collect();
    if *source != Source::Organisation || names.is_empty() {
        return source_words(reader, in_force, source);
    }
    let href = match texts.as_slice() {
        [(adopted, Some(clause))] if adopted.discloses_to(reader.viewer) => {
            Some(format!("/clauses/{}/{clause}", adopted.key()))
        }
        _ => None,
    };
    let of = names.join(&reader.w.t("web-list-comma"));
    (reader.w.t1("regulations-source-organisation-of", "of", of).into_owned(), href)
}

/// Whether a text leaves this value to the organisation, and by which clause, where it has one for that.
fn left_open<'a>(adopted: &'a Adopted, parameter: &Parameter) -> Option<Option<&'a str>> {
    let bound = adopted.binding().parameters.get(parameter.key)?;
    (bound.source == Source::Organisation).then_some(bound.left_open_by.as_deref())
}

/// The texts whose blank a claim of the organisation fills, each with its clause: the one for which it was filled at the adoption,
/// or all of them, where the organisation entered one value for all.
fn filled_for<'a>(
    in_force: &'a InForce,
    parameter: &Parameter,
    settled: &Settled,
    at: usize,
) -> Vec<(&'a Adopted, Option<&'a str>)> {
    let open = |claim: &&Claim| claim.source == Source::Organisation;
    let texts: Vec<(&Adopted, Option<&str>)> =
        in_force.iter().filter_map(|adopted| Some((&**adopted, left_open(adopted, parameter)?))).collect();
    if settled.claims.iter().filter(open).count() < texts.len() {
        return texts;
    }
    let before = settled.claims.iter().take(at).filter(open).count();
    texts.get(before).copied().into_iter().collect()
}

/// 「4-1 合い言葉の長さ」, with the name of the text where several are in force.
fn clause_words(in_force: &InForce, adopted: &Adopted, clause: &str) -> String {
    let Some(found) = adopted.entry().catalogue.clause(clause) else { return clause.to_owned() };
    let place = format!("{} {}", found.place, found.heading);
    if in_force.tracked.is_empty() { place } else { format!("{} {place}", adopted.entry().catalogue.title) }
}

fn source_words(reader: &Reader<'_>, in_force: &InForce, source: &Source) -> (String, Option<String>) {
    match source {
        Source::Clause { regulation, clause } => {
            let Some(adopted) = in_force.get(regulation) else { return (clause.clone(), None) };
            let open = adopted.discloses_to(reader.viewer);
            (clause_words(in_force, adopted, clause), open.then(|| format!("/clauses/{regulation}/{clause}")))
        }
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
