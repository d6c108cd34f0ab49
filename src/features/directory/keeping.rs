//! 職員と発令の手入れ: a person is added and corrected, and posts are given and ended, by the office.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Months, NaiveDate};

use super::deeds::{Deed, once};
use super::{EditPeople, store};
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::work::Work;
use crate::people::keeping::Particulars;
use crate::people::model::{Department, Employment, Person, Post};
use crate::people::permissions;
use crate::people::posts::{self, Appointment, ROLE_ASSIGNMENT};
use crate::people::step_up::{self, Action};
use crate::people::store as people;
use crate::web::dates::Dates;
use crate::web::extract::{Path, Posted};
use crate::web::forms::{Choice, Field, Form};
use crate::web::identify::Caller;
use crate::web::locale::{Label, Line, Words};
use crate::web::routing::Can;
use crate::web::screen::{House, Naming, Screen, page_with, said};
use crate::web::shell::{Shell, Tone};

/// A form of the office, with what somebody else saved meanwhile.
#[derive(Template)]
#[template(path = "directory/form.html")]
pub struct FormPage {
    pub shell: Shell,
    pub action: String,
    pub go: String,
    pub back: String,
    pub form: Form,
    /// label, what stands there now, what was typed
    pub stale: Vec<(String, String, String)>,
}

/// The pairs of answers that differ between what stands there now and what was typed.
pub fn differences(now: &Form, typed: &Form) -> Vec<(String, String, String)> {
    let pairs = now.answers().into_iter().zip(typed.answers());
    pairs.filter(|((_, now), (_, typed))| now != typed).map(|((label, now), (_, typed))| (label, now, typed)).collect()
}

fn departments_of(departments: &[Department]) -> Vec<Choice> {
    let choice = |department: &Department| {
        let depth = usize::try_from(department.depth).unwrap_or_default();
        Choice::new(department.id.to_string(), Label::text(format!("{}{}", "　".repeat(depth), department.name)))
    };
    departments.iter().map(choice).collect()
}

fn employments() -> Vec<Choice> {
    let choice = |employment: Employment| {
        let label = match employment {
            Employment::Permanent => "directory-employment-permanent",
            Employment::FixedTerm => "directory-employment-fixed_term",
            Employment::PartTime => "directory-employment-part_time",
            Employment::Temporary => "directory-employment-temporary",
            Employment::Contractor => "directory-employment-contractor",
        };
        Choice::new(employment.key(), label)
    };
    Employment::ALL.map(choice).into()
}

fn particulars_fields() -> Vec<Field> {
    vec![
        Field::name("family_name", "directory-family-name").most(40),
        Field::name("given_name", "directory-given-name").most(40).optional(),
        Field::kana("reading", "directory-reading").most(80),
        Field::ascii("mail", "directory-mail").most(120).optional(),
        Field::select("employment", "directory-employment", employments()),
        Field::date("joined_on", "directory-joined-on"),
        Field::date("left_on", "directory-left-on").hint("directory-left-on-hint").optional(),
    ]
}

fn add_fields(departments: &[Department]) -> Vec<Field> {
    let mut fields = vec![Field::code("number", "directory-number").most(20)];
    fields.extend(particulars_fields());
    fields.push(Field::select("department", "directory-main-department", departments_of(departments)));
    fields.push(Field::text("title", "directory-title-of-post").most(40).optional());
    fields
}

/// Reads a checked form.
fn particulars(form: &mut Form, today: NaiveDate) -> Option<Particulars> {
    let mail = form.filled("mail").map(str::to_owned);
    if mail.as_deref().is_some_and(|mail| !is_mail(mail)) {
        form.refuse("mail", Line::new("directory-mail-wrong"));
    }
    let furthest = today.checked_add_months(Months::new(12));
    if form.date("joined_on").zip(furthest).is_some_and(|(joined, furthest)| joined > furthest) {
        form.refuse("joined_on", Line::new("directory-joined-far"));
    }
    if form.faulty() {
        return None;
    }
    Some(Particulars {
        family_name: form.text("family_name").to_owned(),
        given_name: form.text("given_name").to_owned(),
        reading: form.text("reading").to_owned(),
        mail,
        employment: Employment::from_key(form.text("employment"))?,
        joined_on: form.date("joined_on")?,
        left_on: form.date("left_on"),
    })
}

/// One @, something on both sides, a dot behind it: what is beyond that only a mail can tell.
fn is_mail(text: &str) -> bool {
    let Some((name, place)) = text.split_once('@') else { return false };
    let parts = || place.split('.');
    !name.is_empty()
        && !place.contains('@')
        && parts().count() > 1
        && parts().all(|part| !part.is_empty())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\",;".contains(c))
}

async fn open_departments(app: &App, read: &mut Read) -> Result<Vec<Department>> {
    Ok(people::departments(read.conn(), &people::Circle::everybody(), app.clock().today()).await?)
}

/// GET /people/new
pub async fn ask_new(State(app): State<App>, me: Can<EditPeople>, screen: Screen) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let fields = add_fields(&open_departments(&app, &mut read).await?);
    let form = Form::new(screen.w, screen.dates, fields).fill("joined_on", screen.dates.machine(screen.dates.today));
    show_new(&app, &screen, read, form).await
}

async fn show_new(app: &App, screen: &Screen, mut read: Read, form: Form) -> Result<Response> {
    let w = screen.w;
    let shell = screen.shell(app, &mut read, w.t("directory-new"), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/people", w.t("directory-title")).crumb_here(w.t("directory-new"));
    let go = w.t("directory-new-do").into_owned();
    let back = "/people".to_owned();
    show(shell, "/people".to_owned(), go, back, form, Vec::new())
}

fn show(
    shell: Shell,
    action: String,
    go: String,
    back: String,
    form: Form,
    stale: Vec<(String, String, String)>,
) -> Result<Response> {
    let status = match (stale.is_empty(), form.faulty()) {
        (false, _) => StatusCode::CONFLICT,
        (true, true) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, false) => StatusCode::OK,
    };
    let shell = shell.module("form").faulty(form.faulty() || !stale.is_empty());
    page_with(status, &FormPage { shell, action, go, back, form, stale })
}

/// POST /people
pub async fn add(State(app): State<App>, me: Can<EditPeople>, screen: Screen, posted: Posted) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let fields = add_fields(&open_departments(&app, &mut read).await?);
    let form = Form::new(screen.w, screen.dates, fields);
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let new = particulars(&mut form, screen.dates.today);
    let Some((new, department)) = new.zip(form.parsed::<DepartmentId>("department")) else {
        return show_new(&app, &screen, read, form).await;
    };
    drop(read);
    let name = crate::people::model::full_name(&new.family_name, &new.given_name);
    let number = form.text("number").to_owned();
    let address = format!("/people/{}", crate::kernel::text::percent(&number));
    let deed = Deed::Join { number, new, department, title: form.text("title").to_owned() };
    match once(&app, &me, &posted, &address, &deed).await? {
        None => {
            let words = Message::new("directory-added").with("name", name);
            Ok(screen.go(&app, &address, Some((Tone::Good, words))))
        }
        Some((field, words)) => {
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            show_new(&app, &screen, read, form).await
        }
    }
}

async fn found(read: &mut Read, me: &Viewer, number: &str, screen: &Screen) -> Result<Person> {
    let scope = me.scope(Permission::PeopleView);
    let id = store::find_number(read.conn(), &scope, number, screen.dates.today).await?.ok_or(Error::NotFound)?;
    people::find_person(read.conn(), id).await?.ok_or(Error::NotFound)
}

fn correction(w: Words, dates: Dates) -> Form {
    let mut fields = particulars_fields();
    fields.push(Field::hidden("version"));
    Form::new(w, dates, fields)
}

fn filled(form: Form, dates: &Dates, person: &Person) -> Form {
    form.fill("family_name", &person.family_name)
        .fill("given_name", &person.given_name)
        .fill("reading", &person.reading)
        .fill("mail", person.mail.clone().unwrap_or_default())
        .fill("employment", person.employment.key())
        .fill("joined_on", dates.machine(person.joined_on))
        .fill("left_on", person.left_on.map(|day| dates.machine(day)).unwrap_or_default())
        .fill("version", person.version.to_string())
}

/// What somebody typed, on top of a newer version.
pub fn again(form: Form, typed: &Form, names: &[&str], version: i32) -> Form {
    let form = names.iter().fold(form, |form, name| form.fill(name, typed.text(name)));
    form.fill("version", version.to_string())
}

/// GET /people/{number}/correction
pub async fn ask_correction(
    State(app): State<App>,
    me: Can<EditPeople>,
    screen: Screen,
    Path(number): Path<String>,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let person = found(&mut read, &me, &number, &screen).await?;
    let form = filled(correction(screen.w, screen.dates), &screen.dates, &person);
    show_correction(&app, &screen, read, &person, form, Vec::new()).await
}

async fn show_correction(
    app: &App,
    screen: &Screen,
    mut read: Read,
    person: &Person,
    form: Form,
    stale: Vec<(String, String, String)>,
) -> Result<Response> {
    let w = screen.w;
    let back = format!("/people/{}", person.employee_no);
    let shell = screen.shell(app, &mut read, w.t("directory-correct"), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/people", w.t("directory-title")).crumb(&back, person.name());
    let shell = shell.crumb_here(w.t("directory-correct"));
    show(shell, format!("{back}/correction"), w.t("directory-correct-do").into_owned(), back, form, stale)
}

/// POST /people/{number}/correction
pub async fn correct(
    State(app): State<App>,
    me: Can<EditPeople>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let person = found(&mut read, &me, &number, &screen).await?;
    let form = correction(screen.w, screen.dates);
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let new = particulars(&mut form, screen.dates.today);
    let Some((new, version)) = new.zip(form.parsed::<i32>("version")) else {
        return show_correction(&app, &screen, read, &person, form, Vec::new()).await;
    };
    drop(read);
    let address = format!("/people/{number}");
    let deed = Deed::Correct { person: person.id, version, new };
    match once(&app, &me, &posted, &address, &deed).await {
        Ok(None) => {
            let words = Message::new("directory-corrected").with("name", person.name());
            Ok(screen.go(&app, &address, Some((Tone::Good, words))))
        }
        Ok(Some((field, words))) => {
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            show_correction(&app, &screen, read, &person, form, Vec::new()).await
        }
        // somebody else was quicker: both are shown, and what was typed stays on top of the newest version
        Err(Error::Conflict(_)) => {
            let mut read = app.read(&me).await?;
            let person = found(&mut read, &me, &number, &screen).await?;
            let now = filled(correction(screen.w, screen.dates), &screen.dates, &person);
            let stale = differences(&now, &form);
            let names = ["family_name", "given_name", "reading", "mail", "employment", "joined_on", "left_on"];
            let form = again(correction(screen.w, screen.dates), &form, &names, person.version);
            show_correction(&app, &screen, read, &person, form, stale).await
        }
        Err(error) => Err(error),
    }
}

fn post_fields(w: Words, naming: &Naming, app: &App, departments: &[Department]) -> Result<Vec<Field>> {
    let exists = |tier: &Tier| naming.tiers.iter().any(|(named, _, _)| named == tier);
    // functions are given in their register, and whom others name is named by them (指名)
    let rights = permissions::in_force(app)?;
    let given = |tier: &Tier| !rights.only_registered(*tier) && !rights.only_named(*tier);
    let tiers = Tier::ALL.into_iter().filter(exists).filter(given);
    let tiers = tiers.map(|tier| Choice::new(tier.key(), Label::text(naming.tier(w, tier)))).collect();
    let kinds =
        vec![Choice::new("concurrent", "directory-post-concurrent"), Choice::new("main", "directory-post-main")];
    Ok(vec![
        Field::select("department", "directory-department", departments_of(departments)),
        Field::select("tier", "directory-tier", tiers).hint("directory-tier-hint"),
        Field::text("title", "directory-title-of-post").most(40).optional(),
        Field::radio("main", "directory-post-kind", kinds),
        Field::date("from", "directory-post-from").hint("functions-from-hint"),
        Field::date("last", "directory-post-last").hint("functions-until-hint").optional(),
        Field::area("reason", "functions-reason").most(200).hint("functions-reason-hint"),
        step_up::question(app, Action::Rights),
    ])
}

/// GET /people/{number}/posts/new
pub async fn ask_post(
    State(app): State<App>,
    me: Can<EditPeople>,
    screen: Screen,
    Path(number): Path<String>,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let person = found(&mut read, &me, &number, &screen).await?;
    let form = post_form(&app, &mut read, &screen).await?;
    let form = form.fill("main", "concurrent").fill("from", screen.dates.machine(screen.dates.today));
    show_post(&app, &screen, read, &person, form).await
}

async fn post_form(app: &App, read: &mut Read, screen: &Screen) -> Result<Form> {
    let naming = app.part::<House>()?.naming();
    let departments = open_departments(app, read).await?;
    Ok(Form::new(screen.w, screen.dates, post_fields(screen.w, &naming, app, &departments)?))
}

async fn show_post(app: &App, screen: &Screen, mut read: Read, person: &Person, form: Form) -> Result<Response> {
    let w = screen.w;
    let back = format!("/people/{}", person.employee_no);
    let shell = screen.shell(app, &mut read, w.t("directory-post-new"), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/people", w.t("directory-title")).crumb(&back, person.name());
    let shell = shell.crumb_here(w.t("directory-post-new"));
    show(shell, format!("{back}/posts"), w.t("directory-post-do").into_owned(), back, form, Vec::new())
}

/// POST /people/{number}/posts
pub async fn give_post(
    State(app): State<App>,
    me: Can<EditPeople>,
    screen: Screen,
    caller: Caller,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let person = found(&mut read, &me, &number, &screen).await?;
    let form = post_form(&app, &mut read, &screen).await?;
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let Some(new) = appointment(&form, person.id).filter(|_| !form.faulty()) else {
        return show_post(&app, &screen, read, &person, form).await;
    };
    drop(read);
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Rights, &number)).await? {
        let read = app.read(&me).await?;
        return show_post(&app, &screen, read, &person, form).await;
    }
    let address = format!("/people/{number}");
    match once(&app, &me, &posted, &address, &Deed::Give(new)).await? {
        None => {
            let words = Message::new("directory-post-given").with("name", person.name());
            Ok(screen.go(&app, &address, Some((Tone::Good, words))))
        }
        Some((field, words)) => {
            // on this form the person is given
            let field = if field == "person" { "tier" } else { field };
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            show_post(&app, &screen, read, &person, form).await
        }
    }
}

fn appointment(form: &Form, person: PersonId) -> Option<Appointment> {
    Some(Appointment {
        person,
        department: form.parsed("department")?,
        tier: Tier::from_key(form.text("tier"))?,
        function: None,
        title: form.text("title").to_owned(),
        main: form.text("main") == "main",
        from: form.date("from")?,
        last: form.date("last"),
        rests_on: None,
        reason: form.text("reason").to_owned(),
    })
}

/// A post that can be ended, with its question.
pub struct Ending {
    pub id: String,
    pub label: String,
    pub question: String,
    pub form: Form,
}

fn ending_fields() -> Vec<Field> {
    vec![
        Field::hidden("post"),
        Field::date("last", "functions-last").hint("functions-last-hint"),
        Field::area("reason", "functions-reason").most(200).rows(2),
    ]
}

/// One for each post of today or later.
pub fn endings(w: Words, dates: Dates, naming: &Naming, posts: &[Post]) -> Vec<Ending> {
    let open = posts.iter().filter(|post| post.until.is_none_or(|until| until > dates.today));
    let ending = |post: &Post| {
        let seat = w.t2("stand-in-seat", "department", &post.department_name, "tier", naming.tier(w, post.tier));
        Ending {
            id: format!("end-{}", post.id),
            label: w.t1("directory-post-end-of", "what", &seat).into_owned(),
            question: w.t1("directory-post-end-question", "what", &seat).into_owned(),
            form: Form::new(w, dates, ending_fields()).fill("post", post.id.to_string()),
        }
    };
    open.map(ending).collect()
}

/// POST /people/{number}/posts/ending
pub async fn end_post(
    State(app): State<App>,
    me: Can<EditPeople>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let form = Form::new(screen.w, screen.dates, ending_fields());
    let form = form.take(posted.input).map_err(|_| Error::Forged("unasked"))?;
    let mut read = app.read(&me).await?;
    let person = found(&mut read, &me, &number, &screen).await?;
    let held = people::posts_of(read.conn(), person.id).await?;
    let post = form.parsed::<PostId>("post");
    let post = held.into_iter().find(|held| Some(held.id) == post).ok_or(Error::NotFound)?;
    drop(read);
    let reason = form.text("reason").to_owned();
    let last = form.date("last");
    if reason.is_empty() || (last.is_none() && post.from <= screen.dates.today) {
        return Err(Error::refused("functions-end-incomplete"));
    }
    app.change(&me.actor(), async |work: &mut Work| {
        let Some(last) = last.filter(|last| *last >= post.from) else {
            return posts::take_back(work, post.id, &reason).await;
        };
        match posts::end(work, post.id, last, &reason).await? {
            None => Ok(()),
            Some((_, words)) => Err(Error::Refused(words)),
        }
    })
    .await?;
    let words = Message::new("directory-post-ended").with("name", person.name());
    Ok(screen.go(&app, &format!("/people/{number}"), Some((Tone::Good, words))))
}
