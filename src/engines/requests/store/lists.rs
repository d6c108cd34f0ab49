//! Lists of requests: what waits for somebody (inbox, work queue), one's own, and what concerns one person. Written
//! from the person outwards, by keyset, one indexed query each.
use super::broken;
use crate::engines::requests::model::machine::Phase;
use crate::engines::requests::model::{Content, ContentHash};
use crate::kernel::access::Scope;
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, RequestId};
use crate::kernel::text::bigrams;
use crate::people::store as people;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// One line of a list.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: Uuid,
    pub number: String,
    pub kind: String,
    pub subject: String,
    pub phase: Phase,
    pub requester_id: Option<PersonId>,
    pub requester: Option<String>,
    pub department: String,
    pub filed_at: DateTime<Utc>,
    /// What it waits for; of several turns, the first.
    pub waiting_type: Option<String>,
    pub waiting_tier: Option<String>,
    pub waiting_name: Option<String>,
    pub waiting_person: Option<PersonId>,
    pub waiting_since: Option<DateTime<Utc>>,
    /// The first of the days until which it waits.
    pub waiting_due: Option<NaiveDate>,
    /// How many turns are open at the same time.
    pub turns: i64,
    pub steps: i64,
    pub step: i32,
    /// Where it is on its route.
    pub step_key: Option<String>,
    /// Its place in the order of its list, where the list has one of its own.
    pub place: Option<DateTime<Utc>>,
}

impl Item {
    /// Its place by the deadline, as a cursor holds it: far off where there is none.
    #[must_use]
    pub fn by_due(&self) -> After {
        After { at: midnight(self.waiting_due.unwrap_or_else(far_off)), id: self.id }
    }
}

/// A day after every deadline.
fn far_off() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The lines of a list: their columns and joins are the same everywhere; which requests, and in what order, is said by each. Where many
/// could stand in it, `first` settles the few that do (`r`, with their `place`) before anything else is looked up for them. Whose turn it
/// is is settled before the person is joined (`offset 0` keeps it so): joined by the expression itself, no index is asked, and each line is
/// held against everybody in the organisation.
macro_rules! items {
    (all $day:tt, $at:tt, [$($source:tt)+], $rest:tt, $($value:expr),+ $(,)?) => {
        sqlx::query_as!(
            Item,
            r#"select r.id, r.number, r.kind, r.subject, r.phase as "phase: Phase",
                      p.id as "requester_id?: PersonId", p.family_name || ' ' || p.given_name as "requester?", d.name as department, r.filed_at,
                      t.type as "waiting_type?", t.tier as "waiting_tier?", w.family_name || ' ' || w.given_name as waiting_name,
                      w.id as "waiting_person?: PersonId", t.since as "waiting_since?", "# + $day + r#" as "waiting_due?",
                      coalesce(t.turns, 0) as "turns!",
                      (select count(*) from request_step s where s.request_id = r.id and s.round = r.round) as "steps!", r.step,
                      t.key as "step_key?", "# + $at + r#" as "place?"
                 from "# $(+ $source)+ + r#"
                 join department d on d.id = r.department_id
                 left join person p on p.id = r.requester_id
                 left join lateral (
                      select u.type, u.tier, u.person_id, u.since, u.key, min(u.due) over () as first_due, count(*) over () as turns
                        from request_turns_pub u
                       where u.request_id = r.id
                       order by u.at
                       limit 1) t on true
                 left join lateral (
                      select coalesce(t.person_id, case when r.phase = 'executing' and to_receive(r.id, r.round)
                                                        then coalesce(r.beneficiary_id, r.requester_id) end) as id
                      offset 0) whose on true
                 left join person w on w.id = whose.id "# + $rest,
            $($value),+
        )
    };
    (first $place:tt, $which:tt, then $rest:tt, $($value:expr),+ $(,)?) => {
        items!(all "t.first_due", "r.place", [
            "(select r.id, r.number, r.kind, r.subject, r.phase, r.requester_id, r.beneficiary_id, r.department_id, r.filed_at, r.round, r.step, "
            $place " as place from " $which ") r"
        ], $rest, $($value),+)
    };
    (queue $rest:tt, $($value:expr),+ $(,)?) => {
        items!(all "q.due", "null::timestamptz", ["unnest($1::uuid[], $2::date[]) with ordinality q (id, due, at) join request r on r.id = q.id"],
               $rest, $($value),+)
    };
    (at $place:tt, $rest:tt, $($value:expr),+ $(,)?) => { items!(all "t.first_due", $place, ["request r"], $rest, $($value),+) };
    ($rest:tt, $($value:expr),+ $(,)?) => { items!(all "t.first_due", "null::timestamptz", ["request r"], $rest, $($value),+) };
}

mod waiting;
pub use waiting::{
    Counts, Order, Waiting, coming, desk, done_by, number_of, placed, sections, these, unreported, weighty,
};

/// Stands before the seat of one who was named (指名).
pub const ALSO: &str = "also:";

/// Where a list goes on (続き): after this row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct After {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

/// How many of somebody's own requests wait for them: to be mended or received, asked about, and drafts that others prepared.
pub async fn count_own(conn: &mut PgConnection, person: PersonId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select (select count(*)
                     from request r
                    where (r.requester_id = $1 or r.beneficiary_id = $1) and r.closed_at is null
                      and (exists (select from request_turns_pub t where t.request_id = r.id and t.person_id = $1)
                           or r.phase = 'executing' and coalesce(r.beneficiary_id, r.requester_id) = $1 and to_receive(r.id, r.round)
                           or r.requester_id = $1 and open_question(r.id) is not null))
                  + (select count(*) from prepared_draft
                      where recipient_id = $1 and prepared_by is distinct from $1 and state = 'open') as "own!""#,
        person.0,
    );
    Ok(count.fetch_one(conn).await?)
}

/// The requests of these numbers, what is due first first.
pub async fn numbered(conn: &mut PgConnection, numbers: &[String], limit: i64) -> Result<Vec<Item>> {
    let items = items!(
        r#"where r.number = any($1)
            order by coalesce(t.first_due, '9999-12-31'), r.id
            limit $2"#,
        numbers,
        limit,
    );
    Ok(items.fetch_all(conn).await?)
}

/// A question that waits for the applicant's answer.
#[derive(Debug, Clone)]
pub struct Question {
    pub number: String,
    pub subject: String,
    pub asked_by: String,
}

/// Those that wait for this person, the longest waiting first.
pub async fn questions_to(conn: &mut PgConnection, person: PersonId, limit: i64) -> Result<Vec<Question>> {
    let questions = sqlx::query_as!(
        Question,
        // fenced: else what is open may be worked out for each request with each comment of all
        r#"with mine as materialized
                  (select number, subject, open_question(id) as asked
                     from request where requester_id = $1 and closed_at is null)
           select r.number, r.subject, concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "asked_by!"
             from mine r
             join request_comment q on q.id = r.asked
             join person p on p.id = q.author
            order by q.written_at, q.id
            limit $2"#,
        person.0,
        limit,
    );
    Ok(questions.fetch_all(conn).await?)
}

/// How many requests of each kind are open, by the name under which they were filed.
pub async fn under_way(conn: &mut PgConnection) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"select title, count(*) as "count!" from request where closed_at is null group by title order by title"#
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.title, row.count)).collect())
}

/// The editions of regulations under which requests are open.
pub async fn editions_under_way(conn: &mut PgConnection) -> Result<Vec<Option<String>>> {
    let editions = sqlx::query_scalar!("select distinct regulation from request where closed_at is null");
    Ok(editions.fetch_all(conn).await?)
}

/// To what a list of requests is narrowed.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// In this state.
    pub phase: Option<&'static str>,
    pub kind: Option<String>,
    /// Filed from this moment on, and before that one.
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    /// Filed by one of these.
    pub applicants: Option<Vec<Uuid>>,
    /// Filed for this section.
    pub section: Option<Uuid>,
    /// Folded words, all of which the request has to hold.
    pub search: Vec<String>,
}

/// Which of one's own requests.
#[derive(Debug, Clone)]
pub struct Mine<'a> {
    pub person: PersonId,
    /// Only those that are not closed.
    pub open: bool,
    pub narrow: &'a Narrow,
    pub after: Option<After>,
    pub limit: i64,
}

/// One's own requests and those about oneself, the latest first.
pub async fn mine(conn: &mut PgConnection, mine: &Mine<'_>) -> Result<Vec<Item>> {
    let items = items!(
        first "r.filed_at",
        r#"request r
            where (r.requester_id = $1 or r.beneficiary_id = $1)
              and (not $2 or r.closed_at is null)
              and r.search like all ($3)
              and ($4::timestamptz is null or (r.filed_at, r.id) < ($4, $5))
              and ($7::text is null or r.phase = $7)
              and ($8::text is null or r.kind = $8)
              and ($9::timestamptz is null or r.filed_at >= $9)
              and ($10::timestamptz is null or r.filed_at < $10)
            order by r.filed_at desc, r.id desc
            limit $6"#,
        then "order by r.filed_at desc, r.id desc",
        mine.person.0,
        mine.open,
        &patterns(&mine.narrow.search),
        mine.after.map(|after| after.at),
        mine.after.map_or(Uuid::nil(), |after| after.id),
        mine.limit,
        mine.narrow.phase,
        mine.narrow.kind.as_deref(),
        mine.narrow.from,
        mine.narrow.until,
    );
    Ok(items.fetch_all(conn).await?)
}

/// Which requests in reach (すべての申請).
#[derive(Debug, Clone)]
pub struct Reach<'a> {
    /// How far `requests.view` reaches for whoever looks.
    pub scope: &'a Scope,
    pub narrow: &'a Narrow,
    pub after: Option<After>,
    pub limit: i64,
}

/// So many requests that hold the words that are looked for are found by the index; of more, a page is read off in their order as fast.
const FEW: i32 = 1_000;

/// Every request that this person may see, the latest first.
pub async fn in_reach(conn: &mut PgConnection, reach: &Reach<'_>) -> Result<Vec<Item>> {
    if reach.narrow.search.is_empty() {
        return latest(conn, reach).await;
    }
    let found =
        sqlx::query_scalar!("select requests_saying($1, $2)", &reach.narrow.search, FEW).fetch_one(&mut *conn).await?;
    match found {
        Some(found) => among(conn, reach, &found).await,
        None => saying(conn, reach).await,
    }
}

async fn latest(conn: &mut PgConnection, reach: &Reach<'_>) -> Result<Vec<Item>> {
    let items = items!(
        first "r.filed_at",
        r#"request r
            where ($6 or r.department_id = any($7) or r.owner_department_id = any($7) or r.requester_id = $8 or r.beneficiary_id = $8)
              and ($1::text is null or r.phase = $1)
              and ($2::text is null or r.kind = $2)
              and ($3::timestamptz is null or (r.filed_at, r.id) < ($3, $4))
              and ($9::timestamptz is null or r.filed_at >= $9) and ($10::timestamptz is null or r.filed_at < $10)
              and ($11::uuid[] is null or r.requester_id = any($11)) and ($12::uuid is null or r.department_id = $12)
            order by r.filed_at desc, r.id desc
            limit $5"#,
        then "order by r.filed_at desc, r.id desc",
        reach.narrow.phase,
        reach.narrow.kind.as_deref(),
        reach.after.map(|after| after.at),
        reach.after.map_or(Uuid::nil(), |after| after.id),
        reach.limit,
        reach.scope.all,
        &reach.scope.departments,
        reach.scope.person,
        reach.narrow.from,
        reach.narrow.until,
        reach.narrow.applicants.as_deref(),
        reach.narrow.section,
    );
    Ok(items.fetch_all(conn).await?)
}

/// Those of these.
async fn among(conn: &mut PgConnection, reach: &Reach<'_>, found: &[Uuid]) -> Result<Vec<Item>> {
    let items = items!(
        first "r.filed_at",
        r#"request r
            where r.id = any($13)
              and ($6 or r.department_id = any($7) or r.owner_department_id = any($7) or r.requester_id = $8 or r.beneficiary_id = $8)
              and ($1::text is null or r.phase = $1)
              and ($2::text is null or r.kind = $2)
              and ($3::timestamptz is null or (r.filed_at, r.id) < ($3, $4))
              and ($9::timestamptz is null or r.filed_at >= $9) and ($10::timestamptz is null or r.filed_at < $10)
              and ($11::uuid[] is null or r.requester_id = any($11)) and ($12::uuid is null or r.department_id = $12)
            order by r.filed_at desc, r.id desc
            limit $5"#,
        then "order by r.filed_at desc, r.id desc",
        reach.narrow.phase,
        reach.narrow.kind.as_deref(),
        reach.after.map(|after| after.at),
        reach.after.map_or(Uuid::nil(), |after| after.id),
        reach.limit,
        reach.scope.all,
        &reach.scope.departments,
        reach.scope.person,
        reach.narrow.from,
        reach.narrow.until,
        reach.narrow.applicants.as_deref(),
        reach.narrow.section,
        found,
    );
    Ok(items.fetch_all(conn).await?)
}

/// Words that many requests hold: they are read in their order (`offset 0` keeps it) until a page is full.
async fn saying(conn: &mut PgConnection, reach: &Reach<'_>) -> Result<Vec<Item>> {
    let items = items!(
        first "r.filed_at",
        r#"(select o.* from request o
             where ($6 or o.department_id = any($7) or o.owner_department_id = any($7) or o.requester_id = $8 or o.beneficiary_id = $8)
               and ($1::text is null or o.phase = $1)
               and ($2::text is null or o.kind = $2)
               and ($3::timestamptz is null or (o.filed_at, o.id) < ($3, $4))
               and ($9::timestamptz is null or o.filed_at >= $9) and ($10::timestamptz is null or o.filed_at < $10)
               and ($11::uuid[] is null or o.requester_id = any($11)) and ($12::uuid is null or o.department_id = $12)
             order by o.filed_at desc, o.id desc
            offset 0) r
            where r.search like all ($13)
            limit $5"#,
        then "order by r.filed_at desc, r.id desc",
        reach.narrow.phase,
        reach.narrow.kind.as_deref(),
        reach.after.map(|after| after.at),
        reach.after.map_or(Uuid::nil(), |after| after.id),
        reach.limit,
        reach.scope.all,
        &reach.scope.departments,
        reach.scope.person,
        reach.narrow.from,
        reach.narrow.until,
        reach.narrow.applicants.as_deref(),
        reach.narrow.section,
        &patterns(&reach.narrow.search),
    );
    Ok(items.fetch_all(conn).await?)
}

/// How many requests that is, counted no further than `up_to` + 1.
pub async fn count_in_reach(conn: &mut PgConnection, reach: &Reach<'_>, up_to: i64) -> Result<i64> {
    let narrow = reach.narrow;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
             select from request r
              where ($1 or r.department_id = any($2) or r.owner_department_id = any($2) or r.requester_id = $3 or r.beneficiary_id = $3)
                and ($4::text is null or r.phase = $4)
                and ($5::text is null or r.kind = $5)
                and ($6::timestamptz is null or r.filed_at >= $6) and ($7::timestamptz is null or r.filed_at < $7)
                and ($8::uuid[] is null or r.requester_id = any($8)) and ($9::uuid is null or r.department_id = $9)
                and r.search like all ($10)
              limit $11) counted"#,
        reach.scope.all,
        &reach.scope.departments,
        reach.scope.person,
        narrow.phase,
        narrow.kind.as_deref(),
        narrow.from,
        narrow.until,
        narrow.applicants.as_deref(),
        narrow.section,
        &patterns(&narrow.search),
        up_to + 1,
    );
    Ok(count.fetch_one(conn).await?)
}

/// Those who are called so, or have this number: as many as a filter needs. A whole number or name means that person alone.
pub async fn called(conn: &mut PgConnection, typed: &str) -> Result<Vec<Uuid>> {
    let exactly = people::known(&mut *conn, typed).await?;
    if !exactly.is_empty() {
        return Ok(exactly.into_iter().map(|person| person.0).collect());
    }
    let tokens = bigrams(typed);
    let tokens: Vec<&str> = tokens.split(' ').filter(|token| !token.is_empty()).collect();
    let found = sqlx::query_scalar!(
        r#"select id from person
            where cardinality($1::text[]) > 0
              and not exists (select from unnest($1::text[]) as w where position(' ' || w || ' ' in ' ' || search || ' ') = 0)
            limit 500"#,
        &tokens as &[&str],
    );
    Ok(found.fetch_all(conn).await?)
}

/// Folded words, each to be found anywhere; they hold letters and digits only, and so no sign that a pattern knows.
fn patterns(words: &[String]) -> Vec<String> {
    words.iter().map(|word| format!("%{word}%")).collect()
}

/// Earlier requests of the same person concerned, the latest first.
#[derive(Debug, Clone)]
pub struct Earlier {
    pub number: String,
    pub subject: String,
    pub phase: Phase,
    pub filed_at: DateTime<Utc>,
}

/// Earlier requests about this person, other than the one being read.
pub async fn about(conn: &mut PgConnection, person: PersonId, but: RequestId) -> Result<Vec<Earlier>> {
    let items = sqlx::query_as!(
        Earlier,
        r#"select number, subject, phase as "phase: Phase", filed_at
             from request
            where beneficiary_id = $1
              and id <> $2
              and filed_at <= (select filed_at from request where id = $2)
            order by filed_at desc, id desc
            limit 5"#,
        person.0,
        but.0,
    );
    Ok(items.fetch_all(conn).await?)
}

/// Most of the requests that stand together beside one.
const TOGETHER: i64 = 20;

/// Another request about one of the same ledger rows (関連する申請).
#[derive(Debug, Clone)]
pub struct Related {
    pub number: String,
    pub subject: String,
    pub phase: Phase,
    pub filed_at: DateTime<Utc>,
}

/// The others about the ledger rows that this one asks about or made (登録 → 変更 → 抹消), the latest first.
pub async fn related(conn: &mut PgConnection, request: RequestId) -> Result<Vec<Related>> {
    let items = sqlx::query_as!(
        Related,
        r#"with about as materialized (
             select array(select l.row_href from request_line l where l.request_id = $1 and l.row_href is not null
                          union
                          select e.row_href from execution e where e.request_id = $1 and e.row_href is not null) as rows)
           select r.number, r.subject, r.phase as "phase: Phase", r.filed_at
             from request r
            where r.id in (select l.request_id from about, request_line l where l.row_href = any (about.rows)
                           union
                           select e.request_id from about, execution e where e.row_href = any (about.rows))
              and r.id <> $1
            order by r.filed_at desc, r.id desc
            limit $2"#,
        request.0,
        TOGETHER,
    );
    Ok(items.fetch_all(conn).await?)
}

/// What a request of a list asks for, and under what it was filed.
#[derive(Debug, Clone)]
pub struct Asked {
    pub regulation: Option<String>,
    pub own_route: Option<Uuid>,
    /// the answers of its present round
    pub content: Content,
    /// their fingerprint
    pub hash: ContentHash,
}

/// Those of these rights by which a system is administered (特権).
pub async fn privileged(conn: &mut PgConnection, rights: &[Uuid]) -> Result<HashSet<Uuid>> {
    if rights.is_empty() {
        return Ok(HashSet::new());
    }
    let found =
        sqlx::query_scalar!(r#"select id as "id!" from system_rights_pub where privileged and id = any($1)"#, rights,);
    Ok(found.fetch_all(conn).await?.into_iter().collect())
}

/// What requests of a list ask for, by request.
pub async fn asked(conn: &mut PgConnection, requests: &[Uuid]) -> Result<HashMap<Uuid, Asked>> {
    let rows = sqlx::query!(
        "select r.id, r.regulation, r.own_route, r.content_hash, q.content
           from request r
           join request_round q on q.request_id = r.id and q.round = r.round
          where r.id = any ($1)",
        requests,
    );
    let read = |value| serde_json::from_value::<Content>(value).map_err(anyhow::Error::from);
    let rows = rows.fetch_all(conn).await?.into_iter();
    rows.map(|row| {
        let content = read(row.content)?;
        let hash = ContentHash::from_bytes(&row.content_hash).ok_or_else(|| broken("content hash"))?;
        Ok((row.id, Asked { regulation: row.regulation, own_route: row.own_route, content, hash }))
    })
    .collect()
}

/// The lines of a decided request that are about a row which has changed since by another road, and when that was last.
pub async fn changed_since(conn: &mut PgConnection, request: RequestId) -> Result<Vec<(i32, DateTime<Utc>)>> {
    let rows = sqlx::query!(r#"select line as "line!", at as "at!" from rows_changed_since($1)"#, request.0);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.line, row.at)).collect())
}
