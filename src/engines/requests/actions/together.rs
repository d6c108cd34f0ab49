//! まとめて承認: several requests of little weight are approved at once. Each is its own decision in its own transaction, on the
//! content that was on the screen, and what has to be looked at by itself is refused here once more.
use super::deciding::{Reply, decide};
use super::{Hand, Open};
use crate::engines::requests::model::{ContentHash, Kind, StepAct, StepDef, Verdict};
use crate::engines::requests::store::lists;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::work::Work;

/// May several of this kind be approved at this step at once? Where the regulation's binding says so, and the step asks nothing
/// else than the answer.
#[must_use]
pub fn of_little_weight(kind: &Kind, step: &StepDef) -> bool {
    kind.bulk
        && matches!(step.act, StepAct::Decide | StepAct::Permit)
        && !step.each_line
        && step.result.fields().next().is_none()
}

/// Approves one of several.
pub async fn approve(work: &mut Work, hand: &Hand, number: &str, seen: ContentHash) -> Result<()> {
    let mut open = Open::lock(work, hand, number).await?;
    let doer = open.doer(work.conn(), &hand.viewer).await?;
    let open = &open;
    let facts = open.facts(&doer);
    let step = open.case.own_place(&facts).and_then(|place| open.case.steps.get(place));
    let def = step.and_then(|step| open.registered.kind.steps.iter().find(|def| def.key == step.key));
    if let Some(def) = def {
        let rights = open.round.content.rights();
        let by_rule = open.case.may_decide(&facts).is_ok_and(|standing| standing.by_rule.is_some());
        let guarded = !lists::privileged(work.conn(), &rights).await?.is_empty();
        if guarded || by_rule || !of_little_weight(&open.registered.kind, def) || hand.has_to_choose(open, &doer) {
            return Err(Error::Refused(Message::new("requests-refused-one-by-one")));
        }
    }
    // whose turn it is not, or who comes too late, hears it from the decision itself
    let verdict = Verdict::Approve { note: String::new() };
    let at = def.map(|def| def.key.clone());
    decide(work, hand, number, Reply { at, ..Reply::plain(seen, verdict) }).await.map(drop)
}
