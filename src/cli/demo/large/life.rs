//! Years of requests of a large organisation, one after the other as they are filed, each with its further acts on the days
//! on which people work. What is written down at once by the real actions is written down here act by act, in the order
//! of their moments, so that the log is as long and as orderly as a real one.
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc};
use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::json;
use uuid::{Builder, Uuid};

use super::accounts::{Account, Ids};
use super::cast::{Cast, Person};
use super::load::Out;
use super::log::Log;
use super::row::Val;
use super::tables::{ACCOUNT, HISTORY, NOTICE};
use crate::engines::requests::Registered;
use crate::kernel::audit::Canon;
use crate::kernel::calendar::{Calendar, Closure, FiscalYear};
use crate::kernel::clock::{local, moment};

/// How much is lived through.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// the first day
    pub first: NaiveDate,
    /// the moment at which the bulk ends
    pub last: DateTime<Utc>,
    /// requests
    pub requests: usize,
    /// accounts opened by them
    pub accounts: usize,
}

/// The events of one act, which wait for their moment.
struct Act {
    at: DateTime<Utc>,
    turn: u64,
    events: Vec<Canon>,
    /// accounts that others may name again
    frees: Vec<usize>,
}

impl PartialEq for Act {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.turn) == (other.at, other.turn)
    }
}
impl Eq for Act {}
impl PartialOrd for Act {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Act {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.turn).cmp(&(other.at, other.turn))
    }
}

/// The kinds that are filed.
pub struct Forms {
    /// a new account
    pub register: Registered,
    /// another right
    pub change: Registered,
    /// no longer used
    pub stop: Registered,
}

/// The life of the organisation.
pub struct Life {
    pub(super) cast: Cast,
    pub(super) forms: Forms,
    pub(super) reasons: &'static [&'static str],
    pub(super) dice: StdRng,
    pub(super) calendar: Calendar,
    pub(super) accounts: Vec<Account>,
    /// those in use, by their places
    active: Vec<usize>,
    /// the sections of those who apply, and in the last days also more often those of the small demo
    known: Vec<usize>,
    pub(super) taken: HashSet<(Uuid, usize)>,
    pub(super) issued: HashMap<Uuid, u32>,
    serials: BTreeMap<i32, i32>,
    pub(super) decisions: i64,
    waiting: BinaryHeap<Reverse<Act>>,
    turns: u64,
    pub(super) out: Out,
    log: Log,
    pub(super) span: Span,
    /// from this day on some things stay where they are
    pub(super) lately: NaiveDate,
    pub(super) prefix: String,
    /// where the administrators sit
    pub(super) desk: String,
}

/// What became of it.
pub struct Lived {
    /// the last numbers: prefix, fiscal year, serial
    pub numbers: Vec<(String, i32, i32)>,
    /// the end of the chain
    pub head: (i64, [u8; 32]),
    /// events written
    pub events: u64,
    /// accounts opened
    pub accounts: usize,
    /// who has or asked for an account where
    pub taken: HashSet<(Uuid, Uuid)>,
    /// accounts that a request under way names
    pub busy: HashSet<Uuid>,
}

/// So many business days before the end things begin to lie.
const LATELY: u32 = 10;

impl Life {
    /// Before the first day.
    #[must_use]
    pub fn new(
        (cast, forms): (Cast, Forms),
        reasons: &'static [&'static str],
        dice: StdRng,
        (out, log): (Out, Log),
        span: Span,
    ) -> Self {
        let calendar = Calendar::new(vec![Closure::year_end()]);
        let known = (0..cast.sections.len()).filter(|at| cast.sections[*at].known).collect();
        let lately = calendar.subtract_business_days(local(span.last).date_naive(), LATELY);
        let desk = cast.desk.clone();
        let prefix = forms.register.kind.prefix.clone();
        Self {
            cast,
            forms,
            reasons,
            dice,
            calendar,
            accounts: Vec::new(),
            active: Vec::new(),
            known,
            taken: HashSet::new(),
            issued: HashMap::new(),
            serials: BTreeMap::new(),
            decisions: 0,
            waiting: BinaryHeap::new(),
            turns: 0,
            out,
            log,
            span,
            lately,
            prefix,
            desk,
        }
    }

    /// Lives through all of it.
    pub fn live(mut self) -> anyhow::Result<Lived> {
        for filed in self.filings() {
            self.until(filed)?;
            self.file(filed)?;
            self.out.settle()?;
        }
        self.until(self.span.last)?;
        self.ledger()?;
        self.out.send()?;
        let systems: Vec<Uuid> = self.cast.systems.iter().map(|system| system.id).collect();
        Ok(Lived {
            numbers: self.serials.iter().map(|(year, last)| (self.prefix.clone(), *year, *last)).collect(),
            head: self.log.head(),
            events: self.log.written,
            accounts: self.accounts.len(),
            taken: self.taken.iter().map(|(person, system)| (*person, systems[*system])).collect(),
            busy: self.accounts.iter().filter(|account| account.busy).map(|account| account.id).collect(),
        })
    }

    /// When each request is filed: on business days, more of them in April and October.
    fn filings(&mut self) -> Vec<DateTime<Utc>> {
        let end = local(self.span.last).date_naive();
        let days = self.span.first.iter_days().take_while(|day| *day < end);
        let days: Vec<NaiveDate> = days.filter(|day| self.calendar.is_business_day(*day)).collect();
        let weight = |day: &NaiveDate| if matches!(day.month(), 4 | 10) { 3 } else { 2 };
        let whole: usize = days.iter().map(weight).sum();
        let (mut weighed, mut moments) = (0, Vec::with_capacity(self.span.requests));
        for day in &days {
            let before = self.span.requests * weighed / whole.max(1);
            weighed += weight(day);
            for _ in before..self.span.requests * weighed / whole.max(1) {
                moments.push(self.at(*day));
            }
        }
        moments.sort_unstable();
        moments
    }

    /// A moment of a working day.
    pub(super) fn at(&mut self, day: NaiveDate) -> DateTime<Utc> {
        let seconds = self.dice.random_range(0..(8 * 60 + 30) * 60);
        let opens = NaiveTime::from_hms_opt(8, 45, 0).unwrap_or_default();
        moment(day.and_time(opens)) + TimeDelta::seconds(seconds)
    }

    /// So many business days later, at the most; on the same day within two hours.
    pub(super) fn later(&mut self, from: DateTime<Utc>, most: u32) -> DateTime<Utc> {
        match self.dice.random_range(0..=most) {
            0 => from + TimeDelta::seconds(self.dice.random_range(400..6_000)),
            days => {
                let day = self.calendar.add_business_days(local(from).date_naive(), days);
                self.at(day)
            }
        }
    }

    /// An id of that moment.
    pub(super) fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let random: [u8; 10] = self.dice.random();
        Builder::from_unix_timestamp_millis(at.timestamp_millis().unsigned_abs(), &random).into_uuid()
    }

    /// The next number.
    pub(super) fn number(&mut self, at: DateTime<Utc>) -> String {
        let year = FiscalYear::of(local(at).date_naive());
        let serial = self.serials.entry(year.0).or_insert(0);
        *serial += 1;
        format!("{}-{}-{serial:04}", year.label(), self.prefix)
    }

    /// A section whose people apply.
    pub(super) fn section(&mut self, on: NaiveDate) -> usize {
        if on >= self.lately && !self.known.is_empty() && self.dice.random_range(0..10) < 3 {
            return self.known[self.dice.random_range(0..self.known.len())];
        }
        self.dice.random_range(0..self.cast.sections.len())
    }

    /// An account in use that no open request names.
    pub(super) fn free_account(&mut self) -> Option<usize> {
        for _ in 0..24 {
            if self.active.is_empty() {
                return None;
            }
            let at = self.dice.random_range(0..self.active.len());
            let account = self.active[at];
            if self.accounts[account].stopped {
                self.active.swap_remove(at);
            } else if !self.accounts[account].busy {
                return Some(account);
            }
        }
        None
    }

    /// An act that happens then, unless the days end before it.
    pub(super) fn happens(&mut self, at: DateTime<Utc>, events: Vec<Canon>, frees: Vec<usize>) {
        self.turns += 1;
        self.waiting.push(Reverse(Act { at, turn: self.turns, events, frees }));
    }

    /// Writes what has happened by then.
    fn until(&mut self, now: DateTime<Utc>) -> anyhow::Result<()> {
        while self.waiting.peek().is_some_and(|next| next.0.at <= now) {
            let Some(Reverse(act)) = self.waiting.pop() else { break };
            for event in act.events {
                self.log.write(&mut self.out, event, act.at)?;
            }
            for account in act.frees {
                self.accounts[account].busy = false;
                if !std::mem::replace(&mut self.accounts[account].listed, true) {
                    self.active.push(account);
                }
            }
        }
        Ok(())
    }

    pub(super) fn ids(&self, account: &Account) -> Ids {
        let (system, section) = (&self.cast.systems[account.system], &self.cast.sections[account.section]);
        Ids {
            system: system.id,
            holder: section.clerks[account.holder].id,
            section: section.id,
            right: system.rights[account.right].id,
        }
    }

    /// The ledger as it stands at the end: each account with the version that holds.
    fn ledger(&mut self) -> anyhow::Result<()> {
        for at in 0..self.accounts.len() {
            let ids = self.ids(&self.accounts[at]);
            let (row, version) = (self.accounts[at].row(ids), self.accounts[at].version(ids, None));
            self.out.put(&ACCOUNT, &row)?;
            self.out.put(&HISTORY, &version)?;
        }
        Ok(())
    }

    /// Tells somebody that it is their turn. What lies for days was seen by whoever carries out; the newest was not.
    pub(super) fn call(
        &mut self,
        to: Uuid,
        (kind, said): (&str, &str),
        (number, title): (&str, &str),
        at: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let morning = self.calendar.add_business_days(local(at).date_naive(), 1);
        let morning = moment(morning.and_time(NaiveTime::from_hms_opt(8, 55, 0).unwrap_or_default()));
        let row = [
            self.id(at).into(),
            to.into(),
            kind.into(),
            said.into(),
            json!([["number", number], ["title", title]]).into(),
            "waiting".into(),
            "morning".into(),
            true.into(),
            format!("/requests/{number}").into(),
            "request".into(),
            number.into(),
            at.into(),
            Val::of((kind == "request.to_execute" && morning < self.span.last).then_some(morning)),
            Val::Null,
            Val::of((morning < self.span.last).then_some(morning)),
        ];
        self.out.put(&NOTICE, &row)
    }

    pub(super) fn clerk(&self, section: usize, at: usize) -> &Person {
        &self.cast.sections[section].clerks[at]
    }
}
