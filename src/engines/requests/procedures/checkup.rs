//! 経路の点検: what would not get through, on its page and each night; of what is new, those responsible hear once. The entry of a
//! personnel change says in the same words what it would break.
use super::known;
use super::looking::{self, Ahead, Change, Extent, Place};
use super::routes::ViewProcedures;
use crate::engines::requests::actions::Hand;
use crate::engines::requests::model::linting::Fault;
use crate::engines::requests::model::route::MoveReason;
use crate::engines::requests::store::people::{self, Name};
use crate::engines::requests::views::say;
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::{Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::keys::sha256;
use crate::kernel::notices::{Notice, Part};
use crate::kernel::work::Work;
use crate::people::store::persons_of;
use crate::web::dates::Dates;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::Shell;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use futures::future::BoxFuture;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// Sections named at most.
const NAMED: usize = 5;
/// The kind of the notices.
const KIND: &str = "route.faults";

/// The nightly chore, as portal.rs lists it: what is new is told to the office.
pub fn nightly(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        let days = looking::days(app).await?;
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| tell(work, &days).await).await
    })
}

async fn tell(work: &mut Work, days: &[Ahead]) -> Result<()> {
    let today = local(work.now).date_naive();
    let found = looking::look(work.conn(), days).await?;
    let new = known::settle(work.conn(), &found, today).await?;
    let office = persons_of(work.conn(), Tier::Office, today).await?;
    if new.is_empty() || office.is_empty() {
        return Ok(());
    }
    let said = format!("{today} {new:?}");
    let entity_id = hex(&sha256(said.as_bytes()));
    for person in office {
        let said = Message::new("checkup-told").with("count", new.len());
        let notice = Notice::new(person, KIND, said, ("route", entity_id.clone()));
        work.notify(notice.at("/procedures/checkup").under(Part::Due)).await?;
    }
    let event = Event::done("route.checked", "route", &entity_id).facts(json!({ "faults": new.len(), "on": today }));
    work.record(event).await.map(drop)
}

/// So much of a fingerprint tells one set of findings from another.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// 経路の点検
#[derive(Template)]
#[template(path = "requests/procedures/checkup.html")]
struct CheckupPage {
    shell: Shell,
    rows: Vec<Row>,
}

/// A finding in words.
#[derive(Debug, Clone)]
pub struct Row {
    pub kind: String,
    pub step: String,
    pub words: String,
    pub sections: String,
    /// It is so today.
    pub now: bool,
    /// 「4月7日から4月20日まで」; of what is so today, until when.
    pub days: String,
}

/// GET /procedures/checkup
pub(super) async fn show(State(app): State<App>, me: Can<ViewProcedures>, screen: Screen) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    let days = looking::days(&app).await?;
    let mut read = app.read_all(Role::App).await?;
    let found = looking::look(read.conn(), &days).await?;
    let rows = rows(read.conn(), &hand, &screen.dates, (&days, &found)).await?;
    drop(read);
    let w = screen.w;
    let mut read = app.read(&me).await?;
    let shell = screen.shell(&app, &mut read, w.t("checkup-title"), &[]).await?;
    let shell = shell.under("/procedures").crumb("/procedures", w.t("nav-procedures")).crumb_here(w.t("checkup-title"));
    page(&CheckupPage { shell, rows })
}

/// What a personnel change would break, in words.
pub async fn broken_by(app: &App, hand: &Hand, dates: &Dates, change: Change) -> Result<Vec<Row>> {
    let (ahead, found) = looking::broken_by(app, change).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut read = app.read_all(Role::App).await?;
    rows(read.conn(), hand, dates, (&[ahead], &found)).await
}

/// Findings in words, with everybody's names.
async fn rows(
    conn: &mut PgConnection,
    hand: &Hand,
    dates: &Dates,
    (days, found): (&[Ahead], &[(Place, Extent)]),
) -> Result<Vec<Row>> {
    let persons: Vec<Uuid> = found
        .iter()
        .filter_map(|(place, _)| match &place.fault {
            Fault::OwnMatter(person) | Fault::Again(person, _) => Some(person.0),
            _ => None,
        })
        .collect();
    let names = people::names(conn, &persons, dates.today).await?;
    let sections: Vec<Uuid> =
        found.iter().flat_map(|(_, extent)| extent.sections.iter().map(|section| section.0)).collect();
    let section_names = people::department_names(conn, &sections).await?;
    let row = |(place, extent): &(Place, Extent)| {
        let kind = days.iter().find_map(|ahead| ahead.kind(&place.kind));
        // a day to come may have steps that today does not know
        let step = || days.iter().filter_map(|ahead| ahead.kind(&place.kind)).flat_map(|kind| &kind.kind.steps);
        let step = step().find(|step| step.key == place.step).map(|step| say(hand.w, &step.title));
        Row {
            kind: kind.map_or_else(|| place.kind.clone(), |kind| say(hand.w, &kind.kind.title)),
            step: step.unwrap_or_default(),
            words: words(hand, &place.fault, &names),
            sections: named(hand, extent, &section_names),
            now: extent.from == dates.today,
            days: spanned(hand, dates, extent),
        }
    };
    Ok(found.iter().map(row).collect())
}

fn words(hand: &Hand, fault: &Fault, names: &HashMap<Uuid, Name>) -> String {
    let w = hand.w;
    let name = |person: &PersonId| names.get(&person.0).map(|name| name.full.clone()).unwrap_or_default();
    let words = match fault {
        Fault::Vacant(there) => w.t1("checkup-vacant", "tier", hand.position(*there)),
        Fault::Away(there) => w.t1("checkup-away", "tier", hand.position(*there)),
        Fault::AllAway(there) => w.t1("checkup-all-away", "tier", hand.position(*there)),
        Fault::TooFew(there) => w.t1("checkup-too-few", "tier", hand.position(*there)),
        Fault::Moves(from, to, why) => {
            let key = if *why == MoveReason::Away { "checkup-moves-away" } else { "checkup-moves" };
            w.t2(key, "from", hand.position(*from), "to", hand.tier(*to))
        }
        Fault::OwnMatter(person) => w.t1("checkup-own-matter", "name", name(person)),
        Fault::Again(person, count) => w.t2("checkup-again", "name", name(person), "count", *count),
        Fault::NoLongerFits => w.t("checkup-no-longer-fits"),
        Fault::AgainstClause => w.t("checkup-against-clause"),
    };
    words.into_owned()
}

fn named(hand: &Hand, extent: &Extent, names: &HashMap<Uuid, String>) -> String {
    let w = hand.w;
    if extent.everywhere {
        return w.t("checkup-everywhere").into_owned();
    }
    let named = extent.sections.iter().filter_map(|section| names.get(&section.0).cloned());
    let listed = named.take(NAMED).collect::<Vec<_>>().join(&w.t("web-list-comma"));
    match extent.sections.len().saturating_sub(NAMED) {
        0 => listed,
        more => w.t2("procedures-and-more", "names", listed, "count", more).into_owned(),
    }
}

fn spanned(hand: &Hand, dates: &Dates, extent: &Extent) -> String {
    let short = |day: NaiveDate| dates.short(day);
    let w = hand.w;
    let words = match (extent.from == dates.today, extent.until) {
        (true, None) => return String::new(),
        (true, Some(until)) => w.t1("checkup-until", "day", short(until)),
        (false, None) => w.t1("checkup-since", "day", short(extent.from)),
        (false, Some(until)) if until == extent.from => return short(until),
        (false, Some(until)) => w.t2("checkup-from-until", "from", short(extent.from), "until", short(until)),
    };
    words.into_owned()
}
