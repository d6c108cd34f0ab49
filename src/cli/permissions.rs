//! `mamori permissions`: which tier may do what, and how far. The same table that the portal checks by.
use crate::people::permissions;

/// Shows the permission table.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Machine-readable output
    #[arg(long)]
    json: bool,
}

/// Prints the table.
pub fn run(args: &Args) -> anyhow::Result<()> {
    if args.json {
        println!("{}", as_json()?);
    } else {
        println!("{}", permissions::table_text());
    }
    Ok(())
}

/// One object a line of the table: the permission, and the reach of each tier.
fn as_json() -> serde_json::Result<String> {
    let lines = permissions::table().into_iter().map(|line| {
        let reaches: serde_json::Map<String, serde_json::Value> = line
            .reaches
            .iter()
            .map(|(tier, reach)| Ok(((*tier).to_owned(), serde_json::to_value(reach)?)))
            .collect::<serde_json::Result<_>>()?;
        Ok(serde_json::json!({ "permission": line.permission, "reaches": reaches }))
    });
    serde_json::to_string_pretty(&lines.collect::<serde_json::Result<Vec<_>>>()?)
}

#[cfg(test)]
mod tests {
    use crate::kernel::access::{Permission, Tier};

    #[test]
    fn every_permission_says_how_far_it_reaches_for_every_tier() {
        let table: Vec<serde_json::Value> = serde_json::from_str(&super::as_json().unwrap()).unwrap();
        assert_eq!(table.len(), Permission::ALL.len());
        assert!(
            table.iter().all(|line| line["reaches"].as_object().is_some_and(|tiers| tiers.len() == Tier::ALL.len()))
        );
        let execute = table.iter().find(|line| line["permission"] == "requests.execute").unwrap();
        assert_eq!(execute["reaches"]["sysadmin"], "organisation");
        assert_eq!(execute["reaches"]["office"], "none");
    }
}
