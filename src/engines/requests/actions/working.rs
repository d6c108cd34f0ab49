//! The work itself, line by line (実施), and its receipt (受領).
use super::deciding::{WORDS_MAX, act_as, no_longer_than};
use super::moving::{event, failed, save_lines, settle};
use super::{Hand, Open, capacity, doer, still_holds};
use crate::engines::requests::kinds::{Executed, Line, Reveal};
use crate::engines::requests::model::machine::{Effect, LineState, Standing, apply};
use crate::engines::requests::model::route::Doer;
use crate::engines::requests::model::{
    Action, Choice, Content, ContentHash, FieldError, Input, Message, Options, Outcome, Receipt, Refusal, Shown,
    StepDef, Typed,
};
use crate::engines::requests::store::record::{self, NewExecution};
use crate::engines::requests::store::{self, LineRow, people};
use crate::kernel::clock::{Outside, Span};
use crate::kernel::error::{Error, Result};
use crate::kernel::work::Work;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// The longest number of a slip (受領書の番号).
pub const SLIP_NUMBER_MAX: usize = 60;

/// Where the line stands after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The line is done, or left undone.
    Whole,
    /// The first of two parts is done.
    Begun,
    /// A check that failed has refused the request.
    Refused,
    /// What was entered is another by now (訂正).
    Corrected,
}

/// How the work on a line ended.
#[derive(Debug)]
pub enum Worked {
    /// Written down; what is to be shown once is shown now or never.
    Done { reveal: Option<Reveal>, line: String, ended: Ended },
    /// Something is to be mended; nothing was written.
    Mend(Box<WorkForm>),
}

/// The form of a line's execution (処理欄).
#[derive(Debug, Clone)]
pub struct WorkForm {
    pub line: LineRow,
    pub step: StepDef,
    pub typed: Typed,
    pub options: Options,
    pub content: Content,
    pub shown: Vec<Shown>,
    pub errors: Vec<FieldError>,
}

impl Open {
    /// The execute step as the regulation declares it.
    pub fn work_step(&self) -> Result<StepDef> {
        let key = self.case.step().map(|step| step.key.as_str());
        let step = self.registered.kind.steps.iter().find(|step| Some(step.key.as_str()) == key);
        step.cloned().ok_or(Error::NotFound)
    }

    /// A line of the current round.
    pub async fn line(&self, conn: &mut PgConnection, no: u16) -> Result<LineRow> {
        let lines = store::lines(conn, &self.request).await?;
        lines.into_iter().find(|line| line.number() == no).ok_or(Error::NotFound)
    }

    /// Reads what the executor typed; without anything typed, what can be suggested.
    pub async fn work_form(&self, conn: &mut PgConnection, no: u16, typed: Option<Typed>) -> Result<WorkForm> {
        let line = self.line(conn, no).await?;
        let fresh = typed.is_none();
        let typed = match typed {
            Some(typed) => typed,
            None => Typed::again(&self.registered.effects.suggest(conn, self.matter(), &line.line()).await?),
        };
        self.form_of(conn, (line, self.work_step()?), (typed, fresh), &[]).await
    }

    /// The form of a line at this step, filled in so; what is `fresh` nobody has sent yet. `known`: who stands in its record already, and
    /// can be named again.
    pub(super) async fn form_of(
        &self,
        conn: &mut PgConnection,
        (line, mut step): (LineRow, StepDef),
        (typed, fresh): (Typed, bool),
        known: &[(Uuid, String)],
    ) -> Result<WorkForm> {
        for section in &mut step.result.sections {
            section.fields.retain(|field| self.registered.effects.asks(&line.line(), &field.key));
        }
        let done = line.line();
        self.registered.effects.fit(conn, &done, &mut step.result).await?;
        let mut options = self.offered(conn, &step.result, Some(&done)).await?;
        for field in step.result.fields().filter(|field| field.input == Input::Person) {
            let offered = options.entry(field.key.clone()).or_default();
            let new = known.iter().filter(|(id, _)| offered.iter().all(|choice| choice.value != id.to_string()));
            let new: Vec<Choice> = new.map(|(id, name)| Choice::named(id.to_string(), name.as_str())).collect();
            offered.extend(new);
        }
        let (mut content, mut errors) = step.result.read(&typed, &options, self.today);
        self.registered.effects.tidy(&done, &mut content);
        let shown = step.result.show(&content, &options);
        if fresh {
            errors.clear();
        } else if errors.is_empty() {
            errors = self.registered.effects.check_result(conn, self.matter(), &line.line(), &content).await?;
            let untimely = self.untimely(conn, &step, &content).await?;
            let more = untimely.into_iter().filter(|error| errors.iter().all(|known| known.field != error.field));
            errors.extend(more.collect::<Vec<_>>());
        } else {
            self.registered.effects.amend(&line.line(), &mut errors);
        }
        Ok(WorkForm { line, step, typed, options, content, shown, errors })
    }

    /// What is recorded about the work happened after it was asked for and allowed, and has happened.
    pub(super) async fn untimely(
        &self,
        conn: &mut PgConnection,
        step: &StepDef,
        content: &Content,
    ) -> Result<Vec<FieldError>> {
        let moments = step.result.fields().filter(|field| field.input == Input::Moment);
        let moments: Vec<_> = moments.filter_map(|field| Some((field, content.moment(&field.key)?))).collect();
        if moments.is_empty() {
            return Ok(Vec::new());
        }
        let allowed = record::approved_at(conn, self.request.request_id(), i32::from(self.case.round)).await?;
        let asked = Span::between(self.request.filed_at, self.now);
        let span = Span::between(allowed.unwrap_or(self.request.filed_at), self.now);
        let outside = moments.into_iter().filter_map(|(field, at)| {
            let key = match span.holds(at).err()? {
                Outside::Before if asked.holds(at).is_ok() => "requests-error-before-decision",
                Outside::Before => "requests-error-before-filing",
                Outside::After => "requests-error-future",
            };
            Some(FieldError::new(&field.key, Message::new(key).with("label", field.label.clone())))
        });
        Ok(outside.collect())
    }
}

/// Executes one line: the ledger changes as was approved, and the request moves on when it was the last.
pub async fn execute(
    work: &mut Work,
    hand: &Hand,
    number: &str,
    no: u16,
    seen: ContentHash,
    typed: Typed,
) -> Result<Worked> {
    let open = Open::lock(work, hand, number).await?;
    let doer = doer(work.conn(), &hand.viewer, &open.request.kind).await?;
    // refusals first: who may not work on it at all is not asked to mend fields
    open.may_execute(hand, &doer)?;
    let mut form = open.work_form(work.conn(), no, Some(typed)).await?;
    if form.line.state != LineState::Open {
        return Err(hand.refuse(Refusal::LineDone));
    }
    form.errors.extend(hand.has_to_choose(&open, &doer).then(capacity::missing));
    if !form.errors.is_empty() {
        return Ok(Worked::Mend(Box::new(form)));
    }
    let doer = hand.acting(&open, doer)?;
    let line = form.line.line();
    open.registered.effects.complete(&line, &mut form.content, hand.viewer.natural)?;
    name_worker(work, &open, hand, &mut form).await?;
    form.shown = form.step.result.show(&form.content, &form.options);
    let outcome = open.registered.effects.outcome(work.conn(), open.matter(), &line, &form.content).await?;
    let outcome = naturally(work, outcome).await?;
    let ended = match outcome {
        Outcome::Failed { .. } => Ended::Refused,
        Outcome::Begun => Ended::Begun,
        Outcome::Done { .. } | Outcome::Declined { .. } => Ended::Whole,
    };
    let reveal = carry_out(work, hand, &open, &doer, &form, &line, seen, outcome).await?;
    Ok(Worked::Done { reveal, line: line.subject, ended })
}

/// Whoever works on a line can be named in its record, whatever their section.
async fn name_worker(work: &mut Work, open: &Open, hand: &Hand, form: &mut WorkForm) -> Result<()> {
    let worker = hand.viewer.natural.0;
    let Some(name) = people::names(work.conn(), &[worker], open.today).await?.remove(&worker) else { return Ok(()) };
    let persons = form.step.result.fields().filter(|field| field.input == Input::Person);
    for key in persons.map(|field| field.key.clone()).collect::<Vec<_>>() {
        let known = form.options.entry(key).or_default();
        if !known.iter().any(|choice| choice.value == worker.to_string()) {
            known.push(Choice::named(worker.to_string(), name.full.as_str()));
        }
    }
    Ok(())
}

/// The person whose identity was confirmed, as a natural person.
async fn naturally(work: &mut Work, outcome: Outcome) -> Result<Outcome> {
    let Outcome::Done { confirmed: Some(person) } = outcome else { return Ok(outcome) };
    let natural = people::naturals(work.conn(), &[person.0]).await?;
    Ok(Outcome::Done { confirmed: Some(natural.get(&person.0).copied().unwrap_or(person)) })
}

/// Leaves one line undone while others are done (実施せず), with a reason.
pub async fn decline(
    work: &mut Work,
    hand: &Hand,
    number: &str,
    no: u16,
    seen: ContentHash,
    reason: &str,
) -> Result<()> {
    no_longer_than(reason, WORDS_MAX)?;
    let open = Open::lock(work, hand, number).await?;
    let doer = doer(work.conn(), &hand.viewer, &open.request.kind).await?;
    let line = open.line(work.conn(), no).await?;
    let step = open.work_step().map_err(|_| open.refuse_work(hand, Refusal::NotWaiting(open.case.phase)))?;
    let form = WorkForm {
        line: line.clone(),
        step,
        typed: Typed::default(),
        options: Options::new(),
        content: Content::default(),
        shown: Vec::new(),
        errors: Vec::new(),
    };
    let outcome = Outcome::Declined { reason: reason.to_owned() };
    let doer = if open.case.may_execute(&open.facts(&doer)).is_ok() { hand.acting(&open, doer)? } else { doer };
    carry_out(work, hand, &open, &doer, &form, &line.line(), seen, outcome).await.map(drop)
}

#[expect(
    clippy::too_many_arguments,
    reason = "the facts of one act, each named; a struct would only be taken apart again"
)]
async fn carry_out(
    work: &mut Work,
    hand: &Hand,
    open: &Open,
    doer: &Doer,
    form: &WorkForm,
    line: &Line,
    seen: ContentHash,
    outcome: Outcome,
) -> Result<Option<Reveal>> {
    let action = Action::Execute { seen, line: line.no, outcome: outcome.clone() };
    let applied = apply(&open.case, &action, &open.facts(doer));
    let (after, effects) = applied.map_err(|refusal| open.refuse_work(hand, refusal))?;
    let Some((step, standing)) = effects.iter().find_map(|effect| match effect {
        Effect::Executed { step, standing, .. } => Some((*step, standing.clone())),
        _ => None,
    }) else {
        return Err(anyhow::anyhow!("an execution without its effect").into());
    };
    still_holds(work, hand, &standing.capacity).await?;
    act_as(work, &standing);
    let key = form.step.key.clone();
    let executed = match &outcome {
        Outcome::Done { .. } | Outcome::Begun => {
            work.because(&open.request.subject, Some(open.request.id)).await?;
            open.registered.effects.execute(work, open.matter(), line, &form.content).await?
        }
        _ => {
            open.registered.effects.not_executed(work, open.matter(), line, &outcome, &form.content).await?;
            Executed::default()
        }
    };
    let now = work.now;
    let new = NewExecution {
        line: line.no,
        step: (step, &key),
        by: hand.viewer.person,
        standing: &standing,
        outcome: &outcome,
        why: "",
        result: &form.content,
        shown: &form.shown,
        executed: &executed,
        at: now,
    };
    record::insert_execution(work.conn(), &open.request, &new).await?;
    save_lines(work, open, &after).await?;
    record_execution(work, open, line, &standing, &outcome).await?;
    let concerned = match &outcome {
        Outcome::Done { confirmed: Some(person) } => Some(*person),
        _ => open.request.beneficiary(),
    };
    settle(work, Some(hand.viewer.person), open, &after, &effects, concerned).await?;
    Ok(executed.reveal)
}

async fn record_execution(
    work: &mut Work,
    open: &Open,
    line: &Line,
    standing: &Standing,
    outcome: &Outcome,
) -> Result<()> {
    let (kind, words) = match outcome {
        Outcome::Done { .. } => ("request.executed", ""),
        Outcome::Begun => ("request.work_begun", ""),
        Outcome::Failed { reason } => ("request.execution_failed", reason.as_str()),
        Outcome::Declined { reason } => ("request.line_declined", reason.as_str()),
    };
    let facts = json!({
        "line": line.no, "subject": line.subject, "words": words, "tier": standing.capacity.tier.key(),
        "deputy": standing.deputy, "joined": standing.joined,
    });
    let event = match outcome {
        Outcome::Failed { .. } => failed(kind, &open.request).facts(facts),
        Outcome::Done { .. } | Outcome::Begun | Outcome::Declined { .. } => event(kind, &open.request).facts(facts),
    };
    let event = match outcome {
        Outcome::Declined { .. } | Outcome::Begun => event,
        Outcome::Done { .. } | Outcome::Failed { .. } => event.by(open.registered.effects.key()),
    };
    work.record(event).await.map(drop)
}

/// 「受領しました」: the one who uses it confirms, or the signed slip of one who cannot sign in is entered.
pub async fn acknowledge(work: &mut Work, hand: &Hand, number: &str, no: u16, receipt: Receipt) -> Result<()> {
    if let Receipt::Slip { number, .. } = &receipt {
        no_longer_than(number, SLIP_NUMBER_MAX)?;
    }
    let open = Open::lock(work, hand, number).await?;
    let doer = doer(work.conn(), &hand.viewer, &open.request.kind).await?;
    let line = open.line(work.conn(), no).await?.line();
    let action = Action::Acknowledge { line: no, receipt: receipt.clone() };
    let refused = |refusal| hand.refuse(refusal);
    // refusals first: who may not enter it at all is not asked in which post
    apply(&open.case, &action, &open.facts(&doer)).map_err(refused)?;
    let doer = match &receipt {
        Receipt::Own => doer,
        Receipt::Slip { .. } => hand.acting_among(&hand.to_choose_for_a_slip(&open, &doer), doer)?,
    };
    let (after, effects) = apply(&open.case, &action, &open.facts(&doer)).map_err(refused)?;
    let standing = effects.iter().find_map(|effect| match effect {
        Effect::Acknowledged { standing, .. } => standing.clone(),
        _ => None,
    });
    if let Some(standing) = &standing {
        still_holds(work, hand, &standing.capacity).await?;
        act_as(work, standing);
    }
    if matches!(receipt, Receipt::Slip { .. })
        && let Some(recipient) = open.request.beneficiary().or_else(|| open.request.requester())
        && people::signs_in(work.conn(), recipient).await?
    {
        return Err(Error::refused("requests-refused-slip-signs-in"));
    }
    let now = work.now;
    record::insert_receipt(work.conn(), &open.request, no, hand.viewer.person, &receipt, standing.as_ref(), now)
        .await?;
    save_lines(work, &open, &after).await?;
    let facts = match &receipt {
        Receipt::Own => json!({ "line": no, "subject": line.subject, "by_proxy": false }),
        Receipt::Slip { number, on } => json!({
            "line": no, "subject": line.subject, "by_proxy": true, "slip_number": number.trim(), "slip_on": on,
        }),
    };
    work.record(event("request.acknowledged", &open.request).facts(facts)).await?;
    open.registered.effects.acknowledged(work, open.matter(), &line, &receipt).await?;
    settle(work, Some(hand.viewer.person), &open, &after, &effects, open.request.beneficiary()).await
}
