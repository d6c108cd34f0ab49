//! Addresses and handlers of 不在: everybody's own, and for the office those of all.
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::EnterAbsences;
use super::views::{self, AbsenceRow, AbsencesPage, NewAbsencePage};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;
use crate::people::absences::{self, AbsenceId, Entered, NewAbsence};
use crate::people::step_up::{self, Action};
use crate::people::store as people;
use crate::web::extract::{Path, Posted, Pressed};
use crate::web::forms::Form;
use crate::web::identify::Caller;
use crate::web::locale::Line;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::Tone;

/// Where the list lies.
pub const HOME: &str = "/absences";

/// The office keeps everybody's.
fn keeps_all(me: &Viewer) -> bool {
    me.may(Permission::StandInsEdit)
}

/// GET /absences
pub async fn list(State(app): State<App>, me: Can<EnterAbsences>, screen: Screen) -> Result<Response> {
    let all = keeps_all(&me);
    let mut read = app.read(&me).await?;
    let found = absences::of(read.conn(), (!all).then_some(me.person)).await?;
    let rows = found.iter().map(|one| AbsenceRow::of(screen.w, &screen.dates, one)).collect();
    let shell = screen.shell(&app, &mut read, screen.w.t("absence-title"), &[]).await?;
    page(&AbsencesPage { shell, rows, all })
}

fn blank(app: &App, me: &Viewer, screen: &Screen) -> Form {
    let mut fields = views::absence_questions(keeps_all(me));
    fields.push(step_up::question(app, Action::Rights));
    Form::new(screen.w, screen.dates, fields)
}

/// GET /absences/new
pub async fn ask(State(app): State<App>, me: Can<EnterAbsences>, screen: Screen) -> Result<Response> {
    let form = blank(&app, &me, &screen).fill("from", screen.dates.machine(screen.dates.today));
    let read = app.read(&me).await?;
    show_form(&app, &screen, read, form).await
}

async fn show_form(app: &App, screen: &Screen, mut read: Read, form: Form) -> Result<Response> {
    let w = screen.w;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("absence-new"), &[]).await?;
    let shell = shell.crumb(HOME, w.t("absence-title")).crumb_here(w.t("absence-new"));
    let shell = shell.module("form").faulty(form.faulty());
    page_with(status, &NewAbsencePage { shell, form })
}

/// Whose absence it is: one's own, or that of whom the office typed.
async fn whose(read: &mut Read, me: &Viewer, screen: &Screen, form: &mut Form) -> Result<Option<PersonId>> {
    if !keeps_all(me) {
        return Ok(Some(me.person));
    }
    let Some(typed) = form.filled("person").map(str::to_owned) else { return Ok(None) };
    match people::named(read.conn(), &typed, screen.dates.today).await?.as_slice() {
        [one] => return Ok(Some(*one)),
        [] => form.refuse("person", Line::new("stand-in-person-unknown")),
        _ => form.refuse("person", Line::new("stand-in-person-several")),
    }
    Ok(None)
}

/// POST /absences
pub async fn enter(
    State(app): State<App>,
    me: Can<EnterAbsences>,
    screen: Screen,
    caller: Caller,
    posted: Posted,
) -> Result<Response> {
    let mut form = blank(&app, &me, &screen).take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let mut read = app.read(&me).await?;
    let person = whose(&mut read, &me, &screen, &mut form).await?;
    let (Some(person), Some(from), Some(last), false) = (person, form.date("from"), form.date("last"), form.faulty())
    else {
        return show_form(&app, &screen, read, form).await;
    };
    drop(read);
    // an absence lets somebody else decide
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Rights, &person.to_string())).await? {
        let read = app.read(&me).await?;
        return show_form(&app, &screen, read, form).await;
    }
    let new = NewAbsence { person, from, last, reason: form.text("reason").to_owned() };
    let mut mend = None;
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_some() {
                return Ok(());
            }
            match absences::enter(work, &new).await? {
                Entered::Done(_) => work.settle(posted.once, HOME).await,
                Entered::Mend(field, words) => {
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
        (done, _) => done.map(|()| screen.go(&app, HOME, Some((Tone::Good, Message::new("absence-entered"))))),
    }
}

/// POST /absences/{id}/ending
pub async fn end(
    State(app): State<App>,
    me: Can<EnterAbsences>,
    screen: Screen,
    Path(id): Path<AbsenceId>,
    _: Pressed,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let found = absences::find(read.conn(), id).await?;
    found.filter(|one| one.person == me.person || keeps_all(&me)).ok_or(Error::NotFound)?;
    drop(read);
    app.change(&me.actor(), async |work: &mut Work| absences::end(work, id).await).await?;
    Ok(screen.go(&app, HOME, Some((Tone::Good, Message::new("absence-ended")))))
}
