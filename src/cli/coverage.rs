//! `mamori coverage`: clause by clause, what carries it, which test proves it, and what is missing.
use super::start::data_dir;
use crate::engines::regulations::Entry;
use crate::engines::regulations::coverage::{self, Coverage, Proof};
use crate::kernel::config::Common;
use crate::portal;
use anyhow::Context;

/// Shows how far the regulations are covered.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only the regulation with this key
    #[arg(long, value_name = "KEY")]
    regulation: Option<String>,
    /// Machine-readable output
    #[arg(long)]
    json: bool,
}

/// Prints the coverage.
pub fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let library = portal::library(common.regulations(&data_dir(common)?).as_deref())?;
    let proofs = coverage::committed_proofs()?;
    let report = coverage::report(&library, &proofs, args.regulation.as_deref())?;
    if args.json {
        say!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    for covered in &report.regulations {
        let entry = library.get(&covered.key).context("a regulation counted and gone")?;
        print_one(entry, covered, &proofs);
    }
    Ok(())
}

fn print_one(entry: &Entry, covered: &Coverage, proofs: &[Proof]) {
    say!("{}  {}", covered.key, entry.catalogue.title);
    say!(
        "    {} clauses · asking {} · carried {} · evidenced {} · missing {} · waiting {}",
        covered.clauses,
        covered.asking,
        covered.carried,
        covered.evidenced,
        covered.missing.len(),
        covered.waiting.len()
    );
    let tests = coverage::tests_by_clause(proofs, &covered.key);
    for clause in entry.catalogue.asking() {
        let bind = entry.binding.as_ref().and_then(|binding| binding.bind(&clause.id));
        let carried_by = bind.map_or_else(String::new, |bind| bind.mechanisms.join(", "));
        let proven_by = tests.get(clause.id.as_str()).map_or_else(String::new, |tests| tests.join(", "));
        let standing = match bind.and_then(|bind| bind.waits_for.as_deref()) {
            Some(room) => format!("waiting for {room}"),
            None if covered.missing.contains(&clause.id) => "missing".to_owned(),
            None => "evidenced".to_owned(),
        };
        say!("    {:<14} {:<24} {carried_by}  {proven_by}  {}", clause.id, standing, clause.heading);
    }
}
