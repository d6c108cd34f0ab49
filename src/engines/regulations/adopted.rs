//! The regulation under which the organisation runs, kept at hand for every page: titles, clauses behind a screen,
//! readers of the text, and the numbers in force.
use super::binding::Binding;
use super::library::{ClauseRef, Entry, Library};
use super::parameters;
use super::store::{self, AdoptionRow, EnteredValue, Mark};
use super::views::Places;
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Result};
use crate::kernel::settings::{Settings, Source};
use crate::web::shell::Basis;
use anyhow::anyhow;
use chrono::NaiveDate;
use std::sync::{Arc, PoisonError, RwLock};

/// The adopted regulation (運用している規程).
#[derive(Debug, Clone)]
pub struct Adopted {
    entry: Arc<Entry>,
    binding: Binding,
    pub approved_on: NaiveDate,
    /// 施行日, from which deadlines count.
    pub effective_on: NaiveDate,
    pub approved_by: String,
}

impl Adopted {
    fn new(library: &Library, row: AdoptionRow) -> anyhow::Result<Self> {
        let missing = || anyhow!("the adopted regulation 「{}」 is not among the files", row.regulation_key);
        let entry = library.get(&row.regulation_key).ok_or_else(missing)?;
        let binding =
            entry.binding.clone().ok_or_else(|| anyhow!("regulation 「{}」 has no binding", row.regulation_key))?;
        Ok(Self {
            entry: Arc::clone(entry),
            binding,
            approved_on: row.approved_on,
            effective_on: row.effective_on,
            approved_by: row.approved_by,
        })
    }

    /// The regulation itself.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// What screens call the tier (役職の名前), in the reader's language; nothing where it does not exist here.
    #[must_use]
    pub fn title(&self, tier: Tier, language: &str) -> Option<&str> {
        self.binding.title(tier).map(|title| title.in_language(language))
    }

    /// The clauses behind some mechanisms, each once (この画面の根拠).
    #[must_use]
    pub fn clauses_of(&self, mechanisms: &[&str]) -> Vec<ClauseRef> {
        let mut found: Vec<ClauseRef> = Vec::new();
        for reference in mechanisms.iter().flat_map(|mechanism| self.entry.clauses_of(mechanism)) {
            if !found.contains(&reference) {
                found.push(reference);
            }
        }
        found
    }

    /// Whether this person may read the text and the clause pages (公開範囲).
    #[must_use]
    pub fn discloses_to(&self, viewer: &Viewer) -> bool {
        viewer.posts.iter().any(|post| self.binding.discloses_to(post.tier))
    }

    /// The settings in force on a day: the portal's own, over them the regulation's, over them the organisation's.
    #[must_use]
    pub fn settings_on(&self, entered: &[EnteredValue], on: NaiveDate) -> Settings {
        let mut settings = self.binding.settings();
        for value in entered.iter().filter(|value| value.effective_on <= on) {
            let Some(parameter) = parameters::find(&value.name) else { continue };
            // A regulation adopted later may fix what the organisation once chose: then the clause holds.
            if matches!(parameter.read(&settings).1, Source::Clause { .. }) {
                continue;
            }
            if let Err(what) = parameter.write(&mut settings, &value.value, Source::Organisation) {
                tracing::warn!(
                    name = value.name,
                    what,
                    "a value entered earlier is no longer valid and is passed over"
                );
            }
        }
        settings
    }
}

/// 「この画面の根拠」: number and heading for everybody; a link only for those to whom the text is disclosed.
#[must_use]
pub fn basis(app: &App, viewer: &Viewer, mechanisms: &[&str]) -> Vec<Basis> {
    let adopted = app.part::<Regulations>().ok().and_then(|regulations| regulations.operating());
    let Some(adopted) = adopted else { return Vec::new() };
    let open = viewer.may(Permission::ClausesView) && adopted.discloses_to(viewer);
    let basis = |clause: ClauseRef| Basis {
        href: open.then(|| format!("/clauses/{}/{}", clause.regulation, clause.clause)),
        label: clause.label,
        heading: clause.heading,
    };
    adopted.clauses_of(mechanisms).into_iter().map(basis).collect()
}

/// The part of the portal that knows all regulations and the one adopted.
#[derive(Debug)]
pub struct Regulations {
    library: Library,
    operating: RwLock<Option<Arc<Adopted>>>,
    /// what was last read: the day, and how far adoptions and values went
    read: RwLock<Option<(NaiveDate, Mark)>>,
    places: Places,
}

impl Regulations {
    #[must_use]
    pub fn new(library: Library, places: Places) -> Self {
        Self { library, operating: RwLock::new(None), read: RwLock::new(None), places }
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

    /// The adopted regulation; none before set-up.
    #[must_use]
    pub fn operating(&self) -> Option<Arc<Adopted>> {
        self.operating.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The adopted regulation, where a page cannot be shown without it.
    pub fn adopted(&self) -> Result<Arc<Adopted>> {
        self.operating().ok_or(Error::NotFound)
    }

    /// Reads adoption and values anew and puts the numbers of today in force: at start, after a change, and at
    /// midnight, when what was entered for a later day begins to hold.
    pub async fn refresh(&self, app: &App) -> Result<()> {
        let today = app.clock().today();
        let mut read = app.read_all(Role::App).await?;
        let mark = store::mark(read.conn()).await?;
        let row = store::find_operating(read.conn(), today).await?;
        let entered = store::list_values(read.conn()).await?;
        let adopted = row.map(|row| Adopted::new(&self.library, row)).transpose()?.map(Arc::new);
        if let Some(adopted) = &adopted {
            app.put_settings(adopted.settings_on(&entered, today));
        }
        *self.operating.write().unwrap_or_else(PoisonError::into_inner) = adopted;
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = Some((today, mark));
        Ok(())
    }

    /// Reads anew if another process of the portal has entered something, or if a day has begun.
    pub async fn follow(&self, app: &App) -> Result<()> {
        let before = *self.read.read().unwrap_or_else(PoisonError::into_inner);
        let mut read = app.read_all(Role::App).await?;
        let now = (app.clock().today(), store::mark(read.conn()).await?);
        drop(read);
        if before == Some(now) { Ok(()) } else { self.refresh(app).await }
    }
}
