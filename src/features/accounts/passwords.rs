//! Initial passwords for systems other than the portal (4.1.1-3-a): drawn by a cryptographic generator, shown once, never
//! stored. What the log keeps is that one was made.
use zeroize::Zeroizing;

use crate::kernel::audit::Event;
use crate::kernel::error::Result;
use crate::kernel::work::Work;

/// Letters that nobody takes for one another when reading them from a slip.
const CLASSES: [&str; 4] = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "#$%&*+-=?@"];
/// Length: 16 characters of these are more than 90 bits.
const LENGTH: usize = 16;

/// A new password with characters of every class.
#[must_use]
pub fn generate() -> Zeroizing<String> {
    let mut random = rand::rng();
    loop {
        let password: Zeroizing<String> = Zeroizing::new((0..LENGTH).map(|_| draw(&mut random)).collect());
        if CLASSES.iter().all(|class| password.chars().any(|c| class.contains(c))) {
            return password;
        }
    }
}

fn draw(random: &mut impl rand::Rng) -> char {
    use rand::RngExt as _;
    let all = CLASSES.iter().map(|class| class.len()).sum();
    let at = random.random_range(0..all);
    CLASSES.iter().flat_map(|class| class.chars()).nth(at).unwrap_or('x')
}

/// Writes down that one was made, and nothing of what it says.
pub async fn record(work: &mut Work) -> Result<()> {
    let person = work.actor.person().map(|person| person.to_string()).unwrap_or_default();
    let event = Event::done("account.initial_password_made", "person", person).by("account.initial_password");
    work.record(event.facts(serde_json::json!({ "length": LENGTH, "for": "another system" }))).await.map(drop)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_password_has_all_classes_and_none_comes_twice() {
        let made: BTreeSet<String> = (0..200).map(|_| generate().to_string()).collect();
        assert_eq!(made.len(), 200);
        for password in &made {
            assert_eq!(password.chars().count(), LENGTH);
            assert!(CLASSES.iter().all(|class| password.chars().any(|c| class.contains(c))), "{password}");
        }
    }
}
