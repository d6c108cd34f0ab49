//! Periods as regulations fix them (P3M, P1Y, P14D, PT10H) and what they come to on the calendar.
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::kernel::clock;

/// A span counted on the calendar (期間): months first, then days, then hours and minutes.
///
/// Written as ISO 8601. A year is twelve months and a week seven days, so `P12M` and `P1Y` are one and the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    months: u32,
    days: u32,
    minutes: u32,
}

/// The unit of a part of a period; the catalogue has its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// 年
    Year,
    /// か月
    Month,
    /// 日
    Day,
    /// 時間
    Hour,
    /// 分
    Minute,
}

impl Unit {
    /// The unit's name in catalogue keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
        }
    }
}

/// Why a text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("「{0}」 is no period such as P3M, P1Y, P14D or PT10H")]
pub struct BadPeriod(String);

/// No regulation counts further; keeps every sum far from overflow.
const LARGEST: u32 = 10_000;

impl Period {
    /// So many months (か月).
    #[must_use]
    pub const fn months(months: u32) -> Self {
        Self { months, days: 0, minutes: 0 }
    }

    /// So many days (日).
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self { months: 0, days, minutes: 0 }
    }

    /// So many hours (時間).
    #[must_use]
    pub const fn hours(hours: u32) -> Self {
        Self { months: 0, days: 0, minutes: hours.saturating_mul(60) }
    }

    /// So many minutes (分).
    #[must_use]
    pub const fn minutes(minutes: u32) -> Self {
        Self { months: 0, days: 0, minutes }
    }

    /// Reads an ISO 8601 duration of years, months, weeks, days, hours and minutes. The T before hours may be missing
    /// (`P10H`), since nothing else is called H.
    ///
    /// # Errors
    /// [`BadPeriod`] with the text: unknown or repeated units, wrong order, no unit, numbers past 10,000.
    pub fn parse(text: &str) -> Result<Self, BadPeriod> {
        Self::read(text).ok_or_else(|| BadPeriod(text.to_owned()))
    }

    fn read(text: &str) -> Option<Self> {
        // Upper case before the T of time, lower case after it: M is month or minute by its place.
        const ORDER: &str = "YMWDhm";
        let mut rest = text.strip_prefix('P').filter(|rest| !rest.is_empty())?;
        let (mut period, mut last, mut in_time) = (Self::default(), None, false);
        while !rest.is_empty() {
            if let Some(time) = rest.strip_prefix('T').filter(|time| !in_time && !time.is_empty()) {
                (rest, in_time) = (time, true);
            }
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, tail) = rest.split_at(end);
            let number = number.parse().ok().filter(|number| *number <= LARGEST)?;
            let mut tail = tail.chars();
            let mut unit = tail.next()?;
            in_time |= unit == 'H';
            if in_time {
                unit = unit.to_ascii_lowercase();
            }
            let place = ORDER.find(unit)?;
            if last.is_some_and(|last| place <= last) {
                return None;
            }
            period.add(unit, number);
            (rest, last) = (tail.as_str(), Some(place));
        }
        Some(period)
    }

    fn add(&mut self, unit: char, number: u32) {
        match unit {
            'Y' => self.months += number * 12,
            'M' => self.months += number,
            'W' => self.days += number * 7,
            'D' => self.days += number,
            'h' => self.minutes += number * 60,
            _ => self.minutes += number,
        }
    }

    /// Whether nothing passes at all (直ちに).
    #[must_use]
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }

    /// Its parts for a screen, largest first: `[(3, Month)]`; a period of nothing is `[(0, Day)]`.
    #[must_use]
    pub fn words(self) -> Vec<(u32, Unit)> {
        let mut parts = self.parts().to_vec();
        parts.retain(|(number, _)| *number > 0);
        if parts.is_empty() {
            parts.push((0, Unit::Day));
        }
        parts
    }

    fn parts(self) -> [(u32, Unit); 5] {
        [
            (self.months / 12, Unit::Year),
            (self.months % 12, Unit::Month),
            (self.days, Unit::Day),
            (self.minutes / 60, Unit::Hour),
            (self.minutes % 60, Unit::Minute),
        ]
    }

    /// About how long it is, to tell the stricter of two regulations (a month counts as a twelfth of a year).
    #[must_use]
    pub fn about(self) -> TimeDelta {
        const MINUTES_A_MONTH: i64 = 43_829;
        TimeDelta::minutes(
            i64::from(self.months) * MINUTES_A_MONTH + i64::from(self.days) * 24 * 60 + i64::from(self.minutes),
        )
    }

    /// The day on which the span that began with `date` is over: 1月31日 and a month is 2月28日.
    #[must_use]
    pub fn after(self, date: NaiveDate) -> NaiveDate {
        self.after_time(date.and_time(NaiveTime::MIN)).date()
    }

    /// The day so long before `date`: 3月31日 less a month is 2月28日.
    #[must_use]
    pub fn before(self, date: NaiveDate) -> NaiveDate {
        let start = date
            .checked_sub_months(Months::new(self.months))
            .and_then(|date| date.checked_sub_days(Days::new(self.days.into())))
            .and_then(|date| date.and_time(NaiveTime::MIN).checked_sub_signed(self.clock_part()));
        start.map_or(NaiveDate::MIN, |start| start.date())
    }

    /// The time on the wall clock at which the span that began at `from` is over.
    #[must_use]
    pub fn after_time(self, from: NaiveDateTime) -> NaiveDateTime {
        from.checked_add_months(Months::new(self.months))
            .and_then(|at| at.checked_add_days(Days::new(self.days.into())))
            .and_then(|at| at.checked_add_signed(self.clock_part()))
            .unwrap_or(NaiveDateTime::MAX)
    }

    /// The moment at which the span that began at `from` is over. Months and days are those of the wall clock: half
    /// past midnight on the 31st is still the 30th in UTC.
    #[must_use]
    pub fn after_moment(self, from: DateTime<Utc>) -> DateTime<Utc> {
        let until = from.naive_utc().checked_add_offset(clock::zone()).map(|local| self.after_time(local));
        until.filter(|until| *until < NaiveDateTime::MAX).map_or(DateTime::<Utc>::MAX_UTC, clock::moment)
    }

    fn clock_part(self) -> TimeDelta {
        TimeDelta::minutes(self.minutes.into())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        let mut in_time = false;
        for (number, unit) in self.words() {
            if matches!(unit, Unit::Hour | Unit::Minute) && !in_time {
                in_time = true;
                f.write_str("T")?;
            }
            let letter = match unit {
                Unit::Year => 'Y',
                Unit::Month | Unit::Minute => 'M',
                Unit::Day => 'D',
                Unit::Hour => 'H',
            };
            write!(f, "{number}{letter}")?;
        }
        Ok(())
    }
}

impl FromStr for Period {
    type Err = BadPeriod;

    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Period {
    type Error = BadPeriod;

    fn try_from(text: String) -> Result<Self, BadPeriod> {
        Self::parse(&text)
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_regulations_fix_is_read() {
        for (text, words) in [
            ("P0D", vec![(0, Unit::Day)]),
            ("P14D", vec![(14, Unit::Day)]),
            ("P2W", vec![(14, Unit::Day)]),
            ("P3M", vec![(3, Unit::Month)]),
            ("P1Y", vec![(1, Unit::Year)]),
            ("P18M", vec![(1, Unit::Year), (6, Unit::Month)]),
            ("PT10H", vec![(10, Unit::Hour)]),
            ("P10H", vec![(10, Unit::Hour)]),
            ("PT90M", vec![(1, Unit::Hour), (30, Unit::Minute)]),
            ("P1M2DT3H4M", vec![(1, Unit::Month), (2, Unit::Day), (3, Unit::Hour), (4, Unit::Minute)]),
        ] {
            assert_eq!(Period::parse(text).unwrap().words(), words, "{text}");
        }
        for text in [
            "", "P", "PT", "3M", "P3", "PM", "P-3M", "P1D1M", "P1M1M", "P3X", "P1DT", "PT1D", "P99999D", "P1Y ", "p1y",
            "P１Y",
        ] {
            assert_eq!(Period::parse(text), Err(BadPeriod(text.to_owned())));
        }
    }

    #[test]
    fn months_end_on_the_last_day_where_the_day_is_missing() {
        for (from, period, until) in [
            ("2026-11-20", "P3M", "2027-02-20"),
            ("2026-11-30", "P3M", "2027-02-28"),
            ("2027-11-30", "P3M", "2028-02-29"),
            ("2028-02-29", "P1Y", "2029-02-28"),
            ("2026-12-25", "P14D", "2027-01-08"),
            ("2027-01-31", "P1M1D", "2027-03-01"),
            ("2026-11-20", "PT10H", "2026-11-20"),
            ("2026-11-20", "PT36H", "2026-11-21"),
        ] {
            assert_eq!(Period::parse(period).unwrap().after(day(from)), day(until), "{from} + {period}");
        }
        assert_eq!(Period::months(1).before(day("2027-03-31")), day("2027-02-28"));
        assert_eq!(Period::days(14).before(day("2027-01-08")), day("2026-12-25"));
    }

    #[test]
    fn moments_move_on_the_wall_clock_of_the_organisation() {
        let half_past_midnight: DateTime<Utc> = "2027-03-30T15:30:00Z".parse().unwrap();
        assert_eq!(Period::months(1).after_moment(half_past_midnight).to_rfc3339(), "2027-04-29T15:30:00+00:00");
        assert_eq!(Period::hours(10).after_moment(half_past_midnight).to_rfc3339(), "2027-03-31T01:30:00+00:00");
    }

    #[test]
    fn json_holds_the_iso_form() {
        assert_eq!(serde_json::to_string(&Period::months(24)).unwrap(), "\"P2Y\"");
        assert!(serde_json::from_str::<Period>("\"two weeks\"").is_err());
    }

    prop_compose! {
        fn any_period()(months in 0u32..240, days in 0u32..1000, minutes in 0u32..3000) -> Period {
            Period { months, days, minutes }
        }
    }

    proptest! {
        #[test]
        fn written_periods_read_back(period in any_period()) {
            prop_assert_eq!(Period::parse(&period.to_string()), Ok(period));
        }

        #[test]
        fn a_longer_period_never_ends_earlier(days in 0i64..60_000, period in any_period(), more in 0u32..400) {
            let from = day("1950-01-01") + TimeDelta::days(days);
            let longer = Period { days: period.days + more, ..period };
            prop_assert!(period.after(from) <= longer.after(from) && period.about() <= longer.about());
            prop_assert!(period.before(from) <= from && from <= period.after(from));
        }

        #[test]
        fn far_away_ends_at_the_last_day_and_never_breaks(text in "P[0-9]{1,4}Y[0-9]{1,4}M[0-9]{1,4}D") {
            let period = Period::parse(&text).unwrap();
            prop_assert!(period.after(NaiveDate::MAX) <= NaiveDate::MAX && period.before(NaiveDate::MIN) >= NaiveDate::MIN);
            prop_assert!(period.after_moment(DateTime::<Utc>::MAX_UTC) <= DateTime::<Utc>::MAX_UTC);
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC*|P[0-9YMWDTHM]{0,8}") {
            if let Ok(period) = Period::parse(&text) {
                prop_assert_eq!(Period::parse(&period.to_string()), Ok(period));
            }
        }
    }
}
