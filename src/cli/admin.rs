//! `mamori admin`: helps somebody who cannot sign in when nobody else can. The identity check is recorded here as on the
//! screen (4.1.6), and no password is ever seen or chosen.
use anyhow::Context as _;

use super::in_words;
use super::start::attach;
use crate::features::setup::issue_token;
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::clock::Clock;
use crate::kernel::config::Common;
use crate::kernel::database::Role;
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;
use crate::people::sign_ins::{IdentityCheck, reissue, unlock};

/// Helps somebody who cannot sign in.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Lifts the stop after too many failures; the password stays
    Unlock(Recognised),
    /// Prints a new one-time token for set-up, as long as the portal is not in service
    SetUp,
    /// Ends the old password and all sessions, and prints an activation code
    Reset(Recognised),
}

#[derive(Debug, clap::Args)]
struct Recognised {
    /// Whose sign-in
    login: String,
    /// How the person was recognised (call back, in person, by the superior)
    #[arg(long)]
    method: String,
    /// The number or place used, from the register and never from the claim
    #[arg(long)]
    contact: String,
}

/// Runs the command.
pub async fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let running = attach(common, Clock::system()).await?;
    let app = &running.app;
    let (What::Unlock(who) | What::Reset(who)) = &args.what else { return set_up(app).await };
    let person = find(app, &who.login).await?;
    let check = IdentityCheck {
        method: who.method.clone(),
        contact: who.contact.clone(),
        confirmed: true,
        checked_at: app.clock().now(),
    };
    match args.what {
        What::Unlock(_) => {
            app.change(&Actor::portal(), async |work: &mut Work| unlock(work, person, Some(&check), "").await)
                .await
                .map_err(in_words)?;
            say!("unlocked");
        }
        What::SetUp => {}
        What::Reset(_) => {
            let code = app
                .change(&Actor::portal(), async |work: &mut Work| reissue(work, person, Some(&check), None).await)
                .await
                .map_err(in_words)?;
            say!("{}", code.shown());
        }
    }
    Ok(())
}

/// Who lost the token, or the browser it was typed into, goes on with a new one.
async fn set_up(app: &App) -> anyhow::Result<()> {
    let founded = sqlx::query_scalar!("select made_by from organisation").fetch_optional(&app.database().app).await?;
    let token = if founded.is_some() { None } else { issue_token(app).await? };
    say!("{}", token.context("the portal is in service; there is nothing to set up")?);
    Ok(())
}

async fn find(app: &App, login: &str) -> anyhow::Result<PersonId> {
    let mut read = app.read_all(Role::App).await?;
    let found = sqlx::query_scalar!(
        r#"select person_id as "id: PersonId" from auth.credential where lower(login) = lower($1)"#,
        login
    )
    .fetch_optional(read.conn())
    .await?;
    found.with_context(|| format!("nobody signs in as {login}"))
}
