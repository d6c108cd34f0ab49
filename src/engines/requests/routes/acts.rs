//! One request: reading it, deciding it, talking about it, taking it back.
use super::page::{again, draw};
use super::{DecideRequests, ExecuteRequests, FileRequests, ViewRequests, hand, noted};
use crate::engines::requests::actions::{deciding, filing};
use crate::engines::requests::model::{ContentHash, Verdict};
use crate::engines::requests::views::tried::{Spot, Tried};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::text::clean_text;
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted};
use crate::web::forms::FormInput;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::Tone;
use axum::extract::State;
use axum::response::Response;

/// 申請の詳細: everything about one request on one page.
pub(super) async fn show(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path(number): Path<String>,
) -> Result<Response> {
    page(&draw(&app, &me, &screen, &number, None).await?)
}

pub(super) fn seen(input: &FormInput) -> Result<ContentHash> {
    input.get("_seen").and_then(|seen| seen.parse().ok()).ok_or(Error::Forged("no fingerprint"))
}

/// Sentences of a person, without control characters and marks that turn the direction of text.
pub(super) fn words(input: &FormInput, name: &str) -> String {
    clean_text(input.get(name).unwrap_or_default())
}

/// Where the form came from: the inbox goes on with the next one.
fn back(input: &FormInput, number: &str) -> String {
    match input.get("_back") {
        Some("inbox") => "/requests/inbox".to_owned(),
        _ => format!("/requests/{number}"),
    }
}

/// 承認・差戻し・却下
pub(super) async fn decide(
    State(app): State<App>,
    me: Can<DecideRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let words = words(&posted.input, "words");
    let verdict = match posted.input.get("verdict") {
        Some("approve") => Verdict::Approve { note: words },
        Some("return") => Verdict::Return { reason: words },
        Some("refuse") => Verdict::Refuse { reason: words },
        _ => return Err(Error::Forged("no verdict")),
    };
    let to = back(&posted.input, &number);
    pass(&app, &me, &screen, &number, &posted.input, verdict, &to).await
}

/// 差戻し by one who was to do the work: 処理者は内容を変えられない.
pub(super) async fn send_back(
    State(app): State<App>,
    me: Can<ExecuteRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let verdict = Verdict::Return { reason: words(&posted.input, "words") };
    pass(&app, &me, &screen, &number, &posted.input, verdict, "/requests/work").await
}

/// Passes a verdict on what was seen, says so, and goes on.
async fn pass<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    number: &str,
    input: &FormInput,
    verdict: Verdict,
    to: &str,
) -> Result<Response> {
    let hand = hand(app, me, screen)?;
    let seen = seen(input)?;
    let key = match &verdict {
        Verdict::Approve { .. } => "requests-approved",
        Verdict::Return { .. } => "requests-returned",
        Verdict::Refuse { .. } => "requests-refused",
    };
    let tried = Tried::new(Spot::Decision, verdict.words()).back_to(input.get("_back").unwrap_or_default());
    let done = app
        .change(&me.actor(), async |work: &mut Work| deciding::decide(work, &hand, number, seen, verdict).await)
        .await;
    match noted(app, &me.0, number, done).await {
        Ok(()) => Ok(screen.go(app, to, Some((Tone::Good, Message::new(key).with("number", number))))),
        Err(error) => again(app, me, screen, number, tried, error).await,
    }
}

/// やり取り
pub(super) async fn comment(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let body = words(&posted.input, "body");
    let once = posted.once;
    let sent = posted.body;
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(once, &sent).await?.is_none() {
                deciding::comment(work, &hand, &number, &body).await?;
                work.settle(once, &number).await?;
            }
            Ok(())
        })
        .await;
    match done {
        Ok(()) => Ok(screen.go(&app, &format!("/requests/{number}#talk"), None)),
        Err(error) => again(&app, &me, &screen, &number, Tried::new(Spot::Comment, body), error).await,
    }
}

/// 取下げ
pub(super) async fn withdraw(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let reason = words(&posted.input, "reason");
    let done =
        app.change(&me.actor(), async |work: &mut Work| filing::withdraw(work, &hand, &number, &reason).await).await;
    match noted(&app, &me.0, &number, done).await {
        Ok(()) => {
            let said = Message::new("requests-withdrawn").with("number", &number);
            Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))))
        }
        Err(error) => again(&app, &me, &screen, &number, Tried::new(Spot::Withdrawal, reason), error).await,
    }
}
