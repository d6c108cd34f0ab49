//! The SQL of deadlines: the calendar they are counted by, and the requests that wait for somebody until a day.
use crate::kernel::calendar::{Calendar, Closure, ClosureDays};
use crate::kernel::clock::local;
use crate::kernel::ids::PersonId;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// The organisation's calendar from a day on: imported holidays, and its own closures that are not over by then.
pub async fn calendar(conn: &mut PgConnection, from: NaiveDate) -> sqlx::Result<Calendar> {
    let closures = sqlx::query!("select from_date, to_date, name from closure where to_date >= $1", from);
    let closures = closures.fetch_all(&mut *conn).await?;
    let closures = closures.into_iter().map(|row| Closure {
        days: ClosureDays::Once { from: row.from_date, until: row.to_date },
        name: row.name,
        department: None,
    });
    let imported = sqlx::query!("select on_date, name from holiday").fetch_all(conn).await?;
    Ok(Calendar::new(closures.collect()).with_imported(imported.into_iter().map(|row| (row.on_date, row.name))))
}

/// A request that waits for somebody until a day.
#[derive(Debug, Clone)]
pub struct Turn {
    pub id: Uuid,
    pub kind: String,
    pub regulation: Option<String>,
    pub own_route: Option<Uuid>,
    pub step: String,
    pub since: DateTime<Utc>,
    pub due: NaiveDate,
    /// what is asked for
    pub content: Value,
}

impl Turn {
    /// The day on which the waiting began, which does not count.
    #[must_use]
    pub fn began(&self) -> NaiveDate {
        local(self.since).date_naive()
    }
}

/// All of them, in an order in which two acts at once cannot wait for each other.
pub async fn waiting(conn: &mut PgConnection) -> sqlx::Result<Vec<Turn>> {
    sqlx::query_as!(
        Turn,
        r#"select r.id, r.kind, r.regulation, r.own_route, s.key as step, r.waiting_since as "since!", r.waiting_due as "due!",
                  q.content as "content!"
             from request r
             join request_round q on q.request_id = r.id and q.round = r.round
             join request_step s on s.request_id = r.id and s.round = r.round and s.at = r.step
            where r.waiting_due is not null and r.waiting_since is not null
            order by r.id
              for update of r"#,
    )
    .fetch_all(conn)
    .await
}

/// A request that waits at a seat, with those who may not act on it (natural persons).
#[derive(Debug, Clone)]
pub struct Seated {
    pub number: String,
    pub tier: String,
    pub department: Option<Uuid>,
    pub requester: Option<Uuid>,
    pub beneficiary: Option<Uuid>,
}

/// All requests that wait at a seat, in an order in which two acts at once cannot wait for each other.
pub async fn seated(conn: &mut PgConnection) -> sqlx::Result<Vec<Seated>> {
    sqlx::query_as!(
        Seated,
        r#"select number, waiting_tier as "tier!", waiting_dept as department,
                  natural_person(requester_id) as requester, natural_person(beneficiary_id) as beneficiary
             from request
            where waiting_type in ('decide', 'execute')
              and waiting_tier is not null
            order by id
              for update"#,
    )
    .fetch_all(conn)
    .await
}

/// The decisions and the work that are due within these days, in an order in which two acts at once cannot wait for each other.
pub async fn due_about(
    conn: &mut PgConnection,
    from: NaiveDate,
    until: NaiveDate,
) -> sqlx::Result<Vec<(String, NaiveDate)>> {
    let due = sqlx::query!(
        r#"select number, waiting_due as "due!"
             from request
            where waiting_type in ('decide', 'execute')
              and waiting_due between $1 and $2
            order by id"#,
        from,
        until,
    );
    Ok(due.fetch_all(conn).await?.into_iter().map(|row| (row.number, row.due)).collect())
}

/// A receipt that is not confirmed by its day.
#[derive(Debug, Clone)]
pub struct Unconfirmed {
    pub number: String,
    pub title: String,
    pub person: PersonId,
}

/// Those whom somebody who can sign in owes since before this day, and who was not reminded since then.
pub async fn unconfirmed(
    conn: &mut PgConnection,
    today: NaiveDate,
    since: DateTime<Utc>,
) -> sqlx::Result<Vec<Unconfirmed>> {
    sqlx::query_as!(
        Unconfirmed,
        r#"select r.number, r.title, r.waiting_person as "person!: PersonId"
             from request r
            where r.waiting_type = 'acknowledge'
              and r.waiting_due < $1
              and signs_in(r.waiting_person)
              and not exists (select from audit.event e
                               where e.entity = 'request' and e.entity_id = r.id::text and e.kind = 'request.reminded' and e.occurred_at >= $2)
            order by r.id"#,
        today,
        since,
    )
    .fetch_all(conn)
    .await
}

/// Puts a deadline in the place of another.
pub async fn put_due(conn: &mut PgConnection, id: Uuid, due: NaiveDate) -> sqlx::Result<()> {
    sqlx::query!("update request set waiting_due = $2, lock_version = lock_version + 1 where id = $1", id, due)
        .execute(conn)
        .await?;
    Ok(())
}
