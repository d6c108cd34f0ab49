//! The page of a clause: what is owed, what the portal does about it, and the records that show it.
use super::board::Filter;
use super::{EvidenceView, Reader, StateView, parameter_word, period_words, standing, value_words};
use crate::engines::regulations::catalogue::Clause;
use crate::engines::regulations::parameters::{self, PARAMETERS};
use crate::engines::regulations::store::EvidenceRow;
use crate::kernel::access::Tier;
use crate::kernel::settings::Source;
use crate::web::locale::{Lang, Words};
use crate::web::shell::{Link, Shell};
use askama::Template;
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

/// 条項
#[derive(Template)]
#[template(path = "regulations/clause.html")]
pub struct ClausePage {
    pub shell: Shell,
    /// 「システム管理規程 1.0版（令和8年4月1日施行）」
    pub regulation: String,
    /// The past day of which the page speaks.
    pub on: Option<String>,
    pub state: StateView,
    pub next: String,
    pub duty: String,
    pub portal: String,
    pub facts: Vec<(String, String)>,
    pub fields: Vec<String>,
    /// Mechanisms in operation for this clause.
    pub mechanisms: Vec<String>,
    pub waits_for: String,
    /// Values that this clause fixes.
    pub values: Vec<(String, String)>,
    pub evidence: Vec<EvidenceView>,
    pub more: Option<String>,
    pub before: Option<Link>,
    pub after: Option<Link>,
}

/// What a clause page rests on.
#[derive(Debug, Clone)]
pub struct ClauseMatter<'a> {
    pub clause: &'a Clause,
    /// The day of which the page speaks.
    pub on: NaiveDate,
    pub latest: &'a [EvidenceRow],
    pub evidence: &'a [EvidenceRow],
    pub more: Option<String>,
}

/// Builds the page of a clause.
#[must_use]
pub fn clause(shell: Shell, reader: &Reader<'_>, matter: &ClauseMatter<'_>) -> ClausePage {
    let ClauseMatter { clause, .. } = matter;
    let w = reader.w;
    let reference = Filter::default().reference(matter.on);
    let by_mechanism: HashMap<&str, &EvidenceRow> =
        matter.latest.iter().map(|row| (row.mechanism.as_str(), row)).collect();
    let standing = standing(reader.adopted, clause, &by_mechanism, &reference);
    let bind = reader.adopted.binding().bind(&clause.id);
    let room = bind.and_then(|bind| bind.waits_for.as_deref());
    let (before, after) = neighbours(reader, clause);
    let portal = match (w.lang(), &clause.portal_en) {
        (Lang::En, Some(english)) => english.clone(),
        _ => clause.portal.clone(),
    };
    ClausePage {
        shell,
        regulation: reader.edition(),
        on: Some(matter.on).filter(|on| *on < reader.dates.today).map(|on| reader.dates.long(on)),
        state: reader.state(&standing.state, reference.on),
        next: reader.next(clause, &standing.state),
        duty: reader.duty(clause),
        portal,
        facts: facts(reader, clause),
        fields: clause.fields.clone(),
        mechanisms: bind
            .map_or_else(Vec::new, |bind| bind.mechanisms.iter().map(|key| reader.mechanism(key)).collect()),
        waits_for: room.map(|room| w.of("regulations-room", room).into_owned()).unwrap_or_default(),
        values: values_of(reader, clause),
        evidence: records(reader, matter.evidence),
        more: matter.more.clone(),
        before,
        after,
    }
}

/// The records as they are drawn: what one act did to several rows of the same thing is one record.
fn records(reader: &Reader<'_>, rows: &[EvidenceRow]) -> Vec<EvidenceView> {
    let mut seen = HashSet::new();
    let act = |row: &EvidenceRow| {
        let what = [&row.mechanism, &row.outcome, &row.kind, &row.entity, &row.entity_id].map(String::clone);
        (what, row.actor.clone(), reader.dates.short_at(row.occurred_at))
    };
    rows.iter().filter(|row| seen.insert(act(row))).map(|row| reader.evidence(row)).collect()
}

fn facts(reader: &Reader<'_>, clause: &Clause) -> Vec<(String, String)> {
    let w = reader.w;
    let titles = |tiers: &[Tier]| tiers.iter().map(|tier| reader.title(*tier)).collect::<Vec<_>>();
    let comma = w.t("web-list-comma");
    let mut facts = vec![
        (w.t("regulations-place").into_owned(), clause.place.clone()),
        (w.t("regulations-holder").into_owned(), reader.title(clause.holder)),
        (w.t("regulations-level").into_owned(), w.of("regulations-level", clause.level.key()).into_owned()),
        (w.t("regulations-kind").into_owned(), w.of("regulations-kind", clause.mechanism.key()).into_owned()),
    ];
    let mut add = |key: &str, value: String| {
        if !value.is_empty() {
            facts.push((w.t(key).into_owned(), value));
        }
    };
    add(
        "regulations-article-here",
        reader.adopted.article_here(clause).map(|no| article_words(w, no)).unwrap_or_default(),
    );
    let either = w.t("regulations-either");
    let approvers = clause.approvers.iter().map(|step| titles(step).join(&either)).collect::<Vec<_>>();
    add("regulations-applicant", clause.applicant.map(|tier| reader.title(tier)).unwrap_or_default());
    add("regulations-approvers", approvers.join(" → "));
    add("regulations-executor", clause.executor.map(|tier| reader.title(tier)).unwrap_or_default());
    add("regulations-notify", titles(&clause.notify).join(&comma));
    add("regulations-interval", clause.interval.map(|period| period_words(w, period)).unwrap_or_default());
    add("regulations-deadline", clause.deadline.map(|period| period_words(w, period)).unwrap_or_default());
    let bind = reader.adopted.binding().bind(&clause.id);
    if let Some(condition) = bind.and_then(|bind| bind.applies_if.as_deref()).and_then(parameters::find) {
        let value = w.t(if reader.adopted.is_outside(clause) { "regulations-no" } else { "regulations-yes" });
        let words = w.t2("regulations-applies-if-is", "name", parameter_word(w, condition), "value", value);
        add("regulations-applies-if", words.into_owned());
    }
    add("regulations-controls", clause.controls_2022.join(&comma));
    facts
}

/// 第20条
pub(super) fn article_words(w: Words, number: u32) -> String {
    w.t1("regulations-article", "number", number.to_string()).into_owned()
}

fn neighbours(reader: &Reader<'_>, clause: &Clause) -> (Option<Link>, Option<Link>) {
    let clauses = &reader.adopted.entry().catalogue.clauses;
    let Some(at) = clauses.iter().position(|other| other.id == clause.id) else { return (None, None) };
    let link = |clause: &Clause| Link::new(reader.href(clause), format!("{} {}", clause.place, clause.heading));
    (at.checked_sub(1).and_then(|at| clauses.get(at)).map(link), clauses.get(at + 1).map(link))
}

fn values_of(reader: &Reader<'_>, clause: &Clause) -> Vec<(String, String)> {
    let settings = reader.adopted.binding().settings();
    let mut values = Vec::new();
    for parameter in PARAMETERS {
        let (shown, source) = parameter.read(&settings);
        if matches!(source, Source::Clause { clause: id, .. } if *id == clause.id) {
            values.push((parameter_word(reader.w, parameter), value_words(reader.w, parameter.unit, &shown)));
        }
    }
    values
}
