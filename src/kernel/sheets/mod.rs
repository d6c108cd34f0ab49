//! Tables that come as files of other people's making (CSV, Excel): read by a process of its own, with limits on what it
//! may use, so that a hostile file ends that process and never the portal.
//!
//! `child` is what runs there, `parse` the reading itself; here a file is handed over and its cells are taken back.
pub mod child;
mod parse;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

/// No file is larger.
pub const LARGEST_FILE: usize = 20 * 1024 * 1024;
/// Rows of one table.
pub const ROWS: usize = 50_000;
/// Columns of one table.
pub const COLUMNS: usize = 100;
/// Characters of one cell, as spreadsheets have it.
pub const CELL: usize = 32_767;
/// What the reader may answer in all.
const ANSWER: u64 = 64 * 1024 * 1024;
/// Readers at the same time: each may take half a gigabyte.
static READERS: Semaphore = Semaphore::const_new(2);

/// Why a file was not read, in words for the one who chose it (`sheet-…` in the catalogue).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[error("the file cannot be read: {self:?}")]
pub enum Unreadable {
    /// nothing is in it
    Empty,
    /// more than 20 MiB
    TooLarge,
    /// neither text nor a workbook
    NoTable,
    /// .xls of before 2007, or protected by a password
    OldOrLocked,
    /// the workbook is broken
    Broken,
    /// unpacked it is far larger than any list
    Packed,
    /// more than 50,000 rows
    TooManyRows,
    /// more than 100 columns
    TooManyColumns,
    /// the reader ran out of memory or time
    TooHard,
    /// the reader could not be started at all
    NoReader,
}

impl Unreadable {
    /// The key of its sentence in the catalogue.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Empty => "sheet-empty",
            Self::TooLarge => "sheet-too-large",
            Self::NoTable => "sheet-no-table",
            Self::OldOrLocked => "sheet-old-or-locked",
            Self::Broken => "sheet-broken",
            Self::Packed => "sheet-packed",
            Self::TooManyRows => "sheet-too-many-rows",
            Self::TooManyColumns => "sheet-too-many-columns",
            Self::TooHard => "sheet-too-hard",
            Self::NoReader => "sheet-no-reader",
        }
    }
}

/// One row with at least one cell that is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// its number in the file, from 1
    pub no: u32,
    /// its cells, from column A
    pub cells: Vec<String>,
}

impl Row {
    /// A cell's text; what is not there is empty.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// What the child says, one line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Row(Row),
    Refused(Unreadable),
    /// all of it was said
    End,
}

/// The name of a cell as spreadsheets show it: `C12`.
#[must_use]
pub fn address(column: usize, row: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect::<String>() + &row.to_string()
}

/// Reads the first sheet of a file in a process of its own. `patience` is for the one who waits; the reader itself has its
/// own limits.
///
/// # Errors
/// [`Unreadable`]: why not.
pub async fn read(program: &Path, file: &[u8], patience: Duration) -> Result<Vec<Row>, Unreadable> {
    if file.is_empty() {
        return Err(Unreadable::Empty);
    }
    if file.len() > LARGEST_FILE {
        return Err(Unreadable::TooLarge);
    }
    let reading = async {
        let _seat = READERS.acquire().await.map_err(|_| Unreadable::NoReader)?;
        ask(program, file).await
    };
    tokio::time::timeout(patience, reading).await.unwrap_or(Err(Unreadable::TooHard))
}

async fn ask(program: &Path, file: &[u8]) -> Result<Vec<Row>, Unreadable> {
    let child = Command::new(program)
        .arg(child::NAME)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut child = child.map_err(|error| {
        tracing::error!(%error, "the reader of files does not start");
        Unreadable::NoReader
    })?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Unreadable::NoReader);
    };
    let mut answer = Vec::new();
    let hand_over = async {
        // a reader that has seen enough closes its end
        let _ = input.write_all(file).await;
        drop(input);
    };
    let mut capped = output.take(ANSWER + 1);
    let take_back = capped.read_to_end(&mut answer);
    let ((), taken) = tokio::join!(hand_over, take_back);
    if taken.is_err() || answer.len() as u64 > ANSWER {
        return Err(Unreadable::TooHard);
    }
    let ended = child.wait().await.map_err(|_| Unreadable::TooHard)?;
    tracing::debug!(?ended, bytes = answer.len(), "a file was read");
    understand(&answer)
}

/// An answer that does not end properly is that of a reader that was stopped by its limits.
fn understand(answer: &[u8]) -> Result<Vec<Row>, Unreadable> {
    let mut rows = Vec::new();
    for line in answer.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(Said::Row(row)) => rows.push(row),
            Ok(Said::Refused(why)) => return Err(why),
            Ok(Said::End) => return if rows.is_empty() { Err(Unreadable::Empty) } else { Ok(rows) },
            Err(_) => return Err(Unreadable::TooHard),
        }
    }
    Err(Unreadable::TooHard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_called_as_in_a_spreadsheet() {
        assert_eq!(
            [address(0, 1), address(2, 12), address(25, 3), address(26, 3), address(99, 50_000)],
            ["A1", "C12", "Z3", "AA3", "CV50000"]
        );
    }

    #[test]
    fn an_answer_that_was_cut_off_is_no_answer() {
        let row = b"{\"row\":{\"no\":1,\"cells\":[\"a\"]}}\n";
        assert_eq!(understand(row), Err(Unreadable::TooHard));
        assert_eq!(understand(b""), Err(Unreadable::TooHard));
        let whole = [&row[..], b"\"end\"\n"].concat();
        assert_eq!(understand(&whole), Ok(vec![Row { no: 1, cells: vec!["a".to_owned()] }]));
        assert_eq!(understand(b"{\"refused\":\"packed\"}\n"), Err(Unreadable::Packed));
    }
}
