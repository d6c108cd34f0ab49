//! The named cases behind each rule and refusal of the request machine.
use super::machine::*;
use super::*;
use crate::engines::requests::model::route::SeatId;
use crate::kernel::access::{FunctionKey, Tier};
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use chrono::NaiveDate;
use uuid::Uuid;

pub(super) const SECTION: DepartmentId = DepartmentId(Uuid::from_u128(1));
pub(super) const DIVISION: DepartmentId = DepartmentId(Uuid::from_u128(2));
pub(super) const IT: DepartmentId = DepartmentId(Uuid::from_u128(3));

pub(super) fn person(no: u128) -> PersonId {
    PersonId(Uuid::from_u128(100 + no))
}

pub(super) fn day(no: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 4, no).unwrap()
}

pub(super) fn hash(text: &str) -> ContentHash {
    ContentHash::of("k", &Content::default().with("t", text), &[])
}

/// The steps that an operator of these tests was named for.
const STEPS: [&str; 7] = ["permit", "s0", "s1", "s2", "s3", "work", "report"];

/// The field by which the form of these tests names somebody for a step.
pub(super) fn field() -> Option<FunctionKey> {
    FunctionKey::new("field:author")
}

/// A step of the one whom the form names: at "author" that is 9, at the steps of the random routes somebody each.
pub(super) fn chosen(key: &str, act: StepAct) -> StepDef {
    StepDef { function: field(), ..def(key, act, Tier::Staff) }
}

/// Their seat, by the first of their posts.
fn choose(org: &mut Organisation, posts: &[Post], key: &str, no: u128) {
    let main = posts.iter().find(|(holder, ..)| *holder == no);
    let deputy = main.and_then(|(.., deputy)| *deputy).map(|deputy| (person(deputy), person(no)));
    let holders = Vec::from_iter(main.map(|_| person(no)));
    let seat = Seat { holders, deputies: Vec::from_iter(deputy), exists: true, away: main.is_none() };
    let department = main.map_or(SECTION, |(_, _, department, _)| *department);
    org.choose(&chosen(key, StepAct::Decide), person(no), Some(department), seat);
}

/// A post: (holder, tier, department, deputy).
pub(super) type Post = (u128, Tier, DepartmentId, Option<u128>);

pub(super) fn organisation(posts: &[Post]) -> Organisation {
    let mut org = Organisation { parents: [(SECTION, DIVISION)].into(), ..Organisation::default() };
    for (holder, tier, department, deputy) in posts {
        for department in [Some(*department), None] {
            let seat = org.seats.entry(SeatId::of(*tier, department)).or_default();
            seat.exists = true;
            if *holder > 0 {
                seat.holders.push(person(*holder));
                seat.deputies.extend(deputy.map(|deputy| (person(deputy), person(*holder))));
            }
            // an operator of these tests was named for every step
            for step in STEPS.iter().filter(|_| *tier == Tier::Operator && *holder > 0) {
                org.named.entry(((*step).to_owned(), department)).or_default().push(person(*holder));
            }
        }
    }
    for (key, no) in [("author", 9), ("s0", 2), ("s1", 3), ("s2", 4), ("s3", 5), ("s4", 6)] {
        choose(&mut org, posts, key, no);
    }
    org
}

/// Everything a person can act as under these posts.
pub(super) fn doer(no: u128, posts: &[Post]) -> Doer {
    let mut capacities = Vec::new();
    for (at, (holder, tier, department, deputy)) in posts.iter().enumerate() {
        let post = PostId(Uuid::from_u128(1000 + at as u128));
        let named_for = STEPS.iter().filter(|_| *tier == Tier::Operator).map(|step| (*step).to_owned());
        let named_for: Vec<String> = named_for.collect();
        let main = posts.iter().position(|(other, ..)| other == holder) == Some(at);
        let capacity = |acting_for| Capacity {
            post,
            tier: *tier,
            department: *department,
            function: None,
            acting_for,
            main_of: main.then_some(person(*holder)),
            naming: false,
            named_for: named_for.clone(),
        };
        if *holder == no {
            capacities.push(capacity(None));
        } else if *deputy == Some(no) && *holder > 0 {
            capacities.push(capacity(Some(person(*holder))));
        }
    }
    Doer { account: person(no), person: person(no), capacities, by_rule: Vec::new() }
}

pub(super) fn def(key: &str, act: StepAct, by: Tier) -> StepDef {
    let scope = if by == Tier::Manager { StepScope::Department } else { StepScope::Organisation };
    StepDef {
        key: key.into(),
        act,
        by,
        function: None,
        designee: false,
        apart_from: Vec::new(),
        applicant: false,
        scope,
        each_line: false,
        beside: false,
        needs: Needs::Any,
        may_be_missing: false,
        passed_by: false,
        title: Words::key("t"),
        due_days: None,
        due_on: None,
        when: When::Always,
        clause: None,
        state: None,
        unfinished: None,
        button: None,
        result: Form::default(),
    }
}

fn route() -> Vec<StepDef> {
    vec![
        def("confirm", StepAct::Decide, Tier::Manager),
        def("permit", StepAct::Permit, Tier::Ciso),
        def("create", StepAct::Execute, Tier::Sysadmin),
        def("receive", StepAct::Acknowledge, Tier::Staff),
    ]
}

/// 1 section manager (deputy 2), 3 division manager, 4 and 5 sysadmins, 6 office, 7 ciso, 8 and 9 clerks.
pub(super) fn posts() -> Vec<Post> {
    vec![
        (1, Tier::Manager, SECTION, Some(2)),
        (3, Tier::Manager, DIVISION, None),
        (4, Tier::Sysadmin, IT, None),
        (5, Tier::Sysadmin, IT, None),
        (6, Tier::Office, IT, None),
        (7, Tier::Ciso, IT, None),
        (8, Tier::Staff, SECTION, None),
        (9, Tier::Staff, SECTION, None),
    ]
}

/// One office in which something is tried by number.
pub(super) struct Office {
    pub(super) posts: Vec<Post>,
    route: Vec<StepDef>,
    joins: Vec<(String, String)>,
    pub(super) after_return: AfterReturn,
    pub(super) case: Case,
}

impl Office {
    fn filed(applicant: u128, concerned: u128, posts: Vec<Post>) -> Result<Self, Refusal> {
        Self::on(applicant, concerned, posts, route(), Vec::new())
    }

    pub(super) fn on(
        applicant: u128,
        concerned: u128,
        posts: Vec<Post>,
        route: Vec<StepDef>,
        joins: Vec<(String, String)>,
    ) -> Result<Self, Refusal> {
        let org = organisation(&posts);
        let doer = doer(applicant, &posts);
        let facts = Facts {
            doer: &doer,
            today: day(1),
            route: &route,
            joins: &joins,
            after_return: AfterReturn::Repeat,
            org: &org,
        };
        let (case, _) =
            Case::file(hash("1"), Some(person(applicant)), Some(person(concerned)), Places::of(SECTION), 2, &facts)?;
        Ok(Self { posts, route, joins, after_return: AfterReturn::Repeat, case })
    }

    /// Filed by 8 for 9 along a route.
    pub(super) fn along(route: Vec<StepDef>, posts: Vec<Post>) -> Result<Self, Refusal> {
        Self::on(8, 9, posts, route, Vec::new())
    }

    /// What becomes of it with those who are there now.
    pub(super) fn moved_on(&self) -> Option<(Case, Vec<Effect>)> {
        let org = organisation(&self.posts);
        let doer = doer(0, &self.posts);
        self.case.moved_on(&Facts {
            doer: &doer,
            today: day(10),
            route: &self.route,
            joins: &self.joins,
            after_return: self.after_return,
            org: &org,
        })
    }

    /// What somebody sees of it.
    pub(super) fn with<T>(&self, who: u128, look: impl FnOnce(&Case, &Facts<'_>) -> T) -> T {
        let org = organisation(&self.posts);
        let doer = doer(who, &self.posts);
        let (route, joins) = (&self.route, &self.joins);
        look(
            &self.case,
            &Facts { doer: &doer, today: day(10), route, joins, after_return: self.after_return, org: &org },
        )
    }

    pub(super) fn act(&mut self, who: u128, action: &Action) -> Result<Vec<Effect>, Refusal> {
        let org = organisation(&self.posts);
        let doer = doer(who, &self.posts);
        let facts = Facts {
            doer: &doer,
            today: day(10),
            route: &self.route,
            joins: &self.joins,
            after_return: self.after_return,
            org: &org,
        };
        let (case, effects) = apply(&self.case, action, &facts)?;
        self.case = case;
        Ok(effects)
    }

    pub(super) fn decide(&mut self, who: u128, verdict: Verdict) -> Result<Vec<Effect>, Refusal> {
        let seen = self.case.content;
        self.act(who, &Action::Decide { at: None, seen, line: None, verdict })
    }

    pub(super) fn approve(&mut self, who: u128) -> Result<Vec<Effect>, Refusal> {
        self.decide(who, Verdict::Approve { note: String::new() })
    }

    pub(super) fn opinion(&mut self, who: u128) -> Result<Vec<Effect>, Refusal> {
        self.decide(who, Verdict::Opinion { words: "問題ありません".into() })
    }

    pub(super) fn send_back(&mut self, who: u128) -> Result<Vec<Effect>, Refusal> {
        self.decide(who, Verdict::Return { reason: "終了日を直してください".into(), to: None })
    }

    pub(super) fn send_back_to(&mut self, who: u128, step: &str) -> Result<Vec<Effect>, Refusal> {
        self.decide(who, Verdict::Return { reason: "添付を確かめてください".into(), to: Some(step.into()) })
    }

    pub(super) fn execute(&mut self, who: u128, line: u16) -> Result<Vec<Effect>, Refusal> {
        let seen = self.case.content;
        self.act(who, &Action::Execute { seen, line, outcome: Outcome::Done { confirmed: None } })
    }

    pub(super) fn receive(&mut self, who: u128, line: u16) -> Result<Vec<Effect>, Refusal> {
        self.act(who, &Action::Acknowledge { line, receipt: Receipt::Own })
    }
}

fn standing(effects: &[Effect]) -> &Standing {
    effects
        .iter()
        .find_map(|effect| match effect {
            Effect::Decided { standing, .. } | Effect::Executed { standing, .. } => Some(standing),
            _ => None,
        })
        .unwrap()
}

#[test]
fn the_whole_journey_from_filing_to_receipt() {
    let mut office = Office::filed(8, 9, posts()).unwrap();
    office.approve(1).unwrap();
    office.approve(7).unwrap();
    assert_eq!(office.case.phase, Phase::Executing);
    office.execute(4, 1).unwrap();
    assert_eq!(office.receive(9, 2), Err(Refusal::LineNotExecuted));
    office.receive(9, 1).unwrap();
    office.execute(5, 2).unwrap();
    assert_eq!(office.case.phase, Phase::HandingOver);
    assert_eq!(office.receive(8, 2), Err(Refusal::NotRecipient));
    let effects = office.receive(9, 2).unwrap();
    assert!(effects.contains(&Effect::Completed));
    assert_eq!(office.case.phase, Phase::Completed);
}

#[test]
fn nobody_decides_on_a_request_of_their_own_nor_on_one_about_them() {
    let mut office = Office::filed(8, 1, posts()).unwrap();
    assert_eq!(office.approve(1), Err(Refusal::OwnRequest));
    let mut office = Office::filed(1, 9, posts()).unwrap();
    assert_eq!(office.approve(1), Err(Refusal::OwnRequest));
}

#[test]
fn an_own_matter_goes_to_the_deputy_who_acts_for_the_post() {
    let mut office = Office::filed(1, 9, posts()).unwrap();
    let moved = office.case.steps[0].moved.unwrap();
    assert_eq!((moved.reason, moved.to_deputy), (MoveReason::OwnMatter, true));
    let effects = office.approve(2).unwrap();
    let standing = standing(&effects);
    assert!(standing.deputy);
    assert_eq!(standing.acting_for, None, "nobody acts for a person who may not act");
}

#[test]
fn without_a_deputy_an_own_matter_goes_up_and_then_to_the_office() {
    let mut posts = posts();
    posts[0].3 = None;
    let office = Office::filed(1, 9, posts.clone()).unwrap();
    assert_eq!(office.case.steps[0].seat.department, Some(DIVISION));
    assert_eq!(office.case.steps[0].moved.unwrap().reason, MoveReason::OwnMatter);
    posts.remove(1);
    let office = Office::filed(1, 9, posts).unwrap();
    assert_eq!(office.case.steps[0].seat, SeatId::of(Tier::Office, None));
}

#[test]
fn a_managers_own_matter_goes_past_an_office_in_their_own_section() {
    let posts = vec![
        (1, Tier::Manager, SECTION, None),
        (4, Tier::Sysadmin, IT, None),
        (5, Tier::Sysadmin, IT, None),
        (6, Tier::Office, SECTION, None),
        (7, Tier::Ciso, DIVISION, None),
        (2, Tier::Ciso, DIVISION, None),
    ];
    let own = Office::filed(1, 9, posts.clone()).unwrap();
    assert_eq!(own.case.steps[0].seat, SeatId::of(Tier::Ciso, None), "6 is below the one whose matter it is");
    let others = Office::filed(8, 9, posts).unwrap();
    assert_eq!(others.case.steps[0].seat, SeatId::of(Tier::Manager, Some(SECTION)));
}

#[test]
fn what_moved_because_its_holder_was_away_goes_back_and_nothing_else_does() {
    let mut vacant = posts();
    vacant[0] = (0, Tier::Manager, SECTION, None);
    let mut office = Office::filed(8, 9, vacant).unwrap();
    office.posts = posts();
    assert!(office.moved_on().is_none(), "who is appointed to a vacant post takes nothing from whoever has it");
    office.case.steps[0].moved.as_mut().unwrap().reason = MoveReason::Away;
    let (next, effects) = office.moved_on().unwrap();
    assert_eq!(effects, [Effect::GivenBack { step: 0 }]);
    assert_eq!((next.steps[0].seat.department, next.steps[0].moved), (Some(SECTION), None));
    office.case.steps[0].moved.as_mut().unwrap().reason = MoveReason::Rerouted;
    assert!(office.moved_on().is_none());
}

#[test]
fn a_vacant_seat_moves_up_and_says_so_but_a_section_without_such_a_post_needs_no_remark() {
    let mut vacant = posts();
    vacant[0] = (0, Tier::Manager, SECTION, None);
    let office = Office::filed(8, 9, vacant).unwrap();
    assert_eq!(office.case.steps[0].moved.unwrap().reason, MoveReason::Vacant);
    let mut none = posts();
    none.remove(0);
    let office = Office::filed(8, 9, none).unwrap();
    assert_eq!((office.case.steps[0].seat.department, office.case.steps[0].moved), (Some(DIVISION), None));
}

#[test]
fn a_request_that_nobody_could_decide_is_not_taken() {
    let only_me = vec![(1, Tier::Manager, SECTION, None), (4, Tier::Sysadmin, IT, None)];
    assert_eq!(Office::filed(1, 9, only_me).err(), Some(Refusal::NobodyThere(Tier::Manager.into())));
}

#[test]
fn a_stand_in_acts_for_an_absent_holder_and_is_marked() {
    let mut office = Office::filed(8, 9, posts()).unwrap();
    let effects = office.approve(2).unwrap();
    assert_eq!((standing(&effects).deputy, standing(&effects).acting_for), (true, Some(person(1))));
}

#[test]
fn a_stand_in_for_an_excluded_person_is_refused_while_others_of_the_seat_can_act() {
    let mut posts = posts();
    posts.push((10, Tier::Manager, SECTION, None));
    let mut office = Office::filed(1, 9, posts).unwrap();
    assert_eq!(office.case.steps[0].moved, None);
    assert_eq!(office.approve(2), Err(Refusal::PrincipalsRequest));
    office.approve(10).unwrap();
}

#[test]
fn nobody_acts_on_two_steps_unless_the_regulation_joins_them() {
    let mut posts = posts();
    posts[5] = (1, Tier::Ciso, IT, None);
    posts.push((7, Tier::Ciso, IT, None));
    let mut office = Office::filed(8, 9, posts.clone()).unwrap();
    office.approve(1).unwrap();
    assert_eq!(office.approve(1), Err(Refusal::AlreadyActed));
    office.approve(7).unwrap();
    let joins = vec![("confirm".to_owned(), "permit".to_owned())];
    let mut office = Office::on(8, 9, posts, route(), joins).unwrap();
    office.approve(1).unwrap();
    let effects = office.approve(1).unwrap();
    assert!(standing(&effects).joined, "each use is marked");
}

#[test]
fn who_approved_does_not_execute() {
    let mut posts = posts();
    posts.push((1, Tier::Sysadmin, IT, None));
    let mut office = Office::filed(8, 9, posts).unwrap();
    office.approve(1).unwrap();
    office.approve(7).unwrap();
    assert_eq!(office.execute(1, 1), Err(Refusal::ApproverExecutes));
    office.execute(4, 1).unwrap();
}

#[test]
fn a_sysadmin_never_executes_what_concerns_them() {
    let mut office = Office::filed(8, 4, posts()).unwrap();
    office.approve(1).unwrap();
    office.approve(7).unwrap();
    assert_eq!(office.execute(4, 1), Err(Refusal::OwnRequest));
    office.execute(5, 1).unwrap();
}

#[test]
fn a_return_keeps_nothing_of_the_round() {
    let mut office = Office::filed(8, 9, posts()).unwrap();
    office.approve(1).unwrap();
    office.send_back(7).unwrap();
    assert_eq!(office.approve(7), Err(Refusal::NotWaiting(Phase::Returned)));
    let again =
        Action::Resubmit { content: hash("2"), concerned: Some(person(9)), places: Places::of(SECTION), lines: 1 };
    assert_eq!(office.act(9, &again), Err(Refusal::NotApplicant));
    office.act(8, &again).unwrap();
    assert_eq!((office.case.round, office.case.at, office.case.lines.len()), (2, 0, 1));
    let stale =
        Action::Decide { at: None, seen: hash("1"), line: None, verdict: Verdict::Approve { note: String::new() } };
    assert_eq!(office.act(1, &stale), Err(Refusal::ContentChanged));
    office.approve(1).unwrap();
}

#[test]
fn returns_and_refusals_need_a_reason() {
    let mut office = Office::filed(8, 9, posts()).unwrap();
    assert_eq!(office.decide(1, Verdict::Return { reason: " \n".into(), to: None }), Err(Refusal::ReasonMissing));
    assert_eq!(office.decide(1, Verdict::Refuse { reason: String::new() }), Err(Refusal::ReasonMissing));
    office.decide(1, Verdict::Refuse { reason: "業務上の必要がない".into() }).unwrap();
    assert_eq!(office.case.phase, Phase::Refused);
}

#[test]
fn one_who_executes_cannot_change_the_content_but_can_send_it_back_until_a_line_is_done() {
    let mut office = Office::filed(8, 9, posts()).unwrap();
    office.approve(1).unwrap();
    office.approve(7).unwrap();
    let declined = |reason: &str| Outcome::Declined { reason: reason.into() };
    let seen = office.case.content;
    assert_eq!(
        office.act(4, &Action::Execute { seen, line: 2, outcome: declined("不要") }),
        Err(Refusal::NoneExecuted)
    );
    office.execute(4, 1).unwrap();
    assert_eq!(office.send_back(4), Err(Refusal::SomeExecuted));
    assert_eq!(office.act(8, &Action::Withdraw), Err(Refusal::SomeExecuted));
    office.act(4, &Action::Execute { seen, line: 2, outcome: declined("システムが廃止された") }).unwrap();
    assert_eq!(office.case.phase, Phase::HandingOver);
    office.receive(9, 1).unwrap();
    assert_eq!(office.case.phase, Phase::Completed);
}

#[test]
fn a_signed_slip_needs_its_number_and_a_possible_date_and_never_comes_from_a_party() {
    let mut office = Office::filed(8, 9, posts()).unwrap();
    for who in [1, 7] {
        office.approve(who).unwrap();
    }
    office.execute(4, 1).unwrap();
    let slip = |number: &str, on| Action::Acknowledge { line: 1, receipt: Receipt::Slip { number: number.into(), on } };
    assert_eq!(office.act(4, &slip("", day(10))), Err(Refusal::SlipIncomplete));
    assert_eq!(office.act(4, &slip("12", day(9))), Err(Refusal::SlipDate));
    assert_eq!(office.act(4, &slip("12", day(11))), Err(Refusal::SlipDate));
    assert_eq!(office.act(9, &slip("12", day(10))), Err(Refusal::OwnRequest));
    assert_eq!(office.act(1, &slip("12", day(10))), Err(Refusal::NotYourStep(Tier::Sysadmin.into())));
    office.act(4, &slip("12", day(10))).unwrap();
}

#[test]
fn a_password_request_without_applicant_is_never_executed_by_the_person_it_turns_out_to_concern() {
    let posts = posts();
    let org = organisation(&posts);
    let route = vec![def("issue", StepAct::Execute, Tier::Sysadmin)];
    let try_as = |who: u128, confirmed: u128| {
        let doer = doer(who, &posts);
        let facts = Facts {
            doer: &doer,
            today: day(1),
            route: &route,
            joins: &[],
            after_return: AfterReturn::Repeat,
            org: &org,
        };
        let (case, _) = Case::file(hash("1"), None, None, Places::of(IT), 1, &facts).unwrap();
        let done = Outcome::Done { confirmed: Some(person(confirmed)) };
        apply(&case, &Action::Execute { seen: hash("1"), line: 1, outcome: done }, &facts).map(|(case, _)| case.phase)
    };
    assert_eq!(try_as(4, 4), Err(Refusal::OwnRequest));
    assert_eq!(try_as(4, 9), Ok(Phase::Completed));
    let doer = doer(4, &posts);
    let facts =
        Facts { doer: &doer, today: day(1), route: &route, joins: &[], after_return: AfterReturn::Repeat, org: &org };
    let (case, _) = Case::file(hash("1"), None, None, Places::of(IT), 1, &facts).unwrap();
    let failed = Outcome::Failed { reason: "電話返信で本人と確かめられなかった".into() };
    let (case, _) = apply(&case, &Action::Execute { seen: hash("1"), line: 1, outcome: failed }, &facts).unwrap();
    assert_eq!(case.phase, Phase::Refused);
}
