//! The SQL of 代決 and 後閲: whom the rule of a day names for what waits, what was decided so, and what of it is still to be read.
//! `deciders_by_rule` knows the rules; national holidays it may not know, so that the days are counted once more by the calendar.
use crate::kernel::access::Tier;
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::people::acting::ActingRuleId;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// That the rule of a day names somebody for the decision for which a request waits.
#[derive(Debug, Clone)]
pub struct Named {
    pub rule: ActingRuleId,
    pub post: PostId,
    pub holder: PersonId,
    pub person: PersonId,
    pub tier: Tier,
    pub department: DepartmentId,
    pub reserved: bool,
    pub stood_in: bool,
    /// All who could decide are entered as absent.
    pub away: bool,
    pub back_on: Option<NaiveDate>,
    /// Since when it waits.
    pub since: NaiveDate,
    pub when_absent: bool,
    pub after_days: Option<i32>,
    pub review_days: i32,
    /// Nobody who could decide stands before them in the rule.
    pub in_turn: bool,
}

/// Whether and how the rule names this person for this request.
pub async fn named(
    conn: &mut PgConnection,
    request: Uuid,
    person: PersonId,
    today: NaiveDate,
) -> sqlx::Result<Vec<Named>> {
    sqlx::query_as!(
        Named,
        r#"select x.rule_id as "rule!: ActingRuleId", x.post_id as "post!: PostId", x.holder as "holder!: PersonId",
                  x.person_id as "person!: PersonId", x.tier as "tier!: Tier", x.department_id as "department!: DepartmentId",
                  x.reserved as "reserved!", x.stood_in as "stood_in!", x.away as "away!", x.back_on, x.since as "since!",
                  x.when_absent as "when_absent!", x.after_days, x.review_days as "review_days!", x.in_turn as "in_turn!"
             from deciders_by_rule($1, $2) x
            where x.person_id = $3
            order by x.back_on is null, x.post_id"#,
        request,
        today,
        person.0,
    )
    .fetch_all(conn)
    .await
}

/// A request that is offered to somebody, as far as the database counts.
#[derive(Debug, Clone)]
pub struct Offer {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    pub step: String,
    pub round: i32,
    pub rule: ActingRuleId,
    pub holder: PersonId,
    pub person: PersonId,
    pub since: NaiveDate,
    /// The rule asks for no more than the absence, and it is entered.
    pub absent: bool,
    pub after_days: Option<i32>,
}

/// All that is offered on this day: to one person, or of one request that nobody was told of yet.
pub async fn offers(
    conn: &mut PgConnection,
    today: NaiveDate,
    person: Option<PersonId>,
    number: Option<&str>,
    untold: bool,
) -> sqlx::Result<Vec<Offer>> {
    sqlx::query_as!(
        Offer,
        r#"select distinct on (r.id, s.at, x.person_id)
                  r.id, r.number, r.title, s.key as step, r.round, x.rule_id as "rule!: ActingRuleId", x.holder as "holder!: PersonId",
                  x.person_id as "person!: PersonId", x.since as "since!", (x.when_absent and x.away) as "absent!", x.after_days
             from acting_rules($1) a
             join request_step s on s.tier = a.tier and s.act = 'decide' and s.arrived_at is not null and s.ended_at is null
             join request r on r.id = s.request_id and r.round = s.round and r.phase = 'in_review'
            cross join lateral deciders_by_rule(r.id, $1) x
            where x.offered and x.at = s.at
              -- what cannot be due yet is not asked about
              and (a.when_absent and exists (select from absence b where b.during @> $1::date and b.ended_at is null)
                   or (s.arrived_at at time zone 'Asia/Tokyo')::date + a.after_days < $1::date)
              and ($2::uuid is null or x.person_id = $2)
              and ($3::text is null or r.number = $3)
              and (not $4 or not exists (
                    select from audit.event e
                     where e.entity = 'request' and e.entity_id = r.id::text and e.kind = 'request.offered'
                       and e.facts ->> 'person' = x.person_id::text and e.facts ->> 'step' = s.key and e.facts ->> 'round' = r.round::text))
            order by r.id, s.at, x.person_id, (x.when_absent and x.away) desc, x.post_id"#,
        today,
        person.map(|person| person.0),
        number,
        untold,
    )
    .fetch_all(conn)
    .await
}

/// Was this step of this round of a request offered to this person by a rule?
pub async fn was_offered(
    conn: &mut PgConnection,
    request: Uuid,
    (step, round): (&str, i32),
    person: PersonId,
) -> sqlx::Result<bool> {
    let offered = sqlx::query_scalar!(
        r#"select exists (
             select from audit.event e
              where e.entity = 'request' and e.entity_id = $1 and e.kind = 'request.offered'
                and e.facts ->> 'person' = $2 and e.facts ->> 'step' = $3 and e.facts ->> 'round' = $4) as "offered!""#,
        request.to_string(),
        person.to_string(),
        step,
        round.to_string(),
    );
    offered.fetch_one(conn).await
}

/// Has the organisation a rule on this day?
pub async fn any_rule(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<bool> {
    let any = sqlx::query_scalar!(
        r#"select exists (select from acting_rules($1) a where a.who <> 'nobody') as "any!""#,
        today
    );
    any.fetch_one(conn).await
}

/// Somebody in whose sight requests were by a rule alone (代決), and as what they were in the register on that day.
#[derive(Debug, Clone)]
pub struct InSight {
    pub number: String,
    pub family_name: String,
    pub given_name: String,
    pub department: String,
    pub title: String,
    pub tier: Tier,
    pub absent_family: String,
    pub absent_given: String,
    pub since: NaiveDate,
    pub until: Option<NaiveDate>,
}

/// Who could read these requests on a day because a rule offered one to them, or because they decided it so: of one, or of all
/// those of departments and persons. An offer of former days is known by what they were told.
pub async fn in_sight(
    conn: &mut PgConnection,
    request: Option<Uuid>,
    (departments, persons): (&[Uuid], &[Uuid]),
    (day, today): (NaiveDate, NaiveDate),
) -> sqlx::Result<Vec<InSight>> {
    sqlx::query_as!(
        InSight,
        r#"with asked as (
             select r.id, r.phase, r.closed_at
               from request r
              where case when $1::uuid is null
                         then r.department_id = any ($2) or r.owner_department_id = any ($2) or r.requester_id = any ($3)
                              or r.beneficiary_id = any ($3)
                         else r.id = $1 end
           ), seen as (
             select d.decider as person_id, d.acting_for as holder, (d.decided_at at time zone 'Asia/Tokyo')::date as since, null::date as until
               from asked a
               join decision d on d.request_id = a.id and d.acting_rule is not null
             union all
             select x.person_id, x.holder, $5::date, $5::date
               from asked a
              cross join lateral deciders_by_rule(a.id, $5) x
              where $4::date = $5::date and a.phase = 'in_review' and x.offered
             union all
             select (e.facts ->> 'person')::uuid, (e.facts ->> 'holder')::uuid, (e.occurred_at at time zone 'Asia/Tokyo')::date,
                    (coalesce((select min(d.decided_at) from decision d
                                where d.request_id = a.id and d.round::text = e.facts ->> 'round' and d.step_key = e.facts ->> 'step'),
                              a.closed_at) at time zone 'Asia/Tokyo')::date
               from asked a
               join audit.event e on e.entity = 'request' and e.entity_id = a.id::text and e.kind = 'request.offered'
              where $4::date < $5::date
           ), once as (
             select s.person_id, s.holder, min(s.since) as since, nullif(max(coalesce(s.until, 'infinity'::date)), 'infinity'::date) as until
               from seen s
              where s.since <= $4 and (s.until is null or s.until >= $4)
              group by s.person_id, s.holder
           )
           select n.employee_no as "number!", n.family_name as "family_name!", n.given_name as "given_name!",
                  coalesce(d.name, '') as "department!", coalesce(m.title, '') as "title!", coalesce(m.tier, 'staff') as "tier!: Tier",
                  h.family_name as "absent_family!", h.given_name as "absent_given!", o.since as "since!", o.until
             from once o
             join person n on n.id = o.person_id and (n.left_on is null or n.left_on >= $4)
             join person h on h.id = o.holder
             left join post m on m.person_id = n.id and m.main and m.during @> $4::date
             left join department d on d.id = m.department_id
            order by n.reading collate "ja-x-icu", n.employee_no, o.since"#,
        request,
        departments,
        persons,
        day,
        today,
    )
    .fetch_all(conn)
    .await
}

/// A decision by rule that the absent one is to read, or has read.
#[derive(Debug, Clone)]
pub struct ToReview {
    pub decision: Uuid,
    pub number: String,
    pub kind: String,
    pub title: String,
    pub subject: String,
    pub step_key: String,
    pub verdict: String,
    pub words: String,
    pub decider: String,
    pub decider_id: PersonId,
    pub absent: String,
    pub absent_id: PersonId,
    pub rule_version: i32,
    pub decided_at: DateTime<Utc>,
    pub due: NaiveDate,
    /// The content as it stood.
    pub shown: Value,
    pub read_at: Option<DateTime<Utc>>,
    pub remark: Option<String>,
}

/// Which of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which {
    /// decided in the place of this natural person
    pub absent: Option<PersonId>,
    /// of this request
    pub request: Option<Uuid>,
    /// not read yet
    pub unread: bool,
    /// to be read before this day
    pub due_before: Option<NaiveDate>,
    /// of those whose holder was not reminded since then
    pub quiet_since: Option<DateTime<Utc>>,
}

/// Those that are in sight: unread ones first, by their deadline; then what was read, the latest first. Whoever left the post in
/// whose place somebody decided owes no reading any more.
pub async fn to_review(
    conn: &mut PgConnection,
    today: NaiveDate,
    which: Which,
    limit: i64,
) -> sqlx::Result<Vec<ToReview>> {
    sqlx::query_as!(
        ToReview,
        r#"select d.id as decision, r.number, r.kind, r.title, r.subject, d.step_key, d.verdict, d.words,
                  m.family_name || ' ' || m.given_name as "decider!", m.id as "decider_id: PersonId", n.family_name || ' ' || n.given_name as "absent!",
                  n.id as "absent_id: PersonId", a.version as rule_version, d.decided_at, d.review_due as "due!", q.shown,
                  v.read_at as "read_at?", v.remark as "remark?"
             from decision d
             join request r on r.id = d.request_id
             join request_round q on q.request_id = d.request_id and q.round = d.round
             join acting_rule a on a.id = d.acting_rule
             join person m on m.id = d.decider
             join person n on n.id = d.acting_for
             join post p on p.id = d.post_id
             left join ex_post_review v on v.decision_id = d.id
            where (v.decision_id is not null or p.during @> $1::date and (n.left_on is null or n.left_on >= $1))
              and ($2::uuid is null or d.acting_for = $2)
              and ($3::uuid is null or d.request_id = $3)
              and (not $4 or v.decision_id is null)
              and ($5::date is null or d.review_due < $5)
              and ($6::timestamptz is null or not exists (
                    select from audit.event e
                     where e.entity = 'request' and e.entity_id = d.request_id::text and e.kind = 'request.review_reminded'
                       and e.facts ->> 'decision' = d.id::text and e.occurred_at >= $6))
            order by v.read_at desc nulls first, d.review_due, d.decided_at, d.id
            limit $7"#,
        today,
        which.absent.map(|person| person.0),
        which.request,
        which.unread,
        which.due_before,
        which.quiet_since,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// How many decisions somebody still owes to read; `None` where no rule could bring them any: it speaks of no tier that they hold,
/// they watch over nobody's reading, and nothing was ever decided in their place.
pub async fn owed_reading(
    conn: &mut PgConnection,
    today: NaiveDate,
    absent: PersonId,
    (tiers, watches): (&[String], bool),
) -> sqlx::Result<Option<i64>> {
    let found = sqlx::query!(
        r#"select (select count(*)
                     from decision d
                     join post p on p.id = d.post_id
                     join person n on n.id = d.acting_for
                     left join ex_post_review v on v.decision_id = d.id
                    where d.acting_for = $2 and d.acting_rule is not null and v.decision_id is null
                      and p.during @> $1::date and (n.left_on is null or n.left_on >= $1)) as "open!",
                  exists (select from acting_rules($1) a where a.who <> 'nobody' and ($4 or a.tier = any($3)))
                  or exists (select from decision d where d.acting_for = $2 and d.acting_rule is not null) as "concerned!""#,
        today,
        absent.0,
        tiers,
        watches,
    );
    let found = found.fetch_one(conn).await?;
    Ok(found.concerned.then_some(found.open))
}

/// Writes that the absent one has read a decision.
pub async fn insert_review(
    conn: &mut PgConnection,
    decision: Uuid,
    reader: PersonId,
    remark: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into ex_post_review (decision_id, reader, remark, read_at) values ($1, $2, $3, $4)",
        decision,
        reader.0,
        remark,
        now,
    )
    .execute(conn)
    .await
    .map(drop)
}
