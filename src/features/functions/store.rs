//! The SQL of organisation charts and handovers.
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use crate::kernel::ids::PostId;

/// A drawn chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// 第n版
    pub no: i32,
    /// the day from which it shows the organisation
    pub on: NaiveDate,
    /// what it shows
    pub content: Value,
}

/// One version, or the newest.
pub async fn find_chart(conn: &mut PgConnection, no: Option<i32>) -> sqlx::Result<Option<Version>> {
    sqlx::query_as!(
        Version,
        r#"select version as no, effective_on as "on", content
             from organisation_chart
            where $1::int is null or version = $1
            order by version desc
            limit 1"#,
        no
    )
    .fetch_optional(conn)
    .await
}

/// The versions with their day, the newest first; of several drawn on one day, the last.
pub async fn list_charts(conn: &mut PgConnection) -> sqlx::Result<Vec<(i32, NaiveDate)>> {
    let rows = sqlx::query!(
        "select distinct on (effective_on) version, effective_on
           from organisation_chart
          order by effective_on desc, version desc
          limit 200"
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.version, row.effective_on)).collect())
}

/// Keeps a new version; two at once wait for each other.
pub async fn insert_chart(
    conn: &mut PgConnection,
    on: NaiveDate,
    content: &Value,
    at: DateTime<Utc>,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        "insert into organisation_chart (version, effective_on, made_at, content)
         select coalesce(max(version), 0) + 1, $1, $2, $3 from organisation_chart
         returning version",
        on,
        at,
        content,
    )
    .fetch_one(conn)
    .await
}

/// Charts are drawn one after the other.
pub async fn wait_for_turn(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('organisation_chart')) is null as waited")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// 引継ぎ
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// the former holder's post
    pub former: PostId,
    /// on this day
    pub on: NaiveDate,
    /// the requests that waited at the seat
    pub numbers: Vec<String>,
    /// who has it now
    pub successor: Option<String>,
}

/// The handovers of these posts.
pub async fn list_handovers(conn: &mut PgConnection, posts: &[PostId]) -> sqlx::Result<Vec<Handover>> {
    let posts: Vec<uuid::Uuid> = posts.iter().map(|post| post.0).collect();
    let rows = sqlx::query!(
        r#"select h.former_post as "former!: PostId", h.on_day as "on!", h.numbers as "numbers!",
                  n.family_name || ' ' || n.given_name as "successor?"
             from function_handover h
             left join post p on p.id = h.successor_post
             left join person n on n.id = p.person_id
            where h.former_post = any ($1)"#,
        &posts
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Handover { former: row.former, on: row.on, numbers: row.numbers, successor: row.successor })
        .collect())
}

/// Has this post's handover been written?
pub async fn is_handed_over(conn: &mut PgConnection, post: PostId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select exists (select from function_handover where former_post = $1) as "done!""#, post.0)
        .fetch_one(conn)
        .await
}

/// Keeps a handover.
pub async fn insert_handover(
    conn: &mut PgConnection,
    former: PostId,
    successor: Option<PostId>,
    on: NaiveDate,
    numbers: &[String],
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into function_handover (former_post, successor_post, on_day, numbers, made_at) values ($1, $2, $3, $4, $5)",
        former.0,
        successor.map(|post| post.0),
        on,
        numbers,
        at,
    )
    .execute(conn)
    .await
    .map(drop)
}
