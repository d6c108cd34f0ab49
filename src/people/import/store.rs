//! The SQL of taking lists over: what is known is read at once, and what changes is written many rows at a time.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::columns::Kind;
use super::plan::{Known, KnownDepartment, KnownPerson, KnownPost, Seat};
use crate::kernel::access::Tier;
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::people::model::full_name;

/// A list between upload and confirmation.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub id: Uuid,
    pub kind: Kind,
    pub uploaded_at: DateTime<Utc>,
    pub content: serde_json::Value,
    pub mapping: serde_json::Value,
    pub outcome: Option<serde_json::Value>,
}

pub(super) async fn insert_draft(
    conn: &mut PgConnection,
    draft: &Draft,
    by: Option<PersonId>,
    expires: DateTime<Utc>,
    digest: &[u8],
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into roster_import (id, kind, uploaded_by, uploaded_at, expires_at, file_digest, content, mapping)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        draft.id,
        draft.kind.key(),
        by.map(|by| by.0),
        draft.uploaded_at,
        expires,
        digest,
        draft.content,
        draft.mapping,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One's own list, if it has not expired; locked where it is to be taken over.
pub(super) async fn find_draft(
    conn: &mut PgConnection,
    id: Uuid,
    by: Option<PersonId>,
    now: DateTime<Utc>,
    lock: bool,
) -> sqlx::Result<Option<Draft>> {
    if lock {
        sqlx::query!("select id from roster_import where id = $1 for update", id).fetch_optional(&mut *conn).await?;
    }
    sqlx::query_as!(
        Draft,
        r#"select id, kind as "kind: Kind", uploaded_at, content, mapping, outcome
             from roster_import
            where id = $1 and uploaded_by is not distinct from $2 and expires_at > $3"#,
        id,
        by.map(|by| by.0),
        now,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn remap(conn: &mut PgConnection, id: Uuid, mapping: &serde_json::Value) -> sqlx::Result<()> {
    sqlx::query!("update roster_import set mapping = $2 where id = $1 and taken_at is null", id, mapping)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn taken(
    conn: &mut PgConnection,
    id: Uuid,
    outcome: &serde_json::Value,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update roster_import set content = '[]', outcome = $2, taken_at = $3 where id = $1 and taken_at is null",
        id,
        outcome,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether there was one to throw away.
pub(super) async fn discard(conn: &mut PgConnection, id: Uuid, by: Option<PersonId>) -> sqlx::Result<bool> {
    let by = by.map(|by| by.0);
    let gone = sqlx::query!("delete from roster_import where id = $1 and uploaded_by is not distinct from $2", id, by);
    Ok(gone.execute(conn).await?.rows_affected() > 0)
}

pub(super) async fn sweep(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from roster_import where expires_at <= $1", now).execute(conn).await?.rows_affected())
}

/// Everything a list is compared with.
pub(super) async fn known(conn: &mut PgConnection, kind: Kind, today: NaiveDate) -> sqlx::Result<Known> {
    let departments = sqlx::query_as!(
        KnownDepartment,
        r#"select id as "id: DepartmentId", code, name, reading, parent_id as "parent: DepartmentId"
             from department
            where valid_to is null or valid_to > $1
            order by code"#,
        today
    )
    .fetch_all(&mut *conn)
    .await?;
    if kind == Kind::Departments {
        return Ok(Known { departments, ..Known::default() });
    }
    let people = people(conn, today).await?;
    let people = people.into_iter().map(|person| (person.number.clone(), person)).collect();
    Ok(Known { people, departments, seats: seats(conn, today).await?, oneself: None })
}

/// The natural person behind a sign-in.
pub(super) async fn natural(conn: &mut PgConnection, person: Option<PersonId>) -> sqlx::Result<Option<PersonId>> {
    let person = person.map(|person| person.0);
    sqlx::query_scalar!(r#"select natural_person($1) as "natural: PersonId""#, person).fetch_one(conn).await
}

async fn people(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<KnownPerson>> {
    let rows = sqlx::query!(
        r#"select n.id as "id: PersonId", n.employee_no, n.family_name, n.given_name, n.reading, n.mail, n.employment,
                  n.joined_on, n.left_on, n.version, n.owner_person is not null as "of_owner!",
                  p.id as "post?: PostId", p.department_id as "department?: DepartmentId", p.tier as "tier?: Tier",
                  p.title as "title?", lower(p.during) as "since?: NaiveDate"
             from person n
             left join lateral (
               select *
                 from post
                where person_id = n.id and main and (upper_inf(during) or upper(during) > $1)
                order by lower(during)
                limit 1) p on true"#,
        today
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| KnownPerson {
            id: row.id,
            number: row.employee_no,
            family: row.family_name,
            given: row.given_name,
            reading: row.reading,
            mail: row.mail,
            employment: row.employment,
            joined_on: row.joined_on,
            left_on: row.left_on,
            version: row.version,
            of_owner: row.of_owner,
            post: row.post.zip(row.department).zip(row.tier).zip(row.since).map(|(((id, department), tier), from)| {
                KnownPost { id, department, tier, title: row.title.unwrap_or_default(), from }
            }),
        })
        .collect())
}

/// Posts that are not everybody's, with their holders of today; behind an administrator's account its owner.
async fn seats(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Seat>> {
    let rows = sqlx::query!(
        r#"select coalesce(n.owner_person, n.id) as "person!: PersonId", p.id as "post: PostId", p.tier as "tier: Tier",
                  p.department_id as "department: DepartmentId", d.name as department_name, n.family_name, n.given_name
             from post p
             join person n on n.id = p.person_id
             join department d on d.id = p.department_id
            where p.tier <> 'staff' and p.during @> $1::date and n.joined_on <= $1 and (n.left_on is null or n.left_on >= $1)
            order by d.code, p.tier, n.reading"#,
        today
    )
    .fetch_all(conn)
    .await?;
    let seat = rows.into_iter().map(|row| Seat {
        person: row.person,
        post: row.post,
        tier: row.tier,
        department: row.department,
        department_name: row.department_name,
        name: full_name(&row.family_name, &row.given_name),
    });
    Ok(seat.collect())
}

/// Persons as columns, for one statement.
#[derive(Debug, Default)]
pub(super) struct People {
    pub ids: Vec<Uuid>,
    pub versions: Vec<i32>,
    pub numbers: Vec<String>,
    pub families: Vec<String>,
    pub givens: Vec<String>,
    pub readings: Vec<String>,
    pub mails: Vec<Option<String>>,
    pub employments: Vec<String>,
    pub joined: Vec<NaiveDate>,
    pub left: Vec<Option<NaiveDate>>,
    pub searches: Vec<String>,
}

pub(super) async fn insert_people(conn: &mut PgConnection, people: &People) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into person (id, employee_no, family_name, given_name, reading, mail, employment, joined_on, left_on, search)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                              $8::date[], $9::date[], $10::text[])",
        &people.ids,
        &people.numbers,
        &people.families,
        &people.givens,
        &people.readings,
        &people.mails as &[Option<String>],
        &people.employments,
        &people.joined,
        &people.left as &[Option<NaiveDate>],
        &people.searches,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many were still as they were when they were looked at.
pub(super) async fn update_people(conn: &mut PgConnection, people: &People) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update person p
            set family_name = u.family, given_name = u.given, reading = u.reading, mail = u.mail, employment = u.employment,
                joined_on = u.joined, left_on = u.left_on, search = u.search, version = p.version + 1
           from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[],
                       $9::date[], $10::text[])
                u (id, version, family, given, reading, mail, employment, joined, left_on, search)
          where p.id = u.id and p.version = u.version",
        &people.ids,
        &people.versions,
        &people.families,
        &people.givens,
        &people.readings,
        &people.mails as &[Option<String>],
        &people.employments,
        &people.joined,
        &people.left as &[Option<NaiveDate>],
        &people.searches,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn leave(
    conn: &mut PgConnection,
    ids: &[Uuid],
    versions: &[i32],
    last: &[NaiveDate],
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update person p
            set left_on = u.last, version = p.version + 1
           from unnest($1::uuid[], $2::int[], $3::date[]) u (id, version, last)
          where p.id = u.id and p.version = u.version",
        ids,
        versions,
        last
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Posts as columns.
#[derive(Debug, Default)]
pub(super) struct Posts {
    pub ids: Vec<Uuid>,
    pub persons: Vec<Uuid>,
    pub departments: Vec<Uuid>,
    pub titles: Vec<String>,
    pub from: Vec<NaiveDate>,
}

/// Main posts of everybody's tier.
pub(super) async fn insert_posts(conn: &mut PgConnection, posts: &Posts) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into post (id, person_id, department_id, tier, title, main, during)
         select u.id, u.person, u.department, 'staff', u.title, true, daterange(u.since, null)
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::date[]) u (id, person, department, title, since)",
        &posts.ids,
        &posts.persons,
        &posts.departments,
        &posts.titles,
        &posts.from,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The posts end with the day before.
pub(super) async fn end_posts(conn: &mut PgConnection, ids: &[Uuid], today: NaiveDate) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update post set during = daterange(lower(during), $2) where id = any ($1) and lower(during) < $2 and during @> $2::date",
        ids,
        today
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn retitle_posts(conn: &mut PgConnection, ids: &[Uuid], titles: &[String]) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update post p set title = u.title from unnest($1::uuid[], $2::text[]) u (id, title) where p.id = u.id",
        ids,
        titles
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Posts that begin today or later stand in another department from their beginning.
pub(super) async fn correct_posts(conn: &mut PgConnection, posts: &Posts) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update post p set department_id = u.department, title = u.title, tier = 'staff', function = null
           from unnest($1::uuid[], $2::uuid[], $3::text[]) u (id, department, title)
          where p.id = u.id",
        &posts.ids,
        &posts.departments,
        &posts.titles,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Is an organisation being set up, so that nothing is in force yet?
pub(super) async fn being_set_up(conn: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select being_set_up() as "is!""#).fetch_one(conn).await
}

/// The main post as it should have been from its beginning; false: there is none.
pub(super) async fn put_right(
    conn: &mut PgConnection,
    person: PersonId,
    (department, title): (DepartmentId, &str),
    (joined_on, today): (NaiveDate, NaiveDate),
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update post
            set department_id = $2, title = $3, during = daterange(greatest($4, least(lower(during), $5)), upper(during))
          where id = (select id
                        from post
                       where person_id = $1 and main and (upper_inf(during) or upper(during) > $5)
                       order by lower(during)
                       limit 1)",
        person.0,
        department.0,
        title,
        joined_on,
        today,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a person out with their posts; their number, if they were there.
pub(super) async fn remove(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Option<String>> {
    sqlx::query!("delete from post where person_id = $1", person.0).execute(&mut *conn).await?;
    sqlx::query_scalar!("delete from person where id = $1 returning employee_no", person.0).fetch_optional(conn).await
}

pub(super) async fn insert_departments(
    conn: &mut PgConnection,
    ids: &[Uuid],
    codes: &[String],
    names: &[String],
    readings: &[String],
    from: NaiveDate,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into department (id, code, name, reading, valid_from)
         select u.id, u.code, u.name, u.reading, $5
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) u (id, code, name, reading)",
        ids,
        codes,
        names,
        readings,
        from
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn rename_departments(
    conn: &mut PgConnection,
    ids: &[Uuid],
    names: &[String],
    readings: &[String],
) -> sqlx::Result<()> {
    sqlx::query!(
        "update department d set name = u.name, reading = u.reading
           from unnest($1::uuid[], $2::text[], $3::text[]) u (id, name, reading)
          where d.id = u.id",
        ids,
        names,
        readings
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which department stands above which, by code: after all of them are there.
pub(super) async fn place_departments(
    conn: &mut PgConnection,
    ids: &[Uuid],
    parents: &[Option<String>],
) -> sqlx::Result<()> {
    sqlx::query!(
        "update department d set parent_id = above.id
           from unnest($1::uuid[], $2::text[]) u (id, parent)
           left join department above on above.code = u.parent
          where d.id = u.id and d.parent_id is distinct from above.id",
        ids,
        parents as &[Option<String>]
    )
    .execute(conn)
    .await?;
    Ok(())
}
