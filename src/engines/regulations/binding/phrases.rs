//! 言い渡す言葉: what a regulation has the portal say word for word, where the portal has words of its own.
use super::Words;
use crate::engines::regulations::catalogue::Regulation;
use crate::engines::regulations::fault::Report;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What can be said in the words of a regulation.
pub const PHRASES: &[&str] = &[
    // whoever signs in to an account that failures have locked is told so; without it nobody learns that it is locked
    "account_locked",
    // how a locked account is called in lists
    "locked",
    // the page that lets nobody on before the password is changed
    "password_expired",
    // why somebody was signed out by the limits of a session
    "session_over",
    // what everybody answers for about their own ID and password; without it nobody is asked
    "pledge",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPhrase {
    ja: String,
    en: String,
    clause: String,
}

pub(super) fn phrases(
    written: BTreeMap<String, WrittenPhrase>,
    catalogue: &Regulation,
    report: &mut Report,
) -> BTreeMap<String, Words> {
    let mut phrases = BTreeMap::new();
    for (key, phrase) in written {
        let place = format!("words.{key}");
        let words = Words { ja: phrase.ja, en: phrase.en };
        if !PHRASES.contains(&key.as_str()) {
            report.at(&place, "nothing is said under this name");
        }
        if !words.is_complete() {
            report.at(&place, "the words are needed in both languages");
        }
        if catalogue.clause(&phrase.clause).is_none() {
            report.at(&place, format!("unknown clause 「{}」", phrase.clause));
        }
        phrases.insert(key, words);
    }
    phrases
}
