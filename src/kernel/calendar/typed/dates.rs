//! Dates in every form in common use, and why a text is none.
use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};

use super::prepare;
use super::times::{split_time, time_of};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::calendar::eras::{Era, SOLAR_SINCE, weekday_letter};

/// Why a text is no date; [`DateError::message`] says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub enum DateError {
    /// Nothing was typed.
    Empty,
    /// No known way to write a date.
    Unreadable,
    /// Month and day without a year, where no year goes without saying.
    NoYear {
        /// 月
        month: u32,
        /// 日
        day: u32,
    },
    /// A year, or a year and a month, without a day.
    NoDay,
    /// Two figures without an era: 26 may be 2026 or 平成26年.
    TwoDigitYear {
        /// the figures
        year: u32,
    },
    /// 2月30日, 13月1日
    NoSuchDay {
        /// 月
        month: u32,
        /// 日
        day: u32,
    },
    /// The era had not begun or was over: 平成31年5月1日.
    OutsideEra {
        /// the era that was typed
        era: Era,
        /// the same day if one counts on (令和元年5月1日)
        meant: Option<NaiveDate>,
    },
    /// 明治5年 and before: days were counted by the moon and cannot be carried over.
    BeforeSolarCalendar,
    /// The weekday typed beside the date is that of another day.
    WrongWeekday {
        /// the weekday typed
        typed: Weekday,
        /// the weekday of the date
        actual: Weekday,
    },
    /// A time stands beside the date, where only a date is asked for.
    HasTime,
    /// The day has not come yet, where one asks about the past (基準日).
    NotYet,
}

/// Reads a date in every form in common use (2026-11-20, R8.11.20, 令和八年十一月二十日, 20261120 …), with or without its
/// weekday. A time may stand beside it only if it is midnight, as spreadsheets add it.
///
/// # Errors
/// [`DateError`]: what is wrong, with what a message needs to say.
pub fn parse_date(typed: &str) -> Result<NaiveDate, DateError> {
    date_only(typed, None)
}

/// The same, where a month and a day alone (4月1日) mean the day in the given fiscal year.
///
/// # Errors
/// [`DateError`], but never [`DateError::NoYear`].
pub fn parse_date_within(typed: &str, year: FiscalYear) -> Result<NaiveDate, DateError> {
    date_only(typed, Some(year))
}

fn date_only(typed: &str, year: Option<FiscalYear>) -> Result<NaiveDate, DateError> {
    let prepared = prepare(typed);
    let (date, time) = split_time(&prepared);
    if !time.is_empty() && time_of(time) != Ok(NaiveTime::MIN) {
        return Err(DateError::HasTime);
    }
    read_date(date, year)
}

pub(super) fn read_date(prepared: &str, within: Option<FiscalYear>) -> Result<NaiveDate, DateError> {
    if prepared.is_empty() {
        return Err(DateError::Empty);
    }
    let (date, weekday) = take_weekday(prepared)?;
    let (era, figures) = take_era(date);
    let date = Fields::read(era, &marks(&figures).ok_or(DateError::Unreadable)?)?.resolve(within)?;
    match weekday {
        Some(typed) if typed != date.weekday() => Err(DateError::WrongWeekday { typed, actual: date.weekday() }),
        _ => Ok(date),
    }
}

/// Takes off 「(金)」「(月・祝)」「金曜日」.
fn take_weekday(date: &str) -> Result<(&str, Option<Weekday>), DateError> {
    let (date, name) = if let Some(open) = date.strip_suffix(')') {
        open.rsplit_once('(').ok_or(DateError::Unreadable)?
    } else if let Some(bare) = date.strip_suffix("曜日").or_else(|| date.strip_suffix('曜')) {
        bare.split_at(bare.char_indices().next_back().map_or(0, |(at, _)| at))
    } else {
        return Ok((date, None));
    };
    let mut letters = name.trim().chars();
    let weekday = letters.next().and_then(weekday_of).ok_or(DateError::Unreadable)?;
    let rest =
        letters.as_str().trim_start_matches('曜').trim_start_matches('日').trim_start_matches(['.', '/', '-', ' ']);
    if matches!(rest, "" | "祝" | "休" | "祝日" | "休日") {
        Ok((date.trim_end(), Some(weekday)))
    } else {
        Err(DateError::Unreadable)
    }
}

fn weekday_of(letter: char) -> Option<Weekday> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    [Mon, Tue, Wed, Thu, Fri, Sat, Sun].into_iter().find(|day| weekday_letter(*day) == letter)
}

/// Takes off the era (令和, 令, R, 西暦) and writes 元年 as year 1.
pub(super) fn take_era(date: &str) -> (Option<Era>, String) {
    let date = date.strip_prefix("西暦").unwrap_or(date);
    for era in Era::ALL {
        let (name, letter) = (era.name(), era.letter().to_ascii_lowercase());
        let short: String = name.chars().take(1).collect();
        let rest = date.strip_prefix(name).or_else(|| date.strip_prefix(&short)).or_else(|| date.strip_prefix(letter));
        if let Some(rest) = rest {
            let rest = rest.trim_start_matches([' ', '.', '-']);
            let first_year = rest.strip_prefix('元').map(|rest| format!("1{rest}"));
            return (Some(era), first_year.unwrap_or_else(|| rest.to_owned()));
        }
    }
    (None, date.to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Number { value: u32, width: usize },
    Year,
    Month,
    Day,
    Separator,
}

/// Numbers and the marks between them; a space counts only where two numbers would touch.
pub(super) fn marks(date: &str) -> Option<Vec<Mark>> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut rest = date;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '0'..='9' => {
                taken = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                let value = rest[..taken].parse().ok().filter(|_| taken <= 8)?;
                if matches!(marks.last(), Some(Mark::Number { .. })) {
                    marks.push(Mark::Separator);
                }
                marks.push(Mark::Number { value, width: taken });
            }
            '年' => marks.push(Mark::Year),
            '月' => marks.push(Mark::Month),
            '日' => marks.push(Mark::Day),
            '.' | '/' | '-' => marks.push(Mark::Separator),
            ' ' => {}
            _ => return None,
        }
        rest = &rest[taken..];
    }
    Some(marks)
}

/// A date in parts.
struct Fields {
    year: Option<Year>,
    month: u32,
    day: u32,
}

enum Year {
    Western(i32),
    Of(Era, u32),
}

impl Fields {
    fn read(era: Option<Era>, marks: &[Mark]) -> Result<Self, DateError> {
        use Mark::{Day, Month, Number, Separator, Year};
        let without_day_mark = match marks {
            [rest @ .., Number { .. }, Day] => &marks[..=rest.len()],
            _ => marks,
        };
        match *without_day_mark {
            [Number { value, width }, Year | Separator, month, Month | Separator, day] => {
                Ok(Self { year: Some(year(era, value, width)?), month: short(month)?, day: short(day)? })
            }
            [Number { value, width }] if marks.len() == 1 => Self::compact(era, value, width),
            [Number { width: 4, .. }, Separator, Number { .. }]
            | [Number { .. }, Year]
            | [Number { .. }, Year, Number { .. }]
            | [Number { .. }, Year | Separator, Number { .. }, Month] => Err(DateError::NoDay),
            [Number { .. }, Separator, Number { .. }] if era.is_some() => Err(DateError::NoDay),
            [month, Month | Separator, day] if era.is_none() => {
                Ok(Self { year: None, month: short(month)?, day: short(day)? })
            }
            _ => Err(DateError::Unreadable),
        }
    }

    /// 20261120, R081120, R81120: the last four figures are month and day.
    fn compact(era: Option<Era>, value: u32, width: usize) -> Result<Self, DateError> {
        match (era, width) {
            (None, 8) | (Some(_), 5 | 6) => {
                let year = Some(year(era, value / 10_000, width - 4)?);
                Ok(Self { year, month: value / 100 % 100, day: value % 100 })
            }
            (None, 6) => Err(DateError::TwoDigitYear { year: value / 10_000 }),
            (None, 4) | (Some(_), 1 | 2) => Err(DateError::NoDay),
            _ => Err(DateError::Unreadable),
        }
    }

    fn resolve(self, within: Option<FiscalYear>) -> Result<NaiveDate, DateError> {
        let Self { month, day, .. } = self;
        let date_in = |year| NaiveDate::from_ymd_opt(year, month, day).ok_or(DateError::NoSuchDay { month, day });
        match (self.year, within) {
            (Some(Year::Western(year)), _) => date_in(year),
            (Some(Year::Of(era, year)), _) => {
                // Nobody counts an era beyond this; what was meant is anyone's guess.
                let western = era.western_year(year).filter(|_| (1..=200).contains(&year));
                let Some(western) = western else { return Err(DateError::OutsideEra { era, meant: None }) };
                if western < SOLAR_SINCE {
                    return Err(DateError::BeforeSolarCalendar);
                }
                within_era(era, date_in(western)?)
            }
            (None, Some(fiscal)) => date_in(if month >= 4 { fiscal.0 } else { fiscal.next().0 }),
            (None, None) => {
                // A leap year, so that 2月29日 is missing its year, not wrong.
                NaiveDate::from_ymd_opt(2000, month, day).ok_or(DateError::NoSuchDay { month, day })?;
                Err(DateError::NoYear { month, day })
            }
        }
    }
}

fn within_era(era: Era, date: NaiveDate) -> Result<NaiveDate, DateError> {
    match Era::of(date) {
        Some((actual, _)) if actual == era => Ok(date),
        _ => Err(DateError::OutsideEra { era, meant: Some(date) }),
    }
}

fn year(era: Option<Era>, value: u32, width: usize) -> Result<Year, DateError> {
    match (era, width) {
        (Some(era), 1..=3) => Ok(Year::Of(era, value)),
        (None, 4) => i32::try_from(value).map(Year::Western).map_err(|_| DateError::Unreadable),
        (None, 1 | 2) => Err(DateError::TwoDigitYear { year: value }),
        _ => Err(DateError::Unreadable),
    }
}

fn short(mark: Mark) -> Result<u32, DateError> {
    match mark {
        Mark::Number { value, width: 1 | 2 } => Ok(value),
        _ => Err(DateError::Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::figures::tests::kanji;
    use super::super::tests::full_width;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_common_typing_of_a_date_is_understood() {
        for typed in [
            "2026-11-20",
            "2026/11/20",
            "2026.11.20",
            "2026年11月20日",
            "20261120",
            "2026 11 20",
            "西暦2026年11月20日",
            "R8.11.20",
            "r8/11/20",
            "R8-11-20",
            "R08.11.20",
            "R 8.11.20",
            "R.8.11.20",
            "R081120",
            "R81120",
            "Ｒ８．１１．２０",
            "令和8年11月20日",
            "令和８年１１月２０日",
            "令和 8 年 11 月 20 日",
            "令和　８年　１１月　２０日",
            "令8.11.20",
            "令和8.11.20",
            "㋿8年11月20日",
            "令和八年十一月二十日",
            "令和八年一一月二〇日",
            "二〇二六年十一月二十日",
            "二千二十六年十一月廿日",
            "令和八年拾壱月弐拾日",
            "２０２６－１１－２０",
            "２０２６ー１１ー２０",
            "2026−11−20",
            "2026‐11‐20",
            "２０２６・１１・２０",
            "8。11。20".replace('8', "R8").as_str(),
            "２０２６１１２０",
            "令和8年11月20日(金)",
            "令和8年11月20日（金）",
            "令和8年11月20日 金曜日",
            "2026/11/20（金・祝）",
            "2026/11/20 0:00",
            "2026-11-20T00:00:00",
            "2026-11-20 00:00:00",
            "\t2026-11-20\r\n",
        ] {
            assert_eq!(parse_date(typed), Ok(day("2026-11-20")), "{typed}");
        }
    }

    #[test]
    fn eras_reach_back_to_meiji() {
        for (typed, expected) in [
            ("令和元年5月1日", "2019-05-01"),
            ("令和1年5月1日", "2019-05-01"),
            ("R元.5.1", "2019-05-01"),
            ("R1.5.1", "2019-05-01"),
            ("H31.4.30", "2019-04-30"),
            ("㍻31年4月30日", "2019-04-30"),
            ("平成元年1月8日", "1989-01-08"),
            ("昭和64年1月7日", "1989-01-07"),
            ("S64.1.7", "1989-01-07"),
            ("昭64.1.7", "1989-01-07"),
            ("昭和六十四年一月七日", "1989-01-07"),
            ("大正15年12月24日", "1926-12-24"),
            ("T1.7.30", "1912-07-30"),
            ("明治45年7月29日", "1912-07-29"),
            ("M6.1.1", "1873-01-01"),
            ("R6.2.29", "2024-02-29"),
        ] {
            assert_eq!(parse_date(typed), Ok(day(expected)), "{typed}");
        }
    }

    #[test]
    fn a_day_outside_its_era_is_refused_with_the_day_that_was_meant() {
        for (typed, era, meant) in [
            ("平成31年5月1日", Era::Heisei, "2019-05-01"),
            ("H32.1.1", Era::Heisei, "2020-01-01"),
            ("令和元年4月30日", Era::Reiwa, "2019-04-30"),
            ("昭和64年1月8日", Era::Showa, "1989-01-08"),
            ("平成元年1月7日", Era::Heisei, "1989-01-07"),
            ("昭和100年4月1日", Era::Showa, "2025-04-01"),
        ] {
            assert_eq!(parse_date(typed), Err(DateError::OutsideEra { era, meant: Some(day(meant)) }), "{typed}");
        }
        assert_eq!(parse_date("R0.1.1"), Err(DateError::OutsideEra { era: Era::Reiwa, meant: None }));
        assert_eq!(parse_date("明治5年12月3日"), Err(DateError::BeforeSolarCalendar));
    }

    #[test]
    fn a_refusal_says_what_is_missing_or_wrong() {
        for (typed, error) in [
            ("", DateError::Empty),
            (" 　", DateError::Empty),
            ("11/20", DateError::NoYear { month: 11, day: 20 }),
            ("11月20日(金)", DateError::NoYear { month: 11, day: 20 }),
            ("2月29日", DateError::NoYear { month: 2, day: 29 }),
            ("2026年11月", DateError::NoDay),
            ("2026/11", DateError::NoDay),
            ("R8.11", DateError::NoDay),
            ("令和8年", DateError::NoDay),
            ("2026", DateError::NoDay),
            ("26/11/20", DateError::TwoDigitYear { year: 26 }),
            ("8年11月20日", DateError::TwoDigitYear { year: 8 }),
            ("261120", DateError::TwoDigitYear { year: 26 }),
            ("2026-02-30", DateError::NoSuchDay { month: 2, day: 30 }),
            ("R7.2.29", DateError::NoSuchDay { month: 2, day: 29 }),
            ("2026/13/01", DateError::NoSuchDay { month: 13, day: 1 }),
            ("13/32", DateError::NoSuchDay { month: 13, day: 32 }),
            ("2026-11-20(木)", DateError::WrongWeekday { typed: Weekday::Thu, actual: Weekday::Fri }),
            ("2026-11-20 14:05", DateError::HasTime),
        ] {
            assert_eq!(parse_date(typed), Err(error), "{typed}");
        }
        for typed in [
            "今日",
            "2026-11-20-1",
            "2026月11日20",
            "20226-11-20",
            "2026/111/20",
            "R8.11.20.",
            "慶応4年9月8日",
            "2十年1月1日",
            "2026-11-20(吉)",
            "2026-11-20)",
            "〃",
            "-",
            "R",
            "令和",
            "令和元",
            "元年5月1日",
            "令和8年十十月1日",
            "2026年11月20日頃",
            "123",
            "4294967296",
        ] {
            let error = parse_date(typed).unwrap_err();
            assert!(matches!(error, DateError::Unreadable | DateError::NoDay), "{typed}: {error:?}");
        }
    }

    #[test]
    fn month_and_day_alone_mean_this_fiscal_year_where_one_is_given() {
        let year = FiscalYear(2026);
        for (typed, expected) in [
            ("４月１日", "2026-04-01"),
            ("11/20(金)", "2026-11-20"),
            ("3/31", "2027-03-31"),
            ("十二月一日", "2026-12-01"),
            ("R7.4.1", "2025-04-01"),
        ] {
            assert_eq!(parse_date_within(typed, year), Ok(day(expected)), "{typed}");
        }
        assert_eq!(parse_date_within("2/29", year), Err(DateError::NoSuchDay { month: 2, day: 29 }));
        assert_eq!(parse_date_within("2/29", FiscalYear(2027)), Ok(day("2028-02-29")));
    }

    proptest! {
        #[test]
        fn every_day_reads_back_in_every_form(days in 0i64..82_000) {
            let date = day("1873-01-01") + chrono::TimeDelta::days(days);
            let (era, year) = Era::of(date).unwrap();
            let (y, m, d) = (date.year(), date.month(), date.day());
            let (name, letter) = (era.name(), era.letter());
            for form in [
                format!("{y}-{m:02}-{d:02}"), format!("{y}/{m}/{d}"), format!("{y}年{m}月{d}日"), format!("{y}{m:02}{d:02}"),
                format!("{letter}{year}.{m}.{d}"), format!("{letter}{year:02}{m:02}{d:02}"), format!("{name}{year}年{m}月{d}日"),
            ] {
                prop_assert_eq!(parse_date(&form), Ok(date), "{}", form);
                prop_assert_eq!(parse_date(&full_width(&form)), Ok(date), "{}", full_width(&form));
            }
            let form = format!("{name}{}年{}月{}日", kanji(year), kanji(m), kanji(d));
            prop_assert_eq!(parse_date(&form), Ok(date), "{}", form);
        }
    }
}
