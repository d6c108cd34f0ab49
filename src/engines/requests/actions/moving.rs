//! What every transition writes down: steps that end and open, whose turn it is, the hooks of the room, events, mails.
use super::deadlines::due;
use super::{Hand, Open};
use crate::engines::requests::Registered;
use crate::engines::requests::model::machine::{Case, Effect, Phase};
use crate::engines::requests::model::route::{Organisation, Step, able};
use crate::engines::requests::model::{AfterReturn, Content, Kind, StepAct, Words};
use crate::engines::requests::store::people::Name;
use crate::engines::requests::store::{self, Move, Request, Waiting};
use crate::engines::requests::store::{deeds, record};
use crate::kernel::audit::{Event, Outcome};
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::mail::Mail;
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::web::locale::{Lang, Words as Catalogue};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Mails and other words that go to people whose language we do not know are Japanese first.
pub(in crate::engines::requests) const MAIL: Catalogue = Catalogue(Lang::Ja);

/// Whose turn it is in this case, and until when.
pub(super) async fn waiting(
    work: &mut Work,
    case: &Case,
    registered: &Registered,
    content: &Content,
    requester: Option<PersonId>,
    concerned: Option<PersonId>,
) -> Result<Waiting> {
    let since = Some(work.now);
    let step = case.step();
    let def = step.and_then(|step| registered.kind.steps.iter().find(|def| def.key == step.key));
    let until = def.and_then(|def| def.due_on.as_deref()).and_then(|field| content.date(field));
    let due = match def.and_then(|def| def.due_days.map(|days| (def.act, days))) {
        Some((act, days)) => Some(due(work, days, registered.begins(act, content)).await?),
        None => until,
    };
    let recipient = concerned.or(requester);
    let (seat, also) = (step.map(|step| step.seat), step.and_then(Step::named));
    // a step of whoever filed waits for that person, and at no seat
    let filed = step.is_some_and(|step| step.applicant);
    let (seat, also) = if filed { (None, None) } else { (seat, also) };
    let applicant = requester.filter(|_| filed);
    Ok(match case.phase {
        Phase::InReview => Waiting { kind: Some("decide"), seat, also, person: applicant, since, due },
        Phase::Executing => {
            let person = applicant.or(recipient.filter(|_| case.some_to_receive()));
            Waiting { kind: Some("execute"), seat, also, person, since, due }
        }
        // a report is work still to be done, its confirmation an answer
        Phase::Reporting => {
            let report = step.is_some_and(|step| step.act == StepAct::Report);
            let kind = if report { "execute" } else { "decide" };
            Waiting { kind: Some(kind), seat, also, person: applicant, since, due }
        }
        Phase::HandingOver => {
            Waiting { kind: Some("acknowledge"), seat: None, also: None, person: recipient, since, due }
        }
        Phase::Returned | Phase::PulledBack => {
            Waiting { kind: Some("mend"), seat: None, also: None, person: requester, since, due: None }
        }
        Phase::Completed | Phase::Refused | Phase::Withdrawn => Waiting::default(),
    })
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

/// One mail about a request: a title and a link, nothing else.
pub(super) async fn mail(
    work: &mut Work,
    to: PersonId,
    kind: &'static str,
    key: &str,
    request: (&str, &str),
) -> Result<()> {
    let (number, form) = request;
    let href = format!("{}/requests/{number}", work.app().config().origin);
    let subject = MAIL.t2(key, "number", number, "title", form).into_owned();
    let body = MAIL.t2("requests-mail-body", "subject", &subject, "href", &href).into_owned();
    work.mail(Mail { person: to, kind, subject, body, entity: "request", entity_id: number.to_owned() }).await
}

/// Tells those who can act on the step that has opened.
pub(super) async fn call(work: &mut Work, case: &Case, kind: &Kind, org: &Organisation, number: &str) -> Result<()> {
    let said = match case.step().map(|step| step.act) {
        Some(StepAct::Execute) => ("request.to_execute", "requests-mail-to-execute"),
        Some(StepAct::Report) => ("request.to_report", "requests-mail-to-report"),
        None | Some(StepAct::Acknowledge | StepAct::Notify) => return Ok(()),
        _ => ("request.waiting", "requests-mail-waiting"),
    };
    call_with(work, case, kind, org, (number, said)).await
}

async fn call_with(
    work: &mut Work,
    case: &Case,
    kind: &Kind,
    org: &Organisation,
    (number, (mail_kind, key)): (&str, (&'static str, &str)),
) -> Result<()> {
    let Some(step) = case.step() else { return Ok(()) };
    let form = title(&kind.title);
    for person in case.able(step, &kind.joins, org) {
        mail(work, person, mail_kind, key, (number, &form)).await?;
    }
    // whoever decides here may be away already
    if step.act == StepAct::Decide { super::acting::offer(work, Some(number)).await.map(drop) } else { Ok(()) }
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
        record::open_step(work.conn(), request.request_id(), case.round, *step, placed, now).await?;
        record::end_step(work.conn(), request.request_id(), case.round, *step, now).await?;
        let people = able(placed, &BTreeSet::new(), &BTreeSet::new(), org);
        for person in &people {
            mail(work, *person, "request.told", "requests-mail-told", (&request.number, &form)).await?;
        }
        let facts = json!({ "step": placed.key, "tier": placed.seat.tier.key(), "people": people.len() });
        work.record(event("request.told", request).facts(facts)).await?;
    }
    Ok(())
}

/// Writes the move itself: steps, row, events of the ending, hooks, mails. The act's own row is already written.
pub(super) async fn settle(
    work: &mut Work,
    hand: &Hand,
    open: &Open,
    after: &Case,
    effects: &[Effect],
    concerned: Option<PersonId>,
) -> Result<()> {
    let request = &open.request;
    let kind = &open.registered.kind;
    let now = work.now;
    for effect in effects {
        match effect {
            Effect::SentBack { to } => {
                let beyond = kind.after_return == AfterReturn::Repeat;
                deeds::reopen_steps(work.conn(), request, *to, beyond).await?;
            }
            Effect::Arrived { step } | Effect::Reopened { step } => {
                let Some(placed) = after.steps.get(*step) else { continue };
                if matches!(effect, Effect::Reopened { .. }) {
                    deeds::reopen_steps(work.conn(), request, *step, true).await?;
                } else {
                    record::end_step(work.conn(), request.request_id(), after.round, open.case.at, now).await?;
                }
                record::open_step(work.conn(), request.request_id(), after.round, *step, placed, now).await?;
            }
            _ => {}
        }
    }
    if after.phase.is_closed() || after.phase.is_mended() {
        record::end_step(work.conn(), request.request_id(), after.round, open.case.at, now).await?;
    }
    let mut waiting =
        waiting(work, after, &open.registered, &open.round.content, request.requester(), concerned).await?;
    if after.phase == open.case.phase && after.at == open.case.at {
        // the same turn goes on: nobody's waiting begins anew because one of several lines was done
        waiting.since = request.waiting_since;
        waiting.due = request.waiting_due;
    }
    let moved = Move { subject: &request.subject, beneficiary: concerned, search: None, waiting, now: work.now };
    store::save(work.conn(), request, after, &moved).await?;
    tell(work, after, effects, kind, &open.org, request).await?;
    finish(work, hand, open, after, effects).await
}

async fn finish(work: &mut Work, hand: &Hand, open: &Open, after: &Case, effects: &[Effect]) -> Result<()> {
    let request = &open.request;
    let kind = &open.registered.kind;
    let form = title(&kind.title);
    for effect in effects {
        match effect {
            Effect::Arrived { .. } if effects.iter().any(|effect| matches!(effect, Effect::SentBack { .. })) => {
                let said = ("request.returned", "requests-mail-sent-back");
                call_with(work, after, kind, &open.org, (&request.number, said)).await?;
            }
            Effect::Arrived { .. } => {
                call(work, after, kind, &open.org, &request.number).await?;
                if after.phase == Phase::HandingOver {
                    tell_recipient(work, request, &form).await?;
                }
            }
            Effect::Completed => {
                work.record(event("request.completed", request)).await?;
                open.registered.effects.completed(work, open.matter()).await?;
                tell_applicant(work, hand, request, "request.completed", "requests-mail-completed", &form).await?;
            }
            Effect::Returned => {
                tell_applicant(work, hand, request, "request.returned", "requests-mail-returned", &form).await?;
            }
            Effect::Refused => {
                tell_applicant(work, hand, request, "request.refused", "requests-mail-refused", &form).await?;
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
    hand: &Hand,
    request: &Request,
    kind: &'static str,
    key: &str,
    form: &str,
) -> Result<()> {
    match request.requester().filter(|person| *person != hand.viewer.person) {
        Some(person) => mail(work, person, kind, key, (&request.number, form)).await,
        None => Ok(()),
    }
}
