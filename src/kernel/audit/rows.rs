//! Digests of rows (要約値): what the events say that ledgers, decisions and rights look like, held against what the
//! database holds now. A row that somebody edited, removed or put in past the portal is named.
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::proof::{Tampering, Verifier};

/// The digest of one row after a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// schema and table
    #[serde(rename = "t")]
    pub relation: String,
    /// in which shape the table was then
    #[serde(rename = "s")]
    pub shape: i32,
    /// which row
    #[serde(rename = "k")]
    pub key: String,
    /// SHA-256 of its content, in hex; `-`: the row was removed
    #[serde(rename = "d")]
    pub digest: String,
}

/// Reads what the triggers noted in a transaction; of several changes of a row the last one counts.
#[must_use]
pub fn noted(text: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for row in text.lines().filter_map(row) {
        match places.get(&(row.relation.clone(), row.key.clone())).and_then(|at| rows.get_mut(*at)) {
            Some(before) => *before = row,
            None => {
                places.insert((row.relation.clone(), row.key.clone()), rows.len());
                rows.push(row);
            }
        }
    }
    rows
}

fn row(line: &str) -> Option<Row> {
    let mut parts = line.splitn(4, ' ');
    let (relation, shape, digest) = (parts.next()?, parts.next()?, parts.next()?);
    let key = parts.next().unwrap_or_default();
    Some(Row {
        relation: relation.to_owned(),
        shape: shape.parse().ok()?,
        key: key.to_owned(),
        digest: digest.to_owned(),
    })
}

/// The last word of the log on each row.
#[derive(Debug, Default)]
pub struct Ledger {
    last: HashMap<String, HashMap<Box<str>, Last>>,
}

#[derive(Debug)]
struct Last {
    seq: i64,
    shape: i32,
    digest: Option<super::proof::Hash>,
    /// the row is there
    seen: bool,
}

impl Ledger {
    /// Enters what the event at this place of the chain says; events may come in any order.
    pub fn enter(&mut self, seq: i64, rows: Vec<Row>) {
        for row in rows {
            let digest = super::unhex(&row.digest).and_then(|bytes| bytes.try_into().ok());
            let known = self.last.entry(row.relation).or_default();
            match known.get_mut(row.key.as_str()) {
                Some(last) if last.seq > seq => {}
                Some(last) => *last = Last { seq, shape: row.shape, digest, seen: false },
                None => {
                    known.insert(row.key.into_boxed_str(), Last { seq, shape: row.shape, digest, seen: false });
                }
            }
        }
    }
}

/// Compares each table under seal, as it is in this transaction, with the last word of the log.
pub(super) async fn reconcile(
    conn: &mut PgConnection,
    mut ledger: Ledger,
    verifier: &mut Verifier,
) -> anyhow::Result<()> {
    let shapes = sqlx::query!(
        "select relation, array_agg(no order by no) as \"nos!\" from audit.shape group by relation order by relation"
    );
    let mut compared = 0;
    for sealed in shapes.fetch_all(&mut *conn).await? {
        let mut known = ledger.last.remove(&sealed.relation).unwrap_or_default();
        let newest = sealed.nos.last().copied().unwrap_or_default();
        for shape in sealed.nos {
            if shape != newest && !known.values().any(|last| last.shape == shape) {
                continue;
            }
            compared += compare(conn, &sealed.relation, shape, shape == newest, &mut known, verifier).await?;
        }
        for (key, last) in known.into_iter().filter(|(_, last)| last.digest.is_some() && !last.seen) {
            verifier.found(Some(last.seq), None, Tampering::RowDeleted, format!("{} {key}", sealed.relation));
        }
    }
    compared += super::evidence::reconcile(conn, verifier).await?;
    verifier.rows_compared(compared);
    Ok(())
}

/// One pass over a table in one shape; rows are marked as seen.
async fn compare(
    conn: &mut PgConnection,
    relation: &str,
    shape: i32,
    newest: bool,
    known: &mut HashMap<Box<str>, Last>,
    verifier: &mut Verifier,
) -> anyhow::Result<u64> {
    use futures::TryStreamExt as _;
    let rows = sqlx::query!(
        r#"select row_key as "key!", digest as "digest!" from sealed_rows($1::text::regclass, $2)"#,
        relation,
        shape
    );
    let mut rows = rows.fetch(conn);
    let mut compared = 0;
    while let Some(row) = rows.try_next().await? {
        match known.get_mut(row.key.as_str()) {
            Some(last) if last.shape == shape => {
                compared += 1;
                last.seen = true;
                if last.digest.is_none_or(|digest| digest[..] != row.digest) {
                    let (seq, place) = (last.seq, format!("{relation} {}", row.key));
                    verifier.found(Some(seq), None, Tampering::RowChanged, place);
                }
            }
            // sealed in another shape: seen in its own pass
            Some(_) => {}
            None if newest => verifier.found(None, None, Tampering::RowUnknown, format!("{relation} {}", row.key)),
            None => {}
        }
    }
    Ok(compared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_change_of_a_row_counts() {
        let rows = noted("public.account 1 aa 7\npublic.post 1 bb 7\npublic.account 1 cc 7\n");
        let told: Vec<_> = rows.iter().map(|row| (row.relation.as_str(), row.digest.as_str())).collect();
        assert_eq!(told, [("public.account", "cc"), ("public.post", "bb")]);
    }

    #[test]
    fn a_key_may_hold_blanks_and_nothing_noted_is_nothing() {
        assert_eq!(noted(""), []);
        assert_eq!(noted("public.t 2 - a b/c")[0].key, "a b/c");
    }
}
