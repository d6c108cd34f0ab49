//! The request machine (申請の流れ): a pure function (case, action, facts) → (case, effects) or a refusal.
//! No clock, no database, no words: what may happen next is decided here and nowhere else; the database
//! repeats the exclusions on natural persons as a second judge.
use super::acting::{self, RuleUsed};
use super::content::ContentHash;
pub use super::deeds::{Act, Deed};
use super::kind::{AfterReturn, StepAct, StepDef, joinable};
pub use super::phase::{LineState, Phase};
use super::refusal::Refusal;
use super::route::{Capacity, Doer, Organisation, Places, Step, able};
use super::taking_back::{pull_back, take_back};
pub use super::together::Needs;
pub use super::verdict::{Action, Outcome, Receipt, Verdict};
use super::working::{acknowledge, execute};
use crate::kernel::access::Tier;
use crate::kernel::ids::PersonId;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// One line of the current round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineCase {
    pub no: u16,
    pub state: LineState,
    /// The first part of its work is done, and the line still open.
    pub begun: bool,
    pub executed_on: Option<NaiveDate>,
}

impl LineCase {
    #[must_use]
    pub const fn open(no: u16) -> Self {
        Self { no, state: LineState::Open, begun: false, executed_on: None }
    }
}

/// A request as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub phase: Phase,
    pub round: u16,
    /// Index of the first of the steps that wait together; past the end when none does.
    pub at: usize,
    /// Of those that wait, the one that is looked at: somebody's own, or the first.
    pub turn: usize,
    pub content: ContentHash,
    /// The natural person who filed; `None` for what is filed without sign-in.
    pub applicant: Option<PersonId>,
    /// The natural person the request is about (対象者).
    pub concerned: Option<PersonId>,
    /// Whom somebody without sign-in claims to be (申告された人): not bound to the request, but never at work on it.
    pub claimed: Option<PersonId>,
    /// Where the request is filed from, and who owns what it asks for.
    pub places: Places,
    pub steps: Vec<Step>,
    pub lines: Vec<LineCase>,
    /// Acts of the current round only, in their order; earlier rounds count for nothing.
    pub acts: Vec<Act>,
}

/// What the rules need to know besides the case.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub doer: &'a Doer,
    pub today: NaiveDate,
    pub route: &'a [StepDef],
    pub joins: &'a [(String, String)],
    /// 差戻し後の経路
    pub after_return: AfterReturn,
    pub org: &'a Organisation,
}

/// In which capacity somebody acted (資格); becomes part of the append-only row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub capacity: Capacity,
    /// 代理: the natural person acted for.
    pub acting_for: Option<PersonId>,
    /// 代: a deputy, acting for a person or, when that person is excluded, for the post.
    pub deputy: bool,
    /// One person holds two steps because the regulation joins them; marked on the record.
    pub joined: bool,
    /// 代決: the rule by which the deputy decides, without an appointment.
    pub by_rule: Option<RuleUsed>,
}

/// What the caller writes down, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Decided {
        step: usize,
        line: Option<u16>,
        verdict: Verdict,
        standing: Standing,
    },
    Executed {
        line: u16,
        step: usize,
        outcome: Outcome,
        standing: Standing,
    },
    Acknowledged {
        line: u16,
        receipt: Receipt,
        standing: Option<Standing>,
    },
    /// A step opened; its seat may have been placed anew.
    Arrived {
        step: usize,
    },
    /// A step is passed over (省略).
    Skipped {
        step: usize,
    },
    /// A step that had moved while its holder was away waits for the holder again.
    GivenBack {
        step: usize,
    },
    /// 通知: those of this step are told; nobody waits for them.
    Told {
        step: usize,
    },
    Resubmitted,
    Returned,
    /// 差戻し to this step.
    SentBack {
        to: usize,
    },
    /// 引戻し by the applicant.
    PulledBack,
    /// 引戻し of the decision with this number.
    TookBack {
        of: i64,
        step: usize,
        line: Option<u16>,
        standing: Standing,
    },
    /// The step waits again, for the one who took back what they had decided there.
    Reopened {
        step: usize,
    },
    Completed,
    Refused,
    Withdrawn,
}

impl Case {
    /// A request at the moment of filing, or why it cannot be filed now.
    pub fn file(
        content: ContentHash,
        applicant: Option<PersonId>,
        concerned: Option<PersonId>,
        places: Places,
        lines: u16,
        facts: &Facts<'_>,
    ) -> Result<(Self, Vec<Effect>), Refusal> {
        let mut case = Self {
            phase: Phase::InReview,
            round: 1,
            at: 0,
            turn: 0,
            content,
            applicant,
            concerned,
            claimed: None,
            places,
            steps: Vec::new(),
            lines: (1..=lines).map(LineCase::open).collect(),
            acts: Vec::new(),
        };
        let mut effects = Vec::new();
        case.open_round(facts, &mut effects)?;
        Ok((case, effects))
    }

    /// Those who never decide and never execute: applicant and person concerned (natural persons).
    #[must_use]
    pub fn parties(&self) -> BTreeSet<PersonId> {
        self.applicant.into_iter().chain(self.concerned).collect()
    }

    /// The same with whom somebody without sign-in claims to be: nobody of them is ever at work on it.
    #[must_use]
    pub fn kept_out(&self) -> BTreeSet<PersonId> {
        self.parties().into_iter().chain(self.claimed).collect()
    }

    /// Those kept from a step because they acted on another one of this round.
    #[must_use]
    pub fn acted(&self, step: &str, joins: &[(String, String)]) -> BTreeSet<PersonId> {
        let other = |act: &&Act| act.step != step && !joinable(joins, &act.step, step);
        self.acts.iter().filter(other).flat_map(|act| std::iter::once(act.by).chain(act.acting_for)).collect()
    }

    /// The step that waits; of several, the one that is looked at.
    #[must_use]
    pub fn step(&self) -> Option<&Step> {
        self.steps.get(self.turn)
    }

    /// Has any line been worked on?
    #[must_use]
    pub fn some_executed(&self) -> bool {
        self.lines.iter().any(|line| line.begun || !matches!(line.state, LineState::Open | LineState::Denied))
    }

    /// Does any line wait for its receipt?
    #[must_use]
    pub fn some_to_receive(&self) -> bool {
        self.acknowledges() && self.lines.iter().any(|line| line.state == LineState::Executed)
    }

    /// May this person answer now (判断・意見・確認・報告)? Asked by the button and by the POST alike.
    pub fn may_decide(&self, facts: &Facts<'_>) -> Result<Standing, Refusal> {
        self.own_turn(None, StepAct::answers, facts).map(|(_, standing)| standing)
    }

    /// May this person do the work now?
    pub fn may_execute(&self, facts: &Facts<'_>) -> Result<Standing, Refusal> {
        self.own_turn(None, |act| act == StepAct::Execute, facts).map(|(_, standing)| standing)
    }

    /// May this person send it back now (判断の段階でも実施の段階でも), to the applicant or to an earlier step? What was filed
    /// without sign-in cannot be mended by anybody, and so never goes back to whoever filed it.
    pub fn may_return(&self, to: Option<&str>, facts: &Facts<'_>) -> Result<Standing, Refusal> {
        self.returning(None, to, facts).map(|(_, standing)| standing)
    }

    fn returning(
        &self,
        asked: Option<&str>,
        to: Option<&str>,
        facts: &Facts<'_>,
    ) -> Result<(usize, Standing), Refusal> {
        let returns = |act: StepAct| act.decides() || matches!(act, StepAct::Confirm | StepAct::Execute);
        let open = || self.open_steps().filter_map(|place| self.steps.get(place)).filter(|step| returns(step.act));
        if open().next().is_none() {
            return Err(Refusal::NotWaiting(self.phase));
        }
        match to {
            None if self.applicant.is_none() => return Err(Refusal::NobodyMends),
            Some(key) if !self.earlier().any(|(_, step)| step.key == key) => return Err(Refusal::UnknownStep),
            _ => {}
        }
        if self.some_executed() {
            return Err(Refusal::SomeExecuted);
        }
        // whoever filed it takes it back instead
        if open().all(|step| step.applicant) {
            return Err(Refusal::OwnRequest);
        }
        self.own_turn(asked, returns, facts)
    }

    /// May this person withdraw it now?
    pub fn may_withdraw(&self, doer: &Doer) -> Result<(), Refusal> {
        if self.applicant != Some(doer.person) {
            return Err(Refusal::NotApplicant);
        }
        match self.phase {
            Phase::InReview | Phase::Returned | Phase::PulledBack => Ok(()),
            Phase::Executing if !self.some_executed() => Ok(()),
            Phase::Executing => Err(Refusal::SomeExecuted),
            phase => Err(Refusal::NotWaiting(phase)),
        }
    }

    /// May this person mend it and send it again?
    pub fn may_resubmit(&self, doer: &Doer) -> Result<(), Refusal> {
        match self.phase {
            Phase::Returned | Phase::PulledBack if self.applicant == Some(doer.person) => Ok(()),
            Phase::Returned | Phase::PulledBack => Err(Refusal::NotApplicant),
            phase => Err(Refusal::NotWaiting(phase)),
        }
    }

    /// May this person confirm receipt of a line as the one who uses it?
    pub fn may_receive(&self, line: u16, doer: &Doer) -> Result<(), Refusal> {
        self.receivable(line)?;
        (self.recipient() == Some(doer.person)).then_some(()).ok_or(Refusal::NotRecipient)
    }

    /// May this person enter the signed slip of one who cannot sign in?
    pub fn may_enter_slip(&self, line: u16, facts: &Facts<'_>) -> Result<Standing, Refusal> {
        self.receivable(line)?;
        let executing = self.steps.iter().find(|step| step.act == StepAct::Execute);
        let step = executing.ok_or(Refusal::NotWaiting(self.phase))?;
        // The slip proves the receipt; who worked on the line may enter it, the parties may not.
        self.seat_of(step, facts.doer, &BTreeSet::new())
    }

    /// Who confirms receipt: the person concerned, else the applicant.
    #[must_use]
    pub fn recipient(&self) -> Option<PersonId> {
        self.concerned.or(self.applicant)
    }

    fn receivable(&self, line: u16) -> Result<(), Refusal> {
        if !matches!(self.phase, Phase::Executing | Phase::HandingOver) || !self.acknowledges() {
            return Err(Refusal::NotWaiting(self.phase));
        }
        match self.line(line)?.state {
            LineState::Executed => Ok(()),
            LineState::Open => Err(Refusal::LineNotExecuted),
            LineState::Acknowledged | LineState::Declined | LineState::Denied => Err(Refusal::LineDone),
        }
    }

    pub(super) fn line(&self, no: u16) -> Result<&LineCase, Refusal> {
        self.lines.iter().find(|line| line.no == no).ok_or(Refusal::UnknownLine)
    }

    fn acknowledges(&self) -> bool {
        self.steps.iter().any(|step| step.act == StepAct::Acknowledge)
    }

    /// The capacity in which somebody may act at a step: never in own matters, never on two steps.
    pub(super) fn stand(&self, step: &Step, facts: &Facts<'_>) -> Result<Standing, Refusal> {
        self.stand_among(step, self.answered_by(step), facts)
    }

    /// The same where these have given their answer.
    pub(super) fn stand_among(
        &self,
        step: &Step,
        answered: BTreeSet<PersonId>,
        facts: &Facts<'_>,
    ) -> Result<Standing, Refusal> {
        let mut acted = self.acted(&step.key, facts.joins);
        if answered.contains(&facts.doer.person) {
            return Err(Refusal::AlreadyAnswered);
        }
        acted.extend(answered);
        if step.act == StepAct::Confirm && self.phase == Phase::Reporting && self.worked(facts.doer.person) {
            return Err(Refusal::WorkerConfirms);
        }
        if step.applicant {
            return self.stand_as_applicant(step, facts.doer);
        }
        if step.act == StepAct::Report && !self.executed(facts.doer.person) && self.reporters(step, facts) {
            self.seat_of(step, facts.doer, &acted)?;
            return Err(Refusal::WorkersReport);
        }
        let mut standing = self.seat_of(step, facts.doer, &acted)?;
        if let Some(tier) = apart(step, &standing, facts) {
            return Err(Refusal::ApartFromDecider(tier));
        }
        if acted.contains(&facts.doer.person) {
            return Err(match step.act {
                StepAct::Execute => Refusal::ApproverExecutes,
                _ => Refusal::AlreadyActed,
            });
        }
        let persons = [Some(facts.doer.person), standing.acting_for];
        let before = |act: &Act| {
            act.step != step.key && persons.iter().flatten().any(|p| act.by == *p || act.acting_for == Some(*p))
        };
        // who reports is meant to be who worked: no mark
        standing.joined = step.act != StepAct::Report && self.acts.iter().any(before);
        Ok(standing)
    }

    /// Whoever files acts in one of their own capacities, on nothing that concerns themselves.
    fn stand_as_applicant(&self, step: &Step, doer: &Doer) -> Result<Standing, Refusal> {
        if self.applicant != Some(doer.person) {
            return Err(Refusal::NotApplicant);
        }
        if self.concerned == Some(doer.person) {
            return Err(Refusal::OwnRequest);
        }
        let mut own = doer.capacities.iter().filter(|capacity| capacity.acting_for.is_none());
        let first = own.clone().next();
        let capacity = own.find(|capacity| capacity.tier == step.seat.tier).or(first);
        let capacity = capacity.ok_or(Refusal::NotYourStep(step.seat.position()))?;
        Ok(Standing { capacity: capacity.clone(), acting_for: None, deputy: false, joined: false, by_rule: None })
    }

    /// Did this person do work of the round, or another one in their place?
    fn executed(&self, person: PersonId) -> bool {
        let works = |act: &&Act| act.deed == Deed::Worked;
        self.acts.iter().filter(works).any(|act| act.by == person || act.acting_for == Some(person))
    }

    /// Can one of those who did the work still report it?
    fn reporters(&self, step: &Step, facts: &Facts<'_>) -> bool {
        self.able(step, facts.joins, facts.org).iter().any(|person| self.executed(*person))
    }

    /// The natural persons who can act at a step of this round. The report of the work is that of those who did it, as long as
    /// one of them can still give it.
    #[must_use]
    pub fn able(&self, step: &Step, joins: &[(String, String)], org: &Organisation) -> BTreeSet<PersonId> {
        let mut acted = self.acted(&step.key, joins);
        acted.extend(self.answered_by(step));
        let mut able = able(step, &self.kept_out(), &acted, org);
        self.without_deputies_of_those_who_answered(step, org, &mut able);
        let workers: BTreeSet<PersonId> = able.iter().copied().filter(|person| self.executed(*person)).collect();
        if step.act == StepAct::Report && !workers.is_empty() { workers } else { able }
    }

    /// Did this person do the work of the round, or report it?
    fn worked(&self, person: PersonId) -> bool {
        let works =
            |key: &str| self.steps.iter().any(|s| s.key == key && matches!(s.act, StepAct::Execute | StepAct::Report));
        self.acts.iter().any(|act| (act.by == person || act.acting_for == Some(person)) && works(&act.step))
    }

    /// The seat itself: own posts before stand-ins; a stand-in never for one who is excluded, unless the step
    /// moved to the deputy for exactly that reason, who then acts for the post.
    fn seat_of(&self, step: &Step, doer: &Doer, acted: &BTreeSet<PersonId>) -> Result<Standing, Refusal> {
        let parties = self.kept_out();
        if parties.contains(&doer.person) {
            return Err(Refusal::OwnRequest);
        }
        let seated: Vec<&Capacity> = doer.capacities.iter().filter(|capacity| step.seats_one(capacity)).collect();
        if let Some(own) = seated.iter().find(|capacity| capacity.acting_for.is_none()) {
            return Ok(Standing {
                capacity: (*own).clone(),
                acting_for: None,
                deputy: false,
                joined: false,
                by_rule: None,
            });
        }
        let excluded = |principal: &PersonId| parties.contains(principal) || acted.contains(principal);
        let stand_in = |capacity: &Capacity, acting_for| Standing {
            capacity: capacity.clone(),
            acting_for,
            deputy: true,
            joined: false,
            by_rule: None,
        };
        if let Some(capacity) =
            seated.iter().find(|capacity| capacity.acting_for.is_some_and(|principal| !excluded(&principal)))
        {
            return Ok(stand_in(capacity, capacity.acting_for));
        }
        let for_post = step.moved.is_some_and(|moved| moved.to_deputy);
        match seated.first() {
            Some(capacity) if for_post => Ok(stand_in(capacity, None)),
            Some(_) => Err(Refusal::PrincipalsRequest),
            None => acting::stand(step, doer, &parties.union(acted).copied().collect())
                .unwrap_or_else(|| Err(self.not_seated(step, doer))),
        }
    }

    fn not_seated(&self, step: &Step, doer: &Doer) -> Refusal {
        let same_tier = doer.capacities.iter().any(|capacity| capacity.tier == step.seat.tier);
        if self.at_owners(step) && same_tier { Refusal::NotOwners } else { Refusal::NotYourStep(step.seat.position()) }
    }

    /// Does this step wait with the section that owns what is asked for?
    fn at_owners(&self, step: &Step) -> bool {
        self.places.owner.is_some() && step.seat.department == self.places.owner
    }

    pub(super) fn note_act(
        &mut self,
        step: usize,
        line: Option<u16>,
        deed: Deed,
        facts: &Facts<'_>,
        standing: &Standing,
    ) {
        let no = if deed == Deed::Worked { 0 } else { self.acts.iter().map(|act| act.no).max().unwrap_or(0) + 1 };
        let step = self.steps.get(step).map(|step| step.key.clone()).unwrap_or_default();
        let (by, acting_for, post) = (facts.doer.person, standing.acting_for, standing.capacity.post);
        self.acts.push(Act { no, step, line, by, acting_for, post, deed });
    }
}

/// The tier that keeps somebody from deciding here for another: what the clause keeps apart does not meet in a stand-in.
fn apart(step: &Step, standing: &Standing, facts: &Facts<'_>) -> Option<Tier> {
    if !standing.deputy && step.is_asked() {
        return None;
    }
    step.apart_from.iter().copied().find(|tier| facts.org.holding(&[*tier]).contains(&facts.doer.person))
}

/// Applies an action to a case, or says why not. The case given in is never half changed.
pub fn apply(case: &Case, action: &Action, facts: &Facts<'_>) -> Result<(Case, Vec<Effect>), Refusal> {
    let mut next = case.clone();
    let effects = match action {
        Action::Decide { at, seen, line, verdict } => decide(&mut next, (at.as_deref(), *seen, *line), verdict, facts)?,
        Action::Execute { seen, line, outcome } => execute(&mut next, *seen, *line, outcome, facts)?,
        Action::Acknowledge { line, receipt } => acknowledge(&mut next, *line, receipt, facts)?,
        Action::PullBack => pull_back(&mut next, facts)?,
        Action::TakeBack => take_back(&mut next, facts)?,
        Action::PullUp => {
            let (pulled, effects) = case.pulled_up(facts)?;
            next = pulled;
            effects
        }
        Action::Withdraw => {
            case.may_withdraw(facts.doer)?;
            next.phase = Phase::Withdrawn;
            vec![Effect::Withdrawn]
        }
        Action::Resubmit { content, concerned, places, lines } => {
            case.may_resubmit(facts.doer)?;
            next.round += 1;
            next.content = *content;
            next.concerned = *concerned;
            next.places = *places;
            next.lines = (1..=*lines).map(LineCase::open).collect();
            next.acts.clear();
            let mut effects = vec![Effect::Resubmitted];
            next.open_round(facts, &mut effects)?;
            effects
        }
    };
    Ok((next, effects))
}

fn decide(
    case: &mut Case,
    (at, seen, line): (Option<&str>, ContentHash, Option<u16>),
    verdict: &Verdict,
    facts: &Facts<'_>,
) -> Result<Vec<Effect>, Refusal> {
    let (step, standing) = match verdict {
        Verdict::Return { to, .. } => case.returning(at, to.as_deref(), facts)?,
        _ => case.own_turn(at, StepAct::answers, facts)?,
    };
    case.turn = step;
    if seen != case.content {
        return Err(Refusal::ContentChanged);
    }
    let act = case.step().map_or(StepAct::Notify, |step| step.act);
    if !verdict.answers(act) {
        return Err(Refusal::NoSuchAnswer);
    }
    // who decides by rule says why it could not wait
    if (verdict.needs_words() || standing.by_rule.is_some()) && verdict.words().trim().is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    let by_line = case.step().is_some_and(|step| step.each_line);
    let line = line.filter(|_| by_line && !matches!(verdict, Verdict::Return { .. }));
    if by_line && line.is_none() && !matches!(verdict, Verdict::Return { .. }) {
        return Err(Refusal::UnknownLine);
    }
    if let Some(no) = line
        && (case.line(no)?.state != LineState::Open || case.answered_at(step, no))
    {
        return Err(Refusal::LineDone);
    }
    case.note_act(step, line, deed_of(verdict, facts), facts, &standing);
    let mut effects = vec![Effect::Decided { step, line, verdict: verdict.clone(), standing }];
    match (verdict, line) {
        (Verdict::Return { to: Some(key), .. }, _) => send_back(case, key, facts, &mut effects)?,
        (Verdict::Return { .. }, _) => {
            case.phase = Phase::Returned;
            effects.push(Effect::Returned);
        }
        (Verdict::Refuse { .. }, None) => {
            if case.steps.get(step).is_none_or(|step| case.hopeless(step, facts)) {
                case.phase = Phase::Refused;
                effects.push(Effect::Refused);
            }
        }
        (_, Some(no)) => {
            if let Some(line) = case.lines.iter_mut().find(|line| line.no == no && !verdict.passes()) {
                line.state = LineState::Denied;
            }
            after_line(case, facts, &mut effects);
        }
        (_, None) => case.advance(facts, &mut effects),
    }
    Ok(effects)
}

fn deed_of(verdict: &Verdict, facts: &Facts<'_>) -> Deed {
    match verdict {
        Verdict::Return { to: Some(to), .. } => Deed::SentBack { to: to.clone(), after: facts.after_return },
        Verdict::Return { .. } => Deed::Returned,
        Verdict::Refuse { .. } => Deed::Stopped,
        _ => Deed::Passed,
    }
}

/// 差戻し to an earlier step: it waits again, and what was decided from there on counts as the route says.
fn send_back(case: &mut Case, key: &str, facts: &Facts<'_>, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
    let to = case.place_of(key).ok_or(Refusal::UnknownStep)?;
    case.reopen_lines();
    case.at = case.stage(to);
    effects.push(Effect::SentBack { to });
    case.arrive(facts, effects);
    Ok(())
}

/// The next step opens once every line has its answer; with all of them denied the request is refused.
fn after_line(case: &mut Case, facts: &Facts<'_>, effects: &mut Vec<Effect>) {
    if case.lines.iter().all(|line| line.state == LineState::Denied) {
        case.phase = Phase::Refused;
        effects.push(Effect::Refused);
    } else {
        case.advance(facts, effects);
    }
}
