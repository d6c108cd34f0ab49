//! Addresses of the drafts: the list, one of them, and what the two whose it is can do with it.
use axum::extract::State as Context;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::HashSet;
use uuid::Uuid;

use super::actions::{self, Making};
use super::store::{self, Prepared, State};
use super::views::{ListPage, Reader, Row, ShowPage};
use crate::engines::requests::actions::draft::{Filer, draft};
use crate::engines::requests::actions::{Hand, kinds};
use crate::engines::requests::attachments::actions::take;
use crate::engines::requests::routes::{FileRequests, ViewRequests, answered, said_in};
use crate::engines::requests::store::people;
use crate::engines::requests::views::marked;
use crate::kernel::access::Viewer;
use crate::kernel::app::{App, Read};
use crate::kernel::clock::local;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::RequestId;
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted};
use crate::web::forms::{Field, Form, FormInput};
use crate::web::parts::{Fact, Facts};
use crate::web::routing::{Can, Route, get, post};
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::{Banner, Tone};

/// The routes; they belong to the room of the requests.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        post::<FileRequests, _, _>("/requests/new/{kind}/draft", prepare).uploads(),
        get::<ViewRequests, _, _>("/requests/drafts", list),
        get::<ViewRequests, _, _>("/requests/drafts/{id}", show),
        post::<FileRequests, _, _>("/requests/drafts/{id}/return", give_back),
        post::<FileRequests, _, _>("/requests/drafts/{id}/disposal", discard),
        post::<FileRequests, _, _>("/requests/drafts/{id}/withdrawal", take_back),
    ]
}

/// Names of all persons of these drafts.
async fn names(
    read: &mut Read,
    drafts: &[Prepared],
    app: &App,
) -> Result<std::collections::HashMap<Uuid, people::Name>> {
    let ids: Vec<Uuid> =
        drafts.iter().flat_map(|draft| draft.prepared_by.into_iter().chain([draft.recipient])).map(|id| id.0).collect();
    people::names(read.conn(), &ids, app.clock().today()).await
}

/// What waits for this person to be filed: what others prepared, and what they keep themselves.
pub async fn waiting(read: &mut Read, app: &App, screen: &Screen, me: &Viewer) -> Result<(Vec<Row>, Vec<Row>)> {
    let drafts = store::received(read.conn(), me.person).await?;
    let names = names(read, &drafts, app).await?;
    let kinds = kinds(app)?;
    let reader = Reader { w: screen.w, dates: &screen.dates, kinds: &kinds, names: &names, me: me.person };
    let (own, received): (Vec<_>, Vec<_>) = drafts.iter().partition(|draft| draft.own());
    Ok((received.into_iter().map(|d| reader.row(d)).collect(), own.into_iter().map(|d| reader.row(d)).collect()))
}

async fn list(Context(app): Context<App>, me: Can<ViewRequests>, screen: Screen) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let (received, own) = waiting(&mut read, &app, &screen, &me).await?;
    let drafts = store::sent(read.conn(), me.person).await?;
    let names = names(&mut read, &drafts, &app).await?;
    let kinds = kinds(&app)?;
    let reader = Reader { w: screen.w, dates: &screen.dates, kinds: &kinds, names: &names, me: me.person };
    let sent = drafts.iter().map(|draft| reader.row(draft)).collect();
    let shell = screen.shell(&app, &mut read, screen.w.t("drafts-title"), &[]).await?;
    let shell = shell.crumb("/requests", screen.w.t("nav-requests")).crumb_here(screen.w.t("drafts-title"));
    page(&ListPage { shell, received, own, sent })
}

async fn show(
    Context(app): Context<App>,
    me: Can<ViewRequests>,
    screen: Screen,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    draw(&app, &me.0, &screen, id, None).await
}

fn reason_form(screen: &Screen) -> Form {
    let reason = Field::area("reason", "drafts-reason").most(actions::WORDS_MAX).rows(2).hint("drafts-reason-hint");
    Form::new(screen.w, screen.dates, vec![reason])
}

/// The page of one draft, with what was typed and refused before.
async fn draw(
    app: &App,
    me: &std::sync::Arc<Viewer>,
    screen: &Screen,
    id: Uuid,
    refused: Option<(StatusCode, Banner, Form)>,
) -> Result<Response> {
    let w = screen.w;
    let mut read = app.read(me).await?;
    let found = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let names = names(&mut read, std::slice::from_ref(&found), app).await?;
    let kinds = kinds(app)?;
    let reader = Reader { w, dates: &screen.dates, kinds: &kinds, names: &names, me: me.person };
    let registered = kinds.get(&found.kind).ok().cloned();
    let answers = match &registered {
        Some(registered) => {
            let filer = Filer::Person(me);
            let made = RequestId::new(app.clock().now());
            match draft(app, read.conn(), registered, filer, made, found.typed.clone(), app.clock().today()).await {
                Ok(made) => marked(w, &made.shown, &made.content, &HashSet::new()),
                Err(Error::Refused(_)) => Vec::new(),
                Err(error) => return Err(error),
            }
        }
        None => Vec::new(),
    };
    let mine = found.recipient == me.person;
    let open = found.state == State::Open;
    let files = registered.as_ref().is_some_and(|registered| actions::may_file(me, registered));
    let prepares = registered.as_ref().is_some_and(|registered| actions::may_prepare(me, registered));
    // what came back is mended in the form, and sent again
    let again = !mine && prepares && matches!(found.state, State::Returned | State::TakenBack | State::Expired);
    let title = reader.title(&found.kind);
    let shell = screen.shell(app, &mut read, &title, &[]).await?;
    let shell = shell.under("/requests").crumb("/requests", w.t("nav-requests"));
    let mut shell = shell.crumb("/requests/drafts", w.t("drafts-title")).crumb_here(&title).module("form");
    let (status, form) = match refused {
        Some((status, banner, form)) => {
            shell = shell.faulty(form.faulty());
            if !form.faulty() {
                shell = shell.banner(banner);
            }
            (status, form)
        }
        None => (StatusCode::OK, reason_form(screen)),
    };
    let shown = ShowPage {
        shell,
        id: id.to_string(),
        facts: facts(&reader, &found),
        answers,
        open: ((mine && open && files) || again).then(|| format!("/requests/new/{}?_draft={id}", found.kind)),
        give_back: mine && open && !found.own() && found.prepared_by.is_some(),
        own: mine && open && found.own(),
        take_back: !mine && open,
        form: (mine && open && !found.own()).then_some(form),
    };
    page_with(status, &shown)
}

fn facts(reader: &Reader<'_>, found: &Prepared) -> Facts {
    let (w, dates) = (reader.w, reader.dates);
    let mut facts = vec![Fact::new(w.t("drafts-state"), w.of("drafts-state", found.state.key()))];
    if let Some(number) = &found.number {
        facts.push(Fact::new(w.t("drafts-request"), number).href(format!("/requests/{number}")));
    }
    if !found.reason.is_empty() {
        facts.push(Fact::new(w.t("drafts-reason"), &found.reason));
    }
    if !found.own() {
        facts.push(Fact::new(w.t("drafts-preparer"), reader.name(found.prepared_by)));
        facts.push(Fact::new(w.t("drafts-recipient"), reader.name(Some(found.recipient))));
    }
    if !found.why.is_empty() {
        facts.push(Fact::new(w.t("drafts-why"), w.t(&found.why)));
    }
    if !found.note.is_empty() {
        facts.push(Fact::new(w.t("drafts-note"), &found.note));
    }
    facts.push(Fact::new(w.t("drafts-since"), dates.long(local(found.prepared_at).date_naive())));
    if found.state == State::Open {
        let last = dates.long(found.wanted_by());
        facts.push(Fact::new(w.t("drafts-last-day"), last).note(dates.due(found.wanted_by()).text));
    }
    Facts::new(w, facts)
}

/// Sends a prepared draft, or keeps one's own.
async fn prepare(
    Context(app): Context<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(kind): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    let registered = kinds(&app)?.get(&kind)?.clone();
    if !actions::may_file(&me, &registered) && !actions::may_prepare(&me, &registered) {
        return Err(Error::NotFound);
    }
    let typed = answered(&registered, &posted)?;
    let (typed, refused) = take(&app, &me, &registered, &posted, typed).await?;
    let input = &posted.input;
    // 「…を表示する」 and the like, pressed on a page that a refusal had drawn again
    if !refused.is_empty() || input.get("_step").is_some_and(|step| step != "draft") {
        return said_in(&app, &me, &screen, &registered, (input, typed, refused), None).await;
    }
    let again = typed.clone();
    let making = Making {
        id: input.get("_id").and_then(RequestId::drawn).ok_or(Error::Forged("no id"))?.0,
        to: input.get("_to").and_then(|to| to.parse().ok()),
        typed,
        note: crate::kernel::text::clean_text(input.get("_note").unwrap_or_default()),
        from: input.get("_draft").and_then(|from| from.parse().ok()),
    };
    let keeps = actions::may_file(&me, &registered);
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if keeps {
                actions::keep(work, &hand, &registered, making).await
            } else {
                actions::send(work, &hand, &registered, making).await
            }
        })
        .await;
    match done {
        Ok(draft) => {
            let key = if keeps { "drafts-kept" } else { "drafts-sent" };
            let to = format!("/requests/drafts/{}", draft.id);
            Ok(screen.go(&app, &to, Some((Tone::Good, Message::new(key)))))
        }
        Err(error @ (Error::Refused(_) | Error::Conflict(_))) => {
            said_in(&app, &me, &screen, &registered, (input, again, refused), Some(error)).await
        }
        Err(error) => Err(error),
    }
}

/// How an ending went: said on the list, or on the draft itself with the reason typed before.
async fn ended(
    app: &App,
    me: &Can<FileRequests>,
    screen: &Screen,
    (id, input): (Uuid, FormInput),
    done: Result<()>,
    key: &'static str,
) -> Result<Response> {
    let error = match done {
        Ok(()) => return Ok(screen.go(app, "/requests/drafts", Some((Tone::Good, Message::new(key))))),
        Err(error) => error,
    };
    let (status, tone, message) = match error {
        Error::Refused(message) => (StatusCode::UNPROCESSABLE_ENTITY, Tone::Bad, message),
        Error::Conflict(message) => (StatusCode::CONFLICT, Tone::Warn, message),
        other => return Err(other),
    };
    let mut form = reason_form(screen).fill("reason", input.get("reason").unwrap_or_default());
    if matches!(message.key.as_ref(), "drafts-refused-reason" | "drafts-refused-long") {
        form.refuse("reason", said(&message));
    }
    let banner = Banner::new(tone, screen.w.line(&said(&message)));
    draw(app, &me.0, screen, id, Some((status, banner, form))).await
}

async fn give_back(
    Context(app): Context<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    posted.only(&["reason"])?;
    let reason = crate::kernel::text::clean_text(posted.input.get("reason").unwrap_or_default());
    let act = async |work: &mut Work| actions::give_back(work, &hand, id, &reason).await;
    let done = app.change(&me.actor(), act).await;
    ended(&app, &me, &screen, (id, posted.input), done, "drafts-returned").await
}

async fn discard(
    Context(app): Context<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    posted.only(&["reason"])?;
    let reason = crate::kernel::text::clean_text(posted.input.get("reason").unwrap_or_default());
    let act = async |work: &mut Work| actions::discard(work, &hand, id, &reason).await;
    let done = app.change(&me.actor(), act).await;
    ended(&app, &me, &screen, (id, posted.input), done, "drafts-discarded").await
}

async fn take_back(
    Context(app): Context<App>,
    me: Can<FileRequests>,
    screen: Screen,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    let hand = Hand::new(&app, &me.0, screen.w)?;
    posted.only(&[])?;
    let done = app.change(&me.actor(), async |work: &mut Work| actions::take_back(work, &hand, id).await).await;
    ended(&app, &me, &screen, (id, posted.input), done, "drafts-taken-back").await
}
