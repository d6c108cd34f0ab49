//! One list of departments compared with those that are known: code, name, reading, the code of the one above.
use std::collections::{BTreeMap, HashMap};

use super::columns::{Column, Kind, Mapping};
use super::plan::{Act, Cells, Change, Fault, Item, Known, KnownDepartment, Moves, Plan, State};
use crate::kernel::error::Message;
use crate::kernel::sheets::{Row, address};
use crate::kernel::text;

struct Read<'a> {
    row: &'a Row,
    code: String,
    name: String,
    reading: String,
    parent: Option<String>,
    faults: Vec<Fault>,
}

/// Compares.
pub(super) fn compare<'a>(rows: impl Iterator<Item = &'a Row>, mapping: &Mapping, known: &Known) -> Plan {
    let mut read: Vec<Read<'_>> = rows.map(|row| one(row, mapping)).collect();
    let by_code: HashMap<&str, &KnownDepartment> =
        known.departments.iter().map(|department| (department.code.as_str(), department)).collect();
    twice_and_above(&mut read, mapping, &by_code, known);
    let mut items: Vec<Item> = read.iter().map(|read| item(read, mapping, &by_code, known)).collect();
    orphans(&mut items, mapping, &by_code);
    let listed: std::collections::HashSet<&str> = read.iter().map(|read| read.code.as_str()).collect();
    let absent = known.departments.iter().filter(|found| !listed.contains(found.code.as_str()));
    let absent: BTreeMap<&str, &KnownDepartment> = absent.map(|found| (found.code.as_str(), found)).collect();
    items.extend(absent.into_values().map(|found| Item {
        row: 0,
        number: found.code.clone(),
        name: found.name.clone(),
        place: above(known, found),
        state: State::Missing,
        changes: Vec::new(),
        faults: Vec::new(),
        act: Act::Nothing,
    }));
    Plan { kind: Kind::Departments, items, lost: Vec::new(), openings: Vec::new(), moves: Moves::default() }
}

/// What stands below a row that is left out is left out with it.
fn orphans(items: &mut [Item], mapping: &Mapping, by_code: &HashMap<&str, &KnownDepartment>) {
    loop {
        let there: std::collections::HashSet<String> =
            items.iter().filter(|item| item.state != State::Faulty).map(|item| item.number.clone()).collect();
        let lost = items.iter_mut().filter(|item| item.state != State::Faulty).find(|item| {
            let parent = item.place.as_str();
            !parent.is_empty() && !there.contains(parent) && !by_code.contains_key(parent)
        });
        let Some(lost) = lost else { return };
        let cell = address(mapping.at(Column::ParentCode).unwrap_or_default(), lost.row);
        let why = Message::new("import-fault-unknown-department").with("what", &lost.place);
        lost.faults.push(Fault { cell, why });
        (lost.state, lost.act) = (State::Faulty, Act::Nothing);
    }
}

fn above(known: &Known, found: &KnownDepartment) -> String {
    let parent = found.parent.and_then(|parent| known.department(parent));
    parent.map(|parent| parent.code.clone()).unwrap_or_default()
}

fn one<'a>(row: &'a Row, mapping: &Mapping) -> Read<'a> {
    let mut cells = Cells { mapping, row, faults: Vec::new() };
    let code = text::digits(cells.get(Column::Code));
    let code = cells.short(Column::Code, code, 20);
    if code.is_empty() {
        cells.refuse(Column::Code, Message::new("import-fault-no-code"));
    }
    let name = text::clean_line(cells.get(Column::Name));
    let name = cells.short(Column::Name, name, 100);
    if name.is_empty() {
        cells.refuse(Column::Name, Message::new("import-fault-no-name"));
    }
    let reading = text::reading(cells.get(Column::Reading));
    let reading = cells.short(Column::Reading, reading, 200);
    let parent = text::digits(cells.get(Column::ParentCode));
    let parent = Some(parent).filter(|parent| !parent.is_empty());
    Read { row, code, name, reading, parent, faults: cells.faults }
}

/// Codes that stand twice, parents that nobody knows, and departments that would stand above themselves.
fn twice_and_above(read: &mut [Read<'_>], mapping: &Mapping, by_code: &HashMap<&str, &KnownDepartment>, known: &Known) {
    let mut first: HashMap<String, u32> = HashMap::new();
    let mut parents: HashMap<String, String> =
        known.departments.iter().map(|found| (found.code.clone(), above(known, found))).collect();
    for row in read.iter() {
        if let Some(parent) = &row.parent {
            parents.insert(row.code.clone(), parent.clone());
        }
    }
    let listed: std::collections::HashSet<String> = read.iter().map(|row| row.code.clone()).collect();
    for row in read {
        let mut cells = Cells { mapping, row: row.row, faults: std::mem::take(&mut row.faults) };
        if let Some(before) = first.insert(row.code.clone(), row.row.no)
            && !row.code.is_empty()
        {
            cells.refuse(Column::Code, Message::new("import-fault-twice").with("row", before));
        }
        if let Some(parent) = &row.parent {
            if !listed.contains(parent) && !by_code.contains_key(parent.as_str()) {
                cells.refuse(Column::ParentCode, Message::new("import-fault-unknown-department").with("what", parent));
            } else if goes_round(&row.code, &parents) {
                cells.refuse(Column::ParentCode, Message::new("import-fault-circle"));
            }
        }
        row.faults = cells.faults;
    }
}

fn goes_round(code: &str, parents: &HashMap<String, String>) -> bool {
    let mut at = code;
    // no organisation is deeper than the tree that screens draw
    for _ in 0..30 {
        match parents.get(at).map(String::as_str) {
            None | Some("") => return false,
            Some(parent) => at = parent,
        }
        if at == code {
            return true;
        }
    }
    true
}

fn item(read: &Read<'_>, mapping: &Mapping, by_code: &HashMap<&str, &KnownDepartment>, known: &Known) -> Item {
    let mut item = Item {
        row: read.row.no,
        number: read.code.clone(),
        name: read.name.clone(),
        place: read.parent.clone().unwrap_or_default(),
        state: State::Faulty,
        changes: Vec::new(),
        faults: read.faults.clone(),
        act: Act::Nothing,
    };
    if !item.faults.is_empty() {
        return item;
    }
    let (name, reading) = (read.name.clone(), read.reading.clone());
    let Some(found) = by_code.get(read.code.as_str()) else {
        item.state = State::New;
        item.act = Act::AddDepartment { code: read.code.clone(), name, reading, parent: read.parent.clone() };
        return item;
    };
    let mut differ = |column: Column, before: &str, after: &str| {
        if before != after {
            item.changes.push(Change { column: column.key(), before: before.to_owned(), after: after.to_owned() });
        }
    };
    // an empty cell changes nothing
    let reading = if reading.is_empty() { found.reading.clone() } else { reading };
    let parent = read.parent.clone().unwrap_or_else(|| above(known, found));
    differ(Column::Name, &found.name, &name);
    differ(Column::Reading, &found.reading, &reading);
    if mapping.at(Column::ParentCode).is_some() {
        differ(Column::ParentCode, &above(known, found), &parent);
    }
    item.state = if item.changes.is_empty() { State::Unchanged } else { State::Changed };
    if item.state == State::Changed {
        let parent = Some(parent).filter(|parent| !parent.is_empty());
        item.act = Act::ChangeDepartment { id: found.id, name, reading, parent };
    }
    item
}
