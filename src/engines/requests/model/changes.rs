//! What a request will do to the ledgers (台帳の変化): shown to those who decide as before → after, and used
//! again when the line is executed, so that what was approved is what happens.
use super::content::Words;
use serde::{Deserialize, Serialize};

/// All rows that a request touches, and those worth seeing beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    pub rows: Vec<RowChange>,
}

/// One ledger row, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowChange {
    /// The line of the request that changes this row; `None` for a row shown for comparison.
    pub line: Option<u16>,
    /// Name of the ledger (message key).
    pub ledger: String,
    /// The row's own number and address; `None` while it does not exist yet.
    pub row: Option<RowLink>,
    /// What the row is about, such as 「住民情報系システム okada.h27」.
    pub what: String,
    pub kind: RowKind,
    pub cells: Vec<CellChange>,
}

/// Where a ledger row is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowLink {
    pub label: String,
    pub href: String,
}

/// What happens to the row as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// 実施時に追加
    Added,
    /// 実施時に変更
    Changed,
    /// 実施時に停止
    Stopped,
    /// 変化なし
    Unchanged,
}

impl RowKind {
    /// The word of the catalogue.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "requests-row-added",
            Self::Changed => "requests-row-changed",
            Self::Stopped => "requests-row-stopped",
            Self::Unchanged => "requests-row-unchanged",
        }
    }
}

/// One column of a row, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellChange {
    /// Column heading (message key).
    pub column: String,
    pub before: Option<Words>,
    pub after: Option<Words>,
}

impl CellChange {
    #[must_use]
    pub fn differs(&self) -> bool {
        self.before != self.after
    }
}

impl ChangeSet {
    /// The rows that one line changes.
    pub fn of_line(&self, line: u16) -> impl Iterator<Item = &RowChange> {
        self.rows.iter().filter(move |row| row.line == Some(line))
    }
}
