//! 担当替え: what waits where nobody answers is sent by the office to another of those to whom it would go up, and to nobody else:
//! the regulation says who may decide, the office only that it is not to wait any longer. Whom a clause names, nobody of another tier
//! replaces by the office's choice: there it goes to the same post elsewhere, or a stand-in is appointed.
use super::machine::{Case, Effect, Facts};
use super::refusal::Refusal;
use super::route::{MoveReason, Moved, SeatId, Step, able, candidates, seat_of};
use crate::kernel::ids::PersonId;
use std::collections::BTreeSet;

/// A seat to which the step could go, with those who could answer there.
pub type OtherSeat = (SeatId, BTreeSet<PersonId>);

impl Case {
    /// The seats to which the step that is looked at can be sent, in the order in which it would go up. None where whoever sends
    /// it would answer themselves, and none once somebody has answered.
    #[must_use]
    pub fn other_seats(&self, facts: &Facts<'_>) -> Vec<OtherSeat> {
        self.placed_elsewhere(facts).into_iter().map(|(step, who)| (step.seat, who)).collect()
    }

    fn placed_elsewhere(&self, facts: &Facts<'_>) -> Vec<(Step, BTreeSet<PersonId>)> {
        let open = self.open_steps().any(|place| place == self.turn);
        let Some(step) = self.step().filter(|step| open && step.act.answers() && !step.applicant) else {
            return Vec::new();
        };
        let Some(def) = facts.route.iter().find(|def| def.key == step.key) else { return Vec::new() };
        if self.phase.is_mended() || self.passes(step).next().is_some() || step.needed > 1 {
            return Vec::new();
        }
        let mut acted = self.acted(&step.key, facts.joins);
        acted.extend(self.answered_by(step));
        let asked = seat_of(def, self.places, facts.org);
        let elsewhere = |seat: SeatId| {
            let moved =
                (seat != asked).then_some(Moved { from: asked, reason: MoveReason::Rerouted, to_deputy: false });
            let designee = def.designee && seat == asked;
            let step = Step { seat, moved, designee, unfilled: false, ..step.clone() };
            let who = able(&step, &self.kept_out(), &acted, facts.org);
            (!who.is_empty() && !who.contains(&facts.doer.person)).then_some((step, who))
        };
        let named = |seat: &SeatId| def.clause.is_none() || seat.tier == asked.tier;
        let seats = candidates(asked, def, facts.org).into_iter().filter(|seat| *seat != step.seat && named(seat));
        seats.filter_map(elsewhere).collect()
    }

    /// Sends the step that is looked at to that seat.
    pub fn rerouted(&self, to: SeatId, facts: &Facts<'_>) -> Result<(Self, Vec<Effect>), Refusal> {
        let found = self.placed_elsewhere(facts).into_iter().find(|(step, _)| step.seat == to);
        let (step, _) = found.ok_or(Refusal::NoSuchSeat)?;
        let mut next = self.clone();
        match next.steps.get_mut(self.turn) {
            Some(place) => *place = step,
            None => return Err(Refusal::NoSuchSeat),
        }
        Ok((next, vec![Effect::Arrived { step: self.turn }]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::{StepAct, StepDef};
    use super::super::machine_tests::*;
    use super::*;
    use crate::kernel::access::Tier;

    fn office() -> Office {
        let posts = vec![
            (2, Tier::Manager, SECTION, None),
            (3, Tier::Manager, DIVISION, None),
            (4, Tier::Office, IT, None),
            (5, Tier::Ciso, DIVISION, None),
            (6, Tier::Sysadmin, IT, None),
        ];
        let route = vec![def("confirm", StepAct::Decide, Tier::Manager), def("work", StepAct::Execute, Tier::Sysadmin)];
        Office::on(1, 9, posts, route, Vec::new()).unwrap()
    }

    #[test]
    fn it_goes_to_those_above_and_not_to_whoever_sends_it() {
        let office = office();
        let seats: Vec<Tier> = office.with(4, Case::other_seats).iter().map(|(seat, _)| seat.tier).collect();
        assert_eq!(seats, [Tier::Manager, Tier::Ciso], "the office itself decides nothing that it sends away");
        let by_the_chief = office.with(5, Case::other_seats);
        assert!(by_the_chief.iter().all(|(_, who)| !who.contains(&person(5))));
    }

    #[test]
    fn whoever_it_was_sent_to_decides_and_whoever_had_it_does_not() {
        let mut office = office();
        let (to, _) = office.with(4, Case::other_seats).remove(0);
        assert_eq!(to.department, Some(DIVISION));
        let (case, effects) = office.with(4, |case, facts| case.rerouted(to, facts)).unwrap();
        assert_eq!(effects, [Effect::Arrived { step: 0 }]);
        assert_eq!(case.steps[0].moved.map(|moved| moved.reason), Some(MoveReason::Rerouted));
        office.case = case;
        assert_eq!(office.with(2, Case::may_decide).err(), Some(Refusal::NotYourStep(Tier::Manager.into())));
        assert!(office.with(3, Case::may_decide).is_ok());
        // and back again
        let back = office.with(4, Case::other_seats);
        assert!(back.iter().any(|(seat, _)| seat.department == Some(SECTION)));
    }

    #[test]
    fn whom_a_clause_names_is_replaced_by_nobody_of_another_tier() {
        let posts = office().posts;
        let asked = StepDef { clause: Some("21-4-1".into()), ..def("confirm", StepAct::Decide, Tier::Manager) };
        let route = vec![asked, def("work", StepAct::Execute, Tier::Sysadmin)];
        let office = Office::on(1, 9, posts, route, Vec::new()).unwrap();
        let seats: Vec<Tier> = office.with(4, Case::other_seats).iter().map(|(seat, _)| seat.tier).collect();
        assert_eq!(seats, [Tier::Manager], "the manager above, and not the head of security");
    }

    #[test]
    fn work_and_what_is_answered_stay_where_they_are() {
        let mut office = office();
        office.approve(2).unwrap();
        assert!(office.with(4, Case::other_seats).is_empty());
        let nowhere = SeatId::of(Tier::Ciso, None);
        assert_eq!(office.with(4, |case, facts| case.rerouted(nowhere, facts)).err(), Some(Refusal::NoSuchSeat));
    }
}
