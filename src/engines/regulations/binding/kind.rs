//! Request kinds (申請の種類) as a regulation prescribes them: the form and the route, as data. Their effects are
//! typed code in the feature that registers the mechanism of the same key.
use super::{Needs, route_check};
use crate::engines::regulations::fault::Report;
use crate::engines::regulations::words::Words;
use crate::kernel::access::{FunctionKey, Tier};
use serde::{Deserialize, Serialize};

/// A kind of request: who may file it, what the form asks, who decides and who carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The mechanism key.
    pub key: String,
    /// The room without which it cannot be carried out (準備中): declared and checked, not yet offered.
    pub waits_for: Option<String>,
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
    /// Rights of administration are asked for elsewhere, on an account of their own (業務権限と管理者権限の分離).
    #[serde(default)]
    pub ordinary_rights: bool,
    /// Several are approved at once (まとめて承認): only for what is of little weight.
    #[serde(default)]
    pub bulk: bool,
    /// 取下げの理由: whoever withdraws it has to say why.
    #[serde(default)]
    pub withdrawal_reason: bool,
    /// 関連する申請: the kinds after whose work this one is offered for the same row (導入, then 変更 and 廃止).
    #[serde(default)]
    pub follows: Vec<String>,
    /// 様式番号: what the organisation's rules call its form (様式第3号).
    pub form_no: Option<String>,
    /// What is said where an ID is another person's already; none: the portal's own words.
    pub taken: Option<Words>,
    /// Pairs of steps that one person may hold (兼ねてよい段); everybody else decides once.
    #[serde(default)]
    pub joinable: Vec<(String, String)>,
    /// 差戻し後の経路: what becomes of the steps between the one it was sent back to and the one that sent it.
    #[serde(default)]
    pub after_return: AfterReturn,
    /// 引き上げ承認: whoever decides at a later step may do so before those in front have answered. Never where a clause asks for
    /// the request, and so for those in front.
    #[serde(default)]
    pub pull_up: bool,
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
}

/// How a request goes on once the step that it was sent back to has answered again (差戻し後の経路).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterReturn {
    /// 途中の段階もやり直す: every step after it answers anew.
    #[default]
    Repeat,
    /// 差し戻した段階へ直接進む: what the steps between had answered stays.
    Sender,
}

impl AfterReturn {
    /// The key that the record uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Repeat => "repeat",
            Self::Sender => "sender",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Repeat, Self::Sender].into_iter().find(|after| after.key() == key)
    }
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

    /// The steps before the work (承認などの段).
    #[must_use]
    pub fn before_work(&self) -> &[Step] {
        self.steps.split_at(self.work()).0
    }

    /// The work, and what follows it.
    #[must_use]
    pub fn from_work(&self) -> &[Step] {
        self.steps.split_at(self.work()).1
    }

    fn work(&self) -> usize {
        self.steps.iter().position(Step::works).unwrap_or(self.steps.len())
    }

    /// Whether the steps of its route can be acted on, in their order.
    #[must_use]
    pub fn route_holds(&self) -> bool {
        route_check::holds(self)
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
    /// The part of the page in which it is asked; none: the one that its type belongs to.
    pub part: Option<Part>,
    /// The clause that asks for it; none: the organisation or the portal does.
    pub clause: Option<String>,
    /// Most characters of a text.
    pub max: Option<usize>,
    /// A day that is not before that of this other field, or `today`.
    pub not_before: Option<String>,
    /// A day that is not after it.
    pub not_after: Option<String>,
    /// Most days after `not_before`; of a period without one, most days that it lasts.
    pub most_days: Option<u32>,
    /// The least and the greatest number.
    pub least: Option<i64>,
    pub most: Option<i64>,
    /// The register whose rows are offered (`reference`, `rights`).
    pub source: Option<String>,
    /// The field of a person whose own rows are offered, and no others.
    pub of: Option<String>,
    /// The canonical parameter whose list is offered (`choice`).
    pub choices_from: Option<String>,
    #[serde(default)]
    pub options: Vec<Choice>,
}

/// The day of filing, where a field names the day with which it is compared.
pub const TODAY: &str = "today";

impl Field {
    /// Is it answered with days?
    #[must_use]
    pub const fn is_of_days(&self) -> bool {
        matches!(self.kind, FieldType::Date | FieldType::Moment | FieldType::Period)
    }
}

/// A part of a form's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// だれのことか
    Who,
    /// 何を
    What,
    /// いつから、なぜ
    Why,
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
    /// A clause of the regulations in force (条項); on the form alone.
    Clause,
    /// A row of a register (台帳の行).
    Reference,
    /// Any number of rows of a register: the lines of the request.
    References,
    /// Rows of a register, each with one of its rights (システムと権限): the lines of the request.
    Rights,
    /// Every row of a register that is offered, each with one of its answers (旧権限の扱い): the lines of the request.
    Every,
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
    /// Of those of the tier, only the holder of this function (役割); none: any of them.
    pub function: Option<String>,
    #[serde(default)]
    pub scope: Scope,
    pub title: Words,
    /// The same act also carries out what it decides (確認と発行を一度に).
    #[serde(default)]
    pub executes: bool,
    /// Acted on once for each line of the request: worked on, or answered (システムごとの使用許可).
    #[serde(default)]
    pub each_line: bool,
    /// A person whom they name may act (指名する者).
    #[serde(default)]
    pub designee: bool,
    /// Opens together with the step before it (並行).
    #[serde(default)]
    pub beside: bool,
    /// Of how many of those who sit there the answer is needed (合議).
    #[serde(default)]
    pub needs: Needs,
    /// Passed over where nobody sits there (空席のときは省略); else the step moves up.
    #[serde(default)]
    pub may_be_missing: bool,
    /// Whoever holds one of these tiers decides here in their own post only, never for somebody else (使う人と承認する人の分離).
    #[serde(default)]
    pub apart_from: Vec<Tier>,
    /// Business days after which the step is overdue.
    pub due_days: Option<u32>,
    /// The day of the form until which it is to be done.
    pub due_on: Option<String>,
    pub when: Option<Condition>,
    /// What the request is called while it waits here (作業報告待ち); none: the portal's word.
    pub state: Option<Words>,
    /// What those of a later step are told while this one is not over.
    pub unfinished: Option<Words>,
    /// What the button of a receipt says (確認した).
    pub button: Option<Words>,
    /// The clause that asks for the step; none: 組織が定めた段.
    pub clause: Option<String>,
    /// What the step records.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
}

impl Step {
    /// Whether the work itself is done here.
    #[must_use]
    pub fn works(&self) -> bool {
        self.executes || self.act == Act::Execute
    }
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// 承認・却下・差戻し
    Decide,
    /// 許可
    Permit,
    /// 指示: an order, recorded as such and not as an approval
    Instruct,
    /// 協議: an opinion, which must be there and neither lets pass nor stops
    Consult,
    /// 実施
    Execute,
    /// 確認: what the step's fields record; never refuses
    Confirm,
    /// 作業の報告, by those who did the work
    Report,
    /// 通知: told, and nobody waits
    Notify,
    /// 受領
    Acknowledge,
}

impl Act {
    /// Whether the act lets the request pass or stops it, as a clause's `approvers` do.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::Decide | Self::Permit | Self::Instruct)
    }

    /// Whether somebody is only told.
    #[must_use]
    pub const fn tells(self) -> bool {
        matches!(self, Self::Notify)
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
    /// The person whom a field of the form names (申請書で選んだ人): `field:author`.
    Field(FunctionKey),
}

impl TryFrom<String> for By {
    type Error = String;

    fn try_from(key: String) -> Result<Self, String> {
        match key.as_str() {
            "applicant" => Ok(Self::Applicant),
            "person_concerned" => Ok(Self::PersonConcerned),
            field if field.starts_with("field:") => {
                FunctionKey::new(field).map(Self::Field).ok_or_else(|| format!("「{field}」 is too long a name"))
            }
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
            By::Field(field) => field.key().to_owned(),
        }
    }
}

/// Where those who act are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The department for which the applicant files, and those above it.
    Department,
    /// The department that owns the register row asked for (所管課), and those above it.
    Owner,
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
