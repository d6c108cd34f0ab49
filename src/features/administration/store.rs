//! SQL of 管理: reading the log, the outbox, the calendar; writing holidays and closures.
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// What the log is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// entity: `request`, `account`, …
    pub entity: Option<String>,
    /// ok, denied, failed
    pub outcome: Option<String>,
    /// a person's name or number
    pub person: Option<String>,
    /// the number people say aloud
    pub number: Option<String>,
    /// from this moment
    pub from: Option<DateTime<Utc>>,
    /// before this moment
    pub until: Option<DateTime<Utc>>,
    /// the page begins after this event
    pub after: Option<(DateTime<Utc>, Uuid)>,
    /// only this one
    pub id: Option<Uuid>,
}

/// One line of the log.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: Uuid,
    pub occurred_at: DateTime<Utc>,
    pub kind: String,
    pub outcome: String,
    pub actor: Option<String>,
    pub actor_number: Option<String>,
    pub source: Option<String>,
    pub entity: String,
    pub entity_id: String,
    pub entity_number: Option<String>,
    /// what a refused visit asked for
    pub method: Option<String>,
    pub path: Option<String>,
    /// the ID that was typed, where somebody has it; else its digest
    pub login: Option<String>,
    pub login_digest: Option<String>,
    /// what the thing was called then
    pub named: Option<String>,
    /// 代理: for whom
    pub acting_for: Option<String>,
    /// whom it was about
    pub concerned: Vec<String>,
    /// everything else that was written down
    pub facts: Value,
}

/// The log, newest first.
pub async fn events(conn: &mut PgConnection, wish: &Wish, most: i64) -> sqlx::Result<Vec<Entry>> {
    sqlx::query_as!(
        Entry,
        r#"select e.id, e.occurred_at, e.kind, e.outcome,
                  p.family_name || ' ' || p.given_name as actor,
                  p.employee_no as "actor_number?",
                  host(e.source) as source,
                  e.entity, e.entity_id, e.entity_number,
                  e.facts ->> 'method' as method, e.facts ->> 'path' as path,
                  case when e.kind = 'sign_in.failed' then e.facts ->> 'login' end as login,
                  e.facts ->> 'login_digest' as login_digest, e.facts ->> 'name' as named,
                  (select n.family_name || ' ' || n.given_name from person n where n.id = e.acting_for) as acting_for,
                  array(select n.family_name || ' ' || n.given_name
                          from person n
                         where n.id = any (e.concerns)
                         order by array_position(e.concerns, n.id)) as "concerned!: Vec<String>",
                  e.facts as "facts!: Value"
             from audit.event e
             left join person p on p.id = e.actor_id
            where ($1::text is null or e.entity = $1)
              and ($2::text is null or e.outcome = $2)
              and ($3::text is null or p.employee_no = $3
                   or position($3 in p.family_name || ' ' || p.given_name) > 0
                   or position($3 in p.family_name || p.given_name) > 0
                   or position(translate($3, ' ', '') in replace(p.reading, ' ', '')) > 0)
              and ($4::text is null or upper(e.entity_number) = $4
                   or e.concerns && array(select n.id from person n where upper(n.employee_no) = $4)
                   or e.entity_id in (select n.id::text from person n where upper(n.employee_no) = $4))
              and ($5::timestamptz is null or e.occurred_at >= $5)
              and ($6::timestamptz is null or e.occurred_at < $6)
              and ($7::timestamptz is null or (e.occurred_at, e.id) < ($7, $8))
              and ($10::uuid is null or e.id = $10)
            order by e.occurred_at desc, e.id desc
            limit $9"#,
        wish.entity,
        wish.outcome,
        wish.person,
        wish.number,
        wish.from,
        wish.until,
        wish.after.map(|(at, _)| at),
        wish.after.map(|(_, id)| id),
        most,
        wish.id,
    )
    .fetch_all(conn)
    .await
}

/// How many lines a wish has.
pub async fn count(conn: &mut PgConnection, wish: &Wish) -> sqlx::Result<u64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!"
             from audit.event e
             left join person p on p.id = e.actor_id
            where ($1::text is null or e.entity = $1)
              and ($2::text is null or e.outcome = $2)
              and ($3::text is null or p.employee_no = $3
                   or position($3 in p.family_name || ' ' || p.given_name) > 0
                   or position($3 in p.family_name || p.given_name) > 0
                   or position(translate($3, ' ', '') in replace(p.reading, ' ', '')) > 0)
              and ($4::text is null or upper(e.entity_number) = $4
                   or e.concerns && array(select n.id from person n where upper(n.employee_no) = $4)
                   or e.entity_id in (select n.id::text from person n where upper(n.employee_no) = $4))
              and ($5::timestamptz is null or e.occurred_at >= $5)
              and ($6::timestamptz is null or e.occurred_at < $6)"#,
        wish.entity,
        wish.outcome,
        wish.person,
        wish.number,
        wish.from,
        wish.until,
    )
    .fetch_one(conn)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// What an event was about, as people call it.
#[derive(Debug, Clone)]
pub struct Named {
    pub entity: String,
    pub id: Uuid,
    pub number: Option<String>,
    pub name: String,
    /// the title of a post, the holder behind a stand-in, the system of an account
    pub other: Option<String>,
}

/// The names of everything that these ids stand for, whatever it is.
pub async fn names(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Named>> {
    sqlx::query_as!(
        Named,
        r#"select 'person' as "entity!", n.id as "id!", n.employee_no as number, n.family_name || ' ' || n.given_name as "name!",
                  null as other
             from person n
            where n.id = any ($1)
           union all
           select 'department', d.id, d.code, d.name, null from department d where d.id = any ($1)
           union all
           select 'post', p.id, n.employee_no, n.family_name || ' ' || n.given_name, p.title
             from post p
             join person n on n.id = p.person_id
            where p.id = any ($1)
           union all
           select 'stand_in', s.id, n.employee_no, n.family_name || ' ' || n.given_name, h.family_name || ' ' || h.given_name
             from stand_in s
             join person n on n.id = s.person_id
             join post p on p.id = s.post_id
             join person h on h.id = p.person_id
            where s.id = any ($1)
           union all
           select 'stand_in_proposal', s.id, n.employee_no, n.family_name || ' ' || n.given_name, h.family_name || ' ' || h.given_name
             from stand_in_proposal s
             join person n on n.id = s.person_id
             join person h on h.id = s.asked_by
            where s.id = any ($1)
           union all
           select 'system', s.id, s.code, s.name, null from systems_pub s where s.id = any ($1)
           union all
           select 'account', a.id, null, a.account_name, s.name
             from accounts_pub a
             join systems_pub s on s.id = a.system_id
            where a.id = any ($1)
           union all
           select 'mail', o.id, null, o.subject, p.family_name || ' ' || p.given_name
             from outbox o
             left join person p on p.id = o.recipient_id
            where o.id = any ($1)
           union all
           select 'job', j.id, null, j.kind, null from job j where j.id = any ($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await
}

/// Somebody's look at something.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    pub person: Uuid,
    pub kind: &'a str,
    pub entity_id: &'a str,
    pub conditions: &'a str,
    pub since: DateTime<Utc>,
}

/// Is the same look already in the log?
pub async fn looked_lately(conn: &mut PgConnection, look: &Look<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from audit.event
                           where actor_id = $1 and kind = $2 and entity_id = $3 and occurred_at > $5
                             and facts ->> 'conditions' = $4) as "lately!""#,
        look.person,
        look.kind,
        look.entity_id,
        look.conditions,
        look.since,
    )
    .fetch_one(conn)
    .await
}

/// How the last verification ended.
#[derive(Debug, Clone)]
pub struct Verified {
    pub at: DateTime<Utc>,
    pub outcome: String,
    pub facts: Value,
}

/// The last verification of the log.
pub async fn last_verified(conn: &mut PgConnection) -> sqlx::Result<Option<Verified>> {
    sqlx::query_as!(
        Verified,
        "select occurred_at as at, outcome, facts
           from audit.event
          where kind = 'audit.verified'
          order by occurred_at desc, id desc
          limit 1"
    )
    .fetch_optional(conn)
    .await
}

/// The last signed checkpoint.
pub async fn last_signed(conn: &mut PgConnection) -> sqlx::Result<Option<(i64, DateTime<Utc>)>> {
    let row =
        sqlx::query!("select seq, at from audit.checkpoint order by seq desc limit 1").fetch_optional(conn).await?;
    Ok(row.map(|row| (row.seq, row.at)))
}

/// A mail of the outbox.
#[derive(Debug, Clone)]
pub struct Mail {
    pub id: Uuid,
    pub recipient: String,
    pub recipient_id: Option<Uuid>,
    pub person: Option<String>,
    pub subject: String,
    pub body: String,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
}

/// The outbox, newest first; one mail only, if named.
pub async fn mails(
    conn: &mut PgConnection,
    one: Option<Uuid>,
    after: Option<Uuid>,
    most: i64,
) -> sqlx::Result<Vec<Mail>> {
    sqlx::query_as!(
        Mail,
        r#"select o.id, o.recipient, o.recipient_id, p.family_name || ' ' || p.given_name as person, o.subject, o.body,
                  o.created_at, o.sent_at, o.last_error
             from outbox o
             left join person p on p.id = o.recipient_id
            where ($1::uuid is null or o.id = $1)
              and ($2::uuid is null or (o.created_at, o.id) < (select created_at, id from outbox where id = $2))
            order by o.created_at desc, o.id desc
            limit $3"#,
        one,
        after,
        most,
    )
    .fetch_all(conn)
    .await
}

/// How many imported holidays each year has, the latest first.
pub async fn holiday_years(conn: &mut PgConnection) -> sqlx::Result<Vec<(i32, i64)>> {
    let rows = sqlx::query!(
        r#"select extract(year from on_date)::int as "year!", count(*) as "count!" from holiday group by 1 order by 1 desc limit 6"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.year, row.count)).collect())
}

/// The imported holidays of these years.
pub async fn holidays(
    conn: &mut PgConnection,
    from: NaiveDate,
    to: NaiveDate,
) -> sqlx::Result<Vec<(NaiveDate, String)>> {
    let rows =
        sqlx::query!("select on_date, name from holiday where on_date between $1 and $2 order by on_date", from, to)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|row| (row.on_date, row.name)).collect())
}

/// Puts a whole list in the place of what was there for its years.
pub async fn replace_holidays(
    conn: &mut PgConnection,
    days: &[(NaiveDate, String)],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let [(first, _), .., (last, _)] = days else { return Ok(()) };
    let dates: Vec<NaiveDate> = days.iter().map(|(day, _)| *day).collect();
    let names: Vec<String> = days.iter().map(|(_, name)| name.clone()).collect();
    sqlx::query!("delete from holiday where on_date between $1 and $2", first, last).execute(&mut *conn).await?;
    sqlx::query!(
        "insert into holiday (on_date, name, imported_at) select d, n, $3 from unnest($1::date[], $2::text[]) as list (d, n)",
        &dates,
        &names,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A closure of one's own (休業日).
#[derive(Debug, Clone)]
pub struct Closure {
    pub id: Uuid,
    pub from_date: NaiveDate,
    pub to_date: NaiveDate,
    pub name: String,
}

/// Closures that are not long over.
pub async fn closures(conn: &mut PgConnection, since: NaiveDate) -> sqlx::Result<Vec<Closure>> {
    sqlx::query_as!(
        Closure,
        "select id, from_date, to_date, name from closure where to_date >= $1 order by from_date, id limit 200",
        since
    )
    .fetch_all(conn)
    .await
}

/// Enters one.
pub async fn insert_closure(
    conn: &mut PgConnection,
    closure: &Closure,
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into closure (id, from_date, to_date, name, entered_at, entered_by) values ($1, $2, $3, $4, $5, $6)",
        closure.id,
        closure.from_date,
        closure.to_date,
        closure.name,
        now,
        by,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes one back; what it was.
pub async fn delete_closure(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Closure>> {
    sqlx::query_as!(Closure, "delete from closure where id = $1 returning id, from_date, to_date, name", id)
        .fetch_optional(conn)
        .await
}
