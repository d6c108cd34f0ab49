//! 引き上げ承認: whoever decides at a later step takes the request there, with a reason; those who were passed over are told.
use super::deciding::{WORDS_MAX, no_longer_than};
use super::moving::{event, mail, settle, title};
use super::{Hand, Open, doer};
use crate::engines::requests::model::machine::{Case, apply};
use crate::engines::requests::model::{Action, ContentHash, Refusal};
use crate::engines::requests::store::rerouting::{self, Sent};
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;
use serde_json::json;
use std::collections::BTreeSet;

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
    tell_the_passed(work, &open, &after, by, "requests-mail-pulled-up").await
}

/// Whoever was asked to act and is asked no more hears that another one does.
pub(super) async fn tell_the_passed(
    work: &mut Work,
    open: &Open,
    after: &Case,
    by: PersonId,
    key: &'static str,
) -> Result<()> {
    let asked = |case: &Case| {
        let steps = case.open_steps().filter_map(|place| case.steps.get(place));
        steps.flat_map(|step| case.able(step, &open.registered.kind.joins, &open.org)).collect::<BTreeSet<PersonId>>()
    };
    let form = title(&open.registered.kind.title);
    for person in asked(&open.case).difference(&asked(after)).filter(|person| **person != by) {
        mail(work, *person, "request.passed_on", key, (&open.request.number, &form)).await?;
    }
    Ok(())
}
