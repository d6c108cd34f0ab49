//! Addresses of まとめて申請: the table of a kind, what its rows would become, and the filing.
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::actions;
use super::columns::head;
use super::store::{self, Table};
use crate::engines::ledgers::export::{Format, csv};
use crate::engines::requests::actions::Hand;
use crate::engines::requests::kinds::Registered;
use crate::engines::requests::model::{Field as Question, Input, When};
use crate::engines::requests::routes::FileRequests;
use crate::engines::requests::views::say;
use crate::kernel::app::App;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted};
use crate::web::forms::{Field, Form};
use crate::web::locale::{Lang, Line, Words};
use crate::web::routing::{Can, Route, get, post};
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::{Shell, Tone};

/// The routes; they belong to the room of the requests.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        get::<FileRequests, _, _>("/requests/new/{kind}/table", ask),
        post::<FileRequests, _, _>("/requests/new/{kind}/table", upload).uploads(),
        get::<FileRequests, _, _>("/requests/new/{kind}/table/blank", blank),
        get::<FileRequests, _, _>("/requests/tables/{id}", show),
        post::<FileRequests, _, _>("/requests/tables/{id}/filing", file),
        post::<FileRequests, _, _>("/requests/tables/{id}/removal", discard),
    ]
}

/// A column that a table may have.
struct Column {
    head: String,
    required: String,
    how: String,
}

/// まとめて申請: a table is asked for.
#[derive(Template)]
#[template(path = "requests/tables/ask.html")]
struct AskPage {
    shell: Shell,
    kind: String,
    form: Form,
    columns: Vec<Column>,
}

/// A row as the page shows it.
struct Row {
    no: u32,
    subject: String,
    number: Option<String>,
    faults: Vec<(String, String)>,
}

/// What the rows of a table become.
#[derive(Template)]
#[template(path = "requests/tables/show.html")]
struct ShowPage {
    shell: Shell,
    base: String,
    left_out: String,
    /// the day after which it is thrown away
    until: String,
    rows: Vec<Row>,
    /// rows that can be filed, that cannot, and that were
    ready: usize,
    faulty: usize,
    filed: usize,
    /// nothing more comes of it
    over: bool,
    /// the form of the kind, for another table
    again: String,
}

fn file_form(screen: &Screen) -> Form {
    Form::new(screen.w, screen.dates, vec![Field::file("file", "import-file").required(true).hint("filing-file-hint")])
}

/// GET /requests/new/{kind}/table
async fn ask(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(key): Path<String>,
) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    let registered = actions::kind(&app, &hand, &key)?;
    draw_ask(&app, &me, &screen, &registered, file_form(&screen)).await
}

async fn draw_ask(
    app: &App,
    me: &Can<FileRequests>,
    screen: &Screen,
    registered: &Registered,
    form: Form,
) -> Result<Response> {
    let w = screen.w;
    let mut read = app.read(me).await?;
    let title = say(w, &registered.kind.title);
    let heading = w.t1("filing-title", "form", &title);
    let shell = screen.shell(app, &mut read, heading, &[registered.effects.key()]).await?;
    let kind = registered.kind.key.clone();
    let shell = shell.under("/requests/new").crumb("/requests/new", w.t("requests-choose"));
    let shell = shell.crumb(format!("/requests/new/{kind}"), title).crumb_here(w.t("filing-short"));
    let columns = registered.kind.form.fields().map(|field| column(w, field)).collect();
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &AskPage { shell: shell.module("form").faulty(form.faulty()), kind, form, columns })
}

fn column(w: Words, field: &Question) -> Column {
    let required = match &field.required {
        When::Always if !matches!(field.input, Input::Department) => "filing-required",
        When::Answered { .. } => "filing-sometimes",
        _ => "filing-optional",
    };
    Column { head: head(field, w.lang()), required: w.t(required).into_owned(), how: how(w, field) }
}

/// How a cell is filled in.
fn how(w: Words, field: &Question) -> String {
    let key = match &field.input {
        Input::Choice { options } | Input::Multiple { options } => {
            let names: Vec<String> = options.iter().map(|choice| say(w, &choice.words())).collect();
            return w.t1("filing-how-choice", "choices", names.join(&w.t("web-list-comma"))).into_owned();
        }
        Input::Text { .. } | Input::LongText { .. } => "filing-how-text",
        Input::Date => "filing-how-date",
        Input::Moment => "filing-how-moment",
        Input::Period => "filing-how-period",
        Input::TimeBand => "filing-how-time-band",
        Input::Number => "filing-how-number",
        Input::YesNo => "filing-how-yes-no",
        Input::Person => "filing-how-person",
        Input::Department => "filing-how-department",
        Input::Reference { .. } => "filing-how-row",
        Input::References { .. } => "filing-how-rows",
        // no table is offered where a form asks for them
        Input::Rights { .. } | Input::Every { .. } | Input::File => "filing-how-rights",
    };
    w.t(key).into_owned()
}

/// POST /requests/new/{kind}/table
async fn upload(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(key): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    let registered = actions::kind(&app, &hand, &key)?;
    let mut form = file_form(&screen).take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let Some(content) = form.file("file").map(<[u8]>::to_vec) else {
        form.refuse("file", Line::new("import-file-none"));
        return draw_ask(&app, &me, &screen, &registered, form).await;
    };
    let table = match actions::read(&app, &hand, &registered, &content).await {
        Ok(table) => table,
        Err(Error::Refused(why)) => {
            form.refuse("file", said(&why));
            return draw_ask(&app, &me, &screen, &registered, form).await;
        }
        Err(error) => return Err(error),
    };
    let id = app
        .change(&me.actor(), async |work: &mut Work| {
            if let Some(before) = work.once(posted.once, &posted.body).await? {
                return before.parse().map_err(|_| Error::NotFound);
            }
            actions::keep(work, &hand, &table, &content).await?;
            work.settle(posted.once, &table.id.to_string()).await?;
            Ok(table.id)
        })
        .await?;
    Ok(screen.go(&app, &base(id), None))
}

fn base(id: Uuid) -> String {
    format!("/requests/tables/{id}")
}

/// GET /requests/new/{kind}/table/blank: the heads, to be filled in below.
async fn blank(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(key): Path<String>,
) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    let registered = actions::kind(&app, &hand, &key)?;
    let heads: Vec<String> = registered.kind.form.fields().map(|field| head(field, screen.w.lang())).collect();
    let bytes = csv(Format::Csv, &[heads], true).map_err(anyhow::Error::from)?;
    let name = format!("attachment; filename=\"{}.csv\"", registered.kind.key);
    let name = HeaderValue::from_str(&name).map_err(anyhow::Error::from)?;
    let kind = HeaderValue::from_static(Format::Csv.content_type());
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// GET /requests/tables/{id}
async fn show(State(app): State<App>, me: Can<FileRequests>, screen: Screen, Path(id): Path<Uuid>) -> Result<Response> {
    let w = screen.w;
    let hand = Hand::new(&app, &me.0, w)?;
    let mut read = app.read(&me).await?;
    let table = store::find(read.conn(), id, app.clock().now()).await?.ok_or(Error::NotFound)?;
    let registered = actions::kind(&app, &hand, &table.kind)?;
    let numbers = store::numbers(read.conn(), &table.lines).await?;
    let title = say(w, &registered.kind.title);
    let shell =
        screen.shell(&app, &mut read, w.t1("filing-title", "form", &title), &[registered.effects.key()]).await?;
    let again = format!("/requests/new/{}/table", table.kind);
    let shell = shell.under("/requests/new").crumb("/requests/new", w.t("requests-choose"));
    let shell = shell.crumb(&again, w.t("filing-short")).crumb_here(w.t("filing-rows"));
    page(&drawn(&screen, shell, &table, &numbers, again))
}

fn drawn(
    screen: &Screen,
    shell: Shell,
    table: &Table,
    numbers: &std::collections::HashMap<Uuid, String>,
    again: String,
) -> ShowPage {
    let english = screen.w.lang() == Lang::En;
    let row = |line: &store::Line| Row {
        no: line.no,
        subject: line.subject.clone(),
        number: numbers.get(&line.id).cloned(),
        faults: line
            .faults
            .iter()
            .map(|fault| (fault.cell.clone(), if english { fault.en.clone() } else { fault.ja.clone() }))
            .collect(),
    };
    let mut rows: Vec<Row> = table.lines.iter().map(row).collect();
    let filed = rows.iter().filter(|row| row.number.is_some()).count();
    let faulty = rows.iter().filter(|row| row.number.is_none() && !row.faults.is_empty()).count();
    // what is to be mended is read first
    rows.sort_by_key(|row| (row.faults.is_empty(), row.no));
    ShowPage {
        shell: shell.module("form"),
        base: base(table.id),
        left_out: table.left_out.clone(),
        until: screen.dates.long(local(table.expires_at).date_naive()),
        ready: rows.len() - filed - faulty,
        faulty,
        filed,
        over: table.filed_at.is_some(),
        rows,
        again,
    }
}

/// POST /requests/tables/{id}/filing
async fn file(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    let hand = Hand::new(&app, &me.0, screen.w)?;
    let said = match actions::file(&app, &hand, id).await {
        Ok(count) => (Tone::Good, Message::new("filing-filed").with("what", count)),
        // a second click after the first was through
        Err(Error::Conflict(why)) => (Tone::Warn, why),
        Err(error) => return Err(error),
    };
    Ok(screen.go(&app, &base(id), Some(said)))
}

/// POST /requests/tables/{id}/removal
async fn discard(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    app.change(&me.actor(), async |work: &mut Work| actions::discard(work, id).await).await?;
    Ok(screen.go(&app, "/requests/new", Some((Tone::Good, Message::new("filing-discarded")))))
}
