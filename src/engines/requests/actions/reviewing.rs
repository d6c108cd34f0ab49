//! 後閲: whoever was away reads what was decided in their place, and says so. It changes nothing of the decision. What is not read in
//! time is reminded each business day.
use super::deciding::{WORDS_MAX, no_longer_than};
use super::moving::{event, mail};
use super::{Hand, in_sight, today};
use crate::engines::requests::store;
use crate::engines::requests::store::acting::{Which, insert_review, to_review};
use crate::engines::requests::store::turns;
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::clock::moment;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::notices;
use crate::kernel::work::Work;
use chrono::NaiveTime;
use futures::future::BoxFuture;
use serde_json::json;
use std::collections::BTreeSet;

/// More than anybody owes at once.
const MOST: i64 = 500;

/// Reads what was decided on this request in one's own place.
pub async fn review(work: &mut Work, hand: &Hand, number: &str, remark: &str) -> Result<()> {
    let remark = remark.trim();
    no_longer_than(remark, WORDS_MAX)?;
    let request = store::lock(work.conn(), number).await?;
    if !in_sight(&hand.viewer, &request) {
        return Err(Error::NotFound);
    }
    let (day, now) = (today(work), work.now);
    let which =
        Which { absent: Some(hand.viewer.natural), request: Some(request.id), unread: true, ..Which::default() };
    let owed = to_review(work.conn(), day, which, MOST).await?;
    if owed.is_empty() {
        return Err(Error::Conflict(Message::new("requests-refused-nothing-to-review")));
    }
    for one in &owed {
        insert_review(work.conn(), one.decision, hand.viewer.person, remark, now).await?;
        let facts = json!({ "decision": one.decision, "step": one.step_key, "remark": remark });
        work.record(event("request.reviewed", &request).facts(facts)).await?;
    }
    notices::settle(work.conn(), &["request.to_review", "request.review_reminded"], number, now).await?;
    for decider in owed.iter().map(|one| one.decider_id).collect::<BTreeSet<_>>() {
        mail(work, decider, "request.reviewed", "requests-mail-reviewed", (number, &request.title)).await?;
    }
    Ok(())
}

/// The nightly chore, as portal.rs lists it.
pub fn reviews_due(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| remind(work).await.map(drop)).await
    })
}

/// Reminds those who have not read in time. Returns how many.
pub async fn remind(work: &mut Work) -> Result<usize> {
    let day = today(work);
    if !turns::calendar(work.conn(), day).await?.is_business_day(day) {
        return Ok(0);
    }
    let which = Which {
        unread: true,
        due_before: Some(day),
        quiet_since: Some(moment(day.and_time(NaiveTime::MIN))),
        ..Which::default()
    };
    let late = to_review(work.conn(), day, which, MOST).await?;
    for one in &late {
        let Some(request) = store::find(work.conn(), &one.number).await? else { continue };
        mail(work, one.absent_id, "request.review_reminded", "requests-mail-review-late", (&one.number, &one.title))
            .await?;
        let facts = json!({ "decision": one.decision, "person": one.absent_id });
        work.record(event("request.review_reminded", &request).facts(facts)).await?;
    }
    Ok(late.len())
}
