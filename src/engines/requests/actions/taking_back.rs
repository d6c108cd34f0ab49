//! 引戻し: whoever filed takes the request back to mend it, whoever decided their decision, until the next one has acted.
use super::deciding::act_as;
use super::moving::{event, mail, nothing_left, save_lines, settle, title};
use super::{Hand, Open, doer, still_holds};
use crate::engines::requests::model::machine::{Effect, apply};
use crate::engines::requests::model::{Action, Doer, Phase, Refusal};
use crate::engines::requests::store::deeds;
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use serde_json::json;

impl Open {
    /// May whoever filed it take it back to mend it? What took effect with its receipt is withdrawn instead.
    pub fn may_pull_back(&self, doer: &Doer) -> Result<(), Refusal> {
        self.case.may_pull_back(doer)?;
        if self.registered.effects.acts_on_receipt() { Err(Refusal::ActsOnReceipt) } else { Ok(()) }
    }
}

/// Takes a request back from those who were to decide on it; it keeps its number.
pub async fn pull_back(work: &mut Work, hand: &Hand, number: &str) -> Result<()> {
    let open = Open::lock(work, hand, number).await?;
    let doer = doer(work.conn(), &hand.viewer, &open.request.kind).await?;
    open.may_pull_back(&doer).map_err(|refusal| hand.refuse(refusal))?;
    let applied = apply(&open.case, &Action::PullBack, &open.facts(&doer));
    let (after, effects) = applied.map_err(|refusal| hand.refuse(refusal))?;
    work.record(event("request.pulled_back", &open.request)).await?;
    settle(work, Some(hand.viewer.person), &open, &after, &effects, open.request.beneficiary()).await?;
    nothing_left(work, &open, &after, ("request.pulled_back", "requests-mail-pulled-back")).await
}

/// Takes one's own last decision back: its step waits again, and the decision stays on the record with the row that ends it.
pub async fn take_back(work: &mut Work, hand: &Hand, number: &str) -> Result<()> {
    let mut open = Open::lock(work, hand, number).await?;
    let doer = open.doer(work.conn(), &hand.viewer).await?;
    let applied = apply(&open.case, &Action::TakeBack, &open.facts(&doer));
    let (after, effects) = applied.map_err(|refusal| hand.refuse(refusal))?;
    let now = work.now;
    for effect in &effects {
        let Effect::TookBack { of, step, line, standing } = effect else { continue };
        still_holds(work, hand, &standing.capacity).await?;
        act_as(work, standing);
        let key = open.case.steps.get(*step).map(|step| step.key.clone()).unwrap_or_default();
        let what = (*of, (*step, key.as_str()), *line);
        deeds::insert_taking_back(work.conn(), &open.request, what, hand.viewer.person, standing, now).await?;
        let facts = json!({ "step": key, "line": line, "round": open.case.round, "decision": of });
        work.record(event("request.taken_back", &open.request).facts(facts)).await?;
    }
    save_lines(work, &open, &after).await?;
    settle(work, Some(hand.viewer.person), &open, &after, &effects, open.request.beneficiary()).await?;
    // who was asked to mend it need not
    let asked = open.request.requester().filter(|_| open.case.phase == Phase::Returned);
    if let Some(person) = asked {
        let form = title(&open.registered.kind.title);
        mail(work, person, "request.taken_back", "requests-mail-taken-back", (number, &form)).await?;
    }
    Ok(())
}
