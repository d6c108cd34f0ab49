//! The number people say aloud (受付番号): R8-ACC-0412 = fiscal year, prefix of the kind, serial.
use std::fmt;
use std::str::FromStr;

/// A request's number. Given at filing, per prefix and fiscal year, without gaps, never used twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number {
    /// The fiscal year by the year in which it begins (2026 = 令和8年度).
    pub fiscal_year: i32,
    pub prefix: String,
    pub serial: i32,
}

/// First calendar year of an era and the letter the number carries.
const ERAS: [(char, i32); 3] = [('R', 2019), ('H', 1989), ('S', 1926)];

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (letter, first) = ERAS.into_iter().find(|(_, first)| self.fiscal_year >= *first).unwrap_or(('S', 1926));
        write!(f, "{letter}{}-{}-{:04}", self.fiscal_year - first + 1, self.prefix, self.serial)
    }
}

/// The text is not a request's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let mut parts = text.trim().split('-');
        let (Some(year), Some(prefix), Some(serial), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotANumber);
        };
        let mut letters = year.chars();
        let letter = letters.next().ok_or(NotANumber)?.to_ascii_uppercase();
        let first = ERAS.into_iter().find(|(era, _)| *era == letter).ok_or(NotANumber)?.1;
        let year: i32 = letters.as_str().parse().map_err(|_| NotANumber)?;
        let serial: i32 = serial.parse().map_err(|_| NotANumber)?;
        if !(1..=200).contains(&year) || serial < 1 || !is_prefix(prefix) {
            return Err(NotANumber);
        }
        Ok(Self { fiscal_year: first + year - 1, prefix: prefix.to_ascii_uppercase(), serial })
    }
}

/// Two to six letters or digits, so that a number stays short enough to say.
#[must_use]
pub fn is_prefix(text: &str) -> bool {
    (2..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_carries_the_fiscal_year_of_its_era_and_four_digits() {
        let number = Number { fiscal_year: 2026, prefix: "ACC".into(), serial: 1 };
        assert_eq!(number.to_string(), "R8-ACC-0001");
        assert_eq!("r8-acc-0001".parse(), Ok(number));
        assert_eq!(Number { fiscal_year: 2019, prefix: "LAN".into(), serial: 12_345 }.to_string(), "R1-LAN-12345");
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "R8", "R8-ACC", "R8-ACC-", "X8-ACC-0001", "R0-ACC-0001", "R8-A-1", "R8-ACC-0000", "R8-ACC-1-2", "R8-あい-1"] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
    }
}
