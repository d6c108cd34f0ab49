//! Which of two values is the stricter (より厳しい値): each canonical parameter says in which direction it grows stricter.
use super::parameters::Shown;
use crate::kernel::calendar::Period;
use crate::kernel::settings::{CharClass, LockMode};
use serde_json::{Value, json};
use std::cmp::Ordering;

/// In which direction a value grows stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A greater number, or a longer period (最小の文字数, 保存期間).
    More,
    /// A smaller number, or a shorter period; no limit is the loosest (有効期間, 失敗の回数).
    Less,
    /// Demanded is stricter than not demanded (初回の変更).
    Demanded,
    /// Not allowed is stricter than allowed (パスワードの記憶).
    Forbidden,
    /// Longer locked, and until released most of all.
    Locked,
    /// What either demands is demanded, or forbids is forbidden (文字種, 予告する日, 禁止語).
    All,
    /// Only what both allow is allowed (本人確認の方法).
    Common,
}

impl Direction {
    /// How strict `one` is beside `other`; none: neither is the stricter.
    #[must_use]
    pub fn compare(self, one: &Shown, other: &Shown) -> Option<Ordering> {
        match (self, one, other) {
            (Self::More, Shown::Number(a), Shown::Number(b)) => Some(a.cmp(b)),
            (Self::Less, Shown::Number(a), Shown::Number(b)) => Some(b.cmp(a)),
            (Self::More, Shown::Generations(a), Shown::Generations(b)) => Some(generations(*a).cmp(&generations(*b))),
            (Self::More, Shown::Period(a), Shown::Period(b)) => Some(limits(*a, *b)),
            (Self::Less, Shown::Period(a), Shown::Period(b)) => Some(limits(*b, *a)),
            (Self::Demanded, Shown::YesNo(a), Shown::YesNo(b)) => Some(a.cmp(b)),
            (Self::Forbidden, Shown::YesNo(a), Shown::YesNo(b)) => Some(b.cmp(a)),
            (Self::Locked, Shown::Lock(a), Shown::Lock(b)) => Some(locked(*a).cmp(&locked(*b))),
            (Self::All, Shown::Classes(a), Shown::Classes(b)) => sets(classes_cover(a, b), classes_cover(b, a)),
            (Self::All, Shown::Numbers(a), Shown::Numbers(b)) => sets(covers(a, b), covers(b, a)),
            (Self::All, Shown::Words(a), Shown::Words(b)) => sets(covers(a, b), covers(b, a)),
            (Self::Common, Shown::Words(a), Shown::Words(b)) => sets(covers(b, a), covers(a, b)),
            _ => None,
        }
    }

    /// The value that is as strict as both, where neither is the stricter; none: there is no such value.
    #[must_use]
    pub fn join(self, one: &Shown, other: &Shown) -> Option<Value> {
        match (self, one, other) {
            (Self::All, Shown::Classes(a), Shown::Classes(b)) => {
                Some(json!(united(a, b).into_iter().map(CharClass::key).collect::<Vec<_>>()))
            }
            (Self::All, Shown::Numbers(a), Shown::Numbers(b)) => {
                let mut all = united(a, b);
                all.sort_unstable_by(|a, b| b.cmp(a));
                Some(json!(all))
            }
            (Self::All, Shown::Words(a), Shown::Words(b)) => {
                Some(json!(a.iter().chain(b.iter().filter(|word| !a.contains(word))).collect::<Vec<_>>()))
            }
            (Self::Common, Shown::Words(a), Shown::Words(b)) => {
                let common: Vec<&String> = a.iter().filter(|word| b.contains(word)).collect();
                (!common.is_empty()).then(|| json!(common))
            }
            _ => None,
        }
    }
}

/// Periods by their length; no limit is the longest.
fn limits(one: Option<Period>, other: Option<Period>) -> Ordering {
    match (one, other) {
        (Some(a), Some(b)) => a.about().cmp(&b.about()),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
    }
}

/// All former ones are the most.
fn generations(count: Option<u64>) -> u64 {
    count.unwrap_or(u64::MAX)
}

const fn locked(mode: LockMode) -> u32 {
    match mode {
        LockMode::UntilReleased => u32::MAX,
        LockMode::Minutes(minutes) => minutes,
    }
}

fn covers<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    other.iter().all(|item| one.contains(item))
}

/// Who demands a capital or a small letter demands a letter; 記号 and 特殊文字 are the same characters.
fn classes_cover(one: &[CharClass], other: &[CharClass]) -> bool {
    let letter = one.contains(&CharClass::Upper) || one.contains(&CharClass::Lower);
    let mark = one.contains(&CharClass::Special) || one.contains(&CharClass::Symbol);
    other.iter().all(|class| match class {
        CharClass::Letter => letter || one.contains(class),
        CharClass::Special | CharClass::Symbol => mark,
        other => one.contains(other),
    })
}

const fn sets(covers: bool, covered: bool) -> Option<Ordering> {
    match (covers, covered) {
        (true, true) => Some(Ordering::Equal),
        (true, false) => Some(Ordering::Greater),
        (false, true) => Some(Ordering::Less),
        (false, false) => None,
    }
}

fn united<T: PartialEq + Copy>(one: &[T], other: &[T]) -> Vec<T> {
    let mut all = one.to_vec();
    all.extend(other.iter().filter(|item| !one.contains(item)));
    all
}
