//! What the pages of the regulations show, and the words of one reader: [`board`], [`clause`], [`values`].
use super::adopted::Adopted;
use super::binding::{Bind, WaitingValue};
use super::board::{Facts, Reference, State, state};
use super::catalogue::{Clause, MechanismKind, Regulation};
use super::library::Entry;
use super::parameters::{Parameter, Shown, Unit};
use super::store::EvidenceRow;
use crate::kernel::access::{Tier, Viewer};
use crate::kernel::calendar::{self, Period};
use crate::kernel::clock::local;
use crate::kernel::settings::LockMode;
use crate::web::dates::Dates;
use crate::web::icons::Icon;
use crate::web::locale::{Lang, Words};
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;

pub mod adoption;
pub mod board;
pub mod clause;
pub mod values;

/// Where a record lies: entity, id and number to address. portal.rs gives it, since only the rooms know.
pub type Places = fn(viewer: &Viewer, event: Uuid, entity: &str, id: &str, number: Option<&str>) -> Option<String>;

/// The words and ways of one reader.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    pub w: Words,
    pub dates: Dates,
    pub adopted: &'a Adopted,
    pub places: Places,
    pub viewer: &'a Viewer,
}

/// How a state is drawn: plain where all is well, a tag where somebody must act.
#[derive(Debug, Clone)]
pub struct StateView {
    pub word: String,
    pub sub: String,
    pub tag: Option<(&'static str, Icon)>,
    pub alarming: bool,
}

/// A record that counts as evidence, with the way to it.
#[derive(Debug, Clone)]
pub struct EvidenceView {
    pub label: String,
    pub href: Option<String>,
    pub at: String,
    pub at_machine: String,
    pub actor: String,
    pub mechanism: String,
    /// What it shows other than work done: 却下, 本人を確認できず, 規則により拒否.
    pub not_done: Option<String>,
}

impl Reader<'_> {
    fn title(&self, tier: Tier) -> String {
        let own = self.adopted.title(tier, self.w.lang().code()).map(str::to_owned);
        own.unwrap_or_else(|| self.w.of("tier", tier.key()).into_owned())
    }

    /// The text by its title, with its version where it has one, and since when it is in force.
    fn edition(&self) -> String {
        let catalogue = &self.adopted.entry().catalogue;
        let since = self.w.t1("regulations-in-force-since", "day", self.dates.long(self.adopted.effective_on));
        format!("{}（{since}）", edition_words(self.w, catalogue))
    }

    fn duty(&self, clause: &Clause) -> String {
        match self.w.lang() {
            Lang::Ja => clause.duty.clone(),
            Lang::En => clause.duty_en.clone(),
        }
    }

    fn href(&self, clause: &Clause) -> String {
        format!("/clauses/{}/{}", self.adopted.entry().catalogue.key, clause.id)
    }

    /// The name of a mechanism (仕組み).
    #[must_use]
    pub fn mechanism(&self, key: &str) -> String {
        self.w.of("regulations-mechanism", key.replace(['.', '_'], "-")).into_owned()
    }

    fn evidence(&self, row: &EvidenceRow) -> EvidenceView {
        EvidenceView {
            label: row.entity_number.clone().unwrap_or_else(|| self.mechanism(&row.mechanism)),
            href: (self.places)(self.viewer, row.event_id, &row.entity, &row.entity_id, row.entity_number.as_deref()),
            at: self.dates.short_at(row.occurred_at),
            at_machine: self.dates.machine_at(row.occurred_at),
            actor: row.actor.clone().unwrap_or_else(|| self.w.t("regulations-by-portal").into_owned()),
            mechanism: self.mechanism(&row.mechanism),
            not_done: not_done(self.w, row),
        }
    }

    fn next(&self, clause: &Clause, state: &State) -> String {
        match (state.next(), clause.mechanism) {
            (Some(day), _) => self.dates.short(day),
            (None, MechanismKind::Workflow | MechanismKind::Record | MechanismKind::Notice) => {
                self.w.t("regulations-any-time").into_owned()
            }
            _ => "—".to_owned(),
        }
    }

    fn state(&self, state: &State, on: NaiveDate) -> StateView {
        let word = self.w.of("regulations-state", state.key()).into_owned();
        let then = Dates { today: on, ..self.dates };
        let plain = |sub: String| StateView { word: word.clone(), sub, tag: None, alarming: false };
        let tagged = |word: String, class, icon| StateView {
            word,
            sub: String::new(),
            tag: Some((class, icon)),
            alarming: state.is_alarming(),
        };
        match state {
            State::Overdue { by } => tagged(then.due(by).text, "over", Icon::Warn),
            State::Never => tagged(word.clone(), "over", Icon::Warn),
            State::OtherRoute => StateView {
                sub: self.w.t("regulations-other-route").into_owned(),
                ..tagged(word.clone(), "wait", Icon::Warn)
            },
            State::Due { by } => tagged(then.due(by).text, "wait", Icon::Clock),
            State::Excepted { until } => {
                plain(self.w.t1("regulations-until", "day", self.dates.short(until)).into_owned())
            }
            State::Waiting { room: Some(room) } => plain(self.w.of("regulations-room", room).into_owned()),
            _ => plain(String::new()),
        }
    }
}

/// 「システム管理規程 第2027版」
#[must_use]
pub fn edition_words(w: Words, catalogue: &Regulation) -> String {
    match &catalogue.version {
        Some(version) => w.t2("regulations-edition", "title", &catalogue.title, "version", version).into_owned(),
        None => catalogue.title.clone(),
    }
}

/// What a text leaves to the organisation and nothing acts on yet: each with its clause and the room that it waits for.
#[must_use]
pub fn waiting_values(w: Words, entry: &Entry) -> Vec<(String, String)> {
    let values = entry.binding.iter().flat_map(|binding| &binding.waiting_values);
    let row = |value: &WaitingValue| {
        let clause = entry.reference_to(&value.clause).map_or_else(|| value.clause.clone(), |found| found.label);
        let words = w.t2("regulations-waiting-value", "clause", clause, "room", w.of("regulations-room", &value.room));
        (value.title.in_language(w.lang().code()).to_owned(), words.into_owned())
    };
    values.map(row).collect()
}

/// How an act is called that is evidence, but of no work done.
fn not_done(w: Words, row: &EvidenceRow) -> Option<String> {
    let key = match (row.outcome.as_str(), row.kind.as_str()) {
        ("ok", _) => return None,
        (_, "request.refused") => "regulations-turned-down",
        (_, "request.execution_failed" | "identity.not_confirmed") => "regulations-not-confirmed",
        ("failed", _) => "regulations-failed",
        _ => "regulations-refused",
    };
    Some(w.t(key).into_owned())
}

/// What the board rests on: the clauses with their states, before any narrowing.
struct Standing<'a> {
    clause: &'a Clause,
    state: State,
    evidence: Option<&'a EvidenceRow>,
}

/// The latest evidence behind a clause, of whichever of its mechanisms.
fn latest<'a>(bind: Option<&Bind>, evidence: &'a HashMap<&str, &'a EvidenceRow>) -> Option<&'a EvidenceRow> {
    let mechanisms = bind.map_or(&[][..], |bind| &bind.mechanisms);
    mechanisms.iter().filter_map(|key| evidence.get(key.as_str()).copied()).max_by_key(|row| row.occurred_at)
}

fn standing<'a>(
    adopted: &'a Adopted,
    clause: &'a Clause,
    evidence: &'a HashMap<&str, &'a EvidenceRow>,
    reference: &Reference,
) -> Standing<'a> {
    let bind = adopted.binding().bind(&clause.id);
    let found = latest(bind, evidence);
    let facts = Facts {
        last: found.map(|row| local(row.occurred_at).date_naive()),
        owed_from: adopted.owed_from(clause),
        excepted_until: None,
        not_applicable: adopted.is_outside(clause),
        by_other_route: adopted.goes_another_way(clause),
    };
    Standing { clause, state: state(clause, bind, facts, reference), evidence: found }
}

/// The name of a canonical value.
#[must_use]
pub fn parameter_word(w: Words, parameter: &Parameter) -> String {
    w.of("regulations-parameter", parameter.key.replace('_', "-")).into_owned()
}

/// A value in words: 「8文字」「3か月」「大文字、小文字、特殊文字」.
#[must_use]
pub fn value_words(w: Words, unit: Unit, shown: &Shown) -> String {
    let comma = w.t("web-list-comma");
    match shown {
        Shown::Number(number) => counted(w, unit, *number),
        Shown::Generations(Some(number)) => counted(w, unit, *number),
        Shown::Generations(None) => w.t("regulations-all-generations").into_owned(),
        Shown::Numbers(numbers) => {
            numbers.iter().map(|number| counted(w, unit, *number)).collect::<Vec<_>>().join(&comma)
        }
        Shown::YesNo(yes) => w.t(if *yes { "regulations-yes" } else { "regulations-no" }).into_owned(),
        Shown::Period(None) => w.t("regulations-no-limit").into_owned(),
        Shown::Period(Some(period)) => period_words(w, *period),
        Shown::Classes(classes) if classes.is_empty() => w.t("regulations-no-classes").into_owned(),
        Shown::Classes(classes) => {
            classes.iter().map(|class| w.of("regulations-class", class.key())).collect::<Vec<_>>().join(&comma)
        }
        Shown::Lock(LockMode::UntilReleased) => w.t("regulations-until-released").into_owned(),
        Shown::Lock(LockMode::Minutes(minutes)) => w.n("regulations-unit-minutes", *minutes).into_owned(),
        Shown::Words(words) if words.is_empty() => w.t("regulations-no-limit").into_owned(),
        Shown::Words(words) => words.join(&comma),
    }
}

fn counted(w: Words, unit: Unit, number: u64) -> String {
    let key = match unit {
        Unit::Characters => "regulations-unit-characters",
        Unit::Times => "regulations-unit-times",
        Unit::Minutes => "regulations-unit-minutes",
        Unit::Hours => "regulations-unit-hours",
        Unit::Days => "regulations-unit-days",
        Unit::Sessions => "regulations-unit-sessions",
        Unit::People => "regulations-unit-people",
        Unit::None => return number.to_string(),
    };
    w.n(key, number).into_owned()
}

/// A period in words: 1年, 3か月, 14日.
#[must_use]
pub fn period_words(w: Words, period: Period) -> String {
    let part = |(number, unit): (u32, calendar::Unit)| {
        let key = match unit {
            calendar::Unit::Year => "regulations-period-years",
            calendar::Unit::Month => "regulations-period-months",
            calendar::Unit::Day => "regulations-unit-days",
            calendar::Unit::Hour => "regulations-unit-hours",
            calendar::Unit::Minute => "regulations-unit-minutes",
        };
        w.n(key, number)
    };
    period.words().into_iter().map(part).collect::<Vec<_>>().join(" ")
}
