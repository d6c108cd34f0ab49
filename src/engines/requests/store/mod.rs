//! SQL of the request engine and nothing else; works on any connection, inside a transaction or out.
//!
//! * this file: the request itself, read and moved.
//! * [`people`]: seats, holders, names, and the choices for person and department fields.
//! * [`record`]: what is only ever added: rounds, decisions, executions, receipts, comments.
//! * [`steps`]: the route of a round: read, opened, ended, passed over.
//! * [`deeds`]: who has acted in a round, what of it still counts, and what ends it (引戻し・差戻し).
//! * [`acting`]: 代決 and 後閲.
//! * [`lists`]: inbox, work queue, my requests.
pub mod acting;
pub mod circulation;
pub mod deeds;
pub mod lists;
pub mod people;
pub mod record;
pub mod rerouting;
pub mod steps;
pub mod turns;

use super::model::machine::{Case, LineCase, LineState, Phase};
use super::model::route::Places;
use super::model::{ContentHash, Number};
use crate::kernel::error::{Error, Result, violated_constraint};
use crate::kernel::ids::{DepartmentId, PersonId, RequestId};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// A request's own row.
#[derive(Debug, Clone)]
pub struct Request {
    pub id: Uuid,
    pub number: String,
    pub kind: String,
    /// The edition of the regulation under which it was filed; none: the first that was adopted.
    pub regulation: Option<String>,
    /// The organisation's own route under which it was filed; none: that of the regulation's file.
    pub own_route: Option<Uuid>,
    pub title: String,
    pub subject: String,
    pub requester_id: Option<Uuid>,
    pub beneficiary_id: Option<Uuid>,
    pub claims: Option<Value>,
    pub department_id: Uuid,
    pub owner_department_id: Option<Uuid>,
    pub phase: Phase,
    pub round: i32,
    pub step: i32,
    pub content_hash: Vec<u8>,
    pub filed_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    /// The seats at which it waits, and with `also:` before them those of people who were named for a step.
    pub waits_at: Vec<String>,
    pub lock_version: i32,
    /// In sight of this viewer by a rule alone (代決).
    pub by_rule: bool,
}

impl Request {
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        RequestId(self.id)
    }

    #[must_use]
    pub fn department(&self) -> DepartmentId {
        DepartmentId(self.department_id)
    }

    #[must_use]
    pub fn places(&self) -> Places {
        Places { origin: self.department(), owner: self.owner_department_id.map(DepartmentId) }
    }

    #[must_use]
    pub fn requester(&self) -> Option<PersonId> {
        self.requester_id.map(PersonId)
    }

    #[must_use]
    pub fn beneficiary(&self) -> Option<PersonId> {
        self.beneficiary_id.map(PersonId)
    }

    /// The round as the machine counts it.
    #[must_use]
    pub fn round_no(&self) -> u16 {
        u16::try_from(self.round).unwrap_or(u16::MAX)
    }

    /// The number read back into its parts.
    pub fn number_parts(&self) -> Result<Number> {
        self.number.parse().map_err(|_| broken("number"))
    }

    pub fn hash(&self) -> Result<ContentHash> {
        ContentHash::from_bytes(&self.content_hash).ok_or_else(|| broken("content hash"))
    }
}

/// A value in the database that no version of the portal writes.
pub(super) fn broken(what: &str) -> Error {
    Error::Internal(anyhow::anyhow!("a request holds a {what} that cannot be read"))
}

/// The request of that number, if it is in reach.
pub async fn find(conn: &mut PgConnection, number: &str) -> Result<Option<Request>> {
    let found = sqlx::query_as!(
        Request,
        r#"select id, number, kind, regulation, own_route, title, subject, requester_id, beneficiary_id, claims, department_id, owner_department_id, phase as "phase: Phase",
                  round, step, content_hash, filed_at, closed_at, lock_version,
                  array(select unnest(array_remove(array[s.seat, 'also:' || s.named_seat], null)) from request_step s
                         where s.request_id = request.id and s.round = request.round and s.arrived_at is not null and s.ended_at is null) as "waits_at!",
                  id = any (viewer_by_rule()) as "by_rule!"
             from request
            where number = $1"#,
        number,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found)
}

/// The request of that id, if it is in reach.
pub async fn find_by_id(conn: &mut PgConnection, id: RequestId) -> Result<Option<Request>> {
    let found = sqlx::query_as!(
        Request,
        r#"select id, number, kind, regulation, own_route, title, subject, requester_id, beneficiary_id, claims, department_id, owner_department_id, phase as "phase: Phase",
                  round, step, content_hash, filed_at, closed_at, lock_version,
                  array(select unnest(array_remove(array[s.seat, 'also:' || s.named_seat], null)) from request_step s
                         where s.request_id = request.id and s.round = request.round and s.arrived_at is not null and s.ended_at is null) as "waits_at!",
                  id = any (viewer_by_rule()) as "by_rule!"
             from request
            where id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found)
}

/// The request, held against everybody else until this transaction ends.
pub async fn lock(conn: &mut PgConnection, number: &str) -> Result<Request> {
    let found = sqlx::query_as!(
        Request,
        r#"select id, number, kind, regulation, own_route, title, subject, requester_id, beneficiary_id, claims, department_id, owner_department_id, phase as "phase: Phase",
                  round, step, content_hash, filed_at, closed_at, lock_version,
                  array(select unnest(array_remove(array[s.seat, 'also:' || s.named_seat], null)) from request_step s
                         where s.request_id = request.id and s.round = request.round and s.arrived_at is not null and s.ended_at is null) as "waits_at!",
                  id = any (viewer_by_rule()) as "by_rule!"
             from request
            where number = $1
              for update"#,
        number,
    )
    .fetch_optional(conn)
    .await?;
    found.ok_or(Error::NotFound)
}

/// Makes two filings of one form wait for each other, so that the second finds the first.
pub async fn hold_id(conn: &mut PgConnection, id: RequestId) -> Result<()> {
    let (_, low) = id.0.as_u64_pair();
    sqlx::query!("select pg_advisory_xact_lock($1)", low.cast_signed()).fetch_one(conn).await?;
    Ok(())
}

/// The next serial of a prefix and fiscal year; held until this transaction ends, so that there are no gaps.
pub async fn next_serial(conn: &mut PgConnection, prefix: &str, fiscal_year: i32) -> Result<i32> {
    let serial = sqlx::query_scalar!(
        "insert into request_number (prefix, fiscal_year, last)
         values ($1, $2, 1)
         on conflict (prefix, fiscal_year) do update set last = request_number.last + 1
         returning last",
        prefix,
        fiscal_year,
    )
    .fetch_one(conn)
    .await?;
    Ok(serial)
}

/// What a new request is made of.
#[derive(Debug)]
pub struct NewRequest<'a> {
    pub id: RequestId,
    pub number: &'a str,
    pub kind: &'a str,
    pub regulation: &'a str,
    pub own_route: Option<Uuid>,
    pub title: &'a str,
    pub subject: &'a str,
    pub requester: Option<PersonId>,
    pub beneficiary: Option<PersonId>,
    pub claims: Option<&'a Value>,
    pub joins: &'a [String],
    pub search: &'a str,
    pub filed_at: DateTime<Utc>,
}

/// Why a new request could not be written.
#[derive(Debug)]
pub enum NotInserted {
    /// There is a request of this id.
    Taken,
    Other(sqlx::Error),
}

/// Writes a new request's row.
pub async fn insert(conn: &mut PgConnection, new: &NewRequest<'_>, case: &Case) -> Result<(), NotInserted> {
    let closed = case.phase.is_closed().then_some(new.filed_at);
    sqlx::query!(
        "insert into request (id, number, kind, title, subject, requester_id, beneficiary_id, claims, department_id, phase, round, step,
                              content_hash, joins, filed_at, closed_at, search, owner_department_id, regulation, own_route)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        new.id.0,
        new.number,
        new.kind,
        new.title,
        new.subject,
        new.requester.map(|person| person.0),
        new.beneficiary.map(|person| person.0),
        new.claims,
        case.places.origin.0,
        case.phase.key(),
        i32::from(case.round),
        index(case.at),
        case.content.bytes().as_slice(),
        new.joins,
        new.filed_at,
        closed,
        new.search,
        case.places.owner.map(|department| department.0),
        new.regulation,
        new.own_route,
    )
    .execute(conn)
    .await
    .map_err(|error| match violated_constraint(&error) {
        Some("request_pkey") => NotInserted::Taken,
        _ => NotInserted::Other(error),
    })?;
    Ok(())
}

/// What of a request's row may change.
#[derive(Debug)]
pub struct Move<'a> {
    pub subject: &'a str,
    pub beneficiary: Option<PersonId>,
    /// New words to be found by; `None` keeps the old ones.
    pub search: Option<&'a str>,
    pub now: DateTime<Utc>,
}

/// Moves the request from the version that was read; somebody quicker makes this a conflict.
pub async fn save(conn: &mut PgConnection, before: &Request, case: &Case, moved: &Move<'_>) -> Result<()> {
    let done = sqlx::query!(
        "update request
            set phase = $5, round = $6, step = $7, content_hash = $8, beneficiary_id = $9, department_id = $10, subject = $11,
                closed_at = $12, search = coalesce($13, search), owner_department_id = $14, lock_version = lock_version + 1
          where id = $1
            and lock_version = $2
            and phase = $3
            and step = $4",
        before.id,
        before.lock_version,
        before.phase.key(),
        before.step,
        case.phase.key(),
        i32::from(case.round),
        index(case.at),
        case.content.bytes().as_slice(),
        moved.beneficiary.map(|person| person.0),
        case.places.origin.0,
        moved.subject,
        case.phase.is_closed().then_some(moved.now),
        moved.search,
        case.places.owner.map(|department| department.0),
    )
    .execute(conn)
    .await?;
    match done.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::Conflict(crate::kernel::error::Message::new("requests-refused-content-changed"))),
    }
}

pub(super) fn index(at: usize) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}

/// The request as the rules see it: the route, lines and acts of its current round.
pub async fn case(conn: &mut PgConnection, request: &Request) -> Result<Case> {
    let steps = steps::of_round(conn, request).await?;
    let lines = lines(conn, request).await?;
    let acts = deeds::acts(conn, request).await?;
    let parties = [request.requester_id, request.beneficiary_id].into_iter().flatten().collect::<Vec<_>>();
    let natural = people::naturals(conn, &parties).await?;
    let natural = |id: Option<Uuid>| id.map(|id| natural.get(&id).copied().unwrap_or(PersonId(id)));
    let (applicant, concerned) = (natural(request.requester_id), natural(request.beneficiary_id));
    let at = usize::try_from(request.step).unwrap_or_default();
    let mut case = Case {
        phase: request.phase,
        round: request.round_no(),
        at,
        turn: at,
        content: request.hash()?,
        applicant,
        concerned,
        claimed: None,
        places: request.places(),
        steps: steps.into_iter().map(|placed| placed.step.of_applicant(applicant, concerned)).collect(),
        lines: lines.iter().map(LineRow::case).collect(),
        acts,
    };
    case.turn_to_first();
    Ok(case)
}

/// A line of the current round.
#[derive(Debug, Clone)]
pub struct LineRow {
    pub no: i32,
    pub subject: String,
    pub data: Value,
    pub state: LineState,
    /// When the first of two parts of its work was done.
    pub begun: Option<DateTime<Utc>>,
    pub executed_on: Option<NaiveDate>,
    /// The address of the row that came of its work, where that is entered anew.
    pub made: Option<String>,
}

impl LineRow {
    #[must_use]
    pub fn number(&self) -> u16 {
        u16::try_from(self.no).unwrap_or(u16::MAX)
    }

    fn case(&self) -> LineCase {
        LineCase { no: self.number(), state: self.state, begun: self.begun.is_some(), executed_on: self.executed_on }
    }

    /// The line as the room that executes it sees it.
    #[must_use]
    pub fn line(&self) -> super::kinds::Line {
        super::kinds::Line {
            no: self.number(),
            subject: self.subject.clone(),
            data: self.data.clone(),
            begun: self.begun,
            made: self.made.clone(),
        }
    }
}

/// The lines of the current round, in order.
pub async fn lines(conn: &mut PgConnection, request: &Request) -> Result<Vec<LineRow>> {
    let lines = sqlx::query_as!(
        LineRow,
        r#"select l.no, l.subject, l.data, l.state as "state: LineState", l.executed_on,
                  (select max(e.executed_at)
                     from execution e
                    where e.request_id = l.request_id and e.round = l.round and e.line = l.no and e.outcome = 'begun') as begun,
                  null::text as made
             from request_line l
            where l.request_id = $1
              and l.round = $2
            order by l.no"#,
        request.id,
        request.round,
    )
    .fetch_all(conn)
    .await?;
    Ok(lines)
}

/// How many lines of each request are still to be worked on, for lists.
pub async fn open_lines(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    let rows = sqlx::query!(
        r#"select l.request_id, count(*) as "open!"
             from request_line l
             join request r on r.id = l.request_id and r.round = l.round
            where l.request_id = any($1)
              and l.state = 'open'
            group by l.request_id"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.request_id, row.open)).collect())
}

/// The number of an open request of this kind, other than this one, one of whose lines says this. It may lie out of the
/// sight of whoever files: that there is one must be told, so that nothing is asked for twice.
pub async fn under_way(conn: &mut PgConnection, kind: &str, saying: &Value, but: RequestId) -> Result<Option<String>> {
    let number = sqlx::query_scalar!("select request_under_way($1, $2, $3)", kind, saying, but.0);
    Ok(number.fetch_one(conn).await?)
}

/// How many open lines of requests that are under way name this: as the system they are about, or as a right asked for.
pub async fn count_open_lines(conn: &mut PgConnection, named: Uuid) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
             from request r
             join request_line l on l.request_id = r.id and l.round = r.round
            where r.phase not in ('completed', 'refused', 'withdrawn')
              and l.state = 'open'
              and (l.data ->> 'system' = $1 or jsonb_exists(l.data -> 'rights', $1))"#,
        named.to_string(),
    );
    Ok(count.fetch_one(conn).await?)
}
