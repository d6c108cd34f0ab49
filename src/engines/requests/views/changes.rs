//! What changes, as a reader sees it: the rows of ledgers that a request writes (before → after), and where a new round of it
//! differs from the one before.
use super::say;
use crate::engines::requests::model::{ChangeSet, Difference, RowKind, Words};
use crate::web::locale::Words as Catalogue;

/// A ledger row, before → after.
#[derive(Debug, Clone)]
pub struct RowView {
    pub ledger: String,
    pub label: String,
    pub href: String,
    pub what: String,
    pub word: String,
    pub changes: bool,
    pub cells: Vec<CellView>,
}

/// One column of a ledger row, before → after.
#[derive(Debug, Clone)]
pub struct CellView {
    pub column: String,
    pub before: String,
    pub after: String,
    pub differs: bool,
}

/// The rows of a plan in the reader's language.
#[must_use]
pub fn rows(w: Catalogue, plan: &ChangeSet) -> Vec<RowView> {
    let text = |words: &Option<Words>| words.as_ref().map(|words| say(w, words)).unwrap_or_default();
    plan.rows
        .iter()
        .map(|row| RowView {
            ledger: w.t(&row.ledger).into_owned(),
            label: row.row.as_ref().map(|link| link.label.clone()).unwrap_or_default(),
            href: row.row.as_ref().map(|link| link.href.clone()).unwrap_or_default(),
            what: row.what.clone(),
            word: w.t(row.kind.word()).into_owned(),
            changes: row.line.is_some() && !matches!(row.kind, RowKind::Done | RowKind::Left),
            cells: row
                .cells
                .iter()
                .map(|cell| CellView {
                    column: w.t(&cell.column).into_owned(),
                    before: text(&cell.before),
                    after: text(&cell.after),
                    differs: cell.differs(),
                })
                .collect(),
        })
        .collect()
}

/// 旧 → 新
#[derive(Debug, Clone)]
pub struct DifferenceView {
    pub label: String,
    pub before: String,
    pub after: String,
}

/// Differences in the reader's language.
#[must_use]
pub fn differences(w: Catalogue, found: &[Difference]) -> Vec<DifferenceView> {
    let join = |lines: &[Words]| {
        let lines: Vec<String> = lines.iter().map(|line| say(w, line)).collect();
        if lines.is_empty() { "—".to_owned() } else { lines.join(&w.t("web-list-comma")) }
    };
    found
        .iter()
        .map(|difference| DifferenceView {
            label: say(w, &difference.label),
            before: join(&difference.before),
            after: join(&difference.after),
        })
        .collect()
}
