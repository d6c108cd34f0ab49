//! Request kinds (申請の種類) as a regulation prescribes them: the form and the route, as data. Their effects are
//! typed code in the feature that registers the mechanism of the same key.
use super::{Bind, Offer, Title};
use crate::engines::regulations::catalogue::{MechanismKind, Regulation};
use crate::engines::regulations::fault::Report;
use crate::engines::regulations::words::Words;
use crate::kernel::access::Tier;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A kind of request: who may file it, what the form asks, who decides and who carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The mechanism key.
    pub key: String,
    pub title: Words,
    /// When one uses it (こういうときに使う).
    pub hint: Words,
    /// The middle of its numbers (R8-ACC-0001).
    #[serde(default = "default_prefix")]
    pub prefix: String,
    /// The clauses that ask for it.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// No clause asks for it (組織が定めた手続).
    #[serde(default)]
    pub org_defined: bool,
    /// Tiers that may file it.
    pub applicants: Vec<Tier>,
    /// Filed on an open page, by somebody who only claims to be a person of the organisation.
    #[serde(default)]
    pub without_sign_in: bool,
    /// Pairs of steps that one person may hold (兼ねてよい段); everybody else decides once.
    #[serde(default)]
    pub joinable: Vec<(String, String)>,
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
}

fn default_prefix() -> String {
    "ACC".to_owned()
}

impl Kind {
    /// The field of the form with that key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The step of the route with that key.
    #[must_use]
    pub fn step(&self, key: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.key == key)
    }

    /// Whether one person may act in both steps.
    #[must_use]
    pub fn may_join(&self, one: &str, other: &str) -> bool {
        self.joinable.iter().any(|(a, b)| (a == one && b == other) || (a == other && b == one))
    }
}

/// One question of a form, or one result that a step records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub key: String,
    #[serde(rename = "type")]
    pub kind: FieldType,
    pub label: Words,
    pub hint: Option<Words>,
    #[serde(default)]
    pub required: bool,
    pub required_when: Option<Condition>,
    pub visible_when: Option<Condition>,
    /// The clause that asks for it; none: the organisation or the portal does.
    pub clause: Option<String>,
    /// Most characters of a text.
    pub max: Option<usize>,
    /// The register whose rows are offered (`reference`, `rights`).
    pub source: Option<String>,
    /// The field of a person whose own rows are offered, and no others.
    pub of: Option<String>,
    /// The canonical parameter whose list is offered (`choice`).
    pub choices_from: Option<String>,
    #[serde(default)]
    pub options: Vec<Choice>,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub label: Words,
}

/// How a field is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    Text,
    LongText,
    /// Exactly one of few.
    Choice,
    /// Any number of few.
    Multiple,
    YesNo,
    Number,
    Date,
    /// Date and time of day.
    Moment,
    Period,
    TimeBand,
    Person,
    Department,
    /// A row of a register (台帳の行).
    Reference,
    /// Rows of a register, each with one of its rights (システムと権限): the lines of the request.
    Rights,
    Mac,
    Ip,
    HostName,
    File,
}

/// When a field is asked or a step is taken: the other field has one of the answers, or any answer at all.
/// `person.employment` and the like ask for a fact about the row that the field names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub field: String,
    #[serde(default)]
    pub any_of: Vec<String>,
}

/// One step of the route (段).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub key: String,
    pub act: Act,
    /// Who acts; several: any one of them.
    pub by: Vec<By>,
    #[serde(default)]
    pub scope: Scope,
    pub title: Words,
    /// The same act also carries out what it decides (確認と発行を一度に).
    #[serde(default)]
    pub executes: bool,
    /// Acted on once for each line of the request.
    #[serde(default)]
    pub each_line: bool,
    /// A person whom they name may act (指名する者).
    #[serde(default)]
    pub designee: bool,
    /// Business days after which the step is overdue.
    pub due_days: Option<u32>,
    pub when: Option<Condition>,
    /// The clause that asks for the step; none: 組織が定めた段.
    pub clause: Option<String>,
    /// What the step records.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// 承認・却下・差戻し
    Decide,
    /// 許可
    Permit,
    /// 指示
    Instruct,
    /// 協議
    Consult,
    /// 実施
    Execute,
    /// 確認
    Confirm,
    /// 報告を受ける
    Report,
    /// 通知
    Notify,
    /// 回覧
    Circulate,
    /// 受領
    Acknowledge,
}

impl Act {
    /// Whether the act lets the request pass or stops it, as a clause's `approvers` do.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::Decide | Self::Permit | Self::Instruct)
    }
}

/// Who acts in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum By {
    Tier(Tier),
    /// 申請者
    Applicant,
    /// 利用者本人 (the person the request is about)
    PersonConcerned,
}

impl TryFrom<String> for By {
    type Error = String;

    fn try_from(key: String) -> Result<Self, String> {
        match key.as_str() {
            "applicant" => Ok(Self::Applicant),
            "person_concerned" => Ok(Self::PersonConcerned),
            tier => Tier::from_key(tier).map(Self::Tier).ok_or_else(|| format!("unknown tier 「{tier}」")),
        }
    }
}

impl From<By> for String {
    fn from(by: By) -> Self {
        match by {
            By::Tier(tier) => tier.key().to_owned(),
            By::Applicant => "applicant".to_owned(),
            By::PersonConcerned => "person_concerned".to_owned(),
        }
    }
}

/// Where those who act are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The department for which the applicant files, and those above it.
    Department,
    #[default]
    Organisation,
}

/// Reads the kinds one by one, so that a fault names its kind.
pub(super) fn read(tables: Vec<toml::Table>, report: &mut Report) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::with_capacity(tables.len());
    for (at, table) in tables.into_iter().enumerate() {
        let key = table.get("key").and_then(toml::Value::as_str);
        let name = key.map_or_else(|| format!("kind number {}", at + 1), |key| format!("kind {key}"));
        match table.try_into::<Kind>() {
            Err(error) => report.at(name, error.to_string().trim()),
            Ok(kind) if kinds.iter().any(|other| other.key == kind.key) => report.at(name, "the key occurs twice"),
            Ok(kind) => kinds.push(kind),
        }
    }
    kinds
}

/// Checks the kinds against the catalogue: who may file, who must decide, what is asked and by which clause.
pub(super) fn check(
    kinds: &[Kind],
    catalogue: &Regulation,
    titles: &BTreeMap<Tier, Title>,
    binds: &HashMap<String, Bind>,
    offer: Offer<'_>,
    report: &mut Report,
) {
    for kind in kinds {
        let mut checker = Checker { name: format!("kind {}", kind.key), catalogue, titles, report };
        if !offer.mechanisms.contains(&kind.key.as_str()) {
            checker.fault("no such mechanism is registered");
        }
        checker.identity(kind);
        checker.clauses(kind, binds);
        checker.fields(&kind.fields, &kind.fields);
        checker.steps(kind);
    }
}

struct Checker<'a> {
    name: String,
    catalogue: &'a Regulation,
    titles: &'a BTreeMap<Tier, Title>,
    report: &'a mut Report,
}

impl Checker<'_> {
    fn fault(&mut self, what: impl Into<String>) {
        self.report.at(&self.name, what);
    }

    fn identity(&mut self, kind: &Kind) {
        let prefix = &kind.prefix;
        if !(2..=6).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            self.fault(format!("the prefix 「{prefix}」 must be 2 to 6 capital letters or digits"));
        }
        if !kind.title.is_complete() || !kind.hint.is_complete() {
            self.fault("title and hint are needed in both languages");
        }
        if kind.clauses.is_empty() != kind.org_defined {
            self.fault("names either the clauses that ask for it or org_defined = true");
        }
        if kind.applicants.is_empty() {
            self.fault("nobody may file it");
        }
        for tier in &kind.applicants {
            self.titled("applicants", *tier);
        }
    }

    fn clauses(&mut self, kind: &Kind, binds: &HashMap<String, Bind>) {
        for id in &kind.clauses {
            let Some(clause) = self.catalogue.clause(id) else {
                self.fault(format!("unknown clause 「{id}」"));
                continue;
            };
            if !binds.get(id).is_some_and(|bind| bind.mechanisms.contains(&kind.key)) {
                self.fault(format!("clause {id} is not bound to 「{}」", kind.key));
            }
            if clause.mechanism != MechanismKind::Workflow {
                self.fault(format!("clause {id} is no workflow clause"));
                continue;
            }
            if clause.applicant.is_some_and(|tier| !kind.applicants.contains(&tier)) {
                self.fault(format!(
                    "clause {id} lets 「{}」 apply, the kind does not",
                    clause.applicant.map_or("", Tier::key)
                ));
            }
            if !clause.approvers.is_empty() && clause.approvers != deciders(kind) {
                let wanted = written(&clause.approvers);
                self.fault(format!("clause {id} wants {wanted} to decide, the route has {}", written(&deciders(kind))));
            }
            let executing = kind.steps.iter().filter(|step| step.act == Act::Execute || step.executes);
            let executors: Vec<By> = executing.flat_map(|step| step.by.iter().copied()).collect();
            if clause.executor.is_some_and(|tier| !executors.contains(&By::Tier(tier))) {
                self.fault(format!("clause {id} wants 「{}」 to carry it out", clause.executor.map_or("", Tier::key)));
            }
        }
    }

    fn fields(&mut self, fields: &[Field], known: &[Field]) {
        let mut seen = HashSet::new();
        for field in fields {
            let key = &field.key;
            if !seen.insert(key.as_str()) {
                self.fault(format!("field 「{key}」 occurs twice"));
            }
            if !field.label.is_complete() || !field.hint.as_ref().is_none_or(Words::is_complete) {
                self.fault(format!("field 「{key}」: label and hint are needed in both languages"));
            }
            if field.required && field.required_when.is_some() {
                self.fault(format!("field 「{key}」 is required always and sometimes"));
            }
            self.known_clause(&format!("field 「{key}」"), field.clause.as_deref());
            self.choices(field);
            self.owner(field, fields);
            for condition in field.required_when.iter().chain(&field.visible_when) {
                self.condition(&format!("field 「{key}」"), condition, known);
            }
        }
    }

    /// Rows that belong to somebody are offered once it is said to whom.
    fn owner(&mut self, field: &Field, fields: &[Field]) {
        let Some(of) = &field.of else { return };
        let named = fields.iter().any(|other| other.key == *of && other.kind == FieldType::Person);
        if !named || field.source.is_none() {
            let key = &field.key;
            self.fault(format!("field 「{key}」: of belongs to a reference, and names a field of a person"));
        }
    }

    fn choices(&mut self, field: &Field) {
        let key = &field.key;
        let chooses = matches!(field.kind, FieldType::Choice | FieldType::Multiple);
        let offers = !field.options.is_empty() || field.choices_from.is_some();
        if chooses != offers {
            self.fault(format!("field 「{key}」: options or choices_from belong to a choice, and a choice needs them"));
        }
        if field
            .choices_from
            .as_deref()
            .is_some_and(|name| crate::engines::regulations::parameters::find(name).is_none())
        {
            self.fault(format!("field 「{key}」: choices_from names no canonical parameter"));
        }
        if matches!(field.kind, FieldType::Reference | FieldType::Rights) != field.source.is_some() {
            self.fault(format!("field 「{key}」: source belongs to a reference, and a reference needs it"));
        }
    }

    fn condition(&mut self, place: &str, condition: &Condition, known: &[Field]) {
        let root = condition.field.split('.').next().unwrap_or_default();
        let Some(field) = known.iter().find(|field| field.key == root) else {
            self.fault(format!("{place}: the condition asks for the unknown field 「{root}」"));
            return;
        };
        let unknown = condition.any_of.iter().find(|value| !field.options.iter().any(|option| option.key == **value));
        if let Some(value) = unknown.filter(|_| root == condition.field && !field.options.is_empty()) {
            self.fault(format!("{place}: 「{root}」 never has the answer 「{value}」"));
        }
    }

    fn steps(&mut self, kind: &Kind) {
        if kind.steps.is_empty() {
            self.fault("has no route");
        }
        let mut seen = HashSet::new();
        for step in &kind.steps {
            let place = format!("step 「{}」", step.key);
            if !seen.insert(step.key.as_str()) {
                self.fault(format!("{place} occurs twice"));
            }
            if !step.title.is_complete() {
                self.fault(format!("{place}: the title is needed in both languages"));
            }
            if step.by.is_empty() {
                self.fault(format!("{place}: nobody acts"));
            }
            if step.executes && !step.act.decides() {
                self.fault(format!("{place}: executes = true belongs to a deciding step"));
            }
            for by in &step.by {
                match by {
                    By::Tier(tier) => self.titled(&place, *tier),
                    By::Applicant | By::PersonConcerned if step.act.decides() => {
                        self.fault(format!("{place}: nobody decides on their own request"));
                    }
                    By::Applicant | By::PersonConcerned => {}
                }
            }
            self.known_clause(&place, step.clause.as_deref());
            if let Some(condition) = &step.when {
                self.condition(&place, condition, &kind.fields);
            }
            let known: Vec<Field> = kind.fields.iter().chain(&step.fields).cloned().collect();
            self.fields(&step.fields, &known);
        }
        for (one, other) in &kind.joinable {
            if one == other || !seen.contains(one.as_str()) || !seen.contains(other.as_str()) {
                self.fault(format!("joinable: 「{one}」 and 「{other}」 are no two steps of the route"));
            }
        }
    }

    fn titled(&mut self, place: &str, tier: Tier) {
        if !self.titles.contains_key(&tier) {
            self.fault(format!("{place}: tier 「{}」 has no title in this organisation", tier.key()));
        }
    }

    fn known_clause(&mut self, place: &str, clause: Option<&str>) {
        if let Some(id) = clause.filter(|id| self.catalogue.clause(id).is_none()) {
            self.fault(format!("{place}: unknown clause 「{id}」"));
        }
    }
}

/// The tiers that decide, step by step, as a clause writes them.
fn deciders(kind: &Kind) -> Vec<Vec<Tier>> {
    let tiers = |step: &Step| {
        let tier = |by: &By| match by {
            By::Tier(tier) => Some(*tier),
            By::Applicant | By::PersonConcerned => None,
        };
        step.by.iter().filter_map(tier).collect()
    };
    kind.steps.iter().filter(|step| step.act.decides()).map(tiers).collect()
}

fn written(steps: &[Vec<Tier>]) -> String {
    let step = |tiers: &Vec<Tier>| tiers.iter().map(|tier| tier.key()).collect::<Vec<_>>().join("|");
    steps.iter().map(step).collect::<Vec<_>>().join(" → ")
}
