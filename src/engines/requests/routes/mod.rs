//! Addresses of requests and what answers them. Addresses are nouns; numbers are what people say aloud.
mod acts;
mod choose;
mod circulated;
mod export;
mod inbox;
mod lines;
mod lists;
mod new;
mod page;
mod reviews;
mod sought;
mod together;

pub use choose::{offered, preparable};
pub(super) use new::{answered, said_in};
pub use reviews::{HOME as REVIEWS, LATE as LATE_REVIEWS};

use super::actions::Hand;
use super::actions::acting::offered_to;
use super::actions::desk::{At, Desk};
use super::attachments;
use super::drafts;
use super::paper;
use super::store::{circulation, lists as stored};
use super::{procedures, tables};
use crate::gate;
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Result};
use crate::kernel::work::NOT_SENT;
use crate::web::icons::Icon;
use crate::web::routing::{Access, Can, Nav, Room, Section, get, post};
use crate::web::screen::Screen;
use serde_json::json;
use sqlx::PgConnection;
use std::sync::Arc;

gate!(
    /// 申請する
    FileRequests needs RequestsFile,
    /// 申請を見る
    ViewRequests needs RequestsView,
    /// 申請一覧を書き出す
    ExportRequests needs RequestsExport,
    /// 承認・差戻し・却下
    DecideRequests needs RequestsDecide,
    /// 実施する
    ExecuteRequests needs RequestsExecute,
    /// 書面の受領を代わって記録する
    ProxyReceipts needs RequestsProxy,
    /// 承認待ちの申請の担当を替える
    RerouteRequests needs RequestsReroute,
);

/// Where what went round to somebody is listed (回覧).
pub const CIRCULATED: &str = "/requests/circulated";

/// The room: routes and menu.
#[must_use]
pub fn room() -> Room {
    Room {
        key: "requests",
        routes: drafts::routes::routes()
            .into_iter()
            .chain([
                get::<FileRequests, _, _>("/requests/new", choose::choose),
                get::<FileRequests, _, _>("/requests/new/{kind}", new::form),
                post::<FileRequests, _, _>("/requests/new/{kind}", new::send).uploads(),
                get::<ViewRequests, _, _>("/requests", lists::mine),
                get::<ViewRequests, _, _>("/requests/all", lists::all),
                get::<ExportRequests, _, _>(export::PATH, export::ask),
                post::<ExportRequests, _, _>(export::PATH, export::send),
                get::<ViewRequests, _, _>("/requests/reviews", reviews::list),
                post::<ViewRequests, _, _>("/requests/{number}/review", reviews::review),
                get::<ViewRequests, _, _>(CIRCULATED, circulated::list),
                get::<DecideRequests, _, _>("/requests/inbox", inbox::inbox),
                post::<DecideRequests, _, _>("/requests/inbox/approval", together::approve),
                get::<ExecuteRequests, _, _>("/requests/work", lists::queue),
                get::<ViewRequests, _, _>("/requests/{number}", acts::show),
                get::<DecideRequests, _, _>("/requests/{number}/answer", acts::answer),
                post::<DecideRequests, _, _>("/requests/{number}/decision", acts::decide),
                post::<DecideRequests, _, _>("/requests/{number}/decision/recall", acts::take_back),
                post::<FileRequests, _, _>("/requests/{number}/recall", acts::pull_back),
                post::<FileRequests, _, _>("/requests/{number}/reminder", acts::remind),
                post::<ExecuteRequests, _, _>("/requests/{number}/return", acts::send_back),
                post::<ViewRequests, _, _>("/requests/{number}/comments", acts::comment),
                post::<ViewRequests, _, _>("/requests/{number}/reading", acts::read),
                post::<RerouteRequests, _, _>("/requests/{number}/seat", acts::reroute),
                post::<DecideRequests, _, _>("/requests/{number}/pull-up", acts::pull_up),
                post::<FileRequests, _, _>("/requests/{number}/withdrawal", acts::withdraw),
                get::<FileRequests, _, _>("/requests/{number}/mend", new::mend),
                post::<FileRequests, _, _>("/requests/{number}/mend", new::send_again).uploads(),
                get::<ExecuteRequests, _, _>("/requests/{number}/lines/{line}", lines::work),
                post::<ExecuteRequests, _, _>("/requests/{number}/lines/{line}", lines::execute),
                post::<ExecuteRequests, _, _>("/requests/{number}/lines/{line}/declined", lines::decline),
                post::<ViewRequests, _, _>("/requests/{number}/lines/{line}/receipt", lines::receive),
                post::<ProxyReceipts, _, _>("/requests/{number}/lines/{line}/slip", lines::slip),
            ])
            .chain(procedures::routes::routes())
            .chain(paper::routes::routes())
            .chain(attachments::routes::routes())
            .chain(tables::routes::routes())
            .collect(),
        nav: nav(),
    }
}

fn nav() -> Vec<Nav> {
    let entry = |order, href, label, icon, permission, tiers, count, goto| Nav {
        section: Section::Mine,
        order,
        href,
        label,
        icon,
        access: Access::Needs(permission),
        tiers,
        count,
        goto,
    };
    const DECIDERS: &[Tier] =
        &[Tier::Manager, Tier::Sysadmin, Tier::Operator, Tier::Office, Tier::Ciso, Tier::Committee, Tier::Head];
    const WORKERS: &[Tier] = &[Tier::Sysadmin, Tier::Operator, Tier::Office];
    vec![
        entry(
            20,
            "/requests/inbox",
            "nav-inbox",
            Icon::Inbox,
            Permission::RequestsDecide,
            DECIDERS,
            Some("inbox"),
            Some('a'),
        ),
        // whom a form names is nobody's superior: their desk is in the menu while something waits there
        entry(
            20,
            "/requests/inbox",
            "nav-inbox",
            Icon::Inbox,
            Permission::RequestsDecide,
            &[Tier::Staff],
            Some("named"),
            None,
        ),
        entry(25, REVIEWS, "requests-reviews", Icon::Eye, Permission::RequestsView, &[], Some("reviews"), None),
        entry(
            27,
            CIRCULATED,
            "requests-circulated",
            Icon::Bell,
            Permission::RequestsView,
            &[],
            Some("circulated"),
            None,
        ),
        entry(
            30,
            "/requests/work",
            "nav-work",
            Icon::Wrench,
            Permission::RequestsExecute,
            WORKERS,
            Some("work"),
            Some('w'),
        ),
        entry(
            40,
            "/requests",
            "nav-requests",
            Icon::Document,
            Permission::RequestsView,
            &[],
            Some("requests"),
            Some('r'),
        ),
        entry(50, "/requests/new", "nav-apply", Icon::Apply, Permission::RequestsFile, &[], None, Some('n')),
        procedures::routes::nav(),
    ]
}

/// The numbers beside the menu's entries: `inbox` (with what a rule offers; `named` for those of the staff), `work`, `requests` (mine
/// that wait for me), `reviews` for those who may have any to read, and `circulated` for those to whom something went round.
pub async fn counts(app: &App, conn: &mut PgConnection, viewer: &Viewer) -> Result<Vec<(&'static str, u64)>> {
    let today = app.clock().today();
    let mut counts = vec![("requests", stored::count_own(conn, viewer.person).await?.unsigned_abs())];
    let desks = [(Permission::RequestsDecide, At::Decide, "inbox"), (Permission::RequestsExecute, At::Execute, "work")];
    for (_, at, entry) in desks.into_iter().filter(|(permission, ..)| viewer.may(*permission)) {
        let desk = Desk::of(conn, app, (viewer, viewer), at).await?;
        let offered = if at == At::Decide { offered_to(conn, viewer, today).await?.len() } else { 0 };
        let waiting = desk.waiting(conn, app).await?.len() + offered;
        let waiting = u64::try_from(waiting).unwrap_or(u64::MAX);
        counts.push((entry, waiting));
        let staff = viewer.posts.iter().all(|post| post.tier == Tier::Staff);
        counts.extend((at == At::Decide && staff && waiting > 0).then_some(("named", waiting)));
    }
    counts.extend(reviews::owed(conn, viewer, today).await?.map(|owed| ("reviews", owed)));
    let unread = circulation::unread(conn, viewer.natural).await?;
    counts.extend(unread.map(|unread| ("circulated", unread.unsigned_abs())));
    Ok(counts)
}

/// Who acts on this screen.
fn hand<G>(app: &App, me: &Can<G>, screen: &Screen) -> Result<Hand> {
    Hand::new(app, &me.0, screen.w)
}

/// A refusal of the rules stands in the log, outside of what was undone.
async fn noted<T>(app: &App, viewer: &Arc<Viewer>, number: &str, done: Result<T>) -> Result<T> {
    // that a form was only read in the other language is no refusal
    if let Err(Error::Refused(message)) = &done
        && message.key != NOT_SENT
    {
        let event = Event::denied("request.refused_act", "request", number).numbered(number);
        app.note(&viewer.actor(), event.facts(json!({ "why": message.key }))).await?;
    }
    done
}
