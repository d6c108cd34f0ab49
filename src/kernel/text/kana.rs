//! Kana: one form for readings (よみ), and the row of the 五十音 index under which a reading stands.
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::normalise;

/// Katakana of any width as hiragana, the rest normalised. 濁点, small kana and ー are kept.
#[must_use]
pub fn fold_kana(text: &str) -> String {
    // A voiced mark typed as a character of its own belongs to the kana before it (か゛ → が).
    let joined: String = text
        .chars()
        .map(|c| match c {
            '\u{309B}' => '\u{3099}',
            '\u{309C}' => '\u{309A}',
            other => other,
        })
        .collect();
    normalise(&joined).chars().map(hiragana).nfc().collect()
}

/// A reading (よみ, ふりがな) as it is stored and sorted: hiragana, single spaces.
///
/// Hyphens between kana were meant as ー; what is no kana stays, and [`is_reading`] says so.
#[must_use]
pub fn reading(typed: &str) -> String {
    let mut reading = String::with_capacity(typed.len());
    for c in fold_kana(typed).chars() {
        let after_kana = reading.chars().next_back().is_some_and(is_kana);
        reading.push(if super::is_hyphen(c) && after_kana { 'ー' } else { c });
    }
    reading
}

/// Whether a reading, once folded, holds nothing but kana and spaces.
#[must_use]
pub fn is_reading(reading: &str) -> bool {
    let allowed = |c: char| matches!(c, 'ぁ'..='ゖ' | 'ゝ' | 'ゞ' | 'ー' | ' ' | '・');
    reading.chars().all(allowed) && reading.chars().any(|c| matches!(c, 'ぁ'..='ゖ'))
}

/// A row of the よみ index: あ か さ た な は ま や ら わ, and the rest (他).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each variant is the row its name spells")]
pub enum KanaRow {
    A,
    Ka,
    Sa,
    Ta,
    Na,
    Ha,
    Ma,
    Ya,
    Ra,
    Wa,
    Other,
}

impl KanaRow {
    /// Every row, in the order of the index.
    pub const ALL: [Self; 11] = [
        Self::A,
        Self::Ka,
        Self::Sa,
        Self::Ta,
        Self::Na,
        Self::Ha,
        Self::Ma,
        Self::Ya,
        Self::Ra,
        Self::Wa,
        Self::Other,
    ];

    /// The row in addresses and columns: `a`, `ka` … `other`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::Ka => "ka",
            Self::Sa => "sa",
            Self::Ta => "ta",
            Self::Na => "na",
            Self::Ha => "ha",
            Self::Ma => "ma",
            Self::Ya => "ya",
            Self::Ra => "ra",
            Self::Wa => "wa",
            Self::Other => "other",
        }
    }

    /// The kana at the head of the row; the rest has none.
    #[must_use]
    pub fn head(self) -> Option<char> {
        "あかさたなはまやらわ".chars().nth(self as usize)
    }
}

/// An address that names no row of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such row of the kana index")]
pub struct NoSuchRow;

impl FromStr for KanaRow {
    type Err = NoSuchRow;

    fn from_str(key: &str) -> Result<Self, NoSuchRow> {
        Self::ALL.into_iter().find(|row| row.key() == key).ok_or(NoSuchRow)
    }
}

/// The row under which a reading is listed.
#[must_use]
pub fn kana_row(text: &str) -> KanaRow {
    match fold_kana(text).chars().next() {
        Some('ぁ'..='お' | 'ゔ') => KanaRow::A,
        Some('か'..='ご' | 'ゕ' | 'ゖ') => KanaRow::Ka,
        Some('さ'..='ぞ') => KanaRow::Sa,
        Some('た'..='ど') => KanaRow::Ta,
        Some('な'..='の') => KanaRow::Na,
        Some('は'..='ぽ') => KanaRow::Ha,
        Some('ま'..='も') => KanaRow::Ma,
        Some('ゃ'..='よ') => KanaRow::Ya,
        Some('ら'..='ろ') => KanaRow::Ra,
        Some('ゎ'..='ん') => KanaRow::Wa,
        _ => KanaRow::Other,
    }
}

pub(super) fn is_kana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | 'ゝ' | 'ゞ' | 'ヽ' | 'ヾ')
}

fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        other => other,
    }
}

/// A reading in Roman letters as people write their names (ヘボン式): さとう → satou.
#[must_use]
pub fn romaji(reading: &str) -> String {
    let letters = wana_kana::ConvertJapanese::to_romaji(fold_kana(reading).as_str());
    letters.chars().filter(char::is_ascii_alphabetic).collect()
}

/// Roman letters with all long vowels short, however they were written: satou, satoh and sato are one name.
#[must_use]
pub fn short_vowels(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for letter in word.chars() {
        let long = matches!((out.chars().last(), letter), (Some('o'), 'u' | 'o' | 'h') | (Some('u'), 'u'));
        if !long {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_the_same_however_its_long_vowels_are_written() {
        assert_eq!([romaji("さとう"), romaji("まるやま"), romaji("じゅんいち")], ["satou", "maruyama", "junichi"]);
        for written in ["sato", "satou", "satoh", "satoo"] {
            assert_eq!(short_vowels(written), "sato");
        }
    }

    #[test]
    fn readings_become_hiragana_however_they_were_typed() {
        for typed in ["タナカ　ハナコ", "ﾀﾅｶ ﾊﾅｺ", "たなか はなこ", " タナカ  はなこ "] {
            assert_eq!(reading(typed), "たなか はなこ", "{typed:?}");
        }
        assert_eq!(reading("ﾊﾞﾋﾟﾌﾞ"), "ばぴぶ");
        assert_eq!(reading("か゛ッキュウ"), "がっきゅう");
        assert_eq!(reading("サ－バ-"), "さーばー");
        assert_eq!(reading("ヴァン"), "ゔぁん");
    }

    #[test]
    fn only_kana_is_a_reading() {
        assert!(is_reading(&reading("ｽｽﾞｷ イチロー")));
        for typed in ["", " ", "鈴木", "suzuki", "すずき1", "ー"] {
            assert!(!is_reading(&reading(typed)), "{typed:?}");
        }
    }

    #[test]
    fn the_index_has_eleven_rows() {
        let heads: String = KanaRow::ALL.into_iter().filter_map(KanaRow::head).collect();
        assert_eq!(heads, "あかさたなはまやらわ");
        for row in KanaRow::ALL {
            assert_eq!(row.key().parse(), Ok(row));
            if let Some(head) = row.head() {
                assert_eq!(kana_row(&head.to_string()), row);
            }
        }
        assert_eq!("xa".parse::<KanaRow>(), Err(NoSuchRow));
    }

    #[test]
    fn voiced_small_and_katakana_stand_in_their_row() {
        for (name, row) in [
            ("ァ", KanaRow::A),
            ("ヴ", KanaRow::A),
            ("ガ", KanaRow::Ka),
            ("ヶ", KanaRow::Ka),
            ("じ", KanaRow::Sa),
            ("っ", KanaRow::Ta),
            ("ﾊﾟ", KanaRow::Ha),
            ("ん", KanaRow::Wa),
            ("を", KanaRow::Wa),
            ("ゐ", KanaRow::Wa),
            ("ュ", KanaRow::Ya),
            ("漢", KanaRow::Other),
            ("A", KanaRow::Other),
            ("", KanaRow::Other),
            ("ー", KanaRow::Other),
        ] {
            assert_eq!(kana_row(name), row, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_kana_folds_to_a_reading_and_stays(kana in "[ァ-ヶぁ-んｦｱ-ﾝ][ァ-ヶーぁ-んｦｱ-ﾝ]{0,12}") {
            let folded = reading(&kana);
            prop_assert!(is_reading(&folded), "{}", folded);
            prop_assert_ne!(kana_row(&kana), KanaRow::Other);
            prop_assert_eq!(kana_row(&kana), kana_row(&folded));
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold_kana(&text);
            prop_assert_eq!(fold_kana(&once), once);
            let once = reading(&text);
            prop_assert_eq!(reading(&once), once);
        }
    }
}
