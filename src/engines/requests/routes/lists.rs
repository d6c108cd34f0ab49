//! 自分の申請, すべての申請, 実施待ち.
use super::sought::Asked;
use super::{ExecuteRequests, ViewRequests, hand};
use crate::engines::requests::Kinds;
use crate::engines::requests::actions::desk::{At, Desk, Lines, Part};
use crate::engines::requests::actions::{self, Hand, together};
use crate::engines::requests::drafts;
use crate::engines::requests::model::StepAct;
use crate::engines::requests::model::machine::Phase;
use crate::engines::requests::store::lists::{self as stored, After, Item, Mine, Reach};
use crate::engines::requests::views::guard;
use crate::engines::requests::views::lists::{Chip, ListPage, PAGE, QueuePage, Row, after, cursor, next, row};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::Result;
use crate::web::extract::Query;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

/// The list of all requests in reach.
pub(super) const ALL: &str = "/requests/all";

/// One more than a page, to know whether there is another.
pub(super) fn limit() -> i64 {
    i64::try_from(PAGE + 1).unwrap_or(51)
}

pub(super) async fn page_rows(
    read: &mut Read,
    hand: &Hand,
    kinds: &Kinds,
    screen: &Screen,
    items: &[Item],
) -> Result<Vec<Row>> {
    let page = items.iter().take(PAGE);
    let ids: Vec<Uuid> = page.clone().map(|item| item.id).collect();
    let asked = stored::asked(read.conn(), &ids).await?;
    let rights: Vec<Uuid> = asked.values().flat_map(|asked| asked.content.rights()).collect();
    let privileged = stored::privileged(read.conn(), &rights).await?;
    let asks = |asked: &stored::Asked| asked.content.rights().iter().any(|right| privileged.contains(right));
    let together = |item: &Item| {
        let asked = asked.get(&item.id).filter(|asked| !asks(asked))?;
        let known = kinds.filed_under(asked.regulation.as_deref(), asked.own_route, &item.kind).ok()?;
        let step = known.kind.steps.iter().find(|step| item.step_key.as_ref() == Some(&step.key))?;
        together::of_little_weight(&known.kind, step).then(|| format!("{} {}", item.number, asked.hash))
    };
    let drawn = |item: &Item| Row {
        privileged: asked.get(&item.id).filter(|asked| asks(asked)).map(|_| guard(screen.w)),
        together: together(item),
        ..row(hand, kinds, &screen.dates, item)
    };
    Ok(page.map(drawn).collect())
}

/// Where it stands among those that are listed by the moment of their filing.
const fn by_filing(item: &Item) -> After {
    After { at: item.filed_at, id: item.id }
}

pub(super) fn chip(screen: &Screen, label: &str, href: &str, current: bool) -> Chip {
    Chip { label: screen.w.t(label).into_owned(), href: href.to_owned(), current, count: None, hot: false }
}

/// 自分の申請: what I filed and what is about me; open ones first of all, and those that are over to be copied from.
pub(super) async fn mine(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let kinds = actions::kinds(&app)?;
    let open = asked.view != "all";
    let narrow = asked.narrow(read.conn(), &kinds, &screen).await?;
    // whoever asks for a state that is over does not mean the open ones alone
    let only_open = open && asked.phase().is_none_or(|phase| !phase.is_closed());
    let wanted =
        Mine { person: me.person, open: only_open, narrow: &narrow, after: after(&asked.after), limit: limit() };
    let items = stored::mine(read.conn(), &wanted).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("nav-requests"), &[]).await?;
    let mut chips = vec![
        chip(&screen, "requests-open", &asked.viewing("/requests", ""), open),
        chip(&screen, "requests-every", &asked.viewing("/requests", "all"), !open),
    ];
    if me.may(Permission::RequestsView) && me.reach(Permission::RequestsView) > crate::kernel::access::Reach::Own {
        chips.push(chip(&screen, "requests-in-reach", "/requests/all", false));
    }
    chips.push(chip(&screen, "drafts-title", "/requests/drafts", false));
    let mut rows = page_rows(&mut read, &hand, &kinds, &screen, &items).await?;
    for (row, item) in rows.iter_mut().zip(&items) {
        row.copy = copy(&me, &kinds, item);
    }
    let filters = asked.filters(read.conn(), (&kinds, &screen), "/requests", None).await?;
    let none = if asked.narrows() { "requests-none-found" } else { "requests-none-mine" };
    page(&ListPage {
        chips,
        filters,
        export: None,
        rows,
        next: next(&items, by_filing).map(|after| asked.address("/requests", Some(after))),
        by_many: false,
        may_file: me.may(Permission::RequestsFile),
        empty: screen.w.t(none).into_owned(),
        shell,
    })
}

/// Where an own request that is over is filed anew (複写).
fn copy(me: &Viewer, kinds: &Kinds, item: &Item) -> Option<String> {
    let registered = kinds.get(&item.kind).ok()?;
    let own = item.requester_id == Some(me.person) && item.phase.is_closed();
    let files = own && drafts::actions::may_file(me, registered);
    files.then(|| format!("/requests/new/{}?_copy={}", item.kind, item.number))
}

/// すべての申請 within reach: a department's, or the organisation's.
pub(super) async fn all(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let kinds = actions::kinds(&app)?;
    let scope = me.scope(Permission::RequestsView);
    let narrow = asked.narrow(read.conn(), &kinds, &screen).await?;
    let wanted = Reach { scope: &scope, narrow: &narrow, after: after(&asked.after), limit: limit() };
    let items = stored::in_reach(read.conn(), &wanted).await?;
    let rows = page_rows(&mut read, &hand, &kinds, &screen, &items).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("requests-in-reach"), &[]).await?;
    let phase = asked.phase();
    let view = |phase: Option<Phase>| asked.viewing(ALL, phase.map(Phase::key).unwrap_or_default());
    let mut chips = vec![chip(&screen, "requests-every", &view(None), phase.is_none())];
    chips.extend(Phase::ALL.into_iter().map(|one| chip(&screen, one.word(), &view(Some(one)), phase == Some(one))));
    let filters = asked.filters(read.conn(), (&kinds, &screen), ALL, Some(&scope)).await?;
    let export = me.may(Permission::RequestsExport) && !items.is_empty();
    page(&ListPage {
        chips,
        filters,
        export: export.then(|| asked.address(super::export::PATH, None)),
        next: next(&items, by_filing).map(|after| asked.address(ALL, Some(after))),
        rows,
        by_many: true,
        may_file: me.may(Permission::RequestsFile),
        empty: screen.w.t("requests-none-found").into_owned(),
        shell: shell.crumb("/requests", screen.w.t("nav-requests")).crumb_here(screen.w.t("requests-in-reach")),
    })
}

/// Says of work that cannot begin yet from when on it can.
async fn say_when(read: &mut Read, kinds: &Kinds, screen: &Screen, items: &[Item], rows: &mut [Row]) -> Result<()> {
    let ids: Vec<Uuid> = items.iter().map(|item| item.id).collect();
    let asked = stored::asked(read.conn(), &ids).await?;
    for (row, item) in rows.iter_mut().zip(items) {
        let Some(asked) = asked.get(&item.id) else { continue };
        let filed = kinds.filed_under(asked.regulation.as_deref(), asked.own_route, &item.kind);
        let Ok(registered) = filed else { continue };
        let begins = registered.begins(StepAct::Execute, &asked.content).filter(|day| *day > screen.dates.today);
        if let (Some(day), Phase::Executing) = (begins, item.phase) {
            row.early = screen.w.t1("requests-work-from", "day", screen.dates.tiny(day)).into_owned();
        }
    }
    Ok(())
}

/// 実施待ち: approved, and waiting for the work; what is due first first.
pub(super) async fn queue(
    State(app): State<App>,
    me: Can<ExecuteRequests>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let desk = Desk::of(read.conn(), &app, (&me, &me), At::Execute).await?;
    let at_desk = desk.waiting(read.conn(), &app).await?;
    let counts = desk.counts(&at_desk);
    let overdue = asked.view == "overdue";
    let part = Part { overdue, after: after(&asked.after), limit: PAGE, ..Part::default() };
    let Lines { items, next } = desk.lines(read.conn(), &at_desk, part).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("nav-work"), &[]).await?.module("rows");
    let kinds = actions::kinds(&app)?;
    let mut rows = page_rows(&mut read, &hand, &kinds, &screen, &items).await?;
    say_when(&mut read, &kinds, &screen, &items, &mut rows).await?;
    let late = chip(&screen, "requests-overdue", "/requests/work?view=overdue", overdue);
    let view = if overdue { "view=overdue&" } else { "" };
    page(&QueuePage {
        chips: vec![
            Chip { count: Some(counts.all), ..chip(&screen, "requests-every", "/requests/work", !overdue) },
            Chip { count: Some(counts.overdue), hot: counts.overdue > 0, ..late },
        ],
        rows,
        next: next.map(|next| format!("/requests/work?{view}after={}", cursor(next))),
        total: counts.all,
        shell,
    })
}
