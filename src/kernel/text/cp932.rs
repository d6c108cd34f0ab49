//! The encodings of office files: UTF-8, UTF-16 and CP932, what Japanese Windows calls `Shift_JIS` (シフトJIS).
//!
//! The Encoding Standard's `Shift_JIS` writes `&#12316;` for a character it lacks, which no spreadsheet understands. Here
//! look-alikes are folded, the rest becomes 〓 (geta, the printer's mark for a missing letter), and the caller is told.
use encoding_rs::{EncoderResult, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

/// How the bytes of a file were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8 with a byte order mark, as Excel's 「CSV UTF-8」 writes it
    Utf8Bom,
    /// UTF-8 without a mark
    Utf8,
    /// UTF-16 of either byte order, as Excel's 「Unicode テキスト」 writes it
    Utf16,
    /// CP932 (シフトJIS), as Excel's plain 「CSV」 writes it
    Cp932,
}

/// The text of a file and how it was written. Bytes that mean nothing become U+FFFD.
#[must_use]
pub fn decode_any(bytes: &[u8]) -> (String, Encoding) {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (decode(UTF_8, rest), Encoding::Utf8Bom),
        [0xFF, 0xFE, rest @ ..] => (decode(UTF_16LE, rest), Encoding::Utf16),
        [0xFE, 0xFF, rest @ ..] => (decode(UTF_16BE, rest), Encoding::Utf16),
        _ => decode_unmarked(bytes),
    }
}

fn decode_unmarked(bytes: &[u8]) -> (String, Encoding) {
    if let Some(order) = unmarked_utf16(bytes) {
        return (decode(order, bytes), Encoding::Utf16);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), Encoding::Utf8);
    }
    // A UTF-8 file cut off inside a character reads as CP932 too, but far worse.
    let (as_cp932, as_utf8) = (decode(SHIFT_JIS, bytes), decode(UTF_8, bytes));
    if unreadable(&as_utf8) < unreadable(&as_cp932) { (as_utf8, Encoding::Utf8) } else { (as_cp932, Encoding::Cp932) }
}

/// UTF-16 without a mark shows itself by the zero halves of its commas, digits and line ends.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() || pairs.contains(&[0, 0]) {
        return None;
    }
    let (low_first, high_first) = (pairs.iter().any(|pair| pair[1] == 0), pairs.iter().any(|pair| pair[0] == 0));
    match (low_first, high_first) {
        (true, false) => Some(UTF_16LE),
        (false, true) => Some(UTF_16BE),
        _ => None,
    }
}

fn decode(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn unreadable(text: &str) -> usize {
    text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count()
}

/// A text in CP932, with what did not survive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cp932 {
    /// The encoded text.
    pub bytes: Vec<u8>,
    /// Position (in characters, from 0) and character of everything that was lost: written as 〓, or a variant
    /// selector (異体字セレクタ) whose base character stands alone now. Empty means: nothing to warn about.
    pub replaced: Vec<(usize, char)>,
}

/// Writes a text in CP932. Look-alikes (〜 — − ‖ ¢ £ ¬ ¥ …) become the character that Windows uses; private-use
/// characters (外字) keep their code; what CP932 cannot hold becomes 〓 and is listed.
#[must_use]
pub fn encode_cp932(text: &str) -> Cp932 {
    let mut out = Cp932 { bytes: Vec::with_capacity(text.len()), replaced: Vec::new() };
    let mut chars = text.chars().enumerate().peekable();
    while let Some((position, c)) = chars.next() {
        // macOS names files with the voiced mark as a character of its own.
        let mark = chars.peek().map(|(_, next)| *next);
        if let Some(voiced) = mark.and_then(|mark| voiced(c, mark)) {
            chars.next();
            out.push(position, voiced);
        } else {
            out.push(position, c);
        }
    }
    out
}

impl Cp932 {
    fn push(&mut self, position: usize, c: char) {
        if is_variation_selector(c) {
            self.replaced.push((position, c));
        } else if !self.write(fold(c)) {
            self.replaced.push((position, c));
            self.bytes.extend(GETA);
        }
    }

    /// Whether CP932 has the character, which is then written.
    fn write(&mut self, c: char) -> bool {
        if let Some(code) = user_defined(c) {
            self.bytes.extend(code);
            return true;
        }
        let (mut utf8, mut code) = ([0; 4], [0; 8]);
        let source = c.encode_utf8(&mut utf8);
        let (result, _, written) =
            SHIFT_JIS.new_encoder().encode_from_utf8_without_replacement(source, &mut code, true);
        let held = result == EncoderResult::InputEmpty;
        if held {
            self.bytes.extend(&code[..written]);
        }
        held
    }
}

/// 〓
const GETA: [u8; 2] = [0x81, 0xAC];

fn voiced(c: char, mark: char) -> Option<char> {
    matches!(mark, '\u{3099}' | '\u{309A}').then(|| unicode_normalization::char::compose(c, mark)).flatten()
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// The same mark under the code point that Windows gives it.
fn fold(c: char) -> char {
    match c {
        '〜' => '～',
        '—' => '―',
        '−' | '\u{2013}' => '－',
        '\u{2011}' => '‐',
        '‖' => '∥',
        '¢' => '￠',
        '£' => '￡',
        '¬' => '￢',
        '¦' => '￤',
        '¯' | '‾' => '￣',
        '¥' => '￥',
        '\u{A0}' => ' ',
        other => other,
    }
}

/// Windows' place for 外字: U+E000–U+E757 stand at F040–F9FC, 188 to a lead byte, 7F left out.
fn user_defined(c: char) -> Option<[u8; 2]> {
    let index = u32::from(c).checked_sub(0xE000).filter(|index| *index < 1880)?;
    let (lead, trail) = (0xF0 + index / 188, index % 188);
    let trail = if trail < 0x3F { trail + 0x40 } else { trail + 0x41 };
    Some([u8::try_from(lead).ok()?, u8::try_from(trail).ok()?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn back(encoded: &Cp932) -> String {
        decode(SHIFT_JIS, &encoded.bytes)
    }

    #[test]
    fn office_characters_survive() {
        let text = "①㈱髙﨑№℡ｱｲｳ・表示－加ソ能〓\r\n\"a\",b\\~";
        let encoded = encode_cp932(text);
        assert_eq!(encoded.replaced, []);
        assert_eq!(back(&encoded), text);
        assert_eq!(decode_any(&encoded.bytes), (text.to_owned(), Encoding::Cp932));
    }

    #[test]
    fn look_alikes_are_folded_without_a_warning() {
        let encoded = encode_cp932("〜—−‖¢£¬¥¦‾\u{2011}\u{A0}\u{2013}");
        assert_eq!(encoded.replaced, []);
        assert_eq!(back(&encoded), "～―－∥￠￡￢￥￤￣‐ －");
    }

    #[test]
    fn what_cp932_cannot_hold_becomes_geta_and_is_listed() {
        let encoded = encode_cp932("𠮷野é葛\u{E0100}城😀");
        assert_eq!(back(&encoded), "〓野〓葛城〓");
        assert_eq!(encoded.replaced, [(0, '𠮷'), (2, 'é'), (4, '\u{E0100}'), (6, '😀')]);
    }

    #[test]
    fn voiced_marks_of_their_own_are_joined() {
        let encoded = encode_cp932("カ\u{3099}は\u{309A}あ\u{3099}");
        assert_eq!(back(&encoded), "ガぱあ〓");
        assert_eq!(encoded.replaced, [(5, '\u{3099}')]);
    }

    #[test]
    fn files_tell_their_encoding() {
        let text = "職員番号,氏名\r\n00123,田中\r\n";
        let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let with = |mark: &[u8], body: &[u8]| [mark, body].concat();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (with(&[0xEF, 0xBB, 0xBF], text.as_bytes()), Encoding::Utf8Bom),
            (with(&[0xFF, 0xFE], &utf16(u16::to_le_bytes)), Encoding::Utf16),
            (with(&[0xFE, 0xFF], &utf16(u16::to_be_bytes)), Encoding::Utf16),
            (utf16(u16::to_le_bytes), Encoding::Utf16),
            (utf16(u16::to_be_bytes), Encoding::Utf16),
            (encode_cp932(text).bytes, Encoding::Cp932),
        ] {
            assert_eq!(decode_any(&bytes), (text.to_owned(), encoding));
        }
        assert_eq!(decode_any(b""), (String::new(), Encoding::Utf8));
    }

    #[test]
    fn a_cut_off_utf8_file_is_not_taken_for_cp932() {
        let text = "情報セキュリティの規程に従って台帳を記録する。";
        let cut = &text.as_bytes()[..text.len() - 1];
        let (read, encoding) = decode_any(cut);
        assert_eq!(encoding, Encoding::Utf8);
        assert!(read.starts_with("情報セキュリティ"));
    }

    proptest! {
        #[test]
        fn own_characters_keep_their_code(code in 0xE000u32..0xE758) {
            let text: String = char::from_u32(code).into_iter().collect();
            let encoded = encode_cp932(&text);
            prop_assert_eq!(back(&encoded), text);
            prop_assert!(encoded.replaced.is_empty());
        }

        #[test]
        fn no_text_becomes_an_html_reference(text in any::<String>().prop_filter("no ampersand of its own", |text| !text.contains('&'))) {
            let encoded = encode_cp932(&text);
            prop_assert!(!encoded.bytes.contains(&b'&'));
            prop_assert!(!back(&encoded).contains(char::REPLACEMENT_CHARACTER));
        }

        #[test]
        fn what_is_not_listed_comes_back(text in "[ -~ぁ-んァ-ヶｦ-ﾟ０-９一-龠ーソ①-⑳Ⅰ-Ⅹα-ωА-я髙﨑]{0,40}") {
            let encoded = encode_cp932(&text);
            let expected: String = text.chars().enumerate()
                .map(|(at, c)| if encoded.replaced.contains(&(at, c)) { '〓' } else { c }).collect();
            prop_assert_eq!(back(&encoded), expected);
        }

        #[test]
        fn every_text_reads_back_from_utf8_with_a_mark(text in any::<String>()) {
            let bytes = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
            prop_assert_eq!(decode_any(&bytes), (text, Encoding::Utf8Bom));
        }

        #[test]
        fn no_file_breaks_the_reader(bytes in any::<Vec<u8>>()) {
            let _ = decode_any(&bytes);
        }
    }
}
