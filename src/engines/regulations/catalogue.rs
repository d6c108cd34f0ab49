//! A regulation as data: the catalogue of its clauses (条項), what each demands and of whom. Read from
//! `regulations/<key>.toml`; a mistake in a file is named with file and clause.
use super::fault::{Faults, Report};
use crate::kernel::access::Tier;
use crate::kernel::calendar::Period;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// How strongly a clause binds (義務の強さ).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// しなければならない
    Must,
    /// 努める
    Effort,
    /// することができる
    May,
    /// してはならない
    Prohibit,
    /// 趣旨・定義
    Info,
}

impl Level {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Effort => "effort",
            Self::May => "may",
            Self::Prohibit => "prohibit",
            Self::Info => "info",
        }
    }
}

/// The kind of mechanism by which a clause can be kept and shown (仕組みの種類).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MechanismKind {
    /// 申請と承認
    Workflow,
    /// 台帳
    Ledger,
    /// 記録
    Record,
    /// 定期業務
    Schedule,
    /// 設定
    Setting,
    /// 通知
    Notice,
    /// 文書
    Document,
    /// 自己点検
    Attest,
    /// 趣旨・定義など、することの無い条項
    None,
}

impl MechanismKind {
    pub const ALL: [Self; 9] = [
        Self::Workflow,
        Self::Ledger,
        Self::Record,
        Self::Schedule,
        Self::Setting,
        Self::Notice,
        Self::Document,
        Self::Attest,
        Self::None,
    ];

    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Ledger => "ledger",
            Self::Record => "record",
            Self::Schedule => "schedule",
            Self::Setting => "setting",
            Self::Notice => "notice",
            Self::Document => "document",
            Self::Attest => "attest",
            Self::None => "none",
        }
    }
}

/// The smallest duty of a regulation (条項).
#[derive(Debug, Clone)]
pub struct Clause {
    pub id: String,
    /// The exact place in the text (条番号), for people.
    pub place: String,
    pub heading: String,
    pub duty: String,
    pub duty_en: String,
    /// Who owes it (担う人).
    pub holder: Tier,
    pub level: Level,
    pub mechanism: MechanismKind,
    pub feature: String,
    pub applicant: Option<Tier>,
    /// Who must decide, in order; each entry lists tiers of which any one may.
    pub approvers: Vec<Vec<Tier>>,
    pub executor: Option<Tier>,
    pub consults: Vec<Tier>,
    pub notify: Vec<Tier>,
    /// What the text wants recorded or considered.
    pub fields: Vec<String>,
    pub interval: Option<Period>,
    pub deadline: Option<Period>,
    /// What the portal does so that the duty is kept and can be shown.
    pub portal: String,
    pub portal_en: Option<String>,
    /// ISO/IEC 27001 Annex A numbers, 2013 and 2022.
    pub controls: Vec<String>,
    pub controls_2022: Vec<String>,
}

impl Clause {
    /// Whether the clause asks anything of anybody.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.mechanism != MechanismKind::None
    }

    /// The number of its article (条), where its id begins with one.
    #[must_use]
    pub fn article(&self) -> Option<u32> {
        article(&self.id)
    }

    /// The place without what only tells sentences of one paragraph apart: 「4.1.1(1)」 for 「4.1.1(1) 前段」.
    #[must_use]
    pub fn short_place(&self) -> &str {
        let end = self.place.find([' ', '　', '（', '・']).unwrap_or(self.place.len());
        if end == 0 { &self.place } else { &self.place[..end] }
    }

    /// The section under which boards group the clause: 「4.1.1」 of 「4.1.1-1-a」.
    #[must_use]
    pub fn section(&self) -> &str {
        self.id.split('-').next().unwrap_or(&self.id)
    }
}

/// A regulation (規程) with all its clauses.
#[derive(Debug, Clone)]
pub struct Regulation {
    pub key: String,
    /// Which of several editions of the text this is (改正後の版); none where there is one only.
    pub version: Option<String>,
    pub title: String,
    /// The kind of organisation that issues such a text.
    pub issuer_kind: String,
    pub adopted: String,
    /// What the text itself calls the tiers.
    pub roles: Vec<Role>,
    /// Every number, interval and list that the text fixes, as the catalogue names them.
    pub parameters: toml::Table,
    pub clauses: Vec<Clause>,
    index: HashMap<String, usize>,
}

impl Regulation {
    /// What tells this text from all others: the key, and the version of an amended one (`key@version`).
    #[must_use]
    pub fn edition(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.key),
            None => self.key.clone(),
        }
    }

    /// The clause of that id.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.index.get(id).map(|at| &self.clauses[*at])
    }

    /// Clauses that ask something of somebody.
    pub fn asking(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(|clause| clause.asks())
    }
}

/// A tier and what one regulation calls it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub key: Tier,
    pub title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    key: String,
    version: Option<String>,
    title: String,
    issuer_kind: String,
    adopted: String,
    roles: Vec<Role>,
    #[serde(default)]
    parameters: toml::Table,
}

/// A clause as written. Kept apart from [`Clause`] so that every fault of it can be told, not only the first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    r#ref: Option<String>,
    heading: String,
    duty: String,
    duty_en: String,
    holder: String,
    level: String,
    mechanism: String,
    feature: String,
    applicant: Option<String>,
    #[serde(default)]
    approvers: Vec<String>,
    executor: Option<String>,
    #[serde(default)]
    consults: Vec<String>,
    #[serde(default)]
    notify: Vec<String>,
    #[serde(default)]
    fields: Vec<String>,
    interval: Option<String>,
    deadline: Option<String>,
    portal: String,
    portal_en: Option<String>,
    #[serde(default)]
    controls: Vec<String>,
    #[serde(default)]
    controls_2022: Vec<String>,
}

/// Reads one catalogue; `file` is what faults are reported under.
pub fn parse(file: &str, text: &str) -> Result<Regulation, Faults> {
    let mut report = Report::new(file);
    let mut table: toml::Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => {
            report.file(error.to_string());
            return report.finish(None);
        }
    };
    let head = read_head(&mut table, &mut report);
    let clauses = read_clauses(&mut table, &mut report);
    for key in table.keys() {
        report.file(format!("unknown key 「{key}」"));
    }
    let regulation = head.map(|head| {
        let index = clauses.iter().enumerate().map(|(at, clause)| (clause.id.clone(), at)).collect();
        Regulation {
            key: head.key,
            version: head.version,
            title: head.title,
            issuer_kind: head.issuer_kind,
            adopted: head.adopted,
            roles: head.roles,
            parameters: head.parameters,
            clauses,
            index,
        }
    });
    report.finish(regulation)
}

fn read_head(table: &mut toml::Table, report: &mut Report) -> Option<Head> {
    let Some(head) = table.remove("regulation") else {
        report.file("has no [regulation]");
        return None;
    };
    let head: Head = head.try_into().map_err(|error| report.file(format!("[regulation]: {error}"))).ok()?;
    if !is_slug(&head.key) {
        report.file(format!("[regulation]: key 「{}」 must be lower-case letters, digits and hyphens", head.key));
    }
    if let Some(version) = head.version.as_ref().filter(|version| !is_version(version)) {
        report
            .file(format!("[regulation]: version 「{version}」 must be lower-case letters, digits, dots and hyphens"));
    }
    let mut seen = HashSet::new();
    for role in head.roles.iter().filter(|role| !seen.insert(role.key)) {
        report.file(format!("[regulation]: tier 「{}」 has two titles", role.key.key()));
    }
    Some(head)
}

fn is_slug(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn is_version(version: &str) -> bool {
    is_slug(&version.replace('.', "-"))
}

fn read_clauses(table: &mut toml::Table, report: &mut Report) -> Vec<Clause> {
    let Some(toml::Value::Array(list)) = table.remove("clause") else {
        report.file("has no [[clause]]");
        return Vec::new();
    };
    let mut seen = HashSet::new();
    let mut clauses = Vec::with_capacity(list.len());
    for (at, value) in list.into_iter().enumerate() {
        let name =
            value.get("id").and_then(toml::Value::as_str).map_or_else(|| format!("clause number {}", at + 1), name_of);
        let written: Written = match value.try_into() {
            Ok(written) => written,
            Err(error) => {
                report.at(name, error.to_string().trim());
                continue;
            }
        };
        if !seen.insert(written.id.clone()) {
            report.at(&name, "the id occurs twice");
        }
        clauses.extend(check(written, &name, report));
    }
    clauses
}

fn name_of(id: &str) -> String {
    format!("clause {id}")
}

/// Turns words into types, or says which of them are unknown.
fn check(written: Written, name: &str, report: &mut Report) -> Option<Clause> {
    let mut checker = Checker { name, report, sound: true };
    if written.id.is_empty() || written.id.contains(char::is_whitespace) {
        checker.fault(format!("the id 「{}」 is empty or contains a space", written.id));
    }
    for (key, text) in [("heading", &written.heading), ("duty", &written.duty), ("duty_en", &written.duty_en)] {
        if text.trim().is_empty() {
            checker.fault(format!("{key} is empty"));
        }
    }
    let holder = checker.tier("holder", &written.holder);
    let level = checker.word("level", &written.level);
    let mechanism = checker.word("mechanism kind", &written.mechanism);
    let applicant = written.applicant.as_deref().map(|tier| checker.tier("applicant", tier));
    let executor = written.executor.as_deref().map(|tier| checker.tier("executor", tier));
    let approvers: Vec<Vec<_>> = written
        .approvers
        .iter()
        .map(|step| step.split('|').map(|tier| checker.tier("approvers", tier)).collect())
        .collect();
    let consults: Vec<_> = written.consults.iter().map(|tier| checker.tier("consults", tier)).collect();
    let notify: Vec<_> = written.notify.iter().map(|tier| checker.tier("notify", tier)).collect();
    let interval = written.interval.as_deref().map(|text| checker.period("interval", text));
    let deadline = written.deadline.as_deref().map(|text| checker.period("deadline", text));
    if interval.flatten().is_some_and(Period::is_zero) {
        checker.fault("interval is P0D: something cannot recur without end on one day");
    }
    if !checker.sound {
        return None;
    }
    Some(Clause {
        place: written.r#ref.unwrap_or_else(|| written.id.clone()),
        id: written.id,
        heading: written.heading,
        duty: written.duty,
        duty_en: written.duty_en,
        holder: holder?,
        level: level?,
        mechanism: mechanism?,
        feature: written.feature,
        applicant: applicant.flatten(),
        approvers: approvers.into_iter().map(|step| step.into_iter().flatten().collect()).collect(),
        executor: executor.flatten(),
        consults: consults.into_iter().flatten().collect(),
        notify: notify.into_iter().flatten().collect(),
        fields: written.fields,
        interval: interval.flatten(),
        deadline: deadline.flatten(),
        portal: written.portal,
        portal_en: written.portal_en,
        controls: written.controls,
        controls_2022: written.controls_2022,
    })
}

struct Checker<'a> {
    name: &'a str,
    report: &'a mut Report,
    sound: bool,
}

impl Checker<'_> {
    fn fault(&mut self, what: impl Into<String>) {
        self.sound = false;
        self.report.at(self.name, what);
    }

    fn tier(&mut self, key: &str, text: &str) -> Option<Tier> {
        let tier = Tier::from_key(text);
        if tier.is_none() {
            self.fault(format!("{key}: unknown tier 「{text}」"));
        }
        tier
    }

    fn word<T: for<'de> Deserialize<'de>>(&mut self, what: &str, text: &str) -> Option<T> {
        let word = toml::Value::String(text.to_owned()).try_into();
        word.map_err(|_| self.fault(format!("unknown {what} 「{text}」"))).ok()
    }

    fn period(&mut self, key: &str, text: &str) -> Option<Period> {
        Period::parse(text).map_err(|error| self.fault(format!("{key}: {error}"))).ok()
    }
}
/// The number of the article to which a clause's id belongs: 21 for `21-4-6`, 19 for `19a`.
#[must_use]
pub fn article(id: &str) -> Option<u32> {
    let digits = id.find(|c: char| !c.is_ascii_digit()).unwrap_or(id.len());
    id.get(..digits)?.parse().ok().filter(|_| !id[digits..].starts_with('.'))
}
