//! 引戻し and 差戻し to an earlier step: what stays decided, what is answered again, and until when.
use super::machine::*;
use super::machine_tests::*;
use super::*;
use crate::kernel::access::Tier;

/// Three who decide, one after the other, and then the work.
fn three() -> Office {
    let route = vec![
        def("first", StepAct::Decide, Tier::Manager),
        def("second", StepAct::Confirm, Tier::Office),
        def("third", StepAct::Permit, Tier::Ciso),
        def("create", StepAct::Execute, Tier::Sysadmin),
    ];
    Office::on(8, 9, posts(), route, Vec::new()).unwrap()
}

#[test]
fn whoever_filed_takes_it_back_until_somebody_has_acted() {
    let mut office = three();
    assert_eq!(office.act(9, &Action::PullBack), Err(Refusal::NotApplicant));
    office.act(8, &Action::PullBack).unwrap();
    assert_eq!(office.case.phase, Phase::PulledBack);
    assert_eq!(office.approve(1), Err(Refusal::NotWaiting(Phase::PulledBack)));
    let again =
        Action::Resubmit { content: hash("2"), concerned: Some(person(9)), places: Places::of(SECTION), lines: 2 };
    office.act(8, &again).unwrap();
    office.approve(1).unwrap();
    assert_eq!(office.act(8, &Action::PullBack), Err(Refusal::SomebodyActed));
    // what was taken back is no act any more
    office.act(1, &Action::TakeBack).unwrap();
    office.act(8, &Action::PullBack).unwrap();
}

#[test]
fn whoever_decided_takes_it_back_until_the_next_one_has_acted() {
    let mut office = three();
    assert_eq!(office.act(1, &Action::TakeBack), Err(Refusal::NothingDecided));
    office.approve(1).unwrap();
    assert_eq!(office.act(6, &Action::TakeBack), Err(Refusal::NothingDecided));
    let effects = office.act(1, &Action::TakeBack).unwrap();
    assert!(matches!(&effects[..], [Effect::TookBack { of: 1, step: 0, .. }, Effect::Reopened { step: 0 }]));
    assert_eq!((office.case.at, office.approve(6)), (0, Err(Refusal::NotYourStep(Tier::Manager.into()))));
    // it is decided again, by the same one or another of that seat
    office.approve(1).unwrap();
    office.approve(6).unwrap();
    assert_eq!(office.act(1, &Action::TakeBack), Err(Refusal::SomebodyActed));
}

#[test]
fn of_two_returns_the_last_alone_is_taken_back() {
    let mut office = three();
    office.approve(1).unwrap();
    office.approve(6).unwrap();
    office.send_back_to(7, "second").unwrap();
    office.approve(6).unwrap();
    office.send_back(7).unwrap();
    let effects = office.act(7, &Action::TakeBack).unwrap();
    assert!(matches!(&effects[..], [Effect::TookBack { of: 5, .. }, Effect::Reopened { step: 2 }]), "{effects:?}");
    let second = office.case.acts.iter().filter(|act| act.step == "second" && office.case.counts(act));
    assert_eq!(second.count(), 1, "what was sent back to be answered anew does not count again");
}

#[test]
fn a_return_is_taken_back_until_it_was_mended_and_a_refusal_never() {
    let mut office = three();
    office.send_back(1).unwrap();
    office.act(1, &Action::TakeBack).unwrap();
    assert_eq!((office.case.phase, office.case.at), (Phase::InReview, 0));
    office.decide(1, Verdict::Refuse { reason: "必要がない".into() }).unwrap();
    assert_eq!(office.act(1, &Action::TakeBack), Err(Refusal::NotWaiting(Phase::Refused)));
}

#[test]
fn work_ends_the_time_in_which_a_decision_can_be_taken_back() {
    let mut office = three();
    for who in [1, 6, 7] {
        office.approve(who).unwrap();
    }
    assert_eq!(office.case.phase, Phase::Executing);
    let mut worked = three();
    for who in [1, 6, 7] {
        worked.approve(who).unwrap();
    }
    worked.execute(4, 1).unwrap();
    assert_eq!(worked.act(7, &Action::TakeBack), Err(Refusal::SomebodyActed));
    office.act(7, &Action::TakeBack).unwrap();
    assert_eq!(office.execute(4, 1), Err(Refusal::NotWaiting(Phase::InReview)));
}

#[test]
fn the_third_sends_back_to_the_second_and_what_lies_between_is_answered_again_or_not() {
    let mut office = three();
    for who in [1, 6] {
        office.approve(who).unwrap();
    }
    assert_eq!(office.send_back_to(7, "third"), Err(Refusal::UnknownStep), "not to itself");
    assert_eq!(office.send_back_to(7, "create"), Err(Refusal::UnknownStep), "not to a later one");
    assert_eq!(
        office.decide(7, Verdict::Return { reason: " ".into(), to: Some("second".into()) }),
        Err(Refusal::ReasonMissing)
    );
    office.send_back_to(7, "second").unwrap();
    assert_eq!((office.case.phase, office.case.at, office.case.round), (Phase::InReview, 1, 1));
    assert_eq!(office.act(8, &Action::PullBack), Err(Refusal::SomebodyActed), "the first one's approval stands");
    office.approve(6).unwrap();
    assert_eq!(office.case.at, 2);
    office.approve(7).unwrap();
    assert_eq!(office.case.phase, Phase::Executing);

    // to the first: both answer again, unless the route goes straight to the one who sent it back
    for (after, next) in [(AfterReturn::Repeat, 1), (AfterReturn::Sender, 2)] {
        let mut office = three();
        office.after_return = after;
        for who in [1, 6] {
            office.approve(who).unwrap();
        }
        office.send_back_to(7, "first").unwrap();
        assert_eq!(office.case.at, 0);
        office.approve(1).unwrap();
        assert_eq!(office.case.at, next, "{after:?}");
    }
}

#[test]
fn what_was_sent_back_is_taken_back_until_the_earlier_step_has_answered() {
    let mut office = three();
    for who in [1, 6] {
        office.approve(who).unwrap();
    }
    office.send_back_to(7, "first").unwrap();
    office.act(7, &Action::TakeBack).unwrap();
    assert_eq!(office.case.at, 2);
    office.approve(7).unwrap();
    assert_eq!(office.case.phase, Phase::Executing, "what had been answered before counts again");

    let mut office = three();
    for who in [1, 6] {
        office.approve(who).unwrap();
    }
    office.send_back_to(7, "first").unwrap();
    office.approve(1).unwrap();
    assert_eq!(office.act(7, &Action::TakeBack), Err(Refusal::SomebodyActed));
}

#[test]
fn an_answer_for_one_line_is_taken_back_with_the_others_of_the_same_person() {
    let mut office = Office::on(
        8,
        9,
        posts(),
        vec![
            StepDef { each_line: true, ..def("permit", StepAct::Permit, Tier::Sysadmin) },
            def("approve", StepAct::Decide, Tier::Office),
            def("create", StepAct::Execute, Tier::Ciso),
        ],
        Vec::new(),
    )
    .unwrap();
    let seen = office.case.content;
    let answer = |line, verdict| Action::Decide { at: None, seen, line: Some(line), verdict };
    office.act(4, &answer(1, Verdict::Refuse { reason: "不要".into() })).unwrap();
    office.act(5, &answer(2, Verdict::Approve { note: String::new() })).unwrap();
    assert_eq!((office.case.at, office.case.lines[0].state), (1, LineState::Denied));
    // the other one's answer stays
    office.act(4, &Action::TakeBack).unwrap();
    assert_eq!((office.case.at, office.case.lines[0].state), (0, LineState::Open));
    assert!(office.case.answered(2) && !office.case.answered(1));
    office.act(4, &answer(1, Verdict::Approve { note: String::new() })).unwrap();
    assert_eq!(office.case.at, 1);
    // and sending it back opens every line again
    office.send_back_to(6, "permit").unwrap();
    assert!(!office.case.answered(1) && !office.case.answered(2));
}
