//! 有効化コード: random, shown once, kept as a keyed hash; what somebody types back is read kindly.
//!
//! The hash is made under a subkey that lies outside the database, and for one person: whoever writes a row of their own
//! into the table, or gives a row to somebody else, opens nothing with it.
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::kernel::ids::PersonId;
use crate::kernel::keys::{Keys, Purpose, hmac_sha256, random_bytes};

/// Letters that cannot be mistaken for each other when read aloud or copied from paper.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 15 random bytes: 120 bits in 24 letters.
const BYTES: usize = 15;

/// An activation code, to be shown once. Never printed by accident; wiped when dropped.
pub struct ActivationCode(Zeroizing<String>);

impl std::fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ActivationCode(…)")
    }
}

impl ActivationCode {
    /// A new code from the operating system's random numbers (4.1.1(3): hard to guess, never typed by hand).
    #[must_use]
    pub fn draw() -> Self {
        let bytes = Zeroizing::new(random_bytes::<BYTES>());
        let letters = bytes.chunks(5).flat_map(|part| {
            let bits = part.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            (0..8).rev().map(move |at| usize::try_from(bits >> (at * 5) & 31).unwrap_or_default())
        });
        Self(Zeroizing::new(letters.filter_map(|at| LETTERS.get(at).copied().map(char::from)).collect()))
    }

    /// In groups of four, as it is read aloud or printed.
    #[must_use]
    pub fn shown(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// What is kept.
    #[must_use]
    pub fn hash(&self, keys: &Keys, person: PersonId) -> [u8; 32] {
        keyed(keys, person, &self.0)
    }
}

fn keyed(keys: &Keys, person: PersonId, letters: &str) -> [u8; 32] {
    hmac_sha256(&*keys.subkey(Purpose::Activation), &[person.0.as_bytes(), letters.as_bytes()])
}

/// What is kept of the letters of a link (設定リンク); typed as a code they open nothing.
#[must_use]
pub fn link_hash(keys: &Keys, person: PersonId, letters: &str) -> [u8; 32] {
    hmac_sha256(&*keys.subkey(Purpose::Activation), &[person.0.as_bytes(), b"link ", letters.as_bytes()])
}

/// The hash of a code as this person typed it: 全角, small letters, spaces, hyphens and O/0, I/L/1 are forgiven.
#[must_use]
pub fn typed_hash(keys: &Keys, person: PersonId, typed: &str) -> [u8; 32] {
    let letter = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let read: Zeroizing<String> =
        Zeroizing::new(typed.nfkc().filter(char::is_ascii_alphanumeric).map(letter).collect());
    keyed(keys, person, &read)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn keys(byte: u8) -> Keys {
        Keys::from_bytes([byte; 32])
    }

    fn person(n: u128) -> PersonId {
        PersonId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_code_is_twenty_four_letters_and_never_the_same() {
        let codes: HashSet<String> = (0..200).map(|_| ActivationCode::draw().shown()).collect();
        assert_eq!(codes.len(), 200);
        assert!(codes.iter().all(|code| code.len() == 29 && code.split('-').count() == 6));
    }

    #[test]
    fn a_code_is_recognised_however_it_is_typed() {
        let code = ActivationCode::draw();
        let shown = code.shown();
        let wide: String = shown.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        let sloppy = shown.replace('0', "o").replace('1', "l").to_lowercase().replace('-', " ");
        for typed in [shown.clone(), wide, sloppy, shown.replace('-', "")] {
            assert_eq!(typed_hash(&keys(7), person(1), &typed), code.hash(&keys(7), person(1)), "{typed}");
        }
        let other = ActivationCode::draw().shown();
        assert_ne!(typed_hash(&keys(7), person(1), &other), code.hash(&keys(7), person(1)));
    }

    #[test]
    fn a_code_is_one_persons_and_kept_under_the_portals_key() {
        let code = ActivationCode::draw();
        let kept = code.hash(&keys(7), person(1));
        assert_ne!(typed_hash(&keys(7), person(2), &code.shown()), kept, "somebody else's row");
        assert_ne!(typed_hash(&keys(8), person(1), &code.shown()), kept, "another portal's key");
        assert_ne!(crate::kernel::keys::sha256(code.0.as_bytes()), kept, "what anybody could calculate");
    }

    #[test]
    fn a_code_is_never_printed() {
        let code = ActivationCode::draw();
        assert!(!format!("{code:?}").contains(&code.shown()));
    }
}
