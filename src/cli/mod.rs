//! The command line: one file per command.
pub mod coverage;
pub mod demo;
pub mod permissions;
pub mod regulations;
pub mod routes;
pub mod serve;
pub mod start;

use clap::{Parser, Subcommand};

use crate::kernel::config::{Common, Mode, Serving};

/// 守り — the portal in which an organisation runs its information-security regulations
#[derive(Debug, Parser)]
#[command(name = "mamori", version, about)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the portal (the default)
    Serve {
        #[command(flatten)]
        serving: Serving,
    },
    /// A fictional organisation with a year of activity, ready to look at
    Demo {
        #[command(flatten)]
        serving: Serving,
        #[command(flatten)]
        demo: demo::DemoArgs,
    },
    /// The regulations this portal knows
    Regulations(regulations::Args),
    /// Clause by clause: what carries it, which test proves it, what is missing
    Coverage(coverage::Args),
    /// Which tier may do what, and how far
    Permissions(permissions::Args),
    /// Every route with its permission
    Routes {
        /// Machine-readable output
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command that was typed.
pub async fn run() -> anyhow::Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Serve { serving }) => serve::run(&cli.common, &serving, Mode::Production).await,
        None => serve::run(&cli.common, &Serving::parse_environment(), Mode::Production).await,
        Some(Command::Demo { serving, demo }) => {
            let (running, logins) = demo::prepare(&cli.common, &serving, &demo).await?;
            if demo.no_serve {
                return Ok(());
            }
            demo::announce(&serving, &logins);
            serve::listen(running, &serving).await
        }
        Some(Command::Regulations(args)) => regulations::run(&args),
        Some(Command::Coverage(args)) => coverage::run(&args),
        Some(Command::Permissions(args)) => permissions::run(&args),
        Some(Command::Routes { json }) => routes::run(json),
    }
}
