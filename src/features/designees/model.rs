//! The rules of 指名 that the portal judges before anything is written: who names and who ends a naming, for which of the matters,
//! and for which days. What holds of persons and posts stands in `people::designees`.
use chrono::NaiveDate;

use super::matters::Matter;
use crate::kernel::access::{PostHeld, Tier, Viewer};
use crate::people::designees::Designation;

/// The posts of one's own for which somebody can be named; a stand-in names nobody, and neither does one who was named.
#[must_use]
pub fn own_posts<'a>(me: &'a Viewer, matters: &[Matter]) -> Vec<&'a PostHeld> {
    let names = |tier: Tier| matters.iter().any(|matter| matter.by == Some(tier));
    me.posts.iter().filter(|post| post.acting_for.is_none() && post.named.is_none() && names(post.tier)).collect()
}

/// A naming is ended by whoever made it, as long as they can name at all, and by those who hold the same post beside them.
#[must_use]
pub fn may_end(me: &Viewer, named: &Designation, matters: &[Matter]) -> bool {
    own_posts(me, matters)
        .iter()
        .any(|post| named.by == me.person || (post.tier == named.by_tier && post.department == named.department))
}

/// Is one of the chosen matters left to those of another tier than this one?
#[must_use]
pub fn asks_others(tier: Tier, chosen: &[String], matters: &[Matter]) -> bool {
    let others = |key: &String| {
        let matter = matters.iter().find(|matter| matter.key == *key);
        matter.is_some_and(|matter| matter.by.is_some_and(|by| by != tier))
    };
    chosen.iter().any(others)
}

/// What is wrong with the last day.
#[must_use]
pub fn last_day_fault(from: Option<NaiveDate>, last: Option<NaiveDate>, today: NaiveDate) -> Option<&'static str> {
    if from.zip(last).is_some_and(|(from, last)| last < from) {
        Some("stand-in-refused-order")
    } else if last.is_some_and(|last| last < today) {
        Some("stand-in-refused-past")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matter(key: &str, by: Option<Tier>) -> Matter {
        Matter { key: key.to_owned(), by, label: String::new(), clause: String::new() }
    }

    #[test]
    fn what_another_tier_names_for_is_not_chosen_and_what_nobody_owns_is_open() {
        let matters =
            [matter("a/x", Some(Tier::Sysadmin)), matter("b/y", Some(Tier::Manager)), matter("release", None)];
        let asks = |chosen: &[&str]| {
            let chosen: Vec<String> = chosen.iter().map(|key| (*key).to_owned()).collect();
            asks_others(Tier::Sysadmin, &chosen, &matters)
        };
        assert!(!asks(&["a/x", "release"]));
        assert!(asks(&["a/x", "b/y"]));
    }

    #[test]
    fn the_last_day_lies_after_the_first_and_not_behind_us() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 4, day);
        let fault = |from, last| last_day_fault(day(from), day(last), day(10).unwrap());
        assert_eq!(fault(11, 12), None);
        assert_eq!(fault(10, 10), None);
        assert_eq!(fault(12, 11), Some("stand-in-refused-order"));
        assert_eq!(fault(1, 9), Some("stand-in-refused-past"));
    }
}
