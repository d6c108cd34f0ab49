//! 承認待ち: what waits for oneself, what will come, what one has done, and what is read beside the list.
use super::lists::{chip, limit, page_rows};
use super::page::say_rules;
use super::{DecideRequests, hand};
use crate::engines::requests::Kinds;
use crate::engines::requests::actions::desk::{At, Desk, Lines, Part};
use crate::engines::requests::actions::{self, Hand, Open};
use crate::engines::requests::model::{StepAct, StepDef};
use crate::engines::requests::store::acting::{Which, to_review};
use crate::engines::requests::store::circulation;
use crate::engines::requests::store::lists::{self as stored, After, Counts, Item, Order, Waiting};
use crate::engines::requests::views::lists::{Chip, InboxFilter, InboxPage, PAGE, Pick, Picks, after, cursor, next};
use crate::engines::requests::views::say;
use crate::engines::requests::views::sheet::{Sheet, sheet};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Result};
use crate::web::extract::Query;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What the inbox may be asked for; whatever else stands in the address is not heard.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    view: String,
    kind: String,
    section: String,
    order: String,
    open: String,
    after: String,
    /// Every box of the page ticked (すべて選ぶ).
    all: String,
}

/// The view of what a rule lets one decide for others (代決).
const BY_RULE: &str = "by_rule";
/// That of what waits for oneself, asked for by name.
const TURN: &str = "turn";
/// Those that are a part of it.
const OVERDUE: &str = "overdue";
const WEIGHTY: &str = "weighty";
/// Those that stand beside it.
const ELSEWHERE: [&str; 4] = ["coming", "done", "unreported", BY_RULE];

/// What the list is narrowed to.
struct Wanted {
    view: &'static str,
    kind: Option<String>,
    section: Option<Uuid>,
    order: Order,
    after: Option<After>,
}

impl Wanted {
    fn of(asked: &Asked, kinds: &Kinds) -> Self {
        let views = ["coming", "done", OVERDUE, WEIGHTY, "unreported", TURN, BY_RULE];
        Self {
            view: views.into_iter().find(|known| *known == asked.view).unwrap_or_default(),
            kind: kinds.get(&asked.kind).ok().map(|registered| registered.kind.key.clone()),
            section: asked.section.parse().ok(),
            order: Order::from_key(&asked.order).unwrap_or(Order::Longest),
            after: after(&asked.after),
        }
    }

    /// Is it about what waits for oneself?
    fn own(&self) -> bool {
        !ELSEWHERE.contains(&self.view)
    }

    fn part(&self) -> Part<'_> {
        Part {
            overdue: self.view == OVERDUE,
            weighty: self.view == WEIGHTY,
            kind: self.kind.as_deref(),
            section: self.section,
            order: self.order,
            after: self.after,
            limit: PAGE,
        }
    }

    /// The part of the address that keeps the list as it is, with another view where one is named.
    fn query(&self, view: Option<&str>) -> String {
        let view = view.unwrap_or(self.view);
        let view = Some(view).filter(|view| !view.is_empty()).map(|view| format!("view={view}&"));
        let kind = self.kind.as_ref().map(|kind| format!("kind={kind}&"));
        let section = self.section.map(|section| format!("section={section}&"));
        let order = Some(self.order).filter(|order| *order != Order::Longest);
        let order = order.map(|order| format!("order={}&", order.key()));
        [view, kind, section, order].into_iter().flatten().collect()
    }
}

/// The rows of the view that is asked for, and where the next page begins.
async fn rows_of(
    read: &mut Read,
    (desk, at_desk, offered): (&Desk, &[Waiting], &[Uuid]),
    wanted: &Wanted,
    reads: bool,
) -> Result<(Vec<Item>, Option<String>)> {
    let conn = read.conn();
    let by_place = |item: &Item| After { at: item.place.unwrap_or(item.filed_at), id: item.id };
    let items = match wanted.view {
        "unreported" if reads => stored::unreported(conn, &desk.seats, wanted.after, limit()).await?,
        BY_RULE => {
            let items = stored::these(conn, offered, wanted.after, limit()).await?;
            let next = next(&items, Item::by_due);
            return Ok((items, next));
        }
        "coming" => stored::coming(conn, (&desk.seats, &desk.selves), wanted.after, limit()).await?,
        "done" => stored::done_by(conn, &desk.selves, wanted.after, limit()).await?,
        _ => {
            let Lines { items, next } = desk.lines(conn, at_desk, wanted.part()).await?;
            return Ok((items, next.map(cursor)));
        }
    };
    let next = next(&items, by_place);
    Ok((items, next))
}

/// 承認待ち: what waits for me, what will come, what I have done; one of them open beside the list.
pub(super) async fn inbox(
    State(app): State<App>,
    me: Can<DecideRequests>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let desk = Desk::of(read.conn(), &app, (&me, &me), At::Decide).await?;
    let at_desk = desk.waiting(read.conn(), &app).await?;
    let waiting = desk.counts(&at_desk);
    let kinds = actions::kinds(&app)?;
    let mut wanted = Wanted::of(&asked, &kinds);
    let reads = receives_reports(&kinds, &me);
    let today = screen.dates.today;
    let offered = actions::acting::offered_to(read.conn(), &me, today).await?;
    let offered: Vec<Uuid> = offered.into_iter().map(|offer| offer.id).collect();
    // where nothing waits at one's own seat, what a rule offers is what one came for
    if wanted.view.is_empty() && waiting.all == 0 && !offered.is_empty() {
        wanted.view = BY_RULE;
    }
    let nothing = waiting.all == 0 && offered.is_empty();
    let coming = match nothing {
        true => Some(stored::coming(read.conn(), (&desk.seats, &desk.selves), None, limit()).await?.len()),
        false => None,
    };
    let own = Which { absent: Some(me.natural), ..Which::default() };
    let reviews = !to_review(read.conn(), today, own, 1).await?.is_empty();
    let unread = circulation::unread(read.conn(), me.natural).await?;
    let (items, next) = rows_of(&mut read, (&desk, &at_desk, &offered), &wanted, reads).await?;
    let mut rows = page_rows(&mut read, &hand, &kinds, &screen, &items).await?;
    if wanted.view == "unreported" {
        for (row, item) in rows.iter_mut().zip(&items) {
            let days = item.place.map(|worked| (today - local(worked).date_naive()).num_days()).unwrap_or_default();
            row.waited = screen.w.n("requests-unreported-days", days).into_owned();
        }
    }
    // nothing is chosen on a first visit: the longest waiting is what one reads first
    let chosen =
        if asked.open.is_empty() { rows.first().map(|row| row.number.clone()) } else { Some(asked.open.clone()) };
    let reading = match &chosen {
        Some(number) => pane(&mut read, &app, &hand, &screen, number).await?,
        None => None,
    };
    if let Some(row) = rows.iter_mut().find(|row| Some(&row.number) == chosen.as_ref()) {
        row.open = true;
    }
    // only what waits for oneself is approved here
    if !wanted.own() || !me.may(Permission::RequestsDecide) || hand.chooses() {
        rows.iter_mut().for_each(|row| row.together = None);
    }
    let filter = match wanted.own() && waiting.all > 0 {
        true => Some(filter(read.conn(), (&screen, &hand, &kinds), &at_desk, &wanted).await?),
        false => None,
    };
    let mechanism = reading.as_ref().map(|sheet| sheet.mechanism);
    let shell = screen.shell(&app, &mut read, screen.w.t("nav-inbox"), mechanism.as_slice()).await?;
    let mut shell = shell.module("rows").module("form");
    let mut basis = std::mem::take(&mut shell.basis);
    drop(read);
    if let Some(sheet) = &reading {
        say_rules(&app, &me, &screen, sheet, &mut basis).await?;
    }
    let mut tabs = tabs(&screen, wanted.view, (waiting, offered.len(), coming), reads);
    tabs.extend(reviews.then(|| chip(&screen, "requests-reviews", super::REVIEWS, false)));
    let circulated = chip(&screen, "requests-circulated", super::CIRCULATED, false);
    tabs.extend(unread.map(|unread| Chip { count: Some(unread).filter(|unread| *unread > 0), ..circulated }));
    let query = wanted.query(None);
    let here = if asked.after.is_empty() || wanted.after.is_none() {
        String::new()
    } else {
        format!("after={}&", asked.after)
    };
    page(&InboxPage {
        tabs,
        chips: chips(&screen, &wanted, waiting),
        filter,
        next: next.map(|after| format!("/requests/inbox?{query}after={after}")),
        bulk: rows.iter().any(|row| row.together.is_some()),
        rows,
        total: if wanted.view == BY_RULE { i64::try_from(offered.len()).unwrap_or(i64::MAX) } else { waiting.all },
        reading,
        basis,
        back: format!("inbox?{}", query.trim_end_matches('&')).trim_end_matches('?').to_owned(),
        nothing: match wanted.own() && waiting.all > 0 {
            true => ("requests-none-narrowed", "requests-none-narrowed-why"),
            false => ("requests-none-inbox", "requests-none-inbox-why"),
        },
        here: format!("{query}{here}"),
        ticked: asked.all == "yes",
        query,
        shell,
    })
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
    let elsewhere = ELSEWHERE.contains(&view) && (reads || view != "unreported");
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

fn chips(screen: &Screen, wanted: &Wanted, waiting: Counts) -> Vec<Chip> {
    if !wanted.own() || waiting.all == 0 {
        return Vec::new();
    }
    let href = |view| format!("/requests/inbox?{}", wanted.query(Some(view))).trim_end_matches(['&', '?']).to_owned();
    let part = [OVERDUE, WEIGHTY].contains(&wanted.view);
    let overdue = chip(screen, "requests-overdue", &href(OVERDUE), wanted.view == OVERDUE);
    vec![
        chip(screen, "requests-every", &href(""), !part),
        Chip { count: Some(waiting.overdue), hot: waiting.overdue > 0, ..overdue },
        chip(screen, "requests-weighty", &href(WEIGHTY), wanted.view == WEIGHTY),
    ]
}

/// The kinds and sections of what waits, where there are several, and the orders.
async fn filter(
    conn: &mut PgConnection,
    (screen, hand, kinds): (&Screen, &Hand, &Kinds),
    waiting: &[Waiting],
    wanted: &Wanted,
) -> Result<InboxFilter> {
    let every = |chosen| Pick { value: String::new(), label: screen.w.t("requests-every").into_owned(), chosen };
    let known: BTreeSet<&str> = waiting.iter().map(|one| one.kind.as_str()).chain(wanted.kind.as_deref()).collect();
    let kind = |key: &&str| Pick {
        value: (*key).to_owned(),
        label: kinds.get(key).map_or_else(|_| (*key).to_owned(), |one| say(hand.w, &one.kind.title)),
        chosen: wanted.kind.as_deref() == Some(*key),
    };
    let sections: BTreeSet<Uuid> = waiting.iter().map(|one| one.department).chain(wanted.section).collect();
    let several = if sections.len() > 1 { sections.into_iter().collect() } else { Vec::new() };
    let section =
        |(id, name): (Uuid, String)| Pick { value: id.to_string(), label: name, chosen: wanted.section == Some(id) };
    let order = |order: Order| Pick {
        value: order.key().to_owned(),
        label: screen.w.of("requests-order", order.key()).into_owned(),
        chosen: wanted.order == order,
    };
    let mut lists = Vec::new();
    if known.len() > 1 {
        let entries = std::iter::once(every(wanted.kind.is_none())).chain(known.iter().map(kind)).collect();
        lists.push(Picks { name: "kind", label: "requests-col-kind", entries });
    }
    if !several.is_empty() {
        let named = stored::sections(conn, Some(&several)).await?;
        let entries = std::iter::once(every(wanted.section.is_none())).chain(named.into_iter().map(section)).collect();
        lists.push(Picks { name: "section", label: "requests-col-section", entries });
    }
    lists.push(Picks { name: "order", label: "requests-order", entries: Order::ALL.map(order).into() });
    Ok(InboxFilter { view: wanted.view, lists })
}

async fn pane(read: &mut Read, app: &App, hand: &Hand, screen: &Screen, number: &str) -> Result<Option<Sheet>> {
    match Open::read(read.conn(), app, &hand.viewer, number).await {
        Ok(mut open) => sheet(read.conn(), hand, &screen.dates, &mut open).await.map(Some),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
