//! /sign-in, /activate, /sign-out. Whatever is wrong, the answer is the same.
use askama::Template;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::Deserialize;
use tower_sessions::Session;

use super::ours;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Message, Result};
use crate::people::passwords::Typed;
use crate::people::sessions;
use crate::people::sign_in::{Attempt, Proof, attempt};
use crate::web::extract::{Posted, Query};
use crate::web::forms::{Field, Form, Width};
use crate::web::identify::Caller;
use crate::web::locale::Line;
use crate::web::routing::{Can, SignedIn};
use crate::web::screen::{House, Screen, page, page_with};
use crate::web::shell::{Banner, Shell, Tone};

/// How long a browser is remembered.
const MARK_DAYS: i64 = 400;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Back {
    to: String,
}

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct Page {
    shell: Shell,
    form: Form,
    action: &'static str,
    by_code: bool,
    recorded: bool,
}

fn questions(app: &App, by_code: bool) -> Vec<Field> {
    let rules = app.settings();
    let purpose = |what| rules.password.autocomplete_for(what);
    let login = Field::text("login", "sign-in-login").most(100).width(Width::Full).autocomplete(purpose("username"));
    let proof = if by_code {
        Field::password("code", "sign-in-code").hint("sign-in-code-hint").most(100).autocomplete("one-time-code")
    } else {
        let password = Field::password("password", "sign-in-password").autocomplete(purpose("current-password"));
        // who may not let the browser keep it is told where the browser would offer to
        if *rules.password.autocomplete { password } else { password.hint("sign-in-password-not-kept") }
    };
    vec![login, proof, Field::hidden("to")]
}

fn draw(app: &App, screen: &Screen, form: Form, by_code: bool) -> Result<Page> {
    let (title, action) = if by_code { ("sign-in-activate", "/activate") } else { ("sign-in-title", "/sign-in") };
    let shell = screen.plain(app, screen.w.t(title))?.module("form").faulty(form.faulty());
    let recorded = *app.settings().session.log_notice;
    Ok(Page { shell, form, action, by_code, recorded })
}

async fn shown(app: &App, screen: &Screen, session: &Session, to: &str, by_code: bool) -> Result<Response> {
    if screen.visit.viewer.is_some() {
        return Ok(screen.go(app, ours(to), None));
    }
    let form = Form::new(screen.w, screen.dates, questions(app, by_code)).unmarked().fill("to", ours(to));
    let mut drawn = draw(app, screen, form, by_code)?;
    if drawn.shell.banner.is_none()
        && let Some(banner) = ended(app, screen, session, to).await?
    {
        drawn.shell = drawn.shell.banner(banner);
    }
    page(&drawn)
}

/// GET /sign-in
pub async fn show(
    State(app): State<App>,
    screen: Screen,
    session: Session,
    Query(back): Query<Back>,
) -> Result<Response> {
    shown(&app, &screen, &session, &back.to, false).await
}

/// GET /activate
pub async fn show_activation(
    State(app): State<App>,
    screen: Screen,
    session: Session,
    Query(back): Query<Back>,
) -> Result<Response> {
    shown(&app, &screen, &session, &back.to, true).await
}

/// Why somebody who was signed in is asked again, and that they come back to where they were.
async fn ended(app: &App, screen: &Screen, session: &Session, to: &str) -> Result<Option<Banner>> {
    let w = screen.w;
    let words = match sessions::end_reason(app, session).await?.as_deref() {
        Some("idle") => w.n("sign-in-ended-idle", *app.settings().session.idle_minutes),
        Some("absolute") => w.n("sign-in-ended-absolute", *app.settings().session.absolute_hours),
        Some("too_many") => w.t("sign-in-ended-too-many"),
        Some("rights_changed" | "stopped" | "reissued" | "locked") => w.t("sign-in-ended-changed"),
        Some("password_changed") => w.t("sign-in-ended-password"),
        Some("ended_by_owner") => w.t("sign-in-ended-owner"),
        _ => return Ok(None),
    };
    let banner = Banner::new(Tone::Info, words);
    Ok(Some(if ours(to) == "/" { banner } else { banner.body(w.t("sign-in-comes-back")) }))
}

/// POST /sign-in
pub async fn enter(
    State(app): State<App>,
    screen: Screen,
    session: Session,
    caller: Caller,
    jar: CookieJar,
    posted: Posted,
) -> Result<Response> {
    prove(&app, &screen, &session, &caller, &jar, posted, false).await
}

/// POST /activate
pub async fn activate(
    State(app): State<App>,
    screen: Screen,
    session: Session,
    caller: Caller,
    jar: CookieJar,
    posted: Posted,
) -> Result<Response> {
    prove(&app, &screen, &session, &caller, &jar, posted, true).await
}

async fn prove(
    app: &App,
    screen: &Screen,
    session: &Session,
    caller: &Caller,
    jar: &CookieJar,
    posted: Posted,
    by_code: bool,
) -> Result<Response> {
    let mut form = Form::new(screen.w, screen.dates, questions(app, by_code))
        .unmarked()
        .take(posted.input)
        .map_err(|_| Error::Forged("unasked field"))?;
    if form.faulty() {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &draw(app, screen, form, by_code)?);
    }
    let proof = if by_code {
        Proof::Code(zeroize::Zeroizing::new(form.text("code").to_owned()))
    } else {
        Proof::Password(Typed::new(form.text("password")))
    };
    let mark = jar.get(mark_name(app)).map(Cookie::value);
    let welcome = match attempt(app, caller, form.text("login"), proof, mark).await? {
        Attempt::In(welcome) => welcome,
        refused => {
            let (field, words) = refusal(app, screen, &refused, by_code)?;
            form.refuse(field, words);
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &draw(app, screen, form, by_code)?);
        }
    };
    sessions::begin(session, welcome.handed).await?;
    let to = if by_code { "/me/password" } else { ours(form.text("to")) };
    let mut response = screen.go(app, to, None);
    if let Some(mark) = welcome.mark.and_then(|mark| mark_cookie(app, mark)) {
        response.headers_mut().append(SET_COOKIE, mark);
    }
    Ok(response)
}

/// The same words whatever is wrong; of a lock only where the adopted regulation says it.
fn refusal(app: &App, screen: &Screen, attempt: &Attempt, by_code: bool) -> Result<(&'static str, Line)> {
    if matches!(attempt, Attempt::Locked)
        && let Some(words) = app.part::<House>()?.naming().phrase(screen.w, "account_locked")
    {
        return Ok(("login", Line::new("sign-in-locked").with("words", words)));
    }
    let (field, words) = if by_code { ("code", "sign-in-wrong-code") } else { ("password", "sign-in-wrong") };
    Ok((field, Line::new(words)))
}

fn mark_name(app: &App) -> &'static str {
    if app.config().secure() { "__Host-mark" } else { "mark" }
}

fn mark_cookie(app: &App, mark: String) -> Option<HeaderValue> {
    let cookie = Cookie::build((mark_name(app), mark))
        .path("/")
        .http_only(true)
        .secure(app.config().secure())
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(MARK_DAYS));
    HeaderValue::from_str(&cookie.build().to_string()).ok()
}

/// POST /sign-out
pub async fn leave(State(app): State<App>, screen: Screen, session: Session, me: Can<SignedIn>) -> Result<Response> {
    app.note(&me.actor(), Event::done("sign_in.ended", "person", me.person).about(me.person).by("portal.log")).await?;
    session.flush().await.map_err(anyhow::Error::from)?;
    let mut response = screen.go(&app, "/sign-in", Some((Tone::Good, Message::new("sign-in-left"))));
    // not the cookies: the mark of this browser and the chosen language stay
    let clear = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), clear);
    Ok(response)
}

/// POST /sign-in/again: from a page that covered itself. What was typed is shown on the page that asks to sign in (web/kept.rs).
pub async fn again(State(app): State<App>, me: Can<SignedIn>, _posted: Posted) -> Result<Response> {
    sessions::end_idle(&app, &me).await?;
    Err(Error::SignInFirst)
}

/// GET /me/here: whoever types without sending anything is still there.
pub async fn here(_me: Can<SignedIn>) -> StatusCode {
    StatusCode::NO_CONTENT
}
