//! What every transition writes down: steps that end and open, whose turn it is, the hooks of the room, events, mails.
use super::deadlines::due;
use super::telling;
use super::{Open, kinds};
use crate::engines::requests::Registered;
use crate::engines::requests::model::machine::{Case, Effect, Phase};
use crate::engines::requests::model::route::{Organisation, Skip, Step, able};
use crate::engines::requests::model::{AfterReturn, Content, Kind, StepAct, Words};
use crate::engines::requests::store::people::Name;
use crate::engines::requests::store::{self, Move, Request};
use crate::engines::requests::store::{circulation, deeds, record, steps};
use crate::kernel::audit::{Event, Outcome};
use crate::kernel::error::{Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::notices::{AtOnce, Letter, Notice};
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::web::locale::{Lang, Words as Catalogue};
use crate::web::notices::subject;
use chrono::NaiveDate;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Mails and other words that go to people whose language we do not know are Japanese first.
pub(in crate::engines::requests) const MAIL: Catalogue = Catalogue(Lang::Ja);

/// Until when a step that opens now is to be done.
pub(super) async fn due_at(
    work: &mut Work,
    registered: &Registered,
    content: &Content,
    step: &Step,
) -> Result<Option<NaiveDate>> {
    let Some(def) = registered.kind.steps.iter().find(|def| def.key == step.key) else { return Ok(None) };
    match def.due_days {
        Some(days) => Ok(Some(due(work, days, registered.begins(def.act, content)).await?)),
        None => Ok(def.due_on.as_deref().and_then(|field| content.date(field))),
    }
}

/// What a search finds a request by: number, subject, title, and the names of those concerned with how they are read.
#[must_use]
pub(super) fn search(number: &str, subject: &str, title: &str, names: &HashMap<Uuid, Name>) -> String {
    let names = names.values().flat_map(|name| [name.full.as_str(), name.reading.as_str()]);
    let parts = [number, subject, title].into_iter().chain(names).map(text::fold_for_search);
    parts.collect::<Vec<_>>().join("|")
}

/// Writes the lines whose state has changed.
pub(super) async fn save_lines(work: &mut Work, open: &Open, after: &Case) -> Result<()> {
    let id = open.request.request_id();
    for line in after.lines.iter().filter(|line| !open.case.lines.contains(line)) {
        record::save_line(work.conn(), id, after.round, line.no, line.state, line.executed_on).await?;
    }
    Ok(())
}

/// The beginning of every event about a request.
#[must_use]
pub fn event(kind: &'static str, request: &Request) -> Event {
    let event =
        Event::done(kind, "request", request.request_id()).numbered(&request.number).within(request.department());
    let event = match request.requester() {
        Some(person) => event.about(person),
        None => event,
    };
    match request.beneficiary() {
        Some(person) => event.about(person),
        None => event,
    }
}

/// The same where the request came to nothing: evidence that somebody looked at it, but not that anything was done.
#[must_use]
pub fn failed(kind: &'static str, request: &Request) -> Event {
    Event { outcome: Outcome::Failed, ..event(kind, request) }
}

/// The words of a title in the language of mails.
#[must_use]
pub(in crate::engines::requests) fn title(words: &Words) -> String {
    words.text(false).map_or_else(String::new, str::to_owned)
}

/// 回覧: it has a list of its own.
pub(super) const TOLD: &str = "request.told";

/// Tells somebody about a request: a title and a link, nothing else.
pub(super) async fn mail(
    work: &mut Work,
    to: PersonId,
    kind: &'static str,
    key: &'static str,
    request: (&str, &str),
) -> Result<()> {
    say(work, to, (kind, key), request, telling::at_once(kind, key)).await
}

async fn say(
    work: &mut Work,
    to: PersonId,
    (kind, key): (&'static str, &'static str),
    (number, form): (&str, &str),
    at_once: Option<AtOnce>,
) -> Result<()> {
    let path = format!("/requests/{number}");
    let said = Message::new(key).with("number", number).with("title", form);
    let mut notice = Notice::new(to, kind, said.clone(), ("request", number)).at(&path).under(telling::part(kind));
    if telling::ends_with_the_turn(kind) {
        notice = notice.for_this_turn();
    }
    if kind == TOLD {
        notice = notice.aside();
    }
    if let Some(why) = at_once {
        let (href, subject) = (format!("{}{path}", work.app().config().origin), subject(&said));
        let body = MAIL.t2("requests-mail-body", "subject", &subject, "href", &href).into_owned();
        notice = notice.at_once(why, Letter { subject, body });
    }
    work.notify(notice).await
}

/// Tells those who can act on the steps that wait.
pub(super) async fn call(work: &mut Work, case: &Case, kind: &Kind, org: &Organisation, number: &str) -> Result<()> {
    for place in case.open_steps() {
        call_to(work, case, kind, org, (number, place)).await?;
    }
    Ok(())
}

/// Tells those who can act on a step that has opened.
pub(super) async fn call_to(
    work: &mut Work,
    case: &Case,
    kind: &Kind,
    org: &Organisation,
    (number, place): (&str, usize),
) -> Result<()> {
    let said = match case.steps.get(place).map(|step| step.act) {
        Some(StepAct::Execute) => ("request.to_execute", "requests-mail-to-execute"),
        Some(StepAct::Report) => ("request.to_report", "requests-mail-to-report"),
        None | Some(StepAct::Acknowledge | StepAct::Notify) => return Ok(()),
        _ => ("request.waiting", "requests-mail-waiting"),
    };
    call_with(work, case, kind, org, (number, place, said)).await
}

async fn call_with(
    work: &mut Work,
    case: &Case,
    kind: &Kind,
    org: &Organisation,
    (number, place, said): (&str, usize, (&'static str, &'static str)),
) -> Result<()> {
    let Some(step) = case.steps.get(place) else { return Ok(()) };
    let form = title(&kind.title);
    let presses = kinds(work.app())?.get(&kind.key).is_ok_and(|registered| registered.effects.presses());
    let at_once = telling::at_once(said.0, said.1).or(presses.then_some(AtOnce::Urgent));
    let able = case.able(step, &kind.joins, org);
    for person in telling::with_each_other(&able, step.seat, &case.kept_out(), org) {
        say(work, person, said, (number, &form), at_once).await?;
    }
    // whoever decides here may be away already
    if step.act == StepAct::Decide { super::acting::offer(work, Some(number)).await.map(drop) } else { Ok(()) }
}

/// Whoever was asked to act and is asked no more hears that nothing is left to do; whoever did it knows.
pub(super) async fn nothing_left(
    work: &mut Work,
    open: &Open,
    after: &Case,
    (kind, key): (&'static str, &'static str),
) -> Result<()> {
    let (form, by) = (title(&open.registered.kind.title), work.actor.person());
    for person in open.able().difference(&open.able_on(after)).filter(|person| Some(**person) != by) {
        mail(work, *person, kind, key, (&open.request.number, &form)).await?;
    }
    Ok(())
}

/// A step is with its holder again: they hear that it waits for them, and those who had it meanwhile that it is theirs no more.
pub(super) async fn with_holder_again(work: &mut Work, open: &Open, after: &Case, step: Option<&str>) -> Result<()> {
    let at = |case: &Case| case.steps.iter().find(|placed| Some(placed.key.as_str()) == step).cloned();
    let (Some(before), Some(now)) = (at(&open.case), at(after)) else { return Ok(()) };
    let kind = &open.registered.kind;
    let (number, form) = (&open.request.number, title(&kind.title));
    let called = match now.act {
        StepAct::Execute => "request.to_execute",
        StepAct::Report => "request.to_report",
        _ => "request.waiting",
    };
    let holders = after.able(&now, &kind.joins, &open.org);
    for person in &holders {
        mail(work, *person, called, "requests-mail-given-back", (number, &form)).await?;
    }
    let deputies = open.org.seats.get(&before.seat).into_iter().flat_map(|seat| seat.deputies.iter());
    let mut had: BTreeSet<PersonId> = deputies.map(|(deputy, _)| *deputy).collect();
    if before.seat != now.seat {
        had.extend(open.case.able(&before, &kind.joins, &open.org));
    }
    for person in had.difference(&holders) {
        mail(work, *person, "request.passed_on", "requests-mail-back-with-holder", (number, &form)).await?;
    }
    Ok(())
}

/// Tells those of the steps that were passed on the way (通知), and writes down that they were told.
pub(super) async fn tell(
    work: &mut Work,
    case: &Case,
    effects: &[Effect],
    kind: &Kind,
    org: &Organisation,
    request: &Request,
) -> Result<()> {
    let form = title(&kind.title);
    let now = work.now;
    for effect in effects {
        let Effect::Told { step } = effect else { continue };
        let Some(placed) = case.steps.get(*step) else { continue };
        steps::told(work.conn(), request.request_id(), case.round, *step, now).await?;
        let people = able(placed, &BTreeSet::new(), &BTreeSet::new(), org);
        for person in &people {
            circulation::insert(work.conn(), request.request_id(), (case.round, *step), *person, now).await?;
            mail(work, *person, TOLD, "requests-mail-told", (&request.number, &form)).await?;
        }
        let facts = json!({ "step": placed.key, "tier": placed.seat.tier.key(), "people": people.len() });
        work.record(event("request.told", request).facts(facts)).await?;
    }
    Ok(())
}

/// 持回り: what several have decided, before all of them had answered or after, is circulated to every one of them.
async fn circulate(work: &mut Work, by: Option<PersonId>, open: &Open, after: &Case) -> Result<()> {
    let (request, now, form) = (&open.request, work.now, title(&open.registered.kind.title));
    // what was taken over by others was decided by nobody here
    let answered =
        |place: usize| after.settled(place) && after.steps.get(place).is_some_and(|step| step.skipped.is_none());
    let over = |place: usize| answered(place) || after.phase == Phase::Refused;
    let here = |place: &usize| open.case.steps.get(*place).is_some_and(|step| step.needed > 1 && !step.each_line);
    let ended = open.case.open_steps().filter(here).filter(|place| after.round == open.case.round && over(*place));
    for place in ended {
        let Some(step) = open.case.steps.get(place) else { continue };
        let members = able(step, &open.case.kept_out(), &BTreeSet::new(), &open.org);
        for person in members.iter().filter(|person| Some(**person) != by) {
            circulation::insert(work.conn(), request.request_id(), (after.round, place), *person, now).await?;
            let said = ("request.settled_together", "requests-mail-settled-together");
            mail(work, *person, said.0, said.1, (&request.number, &form)).await?;
        }
        let facts = json!({ "step": step.key, "people": members.len() });
        work.record(event("request.settled_together", request).facts(facts)).await?;
    }
    Ok(())
}

/// Writes the move itself: steps, row, events of the ending, hooks, mails. The act's own row is already written. Whoever acts
/// needs no mail about it.
pub(super) async fn settle(
    work: &mut Work,
    by: Option<PersonId>,
    open: &Open,
    after: &Case,
    effects: &[Effect],
    concerned: Option<PersonId>,
) -> Result<()> {
    let request = &open.request;
    write_steps(work, open, after, effects).await?;
    let moved = Move { subject: &request.subject, beneficiary: concerned, search: None, now: work.now };
    store::save(work.conn(), request, after, &moved).await?;
    telling::no_longer(work, open, after).await?;
    tell(work, after, effects, &open.registered.kind, &open.org, request).await?;
    circulate(work, by, open, after).await?;
    finish(work, by, open, after, effects).await
}

/// Which steps wait now, which are over, and which have not been reached again.
async fn write_steps(work: &mut Work, open: &Open, after: &Case, effects: &[Effect]) -> Result<()> {
    let (id, now) = (open.request.request_id(), work.now);
    let waiting: Vec<usize> = after.open_steps().collect();
    steps::end_all(work.conn(), id, after.round, &waiting, now).await?;
    let repeats = open.registered.kind.after_return == AfterReturn::Repeat;
    let back = |effect: &Effect| match effect {
        Effect::SentBack { .. } => repeats,
        Effect::Reopened { .. } => true,
        _ => false,
    };
    if effects.iter().any(back) {
        deeds::unreach(work.conn(), &open.request, after.stage_end(after.at)).await?;
    }
    for effect in effects {
        let (Effect::Arrived { step }
        | Effect::Reopened { step }
        | Effect::Skipped { step }
        | Effect::GivenBack { step }) = effect
        else {
            continue;
        };
        let Some(placed) = after.steps.get(*step) else { continue };
        match placed.skipped {
            Some(skip) => {
                steps::skip(work.conn(), id, after.round, *step, skip).await?;
                record_skip(work, &open.request, placed, skip).await?;
            }
            None => {
                let due = due_at(work, &open.registered, &open.round.content, placed).await?;
                steps::open(work.conn(), id, after.round, (*step, placed), due, now).await?;
            }
        }
    }
    Ok(())
}

/// Writes that a step was passed over, and why.
pub(super) async fn record_skip(work: &mut Work, request: &Request, step: &Step, skip: Skip) -> Result<()> {
    let facts = json!({ "step": step.key, "tier": step.seat.tier.key(), "reason": skip.key() });
    work.record(event("request.skipped", request).facts(facts)).await.map(drop)
}

async fn finish(work: &mut Work, by: Option<PersonId>, open: &Open, after: &Case, effects: &[Effect]) -> Result<()> {
    let request = &open.request;
    let kind = &open.registered.kind;
    let form = title(&kind.title);
    for effect in effects {
        match effect {
            Effect::Arrived { step } if effects.iter().any(|effect| matches!(effect, Effect::SentBack { .. })) => {
                let said = ("request.returned", "requests-mail-sent-back");
                call_with(work, after, kind, &open.org, (&request.number, *step, said)).await?;
            }
            Effect::Arrived { step } => {
                call_to(work, after, kind, &open.org, (&request.number, *step)).await?;
                if after.phase == Phase::HandingOver {
                    tell_recipient(work, request, &form).await?;
                }
            }
            Effect::Completed => {
                work.record(event("request.completed", request)).await?;
                open.registered.effects.completed(work, open.matter()).await?;
                tell_applicant(work, by, request, "request.completed", "requests-mail-completed", &form).await?;
            }
            Effect::Returned => {
                tell_applicant(work, by, request, "request.returned", "requests-mail-returned", &form).await?;
            }
            Effect::Refused => {
                tell_applicant(work, by, request, "request.refused", "requests-mail-refused", &form).await?;
            }
            // the first line that is done can be received while others are still worked on
            Effect::Executed { .. }
                if after.phase == Phase::Executing && after.some_to_receive() && !open.case.some_to_receive() =>
            {
                tell_recipient(work, request, &form).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whoever uses it is asked to confirm that they received it.
async fn tell_recipient(work: &mut Work, request: &Request, form: &str) -> Result<()> {
    match request.beneficiary().or(request.requester()) {
        Some(person) => {
            mail(work, person, "request.to_receive", "requests-mail-to-receive", (&request.number, form)).await
        }
        None => Ok(()),
    }
}

/// The applicant hears at once; who acts on their own request needs no mail about it.
async fn tell_applicant(
    work: &mut Work,
    by: Option<PersonId>,
    request: &Request,
    kind: &'static str,
    key: &'static str,
    form: &str,
) -> Result<()> {
    match request.requester().filter(|person| Some(*person) != by) {
        Some(person) => mail(work, person, kind, key, (&request.number, form)).await,
        None => Ok(()),
    }
}
