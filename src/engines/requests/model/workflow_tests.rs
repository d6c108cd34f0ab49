//! Random workflows against the rules of the request machine.
use super::acting_tests;
use super::machine::*;
use super::machine_tests::*;
use super::*;
use crate::kernel::access::Tier;
use crate::kernel::ids::PersonId;
use proptest::prelude::*;
use std::collections::BTreeSet;

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
    let needs = prop_oneof![
        5 => Just(Needs::Any), 1 => Just(Needs::All), 1 => Just(Needs::Majority), 1 => Just(Needs::Count(2))
    ];
    let how = (any::<bool>(), needs, proptest::bool::weighted(0.2), proptest::bool::weighted(0.4));
    // what the form gives to one person alone
    let how = (how, proptest::bool::weighted(0.2));
    let before = proptest::collection::vec(((before, any_tier(), any::<bool>(), any::<bool>()), how), 0..5);
    (before, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(before, execute, acknowledge, report)| {
        let mut route: Vec<StepDef> = Vec::new();
        for (at, ((act, by, each_line, designee), ((beside, needs, may_be_missing, passed_by), alone))) in
            before.into_iter().enumerate()
        {
            let (by_line, applicant) = (each_line && act.decides(), act == StepAct::Confirm && each_line);
            let alone = alone && act.answers() && !applicant;
            let several = act.answers() && !by_line && !applicant && !alone;
            let after_an_answer = route.last().is_some_and(|step| step.act.answers());
            route.push(StepDef {
                each_line: by_line,
                designee: designee && !alone,
                function: if alone { field() } else { None },
                applicant,
                beside: beside && act.answers() && after_an_answer,
                needs: if several { needs } else { Needs::Any },
                may_be_missing: several && may_be_missing,
                passed_by: passed_by && matches!(act, StepAct::Decide | StepAct::Permit),
                ..def(&format!("s{at}"), act, if alone { Tier::Staff } else { by })
            });
        }
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
    (1u128..8, 0u8..21, 1u16..4, proptest::bool::weighted(0.1), text).prop_map(|(who, what, line, stale, text)| Try {
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
    let open: Vec<usize> = case.open_steps().collect();
    let place = usize::from(tried.line).checked_rem(open.len()).map_or(case.at, |nth| open[nth]);
    let step = case.steps.get(place);
    let at = step.map(|step| step.key.clone());
    let line = step.is_some_and(|step| step.each_line).then_some(tried.line);
    let passes = match step.map(|step| step.act) {
        Some(StepAct::Consult) => Verdict::Opinion { words: reason.clone() },
        Some(StepAct::Report) => Verdict::Report { words: reason.clone() },
        _ => Verdict::Approve { note: reason.clone() },
    };
    match tried.what {
        0..=4 => Action::Decide { at, seen, line, verdict: passes },
        5 => Action::Decide { at: None, seen, line, verdict: Verdict::Return { reason, to: None } },
        6 => Action::Decide { at, seen, line, verdict: Verdict::Refuse { reason } },
        7..=9 => Action::Execute { seen, line: tried.line, outcome: Outcome::Done { confirmed: None } },
        10 => Action::Execute { seen, line: tried.line, outcome: Outcome::Failed { reason } },
        11 => Action::Execute { seen, line: tried.line, outcome: Outcome::Declined { reason } },
        12 => Action::Acknowledge { line: tried.line, receipt: Receipt::Own },
        13 => Action::Acknowledge { line: tried.line, receipt: Receipt::Slip { number: reason, on: day(10) } },
        14 => Action::Withdraw,
        15 => Action::PullBack,
        16 | 17 => Action::TakeBack,
        18 => {
            let to = case.steps.get(usize::from(tried.line) - 1).map(|step| step.key.clone());
            Action::Decide { at: None, seen, line: None, verdict: Verdict::Return { reason, to } }
        }
        19 => Action::PullUp,
        _ => Action::Resubmit {
            content: hash(&format!("{}", case.round + 1)),
            concerned: Some(person(tried.who % 4 + 1)),
            places: Places::of(SECTION),
            lines: tried.line,
        },
    }
}

/// An answer of a round.
struct Answered {
    round: u16,
    place: (usize, Option<u16>),
    by: PersonId,
    acting_for: Option<PersonId>,
    verdict: Verdict,
    taken_back: bool,
    /// The returns, by their place in the record, since which it is to be given again.
    opened_by: Vec<usize>,
}

impl Answered {
    fn counts(&self) -> bool {
        !self.taken_back && self.opened_by.is_empty()
    }
}

/// What has been written down, as an auditor would read it.
#[derive(Default)]
struct Record {
    decisions: Vec<Answered>,
    executions: Vec<(u16, u16, PersonId, Option<PersonId>)>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn random_workflows_hold_the_rules(
        posts in proptest::collection::vec(any_post(), 3..12),
        route in any_route(),
        join in proptest::option::of((0usize..4, 0usize..4)),
        applicant in 1u128..8, concerned in 1u128..8, lines in 1u16..4,
        tries in proptest::collection::vec(any_try(), 1..40), straight in any::<bool>(),
    ) {
        let after_return = if straight { AfterReturn::Sender } else { AfterReturn::Repeat };
        let key = |at: usize| route.get(at).map(|step| step.key.clone());
        let joins: Vec<(String, String)> = join.and_then(|(a, b)| Some((key(a)?, key(b)?))).filter(|(a, b)| a != b).into_iter().collect();
        let joins: Vec<_> = joins.into_iter().chain([("work".to_owned(), "report".to_owned())]).collect();
        let org = organisation(&posts);
        let mut case = {
            let doer = doer(applicant, &posts);
            let facts = Facts { doer: &doer, today: day(10), route: &route, joins: &joins, after_return, org: &org };
            match Case::file(hash("1"), Some(person(applicant)), Some(person(concerned)), Places::of(SECTION), lines, &facts) {
                Ok((case, _)) => case,
                Err(refusal) => {
                    prop_assert!(matches!(refusal, Refusal::NobodyThere(_) | Refusal::TooFew(_) | Refusal::OwnStep));
                    return Ok(());
                }
            }
        };
        let mut record = Record::default();
        for tried in &tries {
            let mut doer = doer(tried.who, &posts);
            doer.by_rule = acting_tests::named_by_rule(tried.who, &posts);
            let facts = Facts { doer: &doer, today: day(10), route: &route, joins: &joins, after_return, org: &org };
            let before = case.clone();
            let Ok((after, effects)) = apply(&case, &action(tried, &case), &facts) else { continue };
            // what is closed stays closed
            prop_assert!(!before.phase.is_closed(), "{:?} left {:?}", after.phase, before.phase);
            // a stale form never acts
            if tried.what < 12 || tried.what == 18 { prop_assert!(!tried.stale); }
            // whoever answers or works sits at the step, or was named for it
            for (place, standing) in effects.iter().filter_map(standing_of) {
                prop_assert!(before.is_open(place));
                let step = &before.steps[place];
                prop_assert!(standing.deputy || step.applicant || step.seats_one(&standing.capacity));
                let named = standing.capacity.tier != step.seat.tier;
                // what the form gives to one person is answered by them, or for them
                let whose = standing.acting_for.unwrap_or(doer.person);
                prop_assert!(step.seat.person.is_none_or(|person| person == whose && standing.by_rule.is_none()));
                prop_assert!(!named || step.applicant || step.seat.person.is_some() || route.iter().any(|def| def.key == step.key && def.designee));
                // a rule lets somebody decide, and nothing else, for one who is named with it
                prop_assert!(standing.by_rule.is_none() || step.act == StepAct::Decide && standing.acting_for.is_some());
            }
            if tried.what == 19 {
                prop_assert!(after.turn > before.turn && after.may_decide(&facts).is_ok() && after.acts == before.acts);
            }
            note(&mut record, &before, &effects, &doer, after_return)?;
            check(&record, &before, &after, &route, &joins)?;
            case = after;
        }
    }
}

fn standing_of(effect: &Effect) -> Option<(usize, &Standing)> {
    match effect {
        Effect::Decided { step, standing, .. } | Effect::Executed { step, standing, .. } => Some((*step, standing)),
        _ => None,
    }
}

fn note(
    record: &mut Record,
    before: &Case,
    effects: &[Effect],
    doer: &Doer,
    after_return: AfterReturn,
) -> Result<(), TestCaseError> {
    let round = before.round;
    for effect in effects {
        match effect {
            Effect::Decided { step, line, verdict, standing } => {
                record.decisions.push(Answered {
                    round,
                    place: (*step, *line),
                    by: doer.person,
                    acting_for: standing.acting_for,
                    verdict: verdict.clone(),
                    taken_back: false,
                    opened_by: Vec::new(),
                });
            }
            Effect::Executed { line, standing, .. } => {
                record.executions.push((round, *line, doer.person, standing.acting_for));
            }
            // what was answered there, and beyond where the route repeats it, is to be answered again
            Effect::SentBack { to } => {
                prop_assert!(*to < before.at && before.phase != Phase::Returned);
                let beyond = |place: usize| before.stage(place) > before.stage(*to);
                let opened = |place: usize| place == *to || (after_return == AfterReturn::Repeat && beyond(place));
                let last = record.decisions.len() - 1;
                for decided in record.decisions.iter_mut().take(last).filter(|decided| decided.round == round) {
                    if opened(decided.place.0) {
                        decided.opened_by.push(last);
                    }
                }
            }
            // nobody takes back what another one decided, or what somebody has acted upon
            Effect::TookBack { step, line, .. } => {
                prop_assert!(record.executions.iter().all(|work| work.0 != round) || before.phase == Phase::Reporting);
                let mine = |decided: &Answered| {
                    decided.round == round
                        && decided.counts()
                        && decided.place == (*step, *line)
                        && decided.by == doer.person
                };
                let Some(at) = record.decisions.iter().rposition(mine) else {
                    return Err(TestCaseError::fail("took back what nobody decided"));
                };
                record.decisions[at].taken_back = true;
                for decided in &mut record.decisions {
                    decided.opened_by.retain(|opened| *opened != at);
                }
                let beyond = record.decisions.iter().filter(|decided| decided.round == round && decided.counts());
                prop_assert!(beyond.clone().all(|decided| before.stage(decided.place.0) <= before.stage(*step)));
            }
            Effect::PulledBack => {
                let acted = record.decisions.iter().any(|decided| decided.round == round && decided.counts());
                prop_assert!(!acted && record.executions.iter().all(|work| work.0 != round));
                prop_assert_eq!(before.applicant, Some(doer.person));
            }
            _ => {}
        }
    }
    Ok(())
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
    let mine: Vec<_> = record.decisions.iter().filter(|decision| decision.round == round).collect();
    let people = |by: PersonId, acting_for: Option<PersonId>| -> BTreeSet<PersonId> {
        std::iter::once(by).chain(acting_for).collect()
    };
    for Answered { place: (step, _), by, acting_for, verdict, .. } in &mine {
        // an answer is one that its step takes
        prop_assert!(verdict.answers(route[*step].act));
        // nobody decides in own matters, nor for one whose own matter it is
        if route[*step].applicant {
            prop_assert!(before.applicant == Some(*by) && before.concerned != Some(*by) && acting_for.is_none());
        } else {
            prop_assert!(people(*by, *acting_for).is_disjoint(&parties));
        }
        // nobody decides two steps unless the regulation joins them
        for Answered { place: (other, _), by: by2, acting_for: for2, .. } in &mine {
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
        for Answered { place: (step, _), by: by2, acting_for: for2, .. } in &mine {
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
            let step = &before.steps[index];
            let said = mine.iter().filter(|said| said.place == wanted && said.verdict.passes() && said.counts());
            let enough = said.count() >= usize::from(step.needed);
            let missing = step.skipped == Some(Skip::Vacant) && def.may_be_missing;
            // whoever took it to themselves has decided it
            let decides = |other: &Answered| other.place.0 > index && route[other.place.0].act.decides();
            let by_a_later = || mine.iter().any(|said| decides(said) && said.verdict.passes() && said.counts());
            let pulled = step.skipped == Some(Skip::PulledUp) && def.passed_by && by_a_later();
            prop_assert!(enough || missing || pulled);
        }
    }
    // each step has at most as many answers that count as it needs, per round and line, and nobody's twice
    for Answered { place, .. } in &mine {
        let here = mine.iter().filter(|said| said.place == *place && said.counts());
        let needed = usize::from(before.steps[place.0].needed);
        prop_assert!(here.clone().filter(|said| said.verdict.passes()).count() <= needed);
        let people: Vec<PersonId> = here.flat_map(|said| people(said.by, said.acting_for)).collect();
        prop_assert!(needed == 1 || people.iter().collect::<BTreeSet<_>>().len() == people.len());
    }
    // and what counts is what the machine says of it
    let counted = after.acts.iter().filter(|act| act.deed != Deed::Worked && after.counts(act)).count();
    if after.round == round {
        prop_assert_eq!(counted, mine.iter().filter(|said| said.counts()).count());
    }
    match after.phase {
        Phase::Completed => prop_assert!(
            after.lines.iter().all(|line| line.state != LineState::Open)
                || route.iter().all(|step| step.act != StepAct::Execute)
        ),
        Phase::Returned | Phase::PulledBack => prop_assert!(!after.some_executed()),
        _ => {}
    }
    // a return never leaves approvals valid for the next round
    if after.round > before.round {
        prop_assert!(
            after.acts.is_empty()
                && after.steps.iter().take(after.at).all(|step| step.act == StepAct::Notify || step.skipped.is_some())
        );
        prop_assert_eq!(after.round, before.round + 1);
        prop_assert_ne!(after.content, before.content);
    }
    Ok(())
}
