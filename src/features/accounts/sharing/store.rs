//! SQL of accounts that several people use (共有ID・共用ID).
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::model::{Origin, Sharing};
use crate::kernel::ids::{AccountId, PersonId};

/// A person whom somebody named in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// as it was typed
    pub typed: String,
    /// who is meant
    pub id: Uuid,
    /// 姓 名
    pub name: String,
}

/// Those whom these words name, by employee number or by name, as far as they have not left; in the order of the words.
pub async fn find_named(conn: &mut PgConnection, words: &[String], today: NaiveDate) -> sqlx::Result<Vec<Named>> {
    sqlx::query_as!(
        Named,
        r#"with typed as materialized (
             select word, at, normalize(word, nfkc) as number, search_key(word) as key
               from unnest($1::text[]) with ordinality typed (word, at)),
           known as materialized (
             select id, employee_no, concat_ws(' ', family_name, nullif(given_name, '')) as name,
                    search_key(family_name || given_name) as key
               from person
              where owner_person is null
                and (left_on is null or left_on >= $2)),
           meant as (
             select typed.word, typed.at, known.id, known.name, known.employee_no from typed join known on known.employee_no = typed.number
             union
             select typed.word, typed.at, known.id, known.name, known.employee_no from typed join known on known.key = typed.key)
           select word as "typed!", id as "id!", name as "name!" from meant order by at, employee_no"#,
        words,
        today,
    )
    .fetch_all(conn)
    .await
}

/// The names of these persons, by employee number.
pub async fn names_of(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"select concat_ws(' ', family_name, nullif(given_name, '')) as "name!"
             from person
            where id = any ($1)
            order by employee_no"#,
        ids,
    )
    .fetch_all(conn)
    .await
}

/// Writes who uses it from now on. Whoever is no longer among them knows its password: that waits to be changed.
pub async fn share(
    conn: &mut PgConnection,
    id: AccountId,
    version: i32,
    new: &Sharing,
    origin: &Origin,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update account
            set holder_id = $3, users = $4, approved_by = $5, until_on = $6, sharing_rule = $7,
                password_due_since = case when users <@ $4 then password_due_since else coalesce(password_due_since, $8) end,
                last_request = $9, last_number = $10, version = version + 1
          where id = $1
            and version = $2
            and state = 'active'
            and kind = 'shared'",
        id.0,
        version,
        new.keeper.0,
        &new.users,
        new.approved_by.0,
        new.until,
        new.rule,
        now,
        origin.id.0,
        origin.number,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The active ones that this person may use or keeps, and whose password does not wait yet.
pub async fn list_known_to(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Vec<AccountId>> {
    sqlx::query_scalar!(
        r#"select id as "id: AccountId"
             from account
            where kind = 'shared'
              and state = 'active'
              and (users @> array[$1::uuid] or holder_id = $1)
              and password_due_since is null
            order by id"#,
        person.0,
    )
    .fetch_all(conn)
    .await
}

/// Users whose last day is over since the password was last changed, each with the account that they knew.
pub async fn list_left(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<(AccountId, PersonId)>> {
    let rows = sqlx::query!(
        r#"select distinct on (a.id) a.id as "account: AccountId", p.id as "person: PersonId"
             from account a
             join person p on p.id = a.holder_id or p.id = any (a.users)
            where a.kind = 'shared'
              and a.state = 'active'
              and a.password_due_since is null
              and p.left_on < $1
              and p.left_on >= coalesce(a.password_changed_on, a.opened_on)
            order by a.id, p.employee_no"#,
        today,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.account, row.person)).collect())
}

/// From now on the password waits to be changed.
pub async fn set_password_due(
    conn: &mut PgConnection,
    id: AccountId,
    version: i32,
    since: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update account
            set password_due_since = $3, version = version + 1
          where id = $1
            and version = $2
            and password_due_since is null",
        id.0,
        version,
        since,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The password was changed on that day; it waits on if that was before somebody left.
pub async fn set_password_changed(
    conn: &mut PgConnection,
    id: AccountId,
    version: i32,
    on: NaiveDate,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update account
            set password_changed_on = $3,
                password_due_since = case when (password_due_since at time zone 'Asia/Tokyo')::date > $3 then password_due_since end,
                version = version + 1
          where id = $1
            and version = $2
            and kind = 'shared'",
        id.0,
        version,
        on,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
