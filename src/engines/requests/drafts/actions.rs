//! What can be done with a draft, one function each: prepare, keep, file from it, return, discard, take back, expire.
//! Each is one transaction with its event, and the other one of the two is told.
use chrono::{Days, NaiveDate};
use futures::future::BoxFuture;
use serde_json::json;
use uuid::Uuid;

use super::store::{self, Prepared, State};
use crate::engines::requests::actions::draft::{Filer, draft};
use crate::engines::requests::actions::moving::{MAIL, title};
use crate::engines::requests::actions::{Hand, kinds, today};
use crate::engines::requests::attachments::{self, actions::of_draft};
use crate::engines::requests::kinds::Registered;
use crate::engines::requests::model::Typed;
use crate::kernel::access::{Actor, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::audit::Event;
use crate::kernel::database::Role;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{DepartmentId, PersonId, RequestId};
use crate::kernel::notices::{AtOnce, Letter, Notice, Part};
use crate::kernel::work::Work;
use crate::people;
use crate::web::dates::Dates;
use crate::web::locale::Lang;
use crate::web::notices::subject;

/// A draft that nobody filed for so long has served its time.
const KEPT_DAYS: u64 = 30;
/// So many words go along with a draft, or say why it went back.
pub const WORDS_MAX: usize = 500;
/// More than any form of ours holds.
const TYPED_MAX: usize = 64 * 1024;

/// Who files a kind for a section: the tier whose posts belong to sections.
const SECTION: Tier = Tier::Manager;

/// May this person file this kind themselves?
#[must_use]
pub fn may_file(viewer: &Viewer, registered: &Registered) -> bool {
    registered.may_be_filed_by(viewer)
}

/// May they prepare it for the one who files it for their section?
#[must_use]
pub fn may_prepare(viewer: &Viewer, registered: &Registered) -> bool {
    let kind = &registered.kind;
    !kind.without_sign_in && !may_file(viewer, registered) && kind.applicants.contains(&SECTION)
}

/// Somebody to whom a draft can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// who
    pub person: PersonId,
    /// 姓 名
    pub name: String,
    /// 営業部 部長; with 代理 for a stand-in
    pub place: String,
    /// stands in for the holder
    pub deputy: bool,
}

/// Who files for this section today: the nearest who hold the post, and those who stand in for them.
pub async fn receivers(
    conn: &mut sqlx::PgConnection,
    viewer: &Viewer,
    department: DepartmentId,
    on: NaiveDate,
) -> Result<Vec<Receiver>> {
    let holders = people::store::holders_near(conn, SECTION, department, on).await?;
    let nearest = holders.iter().map(|holder| holder.distance).min();
    let mut all: Vec<Receiver> = Vec::new();
    for holder in holders.into_iter().filter(|holder| Some(holder.distance) == nearest) {
        let place = format!("{} {}", holder.department_name, holder.title).trim().to_owned();
        let deputy = holder.stand_in.map(|deputy| Receiver {
            person: deputy.person,
            name: deputy.name,
            place: place.clone(),
            deputy: true,
        });
        let holder = Receiver { person: holder.person, name: holder.name, place, deputy: false };
        for one in std::iter::once(holder).chain(deputy) {
            if one.person != viewer.person && all.iter().all(|known| known.person != one.person) {
                all.push(one);
            }
        }
    }
    Ok(all)
}

/// What a draft is made from.
#[derive(Debug, Clone)]
pub struct Making {
    /// comes with the form, so that a double click prepares one
    pub id: Uuid,
    /// for whom; oneself, where it is kept for later
    pub to: Option<PersonId>,
    /// what was typed
    pub typed: Typed,
    /// words to whoever files it
    pub note: String,
    /// the own draft that is written on
    pub from: Option<Uuid>,
}

/// Sends a prepared draft to the one who files it.
pub async fn send(work: &mut Work, hand: &Hand, registered: &Registered, making: Making) -> Result<Prepared> {
    let viewer = &hand.viewer;
    if !may_prepare(viewer, registered) {
        return Err(Error::refused("drafts-refused-kind"));
    }
    if making.note.chars().count() > WORDS_MAX {
        return Err(Error::refused("drafts-refused-long"));
    }
    let day = today(work);
    let (department, about) = about(work, registered, viewer, &making.typed, day).await?;
    let receivers = receivers(work.conn(), viewer, department, day).await?;
    let chosen = match making.to {
        Some(to) => receivers.iter().find(|one| one.person == to),
        None if receivers.len() == 1 => receivers.first(),
        None => None,
    };
    let to = chosen.ok_or_else(|| Error::refused("drafts-refused-receiver"))?.person;
    let new = new_draft(work, registered, Some(viewer.person), to, (making.id, making.typed, about, making.note))?;
    if !store::insert(work.conn(), &new, None).await? {
        return sent_before(work, viewer, &new).await;
    }
    attachments::store::keep(work.conn(), new.id, &of_draft(registered, &new.typed)).await?;
    let event = Event::done("draft.prepared", "draft", new.id).about(to).facts(json!({ "kind": new.kind, "for": to }));
    work.record(event).await?;
    tell(work, to, "draft.prepared", "drafts-mail-prepared", &new, &viewer.name).await?;
    Ok(new)
}

/// Keeps a form for oneself, to go on with it later; one that was kept before is written anew.
pub async fn keep(work: &mut Work, hand: &Hand, registered: &Registered, making: Making) -> Result<Prepared> {
    let viewer = &hand.viewer;
    if !may_file(viewer, registered) {
        return Err(Error::Refused(Message::new("requests-refused-applicant")));
    }
    let day = today(work);
    let (_, about) = about(work, registered, viewer, &making.typed, day).await?;
    let me = viewer.person;
    let new = new_draft(work, registered, Some(me), me, (making.id, making.typed, about, String::new()))?;
    if let Some(from) = making.from {
        let known = store::lock(work.conn(), from).await?.filter(|known| known.own() && known.kind == new.kind);
        if known.is_some_and(|known| known.state == State::Open) {
            store::rewrite(work.conn(), from, &new.typed, &new.about, new.expires_on).await?;
            attachments::store::keep(work.conn(), from, &of_draft(registered, &new.typed)).await?;
            kept(work, from, &new).await?;
            return Ok(Prepared { id: from, ..new });
        }
    }
    if !store::insert(work.conn(), &new, None).await? {
        return sent_before(work, viewer, &new).await;
    }
    attachments::store::keep(work.conn(), new.id, &of_draft(registered, &new.typed)).await?;
    kept(work, new.id, &new).await?;
    Ok(new)
}

async fn kept(work: &mut Work, id: Uuid, draft: &Prepared) -> Result<()> {
    work.record(Event::done("draft.kept", "draft", id).facts(json!({ "kind": draft.kind }))).await.map(drop)
}

/// A second click finds the first; an id that is somebody else's is none of ours.
async fn sent_before(work: &mut Work, viewer: &Viewer, new: &Prepared) -> Result<Prepared> {
    let known = store::find(work.conn(), new.id).await?.filter(|known| known.prepared_by == Some(viewer.person));
    let known = known.ok_or(Error::NotFound)?;
    if known.typed == new.typed && known.kind == new.kind && known.recipient == new.recipient {
        Ok(known)
    } else {
        Err(Error::Conflict(Message::new("refused-form-used-twice")))
    }
}

/// What the portal prepares by itself, on some occasion, for the one who files it.
#[derive(Debug, Clone)]
pub struct Raised {
    /// 様式
    pub kind: &'static str,
    /// who files it
    pub to: PersonId,
    /// whom it is about
    pub concerns: PersonId,
    /// their name
    pub about: String,
    /// the form's answers
    pub typed: Typed,
    /// why: a message's key
    pub why: &'static str,
    /// the day by which the occasion wants it filed
    pub due: NaiveDate,
    /// the occasion, on which it is prepared once
    pub occasion: String,
}

/// Prepares it once; whether it was prepared now. Only the portal's own work does so.
pub async fn raise(work: &mut Work, raised: &Raised) -> Result<bool> {
    let registered = kinds(work.app())?.get(raised.kind)?.clone();
    let id = crate::kernel::ids::uuid_at(work.now);
    let parts = (id, raised.typed.clone(), raised.about.clone(), String::new());
    let mut new = new_draft(work, &registered, None, raised.to, parts)?;
    raised.why.clone_into(&mut new.why);
    new.due_on = Some(raised.due);
    new.expires_on = new.expires_on.max(raised.due);
    if !store::insert(work.conn(), &new, Some(&raised.occasion)).await? {
        return Ok(false);
    }
    let event = Event::done("draft.prepared", "draft", id).about(raised.concerns);
    work.record(event.facts(json!({ "kind": raised.kind, "for": raised.to, "why": raised.why }))).await?;
    tell(work, raised.to, "draft.prepared", "drafts-mail-raised", &new, "").await?;
    Ok(true)
}

fn new_draft(
    work: &Work,
    registered: &Registered,
    prepared_by: Option<PersonId>,
    recipient: PersonId,
    (id, typed, about, note): (Uuid, Typed, String, String),
) -> Result<Prepared> {
    let known = |name: &str| {
        let name = name.split('.').next().unwrap_or_default();
        registered.kind.form.fields().any(|field| field.key == name)
    };
    let pairs = typed.pairs().filter(|(name, value)| known(name) && !value.is_empty());
    let typed = Typed::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    if typed.pairs().map(|(name, value)| name.len() + value.len()).sum::<usize>() > TYPED_MAX {
        return Err(Error::refused("drafts-refused-long"));
    }
    Ok(Prepared {
        id,
        kind: registered.kind.key.clone(),
        prepared_by,
        recipient,
        typed,
        about,
        note,
        why: String::new(),
        state: State::Open,
        reason: String::new(),
        prepared_at: work.now,
        expires_on: today(work).checked_add_days(Days::new(KEPT_DAYS)).unwrap_or(NaiveDate::MAX),
        due_on: None,
        request: None,
        number: None,
    })
}

/// For which section it is filled in, and whom it is about as far as that can be told already.
async fn about(
    work: &mut Work,
    registered: &Registered,
    viewer: &Viewer,
    typed: &Typed,
    day: NaiveDate,
) -> Result<(DepartmentId, String)> {
    let id = RequestId::new(work.now);
    let app = work.app().clone();
    let made = draft(&app, work.conn(), registered, Filer::Person(viewer), id, typed.clone(), day).await?;
    let name = match made.concerned {
        Some(person) => people::store::find_person(work.conn(), person).await?.map(|person| person.name()),
        None => None,
    };
    Ok((made.department, name.unwrap_or_default()))
}

/// The draft from which a request is being filed; `None` where this very request came of it before (a second click).
pub async fn hold(work: &mut Work, hand: &Hand, kind: &str, id: Uuid, request: RequestId) -> Result<Option<Prepared>> {
    let held = store::lock(work.conn(), id).await?.filter(|held| held.recipient == hand.viewer.person);
    let held = held.filter(|held| held.kind == kind).ok_or(Error::NotFound)?;
    match held.state {
        State::Open => Ok(Some(held)),
        State::Filed if held.request == Some(request.0) => Ok(None),
        _ => Err(Error::Conflict(Message::new("drafts-refused-ended"))),
    }
}

/// A request came of it, in the name of the one who filed it.
pub async fn filed(work: &mut Work, hand: &Hand, draft: &Prepared, request: RequestId, number: &str) -> Result<()> {
    close(work, draft, State::Filed, "", Some(request.0)).await?;
    let facts = json!({ "kind": draft.kind, "prepared_by": draft.prepared_by });
    let event = concerning(Event::done("draft.filed", "draft", draft.id), draft);
    work.record(event.numbered(number).facts(facts)).await?;
    match draft.prepared_by.filter(|person| *person != draft.recipient) {
        Some(person) => {
            let words = format!("{number} {}", hand.viewer.name);
            tell(work, person, "draft.filed", "drafts-mail-filed", draft, &words).await
        }
        None => Ok(()),
    }
}

/// 差戻し to the one who prepared it, with a reason.
pub async fn give_back(work: &mut Work, hand: &Hand, id: Uuid, reason: &str) -> Result<()> {
    let draft = open(work, id, |draft| draft.recipient == hand.viewer.person && !draft.own()).await?;
    let preparer = draft.prepared_by.ok_or_else(|| Error::refused("drafts-refused-portal"))?;
    let reason = reasoned(reason)?;
    close(work, &draft, State::Returned, reason, None).await?;
    work.record(Event::done("draft.returned", "draft", id).about(preparer).facts(json!({ "reason": reason }))).await?;
    tell(work, preparer, "draft.returned", "drafts-mail-returned", &draft, &hand.viewer.name).await
}

/// 破棄: nothing will come of it. One's own needs no reason.
pub async fn discard(work: &mut Work, hand: &Hand, id: Uuid, reason: &str) -> Result<()> {
    let draft = open(work, id, |draft| draft.recipient == hand.viewer.person).await?;
    let reason = if draft.own() { "" } else { reasoned(reason)? };
    close(work, &draft, State::Discarded, reason, None).await?;
    let event = concerning(Event::done("draft.discarded", "draft", id), &draft);
    work.record(event.facts(json!({ "reason": reason }))).await?;
    match draft.prepared_by.filter(|person| *person != draft.recipient) {
        Some(person) => tell(work, person, "draft.discarded", "drafts-mail-discarded", &draft, &hand.viewer.name).await,
        None => Ok(()),
    }
}

/// 取戻し by the one who prepared it, as long as nothing came of it.
pub async fn take_back(work: &mut Work, hand: &Hand, id: Uuid) -> Result<()> {
    let me = Some(hand.viewer.person);
    let draft = open(work, id, |draft| draft.prepared_by == me && !draft.own()).await?;
    close(work, &draft, State::TakenBack, "", None).await?;
    work.record(Event::done("draft.taken_back", "draft", id).about(draft.recipient).facts(json!({}))).await?;
    tell(work, draft.recipient, "draft.taken_back", "drafts-mail-taken-back", &draft, &hand.viewer.name).await
}

/// The nightly chore: what nobody filed in time ends, and both are told.
pub fn expire(app: &App) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            let day = today(work);
            for draft in store::overdue(work.conn(), day).await? {
                close(work, &draft, State::Expired, "", None).await?;
                let event = concerning(Event::done("draft.expired", "draft", draft.id), &draft);
                work.record(event.facts(json!({ "kind": draft.kind, "last_day": draft.expires_on }))).await?;
                let both = draft.prepared_by.filter(|person| *person != draft.recipient);
                for person in both.into_iter().chain([draft.recipient]) {
                    tell(work, person, "draft.expired", "drafts-mail-expired", &draft, "").await?;
                }
            }
            Ok(())
        })
        .await
    })
}

/// The draft to be ended, for the one of the two who may do so.
async fn open(work: &mut Work, id: Uuid, whose: impl Fn(&Prepared) -> bool) -> Result<Prepared> {
    let draft = store::lock(work.conn(), id).await?.filter(|draft| whose(draft)).ok_or(Error::NotFound)?;
    if draft.state == State::Open { Ok(draft) } else { Err(Error::Conflict(Message::new("drafts-refused-ended"))) }
}

fn reasoned(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    match reason.chars().count() {
        0 => Err(Error::refused("drafts-refused-reason")),
        count if count > WORDS_MAX => Err(Error::refused("drafts-refused-long")),
        _ => Ok(reason),
    }
}

async fn close(work: &mut Work, draft: &Prepared, state: State, reason: &str, request: Option<Uuid>) -> Result<()> {
    let now = work.now;
    match store::close(work.conn(), draft.id, state, reason, request, now).await? {
        1 => Ok(()),
        _ => Err(Error::Conflict(Message::new("drafts-refused-ended"))),
    }
}

fn concerning(event: Event, draft: &Prepared) -> Event {
    match draft.prepared_by.filter(|person| *person != draft.recipient) {
        Some(person) => event.about(person),
        None => event,
    }
}

/// It names the form and leads to the draft; what the form says stays there.
async fn tell(
    work: &mut Work,
    person: PersonId,
    kind: &'static str,
    key: &'static str,
    draft: &Prepared,
    name: &str,
) -> Result<()> {
    let form = title(&kinds(work.app())?.get(&draft.kind)?.kind.title);
    let path = format!("/requests/drafts/{}", draft.id);
    let said = Message::new(key).with("form", &form).with("name", name);
    let notice = Notice::new(person, kind, said.clone(), ("draft", draft.id)).at(&path);
    let notice = match kind {
        "draft.prepared" => notice.under(Part::Waiting),
        "draft.returned" => {
            let dates = Dates { lang: Lang::Ja, western: false, today: today(work) };
            let (link, last) = (format!("{}{path}", work.app().config().origin), dates.long(draft.expires_on));
            let subject = subject(&said);
            let body = MAIL.with("drafts-mail-body", &[("subject", &subject), ("day", &last), ("link", &link)]);
            notice.under(Part::Waiting).at_once(AtOnce::Return, Letter { subject, body: body.into_owned() })
        }
        _ => notice,
    };
    work.notify(notice).await
}
