//! `mamori regulations`: which regulations this portal knows, and under which of them an organisation can run.
use super::start::data_dir;
use crate::kernel::config::Common;
use crate::portal;

/// Lists the regulations known.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints the list.
pub fn run(common: &Common, _args: &Args) -> anyhow::Result<()> {
    let library = portal::library(common.regulations(&data_dir(common)?).as_deref())?;
    for entry in library.iter() {
        let catalogue = &entry.catalogue;
        let use_of_it = if entry.binding.is_some() { "operating" } else { "catalogue only" };
        say!("{}  {}", entry.edition(), catalogue.title);
        say!("    {}", catalogue.issuer_kind);
        say!("    {} clauses, {} ask for something; {use_of_it}", catalogue.clauses.len(), catalogue.asking().count());
    }
    for (edition, faults) in library.faulty() {
        say!("{edition}  cannot be read");
        for fault in &faults.0 {
            say!("    {fault}");
        }
    }
    Ok(())
}
