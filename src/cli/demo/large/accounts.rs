//! The account ledger of the bulk: each account with the version that holds, and the versions before it.
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::row::Val;

/// Who and what stands behind a version of an account.
#[derive(Debug, Clone)]
pub struct Cause {
    /// when
    pub at: DateTime<Utc>,
    /// on which day
    pub on: NaiveDate,
    /// who
    pub by: Uuid,
    /// the request
    pub request: Uuid,
    /// its number
    pub number: String,
    /// why, as a key of the catalogue
    pub reason: &'static str,
}

/// An account as it is now.
#[derive(Debug)]
pub struct Account {
    /// which
    pub id: Uuid,
    /// the system's place in the cast
    pub system: usize,
    /// the section's place in the cast
    pub section: usize,
    /// the holder's place among the clerks
    pub holder: usize,
    /// the right's place among those of the system
    pub right: usize,
    /// the ID
    pub name: String,
    /// named by an open request
    pub busy: bool,
    /// no longer in use
    pub stopped: bool,
    /// among those that can be named
    pub listed: bool,
    necessity: String,
    until: Option<NaiveDate>,
    opened: Cause,
    last: Cause,
    version: i32,
}

/// The ids behind the places.
#[derive(Debug, Clone, Copy)]
pub struct Ids {
    /// the system
    pub system: Uuid,
    /// the holder
    pub holder: Uuid,
    /// the section
    pub section: Uuid,
    /// the right
    pub right: Uuid,
}

/// What a new account is.
#[derive(Debug)]
pub struct Opening {
    /// which
    pub id: Uuid,
    /// system, section, holder, right
    pub places: (usize, usize, usize, usize),
    /// the ID
    pub name: String,
    /// why it is needed
    pub necessity: String,
    /// its last day
    pub until: Option<NaiveDate>,
}

impl Account {
    /// Opened.
    #[must_use]
    pub fn open(new: Opening, cause: Cause) -> Self {
        let (system, section, holder, right) = new.places;
        Self {
            id: new.id,
            system,
            section,
            holder,
            right,
            name: new.name,
            busy: true,
            stopped: false,
            listed: false,
            necessity: new.necessity,
            until: new.until,
            opened: cause.clone(),
            last: cause,
            version: 1,
        }
    }

    /// The next version: another right, or stopped.
    pub fn goes_on(&mut self, right: Option<(usize, String)>, cause: Cause) {
        match right {
            Some((right, necessity)) => (self.right, self.necessity) = (right, necessity),
            None => self.stopped = true,
        }
        self.last = cause;
        self.version += 1;
    }

    /// Its row.
    #[must_use]
    pub fn row(&self, ids: Ids) -> Vec<Val> {
        let stop = self.stopped.then_some(&self.last);
        vec![
            self.id.into(),
            ids.system.into(),
            self.name.as_str().into(),
            ids.holder.into(),
            ids.section.into(),
            Val::Ids(vec![ids.right]),
            self.necessity.as_str().into(),
            "personal".into(),
            Val::of(self.until),
            if self.stopped { "stopped" } else { "active" }.into(),
            self.opened.on.into(),
            self.opened.by.into(),
            self.opened.request.into(),
            self.opened.number.as_str().into(),
            Val::of(stop.map(|stop| stop.on)),
            Val::of(stop.map(|stop| stop.by)),
            Val::of(stop.map(|_| "request")),
            self.last.request.into(),
            self.last.number.as_str().into(),
            self.version.into(),
            "".into(),
            Val::Nothing,
            Val::Null,
            "".into(),
            Val::Null,
            Val::Null,
        ]
    }

    /// The row of this version in its history, until then if it has ended.
    #[must_use]
    pub fn version(&self, ids: Ids, until: Option<DateTime<Utc>>) -> Vec<Val> {
        let mut row = self.row(ids);
        row.extend([
            self.last.at.into(),
            Val::of(until),
            self.last.by.into(),
            self.last.reason.into(),
            self.last.request.into(),
        ]);
        row
    }
}
