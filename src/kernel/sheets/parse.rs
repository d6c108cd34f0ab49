//! Cells out of a file: CSV or TSV in UTF-8, UTF-16 or CP932, or the first sheet of an Excel workbook, cell by cell and
//! never by what the workbook says of its own size.
use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx, open_workbook_from_rs};

use super::{CELL, COLUMNS, ROWS, Row, Unreadable};
use crate::kernel::text::{decode_any, unguard_cell};

/// Entries of a workbook's archive.
const ENTRIES: usize = 1_000;
/// All of them unpacked.
const UNPACKED: u64 = 200 * 1024 * 1024;
/// How much larger an entry may become by unpacking it.
const RATIO: u64 = 100;
/// Small entries may be packed as tightly as they like.
const SMALL: u64 = 1024 * 1024;

type Take<'a> = &'a mut dyn FnMut(Row) -> Result<(), Unreadable>;

/// Hands over every row in which something stands.
pub(super) fn rows(file: &[u8], take: Take<'_>) -> Result<(), Unreadable> {
    match file {
        [] => Err(Unreadable::Empty),
        [b'P', b'K', 3, 4, ..] => workbook(file, take),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(Unreadable::OldOrLocked),
        _ => text(file, take),
    }
}

/// A row is full: its limits are looked at, and it goes out if anything stands in it.
fn give(no: usize, mut cells: Vec<String>, take: Take<'_>) -> Result<(), Unreadable> {
    while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    if cells.is_empty() {
        return Ok(());
    }
    if no > ROWS {
        return Err(Unreadable::TooManyRows);
    }
    if cells.len() > COLUMNS {
        return Err(Unreadable::TooManyColumns);
    }
    if cells.iter().any(|cell| cell.chars().count() > CELL) {
        return Err(Unreadable::TooHard);
    }
    take(Row { no: u32::try_from(no).unwrap_or(u32::MAX), cells })
}

fn text(file: &[u8], take: Take<'_>) -> Result<(), Unreadable> {
    let (text, _) = decode_any(file);
    let stray = |c: char| c == char::REPLACEMENT_CHARACTER || (c.is_control() && !matches!(c, '\r' | '\n' | '\t'));
    if text.contains(stray) {
        return Err(Unreadable::NoTable);
    }
    let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(Unreadable::Empty)?;
    let count = |mark: char| first.chars().filter(|c| *c == mark).count();
    let delimiter = if count('\t') > count(',') { b'\t' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut no = 0;
    while reader.read_record(&mut record).map_err(|_| Unreadable::NoTable)? {
        let begins = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(usize::MAX));
        no += 1 + empty_lines(text.as_bytes(), begins);
        let cells = record.iter().map(|cell| unguard_cell(cell).to_owned()).collect();
        give(no, cells, take)?;
    }
    Ok(())
}

/// The empty lines before a record: the row is numbered as people count it, and a line break within a cell is no row.
fn empty_lines(text: &[u8], begins: usize) -> usize {
    let (before, after) = text.split_at(begins.min(text.len()));
    let gap = after.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).collect::<Vec<_>>();
    let lines = gap.iter().filter(|byte| ***byte == b'\n').count();
    // the second half of the line end before
    let rest = before.last() == Some(&b'\r') && gap.first() == Some(&&b'\n');
    lines - usize::from(rest)
}

/// The archive as it really unpacks, whatever its directory says.
fn unpacks(file: &[u8]) -> Result<(), Unreadable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).map_err(|_| Unreadable::Broken)?;
    if archive.len() > ENTRIES {
        return Err(Unreadable::Packed);
    }
    let mut all = 0_u64;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|_| Unreadable::Broken)?;
        if entry.encrypted() {
            return Err(Unreadable::OldOrLocked);
        }
        let packed = entry.compressed_size().max(1);
        let most = (UNPACKED - all).min(packed.saturating_mul(RATIO).max(SMALL));
        let unpacked =
            std::io::copy(&mut entry.take(most + 1), &mut std::io::sink()).map_err(|_| Unreadable::Broken)?;
        if unpacked > most {
            return Err(Unreadable::Packed);
        }
        all += unpacked;
    }
    Ok(())
}

fn workbook(file: &[u8], take: Take<'_>) -> Result<(), Unreadable> {
    unpacks(file)?;
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(file)).map_err(|_| Unreadable::Broken)?;
    let name = book.sheet_names().first().cloned().ok_or(Unreadable::Empty)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| Unreadable::Broken)?;
    let mut row = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(|_| Unreadable::Broken)? {
        let (line, column) = cell.get_position();
        let (no, column) = (as_size(line) + 1, as_size(column));
        if no != row.0 {
            if no < row.0 {
                return Err(Unreadable::Broken);
            }
            give(row.0, std::mem::take(&mut row.1), take)?;
            row.0 = no;
        }
        let words = words(cell.get_value());
        if words.is_empty() {
            continue;
        }
        if column >= COLUMNS {
            return Err(Unreadable::TooManyColumns);
        }
        if row.1.len() <= column {
            row.1.resize(column + 1, String::new());
        }
        if let Some(place) = row.1.get_mut(column) {
            *place = words;
        }
    }
    give(row.0, row.1, take)
}

fn as_size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What a person reads in the cell; a day as 2026-04-01, a number without what arithmetic adds to it.
fn words(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => match moment.as_datetime().filter(|_| moment.is_datetime()) {
            Some(at) if at.time() == chrono::NaiveTime::MIN => at.date().to_string(),
            Some(at) => at.to_string(),
            None => moment.as_f64().to_string(),
        },
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::text::encode_cp932;

    fn read(file: &[u8]) -> Result<Vec<Row>, Unreadable> {
        let mut all = Vec::new();
        rows(file, &mut |row| {
            all.push(row);
            Ok(())
        })
        .map(|()| all)
    }

    fn cells(row: &Row) -> Vec<&str> {
        row.cells.iter().map(String::as_str).collect()
    }

    #[test]
    fn text_is_read_in_every_encoding_with_either_mark() {
        let text = "職員番号,氏名\r\n001001,髙田 美咲\r\n\r\n001002,\"佐藤\n直樹\"\r\n001003,伊藤\r\n";
        let tabs = text.replace(',', "\t");
        let with_mark = [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat();
        for file in [text.as_bytes().to_vec(), with_mark, encode_cp932(text).bytes, tabs.into_bytes()] {
            let rows = read(&file).unwrap();
            assert_eq!(rows.iter().map(|row| row.no).collect::<Vec<_>>(), [1, 2, 4, 5]);
            assert_eq!(cells(&rows[1]), ["001001", "髙田 美咲"]);
        }
    }

    #[test]
    fn a_guard_is_taken_off_once() {
        let rows = read("a,b\n'=1+1,''=x\n".as_bytes()).unwrap();
        assert_eq!(cells(&rows[1]), ["=1+1", "'=x"]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(read(b"\x89PNG\r\n\x1a\n\x00\x00"), Err(Unreadable::NoTable));
        assert_eq!(read(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1]), Err(Unreadable::OldOrLocked));
        assert_eq!(read(b"PK\x03\x04broken"), Err(Unreadable::Broken));
        assert_eq!(read(b" \n \n"), Err(Unreadable::Empty));
    }

    #[test]
    fn too_wide_and_too_long_tables_are_refused() {
        assert_eq!(read(vec!["x"; 101].join(",").as_bytes()), Err(Unreadable::TooManyColumns));
        assert_eq!(read("x\n".repeat(50_001).as_bytes()), Err(Unreadable::TooManyRows));
        assert_eq!(read("x\n".repeat(50_000).as_bytes()).unwrap().len(), 50_000);
    }

    #[test]
    fn a_workbook_gives_what_a_person_reads() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let day = rust_xlsxwriter::Format::new().set_num_format("yyyy/mm/dd");
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "職員番号").unwrap();
        sheet.write_string(2, 0, "001001").unwrap();
        sheet.write_number(2, 1, 1002).unwrap();
        let joined = chrono::NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
        sheet.write_datetime_with_format(2, 2, joined, &day).unwrap();
        let rows = read(&book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(rows.iter().map(|row| row.no).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(cells(&rows[1]), ["001001", "1002", "2026-04-01"]);
    }
}
