//! What stands at the addresses of set-up once the portal is in service: a button pressed twice, or a page opened again, leads
//! here and not into a void. The codes are not shown again: nothing but hashes of them is kept.
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::web::routing::{Open, Room, get, post};
use crate::web::screen::{Screen, page};
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "setup/over.html")]
struct Over {
    shell: Shell,
}

/// The room, for portal.rs.
#[must_use]
pub fn room() -> Room {
    Room {
        key: "setup",
        routes: vec![
            get::<Open, _, _>("/set-up", over),
            post::<Open, _, _>("/set-up", back),
            get::<Open, _, _>("/set-up/{step}", back),
            post::<Open, _, _>("/set-up/{step}", back),
        ],
        nav: Vec::new(),
    }
}

/// GET /set-up: it is over, and what to do if the codes were lost.
async fn over(State(app): State<App>, screen: Screen) -> Result<Response> {
    let shell = screen.plain(&app, screen.w.t("setup-over"))?;
    page(&Over { shell })
}

/// A step of set-up, or its last button once more: changes nothing.
async fn back() -> Response {
    Redirect::to("/set-up").into_response()
}
