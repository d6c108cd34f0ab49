//! 回覧: the list of the requests that somebody was told of, what is unread first; their bell does not have to hold them.
use super::{CIRCULATED, ViewRequests};
use crate::engines::requests::actions;
use crate::engines::requests::store::circulation::{self, Told};
use crate::engines::requests::views::circulated::{CirculatedPage, CirculatedRow};
use crate::engines::requests::views::lists::{Chip, PAGE, after};
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::web::extract::Query;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    view: String,
    after: String,
}

/// The view of what has been read.
const READ: &str = "read";

/// GET /requests/circulated
pub(super) async fn list(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let w = screen.w;
    let kinds = actions::kinds(&app)?;
    let mut read = app.read(&me).await?;
    let done = asked.view == READ;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = circulation::told(read.conn(), me.natural, done, after(&asked.after), limit).await?;
    let unread = circulation::unread(read.conn(), me.natural).await?;
    let shell = screen.shell(&app, &mut read, w.t("requests-circulated"), &[]).await?;
    let view = format!("{CIRCULATED}?view={READ}");
    let chip = |label: &str, href: &str, current, count| Chip {
        label: w.t(label).into_owned(),
        href: href.to_owned(),
        current,
        count,
        hot: false,
    };
    page(&CirculatedPage {
        chips: vec![
            chip("requests-circulated-unread", CIRCULATED, !done, Some(unread.unwrap_or_default())),
            chip("requests-circulated-read", &view, done, None),
        ],
        next: next(&found).map(|after| format!("{CIRCULATED}?{}after={after}", if done { "view=read&" } else { "" })),
        rows: found.iter().take(PAGE).map(|told| CirculatedRow::of(w, &kinds, &screen.dates, told)).collect(),
        empty: w.t(if done { "requests-circulated-none-read" } else { "requests-circulated-none-unread" }).into_owned(),
        shell,
    })
}

/// Where the next page begins, when there is one.
fn next(found: &[Told]) -> Option<String> {
    let last = found.get(PAGE - 1).filter(|_| found.len() > PAGE)?;
    Some(format!("{}_{}", last.told_at.timestamp_micros(), last.id))
}
