//! Checks of request kinds against the catalogue: who may file, what is asked and by which clause. The route is
//! checked by `route_check`. A kind that waits for its room is checked like any other.
use super::kind::{By, Condition, Field, FieldType, Kind, TODAY};
use super::route_check::{self, deciders, tiers};
use super::{Bind, Offer, Title};
use crate::engines::regulations::catalogue::{Clause, MechanismKind, Regulation};
use crate::engines::regulations::fault::Report;
use crate::engines::regulations::words::Words;
use crate::kernel::access::Tier;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Checks every kind, the waiting ones included.
pub(super) fn check(
    kinds: &[Kind],
    catalogue: &Regulation,
    titles: &BTreeMap<Tier, Title>,
    binds: &HashMap<String, Bind>,
    offer: Offer<'_>,
    report: &mut Report,
) {
    for kind in kinds {
        let mut checker = Checker { name: format!("kind {}", kind.key), catalogue, titles, report };
        checker.room(kind, offer);
        checker.identity(kind);
        checker.clauses(kind, binds);
        checker.deciders(kind);
        checker.fields(&kind.fields, &kind.fields);
        route_check::check(&mut checker, kind);
    }
    named_alike(kinds, report);
}

/// Screens call whom a form names as its field does: the same on every form that names somebody by a field of that key.
fn named_alike(kinds: &[Kind], report: &mut Report) {
    let mut labels: HashMap<&str, &Words> = HashMap::new();
    for (kind, by) in
        kinds.iter().flat_map(|kind| kind.steps.iter().flat_map(move |step| step.by.iter().map(move |by| (kind, by))))
    {
        let By::Field(key) = by else { continue };
        let Some(field) = key.field().and_then(|key| kind.field(key)) else { continue };
        if *labels.entry(&field.key).or_insert(&field.label) != &field.label {
            report.at(
                format!("kind {}", kind.key),
                format!("field 「{}」 is called otherwise on another form", field.key),
            );
        }
    }
}

pub(super) struct Checker<'a> {
    name: String,
    catalogue: &'a Regulation,
    titles: &'a BTreeMap<Tier, Title>,
    report: &'a mut Report,
}

impl Checker<'_> {
    pub(super) fn fault(&mut self, what: impl Into<String>) {
        self.report.at(&self.name, what);
    }

    /// Either the code can carry it out, or the binding says for what it waits.
    fn room(&mut self, kind: &Kind, offer: Offer<'_>) {
        let carried = offer.mechanisms.contains(&kind.key.as_str());
        match &kind.waits_for {
            None if !carried => self.fault("no such mechanism is registered"),
            Some(_) if carried => self.fault("is carried out already: it waits for nothing"),
            Some(room) if !offer.rooms.contains(&room.as_str()) => {
                self.fault(format!("waits for the unknown room 「{room}」"));
            }
            _ => {}
        }
    }

    fn identity(&mut self, kind: &Kind) {
        let prefix = &kind.prefix;
        if !(2..=6).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            self.fault(format!("the prefix 「{prefix}」 must be 2 to 6 capital letters or digits"));
        }
        if !kind.title.is_complete() || !kind.hint.is_complete() {
            self.fault("title and hint are needed in both languages");
        }
        if !kind.taken.as_ref().is_none_or(Words::is_complete) {
            self.fault("the words for an ID that is taken are needed in both languages");
        }
        if kind.clauses.is_empty() != kind.org_defined {
            self.fault("names either the clauses that ask for it or org_defined = true");
        }
        if kind.pull_up && !kind.org_defined {
            self.fault(
                "pull_up passes over those whom a clause asks to decide: only org_defined requests are pulled up",
            );
        }
        if kind.without_sign_in && kind.fields.iter().any(|field| field.kind == FieldType::File) {
            self.fault("files are taken from those who have signed in");
        }
        if kind.applicants.is_empty() {
            self.fault("nobody may file it");
        }
        for tier in &kind.applicants {
            self.titled("applicants", *tier);
        }
    }

    fn clauses(&mut self, kind: &Kind, binds: &HashMap<String, Bind>) {
        let catalogue = self.catalogue;
        for id in &kind.clauses {
            let Some(clause) = catalogue.clause(id) else {
                self.fault(format!("unknown clause 「{id}」"));
                continue;
            };
            self.bound(kind, id, binds.get(id));
            if matches!(clause.mechanism, MechanismKind::None | MechanismKind::Document | MechanismKind::Attest) {
                self.fault(format!("clause {id} is not kept by a request"));
                continue;
            }
            if let Some(tier) = clause.applicant.filter(|tier| !kind.applicants.contains(tier)) {
                self.fault(format!("clause {id} lets 「{}」 apply, the kind does not", tier.key()));
            }
            self.executor(kind, clause);
        }
    }

    /// The clause and the kind point at each other: by the mechanism, or while it is to come by the room.
    fn bound(&mut self, kind: &Kind, id: &str, bind: Option<&Bind>) {
        match &kind.waits_for {
            None if !bind.is_some_and(|bind| bind.mechanisms.contains(&kind.key)) => {
                self.fault(format!("clause {id} is not bound to 「{}」", kind.key));
            }
            Some(room) if bind.and_then(|bind| bind.waits_for.as_ref()) != Some(room) => {
                self.fault(format!("clause {id} does not wait for 「{room}」 with it"));
            }
            _ => {}
        }
    }

    fn executor(&mut self, kind: &Kind, clause: &Clause) {
        let Some(executor) = clause.executor else { return };
        if !works(kind, executor) {
            self.fault(format!("clause {} wants 「{}」 to carry it out", clause.id, executor.key()));
        }
    }

    /// Each clause finds those whom it wants to decide, in its order; nobody else decides. Several clauses may ask for
    /// a route together (使用許可, then 承認).
    fn deciders(&mut self, kind: &Kind) {
        let catalogue = self.catalogue;
        let route = deciders(kind);
        let mut wanted = BTreeSet::new();
        for clause in kind.clauses.iter().filter_map(|id| catalogue.clause(id)) {
            if route.is_empty() && decided_by_filing(kind, clause) {
                continue;
            }
            match within(&clause.approvers, &route) {
                Some(places) => wanted.extend(places),
                None => {
                    let (asked, found) = (written(&clause.approvers), written(&route));
                    self.fault(format!("clause {} wants {asked} to decide, the route has {found}", clause.id));
                    return;
                }
            }
        }
        if wanted.is_empty() || wanted.len() == route.len() {
            return;
        }
        let extra: Vec<_> = route.into_iter().enumerate().filter(|(at, _)| !wanted.contains(at)).collect();
        for (_, tiers) in extra {
            self.fault(format!("no clause wants {} to decide", written(&[tiers])));
        }
    }

    pub(super) fn fields(&mut self, fields: &[Field], known: &[Field]) {
        let mut seen = HashSet::new();
        for field in fields {
            let key = &field.key;
            if !seen.insert(key.as_str()) {
                self.fault(format!("field 「{key}」 occurs twice"));
            }
            if !field.label.is_complete() || !field.hint.as_ref().is_none_or(Words::is_complete) {
                self.fault(format!("field 「{key}」: label and hint are needed in both languages"));
            }
            if field.required && field.required_when.is_some() {
                self.fault(format!("field 「{key}」 is required always and sometimes"));
            }
            self.known_clause(&format!("field 「{key}」"), field.clause.as_deref());
            self.choices(field);
            self.limits(field, fields);
            self.owner(field, fields);
            for condition in field.required_when.iter().chain(&field.visible_when) {
                self.condition(&format!("field 「{key}」"), condition, known);
            }
        }
    }

    /// Rows that belong to somebody are offered once it is said to whom.
    fn owner(&mut self, field: &Field, fields: &[Field]) {
        let Some(of) = &field.of else { return };
        let named = fields.iter().any(|other| other.key == *of && other.kind == FieldType::Person);
        if !named || field.source.is_none() {
            let key = &field.key;
            self.fault(format!("field 「{key}」: of belongs to a reference, and names a field of a person"));
        }
    }

    /// Days are compared with days of the same form, numbers have their bounds.
    fn limits(&mut self, field: &Field, fields: &[Field]) {
        let key = &field.key;
        let of_days = |name: &String| {
            name == TODAY || fields.iter().any(|other| other.key == *name && other.key != *key && other.is_of_days())
        };
        let mut named = field.not_before.iter().chain(&field.not_after).peekable();
        if named.peek().is_some() && !field.is_of_days() || !named.all(of_days) {
            self.fault(format!(
                "field 「{key}」: not_before and not_after compare a day with another field's, or with today"
            ));
        }
        let counted = field.not_before.is_some() || field.kind == FieldType::Period;
        if field.most_days.is_some_and(|most| most == 0 || !counted) {
            self.fault(format!("field 「{key}」: most_days counts from not_before, or the days of a period"));
        }
        let bounded = field.least.is_some() || field.most.is_some();
        if bounded && field.kind != FieldType::Number
            || field.least.zip(field.most).is_some_and(|(least, most)| least > most)
        {
            self.fault(format!("field 「{key}」: least and most are the bounds of a number"));
        }
    }

    fn choices(&mut self, field: &Field) {
        let key = &field.key;
        let chooses = matches!(field.kind, FieldType::Choice | FieldType::Multiple);
        let offers = !field.options.is_empty() || field.choices_from.is_some();
        if chooses != offers {
            self.fault(format!("field 「{key}」: options or choices_from belong to a choice, and a choice needs them"));
        }
        if field.options.iter().any(|option| !option.label.is_complete()) {
            self.fault(format!("field 「{key}」: each option needs its label in both languages"));
        }
        if field
            .choices_from
            .as_deref()
            .is_some_and(|name| crate::engines::regulations::parameters::find(name).is_none())
        {
            self.fault(format!("field 「{key}」: choices_from names no canonical parameter"));
        }
        let refers =
            matches!(field.kind, FieldType::Reference | FieldType::References | FieldType::Rights | FieldType::Every);
        if refers != field.source.is_some() {
            self.fault(format!("field 「{key}」: source belongs to a reference, and a reference needs it"));
        }
    }

    pub(super) fn condition(&mut self, place: &str, condition: &Condition, known: &[Field]) {
        let root = condition.field.split('.').next().unwrap_or_default();
        let Some(field) = known.iter().find(|field| field.key == root) else {
            self.fault(format!("{place}: the condition asks for the unknown field 「{root}」"));
            return;
        };
        let unknown = condition.any_of.iter().find(|value| !field.options.iter().any(|option| option.key == **value));
        if let Some(value) = unknown.filter(|_| root == condition.field && !field.options.is_empty()) {
            self.fault(format!("{place}: 「{root}」 never has the answer 「{value}」"));
        }
    }

    pub(super) fn titled(&mut self, place: &str, tier: Tier) {
        if !self.titles.contains_key(&tier) {
            self.fault(format!("{place}: tier 「{}」 has no title in this organisation", tier.key()));
        }
    }

    pub(super) fn titled_by(&mut self, place: &str, by: &[By]) {
        for by in by {
            match by {
                By::Tier(tier) => self.titled(place, *tier),
                By::Field(_) => self.titled(place, Tier::Staff),
                By::Applicant | By::PersonConcerned => {}
            }
        }
    }

    pub(super) fn known_clause(&mut self, place: &str, clause: Option<&str>) {
        if let Some(id) = clause.filter(|id| self.catalogue.clause(id).is_none()) {
            self.fault(format!("{place}: unknown clause 「{id}」"));
        }
    }
}

/// Does a route, of whichever regulation, go the way that a clause asks for: those apply, decide and carry out whom it names?
#[must_use]
pub fn keeps(kind: &Kind, clause: &Clause) -> bool {
    let route = deciders(kind);
    clause.applicant.is_none_or(|tier| kind.applicants.contains(&tier))
        && clause.executor.is_none_or(|executor| works(kind, executor))
        && (route.is_empty() && decided_by_filing(kind, clause) || within(&clause.approvers, &route).is_some())
}

/// The clauses that a kind's work fulfils by whose hands it is done: those its result is asked for by, where they name who works.
#[must_use]
pub fn handed<'a>(kind: &Kind, catalogue: &'a Regulation) -> Vec<&'a Clause> {
    let work = kind.steps.iter().filter(|step| step.works());
    let named = work.flat_map(|step| {
        let theirs = tiers(step, kind);
        let clauses = step.fields.iter().filter_map(|field| catalogue.clause(field.clause.as_deref()?));
        clauses.filter(move |clause| theirs.contains(&clause.holder))
    });
    named.collect()
}

/// Does somebody of this tier do the work?
#[must_use]
pub fn works(kind: &Kind, tier: Tier) -> bool {
    kind.steps.iter().filter(|step| step.works()).any(|step| tiers(step, kind).contains(&tier))
}

/// Whoever would decide files it: filing is the decision.
fn decided_by_filing(kind: &Kind, clause: &Clause) -> bool {
    clause.approvers.iter().all(|step| kind.applicants.iter().all(|tier| step.contains(tier)))
}

/// Where in the route these stand, in their order; of several of which either may decide, one is enough.
fn within(wanted: &[Vec<Tier>], route: &[Vec<Tier>]) -> Option<Vec<usize>> {
    let mut places = Vec::with_capacity(wanted.len());
    let mut from = 0;
    for tiers in wanted {
        let found = route
            .iter()
            .skip(from)
            .position(|step| !step.is_empty() && step.iter().all(|tier| tiers.contains(tier)))?;
        places.push(from + found);
        from += found + 1;
    }
    Some(places)
}

fn written(steps: &[Vec<Tier>]) -> String {
    let step = |tiers: &Vec<Tier>| tiers.iter().map(|tier| tier.key()).collect::<Vec<_>>().join("|");
    steps.iter().map(step).collect::<Vec<_>>().join(" → ")
}
