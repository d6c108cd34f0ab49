//! 発令: a post is given from a day on, ends with a day, or is taken back before it began. Never backwards: what was decided
//! under a post stays as it was, and the history of posts says who could read what on any day.
use chrono::{Days, NaiveDate};
use serde_json::json;
use sqlx::PgConnection;

use super::model::Post;
use super::{permissions, store};
use crate::kernel::access::Tier;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result, violated_constraint};
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::text;
use crate::kernel::work::Work;

/// The mechanism behind the register of functions (役割台帳).
pub const ROLE_ASSIGNMENT: &str = "role.assignment";

/// A post to be given.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// who
    pub person: PersonId,
    /// where
    pub department: DepartmentId,
    /// as what
    pub tier: Tier,
    /// the function's key, where the post is for a named function
    pub function: Option<String>,
    /// 課長 and the like
    pub title: String,
    /// 本務
    pub main: bool,
    /// first day
    pub from: NaiveDate,
    /// last day, where it is known
    pub last: Option<NaiveDate>,
    /// 充て職: the post by which they hold it
    pub rests_on: Option<PostId>,
    /// 発令の根拠
    pub reason: String,
}

/// What the rules refuse: the field it is about, and why.
pub type Refused = (&'static str, Message);

/// What the rules about an appointment ask.
#[derive(Debug, Clone)]
pub struct Facts {
    /// the natural person who is appointed
    pub person: PersonId,
    /// the natural person who appoints
    pub by: Option<PersonId>,
    /// 採用日
    pub joined_on: NaiveDate,
    /// 退職日
    pub left_on: Option<NaiveDate>,
    /// the department ends before this day
    pub closed_on: Option<NaiveDate>,
    /// works for the organisation from outside
    pub contractor: bool,
    /// today
    pub today: NaiveDate,
}

impl Appointment {
    /// Where the rules say no.
    #[must_use]
    pub fn refusal(&self, facts: &Facts) -> Option<Refused> {
        let no = |field, key: &'static str| Some((field, Message::new(key)));
        let beyond = |end: NaiveDate| self.last.is_none_or(|last| last > end);
        if facts.by == Some(facts.person) {
            return no("person", "posts-refused-self");
        }
        if facts.contractor && !matches!(self.tier, Tier::Vendor | Tier::Staff) {
            return no("person", "posts-refused-outsider");
        }
        if self.from < facts.today {
            return no("from", "posts-refused-past");
        }
        if self.from < facts.joined_on {
            return no("from", "posts-refused-before-joining");
        }
        if self.last.is_some_and(|last| last < self.from) {
            return no("last", "posts-refused-order");
        }
        if facts.left_on.is_some_and(|left| self.from > left || self.last.is_some_and(|last| last > left)) {
            return no("last", "posts-refused-after-leaving");
        }
        if facts.closed_on.and_then(|day| day.pred_opt()).is_some_and(beyond) {
            return no("department", "posts-refused-closed");
        }
        None
    }
}

/// Gives a post. `Err` inside: what the rules refuse; then nothing may be committed.
pub async fn give(work: &mut Work, new: &Appointment) -> Result<Result<PostId, Refused>> {
    // a transfer at midnight moves a post that is there already, and gives no rights by it
    let table = permissions::in_force(work.app())?;
    if work.actor.person().is_some() && table.only_named(new.tier) {
        return Ok(Err(("tier", Message::new("posts-refused-by-naming"))));
    }
    if new.function.is_none() && table.only_registered(new.tier) {
        return Ok(Err(("tier", Message::new("posts-refused-by-register"))));
    }
    give_named(work, new).await
}

/// The same for one whom the holder of another post names (指名).
pub(super) async fn give_named(work: &mut Work, new: &Appointment) -> Result<Result<PostId, Refused>> {
    let facts = facts(work, new).await?;
    if let Some(refused) = new.refusal(&facts) {
        return Ok(Err(refused));
    }
    let id = PostId::new(work.now);
    let function = new.function.as_deref().map(text::normalise).filter(|function| !function.is_empty());
    let written = sqlx::query!(
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
        new.last,
        new.rests_on.map(|post| post.0),
    )
    .execute(work.conn())
    .await;
    if let Err(error) = written {
        return match violated_constraint(&error) {
            Some("post_person_id_during_excl") => Ok(Err(("main", Message::new("posts-refused-main-taken")))),
            Some("post_person_id_department_id_tier_coalesce_during_excl") => {
                Ok(Err(("person", Message::new("posts-refused-twice"))))
            }
            _ => Err(error.into()),
        };
    }
    let facts = json!({
        "tier": new.tier.key(), "function": function, "title": new.title, "main": new.main, "from": new.from,
        "last": new.last, "rests_on": new.rests_on, "reason": new.reason,
    });
    let event = Event::done("post.given", "post", id).about(new.person).within(new.department).facts(facts);
    work.record(marked(event, function.as_deref())).await?;
    Ok(Ok(id))
}

fn marked(event: Event, function: Option<&str>) -> Event {
    if function.is_some() { event.by(ROLE_ASSIGNMENT) } else { event }
}

async fn facts(work: &mut Work, new: &Appointment) -> Result<Facts> {
    let by = work.actor.person().map(|person| person.0);
    let today = local(work.now).date_naive();
    let row = sqlx::query!(
        r#"select natural_person(n.id) as "person!: PersonId", natural_person($3) as "by?: PersonId",
                  n.joined_on, n.left_on, n.employment = 'contractor' as "contractor!",
                  (select d.valid_to from department d where d.id = $2) as "closed_on?"
             from person n
            where n.id = $1"#,
        new.person.0,
        new.department.0,
        by,
    )
    .fetch_optional(work.conn())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Facts {
        person: row.person,
        by: row.by,
        joined_on: row.joined_on,
        left_on: row.left_on,
        closed_on: row.closed_on,
        contractor: row.contractor,
        today,
    })
}

/// Ends a post with its last day; whatever rests on it ends with it. Its rights are gone at 00:00 of the day after.
pub async fn end(work: &mut Work, id: PostId, last: NaiveDate, reason: &str) -> Result<Option<Refused>> {
    let today = local(work.now).date_naive();
    let post = locked(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if last < today {
        return Ok(Some(("last", Message::new("posts-refused-end-past"))));
    }
    if last < post.from {
        return Ok(Some(("last", Message::new("posts-refused-order"))));
    }
    if post.until.and_then(|until| until.pred_opt()).is_some_and(|ends| ends <= last) {
        return Ok(Some(("last", Message::new("posts-refused-ends-earlier"))));
    }
    end_with(work, &post, last, reason).await?;
    Ok(None)
}

/// At the beginning of a day that ends it: its last day was the one before.
pub async fn end_with_yesterday(work: &mut Work, id: PostId, reason: &str) -> Result<()> {
    let today = local(work.now).date_naive();
    let post = locked(work.conn(), id).await?.ok_or(Error::NotFound)?;
    let last = today.pred_opt().filter(|last| *last >= post.from);
    end_with(work, &post, last.ok_or(Error::NotFound)?, reason).await
}

async fn end_with(work: &mut Work, post: &Post, last: NaiveDate, reason: &str) -> Result<()> {
    for resting in resting_on(work.conn(), post.id).await? {
        let begins_later = resting.from > last;
        if begins_later {
            remove(work, &resting, reason).await?;
        } else if resting.until.and_then(|until| until.pred_opt()).is_none_or(|ends| ends > last) {
            shorten(work, &resting, last, reason).await?;
        }
    }
    shorten(work, post, last, reason).await
}

async fn shorten(work: &mut Work, post: &Post, last: NaiveDate, reason: &str) -> Result<()> {
    sqlx::query!("update post set during = daterange(lower(during), $2, '[]') where id = $1", post.id.0, last)
        .execute(work.conn())
        .await?;
    let facts = json!({
        "tier": post.tier.key(), "function": post.function, "title": post.title, "last": last, "reason": reason,
    });
    let event = Event::done("post.ended", "post", post.id).about(post.person).within(post.department).facts(facts);
    work.record(marked(event, post.function.as_deref())).await.map(drop)
}

/// Ends what rests on these posts, whose holders have gone elsewhere as of today: a function ends with the post it rests on.
pub async fn end_resting(work: &mut Work, bases: &[PostId], reason: &str) -> Result<()> {
    let today = local(work.now).date_naive();
    for base in bases {
        for resting in resting_on(work.conn(), *base).await? {
            if resting.from > today {
                remove(work, &resting, reason).await?;
            } else if resting.from < today && resting.until.is_none_or(|until| until > today) {
                shorten(work, &resting, today.pred_opt().unwrap_or(today), reason).await?;
            }
        }
    }
    Ok(())
}

/// Takes a post back that has not begun.
pub async fn take_back(work: &mut Work, id: PostId, reason: &str) -> Result<()> {
    let today = local(work.now).date_naive();
    let post = locked(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if post.from <= today {
        return Err(Error::Conflict(Message::new("posts-refused-begun")));
    }
    for resting in resting_on(work.conn(), id).await? {
        remove(work, &resting, reason).await?;
    }
    remove(work, &post, reason).await
}

async fn remove(work: &mut Work, post: &Post, reason: &str) -> Result<()> {
    sqlx::query!("delete from post where id = $1", post.id.0).execute(work.conn()).await?;
    let facts = json!({
        "tier": post.tier.key(), "function": post.function, "title": post.title, "from": post.from, "reason": reason,
    });
    let event = Event::done("post.taken_back", "post", post.id).about(post.person).within(post.department).facts(facts);
    work.record(marked(event, post.function.as_deref())).await.map(drop)
}

async fn locked(conn: &mut PgConnection, id: PostId) -> sqlx::Result<Option<Post>> {
    sqlx::query!("select id from post where id = $1 for update", id.0).fetch_optional(&mut *conn).await?;
    store::find_post(conn, id).await
}

async fn resting_on(conn: &mut PgConnection, id: PostId) -> sqlx::Result<Vec<Post>> {
    let ids =
        sqlx::query_scalar!(r#"select id as "id: PostId" from post where rests_on = $1 order by id for update"#, id.0)
            .fetch_all(&mut *conn)
            .await?;
    let mut posts = Vec::with_capacity(ids.len());
    for id in ids {
        posts.extend(store::find_post(&mut *conn, id).await?);
    }
    Ok(posts)
}

/// A post of a tier, of whatever day, with what the register of functions shows of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// the post
    pub post: Post,
    /// the natural person who holds it, also where an account of an administrator's own bears the post
    pub natural: PersonId,
    /// 職員番号
    pub number: String,
    /// the post by which they hold it (充て職): 副市長
    pub rests_on: Option<String>,
    /// that is their main post, with which it moves
    pub rests_on_main: bool,
    /// who stands in today
    pub stand_in: Option<String>,
    /// away today on leave (休職等), or unable to sign in any more: the post is theirs by name only
    pub away: bool,
    /// the department above the post's
    pub above: Option<String>,
}

impl Term {
    /// Is this the post that a text names so (副市長, 情報政策課長)?
    #[must_use]
    pub fn bears(&self, name: &str) -> bool {
        let post = &self.post;
        names_of(&post.department_name, self.above.as_deref(), &post.title).iter().any(|known| known == name)
    }

    /// Is somebody there who acts in it today: the holder, or who stands in for them?
    #[must_use]
    pub const fn attended(&self) -> bool {
        !self.away || self.stand_in.is_some()
    }

    /// In force on this day?
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> bool {
        self.post.from <= day && self.post.until.is_none_or(|until| until > day)
    }
}

/// All posts of these tiers, former and coming ones too, the latest first.
pub async fn terms(conn: &mut PgConnection, tiers: &[Tier], on: NaiveDate) -> sqlx::Result<Vec<Term>> {
    let tiers: Vec<String> = tiers.iter().map(|tier| tier.key().to_owned()).collect();
    let rows = sqlx::query!(
        r#"select p.id as "id: PostId", p.person_id as "person: PersonId", n.family_name, n.given_name, n.employee_no,
                  n.left_on, p.department_id as "department: DepartmentId", d.name as department_name,
                  o.name as "above?", p.tier as "tier: Tier", p.function, p.title, p.main, lower(p.during) as "from!: NaiveDate",
                  upper(p.during) as "until?: NaiveDate", b.title as "rests_on?", coalesce(b.main, false) as "rests_on_main!", m.family_name as "deputy_family?",
                  m.given_name as "deputy_given?", coalesce(n.owner_person, n.id) as "natural!: PersonId",
                  (p.during @> $2::date and (on_leave(n.id) or sign_in_stopped(n.id))) as "away!"
             from post p
             join person n on n.id = p.person_id
             join department d on d.id = p.department_id
             left join department o on o.id = d.parent_id
             left join post b on b.id = p.rests_on
             left join stand_in s on s.post_id = p.id and s.ended_at is null and s.during @> $2::date
             left join person m on m.id = s.person_id
            where p.tier = any ($1)
            order by lower(p.during) desc, d.code, n.reading, p.id"#,
        &tiers,
        on,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            // who has left holds nothing any more
            let left = row.left_on.and_then(|day| day.checked_add_days(Days::new(1)));
            let until = row.until.into_iter().chain(left).min();
            let deputy = row.deputy_family.zip(row.deputy_given);
            Term {
                post: Post {
                    id: row.id,
                    person: row.person,
                    person_name: super::model::full_name(&row.family_name, &row.given_name),
                    department: row.department,
                    department_name: row.department_name,
                    tier: row.tier,
                    function: row.function,
                    title: row.title,
                    main: row.main,
                    from: row.from,
                    until,
                },
                natural: row.natural,
                number: row.employee_no,
                rests_on: row.rests_on,
                rests_on_main: row.rests_on_main,
                above: row.above,
                away: row.away,
                stand_in: deputy.map(|(family, given)| super::model::full_name(&family, &given)),
            }
        })
        .collect())
}

/// 部署 and title as a text names a post: 情報政策課 + 課長 is 情報政策課長.
#[must_use]
pub fn names_of(department: &str, above: Option<&str>, title: &str) -> Vec<String> {
    let joined = |place: &str, title: &str| {
        let doubled = place.chars().last().is_some_and(|last| title.starts_with(last));
        let cut = if doubled { title.chars().skip(1).collect() } else { title.to_owned() };
        format!("{place}{cut}")
    };
    // a department may carry the names of those above it in its own: 「情報政策課 情報政策係」
    let place: String = department.split_whitespace().collect();
    let here = joined(&place, title);
    let mut names = vec![title.to_owned(), here.clone(), format!("{place}{title}")];
    names.extend(above.map(|above| format!("{}{here}", above.split_whitespace().collect::<String>())));
    names.extend(department.split_whitespace().last().map(|last| joined(last, title)));
    names.sort();
    names.dedup();
    names
}

/// The person's posts on a day that bear this name (副市長, 情報政策課長); the one that lasts longest first.
pub async fn bearing(
    conn: &mut PgConnection,
    person: PersonId,
    name: &str,
    on: NaiveDate,
) -> sqlx::Result<Option<(PostId, Option<NaiveDate>)>> {
    let rows = sqlx::query!(
        r#"select p.id as "id: PostId", d.name as department, a.name as "above?", p.title, upper(p.during) as "until?: NaiveDate"
             from post p
             join department d on d.id = p.department_id
             left join department a on a.id = d.parent_id
            where p.person_id = $1 and p.during @> $2::date and p.function is null and p.title <> ''
            order by upper(p.during) desc nulls first, p.main desc, p.id"#,
        person.0,
        on,
    )
    .fetch_all(conn)
    .await?;
    let name: String = name.split_whitespace().collect();
    let bears = |department: &str, above: Option<&str>, title: &str| names_of(department, above, title).contains(&name);
    let found = rows.into_iter().find(|row| bears(&row.department, row.above.as_deref(), &row.title));
    Ok(found.map(|row| (row.id, row.until.and_then(|until| until.pred_opt()))))
}

/// The posts of a day that bear this name, whoever holds them (充て職); functions themselves are none.
pub async fn bearers(conn: &mut PgConnection, name: &str, on: NaiveDate) -> sqlx::Result<Vec<(PostId, PersonId)>> {
    let rows = sqlx::query!(
        r#"select p.id as "id: PostId", p.person_id as "person: PersonId", d.name as department, a.name as "above?", p.title
             from post p
             join person n on n.id = p.person_id
             join department d on d.id = p.department_id
             left join department a on a.id = d.parent_id
            where p.during @> $1::date and p.function is null and p.title <> ''
              and n.owner_person is null and (n.left_on is null or n.left_on >= $1)
            order by p.id"#,
        on,
    )
    .fetch_all(conn)
    .await?;
    let name: String = name.split_whitespace().collect();
    let bears = |department: &str, above: Option<&str>, title: &str| names_of(department, above, title).contains(&name);
    let found = rows.into_iter().filter(|row| bears(&row.department, row.above.as_deref(), &row.title));
    Ok(found.map(|row| (row.id, row.person)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn person(n: u128) -> PersonId {
        PersonId(uuid::Uuid::from_u128(n))
    }

    fn appointment() -> Appointment {
        Appointment {
            person: person(1),
            department: DepartmentId(uuid::Uuid::from_u128(9)),
            tier: Tier::Manager,
            function: None,
            title: "課長".into(),
            main: true,
            from: day("2026-04-01"),
            last: None,
            rests_on: None,
            reason: "異動".into(),
        }
    }

    fn facts() -> Facts {
        Facts {
            person: person(1),
            by: Some(person(2)),
            joined_on: day("2020-04-01"),
            left_on: None,
            closed_on: None,
            contractor: false,
            today: day("2026-04-01"),
        }
    }

    fn key(new: &Appointment, facts: &Facts) -> Option<String> {
        new.refusal(facts).map(|(_, message)| message.key.into_owned())
    }

    #[test]
    fn nobody_is_appointed_backwards_by_themselves_or_beyond_their_time() {
        assert_eq!(key(&appointment(), &facts()), None);
        let own = Facts { by: Some(person(1)), ..facts() };
        assert_eq!(key(&appointment(), &own).as_deref(), Some("posts-refused-self"));
        let past = Appointment { from: day("2026-03-31"), ..appointment() };
        assert_eq!(key(&past, &facts()).as_deref(), Some("posts-refused-past"));
        let turned = Appointment { last: Some(day("2026-03-31")), ..appointment() };
        assert_eq!(key(&turned, &facts()).as_deref(), Some("posts-refused-order"));
        let leaves = Facts { left_on: Some(day("2026-05-31")), ..facts() };
        let longer = Appointment { last: Some(day("2026-06-01")), ..appointment() };
        assert_eq!(key(&longer, &leaves).as_deref(), Some("posts-refused-after-leaving"));
        let closed = Facts { closed_on: Some(day("2026-10-01")), ..facts() };
        assert_eq!(key(&appointment(), &closed).as_deref(), Some("posts-refused-closed"));
        let outside = Facts { contractor: true, ..facts() };
        assert_eq!(key(&appointment(), &outside).as_deref(), Some("posts-refused-outsider"));
    }

    #[test]
    fn a_post_is_known_by_the_name_that_a_text_gives_it() {
        for (department, above, title, name) in [
            ("市長部局", None, "副市長", "副市長"),
            ("情報政策課", Some("企画部"), "課長", "情報政策課長"),
            ("情報政策係", Some("情報政策課"), "係長", "情報政策課情報政策係長"),
            ("情報政策課 情報政策係", Some("情報政策課"), "係長", "情報政策課情報政策係長"),
            ("情報政策課", None, "情報政策課長", "情報政策課長"),
        ] {
            assert!(names_of(department, above, title).iter().any(|known| known == name), "{department} {title}");
        }
        assert!(!names_of("税務課", None, "課長").iter().any(|known| known == "情報政策課長"));
    }
}
