//! 休日と休業日: the Cabinet Office's list taken over after a look at it, and the organisation's own closures. Deadlines
//! count by both.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use super::KeepCalendar;
use super::store::{self, Closure};
use crate::engines::requests::actions::deadlines::recount;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::calendar::{CsvFault, CsvProblem, national_holidays, parse_cabinet_office_csv};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::uuid_at;
use crate::kernel::text::decode_any;
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted};
use crate::web::forms::{Field, Form};
use crate::web::locale::{Label, Line};
use crate::web::parts::{Fact, Facts};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page_with, said};
use crate::web::shell::{Shell, Tone};
use crate::web::tables::{Cell, Head, Row, Table};

struct Closed {
    id: Uuid,
    when: String,
    name: String,
}

#[derive(Template)]
#[template(path = "administration/calendar.html")]
struct Show {
    shell: Shell,
    years: Facts,
    days: Table,
    closures: Vec<Closed>,
    form: Form,
}

#[derive(Template)]
#[template(path = "administration/holidays.html")]
struct Import {
    shell: Shell,
    form: Form,
    found: Option<Table>,
}

fn closure_questions() -> Vec<Field> {
    vec![
        Field::text("name", "administration-closure-name").most(60),
        Field::date("from", "administration-closure-from"),
        Field::date("to", "administration-closure-to"),
    ]
}

/// No list of holidays is larger; since 1955 it has grown to 20 kB.
const LARGEST: usize = 100_000;

fn list_question() -> Field {
    Field::area("list", "administration-holidays-list")
        .hint("administration-holidays-hint")
        .optional()
        .most(LARGEST)
        .rows(14)
}

fn import_questions() -> Vec<Field> {
    vec![Field::file("file", "administration-holidays-file").hint("administration-holidays-file-hint"), list_question()]
}

/// GET /calendar
pub async fn show(State(app): State<App>, me: Can<KeepCalendar>, screen: Screen) -> Result<Response> {
    let form = Form::new(screen.w, screen.dates, closure_questions());
    draw(&app, &me, &screen, form).await
}

async fn draw(app: &App, me: &Can<KeepCalendar>, screen: &Screen, form: Form) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let mut read = app.read(me).await?;
    let years = store::holiday_years(read.conn()).await?;
    let from = NaiveDate::from_ymd_opt(dates.today.year(), 1, 1).unwrap_or(dates.today);
    let to = NaiveDate::from_ymd_opt(dates.today.year() + 1, 12, 31).unwrap_or(dates.today);
    let mut days = store::holidays(read.conn(), from, to).await?;
    for year in [from.year(), to.year()] {
        if !days.iter().any(|(day, _)| day.year() == year) {
            let by_law = national_holidays(year).into_iter();
            days.extend(by_law.map(|(day, holiday)| (day, holiday.name.into_owned())));
        }
    }
    days.sort_by_key(|(day, _)| *day);
    let closures = store::closures(read.conn(), from).await?;
    let shell = screen.shell(app, &mut read, w.t("administration-calendar"), &[]).await?;
    let year = |(year, count): &(i32, i64)| {
        Fact::new(
            w.t1("administration-calendar-year", "year", year),
            w.n("administration-calendar-days", u64::try_from(*count).unwrap_or_default()),
        )
    };
    let closed = |closure: Closure| Closed {
        id: closure.id,
        when: format!("{} – {}", dates.long(closure.from_date), dates.long(closure.to_date)),
        name: closure.name,
    };
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(
        status,
        &Show {
            shell: shell.module("form").faulty(form.faulty()),
            years: Facts::tight(w, years.iter().map(year).collect()),
            days: day_table(screen, &days),
            closures: closures.into_iter().map(closed).collect(),
            form,
        },
    )
}

fn day_table(screen: &Screen, days: &[(NaiveDate, String)]) -> Table {
    let w = screen.w;
    let heads = vec![Head::new(w.t("administration-calendar-day")), Head::new(w.t("administration-calendar-name"))];
    let row = |(day, name): &(NaiveDate, String)| Row {
        cells: vec![Cell::new(screen.dates.long(day)).nowrap(), Cell::new(name)],
        bad: false,
    };
    Table::new(w.t("administration-calendar-holidays"), heads, days.iter().map(row).collect())
}

/// GET /calendar/holidays
pub async fn form(State(app): State<App>, me: Can<KeepCalendar>, screen: Screen) -> Result<Response> {
    let form = Form::new(screen.w, screen.dates, import_questions());
    draw_import(&app, &me, &screen, form, None).await
}

async fn draw_import(
    app: &App,
    me: &Can<KeepCalendar>,
    screen: &Screen,
    form: Form,
    found: Option<Table>,
) -> Result<Response> {
    let w = screen.w;
    let mut read = app.read(me).await?;
    let shell = screen.shell(app, &mut read, w.t("administration-holidays"), &[]).await?;
    let shell = shell.crumb("/calendar", w.t("administration-calendar")).crumb_here(w.t("administration-holidays"));
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &Import { shell: shell.module("form").faulty(form.faulty()), form, found })
}

type Days = Vec<(NaiveDate, String)>;

/// The list that was chosen or pasted; its faults stand at the field, beside the list itself, where they can be mended.
fn given(screen: &Screen, posted: &Posted) -> Result<(Form, Option<Days>)> {
    let form = || Form::new(screen.w, screen.dates, import_questions());
    let mut taken = form().take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    if taken.faulty() {
        return Ok((taken, None));
    }
    let list = match taken.file("file").map(readable) {
        Some(Ok(list)) => list,
        Some(Err(why)) => {
            taken.refuse("file", Line::new(why));
            return Ok((taken, None));
        }
        None => posted.input.get("list").unwrap_or_default().to_owned(),
    };
    if list.trim().is_empty() {
        taken.refuse("file", Line::new("administration-holidays-nothing"));
        return Ok((taken, None));
    }
    let mut form = form().fill("list", &list);
    match parse_cabinet_office_csv(list.as_bytes()) {
        Ok(days) => Ok((form, Some(days))),
        Err(CsvProblem { line, fault }) => {
            form.refuse("list", why(screen, &fault, line));
            Ok((form, None))
        }
    }
}

/// What is wrong with a line of the list.
fn why(screen: &Screen, fault: &CsvFault, line: u64) -> Line {
    match fault {
        CsvFault::Date(_, error) => {
            let label = screen.w.t1("administration-holidays-date", "line", line);
            said(&error.message()).named("label", Label::text(label))
        }
        other => Line::new(format!("administration-holidays-{}", other.key())).with("line", line),
    }
}

/// The text of a file, in CP932 as the Cabinet Office writes it or as somebody saved it again. A picture or a workbook is
/// none.
fn readable(file: &[u8]) -> Result<String, &'static str> {
    if file.len() > LARGEST {
        return Err("administration-holidays-too-large");
    }
    let (text, _) = decode_any(file);
    let stray = |c: char| c == char::REPLACEMENT_CHARACTER || (c.is_control() && !matches!(c, '\r' | '\n' | '\t'));
    if text.contains(stray) { Err("administration-holidays-no-text") } else { Ok(text) }
}

/// POST /calendar/holidays/check: what would be taken over; nothing is written.
pub async fn check(State(app): State<App>, me: Can<KeepCalendar>, screen: Screen, posted: Posted) -> Result<Response> {
    let (form, days) = given(&screen, &posted)?;
    let recent = days.map(|days| {
        let since = screen.dates.today.year() - 1;
        day_table(&screen, &days.into_iter().filter(|(day, _)| day.year() >= since).collect::<Vec<_>>())
    });
    draw_import(&app, &me, &screen, form, recent).await
}

/// POST /calendar/holidays
pub async fn import(State(app): State<App>, me: Can<KeepCalendar>, screen: Screen, posted: Posted) -> Result<Response> {
    let (form, days) = given(&screen, &posted)?;
    let Some(days) = days else { return draw_import(&app, &me, &screen, form, None).await };
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        let now = work.now;
        store::replace_holidays(work.conn(), &days, now).await?;
        let facts = serde_json::json!({
            "days": days.len(), "from": days.first().map(|day| day.0), "to": days.last().map(|day| day.0),
            "deadlines_moved": recount(work).await?,
        });
        work.record(Event::done("holidays.imported", "calendar", "holidays").facts(facts)).await?;
        work.settle(posted.once, "/calendar").await
    })
    .await?;
    Ok(screen.go(&app, "/calendar", Some((Tone::Good, Message::new("administration-holidays-imported")))))
}

/// POST /calendar/closures
pub async fn close(State(app): State<App>, me: Can<KeepCalendar>, screen: Screen, posted: Posted) -> Result<Response> {
    let form = Form::new(screen.w, screen.dates, closure_questions());
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let (from, to) = (form.date("from"), form.date("to"));
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        form.refuse("to", Line::new("administration-closure-order"));
    }
    let (Some(from_date), Some(to_date), false) = (from, to, form.faulty()) else {
        return draw(&app, &me, &screen, form).await;
    };
    let name = form.text("name").to_owned();
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        let (now, by) = (work.now, work.actor.person().map(|person| person.0));
        let closure = Closure { id: uuid_at(now), from_date, to_date, name };
        store::insert_closure(work.conn(), &closure, by, now).await?;
        let facts = facts(&closure, recount(work).await?);
        work.record(Event::done("closure.entered", "calendar", closure.id).facts(facts)).await?;
        work.settle(posted.once, "/calendar").await
    })
    .await?;
    Ok(screen.go(&app, "/calendar", Some((Tone::Good, Message::new("administration-closure-entered")))))
}

fn facts(closure: &Closure, moved: usize) -> serde_json::Value {
    serde_json::json!({
        "name": closure.name, "from": closure.from_date, "to": closure.to_date, "deadlines_moved": moved,
    })
}

/// POST /calendar/closures/{id}/removal: the event keeps what it was.
pub async fn reopen(
    State(app): State<App>,
    me: Can<KeepCalendar>,
    screen: Screen,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        let closure = store::delete_closure(work.conn(), id).await?.ok_or(Error::NotFound)?;
        let facts = facts(&closure, recount(work).await?);
        work.record(Event::done("closure.removed", "calendar", id).facts(facts)).await?;
        work.settle(posted.once, "/calendar").await
    })
    .await?;
    Ok(screen.go(&app, "/calendar", Some((Tone::Good, Message::new("administration-closure-removed")))))
}
