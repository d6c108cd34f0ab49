//! 代決規程 and 不在: the office enters who decides in the place of an absent manager or of itself, from a day on; everybody enters the days
//! on which they are away. Where the rule names somebody, the requests offer them what waits (`engines::requests::actions::acting`), and
//! the absent one reads it afterwards (後閲).
mod absences;
mod routes;
mod tasks;
mod views;

use super::{Feature, Reaction};
use crate::engines::requests::actions::acting;
use crate::kernel::access::Permission;
use crate::web::icons::Icon;
use crate::web::routing::{Access, Nav, Room, Section, get, post};

crate::gate!(
    /// 代決規程を登録する
    KeepActingRules needs StandInsEdit,
    /// 不在を登録する
    EnterAbsences needs OwnSettings,
);

fn nav(
    section: Section,
    order: u8,
    href: &'static str,
    label: &'static str,
    icon: Icon,
    permission: Permission,
) -> Nav {
    Nav { section, order, href, label, icon, access: Access::Needs(permission), tiers: &[], count: None, goto: None }
}

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: Room {
            key: "acting",
            routes: vec![
                get::<KeepActingRules, _, _>("/acting-rules", routes::list),
                get::<KeepActingRules, _, _>("/acting-rules/new", routes::ask),
                post::<KeepActingRules, _, _>("/acting-rules", routes::enter),
                get::<KeepActingRules, _, _>("/acting-rules/{id}/taking-back", routes::taking_back),
                post::<KeepActingRules, _, _>("/acting-rules/{id}/taking-back", routes::take_back),
                get::<EnterAbsences, _, _>("/absences", absences::list),
                get::<EnterAbsences, _, _>("/absences/new", absences::ask),
                post::<EnterAbsences, _, _>("/absences", absences::enter),
                post::<EnterAbsences, _, _>("/absences/{id}/ending", absences::end),
            ],
            nav: vec![
                nav(Section::Mine, 55, absences::HOME, "absence-title", Icon::Calendar, Permission::OwnSettings),
                nav(Section::Administration, 21, routes::HOME, "acting-title", Icon::Return, Permission::StandInsEdit),
            ],
        },
        reacts: acting::OPENS_OFFERS.iter().map(|kind| (*kind, acting::offers_opened as Reaction)).collect(),
        tasks: Some(tasks::of),
        ..Feature::default()
    }
}
