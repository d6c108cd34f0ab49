//! 期限の督促: on business mornings those for whom a request waits hear of its day, the business day before it, on it, and once it
//! is past; when it stays where it is, whoever stands above them and the office hear of it. The step itself does not move.
use super::moving::{event, mail, title};
use super::{Open, kinds, today};
use crate::engines::requests::model::StepAct;
use crate::engines::requests::model::route::{SeatId, able, place};
use crate::engines::requests::store::{self, record, turns};
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;
use chrono::TimeDelta;
use futures::future::BoxFuture;
use serde_json::json;
use std::collections::BTreeSet;

/// The event of a reminder by the calendar.
const REMINDED: &str = "request.due";
/// 上位者への知らせ
pub(in crate::engines::requests) const ESCALATED: &str = "request.escalated";
/// On which business day, counted from the day it is due, they are reminded, and by which words.
const RUNGS: [(i64, &str); 4] =
    [(-1, "requests-mail-due-tomorrow"), (0, "requests-mail-due-today"), (1, OVERDUE), (LAST, OVERDUE)];
/// 期限超過: that presses.
pub(super) const OVERDUE: &str = "requests-mail-overdue";
/// On the last rung, those above hear of it.
pub(in crate::engines::requests) const LAST: i64 = 3;
/// No rung lies further from its day than so many days of the calendar, long holidays included.
const REACH: TimeDelta = TimeDelta::days(30);

/// The nightly chore, as portal.rs lists it.
pub fn turns_due(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| climb(work).await.map(drop)).await
    })
}

/// Reminds those whose turn it is of their days. Returns of how many requests.
pub async fn climb(work: &mut Work) -> Result<usize> {
    let day = today(work);
    let calendar = turns::calendar(work.conn(), day - REACH).await?;
    if !calendar.is_business_day(day) {
        return Ok(0);
    }
    let mut reminded = 0;
    for turn in turns::due_about(work.conn(), day - REACH, day + REACH).await? {
        let late = calendar.business_days_between(turn.due, day);
        let Some((rung, words)) = RUNGS.into_iter().find(|(rung, _)| *rung == late) else { continue };
        reminded += usize::from(remind(work, (&turn.number, &turn.step), (rung, words)).await?);
    }
    Ok(reminded)
}

async fn remind(work: &mut Work, (number, step): (&str, &str), (rung, words): (i64, &'static str)) -> Result<bool> {
    let request = store::lock(work.conn(), number).await?;
    let (kinds, now) = (kinds(work.app())?, work.now);
    // what nobody can read any more keeps the others waiting for nothing
    if kinds.filed_under(request.regulation.as_deref(), request.own_route, &request.kind).is_err() {
        return Ok(false);
    }
    let app = work.app().clone();
    let mut open = Open::of(&app, work.conn(), request, now).await?;
    let Some(place) = open.case.steps.iter().position(|placed| placed.key == step) else { return Ok(false) };
    open.case.turn = place;
    let said = record::moments_at(work.conn(), open.request.request_id(), REMINDED, step).await?;
    // however often the night's work is begun
    if said.iter().any(|at| local(*at).date_naive() == open.today) {
        return Ok(false);
    }
    let people = open.able_here();
    let form = title(&open.registered.kind.title);
    for person in &people {
        mail(work, *person, REMINDED, words, (number, &form)).await?;
    }
    let facts = json!({ "step": step, "rung": rung, "people": people.len() });
    work.record(event(REMINDED, &open.request).facts(facts)).await?;
    if rung == LAST {
        escalate(work, &open, &people, &form).await?;
    }
    Ok(true)
}

async fn escalate(work: &mut Work, open: &Open, late: &BTreeSet<PersonId>, form: &str) -> Result<()> {
    let people: BTreeSet<PersonId> = open.above(late).difference(late).copied().collect();
    for person in &people {
        let to = (open.request.number.as_str(), form);
        mail(work, *person, ESCALATED, "requests-mail-escalated", to).await?;
    }
    let facts = json!({ "people": people.len() });
    work.record(event(ESCALATED, &open.request).facts(facts)).await.map(drop)
}

impl Open {
    /// Where the step would go without those for whom it waits, and the office. Nobody hears of it whose own matter it is.
    fn above(&self, late: &BTreeSet<PersonId>) -> BTreeSet<PersonId> {
        let office = SeatId::of(Tier::Office, None);
        let office = self.org.seats.get(&office).into_iter().flat_map(|seat| seat.holders.iter().copied());
        let mut people: BTreeSet<PersonId> = office.collect();
        let def = self.step_def().filter(|def| def.act != StepAct::Acknowledge);
        if let Some(def) = def {
            let out: BTreeSet<PersonId> = self.case.kept_out().union(late).copied().collect();
            let acted = self.case.acted(&def.key, &self.registered.kind.joins);
            let next = place(def, self.case.places, &out, &acted, &self.org);
            people.extend(able(&next, &out, &acted, &self.org));
        }
        people.difference(&self.case.kept_out()).copied().collect()
    }
}
