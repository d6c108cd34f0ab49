//! 経路の点検: every route for every section, today and on the days on which people change, and what would not get through; each
//! night, and whenever somebody looks. The office hears of what is new.
use super::routes::ViewProcedures;
use crate::engines::requests::actions::{Hand, kinds};
use crate::engines::requests::kinds::Kinds;
use crate::engines::requests::model::StepScope;
use crate::engines::requests::model::linting::{Fault, findings};
use crate::engines::requests::model::route::Places;
use crate::engines::requests::store::people;
use crate::engines::requests::views::say;
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::{Message, Result};
use crate::kernel::ids::DepartmentId;
use crate::kernel::keys::sha256;
use crate::kernel::notices::{self, Notice, Part};
use crate::kernel::work::Work;
use crate::people::store::persons_of;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page};
use crate::web::shell::Shell;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use futures::future::BoxFuture;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// So many days ahead are looked at, and so many of those on which people change.
const AHEAD: u64 = 60;
const TURNS: usize = 10;
/// Sections named at most.
const NAMED: usize = 5;
/// The kind of the notices.
const KIND: &str = "route.faults";

/// Where a request of a kind would not get through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    kind: String,
    step: String,
    fault: Fault,
}

/// For whom, and from which day on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Extent {
    from: NaiveDate,
    sections: Vec<DepartmentId>,
    /// for every section alike
    everywhere: bool,
}

impl Extent {
    /// What is not known already from an earlier day.
    fn beyond(mut self, known: &[Self]) -> Option<Self> {
        let all = self.sections.len();
        self.sections.retain(|section| !known.iter().any(|earlier| earlier.sections.contains(section)));
        self.everywhere &= self.sections.len() == all;
        (!self.sections.is_empty()).then_some(self)
    }
}

/// Looks at everything: of each place the sections, each from the first day on which it is found there.
async fn look(conn: &mut PgConnection, kinds: &Kinds, today: NaiveDate) -> Result<Vec<(Place, Extent)>> {
    let last = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let turns = people::turning_days(conn, today, last).await?;
    let owners = people::owners(conn).await?;
    let mut all: BTreeMap<Place, Vec<Extent>> = BTreeMap::new();
    for day in std::iter::once(today).chain(turns.into_iter().take(TURNS)) {
        let sections: Vec<DepartmentId> = people::departments(conn, &[], true, day)
            .await?
            .iter()
            .filter_map(|section| section.value.parse().ok().map(DepartmentId))
            .collect();
        for registered in kinds.iter() {
            let kind = &registered.kind;
            let org = people::organisation(conn, day, Some(&kind.key)).await?;
            let owned = kind.steps.iter().any(|step| step.scope == StepScope::Owner);
            let of = if owned { &owners } else { &sections };
            let mut found: BTreeMap<Place, Vec<DepartmentId>> = BTreeMap::new();
            for section in of {
                let places = Places { origin: *section, owner: Some(*section) };
                for finding in findings(&kind.steps, &kind.joins, places, &org) {
                    let place = Place { kind: kind.key.clone(), step: finding.step, fault: finding.fault };
                    found.entry(place).or_default().push(*section);
                }
            }
            for (place, sections) in found {
                let everywhere = sections.len() == of.len();
                let known = all.entry(place).or_default();
                known.extend(Extent { from: day, sections, everywhere }.beyond(known));
            }
        }
    }
    Ok(all
        .into_iter()
        .flat_map(|(place, extents)| extents.into_iter().map(move |extent| (place.clone(), extent)))
        .collect())
}

/// The nightly chore, as portal.rs lists it: what is new is told to the office.
pub fn nightly(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(
        async move { app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| tell(work).await).await },
    )
}

async fn tell(work: &mut Work) -> Result<()> {
    let today = local(work.now).date_naive();
    let kinds = kinds(work.app())?;
    let found = look(work.conn(), &kinds, today).await?;
    if found.is_empty() {
        return Ok(());
    }
    let said: Vec<String> = found.iter().map(|(place, extent)| format!("{place:?} {:?}", extent.sections)).collect();
    let entity_id = hex(&sha256(said.join("\n").as_bytes()));
    let office = persons_of(work.conn(), Tier::Office, today).await?;
    let mut told = 0;
    for person in office {
        if notices::last_told(work.conn(), Some(person), KIND, &entity_id).await?.is_some() {
            continue;
        }
        let said = Message::new("checkup-told").with("count", found.len());
        let notice = Notice::new(person, KIND, said, ("route", entity_id.clone()));
        work.notify(notice.at("/procedures/checkup").under(Part::Due)).await?;
        told += 1;
    }
    if told == 0 {
        return Ok(());
    }
    let event = Event::done("route.checked", "route", &entity_id).facts(json!({ "faults": found.len(), "on": today }));
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
struct Row {
    kind: String,
    step: String,
    words: String,
    sections: String,
    from: String,
    /// it is so today
    now: bool,
}

/// GET /procedures/checkup
pub(super) async fn show(State(app): State<App>, me: Can<ViewProcedures>, screen: Screen) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    let kinds = kinds(&app)?;
    let today = screen.dates.today;
    let mut read = app.read_all(Role::App).await?;
    let found = look(read.conn(), &kinds, today).await?;
    let persons: Vec<_> = found
        .iter()
        .filter_map(|(place, _)| match &place.fault {
            Fault::OwnMatter(person) | Fault::Again(person, _) => Some(person.0),
            _ => None,
        })
        .collect();
    let names = people::names(read.conn(), &persons, today).await?;
    let sections: Vec<_> =
        found.iter().flat_map(|(_, extent)| extent.sections.iter().map(|section| section.0)).collect();
    let section_names = people::department_names(read.conn(), &sections).await?;
    drop(read);
    let w = screen.w;
    let name =
        |person: &crate::kernel::ids::PersonId| names.get(&person.0).map(|name| name.full.clone()).unwrap_or_default();
    let row = |(place, extent): &(Place, Extent)| {
        let kind = kinds.get(&place.kind).ok()?;
        let step = kind.kind.steps.iter().find(|step| step.key == place.step)?;
        let words = match &place.fault {
            Fault::Vacant(there) => w.t1("checkup-vacant", "tier", hand.position(*there)),
            Fault::Away(there) => w.t1("checkup-away", "tier", hand.position(*there)),
            Fault::TooFew(there) => w.t1("checkup-too-few", "tier", hand.position(*there)),
            Fault::Moves(from, to) => w.t2("checkup-moves", "from", hand.position(*from), "to", hand.tier(*to)),
            Fault::OwnMatter(person) => w.t1("checkup-own-matter", "name", name(person)),
            Fault::Again(person, count) => w.t2("checkup-again", "name", name(person), "count", *count),
        };
        let named = extent.sections.iter().filter_map(|section| section_names.get(&section.0).cloned());
        let named: Vec<String> = named.take(NAMED).collect();
        let more = extent.sections.len().saturating_sub(NAMED);
        let listed = named.join(&w.t("web-list-comma"));
        let sections = match (extent.everywhere, more) {
            (true, _) => w.t("checkup-everywhere").into_owned(),
            (false, 0) => listed,
            (false, more) => w.t2("procedures-and-more", "names", listed, "count", more).into_owned(),
        };
        Some(Row {
            kind: say(w, &kind.kind.title),
            step: say(w, &step.title),
            words: words.into_owned(),
            sections,
            from: screen.dates.short(extent.from),
            now: extent.from == today,
        })
    };
    let rows: Vec<Row> = found.iter().filter_map(row).collect();
    let mut read = app.read(&me).await?;
    let shell = screen.shell(&app, &mut read, w.t("checkup-title"), &[]).await?;
    let shell = shell.under("/procedures").crumb("/procedures", w.t("nav-procedures")).crumb_here(w.t("checkup-title"));
    page(&CheckupPage { shell, rows })
}
