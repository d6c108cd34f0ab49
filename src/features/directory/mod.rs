//! 組織と職員: the department tree, the persons with their posts, who stands in for whom (代理), and the permission table
//! (system-management 2: the roles and their holders are known; 8: who may see what).
mod deeds;
mod departments;
mod handover;
mod keeping;
pub mod model;
mod post_handover;
mod readers;
pub mod routes;
mod store;
mod views;
mod why;

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
    /// その日に読めた人を調べる
    SeeReaders needs ReadersView,
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
                get::<SeePeople, _, _>("/people/{number}/handover", handover::show),
                get::<SeePeople, _, _>("/posts/{id}/handover", post_handover::show),
                post::<EditPeople, _, _>("/people", keeping::add),
                get::<EditPeople, _, _>("/people/new", keeping::ask_new),
                post::<EditPeople, _, _>("/people/{number}/telephone", routes::set_telephone),
                get::<EditPeople, _, _>("/people/{number}/correction", keeping::ask_correction),
                post::<EditPeople, _, _>("/people/{number}/correction", keeping::correct),
                get::<EditPeople, _, _>("/people/{number}/posts/new", keeping::ask_post),
                post::<EditPeople, _, _>("/people/{number}/posts", keeping::give_post),
                post::<EditPeople, _, _>("/people/{number}/posts/ending", keeping::end_post),
                get::<EditPeople, _, _>("/departments", departments::list),
                get::<EditPeople, _, _>("/departments/new", departments::ask_new),
                post::<EditPeople, _, _>("/departments", departments::add),
                get::<EditPeople, _, _>("/departments/{code}", departments::show),
                post::<EditPeople, _, _>("/departments/{code}/name", departments::rename),
                post::<EditPeople, _, _>("/departments/{code}/closing", departments::close),
                get::<KeepStandIns, _, _>("/stand-ins", routes::stand_ins),
                get::<KeepStandIns, _, _>("/stand-ins/new", routes::stand_in_form),
                post::<KeepStandIns, _, _>("/stand-ins", routes::enter_stand_in),
                post::<KeepStandIns, _, _>("/stand-ins/{id}/ending", routes::end_stand_in),
                get::<SeePermissions, _, _>("/permissions", routes::permissions),
                get::<SeePermissions, _, _>("/permissions/why", why::show),
                get::<SeeReaders, _, _>("/permissions/readers", readers::ask),
                post::<SeeReaders, _, _>("/permissions/readers", readers::tell),
                post::<SeeReaders, _, _>("/permissions/readers/export", readers::send),
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
