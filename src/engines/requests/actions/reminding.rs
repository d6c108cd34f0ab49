//! 催促: each night, whoever has not confirmed by the day what they were given or told is reminded, once a business day; and
//! whoever filed reminds those for whom the request waits, once a day. That it was done stands on the request.
use super::moving::{event, mail, title};
use super::{Hand, Open, today};
use crate::engines::requests::model::{Case, Phase, Refusal};
use crate::engines::requests::store::{self, record, turns};
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::clock::{local, moment};
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;
use chrono::{DateTime, NaiveTime, Utc};
use futures::future::BoxFuture;
use serde_json::json;
use std::collections::BTreeSet;

/// The nightly chore, as portal.rs lists it.
pub fn receipts_due(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| remind(work).await.map(drop)).await
    })
}

/// Reminds those who are late. Returns how many.
pub async fn remind(work: &mut Work) -> Result<usize> {
    let day = today(work);
    if !turns::calendar(work.conn(), day).await?.is_business_day(day) {
        return Ok(0);
    }
    let late = turns::unconfirmed(work.conn(), day, moment(day.and_time(NaiveTime::MIN))).await?;
    let mut reminded = 0;
    for one in late {
        let Some(request) = store::find(work.conn(), &one.number).await? else { continue };
        mail(work, one.person, "request.reminded", "requests-mail-reminded", (&one.number, &one.title)).await?;
        work.record(event("request.reminded", &request).facts(json!({ "person": one.person }))).await?;
        reminded += 1;
    }
    Ok(reminded)
}

impl Open {
    /// Those whom the applicant can remind, and that nobody has reminded them today.
    pub(in crate::engines::requests) fn may_remind(
        &self,
        hand: &Hand,
        reminded: &[DateTime<Utc>],
    ) -> Result<BTreeSet<PersonId>, Refusal> {
        if self.request.requester() != Some(hand.viewer.person) {
            return Err(Refusal::NotApplicant);
        }
        if self.case.phase.is_closed() || self.case.phase.is_mended() {
            return Err(Refusal::NotWaiting(self.case.phase));
        }
        if reminded.iter().any(|at| local(*at).date_naive() == self.today) {
            return Err(Refusal::RemindedToday);
        }
        let mut people = self.waited_for();
        people.remove(&hand.viewer.person);
        if people.is_empty() { Err(Refusal::NobodyToRemind) } else { Ok(people) }
    }

    /// For whom the request waits.
    pub(super) fn waited_for(&self) -> BTreeSet<PersonId> {
        if self.case.phase == Phase::HandingOver {
            return self.request.beneficiary().or(self.request.requester()).into_iter().collect();
        }
        self.able()
    }

    /// Those who can act on the steps that wait.
    pub(super) fn able(&self) -> BTreeSet<PersonId> {
        self.able_on(&self.case)
    }

    /// The same as the request stands after an act.
    pub(super) fn able_on(&self, case: &Case) -> BTreeSet<PersonId> {
        let waiting = case.open_steps().filter_map(|place| case.steps.get(place));
        waiting.flat_map(|step| case.able(step, &self.registered.kind.joins, &self.org)).collect()
    }

    /// Those who can act on the step that is looked at.
    pub(super) fn able_here(&self) -> BTreeSet<PersonId> {
        let step = self.case.step();
        step.map(|step| self.case.able(step, &self.registered.kind.joins, &self.org)).unwrap_or_default()
    }
}

/// Reminds those for whom the request waits, in the name of whoever filed it.
pub async fn remind_of(work: &mut Work, hand: &Hand, number: &str) -> Result<()> {
    let open = Open::lock(work, hand, number).await?;
    let reminded = record::moments(work.conn(), open.request.request_id(), BY_HAND).await?;
    let people = open.may_remind(hand, &reminded).map_err(|refusal| hand.refuse(refusal))?;
    let form = title(&open.registered.kind.title);
    for person in &people {
        mail(work, *person, BY_HAND, "requests-mail-asked-again", (number, &form)).await?;
    }
    work.record(event(BY_HAND, &open.request).facts(json!({ "people": people.len() }))).await.map(drop)
}

/// The event of a reminder by hand.
pub(in crate::engines::requests) const BY_HAND: &str = "request.asked_again";
