//! The Cabinet Office's list of holidays (syukujitsu.csv), as downloaded: CP932, CRLF, one day a line.
use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::typed::{DateError, parse_date};
use crate::kernel::text;

/// Why a file is not the Cabinet Office's list, and where. Nothing of it is taken over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault:?}")]
pub struct CsvProblem {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong there.
    pub fault: CsvFault,
}

/// What is wrong with a line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CsvFault {
    /// The first line does not name a date and a holiday: another file.
    Header,
    /// No line of columns separated by commas.
    Unreadable,
    /// The cell is no date.
    Date(String, DateError),
    /// The day has no name.
    Nameless,
    /// The day stood in the list before.
    Twice(NaiveDate),
    /// The list has no days at all.
    Empty,
    /// A year in the middle or at an end lacks 元日 or 勤労感謝の日: the file was cut off, and the rest of that year's
    /// holidays would be lost.
    YearIncomplete(i32),
}

impl CsvFault {
    /// The end of the fault's key in the message catalogue.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Unreadable => "unreadable",
            Self::Date(..) => "date",
            Self::Nameless => "nameless",
            Self::Twice(_) => "twice",
            Self::Empty => "empty",
            Self::YearIncomplete(_) => "year-incomplete",
        }
    }
}

/// Reads the Cabinet Office's list (国民の祝日・休日), also when Excel has saved it again in another encoding.
///
/// # Errors
/// The first line that cannot be taken over, with its fault.
pub fn parse_cabinet_office_csv(bytes: &[u8]) -> Result<Vec<(NaiveDate, String)>, CsvProblem> {
    // The reader counts a line that ends with CR LF for the one before.
    let content = text::decode_any(bytes).0.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(content.as_bytes());
    let mut days: BTreeMap<NaiveDate, (u64, String)> = BTreeMap::new();
    let (mut last_line, mut header_seen) = (1, false);
    for record in reader.records() {
        let unreadable = |error: csv::Error| CsvProblem {
            line: error.position().map_or(last_line, csv::Position::line),
            fault: CsvFault::Unreadable,
        };
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(last_line, csv::Position::line);
        last_line = line;
        if !header_seen {
            check_header(&record).map_err(|fault| CsvProblem { line, fault })?;
            header_seen = true;
        } else if record.iter().any(|cell| !cell.trim().is_empty()) {
            let (date, name) = day(&record).map_err(|fault| CsvProblem { line, fault })?;
            if days.insert(date, (line, name)).is_some() {
                return Err(CsvProblem { line, fault: CsvFault::Twice(date) });
            }
        }
    }
    if !header_seen {
        return Err(CsvProblem { line: 1, fault: CsvFault::Header });
    }
    check_years(&days, last_line)?;
    Ok(days.into_iter().map(|(date, (_, name))| (date, name)).collect())
}

/// 国民の祝日・休日月日,国民の祝日・休日名称 (older files leave 休日 out)
fn check_header(record: &csv::StringRecord) -> Result<(), CsvFault> {
    let names =
        |column: usize, word| record.get(column).is_some_and(|cell| cell.contains("祝日") && cell.contains(word));
    if names(0, "月日") && names(1, "名称") { Ok(()) } else { Err(CsvFault::Header) }
}

fn day(record: &csv::StringRecord) -> Result<(NaiveDate, String), CsvFault> {
    let cell = record.get(0).unwrap_or_default();
    let date = parse_date(cell).map_err(|error| CsvFault::Date(cell.to_owned(), error))?;
    let name = text::clean_line(record.get(1).unwrap_or_default());
    if name.is_empty() { Err(CsvFault::Nameless) } else { Ok((date, name)) }
}

/// The list replaces the rules year by year, so that each year of it has to be whole: every year since 1949 begins with
/// 元日 and has 勤労感謝の日 near its end.
fn check_years(days: &BTreeMap<NaiveDate, (u64, String)>, last_line: u64) -> Result<(), CsvProblem> {
    let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value()) else {
        return Err(CsvProblem { line: last_line, fault: CsvFault::Empty });
    };
    let has = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).is_some_and(|date| days.contains_key(&date));
    match (first.year()..=last.year()).find(|year| !has(*year, 1, 1) || !has(*year, 11, 23)) {
        None => Ok(()),
        Some(year) => {
            let of_year = days.iter().rev().find(|(date, _)| date.year() == year);
            let line = of_year.map_or(last_line, |(_, (line, _))| *line);
            Err(CsvProblem { line, fault: CsvFault::YearIncomplete(year) })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::calendar::national_holidays;

    const HEADER: &str = "国民の祝日・休日月日,国民の祝日・休日名称";

    fn list(years: std::ops::RangeInclusive<i32>) -> String {
        let mut csv = format!("{HEADER}\r\n");
        for (date, holiday) in years.flat_map(national_holidays) {
            csv += &format!("{}/{}/{},{}\r\n", date.year(), date.month(), date.day(), holiday.name);
        }
        csv
    }

    fn problem(csv: &str) -> (u64, CsvFault) {
        let problem = parse_cabinet_office_csv(&text::encode_cp932(csv).bytes).unwrap_err();
        (problem.line, problem.fault)
    }

    #[test]
    fn the_downloaded_file_is_read() {
        let csv = list(1955..=2027);
        let days = parse_cabinet_office_csv(&text::encode_cp932(&csv).bytes).unwrap();
        assert_eq!(days.len(), csv.lines().count() - 1);
        assert_eq!(days.first().unwrap(), &("1955-01-01".parse().unwrap(), "元日".to_owned()));
        assert_eq!(days.last().unwrap(), &("2027-11-23".parse().unwrap(), "勤労感謝の日".to_owned()));
    }

    #[test]
    fn a_copy_saved_again_by_excel_is_read_too() {
        let csv =
            format!("\u{FEFF}{}", list(2026..=2026).replace("\r\n", ",,\r\n").replace("2026/1/1,", "2026-01-01,"))
                + ",,,\r\n";
        assert_eq!(parse_cabinet_office_csv(csv.as_bytes()).unwrap().len(), 18);
    }

    #[test]
    fn faults_name_their_line() {
        let year = list(2026..=2026);
        assert_eq!(problem(""), (1, CsvFault::Header));
        assert_eq!(problem("日付,名前\r\n2026/1/1,元日\r\n"), (1, CsvFault::Header));
        assert_eq!(problem(&year[HEADER.len() + 2..]), (1, CsvFault::Header));
        assert_eq!(problem(&format!("{HEADER}\r\n")), (1, CsvFault::Empty));
        assert_eq!(problem(&year.replace("2026/5/3,", "5月3日,")).0, 8);
        assert!(
            matches!(problem(&year.replace("2026/5/3,", "2026/5/32,")), (8, CsvFault::Date(cell, _)) if cell == "2026/5/32")
        );
        assert_eq!(problem(&year.replace("昭和の日", "　")), (7, CsvFault::Nameless));
        assert_eq!(
            problem(&year.replace("2026/5/4,", "2026/5/3,")),
            (9, CsvFault::Twice("2026-05-03".parse().unwrap()))
        );
    }

    #[test]
    fn a_file_cut_off_in_the_middle_of_a_year_is_refused() {
        let csv = list(2026..=2027);
        let cut = &csv[..csv.find("2027/10").unwrap()];
        assert_eq!(problem(cut), (cut.lines().count() as u64, CsvFault::YearIncomplete(2027)));
    }

    proptest! {
        #[test]
        fn no_file_breaks_the_reader(bytes in any::<Vec<u8>>(), csv in "国民の祝日・休日月日,国民の祝日・休日名称\r\n[0-9/,\"\r\n元日]{0,60}") {
            let _ = parse_cabinet_office_csv(&bytes);
            let _ = parse_cabinet_office_csv(csv.as_bytes());
        }
    }
}
