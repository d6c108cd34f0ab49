//! お知らせ: what a person is told, a row each. It stands under the bell at once; whether it leaves the house as a mail of its own
//! or waits for the morning's, its cause says, and for what need not be sent the person.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::error::{Message, Result};
use super::ids::PersonId;

crate::id!(
    /// お知らせ
    NoticeId,
);

/// Where PostgreSQL says of whom there is something new.
pub const CHANNEL: &str = "mamori_notice";

/// Under which heading the morning's mail lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// 承認待ち: something waits for this person
    Waiting,
    /// 期限: a day is near or past
    Due,
    /// お知らせ: to know
    News,
}

impl Part {
    /// In the order of the mail.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Due, Self::News];

    /// As the column and the catalogue have it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Due => "due",
            Self::News => "news",
        }
    }

    fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|part| part.key() == key).unwrap_or(Self::News)
    }
}

/// Why a mail does not wait for the morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtOnce {
    /// sign-ins, passwords, the log: nobody can do without it
    Security,
    /// 差戻し・却下
    Return,
    /// 期限超過・催促
    Urgent,
}

impl AtOnce {
    const fn key(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Return => "return",
            Self::Urgent => "urgent",
        }
    }
}

/// A mail of its own.
#[derive(Debug, Clone)]
pub struct Letter {
    /// subject line
    pub subject: String,
    /// plain text: a title and a link built from the configured origin
    pub body: String,
}

/// One notice as its cause describes it.
#[derive(Debug, Clone)]
pub struct Notice {
    pub(super) person: PersonId,
    pub(super) kind: &'static str,
    pub(super) said: Message,
    pub(super) part: Part,
    pub(super) at_once: Option<(AtOnce, Letter)>,
    pub(super) turn: bool,
    pub(super) aside: bool,
    pub(super) href: Option<String>,
    pub(super) entity: &'static str,
    pub(super) entity_id: String,
}

impl Notice {
    /// To whom, of which kind (`request.returned`), in a sentence of the catalogue, about what.
    pub fn new(
        person: PersonId,
        kind: &'static str,
        said: Message,
        (entity, entity_id): (&'static str, impl ToString),
    ) -> Self {
        let entity_id = entity_id.to_string();
        Self {
            person,
            kind,
            said,
            part: Part::News,
            at_once: None,
            turn: false,
            aside: false,
            href: None,
            entity,
            entity_id,
        }
    }

    /// The page of ours that it leads to.
    #[must_use]
    pub fn at(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// The heading under which the morning's mail lists it.
    #[must_use]
    pub const fn under(mut self, part: Part) -> Self {
        self.part = part;
        self
    }

    /// It holds only while the request stays where it is.
    #[must_use]
    pub const fn for_this_turn(mut self) -> Self {
        self.turn = true;
        self
    }

    /// It has a list of its own, and stands in the morning's mail and not under the bell.
    #[must_use]
    pub const fn aside(mut self) -> Self {
        self.aside = true;
        self
    }

    /// It goes out as a mail of its own, at once.
    #[must_use]
    pub fn at_once(mut self, why: AtOnce, letter: Letter) -> Self {
        self.at_once = Some((why, letter));
        self
    }

    pub(super) fn urgency(&self) -> &'static str {
        self.at_once.as_ref().map_or("morning", |(why, _)| why.key())
    }

    pub(super) fn values(&self) -> serde_json::Value {
        self.said.args.iter().map(|(name, value)| serde_json::json!([name, value])).collect()
    }
}

/// A notice as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// id
    pub id: NoticeId,
    /// the sentence of the catalogue, and its values
    pub said: (String, Vec<(String, String)>),
    /// heading
    pub part: Part,
    /// the page it leads to
    pub href: Option<String>,
    /// when
    pub created_at: DateTime<Utc>,
    /// read by the person
    pub read: bool,
    /// settled by what happened since
    pub over: bool,
}

struct Row {
    id: NoticeId,
    said: String,
    said_with: serde_json::Value,
    part: String,
    href: Option<String>,
    created_at: DateTime<Utc>,
    read: bool,
    over: bool,
}

impl From<Row> for Kept {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            said: (row.said, serde_json::from_value(row.said_with).unwrap_or_default()),
            part: Part::from_key(&row.part),
            href: row.href,
            created_at: row.created_at,
            read: row.read,
            over: row.over,
        }
    }
}

/// Where a page of the list begins: among those to be read, or among those that are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// the one before the page is done with
    pub done: bool,
    /// the one before the page
    pub id: NoticeId,
}

/// What somebody was told: what is to be read first, the latest first.
pub async fn list(conn: &mut PgConnection, person: PersonId, after: Option<After>, most: i64) -> Result<Vec<Kept>> {
    let (done, id) = after.map_or((false, None), |after| (after.done, Some(after.id.0)));
    // two index scans, one after the other: a page of what is done asks nothing of what is not
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id!: NoticeId", said as "said!", said_with as "said_with!", part as "part!", href, created_at as "created_at!",
                  read_at is not null as "read!", over_at is not null as "over!"
             from ((select 0 as heap, n.*
                      from notice n
                     where n.person_id = $1 and not aside and not $2 and read_at is null and over_at is null and ($3::uuid is null or n.id < $3)
                     order by n.id desc
                     limit $4)
                   union all
                   (select 1, n.*
                      from notice n
                     where n.person_id = $1 and not aside and (read_at is not null or over_at is not null)
                       and (not $2 or $3::uuid is null or n.id < $3)
                     order by n.id desc
                     limit $4)) notices
            order by heap, id desc
            limit $4"#,
        person.0,
        done,
        id,
        most,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Kept::from).collect())
}

/// Reads one of one's own. `None` when there is none; else where it leads.
pub async fn read(conn: &mut PgConnection, id: NoticeId, now: DateTime<Utc>) -> Result<Option<Option<String>>> {
    let found = sqlx::query_scalar!(
        "update notice set read_at = coalesce(read_at, $2) where id = $1 and person_id = viewer_id() returning href",
        id.0,
        now
    );
    Ok(found.fetch_optional(conn).await?)
}

/// Reads all of one's own up to the one that stood at the top of the page. Returns how many.
pub async fn read_up_to(conn: &mut PgConnection, id: NoticeId, now: DateTime<Utc>) -> Result<u64> {
    let read = sqlx::query!(
        "update notice set read_at = $2 where person_id = viewer_id() and read_at is null and over_at is null and not aside and id <= $1",
        id.0,
        now
    );
    Ok(read.execute(conn).await?.rows_affected())
}

/// What the person who acts was called for is done.
pub async fn settle(conn: &mut PgConnection, kinds: &[&str], entity_id: &str, now: DateTime<Utc>) -> Result<()> {
    let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "update notice set over_at = $3
          where person_id = viewer_id() and kind = any($1) and entity_id = $2 and read_at is null and over_at is null",
        &kinds,
        entity_id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// When somebody was told of this last; of all people where none is named.
pub async fn last_told(
    conn: &mut PgConnection,
    person: Option<PersonId>,
    kind: &str,
    entity_id: &str,
) -> Result<Option<DateTime<Utc>>> {
    let last = sqlx::query_scalar!(
        "select max(created_at) from notice where kind = $1 and entity_id = $2 and ($3::uuid is null or person_id = $3)",
        kind,
        entity_id,
        person.map(|person| person.0),
    );
    Ok(last.fetch_one(conn).await?)
}

/// What a person chose about mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// the morning's mail
    pub digest: bool,
    /// a mail at once of what comes back
    pub returns: bool,
    /// a mail at once of what presses
    pub urgent: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self { digest: true, returns: true, urgent: true }
    }
}

/// What this person chose.
pub async fn choice(conn: &mut PgConnection, person: PersonId) -> Result<Choice> {
    let found =
        sqlx::query_as!(Choice, "select digest, returns, urgent from notice_choice where person_id = $1", person.0);
    Ok(found.fetch_optional(conn).await?.unwrap_or_default())
}

/// Keeps a choice.
pub async fn choose(conn: &mut PgConnection, person: PersonId, choice: Choice, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into notice_choice (person_id, digest, returns, urgent, chosen_at) values ($1, $2, $3, $4, $5)
         on conflict (person_id) do update
            set digest = excluded.digest, returns = excluded.returns, urgent = excluded.urgent, chosen_at = excluded.chosen_at",
        person.0,
        choice.digest,
        choice.returns,
        choice.urgent,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Those for whom the morning's mail has something to say: it was not sent, not read, and still holds.
pub async fn to_gather(conn: &mut PgConnection, today: chrono::NaiveDate) -> Result<Vec<PersonId>> {
    let people = sqlx::query_scalar!(
        r#"select distinct n.person_id as "person!: PersonId"
             from notice n
             join mail_addresses_pub a on a.person_id = n.person_id
            where n.mailed_at is null and n.read_at is null and n.over_at is null
              and a.mail <> '' and (a.last_day is null or a.last_day >= $1)
              and coalesce((select c.digest from notice_choice c where c.person_id = n.person_id), true)"#,
        today
    );
    Ok(people.fetch_all(conn).await?)
}

/// Takes what one of them is to be told, held against other portals, and marks it as sent.
pub async fn gather(conn: &mut PgConnection, person: PersonId, now: DateTime<Utc>) -> Result<Vec<Kept>> {
    let rows = sqlx::query_as!(
        Row,
        r#"update notice
              set mailed_at = $2
            where id in (select id from notice
                          where person_id = $1 and mailed_at is null and read_at is null and over_at is null
                            for update)
              and mailed_at is null
        returning id as "id: NoticeId", said, said_with, part, href, created_at, false as "read!", false as "over!""#,
        person.0,
        now,
    )
    .fetch_all(conn)
    .await?;
    let mut kept: Vec<Kept> = rows.into_iter().map(Kept::from).collect();
    kept.sort_by_key(|notice| (notice.part, notice.id));
    Ok(kept)
}
