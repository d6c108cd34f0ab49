//! Where a request goes: the route of a round is laid, its steps open one after another or side by side, and a step at which nobody
//! is left finds another seat.
use super::kind::StepAct;
use super::machine::{Case, Effect, Facts, Needs, Phase};
use super::refusal::Refusal;
use super::route::{MoveReason, Step, lay, place};

/// What keeps a request from going along these steps: one at which nobody is left to act. A notice or a report (届・報告), which
/// nobody decides, is taken all the same, and waits at its seat until somebody is there: it is a duty to hand it in.
#[must_use]
pub fn hindrance(steps: &[Step]) -> Option<Refusal> {
    let decided = steps.iter().any(|step| step.act.decides());
    let missing = steps.iter().find(|step| step.unfilled && step.skipped.is_none() && (decided || step.applicant))?;
    if missing.applicant {
        return Some(Refusal::OwnStep);
    }
    let there = missing.seat.position();
    Some(if missing.needed > 1 { Refusal::TooFew(there) } else { Refusal::NobodyThere(there) })
}

impl Case {
    /// Lays the route of the current round and opens its first step.
    pub(super) fn open_round(&mut self, facts: &Facts<'_>, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
        let steps = lay(facts.route, facts.joins, self.places, &self.parties(), facts.org);
        self.steps = steps.into_iter().map(|step| step.of_applicant(self.applicant, self.concerned)).collect();
        if let Some(refusal) = hindrance(&self.steps) {
            return Err(refusal);
        }
        self.at = 0;
        self.arrive(facts, effects);
        Ok(())
    }

    /// Opens the steps at `at`: placed anew, since people have acted and posts may have changed since filing. Steps that only
    /// tell somebody are passed on the way, and so are those that the route lets be missing.
    pub(super) fn arrive(&mut self, facts: &Facts<'_>, effects: &mut Vec<Effect>) {
        while self.at < self.steps.len() {
            let end = self.stage_end(self.at);
            for place in self.at..end {
                // somebody may sit by now where nobody did
                if !self.settled(place) || self.steps.get(place).is_some_and(|step| step.skipped.is_some()) {
                    self.place_anew(place, facts);
                }
                if self.steps.get(place).is_some_and(|step| step.skipped.is_some()) {
                    effects.push(Effect::Skipped { step: place });
                }
            }
            if self.steps.get(self.at).is_some_and(|step| step.act == StepAct::Notify) {
                effects.push(Effect::Told { step: self.at });
            } else if !(self.at..end).all(|place| self.settled(place)) {
                self.phase = self.phase_here();
                self.turn_to_first();
                effects.extend(self.open_steps().map(|step| Effect::Arrived { step }));
                return;
            }
            self.at = end;
        }
        self.turn = self.at;
        self.phase = Phase::Completed;
        effects.push(Effect::Completed);
    }

    pub(super) fn place_anew(&mut self, at: usize, facts: &Facts<'_>) {
        let Some(key) = self.steps.get(at).map(|step| step.key.clone()) else { return };
        let Some(def) = facts.route.iter().find(|def| def.key == key) else { return };
        let acted = self.acted(&key, facts.joins);
        let placed = place(def, self.places, &self.parties(), &acted, facts.org);
        let placed = placed.of_applicant(self.applicant, self.concerned);
        if let Some(step) = self.steps.get_mut(at) {
            *step = Step { beside: step.beside, ..placed };
        }
    }

    /// Goes on from the step that is looked at, once nothing beside it waits any more.
    pub(super) fn advance(&mut self, facts: &Facts<'_>, effects: &mut Vec<Effect>) {
        if self.step().is_some_and(|step| step.act.answers()) && self.open_steps().next().is_some() {
            self.turn_to_first();
            return;
        }
        self.at = self.next_step();
        self.arrive(facts, effects);
    }

    /// Looks for another seat where nobody can act any more at a step that waits (担当者の不在): the holder has left, the stand-in
    /// has ended, the sign-in was stopped; and gives back what moved only because its holder was away, once they are there. Of several
    /// whose answers are needed, those who are gone are waited for no longer. Nothing when somebody is still there, or nobody anywhere.
    #[must_use]
    pub fn moved_on(&self, facts: &Facts<'_>) -> Option<(Self, Vec<Effect>)> {
        let mut next = self.clone();
        let mut effects = Vec::new();
        for place in self.open_steps() {
            let Some(step) = self.steps.get(place) else { continue };
            if step.applicant || !(step.act.answers() || step.act == StepAct::Execute) {
                continue;
            }
            if let Some(back) = self.given_back(place, facts) {
                *next.steps.get_mut(place)? = back;
                effects.push(Effect::GivenBack { step: place });
                continue;
            }
            let left = self.able(step, facts.joins, facts.org).len();
            let given = self.passes(step).count();
            let def = facts.route.iter().find(|def| def.key == step.key)?;
            if matches!(def.needs, Needs::All) && given > 0 && given + left < usize::from(step.needed) {
                let needed = u16::try_from(given + left).unwrap_or(u16::MAX);
                next.steps.get_mut(place)?.needed = needed;
                effects.push(Effect::Arrived { step: place });
            } else if left == 0 && given == 0 {
                next.place_anew(place, facts);
                let placed = next.steps.get(place)?;
                if placed.unfilled && placed.skipped.is_none() || placed == step {
                    next.steps.get_mut(place)?.clone_from(step);
                    continue;
                }
                effects.push(if placed.skipped.is_some() {
                    Effect::Skipped { step: place }
                } else {
                    Effect::Arrived { step: place }
                });
            }
        }
        if effects.is_empty() {
            return None;
        }
        if next.open_steps().next().is_none() {
            next.advance(facts, &mut effects);
        }
        next.turn_to_first();
        Some((next, effects))
    }

    /// The step as its holder has it again: it moved by itself while they were away, they are there, and nobody has acted on it since.
    fn given_back(&self, at: usize, facts: &Facts<'_>) -> Option<Step> {
        let step = self.steps.get(at)?;
        let moved = step.moved.is_some_and(|moved| moved.reason == MoveReason::Away);
        let worked = step.act == StepAct::Execute && self.some_executed();
        if !moved || worked || self.acts.iter().any(|act| act.step == step.key) {
            return None;
        }
        let mut next = self.clone();
        next.place_anew(at, facts);
        next.steps.into_iter().nth(at).filter(|back| back.moved.is_none() && !back.unfilled && back.skipped.is_none())
    }

    pub(super) fn phase_here(&self) -> Phase {
        let worked = self.steps.iter().take(self.at).any(|step| step.act == StepAct::Execute);
        match self.steps.get(self.at).map(|step| step.act) {
            Some(StepAct::Execute) => Phase::Executing,
            Some(StepAct::Acknowledge) => Phase::HandingOver,
            _ if worked => Phase::Reporting,
            _ => Phase::InReview,
        }
    }
}
