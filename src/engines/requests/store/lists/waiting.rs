//! What waits for somebody, or will: the desk in its orders, what is still to come, what was done, and work without a report.
use super::{ALSO, After, Asked, Item, asked, far_off, midnight};
use crate::engines::requests::model::machine::Phase;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use std::collections::HashSet;
use uuid::Uuid;

/// In which order it stands what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// 期限の近い順: what is due first; what has no deadline last.
    #[default]
    Due,
    /// 滞留の長い順
    Longest,
    /// 新しく届いた順
    Newest,
}

impl Order {
    pub const ALL: [Self; 3] = [Self::Longest, Self::Newest, Self::Due];

    /// As addresses say it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Longest => "longest",
            Self::Newest => "newest",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.key() == key)
    }
}

/// A request that waits at a desk.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub id: Uuid,
    pub kind: String,
    /// The section it was filed for.
    pub department: Uuid,
    /// Since when it waits there.
    pub since: DateTime<Utc>,
    /// The first of the days until which it waits there.
    pub due: Option<NaiveDate>,
}

impl Waiting {
    /// Its place among what waits.
    #[must_use]
    pub fn place(&self, order: Order) -> After {
        let at = match order {
            Order::Due => midnight(self.due.unwrap_or_else(far_off)),
            Order::Longest | Order::Newest => self.since,
        };
        After { at, id: self.id }
    }
}

/// What waits at these seats, to be decided or executed: what is due first stands first, what has no deadline last. To the work belongs the
/// signed slip (受領書) of one for whom something was carried out and who has no sign-in to confirm it with. `seats`: `tier:department` of
/// every seat held today, with `tier:` for those of the whole organisation; `selves`: all rows of the person, whose own matters wait for
/// others.
pub async fn desk(conn: &mut PgConnection, at: &str, seats: &[String], selves: &[Uuid]) -> Result<Vec<Waiting>> {
    let waiting = sqlx::query_as!(
        Waiting,
        r#"select request_id as "id!", kind as "kind!", department_id as "department!", since as "since!", due
             from waiting_for($1, $2, $3, $4)
            order by coalesce(due, '9999-12-31'), request_id"#,
        at,
        seats,
        &also(seats),
        selves,
    );
    Ok(waiting.fetch_all(conn).await?)
}

/// The lines of these, in their order.
pub async fn placed(conn: &mut PgConnection, waiting: &[Waiting]) -> Result<Vec<Item>> {
    let ids: Vec<Uuid> = waiting.iter().map(|one| one.id).collect();
    let dues: Vec<Option<NaiveDate>> = waiting.iter().map(|one| one.due).collect();
    let items = items!(queue "order by q.at", &ids, &dues as &[Option<NaiveDate>]);
    Ok(items.fetch_all(conn).await?)
}

/// Where they sit who were named: apart, since what waits for operators of their own post does not wait for them.
fn also(seats: &[String]) -> Vec<String> {
    seats.iter().filter_map(|seat| seat.strip_prefix(ALSO)).map(str::to_owned).collect()
}

/// How many wait, and how many of them too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub all: i64,
    pub overdue: i64,
}

/// These requests, what is due first first.
pub async fn these(conn: &mut PgConnection, ids: &[Uuid], after: Option<After>, limit: i64) -> Result<Vec<Item>> {
    let items = items!(
        r#"where r.id = any($1)
              and ($3::date is null or (coalesce(t.first_due, '9999-12-31'), r.id) > ($3, $4))
            order by coalesce(t.first_due, '9999-12-31'), r.id
            limit $2"#,
        ids,
        limit,
        after.map(|after| after.at.date_naive()),
        after.map_or(Uuid::nil(), |after| after.id),
    );
    Ok(items.fetch_all(conn).await?)
}

/// What this person decided or executed (済み), the latest first.
pub async fn done_by(conn: &mut PgConnection, selves: &[Uuid], after: Option<After>, limit: i64) -> Result<Vec<Item>> {
    let items = items!(at "mine.at",
        r#"join (select request_id, max(decided_at) as at from decision where decider = any($1) group by request_id
                 having $3::timestamptz is null or (max(decided_at), request_id) < ($3, $4)
                  order by at desc, request_id desc limit $2) mine on mine.request_id = r.id
            order by mine.at desc, r.id desc"#,
        selves,
        limit,
        after.map(|after| after.at),
        after.map_or(Uuid::nil(), |after| after.id),
    );
    Ok(items.fetch_all(conn).await?)
}

/// Work that is done and has no report yet (報告の無い作業), for those who are to receive the report at one of these seats; the
/// one that waits longest first, with the moment of its last work.
pub async fn unreported(
    conn: &mut PgConnection,
    seats: &[String],
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Item>> {
    let items = items!(
        first "(select max(e.executed_at) from execution e where e.request_id = r.id and e.round = r.round)",
        r#"request r
            where r.phase in ('handing_over', 'reporting') and r.closed_at is null
              and exists (select from request_step report
                            join request_step receives
                              on receives.request_id = report.request_id and receives.round = report.round and receives.at > report.at
                             and receives.act = 'confirm'
                             and receives.seat = any($1)
                           where report.request_id = r.id and report.round = r.round and report.act = 'report' and report.at >= r.step)
              and ($3::timestamptz is null
                   or ((select max(e.executed_at) from execution e where e.request_id = r.id and e.round = r.round), r.id) > ($3, $4))
            order by place, r.id
            limit $2"#,
        then "order by r.place, r.id",
        seats,
        limit,
        after.map(|after| after.at),
        after.map_or(Uuid::nil(), |after| after.id),
    );
    Ok(items.fetch_all(conn).await?)
}

/// What will come to one of these seats when earlier steps have decided (これから来る), the longest under way first.
pub async fn coming(
    conn: &mut PgConnection,
    (seats, selves): (&[String], &[Uuid]),
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Item>> {
    let items = items!(
        first "(select min(o.arrived_at) from request_step o
                 where o.request_id = r.id and o.round = r.round and o.arrived_at is not null and o.ended_at is null)",
        r#"request r
            where r.phase in ('in_review', 'reporting') and r.closed_at is null
              and exists (select from request_step o
                           where o.request_id = r.id and o.round = r.round and o.arrived_at is not null and o.ended_at is null
                             and o.act not in ('execute', 'report', 'acknowledge'))
              and exists (select from request_step s
                           where s.request_id = r.id and s.round = r.round and s.stage > r.step and s.act in ('decide', 'permit', 'instruct', 'consult', 'confirm', 'execute')
                             and (s.seat = any($1)
                                  or s.designee and 'named:' || r.kind || '/' || s.key = any($1)))
              and (r.requester_id is null or r.requester_id <> all($2))
              and (r.beneficiary_id is null or r.beneficiary_id <> all($2))
              and ($4::timestamptz is null
                   or ((select min(o.arrived_at) from request_step o
                         where o.request_id = r.id and o.round = r.round and o.arrived_at is not null and o.ended_at is null), r.id)
                      > ($4, $5))
            order by place, r.id
            limit $3"#,
        then "order by r.place, r.id",
        seats,
        selves,
        limit,
        after.map(|after| after.at),
        after.map_or(Uuid::nil(), |after| after.id),
    );
    Ok(items.fetch_all(conn).await?)
}

/// What people call this request.
pub async fn number_of(conn: &mut PgConnection, id: Uuid) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select number from request where id = $1", id).fetch_optional(conn).await?)
}

/// What these sections are called, or all of them, in the order of their names.
pub async fn sections(conn: &mut PgConnection, ids: Option<&[Uuid]>) -> Result<Vec<(Uuid, String)>> {
    let rows =
        sqlx::query!("select id, name from department where $1::uuid[] is null or id = any($1) order by name, id", ids);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Which of these ask for a right by which a system is administered, or for a system on which much rests (重要なもの).
pub async fn weighty(conn: &mut PgConnection, requests: &[Uuid]) -> Result<HashSet<Uuid>> {
    let asked = asked(conn, requests).await?;
    let rights: Vec<Uuid> = asked.values().flat_map(|asked| asked.content.rights()).collect();
    let found = sqlx::query_scalar!(
        r#"select r.id as "id!" from system_rights_pub r join systems_pub s on s.id = r.system_id
            where (r.privileged or s.importance = 'high') and r.id = any($1)"#,
        &rights,
    );
    let found: HashSet<Uuid> = found.fetch_all(conn).await?.into_iter().collect();
    let weighty = |asked: &Asked| asked.content.rights().iter().any(|right| found.contains(right));
    Ok(asked.iter().filter(|(_, asked)| weighty(asked)).map(|(id, _)| *id).collect())
}
