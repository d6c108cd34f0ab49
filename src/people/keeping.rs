//! 組織と職員の手入れ: a person's particulars are corrected on the version that was shown, somebody leaves without being
//! removed, a department takes another name from a day on, or is closed with one.
use chrono::{Days, NaiveDate};
use futures::future::BoxFuture;
use serde_json::json;

use super::model::{Employment, Person};
use super::{posts, roster, store};
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result, violated_constraint};
use crate::kernel::ids::{DepartmentId, PersonId, uuid_at};
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::people::posts::Refused;

/// What the office keeps of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars {
    /// 姓
    pub family_name: String,
    /// 名
    pub given_name: String,
    /// よみ
    pub reading: String,
    /// mail address
    pub mail: Option<String>,
    /// 雇用の種別
    pub employment: Employment,
    /// 採用日
    pub joined_on: NaiveDate,
    /// 退職日・契約の終わる日
    pub left_on: Option<NaiveDate>,
}

impl From<&Person> for Particulars {
    fn from(person: &Person) -> Self {
        Self {
            family_name: person.family_name.clone(),
            given_name: person.given_name.clone(),
            reading: person.reading.clone(),
            mail: person.mail.clone(),
            employment: person.employment,
            joined_on: person.joined_on,
            left_on: person.left_on,
        }
    }
}

impl Particulars {
    /// Which of them differ, by key; the log keeps that they changed.
    fn changed(&self, before: &Self) -> Vec<&'static str> {
        let all = [
            ("family_name", self.family_name != before.family_name),
            ("given_name", self.given_name != before.given_name),
            ("reading", self.reading != before.reading),
            ("mail", self.mail != before.mail),
            ("employment", self.employment != before.employment),
            ("joined_on", self.joined_on != before.joined_on),
            ("left_on", self.left_on != before.left_on),
        ];
        all.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key).collect()
    }

    /// Where the rules say no. `own`: the one who corrects is the one corrected.
    #[must_use]
    pub fn refusal(&self, before: &Self, own: bool, today: NaiveDate) -> Option<Refused> {
        let no = |field, key: &'static str| Some((field, Message::new(key)));
        let terms = ["employment", "joined_on", "left_on"];
        if own && self.changed(before).iter().any(|key| terms.contains(key)) {
            return no("employment", "keeping-refused-own");
        }
        if self.left_on.is_some_and(|left| left < self.joined_on) {
            return no("left_on", "keeping-refused-order");
        }
        if self.left_on != before.left_on && self.left_on.is_some_and(|left| left < today) {
            return no("left_on", "keeping-refused-past");
        }
        if before.left_on.is_some_and(|left| left < today) && self.left_on != before.left_on {
            return no("left_on", "keeping-refused-has-left");
        }
        None
    }
}

/// Corrects a person; on another version than the one shown it is a conflict. Who leaves keeps no post beyond that day.
pub async fn correct(work: &mut Work, id: PersonId, version: i32, new: &Particulars) -> Result<Result<(), Refused>> {
    sqlx::query!("select id from person where id = $1 for update", id.0).fetch_optional(work.conn()).await?;
    let before = store::find_person(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if before.version != version {
        return Err(Error::Conflict(Message::new("keeping-conflict")));
    }
    let (by, today) = (work.actor.person(), local(work.now).date_naive());
    let own = match by {
        Some(by) => natural(work, by).await? == before.owner.unwrap_or(before.id),
        None => false,
    };
    let old = Particulars::from(&before);
    if let Some(refused) = new.refusal(&old, own, today) {
        return Ok(Err(refused));
    }
    let changed = new.changed(&old);
    if changed.is_empty() {
        return Ok(Ok(()));
    }
    let reading = text::reading(&new.reading);
    let search = roster::search_words(&before.employee_no, &reading, &new.family_name, &new.given_name);
    sqlx::query!(
        "update person
            set family_name = $2, given_name = $3, reading = $4, mail = $5, employment = $6, joined_on = $7, left_on = $8,
                search = $9, version = version + 1
          where id = $1",
        id.0,
        new.family_name,
        new.given_name,
        reading,
        new.mail,
        new.employment.key(),
        new.joined_on,
        new.left_on,
        search,
    )
    .execute(work.conn())
    .await?;
    if let Some(left) = new.left_on {
        leave_posts(work, id, left).await?;
    }
    let facts = json!({
        "changed": changed, "employment": new.employment.key(), "employment_before": old.employment.key(),
        "left_on": new.left_on, "left_on_before": old.left_on,
    });
    work.record(Event::done("person.corrected", "person", id).about(id).facts(facts)).await?;
    Ok(Ok(()))
}

/// The person behind an account.
async fn natural(work: &mut Work, person: PersonId) -> Result<PersonId> {
    let row = sqlx::query_scalar!(r#"select natural_person($1) as "id!: PersonId""#, person.0);
    Ok(row.fetch_one(work.conn()).await?)
}

/// Who leaves keeps no post beyond that day.
pub async fn leave_posts(work: &mut Work, id: PersonId, left: NaiveDate) -> Result<()> {
    for post in store::posts_of(work.conn(), id).await? {
        // what rested on another of them may have gone with it
        if store::find_post(work.conn(), post.id).await?.is_none() {
            continue;
        }
        if post.from > left {
            posts::take_back(work, post.id, "left").await?;
        } else if post.until.and_then(|until| until.pred_opt()).is_none_or(|last| last > left) {
            posts::end(work, post.id, left, "left").await?;
        }
    }
    Ok(())
}

/// A department as it is corrected or closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// its id
    pub id: DepartmentId,
    /// 部署コード
    pub code: String,
    /// its name
    pub name: String,
    /// よみ
    pub reading: String,
    /// until before
    pub valid_to: Option<NaiveDate>,
    /// for stale edits
    pub version: i32,
}

/// The department with this code.
pub async fn find_department(conn: &mut sqlx::PgConnection, code: &str) -> sqlx::Result<Option<Kept>> {
    sqlx::query_as!(
        Kept,
        r#"select id as "id: DepartmentId", code, name, reading, valid_to, version from department where code = $1"#,
        code
    )
    .fetch_optional(conn)
    .await
}

/// A name that a department had, has or will have, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// the name
    pub name: String,
    /// from
    pub on: NaiveDate,
    /// in use already
    pub applied: bool,
}

/// The names that were entered for a department, the latest first.
pub async fn names(conn: &mut sqlx::PgConnection, department: DepartmentId) -> sqlx::Result<Vec<Named>> {
    sqlx::query_as!(
        Named,
        r#"select name, effective_on as "on", applied_at is not null as "applied!"
             from department_name
            where department_id = $1
            order by effective_on desc"#,
        department.0
    )
    .fetch_all(conn)
    .await
}

/// Locks the department and makes sure that it is the version that was shown.
async fn on_version(work: &mut Work, code: &str, version: i32) -> Result<Kept> {
    sqlx::query!("select id from department where code = $1 for update", code).fetch_optional(work.conn()).await?;
    let kept = find_department(work.conn(), code).await?.ok_or(Error::NotFound)?;
    if kept.version == version { Ok(kept) } else { Err(Error::Conflict(Message::new("keeping-conflict"))) }
}

/// Another name from a day on; today's at once, a later one in the night before.
pub async fn rename(
    work: &mut Work,
    code: &str,
    version: i32,
    (name, reading): (&str, &str),
    on: NaiveDate,
) -> Result<Result<(), Refused>> {
    let kept = on_version(work, code, version).await?;
    let (today, now, by) = (local(work.now).date_naive(), work.now, work.actor.person());
    if on < today {
        return Ok(Err(("on", Message::new("keeping-refused-past"))));
    }
    let written = sqlx::query!(
        "insert into department_name (id, department_id, name, reading, effective_on, entered_by, entered_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        uuid_at(now),
        kept.id.0,
        name,
        text::reading(reading),
        on,
        by.map(|person| person.0),
        now,
    )
    .execute(work.conn())
    .await;
    match written {
        Err(error) if violated_constraint(&error) == Some("department_name_department_id_effective_on_key") => {
            return Ok(Err(("on", Message::new("keeping-refused-name-day"))));
        }
        written => written.map(drop)?,
    }
    // who looked at the department before this saw other names
    sqlx::query!("update department set version = version + 1 where id = $1", kept.id.0).execute(work.conn()).await?;
    let facts = json!({ "code": code, "before": kept.name, "name": name, "on": on });
    work.record(Event::done("department.renamed", "department", kept.id).within(kept.id).facts(facts)).await?;
    apply_names(work).await?;
    Ok(Ok(()))
}

/// The nightly chore, as portal.rs lists it: names that begin today.
pub fn names_of_today(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| apply_names(work).await).await
    })
}

async fn apply_names(work: &mut Work) -> Result<()> {
    let (today, now) = (local(work.now).date_naive(), work.now);
    let due = sqlx::query!(
        r#"select id, department_id as "department: DepartmentId", name, reading
             from department_name
            where applied_at is null and effective_on <= $1
            order by effective_on
              for update"#,
        today
    )
    .fetch_all(work.conn())
    .await?;
    for name in due {
        sqlx::query!(
            "update department set name = $2, reading = $3, version = version + 1 where id = $1",
            name.department.0,
            name.name,
            name.reading,
        )
        .execute(work.conn())
        .await?;
        sqlx::query!("update department_name set applied_at = $2 where id = $1", name.id, now)
            .execute(work.conn())
            .await?;
        let event = Event::done("department.name_in_use", "department", name.department).within(name.department);
        work.record(event.facts(json!({ "name": name.name }))).await?;
    }
    Ok(())
}

/// Closes a department with its last day; nobody may be there afterwards, nor any department below.
pub async fn close(work: &mut Work, code: &str, version: i32, last: NaiveDate) -> Result<Result<(), Refused>> {
    let kept = on_version(work, code, version).await?;
    let today = local(work.now).date_naive();
    if last < today {
        return Ok(Err(("last", Message::new("keeping-refused-past"))));
    }
    let valid_to = last.checked_add_days(Days::new(1)).unwrap_or(last);
    let there = sqlx::query!(
        r#"select (select count(*) from post p
                    where p.department_id = $1 and (upper_inf(p.during) or upper(p.during) > $2::date)) as "posts!",
                  (select count(*) from department d
                    where d.parent_id = $1 and (d.valid_to is null or d.valid_to > $2)) as "below!""#,
        kept.id.0,
        valid_to,
    )
    .fetch_one(work.conn())
    .await?;
    if there.posts > 0 {
        return Ok(Err(("last", Message::new("keeping-refused-occupied").with("count", there.posts))));
    }
    if there.below > 0 {
        return Ok(Err(("last", Message::new("keeping-refused-below").with("count", there.below))));
    }
    sqlx::query!("update department set valid_to = $2, version = version + 1 where id = $1", kept.id.0, valid_to)
        .execute(work.conn())
        .await?;
    let facts = json!({ "code": code, "last": last });
    work.record(Event::done("department.closed", "department", kept.id).within(kept.id).facts(facts)).await?;
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn kept() -> Particulars {
        Particulars {
            family_name: "田中".into(),
            given_name: "陽向".into(),
            reading: "たなか ひなた".into(),
            mail: None,
            employment: Employment::Permanent,
            joined_on: day("2020-04-01"),
            left_on: None,
        }
    }

    fn key(new: &Particulars, before: &Particulars, own: bool) -> Option<String> {
        new.refusal(before, own, day("2026-04-01")).map(|(_, message)| message.key.into_owned())
    }

    #[test]
    fn nobody_changes_their_own_terms_or_leaves_backwards() {
        let before = kept();
        let renamed = Particulars { family_name: "中田".into(), ..kept() };
        assert_eq!(key(&renamed, &before, true), None);
        let leaves = |on| Particulars { left_on: Some(day(on)), ..kept() };
        assert_eq!(key(&leaves("2026-04-30"), &before, true).as_deref(), Some("keeping-refused-own"));
        assert_eq!(key(&leaves("2026-04-30"), &before, false), None);
        assert_eq!(key(&leaves("2026-03-31"), &before, false).as_deref(), Some("keeping-refused-past"));
        assert_eq!(key(&leaves("2019-03-31"), &before, false).as_deref(), Some("keeping-refused-order"));
        assert_eq!(key(&kept(), &leaves("2026-03-31"), false).as_deref(), Some("keeping-refused-has-left"));
    }
}
