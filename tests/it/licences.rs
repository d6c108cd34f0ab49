//! What we build on: under which licences, which crates we never let in, and each of the great ones only once.
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{MetadataCommand, Package};

/// Licences under which the portal may be given away together with its parts.
const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0", // the list of certification authorities
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Used by tests alone and never given away, so its copyleft reaches nobody.
const TESTS_ALONE: [(&str, &str); 1] = [("webdriver", "MPL-2.0")];

/// Crates that must not be built, each with what stands in its place.
const BANNED: [(&str, &str); 9] = [
    ("openssl", "rustls with ring: no C library to keep patched"),
    ("openssl-sys", "rustls with ring: no C library to keep patched"),
    ("native-tls", "rustls with ring: the same behaviour on every machine"),
    ("aws-lc-rs", "ring: builds without cmake"),
    ("aws-lc-sys", "ring: builds without cmake"),
    ("sqlx-mysql", "PostgreSQL is the one database"),
    ("sqlx-sqlite", "PostgreSQL is the one database"),
    ("rsa", "ed25519-dalek: the crate leaks keys through timing (RUSTSEC-2023-0071)"),
    ("reqwest", "the portal calls nobody unless told to; then hyper does"),
];

/// Two versions of one of these would not understand each other's types.
const ONLY_ONCE: [&str; 6] = ["axum", "axum-core", "hyper", "rustls", "sqlx-core", "tokio"];

fn packages() -> Vec<Package> {
    let mut command = MetadataCommand::new();
    command.other_options(vec!["--locked".to_owned()]);
    command.exec().unwrap().packages
}

/// Names and versions of what cargo would really build, on any system, over edges of these kinds.
fn built(edges: &str) -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["tree", "--locked", "--target", "all", "--prefix", "none", "--format", "{p}", "-e", edges])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            found.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
    }
    found
}

/// Whether an SPDX expression can be satisfied with allowed licences: AND binds closer than OR, WITH closest.
fn satisfied(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let holds = any_of(&mut rest);
    assert!(rest.is_empty(), "not an SPDX expression: {expression}");
    holds
}

fn take<'a>(rest: &mut &[&'a str], word: &str) -> Option<&'a str> {
    let (first, after) = rest.split_first()?;
    (*first == word).then(|| {
        *rest = after;
        *first
    })
}

fn any_of(rest: &mut &[&str]) -> bool {
    let mut holds = all_of(rest);
    while take(rest, "OR").is_some() {
        holds |= all_of(rest);
    }
    holds
}

fn all_of(rest: &mut &[&str]) -> bool {
    let mut holds = one(rest);
    while take(rest, "AND").is_some() {
        holds &= one(rest);
    }
    holds
}

fn one(rest: &mut &[&str]) -> bool {
    if take(rest, "(").is_some() {
        let holds = any_of(rest);
        assert!(take(rest, ")").is_some(), "a parenthesis is not closed");
        return holds;
    }
    let (licence, after) = rest.split_first().expect("a licence is missing");
    *rest = after;
    if take(rest, "WITH").is_none() {
        return ALLOWED.contains(licence);
    }
    let (exception, after) = rest.split_first().expect("an exception is missing");
    *rest = after;
    ALLOWED.contains(&format!("{licence} WITH {exception}").as_str()) || ALLOWED.contains(licence)
}

#[test]
fn expressions_are_read_as_their_standard_says() {
    for good in ["MIT", "MIT/GPL-3.0", "GPL-2.0-only OR MIT", "(MIT OR GPL-3.0) AND Unicode-3.0"] {
        assert!(satisfied(good), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Zlib) AND GPL-3.0", "AGPL-3.0-only WITH Classpath-exception-2.0"]
    {
        assert!(!satisfied(bad), "{bad}");
    }
}

#[test]
fn every_part_has_a_licence_that_lets_us_give_the_portal_away() {
    let mut refused = Vec::new();
    for package in packages() {
        let licence = package.license.as_deref().unwrap_or("none");
        let tests_alone = TESTS_ALONE.contains(&(package.name.as_str(), licence));
        if !tests_alone && (licence == "none" || !satisfied(licence)) {
            refused.push(format!("{} {}: {licence}", package.name, package.version));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn what_only_tests_may_use_is_in_no_portal() {
    let shipped = built("normal,build");
    for (name, licence) in TESTS_ALONE {
        assert!(!shipped.contains_key(name), "{name} ({licence}) is part of the portal");
    }
}

#[test]
fn banned_crates_are_not_built() {
    let built = built("normal,build,dev");
    let found: Vec<_> = BANNED.iter().filter(|(name, _)| built.contains_key(*name)).collect();
    assert!(found.is_empty(), "take instead: {found:#?}");
}

#[test]
fn the_great_crates_are_there_once() {
    let built = built("normal,build,dev");
    for name in ONLY_ONCE {
        let versions = built.get(name).unwrap_or_else(|| panic!("{name} is not built at all: take it off the list"));
        assert_eq!(versions.len(), 1, "{name}: {versions:?}");
    }
}

#[test]
fn every_part_comes_from_the_public_registry() {
    for package in packages() {
        let Some(source) = &package.source else {
            assert_eq!(package.name.as_str(), "mamori", "a crate of our own is in the one crate");
            continue;
        };
        assert!(source.is_crates_io(), "{} comes from {source}", package.name);
    }
}
