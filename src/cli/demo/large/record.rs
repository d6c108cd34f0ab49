//! The rows of one request as they stand once its last act is done, each with the act that left it so: the log carries the
//! digest of a row with the last act that changed it.
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::paper::Paper;
use super::row::{Val, sealed};
use super::tables::{DECISION, EXECUTION, LINE, RECEIPT, REQUEST, ROUND, STEP, Table};
use crate::engines::requests::Registered;
use crate::engines::requests::model::{Shown, StepAct, StepScope};
use crate::kernel::access::FunctionKey;
use crate::kernel::audit::rows::Row;
use crate::kernel::clock::local;

/// How a request ended, or where it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// it goes its way, as far as the days reach
    GoesOn,
    /// 却下
    Refused,
    /// 取下げ
    Withdrawn,
}

/// What happened to a request, and when.
#[derive(Debug)]
pub struct Course {
    /// the request
    pub id: Uuid,
    /// its number
    pub number: String,
    /// its section
    pub section: Uuid,
    /// who filed
    pub applicant: Uuid,
    /// whom it is about
    pub holder: Uuid,
    /// what it is found by
    pub search: String,
    /// filed
    pub filed: DateTime<Utc>,
    /// how it goes
    pub fate: Fate,
    /// approved, refused or withdrawn
    pub decided: Option<DateTime<Utc>>,
    /// carried out, line by line
    pub executed: Vec<DateTime<Utc>>,
    /// received, line by line
    pub received: Vec<DateTime<Utc>>,
    /// has its route a step of receipt
    pub receipt: bool,
    /// until when each step is to be done, where it was reached
    pub due: [Option<NaiveDate>; 3],
}

impl Course {
    fn completed(&self, lines: usize) -> bool {
        let last = if self.receipt { &self.received } else { &self.executed };
        self.fate == Fate::GoesOn && last.len() == lines
    }

    /// When it was closed.
    #[must_use]
    pub fn closed(&self, lines: usize) -> Option<DateTime<Utc>> {
        match self.fate {
            Fate::GoesOn => self.received.last().or(self.executed.last()).filter(|_| self.completed(lines)).copied(),
            Fate::Refused | Fate::Withdrawn => self.decided,
        }
    }

    fn phase(&self, lines: usize) -> (&'static str, i32) {
        match self.fate {
            Fate::Refused if self.decided.is_some() => ("refused", 0),
            Fate::Withdrawn if self.decided.is_some() => ("withdrawn", 0),
            _ if self.completed(lines) => ("completed", if self.receipt { 3 } else { 2 }),
            _ if self.executed.len() == lines => ("handing_over", 2),
            _ if self.decided.is_some() => ("executing", 1),
            _ => ("in_review", 0),
        }
    }

    /// How many acts it has seen.
    #[must_use]
    pub fn acts(&self) -> usize {
        1 + usize::from(self.decided.is_some()) + self.executed.len() + self.received.len()
    }
}

/// The rows of one request, and what the log says of them with which act.
#[derive(Debug)]
pub struct Writing {
    /// what is loaded
    pub rows: Vec<(&'static Table, Vec<Val>)>,
    /// the digests, act by act
    pub seals: Vec<Vec<Row>>,
}

impl Writing {
    /// For so many acts.
    #[must_use]
    pub fn of(acts: usize) -> Self {
        Self { rows: Vec::with_capacity(12), seals: vec![Vec::new(); acts] }
    }

    /// Puts a row that this act left so.
    pub fn put(&mut self, table: &'static Table, row: Vec<Val>, act: usize) {
        self.seal(table, &row, act);
        self.rows.push((table, row));
    }

    /// Seals a row that is loaded at another time.
    pub fn seal(&mut self, table: &Table, row: &[Val], act: usize) {
        if let Some(seals) = self.seals.get_mut(act) {
            seals.push(sealed(table, row));
        }
    }
}

/// The request with its round, route and lines.
pub fn head(to: &mut Writing, course: &Course, registered: &Registered, paper: &Paper) -> anyhow::Result<()> {
    let lines = paper.lines.len();
    let hash = paper.hash(&registered.kind.key).bytes().to_vec();
    let (phase, step) = course.phase(lines);
    let title = registered.kind.title.text(false).unwrap_or_default();
    let last = course.acts() - 1;
    let request = vec![
        course.id.into(),
        course.number.as_str().into(),
        registered.kind.key.as_str().into(),
        title.into(),
        paper.subject.as_str().into(),
        course.applicant.into(),
        course.holder.into(),
        Val::Null,
        course.section.into(),
        phase.into(),
        1.into(),
        step.into(),
        hash.clone().into(),
        Val::Nothing,
        course.filed.into(),
        Val::of(course.closed(lines)),
        i32::try_from(course.acts())?.into(),
        course.search.as_str().into(),
        Val::Null,
        (&*registered.edition).into(),
        Val::Null,
    ];
    to.put(&REQUEST, request, last);
    let round = vec![
        course.id.into(),
        1.into(),
        serde_json::to_value(&paper.content)?.into(),
        serde_json::to_value(&paper.shown)?.into(),
        hash.into(),
        course.applicant.into(),
        course.filed.into(),
    ];
    to.put(&ROUND, round, 0);
    route(to, course, registered, lines)?;
    for (at, line) in paper.lines.iter().enumerate() {
        let done = course.executed.get(at);
        let received = course.received.get(at).is_some();
        let state = if received {
            "acknowledged"
        } else if done.is_some() {
            "executed"
        } else {
            "open"
        };
        let act = if received {
            2 + lines + at
        } else if done.is_some() {
            2 + at
        } else {
            0
        };
        let row = vec![
            course.id.into(),
            1.into(),
            i32::try_from(at + 1)?.into(),
            line.subject.as_str().into(),
            line.data.clone().into(),
            state.into(),
            Val::of(done.map(|at| local(*at).date_naive())),
            // an account that is still to be made has no row yet
            Val::Null,
        ];
        to.put(&LINE, row, act);
    }
    Ok(())
}

/// When each step was reached and left, and with which act its row became what it is.
fn route(to: &mut Writing, course: &Course, registered: &Registered, lines: usize) -> anyhow::Result<()> {
    let decided = course.decided;
    let approved = decided.filter(|_| course.fate == Fate::GoesOn);
    let executed = course.executed.last().filter(|_| course.executed.len() == lines).copied();
    let received = course.received.last().filter(|_| course.received.len() == lines).copied();
    let times = [
        (Some(course.filed), decided, usize::from(decided.is_some())),
        (approved, executed, if executed.is_some() { 1 + lines } else { usize::from(approved.is_some()) }),
        (
            executed,
            received,
            match (executed, received) {
                (_, Some(_)) => 1 + 2 * lines,
                (Some(_), None) => 1 + lines,
                _ => 0,
            },
        ),
    ];
    for (at, (step, (arrived, ended, act))) in registered.kind.steps.iter().zip(times).enumerate() {
        let place = i32::try_from(at)?;
        let row = vec![
            course.id.into(),
            1.into(),
            place.into(),
            step.key.as_str().into(),
            step.act.key().into(),
            step.by.key().into(),
            Val::of((step.scope == StepScope::Department && step.act == StepAct::Decide).then_some(course.section)),
            Val::Null,
            false.into(),
            Val::Null,
            Val::Null,
            false.into(),
            Val::of(arrived),
            Val::of(ended),
            false.into(),
            false.into(),
            false.into(),
            place.into(),
            1.into(),
            Val::Null,
            Val::of(course.due[at].filter(|_| arrived.is_some())),
            Val::Nothing,
            Val::of(step.function.as_ref().map(FunctionKey::key)),
            Val::Null,
            Val::Null,
            Val::Null,
        ];
        to.put(&STEP, row, act);
    }
    Ok(())
}

/// Who does something at a step, in which post and as what.
#[derive(Debug, Clone, Copy)]
pub struct By {
    /// who
    pub person: Uuid,
    /// the post
    pub post: Uuid,
}

/// A decision.
pub fn decision(to: &mut Writing, course: &Course, hash: &[u8], (id, no, by): (Uuid, i64, By), words: &str) {
    let verdict = if course.fate == Fate::Refused { "refuse" } else { "approve" };
    let row = vec![
        id.into(),
        course.id.into(),
        1.into(),
        0.into(),
        "confirm".into(),
        0.into(),
        1.into(),
        by.person.into(),
        Val::Null,
        false.into(),
        false.into(),
        by.post.into(),
        "manager".into(),
        verdict.into(),
        words.into(),
        hash.to_vec().into(),
        Val::of(course.decided),
        json!({}).into(),
        json!([]).into(),
        Val::Null,
        Val::Null,
        no.into(),
        Val::Null,
        Val::Null,
        Val::Null,
    ];
    to.put(&DECISION, row, 1);
}

/// What was done about a line.
#[derive(Debug)]
pub struct Work<'a> {
    /// the line, counted from 0
    pub line: usize,
    /// what was recorded
    pub result: serde_json::Value,
    /// the same in words
    pub shown: &'a [Shown],
    /// the account
    pub account: Uuid,
    /// its ID
    pub name: &'a str,
}

/// An execution.
pub fn execution(
    to: &mut Writing,
    course: &Course,
    hash: &[u8],
    (id, by): (Uuid, By),
    work: Work<'_>,
) -> anyhow::Result<()> {
    let row = vec![
        id.into(),
        course.id.into(),
        1.into(),
        1.into(),
        "execute".into(),
        i32::try_from(work.line + 1)?.into(),
        1.into(),
        by.person.into(),
        Val::Null,
        false.into(),
        false.into(),
        by.post.into(),
        "sysadmin".into(),
        "done".into(),
        "".into(),
        work.result.into(),
        serde_json::to_value(work.shown)?.into(),
        work.name.into(),
        format!("/ledgers/accounts/{}", work.account).into(),
        hash.to_vec().into(),
        Val::of(course.executed.get(work.line).copied()),
    ];
    to.put(&EXECUTION, row, 2 + work.line);
    Ok(())
}

/// A receipt confirmed by whoever it is for.
pub fn receipt(to: &mut Writing, course: &Course, id: Uuid, (line, lines): (usize, usize)) -> anyhow::Result<()> {
    let row = vec![
        id.into(),
        course.id.into(),
        1.into(),
        i32::try_from(line + 1)?.into(),
        course.holder.into(),
        false.into(),
        Val::Null,
        Val::Null,
        Val::Null,
        Val::of(course.received.get(line).copied()),
    ];
    to.put(&RECEIPT, row, 2 + lines + line);
    Ok(())
}
