//! The views that a person keeps for a ledger (私の保存).
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::kernel::ids::PersonId;

/// A kept view.
#[derive(Debug, Clone)]
pub struct KeptView {
    /// its id
    pub id: Uuid,
    /// its name
    pub name: String,
    /// filters and order, as the address holds them
    pub query: String,
}

/// The views this person keeps for a ledger.
pub async fn list_views(conn: &mut PgConnection, person: PersonId, ledger: &str) -> sqlx::Result<Vec<KeptView>> {
    sqlx::query_as!(
        KeptView,
        "select id, name, query
           from ledger_view
          where person_id = $1
            and ledger = $2
          order by created_at, id",
        person.0,
        ledger,
    )
    .fetch_all(conn)
    .await
}

/// Keeps a view.
pub async fn insert_view(
    conn: &mut PgConnection,
    view: &KeptView,
    person: PersonId,
    ledger: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into ledger_view (id, person_id, ledger, name, query, created_at) values ($1, $2, $3, $4, $5, $6)",
        view.id,
        person.0,
        ledger,
        view.name,
        view.query,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a view; only one's own.
pub async fn delete_view(conn: &mut PgConnection, id: Uuid, person: PersonId, ledger: &str) -> sqlx::Result<u64> {
    let done =
        sqlx::query!("delete from ledger_view where id = $1 and person_id = $2 and ledger = $3", id, person.0, ledger)
            .execute(conn)
            .await?;
    Ok(done.rows_affected())
}
