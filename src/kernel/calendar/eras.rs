//! Japanese eras (元号) since the country changed to the solar calendar in 明治6年 (1873).
use chrono::{Datelike, NaiveDate, Weekday};

/// An era (元号). A new one is one more line here and in the tables below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Era {
    /// 明治
    Meiji,
    /// 大正
    Taisho,
    /// 昭和
    Showa,
    /// 平成
    Heisei,
    /// 令和
    Reiwa,
}

impl Era {
    /// Every era, oldest first.
    pub const ALL: [Self; 5] = [Self::Meiji, Self::Taisho, Self::Showa, Self::Heisei, Self::Reiwa];

    /// The era's name: 令和.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Meiji => "明治",
            Self::Taisho => "大正",
            Self::Showa => "昭和",
            Self::Heisei => "平成",
            Self::Reiwa => "令和",
        }
    }

    /// The letter that stands for it in tables and stamps: R.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Meiji => 'M',
            Self::Taisho => 'T',
            Self::Showa => 'S',
            Self::Heisei => 'H',
            Self::Reiwa => 'R',
        }
    }

    /// Year, month and day of the first day.
    const fn start(self) -> (i32, u32, u32) {
        match self {
            Self::Meiji => (1868, 10, 23),
            Self::Taisho => (1912, 7, 30),
            Self::Showa => (1926, 12, 25),
            Self::Heisei => (1989, 1, 8),
            Self::Reiwa => (2019, 5, 1),
        }
    }

    /// The first day. Of two eras that share a day, it belongs to the later one.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        let (year, month, day) = self.start();
        NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
    }

    /// The last day; the present era has none yet.
    #[must_use]
    pub fn last_day(self) -> Option<NaiveDate> {
        let next = Self::ALL.into_iter().find(|era| *era > self)?;
        next.first_day().pred_opt()
    }

    /// The era of a day and the year within it (1 = 元年); nothing before 1873, when days were counted by the moon.
    #[must_use]
    pub fn of(date: NaiveDate) -> Option<(Self, u32)> {
        if date.year() < SOLAR_SINCE {
            return None;
        }
        let era = Self::ALL.into_iter().rev().find(|era| era.first_day() <= date)?;
        u32::try_from(date.year() - era.start().0 + 1).ok().map(|year| (era, year))
    }

    /// The western year of a year of this era, whether or not the era lasted so long.
    #[must_use]
    pub fn western_year(self, year: u32) -> Option<i32> {
        i32::try_from(year).ok()?.checked_add(self.start().0 - 1)
    }
}

/// 明治6年1月1日 is the first day of the solar calendar.
pub(super) const SOLAR_SINCE: i32 = 1873;

/// The letter of a weekday: 月火水木金土日.
#[must_use]
pub fn weekday_letter(day: Weekday) -> char {
    match day {
        Weekday::Mon => '月',
        Weekday::Tue => '火',
        Weekday::Wed => '水',
        Weekday::Thu => '木',
        Weekday::Fri => '金',
        Weekday::Sat => '土',
        Weekday::Sun => '日',
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
    fn eras_change_on_their_first_day() {
        for (date, expected) in [
            ("1873-01-01", (Era::Meiji, 6)),
            ("1912-07-29", (Era::Meiji, 45)),
            ("1912-07-30", (Era::Taisho, 1)),
            ("1926-12-24", (Era::Taisho, 15)),
            ("1926-12-25", (Era::Showa, 1)),
            ("1989-01-07", (Era::Showa, 64)),
            ("1989-01-08", (Era::Heisei, 1)),
            ("2019-04-30", (Era::Heisei, 31)),
            ("2019-05-01", (Era::Reiwa, 1)),
            ("2026-11-20", (Era::Reiwa, 8)),
        ] {
            assert_eq!(Era::of(day(date)), Some(expected), "{date}");
        }
        assert_eq!(Era::of(day("1872-12-31")), None);
    }

    #[test]
    fn eras_follow_one_another_without_a_gap() {
        for pair in Era::ALL.windows(2) {
            assert_eq!(pair[0].last_day().and_then(|last| last.succ_opt()), Some(pair[1].first_day()));
        }
        assert_eq!(Era::Reiwa.last_day(), None);
    }

    proptest! {
        #[test]
        fn every_solar_day_has_an_era_that_holds_it(days in 0i64..200_000) {
            let date = day("1873-01-01") + chrono::TimeDelta::days(days);
            let (era, year) = Era::of(date).unwrap();
            prop_assert!(era.first_day() <= date && era.last_day().is_none_or(|last| date <= last));
            prop_assert_eq!(era.western_year(year), Some(date.year()));
        }
    }
}
