//! Steps of one person whom the form names (申請書で選んだ人): whose they are, and to whom they go where that person may not or cannot act.
use super::linting::findings;
use super::machine::*;
use super::machine_tests::*;
use super::rerouting::OtherSeat;
use super::route::SeatId;
use super::*;
use crate::kernel::access::Tier;

/// 9 is the author, a clerk of the section whose manager is 2; 3 is above, 4 the office, 8 another clerk.
fn posts() -> Vec<Post> {
    vec![
        (2, Tier::Manager, SECTION, None),
        (3, Tier::Manager, DIVISION, None),
        (4, Tier::Office, IT, None),
        (5, Tier::Ciso, DIVISION, None),
        (8, Tier::Staff, SECTION, None),
        (9, Tier::Staff, SECTION, None),
    ]
}

fn route() -> Vec<StepDef> {
    vec![chosen("author", StepAct::Decide), def("office", StepAct::Decide, Tier::Office)]
}

/// Filed by somebody for somebody.
fn filed(applicant: u128, concerned: u128, posts: Vec<Post>) -> Office {
    Office::on(applicant, concerned, posts, route(), Vec::new()).unwrap()
}

fn reason(office: &Office) -> Option<MoveReason> {
    office.case.steps[0].moved.map(|moved| moved.reason)
}

#[test]
fn the_one_whom_the_form_names_answers_and_nobody_else_of_the_staff() {
    let mut office = filed(1, 7, posts());
    assert_eq!(office.case.steps[0].seat, SeatId { function: field(), ..SeatId::of_person(person(9)) });
    let there = office.case.steps[0].seat.position();
    for who in [2, 3, 4, 8] {
        assert_eq!(office.with(who, Case::may_decide).err(), Some(Refusal::NotYourStep(there)), "{who}");
    }
    office.approve(9).unwrap();
    assert_eq!(office.approve(9), Err(Refusal::NotYourStep(Tier::Office.into())));
    office.approve(4).unwrap();
    assert_eq!(office.case.phase, Phase::Completed);
}

#[test]
fn in_their_own_matter_it_goes_to_those_above_and_not_to_who_stands_in() {
    let mut posts = posts();
    posts[5].3 = Some(8);
    for (applicant, concerned) in [(9, 7), (1, 9)] {
        let mut office = filed(applicant, concerned, posts.clone());
        assert_eq!(office.case.steps[0].seat, SeatId::of(Tier::Manager, Some(SECTION)));
        assert_eq!(reason(&office), Some(MoveReason::OwnMatter));
        assert!(office.with(8, Case::may_decide).is_err() && office.with(9, Case::may_decide).is_err());
        office.approve(2).unwrap();
    }
}

#[test]
fn while_they_are_not_there_who_stands_in_answers_or_those_above() {
    // nobody holds the author's post any more
    let mut gone = posts();
    gone[5].0 = 0;
    let office = filed(1, 7, gone);
    assert_eq!(office.case.steps[0].seat, SeatId::of(Tier::Manager, Some(SECTION)));
    assert_eq!(reason(&office), Some(MoveReason::Away));
    // above the section when its manager is not there either
    let mut gone = posts();
    (gone[0].0, gone[5].0) = (0, 0);
    assert_eq!(filed(1, 7, gone).case.steps[0].seat, SeatId::of(Tier::Manager, Some(DIVISION)));
    // who stands in does so beside them
    let mut covered = posts();
    covered[5].3 = Some(8);
    let mut office = filed(1, 7, covered);
    assert_eq!(office.with(8, Case::may_decide).unwrap().acting_for, Some(person(9)));
    office.approve(8).unwrap();
    assert_eq!(office.case.at, 1);
}

#[test]
fn what_waits_for_them_moves_on_once_they_have_left() {
    let mut office = filed(1, 7, posts());
    assert!(office.moved_on().is_none());
    office.posts[5].0 = 0;
    let (case, effects) = office.moved_on().unwrap();
    assert_eq!(effects, [Effect::Arrived { step: 0 }]);
    assert_eq!(case.steps[0].seat, SeatId::of(Tier::Manager, Some(SECTION)));
}

#[test]
fn the_office_sends_it_up_their_line_and_back() {
    let mut office = filed(1, 7, posts());
    let seats = |office: &Office| -> Vec<SeatId> {
        office.with(4, Case::other_seats).into_iter().map(|(seat, _): OtherSeat| seat).collect()
    };
    let up = SeatId::of(Tier::Manager, Some(SECTION));
    let further = [SeatId::of(Tier::Manager, Some(DIVISION)), SeatId::of(Tier::Ciso, None)];
    assert_eq!(seats(&office), [up, further[0], further[1]]);
    let (case, _) = office.with(4, |case, facts| case.rerouted(up, facts)).unwrap();
    office.case = case;
    assert!(office.with(9, Case::may_decide).is_err() && office.with(2, Case::may_decide).is_ok());
    assert!(seats(&office).contains(&SeatId { function: field(), ..SeatId::of_person(person(9)) }));
}

#[test]
fn before_the_form_says_who_nobody_is_missing() {
    let mut org = organisation(&posts());
    org.chosen.clear();
    assert_eq!(findings(&route()[..1], &[], Places::of(SECTION), &org), []);
    let steps = route::lay(&route(), &[], Places::of(SECTION), &std::collections::BTreeSet::new(), &org);
    assert!(!steps[0].unfilled && steps[0].seat.person.is_none());
}
