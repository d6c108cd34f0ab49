//! 引戻し: whoever filed takes the request back, and whoever decided their decision, until the next one has acted. Neither
//! erases anything: the decision stays on the record beside the row that takes it back.
use super::deeds::{Act, Deed};
use super::machine::{Case, Effect, Facts, Phase, Standing};
use super::refusal::Refusal;
use super::route::Doer;
use std::collections::BTreeSet;

impl Case {
    /// May this person take back what they filed, to mend it and send it again?
    pub fn may_pull_back(&self, doer: &Doer) -> Result<(), Refusal> {
        if self.applicant != Some(doer.person) {
            return Err(Refusal::NotApplicant);
        }
        match self.phase {
            Phase::InReview | Phase::Executing if self.some_act() => Err(Refusal::SomebodyActed),
            Phase::InReview | Phase::Executing => Ok(()),
            phase => Err(Refusal::NotWaiting(phase)),
        }
    }

    /// May this person take back what they decided last? In which capacity, and which of their answers: at a step that goes
    /// line by line, all that they gave there.
    pub fn may_take_back(&self, facts: &Facts<'_>) -> Result<(Standing, Vec<Act>), Refusal> {
        if self.phase.is_closed() || self.phase == Phase::PulledBack {
            return Err(Refusal::NotWaiting(self.phase));
        }
        let mine = |act: &&Act| act.by == facts.doer.person && act.deed != Deed::Worked && self.counts(act);
        let last = self.acts.iter().filter(mine).max_by_key(|act| act.no).ok_or(Refusal::NothingDecided)?;
        if self.acts.iter().any(|act| self.counts(act) && self.came_after(act, last)) {
            return Err(Refusal::SomebodyActed);
        }
        let step = self.steps.iter().find(|step| step.key == last.step).ok_or(Refusal::NothingDecided)?;
        // as what they decided it, and as nothing else
        let mut doer = facts.doer.clone();
        doer.capacities.retain(|capacity| capacity.post == last.post);
        doer.by_rule.clear();
        let standing = self.stand_among(step, BTreeSet::new(), &Facts { doer: &doer, ..*facts })?;
        let line_by_line = |act: &&Act| act.no == last.no || (last.line.is_some() && act.line.is_some());
        let same = self.acts.iter().filter(mine).filter(|act| act.step == last.step && act.post == last.post);
        Ok((standing, same.filter(line_by_line).cloned().collect()))
    }

    /// Did somebody act on the strength of this decision, or go on without it?
    fn came_after(&self, act: &Act, decided: &Act) -> bool {
        let stage = |act: &Act| self.place_of(&act.step).map(|place| self.stage(place));
        // what is said beside it takes nothing from it, but stopping the request or sending it away
        let beside = stage(act) == stage(decided);
        let away = !matches!(act.deed, Deed::Passed | Deed::Worked);
        let later = act.no > decided.no;
        if act.step == decided.step {
            // the work of a step that was sent back before was done afterwards
            return act.deed == Deed::Worked;
        }
        if beside { later && away } else { later || stage(act) > stage(decided) }
    }
}

pub(super) fn pull_back(case: &mut Case, facts: &Facts<'_>) -> Result<Vec<Effect>, Refusal> {
    case.may_pull_back(facts.doer)?;
    case.phase = Phase::PulledBack;
    Ok(vec![Effect::PulledBack])
}

pub(super) fn take_back(case: &mut Case, facts: &Facts<'_>) -> Result<Vec<Effect>, Refusal> {
    let (standing, acts) = case.may_take_back(facts)?;
    let place = acts.first().and_then(|act| case.place_of(&act.step)).ok_or(Refusal::NothingDecided)?;
    let mut effects = Vec::new();
    for act in acts {
        case.note_act(place, act.line, Deed::TookBack { of: act.no }, facts, &standing);
        effects.push(Effect::TookBack { of: act.no, step: place, line: act.line, standing: standing.clone() });
    }
    case.at = case.stage(place);
    case.turn = place;
    case.reopen_lines();
    case.phase = case.phase_here();
    effects.push(Effect::Reopened { step: place });
    Ok(effects)
}
