//! 代決: what waits for one who is away is offered to whom the organisation's rule names. Whoever is offered a request is told once, when
//! it comes there, when an absence is entered, or in the night after its days are over.
use super::moving::{event, mail};
use super::today;
use crate::engines::requests::model::acting::{ByRule, RuleUsed};
use crate::engines::requests::model::route::Capacity;
use crate::engines::requests::store::acting::{self as stored, Named, Offer};
use crate::engines::requests::store::{self, turns};
use crate::kernel::access::{Actor, Viewer};
use crate::kernel::app::App;
use crate::kernel::audit::Recorded;
use crate::kernel::calendar::Calendar;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;
use chrono::NaiveDate;
use futures::future::BoxFuture;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// The events after which something may be offered that was not before.
pub const OPENS_OFFERS: [&str; 3] = ["absence.entered", "acting_rule.entered", "stand_in.ended"];

/// A reaction to those events, in the same transaction.
pub fn offers_opened<'a>(work: &'a mut Work, _: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { offer(work, None).await.map(drop) })
}

/// The nightly look: days of waiting pass, absences and rules begin.
pub fn offers_of_today(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| offer(work, None).await.map(drop)).await
    })
}

/// Has it waited longer than so many business days?
fn past(calendar: &Calendar, since: NaiveDate, after_days: Option<i32>, today: NaiveDate) -> bool {
    let days = after_days.and_then(|days| u32::try_from(days).ok());
    days.is_some_and(|days| calendar.add_business_days(since, days) < today)
}

/// What a rule lets this person decide for somebody else on this request.
pub(super) async fn by_rule(
    conn: &mut PgConnection,
    request: Uuid,
    viewer: &Viewer,
    today: NaiveDate,
) -> Result<Vec<ByRule>> {
    let named = stored::named(conn, request, viewer.person, today).await?;
    let Some(first) = named.iter().map(|one| one.since).min() else { return Ok(Vec::new()) };
    let calendar = turns::calendar(conn, first).await?;
    Ok(named.iter().map(|one| lets(&calendar, one, today)).collect())
}

fn lets(calendar: &Calendar, named: &Named, today: NaiveDate) -> ByRule {
    ByRule {
        rule: named.rule,
        capacity: Capacity {
            post: named.post,
            tier: named.tier,
            department: named.department,
            function: None,
            acting_for: Some(named.holder),
            // the rule is that of a tier: what is one person's alone is not decided by it
            main_of: None,
            naming: false,
            named_for: Vec::new(),
        },
        reserved: named.reserved,
        stood_in: named.stood_in,
        away: named.when_absent && named.away,
        waited: past(calendar, named.since, named.after_days, today),
        in_turn: named.in_turn,
        back_on: named.back_on,
        review_days: named.review_days.unsigned_abs(),
    }
}

/// Until when the absent one reads it: so many business days from the decision, or from their return.
pub(super) async fn review_due(work: &mut Work, used: &RuleUsed) -> Result<NaiveDate> {
    let today = today(work);
    let from = used.back_on.map_or(today, |back| back.max(today));
    Ok(turns::calendar(work.conn(), today).await?.add_business_days(from, used.review_days))
}

/// Only what the calendar, too, says is due.
async fn counted(conn: &mut PgConnection, offers: Vec<Offer>, today: NaiveDate) -> Result<Vec<Offer>> {
    let Some(first) = offers.iter().map(|offer| offer.since).min() else { return Ok(offers) };
    let calendar = turns::calendar(conn, first).await?;
    let holds = |offer: &Offer| offer.absent || past(&calendar, offer.since, offer.after_days, today);
    Ok(offers.into_iter().filter(holds).collect())
}

/// The requests that are offered to this person today.
pub async fn offered_to(conn: &mut PgConnection, viewer: &Viewer, today: NaiveDate) -> Result<Vec<Offer>> {
    if !stored::any_rule(conn, today).await? {
        return Ok(Vec::new());
    }
    let offers = stored::offers(conn, today, Some(viewer.person), None, false).await?;
    counted(conn, offers, today).await
}

/// Tells those to whom something is offered that they were not told of: of one request, or of all. Returns how many.
pub async fn offer(work: &mut Work, number: Option<&str>) -> Result<usize> {
    let day = today(work);
    if !stored::any_rule(work.conn(), day).await? {
        return Ok(0);
    }
    // who files or enters an absence sees less than the rule reaches
    let sight = work.sight().await?;
    work.see_all().await?;
    let offers = stored::offers(work.conn(), day, None, number, true).await?;
    let offers = counted(work.conn(), offers, day).await?;
    for one in &offers {
        tell(work, one).await?;
    }
    work.see_as(&sight).await?;
    Ok(offers.len())
}

async fn tell(work: &mut Work, offer: &Offer) -> Result<()> {
    let Some(request) = store::find(work.conn(), &offer.number).await? else { return Ok(()) };
    let why = if offer.absent { "absent" } else { "waited" };
    let facts = json!({
        "step": offer.step, "round": offer.round, "rule": offer.rule, "person": offer.person, "holder": offer.holder, "why": why,
    });
    work.record(event("request.offered", &request).facts(facts).about(offer.person)).await?;
    mail(work, offer.person, "request.offered", "requests-mail-offered", (&offer.number, &offer.title)).await
}

/// The absent one hears what was decided in their place.
pub(super) async fn tell_absent(work: &mut Work, absent: PersonId, request: (&str, &str)) -> Result<()> {
    mail(work, absent, "request.to_review", "requests-mail-to-review", request).await
}
