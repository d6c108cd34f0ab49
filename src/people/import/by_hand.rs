//! 1件ずつの登録と手直し: while an organisation is set up, one person's row is typed, mended or taken out by hand, by the rules of
//! the list. Nothing is in force yet: what was entered wrongly is put right from its beginning, and leaves no movement behind.
use chrono::NaiveDate;
use serde_json::json;

use super::columns::{Column, Kind, Mapping};
use super::person::Reader;
use super::plan::{Act, Known, NewPerson, Wish};
use super::store::{self, People};
use super::write::push;
use crate::kernel::access::Tier;
use crate::kernel::audit::Event;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::sheets::{Row, address};
use crate::kernel::work::Work;
use crate::people::roster;

/// A row as it was typed.
#[derive(Debug, Clone)]
pub struct Typed<'a> {
    /// 職員番号
    pub number: &'a str,
    /// 姓
    pub family: &'a str,
    /// 名
    pub given: &'a str,
    /// フリガナ
    pub reading: &'a str,
    /// 所属
    pub department: DepartmentId,
    /// 役職
    pub title: &'a str,
    /// 雇用区分
    pub employment: &'a str,
    /// 採用年月日
    pub joined_on: NaiveDate,
    /// 退職年月日
    pub left_on: Option<NaiveDate>,
    /// メールアドレス
    pub mail: &'a str,
}

/// What is wrong, column by column.
pub type Faults = Vec<(Column, Message)>;

const COLUMNS: [Column; 10] = [
    Column::Number,
    Column::FamilyName,
    Column::GivenName,
    Column::Reading,
    Column::DepartmentCode,
    Column::Title,
    Column::Employment,
    Column::JoinedOn,
    Column::LeftOn,
    Column::Mail,
];

/// The row as one of a list in which it is the only one.
fn judged(known: &Known, typed: &Typed<'_>, today: NaiveDate) -> Result<std::result::Result<NewPerson, Faults>> {
    let department = known.department(typed.department).ok_or(Error::NotFound)?;
    let cells = [
        typed.number.to_owned(),
        typed.family.to_owned(),
        typed.given.to_owned(),
        typed.reading.to_owned(),
        department.code.clone(),
        typed.title.to_owned(),
        typed.employment.to_owned(),
        typed.joined_on.to_string(),
        typed.left_on.map(|day| day.to_string()).unwrap_or_default(),
        typed.mail.to_owned(),
    ];
    let mapping = Mapping { head: 0, columns: COLUMNS.map(Some).into() };
    let row = Row { no: 1, cells: cells.into() };
    let item = Reader::new(&mapping, known, Wish { today, missing_leave: false }).item(&row);
    let column = |cell: &str| COLUMNS.into_iter().enumerate().find(|(at, _)| address(*at, row.no) == cell);
    Ok(match item.act {
        // two departments may share a code only in spelling: the one that was chosen counts
        Act::AddPerson(new) => Ok(NewPerson { department: typed.department, ..new }),
        _ => {
            let fault = |fault: super::plan::Fault| {
                (column(&fault.cell).map_or(Column::Number, |(_, column)| column), fault.why)
            };
            Err(item.faults.into_iter().map(fault).collect())
        }
    })
}

async fn read(work: &mut Work, typed: &Typed<'_>, today: NaiveDate) -> Result<std::result::Result<NewPerson, Faults>> {
    let known = store::known(work.conn(), Kind::Departments, today).await?;
    judged(&known, typed, today)
}

/// Adds a person with their main post. A number that is taken is an error of the database.
pub async fn add(work: &mut Work, typed: &Typed<'_>) -> Result<std::result::Result<PersonId, Faults>> {
    let today = local(work.now).date_naive();
    let new = match read(work, typed, today).await? {
        Ok(new) => new,
        Err(faults) => return Ok(Err(faults)),
    };
    let person = roster::NewPerson {
        employee_no: &new.number,
        family_name: &new.family,
        given_name: &new.given,
        reading: &new.reading,
        mail: new.mail.as_deref(),
        employment: &new.employment,
        owner: None,
        joined_on: new.joined_on,
    };
    let id = roster::add_person(work, &person).await?;
    if let Some(last) = new.left_on {
        roster::set_last_day(work, id, last).await?;
    }
    sit(work, id, &new, today).await?;
    Ok(Ok(id))
}

async fn sit(work: &mut Work, person: PersonId, new: &NewPerson, today: NaiveDate) -> Result<()> {
    let post = roster::NewPost {
        person,
        department: new.department,
        tier: Tier::Staff,
        function: None,
        title: &new.title,
        main: true,
        from: new.joined_on.max(today),
    };
    roster::appoint(work, &post).await.map(drop)
}

/// Puts a person's row right, from its beginning; on another version than the one shown it is a conflict.
pub async fn mend(
    work: &mut Work,
    id: PersonId,
    version: i32,
    typed: &Typed<'_>,
) -> Result<std::result::Result<(), Faults>> {
    let today = local(work.now).date_naive();
    being_set_up(work).await?;
    let new = match read(work, typed, today).await? {
        Ok(new) => new,
        Err(faults) => return Ok(Err(faults)),
    };
    let mut rows = People::default();
    push(&mut rows, id, version, &new);
    if store::update_people(work.conn(), &rows).await? != 1 {
        return Err(Error::Conflict(Message::new("keeping-conflict")));
    }
    if !store::put_right(work.conn(), id, (new.department, &new.title), (new.joined_on, today)).await? {
        sit(work, id, &new, today).await?;
    }
    let facts = json!({ "employee_no": new.number, "department": new.department, "set_up": true });
    work.record(Event::done("person.corrected", "person", id).about(id).facts(facts)).await?;
    Ok(Ok(()))
}

/// Takes a person out again who was entered by mistake.
pub async fn remove(work: &mut Work, id: PersonId) -> Result<()> {
    being_set_up(work).await?;
    let number = store::remove(work.conn(), id).await?.ok_or(Error::NotFound)?;
    let facts = json!({ "employee_no": number });
    work.record(Event::done("person.taken_out", "person", id).about(id).facts(facts)).await.map(drop)
}

/// The database says the same of removing: in service, people are corrected by the register's own rules.
async fn being_set_up(work: &mut Work) -> Result<()> {
    if store::being_set_up(work.conn()).await? { Ok(()) } else { Err(Error::NotFound) }
}
