//! 資格: in which of their posts somebody acts on a request, where the regulation wants it said with each act
//! (`capacity_each_act`). Elsewhere the portal takes the main post among those that sit at the step.
use super::{Hand, Open};
use crate::engines::requests::model::route::{Doer, Step};
use crate::engines::requests::model::{FieldError, Message, StepAct};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PostId;

/// Under which name a form says it.
pub const FIELD: &str = "_capacity";
/// What is said to one who did not choose.
pub const MISSING: &str = "requests-refused-capacity";

impl Hand {
    /// Their own posts among which this person has to choose at the step that waits; none where one alone sits there.
    #[must_use]
    pub fn to_choose(&self, open: &Open, doer: &Doer) -> Vec<PostId> {
        self.to_choose_at(open.case.step(), doer)
    }

    /// The same for a signed slip: whoever could do the work enters it.
    #[must_use]
    pub fn to_choose_for_a_slip(&self, open: &Open, doer: &Doer) -> Vec<PostId> {
        self.to_choose_at(open.case.steps.iter().find(|step| step.act == StepAct::Execute), doer)
    }

    fn to_choose_at(&self, step: Option<&Step>, doer: &Doer) -> Vec<PostId> {
        let Some(step) = step.filter(|step| self.chooses() && !step.applicant) else { return Vec::new() };
        let own = doer.capacities.iter().filter(|capacity| capacity.acting_for.is_none() && step.seats_one(capacity));
        let own: Vec<PostId> = own.map(|capacity| capacity.post).collect();
        if own.len() > 1 { own } else { Vec::new() }
    }

    /// Is it still to be said in which post they act?
    #[must_use]
    pub fn has_to_choose(&self, open: &Open, doer: &Doer) -> bool {
        self.chose_none_of(&self.to_choose(open, doer))
    }

    fn chose_none_of(&self, posts: &[PostId]) -> bool {
        !posts.is_empty() && self.chosen.is_none_or(|chosen| !posts.contains(&chosen))
    }

    /// The one who acts in the post that they chose; the others of their own step back.
    pub(super) fn acting(&self, open: &Open, doer: Doer) -> Result<Doer> {
        self.acting_among(&self.to_choose(open, &doer), doer)
    }

    /// The same among these posts.
    pub(super) fn acting_among(&self, posts: &[PostId], mut doer: Doer) -> Result<Doer> {
        if self.chose_none_of(posts) {
            return Err(Error::refused(MISSING));
        }
        doer.capacities.retain(|capacity| !posts.contains(&capacity.post) || self.chosen == Some(capacity.post));
        Ok(doer)
    }
}

/// The same as something to mend on a form.
pub(super) fn missing() -> FieldError {
    FieldError::new(FIELD, Message::new(MISSING))
}
