//! SQL of the アカウント管理台帳.
pub mod ends;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Account, Kind, Opening, Right, Sharing, State, StopReason, System};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, RequestId, SystemId};

/// Systems in use on a day, in the order of their code, with the rights that can be asked for.
pub async fn list_systems(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<System>> {
    let rows = sqlx::query!(
        r#"select id as "id!: SystemId", code as "code!", name as "name!", reading as "reading!",
                  owner_department_id as "owner!: DepartmentId", is_portal as "is_portal!", sharing_rule as "sharing_rule!"
             from systems_pub
            where retired_on is null or retired_on > $1
            order by code, id"#,
        today,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut rights = list_rights(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (own, rest) = std::mem::take(&mut rights).into_iter().partition(|right| right.system == row.id);
            rights = rest;
            System {
                id: row.id,
                code: row.code,
                name: row.name,
                reading: row.reading,
                owner: row.owner,
                is_portal: row.is_portal,
                sharing_rule: row.sharing_rule,
                rights: own,
            }
        })
        .collect())
}

/// One system, retired or not, with all its rights: asked for at every step of a request, and so in one go.
pub async fn find_system(conn: &mut PgConnection, id: SystemId) -> sqlx::Result<Option<System>> {
    let rows = sqlx::query!(
        r#"select s.code as "code!", s.name as "name!", s.reading as "reading!", s.owner_department_id as "owner!: DepartmentId",
                  s.is_portal as "is_portal!", s.sharing_rule as "sharing_rule!", r.id as "right?", r.name as "right_name?",
                  r.standard as "standard?", r.privileged as "privileged?", r.position as "position?"
             from systems_pub s
             left join system_rights_pub r on r.system_id = s.id
            where s.id = $1
            order by r.position, r.id"#,
        id.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut found: Option<System> = None;
    for row in rows {
        let system = found.get_or_insert_with(|| System {
            id,
            code: row.code,
            name: row.name,
            reading: row.reading,
            owner: row.owner,
            is_portal: row.is_portal,
            sharing_rule: row.sharing_rule,
            rights: Vec::new(),
        });
        let (Some(right), Some(name), Some(standard), Some(privileged), Some(position)) =
            (row.right, row.right_name, row.standard, row.privileged, row.position)
        else {
            continue;
        };
        system.rights.push(Right { id: right, system: id, name, standard, privileged, position });
    }
    Ok(found)
}

/// The row of the register that is this portal.
pub async fn find_portal(conn: &mut PgConnection) -> sqlx::Result<Option<SystemId>> {
    sqlx::query_scalar!(r#"select id as "id!: SystemId" from systems_pub where is_portal"#).fetch_optional(conn).await
}

/// A person as far as accounts ask.
#[derive(Debug, Clone)]
pub struct Holder {
    /// 姓 名
    pub name: String,
    /// permanent, fixed_term …
    pub employment: String,
    /// the first day of employment, where it is known
    pub joined_on: Option<NaiveDate>,
    /// the last day of employment
    pub left_on: Option<NaiveDate>,
    /// an administrator's account, behind which another person stands
    pub administers: bool,
    /// 所属: the department of the main post
    pub department: Option<DepartmentId>,
}

/// Who somebody is.
pub async fn find_holder(conn: &mut PgConnection, id: PersonId) -> sqlx::Result<Option<Holder>> {
    sqlx::query_as!(
        Holder,
        r#"select concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "name!", p.employment, p.joined_on, p.left_on,
                  p.owner_person is not null as "administers!",
                  (select post.department_id
                     from post
                    where post.person_id = p.id
                    order by post.main desc, lower(post.during) desc
                    limit 1) as "department: DepartmentId"
             from person p
            where p.id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// The roles that somebody has today or will have.
pub async fn list_roles(conn: &mut PgConnection, person: Uuid, today: NaiveDate) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "select distinct tier from post where person_id = $1 and not during << daterange($2::date, $2::date, '[]') order by tier",
        person,
        today,
    )
    .fetch_all(conn)
    .await
}

/// The rights that can be asked for.
async fn list_rights(conn: &mut PgConnection) -> sqlx::Result<Vec<Right>> {
    sqlx::query_as!(
        Right,
        r#"select id as "id!", system_id as "system!: SystemId", name as "name!", standard as "standard!",
                  privileged as "privileged!", position as "position!"
             from system_rights_pub
            where withdrawn_on is null
            order by system_id, position, id"#
    )
    .fetch_all(conn)
    .await
}

/// Accounts with what names them; from where, which, and in what order is said by each.
macro_rules! accounts {
    ($from:tt, $which:tt, $($value:expr),+ $(,)?) => {
        sqlx::query_as!(
            Account,
            r#"select a.id as "id!: AccountId", a.system_id as "system!: SystemId", s.name as "system_name!", s.is_portal as "is_portal!",
                      a.account_name as "name!", a.holder_id as "holder!: PersonId",
                      concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "holder_name!",
                      a.department_id as "department!: DepartmentId", a.rights as "rights!", a.kind as "kind!: Kind", a.until_on as until,
                      a.state as "state!: State", a.stop_reason as "stop_reason: StopReason",
                      a.users as "users!", a.password_due_since as password_due, a.version as "version!"
                 from "# + $from + r#" a
                 join systems_pub s on s.id = a.system_id
                 join person p on p.id = a.holder_id "# + $which,
            $($value),+
        )
    };
}

/// One account within reach.
pub async fn find(conn: &mut PgConnection, id: AccountId) -> sqlx::Result<Option<Account>> {
    accounts!("account", "where a.id = $1", id.0).fetch_optional(conn).await
}

/// The same, held against other changes until this transaction ends.
pub async fn lock(conn: &mut PgConnection, id: AccountId) -> sqlx::Result<Option<Account>> {
    sqlx::query!("select id from account where id = $1 for update", id.0).fetch_optional(&mut *conn).await?;
    find(conn, id).await
}

/// Active accounts of one person that whoever looks may file about: one's own, and those of people in one's departments.
pub async fn list_within_office(
    conn: &mut PgConnection,
    holder: PersonId,
    today: NaiveDate,
) -> sqlx::Result<Vec<Account>> {
    accounts!("colleague_accounts($2)", "where a.holder_id = $1 order by s.code, a.id", holder.0, today)
        .fetch_all(conn)
        .await
}

/// One of them.
pub async fn find_within_office(
    conn: &mut PgConnection,
    id: AccountId,
    today: NaiveDate,
) -> sqlx::Result<Option<Account>> {
    accounts!("colleague_accounts($2)", "where a.id = $1", id.0, today).fetch_optional(conn).await
}

/// The account that an open request names, for whoever sees the request: also where its row is out of their reach.
pub async fn find_of_request(
    conn: &mut PgConnection,
    id: AccountId,
    request: RequestId,
) -> sqlx::Result<Option<Account>> {
    accounts!("accounts_of_request($2)", "where a.id = $1", id.0, request.0).fetch_optional(conn).await
}

/// Is this system in use on that day? It stays so until the transaction ends.
pub async fn hold_system(conn: &mut PgConnection, id: SystemId, today: NaiveDate) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select hold_system($1, $2) as "held!""#, id.0, today).fetch_one(conn).await
}

/// What a department is called.
pub async fn find_department_name(conn: &mut PgConnection, id: DepartmentId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("select name from department where id = $1", id.0).fetch_optional(conn).await
}

/// The accounts of one person, active ones first.
pub async fn list_of_holder(conn: &mut PgConnection, holder: PersonId) -> sqlx::Result<Vec<Account>> {
    accounts!("account", "where a.holder_id = $1 order by a.state, s.code, a.id", holder.0).fetch_all(conn).await
}

/// Does this person already have an active account of their own there? Asked also by those who do not see the ledger.
pub async fn has_active(conn: &mut PgConnection, holder: PersonId, system: SystemId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select account_exists($1, $2) as "exists!""#, holder.0, system.0).fetch_one(conn).await
}

/// The account of this ID on a system, whoever's it is.
pub async fn find_named(conn: &mut PgConnection, system: SystemId, name: &str) -> sqlx::Result<Option<AccountId>> {
    sqlx::query_scalar!(
        r#"select id as "id: AccountId" from account where system_id = $1 and lower(account_name) = lower($2)"#,
        system.0,
        name,
    )
    .fetch_optional(conn)
    .await
}

/// Whose account on the portal is past its last day and still runs.
pub async fn list_past_their_end(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select a.holder_id as "holder: PersonId"
             from account a
             join systems_pub s on s.id = a.system_id
            where s.is_portal and a.state = 'active' and a.until_on < $1
            order by a.holder_id"#,
        today,
    )
    .fetch_all(conn)
    .await
}

/// The sign-in of a person as the ledger knows it: their active account on the portal.
pub async fn find_portal_account(conn: &mut PgConnection, holder: PersonId) -> sqlx::Result<Option<AccountId>> {
    sqlx::query_scalar!(
        r#"select a.id as "id: AccountId"
             from account a
             join systems_pub s on s.id = a.system_id
            where a.holder_id = $1
              and a.state = 'active'
              and s.is_portal"#,
        holder.0,
    )
    .fetch_optional(conn)
    .await
}

/// A person's account on the portal that is stopped for this reason.
pub async fn find_stopped(
    conn: &mut PgConnection,
    holder: PersonId,
    reason: StopReason,
) -> sqlx::Result<Option<AccountId>> {
    sqlx::query_scalar!(
        r#"select a.id as "id: AccountId"
             from account a
             join systems_pub s on s.id = a.system_id
            where a.holder_id = $1
              and a.state = 'stopped'
              and a.stop_reason = $2
              and s.is_portal"#,
        holder.0,
        reason as StopReason,
    )
    .fetch_optional(conn)
    .await
}

/// Lifts a stop; `number` is that of the request which this transaction carries out, if it does.
pub async fn release(conn: &mut PgConnection, id: AccountId, version: i32, number: Option<&str>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update account
            set state = 'active', stopped_on = null, stopped_by = null, stop_reason = null,
                last_request = case when $3::text is null then null else nullif(current_setting('mamori.request', true), '')::uuid end,
                last_number = $3, version = version + 1
          where id = $1
            and version = $2",
        id.0,
        version,
        number,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// 抹消 of what was stopped already: the day stays, the request stands behind it now.
pub async fn cancel(
    conn: &mut PgConnection,
    account: &Account,
    reason: StopReason,
    request: Option<(Uuid, &str)>,
) -> sqlx::Result<u64> {
    let (request, number) = request.unzip();
    let done = sqlx::query!(
        "update account
            set stop_reason = $5, last_request = $3, last_number = $4, version = version + 1
          where id = $1
            and version = $2
            and state = 'stopped'
            and stop_reason in ('retirement', 'leave')",
        account.id.0,
        account.version,
        request,
        number,
        reason as StopReason,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// A personnel change as a request for an account names it: a row of the 人事異動対応表.
#[derive(Debug, Clone)]
pub struct Movement {
    /// its id
    pub id: Uuid,
    /// hire, transfer …
    pub kind: String,
    /// 発令日; of a retirement, the last day
    pub effective_on: NaiveDate,
    /// where a transfer leads
    pub to: Option<DepartmentId>,
}

/// Those of a person, within reach, for which such a request can be filed; the latest first.
pub async fn movements_of(
    conn: &mut PgConnection,
    person: PersonId,
    request: &str,
    since: NaiveDate,
) -> sqlx::Result<Vec<Movement>> {
    sqlx::query_as!(
        Movement,
        r#"select id as "id!", kind as "kind!", effective_on as "effective_on!", to_department as "to: DepartmentId"
             from movements_pub
            where person_id = $1
              and $2 = any (requests)
              and effective_on >= $3
            order by effective_on desc, id"#,
        person.0,
        request,
        since,
    )
    .fetch_all(conn)
    .await
}

/// One of them, as long as it stands.
pub async fn find_movement(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Movement>> {
    sqlx::query_as!(
        Movement,
        r#"select id as "id!", kind as "kind!", effective_on as "effective_on!", to_department as "to: DepartmentId"
             from movements_pub
            where id = $1"#,
        id,
    )
    .fetch_optional(conn)
    .await
}

/// One more version of a row as it is, for what happened to it without changing it, with the number of the request
/// which this transaction carries out.
pub async fn mark(conn: &mut PgConnection, id: AccountId, number: Option<&str>) -> sqlx::Result<()> {
    sqlx::query!(
        "update account
            set last_request = case when $2::text is null then last_request else nullif(current_setting('mamori.request', true), '')::uuid end,
                last_number = coalesce($2, last_number), version = version + 1
          where id = $1",
        id.0,
        number,
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Writes a new row.
pub async fn insert(
    conn: &mut PgConnection,
    id: AccountId,
    new: &Opening,
    sharing: Option<&Sharing>,
    by: Option<PersonId>,
    on: NaiveDate,
) -> sqlx::Result<()> {
    let (request, number) = new.request.as_ref().map(|origin| (origin.id.0, origin.number.as_str())).unzip();
    sqlx::query!(
        "insert into account (id, system_id, account_name, holder_id, department_id, rights, necessity, kind, until_on, state,
                              opened_on, opened_by, opened_request, opened_number, last_request, last_number,
                              users, approved_by, sharing_rule)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active', $10, $11, $12, $13, $12, $13, $14, $15, $16)",
        id.0,
        new.system.0,
        new.name,
        new.holder.0,
        new.department.0,
        &new.rights,
        new.necessity,
        new.kind as Kind,
        new.until,
        on,
        by.map(|person| person.0),
        request,
        number,
        sharing.map_or(&[][..], |sharing| &sharing.users),
        sharing.map(|sharing| sharing.approved_by.0),
        sharing.map_or("", |sharing| sharing.rule.as_str()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Opens a stopped row again: the same ID for the same person (再開には申請を要する).
pub async fn reopen(
    conn: &mut PgConnection,
    id: AccountId,
    new: &Opening,
    sharing: Option<&Sharing>,
    by: Option<PersonId>,
    on: NaiveDate,
) -> sqlx::Result<u64> {
    let (request, number) = new.request.as_ref().map(|origin| (origin.id.0, origin.number.as_str())).unzip();
    let done = sqlx::query!(
        "update account
            set department_id = $2, rights = $3, necessity = $4, until_on = $5, state = 'active', opened_on = $6, opened_by = $7,
                opened_request = $8, opened_number = $9, last_request = $8, last_number = $9,
                stopped_on = null, stopped_by = null, stop_reason = null,
                holder_id = $10, users = $11, approved_by = $12, sharing_rule = $13, version = version + 1
          where id = $1
            and state = 'stopped'",
        id.0,
        new.department.0,
        &new.rights,
        new.necessity,
        new.until,
        on,
        by.map(|person| person.0),
        request,
        number,
        new.holder.0,
        sharing.map_or(&[][..], |sharing| &sharing.users),
        sharing.map(|sharing| sharing.approved_by.0),
        sharing.map_or("", |sharing| sharing.rule.as_str()),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// What a change leaves behind.
#[derive(Debug, Clone)]
pub struct Changed<'a> {
    /// 権限
    pub rights: &'a [Uuid],
    /// another 利用部門
    pub place: Option<DepartmentId>,
    /// 業務上の必要性
    pub necessity: &'a str,
    /// the request
    pub request: Option<Uuid>,
    /// 申請番号
    pub number: Option<&'a str>,
    /// a new last day; none: as it was
    pub until: Option<NaiveDate>,
}

/// Writes a change on the version it started from.
pub async fn change(conn: &mut PgConnection, id: AccountId, version: i32, new: &Changed<'_>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update account
            set rights = $3, necessity = $4, last_request = $5, last_number = $6, until_on = coalesce($7, until_on),
                department_id = coalesce($8, department_id),
                version = version + 1
          where id = $1
            and version = $2
            and (state = 'active' or stop_reason in ('retirement', 'leave'))",
        id.0,
        version,
        new.rights,
        new.necessity,
        new.request,
        new.number,
        new.until,
        new.place.map(|place| place.0),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Writes what was entered anew about the opening of an account, on the version it started from.
pub async fn correct(conn: &mut PgConnection, id: AccountId, version: i32, new: &Opening) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update account set account_name = $3, rights = $4, necessity = $5, version = version + 1
          where id = $1 and version = $2 and state = 'active'",
        id.0,
        version,
        new.name,
        &new.rights,
        new.necessity,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Takes a right away; the rest of the row stays.
pub async fn narrow(
    conn: &mut PgConnection,
    id: AccountId,
    version: i32,
    rights: &[Uuid],
    origin: &super::model::Origin,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update account
            set rights = $3, last_request = $4, last_number = $5, version = version + 1
          where id = $1
            and version = $2
            and state = 'active'",
        id.0,
        version,
        rights,
        origin.id.0,
        origin.number,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Sets a row to 停止・無効; nothing else of it changes.
pub async fn stop(
    conn: &mut PgConnection,
    account: &Account,
    on: NaiveDate,
    by: Option<PersonId>,
    reason: StopReason,
    request: Option<(Uuid, &str)>,
) -> sqlx::Result<u64> {
    let (request, number) = request.unzip();
    let done = sqlx::query!(
        "update account
            set state = 'stopped', stopped_on = greatest($3, opened_on), stopped_by = $4, stop_reason = $5, last_request = $6, last_number = $7,
                version = version + 1
          where id = $1
            and version = $2
            and state = 'active'",
        account.id.0,
        account.version,
        on,
        by.map(|person| person.0),
        reason as StopReason,
        request,
        number,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// A sign-in of the portal, and since when nobody has used it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// whose
    pub person: PersonId,
    /// 姓 名
    pub name: String,
    /// ログインID
    pub login: String,
    /// the last sign-in, or where there was none, since it was opened
    pub since: DateTime<Utc>,
    /// when its holder was last heard of otherwise: by a code to open it, or in an account of their own for administration
    pub heard_of: Option<DateTime<Utc>>,
}

/// The sign-ins that can be used by people who are here, or that of one of them; administrators' own end by themselves.
pub async fn list_sign_ins(
    conn: &mut PgConnection,
    today: NaiveDate,
    person: Option<PersonId>,
) -> sqlx::Result<Vec<Unused>> {
    sqlx::query_as!(
        Unused,
        r#"select c.person_id as "person: PersonId", concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "name!",
                  c.login, coalesce(c.last_sign_in, c.created_at) as "since!",
                  greatest((select max(a.issued_at) from auth.activation a where a.person_id = c.person_id),
                           (select max(own.last_sign_in)
                              from auth.credential own
                              join person apart on apart.id = own.person_id
                             where apart.owner_person = p.id)) as heard_of
             from auth.credential c
             join person p on p.id = c.person_id and p.owner_person is null and (p.left_on is null or p.left_on >= $1)
            where c.disabled_at is null and ($2::uuid is null or c.person_id = $2)
            order by coalesce(c.last_sign_in, c.created_at), c.person_id"#,
        today,
        person.map(|person| person.0),
    )
    .fetch_all(conn)
    .await
}

/// Has this sign-in not been used since it was listed? Held until this transaction ends, so that nobody signs in meanwhile.
pub async fn hold_unused(conn: &mut PgConnection, unused: &Unused, today: NaiveDate) -> sqlx::Result<bool> {
    sqlx::query!("select person_id from auth.credential where person_id = $1 for update", unused.person.0)
        .fetch_optional(&mut *conn)
        .await?;
    let now = list_sign_ins(conn, today, Some(unused.person)).await?;
    Ok(now.iter().any(|now| now == unused))
}

/// Those who hold one of these tiers today and can sign in: by their own account, or by one of their own for administration.
pub async fn list_keepers(conn: &mut PgConnection, tiers: &[String], today: NaiveDate) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select distinct coalesce(p.owner_person, p.id) as "person!: PersonId"
             from auth.credential c
             join person p on p.id = c.person_id and (p.left_on is null or p.left_on >= $2)
             join post o on o.person_id = p.id and o.tier = any ($1) and o.during @> $2::date
            where c.disabled_at is null and c.locked_at is null and c.set_at is not null"#,
        tiers,
        today
    )
    .fetch_all(conn)
    .await
}
