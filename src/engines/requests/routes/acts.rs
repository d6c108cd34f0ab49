//! One request: reading it, and every act on it.
use super::{DecideRequests, ExecuteRequests, FileRequests, ProxyReceipts, ViewRequests, hand, noted};
use crate::engines::requests::actions::working::{WorkForm, Worked};
use crate::engines::requests::actions::{self, Hand, Open, deciding, filing, working};
use crate::engines::requests::kinds::Reveal;
use crate::engines::requests::model::machine::LineState;
use crate::engines::requests::model::{ContentHash, Receipt, Refusal, Typed, Verdict};
use crate::engines::requests::views::answers;
use crate::engines::requests::views::form::{RevealPage, WorkPage, draw};
use crate::engines::requests::views::lists::{ShowPage, StalePage};
use crate::engines::requests::views::sheet::{rows, sheet};
use crate::kernel::app::{App, Read};
use crate::kernel::calendar::parse_date;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::text::{clean_line, clean_text};
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
    let mut shell = shell.crumb("/requests", screen.w.t("nav-requests")).crumb_here(&sheet.number).module("form");
    shell.tab = Some(format!("{} {}", sheet.number, sheet.subject));
    page(&ShowPage { shell, sheet })
}

fn seen(input: &FormInput) -> Result<ContentHash> {
    input.get("_seen").and_then(|seen| seen.parse().ok()).ok_or(Error::Forged("no fingerprint"))
}

/// Sentences of a person, without control characters and marks that turn the direction of text.
fn words(input: &FormInput, name: &str) -> String {
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
    let hand = hand(&app, &me, &screen)?;
    let words = words(&posted.input, "words");
    let verdict = match posted.input.get("verdict") {
        Some("approve") => Verdict::Approve { note: words.clone() },
        Some("return") => Verdict::Return { reason: words.clone() },
        Some("refuse") => Verdict::Refuse { reason: words.clone() },
        _ => return Err(Error::Forged("no verdict")),
    };
    let key = match verdict {
        Verdict::Approve { .. } => "requests-approved",
        Verdict::Return { .. } => "requests-returned",
        Verdict::Refuse { .. } => "requests-refused",
    };
    let seen = seen(&posted.input)?;
    let done = app
        .change(&me.actor(), async |work: &mut Work| deciding::decide(work, &hand, &number, seen, verdict).await)
        .await;
    match noted(&app, &me.0, &number, done).await {
        Ok(()) => {
            let said = Message::new(key).with("number", &number);
            Ok(screen.go(&app, &back(&posted.input, &number), Some((Tone::Good, said))))
        }
        Err(Error::Conflict(message)) => stale(&app, &hand, &screen, &number, &message, words).await,
        Err(error) => Err(error),
    }
}

/// 差戻し by one who was to do the work: 処理者は内容を変えられない.
pub(super) async fn send_back(
    State(app): State<App>,
    me: Can<ExecuteRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let words = words(&posted.input, "words");
    let verdict = Verdict::Return { reason: words.clone() };
    let seen = seen(&posted.input)?;
    let done = app
        .change(&me.actor(), async |work: &mut Work| deciding::decide(work, &hand, &number, seen, verdict).await)
        .await;
    match noted(&app, &me.0, &number, done).await {
        Ok(()) => {
            let said = Message::new("requests-returned").with("number", &number);
            Ok(screen.go(&app, "/requests/work", Some((Tone::Good, said))))
        }
        Err(Error::Conflict(message)) => stale(&app, &hand, &screen, &number, &message, words).await,
        Err(error) => Err(error),
    }
}

/// 409: the request as it is now, the differences since the round before, and the words that were typed.
async fn stale(
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

/// 実施: the form of one line.
pub(super) async fn work(
    State(app): State<App>,
    me: Can<ExecuteRequests>,
    screen: Screen,
    Path((number, line)): Path<(String, u16)>,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let open = Open::read(read.conn(), &app, &me, &number).await?;
    let doer = actions::doer(read.conn(), &me).await?;
    open.case.may_execute(&open.facts(&doer)).map_err(|refusal| hand.refuse(refusal))?;
    let form = open.work_form(read.conn(), line, None).await?;
    if form.line.state != LineState::Open {
        return Err(hand.refuse(Refusal::LineDone));
    }
    page(&work_page(&mut read, &app, &screen, &open, &form).await?)
}

async fn work_page(read: &mut Read, app: &App, screen: &Screen, open: &Open, form: &WorkForm) -> Result<WorkPage> {
    let w = screen.w;
    let drawn = draw(w, &screen.dates, &form.step.result, &form.typed, &form.options, &form.errors);
    let plan = open.registered.effects.plan(read.conn(), open.matter()).await?;
    let mine = plan.of_line(form.line.number()).cloned().collect();
    let shell = screen.shell(app, read, &form.line.subject, &[open.registered.effects.key()]).await?;
    let shell = shell
        .crumb("/requests/work", w.t("nav-work"))
        .crumb(format!("/requests/{}", open.request.number), &open.request.number)
        .crumb_here(&form.line.subject);
    Ok(WorkPage {
        shell: shell.module("form").faulty(drawn.faulty()),
        number: open.request.number.clone(),
        line: form.line.number(),
        subject: form.line.subject.clone(),
        seen: open.case.content.to_string(),
        form: drawn,
        answers: answers(w, &open.round.shown),
        changes: rows(w, &crate::engines::requests::model::ChangeSet { rows: mine }),
        may_decline: open.case.some_executed(),
    })
}

/// 実施した: the ledger changes, and what is shown once is shown.
pub(super) async fn execute(
    State(app): State<App>,
    me: Can<ExecuteRequests>,
    screen: Screen,
    Path((number, line)): Path<(String, u16)>,
    posted: Posted,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let seen = seen(&posted.input)?;
    let pairs = posted.input.iter().filter(|(name, _)| !name.starts_with('_'));
    let typed = Typed::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let done = app
        .change(&me.actor(), async |work: &mut Work| working::execute(work, &hand, &number, line, seen, typed).await)
        .await;
    match noted(&app, &me.0, &number, done).await {
        Ok(Worked::Done { reveal: Some(reveal), line }) => show_once(&app, &me, &screen, number, line, reveal).await,
        Ok(Worked::Done { reveal: None, .. }) => {
            let said = Message::new("requests-executed").with("number", &number);
            Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))))
        }
        Ok(Worked::Mend(form)) => {
            let mut read = app.read(&me).await?;
            let open = Open::read(read.conn(), &app, &me, &number).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &work_page(&mut read, &app, &screen, &open, &form).await?)
        }
        Err(Error::Conflict(message)) => stale(&app, &hand, &screen, &number, &message, String::new()).await,
        Err(error) => Err(error),
    }
}

async fn show_once(
    app: &App,
    me: &Can<ExecuteRequests>,
    screen: &Screen,
    number: String,
    subject: String,
    reveal: Reveal,
) -> Result<Response> {
    let mut read = app.read(me).await?;
    let shell = screen.shell(app, &mut read, screen.w.t("requests-reveal"), &[]).await?;
    let shell = shell.crumb(format!("/requests/{number}"), &number).crumb_here(screen.w.t("requests-reveal"));
    let label = screen.w.t(reveal.label).into_owned();
    page(&RevealPage { shell, number, subject, label, secret: reveal.secret })
}

/// 実施しない: this line alone.
pub(super) async fn decline(
    State(app): State<App>,
    me: Can<ExecuteRequests>,
    screen: Screen,
    Path((number, line)): Path<(String, u16)>,
    posted: Posted,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let seen = seen(&posted.input)?;
    let reason = words(&posted.input, "words");
    let done = app
        .change(&me.actor(), async |work: &mut Work| working::decline(work, &hand, &number, line, seen, &reason).await)
        .await;
    noted(&app, &me.0, &number, done).await?;
    let said = Message::new("requests-declined").with("number", &number);
    Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))))
}

/// 受領しました
pub(super) async fn receive(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path((number, line)): Path<(String, u16)>,
    _posted: Posted,
) -> Result<Response> {
    acknowledge(&app, &me, &screen, &number, line, Receipt::Own).await
}

/// 受領書の登録: the signed slip of one who cannot sign in yet.
pub(super) async fn slip(
    State(app): State<App>,
    me: Can<ProxyReceipts>,
    screen: Screen,
    Path((number, line)): Path<(String, u16)>,
    posted: Posted,
) -> Result<Response> {
    let on = posted.input.get("slip_on").and_then(|on| parse_date(on).ok());
    let on = on.ok_or_else(|| Error::refused(Message::new("requests-refused-slip-incomplete")))?;
    let slip = clean_line(posted.input.get("slip_number").unwrap_or_default());
    acknowledge(&app, &me, &screen, &number, line, Receipt::Slip { number: slip, on }).await
}

async fn acknowledge<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    number: &str,
    line: u16,
    receipt: Receipt,
) -> Result<Response> {
    let hand = hand(app, me, screen)?;
    let done = app
        .change(&me.actor(), async |work: &mut Work| working::acknowledge(work, &hand, number, line, receipt).await)
        .await;
    noted(app, &me.0, number, done).await?;
    let said = Message::new("requests-acknowledged").with("number", number);
    Ok(screen.go(app, &format!("/requests/{number}"), Some((Tone::Good, said))))
}
