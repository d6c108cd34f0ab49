//! 実施の訂正: what was entered wrongly about work that is done is entered again, with a reason, as long as nobody has confirmed its
//! receipt. Both stand in the record, and the later one counts.
use super::kind::StepAct;
use super::machine::{Case, Facts, LineState, Phase, Standing};
use super::refusal::Refusal;

impl Case {
    /// May this person correct the work on a line? Whoever could do it may; what is received, reported or closed is changed by a request of
    /// its own.
    pub fn may_correct(&self, line: u16, facts: &Facts<'_>) -> Result<Standing, Refusal> {
        if !matches!(self.phase, Phase::Executing | Phase::HandingOver) {
            return Err(Refusal::NotWaiting(self.phase));
        }
        match self.line(line)?.state {
            LineState::Executed => {}
            LineState::Open => return Err(Refusal::LineNotExecuted),
            LineState::Acknowledged | LineState::Declined | LineState::Denied => return Err(Refusal::LineDone),
        }
        let step = self.steps.iter().find(|step| step.act == StepAct::Execute);
        self.stand(step.ok_or(Refusal::NotWaiting(self.phase))?, facts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::StepDef;
    use super::super::machine_tests::*;
    use super::*;
    use crate::kernel::access::Tier;

    fn office() -> Office {
        let posts = vec![
            (2, Tier::Manager, SECTION, None),
            (4, Tier::Sysadmin, IT, None),
            (5, Tier::Sysadmin, IT, None),
            (6, Tier::Office, DIVISION, None),
        ];
        let route: Vec<StepDef> = vec![
            def("confirm", StepAct::Decide, Tier::Manager),
            def("work", StepAct::Execute, Tier::Sysadmin),
            def("receive", StepAct::Acknowledge, Tier::Staff),
        ];
        Office::on(1, 9, posts, route, Vec::new()).unwrap()
    }

    fn may(office: &Office, who: u128) -> Result<Standing, Refusal> {
        office.with(who, |case, facts| case.may_correct(1, facts))
    }

    #[test]
    fn whoever_could_do_the_work_corrects_it_until_it_is_received() {
        let mut office = office();
        assert_eq!(may(&office, 4), Err(Refusal::NotWaiting(Phase::InReview)));
        office.approve(2).unwrap();
        assert_eq!(may(&office, 4), Err(Refusal::LineNotExecuted));
        office.execute(4, 1).unwrap();
        assert!(may(&office, 4).is_ok() && may(&office, 5).is_ok(), "also a colleague of the same desk");
        assert_eq!(may(&office, 6), Err(Refusal::NotYourStep(Tier::Sysadmin.into())));
        assert_eq!(may(&office, 1), Err(Refusal::OwnRequest));
        assert_eq!(may(&office, 9), Err(Refusal::OwnRequest));
    }
}
