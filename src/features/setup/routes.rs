//! Addresses and handlers of set-up.
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Redirect, Response};
use uuid::Uuid;

use super::door::{self, Inside};
use super::linter::{Ground, holes};
use super::model::{Answers, Counts, Function, Step, current};
use super::store::{self, Place};
use super::views::{Door, Entered, Finished, Page, way};
use super::{Handover, actions, forms, people, seating, seats};
use crate::engines::regulations::views::waiting_values;
use crate::engines::regulations::{Entry, Library, Regulations, parameters};
use crate::kernel::access::Actor;
use crate::kernel::app::{App, Read};
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::settings::{Settings, Source};
use crate::kernel::work::Work;
use crate::people::import::{self, Kind, by_hand, pages};
use crate::web::extract::{Path, Posted, Query};
use crate::web::forms::Form;
use crate::web::locale::Line;
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::{Link, Tone};

/// GET /
pub async fn first() -> Response {
    Redirect::to("/set-up").into_response()
}

fn step_of(key: &str) -> Result<Step> {
    Step::from_key(key).ok_or(Error::NotFound)
}

pub(super) fn to(step: Step) -> String {
    format!("/set-up/{}", step.key())
}

/// GET /set-up: the door; whoever is inside goes on where they stopped.
pub async fn door(
    State(app): State<App>,
    screen: Screen,
    inside: std::result::Result<Inside, Response>,
) -> Result<Response> {
    match inside {
        Ok(Inside(answers)) => {
            let mut read = app.read_all(Role::App).await?;
            let counts = store::counts(read.conn()).await?;
            Ok(screen.go(&app, &to(current(&answers, counts)), None))
        }
        Err(_) => draw_door(&app, &screen, forms::token(&screen)),
    }
}

fn draw_door(app: &App, screen: &Screen, form: Form) -> Result<Response> {
    let shell = screen.plain(app, screen.w.t("setup-title"))?.faulty(form.faulty());
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &Door { shell, form })
}

/// POST /set-up
pub async fn enter(State(app): State<App>, screen: Screen, posted: Posted) -> Result<Response> {
    let mut form = forms::token(&screen).take(posted.input).map_err(|_| Error::Forged("unasked"))?;
    if form.faulty() {
        return draw_door(&app, &screen, form);
    }
    match actions::open(&app, &screen.visit.actor(), form.text("token")).await? {
        Some(secret) => {
            let mut response = screen.go(&app, "/set-up", None);
            response.headers_mut().append(SET_COOKIE, door::cookie(&app, secret)?);
            Ok(response)
        }
        None => {
            form.refuse("token", Line::new("setup-token-wrong"));
            draw_door(&app, &screen, form)
        }
    }
}

/// All that a step's page is made from.
struct Known {
    answers: Answers,
    counts: Counts,
    /// of the operating regulation
    entry: Option<Arc<Entry>>,
    /// of all that were chosen, the operating one first
    texts: Vec<Arc<Entry>>,
    places: Vec<Place>,
    read: Read,
}

impl Known {
    async fn of(app: &App, screen: &Screen, answers: Answers) -> Result<Self> {
        let mut read = app.read_all(Role::App).await?;
        let counts = store::counts(read.conn()).await?;
        let places = store::places(read.conn(), screen.dates.today).await?;
        let regulations = app.part::<Regulations>()?;
        let chosen = answers.regulation.as_ref();
        let entry = chosen.and_then(|chosen| regulations.library().get(&chosen.key).cloned());
        let texts = chosen.map(|chosen| chosen.texts(regulations.library())).unwrap_or_default();
        Ok(Self { answers, counts, entry, texts, places, read })
    }

    /// The step's own question, filled with what was answered.
    fn form(&self, app: &App, screen: &Screen, step: Step) -> Result<Option<Form>> {
        Ok(match step {
            Step::Organisation => Some(forms::organisation(screen, &self.answers)),
            Step::Regulation => {
                let regulations = app.part::<Regulations>()?;
                Some(forms::regulation(screen, regulations.library(), &self.answers))
            }
            Step::Values | Step::Functions if self.entry.is_none() => None,
            Step::Values => Some(forms::values_filled(screen, &self.texts, &self.answers)),
            Step::Departments => Some(forms::department(screen, &self.places)),
            Step::People => Some(forms::new_person(screen, &self.places)),
            Step::Functions => Some(forms::function(screen, &self.texts, &self.places)),
            Step::Check => None,
        })
    }

    /// The same without answers, to take those that came.
    fn blank(&self, app: &App, screen: &Screen, step: Step) -> Result<Option<Form>> {
        Ok(match step {
            Step::Organisation => Some(forms::organisation(screen, &Answers::default())),
            Step::Regulation => {
                Some(forms::regulation(screen, app.part::<Regulations>()?.library(), &Answers::default()))
            }
            Step::Values if self.entry.is_some() => Some(forms::values(screen, &self.texts)),
            _ => self.form(app, screen, step)?,
        })
    }

    async fn list(&mut self, app: &App, screen: &Screen, step: Step) -> Result<Vec<Entered>> {
        let plain = |words: String| Entered { words, at: None };
        Ok(match step {
            Step::Departments => self
                .places
                .iter()
                .map(|place| {
                    plain(screen.w.t2("setup-place", "name", &place.name, "count", place.persons).into_owned())
                })
                .collect(),
            Step::Functions => self.functions(app, screen).await?,
            Step::Values => self
                .texts
                .iter()
                .flat_map(|text| waiting_values(screen.w, text))
                .map(|(name, words)| plain(screen.w.t2("setup-waiting", "name", name, "words", words).into_owned()))
                .collect(),
            _ => Vec::new(),
        })
    }

    async fn functions(&mut self, app: &App, screen: &Screen) -> Result<Vec<Entered>> {
        let regulations = app.part::<Regulations>()?;
        let ids: Vec<Uuid> = self.answers.persons().iter().map(|person| person.0).collect();
        let people = store::people(self.read.conn(), &ids, None).await?;
        let line = |(at, function): (usize, &Function)| {
            let tier = seats::words(screen.w, &self.texts, regulations.library(), function);
            let name = people.iter().find(|someone| someone.id == function.person).map_or("", |one| one.name.as_str());
            let department = self.places.iter().find(|place| place.id == function.department);
            let department = department.map_or("", |place| place.name.as_str());
            let said: [(&str, &dyn std::fmt::Display); 3] =
                [("tier", &tier), ("department", &department), ("name", &name)];
            Entered { words: screen.w.with("setup-function", &said).into_owned(), at: Some(at.to_string()) }
        };
        Ok(self.answers.functions.iter().enumerate().map(line).collect())
    }
}

/// What else a page shows.
#[derive(Default)]
struct Besides {
    form: Option<Form>,
    file: Option<Form>,
    import: Option<(Uuid, pages::Asked, Option<Form>)>,
    /// how the list of people is asked for
    people: people::Asked,
    /// somebody whose row is to be mended first
    mend: Option<Link>,
}

async fn draw(app: &App, screen: &Screen, answers: Answers, step: Step, besides: Besides) -> Result<Response> {
    let w = screen.w;
    let mut known = Known::of(app, screen, answers).await?;
    let shell = screen.plain(app, w.of("setup-step", step.key()))?;
    let mut page = Page {
        way: way(w, step, &known.answers, known.counts),
        step,
        lead: w.of("setup-lead", step.key()).into_owned(),
        file: None,
        form: None,
        list: Vec::new(),
        people: None,
        mend: None,
        preview: None,
        taken: None,
        holes: Vec::new(),
        ready: false,
        next: step.next().map(|next| Link::new(to(next), w.t1("setup-next", "name", w.of("setup-step", next.key())))),
        shell: shell.module("form"),
    };
    if let Some((id, asked, form)) = besides.import {
        let import = pages::own(known.read.conn(), app, id, None).await?;
        match &import.outcome {
            Some(outcome) => page.taken = Some(pages::done(app, screen, outcome)?),
            None => {
                let (base, conn) = (format!("{}/{id}", to(step)), known.read.conn());
                let preview =
                    pages::preview(app, conn, screen, page.shell.clone(), &import, (&base, &asked), form).await?;
                page.preview = Some(preview);
            }
        }
    } else {
        page.form = match besides.form {
            Some(form) => Some(form),
            None => known.form(app, screen, step)?,
        };
        page.file = match (besides.file, kind_of(step)) {
            (Some(form), _) => Some(form),
            (None, Some(kind)) => Some(pages::file_form(screen, Some(kind))),
            (None, None) => None,
        };
        page.list = known.list(app, screen, step).await?;
        page.mend = besides.mend;
        if step == Step::People && known.counts.people > 0 {
            page.people = Some(people::list(known.read.conn(), screen, &besides.people).await?);
        }
    }
    if step == Step::Check {
        let today = screen.dates.today;
        let held = store::held(known.read.conn(), today).await?;
        let titled = store::titled(known.read.conn(), today).await?;
        let ids: Vec<Uuid> = known.answers.persons().iter().map(|person| person.0).collect();
        let chosen = store::people(known.read.conn(), &ids, None).await?;
        let mut away = chosen.clone();
        away.retain(|someone| !someone.there(today));
        let absent: Vec<PersonId> = away.iter().map(|someone| someone.id).collect();
        let regulations = app.part::<Regulations>()?;
        let ground = Ground {
            answers: &known.answers,
            library: regulations.library(),
            there: known.answers.without(&absent),
            away: &away,
            chosen: &chosen,
            titled: &titled,
            dates: screen.dates,
            counts: known.counts,
            texts: if known.entry.is_some() { &known.texts } else { &[] },
            places: &known.places,
            held: &held,
        };
        page.holes = holes(w, &ground);
        page.ready = !page.holes.iter().any(|hole| hole.stops);
    }
    let faulty = |form: &Option<Form>| form.as_ref().is_some_and(Form::faulty);
    let faulty = faulty(&page.form) || faulty(&page.file) || page.preview.as_ref().is_some_and(pages::Preview::faulty);
    page.shell = page.shell.faulty(faulty);
    page_with(if faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

fn kind_of(step: Step) -> Option<Kind> {
    match step {
        Step::Departments => Some(Kind::Departments),
        Step::People => Some(Kind::People),
        _ => None,
    }
}

/// GET /set-up/{step}
pub async fn show(
    State(app): State<App>,
    screen: Screen,
    Path(step): Path<String>,
    Query(people): Query<people::Asked>,
    inside: Inside,
) -> Result<Response> {
    draw(&app, &screen, inside.0, step_of(&step)?, Besides { people, ..Besides::default() }).await
}

/// POST /set-up/{step}
pub async fn answer(
    State(app): State<App>,
    screen: Screen,
    Path(step): Path<String>,
    Inside(answers): Inside,
    posted: Posted,
) -> Result<Response> {
    let step = step_of(&step)?;
    if step == Step::Check {
        posted.only(&[])?;
        return into_service(&app, &screen, answers).await;
    }
    let mut known = Known::of(&app, &screen, answers.clone()).await?;
    let Some(form) = known.blank(&app, &screen, step)? else {
        return Ok(screen.go(&app, &to(Step::Regulation), None));
    };
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    if let Some(after) = take(&app, &screen, &mut known, step, &mut form, &posted).await? {
        return Ok(screen.go(&app, &to(after), Some((Tone::Good, Message::new("setup-kept")))));
    }
    let mend = match step {
        Step::Functions => people::way_to(known.read.conn(), screen.w, form.text("person")).await?,
        _ => None,
    };
    drop(known);
    draw(&app, &screen, answers, step, Besides { form: Some(form), mend, ..Besides::default() }).await
}

/// Keeps what was answered; where it leads, or nothing if the form wants to be mended.
async fn take(
    app: &App,
    screen: &Screen,
    known: &mut Known,
    step: Step,
    form: &mut Form,
    posted: &Posted,
) -> Result<Option<Step>> {
    let actor = screen.visit.actor();
    let keep = async |change: &mut (dyn FnMut(&mut Answers) -> Result<()> + Send)| {
        app.change(&actor, async |work: &mut Work| actions::answer(work, step, |answers| change(answers)).await).await
    };
    let after = match step {
        Step::Organisation if !form.faulty() => {
            let new = forms::read_organisation(form);
            keep(&mut |answers| {
                answers.organisation = Some(new.clone());
                Ok(())
            })
            .await?;
            Step::Regulation
        }
        Step::Regulation => {
            let regulations = app.part::<Regulations>()?;
            let read = forms::read_regulation(form, regulations.library(), screen.dates.today);
            let Some(new) = read else { return Ok(None) };
            keep(&mut |answers| {
                answers.regulation = Some(new.clone());
                Ok(())
            })
            .await?;
            Step::Values
        }
        Step::Values => {
            if form.faulty() {
                return Ok(None);
            }
            let Some(new) = forms::read_values(form, &known.texts) else { return Ok(None) };
            keep(&mut |answers| {
                answers.filled = Some(new.clone());
                Ok(())
            })
            .await?;
            Step::Departments
        }
        Step::Functions if !form.faulty() => {
            let (conn, today) = (known.read.conn(), screen.dates.today);
            let Some(new) = seating::read(conn, &known.texts, form, today).await? else { return Ok(None) };
            keep(&mut |answers| {
                for one in &new {
                    if !answers.functions.iter().any(|known| known.is(one)) {
                        answers.functions.push(one.clone());
                    }
                }
                Ok(())
            })
            .await?;
            Step::Functions
        }
        Step::Departments | Step::People if !form.faulty() => {
            if !by_hand(app, &actor, screen, step, form, posted).await? {
                return Ok(None);
            }
            step
        }
        _ => return Ok(None),
    };
    Ok(Some(after))
}

/// One department or person typed by hand; false: a number or code is taken.
async fn by_hand(
    app: &App,
    actor: &Actor,
    screen: &Screen,
    step: Step,
    form: &mut Form,
    posted: &Posted,
) -> Result<bool> {
    let mut faults = by_hand::Faults::new();
    let done = app
        .change(actor, async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_some() {
                return Ok(());
            }
            if step == Step::Departments {
                let parent = form.parsed::<DepartmentId>("parent");
                let typed = (form.text("code"), form.text("name"), form.text("reading"));
                actions::department(work, typed, parent).await?;
            } else {
                let typed = people::new(form, screen.dates.today)?;
                if let Err(found) = actions::person(work, &typed).await? {
                    faults = found;
                    return Err(Error::refused("setup-person-faulty"));
                }
            }
            work.settle(posted.once, &to(step)).await
        })
        .await;
    match done {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) if !faults.is_empty() => {
            forms::fault_at(form, &faults);
            Ok(false)
        }
        Err(Error::Refused(why)) => {
            form.refuse(if step == Step::Departments { "code" } else { "number" }, said(&why));
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// POST /set-up/functions/removal
pub async fn remove_function(State(app): State<App>, screen: Screen, _: Inside, posted: Posted) -> Result<Response> {
    posted.only(&["at"])?;
    let at: usize = posted.input.get("at").and_then(|at| at.parse().ok()).ok_or(Error::NotFound)?;
    app.change(&screen.visit.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        actions::answer(work, Step::Functions, |answers| {
            if at >= answers.functions.len() {
                return Err(Error::NotFound);
            }
            answers.functions.remove(at);
            Ok(())
        })
        .await?;
        work.settle(posted.once, &to(Step::Functions)).await
    })
    .await?;
    Ok(screen.go(&app, &to(Step::Functions), Some((Tone::Good, Message::new("setup-removed")))))
}

/// POST /set-up/{step}/file
pub async fn upload(
    State(app): State<App>,
    screen: Screen,
    Path(step): Path<String>,
    Inside(answers): Inside,
    posted: Posted,
) -> Result<Response> {
    let step = step_of(&step)?;
    let kind = kind_of(step).ok_or(Error::NotFound)?;
    match pages::upload(&app, &Actor::portal(), &screen, posted, Some(kind)).await? {
        Ok(id) => Ok(screen.go(&app, &format!("{}/{id}", to(step)), None)),
        Err(file) => draw(&app, &screen, answers, step, Besides { file: Some(file), ..Besides::default() }).await,
    }
}

/// GET /set-up/{step}/{id}
pub async fn preview(
    State(app): State<App>,
    screen: Screen,
    Path((step, id)): Path<(String, Uuid)>,
    Query(asked): Query<pages::Asked>,
    Inside(answers): Inside,
) -> Result<Response> {
    let step = step_of(&step)?;
    kind_of(step).ok_or(Error::NotFound)?;
    draw(&app, &screen, answers, step, Besides { import: Some((id, asked, None)), ..Besides::default() }).await
}

/// POST /set-up/{step}/{id}/columns
pub async fn columns(
    State(app): State<App>,
    screen: Screen,
    Path((step, id)): Path<(String, Uuid)>,
    Inside(answers): Inside,
    posted: Posted,
) -> Result<Response> {
    let step = step_of(&step)?;
    let mut read = app.read_all(Role::App).await?;
    let list = pages::own(read.conn(), &app, id, None).await?;
    drop(read);
    match pages::name_columns(&app, &Actor::portal(), &screen, &list, posted).await? {
        None => Ok(screen.go(&app, &format!("{}/{id}", to(step)), None)),
        Some(form) => {
            let import = Some((id, pages::Asked::default(), Some(form)));
            draw(&app, &screen, answers, step, Besides { import, ..Besides::default() }).await
        }
    }
}

/// POST /set-up/{step}/{id}/confirmation
pub async fn confirm(
    State(app): State<App>,
    screen: Screen,
    Path((step, id)): Path<(String, Uuid)>,
    _: Inside,
    posted: Posted,
) -> Result<Response> {
    let step = step_of(&step)?;
    let said = match pages::confirm(&app, &Actor::portal(), &screen, id, posted).await {
        Ok(()) => (Tone::Good, Message::new("import-taken")),
        Err(Error::Conflict(why) | Error::Refused(why)) => (Tone::Warn, why),
        Err(error) => return Err(error),
    };
    Ok(screen.go(&app, &format!("{}/{id}", to(step)), Some(said)))
}

/// POST /set-up/{step}/{id}/removal
pub async fn discard(
    State(app): State<App>,
    screen: Screen,
    Path((step, id)): Path<(String, Uuid)>,
    _: Inside,
    posted: Posted,
) -> Result<Response> {
    posted.only(&[])?;
    let step = step_of(&step)?;
    app.change(&Actor::portal(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        import::discard(work, id).await?;
        work.settle(posted.once, &to(step)).await
    })
    .await?;
    Ok(screen.go(&app, &to(step), Some((Tone::Good, Message::new("import-discarded")))))
}

/// Everything takes effect; the codes are in this one answer and nowhere else.
async fn into_service(app: &App, screen: &Screen, answers: Answers) -> Result<Response> {
    let regulations = app.part::<Regulations>()?;
    // the first codes live as long as the chosen regulation and what fills its blanks say
    if let Some(settings) = first_settings(&answers, regulations.library()) {
        app.put_settings(settings);
    }
    let hours = app.settings().password.activation_hours.to_string();
    let codes = match app.change(&Actor::portal(), async |work: &mut Work| actions::into_service(work).await).await {
        Ok(codes) => codes,
        Err(Error::Refused(_)) => {
            return Ok(screen.go(app, &to(Step::Check), Some((Tone::Warn, actions::incomplete()))));
        }
        // the button was pressed twice: the other press did it
        Err(Error::NotFound) => return Ok(screen.go(app, "/set-up", None)),
        Err(error) => return Err(error),
    };
    app.part::<Handover>()?.begin();
    let shell = screen.plain(app, screen.w.t("setup-finished"))?;
    let codes = codes.into_iter().map(|(someone, code)| (someone.number, someone.name, code)).collect();
    page(&Finished { shell, codes, hours })
}

/// The settings with which the portal begins.
fn first_settings(answers: &Answers, library: &Library) -> Option<Settings> {
    let edition = &answers.regulation.as_ref()?.key;
    let mut settings = library.get(edition)?.binding.as_ref()?.settings();
    for (name, value) in answers.filled()?.get(edition)? {
        if let Some(parameter) = parameters::find(name) {
            // checked when it was taken
            let _ = parameter.write(&mut settings, value, Source::Organisation);
        }
    }
    Some(settings)
}
