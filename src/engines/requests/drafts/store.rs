//! SQL of the drafts. The database shows a draft only to the two whose it is.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::engines::requests::model::Typed;
use crate::kernel::error::Result;
use crate::kernel::ids::PersonId;

/// How a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum State {
    /// waits for whoever files it
    Open,
    /// a request came of it
    Filed,
    /// 差戻し
    Returned,
    /// 破棄
    Discarded,
    /// 取戻し by the one who prepared it
    TakenBack,
    /// 期限切れ
    Expired,
}

impl State {
    /// The end of its word's key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Filed => "filed",
            Self::Returned => "returned",
            Self::Discarded => "discarded",
            Self::TakenBack => "taken-back",
            Self::Expired => "expired",
        }
    }
}

/// A draft.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// its id
    pub id: Uuid,
    /// 様式
    pub kind: String,
    /// who prepared it; nobody, where the portal did
    pub prepared_by: Option<PersonId>,
    /// who files it
    pub recipient: PersonId,
    /// what was typed
    pub typed: Typed,
    /// whom it is about, as far as that is known
    pub about: String,
    /// words of the one who prepared it
    pub note: String,
    /// why the portal prepared it: a message's key
    pub why: String,
    /// how it stands
    pub state: State,
    /// why it was returned or discarded
    pub reason: String,
    /// since when
    pub prepared_at: DateTime<Utc>,
    /// the last day on which it can be filed
    pub expires_on: NaiveDate,
    /// the day by which the occasion wants it filed, where the portal prepared it
    pub due_on: Option<NaiveDate>,
    /// the request that came of it
    pub request: Option<Uuid>,
    /// that request's number, where the reader may see it
    pub number: Option<String>,
}

impl Prepared {
    /// By when it is to be filed.
    #[must_use]
    pub fn wanted_by(&self) -> NaiveDate {
        self.due_on.unwrap_or(self.expires_on)
    }

    /// Kept for oneself.
    #[must_use]
    pub fn own(&self) -> bool {
        self.prepared_by == Some(self.recipient)
    }
}

macro_rules! drafts {
    ($which:literal, $($value:expr),+ $(,)?) => {
        sqlx::query!(
            r#"select d.id, d.kind, d.prepared_by as "prepared_by: PersonId", d.recipient_id as "recipient: PersonId", d.typed, d.about,
                      d.note, d.why, d.state as "state: State", d.reason, d.prepared_at as "prepared_at: DateTime<Utc>", d.expires_on, d.due_on,
                      d.request_id, r.number as "number?"
                 from prepared_draft d
                 left join request r on r.id = d.request_id "# + $which,
            $($value),+
        )
    };
}

macro_rules! prepared {
    ($row:expr) => {{
        let row = $row;
        let pairs: Vec<(String, String)> = serde_json::from_value(row.typed).map_err(anyhow::Error::from)?;
        Prepared {
            id: row.id,
            kind: row.kind,
            prepared_by: row.prepared_by,
            recipient: row.recipient,
            typed: Typed::new(pairs),
            about: row.about,
            note: row.note,
            why: row.why,
            state: row.state,
            reason: row.reason,
            prepared_at: row.prepared_at,
            expires_on: row.expires_on,
            due_on: row.due_on,
            request: row.request_id,
            number: row.number,
        }
    }};
}

/// One draft of whoever looks.
pub async fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Prepared>> {
    match drafts!("where d.id = $1", id).fetch_optional(conn).await? {
        Some(row) => Ok(Some(prepared!(row))),
        None => Ok(None),
    }
}

/// The same, held until the transaction ends.
pub async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<Option<Prepared>> {
    sqlx::query!("select id from prepared_draft where id = $1 for update", id).fetch_optional(&mut *conn).await?;
    find(conn, id).await
}

/// What waits for this person to be filed, their own included; the oldest first.
pub async fn received(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Prepared>> {
    let rows =
        drafts!("where d.recipient_id = $1 and d.state = 'open' order by d.prepared_at, d.id limit 200", person.0);
    rows.fetch_all(conn).await?.into_iter().map(|row| Ok(prepared!(row))).collect()
}

/// What this person prepared for others, however it ended; the newest first.
pub async fn sent(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Prepared>> {
    let rows = drafts!(
        "where d.prepared_by = $1 and d.recipient_id <> $1 order by d.prepared_at desc, d.id desc limit 200",
        person.0
    );
    rows.fetch_all(conn).await?.into_iter().map(|row| Ok(prepared!(row))).collect()
}

/// Open drafts whose last day is over.
pub async fn overdue(conn: &mut PgConnection, today: NaiveDate) -> Result<Vec<Prepared>> {
    let rows = drafts!("where d.state = 'open' and d.expires_on < $1 order by d.id", today);
    rows.fetch_all(conn).await?.into_iter().map(|row| Ok(prepared!(row))).collect()
}

/// A new draft; false where its id or its occasion is taken.
pub async fn insert(conn: &mut PgConnection, new: &Prepared, occasion: Option<&str>) -> Result<bool> {
    let typed = pairs(&new.typed)?;
    let done = sqlx::query!(
        "insert into prepared_draft (id, kind, prepared_by, recipient_id, typed, about, note, why, occasion, prepared_at, expires_on, due_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict do nothing",
        new.id,
        new.kind,
        new.prepared_by.map(|person| person.0),
        new.recipient.0,
        typed,
        new.about,
        new.note,
        new.why,
        occasion,
        new.prepared_at,
        new.expires_on,
        new.due_on,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes what was typed since; the days begin anew.
pub async fn rewrite(conn: &mut PgConnection, id: Uuid, typed: &Typed, about: &str, until: NaiveDate) -> Result<u64> {
    let typed = pairs(typed)?;
    let done = sqlx::query!(
        "update prepared_draft set typed = $2, about = $3, expires_on = $4 where id = $1 and state = 'open'",
        id,
        typed,
        about,
        until,
    );
    Ok(done.execute(conn).await?.rows_affected())
}

/// Ends a draft.
pub async fn close(
    conn: &mut PgConnection,
    id: Uuid,
    state: State,
    reason: &str,
    request: Option<Uuid>,
    at: DateTime<Utc>,
) -> Result<u64> {
    let done = sqlx::query!(
        "update prepared_draft set state = $2, reason = $3, request_id = $4, closed_at = $5 where id = $1 and state = 'open'",
        id,
        state as State,
        reason,
        request,
        at,
    );
    Ok(done.execute(conn).await?.rows_affected())
}

/// Who prepared a request that somebody else filed.
pub async fn preparer(conn: &mut PgConnection, request: Uuid) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!("select preparer_of_request($1) as person", request).fetch_one(conn).await?)
}

fn pairs(typed: &Typed) -> Result<serde_json::Value> {
    let pairs: Vec<(&str, &str)> = typed.pairs().collect();
    Ok(serde_json::to_value(pairs).map_err(anyhow::Error::from)?)
}
