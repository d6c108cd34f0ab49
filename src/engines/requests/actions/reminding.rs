//! 催促: each night, whoever has not confirmed by the day what they were given or told is reminded, once a business day. That it
//! was done stands on the request.
use super::moving::{event, mail};
use super::today;
use crate::engines::requests::store::{self, turns};
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::clock::moment;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::work::Work;
use chrono::NaiveTime;
use futures::future::BoxFuture;
use serde_json::json;

/// The nightly chore, as portal.rs lists it.
pub fn receipts_due(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| remind(work).await.map(drop)).await
    })
}

/// Reminds those who are late. Returns how many.
pub async fn remind(work: &mut Work) -> Result<usize> {
    let day = today(work);
    if !turns::calendar(work.conn(), day).await?.is_business_day(day) {
        return Ok(0);
    }
    let late = turns::unconfirmed(work.conn(), day, moment(day.and_time(NaiveTime::MIN))).await?;
    let mut reminded = 0;
    for one in late {
        let Some(request) = store::find(work.conn(), &one.number).await? else { continue };
        mail(work, one.person, "request.reminded", "requests-mail-reminded", (&one.number, &one.title)).await?;
        work.record(event("request.reminded", &request).facts(json!({ "person": one.person }))).await?;
        reminded += 1;
    }
    Ok(reminded)
}
