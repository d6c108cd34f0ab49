//! 担当者の不在: when nobody can act any more where a request waits, it moves to the deputy, then up, and says why; when its holder
//! is back before anybody has acted, it goes back to them.
use super::moving::{event, settle, with_holder_again};
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
/// Those after which somebody may sit there again.
pub const COMES_BACK: [&str; 2] = ["sign_in.resumed", "sign_in.opened"];

/// A reaction to those events, in the same transaction.
pub fn seat_left<'a>(work: &'a mut Work, _: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { move_on(work, Which::All).await.map(drop) })
}

/// The same where somebody is back.
pub fn seat_taken<'a>(work: &'a mut Work, _: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { move_on(work, Which::MovedAway).await.map(drop) })
}

/// The nightly look: posts and stand-ins end by themselves with their last day.
pub fn seats_of_today(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| move_on(work, Which::All).await.map(drop))
            .await
    })
}

/// Which of the requests that wait are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    /// Those that moved because their holder was away; the others are held for nobody meanwhile.
    MovedAway,
}

/// Moves every request that waits where nobody can act, or whose holder is back. Returns how many.
async fn move_on(work: &mut Work, which: Which) -> Result<usize> {
    let all = turns::seated(work.conn(), which == Which::MovedAway).await?;
    if all.is_empty() {
        return Ok(0);
    }
    let day = today(work);
    let org = people::organisation(work.conn(), day, None).await?;
    let mut moved = 0;
    for seated in all {
        if !seated.moved_away && !is_thin(&org, &seated) {
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
    for effect in &effects {
        if let Effect::GivenBack { step } = effect {
            let step = after.steps.get(*step).map(|step| step.key.as_str());
            work.record(event("request.given_back", &open.request).facts(json!({ "step": step }))).await?;
            with_holder_again(work, &open, &after, step).await?;
        }
    }
    Ok(true)
}
