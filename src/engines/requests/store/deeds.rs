//! Who has acted in a round, and what ends what a decision counts for: 引戻し, and 差戻し to an earlier step.
use super::{Request, broken, index};
use crate::engines::requests::model::AfterReturn;
use crate::engines::requests::model::machine::{Act, Deed, Standing};
use crate::kernel::error::Result;
use crate::kernel::ids::{PersonId, PostId, uuid_at};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Everything that was done in the current round, in its order; natural persons.
pub async fn acts(conn: &mut PgConnection, request: &Request) -> Result<Vec<Act>> {
    let rows = sqlx::query!(
        r#"select d.no as "no!", d.step_key as "step!", d.line as "line!", natural_person(d.decider) as "by!",
                  natural_person(d.acting_for) as acting_for, d.post_id as "post!", d.verdict as "deed!", d.after_return, t.key as "to?",
                  d.takes_back
             from decision d
             left join request_step t on t.request_id = d.request_id and t.round = d.round and t.at = d.returned_to
            where d.request_id = $1 and d.round = $2
            union all
           select 0, step_key, line, natural_person(executor), natural_person(acting_for), post_id, 'work', null, null, null
             from execution
            where request_id = $1 and round = $2
            order by 1"#,
        request.id,
        request.round,
    )
    .fetch_all(conn)
    .await?;
    let act = |no, step, line: i32, by, acting_for: Option<Uuid>, post, deed| Act {
        no,
        step,
        line: u16::try_from(line).ok().filter(|line| *line > 0),
        by: PersonId(by),
        acting_for: acting_for.map(PersonId),
        post: PostId(post),
        deed,
    };
    rows.into_iter()
        .map(|row| {
            let deed = deed(&row.deed, row.to.zip(row.after_return), row.takes_back)?;
            Ok(act(row.no, row.step, row.line, row.by, row.acting_for, row.post, deed))
        })
        .collect()
}

/// What a row of the record says was done.
fn deed(verdict: &str, sent_back: Option<(String, String)>, takes_back: Option<i64>) -> Result<Deed> {
    Ok(match (verdict, sent_back, takes_back) {
        ("work", ..) => Deed::Worked,
        ("refuse", ..) => Deed::Stopped,
        ("return", Some((to, after)), _) => {
            Deed::SentBack { to, after: AfterReturn::from_key(&after).ok_or_else(|| broken("route after a return"))? }
        }
        ("return", None, _) => Deed::Returned,
        ("take_back", _, Some(of)) => Deed::TookBack { of },
        ("take_back", _, None) => return Err(broken("decision taken back")),
        _ => Deed::Passed,
    })
}

/// Writes that a decision is taken back; the decision itself stays as it is.
pub async fn insert_taking_back(
    conn: &mut PgConnection,
    request: &Request,
    (of, step, line): (i64, (usize, &str), Option<u16>),
    by: PersonId,
    standing: &Standing,
    now: DateTime<Utc>,
) -> Result<()> {
    let line = line.map_or(0, i32::from);
    sqlx::query!(
        "insert into decision (id, request_id, round, step, step_key, line, decider, acting_for, deputy, joined, post_id, tier, verdict,
                               content_hash, decided_at, takes_back, attempt)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'take_back', $13, $14, $15, count(*) + 1
           from decision d
          where d.request_id = $2 and d.round = $3 and d.step = $4 and d.line = $6 and d.decider = $7",
        uuid_at(now),
        request.id,
        request.round,
        index(step.0),
        step.1,
        line,
        by.0,
        standing.acting_for.map(|person| person.0),
        standing.deputy,
        standing.joined,
        standing.capacity.post.0,
        standing.capacity.tier.key(),
        request.content_hash,
        now,
        of,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes that the steps from a place on are not reached, whatever was said at them.
pub async fn unreach(conn: &mut PgConnection, request: &Request, from: usize) -> Result<()> {
    sqlx::query!(
        "update request_step
            set ended_at = null, arrived_at = null, due = null
          where request_id = $1 and round = $2 and at >= $3 and arrived_at is not null",
        request.id,
        request.round,
        index(from),
    )
    .execute(conn)
    .await?;
    Ok(())
}
