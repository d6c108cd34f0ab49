//! The addresses of the regulations: /clauses (条項と実施状況), /parameters (規程が定める値) and /adoptions (規程の採用). To those to whom the text
//! is not disclosed none of them exists (システム管理規程 8), and every look at the text is written down.
use super::actions::{self, NewValue};
use super::adopted::Adopted;
use super::in_force::Regulations;
use super::store;
use super::views::board::Filter;
use super::views::clause::ClauseMatter;
use super::views::values::{ValuePage, ValuesMatter};
use super::views::{self, Reader};
use super::{entry, parameters};
use crate::gate;
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::moment;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::work::Work;
use crate::people::step_up::{self, Action};
use crate::web::extract::{Path, Posted, Query};
use crate::web::icons::Icon;
use crate::web::locale::Line;
use crate::web::routing::{Access, Can, Nav, Room, Section, get, post};
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::Tone;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

pub(in crate::engines::regulations) mod adoption;

gate! {
    /// 条項と実施状況を見る
    ViewClauses needs ClausesView,
    /// 規程が定める値を見る
    ViewParameters needs ParametersView,
    /// 組織が定める値を入れる
    EditParameters needs ParametersEdit,
}

/// Evidence on one clause page.
const PAGE: i64 = 50;

/// What the engine shows.
#[must_use]
pub fn room() -> Room {
    let readers =
        &[Tier::Sysadmin, Tier::Operator, Tier::Designer, Tier::Office, Tier::Ciso, Tier::Committee, Tier::Auditor];
    let nav = |order, href, label, icon, permission, goto| Nav {
        section: Section::Rules,
        order,
        href,
        label,
        icon,
        access: Access::Needs(permission),
        tiers: readers,
        count: None,
        goto,
    };
    Room {
        key: "regulations",
        routes: vec![
            get::<ViewClauses, _, _>("/clauses", board).hidden(),
            get::<ViewClauses, _, _>("/clauses/{regulation}/{clause}", clause).hidden(),
            get::<ViewParameters, _, _>("/parameters", values).hidden(),
            get::<EditParameters, _, _>("/parameters/{name}", value).hidden(),
            post::<EditParameters, _, _>("/parameters/{name}", enter).hidden(),
            get::<ViewParameters, _, _>("/adoptions", adoption::list).hidden(),
            get::<ViewParameters, _, _>("/adoptions/{edition}", adoption::show).hidden(),
            post::<EditParameters, _, _>("/adoptions/{edition}", adoption::adopt).hidden(),
            get::<EditParameters, _, _>("/adoptions/to-come/{id}", adoption::taking_back).hidden(),
            post::<EditParameters, _, _>("/adoptions/to-come/{id}", adoption::take_back).hidden(),
        ],
        nav: vec![
            nav(1, "/clauses", "nav-clauses", Icon::Book, Permission::ClausesView, Some('c')),
            nav(2, "/parameters", "nav-parameters", Icon::Lock, Permission::ParametersView, None),
            nav(3, "/adoptions", "nav-adoptions", Icon::Document, Permission::ParametersView, None),
        ],
    }
}

/// The regulations in force on a day whose text is disclosed to this person; to whom none is, the page does not exist.
fn disclosed(app: &App, viewer: &Viewer, on: NaiveDate) -> Result<(Arc<Regulations>, Vec<Arc<Adopted>>)> {
    let regulations = app.part::<Regulations>()?;
    let adopted = regulations.adoptions().on(on).disclosed(viewer);
    if adopted.is_empty() { Err(Error::NotFound) } else { Ok((regulations, adopted)) }
}

/// The parameter of this name, where anything acts by it.
fn used(regulations: &Regulations, name: &str) -> Result<&'static parameters::Parameter> {
    let in_force = regulations.in_force();
    parameters::find(name).filter(|parameter| in_force.uses(parameter.key)).ok_or(Error::NotFound)
}

fn reader<'a>(screen: &Screen, viewer: &'a Viewer, regulations: &Regulations, adopted: &'a Adopted) -> Reader<'a> {
    Reader { w: screen.w, dates: screen.dates, adopted, places: regulations.places(), viewer }
}

/// The first moment of the next day, before which everything of that day lies.
fn end_of(day: NaiveDate) -> DateTime<Utc> {
    moment(day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN))
}

/// Every look at the text is recorded (8); committed before the page is sent.
async fn looked(app: &App, viewer: &Viewer, regulation: &str, clause: Option<&str>) -> Result<()> {
    let event = match clause {
        Some(id) => Event::done("clause.viewed", "clause", format!("{regulation}/{id}")),
        None => Event::done("clauses.viewed", "regulation", regulation),
    };
    app.note(&viewer.actor(), event).await
}

async fn board(
    State(app): State<App>,
    me: Can<ViewClauses>,
    screen: Screen,
    Query(filter): Query<Filter>,
) -> Result<Response> {
    let on = filter.reference(screen.dates.today).on;
    let (regulations, all) = disclosed(&app, &me, on)?;
    let adopted =
        all.iter().find(|adopted| adopted.key() == filter.regulation).or(all.first()).ok_or(Error::NotFound)?;
    looked(&app, &me, adopted.key(), None).await?;
    let reader = reader(&screen, &me, &regulations, adopted);
    let mut read = app.read(&me).await?;
    let evidence = store::latest_evidence(read.conn(), &adopted.binding().mechanisms(), end_of(on)).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("regulations-board"), &[]).await?;
    page(&views::board::board(shell, &reader, &filter, &all, &evidence))
}

/// Where a list of evidence goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Onwards {
    after: String,
    /// 基準日: the clause as it was in force on that day.
    on: String,
}

impl Onwards {
    fn place(&self) -> Option<(DateTime<Utc>, Uuid)> {
        let (micros, id) = self.after.split_once('-')?;
        Some((DateTime::from_timestamp_micros(micros.parse().ok()?)?, id.parse().ok()?))
    }

    fn next(path: &str, on: Option<NaiveDate>, rows: &[store::EvidenceRow]) -> Option<String> {
        let full = i64::try_from(rows.len()).is_ok_and(|count| count == PAGE);
        let last = rows.last().filter(|_| full)?;
        let on = on.map(|on| format!("on={on}&")).unwrap_or_default();
        Some(format!("{path}?{on}after={}-{}", last.occurred_at.timestamp_micros(), last.event_id.simple()))
    }
}

async fn clause(
    State(app): State<App>,
    me: Can<ViewClauses>,
    screen: Screen,
    Path((regulation, id)): Path<(String, String)>,
    Query(onwards): Query<Onwards>,
) -> Result<Response> {
    let today = screen.dates.today;
    let past = onwards.on.parse().ok().filter(|on| *on < today);
    let on = past.unwrap_or(today);
    let (regulations, all) = disclosed(&app, &me, on)?;
    let adopted = all.iter().find(|adopted| adopted.key() == regulation).ok_or(Error::NotFound)?;
    let clause = adopted.entry().catalogue.clause(&id).ok_or(Error::NotFound)?;
    looked(&app, &me, &regulation, Some(&id)).await?;
    let mechanisms = adopted.binding().bind(&id).map_or_else(Vec::new, |bind| bind.mechanisms.clone());
    let before = end_of(on);
    let mut read = app.read(&me).await?;
    let latest = store::latest_evidence(read.conn(), &mechanisms, before).await?;
    let evidence = store::list_evidence(read.conn(), &mechanisms, before, onwards.place(), PAGE).await?;
    let title = format!("{} {}", clause.place, clause.heading);
    let shell = screen.shell(&app, &mut read, title, &[]).await?;
    let shell = shell.crumb("/clauses", screen.w.t("regulations-board")).crumb_here(&clause.place);
    let more = Onwards::next(&format!("/clauses/{regulation}/{id}"), past, &evidence);
    let matter = ClauseMatter { clause, on, latest: &latest, evidence: &evidence, more };
    page(&views::clause::clause(shell, &reader(&screen, &me, &regulations, adopted), &matter))
}

async fn values(State(app): State<App>, me: Can<ViewParameters>, screen: Screen) -> Result<Response> {
    let (regulations, _) = disclosed(&app, &me, screen.dates.today)?;
    let mut read = app.read(&me).await?;
    let entered = store::list_values(read.conn()).await?;
    let enforced: Vec<String> =
        parameters::PARAMETERS.iter().filter_map(|parameter| parameter.mechanism).map(str::to_owned).collect();
    let refusals = store::latest_refusals(read.conn(), &enforced, end_of(screen.dates.today)).await?;
    let checks = store::latest_checks(read.conn(), end_of(screen.dates.today)).await?;
    let enforced: Vec<&str> = enforced.iter().map(String::as_str).collect();
    let shell = screen.shell(&app, &mut read, screen.w.t("regulations-values"), &enforced).await?;
    let in_force = regulations.adoptions().on(screen.dates.today);
    let adopted = in_force.operating.as_ref().ok_or(Error::NotFound)?;
    let matter = ValuesMatter {
        in_force: &in_force,
        entered: &entered,
        refusals: &refusals.into_iter().collect(),
        checks: &checks,
        may_edit: me.may(Permission::ParametersEdit),
    };
    page(&views::values::values(shell, &reader(&screen, &me, &regulations, adopted), &matter))
}

async fn value(
    State(app): State<App>,
    me: Can<EditParameters>,
    screen: Screen,
    Path(name): Path<String>,
) -> Result<Response> {
    let (regulations, _) = disclosed(&app, &me, screen.dates.today)?;
    let parameter = used(&regulations, &name)?;
    let form = entry::form(screen.w, screen.dates, parameter);
    let (shown, _) = parameter.read(&app.settings());
    let tomorrow = screen.dates.today.checked_add_days(Days::new(1)).unwrap_or(screen.dates.today);
    let form = entry::filled(form, &shown, tomorrow, screen.dates);
    ask(&app, &me, &screen, parameter, form, StatusCode::OK).await
}

async fn ask(
    app: &App,
    viewer: &Viewer,
    screen: &Screen,
    parameter: &parameters::Parameter,
    form: crate::web::forms::Form,
    status: StatusCode,
) -> Result<Response> {
    let mut read = app.read(viewer).await?;
    let shell = screen
        .shell(app, &mut read, views::parameter_word(screen.w, parameter), parameter.mechanism.as_slice())
        .await?;
    let shell = shell
        .crumb("/parameters", screen.w.t("regulations-values"))
        .crumb_here(views::parameter_word(screen.w, parameter))
        .module("form")
        .faulty(form.faulty());
    let settings = app.settings();
    let (shown, _) = parameter.read(&settings);
    let now = views::value_words(screen.w, parameter.unit, &shown);
    page_with(status, &ValuePage { shell, action: format!("/parameters/{}", parameter.key), now, form })
}

async fn enter(
    State(app): State<App>,
    me: Can<EditParameters>,
    screen: Screen,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let (regulations, _) = disclosed(&app, &me, screen.dates.today)?;
    let adoptions = regulations.adoptions();
    let parameter = used(&regulations, &name)?;
    let form = entry::form(screen.w, screen.dates, parameter);
    let mut form = form.take(posted.input).map_err(|_| Error::Forged("a field that nobody asked for"))?;
    let new = NewValue {
        name: parameter.key.to_owned(),
        value: entry::read(&form, entry::VALUE, parameter).unwrap_or_default(),
        effective_on: form.date("effective_on").unwrap_or(screen.dates.today),
        reason: form.text("reason").to_owned(),
    };
    if !form.faulty()
        && let Err(refusal) = actions::may_enter(&adoptions, &new, screen.dates.today)
    {
        refuse(&mut form, refusal)?;
    }
    if form.faulty() {
        return ask(&app, &me, &screen, parameter, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let form_address = format!("/parameters/{}", parameter.key);
    if !step_up::require(&app, &me, Action::Settings, parameter.key).await? {
        return Ok(screen.go(&app, &step_up::page(Action::Settings, parameter.key, &form_address), None));
    }
    let back = app
        .change(&me.actor(), async |work: &mut Work| {
            if let Some(before) = work.once(posted.once, &posted.body).await? {
                return Ok(before);
            }
            actions::enter_value(work, &adoptions, &new).await?;
            work.settle(posted.once, "/parameters").await?;
            Ok("/parameters".to_owned())
        })
        .await?;
    regulations.refresh(&app).await?;
    let told = Message::new("regulations-value-entered").with("name", views::parameter_word(screen.w, parameter));
    Ok(screen.go(&app, &back, Some((Tone::Good, told))))
}

/// Puts a refusal at the field that it is about.
fn refuse(form: &mut crate::web::forms::Form, refusal: Error) -> Result<()> {
    let Error::Refused(message) = refusal else { return Err(refusal) };
    let field = match &*message.key {
        "regulations-value-past" => "effective_on",
        "regulations-value-reason" => "reason",
        _ => "value",
    };
    let why: Line = said(&message);
    form.refuse(field, why);
    Ok(())
}
