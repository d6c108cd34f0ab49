//! The open page, and the release of locked sign-ins.
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::model::{IDENTITY, MATCHED, contact_fault, way};
use super::store::Known;
use super::{IDENTITY_CHECK, ManageSignIns, RESET, store, views};
use crate::engines::regulations::Regulations;
use crate::engines::requests::Registered;
use crate::engines::requests::actions::filing::{self, Filed};
use crate::engines::requests::actions::kinds;
use crate::engines::requests::model::{Options, Typed};
use crate::engines::requests::views::form::draw;
use crate::kernel::access::{Permission, Scope, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::audit::Event;
use crate::kernel::calendar::parse_time;
use crate::kernel::clock::{Outside, Span, local, moment};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{PersonId, RequestId};
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::people::passwords;
use crate::people::sign_in::Gatekeeper;
use crate::people::sign_ins::{self, IdentityCheck};
use crate::people::step_up::{self, Action};
use crate::web::extract::{Path, Posted, Query};
use crate::web::forms::Form;
use crate::web::identify::Caller;
use crate::web::locale::{Label, Line, Words};
use crate::web::routing::Can;
use crate::web::screen::{House, Screen, page, page_with, said};
use crate::web::shell::Tone;
use crate::web::tables::Pager;

/// Claims that one place may send within an hour.
const CLAIMS_AN_HOUR: i64 = 5;
const HOUR: TimeDelta = TimeDelta::hours(1);

/// GET /password-reset
pub async fn ask(State(app): State<App>, screen: Screen) -> Result<Response> {
    let registered = kinds(&app)?.get(RESET)?.clone();
    let id = RequestId::new(app.clock().now());
    show(&app, &screen, &registered, id, &Typed::default(), &[])
}

fn show(
    app: &App,
    screen: &Screen,
    registered: &Registered,
    id: RequestId,
    typed: &Typed,
    errors: &[crate::engines::requests::model::FieldError],
) -> Result<Response> {
    let form = draw(screen.w, &screen.dates, &registered.kind.form, typed, &Options::new(), errors);
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.plain(app, screen.w.t("password-reset-title"))?.module("form").faulty(form.faulty());
    page_with(status, &views::Ask { shell, id: id.to_string(), form })
}

/// POST /password-reset: whoever is named, the answer is the same. Nobody is looked up here.
pub async fn file(State(app): State<App>, screen: Screen, caller: Caller, posted: Posted) -> Result<Response> {
    app.part::<Gatekeeper>()?.admit(caller.source)?;
    let registered = kinds(&app)?.get(RESET)?.clone();
    let id = posted.input.get("id").and_then(RequestId::drawn).ok_or(Error::Forged("no id"))?;
    posted.asked(|name| name == "id" || registered.kind.form.asks(name))?;
    let answers = posted.input.iter().filter(|(name, _)| *name != "id");
    // an ID is kept as it is written in the register, however it was typed
    let kept = |(name, value): (&str, &str)| match name {
        "login" => (name.to_owned(), text::digits(value)),
        _ => (name.to_owned(), value.to_owned()),
    };
    let typed = Typed::new(answers.map(kept));
    let (_, errors) = registered.kind.form.read(&typed, &Options::new(), app.clock().today());
    if !errors.is_empty() {
        return show(&app, &screen, &registered, id, &typed, &errors);
    }
    let source = caller.source.map(|source| source.to_string()).unwrap_or_default();
    app.change(&screen.visit.actor(), async |work: &mut Work| claim(work, &registered, id, &typed, &source).await)
        .await?;
    Ok(screen.go(&app, "/password-reset/received", None))
}

/// Files what somebody claims who is not signed in; `None` when a request for that name waits already. Nobody is looked
/// up here.
pub async fn claim(
    work: &mut Work,
    registered: &Registered,
    id: RequestId,
    typed: &Typed,
    source: &str,
) -> Result<Option<String>> {
    let form = &registered.kind.form;
    let (content, _) = form.read(typed, &Options::new(), local(work.now).date_naive());
    let claims = claims(&form.show(&content, &Options::new()), typed, source);
    let since = work.now - HOUR;
    if let Some(filled) = store::claim_from(work.conn(), source, since, CLAIMS_AN_HOUR).await? {
        return Err(Error::TooMany(Some(filled + HOUR)));
    }
    let login = text::digits(&typed.one("login"));
    if store::waits(work.conn(), &login).await? {
        // one request a person is enough; the second claim is written down, not queued
        let event = Event::denied("password.reset_repeated", "request", id).by(RESET);
        work.record(event.facts(serde_json::json!({ "login": login }))).await?;
        return Ok(None);
    }
    let today = local(work.now).date_naive();
    let top = store::top_department(work.conn(), today).await?.ok_or(Error::Busy)?;
    match filing::file_open(work, registered, id, typed.clone(), &claims, top).await? {
        Filed::Done { number } => Ok(Some(number)),
        Filed::Mend(_) => Err(Error::Forged("form")),
    }
}

/// What the applicant says of themselves, in the words of the form.
fn claims(shown: &[crate::engines::requests::model::Shown], typed: &Typed, source: &str) -> serde_json::Value {
    let mut claims = serde_json::Map::new();
    for field in shown {
        let words: Vec<&str> = field.lines.iter().filter_map(|line| line.text(false)).collect();
        if !words.is_empty() {
            claims.insert(field.field.clone(), words.join("、").into());
        }
    }
    claims.insert("login".to_owned(), text::digits(&typed.one("login")).into());
    claims.insert("source".to_owned(), source.into());
    claims.into()
}

/// GET /password-reset/received
pub async fn received(State(app): State<App>, screen: Screen) -> Result<Response> {
    let shell = screen.plain(&app, screen.w.t("password-reset-received"))?;
    page(&views::Received { shell })
}

/// Sign-ins on one page.
const ROWS: usize = 50;

/// What the list is searched by.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    after: String,
}

/// GET /sign-ins
pub async fn list(
    State(app): State<App>,
    me: Can<ManageSignIns>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let typed: String = text::clean_line(&asked.q).chars().take(60).collect();
    let mut read = app.read(&me).await?;
    let most = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let mut found = sign_ins::list(read.conn(), (&reach(&me), screen.dates.today), &typed, &asked.after, most).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let address = |after: &str| {
        let pairs = [("q", typed.as_str()), ("after", after)];
        text::with_query("/sign-ins", pairs.into_iter().filter(|(_, value)| !value.is_empty()))
    };
    let pager = Pager {
        w: screen.w,
        previous: (!asked.after.is_empty()).then(|| address("")),
        next: found.last().filter(|_| more).map(|last| address(&last.place())),
    };
    let shell = screen.shell(&app, &mut read, screen.w.t("password-reset-nav"), &[IDENTITY_CHECK]).await?;
    let empty = found.is_empty().then(|| views::nobody(screen.w));
    let locked = locked_word(&app, screen.w)?;
    let table = (!found.is_empty()).then(|| views::table(screen.w, &screen.dates, &locked, &found));
    page(&views::List { shell: shell.module("rows"), filters: views::filters(screen.w, &typed), table, empty, pager })
}

/// Whose sign-ins this person looks after.
fn reach(me: &Viewer) -> Scope {
    me.scope(Permission::SignInsManage)
}

/// How the adopted regulation calls an account that failures have stopped.
fn locked_word(app: &App, w: Words) -> Result<String> {
    let said = app.part::<House>()?.naming().phrase(w, "locked");
    Ok(said.unwrap_or_else(|| w.t("password-reset-state-locked").into_owned()))
}

/// Does the adopted regulation want the reason recorded?
fn owes_reason(app: &App) -> Result<bool> {
    let operating = app.part::<Regulations>()?.operating();
    Ok(operating.is_some_and(|adopted| adopted.binding().release.as_ref().is_some_and(|release| release.reason)))
}

/// The locked person of the address; nobody releases themselves.
async fn locked(read: &mut Read, me: &Viewer, number: &str, today: chrono::NaiveDate) -> Result<(PersonId, Known)> {
    let person = store::with_number(read.conn(), number).await?.ok_or(Error::NotFound)?;
    if !sign_ins::in_reach(read.conn(), person, &reach(me), today).await? {
        return Err(Error::NotFound);
    }
    let known = store::known(read.conn(), person, today).await?.ok_or(Error::NotFound)?;
    if person == me.person || person == me.natural {
        return Err(Error::refused("people-refused-oneself"));
    }
    if !known.locked {
        return Err(Error::refused("people-refused-not-locked"));
    }
    Ok((person, known))
}

/// GET /sign-ins/{number}/release
pub async fn release_form(
    State(app): State<App>,
    me: Can<ManageSignIns>,
    screen: Screen,
    Path(number): Path<String>,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let (_, known) = locked(&mut read, &me, &number, screen.dates.today).await?;
    let form = questions(&app, &screen)?;
    let form = form
        .fill("contact", known.telephone.clone().unwrap_or_default())
        .fill("checked_on", screen.dates.machine(screen.dates.today));
    show_release(&app, &screen, read, &known, form).await
}

fn questions(app: &App, screen: &Screen) -> Result<Form> {
    Ok(Form::new(screen.w, screen.dates, views::release_questions(app, owes_reason(app)?)))
}

async fn show_release(app: &App, screen: &Screen, mut read: Read, known: &Known, form: Form) -> Result<Response> {
    let w = screen.w;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("password-reset-release"), &[IDENTITY_CHECK]).await?;
    let shell = shell.crumb("/sign-ins", w.t("password-reset-nav")).crumb_here(w.t("password-reset-release"));
    let page = views::Release {
        shell: shell.module("form").faulty(form.faulty()),
        action: format!("/sign-ins/{}/release", known.number),
        facts: views::facts(w, known),
        form,
    };
    page_with(status, &page)
}

/// POST /sign-ins/{number}/release
pub async fn release(
    State(app): State<App>,
    me: Can<ManageSignIns>,
    screen: Screen,
    caller: Caller,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let (person, known) = locked(&mut read, &me, &number, screen.dates.today).await?;
    let mut form = questions(&app, &screen)?.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let now = app.clock().now();
    let checked_at = checked_at(&mut form, Span::between(known.locked_at.unwrap_or(now), now));
    if IDENTITY.iter().any(|field| form.filled(field).is_none() && *field != "checked_at") || checked_at.is_none() {
        form.refuse("", Line::new("people-refused-identity-check"));
    }
    if let Some(key) = contact_fault(form.text("method"), form.text("contact"), known.telephone.as_deref()) {
        form.refuse("contact", Line::new(key));
    }
    let Some(checked_at) = checked_at.filter(|_| !form.faulty()) else {
        return show_release(&app, &screen, read, &known, form).await;
    };
    let typed = passwords::Typed::new(form.text(step_up::FIELD));
    if !step_up::confirm(&app, &me, &caller, &typed, (Action::Unlock, &known.number)).await? {
        form.refuse(step_up::FIELD, step_up::wrong());
        return show_release(&app, &screen, read, &known, form).await;
    }
    drop(read);
    let check = IdentityCheck {
        method: way(form.text("method"), form.filled("method_words")),
        contact: form.text("contact").to_owned(),
        confirmed: form.text("result") == MATCHED,
        checked_at,
    };
    settle(&app, &me, &screen, (person, &known), &check, form.text("reason")).await
}

/// Day and time of the check; why the time is none, a text field does not know.
fn checked_at(form: &mut Form, span: Span) -> Option<DateTime<Utc>> {
    let day = form.date("checked_on")?;
    let time = match parse_time(form.filled("checked_time")?) {
        Ok(time) => time,
        Err(error) => {
            let label = Label::key("password-reset-checked-time");
            form.refuse("checked_time", said(&error.message()).named("label", label));
            return None;
        }
    };
    match span.holds(day.and_time(time)) {
        Ok(()) => {}
        Err(Outside::Before) => form.refuse("checked_time", Line::new("password-reset-check-before-lock")),
        Err(Outside::After) => form.refuse("checked_time", Line::new("people-refused-check-future")),
    }
    Some(moment(day.and_time(time)))
}

async fn settle(
    app: &App,
    me: &Viewer,
    screen: &Screen,
    (person, known): (PersonId, &Known),
    check: &IdentityCheck,
    reason: &str,
) -> Result<Response> {
    app.change(&me.actor(), async |work: &mut Work| {
        // the sign-ins are of the whole organisation; whose they are was looked at
        work.see_all().await?;
        if check.confirmed {
            return sign_ins::unlock(work, person, Some(check), reason).await;
        }
        sign_ins::record_unrecognised(work, Some(person), check).await?;
        views::alarm(work, &format!("/people/{}", known.number), &known.number).await
    })
    .await?;
    let name = crate::people::model::full_name(&known.family_name, &known.given_name);
    let said = match check.confirmed {
        true => (Tone::Good, Message::new("password-reset-released").with("name", name)),
        false => (Tone::Warn, Message::new("password-reset-not-released").with("name", name)),
    };
    Ok(screen.go(app, "/sign-ins", Some(said)))
}
