//! まだ値になっていないもの: what the text leaves to the organisation and no parameter of the portal carries yet, with the room
//! that will act on it.
use super::{BoundValue, Offer, Words};
use crate::engines::regulations::catalogue::Regulation;
use crate::engines::regulations::fault::Report;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Something that the text leaves open and nobody needs to settle yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingValue {
    /// As the catalogue lists it.
    pub name: String,
    /// 委託先から報告を受ける周期
    pub title: Words,
    /// The clause that leaves it open.
    pub clause: String,
    /// The room that will act on it.
    pub room: String,
}

/// Asked for with every adoption, and so never left open.
const ASKED_AT_ADOPTION: [&str; 2] = ["approval_date", "effective_date"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    title: Words,
    clause: String,
    room: String,
}

/// Everything that the text leaves to the organisation, by the names in its catalogue (`org_defined_*`).
pub(super) fn left_open(catalogue: &Regulation) -> BTreeSet<&str> {
    let lists = catalogue.parameters.iter().filter(|(name, _)| name.starts_with("org_defined_"));
    let names = lists.filter_map(|(_, list)| list.as_array()).flatten().filter_map(toml::Value::as_str);
    names.filter(|name| !ASKED_AT_ADOPTION.contains(name)).collect()
}

/// In the order of the text.
pub(super) fn waiting(
    written: BTreeMap<String, Written>,
    parameters: &BTreeMap<String, BoundValue>,
    catalogue: &Regulation,
    offer: Offer<'_>,
    report: &mut Report,
) -> Vec<WaitingValue> {
    let open = left_open(catalogue);
    let filled: BTreeSet<&str> = parameters.values().filter_map(|bound| bound.fills.as_deref()).collect();
    let mut found = Vec::with_capacity(written.len());
    for (name, Written { title, clause, room }) in written {
        let place = format!("waiting_values.{name}");
        if !open.contains(name.as_str()) {
            report.at(&place, "no list org_defined_… of the catalogue has this name");
        }
        if filled.contains(name.as_str()) {
            report.at(&place, "a parameter fills it: it does not wait");
        }
        if !title.is_complete() {
            report.at(&place, "the title is needed in both languages");
        }
        if catalogue.clause(&clause).is_none() {
            report.at(&place, format!("unknown clause 「{clause}」"));
        }
        if !offer.rooms.contains(&room.as_str()) {
            report.at(&place, format!("waits for the unknown room 「{room}」"));
        }
        found.push(WaitingValue { name, title, clause, room });
    }
    let place = |value: &WaitingValue| catalogue.clauses.iter().position(|clause| clause.id == value.clause);
    found.sort_by_key(place);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::regulations::MECHANISMS;
    use crate::engines::regulations::binding;
    use crate::engines::regulations::library::{Library, ROOMS};

    /// Whoever adopts a text is asked for what it leaves open, or told what nobody needs to settle yet.
    #[test]
    fn what_a_text_leaves_open_is_a_value_of_the_portal_or_waits_for_a_room() {
        let library = Library::load(None, MECHANISMS).unwrap_or_else(|faults| panic!("{faults}"));
        for entry in library.iter() {
            let binding = entry.binding.as_ref().unwrap();
            let filled = binding.parameters.values().filter_map(|bound| bound.fills.as_deref());
            let waiting = binding.waiting_values.iter().map(|value| value.name.as_str());
            let said: BTreeSet<&str> = filled.chain(waiting).collect();
            assert_eq!(said, left_open(&entry.catalogue), "{}", entry.catalogue.key);
        }
    }

    #[test]
    fn a_mistake_among_them_is_named() {
        let catalogue = include_str!("../../../../regulations/mutual-aid-policy.toml");
        let text = include_str!("../../../../regulations/mutual-aid-policy.bindings.toml");
        let catalogue = crate::engines::regulations::catalogue::parse("x", catalogue).unwrap();
        let offer = Offer { mechanisms: MECHANISMS, rooms: ROOMS };
        for (from, to, told) in [
            ("self_check = {", "self_chek = {", "waiting_values.self_chek: no list org_defined_… of the catalogue"),
            ("clause = \"7b\", room", "clause = \"99\", room", "waiting_values.self_check: unknown clause 「99」"),
            ("clause = \"7b\", room = \"duties\"", "clause = \"7b\", room = \"attic\"", "unknown room 「attic」"),
            ("org_defined = true }", "org_defined = true, fills = \"self_check\" }", "a parameter fills it"),
            ("org_defined = true }", "org_defined = true, fills = \"lunch\" }", "fills 「lunch」"),
        ] {
            assert!(text.contains(from), "{from}");
            let faults = binding::parse("x", &text.replacen(from, to, 1), &catalogue, offer).unwrap_err();
            assert!(faults.to_string().contains(told), "{told}\n{faults}");
        }
    }
}
