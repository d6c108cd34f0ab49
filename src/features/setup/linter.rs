//! 点検: what would not work if the portal went into service now: steps of requests at which nobody sits, functions that
//! nobody holds or not yet, posts by which a text wants a function held, and what the regulations demand and is not there.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

use super::doubling::doubled;
use super::model::{Answers, Counts, Function as Answer, Step, demanded, done, takes_two, twice};
use super::own_matters::own_matters;
use super::seats::{Seat, list, meant, offered, tier, words};
use super::store::{Held, Place, Someone, Titled};
use crate::engines::regulations::binding::{By, Function, Kind, Needs, Scope, Step as RouteStep};
use crate::engines::regulations::{Entry, Library};
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
    /// every text there is
    pub library: &'a Library,
    /// the operating one first
    pub texts: &'a [Arc<Entry>],
    pub places: &'a [Place],
    pub held: &'a [Held],
    /// everybody who was chosen for something
    pub chosen: &'a [Someone],
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
    if let Some(text) = twice(ground.texts) {
        let words = w.t1("setup-hole-chosen-twice", "title", &text.catalogue.title).into_owned();
        holes.push(Hole { words, stops: true, step: Step::Regulation });
    }
    holes.extend(demands(w, ground, entry));
    holes.extend(to_come(w, ground));
    holes.extend(vacant(w, ground));
    holes.extend(posts(w, ground));
    holes.extend(unknown(w, ground));
    holes.extend(misplaced(w, ground));
    holes.extend(further(w, ground));
    holes.extend(steps(w, ground, entry));
    holes.extend(doubled(w, ground, entry));
    holes.extend(own_matters(w, ground, entry));
    holes
}

/// A second administrator cannot be forgotten where the text demands one.
fn demands(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let short = Tier::ALL.into_iter().filter_map(|of| {
        let least = demanded(ground.answers, ground.texts, of);
        let now = ground.there.holders(of);
        (now < least).then(|| {
            let tier = tier(w, entry, of);
            let words = w.with("setup-hole-demanded", &[("tier", &tier), ("least", &least), ("now", &now)]);
            Hole { words: words.into_owned(), stops: true, step: Step::Functions }
        })
    });
    let mut holes: Vec<Hole> = short.collect();
    if holes.is_empty() && ground.there.holders(Tier::Sysadmin) == 1 {
        let stops = takes_two(ground.texts);
        let key = if stops { "setup-hole-apart" } else { "setup-hole-alone" };
        let words = w.t1(key, "tier", tier(w, entry, Tier::Sysadmin)).into_owned();
        holes.push(Hole { words, stops, step: Step::Functions });
    }
    holes
}

fn holds(ground: &Ground<'_>, tier: Tier, at: Option<DepartmentId>) -> bool {
    let fits = |of: Tier, department: DepartmentId| of == tier && at.is_none_or(|at| at == department);
    ground.there.functions.iter().any(|function| fits(function.tier, function.department))
        || ground.held.iter().any(|held| fits(held.tier, held.department))
}

/// Who would hold one function of a tier, whether chosen here or by another road.
pub(super) fn in_function(ground: &Ground<'_>, tier: Tier, function: &str) -> BTreeSet<PersonId> {
    let chosen = ground.there.functions.iter().filter(|answer| answer.tier == tier);
    let chosen = chosen.filter(|answer| meant(ground.texts, answer).is_some_and(|seat| seat.name() == Some(function)));
    let held = ground.held.iter().filter(|held| held.tier == tier && held.function.as_deref() == Some(function));
    chosen.map(|answer| answer.person).chain(held.map(|held| held.person)).collect()
}

/// Does anybody hold this?
fn seated(ground: &Ground<'_>, seat: &Seat<'_>) -> bool {
    match seat.name() {
        Some(function) => !in_function(ground, seat.tier, function).is_empty(),
        None => holds(ground, seat.tier, None),
    }
}

/// Who was chosen for a function and is not there yet, or has left.
fn to_come(w: Words, ground: &Ground<'_>) -> Vec<Hole> {
    let hole = |(answer, someone): (&Answer, &Someone)| {
        let gone = someone.gone(ground.dates.today);
        let day = if gone { someone.left_on.unwrap_or(someone.from) } else { someone.from };
        let (tier, day) = (words(w, ground.texts, ground.library, answer), ground.dates.long(day));
        let said: [(&str, &dyn Display); 3] = [("tier", &tier), ("name", &someone.name), ("day", &day)];
        let key = if gone { "setup-hole-left" } else { "setup-hole-coming" };
        Hole { words: w.with(key, &said).into_owned(), stops: gone, step: Step::Functions }
    };
    coming(ground).map(hole).collect()
}

fn coming<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = (&'a Answer, &'a Someone)> {
    ground.answers.functions.iter().filter_map(|answer| {
        let someone = ground.away.iter().find(|someone| someone.id == answer.person)?;
        Some((answer, someone))
    })
}

/// How many bear a post today (副市長).
fn bearers(ground: &Ground<'_>, post: &str) -> usize {
    bearing(ground, post).filter(|titled| titled.from <= ground.dates.today).count()
}

fn bearing<'a>(ground: &'a Ground<'_>, post: &'a str) -> impl Iterator<Item = &'a Titled> {
    ground.titled.iter().filter(move |titled| titled.is(post))
}

/// Posts that a text names for one of its functions (充て職), each once, which nobody holds or not yet.
fn posts(w: Words, ground: &Ground<'_>) -> Vec<Hole> {
    let mut holes = Vec::new();
    for (entry, function) in functions(ground.texts) {
        let Some(post) = function.ex_officio.as_deref().filter(|_| function.required) else { continue };
        let (regulation, name) = (&entry.catalogue.title, function.title.in_language(w.lang().code()));
        let now = bearers(ground, post);
        if now > 1 && in_function(ground, function.tier, &function.key).is_empty() {
            // whom the text means is said in the register of functions once the portal is in service
            let said: [(&str, &dyn Display); 4] =
                [("regulation", regulation), ("name", &name), ("post", &post), ("count", &now)];
            let words = w.with("setup-hole-post-several", &said).into_owned();
            holes.push(Hole { words, stops: false, step: Step::Functions });
        }
        if now > 0 {
            continue;
        }
        let from = bearing(ground, post).map(|titled| titled.from).min();
        let key = if from.is_some() { "setup-hole-post-coming" } else { "setup-hole-post" };
        let from = from.map(|from| ground.dates.long(from)).unwrap_or_default();
        let said: [(&str, &dyn Display); 4] =
            [("regulation", regulation), ("name", &name), ("post", &post), ("from", &from)];
        holes.push(Hole { words: w.with(key, &said).into_owned(), stops: false, step: Step::People });
    }
    holes
}

/// Do they bear it in this department?
pub(super) fn stands(titled: &[Titled], (person, department): (PersonId, DepartmentId), post: &str) -> bool {
    titled.iter().any(|titled| titled.person == person && titled.department == department && titled.is(post))
}

/// Functions that were given by another text and that those of today do not know: each once, with everybody who was chosen for it.
fn unknown(w: Words, ground: &Ground<'_>) -> Vec<Hole> {
    let mut given: Vec<(String, Vec<String>)> = Vec::new();
    for answer in ground.answers.functions.iter().filter(|answer| meant(ground.texts, answer).is_none()) {
        let called = words(w, ground.texts, ground.library, answer);
        let who = ground.chosen.iter().find(|someone| someone.id == answer.person);
        let who = who.map(|someone| someone.name.clone()).unwrap_or_default();
        match given.iter_mut().find(|(known, _)| *known == called) {
            Some((_, persons)) if persons.contains(&who) => {}
            Some((_, persons)) => persons.push(who),
            None => given.push((called, vec![who])),
        }
    }
    let hole = |(called, persons): (String, Vec<String>)| Hole {
        words: w.t2("setup-hole-unknown", "tier", called, "persons", list(w, persons)).into_owned(),
        stops: true,
        step: Step::Functions,
    };
    given.into_iter().map(hole).collect()
}

/// Who was chosen for a function that goes with a post which they do not hold (any more), or in another department than the
/// post's: another text was chosen, or somebody's row was changed in between.
fn misplaced(w: Words, ground: &Ground<'_>) -> Vec<Hole> {
    let hole = |answer: &Answer| {
        let seat = meant(ground.texts, answer)?;
        let post = seat.post().filter(|post| !stands(ground.titled, (answer.person, answer.department), post))?;
        let who = ground.chosen.iter().find(|someone| someone.id == answer.person);
        let name = who.map(|someone| someone.name.as_str()).unwrap_or_default();
        let place = ground.titled.iter().find(|titled| titled.person == answer.person && titled.is(post));
        let (tier, department) = (seat.title(w), place.map(|titled| titled.place.as_str()).unwrap_or_default());
        let said: [(&str, &dyn Display); 4] =
            [("tier", &tier), ("post", &post), ("name", &name), ("department", &department)];
        let key = if place.is_some() { "setup-hole-elsewhere" } else { "setup-hole-misplaced" };
        Some(Hole { words: w.with(key, &said).into_owned(), stops: true, step: Step::Functions })
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
    let seats = offered(ground.texts);
    let mut holes = Vec::new();
    for entry in ground.texts.iter().skip(1) {
        let own = functions(std::slice::from_ref(entry)).map(|(_, function)| function);
        let own: Vec<&Function> = own.filter(|function| !named.contains(&function.tier)).collect();
        for function in own.iter().filter(|function| function.required) {
            let fits =
                |seat: &&Seat<'_>| seat.tier == function.tier && seat.name().is_none_or(|name| name == function.key);
            let seat = seats.iter().find(fits);
            if seat.is_some_and(|seat| seated(ground, seat)) {
                continue;
            }
            let name = function.title.in_language(w.lang().code());
            // what the operating text has no title for is given once the portal is in service
            let key = if seat.is_some() { "setup-hole-function" } else { "setup-hole-function-later" };
            let words = w.t2(key, "regulation", &entry.catalogue.title, "name", name).into_owned();
            holes.push(Hole { words, stops: false, step: Step::Functions });
        }
        named.extend(own.iter().map(|function| function.tier));
    }
    holes
}

/// What the operating text knows and nobody holds: each function that somebody has to hold, and the tiers of which it names none.
fn vacant(w: Words, ground: &Ground<'_>) -> Vec<Hole> {
    let wanted = |seat: &Seat<'_>| match seat.function {
        Some(function) => function.required,
        None => !matches!(seat.tier, Tier::Vendor | Tier::Manager),
    };
    // said already: nobody at all where the text demands so many, and a post that nobody bears, or several
    let said = |seat: &Seat<'_>| {
        let nobody = demanded(ground.answers, ground.texts, seat.tier) > 0 && ground.there.holders(seat.tier) == 0;
        nobody || seat.post().is_some_and(|post| bearers(ground, post) != 1)
    };
    let comes = |seat: &Seat<'_>| {
        let theirs = |(answer, _): (&Answer, &Someone)| meant(ground.texts, answer).is_some_and(|held| held.is(seat));
        coming(ground).any(theirs)
    };
    let seats = offered(ground.texts).into_iter().filter(|seat| !seat.further && wanted(seat));
    let empty = seats.filter(|seat| !seated(ground, seat) && !said(seat) && !comes(seat));
    empty
        .map(|seat| Hole {
            words: w.t1("setup-hole-vacant", "tier", seat.title(w)).into_owned(),
            stops: false,
            step: Step::Functions,
        })
        .collect()
}

/// A step's tiers, and the one function of them that it is for.
type Acting<'a> = (BTreeSet<Tier>, Option<&'a str>);

/// The steps of each request at which nobody would act.
fn steps(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let Some(binding) = &entry.binding else { return Vec::new() };
    let mut anywhere: BTreeMap<Acting<'_>, BTreeSet<String>> = BTreeMap::new();
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
            let wanted = match step.scope {
                Scope::Organisation => anywhere.entry((tiers, step.function.as_deref())).or_default(),
                _ => nearby.entry(tiers).or_default(),
            };
            wanted.insert(kind.title.in_language(w.lang().code()).to_owned());
        }
    }
    let mut holes = too_few(w, ground, entry);
    let list = |kinds: &BTreeSet<String>| kinds.iter().map(String::as_str).collect::<Vec<_>>().join("、");
    let titles = |tiers: &BTreeSet<Tier>| tiers.iter().map(|of| tier(w, entry, *of)).collect::<Vec<_>>().join("／");
    for ((tiers, function), kinds) in &anywhere {
        let there = tiers.iter().any(|tier| match function {
            Some(function) => !in_function(ground, *tier, function).is_empty(),
            None => holds(ground, *tier, None),
        });
        if !there {
            let named = function.and_then(|key| binding.functions.iter().find(|function| function.key == key));
            let tier = named.map_or_else(|| titles(tiers), |function| title(w, function));
            let words = w.t2("setup-hole-step", "tier", tier, "what", list(kinds)).into_owned();
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
            let said: [(&str, &dyn Display); 4] =
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
        ([By::Tier(of)], Needs::Count(needed)) if needed > 1 => Some((kind, step, *of, usize::from(needed))),
        _ => None,
    });
    let hole = |(kind, step, of, needed): (&Kind, &RouteStep, Tier, usize)| {
        let there = step.function.as_deref().map_or_else(|| everybody(ground, of), |key| in_function(ground, of, key));
        let (now, tier) = (there.len(), tier(w, entry, of));
        let what = kind.title.in_language(w.lang().code());
        let said: [(&str, &dyn Display); 4] = [("tier", &tier), ("what", &what), ("least", &needed), ("now", &now)];
        let words = w.with("setup-hole-answers", &said).into_owned();
        (now < needed).then_some(Hole { words, stops: false, step: Step::Functions })
    };
    counted.filter_map(hole).collect()
}

/// Everybody who would hold a tier.
pub(super) fn everybody(ground: &Ground<'_>, tier: Tier) -> BTreeSet<PersonId> {
    let chosen = ground.there.functions.iter().filter(|answer| answer.tier == tier).map(|answer| answer.person);
    chosen.chain(ground.held.iter().filter(|held| held.tier == tier).map(|held| held.person)).collect()
}

/// A function by its name in the text.
fn title(w: Words, function: &Function) -> String {
    function.title.in_language(w.lang().code()).to_owned()
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
