//! 担当者の不在: when nobody can act any more where a request waits, it moves to the deputy, then up, and says why.
use super::moving::{event, settle};
use super::{Open, today};
use crate::engines::requests::model::Effect;
use crate::engines::requests::model::route::{Organisation, SeatId};
use crate::engines::requests::store::{self, Request, people, turns};
use crate::kernel::access::{Actor, FunctionKey, Tier};
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

/// Only where at most one person is left can the seat be empty for this request; where several answer, each counts.
fn is_thin(org: &Organisation, seated: &turns::Seated) -> bool {
    if seated.several {
        return true;
    }
    let Some(tier) = Tier::from_key(&seated.tier) else { return false };
    let function = seated.function.as_deref().and_then(FunctionKey::new);
    let seat = SeatId { function, ..SeatId::of(tier, seated.department.map(DepartmentId)) };
    let seat = org.seats.get(&seat);
    let parties = [seated.requester, seated.beneficiary];
    let free = |person: &PersonId| !parties.contains(&Some(person.0));
    seat.is_none_or(|seat| seat.holders.iter().filter(|person| free(person)).count() < 2)
}

async fn move_one(work: &mut Work, request: Request) -> Result<bool> {
    let (app, now) = (work.app().clone(), work.now);
    let open = Open::of(&app, work.conn(), request, now).await?;
    let nobody = PersonId(uuid::Uuid::nil());
    let doer = crate::engines::requests::model::Doer {
        account: nobody,
        person: nobody,
        capacities: Vec::new(),
        by_rule: Vec::new(),
    };
    let Some((after, effects)) = open.case.moved_on(&open.facts(&doer)) else { return Ok(false) };
    for effect in &effects {
        let Effect::Arrived { step } = effect else { continue };
        let Some(step) = after.steps.get(*step).filter(|step| !open.case.steps.contains(step)) else { continue };
        let facts = json!({
            "step": step.key, "to": step.seat.tier.key(), "department": step.seat.department.map(|department| department.0),
            "reason": step.moved.map(|moved| moved.reason.key()), "deputy": step.moved.is_some_and(|moved| moved.to_deputy),
            "needed": step.needed,
        });
        work.record(event("request.moved", &open.request).facts(facts)).await?;
    }
    settle(work, None, &open, &after, &effects, open.request.beneficiary()).await?;
    Ok(true)
}
