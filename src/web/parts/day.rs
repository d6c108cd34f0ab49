//! A day in a filter: what was typed, and at the field why it is none.
use askama::Template;
use askama::filters::HtmlSafe;

use crate::kernel::calendar::DateError;
use crate::web::dates::Dates;
use crate::web::locale::Words;
use crate::web::screen::said;

/// A field for a day outside a form (基準日, 期間の条件).
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/day.html")]
pub struct DayField {
    /// The id of the input.
    pub id: String,
    /// Its name in the address.
    pub name: String,
    /// Its words.
    pub label: String,
    /// What stands in it: the day, or what was typed and is none.
    pub value: String,
    hint: Option<String>,
    kind: &'static str,
    fault: Option<String>,
}

impl HtmlSafe for DayField {}

impl DayField {
    /// A field with what was typed, and why that cannot be taken.
    pub fn new(
        w: Words,
        id: impl Into<String>,
        name: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
        why: Option<DateError>,
    ) -> Self {
        let (label, value) = (label.into(), value.into());
        let fault = why.map(|why| w.line(&said(&why.message().with("label", &label))).into_owned());
        let kind = Dates::field_type(&value);
        Self { id: id.into(), name: name.into(), label, value, hint: None, kind, fault }
    }

    /// The sentence under the label.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-h", self.id));
        let fault = self.fault.as_ref().map(|_| format!("{}-e", self.id));
        hint.into_iter().chain(fault).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::locale::Lang;

    #[test]
    fn what_is_no_day_stays_in_the_field_with_the_reason_beside_it() {
        let drawn = |value: &str, why| DayField::new(Words(Lang::Ja), "on", "on", "基準日", value, why).to_string();
        let faulty = drawn("R8.2.30", Some(DateError::NoSuchDay { month: 2, day: 30 }));
        assert!(faulty.contains(r#"type="text" value="R8.2.30""#), "{faulty}");
        assert!(faulty.contains("基準日の2月30日は、その年の暦にありません"), "{faulty}");
        assert!(faulty.contains(r#"aria-describedby="on-e" aria-invalid="true""#), "{faulty}");
        assert!(drawn("2026-04-01", None).contains(r#"type="date" value="2026-04-01""#));
    }
}
