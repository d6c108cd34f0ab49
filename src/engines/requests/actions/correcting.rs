//! 実施の訂正: what was entered wrongly about work that is done is entered again. The ledger follows, and both stand in the record.
use super::deciding::{WORDS_MAX, act_as, no_longer_than};
use super::moving::{event, mail, title};
use super::working::{Ended, WorkForm, Worked};
use super::{Hand, Open, capacity, doer, still_holds};
use crate::engines::requests::model::machine::Standing;
use crate::engines::requests::model::route::Doer;
use crate::engines::requests::model::{ContentHash, Input, Outcome, Refusal, StepAct, Typed};
use crate::engines::requests::store::record::{self, NewExecution};
use crate::engines::requests::store::{people, steps};
use crate::kernel::access::Permission;
use crate::kernel::error::{Error, Result};
use crate::kernel::work::Work;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// The event of it.
const CORRECTED: &str = "request.execution_corrected";

/// What is entered anew about a line, and why.
pub struct Correction {
    pub line: u16,
    pub seen: ContentHash,
    pub typed: Typed,
    pub why: String,
}

impl Open {
    /// May this person enter the work on a line anew? Only where the kind knows how its ledger follows.
    pub fn may_correct(&self, hand: &Hand, doer: &Doer, form: &WorkForm) -> Result<Standing> {
        if !self.registered.effects.corrects(&form.line.line()) || !hand.viewer.may(Permission::RequestsExecute) {
            return Err(hand.refuse(Refusal::LineDone));
        }
        let no = form.line.number();
        self.case.may_correct(no, &self.facts(doer)).map_err(|refusal| hand.refuse(refusal))
    }

    /// The form of the work on a line that is done, with what was entered last.
    pub async fn correction_form(&self, conn: &mut PgConnection, no: u16, typed: Option<Typed>) -> Result<WorkForm> {
        let (kind, id) = (&self.registered.kind, self.request.request_id());
        let step = kind.step(StepAct::Execute).cloned().ok_or(Error::NotFound)?;
        let mut line = self.line(conn, no).await?;
        let done = record::last_done(conn, id, self.request.round, line.no).await?;
        line.made = done.as_ref().and_then(|done| done.row_href.clone());
        let persons = step.result.fields().filter(|field| field.input == Input::Person);
        let persons: Vec<Uuid> =
            persons.filter_map(|field| done.as_ref()?.result.person(&field.key).map(|person| person.0)).collect();
        let names = people::names(conn, &persons, self.today).await?;
        let known: Vec<(Uuid, String)> = names.into_iter().map(|(id, name)| (id, name.full)).collect();
        let typed = match typed {
            Some(typed) => (typed, false),
            None => (done.map(|done| Typed::again(&done.result)).unwrap_or_default(), true),
        };
        self.form_of(conn, (line, step), typed, &known).await
    }
}

/// Enters it anew.
pub async fn correct(work: &mut Work, hand: &Hand, number: &str, new: Correction) -> Result<Worked> {
    let open = Open::lock(work, hand, number).await?;
    let doer = doer(work.conn(), &hand.viewer, &open.request.kind).await?;
    let mut form = open.correction_form(work.conn(), new.line, Some(new.typed)).await?;
    open.may_correct(hand, &doer, &form)?;
    if new.seen != open.case.content {
        return Err(hand.refuse(Refusal::ContentChanged));
    }
    form.errors.extend(hand.has_to_choose(&open, &doer).then(capacity::missing));
    if !form.errors.is_empty() {
        return Ok(Worked::Mend(Box::new(form)));
    }
    let why = new.why.trim();
    if why.is_empty() {
        return Err(hand.refuse(Refusal::ReasonMissing));
    }
    no_longer_than(why, WORDS_MAX)?;
    let doer = hand.acting(&open, doer)?;
    let standing = open.may_correct(hand, &doer, &form)?;
    still_holds(work, hand, &standing.capacity).await?;
    act_as(work, &standing);
    let line = form.line.line();
    open.registered.effects.complete(&line, &mut form.content, hand.viewer.natural)?;
    form.shown = form.step.result.show(&form.content, &form.options);
    work.because(&open.request.subject, Some(open.request.id)).await?;
    let executed = open.registered.effects.correct(work, open.matter(), &line, &form.content).await?;
    let at = steps::of_round(work.conn(), &open.request).await?;
    let at = at.iter().position(|placed| placed.step.act == StepAct::Execute).ok_or(Error::NotFound)?;
    let (now, outcome) = (work.now, Outcome::Done { confirmed: None });
    let new = NewExecution {
        line: line.no,
        step: (at, &form.step.key),
        by: hand.viewer.person,
        standing: &standing,
        outcome: &outcome,
        why,
        result: &form.content,
        shown: &form.shown,
        executed: &executed,
        at: now,
    };
    record::insert_execution(work.conn(), &open.request, &new).await?;
    let facts = json!({ "line": line.no, "subject": line.subject, "words": why, "tier": standing.capacity.tier.key() });
    work.record(event(CORRECTED, &open.request).facts(facts)).await?;
    // whoever is to confirm the receipt hears that it is another by now
    if let Some(person) = open.case.recipient().filter(|person| *person != hand.viewer.natural)
        && people::signs_in(work.conn(), person).await?
    {
        let form = title(&open.registered.kind.title);
        mail(work, person, CORRECTED, "requests-mail-corrected", (number, &form)).await?;
    }
    Ok(Worked::Done { reveal: None, line: line.subject, ended: Ended::Corrected })
}
