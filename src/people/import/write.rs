//! Writes what a list changes: many rows a statement, and events of many rows each, none larger than the log takes.
use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Outcome;
use super::columns::Kind;
use super::plan::{Act, Item, NewPerson, PersonChange, Plan, PostChange};
use super::store::{self, People, Posts};
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::work::Work;
use crate::people::posts;
use crate::people::roster::search_words;

/// Why a function ended, as the history of posts says it.
const REASON: &str = "人事異動の取込";
/// Rows that one statement writes.
const BATCH: usize = 500;
/// Rows that one event tells of, and how long its words may be: with 300 digests it has to fit into 64 KiB.
const TOLD: usize = 100;
const WORDS: usize = 14_000;

/// Writes all of a plan; the caller's transaction makes it all or nothing.
pub(super) async fn write(work: &mut Work, import: Uuid, plan: &Plan, today: NaiveDate) -> Result<()> {
    match plan.kind {
        Kind::People => people(work, import, plan, today).await?,
        Kind::Departments => departments(work, import, plan, today).await?,
    }
    let outcome = Outcome::of(plan);
    let facts = json!({
        "kind": plan.kind.key(), "added": outcome.added, "changed": outcome.changed, "unchanged": outcome.unchanged,
        "faulty": outcome.faulty, "missing": outcome.missing, "moves": plan.moves, "vacant": outcome.vacant.len(),
    });
    work.record(Event::done("roster.imported", "roster_import", import).facts(facts)).await.map(drop)
}

async fn people(work: &mut Work, import: Uuid, plan: &Plan, today: NaiveDate) -> Result<()> {
    let added: Vec<&NewPerson> = plan
        .items
        .iter()
        .filter_map(|item| match &item.act {
            Act::AddPerson(person) => Some(person),
            _ => None,
        })
        .collect();
    for part in added.chunks(BATCH) {
        add(work, import, part, today).await?;
    }
    let changed: Vec<(&Item, &PersonChange)> = plan
        .items
        .iter()
        .filter_map(|item| match &item.act {
            Act::ChangePerson(change) => Some((item, change)),
            _ => None,
        })
        .collect();
    for part in changed.chunks(BATCH) {
        change(work, import, part, today).await?;
    }
    let leaving = plan.items.iter().filter_map(|item| match item.act {
        Act::Leave { person, version, last } => Some((item, person, version, last)),
        _ => None,
    });
    leave(work, leaving.collect()).await
}

async fn add(work: &mut Work, import: Uuid, people: &[&NewPerson], today: NaiveDate) -> Result<()> {
    let (mut rows, mut posts) = (People::default(), Posts::default());
    let mut told = Vec::new();
    for person in people {
        let id = PersonId::new(work.now);
        push(&mut rows, id, 0, person);
        posts.ids.push(PostId::new(work.now).0);
        posts.persons.push(id.0);
        posts.departments.push(person.department.0);
        posts.titles.push(person.title.clone());
        posts.from.push(person.joined_on.max(today));
        told.push((
            id,
            json!({ "employee_no": person.number, "employment": person.employment, "department": person.department }),
        ));
    }
    store::insert_people(work.conn(), &rows).await?;
    store::insert_posts(work.conn(), &posts).await?;
    tell(work, "roster.persons_added", import, told).await
}

pub(super) fn push(rows: &mut People, id: PersonId, version: i32, person: &NewPerson) {
    rows.ids.push(id.0);
    rows.versions.push(version);
    rows.numbers.push(person.number.clone());
    rows.families.push(person.family.clone());
    rows.givens.push(person.given.clone());
    rows.readings.push(person.reading.clone());
    rows.mails.push(person.mail.clone());
    rows.employments.push(person.employment.clone());
    rows.joined.push(person.joined_on);
    rows.left.push(person.left_on);
    rows.searches.push(search_words(&person.number, &person.reading, &person.family, &person.given));
}

async fn change(work: &mut Work, import: Uuid, part: &[(&Item, &PersonChange)], today: NaiveDate) -> Result<()> {
    let (mut own, mut given, mut corrected) = (People::default(), Posts::default(), Posts::default());
    let (mut ended, mut retitled) = (Vec::new(), (Vec::new(), Vec::new()));
    for (_, change) in part {
        if let Some(person) = &change.own {
            push(&mut own, change.person, change.version, person);
        }
        let give = |posts: &mut Posts, id: PostId, department: DepartmentId, title: &str| {
            posts.ids.push(id.0);
            posts.persons.push(change.person.0);
            posts.departments.push(department.0);
            posts.titles.push(title.to_owned());
            posts.from.push(today);
        };
        match &change.post {
            PostChange::Stays => {}
            PostChange::Retitled { post, title } => {
                retitled.0.push(post.0);
                retitled.1.push(title.clone());
            }
            PostChange::Moved { post, department, title } => {
                ended.push(post.0);
                give(&mut given, PostId::new(work.now), *department, title);
            }
            PostChange::Corrected { post, department, title } => give(&mut corrected, *post, *department, title),
            PostChange::Given { department, title } => give(&mut given, PostId::new(work.now), *department, title),
        }
    }
    // who is no longer 課長 holds nothing by that post any more (充て職)
    let left: Vec<PostId> = ended.iter().chain(&retitled.0).map(|post| PostId(*post)).collect();
    posts::end_resting(work, &left, REASON).await?;
    let written = [
        (store::update_people(work.conn(), &own).await?, own.ids.len()),
        (store::end_posts(work.conn(), &ended, today).await?, ended.len()),
        (store::retitle_posts(work.conn(), &retitled.0, &retitled.1).await?, retitled.0.len()),
        (store::correct_posts(work.conn(), &corrected).await?, corrected.ids.len()),
    ];
    if written.iter().any(|(done, wanted)| usize::try_from(*done).ok() != Some(*wanted)) {
        return Err(Error::Conflict(Message::new("import-conflict")));
    }
    store::insert_posts(work.conn(), &given).await?;
    let told = part
        .iter()
        .map(|(item, change)| (change.person, json!({ "employee_no": item.number, "changes": item.changes })));
    tell(work, "roster.persons_changed", import, told.collect()).await?;
    let moved = ended.len() + corrected.ids.len();
    if moved > 0 {
        // requests that wait for somebody who sits elsewhere now move on
        let event = Event::done("roster.persons_moved", "roster_import", import).facts(json!({ "persons": moved }));
        work.record(event).await?;
    }
    Ok(())
}

async fn leave(work: &mut Work, leaving: Vec<(&Item, PersonId, i32, NaiveDate)>) -> Result<()> {
    let ids: Vec<Uuid> = leaving.iter().map(|(_, person, ..)| person.0).collect();
    let versions: Vec<i32> = leaving.iter().map(|(_, _, version, _)| *version).collect();
    let days: Vec<NaiveDate> = leaving.iter().map(|(.., last)| *last).collect();
    let done = store::leave(work.conn(), &ids, &versions, &days).await?;
    if usize::try_from(done).ok() != Some(ids.len()) {
        return Err(Error::Conflict(Message::new("import-conflict")));
    }
    for (_, person, _, last) in leaving {
        let event = Event::done("person.last_day_set", "person", person).about(person);
        work.record(event.facts(json!({ "day": last }))).await?;
    }
    Ok(())
}

/// Tells of many rows in as few events as they fit into.
async fn tell(work: &mut Work, kind: &'static str, import: Uuid, told: Vec<(PersonId, Value)>) -> Result<()> {
    let mut waiting: Vec<(PersonId, Value)> = Vec::new();
    let mut length = 0;
    for (person, fact) in told {
        let words = fact.to_string().len();
        if !waiting.is_empty() && (waiting.len() == TOLD || length + words > WORDS) {
            say(work, kind, import, &waiting).await?;
            (waiting, length) = (Vec::new(), 0);
        }
        length += words;
        waiting.push((person, fact));
    }
    if waiting.is_empty() { Ok(()) } else { say(work, kind, import, &waiting).await }
}

async fn say(work: &mut Work, kind: &'static str, import: Uuid, told: &[(PersonId, Value)]) -> Result<()> {
    let facts = json!({ "persons": told.iter().map(|(_, fact)| fact).collect::<Vec<_>>() });
    let event = Event::done(kind, "roster_import", import).facts(facts);
    let event = told.iter().fold(event, |event, (person, _)| event.about(*person));
    work.record(event).await.map(drop)
}

async fn departments(work: &mut Work, import: Uuid, plan: &Plan, today: NaiveDate) -> Result<()> {
    let (mut ids, mut codes, mut names, mut readings, mut parents) = (vec![], vec![], vec![], vec![], vec![]);
    let mut renamed = (vec![], vec![], vec![]);
    let (mut placed, mut told) = (vec![], vec![]);
    for item in &plan.items {
        match &item.act {
            Act::AddDepartment { code, name, reading, parent } => {
                let id = DepartmentId::new(work.now);
                ids.push(id.0);
                codes.push(code.clone());
                names.push(name.clone());
                readings.push(reading.clone());
                placed.push(id.0);
                parents.push(parent.clone());
                told.push(json!({ "code": code, "name": name, "parent": parent }));
            }
            Act::ChangeDepartment { id, name, reading, parent } => {
                renamed.0.push(id.0);
                renamed.1.push(name.clone());
                renamed.2.push(reading.clone());
                placed.push(id.0);
                parents.push(parent.clone());
                told.push(json!({ "code": item.number, "changes": item.changes }));
            }
            _ => {}
        }
    }
    store::insert_departments(work.conn(), &ids, &codes, &names, &readings, today).await?;
    store::rename_departments(work.conn(), &renamed.0, &renamed.1, &renamed.2).await?;
    store::place_departments(work.conn(), &placed, &parents).await?;
    for part in told.chunks(TOLD / 4) {
        let facts = json!({ "departments": part });
        work.record(Event::done("roster.departments_changed", "roster_import", import).facts(facts)).await?;
    }
    Ok(())
}
