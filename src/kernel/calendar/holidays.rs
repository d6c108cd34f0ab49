//! National holidays (国民の祝日) by the rules of the law since 1948: what held in each year, and what follows from it
//! (振替休日, 国民の休日). An imported list of the Cabinet Office goes before these rules: see [`super::Calendar`].
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, Weekday};

/// A day off by law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Its official name: 勤労感謝の日.
    pub name: Cow<'static, str>,
    /// Why it is a day off.
    pub kind: HolidayKind,
}

/// Why a day is off by law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HolidayKind {
    /// 国民の祝日, those of a single year included
    National,
    /// 振替休日: its holiday fell on a Sunday
    Substitute,
    /// 国民の休日: a day between two holidays
    Between,
    /// as the Cabinet Office lists it
    Imported,
}

/// A line of the law: the years in which it held (both included), its day and its name.
type Rule = (i32, i32, Day, &'static str);

#[derive(Clone, Copy)]
enum Day {
    Fixed(u32, u32),
    /// Month and which Monday of it (ハッピーマンデー)
    Monday(u32, u8),
    SpringEquinox,
    AutumnEquinox,
}

const ALWAYS: i32 = i32::MAX;

/// The law and its changes. 2020 and 2021 moved three days for the Olympic Games; 2019 had no 天皇誕生日.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    (1949, ALWAYS, Day::Fixed(1, 1), "元日"),
    (1949, 1999, Day::Fixed(1, 15), "成人の日"),
    (2000, ALWAYS, Day::Monday(1, 2), "成人の日"),
    (1967, ALWAYS, Day::Fixed(2, 11), "建国記念の日"),
    (2020, ALWAYS, Day::Fixed(2, 23), "天皇誕生日"),
    (1949, ALWAYS, Day::SpringEquinox, "春分の日"),
    (1949, 1988, Day::Fixed(4, 29), "天皇誕生日"),
    (1989, 2006, Day::Fixed(4, 29), "みどりの日"),
    (2007, ALWAYS, Day::Fixed(4, 29), "昭和の日"),
    (1949, ALWAYS, Day::Fixed(5, 3), "憲法記念日"),
    (2007, ALWAYS, Day::Fixed(5, 4), "みどりの日"),
    (1949, ALWAYS, Day::Fixed(5, 5), "こどもの日"),
    (1996, 2002, Day::Fixed(7, 20), "海の日"),
    (2003, 2019, Day::Monday(7, 3), "海の日"),
    (2020, 2020, Day::Fixed(7, 23), "海の日"),
    (2021, 2021, Day::Fixed(7, 22), "海の日"),
    (2022, ALWAYS, Day::Monday(7, 3), "海の日"),
    (2016, 2019, Day::Fixed(8, 11), "山の日"),
    (2020, 2020, Day::Fixed(8, 10), "山の日"),
    (2021, 2021, Day::Fixed(8, 8), "山の日"),
    (2022, ALWAYS, Day::Fixed(8, 11), "山の日"),
    (1966, 2002, Day::Fixed(9, 15), "敬老の日"),
    (2003, ALWAYS, Day::Monday(9, 3), "敬老の日"),
    (1948, ALWAYS, Day::AutumnEquinox, "秋分の日"),
    (1966, 1999, Day::Fixed(10, 10), "体育の日"),
    (2000, 2019, Day::Monday(10, 2), "体育の日"),
    (2020, 2020, Day::Fixed(7, 24), "スポーツの日"),
    (2021, 2021, Day::Fixed(7, 23), "スポーツの日"),
    (2022, ALWAYS, Day::Monday(10, 2), "スポーツの日"),
    (1948, ALWAYS, Day::Fixed(11, 3), "文化の日"),
    (1948, ALWAYS, Day::Fixed(11, 23), "勤労感謝の日"),
    (1989, 2018, Day::Fixed(12, 23), "天皇誕生日"),
    (1959, 1959, Day::Fixed(4, 10), "皇太子明仁親王の結婚の儀"),
    (1989, 1989, Day::Fixed(2, 24), "昭和天皇の大喪の礼"),
    (1990, 1990, Day::Fixed(11, 12), "即位礼正殿の儀"),
    (1993, 1993, Day::Fixed(6, 9), "皇太子徳仁親王の結婚の儀"),
    (2019, 2019, Day::Fixed(5, 1), "天皇の即位の日"),
    (2019, 2019, Day::Fixed(10, 22), "即位礼正殿の儀"),
];

/// Every day off of a year by the rules, substitutes included; none before the law of 1948 or beyond 2150.
#[must_use]
pub fn national_holidays(year: i32) -> BTreeMap<NaiveDate, Holiday> {
    let (Some(first), Some(last)) = (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31)) else {
        return BTreeMap::new();
    };
    BY_RULE.range(first..=last).map(|(date, holiday)| (*date, holiday.clone())).collect()
}

/// The day off on a date by the rules.
pub(super) fn national_holiday(date: NaiveDate) -> Option<&'static Holiday> {
    BY_RULE.get(&date)
}

/// Worked out once: deadlines ask for thousands of days.
static BY_RULE: LazyLock<BTreeMap<NaiveDate, Holiday>> = LazyLock::new(|| (1948..=2150).flat_map(by_rule).collect());

fn by_rule(year: i32) -> BTreeMap<NaiveDate, Holiday> {
    let national: BTreeMap<NaiveDate, &'static str> = RULES
        .iter()
        .filter(|(from, until, ..)| (*from..=*until).contains(&year))
        .filter_map(|(_, _, day, name)| Some((day.in_year(year)?, *name)))
        .collect();
    let holiday = |name, kind| Holiday { name: Cow::Borrowed(name), kind };
    let mut days: BTreeMap<NaiveDate, Holiday> =
        national.iter().map(|(date, name)| (*date, holiday(name, HolidayKind::National))).collect();
    for date in national.keys().filter_map(|date| substitute(*date, &national)) {
        days.insert(date, holiday("振替休日", HolidayKind::Substitute));
    }
    for date in national.keys().filter_map(|date| between(*date, &national)) {
        days.entry(date).or_insert_with(|| holiday("国民の休日", HolidayKind::Between));
    }
    days
}

/// 振替休日: the next day since April 1973, the next day that is no holiday since 2007.
fn substitute(sunday: NaiveDate, national: &BTreeMap<NaiveDate, &str>) -> Option<NaiveDate> {
    if sunday.weekday() != Weekday::Sun || sunday < NaiveDate::from_ymd_opt(1973, 4, 12)? {
        return None;
    }
    let mut date = sunday.succ_opt()?;
    while sunday.year() >= 2007 && national.contains_key(&date) {
        date = date.succ_opt()?;
    }
    (!national.contains_key(&date)).then_some(date)
}

/// 国民の休日: since 1986 a day between two holidays; until 2006 no Sunday and no 振替休日 (which goes before it anyway).
fn between(first: NaiveDate, national: &BTreeMap<NaiveDate, &str>) -> Option<NaiveDate> {
    let middle = first.succ_opt()?;
    let enclosed = national.contains_key(&middle.succ_opt()?) && !national.contains_key(&middle);
    let counts = middle.year() >= 2007 || (middle.year() >= 1986 && middle.weekday() != Weekday::Sun);
    (enclosed && counts).then_some(middle)
}

impl Day {
    fn in_year(self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::Fixed(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            Self::Monday(month, which) => NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, which),
            Self::SpringEquinox => NaiveDate::from_ymd_opt(year, 3, spring_equinox(year)?),
            Self::AutumnEquinox => NaiveDate::from_ymd_opt(year, 9, autumn_equinox(year)?),
        }
    }
}

/// 春分の日 falls on the day of the equinox, which the observatory announces each February. The approximation in use among
/// calendar makers agrees with every announced day and holds until 2150.
fn spring_equinox(year: i32) -> Option<u32> {
    equinox(year, [208_357, 208_431, 218_510])
}

/// 秋分の日, likewise.
fn autumn_equinox(year: i32) -> Option<u32> {
    equinox(year, [232_588, 232_488, 242_488])
}

/// The day in March or September, from the day (in ten thousandths) at which the sun stood there in 1980, as fitted to
/// 1900–1979, 1980–2099 and 2100–2150.
fn equinox(year: i32, in_1980: [i32; 3]) -> Option<u32> {
    let (base, leap_days) = match year {
        1900..=1979 => (in_1980[0], (year - 1983) / 4),
        1980..=2099 => (in_1980[1], (year - 1980) / 4),
        2100..=2150 => (in_1980[2], (year - 1980) / 4),
        _ => return None,
    };
    const DRIFT_PER_YEAR: i32 = 242_194; // millionths of a day
    let day = (base * 100 + DRIFT_PER_YEAR * (year - 1980)).div_euclid(1_000_000) - leap_days;
    u32::try_from(day).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Month and day as one number: 321 is 3月21日.
    fn days(year: i32, wanted: impl Fn(&Holiday) -> bool) -> Vec<u32> {
        let all = national_holidays(year);
        all.iter().filter(|(_, holiday)| wanted(holiday)).map(|(date, _)| date.month() * 100 + date.day()).collect()
    }

    fn named(year: i32, name: &str) -> Vec<u32> {
        days(year, |holiday| holiday.name == name)
    }

    /// What the Cabinet Office announced: year, 春分, 秋分, and every 休日 that is no 祝日.
    #[rustfmt::skip]
    const ANNOUNCED: &[(i32, u32, u32, &[u32])] = &[
        (1973, 321, 923, &[430, 924]), (1974, 321, 923, &[506, 916, 1104]), (1975, 321, 924, &[1124]), (1976, 320, 923, &[1011]),
        (1977, 321, 923, &[]), (1978, 321, 923, &[102, 116]), (1979, 321, 924, &[212, 430]), (1980, 320, 923, &[1124]),
        (1981, 321, 923, &[504]), (1982, 321, 923, &[322, 1011]), (1983, 321, 923, &[]), (1984, 320, 923, &[102, 116, 430, 924]),
        (1985, 321, 923, &[506, 916, 1104]), (1986, 321, 923, &[1124]), (1987, 321, 923, &[504]), (1988, 320, 923, &[321, 504]),
        (1989, 321, 923, &[102, 116, 504]), (1990, 321, 923, &[212, 430, 504, 924, 1224]), (1991, 321, 923, &[504, 506, 916, 1104]),
        (1992, 320, 923, &[504]), (1993, 320, 923, &[504, 1011]), (1994, 321, 923, &[504]), (1995, 321, 923, &[102, 116, 504]),
        (1996, 320, 923, &[212, 504, 506, 916, 1104]), (1997, 320, 923, &[721, 1124]), (1998, 321, 923, &[504]),
        (1999, 321, 923, &[322, 504, 1011]), (2000, 320, 923, &[504]), (2001, 320, 923, &[212, 430, 504, 924, 1224]),
        (2002, 321, 923, &[504, 506, 916, 1104]), (2003, 321, 923, &[1124]), (2004, 320, 923, &[504]), (2005, 320, 923, &[321, 504]),
        (2006, 321, 923, &[102, 504]), (2007, 321, 923, &[212, 430, 924, 1224]), (2008, 320, 923, &[506, 1124]),
        (2009, 320, 923, &[506, 922]), (2010, 321, 923, &[322]), (2011, 321, 923, &[]), (2012, 320, 922, &[102, 430, 1224]),
        (2013, 320, 923, &[506, 1104]), (2014, 321, 923, &[506, 1124]), (2015, 321, 923, &[506, 922]), (2016, 320, 922, &[321]),
        (2017, 320, 923, &[102]), (2018, 321, 923, &[212, 430, 924, 1224]), (2019, 321, 923, &[430, 502, 506, 812, 1104]),
        (2020, 320, 922, &[224, 506]), (2021, 320, 923, &[809]), (2022, 321, 923, &[]), (2023, 321, 923, &[102]),
        (2024, 320, 922, &[212, 506, 812, 923, 1104]), (2025, 320, 923, &[224, 506, 1124]), (2026, 320, 923, &[506, 922]),
        (2027, 321, 923, &[322]),
    ];

    #[test]
    fn the_rules_give_every_day_announced_since_1973() {
        for (year, spring, autumn, substitutes) in ANNOUNCED {
            assert_eq!((named(*year, "春分の日"), named(*year, "秋分の日")), (vec![*spring], vec![*autumn]), "{year}");
            assert_eq!(days(*year, |holiday| holiday.kind != HolidayKind::National), *substitutes, "{year}");
        }
    }

    #[test]
    fn days_moved_by_law_stand_where_they_were_moved() {
        assert!(named(2019, "天皇誕生日").is_empty());
        assert_eq!(named(2019, "天皇の即位の日"), [501]);
        assert_eq!(named(2019, "即位礼正殿の儀"), [1022]);
        assert_eq!([named(2020, "海の日"), named(2020, "スポーツの日"), named(2020, "山の日")], [[723], [724], [810]]);
        assert_eq!([named(2021, "海の日"), named(2021, "スポーツの日"), named(2021, "山の日")], [[722], [723], [808]]);
        assert_eq!([named(2022, "海の日"), named(2022, "スポーツの日"), named(2022, "山の日")], [[718], [1010], [811]]);
    }

    #[test]
    fn a_whole_year_reads_as_printed() {
        let printed = [101, 112, 211, 223, 320, 429, 503, 504, 505, 506, 720, 811, 921, 922, 923, 1012, 1103, 1123];
        assert_eq!(days(2026, |_| true), printed);
        assert_eq!(days(2026, |holiday| holiday.kind == HolidayKind::Between), [922]);
        assert_eq!(days(1955, |_| true), [101, 115, 321, 429, 503, 505, 924, 1103, 1123]);
        assert_eq!(days(1947, |_| true), [0; 0]);
    }

    #[test]
    fn a_quiet_week_in_september_comes_again_in_2032() {
        assert_eq!(days(2032, |holiday| holiday.kind == HolidayKind::Between), [921]);
        assert_eq!(named(2044, "秋分の日"), [922]);
        assert_eq!(named(2092, "春分の日"), [319]);
    }

    proptest! {
        #[test]
        fn a_holiday_on_a_sunday_always_gives_a_day_off_soon_after(year in 1974i32..=2099) {
            let all = national_holidays(year);
            for (date, _) in all.iter().filter(|(date, holiday)| holiday.kind == HolidayKind::National && date.weekday() == Weekday::Sun) {
                let mut next = *date;
                while all.contains_key(&next) {
                    next = next.succ_opt().unwrap();
                }
                prop_assert!((next - *date).num_days() >= 2, "{date}");
            }
        }

        #[test]
        fn substitutes_are_never_sundays_and_every_day_is_in_its_year(year in 1948i32..=2150) {
            for (date, holiday) in national_holidays(year) {
                prop_assert_eq!(date.year(), year);
                prop_assert!(holiday.kind != HolidayKind::Substitute || date.weekday() != Weekday::Sun);
            }
        }

        #[test]
        fn a_year_has_between_nine_and_twenty_three_days_off(year in 1949i32..=2150) {
            prop_assert!((9..=23).contains(&national_holidays(year).len()));
        }
    }
}
