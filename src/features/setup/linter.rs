//! 点検: what would not work if the portal went into service now: steps of requests at which nobody sits, functions that
//! nobody holds or not yet, posts by which a text wants a function held, and what the regulations demand and is not there.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::doubling::doubled;
use super::model::{Answers, Counts, Step, demanded, done, takes_two};
use super::store::{Place, Someone, Titled};
use crate::engines::regulations::Entry;
use crate::engines::regulations::binding::{By, Function, Kind, Needs, Scope};
use crate::kernel::access::Tier;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::web::dates::Dates;
use crate::web::locale::Words;

/// Something that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hole {
    /// in words
    pub words: String,
    /// the portal cannot go into service with it
    pub stops: bool,
    /// where it is filled
    pub step: Step,
}

/// What the linter looks at.
pub(super) struct Ground<'a> {
    pub answers: &'a Answers,
    /// the same without those who are not there
    pub there: Answers,
    /// those of the holders who are still to come, or have left
    pub away: &'a [Someone],
    pub counts: Counts,
    /// the operating one first
    pub texts: &'a [Arc<Entry>],
    pub places: &'a [Place],
    pub held: &'a [(Tier, DepartmentId, PersonId)],
    /// the posts with a title, those to come among them
    pub titled: &'a [Titled],
    pub dates: Dates,
}

/// Departments that a sentence names; the rest is counted.
const NAMED: usize = 5;

/// Everything that is missing, the gravest first.
pub(super) fn holes(w: Words, ground: &Ground<'_>) -> Vec<Hole> {
    let mut holes = Vec::new();
    for step in Step::ALL.into_iter().filter(|step| *step != Step::Check && *step != Step::Functions) {
        if !done(step, ground.answers, ground.counts) {
            let words = w.of("setup-hole", step.key()).into_owned();
            holes.push(Hole { words, stops: true, step });
        }
    }
    let Some(entry) = ground.texts.first() else { return holes };
    holes.extend(demands(w, ground, entry));
    holes.extend(to_come(w, ground, entry));
    holes.extend(vacant(w, ground, entry));
    holes.extend(posts(w, ground));
    holes.extend(misplaced(w, ground, entry));
    holes.extend(further(w, ground));
    holes.extend(steps(w, ground, entry));
    holes.extend(doubled(w, ground, entry));
    holes
}

/// What the operating text calls a function.
pub(super) fn title(w: Words, entry: &Entry, tier: Tier) -> String {
    let title = entry.binding.as_ref().and_then(|binding| binding.title(tier));
    title.map_or_else(|| w.of("tier", tier.key()).into_owned(), |title| title.in_language(w.lang().code()).to_owned())
}

/// A second administrator cannot be forgotten where the text demands one.
fn demands(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let short = Tier::ALL.into_iter().filter_map(|tier| {
        let least = demanded(ground.answers, ground.texts, tier);
        let now = ground.there.holders(tier);
        (now < least).then(|| {
            let tier = title(w, entry, tier);
            let words = w.with("setup-hole-demanded", &[("tier", &tier), ("least", &least), ("now", &now)]);
            Hole { words: words.into_owned(), stops: true, step: Step::Functions }
        })
    });
    let mut holes: Vec<Hole> = short.collect();
    if holes.is_empty() && ground.there.holders(Tier::Sysadmin) == 1 {
        let stops = takes_two(ground.texts);
        let key = if stops { "setup-hole-apart" } else { "setup-hole-alone" };
        let words = w.t1(key, "tier", title(w, entry, Tier::Sysadmin)).into_owned();
        holes.push(Hole { words, stops, step: Step::Functions });
    }
    holes
}

fn holds(ground: &Ground<'_>, tier: Tier, at: Option<DepartmentId>) -> bool {
    let fits = |of: Tier, department: DepartmentId| of == tier && at.is_none_or(|at| at == department);
    ground.there.functions.iter().any(|function| fits(function.tier, function.department))
        || ground.held.iter().any(|(of, department, _)| fits(*of, *department))
}

/// Who was chosen for a function and is not there yet, or has left.
fn to_come(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let hole = |(tier, someone): (Tier, &Someone)| {
        let gone = someone.gone(ground.dates.today);
        let day = if gone { someone.left_on.unwrap_or(someone.from) } else { someone.from };
        let (tier, day) = (title(w, entry, tier), ground.dates.long(day));
        let said: [(&str, &dyn std::fmt::Display); 3] = [("tier", &tier), ("name", &someone.name), ("day", &day)];
        let key = if gone { "setup-hole-left" } else { "setup-hole-coming" };
        Hole { words: w.with(key, &said).into_owned(), stops: gone, step: Step::Functions }
    };
    coming(ground).map(hole).collect()
}

fn coming<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = (Tier, &'a Someone)> {
    ground.answers.functions.iter().filter_map(|function| {
        let someone = ground.away.iter().find(|someone| someone.id == function.person)?;
        Some((function.tier, someone))
    })
}

/// Posts that a text names for one of its functions (充て職), each once, which nobody holds or not yet.
fn posts(w: Words, ground: &Ground<'_>) -> Vec<Hole> {
    let mut holes = Vec::new();
    for (entry, function) in functions(ground.texts) {
        let Some(post) = function.ex_officio.as_deref().filter(|_| function.required) else { continue };
        let bearers = || ground.titled.iter().filter(|titled| titled.names.iter().any(|name| name == post));
        let now = bearers().filter(|titled| titled.from <= ground.dates.today).count();
        if now > 1 {
            // whom the text means is said in the register of functions once the portal is in service
            let name = function.title.in_language(w.lang().code());
            let said: [(&str, &dyn std::fmt::Display); 4] =
                [("regulation", &entry.catalogue.title), ("name", &name), ("post", &post), ("count", &now)];
            let words = w.with("setup-hole-post-several", &said).into_owned();
            holes.push(Hole { words, stops: false, step: Step::People });
        }
        if now > 0 {
            continue;
        }
        let (regulation, name) = (&entry.catalogue.title, function.title.in_language(w.lang().code()));
        let from = bearers().map(|titled| titled.from).min();
        let key = if from.is_some() { "setup-hole-post-coming" } else { "setup-hole-post" };
        let from = from.map(|from| ground.dates.long(from)).unwrap_or_default();
        let said: [(&str, &dyn std::fmt::Display); 4] =
            [("regulation", regulation), ("name", &name), ("post", &post), ("from", &from)];
        holes.push(Hole { words: w.with(key, &said).into_owned(), stops: false, step: Step::People });
    }
    holes
}

/// The posts by one of which the operating text wants a tier held (充て職); none where it leaves open who holds it.
pub(super) fn bound_posts(entry: &Entry, tier: Tier) -> Option<Vec<&str>> {
    let functions = entry.binding.iter().flat_map(|binding| &binding.functions);
    let posts: Option<Vec<&str>> =
        functions.filter(|function| function.tier == tier).map(|function| function.ex_officio.as_deref()).collect();
    posts.filter(|posts| !posts.is_empty())
}

/// Does this person bear one of the posts, now or from a day on?
pub(super) fn bears(titled: &[Titled], person: PersonId, posts: &[&str]) -> bool {
    let theirs = titled.iter().filter(|titled| titled.person == person);
    theirs.flat_map(|titled| &titled.names).any(|name| posts.contains(&name.as_str()))
}

/// Who was chosen for a function that goes with a post, and no longer holds that post: a list of people came in between.
fn misplaced(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let hole = |function: &super::model::Function| {
        let posts = bound_posts(entry, function.tier)?;
        if bears(ground.titled, function.person, &posts) {
            return None;
        }
        let (tier, posts) = (title(w, entry, function.tier), posts.join("、"));
        let words = w.t2("setup-hole-misplaced", "tier", tier, "post", posts).into_owned();
        Some(Hole { words, stops: true, step: Step::Functions })
    };
    ground.answers.functions.iter().filter_map(hole).collect()
}

/// Functions of the texts, with the text that names each.
fn functions(texts: &[Arc<Entry>]) -> impl Iterator<Item = (&Arc<Entry>, &Function)> {
    let bound = texts.iter().filter_map(|entry| entry.binding.as_ref().map(|binding| (entry, binding)));
    bound.flat_map(|(entry, binding)| binding.functions.iter().map(move |function| (entry, function)))
}

/// Functions of the texts that are followed besides, where no text before names the holders of the tier.
fn further(w: Words, ground: &Ground<'_>) -> Vec<Hole> {
    let Some((operating, _)) = ground.texts.split_first() else { return Vec::new() };
    let mut named: BTreeSet<Tier> = functions(std::slice::from_ref(operating)).map(|(_, one)| one.tier).collect();
    let mut holes = Vec::new();
    for entry in ground.texts.iter().skip(1) {
        let own = functions(std::slice::from_ref(entry)).map(|(_, function)| function);
        let own: Vec<&Function> = own.filter(|function| !named.contains(&function.tier)).collect();
        for function in own.iter().filter(|function| function.required && !holds(ground, function.tier, None)) {
            let name = function.title.in_language(w.lang().code());
            // what the operating text has no title for is given once the portal is in service
            let known = operating.binding.as_ref().is_some_and(|binding| binding.title(function.tier).is_some());
            let key = if known { "setup-hole-function" } else { "setup-hole-function-later" };
            let words = w.t2(key, "regulation", &entry.catalogue.title, "name", name).into_owned();
            holes.push(Hole { words, stops: false, step: Step::Functions });
        }
        named.extend(own.iter().map(|function| function.tier));
    }
    holes
}

/// Functions that the regulation knows and nobody holds.
fn vacant(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let titles = entry.binding.as_ref().map(|binding| &binding.titles);
    let tiers = titles.into_iter().flat_map(|titles| titles.keys().copied());
    let empty = tiers.filter(|tier| !matches!(tier, Tier::Staff | Tier::Vendor | Tier::Manager));
    let named = |tier: &Tier| entry.binding.as_ref().is_some_and(|binding| binding.only_named(*tier));
    let empty = empty.filter(|tier| !named(tier));
    let empty = empty.filter(|tier| demanded(ground.answers, ground.texts, *tier) == 0 && !holds(ground, *tier, None));
    let empty = empty.filter(|tier| !coming(ground).any(|(of, _)| of == *tier));
    empty
        .map(|tier| Hole {
            words: w.t1("setup-hole-vacant", "tier", title(w, entry, tier)).into_owned(),
            stops: false,
            step: Step::Functions,
        })
        .collect()
}

/// The steps of each request at which nobody would act.
fn steps(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let Some(binding) = &entry.binding else { return Vec::new() };
    let mut anywhere: BTreeMap<BTreeSet<Tier>, BTreeSet<String>> = BTreeMap::new();
    let mut nearby: BTreeMap<BTreeSet<Tier>, BTreeSet<String>> = BTreeMap::new();
    let mut filing: BTreeMap<BTreeSet<Tier>, BTreeSet<String>> = BTreeMap::new();
    for kind in &binding.kinds {
        // where not everybody may file, a section needs somebody who may
        if !kind.without_sign_in && !kind.applicants.contains(&Tier::Staff) && kind.applicants.contains(&Tier::Manager)
        {
            let tiers = kind.applicants.iter().copied().collect();
            filing.entry(tiers).or_default().insert(kind.title.in_language(w.lang().code()).to_owned());
        }
        for step in &kind.steps {
            let by = step.by.iter().filter_map(|by| match by {
                By::Tier(tier) => Some(*tier),
                By::Applicant | By::PersonConcerned | By::Field(_) => None,
            });
            let tiers: BTreeSet<Tier> = by.collect();
            // the applicant or the person concerned may act as well: somebody is there
            if tiers.is_empty() || tiers.len() < step.by.len() {
                continue;
            }
            let wanted = if step.scope == Scope::Organisation { &mut anywhere } else { &mut nearby };
            wanted.entry(tiers).or_default().insert(kind.title.in_language(w.lang().code()).to_owned());
        }
    }
    let mut holes = too_few(w, ground, entry);
    let list = |kinds: &BTreeSet<String>| kinds.iter().map(String::as_str).collect::<Vec<_>>().join("、");
    let titles =
        |tiers: &BTreeSet<Tier>| tiers.iter().map(|tier| title(w, entry, *tier)).collect::<Vec<_>>().join("／");
    for (tiers, kinds) in &anywhere {
        if !tiers.iter().any(|tier| holds(ground, *tier, None)) {
            let words = w.t2("setup-hole-step", "tier", titles(tiers), "what", list(kinds)).into_owned();
            holes.push(Hole { words, stops: false, step: Step::Functions });
        }
    }
    let led = nearby.iter().map(|wanted| ("setup-hole-led", wanted));
    let filed = filing.iter().map(|wanted| ("setup-hole-filing", wanted));
    for (key, (tiers, kinds)) in led.chain(filed) {
        let without: Vec<&str> = without(ground, tiers);
        if !without.is_empty() {
            let named = without.iter().take(NAMED).copied().collect::<Vec<_>>().join("、");
            let more = without.len().saturating_sub(NAMED);
            let more = if more > 0 { w.n("setup-hole-more", more).into_owned() } else { String::new() };
            let (tier, what) = (titles(tiers), list(kinds));
            let said: [(&str, &dyn std::fmt::Display); 4] =
                [("tier", &tier), ("what", &what), ("department", &named), ("more", &more)];
            holes.push(Hole { words: w.with(key, &said).into_owned(), stops: false, step: Step::Functions });
        }
    }
    holes
}

/// Steps that take the answers of more people than there are (合議).
fn too_few(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let kinds = entry.binding.as_ref().map(|binding| &binding.kinds[..]).unwrap_or_default();
    let steps = kinds.iter().flat_map(|kind| kind.steps.iter().map(move |step| (kind, step)));
    let counted = steps.filter_map(|(kind, step)| match (step.by.as_slice(), step.needs) {
        ([By::Tier(tier)], Needs::Count(needed)) if needed > 1 => Some((kind, *tier, usize::from(needed))),
        _ => None,
    });
    let hole = |(kind, tier, needed): (&Kind, Tier, usize)| {
        let chosen = ground.there.functions.iter().map(|function| (function.tier, function.person));
        let held = ground.held.iter().map(|(of, _, person)| (*of, *person));
        let there: BTreeSet<PersonId> = chosen.chain(held).filter(|(of, _)| *of == tier).map(|(_, one)| one).collect();
        let (now, tier) = (there.len(), title(w, entry, tier));
        let what = kind.title.in_language(w.lang().code());
        let said: [(&str, &dyn std::fmt::Display); 4] =
            [("tier", &tier), ("what", &what), ("least", &needed), ("now", &now)];
        let words = w.with("setup-hole-answers", &said).into_owned();
        (now < needed).then_some(Hole { words, stops: false, step: Step::Functions })
    };
    counted.filter_map(hole).collect()
}

/// Departments with people from which no way up leads to a holder.
fn without<'a>(ground: &Ground<'a>, tiers: &BTreeSet<Tier>) -> Vec<&'a str> {
    let parents: BTreeMap<DepartmentId, Option<DepartmentId>> =
        ground.places.iter().map(|place| (place.id, place.parent)).collect();
    let led = |place: &&Place| {
        let mut at = Some(place.id);
        for _ in 0..30 {
            let Some(here) = at else { return false };
            if tiers.iter().any(|tier| holds(ground, *tier, Some(here))) {
                return true;
            }
            at = parents.get(&here).copied().flatten();
        }
        false
    };
    let empty = ground.places.iter().filter(|place| place.persons > 0).filter(|place| !led(place));
    empty.map(|place| place.name.as_str()).collect()
}
