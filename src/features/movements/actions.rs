//! What happens to personnel changes: entered, found in the register of people, cancelled, answered by a request, carried out.
use futures::future::BoxFuture;
use serde_json::json;
use uuid::Uuid;

use super::model::{Entered, Facts, Kind, LINE, NewMovement, refusal};
use super::nightly::Day;
use super::store::{self, Movement};
use crate::kernel::audit::{Event, Recorded};
use crate::kernel::clock;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, uuid_at};
use crate::kernel::work::Work;
use crate::people::posts::{self, Appointment};
use crate::people::sign_ins::{disable_sign_in, resume_sign_in};
use crate::people::{keeping, roster, store as people};

/// Enters a personnel change, if the rules allow it.
pub async fn enter(work: &mut Work, new: &NewMovement) -> Result<Entered> {
    let today = clock::local(work.now).date_naive();
    let from = match people::department_of(work.conn(), new.person, today).await? {
        Some(department) => Some(department),
        // who is about to come has a place from the day on
        None => people::department_of(work.conn(), new.person, new.effective_on).await?,
    };
    let own = match work.actor.person() {
        Some(by) => roster::same_person(work.conn(), by, new.person).await?,
        None => false,
    };
    if let Some((field, words)) = refusal(new, &Facts { today, from, own }) {
        return Ok(Entered::Mend(field, words));
    }
    if new.to.as_ref().and_then(|to| to.tier).is_some_and(|tier| !LINE.contains(&tier)) {
        return Ok(Entered::Mend("to_tier", Message::new("movements-refused-tier")));
    }
    let joined = people::find_person(work.conn(), new.person).await?.map(|person| person.joined_on);
    if new.kind != Kind::Hire && joined.is_some_and(|joined| new.effective_on < joined) {
        return Ok(Entered::Mend("effective_on", Message::new("movements-refused-before-joining")));
    }
    if new.kind == Kind::Return && !store::away(work.conn(), new.person, new.effective_on).await? {
        return Ok(Entered::Mend("kind", Message::new("movements-refused-not-away")));
    }
    let from = from.ok_or(Error::NotFound)?;
    let Some(id) = put(work, new, from).await? else {
        return Ok(Entered::Mend("person", Message::new("movements-refused-known")));
    };
    // drafts are prepared at once; what the day itself does happens when it begins
    work.enqueue(&Day { on: today }).await?;
    work.enqueue(&Day { on: new.effective_on }).await?;
    if new.kind == Kind::Retirement {
        work.enqueue(&Day { on: new.effective_on.succ_opt().unwrap_or(new.effective_on) }).await?;
    }
    Ok(Entered::Done(id))
}

/// Writes it down; none where it is known already.
pub(super) async fn put(work: &mut Work, new: &NewMovement, from: DepartmentId) -> Result<Option<Uuid>> {
    let id = uuid_at(work.now);
    let by = (work.actor.person(), work.now);
    if !store::insert(work.conn(), id, new, from, by).await? {
        return Ok(None);
    }
    let facts = json!({
        "kind": new.kind.key(), "on": new.effective_on, "to": new.to.as_ref().map(|place| place.department),
        "source": new.source.key(),
    });
    let event = Event::done("movement.entered", "movement", id).about(new.person).within(from).facts(facts);
    work.record(event.by("personnel.movement")).await?;
    Ok(Some(id))
}

/// 取消 before its day, with a reason.
pub async fn cancel(work: &mut Work, id: Uuid, reason: &str) -> Result<()> {
    if !store::exists(work.conn(), id).await? {
        return Err(Error::NotFound);
    }
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 200 {
        return Err(Error::refused("movements-refused-reason"));
    }
    let (by, at) = (work.actor.person(), work.now);
    let person = store::cancel(work.conn(), id, by, reason, at).await?;
    let person = person.ok_or_else(|| Error::Conflict(Message::new("movements-refused-applied")))?;
    let event = Event::done("movement.cancelled", "movement", id).about(person);
    work.record(event.facts(json!({ "reason": reason }))).await.map(drop)
}

/// A request was filed: it answers the row that it names, or where its form asks for none, the open one of its person.
pub fn answered<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let Ok(request) = recorded.event.entity_id.parse::<Uuid>() else { return Ok(()) };
        // whoever files for a colleague need not see the change itself
        let sight = work.sight().await?;
        work.see_all().await?;
        let today = clock::local(work.now).date_naive();
        if let Some((movement, person)) = store::answered_by(work.conn(), request, today).await? {
            store::answer(work.conn(), movement, request).await?;
            let event = Event::done("movement.answered", "movement", movement).about(person).by("personnel.table");
            let event = match &recorded.event.number {
                Some(number) => event.numbered(number),
                None => event,
            };
            work.record(event).await?;
        }
        work.see_as(&sight).await
    })
}

/// The register of people was changed by a list: what it says of hiring, transfer and retirement is read from it.
pub fn register_changed<'a>(work: &'a mut Work, _: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let today = clock::local(work.now).date_naive();
        work.enqueue(&Day { on: today }).await.map(drop)
    })
}

/// Writes down the changes that the register of people tells and nobody entered, and those that accounts call for by
/// themselves. A last day that no longer stands there takes its row with it.
pub async fn gather(work: &mut Work) -> Result<()> {
    let (today, now) = (clock::local(work.now).date_naive(), work.now);
    for (id, person) in store::withdrawn(work.conn(), now).await? {
        let event = Event::done("movement.cancelled", "movement", id).about(person);
        work.record(event.facts(json!({ "source": "register" }))).await?;
    }
    for (new, from) in store::told(work.conn(), today).await? {
        put(work, &new, from).await?;
    }
    Ok(())
}

/// Carries out one whose day has come.
pub async fn carry_out(work: &mut Work, id: Uuid) -> Result<()> {
    let Some(movement) = store::hold_due(work.conn(), id).await? else { return Ok(()) };
    let selves = store::selves(work.conn(), movement.person).await?;
    match movement.kind {
        Kind::Transfer => transfer(work, &movement).await?,
        Kind::Retirement => {
            let today = clock::local(work.now).date_naive();
            for person in selves {
                if store::last_day(work.conn(), person).await? != Some(movement.effective_on) {
                    roster::set_last_day(work, person, movement.effective_on).await?;
                }
                keeping::leave_posts(work, person, movement.effective_on.max(today)).await?;
            }
        }
        Kind::Return => {
            for person in selves {
                resume_sign_in(work, person, "leave").await?;
            }
        }
        kind if kind.suspends() => {
            for person in selves {
                disable_sign_in(work, person, "leave").await?;
            }
        }
        _ => {}
    }
    let now = work.now;
    store::applied(work.conn(), movement.id, now).await?;
    let facts = json!({ "kind": movement.kind.key(), "on": movement.effective_on });
    let event = Event::done("movement.carried_out", "movement", movement.id).about(movement.person).facts(facts);
    work.record(event.within(movement.section).by("personnel.movement")).await.map(drop)
}

/// The main post ends with the day before, and one in the new section begins today; whoever is there already stays.
async fn transfer(work: &mut Work, movement: &Movement) -> Result<()> {
    let (Some(department), Some(tier)) = (movement.to, movement.tier()) else { return Ok(()) };
    let today = clock::local(work.now).date_naive();
    let main = people::posts_of(work.conn(), movement.person).await?.into_iter();
    let mut main = main.filter(|post| post.main && post.from <= today && post.until.is_none_or(|until| until > today));
    if let Some(post) = main.next() {
        if post.department == department && post.tier == tier || post.from == today {
            return Ok(());
        }
        posts::end_with_yesterday(work, post.id, "transfer").await?;
    }
    let appointment = Appointment {
        person: movement.person,
        department,
        tier,
        function: None,
        title: movement.to_title.clone(),
        main: true,
        from: today,
        last: None,
        rests_on: None,
        reason: "transfer".to_owned(),
    };
    posts::give(work, &appointment).await?.map(drop).map_err(|(_, message)| Error::Refused(message))
}

/// 退職: whose last day is over signs in no more, without anybody's approval. Nothing is cancelled by it.
pub async fn stop_leavers(work: &mut Work) -> Result<()> {
    let today = clock::local(work.now).date_naive();
    for person in store::leavers(work.conn(), today).await? {
        disable_sign_in(work, person, "retirement").await?;
    }
    Ok(())
}
