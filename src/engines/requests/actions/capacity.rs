//! 資格: in which of their posts somebody acts on a request, where the regulation wants it said with each act
//! (`capacity_each_act`). Elsewhere the portal takes the main post among those that sit at the step.
use super::{Hand, Open};
use crate::engines::requests::model::route::Doer;
use crate::engines::requests::model::{FieldError, Message};
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
        let Some(step) = open.case.step().filter(|step| self.chooses() && !step.applicant) else { return Vec::new() };
        let own = doer.capacities.iter().filter(|capacity| capacity.acting_for.is_none() && step.seats_one(capacity));
        let own: Vec<PostId> = own.map(|capacity| capacity.post).collect();
        if own.len() > 1 { own } else { Vec::new() }
    }

    /// Is it still to be said in which post they act?
    #[must_use]
    pub fn has_to_choose(&self, open: &Open, doer: &Doer) -> bool {
        let posts = self.to_choose(open, doer);
        !posts.is_empty() && self.chosen.is_none_or(|chosen| !posts.contains(&chosen))
    }

    /// The one who acts in the post that they chose; the others of their own step back.
    pub(super) fn acting(&self, open: &Open, mut doer: Doer) -> Result<Doer> {
        if self.has_to_choose(open, &doer) {
            return Err(Error::refused(MISSING));
        }
        let posts = self.to_choose(open, &doer);
        doer.capacities.retain(|capacity| !posts.contains(&capacity.post) || self.chosen == Some(capacity.post));
        Ok(doer)
    }
}

/// The same as something to mend on a form.
pub(super) fn missing() -> FieldError {
    FieldError::new(FIELD, Message::new(MISSING))
}
