//! 引継ぎ: the night after a function's holder changed. The former one's rights ended at midnight by themselves; what waited
//! at the seat waits for the successor, and the register says what that was (katsuura 5).
use futures::future::BoxFuture;
use serde_json::json;

use super::{chart, store};
use crate::engines::regulations::Regulations;
use crate::engines::regulations::functions::{Role, roles};
use crate::engines::requests::store::turns;
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::{Event, Recorded};
use crate::kernel::clock::local;
use crate::kernel::database::Role as Database;
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use crate::people::posts::{self, Appointment, ROLE_ASSIGNMENT, Term};
use crate::people::store as people;

/// The nightly chore, as portal.rs lists it: handovers of yesterday's last days, and today's chart.
pub fn of_today(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Database::Worker, &Actor::portal(), async |work: &mut Work| {
            succeed(work).await?;
            hand_over(work).await?;
            chart::draw(work).await
        })
        .await
    })
}

/// A reaction: the personnel list brought other people into the posts on which functions rest.
pub fn taken_over<'a>(work: &'a mut Work, _recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let sight = work.sight().await?;
        work.see_all().await?;
        succeed(work).await?;
        hand_over(work).await?;
        work.see_as(&sight).await
    })
}

/// 充て職: where the text ties a function to a post, whoever holds that post now holds the function. Where several bear
/// its name, somebody has to say who is meant.
async fn succeed(work: &mut Work) -> Result<()> {
    let in_force = work.app().part::<Regulations>()?.in_force();
    let today = local(work.now).date_naive();
    for role in roles(work.conn(), &in_force, today).await? {
        let Some(name) = ex_officio(&role).filter(|_| role.is_unfilled(today)) else { continue };
        let bearers = posts::bearers(work.conn(), name, today).await?;
        let [(base, person)] = bearers.as_slice() else { continue };
        if role.terms.iter().any(|term| term.post.from > today) {
            // the office has entered from when on
            continue;
        }
        let Some(held) = people::find_post(work.conn(), *base).await? else { continue };
        let appointment = Appointment {
            person: *person,
            department: held.department,
            tier: role.function.tier,
            function: Some(role.function.key.clone()),
            title: role.function.title.ja.clone(),
            main: false,
            from: today,
            last: held.until.and_then(|until| until.pred_opt()),
            rests_on: Some(*base),
            reason: name.to_owned(),
        };
        if let Err((_, why)) = posts::give(work, &appointment).await? {
            // nobody appoints themselves: the function stays vacant, and red
            tracing::info!(function = role.function.key, why = %why.key, "a function waits for its appointment");
        }
    }
    Ok(())
}

/// The post on which the function rests, by the text that names its holders.
fn ex_officio<'a>(role: &Role<'a>) -> Option<&'a str> {
    role.named.follows.is_none().then_some(role.function.ex_officio.as_deref()).flatten()
}

async fn hand_over(work: &mut Work) -> Result<()> {
    let in_force = work.app().part::<Regulations>()?.in_force();
    let today = local(work.now).date_naive();
    let mut done = Vec::new();
    for role in roles(work.conn(), &in_force, today).await? {
        let over: Vec<&Term> =
            role.terms.iter().filter(|term| term.post.until.is_some_and(|until| until <= today)).collect();
        for former in over {
            // one post may fill several functions; it is handed over once
            if done.contains(&former.post.id) || store::is_handed_over(work.conn(), former.post.id).await? {
                continue;
            }
            done.push(former.post.id);
            one(work, &role, former, today).await?;
        }
    }
    Ok(())
}

async fn one(work: &mut Work, role: &Role<'_>, former: &Term, today: chrono::NaiveDate) -> Result<()> {
    let successor = role.holders(today).find(|term| term.post.department == former.post.department);
    let successor = successor.or_else(|| role.holders(today).next()).map(|term| term.post.clone());
    let seated = turns::seated(work.conn(), false).await?;
    let here = |seat: &turns::Seated| {
        seat.tier == former.post.tier.key()
            && seat.department.is_none_or(|department| department == former.post.department.0)
    };
    let numbers: Vec<String> = seated.into_iter().filter(here).map(|seat| seat.number).collect();
    let (post, now) = (&former.post, work.now);
    store::insert_handover(work.conn(), post.id, successor.as_ref().map(|next| next.id), today, &numbers, now).await?;
    let facts = json!({ "function": role.function.key, "successor": successor.as_ref().map(|next| next.id), "waiting": numbers });
    let event = Event::done("function.handed_over", "post", post.id).by(ROLE_ASSIGNMENT).within(post.department);
    let event = successor.iter().fold(event.about(post.person), |event, next| event.about(next.person));
    work.record(event.facts(facts)).await.map(drop)
}
