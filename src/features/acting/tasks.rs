//! What 代決 and 後閲 have people do, on their home page: what is offered to them, what they are to read, and, for those who watch over
//! it, what others have not read in time.
use futures::future::BoxFuture;

use crate::engines::requests::actions::acting::offered_to;
use crate::engines::requests::routes::{LATE_REVIEWS, REVIEWS};
use crate::engines::requests::store::acting::{ToReview, Which, to_review};
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::Result;
use crate::web::parts::TodoItem;
use crate::web::screen::Screen;
use crate::web::shell::Link;

/// So many to read stand on the home page; the rest is one click away.
const SHOWN: i64 = 6;
/// More than anybody counts.
const MOST: i64 = 100;
/// Those who watch over what is late.
const WATCH: [Tier; 3] = [Tier::Office, Tier::Ciso, Tier::Committee];

/// All of them, the reader's own first.
pub fn of<'a>(
    _app: &'a App,
    read: &'a mut Read,
    viewer: &'a Viewer,
    screen: &'a Screen,
) -> BoxFuture<'a, Result<Vec<TodoItem>>> {
    Box::pin(async move {
        let today = screen.dates.today;
        let mut items = Vec::new();
        if viewer.may(Permission::RequestsDecide) {
            let offered = offered_to(read.conn(), viewer, today).await?.len();
            items.extend(
                (offered > 0).then(|| counted(screen, "acting-task-offered", offered, "/requests/inbox?view=by_rule")),
            );
        }
        let own = Which { absent: Some(viewer.natural), unread: true, ..Which::default() };
        let own = to_review(read.conn(), today, own, SHOWN).await?;
        items.extend(own.iter().map(|one| to_read(screen, one)));
        if WATCH.iter().any(|tier| viewer.holds(*tier)) {
            let late = Which { unread: true, due_before: Some(today), ..Which::default() };
            let late = to_review(read.conn(), today, late, MOST).await?.len();
            items.extend((late > 0).then(|| counted(screen, "acting-task-late", late, LATE_REVIEWS)));
        }
        Ok(items)
    })
}

fn counted(screen: &Screen, key: &str, count: usize, href: &str) -> TodoItem {
    let w = screen.w;
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    TodoItem {
        link: Link::new(href.to_owned(), w.n(key, count)),
        note: String::new(),
        due: None,
        action: w.t("acting-task-open").into_owned(),
    }
}

fn to_read(screen: &Screen, one: &ToReview) -> TodoItem {
    let w = screen.w;
    TodoItem {
        link: Link::new(REVIEWS, w.t2("acting-task-review", "what", &one.subject, "name", &one.decider)),
        note: one.number.clone(),
        due: Some((screen.dates.due(one.due), screen.dates.short(one.due))),
        action: w.t("acting-task-review-action").into_owned(),
    }
}
