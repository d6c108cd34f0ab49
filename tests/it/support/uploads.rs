//! Files as nobody should send them: forms with files whose names, kinds and boundaries are attacks, and tables whose every
//! cell is one.
use rust_xlsxwriter::{Formula, Workbook};

use super::payloads::{BROKEN, FEW, all};

/// A body and what it says it is.
pub struct Parcel {
    pub what: String,
    pub kind: String,
    pub body: Vec<u8>,
}

impl Parcel {
    /// Puts in front what every form carries.
    pub fn seal(&mut self, fields: &[(&str, &str)]) {
        let seals: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.body.splice(..0, plain(&seals));
    }
}

/// A table, and for which kind of list it is meant where the form asks that.
pub struct Table {
    pub what: &'static str,
    pub list: &'static str,
    pub bytes: Vec<u8>,
}

const PEOPLE: &str = "職員番号,氏名,フリガナ,所属コード,所属名,役職,雇用区分,採用年月日,退職年月日,メールアドレス";
const DEPARTMENTS: &str = "部署コード,部署名,上位部署コード";
const HOLIDAYS: &str = "国民の祝日・休日月日,国民の祝日・休日名称";
const FORM: &str = "multipart/form-data; boundary=zq";

/// One part: its header as it is given, and what it holds.
fn part(head: &[u8], content: &[u8]) -> Vec<u8> {
    [b"--zq\r\nContent-Disposition: form-data; ", head, b"\r\n\r\n", content, b"\r\n"].concat()
}

fn plain(fields: &[(String, String)]) -> Vec<u8> {
    fields.iter().flat_map(|(name, value)| part(format!("name=\"{name}\"").as_bytes(), value.as_bytes())).collect()
}

fn file(field: &str, name: &[u8], kind: &[u8], content: &[u8]) -> Vec<u8> {
    let head = [b"name=\"", field.as_bytes(), b"\"; filename=\"", name, b"\"\r\nContent-Type: ", kind].concat();
    part(&head, content)
}

fn parcel(what: String, parts: &[&[u8]]) -> Parcel {
    Parcel { what, kind: FORM.to_owned(), body: [&parts.concat()[..], b"--zq--\r\n"].concat() }
}

/// A form with a file, as a browser sends it.
pub fn whole(fields: &[(String, String)], field: &str, content: &[u8]) -> Parcel {
    parcel("a file".to_owned(), &[&plain(fields), &file(field, b"list.csv", b"text/csv", content)])
}

/// Forms whose file is harmless and whose envelope is not.
pub fn envelopes(fields: &[(String, String)], field: &str) -> Vec<Parcel> {
    let (rest, content) = (plain(fields), format!("{DEPARTMENTS}\r\n100,営業部,000\r\n"));
    let content = content.as_bytes();
    let mut found = Vec::new();
    for word in FEW.iter().copied().chain(["../../x.csv", "x.csv\" ; filename=\"y", "a\0b.csv", "..\\x", ""]) {
        let named = file(field, word.as_bytes(), b"text/csv", content);
        found.push(parcel(format!("a file called {word:?}"), &[&rest, &named]));
        let said = file(field, b"list.csv", word.as_bytes(), content);
        found.push(parcel(format!("a file that says it is {word:?}"), &[&rest, &said]));
        let asked = file(word, b"list.csv", b"text/csv", content);
        found.push(parcel(format!("a file under the name {word:?}"), &[&rest, &asked]));
        found.push(parcel(
            format!("{word:?} where a file is asked"),
            &[&rest, &plain(&[(field.to_owned(), word.to_owned())])],
        ));
    }
    let good = file(field, b"list.csv", b"text/csv", content);
    for broken in BROKEN {
        let named = file(field, broken.as_bytes(), b"text/csv", broken.as_bytes());
        found.push(parcel(format!("a file called {broken:?}"), &[&rest, &named]));
    }
    let body = |parts: &[&[u8]]| parts.concat();
    let bodies = [
        ("nothing at all", Vec::new()),
        ("no end", body(&[&rest, &good])),
        ("a boundary alone", b"--zq".to_vec()),
        ("an end alone", b"--zq--\r\n".to_vec()),
        ("a header without an end", body(&[&rest, b"--zq\r\nContent-Disposition: form-data; name=\"x"])),
        ("a part without a name", body(&[&rest, &part(b"filename=\"x\"", b"y"), b"--zq--\r\n"])),
        ("a part without a header", body(&[&rest, b"--zq\r\n\r\nx\r\n--zq--\r\n"])),
        ("many headers", body(&[&rest, b"--zq\r\n", &b"X-Zq: 1\r\n".repeat(5_000), b"\r\nx\r\n--zq--\r\n"])),
        ("many parts", body(&[&rest, &part(b"name=\"x\"", b"1").repeat(3_000), b"--zq--\r\n"])),
        ("many files", body(&[&rest, &good.repeat(20), b"--zq--\r\n"])),
        (
            "another form in it",
            body(&[&rest, &file(field, b"x", b"multipart/mixed; boundary=zq", &good), b"--zq--\r\n"]),
        ),
        ("the parts twice", body(&[&rest, &rest, &good, b"--zq--\r\n"])),
    ];
    found.extend(bodies.map(|(what, body)| Parcel { what: what.to_owned(), kind: FORM.to_owned(), body }));
    let whole = body(&[&rest, &good, b"--zq--\r\n"]);
    let long = format!("multipart/form-data; boundary={}", "z".repeat(5_000));
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"zq",
        "multipart/mixed; boundary=zq",
        "text/csv",
        "application/json",
        "multipart/form-data; boundary=zq; charset=utf-7",
        &long,
    ] {
        found.push(Parcel {
            what: format!("a body that is {}", kind.get(..60).unwrap_or(kind)),
            kind: kind.to_owned(),
            body: whole.clone(),
        });
    }
    found
}

/// One cell of a table of commas.
fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn line(cells: impl IntoIterator<Item = String>) -> String {
    cells.into_iter().collect::<Vec<_>>().join(",") + "\r\n"
}

/// Lists of people, of departments and of holidays with every payload in every column, each besides in a row that is taken
/// for the rest of it; headings that are payloads; and files that are no table.
pub fn tables() -> Vec<Table> {
    let words = all();
    let turned = |at: usize, columns: usize| line((0..columns).map(|column| cell(&words[(at + column) % words.len()])));
    let all_rows = |columns: usize| (0..words.len()).map(|at| turned(at, columns)).collect::<String>();
    let people: String = words
        .iter()
        .enumerate()
        .map(|(at, word)| {
            format!("{},{},しけん,100,営業部,{},正職員,2026-04-01,,\r\n", 800_000 + at, cell(word), cell(word))
        })
        .collect();
    let departments: String =
        words.iter().enumerate().map(|(at, word)| format!("Z{at},{},000\r\n", cell(word))).collect();
    let mut found = vec![
        Table {
            what: "people whose every cell is hostile",
            list: "people",
            bytes: format!("{PEOPLE}\r\n{}", all_rows(10)).into(),
        },
        Table { what: "people of hostile names", list: "people", bytes: format!("{PEOPLE}\r\n{people}").into() },
        Table {
            what: "departments whose every cell is hostile",
            list: "departments",
            bytes: format!("{DEPARTMENTS}\r\n{}", all_rows(3)).into(),
        },
        Table {
            what: "departments of hostile names",
            list: "departments",
            bytes: format!("{DEPARTMENTS}\r\n{departments}").into(),
        },
        Table {
            what: "hostile headings",
            list: "people",
            bytes: line(words.iter().take(60).map(|word| cell(word))).repeat(2).into(),
        },
        Table { what: "a workbook", list: "people", bytes: workbook(&words) },
        Table { what: "a picture", list: "people", bytes: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec() },
        Table { what: "half a workbook", list: "people", bytes: workbook(&words).into_iter().take(900).collect() },
        Table {
            what: "UTF-16",
            list: "people",
            bytes: [0xff, 0xfe].into_iter().chain(PEOPLE.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        },
        Table { what: "nothing but quotes", list: "departments", bytes: "\"".repeat(50_001).into() },
    ];
    // a year of holidays begins and ends with these, and one wrong line turns the whole list down
    let holidays = words.iter().flat_map(|word| [format!("2026/5/9,{}", cell(word)), format!("{},海の日", cell(word))]);
    found.extend(holidays.map(|row| Table {
        what: "a holiday",
        list: "holidays",
        bytes: format!("{HOLIDAYS}\r\n2026/1/1,元日\r\n2026/11/23,勤労感謝の日\r\n{row}\r\n").into(),
    }));
    found
}

fn workbook(words: &[String]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, head) in (0..).zip(PEOPLE.split(',')) {
        sheet.write(0, column, head).unwrap();
    }
    for (row, word) in (1..).zip(words) {
        // what a workbook itself has no room for
        let word: String = word.chars().filter(|c| !c.is_control()).take(30_000).collect();
        for column in 0..9 {
            sheet.write(row, column, &word).unwrap();
        }
        sheet
            .write_formula(row, 9, Formula::new("=HYPERLINK(\"//zq.example\",\"x\")").set_result("\"onfocus=\"zq3\""))
            .unwrap();
    }
    book.save_to_buffer().unwrap()
}
