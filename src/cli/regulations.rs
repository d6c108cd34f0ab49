//! `mamori regulations`: which regulations this portal knows, and under which of them an organisation can run.
use crate::engines::regulations::{Library, MECHANISMS};
use std::path::PathBuf;

/// Lists the regulations known.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A directory with further regulations (KEY.toml, KEY.bindings.toml)
    #[arg(long, value_name = "DIR", env = "MAMORI_REGULATIONS")]
    regulations_dir: Option<PathBuf>,
}

/// Prints the list.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let library = Library::load(args.regulations_dir.as_deref(), MECHANISMS)?;
    for entry in library.iter() {
        let catalogue = &entry.catalogue;
        let use_of_it = if entry.binding.is_some() { "operating" } else { "catalogue only" };
        println!("{}  {}", catalogue.key, catalogue.title);
        println!("    {}", catalogue.issuer_kind);
        println!(
            "    {} clauses, {} ask for something; {use_of_it}",
            catalogue.clauses.len(),
            catalogue.asking().count()
        );
    }
    Ok(())
}
