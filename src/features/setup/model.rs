//! What set-up asks, in which order, and when it is complete.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::engines::regulations::binding::{Binding, Blank as Date, By};
use crate::engines::regulations::blanks::{self, Blank, Filled};
use crate::engines::regulations::parameters::Parameter;
use crate::engines::regulations::{Entry, Library};
use crate::kernel::access::Tier;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::settings::Source;

/// One page of set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// 組織
    Organisation,
    /// 規程
    Regulation,
    /// 規程の空欄と、組織が定める値
    Values,
    /// 部署
    Departments,
    /// 職員
    People,
    /// 立場
    Functions,
    /// 確認と運用開始
    Check,
}

impl Step {
    /// In the order in which they are asked.
    pub const ALL: [Self; 7] = [
        Self::Organisation,
        Self::Regulation,
        Self::Values,
        Self::Departments,
        Self::People,
        Self::Functions,
        Self::Check,
    ];

    /// As the address has it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Regulation => "regulation",
            Self::Values => "values",
            Self::Departments => "departments",
            Self::People => "people",
            Self::Functions => "functions",
            Self::Check => "check",
        }
    }

    /// The step of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(at + 1).copied()
    }
}

/// Somebody is to hold a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// as what
    pub tier: Tier,
    /// as which of the functions that the text names, by its key; none where it names none for the tier
    #[serde(default)]
    pub function: Option<String>,
    /// the edition whose text called it so when it was given; none where that was not kept
    #[serde(default)]
    pub of: Option<String>,
    /// who
    pub person: PersonId,
    /// where
    pub department: DepartmentId,
}

impl Function {
    /// The same function, given to the same person at the same place, by whatever text.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let said = |one: &Self| (one.tier, one.function.clone(), one.person, one.department);
        said(self) == said(other)
    }
}

/// The organisation's name and whom its people ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// 組織名
    pub name: String,
    /// 問い合わせ先
    pub help_line: String,
}

/// Under what it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// the operating one
    pub key: String,
    /// further ones that are followed beside it
    pub tracked: Vec<Followed>,
    /// 承認した機関
    pub approved_by: String,
    /// 承認日
    pub approved_on: NaiveDate,
    /// 施行日
    pub effective_on: NaiveDate,
}

/// A text that is followed beside the operating one. It was adopted by a decision of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Followed {
    /// the edition
    pub key: String,
    /// who approved it and when; none where that has not been asked yet
    pub approval: Option<Approval>,
}

/// 承認と施行
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// 承認した機関
    pub by: String,
    /// 承認日
    pub on: NaiveDate,
    /// 施行日
    pub effective_on: NaiveDate,
}

/// A followed text as it was kept: formerly by its name alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Name(String),
    Followed { key: String, approval: Option<Approval> },
}

impl From<Kept> for Followed {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Name(key) => Self { key, approval: None },
            Kept::Followed { key, approval } => Self { key, approval },
        }
    }
}

impl Chosen {
    /// All of them, the operating one first.
    pub fn editions(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.key).chain(self.tracked.iter().map(|followed| &followed.key))
    }

    /// Is it known of each by whom and when it was approved?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.tracked.iter().all(|followed| followed.approval.is_some())
    }

    /// Their texts, the operating one first.
    #[must_use]
    pub fn texts(&self, library: &Library) -> Vec<Arc<Entry>> {
        self.editions().filter_map(|edition| library.get(edition).cloned()).collect()
    }
}

/// What each text leaves open, filled, by edition.
pub type FilledTexts = BTreeMap<String, Filled>;

/// All answers so far.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// 組織
    pub organisation: Option<Organisation>,
    /// 規程
    pub regulation: Option<Chosen>,
    /// 空欄
    pub filled: Option<FilledTexts>,
    /// 立場
    pub functions: Vec<Function>,
}

impl Answers {
    /// The blanks, if they were filled for the regulations that are chosen now.
    #[must_use]
    pub fn filled(&self) -> Option<&FilledTexts> {
        let chosen: BTreeSet<&String> = self.regulation.as_ref()?.editions().collect();
        self.filled.as_ref().filter(|filled| filled.keys().eq(chosen))
    }

    /// How many hold this function.
    #[must_use]
    pub fn holders(&self, tier: Tier) -> usize {
        let mut persons: Vec<PersonId> =
            self.functions.iter().filter(|function| function.tier == tier).map(|function| function.person).collect();
        persons.sort_unstable();
        persons.dedup();
        persons.len()
    }

    /// The same without those who are still to come: what they will hold is not held yet.
    #[must_use]
    pub fn without(&self, coming: &[PersonId]) -> Self {
        let mut there = self.clone();
        there.functions.retain(|function| !coming.contains(&function.person));
        there
    }

    /// Everybody who holds one, once.
    #[must_use]
    pub fn persons(&self) -> Vec<PersonId> {
        let mut persons: Vec<PersonId> = Vec::new();
        for function in &self.functions {
            if !persons.contains(&function.person) {
                persons.push(function.person);
            }
        }
        persons
    }
}

/// How many there are of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// 部署
    pub departments: i64,
    /// 職員
    pub people: i64,
}

/// Is this step answered?
#[must_use]
pub fn done(step: Step, answers: &Answers, counts: Counts) -> bool {
    match step {
        Step::Organisation => answers.organisation.is_some(),
        Step::Regulation => answers.regulation.as_ref().is_some_and(Chosen::is_whole),
        Step::Values => answers.filled().is_some(),
        Step::Departments => counts.departments > 0,
        Step::People => counts.people > 0,
        Step::Functions => answers.holders(Tier::Sysadmin) > 0 && answers.holders(Tier::Office) > 0,
        Step::Check => false,
    }
}

/// The first step that is not answered: where one goes on after a pause.
#[must_use]
pub fn current(answers: &Answers, counts: Counts) -> Step {
    Step::ALL.into_iter().find(|step| !done(*step, answers, counts)).unwrap_or(Step::Check)
}

/// An organisation can run under it: it has routes of its own.
#[must_use]
pub fn operates(entry: &Entry) -> Option<&Binding> {
    entry.binding.as_ref()
}

/// A text of which there are several editions among these: only one is in force at a time.
#[must_use]
pub fn twice(texts: &[Arc<Entry>]) -> Option<&Entry> {
    let mut seen = BTreeSet::new();
    texts.iter().find(|text| !seen.insert(text.catalogue.key.as_str())).map(Arc::as_ref)
}

/// The days that the texts leave blank.
#[must_use]
pub fn blank_days(texts: &[Arc<Entry>]) -> Vec<(&Entry, &Date)> {
    let mut days = Vec::new();
    for text in texts {
        let binding = text.binding.iter();
        days.extend(binding.flat_map(|binding| &binding.blanks).map(|date| (&**text, date)));
    }
    days
}

/// The values that a text leaves to the organisation, each once, with the one that is proposed. What the operating text
/// fixes is not asked.
#[must_use]
pub fn open_values(texts: &[Arc<Entry>]) -> Vec<(&'static Parameter, &Value)> {
    let mut open: Vec<(&'static Parameter, &Value)> = Vec::new();
    for text in texts {
        for blank in blanks::of(text) {
            let Blank::Value(parameter, value) = blank else { continue };
            let known = open.iter().any(|(known, _)| known.key == parameter.key);
            if !known && fixed(texts, parameter).is_none() {
                open.push((parameter, value));
            }
        }
    }
    open
}

/// What the operating text fixes: it fills the blank of those that are followed beside it.
fn fixed<'a>(texts: &'a [Arc<Entry>], parameter: &Parameter) -> Option<&'a Value> {
    let bound = texts.first()?.binding.as_ref()?.parameters.get(parameter.key)?;
    matches!(bound.source, Source::Clause { .. }).then_some(&bound.value)
}

/// The blanks of all texts with these days, in the order in which they are asked, and these values.
#[must_use]
pub fn fill(texts: &[Arc<Entry>], days: &[NaiveDate], values: &Filled) -> FilledTexts {
    let mut days = days.iter();
    let fill = |text: &Arc<Entry>| {
        let mut filled = Filled::new();
        for blank in blanks::of(text) {
            let value = match blank {
                Blank::Date(_) => days.next().map(|day| json!(day)),
                Blank::Value(parameter, _) => values.get(parameter.key).or_else(|| fixed(texts, parameter)).cloned(),
            };
            filled.extend(value.map(|value| (blank.key().to_owned(), value)));
        }
        (text.edition(), filled)
    };
    texts.iter().map(fill).collect()
}

/// How many people each system is administered by at least, as the texts demand and their blanks are filled: the most that any
/// of them says.
fn least_administrators(answers: &Answers, texts: &[Arc<Entry>]) -> usize {
    let said = |text: &Arc<Entry>| {
        let filled = answers.filled().and_then(|filled| filled.get(&text.edition())?.get(ADMINISTRATORS).cloned());
        let bound = || Some(text.binding.as_ref()?.parameters.get(ADMINISTRATORS)?.value.clone());
        usize::try_from(filled.or_else(bound)?.as_u64()?).ok()
    };
    texts.iter().filter_map(said).max().unwrap_or_default()
}

/// The canonical parameter.
const ADMINISTRATORS: &str = "administrators_per_system";

/// Administrators administer by an account of their own, which by the route of the operating text administrators alone hand
/// out, and nobody to themselves: one alone would never have any.
#[must_use]
pub fn takes_two(texts: &[Arc<Entry>]) -> bool {
    let apart = texts.iter().filter_map(|text| text.binding.as_ref()).any(|binding| {
        binding.parameters.get("admin_separate_account").is_some_and(|bound| bound.value == Value::Bool(true))
    });
    let grant = texts.first().and_then(|text| text.binding.as_ref()?.kind("privileged.grant"));
    let work = grant.and_then(|kind| Some((kind, kind.steps.iter().find(|step| step.works())?)));
    let theirs = work.is_some_and(|(kind, step)| {
        step.by.iter().all(|by| match by {
            By::Tier(tier) => *tier == Tier::Sysadmin,
            By::Applicant => kind.applicants.iter().all(|tier| *tier == Tier::Sysadmin),
            By::PersonConcerned => true,
            By::Field(_) => false,
        })
    });
    apart && theirs
}

/// The least number of holders of a tier: of those who run the systems as many as the texts demand (administrators, and operators
/// where the operating text names them), and of those without whom nobody could go on, one.
#[must_use]
pub fn demanded(answers: &Answers, texts: &[Arc<Entry>], tier: Tier) -> usize {
    let Some(binding) = texts.first().and_then(|text| text.binding.as_ref()) else { return 0 };
    if binding.title(tier).is_none() {
        return 0;
    }
    let named = || binding.functions.iter().any(|function| function.tier == tier && function.required);
    match tier {
        Tier::Sysadmin => least_administrators(answers, texts).max(1),
        Tier::Operator if named() => least_administrators(answers, texts),
        Tier::Office => 1,
        _ => 0,
    }
}

/// Whether enough people hold what the texts demand.
#[must_use]
pub fn enough(answers: &Answers, texts: &[Arc<Entry>]) -> bool {
    let held = |tier: Tier| answers.holders(tier) >= demanded(answers, texts, tier);
    Tier::ALL.into_iter().all(held) && (!takes_two(texts) || answers.holders(Tier::Sysadmin) > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_where_one_stopped() {
        let mut answers = Answers::default();
        let mut counts = Counts::default();
        assert_eq!(current(&answers, counts), Step::Organisation);
        answers.organisation = Some(Organisation { name: "青野市".to_owned(), help_line: String::new() });
        counts.departments = 3;
        assert_eq!(current(&answers, counts), Step::Regulation);
    }

    #[test]
    fn blanks_filled_for_another_regulation_do_not_count() {
        let day = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
        let chosen = |key: &str| Chosen {
            key: key.to_owned(),
            tracked: Vec::new(),
            approved_by: "理事会".to_owned(),
            approved_on: day,
            effective_on: day,
        };
        let filled = FilledTexts::from([("a".to_owned(), Filled::new())]);
        let mut answers = Answers { regulation: Some(chosen("a")), filled: Some(filled), ..Answers::default() };
        assert!(answers.filled().is_some());
        answers.regulation = Some(chosen("b"));
        assert!(answers.filled().is_none());
        // nor where another one is followed besides
        let followed = Followed { key: "b".to_owned(), approval: None };
        answers.regulation = Some(Chosen { tracked: vec![followed], ..chosen("a") });
        assert!(answers.filled().is_none());
    }

    /// What an earlier version of the portal kept is still read, and asked for what it does not say.
    #[test]
    fn answers_kept_before_are_read() {
        let kept = json!({
            "regulation": { "key": "a", "tracked": ["b"], "approved_by": "理事会", "approved_on": "2026-03-25",
                            "effective_on": "2026-04-01" },
            "functions": [{ "tier": "office", "person": uuid::Uuid::nil(), "department": uuid::Uuid::nil() }],
        });
        let mut answers: Answers = serde_json::from_value(kept).unwrap();
        assert_eq!(answers.functions.first().unwrap().function, None);
        let chosen = answers.regulation.as_mut().unwrap();
        assert_eq!(chosen.editions().collect::<Vec<_>>(), ["a", "b"]);
        assert!(!done(Step::Regulation, &answers, Counts::default()), "nobody said who approved the second one");
        let day = NaiveDate::from_ymd_opt(2020, 4, 1).unwrap();
        let approval = Approval { by: "理事会".to_owned(), on: day, effective_on: day };
        answers.regulation.as_mut().unwrap().tracked.first_mut().unwrap().approval = Some(approval);
        assert!(done(Step::Regulation, &answers, Counts::default()));
        let again: Answers = serde_json::from_value(serde_json::to_value(&answers).unwrap()).unwrap();
        assert_eq!(again, answers);
    }
}
