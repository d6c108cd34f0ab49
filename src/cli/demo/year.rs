//! A year of account requests in the demo's organisation: filed, confirmed, returned and mended, refused, carried out and
//! received, by the people whose turn it is and on the days on which they work — each step through the same action that
//! a page calls, while the clock travels. What is applied for stands in `asking`, what becomes of it in `turns`; what the
//! dice might leave out, `scenes` brings in.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use rand::RngExt as _;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::large::Grown;
use super::people::{Company, Member, dice};
use super::scenes::{Away, Scene};
use crate::engines::requests::actions::{Hand, kinds};
use crate::engines::requests::model::{StepDef, StepScope};
use crate::kernel::access::{Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::calendar::{Calendar, Closure};
use crate::kernel::clock::moment;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId, SystemId, uuid_at};
use crate::people::permissions;
use crate::people::store::{Facts, viewer_of};
use crate::web::locale::{Lang, Words};

/// A system with its rights, narrow to wide.
#[derive(Debug, Clone)]
pub struct Offer {
    /// which
    pub system: SystemId,
    /// the department that owns it
    pub owner: DepartmentId,
    /// its rights
    pub rights: Vec<Uuid>,
    /// is it the portal itself
    pub portal: bool,
}

/// A request on its way.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) number: String,
    pub(super) applicant: usize,
    pub(super) concerned: Option<PersonId>,
    /// 職員番号 of the person concerned, from which issued IDs are made
    pub(super) holder: String,
    pub(super) typed: Vec<(String, String)>,
    pub(super) lines: u16,
    /// the line that will not be carried out
    pub(super) declined: Option<u16>,
    /// who did the work
    pub(super) worker: Option<PersonId>,
    /// the account is one on the portal itself: whoever gets it cannot confirm the receipt by signing in
    pub(super) portal: bool,
}

impl Case {
    /// What was typed in a field.
    pub(super) fn answer(&self, field: &str) -> Option<&str> {
        self.typed.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }
}

/// What happens next with a request, or in the organisation.
#[derive(Debug, Clone)]
pub(super) enum Next {
    GoOn(Case),
    TakeBack(Case),
    Scene(Scene),
}

/// What a request for a new account asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) system: SystemId,
    pub(super) right: Uuid,
    pub(super) portal: bool,
}

/// How long before the end the last requests are filed, which then lie on somebody's desk.
const DESKS: TimeDelta = TimeDelta::minutes(190);

/// What the year needs to know.
pub struct Year<'a> {
    pub(super) app: &'a App,
    pub(super) company: &'a Company,
    pub(super) offers: &'a [Offer],
    pub(super) dice: StdRng,
    pub(super) calendar: Calendar,
    pub(super) due: BTreeMap<DateTime<Utc>, Vec<Next>>,
    pub(super) taken: BTreeSet<(PersonId, SystemId)>,
    /// accounts that a request of the demo is or was about: one at a time
    pub(super) touched: BTreeSet<Uuid>,
    pub(super) executor: usize,
    /// is it the section owning a system that decides about accounts on it
    pub(super) owners_decide: bool,
    /// whose stand-in decides, and until when
    pub(super) away: Option<Away>,
    pub(super) filed: usize,
    /// who joined in the course of the year, and can sign in
    pub(super) joined: Vec<PersonId>,
    /// who joined last and has no sign-in yet
    pub(super) starters: Vec<Member>,
}

/// What the year brought.
pub struct Lived {
    /// how many requests were filed
    pub filed: usize,
    /// who joined
    pub joined: Vec<PersonId>,
}

impl<'a> Year<'a> {
    /// Before the first day.
    pub fn new(app: &'a App, company: &'a Company, offers: &'a [Offer]) -> Result<Self> {
        let calendar = Calendar::new(vec![Closure::year_end()]);
        let kinds = kinds(app)?;
        let owned = |step: &StepDef| step.scope == StepScope::Owner;
        let owners_decide = kinds.iter().any(|registered| registered.kind.steps.iter().any(owned));
        Ok(Self {
            app,
            company,
            offers,
            dice: dice(),
            calendar,
            due: BTreeMap::new(),
            taken: BTreeSet::new(),
            touched: BTreeSet::new(),
            executor: 0,
            owners_decide,
            away: None,
            filed: 0,
            joined: Vec::new(),
            starters: Vec::new(),
        })
    }

    /// What the bulk of the large demo left: who has an account where, and which of them a request names.
    pub fn knowing(mut self, grown: &Grown) -> Self {
        self.taken.extend(grown.taken.iter().map(|(person, system)| (PersonId(*person), SystemId(*system))));
        self.touched.extend(&grown.busy);
        self
    }

    /// Lives from `first` up to the moment `last`.
    pub async fn live(mut self, first: NaiveDate, last: DateTime<Utc>) -> Result<Lived> {
        self.plan(first, last);
        let mut day = first;
        // what lies open at the end is filed last of all, so that the log is written in the order of its moments
        let desks = last - DESKS;
        while moment(day.and_time(NaiveTime::MIN)) < desks {
            if self.calendar.is_business_day(day) {
                self.workday(day, desks).await?;
            }
            day += TimeDelta::days(1);
        }
        self.leave_open(desks).await?;
        self.go_on_to(last);
        Ok(Lived { filed: self.filed, joined: self.joined })
    }

    /// The demo's clock only goes forward.
    pub(super) fn go_on_to(&self, at: DateTime<Utc>) {
        self.app.clock().set(at.max(self.app.clock().now()));
    }

    async fn workday(&mut self, day: NaiveDate, last: DateTime<Utc>) -> Result<()> {
        let busy = matches!(day.format("%m").to_string().as_str(), "04" | "10");
        let filings = self.dice.random_range(0..if busy { 4 } else { 3 });
        let mut moments: Vec<DateTime<Utc>> = (0..filings).map(|_| self.at(day)).collect();
        moments.sort();
        let end = moment(day.and_hms_opt(23, 0, 0).unwrap_or_default());
        loop {
            let next_filing = moments.first().copied();
            let next_due = self.due.keys().next().copied().filter(|at| *at <= end);
            let now = match (next_filing, next_due) {
                (Some(filing), Some(due)) => filing.min(due),
                (Some(at), None) | (None, Some(at)) => at,
                (None, None) => return Ok(()),
            };
            if now >= last {
                return Ok(());
            }
            self.go_on_to(now);
            if next_filing == Some(now) {
                moments.remove(0);
                if let Some(case) = self.file_something(day).await? {
                    self.soon(case);
                }
            } else if let Some((_, acts)) = self.due.pop_first() {
                for act in acts {
                    self.act(act).await?;
                }
            }
        }
    }

    /// A moment of a working day.
    pub(super) fn at(&mut self, day: NaiveDate) -> DateTime<Utc> {
        let minutes = self.dice.random_range(0..8 * 60 + 30);
        moment(day.and_hms_opt(8, 45, 0).unwrap_or_default())
            + TimeDelta::minutes(minutes)
            + TimeDelta::seconds(self.dice.random_range(0..60))
    }

    /// Something to be done some working days later.
    pub(super) fn later(&mut self, days: u32, next: Next) {
        let today = self.app.clock().today();
        let day = if days == 0 { today } else { self.calendar.add_business_days(today, days) };
        let at = if days == 0 {
            self.app.clock().now() + TimeDelta::minutes(self.dice.random_range(7..95))
        } else {
            self.at(day)
        };
        self.due_at(at, next);
    }

    /// Somebody looks at it within three days.
    pub(super) fn soon(&mut self, case: Case) {
        let days = self.dice.random_range(0..3);
        self.later(days, Next::GoOn(case));
    }

    /// Something to be done at a moment.
    pub(super) fn due_at(&mut self, at: DateTime<Utc>, next: Next) {
        self.due.entry(at).or_default().push(next);
    }

    /// The clerks of a section, by their places in the company.
    pub(super) fn clerks(&self, section: DepartmentId) -> Vec<usize> {
        let of_section = |(_, member): &(usize, &Member)| member.department == section && member.tier == Tier::Staff;
        self.company.members.iter().enumerate().filter(of_section).map(|(at, _)| at).collect()
    }

    pub(super) async fn hand(&self, person: PersonId) -> Result<Hand> {
        hand(self.app, person).await
    }

    async fn act(&mut self, next: Next) -> Result<()> {
        match next {
            Next::GoOn(case) => self.go_on(case).await,
            Next::TakeBack(case) => self.take_back(case).await,
            Next::Scene(scene) => self.play(scene).await,
        }
    }
}

/// Somebody of the demo as they act today.
pub(super) async fn hand(app: &App, person: PersonId) -> Result<Hand> {
    let today = app.clock().today();
    let facts = Facts {
        session: None,
        source: None,
        request_ref: uuid_at(app.clock().now()),
        must_change_password: false,
        unread: 0,
    };
    let mut read = app.read_all(Role::App).await?;
    let viewer: Option<Viewer> = viewer_of(read.conn(), &*permissions::in_force(app)?, person, today, facts).await?;
    let viewer = viewer.ok_or_else(|| anyhow::anyhow!("the demo's person has no place today"))?;
    Hand::new(app, &Arc::new(viewer), Words(Lang::Ja))
}
