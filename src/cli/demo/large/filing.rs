//! One request of the bulk from its filing to its last act: what it asks for, who acts when, and everything that is written
//! down of it.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rand::RngExt as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::accounts::{Account, Cause, Opening};
use super::cast::Person;
use super::life::Life;
use super::log::{About, Doer, event};
use super::paper::{BEYOND, Handover, Named, Paper, beyond_recorded};
use super::record::{By, Course, Fate, Work, Writing, decision, execution, head, receipt};
use super::tables::{ACCOUNT, HISTORY};
use crate::engines::requests::Registered;
use crate::engines::requests::model::StepAct;
use crate::kernel::audit::Canon;
use crate::kernel::clock::local;
use crate::kernel::text::fold_for_search;

const CHANGES: [&str; 4] = [
    "担当替えに伴い、必要な権限に合わせるため。",
    "年度の業務分担の見直しにより、更新の権限が必要になったため。",
    "応援業務が終わり、元の権限に戻すため。",
    "繁忙期の処理を分担するため。",
];
const STOPS: [&str; 3] = [
    "担当替えにより使わなくなったため。",
    "業務の移管により利用が終わったため。",
    "同じ業務を別のシステムで行うようになったため。",
];
const REFUSALS: [&str; 3] = [
    "担当業務との関係が確認できません。担当が決まった時点で改めて申請してください。",
    "現在の権限で足りる業務です。不足する操作がある場合は、その内容を書いて申請してください。",
    "同じ目的の申請が既に処理されています。",
];
const TAKEN_BACK: &str = "担当が変わり、不要になったため。";
const METHODS: [&str; 3] = ["in_person", "sealed", "other_route"];

/// What somebody wants.
enum Wanted {
    /// accounts on these systems with these rights
    Register(Vec<(usize, usize)>),
    /// another right on an account
    Change(usize, usize),
    /// an account to be stopped
    Stop(usize),
}

/// A request while it is put together.
struct Matter {
    wanted: Wanted,
    registered: Registered,
    section: usize,
    holder: usize,
    applicant: usize,
    paper: Paper,
    reason: &'static str,
    /// not to be carried out before
    from: NaiveDate,
    until: Option<NaiveDate>,
}

impl Life {
    /// Somebody files something.
    pub(super) fn file(&mut self, at: DateTime<Utc>) -> anyhow::Result<()> {
        let matter = self.matter(at);
        let course = self.course(at, &matter);
        self.write(&matter, &course)
    }

    fn matter(&mut self, at: DateTime<Utc>) -> Matter {
        let today = local(at).date_naive();
        // the rest of the accounts over the rest of the requests
        let share = self.span.accounts * 945 / self.span.requests.max(1);
        let roll = self.dice.random_range(0..1_000);
        if roll >= share
            && let Some(account) = self.free_account()
        {
            return self.about(account, today, roll >= share + 30);
        }
        for _ in 0..40 {
            if let Some(matter) = self.register(today) {
                return matter;
            }
        }
        match self.free_account() {
            Some(account) => self.about(account, today, true),
            // everybody has everything: the same person asks once more
            None => self.anew(today),
        }
    }

    fn people(&mut self, section: usize) -> (usize, usize) {
        let clerks = self.cast.sections[section].clerks.len();
        let holder = self.dice.random_range(0..clerks);
        let applicant = if self.dice.random_range(0..3) == 0 { holder } else { self.dice.random_range(0..clerks) };
        (holder, applicant)
    }

    fn register(&mut self, today: NaiveDate) -> Option<Matter> {
        let section = self.section(today);
        let (holder, applicant) = self.people(section);
        let person = self.clerk(section, holder).id;
        let wanted = if self.dice.random_range(0..8) == 0 { 2 } else { 1 };
        let mut wishes: Vec<(usize, usize)> = Vec::new();
        for _ in 0..8 {
            let system = self.dice.random_range(0..self.cast.systems.len());
            if wishes.len() < wanted && self.taken.insert((person, system)) {
                let wide = self.dice.random_range(0..4) == 0 && self.cast.systems[system].rights.len() > 1;
                wishes.push((system, usize::from(wide)));
            }
        }
        (!wishes.is_empty()).then(|| self.registering(section, (holder, applicant), wishes, today))
    }

    /// Where nobody is left who has not asked yet.
    fn anew(&mut self, today: NaiveDate) -> Matter {
        let section = self.section(today);
        let people = self.people(section);
        self.registering(section, people, vec![(0, 0)], today)
    }

    fn registering(
        &mut self,
        section: usize,
        (holder, applicant): (usize, usize),
        wishes: Vec<(usize, usize)>,
        today: NaiveDate,
    ) -> Matter {
        let reason = self.reasons[self.dice.random_range(0..self.reasons.len())];
        let from = match self.dice.random_range(0..3) {
            0 => today,
            days => self.calendar.add_business_days(today, days),
        };
        let person = self.clerk(section, holder);
        let until = (!person.permanent).then(|| from + TimeDelta::days(180));
        let systems = wishes.iter().map(|(system, right)| {
            let system = &self.cast.systems[*system];
            (system, &system.rights[*right])
        });
        let systems: Vec<_> = systems.collect();
        let registered = self.forms.register.clone();
        let place = (&self.cast.sections[section], person);
        let paper = Paper::register(&registered.kind.form, place, &systems, reason, (from, until));
        Matter { wanted: Wanted::Register(wishes), registered, section, holder, applicant, paper, reason, from, until }
    }

    fn about(&mut self, at: usize, today: NaiveDate, change: bool) -> Matter {
        self.accounts[at].busy = true;
        let (section, holder) = (self.accounts[at].section, self.accounts[at].holder);
        let (_, applicant) = self.people(section);
        let days = self.dice.random_range(1..3);
        let from = if change { self.calendar.add_business_days(today, days) } else { today };
        let words: &[&'static str] = if change { &CHANGES } else { &STOPS };
        let reason = words[self.dice.random_range(0..words.len())];
        let account = &self.accounts[at];
        let system = &self.cast.systems[account.system];
        let named = Named { id: account.id, name: &account.name, system, right: &system.rights[account.right] };
        let place = (&self.cast.sections[section], self.clerk(section, holder));
        let other = usize::from(account.right == 0 && system.rights.len() > 1);
        let (registered, paper, wanted) = if change {
            let registered = self.forms.change.clone();
            let paper = Paper::change(&registered.kind.form, place, &named, &system.rights[other], (reason, from));
            (registered, paper, Wanted::Change(at, other))
        } else {
            let registered = self.forms.stop.clone();
            let paper = Paper::stop(&registered.kind.form, place, &named, (reason, from));
            (registered, paper, Wanted::Stop(at))
        };
        Matter { wanted, registered, section, holder, applicant, paper, reason, from, until: None }
    }

    /// When what happens: as far as the days reach, and lately not always as far.
    fn course(&mut self, filed: DateTime<Utc>, matter: &Matter) -> Course {
        let last = self.span.last;
        let fate = match self.dice.random_range(0..100) {
            0..3 => Fate::Refused,
            3 => Fate::Withdrawn,
            _ => Fate::GoesOn,
        };
        let today = local(filed).date_naive();
        let lies = today >= self.lately && self.dice.random_range(0..10) < 3;
        let reaches = if lies { self.dice.random_range(0..3) } else { 3 };
        let reached = |at: &DateTime<Utc>, stage: i32| *at <= last && stage <= reaches;
        let decides = self.later(filed, 2);
        let decided = Some(decides).filter(|at| reached(at, 1));
        let lines = matter.paper.lines.len();
        let (mut executed, mut received) = (Vec::new(), Vec::new());
        let receipt = matter.registered.kind.step(StepAct::Acknowledge).is_some();
        if let Some(decided) = decided.filter(|_| fate == Fate::GoesOn) {
            let begins = self.at(matter.from).max(decided + TimeDelta::seconds(90));
            let works = self.later(begins, 3);
            executed = self.minutes(works, lines);
            if executed.last().is_some_and(|at| !reached(at, 2)) {
                executed.clear();
            }
        }
        if let Some(done) = executed.last().copied().filter(|_| receipt) {
            let confirms = self.later(done, 3);
            received = self.minutes(confirms, lines);
            if received.last().is_some_and(|at| !reached(at, 3)) {
                received.clear();
            }
        }
        let due = self.due((filed, decided, executed.last().copied()), matter);
        let number = self.number(filed);
        let (applicant, holder) =
            (self.clerk(matter.section, matter.applicant), self.clerk(matter.section, matter.holder));
        let title = matter.registered.kind.title.text(false).unwrap_or_default();
        let search = search(&number, &matter.paper.subject, title, [applicant, holder]);
        let (applicant, holder) = (applicant.id, holder.id);
        Course {
            id: self.id(filed),
            number,
            section: self.cast.sections[matter.section].id,
            applicant,
            holder,
            search,
            filed,
            fate,
            decided,
            executed,
            received,
            receipt,
            due,
        }
    }

    /// One line after the other.
    fn minutes(&mut self, first: DateTime<Utc>, lines: usize) -> Vec<DateTime<Utc>> {
        let gap = TimeDelta::seconds(self.dice.random_range(50..400));
        std::iter::successors(Some(first), |at| Some(*at + gap)).take(lines).collect()
    }

    fn due(
        &self,
        (filed, decided, executed): (DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        matter: &Matter,
    ) -> [Option<NaiveDate>; 3] {
        let begins = matter.registered.effects.begins(&matter.paper.content);
        let mut due = [None; 3];
        for ((step, arrived), due) in
            matter.registered.kind.steps.iter().zip([Some(filed), decided, executed]).zip(&mut due)
        {
            let (Some(days), Some(arrived)) = (step.due_days, arrived) else { continue };
            let day = self.calendar.add_business_days(local(arrived).date_naive(), days);
            let begins = begins.filter(|begins| step.act == StepAct::Execute && *begins > day);
            *due = Some(begins.map_or(day, |begins| self.calendar.on_or_after(begins)));
        }
        due
    }

    /// Everything that is written down of it: its rows now, its events when their moment comes.
    fn write(&mut self, matter: &Matter, course: &Course) -> anyhow::Result<()> {
        let hash = matter.paper.hash(&matter.registered.kind.key);
        let mut told = Told {
            course,
            hash: hash.bytes().to_vec(),
            to: Writing::of(course.acts()),
            acts: vec![Vec::new(); course.acts()],
        };
        head(&mut told.to, course, &matter.registered, &matter.paper)?;
        let facts = json!({
            "kind": matter.registered.kind.key, "subject": matter.paper.subject, "content_hash": hash.to_string(), "claimed": false,
        });
        let applicant = Doer { person: course.applicant, post: None };
        told.tell(0, self.id(course.filed), course.filed, ("request.filed", applicant), facts);
        self.decided(&mut told, matter, &hash.to_string());
        let touched = self.carried_out(&mut told, matter)?;
        self.received(&mut told, matter)?;
        self.waits(&told, matter)?;
        self.put(told, matter, touched)
    }

    fn decided(&mut self, told: &mut Told<'_>, matter: &Matter, hash: &str) {
        let course = told.course;
        let Some(at) = course.decided else { return };
        if course.fate == Fate::Withdrawn {
            let by = Doer { person: course.applicant, post: None };
            told.tell(1, self.id(at), at, ("request.withdrawn", by), json!({ "reason": TAKEN_BACK }));
            return;
        }
        let refused = course.fate == Fate::Refused;
        let words = if refused { REFUSALS[self.dice.random_range(0..REFUSALS.len())] } else { "" };
        let manager = &self.cast.sections[matter.section].manager;
        let (by, person) = (By { person: manager.id, post: manager.post }, doer(manager));
        self.decisions += 1;
        let (id, no) = (self.id(at), self.decisions);
        decision(&mut told.to, course, &told.hash, (id, no, by), words);
        let facts = json!({
            "step": "confirm", "line": null, "tier": "manager", "deputy": false, "joined": false, "words": words, "round": 1,
            "content_hash": hash, "acting_rule": null, "moved": null, "to": null,
        });
        let kind = if refused { "request.refused" } else { "request.approved" };
        told.tell(1, self.id(at), at, (kind, person), facts);
        if let (true, Some(event)) = (refused, told.acts[1].last_mut()) {
            event.outcome = "failed".to_owned();
            event.mechanism = Some(matter.registered.kind.key.clone());
        }
    }

    /// The work line by line; answers with the accounts that it touched.
    fn carried_out(&mut self, told: &mut Told<'_>, matter: &Matter) -> anyhow::Result<Vec<usize>> {
        let mut touched = Vec::new();
        let executor = self.cast.administrators[self.dice.random_range(0..self.cast.administrators.len())].clone();
        for (line, at) in told.course.executed.clone().into_iter().enumerate() {
            touched.push(match &matter.wanted {
                Wanted::Register(wishes) => self.opens(told, matter, (line, wishes[line]), &executor, at)?,
                Wanted::Change(account, right) => {
                    self.goes_on(told, matter, (*account, Some(*right)), &executor, at)?
                }
                Wanted::Stop(account) => self.goes_on(told, matter, (*account, None), &executor, at)?,
            });
            let facts = json!({
                "line": line + 1, "subject": matter.paper.lines[line].subject, "words": "", "tier": "sysadmin", "deputy": false,
                "joined": false,
            });
            told.tell(2 + line, self.id(at), at, ("request.executed", doer(&executor)), facts);
            told.by(2 + line, &matter.registered.kind.key);
            let last = line + 1 == matter.paper.lines.len();
            if last && !told.course.receipt {
                told.tell(2 + line, self.id(at), at, ("request.completed", doer(&executor)), json!({}));
            }
        }
        Ok(touched)
    }

    fn opens(
        &mut self,
        told: &mut Told<'_>,
        matter: &Matter,
        (line, (system, right)): (usize, (usize, usize)),
        executor: &Person,
        at: DateTime<Utc>,
    ) -> anyhow::Result<usize> {
        let (section, holder) = (matter.section, matter.holder);
        let person = self.clerk(section, holder).clone();
        let serial = self.issued.entry(person.id).or_insert(100);
        *serial += 1;
        let name = format!("a{}-{serial}", person.number);
        let method = METHODS[self.dice.random_range(0..METHODS.len())];
        let set = self.cast.systems[system].rights[right].clone();
        let necessity = if set.standard { matter.reason.to_owned() } else { format!("{}\n{BEYOND}", matter.reason) };
        let cause = cause(told.course, executor, at, "accounts-why-opened");
        let places = (system, section, holder, right);
        let id = self.id(at);
        let opening = Opening { id, places, name: name.clone(), necessity: necessity.clone(), until: matter.until };
        let account = Account::open(opening, cause);
        let handover = Handover { issued: &name, right: &set, method, by: executor, desk: &self.desk, at };
        let form = &matter.registered.kind.steps[1].result;
        let (result, shown) = handover.recorded(form);
        let handed = handover.facts();
        let work = Work { line, result, shown: &shown, account: account.id, name: &name };
        let by = By { person: executor.id, post: executor.post };
        let row = self.id(at);
        execution(&mut told.to, told.course, &told.hash, (row, by), work)?;
        let of = &self.cast.systems[system].name;
        let opened = json!({ "system": of, "account": name, "rights": [set.name], "until": matter.until });
        let granted = json!({
            "asked": [set.name], "granted": [set.name], "beyond_standard": !set.standard, "necessity": necessity,
        });
        for (kind, mechanism, facts) in [
            ("account.opened", "account.ledger.created", opened),
            ("account.rights_granted", "account.least_rights", granted),
            ("account.handed_over", "account.handover", handed),
        ] {
            told.tell_of(2 + line, self.id(at), at, (kind, doer(executor)), (account.id, facts));
            told.by(2 + line, mechanism);
        }
        let ids = self.ids(&account);
        told.to.seal(&HISTORY, &account.version(ids, None), 2 + line);
        told.to.seal(&ACCOUNT, &account.row(ids), 2 + line);
        self.accounts.push(account);
        Ok(self.accounts.len() - 1)
    }

    /// Another right, or the end.
    fn goes_on(
        &mut self,
        told: &mut Told<'_>,
        matter: &Matter,
        (place, right): (usize, Option<usize>),
        executor: &Person,
        at: DateTime<Utc>,
    ) -> anyhow::Result<usize> {
        let ids = self.ids(&self.accounts[place]);
        let account = &mut self.accounts[place];
        let system = &self.cast.systems[account.system];
        told.to.put(&HISTORY, account.version(ids, Some(at)), 2);
        let before = system.rights[account.right].name.clone();
        let form = &matter.registered.kind.steps[1].result;
        let (result, shown, kind, mechanism, facts) = match right {
            Some(right) => {
                let set = &system.rights[right];
                let necessity =
                    if set.standard { matter.reason.to_owned() } else { format!("{}\n{BEYOND}", matter.reason) };
                account.goes_on(Some((right, necessity)), cause(told.course, executor, at, "accounts-why-changed"));
                let (result, shown) = beyond_recorded(form, set);
                let facts = json!({
                    "system": system.name, "account": account.name, "before": [before], "after": [set.name], "until": null,
                    "place": null,
                });
                (result, shown, "account.changed", "account.ledger.changed", facts)
            }
            None => {
                account.goes_on(None, cause(told.course, executor, at, "accounts-why-stopped"));
                let facts = json!({
                    "system": system.name, "account": account.name, "on": local(at).date_naive(), "reason": "request",
                });
                (json!({}), Vec::new(), "account.stopped", "account.ledger.stopped", facts)
            }
        };
        let account = &self.accounts[place];
        let ids = self.ids(account);
        told.to.seal(&HISTORY, &account.version(ids, None), 2);
        told.to.seal(&ACCOUNT, &account.row(ids), 2);
        let (id, name) = (account.id, account.name.clone());
        let by = By { person: executor.id, post: executor.post };
        let row = self.id(at);
        let work = Work { line: 0, result, shown: &shown, account: id, name: &name };
        execution(&mut told.to, told.course, &told.hash, (row, by), work)?;
        told.tell_of(2, self.id(at), at, (kind, doer(executor)), (id, facts));
        told.by(2, mechanism);
        Ok(place)
    }

    fn received(&mut self, told: &mut Told<'_>, matter: &Matter) -> anyhow::Result<()> {
        let lines = matter.paper.lines.len();
        let by = Doer { person: told.course.holder, post: None };
        for (line, at) in told.course.received.clone().into_iter().enumerate() {
            let act = 2 + lines + line;
            receipt(&mut told.to, told.course, self.id(at), (line, lines))?;
            let subject = &matter.paper.lines[line].subject;
            let facts = json!({ "line": line + 1, "subject": subject, "by_proxy": false });
            told.tell(act, self.id(at), at, ("request.acknowledged", by), facts);
            let facts = json!({ "line": line + 1, "subject": subject, "by": "person" });
            told.tell(act, self.id(at), at, ("account.received", by), facts);
            told.by(act, "account.handover");
            if let Some(event) = told.acts[act].last_mut() {
                event.concerns = vec![told.course.holder];
            }
            if line + 1 == lines {
                told.tell(act, self.id(at), at, ("request.completed", by), json!({}));
            }
        }
        Ok(())
    }

    /// Those whose turn it is have heard of it.
    fn waits(&mut self, told: &Told<'_>, matter: &Matter) -> anyhow::Result<()> {
        let course = told.course;
        let lines = matter.paper.lines.len();
        if course.closed(lines).is_some() {
            return Ok(());
        }
        let title = matter.registered.kind.title.text(false).unwrap_or_default().to_owned();
        let about = (course.number.as_str(), title.as_str());
        let Some(decided) = course.decided else {
            let manager = self.cast.sections[matter.section].manager.id;
            return self.call(manager, ("request.waiting", "requests-mail-waiting"), about, course.filed);
        };
        if let Some(done) = course.executed.last() {
            return self.call(course.holder, ("request.to_receive", "requests-mail-to-receive"), about, *done);
        }
        let all: Vec<Uuid> = self.cast.administrators.iter().map(|person| person.id).collect();
        for person in all {
            self.call(person, ("request.to_execute", "requests-mail-to-execute"), about, decided)?;
        }
        Ok(())
    }

    /// Rows go, events wait; an account is free again once what names it is over.
    fn put(&mut self, told: Told<'_>, matter: &Matter, touched: Vec<usize>) -> anyhow::Result<()> {
        let Told { course, to, acts, .. } = told;
        for (table, row) in &to.rows {
            self.out.put(table, row)?;
        }
        let moments = std::iter::once(course.filed).chain(course.decided).chain(course.executed.iter().copied());
        let moments: Vec<DateTime<Utc>> = moments.chain(course.received.iter().copied()).collect();
        let over = course.decided.is_some() && course.fate != Fate::GoesOn;
        for (act, ((mut events, seals), at)) in acts.into_iter().zip(to.seals).zip(moments).enumerate() {
            let request = self.id(at);
            for event in &mut events {
                event.request = Some(request);
            }
            if let Some(last) = events.last_mut() {
                last.rows = seals;
            }
            let frees = match &matter.wanted {
                Wanted::Register(_) => act.checked_sub(2).and_then(|line| touched.get(line)).copied(),
                Wanted::Change(account, _) | Wanted::Stop(account) => {
                    (act == 2 || (over && act == 1)).then_some(*account)
                }
            };
            self.happens(at, events, frees.into_iter().collect());
        }
        Ok(())
    }
}

/// A request with what was written of it so far.
struct Told<'a> {
    course: &'a Course,
    hash: Vec<u8>,
    to: Writing,
    acts: Vec<Vec<Canon>>,
}

impl Told<'_> {
    /// An event about the request.
    fn tell(&mut self, act: usize, id: Uuid, at: DateTime<Utc>, (kind, by): (&str, Doer), facts: Value) {
        let mut concerns = vec![self.course.applicant];
        concerns.extend((self.course.holder != self.course.applicant).then_some(self.course.holder));
        self.add(act, id, at, (kind, by), ("request", self.course.id, &concerns, facts));
    }

    /// An event about an account.
    fn tell_of(
        &mut self,
        act: usize,
        id: Uuid,
        at: DateTime<Utc>,
        (kind, by): (&str, Doer),
        (account, facts): (Uuid, Value),
    ) {
        let concerns = [self.course.holder];
        self.add(act, id, at, (kind, by), ("account", account, &concerns, facts));
    }

    fn add(
        &mut self,
        act: usize,
        id: Uuid,
        at: DateTime<Utc>,
        (kind, by): (&str, Doer),
        (entity, entity_id, concerns, facts): (&'static str, Uuid, &[Uuid], Value),
    ) {
        let (number, section) = (self.course.number.as_str(), self.course.section);
        let about = About { entity, id: entity_id, number, section, concerns };
        if let Some(events) = self.acts.get_mut(act) {
            events.push(event(id, at, kind, by, about, facts));
        }
    }

    /// The mechanism of the event that was told last.
    fn by(&mut self, act: usize, mechanism: &str) {
        if let Some(event) = self.acts.get_mut(act).and_then(|events| events.last_mut()) {
            event.mechanism = Some(mechanism.to_owned());
        }
    }
}

fn cause(course: &Course, executor: &Person, at: DateTime<Utc>, reason: &'static str) -> Cause {
    let on = local(at).date_naive();
    Cause { at, on, by: executor.id, request: course.id, number: course.number.clone(), reason }
}

fn doer(person: &Person) -> Doer {
    Doer { person: person.id, post: Some(person.post) }
}

fn search(number: &str, subject: &str, title: &str, people: [&Person; 2]) -> String {
    let mut parts = vec![fold_for_search(number), fold_for_search(subject), fold_for_search(title)];
    let [one, other] = people;
    let both: &[&Person] = if one.id == other.id { &[one] } else { &[one, other] };
    for person in both {
        parts.extend([fold_for_search(&person.name), fold_for_search(&person.reading)]);
    }
    parts.join("|")
}
