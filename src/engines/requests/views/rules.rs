//! Whose words of the regulation a request shows (規則の文言). Whoever decides it or carries it out acts by clauses whose text
//! may be closed to their tier: for this request they are its addressees, and read what the form and their own step rest
//! on. Whoever files it reads number and heading, as on every page.
use super::sheet::May;
use crate::engines::requests::actions::{Hand, Open};
use crate::engines::requests::model::StepAct;
use crate::engines::requests::store::record::{Decided, ExecutedRow};

/// The clauses whose words this reader sees: those of the kind, and of the steps at which the reader acts or has acted.
pub(super) fn rules(hand: &Hand, open: &Open, may: May, decided: &[Decided], executed: &[ExecutedRow]) -> Vec<String> {
    let own = [hand.viewer.person.0, hand.viewer.natural.0];
    let now = open.step_def().filter(|_| may.decide || may.execute).map(|step| step.key.as_str());
    let answered = decided.iter().filter(|one| own.contains(&one.decider)).map(|one| one.step_key.as_str());
    let worked = executed.iter().any(|one| own.contains(&one.executor));
    let mut keys: Vec<&str> = now.into_iter().chain(answered).collect();
    let steps = &open.registered.kind.steps;
    keys.extend(steps.iter().filter(|step| worked && step.act == StepAct::Execute).map(|step| step.key.as_str()));
    // what an applicant does at a step of their own is no work on the request
    keys.retain(|key| steps.iter().any(|step| step.key == *key && !step.applicant));
    if keys.is_empty() {
        return Vec::new();
    }
    let mut clauses = open.registered.kind.clauses.clone();
    let of_steps = steps.iter().filter(|step| keys.contains(&step.key.as_str())).filter_map(|step| step.clause.clone());
    for clause in of_steps {
        if !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    clauses
}
