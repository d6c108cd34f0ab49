//! Where a page of a ledger begins: the place after (or before) one row, in one order.
//! Opaque to readers; a cursor of another order, or one that somebody bent, counts as none.
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::columns::{Kind, Sort};

/// A place in an ordered ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Column the list is ordered by.
    #[serde(rename = "s")]
    sort: String,
    /// Largest first?
    #[serde(rename = "d")]
    descending: bool,
    /// Value of that column in the row, as text.
    #[serde(rename = "v")]
    pub value: String,
    /// The row itself, which makes the order total.
    #[serde(rename = "i")]
    pub id: Uuid,
    /// Read towards the beginning?
    #[serde(rename = "b")]
    pub backward: bool,
    /// How many rows stand before the page.
    #[serde(rename = "n")]
    pub before: u32,
}

impl Cursor {
    /// The place of one row in an order.
    pub fn at(sort: Sort, value: String, id: Uuid, backward: bool, before: u32) -> Self {
        Self { sort: sort.column.to_owned(), descending: sort.descending, value, id, backward, before }
    }

    /// As it stands in an address.
    pub fn encode(&self) -> String {
        serde_json::to_vec(self).map(|json| BASE64_URL_SAFE_NO_PAD.encode(json)).unwrap_or_default()
    }

    /// Reads an address's cursor; none if it does not belong to this order or kind of column.
    pub fn decode(text: &str, sort: Sort, kind: Kind) -> Option<Self> {
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&json).ok()?;
        let belongs = cursor.sort == sort.column && cursor.descending == sort.descending;
        (belongs && fits(kind, &cursor.value)).then_some(cursor)
    }
}

/// Would the database read this text as a value of the column? Anything else never reaches it.
fn fits(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Date => value == "infinity" || NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok(),
        Kind::Time => value == "infinity" || DateTime::parse_from_rfc3339(value).is_ok(),
        Kind::Number => value.parse::<i64>().is_ok(),
        Kind::Text | Kind::Code | Kind::Person | Kind::Department | Kind::Choice(_) | Kind::Tags => {
            !value.contains('\0')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY_NAME: Sort = Sort { column: "name", descending: false };

    fn place(value: &str) -> String {
        Cursor::at(BY_NAME, value.to_owned(), Uuid::nil(), false, 50).encode()
    }

    #[test]
    fn a_cursor_comes_back_as_it_went_out() {
        let read = Cursor::decode(&place("たなか"), BY_NAME, Kind::Text).expect("own cursor");
        assert_eq!((read.value.as_str(), read.before), ("たなか", 50));
    }

    #[test]
    fn a_cursor_of_another_order_counts_as_none() {
        let by_date = Sort { column: "until", descending: false };
        assert_eq!(Cursor::decode(&place("x"), by_date, Kind::Text), None);
        let downward = Sort { descending: true, ..BY_NAME };
        assert_eq!(Cursor::decode(&place("x"), downward, Kind::Text), None);
    }

    #[test]
    fn a_bent_cursor_never_reaches_the_database() {
        assert_eq!(Cursor::decode("!!!", BY_NAME, Kind::Text), None);
        assert_eq!(Cursor::decode(&place("'; drop"), BY_NAME, Kind::Date), None);
        assert_eq!(Cursor::decode(&place("a\0b"), BY_NAME, Kind::Text), None);
        assert_eq!(Cursor::decode(&place("12x"), BY_NAME, Kind::Number), None);
    }
}
