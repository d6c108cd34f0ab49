//! SQL of the 特権アカウント台帳 and of the 特権使用記録.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::model::{Granting, Origin, Privileged, PrivilegedId, Right, State, System, UseId, Used};
use crate::kernel::ids::{DepartmentId, PersonId, SystemId};

/// Systems in use on a day, in the order of their code, with their rights.
pub async fn list_systems(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<System>> {
    let rows = sqlx::query!(
        r#"select id as "id!: SystemId" from systems_pub where retired_on is null or retired_on > $1 order by code, id"#,
        today,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut systems = Vec::with_capacity(rows.len());
    for row in rows {
        systems.extend(find_system(&mut *conn, row.id).await?);
    }
    Ok(systems)
}

/// One system with the rights that can be asked for.
pub async fn find_system(conn: &mut PgConnection, id: SystemId) -> sqlx::Result<Option<System>> {
    let row = sqlx::query!(
        r#"select code as "code!", name as "name!", reading as "reading!", is_portal as "is_portal!",
                  owner_department_id as "owner!: DepartmentId"
             from systems_pub
            where id = $1"#,
        id.0,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let rights = sqlx::query_as!(
        Right,
        r#"select id as "id!", system_id as "system!: SystemId", name as "name!", privileged as "privileged!"
             from system_rights_pub
            where system_id = $1 and withdrawn_on is null
            order by position, id"#,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(Some(System {
        id,
        code: row.code,
        name: row.name,
        reading: row.reading,
        is_portal: row.is_portal,
        owner: row.owner,
        rights,
    }))
}

/// 姓 名 of a person, with the employee number and よみ.
#[derive(Debug, Clone)]
pub struct Named {
    /// 姓
    pub family: String,
    /// 名
    pub given: String,
    /// よみ
    pub reading: String,
    /// 職員番号
    pub number: String,
    /// the section of the main post on that day
    pub department: Option<DepartmentId>,
}

impl Named {
    /// 姓 名
    #[must_use]
    pub fn full(&self) -> String {
        format!("{} {}", self.family, self.given).trim().to_owned()
    }
}

/// Who somebody is.
pub async fn find_person(conn: &mut PgConnection, id: PersonId, today: NaiveDate) -> sqlx::Result<Option<Named>> {
    sqlx::query_as!(
        Named,
        r#"select p.family_name as family, p.given_name as given, p.reading, p.employee_no as number,
                  (select o.department_id from post o where o.person_id = p.id and o.during @> $2::date
                    order by o.main desc, o.id limit 1) as "department: DepartmentId"
             from person p
            where p.id = $1"#,
        id.0,
        today,
    )
    .fetch_optional(conn)
    .await
}

/// Natural persons by their employee numbers, as they were typed.
pub async fn find_numbers(conn: &mut PgConnection, numbers: &[String]) -> sqlx::Result<Vec<(String, PersonId)>> {
    let rows = sqlx::query!(
        r#"select employee_no, id as "id: PersonId" from person where employee_no = any ($1) and owner_person is null"#,
        numbers,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.employee_no, row.id)).collect())
}

/// Employee numbers of these persons.
pub async fn numbers_of(conn: &mut PgConnection, persons: &[PersonId]) -> sqlx::Result<Vec<String>> {
    let ids: Vec<_> = persons.iter().map(|person| person.0).collect();
    sqlx::query_scalar!("select employee_no from person where id = any ($1) order by employee_no", &ids)
        .fetch_all(conn)
        .await
}

/// Rows with what names them.
macro_rules! rows {
    ($which:tt, $($value:expr),* $(,)?) => {
        sqlx::query_as!(
            Privileged,
            r#"select g.id as "id: PrivilegedId", g.system_id as "system: SystemId", s.name as "system_name!", s.is_portal as "is_portal!",
                      g.account_name as name, g.holder_id as "holder: PersonId",
                      concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "holder_name!",
                      g.department_id as "department: DepartmentId", g.until_at as until, g.state as "state: State",
                      g.sign_in_of as "sign_in_of: PersonId", g.safe_place, g.may_use as "may_use: Vec<PersonId>",
                      g.secret_changed_at as secret_changed, g.secret_due_since as secret_due, g.version
                 from privileged_account g
                 join systems_pub s on s.id = g.system_id
                 join person p on p.id = g.holder_id "# + $which,
            $($value),*
        )
    };
}

/// One row within reach.
pub async fn find(conn: &mut PgConnection, id: PrivilegedId) -> sqlx::Result<Option<Privileged>> {
    rows!("where g.id = $1", id.0).fetch_optional(conn).await
}

/// The same, held against other changes until this transaction ends.
pub async fn lock(conn: &mut PgConnection, id: PrivilegedId) -> sqlx::Result<Option<Privileged>> {
    sqlx::query!("select id from privileged_account where id = $1 for update", id.0).fetch_optional(&mut *conn).await?;
    find(conn, id).await
}

/// What has not ended, in the order of system and account.
pub async fn list_standing(conn: &mut PgConnection) -> sqlx::Result<Vec<Privileged>> {
    rows!("where g.state <> 'ended' order by s.code, lower(g.account_name), g.id",).fetch_all(conn).await
}

/// What somebody who left knew of, and nobody has changed since.
pub async fn list_secrets_due(conn: &mut PgConnection) -> sqlx::Result<Vec<Privileged>> {
    rows!("where g.state <> 'ended' and g.secret_due_since is not null order by g.secret_due_since, s.code, g.id",)
        .fetch_all(conn)
        .await
}

/// What somebody holds or may use, and has not ended.
pub async fn list_known_to(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Vec<Privileged>> {
    rows!(
        "where g.state <> 'ended' and (natural_person(g.holder_id) = natural_person($1) or $1 = any (g.may_use)) order by g.id",
        person.0,
    )
    .fetch_all(conn)
    .await
}

/// What is over on this moment and still stands as active.
pub async fn list_over(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<Vec<Privileged>> {
    rows!("where g.state = 'active' and g.until_at <= $1 order by g.id", now).fetch_all(conn).await
}

/// What is over and waits for somebody to take it away.
pub async fn list_to_withdraw(conn: &mut PgConnection) -> sqlx::Result<Vec<Privileged>> {
    rows!("where g.state = 'to_withdraw' order by g.id",).fetch_all(conn).await
}

/// Does an ordinary account of this person, or their sign-in, have this name?
pub async fn ordinary_name(conn: &mut PgConnection, holder: PersonId, name: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select ordinary_account_named($1, $2) as "named!""#, holder.0, name).fetch_one(conn).await
}

/// Is the name taken by another privileged account of the system that has not ended?
pub async fn name_taken(conn: &mut PgConnection, system: SystemId, name: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from privileged_account
                           where system_id = $1 and lower(account_name) = lower($2) and state <> 'ended') as "taken!""#,
        system.0,
        name,
    )
    .fetch_one(conn)
    .await
}

/// How many privileged accounts stand on a system now.
pub async fn count_on(conn: &mut PgConnection, system: SystemId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select coalesce((select t.accounts from privileged_tally() t where t.system_id = $1), 0) as "count!""#,
        system.0,
    )
    .fetch_one(conn)
    .await
}

/// 件数 of one system: accounts, and the natural persons behind them.
#[derive(Debug, Clone)]
pub struct Tally {
    /// the system
    pub system: SystemId,
    /// 管理番号
    pub code: String,
    /// 名称
    pub name: String,
    /// Is it this portal?
    pub is_portal: bool,
    /// accounts that have not ended
    pub accounts: i64,
    /// the people who administer it by them
    pub people: i64,
    /// over, and still to be taken away
    pub to_withdraw: i64,
}

/// The privileged accounts of every system in use on that day.
pub async fn tally(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Tally>> {
    sqlx::query_as!(
        Tally,
        r#"select s.id as "system!: SystemId", s.code as "code!", s.name as "name!", s.is_portal as "is_portal!",
                  coalesce(t.accounts, 0) as "accounts!", coalesce(t.people, 0) as "people!",
                  coalesce(t.to_withdraw, 0) as "to_withdraw!"
             from systems_pub s
             left join privileged_tally() t on t.system_id = s.id
            where s.retired_on is null or s.retired_on > $1
            order by s.code, s.id"#,
        today,
    )
    .fetch_all(conn)
    .await
}

/// How many people hold one of these tiers on that day and can sign in by their ordinary account.
pub async fn administer_by_post(conn: &mut PgConnection, tiers: &[String], today: NaiveDate) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(distinct p.person_id) as "count!"
             from post p
             join person n on n.id = p.person_id and n.owner_person is null and (n.left_on is null or n.left_on >= $2)
            where p.tier = any ($1) and p.during @> $2::date and holds_sign_in(n.id)"#,
        tiers,
        today,
    )
    .fetch_one(conn)
    .await
}

/// Writes a new row.
pub async fn insert(
    conn: &mut PgConnection,
    id: PrivilegedId,
    new: &Granting,
    by: Option<PersonId>,
    sign_in_of: Option<PersonId>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (request, number) = new.request.as_ref().map(|origin| (origin.id.0, origin.number.as_str())).unzip();
    let may_use: Vec<_> = new.may_use.iter().map(|person| person.0).collect();
    sqlx::query!(
        "insert into privileged_account (id, system_id, account_name, holder_id, department_id, rights, scope, purpose, from_at, until_at,
                                         state, approved_at, opened_at, opened_by, opened_request, opened_number, sign_in_of,
                                         safe_place, may_use, secret_changed_at, last_request, last_number)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'active', $11, $12, $13, $14, $15, $16, $17, $18, $19, $14, $15)",
        id.0,
        new.system.0,
        new.name,
        new.holder.0,
        new.department.0,
        &new.rights,
        new.scope,
        new.purpose,
        new.from,
        new.until,
        new.approved,
        now,
        by.map(|person| person.0),
        request,
        number,
        sign_in_of.map(|person| person.0),
        new.safe_place,
        &may_use,
        new.secret_changed,
    )
    .execute(conn)
    .await
    .map(drop)
}

/// Sets how a row stands, on the version that was read.
pub async fn set_state(
    conn: &mut PgConnection,
    row: &Privileged,
    state: State,
    by: Option<PersonId>,
    ended: Option<DateTime<Utc>>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update privileged_account set state = $3, ended_by = $4, ended_at = $5, version = version + 1 where id = $1 and version = $2",
        row.id.0,
        row.version,
        state as State,
        by.map(|person| person.0),
        ended,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Writes where the secret is kept and who may use it.
pub async fn set_safekeeping(
    conn: &mut PgConnection,
    id: PrivilegedId,
    version: i32,
    place: &str,
    may_use: &[PersonId],
) -> sqlx::Result<u64> {
    let may_use: Vec<_> = may_use.iter().map(|person| person.0).collect();
    let done = sqlx::query!(
        "update privileged_account set safe_place = $3, may_use = $4, version = version + 1 where id = $1 and version = $2",
        id.0,
        version,
        place,
        &may_use,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Writes when the secret was changed: the date and nothing else.
pub async fn set_secret_changed(
    conn: &mut PgConnection,
    row: &Privileged,
    at: DateTime<Utc>,
    origin: Option<&Origin>,
) -> sqlx::Result<u64> {
    let (request, number) = origin.map(|origin| (origin.id.0, origin.number.as_str())).unzip();
    let done = sqlx::query!(
        "update privileged_account
            set secret_changed_at = $3, secret_due_since = case when secret_due_since > $3 then secret_due_since end,
                last_request = coalesce($4, last_request), last_number = coalesce($5, last_number), version = version + 1
          where id = $1 and version = $2",
        row.id.0,
        row.version,
        at,
        request,
        number,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// From now on the secret waits to be changed; whoever has left may use it no longer.
pub async fn set_secret_due(
    conn: &mut PgConnection,
    row: &Privileged,
    left: PersonId,
    since: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update privileged_account
            set secret_due_since = coalesce(secret_due_since, $3), may_use = array_remove(may_use, $4), version = version + 1
          where id = $1 and version = $2",
        row.id.0,
        row.version,
        since,
        left.0,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Writes a record of work.
pub async fn insert_use(conn: &mut PgConnection, id: UseId, new: &Used, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let (request, number) = new.request.as_ref().map(|origin| (origin.id.0, origin.number.as_str())).unzip();
    let done = sqlx::query!(
        "insert into privileged_use (id, account_id, system_id, user_id, department_id, source, work, result, from_at, until_at,
                                     request_id, number, line, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (request_id, line) do nothing",
        id.0,
        new.account.map(|account| account.0),
        new.system.map(|system| system.0),
        new.user.0,
        new.department.0,
        new.source as super::model::Source,
        new.work,
        new.result,
        new.from,
        new.until,
        request,
        number,
        i32::from(new.line),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// A record of work, for the panel of an account.
#[derive(Debug, Clone)]
pub struct UseLine {
    /// its id
    pub id: UseId,
    /// from
    pub from: DateTime<Utc>,
    /// by whom
    pub user: String,
    /// what for
    pub work: String,
    /// instruction
    pub number: Option<String>,
}

/// The latest records of an account.
pub async fn list_uses(conn: &mut PgConnection, account: PrivilegedId) -> sqlx::Result<Vec<UseLine>> {
    sqlx::query_as!(
        UseLine,
        r#"select u.id as "id: UseId", u.from_at as "from", concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "user!",
                  u.work, u.number
             from privileged_use u
             join person p on p.id = u.user_id
            where u.account_id = $1
            order by u.from_at desc, u.id desc
            limit 20"#,
        account.0,
    )
    .fetch_all(conn)
    .await
}

/// 月次の件数: month, by instruction or request, outside routine.
#[derive(Debug, Clone)]
pub struct Month {
    /// its first day
    pub month: NaiveDate,
    /// by an instruction or an approved request
    pub instructed: i64,
    /// outside routine
    pub unplanned: i64,
}

/// The last twelve months with work in them.
pub async fn months(conn: &mut PgConnection) -> sqlx::Result<Vec<Month>> {
    sqlx::query_as!(
        Month,
        r#"select date_trunc('month', from_at at time zone 'Asia/Tokyo')::date as "month!",
                  count(*) filter (where source <> 'unplanned') as "instructed!",
                  count(*) filter (where source = 'unplanned') as "unplanned!"
             from privileged_use
            group by 1
            order by 1 desc
            limit 12"#,
    )
    .fetch_all(conn)
    .await
}

/// Those who hold a post of this tier on that day, with a person row of their own.
pub async fn holders_of(conn: &mut PgConnection, tier: &str, today: NaiveDate) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select distinct person_id as "id: PersonId" from post where tier = $1 and during @> $2::date"#,
        tier,
        today,
    )
    .fetch_all(conn)
    .await
}
