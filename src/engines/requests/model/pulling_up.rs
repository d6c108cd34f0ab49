//! 引き上げ承認: where the route allows it, whoever decides at a later step takes the request to that step, before those in front
//! have answered. Those are passed over, and the record says by whom and why; what the next round asks, it asks of them again.
use super::kind::StepAct;
use super::machine::{Case, Effect, Facts, Phase};
use super::refusal::Refusal;
use super::route::Skip;

impl Case {
    /// The step to which this person may pull the request up.
    pub fn may_pull_up(&self, facts: &Facts<'_>) -> Result<usize, Refusal> {
        self.pulled_up(facts).map(|(next, _)| next.turn)
    }

    /// Takes the request to the first later step at which this person decides.
    pub fn pulled_up(&self, facts: &Facts<'_>) -> Result<(Self, Vec<Effect>), Refusal> {
        if self.phase != Phase::InReview {
            return Err(Refusal::NotWaiting(self.phase));
        }
        // who can answer where it waits has nothing to pull up
        if self.may_decide(facts).is_ok() {
            return Err(Refusal::NotPulledUp);
        }
        let mut next = self.clone();
        let mut effects = Vec::new();
        let mut place = self.at;
        while self.passable(place, facts) {
            let end = self.stage_end(place);
            for passed in (place..end).filter(|passed| !self.settled(*passed)) {
                next.steps.get_mut(passed).ok_or(Refusal::UnknownStep)?.skipped = Some(Skip::PulledUp);
                effects.push(Effect::Skipped { step: passed });
            }
            place = end;
            if let Some(own) = next.own_at(place, facts) {
                next.at = place;
                next.arrive(facts, &mut effects);
                next.turn = own;
                return Ok((next, effects));
            }
        }
        Err(Refusal::NotPulledUp)
    }

    /// Can all that waits together from here on be passed over? Nothing that somebody has answered already.
    fn passable(&self, at: usize, facts: &Facts<'_>) -> bool {
        let passed_by = |key: &str| facts.route.iter().any(|def| def.key == key && def.passed_by);
        at < self.steps.len()
            && (at..self.stage_end(at)).filter(|place| !self.settled(*place)).all(|place| {
                self.steps.get(place).is_some_and(|step| passed_by(&step.key) && !self.is_answered(&step.key))
            })
    }

    fn is_answered(&self, step: &str) -> bool {
        self.acts.iter().any(|act| act.step == step && self.counts(act))
    }

    /// Where among the steps that open here this person would decide.
    fn own_at(&self, at: usize, facts: &Facts<'_>) -> Option<usize> {
        (at..self.stage_end(at)).find(|place| {
            let mut there = self.clone();
            there.place_anew(*place, facts);
            let decides = |act: StepAct| matches!(act, StepAct::Decide | StepAct::Permit);
            there.steps.get(*place).is_some_and(|step| {
                decides(step.act) && step.skipped.is_none() && !step.each_line && there.stand(step, facts).is_ok()
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::StepDef;
    use super::super::machine::Action;
    use super::super::machine_tests::*;
    use super::super::route::Places;
    use super::*;
    use crate::kernel::access::Tier;

    fn route() -> Vec<StepDef> {
        vec![
            StepDef { passed_by: true, ..def("chief", StepAct::Decide, Tier::Manager) },
            StepDef { passed_by: true, ..def("office", StepAct::Decide, Tier::Office) },
            StepDef { passed_by: true, ..def("ciso", StepAct::Decide, Tier::Ciso) },
            def("work", StepAct::Execute, Tier::Sysadmin),
        ]
    }

    fn on(route: Vec<StepDef>) -> Office {
        let posts = vec![
            (2, Tier::Manager, SECTION, None),
            (4, Tier::Office, IT, None),
            (5, Tier::Ciso, DIVISION, None),
            (6, Tier::Sysadmin, IT, None),
        ];
        Office::on(1, 9, posts, route, Vec::new()).unwrap()
    }

    #[test]
    fn whoever_decides_later_takes_it_and_those_in_front_are_passed_over() {
        let office = on(route());
        let (next, effects) = office.with(5, Case::pulled_up).unwrap();
        assert_eq!(effects, [Effect::Skipped { step: 0 }, Effect::Skipped { step: 1 }, Effect::Arrived { step: 2 }]);
        assert_eq!((next.at, next.turn, next.phase), (2, 2, Phase::InReview));
        assert!(next.steps[..2].iter().all(|step| step.skipped == Some(Skip::PulledUp)));
        let mut office = office;
        office.case = next;
        assert!(office.with(2, Case::may_decide).is_err(), "whoever was passed over decides no more");
        assert!(office.with(4, Case::pulled_up).is_err(), "nothing is pulled down");
        assert!(office.with(5, Case::may_decide).is_ok());
    }

    #[test]
    fn only_what_the_route_lets_be_passed_over_is() {
        let refused = |office: &Office, who| office.with(who, Case::pulled_up).unwrap_err();
        let mut firm = route();
        firm[0].passed_by = false;
        assert_eq!(refused(&on(firm), 5), Refusal::NotPulledUp);
        let mut firm = route();
        firm[1].passed_by = false;
        let office = on(firm);
        assert_eq!(refused(&office, 5), Refusal::NotPulledUp);
        assert_eq!(office.with(4, Case::may_pull_up), Ok(1));
        let office = on(route());
        assert_eq!(refused(&office, 2), Refusal::NotPulledUp, "it waits with them anyway");
        assert_eq!(refused(&office, 6), Refusal::NotPulledUp, "work is never pulled up");
        assert_eq!(refused(&office, 9), Refusal::NotPulledUp);
        assert_eq!(refused(&office, 1), Refusal::NotPulledUp, "nobody in their own matter");
    }

    #[test]
    fn what_comes_back_asks_those_again_who_were_passed_over() {
        let office = on(route());
        let (next, _) = office.with(4, Case::pulled_up).unwrap();
        let mut office = office;
        office.case = next;
        office.approve(4).unwrap();
        assert_eq!(office.case.turn, 2);
        office.act(4, &Action::TakeBack).unwrap();
        let skipped = office.case.steps[0].skipped;
        assert_eq!((office.case.turn, skipped), (1, Some(Skip::PulledUp)), "whoever takes back decides anew");
        office.approve(4).unwrap();
        // to the one who was passed over nothing can be sent back, since nothing was said there
        assert_eq!(office.send_back_to(5, "chief"), Err(Refusal::UnknownStep));
        office.send_back(5).unwrap();
        let again = Action::Resubmit { content: hash("2"), concerned: None, places: Places::of(SECTION), lines: 1 };
        office.act(1, &again).unwrap();
        assert_eq!((office.case.turn, office.case.steps[0].skipped), (0, None));
    }
}
