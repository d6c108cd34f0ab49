//! Documents of an office suite are packages of parts. Only their table of contents is read, nothing is unpacked: it says what the
//! document is, whether it carries a program, and whether it would swell beyond all measure.
use super::{Media, Unfit};

/// No honest document has more parts, unpacks to more, or is packed tighter.
const PARTS: usize = 1_000;
const UNPACKED: u64 = 200 * 1024 * 1024;
const RATIO: u64 = 100;
/// Small parts of much repetition are packed tighter than that, and harm nobody.
const SMALL: u64 = 1024 * 1024;

/// The mark of an entry in the table of contents, and that of its end.
const ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// How long they are without their names and comments.
const ENTRY_LENGTH: usize = 46;
const END_LENGTH: usize = 22;
/// A comment behind the end is no longer.
const COMMENT: usize = 65_535;

/// A part of a package, as its table of contents has it.
struct Part<'a> {
    name: &'a [u8],
    packed: u64,
    unpacked: u64,
}

pub(super) fn judge(content: &[u8]) -> Result<Media, Unfit> {
    let parts = parts(content).ok_or(Unfit::Unknown)?;
    let total: u64 = parts.iter().map(|part| part.unpacked).sum();
    let tight = |part: &Part<'_>| part.unpacked > SMALL && part.unpacked / part.packed.max(1) > RATIO;
    if parts.len() > PARTS || total > UNPACKED || parts.iter().any(tight) {
        return Err(Unfit::Swollen);
    }
    let lower: Vec<Vec<u8>> = parts.iter().map(|part| part.name.to_ascii_lowercase()).collect();
    let has = |name: &[u8]| lower.iter().any(|part| part == name);
    let programs: [&[u8]; 4] = [b"vbaproject.bin", b"vbadata.xml", b".exe", b".dll"];
    let runs = |part: &Vec<u8>| {
        programs.iter().any(|program| part.ends_with(program))
            || part.windows(8).any(|eight| eight == b"activex/")
            || part.windows(12).any(|twelve| twelve == b"macrosheets/")
    };
    if !has(b"[content_types].xml") {
        return Err(Unfit::Unknown);
    }
    if lower.iter().any(runs) {
        return Err(Unfit::Program);
    }
    let documents: [(&[u8], Media); 3] = [
        (b"xl/workbook.xml", Media::Xlsx),
        (b"word/document.xml", Media::Docx),
        (b"ppt/presentation.xml", Media::Pptx),
    ];
    let found: Vec<Media> = documents.into_iter().filter(|(part, _)| has(part)).map(|(_, media)| media).collect();
    match found.as_slice() {
        [media] => Ok(*media),
        _ => Err(Unfit::Unknown),
    }
}

/// The table of contents; `None` where there is none that could be trusted.
fn parts(content: &[u8]) -> Option<Vec<Part<'_>>> {
    let from = content.len().checked_sub(END_LENGTH)?;
    let least = from.saturating_sub(COMMENT);
    let end = (least..=from).rev().find(|at| content.get(*at..*at + 4) == Some(END))?;
    let count = usize::from(two(content, end + 10)?);
    let mut at = usize::try_from(four(content, end + 16)?).ok()?;
    let mut parts = Vec::with_capacity(count.min(PARTS + 1));
    while parts.len() < count && parts.len() <= PARTS {
        if content.get(at..at + 4)? != ENTRY {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|place| two(content, at + place).map(usize::from));
        let (name, after) = (name?, extra? + comment?);
        let begins = at + ENTRY_LENGTH;
        parts.push(Part {
            name: content.get(begins..begins + name)?,
            packed: u64::from(four(content, at + 20)?),
            unpacked: u64::from(four(content, at + 24)?),
        });
        at = begins + name + after;
    }
    // what lies between the last entry and the end was told to nobody
    (parts.len() > PARTS || at == end).then_some(parts)
}

fn two(content: &[u8], at: usize) -> Option<u16> {
    content.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn four(content: &[u8], at: usize) -> Option<u32> {
    content.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::super::{Media, Unfit, judge};
    use std::io::{Cursor, Write};
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_document_is_known_by_its_parts_and_one_with_a_program_is_refused() {
        let types = ("[Content_Types].xml", b"<Types/>".as_slice());
        for (part, media) in [
            ("xl/workbook.xml", Media::Xlsx),
            ("word/document.xml", Media::Docx),
            ("ppt/presentation.xml", Media::Pptx),
        ] {
            assert_eq!(judge("a.zip", &package(&[types, (part, b"<x/>")])), Ok(media));
            for program in ["xl/vbaProject.bin", "word/activeX/activeX1.xml", "xl/macrosheets/sheet1.xml", "setup.exe"]
            {
                assert_eq!(judge("a.docx", &package(&[types, (part, b"<x/>"), (program, b"x")])), Err(Unfit::Program));
            }
        }
        assert_eq!(judge("a.docx", &package(&[types, ("readme.txt", b"x")])), Err(Unfit::Unknown));
        assert_eq!(judge("a.docx", &package(&[("word/document.xml", b"x")])), Err(Unfit::Unknown));
    }

    #[test]
    fn a_package_that_swells_or_whose_contents_do_not_add_up_is_refused() {
        let types = ("[Content_Types].xml", b"<Types/>".as_slice());
        let zeros = vec![0_u8; 4 * 1024 * 1024];
        assert_eq!(judge("a.docx", &package(&[types, ("word/document.xml", &zeros)])), Err(Unfit::Swollen));
        let names: Vec<String> = (0..1_001).map(|no| format!("word/media/{no}.png")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
        assert_eq!(judge("a.docx", &package(&many)), Err(Unfit::Swollen));
        let good = package(&[types, ("word/document.xml", b"<x/>")]);
        for cut in 4..good.len() {
            assert!(judge("a.docx", &good[..cut]).is_err(), "{cut}");
        }
    }
}
