//! How days, moments, deadlines and counts are written on screens, in both languages and by 和暦 or 西暦.

use std::borrow::Borrow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::locale::{Lang, Words};
use crate::kernel::calendar::{DateError, DateStyle, FiscalYear, read_day};
use crate::kernel::clock::local;

/// A way of writing days (日付の表し方): the reader's language, 和暦 or 西暦, and which day is today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dates {
    /// The reader's language.
    pub lang: Lang,
    /// 「西暦で表示」: years are written 2026 instead of 令和8.
    pub western: bool,
    /// Today in the organisation's time zone, from the clock.
    pub today: NaiveDate,
}

impl Dates {
    /// The style of the kernel in which this reader sees days.
    #[must_use]
    pub const fn style(&self) -> DateStyle {
        match (self.lang, self.western) {
            (Lang::En, _) => DateStyle::English,
            (Lang::Ja, true) => DateStyle::Western,
            (Lang::Ja, false) => DateStyle::Japanese,
        }
    }

    /// In sentences, forms and on check pages: 令和8年11月20日(金).
    pub fn long(&self, day: impl Borrow<NaiveDate>) -> String {
        self.style().long(*day.borrow())
    }

    /// The same with the time of day: 令和8年11月20日(金) 14:05.
    pub fn long_at(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        self.style().long_time(wall(at))
    }

    /// In lists: 11月20日(金) within this fiscal year, otherwise R8.11.20.
    pub fn short(&self, day: impl Borrow<NaiveDate>) -> String {
        let day = *day.borrow();
        if self.is_this_year(day) { self.style().month_day(day) } else { self.style().short(day) }
    }

    /// The same with the time of day: 11月20日(金) 14:05.
    pub fn short_at(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        let at = wall(at);
        format!("{} {}", self.short(at.date()), at.format("%H:%M"))
    }

    /// The same to the second, where the order of acts matters: 11月20日(金) 14:05:09.
    pub fn short_exact(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        let at = wall(at);
        format!("{} {}", self.short(at.date()), at.format("%H:%M:%S"))
    }

    /// In narrow columns: 11/20(金) within this fiscal year, otherwise R8.11.20.
    pub fn tiny(&self, day: impl Borrow<NaiveDate>) -> String {
        self.style().in_table(*day.borrow(), self.today)
    }

    /// The same with the time of day: 11/20(金) 14:05.
    pub fn tiny_at(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        self.style().in_table_time(wall(at), self.today)
    }

    /// In ledgers, where days of all years stand in one column: R8.11.20, 20 Nov 2026.
    pub fn column(&self, day: impl Borrow<NaiveDate>) -> String {
        self.style().short(*day.borrow())
    }

    /// On stamps: R8.11.20, in every language, because a stamp is a Japanese thing.
    pub fn stamp(&self, day: impl Borrow<NaiveDate>) -> String {
        let style = if self.western { DateStyle::Western } else { DateStyle::Japanese };
        style.short(*day.borrow())
    }

    /// For `datetime` attributes and `type=date` fields: 2026-11-20.
    pub fn machine(&self, day: impl Borrow<NaiveDate>) -> String {
        day.borrow().format("%F").to_string()
    }

    /// For `datetime` attributes: 2026-11-20T14:05:00+09:00.
    pub fn machine_at(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        local(*at.borrow()).to_rfc3339()
    }

    /// A day as people type it: in any form, and without a year as these screens write it (4月1日).
    ///
    /// # Errors
    /// [`DateError`], whose message the field says.
    pub fn read(&self, typed: &str) -> Result<NaiveDate, DateError> {
        read_day(typed, self.today)
    }

    /// The `type` of a field that shows this: what was typed and is no day stays to be seen and mended.
    #[must_use]
    pub fn field_type(value: &str) -> &'static str {
        if value.is_empty() || value.parse::<NaiveDate>().is_ok() { "date" } else { "text" }
    }

    /// A fiscal year: 令和8年度, FY2026.
    #[must_use]
    pub fn fiscal_year(&self, year: FiscalYear) -> String {
        self.style().fiscal_year(year)
    }

    /// A deadline in words: 今日・あと7日・12日超過.
    pub fn due(&self, day: impl Borrow<NaiveDate>) -> Due {
        let left = (*day.borrow() - self.today).num_days();
        let words = Words(self.lang);
        let (urgency, text) = match left {
            i64::MIN..=-1 => (Urgency::Over, words.n("date-over", -left)),
            0 => (Urgency::Soon, words.t("date-today")),
            1..=7 => (Urgency::Soon, words.n("date-left", left)),
            _ => (Urgency::Calm, words.n("date-left", left)),
        };
        Due { urgency, text: text.into_owned() }
    }

    fn is_this_year(&self, day: NaiveDate) -> bool {
        FiscalYear::of(self.today).contains(day)
    }
}

fn wall(at: impl Borrow<DateTime<Utc>>) -> NaiveDateTime {
    local(*at.borrow()).naive_local()
}

/// How much a deadline presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// 期限超過
    Over,
    /// 期限が近い: within a week
    Soon,
    /// Neither.
    Calm,
}

/// A deadline in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// How much it presses.
    pub urgency: Urgency,
    /// あと7日
    pub text: String,
}

/// A count with commas: 1,284.
#[must_use]
pub fn thousands(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if count < 0 {
        out.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    fn dates(lang: Lang) -> Dates {
        Dates { lang, western: false, today: day(2026, 11, 20) }
    }

    #[test]
    fn days_are_written_as_the_guide_says() {
        let ja = dates(Lang::Ja);
        assert_eq!(ja.long(day(2026, 11, 20)), "令和8年11月20日(金)");
        assert_eq!(ja.long(day(2019, 5, 1)), "令和元年5月1日(水)");
        assert_eq!(ja.short(day(2026, 11, 20)), "11月20日(金)");
        assert_eq!(ja.short(day(2026, 3, 31)), "R8.3.31");
        assert_eq!(ja.tiny(day(2026, 11, 20)), "11/20(金)");
        assert_eq!(ja.stamp(day(2019, 4, 30)), "H31.4.30");
        assert_eq!(ja.fiscal_year(FiscalYear(2026)), "令和8年度");
    }

    #[test]
    fn western_years_replace_eras_everywhere() {
        let western = Dates { western: true, ..dates(Lang::Ja) };
        assert_eq!(western.long(day(2026, 11, 20)), "2026年11月20日(金)");
        assert_eq!(western.stamp(day(2026, 11, 20)), "2026.11.20");
        assert_eq!(western.fiscal_year(FiscalYear(2026)), "2026年度");
    }

    #[test]
    fn english_keeps_stamps_japanese() {
        let en = dates(Lang::En);
        assert_eq!(en.long(day(2026, 11, 20)), "Fri, 20 November 2026");
        assert_eq!(en.short(day(2026, 11, 20)), "Fri, 20 Nov");
        assert_eq!(en.short(day(2025, 11, 20)), "20 Nov 2025");
        assert_eq!(en.stamp(day(2026, 11, 20)), "R8.11.20");
    }

    #[test]
    fn moments_are_shown_in_japan() {
        let at = Utc.with_ymd_and_hms(2026, 11, 20, 15, 5, 0).unwrap();
        assert_eq!(dates(Lang::Ja).long_at(at), "令和8年11月21日(土) 00:05");
        assert_eq!(dates(Lang::Ja).machine_at(at), "2026-11-21T00:05:00+09:00");
    }

    #[test]
    fn deadlines_say_how_many_days() {
        let ja = dates(Lang::Ja);
        assert_eq!(ja.due(day(2026, 11, 20)).text, "今日");
        assert_eq!(ja.due(day(2026, 11, 27)), Due { urgency: Urgency::Soon, text: "あと7日".into() });
        assert_eq!(ja.due(day(2026, 11, 8)), Due { urgency: Urgency::Over, text: "12日超過".into() });
        assert_eq!(dates(Lang::En).due(day(2026, 11, 19)).text, "1 day overdue");
    }

    #[test]
    fn counts_have_commas() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1284), "1,284");
        assert_eq!(thousands(-1_000_000), "-1,000,000");
    }
}
