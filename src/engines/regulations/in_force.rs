//! The part of the portal that knows all regulations and those in force today, and lets everything follow them: at start,
//! after a change, after a change by another process, and at midnight, when what was adopted for a later day begins.
use super::adopted::{Adopted, Adoptions, InForce};
use super::library::{ClauseRef, Library};
use super::own_routes::OwnRoutes;
use super::store::{self, Mark};
use super::views::Places;
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Result};
use crate::kernel::work::{Work, kept_all_the_same};
use crate::web::locale::Lang;
use crate::web::shell::Basis;
use chrono::NaiveDate;
use futures::future::BoxFuture;
use sqlx::PgConnection;
use std::sync::{Arc, PoisonError, RwLock};

/// What else follows the adopted regulations (申請の種類, 役職の名前); portal.rs gives it.
pub type Follow = for<'a> fn(&'a App, &'a Adoptions, &'a OwnRoutes, NaiveDate) -> BoxFuture<'a, Result<()>>;

/// Names of kinds with how many requests of each are open.
pub type Open = Vec<(String, i64)>;

/// Open requests by the name of their kind, which the page of adoption tells (進行中の申請); portal.rs gives it.
#[derive(Debug, Clone, Copy)]
pub struct UnderWay(pub for<'a> fn(&'a mut PgConnection) -> BoxFuture<'a, Result<Open>>);

/// Today's regulations, as they were last read.
#[derive(Debug, Clone, Default)]
struct Today {
    adoptions: Arc<Adoptions>,
    in_force: Arc<InForce>,
    routes: Arc<OwnRoutes>,
    /// the day, and how far all that was entered went
    read: Option<(NaiveDate, Mark)>,
}

/// All regulations, and those adopted.
#[derive(Debug)]
pub struct Regulations {
    library: Library,
    today: RwLock<Today>,
    places: Places,
    follow: Follow,
}

impl Regulations {
    #[must_use]
    pub fn new(library: Library, places: Places, follow: Follow) -> Self {
        Self { library, today: RwLock::default(), places, follow }
    }

    /// Where records lie.
    #[must_use]
    pub const fn places(&self) -> Places {
        self.places
    }

    #[must_use]
    pub fn library(&self) -> &Library {
        &self.library
    }

    fn today(&self) -> Today {
        self.today.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All adoptions that were not taken back.
    #[must_use]
    pub fn adoptions(&self) -> Arc<Adoptions> {
        self.today().adoptions
    }

    /// The regulations in force today.
    #[must_use]
    pub fn in_force(&self) -> Arc<InForce> {
        self.today().in_force
    }

    /// The routes that the organisation entered where no clause says who decides.
    #[must_use]
    pub fn own_routes(&self) -> Arc<OwnRoutes> {
        self.today().routes
    }

    /// The regulation under which the portal runs today; none before set-up.
    #[must_use]
    pub fn operating(&self) -> Option<Arc<Adopted>> {
        self.in_force().operating.clone()
    }

    /// The same, where a page cannot be shown without it.
    pub fn adopted(&self) -> Result<Arc<Adopted>> {
        self.operating().ok_or(Error::NotFound)
    }

    /// Reads adoptions, values and routes anew and lets everything follow them.
    pub async fn refresh(&self, app: &App) -> Result<()> {
        let day = app.clock().today();
        let mut read = app.read_all(Role::App).await?;
        let mark = store::mark(read.conn()).await?;
        let rows = store::list_adoptions(read.conn()).await?;
        let entered = store::list_values(read.conn()).await?;
        let routes = Arc::new(store::list_own_routes(read.conn()).await?);
        drop(read);
        let adoptions = Adoptions::new(&self.library, rows, Arc::clone(&routes))?;
        let adoptions = Arc::new(adoptions.with_values(entered.clone()));
        let in_force = Arc::new(adoptions.on(day));
        app.put_settings(in_force.settings_on(&entered, day));
        (self.follow)(app, &adoptions, &routes, day).await?;
        *self.today.write().unwrap_or_else(PoisonError::into_inner) =
            Today { adoptions, in_force, routes, read: Some((day, mark)) };
        Ok(())
    }

    /// Reads anew if another process of the portal has entered something, or if a day has begun.
    pub async fn follow(&self, app: &App) -> Result<()> {
        let mut read = app.read_all(Role::App).await?;
        let now = (app.clock().today(), store::mark(read.conn()).await?);
        drop(read);
        if self.today().read == Some(now) { Ok(()) } else { self.refresh(app).await }
    }
}

/// 「この画面の根拠」 in all regulations in force: number and heading for everybody; a link only for those to whom that text
/// is disclosed.
#[must_use]
pub fn basis(app: &App, viewer: &Viewer, mechanisms: &[&str]) -> Vec<Basis> {
    let Ok(regulations) = app.part::<Regulations>() else { return Vec::new() };
    let basis = |adopted: &Arc<Adopted>| {
        let open = viewer.may(Permission::ClausesView) && adopted.discloses_to(viewer);
        let one = move |clause: ClauseRef| Basis {
            href: open.then(|| format!("/clauses/{}/{}", clause.regulation, clause.clause)),
            label: clause.label,
            heading: clause.heading,
            rule: String::new(),
        };
        adopted.clauses_of(mechanisms).into_iter().map(one).collect::<Vec<_>>()
    };
    regulations.in_force().iter().flat_map(basis).collect()
}

/// 根拠 of one question of a form: the clause of the edition by which the form goes (of the operating one, where none is named), with a
/// link where its page is open to whoever reads.
pub fn cited(app: &App, viewer: &Viewer, edition: Option<&str>, clause: &str) -> Option<Basis> {
    let regulations = app.part::<Regulations>().ok()?;
    let in_force = regulations.in_force();
    let reference = match edition {
        Some(edition) => regulations.library().get(edition)?.reference_to(clause)?,
        None => in_force.operating.as_ref()?.entry().reference_to(clause)?,
    };
    let shown = |adopted: &Arc<Adopted>| {
        adopted.key() == reference.regulation
            && adopted.entry().catalogue.clause(clause).is_some()
            && adopted.discloses_to(viewer)
    };
    let open = viewer.may(Permission::ClausesView) && in_force.iter().any(shown);
    Some(Basis {
        href: open.then(|| format!("/clauses/{}/{}", reference.regulation, reference.clause)),
        label: reference.label,
        heading: reference.heading,
        rule: String::new(),
    })
}

/// What these clauses of an edition ask for (規則の文言), for somebody who decides or works by them: number, heading and duty
/// join what the page says of its basis already. Of a text that is closed to others the look is written down, before the
/// page is sent.
pub async fn say_rules(
    app: &App,
    viewer: &Viewer,
    lang: Lang,
    (edition, clauses): (&str, &[String]),
    basis: &mut Vec<Basis>,
) -> Result<()> {
    let regulations = app.part::<Regulations>()?;
    let Some(entry) = regulations.library().get(edition) else { return Ok(()) };
    let mut looked = Vec::new();
    let mut added = 0;
    for clause in clauses.iter().filter_map(|id| entry.catalogue.clause(id)) {
        let reference = entry.reference(clause);
        let rule = match lang {
            Lang::Ja => clause.duty.clone(),
            Lang::En => clause.duty_en.clone(),
        };
        looked.push(format!("{}/{}", reference.regulation, reference.clause));
        let same = |known: &&mut Basis| {
            known.label == reference.label && known.heading == reference.heading && known.rule.is_empty()
        };
        match basis.iter_mut().find(same) {
            Some(known) => known.rule = rule,
            None => {
                basis.insert(added, Basis { href: None, label: reference.label, heading: reference.heading, rule });
                added += 1;
            }
        }
    }
    let closed = entry.binding.as_ref().is_some_and(|binding| binding.disclosure.is_some());
    if !closed || looked.is_empty() {
        return Ok(());
    }
    let write = async |work: &mut Work| {
        for clause in looked {
            work.record(Event::done("clause.viewed", "clause", clause)).await?;
        }
        Ok(())
    };
    kept_all_the_same(app.change(&viewer.actor(), write)).await
}
