//! The organisation as a route needs it: seats with holders and deputies, names for screens, and the choices that
//! person and department fields offer.
use crate::engines::requests::model::Choice;
use crate::engines::requests::model::content::Words;
use crate::engines::requests::model::route::{Organisation, Seat, SeatId};
use crate::kernel::access::{FunctionKey, Tier};
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use chrono::NaiveDate;
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Everybody who decides or works, and where, on one day; with those who were named for steps of this kind.
pub async fn organisation(conn: &mut PgConnection, today: NaiveDate, kind: Option<&str>) -> Result<Organisation> {
    let posts = sqlx::query_as!(
        SeatRow,
        r#"select tier as "tier!", function, department_id as "department_id!", held as "held!", present as "present!", holder as "holder!", deputy
             from seats_of($1)"#,
        today,
    );
    let posts = posts.fetch_all(&mut *conn).await?;
    let mut org = seated(conn, posts).await?;
    if let Some(kind) = kind {
        org.named = named(conn, today, kind).await?;
    }
    Ok(org)
}

/// The organisation as it is expected to stand on a day to come: with the personnel changes that wait for theirs, who is absent,
/// and for which tiers a rule says who decides meanwhile. Those who were named are asked for by kind.
pub async fn expected(conn: &mut PgConnection, day: NaiveDate) -> Result<Organisation> {
    let posts = sqlx::query_as!(
        SeatRow,
        r#"select tier as "tier!", function, department_id as "department_id!", held as "held!", present as "present!", holder as "holder!", deputy
             from seats_expected($1)"#,
        day,
    );
    let posts = posts.fetch_all(&mut *conn).await?;
    let mut org = seated(conn, posts).await?;
    let absent = sqlx::query_scalar!(
        r#"select natural_person(person_id) as "person!: PersonId" from absence where ended_at is null and during @> $1::date"#,
        day,
    );
    org.absent = absent.fetch_all(&mut *conn).await?.into_iter().collect();
    let rules = sqlx::query_scalar!(r#"select tier as "tier!" from acting_rules($1) where who <> 'nobody'"#, day);
    let rules = rules.fetch_all(&mut *conn).await?;
    org.by_rule = rules.iter().filter_map(|tier| Tier::from_key(tier)).collect();
    Ok(org)
}

/// The main post of a person on a day, and who they are.
pub async fn main_post(
    conn: &mut PgConnection,
    person: PersonId,
    day: NaiveDate,
) -> Result<Option<(Tier, DepartmentId, Option<FunctionKey>)>> {
    let row = sqlx::query!(
        r#"select tier, department_id as "department: DepartmentId", function from post
            where person_id = $1 and main and during @> $2::date"#,
        person.0,
        day,
    );
    let row = row.fetch_optional(conn).await?;
    Ok(row.and_then(|row| {
        Some((Tier::from_key(&row.tier)?, row.department, row.function.as_deref().and_then(FunctionKey::new)))
    }))
}

struct SeatRow {
    tier: String,
    function: Option<String>,
    department_id: Uuid,
    held: bool,
    present: bool,
    holder: Uuid,
    deputy: Option<Uuid>,
}

/// The seats of these posts, and the tree of departments.
async fn seated(conn: &mut PgConnection, posts: Vec<SeatRow>) -> Result<Organisation> {
    let mut org = Organisation::default();
    for post in posts {
        let Some(tier) = Tier::from_key(&post.tier) else { continue };
        let function = post.function.as_deref().and_then(FunctionKey::new);
        for seat in SeatId::held(tier, DepartmentId(post.department_id), function) {
            let seat = org.seats.entry(seat).or_default();
            seat.exists = true;
            let holder = PersonId(post.holder);
            seat.away |= post.held && !post.present;
            if post.held && post.present && !seat.holders.contains(&holder) {
                seat.holders.push(holder);
            }
            // who stands in does so for one who is away, and for one who cannot sign in
            let deputy = post.deputy.filter(|deputy| post.held && *deputy != post.holder);
            seat.deputies.extend(deputy.map(|deputy| (PersonId(deputy), holder)));
        }
    }
    let tree = sqlx::query!(r#"select id, parent_id as "parent!" from department where parent_id is not null"#);
    let tree = tree.fetch_all(&mut *conn).await?;
    org.parents = tree.into_iter().map(|row| (DepartmentId(row.id), DepartmentId(row.parent))).collect();
    Ok(org)
}

/// The seat of one person, by their main post of the day or the last one they had: who they are, where, and who stands in. Nothing
/// for an id that is nobody's.
pub async fn seat_of_person(
    conn: &mut PgConnection,
    person: PersonId,
    day: NaiveDate,
) -> Result<Option<(PersonId, Option<DepartmentId>, Seat)>> {
    let row = sqlx::query!(
        r#"select person as "person!: PersonId", department_id as "department: DepartmentId", present as "present!", deputy as "deputy: PersonId"
             from seat_of_person($1, $2)"#,
        person.0,
        day,
    );
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    let holders = Vec::from_iter(row.present.then_some(row.person));
    let deputies = row.deputy.filter(|deputy| *deputy != row.person).map(|deputy| (deputy, row.person));
    let seat = Seat { holders, deputies: Vec::from_iter(deputies), exists: true, away: !row.present };
    Ok(Some((row.person, row.department, seat)))
}

/// Those who were named for steps of a kind and are there on that day, by step and department.
pub async fn named(
    conn: &mut PgConnection,
    today: NaiveDate,
    kind: &str,
) -> Result<BTreeMap<(String, Option<DepartmentId>), Vec<PersonId>>> {
    let rows = sqlx::query!(
        r#"select natural_person(p.person_id) as "person!: PersonId", p.department_id as "department: DepartmentId",
                  split_part(m.matter, '/', 2) as "step!"
             from post p
             join person n on n.id = p.person_id and (n.left_on is null or n.left_on >= $1) and holds_sign_in(n.id)
             cross join lateral unnest(named_for(p.id, $1, false)) as m (matter)
            where p.tier = 'operator' and p.during @> $1::date and split_part(m.matter, '/', 1) = $2
            order by p.id"#,
        today,
        kind,
    );
    let mut named: BTreeMap<_, Vec<PersonId>> = BTreeMap::new();
    for row in rows.fetch_all(conn).await? {
        for department in [Some(row.department), None] {
            named.entry((row.step.clone(), department)).or_default().push(row.person);
        }
    }
    Ok(named)
}

/// The natural persons behind these rows.
pub async fn naturals(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, PersonId>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows =
        sqlx::query!(r#"select id, coalesce(owner_person, id) as "natural!" from person where id = any($1)"#, ids,);
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, PersonId(row.natural))).collect())
}

/// All rows of one natural person: the ordinary account and those it owns.
pub async fn selves(conn: &mut PgConnection, natural: PersonId) -> Result<Vec<Uuid>> {
    let rows = sqlx::query_scalar!("select id from person where id = $1 or owner_person = $1", natural.0);
    Ok(rows.fetch_all(conn).await?)
}

/// Is this post still held on that day, by this person or by somebody they stand in for? Asked again inside the
/// transaction of a decision, which keeps post and stand-in as they are until it ends.
pub async fn hold_post(conn: &mut PgConnection, post: PostId, person: PersonId, today: NaiveDate) -> Result<bool> {
    let held = sqlx::query_scalar!(r#"select hold_post($1, $2, $3) as "held!""#, post.0, person.0, today);
    Ok(held.fetch_one(conn).await?)
}

/// Can this person confirm by themselves? Otherwise a signed slip (受領書) stands for it.
pub async fn signs_in(conn: &mut PgConnection, person: PersonId) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select signs_in($1) as "signs_in!""#, person.0).fetch_one(conn).await?)
}

/// What screens show of a person: 姓 名, 姓, and where they sit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    pub full: String,
    pub family: String,
    /// よみ
    pub reading: String,
    pub department: String,
}

/// Names of persons, with the department of their main post on that day.
pub async fn names(conn: &mut PgConnection, ids: &[Uuid], today: NaiveDate) -> Result<HashMap<Uuid, Name>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"select p.id, p.family_name, p.given_name, p.reading, d.name as "department?"
             from person p
             left join post m on m.person_id = p.id and m.main and m.during @> $2::date
             left join department d on d.id = m.department_id
            where p.id = any($1)"#,
        ids,
        today,
    )
    .fetch_all(conn)
    .await?;
    let named = rows.into_iter().map(|row| {
        let full = format!("{} {}", row.family_name, row.given_name).trim().to_owned();
        let department = row.department.unwrap_or_default();
        (row.id, Name { full, family: row.family_name, reading: row.reading, department })
    });
    Ok(named.collect())
}

/// The days after today on which posts, stand-ins, absences or sections begin or end, a personnel change that is entered takes
/// effect, or somebody has left, up to a last one.
pub async fn turning_days(conn: &mut PgConnection, today: NaiveDate, last: NaiveDate) -> Result<Vec<NaiveDate>> {
    let days = sqlx::query_scalar!(
        r#"select distinct on_day as "on_day!"
             from (select lower(during) as on_day from post
                   union select upper(during) from post
                   union select lower(during) from stand_in where ended_at is null
                   union select upper(during) from stand_in where ended_at is null
                   union select left_on + 1 from person
                   union select lower(during) from absence where ended_at is null
                   union select upper(during) from absence where ended_at is null
                   union select effective_on + case kind when 'retirement' then 1 else 0 end from movements_pub
                   union select valid_from from department
                   union select valid_to from department) as turns
            where on_day > $1 and on_day <= $2
            order by 1"#,
        today,
        last,
    );
    Ok(days.fetch_all(conn).await?)
}

/// The sections that own a system.
pub async fn owners(conn: &mut PgConnection) -> Result<Vec<DepartmentId>> {
    let owners = sqlx::query_scalar!(
        r#"select distinct owner_department_id as "owner!: DepartmentId" from systems_pub where retired_on is null order by 1"#
    );
    Ok(owners.fetch_all(conn).await?)
}

/// The title of somebody's main post on a day; empty where it has none.
pub async fn title_on(conn: &mut PgConnection, person: Uuid, on: NaiveDate) -> Result<String> {
    let found =
        sqlx::query_scalar!("select title from post where person_id = $1 and main and during @> $2::date", person, on,);
    Ok(found.fetch_optional(conn).await?.unwrap_or_default())
}

/// Names of departments.
pub async fn department_names(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let rows = sqlx::query!("select id, name from department where id = any($1)", ids).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The departments a person may file for: those of their posts with the ones below, or all of them.
pub async fn departments(conn: &mut PgConnection, own: &[Uuid], all: bool, today: NaiveDate) -> Result<Vec<Choice>> {
    let rows = sqlx::query!(
        r#"with recursive reach as (
             select d.id from department d where d.id = any($1)
             union
             select d.id from department d join reach on d.parent_id = reach.id
           )
           select d.id, d.name
             from department d
            where ($2 or d.id in (select id from reach))
              and d.valid_from <= $3
              and (d.valid_to is null or d.valid_to > $3)
            order by d.code, d.id"#,
        own,
        all,
        today,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Choice::named(row.id.to_string(), row.name)).collect())
}

/// The persons of a department and those below it, today's and those who are about to come; found by employee number
/// or name, and nothing more about them is told. With a tier, its holders are among them, wherever they are.
pub async fn persons(
    conn: &mut PgConnection,
    department: Option<DepartmentId>,
    and: Option<Tier>,
    today: NaiveDate,
) -> Result<Vec<Choice>> {
    let rows = sqlx::query!(
        r#"with recursive reach as (
             select d.id from department d where d.id = $1
             union
             select d.id from department d join reach on d.parent_id = reach.id
           )
           select distinct on (p.reading, p.employee_no, p.id)
                  p.id, p.employee_no, p.family_name, p.given_name, p.reading, p.employment, d.name as department
             from person p
             join post o on o.person_id = p.id and (upper_inf(o.during) or upper(o.during) > $2)
             join department d on d.id = o.department_id
            where ($1::uuid is null or o.department_id in (select id from reach) or o.tier = $3)
              and p.owner_person is null
              and (p.left_on is null or p.left_on >= $2)
            order by p.reading, p.employee_no, p.id, o.main desc, o.id
            limit 2000"#,
        department.map(|department| department.0),
        today,
        and.map(Tier::key),
    )
    .fetch_all(conn)
    .await?;
    let choice = |id: Uuid, full: String, no: String, reading: String, department: String, employment: &str| {
        Choice::named(id.to_string(), full.clone())
            .with_note(Words::Plain(format!("{no} {department}")))
            .with_aliases([no.clone(), reading, format!("{no} {full}")])
            .with_fact("employment", employment)
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let full = format!("{} {}", row.family_name, row.given_name).trim().to_owned();
            choice(row.id, full, row.employee_no, row.reading, row.department, &row.employment)
        })
        .collect())
}
