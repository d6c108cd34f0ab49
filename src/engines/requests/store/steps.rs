//! The route of a round (経路): its steps as they were placed, opened, ended and passed over.
use super::{Request, broken, index};
use crate::engines::requests::model::StepAct;
use crate::engines::requests::model::route::{MoveReason, Moved, SeatId, Skip, Step};
use crate::kernel::access::{FunctionKey, Tier};
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId, RequestId};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

/// A step of the current round with its times.
#[derive(Debug, Clone)]
pub struct PlacedStep {
    pub step: Step,
    pub arrived_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub due: Option<NaiveDate>,
}

impl PlacedStep {
    /// Does it wait?
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.arrived_at.is_some() && self.ended_at.is_none()
    }
}

/// The route of the current round, in order.
pub async fn of_round(conn: &mut PgConnection, request: &Request) -> Result<Vec<PlacedStep>> {
    let rows = sqlx::query!(
        r#"select key, act, each_line, designee, applicant, apart_from, tier, function, person_id, department_id, moved_reason, moved_to_deputy, moved_from_tier,
                  moved_from_department, moved_from_function, moved_from_person, unfilled, stage < at as "beside!", needed, skipped, arrived_at, ended_at, due
             from request_step
            where request_id = $1
              and round = $2
            order by at"#,
        request.id,
        request.round,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let tier = |key: &str| Tier::from_key(key).ok_or_else(|| broken("tier"));
            let function = |key: Option<String>| key.as_deref().and_then(FunctionKey::new);
            let moved = match row.moved_reason.as_deref().and_then(MoveReason::from_key) {
                Some(reason) => Some(Moved {
                    from: SeatId {
                        tier: tier(row.moved_from_tier.as_deref().unwrap_or(&row.tier))?,
                        department: row.moved_from_department.map(DepartmentId),
                        function: function(row.moved_from_function),
                        person: row.moved_from_person.map(PersonId),
                    },
                    reason,
                    to_deputy: row.moved_to_deputy,
                }),
                None => None,
            };
            let step = Step {
                key: row.key,
                act: StepAct::from_key(&row.act).ok_or_else(|| broken("act"))?,
                each_line: row.each_line,
                seat: SeatId {
                    tier: tier(&row.tier)?,
                    department: row.department_id.map(DepartmentId),
                    function: function(row.function),
                    person: row.person_id.map(PersonId),
                },
                designee: row.designee,
                apart_from: row.apart_from.iter().map(|key| tier(key)).collect::<Result<_>>()?,
                person: None,
                applicant: row.applicant,
                moved,
                unfilled: row.unfilled,
                beside: row.beside,
                needed: u16::try_from(row.needed).unwrap_or(1),
                skipped: row.skipped.as_deref().and_then(Skip::from_key),
            };
            Ok(PlacedStep { step, arrived_at: row.arrived_at, ended_at: row.ended_at, due: row.due })
        })
        .collect()
}

/// Whom the form of the current round names for a step (natural persons): they read what they answer.
pub async fn chosen(conn: &mut PgConnection, request: RequestId) -> Result<Vec<PersonId>> {
    let rows = sqlx::query_scalar!(
        r#"select distinct s.person_id as "person!: PersonId"
             from request_step s
             join request r on r.id = s.request_id and r.round = s.round
            where s.request_id = $1 and s.person_id is not null"#,
        request.0,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// A step of a round as it is written for the first time.
#[derive(Debug, Clone, Copy)]
pub struct NewStep<'a> {
    pub step: &'a Step,
    /// The place of the first of those that wait together with it.
    pub stage: usize,
    /// It waits from now on.
    pub open: bool,
    pub due: Option<NaiveDate>,
}

/// Writes the route of a round.
pub async fn insert(
    conn: &mut PgConnection,
    request: RequestId,
    round: u16,
    steps: &[NewStep<'_>],
    now: DateTime<Utc>,
) -> Result<()> {
    for (no, new) in steps.iter().enumerate() {
        let step = new.step;
        let from_function = step.moved.and_then(|moved| moved.from.function);
        sqlx::query!(
            "insert into request_step (request_id, round, at, key, act, tier, department_id, moved_reason, moved_to_deputy,
                                       moved_from_tier, moved_from_department, unfilled, arrived_at, each_line, designee, applicant,
                                       stage, needed, skipped, due, apart_from, function, moved_from_function, person_id, moved_from_person)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
            request.0,
            i32::from(round),
            index(no),
            step.key,
            step.act.key(),
            step.seat.tier.key(),
            step.seat.department.map(|department| department.0),
            step.moved.map(|moved| moved.reason.key()),
            step.moved.is_some_and(|moved| moved.to_deputy),
            step.moved.map(|moved| moved.from.tier.key()),
            step.moved.and_then(|moved| moved.from.department).map(|department| department.0),
            step.unfilled,
            new.open.then_some(now),
            step.each_line,
            step.designee,
            step.applicant,
            index(new.stage),
            i32::from(step.needed),
            step.skipped.map(Skip::key),
            new.due,
            &step.apart_from.iter().map(|tier| tier.key().to_owned()).collect::<Vec<_>>(),
            step.seat.function.as_ref().map(FunctionKey::key),
            from_function.as_ref().map(FunctionKey::key),
            step.seat.person.map(|person| person.0),
            step.moved.and_then(|moved| moved.from.person).map(|person| person.0),
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Writes where a step was placed when it opened; what waited already goes on waiting since then and until its day.
pub async fn open(
    conn: &mut PgConnection,
    request: RequestId,
    round: u16,
    (at, step): (usize, &Step),
    due: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<()> {
    let from_function = step.moved.and_then(|moved| moved.from.function);
    sqlx::query!(
        "update request_step
            set tier = $4, department_id = $5, moved_reason = $6, moved_to_deputy = $7, moved_from_tier = $8,
                moved_from_department = $9, function = $17, moved_from_function = $18, person_id = $19, moved_from_person = $20, unfilled = $10, designee = $12, needed = $13, skipped = $14,
                arrived_at = case when arrived_at is not null and ended_at is null and seat = $16 then arrived_at else $11 end,
                due = case when arrived_at is not null and ended_at is null and seat = $16 then due else $15 end,
                ended_at = null
          where request_id = $1 and round = $2 and at = $3",
        request.0,
        i32::from(round),
        index(at),
        step.seat.tier.key(),
        step.seat.department.map(|department| department.0),
        step.moved.map(|moved| moved.reason.key()),
        step.moved.is_some_and(|moved| moved.to_deputy),
        step.moved.map(|moved| moved.from.tier.key()),
        step.moved.and_then(|moved| moved.from.department).map(|department| department.0),
        step.unfilled,
        now,
        step.designee,
        i32::from(step.needed),
        step.skipped.map(Skip::key),
        due,
        step.seat.key(),
        step.seat.function.as_ref().map(FunctionKey::key),
        from_function.as_ref().map(FunctionKey::key),
        step.seat.person.map(|person| person.0),
        step.moved.and_then(|moved| moved.from.person).map(|person| person.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes that a step is passed over.
pub async fn skip(conn: &mut PgConnection, request: RequestId, round: u16, at: usize, skip: Skip) -> Result<()> {
    sqlx::query!(
        "update request_step set skipped = $4, arrived_at = null, ended_at = null, due = null
          where request_id = $1 and round = $2 and at = $3",
        request.0,
        i32::from(round),
        index(at),
        skip.key(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes that somebody was told at a step, for whom nobody waits.
pub async fn told(
    conn: &mut PgConnection,
    request: RequestId,
    round: u16,
    at: usize,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update request_step set arrived_at = $4, ended_at = $4 where request_id = $1 and round = $2 and at = $3",
        request.0,
        i32::from(round),
        index(at),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes that no step of the round waits any more but these.
pub async fn end_all(
    conn: &mut PgConnection,
    request: RequestId,
    round: u16,
    but: &[usize],
    now: DateTime<Utc>,
) -> Result<()> {
    let but: Vec<i32> = but.iter().map(|at| index(*at)).collect();
    sqlx::query!(
        "update request_step set ended_at = $4
          where request_id = $1 and round = $2 and arrived_at is not null and ended_at is null and not (at = any($3))",
        request.0,
        i32::from(round),
        &but,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
