//! お知らせの設定: which mails somebody wants. What is about sign-ins, passwords and the log is sent in any case.
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::OwnNotices;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::error::{Message, Result};
use crate::kernel::notices::{self, Choice};
use crate::kernel::work::Work;
use crate::web::extract::Posted;
use crate::web::forms::{Field, Form};
use crate::web::locale::Label;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::{Shell, Tone};

const HOME: &str = "/notices/settings";
const BOXES: [&str; 3] = ["digest", "returns", "urgent"];

#[derive(Template)]
#[template(path = "notices/settings.html")]
struct Settings {
    shell: Shell,
    form: Form,
}

fn questions(app: &App, screen: &Screen) -> Vec<Field> {
    let at = app.config().digest_at.format("%H:%M");
    let digest = screen.w.t1("notices-choice-hint-digest", "at", at).into_owned();
    vec![
        Field::tick("digest", "notices-choice-digest").hint(Label::text(digest)).optional(),
        Field::tick("returns", "notices-choice-returns").hint("notices-choice-hint-returns").optional(),
        Field::tick("urgent", "notices-choice-urgent").hint("notices-choice-hint-urgent").optional(),
    ]
}

/// GET /notices/settings
pub async fn show(State(app): State<App>, me: Can<OwnNotices>, screen: Screen) -> Result<Response> {
    let w = screen.w;
    let mut read = app.read(&me).await?;
    let Choice { digest, returns, urgent } = notices::choice(read.conn(), me.person).await?;
    let shell = screen.shell(&app, &mut read, w.t("notices-settings"), &[]).await?;
    let shell = shell.crumb("/notices", w.t("notices-title")).crumb_here(w.t("notices-settings"));
    let form = Form::new(w, screen.dates, questions(&app, &screen)).unmarked();
    let ticked = BOXES.into_iter().zip([digest, returns, urgent]).filter(|(_, ticked)| *ticked);
    let form = ticked.fold(form, |form, (name, _)| form.fill(name, "yes"));
    page(&Settings { shell: shell.module("form"), form })
}

/// POST /notices/settings
pub async fn keep(State(app): State<App>, me: Can<OwnNotices>, screen: Screen, posted: Posted) -> Result<Response> {
    posted.only(&BOXES)?;
    let ticked = |name: &str| posted.input.get(name).is_some();
    let choice = Choice { digest: ticked("digest"), returns: ticked("returns"), urgent: ticked("urgent") };
    app.change(&me.actor(), async |work: &mut Work| {
        let now = work.now;
        notices::choose(work.conn(), me.person, choice, now).await?;
        let facts = json!({ "digest": choice.digest, "returns": choice.returns, "urgent": choice.urgent });
        work.record(Event::done("notices.chosen", "person", me.person).about(me.person).facts(facts)).await
    })
    .await?;
    Ok(screen.go(&app, HOME, Some((Tone::Good, Message::new("notices-chosen")))))
}
