//! One request: reading it, deciding it, talking about it, taking it back.
use super::{DecideRequests, ExecuteRequests, FileRequests, ViewRequests, hand, noted};
use crate::engines::requests::actions::{Hand, Open, deciding, filing};
use crate::engines::requests::model::{ContentHash, Verdict};
use crate::engines::requests::views::lists::{ShowPage, StalePage};
use crate::engines::requests::views::sheet::{Sheet, sheet};
use crate::kernel::access::Viewer;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::text::clean_text;
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted};
use crate::web::forms::FormInput;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::{Banner, Tone};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

/// 申請の詳細: everything about one request on one page.
pub(super) async fn show(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path(number): Path<String>,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let open = Open::read(read.conn(), &app, &me, &number).await?;
    let sheet = sheet(read.conn(), &hand, &screen.dates, &open).await?;
    let shell = screen.shell(&app, &mut read, &sheet.subject, &[open.registered.effects.key()]).await?;
    let (list, word) = list_of(&me, &open, &sheet);
    let mut shell = shell.under(list).crumb(list, screen.w.t(word)).crumb_here(&sheet.number).module("form");
    shell.tab = Some(format!("{} {}", sheet.number, sheet.subject));
    page(&ShowPage { shell, sheet })
}

/// The list from which this person came to the request.
fn list_of(me: &Viewer, open: &Open, sheet: &Sheet) -> (&'static str, &'static str) {
    if sheet.may.decide {
        ("/requests/inbox", "nav-inbox")
    } else if sheet.may.execute {
        ("/requests/work", "nav-work")
    } else if open.request.requester_id == Some(me.person.0) {
        ("/requests", "nav-requests")
    } else {
        ("/requests/all", "requests-in-reach")
    }
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
    let (key, words) = match &verdict {
        Verdict::Approve { note } => ("requests-approved", note.clone()),
        Verdict::Return { reason } => ("requests-returned", reason.clone()),
        Verdict::Refuse { reason } => ("requests-refused", reason.clone()),
    };
    let done = app
        .change(&me.actor(), async |work: &mut Work| deciding::decide(work, &hand, number, seen, verdict).await)
        .await;
    match noted(app, &me.0, number, done).await {
        Ok(()) => Ok(screen.go(app, to, Some((Tone::Good, Message::new(key).with("number", number))))),
        Err(Error::Conflict(message)) => stale(app, &hand, screen, number, &message, words).await,
        Err(error) => Err(error),
    }
}

/// 409: the request as it is now, the differences since the round before, and the words that were typed.
pub(super) async fn stale(
    app: &App,
    hand: &Hand,
    screen: &Screen,
    number: &str,
    message: &Message,
    words: String,
) -> Result<Response> {
    let mut read = app.read(&hand.viewer).await?;
    let open = Open::read(read.conn(), app, &hand.viewer, number).await?;
    let sheet = sheet(read.conn(), hand, &screen.dates, &open).await?;
    let shell = screen.shell(app, &mut read, &sheet.subject, &[]).await?;
    let what = screen.w.line(&said(message)).into_owned();
    let shell = shell
        .crumb("/requests", screen.w.t("nav-requests"))
        .crumb_here(&sheet.number)
        .banner(Banner::new(Tone::Warn, what));
    page_with(StatusCode::CONFLICT, &StalePage { shell, sheet, words })
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
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(once, &sent).await?.is_none() {
            deciding::comment(work, &hand, &number, &body).await?;
            work.settle(once, &number).await?;
        }
        Ok(())
    })
    .await?;
    Ok(screen.go(&app, &format!("/requests/{number}#talk"), None))
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
    let reason = words(&posted.input, "reason").chars().take(deciding::WORDS_MAX).collect::<String>();
    let done =
        app.change(&me.actor(), async |work: &mut Work| filing::withdraw(work, &hand, &number, &reason).await).await;
    noted(&app, &me.0, &number, done).await?;
    let said = Message::new("requests-withdrawn").with("number", &number);
    Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))))
}
