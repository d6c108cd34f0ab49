//! 使用停止の解除: who, beside the administrators of the portal, releases accounts that failures have locked, and whether the
//! reason is recorded.
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
    let mut by = Vec::with_capacity(written.by.len());
    for key in written.by {
        match Tier::from_key(&key).filter(|tier| titles.contains_key(tier)) {
            Some(tier) => by.push(tier),
            None => report.at("release", format!("tier 「{key}」 is unknown or has no title")),
        }
    }
    let reach = match written.scope {
        Scope::Organisation => Reach::Organisation,
        Scope::Department => Reach::Department,
        Scope::Owner => {
            report.at("release", "sign-ins belong to no owner: scope is department or organisation");
            Reach::None
        }
    };
    // the heads of sections are the only ones who are found by their section
    if reach == Reach::Department && by.iter().any(|tier| *tier != Tier::Manager) {
        report.at("release", "of a section, only its manager");
    }
    if catalogue.clause(&written.clause).is_none() {
        report.at("release", format!("unknown clause 「{}」", written.clause));
    }
    Release { by, reach, reason: written.reason, clause: written.clause }
}
