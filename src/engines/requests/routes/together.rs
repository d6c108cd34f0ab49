//! まとめて承認: the page that names what was chosen once more, and the approval of each.
use super::page::spoken;
use super::{DecideRequests, hand, lists};
use crate::engines::requests::actions::{self, together};
use crate::engines::requests::model::ContentHash;
use crate::engines::requests::store::lists as stored;
use crate::engines::requests::views::lists::{Left, PAGE, TogetherDone, TogetherPage};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::work::Work;
use crate::web::extract::Posted;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::Tone;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::HashMap;

/// What the pages send.
const SENT: [&str; 3] = ["_step", "chosen", "read"];

/// The numbers that were chosen, each with the fingerprint of what was on the screen.
fn chosen(posted: &Posted) -> Result<Vec<(String, ContentHash)>> {
    let one = |value: &str| -> Option<(String, ContentHash)> {
        let (number, hash) = value.split_once(' ')?;
        Some((number.to_owned(), hash.parse().ok()?))
    };
    let all: Option<Vec<_>> = posted.input.all("chosen").map(one).collect();
    all.filter(|all| all.len() <= PAGE).ok_or(Error::Forged("no such choice"))
}

/// POST /requests/inbox/approval: first what was chosen is named, then it is approved.
pub(super) async fn approve(
    State(app): State<App>,
    me: Can<DecideRequests>,
    screen: Screen,
    posted: Posted,
) -> Result<Response> {
    posted.only(&SENT)?;
    let chosen = chosen(&posted)?;
    if chosen.is_empty() {
        let words = Message::new("requests-together-none");
        return Ok(screen.go(&app, "/requests/inbox", Some((Tone::Warn, words))));
    }
    let read = posted.input.get("read") == Some("yes");
    if posted.input.get("_step") == Some("send") && read {
        return send(&app, &me, &screen, &chosen).await;
    }
    let fault =
        (posted.input.get("_step") == Some("send")).then(|| screen.w.n("requests-together-read-first", chosen.len()));
    ask(&app, &me, &screen, &chosen, fault.map(std::borrow::Cow::into_owned)).await
}

/// Names what was chosen; what has changed since, or has to be looked at by itself, is left out and says why.
async fn ask(
    app: &App,
    me: &Can<DecideRequests>,
    screen: &Screen,
    chosen: &[(String, ContentHash)],
    fault: Option<String>,
) -> Result<Response> {
    let hand = hand(app, me, screen)?;
    let kinds = actions::kinds(app)?;
    let numbers: Vec<String> = chosen.iter().map(|(number, _)| number.clone()).collect();
    let mut read = app.read(me).await?;
    let items = stored::numbered(read.conn(), &numbers, i64::try_from(PAGE).unwrap_or(50)).await?;
    let rows = lists::page_rows(&mut read, &hand, &kinds, screen, &items).await?;
    let seen: HashMap<&str, &ContentHash> = chosen.iter().map(|(number, hash)| (number.as_str(), hash)).collect();
    let (mut kept, mut left) = (Vec::new(), Vec::new());
    for row in rows {
        let sent = seen.get(row.number.as_str()).map(|hash| format!("{} {hash}", row.number));
        let why = match &row.together {
            None => Some("requests-refused-one-by-one"),
            Some(now) if Some(now) != sent.as_ref() => Some("requests-refused-content-changed"),
            Some(_) => None,
        };
        match (why, sent) {
            (None, Some(sent)) => kept.push((sent, row)),
            (why, _) => left.push(Left {
                why: screen.w.t(why.unwrap_or("requests-refused-one-by-one")).into_owned(),
                number: row.number,
                subject: row.subject,
            }),
        }
    }
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, screen.w.t("requests-together"), &[]).await?;
    let shell = shell.under("/requests/inbox").crumb("/requests/inbox", screen.w.t("nav-inbox"));
    let shell = shell.crumb_here(screen.w.t("requests-together"));
    page_with(status, &TogetherPage { shell, chosen: kept, left, fault })
}

/// Approves each for itself: what one of them stands in the way of does not stop the others.
async fn send(
    app: &App,
    me: &Can<DecideRequests>,
    screen: &Screen,
    chosen: &[(String, ContentHash)],
) -> Result<Response> {
    let hand = hand(app, me, screen)?;
    let mut done = Vec::new();
    let mut failed: HashMap<String, String> = HashMap::new();
    for (number, seen) in chosen {
        let approve = async |work: &mut Work| together::approve(work, &hand, number, *seen).await;
        match app.change(&me.actor(), approve).await {
            Ok(()) => done.push(number.clone()),
            Err(Error::NotFound) => {
                failed.insert(number.clone(), screen.w.t("requests-together-gone").into_owned());
            }
            Err(error) => {
                let (_, _, message) = spoken(error)?;
                failed.insert(number.clone(), screen.w.line(&said(&message)).into_owned());
            }
        }
    }
    if failed.is_empty() {
        let words = Message::new("requests-together-done").with("what", done.len());
        return Ok(screen.go(app, "/requests/inbox", Some((Tone::Good, words))));
    }
    let numbers: Vec<String> = chosen.iter().map(|(number, _)| number.clone()).collect();
    let mut read = app.read(me).await?;
    let items = stored::numbered(read.conn(), &numbers, i64::try_from(PAGE).unwrap_or(50)).await?;
    let subjects: HashMap<&str, &str> =
        items.iter().map(|item| (item.number.as_str(), item.subject.as_str())).collect();
    let subject = |number: &str| subjects.get(number).copied().unwrap_or_default().to_owned();
    let left = chosen.iter().filter_map(|(number, _)| {
        let why = failed.get(number)?.clone();
        Some(Left { number: number.clone(), subject: subject(number), why })
    });
    let left = left.collect();
    let done = done.into_iter().map(|number| (subject(&number), number)).map(|(subject, number)| (number, subject));
    let done = done.collect();
    let shell = screen.shell(app, &mut read, screen.w.t("requests-together-result"), &[]).await?;
    let shell = shell.under("/requests/inbox").crumb("/requests/inbox", screen.w.t("nav-inbox"));
    let shell = shell.crumb_here(screen.w.t("requests-together-result"));
    page(&TogetherDone { shell, done, left })
}
