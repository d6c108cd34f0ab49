//! What a text leaves blank (空欄) and the organisation fills before it can be adopted: dates that are not given, and values
//! that it leaves to the organisation.
use super::binding::Blank as Date;
use super::library::Entry;
use super::parameters::{self, Parameter};
use super::settle;
use crate::kernel::settings::Source;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Blanks as they were filled, by name.
pub type Filled = BTreeMap<String, Value>;

/// One blank of a text.
#[derive(Debug, Clone, Copy)]
pub enum Blank<'a> {
    /// A date that the text does not give.
    Date(&'a Date),
    /// A value that it leaves to the organisation, with the one that is proposed.
    Value(&'static Parameter, &'a Value),
}

impl Blank<'_> {
    /// The name under which it is filled.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Date(date) => &date.key,
            Self::Value(parameter, _) => parameter.key,
        }
    }

    /// Whether it is filled, and with what fits.
    #[must_use]
    pub fn takes(&self, filled: &Filled) -> bool {
        let Some(value) = filled.get(self.key()) else { return false };
        match self {
            Self::Date(_) => value.as_str().is_some_and(|text| text.parse::<NaiveDate>().is_ok()),
            Self::Value(parameter, _) => settle::read(parameter, value).is_some(),
        }
    }
}

/// The blanks of a regulation: its dates, then its values in the order in which pages list them.
pub fn of(entry: &Entry) -> impl Iterator<Item = Blank<'_>> {
    let dates = entry.binding.iter().flat_map(|binding| binding.blanks.iter().map(Blank::Date));
    let value = |parameter: &'static Parameter| {
        let bound = entry.binding.as_ref()?.parameters.get(parameter.key)?;
        (bound.source == Source::Organisation).then_some(Blank::Value(parameter, &bound.value))
    };
    dates.chain(parameters::PARAMETERS.iter().filter_map(value))
}

/// All blanks filled with what is proposed, and the dates with this day: for organisations that are made up.
#[must_use]
pub fn proposed(entry: &Entry, day: NaiveDate) -> Filled {
    let fill = |blank: Blank<'_>| match blank {
        Blank::Date(date) => (date.key.clone(), json!(day)),
        Blank::Value(parameter, value) => (parameter.key.to_owned(), value.clone()),
    };
    of(entry).map(fill).collect()
}
