//! Japanese text as offices type it: cleaning, comparing, searching, and the encodings of their files.
//!
//! What somebody typed is kept (cleaned of what cannot be seen, nothing else); what is compared, searched or sorted is
//! a folded copy. Folding never travels back into a name.
mod address;
mod cells;
mod cp932;
mod kana;
mod search;

use unicode_normalization::UnicodeNormalization;

pub use address::{percent, with_query};
pub use cells::{guard_cell, unguard_cell};
pub use cp932::{Cp932, Encoding, decode_any, encode_cp932};
pub use kana::{KanaRow, fold_kana, is_reading, kana_row, reading, romaji, short_vowels};
pub use search::{bigram_query, bigrams, fold_for_search, holds_words, search_words};

/// The form in which codes and search words are compared: NFKC (全角 and 半角 become one), single spaces, trimmed.
///
/// Never for names, which keep their characters: see [`clean_line`].
#[must_use]
pub fn normalise(text: &str) -> String {
    let visible: String = text.chars().filter_map(line_char).collect();
    let compatible: String = visible.nfkc().collect();
    compatible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One line of free text or a name (氏名): trimmed (U+3000 too), invisible characters gone, every letter as it was typed.
#[must_use]
pub fn clean_line(text: &str) -> String {
    let visible: String = text.replace("\r\n", "\n").chars().filter_map(line_char).collect();
    visible.trim().to_owned()
}

/// Free text of several lines: newlines are `\n`, no spaces at their ends, no empty lines around it, nothing invisible.
#[must_use]
pub fn clean_text(text: &str) -> String {
    let visible: String = text.replace("\r\n", "\n").chars().filter_map(text_char).collect();
    let lines: Vec<&str> = visible.split('\n').map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

/// A name with what is said of it: 「宮本 直樹（財務会計システム）」. Brackets do not stand in brackets, so that a note with
/// some of its own follows a dash: 「宮本 直樹 — リモート接続（VPN）」.
#[must_use]
pub fn noted(name: &str, note: &str) -> String {
    if note.contains('（') { format!("{name} — {note}") } else { format!("{name}（{note}）") }
}

/// A title in the parts at which it may be broken, so that a narrow place does not break it within a word:
/// 「情報」「セキュリティ」「対策管理者」. A part ends where 片仮名 or letters meet 漢字.
#[must_use]
pub fn title_parts(title: &str) -> Vec<&str> {
    let kanji = |c: char| matches!(c, '\u{4E00}'..='\u{9FFF}');
    let katakana = |c: char| matches!(c, 'ァ'..='ヺ' | 'ー') || c.is_ascii_alphanumeric();
    let mut parts = Vec::new();
    let mut rest = title;
    let mut before = ' ';
    for (at, c) in title.char_indices() {
        let breaks = (kanji(c) && (katakana(before) || kana::is_kana(before))) || (katakana(c) && kanji(before));
        let taken = title.len() - rest.len();
        if let Some((part, after)) = breaks.then(|| rest.split_at_checked(at - taken)).flatten() {
            parts.push(part);
            rest = after;
        }
        before = c;
    }
    parts.push(rest);
    parts
}

/// An employee number (職員番号) or another code as it is stored: 半角, one kind of hyphen, no spaces.
///
/// It stays text: leading zeros and letters are part of it.
#[must_use]
pub fn digits(typed: &str) -> String {
    let mut code = String::with_capacity(typed.len());
    for c in normalise(typed).chars().filter(|c| !c.is_whitespace()) {
        // 「サーバー」 keeps its long vowel; 「０１ー２３」 meant a hyphen.
        let long_vowel = c == 'ー' && code.chars().next_back().is_some_and(kana::is_kana);
        code.push(if is_hyphen(c) && !long_vowel { '-' } else { c });
    }
    code.nfc().collect()
}

/// Does a code begin with a letter or a digit? What begins with a sign (`=`, `@`, `-`) is a formula to a spreadsheet.
#[must_use]
pub fn begins_like_a_code(code: &str) -> bool {
    code.chars().next().is_some_and(char::is_alphanumeric)
}

/// The marks that keyboards and word processors produce where a hyphen was meant.
pub(crate) fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2500}' | 'ー' | '\u{FE58}' | '\u{FE63}' | '－' | 'ｰ'
    )
}

fn line_char(c: char) -> Option<char> {
    if is_line_break(c) || c == '\t' { Some(' ') } else { seen(c) }
}

fn text_char(c: char) -> Option<char> {
    if c == '\t' {
        Some(c)
    } else if is_line_break(c) {
        Some('\n')
    } else {
        seen(c)
    }
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Drops what nobody sees but a log or a diff would carry: controls, direction overrides, zero-width marks, tags.
/// Variation selectors stay: they choose the glyph of a name. So do private-use characters (外字).
fn seen(c: char) -> Option<char> {
    let hidden = c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}');
    (!hidden).then_some(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_compare_equal_however_they_were_typed() {
        for typed in [
            "PC-02417",
            "ＰＣ－０２４１７",
            " PC - 02417 ",
            "PC‐02417",
            "ＰＣー０２４１７",
            "PC−02417",
            "PC\u{2011}０２４１７\t",
        ] {
            assert_eq!(digits(typed), "PC-02417", "{typed:?}");
        }
        assert_eq!(digits("００１２３"), "00123");
        assert_eq!(digits("サーバー１"), "サーバー1");
        assert_eq!(digits("ｻｰﾊﾞｰ－２"), "サーバー-2");
    }

    #[test]
    fn a_title_is_broken_between_its_words_only() {
        assert_eq!(title_parts("情報セキュリティ対策管理者"), ["情報", "セキュリティ", "対策管理者"]);
        assert_eq!(title_parts("システム管理者"), ["システム", "管理者"]);
        assert_eq!(title_parts("職員"), ["職員"]);
        assert_eq!(title_parts("Security officer"), ["Security officer"]);
    }

    #[test]
    fn brackets_do_not_stand_in_brackets() {
        assert_eq!(noted("宮本 直樹", "財務会計システム"), "宮本 直樹（財務会計システム）");
        assert_eq!(noted("宮本 直樹", "リモート接続（VPN）"), "宮本 直樹 — リモート接続（VPN）");
    }

    #[test]
    fn names_keep_their_characters_and_lose_what_nobody_sees() {
        assert_eq!(clean_line("　髙﨑　𠮷雄 \r\n"), "髙﨑　𠮷雄");
        assert_eq!(clean_line("葛\u{E0100}城"), "葛\u{E0100}城");
        assert_eq!(clean_line("㈱ﾏﾓﾘ①"), "㈱ﾏﾓﾘ①");
        assert_eq!(clean_line("田中\u{202E}中田\0\u{200B}"), "田中中田");
        assert_eq!(clean_line("田中\u{E000}"), "田中\u{E000}");
        assert_eq!(clean_line("山田\n太郎"), "山田 太郎");
    }

    #[test]
    fn text_has_one_kind_of_newline_and_no_edges() {
        assert_eq!(
            clean_text("\r\n　一行目　\r\n\r\n二行目\r三行目\u{2028}\t四\u{7}行目\n\n"),
            "一行目\n\n二行目\n三行目\n\t四行目"
        );
        assert_eq!(clean_text(" \u{3000}\n"), "");
    }

    #[test]
    fn search_words_lose_width_and_double_spaces() {
        assert_eq!(normalise("　Ｗｉｎｄｏｗｓ　　ｻｰﾊﾞ\t①"), "Windows サーバ 1");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            for clean in [normalise, clean_line, clean_text, digits] {
                let once = clean(&text);
                prop_assert_eq!(clean(&once), once);
            }
        }

        #[test]
        fn cleaned_lines_have_no_controls_and_no_edges(text in any::<String>()) {
            let line = clean_line(&text);
            prop_assert!(!line.chars().any(char::is_control));
            prop_assert_eq!(line.trim(), &line);
            prop_assert!(!clean_text(&text).chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }

        #[test]
        fn names_of_visible_characters_are_left_alone(name in "[ぁ-んァ-ヶ一-龠々ｦ-ﾟＡ-ｚA-Za-z髙﨑𠮷]{1,20}") {
            prop_assert_eq!(clean_line(&name), name);
        }
    }
}
