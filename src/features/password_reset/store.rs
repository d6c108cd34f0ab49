//! The SQL of the open page and of the administrator's view of a claim. It reads only; what changes goes through
//! `people` and the request engine.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::RESET;
use super::model::Part;
use crate::kernel::ids::{DepartmentId, PersonId, RequestId};

/// The organisation's top department: a claim belongs to nobody's department yet.
pub async fn top_department(conn: &mut PgConnection, on: NaiveDate) -> sqlx::Result<Option<DepartmentId>> {
    sqlx::query_scalar!(
        r#"select id as "id: DepartmentId"
             from department
            where parent_id is null and valid_from <= $1 and (valid_to is null or valid_to > $1)
            order by code
            limit 1"#,
        on
    )
    .fetch_optional(conn)
    .await
}

/// The section that owns this portal (所管課), if the register has it.
pub async fn portal_owner(conn: &mut PgConnection) -> sqlx::Result<Option<DepartmentId>> {
    sqlx::query_scalar!(r#"select owner_department_id as "id!: DepartmentId" from systems_pub where is_portal"#)
        .fetch_optional(conn)
        .await
}

/// Does a request for this ID wait already?
pub async fn waits(conn: &mut PgConnection, login: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (
             select from request
              where kind = $1 and closed_at is null and lower(claims ->> 'login') = lower($2)) as "waits!""#,
        RESET,
        login,
    )
    .fetch_one(conn)
    .await
}

/// When the claim came that is the n-th last of those from one place since then; whom they name is not looked at.
pub async fn claim_from(
    conn: &mut PgConnection,
    source: &str,
    since: DateTime<Utc>,
    nth: i64,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        "select filed_at
           from request
          where kind = $1
            and claims ->> 'source' = $2
            and filed_at > $3
          order by filed_at desc
         offset $4
          limit 1",
        RESET,
        source,
        since,
        nth - 1,
    )
    .fetch_optional(conn)
    .await
}

/// What the register says about the one who may be meant.
#[derive(Debug, Clone)]
pub struct Known {
    /// 職員番号
    pub number: String,
    /// 姓
    pub family_name: String,
    /// 名
    pub given_name: String,
    /// main department today
    pub department: Option<String>,
    /// the number to call
    pub telephone: Option<String>,
    /// where a mail reaches them
    pub mail: Option<String>,
    /// 使用停止（失敗回数超過）, and since when
    pub locked: bool,
    pub locked_at: Option<DateTime<Utc>>,
    /// 停止・無効
    pub stopped: bool,
}

/// The person behind an id, as the register knows them.
pub async fn known(conn: &mut PgConnection, person: PersonId, on: NaiveDate) -> sqlx::Result<Option<Known>> {
    sqlx::query_as!(
        Known,
        r#"select p.employee_no as number, p.family_name, p.given_name, p.telephone, p.mail,
                  (select d.name from post o join department d on d.id = o.department_id
                    where o.person_id = p.id and o.during @> $2::date
                    order by o.main desc, o.id
                    limit 1) as department,
                  c.locked_at is not null as "locked!", c.locked_at, c.disabled_at is not null as "stopped!"
             from person p
             join auth.credential c on c.person_id = p.id
            where p.id = $1"#,
        person.0,
        on,
    )
    .fetch_optional(conn)
    .await
}

/// The person with this employee number.
pub async fn with_number(conn: &mut PgConnection, number: &str) -> sqlx::Result<Option<PersonId>> {
    sqlx::query_scalar!(r#"select id as "id: PersonId" from person where employee_no = $1"#, number)
        .fetch_optional(conn)
        .await
}

/// The row of the account ledger that is this person's account of the portal.
pub async fn portal_account(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Option<(Uuid, String)>> {
    let row = sqlx::query!(
        r#"select a.id as "id!", a.account_name as "name!"
             from accounts_pub a
             join systems_pub s on s.id = a.system_id and s.is_portal
            where a.holder_id = $1
            order by a.stopped_on is not null, a.opened_on desc
            limit 1"#,
        person.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.name)))
}

/// When the code was issued, if it was, and how it was to reach the person, if that was chosen.
pub async fn find_issue(
    conn: &mut PgConnection,
    request: RequestId,
    round: u16,
) -> sqlx::Result<Option<(DateTime<Utc>, Option<String>)>> {
    let found = sqlx::query!(
        "select e.executed_at, e.result ->> 'delivery' as delivery
           from request_line l
           join execution e on e.request_id = l.request_id and e.round = l.round and e.line = l.no
          where l.request_id = $1
            and l.round = $2
            and l.data ->> 'part' = $3
            and l.state = 'executed'
          order by e.executed_at, e.id
          limit 1",
        request.0,
        i32::from(round),
        Part::Issue.key(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|row| (row.executed_at, row.delivery)))
}
