//! 添付: files as answers of a form. A content names each with its size and the digest of its bytes, so that what was decided is bound to
//! the very file; the words shown to those who decide say name, size and the beginning of the digest.
use super::choice::Choice;
use super::content::{Content, Words};
use super::form::{Field, FieldError, Input};
use super::typed::Typed;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// So many files one question takes.
pub const MOST: usize = 10;
/// So large one of them may be.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// Digits of a digest that are said.
const SAID: usize = 12;

/// A file as a content names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRef {
    pub id: Uuid,
    pub name: String,
    pub size: u64,
    /// The digest of its bytes, in hexadecimal digits.
    pub sha256: String,
}

impl FileRef {
    /// 「見積書.pdf（120 KB、SHA-256 0a1b2c3d4e5f…）」
    #[must_use]
    pub fn words(&self) -> Words {
        let (size, digest) = (size(self.size), self.sha256.get(..SAID).unwrap_or_default());
        Words::Both {
            ja: format!("{}（{size}、SHA-256 {digest}…）", self.name),
            en: format!("{} ({size}, SHA-256 {digest}…)", self.name),
        }
    }

    /// The file as a question offers it: as an answer that stands.
    #[must_use]
    pub fn offered(&self) -> Choice {
        Choice::named(self.id.to_string(), &self.name)
            .with_fact("size", &self.size.to_string())
            .with_fact("sha256", &self.sha256)
    }

    fn of(choice: &Choice) -> Option<Self> {
        Some(Self {
            id: choice.value.parse().ok()?,
            name: choice.words().text(false)?.to_owned(),
            size: choice.facts.get("size")?.parse().ok()?,
            sha256: choice.facts.get("sha256")?.clone(),
        })
    }

    /// The words of such an answer, for a page that offers it again.
    #[must_use]
    pub fn said(choice: &Choice) -> Words {
        Self::of(choice).map_or_else(|| choice.words(), |file| file.words())
    }
}

/// 「987 B」, 「120 KB」, 「3.4 MB」: in every language alike.
#[must_use]
pub fn size(bytes: u64) -> String {
    const STEP: u64 = 1024;
    match bytes {
        0..STEP => format!("{bytes} B"),
        STEP..1_048_576 => format!("{} KB", bytes.div_ceil(STEP)),
        _ => match (bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576) {
            (whole, 0) => format!("{whole} MB"),
            (whole, tenth) => format!("{whole}.{tenth} MB"),
        },
    }
}

impl Content {
    /// The files of an answer.
    #[must_use]
    pub fn files(&self, field: &str) -> Vec<FileRef> {
        self.get(field).and_then(|value| serde_json::from_value(value.clone()).ok()).unwrap_or_default()
    }

    /// Every file that it names, in whichever answer.
    #[must_use]
    pub fn all_files(&self) -> Vec<FileRef> {
        self.iter().flat_map(|(field, _)| self.files(field)).collect()
    }
}

impl Field {
    /// The files that are named, of those that wait for this form; in the order in which they came.
    pub(super) fn read_files(&self, typed: &Typed, choices: &[Choice]) -> Result<Value, FieldError> {
        let named: BTreeSet<&str> = typed.all(&self.key).collect();
        let files = choices.iter().filter(|choice| named.contains(choice.value.as_str())).map(FileRef::of);
        let files: Vec<FileRef> = files.collect::<Option<_>>().unwrap_or_default();
        if files.len() < named.len() {
            return Err(self.error("requests-error-file-gone"));
        }
        if files.len() > MOST {
            let mut error = self.error("requests-error-files-many");
            error.message.args.push(("most", Words::plain(MOST.to_string())));
            return Err(error);
        }
        Ok(json!(files))
    }

    /// Is it answered with files?
    #[must_use]
    pub fn takes_files(&self) -> bool {
        self.input == Input::File
    }
}

#[cfg(test)]
mod tests {
    use super::super::choice::Options;
    use super::super::content::{ContentHash, Difference};
    use super::super::form::{Form, Section};
    use super::*;

    fn file(no: u128, name: &str, size: u64) -> FileRef {
        FileRef { id: Uuid::from_u128(no), name: name.into(), size, sha256: format!("{no:064x}") }
    }

    fn form() -> Form {
        let fields = vec![Field::new("papers", Words::key("l-papers"), Input::File)];
        Form { sections: vec![Section { title: Words::key("s"), fields }] }
    }

    fn options(files: &[FileRef]) -> Options {
        Options::from([("papers".to_owned(), files.iter().map(FileRef::offered).collect())])
    }

    fn read(files: &[FileRef], named: &[u128]) -> (Content, Vec<String>) {
        let typed = named.iter().map(|no| ("papers".to_owned(), Uuid::from_u128(*no).to_string()));
        let day = "2026-11-20".parse().unwrap();
        let (content, errors) = form().read(&Typed::new(typed), &options(files), day);
        (content, errors.into_iter().map(|error| error.message.key).collect())
    }

    #[test]
    fn files_are_kept_in_their_order_with_the_digest_of_what_they_are() {
        let files = [file(1, "見積書.pdf", 122_900), file(2, "図.png", 987), file(3, "契約書.docx", 3_600_000)];
        let (content, errors) = read(&files, &[3, 1]);
        assert_eq!(errors, [""; 0]);
        assert_eq!(content.files("papers"), [files[0].clone(), files[2].clone()]);
        let shown = form().show(&content, &options(&files));
        let said: Vec<_> = shown[0].lines.iter().filter_map(|line| line.text(false)).collect();
        assert_eq!(
            said,
            ["見積書.pdf（121 KB、SHA-256 000000000000…）", "契約書.docx（3.4 MB、SHA-256 000000000000…）"]
        );
        // and what was kept reads as if it had been typed again
        let again = form().read(&Typed::again(&content), &options(&files), "2026-11-20".parse().unwrap());
        assert_eq!(again, (content, Vec::new()));
    }

    #[test]
    fn another_file_of_the_same_name_is_another_content_and_a_difference() {
        let of = |files: &[FileRef]| {
            let (content, _) = read(files, &[1, 2]);
            let shown = form().show(&content, &options(files));
            (ContentHash::of("k", &content, &shown), shown)
        };
        let one = [file(1, "見積書.pdf", 10), file(2, "図.png", 10)];
        let mut other = one.clone();
        other[1].sha256 = format!("{:064x}", u128::MAX);
        assert_ne!(of(&one).0, of(&other).0);
        let renewed = [one[0].clone(), FileRef { name: "新しい図.png".into(), ..one[1].clone() }];
        let found = Difference::between(&of(&one).1, &of(&renewed).1);
        assert_eq!((found.len(), found[0].before.len(), found[0].after.len()), (1, 2, 2));
    }

    #[test]
    fn a_missing_file_one_that_is_gone_and_too_many_are_said_at_the_question() {
        assert_eq!(read(&[], &[]).1, ["requests-error-file"]);
        assert_eq!(read(&[file(1, "a.pdf", 1)], &[1, 2]).1, ["requests-error-file-gone"]);
        let many: Vec<FileRef> = (1..=11).map(|no| file(no, "a.pdf", 1)).collect();
        assert_eq!(read(&many, &(1..=11).collect::<Vec<_>>()).1, ["requests-error-files-many"]);
        assert_eq!(read(&many, &(1..=10).collect::<Vec<_>>()).1, [""; 0]);
    }
}
