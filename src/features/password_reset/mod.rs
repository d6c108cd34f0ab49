//! パスワードを忘れた場合の処置 (system-management 4.1.6): a request on an open page by somebody who only claims to be a
//! person; one administrator, never the person concerned, records the identity check and issues a code in one step, then
//! how and when the person was told. The release of a locked sign-in (使用停止の解除) rests on the same check.
pub mod model;
mod request;
mod routes;
mod store;
mod views;

use std::sync::Arc;

pub use routes::claim;

use super::Feature;
use crate::kernel::access::Permission;
use crate::web::icons::Icon;
use crate::web::routing::{Access, Nav, Open, Room, Section, get, post};

/// The kind of request, which is also its mechanism.
pub const RESET: &str = "password.reset";
/// The mechanism of 4.1.6(2).
pub const IDENTITY_CHECK: &str = "password.identity_check";

crate::gate!(
    /// 使用停止を解除する・再発行する
    ManageSignIns needs SignInsManage,
);

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: Room {
            key: "password_reset",
            routes: vec![
                get::<Open, _, _>("/password-reset", routes::ask),
                post::<Open, _, _>("/password-reset", routes::file),
                get::<Open, _, _>("/password-reset/received", routes::received),
                get::<ManageSignIns, _, _>("/sign-ins", routes::list),
                get::<ManageSignIns, _, _>("/sign-ins/{number}/release", routes::release_form),
                post::<ManageSignIns, _, _>("/sign-ins/{number}/release", routes::release),
            ],
            nav: vec![Nav {
                section: Section::Administration,
                order: 5,
                href: "/sign-ins",
                label: "password-reset-nav",
                icon: Icon::Lock,
                access: Access::Needs(Permission::SignInsManage),
                tiers: &[],
                count: None,
                goto: None,
            }],
        },
        kinds: vec![Arc::new(request::PasswordReset)],
        ..Feature::default()
    }
}
