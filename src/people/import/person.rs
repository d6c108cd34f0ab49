//! One row of a personnel list, read and compared with the person of that number.
use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use super::columns::{Column, Mapping};
use super::plan::{
    Act, Cells, Change, Item, Known, KnownDepartment, KnownPerson, NewPerson, PersonChange, PostChange, State, Wish,
    place,
};
use crate::kernel::calendar::parse_date;
use crate::kernel::error::Message;
use crate::kernel::ids::DepartmentId;
use crate::kernel::sheets::Row;
use crate::kernel::text;
use crate::people::model::{Employment, full_name};

/// What personnel systems call each kind of employment; the first that occurs counts, the narrower words first.
const EMPLOYMENTS: [(&str, Employment); 30] = [
    ("派遣", Employment::Temporary),
    ("業務委託", Employment::Contractor),
    ("委託", Employment::Contractor),
    ("請負", Employment::Contractor),
    ("協力会社", Employment::Contractor),
    ("常駐", Employment::Contractor),
    ("パート", Employment::PartTime),
    ("アルバイト", Employment::PartTime),
    ("非常勤", Employment::PartTime),
    ("短時間", Employment::PartTime),
    ("臨時", Employment::PartTime),
    ("任期付", Employment::FixedTerm),
    ("任期", Employment::FixedTerm),
    ("会計年度", Employment::FixedTerm),
    ("契約", Employment::FixedTerm),
    ("嘱託", Employment::FixedTerm),
    ("再任用", Employment::FixedTerm),
    ("再雇用", Employment::FixedTerm),
    ("有期", Employment::FixedTerm),
    ("準職員", Employment::FixedTerm),
    ("準社員", Employment::FixedTerm),
    ("正", Employment::Permanent),
    ("常勤", Employment::Permanent),
    ("一般職", Employment::Permanent),
    ("総合職", Employment::Permanent),
    ("無期", Employment::Permanent),
    ("役員", Employment::Permanent),
    ("特別職", Employment::Permanent),
    ("職員", Employment::Permanent),
    ("社員", Employment::Permanent),
];

/// The days of spreadsheets: 1 is 1900-01-01, with a 29 February 1900 that never was.
fn serial(typed: &str) -> Option<NaiveDate> {
    let figures = text::normalise(typed);
    let days: u64 = figures.parse().ok().filter(|_| figures.len() == 5)?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

fn employment(typed: &str) -> Option<Employment> {
    let typed = text::normalise(typed);
    let by_key = Employment::from_key(&typed.to_lowercase());
    by_key.or_else(|| EMPLOYMENTS.iter().find(|(word, _)| typed.contains(word)).map(|(_, kind)| *kind))
}

/// Reads rows against what is known.
pub(super) struct Reader<'a> {
    mapping: &'a Mapping,
    known: &'a Known,
    wish: Wish,
    by_code: HashMap<String, &'a KnownDepartment>,
    by_name: HashMap<String, Vec<&'a KnownDepartment>>,
}

impl<'a> Reader<'a> {
    pub fn new(mapping: &'a Mapping, known: &'a Known, wish: Wish) -> Self {
        let by_code = known.departments.iter().map(|found| (text::digits(&found.code), found)).collect();
        let mut by_name: HashMap<String, Vec<&KnownDepartment>> = HashMap::new();
        for department in &known.departments {
            by_name.entry(text::normalise(&department.name)).or_default().push(department);
        }
        Self { mapping, known, wish, by_code, by_name }
    }

    pub fn item(&self, row: &Row) -> Item {
        let mut cells = Cells { mapping: self.mapping, row, faults: Vec::new() };
        let number = text::digits(cells.get(Column::Number));
        let number = cells.short(Column::Number, number, 20);
        if number.is_empty() {
            cells.refuse(Column::Number, Message::new("import-fault-no-number"));
        } else if !text::begins_like_a_code(&number) {
            cells.refuse(Column::Number, Message::new("import-fault-number"));
        }
        let known = self.known.people.get(&number);
        // a spreadsheet that takes a number for a quantity drops the zeros in front
        if known.is_none()
            && let Some(meant) =
                (1..=6).map(|zeros| "0".repeat(zeros) + &number).find(|padded| self.known.people.contains_key(padded))
        {
            cells.refuse(Column::Number, Message::new("import-fault-lost-zeros").with("what", meant));
        }
        if known.is_some_and(|person| person.of_owner) {
            cells.refuse(Column::Number, Message::new("import-fault-administrator"));
        }
        let (family, given) = name(&mut cells, known);
        let reading = reading(&mut cells, known);
        let department = self.department(&mut cells, known);
        let wanted = self.wanted(&mut cells, known, (number.clone(), family, given, reading), department);
        let mut item = Item {
            row: row.no,
            name: full_name(&wanted.family, &wanted.given),
            place: department.map_or_else(String::new, |department| department.name.clone()),
            number,
            state: State::Faulty,
            changes: Vec::new(),
            faults: std::mem::take(&mut cells.faults),
            act: Act::Nothing,
        };
        if !item.faults.is_empty() {
            return item;
        }
        match known {
            None => {
                let day = |column: Column, on: NaiveDate| Change {
                    column: column.key(),
                    before: String::new(),
                    after: on.to_string(),
                };
                item.changes.push(day(Column::JoinedOn, wanted.joined_on));
                item.changes.extend(wanted.left_on.map(|on| day(Column::LeftOn, on)));
                (item.state, item.act) = (State::New, Act::AddPerson(wanted));
            }
            Some(known) => self.changed(&mut item, known, wanted, cells.has(Column::Title)),
        }
        // nobody keeps their own row; the others are taken over without it
        if known.is_some_and(|known| self.known.oneself == Some(known.id)) && !matches!(item.act, Act::Nothing) {
            cells.refuse(Column::Number, Message::new("import-fault-oneself"));
            item.faults = std::mem::take(&mut cells.faults);
            (item.state, item.act) = (State::Faulty, Act::Nothing);
        }
        item
    }

    /// Where it says that somebody is. A blank leaves who is known where they are; a column headed 所属 may hold codes.
    fn department(&self, cells: &mut Cells<'_>, known: Option<&KnownPerson>) -> Option<&'a KnownDepartment> {
        let code = text::digits(cells.get(Column::DepartmentCode));
        let name = text::normalise(cells.get(Column::DepartmentName));
        let (column, typed) =
            if code.is_empty() { (Column::DepartmentName, name) } else { (Column::DepartmentCode, code) };
        if typed.is_empty() && known.is_some() {
            let post = known.and_then(|person| person.post.as_ref());
            return post.and_then(|post| self.known.department(post.department));
        }
        let by_code = self.by_code.get(&text::digits(&typed)).copied();
        let found = match self.by_name.get(&typed).map_or(&[][..], Vec::as_slice) {
            _ if column == Column::DepartmentCode => by_code,
            [] => by_code,
            [one] => Some(*one),
            [first, ..] => {
                cells.refuse(column, Message::new("import-fault-several-departments").with("what", &typed));
                return Some(*first);
            }
        };
        if found.is_none() {
            let column = if cells.has(column) { column } else { Column::DepartmentCode };
            let why = if typed.is_empty() { "import-fault-no-department" } else { "import-fault-unknown-department" };
            cells.refuse(column, Message::new(why).with("what", typed));
        }
        found
    }

    fn wanted(
        &self,
        cells: &mut Cells<'_>,
        known: Option<&KnownPerson>,
        (number, family, given, reading): (String, String, String, String),
        department: Option<&KnownDepartment>,
    ) -> NewPerson {
        let mail = mail(cells).or_else(|| known.and_then(|person| person.mail.clone()));
        let employment = kind_of_employment(cells, known);
        let joined = day(cells, Column::JoinedOn).or_else(|| known.map(|person| person.joined_on));
        if joined.is_none() && cells.has(Column::JoinedOn) && cells.get(Column::JoinedOn).is_empty() {
            cells.refuse(Column::JoinedOn, Message::new("import-fault-no-joined"));
        }
        let joined_on = joined.unwrap_or(self.wish.today);
        let left_on = day(cells, Column::LeftOn).or_else(|| known.and_then(|person| person.left_on));
        if left_on.is_some_and(|last| last < joined_on) {
            let column = if cells.has(Column::LeftOn) { Column::LeftOn } else { Column::JoinedOn };
            cells.refuse(column, Message::new("import-fault-left-before"));
        }
        let title = text::clean_line(cells.get(Column::Title));
        let title = cells.short(Column::Title, title, 60);
        let department = department.map_or(DepartmentId(uuid::Uuid::nil()), |found| found.id);
        NewPerson { number, family, given, reading, mail, employment, joined_on, left_on, department, title }
    }

    fn changed(&self, item: &mut Item, known: &KnownPerson, wanted: NewPerson, titled: bool) {
        let mut changes = Vec::new();
        let mut differ = |column: Column, before: &str, after: &str| {
            if before != after {
                changes.push(Change { column: column.key(), before: before.to_owned(), after: after.to_owned() });
            }
        };
        let name = |family: &str, given: &str| full_name(family, given);
        differ(Column::FullName, &name(&known.family, &known.given), &name(&wanted.family, &wanted.given));
        differ(Column::Reading, &known.reading, &wanted.reading);
        let text = |mail: &Option<String>| mail.clone().unwrap_or_default();
        differ(Column::Mail, &text(&known.mail), &text(&wanted.mail));
        differ(Column::Employment, &known.employment, &wanted.employment);
        differ(Column::JoinedOn, &known.joined_on.to_string(), &wanted.joined_on.to_string());
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        differ(Column::LeftOn, &day(known.left_on), &day(wanted.left_on));
        let own = !changes.is_empty();
        let post = self.post(known, &wanted, titled, &mut changes);
        if changes.is_empty() {
            item.state = State::Unchanged;
            return;
        }
        item.state = State::Changed;
        item.changes = changes;
        let own = own.then_some(wanted);
        item.act = Act::ChangePerson(PersonChange { person: known.id, version: known.version, own, post });
    }

    fn post(&self, known: &KnownPerson, wanted: &NewPerson, titled: bool, changes: &mut Vec<Change>) -> PostChange {
        let mut changed = |column: Column, before: String, after: &str| {
            changes.push(Change { column: column.key(), before, after: after.to_owned() });
        };
        let named = self.known.department(wanted.department).map(|found| found.name.clone()).unwrap_or_default();
        // a blank, where the department of today is unknown too
        let nowhere = wanted.department.0.is_nil();
        let Some(post) = &known.post else {
            // who has left gets no post any more
            if nowhere || wanted.left_on.is_some_and(|last| last < self.wish.today) {
                return PostChange::Stays;
            }
            changed(Column::DepartmentName, String::new(), &named);
            return PostChange::Given { department: wanted.department, title: wanted.title.clone() };
        };
        let titled = titled && !wanted.title.is_empty();
        let title = if titled { wanted.title.clone() } else { post.title.clone() };
        let retitled = titled && wanted.title != post.title;
        if retitled {
            changed(Column::Title, post.title.clone(), &wanted.title);
        }
        if nowhere || post.department == wanted.department {
            return if retitled { PostChange::Retitled { post: post.id, title } } else { PostChange::Stays };
        }
        changed(Column::DepartmentName, place(self.known, known), &named);
        let (id, department) = (post.id, wanted.department);
        if post.from < self.wish.today {
            PostChange::Moved { post: id, department, title }
        } else {
            PostChange::Corrected { post: id, department, title }
        }
    }
}

/// 姓 and 名: two columns, or one with a space in it; without one, as the person of this number is split already. What is blank
/// stays as it is.
fn name(cells: &mut Cells<'_>, known: Option<&KnownPerson>) -> (String, String) {
    let column = if cells.has(Column::FamilyName) { Column::FamilyName } else { Column::FullName };
    let (family, given) = if column == Column::FamilyName {
        let or_known = |column: Column, own: fn(&KnownPerson) -> &String| {
            let typed = text::clean_line(cells.get(column));
            if typed.is_empty() { known.map(|known| own(known).clone()).unwrap_or_default() } else { typed }
        };
        (or_known(Column::FamilyName, |known| &known.family), or_known(Column::GivenName, |known| &known.given))
    } else {
        let full = text::clean_line(cells.get(Column::FullName));
        let parts =
            full.split_once(char::is_whitespace).map(|(family, given)| (family.to_owned(), given.trim().to_owned()));
        let known = known.filter(|known| full.is_empty() || format!("{}{}", known.family, known.given) == full);
        let as_known = || known.map(|known| (known.family.clone(), known.given.clone()));
        parts.or_else(as_known).unwrap_or((full, String::new()))
    };
    if family.is_empty() {
        cells.refuse(column, Message::new("import-fault-no-name"));
    }
    (cells.short(column, family, 60), cells.short(column, given, 60))
}

fn reading(cells: &mut Cells<'_>, known: Option<&KnownPerson>) -> String {
    let column = if cells.has(Column::Reading) { Column::Reading } else { Column::FamilyReading };
    let typed = if column == Column::Reading {
        cells.get(Column::Reading).to_owned()
    } else {
        let (family, given) = known.and_then(|known| known.reading.split_once(' ')).unwrap_or_default();
        let or = |typed: &str, kept: &str| if typed.is_empty() { kept.to_owned() } else { typed.to_owned() };
        let family = or(cells.get(Column::FamilyReading), family);
        format!("{family} {}", or(cells.get(Column::GivenReading), given))
    };
    let reading = text::reading(typed.trim());
    if reading.is_empty() {
        if let Some(known) = known {
            return known.reading.clone();
        }
        cells.refuse(column, Message::new("import-fault-no-reading"));
    } else if !text::is_reading(&reading) {
        cells.refuse(column, Message::new("import-fault-reading").with("what", &reading));
    }
    cells.short(column, reading, 100)
}

fn mail(cells: &mut Cells<'_>) -> Option<String> {
    let mail = text::normalise(cells.get(Column::Mail));
    if mail.is_empty() {
        return None;
    }
    let mail = cells.short(Column::Mail, mail, 200);
    let right =
        mail.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    if !right || mail.chars().any(|c| !c.is_ascii_graphic()) {
        cells.refuse(Column::Mail, Message::new("import-fault-mail").with("what", &mail));
    }
    Some(mail)
}

fn kind_of_employment(cells: &mut Cells<'_>, known: Option<&KnownPerson>) -> String {
    let typed = cells.get(Column::Employment).to_owned();
    if typed.is_empty() {
        return known.map_or_else(|| Employment::Permanent.key().to_owned(), |person| person.employment.clone());
    }
    match employment(&typed) {
        Some(kind) => kind.key().to_owned(),
        None => {
            cells.refuse(Column::Employment, Message::new("import-fault-employment").with("what", &typed));
            String::new()
        }
    }
}

fn day(cells: &mut Cells<'_>, column: Column) -> Option<NaiveDate> {
    let typed = cells.get(column).to_owned();
    if typed.is_empty() {
        return None;
    }
    let day = serial(&typed).or_else(|| parse_date(&typed).ok());
    if day.is_none() {
        cells.refuse(column, Message::new("import-fault-date").with("what", &typed));
    }
    day
}
