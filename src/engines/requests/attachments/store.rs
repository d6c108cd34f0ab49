//! The SQL of files.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::engines::requests::model::FileRef;
use crate::kernel::audit::hex;
use crate::kernel::error::Result;
use crate::kernel::files::Media;
use crate::kernel::ids::PersonId;

/// A file on its way in.
#[derive(Debug)]
pub struct New<'a> {
    pub id: Uuid,
    pub kind: &'a str,
    pub field: &'a str,
    pub by: PersonId,
    pub at: DateTime<Utc>,
    pub name: &'a str,
    pub media: Media,
    pub digest: [u8; 32],
    pub content: &'a [u8],
}

/// A file as it is kept.
#[derive(Debug)]
pub struct Stored {
    pub id: Uuid,
    pub name: String,
    pub media: Media,
    pub digest: Vec<u8>,
    /// The request that it belongs to by now.
    pub request: Option<Uuid>,
}

/// Takes a file in.
pub async fn insert(conn: &mut PgConnection, new: &New<'_>) -> Result<()> {
    sqlx::query!(
        "insert into attachment (id, kind, field, uploaded_by, uploaded_at, name, media, size, digest)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id,
        new.kind,
        new.field,
        new.by.0,
        new.at,
        new.name,
        new.media.key(),
        i64::try_from(new.content.len()).unwrap_or(i64::MAX),
        new.digest.as_slice(),
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("insert into attachment_content (attachment_id, content) values ($1, $2)", new.id, new.content)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many files of somebody wait to be filed, and how large they are together.
pub async fn waiting(conn: &mut PgConnection, person: PersonId) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select count(*) as "files!", coalesce(sum(size), 0)::bigint as "bytes!"
             from attachment where uploaded_by = $1 and request_id is null"#,
        person.0,
    );
    let row = row.fetch_one(conn).await?;
    Ok((row.files, row.bytes))
}

/// The files of these that a question of a form may name: those that wait for one, and those of the very request that is mended. In the
/// order in which they came.
pub async fn offered(
    conn: &mut PgConnection,
    (kind, field): (&str, &str),
    request: Uuid,
    ids: &[Uuid],
) -> Result<Vec<FileRef>> {
    let rows = sqlx::query!(
        "select id, name, size, digest
           from attachment
          where id = any($1)
            and kind = $2
            and field = $3
            and (request_id is null or request_id = $4)
          order by id",
        ids,
        kind,
        field,
        request,
    );
    let rows = rows.fetch_all(conn).await?;
    let file =
        |id, name, size: i64, digest: &[u8]| FileRef { id, name, size: size.unsigned_abs(), sha256: hex(digest) };
    Ok(rows.into_iter().map(|row| file(row.id, row.name, row.size, &row.digest)).collect())
}

/// From now on these wait with a draft, and no others.
pub async fn keep(conn: &mut PgConnection, draft: Uuid, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "update attachment
            set draft_id = case when id = any($2) then $1::uuid end
          where request_id is null
            and (id = any($2) and draft_id is distinct from $1 or draft_id = $1 and not id = any($2))",
        draft,
        ids,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// From now on these belong to a request; how many of them did not before.
pub async fn file(conn: &mut PgConnection, request: Uuid, ids: &[Uuid]) -> Result<u64> {
    let done =
        sqlx::query!("update attachment set request_id = $1 where id = any($2) and request_id is null", request, ids);
    Ok(done.execute(conn).await?.rows_affected())
}

/// How many of these belong to a request.
pub async fn filed(conn: &mut PgConnection, request: Uuid, ids: &[Uuid]) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "files!" from attachment where request_id = $1 and id = any($2)"#,
        request,
        ids,
    );
    Ok(count.fetch_one(conn).await?)
}

/// A file, if it is in reach.
pub async fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Stored>> {
    let row = sqlx::query!("select id, name, media, digest, request_id from attachment where id = $1", id);
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    let media = Media::from_key(&row.media).ok_or_else(|| anyhow::anyhow!("attachment of an unknown kind"))?;
    Ok(Some(Stored { id: row.id, name: row.name, media, digest: row.digest, request: row.request_id }))
}

/// Its bytes.
pub async fn content(conn: &mut PgConnection, id: Uuid) -> Result<Option<Vec<u8>>> {
    let content = sqlx::query_scalar!("select content from attachment_content where attachment_id = $1", id);
    Ok(content.fetch_optional(conn).await?)
}

/// Throws away what nobody filed: uploaded before then, and named by no draft that lives or ended since then. How many.
pub async fn sweep(conn: &mut PgConnection, (loose, drafts): (DateTime<Utc>, NaiveDate)) -> Result<u64> {
    let gone = sqlx::query!(
        "delete from attachment a
          where a.request_id is null
            and a.uploaded_at < $1
            and not exists (select from prepared_draft d
                             where d.id = a.draft_id and (d.state = 'open' or d.expires_on >= $2))",
        loose,
        drafts,
    );
    Ok(gone.execute(conn).await?.rows_affected())
}
