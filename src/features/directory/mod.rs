//! 組織と職員: the department tree, the persons with their posts, who stands in for whom (代理), and the permission table
//! (system-management 2: the roles and their holders are known; 8: who may see what).
pub mod model;
pub mod routes;
mod store;
mod views;

use super::Feature;
use crate::kernel::access::{Permission, Tier};
use crate::web::icons::Icon;
use crate::web::routing::{Access, Nav, Room, Section, get, post};

crate::gate!(
    /// 組織と職員を見る
    SeePeople needs PeopleView,
    /// 組織・職員・発令を登録する
    EditPeople needs PeopleEdit,
    /// 代理を登録する
    KeepStandIns needs StandInsEdit,
    /// 権限表を見る
    SeePermissions needs PermissionsView,
);

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: Room {
            key: "directory",
            routes: vec![
                get::<SeePeople, _, _>("/people", routes::list),
                get::<SeePeople, _, _>("/people/{number}", routes::show),
                post::<EditPeople, _, _>("/people/{number}/telephone", routes::set_telephone),
                get::<KeepStandIns, _, _>("/stand-ins", routes::stand_ins),
                get::<KeepStandIns, _, _>("/stand-ins/new", routes::stand_in_form),
                post::<KeepStandIns, _, _>("/stand-ins", routes::enter_stand_in),
                post::<KeepStandIns, _, _>("/stand-ins/{id}/ending", routes::end_stand_in),
                get::<SeePermissions, _, _>("/permissions", routes::permissions),
            ],
            nav: nav(),
        },
        ..Feature::default()
    }
}

/// Staff find their own page under their name, not in the menu.
const READERS: &[Tier] = &[Tier::Manager, Tier::Sysadmin, Tier::Office, Tier::Ciso, Tier::Committee, Tier::Auditor];

fn nav() -> Vec<Nav> {
    let entry = |order, href, label, icon, permission, tiers| Nav {
        section: Section::Administration,
        order,
        href,
        label,
        icon,
        access: Access::Needs(permission),
        tiers,
        count: None,
        goto: None,
    };
    vec![
        entry(10, "/people", "directory-nav-people", Icon::People, Permission::PeopleView, READERS),
        entry(20, "/stand-ins", "directory-nav-stand-ins", Icon::Return, Permission::StandInsEdit, &[]),
        entry(30, "/permissions", "directory-nav-permissions", Icon::Grid, Permission::PermissionsView, &[]),
    ]
}
