//! The addresses of adoption: /adoptions lists what is in force, to come and known; /adoptions/{edition} shows what a text
//! would change and takes the organisation's decision; what is still to come is taken back there.
use super::{EditParameters, ViewParameters, reader};
use crate::engines::regulations::actions::{self, Adoption};
use crate::engines::regulations::adopted::{Adopted, Adoptions, Role};
use crate::engines::regulations::blanks::{self, Blank, Filled};
use crate::engines::regulations::compare::compare;
use crate::engines::regulations::impact::{impact, needs_own_accounts};
use crate::engines::regulations::in_force::{Regulations, UnderWay};
use crate::engines::regulations::library::Entry;
use crate::engines::regulations::views::adoption::{self as shown, Matter};
use crate::engines::regulations::{entry, settle, store};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::text::with_query;
use crate::kernel::work::Work;
use crate::people::passwords::Typed;
use crate::people::step_up::{self, Action};
use crate::people::store::persons_of;
use crate::web::extract::{Path, Posted, Query};
use crate::web::forms::{Field, Form};
use crate::web::identify::Caller;
use crate::web::locale::Label;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::Tone;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// 規程の採用: all of them.
pub(super) async fn list(State(app): State<App>, me: Can<ViewParameters>, screen: Screen) -> Result<Response> {
    let (regulations, _) = super::disclosed(&app, &me, screen.dates.today)?;
    let mut read = app.read(&me).await?;
    let rows = store::list_adoptions(read.conn()).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("regulations-adoptions"), &[]).await?;
    page(&shown::list(shell, screen.w, screen.dates, &me, &regulations, &rows))
}

/// As what a text is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Looked {
    role: String,
}

/// A text that could be adopted, for somebody to whom it would be disclosed.
fn candidate(regulations: &Regulations, viewer: &Viewer, edition: &str) -> Result<Arc<Entry>> {
    let entry = regulations.library().get(edition).ok_or(Error::NotFound)?;
    let binding = entry.binding.as_ref().ok_or(Error::NotFound)?;
    let open = viewer.posts.iter().any(|post| binding.discloses_to(post.tier));
    if open { Ok(Arc::clone(entry)) } else { Err(Error::NotFound) }
}

/// What it will do here: an edition of an adopted regulation does what that one does.
fn role(adoptions: &Adoptions, entry: &Entry, today: NaiveDate, asked: &str) -> Role {
    let same = |adopted: &&Arc<Adopted>| adopted.key() == entry.catalogue.key;
    let in_force = adoptions.on(today);
    let known = in_force.iter().find(same).map(|adopted| adopted.role);
    known.or_else(|| Role::from_key(asked)).unwrap_or(Role::Tracked)
}

fn tomorrow(screen: &Screen) -> NaiveDate {
    screen.dates.today.checked_add_days(Days::new(1)).unwrap_or(screen.dates.today)
}

/// The organisation's decision as a form: days, who decided, the blanks of the text, and one's own password.
fn form(app: &App, screen: &Screen, entry: &Entry) -> Form {
    let w = screen.w;
    let mut fields = vec![
        Field::hidden("role"),
        Field::date("approved_on", "regulations-approved-on"),
        Field::text("approved_by", "regulations-approved-by").most(100).hint("regulations-approved-by-hint"),
        Field::date("effective_on", "regulations-in-force-on").hint("regulations-in-force-on-hint"),
    ];
    for blank in blanks::of(entry) {
        match blank {
            Blank::Date(date) => {
                let label = Label::text(date.label.in_language(w.lang().code()).to_owned());
                fields.push(Field::date(&date.key, label).hint("regulations-blank-hint"));
            }
            Blank::Value(parameter, _) => fields.extend(entry::questions(w, parameter.key, parameter)),
        }
    }
    fields.push(step_up::question(app, Action::Settings));
    Form::new(w, screen.dates, fields)
}

/// Filled with what is proposed; dates that the text leaves blank stay so.
fn filled(app: &App, screen: &Screen, entry: &Entry, role: Role) -> Form {
    let form = form(app, screen, entry).fill("role", role.key());
    let fill = |form: Form, blank: Blank<'_>| match blank {
        Blank::Date(_) => form,
        Blank::Value(parameter, value) => match settle::read(parameter, value) {
            Some(shown) => entry::fill(form, parameter.key, &shown),
            None => form,
        },
    };
    blanks::of(entry).fold(form, fill)
}

/// 採用する規程: what it changes, and the form.
pub(super) async fn show(
    State(app): State<App>,
    me: Can<ViewParameters>,
    screen: Screen,
    Path(edition): Path<String>,
    Query(looked): Query<Looked>,
) -> Result<Response> {
    let (regulations, _) = super::disclosed(&app, &me, screen.dates.today)?;
    let entry = candidate(&regulations, &me, &edition)?;
    let role = role(&regulations.adoptions(), &entry, screen.dates.today, &looked.role);
    let form = filled(&app, &screen, &entry, role);
    draw(&app, &me, &screen, &regulations, (&entry, role), form, StatusCode::OK).await
}

async fn draw(
    app: &App,
    viewer: &Viewer,
    screen: &Screen,
    regulations: &Regulations,
    (entry, role): (&Entry, Role),
    form: Form,
    status: StatusCode,
) -> Result<Response> {
    let adoptions = regulations.adoptions();
    let today = screen.dates.today;
    let day = form.date("effective_on").filter(|day| *day >= today).unwrap_or_else(|| tomorrow(screen));
    let edition = entry.edition();
    let supposed = adoptions.supposing(regulations.library(), &edition, role, day)?;
    let (before, after) = (adoptions.on(day), supposed.on(day));
    let mut read = app.read(viewer).await?;
    let entered = store::list_values(read.conn()).await?;
    let impact = impact(&before, &after, &entered, day);
    let under_way = match role {
        Role::Operating => (app.part::<UnderWay>()?.0)(read.conn()).await?,
        Role::Tracked => Vec::new(),
    };
    let mut vacant = Vec::new();
    for tier in &impact.acting {
        if persons_of(read.conn(), *tier, today).await?.is_empty() {
            vacant.push(*tier);
        }
    }
    let old = before.get(&entry.catalogue.key).filter(|adopted| adopted.entry().edition() != edition);
    let rows = old.map(|old| compare(&old.entry().catalogue, &entry.catalogue)).unwrap_or_default();
    let new = after.get(&entry.catalogue.key).ok_or(Error::NotFound)?;
    let coming = adoptions.to_come(today).filter(|adopted| adopted.entry().edition() == edition).cloned().collect();
    let title = shown::title(screen.w, entry);
    let shell = screen.shell(app, &mut read, title.clone(), &[]).await?;
    let shell = shell.crumb("/adoptions", screen.w.t("regulations-adoptions")).crumb_here(title);
    let shell = shell.module("form").faulty(form.faulty());
    let matter = Matter {
        old: old.map(|old| &**old),
        after: &after,
        before: &before,
        rows: &rows,
        impact: &impact,
        under_way: &under_way,
        vacant: &vacant,
        coming,
        known: adoptions.on(today).get(&entry.catalogue.key).is_some(),
        may_adopt: viewer.may(Permission::ParametersEdit),
        day,
        form,
    };
    page_with(status, &shown::page(shell, &reader(screen, viewer, regulations, new), matter))
}

/// The blanks as they were typed; what is no such value is said at its field.
fn read_blanks(form: &mut Form, entry: &Entry) -> Filled {
    let mut filled = Filled::new();
    for blank in blanks::of(entry) {
        let value = match blank {
            Blank::Date(date) => form.date(&date.key).map(|day| json!(day)),
            Blank::Value(parameter, _) => entry::read(form, parameter.key, parameter),
        };
        let wrong = match (&blank, &value) {
            (Blank::Value(parameter, _), Some(value)) => settle::refusal(parameter, value),
            _ => None,
        };
        if let Some(words) = wrong {
            form.refuse(blank.key(), said(&words));
            continue;
        }
        let left_out = match (&blank, &value) {
            (Blank::Value(parameter, _), Some(value)) => settle::left_out(entry, parameter, value),
            _ => None,
        };
        if let Some(clause) = left_out {
            form.refuse(blank.key(), said(&Message::new("regulations-value-demanded").with("clause", clause.label)));
            continue;
        }
        match value {
            Some(value) => drop(filled.insert(blank.key().to_owned(), value)),
            None => form.refuse(blank.key(), said(&Message::new("regulations-value-bounds"))),
        }
    }
    filled
}

pub(super) async fn adopt(
    State(app): State<App>,
    me: Can<EditParameters>,
    screen: Screen,
    caller: Caller,
    Path(edition): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let today = screen.dates.today;
    let (regulations, _) = super::disclosed(&app, &me, today)?;
    let entry = candidate(&regulations, &me, &edition)?;
    let form = form(&app, &screen, &entry);
    let mut form = form.take(posted.input).map_err(|_| Error::Forged("a field that nobody asked for"))?;
    let role = role(&regulations.adoptions(), &entry, today, form.text("role"));
    let filled = if form.faulty() { Filled::new() } else { read_blanks(&mut form, &entry) };
    let approved_by = form.text("approved_by").to_owned();
    let adoption = Adoption {
        key: &edition,
        role,
        approved_on: form.date("approved_on").unwrap_or(today),
        effective_on: form.date("effective_on").unwrap_or(today),
        approved_by: &approved_by,
        filled: &filled,
    };
    for (field, refused, why) in [
        ("approved_on", adoption.approved_on > today, "regulations-approval-to-come"),
        ("effective_on", adoption.effective_on < today, "regulations-in-force-past"),
        ("effective_on", adoption.effective_on < adoption.approved_on, "regulations-effective-before-approval"),
    ] {
        if refused && !form.faulty() {
            form.refuse(field, said(&Message::new(why)));
        }
    }
    if !form.faulty() && locks_out(&app, &me, &regulations, (&edition, role), adoption.effective_on).await? {
        form.refuse("effective_on", said(&Message::new("regulations-adoption-locks-out")));
    }
    let typed = Typed::new(form.text(step_up::FIELD));
    if !form.faulty() && !step_up::confirm(&app, &me, &caller, &typed, (Action::Settings, &edition)).await? {
        form.refuse(step_up::FIELD, step_up::wrong());
    }
    if form.faulty() {
        return draw(&app, &me, &screen, &regulations, (&entry, role), form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if let Some(before) = work.once(posted.once, &posted.body).await? {
                return Ok(before);
            }
            actions::adopt(work, regulations.library(), &adoption).await?;
            work.settle(posted.once, "/adoptions").await?;
            Ok("/adoptions".to_owned())
        })
        .await;
    let back = match done {
        Err(Error::Refused(why)) => {
            form.refuse("effective_on", said(&why));
            return draw(&app, &me, &screen, &regulations, (&entry, role), form, StatusCode::UNPROCESSABLE_ENTITY)
                .await;
        }
        done => done?,
    };
    regulations.refresh(&app).await?;
    let told = Message::new("regulations-adopted-now").with("name", shown::title(screen.w, &entry));
    Ok(screen.go(&app, &back, Some((Tone::Good, told))))
}

/// Would nobody administer the portal any more from that day on? Its pages would open to accounts of administration alone; there is
/// none, and no request by which one could be had.
async fn locks_out(
    app: &App,
    viewer: &Viewer,
    regulations: &Regulations,
    (edition, role): (&str, Role),
    day: NaiveDate,
) -> Result<bool> {
    let after = regulations.adoptions().supposing(regulations.library(), edition, role, day)?.on(day);
    let mut read = app.read(viewer).await?;
    let entered = store::list_values(read.conn()).await?;
    Ok(needs_own_accounts(&after, &entered, day) && !store::has_own_accounts(read.conn(), day).await?)
}

/// The question before an adoption is taken back.
fn question(app: &App, screen: &Screen) -> Form {
    let fields = vec![
        Field::area("reason", "regulations-reason").most(200).hint("regulations-reason-hint"),
        step_up::question(app, Action::Settings),
    ];
    Form::new(screen.w, screen.dates, fields)
}

/// What is still to come, for somebody to whom its text is disclosed.
fn to_come(regulations: &Regulations, viewer: &Viewer, id: Uuid, today: NaiveDate) -> Result<Arc<Adopted>> {
    let adoptions = regulations.adoptions();
    let found = adoptions.iter().find(|adopted| adopted.id == id && adopted.discloses_to(viewer));
    let found = found.ok_or(Error::NotFound)?;
    match found.effective_on > today {
        true => Ok(Arc::clone(found)),
        false => Err(Error::Refused(Message::new("regulations-in-force-already"))),
    }
}

async fn ask(
    app: &App,
    viewer: &Viewer,
    screen: &Screen,
    adopted: &Adopted,
    form: Form,
    status: StatusCode,
) -> Result<Response> {
    let mut read = app.read(viewer).await?;
    let shell = screen.shell(app, &mut read, screen.w.t("regulations-take-back"), &[]).await?;
    let shell = shell
        .crumb("/adoptions", screen.w.t("regulations-adoptions"))
        .crumb_here(screen.w.t("regulations-take-back"))
        .module("form")
        .faulty(form.faulty());
    page_with(status, &shown::taking_back(shell, screen.w, screen.dates, adopted, form))
}

pub(super) async fn taking_back(
    State(app): State<App>,
    me: Can<EditParameters>,
    screen: Screen,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let (regulations, _) = super::disclosed(&app, &me, screen.dates.today)?;
    let adopted = to_come(&regulations, &me, id, screen.dates.today)?;
    ask(&app, &me, &screen, &adopted, question(&app, &screen), StatusCode::OK).await
}

pub(super) async fn take_back(
    State(app): State<App>,
    me: Can<EditParameters>,
    screen: Screen,
    caller: Caller,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    let (regulations, _) = super::disclosed(&app, &me, screen.dates.today)?;
    let adopted = to_come(&regulations, &me, id, screen.dates.today)?;
    let form = question(&app, &screen);
    let mut form = form.take(posted.input).map_err(|_| Error::Forged("a field that nobody asked for"))?;
    let typed = Typed::new(form.text(step_up::FIELD));
    let target = id.to_string();
    if !form.faulty() && !step_up::confirm(&app, &me, &caller, &typed, (Action::Settings, &target)).await? {
        form.refuse(step_up::FIELD, step_up::wrong());
    }
    if form.faulty() {
        return ask(&app, &me, &screen, &adopted, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let reason = form.text("reason").to_owned();
    let back = app
        .change(&me.actor(), async |work: &mut Work| {
            if let Some(before) = work.once(posted.once, &posted.body).await? {
                return Ok(before);
            }
            actions::take_back(work, &adopted, &reason).await?;
            work.settle(posted.once, "/adoptions").await?;
            Ok("/adoptions".to_owned())
        })
        .await?;
    regulations.refresh(&app).await?;
    let told = Message::new("regulations-taken-back-now").with("name", shown::title(screen.w, adopted.entry()));
    Ok(screen.go(&app, &back, Some((Tone::Good, told))))
}

/// The page of a text, as what it would be adopted.
pub(in crate::engines::regulations) fn address(edition: &str, role: Option<Role>) -> String {
    let path = format!("/adoptions/{edition}");
    match role {
        Some(role) => with_query(&path, [("role", role.key())]),
        None => path,
    }
}
