//! 引き上げ承認: whoever decides at a later step takes the request there, with a reason; those who were passed over are told.
use super::deciding::{WORDS_MAX, no_longer_than};
use super::moving::{event, nothing_left, settle};
use super::{Hand, Open, doer};
use crate::engines::requests::model::machine::apply;
use crate::engines::requests::model::{Action, ContentHash, Refusal};
use crate::engines::requests::store::rerouting::{self, Sent};
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use serde_json::json;

/// Takes it there. Nothing is decided by it yet.
pub async fn pull_up(work: &mut Work, hand: &Hand, number: &str, seen: ContentHash, reason: &str) -> Result<()> {
    let open = Open::lock(work, hand, number).await?;
    if seen != open.case.content {
        return Err(hand.refuse(Refusal::ContentChanged));
    }
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(hand.refuse(Refusal::ReasonMissing));
    }
    no_longer_than(reason, WORDS_MAX)?;
    let doer = doer(work.conn(), &hand.viewer, &open.request.kind).await?;
    let applied = apply(&open.case, &Action::PullUp, &open.facts(&doer));
    let (after, effects) = applied.map_err(|refusal| hand.refuse(refusal))?;
    let (Some(from), Some(to)) = (open.case.step(), after.step()) else {
        return Err(hand.refuse(Refusal::NotPulledUp));
    };
    let (now, id, by) = (work.now, open.request.request_id(), hand.viewer.person);
    let sent = Sent { act: "pulled_up", from: from.seat, to: to.seat };
    rerouting::insert(work.conn(), id, (open.case.round, &from.key), sent, (by, reason), now).await?;
    let facts = json!({ "from": from.key, "to": to.key, "tier": to.seat.tier.key(), "reason": reason });
    work.record(event("request.pulled_up", &open.request).facts(facts)).await?;
    settle(work, Some(by), &open, &after, &effects, open.request.beneficiary()).await?;
    nothing_left(work, &open, &after, ("request.passed_on", "requests-mail-pulled-up")).await
}
