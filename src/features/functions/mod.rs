//! 役割台帳: the functions that the regulation names, who holds which from when until when, by which post (充て職), and the
//! organisation chart (体制図) that follows from it (mutual-aid 6(1), katsuura 4 to 9, coop 23(1), system-management 2).
mod chart;
mod handover;
mod routes;
mod store;
mod views;

use super::{Feature, Reaction};
use crate::kernel::access::Permission;
use crate::web::icons::Icon;
use crate::web::routing::{Access, Nav, Room, Section, SignedIn, get, post};

pub use handover::of_today;

crate::gate!(
    /// 役割を任命する
    EditFunctions needs PeopleEdit,
);

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: Room {
            key: "functions",
            routes: vec![
                get::<SignedIn, _, _>("/functions", routes::list),
                get::<SignedIn, _, _>("/functions/chart", routes::chart),
                get::<SignedIn, _, _>("/functions/{key}", routes::show),
                get::<EditFunctions, _, _>("/functions/{key}/appointment", routes::ask),
                post::<EditFunctions, _, _>("/functions/{key}/appointment", routes::appoint),
                post::<EditFunctions, _, _>("/functions/{key}/ending", routes::end),
            ],
            nav: vec![Nav {
                section: Section::Administration,
                order: 15,
                href: "/functions",
                label: "functions-title",
                icon: Icon::Tree,
                access: Access::SignedIn,
                tiers: &[],
                count: None,
                goto: None,
            }],
        },
        reacts: [
            ("post.given", chart::redrawn as Reaction),
            ("post.ended", chart::redrawn),
            ("post.taken_back", chart::redrawn),
            ("stand_in.entered", chart::redrawn),
            ("stand_in.ended", chart::redrawn),
            // leave and return (休職・復職)
            ("movement.carried_out", chart::redrawn),
            ("roster.imported", handover::taken_over),
        ]
        .into(),
        ..Feature::default()
    }
}

/// Who may appoint, for the buttons.
const EDIT: Permission = Permission::PeopleEdit;
