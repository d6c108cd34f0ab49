//! The binding (結び付け) of a regulation: which clause is carried out by which mechanism of the portal, what the
//! tiers are called, how a request travels, and which canonical value each number sets.
//! Read from `regulations/<key>.bindings.toml`; the format is described in `regulations/FORMAT.md`.
use super::catalogue::Regulation;
use super::fault::{Faults, Report};
use super::words::Words;
use crate::kernel::access::Tier;
use crate::kernel::settings::{Settings, Source};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

mod check;
mod functions;
mod kind;
mod kind_check;
mod limits;
mod needs;
mod phrases;
mod release;
mod route_check;
mod waiting;
#[cfg(test)]
mod files_tests;
#[cfg(test)]
mod tests;

pub use functions::{Function, VacancyNotice};
pub use kind::{Act, AfterReturn, By, Choice, Condition, Field, FieldType, Kind, Part, Scope, Step, TODAY};
pub use kind_check::{handed, keeps, works};
pub use limits::{RightLevel, RightLimits};
pub use needs::Needs;
pub use release::{Elsewhere, Release};
pub use waiting::WaitingValue;

/// What the code offers, against which a binding is checked.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// Mechanism keys that features registered.
    pub mechanisms: &'a [&'a str],
    /// Rooms that are still to come (準備中の部屋), by key.
    pub rooms: &'a [&'a str],
}

/// A tier's title on screens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    pub ja: String,
    pub en: String,
    /// The regulation does not know this tier (組織が定めた役職).
    #[serde(default)]
    pub org_defined: bool,
}

impl Title {
    /// The title in the reader's language.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        if language.starts_with("en") { &self.en } else { &self.ja }
    }
}

/// How one clause is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bind {
    /// Keys of the mechanisms whose events are its evidence.
    pub mechanisms: Vec<String>,
    /// The room without which the clause is not (fully) carried out.
    pub waits_for: Option<String>,
    /// The canonical yes or no on which it hangs whether the clause concerns the organisation at all (対象外).
    pub applies_if: Option<String>,
    /// The text has this article only where it concerns the organisation: where it does not, those after it stand one lower.
    pub renumbers: bool,
}

impl Bind {
    /// Whether everything that the clause needs is in operation.
    #[must_use]
    pub fn is_carried(&self) -> bool {
        self.waits_for.is_none() && !self.mechanisms.is_empty()
    }
}

/// To whom the text of the regulation is disclosed (公開範囲).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    pub readers: Vec<Tier>,
    /// Readers that the text does not name but who answer for it (組織が定めた公開先).
    pub also: Vec<Tier>,
    pub clause: String,
}

/// A date that the text does not give: it must be filled before the regulation can be adopted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blank {
    pub key: String,
    pub clause: String,
    pub label: Words,
}

/// A value that the binding puts in force.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundValue {
    pub value: serde_json::Value,
    pub source: Source,
    /// The clause that leaves it to the organisation, where the text has one.
    pub left_open_by: Option<String>,
    /// The name under which the catalogue lists it among what is left open (`org_defined_*`).
    pub fills: Option<String>,
}

/// A regulation's binding, checked against its catalogue and against what the code offers.
#[derive(Debug, Clone)]
pub struct Binding {
    pub titles: BTreeMap<Tier, Title>,
    pub disclosure: Option<Disclosure>,
    /// The request kinds that people can file.
    pub kinds: Vec<Kind>,
    /// Those whose room is still to come: declared and checked, offered to nobody.
    pub waiting_kinds: Vec<Kind>,
    pub parameters: BTreeMap<String, BoundValue>,
    /// What the text leaves open besides, and no parameter carries yet.
    pub waiting_values: Vec<WaitingValue>,
    /// 役割 that the regulation names.
    pub functions: Vec<Function>,
    /// What is said while one of them is vacant.
    pub vacancies: Vec<VacancyNotice>,
    pub blanks: Vec<Blank>,
    /// 役割ごとの権限の上限表, where the text wants one.
    pub right_limits: Option<RightLimits>,
    /// Who releases locked accounts beside the administrators; none: nobody.
    pub release: Option<Release>,
    /// Who is told of an ID in use at two terminals; none: nobody looks.
    pub elsewhere: Option<Elsewhere>,
    /// What the regulation has the portal say in words of its own, by the key of `phrases::PHRASES`.
    pub phrases: BTreeMap<String, Words>,
    binds: HashMap<String, Bind>,
    clauses_of: HashMap<String, Vec<String>>,
}

impl Binding {
    /// How this clause is carried out; none: nothing in the portal carries it.
    #[must_use]
    pub fn bind(&self, clause: &str) -> Option<&Bind> {
        self.binds.get(clause)
    }

    /// Ids of the clauses for which this mechanism acts, in the order of the text.
    #[must_use]
    pub fn clauses_of(&self, mechanism: &str) -> &[String] {
        self.clauses_of.get(mechanism).map_or(&[], Vec::as_slice)
    }

    /// What the organisation has or has not, on which some of its clauses hang.
    pub fn conditions(&self) -> impl Iterator<Item = &str> {
        self.binds.values().filter_map(|bind| bind.applies_if.as_deref())
    }

    /// Every mechanism that some clause is bound to.
    #[must_use]
    pub fn mechanisms(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.clauses_of.keys().cloned().collect();
        keys.sort_unstable();
        keys
    }

    /// The request kind of that key, if people can file it.
    #[must_use]
    pub fn kind(&self, key: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.key == key)
    }

    /// What screens call the tier; none: it does not exist in this organisation.
    #[must_use]
    pub fn title(&self, tier: Tier) -> Option<&Title> {
        self.titles.get(&tier)
    }

    /// Does nobody hold this tier but by being named (指名)? So it is where a step lets one act whom the holder names.
    #[must_use]
    pub fn only_named(&self, tier: Tier) -> bool {
        tier == Tier::Operator && self.kinds.iter().any(|kind| kind.steps.iter().any(|step| step.designee))
    }

    /// Whether somebody of this tier may read the text and the clause pages.
    #[must_use]
    pub fn discloses_to(&self, tier: Tier) -> bool {
        let Some(disclosure) = &self.disclosure else { return true };
        disclosure.readers.contains(&tier) || disclosure.also.contains(&tier)
    }

    /// The settings that the regulation puts in force on top of the portal's own values.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::base();
        for (key, bound) in &self.parameters {
            let Some(parameter) = super::parameters::find(key) else { continue };
            // Checked when the binding was read, so this cannot fail any more.
            let _ = parameter.write(&mut settings, &bound.value, bound.source.clone());
        }
        settings
    }
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    titles: BTreeMap<String, Title>,
    disclosure: Option<WrittenDisclosure>,
    #[serde(default)]
    parameters: BTreeMap<String, WrittenParameter>,
    #[serde(default)]
    waiting_values: BTreeMap<String, waiting::Written>,
    #[serde(default)]
    words: BTreeMap<String, phrases::WrittenPhrase>,
    release: Option<release::WrittenRelease>,
    elsewhere: Option<release::WrittenElsewhere>,
    #[serde(default)]
    blank: Vec<Blank>,
    #[serde(default)]
    bind: Vec<WrittenBind>,
    #[serde(default)]
    kind: Vec<toml::Table>,
    #[serde(default)]
    function: Vec<functions::WrittenFunction>,
    #[serde(default)]
    vacancy: Vec<functions::WrittenNotice>,
    right_limits: Option<limits::Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDisclosure {
    clause: String,
    readers: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenParameter {
    /// The catalogue's own name for it.
    from: Option<String>,
    /// The value itself, where the catalogue has no name for it.
    value: Option<toml::Value>,
    clause: Option<String>,
    #[serde(default)]
    org_defined: bool,
    /// What of `org_defined_*` it settles.
    fills: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBind {
    clauses: Vec<String>,
    #[serde(default)]
    mechanisms: Vec<String>,
    waits_for: Option<String>,
    applies_if: Option<String>,
    #[serde(default)]
    renumbers: bool,
}

/// Reads one binding; `file` is what faults are reported under.
pub fn parse(file: &str, text: &str, catalogue: &Regulation, offer: Offer<'_>) -> Result<Binding, Faults> {
    let mut report = Report::new(file);
    let written: Written = match toml::from_str(text) {
        Ok(written) => written,
        Err(error) => {
            report.file(error.to_string());
            return report.finish(None);
        }
    };
    let titles = check::titles(written.titles, catalogue, &mut report);
    let disclosure = written.disclosure.and_then(|written| check::disclosure(written, catalogue, &titles, &mut report));
    let parameters = check::parameters(written.parameters, catalogue, &mut report);
    let waiting_values = waiting::waiting(written.waiting_values, &parameters, catalogue, offer, &mut report);
    let blanks = check::blanks(written.blank, catalogue, &mut report);
    let binds = check::binds(written.bind, catalogue, &titles, offer, &mut report);
    check::conditions(&binds, &parameters, &mut report);
    let kinds = kind::read(written.kind, &mut report);
    kind_check::check(&kinds, catalogue, &titles, &binds, offer, &mut report);
    check::workflows_have_kinds(&binds, &kinds, catalogue, &mut report);
    let functions = functions::functions(written.function, catalogue, &titles, &mut report);
    functions::of_steps(&kinds, &functions, &mut report);
    let vacancies = functions::notices(written.vacancy, &functions, catalogue, &mut report);
    let right_limits = written.right_limits.map(|written| limits::limits(written, catalogue, &titles, &mut report));
    let release = written.release.map(|written| release::release(written, catalogue, &titles, &mut report));
    let elsewhere = written.elsewhere.map(|written| release::elsewhere(written, catalogue, &titles, &mut report));
    let phrases = phrases::phrases(written.words, catalogue, &mut report);
    let clauses_of = invert(&binds, catalogue);
    let (waiting_kinds, kinds) = kinds.into_iter().partition(|kind| kind.waits_for.is_some());
    report.finish(Some(Binding {
        titles,
        disclosure,
        kinds,
        waiting_kinds,
        parameters,
        waiting_values,
        blanks,
        release,
        elsewhere,
        phrases,
        functions,
        vacancies,
        right_limits,
        binds,
        clauses_of,
    }))
}

fn invert(binds: &HashMap<String, Bind>, catalogue: &Regulation) -> HashMap<String, Vec<String>> {
    let mut clauses_of: HashMap<String, Vec<String>> = HashMap::new();
    for clause in &catalogue.clauses {
        let mechanisms = binds.get(&clause.id).map_or(&[][..], |bind| &bind.mechanisms);
        for mechanism in mechanisms {
            clauses_of.entry(mechanism.clone()).or_default().push(clause.id.clone());
        }
    }
    clauses_of
}
