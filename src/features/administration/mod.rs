//! 管理: the event log with its verification, the outbox, the jobs, holidays and closures — what those need who keep the
//! portal running and those who check them (system-management 4.2.4: the log is kept, looked at and cannot be rewritten).
mod calendar;
mod entry;
mod export;
mod jobs;
mod log;
mod looks;
mod matter;
mod outbox;
mod store;
mod tampering;

use super::Feature;
use crate::kernel::access::Permission;
use crate::web::icons::Icon;
use crate::web::routing::{Access, Nav, Room, Section, get, post};

crate::gate!(
    /// 操作記録を見る
    SeeLog needs AuditView,
    /// 操作記録を検証・書き出しする
    ProveLog needs AuditVerify,
    /// 送信箱を読む
    SeeOutbox needs OutboxView,
    /// 自動処理の状態を見る
    SeeJobs needs JobsView,
    /// 休日と休業日を登録する
    KeepCalendar needs CalendarEdit,
);

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        room: Room {
            key: "administration",
            routes: vec![
                get::<SeeLog, _, _>("/audit", log::list),
                get::<ProveLog, _, _>("/audit/export", export::ask),
                post::<ProveLog, _, _>("/audit/export", export::send),
                post::<ProveLog, _, _>("/audit/verification", log::verify),
                get::<SeeLog, _, _>("/audit/{id}", entry::show),
                get::<SeeOutbox, _, _>("/outbox", outbox::list),
                get::<SeeOutbox, _, _>("/outbox/{id}", outbox::show),
                get::<SeeJobs, _, _>("/jobs", jobs::list),
                post::<SeeJobs, _, _>("/jobs/{id}/retry", jobs::retry),
                get::<KeepCalendar, _, _>("/calendar", calendar::show),
                get::<KeepCalendar, _, _>("/calendar/holidays", calendar::form),
                post::<KeepCalendar, _, _>("/calendar/holidays/check", calendar::check),
                post::<KeepCalendar, _, _>("/calendar/holidays", calendar::import),
                post::<KeepCalendar, _, _>("/calendar/closures", calendar::close),
                post::<KeepCalendar, _, _>("/calendar/closures/{id}/removal", calendar::reopen),
            ],
            nav: nav(),
        },
        reacts: vec![("audit.verified", tampering::tell)],
        ..Feature::default()
    }
}

fn nav() -> Vec<Nav> {
    let entry = |order, href, label, icon, permission| Nav {
        section: Section::Administration,
        order,
        href,
        label,
        icon,
        access: Access::Needs(permission),
        tiers: &[],
        count: None,
        goto: None,
    };
    vec![
        entry(50, "/calendar", "administration-nav-calendar", Icon::Calendar, Permission::CalendarEdit),
        entry(60, "/audit", "administration-nav-audit", Icon::History, Permission::AuditView),
        entry(70, "/outbox", "administration-nav-outbox", Icon::Inbox, Permission::OutboxView),
        entry(80, "/jobs", "administration-nav-jobs", Icon::Clock, Permission::JobsView),
    ]
}
