//! The requests that stand beside one: about the same ledger row (関連する申請), and earlier ones about the same person.
use crate::engines::requests::model::Phase;
use crate::engines::requests::store::lists::{Earlier, Related};
use crate::kernel::clock::local;
use crate::web::dates::Dates;
use chrono::{DateTime, Utc};

/// Another request beside this one.
#[derive(Debug, Clone)]
pub struct Beside {
    pub number: String,
    pub subject: String,
    pub word: &'static str,
    pub filed: String,
}

impl Beside {
    fn new(dates: &Dates, number: &str, subject: &str, phase: Phase, filed_at: DateTime<Utc>) -> Self {
        let filed = dates.short(local(filed_at).date_naive());
        Self { number: number.to_owned(), subject: subject.to_owned(), word: phase.word(), filed }
    }
}

/// Those about one of the same ledger rows.
#[must_use]
pub fn related(dates: &Dates, related: &[Related]) -> Vec<Beside> {
    related.iter().map(|one| Beside::new(dates, &one.number, &one.subject, one.phase, one.filed_at)).collect()
}

/// Those about the same person that are not named already.
#[must_use]
pub fn earlier(dates: &Dates, earlier: &[Earlier], related: &[Related]) -> Vec<Beside> {
    let new = |one: &&Earlier| related.iter().all(|named| named.number != one.number);
    let earlier = earlier.iter().filter(new);
    earlier.map(|one| Beside::new(dates, &one.number, &one.subject, one.phase, one.filed_at)).collect()
}
