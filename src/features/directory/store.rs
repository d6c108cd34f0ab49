//! The SQL of the list of persons and of a person's page.
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::model::{Listed, PAGE, Page, Wish, letters};
use crate::kernel::access::{Scope, Tier};
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::text;
use crate::people::model::{Employment, full_name};

/// One page of the persons in reach, by よみ, and how many stand before it.
pub async fn list(conn: &mut PgConnection, scope: &Scope, wish: &Wish, on: NaiveDate) -> sqlx::Result<Page> {
    let row = wish.kana.and_then(letters);
    let backward = wish.before.is_some();
    let place = wish.after.as_ref().or(wish.before.as_ref());
    let rows = sqlx::query!(
        r#"with found as (
             select n.id, n.employee_no, n.family_name, n.given_name, n.reading, n.employment, n.left_on
               from person n
              where ($2 = 'left') = (n.left_on is not null and n.left_on < $1::date)
                and ($2 = 'left' or n.joined_on <= $1)
                and not exists (
                      select from unnest($3::text[]) word
                       where search_key(word) = ''
                          or position(search_key(word) in concat_ws('|', search_key(n.employee_no), search_key(n.reading),
                                                                    search_key(n.family_name || n.given_name))) = 0)
                and ($4 or n.id = $6
                     or exists (select from post q where q.person_id = n.id and q.during @> $1 and q.department_id = any ($5)))
                and ($7::uuid is null
                     or exists (select from post q
                                 where q.person_id = n.id and q.during @> $1 and q.department_id in (select department_and_below($7))))
                and ($8::text is null
                     or (left(n.reading, 1) collate "C" >= ($8 collate "C") and left(n.reading, 1) collate "C" <= ($9::text collate "C")))
           )
           select f.id as "id!: PersonId", f.employee_no as "number!", f.family_name as "family_name!",
                  f.given_name as "given_name!", f.reading as "reading!", f.employment as "employment!: Employment", f.left_on,
                  d.name as "department?", p.title as "title?",
                  array(select distinct q.tier from post q where q.person_id = f.id and q.during @> $1) as "tiers!: Vec<String>",
                  (select count(*) from found) as "total!",
                  (select count(*) from found b
                    where (b.reading collate "ja-x-icu", b.employee_no) < (f.reading collate "ja-x-icu", f.employee_no)) as "before!"
             from found f
             left join lateral (
               select department_id, title
                 from post
                where person_id = f.id and during @> $1
                order by main desc, id
                limit 1) p on true
             left join department d on d.id = p.department_id
            where $10::text is null
               or ($12 and (f.reading collate "ja-x-icu", f.employee_no) < ($10 collate "ja-x-icu", $11::text))
               or (not $12 and (f.reading collate "ja-x-icu", f.employee_no) > ($10 collate "ja-x-icu", $11::text))
            order by case when $12 then f.reading end collate "ja-x-icu" desc, case when $12 then f.employee_no end desc,
                     f.reading collate "ja-x-icu", f.employee_no
            limit $13"#,
        on,
        wish.standing.key(),
        &text::search_words(&wish.words),
        scope.all,
        &scope.departments,
        scope.person,
        wish.department.map(|department| department.0),
        row.map(|(first, _)| first),
        row.map(|(_, last)| last),
        place.map(|place| place.reading.as_str()),
        place.map(|place| place.number.as_str()),
        backward,
        PAGE,
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let skipped = rows.iter().map(|row| row.before).min().unwrap_or_default();
    let mut rows: Vec<Listed> = rows
        .into_iter()
        .map(|row| Listed {
            id: row.id,
            number: row.number,
            family_name: row.family_name,
            given_name: row.given_name,
            reading: row.reading,
            employment: row.employment,
            department: row.department,
            title: row.title,
            tiers: Tier::ALL.into_iter().filter(|tier| row.tiers.iter().any(|key| key == tier.key())).collect(),
            left_on: row.left_on,
        })
        .collect();
    if backward {
        rows.reverse();
    }
    Ok(Page { rows, total, skipped })
}

/// The person with this number, if they are in reach: today's colleagues, and for those who reach everything also
/// who has left.
pub async fn find_number(
    conn: &mut PgConnection,
    scope: &Scope,
    number: &str,
    on: NaiveDate,
) -> sqlx::Result<Option<PersonId>> {
    sqlx::query_scalar!(
        r#"select n.id as "id: PersonId"
             from person n
            where n.employee_no = $1
              and ($2 or n.id = $4
                   or exists (select from post q where q.person_id = n.id and q.during @> $5::date and q.department_id = any ($3)))"#,
        number,
        scope.all,
        &scope.departments,
        scope.person,
        on,
    )
    .fetch_optional(conn)
    .await
}

/// A post that may be handed to a stand-in, with its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPost {
    /// the post
    pub id: PostId,
    /// its tier
    pub tier: Tier,
    /// its department
    pub department: String,
    /// 課長 and the like
    pub title: String,
    /// the holder
    pub holder: String,
}

/// Today's posts of all tiers but the plain one, by department and holder.
pub async fn held_posts(conn: &mut PgConnection, on: NaiveDate) -> sqlx::Result<Vec<HeldPost>> {
    let rows = sqlx::query!(
        r#"select p.id as "id: PostId", p.tier as "tier: Tier", d.name as department, p.title, n.family_name, n.given_name
             from post p
             join person n on n.id = p.person_id and (n.left_on is null or n.left_on >= $1)
             join department d on d.id = p.department_id
            where p.tier <> 'staff' and p.during @> $1::date
            order by d.code, n.reading, p.id"#,
        on
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| HeldPost {
            id: row.id,
            tier: row.tier,
            department: row.department,
            title: row.title,
            holder: full_name(&row.family_name, &row.given_name),
        })
        .collect())
}

/// The sections at which rows of the ledger of accounts lie, and those that own the systems they are on, where owners read them. Those of
/// one holder, or of one section; opened by this day.
pub async fn account_places(
    conn: &mut PgConnection,
    holder: Option<PersonId>,
    section: Option<DepartmentId>,
    (on, owners_read): (NaiveDate, bool),
) -> sqlx::Result<Vec<DepartmentId>> {
    sqlx::query_scalar!(
        r#"select distinct place as "place!: DepartmentId"
             from accounts_pub a
             join systems_pub s on s.id = a.system_id
            cross join lateral unnest(case when $4 then array[a.department_id, s.owner_department_id] else array[a.department_id] end) as place
            where ($1::uuid is null or a.holder_id = $1) and ($2::uuid is null or a.department_id = $2) and a.opened_on <= $3
            order by 1"#,
        holder.map(|person| person.0),
        section.map(|department| department.0),
        on,
        owners_read,
    )
    .fetch_all(conn)
    .await
}

/// How many persons have their main post in each of these departments or below, for the tree.
pub async fn heads(conn: &mut PgConnection, on: NaiveDate) -> sqlx::Result<Vec<(DepartmentId, i64)>> {
    let rows = sqlx::query!(
        r#"with recursive branch (top, id) as (
             select id, id from department
             union all
             select b.top, d.id from branch b join department d on d.parent_id = b.id
           )
           select b.top as "top!", count(p.id) as "persons!"
             from branch b
             join post p on p.department_id = b.id and p.main and p.during @> $1::date
             join person n on n.id = p.person_id and (n.left_on is null or n.left_on >= $1)
            group by b.top"#,
        on
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (DepartmentId(row.top), row.persons)).collect())
}
