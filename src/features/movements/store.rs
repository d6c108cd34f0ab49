//! SQL of the personnel changes and of the rows they call for.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Kind, NewMovement, Operation, Place, Source};
use crate::kernel::access::{Scope, Tier};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId};

/// A personnel change as it is carried out.
#[derive(Debug, Clone)]
pub struct Movement {
    pub id: Uuid,
    pub person: PersonId,
    pub kind: Kind,
    pub effective_on: NaiveDate,
    /// whose manager answers it
    pub section: DepartmentId,
    pub to: Option<DepartmentId>,
    pub to_tier: Option<String>,
    pub to_title: String,
}

impl Movement {
    /// As what somebody is transferred.
    pub fn tier(&self) -> Option<Tier> {
        self.to_tier.as_deref().and_then(Tier::from_key)
    }
}

/// A row of the 対応表.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: Uuid,
    pub kind: Kind,
    pub operation: Operation,
    pub effective_on: NaiveDate,
    pub department: DepartmentId,
    pub department_name: String,
    pub employee_no: String,
    pub name: String,
    /// the requests that answer it
    pub numbers: Vec<String>,
}

/// A personnel change in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: Uuid,
    /// the natural person
    pub person: PersonId,
    pub kind: Kind,
    pub effective_on: NaiveDate,
    pub employee_no: String,
    pub name: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub source: Source,
    pub applied_at: Option<DateTime<Utc>>,
    pub cancel_reason: String,
    /// the main post that is left by it, and its section
    pub post: Option<Uuid>,
    pub post_section: Option<Uuid>,
}

/// An account that outlived its holder's employment.
#[derive(Debug, Clone)]
pub struct Left {
    pub account: AccountId,
    pub account_name: String,
    pub system: String,
    pub holder_name: String,
    pub department: DepartmentId,
    pub left_on: NaiveDate,
}

/// Somebody by employee number, or by a name that is theirs alone.
pub async fn find_people(conn: &mut PgConnection, typed: &str) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select id as "id: PersonId"
             from person
            where owner_person is null
              and (employee_no = $1 or family_name || given_name = replace($2, ' ', ''))
            order by id
            limit 2"#,
        crate::kernel::text::digits(typed),
        typed,
    )
    .fetch_all(conn)
    .await
}

/// Sections of a day: id and name.
pub async fn departments(conn: &mut PgConnection, on: NaiveDate) -> sqlx::Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        "select id, name from department where valid_from <= $1 and (valid_to is null or valid_to > $1) order by code, id",
        on,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Is somebody on leave (休職, 産休, 育休, 出向) on a day, as far as it is entered: one of them has no return yet.
pub async fn away(conn: &mut PgConnection, person: PersonId, on: NaiveDate) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select count(*) filter (where m.kind <> 'return') > count(*) filter (where m.kind = 'return') as "away!"
             from personnel_movement m
            where natural_person(m.person_id) = natural_person($1) and m.cancelled_at is null and m.effective_on <= $2
              and m.kind in ('secondment', 'leave', 'maternity', 'childcare', 'return')"#,
        person.0,
        on
    )
    .fetch_one(conn)
    .await
}

/// Writes an entry; false where it is known already.
pub async fn insert(
    conn: &mut PgConnection,
    id: Uuid,
    new: &NewMovement,
    section: DepartmentId,
    (by, at): (Option<PersonId>, DateTime<Utc>),
) -> sqlx::Result<bool> {
    let hired = new.kind == Kind::Hire;
    let to = if hired { Some(section.0) } else { new.to.as_ref().map(|place| place.department.0) };
    let done = sqlx::query!(
        "insert into personnel_movement (id, person_id, kind, effective_on, from_department, to_department, to_tier, to_title, operation,
                                         section_id, source, entered_by, entered_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict do nothing",
        id,
        new.person.0,
        new.kind as Kind,
        new.effective_on,
        (!hired).then_some(section.0),
        to,
        new.to.as_ref().and_then(|place| place.tier).map(Tier::key),
        new.to.as_ref().map(|place| place.title.as_str()).unwrap_or_default(),
        new.kind.operation() as Option<Operation>,
        section.0,
        new.source as Source,
        by.map(|person| person.0),
        at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What the register of people tells and nobody entered: last days that are near or just over, people who have just come,
/// main posts that begin elsewhere. Beside it, the ends of accounts of people not permanently employed. Who was there when
/// the organisation began to use the portal has not come by a change.
pub async fn told(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<(NewMovement, DepartmentId)>> {
    let rows = sqlx::query!(
        r#"with began as (select max((created_at at time zone 'Asia/Tokyo')::date) as day from organisation),
                main as (select p.person_id, p.department_id, lower(p.during) as since, upper(p.during) as until,
                                lag(p.department_id) over w as before, row_number() over w as nth
                           from post p
                          where p.main
                         window w as (partition by p.person_id order by lower(p.during))),
                told as (
                  select n.id as person_id, 'retirement' as kind, n.left_on as on_day, m.department_id as section, null::uuid as target
                    from person n
                    join lateral (select department_id from main where main.person_id = n.id order by since desc limit 1) m on true
                   where n.left_on between $1::date - 31 and $1::date + 30
                  union all
                  select n.id, 'hire', n.joined_on, m.department_id, m.department_id
                    from person n
                    join main m on m.person_id = n.id and m.nth = 1
                   where n.joined_on between $1::date - 31 and $1::date + 366
                     and n.joined_on > (select day from began)
                     and not exists (select from personnel_movement k
                                      where k.person_id = n.id and k.kind = 'hire' and abs(k.effective_on - n.joined_on) <= 31)
                  union all
                  select m.person_id, 'transfer', m.since, m.before, m.department_id
                    from main m
                   where m.before <> m.department_id
                     and m.since between $1::date - 31 and $1::date + 366
                     and m.since > (select day from began)
                     and not exists (select from personnel_movement k
                                      where k.person_id = m.person_id and k.kind = 'transfer' and k.to_department = m.department_id
                                        and k.cancelled_at is null and k.effective_on between m.since - 31 and m.since)
                  union all
                  select distinct on (a.holder_id, a.until_on) a.holder_id, 'expiry', a.until_on, a.department_id, null::uuid
                    from accounts_pub a
                    join person n on n.id = a.holder_id and n.employment <> 'permanent' and (n.left_on is null or n.left_on > a.until_on)
                   where a.state = 'active' and a.until_on <= $1)
           select t.person_id as "person!: PersonId", t.kind as "kind!: Kind", t.on_day as "on!", t.section as "section!: DepartmentId",
                  t.target as "target?: DepartmentId"
             from told t
             join person n on n.id = t.person_id and n.owner_person is null
            where not exists (select from personnel_movement k
                               where k.person_id = t.person_id and k.kind = t.kind and k.effective_on = t.on_day)
            order by t.on_day, t.person_id"#,
        today,
    )
    .fetch_all(conn)
    .await?;
    let read = rows.into_iter().map(|row| {
        let place = |department| Place { department, tier: None, title: String::new() };
        let source = if row.kind == Kind::Expiry { Source::Portal } else { Source::Register };
        let to = row.target.map(place);
        (NewMovement { person: row.person, kind: row.kind, effective_on: row.on, to, source }, row.section)
    });
    Ok(read.collect())
}

/// Cancels rows of last days that the register of people no longer names; which, and whose.
pub async fn withdrawn(conn: &mut PgConnection, at: DateTime<Utc>) -> sqlx::Result<Vec<(Uuid, PersonId)>> {
    let rows = sqlx::query!(
        r#"update personnel_movement m
              set cancelled_at = $1, cancel_reason = '名簿の退職日が変わったため'
             from person n
            where n.id = m.person_id
              and m.kind = 'retirement'
              and m.source = 'register'
              and m.applied_at is null
              and m.cancelled_at is null
              and n.left_on is distinct from m.effective_on
        returning m.id, m.person_id as "person: PersonId""#,
        at,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.person)).collect())
}

/// Those that are to be carried out by this day, the earliest first.
pub async fn due(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select id
           from personnel_movement
          where applied_at is null
            and cancelled_at is null
            and effective_on <= $1
          order by effective_on, entered_at, id",
        today,
    )
    .fetch_all(conn)
    .await
}

/// One of them, held by whoever carries it out; none where somebody else did.
pub async fn hold_due(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Movement>> {
    sqlx::query_as!(
        Movement,
        r#"select id, person_id as "person: PersonId", kind as "kind: Kind", effective_on, section_id as "section: DepartmentId",
                  to_department as "to: DepartmentId", to_tier, to_title
             from personnel_movement
            where id = $1
              and applied_at is null
              and cancelled_at is null
              for update"#,
        id,
    )
    .fetch_optional(conn)
    .await
}

/// The last day of somebody's employment.
pub async fn last_day(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Option<NaiveDate>> {
    let row = sqlx::query_scalar!("select left_on from person where id = $1", person.0);
    Ok(row.fetch_optional(conn).await?.flatten())
}

/// Those whose last day is over and who can still sign in.
pub async fn leavers(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select n.id as "id: PersonId"
             from person n
             join auth.credential c on c.person_id = n.id and c.disabled_at is null
            where n.left_on < $1
            order by n.id"#,
        today,
    )
    .fetch_all(conn)
    .await
}

/// It was carried out.
pub async fn applied(conn: &mut PgConnection, id: Uuid, at: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "update personnel_movement set applied_at = $2 where id = $1 and applied_at is null and cancelled_at is null",
        id,
        at,
    );
    Ok(done.execute(conn).await?.rows_affected())
}

/// 取消 before its day; whose and in which section.
pub async fn cancel(
    conn: &mut PgConnection,
    id: Uuid,
    by: Option<PersonId>,
    reason: &str,
    at: DateTime<Utc>,
) -> sqlx::Result<Option<PersonId>> {
    sqlx::query_scalar!(
        r#"update personnel_movement
              set cancelled_at = $2, cancelled_by = $3, cancel_reason = $4
            where id = $1
              and applied_at is null
              and cancelled_at is null
        returning person_id as "person: PersonId""#,
        id,
        at,
        by.map(|person| person.0),
        reason,
    )
    .fetch_optional(conn)
    .await
}

/// Is there such an entry within reach?
pub async fn exists(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select exists (select from personnel_movement where id = $1) as "exists!""#, id)
        .fetch_one(conn)
        .await
}

/// The row that a request answers: the one that its form names; where it asks for none, the latest open one of its person
/// that calls for it.
pub async fn answered_by(
    conn: &mut PgConnection,
    request: Uuid,
    today: NaiveDate,
) -> sqlx::Result<Option<(Uuid, PersonId)>> {
    let row = sqlx::query!(
        r#"select m.id, m.person_id as "person: PersonId"
             from request r
             join request_round c on c.request_id = r.id and c.round = r.round
             join personnel_movement m on m.person_id = r.beneficiary_id and m.cancelled_at is null
            where r.id = $1
              and case when c.content ? 'movement' then m.id::text = c.content ->> 'movement'
                       else ('account.' || m.operation = r.kind or m.operation = 'stop' and r.kind = 'account.end') and m.effective_on >= $2::date - 92 end
            order by m.effective_on desc, m.id
            limit 1"#,
        request,
        today,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.person)))
}

/// The row is answered by this request, among others.
pub async fn answer(conn: &mut PgConnection, movement: Uuid, request: Uuid) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "insert into movement_request (movement_id, request_id) values ($1, $2) on conflict do nothing",
        movement,
        request,
    );
    Ok(done.execute(conn).await?.rows_affected())
}

/// Rows of the 対応表 within reach: open ones, for which no request was filed or each was withdrawn, and answered ones of the
/// last month; what waits longest first.
pub async fn rows(conn: &mut PgConnection, scope: &Scope, today: NaiveDate) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"select m.id, m.kind as "kind: Kind", m.operation as "operation!: Operation", m.effective_on,
                  m.section_id as "department: DepartmentId", d.name as department_name, p.employee_no,
                  concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "name!",
                  coalesce(a.numbers, '{}') as "numbers!"
             from personnel_movement m
             join person p on p.id = m.person_id
             join department d on d.id = m.section_id
             left join lateral (
               select array_agg(r.number order by r.number) as numbers
                 from movement_request q
                 join request r on r.id = q.request_id and r.phase <> 'withdrawn'
                where q.movement_id = m.id) a on true
            where m.operation is not null
              and m.cancelled_at is null
              and ($1 or m.section_id = any ($2))
              and (a.numbers is null or m.effective_on >= $3::date - 31)
            order by a.numbers is not null, m.effective_on, p.employee_no, m.id
            limit 500"#,
        scope.all,
        &scope.departments,
        today,
    )
    .fetch_all(conn)
    .await
}

impl Row {
    /// Does a request stand for it?
    pub fn answered(&self) -> bool {
        !self.numbers.is_empty()
    }
}

/// A right that somebody has kept since they moved, without anybody saying what becomes of it.
#[derive(Debug, Clone)]
pub struct Unsettled {
    pub movement: Uuid,
    pub kind: Kind,
    pub effective_on: NaiveDate,
    pub department: DepartmentId,
    pub department_name: String,
    pub employee_no: String,
    pub name: String,
    pub account: AccountId,
    pub account_name: String,
    pub system: String,
    pub rights: String,
}

/// 異動後未整理: accounts from before the latest transfer or secondment whose day is over, with which no request of that change
/// or a later one has dealt.
pub async fn unsettled(conn: &mut PgConnection, scope: &Scope, today: NaiveDate) -> sqlx::Result<Vec<Unsettled>> {
    sqlx::query_as!(
        Unsettled,
        r#"with latest as (
             select distinct on (person_id) * from personnel_movement
              where kind in ('transfer', 'secondment') and cancelled_at is null and effective_on < $3
              order by person_id, effective_on desc, id)
           select m.id as movement, m.kind as "kind: Kind", m.effective_on, m.section_id as "department: DepartmentId",
                  d.name as department_name, p.employee_no, concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "name!",
                  a.id as "account!: AccountId", a.account_name as "account_name!", s.name as "system!",
                  coalesce((select string_agg(r.name, '、' order by r.position) from system_rights_pub r where r.id = any (a.rights)), '')
                    as "rights!"
             from latest m
             join person p on p.id = m.person_id
             join department d on d.id = m.section_id
             join accounts_pub a on a.holder_id = m.person_id and a.state = 'active' and a.opened_on <= m.effective_on
                                and a.department_id is distinct from m.to_department
             join systems_pub s on s.id = a.system_id
            where ($1 or m.section_id = any ($2))
              and not exists (select from movement_request q
                                join personnel_movement k on k.id = q.movement_id
                                join request_line l on l.request_id = q.request_id
                               where k.person_id = m.person_id
                                 and k.effective_on >= m.effective_on
                                 and l.state in ('executed', 'acknowledged')
                                 and l.data ->> 'account' = a.id::text)
            order by m.effective_on, p.employee_no, s.code, a.id
            limit 500"#,
        scope.all,
        &scope.departments,
        today,
    )
    .fetch_all(conn)
    .await
}

/// Personnel changes within reach, the latest first: what is to come, and the last quarter.
pub async fn list(conn: &mut PgConnection, scope: &Scope, today: NaiveDate) -> sqlx::Result<Vec<Listed>> {
    sqlx::query_as!(
        Listed,
        r#"select m.id, natural_person(m.person_id) as "person!: PersonId", m.kind as "kind: Kind", m.effective_on, p.employee_no,
                  concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "name!", f.name as "from?", t.name as "to?",
                  m.source as "source: Source", m.applied_at as "applied_at: DateTime<Utc>", m.cancel_reason,
                  q.id as "post?", q.department_id as "post_section?"
             from personnel_movement m
             join person p on p.id = m.person_id
             left join department f on f.id = m.from_department
             left join department t on t.id = m.to_department
             left join post q on q.person_id = m.person_id and q.main and q.during @> (m.effective_on - 1)
            where ($1 or m.section_id = any ($2) or m.to_department = any ($2))
              and m.effective_on >= $3::date - 92
            order by m.effective_on desc, p.employee_no, m.id
            limit 500"#,
        scope.all,
        &scope.departments,
        today,
    )
    .fetch_all(conn)
    .await
}

/// 退職者アカウント未抹消: accounts still active after their holder's last day.
pub async fn left_behind(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Left>> {
    sqlx::query_as!(
        Left,
        r#"select a.id as "account!: AccountId", a.account_name as "account_name!", s.name as "system!", concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "holder_name!", a.department_id as "department!: DepartmentId",
                  p.left_on as "left_on!"
             from accounts_pub a
             join systems_pub s on s.id = a.system_id
             join person p on p.id = a.holder_id
            where a.state = 'active'
              and p.left_on < $1
            order by p.left_on, p.employee_no, s.code, a.id
            limit 500"#,
        today,
    )
    .fetch_all(conn)
    .await
}

/// An account for whose cancellation a draft is due.
#[derive(Debug, Clone)]
pub struct Ending {
    pub movement: Uuid,
    pub account: AccountId,
    pub holder: PersonId,
    pub holder_name: String,
    pub employee_no: String,
    pub department: DepartmentId,
    /// the last day of the employment, or of the account
    pub on: NaiveDate,
    /// the employment ends, not only the account
    pub retirement: bool,
}

/// Accounts whose holder retires within two weeks, and those whose end has come (終了予定日): for all of them a cancellation
/// is due.
pub async fn endings(conn: &mut PgConnection, today: NaiveDate) -> sqlx::Result<Vec<Ending>> {
    sqlx::query_as!(
        Ending,
        r#"select m.id as movement, a.id as "account!: AccountId", p.id as "holder: PersonId",
                  concat_ws(' ', p.family_name, nullif(p.given_name, '')) as "holder_name!", p.employee_no,
                  a.department_id as "department!: DepartmentId", m.effective_on as "on", m.kind = 'retirement' as "retirement!"
             from personnel_movement m
             join person p on p.id = m.person_id
             join accounts_pub a on a.holder_id = p.id
            where m.cancelled_at is null
              and ((m.kind = 'retirement' and m.effective_on between $1::date - 92 and $1::date + 14
                    and (a.state = 'active' or a.stop_reason in ('retirement', 'leave')))
                   or (m.kind = 'expiry' and a.state = 'active' and a.until_on = m.effective_on))
            order by a.id"#,
        today,
    )
    .fetch_all(conn)
    .await
}

/// The accounts of a person's administrators' rows, and the person's own.
pub async fn selves(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select id as "id: PersonId" from person where id = $1 or owner_person = $1 order by id"#,
        person.0
    )
    .fetch_all(conn)
    .await
}
