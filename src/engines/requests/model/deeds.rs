//! What was done in a round, and what of it still counts (判断の効力): a decision stands until whoever made it takes it back
//! (引戻し), or until the request is sent back (差戻し) to its step or, where the route repeats them, to one before it.
use super::kind::AfterReturn;
use super::machine::{Case, LineState};
use super::route::Step;
use crate::kernel::ids::{PersonId, PostId};
use std::collections::BTreeSet;

/// A decision or an execution of the current round: who has already acted where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// In the order of the decisions; work has none, since it can only come after all that led to it.
    pub no: i64,
    pub step: String,
    /// The line it was about, where a step goes line by line.
    pub line: Option<u16>,
    /// Natural persons: the one who acted, and the one acted for.
    pub by: PersonId,
    pub acting_for: Option<PersonId>,
    /// In which capacity.
    pub post: PostId,
    pub deed: Deed,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// 承認・許可・指示・意見・確認・報告
    Passed,
    /// 却下, or 不許可 of a line
    Stopped,
    /// 差戻し to the applicant
    Returned,
    /// 差戻し to an earlier step
    SentBack { to: String, after: AfterReturn },
    /// 引戻し of the decision with this number
    TookBack { of: i64 },
    /// 実施
    Worked,
}

impl Case {
    /// Where on the route a step stands.
    pub(super) fn place_of(&self, key: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.key == key)
    }

    /// Does this act still count?
    #[must_use]
    pub fn counts(&self, act: &Act) -> bool {
        match act.deed {
            Deed::Worked => true,
            Deed::TookBack { .. } => false,
            _ => !self.taken_back(act) && !self.acts.iter().any(|later| later.no > act.no && self.opens(later, act)),
        }
    }

    fn taken_back(&self, act: &Act) -> bool {
        self.acts.iter().any(|later| later.deed == Deed::TookBack { of: act.no })
    }

    /// Was the request sent back with `later` so that the step of `act` is to be answered anew?
    fn opens(&self, later: &Act, act: &Act) -> bool {
        let Deed::SentBack { to, after } = &later.deed else { return false };
        let stage = |key: &str| self.place_of(key).map(|place| self.stage(place));
        let beyond = || stage(to) < stage(&act.step);
        (*to == act.step || (*after == AfterReturn::Repeat && beyond())) && !self.taken_back(later)
    }

    /// Has anybody acted in this round whose act still counts?
    pub(super) fn some_act(&self) -> bool {
        self.acts.iter().any(|act| self.counts(act))
    }

    /// Has the step that waits been answered for this line?
    #[must_use]
    pub fn answered(&self, line: u16) -> bool {
        self.answered_at(self.turn, line)
    }

    /// Where the request goes on once the steps that wait are answered: to the next one, or straight to the one that sent it
    /// back here.
    pub(super) fn next_step(&self) -> usize {
        let end = self.stage_end(self.at);
        let here = |key: &str| self.place_of(key).is_some_and(|place| (self.at..end).contains(&place));
        let came = self.acts.iter().rev().filter(|act| self.counts(act)).find_map(|act| match &act.deed {
            Deed::SentBack { to, after: AfterReturn::Sender } if here(to) => self.place_of(&act.step),
            _ => None,
        });
        came.map(|place| self.stage(place)).filter(|place| *place >= end).unwrap_or(end)
    }

    /// Lines that a decision stopped which counts no longer are open again.
    pub(super) fn reopen_lines(&mut self) {
        let stopped = self.acts.iter().filter(|act| act.deed == Deed::Stopped && self.counts(act));
        let stopped: BTreeSet<u16> = stopped.filter_map(|act| act.line).collect();
        for line in &mut self.lines {
            if line.state == LineState::Denied && !stopped.contains(&line.no) {
                line.state = LineState::Open;
            }
        }
    }

    /// The steps to which the one that waits can send the request back (差戻し先), the applicant aside and those that were passed
    /// over, since nobody answered there.
    pub fn earlier(&self) -> impl Iterator<Item = (usize, &Step)> {
        let before = self.steps.iter().enumerate().take(self.at);
        before.filter(|(_, step)| step.act.answers() && !step.applicant && step.skipped.is_none())
    }
}
