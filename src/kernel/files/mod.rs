//! Files that people attach (添付): what they are is read off their content, never off their name, and only what offices exchange is
//! taken. What could run, and what nobody can tell, is not.
mod office;

use super::text::{clean_line, decode_any};
use std::fmt;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    Pdf,
    Png,
    Jpeg,
    Xlsx,
    Docx,
    Pptx,
    Csv,
    Text,
    /// A mail as it was saved (.eml).
    Mail,
}

impl Media {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::Pdf, Self::Png, Self::Jpeg, Self::Xlsx, Self::Docx, Self::Pptx, Self::Csv, Self::Text, Self::Mail];

    /// As the database names it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
            Self::Pptx => "pptx",
            Self::Csv => "csv",
            Self::Text => "text",
            Self::Mail => "mail",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media| media.key() == key)
    }

    /// The endings that its names have, the usual one first.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Text => &["txt"],
            Self::Mail => &["eml"],
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Xlsx => &["xlsx"],
            Self::Docx => &["docx"],
            Self::Pptx => &["pptx"],
            Self::Csv => &["csv"],
        }
    }

    /// What an answer with it says that it is.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
            Self::Mail => "message/rfc822",
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Not one of the kinds of files that are taken, whatever its name says.
    Unknown,
    /// It carries a program (マクロ).
    Program,
    /// A package that would unpack to far more than it is.
    Swollen,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "not a kind of file that is taken",
            Self::Program => "it carries a program",
            Self::Swollen => "it unpacks to far more than it is",
        })
    }
}

/// What a file is by its content. The name only says which of several kinds of text it is.
pub fn judge(name: &str, content: &[u8]) -> Result<Media, Unfit> {
    let ends = |mark: &[u8]| content.trim_ascii_end().ends_with(mark);
    if content.starts_with(b"%PDF-") {
        let tail = content.get(content.len().saturating_sub(2_048)..).unwrap_or_default();
        return if tail.windows(5).any(|five| five == b"%%EOF") { Ok(Media::Pdf) } else { Err(Unfit::Unknown) };
    }
    if content.starts_with(b"\x89PNG\r\n\x1a\n") {
        let whole = content.get(12..16) == Some(b"IHDR") && content.ends_with(b"IEND\xaeB`\x82");
        return if whole { Ok(Media::Png) } else { Err(Unfit::Unknown) };
    }
    if content.starts_with(b"\xff\xd8\xff") {
        return if ends(b"\xff\xd9") { Ok(Media::Jpeg) } else { Err(Unfit::Unknown) };
    }
    if content.starts_with(b"PK\x03\x04") {
        return office::judge(content);
    }
    if !is_text(content) {
        return Err(Unfit::Unknown);
    }
    let texts = [Media::Csv, Media::Mail, Media::Text];
    Ok(texts.into_iter().find(|media| media.endings().contains(&ending(name).as_str())).unwrap_or(Media::Text))
}

/// Text in an encoding of ours, without what no text has.
fn is_text(content: &[u8]) -> bool {
    let plain = |letter: char| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r' | '\u{c}');
    let script = content.starts_with(b"#!") || content.starts_with(b"MZ");
    // what no encoding of ours has reads as U+FFFD
    !script && decode_any(content).0.chars().all(|letter| plain(letter) && letter != '\u{fffd}')
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

/// So long a name may be, its ending included.
const NAME_MAX: usize = 100;

/// The name under which a file is kept and handed out again: no path, nothing unseen, and the ending of what it is.
#[must_use]
pub fn named(name: &str, media: Media) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '"' | '<' | '>' | '|' | ':' | '*' | '?')
            && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let clean: String = clean_line(last).chars().filter(shown).collect();
    let known = |end: &str| media.endings().contains(&end);
    let (stem, end) = match clean.rsplit_once('.') {
        Some((stem, end)) if known(&end.to_ascii_lowercase()) => (stem, end.to_ascii_lowercase()),
        _ => (clean.as_str(), media.endings().first().copied().unwrap_or_default().to_owned()),
    };
    let stem = stem.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
    let stem: String = stem.chars().take(NAME_MAX - end.len() - 1).collect();
    format!("{}.{end}", if stem.is_empty() { "file" } else { &stem })
}

#[cfg(test)]
mod tests {
    use super::*;

    pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";
    pub const PNG: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\0IEND\xaeB`\x82";

    #[test]
    fn what_a_file_is_stands_in_its_content() {
        for (name, content, media) in [
            ("見積書.pdf", PDF, Media::Pdf),
            ("見積書.exe", PDF, Media::Pdf),
            ("図.pdf", PNG, Media::Png),
            ("写真.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\xff\xd9".as_slice(), Media::Jpeg),
            ("一覧.csv", "氏名,部署\r\n岡田,総務課\r\n".as_bytes(), Media::Csv),
            ("依頼.eml", b"From: a@example.jp\r\n\r\ntext\r\n".as_slice(), Media::Mail),
            ("手順.html", b"<script>alert(1)</script>".as_slice(), Media::Text),
            ("旧.txt", b"\x93\xfa\x96{".as_slice(), Media::Text),
        ] {
            assert_eq!(judge(name, content), Ok(media), "{name}");
        }
    }

    #[test]
    fn what_nobody_can_tell_and_what_is_cut_off_is_not_taken() {
        for (name, content) in [
            ("見積書.pdf", b"MZ\x90\0\x03\0\0\0".as_slice()),
            ("見積書.pdf", b"%PDF-1.7 and no end".as_slice()),
            ("図.png", &PNG[..20]),
            ("写真.jpg", b"\xff\xd8\xff\xe0".as_slice()),
            ("動画.mp4", b"\0\0\0\x18ftypmp42".as_slice()),
            ("run.txt", b"#!/bin/sh\nrm -rf /\n".as_slice()),
            ("a.txt", b"a\0b".as_slice()),
        ] {
            assert_eq!(judge(name, content), Err(Unfit::Unknown), "{name}");
        }
    }

    #[test]
    fn a_name_keeps_its_words_and_loses_path_marks_and_a_false_ending() {
        for (name, media, kept) in [
            ("見積書（3社）.PDF", Media::Pdf, "見積書（3社）.pdf"),
            ("C:\\Users\\a\\..\\見積書.pdf", Media::Pdf, "見積書.pdf"),
            ("../../etc/passwd", Media::Text, "passwd.txt"),
            ("見積書.pdf.exe", Media::Pdf, "見積書.pdf.exe.pdf"),
            ("photo.jpeg", Media::Jpeg, "photo.jpeg"),
            ("\u{202e}fdp.exe\"\r\nX-A: 1", Media::Png, "fdp.exe X-A 1.png"),
            ("...", Media::Csv, "file.csv"),
            ("", Media::Pdf, "file.pdf"),
        ] {
            assert_eq!(named(name, media), kept, "{name:?}");
        }
        assert_eq!(named(&"長".repeat(500), Media::Pdf).chars().count(), NAME_MAX);
    }

    proptest::proptest! {
        #[test]
        fn whatever_arrives_is_judged_and_named(name: String, content: Vec<u8>) {
            let media = judge(&name, &content).unwrap_or(Media::Text);
            let kept = named(&name, media);
            proptest::prop_assert!(!kept.contains(['/', '\\', '"', '\n', '\r']) && kept.chars().count() <= NAME_MAX);
            proptest::prop_assert!(!kept.chars().any(char::is_control));
        }
    }
}
