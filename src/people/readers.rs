//! Who could read something on a day: the history of posts and stand-ins, held against the permission table.
use std::collections::BTreeSet;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::model::full_name;
use super::permissions::{Holding, Named, Table};
use crate::kernel::access::{Permission, Reach, Tier};
use crate::kernel::ids::{DepartmentId, PersonId};

/// What is read: rows of a permission that belong to departments and speak of persons.
#[derive(Debug, Clone)]
pub struct Matter {
    /// the line of the permission table
    pub permission: Permission,
    /// whose rows they are
    pub departments: Vec<DepartmentId>,
    /// for whom they are their own
    pub persons: Vec<PersonId>,
}

/// Somebody who could read it, and by which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// 職員番号
    pub number: String,
    /// 姓 名
    pub name: String,
    /// the post's department
    pub department: String,
    /// the post's tier
    pub tier: Tier,
    /// 課長 and the like
    pub title: String,
    /// the post, or the stand-in, from
    pub from: NaiveDate,
    /// its last day
    pub last: Option<NaiveDate>,
    /// 代理, or 代決: for whom
    pub acting_for: Option<String>,
    /// not by a post, but by the organisation's rule (代決)
    pub by_rule: bool,
    /// how far the line reaches
    pub reach: Reach,
}

/// Does this line open the matter? `above`: the post's department is that of the matter or one above it.
fn opens(reach: Reach, above: bool, own: bool) -> bool {
    match reach {
        Reach::Organisation => true,
        Reach::Department => above || own,
        Reach::Own => own,
        Reach::None => false,
    }
}

/// Everybody who could read it on that day, by よみ; once for each tier, place and time that opened it.
pub async fn on(conn: &mut PgConnection, table: &Table, matter: &Matter, day: NaiveDate) -> sqlx::Result<Vec<Reader>> {
    let above = above(&mut *conn, &matter.departments).await?;
    let rows = sqlx::query!(
        r#"with held as (
             select p.person_id, p.department_id, p.tier, p.title, lower(p.during) as first, upper(p.during) as until,
                    null::uuid as acting_for, case when p.tier = 'operator' then named_for(p.id, $1, true) end as named
               from post p
              where p.during @> $1::date
             union all
             select s.person_id, p.department_id, p.tier, p.title, lower(s.during), upper(s.during), p.person_id, null
               from stand_in s
               join post p on p.id = s.post_id and p.during @> $1
              where s.during @> $1 and (s.ended_at is null or (s.ended_at at time zone 'Asia/Tokyo')::date >= $1)
           )
           select n.id as "person!: PersonId", n.employee_no as "number!", n.family_name as "family_name!",
                  n.given_name as "given_name!", n.owner_person is not null as "own_account!", d.name as "department!", h.department_id as "department_id!: DepartmentId",
                  h.tier as "tier!: Tier", h.title as "title!", h.first as "first!: NaiveDate", h.until as "until?: NaiveDate",
                  a.family_name as "acting_family?", a.given_name as "acting_given?", h.named as "named?: Vec<String>"
             from held h
             join person n on n.id = h.person_id and n.joined_on <= $1 and (n.left_on is null or n.left_on >= $1)
             join department d on d.id = h.department_id
             left join person a on a.id = h.acting_for
            order by n.reading collate "ja-x-icu", n.employee_no, h.first"#,
        day
    )
    .fetch_all(conn)
    .await?;
    let mut readers = Vec::new();
    for row in rows {
        let acting_for = row.acting_family.zip(row.acting_given).map(|(family, given)| full_name(&family, &given));
        let named = Named::of(row.named.as_deref());
        let holding = Holding { stand_in: acting_for.is_some(), own_account: row.own_account, named };
        let reaches = table.of_post(row.tier, holding);
        let reach = reaches.get(matter.permission.place()).copied().unwrap_or(Reach::None);
        if !opens(reach, above.contains(&row.department_id), matter.persons.contains(&row.person)) {
            continue;
        }
        let reader = Reader {
            number: row.number,
            name: full_name(&row.family_name, &row.given_name),
            department: row.department,
            tier: row.tier,
            title: row.title,
            from: row.first,
            last: row.until.and_then(|until| until.pred_opt()),
            acting_for,
            by_rule: false,
            reach,
        };
        match readers.iter_mut().find(|known| alike(known, &reader)) {
            Some(known) => known.title = both(&known.title, &reader.title),
            None => readers.push(reader),
        }
    }
    Ok(readers)
}

/// Two functions of one person that open the same for the same time are one line with both titles.
fn alike(one: &Reader, other: &Reader) -> bool {
    let line = |reader: &Reader| Reader { title: String::new(), ..reader.clone() };
    line(one) == line(other)
}

fn both(one: &str, other: &str) -> String {
    if one.split('・').any(|title| title == other) || other.is_empty() {
        return one.to_owned();
    }
    if one.is_empty() { other.to_owned() } else { format!("{one}・{other}") }
}

/// These departments and all above them.
async fn above(conn: &mut PgConnection, departments: &[DepartmentId]) -> sqlx::Result<BTreeSet<DepartmentId>> {
    let ids: Vec<uuid::Uuid> = departments.iter().map(|department| department.0).collect();
    let found = sqlx::query_scalar!(
        r#"with recursive up as (
             select id, parent_id from department where id = any ($1)
             union
             select d.id, d.parent_id from up join department d on d.id = up.parent_id
           )
           select id as "id!: DepartmentId" from up"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_open_the_same_are_one_line() {
        let reader = |title: &str, reach| Reader {
            number: "000102".to_owned(),
            name: "井上 幸子".to_owned(),
            department: "情報政策課".to_owned(),
            tier: Tier::Operator,
            title: title.to_owned(),
            from: NaiveDate::default(),
            last: None,
            acting_for: None,
            by_rule: false,
            reach,
        };
        assert!(alike(&reader("係長", Reach::Organisation), &reader("ID管理者", Reach::Organisation)));
        assert!(!alike(&reader("係長", Reach::Organisation), &reader("係長", Reach::Department)));
        assert_eq!(both(&both("係長", "ID管理者"), "係長"), "係長・ID管理者");
        assert_eq!(both("", "係長"), "係長");
    }

    #[test]
    fn a_line_opens_what_lies_within_its_reach() {
        assert!(opens(Reach::Organisation, false, false));
        assert!(opens(Reach::Department, true, false));
        assert!(opens(Reach::Department, false, true), "one's own is nearer than the department");
        assert!(!opens(Reach::Department, false, false));
        assert!(opens(Reach::Own, false, true));
        assert!(!opens(Reach::Own, true, false));
        assert!(!opens(Reach::None, true, true));
    }
}
