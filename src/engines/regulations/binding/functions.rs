//! 役割 (named functions) of a regulation: who holds which by which post, and who is told when one is vacant.
use super::kind::{By, Kind, Scope};
use super::{Title, Words};
use crate::engines::regulations::catalogue::Regulation;
use crate::engines::regulations::fault::Report;
use crate::kernel::access::{FunctionKey, Tier};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A function that the regulation names (サーバ管理者, 総括管理者).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub key: String,
    pub title: Words,
    /// The clause that asks for it; none: the organisation set it up (組織が定めた役割).
    pub clause: Option<String>,
    /// The tier whose rights it carries.
    pub tier: Tier,
    /// Somebody has to hold it.
    pub required: bool,
    /// 充て職: the post whose holder it is, as the text names it.
    pub ex_officio: Option<String>,
}

/// Steps that name a function: one of their own tier, held for the whole organisation.
pub(super) fn of_steps(kinds: &[Kind], functions: &[Function], report: &mut Report) {
    for (kind, step) in kinds.iter().flat_map(|kind| kind.steps.iter().map(move |step| (kind, step))) {
        let Some(key) = &step.function else { continue };
        let of_the_tier = |function: &Function| function.key == *key && step.by == [By::Tier(function.tier)];
        if !functions.iter().any(of_the_tier) || step.scope != Scope::Organisation {
            let place = format!("kind {}", kind.key);
            report.at(
                place,
                format!(
                    "step 「{}」: 「{key}」 is no function of the tier that acts, for the whole organisation",
                    step.key
                ),
            );
        }
    }
}

/// What is said, and to whom, while one of these functions is vacant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VacancyNotice {
    pub functions: Vec<String>,
    pub to: Vec<Tier>,
    pub words: Words,
    pub clause: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenFunction {
    key: String,
    title: Words,
    clause: Option<String>,
    #[serde(default)]
    org_defined: bool,
    tier: String,
    #[serde(default)]
    required: bool,
    /// A name in the catalogue's `role_posts`.
    ex_officio: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenNotice {
    functions: Vec<String>,
    to: Vec<String>,
    words: Words,
    clause: String,
}

pub(super) fn functions(
    written: Vec<WrittenFunction>,
    catalogue: &Regulation,
    titles: &BTreeMap<Tier, Title>,
    report: &mut Report,
) -> Vec<Function> {
    let mut found: Vec<Function> = Vec::with_capacity(written.len());
    for function in written {
        let place = format!("function {}", function.key);
        let tier = Tier::from_key(&function.tier).filter(|tier| titles.contains_key(tier));
        if !function.title.is_complete() {
            report.at(&place, "the title is needed in both languages");
        }
        if found.iter().any(|known| known.key == function.key) {
            report.at(&place, "the key occurs twice");
        }
        if !is_key(&function.key) {
            report.at(&place, "a key is made of small letters and _, no more than 32");
        }
        match (&function.clause, function.org_defined) {
            (Some(clause), false) if catalogue.clause(clause).is_some() => {}
            (Some(clause), false) => report.at(&place, format!("unknown clause 「{clause}」")),
            (None, true) => {}
            _ => report.at(&place, "needs either clause or org_defined = true"),
        }
        let Some(tier) = tier else {
            report.at(&place, format!("tier 「{}」 is unknown or has no title", function.tier));
            continue;
        };
        let ex_officio = function.ex_officio.and_then(|name| {
            let post = catalogue.parameters.get("role_posts").and_then(|posts| posts.get(&name)?.as_str());
            if post.is_none() {
                report.at(&place, format!("role_posts of the catalogue has no 「{name}」"));
            }
            post.map(str::to_owned)
        });
        found.push(Function {
            key: function.key,
            title: function.title,
            clause: function.clause,
            tier,
            required: function.required,
            ex_officio,
        });
    }
    found
}

/// Addresses are made of it.
fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= FunctionKey::LONGEST
        && key != "chart"
        && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

pub(super) fn notices(
    written: Vec<WrittenNotice>,
    functions: &[Function],
    catalogue: &Regulation,
    report: &mut Report,
) -> Vec<VacancyNotice> {
    let mut found = Vec::with_capacity(written.len());
    for notice in written {
        let place = format!("vacancy {}", notice.functions.join(", "));
        for key in notice.functions.iter().filter(|key| !functions.iter().any(|known| known.key == **key)) {
            report.at(&place, format!("unknown function 「{key}」"));
        }
        if notice.functions.is_empty() || notice.to.is_empty() || !notice.words.is_complete() {
            report.at(&place, "needs functions, to, and words in both languages");
        }
        if catalogue.clause(&notice.clause).is_none() {
            report.at(&place, format!("unknown clause 「{}」", notice.clause));
        }
        let mut to = Vec::with_capacity(notice.to.len());
        for key in notice.to {
            match Tier::from_key(&key) {
                Some(tier) => to.push(tier),
                None => report.at(&place, format!("unknown tier 「{key}」")),
            }
        }
        found.push(VacancyNotice { functions: notice.functions, to, words: notice.words, clause: notice.clause });
    }
    found
}
