//! Every route is declared once: method, address, gate, handler. The router, the matrix test, `mamori routes` and the
//! menus are made from that one declaration; what is not declared does not exist.
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, on};
use serde_json::json;

use super::forgery;
use super::icons::Icon;
use super::identify::Visit;
use super::problem;
use super::strangers::Strangers;
use super::switch;
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Result};

/// Who may come in at all; the row is the model's matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// anybody, signed in or not (the few open pages)
    Open,
    /// anybody signed in
    SignedIn,
    /// those whose tier has this permission
    Needs(Permission),
}

impl Access {
    /// For `mamori routes`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::SignedIn => "signed-in",
            Self::Needs(permission) => permission.key(),
        }
    }
}

/// The permission in a handler's signature.
pub trait Gate: Send + Sync + 'static {
    /// who may come in
    const ACCESS: Access;
}

/// Declares gates: `gate!(/// 承認する DecideRequests needs RequestsDecide);`
#[macro_export]
macro_rules! gate {
    ($($(#[$meta:meta])* $name:ident needs $permission:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name;
        impl $crate::web::routing::Gate for $name {
            const ACCESS: $crate::web::routing::Access =
                $crate::web::routing::Access::Needs($crate::kernel::access::Permission::$permission);
        }
    )+};
}

/// The gate of open pages.
#[derive(Debug)]
pub struct Open;
impl Gate for Open {
    const ACCESS: Access = Access::Open;
}

/// The gate of pages for anybody signed in.
#[derive(Debug)]
pub struct SignedIn;
impl Gate for SignedIn {
    const ACCESS: Access = Access::SignedIn;
}

/// The viewer, after the gate: an extractor that fails before the handler runs.
#[derive(Debug)]
pub struct Can<G>(pub Arc<Viewer>, PhantomData<G>);

impl<G> std::ops::Deref for Can<G> {
    type Target = Viewer;
    fn deref(&self) -> &Viewer {
        &self.0
    }
}

impl<G: Gate, S: Send + Sync> FromRequestParts<S> for Can<G> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let visit = parts.extensions.get::<Arc<Visit>>();
        let viewer = visit.and_then(|visit| visit.viewer.clone()).ok_or(Error::SignInFirst)?;
        match G::ACCESS {
            Access::Needs(permission) if !viewer.may(permission) => Err(Error::Forbidden(permission.key())),
            _ => Ok(Self(viewer, PhantomData)),
        }
    }
}

/// One route.
pub struct Route {
    /// GET or POST
    pub method: Method,
    /// `/requests/{number}`
    pub path: &'static str,
    /// who may come in
    pub access: Access,
    /// reachable while the password still has to be changed
    pub before_password: bool,
    /// for those who may not come in it does not exist (a text disclosed to its addressees only)
    pub hidden: bool,
    /// the largest body it takes
    pub most: usize,
    handler: MethodRouter<App>,
}

/// A route as a page about rights names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    /// `/requests/{number}`
    pub path: &'static str,
    /// who may come in
    pub access: Access,
    /// for those who may not come in it does not exist
    pub hidden: bool,
}

/// All screens of the portal; portal.rs plugs them in.
#[derive(Debug, Default)]
pub struct Doors(pub Vec<Door>);

impl Doors {
    /// The screens among these routes.
    #[must_use]
    pub fn of(routes: &[Route]) -> Self {
        let screens = routes.iter().filter(|route| !route.changes());
        Self(screens.map(|route| Door { path: route.path, access: route.access, hidden: route.hidden }).collect())
    }

    /// The screen that this address leads to; one written out before one with a parameter.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<Door> {
        let asked: Vec<&str> = path.split('/').collect();
        let fits = |door: &&Door| {
            let parts: Vec<&str> = door.path.split('/').collect();
            parts.len() == asked.len()
                && parts
                    .iter()
                    .zip(&asked)
                    .all(|(part, asked)| part == asked || (part.starts_with('{') && !asked.is_empty()))
        };
        self.0.iter().filter(fits).min_by_key(|door| door.path.matches('{').count()).copied()
    }
}

impl Route {
    /// Does it change anything? GET never does.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.method != Method::GET
    }

    /// Whoever may not come in finds nothing there, instead of being told that they may not.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Takes files as large as lists are.
    #[must_use]
    pub fn uploads(mut self) -> Self {
        self.most = forgery::UPLOAD_LIMIT;
        self
    }

    /// Reachable while the password still has to be changed (4.1.5(1)④): sign-out, the change itself.
    #[must_use]
    pub fn before_password(mut self) -> Self {
        self.before_password = true;
        self
    }
}

/// A page.
pub fn get<G, H, T>(path: &'static str, handler: H) -> Route
where
    G: Gate,
    H: Handler<T, App>,
    T: 'static,
{
    route::<G>(Method::GET, path, on(axum::routing::MethodFilter::GET, handler))
}

/// Something a form does.
pub fn post<G, H, T>(path: &'static str, handler: H) -> Route
where
    G: Gate,
    H: Handler<T, App>,
    T: 'static,
{
    route::<G>(Method::POST, path, on(axum::routing::MethodFilter::POST, handler))
}

fn route<G: Gate>(method: Method, path: &'static str, handler: MethodRouter<App>) -> Route {
    Route { method, path, access: G::ACCESS, before_password: false, hidden: false, most: forgery::BODY_LIMIT, handler }
}

/// A part of the side menu, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// without a heading: what I do
    Mine,
    /// 調べる
    LookUp,
    /// 台帳
    Ledgers,
    /// 記録と点検
    Records,
    /// 規程
    Rules,
    /// 管理
    Administration,
}

impl Section {
    /// The catalogue key of its heading.
    #[must_use]
    pub fn heading(self) -> Option<&'static str> {
        match self {
            Self::Mine => None,
            Self::LookUp => Some("nav-look-up"),
            Self::Ledgers => Some("nav-ledgers"),
            Self::Records => Some("nav-records"),
            Self::Rules => Some("nav-rules"),
            Self::Administration => Some("nav-administration"),
        }
    }
}

/// An entry of the side menu, as a room declares it.
#[derive(Debug, Clone)]
pub struct Nav {
    /// in which part
    pub section: Section,
    /// order within the part
    pub order: u8,
    /// where it leads
    pub href: &'static str,
    /// its words
    pub label: &'static str,
    /// its drawing
    pub icon: Icon,
    /// who may go there
    pub access: Access,
    /// in which standings it is shown
    pub tiers: &'static [Tier],
    /// which of the counts stands beside it; where there is none for somebody, the entry does not concern them
    pub count: Option<&'static str>,
    /// the letter after `g`
    pub goto: Option<char>,
}

/// What a room brings to the portal's surface.
#[derive(Default)]
pub struct Room {
    /// `requests`
    pub key: &'static str,
    /// its routes
    pub routes: Vec<Route>,
    /// its entries in the menu
    pub nav: Vec<Nav>,
}

#[derive(Clone)]
struct Guarded {
    app: App,
    access: Access,
    path: &'static str,
    changes: bool,
    before_password: bool,
    hidden: bool,
    most: usize,
}

/// Builds the router from the declarations, each route behind its guard.
pub fn router(app: &App, routes: Vec<Route>) -> Router<App> {
    routes.into_iter().fold(Router::new(), |router, route| {
        let changes = route.changes();
        let guarded = Guarded {
            app: app.clone(),
            access: route.access,
            path: route.path,
            changes,
            before_password: route.before_password,
            hidden: route.hidden,
            most: route.most,
        };
        router.route(route.path, route.handler.route_layer(from_fn_with_state(guarded, guard)))
    })
}

/// Gate one, before any handler: signed in, password in order, permission, and no forged form.
async fn guard(State(route): State<Guarded>, request: axum::extract::Request, next: Next) -> Response {
    let visit = request.extensions().get::<Arc<Visit>>().cloned();
    let method = request.method().clone();
    let tries = method != Method::GET && method != Method::HEAD;
    let response = match admit(&route, request).await {
        Ok(request) => switch::answer((&route.app, route.access == Access::Open), request, next).await,
        Err(error) => error.into_response(),
    };
    let Some(visit) = visit else { return response };
    let event = match &visit.viewer {
        Some(viewer) => refusal(&route, viewer, (&method, &visit.here), &response),
        None if tries => strangers_refusal(&route, &visit, &method, &response),
        None => None,
    };
    // no event, no answer: a refusal that somebody has read stands in the log
    if let Some(event) = event
        && let Err(error) = route.app.note(&visit.actor(), event).await
    {
        tracing::error!(?error, "a refusal could not be recorded");
        return Error::Busy.into_response();
    }
    response
}

/// What the log keeps of a stranger's post that was refused, as far as there is room for it. Being sent to the sign-in
/// page is no refusal; sending something without a sign-in is.
fn strangers_refusal(route: &Guarded, visit: &Visit, method: &Method, response: &Response) -> Option<Event> {
    let (kind, why) = match problem::cause(response) {
        Some(Error::Forged(why)) => ("access.forged", *why),
        Some(Error::SignInFirst) => ("access.denied", "sign_in_first"),
        Some(Error::TooMany(_)) => ("access.denied", "too_many"),
        _ => return None,
    };
    let left_out = route.app.part::<Strangers>().ok()?.witness(visit.caller.source)?;
    let facts = json!({ "method": method.as_str(), "path": visit.here, "why": why, "left_out": left_out });
    Some(Event::denied(kind, "route", route.path).facts(facts))
}

/// What the log keeps of an answer: who was refused what. Out of reach and not there look alike to the visitor only.
fn refusal(route: &Guarded, viewer: &Viewer, (method, path): (&Method, &str), response: &Response) -> Option<Event> {
    let denied = |kind, facts| Some(Event::denied(kind, "route", route.path).facts(facts));
    let method = method.as_str();
    match problem::cause(response) {
        Some(Error::Forged(why)) => denied("access.forged", json!({ "method": method, "path": path, "why": why })),
        Some(Error::Forbidden(permission)) => {
            denied("access.denied", json!({ "method": method, "path": path, "permission": permission }))
        }
        _ if response.status() == StatusCode::NOT_FOUND => match route.access {
            Access::Needs(permission) if !viewer.may(permission) => {
                denied("access.denied", json!({ "method": method, "path": path, "permission": permission.key() }))
            }
            _ => denied("access.not_found", json!({ "method": method, "path": path })),
        },
        _ => None,
    }
}

async fn admit(route: &Guarded, request: axum::extract::Request) -> Result<axum::extract::Request> {
    let visit = request
        .extensions()
        .get::<Arc<Visit>>()
        .cloned()
        .ok_or_else(|| anyhow::anyhow!("no visit on {}", route.path))?;
    if route.access != Access::Open {
        let viewer = visit.viewer.as_ref().ok_or(Error::SignInFirst)?;
        if viewer.must_change_password && !route.before_password {
            return Err(Error::ChangePasswordFirst);
        }
        if let Access::Needs(permission) = route.access
            && !viewer.may(permission)
        {
            return Err(if route.hidden { Error::NotFound } else { Error::Forbidden(permission.key()) });
        }
    }
    if route.changes {
        return forgery::check(&route.app, &visit, request, route.most).await;
    }
    Ok(request)
}
