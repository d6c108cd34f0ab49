//! 経路の点検: along which routes a request of a section would not get through with those who hold posts on a day: where nobody sits,
//! whose own matter nobody could decide, who alone would act again and again.
use super::kind::{StepAct, StepDef};
use super::route::{MoveReason, Organisation, Places, SeatId, Step, able, lay, place, seat_at};
use crate::kernel::access::{Position, Tier};
use crate::kernel::ids::PersonId;
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong at a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// 空席: nobody has the post.
    Vacant(Position),
    /// 不在: the post is held, and neither its holders nor their deputies are there.
    Away(Position),
    /// 全員不在: holders and deputies are all absent at once, and it waits until one of them is back.
    AllAway(Position),
    /// 合議: fewer are there than have to answer.
    TooFew(Position),
    /// The post that the route asks is empty, or whoever holds it is away, and those of another tier act instead.
    Moves(Position, Tier, MoveReason),
    /// 本人の申請: what concerns this person nobody else could answer.
    OwnMatter(PersonId),
    /// 同じ人: this person alone would act at so many steps.
    Again(PersonId, usize),
    /// The route that the organisation entered does not fit its kind as the regulation of the day declares it.
    NoLongerFits,
    /// A clause of the regulation of the day says itself who decides; the route that the organisation entered counts no more.
    AgainstClause,
}

/// A fault at the step with this key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub step: String,
    pub fault: Fault,
}

/// One person alone at so many steps is told: two may be meant.
const AGAIN: usize = 3;

/// Everything wrong with a route, and the steps that one person may join, for a request of these places.
#[must_use]
pub fn findings(route: &[StepDef], joins: &[(String, String)], places: Places, org: &Organisation) -> Vec<Finding> {
    let nobody = BTreeSet::new();
    let steps = lay(route, joins, places, &nobody, org);
    let mut found: Vec<Finding> =
        steps.iter().filter_map(|step| empty(step, org).or_else(|| all_away(step, org))).collect();
    // alone at a step: each is tried as the one whom a request is about
    let alone: BTreeMap<String, PersonId> =
        route.iter().filter_map(|def| Some((def.key.clone(), only(def, places, org)?))).collect();
    for person in alone.values().collect::<BTreeSet<_>>() {
        let theirs = lay(route, joins, places, &BTreeSet::from([*person]), org);
        let stuck = steps.iter().zip(&theirs).find(|(step, own)| !missing(step) && missing(own));
        let fault = Fault::OwnMatter(*person);
        found.extend(stuck.map(|(step, _)| Finding { step: step.key.clone(), fault }));
        let at: Vec<&String> = alone.iter().filter(|(_, other)| *other == person).map(|(key, _)| key).collect();
        if let (true, Some(first)) = (at.len() >= AGAIN, route.iter().find(|def| at.contains(&&def.key))) {
            found.push(Finding { step: first.key.clone(), fault: Fault::Again(*person, at.len()) });
        }
    }
    found
}

fn missing(step: &Step) -> bool {
    step.unfilled && step.skipped.is_none()
}

fn empty(step: &Step, org: &Organisation) -> Option<Finding> {
    // whoever files is there
    if step.applicant {
        return None;
    }
    let (tier, there) = (step.seat.tier, step.seat.position());
    let exists = org.seats.get(&SeatId { department: None, ..step.seat }).is_some_and(|seat| seat.exists);
    let fault = match step.moved {
        _ if missing(step) && step.needed > 1 => Fault::TooFew(there),
        _ if missing(step) && exists => Fault::Away(there),
        _ if missing(step) => Fault::Vacant(there),
        Some(moved) if moved.from.tier != tier => Fault::Moves(moved.from.position(), tier, moved.reason),
        _ => return None,
    };
    Some(Finding { step: step.key.clone(), fault })
}

/// The step is where it should be, and of all who could take it nobody is there that day. Where a rule says who decides meanwhile
/// (代決), it does not wait.
fn all_away(step: &Step, org: &Organisation) -> Option<Finding> {
    let waits =
        !step.applicant && step.skipped.is_none() && !matches!(step.act, StepAct::Notify | StepAct::Acknowledge);
    let by_rule = step.act == StepAct::Decide && org.by_rule.contains(&step.seat.tier);
    if !waits || by_rule || org.absent.is_empty() {
        return None;
    }
    let seat = seat_at(step.seat, Some(step.key.as_str()).filter(|_| step.designee), org)?;
    let mut all = seat.holders.iter().chain(seat.deputies.iter().map(|(deputy, _)| deputy)).peekable();
    let away = all.peek().is_some() && all.all(|person| org.absent.contains(person));
    away.then(|| Finding { step: step.key.clone(), fault: Fault::AllAway(step.seat.position()) })
}

/// The one person who could answer or work at a step, where there is only one.
fn only(def: &StepDef, places: Places, org: &Organisation) -> Option<PersonId> {
    if def.applicant || matches!(def.act, StepAct::Notify | StepAct::Acknowledge) {
        return None;
    }
    let nobody = BTreeSet::new();
    let step = place(def, places, &nobody, &nobody, org);
    let mut able = able(&step, &nobody, &nobody, org);
    if able.len() == 1 && step.skipped.is_none() { able.pop_first() } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::machine_tests::*;
    use super::*;

    fn found(route: Vec<StepDef>, posts: &[Post]) -> Vec<Finding> {
        findings(&route, &[], Places::of(SECTION), &organisation(posts))
    }

    fn at(step: &str, fault: Fault) -> Finding {
        Finding { step: step.to_owned(), fault }
    }

    fn route() -> Vec<StepDef> {
        vec![
            def("first", StepAct::Decide, Tier::Manager),
            def("second", StepAct::Permit, Tier::Ciso),
            def("work", StepAct::Execute, Tier::Sysadmin),
        ]
    }

    #[test]
    fn where_enough_people_sit_nothing_is_found() {
        let posts = [
            (1, Tier::Manager, SECTION, None),
            (2, Tier::Manager, DIVISION, None),
            (3, Tier::Ciso, DIVISION, None),
            (6, Tier::Office, DIVISION, None),
            (4, Tier::Sysadmin, IT, None),
            (5, Tier::Sysadmin, IT, None),
        ];
        assert_eq!(found(route(), &posts), []);
    }

    #[test]
    fn empty_posts_and_own_matters_are_found() {
        // nobody works, and the only one who permits has nobody above
        let posts =
            [(1, Tier::Manager, SECTION, None), (2, Tier::Manager, DIVISION, None), (3, Tier::Ciso, DIVISION, None)];
        assert_eq!(
            found(route(), &posts),
            [at("work", Fault::Vacant(Tier::Sysadmin.into())), at("second", Fault::OwnMatter(person(3)))]
        );
    }

    #[test]
    fn who_acts_for_an_empty_post_of_another_tier_is_told() {
        let posts = [
            (6, Tier::Office, DIVISION, None),
            (7, Tier::Office, DIVISION, None),
            (3, Tier::Ciso, DIVISION, None),
            (4, Tier::Sysadmin, IT, None),
            (5, Tier::Sysadmin, IT, None),
        ];
        assert_eq!(
            found(route(), &posts),
            [at("first", Fault::Moves(Tier::Manager.into(), Tier::Office, MoveReason::Vacant))]
        );
    }

    #[test]
    fn all_who_could_act_away_at_once_are_told_and_one_of_them_back_is_enough() {
        let posts = [
            (1, Tier::Manager, SECTION, Some(2)),
            (6, Tier::Office, DIVISION, None),
            (3, Tier::Ciso, DIVISION, None),
            (7, Tier::Ciso, DIVISION, None),
            (4, Tier::Sysadmin, IT, None),
            (5, Tier::Sysadmin, IT, None),
        ];
        let found = |absent: &[u128], by_rule: &[Tier]| {
            let mut org = organisation(&posts);
            org.absent = absent.iter().map(|no| person(*no)).collect();
            org.by_rule = by_rule.iter().copied().collect();
            let found = findings(&route(), &[], Places::of(SECTION), &org).into_iter();
            found.filter(|found| matches!(found.fault, Fault::AllAway(_))).collect::<Vec<_>>()
        };
        assert_eq!(found(&[1, 4], &[]), []);
        assert_eq!(found(&[1, 2], &[]), [at("first", Fault::AllAway(Tier::Manager.into()))]);
        assert_eq!(found(&[1, 2], &[Tier::Manager]), [], "a rule says who decides meanwhile");
        assert_eq!(found(&[4, 5], &[Tier::Sysadmin]), [at("work", Fault::AllAway(Tier::Sysadmin.into()))]);
    }

    #[test]
    fn one_person_three_times_is_told() {
        let posts = [
            (1, Tier::Manager, SECTION, None),
            (1, Tier::Ciso, DIVISION, None),
            (1, Tier::Sysadmin, IT, None),
            (6, Tier::Office, DIVISION, None),
        ];
        let again = found(route(), &posts).into_iter().filter(|found| matches!(found.fault, Fault::Again(..)));
        assert_eq!(again.collect::<Vec<_>>(), [at("first", Fault::Again(person(1), 3))]);
    }
}
