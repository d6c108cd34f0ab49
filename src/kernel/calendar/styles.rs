//! How dates are written on screens, stamps and forms. The setting 「西暦で表示」 and the language choose the style.
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::eras::{Era, weekday_letter};
use super::fiscal::FiscalYear;

/// The way in which one reader sees all dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateStyle {
    /// 和暦: 令和8年11月20日(金), R8.11.20
    #[default]
    Japanese,
    /// 西暦: 2026年11月20日(金), 2026.11.20
    Western,
    /// English: Fri, 20 November 2026, 20 Nov 2026
    English,
}

impl DateStyle {
    /// Sentences, forms, check page: 令和8年11月20日(金)
    #[must_use]
    pub fn long(self, date: NaiveDate) -> String {
        match self {
            Self::English => date.format("%a, %-d %B %Y").to_string(),
            _ => format!("{}({})", self.day(date), weekday_letter(date.weekday())),
        }
    }

    /// Sentences with a time: 令和8年11月20日(金) 14:05
    #[must_use]
    pub fn long_time(self, at: NaiveDateTime) -> String {
        format!("{} {}", self.long(at.date()), time(at))
    }

    /// Official forms, where no weekday stands: 令和8年11月20日
    #[must_use]
    pub fn day(self, date: NaiveDate) -> String {
        match self {
            Self::English => date.format("%-d %B %Y").to_string(),
            _ => format!("{}{}月{}日", self.year(date), date.month(), date.day()),
        }
    }

    /// Tables of other years, stamps: R8.11.20
    #[must_use]
    pub fn short(self, date: NaiveDate) -> String {
        let (month, day) = (date.month(), date.day());
        match (self, Era::of(date)) {
            (Self::English, _) => date.format("%-d %b %Y").to_string(),
            (Self::Japanese, Some((era, year))) => format!("{}{year}.{month}.{day}", era.letter()),
            _ => format!("{}.{month}.{day}", date.year()),
        }
    }

    /// The short form with a time: R8.11.20 14:05
    #[must_use]
    pub fn short_time(self, at: NaiveDateTime) -> String {
        format!("{} {}", self.short(at.date()), time(at))
    }

    /// Tables of this fiscal year: 11月20日(金)
    #[must_use]
    pub fn month_day(self, date: NaiveDate) -> String {
        match self {
            Self::English => date.format("%a, %-d %b").to_string(),
            _ => format!("{}月{}日({})", date.month(), date.day(), weekday_letter(date.weekday())),
        }
    }

    /// Narrow tables of this fiscal year: 11/20(金)
    #[must_use]
    pub fn month_day_narrow(self, date: NaiveDate) -> String {
        match self {
            Self::English => date.format("%a, %-d %b").to_string(),
            _ => format!("{}/{}({})", date.month(), date.day(), weekday_letter(date.weekday())),
        }
    }

    /// A table's cell: the year only where it is not that of today's fiscal year.
    #[must_use]
    pub fn in_table(self, date: NaiveDate, today: NaiveDate) -> String {
        if FiscalYear::of(today).contains(date) { self.month_day_narrow(date) } else { self.short(date) }
    }

    /// A table's cell with a time: 11/20(金) 14:05
    #[must_use]
    pub fn in_table_time(self, at: NaiveDateTime, today: NaiveDate) -> String {
        format!("{} {}", self.in_table(at.date(), today), time(at))
    }

    /// A month: 令和8年11月
    #[must_use]
    pub fn month(self, date: NaiveDate) -> String {
        match self {
            Self::English => date.format("%B %Y").to_string(),
            _ => format!("{}{}月", self.year(date), date.month()),
        }
    }

    /// A fiscal year: 令和8年度
    #[must_use]
    pub fn fiscal_year(self, year: FiscalYear) -> String {
        match self {
            Self::Japanese => year.to_string(),
            Self::Western => format!("{}年度", year.0),
            Self::English => format!("FY{}", year.0),
        }
    }

    /// A year: 令和8年, 令和元年
    #[must_use]
    pub fn year(self, date: NaiveDate) -> String {
        match (self, Era::of(date)) {
            (Self::English, _) => date.year().to_string(),
            (Self::Japanese, Some((era, 1))) => format!("{}元年", era.name()),
            (Self::Japanese, Some((era, year))) => format!("{}{year}年", era.name()),
            _ => format!("{}年", date.year()),
        }
    }
}

/// 14:05, and 9:05 as 09:05 so that columns align.
fn time(at: NaiveDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::typed::{parse_date, parse_date_time, parse_date_within, parse_fiscal_year};
    use super::*;

    fn at() -> NaiveDateTime {
        "2026-11-20T14:05:00".parse().unwrap()
    }

    #[test]
    fn japanese_dates_stand_as_the_guide_asks() {
        let (style, date) = (DateStyle::Japanese, at().date());
        assert_eq!(style.long_time(at()), "令和8年11月20日(金) 14:05");
        assert_eq!(style.day(date), "令和8年11月20日");
        assert_eq!(style.short(date), "R8.11.20");
        assert_eq!(style.month_day(date), "11月20日(金)");
        assert_eq!(style.month_day_narrow(date), "11/20(金)");
        assert_eq!(style.month(date), "令和8年11月");
        assert_eq!(style.fiscal_year(FiscalYear::of(date)), "令和8年度");
    }

    #[test]
    fn western_and_english_take_the_place_of_all_of_them() {
        let date = at().date();
        assert_eq!(DateStyle::Western.long_time(at()), "2026年11月20日(金) 14:05");
        assert_eq!(DateStyle::Western.short(date), "2026.11.20");
        assert_eq!(DateStyle::Western.fiscal_year(FiscalYear::of(date)), "2026年度");
        assert_eq!(DateStyle::English.long_time(at()), "Fri, 20 November 2026 14:05");
        assert_eq!(DateStyle::English.short(date), "20 Nov 2026");
        assert_eq!(DateStyle::English.month_day(date), "Fri, 20 Nov");
        assert_eq!(DateStyle::English.fiscal_year(FiscalYear::of(date)), "FY2026");
    }

    #[test]
    fn the_first_year_is_gannen_in_words_and_1_in_tables() {
        let first: NaiveDate = "2019-05-01".parse().unwrap();
        assert_eq!(DateStyle::Japanese.long(first), "令和元年5月1日(水)");
        assert_eq!(DateStyle::Japanese.short(first), "R1.5.1");
    }

    #[test]
    fn tables_leave_the_year_out_where_it_is_this_one() {
        let today: NaiveDate = "2027-01-15".parse().unwrap();
        assert_eq!(DateStyle::Japanese.in_table(at().date(), today), "11/20(金)");
        assert_eq!(DateStyle::Japanese.in_table_time(at(), today), "11/20(金) 14:05");
        assert_eq!(DateStyle::Japanese.in_table("2026-03-31".parse().unwrap(), today), "R8.3.31");
    }

    #[test]
    fn days_before_the_solar_calendar_are_written_in_western_years() {
        assert_eq!(DateStyle::Japanese.day("1872-12-31".parse().unwrap()), "1872年12月31日");
    }

    proptest! {
        #[test]
        fn whatever_is_shown_can_be_typed_back(days in 0i64..100_000, minute in 0i64..1440) {
            let at = "1873-01-01T00:00:00".parse::<NaiveDateTime>().unwrap() + chrono::TimeDelta::minutes(days * 1440 + minute);
            let year = FiscalYear::of(at.date());
            for style in [DateStyle::Japanese, DateStyle::Western] {
                for shown in [style.long(at.date()), style.day(at.date()), style.short(at.date())] {
                    prop_assert_eq!(parse_date(&shown), Ok(at.date()), "{}", shown);
                }
                for shown in [style.long_time(at), style.short_time(at)] {
                    prop_assert_eq!(parse_date_time(&shown), Ok(at), "{}", shown);
                }
                for shown in [style.month_day(at.date()), style.month_day_narrow(at.date())] {
                    prop_assert_eq!(parse_date_within(&shown, year), Ok(at.date()), "{}", shown);
                }
                prop_assert_eq!(parse_fiscal_year(&style.fiscal_year(year)), Some(year));
            }
            prop_assert_eq!(parse_fiscal_year(&year.label()), Some(year));
        }
    }
}
