//! The page of one request: as it is opened, and again when an act on it was not taken.
use super::choose::may_file;
use super::hand;
use crate::engines::regulations;
use crate::engines::requests::actions::desk::{At, Desk};
use crate::engines::requests::actions::{Hand, Open, kinds, late};
use crate::engines::requests::model::{ContentHash, Field, Input};
use crate::engines::requests::store::lists::{self, Order, Waiting};
use crate::engines::requests::views::Answer;
use crate::engines::requests::views::lists::{GonePage, ShowPage, Walk};
use crate::engines::requests::views::say;
use crate::engines::requests::views::sheet::{Sheet, sheet};
use crate::engines::requests::views::told::told;
use crate::engines::requests::views::tried::Tried;
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::text::with_query;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page_with, said};
use crate::web::shell::{Banner, Basis, Tone};
use axum::http::StatusCode;
use axum::response::Response;

/// The page of a request.
pub(super) async fn draw<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    number: &str,
    tried: Option<Tried>,
) -> Result<ShowPage> {
    let hand = hand(app, me, screen)?;
    let mut read = app.read(me).await?;
    let mut open = Open::read(read.conn(), app, &hand.viewer, number).await?;
    let sheet = sheet(read.conn(), &hand, &screen.dates, &mut open).await?;
    let mut shell = screen.shell(app, &mut read, &sheet.subject, &[open.registered.effects.key()]).await?;
    // whoever decides it, or just did
    let walks = me.may(Permission::RequestsDecide) && (sheet.may.decide || shell.banner.is_some());
    let walk = if walks { walk(&mut read, app, me, &open).await? } else { None };
    drop(read);
    say_rules(app, me, screen, &sheet, &mut shell.basis).await?;
    let (list, word) = list_of(me, &open, &sheet);
    let shell = shell.under(list).crumb(list, screen.w.t(word)).crumb_here(&sheet.number).module("form");
    let mut shell = shell.faulty(tried.as_ref().is_some_and(|tried| tried.mends().is_some()));
    shell.back = Some(format!("/requests/{number}"));
    shell.tab = Some(format!("{} {}", sheet.number, sheet.subject));
    let withdrawal_reason = open.registered.kind.withdrawal_reason;
    let follow_ups = follow_ups(app, &hand, &open, &sheet)?;
    Ok(ShowPage { shell, sheet, follow_ups, withdrawal_reason, walk, tried, late: Vec::new() })
}

/// What this reader may file next about the rows that came of it (変更, 廃止), with the rows filled in.
fn follow_ups(app: &App, hand: &Hand, open: &Open, sheet: &Sheet) -> Result<Vec<(String, String)>> {
    let rows = || sheet.lines.iter().filter_map(|line| line.row_href.strip_prefix("/ledgers/")?.split_once('/'));
    let kinds = kinds(app)?;
    let next = kinds.iter().filter(|next| next.kind.follows.contains(&open.registered.kind.key));
    let offered = next.filter(|next| may_file(hand, next)).filter_map(|next| {
        let asks = |field: &&Field, ledger: &str| field.input.source() == Some(ledger);
        let (ledger, _) = rows().next()?;
        let field = next.kind.form.fields().find(|field| asks(field, ledger))?;
        let of_it = rows().filter(|(of, _)| *of == ledger).map(|(_, row)| (field.key.clone(), row.to_owned()));
        let most = if matches!(field.input, Input::Reference { .. }) { 1 } else { usize::MAX };
        let whose = field.of.clone().zip(open.request.beneficiary_id.map(|person| person.to_string()));
        let known = whose.into_iter().chain(of_it.take(most));
        Some((with_query(&format!("/requests/new/{}", next.kind.key), known), say(hand.w, &next.kind.title)))
    });
    Ok(offered.collect())
}

/// The way on through what waits for whoever decides: with one hand, without the list in between.
async fn walk<G>(read: &mut Read, app: &App, me: &Can<G>, open: &Open) -> Result<Option<Walk>> {
    let desk = Desk::of(read.conn(), app, (&me.0, &me.0), At::Decide).await?;
    let waiting = desk.waiting(read.conn(), app).await?;
    let place = |one: &Waiting| one.place(Order::Longest);
    let here = waiting.iter().find(|one| one.id == open.request.id).map(place);
    let others = || waiting.iter().filter(|one| one.id != open.request.id);
    let after = others().filter(|one| here.is_some_and(|here| place(one) > here)).min_by_key(|one| place(one));
    let Some(next) = after.or_else(|| others().min_by_key(|one| place(one))) else {
        return Ok(here.map(|_| Walk { place: Some(1), all: 1, next: None }));
    };
    let number = lists::number_of(read.conn(), next.id).await?;
    let before = here.map(|here| waiting.iter().filter(|one| place(one) < here).count() + 1);
    Ok(Some(Walk { place: before, all: waiting.len(), next: number }))
}

/// What the clauses say by which this reader decides or works, beside their numbers.
pub(super) async fn say_rules<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    sheet: &Sheet,
    basis: &mut Vec<Basis>,
) -> Result<()> {
    let (edition, clauses) = &sheet.rules;
    regulations::say_rules(app, me, screen.w.lang(), (edition, clauses), basis).await
}

/// The list from which this person came to the request.
fn list_of(me: &Viewer, open: &Open, sheet: &Sheet) -> (&'static str, &'static str) {
    if sheet.may.decide {
        ("/requests/inbox", "nav-inbox")
    } else if sheet.may.execute || sheet.lines.iter().any(|line| line.may_slip) {
        ("/requests/work", "nav-work")
    } else if !sheet.to_read.is_empty() {
        (super::REVIEWS, "requests-reviews")
    } else if open.request.requester_id == Some(me.person.0) || sheet.to_receive() {
        ("/requests", "nav-requests")
    } else {
        ("/requests/all", "requests-in-reach")
    }
}

/// After an act that was not taken: 422 or 409, the request as it is now, what was typed, and why. What the rules do not
/// speak about stays an error.
pub(super) async fn again<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    number: &str,
    tried: Tried,
    error: Error,
) -> Result<Response> {
    again_with(app, me, screen, number, (tried, Vec::new()), error).await
}

/// The same for a whole form that came too late: its answers are shown, so that nobody has to think of them again.
pub(super) async fn again_with<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    number: &str,
    (tried, late): (Tried, Vec<Answer>),
    error: Error,
) -> Result<Response> {
    let (status, tone, message) = spoken(error)?;
    let tried = tried.refused(screen.w, &message);
    let words = tried.words().to_owned();
    let mut page = match draw(app, me, screen, number, Some(tried)).await {
        Err(Error::NotFound) => {
            let banner = Banner::new(tone, screen.w.line(&said(&message)));
            return gone(app, me, screen, number, (words, late), (status, banner)).await;
        }
        page => page?,
    };
    page.late = late;
    if let Some(words) = page.tried.as_ref().and_then(Tried::stands_against) {
        page.shell = page.shell.banner(Banner::new(tone, words.to_owned()));
    }
    page_with(status, &page)
}

/// The request is out of sight meanwhile: why the act was not taken, and what was typed.
async fn gone<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    number: &str,
    (words, late): (String, Vec<Answer>),
    (status, banner): (StatusCode, Banner),
) -> Result<Response> {
    let (list, word) = match me.may(Permission::RequestsDecide) {
        true => ("/requests/inbox", "nav-inbox"),
        false => ("/requests", "nav-requests"),
    };
    let mut read = app.read(me).await?;
    let shell = screen.shell(app, &mut read, number, &[]).await?.under(list);
    let list = (list, screen.w.t(word).into_owned());
    let shell = shell.crumb(list.0, &list.1).crumb_here(number).banner(banner);
    page_with(status, &GonePage { shell, words, late, list })
}

/// Somebody's answer was not taken: where somebody else was quicker, they hear who answered, what and when.
pub(super) async fn overtaken<G>(
    app: &App,
    me: &Can<G>,
    screen: &Screen,
    (hand, number, seen): (&Hand, &str, ContentHash),
    what: (Tried, Vec<Answer>),
    error: Error,
) -> Result<Response> {
    let before = match late::overtaken(&error) {
        true => late::before(app, me, number, seen).await?,
        false => None,
    };
    let Some(before) = before else { return again(app, me, screen, number, what.0, error).await };
    let told = told(hand, &before.open, &before.names, (&before.lines, &before.steps), &before.decided);
    let at = screen.dates.short_at(before.decided.decided_at);
    let message = Message::new("requests-refused-overtaken").with("what", told).with("at", at);
    again_with(app, me, screen, number, what, Error::Conflict(message)).await
}

/// How a refusal of the rules is answered.
pub(super) fn spoken(error: Error) -> Result<(StatusCode, Tone, Message)> {
    match error {
        Error::Refused(message) => Ok((StatusCode::UNPROCESSABLE_ENTITY, Tone::Bad, message)),
        Error::Conflict(message) => Ok((StatusCode::CONFLICT, Tone::Warn, message)),
        other => Err(other),
    }
}
