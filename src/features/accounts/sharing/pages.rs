//! パスワード変更日の記入: when the password of a shared account was changed, never what it is.
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::ledger::ACCOUNTS;
use super::super::model::{Account, Kind, State};
use super::super::store;
use crate::kernel::access::Viewer;
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::AccountId;
use crate::kernel::work::Work;
use crate::web::extract::Posted;
use crate::web::forms::{Field, Form};
use crate::web::locale::Line;
use crate::web::screen::{Screen, page_with};
use crate::web::shell::{Shell, Tone};

#[derive(Template)]
#[template(path = "accounts/password_changed.html")]
struct FormPage {
    shell: Shell,
    action: String,
    back: String,
    form: Form,
}

/// A shared row in use, as far as it is in reach.
async fn row(read: &mut Read, id: AccountId) -> Result<Account> {
    let account = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    if account.kind == Kind::Shared && account.state == State::Active { Ok(account) } else { Err(Error::NotFound) }
}

fn questions(screen: &Screen) -> Form {
    let changed = Field::date("changed_on", "accounts-password-changed").hint("accounts-password-changed-hint");
    Form::new(screen.w, screen.dates, vec![changed, Field::hidden("version")])
}

/// The question.
pub async fn ask(app: &App, screen: &Screen, me: &Viewer, id: AccountId) -> Result<Response> {
    let mut read = app.read(me).await?;
    let account = row(&mut read, id).await?;
    let today = screen.dates.machine(screen.dates.today);
    let form = questions(screen).fill("changed_on", today).fill("version", account.version.to_string());
    show(app, screen, read, &account, form).await
}

async fn show(app: &App, screen: &Screen, mut read: Read, account: &Account, form: Form) -> Result<Response> {
    let w = screen.w;
    let back = format!("{}/{}", ACCOUNTS.path, account.id);
    let title = w.t("accounts-password-changed-title");
    let shell = screen.shell(app, &mut read, title.clone(), &[super::SHARED]).await?;
    let shell = shell.under(ACCOUNTS.path).crumb(ACCOUNTS.path, w.t(ACCOUNTS.title)).crumb(&back, &account.name);
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = shell.crumb_here(title).module("form").faulty(form.faulty());
    page_with(status, &FormPage { shell, action: format!("{back}/password"), back, form })
}

/// Writes the day.
pub async fn changed(app: &App, screen: &Screen, me: &Viewer, id: AccountId, posted: &Posted) -> Result<Response> {
    let mut read = app.read(me).await?;
    let account = row(&mut read, id).await?;
    let mut form = questions(screen).take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let version = form.parsed::<i32>("version").ok_or(Error::Forged("no version"))?;
    let day = form.date("changed_on");
    if day.is_some_and(|day| day > screen.dates.today) {
        let today = screen.dates.long(screen.dates.today);
        form.refuse_named("changed_on", Line::new("form-day-not-after-today").with("day", today));
    }
    let Some(day) = day.filter(|_| !form.faulty()) else {
        return show(app, screen, read, &account, form).await;
    };
    drop(read);
    app.change(&me.actor(), async |work: &mut Work| super::password_changed(work, id, version, day).await).await?;
    let done = Message::new("accounts-password-changed-done");
    Ok(screen.go(app, &format!("{}/{id}", ACCOUNTS.path), Some((Tone::Good, done))))
}
