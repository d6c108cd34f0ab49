//! 不在: the days on which somebody is not there, entered by themselves or by the office. An absence gives nobody anything by itself;
//! where the organisation has a rule for it (`people::acting`), decisions that wait for the absent one are offered to whom it names.
use chrono::{DateTime, Months, NaiveDate, Utc};
use serde_json::json;
use sqlx::PgConnection;

use super::model::full_name;
use super::store;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result, violated_constraint};
use crate::kernel::ids::PersonId;
use crate::kernel::notices::Notice;
use crate::kernel::work::Work;
use crate::web::notices::day;

crate::id!(
    /// 不在
    AbsenceId,
);

/// What is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAbsence {
    /// who is absent
    pub person: PersonId,
    /// first day
    pub from: NaiveDate,
    /// last day
    pub last: NaiveDate,
    /// why
    pub reason: String,
}

/// How an entry ended.
#[derive(Debug)]
pub enum Entered {
    /// It stands.
    Done(AbsenceId),
    /// The rules say no, at this field; nothing may be committed.
    Mend(&'static str, Message),
}

/// An absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// the id
    pub id: AbsenceId,
    /// who
    pub person: PersonId,
    /// their name
    pub name: String,
    /// first day
    pub from: NaiveDate,
    /// last day
    pub last: NaiveDate,
    /// why
    pub reason: String,
    /// who entered it
    pub entered_by: String,
    /// ended before its last day
    pub ended_at: Option<DateTime<Utc>>,
}

impl Absence {
    /// The neutral key of how it stands on a day.
    #[must_use]
    pub fn state(&self, today: NaiveDate) -> &'static str {
        match self {
            _ if self.ended_at.is_some() => "ended",
            _ if self.last < today => "over",
            _ if self.from > today => "coming",
            _ => "now",
        }
    }

    /// Can it be ended?
    #[must_use]
    pub fn is_open(&self, today: NaiveDate) -> bool {
        self.ended_at.is_none() && self.last >= today
    }
}

/// Enters an absence, one's own or, by the office, another's.
pub async fn enter(work: &mut Work, new: &NewAbsence) -> Result<Entered> {
    let by = work.actor.person().ok_or(Error::SignInFirst)?;
    let (now, today) = (work.now, local(work.now).date_naive());
    if new.last < new.from {
        return Ok(Entered::Mend("last", Message::new("stand-in-refused-order")));
    }
    if new.last < today {
        return Ok(Entered::Mend("last", Message::new("stand-in-refused-past")));
    }
    if new.last > new.from.checked_add_months(Months::new(12)).unwrap_or(NaiveDate::MAX) {
        return Ok(Entered::Mend("last", Message::new("absence-refused-long")));
    }
    let person = store::find_person(work.conn(), new.person).await?.ok_or(Error::NotFound)?;
    let id = AbsenceId::new(now);
    let written = sqlx::query!(
        "insert into absence (id, person_id, during, reason, entered_by, entered_at) values ($1, $2, daterange($3, $4, '[]'), $5, $6, $7)",
        id.0,
        new.person.0,
        new.from,
        new.last,
        new.reason,
        by.0,
        now,
    )
    .execute(work.conn())
    .await;
    match written {
        Ok(_) => {}
        Err(error) if violated_constraint(&error) == Some("absence_person_id_during_excl") => {
            return Ok(Entered::Mend("from", Message::new("absence-refused-twice")));
        }
        Err(error) => return Err(error.into()),
    }
    let facts = json!({ "from": new.from, "last": new.last, "reason": new.reason });
    work.record(Event::done("absence.entered", "absence", id).facts(facts).about(new.person)).await?;
    tell(work, id, &person.name(), new, by).await?;
    Ok(Entered::Done(id))
}

/// Whoever is entered by somebody else hears of it.
async fn tell(work: &mut Work, id: AbsenceId, name: &str, new: &NewAbsence, by: PersonId) -> Result<()> {
    if new.person == by {
        return Ok(());
    }
    let said = Message::new("absence-mail-entered").with("name", name);
    let said = said.with("from", day(new.from)).with("last", day(new.last));
    work.notify(Notice::new(new.person, "absence.entered", said, ("absence", id)).at("/absences")).await
}

/// Ends an absence before its last day: they are there again.
pub async fn end(work: &mut Work, id: AbsenceId) -> Result<()> {
    let by = work.actor.person().ok_or(Error::SignInFirst)?;
    let (now, today) = (work.now, local(work.now).date_naive());
    let found = find(work.conn(), id).await?.ok_or(Error::NotFound)?;
    let ended = sqlx::query!(
        "update absence set ended_at = $2, ended_by = $3 where id = $1 and ended_at is null and upper(during) > $4",
        id.0,
        now,
        by.0,
        today,
    );
    if ended.execute(work.conn()).await?.rows_affected() == 0 {
        return Err(Error::Conflict(Message::new("absence-refused-over")));
    }
    work.record(Event::done("absence.ended", "absence", id).about(found.person)).await.map(drop)
}

/// One of them.
pub async fn find(conn: &mut PgConnection, id: AbsenceId) -> sqlx::Result<Option<Absence>> {
    Ok(list(conn, Some(id), None).await?.pop())
}

/// Those of one person, or everybody's, the latest first.
pub async fn of(conn: &mut PgConnection, person: Option<PersonId>) -> sqlx::Result<Vec<Absence>> {
    list(conn, None, person).await
}

async fn list(conn: &mut PgConnection, id: Option<AbsenceId>, person: Option<PersonId>) -> sqlx::Result<Vec<Absence>> {
    let rows = sqlx::query!(
        r#"select a.id as "id: AbsenceId", a.person_id as "person: PersonId", n.family_name, n.given_name, lower(a.during) as "from!: NaiveDate",
                  (upper(a.during) - 1) as "last!: NaiveDate", a.reason, e.family_name as by_family, e.given_name as by_given, a.ended_at
             from absence a
             join person n on n.id = a.person_id
             join person e on e.id = a.entered_by
            where ($1::uuid is null or a.id = $1)
              and ($2::uuid is null or a.person_id = $2)
            order by lower(a.during) desc, a.entered_at desc, a.id
            limit 200"#,
        id.map(|id| id.0),
        person.map(|person| person.0),
    );
    let read = rows.fetch_all(conn).await?.into_iter().map(|row| Absence {
        id: row.id,
        person: row.person,
        name: full_name(&row.family_name, &row.given_name),
        from: row.from,
        last: row.last,
        reason: row.reason,
        entered_by: full_name(&row.by_family, &row.by_given),
        ended_at: row.ended_at,
    });
    Ok(read.collect())
}
