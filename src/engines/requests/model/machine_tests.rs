//! Random workflows against the rules of the request machine, and the named cases behind each refusal.
use super::machine::*;
use super::*;
use crate::engines::requests::model::route::SeatId;
use crate::kernel::access::Tier;
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::collections::BTreeSet;
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

/// A post: (holder, tier, department, deputy).
pub(super) type Post = (u128, Tier, DepartmentId, Option<u128>);

pub(super) fn organisation(posts: &[Post]) -> Organisation {
    let mut org = Organisation { parents: [(SECTION, DIVISION)].into(), ..Organisation::default() };
    for (holder, tier, department, deputy) in posts {
        for department in [Some(*department), None] {
            let seat = org.seats.entry(SeatId { tier: *tier, department }).or_default();
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
    org
}

/// Everything a person can act as under these posts.
pub(super) fn doer(no: u128, posts: &[Post]) -> Doer {
    let mut capacities = Vec::new();
    for (at, (holder, tier, department, deputy)) in posts.iter().enumerate() {
        let post = PostId(Uuid::from_u128(1000 + at as u128));
        let named_for = STEPS.iter().filter(|_| *tier == Tier::Operator).map(|step| (*step).to_owned());
        let named_for: Vec<String> = named_for.collect();
        let capacity = |acting_for| Capacity {
            post,
            tier: *tier,
            department: *department,
            acting_for,
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
        designee: false,
        applicant: false,
        scope,
        each_line: false,
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
    posts: Vec<Post>,
    route: Vec<StepDef>,
    joins: Vec<(String, String)>,
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
        let facts = Facts { doer: &doer, today: day(1), route: &route, joins: &joins, org: &org };
        let (case, _) =
            Case::file(hash("1"), Some(person(applicant)), Some(person(concerned)), Places::of(SECTION), 2, &facts)?;
        Ok(Self { posts, route, joins, case })
    }

    pub(super) fn act(&mut self, who: u128, action: &Action) -> Result<Vec<Effect>, Refusal> {
        let org = organisation(&self.posts);
        let doer = doer(who, &self.posts);
        let facts = Facts { doer: &doer, today: day(10), route: &self.route, joins: &self.joins, org: &org };
        let (case, effects) = apply(&self.case, action, &facts)?;
        self.case = case;
        Ok(effects)
    }

    pub(super) fn decide(&mut self, who: u128, verdict: Verdict) -> Result<Vec<Effect>, Refusal> {
        let seen = self.case.content;
        self.act(who, &Action::Decide { seen, line: None, verdict })
    }

    pub(super) fn approve(&mut self, who: u128) -> Result<Vec<Effect>, Refusal> {
        self.decide(who, Verdict::Approve { note: String::new() })
    }

    pub(super) fn send_back(&mut self, who: u128) -> Result<Vec<Effect>, Refusal> {
        self.decide(who, Verdict::Return { reason: "終了日を直してください".into() })
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
    assert_eq!(office.case.steps[0].seat, SeatId { tier: Tier::Office, department: None });
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
    assert_eq!(Office::filed(1, 9, only_me).err(), Some(Refusal::NobodyThere(Tier::Manager)));
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
    let stale = Action::Decide { seen: hash("1"), line: None, verdict: Verdict::Approve { note: String::new() } };
    assert_eq!(office.act(1, &stale), Err(Refusal::ContentChanged));
    office.approve(1).unwrap();
}

#[test]
fn returns_and_refusals_need_a_reason() {
    let mut office = Office::filed(8, 9, posts()).unwrap();
    assert_eq!(office.decide(1, Verdict::Return { reason: " \n".into() }), Err(Refusal::ReasonMissing));
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
    assert_eq!(office.act(1, &slip("12", day(10))), Err(Refusal::NotYourStep(Tier::Sysadmin)));
    office.act(4, &slip("12", day(10))).unwrap();
}

#[test]
fn a_password_request_without_applicant_is_never_executed_by_the_person_it_turns_out_to_concern() {
    let posts = posts();
    let org = organisation(&posts);
    let route = vec![def("issue", StepAct::Execute, Tier::Sysadmin)];
    let try_as = |who: u128, confirmed: u128| {
        let doer = doer(who, &posts);
        let facts = Facts { doer: &doer, today: day(1), route: &route, joins: &[], org: &org };
        let (case, _) = Case::file(hash("1"), None, None, Places::of(IT), 1, &facts).unwrap();
        let done = Outcome::Done { confirmed: Some(person(confirmed)) };
        apply(&case, &Action::Execute { seen: hash("1"), line: 1, outcome: done }, &facts).map(|(case, _)| case.phase)
    };
    assert_eq!(try_as(4, 4), Err(Refusal::OwnRequest));
    assert_eq!(try_as(4, 9), Ok(Phase::Completed));
    let doer = doer(4, &posts);
    let facts = Facts { doer: &doer, today: day(1), route: &route, joins: &[], org: &org };
    let (case, _) = Case::file(hash("1"), None, None, Places::of(IT), 1, &facts).unwrap();
    let failed = Outcome::Failed { reason: "電話返信で本人と確かめられなかった".into() };
    let (case, _) = apply(&case, &Action::Execute { seen: hash("1"), line: 1, outcome: failed }, &facts).unwrap();
    assert_eq!(case.phase, Phase::Refused);
}

// ---- random workflows -------------------------------------------------------------------------------------

fn any_tier() -> impl Strategy<Value = Tier> {
    prop_oneof![
        3 => Just(Tier::Manager), 3 => Just(Tier::Sysadmin), 2 => Just(Tier::Office), 2 => Just(Tier::Ciso),
        1 => Just(Tier::Committee), 2 => Just(Tier::Staff), 2 => Just(Tier::Operator)
    ]
}

fn any_post() -> impl Strategy<Value = Post> {
    let department = prop_oneof![Just(SECTION), Just(DIVISION), Just(IT)];
    (0u128..8, any_tier(), department, proptest::option::of(1u128..8)).prop_map(|(holder, tier, department, deputy)| {
        (holder, tier, department, deputy.filter(|deputy| *deputy != holder))
    })
}

/// Everything a regulation may put before the work, and after it.
fn any_route() -> impl Strategy<Value = Vec<StepDef>> {
    let before = prop_oneof![
        3 => Just(StepAct::Decide), 2 => Just(StepAct::Permit), 1 => Just(StepAct::Instruct), 1 => Just(StepAct::Consult),
        1 => Just(StepAct::Confirm), 1 => Just(StepAct::Notify)
    ];
    let before = proptest::collection::vec((before, any_tier(), any::<bool>(), any::<bool>()), 0..4);
    (before, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(before, execute, acknowledge, report)| {
        let step = |(at, (act, by, each_line, designee)): (usize, (StepAct, Tier, bool, bool))| StepDef {
            each_line: each_line && act.decides(),
            designee,
            applicant: act == StepAct::Confirm && each_line,
            ..def(&format!("s{at}"), act, by)
        };
        let mut route: Vec<StepDef> = before.into_iter().enumerate().map(step).collect();
        let work = execute || route.is_empty();
        route.extend(work.then(|| StepDef { designee: report, ..def("work", StepAct::Execute, Tier::Sysadmin) }));
        route.extend((work && acknowledge).then(|| def("receive", StepAct::Acknowledge, Tier::Staff)));
        if work && report {
            route.push(def("report", StepAct::Report, Tier::Sysadmin));
            route.push(def("read", StepAct::Confirm, Tier::Office));
        }
        route
    })
}

#[derive(Debug, Clone)]
struct Try {
    who: u128,
    what: u8,
    line: u16,
    stale: bool,
    text: String,
}

fn any_try() -> impl Strategy<Value = Try> {
    let text = prop_oneof![1 => Just(String::new()), 4 => Just("理由".to_owned())];
    (1u128..8, 0u8..16, 1u16..4, proptest::bool::weighted(0.1), text).prop_map(|(who, what, line, stale, text)| Try {
        who,
        what,
        line,
        stale,
        text,
    })
}

fn action(tried: &Try, case: &Case) -> Action {
    let seen = if tried.stale { hash("stale") } else { case.content };
    let reason = tried.text.clone();
    let line = case.step().is_some_and(|step| step.each_line).then_some(tried.line);
    let passes = match case.step().map(|step| step.act) {
        Some(StepAct::Consult) => Verdict::Opinion { words: reason.clone() },
        Some(StepAct::Report) => Verdict::Report { words: reason.clone() },
        _ => Verdict::Approve { note: reason.clone() },
    };
    match tried.what {
        0..=4 => Action::Decide { seen, line, verdict: passes },
        5 => Action::Decide { seen, line, verdict: Verdict::Return { reason } },
        6 => Action::Decide { seen, line, verdict: Verdict::Refuse { reason } },
        7..=9 => Action::Execute { seen, line: tried.line, outcome: Outcome::Done { confirmed: None } },
        10 => Action::Execute { seen, line: tried.line, outcome: Outcome::Failed { reason } },
        11 => Action::Execute { seen, line: tried.line, outcome: Outcome::Declined { reason } },
        12 => Action::Acknowledge { line: tried.line, receipt: Receipt::Own },
        13 => Action::Acknowledge { line: tried.line, receipt: Receipt::Slip { number: reason, on: day(10) } },
        14 => Action::Withdraw,
        _ => Action::Resubmit {
            content: hash(&format!("{}", case.round + 1)),
            concerned: Some(person(tried.who % 4 + 1)),
            places: Places::of(SECTION),
            lines: tried.line,
        },
    }
}

/// Round, step and line, who, for whom, and what.
type Answered = (u16, (usize, Option<u16>), PersonId, Option<PersonId>, Verdict);

/// What has been written down, as an auditor would read it.
#[derive(Default)]
struct Record {
    decisions: Vec<Answered>,
    executions: Vec<(u16, u16, PersonId, Option<PersonId>)>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn random_workflows_hold_the_rules(
        posts in proptest::collection::vec(any_post(), 3..12),
        route in any_route(),
        join in proptest::option::of((0usize..4, 0usize..4)),
        applicant in 1u128..8, concerned in 1u128..8, lines in 1u16..4,
        tries in proptest::collection::vec(any_try(), 1..40),
    ) {
        let key = |at: usize| route.get(at).map(|step| step.key.clone());
        let joins: Vec<(String, String)> = join.and_then(|(a, b)| Some((key(a)?, key(b)?))).filter(|(a, b)| a != b).into_iter().collect();
        let joins: Vec<_> = joins.into_iter().chain([("work".to_owned(), "report".to_owned())]).collect();
        let org = organisation(&posts);
        let mut case = {
            let doer = doer(applicant, &posts);
            let facts = Facts { doer: &doer, today: day(10), route: &route, joins: &joins, org: &org };
            match Case::file(hash("1"), Some(person(applicant)), Some(person(concerned)), Places::of(SECTION), lines, &facts) {
                Ok((case, _)) => case,
                Err(refusal) => {
                    prop_assert!(matches!(refusal, Refusal::NobodyThere(_)));
                    return Ok(());
                }
            }
        };
        let mut record = Record::default();
        for tried in &tries {
            let mut doer = doer(tried.who, &posts);
            doer.by_rule = acting_tests::named_by_rule(tried.who, &posts);
            let facts = Facts { doer: &doer, today: day(10), route: &route, joins: &joins, org: &org };
            let before = case.clone();
            let Ok((after, effects)) = apply(&case, &action(tried, &case), &facts) else { continue };
            // what is closed stays closed
            prop_assert!(!before.phase.is_closed(), "{:?} left {:?}", after.phase, before.phase);
            // a stale form never acts
            if tried.what < 12 { prop_assert!(!tried.stale); }
            // whoever answers or works sits at the step, or was named for it
            for standing in effects.iter().filter_map(standing_of) {
                let step = before.step().unwrap();
                prop_assert!(standing.deputy || step.applicant || step.seats_one(&standing.capacity));
                let named = standing.capacity.tier != step.seat.tier;
                prop_assert!(!named || step.applicant || route.iter().any(|def| def.key == step.key && def.designee));
                // a rule lets somebody decide, and nothing else, for one who is named with it
                prop_assert!(standing.by_rule.is_none() || step.act == StepAct::Decide && standing.acting_for.is_some());
            }
            note(&mut record, &before, &effects, &doer);
            check(&record, &before, &after, &route, &joins)?;
            case = after;
        }
    }
}

fn standing_of(effect: &Effect) -> Option<&Standing> {
    match effect {
        Effect::Decided { standing, .. } | Effect::Executed { standing, .. } => Some(standing),
        _ => None,
    }
}

fn note(record: &mut Record, before: &Case, effects: &[Effect], doer: &Doer) {
    for effect in effects {
        match effect {
            Effect::Decided { step, line, verdict, standing } => {
                record.decisions.push((
                    before.round,
                    (*step, *line),
                    doer.person,
                    standing.acting_for,
                    verdict.clone(),
                ));
            }
            Effect::Executed { line, standing, .. } => {
                record.executions.push((before.round, *line, doer.person, standing.acting_for));
            }
            _ => {}
        }
    }
}

fn check(
    record: &Record,
    before: &Case,
    after: &Case,
    route: &[StepDef],
    joins: &[(String, String)],
) -> Result<(), TestCaseError> {
    let parties = before.parties();
    let round = before.round;
    let mine: Vec<_> = record.decisions.iter().filter(|decision| decision.0 == round).collect();
    let people = |by: PersonId, acting_for: Option<PersonId>| -> BTreeSet<PersonId> {
        std::iter::once(by).chain(acting_for).collect()
    };
    for (_, (step, _), by, acting_for, verdict) in &mine {
        // an answer is one that its step takes
        prop_assert!(verdict.answers(route[*step].act));
        // nobody decides in own matters, nor for one whose own matter it is
        if route[*step].applicant {
            prop_assert!(before.applicant == Some(*by) && before.concerned != Some(*by) && acting_for.is_none());
        } else {
            prop_assert!(people(*by, *acting_for).is_disjoint(&parties));
        }
        // nobody decides two steps unless the regulation joins them
        for (_, (other, _), by2, for2, _) in &mine {
            let filed = route[*step].applicant && route[*other].applicant;
            let joined = filed || kind::joinable(joins, &route[*step].key, &route[*other].key);
            prop_assert!(step == other || joined || people(*by, *acting_for).is_disjoint(&people(*by2, *for2)));
        }
    }
    for (at, line, by, acting_for) in record.executions.iter().filter(|execution| execution.0 == round) {
        prop_assert!(people(*by, *acting_for).is_disjoint(&parties));
        let Some(work) = route.iter().find(|step| step.act == StepAct::Execute) else {
            return Err(TestCaseError::fail("work without a step for it"));
        };
        for (_, (step, _), by2, for2, _) in &mine {
            let joined = kind::joinable(joins, &route[*step].key, &work.key);
            prop_assert!(
                route[*step].key == work.key || joined || people(*by, *acting_for).is_disjoint(&people(*by2, *for2))
            );
        }
        // a line is worked on once per round
        prop_assert_eq!(record.executions.iter().filter(|other| other.0 == *at && other.1 == *line).count(), 1);
        // and only after every step before it was answered in this very round, for this very line where that is asked
        let before_work = route.iter().enumerate().take_while(|(_, step)| step.act != StepAct::Execute);
        for (index, def) in before_work.filter(|(_, step)| step.act.answers()) {
            let wanted = (index, def.each_line.then_some(*line));
            prop_assert!(mine.iter().any(|(_, place, _, _, verdict)| *place == wanted && verdict.passes()));
        }
    }
    // each step is answered with a yes at most once per round and line
    for (_, place, _, _, _) in &mine {
        prop_assert!(mine.iter().filter(|(_, other, _, _, verdict)| other == place && verdict.passes()).count() <= 1);
    }
    match after.phase {
        Phase::Completed => prop_assert!(
            after.lines.iter().all(|line| line.state != LineState::Open)
                || route.iter().all(|step| step.act != StepAct::Execute)
        ),
        Phase::Returned => prop_assert!(!after.some_executed()),
        _ => {}
    }
    // a return never leaves approvals valid for the next round
    if after.round > before.round {
        prop_assert!(
            after.acts.is_empty() && after.steps.iter().take(after.at).all(|step| step.act == StepAct::Notify)
        );
        prop_assert_eq!(after.round, before.round + 1);
        prop_assert_ne!(after.content, before.content);
    }
    Ok(())
}
