//! Words of the list of persons: how it is narrowed, and where a page begins.
use chrono::NaiveDate;

use crate::kernel::access::Tier;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::text::{self, KanaRow};
use crate::people::model::{Employment, full_name};

/// So many persons on a page.
pub const PAGE: i64 = 50;

/// 在籍・退職
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// 在籍: employed on the day
    #[default]
    Current,
    /// 退職
    Left,
}

impl Standing {
    /// All, in the order of the filter.
    pub const ALL: [Self; 2] = [Self::Current, Self::Left];

    /// The key in the address.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Left => "left",
        }
    }

    /// The standing with this key; anything else is 在籍.
    #[must_use]
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|standing| standing.key() == key).unwrap_or_default()
    }
}

/// Where a page of the list begins or ends: the よみ and number of the row next to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// よみ
    pub reading: String,
    /// 職員番号
    pub number: String,
}

impl Place {
    /// As it stands in the address.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{}~{}", self.reading, self.number)
    }

    /// Reads an address back; what makes no sense is no place.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let (reading, number) = text.split_once('~')?;
        (!reading.is_empty() && !number.is_empty())
            .then(|| Self { reading: reading.to_owned(), number: number.to_owned() })
    }
}

/// How the list of persons is narrowed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wish {
    /// name, よみ or number, as typed
    pub words: String,
    /// this department and those below
    pub department: Option<DepartmentId>,
    /// 在籍・退職
    pub standing: Standing,
    /// あ か さ …
    pub kana: Option<KanaRow>,
    /// the page that begins after this row
    pub after: Option<Place>,
    /// the page that ends before this row
    pub before: Option<Place>,
}

impl Wish {
    /// Is anything narrowed?
    #[must_use]
    pub fn narrows(&self) -> bool {
        !self.words.is_empty() || self.department.is_some() || self.standing != Standing::Current || self.kana.is_some()
    }

    /// The address of this list, beginning anew.
    #[must_use]
    pub fn address(&self) -> String {
        let mut query: Vec<(String, String)> = Vec::new();
        let mut put = |name: &str, value: &str| query.push((name.to_owned(), value.to_owned()));
        if !self.words.is_empty() {
            put("q", &self.words);
        }
        if let Some(department) = self.department {
            put("department", &department.to_string());
        }
        if self.standing != Standing::Current {
            put("state", self.standing.key());
        }
        if let Some(kana) = self.kana {
            put("kana", kana.key());
        }
        let place = self.after.as_ref().map(|place| ("after", place));
        if let Some((name, place)) = place.or_else(|| self.before.as_ref().map(|place| ("before", place))) {
            put(name, &place.encode());
        }
        text::with_query("/people", query)
    }

    /// The same list, beginning after this row.
    #[must_use]
    pub fn after(&self, place: Place) -> Self {
        Self { after: Some(place), before: None, ..self.clone() }
    }

    /// The same list, ending before this row.
    #[must_use]
    pub fn before(&self, place: Place) -> Self {
        Self { after: None, before: Some(place), ..self.clone() }
    }

    /// The same list in one row of the よみ index, from its beginning.
    #[must_use]
    pub fn in_row(&self, kana: Option<KanaRow>) -> Self {
        Self { kana, after: None, before: None, ..self.clone() }
    }

    /// The same list for a department, from its beginning.
    #[must_use]
    pub fn in_department(&self, department: Option<DepartmentId>) -> Self {
        Self { department, after: None, before: None, ..self.clone() }
    }
}

/// The first and the last kana of a row of the index, in the order of their code points.
#[must_use]
pub fn letters(row: KanaRow) -> Option<(&'static str, &'static str)> {
    match row {
        KanaRow::A => Some(("ぁ", "お")),
        KanaRow::Ka => Some(("か", "ご")),
        KanaRow::Sa => Some(("さ", "ぞ")),
        KanaRow::Ta => Some(("た", "ど")),
        KanaRow::Na => Some(("な", "の")),
        KanaRow::Ha => Some(("は", "ぽ")),
        KanaRow::Ma => Some(("ま", "も")),
        KanaRow::Ya => Some(("ゃ", "よ")),
        KanaRow::Ra => Some(("ら", "ろ")),
        KanaRow::Wa => Some(("ゎ", "ん")),
        KanaRow::Other => None,
    }
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// who
    pub id: PersonId,
    /// 職員番号
    pub number: String,
    /// 姓
    pub family_name: String,
    /// 名
    pub given_name: String,
    /// よみ
    pub reading: String,
    /// kind of employment
    pub employment: Employment,
    /// department of the main post
    pub department: Option<String>,
    /// 主任 and the like
    pub title: Option<String>,
    /// in which capacities today
    pub tiers: Vec<Tier>,
    /// 退職日
    pub left_on: Option<NaiveDate>,
}

impl Listed {
    /// 姓 名
    #[must_use]
    pub fn name(&self) -> String {
        full_name(&self.family_name, &self.given_name)
    }

    /// Where this row stands in the list.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { reading: self.reading.clone(), number: self.number.clone() }
    }
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// its rows
    pub rows: Vec<Listed>,
    /// how many the whole list has
    pub total: i64,
    /// how many stand before this page
    pub skipped: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::text::kana_row;

    #[test]
    fn a_list_is_found_again_by_its_address() {
        let wish = Wish { words: "田中 &+".into(), kana: Some(KanaRow::Ta), ..Wish::default() };
        assert_eq!(wish.address(), "/people?q=%E7%94%B0%E4%B8%AD%20%26%2B&kana=ta");
        assert_eq!(Wish::default().address(), "/people");
        assert!(!Wish::default().narrows());
    }

    #[test]
    fn a_place_reads_back_and_nonsense_is_no_place() {
        let place = Place { reading: "たなか ひなた".into(), number: "001001".into() };
        assert_eq!(Place::decode(&place.encode()), Some(place));
        for nonsense in ["", "~", "たなか", "~1", "a~"] {
            assert_eq!(Place::decode(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn every_letter_of_the_index_stands_in_its_own_row() {
        for row in KanaRow::ALL {
            let Some((first, last)) = letters(row) else { continue };
            assert_eq!((kana_row(first), kana_row(last)), (row, row));
        }
    }
}
