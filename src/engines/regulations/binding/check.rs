//! The checks of a binding, one for each of its tables; what passes is in the types of the front door.
use super::waiting::left_open;
use super::{
    Bind, Blank, BoundValue, Disclosure, Kind, Offer, Title, WrittenBind, WrittenDisclosure, WrittenParameter,
};
use crate::engines::regulations::catalogue::{MechanismKind, Regulation, article};
use crate::engines::regulations::fault::Report;
use crate::engines::regulations::{REQUESTS, parameters};
use crate::kernel::access::Tier;
use crate::kernel::settings::{Settings, Source};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Tiers without which nobody would read the clause board.
const READERS: [Tier; 3] = [Tier::Office, Tier::Committee, Tier::Auditor];

/// Titles: those of the binding, else those of the text.
pub(super) fn titles(
    written: BTreeMap<String, Title>,
    catalogue: &Regulation,
    report: &mut Report,
) -> BTreeMap<Tier, Title> {
    let own = |title: &String| Title { ja: title.clone(), en: title.clone(), org_defined: false };
    let mut titles: BTreeMap<_, _> = catalogue.roles.iter().map(|role| (role.key, own(&role.title))).collect();
    for (key, title) in written {
        let place = format!("titles.{key}");
        let Some(tier) = Tier::from_key(&key) else {
            report.at(place, format!("unknown tier 「{key}」"));
            continue;
        };
        if title.ja.trim().is_empty() || title.en.trim().is_empty() {
            report.at(&place, "the title is needed in both languages");
        }
        match (catalogue.roles.iter().any(|role| role.key == tier), title.org_defined) {
            (true, true) => report.at(place, "the regulation has this tier: it is not org_defined"),
            (false, false) => report.at(place, "the regulation has no such tier: org_defined = true is needed"),
            _ => {
                titles.insert(tier, title);
            }
        }
    }
    for tier in READERS.into_iter().filter(|tier| !titles.contains_key(tier)) {
        report.at("titles", format!("tier 「{}」 has no title: the clause board would have no reader", tier.key()));
    }
    titles
}

pub(super) fn disclosure(
    written: WrittenDisclosure,
    catalogue: &Regulation,
    titles: &BTreeMap<Tier, Title>,
    report: &mut Report,
) -> Option<Disclosure> {
    let mut tiers = |keys: Vec<String>| -> Vec<Tier> {
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            match Tier::from_key(&key).filter(|tier| titles.contains_key(tier)) {
                Some(tier) => found.push(tier),
                None => report.at("disclosure", format!("tier 「{key}」 is unknown or has no title")),
            }
        }
        found
    };
    let (readers, also) = (tiers(written.readers), tiers(written.also));
    if catalogue.clause(&written.clause).is_none() {
        report.at("disclosure", format!("unknown clause 「{}」", written.clause));
        return None;
    }
    Some(Disclosure { readers, also, clause: written.clause })
}

/// Values, each tried on the settings so that a wrong type or bound is found at start.
pub(super) fn parameters(
    written: BTreeMap<String, WrittenParameter>,
    catalogue: &Regulation,
    report: &mut Report,
) -> BTreeMap<String, BoundValue> {
    let mut trial = Settings::base();
    let mut bound = BTreeMap::new();
    for (key, written) in written {
        match value(&key, written, catalogue, &mut trial) {
            Ok(value) => drop(bound.insert(key, value)),
            Err(what) => report.at(format!("parameters.{key}"), what),
        }
    }
    bound
}

fn value(
    key: &str,
    written: WrittenParameter,
    catalogue: &Regulation,
    trial: &mut Settings,
) -> Result<BoundValue, String> {
    let parameter = parameters::find(key).ok_or("no canonical parameter has this name")?;
    let value = match (written.from, written.value) {
        (Some(name), None) => {
            let missing = || format!("the catalogue has no parameter 「{name}」");
            catalogue.parameters.get(&name).cloned().ok_or_else(missing)?
        }
        (None, Some(value)) => value,
        _ => return Err("needs either from or value".to_owned()),
    };
    let clause = match written.clause {
        Some(clause) if catalogue.clause(&clause).is_none() => return Err(format!("unknown clause 「{clause}」")),
        clause => clause,
    };
    if let Some(name) = written.fills.as_deref().filter(|name| !left_open(catalogue).contains(name)) {
        return Err(format!("fills 「{name}」, which no list org_defined_… of the catalogue has"));
    }
    let fills = written.fills;
    let (source, left_open_by) = match (clause, written.org_defined) {
        (Some(clause), false) => (Source::Clause { regulation: catalogue.key.clone(), clause }, None),
        (clause, true) => (Source::Organisation, clause),
        (None, false) => return Err("needs clause, or org_defined = true".to_owned()),
    };
    let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
    parameter.write(trial, &value, source.clone()).map_err(|wrong| wrong.to_string())?;
    Ok(BoundValue { value, source, left_open_by, fills })
}

/// Blanks: each stands in a clause, and none is called like another or like a value.
pub(super) fn blanks(written: Vec<Blank>, catalogue: &Regulation, report: &mut Report) -> Vec<Blank> {
    let mut seen = HashSet::new();
    for blank in &written {
        let place = format!("blank {}", blank.key);
        if catalogue.clause(&blank.clause).is_none() {
            report.at(&place, format!("unknown clause 「{}」", blank.clause));
        }
        if !seen.insert(&blank.key) || parameters::find(&blank.key).is_some() {
            report.at(&place, "the name is taken");
        }
    }
    written
}

pub(super) fn binds(
    written: Vec<WrittenBind>,
    catalogue: &Regulation,
    titles: &BTreeMap<Tier, Title>,
    offer: Offer<'_>,
    report: &mut Report,
) -> HashMap<String, Bind> {
    let mut binds = HashMap::new();
    for entry in written {
        let place = format!("bind {}", entry.clauses.join(", "));
        if entry.clauses.is_empty() || (entry.mechanisms.is_empty() && entry.waits_for.is_none()) {
            report.at(&place, "needs clauses, and mechanisms or waits_for");
        }
        for key in entry.mechanisms.iter().filter(|key| !offer.mechanisms.contains(&key.as_str())) {
            report.at(&place, format!("unknown mechanism 「{key}」"));
        }
        if let Some(room) = entry.waits_for.as_ref().filter(|room| !offer.rooms.contains(&room.as_str())) {
            report.at(&place, format!("waits for the unknown room 「{room}」"));
        }
        for id in entry.clauses {
            let place = format!("bind {id}");
            match catalogue.clause(&id) {
                None => report.at(&place, format!("unknown clause 「{id}」")),
                Some(clause) if clause.mechanism == MechanismKind::None => {
                    report.at(&place, "the clause asks for nothing");
                }
                Some(clause) if !titles.contains_key(&clause.holder) => {
                    report.at(
                        &place,
                        format!("its holder 「{}」 has no title in this organisation", clause.holder.key()),
                    );
                }
                Some(_) => {}
            }
            let bind = Bind {
                mechanisms: entry.mechanisms.clone(),
                waits_for: entry.waits_for.clone(),
                applies_if: entry.applies_if.clone(),
                renumbers: entry.renumbers,
            };
            if bind.renumbers && (bind.applies_if.is_none() || article(&id).is_none()) {
                report.at(&place, "it renumbers those after it, and is no article that hangs on anything (applies_if)");
            }
            if binds.insert(id, bind).is_some() {
                report.at(place, "is bound twice");
            }
        }
    }
    binds
}

/// What a clause hangs on is a yes or no that this binding puts in force.
pub(super) fn conditions(
    binds: &HashMap<String, Bind>,
    parameters: &BTreeMap<String, BoundValue>,
    report: &mut Report,
) {
    let mut bound: Vec<(&String, &String)> =
        binds.iter().filter_map(|(clause, bind)| bind.applies_if.as_ref().map(|name| (clause, name))).collect();
    bound.sort();
    for (clause, name) in bound {
        if !parameters.get(name).is_some_and(|bound| bound.value.is_boolean()) {
            report.at(format!("bind {clause}"), format!("「{name}」 is no yes or no of this binding's parameters"));
        }
    }
}

/// A workflow clause that is carried out needs a form to file.
pub(super) fn workflows_have_kinds(
    binds: &HashMap<String, Bind>,
    kinds: &[Kind],
    catalogue: &Regulation,
    report: &mut Report,
) {
    for clause in catalogue.clauses.iter().filter(|clause| clause.mechanism == MechanismKind::Workflow) {
        let carried = binds.get(&clause.id).is_some_and(Bind::is_carried);
        if carried && !kinds.iter().any(|kind| kind.clauses.contains(&clause.id)) {
            report.at(format!("bind {}", clause.id), "the clause asks for a request, and no kind names it");
        }
    }
    let mut bound: Vec<_> = binds.iter().filter(|_| !kinds.is_empty()).collect();
    bound.sort_by_key(|(clause, _)| *clause);
    for (clause, bind) in bound {
        let requests = bind.mechanisms.iter().filter(|key| REQUESTS.contains(&key.as_str()));
        for key in requests.filter(|key| !kinds.iter().any(|kind| kind.key == **key)) {
            report.at(format!("bind {clause}"), format!("「{key}」 is a request, and no kind has its form"));
        }
    }
}
