//! Problem pages: what happened, what was kept, what to do; with a reference number for what is ours to mend.
use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::identify::Visit;
use super::screen::{Screen, page_with, said};
use super::shell::Shell;
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message};

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
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Trouble(Arc::new(self)));
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem {
    shell: Shell,
    /// what to do
    advice: String,
    /// the number to tell the administrator
    reference: Option<String>,
}

/// Draws the page of a failure; nothing of the cause is shown, all of it is logged once.
pub async fn draw(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let visit = request.extensions().get::<Arc<Visit>>().cloned();
    let mut response = next.run(request).await;
    let trouble = response.extensions_mut().remove::<Trouble>();
    let empty = response.status().is_client_error() || response.status().is_server_error();
    let error = match trouble {
        Some(Trouble(error)) => error,
        None if empty && !response.headers().contains_key("content-type") => Arc::new(plain_status(response.status())),
        None => return response,
    };
    if let Error::Internal(cause) = &*error {
        let reference = visit.as_ref().map(|visit| visit.caller.request_ref.to_string());
        tracing::error!(reference, path, cause = format!("{cause:#}"), "internal error");
    }
    let Some(visit) = visit else { return (StatusCode::SERVICE_UNAVAILABLE, "Mamori").into_response() };
    match &*error {
        Error::SignInFirst if method == Method::GET => redirect(&format!("/sign-in?to={}", escape(&visit.here))),
        Error::ChangePasswordFirst => redirect("/me/password"),
        error => show(&app, visit, error).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response()),
    }
}

fn plain_status(status: StatusCode) -> Error {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Error::NotFound,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Error::Busy,
        status if status.is_client_error() => Error::Forged("unreadable"),
        status => Error::Internal(anyhow::anyhow!("bare status {status}")),
    }
}

fn show(app: &App, visit: Arc<Visit>, error: &Error) -> crate::kernel::error::Result<Response> {
    let screen = Screen::of(app, visit);
    let (status, title, advice) = words(error);
    let mut shell = screen.plain(app, screen.w.t(title))?;
    shell.banner = None;
    let reference = matches!(error, Error::Internal(_)).then(|| screen.visit.caller.request_ref.to_string());
    let advice = screen.w.line(&said(&advice)).into_owned();
    page_with(status, &Problem { shell, advice, reference })
}

fn words(error: &Error) -> (StatusCode, &'static str, Message) {
    match error {
        Error::SignInFirst => (StatusCode::UNAUTHORIZED, "problem-sign-in", "problem-sign-in-advice".into()),
        Error::ChangePasswordFirst | Error::StepUp => (StatusCode::FORBIDDEN, "problem-step-up", "problem-step-up-advice".into()),
        Error::NotFound => (StatusCode::NOT_FOUND, "problem-not-found", "problem-not-found-advice".into()),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "problem-forbidden", "problem-forbidden-advice".into()),
        Error::Forged(_) => (StatusCode::FORBIDDEN, "problem-forged", "problem-forged-advice".into()),
        Error::Refused(message) => (StatusCode::UNPROCESSABLE_ENTITY, "problem-refused", message.clone()),
        Error::Conflict(message) => (StatusCode::CONFLICT, "problem-conflict", message.clone()),
        Error::TooMany => (StatusCode::TOO_MANY_REQUESTS, "problem-too-many", "problem-too-many-advice".into()),
        Error::Busy => (StatusCode::SERVICE_UNAVAILABLE, "problem-busy", "problem-busy-advice".into()),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "problem-internal", "problem-internal-advice".into()),
    }
}

fn redirect(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/sign-in")));
    response
}

fn escape(here: &str) -> String {
    here.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}
