//! Every act in every state, for everybody: who may, and in which words the others hear that they may not.
use super::machine::*;
use super::machine_tests::*;
use super::*;
use crate::kernel::access::Tier;
use crate::web::locale::{Lang, Words as Catalogue};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// 8 files for 9; 1 decides, 4 and 5 work, 6 is the office, 7 the head of security, 3 a manager elsewhere.
const PEOPLE: [u128; 8] = [8, 9, 1, 4, 5, 6, 7, 3];

fn office() -> Office {
    let route = vec![
        def("confirm", StepAct::Decide, Tier::Manager),
        def("create", StepAct::Execute, Tier::Sysadmin),
        def("receive", StepAct::Acknowledge, Tier::Staff),
        def("report", StepAct::Report, Tier::Sysadmin),
        def("read", StepAct::Confirm, Tier::Office),
    ];
    // whoever worked reports it
    Office::on(8, 9, posts(), route, vec![("create".into(), "report".into())]).unwrap()
}

/// A request in each of the states, by the acts that lead there.
fn states() -> Vec<(Phase, Office)> {
    let approved = || {
        let mut office = office();
        office.approve(1).unwrap();
        office
    };
    let done = || {
        let mut office = approved();
        office.execute(4, 1).unwrap();
        office.execute(4, 2).unwrap();
        office
    };
    let reporting = || {
        let mut office = done();
        office.receive(9, 1).unwrap();
        office.receive(9, 2).unwrap();
        office
    };
    let after = |mut office: Office, act: &dyn Fn(&mut Office)| {
        act(&mut office);
        office
    };
    let all = [
        office(),
        after(office(), &|office| drop(office.send_back(1).unwrap())),
        after(office(), &|office| drop(office.act(8, &Action::PullBack).unwrap())),
        after(approved(), &|office| drop(office.execute(4, 1).unwrap())),
        done(),
        reporting(),
        after(reporting(), &|office| {
            office.decide(4, Verdict::Report { words: "終わりました".into() }).unwrap();
            office.approve(6).unwrap();
        }),
        after(office(), &|office| drop(office.decide(1, Verdict::Refuse { reason: "要らない".into() }).unwrap())),
        after(office(), &|office| drop(office.act(8, &Action::Withdraw).unwrap())),
    ];
    all.into_iter().map(|office| (office.case.phase, office)).collect()
}

type Try = fn(&Case, &Facts<'_>) -> Result<(), Refusal>;

const ACTS: [(&str, Try); 10] = [
    ("answer", |case, facts| case.may_decide(facts).map(drop)),
    ("send back", |case, facts| case.may_return(None, facts).map(drop)),
    ("pull back", |case, facts| case.may_pull_back(facts.doer)),
    ("take back", |case, facts| case.may_take_back(facts).map(drop)),
    ("withdraw", |case, facts| case.may_withdraw(facts.doer)),
    ("mend", |case, facts| case.may_resubmit(facts.doer)),
    ("work", |case, facts| case.may_execute(facts).map(drop)),
    ("correct", |case, facts| case.may_correct(1, facts).map(drop)),
    ("receive", |case, facts| case.may_receive(1, facts.doer)),
    ("enter a slip", |case, facts| case.may_enter_slip(1, facts).map(drop)),
];

/// The sentence of a refusal, without what the catalogue calls it everywhere.
fn word(refusal: &Refusal) -> String {
    refusal.message(|position| position.tier.key().to_owned()).key.trim_start_matches("requests-refused-").to_owned()
}

fn table() -> String {
    let mut table = String::new();
    for (phase, office) in states() {
        writeln!(table, "{}", phase.key()).unwrap();
        for (name, act) in ACTS {
            let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for who in PEOPLE {
                let answer = office.with(who, act);
                let word = answer.map_or_else(|refusal| word(&refusal), |()| "*".to_owned());
                answers.entry(word).or_default().push(who.to_string());
            }
            let said = answers.iter().map(|(word, who)| format!("{word} {}", who.join(" ")));
            writeln!(table, "  {name}: {}", said.collect::<Vec<_>>().join("; ")).unwrap();
        }
    }
    table
}

#[test]
fn every_act_in_every_state_is_for_those_whom_it_is_for() {
    assert_eq!(table(), include_str!("acts_by_state.txt"));
    let phases: BTreeSet<&str> = states().iter().map(|(phase, _)| phase.key()).collect();
    assert_eq!(phases.len(), Phase::ALL.len(), "each state is there: {phases:?}");
}

#[test]
fn every_refusal_has_its_sentence_in_both_languages() {
    for (_, office) in states() {
        for (who, (_, act)) in PEOPLE.iter().flat_map(|who| ACTS.iter().map(move |act| (who, act))) {
            let Err(refusal) = office.with(*who, act) else { continue };
            let key = refusal.message(|position| position.tier.key().to_owned()).key.into_owned();
            for lang in [Lang::Ja, Lang::En] {
                let said = Catalogue(lang).t(&key).into_owned();
                assert!(!said.is_empty() && said != key, "{key} says nothing");
            }
        }
    }
}
