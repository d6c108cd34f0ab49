//! The clause board (条項と実施状況): every clause with its latest evidence, its next day and its state.
use super::clause::article_words;
use super::{EvidenceView, Reader, Standing, StateView, edition_words, standing};
use crate::engines::regulations::adopted::Adopted;
use crate::engines::regulations::board::{Reference, State};
use crate::engines::regulations::catalogue::{Clause, MechanismKind};
use crate::engines::regulations::store::EvidenceRow;
use crate::kernel::access::Tier;
use crate::kernel::calendar::{DateError, FiscalYear, read_day_past};
use crate::kernel::text::{self, with_query};
use crate::web::icons::Icon;
use crate::web::locale::Words;
use crate::web::parts::DayField;
use crate::web::shell::Shell;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

/// How the board is narrowed (絞り込み); all of it stands in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub q: String,
    pub holder: String,
    pub kind: String,
    pub state: String,
    /// 基準日, as somebody types it.
    pub on: String,
    /// Which of the adopted regulations; none: the one under which the portal runs.
    pub regulation: String,
}

impl Filter {
    fn day(&self, today: NaiveDate) -> Result<NaiveDate, DateError> {
        if self.on.trim().is_empty() { Ok(today) } else { read_day_past(&self.on, today) }
    }

    /// The day of which the board speaks: the day asked for, else today; what is no such day, the field says.
    #[must_use]
    pub fn reference(&self, today: NaiveDate) -> Reference {
        let on = self.day(today).unwrap_or(today);
        let year = FiscalYear::of(on);
        Reference { on, year: year.first_day()..=year.last_day() }
    }
}

/// An entry of a filter.
#[derive(Debug, Clone)]
pub struct Pick {
    pub value: &'static str,
    pub label: String,
    pub chosen: bool,
}

/// One of the adopted regulations, to choose from.
#[derive(Debug, Clone)]
pub struct Tab {
    pub label: String,
    pub href: String,
    pub current: bool,
}

/// A line of the board.
#[derive(Debug, Clone)]
pub struct Row {
    pub href: String,
    pub place: String,
    /// under which number it stands in this organisation, where that is another one
    pub article_here: Option<String>,
    pub heading: String,
    pub duty: String,
    pub holder: String,
    pub kind: String,
    pub icon: Icon,
    pub evidence: Option<EvidenceView>,
    pub next: String,
    pub state: StateView,
}

/// A section of the regulation on the board.
#[derive(Debug, Clone)]
pub struct Group {
    pub title: String,
    pub note: String,
    pub rows: Vec<Row>,
}

/// A part of the bar above the board.
#[derive(Debug, Clone)]
pub struct Share {
    pub word: String,
    pub count: usize,
    /// Class of fill and key: g, p, b or n.
    pub class: &'static str,
    pub x: usize,
    pub width: usize,
}

/// 条項と実施状況
#[derive(Template)]
#[template(path = "regulations/board.html")]
pub struct Board {
    pub shell: Shell,
    pub regulation: String,
    /// The regulation's key, which the form keeps.
    pub key: String,
    /// All that are in force and disclosed, where there are several.
    pub tabs: Vec<Tab>,
    pub sub: String,
    pub on: DayField,
    /// The regulation was not in force on that day: since when it is.
    pub in_force_later: Option<String>,
    pub q: String,
    pub holders: Vec<Pick>,
    pub kinds: Vec<Pick>,
    pub states: Vec<Pick>,
    pub shares: Vec<Share>,
    pub bar_label: String,
    pub groups: Vec<Group>,
    pub shown: usize,
    /// 組織が定めた手続: what requests there are besides those of the clauses.
    pub org_defined: Vec<String>,
}

/// The state of every clause on the reference date, by clause id: for the home page and the committee's figures.
#[must_use]
pub fn states(adopted: &Adopted, evidence: &[EvidenceRow], reference: &Reference) -> Vec<(String, State)> {
    let by_mechanism: HashMap<&str, &EvidenceRow> = evidence.iter().map(|row| (row.mechanism.as_str(), row)).collect();
    let clauses = adopted.entry().catalogue.clauses.iter();
    clauses.map(|clause| (clause.id.clone(), standing(adopted, clause, &by_mechanism, reference).state)).collect()
}

/// Builds the board.
#[must_use]
pub fn board(
    shell: Shell,
    reader: &Reader<'_>,
    filter: &Filter,
    all: &[Arc<Adopted>],
    evidence: &[EvidenceRow],
) -> Board {
    let reference = filter.reference(reader.dates.today);
    let (value, why) = match filter.day(reader.dates.today) {
        Ok(day) => (reader.dates.machine(day), None),
        Err(why) => (filter.on.clone(), Some(why)),
    };
    let on = DayField::new(reader.w, "cl-on", "on", reader.w.t("regulations-on"), value, why);
    let catalogue = &reader.adopted.entry().catalogue;
    let by_mechanism: HashMap<&str, &EvidenceRow> = evidence.iter().map(|row| (row.mechanism.as_str(), row)).collect();
    let standings: Vec<Standing<'_>> =
        catalogue.clauses.iter().map(|clause| standing(reader.adopted, clause, &by_mechanism, &reference)).collect();
    let shares = shares(reader.w, &standings);
    let bar_label = shares.iter().map(|share| format!("{}{}", share.word, share.count)).collect::<Vec<_>>();
    let groups = groups(reader, filter, &standings, reference.on);
    Board {
        regulation: reader.edition(),
        key: catalogue.key.clone(),
        tabs: tabs(reader, filter, all),
        sub: reader.w.n("regulations-clauses", catalogue.asking().count()).into_owned(),
        in_force_later: Some(reader.adopted.effective_on)
            .filter(|effective| reference.on < *effective)
            .map(|effective| reader.dates.long(effective)),
        on,
        q: filter.q.clone(),
        holders: holders(reader, filter, &standings),
        kinds: kinds(reader.w, &filter.kind),
        states: state_picks(reader.w, &filter.state),
        bar_label: bar_label.join(&reader.w.t("web-list-comma")),
        shares,
        org_defined: org_defined(reader),
        shown: groups.iter().map(|group| group.rows.len()).sum(),
        groups,
        shell: shell.faulty(why.is_some()),
    }
}

fn tabs(reader: &Reader<'_>, filter: &Filter, all: &[Arc<Adopted>]) -> Vec<Tab> {
    let tab = |adopted: &Arc<Adopted>| Tab {
        label: edition_words(reader.w, &adopted.entry().catalogue),
        href: with_query("/clauses", [("regulation", adopted.key()), ("on", filter.on.as_str())]),
        current: adopted.key() == reader.adopted.key(),
    };
    if all.len() > 1 { all.iter().map(tab).collect() } else { Vec::new() }
}

/// The titles of the procedures that the organisation has set.
fn org_defined(reader: &Reader<'_>) -> Vec<String> {
    let kinds = reader.adopted.binding().kinds.iter().filter(|kind| kind.org_defined);
    kinds.map(|kind| kind.title.in_language(reader.w.0.code()).to_owned()).collect()
}

fn holders(reader: &Reader<'_>, filter: &Filter, standings: &[Standing<'_>]) -> Vec<Pick> {
    let owes = |tier: &Tier| standings.iter().any(|standing| standing.clause.holder == *tier);
    let pick = |tier: Tier| Pick { value: tier.key(), label: reader.title(tier), chosen: filter.holder == tier.key() };
    Tier::ALL.into_iter().filter(owes).map(pick).collect()
}

fn kinds(w: Words, chosen: &str) -> Vec<Pick> {
    let pick = |kind: MechanismKind| Pick {
        value: kind.key(),
        label: w.of("regulations-kind", kind.key()).into_owned(),
        chosen: chosen == kind.key(),
    };
    MechanismKind::ALL.into_iter().map(pick).collect()
}

fn state_picks(w: Words, chosen: &str) -> Vec<Pick> {
    let pick = |key| Pick { value: key, label: w.of("regulations-state", key).into_owned(), chosen: chosen == key };
    State::KEYS.into_iter().map(pick).collect()
}

fn shares(w: Words, standings: &[Standing<'_>]) -> Vec<Share> {
    const BAR: usize = 1000;
    let asking = standings.iter().filter(|standing| standing.clause.asks()).count().max(1);
    let class = |key| match key {
        "kept" => "g",
        "no-case" | "excepted" => "c",
        "due" | "other-route" => "p",
        "overdue" | "never" => "b",
        _ => "n",
    };
    let mut x = 0;
    let mut shares = Vec::new();
    for key in [
        "kept",
        "no-case",
        "due",
        "overdue",
        "never",
        "other-route",
        "excepted",
        "not-applicable",
        "waiting",
        "not-in-force",
    ] {
        let count = standings.iter().filter(|standing| standing.state.key() == key).count();
        if count > 0 {
            let width = count * BAR / asking;
            let word = w.of("regulations-state", key).into_owned();
            shares.push(Share { word, count, class: class(key), x, width });
            x += width;
        }
    }
    shares
}

fn groups(reader: &Reader<'_>, filter: &Filter, standings: &[Standing<'_>], on: NaiveDate) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for section in standings.chunk_by(|one, next| one.clause.section() == next.clause.section()) {
        let rows: Vec<Row> = section
            .iter()
            .filter(|standing| keeps(filter, standing))
            .map(|standing| row(reader, standing, on))
            .collect();
        let Some(first) = section.first().filter(|_| !rows.is_empty()) else { continue };
        let heading = first.clause.heading.split(['（', '(']).next().unwrap_or_default();
        groups.push(Group {
            title: format!("{} {heading}", first.clause.section()),
            note: note(reader.w, section),
            rows,
        });
    }
    groups
}

fn keeps(filter: &Filter, standing: &Standing<'_>) -> bool {
    let clause = standing.clause;
    (filter.holder.is_empty() || filter.holder == clause.holder.key())
        && (filter.kind.is_empty() || filter.kind == clause.mechanism.key())
        && (filter.state.is_empty() || filter.state == standing.state.key())
        && says(clause, &filter.q)
}

/// Whether a clause holds every word that is looked for. Its number is found as it is written, since 4.1.1 and 41.1 are two
/// clauses; its words as every search folds them.
fn says(clause: &Clause, typed: &str) -> bool {
    let texts = [&clause.heading, &clause.duty, &clause.duty_en].map(|text| text::fold_for_search(text));
    typed.split_whitespace().all(|word| {
        let number = text::normalise(word).to_lowercase();
        let numbered = [&clause.id, &clause.place].into_iter().any(|place| place.to_lowercase().contains(&number));
        let sought = text::search_words(word);
        let said = |folded: &String| sought.iter().all(|word| folded.contains(word.as_str()));
        (numbered && !number.is_empty()) || texts.iter().any(said)
    })
}

fn note(w: Words, section: &[Standing<'_>]) -> String {
    let asking = section.iter().filter(|standing| standing.clause.asks()).count();
    if asking == 0 {
        // an aim or a definition owes nothing, and 0 of 0 would read like a failure
        return String::new();
    }
    let kept = section.iter().filter(|standing| standing.state.key() == "kept").count();
    let alarming = section.iter().filter(|standing| standing.state.is_alarming()).count();
    let all = w.with("regulations-section-note", &[("asking", &asking), ("kept", &kept)]);
    match alarming {
        0 => all.into_owned(),
        count => format!("{all}{}{}", w.t("web-list-comma"), w.n("regulations-section-alarming", count)),
    }
}

fn row(reader: &Reader<'_>, standing: &Standing<'_>, on: NaiveDate) -> Row {
    let clause = standing.clause;
    Row {
        href: match on < reader.dates.today {
            true => format!("{}?on={on}", reader.href(clause)),
            false => reader.href(clause),
        },
        place: clause.place.clone(),
        article_here: reader.adopted.article_here(clause).map(|no| article_words(reader.w, no)),
        heading: clause.heading.clone(),
        duty: reader.duty(clause),
        holder: reader.title(clause.holder),
        kind: reader.w.of("regulations-kind", clause.mechanism.key()).into_owned(),
        icon: icon(clause.mechanism),
        evidence: standing.evidence.map(|row| reader.evidence(row)),
        next: reader.next(clause, &standing.state),
        state: reader.state(&standing.state, on),
    }
}

const fn icon(kind: MechanismKind) -> Icon {
    match kind {
        MechanismKind::Workflow => Icon::Inbox,
        MechanismKind::Ledger => Icon::Grid,
        MechanismKind::Record => Icon::Pen,
        MechanismKind::Schedule => Icon::Calendar,
        MechanismKind::Setting => Icon::Lock,
        MechanismKind::Notice => Icon::Bell,
        MechanismKind::Document => Icon::Document,
        MechanismKind::Attest => Icon::Check,
        MechanismKind::None => Icon::Book,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(typed: &str) -> Result<NaiveDate, DateError> {
        Filter { on: typed.to_owned(), ..Filter::default() }.day("2026-11-21".parse().unwrap())
    }

    #[test]
    fn the_reference_day_is_read_like_every_day_and_refused_with_its_reason() {
        for typed in ["2026-04-01", "R8.4.1", "４月１日", "令和8年4月1日(水)"] {
            assert_eq!(on(typed), Ok("2026-04-01".parse().unwrap()), "{typed}");
        }
        assert_eq!(on(" "), Ok("2026-11-21".parse().unwrap()));
        assert_eq!(on("R8.2.30"), Err(DateError::NoSuchDay { month: 2, day: 30 }));
        assert_eq!(on("R8.11.22"), Err(DateError::NotYet));
    }
}
