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
    pub round: i32,
    pub at: i32,
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
        r#"select r.id, r.round, s.at, r.kind, r.regulation, r.own_route, s.key as step, s.arrived_at as "since!", s.due as "due!",
                  q.content as "content!"
             from request_step s
             join request r on r.id = s.request_id and r.round = s.round
             join request_round q on q.request_id = r.id and q.round = r.round
            where s.arrived_at is not null and s.ended_at is null and s.due is not null
            order by r.id, s.at
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
    pub function: Option<String>,
    pub department: Option<Uuid>,
    /// It takes the answers of several, or that of one person alone: each of them counts.
    pub several: bool,
    /// It moved there because its holder was away.
    pub moved_away: bool,
    pub requester: Option<Uuid>,
    pub beneficiary: Option<Uuid>,
}

/// All requests that wait at a seat, or those that moved because their holder was away, in an order in which two acts at once cannot wait for each other.
pub async fn seated(conn: &mut PgConnection, moved_away: bool) -> sqlx::Result<Vec<Seated>> {
    sqlx::query_as!(
        Seated,
        r#"select r.number, s.tier, s.function, s.department_id as department, s.needed > 1 or s.person_id is not null as "several!",
                  coalesce(s.moved_reason = 'away', false) as "moved_away!",
                  natural_person(r.requester_id) as requester, natural_person(r.beneficiary_id) as beneficiary
             from request_step s
             join request r on r.id = s.request_id and r.round = s.round
            where s.arrived_at is not null and s.ended_at is null and s.seat is not null
              and (not $1 or s.moved_reason = 'away')
            order by r.id, s.at
              for update of r"#,
        moved_away,
    )
    .fetch_all(conn)
    .await
}

/// A step that is due.
#[derive(Debug, Clone)]
pub struct Due {
    pub number: String,
    pub step: String,
    pub due: NaiveDate,
}

/// The decisions and the work that are due within these days, in an order in which two acts at once cannot wait for each other.
pub async fn due_about(conn: &mut PgConnection, from: NaiveDate, until: NaiveDate) -> sqlx::Result<Vec<Due>> {
    sqlx::query_as!(
        Due,
        r#"select r.number, s.key as step, s.due as "due!"
             from request_step s
             join request r on r.id = s.request_id and r.round = s.round
            where s.arrived_at is not null and s.ended_at is null and s.act <> 'acknowledge' and s.due between $1 and $2
            order by r.id, s.at"#,
        from,
        until,
    )
    .fetch_all(conn)
    .await
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
        r#"select r.number, r.title, coalesce(r.beneficiary_id, r.requester_id) as "person!: PersonId"
             from request_step s
             join request r on r.id = s.request_id and r.round = s.round
            where s.arrived_at is not null and s.ended_at is null and s.act = 'acknowledge'
              and s.due < $1
              and signs_in(coalesce(r.beneficiary_id, r.requester_id))
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
pub async fn put_due(conn: &mut PgConnection, turn: &Turn, due: NaiveDate) -> sqlx::Result<()> {
    sqlx::query!(
        "update request_step set due = $4 where request_id = $1 and round = $2 and at = $3",
        turn.id,
        turn.round,
        turn.at,
        due
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("update request set lock_version = lock_version + 1 where id = $1", turn.id).execute(conn).await?;
    Ok(())
}

/// Ends what called people to a request that stays where it is, but for those for whom it still waits.
pub async fn no_longer(conn: &mut PgConnection, number: &str, still: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!("select waits_no_longer($1, $2)", number, still).execute(conn).await?;
    Ok(())
}
