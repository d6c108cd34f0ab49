//! A year of account requests in the demo company: filed, confirmed, returned and mended, refused, carried out and
//! received, by the people whose turn it is and on the days on which they work — each step through the same action that
//! a page calls, while the clock travels. What the dice might leave out, `scenes` brings in.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use rand::RngExt as _;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::company::{Company, Member, dice, pick};
use super::scenes::{Away, Scene};
use crate::engines::requests::actions::filing::{Filed, file, resubmit, withdraw};
use crate::engines::requests::actions::working::{Worked, acknowledge, decline, execute};
use crate::engines::requests::actions::{Hand, deciding::decide, kinds};
use crate::engines::requests::model::{Receipt, Typed, Verdict};
use crate::engines::requests::store;
use crate::kernel::access::{Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::calendar::{Calendar, Closure};
use crate::kernel::clock::moment;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId, RequestId, SystemId, uuid_at};
use crate::kernel::work::Work;
use crate::people::store::{Facts, viewer_of};
use crate::web::locale::{Lang, Words};

/// A system with its rights, narrow to wide.
#[derive(Debug, Clone)]
pub struct Offer {
    /// which
    pub system: SystemId,
    /// its rights
    pub rights: Vec<Uuid>,
    /// is it the portal itself
    pub portal: bool,
}

/// An account that requests of the demo can change or stop.
#[derive(Debug, Clone)]
struct Held {
    account: Uuid,
    rights: Vec<Uuid>,
    holder: PersonId,
}

/// A request on its way.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) number: String,
    pub(super) applicant: usize,
    pub(super) manager: PersonId,
    pub(super) concerned: Option<PersonId>,
    /// 職員番号 of the person concerned, from which issued IDs are made
    holder: String,
    typed: Vec<(String, String)>,
    lines: u16,
    /// the line that will not be carried out
    pub(super) declined: Option<u16>,
    register: bool,
    /// the account is one on the portal itself: whoever gets it cannot confirm the receipt by signing in
    portal: bool,
}

/// What happens next with a request, or in the company.
#[derive(Debug, Clone)]
pub(super) enum Next {
    Confirm(Case),
    TakeBack(Case),
    Mend(Case),
    Execute(Case),
    Receive(Case),
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
const DESKS: TimeDelta = TimeDelta::minutes(150);

/// What the year needs to know.
pub struct Year<'a> {
    pub(super) app: &'a App,
    pub(super) company: &'a Company,
    offers: &'a [Offer],
    dice: StdRng,
    pub(super) calendar: Calendar,
    due: BTreeMap<DateTime<Utc>, Vec<Next>>,
    taken: BTreeSet<(PersonId, SystemId)>,
    /// accounts that a request of the demo is or was about: one at a time
    touched: BTreeSet<Uuid>,
    executor: usize,
    /// whose stand-in decides, and until when
    pub(super) away: Option<Away>,
    pub(super) filed: usize,
    /// who joined in the course of the year
    pub(super) joined: Vec<PersonId>,
}

/// What the year brought.
pub struct Lived {
    /// how many requests were filed
    pub filed: usize,
    /// who joined
    pub joined: Vec<PersonId>,
}

const REASONS: [&str; 8] = [
    "4月付けの異動により、受注の登録を担当するため。",
    "産休者の業務を引き継ぎ、請求の照合を担当するため。",
    "新しく着任し、部門の共有文書を使うため。",
    "取引先の担当替えにより、商談の記録を更新するため。",
    "検査成績の入力を担当することになったため。",
    "月次の締め作業を分担するため。",
    "倉庫の棚卸を担当するため。",
    "営業所からの出張時に、社内の文書を参照するため。",
];
pub(super) const RETURNS: [&str; 3] = [
    "担当する業務が分かるように、理由を具体的に書いてください。",
    "更新の権限は不要と思われます。参照だけに直すか、必要な作業を書いてください。",
    "利用の開始日を異動の発令日に合わせてください。",
];
const REFUSALS: [&str; 2] = [
    "この業務は別の担当が行うため、権限は不要です。",
    "同じ目的の共有アカウントの利用は認めていません。担当者ごとに必要になった時点で申請してください。",
];
const DECLINED: &str = "契約の利用者数の上限に達しているため。追加の契約の後に、改めて申請してください。";

impl<'a> Year<'a> {
    /// Before the first day.
    #[must_use]
    pub fn new(app: &'a App, company: &'a Company, offers: &'a [Offer]) -> Self {
        let calendar = Calendar::new(vec![Closure::year_end()]);
        Self {
            app,
            company,
            offers,
            dice: dice(),
            calendar,
            due: BTreeMap::new(),
            taken: BTreeSet::new(),
            touched: BTreeSet::new(),
            executor: 0,
            away: None,
            filed: 0,
            joined: Vec::new(),
        }
    }

    /// Lives from `first` up to the moment `last`.
    pub async fn live(mut self, first: NaiveDate, last: DateTime<Utc>) -> Result<Lived> {
        self.plan(first);
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

    /// Its manager looks at it within three days.
    pub(super) fn soon(&mut self, case: Case) {
        let days = self.dice.random_range(0..3);
        self.later(days, Next::Confirm(case));
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

    async fn file_something(&mut self, day: NaiveDate) -> Result<Option<Case>> {
        match self.dice.random_range(0..10) {
            0..=6 => self.register(day).await,
            7..=8 => self.change(day).await,
            _ => self.stop(day).await,
        }
    }

    /// Somebody of a section with a manager who is not the manager.
    fn clerk(&mut self) -> Option<usize> {
        for _ in 0..40 {
            let at = self.dice.random_range(0..self.company.members.len());
            let member = self.company.members.get(at)?;
            if member.tier == Tier::Staff && self.company.manager(member.department).is_some() {
                return Some(at);
            }
        }
        None
    }

    fn colleague(&mut self, of: &Member) -> Member {
        let same: Vec<&Member> = self
            .company
            .members
            .iter()
            .filter(|other| other.department == of.department && other.tier == Tier::Staff && other.id != of.id)
            .collect();
        if same.is_empty() || self.dice.random_range(0..3) == 0 {
            of.clone()
        } else {
            (*pick(&mut self.dice, &same)).clone()
        }
    }

    async fn register(&mut self, day: NaiveDate) -> Result<Option<Case>> {
        let Some(at) = self.clerk() else { return Ok(None) };
        let applicant = self.company.members[at].clone();
        let person = self.colleague(&applicant);
        let wanted = if self.dice.random_range(0..4) == 0 { 2 } else { 1 };
        let mut wishes = self.wishes(&person, wanted);
        for wish in &mut wishes {
            let offer = self.offers.iter().find(|offer| offer.system == wish.system);
            if self.dice.random_range(0..4) == 0
                && let Some(wide) = offer.and_then(|offer| offer.rights.get(1))
            {
                wish.right = *wide;
            }
        }
        self.register_for(at, &person, &wishes, day).await
    }

    /// Systems that the person has not yet, each with its narrowest right; fewer where there are no more.
    pub(super) fn wishes(&mut self, person: &Member, wanted: usize) -> Vec<Wish> {
        let free = |offer: &&Offer| !offer.portal && !self.taken.contains(&(person.id, offer.system));
        let mut free: Vec<&Offer> = self.offers.iter().filter(free).collect();
        let mut wishes = Vec::new();
        while wishes.len() < wanted && !free.is_empty() {
            let offer = free.remove(self.dice.random_range(0..free.len()));
            if let Some(right) = offer.rights.first() {
                wishes.push(Wish { system: offer.system, right: *right, portal: false });
            }
        }
        wishes
    }

    /// The narrowest right on the portal itself.
    pub(super) fn portal_wish(&self) -> Option<Wish> {
        let offer = self.offers.iter().find(|offer| offer.portal)?;
        Some(Wish { system: offer.system, right: *offer.rights.first()?, portal: true })
    }

    pub(super) async fn register_for(
        &mut self,
        at: usize,
        person: &Member,
        wishes: &[Wish],
        day: NaiveDate,
    ) -> Result<Option<Case>> {
        if wishes.is_empty() {
            return Ok(None);
        }
        let mut typed = vec![
            ("department".to_owned(), person.department.to_string()),
            ("person".to_owned(), person.id.to_string()),
        ];
        for wish in wishes {
            self.taken.insert((person.id, wish.system));
            typed.push(("grants".to_owned(), wish.system.to_string()));
            typed.push((format!("grants.{}", wish.system), wish.right.to_string()));
        }
        let from = self.calendar.add_business_days(day, 4);
        typed.push(("reason".to_owned(), (*pick(&mut self.dice, &REASONS)).to_owned()));
        typed.push(("from".to_owned(), from.to_string()));
        if person.employment != "permanent" {
            typed.push(("until".to_owned(), (from + TimeDelta::days(180)).to_string()));
        }
        let filed = self.file("account.register", at, Some(person.id), typed, wishes.len()).await?;
        let portal = wishes.iter().any(|wish| wish.portal);
        Ok(filed.map(|case| Case { holder: person.number.clone(), register: true, portal, ..case }))
    }

    async fn change(&mut self, day: NaiveDate) -> Result<Option<Case>> {
        let Some((at, held)) = self.held().await? else { return Ok(None) };
        let Some(offer) = self.offers.iter().find(|offer| held.rights.iter().any(|right| offer.rights.contains(right)))
        else {
            return Ok(None);
        };
        let now = offer.rights.iter().position(|right| held.rights.contains(right)).unwrap_or(0);
        let Some(other) = offer.rights.get(usize::from(now == 0)) else { return Ok(None) };
        let department = self.company.members[at].department;
        let typed = vec![
            ("department".to_owned(), department.to_string()),
            ("person".to_owned(), held.holder.to_string()),
            ("accounts".to_owned(), held.account.to_string()),
            (format!("accounts.{}", held.account), other.to_string()),
            ("reason".to_owned(), "担当替えに伴い、必要な権限に合わせるため。".to_owned()),
            ("from".to_owned(), self.calendar.add_business_days(day, 3).to_string()),
        ];
        self.file("account.change", at, Some(held.holder), typed, 1).await
    }

    async fn stop(&mut self, day: NaiveDate) -> Result<Option<Case>> {
        let Some((at, held)) = self.held().await? else { return Ok(None) };
        let department = self.company.members[at].department;
        let typed = vec![
            ("department".to_owned(), department.to_string()),
            ("person".to_owned(), held.holder.to_string()),
            ("accounts".to_owned(), held.account.to_string()),
            ("reason".to_owned(), "担当替えにより使わなくなったため。".to_owned()),
            ("stop_on".to_owned(), day.to_string()),
        ];
        self.file("account.stop", at, Some(held.holder), typed, 1).await
    }

    /// A clerk who has an account somewhere, and that account.
    async fn held(&mut self) -> Result<Option<(usize, Held)>> {
        let Some(at) = self.clerk() else { return Ok(None) };
        let member = &self.company.members[at];
        let mut read = self.app.read_all(Role::App).await?;
        let rows = sqlx::query!(
            r#"select a.id as "id!", a.holder_id as "holder!: PersonId", a.rights as "rights!"
                 from accounts_pub a
                where a.department_id = $1 and a.state = 'active'
                  and not exists (select from systems_pub s where s.id = a.system_id and s.is_portal)
                order by a.id"#,
            member.department.0
        )
        .fetch_all(read.conn())
        .await?;
        let free = rows.into_iter().filter(|row| !self.touched.contains(&row.id));
        let free: Vec<Held> =
            free.map(|row| Held { account: row.id, rights: row.rights, holder: row.holder }).collect();
        if free.is_empty() {
            return Ok(None);
        }
        let held = pick(&mut self.dice, &free).clone();
        self.touched.insert(held.account);
        Ok(Some((at, held)))
    }

    pub(super) async fn hand(&self, person: PersonId) -> Result<Hand> {
        let today = self.app.clock().today();
        let facts = Facts {
            session: None,
            source: None,
            request_ref: uuid_at(self.app.clock().now()),
            must_change_password: false,
        };
        let mut read = self.app.read_all(Role::App).await?;
        let viewer: Option<Viewer> = viewer_of(read.conn(), person, today, facts).await?;
        let viewer = viewer.ok_or_else(|| anyhow::anyhow!("the demo's person has no place today"))?;
        Hand::new(self.app, &Arc::new(viewer), Words(Lang::Ja))
    }

    async fn file(
        &mut self,
        kind: &str,
        at: usize,
        concerned: Option<PersonId>,
        typed: Vec<(String, String)>,
        lines: usize,
    ) -> Result<Option<Case>> {
        let applicant = self.company.members[at].clone();
        let Some(manager) = self.company.manager(applicant.department).map(|manager| manager.id) else {
            return Ok(None);
        };
        let hand = self.hand(applicant.id).await?;
        let registered = kinds(self.app)?.get(kind)?.clone();
        let sent = Typed::new(typed.clone());
        let filed = self
            .app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                let id = RequestId::new(work.now);
                file(work, &hand, &registered, id, sent).await
            })
            .await?;
        let Filed::Done { number } = filed else { return Ok(None) };
        self.filed += 1;
        Ok(Some(Case {
            number,
            applicant: at,
            manager,
            concerned,
            holder: String::new(),
            typed,
            lines: u16::try_from(lines).unwrap_or(u16::MAX),
            declined: None,
            register: false,
            portal: false,
        }))
    }

    async fn act(&mut self, next: Next) -> Result<()> {
        match next {
            Next::Confirm(case) => self.confirm(case).await,
            Next::TakeBack(case) => self.take_back(case).await,
            Next::Mend(case) => self.mend(case).await,
            Next::Execute(case) => self.execute(case).await,
            Next::Receive(case) => self.receive(case).await,
            Next::Scene(scene) => self.play(scene).await,
        }
    }

    async fn confirm(&mut self, case: Case) -> Result<()> {
        // what a scene is about comes to its end
        let staged = case.portal || case.declined.is_some();
        if !staged && self.dice.random_range(0..40) == 0 {
            return self.take_back(case).await;
        }
        let verdict = match self.dice.random_range(0..20) {
            _ if staged => Verdict::Approve { note: String::new() },
            0 => Verdict::Refuse { reason: (*pick(&mut self.dice, &REFUSALS)).to_owned() },
            1..=2 => Verdict::Return { reason: (*pick(&mut self.dice, &RETURNS)).to_owned() },
            _ => Verdict::Approve { note: String::new() },
        };
        self.decide_as(case, verdict).await
    }

    pub(super) async fn decide_as(&mut self, case: Case, verdict: Verdict) -> Result<()> {
        let hand = self.hand(self.decider(&case)).await?;
        let said = verdict.clone();
        let number = case.number.clone();
        self.app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                let seen = hash(work, &number).await?;
                decide(work, &hand, &number, seen, said).await
            })
            .await?;
        match verdict {
            Verdict::Approve { .. } => {
                let days = self.dice.random_range(0..3);
                self.later(days, Next::Execute(case));
            }
            Verdict::Return { .. } => {
                let days = self.dice.random_range(1..3);
                self.later(days, Next::Mend(case));
            }
            Verdict::Refuse { .. } => {}
        }
        Ok(())
    }

    async fn take_back(&mut self, case: Case) -> Result<()> {
        let hand = self.hand(self.company.members[case.applicant].id).await?;
        self.app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                withdraw(work, &hand, &case.number, "担当が変わり、不要になったため。").await
            })
            .await
    }

    async fn mend(&mut self, mut case: Case) -> Result<()> {
        let hand = self.hand(self.company.members[case.applicant].id).await?;
        for (name, value) in &mut case.typed {
            if name == "reason" {
                value.push_str("上長の指示により、来月から毎週の集計作業を行います。");
            }
        }
        let typed = Typed::new(case.typed.clone());
        let number = case.number.clone();
        self.app
            .change(&hand.viewer.actor(), async |work: &mut Work| {
                let from = hash(work, &number).await?;
                resubmit(work, &hand, &number, from, typed).await.map(drop)
            })
            .await?;
        self.later(1, Next::Confirm(case));
        Ok(())
    }

    /// Administrators take turns; nobody works on what concerns them.
    pub(super) fn administrator(&mut self, concerned: Option<PersonId>) -> PersonId {
        let able: Vec<PersonId> =
            self.company.of(Tier::Sysadmin).map(|member| member.id).filter(|id| Some(*id) != concerned).collect();
        self.executor += 1;
        able[self.executor % able.len()]
    }

    pub(super) async fn execute(&mut self, case: Case) -> Result<()> {
        let administrator = self.administrator(case.concerned);
        let hand = self.hand(administrator).await?;
        for no in 1..=case.lines {
            let typed = Typed::new(self.result(&case, no));
            let number = case.number.clone();
            let worked = self
                .app
                .change(&hand.viewer.actor(), async |work: &mut Work| {
                    let seen = hash(work, &number).await?;
                    if case.declined == Some(no) {
                        decline(work, &hand, &number, no, seen, DECLINED).await?;
                        return Ok(None);
                    }
                    execute(work, &hand, &number, no, seen, typed).await.map(Some)
                })
                .await?;
            if let Some(Worked::Mend(form)) = worked {
                tracing::warn!(number = case.number, errors = ?form.errors, "a line of the demo could not be carried out");
                return Ok(());
            }
        }
        if case.register {
            let days = self.dice.random_range(0..2);
            self.later(days, Next::Receive(case));
        }
        Ok(())
    }

    fn result(&mut self, case: &Case, no: u16) -> Vec<(String, String)> {
        if !case.register {
            return vec![("beyond_reason".to_owned(), "所属長が確認した担当業務に必要なため。".to_owned())];
        }
        let serial = self.dice.random_range(10..99);
        let id = if case.portal { case.holder.clone() } else { format!("a{}-{serial}{no}", case.holder) };
        let now = crate::kernel::clock::local(self.app.clock().now());
        vec![
            ("issued_id".to_owned(), id),
            ("beyond_reason".to_owned(), "所属長が確認した担当業務に必要なため。".to_owned()),
            ("handover_method".to_owned(), (*pick(&mut self.dice, &["in_person", "sealed", "other_route"])).to_owned()),
            ("identity_check".to_owned(), "対面".to_owned()),
            ("handed_over_at".to_owned(), now.format("%Y-%m-%dT%H:%M").to_string()),
        ]
    }

    async fn receive(&mut self, case: Case) -> Result<()> {
        let Some(person) = case.concerned else { return Ok(()) };
        let slip = self.dice.random_range(0..6) == 0 || case.portal;
        let able = self.company.of(Tier::Sysadmin).next().map(|member| member.id).filter(|_| slip);
        let hand = self.hand(able.unwrap_or(person)).await?;
        for no in (1..=case.lines).filter(|no| case.declined != Some(*no)) {
            let receipt = match able {
                Some(_) => Receipt::Slip { number: format!("受-{}", &case.number), on: self.app.clock().today() },
                None => Receipt::Own,
            };
            self.app
                .change(&hand.viewer.actor(), async |work: &mut Work| {
                    acknowledge(work, &hand, &case.number, no, receipt).await
                })
                .await?;
        }
        Ok(())
    }
}

pub(super) async fn hash(work: &mut Work, number: &str) -> Result<crate::engines::requests::model::ContentHash> {
    let request = store::find(work.conn(), number).await?.ok_or(crate::kernel::error::Error::NotFound)?;
    request.hash()
}
