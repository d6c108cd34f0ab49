//! Routes that do more than approve: permission line by line, instruction, consultation, report and its confirmation.
use super::machine::*;
use super::machine_tests::*;
use super::*;
use crate::engines::requests::model::route::SeatId;
use crate::kernel::access::Tier;

/// 使用許可 → 承認 → 処理 → 本人の確認 → 作業報告 → 報告の確認 (coop 21-4).
fn coop() -> Vec<StepDef> {
    vec![
        StepDef { each_line: true, ..def("permit", StepAct::Permit, Tier::Sysadmin) },
        def("approve", StepAct::Decide, Tier::Office),
        def("work", StepAct::Execute, Tier::Sysadmin),
        def("told", StepAct::Acknowledge, Tier::Staff),
        def("report", StepAct::Report, Tier::Sysadmin),
        def("read", StepAct::Confirm, Tier::Office),
    ]
}

fn pair(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

fn coop_office() -> Office {
    let joins = vec![pair("permit", "work"), pair("approve", "read"), pair("work", "report"), pair("permit", "report")];
    Office::on(1, 9, posts(), coop(), joins).unwrap()
}

fn answer(office: &mut Office, who: u128, line: Option<u16>, verdict: Verdict) -> Result<Vec<Effect>, Refusal> {
    let seen = office.case.content;
    office.act(who, &Action::Decide { at: None, seen, line, verdict })
}

fn yes() -> Verdict {
    Verdict::Approve { note: String::new() }
}

fn no() -> Verdict {
    Verdict::Refuse { reason: "業務に要りません".into() }
}

#[test]
fn executed_is_not_done_until_the_report_is_read_by_somebody_else() {
    let mut office = coop_office();
    answer(&mut office, 4, Some(1), yes()).unwrap();
    assert_eq!(office.case.at, 0, "the second system has no permission yet");
    assert_eq!(office.approve(6), Err(Refusal::NotYourStep(Tier::Sysadmin.into())));
    answer(&mut office, 5, Some(2), yes()).unwrap();
    office.approve(6).unwrap();
    office.execute(4, 1).unwrap();
    office.execute(4, 2).unwrap();
    assert_eq!(office.case.phase, Phase::HandingOver);
    office.receive(9, 1).unwrap();
    office.receive(9, 2).unwrap();
    assert_eq!(office.case.phase, Phase::Reporting);
    assert_eq!(answer(&mut office, 6, None, yes()), Err(Refusal::NotYourStep(Tier::Sysadmin.into())));
    let report = Verdict::Report { words: "申請どおり".into() };
    assert_eq!(answer(&mut office, 5, None, report.clone()), Err(Refusal::WorkersReport));
    let effects = answer(&mut office, 4, None, report).unwrap();
    assert!(
        matches!(&effects[0], Effect::Decided { standing, .. } if !standing.joined),
        "no mark for one's own report"
    );
    assert_eq!(office.case.phase, Phase::Reporting);
    assert_eq!(office.case.step().map(|step| step.key.as_str()), Some("read"));
    assert!(answer(&mut office, 6, None, no()).is_err(), "a report is not refused");
    assert!(answer(&mut office, 6, None, Verdict::Return { reason: "直してください".into(), to: None }).is_err());
    assert!(answer(&mut office, 6, None, yes()).unwrap().contains(&Effect::Completed));
}

#[test]
fn who_did_the_work_never_confirms_its_report() {
    let mut people = posts();
    people.push((4, Tier::Office, IT, None));
    let joins = vec![pair("approve", "read"), pair("work", "report")];
    let mut office = Office::on(1, 9, people, coop(), joins).unwrap();
    answer(&mut office, 5, Some(1), yes()).unwrap();
    answer(&mut office, 5, Some(2), yes()).unwrap();
    office.approve(6).unwrap();
    for line in [1, 2] {
        office.execute(4, line).unwrap();
        office.receive(9, line).unwrap();
    }
    answer(&mut office, 4, None, Verdict::Report { words: String::new() }).unwrap();
    assert_eq!(answer(&mut office, 4, None, yes()), Err(Refusal::WorkerConfirms));
    answer(&mut office, 6, None, yes()).unwrap();
}

#[test]
fn a_system_without_permission_is_never_worked_on_and_without_any_the_request_ends() {
    let mut office = coop_office();
    answer(&mut office, 4, Some(1), no()).unwrap();
    assert_eq!(answer(&mut office, 5, Some(1), yes()), Err(Refusal::LineDone));
    answer(&mut office, 4, Some(2), yes()).unwrap();
    office.approve(6).unwrap();
    assert_eq!(office.execute(4, 1), Err(Refusal::LineDone));
    office.execute(4, 2).unwrap();
    assert_eq!(office.case.phase, Phase::HandingOver);

    let mut office = coop_office();
    answer(&mut office, 4, Some(1), no()).unwrap();
    assert!(answer(&mut office, 4, Some(2), no()).unwrap().contains(&Effect::Refused));
    assert_eq!(office.case.phase, Phase::Refused);
}

#[test]
fn a_step_by_line_takes_no_answer_for_the_whole_and_none_twice() {
    let mut office = coop_office();
    assert_eq!(answer(&mut office, 4, None, yes()), Err(Refusal::UnknownLine));
    assert_eq!(answer(&mut office, 4, Some(7), yes()), Err(Refusal::UnknownLine));
    answer(&mut office, 4, Some(1), yes()).unwrap();
    assert_eq!(answer(&mut office, 4, Some(1), yes()), Err(Refusal::LineDone));
    answer(&mut office, 4, Some(2), Verdict::Return { reason: "権限を直してください".into(), to: None }).unwrap();
    assert_eq!(office.case.phase, Phase::Returned);
}

#[test]
fn whoever_is_consulted_gives_an_opinion_and_nothing_else() {
    let route = vec![def("consult", StepAct::Consult, Tier::Sysadmin), def("decide", StepAct::Decide, Tier::Ciso)];
    let mut office = Office::on(8, 9, posts(), route, Vec::new()).unwrap();
    for verdict in [yes(), no()] {
        assert_eq!(office.decide(4, verdict), Err(Refusal::NoSuchAnswer));
    }
    assert!(office.decide(4, Verdict::Return { reason: "x".into(), to: None }).is_err());
    assert_eq!(office.decide(4, Verdict::Opinion { words: " ".into() }), Err(Refusal::ReasonMissing));
    assert_eq!(
        office.approve(7),
        Err(Refusal::NotYourStep(Tier::Sysadmin.into())),
        "without the opinion nothing goes on"
    );
    office.decide(4, Verdict::Opinion { words: "異存ありません".into() }).unwrap();
    assert!(office.approve(7).unwrap().contains(&Effect::Completed));
}

#[test]
fn those_who_are_told_hold_nothing_up() {
    let route = vec![
        def("told", StepAct::Notify, Tier::Committee),
        def("decide", StepAct::Decide, Tier::Manager),
        def("after", StepAct::Notify, Tier::Ciso),
    ];
    let mut office = Office::on(8, 9, posts(), route, Vec::new()).unwrap();
    assert_eq!(office.case.at, 1);
    let effects = office.approve(1).unwrap();
    assert!(effects.contains(&Effect::Told { step: 2 }) && effects.contains(&Effect::Completed));
}

#[test]
fn the_owning_section_decides_wherever_the_request_comes_from() {
    let route = vec![StepDef { scope: StepScope::Owner, ..def("decide", StepAct::Decide, Tier::Manager) }];
    let places = Places { origin: SECTION, owner: Some(DIVISION) };
    let posts = posts();
    let org = organisation(&posts);
    let filer = doer(8, &posts);
    let facts =
        Facts { doer: &filer, today: day(1), route: &route, joins: &[], after_return: AfterReturn::Repeat, org: &org };
    let (case, _) = Case::file(hash("1"), Some(person(8)), None, places, 1, &facts).unwrap();
    assert_eq!(case.steps[0].seat, SeatId::of(Tier::Manager, Some(DIVISION)));
}

#[test]
fn whoever_files_carries_out_what_others_let_pass_and_nothing_about_themselves() {
    let route = vec![
        def("instruct", StepAct::Instruct, Tier::Office),
        StepDef { applicant: true, ..def("work", StepAct::Execute, Tier::Sysadmin) },
    ];
    let mut office = Office::on(4, 9, posts(), route.clone(), Vec::new()).unwrap();
    assert_eq!(
        office.execute(4, 1),
        Err(Refusal::NotWaiting(Phase::InReview)),
        "without the instruction there is no work"
    );
    assert_eq!(office.approve(4), Err(Refusal::OwnRequest));
    office.approve(6).unwrap();
    assert_eq!(office.execute(5, 1), Err(Refusal::NotApplicant));
    office.execute(4, 1).unwrap();
    assert!(office.execute(4, 2).unwrap().contains(&Effect::Completed));
    let for_oneself = Office::on(4, 4, posts(), route, Vec::new());
    assert!(matches!(for_oneself.map(drop), Err(Refusal::OwnStep)));
}

#[test]
fn whom_the_administrators_name_takes_their_step_and_no_other() {
    let mut people = posts();
    people.push((3, Tier::Operator, IT, None));
    let route = vec![
        StepDef { designee: true, ..def("permit", StepAct::Permit, Tier::Sysadmin) },
        def("approve", StepAct::Decide, Tier::Office),
    ];
    let mut office = Office::on(8, 9, people.clone(), route.clone(), Vec::new()).unwrap();
    office.approve(3).unwrap();
    assert_eq!(office.approve(3), Err(Refusal::NotYourStep(Tier::Office.into())));
    office.approve(6).unwrap();
    // alone they keep the step where it is; without the word of the regulation they are nobody there
    people.retain(|(_, tier, ..)| *tier != Tier::Sysadmin);
    let office = Office::on(8, 9, people.clone(), route.clone(), Vec::new()).unwrap();
    assert_eq!(office.case.steps[0].seat.tier, Tier::Sysadmin);
    let route = route.into_iter().map(|step| StepDef { designee: false, ..step }).collect();
    let office = Office::on(8, 9, people, route, Vec::new());
    assert!(office.is_err() || office.unwrap().case.steps[0].seat.tier != Tier::Sysadmin);
}

/// Administrators hold rights that the chief approves: none of them approves in the chief's place.
#[test]
fn what_a_clause_keeps_apart_does_not_meet_in_a_stand_in() {
    let people = |deputy| {
        let mut people = posts();
        people.retain(|(_, tier, ..)| *tier != Tier::Ciso);
        people.push((7, Tier::Ciso, IT, Some(deputy)));
        people
    };
    let route = || vec![StepDef { apart_from: vec![Tier::Sysadmin], ..def("approve", StepAct::Decide, Tier::Ciso) }];
    let on = |people: Vec<_>, concerned| Office::on(8, concerned, people, route(), Vec::new()).unwrap();
    let mut office = on(people(4), 9);
    assert_eq!(office.approve(4), Err(Refusal::ApartFromDecider(Tier::Sysadmin)));
    office.approve(7).unwrap();
    // somebody else stands in as ever, and in their own post also one who administers
    on(people(3), 9).approve(3).unwrap();
    let mut both = people(3);
    both.push((7, Tier::Sysadmin, IT, None));
    on(both, 9).approve(7).unwrap();
    // where only such a stand-in is left the step goes up to the head, never down to the office, and not to one of them either
    let mut headed = people(4);
    headed.push((20, Tier::Head, DIVISION, None));
    assert_eq!(on(headed, 7).case.steps[0].seat.tier, Tier::Head);
    let mut one = people(4);
    one.push((5, Tier::Head, IT, None));
    for nobody in [one, people(4)] {
        let refused = Office::on(8, 7, nobody, route(), Vec::new()).map(drop);
        assert!(matches!(refused, Err(Refusal::NobodyThere(at)) if at == Tier::Ciso.into()));
    }
}
