//! The one file that knows every room: it gathers what they declare and puts the portal together from it.
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, RwLock};

use anyhow::Context as _;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use chrono::NaiveDate;
use futures::future::BoxFuture;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::engines::ledgers::counted::Counted;
use crate::engines::regulations::actions::Adoption;
use crate::engines::regulations::binding::{Binding, Elsewhere, Function, Release};
use crate::engines::regulations::fault::Faults;
use crate::engines::regulations::own_routes::OwnRoutes;
use crate::engines::regulations::{self, Adopted, Adoptions, Library, Regulations, UnderWay, blanks, functions};
use crate::engines::requests::actions::desk::Desks;
use crate::engines::requests::actions::{Organisations, acting, ladder, queue_seats, reminding, reviewing, vacancy};
use crate::engines::requests::model::KindError;
use crate::engines::requests::{self, Kinds, KindsInForce, KindsOfDay};
use crate::features::setup::{Founder, Handover};
use crate::features::{self, AllHoldings, AllTasks, Feature, Reaction};
use crate::kernel::access::{Actor, Permission, Reach, Tier, Viewer};
use crate::kernel::app::{App, Builder};
use crate::kernel::audit::{Event, Recorded};
use crate::kernel::clock::Clock;
use crate::kernel::config::Config;
use crate::kernel::database::{Database, Role};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{PersonId, PostId};
use crate::kernel::jobs::housekeeping::{Chores, Dailies, Watches};
use crate::kernel::jobs::{Job as _, Jobs};
use crate::kernel::keys::Keys;
use crate::kernel::mail::Carrier;
use crate::kernel::settings::Settings;
use crate::kernel::unchanged::Unchanged;
use crate::kernel::work::Work;
use crate::people;
use crate::people::permissions::{Grant, Rights, RightsOfDay, Table, TableInForce};
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
        features::notices::feature(),
        features::accounts::feature(),
        features::systems::feature(),
        features::privileged::feature(),
        features::directory::feature(),
        features::imports::feature(),
        features::functions::feature(),
        features::designees::feature(),
        features::acting::feature(),
        features::password_reset::feature(),
        features::password_problems::feature(),
        features::movements::feature(),
        features::administration::feature(),
    ]
}

/// The rooms that have pages of their own and are no features.
fn rooms() -> Vec<Room> {
    vec![people::pages::room(), regulations::room(), requests::room(), features::setup::room()]
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
    let library = library(config.regulations_dir.as_deref()).context("the regulations")?;
    let naming = RwLock::new(Arc::new(Naming::default()));
    let house = House { nav: nav(), counts, naming, basis: regulations::basis };
    let carrier = config.smtp_url.as_ref().map(|url| Carrier::new(url.expose(), &config.mail_from)).transpose()?;
    let builder = people::plug(Builder::new(database, clock, config, keys, Settings::base()));
    let builder = match carrier {
        Some(carrier) => builder.part(carrier),
        None => builder,
    };
    let builder = builder
        .part(jobs())
        .part(chores())
        .part(Dailies(vec![(features::notices::Digest::KIND, features::notices::due)]))
        .part(features::notices::Live::default())
        .part(Watches(vec![("regulations", regulations_follow), ("sessions", people::sessions::sweep)]))
        .part(Regulations::new(library, place, adopted))
        .part(UnderWay(under_way))
        .part(KindsInForce::default())
        .part(Counted::default())
        .part(Desks::default())
        .part(Organisations::default())
        .part(MenuCounts::default())
        .part(TableInForce::default())
        .part(RightsOfDay(rights_on))
        .part(KindsOfDay(kinds_on))
        .part(Reactions::gather())
        .part(AllTasks(features().into_iter().filter_map(|feature| feature.tasks).collect()))
        .part(AllHoldings(features().into_iter().filter_map(|feature| feature.holdings).collect()))
        .part(Doors::of(&routes()))
        .part(house)
        .part(Strangers::default())
        .part(founder())
        .part(Handover::default())
        .projection(react);
    let app = builder.build();
    name_house(&app).await?;
    regulations::keep_house(&app).await?;
    Ok(app)
}

/// The regulations built in and those of a folder; one whose routes this portal could not run counts as one that cannot be
/// read, so that nobody adopts it.
pub fn library(folder: Option<&Path>) -> Result<Library, Faults> {
    let library = Library::load(folder, regulations::MECHANISMS)?;
    Ok(library.tried(|binding| {
        kinds("", binding, &binding.settings())
            .map(drop)
            .map_err(|error| (format!("kind {}", error.kind()), error.to_string()))
    }))
}

/// The kinds of a regulation of this edition, with the rooms that carry them out.
fn kinds(edition: &str, binding: &Binding, settings: &Settings) -> Result<Kinds, KindError> {
    let carried: Vec<_> = features().into_iter().flat_map(|feature| feature.kinds).collect();
    Kinds::join(edition, requests::binding::kinds(binding, settings)?, &carried)
}

/// The permission table under this regulation.
pub fn permissions(binding: &Binding) -> Result<Table, KindError> {
    let settings = binding.settings();
    let kinds = kinds("", binding, &settings)?;
    let table = Table::with(&grants(&kinds, binding));
    Ok(table.apart(*settings.session.admin_apart).naming(kinds.name_designees()))
}

/// What the routes give, and what the regulation says of the release of locked accounts and of IDs in use elsewhere.
fn grants(kinds: &Kinds, binding: &Binding) -> Vec<Grant> {
    let mut grants = requests::rights::grants(kinds);
    grants.extend(binding.release.iter().flat_map(Release::grants));
    grants.extend(binding.elsewhere.iter().flat_map(Elsewhere::grants));
    grants
}

/// What happens later: every kind of job that this portal can do.
fn jobs() -> Jobs {
    Jobs::new()
        .register::<features::privileged::ending::End>()
        .register::<features::movements::Day>()
        .register::<features::notices::Digest>()
}

/// What the rooms want done each night.
fn chores() -> Chores {
    Chores(vec![
        ("passwords due", people::reminders::passwords_due),
        ("unused sign-ins", features::accounts::unused::ask_unused),
        ("regulations", regulations_house),
        ("seats", vacancy::seats_of_today),
        ("routes", requests::procedures::checkup::nightly),
        ("lists", lists_swept),
        ("functions", features::functions::of_today),
        ("department names", people::keeping::names_of_today),
        ("account ends", features::accounts::actions::ends_of_today),
        ("privileged ends", features::privileged::ending::ends_of_today),
        ("shared passwords", features::accounts::sharing::left_of_today),
        ("drafts", requests::drafts::actions::expire),
        ("filing tables", requests::tables::actions::sweep),
        ("attachments", requests::attachments::actions::sweep),
        ("stand-in proposals", people::proposals::of_today),
        ("receipts", reminding::receipts_due),
        ("turns", ladder::turns_due),
        ("acting by rule", acting::offers_of_today),
        ("reviews", reviewing::reviews_due),
        ("movements", features::movements::round),
    ])
}

/// Lists that nobody confirmed.
fn lists_swept(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(people::import::sweep(app))
}

/// Values that take effect today, and the settings' daily look at themselves.
fn regulations_house(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(regulations::keep_house(app))
}

/// What another process of the portal entered, and what begins to hold at midnight.
fn regulations_follow(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.part::<Regulations>()?.follow(app).await?;
        name_house(app).await
    })
}

/// What follows the adopted regulations, each time they change: the titles of the tiers, the kinds of requests, and who may
/// answer and work at their steps. Requests under way keep the kinds, and the routes, under which they were filed.
fn adopted<'a>(
    app: &'a App,
    adoptions: &'a Adoptions,
    routes: &'a OwnRoutes,
    day: NaiveDate,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let Some(operating) = adoptions.on(day).operating else { return Ok(()) };
        let (table, kinds) = rights_of(app, (adoptions, routes), (&operating, &app.settings()), day).await?;
        let chosen = kinds.chosen();
        app.part::<TableInForce>()?.put(table);
        app.part::<KindsInForce>()?.put(kinds);
        let tiers = titles(&operating);
        let phrases = operating.binding().phrases.iter();
        let phrases = phrases.map(|(key, words)| (key.clone(), words.ja.clone(), words.en.clone())).collect();
        let titled = |function: &Function| (function.key.clone(), function.title.ja.clone(), function.title.en.clone());
        let functions =
            functions::named(&adoptions.on(day)).iter().map(|named| titled(named.function)).chain(chosen).collect();
        app.part::<House>()?.rename(|naming| {
            (naming.tiers, naming.functions, naming.phrases) = (tiers, functions, phrases);
        });
        Ok(())
    })
}

/// What a regulation calls the tiers (ja, en).
fn titles(adopted: &Adopted) -> Vec<(Tier, String, String)> {
    let titles = adopted.binding().titles.iter();
    titles.map(|(tier, title)| (*tier, title.ja.clone(), title.en.clone())).collect()
}

/// The permission table of a day, and the kinds whose routes it rests on.
async fn rights_of(
    app: &App,
    (adoptions, routes): (&Adoptions, &OwnRoutes),
    (operating, settings): (&Arc<Adopted>, &Settings),
    day: NaiveDate,
) -> Result<(Table, Kinds)> {
    let kinds = |adopted: &Arc<Adopted>| -> Result<Kinds> {
        let binding = adopted.binding();
        let own = requests::binding::by_own_routes((adopted.key(), binding), settings, routes, day);
        let kinds = kinds(&adopted.entry().edition(), binding, settings).map_err(anyhow::Error::from)?;
        Ok(kinds.by_own_routes(own.map_err(anyhow::Error::from)?))
    };
    let former = adoptions.operating_until(day).map(kinds).collect::<Result<Vec<_>>>()?;
    let under_way = open_kinds(app, &former).await?;
    let kinds = kinds(operating)?.after(former);
    let table = Table::with(&grants(&kinds, operating.binding()));
    let table = table.apart(*settings.session.admin_apart).naming(kinds.name_designees());
    let table = table.keeping_apart(kinds.kept_apart()).registered(functions::only_registered(&adoptions.on(day)));
    let table = under_way.iter().fold(table, |table, (named, grants)| table.under_way(*named, grants));
    Ok((table, kinds))
}

/// The rights as they stood on a day: by the regulations, routes and values in force then.
fn rights_on(app: &App, day: NaiveDate) -> BoxFuture<'_, Result<Rights>> {
    Box::pin(async move {
        let Some((operating, settings, table, _)) = standing_on(app, day).await? else {
            return Ok(Rights { table: Table::with(&[]), owners_read: false, titles: Vec::new() });
        };
        Ok(Rights { table, owners_read: settings.accounts.owner_reads.value, titles: titles(&operating) })
    })
}

/// The kinds as they stand on a day, by the regulations, routes and values in force then.
fn kinds_on(app: &App, day: NaiveDate) -> BoxFuture<'_, Result<Kinds>> {
    Box::pin(async move { Ok(standing_on(app, day).await?.map(|(.., kinds)| kinds).unwrap_or_default()) })
}

/// What follows from the regulations, routes and values in force on a day; nothing before set-up.
async fn standing_on(app: &App, day: NaiveDate) -> Result<Option<(Arc<Adopted>, Settings, Table, Kinds)>> {
    let regulations = app.part::<Regulations>()?;
    let (adoptions, routes) = (regulations.adoptions(), regulations.own_routes());
    let in_force = adoptions.on(day);
    let Some(operating) = &in_force.operating else { return Ok(None) };
    let mut read = app.read_all(Role::App).await?;
    let entered = regulations::store::list_values(read.conn()).await?;
    drop(read);
    let settings = in_force.settings_on(&entered, day);
    let (table, kinds) = rights_of(app, (&adoptions, &routes), (operating, &settings), day).await?;
    Ok(Some((Arc::clone(operating), settings, table, kinds)))
}

/// What the routes of former regulations give by which requests still travel, and whether operators were named under each.
async fn open_kinds(app: &App, former: &[Kinds]) -> Result<Vec<(bool, Vec<Grant>)>> {
    if former.is_empty() {
        return Ok(Vec::new());
    }
    let mut read = app.read_all(Role::App).await?;
    let editions = requests::store::lists::editions_under_way(read.conn()).await?;
    // without an edition: filed under the first that was adopted
    let travels = |(at, kinds): &(usize, &Kinds)| {
        editions.iter().any(|edition| match edition {
            Some(edition) => kinds.iter().any(|known| *known.edition == **edition),
            None => *at == 0,
        })
    };
    let open = former.iter().enumerate().filter(travels);
    Ok(open.map(|(_, kinds)| (kinds.name_designees(), requests::rights::grants(kinds))).collect())
}

/// What is under way and keeps its kind, for the page of adoption.
fn under_way(conn: &mut PgConnection) -> BoxFuture<'_, Result<Vec<(String, i64)>>> {
    Box::pin(requests::store::lists::under_way(conn))
}

/// The organisation's name and whom to ask, which set-up and other processes write.
async fn name_house(app: &App) -> Result<()> {
    let mut read = app.read_all(Role::App).await?;
    let found = sqlx::query!("select name, help_line from organisation").fetch_optional(read.conn()).await?;
    if let Some(found) = found {
        app.part::<House>()?.rename(|naming| (naming.organisation, naming.help) = (found.name, found.help_line));
    }
    Ok(())
}

/// Where a record lies, for the links of the clause board.
fn place(viewer: &Viewer, event: Uuid, entity: &str, id: &str, number: Option<&str>) -> Option<String> {
    // evidence is everybody's rows: a link stands only where all of them may be opened
    let needed = match entity {
        "request" => Permission::RequestsView,
        "account" => Permission::AccountsView,
        "system" => Permission::SystemsView,
        "privileged" | "privileged_use" => Permission::PrivilegedView,
        "parameter" | "regulation" => Permission::ParametersView,
        // what has no record of its own is read in the log
        _ => Permission::AuditView,
    };
    if viewer.reach(needed) < Reach::Organisation {
        return None;
    }
    match entity {
        "request" => number.map(|number| format!("/requests/{number}")),
        "account" => Some(format!("/ledgers/accounts/{id}")),
        "system" => Some(format!("/ledgers/systems/{id}")),
        "privileged" => Some(format!("/ledgers/privileged/{id}")),
        "privileged_use" => Some(format!("/ledgers/privileged-uses/{id}")),
        "parameter" => Some("/parameters".to_owned()),
        "regulation" => Some("/adoptions".to_owned()),
        _ => Some(format!("/audit/{event}")),
    }
}

/// Founds the organisation of an empty database.
pub async fn found(app: &App, founding: &Founding) -> Result<()> {
    app.change(&Actor::portal(), async |work: &mut Work| {
        let today = work.app().clock().today();
        let regulations = work.app().part::<Regulations>()?;
        let entry = regulations.library().get(&founding.regulation).ok_or(Error::NotFound)?;
        let filled = blanks::proposed(entry, today);
        let adoption = Adoption {
            key: &founding.regulation,
            role: regulations::Role::Operating,
            approved_on: today,
            effective_on: today,
            approved_by: &founding.name,
            filled: &filled,
        };
        founded(work, founding, &adoption).await
    })
    .await?;
    app.part::<Regulations>()?.refresh(app).await?;
    name_house(app).await
}

async fn founded(work: &mut Work, founding: &Founding, adoption: &Adoption<'_>) -> Result<()> {
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
    regulations::actions::adopt(work, regulations.library(), adoption).await?;
    let facts = json!({ "name": founding.name, "regulation": founding.regulation });
    work.record(Event::done("organisation.founded", "organisation", &founding.regulation).facts(facts)).await.map(drop)
}

/// What set-up asks of other rooms when it puts the portal into service.
fn founder() -> Founder {
    Founder {
        found: |work, new| {
            Box::pin(async move {
                let founding = Founding {
                    name: new.name.clone(),
                    help_line: new.help_line.clone(),
                    regulation: new.regulation.clone(),
                    made_by: "setup",
                };
                let adoption = Adoption {
                    key: &new.regulation,
                    role: regulations::Role::Operating,
                    approved_on: new.approved_on,
                    effective_on: new.effective_on,
                    approved_by: &new.approved_by,
                    filled: &new.filled,
                };
                founded(work, &founding, &adoption).await
            })
        },
        register_portal: |work, owner| Box::pin(features::systems::actions::register_portal(work, owner)),
    }
}

/// Set-up as a service: its pages alone, until the portal goes into service.
pub fn setup_router(app: &App) -> Router {
    let routes = features::setup::routes().into_iter().chain(features::preferences::feature().room.routes).collect();
    dressed(app, routes)
}

/// The whole portal as a service: each route behind its guard, everything behind session and identification.
pub fn router(app: &App) -> Router {
    dressed(app, routes())
}

/// These routes as a service, in everything that stands around a route.
pub fn dressed(app: &App, routes: Vec<Route>) -> Router {
    // said here, because a merged router would put its own silence in its place
    routing::router(app, routes)
        .fallback(async || Error::NotFound)
        .layer(from_fn(serve::in_time))
        .layer(from_fn(serve::caught))
        .layer(from_fn_with_state(app.clone(), problem::draw))
        .layer(from_fn_with_state(app.clone(), identify::identify))
        .layer(people::sessions::layer(app))
        .merge(assets::routes())
        .layer(from_fn_with_state(app.clone(), serve::caught_around))
        .layer(from_fn_with_state(app.clone(), serve::harden))
        .with_state(app.clone())
}

/// Which rooms react to which events.
struct Reactions(BTreeMap<&'static str, Vec<Reaction>>);

impl Reactions {
    fn gather() -> Self {
        let mut all: BTreeMap<&'static str, Vec<Reaction>> = BTreeMap::new();
        let left = vacancy::LEAVES_A_SEAT.map(|kind| (kind, vacancy::seat_left as Reaction));
        let back = vacancy::COMES_BACK.map(|kind| (kind, vacancy::seat_taken as Reaction));
        for (kind, reaction) in features().into_iter().flat_map(|feature| feature.reacts).chain(left).chain(back) {
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

/// Whose menu it is, and on which day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct MenuOf {
    person: PersonId,
    posts: Vec<(PostId, Option<PersonId>)>,
    /// where they work off what waits, and what they may open: both follow the regulation, which comes into force a moment after its event
    seats: Vec<String>,
    may: [bool; 4],
    today: NaiveDate,
}

/// The numbers of the menus that were drawn; they are counted anew only once something has happened.
type MenuCounts = Unchanged<MenuOf, Vec<(&'static str, u64)>>;

/// The numbers of the side menu.
fn counts<'a>(
    app: &'a App,
    conn: &'a mut PgConnection,
    viewer: &'a Viewer,
) -> BoxFuture<'a, Result<Vec<(&'static str, u64)>>> {
    Box::pin(async move {
        let posts = viewer.posts.iter().map(|post| (post.id, post.acting_for)).collect();
        let may = [
            Permission::RequestsDecide,
            Permission::RequestsExecute,
            Permission::RequestsView,
            Permission::MovementsView,
        ];
        let may = may.map(|permission| viewer.may(permission));
        let seats = queue_seats(viewer, &*requests::actions::kinds(app)?);
        let asked = MenuOf { person: viewer.person, posts, seats, may, today: app.clock().today() };
        let count = async |conn: &mut PgConnection| {
            let mut all = requests::counts(app, conn, viewer).await?;
            all.extend(features::movements::count(app, conn, viewer).await?.map(|count| ("movements", count)));
            Ok(all)
        };
        Ok(app.part::<MenuCounts>()?.get(conn, asked, count).await?.to_vec())
    })
}
