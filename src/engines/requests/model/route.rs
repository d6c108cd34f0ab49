//! Who acts at a step (経路): seats, their holders and deputies, and where a step moves when its holder is
//! away, absent or not allowed: to the dated deputy (代理), then up the departments, then to the tier above.
use super::acting::ByRule;
use super::kind::{StepAct, StepDef, StepScope, joinable};
use crate::kernel::access::{FunctionKey, Position, Tier};
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use std::collections::{BTreeMap, BTreeSet};

/// A tier in a department, or in the organisation as a whole; or one person alone, whom the form names (席).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatId {
    pub tier: Tier,
    /// `None`: any department.
    pub department: Option<DepartmentId>,
    /// `None`: any holder of the tier; else the holder of this function (役割) alone.
    pub function: Option<FunctionKey>,
    /// This natural person's alone, whom the form of the request names; `function` says by which field.
    pub person: Option<PersonId>,
}

impl SeatId {
    /// That of a tier, whatever function its holders have.
    #[must_use]
    pub const fn of(tier: Tier, department: Option<DepartmentId>) -> Self {
        Self { tier, department, function: None, person: None }
    }

    /// That of one person, by whichever field they are named.
    #[must_use]
    pub const fn of_person(person: PersonId) -> Self {
        Self { person: Some(person), ..Self::of(Tier::Staff, None) }
    }

    /// Where whoever holds a post sits: in their department and for the whole organisation, for their tier and for their function.
    pub fn held(tier: Tier, department: DepartmentId, function: Option<FunctionKey>) -> impl Iterator<Item = Self> {
        let functions = std::iter::once(None).chain(function.map(Some));
        functions.flat_map(move |function| {
            [Some(department), None].map(|department| Self { function, ..Self::of(tier, department) })
        })
    }

    /// Who sits there, wherever it is.
    #[must_use]
    pub const fn position(self) -> Position {
        Position { tier: self.tier, function: self.function }
    }

    /// As lists and forms name it: `manager:<department>`, `operator/system_officer:` for the whole organisation,
    /// `staff/<person>:` for one person; the database builds the same (`request_step.seat`).
    #[must_use]
    pub fn key(&self) -> String {
        if let Some(person) = self.person {
            return format!("{}/{person}:", self.tier.key());
        }
        let function = self.function.map(|function| format!("/{}", function.key())).unwrap_or_default();
        let department = self.department.map(|department| department.to_string()).unwrap_or_default();
        format!("{}{function}:{department}", self.tier.key())
    }
}

/// The departments that a route asks for (経路の部署).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// From which the request is filed.
    pub origin: DepartmentId,
    /// That owns what is asked for (所管課), where the kind knows one.
    pub owner: Option<DepartmentId>,
}

impl Places {
    /// A request of one department about things that nobody owns.
    #[must_use]
    pub const fn of(origin: DepartmentId) -> Self {
        Self { origin, owner: None }
    }

    /// Where a step of this scope is looked for.
    #[must_use]
    pub fn at(self, scope: StepScope) -> Option<DepartmentId> {
        match scope {
            StepScope::Department => Some(self.origin),
            StepScope::Owner => Some(self.owner.unwrap_or(self.origin)),
            StepScope::Organisation => None,
        }
    }
}

/// Who sits there today; natural persons only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seat {
    pub holders: Vec<PersonId>,
    /// Dated deputies: (deputy, the holder they stand in for).
    pub deputies: Vec<(PersonId, PersonId)>,
    /// Was there ever a post here? A seat that never existed is passed over without remark.
    pub exists: bool,
    /// Is a post here held by somebody who is not there today (不在: on leave, or their sign-in stopped)?
    pub away: bool,
}

/// The part of the organisation that a route needs, on one day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organisation {
    pub seats: BTreeMap<SeatId, Seat>,
    /// Those who were named for a step of this kind (指名された者), by step and by the department of the one who named.
    pub named: BTreeMap<(String, Option<DepartmentId>), Vec<PersonId>>,
    /// Those whom the form of this request names for a step, by step, with the department in whose line it would go up.
    pub chosen: BTreeMap<String, (PersonId, Option<DepartmentId>)>,
    pub parents: BTreeMap<DepartmentId, DepartmentId>,
    /// Who is not there that day (不在), though the post is theirs; asked only where routes are held against days to come.
    pub absent: BTreeSet<PersonId>,
    /// The tiers for which a rule says who decides while they are away (代決).
    pub by_rule: BTreeSet<Tier>,
}

impl Organisation {
    /// Everybody who holds one of these tiers, wherever.
    #[must_use]
    pub fn holding(&self, tiers: &[Tier]) -> BTreeSet<PersonId> {
        let seats = tiers.iter().filter_map(|tier| self.seats.get(&SeatId::of(*tier, None)));
        seats.flat_map(|seat| seat.holders.iter().copied()).collect()
    }

    /// Takes somebody from every seat, as holder and as stand-in; who stands in for them goes on.
    pub fn without(&mut self, person: PersonId) {
        for seat in self.seats.values_mut() {
            seat.holders.retain(|holder| *holder != person);
            seat.deputies.retain(|(deputy, _)| *deputy != person);
        }
    }

    /// Takes one post from somebody, with those who stand in for it.
    pub fn vacate(
        &mut self,
        person: PersonId,
        (tier, department, function): (Tier, DepartmentId, Option<FunctionKey>),
    ) {
        for id in SeatId::held(tier, department, function) {
            if let Some(seat) = self.seats.get_mut(&id) {
                seat.holders.retain(|holder| *holder != person);
                seat.deputies.retain(|(_, holder)| *holder != person);
            }
        }
    }

    /// Gives somebody a post.
    pub fn seat(&mut self, person: PersonId, tier: Tier, department: DepartmentId) {
        for id in SeatId::held(tier, department, None) {
            let seat = self.seats.entry(id).or_default();
            seat.exists = true;
            if !seat.holders.contains(&person) {
                seat.holders.push(person);
            }
        }
    }

    /// Gives a step to the person whom the form names for it.
    pub fn choose(&mut self, def: &StepDef, person: PersonId, department: Option<DepartmentId>, seat: Seat) {
        self.chosen.insert(def.key.clone(), (person, department));
        self.seats.insert(SeatId { function: def.function, ..SeatId::of_person(person) }, seat);
    }
}

/// Why a step is not where the regulation put it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MoveReason {
    /// 本人の案件のため
    OwnMatter,
    /// 別の段階を判断したため
    AlreadyActed,
    /// 空席のため
    Vacant,
    /// 不在のため: the post is held, and whoever holds it is not there.
    Away,
    /// 事務局が担当を替えたため
    Rerouted,
}

impl MoveReason {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::OwnMatter => "own_matter",
            Self::AlreadyActed => "already_acted",
            Self::Vacant => "vacant",
            Self::Away => "away",
            Self::Rerouted => "rerouted",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::OwnMatter, Self::AlreadyActed, Self::Vacant, Self::Away, Self::Rerouted]
            .into_iter()
            .find(|reason| reason.key() == key)
    }

    /// The word of the catalogue.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OwnMatter => "requests-moved-own-matter",
            Self::AlreadyActed => "requests-moved-already-acted",
            Self::Vacant => "requests-moved-vacant",
            Self::Away => "requests-moved-away",
            Self::Rerouted => "requests-moved-rerouted",
        }
    }
}

/// That a step moved, from where, and why. Kept on the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub from: SeatId,
    pub reason: MoveReason,
    /// It stayed at its seat, but only the deputy can act.
    pub to_deputy: bool,
}

/// A step of one round, with the seat that acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub key: String,
    pub act: StepAct,
    /// Answered line by line.
    pub each_line: bool,
    pub seat: SeatId,
    /// Those whom the holders of the seat name act there too (指名された者).
    pub designee: bool,
    /// Whoever holds one of these decides here in their own post only, never for somebody else.
    pub apart_from: Vec<Tier>,
    /// The one who files, where the step is theirs (`by = ["applicant"]`).
    pub person: Option<PersonId>,
    /// Is the step that of the one who files?
    pub applicant: bool,
    pub moved: Option<Moved>,
    /// Nobody in the organisation can act here today, or fewer than are needed.
    pub unfilled: bool,
    /// Opens together with the step before it (並行).
    pub beside: bool,
    /// How many answers it takes.
    pub needed: u16,
    /// Passed over, and why (省略).
    pub skipped: Option<Skip>,
}

/// Why a step is passed over (省略の理由).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// 空席のため: nobody sits there, and the route allows it.
    Vacant,
    /// 不在のため: whoever sits there is away, and nobody stands in.
    Away,
    /// 引き上げ承認のため: whoever decides later took it to themselves.
    PulledUp,
}

impl Skip {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Vacant => "vacant",
            Self::Away => "away",
            Self::PulledUp => "pulled_up",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Vacant, Self::Away, Self::PulledUp].into_iter().find(|skip| skip.key() == key)
    }

    /// The word of the catalogue.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vacant => "requests-skipped-vacant",
            Self::Away => "requests-skipped-away",
            Self::PulledUp => "requests-skipped-pulled-up",
        }
    }
}

impl Step {
    /// A step of the one who files is that person's; who files for themselves does not act on it, and nobody can.
    #[must_use]
    pub fn of_applicant(mut self, applicant: Option<PersonId>, concerned: Option<PersonId>) -> Self {
        if self.applicant {
            self.person = applicant.filter(|person| concerned != Some(*person));
            self.unfilled = self.person.is_none();
        }
        self
    }

    /// The seat of those who were named.
    #[must_use]
    pub fn named(&self) -> Option<SeatId> {
        self.designee.then(|| named(self.seat))
    }

    /// Is this the seat that the regulation asks, and not one to which the step moved?
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.moved.is_none_or(|moved| moved.from.tier == self.seat.tier)
    }

    /// Every seat from which the step can be taken.
    pub fn seats(&self) -> impl Iterator<Item = SeatId> {
        std::iter::once(self.seat).chain(self.named())
    }

    /// May somebody act here in this capacity?
    #[must_use]
    pub fn seats_one(&self, capacity: &Capacity) -> bool {
        let for_this = |seat| capacity.sits_at(seat) && capacity.named_for.contains(&self.key);
        (!capacity.naming && capacity.sits_at(self.seat)) || self.named().is_some_and(for_this)
    }
}

/// Where those sit whom the holders of a seat name: the same department, as operators.
const fn named(seat: SeatId) -> SeatId {
    SeatId::of(Tier::Operator, seat.department)
}

/// One of today's posts of a person who acts (資格): exactly one is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    pub post: PostId,
    pub tier: Tier,
    pub department: DepartmentId,
    /// The function (役割) for which they hold it.
    pub function: Option<FunctionKey>,
    /// The natural person stood in for (代理).
    pub acting_for: Option<PersonId>,
    /// The natural person whose main post (本務) it is: what the form of a request gives to that person is answered in it.
    pub main_of: Option<PersonId>,
    /// Held by a naming (指名): it sits nowhere but at the steps it is for.
    pub naming: bool,
    /// The steps of this kind for which they were named.
    pub named_for: Vec<String>,
}

impl Capacity {
    #[must_use]
    pub fn sits_at(&self, seat: SeatId) -> bool {
        if seat.person.is_some() {
            return self.main_of == seat.person;
        }
        self.tier == seat.tier
            && seat.department.is_none_or(|department| department == self.department)
            && (seat.function.is_none() || seat.function == self.function)
    }
}

/// Who acts: the natural person, and what they hold today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doer {
    /// The row that is signed in.
    pub account: PersonId,
    /// The natural person behind it.
    pub person: PersonId,
    pub capacities: Vec<Capacity>,
    /// What a rule lets them decide for one who is away (代決); nothing but the request that is being looked at.
    pub by_rule: Vec<ByRule>,
}

/// The tiers a decision goes to when no department has anybody left.
#[must_use]
pub const fn above(tier: Tier) -> &'static [Tier] {
    match tier {
        Tier::Office => &[Tier::Ciso],
        Tier::Ciso => &[Tier::Office],
        _ => &[Tier::Office, Tier::Ciso],
    }
}

/// Finds the seat for a step, keeping out those who may not act on it.
#[must_use]
pub fn place(
    def: &StepDef,
    places: Places,
    parties: &BTreeSet<PersonId>,
    acted: &BTreeSet<PersonId>,
    org: &Organisation,
) -> Step {
    let asked = seat_of(def, places, org);
    let step = |seat, moved, unfilled| Step {
        key: def.key.clone(),
        act: def.act,
        each_line: def.each_line,
        seat,
        // whom the administrators name does not act for those to whom the step moved
        designee: def.designee && seat == asked,
        apart_from: def.apart_from.clone(),
        person: None,
        applicant: def.applicant,
        moved,
        unfilled,
        beside: def.beside,
        needed: 1,
        skipped: None,
    };
    // who receives is a person, and who is told is whoever sits there: neither can be missing
    if def.applicant || matches!(def.act, StepAct::Acknowledge | StepAct::Notify) {
        return step(asked, None, false);
    }
    // whom the form names is not known before it is filled in
    if def.chosen_by().is_some() && asked.person.is_none() {
        return step(asked, None, false);
    }
    if let Some(skip) = passed_by(asked, def, org) {
        return Step { skipped: Some(skip), ..step(asked, None, true) };
    }
    counted(seated(def, asked, parties, acted, org, &step), def, parties, acted, org)
}

/// The seat that the regulation asks.
pub(super) fn seat_of(def: &StepDef, places: Places, org: &Organisation) -> SeatId {
    let person = def.chosen_by().and_then(|_| org.chosen.get(&def.key)).map(|(person, _)| *person);
    SeatId { function: def.function, person, ..SeatId::of(def.by, places.at(def.scope)) }
}

/// May those who stand in act there? Not for the one person whom the form names, where that person may not act: what is theirs
/// alone has no post for which another could.
fn has_deputies(seat: SeatId, free: impl Fn(&PersonId) -> bool) -> bool {
    seat.person.is_none_or(|person| free(&person))
}

/// Why the step is passed over: the route allows it, and the seat has neither a holder who is there nor a deputy.
fn passed_by(asked: SeatId, def: &StepDef, org: &Organisation) -> Option<Skip> {
    let named = Some(def.key.as_str()).filter(|_| def.designee);
    let seat = seat_at(asked, named, org).unwrap_or_default();
    let nobody = def.may_be_missing && seat.holders.is_empty() && seat.deputies.is_empty();
    nobody.then_some(if seat.away { Skip::Away } else { Skip::Vacant })
}

/// With how many answers it takes. Where so many cannot be there, nobody is.
fn counted(
    mut step: Step,
    def: &StepDef,
    parties: &BTreeSet<PersonId>,
    acted: &BTreeSet<PersonId>,
    org: &Organisation,
) -> Step {
    if def.needs.is_one() {
        return step;
    }
    let able = able(&step, parties, acted, org).len();
    let needs = if step.moved.is_some_and(|moved| moved.from != step.seat) { def.needs.moved() } else { def.needs };
    step.needed = needs.of(able);
    step.unfilled |= usize::from(step.needed) > able;
    step
}

/// The seat for a step: the one that is asked for, its deputies, or those above.
fn seated(
    def: &StepDef,
    asked: SeatId,
    parties: &BTreeSet<PersonId>,
    acted: &BTreeSet<PersonId>,
    org: &Organisation,
    step: &impl Fn(SeatId, Option<Moved>, bool) -> Step,
) -> Step {
    let free = |person: &PersonId| !parties.contains(person) && !acted.contains(person);
    let apart = org.holding(&def.apart_from);
    let mut reason = None;
    for seat_id in for_own_matter(candidates(asked, def, org), asked, parties, org) {
        let named = Some(def.key.as_str()).filter(|_| def.designee && seat_id == asked);
        let Some(seat) = seat_at(seat_id, named, org) else { continue };
        if seat_id.tier != asked.tier {
            reason.get_or_insert(MoveReason::Vacant);
        }
        let moved_here = (seat_id != asked).then_some(reason).flatten();
        let moved = |reason, to_deputy| Moved { from: asked, reason, to_deputy };
        let there = |person: &PersonId| free(person) && (seat_id.tier == asked.tier || !apart.contains(person));
        if seat.holders.iter().any(there) {
            return step(seat_id, moved_here.map(|reason| moved(reason, false)), false);
        }
        let why = why_not(&seat, parties);
        let first = *reason.get_or_insert(why);
        // The deputy of an excluded holder acts for the post, not for the person, who may not act at all.
        let mut deputies = seat.deputies.iter().filter(|_| has_deputies(seat_id, free));
        if deputies.any(|(deputy, _)| free(deputy) && !apart.contains(deputy)) {
            return step(seat_id, Some(moved(first, true)), false);
        }
    }
    step(asked, None, true)
}

/// Who sits there, with those who were named for this step.
pub(super) fn seat_at(id: SeatId, step: Option<&str>, org: &Organisation) -> Option<Seat> {
    let seat = org.seats.get(&id).filter(|seat| seat.exists).cloned();
    let Some(named) = step.and_then(|step| org.named.get(&(step.to_owned(), id.department))) else { return seat };
    let mut seat = seat.unwrap_or_default();
    seat.exists = true;
    seat.holders.extend(named);
    Some(seat)
}

/// What is a manager's own matter is not decided by somebody of their own section who belongs to the office: it goes past the office.
fn for_own_matter(
    mut seats: Vec<SeatId>,
    asked: SeatId,
    parties: &BTreeSet<PersonId>,
    org: &Organisation,
) -> Vec<SeatId> {
    let holders = |seat: SeatId| org.seats.get(&seat).into_iter().flat_map(|seat| seat.holders.iter());
    let own = holders(asked).any(|holder| parties.contains(holder));
    let theirs = SeatId::of(Tier::Office, asked.department);
    if own && asked.tier == Tier::Manager && asked.department.is_some() && holders(theirs).next().is_some() {
        let office = SeatId::of(Tier::Office, None);
        seats.retain(|seat| *seat != office);
        seats.push(office);
    }
    seats
}

/// The seats in the order in which they are asked. Work stays with those who can do it (another administrator, or a
/// dated deputy); only decisions move up.
pub(super) fn candidates(asked: SeatId, def: &StepDef, org: &Organisation) -> Vec<SeatId> {
    let mut seats = vec![asked];
    if !def.moves_up() {
        return seats;
    }
    let (mut at, mut tier) = (asked.department, asked.tier);
    // for one person those decide who are above them
    if asked.person.is_some() {
        (at, tier) = (org.chosen.get(&def.key).and_then(|(_, department)| *department), Tier::Manager);
        seats.extend(at.map(|department| SeatId::of(tier, Some(department))));
    }
    // The tree has no ring (a database constraint), the bound only keeps a broken import from hanging a page.
    for _ in 0..32 {
        at = at.and_then(|department| org.parents.get(&department).copied());
        seats.extend(at.map(|department| SeatId::of(tier, Some(department))));
    }
    seats.extend(def.above().iter().map(|tier| SeatId::of(*tier, None)));
    seats
}

fn why_not(seat: &Seat, parties: &BTreeSet<PersonId>) -> MoveReason {
    if seat.holders.is_empty() {
        if seat.away { MoveReason::Away } else { MoveReason::Vacant }
    } else if seat.holders.iter().any(|holder| parties.contains(holder)) {
        MoveReason::OwnMatter
    } else {
        MoveReason::AlreadyActed
    }
}

/// Lays out the whole route of a round before anybody has acted: what the check page shows. Where a seat has a
/// single person left, that person is expected to act there, and later steps are placed accordingly.
#[must_use]
pub fn lay(
    defs: &[StepDef],
    joins: &[(String, String)],
    places: Places,
    parties: &BTreeSet<PersonId>,
    org: &Organisation,
) -> Vec<Step> {
    let mut expected: Vec<(String, PersonId)> = Vec::new();
    let mut steps = Vec::new();
    for def in defs {
        let acted =
            expected.iter().filter(|(key, _)| !joinable(joins, key, &def.key)).map(|(_, person)| *person).collect();
        let step = place(def, places, parties, &acted, org);
        let mut able = able(&step, parties, &acted, org);
        // whoever is only told has not acted
        let acts = def.act != StepAct::Notify && step.skipped.is_none();
        if let (true, 1, Some(only)) = (acts, able.len(), able.pop_first()) {
            expected.push((def.key.clone(), only));
        }
        steps.push(step);
    }
    steps
}

/// The natural persons who can act at this step.
#[must_use]
pub fn able(
    step: &Step,
    parties: &BTreeSet<PersonId>,
    acted: &BTreeSet<PersonId>,
    org: &Organisation,
) -> BTreeSet<PersonId> {
    if step.applicant {
        return step.person.into_iter().collect();
    }
    let named = Some(step.key.as_str()).filter(|_| step.designee);
    let seat = seat_at(step.seat, named, org).filter(|_| step.act != StepAct::Acknowledge);
    let Some(seat) = seat else { return BTreeSet::new() };
    let free = |person: &PersonId| !parties.contains(person) && !acted.contains(person);
    let apart = org.holding(&step.apart_from);
    let there = |person: &PersonId| free(person) && (step.is_asked() || !apart.contains(person));
    let holders: BTreeSet<PersonId> = seat.holders.iter().copied().filter(there).collect();
    if !holders.is_empty() {
        return holders;
    }
    let deputies = seat.deputies.iter().map(|(deputy, _)| *deputy).filter(|_| has_deputies(step.seat, free));
    deputies.filter(|deputy| free(deputy) && !apart.contains(deputy)).collect()
}
