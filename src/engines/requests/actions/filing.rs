//! File (申請する), send again (再提出), withdraw (取り下げる).
use super::deciding::{WORDS_MAX, no_longer_than};
use super::draft::{Draft, Filer, draft};
use super::moving::{call, due_at, event, record_skip, search, tell, title};
use super::{Hand, Open, doer, today};
use crate::engines::requests::attachments::actions as attachments;
use crate::engines::requests::kinds::{Matter, Registered};
use crate::engines::requests::model::machine::apply;
use crate::engines::requests::model::machine::{Case, Effect};
use crate::engines::requests::model::{Action, ContentHash, Difference, Number, Refusal, Typed, route::Doer};
use crate::engines::requests::store::record::{self, NewRound};
use crate::engines::requests::store::steps::{self, NewStep};
use crate::engines::requests::store::{self, Move, NewRequest, Request, people};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{PersonId, RequestId};
use crate::kernel::work::Work;
use serde_json::{Value, json};

/// How a filing ended.
#[derive(Debug)]
pub enum Filed {
    /// It has a number now, or had one already from the first click.
    Done { number: String },
    /// Something is to be mended; nothing was written.
    Mend(Box<Draft>),
}

/// Files a request. The id comes with the form, so that a double click finds the first.
pub async fn file(work: &mut Work, hand: &Hand, registered: &Registered, id: RequestId, typed: Typed) -> Result<Filed> {
    let viewer = hand.viewer.clone();
    if !registered.may_be_filed_by(&viewer) {
        return Err(Error::Refused(Message::new("requests-refused-applicant")));
    }
    let before = filed_before(work, id, Some(viewer.person)).await?;
    let day = today(work);
    let app = work.app().clone();
    let draft = draft(&app, work.conn(), registered, Filer::Person(&viewer), id, typed, day).await?;
    if let Some(before) = before {
        return the_same(work, registered, before, &draft).await;
    }
    if !draft.errors.is_empty() {
        return Ok(Filed::Mend(Box::new(draft)));
    }
    let doer = doer(work.conn(), &viewer, &registered.kind.key).await?;
    let case = Case::file(
        draft.hash(&registered.kind.key),
        Some(viewer.natural),
        draft.concerned_natural,
        draft.places(),
        lines(&draft),
        &draft.facts(&doer, &registered.kind),
    );
    let (case, effects) = case.map_err(|refusal| hand.refuse(refusal))?;
    let number = write(work, registered, &draft, (&case, &effects), Some(viewer.person), None).await?;
    Ok(Filed::Done { number })
}

/// Files what comes in on an open page (4.1.6): the applicant only claims to be somebody. Answers with the number, or
/// with what is to be mended.
pub async fn file_open(
    work: &mut Work,
    registered: &Registered,
    id: RequestId,
    typed: Typed,
    claims: &Value,
    department: crate::kernel::ids::DepartmentId,
) -> Result<Filed> {
    if !registered.kind.without_sign_in {
        return Err(Error::NotFound);
    }
    let before = filed_before(work, id, None).await?;
    let day = today(work);
    let app = work.app().clone();
    let draft = draft(&app, work.conn(), registered, Filer::Open { department }, id, typed, day).await?;
    if let Some(before) = before {
        return the_same(work, registered, before, &draft).await;
    }
    if !draft.errors.is_empty() {
        return Ok(Filed::Mend(Box::new(draft)));
    }
    let nobody = PersonId(uuid::Uuid::nil());
    let doer = Doer { account: nobody, person: nobody, capacities: Vec::new(), by_rule: Vec::new() };
    let facts = draft.facts(&doer, &registered.kind);
    let case = Case::file(draft.hash(&registered.kind.key), None, None, draft.places(), lines(&draft), &facts);
    let (case, effects) = case.map_err(|refusal| refusal.into_error(|position| position.tier.key().to_owned()))?;
    let number = write(work, registered, &draft, (&case, &effects), None, Some(claims)).await?;
    Ok(Filed::Done { number })
}

fn lines(draft: &Draft) -> u16 {
    u16::try_from(draft.lines.len()).unwrap_or(u16::MAX)
}

/// What the first click of the same form became.
async fn filed_before(work: &mut Work, id: RequestId, by: Option<PersonId>) -> Result<Option<Request>> {
    store::hold_id(work.conn(), id).await?;
    match store::find_by_id(work.conn(), id).await? {
        Some(request) if request.requester() == by => Ok(Some(request)),
        Some(_) => Err(Error::NotFound),
        None => Ok(None),
    }
}

/// A second click leads where the first one led; a page to which somebody went back and wrote something else on is a new
/// request, and needs a form of its own.
async fn the_same(work: &mut Work, registered: &Registered, before: Request, draft: &Draft) -> Result<Filed> {
    let first = record::first_hash(work.conn(), before.request_id()).await?;
    if before.kind == registered.kind.key && first.as_deref() == Some(draft.hash(&before.kind).bytes().as_slice()) {
        return Ok(Filed::Done { number: before.number });
    }
    Err(used_twice())
}

fn used_twice() -> Error {
    Error::Conflict(Message::new("refused-form-used-twice"))
}

/// Writes a new request with everything that belongs to it.
async fn write(
    work: &mut Work,
    registered: &Registered,
    draft: &Draft,
    (case, effects): (&Case, &[Effect]),
    requester: Option<PersonId>,
    claims: Option<&Value>,
) -> Result<String> {
    let kind = &registered.kind;
    let fiscal_year = FiscalYear::of(today(work)).0;
    let serial = store::next_serial(work.conn(), &kind.prefix, fiscal_year).await?;
    let number = Number { fiscal_year, prefix: kind.prefix.clone(), serial };
    let spoken = number.to_string();
    let named: Vec<_> = requester.into_iter().chain(draft.concerned).map(|person| person.0).collect();
    let names = people::names(work.conn(), &named, draft.today).await?;
    let form = title(&kind.title);
    // whoever files without sign-in is found by the ID that they gave
    let claimed = claims.and_then(|claims| claims.get("login")?.as_str()).unwrap_or_default();
    let joins: Vec<String> =
        kind.joins.iter().map(|(a, b)| if a < b { format!("{a}|{b}") } else { format!("{b}|{a}") }).collect();
    let new = NewRequest {
        id: draft.id,
        number: &spoken,
        kind: &kind.key,
        regulation: &registered.edition,
        own_route: registered.own_route,
        title: &form,
        subject: &draft.subject,
        requester,
        beneficiary: draft.concerned,
        claims,
        joins: &joins,
        search: &search(&spoken, &format!("{} {claimed}", draft.subject), &form, &names),
        filed_at: work.now,
    };
    // a form whose id belongs to a request out of reach is no form of ours either
    store::insert(work.conn(), &new, case).await.map_err(|error| match error {
        store::NotInserted::Taken => Error::NotFound,
        store::NotInserted::Other(error) => error.into(),
    })?;
    write_round(work, registered, draft, case, requester).await?;
    let request = store::find_by_id(work.conn(), draft.id).await?.ok_or(Error::NotFound)?;
    work.record(event("request.filed", &request).facts(json!({
        "kind": kind.key, "subject": draft.subject, "content_hash": case.content.to_string(), "claimed": claims.is_some(),
        "files": attachments::facts(&draft.content),
    })))
    .await?;
    registered.effects.filed(work, matter(registered, draft, &number, requester, case.round)).await?;
    skipped(work, case, effects, &request).await?;
    tell(work, case, effects, kind, &draft.org, &request).await?;
    call(work, case, kind, &draft.org, &spoken).await?;
    Ok(spoken)
}

async fn write_round(
    work: &mut Work,
    registered: &Registered,
    draft: &Draft,
    case: &Case,
    by: Option<PersonId>,
) -> Result<()> {
    let now = work.now;
    let round = NewRound {
        request: draft.id,
        round: case.round,
        content: &draft.content,
        shown: &draft.shown,
        hash: case.content,
        by,
        at: now,
    };
    record::insert_round(work.conn(), &round).await?;
    attachments::file(work, draft.id, &draft.content).await?;
    let mut steps = Vec::new();
    for (at, step) in case.steps.iter().enumerate() {
        let open = case.is_open(at);
        let due = if open { due_at(work, registered, &draft.content, step).await? } else { None };
        steps.push(NewStep { step, stage: case.stage(at), open, due });
    }
    steps::insert(work.conn(), draft.id, case.round, &steps, now).await?;
    record::insert_lines(work.conn(), draft.id, case.round, &draft.lines).await
}

fn matter<'a>(
    registered: &'a Registered,
    draft: &'a Draft,
    number: &'a Number,
    applicant: Option<PersonId>,
    round: u16,
) -> Matter<'a> {
    Matter {
        id: draft.id,
        kind: &registered.kind,
        number: Some(number),
        applicant,
        concerned: draft.concerned,
        department: draft.department,
        round,
        content: &draft.content,
        shown: &draft.shown,
        whole: true,
        today: draft.today,
    }
}

/// Sends a returned request again: same number, next round, passed steps begin anew. The form carries the fingerprint
/// of the round it started from.
pub async fn resubmit(work: &mut Work, hand: &Hand, number: &str, from: ContentHash, typed: Typed) -> Result<Filed> {
    let open = Open::lock(work, hand, number).await?;
    let doer = doer(work.conn(), &hand.viewer, &open.request.kind).await?;
    open.case.may_resubmit(&doer).map_err(|refusal| hand.refuse(refusal))?;
    if from != open.case.content {
        return Err(hand.refuse(Refusal::ContentChanged));
    }
    let registered = open.registered.clone();
    let (viewer, app) = (hand.viewer.clone(), work.app().clone());
    let draft =
        draft(&app, work.conn(), &registered, Filer::Person(&viewer), open.request.request_id(), typed, open.today)
            .await?;
    if !draft.errors.is_empty() {
        return Ok(Filed::Mend(Box::new(draft)));
    }
    let action = Action::Resubmit {
        content: draft.hash(&registered.kind.key),
        concerned: draft.concerned_natural,
        places: draft.places(),
        lines: lines(&draft),
    };
    let applied = apply(&open.case, &action, &draft.facts(&doer, &registered.kind));
    let (after, effects) = applied.map_err(|refusal| hand.refuse(refusal))?;
    write_round(work, &registered, &draft, &after, Some(hand.viewer.person)).await?;
    let named: Vec<_> = open.request.requester().into_iter().chain(draft.concerned).map(|person| person.0).collect();
    let names = people::names(work.conn(), &named, draft.today).await?;
    let search = search(number, &draft.subject, &open.request.title, &names);
    let moved = Move { subject: &draft.subject, beneficiary: draft.concerned, search: Some(&search), now: work.now };
    store::save(work.conn(), &open.request, &after, &moved).await?;
    let changed = Difference::between(&open.round.shown, &draft.shown).len();
    let request = store::find_by_id(work.conn(), draft.id).await?.ok_or(Error::NotFound)?;
    work.record(event("request.resubmitted", &request).facts(json!({
        "round": after.round, "changed_fields": changed, "content_hash": after.content.to_string(),
        "files": attachments::facts(&draft.content),
    })))
    .await?;
    skipped(work, &after, &effects, &request).await?;
    let matter = matter(&registered, &draft, &open.number, open.request.requester(), after.round);
    registered.effects.resubmitted(work, matter).await?;
    tell(work, &after, &effects, &registered.kind, &draft.org, &request).await?;
    call(work, &after, &registered.kind, &draft.org, number).await?;
    Ok(Filed::Done { number: number.to_owned() })
}

/// The steps that were passed over on the way to the first that waits.
async fn skipped(work: &mut Work, case: &Case, effects: &[Effect], request: &Request) -> Result<()> {
    for effect in effects {
        let Effect::Skipped { step } = effect else { continue };
        if let Some((step, skip)) = case.steps.get(*step).and_then(|step| Some((step, step.skipped?))) {
            record_skip(work, request, step, skip).await?;
        }
    }
    Ok(())
}

/// Withdraws a request (取下げ); the number is not used again.
pub async fn withdraw(work: &mut Work, hand: &Hand, number: &str, reason: &str) -> Result<()> {
    no_longer_than(reason, WORDS_MAX)?;
    let open = Open::lock(work, hand, number).await?;
    let doer = doer(work.conn(), &hand.viewer, &open.request.kind).await?;
    if open.registered.kind.withdrawal_reason && reason.trim().is_empty() && open.case.may_withdraw(&doer).is_ok() {
        return Err(hand.refuse(Refusal::ReasonMissing));
    }
    let applied = apply(&open.case, &Action::Withdraw, &open.facts(&doer));
    let (after, effects) = applied.map_err(|refusal| hand.refuse(refusal))?;
    let event = event("request.withdrawn", &open.request).facts(json!({ "reason": reason.trim() }));
    work.record(event).await?;
    super::moving::settle(work, Some(hand.viewer.person), &open, &after, &effects, open.request.beneficiary()).await?;
    open.registered.effects.withdrawn(work, open.matter()).await?;
    super::moving::nothing_left(work, &open, &after, ("request.withdrawn", "requests-mail-withdrawn")).await
}
