//! The one file that knows every room: it gathers what they declare and puts the portal together from it.
use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use anyhow::Context as _;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use futures::future::BoxFuture;
use serde_json::json;
use sqlx::PgConnection;

use crate::engines::regulations::actions::Adoption;
use crate::engines::regulations::binding::Binding;
use crate::engines::regulations::{self, Library, Regulations};
use crate::engines::requests::actions::vacancy;
use crate::engines::requests::model::KindError;
use crate::engines::requests::{self, Kinds};
use crate::features::{self, Feature, Reaction};
use crate::kernel::access::{Actor, Permission, Reach, Viewer};
use crate::kernel::app::{App, Builder};
use crate::kernel::audit::{Event, Recorded};
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use crate::kernel::database::Database;
use crate::kernel::error::{Error, Result};
use crate::kernel::jobs::Jobs;
use crate::kernel::jobs::housekeeping::{Chores, Watches};
use crate::kernel::keys::Keys;
use crate::kernel::mail::Carrier;
use crate::kernel::work::Work;
use crate::people;
use crate::people::permissions::Table;
use crate::web::routing::{Doors, Nav, Room, Route};
use crate::web::screen::{House, Naming};
use crate::web::strangers::Strangers;
use crate::web::{assets, identify, problem, routing, serve};

/// All features, in the order in which menus and documents name them.
#[must_use]
pub fn features() -> Vec<Feature> {
    vec![
        features::home::feature(),
        features::preferences::feature(),
        features::accounts::feature(),
        features::systems::feature(),
        features::directory::feature(),
        features::functions::feature(),
        features::password_reset::feature(),
        features::administration::feature(),
    ]
}

/// The rooms below the features that have pages of their own.
fn rooms() -> Vec<Room> {
    vec![people::pages::room(), regulations::room(), requests::room()]
}

/// Every route of the portal: the router, `mamori routes` and the matrix test are made from this.
#[must_use]
pub fn routes() -> Vec<Route> {
    let features = features().into_iter().map(|feature| feature.room);
    rooms().into_iter().chain(features).flat_map(|room| room.routes).collect()
}

fn nav() -> Vec<Nav> {
    let features = features().into_iter().map(|feature| feature.room);
    rooms().into_iter().chain(features).flat_map(|room| room.nav).collect()
}

/// Under which regulation an organisation works when it has not been founded yet.
pub const DEFAULT_REGULATION: &str = "system-management";

/// What is needed to found an organisation.
#[derive(Debug, Clone)]
pub struct Founding {
    /// 組織名
    pub name: String,
    /// whom to ask, at which number
    pub help_line: String,
    /// the operating regulation's key
    pub regulation: String,
    /// setup, demo or test
    pub made_by: &'static str,
}

/// The portal, put together; reads the organisation of this database, if it has one.
pub async fn build(database: Database, clock: Clock, config: Config, keys: Keys) -> anyhow::Result<App> {
    let library = Library::load(None, regulations::MECHANISMS).context("the regulations")?;
    let organisation =
        sqlx::query!("select name, help_line, regulation_key from organisation").fetch_optional(&database.app).await?;
    let key = organisation.as_ref().map_or(DEFAULT_REGULATION, |found| found.regulation_key.as_str()).to_owned();
    let entry = library.get(&key).with_context(|| format!("no regulation 「{key}」"))?;
    let binding = entry
        .binding
        .as_ref()
        .with_context(|| format!("the regulation 「{key}」 has no binding yet: an organisation cannot run under it"))?;
    let titles = binding.titles.iter().map(|(tier, title)| (*tier, title.ja.clone(), title.en.clone()));
    let naming = Naming {
        organisation: organisation.as_ref().map(|found| found.name.clone()).unwrap_or_default(),
        help: organisation.map(|found| found.help_line).unwrap_or_default(),
        tiers: titles.collect(),
    };
    let house = House { nav: nav(), counts, naming: RwLock::new(Arc::new(naming)), basis: regulations::basis };
    let settings = binding.settings();
    let kinds = kinds(binding)?;
    let carrier = config.smtp_url.as_ref().map(|url| Carrier::new(url.expose(), &config.mail_from)).transpose()?;
    let builder = people::plug(Builder::new(database, clock, config, keys, settings));
    let builder = match carrier {
        Some(carrier) => builder.part(carrier),
        None => builder,
    };
    let builder = builder
        .part(jobs())
        .part(chores())
        .part(Watches(vec![("regulations", regulations_follow)]))
        .part(Regulations::new(library, place))
        .part(Table::with(&requests::rights::grants(&kinds)))
        .part(kinds)
        .part(Reactions::gather())
        .part(Doors::of(&routes()))
        .part(house)
        .part(Strangers::default())
        .projection(react);
    let app = builder.build();
    regulations::keep_house(&app).await?;
    Ok(app)
}

/// The kinds of this regulation, with the rooms that carry them out.
fn kinds(binding: &Binding) -> Result<Kinds, KindError> {
    let carried: Vec<_> = features().into_iter().flat_map(|feature| feature.kinds).collect();
    Kinds::join(requests::binding::kinds(binding)?, &carried)
}

/// The permission table under this regulation.
pub fn permissions(binding: &Binding) -> Result<Table, KindError> {
    Ok(Table::with(&requests::rights::grants(&kinds(binding)?)))
}

/// What happens later: every kind of job that this portal can do.
fn jobs() -> Jobs {
    Jobs::new()
}

/// What the rooms want done each night.
fn chores() -> Chores {
    Chores(vec![
        ("passwords due", people::reminders::passwords_due),
        ("regulations", regulations_house),
        ("seats", vacancy::seats_of_today),
        ("functions", features::functions::of_today),
        ("department names", people::keeping::names_of_today),
    ])
}

/// Values that take effect today, and the settings' daily look at themselves.
fn regulations_house(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(regulations::keep_house(app))
}

/// What another process of the portal entered, and what begins to hold at midnight.
fn regulations_follow(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move { app.part::<Regulations>()?.follow(app).await })
}

/// Where a record lies, for the links of the clause board.
fn place(viewer: &Viewer, entity: &str, id: &str, number: Option<&str>) -> Option<String> {
    // evidence is everybody's rows: a link stands only where all of them may be opened
    let needed = match entity {
        "request" => Permission::RequestsView,
        "account" => Permission::AccountsView,
        "system" => Permission::SystemsView,
        _ => Permission::ParametersView,
    };
    if viewer.reach(needed) < Reach::Organisation {
        return None;
    }
    match entity {
        "request" => number.map(|number| format!("/requests/{number}")),
        "account" => Some(format!("/ledgers/accounts/{id}")),
        "system" => Some(format!("/ledgers/systems/{id}")),
        "parameter" | "regulation" => Some("/parameters".to_owned()),
        _ => None,
    }
}

/// Founds the organisation of an empty database.
pub async fn found(app: &App, founding: &Founding) -> Result<()> {
    app.change(&Actor::portal(), async |work: &mut Work| {
        let now = work.now;
        sqlx::query!(
            "insert into organisation (name, help_line, regulation_key, made_by, created_at) values ($1, $2, $3, $4, $5)",
            founding.name,
            founding.help_line,
            founding.regulation,
            founding.made_by,
            now,
        )
        .execute(work.conn())
        .await?;
        let regulations = work.app().part::<Regulations>()?;
        let today = work.app().clock().today();
        let adoption = Adoption { key: &founding.regulation, approved_on: today, effective_on: today, approved_by: &founding.name };
        regulations::actions::adopt(work, regulations.library(), &adoption).await?;
        let facts = json!({ "name": founding.name, "regulation": founding.regulation });
        work.record(Event::done("organisation.founded", "organisation", &founding.regulation).facts(facts)).await.map(drop)
    })
    .await?;
    app.part::<Regulations>()?.refresh(app).await?;
    let house = app.part::<House>()?;
    let mut naming = (*house.naming()).clone();
    naming.organisation.clone_from(&founding.name);
    naming.help.clone_from(&founding.help_line);
    house.name(naming);
    Ok(())
}

/// The whole portal as a service: each route behind its guard, everything behind session and identification.
pub fn router(app: &App) -> Router {
    // said here, because a merged router would put its own silence in its place
    routing::router(app, routes())
        .fallback(async || Error::NotFound)
        .layer(from_fn(serve::in_time))
        .layer(from_fn_with_state(app.clone(), problem::draw))
        .layer(from_fn_with_state(app.clone(), identify::identify))
        .layer(people::sessions::layer(app))
        .merge(assets::routes())
        .layer(from_fn_with_state(app.clone(), serve::harden))
        .with_state(app.clone())
}

/// Which rooms react to which events.
struct Reactions(BTreeMap<&'static str, Vec<Reaction>>);

impl Reactions {
    fn gather() -> Self {
        let mut all: BTreeMap<&'static str, Vec<Reaction>> = BTreeMap::new();
        let seats = vacancy::LEAVES_A_SEAT.map(|kind| (kind, vacancy::seat_left as Reaction));
        for (kind, reaction) in features().into_iter().flat_map(|feature| feature.reacts).chain(seats) {
            all.entry(kind).or_default().push(reaction);
        }
        Self(all)
    }
}

fn react<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let reactions = work.app().part::<Reactions>()?;
        for reaction in reactions.0.get(recorded.event.kind).into_iter().flatten() {
            reaction(work, recorded).await?;
        }
        Ok(())
    })
}

/// The numbers of the side menu.
fn counts<'a>(
    app: &'a App,
    conn: &'a mut PgConnection,
    viewer: &'a Viewer,
) -> BoxFuture<'a, Result<Vec<(&'static str, u64)>>> {
    Box::pin(requests::counts(app, conn, viewer))
}
