//! What the day itself does: at its beginning personnel changes are carried out, and whose last day is over signs in no more;
//! drafts of cancellations are prepared for managers; whoever answers for accounts that outlived their holder is told every
//! day. All of it may run twice.
use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::actions;
use super::store::{self, Ending};
use crate::engines::regulations::Regulations;
use crate::engines::requests::actions::kinds;
use crate::engines::requests::drafts::actions::{Raised, raise};
use crate::engines::requests::model::Typed;
use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::{self, moment};
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::jobs::{Job, JobError};
use crate::kernel::notices::{self, Notice, Part};
use crate::kernel::work::Work;
use crate::people::store as people;
use crate::web::locale::{Lang, Words};
use crate::web::screen::said;

/// The beginning of a day.
#[derive(Debug, Serialize, Deserialize)]
pub struct Day {
    /// which
    pub on: NaiveDate,
}

#[async_trait]
impl Job for Day {
    const KIND: &'static str = "movements.day";

    fn dedup_key(&self) -> Option<String> {
        Some(self.on.to_string())
    }

    fn run_at(&self) -> Option<DateTime<Utc>> {
        Some(moment(self.on.and_time(NaiveTime::MIN)))
    }

    async fn run(self, app: &App) -> Result<(), JobError> {
        begin(app).await.map_err(JobError::from)
    }
}

/// Reads the register of people, carries out what is due, each in its own transaction, and prepares the drafts.
async fn begin(app: &App) -> Result<()> {
    app.change(&Actor::portal(), async |work: &mut Work| actions::gather(work).await).await?;
    let mut read = app.read_all(Role::App).await?;
    let due = store::due(read.conn(), app.clock().today()).await?;
    drop(read);
    let mut failed = None;
    for id in due {
        let done = app.change(&Actor::portal(), async |work: &mut Work| actions::carry_out(work, id).await).await;
        // what the rules of posts refuse by now (the section was closed) is not carried out, and says why
        match done {
            Ok(()) => {}
            Err(Error::Refused(message)) => {
                let words = Words(Lang::Ja).line(&said(&message)).into_owned();
                app.change(&Actor::portal(), async |work: &mut Work| actions::cancel(work, id, &words).await).await?;
            }
            // one that cannot be carried out holds back none of the others
            Err(error) => {
                tracing::error!(movement = %id, %error, "a personnel change was not carried out");
                failed.get_or_insert(error);
            }
        }
    }
    app.change(&Actor::portal(), async |work: &mut Work| actions::stop_leavers(work).await).await?;
    app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| prepare(work).await).await?;
    failed.map_or(Ok(()), Err)
}

/// The nightly chore: the same once more, and the notices.
pub fn round(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        begin(app).await?;
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| remind(work).await).await
    })
}

/// Does an adopted regulation know the 人事異動対応表, with all that follows from it?
pub fn table_in_force(app: &App) -> Result<bool> {
    let adopted = app.part::<Regulations>()?.in_force();
    Ok(adopted.iter().any(|adopted| !adopted.clauses_of(&["personnel.table"]).is_empty()))
}

/// Where the section's manager files cancellations, a draft of each that is due is prepared for them.
async fn prepare(work: &mut Work) -> Result<()> {
    let Ok(registered) = kinds(work.app())?.get("account.stop").cloned() else { return Ok(()) };
    if !registered.kind.applicants.contains(&Tier::Manager) {
        return Ok(());
    }
    let today = clock::local(work.now).date_naive();
    for ending in store::endings(work.conn(), today).await? {
        let holders = people::holders_near(work.conn(), Tier::Manager, ending.department, today).await?;
        // nobody prepares their own end
        let Some(to) = holders.into_iter().find(|holder| holder.person != ending.holder) else { continue };
        raise(work, &draft(&ending, to.person)).await?;
    }
    Ok(())
}

fn draft(ending: &Ending, to: PersonId) -> Raised {
    let kind = if ending.retirement { "retirement" } else { "unneeded" };
    let pairs = [
        ("department", ending.department.to_string()),
        ("person", ending.holder.to_string()),
        ("movement", ending.movement.to_string()),
        ("accounts", ending.account.to_string()),
        ("stop_on", ending.on.to_string()),
        ("reason", Words(Lang::Ja).of("movements-draft-reason", kind).into_owned()),
    ];
    Raised {
        kind: "account.stop",
        to,
        concerns: ending.holder,
        about: format!("{} {}", ending.employee_no, ending.holder_name),
        typed: Typed::new(pairs.map(|(name, value)| (name.to_owned(), value))),
        why: if ending.retirement { "movements-why-retirement" } else { "movements-why-until" },
        due: ending.on,
        occasion: format!("account.stop {} {}", ending.account, ending.on),
    }
}

/// 退職者アカウント未抹消: manager, office and administrator hear of it every day until it is done.
async fn remind(work: &mut Work) -> Result<()> {
    if !table_in_force(work.app())? {
        return Ok(());
    }
    let today = clock::local(work.now).date_naive();
    let left = store::left_behind(work.conn(), today).await?;
    if left.is_empty() {
        return Ok(());
    }
    let mut to: BTreeMap<PersonId, usize> = BTreeMap::new();
    for tier in [Tier::Office, Tier::Sysadmin] {
        for person in people::persons_of(work.conn(), tier, today).await? {
            to.insert(person, left.len());
        }
    }
    for account in &left {
        let holders = people::holders_near(work.conn(), Tier::Manager, account.department, today).await?;
        if let Some(holder) = holders.first() {
            *to.entry(holder.person).or_default() += 1;
        }
    }
    for (person, count) in to {
        tell(work, person, count, today).await?;
    }
    Ok(())
}

/// The kind of these notices.
const KIND: &str = "movement.left_behind";

async fn tell(work: &mut Work, person: PersonId, count: usize, today: NaiveDate) -> Result<()> {
    let entity_id = today.to_string();
    if notices::last_told(work.conn(), Some(person), KIND, &entity_id).await?.is_some() {
        return Ok(());
    }
    let said = Message::new("movements-mail-left-behind").with("count", count);
    let notice = Notice::new(person, KIND, said, ("movement", entity_id)).at("/movements").under(Part::Due);
    work.notify(notice).await?;
    let event = Event::done("movement.reminded", "person", person).about(person);
    work.record(event.facts(json!({ "accounts": count, "on": today }))).await.map(drop)
}
