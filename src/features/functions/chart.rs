//! 体制図: drawn by itself whenever a holder comes, goes or is stood in for; each drawing is a version that stays.
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::store;
use crate::engines::regulations::functions::{self, roles};
use crate::engines::regulations::{Regulations, Role};
use crate::kernel::access::Tier;
use crate::kernel::audit::{Event, Recorded};
use crate::kernel::clock::local;
use crate::kernel::error::Result;
use crate::kernel::work::Work;

/// A box of the chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// the function's title when it was drawn
    pub ja: String,
    /// in English
    pub en: String,
    /// the regulation that names it, where it is followed besides
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// how far below the top
    pub level: u8,
    /// somebody should hold it
    pub required: bool,
    /// those who hold it
    pub holders: Vec<Holder>,
}

/// A name in a box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// 姓 名
    pub name: String,
    /// 部署
    pub department: String,
    /// 任命日
    pub from: chrono::NaiveDate,
    /// 代理
    pub stand_in: Option<String>,
    /// 休職等で不在 when it was drawn
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub away: bool,
}

impl Seat {
    /// Somebody should act in it and nobody does.
    #[must_use]
    pub fn is_vacant(&self) -> bool {
        self.required && self.holders.iter().all(|holder| holder.away && holder.stand_in.is_none())
    }
}

/// Where a tier stands in the chart.
const fn level(tier: Tier) -> u8 {
    match tier {
        Tier::Head => 0,
        Tier::Ciso => 1,
        Tier::Committee | Tier::Auditor => 2,
        Tier::Office => 3,
        Tier::Sysadmin | Tier::Manager => 4,
        Tier::Operator | Tier::Designer | Tier::Staff | Tier::Vendor => 5,
    }
}

/// The boxes of a day, from the top.
#[must_use]
pub fn seats(roles: &[functions::Role<'_>], on: chrono::NaiveDate) -> Vec<Seat> {
    let mut seats: Vec<Seat> = roles
        .iter()
        .map(|role| Seat {
            ja: role.function.title.ja.clone(),
            en: role.function.title.en.clone(),
            of: (role.named.of.role == Role::Tracked).then(|| role.named.of.entry().catalogue.title.clone()),
            level: level(role.function.tier),
            required: role.function.required,
            holders: role
                .holders(on)
                .map(|term| Holder {
                    name: term.post.person_name.clone(),
                    department: term.post.department_name.clone(),
                    from: term.post.from,
                    stand_in: term.stand_in.clone(),
                    away: term.away,
                })
                .collect(),
        })
        .collect();
    seats.sort_by_key(|seat| seat.level);
    seats
}

/// A reaction: somebody came, went or stands in.
pub fn redrawn<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        // plain posts are in no chart
        if recorded.event.facts.get("tier").and_then(|tier| tier.as_str()) == Some(Tier::Staff.key()) {
            return Ok(());
        }
        draw(work).await
    })
}

/// Draws today's chart, and keeps it if it differs from the newest.
pub async fn draw(work: &mut Work) -> Result<()> {
    let in_force = work.app().part::<Regulations>()?.in_force();
    if functions::named(&in_force).is_empty() {
        return Ok(());
    }
    let (today, now) = (local(work.now).date_naive(), work.now);
    store::wait_for_turn(work.conn()).await?;
    let roles = roles(work.conn(), &in_force, today).await?;
    let content = json!(seats(&roles, today));
    let newest = store::find_chart(work.conn(), None).await?;
    if newest.is_some_and(|version| version.content == content) {
        return Ok(());
    }
    // whoever approved a stand-in need not see everything, and yet the chart follows
    let sight = work.sight().await?;
    work.see_all().await?;
    let version = store::insert_chart(work.conn(), today, &content, now).await?;
    work.see_as(&sight).await?;
    work.record(Event::done("chart.drawn", "organisation", version).facts(json!({ "on": today }))).await.map(drop)
}
