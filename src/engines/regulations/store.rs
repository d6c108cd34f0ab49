//! SQL of the regulations: adoption, values and routes entered, evidence. Works inside a transaction or out.
use super::binding::AfterReturn;
use super::own_routes::{OwnRoute, OwnRoutes, TakenBack, Way};
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// An adoption, as the database holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct AdoptionRow {
    pub id: Uuid,
    /// The edition: the regulation's key, with its version where it is an amended one.
    pub regulation_key: String,
    pub role: String,
    pub approved_on: NaiveDate,
    pub effective_on: NaiveDate,
    /// Who decided on it (承認した機関).
    pub approved_by: String,
    pub filled: serde_json::Value,
    pub entered_at: DateTime<Utc>,
    pub entered_by: Option<String>,
    pub taken_back_at: Option<DateTime<Utc>>,
    pub taken_back_by: Option<String>,
    pub taken_back_reason: Option<String>,
}

/// All adoptions, those taken back among them, in the order in which they take effect.
pub async fn list_adoptions(conn: &mut PgConnection) -> sqlx::Result<Vec<AdoptionRow>> {
    sqlx::query_as!(
        AdoptionRow,
        r#"select a.id, a.regulation_key, a.role, a.approved_on, a.effective_on, a.approved_by, a.filled, a.entered_at,
                  e.family_name || ' ' || e.given_name as entered_by, b.taken_back_at as "taken_back_at?",
                  t.family_name || ' ' || t.given_name as taken_back_by, b.reason as "taken_back_reason?"
             from adoption a
             left join person e on e.id = a.entered_by
             left join adoption_taken_back b on b.adoption_id = a.id
             left join person t on t.id = b.taken_back_by
            order by a.effective_on, a.entered_at, a.id"#
    )
    .fetch_all(conn)
    .await
}

/// A regulation that comes into force.
#[derive(Debug, Clone)]
pub struct NewAdoption<'a> {
    pub id: Uuid,
    pub regulation_key: &'a str,
    pub role: &'a str,
    pub approved_on: NaiveDate,
    pub effective_on: NaiveDate,
    pub approved_by: &'a str,
    pub filled: &'a serde_json::Value,
}

pub async fn insert_adoption(
    conn: &mut PgConnection,
    new: &NewAdoption<'_>,
    at: DateTime<Utc>,
    by: Option<PersonId>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into adoption (id, regulation_key, role, approved_on, effective_on, approved_by, filled, entered_at, entered_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id,
        new.regulation_key,
        new.role,
        new.approved_on,
        new.effective_on,
        new.approved_by,
        new.filled,
        at,
        by.map(|person| person.0)
    )
    .execute(conn)
    .await
    .map(drop)
}

/// From which day on this edition is adopted already, where that day is still to come.
pub async fn waiting_for(conn: &mut PgConnection, edition: &str, today: NaiveDate) -> sqlx::Result<Option<NaiveDate>> {
    sqlx::query_scalar!(
        r#"select min(a.effective_on)
             from adoption a
            where a.regulation_key = $1
              and a.effective_on > $2
              and not exists (select from adoption_taken_back t where t.adoption_id = a.id)"#,
        edition,
        today
    )
    .fetch_one(conn)
    .await
}

/// Takes an adoption back that is still to come; whether nobody had done so before.
pub async fn take_back(
    conn: &mut PgConnection,
    id: Uuid,
    reason: &str,
    at: DateTime<Utc>,
    by: Option<PersonId>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into adoption_taken_back (adoption_id, taken_back_at, taken_back_by, reason)
         values ($1, $2, $3, $4)
         on conflict do nothing",
        id,
        at,
        by.map(|person| person.0),
        reason
    );
    Ok(done.execute(conn).await?.rows_affected() == 1)
}

/// A value that the organisation entered, with its day and its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct EnteredValue {
    pub name: String,
    pub value: serde_json::Value,
    pub effective_on: NaiveDate,
    pub reason: String,
    pub entered_at: DateTime<Utc>,
    pub entered_by: Option<String>,
}

/// All values entered, in the order in which they take effect.
pub async fn list_values(conn: &mut PgConnection) -> sqlx::Result<Vec<EnteredValue>> {
    sqlx::query_as!(
        EnteredValue,
        r#"select v.name, v.value, v.effective_on, v.reason, v.entered_at,
                  p.family_name || ' ' || p.given_name as entered_by
             from parameter_value v
             left join person p on p.id = v.entered_by
            order by v.effective_on, v.entered_at, v.id"#
    )
    .fetch_all(conn)
    .await
}

pub async fn insert_value(
    conn: &mut PgConnection,
    id: Uuid,
    new: &super::actions::NewValue,
    at: DateTime<Utc>,
    by: Option<PersonId>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into parameter_value (id, name, value, effective_on, reason, entered_at, entered_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        new.name,
        new.value,
        new.effective_on,
        new.reason,
        at,
        by.map(|person| person.0)
    )
    .execute(conn)
    .await
    .map(drop)
}

/// A version of a route, as the database holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnRouteRow {
    pub id: Uuid,
    pub regulation_key: String,
    pub kind: String,
    pub version: i32,
    pub steps: serde_json::Value,
    pub after_return: Option<String>,
    pub pull_up: bool,
    pub effective_on: NaiveDate,
    pub reason: String,
    pub entered_at: DateTime<Utc>,
    pub entered_by: Option<String>,
    pub taken_back_at: Option<DateTime<Utc>>,
    pub taken_back_by: Option<String>,
    pub taken_back_reason: Option<String>,
}

impl OwnRouteRow {
    fn read(self) -> anyhow::Result<OwnRoute> {
        let Self { taken_back_at, taken_back_by: by, taken_back_reason, .. } = self;
        let reason = taken_back_reason.unwrap_or_default();
        Ok(OwnRoute {
            id: self.id,
            regulation: self.regulation_key,
            kind: self.kind,
            version: self.version,
            way: Way {
                steps: serde_json::from_value(self.steps)?,
                after_return: self.after_return.as_deref().and_then(AfterReturn::from_key),
                pull_up: self.pull_up,
            },
            effective_on: self.effective_on,
            reason: self.reason,
            entered_at: self.entered_at,
            entered_by: self.entered_by,
            taken_back: taken_back_at.map(|at| TakenBack { at, by, reason }),
        })
    }
}

/// Does any administrator have an account of their own for it that signs in?
pub async fn has_own_accounts(conn: &mut PgConnection, day: NaiveDate) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from post p
                            join person n on n.id = p.person_id and n.owner_person is not null
                           where p.tier = 'sysadmin' and p.during @> $1::date and holds_sign_in(n.id)) as "any!""#,
        day
    )
    .fetch_one(conn)
    .await
}

/// All routes that the organisation entered, those taken back among them.
pub async fn list_own_routes(conn: &mut PgConnection) -> Result<OwnRoutes> {
    let rows = sqlx::query_as!(
        OwnRouteRow,
        r#"select r.id as "id!", r.regulation_key as "regulation_key!", r.kind as "kind!", r.version as "version!",
                  r.steps as "steps!", r.after_return, r.pull_up as "pull_up!", r.effective_on as "effective_on!", r.reason as "reason!", r.entered_at as "entered_at!",
                  e.family_name || ' ' || e.given_name as entered_by, b.taken_back_at as "taken_back_at?",
                  t.family_name || ' ' || t.given_name as taken_back_by, b.reason as "taken_back_reason?"
             from own_route r
             left join person e on e.id = r.entered_by
             left join own_route_taken_back b on b.own_route_id = r.id
             left join person t on t.id = b.taken_back_by"#
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(OwnRoutes::new(rows.into_iter().map(OwnRouteRow::read).collect::<anyhow::Result<_>>()?))
}

/// Adds a version of a kind's route; its number.
pub async fn insert_own_route(
    conn: &mut PgConnection,
    id: Uuid,
    new: &super::actions::NewRoute<'_>,
    steps: &serde_json::Value,
    at: DateTime<Utc>,
    by: Option<PersonId>,
) -> sqlx::Result<i32> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('own_route'))").fetch_one(&mut *conn).await?;
    sqlx::query_scalar!(
        "insert into own_route (id, regulation_key, kind, version, steps, effective_on, reason, entered_at, entered_by, after_return,
                                pull_up)
         select $1, $2, $3, coalesce(max(version), 0) + 1, $4, $5, $6, $7, $8, $9, $10
           from own_route
          where regulation_key = $2 and kind = $3
      returning version",
        id,
        new.regulation,
        new.kind,
        steps,
        new.effective_on,
        new.reason,
        at,
        by.map(|person| person.0),
        new.way.after_return.map(AfterReturn::key),
        new.way.pull_up
    )
    .fetch_one(conn)
    .await
}

/// Takes a version back that is still to come; whether nobody had done so before.
pub async fn take_route_back(
    conn: &mut PgConnection,
    id: Uuid,
    reason: &str,
    at: DateTime<Utc>,
    by: Option<PersonId>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into own_route_taken_back (own_route_id, taken_back_at, taken_back_by, reason)
         values ($1, $2, $3, $4)
         on conflict do nothing",
        id,
        at,
        by.map(|person| person.0),
        reason
    );
    Ok(done.execute(conn).await?.rows_affected() == 1)
}

/// The record behind one act of a mechanism (証跡), which the database makes from the event.
///
/// What counts, by how the act ended:
/// * `ok` — the work was done (a line carried out, a row written, a code handed over). Only this makes a clause 実施済.
/// * `failed` — it came to nothing: 却下, or an identity check that did not confirm the person. It shows that the rule
///   is applied, stands on the clause's page under its own name, and never makes the clause 実施済.
/// * `denied` — the portal itself said no. It shows that a setting is enforced, and counts no further.
///
/// What was only begun carries no mechanism and is no evidence: filing, 差戻し, 取下げ, a confirmation before the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    pub event_id: Uuid,
    pub mechanism: String,
    pub outcome: String,
    pub occurred_at: DateTime<Utc>,
    pub kind: String,
    pub entity: String,
    pub entity_id: String,
    pub entity_number: Option<String>,
    pub actor: Option<String>,
}

/// The latest success of each mechanism before that moment: all that the board needs, in one query. What was refused,
/// or came to nothing, is not among it.
pub async fn latest_evidence(
    conn: &mut PgConnection,
    mechanisms: &[String],
    before: DateTime<Utc>,
) -> sqlx::Result<Vec<EvidenceRow>> {
    sqlx::query_as!(
        EvidenceRow,
        r#"select e.event_id, e.mechanism, e.outcome, e.occurred_at, e.kind, e.entity, e.entity_id, e.entity_number,
                  p.family_name || ' ' || p.given_name as actor
             from unnest($1::text[]) as wanted (mechanism)
            cross join lateral (
                  select *
                    from evidence
                   where evidence.mechanism = wanted.mechanism
                     and outcome = 'ok'
                     and occurred_at < $2
                   order by occurred_at desc, event_id desc
                   limit 1) e
             left join person p on p.id = e.actor_id"#,
        mechanisms,
        before
    )
    .fetch_all(conn)
    .await
}

/// The latest refusal of each mechanism before that moment, for settings.
pub async fn latest_refusals(
    conn: &mut PgConnection,
    mechanisms: &[String],
    before: DateTime<Utc>,
) -> sqlx::Result<Vec<(String, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"select mechanism, max(occurred_at) as "at!"
             from evidence
            where mechanism = any ($1)
              and outcome = 'denied'
              and occurred_at < $2
            group by mechanism
            order by mechanism"#,
        mechanisms,
        before
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.mechanism, row.at)).collect())
}

/// The latest self-check of a mechanism's setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    pub mechanism: String,
    pub at: DateTime<Utc>,
    pub holds: bool,
}

/// The latest self-check of each mechanism before that moment.
pub async fn latest_checks(conn: &mut PgConnection, before: DateTime<Utc>) -> sqlx::Result<Vec<CheckRow>> {
    sqlx::query_as!(
        CheckRow,
        r#"select distinct on (mechanism) mechanism, occurred_at as at, outcome = 'ok' as "holds!"
             from evidence
            where kind = 'setting.checked'
              and occurred_at < $1
            order by mechanism, occurred_at desc, event_id desc"#,
        before
    )
    .fetch_all(conn)
    .await
}

/// What some mechanisms did before that moment, refusals and failures among it, the newest first; `after` continues a list.
pub async fn list_evidence(
    conn: &mut PgConnection,
    mechanisms: &[String],
    before: DateTime<Utc>,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> sqlx::Result<Vec<EvidenceRow>> {
    let (after_at, after_id) = after.unzip();
    sqlx::query_as!(
        EvidenceRow,
        r#"select e.event_id, e.mechanism, e.outcome, e.occurred_at, e.kind, e.entity, e.entity_id, e.entity_number,
                  p.family_name || ' ' || p.given_name as actor
             from evidence e
             left join person p on p.id = e.actor_id
            where e.mechanism = any ($1)
              and e.occurred_at < $2
              and ($3::timestamptz is null or (e.occurred_at, e.event_id) < ($3, $4::uuid))
            order by e.occurred_at desc, e.event_id desc
            limit $5"#,
        mechanisms,
        before,
        after_at,
        after_id,
        limit
    )
    .fetch_all(conn)
    .await
}

/// How many adoptions and routes were entered and taken back, and how many values entered: all only add rows, so that the
/// numbers tell every change.
pub type Mark = [i64; 5];

/// How far they go now.
pub async fn mark(conn: &mut PgConnection) -> sqlx::Result<Mark> {
    let counted = sqlx::query!(
        r#"select (select count(*) from adoption) as "adoptions!", (select count(*) from adoption_taken_back) as "taken_back!",
                  (select count(*) from parameter_value) as "values!", (select count(*) from own_route) as "routes!",
                  (select count(*) from own_route_taken_back) as "routes_taken_back!""#
    );
    let counted = counted.fetch_one(conn).await?;
    Ok([counted.adoptions, counted.taken_back, counted.values, counted.routes, counted.routes_taken_back])
}
