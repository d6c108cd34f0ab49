//! What can be done with a request, one function each; all of it or none of it. Every act is one transaction with its
//! event, its ledger effect through the kind's hooks, and the mails it causes.
//!
//! * [`draft`]: what the form, the check page and the filing all compute in the same way.
//! * [`filing`]: file, resubmit, withdraw.
//! * [`deciding`]: decide, comment.
//! * [`taking_back`]: 引戻し by whoever filed or decided.
//! * [`working`]: execute a line, decline it, confirm receipt.
//! * [`reminding`]: those who have not confirmed in time, and those of whom the applicant asks it.
//! * [`ladder`]: the days of what waits, and who hears of it when they are past.
//! * [`acting`], [`reviewing`]: decisions by rule for one who is away, and their reading afterwards.
//! * [`rerouting`], [`pulling_up`]: what waits at one seat goes to another, by the office or by whoever decides later.
//! * [`late`]: when somebody else was quicker.
//! * `telling`: at once or with the morning's mail, and to whom besides.
//! * [`moving`]: what every transition writes down; [`vacancy`]: when nobody is left where a request waits.
pub mod acting;
pub mod capacity;
pub mod circulating;
pub mod correcting;
pub mod deadlines;
pub mod deciding;
pub mod desk;
pub mod draft;
pub mod filing;
pub mod ladder;
pub mod late;
pub mod moving;
pub mod pulling_up;
pub mod reminding;
pub mod rerouting;
pub mod reviewing;
pub mod step_form;
pub mod taking_back;
pub mod together;
mod telling;
pub mod vacancy;
pub mod working;

use super::kinds::{Kinds, KindsInForce, Matter, Registered};
use super::model::machine::{Case, Phase};
use super::model::route::{Capacity, Doer, Organisation, SeatId};
use super::model::{Content, Number, Refusal, StepAct, StepDef};
use super::store::lists::ALSO;
use super::store::record::{self, Round};
use super::store::{self, Request, people};
use super::views::say;
use crate::kernel::access::{FunctionKey, Permission, Position, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{PersonId, PostId};
use crate::kernel::unchanged::Unchanged;
use crate::kernel::work::Work;
use crate::web::locale::Words;
use crate::web::screen::{House, Naming};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use std::sync::Arc;

/// Who acts, and in whose language refusals are said.
#[derive(Clone)]
pub struct Hand {
    pub viewer: Arc<Viewer>,
    pub w: Words,
    /// The post in which they say they act, where they have to choose one.
    pub chosen: Option<PostId>,
    /// Does the regulation want it said with each act?
    chooses: bool,
    naming: Arc<Naming>,
}

impl Hand {
    pub fn new(app: &App, viewer: &Arc<Viewer>, w: Words) -> Result<Self> {
        let chooses = *app.settings().session.capacity_each_act;
        Ok(Self { viewer: Arc::clone(viewer), w, chosen: None, chooses, naming: app.part::<House>()?.naming() })
    }

    /// Has whoever holds several posts to say in which of them they act?
    #[must_use]
    pub const fn chooses(&self) -> bool {
        self.chooses
    }

    /// The same one acting in this of their posts.
    #[must_use]
    pub fn choosing(self, chosen: Option<PostId>) -> Self {
        Self { chosen, ..self }
    }

    /// The tier's title in the adopted regulation.
    #[must_use]
    pub fn tier(&self, tier: Tier) -> String {
        self.naming.tier(self.w, tier)
    }

    /// What the regulation calls whoever acts there: the function that a clause names, else the tier.
    #[must_use]
    pub fn position(&self, position: Position) -> String {
        let function = position.function.and_then(|function| self.function(function.key()));
        function.unwrap_or_else(|| self.tier(position.tier))
    }

    /// The title of the function that a post is for, by its key.
    #[must_use]
    pub fn function(&self, key: &str) -> Option<String> {
        self.naming.function(self.w, key)
    }

    /// The refusal as the error that a handler answers with.
    #[must_use]
    pub fn refuse(&self, refusal: Refusal) -> Error {
        refusal.into_error(|position| self.position(position))
    }
}

/// Today, in the transaction's own moment.
#[must_use]
pub fn today(work: &Work) -> NaiveDate {
    local(work.now).date_naive()
}

/// The kinds in operation.
pub fn kinds(app: &App) -> Result<Arc<Kinds>> {
    Ok(app.part::<KindsInForce>()?.now())
}

/// The organisation as routes need it, on the days on which it was looked at; a part of the portal.
#[derive(Debug, Default)]
pub struct Organisations(Unchanged<(NaiveDate, String), Organisation>);

/// Everybody who decides or works, and where, on one day; with those who were named for steps of this kind.
pub async fn organisation(app: &App, conn: &mut PgConnection, day: NaiveDate, kind: &str) -> Result<Arc<Organisation>> {
    let read = async |conn: &mut PgConnection| people::organisation(conn, day, Some(kind)).await;
    app.part::<Organisations>()?.0.get(conn, (day, kind.to_owned()), read).await
}

/// The same with the seats of those whom the form names for a step (申請書で選んだ人).
pub async fn with_chosen(
    conn: &mut PgConnection,
    mut org: Arc<Organisation>,
    (route, content): (&[StepDef], &Content),
    day: NaiveDate,
) -> Result<Arc<Organisation>> {
    for def in route {
        let Some(person) = def.chosen_by().and_then(|field| content.person(field)) else { continue };
        let Some((person, department, seat)) = people::seat_of_person(conn, person, day).await? else { continue };
        Arc::make_mut(&mut org).choose(def, person, department, seat);
    }
    Ok(org)
}

/// What a person can act as today on a request of this kind; natural persons behind the stand-ins.
pub async fn doer(conn: &mut PgConnection, viewer: &Viewer, kind: &str) -> Result<Doer> {
    let principals: Vec<_> = viewer.posts.iter().filter_map(|post| post.acting_for.map(|person| person.0)).collect();
    let natural = people::naturals(conn, &principals).await?;
    let capacity = |post: &crate::kernel::access::PostHeld| {
        let acting_for = post.acting_for.map(|person| natural.get(&person.0).copied().unwrap_or(person));
        let named = post.named.iter().flatten().filter_map(|matter| step_of(matter, kind));
        Capacity {
            post: post.id,
            tier: post.tier,
            department: post.department,
            function: post.function.as_deref().and_then(FunctionKey::new),
            acting_for,
            main_of: post.main.then_some(acting_for.unwrap_or(viewer.natural)),
            naming: post.named.is_some(),
            named_for: named.map(str::to_owned).collect(),
        }
    };
    let capacities = viewer.posts.iter().map(capacity).collect();
    Ok(Doer { account: viewer.person, person: viewer.natural, capacities, by_rule: Vec::new() })
}

/// What somebody is named for at a step (`kind/step`).
#[must_use]
pub fn matter(kind: &str, step: &str) -> String {
    format!("{kind}/{step}")
}

fn step_of<'a>(matter: &'a str, kind: &str) -> Option<&'a str> {
    matter.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/'))
}

/// Every seat of a person today, as lists ask for them: `manager:<department>` and `manager:`, with their function
/// `operator/system_officer:`; and `named:<kind>/<step>` for
/// what they were named for, with `also:operator:<department>` for where; by their main post, `staff/<person>:` for what a form
/// gives to them alone.
#[must_use]
pub fn seats(viewer: &Viewer) -> Vec<String> {
    let seat = |post: &crate::kernel::access::PostHeld| {
        let also = if post.named.is_some() { ALSO } else { "" };
        let function = post.function.as_deref().and_then(FunctionKey::new);
        let held = SeatId::held(post.tier, post.department, function);
        held.map(|seat| format!("{also}{}", seat.key())).collect::<Vec<_>>()
    };
    let named = viewer.posts.iter().flat_map(|post| post.named.iter().flatten());
    let named = named.map(|matter| format!("named:{matter}"));
    let main = viewer.posts.iter().filter(|post| post.main);
    let named = named.chain(main.map(|post| SeatId::of_person(post.acting_for.unwrap_or(viewer.natural)).key()));
    viewer.posts.iter().filter(|post| post.tier != Tier::Staff).flat_map(seat).chain(named).collect()
}

/// The seats whose queue this person works off: those they hold, without what the route keeps from them where they would only
/// decide for another (24-1-2).
#[must_use]
pub fn queue_seats(viewer: &Viewer, kinds: &Kinds) -> Vec<String> {
    let own = |tier: Tier| viewer.posts.iter().any(|post| post.tier == tier && post.acting_for.is_none());
    let kept = |step: &StepDef| !own(step.by) && step.apart_from.iter().any(|tier| viewer.holds(*tier));
    let all = kinds.all().flat_map(|one| one.kind.steps.iter().map(move |step| (&one.kind.key, step)));
    let kept = all.filter(|(_, step)| kept(step)).map(|(kind, step)| format!("apart:{kind}/{}", step.key));
    seats(viewer).into_iter().chain(kept).collect()
}

/// Gate two: is this row in reach of `requests.view`, one's own, or waiting at one's own seat? What is not is not found.
#[must_use]
pub fn in_sight(viewer: &Viewer, request: &Request) -> bool {
    let scope = viewer.scope(Permission::RequestsView);
    let own = [viewer.person.0, viewer.natural.0];
    scope.all
        || scope.departments.contains(&request.department_id)
        || request.owner_department_id.is_some_and(|owner| scope.departments.contains(&owner))
        || request.requester_id.is_some_and(|person| own.contains(&person))
        || request.beneficiary_id.is_some_and(|person| own.contains(&person))
        || request.by_rule
        || !request.waits_at.is_empty() && seats(viewer).iter().any(|seat| request.waits_at.contains(seat))
}

/// Everything about a request that its rules and its room ask for.
#[derive(Debug, Clone)]
pub struct Open {
    pub request: Request,
    pub number: Number,
    pub round: Round,
    pub case: Case,
    pub registered: Registered,
    pub org: Arc<Organisation>,
    pub today: NaiveDate,
    pub now: DateTime<Utc>,
}

impl Open {
    /// Reads what belongs to a request's row.
    pub async fn of(app: &App, conn: &mut PgConnection, request: Request, now: DateTime<Utc>) -> Result<Self> {
        let kinds = kinds(app)?;
        let today = local(now).date_naive();
        let registered = kinds.filed_under(request.regulation.as_deref(), request.own_route, &request.kind)?.clone();
        let number = request.number_parts()?;
        let round = record::current_round(conn, &request).await?;
        let case = store::case(conn, &request).await?;
        let org = organisation(app, conn, today, &request.kind).await?;
        let org = with_chosen(conn, org, (&registered.kind.steps, &round.content), today).await?;
        let mut open = Self { request, number, round, case, registered, org, today, now };
        open.case.claimed = open.claimed(conn).await?;
        Ok(open)
    }

    /// What somebody can act as on this request, with what a rule lets them decide on it (代決). Of several steps that wait, theirs
    /// is the one that is looked at from now on.
    pub async fn doer(&mut self, conn: &mut PgConnection, viewer: &Viewer) -> Result<Doer> {
        let mut doer = doer(conn, viewer, &self.request.kind).await?;
        let decides = |place: usize| self.case.steps.get(place).is_some_and(|step| step.act == StepAct::Decide);
        let decided = self.case.open_steps().any(decides);
        if decided && self.case.phase == Phase::InReview && viewer.may(Permission::RequestsDecide) {
            doer.by_rule = acting::by_rule(conn, self.request.id, viewer, self.today).await?;
        }
        if let Some(place) = self.case.own_place(&self.facts(&doer)) {
            self.case.turn = place;
        }
        Ok(doer)
    }

    /// Looks at the step that was on the screen, where it still waits.
    pub fn look_at(&mut self, step: Option<&str>) {
        let place =
            self.case.open_steps().find(|place| self.case.steps.get(*place).map(|one| one.key.as_str()) == step);
        self.case.turn = place.unwrap_or(self.case.turn);
    }

    /// The natural person whom the one who filed without sign-in claims to be.
    async fn claimed(&self, conn: &mut PgConnection) -> Result<Option<PersonId>> {
        if self.request.requester().is_some() {
            return Ok(None);
        }
        let Some(person) = self.registered.effects.claimed(conn, self.matter()).await? else { return Ok(None) };
        Ok(people::naturals(conn, &[person.0]).await?.get(&person.0).copied())
    }

    /// Takes hold of a request for an act.
    pub async fn lock(work: &mut Work, hand: &Hand, number: &str) -> Result<Self> {
        let (app, now) = (work.app().clone(), work.now);
        let request = store::lock(work.conn(), number).await?;
        if !in_sight(&hand.viewer, &request) {
            return Err(Error::NotFound);
        }
        Self::of(&app, work.conn(), request, now).await
    }

    /// Reads a request for a page.
    pub async fn read(conn: &mut PgConnection, app: &App, viewer: &Viewer, number: &str) -> Result<Self> {
        let request = store::find(conn, number).await?.filter(|request| in_sight(viewer, request));
        Self::of(app, conn, request.ok_or(Error::NotFound)?, app.clock().now()).await
    }

    /// The request as its room sees it.
    #[must_use]
    pub fn matter(&self) -> Matter<'_> {
        Matter {
            id: self.request.request_id(),
            kind: &self.registered.kind,
            number: Some(&self.number),
            applicant: self.request.requester(),
            concerned: self.request.beneficiary(),
            department: self.request.department(),
            round: self.request.round_no(),
            content: &self.round.content,
            shown: &self.round.shown,
            whole: true,
            today: self.today,
        }
    }

    /// May this person do the work now? Before its approval the room has its own words for the refusal.
    pub fn may_execute(&self, hand: &Hand, doer: &Doer) -> Result<()> {
        self.case.may_execute(&self.facts(doer)).map(drop).map_err(|refusal| self.refuse_work(hand, refusal))
    }

    /// The refusal of work on this request; before its approval in the regulation's own words.
    pub(super) fn refuse_work(&self, hand: &Hand, refusal: Refusal) -> Error {
        let early = matches!(refusal, Refusal::NotWaiting(Phase::InReview | Phase::Returned | Phase::PulledBack));
        let approvals = self.registered.kind.steps.iter().filter(|step| step.act.decides());
        let approval = approvals.filter_map(|step| step.unfinished.as_ref()).next_back();
        // where no approval has words of its own, the step that waits may
        let words = approval.or_else(|| self.step_def().and_then(|step| step.unfinished.as_ref()));
        words.filter(|_| early).map_or_else(|| hand.refuse(refusal), |words| unfinished(hand, words))
    }

    /// What those of a later step are told while the step that waits is not over.
    #[must_use]
    pub fn unfinished(&self, doer: &Doer) -> Option<&super::model::Words> {
        let words = self.step_def()?.unfinished.as_ref().filter(|_| !self.case.phase.is_closed())?;
        self.sits_later(doer).then_some(words)
    }

    /// The refusal of an answer. Whoever answers at a later step hears in the regulation's words, or the room's, what is
    /// still owed before.
    pub(super) fn refuse_answer(&self, hand: &Hand, doer: &Doer, refusal: Refusal) -> Error {
        if !matches!(refusal, Refusal::NotYourStep(_) | Refusal::NotWaiting(Phase::Executing)) {
            return hand.refuse(refusal);
        }
        if let Some(words) = self.unfinished(doer) {
            return unfinished(hand, words);
        }
        let waiting = self.case.step().filter(|_| self.sits_later(doer));
        match waiting.and_then(|step| self.registered.effects.not_yet(&step.key)) {
            Some(words) => Error::Conflict(Message::new(words)),
            None => hand.refuse(refusal),
        }
    }

    /// Does this person answer at a step after the one that waits?
    fn sits_later(&self, doer: &Doer) -> bool {
        let mut later =
            self.case.steps.iter().skip(self.case.stage_end(self.case.at)).filter(|step| step.act.answers());
        later.any(|step| doer.capacities.iter().any(|capacity| step.seats_one(capacity)))
    }

    /// The facts that the machine asks for.
    #[must_use]
    pub fn facts<'a>(&'a self, doer: &'a Doer) -> super::model::Facts<'a> {
        super::model::Facts {
            doer,
            today: self.today,
            route: &self.registered.kind.steps,
            joins: &self.registered.kind.joins,
            after_return: self.registered.kind.after_return,
            org: &self.org,
        }
    }
}

/// A refusal in the regulation's own words.
fn unfinished(hand: &Hand, words: &super::model::Words) -> Error {
    Error::Conflict(Message::new("requests-refused-unfinished").with("words", say(hand.w, words)))
}

/// Makes sure, inside the transaction and until it ends, that the post in whose capacity somebody acts is theirs.
pub(super) async fn still_holds(work: &mut Work, hand: &Hand, capacity: &Capacity) -> Result<()> {
    let day = today(work);
    let holds = people::hold_post(work.conn(), capacity.post, hand.viewer.person, day).await?;
    if holds { Ok(()) } else { Err(hand.refuse(Refusal::NotYourStep(capacity.tier.into()))) }
}
