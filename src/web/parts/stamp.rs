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

    /// The section above the line: whole, on one line while it can be read so, else on two smaller ones.
    fn places(&self) -> Vec<Written<'_>> {
        let mut parts = self.place.split_whitespace().rev();
        let (near, above) = (parts.next().unwrap_or_default(), parts.next());
        match above {
            Some(above) => two(above, near),
            None if half_widths(near) <= ONE_LINE => vec![Written::new("p", "19", near, 11.5, 42)],
            None => {
                let (first, second) = near.split_at(cut(near));
                two(first, second)
            }
        }
    }

    fn name(&self) -> Written<'_> {
        Written::new("n", "54.5", &self.surname, 14.0, 36)
    }
}

/// As many half-widths as one line of the section takes.
const ONE_LINE: usize = 10;
/// How much room the ring leaves to the upper and to the lower of two lines.
const ROOMS: (u32, u32) = (30, 46);
const SMALL: f32 = 8.0;

/// A line of a stamp; one that is longer than its room is drawn closer together, and none is cut.
struct Written<'a> {
    class: &'static str,
    y: &'static str,
    text: &'a str,
    room: Option<u32>,
}

impl<'a> Written<'a> {
    fn new(class: &'static str, y: &'static str, text: &'a str, size: f32, room: u32) -> Self {
        Self { class, y, text, room: (share(text, size, room) > 1.0).then_some(room) }
    }
}

fn two<'a>(first: &'a str, second: &'a str) -> Vec<Written<'a>> {
    let second = Written::new("p2", "21.2", second, SMALL, ROOMS.1);
    vec![Written::new("p2", "12.8", first, SMALL, ROOMS.0), second]
}

fn half_widths(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// How much of its room a line takes at this size.
fn share(text: &str, size: f32, room: u32) -> f32 {
    let halves = u16::try_from(half_widths(text)).unwrap_or(u16::MAX);
    let room = u16::try_from(room).unwrap_or(u16::MAX);
    f32::from(halves) / 2.0 * size / f32::from(room)
}

/// Where a name without spaces goes on to the second line: where another script begins (情報｜システム部), or else after a
/// word of two characters (国民｜健康保険課), as evenly as the ring allows.
fn cut(name: &str) -> usize {
    let kana = |c: char| matches!(c, 'ぁ'..='ー');
    let weight = |(at, before, after): (usize, char, char)| {
        let (first, second) = name.split_at(at);
        let full = share(first, SMALL, ROOMS.0).max(share(second, SMALL, ROOMS.1));
        let within = kana(before) == kana(after) && before.is_ascii() == after.is_ascii();
        let odd = within && first.chars().count() % 2 == 1;
        (at, full + if within { 0.6 } else { 0.0 } + if odd { 0.2 } else { 0.0 })
    };
    let places = name.char_indices().skip(1).zip(name.chars()).map(|((at, after), before)| (at, before, after));
    places.map(weight).min_by(|(_, one), (_, other)| one.total_cmp(other)).map_or(name.len(), |(at, _)| at)
}
