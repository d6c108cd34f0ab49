//! The pages of every ledger: list, row, kept views. A feature's handlers call these with its own ledger.
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::columns::{Column, Filter, Kind, Ledger, Shown};
use super::counted::Counted;
use super::query::Query;
use super::read::{self, Row, Total};
use super::store::{self, KeptView};
use super::views::{self, ChipView, Detail, Extra, Fact, List};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Result, violated_constraint};
use crate::kernel::ids::{PersonId, uuid_at};
use crate::kernel::text::{self, with_query};
use crate::kernel::work::Work;
use crate::web::dates::Dates;
use crate::web::extract::Posted;
use crate::web::forms::FormInput;
use crate::web::screen::{Screen, page};
use crate::web::shell::Tone;

/// Longest name of a kept view.
const NAME: usize = 40;
/// Most views one person keeps for a ledger.
const KEPT: usize = 20;

/// Choices of the reference filters: column key, `(id, label)`.
pub(super) type Options = Vec<(&'static str, Vec<(String, String)>)>;

/// The list.
pub async fn list(app: &App, screen: &Screen, viewer: &Viewer, ledger: &'static Ledger, raw: &str) -> Result<Response> {
    let mut query = Query::parse(ledger, &pairs(raw)?, app.clock().today());
    let within = viewer.scope(ledger.view);
    let mut read = app.read(viewer).await?;
    read::seek(read.conn(), &mut query).await?;
    let totals = app.part::<Counted>()?.totals(read.conn(), ledger, &within, query.today, query.as_of).await?;
    let known = query.whole_view().and_then(|at| totals.get(at)).copied();
    let found = read::page(read.conn(), &query, &within, known).await?;
    let options = options(read.conn(), ledger).await?;
    let chips = chips(read.conn(), screen, viewer, &query, &totals).await?;
    let shell = screen.shell(app, &mut read, screen.w.t(ledger.title), ledger.mechanisms).await?;
    let (w, dates) = (screen.w, &screen.dates);
    let (fields, more) = views::fields(w, &query, &options);
    let columns = views::columns(&query, &found.rows);
    let at = |place: &Option<String>| place.as_ref().map(|at| query.address(&[("at", at)]));
    page(&List {
        shell: shell.module("rows").faulty(!query.faults.is_empty()),
        lead: w.t(ledger.lead).into_owned(),
        path: ledger.path,
        search_hint: w.t(ledger.search_hint).into_owned(),
        words: query.words.clone(),
        chips,
        more_open: more.iter().any(|field| !field.value.is_empty()) || !query.typed("as_of").is_empty(),
        kept: kept(&query, &fields, &more),
        fields,
        more,
        kept_by_columns: query.pairs_without(&["cols"]),
        query: with_query("", query.pairs()).trim_start_matches('?').to_owned(),
        kana: views::kana(w, &query),
        kana_label: ledger.reading.map(|reading| w.t(reading.label).into_owned()).unwrap_or_default(),
        heads: views::heads(w, &query, &columns),
        lines: views::lines(w, dates, ledger, &columns, &found.rows),
        range: views::range(&found),
        total: views::total(w, found.total),
        previous: at(&found.previous),
        next: at(&found.next),
        per_page: views::per_page(&query),
        columns: views::choosable(w, &query),
        as_of: query.as_of.map(|day| dates.long(day)),
        as_of_field: views::as_of(w, &query),
        without_as_of: query.address(&[("as_of", "")]),
        narrows: query.narrows() || query.as_of.is_some(),
        export: viewer.may(ledger.export).then(|| with_query(&format!("{}/export", ledger.path), query.pairs())),
        add: ledger.add.as_ref().filter(|add| viewer.may(add.needs)).map(|add| (add.href, w.t(add.label).into_owned())),
    })
}

/// Pairs that the filter form does not hold itself: the view, the order, the columns.
fn kept(query: &Query, fields: &[views::Field], more: &[views::Field]) -> Vec<(String, String)> {
    let own = |key: &str| key == "q" || key == "as_of" || fields.iter().chain(more).any(|field| field.name == key);
    query.pairs().into_iter().filter(|(key, _)| !own(key)).collect()
}

async fn chips(
    conn: &mut PgConnection,
    screen: &Screen,
    viewer: &Viewer,
    query: &Query,
    totals: &[Total],
) -> Result<Vec<ChipView>> {
    let ledger = query.ledger;
    let day = query.as_of.map(|day| day.to_string());
    let mut chips = Vec::new();
    for (at, (chip, total)) in ledger.chips.iter().zip(totals.iter().copied()).enumerate() {
        let none = total == Total::Exactly(0);
        let current = query.chip.map_or(at == 0 && !query.narrows(), |now| now.key == chip.key);
        if none && chip.urgent && !current {
            continue;
        }
        // the day of which the list speaks stays: a view of it is a view of that day
        let view = (at > 0).then_some(("view", chip.key));
        let href = with_query(ledger.path, view.into_iter().chain(day.as_deref().map(|day| ("as_of", day))));
        chips.push(ChipView {
            label: screen.w.t(chip.label).into_owned(),
            count: views::count(total),
            href,
            current,
            urgent: chip.urgent && !none,
            forget: None,
        });
    }
    let now = with_query("", query.pairs());
    for view in store::list_views(conn, viewer.person, ledger.key).await? {
        chips.push(ChipView {
            current: now.trim_start_matches('?') == view.query,
            href: format!("{}?{}", ledger.path, view.query),
            label: view.name,
            count: String::new(),
            urgent: false,
            forget: Some(format!("{}/views/{}/removal", ledger.path, view.id)),
        });
    }
    Ok(chips)
}

pub(super) async fn options(conn: &mut PgConnection, ledger: &Ledger) -> Result<Options> {
    let mut all = Vec::new();
    for column in ledger.columns {
        if matches!(column.filter, Filter::Reference { .. } | Filter::Department { .. }) {
            all.push((column.key, read::options(conn, column).await?));
        }
    }
    Ok(all)
}

/// One row with its history; `extra` is what the feature adds.
pub async fn detail(
    app: &App,
    screen: &Screen,
    viewer: &Viewer,
    ledger: &'static Ledger,
    id: Uuid,
    raw: &str,
    extra: Extra,
) -> Result<Response> {
    let query = Query::parse(ledger, &pairs(raw)?, app.clock().today());
    let within = viewer.scope(ledger.view);
    let mut read = app.read(viewer).await?;
    let row = read::find(read.conn(), ledger, &within, id, query.as_of).await?.ok_or(Error::NotFound)?;
    let versions = read::history(read.conn(), ledger, &within, id).await?;
    let (w, dates) = (screen.w, &screen.dates);
    let title = views::text(w, dates, row.cells.first().map_or(&read::Value::Empty, |(_, value)| value));
    let shell = screen.shell(app, &mut read, title.clone(), ledger.mechanisms).await?;
    let mut requests: Vec<String> = versions.iter().filter_map(|version| version.request.clone()).collect();
    requests.dedup();
    // whoever reaches the rows farther than requests is told the numbers, and sent nowhere that answers 404
    let linked = viewer.reach(Permission::RequestsView) >= viewer.reach(ledger.view);
    let then = Dates { today: query.as_of.unwrap_or(dates.today), ..*dates };
    let drawn = views::full(w, dates, &then, ledger, &row);
    page(&Detail {
        shell: shell.crumb(ledger.path, w.t(ledger.title)).crumb_here(title).faulty(!query.faults.is_empty()),
        tag: tag(&drawn),
        facts: facts(screen, &row, drawn, linked),
        entries: views::entries(w, dates, &read::changes(&versions)),
        requests,
        linked,
        as_of: query.as_of.map(|day| dates.long(day)),
        as_of_field: views::as_of(w, &query).hint(w.t("ledgers-as-of-hint")),
        path: format!("{}/{id}", ledger.path),
        extra,
    })
}

/// The state beside the heading: the first value that needs attention or says that the row is at rest.
fn tag(drawn: &[(&'static Column, views::Cell)]) -> Option<views::Cell> {
    let cells = drawn.iter().filter(|(column, _)| matches!(column.shown, Shown::List | Shown::Exception));
    cells.map(|(_, cell)| cell).find(|cell| cell.tag.is_some()).cloned()
}

fn facts(screen: &Screen, row: &Row, drawn: Vec<(&'static Column, views::Cell)>, linked: bool) -> Vec<Fact> {
    let fact = |((column, cell), (_, value)): ((&'static Column, views::Cell), &(&'static Column, read::Value))| Fact {
        label: screen.w.t(column.label).into_owned(),
        href: match (column.kind, value) {
            (Kind::Code, read::Value::Text(number)) if linked && column.key.ends_with("request") => {
                Some(format!("/requests/{number}"))
            }
            _ => None,
        },
        cell,
    };
    drawn.into_iter().zip(&row.cells).skip(1).map(fact).collect()
}

/// Keeps the filters in force under a name (この条件を保存する).
pub async fn keep_view(
    app: &App,
    screen: &Screen,
    viewer: &Viewer,
    ledger: &'static Ledger,
    posted: &Posted,
) -> Result<Response> {
    posted.only(&["name", "query"])?;
    let name = text::clean_line(posted.input.get("name").unwrap_or_default());
    let query = Query::parse(ledger, &pairs(posted.input.get("query").unwrap_or_default())?, app.clock().today());
    let address = query.address(&[]);
    if name.is_empty() || name.chars().count() > NAME {
        return Err(Error::refused("ledgers-view-name"));
    }
    let kept = with_query("", query.pairs()).trim_start_matches('?').to_owned();
    app.change(&viewer.actor(), async |work: &mut Work| {
        if store::list_views(work.conn(), viewer.person, ledger.key).await?.len() >= KEPT {
            return Err(Error::refused("ledgers-view-too-many"));
        }
        let view = KeptView { id: uuid_at(work.now), name: name.clone(), query: kept.clone() };
        let now = work.now;
        store::insert_view(work.conn(), &view, viewer.person, ledger.key, now).await.map_err(taken)?;
        record_view(work, "ledger.view_kept", ledger, &view.name).await
    })
    .await?;
    Ok(screen.go(app, &address, Some((Tone::Good, "ledgers-view-kept".into()))))
}

/// Forgets a kept view.
pub async fn forget_view(
    app: &App,
    screen: &Screen,
    viewer: &Viewer,
    ledger: &'static Ledger,
    id: Uuid,
) -> Result<Response> {
    app.change(&viewer.actor(), async |work: &mut Work| forget(work, viewer.person, ledger, id).await).await?;
    Ok(screen.go(app, ledger.path, Some((Tone::Info, "ledgers-view-forgotten".into()))))
}

async fn forget(work: &mut Work, person: PersonId, ledger: &'static Ledger, id: Uuid) -> Result<()> {
    if store::delete_view(work.conn(), id, person, ledger.key).await? == 0 {
        return Err(Error::NotFound);
    }
    record_view(work, "ledger.view_forgotten", ledger, &id.to_string()).await
}

async fn record_view(work: &mut Work, kind: &'static str, ledger: &Ledger, what: &str) -> Result<()> {
    let event =
        crate::kernel::audit::Event::done(kind, "ledger", ledger.key).facts(serde_json::json!({ "view": what }));
    work.record(event).await.map(drop)
}

fn taken(error: sqlx::Error) -> Error {
    match violated_constraint(&error) {
        Some("ledger_view_name") => Error::refused("ledgers-view-name-taken"),
        _ => error.into(),
    }
}

/// The pairs of an address; one that nobody could have typed is not found.
pub(super) fn pairs(raw: &str) -> Result<Vec<(String, String)>> {
    let input = FormInput::parse(raw.as_bytes()).map_err(|_| Error::NotFound)?;
    Ok(input.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}
