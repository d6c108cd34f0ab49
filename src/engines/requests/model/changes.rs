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

/// A line that was worked on already, as a preview of the rest needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkedLine {
    pub no: u16,
    /// Carried out, or left out with a reason.
    pub done: bool,
    /// The row that came of it.
    pub row: Option<RowLink>,
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
    /// 受付と同時に停止: nobody approves, and nobody has to work for it.
    StoppedOnReceipt,
    /// 変化なし
    Unchanged,
    /// 参考: what is shown beside the request, and compared with nothing.
    Facts,
    /// 実施済: the line was carried out while others are still open.
    Done,
    /// 実施せず: the line was left out, the row stays as it was.
    Left,
}

impl RowKind {
    /// The word of the catalogue.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "requests-row-added",
            Self::Changed => "requests-row-changed",
            Self::Stopped => "requests-row-stopped",
            Self::StoppedOnReceipt => "requests-row-stopped-on-receipt",
            Self::Unchanged => "requests-row-unchanged",
            Self::Facts => "requests-row-facts",
            Self::Done => "requests-row-done",
            Self::Left => "requests-row-left",
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
    /// The same for somebody who cannot open the rows: their names alone.
    #[must_use]
    pub fn unlinked(mut self) -> Self {
        for link in self.rows.iter_mut().filter_map(|row| row.row.as_mut()) {
            link.href.clear();
        }
        self
    }

    /// The same once some lines are worked on: their rows say what became of them instead of what will, with the row of
    /// the ledger that came of it, and that row does not stand a second time among those shown for comparison.
    #[must_use]
    pub fn after(mut self, worked: &[WorkedLine]) -> Self {
        let written = |row: &RowChange| {
            row.line.is_none() && worked.iter().any(|line| line.row.is_some() && line.row.as_ref() == row.row.as_ref())
        };
        self.rows.retain(|row| !written(row));
        for row in &mut self.rows {
            let Some(line) = worked.iter().find(|line| row.line == Some(line.no)) else { continue };
            row.kind = if line.done { RowKind::Done } else { RowKind::Left };
            row.row = line.row.clone().or_else(|| row.row.take());
            for cell in &mut row.cells {
                if line.done {
                    cell.before.clone_from(&cell.after);
                } else {
                    cell.after.clone_from(&cell.before);
                }
            }
        }
        self
    }

    /// The rows that one line changes.
    pub fn of_line(&self, line: u16) -> impl Iterator<Item = &RowChange> {
        self.rows.iter().filter(move |row| row.line == Some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(label: &str) -> RowLink {
        RowLink { label: label.into(), href: format!("/ledgers/accounts/{label}") }
    }

    fn row(line: Option<u16>, kind: RowKind, at: Option<&str>) -> RowChange {
        let cells = vec![CellChange { column: "rights".into(), before: None, after: Some(Words::plain("参照")) }];
        RowChange { line, ledger: "accounts".into(), row: at.map(link), what: "x".into(), kind, cells }
    }

    #[test]
    fn a_line_that_is_done_says_so_and_its_row_stands_there_once() {
        let plan = ChangeSet {
            rows: vec![
                row(Some(1), RowKind::Added, None),
                row(Some(2), RowKind::Added, None),
                row(Some(3), RowKind::Added, None),
                row(None, RowKind::Unchanged, Some("new")),
                row(None, RowKind::Unchanged, Some("old")),
            ],
        };
        let worked =
            [WorkedLine { no: 1, done: true, row: Some(link("new")) }, WorkedLine { no: 2, done: false, row: None }];
        let after = plan.after(&worked);
        let kinds: Vec<(Option<u16>, RowKind)> = after.rows.iter().map(|row| (row.line, row.kind)).collect();
        assert_eq!(
            kinds,
            [(Some(1), RowKind::Done), (Some(2), RowKind::Left), (Some(3), RowKind::Added), (None, RowKind::Unchanged),]
        );
        assert_eq!(after.rows[0].row, Some(link("new")));
        assert_eq!(after.rows[3].row, Some(link("old")));
        assert!(!after.rows[0].cells[0].differs() && !after.rows[1].cells[0].differs());
        assert!(after.rows[2].cells[0].differs());
    }
}
