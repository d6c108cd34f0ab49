//! How many of those who sit at a step answer there (合議の人数).
use serde::{Deserialize, Serialize};

/// Of how many of those who sit at a step the answer is needed (必要な人数).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Needs {
    /// いずれか一人
    #[default]
    Any,
    /// 全員
    All,
    /// 過半数
    Majority,
    /// So many of them.
    Count(u16),
}

impl Needs {
    /// As forms and files write it.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Any => "any".to_owned(),
            Self::All => "all".to_owned(),
            Self::Majority => "majority".to_owned(),
            Self::Count(count) => count.to_string(),
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "any" => Some(Self::Any),
            "all" => Some(Self::All),
            "majority" => Some(Self::Majority),
            number => number.parse().ok().filter(|count| (1..=99).contains(count)).map(Self::Count),
        }
    }

    /// How many answers that makes where so many can give one.
    #[must_use]
    pub fn of(self, able: usize) -> u16 {
        let able = u16::try_from(able).unwrap_or(u16::MAX);
        match self {
            Self::Any => 1,
            Self::All => able.max(1),
            Self::Majority => able / 2 + 1,
            Self::Count(count) => count.max(1),
        }
    }

    /// The same for a step that has moved to another seat: those above answer as they always do, but so many stay so many.
    #[must_use]
    pub const fn moved(self) -> Self {
        match self {
            Self::Any | Self::All | Self::Majority => Self::Any,
            Self::Count(count) => Self::Count(count),
        }
    }

    /// Does one person's answer settle the step?
    #[must_use]
    pub const fn is_one(self) -> bool {
        matches!(self, Self::Any | Self::Count(0 | 1))
    }

    /// Does one person's refusal settle it, whatever the others say?
    #[must_use]
    pub const fn one_refuses(self) -> bool {
        !matches!(self, Self::Majority | Self::Count(_))
    }
}

/// As files write it: a word, or a number.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Word(String),
    Number(u16),
}

impl TryFrom<Written> for Needs {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Word(word) => Self::from_key(&word).ok_or("needs any, all, majority, or a number"),
            Written::Number(count @ 1..=99) => Ok(Self::Count(count)),
            Written::Number(_) => Err("needs a number from 1 to 99"),
        }
    }
}

impl From<Needs> for Written {
    fn from(needs: Needs) -> Self {
        match needs {
            Needs::Count(count) => Self::Number(count),
            _ => Self::Word(needs.key()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_answers_are_needed() {
        assert_eq!([0, 1, 5].map(|able| Needs::Any.of(able)), [1, 1, 1]);
        assert_eq!([0, 1, 5].map(|able| Needs::All.of(able)), [1, 1, 5]);
        assert_eq!([1, 2, 3, 4, 5].map(|able| Needs::Majority.of(able)), [1, 2, 2, 3, 3]);
        assert_eq!(Needs::Count(2).of(9), 2);
    }

    #[test]
    fn what_a_file_says_is_read_and_nothing_else() {
        let read = |text: &str| {
            toml::from_str::<std::collections::BTreeMap<String, Needs>>(&format!("needs = {text}"))
                .map(|table| table["needs"])
        };
        assert_eq!(read("\"all\"").unwrap(), Needs::All);
        assert_eq!(read("\"majority\"").unwrap(), Needs::Majority);
        assert_eq!(read("3").unwrap(), Needs::Count(3));
        assert!(read("0").is_err() && read("\"most\"").is_err() && read("100").is_err());
        for needs in [Needs::Any, Needs::All, Needs::Majority, Needs::Count(7)] {
            assert_eq!(Needs::from_key(&needs.key()), Some(needs));
        }
    }
}
