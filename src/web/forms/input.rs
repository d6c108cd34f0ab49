//! What a browser sent: names and values in the order of the page.

use super::{ONCE_FIELD, TOKEN_FIELD};

/// More names and values than any page of ours asks for.
const MOST: usize = 2_000;

/// The body of a form (application/x-www-form-urlencoded), decoded. The hidden fields that every form carries are
/// kept apart, so that a handler sees only what its page asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormInput {
    pairs: Vec<(String, String)>,
    token: Option<String>,
    once: Option<String>,
}

/// The body is not a form: broken escapes, text that is not UTF-8, a NUL, or far too many fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a form")]
pub struct Malformed;

impl FormInput {
    /// Decodes a body.
    ///
    /// # Errors
    /// [`Malformed`] when it is no form.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let mut input = Self::default();
        for part in body.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
            let mut halves = part.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            input.keep(name, value)?;
        }
        Ok(input)
    }

    fn keep(&mut self, name: String, value: String) -> Result<(), Malformed> {
        let hidden = match name.as_str() {
            TOKEN_FIELD => &mut self.token,
            ONCE_FIELD => &mut self.once,
            _ if self.pairs.len() == MOST => return Err(Malformed),
            _ => {
                self.pairs.push((name, value));
                return Ok(());
            }
        };
        // Two tokens in one body are never ours.
        if hidden.replace(value).is_some() { Err(Malformed) } else { Ok(()) }
    }

    /// The token that proves the session.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The key that makes a form sent twice count once.
    #[must_use]
    pub fn once(&self) -> Option<&str> {
        self.once.as_deref()
    }

    /// The first value under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values under a name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Adds a value, for filling in what is known.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.pairs.push((name.to_owned(), value.into()));
    }
}

fn decode(part: &[u8]) -> Result<String, Malformed> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next())? * 16 + hex(rest.next())?,
            0 => return Err(Malformed),
            other => other,
        });
    }
    if bytes.contains(&0) {
        return Err(Malformed);
    }
    String::from_utf8(bytes).map_err(|_| Malformed)
}

fn hex(digit: Option<u8>) -> Result<u8, Malformed> {
    match digit {
        Some(digit @ b'0'..=b'9') => Ok(digit - b'0'),
        Some(digit @ b'a'..=b'f') => Ok(digit - b'a' + 10),
        Some(digit @ b'A'..=b'F') => Ok(digit - b'A' + 10),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_decoded_in_order() {
        let input = FormInput::parse("a=1&b=%E5%AE%88+%E3%82%8A&a=2&_token=t&_once=o&empty=".as_bytes()).unwrap();
        assert_eq!(input.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(input.get("b"), Some("守 り"));
        assert_eq!(input.get("empty"), Some(""));
        assert_eq!((input.token(), input.once()), (Some("t"), Some("o")));
        assert!(input.iter().all(|(name, _)| !name.starts_with('_')));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for body in ["a=%4", "a=%zz", "a=%00", "a=%ff", "_token=a&_token=b"] {
            assert_eq!(FormInput::parse(body.as_bytes()), Err(Malformed), "{body}");
        }
        assert!(FormInput::parse("x=1&".repeat(MOST + 1).as_bytes()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn whatever_arrives_never_stops_the_portal(body: Vec<u8>) {
            let _ = FormInput::parse(&body);
        }
    }
}
