//! 表示の設定: language, light, standing and calendar, kept by the browser. A plain form, so it works without scripts.
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use super::Feature;
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::web::extract::Posted;
use crate::web::identify::preference;
use crate::web::routing::{Open, Room, post};
use crate::web::screen::Screen;

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: Room {
            key: "preferences",
            routes: vec![post::<Open, _, _>("/preferences", keep).before_password()],
            nav: Vec::new(),
        },
        ..Feature::default()
    }
}

const KEPT: [&str; 4] = ["lang", "theme", "standing", "calendar"];

async fn keep(State(app): State<App>, screen: Screen, posted: Posted) -> Result<Response> {
    posted.asked(|name| name == "return_to" || KEPT.contains(&name))?;
    let back = posted.input.get("return_to").unwrap_or("/").to_owned();
    let mut response = screen.go(&app, local(&back), None);
    for name in KEPT {
        let cookie = posted.input.get(name).and_then(|value| preference(&app, name, value));
        if let Some(cookie) = cookie {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

/// Only an address of ours; anything else leads home.
fn local(to: &str) -> &str {
    let ours = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n']);
    if ours { to } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_led_away() {
        assert_eq!(local("/requests?state=open"), "/requests?state=open");
        for foreign in ["//example.com", "https://example.com", "/\\example.com", "javascript:alert(1)", ""] {
            assert_eq!(local(foreign), "/");
        }
    }
}
