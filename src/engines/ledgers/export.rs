//! Writing a ledger out: CSV that no spreadsheet calculates (UTF-8 with BOM, or CP932 with a list of what it
//! cannot hold) and xlsx with text cells. The same scope as the list, capped, and streamed.
use std::collections::BTreeMap;
use std::io;

use chrono::{DateTime, SecondsFormat, Utc};
use rust_xlsxwriter::{DocProperties, Format as CellFormat, Workbook, XlsxError};

use crate::kernel::clock;
use crate::kernel::text::{encode_cp932, guard_cell};

use super::read::{Row, Value};

/// Rows that one export may hold.
pub const CAP: i64 = 50_000;
/// An export of more rows than these asks for the password again (security.md § 5).
pub const STEP_UP_ABOVE: i64 = 1_000;
/// Longest text a cell of a spreadsheet holds.
const CELL: usize = 32_767;

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CSV, UTF-8 with byte order mark: what Excel opens without asking.
    Csv,
    /// CSV in CP932, for programs that know nothing else.
    CsvCp932,
    /// Excel workbook.
    Xlsx,
}

impl Format {
    /// All formats, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::CsvCp932];

    /// As it stands in a form.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::CsvCp932 => "csv-cp932",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.key() == key)
    }

    /// The type of the file.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::CsvCp932 => "text/csv; charset=Shift_JIS",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The ending of the file's name.
    #[must_use]
    pub fn ending(self) -> &'static str {
        if self == Self::Xlsx { "xlsx" } else { "csv" }
    }
}

/// A character that CP932 cannot hold, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The character.
    pub character: char,
    /// How often.
    pub count: usize,
    /// The first cell that holds it, as 「行, 見出し」 can name it: row from 1, column index.
    pub first: (usize, usize),
    /// That cell's text.
    pub example: String,
}

/// Everything CP932 cannot hold among these cells.
#[derive(Debug, Default)]
pub struct Losses(BTreeMap<char, Lost>, usize);

impl Losses {
    /// Looks through the next row.
    pub fn look(&mut self, cells: &[String]) {
        self.1 += 1;
        for (column, text) in cells.iter().enumerate() {
            for (_, character) in encode_cp932(text).replaced {
                let first = (self.1, column);
                let lost = Lost { character, count: 0, first, example: text.clone() };
                self.0.entry(character).or_insert(lost).count += 1;
            }
        }
    }

    /// What was found, by character.
    #[must_use]
    pub fn into_list(self) -> Vec<Lost> {
        self.0.into_values().collect()
    }
}

/// The words of a row as files hold them: days and moments as ISO 8601, choices in the reader's language.
pub fn texts(row: &Row, say: impl Fn(&'static str) -> String) -> Vec<String> {
    row.cells.iter().map(|(_, value)| text(value, &say)).collect()
}

fn text(value: &Value, say: impl Fn(&'static str) -> String) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::Time(at) => clock::local(*at).to_rfc3339_opts(SecondsFormat::Secs, false),
        Value::Number(number) => number.to_string(),
        Value::Choice(choice) => say(choice.label),
        Value::Tags(tags) => tags.join("、"),
    }
}

/// Some rows of CSV in the bytes of its format. `begin` writes the byte order mark.
pub fn csv(format: Format, rows: &[Vec<String>], begin: bool) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| guard_cell(cell).into_owned()))?;
    }
    let utf8 = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    if format == Format::CsvCp932 {
        return Ok(encode_cp932(&String::from_utf8_lossy(&utf8)).bytes);
    }
    let mark: &[u8] = if begin { "\u{feff}".as_bytes() } else { &[] };
    Ok([mark, &utf8].concat())
}

/// A workbook of one sheet; every cell is text, so that nothing is calculated and no zero is lost.
pub fn xlsx(title: &str, heads: &[String], rows: &[Vec<String>], made: DateTime<Utc>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let stamp = rust_xlsxwriter::ExcelDateTime::from_timestamp(clock::local(made).naive_local().and_utc().timestamp())?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&stamp));
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(title))?;
    let head = CellFormat::new().set_bold();
    let plain = CellFormat::new().set_num_format("@");
    for (column, words) in (0u16..).zip(heads) {
        sheet.write_string_with_format(0, column, words, &head)?;
    }
    for (line, row) in (1u32..).zip(rows) {
        for (column, words) in (0u16..).zip(row) {
            sheet.write_string_with_format(line, column, words.chars().take(CELL).collect::<String>(), &plain)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Some(last), false) = (u16::try_from(heads.len()).ok().and_then(|n| n.checked_sub(1)), rows.is_empty()) {
        sheet.autofilter(0, 0, u32::try_from(rows.len()).unwrap_or(u32::MAX), last)?;
    }
    sheet.autofit();
    book.save_to_buffer()
}

/// Spreadsheets take 31 characters for a sheet's name, and not these.
fn sheet_name(title: &str) -> String {
    let name: String = title.chars().filter(|c| !r"[]:*?/\'".contains(*c)).take(31).collect();
    if name.is_empty() { "Sheet1".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _, Xlsx};

    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn no_cell_of_a_csv_is_calculated() {
        let bytes = csv(Format::Csv, &[row(&["=1+1", "＝A1", "@x", "-2", "普通, の\"語\""])], true).expect("memory");
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert_eq!(text, "\u{feff}'=1+1,'＝A1,'@x,'-2,\"普通, の\"\"語\"\"\"\r\n");
    }

    #[test]
    fn the_mark_stands_only_at_the_beginning() {
        let bytes = csv(Format::Csv, &[row(&["a"])], false).expect("memory");
        assert_eq!(bytes, b"a\r\n");
    }

    #[test]
    fn cp932_is_written_and_what_it_cannot_hold_is_listed() {
        let bytes = csv(Format::CsvCp932, &[row(&["〜髙", "𠮷野"])], true).expect("memory");
        assert_eq!(encoding_rs::SHIFT_JIS.decode(&bytes).0, "～髙,〓野\r\n");
        let mut losses = Losses::default();
        losses.look(&row(&["ふつう", "髙"]));
        losses.look(&row(&["𠮷野 𠮷子", "—"]));
        let list = losses.into_list();
        assert_eq!(list, [Lost { character: '𠮷', count: 2, first: (2, 0), example: "𠮷野 𠮷子".into() }]);
    }

    #[test]
    fn a_workbook_holds_text_and_keeps_leading_zeros() {
        let bytes =
            xlsx("台帳[1]", &row(&["番号", "式"]), &[row(&["00123", "=1+1"])], DateTime::UNIX_EPOCH).expect("workbook");
        let mut book = Xlsx::new(io::Cursor::new(bytes)).expect("opens");
        let sheet = book.worksheet_range("台帳1").expect("named sheet");
        assert_eq!(sheet.get_value((1, 0)), Some(&Data::String("00123".into())));
        assert_eq!(sheet.get_value((1, 1)), Some(&Data::String("=1+1".into())));
    }
}
