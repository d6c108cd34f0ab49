//! Times of day in every form in common use, and why a text is none.
use chrono::NaiveTime;

use super::prepare;

/// Why a text is no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{self:?}")]
pub enum TimeError {
    /// Nothing was typed.
    Empty,
    /// No known way to write a time.
    Unreadable,
    /// 25:00, 9:60
    NoSuchTime,
    /// 24:00, which is 0:00 of the next day
    EndOfDay,
}

/// Reads a time of day: 9:05, ９時５分, 0905, 午後2時半.
///
/// # Errors
/// [`TimeError`]; 24:00 is one, since it belongs to the next day.
pub fn parse_time(typed: &str) -> Result<NaiveTime, TimeError> {
    time_of(&prepare(typed))
}

/// The date before and the time after: 「2026-11-20t14:05」「11月20日(金)午後2時」.
pub(super) fn split_time(text: &str) -> (&str, &str) {
    let Some(mark) = text.find([':', '時']) else { return (text, "") };
    let before_hour = text[..mark].trim_end().trim_end_matches(|c: char| c.is_ascii_digit());
    let before_half = ["午前", "午後"].iter().find_map(|half| before_hour.trim_end().strip_suffix(half));
    let (date, time) = text.split_at(before_half.unwrap_or(before_hour).len());
    let date = date.trim_end();
    (date.strip_suffix('t').unwrap_or(date), time.trim_start())
}

pub(super) fn time_of(prepared: &str) -> Result<NaiveTime, TimeError> {
    if prepared.is_empty() {
        return Err(TimeError::Empty);
    }
    // Exports carry the offset of the organisation's time zone, which is the one typed times are in anyway.
    let time = prepared.strip_suffix("+09:00").unwrap_or(prepared);
    let (half, time) = take_half_of_day(time);
    let (hour, minute, second) = time_parts(time).ok_or(TimeError::Unreadable)?;
    let hour = match half {
        None => hour,
        Some(_) if hour > 12 => return Err(TimeError::NoSuchTime),
        Some(half) => half.hour(hour).ok_or(TimeError::Unreadable)?,
    };
    if (hour, minute, second) == (24, 0, 0) {
        return Err(TimeError::EndOfDay);
    }
    NaiveTime::from_hms_opt(hour, minute, second).ok_or(TimeError::NoSuchTime)
}

#[derive(Clone, Copy)]
enum Half {
    Gozen,
    Gogo,
    Am,
    Pm,
}

impl Half {
    /// 午後12時 is midnight to some and noon to others, so it is none; 12 pm is noon.
    fn hour(self, hour: u32) -> Option<u32> {
        match self {
            Self::Gozen => (hour < 12).then_some(hour),
            Self::Gogo => (hour < 12).then_some(hour + 12),
            Self::Am => Some(hour % 12),
            Self::Pm => Some(hour % 12 + 12),
        }
    }
}

fn take_half_of_day(time: &str) -> (Option<Half>, &str) {
    let ends = [("午前", Half::Gozen), ("午後", Half::Gogo)];
    let tails = [("am", Half::Am), ("pm", Half::Pm)];
    let first = ends.into_iter().find_map(|(word, half)| Some((half, time.strip_prefix(word)?)));
    let found = first.or_else(|| tails.into_iter().find_map(|(word, half)| Some((half, time.strip_suffix(word)?))));
    found.map_or((None, time), |(half, rest)| (Some(half), rest.trim()))
}

/// 9:05, 9:05:30, 9時5分, 9時, 9時半, 0905, 905
fn time_parts(time: &str) -> Option<(u32, u32, u32)> {
    let number = |text: &str| {
        let text = text.trim();
        let figures = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        figures.then(|| text.parse().ok()).flatten()
    };
    if let Some((hour, rest)) = time.split_once('時') {
        let minute = match rest.trim() {
            "" => 0,
            "半" => 30,
            rest => number(rest.strip_suffix('分').unwrap_or(rest))?,
        };
        return Some((number(hour)?, minute, 0));
    }
    let parts: Vec<&str> = time.split(':').collect();
    match parts[..] {
        [hour, minute] => Some((number(hour)?, number(minute)?, 0)),
        [hour, minute, second] => Some((number(hour)?, number(minute)?, number(second)?)),
        [figures] if (3..=4).contains(&figures.len()) && figures.is_ascii() => {
            let (hour, minute) = figures.split_at(figures.len() - 2);
            Some((number(hour)?, number(minute)?, 0))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::Timelike;
    use proptest::prelude::*;

    use super::super::tests::full_width;
    use super::*;

    #[test]
    fn every_common_typing_of_a_time_is_understood() {
        let nine_five = NaiveTime::from_hms_opt(9, 5, 0).unwrap();
        for typed in [
            "9:05",
            "09:05",
            "９：０５",
            "９時５分",
            "9時05分",
            "九時五分",
            "0905",
            "905",
            "午前9時5分",
            "9:05 am",
            " 9 : 05 ",
            "9:05:00",
        ] {
            assert_eq!(parse_time(typed), Ok(nine_five), "{typed}");
        }
        for (typed, hour, minute) in [
            ("午後2時半", 14, 30),
            ("午後0時", 12, 0),
            ("12:05 PM", 12, 5),
            ("12:05 AM", 0, 5),
            ("0:00", 0, 0),
            ("２３：５９", 23, 59),
            ("17時", 17, 0),
        ] {
            assert_eq!(parse_time(typed), Ok(NaiveTime::from_hms_opt(hour, minute, 0).unwrap()), "{typed}");
        }
        for (typed, error) in [
            ("", TimeError::Empty),
            ("25:00", TimeError::NoSuchTime),
            ("9:60", TimeError::NoSuchTime),
            ("24:00", TimeError::EndOfDay),
            ("24時", TimeError::EndOfDay),
            ("午後13時", TimeError::NoSuchTime),
            ("午後12時", TimeError::Unreadable),
            ("9", TimeError::Unreadable),
            ("朝", TimeError::Unreadable),
            ("12345", TimeError::Unreadable),
            ("9:5:3:1", TimeError::Unreadable),
            ("+9:05", TimeError::Unreadable),
        ] {
            assert_eq!(parse_time(typed), Err(error), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn every_minute_reads_back(minute in 0u32..1440) {
            let time = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
            for form in [
                format!("{}:{:02}", time.hour(), time.minute()), format!("{}時{}分", time.hour(), time.minute()),
                format!("{:02}{:02}", time.hour(), time.minute()),
            ] {
                prop_assert_eq!(parse_time(&form), Ok(time), "{}", form);
                prop_assert_eq!(parse_time(&full_width(&form)), Ok(time), "{}", form);
            }
        }
    }
}
