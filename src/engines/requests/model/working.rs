//! The work on the lines of a request (実施) and its receipt (受領), as the machine sees them.
use super::content::ContentHash;
use super::deeds::Deed;
use super::kind::StepAct;
use super::machine::{Case, Effect, Facts, LineState, Phase};
use super::refusal::Refusal;
use super::verdict::{Outcome, Receipt};

pub(super) fn execute(
    case: &mut Case,
    seen: ContentHash,
    line: u16,
    outcome: &Outcome,
    facts: &Facts<'_>,
) -> Result<Vec<Effect>, Refusal> {
    let standing = case.may_execute(facts)?;
    if seen != case.content {
        return Err(Refusal::ContentChanged);
    }
    if case.line(line)?.state != LineState::Open {
        return Err(Refusal::LineDone);
    }
    match outcome {
        Outcome::Done { confirmed: Some(person) } if *person == facts.doer.person => return Err(Refusal::OwnRequest),
        Outcome::Failed { reason } | Outcome::Declined { reason } if reason.trim().is_empty() => {
            return Err(Refusal::ReasonMissing);
        }
        Outcome::Failed { .. } if case.some_executed() => return Err(Refusal::SomeExecuted),
        Outcome::Declined { .. } if !case.some_executed() => return Err(Refusal::NoneExecuted),
        Outcome::Begun if case.line(line)?.begun => return Err(Refusal::LineDone),
        _ => {}
    }
    let step = case.at;
    case.turn = step;
    case.note_act(step, Some(line), Deed::Worked, facts, &standing);
    let mut effects = vec![Effect::Executed { line, step, outcome: outcome.clone(), standing }];
    if let Outcome::Done { confirmed: Some(person) } = outcome {
        case.concerned = Some(*person);
    }
    if let Some(line) = case.lines.iter_mut().find(|l| l.no == line) {
        if matches!(outcome, Outcome::Begun) {
            line.begun = true;
            return Ok(effects);
        }
        let done = matches!(outcome, Outcome::Done { .. });
        line.state = if done { LineState::Executed } else { LineState::Declined };
        line.executed_on = done.then_some(facts.today);
    }
    if matches!(outcome, Outcome::Failed { .. }) {
        case.phase = Phase::Refused;
        effects.push(Effect::Refused);
    } else {
        proceed(case, facts, &mut effects);
    }
    Ok(effects)
}

/// After work or receipt: the next step opens when no line keeps the present one.
fn proceed(case: &mut Case, facts: &Facts<'_>, effects: &mut Vec<Effect>) {
    let none = |state| case.lines.iter().all(|line| line.state != state);
    let executing = case.step().is_some_and(|step| step.act == StepAct::Execute);
    if executing && none(LineState::Open) {
        case.advance(facts, effects);
    }
    let none = |state| case.lines.iter().all(|line| line.state != state);
    let handing = case.step().is_some_and(|step| step.act == StepAct::Acknowledge);
    if handing && none(LineState::Executed) && none(LineState::Open) {
        // Everything was received while the last line was still being worked on: nobody is asked again.
        effects.retain(|effect| !matches!(effect, Effect::Arrived { .. }));
        case.at += 1;
        case.arrive(facts, effects);
    }
}

pub(super) fn acknowledge(
    case: &mut Case,
    line: u16,
    receipt: &Receipt,
    facts: &Facts<'_>,
) -> Result<Vec<Effect>, Refusal> {
    let standing = match receipt {
        Receipt::Own => case.may_receive(line, facts.doer).map(|()| None)?,
        Receipt::Slip { number, on } => {
            let standing = case.may_enter_slip(line, facts)?;
            if number.trim().is_empty() {
                return Err(Refusal::SlipIncomplete);
            }
            let executed = case.line(line)?.executed_on.unwrap_or(facts.today);
            if *on < executed || *on > facts.today {
                return Err(Refusal::SlipDate);
            }
            Some(standing)
        }
    };
    if let Some(line) = case.lines.iter_mut().find(|l| l.no == line) {
        line.state = LineState::Acknowledged;
    }
    let mut effects = vec![Effect::Acknowledged { line, receipt: receipt.clone(), standing }];
    proceed(case, facts, &mut effects);
    Ok(effects)
}
