//! Steps that wait at the same time (並行する段階) and steps that take the answers of several (合議): which of them are open, how
//! many answers each needs, and which of them is somebody's own.
use super::deeds::{Act, Deed};
use super::kind::StepAct;
use super::machine::{Case, Facts, LineState, Standing};
use super::refusal::Refusal;
use super::route::{Organisation, Step};
pub use crate::engines::regulations::binding::Needs;
use crate::kernel::ids::PersonId;
use std::collections::BTreeSet;

impl Case {
    /// The first of the steps that wait together with this one (並行).
    #[must_use]
    pub fn stage(&self, at: usize) -> usize {
        (0..=at).rev().find(|place| self.steps.get(*place).is_none_or(|step| !step.beside)).unwrap_or(0)
    }

    /// The place after the last of those that wait together from here on.
    #[must_use]
    pub fn stage_end(&self, at: usize) -> usize {
        let beside = self.steps.iter().skip(at + 1).take_while(|step| step.beside).count();
        (at + 1 + beside).min(self.steps.len())
    }

    /// The steps that wait.
    pub fn open_steps(&self) -> impl Iterator<Item = usize> {
        let open = !self.phase.is_closed() && !self.phase.is_mended();
        (self.at..self.stage_end(self.at)).filter(move |place| open && !self.settled(*place))
    }

    /// Does this step wait?
    #[must_use]
    pub fn is_open(&self, at: usize) -> bool {
        self.open_steps().any(|open| open == at)
    }

    /// Is everything said at this step, or is it passed over?
    #[must_use]
    pub fn settled(&self, at: usize) -> bool {
        let Some(step) = self.steps.get(at) else { return false };
        if step.skipped.is_some() {
            return true;
        }
        if !step.act.answers() {
            return false;
        }
        if step.each_line {
            return self.lines.iter().all(|line| line.state == LineState::Denied || self.answered_at(at, line.no));
        }
        self.passes(step).count() >= usize::from(step.needed)
    }

    /// The answers by which this step passes, as far as they count.
    pub fn passes<'a>(&'a self, step: &'a Step) -> impl Iterator<Item = &'a Act> {
        self.acts.iter().filter(move |act| act.step == step.key && act.deed == Deed::Passed && self.counts(act))
    }

    /// Those whose answer at a step that takes several is given, by themselves or by another one in their place.
    #[must_use]
    pub(super) fn answered_by(&self, step: &Step) -> BTreeSet<PersonId> {
        if step.needed < 2 {
            return BTreeSet::new();
        }
        let here = |act: &&Act| act.step == step.key && act.deed != Deed::Worked && self.counts(act);
        self.acts.iter().filter(here).flat_map(|act| std::iter::once(act.by).chain(act.acting_for)).collect()
    }

    /// Whoever stands in for nobody but those who have answered has nothing left to answer.
    pub(super) fn without_deputies_of_those_who_answered(
        &self,
        step: &Step,
        org: &Organisation,
        able: &mut BTreeSet<PersonId>,
    ) {
        let answered = self.answered_by(step);
        let Some(seat) = org.seats.get(&step.seat).filter(|_| !answered.is_empty()) else { return };
        able.retain(|person| {
            let mut principals = seat.deputies.iter().filter(|(deputy, _)| deputy == person).map(|(_, holder)| holder);
            seat.holders.contains(person) || principals.any(|holder| !answered.contains(holder))
        });
    }

    /// Has a step been answered for this line?
    #[must_use]
    pub fn answered_at(&self, at: usize, line: u16) -> bool {
        let Some(step) = self.steps.get(at) else { return false };
        self.acts.iter().any(|act| act.step == step.key && act.line == Some(line) && self.counts(act))
    }

    /// Can the step no longer pass, since too few are left who have not refused?
    pub(super) fn hopeless(&self, step: &Step, facts: &Facts<'_>) -> bool {
        let needs = facts.route.iter().find(|def| def.key == step.key).map_or(Needs::Any, |def| def.needs);
        step.needed < 2 || needs.one_refuses() || {
            let left = self.able(step, facts.joins, facts.org).len();
            self.passes(step).count() + left < usize::from(step.needed)
        }
    }

    /// Where among the steps that wait this person acts, and in which capacity: at the step that is asked for, else at the first
    /// that is theirs. The refusal is that of the step that comes nearest to them.
    pub(super) fn own_turn(
        &self,
        asked: Option<&str>,
        wanted: impl Fn(StepAct) -> bool,
        facts: &Facts<'_>,
    ) -> Result<(usize, Standing), Refusal> {
        let mut refused = None;
        for place in self.open_steps() {
            let Some(step) = self.steps.get(place) else { continue };
            if !wanted(step.act) || asked.is_some_and(|asked| asked != step.key) {
                continue;
            }
            match self.stand(step, facts) {
                Ok(standing) => return Ok((place, standing)),
                Err(refusal) if refused.is_none() || !matches!(refusal, Refusal::NotYourStep(_)) => {
                    refused = Some(refusal);
                }
                Err(_) => {}
            }
        }
        Err(refused.unwrap_or(Refusal::NotWaiting(self.phase)))
    }

    /// Which of the steps that wait is this person's.
    #[must_use]
    pub fn own_place(&self, facts: &Facts<'_>) -> Option<usize> {
        self.own_turn(None, |_| true, facts).ok().map(|(place, _)| place)
    }

    /// Looks at the first of the steps that wait.
    pub fn turn_to_first(&mut self) {
        let first = self.open_steps().next();
        self.turn = first.unwrap_or(self.at);
    }
}
