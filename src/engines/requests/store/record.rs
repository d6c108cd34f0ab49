//! What is only ever added to a request: rounds with their route and lines, decisions, executions, receipts, comments.
use super::{Request, broken, index};
use crate::engines::requests::kinds::{Executed, LineDraft};
use crate::engines::requests::model::machine::{LineState, Outcome, Receipt, Standing, Verdict};
use crate::engines::requests::model::{AfterReturn, Content, ContentHash, Shown};
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, RequestId, uuid_at};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// A submitted round.
#[derive(Debug)]
pub struct NewRound<'a> {
    pub request: RequestId,
    pub round: u16,
    pub content: &'a Content,
    pub shown: &'a [Shown],
    pub hash: ContentHash,
    pub by: Option<PersonId>,
    pub at: DateTime<Utc>,
}

fn json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| anyhow::Error::from(error).into())
}

/// Writes the content of a round.
pub async fn insert_round(conn: &mut PgConnection, new: &NewRound<'_>) -> Result<()> {
    sqlx::query!(
        "insert into request_round (request_id, round, content, shown, content_hash, submitted_by, submitted_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        new.request.0,
        i32::from(new.round),
        json(new.content)?,
        json(&new.shown)?,
        new.hash.bytes().as_slice(),
        new.by.map(|person| person.0),
        new.at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The fingerprint of what was filed first.
pub async fn first_hash(conn: &mut PgConnection, request: RequestId) -> Result<Option<Vec<u8>>> {
    let hash =
        sqlx::query_scalar!("select content_hash from request_round where request_id = $1 and round = 1", request.0);
    Ok(hash.fetch_optional(conn).await?)
}

/// Writes the lines of a round.
pub async fn insert_lines(conn: &mut PgConnection, request: RequestId, round: u16, lines: &[LineDraft]) -> Result<()> {
    for (no, line) in (1..).zip(lines) {
        sqlx::query!(
            "insert into request_line (request_id, round, no, subject, data, row_href) values ($1, $2, $3, $4, $5, $6)",
            request.0,
            i32::from(round),
            no,
            line.subject,
            line.data,
            line.row,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Moves a line from the state it was read in.
pub async fn save_line(
    conn: &mut PgConnection,
    request: RequestId,
    round: u16,
    line: u16,
    state: LineState,
    on: Option<NaiveDate>,
) -> Result<()> {
    sqlx::query!(
        "update request_line
            set state = $4, executed_on = coalesce($5, executed_on)
          where request_id = $1 and round = $2 and no = $3",
        request.0,
        i32::from(round),
        i32::from(line),
        state.key(),
        on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What is written of a decision.
#[derive(Debug)]
pub struct NewDecision<'a> {
    pub step: (usize, &'a str),
    /// At a step that goes line by line.
    pub line: Option<u16>,
    pub by: PersonId,
    pub standing: &'a Standing,
    pub verdict: &'a Verdict,
    pub result: &'a Content,
    pub shown: &'a [Shown],
    pub at: DateTime<Utc>,
    /// 差戻し to the step at this place, and what becomes of those beyond it.
    pub sent_back: Option<(usize, AfterReturn)>,
    /// Until when the absent one reads it, where it is made by rule.
    pub review_due: Option<NaiveDate>,
}

/// Writes a decision.
pub async fn insert_decision(conn: &mut PgConnection, request: &Request, new: &NewDecision<'_>) -> Result<()> {
    let standing = new.standing;
    sqlx::query!(
        "insert into decision (id, request_id, round, step, step_key, decider, acting_for, deputy, joined, post_id, tier, verdict, words,
                               content_hash, decided_at, line, result, shown, acting_rule, review_due, returned_to, after_return, attempt)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, count(*) + 1
           from decision d
          where d.request_id = $2 and d.round = $3 and d.step = $4 and d.line = $16 and d.decider = $6",
        uuid_at(new.at),
        request.id,
        request.round,
        index(new.step.0),
        new.step.1,
        new.by.0,
        standing.acting_for.map(|person| person.0),
        standing.deputy,
        standing.joined,
        standing.capacity.post.0,
        standing.capacity.tier.key(),
        new.verdict.key(),
        new.verdict.words().trim(),
        request.content_hash,
        new.at,
        new.line.map_or(0, i32::from),
        json(new.result)?,
        json(&new.shown)?,
        standing.by_rule.as_ref().map(|used| used.rule.0),
        new.review_due,
        new.sent_back.map(|(to, _)| index(to)),
        new.sent_back.map(|(_, after)| after.key()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What is written of an execution.
#[derive(Debug)]
pub struct NewExecution<'a> {
    pub line: u16,
    pub step: (usize, &'a str),
    pub by: PersonId,
    pub standing: &'a Standing,
    pub outcome: &'a Outcome,
    /// Why it is entered anew (訂正); empty for work that is done.
    pub why: &'a str,
    pub result: &'a Content,
    pub shown: &'a [Shown],
    pub executed: &'a Executed,
    pub at: DateTime<Utc>,
}

/// Writes an execution.
pub async fn insert_execution(conn: &mut PgConnection, request: &Request, new: &NewExecution<'_>) -> Result<()> {
    let words = match new.outcome {
        Outcome::Done { .. } | Outcome::Begun => new.why,
        Outcome::Failed { reason } | Outcome::Declined { reason } => reason.trim(),
    };
    let standing = new.standing;
    sqlx::query!(
        "insert into execution (id, request_id, round, step, step_key, line, executor, acting_for, deputy, joined, post_id, tier, outcome,
                                words, result, shown, row_label, row_href, content_hash, executed_at, attempt)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, count(*) + 1
           from execution e
          where e.request_id = $2 and e.line = $6",
        uuid_at(new.at),
        request.id,
        request.round,
        index(new.step.0),
        new.step.1,
        i32::from(new.line),
        new.by.0,
        standing.acting_for.map(|person| person.0),
        standing.deputy,
        standing.joined,
        standing.capacity.post.0,
        standing.capacity.tier.key(),
        new.outcome.key(),
        words,
        json(new.result)?,
        json(&new.shown)?,
        new.executed.row.as_ref().map(|row| row.label.as_str()),
        new.executed.row.as_ref().map(|row| row.href.as_str()),
        request.content_hash,
        new.at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes a receipt.
pub async fn insert_receipt(
    conn: &mut PgConnection,
    request: &Request,
    line: u16,
    by: PersonId,
    receipt: &Receipt,
    standing: Option<&Standing>,
    now: DateTime<Utc>,
) -> Result<()> {
    let (number, on) = match receipt {
        Receipt::Own => (None, None),
        Receipt::Slip { number, on } => (Some(number.trim()), Some(*on)),
    };
    sqlx::query!(
        "insert into acknowledgement (id, request_id, round, line, entered_by, by_proxy, post_id, slip_number, slip_on, acknowledged_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        uuid_at(now),
        request.id,
        request.round,
        i32::from(line),
        by.0,
        number.is_some(),
        standing.map(|standing| standing.capacity.post.0),
        number,
        on,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes a comment, or a question to the applicant.
pub async fn insert_comment(
    conn: &mut PgConnection,
    request: RequestId,
    by: PersonId,
    (body, asks): (&str, bool),
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into request_comment (id, request_id, author, body, written_at, asks) values ($1, $2, $3, $4, $5, $6)",
        uuid_at(now),
        request.0,
        by.0,
        body,
        now,
        asks,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A round as it was submitted.
#[derive(Debug, Clone)]
pub struct Round {
    pub round: i32,
    pub content: Content,
    pub shown: Vec<Shown>,
    pub submitted_by: Option<Uuid>,
    pub submitted_at: DateTime<Utc>,
}

/// All rounds, the first one first.
pub async fn rounds(conn: &mut PgConnection, request: RequestId) -> Result<Vec<Round>> {
    let rows = sqlx::query!(
        "select round, content, shown, submitted_by, submitted_at from request_round where request_id = $1 order by round",
        request.0,
    );
    let rows = rows.fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Round {
                round: row.round,
                content: serde_json::from_value(row.content).map_err(|_| broken("content"))?,
                shown: serde_json::from_value(row.shown).map_err(|_| broken("shown content"))?,
                submitted_by: row.submitted_by,
                submitted_at: row.submitted_at,
            })
        })
        .collect()
}

/// The content of the current round alone.
pub async fn current_round(conn: &mut PgConnection, request: &Request) -> Result<Round> {
    let row = sqlx::query!(
        "select round, content, shown, submitted_by, submitted_at from request_round where request_id = $1 and round = $2",
        request.id,
        request.round,
    );
    let row = row.fetch_one(conn).await?;
    Ok(Round {
        round: row.round,
        content: serde_json::from_value(row.content).map_err(|_| broken("content"))?,
        shown: serde_json::from_value(row.shown).map_err(|_| broken("shown content"))?,
        submitted_by: row.submitted_by,
        submitted_at: row.submitted_at,
    })
}

/// A decision as it stands in the record.
#[derive(Debug, Clone)]
pub struct Decided {
    pub no: i64,
    pub round: i32,
    pub step: i32,
    pub step_key: String,
    pub decider: Uuid,
    pub acting_for: Option<Uuid>,
    pub deputy: bool,
    pub joined: bool,
    pub tier: String,
    /// 指名: who named the one who acted, and as what.
    pub named_by: Option<Uuid>,
    pub named_as: Option<String>,
    pub verdict: String,
    pub words: String,
    /// 差戻し先: where on the route the step stands to which it was sent back.
    pub returned_to: Option<i32>,
    /// It was not taken back since, and its step is not to be answered anew.
    pub counts: bool,
    /// 0, or the line that it is about.
    pub line: i32,
    pub shown: Value,
    /// Of what was shown when it was decided.
    pub content_hash: Vec<u8>,
    pub decided_at: DateTime<Utc>,
    /// 代決: the version of the rule, until when the absent one reads it, and when and with which remark they did (後閲).
    pub rule_version: Option<i32>,
    pub review_due: Option<NaiveDate>,
    pub read_at: Option<DateTime<Utc>>,
    pub remark: Option<String>,
    /// The post by which the rule named the one who acted: its title, and its tier.
    pub own_title: Option<String>,
    pub own_tier: Option<String>,
    /// The function that the post of the decision is for, or what the form calls whom it named for it.
    pub function: Option<String>,
}

impl Decided {
    /// What the step recorded, in words.
    pub fn shown(&self) -> Result<Vec<Shown>> {
        serde_json::from_value(self.shown.clone()).map_err(|_| broken("what a step recorded"))
    }
}

/// All decisions of all rounds, the first one first.
pub async fn decisions(conn: &mut PgConnection, request: RequestId) -> Result<Vec<Decided>> {
    let rows = sqlx::query_as!(
        Decided,
        r#"select c.no, c.round, c.returned_to, counts(c) as "counts!", c.step, c.step_key, c.decider, c.acting_for, c.deputy, c.joined, c.tier, b.person_id as "named_by?", b.tier as "named_as?",
                  c.verdict, c.words, c.line, c.shown, c.content_hash, c.decided_at, a.version as "rule_version?", c.review_due, v.read_at as "read_at?",
                  v.remark as "remark?", o.title as "own_title?", o.tier as "own_tier?",
                  case when q.main and natural_person(q.person_id) = coalesce(s.person_id, s.moved_from_person)
                       then coalesce(s.function, s.moved_from_function) else q.function end as "function?"
             from decision c
             left join post q on q.id = c.post_id
             left join request_step s on s.request_id = c.request_id and s.round = c.round and s.at = c.step
             left join acting_rule a on a.id = c.acting_rule
             left join ex_post_review v on v.decision_id = c.id
             left join lateral (
                    select p.title, p.tier
                      from post p
                     where a.id is not null and p.person_id = c.decider and p.during @> (c.decided_at at time zone 'Asia/Tokyo')::date
                     order by coalesce(p.title = a.title, p.function = a.function, false) desc, p.main desc, p.id
                     limit 1) o on true
             left join designation d on d.post_id = c.post_id
             left join post b on b.id = d.by_post
            where c.request_id = $1
            order by c.no"#,
        request.0,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// When the last of those who decide in a round let it pass; nothing where nobody has.
pub async fn approved_at(conn: &mut PgConnection, request: RequestId, round: i32) -> Result<Option<DateTime<Utc>>> {
    let at = sqlx::query_scalar!(
        "select max(d.decided_at) from decision d where d.request_id = $1 and d.round = $2 and d.verdict = 'approve' and counts(d)",
        request.0,
        round,
    );
    Ok(at.fetch_one(conn).await?)
}

/// What the steps of a round recorded as data, the first answer first; what counts no longer is left out.
pub async fn answers(conn: &mut PgConnection, request: RequestId, round: i32) -> Result<Vec<(String, Content)>> {
    let rows = sqlx::query!(
        "select d.step_key, d.result from decision d where d.request_id = $1 and d.round = $2 and counts(d) order by d.no",
        request.0,
        round,
    );
    let read = |value| serde_json::from_value::<Content>(value).map_err(|_| broken("what a step recorded"));
    rows.fetch_all(conn).await?.into_iter().map(|row| Ok((row.step_key, read(row.result)?))).collect()
}

/// What was entered last about work that is done.
#[derive(Debug, Clone)]
pub struct Done {
    pub result: Content,
    pub row_href: Option<String>,
}

/// The last entry about a line of a round that is done.
pub async fn last_done(conn: &mut PgConnection, request: RequestId, round: i32, line: i32) -> Result<Option<Done>> {
    let found = sqlx::query!(
        "select result, row_href from execution
          where request_id = $1 and round = $2 and line = $3 and outcome = 'done'
          order by attempt desc
          limit 1",
        request.0,
        round,
        line,
    );
    let Some(found) = found.fetch_optional(conn).await? else { return Ok(None) };
    let result = serde_json::from_value(found.result).map_err(|_| broken("result"))?;
    Ok(Some(Done { result, row_href: found.row_href }))
}

/// An execution as it stands in the record.
#[derive(Debug, Clone)]
pub struct ExecutedRow {
    pub line: i32,
    pub step: i32,
    pub executor: Uuid,
    pub acting_for: Option<Uuid>,
    pub deputy: bool,
    pub joined: bool,
    pub tier: String,
    /// 指名: who named the one who acted, and as what.
    pub named_by: Option<Uuid>,
    pub named_as: Option<String>,
    pub outcome: String,
    pub words: String,
    pub shown: Value,
    pub row_label: Option<String>,
    pub row_href: Option<String>,
    pub executed_at: DateTime<Utc>,
    /// The function that the post of the work is for.
    pub function: Option<String>,
}

impl ExecutedRow {
    /// What the executor entered, in words.
    pub fn shown(&self) -> Result<Vec<Shown>> {
        serde_json::from_value(self.shown.clone()).map_err(|_| broken("shown result"))
    }
}

/// All executions, the first one first.
pub async fn executions(conn: &mut PgConnection, request: RequestId) -> Result<Vec<ExecutedRow>> {
    let rows = sqlx::query_as!(
        ExecutedRow,
        r#"select e.line, e.step, e.executor, e.acting_for, e.deputy, e.joined, e.tier, b.person_id as "named_by?", b.tier as "named_as?",
                  e.outcome, e.words, e.shown, e.row_label, e.row_href, e.executed_at, q.function as "function?"
             from execution e
             left join post q on q.id = e.post_id
             left join designation d on d.post_id = e.post_id
             left join post b on b.id = d.by_post
            where e.request_id = $1
            order by e.executed_at, e.line, e.id"#,
        request.0,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// A receipt as it stands in the record.
#[derive(Debug, Clone)]
pub struct Received {
    pub line: i32,
    pub entered_by: Uuid,
    pub by_proxy: bool,
    pub slip_number: Option<String>,
    pub slip_on: Option<NaiveDate>,
    pub acknowledged_at: DateTime<Utc>,
}

/// All receipts, the first one first.
pub async fn receipts(conn: &mut PgConnection, request: RequestId) -> Result<Vec<Received>> {
    let rows = sqlx::query_as!(
        Received,
        "select line, entered_by, by_proxy, slip_number, slip_on, acknowledged_at
           from acknowledgement
          where request_id = $1
          order by acknowledged_at, line",
        request.0,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// A comment.
#[derive(Debug, Clone)]
pub struct Comment {
    pub author: Uuid,
    pub body: String,
    pub written_at: DateTime<Utc>,
    /// 質問
    pub asks: bool,
    /// The question that the applicant has to answer.
    pub open: bool,
}

/// All comments, the first one first.
pub async fn comments(conn: &mut PgConnection, request: RequestId) -> Result<Vec<Comment>> {
    let rows = sqlx::query_as!(
        Comment,
        r#"select author, body, written_at, asks, coalesce(id = (select open_question($1)), false) as "open!"
             from request_comment
            where request_id = $1
            order by written_at, id"#,
        request.0,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// When something happened to a request that stands in the event log alone (催促, 引戻し), the first one first.
pub async fn moments(conn: &mut PgConnection, request: RequestId, kind: &str) -> Result<Vec<DateTime<Utc>>> {
    let moments = sqlx::query_scalar!(
        "select occurred_at from audit.event where entity = 'request' and entity_id = $1 and kind = $2 order by occurred_at",
        request.to_string(),
        kind,
    );
    Ok(moments.fetch_all(conn).await?)
}

/// The same for several kinds of events at once, by their kind.
pub async fn moments_of(
    conn: &mut PgConnection,
    request: RequestId,
    kinds: &[&str],
) -> Result<HashMap<String, Vec<DateTime<Utc>>>> {
    let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let rows = sqlx::query!(
        "select kind, occurred_at from audit.event where entity = 'request' and entity_id = $1 and kind = any ($2) order by occurred_at",
        request.to_string(),
        &kinds,
    );
    let mut moments: HashMap<String, Vec<DateTime<Utc>>> = HashMap::new();
    for row in rows.fetch_all(conn).await? {
        moments.entry(row.kind).or_default().push(row.occurred_at);
    }
    Ok(moments)
}

/// The same for one step of its route.
pub async fn moments_at(
    conn: &mut PgConnection,
    request: RequestId,
    kind: &str,
    step: &str,
) -> Result<Vec<DateTime<Utc>>> {
    let moments = sqlx::query_scalar!(
        "select occurred_at from audit.event
          where entity = 'request' and entity_id = $1 and kind = $2 and facts ->> 'step' = $3 order by occurred_at",
        request.to_string(),
        kind,
        step,
    );
    Ok(moments.fetch_all(conn).await?)
}

/// By whom it was withdrawn, and why.
#[derive(Debug, Clone)]
pub struct Withdrawn {
    pub by: Option<Uuid>,
    pub reason: String,
}

/// By whom and why it was withdrawn stands in the event log only; the closing moment is on the row.
pub async fn withdrawn(conn: &mut PgConnection, request: RequestId) -> Result<Option<Withdrawn>> {
    let found = sqlx::query_as!(
        Withdrawn,
        r#"select actor_id as by, coalesce(facts ->> 'reason', '') as "reason!" from audit.event
            where entity = 'request' and entity_id = $1 and kind = 'request.withdrawn' limit 1"#,
        request.to_string(),
    );
    Ok(found.fetch_optional(conn).await?)
}
