//! 担当替え: what waits where nobody answers is sent by the office to another of those to whom it would go up, and to nobody else:
//! the regulation says who may decide, the office only that it is not to wait any longer. Whom a clause names, nobody of another tier
//! replaces by the office's choice: there it goes to the same post elsewhere, or a stand-in is appointed. Work stays with the post
//! that does it and goes to those who hold it elsewhere. A step that takes several answers goes as a whole, while none is given, and
//! only to where at least as many of the same post can give them.
use super::kind::StepAct;
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
        let sent = |step: &&Step| (step.act.answers() || step.act == StepAct::Execute) && !step.applicant;
        let Some(step) = self.step().filter(|step| open && sent(step)) else {
            return Vec::new();
        };
        let Some(def) = facts.route.iter().find(|def| def.key == step.key) else { return Vec::new() };
        let several = step.needed > 1;
        if self.phase.is_mended() || self.passes(step).next().is_some() || !self.answered_by(step).is_empty() {
            return Vec::new();
        }
        let mut acted = self.acted(&step.key, facts.joins);
        acted.extend(self.answered_by(step));
        let now = able(step, &self.kept_out(), &acted, facts.org);
        let asked = seat_of(def, self.places, facts.org);
        let elsewhere = |seat: SeatId| {
            let moved =
                (seat != asked).then_some(Moved { from: asked, reason: MoveReason::Rerouted, to_deputy: false });
            let designee = def.designee && seat == asked;
            let mut step = Step { seat, moved, designee, unfilled: false, ..step.clone() };
            let who = able(&step, &self.kept_out(), &acted, facts.org);
            let enough = who.len() >= usize::from(step.needed.max(1)) && who != now;
            if several {
                step.needed = def.needs.of(who.len());
            }
            (enough && !who.contains(&facts.doer.person)).then_some((step, who))
        };
        let named = |seat: &SeatId| (def.clause.is_none() && !several) || seat.tier == asked.tier;
        let mut seats = candidates(asked, def, facts.org);
        if step.act == StepAct::Execute {
            // whoever holds the same post, here or elsewhere
            let same = |seat: &&SeatId| (seat.tier, seat.function, seat.person) == (asked.tier, asked.function, None);
            let elsewhere: Vec<SeatId> = facts.org.seats.keys().filter(same).copied().collect();
            for seat in elsewhere {
                if !seats.contains(&seat) {
                    seats.push(seat);
                }
            }
        }
        seats.into_iter().filter(|seat| *seat != step.seat && named(seat)).filter_map(elsewhere).collect()
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
    use super::super::kind::StepDef;
    use super::super::machine_tests::*;
    use super::super::together::Needs;
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
    fn work_goes_to_those_who_hold_the_same_post_elsewhere() {
        let mut posts = office().posts;
        posts.push((7, Tier::Sysadmin, DIVISION, None));
        let route = vec![def("confirm", StepAct::Decide, Tier::Manager), def("work", StepAct::Execute, Tier::Sysadmin)];
        let mut office = Office::on(1, 9, posts, route, Vec::new()).unwrap();
        office.approve(2).unwrap();
        let seats = office.with(4, Case::other_seats);
        assert!(!seats.is_empty() && seats.iter().all(|(seat, _)| seat.tier == Tier::Sysadmin), "{seats:?}");
        let to = seats.iter().find(|(_, who)| *who == BTreeSet::from([person(7)])).unwrap().0;
        office.case = office.with(4, |case, facts| case.rerouted(to, facts)).unwrap().0;
        assert!(office.with(6, Case::may_execute).is_err());
        assert!(office.with(7, Case::may_execute).is_ok());
    }

    #[test]
    fn what_takes_several_goes_where_as_many_can_answer_and_not_once_somebody_has() {
        let mut posts = office().posts;
        posts.push((8, Tier::Manager, SECTION, None));
        let several = StepDef { needs: Needs::All, ..def("confirm", StepAct::Decide, Tier::Manager) };
        let route = || vec![several.clone(), def("work", StepAct::Execute, Tier::Sysadmin)];
        let seats = |office: &Office| office.with(4, Case::other_seats);
        let alone = Office::on(1, 9, posts.clone(), route(), Vec::new()).unwrap();
        assert!(seats(&alone).is_empty(), "one alone does not answer for two");
        posts.push((10, Tier::Manager, DIVISION, None));
        let mut office = Office::on(1, 9, posts, route(), Vec::new()).unwrap();
        let (to, who) = seats(&office).into_iter().find(|(seat, _)| seat.department == Some(DIVISION)).unwrap();
        assert_eq!(who, [person(3), person(10)].into());
        let moved = office.with(4, |case, facts| case.rerouted(to, facts)).unwrap().0;
        assert_eq!(moved.steps[0].needed, 2, "all of those who sit there");
        office.approve(2).unwrap();
        assert!(seats(&office).is_empty(), "one of them has answered");
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
