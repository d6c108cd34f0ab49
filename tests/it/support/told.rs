//! What people were told, whether by mail or not.
use chrono::{DateTime, Utc};
use mamori::web::notices::in_mail;
use sqlx::Row as _;

use super::portal::Portal;

/// What somebody was told (お知らせ).
#[derive(Debug, Clone)]
pub struct Told {
    pub kind: String,
    /// the address of whoever was told
    pub mail: String,
    /// in the words of a mail
    pub said: String,
    pub href: Option<String>,
    pub at: DateTime<Utc>,
    /// settled by what happened since
    pub over: bool,
}

impl Portal {
    /// What people were told of this kind, in the order in which they were told.
    pub async fn told(&self, kind: &str) -> Vec<Told> {
        let sql = "select n.kind, coalesce(p.mail, '') as mail, n.said, n.said_with, n.href, n.created_at, n.over_at is not null as over
                     from notice n join person p on p.id = n.person_id
                    where n.kind like $1 order by n.created_at, n.id";
        let rows = sqlx::query(sql).bind(kind).fetch_all(&mut self.superuser().await).await.unwrap();
        let told = |row: &sqlx::postgres::PgRow| {
            let values: Vec<(String, String)> = serde_json::from_value(row.get("said_with")).unwrap();
            let values = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            Told {
                kind: row.get("kind"),
                mail: row.get("mail"),
                said: in_mail(row.get("said"), values),
                href: row.get("href"),
                at: row.get("created_at"),
                over: row.get("over"),
            }
        };
        rows.iter().map(told).collect()
    }
}
