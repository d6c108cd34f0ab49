//! What set-up asks, in which order, and when it is complete.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::engines::regulations::binding::{Binding, Blank as Date};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// as what
    pub tier: Tier,
    /// who
    pub person: PersonId,
    /// where
    pub department: DepartmentId,
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
    pub tracked: Vec<String>,
    /// 承認した機関
    pub approved_by: String,
    /// 承認日
    pub approved_on: NaiveDate,
    /// 施行日
    pub effective_on: NaiveDate,
}

impl Chosen {
    /// All of them, the operating one first.
    pub fn editions(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.key).chain(&self.tracked)
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
        Step::Regulation => answers.regulation.is_some(),
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

/// How many holders of a function the text demands at least.
const DEMANDS: [(&str, Tier); 2] = [("server_admin_min", Tier::Sysadmin), ("server_operator_min", Tier::Operator)];

/// The least number of holders: what the text demands; of those without whom nobody could go on, one.
#[must_use]
pub fn demanded(entry: &Entry, tier: Tier) -> usize {
    let said = DEMANDS.iter().filter(|(_, of)| *of == tier).find_map(|(name, _)| entry.catalogue.parameters.get(*name));
    let said = said.and_then(toml::Value::as_integer).and_then(|least| usize::try_from(least).ok()).unwrap_or_default();
    let needed = usize::from(matches!(tier, Tier::Sysadmin | Tier::Office));
    if entry.binding.as_ref().is_some_and(|binding| binding.title(tier).is_some()) { said.max(needed) } else { 0 }
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
        answers.regulation = Some(Chosen { tracked: vec!["b".to_owned()], ..chosen("a") });
        assert!(answers.filled().is_none());
    }
}
