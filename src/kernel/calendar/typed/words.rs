//! What is said at a field when a text is no date or time: why, and how to mend it. The one place that turns the reasons
//! into messages; whoever knows the field adds its `label`.

use super::{DateError, DateTimeError, TimeError};
use crate::kernel::calendar::DateStyle;
use crate::kernel::calendar::eras::weekday_letter;
use crate::kernel::error::Message;

impl DateError {
    /// The reason in words of the catalogue.
    #[must_use]
    pub fn message(self) -> Message {
        let said = |key: &'static str| Message::new(key);
        match self {
            Self::Empty => said("date-fault-empty"),
            Self::Unreadable => said("date-fault-unreadable"),
            Self::NoYear { month, day } => said("date-fault-no-year").with("month", month).with("day", day),
            Self::NoDay => said("date-fault-no-day"),
            Self::TwoDigitYear { year } => said("date-fault-two-digit-year").with("year", year),
            Self::NoSuchDay { month, day } => said("date-fault-no-such-day").with("month", month).with("day", day),
            Self::OutsideEra { era, meant: None } => said("date-fault-no-such-year").with("era", era.letter()),
            Self::OutsideEra { era, meant: Some(meant) } => {
                let era = said("date-fault-outside-era").with("era", era.letter());
                era.with("meant", DateStyle::Japanese.short(meant)).with("western", DateStyle::Western.short(meant))
            }
            Self::BeforeSolarCalendar => said("date-fault-before-solar-calendar"),
            Self::WrongWeekday { typed, actual } => said("date-fault-wrong-weekday")
                .with("typed", weekday_letter(typed))
                .with("actual", weekday_letter(actual)),
            Self::HasTime => said("date-fault-has-time"),
            Self::NotYet => said("date-fault-not-yet"),
        }
    }
}

impl TimeError {
    /// The reason in words of the catalogue.
    #[must_use]
    pub fn message(self) -> Message {
        Message::new(match self {
            Self::Empty => "time-fault-empty",
            Self::Unreadable => "time-fault-unreadable",
            Self::NoSuchTime => "time-fault-no-such-time",
            Self::EndOfDay => "time-fault-end-of-day",
        })
    }
}

impl DateTimeError {
    /// The reason in words of the catalogue.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Date(error) => error.message(),
            Self::Time(error) => error.message(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse_date, parse_date_time, parse_time};

    #[test]
    fn each_reason_is_said_with_what_mends_it() {
        let key = |typed: &str| parse_date(typed).unwrap_err().message().key.into_owned();
        for (typed, expected) in [
            ("きのう", "date-fault-unreadable"),
            ("8.4.1", "date-fault-two-digit-year"),
            ("4月1日", "date-fault-no-year"),
            ("R8.4", "date-fault-no-day"),
            ("R8.2.30", "date-fault-no-such-day"),
            ("平成38年4月1日", "date-fault-outside-era"),
            ("R0.4.1", "date-fault-no-such-year"),
            ("明治5年1月1日", "date-fault-before-solar-calendar"),
            ("2026-11-20(木)", "date-fault-wrong-weekday"),
            ("2026-11-20 9:30", "date-fault-has-time"),
        ] {
            assert_eq!(key(typed), expected, "{typed}");
        }
        let meant = parse_date("平成38年4月1日").unwrap_err().message();
        assert!(meant.args.contains(&("meant", "R8.4.1".to_owned())), "{meant:?}");
        assert_eq!(parse_time("25:00").unwrap_err().message().key, "time-fault-no-such-time");
        assert_eq!(parse_date_time("R8.2.30 9:00").unwrap_err().message().key, "date-fault-no-such-day");
    }
}
