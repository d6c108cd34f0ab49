//! The rules of the identity check, in the words of 4.1.6.
use crate::kernel::text;

/// What the check itself has to say before anything is issued or released.
pub const IDENTITY: [&str; 4] = ["method", "contact", "result", "checked_at"];
/// How and when the person was told; asked once the code exists.
pub const NOTICE: [&str; 3] = ["notice_method", "handed_by", "notified_at"];
/// 伝達方法, where the regulation has it chosen before anything is issued …
pub const DELIVERY: &str = "delivery";
/// … by a link that opens once, instead of a code that is handed over.
pub const LINK: &str = "link";
/// 申告された人と異なる理由: owed where the code is for somebody else than the claim names.
pub const OTHER_PERSON: &str = "other_person";
/// 本人と一致
pub const MATCHED: &str = "matched";
/// 不一致
pub const UNMATCHED: &str = "unmatched";

/// The two lines of a reissue, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// 本人確認と再発行
    Issue,
    /// 利用者への通知
    Notice,
}

impl Part {
    /// As the line's data holds it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Notice => "notice",
        }
    }

    /// The part of a line's data.
    #[must_use]
    pub fn of(data: &serde_json::Value) -> Self {
        if data.get("part").and_then(|part| part.as_str()) == Some(Self::Notice.key()) {
            Self::Notice
        } else {
            Self::Issue
        }
    }

    /// Does this part ask that question?
    #[must_use]
    pub fn asks(self, field: &str) -> bool {
        NOTICE.contains(&field) == (self == Self::Notice)
    }
}

/// The way of checking as it is recorded: 「その他」 with what it was.
#[must_use]
pub fn way(method: &str, words: Option<&str>) -> String {
    words.map_or_else(|| method.to_owned(), |words| format!("{method}（{words}）"))
}

/// Is this way of checking a call? Calls go to the number of the register, and to no other.
#[must_use]
pub fn is_call(method: &str) -> bool {
    method.contains("電話")
}

/// What is wrong with the number used for the check (4.1.6(2): never the one a claimant gives).
#[must_use]
pub fn contact_fault(method: &str, contact: &str, register: Option<&str>) -> Option<&'static str> {
    if !is_call(method) {
        return None;
    }
    match register.map(digits).filter(|number| !number.is_empty()) {
        None => Some("password-reset-no-telephone"),
        Some(number) if number == digits(contact) => None,
        Some(_) => Some("password-reset-other-telephone"),
    }
}

fn digits(number: &str) -> String {
    text::normalise(number).chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_goes_to_the_number_of_the_register_however_it_is_written() {
        for typed in ["03-1234-5678", "０３－１２３４－５６７８", "0312345678", " 03 (1234) 5678 "] {
            assert_eq!(contact_fault("電話返信", typed, Some("03-1234-5678")), None, "{typed}");
        }
        assert_eq!(
            contact_fault("電話返信", "090-0000-0000", Some("03-1234-5678")),
            Some("password-reset-other-telephone")
        );
        assert_eq!(contact_fault("電話返信", "090-0000-0000", None), Some("password-reset-no-telephone"));
        assert_eq!(contact_fault("電話返信", "090-0000-0000", Some("―")), Some("password-reset-no-telephone"));
    }

    #[test]
    fn other_ways_name_a_place_or_a_person() {
        for method in ["対面", "上長確認", "その他"] {
            assert_eq!(contact_fault(method, "窓口", None), None);
        }
    }

    #[test]
    fn another_way_is_recorded_with_what_it_was() {
        assert_eq!(way("その他", Some("職員証")), "その他（職員証）");
        assert_eq!(way("対面", None), "対面");
    }

    #[test]
    fn each_part_asks_its_own_questions() {
        assert!(IDENTITY.iter().all(|field| Part::Issue.asks(field) && !Part::Notice.asks(field)));
        assert!(NOTICE.iter().all(|field| Part::Notice.asks(field) && !Part::Issue.asks(field)));
        for part in [Part::Issue, Part::Notice] {
            assert_eq!(Part::of(&serde_json::json!({ "part": part.key() })), part);
        }
    }
}
