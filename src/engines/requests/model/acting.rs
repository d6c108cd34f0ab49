//! 代決: whom the organisation's rule names for the decision of one who is away, and when their time has come. Only decisions are
//! taken so (`decide`): work, permissions and opinions wait for those whom the regulation asks.
use super::kind::StepAct;
use super::machine::Standing;
use super::refusal::Refusal;
use super::route::{Capacity, Doer, Step};
use crate::kernel::ids::PersonId;
use crate::people::acting::ActingRuleId;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// That a rule of the day names somebody for the decision for which a request waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByRule {
    pub rule: ActingRuleId,
    /// The post of the one who is away, held for them.
    pub capacity: Capacity,
    /// The rule, or the portal itself, leaves this request to the decider.
    pub reserved: bool,
    /// Somebody stands in by appointment.
    pub stood_in: bool,
    /// All who could decide are entered as absent, and the rule asks for no more.
    pub away: bool,
    /// It has waited longer than the rule's business days.
    pub waited: bool,
    /// Of several whom the rule names, they are the first who is there.
    pub in_turn: bool,
    /// The last day of the absence, where one was entered.
    pub back_on: Option<NaiveDate>,
    pub review_days: u32,
}

impl ByRule {
    /// Why it is not yet, or not at all, theirs to decide.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self { reserved: true, .. } => Some(Refusal::ReservedToDecider),
            Self { stood_in: true, .. } => Some(Refusal::SomebodyStandsIn),
            Self { away: false, waited: false, .. } => Some(Refusal::NotYetByRule),
            Self { in_turn: false, .. } => Some(Refusal::NotInTurn),
            _ => None,
        }
    }
}

/// The rule by which somebody decided, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleUsed {
    pub rule: ActingRuleId,
    /// Business days for 後閲, counted from the return of the absent one.
    pub review_days: u32,
    pub back_on: Option<NaiveDate>,
}

/// The capacity that a rule gives at a step: for one who may decide it themselves, and never for one who may not.
pub(super) fn stand(step: &Step, doer: &Doer, kept_out: &BTreeSet<PersonId>) -> Option<Result<Standing, Refusal>> {
    if step.act != StepAct::Decide {
        return None;
    }
    let free = |one: &&ByRule| one.capacity.acting_for.is_some_and(|absent| !kept_out.contains(&absent));
    let mut named = doer.by_rule.iter().filter(|one| one.capacity.sits_at(step.seat)).filter(free);
    let first = named.clone().next()?;
    let ready = named.find(|one| one.refusal().is_none()).unwrap_or(first);
    Some(match ready.refusal() {
        Some(refusal) => Err(refusal),
        None => Ok(Standing {
            capacity: ready.capacity.clone(),
            acting_for: ready.capacity.acting_for,
            deputy: true,
            joined: false,
            by_rule: Some(RuleUsed { rule: ready.rule, review_days: ready.review_days, back_on: ready.back_on }),
        }),
    })
}
