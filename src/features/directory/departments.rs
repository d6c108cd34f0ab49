//! 部署の手入れ: a new department, another name from a day on, and the last day.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::EditPeople;
use super::deeds::{Deed, once};
use super::keeping::{FormPage, again, differences};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::DepartmentId;
use crate::people::keeping::{self, Kept};
use crate::people::model::Department;
use crate::people::posts::ROLE_ASSIGNMENT;
use crate::people::store as people;
use crate::web::dates::Dates;
use crate::web::extract::{Path, Posted};
use crate::web::forms::{Choice, Field, Form};
use crate::web::locale::{Label, Words};
use crate::web::routing::Can;
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::{Shell, Tone};
use crate::web::tables::{Cell, Head, Row, Table};

#[derive(Template)]
#[template(path = "directory/departments.html")]
struct List {
    shell: Shell,
    table: Table,
}

async fn all(app: &App, read: &mut Read) -> Result<Vec<Department>> {
    Ok(people::departments(read.conn(), &people::Circle::everybody(), app.clock().today()).await?)
}

/// GET /departments
pub async fn list(State(app): State<App>, me: Can<EditPeople>, screen: Screen) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let mut read = app.read(&me).await?;
    let departments = all(&app, &mut read).await?;
    let row = |department: &Department| {
        let depth = usize::try_from(department.depth).unwrap_or_default();
        let last = department.valid_to.and_then(|day| day.pred_opt()).map(|day| dates.short(day));
        let cells = vec![
            Cell::new(format!("{}{}", "　".repeat(depth), department.name))
                .href(format!("/departments/{}", crate::kernel::text::percent(&department.code))),
            Cell::new(&department.code).nowrap(),
            Cell::new(w.n("directory-persons", department.persons)).number(),
            Cell::new(department.managers.clone().unwrap_or_default()),
            Cell::new(dates.short(department.valid_from)).nowrap(),
            Cell::new(last.unwrap_or_default()).nowrap(),
        ];
        Row { cells, bad: false }
    };
    let heads = [
        "directory-department",
        "directory-code",
        "directory-main-here",
        "directory-managers",
        "directory-valid-from",
        "directory-valid-to",
    ];
    let heads = heads.into_iter().map(|key| Head::new(w.t(key))).collect();
    let table = Table::new(w.t("directory-departments"), heads, departments.iter().map(row).collect());
    let shell = screen.shell(&app, &mut read, w.t("directory-departments"), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/people", w.t("directory-title")).crumb_here(w.t("directory-departments"));
    page(&List { shell, table })
}

fn add_fields(departments: &[Department]) -> Vec<Field> {
    let choices = departments.iter().map(|department| {
        let depth = usize::try_from(department.depth).unwrap_or_default();
        Choice::new(department.id.to_string(), Label::text(format!("{}{}", "　".repeat(depth), department.name)))
    });
    vec![
        Field::code("code", "directory-code").most(20),
        Field::text("name", "directory-department-name").most(60),
        Field::kana("reading", "directory-reading").most(80),
        Field::select("parent", "directory-parent", choices.collect()).hint("directory-parent-hint").optional(),
        Field::date("from", "directory-valid-from"),
    ]
}

/// GET /departments/new
pub async fn ask_new(State(app): State<App>, me: Can<EditPeople>, screen: Screen) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let form = Form::new(screen.w, screen.dates, add_fields(&all(&app, &mut read).await?));
    let form = form.fill("from", screen.dates.machine(screen.dates.today));
    show_new(&app, &screen, read, form).await
}

async fn show_new(app: &App, screen: &Screen, mut read: Read, form: Form) -> Result<Response> {
    let w = screen.w;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("directory-department-new"), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/people", w.t("directory-title")).crumb("/departments", w.t("directory-departments"));
    let shell = shell.crumb_here(w.t("directory-department-new")).module("form").faulty(form.faulty());
    let go = w.t("directory-department-new-do").into_owned();
    let (action, back, stale) = ("/departments".to_owned(), "/departments".to_owned(), Vec::new());
    page_with(status, &FormPage { shell, action, go, back, form, stale })
}

/// POST /departments
pub async fn add(State(app): State<App>, me: Can<EditPeople>, screen: Screen, posted: Posted) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let form = Form::new(screen.w, screen.dates, add_fields(&all(&app, &mut read).await?));
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let Some(from) = form.date("from").filter(|_| !form.faulty()) else {
        return show_new(&app, &screen, read, form).await;
    };
    drop(read);
    let deed = Deed::SetUp {
        code: form.text("code").to_owned(),
        name: form.text("name").to_owned(),
        reading: form.text("reading").to_owned(),
        parent: form.parsed::<DepartmentId>("parent"),
        from,
    };
    match once(&app, &me, &posted, "/departments", &deed).await? {
        None => {
            let words = Message::new("directory-department-added").with("name", form.text("name"));
            Ok(screen.go(&app, "/departments", Some((Tone::Good, words))))
        }
        Some((field, words)) => {
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            show_new(&app, &screen, read, form).await
        }
    }
}

#[derive(Template)]
#[template(path = "directory/department.html")]
struct Show {
    shell: Shell,
    code: String,
    rename: Form,
    close: Option<Form>,
    names: Vec<String>,
    stale: Vec<(String, String, String)>,
}

fn rename_form(w: Words, dates: Dates) -> Form {
    let fields = vec![
        Field::text("name", "directory-department-name").most(60),
        Field::kana("reading", "directory-reading").most(80),
        Field::date("on", "directory-name-on").hint("directory-name-on-hint"),
        Field::hidden("version"),
    ];
    Form::new(w, dates, fields)
}

fn close_form(w: Words, dates: Dates) -> Form {
    let fields = vec![Field::date("last", "directory-valid-to").hint("directory-close-hint"), Field::hidden("version")];
    Form::new(w, dates, fields)
}

fn filled(screen: &Screen, kept: &Kept) -> Form {
    rename_form(screen.w, screen.dates)
        .fill("name", &kept.name)
        .fill("reading", &kept.reading)
        .fill("on", screen.dates.machine(screen.dates.today))
        .fill("version", kept.version.to_string())
}

/// GET /departments/{code}
pub async fn show(
    State(app): State<App>,
    me: Can<EditPeople>,
    screen: Screen,
    Path(code): Path<String>,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let kept = keeping::find_department(read.conn(), &code).await?.ok_or(Error::NotFound)?;
    let rename = filled(&screen, &kept);
    show_again(&app, &screen, read, &kept, rename, None, Vec::new()).await
}

async fn show_again(
    app: &App,
    screen: &Screen,
    mut read: Read,
    kept: &Kept,
    rename: Form,
    close: Option<Form>,
    stale: Vec<(String, String, String)>,
) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let names = keeping::names(read.conn(), kept.id).await?;
    let names = names.iter().map(|name| {
        let key = if name.applied { "directory-name-since" } else { "directory-name-from" };
        w.t2(key, "name", &name.name, "on", dates.long(name.on)).into_owned()
    });
    let faulty = rename.faulty() || close.as_ref().is_some_and(Form::faulty);
    let status = match (stale.is_empty(), faulty) {
        (false, _) => StatusCode::CONFLICT,
        (true, true) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, false) => StatusCode::OK,
    };
    let shell = screen.shell(app, &mut read, kept.name.clone(), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/people", w.t("directory-title")).crumb("/departments", w.t("directory-departments"));
    let shell = shell.crumb_here(&kept.name).module("form").faulty(faulty || !stale.is_empty());
    let open = kept.valid_to.is_none();
    let version = kept.version.to_string();
    let close = close.or_else(|| open.then(|| close_form(w, screen.dates).fill("version", version)));
    page_with(status, &Show { shell, code: kept.code.clone(), rename, close, names: names.collect(), stale })
}

/// POST /departments/{code}/name
pub async fn rename(
    State(app): State<App>,
    me: Can<EditPeople>,
    screen: Screen,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let kept = keeping::find_department(read.conn(), &code).await?.ok_or(Error::NotFound)?;
    let form = rename_form(screen.w, screen.dates);
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let asked = form.date("on").zip(form.parsed::<i32>("version")).filter(|_| !form.faulty());
    let Some((on, version)) = asked else {
        return show_again(&app, &screen, read, &kept, form, None, Vec::new()).await;
    };
    drop(read);
    let (name, reading) = (form.text("name").to_owned(), form.text("reading").to_owned());
    let deed = Deed::Rename { code: code.clone(), version, name, reading, on };
    match once(&app, &me, &posted, "/departments", &deed).await {
        Ok(None) => {
            let words = Message::new("directory-department-renamed").with("name", form.text("name"));
            Ok(screen.go(&app, "/departments", Some((Tone::Good, words))))
        }
        Ok(Some((field, words))) => {
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            show_again(&app, &screen, read, &kept, form, None, Vec::new()).await
        }
        Err(Error::Conflict(_)) => {
            let mut read = app.read(&me).await?;
            let kept = keeping::find_department(read.conn(), &code).await?.ok_or(Error::NotFound)?;
            let now = filled(&screen, &kept);
            let stale = differences(&now, &form);
            let form = again(rename_form(screen.w, screen.dates), &form, &["name", "reading", "on"], kept.version);
            show_again(&app, &screen, read, &kept, form, None, stale).await
        }
        Err(error) => Err(error),
    }
}

/// POST /departments/{code}/closing
pub async fn close(
    State(app): State<App>,
    me: Can<EditPeople>,
    screen: Screen,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let kept = keeping::find_department(read.conn(), &code).await?.ok_or(Error::NotFound)?;
    let form = close_form(screen.w, screen.dates);
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let asked = form.date("last").zip(form.parsed::<i32>("version")).filter(|_| !form.faulty());
    let Some((last, version)) = asked else {
        let rename = filled(&screen, &kept);
        return show_again(&app, &screen, read, &kept, rename, Some(form), Vec::new()).await;
    };
    drop(read);
    let deed = Deed::Close { code: code.clone(), version, last };
    match once(&app, &me, &posted, "/departments", &deed).await? {
        None => {
            let words = Message::new("directory-department-closed").with("name", &kept.name);
            Ok(screen.go(&app, "/departments", Some((Tone::Good, words))))
        }
        Some((field, words)) => {
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            let rename = filled(&screen, &kept);
            show_again(&app, &screen, read, &kept, rename, Some(form), Vec::new()).await
        }
    }
}
