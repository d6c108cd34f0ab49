//! Problem pages: what happened, what was kept, what to do; with a reference number for what is ours to mend.
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ALLOW, LOCATION, REFERER, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use tower_sessions::Session;

use super::identify::Visit;
use super::kept;
use super::locale::Line;
use super::screen::{Screen, said};
use super::shell::Shell;
use super::trouble::Problem;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result};
use crate::kernel::text::percent;

/// The facts of a failure, carried by the response to the layer that draws the page.
#[derive(Debug, Clone)]
struct Trouble(Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::SignInFirst => StatusCode::UNAUTHORIZED,
            Self::ChangePasswordFirst | Self::Forbidden(_) | Self::Forged(_) | Self::StepUp => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Trouble(Arc::new(self)));
        response
    }
}

/// Why an answer is a failure, until its page is drawn.
pub(super) fn cause(response: &Response) -> Option<&Error> {
    response.extensions().get::<Trouble>().map(|trouble| &*trouble.0)
}

/// Draws the page of a failure; nothing of the cause is shown, all of it is logged once.
pub async fn draw(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    // the route and not the address: an address may carry the letters of a link
    let route = request.extensions().get::<MatchedPath>().cloned();
    let from = came_from(&app, &request);
    let visit = request.extensions().get::<Arc<Visit>>().cloned();
    let session = request.extensions().get::<Session>().cloned();
    let (request, typed) = match &visit {
        Some(visit) => kept::typed(visit, request).await,
        None => (request, kept::Typed::default()),
    };
    let mut response = next.run(request).await;
    let visit = response.extensions().get::<Arc<Visit>>().cloned().or(visit);
    let trouble = response.extensions_mut().remove::<Trouble>();
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        return wrong_way(&app, visit, response).await;
    }
    let empty = response.status().is_client_error() || response.status().is_server_error();
    let error = match trouble {
        Some(Trouble(error)) => error,
        None if empty && !response.headers().contains_key("content-type") => Arc::new(plain_status(response.status())),
        None => return response,
    };
    if let Error::Internal(cause) = &*error {
        let reference = visit.as_ref().map(|visit| visit.caller.request_ref.to_string());
        tracing::error!(
            reference,
            route = route.as_ref().map(MatchedPath::as_str),
            cause = format!("{cause:#}"),
            "internal error"
        );
    }
    let Some(visit) = visit else { return (StatusCode::SERVICE_UNAVAILABLE, "Mamori").into_response() };
    match &*error {
        Error::SignInFirst if method == Method::GET => {
            redirect(&format!("/sign-in?to={}", percent(&visit.here).replace("%2F", "/")))
        }
        Error::ChangePasswordFirst => redirect("/me/password"),
        error => show(&app, (visit, session), error, from.filter(|_| method != Method::GET), typed)
            .await
            .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response()),
    }
}

/// The address is there, and is not asked for in this way; the answer keeps saying in which.
async fn wrong_way(app: &App, visit: Option<Arc<Visit>>, response: Response) -> Response {
    let (parts, _) = response.into_parts();
    let page = match visit {
        Some(visit) => {
            let screen = Screen::of(app, visit);
            let problem = Problem::refused(screen.w, 405, &Line::new("problem-method"));
            around(app, &screen, true).await.ok().and_then(|shell| problem.page(shell).ok())
        }
        None => None,
    };
    let mut drawn = match page {
        Some(page) => (parts.status, Html(page)).into_response(),
        None => parts.status.into_response(),
    };
    if let Some(allowed) = parts.headers.get(ALLOW) {
        drawn.headers_mut().insert(ALLOW, allowed.clone());
    }
    drawn
}

fn plain_status(status: StatusCode) -> Error {
    match status {
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Error::Busy,
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
        status if status.is_client_error() => Error::Forged("unreadable"),
        status => Error::Internal(anyhow::anyhow!("bare status {status}")),
    }
}

/// The page of ours whose form was sent, as the browser names it.
fn came_from(app: &App, request: &Request) -> Option<String> {
    let referer = request.headers().get(REFERER)?.to_str().ok()?;
    let path = referer.strip_prefix(app.config().origin.as_str())?;
    (path.starts_with('/') && !path.starts_with("//")).then(|| path.to_owned())
}

/// What stands around the page: the menu of whoever is signed in, unless the trouble may lie in reading it.
async fn around(app: &App, screen: &Screen, menu: bool) -> Result<Shell> {
    if let Some(viewer) = screen.visit.viewer.as_deref().filter(|_| menu)
        && let Ok(mut read) = app.read(viewer).await
        && let Ok(shell) = screen.shell(app, &mut read, "", &[]).await
    {
        return Ok(shell);
    }
    screen.plain(app, "")
}

async fn show(
    app: &App,
    (visit, session): (Arc<Visit>, Option<Session>),
    error: &Error,
    from: Option<String>,
    typed: kept::Typed,
) -> Result<Response> {
    let screen = Screen::of(app, visit);
    let ended = matches!(error, Error::SignInFirst);
    // the page that covered itself sends its form elsewhere, and is known by where it came from
    let page = [Some(screen.visit.here.as_str()), from.as_deref()].into_iter().flatten().find_map(kept::page);
    let page = page.filter(|_| ended).map(str::to_owned);
    let from = from.or_else(|| page.clone());
    let shown = typed.shown.clone();
    let carries = match &page {
        Some(page) => kept::carry(app, (&*screen.visit, session.as_ref()), page, typed).await?,
        None => None,
    };
    let healthy = !matches!(error, Error::Internal(_) | Error::Busy | Error::TooMany(_));
    let mut shell = around(app, &screen, healthy).await?;
    shell.banner = None;
    let (status, mut problem) = problem(&screen, error, from.as_deref());
    if ended {
        problem = problem.typed(shown, carries.is_some());
    }
    if let Some(from) = from.filter(|_| matches!(error, Error::Refused(_) | Error::Conflict(_) | Error::Forged(_))) {
        problem = problem.link(from, screen.w.t("problem-back"));
    }
    // the way to the line of the permission table that decides; of the row it tells nothing
    if screen.visit.viewer.is_some() && matches!(error, Error::Forbidden(_) | Error::NotFound) {
        let asked = screen.visit.here.split('?').next().unwrap_or_default();
        problem = problem.also(format!("/permissions/why?to={}", percent(asked)), screen.w.t("problem-why"));
    }
    let page = problem.page(shell).map_err(anyhow::Error::from)?;
    let mut response = (status, Html(page)).into_response();
    if let Some(carries) = carries {
        response.headers_mut().append(SET_COOKIE, carries);
    }
    if let Some(seconds) = seconds_to_wait(app, error) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

/// How long whoever came too often, or at a bad moment, is to wait.
fn seconds_to_wait(app: &App, error: &Error) -> Option<u64> {
    match error {
        Error::TooMany(Some(until)) => {
            u64::try_from((*until - app.clock().now()).num_seconds()).ok().map(|seconds| seconds + 1)
        }
        Error::TooMany(None) => Some(60),
        Error::Busy => Some(5),
        _ => None,
    }
}

fn problem(screen: &Screen, error: &Error, from: Option<&str>) -> (StatusCode, Problem) {
    let w = screen.w;
    match error {
        Error::SignInFirst => {
            let to = from.map(|from| format!("/sign-in?to={}", percent(from).replace("%2F", "/")));
            let to = to.unwrap_or_else(|| "/sign-in".to_owned());
            let problem =
                Problem::refused(w, 401, &Line::new("problem-sign-in-first")).link(to, w.t("problem-sign-in"));
            (StatusCode::UNAUTHORIZED, problem)
        }
        Error::ChangePasswordFirst | Error::StepUp => {
            (StatusCode::FORBIDDEN, Problem::refused(w, 403, &Line::new("problem-step-up")))
        }
        Error::NotFound => (StatusCode::NOT_FOUND, Problem::not_found(w)),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, Problem::forbidden(w)),
        Error::Forged(_) => (StatusCode::FORBIDDEN, Problem::forged(w)),
        Error::Refused(message) => (StatusCode::UNPROCESSABLE_ENTITY, Problem::refused(w, 422, &said(message))),
        Error::Conflict(message) => (StatusCode::CONFLICT, Problem::refused(w, 409, &said(message))),
        Error::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, Problem::too_large(w)),
        Error::TooMany(None) => (StatusCode::TOO_MANY_REQUESTS, Problem::too_many(w)),
        Error::TooMany(Some(until)) => {
            let until = screen.dates.long_at(rounded_up(*until));
            (StatusCode::TOO_MANY_REQUESTS, Problem::closed_until(w, &until))
        }
        Error::Busy => (StatusCode::SERVICE_UNAVAILABLE, Problem::busy(w)),
        Error::Internal(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, Problem::internal(w, screen.visit.caller.request_ref.to_string()))
        }
    }
}

/// The minute in which it is over, for those who read a clock without seconds.
fn rounded_up(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.duration_trunc(TimeDelta::minutes(1)).unwrap_or(moment) + TimeDelta::minutes(1)
}

fn redirect(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/sign-in")));
    response
}
