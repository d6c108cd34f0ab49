//! Addresses and handlers of 代決規程.
use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::KeepActingRules;
use super::views::{self, Known, ListPage, NewPage, Row, TakeBackPage};
use crate::engines::regulations::{Regulations, functions};
use crate::engines::requests::KindsInForce;
use crate::engines::requests::model::StepAct;
use crate::engines::requests::views::say;
use crate::kernel::access::Tier;
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::work::Work;
use crate::people::acting::{self, ActingRule, ActingRuleId, TIERS, Terms, Who};
use crate::people::step_up::{self, Action};
use crate::web::extract::{Path, Posted};
use crate::web::forms::{Field, Form};
use crate::web::identify::Caller;
use crate::web::locale::Line;
use crate::web::routing::Can;
use crate::web::screen::{House, Screen, page, page_with};
use crate::web::shell::Tone;

/// Where the list lies.
pub const HOME: &str = "/acting-rules";

/// The functions of the texts in force, and the kinds with a decision that a rule can reach: what nobody filed in their own name,
/// and what gives administrator rights, is the decider's alone.
async fn known(app: &App, read: &mut Read, screen: &Screen) -> Result<Known> {
    let w = screen.w;
    let in_force = app.part::<Regulations>()?.in_force();
    let kinds = app.part::<KindsInForce>()?.now();
    let reached = kinds.iter().map(|registered| &registered.kind).filter(|kind| {
        let decided = kind.steps.iter().any(|step| step.act == StepAct::Decide && TIERS.contains(&step.by));
        decided && !kind.without_sign_in && !kind.key.starts_with("privileged.")
    });
    Ok(Known {
        functions: functions::named(&in_force)
            .into_iter()
            .map(|named| (named.function.key.clone(), named.function.title.in_language(w.lang().code()).to_owned()))
            .collect(),
        kinds: reached.map(|kind| (kind.key.clone(), say(w, &kind.title))).collect(),
        titles: acting::titles(read.conn(), screen.dates.today).await?,
    })
}

/// The tiers that decide anything under the regulation in force.
fn deciding(app: &App) -> Result<Vec<Tier>> {
    let kinds = app.part::<KindsInForce>()?.now();
    let steps = kinds.iter().flat_map(|registered| registered.kind.steps.iter());
    let tiers: BTreeSet<Tier> = steps.filter(|step| step.act == StepAct::Decide).map(|step| step.by).collect();
    Ok(tiers.into_iter().collect())
}

/// GET /acting-rules
pub async fn list(State(app): State<App>, me: Can<KeepActingRules>, screen: Screen) -> Result<Response> {
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    let all = acting::all(read.conn()).await?;
    let known = known(&app, &mut read, &screen).await?;
    let rows = all.iter().map(|rule| Row::of(screen.w, &screen.dates, &naming, &known, (rule, &all))).collect();
    let shell = screen.shell(&app, &mut read, screen.w.t("acting-title"), &[]).await?;
    page(&ListPage { shell, rows })
}

async fn blank(app: &App, read: &mut Read, screen: &Screen) -> Result<Form> {
    let naming = app.part::<House>()?.naming();
    let known = known(app, read, screen).await?;
    let mut fields = views::questions(screen.w, &naming, &deciding(app)?, &known);
    fields.push(step_up::question(app, Action::Rights));
    Ok(Form::new(screen.w, screen.dates, fields))
}

/// GET /acting-rules/new
pub async fn ask(State(app): State<App>, me: Can<KeepActingRules>, screen: Screen) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let form = blank(&app, &mut read, &screen).await?;
    let form = form.fill("review_days", "5").fill("effective_on", screen.dates.machine(screen.dates.today));
    show_form(&app, &screen, read, form).await
}

async fn show_form(app: &App, screen: &Screen, mut read: Read, form: Form) -> Result<Response> {
    let w = screen.w;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("acting-new"), &[]).await?;
    let shell = shell.crumb(HOME, w.t("acting-title")).crumb_here(w.t("acting-new"));
    let shell = shell.module("form").faulty(form.faulty());
    page_with(status, &NewPage { shell, form })
}

/// What was filled in; `None` when something has to be mended, which then stands at its field.
fn wanted(screen: &Screen, form: &mut Form) -> Option<Terms> {
    let text = |form: &Form, name: &str| form.filled(name).map(str::to_owned);
    let after_days = match text(form, "after_days") {
        Some(typed) => {
            let days = views::days(&typed);
            if days.is_none() {
                form.refuse("after_days", Line::new("acting-refused-days"));
            }
            days
        }
        None => None,
    };
    let review_days = views::days(form.text("review_days"));
    if review_days.is_none() {
        form.refuse("review_days", Line::new("acting-refused-days"));
    }
    let when_absent = form.ticked("when_absent");
    let who = Who::read(form.text("who"), text(form, "title"), text(form, "function"));
    if who.as_ref().is_some_and(|who| *who != Who::Nobody) && !when_absent && after_days.is_none() {
        form.refuse("after_days", Line::new("acting-refused-when"));
    }
    let effective_on = form.date("effective_on");
    if effective_on.is_some_and(|day| day < screen.dates.today) {
        form.refuse("effective_on", Line::new("regulations-value-past"));
    }
    let latest = acting::latest(screen.dates.today);
    if effective_on.is_some_and(|day| day > latest) {
        let (first, last) = (screen.dates.long(screen.dates.today), screen.dates.long(latest));
        form.refuse_named("effective_on", Line::new("form-day-within").with("first", first).with("last", last));
    }
    let tier = Tier::from_key(form.text("tier"));
    let (Some(tier), Some(who), Some(review_days), Some(effective_on), false) =
        (tier, who, review_days, effective_on, form.faulty())
    else {
        return None;
    };
    let excluded = form.many("excluded").map(str::to_owned).collect();
    let reason = form.text("reason").to_owned();
    Some(Terms { tier, who, when_absent, after_days, excluded, review_days, effective_on, reason })
}

/// POST /acting-rules
pub async fn enter(
    State(app): State<App>,
    me: Can<KeepActingRules>,
    screen: Screen,
    caller: Caller,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let form = blank(&app, &mut read, &screen).await?;
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let Some(terms) = wanted(&screen, &mut form) else {
        return show_form(&app, &screen, read, form).await;
    };
    drop(read);
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Rights, terms.tier.key())).await? {
        let read = app.read(&me).await?;
        return show_form(&app, &screen, read, form).await;
    }
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        acting::enter(work, &terms).await?;
        work.settle(posted.once, HOME).await
    })
    .await?;
    Ok(screen.go(&app, HOME, Some((Tone::Good, Message::new("acting-entered")))))
}

/// One that can still be taken back.
async fn to_come(read: &mut Read, screen: &Screen, id: ActingRuleId) -> Result<ActingRule> {
    let found = acting::find(read.conn(), id).await?;
    let coming = |rule: &ActingRule| rule.taken_back.is_none() && rule.terms.effective_on > screen.dates.today;
    found.filter(coming).ok_or(Error::NotFound)
}

fn proof(app: &App, screen: &Screen) -> Form {
    let reason = Field::area("reason", "acting-take-back-reason").most(200).rows(2);
    Form::new(screen.w, screen.dates, vec![reason, step_up::question(app, Action::Rights)])
}

async fn show_taking_back(
    app: &App,
    screen: &Screen,
    mut read: Read,
    rule: &ActingRule,
    form: Form,
) -> Result<Response> {
    let w = screen.w;
    let naming = app.part::<House>()?.naming();
    let all = acting::all(read.conn()).await?;
    let known = known(app, &mut read, screen).await?;
    let row = Row::of(w, &screen.dates, &naming, &known, (rule, &all));
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("acting-take-back"), &[]).await?;
    let shell = shell.crumb(HOME, w.t("acting-title")).crumb_here(w.t("acting-take-back"));
    let shell = shell.module("form").faulty(form.faulty());
    let action = format!("{HOME}/{}/taking-back", rule.id);
    page_with(status, &TakeBackPage { shell, action, row, form })
}

/// GET /acting-rules/{id}/taking-back
pub async fn taking_back(
    State(app): State<App>,
    me: Can<KeepActingRules>,
    screen: Screen,
    Path(id): Path<ActingRuleId>,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let rule = to_come(&mut read, &screen, id).await?;
    let form = proof(&app, &screen);
    show_taking_back(&app, &screen, read, &rule, form).await
}

/// POST /acting-rules/{id}/taking-back
pub async fn take_back(
    State(app): State<App>,
    me: Can<KeepActingRules>,
    screen: Screen,
    caller: Caller,
    Path(id): Path<ActingRuleId>,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let rule = to_come(&mut read, &screen, id).await?;
    drop(read);
    let form = proof(&app, &screen).take(posted.input.clone());
    let mut form = form.map_err(|_| Error::Forged("unasked"))?;
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Rights, &id.to_string())).await? {
        let read = app.read(&me).await?;
        return show_taking_back(&app, &screen, read, &rule, form).await;
    }
    let reason = form.text("reason").to_owned();
    app.change(&me.actor(), async |work: &mut Work| {
        if work.once(posted.once, &posted.body).await?.is_some() {
            return Ok(());
        }
        acting::take_back(work, id, &reason).await?;
        work.settle(posted.once, HOME).await
    })
    .await?;
    Ok(screen.go(&app, HOME, Some((Tone::Good, Message::new("acting-taken-back")))))
}
