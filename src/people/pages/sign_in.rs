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
use crate::web::extract::{Path, Posted, Pressed, Query};
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

/// With what somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Password,
    Code,
    Link,
}

impl Way {
    const fn action(self) -> &'static str {
        match self {
            Self::Password => "/sign-in",
            Self::Code => "/activate",
            Self::Link => "/activate/link",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Password => "sign-in-title",
            Self::Code => "sign-in-activate",
            Self::Link => "sign-in-link",
        }
    }

    const fn lead(self) -> Option<&'static str> {
        match self {
            Self::Password => None,
            Self::Code => Some("sign-in-activate-lead"),
            Self::Link => Some("sign-in-link-lead"),
        }
    }

    /// Where it is said that it does not fit, and how.
    const fn wrong(self) -> (&'static str, &'static str) {
        match self {
            Self::Password => ("password", "sign-in-wrong"),
            Self::Code => ("code", "sign-in-wrong-code"),
            Self::Link => ("", "sign-in-wrong-link"),
        }
    }
}

#[derive(Template)]
#[template(path = "people/sign_in.html")]
struct Page {
    shell: Shell,
    form: Form,
    action: &'static str,
    lead: Option<&'static str>,
    by_password: bool,
    recorded: bool,
}

fn questions(app: &App, way: Way) -> Vec<Field> {
    if way == Way::Link {
        return vec![Field::hidden("login"), Field::hidden("token"), Field::hidden("to")];
    }
    let rules = app.settings();
    let purpose = |what| rules.password.autocomplete_for(what);
    let login = Field::text("login", "sign-in-login").most(100).width(Width::Full).autocomplete(purpose("username"));
    let proof = if way == Way::Code {
        Field::password("code", "sign-in-code").hint("sign-in-code-hint").most(100).autocomplete("one-time-code")
    } else {
        let password = Field::password("password", "sign-in-password").autocomplete(purpose("current-password"));
        // who may not let the browser keep it is told where the browser would offer to
        if *rules.password.autocomplete { password } else { password.hint("sign-in-password-not-kept") }
    };
    vec![login, proof, Field::hidden("to")]
}

fn draw(app: &App, screen: &Screen, form: Form, way: Way) -> Result<Page> {
    let shell = screen.plain(app, screen.w.t(way.title()))?.module("form").faulty(form.faulty());
    let recorded = *app.settings().session.log_notice;
    Ok(Page { shell, form, action: way.action(), lead: way.lead(), by_password: way == Way::Password, recorded })
}

async fn shown(app: &App, screen: &Screen, session: &Session, to: &str, way: Way) -> Result<Response> {
    if screen.visit.viewer.is_some() {
        return Ok(screen.go(app, ours(to), None));
    }
    let form = Form::new(screen.w, screen.dates, questions(app, way)).unmarked().fill("to", ours(to));
    let mut drawn = draw(app, screen, form, way)?;
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
    shown(&app, &screen, &session, &back.to, Way::Password).await
}

/// GET /activate
pub async fn show_activation(
    State(app): State<App>,
    screen: Screen,
    session: Session,
    Query(back): Query<Back>,
) -> Result<Response> {
    shown(&app, &screen, &session, &back.to, Way::Code).await
}

/// GET /activate/link/{login}/{token}: the button of this page opens the link, so that whatever looks into mails does not use it up.
pub async fn show_link(
    State(app): State<App>,
    screen: Screen,
    Path((login, token)): Path<(String, String)>,
) -> Result<Response> {
    let form = Form::new(screen.w, screen.dates, questions(&app, Way::Link)).unmarked();
    page(&draw(&app, &screen, form.fill("login", login).fill("token", token), Way::Link)?)
}

/// POST /activate/link
pub async fn open_link(
    State(app): State<App>,
    screen: Screen,
    session: Session,
    caller: Caller,
    jar: CookieJar,
    posted: Posted,
) -> Result<Response> {
    prove(&app, &screen, &session, &caller, &jar, posted, Way::Link).await
}

/// Why somebody who was signed in is asked again, and that they come back to where they were.
async fn ended(app: &App, screen: &Screen, session: &Session, to: &str) -> Result<Option<Banner>> {
    let w = screen.w;
    let reason = sessions::end_reason(app, session).await?;
    let words = match reason.as_deref() {
        Some("idle") => w.n("sign-in-ended-idle", *app.settings().session.idle_minutes),
        Some("absolute") => w.n("sign-in-ended-absolute", *app.settings().session.absolute_hours),
        Some("too_many") => w.t("sign-in-ended-too-many"),
        Some("rights_changed" | "stopped" | "reissued" | "locked") => w.t("sign-in-ended-changed"),
        Some("password_changed") => w.t("sign-in-ended-password"),
        Some("disowned") => w.t("sign-in-ended-disowned"),
        Some("ended_by_owner") => w.t("sign-in-ended-owner"),
        _ => return Ok(None),
    };
    let back = (ours(to) != "/").then(|| w.t("sign-in-comes-back").into_owned());
    let limits = matches!(reason.as_deref(), Some("idle" | "absolute"));
    let phrase = app.part::<House>()?.naming().phrase(w, "session_over").filter(|_| limits);
    let (title, more) = match phrase {
        Some(phrase) => (phrase, Some(format!("{words}{}", w.t("sign-in-stop")))),
        None => (words.into_owned(), None),
    };
    let body: String = more.into_iter().chain(back).collect();
    let banner = Banner::new(Tone::Info, title);
    Ok(Some(if body.is_empty() { banner } else { banner.body(body) }))
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
    prove(&app, &screen, &session, &caller, &jar, posted, Way::Password).await
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
    prove(&app, &screen, &session, &caller, &jar, posted, Way::Code).await
}

async fn prove(
    app: &App,
    screen: &Screen,
    session: &Session,
    caller: &Caller,
    jar: &CookieJar,
    posted: Posted,
    way: Way,
) -> Result<Response> {
    let mut form = Form::new(screen.w, screen.dates, questions(app, way))
        .unmarked()
        .take(posted.input)
        .map_err(|_| Error::Forged("unasked field"))?;
    if form.faulty() {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &draw(app, screen, form, way)?);
    }
    let proof = match way {
        Way::Password => Proof::Password(Typed::new(form.text("password"))),
        Way::Code => Proof::Code(zeroize::Zeroizing::new(form.text("code").to_owned())),
        Way::Link => Proof::Link(zeroize::Zeroizing::new(form.text("token").to_owned())),
    };
    let mark = jar.get(mark_name(app)).map(Cookie::value);
    let welcome = match attempt(app, caller, form.text("login"), proof, mark).await? {
        Attempt::In(welcome) => welcome,
        refused => {
            let (field, words) = refusal(app, screen, &refused, way)?;
            form.refuse(field, words);
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &draw(app, screen, form, way)?);
        }
    };
    sessions::begin(session, welcome.handed).await?;
    let to = if way == Way::Password { ours(form.text("to")) } else { "/me/password" };
    let mut response = screen.go(app, to, None);
    if let Some(mark) = welcome.mark.and_then(|mark| mark_cookie(app, mark)) {
        response.headers_mut().append(SET_COOKIE, mark);
    }
    Ok(response)
}

/// The same words whatever is wrong; of a lock only where the adopted regulation says it.
fn refusal(app: &App, screen: &Screen, attempt: &Attempt, way: Way) -> Result<(&'static str, Line)> {
    if matches!(attempt, Attempt::Locked)
        && let Some(words) = app.part::<House>()?.naming().phrase(screen.w, "account_locked")
    {
        let field = if way == Way::Link { "" } else { "login" };
        return Ok((field, Line::new("sign-in-locked").with("words", words)));
    }
    let (field, words) = way.wrong();
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
pub async fn leave(
    State(app): State<App>,
    screen: Screen,
    session: Session,
    me: Can<SignedIn>,
    _: Pressed,
) -> Result<Response> {
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
