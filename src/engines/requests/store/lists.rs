//! Lists of requests: what waits for somebody (inbox, work queue), one's own, and what concerns one person. Written
//! from the person outwards, by keyset, one indexed query each.
use super::broken;
use crate::engines::requests::model::machine::Phase;
use crate::engines::requests::model::{Content, ContentHash};
use crate::kernel::access::Scope;
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, RequestId};
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
}

impl Item {
    /// Its place among what waits, as a cursor holds it: the deadline, and far off where there is none.
    #[must_use]
    pub fn place(&self) -> Option<DateTime<Utc>> {
        let due = self.waiting_due.or_else(|| NaiveDate::from_ymd_opt(9999, 12, 31))?;
        Some(due.and_time(NaiveTime::MIN).and_utc())
    }
}

/// The lines of a list: their columns and joins are the same everywhere, which requests and in what order is said by each. In a
/// queue the day is that of one's own turn. Whose turn it is is settled before the person is joined (`offset 0` keeps it so):
/// joined by the expression itself, no index is asked, and each line is held against everybody in the organisation.
macro_rules! items {
    ($which:tt, $($value:expr),+ $(,)?) => { items!(day "t.first_due", $which, $($value),+) };
    (day $day:tt, $which:tt, $($value:expr),+ $(,)?) => {
        sqlx::query_as!(
            Item,
            r#"select r.id, r.number, r.kind, r.subject, r.phase as "phase: Phase",
                      p.family_name || ' ' || p.given_name as "requester?", d.name as department, r.filed_at,
                      t.type as "waiting_type?", t.tier as "waiting_tier?", w.family_name || ' ' || w.given_name as waiting_name,
                      w.id as "waiting_person?: PersonId", t.since as "waiting_since?", "# + $day + r#" as "waiting_due?",
                      coalesce(t.turns, 0) as "turns!",
                      (select count(*) from request_step s where s.request_id = r.id and s.round = r.round) as "steps!", r.step,
                      t.key as "step_key?"
                 from request r
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
                 left join person w on w.id = whose.id "# + $which,
            $($value),+
        )
    };
}

/// Stands before the seat of one who was named (指名).
pub const ALSO: &str = "also:";

/// Where a list goes on (続き): after this row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

/// What waits for one of these seats.
#[derive(Debug, Clone)]
pub struct Queue<'a> {
    /// `decide` or `execute`.
    pub kind: &'a str,
    /// `tier:department` of every seat held today, with `tier:` for those of the whole organisation.
    pub seats: &'a [String],
    /// All rows of the person who looks: their own matters wait for others.
    pub selves: &'a [Uuid],
    pub overdue_on: Option<NaiveDate>,
    pub request_kind: Option<&'a str>,
    pub after: Option<After>,
    pub limit: i64,
}

/// The inbox or the work queue: what is due first stands first, what has no deadline last. To the work belongs the signed slip (受領書) of one for whom something
/// was carried out and who has no sign-in to confirm it with.
pub async fn waiting(conn: &mut PgConnection, queue: &Queue<'_>) -> Result<Vec<Item>> {
    let items = items!(
        day "q.due",
        r#"join waiting_for($1, $2, $9, $3) q on q.request_id = r.id
            where ($4::date is null or q.due < $4)
              and ($5::text is null or r.kind = $5)
              and ($6::timestamptz is null or (coalesce(q.due, '9999-12-31'), r.id) > (($6 at time zone 'utc')::date, $7))
            order by coalesce(q.due, '9999-12-31'), r.id
            limit $8"#,
        queue.kind,
        queue.seats,
        queue.selves,
        queue.overdue_on,
        queue.request_kind,
        queue.after.map(|after| after.at),
        queue.after.map_or(Uuid::nil(), |after| after.id),
        queue.limit,
        &also(queue.seats),
    );
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

/// Counts of an inbox or work queue, for menus and chips.
pub async fn count_waiting(
    conn: &mut PgConnection,
    kind: &str,
    seats: &[String],
    selves: &[Uuid],
    today: NaiveDate,
) -> Result<Counts> {
    let counts = sqlx::query_as!(
        Counts,
        r#"select count(*) as "all!", count(*) filter (where q.due < $4) as "overdue!" from waiting_for($1, $2, $5, $3) q"#,
        kind,
        seats,
        selves,
        today,
        &also(seats),
    );
    Ok(counts.fetch_one(conn).await?)
}

/// What the menu says beside its entries.
#[derive(Debug, Clone, Copy)]
pub struct MenuCounts {
    /// to decide
    pub inbox: i64,
    /// to carry out
    pub work: i64,
    /// mine, to be mended or received
    pub own: i64,
}

/// Counts what waits at one's desk and for oneself, in one go; `decides` and `works`: whether these desks are theirs.
pub async fn menu_counts(
    conn: &mut PgConnection,
    (person, natural): (PersonId, PersonId),
    seats: &[String],
    (decides, works): (bool, bool),
) -> Result<MenuCounts> {
    let counts = sqlx::query_as!(
        MenuCounts,
        r#"with mine as materialized (select array(select id from person where id = $2 or owner_person = $2) as ids)
           select case when $5 then (select count(*) from mine, waiting_for('decide', $3, $4, mine.ids)) else 0 end as "inbox!",
                  case when $6 then (select count(*) from mine, waiting_for('execute', $3, $4, mine.ids)) else 0 end as "work!",
                  (select count(*)
                     from request r
                    where (r.requester_id = $1 or r.beneficiary_id = $1) and r.closed_at is null
                      and (exists (select from request_turns_pub t where t.request_id = r.id and t.person_id = $1)
                           or r.phase = 'executing' and coalesce(r.beneficiary_id, r.requester_id) = $1 and to_receive(r.id, r.round)
                           or r.requester_id = $1 and open_question(r.id) is not null))
                  + (select count(*) from prepared_draft
                      where recipient_id = $1 and prepared_by is distinct from $1 and state = 'open') as "own!""#,
        person.0,
        natural.0,
        seats,
        &also(seats),
        decides,
        works,
    );
    Ok(counts.fetch_one(conn).await?)
}

/// These requests, what is due first first.
pub async fn these(conn: &mut PgConnection, ids: &[Uuid], limit: i64) -> Result<Vec<Item>> {
    let items = items!(
        r#"where r.id = any($1)
            order by coalesce(t.first_due, '9999-12-31'), r.id
            limit $2"#,
        ids,
        limit,
    );
    Ok(items.fetch_all(conn).await?)
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
        r#"select r.number, r.subject, concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "asked_by!"
             from request r
             join request_comment q on q.id = open_question(r.id)
             join person p on p.id = q.author
            where r.requester_id = $1 and r.closed_at is null
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

/// What this person decided or executed (済み), the latest first.
pub async fn done_by(conn: &mut PgConnection, selves: &[Uuid], limit: i64) -> Result<Vec<Item>> {
    let items = items!(
        r#"join (select request_id, max(decided_at) as at from decision where decider = any($1) group by request_id
                    order by at desc limit $2) mine on mine.request_id = r.id
            order by mine.at desc, r.id desc"#,
        selves,
        limit,
    );
    Ok(items.fetch_all(conn).await?)
}

/// Which of one's own requests.
#[derive(Debug, Clone)]
pub struct Mine<'a> {
    pub person: PersonId,
    /// Only those that are not closed.
    pub open: bool,
    /// Folded words, all of which the request has to hold.
    pub search: &'a [String],
    pub after: Option<After>,
    pub limit: i64,
}

/// One's own requests and those about oneself, the latest first.
pub async fn mine(conn: &mut PgConnection, mine: &Mine<'_>) -> Result<Vec<Item>> {
    let items = items!(
        r#"where (r.requester_id = $1 or r.beneficiary_id = $1)
              and (not $2 or r.closed_at is null)
              and r.search like all ($3)
              and r.search like $7
              and ($4::timestamptz is null or (r.filed_at, r.id) < ($4, $5))
            order by r.filed_at desc, r.id desc
            limit $6"#,
        mine.person.0,
        mine.open,
        &patterns(mine.search),
        mine.after.map(|after| after.at),
        mine.after.map_or(Uuid::nil(), |after| after.id),
        mine.limit,
        longest(mine.search),
    );
    Ok(items.fetch_all(conn).await?)
}

/// Which requests in reach (すべての申請).
#[derive(Debug, Clone)]
pub struct Reach<'a> {
    /// How far `requests.view` reaches for whoever looks.
    pub scope: &'a Scope,
    pub phase: Option<&'a str>,
    pub kind: Option<&'a str>,
    /// Folded words, all of which the request has to hold.
    pub search: &'a [String],
    pub after: Option<After>,
    pub limit: i64,
}

/// Every request that this person may see, the latest first.
pub async fn in_reach(conn: &mut PgConnection, reach: &Reach<'_>) -> Result<Vec<Item>> {
    let items = items!(
        r#"where ($7 or r.department_id = any($8) or r.owner_department_id = any($8) or r.requester_id = $9 or r.beneficiary_id = $9)
              and ($1::text is null or r.phase = $1)
              and ($2::text is null or r.kind = $2)
              and r.search like all ($3)
              and r.search like $10
              and ($4::timestamptz is null or (r.filed_at, r.id) < ($4, $5))
            order by r.filed_at desc, r.id desc
            limit $6"#,
        reach.phase,
        reach.kind,
        &patterns(reach.search),
        reach.after.map(|after| after.at),
        reach.after.map_or(Uuid::nil(), |after| after.id),
        reach.limit,
        reach.scope.all,
        &reach.scope.departments,
        reach.scope.person,
        longest(reach.search),
    );
    Ok(items.fetch_all(conn).await?)
}

/// Folded words, each to be found anywhere; they hold letters and digits only, and so no sign that a pattern knows.
fn patterns(words: &[String]) -> Vec<String> {
    words.iter().map(|word| format!("%{word}%")).collect()
}

/// The word that narrows most, by itself: what the index can be asked for. Everything, where nothing is looked for.
fn longest(words: &[String]) -> String {
    words.iter().max_by_key(|word| word.chars().count()).map_or_else(|| "%".to_owned(), |word| format!("%{word}%"))
}

/// Work that is done and has no report yet (報告の無い作業), for those who are to receive the report at one of these seats; the
/// one that waits longest first, with the moment of its last work.
pub async fn unreported(conn: &mut PgConnection, seats: &[String], limit: i64) -> Result<Vec<(Item, DateTime<Utc>)>> {
    let items = items!(
        r#"where r.phase in ('handing_over', 'reporting')
              and exists (select from request_step report
                            join request_step receives
                              on receives.request_id = report.request_id and receives.round = report.round and receives.at > report.at
                             and receives.act = 'confirm'
                             and receives.seat = any($1)
                           where report.request_id = r.id and report.round = r.round and report.act = 'report' and report.at >= r.step)
            order by (select max(e.executed_at) from execution e where e.request_id = r.id and e.round = r.round), r.id
            limit $2"#,
        seats,
        limit,
    );
    let items = items.fetch_all(&mut *conn).await?;
    let ids: Vec<Uuid> = items.iter().map(|item| item.id).collect();
    let worked = sqlx::query!(
        r#"select request_id, max(executed_at) as "at!" from execution where request_id = any($1) group by request_id"#,
        &ids,
    );
    let worked: HashMap<Uuid, DateTime<Utc>> =
        worked.fetch_all(conn).await?.into_iter().map(|row| (row.request_id, row.at)).collect();
    Ok(items.into_iter().filter_map(|item| worked.get(&item.id).copied().map(|at| (item, at))).collect())
}

/// What will come to one of these seats when earlier steps have decided (これから来る), the longest under way first.
pub async fn coming(conn: &mut PgConnection, seats: &[String], selves: &[Uuid], limit: i64) -> Result<Vec<Item>> {
    let items = items!(
        r#"where t.type = 'decide' and r.closed_at is null
              and exists (select from request_step s
                           where s.request_id = r.id and s.round = r.round and s.stage > r.step and s.act in ('decide', 'permit', 'instruct', 'consult', 'confirm', 'execute')
                             and (s.seat = any($1)
                                  or s.designee and 'named:' || r.kind || '/' || s.key = any($1)))
              and (r.requester_id is null or r.requester_id <> all($2))
              and (r.beneficiary_id is null or r.beneficiary_id <> all($2))
            order by t.since, r.id
            limit $3"#,
        seats,
        selves,
        limit,
    );
    Ok(items.fetch_all(conn).await?)
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
