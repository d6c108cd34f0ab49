//! 職員名簿・部署一覧の取込: a list is read, compared, looked at and only then taken over, all of it in one transaction. The
//! screen, set-up and the command line do it with the same actions.
pub mod by_hand;
pub mod columns;
mod departments;
pub mod pages;
mod person;
pub mod plan;
mod store;
mod write;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use std::time::Duration;
use uuid::Uuid;

pub use self::columns::{Column, Kind, Mapping};
pub use self::plan::{Moves, Plan, State, Wish};
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::{Event, hex};
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{PersonId, uuid_at};
use crate::kernel::keys::sha256;
use crate::kernel::sheets::{self, Row, Unreadable};
use crate::kernel::work::Work;

/// How long a list waits for its confirmation.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// How long somebody at a screen waits for a file to be read; a page has ten seconds in all.
pub const AT_A_SCREEN: Duration = Duration::from_secs(8);

/// A list that waits, or what came of it.
#[derive(Debug, Clone)]
pub struct Import {
    /// the id
    pub id: Uuid,
    /// of what
    pub kind: Kind,
    /// when it came
    pub uploaded_at: DateTime<Utc>,
    /// its rows
    pub rows: Vec<Row>,
    /// what stands where
    pub mapping: Mapping,
    /// what was done
    pub outcome: Option<Outcome>,
    /// the natural person who takes it over, whose own row somebody else takes over
    pub oneself: Option<PersonId>,
}

impl Import {
    /// Is every column there that is needed?
    #[must_use]
    pub fn mapped(&self) -> bool {
        self.mapping.missing(self.kind).is_empty()
    }
}

/// What came of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// 新規
    pub added: usize,
    /// 変更
    pub changed: usize,
    /// 変更なし
    pub unchanged: usize,
    /// left out for a fault
    pub faulty: usize,
    /// not in the list
    pub missing: usize,
    /// come and gone
    pub moves: Moves,
    /// seats that nobody holds any more: tier, department, who held it
    pub vacant: Vec<(String, String, String)>,
}

impl Outcome {
    fn of(plan: &Plan) -> Self {
        let vacant =
            plan.openings.iter().map(|seat| (seat.tier.key().to_owned(), seat.department.clone(), seat.name.clone()));
        Self {
            added: plan.count(State::New),
            changed: plan.count(State::Changed),
            unchanged: plan.count(State::Unchanged),
            faulty: plan.count(State::Faulty),
            missing: plan.count(State::Missing),
            moves: plan.moves,
            vacant: vacant.collect(),
        }
    }
}

/// Reads a file; what is wrong with it is a refusal in words.
pub async fn read(app: &App, file: &[u8], patience: Duration) -> Result<Vec<Row>> {
    sheets::read(&app.config().reader, file, patience).await.map_err(|why| match why {
        Unreadable::NoReader => Error::Busy,
        why => Error::refused(why.message()),
    })
}

/// Keeps a list until it is confirmed; nothing else is written.
pub async fn keep(work: &mut Work, kind: Kind, file: &[u8], rows: &[Row]) -> Result<Uuid> {
    let (mapping, _) = Mapping::guess(kind, rows);
    let id = uuid_at(work.now);
    let draft = store::Draft {
        id,
        kind,
        uploaded_at: work.now,
        content: serde_json::to_value(rows).map_err(anyhow::Error::from)?,
        mapping: serde_json::to_value(mapping).map_err(anyhow::Error::from)?,
        outcome: None,
    };
    let (by, expires, digest) = (work.actor.person(), work.now + KEPT, sha256(file));
    store::insert_draft(work.conn(), &draft, by, expires, &digest).await?;
    let facts = json!({ "kind": kind.key(), "rows": rows.len(), "sha256": hex(&digest) });
    work.record(Event::done("roster.uploaded", "roster_import", id).facts(facts)).await?;
    Ok(id)
}

/// One's own list; anybody else's is not there, nor is one that waited too long.
pub async fn find(conn: &mut PgConnection, id: Uuid, by: Option<PersonId>, now: DateTime<Utc>) -> Result<Import> {
    let draft = store::find_draft(conn, id, by, now, false).await?.ok_or(Error::NotFound)?;
    Ok(Import { oneself: store::natural(conn, by).await?, ..import(draft)? })
}

fn import(draft: store::Draft) -> Result<Import> {
    let broken = |error: serde_json::Error| Error::from(anyhow::Error::from(error));
    Ok(Import {
        id: draft.id,
        kind: draft.kind,
        uploaded_at: draft.uploaded_at,
        rows: serde_json::from_value(draft.content).map_err(broken)?,
        mapping: serde_json::from_value(draft.mapping).map_err(broken)?,
        outcome: draft.outcome.map(serde_json::from_value).transpose().map_err(broken)?,
        oneself: None,
    })
}

/// What the list would change today.
pub async fn plan(conn: &mut PgConnection, import: &Import, wish: Wish) -> Result<Plan> {
    let mut known = store::known(conn, import.kind, wish.today).await?;
    known.oneself = import.oneself;
    Ok(plan::compare(import.kind, &import.rows, &import.mapping, &known, wish))
}

/// Somebody says what stands in which column.
pub async fn remap(work: &mut Work, id: Uuid, columns: Vec<Option<Column>>) -> Result<()> {
    let (by, now) = (work.actor.person(), work.now);
    let draft = store::find_draft(work.conn(), id, by, now, true).await?.ok_or(Error::NotFound)?;
    let import = import(draft)?;
    if import.outcome.is_some() {
        return Err(Error::refused("import-refused-taken"));
    }
    let mapping = Mapping { head: import.mapping.head, columns };
    let value = serde_json::to_value(&mapping).map_err(anyhow::Error::from)?;
    store::remap(work.conn(), id, &value).await?;
    let facts = json!({ "columns": mapping.columns });
    work.record(Event::done("roster.columns_named", "roster_import", id).facts(facts)).await.map(drop)
}

/// Takes a list over as it was shown. If meanwhile something changed that the list is compared with, nothing is written and
/// the new comparison has to be looked at.
pub async fn take_over(work: &mut Work, id: Uuid, wish: Wish, seen: &str) -> Result<Outcome> {
    let (by, now) = (work.actor.person(), work.now);
    let draft = store::find_draft(work.conn(), id, by, now, true).await?.ok_or(Error::NotFound)?;
    let import = Import { oneself: store::natural(work.conn(), by).await?, ..import(draft)? };
    if import.outcome.is_some() {
        return Err(Error::refused("import-refused-taken"));
    }
    if !import.mapped() {
        return Err(Error::refused("import-refused-columns"));
    }
    let plan = plan(work.conn(), &import, wish).await?;
    if plan.seen() != seen {
        return Err(Error::Conflict(Message::new("import-conflict")));
    }
    if !plan.writes() {
        return Err(Error::refused("import-refused-nothing"));
    }
    if import.oneself.is_some_and(|oneself| plan.retires(oneself)) {
        return Err(Error::refused("import-refused-oneself"));
    }
    write::write(work, id, &plan, wish.today).await?;
    let outcome = Outcome::of(&plan);
    let kept = serde_json::to_value(&outcome).map_err(anyhow::Error::from)?;
    store::taken(work.conn(), id, &kept, now).await?;
    Ok(outcome)
}

/// Throws a list away.
pub async fn discard(work: &mut Work, id: Uuid) -> Result<()> {
    let by = work.actor.person();
    if !store::discard(work.conn(), id, by).await? {
        return Err(Error::NotFound);
    }
    work.record(Event::done("roster.discarded", "roster_import", id)).await.map(drop)
}

/// Lists that nobody confirmed do not stay.
pub async fn sweep(app: &App) -> Result<()> {
    app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
        let now = work.now;
        store::sweep(work.conn(), now).await.map(drop).map_err(Error::from)
    })
    .await
}

/// A day as lists are compared on it.
#[must_use]
pub fn on(today: NaiveDate, missing_leave: bool) -> Wish {
    Wish { today, missing_leave }
}
