//! 検証番号: twelve characters at the foot of a sheet that only the portal can make. They stand for the request and for everything that
//! had been recorded when the sheet was printed, so that paper is held against the record later, and what was recorded since is told.
use crate::engines::requests::model::Phase;
use crate::engines::requests::store::Request;
use crate::engines::requests::store::record::{self, Round};
use crate::kernel::error::Result;
use crate::kernel::keys::{equal, hmac_sha256};
use crate::kernel::text;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::fmt;
use uuid::Uuid;

/// Letters that nobody takes for another one: without I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// So many of them make a number, in groups of four.
const LENGTH: usize = 12;

/// A number as it stands on paper, `7K4M-Q2RD-91XH` when it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckNumber(String);

impl CheckNumber {
    /// The number of a request after these deeds.
    #[must_use]
    pub fn of(key: &[u8], request: Uuid, deeds: &[Deed]) -> Self {
        let said = deeds.iter().map(|deed| deed.what.as_str()).collect::<Vec<_>>().join("\n");
        let mac = hmac_sha256(key, &[request.as_bytes(), said.as_bytes()]);
        let bits = mac.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letter = |place: usize| char::from(LETTERS[usize::try_from(bits >> (59 - 5 * place) & 31).unwrap_or(0)]);
        Self((0..LENGTH).map(letter).collect())
    }

    /// What somebody typed from a sheet: in whatever width and case, with or without its hyphens.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let meant = |letter: char| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        };
        let letters: String = text::digits(typed).chars().filter(|letter| *letter != '-').map(meant).collect();
        let sound = letters.len() == LENGTH && letters.bytes().all(|letter| LETTERS.contains(&letter));
        sound.then_some(Self(letters))
    }

    fn is(&self, other: &Self) -> bool {
        equal(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl fmt::Display for CheckNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

/// Something that was recorded about a request: when, and a line that tells it from everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub at: DateTime<Utc>,
    what: String,
}

/// Everything recorded about a request that a sheet shows, the first first.
pub async fn deeds(conn: &mut PgConnection, request: &Request) -> Result<Vec<Deed>> {
    let id = request.request_id();
    let filed = |round: &Round| Deed { at: round.submitted_at, what: said(round) };
    let mut deeds: Vec<Deed> = record::rounds(conn, id).await?.iter().map(filed).collect();
    for decided in record::decisions(conn, id).await? {
        deeds.push(Deed { at: decided.decided_at, what: format!("decision {} {}", decided.no, decided.verdict) });
    }
    for done in record::executions(conn, id).await? {
        let what = format!("execution {} {} {}", done.line, done.executed_at.timestamp_micros(), done.outcome);
        deeds.push(Deed { at: done.executed_at, what });
    }
    for received in record::receipts(conn, id).await? {
        let what = format!("receipt {} {}", received.line, received.acknowledged_at.timestamp_micros());
        deeds.push(Deed { at: received.acknowledged_at, what });
    }
    if let (Phase::Withdrawn, Some(at)) = (request.phase, request.closed_at) {
        deeds.push(Deed { at, what: "withdrawn".to_owned() });
    }
    deeds.sort_by(|one, other| (one.at, &one.what).cmp(&(other.at, &other.what)));
    Ok(deeds)
}

/// What a round says, whole: who changes a stored answer changes its number.
fn said(round: &Round) -> String {
    let content = serde_json::to_string(&(&round.content, &round.shown)).unwrap_or_default();
    format!("round {} {content}", round.round)
}

/// How a sheet stands to the record: printed after so many of its deeds; none: no state of it bears that number.
#[must_use]
pub fn found(key: &[u8], request: Uuid, deeds: &[Deed], number: &CheckNumber) -> Option<usize> {
    // the latest first: it is what somebody holds most often
    (1..=deeds.len()).rev().find(|count| CheckNumber::of(key, request, &deeds[..*count]).is(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(minute: u32, what: &str) -> Deed {
        let at = DateTime::from_timestamp(i64::from(minute) * 60, 0).unwrap();
        Deed { at, what: what.to_owned() }
    }

    #[test]
    fn a_number_is_read_as_it_is_written_by_hand() {
        let number = CheckNumber::of(b"key", Uuid::from_u128(7), &[deed(1, "round 1")]);
        let printed = number.to_string();
        assert_eq!((printed.len(), printed.matches('-').count()), (14, 2));
        let full: String = printed.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        for typed in
            [printed.clone(), printed.to_lowercase(), printed.replace('-', " "), full, printed.replace('0', "o")]
        {
            assert_eq!(CheckNumber::read(&typed), Some(number.clone()), "{typed}");
        }
        for typed in ["", "7K4M-Q2RD", "7K4M-Q2RD-91XU", "7K4M-Q2RD-91X!"] {
            assert_eq!(CheckNumber::read(typed), None, "{typed}");
        }
    }

    #[test]
    fn each_state_has_its_number_and_no_other_request_has_it() {
        let deeds = [deed(1, "round 1"), deed(2, "decision 5 approve"), deed(3, "execution 1")];
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for count in 1..=3 {
            let number = CheckNumber::of(b"key", one, &deeds[..count]);
            assert_eq!(found(b"key", one, &deeds, &number), Some(count));
            assert_eq!(found(b"key", other, &deeds, &number), None);
            assert_eq!(found(b"another", one, &deeds, &number), None);
        }
        let changed = [deed(1, "round 1 forged"), deeds[1].clone()];
        assert_eq!(found(b"key", one, &deeds, &CheckNumber::of(b"key", one, &changed)), None);
    }
}
