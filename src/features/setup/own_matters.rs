//! 本人の申請: what a sole holder asks for themselves, where nobody else would be left to decide it or to carry it out.
use std::collections::{BTreeMap, BTreeSet};

use super::linter::{Ground, Hole, everybody};
use super::model::Step;
use super::seats::{Seat, list, meant, words};
use crate::engines::regulations::Entry;
use crate::engines::regulations::binding::{FieldType, Kind};
use crate::engines::requests::binding::kinds;
use crate::engines::requests::model::linting::{Fault, findings};
use crate::engines::requests::model::route::{Organisation, Places, SeatId};
use crate::kernel::access::{FunctionKey, Tier};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::web::locale::Words;

/// One sentence for each sole holder, with the kinds of requests that would stop.
pub(super) fn own_matters(w: Words, ground: &Ground<'_>, entry: &Entry) -> Vec<Hole> {
    let hole = |(person, kinds): (PersonId, BTreeSet<String>)| {
        let (name, tier) = (name(ground, person)?, held_by(w, ground, person));
        let what = list(w, kinds);
        let said: [(&str, &dyn std::fmt::Display); 3] = [("name", &name), ("tier", &tier), ("what", &what)];
        let words = w.with("setup-hole-own-matter", &said).into_owned();
        Some(Hole { words, stops: false, step: Step::Functions })
    };
    stuck(w, ground, entry).into_iter().filter_map(hole).collect()
}

fn stuck(w: Words, ground: &Ground<'_>, entry: &Entry) -> BTreeMap<PersonId, BTreeSet<String>> {
    let mut stuck: BTreeMap<PersonId, BTreeSet<String>> = BTreeMap::new();
    let Some(binding) = &entry.binding else { return stuck };
    let org = organisation(ground);
    for kind in kinds(binding, &binding.settings()).unwrap_or_default() {
        let Some(written) = binding.kind(&kind.key) else { continue };
        for place in ground.places.iter().filter(|place| place.persons > 0) {
            let places = Places { origin: place.id, owner: Some(place.id) };
            for found in findings(&kind.steps, &kind.joins, places, &org) {
                if let Fault::OwnMatter(person) = found.fault
                    && concerns(ground, written, person)
                {
                    let title = written.title.in_language(w.lang().code());
                    stuck.entry(person).or_default().insert(title.to_owned());
                }
            }
        }
    }
    stuck
}

/// Can such a request be this person's own matter: may they file it, or somebody for them?
fn concerns(ground: &Ground<'_>, kind: &Kind, person: PersonId) -> bool {
    let files = |tier: Tier| tier == Tier::Staff || everybody(ground, tier).contains(&person);
    let for_others = kind.fields.iter().any(|field| field.kind == FieldType::Person);
    kind.without_sign_in || for_others || kind.applicants.iter().any(|tier| files(*tier))
}

/// The organisation as it would go into service.
fn organisation(ground: &Ground<'_>) -> Organisation {
    let mut org = Organisation::default();
    let mut sits = |tier: Tier, department: DepartmentId, function: Option<&str>, person: PersonId| {
        for seat in SeatId::held(tier, department, function.and_then(FunctionKey::new)) {
            let seat = org.seats.entry(seat).or_default();
            seat.exists = true;
            if !seat.holders.contains(&person) {
                seat.holders.push(person);
            }
        }
    };
    for answer in &ground.there.functions {
        let seat = meant(ground.texts, answer);
        sits(answer.tier, answer.department, seat.as_ref().and_then(Seat::name), answer.person);
    }
    for held in ground.held {
        sits(held.tier, held.department, held.function.as_deref(), held.person);
    }
    org.parents = ground.places.iter().filter_map(|place| Some((place.id, place.parent?))).collect();
    org
}

fn name<'a>(ground: &'a Ground<'_>, person: PersonId) -> Option<&'a str> {
    let chosen = ground.chosen.iter().find(|someone| someone.id == person).map(|someone| someone.name.as_str());
    chosen.or_else(|| Some(ground.held.iter().find(|held| held.person == person)?.name.as_str()))
}

/// What they were chosen for.
fn held_by(w: Words, ground: &Ground<'_>, person: PersonId) -> String {
    let theirs = ground.there.functions.iter().filter(|answer| answer.person == person);
    list(w, theirs.map(|answer| words(w, ground.texts, ground.library, answer)))
}
