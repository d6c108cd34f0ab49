//! What can be done about regulations: adopt one, and enter a value that it leaves open.
use super::adopted::Adopted;
use super::binding::Binding;
use super::library::Library;
use super::parameters;
use super::store::{self, NewAdoption};
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::uuid_at;
use crate::kernel::settings::{Settings, Source};
use crate::kernel::work::Work;
use chrono::NaiveDate;
use serde_json::json;

/// A decision to run under a regulation (採用).
#[derive(Debug, Clone, Copy)]
pub struct Adoption<'a> {
    pub key: &'a str,
    /// 承認日
    pub approved_on: NaiveDate,
    /// 施行日, from which deadlines count
    pub effective_on: NaiveDate,
    /// 承認した機関
    pub approved_by: &'a str,
}

/// Puts a regulation in force from a day on. Both days must be given (9 第1項).
pub async fn adopt(work: &mut Work, library: &Library, adoption: &Adoption<'_>) -> Result<()> {
    let Adoption { key, approved_on, effective_on, approved_by } = *adoption;
    let entry = library.get(key).filter(|entry| entry.binding.is_some()).ok_or(Error::NotFound)?;
    if effective_on < approved_on {
        return Err(Error::Refused(Message::new("regulations-effective-before-approval")));
    }
    let id = uuid_at(work.now);
    let new = NewAdoption { id, regulation_key: key, approved_on, effective_on, approved_by };
    let (at, by) = (work.now, work.actor.person());
    store::insert_adoption(work.conn(), &new, at, by).await?;
    let facts = json!({ "title": entry.catalogue.title, "approved_on": approved_on, "effective_on": effective_on,
                        "approved_by": approved_by });
    work.record(Event::done("regulation.adopted", "regulation", key).facts(facts)).await?;
    Ok(())
}

/// Follows a further regulation beside the operating one: its clauses are shown, its routes are not those of the portal.
pub async fn track(work: &mut Work, library: &Library, adoption: &Adoption<'_>) -> Result<()> {
    let Adoption { key, approved_on, effective_on, approved_by } = *adoption;
    let entry = library.get(key).ok_or(Error::NotFound)?;
    let id = uuid_at(work.now);
    let new = NewAdoption { id, regulation_key: key, approved_on, effective_on, approved_by };
    let (at, by) = (work.now, work.actor.person());
    store::insert_tracked(work.conn(), &new, at, by).await?;
    let facts = json!({ "title": entry.catalogue.title, "approved_on": approved_on, "effective_on": effective_on,
                        "approved_by": approved_by });
    work.record(Event::done("regulation.tracked", "regulation", key).facts(facts)).await.map(drop)
}

/// A value that the organisation sets where its regulation sets none.
#[derive(Debug, Clone, PartialEq)]
pub struct NewValue {
    pub name: String,
    pub value: serde_json::Value,
    pub effective_on: NaiveDate,
    pub reason: String,
}

/// Enters a value from a day on. What a clause fixes is changed by changing the regulation, not here.
pub async fn enter_value(work: &mut Work, adopted: &Adopted, new: &NewValue) -> Result<()> {
    may_enter(adopted, new, crate::kernel::clock::local(work.now).date_naive())?;
    let id = uuid_at(work.now);
    let (at, by) = (work.now, work.actor.person());
    store::insert_value(work.conn(), id, new, at, by).await?;
    let facts = json!({ "value": new.value, "effective_on": new.effective_on, "reason": new.reason });
    work.record(Event::done("parameter.entered", "parameter", &new.name).facts(facts)).await?;
    Ok(())
}

/// Enters a value with which the organisation begins, where its regulation leaves it open.
pub async fn enter_first_value(work: &mut Work, binding: &Binding, new: &NewValue) -> Result<()> {
    let parameter = parameters::find(&new.name).ok_or(Error::NotFound)?;
    if matches!(parameter.read(&binding.settings()).1, Source::Clause { .. }) {
        return Err(Error::Refused(Message::new("regulations-value-fixed")));
    }
    if parameter.write(&mut Settings::base(), &new.value, Source::Organisation).is_err() {
        return Err(Error::Refused(Message::new("regulations-value-bounds")));
    }
    let id = uuid_at(work.now);
    let (at, by) = (work.now, work.actor.person());
    store::insert_value(work.conn(), id, new, at, by).await?;
    let facts = json!({ "value": new.value, "effective_on": new.effective_on, "reason": new.reason });
    work.record(Event::done("parameter.entered", "parameter", &new.name).facts(facts)).await.map(drop)
}

/// Asked by the form and by the action alike.
pub fn may_enter(adopted: &Adopted, new: &NewValue, today: NaiveDate) -> Result<()> {
    let refused = |key: &'static str| Err(Error::Refused(Message::new(key)));
    let parameter = parameters::find(&new.name).ok_or(Error::NotFound)?;
    if is_fixed(adopted, parameter) {
        return refused("regulations-value-fixed");
    }
    if new.effective_on < today {
        return refused("regulations-value-past");
    }
    if new.reason.trim().is_empty() {
        return refused("regulations-value-reason");
    }
    match parameter.write(&mut Settings::base(), &new.value, Source::Organisation) {
        Ok(()) => Ok(()),
        Err(_) => refused("regulations-value-bounds"),
    }
}

/// Whether a clause fixes the value (規程が定めた値).
#[must_use]
pub fn is_fixed(adopted: &Adopted, parameter: &parameters::Parameter) -> bool {
    let settings = adopted.binding().settings();
    matches!(parameter.read(&settings).1, Source::Clause { .. })
}
