//! Steps side by side (並行) and the answers of several (合議): which wait, when the route goes on, and what one answer changes.
use super::machine::*;
use super::machine_tests::*;
use super::*;
use crate::kernel::access::Tier;

/// Consulted by sysadmins (4, 5) and decided by the office (6) at the same time as by the manager (1), then by the ciso (7).
fn beside() -> Vec<StepDef> {
    vec![
        def("confirm", StepAct::Decide, Tier::Manager),
        StepDef { beside: true, ..def("consult", StepAct::Consult, Tier::Sysadmin) },
        StepDef { beside: true, ..def("check", StepAct::Decide, Tier::Office) },
        def("permit", StepAct::Permit, Tier::Ciso),
    ]
}

/// Three members of a committee (11, 12, 13) with a deputy (14) of the last.
fn members(needs: Needs) -> (Vec<StepDef>, Vec<Post>) {
    let mut posts = posts();
    posts.extend([
        (11, Tier::Committee, DIVISION, None),
        (12, Tier::Committee, DIVISION, None),
        (13, Tier::Committee, DIVISION, Some(14)),
    ]);
    let route = vec![
        StepDef { needs, ..def("resolve", StepAct::Decide, Tier::Committee) },
        def("permit", StepAct::Permit, Tier::Ciso),
    ];
    (route, posts)
}

fn no() -> Verdict {
    Verdict::Refuse { reason: "不要".into() }
}

fn open(office: &Office) -> Vec<&str> {
    office.case.open_steps().map(|at| office.case.steps[at].key.as_str()).collect()
}

#[test]
fn steps_side_by_side_wait_at_the_same_time_and_the_route_goes_on_when_all_are_answered() {
    let mut office = Office::along(beside(), posts()).unwrap();
    assert_eq!(open(&office), ["confirm", "consult", "check"]);
    assert_eq!(office.approve(7), Err(Refusal::NotYourStep(Tier::Manager.into())), "the last step is not reached");
    office.approve(6).unwrap();
    assert_eq!(open(&office), ["confirm", "consult"]);
    assert!(office.approve(6).is_err(), "what is answered waits no more");
    office.opinion(4).unwrap();
    let effects = office.approve(1).unwrap();
    assert!(effects.contains(&Effect::Arrived { step: 3 }));
    assert_eq!(open(&office), ["permit"]);
    office.approve(7).unwrap();
    assert_eq!(office.case.phase, Phase::Completed);
}

#[test]
fn one_refusal_beside_the_others_refuses() {
    let mut office = Office::along(beside(), posts()).unwrap();
    office.approve(1).unwrap();
    office.decide(6, no()).unwrap();
    assert_eq!((office.case.phase, open(&office).len()), (Phase::Refused, 0));
}

#[test]
fn a_decision_is_taken_back_though_somebody_beside_has_answered_since() {
    let mut office = Office::along(beside(), posts()).unwrap();
    office.approve(1).unwrap();
    office.approve(6).unwrap();
    office.act(1, &Action::TakeBack).unwrap();
    assert_eq!(open(&office), ["confirm", "consult"], "what was said beside it still counts");
    office.approve(1).unwrap();
    office.opinion(5).unwrap();
    office.approve(7).unwrap();
    assert_eq!(office.act(1, &Action::TakeBack), Err(Refusal::NotWaiting(Phase::Completed)));
}

#[test]
fn sent_back_to_one_of_them_the_others_need_not_answer_again() {
    let mut office = Office::along(beside(), posts()).unwrap();
    office.approve(1).unwrap();
    office.opinion(4).unwrap();
    office.approve(6).unwrap();
    let back = Verdict::Return { reason: "意見を聞き直す".into(), to: Some("consult".into()) };
    office.decide(7, back).unwrap();
    assert_eq!(open(&office), ["consult"]);
    office.opinion(5).unwrap();
    assert_eq!(open(&office), ["permit"]);
}

#[test]
fn all_answer_each_once_and_a_deputy_in_the_place_of_one() {
    let (route, posts) = members(Needs::All);
    let mut office = Office::along(route, posts).unwrap();
    assert_eq!(office.case.steps[0].needed, 3);
    office.approve(11).unwrap();
    assert_eq!(office.approve(11), Err(Refusal::AlreadyAnswered));
    office.approve(14).unwrap();
    assert_eq!(office.approve(13), Err(Refusal::AlreadyAnswered), "the deputy answered in their place");
    assert_eq!(open(&office), ["resolve"]);
    office.act(11, &Action::TakeBack).unwrap();
    office.approve(12).unwrap();
    assert_eq!(open(&office), ["resolve"], "what was taken back is missing");
    office.approve(11).unwrap();
    assert_eq!(open(&office), ["permit"]);
}

#[test]
fn one_of_all_who_refuses_refuses_and_one_of_a_majority_does_not() {
    let (route, posts) = members(Needs::All);
    let mut office = Office::along(route, posts).unwrap();
    office.decide(11, no()).unwrap();
    assert_eq!(office.case.phase, Phase::Refused);

    let (route, posts) = members(Needs::Majority);
    let mut office = Office::along(route, posts.clone()).unwrap();
    assert_eq!(office.case.steps[0].needed, 2);
    office.decide(11, no()).unwrap();
    assert_eq!(office.case.phase, Phase::InReview);
    assert_eq!(office.approve(11), Err(Refusal::AlreadyAnswered));
    office.approve(12).unwrap();
    office.approve(13).unwrap();
    assert_eq!(open(&office), ["permit"]);

    let (route, _) = members(Needs::Majority);
    let mut office = Office::along(route, posts).unwrap();
    office.decide(11, no()).unwrap();
    office.decide(12, no()).unwrap();
    assert_eq!(office.case.phase, Phase::Refused, "two of three cannot approve any more");
}

#[test]
fn where_one_alone_can_answer_their_refusal_refuses_whatever_the_route_counts() {
    let (route, mut posts) = members(Needs::Majority);
    posts.retain(|post| post.0 != 12 && post.0 != 13);
    let mut office = Office::along(route, posts).unwrap();
    assert_eq!(office.case.steps[0].needed, 1);
    office.decide(11, no()).unwrap();
    assert_eq!(office.case.phase, Phase::Refused);
}

#[test]
fn where_fewer_than_are_needed_sit_nothing_is_filed() {
    let (route, posts) = members(Needs::Count(4));
    assert_eq!(Office::along(route, posts).err().unwrap(), Refusal::TooFew(Tier::Committee.into()));
}

#[test]
fn those_who_leave_are_waited_for_no_longer() {
    let (route, posts) = members(Needs::All);
    let mut office = Office::along(route, posts.clone()).unwrap();
    office.approve(11).unwrap();
    office.approve(13).unwrap();
    assert!(office.moved_on().is_none(), "the third is there");
    office.posts.retain(|post| post.0 != 12);
    let (after, effects) = office.moved_on().unwrap();
    assert_eq!(after.at, 1, "{effects:?}");
}

#[test]
fn a_step_that_may_be_missing_is_passed_over_where_nobody_sits_and_waits_where_somebody_does() {
    let route = || {
        vec![
            StepDef { may_be_missing: true, ..def("look", StepAct::Confirm, Tier::Committee) },
            def("permit", StepAct::Permit, Tier::Ciso),
        ]
    };
    let office = Office::along(route(), posts()).unwrap();
    assert_eq!((open(&office), office.case.steps[0].skipped), (vec!["permit"], Some(Skip::Vacant)));
    let mut with = posts();
    with.push((11, Tier::Committee, DIVISION, None));
    let office = Office::along(route(), with).unwrap();
    assert_eq!(open(&office), ["look"]);
}

#[test]
fn nobody_sends_back_to_a_step_that_was_passed_over() {
    let (route, posts) = looked_at();
    let mut office = Office::along(route, posts).unwrap();
    assert_eq!(open(&office), ["work"]);
    assert_eq!(office.send_back_to(4, "look"), Err(Refusal::UnknownStep));
}

#[test]
fn a_return_past_which_the_request_went_is_not_taken_back_after_the_work() {
    let (route, mut posts) = looked_at();
    posts.push((11, Tier::Committee, DIVISION, None));
    let mut office = Office::along(route, posts).unwrap();
    office.approve(11).unwrap();
    office.send_back_to(4, "look").unwrap();
    // whoever looked is there no more: the work goes on without them
    office.posts.retain(|post| post.0 != 11);
    (office.case, _) = office.moved_on().unwrap();
    assert_eq!(open(&office), ["work"]);
    office.execute(4, 1).unwrap();
    assert_eq!(office.act(4, &Action::TakeBack), Err(Refusal::SomebodyActed));
}

/// Somebody looks at it, where there is somebody, and then it is worked on.
fn looked_at() -> (Vec<StepDef>, Vec<Post>) {
    let look = StepDef { may_be_missing: true, ..def("look", StepAct::Confirm, Tier::Committee) };
    (vec![look, def("work", StepAct::Execute, Tier::Sysadmin)], posts())
}
