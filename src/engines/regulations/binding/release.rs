//! Who, beside the administrators of the portal, looks after sign-ins: who releases accounts that failures have locked
//! (使用停止の解除), and who watches IDs that are in use at two terminals (同時ログイン).
use super::{Scope, Title};
use crate::engines::regulations::catalogue::Regulation;
use crate::engines::regulations::fault::Report;
use crate::kernel::access::{Permission, Reach, Tier};
use crate::people::permissions::Grant;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Who releases, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Those of these tiers, as far as `reach` goes.
    pub by: Vec<Tier>,
    pub reach: Reach,
    /// 解除理由 is owed.
    pub reason: bool,
    pub clause: String,
}

impl Release {
    /// What it gives to these tiers in the permission table.
    pub fn grants(&self) -> impl Iterator<Item = Grant> + '_ {
        let grant = |tier: &Tier| Grant { tier: *tier, permission: Permission::SignInsManage, reach: self.reach };
        self.by.iter().map(grant)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenRelease {
    by: Vec<String>,
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    reason: bool,
    clause: String,
}

pub(super) fn release(
    written: WrittenRelease,
    catalogue: &Regulation,
    titles: &BTreeMap<Tier, Title>,
    report: &mut Report,
) -> Release {
    let (by, reach) = named("release", written.by, written.scope, titles, report);
    if catalogue.clause(&written.clause).is_none() {
        report.at("release", format!("unknown clause 「{}」", written.clause));
    }
    Release { by, reach, reason: written.reason, clause: written.clause }
}

/// Those of these tiers, and how far among sign-ins they reach.
fn named(
    place: &str,
    keys: Vec<String>,
    scope: Scope,
    titles: &BTreeMap<Tier, Title>,
    report: &mut Report,
) -> (Vec<Tier>, Reach) {
    let mut tiers = Vec::with_capacity(keys.len());
    for key in keys {
        match Tier::from_key(&key).filter(|tier| titles.contains_key(tier)) {
            Some(tier) => tiers.push(tier),
            None => report.at(place, format!("tier 「{key}」 is unknown or has no title")),
        }
    }
    let reach = match scope {
        Scope::Organisation => Reach::Organisation,
        Scope::Department => Reach::Department,
        Scope::Owner => {
            report.at(place, "sign-ins belong to no owner: scope is department or organisation");
            Reach::None
        }
    };
    // the heads of sections are the only ones who are found by their section
    if reach == Reach::Department && tiers.iter().any(|tier| *tier != Tier::Manager) {
        report.at(place, "of a section, only its manager");
    }
    (tiers, reach)
}

/// 同時ログイン: who is told, and sees it, when one ID is in use at two terminals; without it nobody looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Those of these tiers, as far as `reach` goes.
    pub tell: Vec<Tier>,
    pub reach: Reach,
    pub clause: String,
}

impl Elsewhere {
    /// What it gives to these tiers in the permission table.
    pub fn grants(&self) -> impl Iterator<Item = Grant> + '_ {
        let grant = |tier: &Tier| Grant { tier: *tier, permission: Permission::SignInsWatch, reach: self.reach };
        self.tell.iter().map(grant)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenElsewhere {
    tell: Vec<String>,
    #[serde(default)]
    scope: Scope,
    clause: String,
}

pub(super) fn elsewhere(
    written: WrittenElsewhere,
    catalogue: &Regulation,
    titles: &BTreeMap<Tier, Title>,
    report: &mut Report,
) -> Elsewhere {
    let (tell, reach) = named("elsewhere", written.tell, written.scope, titles, report);
    if catalogue.clause(&written.clause).is_none() {
        report.at("elsewhere", format!("unknown clause 「{}」", written.clause));
    }
    Elsewhere { tell, reach, clause: written.clause }
}
