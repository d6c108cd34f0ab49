//! The work on one line of a request, and its receipt.
use super::acts::{chosen, seen, words};
use super::page::{again, spoken};
use super::{ExecuteRequests, ProxyReceipts, ViewRequests, hand, noted};
use crate::engines::regulations;
use crate::engines::requests::actions::correcting::{self, Correction};
use crate::engines::requests::actions::working::{self, Ended, WorkForm, Worked};
use crate::engines::requests::actions::{self, Hand, Open, capacity};
use crate::engines::requests::kinds::Reveal;
use crate::engines::requests::model::machine::LineState;
use crate::engines::requests::model::{ChangeSet, Receipt, Refusal, StepAct, Typed};
use crate::engines::requests::store::LineRow;
use crate::engines::requests::store::lists::privileged;
use crate::engines::requests::views::capacity::{Chosen, posts};
use crate::engines::requests::views::changes::rows;
use crate::engines::requests::views::form::{RevealPage, Why, WorkPage, draw};
use crate::engines::requests::views::overtaken::overtaken;
use crate::engines::requests::views::tried::{Spot, Tried};
use crate::engines::requests::views::{answers, marked};
use crate::kernel::app::{App, Read};
use crate::kernel::calendar::DateError;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::text::normalise;
use crate::kernel::work::Work;
use crate::people::{passwords, step_up};
use crate::web::extract::{Path, Posted};
use crate::web::forms::Form;
use crate::web::identify::Caller;
use crate::web::locale::Line;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::{Banner, Tone};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

/// The name of the reason for which something is entered anew.
const WHY: &str = "_why";

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
    let doer = actions::doer(read.conn(), &me, &open.request.kind).await?;
    if open.line(read.conn(), line).await?.state == LineState::Executed {
        let form = open.correction_form(read.conn(), line, None).await?;
        if open.may_correct(&hand, &doer, &form).is_ok() {
            let why = Some(Why::default());
            return page(&work_page(&mut read, &app, &screen, (&hand, &open), (&form, None), (None, why)).await?);
        }
    }
    let form = open.work_form(read.conn(), line, None).await;
    let form = match open.may_execute(&hand, &doer).and(form) {
        Ok(form) if form.line.state == LineState::Open => form,
        done => {
            drop(read);
            let error = done.err().unwrap_or_else(|| hand.refuse(Refusal::LineDone));
            return again(&app, &me, &screen, &number, Tried::new(Spot::Button, ""), error).await;
        }
    };
    page(&work_page(&mut read, &app, &screen, (&hand, &open), (&form, None), (None, None)).await?)
}

/// The question for one's own password, where the line asks for it.
fn proof(app: &App, screen: &Screen, open: &Open, line: &LineRow, wrong: Option<Line>) -> Option<Form> {
    let action = open.registered.effects.step_up(&line.line())?;
    let mut form = Form::new(screen.w, screen.dates, vec![step_up::question(app, action)]);
    if let Some(wrong) = wrong {
        form.refuse(step_up::FIELD, wrong);
    }
    Some(form)
}

async fn work_page(
    read: &mut Read,
    app: &App,
    screen: &Screen,
    (hand, open): (&Hand, &Open),
    (form, wrong): (&WorkForm, Option<Line>),
    (tried, why): (Option<Tried>, Option<Why>),
) -> Result<WorkPage> {
    let w = screen.w;
    let drawn = draw(w, &screen.dates, &form.step.result, &form.typed, &form.options, &form.errors);
    let edition = open.request.regulation.as_deref();
    let mut drawn = drawn.citing(|clause| regulations::cited(app, &hand.viewer, edition, clause));
    let fault = why.as_ref().and_then(|why| why.fault.clone());
    drawn.faults.extend(fault.map(|fault| ("f-_why".to_owned(), fault)));
    let plan = open.registered.effects.plan(read.conn(), open.matter()).await?;
    let mine = plan.of_line(form.line.number()).cloned().collect();
    let doer = actions::doer(read.conn(), &hand.viewer, &open.request.kind).await?;
    let beside = open.registered.effects.beside(read.conn(), open.matter(), &form.line.line()).await?;
    let privileged = privileged(read.conn(), &open.round.content.rights()).await?;
    let of_this = std::slice::from_ref(&form.line);
    let overtaken = overtaken(read.conn(), hand, &screen.dates, open, of_this).await?.pop().map(|(_, said)| said);
    let shell = screen.shell(app, read, &form.line.subject, &[open.registered.effects.key()]).await?;
    let mut shell = shell
        .under("/requests/work")
        .crumb("/requests/work", w.t("nav-work"))
        .crumb(format!("/requests/{}", open.request.number), &open.request.number)
        .crumb_here(&form.line.subject);
    shell.back = Some(format!("/requests/{}/lines/{}", open.request.number, form.line.number()));
    let mends = tried.as_ref().and_then(Tried::mends).is_some() || why.as_ref().is_some_and(|why| why.fault.is_some());
    Ok(WorkPage {
        shell: shell.module("form").module("when").faulty(drawn.faulty() || wrong.is_some() || mends),
        number: open.request.number.clone(),
        line: form.line.number(),
        subject: form.line.subject.clone(),
        seen: open.case.content.to_string(),
        capacities: (posts(hand, open, &doer), Chosen::of(hand.chosen, &drawn.faults)),
        form: drawn,
        proof: if why.is_some() { None } else { proof(app, screen, open, &form.line, wrong) },
        answers: marked(w, &open.round.shown, &open.round.content, &privileged),
        changes: rows(w, &ChangeSet { rows: mine }),
        beside: answers(w, &beside),
        overtaken,
        early: open
            .registered
            .begins(StepAct::Execute, &open.round.content)
            .filter(|day| *day > screen.dates.today)
            .map(|day| screen.dates.long(day)),
        may_decline: why.is_none() && open.case.some_executed(),
        begun: form.line.begun.is_some(),
        declining: tried,
        correcting: why,
    })
}

/// 実施した: the ledger changes, and what is shown once is shown.
pub(super) async fn execute(
    State(app): State<App>,
    me: Can<ExecuteRequests>,
    screen: Screen,
    caller: Caller,
    Path((number, line)): Path<(String, u16)>,
    posted: Posted,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?.choosing(chosen(&posted.input));
    let seen = seen(&posted.input)?;
    let pairs = posted.input.iter().filter(|(name, _)| !name.starts_with('_') && *name != step_up::FIELD);
    let typed = Typed::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    if let Some(why) = posted.input.get(WHY) {
        let new = Correction { line, seen, typed, why: why.to_owned() };
        return correct(&app, &me, &screen, (&hand, &number), new, &posted).await;
    }
    let proved = prove(&app, &hand, &caller, (&number, line), &posted, &typed).await;
    match noted(&app, &me.0, &number, proved).await {
        Ok(None) => {}
        Ok(Some(form)) => return mend(&app, &me, &screen, (&hand, &number), (&form, Some(step_up::wrong()))).await,
        Err(error) => return again(&app, &me, &screen, &number, Tried::new(Spot::Button, ""), error).await,
    }
    let kept = typed.clone();
    let done = app
        .change(&me.actor(), async |work: &mut Work| working::execute(work, &hand, &number, line, seen, typed).await)
        .await;
    match noted(&app, &me.0, &number, done).await {
        Ok(Worked::Done { reveal: Some(reveal), line: subject, ended }) => {
            let next = (ended == Ended::Begun).then(|| format!("/requests/{number}/lines/{line}"));
            show_once(&app, &me, &screen, number, (subject, reveal, next)).await
        }
        Ok(Worked::Done { reveal: None, ended, .. }) => {
            let key = match ended {
                Ended::Whole => "requests-executed",
                Ended::Begun => "requests-begun",
                Ended::Refused => "requests-executed-refused",
                Ended::Corrected => "requests-corrected",
            };
            let said = Message::new(key).with("number", &number);
            Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))))
        }
        Ok(Worked::Mend(form)) => mend(&app, &me, &screen, (&hand, &number), (&form, None)).await,
        Err(error) => unworked(&app, &me, &screen, (&hand, &number, line), kept, error).await,
    }
}

/// 実施の訂正: what was entered about a line is entered anew.
async fn correct(
    app: &App,
    me: &Can<ExecuteRequests>,
    screen: &Screen,
    (hand, number): (&Hand, &str),
    new: Correction,
    posted: &Posted,
) -> Result<Response> {
    let mut read = app.read(me).await?;
    let open = Open::read(read.conn(), app, me, number).await?;
    let own = ["_seen", capacity::FIELD, WHY];
    posted.asked(|name| own.contains(&name) || open.registered.kind.asks_at_a_step(name))?;
    drop(read);
    let (line, typed, why) = (new.line, new.typed.clone(), new.why.clone());
    let done =
        app.change(&me.actor(), async |work: &mut Work| correcting::correct(work, hand, number, new).await).await;
    let (form, status, message) = match noted(app, &me.0, number, done).await {
        Ok(Worked::Done { .. }) => {
            let said = Message::new("requests-corrected").with("number", number);
            return Ok(screen.go(app, &format!("/requests/{number}"), Some((Tone::Good, said))));
        }
        Ok(Worked::Mend(form)) => (*form, StatusCode::UNPROCESSABLE_ENTITY, None),
        Err(error) => {
            let mut read = app.read(me).await?;
            let open = Open::read(read.conn(), app, me, number).await?;
            let doer = actions::doer(read.conn(), me, &open.request.kind).await?;
            let form = open.correction_form(read.conn(), line, Some(typed)).await?;
            if open.may_correct(hand, &doer, &form).is_err() {
                drop(read);
                return again(app, me, screen, number, Tried::new(Spot::Button, ""), error).await;
            }
            let (status, _, message) = spoken(error)?;
            (form, status, Some(message))
        }
    };
    // both are said at once: what is wrong with the answers, and that the reason is missing
    let fault = match message {
        _ if why.trim().is_empty() => Some(screen.w.t("requests-correct-why-missing").into_owned()),
        Some(message) => Some(screen.w.line(&said(&message)).into_owned()),
        None => None,
    };
    let mut read = app.read(me).await?;
    let open = Open::read(read.conn(), app, me, number).await?;
    let why = Some(Why { typed: why, fault });
    page_with(status, &work_page(&mut read, app, screen, (hand, &open), (&form, None), (None, why)).await?)
}

/// The rules said no: the form again with what was typed, or the request itself where there is no work left on the line.
async fn unworked(
    app: &App,
    me: &Can<ExecuteRequests>,
    screen: &Screen,
    (hand, number, line): (&Hand, &str, u16),
    typed: Typed,
    error: Error,
) -> Result<Response> {
    let mut read = app.read(me).await?;
    let open = Open::read(read.conn(), app, me, number).await?;
    let doer = actions::doer(read.conn(), me, &open.request.kind).await?;
    let working = open.case.may_execute(&open.facts(&doer)).is_ok();
    let form = if working { Some(open.work_form(read.conn(), line, Some(typed)).await?) } else { None };
    let Some(form) = form.filter(|form| form.line.state == LineState::Open) else {
        drop(read);
        return again(app, me, screen, number, Tried::new(Spot::Button, ""), error).await;
    };
    let (status, tone, message) = spoken(error)?;
    let mut page = work_page(&mut read, app, screen, (hand, &open), (&form, None), (None, None)).await?;
    page.shell = page.shell.banner(Banner::new(tone, screen.w.line(&said(&message))));
    page_with(status, &page)
}

/// Refuses what the work does not ask, and asks for one's own password where the line wants it, once everything else is in
/// order; the form, when it was not taken.
async fn prove(
    app: &App,
    hand: &Hand,
    caller: &Caller,
    (number, line): (&str, u16),
    posted: &Posted,
    typed: &Typed,
) -> Result<Option<WorkForm>> {
    let mut read = app.read(&hand.viewer).await?;
    let open = Open::read(read.conn(), app, &hand.viewer, number).await?;
    let doer = actions::doer(read.conn(), &hand.viewer, &open.request.kind).await?;
    open.may_execute(hand, &doer)?;
    let own = ["_seen", capacity::FIELD, step_up::FIELD];
    posted.asked(|name| own.contains(&name) || open.registered.kind.asks_at_a_step(name))?;
    let drawn = open.line(read.conn(), line).await?;
    let Some(action) = open.registered.effects.step_up(&drawn.line()) else { return Ok(None) };
    let form = open.work_form(read.conn(), line, Some(typed.clone())).await?;
    drop(read);
    // what is to be mended, or is done already, is said by the act itself
    if !form.errors.is_empty() || form.line.state != LineState::Open || hand.has_to_choose(&open, &doer) {
        return Ok(None);
    }
    let own = passwords::Typed::new(posted.input.get(step_up::FIELD).unwrap_or_default());
    let given = step_up::confirm(app, &hand.viewer, caller, &own, (action, number)).await?;
    Ok((!given).then_some(form))
}

/// The form again, with what is to be mended.
async fn mend(
    app: &App,
    me: &Can<ExecuteRequests>,
    screen: &Screen,
    (hand, number): (&Hand, &str),
    form: (&WorkForm, Option<Line>),
) -> Result<Response> {
    let mut read = app.read(me).await?;
    let open = Open::read(read.conn(), app, me, number).await?;
    page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &work_page(&mut read, app, screen, (hand, &open), form, (None, None)).await?,
    )
}

async fn show_once(
    app: &App,
    me: &Can<ExecuteRequests>,
    screen: &Screen,
    number: String,
    (subject, reveal, next): (String, Reveal, Option<String>),
) -> Result<Response> {
    let mut read = app.read(me).await?;
    let shell = screen.shell(app, &mut read, screen.w.t("requests-reveal"), reveal.basis).await?;
    let shell = shell.crumb(format!("/requests/{number}"), &number).crumb_here(screen.w.t("requests-reveal"));
    let label = screen.w.t(reveal.label).into_owned();
    page(&RevealPage { shell, number, subject, label, secret: reveal.secret, next })
}

/// 実施しない: this line alone.
pub(super) async fn decline(
    State(app): State<App>,
    me: Can<ExecuteRequests>,
    screen: Screen,
    Path((number, line)): Path<(String, u16)>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[capacity::FIELD, "_seen", "words"])?;
    let hand = hand(&app, &me, &screen)?.choosing(chosen(&posted.input));
    let seen = seen(&posted.input)?;
    let reason = words(&posted.input, "words");
    let done = app
        .change(&me.actor(), async |work: &mut Work| working::decline(work, &hand, &number, line, seen, &reason).await)
        .await;
    match noted(&app, &me.0, &number, done).await {
        Ok(()) => {
            let said = Message::new("requests-declined").with("number", &number);
            Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))))
        }
        Err(error) => undeclined(&app, &me, &screen, (&hand, &number, line), reason, error).await,
    }
}

/// The line is still to be done: its form again, with the reason that was typed and what is wrong with it.
async fn undeclined(
    app: &App,
    me: &Can<ExecuteRequests>,
    screen: &Screen,
    (hand, number, line): (&Hand, &str, u16),
    reason: String,
    error: Error,
) -> Result<Response> {
    let tried = Tried::new(Spot::Decline, reason);
    let (status, _, message) = match error {
        Error::Refused(_) => spoken(error)?,
        other => return again(app, me, screen, number, tried, other).await,
    };
    let told = tried.clone().refused(screen.w, &message);
    if told.mends().is_none() {
        return again(app, me, screen, number, tried, Error::Refused(message)).await;
    }
    let mut read = app.read(me).await?;
    let open = Open::read(read.conn(), app, me, number).await?;
    let form = open.work_form(read.conn(), line, None).await?;
    page_with(status, &work_page(&mut read, app, screen, (hand, &open), (&form, None), (Some(told), None)).await?)
}

/// 受領しました
pub(super) async fn receive(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path((number, line)): Path<(String, u16)>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    let tried = Tried::new(Spot::Button, "");
    acknowledge(&app, &me, &screen, (&number, line), posted, Receipt::Own, tried).await
}

/// 受領書の登録: the signed slip of one who cannot sign in yet.
pub(super) async fn slip(
    State(app): State<App>,
    me: Can<ProxyReceipts>,
    screen: Screen,
    Path((number, line)): Path<(String, u16)>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[capacity::FIELD, "slip_number", "slip_on"])?;
    let slip = normalise(posted.input.get("slip_number").unwrap_or_default());
    let typed_on = posted.input.get("slip_on").unwrap_or_default();
    let tried = Tried::slip(line, &slip, typed_on).choosing(chosen(&posted.input));
    let on = match screen.dates.read(typed_on) {
        Ok(on) => on,
        Err(error) => {
            let why = match error {
                DateError::Empty => Message::new("requests-refused-slip-incomplete"),
                error => error.message().with("label", screen.w.t("requests-slip-on")),
            };
            return again(&app, &me, &screen, &number, tried, Error::refused(why)).await;
        }
    };
    acknowledge(&app, &me, &screen, (&number, line), posted, Receipt::Slip { number: slip, on }, tried).await
}

async fn acknowledge<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    (number, line): (&str, u16),
    posted: Posted,
    receipt: Receipt,
    tried: Tried,
) -> Result<Response> {
    let hand = hand(app, me, screen)?.choosing(chosen(&posted.input));
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_none() {
                working::acknowledge(work, &hand, number, line, receipt).await?;
                work.settle(posted.once, number).await?;
            }
            Ok(())
        })
        .await;
    match noted(app, &me.0, number, done).await {
        Ok(()) => {
            let said = Message::new("requests-acknowledged").with("number", number);
            Ok(screen.go(app, &format!("/requests/{number}"), Some((Tone::Good, said))))
        }
        Err(error) => again(app, me, screen, number, tried, error).await,
    }
}
