//! The route as people read it (経路): before filing as a list of names, afterwards with date stamps, marks and reasons.
use super::{Answer, acting, answers, say};
use crate::engines::requests::actions::Hand;
use crate::engines::requests::model::machine::{Case, Phase};
use crate::engines::requests::model::route::{Moved, Organisation, Step, able};
use crate::engines::requests::model::{Kind, StepAct};
use crate::engines::requests::store::circulation::Circulated;
use crate::engines::requests::store::people::Name;
use crate::engines::requests::store::record::{Decided, ExecutedRow, Received};
use crate::kernel::access::Tier;
use crate::kernel::clock::local;
use crate::kernel::ids::PersonId;
use crate::web::dates::Dates;
use crate::web::locale::Line;
use crate::web::parts::Stamp;
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The names of persons that a page needs.
pub type Names = HashMap<Uuid, Name>;

/// The route before filing: who comes after whom.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    /// Who files it, where whoever looks only prepares it.
    pub filers: Vec<String>,
    pub steps: Vec<FlowStep>,
}

/// One step before filing.
#[derive(Debug, Clone)]
pub struct FlowStep {
    /// 承認, 実施 …
    pub act: String,
    /// 「部門の確認」
    pub title: String,
    /// The names, or what is said when nobody is named.
    pub who: String,
    /// The title of the tier.
    pub tier: String,
    /// Why it is not where the regulation put it.
    pub note: String,
    pub unfilled: bool,
}

/// Names at most, before 「ほか」.
const SHOWN: usize = 3;

/// The route with names.
#[must_use]
pub fn flow(
    hand: &Hand,
    kind: &Kind,
    steps: &[Step],
    parties: &BTreeSet<PersonId>,
    org: &Organisation,
    names: &Names,
    recipient: Option<PersonId>,
) -> Flow {
    let w = hand.w;
    let none = BTreeSet::new();
    let step = |step: &Step| {
        let who = if step.act == StepAct::Acknowledge {
            recipient.map_or_else(|| w.t("requests-recipient").into_owned(), |person| name(names, person))
        } else {
            list(hand, names, &able(step, parties, &none, org))
        };
        let chosen =
            step.seat.person.is_none() && step.seat.function.is_some_and(|function| function.field().is_some());
        let who = if chosen { w.t("requests-chosen-on-form").into_owned() } else { who };
        let title = kind.steps.iter().find(|def| def.key == step.key).map(|def| say(w, &def.title));
        FlowStep {
            act: w.t(step.act.word()).into_owned(),
            title: title.unwrap_or_default(),
            who: match (step.skipped, step.unfilled) {
                (Some(_), _) => String::new(),
                (None, true) => w.t("requests-nobody-here").into_owned(),
                (None, false) => who,
            },
            tier: title_of(hand, step),
            note: notes(hand, step),
            unfilled: step.unfilled && step.skipped.is_none(),
        }
    };
    Flow { filers: Vec::new(), steps: steps.iter().map(step).collect() }
}

/// Everybody whose name a route may show.
#[must_use]
pub fn people_of(steps: &[Step], org: &Organisation) -> Vec<Uuid> {
    let seats = steps.iter().map(|step| step.seat).filter_map(|seat| org.seats.get(&seat));
    let people = seats.flat_map(|seat| seat.holders.iter().chain(seat.deputies.iter().map(|(deputy, _)| deputy)));
    let named = org.named.iter().filter(|((named, _), _)| steps.iter().any(|step| step.designee && step.key == *named));
    let people = people.chain(named.flat_map(|(_, people)| people));
    // who filed does a step of their own without sitting anywhere
    let own = steps.iter().filter_map(|step| step.person);
    people.copied().chain(own).map(|person| person.0).collect()
}

/// 「情報システム管理者又は指名された者」; whoever receives does so as a person.
fn title_of(hand: &Hand, step: &Step) -> String {
    let title = hand.position(step.seat.position());
    match (step.act, step.named()) {
        (StepAct::Acknowledge, _) => String::new(),
        _ if step.applicant => String::new(),
        (_, Some(named)) => {
            hand.w.t2("requests-or-designee", "tier", title, "named", hand.tier(named.tier)).into_owned()
        }
        _ => title,
    }
}

fn name(names: &Names, person: PersonId) -> String {
    names.get(&person.0).map(|name| name.full.clone()).unwrap_or_default()
}

fn list(hand: &Hand, names: &Names, people: &BTreeSet<PersonId>) -> String {
    let mut people: Vec<PersonId> = people.iter().copied().collect();
    people.sort_by_cached_key(|person| (names.get(&person.0).map(|name| name.reading.clone()), *person));
    let shown: Vec<String> = people.iter().take(SHOWN).map(|person| name(names, *person)).collect();
    let shown = shown.join(&hand.w.t("web-list-comma"));
    match people.len().saturating_sub(SHOWN) {
        0 => shown,
        more => hand.w.t2("requests-and-more", "names", shown, "count", more).into_owned(),
    }
}

/// 「本人の案件のため、代理が判断します」
#[must_use]
pub fn moved_note(hand: &Hand, moved: Moved) -> String {
    let key = if moved.to_deputy { "requests-moved-to-deputy" } else { "requests-moved-up" };
    let why = hand.w.t(moved.reason.word());
    hand.w.t2(key, "reason", why, "tier", hand.position(moved.from.position())).into_owned()
}

/// A step on the record.
#[derive(Debug, Clone)]
pub struct RouteStep {
    pub act: String,
    pub title: String,
    pub tier: String,
    pub stamp: Option<Stamp>,
    pub who: String,
    /// 「○○の代理」, 「部門の確認と兼ねて」
    pub marks: Vec<String>,
    pub when: String,
    pub words: String,
    /// What the step recorded.
    pub answers: Vec<Answer>,
    pub note: String,
    pub now: bool,
    pub done: bool,
    /// It ended the request: 却下.
    pub refused: bool,
    /// It sent the request back: 差戻し.
    pub returned: bool,
    /// Never reached any more: the request ended before.
    pub over: bool,
    /// Who of several has said what (合議・持回り), where it takes the answers of several.
    pub tally: Option<Tally>,
}

/// How several have answered at one step.
#[derive(Debug, Clone)]
pub struct Tally {
    /// 「賛成2・反対1・未回答3（4名の回答で決まります）」
    pub said: String,
    pub members: Vec<Member>,
}

/// One of several.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: String,
    /// 賛成, 反対, 意見; 未回答
    pub answer: String,
    pub when: String,
    pub words: String,
    /// The date stamp of whoever did not refuse.
    pub stamp: Option<Stamp>,
    pub refused: bool,
}

/// Beside which step it opens, how many answer, and why it is not where the regulation put it.
fn notes(hand: &Hand, step: &Step) -> String {
    let w = hand.w;
    let beside = step.beside.then(|| w.t("requests-side-by-side").into_owned());
    let several = (step.needed > 1).then(|| w.t1("requests-needs", "count", step.needed).into_owned());
    let moved = step.moved.map(|moved| moved_note(hand, moved));
    let skipped = step.skipped.map(|skip| w.t(skip.word()).into_owned());
    [beside, several, moved, skipped].into_iter().flatten().collect::<Vec<_>>().join(&w.t("web-list-comma"))
}

impl RouteStep {
    /// How the step stands, as its mark in the list says.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match (self.done, self.now, self.refused, self.over) {
            (true, ..) => "is-done",
            (_, true, ..) => "is-now",
            (_, _, true, _) => "is-bad",
            (.., true) => "is-over",
            _ if self.returned => "is-back",
            _ => "",
        }
    }

    /// The colour of its first mark: how it was answered, where it did not go on; any other is only said.
    #[must_use]
    pub const fn tone(&self) -> &'static str {
        match (self.refused, self.returned) {
            (true, _) => "bad",
            (_, true) => "back",
            _ => "part",
        }
    }
}

/// What a route on the record is drawn from.
pub struct Record<'a> {
    pub kind: &'a Kind,
    pub phase: Phase,
    pub round: i32,
    pub steps: &'a [crate::engines::requests::store::steps::PlacedStep],
    pub decisions: &'a [Decided],
    pub executions: &'a [ExecutedRow],
    pub receipts: &'a [Received],
    /// 回覧
    pub circulated: &'a [Circulated],
    /// Who is kept from it, and what they did on other steps.
    pub case: &'a Case,
    pub org: &'a Organisation,
    pub names: &'a Names,
}

impl Record<'_> {
    /// The route of the current round.
    #[must_use]
    pub fn draw(&self, hand: &Hand, dates: &Dates) -> Vec<RouteStep> {
        self.steps.iter().enumerate().map(|(at, placed)| self.step(hand, dates, at, placed)).collect()
    }

    fn step(
        &self,
        hand: &Hand,
        dates: &Dates,
        at: usize,
        placed: &crate::engines::requests::store::steps::PlacedStep,
    ) -> RouteStep {
        let w = hand.w;
        let step = &placed.step;
        let now = self.case.is_open(at);
        let title = self.kind.steps.iter().find(|def| def.key == step.key).map(|def| say(w, &def.title));
        let mut drawn = RouteStep {
            act: w.t(step.act.word()).into_owned(),
            title: title.unwrap_or_default(),
            tier: title_of(hand, step),
            stamp: None,
            who: self.expected(hand, step),
            marks: Vec::new(),
            when: placed.arrived_at.filter(|_| now).map(|arrived| waiting(hand, dates, arrived)).unwrap_or_default(),
            words: String::new(),
            answers: Vec::new(),
            note: notes(hand, step),
            now,
            done: false,
            refused: false,
            returned: false,
            over: false,
            tally: None,
        };
        if step.skipped.is_some() {
            drawn.over = true;
            drawn.who.clear();
            return drawn;
        }
        match step.act {
            StepAct::Execute => self.executed(hand, dates, at, &mut drawn),
            StepAct::Acknowledge => self.received(hand, dates, &mut drawn),
            StepAct::Notify => self.told(hand, dates, (at, placed), &mut drawn),
            _ => self.decided(hand, dates, at, &mut drawn),
        }
        self.of_several(hand, at, step, &mut drawn);
        if now || placed.ended_at.is_some() {
            drawn.tally = self.tally(hand, dates, (at, step), &drawn.act);
        }
        self.end(hand, &mut drawn);
        drawn
    }

    /// What a refusal or a withdrawal left undone is nobody's any more, and says so instead of naming people.
    fn end(&self, hand: &Hand, drawn: &mut RouteStep) {
        let ended = matches!(self.phase, Phase::Refused | Phase::Withdrawn);
        if ended && !drawn.done && !drawn.refused {
            drawn.over = true;
            drawn.note = hand.w.t("requests-step-over").into_owned();
            drawn.tier.clear();
            drawn.who.clear();
        }
    }

    fn expected(&self, hand: &Hand, step: &Step) -> String {
        if step.act == StepAct::Acknowledge {
            return self.case.recipient().map(|person| name(self.names, person)).unwrap_or_default();
        }
        if step.unfilled {
            return hand.w.t("requests-nobody-here").into_owned();
        }
        // whose own step it is knows the case, not the row
        let own = self.case.steps.iter().find(|own| own.applicant && own.key == step.key);
        list(hand, self.names, &self.case.able(own.unwrap_or(step), &self.kind.joins, self.org))
    }

    /// Was this decided here, in this round, and does it still count?
    fn stands(&self, decided: &Decided, at: usize) -> bool {
        decided.counts && decided.round == self.round && usize::try_from(decided.step).ok() == Some(at)
    }

    fn decided(&self, hand: &Hand, dates: &Dates, at: usize, drawn: &mut RouteStep) {
        let Some(decided) = self.decisions.iter().rev().find(|decided| self.stands(decided, at)) else { return };
        drawn.who = name(self.names, PersonId(decided.decider));
        drawn.words.clone_from(&decided.words);
        drawn.when = dates.short_at(decided.decided_at);
        let by_rule = acting::marks(hand, dates, self.names, decided);
        let appointed = (decided.acting_for, decided.deputy);
        let (acting_for, deputy) = if by_rule.is_some() { (None, false) } else { appointed };
        drawn.marks = by_rule.unwrap_or_default();
        drawn.marks.extend(self.marks(hand, acting_for, deputy, decided.joined));
        drawn.marks.extend(named_mark(hand, self.names, decided.named_by, decided.named_as.as_deref()));
        drawn.answers = decided.shown().map(|shown| answers(hand.w, &shown)).unwrap_or_default();
        // a return leaves no stamp, and a step that goes line by line none before its last line
        let one_line = decided.line > 0 && self.phase != Phase::Refused;
        if one_line || matches!(decided.verdict.as_str(), "approve" | "opinion" | "report") {
            drawn.done = self.case.settled(at) || self.phase == Phase::Completed;
            if !drawn.done {
                return;
            }
            drawn.stamp = Some(self.stamp(
                hand,
                dates,
                &drawn.act,
                PersonId(decided.decider),
                decided.decided_at,
                decided.deputy,
            ));
        } else {
            drawn.refused = self.phase == Phase::Refused && decided.verdict == "refuse";
            drawn.returned = decided.verdict == "return";
            drawn.marks.insert(0, hand.w.of("requests-verdict", &decided.verdict).into_owned());
        }
    }

    /// 通知・回覧: told, when, and who has read it; there is no stamp for it.
    fn told(
        &self,
        hand: &Hand,
        dates: &Dates,
        (at, placed): (usize, &crate::engines::requests::store::steps::PlacedStep),
        drawn: &mut RouteStep,
    ) {
        let Some(ended) = placed.ended_at else { return };
        drawn.done = true;
        drawn.when = dates.short_at(ended);
        let here = |one: &&Circulated| one.round == self.round && usize::try_from(one.step).ok() == Some(at);
        let told: Vec<&Circulated> = self.circulated.iter().filter(here).collect();
        if told.is_empty() {
            return;
        }
        let named = |one: &Circulated| name(self.names, PersonId(one.person));
        drawn.who = told.iter().map(|one| named(one)).collect::<Vec<_>>().join(&hand.w.t("web-list-comma"));
        let read = told.iter().filter_map(|one| {
            Some(hand.w.t2("requests-read-by", "name", named(one), "at", dates.short_at(one.read_at?)).into_owned())
        });
        let read: Vec<String> = read.collect();
        let said = hand.w.t2("requests-read-count", "all", told.len(), "count", read.len()).into_owned();
        drawn.marks = std::iter::once(said).chain(read).collect();
    }

    /// 持回り: each of several with what they said and when, and those who have not answered yet.
    fn tally(&self, hand: &Hand, dates: &Dates, (at, step): (usize, &Step), act: &str) -> Option<Tally> {
        let w = hand.w;
        if step.needed < 2 || step.skipped.is_some() || step.each_line {
            return None;
        }
        let said: Vec<&Decided> =
            self.decisions.iter().filter(|one| self.stands(one, at) && one.verdict != "return").collect();
        let member = |decided: &&Decided| {
            let (person, refused) = (PersonId(decided.decider), decided.verdict == "refuse");
            let answer = match (refused, step.act) {
                (true, _) => "requests-tally-against",
                (false, StepAct::Consult) => "requests-tally-opinion",
                (false, _) => "requests-tally-for",
            };
            let marks = self.marks(hand, decided.acting_for, decided.deputy, false).concat();
            let stamp = || self.stamp(hand, dates, act, person, decided.decided_at, decided.deputy);
            Member {
                name: format!("{} {marks}", name(self.names, person)).trim().to_owned(),
                answer: w.t(answer).into_owned(),
                when: dates.short_at(decided.decided_at),
                words: decided.words.clone(),
                stamp: (!refused).then(stamp),
                refused,
            }
        };
        let mut members: Vec<Member> = said.iter().map(member).collect();
        let against = said.iter().filter(|one| one.verdict == "refuse").count();
        // once a request is over, nobody is asked any more, and others may hold the post by now
        let missing =
            if self.phase.is_closed() { BTreeSet::new() } else { self.case.able(step, &self.kind.joins, self.org) };
        let mut missing: Vec<PersonId> = missing.into_iter().collect();
        missing.sort_by_cached_key(|person| (self.names.get(&person.0).map(|name| name.reading.clone()), *person));
        let unanswered = |person: &PersonId| Member {
            name: name(self.names, *person),
            answer: w.t("requests-tally-unanswered").into_owned(),
            when: String::new(),
            words: String::new(),
            stamp: None,
            refused: false,
        };
        members.extend(missing.iter().map(unanswered));
        let values: [(&str, &dyn std::fmt::Display); 4] = [
            ("for", &(said.len() - against)),
            ("against", &against),
            ("missing", &missing.len()),
            ("needed", &step.needed),
        ];
        let key = if step.act == StepAct::Consult { "requests-tally-opinions" } else { "requests-tally" };
        let mut told = w.with(key, &values).into_owned();
        let here = |one: &&Circulated| one.round == self.round && usize::try_from(one.step).ok() == Some(at);
        let sent: Vec<&Circulated> = self.circulated.iter().filter(here).collect();
        if !sent.is_empty() {
            let read = sent.iter().filter(|one| one.read_at.is_some()).count();
            told = format!("{told} {}", w.t2("requests-tally-circulated", "all", sent.len(), "count", read));
        }
        Some(Tally { said: told, members })
    }

    /// 合議: who of several has answered, and how many answers are still needed.
    fn of_several(&self, hand: &Hand, at: usize, step: &Step, drawn: &mut RouteStep) {
        if step.needed < 2 {
            return;
        }
        let comma = hand.w.t("web-list-comma");
        let passes = |decided: &&Decided| self.stands(decided, at) && decided.verdict != "refuse";
        let given: Vec<String> =
            self.decisions.iter().filter(passes).map(|decided| name(self.names, PersonId(decided.decider))).collect();
        if given.is_empty() {
            return;
        }
        let count = given.len();
        let said = hand.w.with(
            "requests-answers-given",
            &[("names", &given.join(&comma)), ("count", &count), ("needed", &step.needed)],
        );
        drawn.marks.push(said.into_owned());
        if drawn.now {
            drawn.who = self.expected(hand, step);
        }
    }

    fn executed(&self, hand: &Hand, dates: &Dates, at: usize, drawn: &mut RouteStep) {
        if let Some(returned) = self.decisions.iter().rev().find(|decided| self.stands(decided, at)) {
            drawn.who = name(self.names, PersonId(returned.decider));
            drawn.words.clone_from(&returned.words);
            drawn.when = dates.short_at(returned.decided_at);
            drawn.marks.push(hand.w.of("requests-verdict", &returned.verdict).into_owned());
            drawn.returned = returned.verdict == "return";
        }
        let Some(last) = self.executions.last() else { return };
        drawn.returned = false;
        let family = PersonId(last.executor);
        drawn.who = name(self.names, family);
        drawn.words.clone_from(&last.words);
        drawn.marks = self.marks(hand, last.acting_for, last.deputy, last.joined);
        drawn.marks.extend(named_mark(hand, self.names, last.named_by, last.named_as.as_deref()));
        if self.case.at > at || self.phase == Phase::Completed {
            drawn.done = true;
            drawn.when = dates.short_at(last.executed_at);
            drawn.stamp = Some(self.stamp(hand, dates, &drawn.act, family, last.executed_at, last.deputy));
        } else if self.phase == Phase::Refused {
            drawn.refused = true;
            drawn.when = dates.short_at(last.executed_at);
            drawn.marks.insert(0, hand.w.t("requests-line-declined").into_owned());
        }
    }

    fn received(&self, hand: &Hand, dates: &Dates, drawn: &mut RouteStep) {
        let Some(last) = self.receipts.last().filter(|_| self.phase == Phase::Completed) else { return };
        drawn.done = true;
        drawn.when = dates.short_at(last.acknowledged_at);
        let person = PersonId(last.entered_by);
        if last.by_proxy {
            drawn.marks.push(hand.w.t1("requests-mark-slip", "name", name(self.names, person)).into_owned());
        } else {
            drawn.stamp = Some(self.stamp(hand, dates, &drawn.act, person, last.acknowledged_at, false));
        }
    }

    fn marks(&self, hand: &Hand, acting_for: Option<Uuid>, deputy: bool, joined: bool) -> Vec<String> {
        let mut marks = Vec::new();
        match acting_for {
            Some(person) => {
                marks
                    .push(hand.w.t1("requests-mark-stand-in", "name", name(self.names, PersonId(person))).into_owned());
            }
            None if deputy => marks.push(hand.w.t("requests-mark-deputy").into_owned()),
            None => {}
        }
        if joined {
            marks.push(hand.w.t("requests-mark-joined").into_owned());
        }
        marks
    }

    fn stamp(&self, hand: &Hand, dates: &Dates, act: &str, person: PersonId, at: DateTime<Utc>, deputy: bool) -> Stamp {
        stamp(hand, dates, act, self.names.get(&person.0), at, deputy)
    }
}

/// 「指名された者として（情報システム管理者 伊藤 翔 の指名）」
#[must_use]
pub fn named_mark(hand: &Hand, names: &Names, by: Option<Uuid>, tier: Option<&str>) -> Option<String> {
    let (by, tier) = (PersonId(by?), Tier::from_key(tier?)?);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("named", &hand.tier(Tier::Operator)), ("tier", &hand.tier(tier)), ("name", &name(names, by))];
    Some(hand.w.with("requests-mark-named", &values).into_owned())
}

/// 日付印: a picture with everything it says in words; the weight is in the record.
#[must_use]
pub fn stamp(hand: &Hand, dates: &Dates, act: &str, who: Option<&Name>, at: DateTime<Utc>, deputy: bool) -> Stamp {
    let day = dates.stamp(local(at).date_naive());
    let (department, family) = who.map(|who| (who.department.clone(), who.family.clone())).unwrap_or_default();
    let stamp = Stamp::new(hand.w, act, &department, &day, &family);
    if deputy { stamp.deputy(hand.w) } else { stamp }
}

/// 「11月18日(水) 9:05 到着、2日経過」
fn waiting(hand: &Hand, dates: &Dates, arrived: DateTime<Utc>) -> String {
    let days = (dates.today - local(arrived).date_naive()).num_days();
    let days = u64::try_from(days).unwrap_or_default();
    hand.w.line(&Line::new("requests-arrived").with("at", dates.short_at(arrived)).count("days", days)).into_owned()
}
