//! One request: reading it, deciding it, talking about it, taking it back.
use super::new::typed;
use super::page::{self, again, overtaken};
use super::{CIRCULATED, DecideRequests, ExecuteRequests, FileRequests, RerouteRequests, ViewRequests, hand, noted};
use crate::engines::regulations;
use crate::engines::requests::actions::deciding::{self, Replied, Reply};
use crate::engines::requests::actions::rerouting::{self, Wish};
use crate::engines::requests::actions::step_form::{StepForm, said_at_a_step};
use crate::engines::requests::actions::{Open, capacity, circulating, filing, pulling_up, reminding, taking_back};
use crate::engines::requests::model::{ContentHash, Refusal, StepAct, Verdict};
use crate::engines::requests::views::capacity::Chosen;
use crate::engines::requests::views::form::{AnswerPage, draw};
use crate::engines::requests::views::sheet::{Sheet, sheet};
use crate::engines::requests::views::tried::{Spot, Tried};
use crate::engines::requests::views::{answers, say};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::PostId;
use crate::kernel::text::clean_text;
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted};
use crate::web::forms::FormInput;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page_with};
use crate::web::shell::Tone;
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
    page_with(StatusCode::OK, &page::draw(&app, &me, &screen, &number, None).await?)
}

pub(super) fn seen(input: &FormInput) -> Result<ContentHash> {
    input.get("_seen").and_then(|seen| seen.parse().ok()).ok_or(Error::Forged("no fingerprint"))
}

/// Sentences of a person, without control characters and marks that turn the direction of text.
pub(super) fn words(input: &FormInput, name: &str) -> String {
    clean_text(input.get(name).unwrap_or_default())
}

/// In which of their posts somebody says they act.
pub(super) fn chosen(input: &FormInput) -> Option<PostId> {
    input.get(capacity::FIELD)?.parse().ok().map(PostId)
}

/// What the addresses of the inbox are made of.
const fn in_a_query(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '?' | '&' | '=' | '.' | '_' | '-')
}

/// Where the form came from: the inbox goes on with the next one, narrowed as it was.
fn back(input: &FormInput, number: &str) -> String {
    match input.get("_back") {
        Some(list) if list == "inbox" || list.starts_with("inbox?") && list.chars().all(in_a_query) => {
            format!("/requests/{list}")
        }
        _ => format!("/requests/{number}"),
    }
}

/// What was pressed: `approve`, `return` …, and at a step that goes line by line `approve.2`. Where only the language is
/// changed, nothing is: what was pressed before stands in the form.
fn button(input: &FormInput) -> &str {
    let before = input.lang().and(input.get("_pressed"));
    input.get("verdict").or(before).unwrap_or_default()
}

/// The earlier step to which it is sent back; nothing for the applicant.
fn sent_to(input: &FormInput) -> Option<String> {
    input.get("to").filter(|to| !to.is_empty()).map(str::to_owned)
}

fn pressed(input: &FormInput) -> Result<(Verdict, Option<u16>)> {
    let words = words(input, "words");
    let pressed = button(input);
    let (verdict, line) = pressed.split_once('.').unwrap_or((pressed, ""));
    let verdict = match verdict {
        "approve" => Verdict::Approve { note: words },
        "return" => Verdict::Return { reason: words, to: sent_to(input) },
        "refuse" => Verdict::Refuse { reason: words },
        "opinion" => Verdict::Opinion { words },
        "report" => Verdict::Report { words },
        _ => return Err(Error::Forged("no verdict")),
    };
    let line = if line.is_empty() { None } else { Some(line.parse().map_err(|_| Error::Forged("no line"))?) };
    Ok((verdict, line))
}

/// 承認・許可・指示・意見・確認・報告・差戻し・却下
pub(super) async fn decide(
    State(app): State<App>,
    me: Can<DecideRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let (verdict, line) = pressed(&posted.input)?;
    let to = back(&posted.input, &number);
    pass(&app, &me, &screen, &number, &posted, (verdict, line), &to).await
}

/// 差戻し by one who was to do the work: 処理者は内容を変えられない.
pub(super) async fn send_back(
    State(app): State<App>,
    me: Can<ExecuteRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let verdict = Verdict::Return { reason: words(&posted.input, "words"), to: sent_to(&posted.input) };
    pass(&app, &me, &screen, &number, &posted, (verdict, None), "/requests/work").await
}

/// What the pages themselves send with an answer: what was seen, what is said and as whom, and where it goes on.
const PAGE: [&str; 8] = [capacity::FIELD, "_at", "_back", "_pressed", "_seen", "to", "verdict", "words"];

/// What is said when an answer was taken, in the word of the step that was answered.
const fn taken(verdict: &Verdict, line: Option<u16>, act: Option<StepAct>) -> &'static str {
    match verdict {
        Verdict::Approve { .. } if line.is_some() => "requests-line-approved",
        Verdict::Refuse { .. } if line.is_some() => "requests-line-refused",
        Verdict::Approve { .. } => match act {
            Some(StepAct::Permit) => "requests-permitted",
            Some(StepAct::Instruct) => "requests-instructed",
            Some(StepAct::Confirm) => "requests-confirmed",
            _ => "requests-approved",
        },
        Verdict::Return { to: Some(_), .. } => "requests-sent-back",
        Verdict::Return { .. } => "requests-returned",
        Verdict::Refuse { .. } => "requests-refused",
        Verdict::Opinion { .. } => "requests-consulted",
        Verdict::Report { .. } => "requests-reported",
    }
}

/// Passes a verdict on what was seen, says so, and goes on.
async fn pass<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    number: &str,
    posted: &Posted,
    (verdict, line): (Verdict, Option<u16>),
    to: &str,
) -> Result<Response> {
    let input = &posted.input;
    let hand = hand(app, me, screen)?.choosing(chosen(input));
    let words = verdict.words().to_owned();
    let tried = Tried::new(Spot::Decision, &words).pressing(button(input)).choosing(hand.chosen);
    let tried = tried.back_to(input.get("_back").unwrap_or_default()).sending_to(input.get("to").unwrap_or_default());
    let seen = seen(input)?;
    let at = input.get("_at").filter(|key| !key.is_empty()).map(str::to_owned);
    let (kind, act) = match Open::read(app.read(me).await?.conn(), app, me, number).await {
        Ok(mut open) => {
            open.look_at(at.as_deref());
            let act = open.case.step().map(|step| step.act);
            (open.registered.kind, act)
        }
        Err(error) => return overtaken(app, me, screen, (&hand, number, seen), (tried, Vec::new()), error).await,
    };
    posted.asked(|name| PAGE.contains(&name) || kind.asks_at_a_step(name))?;
    let typed = typed(input);
    let late = answers(screen.w, &said_at_a_step(&kind, &typed, screen.dates.today));
    let key = taken(&verdict, line, act);
    let reply = Reply { at, seen, line, verdict, typed };
    let done =
        app.change(&me.actor(), async |work: &mut Work| deciding::decide(work, &hand, number, reply).await).await;
    match noted(app, &me.0, number, done).await {
        Ok(Replied::Done) => Ok(screen.go(app, to, Some((Tone::Good, Message::new(key).with("number", number))))),
        Ok(Replied::Mend(form)) => answering(app, me, screen, number, (hand.chosen, Some((*form, words)))).await,
        Err(error) => overtaken(app, me, screen, (&hand, number, seen), (tried, late), error).await,
    }
}

/// 処理欄: what the step asks for besides its word, on a page of its own.
pub(super) async fn answer(
    State(app): State<App>,
    me: Can<DecideRequests>,
    screen: Screen,
    Path(number): Path<String>,
) -> Result<Response> {
    answering(&app, &me, &screen, &number, (None, None)).await
}

async fn answering<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    number: &str,
    (chosen, typed): (Option<PostId>, Option<(StepForm, String)>),
) -> Result<Response> {
    let hand = hand(app, me, screen)?.choosing(chosen);
    let mut read = app.read(me).await?;
    let mut open = Open::read(read.conn(), app, me, number).await?;
    let sheet = sheet(read.conn(), &hand, &screen.dates, &mut open).await?;
    let wrong = typed.is_some();
    let fresh = open.step_form(read.conn(), None).await?.filter(|_| sheet.may.decide);
    let Some((form, words)) = typed.or_else(|| fresh.map(|form| (form, String::new()))) else {
        drop(read);
        let refusal =
            open.case.step().map_or(Error::NotFound, |step| hand.refuse(Refusal::NotYourStep(step.seat.position())));
        return again(app, me, screen, number, Tried::new(Spot::Button, ""), refusal).await;
    };
    let drawn = draw(screen.w, &screen.dates, &form.form, &form.typed, &form.options, &form.errors);
    let edition = open.request.regulation.as_deref();
    let drawn = drawn.citing(|clause| regulations::cited(app, me, edition, clause));
    let title = open.step_def().map(|step| say(screen.w, &step.title)).unwrap_or_default();
    let shell = screen.shell(app, &mut read, title, &[open.registered.effects.key()]).await?;
    let mut shell = shell
        .crumb(format!("/requests/{number}"), number)
        .crumb_here(shell_title(screen, &sheet))
        .module("form")
        .module("when")
        .faulty(drawn.faulty());
    shell.back = Some(format!("/requests/{number}/answer"));
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let chosen = Chosen::of(hand.chosen, &drawn.faults);
    page_with(status, &AnswerPage { shell, sheet, form: drawn, words, chosen })
}

/// 「報告する」
fn shell_title(screen: &Screen, sheet: &Sheet) -> String {
    sheet.bar.as_ref().map(|bar| screen.w.of("requests-do", bar.act()).into_owned()).unwrap_or_default()
}

/// やり取り
pub(super) async fn comment(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&["asks", "body"])?;
    let hand = hand(&app, &me, &screen)?;
    let body = words(&posted.input, "body");
    let asks = posted.input.get("asks") == Some("yes");
    let once = posted.once;
    let sent = posted.body;
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(once, &sent).await?.is_none() {
                deciding::comment(work, &hand, &number, &body, asks).await?;
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
    posted.only(&["reason"])?;
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

/// After a button without words: what was done is said on the next page, and what was refused on this one.
async fn pressed_once<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    number: &str,
    done: Result<()>,
    (said, to): (&'static str, &str),
) -> Result<Response> {
    match noted(app, &me.0, number, done).await {
        Ok(()) => Ok(screen.go(app, to, Some((Tone::Good, Message::new(said).with("number", number))))),
        Err(error) => again(app, me, screen, number, Tried::new(Spot::Button, ""), error).await,
    }
}

/// 引戻し by whoever filed it.
pub(super) async fn pull_back(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    let hand = hand(&app, &me, &screen)?;
    let done =
        app.change(&me.actor(), async |work: &mut Work| taking_back::pull_back(work, &hand, &number).await).await;
    pressed_once(&app, &me, &screen, &number, done, ("requests-pulled-back", &format!("/requests/{number}/mend"))).await
}

/// 引戻し of one's own decision.
pub(super) async fn take_back(
    State(app): State<App>,
    me: Can<DecideRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    let hand = hand(&app, &me, &screen)?;
    let done =
        app.change(&me.actor(), async |work: &mut Work| taking_back::take_back(work, &hand, &number).await).await;
    pressed_once(&app, &me, &screen, &number, done, ("requests-taken-back", &format!("/requests/{number}"))).await
}

/// 回覧: 「読みました」
pub(super) async fn read(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&["back"])?;
    let hand = hand(&app, &me, &screen)?;
    let done = app.change(&me.actor(), async |work: &mut Work| circulating::read(work, &hand, &number).await).await;
    let to = if posted.input.get("back") == Some("list") { CIRCULATED } else { &format!("/requests/{number}") };
    pressed_once(&app, &me, &screen, &number, done, ("requests-read", to)).await
}

/// 担当替え
pub(super) async fn reroute(
    State(app): State<App>,
    me: Can<RerouteRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&["_seen", "_at", "to", "reason"])?;
    let hand = hand(&app, &me, &screen)?;
    let reason = words(&posted.input, "reason");
    let to = posted.input.get("to").unwrap_or_default();
    let at = posted.input.get("_at").filter(|key| !key.is_empty());
    let wish = Wish { at, seen: seen(&posted.input)?, to, reason: &reason };
    let done =
        app.change(&me.actor(), async |work: &mut Work| rerouting::reroute(work, &hand, &number, &wish).await).await;
    match noted(&app, &me.0, &number, done).await {
        Ok(()) => {
            let said = Message::new("requests-rerouted").with("number", &number);
            Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))))
        }
        Err(error) => {
            let tried = Tried::new(Spot::Reroute, reason.clone()).sending_to(to);
            again(&app, &me, &screen, &number, tried, error).await
        }
    }
}

/// 引き上げ承認
pub(super) async fn pull_up(
    State(app): State<App>,
    me: Can<DecideRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&["_seen", "reason"])?;
    let hand = hand(&app, &me, &screen)?;
    let (seen, reason) = (seen(&posted.input)?, words(&posted.input, "reason"));
    let done = app
        .change(&me.actor(), async |work: &mut Work| pulling_up::pull_up(work, &hand, &number, seen, &reason).await)
        .await;
    match noted(&app, &me.0, &number, done).await {
        Ok(()) => {
            let said = Message::new("requests-pulled-up").with("number", &number);
            Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))))
        }
        Err(error) => again(&app, &me, &screen, &number, Tried::new(Spot::PullUp, reason), error).await,
    }
}

/// 催促
pub(super) async fn remind(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    let hand = hand(&app, &me, &screen)?;
    let done = app.change(&me.actor(), async |work: &mut Work| reminding::remind_of(work, &hand, &number).await).await;
    pressed_once(&app, &me, &screen, &number, done, ("requests-asked-again", &format!("/requests/{number}"))).await
}
