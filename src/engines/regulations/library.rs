//! All regulations that this portal knows: those built in, and those that lie in a directory given at run time.
use super::binding::{self, Binding, Offer};
use super::catalogue::{self, Clause, Regulation};
use super::fault::{Fault, Faults};
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The files of `regulations/` in this project.
#[derive(RustEmbed)]
#[folder = "regulations/"]
struct BuiltIn;

/// Rooms of the portal that clauses wait for (準備中の部屋); their words stand in the catalogue under `room-…`.
pub const ROOMS: &[&str] = &[
    "duties",
    "servers",
    "network",
    "logs",
    "second-factor",
    "documents",
    "incidents",
    "privileged",
    "people",
    "reports",
    "routes",
    "login",
    "assets",
    "vendors",
];

/// A regulation, with its binding where an organisation could run under it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub catalogue: Regulation,
    pub binding: Option<Binding>,
}

/// A place in a regulation as screens name it (根拠).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseRef {
    pub regulation: String,
    pub clause: String,
    /// 「システム管理規程 4.1.1(1)」
    pub label: String,
    pub heading: String,
}

impl Entry {
    /// What tells it from all others; files are named by it, and adoptions name it.
    #[must_use]
    pub fn edition(&self) -> String {
        self.catalogue.edition()
    }

    /// How a screen names this clause: number and heading, never the text, which may be closed to the reader.
    #[must_use]
    pub fn reference(&self, clause: &Clause) -> ClauseRef {
        ClauseRef {
            regulation: self.catalogue.key.clone(),
            clause: clause.id.clone(),
            label: format!("{} {}", self.catalogue.title, clause.short_place()),
            heading: clause.heading.clone(),
        }
    }

    /// The clause of that id, named as a screen does.
    #[must_use]
    pub fn reference_to(&self, clause: &str) -> Option<ClauseRef> {
        self.catalogue.clause(clause).map(|clause| self.reference(clause))
    }

    /// The clauses behind a mechanism (この画面の根拠), in the order of the text.
    #[must_use]
    pub fn clauses_of(&self, mechanism: &str) -> Vec<ClauseRef> {
        let ids = self.binding.as_ref().map_or(&[][..], |binding| binding.clauses_of(mechanism));
        ids.iter().filter_map(|id| self.reference_to(id)).collect()
    }
}

/// The regulations known, by edition.
#[derive(Debug, Clone)]
pub struct Library {
    entries: BTreeMap<String, Arc<Entry>>,
    /// Those given at run time that cannot be read: nobody runs under them, and nobody else is stopped by them.
    faulty: BTreeMap<String, Faults>,
}

impl Library {
    /// Reads what is built in and what lies in `directory`; a regulation there replaces the built-in one of that name. What is
    /// wrong there is kept beside the rest, and stops whoever adopted it.
    pub fn load(directory: Option<&Path>, mechanisms: &[&str]) -> Result<Self, Faults> {
        let offer = Offer { mechanisms, rooms: ROOMS };
        let mut library = Self::read(&built_in()?, offer)?;
        if let Some(directory) = directory {
            let (files, unreadable) = read_directory(directory)?;
            let given = Self::gather(&files, offer);
            for stem in given.entries.keys().chain(given.faulty.keys()).chain(unreadable.keys()) {
                library.entries.remove(stem);
            }
            library.entries.extend(given.entries);
            library.faulty.extend(given.faulty);
            library.faulty.extend(unreadable);
        }
        Ok(library)
    }

    /// Reads files already in memory (name → text); anything wrong in any of them is an error.
    pub fn read(files: &BTreeMap<String, String>, offer: Offer<'_>) -> Result<Self, Faults> {
        let library = Self::gather(files, offer);
        let faults: Vec<Fault> = library.faulty.values().flat_map(|faults| faults.0.clone()).collect();
        if faults.is_empty() { Ok(library) } else { Err(Faults(faults)) }
    }

    fn gather(files: &BTreeMap<String, String>, offer: Offer<'_>) -> Self {
        let mut library = Self { entries: BTreeMap::new(), faulty: BTreeMap::new() };
        for (file, text) in files.iter().filter(|(file, _)| is_catalogue(file)) {
            let stem = stem(file);
            match read_entry(file, text, &format!("{stem}.bindings.toml"), files, offer) {
                Ok(entry) if entry.edition() == stem => drop(library.entries.insert(stem.to_owned(), Arc::new(entry))),
                Ok(entry) => {
                    let what = format!("the key 「{}」 is not the file's name", entry.edition());
                    library.faulty.insert(stem.to_owned(), Faults(vec![fault(file, what)]));
                }
                Err(faults) => drop(library.faulty.insert(stem.to_owned(), faults)),
            }
        }
        for file in
            files.keys().filter(|file| !is_catalogue(file) && !files.contains_key(&format!("{}.toml", stem(file))))
        {
            let what = "binds a regulation of which there is no catalogue".to_owned();
            library.faulty.insert(stem(file).to_owned(), Faults(vec![fault(file, what)]));
        }
        library
    }

    /// Puts among the faulty ones every regulation whose binding does not stand this trial, which says the place and what is
    /// wrong there: what can be read is not yet what can be run.
    #[must_use]
    pub fn tried(mut self, trial: impl Fn(&Binding) -> Result<(), (String, String)>) -> Self {
        let failed = |(edition, entry): (&String, &Arc<Entry>)| {
            let (place, what) = trial(entry.binding.as_ref()?).err()?;
            let file = format!("{edition}.bindings.toml");
            Some((edition.clone(), Faults(vec![Fault { file, place: Some(place), what }])))
        };
        let failed: BTreeMap<String, Faults> = self.entries.iter().filter_map(failed).collect();
        self.entries.retain(|edition, _| !failed.contains_key(edition));
        self.faulty.extend(failed);
        self
    }

    /// What is wrong with a regulation given at run time.
    #[must_use]
    pub fn faults_of(&self, edition: &str) -> Option<&Faults> {
        self.faulty.get(edition)
    }

    /// All that cannot be read, with what is wrong.
    pub fn faulty(&self) -> impl Iterator<Item = (&str, &Faults)> {
        self.faulty.iter().map(|(edition, faults)| (edition.as_str(), faults))
    }

    /// All editions of one regulation, in the order of their versions.
    pub fn editions<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Arc<Entry>> {
        self.entries.values().filter(move |entry| entry.catalogue.key == key)
    }

    /// The regulation of that edition.
    #[must_use]
    pub fn get(&self, edition: &str) -> Option<&Arc<Entry>> {
        self.entries.get(edition)
    }

    /// All regulations, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().map(Arc::as_ref)
    }
}

fn is_catalogue(file: &str) -> bool {
    file.ends_with(".toml") && !file.ends_with(".bindings.toml")
}

/// The edition that a file is about.
fn stem(file: &str) -> &str {
    let name = file.strip_suffix(".toml").unwrap_or(file);
    name.strip_suffix(".bindings").unwrap_or(name)
}

fn read_entry(
    file: &str,
    text: &str,
    bindings: &str,
    files: &BTreeMap<String, String>,
    offer: Offer<'_>,
) -> Result<Entry, Faults> {
    let catalogue = catalogue::parse(file, text)?;
    let binding = files.get(bindings).map(|text| binding::parse(bindings, text, &catalogue, offer)).transpose()?;
    Ok(Entry { catalogue, binding })
}

fn fault(file: &str, what: String) -> Fault {
    Fault { file: file.to_owned(), place: None, what }
}

fn built_in() -> Result<BTreeMap<String, String>, Faults> {
    let mut files = BTreeMap::new();
    for name in BuiltIn::iter().filter(|name| name.ends_with(".toml")) {
        let Some(file) = BuiltIn::get(&name) else { continue };
        let text = String::from_utf8(file.data.into_owned());
        let text = text.map_err(|_| Faults(vec![fault(&name, "is not UTF-8".to_owned())]))?;
        files.insert(name.into_owned(), text);
    }
    Ok(files)
}

/// Files by name → text.
type Files = BTreeMap<String, String>;

/// The files of a directory, and those that are no text.
fn read_directory(directory: &Path) -> Result<(Files, BTreeMap<String, Faults>), Faults> {
    let wrong = |error: std::io::Error| Faults(vec![fault(&directory.display().to_string(), error.to_string())]);
    let (mut files, mut unreadable) = (BTreeMap::new(), BTreeMap::new());
    for entry in std::fs::read_dir(directory).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !name.ends_with(".toml") {
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => drop(files.insert(name, text)),
            Err(error) => {
                unreadable.insert(stem(&name).to_owned(), Faults(vec![fault(&name, error.to_string())]));
            }
        }
    }
    Ok((files, unreadable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::regulations::MECHANISMS;
    use crate::engines::regulations::catalogue::MechanismKind;

    fn built_in_library() -> Library {
        Library::load(None, MECHANISMS).unwrap_or_else(|faults| panic!("{faults}"))
    }

    #[test]
    fn the_five_regulations_are_read_completely() {
        let library = built_in_library();
        let counted: Vec<_> =
            library.iter().map(|entry| (entry.catalogue.key.as_str(), entry.catalogue.clauses.len())).collect();
        assert_eq!(
            counted,
            [
                ("coop-operations", 146),
                ("katsuura-operations", 142),
                ("mutual-aid-policy", 38),
                ("osaka-standard", 247),
                ("system-management", 188)
            ]
        );
        let asking: usize = library.iter().map(|entry| entry.catalogue.asking().count()).sum();
        assert_eq!(asking, 721);
    }

    #[test]
    fn the_clauses_about_accounts_and_passwords_are_bound_or_wait_for_a_room() {
        let library = built_in_library();
        let entry = library.get("system-management").unwrap();
        let binding = entry.binding.as_ref().unwrap();
        for clause in entry.catalogue.asking().filter(|clause| clause.id.starts_with("4.1.")) {
            assert!(binding.bind(&clause.id).is_some(), "{}", clause.id);
        }
        let waiting = |id: &str| binding.bind(id).unwrap().waits_for.as_deref().unwrap();
        assert_eq!(waiting("4.1.5-1-5"), "second-factor");
        assert_eq!(waiting("4.1.3-3"), "duties");
        assert_eq!(waiting("4.8.1-1-a"), "logs");
        // a mismatch leaves an event, from which the room of incidents will draft
        assert_eq!(binding.bind("4.1.6-2").unwrap().waits_for, None);
        assert_eq!(binding.bind("4.1.6-2").unwrap().mechanisms, ["password.identity_check"]);
    }

    #[test]
    fn the_numbers_of_the_text_are_the_settings() {
        let library = built_in_library();
        let settings = library.get("system-management").unwrap().binding.as_ref().unwrap().settings();
        assert_eq!(*settings.password.min_length, 8);
        assert_eq!(settings.password.classes.len(), 3);
        assert_eq!(settings.password.max_age.unwrap().to_string(), "P3M");
        assert_eq!((*settings.password.history, *settings.lock.after), (Some(10), 10));
        assert_eq!(*settings.lock.mode, crate::kernel::settings::LockMode::UntilReleased);
        assert_eq!((*settings.session.idle_minutes, *settings.session.absolute_hours), (15, 10));
    }

    #[test]
    fn a_screen_names_the_clause_by_number_and_heading() {
        let library = built_in_library();
        let refs = library.get("system-management").unwrap().clauses_of("account.register");
        assert_eq!(refs.len(), 1);
        assert_eq!(refs[0].label, "システム管理規程 4.1.1(1)");
        assert_eq!(refs[0].heading, "アカウントの作成");
    }

    #[test]
    fn a_mistake_in_a_catalogue_is_named_with_file_and_clause() {
        let text = built_in().unwrap().remove("mutual-aid-policy.toml").unwrap();
        let tried = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            let files = BTreeMap::from([("mutual-aid-policy.toml".to_owned(), text.replacen(from, to, 1))]);
            Library::read(&files, Offer { mechanisms: &[], rooms: &[] }).unwrap_err().to_string()
        };
        let first = catalogue::parse("x", &text).unwrap().clauses.remove(0).id;
        let second = catalogue::parse("x", &text).unwrap().clauses.remove(1).id;
        let place = |id: &str| format!("mutual-aid-policy.toml: clause {id}: ");
        let kind = catalogue::parse("x", &text).unwrap().clauses.remove(0).mechanism.key();
        assert_eq!(kind, MechanismKind::None.key());
        for (from, to, told) in [
            (
                "mechanism = \"none\"".to_owned(),
                "mechanism = \"magic\"",
                place(&first) + "unknown mechanism kind 「magic」",
            ),
            ("level = \"info\"".to_owned(), "level = \"maybe\"", place(&first) + "unknown level 「maybe」"),
            (format!("id = \"{second}\""), &format!("id = \"{first}\""), place(&first) + "the id occurs twice"),
            ("feature = ".to_owned(), "interval = \"3M\"\nfeature = ", place(&first) + "interval: 「3M」 is no period"),
            ("feature = ".to_owned(), "colour = 1\nfeature = ", place(&first) + "unknown field `colour`"),
            (
                "feature = ".to_owned(),
                "approvers = [\"boss\"]\nfeature = ",
                place(&first) + "approvers: unknown tier 「boss」",
            ),
            (
                "key = \"mutual-aid-policy\"".to_owned(),
                "key = \"other\"",
                "the key 「other」 is not the file's name".to_owned(),
            ),
        ] {
            let found = tried(&from, to);
            assert!(found.contains(&told), "{told}\n{found}");
        }
    }

    #[test]
    fn a_regulation_given_at_run_time_replaces_the_built_in_one() {
        let directory = std::env::temp_dir().join(format!("mamori-regulations-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let text = built_in().unwrap().remove("mutual-aid-policy.toml").unwrap();
        let title = catalogue::parse("x", &text).unwrap().title;
        std::fs::write(directory.join("mutual-aid-policy.toml"), text.replace(&title, "別の方針")).unwrap();
        let library = Library::load(Some(&directory), MECHANISMS).unwrap();
        std::fs::remove_dir_all(&directory).unwrap();
        assert_eq!(library.get("mutual-aid-policy").unwrap().catalogue.title, "別の方針");
        assert_eq!(library.iter().count(), 5);
    }
}
