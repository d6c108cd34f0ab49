//! What can be done about regulations: adopt one, enter a value that it leaves open, and a route where no clause gives one.
use super::adopted::{Adopted, Adoptions, InForce, Role};
use super::binding::AfterReturn;
use super::blanks::{self, Filled};
use super::library::Library;
use super::own_routes::{OwnRoute, Way};
use super::store::{self, NewAdoption};
use super::{own_routes, parameters, settle};
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result, violated_constraint};
use crate::kernel::ids::uuid_at;
use crate::kernel::settings::Source;
use crate::kernel::work::Work;
use crate::web::dates::Dates;
use crate::web::locale::Lang;
use chrono::NaiveDate;
use serde_json::json;

/// A decision to run under a regulation, or to follow it besides (採用).
#[derive(Debug, Clone, Copy)]
pub struct Adoption<'a> {
    /// The edition.
    pub key: &'a str,
    pub role: Role,
    /// 承認日
    pub approved_on: NaiveDate,
    /// 施行日, from which deadlines count
    pub effective_on: NaiveDate,
    /// 承認した機関
    pub approved_by: &'a str,
    /// What the text leaves blank, filled.
    pub filled: &'a Filled,
}

/// Puts a regulation in force from a day on. Both days must be given (9 第1項), and no blank of the text may be left.
pub async fn adopt(work: &mut Work, library: &Library, adoption: &Adoption<'_>) -> Result<()> {
    let Adoption { key, role, approved_on, effective_on, approved_by, filled } = *adoption;
    let entry = library.get(key).filter(|entry| entry.binding.is_some()).ok_or(Error::NotFound)?;
    if effective_on < approved_on {
        return Err(Error::Refused(Message::new("regulations-effective-before-approval")));
    }
    let missing: Vec<String> =
        blanks::of(entry).filter(|blank| !blank.takes(filled)).map(|blank| blank.key().to_owned()).collect();
    if !missing.is_empty() {
        return Err(Error::Refused(Message::new("regulations-blanks-left").with("names", missing.join(", "))));
    }
    let today = local(work.now).date_naive();
    if let Some(day) = store::waiting_for(work.conn(), key, today).await? {
        return Err(adopted_to_come(today, day));
    }
    let id = uuid_at(work.now);
    let kept = serde_json::to_value(filled).map_err(anyhow::Error::from)?;
    let new = NewAdoption {
        id,
        regulation_key: key,
        role: role.key(),
        approved_on,
        effective_on,
        approved_by,
        filled: &kept,
    };
    let (at, by) = (work.now, work.actor.person());
    store::insert_adoption(work.conn(), &new, at, by).await.map_err(|error| match violated_constraint(&error) {
        Some("adoption_once") => Error::Refused(Message::new("regulations-adopted-that-day")),
        // somebody else was quicker
        Some("adoption_waits") => adopted_to_come(today, effective_on),
        _ => error.into(),
    })?;
    let facts = json!({ "title": entry.catalogue.title, "role": role.key(), "approved_on": approved_on,
                        "effective_on": effective_on, "approved_by": approved_by, "filled": filled });
    work.record(Event::done("regulation.adopted", "regulation", key).facts(facts)).await?;
    Ok(())
}

/// An edition that waits for its day is not adopted for another one: the first is taken back before.
fn adopted_to_come(today: NaiveDate, day: NaiveDate) -> Error {
    let dates = Dates { lang: Lang::Ja, western: false, today };
    Error::Refused(Message::new("regulations-adopted-to-come").with("day", dates.long(day)))
}

/// Takes an adoption back before its day (採用の取消し).
pub async fn take_back(work: &mut Work, adopted: &Adopted, reason: &str) -> Result<()> {
    if adopted.effective_on <= local(work.now).date_naive() {
        return Err(Error::Refused(Message::new("regulations-in-force-already")));
    }
    let (at, by) = (work.now, work.actor.person());
    if !store::take_back(work.conn(), adopted.id, reason, at, by).await? {
        return Err(Error::Conflict(Message::new("regulations-taken-back-already")));
    }
    let facts = json!({ "effective_on": adopted.effective_on, "reason": reason });
    let event = Event::done("regulation.taken_back", "regulation", adopted.entry().edition());
    work.record(event.facts(facts)).await.map(drop)
}

/// A route that the organisation sets where no clause of its regulation does (組織が定めた手続).
#[derive(Debug, Clone, Copy)]
pub struct NewRoute<'a> {
    /// The regulation's own key.
    pub regulation: &'a str,
    pub kind: &'a str,
    pub way: &'a Way,
    pub effective_on: NaiveDate,
    pub reason: &'a str,
}

/// Enters a version of a route from a day on.
pub async fn enter_route(work: &mut Work, adopted: &Adopted, new: &NewRoute<'_>) -> Result<()> {
    let refused = |key: &'static str| Err(Error::Refused(Message::new(key)));
    let kind = adopted.binding().kind(new.kind).ok_or(Error::NotFound)?;
    if own_routes::fixed(kind).is_some() {
        return refused("procedures-refused-fixed");
    }
    if new.effective_on < local(work.now).date_naive() {
        return refused("regulations-value-past");
    }
    if new.reason.trim().is_empty() {
        return refused("regulations-value-reason");
    }
    if let Some(fault) = own_routes::faults(adopted.binding(), kind, &new.way.steps).first() {
        return Err(Error::Refused(Message::new(fault.what.word()).with("most", own_routes::MOST_DAYS)));
    }
    let steps = serde_json::to_value(&new.way.steps).map_err(anyhow::Error::from)?;
    let (at, by, id) = (work.now, work.actor.person(), uuid_at(work.now));
    let version = store::insert_own_route(work.conn(), id, new, &steps, at, by).await?;
    let facts = json!({ "version": version, "steps": steps, "after_return": new.way.after_return.map(AfterReturn::key), "pull_up": new.way.pull_up, "effective_on": new.effective_on, "reason": new.reason });
    work.record(Event::done("procedure.entered", "procedure", new.kind).facts(facts)).await.map(drop)
}

/// Takes a version of a route back before its day.
pub async fn take_route_back(work: &mut Work, route: &OwnRoute, reason: &str) -> Result<()> {
    if route.effective_on <= local(work.now).date_naive() {
        return Err(Error::Refused(Message::new("procedures-in-force-already")));
    }
    let (at, by) = (work.now, work.actor.person());
    if !store::take_route_back(work.conn(), route.id, reason, at, by).await? {
        return Err(Error::Conflict(Message::new("procedures-taken-back-already")));
    }
    let facts = json!({ "version": route.version, "effective_on": route.effective_on, "reason": reason });
    work.record(Event::done("procedure.taken_back", "procedure", &route.kind).facts(facts)).await.map(drop)
}

/// A value that the organisation sets where its regulation sets none.
#[derive(Debug, Clone, PartialEq)]
pub struct NewValue {
    pub name: String,
    pub value: serde_json::Value,
    pub effective_on: NaiveDate,
    pub reason: String,
}

/// Enters a value from a day on: stricter than what a clause fixes, if it likes, and never weaker.
pub async fn enter_value(work: &mut Work, adoptions: &Adoptions, new: &NewValue) -> Result<()> {
    may_enter(adoptions, new, local(work.now).date_naive())?;
    let id = uuid_at(work.now);
    let (at, by) = (work.now, work.actor.person());
    store::insert_value(work.conn(), id, new, at, by).await?;
    let facts = json!({ "value": new.value, "effective_on": new.effective_on, "reason": new.reason });
    work.record(Event::done("parameter.entered", "parameter", &new.name).facts(facts)).await?;
    Ok(())
}

/// Asked by the form and by the action alike.
pub fn may_enter(adoptions: &Adoptions, new: &NewValue, today: NaiveDate) -> Result<()> {
    let refused = |key: &'static str| Err(Error::Refused(Message::new(key)));
    let parameter = parameters::find(&new.name).ok_or(Error::NotFound)?;
    if new.effective_on < today {
        return refused("regulations-value-past");
    }
    if new.reason.trim().is_empty() {
        return refused("regulations-value-reason");
    }
    if let Some(words) = settle::refusal(parameter, &new.value) {
        return Err(Error::Refused(words));
    }
    let in_force = adoptions.on(new.effective_on);
    if let Some(clause) = in_force.iter().find_map(|text| settle::left_out(text.entry(), parameter, &new.value)) {
        return Err(Error::Refused(Message::new("regulations-value-demanded").with("clause", clause.label)));
    }
    match settle::settle(&in_force, &[], new.effective_on, parameter) {
        Some(settled) => match settle::undercut(parameter, &new.value, &settled.claims) {
            Some(claim) => Err(Error::Refused(weaker(&in_force, &claim.source))),
            None => Ok(()),
        },
        None => Ok(()),
    }
}

/// 「システム管理規程 4.1.5(1)① が定める値より弱い値には…」
fn weaker(in_force: &InForce, source: &Source) -> Message {
    let clause = match source {
        Source::Clause { regulation, clause } => {
            in_force.get(regulation).and_then(|adopted| adopted.entry().reference_to(clause)).map(|found| found.label)
        }
        Source::Organisation | Source::Base => None,
    };
    Message::new("regulations-value-weaker").with("clause", clause.unwrap_or_default())
}
