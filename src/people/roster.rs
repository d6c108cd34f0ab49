//! 組織と職員の登録: departments, persons and posts come into being here — from set-up, an import or the demo, always
//! as an action with its event.
use chrono::NaiveDate;
use serde_json::json;
use sqlx::PgConnection;

use crate::kernel::access::Tier;
use crate::kernel::audit::Event;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::text;
use crate::kernel::work::Work;

/// 部署
#[derive(Debug, Clone)]
pub struct NewDepartment<'a> {
    /// 部署コード
    pub code: &'a str,
    /// 名称
    pub name: &'a str,
    /// よみ
    pub reading: &'a str,
    /// 上位の部署
    pub parent: Option<DepartmentId>,
    /// 設置の日
    pub from: NaiveDate,
}

/// 職員・従業員
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    /// 職員番号
    pub employee_no: &'a str,
    /// 姓
    pub family_name: &'a str,
    /// 名
    pub given_name: &'a str,
    /// よみ
    pub reading: &'a str,
    /// メールアドレス
    pub mail: Option<&'a str>,
    /// permanent, fixed_term, part_time, temporary, contractor
    pub employment: &'a str,
    /// the ordinary person behind an administrator's account
    pub owner: Option<PersonId>,
    /// 入社・採用の日
    pub joined_on: NaiveDate,
}

/// 発令
#[derive(Debug, Clone)]
pub struct NewPost<'a> {
    /// who
    pub person: PersonId,
    /// where
    pub department: DepartmentId,
    /// as what
    pub tier: Tier,
    /// 職務の名前, where the post is for one of the tier's functions only (サーバ管理者 …)
    pub function: Option<&'a str>,
    /// 主任, 課長 …
    pub title: &'a str,
    /// 本務
    pub main: bool,
    /// from
    pub from: NaiveDate,
}

/// Adds a department.
pub async fn add_department(work: &mut Work, new: &NewDepartment<'_>) -> Result<DepartmentId> {
    let id = DepartmentId::new(work.now);
    sqlx::query!(
        "insert into department (id, code, name, reading, parent_id, valid_from) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        new.code,
        new.name,
        text::reading(new.reading),
        new.parent.map(|parent| parent.0),
        new.from,
    )
    .execute(work.conn())
    .await?;
    work.record(
        Event::done("department.added", "department", id)
            .facts(json!({ "code": new.code, "name": new.name }))
            .within(id),
    )
    .await?;
    Ok(id)
}

/// What somebody is found by: number, reading, name.
#[must_use]
pub fn search_words(number: &str, reading: &str, family: &str, given: &str) -> String {
    text::bigrams(&format!("{number} {reading} {family}{given} {family}"))
}

/// Adds a person.
pub async fn add_person(work: &mut Work, new: &NewPerson<'_>) -> Result<PersonId> {
    let id = PersonId::new(work.now);
    let search = search_words(new.employee_no, new.reading, new.family_name, new.given_name);
    sqlx::query!(
        "insert into person (id, employee_no, family_name, given_name, reading, mail, employment, owner_person, joined_on, search)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        new.employee_no,
        new.family_name,
        new.given_name,
        text::reading(new.reading),
        new.mail,
        new.employment,
        new.owner.map(|owner| owner.0),
        new.joined_on,
        search,
    )
    .execute(work.conn())
    .await?;
    work.record(
        Event::done("person.added", "person", id)
            .about(id)
            .facts(json!({ "employee_no": new.employee_no, "employment": new.employment })),
    )
    .await?;
    Ok(id)
}

/// Gives a person a post.
pub async fn appoint(work: &mut Work, new: &NewPost<'_>) -> Result<PostId> {
    put(work, new, None, None).await
}

/// The same for a function that somebody holds by another post of theirs (充て職): it ends with that post, on its last day where
/// that is known.
pub async fn appoint_by(work: &mut Work, new: &NewPost<'_>, base: PostId, last: Option<NaiveDate>) -> Result<PostId> {
    put(work, new, Some(base), last).await
}

async fn put(work: &mut Work, new: &NewPost<'_>, base: Option<PostId>, last: Option<NaiveDate>) -> Result<PostId> {
    let id = PostId::new(work.now);
    let function = new.function.map(text::normalise).filter(|function| !function.is_empty());
    sqlx::query!(
        "insert into post (id, person_id, department_id, tier, function, title, main, during, rests_on)
         values ($1, $2, $3, $4, $5, $6, $7, daterange($8, $9, '[]'), $10)",
        id.0,
        new.person.0,
        new.department.0,
        new.tier.key(),
        function,
        new.title,
        new.main,
        new.from,
        last,
        base.map(|post| post.0),
    )
    .execute(work.conn())
    .await?;
    let mut facts = json!({
        "tier": new.tier.key(), "function": function, "title": new.title, "main": new.main, "from": new.from,
    });
    if let (Some(base), Some(facts)) = (base, facts.as_object_mut()) {
        facts.insert("rests_on".to_owned(), json!(base));
        facts.insert("last".to_owned(), json!(last));
    }
    work.record(Event::done("post.given", "post", id).about(new.person).within(new.department).facts(facts)).await?;
    Ok(id)
}

/// 雇用又は契約の終わる日, known from the beginning for those who are not permanent.
pub async fn set_last_day(work: &mut Work, person: PersonId, day: NaiveDate) -> Result<()> {
    // an administrator's own account may be younger than the last day of whom it belongs to
    sqlx::query!(
        "update person set left_on = greatest($2, joined_on), version = version + 1 where id = $1",
        person.0,
        day
    )
    .execute(work.conn())
    .await?;
    let event = Event::done("person.last_day_set", "person", person).about(person);
    work.record(event.facts(json!({ "day": day }))).await.map(drop)
}

/// 電話番号: the number to call back (4.1.6(2)). What the log keeps is that it changed, not the number.
pub async fn set_telephone(work: &mut Work, person: PersonId, telephone: &str) -> Result<()> {
    let telephone = Some(text::normalise(telephone)).filter(|number| !number.is_empty());
    let changed = sqlx::query!(
        "update person set telephone = $2, version = version + 1 where id = $1 and telephone is distinct from $2",
        person.0,
        telephone,
    )
    .execute(work.conn())
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(());
    }
    let facts = json!({ "known": telephone.is_some() });
    work.record(Event::done("person.telephone_set", "person", person).about(person).facts(facts)).await.map(drop)
}

/// Are both of them one natural person?
pub async fn same_person(conn: &mut PgConnection, one: PersonId, other: PersonId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select natural_person($1) = natural_person($2) as "same!""#, one.0, other.0)
        .fetch_one(conn)
        .await
}
