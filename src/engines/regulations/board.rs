//! The rules of the clause board (条項と実施状況): from what is bound and what was recorded to the state of a clause
//! on a reference date (基準日). Pure; the same question on the same day always has the same answer.
use super::binding::Bind;
use super::catalogue::{Clause, MechanismKind};
use crate::kernel::calendar::Period;
use chrono::NaiveDate;
use std::ops::RangeInclusive;

/// How a clause stands (状態).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// 実施済: done, or enforced by the portal; `next` is when it must be done again.
    Kept { next: Option<NaiveDate> },
    /// 期限内: to be done by that day.
    Due { by: NaiveDate },
    /// 期限超過: should have been done by that day.
    Overdue { by: NaiveDate },
    /// 未実施: never done, and nothing excuses it.
    Never,
    /// 該当なし: no case in the period.
    NoCase,
    /// 例外: excepted by an approved exception until that day.
    Excepted { until: NaiveDate },
    /// 対象外: decided not to apply.
    NotApplicable,
    /// 別の経路: its requests are decided or carried out by others than it names, by the routes of the operating regulation.
    OtherRoute,
    /// 準備中: the mechanism, or the named room that brings it, is still to come.
    Waiting { room: Option<String> },
    /// 義務なし: the clause states an aim or a definition.
    NoDuty,
    /// 施行前: the regulation was not in force on that day.
    NotInForce,
}

impl State {
    /// The word's key in the message catalogue and in filters.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Kept { .. } => "kept",
            Self::Due { .. } => "due",
            Self::Overdue { .. } => "overdue",
            Self::Never => "never",
            Self::NoCase => "no-case",
            Self::Excepted { .. } => "excepted",
            Self::NotApplicable => "not-applicable",
            Self::OtherRoute => "other-route",
            Self::Waiting { .. } => "waiting",
            Self::NoDuty => "no-duty",
            Self::NotInForce => "not-in-force",
        }
    }

    /// All keys, in the order of the filter: what needs somebody comes first.
    pub const KEYS: [&'static str; 11] = [
        "overdue",
        "never",
        "other-route",
        "due",
        "kept",
        "no-case",
        "excepted",
        "not-applicable",
        "waiting",
        "no-duty",
        "not-in-force",
    ];

    /// Whether the committee should look at it first.
    #[must_use]
    pub const fn is_alarming(&self) -> bool {
        matches!(self, Self::Overdue { .. } | Self::Never)
    }

    /// The day that the column 「次の期限」 shows.
    #[must_use]
    pub const fn next(&self) -> Option<NaiveDate> {
        match self {
            Self::Kept { next } => *next,
            Self::Due { by } | Self::Overdue { by } => Some(*by),
            Self::Excepted { until } => Some(*until),
            _ => None,
        }
    }
}

/// What is known about one clause on the reference date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The last day on which a bound mechanism acted, not after the reference date.
    pub last: Option<NaiveDate>,
    /// The day from which the organisation owes the clause (施行日).
    pub owed_from: NaiveDate,
    /// An approved exception runs until this day.
    pub excepted_until: Option<NaiveDate>,
    /// It was decided, with a reason, that the clause does not apply here.
    pub not_applicable: bool,
    /// What it asks for goes another way here.
    pub by_other_route: bool,
}

/// The day of which the board speaks, and the fiscal year around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub on: NaiveDate,
    pub year: RangeInclusive<NaiveDate>,
}

/// A yearly rhythm, where the regulation gives none.
const YEARLY: Period = Period::months(12);

/// What happens again is announced so many days ahead.
const AHEAD: Period = Period::days(30);

/// The state of a clause on the reference date.
#[must_use]
pub fn state(clause: &Clause, bind: Option<&Bind>, facts: Facts, reference: &Reference) -> State {
    if !clause.asks() {
        return State::NoDuty;
    }
    if reference.on < facts.owed_from {
        return State::NotInForce;
    }
    if facts.not_applicable {
        return State::NotApplicable;
    }
    if let Some(until) = facts.excepted_until.filter(|until| *until >= reference.on) {
        return State::Excepted { until };
    }
    match bind {
        Some(bind) if bind.is_carried() && facts.by_other_route => State::OtherRoute,
        Some(bind) if bind.is_carried() => carried(clause, facts, reference),
        bind => State::Waiting { room: bind.and_then(|bind| bind.waits_for.clone()) },
    }
}

fn carried(clause: &Clause, facts: Facts, reference: &Reference) -> State {
    let rhythm = clause.interval.unwrap_or(YEARLY);
    match clause.mechanism {
        // History does not lapse, and a year without a case is no failure.
        MechanismKind::Workflow | MechanismKind::Record | MechanismKind::Notice => match facts.last {
            Some(last) if reference.year.contains(&last) => State::Kept { next: None },
            _ => State::NoCase,
        },
        // Enforced by the portal itself, whether or not anybody tried to break it.
        MechanismKind::Setting => State::Kept { next: None },
        // A register or document that does not exist is missing; one that exists must be confirmed in time.
        MechanismKind::Ledger | MechanismKind::Document => match facts.last {
            Some(last) => recurring(rhythm.after(last), reference.on),
            None => State::Never,
        },
        // The first round is owed within the first interval after the regulation came into force.
        MechanismKind::Schedule | MechanismKind::Attest => match facts.last {
            Some(last) => recurring(rhythm.after(last), reference.on),
            None => first_round(rhythm.after(facts.owed_from), reference.on),
        },
        MechanismKind::None => State::NoDuty,
    }
}

fn recurring(next: NaiveDate, on: NaiveDate) -> State {
    if next < on {
        State::Overdue { by: next }
    } else if next <= AHEAD.after(on) {
        State::Due { by: next }
    } else {
        State::Kept { next: Some(next) }
    }
}

fn first_round(by: NaiveDate, on: NaiveDate) -> State {
    if by < on { State::Overdue { by } } else { State::Due { by } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::regulations::catalogue::Level;
    use crate::kernel::access::Tier;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn clause(mechanism: MechanismKind, interval: Option<Period>) -> Clause {
        Clause {
            id: "1".into(),
            place: "1".into(),
            heading: "h".into(),
            duty: "d".into(),
            duty_en: "d".into(),
            holder: Tier::Sysadmin,
            level: Level::Must,
            mechanism,
            feature: "f".into(),
            applicant: None,
            approvers: Vec::new(),
            executor: None,
            consults: Vec::new(),
            notify: Vec::new(),
            fields: Vec::new(),
            interval,
            deadline: None,
            portal: "p".into(),
            portal_en: None,
            controls: Vec::new(),
            controls_2022: Vec::new(),
        }
    }

    fn bound() -> Bind {
        Bind { mechanisms: vec!["m".into()], ..Bind::default() }
    }

    fn reference(on: &str) -> Reference {
        Reference { on: day(on), year: day("2026-04-01")..=day("2027-03-31") }
    }

    fn facts(last: Option<&str>) -> Facts {
        Facts {
            last: last.map(day),
            owed_from: day("2026-04-01"),
            excepted_until: None,
            not_applicable: false,
            by_other_route: false,
        }
    }

    fn stands(mechanism: MechanismKind, interval: Option<Period>, last: Option<&str>, on: &str) -> State {
        state(&clause(mechanism, interval), Some(&bound()), facts(last), &reference(on))
    }

    #[test]
    fn a_request_decided_this_year_keeps_its_clause_and_a_year_without_one_is_no_failure() {
        use MechanismKind::{Notice, Record, Workflow};
        for kind in [Workflow, Record, Notice] {
            assert_eq!(stands(kind, None, Some("2026-11-20"), "2026-11-21"), State::Kept { next: None });
            assert_eq!(stands(kind, None, Some("2026-03-31"), "2026-11-21"), State::NoCase);
            assert_eq!(stands(kind, None, None, "2026-11-21"), State::NoCase);
        }
    }

    #[test]
    fn a_register_is_red_until_it_has_a_row_and_again_when_nobody_confirms_it_for_a_year() {
        let ledger = |last, on| stands(MechanismKind::Ledger, None, last, on);
        assert_eq!(ledger(None, "2026-11-21"), State::Never);
        assert_eq!(ledger(Some("2026-11-20"), "2026-11-21"), State::Kept { next: Some(day("2027-11-20")) });
        assert_eq!(ledger(Some("2025-12-01"), "2026-11-21"), State::Due { by: day("2026-12-01") });
        assert_eq!(
            ledger(Some("2025-11-20"), "2026-11-21"),
            State::Overdue { by: day("2025-11-20") + chrono::Days::new(365) }
        );
    }

    #[test]
    fn what_recurs_is_due_at_the_end_of_its_interval_counted_from_the_day_it_is_owed() {
        let monthly = Some(Period::months(1));
        let schedule = |last, on| stands(MechanismKind::Schedule, monthly, last, on);
        assert_eq!(schedule(None, "2026-04-20"), State::Due { by: day("2026-05-01") });
        assert_eq!(schedule(None, "2026-05-02"), State::Overdue { by: day("2026-05-01") });
        assert_eq!(schedule(Some("2026-11-10"), "2026-11-21"), State::Due { by: day("2026-12-10") });
        assert_eq!(schedule(Some("2026-10-10"), "2026-11-21"), State::Overdue { by: day("2026-11-10") });
    }

    #[test]
    fn what_the_portal_enforces_is_in_force_without_any_event() {
        assert_eq!(stands(MechanismKind::Setting, None, None, "2026-11-21"), State::Kept { next: None });
    }

    #[test]
    fn a_missing_document_is_missing_and_an_old_one_wants_its_review() {
        assert_eq!(stands(MechanismKind::Document, None, None, "2026-11-21"), State::Never);
        assert!(stands(MechanismKind::Document, None, Some("2025-01-01"), "2026-11-21").is_alarming());
    }

    #[test]
    fn an_exception_holds_to_its_last_day_and_then_the_clause_returns_by_itself() {
        let ledger = clause(MechanismKind::Ledger, None);
        let excepted = Facts { excepted_until: Some(day("2026-11-21")), ..facts(None) };
        let on = |on| state(&ledger, Some(&bound()), excepted, &reference(on));
        assert_eq!(on("2026-11-21"), State::Excepted { until: day("2026-11-21") });
        assert_eq!(on("2026-11-22"), State::Never);
    }

    #[test]
    fn before_the_day_it_came_into_force_a_regulation_asks_and_keeps_nothing() {
        for kind in [MechanismKind::Setting, MechanismKind::Ledger, MechanismKind::Schedule, MechanismKind::Workflow] {
            assert_eq!(stands(kind, None, Some("2026-03-20"), "2026-03-31"), State::NotInForce);
            assert_ne!(stands(kind, None, None, "2026-04-01"), State::NotInForce);
        }
        assert_eq!(stands(MechanismKind::None, None, None, "2026-03-31"), State::NoDuty);
    }

    #[test]
    fn what_goes_another_way_than_the_clause_asks_is_no_evidence_for_it() {
        let workflow = clause(MechanismKind::Workflow, None);
        let elsewhere = Facts { by_other_route: true, ..facts(Some("2026-11-20")) };
        let stands = |facts| state(&workflow, Some(&bound()), facts, &reference("2026-11-21"));
        assert_eq!(stands(elsewhere), State::OtherRoute);
        assert_eq!(stands(Facts { by_other_route: false, ..elsewhere }), State::Kept { next: None });
        let waiting = Bind { mechanisms: vec!["m".into()], waits_for: Some("logs".into()), ..Bind::default() };
        let waits = state(&workflow, Some(&waiting), elsewhere, &reference("2026-11-21"));
        assert_eq!(waits, State::Waiting { room: Some("logs".into()) });
    }

    #[test]
    fn a_clause_without_its_room_is_waiting_even_where_a_part_of_it_runs() {
        let partly = Bind { mechanisms: vec!["portal.log".into()], waits_for: Some("logs".into()), ..Bind::default() };
        let setting = clause(MechanismKind::Setting, None);
        let stands = |bind| state(&setting, bind, facts(Some("2026-11-20")), &reference("2026-11-21"));
        assert_eq!(stands(Some(&partly)), State::Waiting { room: Some("logs".into()) });
        assert_eq!(stands(None), State::Waiting { room: None });
    }

    fn any_kind() -> impl Strategy<Value = MechanismKind> {
        proptest::sample::select(MechanismKind::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn the_clause_never_gets_worse_through_fresher_evidence(
            kind in any_kind(), older in 0u64..800, fresher in 0u64..800, interval in proptest::option::of(1u32..24)
        ) {
            let on = day("2026-11-21");
            let ago = |days| Some(on - chrono::Days::new(days));
            let clause = clause(kind, interval.map(Period::months));
            let of = |last| state(&clause, Some(&bound()), Facts { last, ..facts(None) }, &reference("2026-11-21"));
            let (older, fresher) = (of(ago(older.max(fresher))), of(ago(older.min(fresher))));
            prop_assert!(older.is_alarming() || !fresher.is_alarming());
            prop_assert!(older.next() <= fresher.next() || older.next().is_none() || fresher.next().is_none());
        }

        #[test]
        fn overdue_lies_in_the_past_and_due_does_not(
            kind in any_kind(), ago in proptest::option::of(0u64..2000), interval in proptest::option::of(1u32..36)
        ) {
            let on = day("2026-11-21");
            let last = ago.map(|days| on - chrono::Days::new(days));
            let facts = Facts { last, owed_from: on - chrono::Days::new(400), ..facts(None) };
            match state(&clause(kind, interval.map(Period::months)), Some(&bound()), facts, &reference("2026-11-21")) {
                State::Overdue { by } => prop_assert!(by < on),
                State::Due { by } => prop_assert!(by >= on),
                State::Kept { next: Some(next) } => prop_assert!(next > on),
                _ => {}
            }
        }
    }
}
