//! How far a regulation is covered (網羅): which clauses ask for something, which are carried by mechanisms in
//! operation, which are proven by an HTTP test, and which wait for a room that is still to come.
//! Proof here means tests; whether an organisation keeps the clause is the clause board's matter.
use super::library::{Entry, Library};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The committed list of what HTTP tests prove, built into the program.
const EVIDENCE: &str = include_str!("../../../tests/evidence.toml");

/// One test that names a clause and asserts what its `portal` line says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    pub regulation: String,
    pub clause: String,
    pub test: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceFile {
    #[serde(default)]
    proof: Vec<Proof>,
}

/// Reads a list in the form of `tests/evidence.toml`.
pub fn read_proofs(text: &str) -> anyhow::Result<Vec<Proof>> {
    let file: EvidenceFile = toml::from_str(text)?;
    Ok(file.proof)
}

/// The proofs committed with this program.
pub fn committed_proofs() -> anyhow::Result<Vec<Proof>> {
    read_proofs(EVIDENCE).map_err(|error| error.context("tests/evidence.toml"))
}

/// A clause that waits, and the room for which it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub id: String,
    #[serde(rename = "for")]
    pub room: String,
}

/// The coverage of one regulation; its serialised form is `mamori coverage --json` and kept stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub key: String,
    /// All clauses of the text.
    pub clauses: usize,
    /// Those that ask for something.
    pub asking: usize,
    /// Those bound to mechanisms in operation.
    pub carried: usize,
    /// Those carried and proven by an HTTP test.
    pub evidenced: usize,
    /// Those that ask for something and are neither proven nor waiting.
    pub missing: Vec<String>,
    /// Those that wait for a room.
    pub waiting: Vec<Waiting>,
}

/// The coverage of several regulations, as `--json` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub regulations: Vec<Coverage>,
}

/// Counts one regulation against the proofs.
#[must_use]
pub fn of(entry: &Entry, proofs: &[Proof]) -> Coverage {
    let key = &entry.edition();
    let proven: BTreeSet<&str> =
        proofs.iter().filter(|proof| proof.regulation == *key).map(|proof| proof.clause.as_str()).collect();
    let mut coverage = Coverage {
        key: key.clone(),
        clauses: entry.catalogue.clauses.len(),
        asking: 0,
        carried: 0,
        evidenced: 0,
        missing: Vec::new(),
        waiting: Vec::new(),
    };
    for clause in entry.catalogue.asking() {
        coverage.asking += 1;
        let bind = entry.binding.as_ref().and_then(|binding| binding.bind(&clause.id));
        let carried = bind.is_some_and(super::binding::Bind::is_carried);
        coverage.carried += usize::from(carried);
        match bind.and_then(|bind| bind.waits_for.clone()) {
            Some(room) => coverage.waiting.push(Waiting { id: clause.id.clone(), room }),
            None if carried && proven.contains(clause.id.as_str()) => coverage.evidenced += 1,
            None => coverage.missing.push(clause.id.clone()),
        }
    }
    coverage
}

/// Counts all regulations, or the one of that key.
pub fn report(library: &Library, proofs: &[Proof], key: Option<&str>) -> anyhow::Result<Report> {
    let regulations = match key {
        Some(key) => {
            let known = || library.iter().map(Entry::edition).collect::<Vec<_>>().join(", ");
            let entry =
                library.get(key).ok_or_else(|| anyhow::anyhow!("no regulation 「{key}」; known: {}", known()))?;
            vec![of(entry, proofs)]
        }
        None => library.iter().map(|entry| of(entry, proofs)).collect(),
    };
    Ok(Report { regulations })
}

/// Proofs that name what does not exist or is not carried: a claim that nothing stands behind.
#[must_use]
pub fn hollow(library: &Library, proofs: &[Proof]) -> Vec<String> {
    let stands = |proof: &&Proof| {
        let bind = library.get(&proof.regulation).and_then(|entry| entry.binding.as_ref()?.bind(&proof.clause));
        bind.is_some_and(super::binding::Bind::is_carried)
    };
    let name = |proof: &Proof| format!("{} {} ({})", proof.regulation, proof.clause, proof.test);
    proofs.iter().filter(|proof| !stands(proof)).map(name).collect()
}

/// The tests behind each clause of one regulation.
#[must_use]
pub fn tests_by_clause<'p>(proofs: &'p [Proof], regulation: &str) -> BTreeMap<&'p str, Vec<&'p str>> {
    let mut tests: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for proof in proofs.iter().filter(|proof| proof.regulation == regulation) {
        tests.entry(&proof.clause).or_default().push(&proof.test);
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::regulations::MECHANISMS;

    fn library() -> Library {
        Library::load(None, MECHANISMS).unwrap_or_else(|faults| panic!("{faults}"))
    }

    fn proof(clause: &str) -> Proof {
        Proof { regulation: "system-management".into(), clause: clause.into(), test: "a_test".into() }
    }

    #[test]
    fn every_clause_that_asks_is_evidenced_waiting_or_missing() {
        let library = library();
        let proofs = [proof("4.1.1-1-a"), proof("4.1.5-1-5"), proof("4.4.1-1")];
        for coverage in report(&library, &proofs, None).unwrap().regulations {
            let split = coverage.evidenced + coverage.waiting.len() + coverage.missing.len();
            assert_eq!(split, coverage.asking, "{}", coverage.key);
            assert!(coverage.evidenced <= coverage.carried && coverage.asking <= coverage.clauses);
        }
    }

    #[test]
    fn only_a_carried_clause_can_be_evidenced() {
        let library = library();
        let proofs = [proof("4.1.1-1-a"), proof("4.1.5-1-5"), proof("9-3")];
        let coverage = of(library.get("system-management").unwrap(), &proofs);
        assert_eq!(coverage.evidenced, 1);
        assert!(!coverage.missing.contains(&"4.1.1-1-a".to_owned()));
        assert!(coverage.missing.contains(&"9-3".to_owned()));
        assert!(coverage.waiting.iter().any(|waiting| waiting.id == "4.1.5-1-5" && waiting.room == "second-factor"));
        assert_eq!(hollow(&library, &proofs).len(), 2);
    }

    #[test]
    fn the_json_has_the_shape_that_others_rely_on() {
        let library = library();
        let json = serde_json::to_value(report(&library, &[], Some("system-management")).unwrap()).unwrap();
        let one = &json["regulations"][0];
        assert_eq!((&one["key"], &one["clauses"]), (&"system-management".into(), &188.into()));
        let keys: Vec<_> = one.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["asking", "carried", "clauses", "evidenced", "key", "missing", "waiting"]);
        assert_eq!(one["waiting"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["for", "id"]);
        assert!(report(&library, &[], Some("unknown")).unwrap_err().to_string().contains("system-management"));
    }

    #[test]
    fn the_committed_list_claims_nothing_hollow() {
        assert_eq!(hollow(&library(), &committed_proofs().unwrap()), Vec::<String>::new());
    }
}
