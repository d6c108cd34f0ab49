//! By what lists of requests are narrowed: state, kind, period, applicant, section and words. All of it stands in the address, so
//! that a view can be kept and sent.
use crate::engines::requests::Kinds;
use crate::engines::requests::model::machine::Phase;
use crate::engines::requests::store::lists::{self as stored, Narrow};
use crate::engines::requests::views::say;
use crate::kernel::access::Scope;
use crate::kernel::calendar::DateError;
use crate::kernel::clock::moment;
use crate::kernel::error::Result;
use crate::kernel::text;
use crate::web::parts::DayField;
use crate::web::screen::Screen;
use crate::web::tables::{Filter, Filters, NARROW};
use chrono::{Days, NaiveDate, NaiveTime};
use serde::Deserialize;
use sqlx::PgConnection;

/// What a list may be asked for; whatever else stands in the address is not heard.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) view: String,
    state: String,
    kind: String,
    section: String,
    who: String,
    from: String,
    until: String,
    q: String,
    pub(super) after: String,
}

/// The names of what narrows, as addresses and forms carry them.
pub(super) const NAMES: [&str; 8] = ["view", "state", "kind", "section", "who", "from", "until", "q"];

impl Asked {
    /// What a form carries.
    pub(super) fn from_form(value: impl Fn(&str) -> String) -> Self {
        let [view, state, kind, section, who, from, until, q] = NAMES.map(value);
        Self { view, state, kind, section, who, from, until, q, after: String::new() }
    }

    /// What is asked for, by name; what is left empty is left out.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let values = [&self.view, &self.state, &self.kind, &self.section, &self.who, &self.from, &self.until, &self.q];
        let pairs = NAMES.into_iter().zip(values).filter(|(_, value)| !value.is_empty());
        pairs.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// The same list, from another row on.
    pub(super) fn address(&self, path: &str, after: Option<String>) -> String {
        let after = after.map(|after| ("after".to_owned(), after));
        text::with_query(path, self.pairs().into_iter().chain(after))
    }

    /// The same list in another view.
    pub(super) fn viewing(&self, path: &str, view: &str) -> String {
        Self { view: view.to_owned(), ..self.clone() }.address(path, None)
    }

    /// The state: one of the views, or chosen beside them.
    pub(super) fn phase(&self) -> Option<Phase> {
        Phase::from_key(&self.view).or_else(|| Phase::from_key(&self.state))
    }

    /// Is anything asked for beside the view?
    pub(super) fn narrows(&self) -> bool {
        self.pairs().iter().any(|(name, _)| name != "view")
    }

    /// What the database is asked for.
    pub(super) async fn narrow(&self, conn: &mut PgConnection, kinds: &Kinds, screen: &Screen) -> Result<Narrow> {
        let begins = |day: NaiveDate| moment(day.and_time(NaiveTime::MIN));
        let who = text::clean_line(&self.who);
        Ok(Narrow {
            phase: self.phase().map(Phase::key),
            kind: kinds.get(&self.kind).ok().map(|registered| registered.kind.key.clone()),
            from: self.day(screen, &self.from).map(begins),
            until: self.day(screen, &self.until).and_then(|day| day.checked_add_days(Days::new(1))).map(begins),
            applicants: if who.is_empty() { None } else { Some(stored::called(conn, &who).await?) },
            section: self.section.parse().ok(),
            search: text::search_words(&self.q),
        })
    }

    fn day(&self, screen: &Screen, typed: &str) -> Option<NaiveDate> {
        screen.dates.read(typed).ok()
    }

    /// The form above the list; `scope` where those of several sections stand in it.
    pub(super) async fn filters(
        &self,
        conn: &mut PgConnection,
        (kinds, screen): (&Kinds, &Screen),
        path: &str,
        scope: Option<&Scope>,
    ) -> Result<Filters> {
        let w = screen.w;
        let every = || (String::new(), w.t("requests-every").into_owned());
        let pick = |name: &str, label: &str, value: &str, options: Vec<(String, String)>| Filter::Pick {
            name: name.to_owned(),
            label: w.t(label).into_owned(),
            value: value.to_owned(),
            options: std::iter::once(every()).chain(options).collect(),
        };
        let words = |name: &str, label: &str, hint: &str, value: &str| Filter::Words {
            name: name.to_owned(),
            label: w.t(label).into_owned(),
            value: value.to_owned(),
            hint: w.t(hint).into_owned(),
        };
        let day = |name: &str, label: &str, typed: &str| {
            let why = screen.dates.read(typed).err().filter(|why| *why != DateError::Empty);
            let value = screen.dates.read(typed).map_or_else(|_| typed.to_owned(), |day| screen.dates.machine(day));
            Filter::Day(DayField::new(w, format!("q-{name}"), name, w.t(label), value, why))
        };
        let of_kinds = kinds.iter().map(|one| (one.kind.key.clone(), say(w, &one.kind.title))).collect();
        let mut filters = vec![words("q", "requests-search-words", "requests-search", &self.q)];
        filters.push(pick("kind", "requests-col-kind", &self.kind, of_kinds));
        if let Some(scope) = scope {
            let within = if scope.all { None } else { Some(scope.departments.as_slice()) };
            let sections = stored::sections(conn, within).await?;
            let sections = sections.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
            filters.push(pick("section", "requests-col-section", &self.section, sections));
            filters.push(words("who", "requests-col-applicant", "requests-search-who", &self.who));
        } else {
            let states = Phase::ALL.into_iter().map(|one| (one.key().to_owned(), w.t(one.word()).into_owned()));
            filters.push(pick("state", "requests-col-state", &self.state, states.collect()));
        }
        filters.push(day("from", "requests-filed-from", &self.from));
        filters.push(day("until", "requests-filed-until", &self.until));
        let view = Some(("view".to_owned(), self.view.clone())).filter(|(_, view)| !view.is_empty());
        Ok(Filters {
            w,
            action: path.to_owned(),
            keep: view.into_iter().collect(),
            filters,
            verb: NARROW,
            clear: self.narrows().then(|| Self { view: self.view.clone(), ..Self::default() }.address(path, None)),
            faults: Vec::new(),
        })
    }

    /// What narrows the list, in words.
    pub(super) async fn said(
        &self,
        conn: &mut PgConnection,
        kinds: &Kinds,
        screen: &Screen,
    ) -> Result<Vec<(String, String)>> {
        let w = screen.w;
        let narrow = self.narrow(conn, kinds, screen).await?;
        let kind = narrow.kind.as_deref().and_then(|key| kinds.get(key).ok()).map(|one| say(w, &one.kind.title));
        let section = match narrow.section {
            Some(section) => stored::sections(conn, Some(&[section])).await?.pop().map(|(_, name)| name),
            None => None,
        };
        let plain = |typed: &str| Some(text::clean_line(typed)).filter(|typed| !typed.is_empty());
        let day = |typed: &str| self.day(screen, typed).map(|day| screen.dates.long(day));
        let all = [
            ("requests-search-words", plain(&self.q)),
            ("requests-col-state", self.phase().map(|phase| w.t(phase.word()).into_owned())),
            ("requests-col-kind", kind),
            ("requests-col-section", section),
            ("requests-col-applicant", plain(&self.who)),
            ("requests-filed-from", day(&self.from)),
            ("requests-filed-until", day(&self.until)),
        ];
        Ok(all.into_iter().filter_map(|(label, value)| Some((w.t(label).into_owned(), value?))).collect())
    }
}
