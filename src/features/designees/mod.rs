//! 指名: the holder of a post names those who act in their place at the steps where the regulation says 「又は指名された者」, for which of
//! them and until when (coop 21-4-1, 21-4-4). Where no step says so, nobody has the page.
pub mod matters;
pub mod model;
mod routes;
mod views;

use super::Feature;
use crate::kernel::access::Permission;
use crate::web::icons::Icon;
use crate::web::routing::{Access, Nav, Room, Section, get, post};

crate::gate!(
    /// 指名する
    NameDesignees needs DesigneesName,
);

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: Room {
            key: "designees",
            routes: vec![
                get::<NameDesignees, _, _>("/designees", routes::list),
                get::<NameDesignees, _, _>("/designees/new", routes::ask),
                post::<NameDesignees, _, _>("/designees", routes::name),
                get::<NameDesignees, _, _>("/designees/{post}/ending", routes::ask_end),
                post::<NameDesignees, _, _>("/designees/{post}/ending", routes::end),
            ],
            nav: vec![Nav {
                section: Section::Administration,
                order: 22,
                href: "/designees",
                label: "designees-title",
                icon: Icon::People,
                access: Access::Needs(Permission::DesigneesName),
                tiers: &[],
                count: None,
                goto: None,
            }],
        },
        ..Feature::default()
    }
}
