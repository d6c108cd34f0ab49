//! The regulations that the organisation adopted (採用した規程): which of them are in force on a day, what they call the tiers,
//! who may read them, and the clauses behind a screen.
use super::binding::{Binding, Kind, handed, keeps, works};
use super::blanks::{self, Filled};
use super::catalogue::{Clause, article};
use super::library::{ClauseRef, Entry, Library};
use super::own_routes::{OwnRoutes, rerouted};
use super::store::{AdoptionRow, EnteredValue};
use super::{parameters, settle};
use crate::kernel::access::{Tier, Viewer};
use crate::kernel::settings::Settings;
use anyhow::anyhow;
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// What an adopted regulation does here (運用する規程か、併せて従う規程か).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The portal runs under it: routes, titles, values.
    Operating,
    /// It is followed besides: its clauses are carried out, shown and counted, and its values hold where they are stricter.
    Tracked,
}

impl Role {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Operating => "operating",
            Self::Tracked => "tracked",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Operating, Self::Tracked].into_iter().find(|role| role.key() == key)
    }
}

/// One adoption of a regulation.
#[derive(Debug, Clone)]
pub struct Adopted {
    pub id: Uuid,
    pub role: Role,
    entry: Arc<Entry>,
    binding: Binding,
    pub approved_on: NaiveDate,
    /// 施行日, from which deadlines count.
    pub effective_on: NaiveDate,
    pub approved_by: String,
    /// The blanks of the text as they were filled, by name: dates, and values of canonical parameters.
    pub filled: Filled,
    /// Clauses that an edition before this one demanded already, with the day from which they are owed.
    owed_before: HashMap<String, NaiveDate>,
    /// Clauses whose requests go another way than they ask for, by the routes of the operating regulation.
    by_other_routes: HashSet<String>,
    /// Clauses that do not concern the organisation.
    outside: HashSet<String>,
}

impl Adopted {
    fn new(library: &Library, row: AdoptionRow) -> anyhow::Result<Self> {
        let role = Role::from_key(&row.role).ok_or_else(|| anyhow!("no such role: {}", row.role))?;
        Ok(Self {
            id: row.id,
            approved_on: row.approved_on,
            effective_on: row.effective_on,
            approved_by: row.approved_by,
            filled: serde_json::from_value(row.filled)?,
            ..Self::read(library, &row.regulation_key, role)?
        })
    }

    /// The text as the files hold it; everything about its adoption is still to be said.
    fn read(library: &Library, key: &str, role: Role) -> anyhow::Result<Self> {
        let entry = library.get(key).ok_or_else(|| match library.faults_of(key) {
            Some(faults) => anyhow!("the adopted regulation 「{key}」 cannot be read:\n{faults}"),
            None => anyhow!("the adopted regulation 「{key}」 is not among the files"),
        })?;
        let binding = entry.binding.clone().ok_or_else(|| anyhow!("regulation 「{key}」 has no binding"))?;
        Ok(Self {
            id: Uuid::nil(),
            role,
            entry: Arc::clone(entry),
            binding,
            approved_on: NaiveDate::default(),
            effective_on: NaiveDate::default(),
            approved_by: String::new(),
            filled: Filled::new(),
            owed_before: HashMap::new(),
            by_other_routes: HashSet::new(),
            outside: HashSet::new(),
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

    /// The regulation's own key, the same for all its editions.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.entry.catalogue.key
    }

    /// What screens call the tier (役職の名前), in the reader's language; nothing where it does not exist here.
    #[must_use]
    pub fn title(&self, tier: Tier, language: &str) -> Option<&str> {
        self.binding.title(tier).map(|title| title.in_language(language))
    }

    /// The day from which a clause is owed: that of the first edition which demanded it in these words.
    #[must_use]
    pub fn owed_from(&self, clause: &Clause) -> NaiveDate {
        self.owed_before.get(&clause.id).copied().unwrap_or(self.effective_on)
    }

    /// Does what this clause asks for go another way here: filed, decided or carried out by others than it names? So it can be
    /// with a text that is followed besides: requests travel by the routes of the operating one.
    #[must_use]
    pub fn goes_another_way(&self, clause: &Clause) -> bool {
        self.by_other_routes.contains(&clause.id)
    }

    /// Does this clause not concern the organisation, which has not what it speaks of (対象外)?
    #[must_use]
    pub fn is_outside(&self, clause: &Clause) -> bool {
        self.outside.contains(&clause.id)
    }

    /// The number of the clause's article in this organisation, where the text counts otherwise without those that do not concern
    /// it (繰上げ).
    #[must_use]
    pub fn article_here(&self, clause: &Clause) -> Option<u32> {
        let number = clause.article()?;
        let counts = |id: &&String| self.binding.bind(id).is_some_and(|bind| bind.renumbers);
        let gone: BTreeSet<u32> =
            self.outside.iter().filter(counts).filter_map(|id| article(id)).filter(|gone| *gone < number).collect();
        number.checked_sub(u32::try_from(gone.len()).ok().filter(|gone| *gone > 0)?)
    }

    /// The same text, with the clauses that hang on what the organisation has not.
    fn without(self: &Arc<Self>, absent: &BTreeSet<&'static str>) -> Arc<Self> {
        let hangs = |clause: &&Clause| {
            let bind = self.binding.bind(&clause.id);
            bind.and_then(|bind| bind.applies_if.as_deref()).is_some_and(|name| absent.contains(name))
        };
        let outside: HashSet<String> =
            self.entry.catalogue.clauses.iter().filter(hangs).map(|clause| clause.id.clone()).collect();
        if outside.is_empty() { Arc::clone(self) } else { Arc::new(Self { outside, ..(**self).clone() }) }
    }

    /// The same text, with the clauses whose requests go another way by the routes of a day.
    fn held_against(self: &Arc<Self>, operating: &Self, routes: &OwnRoutes, day: NaiveDate) -> Arc<Self> {
        let travelled = |kind: &Kind| {
            let own = routes.begun(operating.key(), (&operating.binding, kind), day).next_back();
            own.map_or_else(|| kind.clone(), |own| rerouted(kind, &own.way))
        };
        let mut other = HashSet::new();
        for theirs in &operating.binding.kinds {
            let Some(own) = self.binding.kind(&theirs.key) else { continue };
            let asked = own.clauses.iter().filter_map(|id| self.entry.catalogue.clause(id));
            let (asked, worked) = (asked.collect::<Vec<_>>(), handed(own, &self.entry.catalogue));
            if asked.is_empty() && worked.is_empty() {
                continue;
            }
            let theirs = travelled(theirs);
            let other_way = asked.into_iter().filter(|clause| !keeps(&theirs, clause));
            let other_hands = worked.into_iter().filter(|clause| !works(&theirs, clause.holder));
            other.extend(other_way.chain(other_hands).map(|clause| clause.id.clone()));
        }
        if other.is_empty() {
            return Arc::clone(self);
        }
        Arc::new(Self { by_other_routes: other, ..(**self).clone() })
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
}

/// The adoptions that were not taken back, the earliest first.
#[derive(Debug, Clone, Default)]
pub struct Adoptions {
    list: Vec<Arc<Adopted>>,
    /// The routes that the organisation entered beside them.
    routes: Arc<OwnRoutes>,
    /// The values that the organisation entered, on which it hangs what concerns it on a day.
    entered: Arc<Vec<EnteredValue>>,
}

impl Adoptions {
    /// Joins the rows with the files; a regulation that is adopted and cannot be read is an error.
    pub fn new(library: &Library, rows: Vec<AdoptionRow>, routes: Arc<OwnRoutes>) -> anyhow::Result<Self> {
        let mut list: Vec<Arc<Adopted>> = Vec::with_capacity(rows.len());
        for row in rows.into_iter().filter(|row| row.taken_back_at.is_none()) {
            let mut adopted = Adopted::new(library, row)?;
            let before = list.iter().rev().find(|before| before.key() == adopted.key());
            adopted.owed_before = before.map(|before| owed_before(before, &adopted)).unwrap_or_default();
            list.push(Arc::new(adopted));
        }
        Ok(Self { list, routes, entered: Arc::default() })
    }

    /// The same in an organisation that entered these values: what it has not on a day, clauses do not ask of it then.
    #[must_use]
    pub fn with_values(self, entered: Vec<EnteredValue>) -> Self {
        Self { entered: Arc::new(entered), ..self }
    }

    /// The same, as if this edition were adopted from a day on, with the values that are proposed.
    pub fn supposing(&self, library: &Library, edition: &str, role: Role, day: NaiveDate) -> anyhow::Result<Self> {
        let filled = library.get(edition).map(|entry| blanks::proposed(entry, day)).unwrap_or_default();
        let mut supposed = Adopted::read(library, edition, role)?;
        (supposed.approved_on, supposed.effective_on, supposed.filled) = (day, day, filled);
        let mut list = self.list.clone();
        let at = list.partition_point(|adopted| adopted.effective_on <= day);
        list.insert(at, Arc::new(supposed));
        Ok(Self { list, routes: Arc::clone(&self.routes), entered: Arc::clone(&self.entered) })
    }

    /// What is in force on a day. Before the first operating regulation is, the first to come runs the portal.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> InForce {
        let begun = || self.list.iter().rev().filter(move |adopted| adopted.effective_on <= day);
        let first = || self.list.iter().find(|adopted| adopted.role == Role::Operating);
        let operating = begun().find(|adopted| adopted.role == Role::Operating).or_else(first).cloned();
        let mut tracked: Vec<Arc<Adopted>> = Vec::new();
        for adopted in begun().filter(|adopted| adopted.role == Role::Tracked) {
            let known = operating.iter().chain(&tracked).any(|known| known.key() == adopted.key());
            if !known {
                tracked.push(match &operating {
                    Some(operating) => adopted.held_against(operating, &self.routes, day),
                    None => Arc::clone(adopted),
                });
            }
        }
        tracked.sort_by(|a, b| a.key().cmp(b.key()));
        let in_force = InForce { operating, tracked };
        if !in_force.iter().any(|adopted| adopted.binding.conditions().next().is_some()) {
            return in_force;
        }
        let absent = parameters::absent(&in_force.settings_on(&self.entered, day));
        let concerned = |adopted: Arc<Adopted>| adopted.without(&absent);
        InForce {
            operating: in_force.operating.map(concerned),
            tracked: in_force.tracked.into_iter().map(concerned).collect(),
        }
    }

    /// Those that come into force after this day (これから施行されるもの), the next first.
    pub fn to_come(&self, day: NaiveDate) -> impl Iterator<Item = &Arc<Adopted>> {
        self.list.iter().filter(move |adopted| adopted.effective_on > day)
    }

    /// Those under which the portal ran or runs on that day, the first first.
    pub fn operating_until(&self, day: NaiveDate) -> impl Iterator<Item = &Arc<Adopted>> {
        self.list.iter().filter(move |adopted| adopted.role == Role::Operating && adopted.effective_on <= day)
    }

    /// All of them, the earliest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Adopted>> {
        self.list.iter()
    }
}

/// What the edition before owed in the same words and the same rhythm is owed since then, not since the amendment.
fn owed_before(before: &Adopted, now: &Adopted) -> HashMap<String, NaiveDate> {
    let same = |clause: &Clause| {
        let old = before.entry.catalogue.clause(&clause.id)?;
        let kept = old.duty == clause.duty && old.interval == clause.interval && old.deadline == clause.deadline;
        kept.then(|| (clause.id.clone(), before.owed_from(old)))
    };
    // the same edition adopted anew begins anew
    if before.entry.edition() == now.entry.edition() {
        return HashMap::new();
    }
    now.entry.catalogue.clauses.iter().filter_map(same).collect()
}

/// The regulations in force on one day.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    /// The one under which the portal runs; none before set-up.
    pub operating: Option<Arc<Adopted>>,
    /// Those followed besides, in the order of their keys.
    pub tracked: Vec<Arc<Adopted>>,
}

impl InForce {
    /// All of them, the operating one first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Adopted>> {
        self.operating.iter().chain(&self.tracked)
    }

    /// The one of that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Arc<Adopted>> {
        self.iter().find(|adopted| adopted.key() == key)
    }

    /// Those whose text is disclosed to this person.
    #[must_use]
    pub fn disclosed(&self, viewer: &Viewer) -> Vec<Arc<Adopted>> {
        self.iter().filter(|adopted| adopted.discloses_to(viewer)).cloned().collect()
    }

    /// Does anything act by this parameter here? What only says which clauses concern the organisation is idle where none hangs on it.
    #[must_use]
    pub fn uses(&self, parameter: &str) -> bool {
        !parameters::CONDITIONS.contains(&parameter)
            || self.iter().any(|adopted| adopted.binding.conditions().any(|name| name == parameter))
    }

    /// Every mechanism behind a clause of any of them.
    #[must_use]
    pub fn mechanisms(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.iter().flat_map(|adopted| adopted.binding.mechanisms()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The settings in force on a day: the portal's own, over them the organisation's and the regulations', of which the
    /// stricter holds.
    #[must_use]
    pub fn settings_on(&self, entered: &[EnteredValue], on: NaiveDate) -> Settings {
        settle::settings(self, entered, on)
    }
}
