//! What somebody who is not signed in was refused (forged posts, posts without a sign-in, posts over the limit) stands in
//! the log as well, but nobody may fill the log with it. Ten at once and then one a minute from one source, sixty at
//! once and then ten a minute from everywhere; what goes past that is counted, and the next event says how many.
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// From one source, at once and then per minute.
const SOURCE: (NonZeroU32, NonZeroU32) = (NonZeroU32::MIN.saturating_add(9), NonZeroU32::MIN);
/// From everywhere, at once and then per minute.
const EVERYWHERE: (NonZeroU32, NonZeroU32) = (NonZeroU32::MIN.saturating_add(59), NonZeroU32::MIN.saturating_add(9));
/// Above so many sources, those that have been quiet are forgotten.
const SOURCES: usize = 10_000;

/// How much of it this process still writes down; a part of the portal.
pub struct Strangers {
    sources: DefaultKeyedRateLimiter<IpAddr>,
    everywhere: DefaultDirectRateLimiter,
    left_out: AtomicU64,
}

impl Default for Strangers {
    fn default() -> Self {
        let quota = |(burst, minute): (NonZeroU32, NonZeroU32)| Quota::per_minute(minute).allow_burst(burst);
        Self {
            sources: RateLimiter::keyed(quota(SOURCE)),
            everywhere: RateLimiter::direct(quota(EVERYWHERE)),
            left_out: AtomicU64::new(0),
        }
    }
}

impl Strangers {
    /// Is this refusal to be written down? Then with how many that were left out since the last one.
    #[must_use]
    pub fn witness(&self, source: Option<IpAddr>) -> Option<u64> {
        if self.sources.len() > SOURCES {
            self.sources.retain_recent();
        }
        // without an address (which a proxy may have kept) only the common bucket counts
        let room = source.is_none_or(|source| self.sources.check_key(&source).is_ok());
        if room && self.everywhere.check().is_ok() {
            return Some(self.left_out.swap(0, Ordering::Relaxed));
        }
        self.left_out.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn source(at: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(Ipv4Addr::from_bits(at)))
    }

    #[test]
    fn one_source_leaves_ten_events_and_the_next_one_says_how_many_are_missing() {
        let strangers = Strangers::default();
        let written = (0..30).filter(|_| strangers.witness(source(1)).is_some()).count();
        assert_eq!(written, 10);
        assert_eq!(strangers.witness(source(2)), Some(20));
        assert_eq!(strangers.witness(source(2)), Some(0));
    }

    #[test]
    fn many_sources_together_do_not_fill_the_log_either() {
        let strangers = Strangers::default();
        let written = (0..500).filter(|at| strangers.witness(source(*at)).is_some()).count();
        assert_eq!(written, 60);
    }
}
