//! 職で務める立場: the tiers of each adopted text that it names without a function of their own (市長, 主管課長, 監査担当). Whoever bears
//! such a post holds it; it is given where posts are given, and not in the register of functions.
use std::collections::BTreeSet;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::adopted::{Adopted, InForce};
use super::functions::{Named, named};
use crate::kernel::access::Tier;
use crate::kernel::error::Result;
use crate::people::posts::{self, Term};

/// Such a tier with everybody who bears a post of it.
#[derive(Debug)]
pub struct ByPost<'a> {
    /// the text that names it
    pub of: &'a Adopted,
    pub tier: Tier,
    /// where it is given
    pub entered: Entered<'a>,
    /// the text in operation has it too, so that such posts are given
    given: bool,
    terms: Vec<Term>,
}

/// Where somebody becomes it.
#[derive(Debug, Clone, Copy)]
pub enum Entered<'a> {
    /// on the person's page, or by a transfer
    Post,
    /// by whoever names them (指名)
    Naming,
    /// in the register, as the function by which another adopted text names the same tier
    As(Named<'a>),
}

impl ByPost<'_> {
    /// Who holds it on a day, each person once in a department.
    pub fn holders(&self, on: NaiveDate) -> Vec<&Term> {
        let mut seen = BTreeSet::new();
        let there = self.terms.iter().filter(|term| term.on(on));
        there.filter(|term| seen.insert((term.natural.0, term.post.department.0))).collect()
    }

    /// Somebody should act in it and nobody does. Whom others name, who works from outside, and whom only a further text knows need
    /// not be there.
    #[must_use]
    pub fn is_vacant(&self, on: NaiveDate) -> bool {
        let owed = self.given && !matches!(self.entered, Entered::Naming) && self.tier != Tier::Vendor;
        owed && !self.holders(on).into_iter().any(Term::attended)
    }
}

/// All of them, text by text, the operating one's first.
pub async fn by_post<'a>(conn: &mut PgConnection, in_force: &'a InForce, on: NaiveDate) -> Result<Vec<ByPost<'a>>> {
    let named = named(in_force);
    let mut found: Vec<(&'a Adopted, Tier)> = Vec::new();
    for adopted in in_force.iter() {
        let own = |tier: Tier| adopted.binding().functions.iter().any(|function| function.tier == tier);
        let tiers =
            Tier::ALL.into_iter().filter(|tier| *tier != Tier::Staff && adopted.binding().title(*tier).is_some());
        found.extend(tiers.filter(|tier| !own(*tier)).map(|tier| (&**adopted, tier)));
    }
    let mut tiers: Vec<Tier> = found.iter().map(|(_, tier)| *tier).collect();
    tiers.sort_unstable();
    tiers.dedup();
    let terms = posts::terms(conn, &tiers, on).await?;
    let by_post = |(of, tier): (&'a Adopted, Tier)| {
        let function = named.iter().find(|one| one.function.tier == tier && one.follows.is_none());
        let given = in_force.operating.as_ref().is_some_and(|text| text.binding().title(tier).is_some());
        let only_named = in_force.operating.as_ref().is_some_and(|text| text.binding().only_named(tier));
        // heads of sections come with a transfer, whatever a further text calls them
        let entered = match function.filter(|_| tier != Tier::Manager) {
            _ if only_named => Entered::Naming,
            Some(named) => Entered::As(*named),
            None => Entered::Post,
        };
        ByPost {
            of,
            tier,
            entered,
            given,
            terms: terms.iter().filter(|term| term.post.tier == tier).cloned().collect(),
        }
    };
    Ok(found.into_iter().map(by_post).collect())
}
