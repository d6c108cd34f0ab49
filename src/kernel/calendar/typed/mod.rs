//! Dates, times and fiscal years as people type them: 和暦 or 西暦, 全角 or 半角, kanji or figures, with or without marks.
mod figures;
mod times;
mod dates;
mod words;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::fiscal::FiscalYear;
use crate::kernel::text;
use dates::Mark;

pub use dates::{DateError, parse_date, parse_date_within};
pub use times::{TimeError, parse_time};

/// Why a text is no date with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub enum DateTimeError {
    /// Its date is none.
    Date(DateError),
    /// Its time is none; [`TimeError::Empty`] where it has only a date.
    Time(TimeError),
}

/// Reads a day as every field takes it: in all forms of [`parse_date`], and a month and a day alone (4月1日) as the day in
/// this fiscal year, which is how screens write it.
///
/// # Errors
/// [`DateError`], whose message the field says.
pub fn read_day(typed: &str, today: NaiveDate) -> Result<NaiveDate, DateError> {
    parse_date_within(typed, FiscalYear::of(today))
}

/// The same for a day that looks back (基準日).
///
/// # Errors
/// [`DateError`]; [`DateError::NotYet`] for a day after today.
pub fn read_day_past(typed: &str, today: NaiveDate) -> Result<NaiveDate, DateError> {
    read_day(typed, today).and_then(|day| if day > today { Err(DateError::NotYet) } else { Ok(day) })
}

/// Reads a moment as every field takes it: the typings of [`read_day`], then a time.
///
/// # Errors
/// [`DateTimeError`], whose message the field says.
pub fn read_moment(typed: &str, today: NaiveDate) -> Result<NaiveDateTime, DateTimeError> {
    date_time(typed, Some(FiscalYear::of(today)))
}

/// Reads a date with a time; 24:00 is 0:00 of the next day.
///
/// # Errors
/// [`DateTimeError`]: which of the two is wrong, and why.
pub fn parse_date_time(typed: &str) -> Result<NaiveDateTime, DateTimeError> {
    date_time(typed, None)
}

fn date_time(typed: &str, within: Option<FiscalYear>) -> Result<NaiveDateTime, DateTimeError> {
    let prepared = prepare(typed);
    let (date, time) = times::split_time(&prepared);
    let date = dates::read_date(date, within).map_err(DateTimeError::Date)?;
    match times::time_of(time) {
        Ok(time) => Ok(date.and_time(time)),
        Err(TimeError::EndOfDay) => {
            let next = date.checked_add_days(Days::new(1));
            next.map(|next| next.and_time(NaiveTime::MIN)).ok_or(DateTimeError::Time(TimeError::EndOfDay))
        }
        Err(error) => Err(DateTimeError::Time(error)),
    }
}

/// Reads a fiscal year: R8, 令和8年度, 2026, 2026年度, 令和元年度. Where the era changed within the year, either will do.
#[must_use]
pub fn parse_fiscal_year(typed: &str) -> Option<FiscalYear> {
    let prepared = prepare(typed);
    let name = prepared.strip_suffix("年度").or_else(|| prepared.strip_suffix('年')).unwrap_or(&prepared);
    let (era, rest) = dates::take_era(name);
    let [Mark::Number { value, width }] = dates::marks(&rest)?[..] else { return None };
    let Some(era) = era else {
        return (width == 4).then(|| i32::try_from(value).ok().map(FiscalYear)).flatten();
    };
    let year = FiscalYear(era.western_year(value).filter(|_| value > 0 && width <= 3)?);
    let begun = era.first_day() <= year.last_day();
    let lasted = era.last_day().is_none_or(|last| year.first_day() <= last);
    (begun && lasted).then_some(year)
}

/// One width, lower case, figures for kanji numbers, one mark for all that separates.
fn prepare(typed: &str) -> String {
    let plain = text::normalise(typed).to_ascii_lowercase();
    figures::figures(&plain).chars().map(|c| if text::is_hyphen(c) { '-' } else { separator(c) }).collect()
}

fn separator(c: char) -> char {
    match c {
        '。' | '・' | '、' | ',' => '.',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    pub(super) fn full_width(text: &str) -> String {
        text.chars()
            .map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c })
            .collect()
    }

    #[test]
    fn dates_with_times_are_read_together() {
        for typed in [
            "2026-11-20T14:05",
            "2026-11-20T14:05:00",
            "2026-11-20T14:05:00+09:00",
            "2026/11/20 14:05",
            "令和8年11月20日(金) 14:05",
            "R8.11.20 14時5分",
            "令和8年11月20日14時5分",
            "令和八年十一月二十日 午後二時五分",
            "20261120 14:05",
            "2026/11/20 午後2:05",
        ] {
            assert_eq!(parse_date_time(typed), Ok(day("2026-11-20").and_hms_opt(14, 5, 0).unwrap()), "{typed}");
        }
        assert_eq!(parse_date_time("2026-12-31 24:00"), Ok(day("2027-01-01").and_hms_opt(0, 0, 0).unwrap()));
        assert_eq!(parse_date_time("2026-11-20"), Err(DateTimeError::Time(TimeError::Empty)));
        assert_eq!(parse_date_time("14:05"), Err(DateTimeError::Date(DateError::Empty)));
    }

    #[test]
    fn fields_read_a_month_and_a_day_in_this_fiscal_year() {
        let today = day("2026-11-21");
        for typed in ["4月1日", "４／１", "R8.4.1", "2026/4/1", "令和八年四月一日"] {
            assert_eq!(read_day(typed, today), Ok(day("2026-04-01")), "{typed}");
        }
        assert_eq!(read_moment("4月1日 9時半", today), Ok(day("2026-04-01").and_hms_opt(9, 30, 0).unwrap()));
        assert_eq!(read_day_past("11月21日", today), Ok(today));
        assert_eq!(read_day_past("11月22日", today), Err(DateError::NotYet));
    }

    #[test]
    fn fiscal_years_are_read_by_either_name() {
        for typed in ["R8", "r8", "令和8年度", "令和８年度", "令和八年度", "2026", "2026年度", "R8年度", "令和8"]
        {
            assert_eq!(parse_fiscal_year(typed), Some(FiscalYear(2026)), "{typed}");
        }
        for (typed, year) in
            [("令和元年度", 2019), ("H31", 2019), ("平成31年度", 2019), ("S63", 1988), ("平成元年度", 1989)]
        {
            assert_eq!(parse_fiscal_year(typed), Some(FiscalYear(year)), "{typed}");
        }
        for typed in ["", "R0", "H33", "昭和64年度", "26", "令和", "8年度", "R8.4", "R4000"] {
            assert_eq!(parse_fiscal_year(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in any::<String>(), near in "[0-9０-９年月日時分:./() \\-金曜令和平成RH元一二十千午後t]{0,14}") {
            for typed in [text, near] {
                let _ = (parse_date(&typed), parse_date_within(&typed, FiscalYear(2026)), parse_time(&typed));
                let _ = (parse_date_time(&typed), parse_fiscal_year(&typed));
            }
        }
    }
}
