//! What is one's own: the password, the sessions, and giving the password once more.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;

use super::elsewhere::{Question, answers, question, table};
use super::{OwnSettings, ours};
use crate::kernel::access::Viewer;
use crate::kernel::app::App;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result};
use crate::people::browser::browser_name;
use crate::people::elsewhere::{self, ElsewhereId};
use crate::people::passwords::{self, Broken, Rule, Typed};
use crate::people::pledge;
use crate::people::sessions::{self, Shown};
use crate::people::sign_in::confirm;
use crate::people::sign_ins::{self, SignIn};
use crate::people::step_up::{self, Action};
use crate::web::extract::{Path, Posted, Pressed, Query};
use crate::web::forms::{Field, Form};
use crate::web::identify::Caller;
use crate::web::locale::{Line, Words};
use crate::web::routing::{Can, SignedIn};
use crate::web::screen::{House, Screen, page, page_with};
use crate::web::shell::{Shell, Tone};
use crate::web::tables::Table;

struct RuleView {
    words: String,
    broken: Option<String>,
    kept: bool,
}

#[derive(Template)]
#[template(path = "people/password.html")]
struct PasswordPage {
    shell: Shell,
    form: Form,
    lead: String,
    set_on: Option<String>,
    due: Option<String>,
    rules: Vec<RuleView>,
    forced: bool,
}

/// A code was used and no password set since: nothing older is asked for.
fn by_code(sign_in: &SignIn) -> bool {
    sign_in.must_change && sign_in.code_until.is_none()
}

fn questions(app: &App, by_code: bool) -> Vec<Field> {
    let rules = app.settings();
    let purpose = |what| rules.password.autocomplete_for(what);
    let current = Field::password("current", "people-password-current").autocomplete(purpose("current-password"));
    let fresh = Field::password("new", "people-password-new").autocomplete(purpose("new-password"));
    let again = Field::password("again", "people-password-again").hint("people-password-again-hint");
    let again = again.autocomplete(purpose("new-password"));
    if by_code { vec![fresh, again] } else { vec![current, fresh, again] }
}

async fn sign_in(app: &App, me: &Viewer) -> Result<SignIn> {
    let mut read = app.read(me).await?;
    sign_ins::sign_in_of(read.conn(), me.person).await?.ok_or(Error::NotFound)
}

/// What the page of one's own password carries out.
const OF_PASSWORDS: [&str; 4] = ["password.rules", "password.max_age", "password.history", "password.first_change"];

fn draw(
    app: &App,
    screen: &Screen,
    me: &Viewer,
    sign_in: &SignIn,
    form: Form,
    broken: &[Broken],
) -> Result<PasswordPage> {
    let w = screen.w;
    let forced = me.must_change_password;
    let settings = app.settings();
    let due = sessions::password_due(&settings.password, sign_in.set_at).map(|due| screen.dates.long(due));
    let lead = match (forced, by_code(sign_in)) {
        (true, _) if sign_in.disowned_at.is_some() => w.t("people-password-lead-disowned").into_owned(),
        (true, true) => w.t("people-password-lead-first").into_owned(),
        (true, false) => expired(app, w)?,
        (false, _) => w.t("people-password-lead").into_owned(),
    };
    let set_on = sign_in.set_at.filter(|_| !by_code(sign_in)).map(|at| screen.dates.long(local(at).date_naive()));
    let judged = form.faulty();
    let rules = passwords::rules(&settings.password)
        .iter()
        .map(|rule| {
            let fault = broken.iter().find(|broken| broken.breaks(rule));
            let words = rule_words(w, rule);
            RuleView {
                words,
                broken: fault.map(|fault| broken_words(w, fault)),
                kept: judged && !broken.is_empty() && fault.is_none(),
            }
        })
        .collect();
    let title = w.t(if forced { "people-password-title-forced" } else { "people-password-title" });
    let shell = screen.plain_of(app, me, title, &OF_PASSWORDS)?.module("form").faulty(form.faulty());
    Ok(PasswordPage { shell, form, lead, set_on, due: due.filter(|_| !forced), rules, forced })
}

/// 変更期限を過ぎている, in the words of the adopted regulation where it has its own.
fn expired(app: &App, w: Words) -> Result<String> {
    let said = app.part::<House>()?.naming().phrase(w, "password_expired");
    let said = said.unwrap_or_else(|| w.t("people-password-expired").into_owned());
    Ok(w.t1("people-password-lead-expired", "words", said).into_owned())
}

fn classes(w: Words, classes: &[crate::kernel::settings::CharClass]) -> String {
    classes
        .iter()
        .map(|class| w.of("people-password-class", class.key()))
        .collect::<Vec<_>>()
        .join(&w.t("people-password-class-between"))
}

fn rule_words(w: Words, rule: &Rule) -> String {
    match rule {
        Rule::Length(least) => w.n("people-password-rule-length", *least),
        Rule::Classes(all) => w.t1("people-password-rule-classes", "classes", classes(w, all)),
        Rule::Guessable => w.t("people-password-rule-guessable"),
        Rule::History(Some(last)) => w.n("people-password-rule-history", *last),
        Rule::History(None) => w.t("people-password-rule-history-all"),
    }
    .into_owned()
}

fn broken_line(w: Words, broken: &Broken) -> Line {
    let line = Line::new(format!("people-password-broken-{}", broken.key()));
    match broken {
        Broken::Short(count) | Broken::Long(count) | Broken::Reused(Some(count)) => line.count("count", *count),
        Broken::Classes(all) => line.with("classes", classes(w, all)),
        Broken::Context(word) | Broken::Date(word) => line.with("word", word),
        Broken::Common | Broken::Reused(None) | Broken::Temporary => line,
    }
}

fn broken_words(w: Words, broken: &Broken) -> String {
    w.line(&broken_line(w, broken)).into_owned()
}

/// GET /me/password
pub async fn show_password(State(app): State<App>, screen: Screen, me: Can<SignedIn>) -> Result<Response> {
    let sign_in = sign_in(&app, &me).await?;
    let form = Form::new(screen.w, screen.dates, questions(&app, by_code(&sign_in)));
    page(&draw(&app, &screen, &me, &sign_in, form, &[])?)
}

/// POST /me/password
pub async fn change_password(
    State(app): State<App>,
    screen: Screen,
    session: Session,
    caller: Caller,
    me: Can<SignedIn>,
    posted: Posted,
) -> Result<Response> {
    let sign_in = sign_in(&app, &me).await?;
    let by_code = by_code(&sign_in);
    let form = Form::new(screen.w, screen.dates, questions(&app, by_code)).take(posted.input);
    let mut form = form.map_err(|_| Error::Forged("unasked field"))?;
    let fresh = Typed::new(form.text("new"));
    if !form.faulty() && fresh != Typed::new(form.text("again")) {
        form.refuse("again", Line::new("people-password-differs"));
    }
    if !form.faulty() && !by_code && !confirm(&app, &caller, me.person, &Typed::new(form.text("current"))).await? {
        form.refuse("current", Line::new("people-password-current-wrong"));
    }
    let mut broken = Vec::new();
    if !form.faulty() {
        match sign_ins::change_password(&app, &me, &caller, &fresh).await? {
            Ok(handed) => {
                sessions::begin(&session, handed).await?;
                let mut read = app.read(&me).await?;
                let to = if pledge::is_owed(&app, read.conn(), me.person).await? { "/me/pledge" } else { "/" };
                return Ok(screen.go(&app, to, Some((Tone::Good, Message::new("people-password-changed")))));
            }
            Err(faults) => broken = faults,
        }
        if let Some(first) = broken.first() {
            form.refuse("new", broken_line(screen.w, first));
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &draw(&app, &screen, &me, &sign_in, form, &broken)?)
}

struct SessionRow {
    shown: Shown,
    browser: String,
    since: String,
    seen: String,
    until: String,
}

#[derive(Template)]
#[template(path = "people/sessions.html")]
struct SessionsPage {
    shell: Shell,
    rows: Vec<SessionRow>,
    idle: u32,
    most: u32,
    /// the sign-in elsewhere that waits for an answer
    asked: Option<Question>,
    /// those found lately
    found: Option<Table>,
}

/// So many sign-ins elsewhere stand on the page.
const FOUND: usize = 10;
/// Among so many the one that waits for an answer is looked for.
const SOUGHT: i64 = 500;

/// GET /me/sessions
pub async fn list_sessions(State(app): State<App>, screen: Screen, me: Can<OwnSettings>) -> Result<Response> {
    draw_sessions(&app, &screen, &me, None).await
}

/// The page; with an answer about a sign-in elsewhere that has to be mended.
pub(super) async fn draw_sessions(
    app: &App,
    screen: &Screen,
    me: &Viewer,
    refused: Option<(ElsewhereId, Form)>,
) -> Result<Response> {
    let rows = sessions::own(app, me).await?;
    let mut read = app.read(me).await?;
    let found = elsewhere::own(read.conn(), me.person, SOUGHT).await?;
    let mechanisms = ["portal.log", elsewhere::MECHANISM];
    let shell = screen.shell(app, &mut read, screen.w.t("people-sessions"), &mechanisms).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let row = |shown: Shown| SessionRow {
        browser: browser_name(&shown.agent),
        since: screen.dates.short_at(shown.since),
        seen: screen.dates.short_at(shown.seen),
        until: screen.dates.short_at(shown.until),
        shown,
    };
    let settings = app.settings();
    let (idle, most) = (*settings.session.idle_minutes, *settings.session.per_person);
    // one after the other, the latest first
    let wanted = refused.as_ref().map(|(id, _)| *id);
    let mut waiting = found.iter().filter(|one| one.answer.is_none());
    let next = waiting.find(|one| wanted.is_none_or(|id| one.id == id));
    if wanted.is_some() && next.is_none() {
        return Err(Error::NotFound);
    }
    let alone = next.is_some() && elsewhere::is_alone(read.conn(), me.person, screen.dates.today).await?;
    let form = refused.map_or_else(|| answers(screen, alone), |(_, form)| form);
    let asked = next.map(|one| question(screen, one, form));
    let drawn = SessionsPage {
        shell: shell.module("form").faulty(asked.as_ref().is_some_and(|question| question.form.faulty())),
        rows: rows.into_iter().map(row).collect(),
        idle,
        most,
        asked,
        found: (!found.is_empty()).then(|| table(screen, found.get(..FOUND).unwrap_or(&found), false)),
    };
    page_with(status, &drawn)
}

/// POST /me/sessions/{reference}/end
pub async fn end_session(
    State(app): State<App>,
    screen: Screen,
    me: Can<OwnSettings>,
    Path(reference): Path<String>,
    _: Pressed,
) -> Result<Response> {
    if !sessions::end_own(&app, &me, &reference).await? {
        return Err(Error::NotFound);
    }
    Ok(screen.go(&app, "/me/sessions", Some((Tone::Good, Message::new("people-session-ended")))))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StepUpQuery {
    action: String,
    target: String,
    to: String,
}

#[derive(Template)]
#[template(path = "people/step_up.html")]
struct StepUpPage {
    shell: Shell,
    form: Form,
    what: String,
    to: String,
}

fn step_up_questions(app: &App) -> Vec<Field> {
    let purpose = app.settings().password.autocomplete_for("current-password");
    vec![
        Field::password("password", "sign-in-password").autocomplete(purpose),
        Field::hidden("action"),
        Field::hidden("target"),
        Field::hidden("to"),
    ]
}

fn draw_step_up(app: &App, screen: &Screen, form: Form) -> Result<StepUpPage> {
    let action = Action::from_key(form.text("action")).ok_or(Error::NotFound)?;
    let shell = screen.plain(app, screen.w.t("people-step-up"))?.module("form").faulty(form.faulty());
    let to = ours(form.text("to")).to_owned();
    Ok(StepUpPage { shell, what: screen.w.t(action.why()).into_owned(), form, to })
}

/// GET /step-up
pub async fn show_step_up(
    State(app): State<App>,
    screen: Screen,
    _me: Can<OwnSettings>,
    Query(query): Query<StepUpQuery>,
) -> Result<Response> {
    let form = Form::new(screen.w, screen.dates, step_up_questions(&app))
        .unmarked()
        .fill("action", query.action)
        .fill("target", query.target)
        .fill("to", ours(&query.to));
    page(&draw_step_up(&app, &screen, form)?)
}

/// POST /step-up
pub async fn step_up(
    State(app): State<App>,
    screen: Screen,
    session: Session,
    caller: Caller,
    me: Can<OwnSettings>,
    posted: Posted,
) -> Result<Response> {
    let form = Form::new(screen.w, screen.dates, step_up_questions(&app)).unmarked().take(posted.input);
    let mut form = form.map_err(|_| Error::Forged("unasked field"))?;
    let action = Action::from_key(form.text("action")).ok_or(Error::NotFound)?;
    if !form.faulty() {
        let typed = Typed::new(form.text("password"));
        if step_up::give(&app, &session, &me, &caller, &typed, (action, form.text("target"))).await? {
            return Ok(screen.go(&app, ours(form.text("to")), None));
        }
        form.refuse("password", Line::new("people-password-current-wrong"));
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &draw_step_up(&app, &screen, form)?)
}
