//! `mamori demo --scale large`: the small demo's organisation with thousands of people and years of requests, so that pages,
//! searches and the log can be seen and measured at the size of a large office.
//!
//! Departments, people and their sign-ins are entered by the same actions as everywhere. The years of requests, their
//! accounts and their events are loaded in bulk (`load`): generated in the order of their moments by `life` and `filing`, in
//! the shapes that the real actions leave (`record`, `paper`, `accounts`), sealed and linked by `log` as `Work` and the
//! triggers of the log do it. While they are loaded, the triggers that would write or judge the same row by row are off, in
//! that one transaction of the database's owner; CHECKs, unique and foreign keys stay on. What those triggers write is written
//! here: versions of accounts, digests of rows (of a row that several acts change, with the last of them), chain, head and
//! evidence. What they refuse is not made: whoever confirms is the manager of the applicant's section, whoever carries out
//! an administrator, neither of them applicant or person concerned; lines are worked on after their approval, and received by
//! whom they are for. Afterwards the last weeks are lived through by the real actions on top of it, and
//! `audit verify --reconcile` holds all of it against the log. Of what was said under the bell only what still waits is made.
mod accounts;
mod cast;
mod filing;
mod life;
mod load;
mod log;
mod paper;
mod people;
mod places;
mod record;
mod row;
mod tables;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use std::collections::HashSet;
use tokio::sync::mpsc;
use uuid::Uuid;

use self::cast::Cast;
use self::life::{Forms, Life, Lived, Span};
use self::load::Out;
use self::log::Log;
use super::people::{Company, dice};
use crate::engines::requests::Registered;
use crate::engines::requests::actions::kinds;
use crate::engines::requests::model::{StepAct, StepScope};
use crate::kernel::access::Tier;
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use crate::kernel::keys::Purpose;

/// How large.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// people in all
    pub persons: usize,
    /// rows of the account ledger, those of sign-ins included
    pub accounts: usize,
    /// requests of the bulk
    pub requests: usize,
}

impl Size {
    /// 5,000 people, 50,000 accounts, 200,000 requests; with them come more than a million events.
    pub const LARGE: Self = Self { persons: 5_000, accounts: 50_000, requests: 200_000 };
}

/// Years of requests before the last weeks.
pub const YEARS: u32 = 3;

/// The regulation under which there is a large demo.
pub const REGULATION: &str = "system-management";

/// What the last weeks must know of the bulk.
#[derive(Debug, Default)]
pub struct Grown {
    /// the people who were added
    pub people: Vec<PersonId>,
    /// who has or asked for an account where
    pub taken: HashSet<(Uuid, Uuid)>,
    /// accounts that a request under way names
    pub busy: HashSet<Uuid>,
}

/// Lets the organisation grow, and lives through the years up to `last`.
pub async fn grow(
    app: &App,
    mut owner: PgConnection,
    company: &Company,
    size: Size,
    (from, first, last): (NaiveDate, NaiveDate, DateTime<Utc>),
) -> Result<Grown> {
    let mut dice = dice();
    let more = size.persons.saturating_sub(company.members.len());
    let people = if more == 0 { Vec::new() } else { people::grow(app, company, more, &mut dice, from).await? };
    tracing::info!(people = people.len(), "the large demo has its people");
    let known: Vec<&str> = company.plan.departments.iter().map(|department| department.code).collect();
    let cast = Cast::read(app, &known).await?;
    let forms = forms(app)?;
    let signed_in = company.members.len() + people.len();
    let span = Span { first, last, requests: size.requests, accounts: size.accounts.saturating_sub(signed_in) };
    let lived = load_all(app, &mut owner, (cast, forms), company.plan.reasons, (dice, span)).await?;
    tracing::info!(events = lived.events, accounts = lived.accounts, "the years of the large demo are loaded");
    Ok(Grown { people, taken: lived.taken, busy: lived.busy })
}

async fn load_all(
    app: &App,
    owner: &mut PgConnection,
    whole: (Cast, Forms),
    reasons: &'static [&'static str],
    (dice, span): (rand::rngs::StdRng, Span),
) -> Result<Lived> {
    load::begin(owner).await?;
    let head = sqlx::query!(r#"select seq, hash, clock_timestamp() as "now!" from audit.head for update"#)
        .fetch_one(&mut *owner)
        .await?;
    let hash = head.hash.try_into().ok().context("the head of the log is no hash")?;
    let log = Log::after(app.keys().subkey(Purpose::Audit), head.seq, hash, head.now);
    let (to, from) = mpsc::channel(2);
    let life = Life::new(whole, reasons, dice, (Out::new(to), log), span);
    let living = tokio::task::spawn_blocking(move || life.live());
    load::load(owner, from).await?;
    let lived = living.await.map_err(anyhow::Error::from)??;
    load::finish(owner, lived.head, &lived.numbers).await?;
    Ok(lived)
}

/// The kinds as the regulation declares them: with the route that the bulk knows.
fn forms(app: &App) -> Result<Forms> {
    let kinds = kinds(app)?;
    let known = |key: &str, acts: &[StepAct]| -> Result<Registered> {
        let registered = kinds.get(key)?.clone();
        let steps = &registered.kind.steps;
        let fits = steps.iter().map(|step| step.act).eq(acts.iter().copied())
            && steps.first().is_some_and(|step| step.by == Tier::Manager && step.scope == StepScope::Department)
            && steps.get(1).is_some_and(|step| step.by == Tier::Sysadmin && step.scope == StepScope::Organisation);
        ensure_fits(fits, key)?;
        Ok(registered)
    };
    Ok(Forms {
        register: known("account.register", &[StepAct::Decide, StepAct::Execute, StepAct::Acknowledge])?,
        change: known("account.change", &[StepAct::Decide, StepAct::Execute])?,
        stop: known("account.stop", &[StepAct::Decide, StepAct::Execute])?,
    })
}

fn ensure_fits(fits: bool, key: &str) -> anyhow::Result<()> {
    ensure!(fits, "the route of {key} is another than the large demo knows");
    Ok(())
}
