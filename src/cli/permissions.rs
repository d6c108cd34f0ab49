//! `mamori permissions`: which tier may do what, and how far. The same table that the portal checks by: what the house gives
//! under every regulation, and what the routes of this one give.
use anyhow::Context as _;

use super::start::data_dir;
use crate::engines::regulations::Library;
use crate::kernel::config::Common;
use crate::people::permissions::Table;
use crate::portal;

/// Shows the permission table.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The regulation whose routes say who decides and who carries out
    #[arg(long, value_name = "KEY", default_value = "system-management")]
    regulation: String,
    /// Machine-readable output
    #[arg(long)]
    json: bool,
}

/// Prints the table.
pub fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let library = portal::library(common.regulations(&data_dir(common)?).as_deref())?;
    let table = table(&library, &args.regulation)?;
    if args.json {
        say!("{}", as_json(&table)?);
    } else {
        say!("{}", table.text());
    }
    Ok(())
}

/// The table under this regulation.
fn table(library: &Library, regulation: &str) -> anyhow::Result<Table> {
    let entry = library.get(regulation).with_context(|| format!("no regulation 「{regulation}」"))?;
    let binding =
        entry.binding.as_ref().with_context(|| format!("the regulation 「{regulation}」 has no binding yet"))?;
    Ok(portal::permissions(binding)?)
}

/// One object a line of the table: the permission, and the reach of each tier.
fn as_json(table: &Table) -> serde_json::Result<String> {
    let lines = table.lines().into_iter().map(|line| {
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
    use super::table;
    use crate::engines::regulations::{Library, MECHANISMS};
    use crate::kernel::access::{Permission, Reach, Tier};

    fn known() -> Library {
        Library::load(None, MECHANISMS).unwrap()
    }

    const ALL_FIVE: [&str; 5] =
        ["system-management", "coop-operations", "osaka-standard", "katsuura-operations", "mutual-aid-policy"];

    #[test]
    fn every_permission_says_how_far_it_reaches_for_every_tier() {
        let table = table(&known(), "system-management").unwrap();
        let table: Vec<serde_json::Value> = serde_json::from_str(&super::as_json(&table).unwrap()).unwrap();
        assert_eq!(table.len(), Permission::ALL.len());
        assert!(
            table.iter().all(|line| line["reaches"].as_object().is_some_and(|tiers| tiers.len() == Tier::ALL.len()))
        );
        let execute = table.iter().find(|line| line["permission"] == "requests.execute").unwrap();
        assert_eq!(execute["reaches"]["sysadmin"], "organisation");
        assert_eq!(execute["reaches"]["office"], "none");
    }

    /// Who answers and who works, as the text of each regulation says it.
    #[test]
    fn who_decides_and_who_works_is_what_the_routes_of_the_regulation_say() {
        use Reach::{Department, None, Organisation};
        let expected = [
            // regulation, tier, decides, works
            ("system-management", Tier::Manager, Department, None),
            ("system-management", Tier::Sysadmin, None, Organisation),
            ("system-management", Tier::Office, Organisation, None),
            ("system-management", Tier::Operator, None, None),
            ("coop-operations", Tier::Sysadmin, Organisation, Organisation),
            ("coop-operations", Tier::Operator, Organisation, Organisation),
            ("coop-operations", Tier::Office, Organisation, None),
            ("coop-operations", Tier::Manager, None, None),
            ("osaka-standard", Tier::Manager, Department, Department),
            // consulted, and never approving
            ("osaka-standard", Tier::Sysadmin, Organisation, None),
            ("katsuura-operations", Tier::Operator, Organisation, Organisation),
            ("katsuura-operations", Tier::Sysadmin, Organisation, None),
            ("katsuura-operations", Tier::Manager, Department, None),
            ("mutual-aid-policy", Tier::Sysadmin, None, Organisation),
        ];
        for (regulation, tier, decides, works) in expected {
            let table = table(&known(), regulation).unwrap();
            assert_eq!(table.reach(tier, Permission::RequestsDecide), decides, "{regulation} {tier:?} decides");
            assert_eq!(table.reach(tier, Permission::RequestsExecute), works, "{regulation} {tier:?} works");
            assert!(table.reach(tier, Permission::RequestsView) >= decides.max(works), "{regulation} {tier:?} reads");
        }
    }

    #[test]
    fn who_inspects_and_who_comes_from_outside_acts_under_no_regulation() {
        for regulation in ALL_FIVE {
            let table = table(&known(), regulation).unwrap();
            for tier in [Tier::Auditor, Tier::Vendor, Tier::Designer] {
                for permission in [Permission::RequestsDecide, Permission::RequestsExecute, Permission::RequestsProxy] {
                    assert_eq!(table.reach(tier, permission), Reach::None, "{regulation} {tier:?} {permission:?}");
                }
            }
        }
    }
}
