//! 指名: the holder of a post names persons who may act in their place at steps where the regulation lets one whom they name do so.
//! A naming is a post of the tier `operator` beside the person's own, for a time, with what it is for; it ends with the post of
//! the one who named, and can be ended before. Both are told.
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::model::full_name;
use super::posts::{self, Appointment};
use super::store;
use crate::kernel::access::Tier;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::notices::Notice;
use crate::kernel::work::Work;
use crate::web::notices::day;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct NewDesignee {
    /// the post of one's own for which somebody is named
    pub by_post: PostId,
    /// who is named
    pub person: PersonId,
    /// for what: `kind/step`, and the release of locked accounts; never empty
    pub matters: Vec<String>,
    /// first day
    pub from: NaiveDate,
    /// last day
    pub last: NaiveDate,
    /// why
    pub reason: String,
}

/// How a naming ended.
#[derive(Debug)]
pub enum Named {
    /// It stands; the post is what it is known by.
    Done(PostId),
    /// The rules say no, at this field; nothing may be committed.
    Mend(&'static str, Message),
}

/// How a naming stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// in force
    Now,
    /// not begun
    Coming,
    /// its days are over
    Over,
    /// ended before its last day
    Ended,
    /// the one who named is no longer there
    Lapsed,
}

impl Standing {
    /// The neutral key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Coming => "coming",
            Self::Over => "over",
            Self::Ended => "ended",
            Self::Lapsed => "lapsed",
        }
    }

    /// In force?
    #[must_use]
    pub fn holds(self) -> bool {
        self == Self::Now
    }

    /// Can it be ended?
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Now | Self::Coming)
    }
}

/// A naming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Designation {
    /// the post as one who was named
    pub post: PostId,
    /// who was named
    pub person: PersonId,
    /// their name
    pub person_name: String,
    /// who named
    pub by: PersonId,
    /// their name
    pub by_name: String,
    /// as what they named
    pub by_tier: Tier,
    /// the department of both posts
    pub department: DepartmentId,
    /// its name
    pub department_name: String,
    /// for what
    pub matters: Vec<String>,
    /// why
    pub reason: String,
    /// first day
    pub from: NaiveDate,
    /// last day
    pub last: NaiveDate,
    /// until before this day the post of the one who named lasts, or that person is there
    pub by_until: Option<NaiveDate>,
    /// ended before its last day
    pub ended_at: Option<DateTime<Utc>>,
}

impl Designation {
    /// How it stands on this day.
    #[must_use]
    pub fn standing(&self, today: NaiveDate) -> Standing {
        match self {
            _ if self.ended_at.is_some() => Standing::Ended,
            _ if self.last < today => Standing::Over,
            _ if self.by_until.is_some_and(|until| until <= today) => Standing::Lapsed,
            _ if self.from > today => Standing::Coming,
            _ => Standing::Now,
        }
    }
}

/// Names somebody, for one's own post.
pub async fn name(work: &mut Work, new: &NewDesignee) -> Result<Named> {
    let me = work.actor.person().ok_or(Error::SignInFirst)?;
    let base = store::find_post(work.conn(), new.by_post).await?.filter(|post| post.person == me);
    let base = base.ok_or(Error::NotFound)?;
    let no = |field, key: &'static str| Ok(Named::Mend(field, Message::new(key)));
    let facts = sqlx::query!(
        r#"select natural_person($1) = natural_person($2) as "oneself!",
                  is_outsider($1, daterange($3, $4, '[]')) as "outsider!""#,
        new.person.0,
        me.0,
        new.from,
        new.last.max(new.from),
    );
    let facts = facts.fetch_one(work.conn()).await?;
    if facts.oneself {
        return no("person", "designee-refused-self");
    }
    if facts.outsider {
        return no("person", "designee-refused-outsider");
    }
    if base.until.is_some_and(|until| new.last >= until) {
        return no("last", "designee-refused-post-ends");
    }
    let appointment = Appointment {
        person: new.person,
        department: base.department,
        tier: Tier::Operator,
        function: None,
        title: String::new(),
        main: false,
        from: new.from,
        last: Some(new.last),
        rests_on: None,
        reason: new.reason.clone(),
    };
    // posts are the office's to write; that this one is its holder's to give has just been settled
    let sight = work.sight().await?;
    work.see_all().await?;
    // after a refusal nothing of this transaction is kept
    let post = match posts::give_named(work, &appointment).await? {
        Ok(post) => post,
        Err(("person", words)) if words.key == "posts-refused-twice" => return no("person", "designee-refused-taken"),
        Err(("department", words)) => return Ok(Named::Mend("post", words)),
        Err((field, words)) => return Ok(Named::Mend(field, words)),
    };
    work.see_as(&sight).await?;
    let now = work.now;
    sqlx::query!(
        "insert into designation (post_id, by_post, matters, reason, named_by, named_at) values ($1, $2, $3, $4, $5, $6)",
        post.0,
        base.id.0,
        &new.matters,
        new.reason,
        me.0,
        now,
    )
    .execute(work.conn())
    .await?;
    let facts = json!({
        "by_post": base.id, "tier": base.tier.key(), "matters": new.matters, "from": new.from, "last": new.last, "reason": new.reason,
    });
    let event = Event::done("designee.named", "post", post).facts(facts).within(base.department);
    work.record(event.about(new.person).about(me)).await?;
    let named = find(work.conn(), post).await?.ok_or(Error::NotFound)?;
    tell(work, &named, "designee.named", "designee-mail-named").await?;
    Ok(Named::Done(post))
}

/// Ends a naming before its last day, from this moment; one that has not begun never was.
pub async fn end(work: &mut Work, id: PostId) -> Result<()> {
    let by = work.actor.person().ok_or(Error::SignInFirst)?;
    let (now, today) = (work.now, local(work.now).date_naive());
    sqlx::query!("select post_id from designation where post_id = $1 for update", id.0)
        .fetch_optional(work.conn())
        .await?;
    let found = find(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if !found.standing(today).is_open() {
        return Err(Error::Conflict(Message::new("designee-refused-over")));
    }
    let event = Event::done("designee.ended", "post", id).facts(json!({ "matters": found.matters }));
    work.record(event.about(found.person).about(found.by)).await?;
    let sight = work.sight().await?;
    work.see_all().await?;
    if found.from > today {
        posts::take_back(work, id, "designation ended").await?;
    } else {
        sqlx::query!("update designation set ended_at = $2, ended_by = $3 where post_id = $1", id.0, now, by.0)
            .execute(work.conn())
            .await?;
        if found.last > today {
            posts::end(work, id, today, "designation ended").await?;
        }
    }
    work.see_as(&sight).await?;
    tell(work, &found, "designee.ended", "designee-mail-ended").await
}

/// Both hear of it.
async fn tell(work: &mut Work, named: &Designation, kind: &'static str, key: &'static str) -> Result<()> {
    for person in [named.by, named.person] {
        let said = Message::new(key).with("holder", &named.by_name).with("name", &named.person_name);
        let said = said.with("from", day(named.from)).with("last", day(named.last));
        work.notify(Notice::new(person, kind, said, ("post", named.post))).await?;
    }
    Ok(())
}

/// One of them.
pub async fn find(conn: &mut PgConnection, post: PostId) -> sqlx::Result<Option<Designation>> {
    Ok(list(conn, Some(post), None, 1).await?.pop())
}

/// All namings of a person, the latest first.
pub async fn of_person(conn: &mut PgConnection, person: PersonId) -> sqlx::Result<Vec<Designation>> {
    list(conn, None, Some(person), 50).await
}

/// All namings, the latest first.
pub async fn all(conn: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<Designation>> {
    list(conn, None, None, limit).await
}

async fn list(
    conn: &mut PgConnection,
    post: Option<PostId>,
    person: Option<PersonId>,
    limit: i64,
) -> sqlx::Result<Vec<Designation>> {
    let rows = sqlx::query!(
        r#"select d.post_id as "post: PostId", p.person_id as "person: PersonId", n.family_name, n.given_name,
                  d.named_by as "by: PersonId", m.family_name as by_family, m.given_name as by_given, b.tier as "by_tier: Tier",
                  t.id as "department: DepartmentId", t.name as department_name, d.matters, d.reason, lower(p.during) as "from!: NaiveDate",
                  (upper(p.during) - 1) as "last!: NaiveDate", least(upper(b.during), m.left_on + 1) as "by_until?: NaiveDate", d.ended_at
             from designation d
             join post p on p.id = d.post_id
             join person n on n.id = p.person_id
             join post b on b.id = d.by_post
             join person m on m.id = b.person_id
             join department t on t.id = b.department_id
            where ($1::uuid is null or d.post_id = $1)
              and ($2::uuid is null or p.person_id = $2)
            order by d.named_at desc, d.post_id
            limit $3"#,
        post.map(|post| post.0),
        person.map(|person| person.0),
        limit,
    );
    let rows = rows.fetch_all(conn).await?;
    let read = rows.into_iter().map(|row| Designation {
        post: row.post,
        person: row.person,
        person_name: full_name(&row.family_name, &row.given_name),
        by: row.by,
        by_name: full_name(&row.by_family, &row.by_given),
        by_tier: row.by_tier,
        department: row.department,
        department_name: row.department_name,
        matters: row.matters,
        reason: row.reason,
        from: row.from,
        last: row.last,
        by_until: row.by_until,
        ended_at: row.ended_at,
    });
    Ok(read.collect())
}
