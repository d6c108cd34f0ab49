//! 日付印: department, day, surname in a ring, as offices have stamped for decades.

use askama::Template;
use askama::filters::HtmlSafe;

use super::super::locale::Words;

/// A date stamp, drawn by the server, with all it says in its label.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/stamp.html")]
pub struct Stamp {
    label: String,
    place: String,
    day: String,
    surname: String,
    deputy: bool,
}

impl HtmlSafe for Stamp {}

impl Stamp {
    /// The stamp of an act (申請, 承認 …) by somebody of a department on a day written R8.11.18.
    pub fn new(w: Words, act: &str, place: &str, day: &str, surname: &str) -> Self {
        let values: [(&str, &dyn std::fmt::Display); 4] =
            [("act", &act), ("place", &place), ("day", &day), ("name", &surname)];
        Self {
            label: w.with("part-stamp", &values).into_owned(),
            place: place.to_owned(),
            day: day.to_owned(),
            surname: surname.to_owned(),
            deputy: false,
        }
    }

    /// Marks the box with 代: somebody stood in for the one who decides.
    #[must_use]
    pub fn deputy(mut self, w: Words) -> Self {
        self.label = w.t1("part-stamp-deputy", "stamp", &self.label).into_owned();
        self.deputy = true;
        self
    }

    /// Long names are drawn closer together, so that they stay inside the ring.
    fn squeeze(text: &str, room: usize) -> Option<usize> {
        let wide: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        (wide > room).then_some(room * 6)
    }

    fn place_room(&self) -> Option<usize> {
        Self::squeeze(&self.place, 7)
    }

    fn name_room(&self) -> Option<usize> {
        Self::squeeze(&self.surname, 6)
    }
}
