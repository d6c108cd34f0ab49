//! The pages on which rows are entered by hand, each a form that comes back with what was typed.
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::forms;
use super::ledger::{PRIVILEGED, USES};
use super::model::{Granting, Privileged, PrivilegedId, Refusal, Source, Used, period};
use super::{actions, store};
use crate::engines::ledgers::columns::Ledger;
use crate::engines::requests::actions::kinds;
use crate::engines::requests::model::Phase;
use crate::engines::requests::store as requests;
use crate::kernel::access::Viewer;
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{PersonId, SystemId};
use crate::kernel::work::Work;
use crate::people::roster::same_person;
use crate::web::extract::Posted;
use crate::web::forms::Form;
use crate::web::locale::Line;
use crate::web::screen::{Screen, page_with, said};
use crate::web::shell::{Shell, Tone};

/// A form of this room.
#[derive(Template)]
#[template(path = "privileged/form.html")]
struct FormPage {
    shell: Shell,
    lead: String,
    action: String,
    go: String,
    back: String,
    form: Form,
}

/// What a page says around its form.
pub(super) struct Around<'a> {
    /// the ledger that it belongs to
    pub ledger: &'static Ledger,
    /// the row, if it is about one
    pub row: Option<&'a Privileged>,
    /// heading, lead and button
    pub words: [&'static str; 3],
    /// where it is sent
    pub action: String,
}

const REGISTRATION: [&str; 3] =
    ["privileged-registration-title", "privileged-registration-lead", "privileged-registration-do"];
const SAFEKEEPING: [&str; 3] =
    ["privileged-safekeeping-title", "privileged-safekeeping-lead", "privileged-safekeeping-do"];
const SECRET: [&str; 3] = ["privileged-secret-title", "privileged-secret-lead", "privileged-secret-do"];
const WITHDRAWAL: [&str; 3] = ["privileged-withdrawal-title", "privileged-withdrawal-lead", "privileged-withdrawal-do"];
const USE: [&str; 3] = ["privileged-use-title", "privileged-use-lead", "privileged-use-do"];
const INSTRUCTED: [&str; 3] = ["privileged-instructed-title", "privileged-instructed-lead", "privileged-instructed-do"];

/// Draws the page of a form.
pub(super) async fn show(
    app: &App,
    screen: &Screen,
    mut read: Read,
    around: &Around<'_>,
    form: Form,
) -> Result<Response> {
    let w = screen.w;
    let [title, lead, go] = around.words.map(|key| w.t(key).into_owned());
    let shell = screen.shell(app, &mut read, title.clone(), around.ledger.mechanisms).await?;
    let shell = shell.under(around.ledger.path).crumb(around.ledger.path, w.t(around.ledger.title));
    let back = match around.row {
        Some(row) => format!("{}/{}", around.ledger.path, row.id),
        None => around.ledger.path.to_owned(),
    };
    let shell = match around.row {
        Some(row) => shell.crumb(&back, &row.name),
        None => shell,
    };
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = FormPage {
        shell: shell.crumb_here(title).module("form").faulty(form.faulty()),
        lead,
        action: around.action.clone(),
        go,
        back,
        form,
    };
    page_with(status, &page)
}

/// Does the adopted regulation have this kind of request?
pub(super) fn has_kind(app: &App, key: &str) -> Result<bool> {
    Ok(kinds(app)?.get(key).is_ok())
}

/// Where a row is entered: by request where the regulation has one, else on a page of its own.
pub(super) async fn register_page(app: &App, screen: &Screen, me: &Viewer) -> Result<Response> {
    if has_kind(app, "privileged.grant")? {
        return Ok(screen.go(app, "/requests/new/privileged.grant", None));
    }
    let mut read = app.read(me).await?;
    let form = register_form(app, screen, &mut read).await?;
    show(app, screen, read, &registration(), form).await
}

fn registration() -> Around<'static> {
    Around { ledger: &PRIVILEGED, row: None, words: REGISTRATION, action: "/ledgers/privileged".to_owned() }
}

async fn register_form(app: &App, screen: &Screen, read: &mut Read) -> Result<Form> {
    let systems = store::list_systems(read.conn(), app.clock().today()).await?;
    Ok(forms::register(screen.w, screen.dates, &systems))
}

/// Enters a row by hand.
pub(super) async fn register(app: &App, screen: &Screen, me: &Viewer, posted: &Posted) -> Result<Response> {
    if has_kind(app, "privileged.grant")? {
        return Err(Error::refused("privileged-refused-by-request"));
    }
    let mut read = app.read(me).await?;
    let form = register_form(app, screen, &mut read).await?;
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let granting = granting(app, &mut read, &mut form).await?;
    if let Some(granting) = &granting
        && same_person(read.conn(), me.person, granting.holder).await?
    {
        form.refuse("holder", Line::new("privileged-refused-own"));
    }
    if let Some(granting) = &granting {
        never_oneself(&mut read, me, &mut form, &granting.may_use, &[]).await?;
    }
    let Some(granting) = granting.filter(|_| !form.faulty()) else {
        return show(app, screen, read, &registration(), form).await;
    };
    drop(read);
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if let Some(before) = work.once(posted.once, &posted.body).await? {
                return Ok(before);
            }
            let granted = actions::grant(work, &granting).await?;
            let address = format!("/ledgers/privileged/{}", granted.id);
            work.settle(posted.once, &address).await?;
            Ok(address)
        })
        .await;
    match done {
        Ok(address) => Ok(go(app, screen, &address, "privileged-registration-done")),
        Err(error) => refused(app, screen, me, &registration(), form, "account", error).await,
    }
}

/// Whoever enters who may use an account does not enter themselves; who stands there already stays.
async fn never_oneself(
    read: &mut Read,
    me: &Viewer,
    form: &mut Form,
    may_use: &[PersonId],
    before: &[PersonId],
) -> Result<()> {
    for person in may_use.iter().filter(|person| !before.contains(person)) {
        if same_person(read.conn(), me.person, *person).await? {
            form.refuse("may_use", Line::new("privileged-refused-own-use"));
        }
    }
    Ok(())
}

async fn granting(app: &App, read: &mut Read, form: &mut Form) -> Result<Option<Granting>> {
    let (now, today) = (app.clock().now(), app.clock().today());
    let holder = vec![form.text("holder").to_owned()];
    let known = store::find_numbers(read.conn(), &holder).await?;
    let holders = if form.filled("holder").is_some() { forms::meant(form, "holder", &holder, &known) } else { vec![] };
    let numbers = forms::numbers(form);
    let known = store::find_numbers(read.conn(), &numbers).await?;
    let may_use = forms::meant(form, "may_use", &numbers, &known);
    let secret_changed = forms::past_day(form, "changed_on", now, today);
    let until = forms::end_of_day(form, "until", today);
    let last = form.date("until").and_then(|day| day.and_hms_opt(23, 59, 0));
    if let Err(refusal @ Refusal::TooLong) = period(None, last, today) {
        form.refuse("until", Line::new(refusal.key()));
    }
    let (Some(system), Some(holder), Some(until)) = (form.parsed::<SystemId>("system"), holders.first(), until) else {
        return Ok(None);
    };
    let Some(found) = store::find_system(read.conn(), system).await? else { return Ok(None) };
    if found.is_portal {
        form.refuse("system", Line::new("privileged-refused-portal-by-hand"));
    }
    let department = store::find_person(read.conn(), *holder, today).await?.and_then(|person| person.department);
    Ok(Some(Granting {
        system,
        name: form.text("account").to_owned(),
        holder: *holder,
        department: department.unwrap_or(found.owner),
        rights: Vec::new(),
        scope: form.text("scope").to_owned(),
        purpose: form.text("purpose").to_owned(),
        from: now,
        until,
        approved: None,
        request: None,
        safe_place: form.text("safe_place").to_owned(),
        may_use,
        secret_changed,
    }))
}

async fn row(read: &mut Read, id: PrivilegedId) -> Result<Privileged> {
    store::find(read.conn(), id).await?.ok_or(Error::NotFound)
}

fn about<'a>(row: &'a Privileged, what: &'static str) -> Around<'a> {
    let words = match what {
        "safekeeping" => SAFEKEEPING,
        "secret" => SECRET,
        _ => WITHDRAWAL,
    };
    let action = format!("/ledgers/privileged/{}/{what}", row.id);
    Around { ledger: &PRIVILEGED, row: Some(row), words, action }
}

/// The page for the place of the secret and those who may use it.
pub(super) async fn safekeeping_page(app: &App, screen: &Screen, me: &Viewer, id: PrivilegedId) -> Result<Response> {
    let mut read = app.read(me).await?;
    let row = row(&mut read, id).await?;
    let numbers = store::numbers_of(read.conn(), &row.may_use).await?;
    let form = forms::safekeeping_of(screen.w, screen.dates, &row, &numbers);
    show(app, screen, read, &about(&row, "safekeeping"), form).await
}

/// Writes them.
pub(super) async fn keep_safe(
    app: &App,
    screen: &Screen,
    me: &Viewer,
    id: PrivilegedId,
    posted: &Posted,
) -> Result<Response> {
    let mut read = app.read(me).await?;
    let row = row(&mut read, id).await?;
    let form = forms::safekeeping(screen.w, screen.dates);
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let numbers = forms::numbers(&form);
    let known = store::find_numbers(read.conn(), &numbers).await?;
    let persons = forms::meant(&mut form, "may_use", &numbers, &known);
    let version = form.parsed::<i32>("version").ok_or(Error::Forged("no version"))?;
    never_oneself(&mut read, me, &mut form, &persons, &row.may_use).await?;
    if form.faulty() {
        return show(app, screen, read, &about(&row, "safekeeping"), form).await;
    }
    drop(read);
    let place = form.text("safe_place").to_owned();
    let done = app
        .change(&me.actor(), async |work: &mut Work| actions::keep_safe(work, id, version, &place, &persons).await)
        .await;
    match done {
        Ok(_) => Ok(go(app, screen, &format!("/ledgers/privileged/{id}"), "privileged-safekeeping-done")),
        Err(error) => refused(app, screen, me, &about(&row, "safekeeping"), form, "safe_place", error).await,
    }
}

/// Where the date of a change is entered: by the regulation's own slip where it has one.
pub(super) async fn secret_page(app: &App, screen: &Screen, me: &Viewer, id: PrivilegedId) -> Result<Response> {
    if has_kind(app, "privileged.secret")? {
        return Ok(screen.go(app, &format!("/requests/new/privileged.secret?secret={id}"), None));
    }
    let mut read = app.read(me).await?;
    let row = row(&mut read, id).await?;
    let today = screen.dates.machine(app.clock().today());
    let form = forms::secret_change(screen.w, screen.dates).fill("changed_on", today);
    show(app, screen, read, &about(&row, "secret"), form).await
}

/// Writes the date.
pub(super) async fn secret_changed(
    app: &App,
    screen: &Screen,
    me: &Viewer,
    id: PrivilegedId,
    posted: &Posted,
) -> Result<Response> {
    if has_kind(app, "privileged.secret")? {
        return Err(Error::refused("privileged-refused-no-instruction"));
    }
    let mut read = app.read(me).await?;
    let row = row(&mut read, id).await?;
    let form = forms::secret_change(screen.w, screen.dates);
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let changed = forms::past_day(&mut form, "changed_on", app.clock().now(), app.clock().today());
    let Some(changed) = changed.filter(|_| !form.faulty()) else {
        return show(app, screen, read, &about(&row, "secret"), form).await;
    };
    drop(read);
    let done =
        app.change(&me.actor(), async |work: &mut Work| actions::secret_changed(work, id, changed, None).await).await;
    match done {
        Ok(_) => Ok(go(app, screen, &format!("/ledgers/privileged/{id}"), "privileged-secret-done")),
        Err(error) => refused(app, screen, me, &about(&row, "secret"), form, "changed_on", error).await,
    }
}

/// The question before a right is entered as taken away.
pub(super) async fn withdrawal_page(app: &App, screen: &Screen, me: &Viewer, id: PrivilegedId) -> Result<Response> {
    let mut read = app.read(me).await?;
    let row = row(&mut read, id).await?;
    let form = forms::withdrawal(screen.w, screen.dates).fill("version", row.version.to_string());
    show(app, screen, read, &about(&row, "withdrawal"), form).await
}

/// Enters it.
pub(super) async fn withdraw(
    app: &App,
    screen: &Screen,
    me: &Viewer,
    id: PrivilegedId,
    posted: &Posted,
) -> Result<Response> {
    let form = forms::withdrawal(screen.w, screen.dates);
    let form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let version = form.parsed::<i32>("version").ok_or(Error::Forged("no version"))?;
    app.change(&me.actor(), async |work: &mut Work| actions::withdraw(work, id, version).await).await?;
    Ok(go(app, screen, &format!("/ledgers/privileged/{id}"), "privileged-withdrawal-done"))
}

/// The page on which work is recorded that nobody has recorded yet.
pub(super) async fn use_page(app: &App, screen: &Screen, me: &Viewer) -> Result<Response> {
    let mut read = app.read(me).await?;
    let form = use_form(app, screen, &mut read).await?;
    show(app, screen, read, &using(app)?, form).await
}

fn using(app: &App) -> Result<Around<'static>> {
    let words = if has_kind(app, "privileged.use")? { INSTRUCTED } else { USE };
    Ok(Around { ledger: &USES, row: None, words, action: "/ledgers/privileged-uses".to_owned() })
}

async fn use_form(app: &App, screen: &Screen, read: &mut Read) -> Result<Form> {
    let rows = store::list_standing(read.conn()).await?;
    Ok(forms::use_of(screen.w, screen.dates, &rows, has_kind(app, "privileged.use")?))
}

/// Records it; where work is instructed, leads to the instruction, whose page keeps the one record there is of it.
pub(super) async fn record_use(app: &App, screen: &Screen, me: &Viewer, posted: &Posted) -> Result<Response> {
    let mut read = app.read(me).await?;
    let form = use_form(app, screen, &mut read).await?;
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    if has_kind(app, "privileged.use")? {
        if let Some(address) = instruction(&mut read, form.text("number")).await? {
            return Ok(screen.go(app, &address, None));
        }
        form.refuse("number", Line::new("privileged-refused-no-instruction"));
        return show(app, screen, read, &using(app)?, form).await;
    }
    let span = forms::span(&mut form, app.clock().now());
    let account = match form.parsed::<PrivilegedId>("account") {
        Some(id) => store::find(read.conn(), id).await?,
        None => None,
    };
    let (Some((from, until)), Some(account), false) = (span, account, form.faulty()) else {
        return show(app, screen, read, &using(app)?, form).await;
    };
    drop(read);
    let used = Used {
        account: Some(account.id),
        system: Some(account.system),
        user: me.person,
        department: account.department,
        source: Source::Unplanned,
        work: form.text("work").to_owned(),
        result: form.text("result").to_owned(),
        from,
        until,
        request: None,
        line: 1,
    };
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_none() {
            actions::record_use(work, &used).await?;
            work.settle(posted.once, USES.path).await?;
        }
        Ok(())
    })
    .await?;
    Ok(go(app, screen, USES.path, "privileged-use-done"))
}

/// An instruction that was given, or an approved request that stands for one.
async fn instruction(read: &mut Read, number: &str) -> Result<Option<String>> {
    let Some(request) = requests::find(read.conn(), number.trim()).await? else { return Ok(None) };
    let ordered = ["privileged.use", "privileged.order"].contains(&request.kind.as_str());
    let instructs = ordered || request.kind.starts_with("account.");
    let given = !matches!(
        request.phase,
        Phase::InReview | Phase::Returned | Phase::PulledBack | Phase::Refused | Phase::Withdrawn
    );
    Ok((instructs && given).then(|| format!("/requests/{}", request.number)))
}

fn go(app: &App, screen: &Screen, to: &str, done: &'static str) -> Response {
    screen.go(app, to, Some((Tone::Good, Message::new(done))))
}

/// A refusal of the rules is said at its field, and what was typed stays.
async fn refused(
    app: &App,
    screen: &Screen,
    me: &Viewer,
    around: &Around<'_>,
    mut form: Form,
    field: &str,
    error: Error,
) -> Result<Response> {
    let Error::Refused(message) = error else { return Err(error) };
    form.refuse(field, said(&message));
    let read = app.read(me).await?;
    show(app, screen, read, around, form).await
}
