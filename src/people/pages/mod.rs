//! The pages of this room: sign-in, and everything about one's own sign-in.
mod elsewhere;
mod own;
mod pledge;
mod sign_in;
pub mod stand_ins;

use crate::gate;
use crate::kernel::access::Permission;
use crate::web::icons::Icon;
use crate::web::routing::{Access, Nav, Open, Room, Section, SignedIn, get, post};

gate! {
    /// 自分の設定・自分のセッション
    OwnSettings needs OwnSettings,
    /// 同時ログインの記録を見る
    WatchSignIns needs SignInsWatch,
}

/// What the room shows.
#[must_use]
pub fn room() -> Room {
    Room {
        key: "people",
        routes: vec![
            get::<Open, _, _>("/sign-in", sign_in::show),
            post::<Open, _, _>("/sign-in", sign_in::enter),
            get::<Open, _, _>("/activate", sign_in::show_activation),
            post::<Open, _, _>("/activate", sign_in::activate),
            get::<Open, _, _>("/activate/link/{login}/{token}", sign_in::show_link),
            post::<Open, _, _>("/activate/link", sign_in::open_link),
            post::<SignedIn, _, _>(crate::web::kept::AGAIN, sign_in::again).before_password(),
            get::<SignedIn, _, _>("/me/here", sign_in::here).before_password(),
            post::<SignedIn, _, _>("/sign-out", sign_in::leave).before_password(),
            get::<SignedIn, _, _>("/me/password", own::show_password).before_password(),
            post::<SignedIn, _, _>("/me/password", own::change_password).before_password(),
            get::<OwnSettings, _, _>("/me/sessions", own::list_sessions),
            post::<OwnSettings, _, _>("/me/sessions/{reference}/end", own::end_session),
            post::<OwnSettings, _, _>("/me/sessions/elsewhere/{id}", elsewhere::answer),
            get::<WatchSignIns, _, _>("/sign-ins/elsewhere", elsewhere::list),
            get::<OwnSettings, _, _>("/me/pledge", pledge::show),
            post::<OwnSettings, _, _>("/me/pledge", pledge::answer),
            get::<OwnSettings, _, _>("/me/stand-ins", stand_ins::list),
            post::<OwnSettings, _, _>("/me/stand-ins", stand_ins::propose),
            get::<OwnSettings, _, _>("/me/stand-ins/new", stand_ins::ask),
            get::<OwnSettings, _, _>("/me/stand-ins/{id}", stand_ins::show),
            post::<OwnSettings, _, _>("/me/stand-ins/{id}/answer", stand_ins::answer),
            post::<OwnSettings, _, _>("/me/stand-ins/{id}/withdrawal", stand_ins::take_back),
            get::<OwnSettings, _, _>("/step-up", own::show_step_up),
            post::<OwnSettings, _, _>("/step-up", own::step_up),
        ],
        nav: vec![Nav {
            section: Section::Administration,
            order: 6,
            href: "/sign-ins/elsewhere",
            label: "elsewhere-title",
            icon: Icon::Lock,
            access: Access::Needs(Permission::SignInsWatch),
            tiers: &[],
            count: None,
            goto: None,
        }],
    }
}

/// Only an address of ours; anything else leads home.
fn ours(to: &str) -> &str {
    let ours = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n']);
    if ours { to } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::ours;

    #[test]
    fn after_signing_in_nobody_is_led_to_a_foreign_place() {
        assert_eq!(ours("/requests/R8-ACC-0001?x=1"), "/requests/R8-ACC-0001?x=1");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:0", "/a\r\nx"] {
            assert_eq!(ours(foreign), "/");
        }
    }
}
