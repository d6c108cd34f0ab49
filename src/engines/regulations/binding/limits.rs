//! 役割ごとの権限の上限表: how far the rights may go that a holder of each role is given on a system.
use super::Title;
use crate::engines::regulations::catalogue::Regulation;
use crate::engines::regulations::fault::Report;
use crate::kernel::access::Tier;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a right of a system goes; the wider is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightLevel {
    /// 職務の標準権限
    Standard,
    /// 標準を超える権限
    Beyond,
    /// 特権
    Privileged,
}

impl RightLevel {
    /// The neutral key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Beyond => "beyond",
            Self::Privileged => "privileged",
        }
    }
}

/// The table of a regulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightLimits {
    /// The clause that asks for it.
    pub clause: String,
    /// The widest right of each role.
    pub most: BTreeMap<Tier, RightLevel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    clause: String,
    most: BTreeMap<String, RightLevel>,
}

/// Checks the table: each role that the organisation knows has its line, and no other.
pub(super) fn limits(
    written: Written,
    catalogue: &Regulation,
    titles: &BTreeMap<Tier, Title>,
    report: &mut Report,
) -> RightLimits {
    let place = "right_limits";
    if catalogue.clause(&written.clause).is_none() {
        report.at(place, format!("unknown clause 「{}」", written.clause));
    }
    let mut most = BTreeMap::new();
    for (key, level) in written.most {
        match Tier::from_key(&key).filter(|tier| titles.contains_key(tier)) {
            Some(tier) => drop(most.insert(tier, level)),
            None => report.at(place, format!("「{key}」 is no role of this organisation")),
        }
    }
    for tier in titles.keys().filter(|tier| !most.contains_key(tier)) {
        report.at(place, format!("「{}」 has no line", tier.key()));
    }
    RightLimits { clause: written.clause, most }
}
