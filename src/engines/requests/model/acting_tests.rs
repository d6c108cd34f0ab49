//! 代決: the cases behind each of its rules.
use super::acting::ByRule;
use super::machine::apply;
use super::machine_tests::{IT, Office, Post, SECTION, day, def, doer, organisation, person, posts};
use super::*;
use crate::kernel::access::Tier;
use crate::kernel::ids::PostId;
use crate::people::acting::ActingRuleId;
use uuid::Uuid;

/// That a rule names somebody for the holder of this post, once nobody is there.
fn by_rule(at: usize, (holder, tier, department, _): &Post) -> ByRule {
    ByRule {
        rule: ActingRuleId(Uuid::from_u128(7)),
        capacity: Capacity {
            post: PostId(Uuid::from_u128(1000 + at as u128)),
            tier: *tier,
            department: *department,
            function: None,
            acting_for: Some(person(*holder)),
            main_of: None,
            naming: false,
            named_for: Vec::new(),
        },
        reserved: false,
        stood_in: false,
        away: true,
        waited: false,
        in_turn: true,
        back_on: None,
        review_days: 3,
    }
}

/// Half of those who try are named by a rule, for everybody.
pub(super) fn named_by_rule(who: u128, posts: &[Post]) -> Vec<ByRule> {
    let named =
        posts.iter().enumerate().filter(|(_, (holder, ..))| who.is_multiple_of(2) && *holder > 0 && *holder != who);
    named.map(|(at, post)| by_rule(at, post)).collect()
}

/// What happens when 9 (a clerk) decides for the section's manager, or for whom else is given, by such a rule.
fn decide_as(
    office: &Office,
    who: u128,
    change: impl FnOnce(&mut ByRule),
    verdict: Verdict,
) -> Result<Vec<Effect>, Refusal> {
    let posts = posts();
    let mut named = by_rule(0, &posts[0]);
    change(&mut named);
    let mut doer = doer(who, &posts);
    doer.by_rule = vec![named];
    let org = organisation(&posts);
    let route = vec![def("confirm", StepAct::Decide, Tier::Manager), def("permit", StepAct::Decide, Tier::Ciso)];
    let facts =
        Facts { doer: &doer, today: day(10), route: &route, joins: &[], after_return: AfterReturn::Repeat, org: &org };
    let action = Action::Decide { at: None, seen: office.case.content, line: None, verdict };
    apply(&office.case, &action, &facts).map(|(_, effects)| effects)
}

fn office(act: StepAct) -> Office {
    let route = vec![def("confirm", act, Tier::Manager), def("permit", StepAct::Decide, Tier::Ciso)];
    Office::on(8, 8, posts(), route, Vec::new()).unwrap()
}

fn yes(words: &str) -> Verdict {
    Verdict::Approve { note: words.to_owned() }
}

#[test]
fn whom_the_rule_names_decides_for_the_absent_one_and_says_why() {
    let office = office(StepAct::Decide);
    assert_eq!(decide_as(&office, 9, |_| (), yes(" ")), Err(Refusal::ReasonMissing));
    let effects = decide_as(&office, 9, |_| (), yes("月末の締切のため")).unwrap();
    let Some(Effect::Decided { standing, .. }) = effects.first() else { panic!("{effects:?}") };
    assert_eq!((standing.deputy, standing.acting_for), (true, Some(person(1))));
    let used = standing.by_rule.as_ref().unwrap();
    assert_eq!((used.rule, used.review_days), (ActingRuleId(Uuid::from_u128(7)), 3));
}

#[test]
fn before_its_time_beside_a_stand_in_and_for_what_is_reserved_the_rule_gives_nothing() {
    let office = office(StepAct::Decide);
    let refused = |change: fn(&mut ByRule)| decide_as(&office, 9, change, yes("x")).unwrap_err();
    assert_eq!(refused(|named| named.away = false), Refusal::NotYetByRule);
    assert_eq!(refused(|named| named.stood_in = true), Refusal::SomebodyStandsIn);
    assert_eq!(refused(|named| named.in_turn = false), Refusal::NotInTurn);
    assert_eq!(refused(|named| named.reserved = true), Refusal::ReservedToDecider);
    let waited = |named: &mut ByRule| (named.away, named.waited) = (false, true);
    decide_as(&office, 9, waited, yes("x")).unwrap();
}

#[test]
fn a_rule_reaches_decisions_of_its_own_seat_and_nothing_else() {
    let elsewhere = |named: &mut ByRule| named.capacity.department = IT;
    let office_of = office(StepAct::Decide);
    assert_eq!(decide_as(&office_of, 9, elsewhere, yes("x")), Err(Refusal::NotYourStep(Tier::Manager.into())));
    for act in [StepAct::Permit, StepAct::Instruct, StepAct::Confirm] {
        let asked = office(act);
        assert_eq!(decide_as(&asked, 9, |_| (), yes("x")), Err(Refusal::NotYourStep(Tier::Manager.into())), "{act:?}");
    }
}

#[test]
fn nobody_decides_by_rule_in_their_own_matter_nor_for_one_whose_matter_it_is() {
    let route = || vec![def("confirm", StepAct::Decide, Tier::Manager), def("permit", StepAct::Decide, Tier::Ciso)];
    let own = Office::on(9, 8, posts(), route(), Vec::new()).unwrap();
    assert_eq!(decide_as(&own, 9, |_| (), yes("x")), Err(Refusal::OwnRequest));
    assert_eq!(own.case.steps[0].seat.department, Some(SECTION));
    // one of two managers filed it: the other is away, and in the place of the first nobody acts
    let mut two = posts();
    two[0].3 = None;
    two.push((10, Tier::Manager, SECTION, None));
    let managers = Office::on(1, 8, two, route(), Vec::new()).unwrap();
    assert_eq!(decide_as(&managers, 9, |_| (), yes("x")), Err(Refusal::NotYourStep(Tier::Manager.into())));
    let for_the_other = |named: &mut ByRule| named.capacity.acting_for = Some(person(10));
    decide_as(&managers, 9, for_the_other, yes("x")).unwrap();
}

#[test]
fn who_decided_by_rule_decides_no_second_step() {
    let posts = posts();
    let route = vec![def("confirm", StepAct::Decide, Tier::Manager), def("permit", StepAct::Decide, Tier::Ciso)];
    let mut office = Office::on(8, 8, posts.clone(), route.clone(), Vec::new()).unwrap();
    let org = organisation(&posts);
    let mut ciso = doer(7, &posts);
    ciso.by_rule = vec![by_rule(0, &posts[0])];
    let facts =
        Facts { doer: &ciso, today: day(10), route: &route, joins: &[], after_return: AfterReturn::Repeat, org: &org };
    let action = Action::Decide { at: None, seen: office.case.content, line: None, verdict: yes("不在のため") };
    (office.case, _) = apply(&office.case, &action, &facts).unwrap();
    assert!(apply(&office.case, &action, &facts).is_err(), "the second step is another's");
}
