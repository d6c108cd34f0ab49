//! The SQL of set-up: its one row, and what is there so far.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::model::Counts;
use crate::kernel::access::Tier;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::people::model::{Employment, full_name};
use crate::people::posts::names_of;

/// Set-up as it stands.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub session_hash: Option<Vec<u8>>,
    pub session_until: Option<DateTime<Utc>>,
    pub answers: serde_json::Value,
    pub finished_at: Option<DateTime<Utc>>,
}

pub(super) async fn find(conn: &mut PgConnection) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(Row, "select session_hash, session_until, answers, finished_at from set_up")
        .fetch_optional(conn)
        .await
}

/// The row, held until the transaction ends.
pub(super) async fn lock(conn: &mut PgConnection) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(Row, "select session_hash, session_until, answers, finished_at from set_up for update")
        .fetch_optional(conn)
        .await
}

/// A new token; the one before counts no longer.
pub(super) async fn put_token(
    conn: &mut PgConnection,
    hash: &[u8],
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let put = sqlx::query!(
        "insert into set_up (token_hash, token_until, begun_at)
         values ($1, $2, $3)
         on conflict (one) do update set token_hash = $1, token_until = $2 where set_up.finished_at is null",
        hash,
        until,
        now
    )
    .execute(conn)
    .await?;
    Ok(put.rows_affected() == 1)
}

/// Uses the token up: whether it was the right one, in time.
pub(super) async fn open(
    conn: &mut PgConnection,
    token: &[u8],
    session: &[u8],
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let opened = sqlx::query!(
        "update set_up
            set token_hash = null, token_until = null, session_hash = $2, session_until = $3
          where token_hash = $1 and token_until > $4 and finished_at is null",
        token,
        session,
        until,
        now
    )
    .execute(conn)
    .await?;
    Ok(opened.rows_affected() == 1)
}

pub(super) async fn keep(conn: &mut PgConnection, answers: &serde_json::Value) -> sqlx::Result<()> {
    sqlx::query!("update set_up set answers = $1 where finished_at is null", answers).execute(conn).await?;
    Ok(())
}

pub(super) async fn finish(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "update set_up
            set finished_at = $1, token_hash = null, token_until = null, session_hash = null, session_until = null",
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn counts(conn: &mut PgConnection) -> sqlx::Result<Counts> {
    sqlx::query_as!(
        Counts,
        r#"select (select count(*) from department) as "departments!", (select count(*) from person) as "people!""#
    )
    .fetch_one(conn)
    .await
}

/// Somebody, as far as set-up needs to know them.
#[derive(Debug, Clone)]
pub(super) struct Someone {
    pub id: PersonId,
    pub number: String,
    pub name: String,
    pub department: Option<DepartmentId>,
    pub title: String,
    /// the day from which they are there
    pub from: NaiveDate,
    /// their last day
    pub left_on: Option<NaiveDate>,
}

impl Someone {
    /// Have they gone by this day (退職)?
    pub fn gone(&self, today: NaiveDate) -> bool {
        self.left_on.is_some_and(|last| last < today)
    }

    /// Are they there on this day?
    pub fn there(&self, today: NaiveDate) -> bool {
        self.from <= today && !self.gone(today)
    }
}

pub(super) async fn person(conn: &mut PgConnection, number: &str) -> sqlx::Result<Option<Someone>> {
    Ok(people(conn, &[], Some(number)).await?.into_iter().next())
}

/// These persons, or the one of this number.
pub(super) async fn people(
    conn: &mut PgConnection,
    ids: &[uuid::Uuid],
    number: Option<&str>,
) -> sqlx::Result<Vec<Someone>> {
    let rows = sqlx::query!(
        r#"select n.id as "id: PersonId", n.employee_no, n.family_name, n.given_name, n.left_on,
                  p.department_id as "department?: DepartmentId", p.title as "title?",
                  greatest(n.joined_on, (select min(lower(o.during)) from post o where o.person_id = n.id)) as "from!"
             from person n
             left join lateral (
               select department_id, title from post where person_id = n.id and main order by lower(during) desc limit 1) p on true
            where n.id = any ($1) or n.employee_no = $2
            order by n.reading, n.employee_no"#,
        ids,
        number
    )
    .fetch_all(conn)
    .await?;
    let someone = rows.into_iter().map(|row| Someone {
        id: row.id,
        number: row.employee_no,
        name: full_name(&row.family_name, &row.given_name),
        department: row.department,
        title: row.title.unwrap_or_default(),
        from: row.from,
        left_on: row.left_on,
    });
    Ok(someone.collect())
}

/// A row of the list of people.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub number: String,
    pub name: String,
    pub reading: String,
    pub department: String,
    pub title: String,
    pub from: NaiveDate,
    pub left_on: Option<NaiveDate>,
}

/// One page of the people found by these words, in the order of their よみ, and how many there are in all.
pub(super) async fn listed(
    conn: &mut PgConnection,
    words: &[String],
    from: i64,
    most: i64,
) -> sqlx::Result<(Vec<Listed>, i64)> {
    let rows = sqlx::query!(
        r#"select n.employee_no, n.family_name, n.given_name, n.reading, n.joined_on, n.left_on,
                  d.name as "department?", p.title as "title?", count(*) over () as "total!"
             from person n
             left join lateral (
               select department_id, title from post where person_id = n.id and main order by lower(during) desc limit 1) p on true
             left join department d on d.id = p.department_id
            where not exists (
                    select from unnest($1::text[]) word
                     where search_key(word) = ''
                        or position(search_key(word) in concat_ws('|', search_key(n.employee_no), search_key(n.reading),
                                                                  search_key(n.family_name || n.given_name))) = 0)
            order by n.reading collate "ja-x-icu", n.employee_no
           offset $2
            limit $3"#,
        words,
        from,
        most,
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let listed = rows.into_iter().map(|row| Listed {
        number: row.employee_no,
        name: full_name(&row.family_name, &row.given_name),
        reading: row.reading,
        department: row.department.unwrap_or_default(),
        title: row.title.unwrap_or_default(),
        from: row.joined_on,
        left_on: row.left_on,
    });
    Ok((listed.collect(), total))
}

/// A person's row as it can be mended.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub id: PersonId,
    pub number: String,
    pub family: String,
    pub given: String,
    pub reading: String,
    pub mail: Option<String>,
    pub employment: Employment,
    pub joined_on: NaiveDate,
    pub left_on: Option<NaiveDate>,
    pub department: Option<DepartmentId>,
    pub title: String,
    pub version: i32,
}

pub(super) async fn kept(conn: &mut PgConnection, number: &str) -> sqlx::Result<Option<Kept>> {
    let row = sqlx::query!(
        r#"select n.id as "id: PersonId", n.employee_no, n.family_name, n.given_name, n.reading, n.mail,
                  n.employment as "employment: Employment", n.joined_on, n.left_on, n.version,
                  p.department_id as "department?: DepartmentId", p.title as "title?"
             from person n
             left join lateral (
               select department_id, title from post where person_id = n.id and main order by lower(during) desc limit 1) p on true
            where n.employee_no = $1"#,
        number
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Kept {
        id: row.id,
        number: row.employee_no,
        family: row.family_name,
        given: row.given_name,
        reading: row.reading,
        mail: row.mail,
        employment: row.employment,
        joined_on: row.joined_on,
        left_on: row.left_on,
        department: row.department,
        title: row.title.unwrap_or_default(),
        version: row.version,
    }))
}

/// 部署: where it stands in the tree, and how many sit there.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub id: DepartmentId,
    pub name: String,
    pub parent: Option<DepartmentId>,
    pub persons: i64,
}

pub(super) async fn places(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Place>> {
    sqlx::query_as!(
        Place,
        r#"select d.id as "id: DepartmentId", d.name, d.parent_id as "parent: DepartmentId",
                  (select count(*) from post p where p.department_id = d.id and p.main and (upper_inf(p.during) or upper(p.during) > $1)) as "persons!"
             from department d
            order by d.code"#,
        today
    )
    .fetch_all(conn)
    .await
}

/// A post with a title, by each name under which a text may ask for it (副市長, 情報政策課長).
#[derive(Debug, Clone)]
pub(super) struct Titled {
    pub person: PersonId,
    pub names: Vec<String>,
    pub department: DepartmentId,
    /// its name
    pub place: String,
    pub from: NaiveDate,
}

impl Titled {
    /// Is it the post that a text names so?
    pub fn is(&self, post: &str) -> bool {
        self.names.iter().any(|name| name == post)
    }
}

/// The posts of today and of the days to come that bear a title.
pub(super) async fn titled(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Titled>> {
    let rows = sqlx::query!(
        r#"select p.person_id as "person: PersonId", d.id as "place: DepartmentId", d.name as department, a.name as "above?", p.title,
                  greatest(lower(p.during), n.joined_on) as "from!"
             from post p
             join person n on n.id = p.person_id
             join department d on d.id = p.department_id
             left join department a on a.id = d.parent_id
            where p.title <> '' and p.function is null and (upper_inf(p.during) or upper(p.during) > $1)
              and (n.left_on is null or n.left_on >= $1)"#,
        today
    )
    .fetch_all(conn)
    .await?;
    let titled = rows.into_iter().map(|row| {
        let names = names_of(&row.department, row.above.as_deref(), &row.title);
        Titled { person: row.person, names, department: row.place, place: row.department, from: row.from }
    });
    Ok(titled.collect())
}

/// A post that is held already, by whatever road.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub tier: Tier,
    pub function: Option<String>,
    pub department: DepartmentId,
    pub person: PersonId,
    /// of the person
    pub name: String,
}

pub(super) async fn held(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Held>> {
    let rows = sqlx::query!(
        r#"select p.tier as "tier: Tier", p.function, p.department_id as "department: DepartmentId", p.person_id as "person: PersonId",
                  n.family_name, n.given_name
             from post p
             join person n on n.id = p.person_id and (n.left_on is null or n.left_on >= $1)
            where p.during @> $1::date"#,
        today
    )
    .fetch_all(conn)
    .await?;
    let held = rows.into_iter().map(|row| Held {
        tier: row.tier,
        function: row.function,
        department: row.department,
        person: row.person,
        name: full_name(&row.family_name, &row.given_name),
    });
    Ok(held.collect())
}
