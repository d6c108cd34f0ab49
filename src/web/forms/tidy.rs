//! Forgiving input: full-width or half-width, either kana, hyphens and spaces are all accepted and made one.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

/// How an answer is made regular before it is checked and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tidy {
    /// One line of words: spaces at the ends go, characters stay.
    #[default]
    Line,
    /// 氏名: one space between 姓 and 名, characters stay as the person writes them.
    Name,
    /// よみ: kept in ひらがな.
    Hiragana,
    /// Numbers that are names (職員番号): half-width digits, no spaces or hyphens.
    Digits,
    /// Login ids, addresses, host names: half-width.
    Ascii,
    /// Several lines; line ends are made one kind.
    Lines,
    /// Passwords: not touched at all.
    AsTyped,
}

impl Tidy {
    pub(super) fn apply(self, typed: &str) -> String {
        match self {
            Self::AsTyped => typed.to_owned(),
            Self::Line => clean(typed, |c| !c.is_control()),
            Self::Lines => clean(&typed.replace("\r\n", "\n").replace('\r', "\n"), |c| !c.is_control() || c == '\n'),
            Self::Name => typed.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::Ascii => clean(&typed.nfkc().collect::<String>(), |c| !c.is_control()),
            Self::Hiragana => {
                let folded: String = typed.nfkc().map(hiragana).collect();
                folded.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            Self::Digits => typed.nfkc().filter(|c| !c.is_whitespace() && !is_hyphen(*c)).collect(),
        }
    }
}

fn clean(text: &str, keep: impl Fn(char) -> bool) -> String {
    // A tab pasted from a spreadsheet separates words.
    let kept: String = text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| keep(*c)).collect();
    kept.trim().to_owned()
}

fn hiragana(letter: char) -> char {
    match letter {
        'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
        _ => letter,
    }
}

fn is_hyphen(letter: char) -> bool {
    matches!(letter, '-' | '‐' | '‑' | '–' | '—' | '―' | '−' | 'ー' | 'ｰ')
}

/// A day as `type=date` sends it.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_ways_of_typing_become_one() {
        assert_eq!(Tidy::Digits.apply(" ０２４－５１８ "), "024518");
        assert_eq!(Tidy::Hiragana.apply("オカダ　ひなた"), "おかだ ひなた");
        assert_eq!(Tidy::Hiragana.apply("ｵｶﾀﾞ"), "おかだ");
        assert_eq!(Tidy::Ascii.apply("ｓ０２４５１８ "), "s024518");
        assert_eq!(Tidy::Name.apply("　髙橋　 遼 "), "髙橋 遼");
        assert_eq!(Tidy::Lines.apply("一\r\n二\r\n"), "一\n二");
        assert_eq!(Tidy::Line.apply("一\n二\u{7}"), "一二");
        assert_eq!(Tidy::AsTyped.apply(" Ｐ "), " Ｐ ");
    }
}
