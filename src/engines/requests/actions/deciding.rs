//! Approve, return, refuse (承認・差戻し・却下), and talk without deciding (やり取り).
use super::moving::{event, failed, save_lines, settle};
use super::step_form::StepForm;
use super::{Hand, Open, capacity, in_sight, kinds, still_holds};
use crate::engines::requests::model::machine::{Effect, Standing, apply};
use crate::engines::requests::model::{Action, Case, ContentHash, Phase, StepAct, Typed, Verdict};
use crate::engines::requests::store::record::NewDecision;
use crate::engines::requests::store::{self, record};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;
use chrono::NaiveDate;
use serde_json::json;
use std::collections::BTreeSet;

/// The longest sentence that a decision or a comment takes.
pub const WORDS_MAX: usize = 1000;

/// Words of at most so many characters.
pub(super) fn no_longer_than(words: &str, most: usize) -> Result<()> {
    if words.chars().count() <= most {
        return Ok(());
    }
    Err(Error::Refused(Message::new("requests-refused-words-too-long").with("max", most)))
}

/// What somebody answers at the step that waits.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The step that was on the screen; several may wait at the same time.
    pub at: Option<String>,
    /// The fingerprint of the content that was on the screen.
    pub seen: ContentHash,
    /// At a step that goes line by line.
    pub line: Option<u16>,
    pub verdict: Verdict,
    /// What the step asks to be recorded.
    pub typed: Typed,
}

impl Reply {
    /// An answer to the whole request, at a step that asks nothing else.
    #[must_use]
    pub fn plain(seen: ContentHash, verdict: Verdict) -> Self {
        Self { at: None, seen, line: None, verdict, typed: Typed::default() }
    }
}

/// How an answer ended.
#[derive(Debug)]
pub enum Replied {
    /// Written down.
    Done,
    /// Something is to be mended; nothing was written.
    Mend(Box<StepForm>),
}

/// Answers at the step that waits (承認・許可・指示・意見・確認・報告・差戻し・却下).
pub async fn decide(work: &mut Work, hand: &Hand, number: &str, reply: Reply) -> Result<Replied> {
    let Reply { at, seen, line, verdict, typed } = reply;
    no_longer_than(verdict.words(), WORDS_MAX)?;
    let mut open = Open::lock(work, hand, number).await?;
    let doer = open.doer(work.conn(), &hand.viewer).await?;
    open.look_at(at.as_deref());
    let action = Action::Decide { at, seen, line, verdict: verdict.clone() };
    let allowed = apply(&open.case, &action, &open.facts(&doer));
    allowed.map_err(|refusal| open.refuse_answer(hand, &doer, refusal))?;
    // what stops a request says why and records nothing else
    let form = if verdict.passes() { open.step_form(work.conn(), Some((typed, &verdict))).await? } else { None };
    let form = match form {
        Some(mut form) => {
            form.errors.extend(hand.has_to_choose(&open, &doer).then(capacity::missing));
            if !form.errors.is_empty() {
                return Ok(Replied::Mend(Box::new(form)));
            }
            form
        }
        None => StepForm::default(),
    };
    let doer = hand.acting(&open, doer)?;
    let applied = apply(&open.case, &action, &open.facts(&doer));
    let (after, effects) = applied.map_err(|refusal| open.refuse_answer(hand, &doer, refusal))?;
    let sent_back = effects.iter().find_map(|effect| match effect {
        Effect::SentBack { to } => Some(*to),
        _ => None,
    });
    for effect in &effects {
        if let Effect::Decided { step, line, verdict, standing } = effect {
            let review_due = hold(work, hand, standing).await?;
            act_as(work, standing);
            let key = open.case.steps.get(*step).map(|step| step.key.clone()).unwrap_or_default();
            let new = NewDecision {
                step: (*step, &key),
                line: *line,
                by: hand.viewer.person,
                standing,
                verdict,
                result: &form.content,
                shown: &form.shown,
                at: work.now,
                sent_back: sent_back.map(|to| (to, open.registered.kind.after_return)),
                review_due,
            };
            record::insert_decision(work.conn(), &open.request, &new).await?;
            record_decision(work, &open, &after, (*step, *line), standing, verdict).await?;
            if let (Some(absent), Some(_)) = (standing.acting_for, &standing.by_rule) {
                let form = super::moving::title(&open.registered.kind.title);
                super::acting::tell_absent(work, absent, (number, &form)).await?;
            }
        }
    }
    save_lines(work, &open, &after).await?;
    settle(work, Some(hand.viewer.person), &open, &after, &effects, open.request.beneficiary()).await?;
    // of several who answer, one who is against it has not refused it yet
    let no = |effect: &Effect| matches!(effect, Effect::Decided { line: None, verdict: Verdict::Refuse { .. }, .. });
    if after.phase == Phase::Refused || !effects.iter().any(no) {
        open.registered.effects.decided(work, open.matter(), &verdict).await?;
    }
    Ok(Replied::Done)
}

/// Makes sure that the capacity is still theirs. By a rule it was judged just now, and the database judges it once more; then the
/// absent one has until this day to read it.
async fn hold(work: &mut Work, hand: &Hand, standing: &Standing) -> Result<Option<NaiveDate>> {
    match &standing.by_rule {
        Some(used) => super::acting::review_due(work, used).await.map(Some),
        None => still_holds(work, hand, &standing.capacity).await.map(|()| None),
    }
}

/// From here on the events of this transaction carry the capacity in which somebody acts.
pub(super) fn act_as(work: &mut Work, standing: &Standing) {
    work.actor.capacity = Some(standing.capacity.post);
    work.actor.acting_for = standing.acting_for;
}

async fn record_decision(
    work: &mut Work,
    open: &Open,
    after: &Case,
    (at, line): (usize, Option<u16>),
    standing: &Standing,
    verdict: &Verdict,
) -> Result<()> {
    let Some(step) = open.case.steps.get(at) else { return Ok(()) };
    let kind = match (verdict, step.act) {
        (Verdict::Approve { .. }, StepAct::Permit) => "request.permitted",
        (Verdict::Approve { .. }, StepAct::Instruct) => "request.instructed",
        (Verdict::Approve { .. }, StepAct::Confirm) => "request.confirmed",
        (Verdict::Approve { .. }, _) => "request.approved",
        (Verdict::Return { .. }, _) => "request.returned",
        (Verdict::Refuse { .. }, _) => "request.refused",
        (Verdict::Opinion { .. }, _) => "request.consulted",
        (Verdict::Report { .. }, _) => "request.reported",
    };
    let facts = json!({
        "step": step.key, "line": line, "round": open.case.round, "to": verdict.sent_to(), "words": verdict.words().trim(), "content_hash": open.case.content.to_string(),
        "tier": standing.capacity.tier.key(), "deputy": standing.deputy, "joined": standing.joined,
        "acting_rule": standing.by_rule.as_ref().map(|used| used.rule),
        "moved": step.moved.map(|moved| moved.reason.key()),
    });
    let event = match verdict {
        Verdict::Refuse { .. } => failed(kind, &open.request).facts(facts),
        _ => event(kind, &open.request).facts(facts),
    };
    // a refusal shows that the procedure is applied; an approval counts once the work is done
    let last = (matches!(verdict, Verdict::Refuse { .. }) && after.phase == Phase::Refused && line.is_none())
        || (verdict.passes() && after.phase == Phase::Completed && after.stage_end(open.case.at) == after.steps.len());
    let event = if matches!(verdict, Verdict::Report { .. }) { event.by("request.report") } else { event };
    let event = if last { event.by(open.registered.effects.key()) } else { event };
    work.record(event).await.map(drop)
}

/// May this person ask the applicant something (質問)? Not themselves, and nothing about what is closed.
#[must_use]
pub fn may_ask(hand: &Hand, request: &store::Request) -> bool {
    let own = [Some(hand.viewer.person), Some(hand.viewer.natural)];
    request.requester_id.is_some() && !own.contains(&request.requester()) && request.closed_at.is_none()
}

/// Writes into the conversation of a request; changes nothing else. A question waits for the applicant.
pub async fn comment(work: &mut Work, hand: &Hand, number: &str, body: &str, asks: bool) -> Result<()> {
    let request = store::find(work.conn(), number).await?;
    let request = request.filter(|request| in_sight(&hand.viewer, request)).ok_or(Error::NotFound)?;
    let body = body.trim();
    if body.is_empty() {
        return Err(Error::Refused(Message::new("requests-refused-comment-empty")));
    }
    no_longer_than(body, WORDS_MAX)?;
    if asks && !may_ask(hand, &request) {
        return Err(Error::Refused(Message::new("requests-refused-question")));
    }
    let now = work.now;
    record::insert_comment(work.conn(), request.request_id(), hand.viewer.person, (body, asks), now).await?;
    let kind = if asks { "request.asked" } else { "request.commented" };
    work.record(event(kind, &request)).await?;
    let form = request.title.clone();
    for person in audience(work, request.clone()).await? {
        if person != hand.viewer.person && person != hand.viewer.natural {
            let asked = asks && request.requester() == Some(person);
            let (kind, words) = match asked {
                true => ("request.asked", "requests-mail-asked"),
                false => ("request.commented", "requests-mail-commented"),
            };
            super::moving::mail(work, person, kind, words, (number, &form)).await?;
        }
    }
    Ok(())
}

/// Who hears of a comment: the applicant, those whose turn it is, and whoever has already spoken or decided.
async fn audience(work: &mut Work, request: store::Request) -> Result<BTreeSet<PersonId>> {
    let id = request.request_id();
    let mut people: BTreeSet<PersonId> = request.requester().into_iter().collect();
    people.extend(record::decisions(work.conn(), id).await?.iter().map(|decided| PersonId(decided.decider)));
    people.extend(record::comments(work.conn(), id).await?.iter().map(|comment| PersonId(comment.author)));
    let (app, now) = (work.app().clone(), work.now);
    let known = kinds(&app)?;
    // what travels by a route that is not known any more is nobody's turn
    if known.filed_under(request.regulation.as_deref(), request.own_route, &request.kind).is_ok() {
        people.extend(Open::of(&app, work.conn(), request, now).await?.called());
    }
    Ok(people)
}
