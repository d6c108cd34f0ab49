//! From one end to the other: a period of days (期間) and a band of hours (時間帯). Each is one answer with two ends, both of which are
//! given or none; a period ends on its last day, and a band may go past midnight.
use super::content::{Content, Words};
use super::form::{Field, FieldError, Input, Message};
use super::typed::Typed;
use crate::kernel::calendar::{DateStyle, parse_time, read_day};
use chrono::{NaiveDate, NaiveTime};
use serde_json::{Value, json};

/// How an hour is written in a content and in the browser's field for it.
pub const HOUR: &str = "%H:%M";
/// The two ends, as they are sent: `field.from` and `field.until`.
pub const ENDS: [&str; 2] = ["from", "until"];

impl Content {
    /// The two ends of a span as they are kept.
    fn ends(&self, field: &str) -> Option<[&str; 2]> {
        let value = self.get(field)?;
        let [from, until] = ENDS.map(|end| value.get(end).and_then(Value::as_str));
        Some([from?, until?])
    }

    /// The first and the last day of a period.
    #[must_use]
    pub fn period(&self, field: &str) -> Option<(NaiveDate, NaiveDate)> {
        let [from, until] = self.ends(field)?;
        Some((from.parse().ok()?, until.parse().ok()?))
    }

    /// The hours of a band; the second is of the next day where it is the earlier one.
    #[must_use]
    pub fn band(&self, field: &str) -> Option<(NaiveTime, NaiveTime)> {
        let [from, until] = self.ends(field)?;
        let hour = |text: &str| NaiveTime::parse_from_str(text, HOUR).ok();
        Some((hour(from)?, hour(until)?))
    }
}

impl Field {
    /// Reads both ends of a span.
    pub(super) fn read_span(&self, typed: &Typed, today: NaiveDate) -> Result<Value, FieldError> {
        let [from, until] = ENDS.map(|end| typed.one(&format!("{}.{end}", self.key)));
        match (from.is_empty(), until.is_empty()) {
            (true, true) => return Ok(Value::Null),
            (true, false) => return Err(self.error("requests-error-span-from")),
            (false, true) => return Err(self.error("requests-error-span-until")),
            (false, false) => {}
        }
        if self.input == Input::Period {
            let day = |text: &str| read_day(text, today).map_err(|error| self.no_end(error.message()));
            let (from, until) = (day(&from)?, day(&until)?);
            if until < from {
                return Err(self.error("requests-error-span-order"));
            }
            return Ok(json!({ "from": from, "until": until }));
        }
        let hour = |text: &str| parse_time(text).map_err(|error| self.no_end(error.message()));
        let (from, until) = (hour(&from)?, hour(&until)?);
        if from == until {
            return Err(self.error("requests-error-span-same"));
        }
        let said = |hour: NaiveTime| hour.format(HOUR).to_string();
        Ok(json!({ "from": said(from), "until": said(until) }))
    }

    fn no_end(&self, why: crate::kernel::error::Message) -> FieldError {
        FieldError::new(&self.key, Message::from(why).with("label", self.label.clone()))
    }

    /// 「令和8年4月1日(水)から令和9年3月31日(水)まで」, 「22:00から翌日の5:00まで」
    pub(super) fn show_span(&self, content: &Content) -> Option<Words> {
        if self.input == Input::Period {
            let (from, until) = content.period(&self.key)?;
            let (ja, en) = (DateStyle::Japanese, DateStyle::English);
            return Some(Words::Both {
                ja: format!("{}から{}まで", ja.long(from), ja.long(until)),
                en: format!("{} to {}", en.long(from), en.long(until)),
            });
        }
        let (from, until) = content.band(&self.key)?;
        let next = until < from;
        let said = |hour: NaiveTime| hour.format("%-H:%M").to_string();
        let (from, until) = (said(from), said(until));
        let ja = format!("{from}から{}{until}まで", if next { "翌日の" } else { "" });
        let en = format!("{from} to {until}{}", if next { " of the next day" } else { "" });
        Some(Words::Both { ja, en })
    }
}

#[cfg(test)]
mod tests {
    use super::super::choice::Options;
    use super::super::form::{Form, Section};
    use super::*;

    fn form() -> Form {
        let fields = vec![
            Field::new("use", Words::key("l-use"), Input::Period),
            Field::new("hours", Words::key("l-hours"), Input::TimeBand).optional(),
        ];
        Form { sections: vec![Section { title: Words::key("s"), fields }] }
    }

    fn read(pairs: &[(&str, &str)]) -> (Content, Vec<(String, String)>) {
        let typed = Typed::new(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())));
        let (content, errors) = form().read(&typed, &Options::new(), "2026-11-20".parse().unwrap());
        (content, errors.into_iter().map(|error| (error.field, error.message.key)).collect())
    }

    fn wrong(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        read(pairs).1
    }

    #[test]
    fn both_ends_are_read_in_every_way_of_writing_and_said_in_words() {
        let typed = [
            ("use.from", "R8.12.1"),
            ("use.until", "令和９年３月３１日"),
            ("hours.from", "午後10時"),
            ("hours.until", "0500"),
        ];
        let (content, errors) = read(&typed);
        assert_eq!(errors, []);
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(content.period("use"), Some((day("2026-12-01"), day("2027-03-31"))));
        let shown = form().show(&content, &Options::new());
        let said = |at: usize, english| shown[at].lines[0].text(english).unwrap();
        assert_eq!(said(0, false), "令和8年12月1日(火)から令和9年3月31日(水)まで");
        assert_eq!((said(1, false), said(1, true)), ("22:00から翌日の5:00まで", "22:00 to 5:00 of the next day"));
        // and what was kept reads as if it had been typed again
        assert_eq!(form().read(&Typed::again(&content), &Options::new(), day("2026-11-20")), (content, Vec::new()));
    }

    #[test]
    fn what_is_wrong_with_an_end_is_said_at_the_field() {
        let at_use = |key: &str| vec![("use".to_owned(), key.to_owned())];
        assert_eq!(wrong(&[]), at_use("requests-error-fill"));
        assert_eq!(wrong(&[("use.from", "2026-12-01")]), at_use("requests-error-span-until"));
        assert_eq!(wrong(&[("use.until", "2026-12-01")]), at_use("requests-error-span-from"));
        assert_eq!(
            wrong(&[("use.from", "2026-12-02"), ("use.until", "2026-12-01")]),
            at_use("requests-error-span-order")
        );
        assert_eq!(wrong(&[("use.from", "2026-12-02"), ("use.until", "2026-12-02")]), []);
        let hours = [("use.from", "2026-12-01"), ("use.until", "2026-12-01"), ("hours.from", "9:00")];
        let at_hours = |until: &str| wrong(&[&hours[..], &[("hours.until", until)]].concat());
        assert_eq!(at_hours("9時")[0].1, "requests-error-span-same");
        assert_eq!(at_hours("25:00")[0].1, "time-fault-no-such-time");
        assert_eq!(at_hours("17:15"), []);
    }
}
