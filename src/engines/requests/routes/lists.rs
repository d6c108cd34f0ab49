//! 自分の申請, すべての申請, 承認待ち, 実施待ち.
use super::page::say_rules;
use super::{DecideRequests, ExecuteRequests, ViewRequests, hand};
use crate::engines::requests::Kinds;
use crate::engines::requests::actions::desk::{At, Desk, Part};
use crate::engines::requests::actions::{self, Hand, Open, together};
use crate::engines::requests::model::machine::Phase;
use crate::engines::requests::model::{StepAct, StepDef};
use crate::engines::requests::store::acting::{Which, to_review};
use crate::engines::requests::store::lists::{self as stored, Counts, Item, Mine, Reach};
use crate::engines::requests::views::lists::{Chip, InboxPage, ListPage, PAGE, QueuePage, Row, after, next, row};
use crate::engines::requests::views::sheet::sheet;
use crate::engines::requests::views::{guard, say};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Result};
use crate::kernel::text;
use crate::web::extract::Query;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

/// What a list may be asked for; whatever else stands in the address is not heard.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    view: String,
    kind: String,
    q: String,
    open: String,
    after: String,
}

/// The view of what a rule lets one decide for others (代決).
const BY_RULE: &str = "by_rule";
/// That of what waits for oneself, asked for by name.
const TURN: &str = "turn";

/// One more than a page, to know whether there is another.
fn limit() -> i64 {
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

fn chip(screen: &Screen, label: &str, href: &str, current: bool) -> Chip {
    Chip { label: screen.w.t(label).into_owned(), href: href.to_owned(), current, count: None, hot: false }
}

/// 自分の申請: what I filed and what is about me; open ones first of all.
pub(super) async fn mine(
    State(app): State<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let open = asked.view != "all";
    let search = text::search_words(&asked.q);
    let wanted = Mine { person: me.person, open, search: &search, after: after(&asked.after), limit: limit() };
    let items = stored::mine(read.conn(), &wanted).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("nav-requests"), &[]).await?;
    let view = if open { "" } else { "view=all&" };
    let mut chips = vec![
        chip(&screen, "requests-open", "/requests", open),
        chip(&screen, "requests-every", "/requests?view=all", !open),
    ];
    if me.may(Permission::RequestsView) && me.reach(Permission::RequestsView) > crate::kernel::access::Reach::Own {
        chips.push(chip(&screen, "requests-in-reach", "/requests/all", false));
    }
    chips.push(chip(&screen, "drafts-title", "/requests/drafts", false));
    let kinds = actions::kinds(&app)?;
    let rows = page_rows(&mut read, &hand, &kinds, &screen, &items).await?;
    let none = if search.is_empty() { "requests-none-mine" } else { "requests-none-found" };
    let sought = asked.q;
    page(&ListPage {
        chips,
        search: sought.clone(),
        action: "/requests",
        kept: if open { Vec::new() } else { vec![("view", "all".to_owned())] },
        rows,
        next: next(&items, |item| Some(item.filed_at))
            .map(|after| format!("/requests?{view}q={}&after={after}", text::percent(&sought))),
        by_many: false,
        may_file: me.may(Permission::RequestsFile),
        empty: screen.w.t(none).into_owned(),
        shell,
    })
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
    let search = text::search_words(&asked.q);
    let phase = Phase::from_key(&asked.view);
    let kinds = actions::kinds(&app)?;
    let kind = kinds.get(&asked.kind).ok().map(|registered| registered.kind.key.as_str());
    let scope = me.scope(Permission::RequestsView);
    let wanted = Reach {
        scope: &scope,
        phase: phase.map(Phase::key),
        kind,
        search: &search,
        after: after(&asked.after),
        limit: limit(),
    };
    let items = stored::in_reach(read.conn(), &wanted).await?;
    let rows = page_rows(&mut read, &hand, &kinds, &screen, &items).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("requests-in-reach"), &[]).await?;
    let href = |phase: Option<Phase>| match phase {
        Some(phase) => format!("/requests/all?view={}", phase.key()),
        None => "/requests/all".to_owned(),
    };
    let mut chips = vec![chip(&screen, "requests-every", &href(None), phase.is_none())];
    chips.extend(Phase::ALL.into_iter().map(|one| chip(&screen, one.word(), &href(Some(one)), phase == Some(one))));
    let kept = phase
        .map(|phase| ("view", phase.key().to_owned()))
        .into_iter()
        .chain(kind.map(|kind| ("kind", kind.to_owned())));
    page(&ListPage {
        chips,
        next: next(&items, |item| Some(item.filed_at)).map(|after| {
            let view = phase.map(|phase| format!("view={}&", phase.key())).unwrap_or_default();
            let kind = kind.map(|kind| format!("kind={kind}&")).unwrap_or_default();
            format!("/requests/all?{view}{kind}q={}&after={after}", text::percent(&asked.q))
        }),
        search: asked.q,
        action: "/requests/all",
        kept: kept.collect(),
        rows,
        by_many: true,
        may_file: me.may(Permission::RequestsFile),
        empty: screen.w.t("requests-none-found").into_owned(),
        shell: shell.crumb("/requests", screen.w.t("nav-requests")).crumb_here(screen.w.t("requests-in-reach")),
    })
}

/// The part of a desk that is asked for.
fn part<'a>(asked: &Asked, kind: Option<&'a str>) -> Part<'a> {
    Part { overdue: asked.view == "overdue", kind, after: after(&asked.after), limit: PAGE + 1 }
}

/// 承認待ち: what waits for me, what will come, what I have done; one of them open beside the list.
pub(super) async fn inbox(
    State(app): State<App>,
    me: Can<DecideRequests>,
    screen: Screen,
    Query(mut asked): Query<Asked>,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let desk = Desk::of(read.conn(), &app, (&me, &me), At::Decide).await?;
    let at_desk = desk.waiting(read.conn(), &app).await?;
    let waiting = desk.counts(&at_desk);
    let kinds = actions::kinds(&app)?;
    let kind = kinds.get(&asked.kind).ok().map(|registered| registered.kind.key.clone());
    let reads = receives_reports(&kinds, &me);
    let today = screen.dates.today;
    let offered = actions::acting::offered_to(read.conn(), &me, today).await?;
    let offered: Vec<Uuid> = offered.into_iter().map(|offer| offer.id).collect();
    // where nothing waits at one's own seat, what a rule offers is what one came for
    if asked.view.is_empty() && waiting.all == 0 && !offered.is_empty() {
        BY_RULE.clone_into(&mut asked.view);
    }
    let nothing = waiting.all == 0 && offered.is_empty();
    let coming = match nothing {
        true => Some(stored::coming(read.conn(), &desk.seats, &desk.selves, limit()).await?.len()),
        false => None,
    };
    let own = Which { absent: Some(me.natural), ..Which::default() };
    let reviews = !to_review(read.conn(), today, own, 1).await?.is_empty();
    let mut unreported = Vec::new();
    let items = match asked.view.as_str() {
        "unreported" if reads => {
            unreported = stored::unreported(read.conn(), &desk.seats, limit()).await?;
            unreported.iter().map(|(item, _)| item.clone()).collect()
        }
        BY_RULE => stored::these(read.conn(), &offered, limit()).await?,
        "coming" => stored::coming(read.conn(), &desk.seats, &desk.selves, limit()).await?,
        "done" => stored::done_by(read.conn(), &desk.selves, limit()).await?,
        _ => desk.lines(read.conn(), &at_desk, part(&asked, kind.as_deref())).await?,
    };
    let mut rows = page_rows(&mut read, &hand, &kinds, &screen, &items).await?;
    for (row, (_, worked)) in rows.iter_mut().zip(&unreported) {
        let days = (today - local(*worked).date_naive()).num_days();
        row.waited = screen.w.n("requests-unreported-days", days).into_owned();
    }
    // nothing is chosen on a first visit: the longest waiting is what one reads first
    let chosen =
        if asked.open.is_empty() { rows.first().map(|row| row.number.clone()) } else { Some(asked.open.clone()) };
    let reading = match &chosen {
        Some(number) => pane(&mut read, &app, &hand, &screen, number).await?,
        None => None,
    };
    let at = rows.iter().position(|row| Some(&row.number) == chosen.as_ref());
    if let Some(row) = at.and_then(|at| rows.get_mut(at)) {
        row.open = true;
    }
    // only what waits for oneself is approved here
    let mine = !matches!(asked.view.as_str(), "coming" | "done" | "unreported" | BY_RULE)
        && me.may(Permission::RequestsDecide);
    if !mine || hand.chooses() {
        rows.iter_mut().for_each(|row| row.together = None);
    }
    let query = query(&asked.view, kind.as_deref());
    let following = at.and_then(|at| rows.get(at + 1)).map(|row| format!("/requests/inbox?{query}open={}", row.number));
    let mechanism = reading.as_ref().map(|sheet| sheet.mechanism);
    let shell = screen.shell(&app, &mut read, screen.w.t("nav-inbox"), mechanism.as_slice()).await?;
    let mut shell = shell.module("rows").module("form");
    let mut basis = std::mem::take(&mut shell.basis);
    drop(read);
    if let Some(sheet) = &reading {
        say_rules(&app, &me, &screen, sheet, &mut basis).await?;
    }
    let mut tabs = tabs(&screen, &asked.view, (waiting, offered.len(), coming), reads);
    tabs.extend(reviews.then(|| chip(&screen, "requests-reviews", super::REVIEWS, false)));
    page(&InboxPage {
        tabs,
        chips: inbox_chips(&screen, &asked.view, waiting, &kinds, kind.as_deref()),
        next: next(&items, Item::place).map(|after| format!("/requests/inbox?{query}after={after}")),
        bulk: rows.iter().any(|row| row.together.is_some()),
        rows,
        total: if asked.view == BY_RULE { i64::try_from(offered.len()).unwrap_or(i64::MAX) } else { waiting.all },
        reading,
        basis,
        following,
        query,
        shell,
    })
}

/// The part of the address that keeps the list as it is.
fn query(view: &str, kind: Option<&str>) -> String {
    let view = ["coming", "done", "overdue", "unreported", TURN, BY_RULE].into_iter().find(|known| *known == view);
    let view = view.map(|view| format!("view={view}&")).unwrap_or_default();
    let kind = kind.map(|kind| format!("kind={kind}&")).unwrap_or_default();
    format!("{view}{kind}")
}

/// Does somebody confirm reports of work under this regulation?
fn receives_reports(kinds: &Kinds, viewer: &Viewer) -> bool {
    let after_report = |steps: &[StepDef]| {
        let report = steps.iter().position(|step| step.act == StepAct::Report).map_or(steps.len(), |at| at + 1);
        let receives = |step: &StepDef| step.act == StepAct::Confirm && step.tiers().any(|tier| viewer.holds(tier));
        steps.iter().skip(report).any(receives)
    };
    kinds.iter().any(|registered| after_report(&registered.kind.steps))
}

/// The tabs with how many stand behind them; what is still to come is counted where nothing else is.
fn tabs(
    screen: &Screen,
    view: &str,
    (waiting, offered, coming): (Counts, usize, Option<usize>),
    reads: bool,
) -> Vec<Chip> {
    let elsewhere = matches!(view, "coming" | "done" | BY_RULE) || (reads && view == "unreported");
    let mut tabs = vec![
        chip(screen, "requests-tab-turn", "/requests/inbox?view=turn", !elsewhere),
        Chip {
            count: coming.and_then(|coming| i64::try_from(coming).ok()).filter(|coming| *coming > 0),
            ..chip(screen, "requests-tab-coming", "/requests/inbox?view=coming", view == "coming")
        },
        chip(screen, "requests-tab-done", "/requests/inbox?view=done", view == "done"),
    ];
    tabs.extend(
        reads.then(|| chip(screen, "requests-tab-unreported", "/requests/inbox?view=unreported", view == "unreported")),
    );
    if offered > 0 || view == BY_RULE {
        let by_rule = chip(screen, "requests-tab-by-rule", "/requests/inbox?view=by_rule", view == BY_RULE);
        tabs.push(Chip { count: i64::try_from(offered).ok(), ..by_rule });
    }
    if let Some(first) = tabs.first_mut() {
        first.count = Some(waiting.all);
    }
    tabs
}

fn inbox_chips(screen: &Screen, view: &str, waiting: Counts, kinds: &Kinds, kind: Option<&str>) -> Vec<Chip> {
    if matches!(view, "coming" | "done" | "unreported" | BY_RULE) {
        return Vec::new();
    }
    let mut chips = vec![chip(screen, "requests-every", "/requests/inbox", view != "overdue" && kind.is_none())];
    let overdue = chip(screen, "requests-overdue", "/requests/inbox?view=overdue", view == "overdue");
    chips.push(Chip { count: Some(waiting.overdue), hot: waiting.overdue > 0, ..overdue });
    chips.extend(kinds.iter().filter(|registered| !registered.kind.without_sign_in).map(|registered| Chip {
        label: say(screen.w, &registered.kind.title),
        href: format!("/requests/inbox?kind={}", registered.kind.key),
        current: kind == Some(registered.kind.key.as_str()),
        count: None,
        hot: false,
    }));
    chips
}

async fn pane(
    read: &mut Read,
    app: &App,
    hand: &Hand,
    screen: &Screen,
    number: &str,
) -> Result<Option<crate::engines::requests::views::sheet::Sheet>> {
    match Open::read(read.conn(), app, &hand.viewer, number).await {
        Ok(mut open) => sheet(read.conn(), hand, &screen.dates, &mut open).await.map(Some),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
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

/// 実施待ち: approved, and waiting for the work; the longest waiting first.
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
    let items = desk.lines(read.conn(), &at_desk, part(&asked, None)).await?;
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
        next: next(&items, Item::place).map(|after| format!("/requests/work?{view}after={after}")),
        total: counts.all,
        shell,
    })
}
