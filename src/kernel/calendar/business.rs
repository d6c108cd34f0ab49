//! Business days (開庁日・営業日): no weekend, no holiday, no closure of one's own.
//!
//! Counting follows 初日不算入: the day of the event is not counted, the next business day is the first.
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::holidays::{Holiday, HolidayKind, national_holiday, national_holidays};
use crate::kernel::ids::DepartmentId;

/// The organisation's calendar: holidays by rule or as imported, and its own closures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    imported: BTreeMap<NaiveDate, String>,
    imported_years: Option<RangeInclusive<i32>>,
    closures: Vec<Closure>,
    closed_weekdays: Vec<Weekday>,
    departments: Vec<DepartmentId>,
}

/// A closure of the organisation's own (休業日): 年末年始, 創立記念日, 夏季一斉休業.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// When it is.
    pub days: ClosureDays,
    /// What it is called.
    pub name: String,
    /// The department that closes alone; `None` closes all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
}

/// The days of a closure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ClosureDays {
    /// Once, from and until (both closed).
    Once {
        /// first closed day
        from: NaiveDate,
        /// last closed day
        until: NaiveDate,
    },
    /// Every year, from and until (both closed), over the turn of the year if `until` comes earlier.
    Yearly {
        /// first closed day
        from: MonthDay,
        /// last closed day
        until: MonthDay,
    },
    /// Every week, as a library closes on Mondays.
    Weekly {
        /// the weekday
        day: Weekday,
    },
}

/// A day of every year (月日).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MonthDay {
    /// 1 to 12
    pub month: u32,
    /// 1 to 31
    pub day: u32,
}

impl MonthDay {
    /// The day of every year on which a date falls.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self { month: date.month(), day: date.day() }
    }
}

impl Closure {
    /// 年末年始 (12月29日 to 1月3日), as public offices and most companies close.
    #[must_use]
    pub fn year_end() -> Self {
        let days = ClosureDays::Yearly { from: MonthDay { month: 12, day: 29 }, until: MonthDay { month: 1, day: 3 } };
        Self { days, name: "年末年始".to_owned(), department: None }
    }

    fn holds(&self, date: NaiveDate) -> bool {
        match &self.days {
            ClosureDays::Once { from, until } => (*from..=*until).contains(&date),
            ClosureDays::Yearly { from, until } if from <= until => (*from..=*until).contains(&MonthDay::of(date)),
            ClosureDays::Yearly { from, until } => MonthDay::of(date) >= *from || MonthDay::of(date) <= *until,
            ClosureDays::Weekly { day } => date.weekday() == *day,
        }
    }
}

/// Why nobody works on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClosedBy<'a> {
    /// 国民の祝日・休日
    Holiday(Holiday),
    /// 休業日 of one's own
    Closure(&'a Closure),
    /// 土曜・日曜, or whichever days the organisation is closed each week
    Weekend(Weekday),
}

impl Default for Calendar {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

/// How far a business day is looked for. A calendar without one for over a year is a mistake in its closures, and then
/// every day counts: a deadline must never hang.
const SEARCH: usize = 400;

impl Calendar {
    /// Saturdays, Sundays, holidays by rule, and the given closures.
    #[must_use]
    pub fn new(closures: Vec<Closure>) -> Self {
        Self {
            imported: BTreeMap::new(),
            imported_years: None,
            closures,
            closed_weekdays: vec![Weekday::Sat, Weekday::Sun],
            departments: Vec::new(),
        }
    }

    /// With the Cabinet Office's list in the place of the rules, for the years from its first to its last.
    #[must_use]
    pub fn with_imported(mut self, days: impl IntoIterator<Item = (NaiveDate, String)>) -> Self {
        self.imported = days.into_iter().collect();
        let years = |first: &NaiveDate, last: &NaiveDate| first.year()..=last.year();
        self.imported_years =
            self.imported.keys().next().zip(self.imported.keys().next_back()).map(|(f, l)| years(f, l));
        self
    }

    /// Closed each week on other days than Saturday and Sunday.
    #[must_use]
    pub fn closed_on(mut self, weekdays: impl IntoIterator<Item = Weekday>) -> Self {
        self.closed_weekdays = weekdays.into_iter().collect();
        self
    }

    /// As these departments see it (one's own and those above it): their closures count too.
    #[must_use]
    pub fn seen_from(&self, departments: impl IntoIterator<Item = DepartmentId>) -> Self {
        Self { departments: departments.into_iter().collect(), ..self.clone() }
    }

    /// The years for which the imported list speaks.
    #[must_use]
    pub fn imported_years(&self) -> Option<RangeInclusive<i32>> {
        self.imported_years.clone()
    }

    /// The closures, those of single departments included.
    #[must_use]
    pub fn closures(&self) -> &[Closure] {
        &self.closures
    }

    /// The holiday on a day: from the list where it covers the year, else by rule.
    #[must_use]
    pub fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
        if self.covers(date.year()) {
            self.imported.get(&date).map(|name| imported(name))
        } else {
            national_holiday(date).cloned()
        }
    }

    /// All holidays of a year, for a calendar page.
    #[must_use]
    pub fn holidays(&self, year: i32) -> BTreeMap<NaiveDate, Holiday> {
        if self.covers(year) {
            let of_year = self.imported.iter().filter(|(date, _)| date.year() == year);
            of_year.map(|(date, name)| (*date, imported(name))).collect()
        } else {
            national_holidays(year)
        }
    }

    /// Why a day is no business day; `None` if it is one.
    #[must_use]
    pub fn closed_by(&self, date: NaiveDate) -> Option<ClosedBy<'_>> {
        self.holiday(date)
            .map(ClosedBy::Holiday)
            .or_else(|| self.closure(date).map(ClosedBy::Closure))
            .or_else(|| self.closed_weekdays.contains(&date.weekday()).then(|| ClosedBy::Weekend(date.weekday())))
    }

    /// Whether people work on a day (開庁日).
    #[must_use]
    pub fn is_business_day(&self, date: NaiveDate) -> bool {
        // The weekday first: it costs nothing.
        !self.closed_weekdays.contains(&date.weekday()) && self.closed_by(date).is_none()
    }

    /// The first business day after a day (翌開庁日).
    #[must_use]
    pub fn next_business_day(&self, date: NaiveDate) -> NaiveDate {
        self.first_open(date.iter_days().skip(1)).or_else(|| date.succ_opt()).unwrap_or(date)
    }

    /// The last business day before a day (前開庁日).
    #[must_use]
    pub fn previous_business_day(&self, date: NaiveDate) -> NaiveDate {
        self.first_open(days_back(date)).or_else(|| date.pred_opt()).unwrap_or(date)
    }

    /// The day itself if people work on it, else the next on which they do: where a due date falls on a closed day.
    #[must_use]
    pub fn on_or_after(&self, date: NaiveDate) -> NaiveDate {
        if self.is_business_day(date) { date } else { self.next_business_day(date) }
    }

    /// The day itself if people work on it, else the last before it on which they did.
    #[must_use]
    pub fn on_or_before(&self, date: NaiveDate) -> NaiveDate {
        if self.is_business_day(date) { date } else { self.previous_business_day(date) }
    }

    /// 「n開庁日以内」: the n-th business day after the event, whose own day is not counted (初日不算入). Three from a Friday
    /// is Wednesday; none is the day itself, or the next business day if it is closed.
    #[must_use]
    pub fn add_business_days(&self, event: NaiveDate, n: u32) -> NaiveDate {
        if n == 0 {
            return self.on_or_after(event);
        }
        (0..n).fold(event, |date, _| self.next_business_day(date))
    }

    /// 「n開庁日前」: the n-th business day before the event, whose own day is not counted.
    #[must_use]
    pub fn subtract_business_days(&self, event: NaiveDate, n: u32) -> NaiveDate {
        if n == 0 {
            return self.on_or_before(event);
        }
        (0..n).fold(event, |date, _| self.previous_business_day(date))
    }

    /// Business days after `from` up to and including `until` (初日不算入); negative when `until` is earlier.
    #[must_use]
    pub fn business_days_between(&self, from: NaiveDate, until: NaiveDate) -> i64 {
        if until < from {
            return -self.business_days_between(until, from);
        }
        let days = from.iter_days().skip(1).take_while(|date| *date <= until);
        days.fold(0, |count, date| count + i64::from(self.is_business_day(date)))
    }

    fn covers(&self, year: i32) -> bool {
        self.imported_years.as_ref().is_some_and(|years| years.contains(&year))
    }

    fn closure(&self, date: NaiveDate) -> Option<&Closure> {
        let ours = |closure: &&Closure| closure.department.is_none_or(|id| self.departments.contains(&id));
        self.closures.iter().filter(ours).find(|closure| closure.holds(date))
    }

    fn first_open(&self, days: impl Iterator<Item = NaiveDate>) -> Option<NaiveDate> {
        days.take(SEARCH).find(|date| self.is_business_day(*date))
    }
}

fn days_back(date: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    (1..).map_while(move |days| date.checked_sub_days(Days::new(days)))
}

fn imported(name: &str) -> Holiday {
    Holiday { name: Cow::Owned(name.to_owned()), kind: HolidayKind::Imported }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn office() -> Calendar {
        Calendar::new(vec![Closure::year_end()])
    }

    #[test]
    fn the_day_of_the_event_is_not_counted() {
        for (event, n, due) in [
            ("2026-11-13", 3, "2026-11-18"), // Friday, no holiday in the week
            ("2026-11-20", 3, "2026-11-26"), // Monday is 勤労感謝の日
            ("2026-11-20", 1, "2026-11-24"),
            ("2026-11-20", 0, "2026-11-20"),
            ("2026-11-21", 0, "2026-11-24"),
            ("2026-11-22", 1, "2026-11-24"),
            ("2026-12-28", 1, "2027-01-04"), // 年末年始
            ("2026-05-01", 1, "2026-05-07"), // 5月6日 is 振替休日
            ("2026-09-18", 2, "2026-09-25"), // 9月22日 is 国民の休日
        ] {
            assert_eq!(office().add_business_days(day(event), n), day(due), "{event} + {n}");
        }
    }

    #[test]
    fn so_many_days_before_counts_back() {
        for (event, n, last) in [
            ("2026-11-18", 3, "2026-11-13"),
            ("2026-11-24", 1, "2026-11-20"),
            ("2027-01-04", 3, "2026-12-24"),
            ("2026-11-23", 0, "2026-11-20"),
        ] {
            assert_eq!(office().subtract_business_days(day(event), n), day(last), "{event} - {n}");
        }
    }

    #[test]
    fn closed_days_say_why() {
        let office = office();
        assert!(matches!(office.closed_by(day("2026-11-23")), Some(ClosedBy::Holiday(h)) if h.name == "勤労感謝の日"));
        assert!(matches!(office.closed_by(day("2026-12-30")), Some(ClosedBy::Closure(c)) if c.name == "年末年始"));
        assert_eq!(office.closed_by(day("2026-11-21")), Some(ClosedBy::Weekend(Weekday::Sat)));
        assert_eq!(office.closed_by(day("2026-11-20")), None);
    }

    #[test]
    fn an_imported_list_replaces_the_rules_for_its_years_only() {
        let list = [("2027-01-01", "元日"), ("2027-06-01", "特別な日"), ("2027-11-23", "勤労感謝の日")];
        let office = office().with_imported(list.map(|(date, name)| (day(date), name.to_owned())));
        assert_eq!(office.imported_years(), Some(2027..=2027));
        assert!(!office.is_business_day(day("2027-06-01")));
        assert_eq!(office.holiday(day("2027-06-01")).map(|h| h.kind), Some(HolidayKind::Imported));
        assert!(office.is_business_day(day("2027-02-11")), "the list knows no 建国記念の日");
        assert!(!office.is_business_day(day("2028-02-11")), "beyond the list the rules hold");
        assert_eq!((office.holidays(2027).len(), office.holidays(2026).len()), (3, 18));
    }

    #[test]
    fn a_departments_own_closure_closes_only_it() {
        let library = DepartmentId(uuid::Uuid::from_u128(1));
        let mondays = Closure {
            days: ClosureDays::Weekly { day: Weekday::Mon },
            name: "休館日".to_owned(),
            department: Some(library),
        };
        let all = Calendar::new(vec![mondays]).closed_on([]);
        let seen = all.seen_from([library]);
        assert!(all.is_business_day(day("2026-11-16")) && !seen.is_business_day(day("2026-11-16")));
        assert!(seen.is_business_day(day("2026-11-15")), "a library opens on Sundays");
        assert_eq!(seen.add_business_days(day("2026-11-14"), 2), day("2026-11-17"));
    }

    #[test]
    fn closures_once_and_over_the_turn_of_the_year() {
        let summer = Closure {
            days: ClosureDays::Once { from: day("2026-08-12"), until: day("2026-08-14") },
            name: "夏季一斉休業".to_owned(),
            department: None,
        };
        let office = Calendar::new(vec![summer, Closure::year_end()]);
        assert_eq!(office.next_business_day(day("2026-08-10")), day("2026-08-17"));
        assert_eq!(office.next_business_day(day("2027-08-10")), day("2027-08-12"));
        let json = serde_json::to_string(office.closures()).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Closure>>(&json).unwrap(), office.closures());
    }

    #[test]
    fn a_calendar_that_never_opens_counts_every_day() {
        let never = Calendar::default().closed_on([
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ]);
        assert_eq!(never.add_business_days(day("2026-11-20"), 3), day("2026-11-23"));
        assert_eq!(never.subtract_business_days(day("2026-11-20"), 3), day("2026-11-17"));
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        assert_eq!(office().next_business_day(NaiveDate::MAX), NaiveDate::MAX);
        assert_eq!(office().previous_business_day(NaiveDate::MIN), NaiveDate::MIN);
    }

    prop_compose! {
        fn any_day()(days in 0i64..50_000) -> NaiveDate {
            day("1973-04-12") + chrono::TimeDelta::days(days)
        }
    }

    proptest! {
        #[test]
        fn adding_and_counting_agree(from in any_day(), n in 1u32..40) {
            let office = office();
            let due = office.add_business_days(from, n);
            prop_assert!(office.is_business_day(due));
            prop_assert_eq!(office.business_days_between(from, due), i64::from(n));
            prop_assert_eq!(office.business_days_between(due, from), -i64::from(n));
        }

        #[test]
        fn going_forth_and_back_returns_to_a_business_day(from in any_day(), n in 0u32..40) {
            let office = office();
            let start = office.on_or_after(from);
            prop_assert_eq!(office.subtract_business_days(office.add_business_days(start, n), n), start);
        }

        #[test]
        fn a_later_event_is_never_due_earlier(from in any_day(), later in 0u64..30, n in 0u32..20) {
            let office = office();
            prop_assert!(office.add_business_days(from, n) <= office.add_business_days(from + Days::new(later), n));
        }

        #[test]
        fn counting_is_additive(a in any_day(), one in 0u64..60, two in 0u64..60) {
            let office = office();
            let (b, c) = (a + Days::new(one), a + Days::new(one + two));
            prop_assert_eq!(
                office.business_days_between(a, b) + office.business_days_between(b, c),
                office.business_days_between(a, c)
            );
        }

        #[test]
        fn a_list_made_of_the_rules_changes_nothing(date in any_day()) {
            let rules = national_holidays(date.year());
            let listed = office().with_imported(rules.into_iter().map(|(date, holiday)| (date, holiday.name.into_owned())));
            prop_assert_eq!(listed.is_business_day(date), office().is_business_day(date));
        }
    }
}
