//! 担当者の不在: when nobody can act any more where a request waits, it moves to the deputy, then up, and says why.
use super::moving::{call, event};
use super::{Open, kinds, today};
use crate::engines::requests::model::route::{Organisation, SeatId};
use crate::engines::requests::store::{self, Move, Request, people, record, turns};
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::audit::Recorded;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::work::Work;
use futures::future::BoxFuture;
use serde_json::json;

/// The events after which somebody may be missing from a seat.
pub const LEAVES_A_SEAT: [&str; 4] = ["stand_in.ended", "sign_in.stopped", "roster.persons_moved", "post.ended"];

/// A reaction to those events, in the same transaction.
pub fn seat_left<'a>(work: &'a mut Work, _: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { move_on(work).await.map(drop) })
}

/// The nightly look: posts and stand-ins end by themselves with their last day.
pub fn seats_of_today(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| move_on(work).await.map(drop)).await
    })
}

/// Moves every request that waits where nobody can act. Returns how many.
pub async fn move_on(work: &mut Work) -> Result<usize> {
    let day = today(work);
    let org = people::organisation(work.conn(), day, None).await?;
    let mut moved = 0;
    for seated in turns::seated(work.conn()).await? {
        if !is_thin(&org, &seated) {
            continue;
        }
        let Some(request) = store::find(work.conn(), &seated.number).await? else { continue };
        match move_one(work, request).await {
            Ok(done) => moved += usize::from(done),
            // a kind that the regulation no longer has stays where it is
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(moved)
}

/// Only where at most one person is left can the seat be empty for this request.
fn is_thin(org: &Organisation, seated: &turns::Seated) -> bool {
    let Some(tier) = Tier::from_key(&seated.tier) else { return false };
    let seat = org.seats.get(&SeatId { tier, department: seated.department.map(DepartmentId) });
    let parties = [seated.requester, seated.beneficiary];
    let free = |person: &PersonId| !parties.contains(&Some(person.0));
    seat.is_none_or(|seat| seat.holders.iter().filter(|person| free(person)).count() < 2)
}

async fn move_one(work: &mut Work, request: Request) -> Result<bool> {
    let kinds = kinds(work.app())?;
    let now = work.now;
    let open = Open::of(work.conn(), &kinds, request, now).await?;
    let nobody = PersonId(uuid::Uuid::nil());
    let doer = crate::engines::requests::model::Doer {
        account: nobody,
        person: nobody,
        capacities: Vec::new(),
        by_rule: Vec::new(),
    };
    let Some(after) = open.case.moved_on(&open.facts(&doer)) else { return Ok(false) };
    let Some(step) = after.step() else { return Ok(false) };
    record::open_step(work.conn(), open.request.request_id(), after.round, after.at, step, now).await?;
    let kind = &open.registered.kind;
    let waiting = super::moving::waiting(
        work,
        &after,
        &open.registered,
        &open.round.content,
        open.request.requester(),
        open.request.beneficiary(),
    )
    .await?;
    let save =
        Move { subject: &open.request.subject, beneficiary: open.request.beneficiary(), search: None, waiting, now };
    store::save(work.conn(), &open.request, &after, &save).await?;
    let facts = json!({
        "step": step.key, "to": step.seat.tier.key(), "department": step.seat.department.map(|department| department.0),
        "reason": step.moved.map(|moved| moved.reason.key()), "deputy": step.moved.is_some_and(|moved| moved.to_deputy),
    });
    work.record(event("request.moved", &open.request).facts(facts)).await?;
    call(work, &after, kind, &open.org, &open.request.number).await?;
    Ok(true)
}
