//! 担当替え: the office sends what waits at one seat to another, with a reason; everybody who had it and everybody who gets it is told.
use super::deciding::{WORDS_MAX, no_longer_than};
use super::moving::{event, nothing_left, settle};
use super::{Hand, Open, doer};
use crate::engines::requests::model::{ContentHash, Refusal};
use crate::engines::requests::store::rerouting::{self, Sent};
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use serde_json::json;

/// Where the step that was looked at is sent: its key, what was seen, the seat by its key, and why.
pub struct Wish<'a> {
    pub at: Option<&'a str>,
    pub seen: ContentHash,
    pub to: &'a str,
    pub reason: &'a str,
}

/// Sends it there.
pub async fn reroute(work: &mut Work, hand: &Hand, number: &str, wish: &Wish<'_>) -> Result<()> {
    let mut open = Open::lock(work, hand, number).await?;
    open.look_at(wish.at);
    if wish.seen != open.case.content {
        return Err(hand.refuse(Refusal::ContentChanged));
    }
    let reason = wish.reason.trim();
    if reason.is_empty() {
        return Err(hand.refuse(Refusal::ReasonMissing));
    }
    no_longer_than(reason, WORDS_MAX)?;
    let doer = doer(work.conn(), &hand.viewer, &open.request.kind).await?;
    let facts = open.facts(&doer);
    let seats = open.case.other_seats(&facts);
    let to = seats.into_iter().map(|(seat, _)| seat).find(|seat| seat.key() == wish.to);
    let to = to.ok_or_else(|| hand.refuse(Refusal::NoSuchSeat))?;
    let (after, effects) = open.case.rerouted(to, &facts).map_err(|refusal| hand.refuse(refusal))?;
    let Some(step) = open.case.step().cloned() else { return Err(hand.refuse(Refusal::NoSuchSeat)) };
    let (now, id) = (work.now, open.request.request_id());
    let (sent, by) = (Sent { act: "rerouted", from: step.seat, to }, hand.viewer.person);
    rerouting::insert(work.conn(), id, (open.case.round, &step.key), sent, (by, reason), now).await?;
    let facts = json!({
        "step": step.key, "from": step.seat.tier.key(), "to": to.tier.key(),
        "department": to.department.map(|department| department.0), "reason": reason,
    });
    work.record(event("request.rerouted", &open.request).facts(facts)).await?;
    settle(work, Some(by), &open, &after, &effects, open.request.beneficiary()).await?;
    nothing_left(work, &open, &after, ("request.passed_on", "requests-mail-rerouted")).await
}
