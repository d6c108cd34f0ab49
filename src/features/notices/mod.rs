//! お知らせ: what somebody was told, under the bell of every page and in a list of their own; while a page stands open its bell follows
//! by itself. What need not leave at once leaves in one mail on business mornings, and each person chooses which mails they want.
mod digest;
mod live;
mod routes;
mod settings;

use super::Feature;
use crate::web::routing::{Room, get, post};

pub use digest::{Digest, due};
pub use live::Live;

crate::gate!(
    /// 自分へのお知らせ
    OwnNotices needs OwnSettings,
);

/// The feature. The bell leads here from every page, so the menu names it nowhere.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: Room {
            key: "notices",
            routes: vec![
                get::<OwnNotices, _, _>("/notices", routes::list),
                post::<OwnNotices, _, _>("/notices/read", routes::read_all),
                post::<OwnNotices, _, _>("/notices/{id}", routes::open),
                post::<OwnNotices, _, _>("/notices/{id}/read", routes::read),
                get::<OwnNotices, _, _>("/notices/settings", settings::show),
                post::<OwnNotices, _, _>("/notices/settings", settings::keep),
                get::<OwnNotices, _, _>("/notices/stream", live::stream),
            ],
            nav: Vec::new(),
        },
        ..Feature::default()
    }
}
