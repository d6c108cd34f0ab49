//! 申請する: fill the form in, check it, send it; and mend what was returned.
use super::choose::{may_file, who_files};
use super::page::{again, again_with, spoken};
use super::{FileRequests, hand, noted};
use crate::engines::regulations;
use crate::engines::requests::actions::draft::{Draft, Filer, draft, opened};
use crate::engines::requests::actions::filing::{self, Filed};
use crate::engines::requests::actions::{self, Hand, Open};
use crate::engines::requests::attachments::actions::take;
use crate::engines::requests::drafts::actions::Receiver;
use crate::engines::requests::drafts::views::{HandOver, named};
use crate::engines::requests::kinds::Registered;
use crate::engines::requests::model::{Difference, Field, FieldError, Input, Refusal, StepAct, Typed};
use crate::engines::requests::store::record::{self, Decided};
use crate::engines::requests::store::{lists, people};
use crate::engines::requests::views::changes::{differences, rows};
use crate::engines::requests::views::form::{CheckPage, FormPage, check_parts, draw};
use crate::engines::requests::views::route::{Flow, flow, people_of};
use crate::engines::requests::views::tried::{Spot, Tried};
use crate::engines::requests::views::{answers, marked, say};
use crate::engines::requests::{drafts, tables};
use crate::kernel::access::{Tier, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::RequestId;
use crate::kernel::text::clean_text;
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted, RawQuery};
use crate::web::forms::FormInput;
use crate::web::kept;
use crate::web::locale::Words;
use crate::web::routing::Can;
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::{Banner, Basis, Shell, Tone};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use uuid::Uuid;

/// A kind that this person may file, or prepare for whoever files it; anybody else is told who does.
async fn fileable(read: &mut Read, app: &App, hand: &Hand, key: &str) -> Result<Registered> {
    let kinds = actions::kinds(app)?;
    let registered = kinds.get(key)?.clone();
    if may_file(hand, &registered) || drafts::actions::may_prepare(&hand.viewer, &registered) {
        return Ok(registered);
    }
    if registered.kind.without_sign_in {
        return Err(Error::NotFound);
    }
    let who = who_files(read.conn(), hand, &registered, app.clock().today()).await?;
    Err(Error::Refused(Message::new("requests-refused-files").with("who", who)))
}

/// The empty form; the query string may fill fields in (「この人のアカウントを変更する」 from a ledger row), or name a draft
/// of which all of them are filled.
pub(super) async fn form(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
    jar: CookieJar,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let registered = fileable(&mut read, &app, &hand, &key).await?;
    let address = format!("/requests/new/{key}");
    if let Some(input) = kept::taken_back(&app, &jar, me.person, &address) {
        return typed_before(&app, &screen, (&hand, &registered), read, (&address, &input)).await;
    }
    let known = FormInput::parse(query.as_bytes()).unwrap_or_default();
    let mut typed = typed(&known);
    let id = RequestId::new(app.clock().now());
    let mut paper = Paper::new(&app, &screen, &hand, &registered);
    if let Some(from) = known.get("_draft").and_then(|from| from.parse().ok()) {
        let prepared = drafts::store::find(read.conn(), from).await?.filter(|known| known.kind == key);
        let prepared = prepared.ok_or(Error::NotFound)?;
        // what came back to the one who prepared it fills the form only: it is sent as another one
        if prepared.recipient == me.person {
            paper.prepared = Some(from);
        }
        paper.note = prepared.note;
        typed = prepared.typed;
    }
    if let Some(number) = known.get("_copy") {
        typed = copied(&mut read, &app, &me, (number, &registered)).await?;
    }
    let mut draft = opened(&app, read.conn(), &registered, (&me, id), typed, app.clock().today()).await?;
    draft.errors.clear();
    page(&paper.form(&mut read, &draft).await?)
}

/// 複写: what an own earlier request of the same kind said. Days that are over by now are asked anew.
async fn copied(read: &mut Read, app: &App, me: &Viewer, (number, kind): (&str, &Registered)) -> Result<Typed> {
    let open = Open::read(read.conn(), app, me, number).await?;
    if open.request.kind != kind.kind.key || open.request.requester() != Some(me.person) {
        return Err(Error::NotFound);
    }
    let content = &open.round.content;
    let over = |key: &str| {
        let day = content.date(key).or_else(|| content.moment(key).map(|at| at.date()));
        let field = kind.kind.form.field(key);
        field.is_some_and(|field| matches!(field.input, Input::Date | Input::Moment))
            && day.is_some_and(|day| day < open.today)
            // files stay with their request
            || field.is_some_and(Field::takes_files)
    };
    let said = Typed::again(content);
    Ok(Typed::new(
        said.pairs().filter(|(name, _)| !over(name)).map(|(name, value)| (name.to_owned(), value.to_owned())),
    ))
}

/// The form as it was typed when the session ended.
async fn typed_before(
    app: &App,
    screen: &Screen,
    (hand, registered): (&Hand, &Registered),
    mut read: Read,
    (address, input): (&str, &FormInput),
) -> Result<Response> {
    let paper = Paper::new(app, screen, hand, registered).posted(input);
    let mut draft = paper.draft(&mut read, RequestId::new(app.clock().now()), typed(input)).await?;
    draft.errors.clear();
    let form = paper.form(&mut read, &draft).await?;
    taken_back(app, screen, form, address)
}

/// What the form was sent for: to be checked, to be changed again, to see the route, or to be filed.
pub(super) async fn send(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(key): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let registered = fileable(&mut app.read(&me).await?, &app, &hand, &key).await?;
    let id = posted.input.get("_id").and_then(RequestId::drawn).ok_or(Error::Forged("no id"))?;
    let typed = answered(&registered, &posted)?;
    let (typed, refused) = take(&app, &me, &registered, &posted, typed).await?;
    let step = if refused.is_empty() { step(&posted.input) } else { "mend" };
    let paper = Paper { refused, ..Paper::new(&app, &screen, &hand, &registered).posted(&posted.input) };
    if step != "send" && (step != "check" || may_file(&hand, &registered)) {
        return paper.answer(id, typed, step).await;
    }
    let kept = typed.clone();
    let prepared = paper.prepared;
    let filed = app
        .change(&me.actor(), async |work: &mut Work| {
            let held = match prepared {
                Some(draft) => drafts::actions::hold(work, &hand, &key, draft, id).await?,
                None => None,
            };
            let filed = filing::file(work, &hand, &registered, id, typed).await?;
            if let (Filed::Done { number }, Some(draft)) = (&filed, &held) {
                drafts::actions::filed(work, &hand, draft, id, number).await?;
            }
            Ok(filed)
        })
        .await;
    match noted(&app, &me.0, &key, filed).await {
        Ok(Filed::Done { number }) => {
            let said = Message::new("requests-filed").with("number", &number);
            Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))))
        }
        Ok(Filed::Mend(draft)) => paper.mend(&draft).await,
        // the form comes back with a name of its own, so that it can be sent as another request
        Err(error) => paper.refused(RequestId::new(app.clock().now()), kept, error).await,
    }
}

/// The form of a returned request, with what was answered before and why it came back.
pub(super) async fn mend(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(number): Path<String>,
    jar: CookieJar,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let mut read = app.read(&me).await?;
    let open = match mendable(&mut read, &app, &hand, &number).await {
        Ok(open) => open,
        Err(error) => {
            drop(read);
            return again(&app, &me, &screen, &number, Tried::new(Spot::Button, ""), error).await;
        }
    };
    // what was typed when the session ended, as long as it was typed into what is mended now
    let address = format!("/requests/{}/mend", open.request.number);
    let kept = kept::taken_back(&app, &jar, me.person, &address);
    let round = open.case.content.to_string();
    let kept = kept.filter(|input| input.get("_base") == Some(round.as_str()));
    let typed = kept.as_ref().map_or_else(|| Typed::again(&open.round.content), typed);
    let id = open.request.request_id();
    let mut draft = draft(&app, read.conn(), &open.registered, Filer::Person(&me), id, typed, open.today).await?;
    draft.errors.clear();
    let registered = open.registered.clone();
    let paper = Paper { mended: Some(open), ..Paper::new(&app, &screen, &hand, &registered) };
    let form = paper.form(&mut read, &draft).await?;
    if kept.is_none() { page(&form) } else { taken_back(&app, &screen, form, &address) }
}

/// The form as it was typed: it says so, and the browser forgets what it carried.
fn taken_back(app: &App, screen: &Screen, mut form: FormPage, address: &str) -> Result<Response> {
    form.shell = form.shell.banner(Banner::new(Tone::Info, screen.w.t("requests-form-again")));
    let mut response = page(&form)?;
    if let Some(forgotten) = kept::forget(app, address) {
        response.headers_mut().append(SET_COOKIE, forgotten);
    }
    Ok(response)
}

async fn mendable(read: &mut Read, app: &App, hand: &Hand, number: &str) -> Result<Open> {
    let open = Open::read(read.conn(), app, &hand.viewer, number).await?;
    let doer = actions::doer(read.conn(), &hand.viewer, &open.request.kind).await?;
    open.case.may_resubmit(&doer).map_err(|refusal| hand.refuse(refusal))?;
    Ok(open)
}

/// 再提出: the same number, the next round.
pub(super) async fn send_again(
    State(app): State<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let hand = hand(&app, &me, &screen)?;
    let from = posted.input.get("_base").and_then(|from| from.parse().ok()).ok_or(Error::Forged("no round"))?;
    let open = Open::read(app.read(&me).await?.conn(), &app, &me, &number).await?;
    let typed = answered(&open.registered, &posted)?;
    let (typed, refused) = take(&app, &me, &open.registered, &posted, typed).await?;
    let step = if refused.is_empty() { step(&posted.input) } else { "mend" };
    let sends = step == "send";
    if sends {
        let filed = app
            .change(&me.actor(), async |work: &mut Work| {
                filing::resubmit(work, &hand, &number, from, typed.clone()).await
            })
            .await;
        match noted(&app, &me.0, &number, filed).await {
            Ok(Filed::Done { number }) => {
                let said = Message::new("requests-resubmitted").with("number", &number);
                return Ok(screen.go(&app, &format!("/requests/{number}"), Some((Tone::Good, said))));
            }
            Ok(Filed::Mend(_)) => {}
            Err(error) => return late(&app, &me, &screen, &hand, &number, typed, error).await,
        }
    }
    let mut read = app.read(&me).await?;
    let open = mendable(&mut read, &app, &hand, &number)
        .await
        .and_then(|open| if from == open.case.content { Ok(open) } else { Err(hand.refuse(Refusal::ContentChanged)) });
    drop(read);
    let open = match open {
        Ok(open) => open,
        Err(error) => return late(&app, &me, &screen, &hand, &number, typed, error).await,
    };
    let id = open.request.request_id();
    let registered = open.registered.clone();
    let paper = Paper { mended: Some(open), refused, ..Paper::new(&app, &screen, &hand, &registered) };
    paper.answer(id, typed, if sends { "check" } else { step }).await
}

/// The form came when the request had already moved on: the request as it is now, and what the form had said.
async fn late(
    app: &App,
    me: &Can<FileRequests>,
    screen: &Screen,
    hand: &Hand,
    number: &str,
    typed: Typed,
    error: Error,
) -> Result<Response> {
    let mut read = app.read(me).await?;
    let open = Open::read(read.conn(), app, me, number).await?;
    let id = open.request.request_id();
    let said = draft(app, read.conn(), &open.registered, Filer::Person(me), id, typed, open.today).await?.shown;
    drop(read);
    let what = (Tried::new(Spot::Button, ""), answers(hand.w, &said));
    again_with(app, me, screen, number, what, error).await
}

/// What the form is sent for. The switch of languages asks for the page as it stands (`_page`): the check page, the form with
/// what is to be mended, or the form alone.
fn step(input: &FormInput) -> &str {
    match (input.lang(), input.get("_page")) {
        (None, _) => input.get("_step").unwrap_or("check"),
        (Some(_), Some(page @ ("check" | "mend"))) => page,
        (Some(_), _) => "preview",
    }
}

/// What the page itself sends beside the answers.
const PAGE: [&str; 7] = ["_base", "_draft", "_id", "_note", "_page", "_step", "_to"];

/// What was typed into a form of this kind, and nothing that it does not ask.
pub(in crate::engines::requests) fn answered(registered: &Registered, posted: &Posted) -> Result<Typed> {
    posted.asked(|name| PAGE.contains(&name) || registered.kind.form.asks(name))?;
    Ok(typed(&posted.input))
}

/// What was typed, without what belongs to the page itself: no question of a regulation begins with an underscore.
pub(in crate::engines::requests) fn typed(input: &FormInput) -> Typed {
    let pairs = input.iter().filter(|(name, _)| !name.starts_with('_'));
    Typed::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// A form in the making, new or mended.
struct Paper<'a> {
    app: &'a App,
    screen: &'a Screen,
    hand: &'a Hand,
    registered: &'a Registered,
    mended: Option<Open>,
    /// The draft from which it is filed.
    prepared: Option<Uuid>,
    /// What is said to whoever files it, and to whom it goes.
    note: String,
    to: String,
    /// What was not taken of the files that came.
    refused: Vec<FieldError>,
}

/// The form again after a draft of it was refused, or looked at on the way there.
pub(in crate::engines::requests) async fn said_in(
    app: &App,
    me: &Can<FileRequests>,
    screen: &Screen,
    registered: &Registered,
    (input, typed, refused): (&FormInput, Typed, Vec<FieldError>),
    error: Option<Error>,
) -> Result<Response> {
    let hand = hand(app, me, screen)?;
    let step = if refused.is_empty() { "back" } else { "mend" };
    let paper = Paper { refused, ..Paper::new(app, screen, &hand, registered).posted(input) };
    let id = input.get("_id").and_then(RequestId::drawn).ok_or(Error::Forged("no id"))?;
    match error {
        Some(error) => paper.refused(RequestId::new(app.clock().now()), typed, error).await,
        None => paper.answer(id, typed, step).await,
    }
}

/// Around the pages on which a returned request is mended: the way back is to the request.
fn mending(shell: Shell, w: Words, open: &Open) -> Shell {
    let number = &open.request.number;
    shell.under("/requests").crumb("/requests", w.t("nav-requests")).crumb(format!("/requests/{number}"), number)
}

impl<'a> Paper<'a> {
    fn new(app: &'a App, screen: &'a Screen, hand: &'a Hand, registered: &'a Registered) -> Self {
        let (note, to, refused) = (String::new(), String::new(), Vec::new());
        Self { app, screen, hand, registered, mended: None, prepared: None, note, to, refused }
    }

    /// What the page itself carried along.
    fn posted(mut self, input: &FormInput) -> Self {
        self.prepared = input.get("_draft").and_then(|draft| draft.parse().ok());
        self.note = clean_text(input.get("_note").unwrap_or_default());
        input.get("_to").unwrap_or_default().clone_into(&mut self.to);
        self
    }

    /// Does whoever looks fill it in for the one who files it?
    fn prepares(&self) -> bool {
        self.mended.is_none() && !may_file(self.hand, self.registered)
    }

    /// Who files it for the section it is filled in for, when whoever looks may only prepare it.
    async fn hand_over(&self, read: &mut Read, draft: &Draft) -> Result<Option<HandOver>> {
        if !self.prepares() {
            return Ok(None);
        }
        let w = self.screen.w;
        let found = drafts::actions::receivers(read.conn(), &self.hand.viewer, draft.department, draft.today).await?;
        let choice = |(at, one): (usize, &Receiver)| {
            let value = one.person.to_string();
            let chosen = if self.to.is_empty() { at == 0 } else { value == self.to };
            (value, named(w, one), chosen)
        };
        Ok(Some(HandOver {
            action: self.draft_action(),
            tier: self.hand.tier(Tier::Manager),
            names: found.iter().map(|one| named(w, one)).collect(),
            choices: if found.len() > 1 { found.iter().enumerate().map(choice).collect() } else { Vec::new() },
            note: self.note.clone(),
        }))
    }

    fn draft_action(&self) -> String {
        format!("/requests/new/{}/draft", self.registered.kind.key)
    }

    fn action(&self) -> String {
        match &self.mended {
            Some(open) => format!("/requests/{}/mend", open.request.number),
            None => format!("/requests/new/{}", self.registered.kind.key),
        }
    }

    /// Where many are filed at once, while this is the first of nothing yet.
    fn table(&self) -> Option<String> {
        let fresh = self.mended.is_none() && self.prepared.is_none();
        (fresh && tables::actions::offered(self.hand, self.registered)).then(|| format!("{}/table", self.action()))
    }

    /// The clause behind a question, in the edition by which the request goes.
    fn basis(&self, clause: &str) -> Option<Basis> {
        let edition = self.mended.as_ref().and_then(|open| open.request.regulation.as_deref());
        regulations::cited(self.app, &self.hand.viewer, edition, clause)
    }

    fn from(&self) -> Option<String> {
        self.mended.as_ref().map(|open| open.case.content.to_string())
    }

    /// Reads what was typed and answers with the check page, or with the form again.
    async fn answer(&self, id: RequestId, typed: Typed, step: &str) -> Result<Response> {
        let mut read = self.app.read(&self.hand.viewer).await?;
        let mut draft = self.draft(&mut read, id, typed).await?;
        if let Some(field) = step.strip_prefix("all.") {
            // すべて選ぶ: what belongs to the person named is known by now
            let offered = draft.options.get(field).into_iter().flatten().map(|choice| choice.value.clone()).collect();
            draft = self.draft(&mut read, id, draft.typed.ticking(field, offered)).await?;
        }
        if let Some(field) = step.strip_prefix("look.") {
            // a field was left: what it was understood as, or why not; the others are not judged yet
            draft.errors.retain(|error| error.field == field);
            return page(&self.form(&mut read, &draft).await?);
        }
        if !matches!(step, "check" | "mend") {
            // 入力に戻る, 流れを見る: nothing is wrong yet
            draft.errors.clear();
            return page(&self.form(&mut read, &draft).await?);
        }
        if !draft.errors.is_empty() {
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &self.form(&mut read, &draft).await?);
        }
        if let Some(refusal) = draft.refusal() {
            let mut form = self.form(&mut read, &draft).await?;
            let words =
                self.screen.w.line(&said(&refusal.message(|position| self.hand.position(position)))).into_owned();
            form.shell = form.shell.banner(Banner::new(Tone::Bad, words));
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &form);
        }
        if step == "mend" {
            return page(&self.form(&mut read, &draft).await?);
        }
        page(&self.check(&mut read, &draft).await?)
    }

    async fn draft(&self, read: &mut Read, id: RequestId, typed: Typed) -> Result<Draft> {
        let filer = Filer::Person(&self.hand.viewer);
        let today = self.app.clock().today();
        let mut draft = draft(self.app, read.conn(), self.registered, filer, id, typed, today).await?;
        // what was not taken goes before what is missing because of it
        draft.errors.retain(|error| self.refused.iter().all(|refused| refused.field != error.field));
        draft.errors.splice(0..0, self.refused.iter().cloned());
        Ok(draft)
    }

    /// The form again with what stands against it, after an attempt to file.
    async fn refused(&self, id: RequestId, typed: Typed, error: Error) -> Result<Response> {
        let (status, tone, message) = spoken(error)?;
        let mut read = self.app.read(&self.hand.viewer).await?;
        let filer = Filer::Person(&self.hand.viewer);
        let mut draft =
            draft(self.app, read.conn(), self.registered, filer, id, typed, self.app.clock().today()).await?;
        draft.errors.clear();
        let mut form = self.form(&mut read, &draft).await?;
        form.shell = form.shell.banner(Banner::new(tone, self.screen.w.line(&said(&message))));
        page_with(status, &form)
    }

    /// The form again with what is to be mended, after an attempt to file.
    async fn mend(&self, draft: &Draft) -> Result<Response> {
        let mut read = self.app.read(&self.hand.viewer).await?;
        page_with(StatusCode::UNPROCESSABLE_ENTITY, &self.form(&mut read, draft).await?)
    }

    async fn flow(&self, read: &mut Read, draft: &Draft) -> Result<Flow> {
        let mut ids = people_of(&draft.steps, &draft.org);
        ids.extend(draft.concerned.map(|person| person.0));
        ids.push(self.hand.viewer.person.0);
        let names = people::names(read.conn(), &ids, draft.today).await?;
        let parties = draft.parties(Some(self.hand.viewer.natural));
        let acknowledges = draft.steps.iter().any(|step| step.act == StepAct::Acknowledge);
        // while the form still asks for whom, it is not yet said who will receive
        let asks = self.registered.kind.form.fields().any(|field| matches!(field.input, Input::Person));
        let own = Some(self.hand.viewer.person).filter(|_| !asks);
        let recipient = draft.concerned.or(own).filter(|_| acknowledges);
        Ok(flow(self.hand, &self.registered.kind, &draft.steps, &parties, &draft.org, &names, recipient))
    }

    async fn form(&self, read: &mut Read, draft: &Draft) -> Result<FormPage> {
        let w = self.screen.w;
        let drawn =
            draw(w, &self.screen.dates, &self.registered.kind.form, &draft.typed, &draft.options, &draft.errors);
        let mut drawn = drawn.citing(|clause| self.basis(clause));
        if self.prepares() {
            drawn.out_of_sight(w, &self.hand.tier(Tier::Manager));
        }
        let title = say(w, &self.registered.kind.title);
        let shell = self.screen.shell(self.app, read, &title, &[self.registered.effects.key()]).await?;
        let shell = match &self.mended {
            Some(open) => mending(shell, w, open).crumb_here(w.t("requests-mend")),
            None => shell.crumb("/requests/new", w.t("requests-choose")).crumb_here(&title),
        };
        let returned = match &self.mended {
            Some(open) => self.returned(read, open).await?,
            None => None,
        };
        let mut shell = shell.module("form").module("when").module("look").faulty(drawn.faulty());
        if shell.posted {
            // a draft that was refused comes back as the form itself, which is sent elsewhere
            shell.here = self.action();
        }
        let hand_over = self.hand_over(read, draft).await?;
        let mut flow = self.flow(read, draft).await?;
        flow.filers = hand_over.as_ref().map(|to| to.names.clone()).unwrap_or_default();
        Ok(FormPage {
            shell,
            hand_over,
            keep: self.mended.is_none().then(|| self.draft_action()),
            table: self.table(),
            draft: self.prepared.map(|draft| draft.to_string()),
            action: self.action(),
            id: draft.id.to_string(),
            from: self.from(),
            files: self.registered.kind.form.fields().any(Field::takes_files),
            form: drawn,
            flow,
            org_defined: self.registered.kind.org_defined(),
            returned,
        })
    }

    /// Who sent it back, and in which words.
    async fn returned(&self, read: &mut Read, open: &Open) -> Result<Option<(String, String)>> {
        let decisions = record::decisions(read.conn(), open.request.request_id()).await?;
        let returned = |decided: &Decided| {
            decided.verdict == "return"
                && decided.counts
                && decided.round == open.request.round
                && decided.returned_to.is_none()
        };
        let Some(last) = decisions.into_iter().rev().find(returned) else {
            return Ok(None);
        };
        let names = people::names(read.conn(), &[last.decider], open.today).await?;
        Ok(Some((names.get(&last.decider).map(|name| name.full.clone()).unwrap_or_default(), last.words)))
    }

    async fn check(&self, read: &mut Read, draft: &Draft) -> Result<CheckPage> {
        let w = self.screen.w;
        let title = say(w, &self.registered.kind.title);
        let again = self.mended.is_some();
        let heading = w.t(if again { "requests-check-again" } else { "requests-check" });
        let shell = self.screen.shell(self.app, read, heading, &[self.registered.effects.key()]).await?;
        let shell = match &self.mended {
            Some(open) => mending(shell, w, open).crumb(self.action(), w.t("requests-mend")),
            None => shell.crumb("/requests/new", w.t("requests-choose")).crumb(self.action(), title),
        };
        let before = self.mended.as_ref().map(|open| Difference::between(&open.round.shown, &draft.shown));
        let privileged = lists::privileged(read.conn(), &draft.content.rights()).await?;
        let answers = marked(w, &draft.shown, &draft.content, &privileged);
        Ok(CheckPage {
            shell: shell.crumb_here(w.t("requests-check-short")),
            draft: self.prepared.map(|draft| draft.to_string()),
            action: self.action(),
            id: draft.id.to_string(),
            from: self.from(),
            subject: draft.subject.clone(),
            parts: check_parts(w, &self.registered.kind.form, &answers, |clause| self.basis(clause)),
            typed: draft.typed.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            flow: self.flow(read, draft).await?,
            changes: rows(w, &draft.plan),
            differences: differences(w, &before.unwrap_or_default()),
        })
    }
}
