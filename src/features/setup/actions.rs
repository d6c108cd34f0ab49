//! What set-up does: opens its door once, keeps answers, and at the end puts everything into force in one transaction.
use chrono::TimeDelta;
use serde_json::json;

use super::linter::stands;
use super::model::{self, Answers, Followed, enough, twice};
use super::seats::{Seat, meant};
use super::store::{self, Someone, Titled};
use super::{Founder, NewOrganisation, door};
use crate::engines::regulations::actions::{Adoption, adopt};
use crate::engines::regulations::functions::{Fitness, fitness};
use crate::engines::regulations::{self, Regulations};
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::work::Work;
use crate::people::import::by_hand::{self, Faults, Typed};
use crate::people::roster::{NewDepartment, NewPost, add_department, appoint, appoint_by};
use crate::people::sign_ins::create_sign_in;

/// How long a token waits to be used.
const TOKEN: TimeDelta = TimeDelta::hours(24);

/// A new token for the console; none once the portal is in service. What is kept of it is a hash.
pub async fn issue_token(app: &App) -> Result<Option<String>> {
    let token = door::secret();
    let put = app
        .change(&Actor::portal(), async |work: &mut Work| {
            let now = work.now;
            if !store::put_token(work.conn(), &door::hash(&token), now + TOKEN, now).await? {
                return Ok(false);
            }
            work.record(Event::done("set_up.token_issued", "organisation", "set-up")).await?;
            Ok(true)
        })
        .await?;
    Ok(put.then_some(token))
}

/// Uses the token up and gives this browser the secret under which it comes again; none if it was not the token.
pub(super) async fn open(app: &App, actor: &Actor, token: &str) -> Result<Option<String>> {
    let secret = door::secret();
    let opened = app
        .change(actor, async |work: &mut Work| {
            let (now, until) = (work.now, work.now + TimeDelta::days(door::DAYS));
            let right = store::open(work.conn(), &door::hash(token.trim()), &door::hash(&secret), until, now).await?;
            let event = if right {
                Event::done("set_up.opened", "organisation", "set-up")
            } else {
                Event::denied("set_up.refused", "organisation", "set-up")
            };
            work.record(event).await?;
            Ok(right)
        })
        .await?;
    Ok(opened.then_some(secret))
}

/// Changes the answers; what two windows of one browser send comes one after the other.
pub(super) async fn answer(
    work: &mut Work,
    step: model::Step,
    change: impl FnOnce(&mut Answers) -> Result<()>,
) -> Result<()> {
    let row = store::lock(work.conn()).await?.filter(|row| row.finished_at.is_none()).ok_or(Error::NotFound)?;
    let mut answers: Answers = serde_json::from_value(row.answers).map_err(anyhow::Error::from)?;
    change(&mut answers)?;
    let value = serde_json::to_value(&answers).map_err(anyhow::Error::from)?;
    store::keep(work.conn(), &value).await?;
    let event = Event::done("set_up.answered", "organisation", "set-up").facts(json!({ "step": step.key() }));
    work.record(event).await.map(drop)
}

/// A department by hand.
pub(super) async fn department(
    work: &mut Work,
    (code, name, reading): (&str, &str, &str),
    parent: Option<DepartmentId>,
) -> Result<()> {
    let from = clock::local(work.now).date_naive();
    let new = NewDepartment { code, name, reading, parent, from };
    add_department(work, &new).await.map(drop).map_err(|error| taken(error, "setup-code-taken"))
}

/// A person by hand, with a main post; inside: what the rules of the list say against it.
pub(super) async fn person(work: &mut Work, typed: &Typed<'_>) -> Result<std::result::Result<(), Faults>> {
    let added = by_hand::add(work, typed).await.map_err(|error| taken(error, "setup-number-taken"))?;
    Ok(added.map(drop))
}

/// Takes a person out again, and whatever they were to hold.
pub(super) async fn take_out(work: &mut Work, person: PersonId) -> Result<()> {
    answer(work, model::Step::People, |answers| {
        answers.functions.retain(|function| function.person != person);
        Ok(())
    })
    .await?;
    by_hand::remove(work, person).await
}

/// A code or number that is there already, in words.
fn taken(error: Error, key: &'static str) -> Error {
    match &error {
        Error::Internal(cause) => {
            let found = cause.downcast_ref::<sqlx::Error>();
            let unique = found
                .and_then(sqlx::Error::as_database_error)
                .is_some_and(sqlx::error::DatabaseError::is_unique_violation);
            if unique { Error::refused(key) } else { error }
        }
        _ => error,
    }
}

/// Puts everything into force: organisation, regulations, values, functions, first sign-ins. The codes are shown once.
pub(super) async fn into_service(work: &mut Work) -> Result<Vec<(Someone, String)>> {
    let row = store::lock(work.conn()).await?.filter(|row| row.finished_at.is_none()).ok_or(Error::NotFound)?;
    let answers: Answers = serde_json::from_value(row.answers).map_err(anyhow::Error::from)?;
    let app = work.app().clone();
    let (regulations, founder) = (app.part::<Regulations>()?, app.part::<Founder>()?);
    let incomplete = || Error::refused("setup-incomplete");
    let (Some(organisation), Some(chosen), Some(filled)) =
        (&answers.organisation, &answers.regulation, answers.filled())
    else {
        return Err(incomplete());
    };
    // what the page says before, the action says again
    let texts = chosen.texts(regulations.library());
    let today = clock::local(work.now).date_naive();
    let begun = chosen.effective_on <= today;
    let people = holders(work, &answers).await?;
    let away: Vec<PersonId> = people.iter().filter(|someone| !someone.there(today)).map(|someone| someone.id).collect();
    let there = enough(&answers.without(&away), &texts) && !people.iter().any(|someone| someone.gone(today));
    let whole = texts.len() == chosen.editions().count() && twice(&texts).is_none();
    if !begun || !whole || !there {
        return Err(incomplete());
    }
    let new = NewOrganisation {
        name: organisation.name.clone(),
        help_line: organisation.help_line.clone(),
        regulation: chosen.key.clone(),
        approved_on: chosen.approved_on,
        effective_on: chosen.effective_on,
        approved_by: chosen.approved_by.clone(),
        filled: filled.get(&chosen.key).cloned().ok_or_else(incomplete)?,
    };
    (founder.found)(work, &new).await?;
    for Followed { key, approval } in &chosen.tracked {
        let approval = approval.as_ref().filter(|approval| approval.effective_on <= today).ok_or_else(incomplete)?;
        let adoption = Adoption {
            key,
            role: regulations::Role::Tracked,
            approved_on: approval.on,
            effective_on: approval.effective_on,
            approved_by: &approval.by,
            filled: filled.get(key).ok_or_else(incomplete)?,
        };
        adopt(work, regulations.library(), &adoption).await?;
    }
    let titled = store::titled(work.conn(), today).await?;
    for answer in &answers.functions {
        let seat = meant(&texts, answer).ok_or_else(incomplete)?;
        let someone = people.iter().find(|someone| someone.id == answer.person).ok_or_else(incomplete)?;
        if !give(work, &seat, (someone, answer.department), &titled).await? {
            return Err(incomplete());
        }
    }
    let owner = answers.functions.iter().find(|function| function.tier == Tier::Sysadmin).ok_or_else(incomplete)?;
    (founder.register_portal)(work, owner.department).await?;
    // a code is used up within a day: whoever is still to come gets theirs once they are there
    let there: Vec<Someone> = people.into_iter().filter(|someone| someone.there(today)).collect();
    let codes = sign_ins(work, &answers.persons(), there).await?;
    let now = work.now;
    store::finish(work.conn(), now).await?;
    let facts = json!({ "functions": answers.functions.len(), "sign_ins": codes.len() });
    work.record(Event::done("set_up.finished", "organisation", "set-up").facts(facts)).await?;
    Ok(codes)
}

async fn holders(work: &mut Work, answers: &Answers) -> Result<Vec<Someone>> {
    let ids: Vec<uuid::Uuid> = answers.persons().iter().map(|person| person.0).collect();
    Ok(store::people(work.conn(), &ids, None).await?)
}

/// From today on; whoever is still to come holds it from their first day. What the text ties to a post (充て職) rests on that post
/// and ends with it; false: they do not bear it.
async fn give(
    work: &mut Work,
    seat: &Seat<'_>,
    (someone, department): (&Someone, DepartmentId),
    titled: &[Titled],
) -> Result<bool> {
    let today = clock::local(work.now).date_naive();
    let (function, title) = match seat.function {
        Some(function) => (Some(function.key.as_str()), function.title.ja.as_str()),
        None => (None, someone.title.as_str()),
    };
    let bears =
        |post: &str| titled.iter().filter(|one| one.person == someone.id && one.is(post)).map(|one| one.from).min();
    let from = seat.post().and_then(bears).unwrap_or(someone.from).max(today);
    let post = NewPost { person: someone.id, department, tier: seat.tier, function, title, main: false, from };
    let fit = match seat.function {
        Some(function) => fitness(work.conn(), function, someone.id, from).await?,
        None => Fitness::Free,
    };
    match fit {
        Fitness::Free => appoint(work, &post).await?,
        // it comes with the post, and stands where that stands
        Fitness::ByPost(..) if !seat.post().is_some_and(|post| stands(titled, (someone.id, department), post)) => {
            return Ok(false);
        }
        Fitness::ByPost(base, last) => appoint_by(work, &post, base, last).await?,
        Fitness::Unfit => return Ok(false),
    };
    Ok(true)
}

async fn sign_ins(work: &mut Work, persons: &[PersonId], people: Vec<Someone>) -> Result<Vec<(Someone, String)>> {
    let mut codes = Vec::new();
    for someone in people.into_iter().filter(|someone| persons.contains(&someone.id)) {
        let code = create_sign_in(work, someone.id, &someone.number).await?;
        codes.push((someone, code.shown()));
    }
    Ok(codes)
}

/// What a refusal at the end says.
pub(super) fn incomplete() -> Message {
    Message::new("setup-incomplete")
}
