//! Who says what about a canonical parameter on a day, and which value holds (値の決まり方): the clauses of all regulations in
//! force and what the organisation entered, of which the stricter holds; the portal's own value only where nobody says anything.
use super::adopted::InForce;
use super::library::{ClauseRef, Entry};
use super::parameters::{PARAMETERS, Parameter, Shown, Wrong};
use super::store::EnteredValue;
use crate::kernel::error::Message;
use crate::kernel::settings::{Settings, Source};
use chrono::NaiveDate;
use serde_json::Value;
use std::cmp::Ordering;

/// How what somebody says about a value stands beside the value that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is the value, or a part of it.
    Holds,
    /// Something stricter holds (より厳しい値が優先).
    GaveWay,
    /// Neither is the stricter and both cannot hold: the operating regulation's does.
    Apart,
}

/// One statement about a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    pub source: Source,
    pub value: Value,
    pub shown: Shown,
    pub since: NaiveDate,
    pub standing: Standing,
}

/// The value that holds, and everything that was said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub value: Value,
    pub source: Source,
    pub since: NaiveDate,
    /// The operating regulation's first, the organisation's last.
    pub claims: Vec<Claim>,
}

/// The settings in force on a day.
#[must_use]
pub fn settings(in_force: &InForce, entered: &[EnteredValue], on: NaiveDate) -> Settings {
    let mut settings = Settings::base();
    for parameter in PARAMETERS {
        let Some(settled) = settle(in_force, entered, on, parameter) else { continue };
        // every claim was read as this parameter before, and what joins two of them is one as well
        if let Err(what) = parameter.write(&mut settings, &settled.value, settled.source) {
            tracing::warn!(name = parameter.key, %what, "a value cannot be put in force and is passed over");
        }
    }
    settings
}

/// The value of one parameter on a day; none: nobody says anything about it.
#[must_use]
pub fn settle(in_force: &InForce, entered: &[EnteredValue], on: NaiveDate, parameter: &Parameter) -> Option<Settled> {
    strictest(parameter, claims(in_force, entered, on, parameter))
}

/// Of several claims the strictest, or what is as strict as those among which none is.
#[must_use]
pub fn strictest(parameter: &Parameter, mut claims: Vec<Claim>) -> Option<Settled> {
    let first = claims.first()?;
    let (mut value, mut shown) = (first.value.clone(), first.shown.clone());
    for claim in &claims {
        match parameter.strict.compare(&claim.shown, &shown) {
            Some(Ordering::Greater) => (value, shown) = (claim.value.clone(), claim.shown.clone()),
            Some(_) => {}
            None => {
                let joined = parameter.strict.join(&shown, &claim.shown);
                if let Some((joined, seen)) =
                    joined.and_then(|joined| Some((joined.clone(), read(parameter, &joined)?)))
                {
                    (value, shown) = (joined, seen);
                }
            }
        }
    }
    let is_it = |claim: &Claim| parameter.strict.compare(&claim.shown, &shown) == Some(Ordering::Equal);
    let single = claims.iter().any(is_it);
    let standings: Vec<Standing> =
        claims.iter().map(|claim| standing(parameter, claim, &claims, &shown, single)).collect();
    for (claim, standing) in claims.iter_mut().zip(standings) {
        claim.standing = standing;
    }
    let holding = claims.iter().find(|claim| claim.standing == Standing::Holds).or(claims.first())?;
    Some(Settled { value, source: holding.source.clone(), since: holding.since, claims })
}

fn standing(parameter: &Parameter, claim: &Claim, all: &[Claim], holds: &Shown, single: bool) -> Standing {
    match parameter.strict.compare(&claim.shown, holds) {
        Some(Ordering::Equal) => Standing::Holds,
        Some(_) if single => Standing::GaveWay,
        Some(_) => {
            let weaker = |other: &Claim| parameter.strict.compare(&claim.shown, &other.shown) == Some(Ordering::Less);
            if all.iter().any(weaker) { Standing::GaveWay } else { Standing::Holds }
        }
        None => Standing::Apart,
    }
}

/// Everything said about a parameter on that day.
fn claims(in_force: &InForce, entered: &[EnteredValue], on: NaiveDate, parameter: &Parameter) -> Vec<Claim> {
    let own = own(in_force, entered, on, parameter);
    let mut claims = Vec::new();
    for adopted in in_force.iter() {
        let Some(bound) = adopted.binding().parameters.get(parameter.key) else { continue };
        let open = bound.source == Source::Organisation;
        if open && own.is_some() {
            continue;
        }
        let filled = adopted.filled.get(parameter.key).filter(|_| open);
        let value = filled.unwrap_or(&bound.value).clone();
        claims.extend(claim(parameter, value, bound.source.clone(), adopted.effective_on));
    }
    claims.extend(own);
    claims
}

/// What the organisation entered last, unless it said something else when it adopted a regulation after that.
fn own(in_force: &InForce, entered: &[EnteredValue], on: NaiveDate, parameter: &Parameter) -> Option<Claim> {
    let sound = |entered: &&EnteredValue| {
        let known = read(parameter, &entered.value).is_some();
        if !known {
            tracing::warn!(name = entered.name, "a value entered earlier is no longer valid and is passed over");
        }
        known
    };
    let mut mine = entered.iter().filter(|entered| entered.name == parameter.key && entered.effective_on <= on);
    let last = mine.rfind(sound)?;
    let later = |adopted: &&std::sync::Arc<super::adopted::Adopted>| {
        adopted.filled.contains_key(parameter.key) && adopted.effective_on > last.effective_on
    };
    if in_force.iter().any(|adopted| later(&adopted)) {
        return None;
    }
    claim(parameter, last.value.clone(), Source::Organisation, last.effective_on)
}

fn claim(parameter: &Parameter, value: Value, source: Source, since: NaiveDate) -> Option<Claim> {
    let shown = read(parameter, &value)?;
    Some(Claim { source, value, shown, since, standing: Standing::Holds })
}

/// The value in the form in which screens word it; none: it is no value of this parameter.
#[must_use]
pub fn read(parameter: &Parameter, value: &Value) -> Option<Shown> {
    let mut settings = Settings::base();
    parameter.write(&mut settings, value, Source::Base).ok()?;
    Some(parameter.read(&settings).0)
}

/// What somebody who enters this is told, where it is no value of this parameter.
#[must_use]
pub fn refusal(parameter: &Parameter, value: &Value) -> Option<Message> {
    let wrong = parameter.write(&mut Settings::base(), value, Source::Base).err()?;
    Some(match wrong {
        Wrong::Outside { least, most, .. } => {
            Message::new("regulations-value-range").with("least", least).with("most", most)
        }
        Wrong::Other(_) => Message::new("regulations-value-bounds"),
    })
}

/// The clause of this regulation that wants something to be done at intervals, where the value says that it never is: the one
/// behind what the portal does by it, or the one that leaves to the organisation at which intervals.
#[must_use]
pub fn left_out(entry: &Entry, parameter: &Parameter, value: &Value) -> Option<ClauseRef> {
    let never = |value: &Value| matches!(read(parameter, value), Some(Shown::Period(None)));
    if !never(value) {
        return None;
    }
    let open = || {
        let bound = entry.binding.as_ref()?.parameters.get(parameter.key)?;
        entry.reference_to(bound.left_open_by.as_ref().filter(|_| !never(&bound.value))?)
    };
    parameter.mechanism.and_then(|mechanism| entry.clauses_of(mechanism).into_iter().next()).or_else(open)
}

/// The clause that a value would fall short of, with what it fixes.
#[must_use]
pub fn undercut<'a>(parameter: &Parameter, value: &Value, claims: &'a [Claim]) -> Option<&'a Claim> {
    let shown = read(parameter, value)?;
    let fixed = claims.iter().filter(|claim| matches!(claim.source, Source::Clause { .. }));
    let short = |claim: &&Claim| {
        !matches!(parameter.strict.compare(&shown, &claim.shown), Some(Ordering::Greater | Ordering::Equal))
    };
    fixed.filter(|claim| claim.standing == Standing::Holds).find(short)
}
