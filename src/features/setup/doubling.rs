//! 兼務: what the chosen holders could not do because one person holds two functions that a route keeps apart.
use std::collections::{BTreeMap, BTreeSet};

use super::linter::{Ground, Hole, in_function};
use super::model::Step;
use super::seats::tier;
use crate::engines::regulations::Entry;
use crate::engines::regulations::binding::{Act, By, Kind, Scope, Step as RouteStep};
use crate::kernel::access::Tier;
use crate::kernel::ids::PersonId;
use crate::web::locale::Words;

/// What is wrong with two functions in one hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    /// The step asks for somebody who does not hold the other (使う人と承認する人の分離).
    Apart,
    /// One person alone would act at two steps of one request.
    Twice,
}

/// The kinds of requests that would stop, by what is wrong and the functions that it is about.
pub(super) fn doubled(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let Some(binding) = &entry.binding else { return Vec::new() };
    let mut found: BTreeMap<(Wrong, Tier, Tier), BTreeSet<&str>> = BTreeMap::new();
    for kind in &binding.kinds {
        for (wrong, one, other) in stops(ground, kind) {
            found.entry((wrong, one, other)).or_default().insert(kind.title.in_language(w.lang().code()));
        }
    }
    let hole = |((wrong, one, other), kinds): ((Wrong, Tier, Tier), BTreeSet<&str>)| {
        let key = if wrong == Wrong::Apart { "setup-hole-held-apart" } else { "setup-hole-twice" };
        let what = kinds.into_iter().collect::<Vec<_>>().join("、");
        let (one, other) = (tier(w, entry, one), tier(w, entry, other));
        let said: [(&str, &dyn std::fmt::Display); 3] = [("what", &what), ("tier", &one), ("other", &other)];
        Hole { words: w.with(key, &said).into_owned(), stops: false, step: Step::Functions }
    };
    found.into_iter().map(hole).collect()
}

fn stops(ground: &Ground<'_>, kind: &Kind) -> Vec<(Wrong, Tier, Tier)> {
    let asked: Vec<(&RouteStep, Tier, BTreeSet<PersonId>)> =
        kind.steps.iter().filter_map(|step| asked(ground, step).map(|(tier, who)| (step, tier, who))).collect();
    let mut found = Vec::new();
    for (at, (step, tier, who)) in asked.iter().enumerate() {
        let both = step.apart_from.iter().find(|other| who.is_subset(&holding(ground, **other)));
        found.extend(both.map(|other| (Wrong::Apart, *tier, *other)));
        // what is decided by somebody who has acted already goes to those above; work has nowhere to go
        let before = asked.iter().take(at).filter(|_| !step.act.decides() && who.len() == 1);
        let same =
            before.filter(|(first, of, sole)| of != tier && sole == who && !kind.may_join(&first.key, &step.key));
        found.extend(same.map(|(_, of, _)| (Wrong::Twice, (*of).min(*tier), (*of).max(*tier))));
    }
    found
}

/// Who was chosen for a step that one function acts on, wherever it is held; none where others may act as well.
fn asked(ground: &Ground<'_>, step: &RouteStep) -> Option<(Tier, BTreeSet<PersonId>)> {
    let told = matches!(step.act, Act::Notify | Act::Acknowledge);
    let [By::Tier(tier)] = step.by.as_slice() else { return None };
    let elsewhere = ground.held.iter().any(|held| held.tier == *tier);
    // those whom somebody names for a step (指名) are named once the portal is in service
    if told || elsewhere || step.scope != Scope::Organisation {
        return None;
    }
    let who = step.function.as_deref().map_or_else(|| holding(ground, *tier), |key| in_function(ground, *tier, key));
    (!who.is_empty()).then_some((*tier, who))
}

fn holding(ground: &Ground<'_>, tier: Tier) -> BTreeSet<PersonId> {
    let held = ground.there.functions.iter().filter(|function| function.tier == tier);
    held.map(|function| function.person).collect()
}
