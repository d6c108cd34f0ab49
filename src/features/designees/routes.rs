//! Addresses and handlers of 指名.
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::matters::{self, Matter};
use super::model::{asks_others, last_day_fault, may_end, own_posts};
use super::{NameDesignees, views};
use crate::kernel::access::Viewer;
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{PersonId, PostId};
use crate::kernel::work::Work;
use crate::people::designees::{self, Designation, Named, NewDesignee};
use crate::people::step_up::{self, Action};
use crate::people::store as people;
use crate::web::extract::{Path, Posted};
use crate::web::forms::Form;
use crate::web::identify::Caller;
use crate::web::locale::Line;
use crate::web::routing::Can;
use crate::web::screen::{House, Screen, page, page_with, said};
use crate::web::shell::Tone;

const HOME: &str = "/designees";

/// GET /designees
pub async fn list(State(app): State<App>, me: Can<NameDesignees>, screen: Screen) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let naming = app.part::<House>()?.naming();
    let matters = matters::all(&app, w)?;
    let mut read = app.read(&me).await?;
    let found = designees::all(read.conn(), 200).await?;
    let row = |one| views::Row::of(w, dates, &naming, (&matters, may_end(&me, one, &matters)), one);
    let rows: Vec<_> = found.iter().map(row).collect();
    let shell = screen.shell(&app, &mut read, w.t("designees-title"), &matters::mechanisms(&app)?).await?;
    let may_name = !own_posts(&me, &matters).is_empty();
    let empty = rows.is_empty().then(|| views::none(w, may_name));
    page(&views::ListPage { shell, rows, empty, may_name })
}

fn blank(app: &App, me: &Viewer, screen: &Screen, matters: &[Matter]) -> Result<Form> {
    let naming = app.part::<House>()?.naming();
    let posts = own_posts(me, matters);
    let mut fields = views::questions(screen.w, &naming, &posts, matters);
    fields.push(step_up::question(app, Action::Rights));
    let form = Form::new(screen.w, screen.dates, fields);
    Ok(match posts.as_slice() {
        [only] => form.fill("post", only.id.to_string()),
        _ => form,
    })
}

/// GET /designees/new
pub async fn ask(State(app): State<App>, me: Can<NameDesignees>, screen: Screen) -> Result<Response> {
    let form = blank(&app, &me, &screen, &matters::all(&app, screen.w)?)?;
    let form = form.fill("from", screen.dates.machine(screen.dates.today));
    let read = app.read(&me).await?;
    show_form(&app, &screen, read, form).await
}

async fn show_form(app: &App, screen: &Screen, mut read: Read, form: Form) -> Result<Response> {
    let w = screen.w;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("designees-new"), &matters::mechanisms(app)?).await?;
    let shell = shell.crumb(HOME, w.t("designees-title")).crumb_here(w.t("designees-new"));
    let shell = shell.module("form").faulty(form.faulty());
    page_with(status, &views::NewPage { shell, form })
}

/// What was filled in; `None` when something has to be mended, which then stands at its field.
async fn wanted(
    read: &mut Read,
    screen: &Screen,
    (me, known): (&Viewer, &[Matter]),
    form: &mut Form,
) -> Result<Option<NewDesignee>> {
    let person = resolve(read, screen, form).await?;
    let today = screen.dates.today;
    let (by_post, from, last) = (form.parsed::<PostId>("post"), form.date("from"), form.date("last"));
    if let Some(fault) = last_day_fault(from, last, today) {
        form.refuse("last", Line::new(fault));
    }
    let chosen: Vec<String> = form.many("matters").map(str::to_owned).collect();
    let tier = me.posts.iter().find(|post| Some(post.id) == by_post).map(|post| post.tier);
    if tier.is_some_and(|tier| asks_others(tier, &chosen, known)) {
        form.refuse("matters", Line::new("designee-refused-others-matter"));
    }
    let (Some(person), Some(by_post), Some(from), Some(last), false) = (person, by_post, from, last, form.faulty())
    else {
        return Ok(None);
    };
    let reason = form.text("reason").to_owned();
    Ok(Some(NewDesignee { by_post, person, matters: chosen, from, last, reason }))
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

/// POST /designees
pub async fn name(
    State(app): State<App>,
    me: Can<NameDesignees>,
    screen: Screen,
    caller: Caller,
    posted: Posted,
) -> Result<Response> {
    let known = matters::all(&app, screen.w)?;
    let form = blank(&app, &me, &screen, &known)?;
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let mut read = app.read(&me).await?;
    let Some(new) = wanted(&mut read, &screen, (&me, &known), &mut form).await? else {
        return show_form(&app, &screen, read, form).await;
    };
    drop(read);
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Rights, &new.by_post.to_string())).await? {
        let read = app.read(&me).await?;
        return show_form(&app, &screen, read, form).await;
    }
    let mut mend = None;
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_some() {
                return Ok(());
            }
            match designees::name(work, &new).await? {
                Named::Done(_) => work.settle(posted.once, HOME).await,
                Named::Mend(field, words) => {
                    mend = Some((field, words.clone()));
                    Err(Error::Refused(words))
                }
            }
        })
        .await;
    match (done, mend) {
        (Err(Error::Refused(_)), Some((field, words))) => {
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            show_form(&app, &screen, read, form).await
        }
        (done, _) => done.map(|()| screen.go(&app, HOME, Some((Tone::Good, Message::new("designees-named"))))),
    }
}

/// One that is this person's to end.
async fn to_end(app: &App, me: &Viewer, screen: &Screen, post: PostId) -> Result<Designation> {
    let mut read = app.read(me).await?;
    let named = designees::find(read.conn(), post).await?.ok_or(Error::NotFound)?;
    if !may_end(me, &named, &matters::all(app, screen.w)?) {
        return Err(Error::refused("designee-refused-anothers"));
    }
    Ok(named)
}

fn proof(app: &App, screen: &Screen) -> Form {
    Form::new(screen.w, screen.dates, vec![step_up::question(app, Action::Rights)])
}

async fn show_ending(app: &App, me: &Viewer, screen: &Screen, named: &Designation, form: Form) -> Result<Response> {
    let w = screen.w;
    let naming = app.part::<House>()?.naming();
    let row = views::Row::of(w, &screen.dates, &naming, (&matters::all(app, w)?, true), named);
    let mut read = app.read(me).await?;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("designees-end"), &matters::mechanisms(app)?).await?;
    let shell = shell.crumb(HOME, w.t("designees-title")).crumb_here(w.t("designees-end"));
    page_with(status, &views::EndPage { shell: shell.module("form").faulty(form.faulty()), row, form })
}

/// GET /designees/{post}/ending
pub async fn ask_end(
    State(app): State<App>,
    me: Can<NameDesignees>,
    screen: Screen,
    Path(post): Path<PostId>,
) -> Result<Response> {
    let named = to_end(&app, &me, &screen, post).await?;
    show_ending(&app, &me, &screen, &named, proof(&app, &screen)).await
}

/// POST /designees/{post}/ending
pub async fn end(
    State(app): State<App>,
    me: Can<NameDesignees>,
    screen: Screen,
    caller: Caller,
    Path(post): Path<PostId>,
    posted: Posted,
) -> Result<Response> {
    let named = to_end(&app, &me, &screen, post).await?;
    let mut form = proof(&app, &screen).take(posted.input).map_err(|_| Error::Forged("unasked"))?;
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Rights, &post.to_string())).await? {
        return show_ending(&app, &me, &screen, &named, form).await;
    }
    app.change(&me.actor(), async |work: &mut Work| designees::end(work, post).await).await?;
    Ok(screen.go(&app, HOME, Some((Tone::Good, Message::new("designees-ended")))))
}
