//! Checks of a route: every step can be acted on, and the acts stand in an order that makes sense.
use super::kind::{Act, By, Field, FieldType, Kind, Scope, Step};
use super::kind_check::Checker;
use crate::kernel::access::Tier;
use std::collections::HashSet;

/// Checks the steps of a kind.
pub(super) fn check(checker: &mut Checker<'_>, kind: &Kind) {
    if kind.steps.is_empty() {
        checker.fault("has no route");
    }
    let mut seen = HashSet::new();
    for (at, step) in kind.steps.iter().enumerate() {
        let place = format!("step 「{}」", step.key);
        if !seen.insert(step.key.as_str()) {
            checker.fault(format!("{place} occurs twice"));
        }
        if !step.title.is_complete() {
            checker.fault(format!("{place}: the title is needed in both languages"));
        }
        if [&step.state, &step.unfinished, &step.button].into_iter().flatten().any(|words| !words.is_complete()) {
            checker.fault(format!("{place}: its words are needed in both languages"));
        }
        checker.titled_by(&place, &step.by);
        checker.known_clause(&place, step.clause.as_deref());
        if let Some(condition) = &step.when {
            checker.condition(&place, condition, &kind.fields);
        }
        for what in seat(step, kind).into_iter().chain(shape(step)).chain(order(step, kind.steps.get(..at))) {
            checker.fault(format!("{place}: {what}"));
        }
        if step.fields.iter().any(|field| field.kind == FieldType::Clause) {
            checker.fault(format!("{place}: a clause is asked for on the form"));
        }
        if step.fields.iter().any(|field| field.kind == FieldType::File) {
            checker.fault(format!("{place}: files are attached on the form"));
        }
        let known: Vec<Field> = kind.fields.iter().chain(&step.fields).cloned().collect();
        checker.fields(&step.fields, &known);
    }
    for (one, other) in &kind.joinable {
        if one == other || !seen.contains(one.as_str()) || !seen.contains(other.as_str()) {
            checker.fault(format!("joinable: 「{one}」 and 「{other}」 are no two steps of the route"));
        }
    }
}

/// The same of a route that is no file: each step can be acted on, none occurs twice, and their order makes sense.
pub(super) fn holds(kind: &Kind) -> bool {
    let mut seen = HashSet::new();
    kind.steps.iter().enumerate().all(|(at, step)| {
        seen.insert(step.key.as_str())
            && seat(step, kind).is_empty()
            && shape(step).is_empty()
            && order(step, kind.steps.get(..at)).is_none()
    })
}

/// Who acts there.
fn seat(step: &Step, kind: &Kind) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let a_party = |by: &By| matches!(by, By::Applicant | By::PersonConcerned);
    match step.by.len() {
        0 => faults.push("nobody acts"),
        1 => {}
        _ => faults.push("one tier acts; whoever else may is a step of their own, or their designee"),
    }
    if step.act.decides() && step.by.iter().any(a_party) {
        faults.push("nobody decides on their own request");
    }
    if step.act == Act::Consult && step.by.iter().any(a_party) {
        faults.push("nobody is asked for an opinion on their own request");
    }
    if step.designee && !step.by.iter().any(|by| matches!(by, By::Tier(_))) {
        faults.push("a designee acts for a tier");
    }
    let decider = |tier: &Tier| step.by.contains(&By::Tier(*tier));
    if !step.apart_from.is_empty() && (!step.act.decides() || step.apart_from.iter().any(decider)) {
        faults.push("apart_from keeps other tiers than its own from a decision");
    }
    faults.extend(named(step, kind));
    let of_the_day = |key: &String| kind.fields.iter().any(|field| field.key == *key && field.kind == FieldType::Date);
    if step.due_on.as_ref().is_some_and(|key| !of_the_day(key)) {
        faults.push("due_on names no day of the form");
    }
    let of_a_register = |field: &Field| {
        matches!(field.kind, FieldType::Rights | FieldType::Every | FieldType::Reference | FieldType::References)
    };
    if step.scope == Scope::Owner && !kind.without_sign_in && !kind.fields.iter().any(of_a_register) {
        faults.push("the form asks for no row of a register that somebody owns");
    }
    faults
}

/// The person whom the form names: known as soon as it is filed, and asked for their word.
fn named(step: &Step, kind: &Kind) -> Option<&'static str> {
    let [By::Field(field)] = step.by.as_slice() else { return None };
    let asked = field.field().and_then(|key| kind.field(key));
    if !asked.is_some_and(|asked| asked.kind == FieldType::Person && asked.required && asked.visible_when.is_none()) {
        return Some("by names no person whom the form always asks for");
    }
    let answers = step.act.decides() && !step.executes || matches!(step.act, Act::Consult | Act::Confirm);
    if !answers {
        return Some("whom the form names decides, is consulted or confirms, and does no work");
    }
    let of_tiers = step.scope != Scope::Organisation || !step.apart_from.is_empty();
    of_tiers.then_some("scope and apart_from belong to a tier, and not to the one person whom the form names")
}

/// What belongs to which act.
fn shape(step: &Step) -> Vec<&'static str> {
    let mut faults = Vec::new();
    if step.executes && !step.act.decides() {
        faults.push("executes = true belongs to a deciding step");
    }
    if step.each_line && !step.act.decides() && step.act != Act::Execute {
        faults.push("only deciding and carrying out go line by line");
    }
    let answered = step.act.decides() && !step.executes || matches!(step.act, Act::Consult | Act::Confirm);
    if (step.beside || !step.needs.is_one() || step.may_be_missing) && !answered {
        faults.push("work, receipt and report stand by themselves, and one person does them");
    }
    let by_somebody = step.by.iter().all(|by| matches!(by, By::Tier(_)));
    if (!step.needs.is_one() || step.may_be_missing) && (step.each_line || !by_somebody) {
        faults.push("one person of a tier answers line by line, and whoever applies answers alone");
    }
    if step.may_be_missing && step.clause.is_some() {
        faults.push("a step that a clause asks for is not passed over");
    }
    if step.button.is_some() && step.act != Act::Acknowledge {
        faults.push("a button of its own belongs to a receipt");
    }
    if step.due_on.is_some() && step.due_days.is_some() {
        faults.push("it is due by a day of the form or after some days, not both");
    }
    if step.fields.iter().any(|field| field.part.is_some()) {
        faults.push("only the form has parts in which a field may stand");
    }
    if step.act.tells() && (!step.fields.is_empty() || step.due_days.is_some()) {
        faults.push("who is only told records nothing, and nobody waits for it");
    }
    faults
}

/// Deciding, asking and confirming come before the work, receipt and report after it; work and report happen once.
fn order(step: &Step, before: Option<&[Step]>) -> Option<&'static str> {
    let before = before.unwrap_or_default();
    let worked = before.iter().any(Step::works);
    let reported = before.iter().any(|step| step.act == Act::Report);
    let answered =
        |step: &Step| step.act.decides() && !step.executes || matches!(step.act, Act::Consult | Act::Confirm);
    if step.beside && !before.last().is_some_and(answered) {
        return Some("has nothing beside which it could open");
    }
    match step.act {
        Act::Decide | Act::Permit | Act::Instruct | Act::Consult if worked => Some("stands after the work"),
        Act::Execute if worked => Some("the work is done already"),
        Act::Acknowledge if !worked || reported => Some("receipt is confirmed after the work, before its report"),
        Act::Report if !worked => Some("there is no work yet to report"),
        Act::Report if reported => Some("the work is reported already"),
        _ => None,
    }
}

/// The tiers that act in a step; an applicant's step is that of those who may apply.
pub(super) fn tiers(step: &Step, kind: &Kind) -> Vec<Tier> {
    let of = |by: &By| match by {
        By::Tier(tier) => vec![*tier],
        By::Applicant => kind.applicants.clone(),
        By::PersonConcerned => Vec::new(),
        // whoever it is, one of the staff
        By::Field(_) => vec![Tier::Staff],
    };
    step.by.iter().flat_map(of).collect()
}

/// The tiers whose word the work waits for, step by step, as a clause writes its approvers: those who decide, and
/// those who confirm something beforehand (支障がないことの確認).
pub(super) fn deciders(kind: &Kind) -> Vec<Vec<Tier>> {
    let work = kind.steps.iter().position(|step| step.act == Act::Execute).unwrap_or(kind.steps.len());
    let before = kind.steps.iter().take(work);
    before.filter(|step| step.act.decides() || step.act == Act::Confirm).map(|step| tiers(step, kind)).collect()
}
