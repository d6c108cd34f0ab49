//! What a wrong password leads to: the ladder of delays and the stop after the n-th failure in a row (4.1.5(1)⑥).
//! Pure, so that the rules are tested without a database.
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::kernel::settings::{LockMode, LockRules};

/// A sign-in as it stands when somebody tries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// failures in a row
    pub failed: u32,
    /// no attempt counts before this moment
    pub not_before: Option<DateTime<Utc>>,
    /// 使用停止（失敗回数超過）
    pub locked_at: Option<DateTime<Utc>>,
    /// 停止・無効
    pub disabled: bool,
    /// failures in a row from this very browser, if it has signed in here before (端末の印)
    pub trusted: Option<u32>,
}

/// What becomes of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// in
    Enter,
    /// the same words as for a wrong password, and nothing is counted
    Hold,
    /// counted
    Fail {
        /// failures in a row, with this one
        failed: u32,
        /// not before
        not_before: Option<DateTime<Utc>>,
        /// this one stops the account
        lock: bool,
    },
}

impl Standing {
    /// Is the account stopped by failures right now?
    #[must_use]
    pub fn locked(&self, rules: &LockRules, now: DateTime<Utc>) -> bool {
        match (self.locked_at, *rules.mode) {
            (None, _) => false,
            (Some(_), LockMode::UntilReleased) => true,
            (Some(at), LockMode::Minutes(minutes)) => now < at + TimeDelta::minutes(i64::from(minutes)),
        }
    }

    /// The one decision: may this attempt enter, and what does it leave behind?
    #[must_use]
    pub fn judge(&self, right: bool, rules: &LockRules, now: DateTime<Utc>) -> Verdict {
        // strangers cannot slow down, nor (where a stop ends by itself) stop, the owner at the owner's own machine
        let own_machine = self.trusted.is_some_and(|failed| failed < *rules.after);
        let locked = self.locked(rules, now);
        let held = locked && !(own_machine && matches!(*rules.mode, LockMode::Minutes(_)));
        let early = self.not_before.is_some_and(|moment| now < moment) && !own_machine;
        if self.disabled || held || early {
            return Verdict::Hold;
        }
        if right {
            return Verdict::Enter;
        }
        let over = self.locked_at.is_some() && !locked;
        let failed = if over { 1 } else { self.failed.saturating_add(1) };
        let wait = delay(failed);
        Verdict::Fail {
            failed,
            not_before: (!wait.is_zero()).then(|| now + wait),
            lock: !locked && failed >= *rules.after,
        }
    }
}

/// Above so many, what was tried of IDs that nobody has is forgotten.
const PHANTOMS: usize = 50_000;

/// IDs that nobody has, or that are stopped, by a digest: they lock like any other, so that the words about a lock do not
/// tell which IDs exist. Kept by this process alone.
#[derive(Debug, Default)]
pub struct Phantoms(Mutex<HashMap<[u8; 32], Standing>>);

impl Phantoms {
    /// One more failure; whether such an account would be locked now.
    pub fn fail(&self, id: [u8; 32], rules: &LockRules, now: DateTime<Utc>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= PHANTOMS && !all.contains_key(&id) {
            all.clear();
        }
        let fresh = Standing { failed: 0, not_before: None, locked_at: None, disabled: false, trusted: None };
        let standing = all.entry(id).or_insert(fresh);
        if let Verdict::Fail { failed, not_before, lock } = standing.judge(false, rules, now) {
            *standing = Standing { failed, not_before, locked_at: lock.then_some(now), ..fresh };
        }
        standing.locked(rules, now)
    }
}

/// How long after the n-th failure in a row nothing is tried: nothing twice, then 1, 2, 4 … 60 seconds.
#[must_use]
pub fn delay(failed: u32) -> TimeDelta {
    match failed {
        0..=2 => TimeDelta::zero(),
        3..=8 => TimeDelta::seconds(1 << (failed - 3)),
        _ => TimeDelta::seconds(60),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::settings::Set;

    fn rules(after: u32, mode: LockMode) -> LockRules {
        LockRules { after: Set::base(after), mode: Set::base(mode) }
    }

    fn fresh() -> Standing {
        Standing { failed: 0, not_before: None, locked_at: None, disabled: false, trusted: None }
    }

    fn start() -> DateTime<Utc> {
        "2026-04-01T00:00:00Z".parse().unwrap()
    }

    /// Tries in turn, each after waiting as long as asked; the number of the try that stopped the account.
    fn stopped_by(rules: &LockRules, tries: &[bool]) -> Option<usize> {
        let (mut standing, mut now) = (fresh(), start());
        for (at, right) in tries.iter().enumerate() {
            now = standing.not_before.map_or(now, |moment| moment.max(now));
            match standing.judge(*right, rules, now) {
                Verdict::Enter => standing = fresh(),
                Verdict::Hold => {}
                Verdict::Fail { failed, not_before, lock } => {
                    standing = Standing { failed, not_before, locked_at: lock.then_some(now), ..standing };
                    if lock {
                        return Some(at + 1);
                    }
                }
            }
        }
        None
    }

    proptest! {
        #[test]
        fn the_account_stops_at_the_nth_failure_in_a_row_and_never_before(
            after in 1_u32..15, tries in proptest::collection::vec(proptest::bool::weighted(0.1), 0..60)
        ) {
            let mut in_a_row = 0;
            let expected = tries.iter().position(|right| {
                in_a_row = if *right { 0 } else { in_a_row + 1 };
                in_a_row == after
            });
            let until_released = rules(after, LockMode::UntilReleased);
            prop_assert_eq!(stopped_by(&until_released, &tries), expected.map(|at| at + 1));
        }

        #[test]
        fn a_stopped_account_lets_nobody_in_until_released(minutes in 0_i64..100_000, trusted in proptest::option::of(0_u32..20)) {
            let standing = Standing { failed: 10, locked_at: Some(start()), trusted, ..fresh() };
            let verdict = standing.judge(true, &rules(10, LockMode::UntilReleased), start() + TimeDelta::minutes(minutes));
            prop_assert_eq!(verdict, Verdict::Hold);
        }

        #[test]
        fn a_disabled_account_lets_nobody_in(failed in 0_u32..20, trusted in proptest::option::of(0_u32..20)) {
            let standing = Standing { failed, disabled: true, trusted, ..fresh() };
            prop_assert_eq!(standing.judge(true, &rules(10, LockMode::UntilReleased), start()), Verdict::Hold);
        }

        #[test]
        fn delays_never_shrink(failed in 0_u32..1000) {
            prop_assert!(delay(failed) <= delay(failed + 1));
        }
    }

    #[test]
    fn an_id_that_nobody_has_locks_at_the_same_failure_and_opens_again_at_the_same_time() {
        let (phantoms, rules) = (Phantoms::default(), rules(3, LockMode::Minutes(30)));
        let at = |minutes| phantoms.fail([1; 32], &rules, start() + TimeDelta::minutes(minutes));
        assert_eq!([at(0), at(1), at(2), at(3), at(31), at(32)], [false, false, true, true, true, false]);
        assert!(!phantoms.fail([2; 32], &rules, start()), "each for itself");
    }

    #[test]
    fn before_its_time_even_the_right_password_is_not_looked_at_and_nothing_is_counted() {
        let standing = Standing { failed: 5, not_before: Some(start() + TimeDelta::seconds(4)), ..fresh() };
        let rules = rules(10, LockMode::UntilReleased);
        assert_eq!(standing.judge(true, &rules, start()), Verdict::Hold);
        assert_eq!(standing.judge(false, &rules, start()), Verdict::Hold);
        assert_eq!(standing.judge(true, &rules, start() + TimeDelta::seconds(4)), Verdict::Enter);
    }

    #[test]
    fn strangers_cannot_slow_down_the_owner_at_the_owners_machine() {
        let standing =
            Standing { failed: 9, not_before: Some(start() + TimeDelta::seconds(60)), trusted: Some(0), ..fresh() };
        assert_eq!(standing.judge(true, &rules(10, LockMode::UntilReleased), start()), Verdict::Enter);
    }

    #[test]
    fn a_stop_of_thirty_minutes_ends_by_itself_and_counts_from_one_again() {
        let rules = rules(10, LockMode::Minutes(30));
        let standing = Standing { failed: 10, locked_at: Some(start()), ..fresh() };
        assert_eq!(standing.judge(true, &rules, start() + TimeDelta::minutes(29)), Verdict::Hold);
        assert_eq!(standing.judge(true, &rules, start() + TimeDelta::minutes(30)), Verdict::Enter);
        let again = standing.judge(false, &rules, start() + TimeDelta::minutes(31));
        assert_eq!(again, Verdict::Fail { failed: 1, not_before: None, lock: false });
    }
}
