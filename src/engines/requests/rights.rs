//! Who may answer at a step or carry it out (経路が与える権限): read off the routes of the adopted regulation, for the
//! permission table. The regulation says who acts; the table only repeats it.
use super::kinds::{Kinds, Registered};
use super::model::{StepAct, StepDef, StepScope};
use crate::kernel::access::{Permission, Reach, Tier};
use crate::people::permissions::Grant;

/// What the routes of these kinds give, and to whom; those of former regulations as long as requests may travel by them.
#[must_use]
pub fn grants(kinds: &Kinds) -> Vec<Grant> {
    let of_one = |registered| of_steps(registered).chain(of_filing(registered));
    kinds.all().flat_map(of_one).collect()
}

fn of_steps(registered: &Registered) -> impl Iterator<Item = Grant> + '_ {
    registered.kind.steps.iter().flat_map(move |step| of_step(registered, step))
}

/// Those who are not of the staff file what the regulation names them for, and nothing else.
fn of_filing(registered: &Registered) -> impl Iterator<Item = Grant> + '_ {
    let named = registered.kind.applicants.iter().filter(|tier| !tier.is_staff());
    named.map(|tier| Grant { tier: *tier, permission: Permission::RequestsFile, reach: Reach::Own })
}

fn of_step(registered: &Registered, step: &StepDef) -> Vec<Grant> {
    let reach = match step.scope {
        StepScope::Department | StepScope::Owner => Reach::Department,
        StepScope::Organisation => Reach::Organisation,
    };
    // whoever files acts on what they filed, and on nothing else
    let mut seats: Vec<(Tier, Reach)> = match step.applicant {
        true => registered.kind.applicants.iter().map(|tier| (*tier, Reach::Own)).collect(),
        // whom a form names may be any of the staff, and acts on what names them
        false if step.chosen_by().is_some() => {
            Tier::ALL.into_iter().filter(|tier| tier.is_staff()).map(|tier| (tier, Reach::Own)).collect()
        }
        false => step.tiers().map(|tier| (tier, reach)).collect(),
    };
    // whom a step moves up to acts there as well
    if step.moves_up() && !step.applicant {
        seats.extend(step.above().iter().map(|tier| (*tier, Reach::Organisation)));
        seats.extend(step.chosen_by().map(|_| (Tier::Manager, Reach::Department)));
    }
    let mut needed = needed(step.act);
    if step.act == StepAct::Execute {
        let received = registered.kind.step(StepAct::Acknowledge).is_some();
        needed.extend(received.then_some(Permission::RequestsProxy));
        // what reaches every sign-in is not given to one section
        let wide = reach == Reach::Organisation && !step.applicant;
        needed.extend(registered.effects.worked_with().iter().filter(|_| wide));
    }
    if step.designee {
        // who lets others act in their place says whom
        let names = Grant { tier: step.by, permission: Permission::DesigneesName, reach: Reach::Organisation };
        return acting(seats, &needed).chain([names]).collect();
    }
    acting(seats, &needed).collect()
}

fn acting(seats: Vec<(Tier, Reach)>, needed: &[Permission]) -> impl Iterator<Item = Grant> + '_ {
    let grant =
        move |(tier, reach)| needed.iter().map(move |permission| Grant { tier, permission: *permission, reach });
    seats.into_iter().flat_map(grant)
}

/// What the act itself takes. Whoever acts reads what was acted on, also afterwards.
fn needed(act: StepAct) -> Vec<Permission> {
    match act {
        StepAct::Acknowledge | StepAct::Notify => Vec::new(),
        StepAct::Execute => vec![Permission::RequestsExecute, Permission::RequestsView],
        // a report waits among the work, and is sent like an answer
        StepAct::Report => vec![Permission::RequestsExecute, Permission::RequestsDecide, Permission::RequestsView],
        _ => vec![Permission::RequestsDecide, Permission::RequestsView],
    }
}
