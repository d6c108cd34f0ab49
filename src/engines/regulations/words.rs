//! Words that come with a regulation rather than with the portal: in Japanese and in English.
use serde::{Deserialize, Serialize};

/// A text of the organisation in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub ja: String,
    pub en: String,
}

impl Words {
    /// The text in the reader's language; Japanese unless that is 「en」.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        if language.starts_with("en") { &self.en } else { &self.ja }
    }

    pub(super) fn is_complete(&self) -> bool {
        !self.ja.trim().is_empty() && !self.en.trim().is_empty()
    }
}
