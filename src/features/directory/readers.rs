//! 「その日に読めた人」: for the office and the inspector, who could read the rows of a person, a department or a request on a
//! day, and by which line of the permission table. What is asked is written down; the list goes out as the other lists do.
use askama::Template;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::why::reach_words;
use super::{SeeReaders, store};
use crate::engines::ledgers::export::{Format, csv};
use crate::engines::requests::store::{self as requests, acting, steps};
use crate::kernel::access::{Permission, Reach, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::text;
use crate::people::model::{Department, full_name};
use crate::people::permissions::{self, Rights};
use crate::people::readers::{self, Matter, Reader};
use crate::people::store as people;
use crate::web::dates::Dates;
use crate::web::extract::{Posted, Query};
use crate::web::forms::{Choice, Field, Form};
use crate::web::locale::{Label, Line, Words};
use crate::web::routing::Can;
use crate::web::screen::{House, Naming, Screen, page_with};
use crate::web::shell::Shell;
use crate::web::tables::{Cell, Head, Row, Table};

/// What is asked, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    what: String,
    person: String,
    department: String,
    request: String,
    on: String,
}

/// The rows of persons that may be asked about.
const WHAT: [(&str, Permission); 3] = [
    ("accounts", Permission::AccountsView),
    ("requests", Permission::RequestsView),
    ("people", Permission::PeopleView),
];

#[derive(Template)]
#[template(path = "directory/readers.html")]
struct Page {
    shell: Shell,
    form: Form,
    answer: Option<Answer>,
}

struct Answer {
    words: String,
    table: Table,
    /// the same question, for the file
    keep: Vec<(&'static str, String)>,
}

fn fields(departments: &[Department]) -> Vec<Field> {
    let what = WHAT.map(|(key, _)| {
        let label = match key {
            "accounts" => "readers-what-accounts",
            "requests" => "readers-what-requests",
            _ => "readers-what-people",
        };
        Choice::new(key, label)
    });
    let departments = departments.iter().map(|department| {
        let depth = usize::try_from(department.depth).unwrap_or_default();
        Choice::new(department.id.to_string(), Label::text(format!("{}{}", "　".repeat(depth), department.name)))
    });
    vec![
        Field::select("what", "readers-what", what.into()),
        Field::text("person", "readers-person").most(60).hint("readers-person-hint").optional(),
        Field::select("department", "readers-department", departments.collect()).optional(),
        Field::text("request", "readers-request").most(40).hint("readers-request-hint").optional(),
        Field::date("on", "readers-on"),
    ]
}

async fn blank(read: &mut Read, screen: &Screen) -> Result<Form> {
    let departments = people::departments(read.conn(), &people::Circle::everybody(), screen.dates.today).await?;
    Ok(Form::new(screen.w, screen.dates, fields(&departments)))
}

/// GET /permissions/readers
pub async fn ask(
    State(app): State<App>,
    me: Can<SeeReaders>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let form = blank(&mut read, &screen).await?;
    let form = form.fill("what", asked.what).fill("person", asked.person).fill("department", asked.department);
    let on = if asked.on.is_empty() { screen.dates.machine(screen.dates.today) } else { asked.on };
    show(&app, &screen, read, form.fill("request", asked.request).fill("on", on), None).await
}

async fn show(app: &App, screen: &Screen, mut read: Read, form: Form, answer: Option<Answer>) -> Result<Response> {
    let w = screen.w;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("readers-title"), &["account.least_rights"]).await?;
    let shell = shell.crumb("/permissions", w.t("permission-title")).crumb_here(w.t("readers-title"));
    let shell = shell.module("form").faulty(form.faulty());
    page_with(status, &Page { shell, form, answer })
}

/// A question, understood.
struct Question {
    matter: Matter,
    /// the one request that is asked about
    request: Option<Uuid>,
    on: NaiveDate,
    /// what decided then who could read it
    rights: Rights,
}

/// The question, understood; what is wrong is said at its field.
async fn matter(app: &App, read: &mut Read, screen: &Screen, form: &mut Form) -> Result<Option<Question>> {
    let on = form.date("on");
    if on.is_some_and(|on| on > screen.dates.today) {
        form.refuse("on", Line::new("readers-future"));
    }
    let found = WHAT.into_iter().find(|(key, _)| *key == form.text("what"));
    let (Some(on), Some((_, permission))) = (on, found) else { return Ok(None) };
    let rights = permissions::on(app, on).await?;
    let mut matter = Matter { permission, departments: Vec::new(), persons: Vec::new() };
    let mut about = None;
    if let Some(number) = form.filled("request").map(text::normalise) {
        match requests::find(read.conn(), &number).await? {
            Some(request) if local(request.filed_at).date_naive() > on => {
                form.refuse("on", Line::new("readers-not-yet"));
            }
            Some(request) => {
                about = Some(request.id);
                matter.permission = Permission::RequestsView;
                matter.departments.push(request.department());
                matter.departments.extend(request.owner_department_id.map(DepartmentId));
                matter
                    .persons
                    .extend([request.requester_id, request.beneficiary_id].into_iter().flatten().map(PersonId));
                matter.persons.extend(steps::chosen(read.conn(), request.request_id()).await?);
            }
            None => form.refuse("request", Line::new("readers-request-unknown")),
        }
    } else if let Some(typed) = form.filled("person").map(str::to_owned) {
        match people::known(read.conn(), &typed).await?.as_slice() {
            [one] => {
                matter.persons.push(*one);
                matter.departments.extend(people::department_of(read.conn(), *one, on).await?);
            }
            [] => form.refuse("person", Line::new("stand-in-person-unknown")),
            _ => form.refuse("person", Line::new("stand-in-person-several")),
        }
    } else if let Some(department) = form.parsed::<DepartmentId>("department") {
        matter.departments.push(department);
    } else {
        form.refuse("person", Line::new("readers-of-what"));
    }
    // accounts are read where they lie, and where the regulation says so by who owns the system
    if matter.permission == Permission::AccountsView && !form.faulty() {
        let (holder, section) = (matter.persons.first().copied(), matter.departments.first().copied());
        let section = section.filter(|_| holder.is_none());
        matter.departments.extend(store::account_places(read.conn(), holder, section, (on, rights.owners_read)).await?);
    }
    Ok((!form.faulty()).then_some(Question { matter, request: about, on, rights }))
}

/// Those to whom the organisation's rule offered a request (代決), and those who decided by it.
async fn by_rule(read: &mut Read, question: &Question, today: NaiveDate) -> Result<Vec<Reader>> {
    let Question { matter, request, on, .. } = question;
    if matter.permission != Permission::RequestsView {
        return Ok(Vec::new());
    }
    let departments: Vec<Uuid> = matter.departments.iter().map(|department| department.0).collect();
    let persons: Vec<Uuid> = matter.persons.iter().map(|person| person.0).collect();
    let found = acting::in_sight(read.conn(), *request, (&departments, &persons), (*on, today)).await?;
    let reader = |one: acting::InSight| Reader {
        number: one.number,
        name: full_name(&one.family_name, &one.given_name),
        department: one.department,
        tier: one.tier,
        title: one.title,
        from: one.since,
        last: one.until,
        acting_for: Some(full_name(&one.absent_family, &one.absent_given)),
        by_rule: true,
        reach: Reach::Own,
    };
    Ok(found.into_iter().map(reader).collect())
}

async fn answered(
    app: &App,
    me: &Viewer,
    screen: &Screen,
    posted: &Posted,
) -> Result<Result<(Form, Question, Vec<Reader>), Form>> {
    let mut read = app.read(me).await?;
    let form = blank(&mut read, screen).await?;
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let Some(question) = matter(app, &mut read, screen, &mut form).await? else { return Ok(Err(form)) };
    let mut found = readers::on(read.conn(), &question.rights.table, &question.matter, question.on).await?;
    found.extend(by_rule(&mut read, &question, screen.dates.today).await?);
    Ok(Ok((form, question, found)))
}

fn asked_for(form: &Form) -> Vec<(&'static str, String)> {
    ["what", "person", "department", "request", "on"].map(|name| (name, form.text(name).to_owned())).into()
}

async fn note(app: &App, me: &Viewer, kind: &'static str, form: &Form, count: usize) -> Result<()> {
    let asked: serde_json::Map<String, serde_json::Value> =
        asked_for(form).into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let event = Event::done(kind, "audit", "readers").facts(json!({ "asked": asked, "readers": count }));
    app.note(&me.actor(), event).await.map(drop)
}

/// POST /permissions/readers: the answer, written down as any look at persons.
pub async fn tell(State(app): State<App>, me: Can<SeeReaders>, screen: Screen, posted: Posted) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let naming = app.part::<House>()?.naming();
    let found = answered(&app, &me, &screen, &posted).await?;
    let (form, answer) = match found {
        Err(form) => (form, None),
        Ok((form, question, found)) => {
            let naming = then(&naming, &question);
            note(&app, &me, "readers.asked", &form, found.len()).await?;
            let words = w.with(
                "readers-answer",
                &[("on", &dates.long(question.on)), ("what", &w.n("directory-persons", people_in(&found)))],
            );
            let answer =
                Answer { words: words.into_owned(), table: table(w, dates, &naming, &found), keep: asked_for(&form) };
            (form, Some(answer))
        }
    };
    let read = app.read(&me).await?;
    show(&app, &screen, read, form, answer).await
}

/// The names of the tiers as they were on the day that is asked about.
fn then(naming: &Naming, question: &Question) -> Naming {
    Naming { tiers: question.rights.titles.clone(), ..naming.clone() }
}

fn people_in(readers: &[Reader]) -> usize {
    readers.iter().map(|reader| &reader.number).collect::<std::collections::BTreeSet<_>>().len()
}

const HEADS: [&str; 7] = [
    "directory-name",
    "directory-number",
    "directory-department",
    "directory-tier",
    "directory-period",
    "why-reach",
    "functions-stand-in",
];

fn cells(w: Words, dates: &Dates, naming: &Naming, reader: &Reader) -> [String; 7] {
    let last = reader.last.map(|day| dates.short(day)).unwrap_or_default();
    let key = if reader.by_rule { "why-by-rule-for" } else { "why-acting-for" };
    let acting = reader.acting_for.as_ref().map(|name| w.t1(key, "name", name).into_owned());
    [
        reader.name.clone(),
        reader.number.clone(),
        format!("{} {}", reader.department, reader.title).trim().to_owned(),
        naming.tier(w, reader.tier),
        w.t2("directory-period-of", "from", dates.short(reader.from), "last", last).into_owned(),
        reach_words(w, reader.reach),
        acting.unwrap_or_default(),
    ]
}

fn table(w: Words, dates: &Dates, naming: &Naming, readers: &[Reader]) -> Table {
    let row = |reader: &Reader| Row { cells: cells(w, dates, naming, reader).map(Cell::new).into(), bad: false };
    let heads = HEADS.into_iter().map(|key| Head::new(w.t(key))).collect();
    Table::new(w.t("readers-title"), heads, readers.iter().map(row).collect())
}

/// POST /permissions/readers/export: the same as CSV.
pub async fn send(State(app): State<App>, me: Can<SeeReaders>, screen: Screen, posted: Posted) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let naming = app.part::<House>()?.naming();
    let (form, question, found) = match answered(&app, &me, &screen, &posted).await? {
        Ok(answered) => answered,
        Err(form) => {
            let read = app.read(&me).await?;
            return show(&app, &screen, read, form, None).await;
        }
    };
    note(&app, &me, "readers.exported", &form, found.len()).await?;
    let (naming, on) = (then(&naming, &question), question.on);
    let heads = HEADS.map(|key| w.t(key).into_owned()).to_vec();
    let lines = found.iter().map(|reader| cells(w, dates, &naming, reader).to_vec());
    let all: Vec<Vec<String>> = std::iter::once(heads).chain(lines).collect();
    let bytes = csv(Format::Csv, &all, true).map_err(anyhow::Error::from)?;
    let name = format!("attachment; filename=\"readers_{}.csv\"", on.format("%Y%m%d"));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(Format::Csv.content_type()));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(anyhow::Error::from)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("content-security-policy", HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}
