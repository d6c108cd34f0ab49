//! The SQL of departments, persons, posts and stand-ins; works on any connection.
use std::net::IpAddr;

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Department, Deputy, Employment, Found, Holder, Person, Post, StandIn, StandInId, full_name};
use super::permissions::{self, Holding, Named, Table};
use crate::kernel::access::{Permission, PostHeld, Reach, Tier, Viewer};
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::text;

/// What the HTTP request adds to a viewer.
#[derive(Debug, Clone)]
pub struct Facts {
    /// SHA-256 of the session id
    pub session: Option<Vec<u8>>,
    /// from where
    pub source: Option<IpAddr>,
    /// the request's id
    pub request_ref: Uuid,
    /// must set a new password before anything else
    pub must_change_password: bool,
    /// お知らせ that this person has not read
    pub unread: u64,
}

/// What the register says of a person on a day: posts (and those held as a stand-in) with the departments below each.
#[derive(Debug, Clone)]
pub struct Standing {
    person: PersonId,
    natural: PersonId,
    own_account: bool,
    name: String,
    family_name: String,
    by_rule: bool,
    /// what each opens is the permission table's to say
    posts: Vec<PostHeld>,
}

impl Standing {
    /// Who comes, by this permission table.
    #[must_use]
    pub fn viewer(&self, table: &Table, facts: Facts) -> Viewer {
        let mut posts = self.posts.clone();
        for post in &mut posts {
            let named = Named::of(post.named.as_deref());
            let holding = Holding { stand_in: post.acting_for.is_some(), own_account: self.own_account, named };
            post.reaches = table.of_post(post.tier, holding);
        }
        Viewer {
            person: self.person,
            natural: self.natural,
            name: self.name.clone(),
            family_name: self.family_name.clone(),
            reaches: permissions::by_rule(
                permissions::union(posts.iter().map(|post| post.reaches.as_slice())),
                self.by_rule,
            ),
            posts,
            session: facts.session,
            source: facts.source,
            request_ref: facts.request_ref,
            must_change_password: facts.must_change_password,
            unread: facts.unread,
        }
    }
}

/// The viewer that this person is on this day. `None` when there is no such person, or they have left or not yet joined.
pub async fn viewer_of(
    conn: &mut PgConnection,
    table: &Table,
    person: PersonId,
    today: NaiveDate,
    facts: Facts,
) -> sqlx::Result<Option<Viewer>> {
    Ok(standing_of(conn, person, today).await?.map(|standing| standing.viewer(table, facts)))
}

/// Where this person stands on this day. `None` when there is no such person, or they have left or not yet joined.
pub async fn standing_of(
    conn: &mut PgConnection,
    person: PersonId,
    today: NaiveDate,
) -> sqlx::Result<Option<Standing>> {
    let rows = sqlx::query!(
        r#"with recursive held as (
             select p.id, p.department_id, p.tier, p.function, p.title, p.main, null::uuid as acting_for
               from post p
              where p.person_id = $1 and p.during @> $2::date
             union all
             select p.id, p.department_id, p.tier, p.function, p.title, p.main, p.person_id
               from stand_in s
               join post p on p.id = s.post_id
              where s.person_id = $1 and s.ended_at is null and s.during @> $2 and p.during @> $2
           ), tree as (
             select department_id as root, department_id as id
               from held
             union
             select t.root, d.id
               from tree t
               join department d on d.parent_id = t.id
              where d.valid_from <= $2 and (d.valid_to is null or d.valid_to > $2)
           )
           select n.family_name, n.given_name, coalesce(n.owner_person, n.id) as "natural!: PersonId",
                  n.owner_person is not null as "own_account!", named_by_a_rule(n.id, $2) as "by_rule!",
                  h.id as "post?: PostId", h.department_id as "department?: DepartmentId", d.name as "department_name?",
                  h.tier as "tier?: Tier", h.function, h.title as "title?", h.main as "main?", h.acting_for as "acting_for?: PersonId",
                  (select array_agg(t.id) from tree t where t.root = h.department_id) as "departments?: Vec<Uuid>",
                  case when h.tier = 'operator' then named_for(h.id, $2, false) end as "named?: Vec<String>"
             from person n
             left join held h on true
             left join department d on d.id = h.department_id
            where n.id = $1 and n.joined_on <= $2 and (n.left_on is null or n.left_on >= $2)
            order by h.acting_for is not null, h.main desc, h.id"#,
        person.0,
        today,
    )
    .fetch_all(conn)
    .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    Ok(Some(Standing {
        person,
        natural: first.natural,
        own_account: first.own_account,
        name: full_name(&first.family_name, &first.given_name),
        family_name: first.family_name.clone(),
        by_rule: first.by_rule,
        posts: rows
            .into_iter()
            .filter_map(|row| {
                Some(PostHeld {
                    id: row.post?,
                    department: row.department?,
                    department_name: row.department_name.unwrap_or_default(),
                    departments: row.departments.unwrap_or_default().into_iter().map(DepartmentId).collect(),
                    tier: row.tier?,
                    title: row.title.unwrap_or_default(),
                    function: row.function,
                    main: row.main.unwrap_or_default(),
                    acting_for: row.acting_for,
                    reaches: Default::default(),
                    named: row.named,
                })
            })
            .collect(),
    }))
}

struct HolderRow {
    person: PersonId,
    natural: PersonId,
    family_name: String,
    given_name: String,
    post: PostId,
    department: DepartmentId,
    department_name: String,
    title: String,
    distance: i32,
    deputy: Option<PersonId>,
    deputy_natural: Option<PersonId>,
    deputy_family: Option<String>,
    deputy_given: Option<String>,
    deputy_last: Option<NaiveDate>,
}

impl From<HolderRow> for Holder {
    fn from(row: HolderRow) -> Self {
        let deputy = row.deputy.zip(row.deputy_natural).zip(row.deputy_last);
        Self {
            name: full_name(&row.family_name, &row.given_name),
            person: row.person,
            natural: row.natural,
            post: row.post,
            department: row.department,
            department_name: row.department_name,
            title: row.title,
            distance: row.distance,
            stand_in: deputy.map(|((person, natural), last)| Deputy {
                person,
                natural,
                name: full_name(&row.deputy_family.unwrap_or_default(), &row.deputy_given.unwrap_or_default()),
                last,
            }),
        }
    }
}

/// Who holds this tier on this day: in exactly this department, or (None) anywhere. With their stand-ins.
pub async fn holders(
    conn: &mut PgConnection,
    tier: Tier,
    department: Option<DepartmentId>,
    on: NaiveDate,
) -> sqlx::Result<Vec<Holder>> {
    let all = match department {
        Some(department) => holders_near(conn, tier, department, on).await?,
        None => holders_anywhere(conn, tier, on).await?,
    };
    Ok(all.into_iter().filter(|holder| holder.distance == 0).collect())
}

async fn holders_anywhere(conn: &mut PgConnection, tier: Tier, on: NaiveDate) -> sqlx::Result<Vec<Holder>> {
    let rows = sqlx::query_as!(
        HolderRow,
        r#"select n.id as "person: PersonId", coalesce(n.owner_person, n.id) as "natural!: PersonId",
                  n.family_name, n.given_name, p.id as "post: PostId", d.id as "department: DepartmentId",
                  d.name as department_name, p.title, 0 as "distance!",
                  m.id as "deputy?: PersonId", coalesce(m.owner_person, m.id) as "deputy_natural?: PersonId",
                  m.family_name as "deputy_family?", m.given_name as "deputy_given?",
                  upper(s.during) - 1 as "deputy_last?: NaiveDate"
             from post p
             join person n on n.id = p.person_id and n.joined_on <= $2 and (n.left_on is null or n.left_on >= $2)
             join department d on d.id = p.department_id
             left join stand_in s on s.post_id = p.id and s.ended_at is null and s.during @> $2
             left join person m on m.id = s.person_id and (m.left_on is null or m.left_on >= $2)
            where p.tier = $1 and p.during @> $2::date
            order by p.main desc, d.code, n.reading, n.employee_no, p.id"#,
        tier.key(),
        on,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Holder::from).collect())
}

/// Who holds this tier on this day in this department and in each department above it, the nearest first.
pub async fn holders_near(
    conn: &mut PgConnection,
    tier: Tier,
    department: DepartmentId,
    on: NaiveDate,
) -> sqlx::Result<Vec<Holder>> {
    let rows = sqlx::query_as!(
        HolderRow,
        r#"with recursive up as (
             select id, parent_id, 0 as distance
               from department
              where id = $1
             union all
             select d.id, d.parent_id, up.distance + 1
               from up
               join department d on d.id = up.parent_id
              where up.distance < 30
           )
           select n.id as "person: PersonId", coalesce(n.owner_person, n.id) as "natural!: PersonId",
                  n.family_name, n.given_name, p.id as "post: PostId", d.id as "department: DepartmentId",
                  d.name as department_name, p.title, up.distance as "distance!",
                  m.id as "deputy?: PersonId", coalesce(m.owner_person, m.id) as "deputy_natural?: PersonId",
                  m.family_name as "deputy_family?", m.given_name as "deputy_given?",
                  upper(s.during) - 1 as "deputy_last?: NaiveDate"
             from up
             join post p on p.department_id = up.id
             join person n on n.id = p.person_id and n.joined_on <= $3 and (n.left_on is null or n.left_on >= $3)
             join department d on d.id = p.department_id
             left join stand_in s on s.post_id = p.id and s.ended_at is null and s.during @> $3
             left join person m on m.id = s.person_id and (m.left_on is null or m.left_on >= $3)
            where p.tier = $2 and p.during @> $3::date
            order by up.distance, p.main desc, n.reading, n.employee_no, p.id"#,
        department.0,
        tier.key(),
        on,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Holder::from).collect())
}

/// The persons who hold a tier today, for a notice to all of them.
pub async fn persons_of(conn: &mut PgConnection, tier: Tier, on: NaiveDate) -> sqlx::Result<Vec<PersonId>> {
    let mut persons: Vec<PersonId> =
        holders_anywhere(conn, tier, on).await?.into_iter().map(|holder| holder.person).collect();
    persons.sort_unstable();
    persons.dedup();
    Ok(persons)
}

/// Who heads a section in which this person has a post today, themselves aside.
pub async fn heads_of(conn: &mut PgConnection, person: PersonId, on: NaiveDate) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select distinct head.person_id as "person: PersonId"
             from post own
             join post head on head.department_id = own.department_id and head.tier = 'manager' and head.during @> $2::date
            where own.person_id = $1
              and own.during @> $2::date
              and head.person_id <> $1"#,
        person.0,
        on,
    )
    .fetch_all(conn)
    .await
}

/// The person, whoever asks; the caller has decided that they may.
pub async fn find_person(conn: &mut PgConnection, id: PersonId) -> sqlx::Result<Option<Person>> {
    sqlx::query_as!(
        Person,
        r#"select id as "id: PersonId", employee_no, family_name, given_name, reading, mail,
                  employment as "employment: Employment", owner_person as "owner?: PersonId", joined_on, left_on, version
             from person
            where id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// The main department of a person on a day (none between two posts).
pub async fn department_of(
    conn: &mut PgConnection,
    person: PersonId,
    on: NaiveDate,
) -> sqlx::Result<Option<DepartmentId>> {
    sqlx::query_scalar!(
        r#"select department_id as "id: DepartmentId"
             from post
            where person_id = $1 and during @> $2::date
            order by main desc, id
            limit 1"#,
        person.0,
        on,
    )
    .fetch_optional(conn)
    .await
}

/// Whom a viewer may pick and list: everybody, or those of some departments, or themselves.
#[derive(Debug, Clone)]
pub struct Circle {
    all: bool,
    departments: Vec<Uuid>,
    person: Uuid,
}

impl Circle {
    /// For the list of persons: exactly as far as 組織と職員を見る reaches.
    #[must_use]
    pub fn listed(viewer: &Viewer) -> Self {
        let scope = viewer.scope(Permission::PeopleView);
        Self { all: scope.all, departments: scope.departments, person: scope.person }
    }

    /// For pickers in forms: also the colleagues of one's own departments, by name and post only.
    #[must_use]
    pub fn picked(viewer: &Viewer) -> Self {
        let own = viewer.posts.iter().filter(|post| post.acting_for.is_none()).map(|post| post.department.0);
        let mut circle = Self::listed(viewer);
        circle.departments.extend(own);
        circle
    }

    /// Everybody (the portal itself).
    #[must_use]
    pub fn everybody() -> Self {
        Self { all: true, departments: Vec::new(), person: Uuid::nil() }
    }
}

/// Persons found by name, よみ or number, within the circle, by よみ; an empty text lists the first ones.
pub async fn search_persons(
    conn: &mut PgConnection,
    circle: &Circle,
    typed: &str,
    on: NaiveDate,
    after: Option<(&str, &str)>,
    limit: i64,
) -> sqlx::Result<Vec<Found>> {
    let words = text::bigram_query(typed);
    let (after_reading, after_no) = after.unzip();
    let rows = sqlx::query!(
        r#"select n.id as "id: PersonId", n.employee_no, n.family_name, n.given_name,
                  n.employment as "employment: Employment",
                  p.department_id as "department?: DepartmentId", d.name as "department_name?", p.title as "title?"
             from person n
             left join lateral (
               select department_id, title
                 from post
                where person_id = n.id and during @> $1::date
                order by main desc, id
                limit 1) p on true
             left join department d on d.id = p.department_id
            where n.joined_on <= $1 and (n.left_on is null or n.left_on >= $1)
              and not exists (select from unnest($2::text[]) as w where position(' ' || w || ' ' in ' ' || n.search || ' ') = 0)
              and ($3 or n.id = $5
                   or exists (select from post q where q.person_id = n.id and q.during @> $1 and q.department_id = any ($4)))
              and ($6::text is null or (n.reading collate "ja-x-icu", n.employee_no) > ($6 collate "ja-x-icu", $7::text))
            order by n.reading collate "ja-x-icu", n.employee_no
            limit $8"#,
        on,
        &words,
        circle.all,
        &circle.departments,
        circle.person,
        after_reading,
        after_no,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Found {
            id: row.id,
            employee_no: row.employee_no,
            name: full_name(&row.family_name, &row.given_name),
            department: row.department,
            department_name: row.department_name.unwrap_or_default(),
            title: row.title.unwrap_or_default(),
            employment: row.employment,
        })
        .collect())
}

/// Is this person in the circle today?
pub async fn in_circle(
    conn: &mut PgConnection,
    circle: &Circle,
    person: PersonId,
    on: NaiveDate,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select ($1 or n.id = $3
                   or exists (select from post q where q.person_id = n.id and q.during @> $4::date and q.department_id = any ($2))) as "in!"
             from person n
            where n.id = $5"#,
        circle.all,
        &circle.departments,
        circle.person,
        on,
        person.0,
    )
    .fetch_optional(conn)
    .await
    .map(Option::unwrap_or_default)
}

/// Persons of any day, also who has left, whose number or name is exactly what was typed.
pub async fn known(conn: &mut PgConnection, typed: &str) -> sqlx::Result<Vec<PersonId>> {
    let number = text::digits(typed);
    let name: String = text::clean_line(typed).split_whitespace().collect();
    sqlx::query_scalar!(
        r#"select id as "id: PersonId"
             from person
            where owner_person is null and (employee_no = $1 or family_name || given_name = $2)
            order by employee_no
            limit 2"#,
        number,
        name,
    )
    .fetch_all(conn)
    .await
}

/// Persons of today whose number, name or よみ is exactly what was typed (spaces and width do not count).
pub async fn named(conn: &mut PgConnection, typed: &str, on: NaiveDate) -> sqlx::Result<Vec<PersonId>> {
    let number = text::digits(typed);
    let name: String = text::clean_line(typed).split_whitespace().collect();
    let reading: String = text::reading(typed).split_whitespace().collect();
    sqlx::query_scalar!(
        r#"select id as "id: PersonId"
             from person
            where owner_person is null
              and joined_on <= $4 and (left_on is null or left_on >= $4)
              and (employee_no = $1 or family_name || given_name = $2 or regexp_replace(reading, '\s', '', 'g') = $3)
            order by employee_no
            limit 2"#,
        number,
        name,
        reading,
        on,
    )
    .fetch_all(conn)
    .await
}

/// The department tree of a day, from the top, siblings by code; only those in the circle when it is not everybody.
pub async fn departments(conn: &mut PgConnection, circle: &Circle, on: NaiveDate) -> sqlx::Result<Vec<Department>> {
    sqlx::query_as!(
        Department,
        r#"with recursive tree as (
             select d.*, 0 as depth, array[d.code] as path
               from department d
              where d.parent_id is null
             union all
             select d.*, t.depth + 1, t.path || d.code
               from tree t
               join department d on d.parent_id = t.id
              where t.depth < 30
           )
           select t.id as "id!: DepartmentId", t.code as "code!", t.name as "name!", t.parent_id as "parent?: DepartmentId",
                  t.depth as "depth!", t.valid_from as "valid_from!", t.valid_to,
                  (select count(*) from post p where p.department_id = t.id and p.main and p.during @> $1::date) as "persons!",
                  (select string_agg(n.family_name || ' ' || n.given_name, '、' order by n.reading)
                     from post p
                     join person n on n.id = p.person_id
                    where p.department_id = t.id and p.tier = 'manager' and p.during @> $1) as managers
             from tree t
            where (t.valid_to is null or t.valid_to > $1)
              and ($2 or t.id = any ($3))
            order by t.path"#,
        on,
        circle.all,
        &circle.departments,
    )
    .fetch_all(conn)
    .await
}

/// All posts of a person, today's and others, the newest first.
pub async fn posts_of(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Vec<Post>> {
    sqlx::query_as!(
        PostRow,
        r#"select p.id as "id: PostId", p.person_id as "person: PersonId", n.family_name, n.given_name,
                  p.department_id as "department: DepartmentId", d.name as department_name, p.tier as "tier: Tier",
                  p.function, p.title, p.main, lower(p.during) as "from!: NaiveDate", upper(p.during) as "until?: NaiveDate"
             from post p
             join person n on n.id = p.person_id
             join department d on d.id = p.department_id
            where p.person_id = $1
            order by lower(p.during) desc, p.main desc, p.id"#,
        person.0
    )
    .fetch_all(conn)
    .await
    .map(|rows| rows.into_iter().map(Post::from).collect())
}

/// One post.
pub async fn find_post(conn: &mut PgConnection, post: PostId) -> sqlx::Result<Option<Post>> {
    sqlx::query_as!(
        PostRow,
        r#"select p.id as "id: PostId", p.person_id as "person: PersonId", n.family_name, n.given_name,
                  p.department_id as "department: DepartmentId", d.name as department_name, p.tier as "tier: Tier",
                  p.function, p.title, p.main, lower(p.during) as "from!: NaiveDate", upper(p.during) as "until?: NaiveDate"
             from post p
             join person n on n.id = p.person_id
             join department d on d.id = p.department_id
            where p.id = $1"#,
        post.0
    )
    .fetch_optional(conn)
    .await
    .map(|row| row.map(Post::from))
}

struct PostRow {
    id: PostId,
    person: PersonId,
    family_name: String,
    given_name: String,
    department: DepartmentId,
    department_name: String,
    tier: Tier,
    function: Option<String>,
    title: String,
    main: bool,
    from: NaiveDate,
    until: Option<NaiveDate>,
}

impl From<PostRow> for Post {
    fn from(row: PostRow) -> Self {
        Self {
            id: row.id,
            person: row.person,
            person_name: full_name(&row.family_name, &row.given_name),
            department: row.department,
            department_name: row.department_name,
            tier: row.tier,
            function: row.function,
            title: row.title,
            main: row.main,
            from: row.from,
            until: row.until,
        }
    }
}

/// Stand-ins: of a person (as holder or as stand-in), or all; the newest first.
pub async fn stand_ins(conn: &mut PgConnection, person: Option<PersonId>, limit: i64) -> sqlx::Result<Vec<StandIn>> {
    read_stand_ins(conn, person, None, limit).await
}

/// One stand-in.
pub async fn find_stand_in(conn: &mut PgConnection, id: StandInId) -> sqlx::Result<Option<StandIn>> {
    read_stand_ins(conn, None, Some(id), 1).await.map(|found| found.into_iter().next())
}

async fn read_stand_ins(
    conn: &mut PgConnection,
    person: Option<PersonId>,
    id: Option<StandInId>,
    limit: i64,
) -> sqlx::Result<Vec<StandIn>> {
    let person = person.map(|person| person.0);
    let rows = sqlx::query!(
        r#"select s.id as "id: StandInId", s.post_id as "post: PostId", p.tier as "tier: Tier", d.name as department_name,
                  h.id as "holder: PersonId", h.family_name as holder_family, h.given_name as holder_given,
                  m.id as "person: PersonId", m.family_name, m.given_name,
                  lower(s.during) as "from!: NaiveDate", upper(s.during) - 1 as "last!: NaiveDate", s.reason,
                  s.ended_at is not null as "ended!"
             from stand_in s
             join post p on p.id = s.post_id
             join department d on d.id = p.department_id
             join person h on h.id = p.person_id
             join person m on m.id = s.person_id
            where ($1::uuid is null or h.id = $1 or m.id = $1)
              and ($2::uuid is null or s.id = $2)
            order by lower(s.during) desc, s.id desc
            limit $3"#,
        person,
        id.map(|id| id.0),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StandIn {
            id: row.id,
            post: row.post,
            tier: row.tier,
            department_name: row.department_name,
            holder: row.holder,
            holder_name: full_name(&row.holder_family, &row.holder_given),
            person: row.person,
            person_name: full_name(&row.family_name, &row.given_name),
            from: row.from,
            last: row.last,
            reason: row.reason,
            ended: row.ended,
        })
        .collect())
}

/// How far 組織と職員 may be seen by this viewer, for the page's title line.
#[must_use]
pub fn reach_of_people(viewer: &Viewer) -> Reach {
    viewer.reach(Permission::PeopleView)
}
