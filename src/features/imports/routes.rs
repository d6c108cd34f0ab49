//! Addresses and handlers of 名簿の取込.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::TakeLists;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::work::Work;
use crate::people::import::{self, pages};
use crate::people::posts::ROLE_ASSIGNMENT;
use crate::web::extract::{Path, Posted, Query};
use crate::web::forms::Form;
use crate::web::identify::Caller;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page, page_with};
use crate::web::shell::{Shell, Tone};

#[derive(Template)]
#[template(path = "imports/upload.html")]
struct Upload {
    shell: Shell,
    form: Form,
}

#[derive(Template)]
#[template(path = "imports/show.html")]
struct Show {
    shell: Shell,
    preview: pages::Preview,
}

#[derive(Template)]
#[template(path = "imports/done.html")]
struct Done {
    shell: Shell,
    done: pages::Done,
}

fn base(id: Uuid) -> String {
    format!("/imports/{id}")
}

/// GET /imports
pub async fn form(State(app): State<App>, me: Can<TakeLists>, screen: Screen) -> Result<Response> {
    draw_form(&app, &me, &screen, pages::file_form(&screen, None).fill("kind", "people")).await
}

async fn draw_form(app: &App, me: &Can<TakeLists>, screen: &Screen, form: Form) -> Result<Response> {
    let mut read = app.read(me).await?;
    let shell = screen.shell(app, &mut read, screen.w.t("import-title"), &[ROLE_ASSIGNMENT]).await?;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &Upload { shell: shell.module("form").faulty(form.faulty()), form })
}

/// POST /imports
pub async fn upload(State(app): State<App>, me: Can<TakeLists>, screen: Screen, posted: Posted) -> Result<Response> {
    match pages::upload(&app, &me.actor(), &screen, posted, None).await? {
        Ok(id) => Ok(screen.go(&app, &base(id), None)),
        Err(form) => draw_form(&app, &me, &screen, form).await,
    }
}

/// GET /imports/{id}
pub async fn show(
    State(app): State<App>,
    me: Can<TakeLists>,
    screen: Screen,
    Path(id): Path<Uuid>,
    Query(asked): Query<pages::Asked>,
) -> Result<Response> {
    draw(&app, &me, &screen, id, &asked, None).await
}

async fn draw(
    app: &App,
    me: &Can<TakeLists>,
    screen: &Screen,
    id: Uuid,
    asked: &pages::Asked,
    form: Option<Form>,
) -> Result<Response> {
    let w = screen.w;
    let mut read = app.read(me).await?;
    let import = pages::own(read.conn(), app, id, Some(me.person)).await?;
    let shell = screen.shell(app, &mut read, w.of("import-kind", import.kind.key()), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/imports", w.t("import-title")).crumb_here(w.of("import-kind", import.kind.key()));
    if let Some(outcome) = &import.outcome {
        return page(&Done { done: pages::done(app, screen, outcome)?, shell });
    }
    let shell = shell.module("form");
    let preview = pages::preview(app, read.conn(), screen, shell.clone(), &import, (&base(id), asked), form).await?;
    let preview = preview.asking_password(app, screen);
    page_with(preview.status(), &Show { shell: shell.faulty(preview.faulty()), preview })
}

/// POST /imports/{id}/columns
pub async fn columns(
    State(app): State<App>,
    me: Can<TakeLists>,
    screen: Screen,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let import = pages::own(read.conn(), &app, id, Some(me.person)).await?;
    drop(read);
    match pages::name_columns(&app, &me.actor(), &screen, &import, posted).await? {
        None => Ok(screen.go(&app, &base(id), None)),
        Some(form) => draw(&app, &me, &screen, id, &pages::Asked::default(), Some(form)).await,
    }
}

/// POST /imports/{id}/confirmation
pub async fn confirm(
    State(app): State<App>,
    me: Can<TakeLists>,
    screen: Screen,
    caller: Caller,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    if !pages::confirmed(&app, &me, &caller, &screen, (id, &posted)).await? {
        let at = format!("{}?view=missing&leave=yes", base(id));
        return Ok(screen.go(&app, &at, Some((Tone::Warn, Message::new("people-own-password-wrong")))));
    }
    let said = match pages::confirm(&app, &me.actor(), &screen, id, posted).await {
        Ok(()) => (Tone::Good, Message::new("import-taken")),
        // the page shows how it stands now
        Err(Error::Conflict(why) | Error::Refused(why)) => (Tone::Warn, why),
        Err(error) => return Err(error),
    };
    Ok(screen.go(&app, &base(id), Some(said)))
}

/// POST /imports/{id}/removal
pub async fn discard(
    State(app): State<App>,
    me: Can<TakeLists>,
    screen: Screen,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        import::discard(work, id).await?;
        work.settle(posted.once, "/imports").await
    })
    .await?;
    Ok(screen.go(&app, "/imports", Some((Tone::Good, Message::new("import-discarded")))))
}
