//! The number people say aloud (受付番号): R8-ACC-0412 = fiscal year, prefix of the kind, serial.
use std::fmt;
use std::str::FromStr;

use crate::kernel::calendar::{FiscalYear, parse_fiscal_year};
use crate::kernel::text;

/// A request's number. Given at filing, per prefix and fiscal year, without gaps, never used twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number {
    /// The fiscal year by the year in which it begins (2026 = 令和8年度).
    pub fiscal_year: i32,
    pub prefix: String,
    pub serial: i32,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:04}", FiscalYear(self.fiscal_year).label(), self.prefix, self.serial)
    }
}

/// The text is not a request's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let typed = text::digits(text);
        let mut parts = typed.split('-');
        let (Some(year), Some(prefix), Some(serial), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotANumber);
        };
        let FiscalYear(fiscal_year) = parse_fiscal_year(year).ok_or(NotANumber)?;
        let serial: i32 = serial.parse().map_err(|_| NotANumber)?;
        if serial < 1 || !is_prefix(prefix) {
            return Err(NotANumber);
        }
        Ok(Self { fiscal_year, prefix: prefix.to_ascii_uppercase(), serial })
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
        for typed in ["r8-acc-0001", " R8-ACC-1 ", "Ｒ８－ＡＣＣ－０００１", "令和8-ACC-0001", "2026-ACC-0001"]
        {
            assert_eq!(typed.parse(), Ok(number.clone()), "{typed}");
        }
        assert_eq!(Number { fiscal_year: 2019, prefix: "LAN".into(), serial: 12_345 }.to_string(), "R1-LAN-12345");
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "",
            "R8",
            "R8-ACC",
            "R8-ACC-",
            "X8-ACC-0001",
            "R0-ACC-0001",
            "R8-A-1",
            "R8-ACC-0000",
            "R8-ACC-1-2",
            "R8-あい-1",
        ] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
    }
}
