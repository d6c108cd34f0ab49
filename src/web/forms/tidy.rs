//! Forgiving input: full-width or half-width, either kana, hyphens and spaces are all accepted and made one.

use crate::kernel::text;

/// How an answer is made regular before it is checked and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tidy {
    /// One line of words: spaces at the ends and invisible characters go, letters stay.
    #[default]
    Line,
    /// 氏名: one space between 姓 and 名, characters stay as the person writes them.
    Name,
    /// よみ: kept in ひらがな.
    Hiragana,
    /// Numbers that are names (職員番号): half-width digits, no spaces or hyphens.
    Digits,
    /// Codes in which letters and hyphens are part of the name (PC-02417): half-width, no spaces.
    Code,
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
            Self::Line => text::clean_line(typed),
            Self::Name => text::clean_line(typed).split_whitespace().collect::<Vec<_>>().join(" "),
            Self::Lines => text::clean_text(typed),
            Self::Ascii => text::normalise(typed),
            Self::Hiragana => text::reading(typed),
            Self::Code => text::digits(typed),
            Self::Digits => text::digits(typed).replace('-', ""),
        }
    }
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
        assert_eq!(Tidy::Code.apply("ＰＣ－０２４１７"), "PC-02417");
        assert_eq!(Tidy::AsTyped.apply(" Ｐ "), " Ｐ ");
    }
}
