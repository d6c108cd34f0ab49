//! The only source of now and today. Tests and the demo hold it and let it travel.
use std::sync::{Arc, RwLock};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Offset, TimeDelta, Timelike as _, Utc};

/// The organisation's time zone: Japan, which has no daylight saving time.
#[must_use]
pub fn zone() -> FixedOffset {
    const JST_SECONDS: i32 = 9 * 60 * 60;
    FixedOffset::east_opt(JST_SECONDS).unwrap_or_else(|| Utc.fix())
}

/// A moment as the wall clock of the organisation shows it.
#[must_use]
pub fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&zone())
}

/// The moment at which the organisation's wall clock shows `at`.
#[must_use]
pub fn moment(at: NaiveDateTime) -> DateTime<Utc> {
    (at - TimeDelta::seconds(i64::from(zone().local_minus_utc()))).and_utc()
}

/// When something that is written down as having happened can have happened: not before what caused it, and not after
/// now. Minutes count, since minutes are what people enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    since: NaiveDateTime,
    until: NaiveDateTime,
}

/// On which side of a [`Span`] a moment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// before it
    Before,
    /// after it
    After,
}

impl Span {
    /// From what caused it until now.
    #[must_use]
    pub fn between(since: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let minute = |at| local(at).naive_local().with_second(0).and_then(|at| at.with_nanosecond(0));
        let until = local(now).naive_local();
        Self { since: minute(since).unwrap_or(until), until }
    }

    /// Can it have happened at this moment of the wall clock?
    pub fn holds(&self, at: NaiveDateTime) -> Result<(), Outside> {
        if at < self.since {
            return Err(Outside::Before);
        }
        if at > self.until { Err(Outside::After) } else { Ok(()) }
    }
}

/// The clock of one portal.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<RwLock<DateTime<Utc>>>>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until it is told otherwise.
    #[must_use]
    pub fn held(at: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(RwLock::new(at))))
    }

    /// Now, in microseconds as PostgreSQL keeps them.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            None => {
                #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
                let now = Utc::now();
                DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
            }
            Some(held) => *held.read().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }

    /// Is it held (tests, the demo), and so no witness of the machine's time?
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.0.is_some()
    }

    /// Today in the organisation's time zone.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        local(self.now()).date_naive()
    }

    /// Sets a held clock; the machine's clock cannot be set.
    pub fn set(&self, at: DateTime<Utc>) {
        if let Some(held) = &self.0 {
            *held.write().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
        }
    }

    /// Moves a held clock on.
    pub fn advance(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }
}
