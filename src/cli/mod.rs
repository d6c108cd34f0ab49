//! The command line: one file per command.

/// Prints a line, as `println!` does; where nobody reads on (`mamori permissions | head`) the rest goes nowhere.
macro_rules! say {
    ($($word:tt)*) => { $crate::cli::print(format_args!($($word)*)) };
}

pub mod admin;
pub mod audit;
pub mod bench;
pub mod coverage;
pub mod demo;
pub mod doctor;
pub mod import;
pub mod permissions;
pub mod regulations;
pub mod routes;
pub mod serve;
pub mod start;
pub mod tick;

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::kernel::config::{Common, Mode, Serving};
use crate::kernel::error::Error;
use crate::web::locale::{Lang, Words};
use crate::web::screen::said;

/// 守り — the portal in which an organisation runs its information-security regulations
#[derive(Parser)]
#[command(name = "mamori", version, about)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
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
    /// The event log: verify, export, sign a checkpoint
    Audit(audit::Args),
    /// Runs the jobs that are due, once
    Tick(tick::Args),
    /// Looks at everything the portal stands on, and says how to mend it
    Doctor,
    /// Takes a list of people or departments over from a file (CSV, TSV, xlsx)
    Import(import::Args),
    /// Helps somebody who cannot sign in
    Admin(admin::Args),
    /// What the pages of the large demo cost
    Bench(bench::Args),
    /// Every route with its permission
    Routes {
        /// Machine-readable output
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command that was typed.
pub async fn run() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Audit(args)) => return audit::run(&cli.common, &args).await,
        Some(Command::Doctor) => return doctor::run(&cli.common).await,
        Some(Command::Tick(args)) => tick::run(&cli.common, &args).await,
        Some(Command::Import(args)) => import::run(&cli.common, &args).await,
        Some(Command::Admin(args)) => admin::run(&cli.common, &args).await,
        Some(Command::Serve { serving }) => serve::run(&cli.common, &serving, Mode::Production).await,
        None => serve::run(&cli.common, &Serving::parse_environment(), Mode::Production).await,
        Some(Command::Demo { serving, demo }) => {
            let (running, logins) = demo::prepare(&cli.common, &serving, &demo).await?;
            if demo.no_serve {
                return Ok(ExitCode::SUCCESS);
            }
            demo::announce(&serving, &logins);
            serve::listen(running, &serving).await
        }
        Some(Command::Regulations(args)) => regulations::run(&cli.common, &args),
        Some(Command::Coverage(args)) => coverage::run(&cli.common, &args),
        Some(Command::Permissions(args)) => permissions::run(&cli.common, &args),
        Some(Command::Bench(args)) => bench::run(&cli.common, &args).await,
        Some(Command::Routes { json }) => routes::run(json),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// A refusal of the portal in the words that its pages would say.
fn in_words(error: Error) -> anyhow::Error {
    match error {
        Error::Refused(message) | Error::Conflict(message) => {
            anyhow::Error::msg(Words(Lang::Ja).line(&said(&message)).into_owned())
        }
        other => other.into(),
    }
}

fn print(line: Arguments<'_>) {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => tracing::error!("nothing can be printed: {error}"),
        _ => {}
    }
}
