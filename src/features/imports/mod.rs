//! 名簿の取込: the office takes the personnel list and the list of departments over from files, after a look at what would
//! change. The work itself is done in `people::import`.
mod routes;

use super::Feature;
use crate::kernel::access::Permission;
use crate::web::icons::Icon;
use crate::web::routing::{Access, Nav, Room, Section, get, post};

crate::gate!(
    /// 名簿を取り込む
    TakeLists needs PeopleEdit,
);

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: Room {
            key: "imports",
            routes: vec![
                get::<TakeLists, _, _>("/imports", routes::form),
                post::<TakeLists, _, _>("/imports", routes::upload).uploads(),
                get::<TakeLists, _, _>("/imports/{id}", routes::show),
                post::<TakeLists, _, _>("/imports/{id}/columns", routes::columns),
                post::<TakeLists, _, _>("/imports/{id}/confirmation", routes::confirm),
                post::<TakeLists, _, _>("/imports/{id}/removal", routes::discard),
            ],
            nav: vec![Nav {
                section: Section::Administration,
                order: 15,
                href: "/imports",
                label: "import-nav",
                icon: Icon::Download,
                access: Access::Needs(Permission::PeopleEdit),
                tiers: &[],
                count: None,
                goto: None,
            }],
        },
        ..Feature::default()
    }
}
