//! Fiscal years (年度): April to March, named after the era in force at their middle.
use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::eras::Era;

/// A fiscal year (年度), by the western year of its April: 令和8年度 is 2026-04-01 to 2027-03-31.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct FiscalYear(pub i32);

impl FiscalYear {
    /// The fiscal year in which a day lies.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self(if date.month() >= 4 { date.year() } else { date.year() - 1 })
    }

    /// 4月1日
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.month_start(0)
    }

    /// 3月31日
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.next().first_day().pred_opt().unwrap_or(NaiveDate::MAX)
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        Self::of(date) == self
    }

    /// 翌年度
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// 前年度
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The first days of its twelve months, April first.
    pub fn months(self) -> impl Iterator<Item = NaiveDate> {
        (0..12).map(move |month| self.month_start(month))
    }

    /// The quarter (四半期, 1 = April to June) of a day in its fiscal year.
    #[must_use]
    pub fn quarter(date: NaiveDate) -> u32 {
        (date.month() + 8) % 12 / 3 + 1
    }

    /// The half (上期 = 1, 下期 = 2) of a day in its fiscal year.
    #[must_use]
    pub fn half(date: NaiveDate) -> u32 {
        Self::quarter(date).div_ceil(2)
    }

    /// The year in numbers and file names: `R8`. Before 1873 the western year.
    #[must_use]
    pub fn label(self) -> String {
        match self.era() {
            Some((era, year)) => format!("{}{year}", era.letter()),
            None => self.0.to_string(),
        }
    }

    /// The era and its year by which people call this fiscal year. The government called 2019 令和元年度 though it began
    /// in 平成31年, and 1988 stayed 昭和63年度: the era in force at the middle, 1 October, fits every change so far.
    #[must_use]
    pub fn era(self) -> Option<(Era, u32)> {
        Era::of(self.month_start(6))
    }

    fn month_start(self, months_after_april: u32) -> NaiveDate {
        let month = 3 + months_after_april;
        let year = if month >= 12 { self.next().0 } else { self.0 };
        NaiveDate::from_ymd_opt(year, month % 12 + 1, 1).unwrap_or_default()
    }
}

impl fmt::Display for FiscalYear {
    /// 令和8年度
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.era() {
            Some((era, 1)) => write!(f, "{}元年度", era.name()),
            Some((era, year)) => write!(f, "{}{year}年度", era.name()),
            None => write!(f, "{}年度", self.0),
        }
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
    fn reiwa_8_runs_from_april_to_march() {
        let year = FiscalYear::of(day("2026-11-20"));
        assert_eq!((year.first_day(), year.last_day()), (day("2026-04-01"), day("2027-03-31")));
        assert_eq!((year.label().as_str(), year.to_string().as_str()), ("R8", "令和8年度"));
        assert_eq!(FiscalYear::of(day("2027-03-31")), year);
        assert_eq!(FiscalYear::of(day("2026-03-31")).label(), "R7");
        assert_eq!(year.months().last(), Some(day("2027-03-01")));
    }

    #[test]
    fn years_of_change_are_called_as_people_call_them() {
        for (year, label, name) in [
            (2019, "R1", "令和元年度"),
            (2018, "H30", "平成30年度"),
            (1989, "H1", "平成元年度"),
            (1988, "S63", "昭和63年度"),
            (1926, "T15", "大正15年度"),
            (1927, "S2", "昭和2年度"),
        ] {
            assert_eq!((FiscalYear(year).label().as_str(), FiscalYear(year).to_string().as_str()), (label, name));
        }
    }

    #[test]
    fn quarters_begin_in_april() {
        for (date, quarter, half) in [
            ("2026-04-01", 1, 1),
            ("2026-06-30", 1, 1),
            ("2026-09-30", 2, 1),
            ("2026-12-01", 3, 2),
            ("2027-03-31", 4, 2),
        ] {
            assert_eq!((FiscalYear::quarter(day(date)), FiscalYear::half(day(date))), (quarter, half), "{date}");
        }
    }

    #[test]
    fn json_holds_the_western_year() {
        assert_eq!(serde_json::to_string(&FiscalYear(2026)).unwrap(), "2026");
    }

    proptest! {
        #[test]
        fn every_day_lies_in_exactly_one_year(days in 0i64..100_000) {
            let date = day("1900-01-01") + chrono::TimeDelta::days(days);
            let year = FiscalYear::of(date);
            prop_assert!(year.first_day() <= date && date <= year.last_day());
            prop_assert!(year.contains(date) && !year.next().contains(date) && !year.previous().contains(date));
            prop_assert_eq!(year.last_day().succ_opt(), Some(year.next().first_day()));
            prop_assert_eq!(year.months().filter(|first| FiscalYear::of(*first) == year).count(), 12);
        }
    }
}
