//! SQL of the 情報システム台帳.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Facts, Importance, Level, Right, System};
use crate::kernel::access::Scope;
use crate::kernel::ids::{DepartmentId, SystemId};

/// One system.
pub async fn find(conn: &mut PgConnection, id: SystemId) -> sqlx::Result<Option<System>> {
    let row = sqlx::query!(
        r#"select code, name, reading, purpose, owner_department_id as "owner: DepartmentId", importance as "importance: Importance",
                  two_factor, sharing_rule, is_portal, retired_on, version
             from information_system
            where id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| System {
        id,
        facts: Facts {
            code: row.code,
            name: row.name,
            reading: row.reading,
            purpose: row.purpose,
            owner: row.owner,
            importance: row.importance,
            two_factor: row.two_factor,
            sharing_rule: row.sharing_rule,
        },
        is_portal: row.is_portal,
        retired_on: row.retired_on,
        version: row.version,
    }))
}

/// The same, held against other changes until this transaction ends.
pub async fn lock(conn: &mut PgConnection, id: SystemId) -> sqlx::Result<Option<System>> {
    sqlx::query!("select id from information_system where id = $1 for update", id.0).fetch_optional(&mut *conn).await?;
    find(conn, id).await
}

/// Its rights in use, the narrowest first.
pub async fn list_rights(conn: &mut PgConnection, of: SystemId) -> sqlx::Result<Vec<Right>> {
    let rows = sqlx::query!(
        "select id, name, standard, privileged, position
           from system_right
          where system_id = $1
            and withdrawn_on is null
          order by position, id",
        of.0,
    )
    .fetch_all(conn)
    .await?;
    let right =
        |id, name, standard, privileged, position| Right { id, name, level: Level::of(standard, privileged), position };
    Ok(rows.into_iter().map(|row| right(row.id, row.name, row.standard, row.privileged, row.position)).collect())
}

/// Departments that exist on a day, for the choice of the owner.
pub async fn list_departments(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<(DepartmentId, String)>> {
    let rows = sqlx::query!(
        r#"select id as "id: DepartmentId", name
             from department
            where valid_from <= $1
              and (valid_to is null or valid_to > $1)
            order by code"#,
        today,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Who changed the row last, and when.
pub async fn find_last_change(conn: &mut PgConnection, id: SystemId) -> sqlx::Result<Option<(String, DateTime<Utc>)>> {
    let row = sqlx::query!(
        r#"select coalesce(concat_ws(' ', p.family_name, nullif(p.given_name, '')), '') as "name!", h.valid_from
             from information_system_history h
             left join person p on p.id = h.changed_by
            where h.id = $1
              and h.valid_to is null"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.name, row.valid_from)))
}

/// Accounts that are still in use on it.
pub async fn count_active_accounts(conn: &mut PgConnection, id: SystemId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from accounts_pub where system_id = $1 and state = 'active'"#,
        id.0
    )
    .fetch_one(conn)
    .await
}

/// Accounts in use that hold a right.
pub async fn count_accounts_with(conn: &mut PgConnection, right: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from accounts_pub where $1 = any (rights) and state = 'active'"#,
        right
    )
    .fetch_one(conn)
    .await
}

/// Writes a new row.
pub async fn insert(
    conn: &mut PgConnection,
    id: SystemId,
    facts: &Facts,
    is_portal: bool,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into information_system (id, code, name, reading, purpose, owner_department_id, importance, two_factor, is_portal, registered_at, sharing_rule)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id.0,
        facts.code,
        facts.name,
        facts.reading,
        facts.purpose,
        facts.owner.0,
        facts.importance as Importance,
        facts.two_factor,
        is_portal,
        now,
        facts.sharing_rule,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes corrected facts on the version they started from.
pub async fn save(conn: &mut PgConnection, id: SystemId, version: i32, facts: &Facts) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update information_system
            set code = $3, name = $4, reading = $5, purpose = $6, owner_department_id = $7, importance = $8, two_factor = $9,
                sharing_rule = $10, version = version + 1
          where id = $1
            and version = $2",
        id.0,
        version,
        facts.code,
        facts.name,
        facts.reading,
        facts.purpose,
        facts.owner.0,
        facts.importance as Importance,
        facts.two_factor,
        facts.sharing_rule,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Ends a system's use.
pub async fn retire(conn: &mut PgConnection, id: SystemId, version: i32, on: NaiveDate) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update information_system set retired_on = $3, version = version + 1 where id = $1 and version = $2 and retired_on is null",
        id.0,
        version,
        on,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Adds a right.
pub async fn insert_right(
    conn: &mut PgConnection,
    id: Uuid,
    of: SystemId,
    level: Level,
    name: &str,
    position: i32,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into system_right (id, system_id, name, standard, privileged, position) values ($1, $2, $3, $4, $5, $6)",
        id,
        of.0,
        name,
        level == Level::Standard,
        level == Level::Privileged,
        position,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes a right's name, level and place.
pub async fn save_right(conn: &mut PgConnection, right: &Right) -> sqlx::Result<()> {
    sqlx::query!(
        "update system_right set name = $2, standard = $3, privileged = $4, position = $5, version = version + 1 where id = $1",
        right.id,
        right.name,
        right.level == Level::Standard,
        right.level == Level::Privileged,
        right.position,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a right out of what can be asked for.
pub async fn withdraw_right(conn: &mut PgConnection, id: Uuid, on: NaiveDate) -> sqlx::Result<()> {
    sqlx::query!(
        "update system_right set withdrawn_on = $2, version = version + 1 where id = $1 and withdrawn_on is null",
        id,
        on
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An account on a system, for the system's page.
#[derive(Debug, Clone)]
pub struct AccountLine {
    /// the account's id
    pub id: Uuid,
    /// ID
    pub name: String,
    /// 利用者
    pub holder: String,
    /// 利用部門
    pub department: String,
    /// 権限
    pub rights: Vec<String>,
}

/// Accounts in use on a system, as far as the reader may see accounts: whoever sees all systems need not see all of these.
pub async fn list_accounts(conn: &mut PgConnection, id: SystemId, within: &Scope) -> sqlx::Result<Vec<AccountLine>> {
    sqlx::query_as!(
        AccountLine,
        r#"select a.id as "id!", a.account_name as "name!",
                  concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "holder!",
                  d.name as department,
                  array(select r.name from system_right r where r.id = any (a.rights) order by r.position) as "rights!"
             from accounts_pub a
             join person p on p.id = a.holder_id
             join department d on d.id = a.department_id
            where a.system_id = $1
              and a.state = 'active'
              and ($2 or a.department_id = any ($3) or a.holder_id = $4)
            order by p.reading, p.employee_no, a.id"#,
        id.0,
        within.all,
        &within.departments,
        within.person,
    )
    .fetch_all(conn)
    .await
}
