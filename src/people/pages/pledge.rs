//! 誓約: the words of the adopted regulation, and one's answer to them.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::OwnSettings;
use crate::kernel::access::Viewer;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::work::Work;
use crate::people::pledge::{self, MECHANISM};
use crate::web::extract::Posted;
use crate::web::forms::{Choice, Field, Form};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page_with};
use crate::web::shell::{Shell, Tone};

#[derive(Template)]
#[template(path = "people/pledge.html")]
struct PledgePage {
    shell: Shell,
    words: String,
    /// what was answered before
    before: Option<String>,
    form: Form,
}

fn form(screen: &Screen) -> Form {
    let answers = vec![Choice::new("given", "pledge-answer-given"), Choice::new("declined", "pledge-answer-declined")];
    Form::new(screen.w, screen.dates, vec![Field::radio("answer", "pledge-answer", answers)])
}

/// GET /me/pledge
pub async fn show(State(app): State<App>, me: Can<OwnSettings>, screen: Screen) -> Result<Response> {
    draw(&app, &me, &screen, form(&screen)).await
}

async fn draw(app: &App, me: &Viewer, screen: &Screen, form: Form) -> Result<Response> {
    let w = screen.w;
    let Some(words) = pledge::asked(app, w)? else { return Ok(screen.go(app, "/", None)) };
    let mut read = app.read(me).await?;
    let before = pledge::latest(read.conn(), me.person).await?.map(|before| {
        let key = if before.given { "pledge-given-on" } else { "pledge-declined-on" };
        w.t1(key, "day", screen.dates.short_at(before.at)).into_owned()
    });
    let shell = screen.shell(app, &mut read, w.t("pledge-title"), &[MECHANISM]).await?;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &PledgePage { shell: shell.module("form").faulty(form.faulty()), words, before, form })
}

/// POST /me/pledge
pub async fn answer(State(app): State<App>, me: Can<OwnSettings>, screen: Screen, posted: Posted) -> Result<Response> {
    let form = form(&screen).take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    if form.faulty() || pledge::asked(&app, screen.w)?.is_none() {
        return draw(&app, &me, &screen, form).await;
    }
    let given = form.text("answer") == "given";
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        pledge::answer(work, given).await?;
        work.settle(posted.once, "/").await
    })
    .await?;
    let said = if given { (Tone::Good, "pledge-given") } else { (Tone::Warn, "pledge-declined") };
    Ok(screen.go(&app, "/", Some((said.0, Message::new(said.1)))))
}
