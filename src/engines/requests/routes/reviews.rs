//! 後閲: the list of what was decided in one's absence, and the word that one has read it.
use super::acts::words;
use super::page::again;
use super::{ViewRequests, hand, noted};
use crate::engines::requests::actions::{self, reviewing};
use crate::engines::requests::store::acting::{Which, owed_reading, to_review};
use crate::engines::requests::views::acting::{ReviewRow, ReviewsPage};
use crate::engines::requests::views::lists::Chip;
use crate::engines::requests::views::tried::{Spot, Tried};
use crate::kernel::access::{Permission, Reach, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::{Message, Result};
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted, Query};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::Tone;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;

/// Where the list lies.
pub const HOME: &str = "/requests/reviews";
/// That of those who watch over what is late.
pub const LATE: &str = "/requests/reviews?view=late";
/// The most that a page shows.
const MOST: i64 = 100;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    view: String,
}

/// Does this person see what others have not read in time?
fn watches(viewer: &Viewer) -> bool {
    viewer.reach(Permission::RequestsView) == Reach::Organisation
}

/// How many decisions this person still owes to read; `None` where it concerns them not at all.
pub(super) async fn owed(conn: &mut PgConnection, viewer: &Viewer, today: NaiveDate) -> Result<Option<u64>> {
    if !viewer.may(Permission::RequestsView) {
        return Ok(None);
    }
    let own = viewer.posts.iter().filter(|post| post.acting_for.is_none());
    let tiers: Vec<String> = own.map(|post| post.tier.key().to_owned()).collect();
    let owed = owed_reading(conn, today, viewer.natural, (&tiers, watches(viewer))).await?;
    Ok(owed.map(i64::unsigned_abs))
}

/// GET /requests/reviews
pub(super) async fn list(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let w = screen.w;
    let hand = hand(&app, &me, &screen)?;
    let watches = watches(&me);
    let late = watches && asked.view == "late";
    let today = screen.dates.today;
    let which = match late {
        true => Which { unread: true, due_before: Some(today), ..Which::default() },
        false => Which { absent: Some(me.natural), ..Which::default() },
    };
    let mut read = app.read(&me).await?;
    let found = to_review(read.conn(), today, which, MOST).await?;
    let kinds = actions::kinds(&app)?;
    let rows = found.iter().map(|one| ReviewRow::of(&hand, &kinds, &screen.dates, one)).collect();
    let shell = screen.shell(&app, &mut read, w.t("requests-reviews"), &[]).await?;
    let shell = shell.module("form");
    let chip = |label: &str, href: &str, current| Chip {
        label: w.t(label).into_owned(),
        href: href.to_owned(),
        current,
        count: None,
        hot: false,
    };
    let mut chips = Vec::new();
    if watches {
        chips.push(chip("requests-reviews-own", HOME, !late));
        chips.push(chip("requests-reviews-late", LATE, late));
    }
    page(&ReviewsPage { shell, chips, rows, own: !late })
}

/// POST /requests/{number}/review
pub(super) async fn review(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&["remark"])?;
    let hand = hand(&app, &me, &screen)?;
    let remark = words(&posted.input, "remark");
    let done =
        app.change(&me.actor(), async |work: &mut Work| reviewing::review(work, &hand, &number, &remark).await).await;
    match noted(&app, &me.0, &number, done).await {
        Ok(()) => {
            let said = Message::new("requests-reviewed").with("number", &number);
            Ok(screen.go(&app, HOME, Some((Tone::Good, said))))
        }
        Err(error) => again(&app, &me, &screen, &number, Tried::new(Spot::Button, ""), error).await,
    }
}
