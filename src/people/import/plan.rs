//! What a list would change, row by row, before anything is written: a pure comparison of the list with what is known.
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use super::columns::{Column, Kind, Mapping};
use crate::kernel::access::Tier;
use crate::kernel::error::Message;
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::sheets::{Row, address};

/// Somebody as the portal knows them.
#[derive(Debug, Clone)]
pub struct KnownPerson {
    /// the id
    pub id: PersonId,
    /// 職員番号
    pub number: String,
    /// 姓
    pub family: String,
    /// 名
    pub given: String,
    /// よみ
    pub reading: String,
    /// メールアドレス
    pub mail: Option<String>,
    /// 雇用区分
    pub employment: String,
    /// 採用日
    pub joined_on: NaiveDate,
    /// 退職日
    pub left_on: Option<NaiveDate>,
    /// for changes meanwhile
    pub version: i32,
    /// an administrator's account, which is in no personnel list
    pub of_owner: bool,
    /// 本務
    pub post: Option<KnownPost>,
}

/// Somebody's main post.
#[derive(Debug, Clone)]
pub struct KnownPost {
    /// the id
    pub id: PostId,
    /// where
    pub department: DepartmentId,
    /// as what
    pub tier: Tier,
    /// 役職
    pub title: String,
    /// since
    pub from: NaiveDate,
}

/// 部署
#[derive(Debug, Clone)]
pub struct KnownDepartment {
    /// the id
    pub id: DepartmentId,
    /// 部署コード
    pub code: String,
    /// its name
    pub name: String,
    /// よみ
    pub reading: String,
    /// the one above
    pub parent: Option<DepartmentId>,
}

/// A post that is not everybody's, and who holds it today.
#[derive(Debug, Clone)]
pub struct Seat {
    /// who
    pub person: PersonId,
    /// the post
    pub post: PostId,
    /// as what
    pub tier: Tier,
    /// where
    pub department: DepartmentId,
    /// its name
    pub department_name: String,
    /// 姓 名
    pub name: String,
}

/// All that a list is compared with, read at once.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// by 職員番号
    pub people: HashMap<String, KnownPerson>,
    /// all departments of today
    pub departments: Vec<KnownDepartment>,
    /// seats that may become vacant
    pub seats: Vec<Seat>,
    /// the natural person who takes the list over
    pub oneself: Option<PersonId>,
}

impl Known {
    pub(super) fn department(&self, id: DepartmentId) -> Option<&KnownDepartment> {
        self.departments.iter().find(|department| department.id == id)
    }
}

/// How a row of the list compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// 新規
    New,
    /// 変更
    Changed,
    /// 変更なし
    Unchanged,
    /// 名簿にない
    Missing,
    /// 誤り
    Faulty,
}

impl State {
    /// All, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Faulty, Self::New, Self::Changed, Self::Missing, Self::Unchanged];

    /// The neutral key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Missing => "missing",
            Self::Faulty => "faulty",
        }
    }
}

/// One cell that changes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// which (a column's key)
    pub column: &'static str,
    /// before
    pub before: String,
    /// after
    pub after: String,
}

/// One cell that cannot be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `C12`
    pub cell: String,
    /// why
    pub why: Message,
}

/// One row of the list, or somebody who is not in it.
#[derive(Debug, Clone)]
pub struct Item {
    /// the row of the file; 0 for those who are missing in it
    pub row: u32,
    /// 職員番号 or 部署コード
    pub number: String,
    /// the name
    pub name: String,
    /// where (for the eye)
    pub place: String,
    /// how it compares
    pub state: State,
    /// cell by cell
    pub changes: Vec<Change>,
    /// what is wrong with it
    pub faults: Vec<Fault>,
    pub(super) act: Act,
}

/// What would be written.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Nothing,
    AddPerson(NewPerson),
    ChangePerson(PersonChange),
    Leave { person: PersonId, version: i32, last: NaiveDate },
    AddDepartment { code: String, name: String, reading: String, parent: Option<String> },
    ChangeDepartment { id: DepartmentId, name: String, reading: String, parent: Option<String> },
}

#[derive(Debug, Clone)]
pub(super) struct NewPerson {
    pub number: String,
    pub family: String,
    pub given: String,
    pub reading: String,
    pub mail: Option<String>,
    pub employment: String,
    pub joined_on: NaiveDate,
    pub left_on: Option<NaiveDate>,
    pub department: DepartmentId,
    pub title: String,
}

#[derive(Debug, Clone)]
pub(super) struct PersonChange {
    pub person: PersonId,
    pub version: i32,
    /// the person's own columns, when one of them changes
    pub own: Option<NewPerson>,
    pub post: PostChange,
}

#[derive(Debug, Clone)]
pub(super) enum PostChange {
    Stays,
    Retitled {
        post: PostId,
        title: String,
    },
    /// the old one ends the day before, a new one begins
    Moved {
        post: PostId,
        department: DepartmentId,
        title: String,
    },
    /// begun today: it was entered wrongly
    Corrected {
        post: PostId,
        department: DepartmentId,
        title: String,
    },
    Given {
        department: DepartmentId,
        title: String,
    },
}

/// A seat that nobody would hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// as what
    pub tier: Tier,
    /// where
    pub department: String,
    /// who held it
    pub name: String,
    /// leaves or moves
    pub leaves: bool,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// of what
    pub kind: Kind,
    /// row by row, then those who are missing
    pub items: Vec<Item>,
    /// tiers that nobody in the organisation would hold any more
    pub lost: Vec<Tier>,
    /// seats that become vacant
    pub openings: Vec<Opening>,
    /// how many join, move and leave
    pub moves: Moves,
}

/// Who comes and goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Moves {
    /// 入る
    pub join: usize,
    /// 異動
    pub move_on: usize,
    /// 退職
    pub leave: usize,
}

impl Plan {
    /// How many rows of each state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.items.iter().filter(|item| item.state == state).count()
    }

    /// Would anything be written?
    #[must_use]
    pub fn writes(&self) -> bool {
        self.items.iter().any(|item| !matches!(item.act, Act::Nothing))
    }

    /// Would this person leave by it?
    #[must_use]
    pub fn retires(&self, who: PersonId) -> bool {
        self.items.iter().any(|item| match &item.act {
            Act::Leave { person, .. } => *person == who,
            Act::ChangePerson(change) => {
                change.person == who && item.changes.iter().any(|cell| cell.column == Column::LeftOn.key())
            }
            _ => false,
        })
    }

    /// What was shown, as one number: what is carried out has to be the same.
    #[must_use]
    pub fn seen(&self) -> String {
        crate::kernel::audit::hex(&crate::kernel::keys::sha256(format!("{:?}", self.items).as_bytes()))
    }
}

/// How the one who takes a list over wants it.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// the day from which it counts
    pub today: NaiveDate,
    /// who is not in the list has left
    pub missing_leave: bool,
}

/// Reads cells of one row and remembers what is wrong with them.
pub(super) struct Cells<'a> {
    pub mapping: &'a Mapping,
    pub row: &'a Row,
    pub faults: Vec<Fault>,
}

impl Cells<'_> {
    /// The text of a cell; empty where it or its column is not there.
    pub fn get(&self, column: Column) -> &str {
        self.mapping.at(column).map_or("", |at| self.row.cell(at)).trim()
    }

    /// Is there such a column at all?
    pub fn has(&self, column: Column) -> bool {
        self.mapping.at(column).is_some()
    }

    /// Says what is wrong with it.
    pub fn refuse(&mut self, column: Column, why: Message) {
        let at = self.mapping.at(column).unwrap_or_default();
        self.faults.push(Fault { cell: address(at, self.row.no), why });
    }

    /// A text no longer than the field that holds it.
    pub fn short(&mut self, column: Column, text: String, most: usize) -> String {
        if text.chars().count() > most {
            self.refuse(column, Message::new("import-fault-long").with("most", most));
        }
        text
    }
}

/// Compares a list with what is known.
#[must_use]
pub fn compare(kind: Kind, rows: &[Row], mapping: &Mapping, known: &Known, wish: Wish) -> Plan {
    let below = rows.iter().filter(|row| row.no > mapping.head);
    match kind {
        Kind::People => people(below, mapping, known, wish),
        Kind::Departments => super::departments::compare(below, mapping, known),
    }
}

fn people<'a>(rows: impl Iterator<Item = &'a Row>, mapping: &Mapping, known: &Known, wish: Wish) -> Plan {
    let reader = super::person::Reader::new(mapping, known, wish);
    let mut first: HashMap<String, u32> = HashMap::new();
    let mut items = Vec::new();
    for row in rows {
        let mut item = reader.item(row);
        if !item.number.is_empty()
            && let Some(before) = first.insert(item.number.clone(), row.no)
        {
            let at = mapping.at(Column::Number).unwrap_or_default();
            let why = Message::new("import-fault-twice").with("row", before);
            item.faults.push(Fault { cell: address(at, row.no), why });
            (item.state, item.act) = (State::Faulty, Act::Nothing);
        }
        items.push(item);
    }
    items.extend(missing(known, &first, wish));
    let (lost, openings, moves) = consequences(known, &items);
    Plan { kind: Kind::People, items, lost, openings, moves }
}

/// Who is here today and not in the list.
fn missing(known: &Known, listed: &HashMap<String, u32>, wish: Wish) -> Vec<Item> {
    let here = |person: &&KnownPerson| {
        !person.of_owner && person.left_on.is_none_or(|last| last > wish.today) && person.joined_on <= wish.today
    };
    let absent = known.people.values().filter(here).filter(|person| !listed.contains_key(&person.number));
    let sorted: BTreeMap<&str, &KnownPerson> = absent.map(|person| (person.number.as_str(), person)).collect();
    let item = |person: &KnownPerson| Item {
        row: 0,
        number: person.number.clone(),
        name: crate::people::model::full_name(&person.family, &person.given),
        place: place(known, person),
        state: State::Missing,
        changes: Vec::new(),
        faults: Vec::new(),
        act: if wish.missing_leave {
            Act::Leave { person: person.id, version: person.version, last: wish.today }
        } else {
            Act::Nothing
        },
    };
    sorted.into_values().map(item).collect()
}

pub(super) fn place(known: &Known, person: &KnownPerson) -> String {
    let department = person.post.as_ref().and_then(|post| known.department(post.department));
    department.map(|department| department.name.clone()).unwrap_or_default()
}

/// Tiers and seats that nobody would hold any more, and how many come and go.
fn consequences(known: &Known, items: &[Item]) -> (Vec<Tier>, Vec<Opening>, Moves) {
    let mut moves = Moves::default();
    let mut leaves: HashSet<PersonId> = HashSet::new();
    let mut moved: HashSet<PostId> = HashSet::new();
    for item in items {
        match &item.act {
            Act::AddPerson(_) => moves.join += 1,
            Act::Leave { person, .. } => {
                leaves.insert(*person);
            }
            Act::ChangePerson(change) => {
                if let PostChange::Moved { post, .. } | PostChange::Corrected { post, .. } = &change.post {
                    moved.insert(*post);
                    moves.move_on += 1;
                }
                if item.changes.iter().any(|cell| cell.column == Column::LeftOn.key()) {
                    leaves.insert(change.person);
                }
            }
            _ => {}
        }
    }
    moves.leave = leaves.len();
    let gone = |seat: &&Seat| leaves.contains(&seat.person) || moved.contains(&seat.post);
    let held = |seat: &Seat| {
        known.seats.iter().any(|other| (other.tier, other.department) == (seat.tier, seat.department) && !gone(&other))
    };
    let openings = known.seats.iter().filter(gone).filter(|seat| !held(seat)).map(|seat| Opening {
        tier: seat.tier,
        department: seat.department_name.clone(),
        name: seat.name.clone(),
        leaves: leaves.contains(&seat.person),
    });
    let lost = Tier::ALL.into_iter().filter(|tier| {
        let mut seats = known.seats.iter().filter(|seat| seat.tier == *tier).peekable();
        seats.peek().is_some() && seats.all(|seat| gone(&seat))
    });
    (lost.collect(), openings.collect(), moves)
}
