//! Addresses and handlers of 役割台帳.
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::chart::Seat;
use super::{EDIT, EditFunctions, store, views};
use crate::engines::regulations::binding::Function;
use crate::engines::regulations::by_post::by_post;
use crate::engines::regulations::functions::{self, Fitness, Named, Role};
use crate::engines::regulations::{InForce, Regulations};
use crate::kernel::access::{Permission, Reach};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::work::Work;
use crate::people::posts::{self, Appointment, ROLE_ASSIGNMENT, Refused};
use crate::people::step_up::{self, Action};
use crate::people::store as people;
use crate::web::extract::{Path, Posted, Query};
use crate::web::forms::Form;
use crate::web::identify::Caller;
use crate::web::locale::Line;
use crate::web::routing::{Can, SignedIn};
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::Tone;

fn in_force(app: &App) -> Result<Arc<InForce>> {
    let in_force = app.part::<Regulations>()?.in_force();
    if in_force.operating.is_some() { Ok(in_force) } else { Err(Error::NotFound) }
}

fn lies_at(named: &Named<'_>, key: &str) -> bool {
    named.address().strip_prefix("/functions/") == Some(key)
}

/// A function that is given here: one whose holders a regulation before it names is given there.
fn given<'a>(in_force: &'a InForce, key: &str) -> Result<&'a Function> {
    let all = functions::named(in_force);
    let found = all.iter().find(|named| named.follows.is_none() && lies_at(named, key));
    found.map(|named| named.function).ok_or(Error::NotFound)
}

async fn role<'a>(read: &mut Read, in_force: &'a InForce, key: &str, screen: &Screen) -> Result<Role<'a>> {
    let roles = functions::roles(read.conn(), in_force, screen.dates.today).await?;
    roles.into_iter().find(|role| lies_at(&role.named, key)).ok_or(Error::NotFound)
}

/// GET /functions
pub async fn list(State(app): State<App>, me: Can<SignedIn>, screen: Screen) -> Result<Response> {
    let w = screen.w;
    let in_force = in_force(&app)?;
    let mut read = app.read(&me).await?;
    let roles = functions::roles(read.conn(), &in_force, screen.dates.today).await?;
    let by_post = by_post(read.conn(), &in_force, screen.dates.today).await?;
    let notices = functions::notices(read.conn(), &in_force, &me, screen.dates.today).await?;
    let shell = screen.shell(&app, &mut read, w.t("functions-title"), &[ROLE_ASSIGNMENT]).await?;
    page(&views::List {
        alerts: notices.iter().map(|told| functions::banner(w, told)).collect(),
        vacant: roles.iter().filter(|role| role.is_vacant(screen.dates.today)).count()
            + by_post.iter().filter(|one| one.is_vacant(screen.dates.today)).count(),
        by_post: views::by_post(w, &screen.dates, &by_post, me.may(EDIT)),
        table: views::table(w, &screen.dates, &roles),
        empty: roles.is_empty().then(|| views::none(w)),
        shell,
    })
}

/// GET /functions/{key}
pub async fn show(
    State(app): State<App>,
    me: Can<SignedIn>,
    screen: Screen,
    Path(key): Path<String>,
) -> Result<Response> {
    let w = screen.w;
    let in_force = in_force(&app)?;
    let mut read = app.read(&me).await?;
    let role = role(&mut read, &in_force, &key, &screen).await?;
    let edits = me.may(EDIT) && role.named.follows.is_none();
    // former and coming holders are for those who see the whole organisation; who holds it today, for everybody
    let whole = me.reach(Permission::PeopleView) == Reach::Organisation;
    let ids: Vec<PostId> = role.terms.iter().map(|term| term.post.id).collect();
    let handovers = if whole { store::list_handovers(read.conn(), &ids).await? } else { Vec::new() };
    let title = role.function.title.in_language(w.lang().code()).to_owned();
    let shell = screen.shell(&app, &mut read, title.clone(), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/functions", w.t("functions-title")).crumb_here(title);
    page(&views::Show {
        facts: views::facts(w, &role),
        now: views::holders(w, &screen.dates, &role, whole),
        history: if whole { views::history(w, &screen.dates, &role, &handovers) } else { Vec::new() },
        vacant: role.is_vacant(screen.dates.today),
        appoint: edits.then(|| format!("/functions/{key}/appointment")),
        endings: if edits { views::endings(w, screen.dates, &role) } else { Vec::new() },
        action: format!("/functions/{key}/ending"),
        shell,
    })
}

/// GET /functions/{key}/appointment
pub async fn ask(
    State(app): State<App>,
    me: Can<EditFunctions>,
    screen: Screen,
    Path(key): Path<String>,
) -> Result<Response> {
    let in_force = in_force(&app)?;
    let function = given(&in_force, &key)?;
    let mut read = app.read(&me).await?;
    let form = blank(&app, &mut read, &screen, function).await?;
    let form = form.fill("from", screen.dates.machine(screen.dates.today));
    show_form(&app, &screen, read, (function, &key), form).await
}

async fn blank(app: &App, read: &mut Read, screen: &Screen, function: &Function) -> Result<Form> {
    let today = app.clock().today();
    let departments = people::departments(read.conn(), &people::Circle::everybody(), today).await?;
    let mut fields = views::questions(screen.w, function, &departments);
    fields.push(step_up::question(app, Action::Rights));
    Ok(Form::new(screen.w, screen.dates, fields))
}

async fn show_form(
    app: &App,
    screen: &Screen,
    mut read: Read,
    (function, key): (&Function, &str),
    form: Form,
) -> Result<Response> {
    let w = screen.w;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let name = function.title.in_language(w.lang().code()).to_owned();
    let back = format!("/functions/{key}");
    let title = w.t1("functions-appoint-title", "name", &name).into_owned();
    let shell = screen.shell(app, &mut read, title, &[ROLE_ASSIGNMENT]).await?;
    let shell =
        shell.crumb("/functions", w.t("functions-title")).crumb(&back, name).crumb_here(w.t("functions-appoint"));
    let shell = shell.module("form").faulty(form.faulty());
    page_with(status, &views::AppointPage { shell, action: format!("{back}/appointment"), back, form })
}

/// POST /functions/{key}/appointment
pub async fn appoint(
    State(app): State<App>,
    me: Can<EditFunctions>,
    screen: Screen,
    caller: Caller,
    Path(key): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let in_force = in_force(&app)?;
    let function = given(&in_force, &key)?;
    let mut read = app.read(&me).await?;
    let form = blank(&app, &mut read, &screen, function).await?;
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let person = resolve(&mut read, &screen, &mut form).await?;
    let Some(person) = person.filter(|_| !form.faulty()) else {
        return show_form(&app, &screen, read, (function, &key), form).await;
    };
    drop(read);
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Rights, &key)).await? {
        let read = app.read(&me).await?;
        return show_form(&app, &screen, read, (function, &key), form).await;
    }
    let mut refused = None;
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_some() {
                return Ok(());
            }
            match give(work, function, person, &form).await? {
                Ok(_) => work.settle(posted.once, "/functions").await,
                Err(found) => {
                    refused = Some(found);
                    Err(Error::refused("functions-refused"))
                }
            }
        })
        .await;
    match (done, refused) {
        (_, Some((field, words))) => {
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            show_form(&app, &screen, read, (function, &key), form).await
        }
        (Err(error), None) => Err(error),
        (Ok(()), None) => {
            let name = function.title.in_language(screen.w.lang().code());
            let words = Message::new("functions-appointed").with("name", name);
            Ok(screen.go(&app, &format!("/functions/{key}"), Some((Tone::Good, words))))
        }
    }
}

/// Gives the function, tied to the post by which the text wants it held.
async fn give(work: &mut Work, function: &Function, person: PersonId, form: &Form) -> Result<Result<PostId, Refused>> {
    let from = form.date("from").ok_or(Error::Forged("no day"))?;
    let last = form.date("last");
    let (rests_on, last, department) = match functions::fitness(work.conn(), function, person, from).await? {
        Fitness::Unfit => {
            let post = function.ex_officio.clone().unwrap_or_default();
            let words =
                Message::new("functions-refused-ex-officio").with("name", &function.title.ja).with("what", post);
            return Ok(Err(("person", words)));
        }
        Fitness::Free => (None, last, form.parsed::<DepartmentId>("department")),
        Fitness::ByPost(post, ends) => {
            let held = people::find_post(work.conn(), post).await?.ok_or(Error::NotFound)?;
            (Some(post), [last, ends].into_iter().flatten().min(), Some(held.department))
        }
    };
    let main = people::department_of(work.conn(), person, from).await?;
    let Some(department) = department.or(main) else {
        return Ok(Err(("department", Message::new("functions-refused-no-department"))));
    };
    let appointment = Appointment {
        person,
        department,
        tier: function.tier,
        function: Some(function.key.clone()),
        title: function.title.ja.clone(),
        main: false,
        from,
        last,
        rests_on,
        reason: form.text("reason").to_owned(),
    };
    posts::give(work, &appointment).await
}

/// The person that was typed, by number or name.
async fn resolve(read: &mut Read, screen: &Screen, form: &mut Form) -> Result<Option<PersonId>> {
    let Some(typed) = form.filled("person").map(str::to_owned) else { return Ok(None) };
    let found = people::named(read.conn(), &typed, screen.dates.today).await?;
    match found.as_slice() {
        [one] => return Ok(Some(*one)),
        [] => form.refuse("person", Line::new("stand-in-person-unknown")),
        _ => form.refuse("person", Line::new("stand-in-person-several")),
    }
    Ok(None)
}

/// POST /functions/{key}/ending
pub async fn end(
    State(app): State<App>,
    me: Can<EditFunctions>,
    screen: Screen,
    Path(key): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let in_force = in_force(&app)?;
    given(&in_force, &key)?;
    let form = Form::new(screen.w, screen.dates, views::ending_questions());
    let form = form.take(posted.input).map_err(|_| Error::Forged("unasked"))?;
    let mut read = app.read(&me).await?;
    let role = role(&mut read, &in_force, &key, &screen).await?;
    let post = form.parsed::<PostId>("post");
    let term = role.terms.iter().find(|term| Some(term.post.id) == post).ok_or(Error::NotFound)?;
    drop(read);
    let reason = form.text("reason").to_owned();
    let coming = term.post.from > screen.dates.today;
    if form.faulty() && (!coming || reason.is_empty()) {
        return Err(Error::refused("functions-end-incomplete"));
    }
    let last = form.date("last");
    app.change(&me.actor(), async |work: &mut Work| {
        let Some(last) = last.filter(|last| *last >= term.post.from) else {
            return posts::take_back(work, term.post.id, &reason).await;
        };
        match posts::end(work, term.post.id, last, &reason).await? {
            None => Ok(()),
            Some((_, words)) => Err(Error::Refused(words)),
        }
    })
    .await?;
    let words = Message::new("functions-ended").with("name", role.function.title.in_language(screen.w.lang().code()));
    Ok(screen.go(&app, &format!("/functions/{key}"), Some((Tone::Good, words))))
}

/// Which drawing is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    version: String,
}

/// GET /functions/chart
pub async fn chart(
    State(app): State<App>,
    me: Can<SignedIn>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let w = screen.w;
    let in_force = in_force(&app)?;
    let mut read = app.read(&me).await?;
    let whole = me.reach(Permission::PeopleView) == Reach::Organisation;
    let no = asked.version.parse::<i32>().ok().filter(|_| whole);
    let drawn = store::find_chart(read.conn(), no).await?;
    if drawn.is_none() && no.is_some() {
        return Err(Error::NotFound);
    }
    let versions = if whole { store::list_charts(read.conn()).await? } else { Vec::new() };
    let seats: Vec<Seat> = match &drawn {
        Some(version) => serde_json::from_value(version.content.clone()).map_err(anyhow::Error::from)?,
        None => {
            let roles = functions::roles(read.conn(), &in_force, screen.dates.today).await?;
            super::chart::seats(&roles, screen.dates.today)
        }
    };
    let shell = screen.shell(&app, &mut read, w.t("functions-chart"), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/functions", w.t("functions-title")).crumb_here(w.t("functions-chart"));
    page(&views::ChartPage {
        version: drawn.as_ref().map(|version| views::version(w, &screen.dates, version.no, version.on)),
        boxes: views::boxes(w, &screen.dates, &seats),
        versions: views::versions(w, &screen.dates, &versions, drawn.map(|version| version.no)),
        shell,
    })
}
