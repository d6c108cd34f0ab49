//! 期限の督促: on business mornings those for whom a request waits hear of its day, five business days and one before it, on it, and
//! once it is past; when it stays where it is, whoever stands above them hears of it, then the office, and the office once a week from
//! then on. The step itself does not move.
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
use crate::people::store as staff;
use chrono::TimeDelta;
use futures::future::BoxFuture;
use serde_json::json;
use std::collections::BTreeSet;

/// The event of a reminder by the calendar.
const REMINDED: &str = "request.due";
/// 上位者への知らせ
pub(in crate::engines::requests) const ESCALATED: &str = "request.escalated";
/// On which business day, counted from the day it is due, they are reminded, and by which words.
const RUNGS: [(i64, &str); 5] = [
    (-5, "requests-mail-due-soon"),
    (-1, "requests-mail-due-tomorrow"),
    (0, "requests-mail-due-today"),
    (1, OVERDUE),
    (LAST, OVERDUE),
];
/// 期限超過: that presses.
pub(super) const OVERDUE: &str = "requests-mail-overdue";
/// On the last rung, those above hear of it.
pub(in crate::engines::requests) const LAST: i64 = 3;
/// 事務局への知らせ
pub(in crate::engines::requests) const OFFICE_TOLD: &str = "request.office_told";
/// From this business day after the one it was due the office hears of it.
const OFFICE: i64 = 5;
/// And again after so many business days each.
const WEEK: i64 = 5;
/// No rung before its day lies further from it than so many days of the calendar, long holidays included.
const REACH: TimeDelta = TimeDelta::days(30);
/// For so long the office is told again.
const BACK: TimeDelta = TimeDelta::days(366);

/// The nightly chore, as portal.rs lists it.
pub fn turns_due(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| climb(work).await.map(drop)).await
    })
}

/// Reminds those whose turn it is of their days. Returns of how many requests.
pub async fn climb(work: &mut Work) -> Result<usize> {
    let day = today(work);
    let calendar = turns::calendar(work.conn(), day - BACK).await?;
    if !calendar.is_business_day(day) {
        return Ok(0);
    }
    let mut reminded = 0;
    for turn in turns::due_about(work.conn(), day - BACK, day + REACH).await? {
        let late = calendar.business_days_between(turn.due, day);
        let at = (turn.number.as_str(), turn.step.as_str());
        let rung = RUNGS.into_iter().find(|(rung, _)| *rung == late);
        reminded += match rung {
            Some(rung) => usize::from(remind(work, at, rung).await?),
            None if late >= OFFICE && (late - OFFICE) % WEEK == 0 => usize::from(tell_office(work, at, late).await?),
            None => 0,
        };
    }
    Ok(reminded)
}

/// The step that waits, to be looked at; none where this was said of it today already, however often the night's work is begun.
async fn opened(work: &mut Work, (number, step): (&str, &str), kind: &str) -> Result<Option<Open>> {
    let request = store::lock(work.conn(), number).await?;
    let (kinds, now) = (kinds(work.app())?, work.now);
    // what nobody can read any more keeps the others waiting for nothing
    if kinds.filed_under(request.regulation.as_deref(), request.own_route, &request.kind).is_err() {
        return Ok(None);
    }
    let app = work.app().clone();
    let mut open = Open::of(&app, work.conn(), request, now).await?;
    let Some(place) = open.case.steps.iter().position(|placed| placed.key == step) else { return Ok(None) };
    open.case.turn = place;
    let said = record::moments_at(work.conn(), open.request.request_id(), kind, step).await?;
    let today = said.iter().any(|at| local(*at).date_naive() == open.today);
    Ok((!today).then_some(open))
}

async fn remind(work: &mut Work, (number, step): (&str, &str), (rung, words): (i64, &'static str)) -> Result<bool> {
    let Some(open) = opened(work, (number, step), REMINDED).await? else { return Ok(false) };
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

/// Whoever stands above those who are late: where the step would go without them, else the manager of their own section; where
/// nobody is above them, the office.
async fn escalate(work: &mut Work, open: &Open, late: &BTreeSet<PersonId>, form: &str) -> Result<()> {
    let mut people = open.above(late);
    if people.is_empty() {
        people = superiors(work, open, late).await?;
    }
    if people.is_empty() {
        people = open.office(late);
    }
    for person in &people {
        let to = (open.request.number.as_str(), form);
        mail(work, *person, ESCALATED, "requests-mail-escalated", to).await?;
    }
    let facts = json!({ "people": people.len() });
    work.record(event(ESCALATED, &open.request).facts(facts)).await.map(drop)
}

/// The managers of the sections of those who are late, the nearest of each.
async fn superiors(work: &mut Work, open: &Open, late: &BTreeSet<PersonId>) -> Result<BTreeSet<PersonId>> {
    let (mut people, out) = (BTreeSet::new(), open.case.kept_out());
    for person in late {
        let Some(section) = staff::department_of(work.conn(), *person, open.today).await? else { continue };
        let managers = staff::holders_near(work.conn(), Tier::Manager, section, open.today).await?;
        let mut managers = managers.into_iter().map(|holder| holder.natural);
        people.extend(managers.find(|manager| !late.contains(manager) && !out.contains(manager)));
    }
    Ok(people)
}

/// The office hears that it still stays where it is.
async fn tell_office(work: &mut Work, at: (&str, &str), late_by: i64) -> Result<bool> {
    let Some(open) = opened(work, at, OFFICE_TOLD).await? else { return Ok(false) };
    let late = open.able_here();
    let mut people = open.office(&late);
    if people.is_empty() {
        people = open.above(&late);
    }
    let form = title(&open.registered.kind.title);
    for person in &people {
        mail(work, *person, OFFICE_TOLD, "requests-mail-still-late", (at.0, &form)).await?;
    }
    let facts = json!({ "step": at.1, "days": late_by, "people": people.len() });
    work.record(event(OFFICE_TOLD, &open.request).facts(facts)).await?;
    Ok(true)
}

impl Open {
    /// Where the step would go without those for whom it waits. Nobody hears of it whose own matter it is.
    fn above(&self, late: &BTreeSet<PersonId>) -> BTreeSet<PersonId> {
        let Some(def) = self.step_def().filter(|def| def.act != StepAct::Acknowledge) else { return BTreeSet::new() };
        let out: BTreeSet<PersonId> = self.case.kept_out().union(late).copied().collect();
        let acted = self.case.acted(&def.key, &self.registered.kind.joins);
        let next = place(def, self.case.places, &out, &acted, &self.org);
        able(&next, &out, &acted, &self.org).difference(&out).copied().collect()
    }

    /// The office, without those who are late themselves and those whose own matter it is.
    fn office(&self, late: &BTreeSet<PersonId>) -> BTreeSet<PersonId> {
        let office = self.org.seats.get(&SeatId::of(Tier::Office, None));
        let office = office.into_iter().flat_map(|seat| seat.holders.iter().copied());
        let out = self.case.kept_out();
        office.filter(|person| !late.contains(person) && !out.contains(person)).collect()
    }
}
