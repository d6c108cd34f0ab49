//! How what is said about a request reaches people: under which heading of the morning's mail, at once or not, how long it holds, and
//! that whoever stands in and whom they stand in for both hear of a step.
use super::{Open, ladder, reminding};
use crate::engines::requests::model::machine::Case;
use crate::engines::requests::model::route::{Organisation, SeatId, Step};
use crate::engines::requests::store::turns;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::notices::{AtOnce, Part};
use crate::kernel::work::Work;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The heading under which the morning's mail lists it.
pub(super) fn part(kind: &str) -> Part {
    match kind {
        "request.waiting" | "request.to_execute" | "request.to_report" | "request.to_receive" | "request.offered"
        | "request.to_review" | "request.returned" | "request.asked" => Part::Waiting,
        "request.due"
        | "request.reminded"
        | "request.review_reminded"
        | reminding::BY_HAND
        | ladder::ESCALATED
        | ladder::OFFICE_TOLD => Part::Due,
        _ => Part::News,
    }
}

/// What does not wait for the morning: what came back, and what presses.
pub(super) fn at_once(kind: &str, key: &str) -> Option<AtOnce> {
    match kind {
        // who was told that it came back hears as fast that it need not be mended
        "request.returned" | "request.refused" | "request.taken_back" => Some(AtOnce::Return),
        reminding::BY_HAND | ladder::ESCALATED => Some(AtOnce::Urgent),
        _ if key == ladder::OVERDUE => Some(AtOnce::Urgent),
        _ => None,
    }
}

/// What calls somebody to a request is over as soon as it has moved on.
pub(super) fn ends_with_the_turn(kind: &str) -> bool {
    !matches!(kind, "request.to_review" | "request.review_reminded") && part(kind) != Part::News
}

/// Those who can act on a step at this seat, their stand-ins of today, and whom a stand-in among them stands in for; nobody
/// whose own matter it is.
pub(super) fn with_each_other(
    able: &BTreeSet<PersonId>,
    seat: SeatId,
    kept_out: &BTreeSet<PersonId>,
    org: &Organisation,
) -> BTreeSet<PersonId> {
    let pairs = org.seats.get(&seat).into_iter().flat_map(|seat| seat.deputies.iter().copied());
    let beside = pairs.filter_map(|(deputy, holder)| match (able.contains(&deputy), able.contains(&holder)) {
        (false, true) => Some(deputy),
        (true, false) => Some(holder),
        _ => None,
    });
    able.iter().copied().chain(beside.filter(|person| !kept_out.contains(person))).collect()
}

/// While a request stays at its steps, those whom it called and who have nothing more to do there are called no longer.
pub(super) async fn no_longer(work: &mut Work, open: &Open, after: &Case) -> Result<()> {
    let stays = after.at == open.case.at && after.phase == open.case.phase && after.round == open.case.round;
    if !stays || after.steps == open.case.steps && after.acts == open.case.acts {
        return Ok(());
    }
    let mut still: Vec<Uuid> = after.recipient().filter(|_| after.some_to_receive()).iter().map(|one| one.0).collect();
    for step in after.open_steps().filter_map(|place| after.steps.get(place)) {
        let able = after.able(step, &open.registered.kind.joins, &open.org);
        let people = with_each_other(&able, step.seat, &after.kept_out(), &open.org);
        still.extend(people.iter().map(|person| person.0));
    }
    turns::no_longer(work.conn(), &open.request.number, &still).await?;
    Ok(())
}

impl Open {
    /// Those whose turn it is, with those who stand in for them and for whom they do.
    pub(super) fn called(&self) -> BTreeSet<PersonId> {
        let joins = &self.registered.kind.joins;
        let out = self.case.kept_out();
        let waiting = self.case.open_steps().filter_map(|place| self.case.steps.get(place));
        let called = |step: &Step| with_each_other(&self.case.able(step, joins, &self.org), step.seat, &out, &self.org);
        waiting.flat_map(called).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::requests::model::route::Seat;
    use crate::kernel::access::Tier;

    #[test]
    fn who_stands_in_and_who_is_stood_in_for_both_hear_of_it() {
        let [holder, deputy, other] = [1, 2, 3].map(|no| PersonId(Uuid::from_u128(no)));
        let id = SeatId::of(Tier::Manager, None);
        let seat = Seat {
            exists: true,
            holders: [holder, other].into(),
            deputies: [(deputy, holder)].into(),
            ..Seat::default()
        };
        let org = Organisation { seats: [(id, seat)].into(), ..Organisation::default() };
        let told = |able: &[PersonId], out: &[PersonId]| {
            with_each_other(&able.iter().copied().collect(), id, &out.iter().copied().collect(), &org)
        };
        assert_eq!(told(&[holder, other], &[]), [holder, deputy, other].into());
        assert_eq!(told(&[deputy], &[]), [holder, deputy].into(), "the holder hears what was passed to the stand-in");
        assert_eq!(told(&[deputy], &[holder]), [deputy].into(), "but not of their own matter");
        assert_eq!(told(&[other], &[]), [other].into());
    }

    #[test]
    fn what_came_back_or_presses_is_said_at_once_and_calls_end_with_the_turn() {
        assert_eq!(at_once("request.returned", "requests-mail-returned"), Some(AtOnce::Return));
        assert_eq!(at_once("request.due", ladder::OVERDUE), Some(AtOnce::Urgent));
        assert_eq!(at_once("request.due", "requests-mail-due-today"), None);
        assert_eq!(at_once("request.waiting", "requests-mail-waiting"), None);
        assert!(ends_with_the_turn("request.waiting") && !ends_with_the_turn("request.completed"));
        assert!(!ends_with_the_turn("request.to_review"), "the decision is read however far the request has come");
    }
}
