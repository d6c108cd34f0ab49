//! 代理の申出: one proposes one's own stand-in, one's superior answers. What the form asks is the same for the office, which
//! enters stand-ins for others.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

use super::OwnSettings;
use crate::kernel::access::{Permission, Reach, Tier, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::{PersonId, PostId};
use crate::kernel::work::Work;
use crate::people::model::ProposalId;
use crate::people::permissions;
use crate::people::posts::ROLE_ASSIGNMENT;
use crate::people::proposals::{self, Done, Proposal, State as Standing};
use crate::people::stand_ins::{self, NewStandIn};
use crate::people::step_up::{self, Action};
use crate::people::store;
use crate::web::extract::{Path, Posted, Pressed};
use crate::web::forms::{Choice, Field, Form};
use crate::web::identify::Caller;
use crate::web::locale::{Label, Line, Words};
use crate::web::parts::{Fact, Facts, Tag, TagTone};
use crate::web::routing::Can;
use crate::web::screen::{House, Naming, Screen, page, page_with, said};
use crate::web::shell::{Banner, Shell, Tone};

const HOME: &str = "/me/stand-ins";
/// Characters of a reason.
const WORDS_MAX: usize = 200;

/// What is asked about a stand-in, whoever enters it; `hint` says which seats are offered.
#[must_use]
pub fn questions(posts: Vec<Choice>, hint: &'static str) -> Vec<Field> {
    vec![
        Field::select("post", "stand-in-post", posts).hint(hint),
        Field::text("person", "stand-in-person").most(60).hint("stand-in-person-hint"),
        Field::date("from", "stand-in-from"),
        Field::date("last", "stand-in-last").hint("stand-in-last-hint"),
        Field::area("reason", "stand-in-reason").most(WORDS_MAX).hint("stand-in-reason-hint"),
    ]
}

/// What was filled in; `None` when something has to be mended, which then stands at its field.
pub async fn wanted(read: &mut Read, screen: &Screen, form: &mut Form) -> Result<Option<NewStandIn>> {
    let Some(person) = resolve(read, screen, form).await? else { return Ok(None) };
    if form.faulty() {
        return Ok(None);
    }
    let (Some(post), Some(from), Some(last)) = (form.parsed::<PostId>("post"), form.date("from"), form.date("last"))
    else {
        return Ok(None);
    };
    Ok(Some(NewStandIn { post, person, from, last, reason: form.text("reason").to_owned() }))
}

/// The person that was typed, by number or name.
async fn resolve(read: &mut Read, screen: &Screen, form: &mut Form) -> Result<Option<PersonId>> {
    let Some(typed) = form.filled("person").map(str::to_owned) else { return Ok(None) };
    let found = store::named(read.conn(), &typed, screen.dates.today).await?;
    match found.as_slice() {
        [one] => return Ok(Some(*one)),
        [] => form.refuse("person", Line::new("stand-in-person-unknown")),
        _ => form.refuse("person", Line::new("stand-in-person-several")),
    }
    Ok(None)
}

/// 「営業部 課長」
fn seat(w: Words, naming: &Naming, department: &str, tier: Tier) -> String {
    w.t2("stand-in-seat", "department", department, "tier", naming.tier(w, tier)).into_owned()
}

/// The posts of one's own that somebody could stand in for.
fn own_posts(app: &App, me: &Viewer, w: Words) -> Result<Vec<Choice>> {
    let rights = permissions::in_force(app)?;
    let naming = app.part::<House>()?.naming();
    // the staff decides nothing but where a form may name them for it
    let acts = |tier: Tier| tier != Tier::Staff || rights.reach(tier, Permission::RequestsDecide) > Reach::None;
    let offered = me
        .posts
        .iter()
        .filter(|post| post.acting_for.is_none() && acts(post.tier) && rights.may_have_stand_in(post.tier));
    let choice = |post: &crate::kernel::access::PostHeld| {
        Choice::new(post.id.to_string(), Label::text(seat(w, &naming, &post.department_name, post.tier)))
    };
    Ok(offered.map(choice).collect())
}

fn proposal_form(app: &App, me: &Viewer, screen: &Screen) -> Result<Form> {
    let mut fields = questions(own_posts(app, me, screen.w)?, "proposal-post-hint");
    fields.push(Field::hidden("id"));
    Ok(Form::new(screen.w, screen.dates, fields))
}

struct Row {
    href: String,
    post: String,
    asker: String,
    person: String,
    period: String,
    tag: Tag,
}

impl Row {
    fn of(screen: &Screen, naming: &Naming, proposal: &Proposal) -> Self {
        Self {
            href: format!("{HOME}/{}", proposal.id),
            post: seat(screen.w, naming, &proposal.department_name, proposal.tier),
            asker: proposal.asked_by_name.clone(),
            person: proposal.person_name.clone(),
            period: period(screen, proposal),
            tag: tag(screen.w, proposal.state),
        }
    }
}

fn period(screen: &Screen, proposal: &Proposal) -> String {
    let (from, last) = (screen.dates.short(proposal.from), screen.dates.short(proposal.last));
    screen.w.t2("proposal-period", "from", from, "last", last).into_owned()
}

fn tag(w: Words, state: Standing) -> Tag {
    let tone = match state {
        Standing::Open => TagTone::Wait,
        Standing::Approved => TagTone::Good,
        Standing::Refused => TagTone::Bad,
        Standing::TakenBack | Standing::Lapsed => TagTone::Done,
    };
    Tag::new(tone, w.of("proposal-state", state.key()))
}

#[derive(Template)]
#[template(path = "people/stand_ins.html")]
struct ListPage {
    shell: Shell,
    waiting: Vec<Row>,
    own: Vec<Row>,
    may_ask: bool,
}

/// GET /me/stand-ins
pub async fn list(State(app): State<App>, me: Can<OwnSettings>, screen: Screen) -> Result<Response> {
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    let waiting = proposals::waiting_for(read.conn(), me.person).await?;
    let own = proposals::asked_by(read.conn(), me.person).await?;
    let rows = |found: &[Proposal]| found.iter().map(|one| Row::of(&screen, &naming, one)).collect();
    let shell = screen.shell(&app, &mut read, screen.w.t("proposal-title"), &[ROLE_ASSIGNMENT]).await?;
    let may_ask = !own_posts(&app, &me, screen.w)?.is_empty();
    page(&ListPage { shell, waiting: rows(&waiting), own: rows(&own), may_ask })
}

#[derive(Template)]
#[template(path = "people/stand_in_new.html")]
struct NewPage {
    shell: Shell,
    form: Form,
    /// whoever has no post to hand on is told so instead
    none: bool,
}

/// GET /me/stand-ins/new
pub async fn ask(State(app): State<App>, me: Can<OwnSettings>, screen: Screen) -> Result<Response> {
    let form = proposal_form(&app, &me, &screen)?;
    let form = form.fill("id", ProposalId::new(app.clock().now()).to_string());
    let form = form.fill("from", screen.dates.machine(screen.dates.today));
    let read = app.read(&me).await?;
    draw_new(&app, &me, &screen, read, form).await
}

async fn draw_new(app: &App, me: &Viewer, screen: &Screen, mut read: Read, form: Form) -> Result<Response> {
    let w = screen.w;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("proposal-new"), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb(HOME, w.t("proposal-title")).crumb_here(w.t("proposal-new"));
    let shell = shell.module("form").faulty(form.faulty());
    page_with(status, &NewPage { shell, form, none: own_posts(app, me, w)?.is_empty() })
}

/// POST /me/stand-ins
pub async fn propose(State(app): State<App>, me: Can<OwnSettings>, screen: Screen, posted: Posted) -> Result<Response> {
    let form = proposal_form(&app, &me, &screen)?;
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let mut read = app.read(&me).await?;
    let wanted = wanted(&mut read, &screen, &mut form).await?;
    let (Some(new), Some(id)) = (wanted, form.parsed::<ProposalId>("id")) else {
        return draw_new(&app, &me, &screen, read, form).await;
    };
    drop(read);
    let to = format!("{HOME}/{id}");
    let mut mend = None;
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_some() {
                return Ok(());
            }
            match proposals::propose(work, id, &new).await? {
                Done::Done => work.settle(posted.once, &to).await,
                Done::Mend(field, words) => {
                    mend = Some((field, words.clone()));
                    Err(Error::Refused(words))
                }
            }
        })
        .await;
    match (done, mend) {
        (Err(Error::Refused(_)), Some((field, words))) => {
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            draw_new(&app, &me, &screen, read, form).await
        }
        (done, _) => done.map(|()| screen.go(&app, &to, Some((Tone::Good, Message::new("proposal-asked"))))),
    }
}

#[derive(Template)]
#[template(path = "people/stand_in_show.html")]
struct ShowPage {
    shell: Shell,
    id: String,
    facts: Facts,
    tag: Tag,
    form: Option<Form>,
    take_back: bool,
}

fn answer_form(app: &App, screen: &Screen) -> Form {
    let verdicts = vec![
        Choice::new("approve", "proposal-approve").note("proposal-approve-note"),
        Choice::new("refuse", "proposal-refuse"),
    ];
    let words = Field::area("words", "proposal-words").most(WORDS_MAX).rows(2).when("verdict", "refuse");
    let fields =
        vec![Field::radio("verdict", "proposal-verdict", verdicts), words, step_up::question(app, Action::Rights)];
    Form::new(screen.w, screen.dates, fields)
}

/// GET /me/stand-ins/{id}
pub async fn show(
    State(app): State<App>,
    me: Can<OwnSettings>,
    screen: Screen,
    Path(id): Path<ProposalId>,
) -> Result<Response> {
    draw(&app, &me.0, &screen, id, None).await
}

/// It concerns whoever asked, whoever would stand in, and whoever answers; and the office, which keeps the stand-ins.
async fn find(read: &mut Read, me: &Viewer, id: ProposalId) -> Result<Proposal> {
    let found = proposals::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let concerned = [found.asked_by, found.person].contains(&me.person) || found.asked_of.contains(&me.person);
    if concerned || me.may(Permission::StandInsEdit) { Ok(found) } else { Err(Error::NotFound) }
}

async fn draw(
    app: &App,
    me: &Arc<Viewer>,
    screen: &Screen,
    id: ProposalId,
    refused: Option<(StatusCode, Option<Banner>, Form)>,
) -> Result<Response> {
    let w = screen.w;
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(me).await?;
    let found = find(&mut read, me, id).await?;
    let open = found.state == Standing::Open;
    let (status, banner, form) = match refused {
        Some((status, banner, form)) => (status, banner, Some(form)),
        None => (StatusCode::OK, None, Some(answer_form(app, screen))),
    };
    let form = form.filter(|_| open && found.asked_of.contains(&me.person));
    let shell =
        screen.shell(app, &mut read, w.t1("proposal-one", "name", &found.asked_by_name), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb(HOME, w.t("proposal-title")).crumb_here(found.person_name.clone());
    let faulty = form.as_ref().is_some_and(Form::faulty);
    let shell = shell.module("form").faulty(faulty);
    let shell = match banner {
        Some(banner) => shell.banner(banner),
        None => shell,
    };
    let new = NewStandIn {
        post: found.post,
        person: found.person,
        from: found.from,
        last: found.last,
        reason: String::new(),
    };
    let kept_from = stand_ins::kept_from(read.conn(), &*permissions::in_force(app)?, &new).await?;
    let kept_from = kept_from.map(|tier| w.t1("proposal-apart", "tier", naming.tier(w, tier)).into_owned());
    let mut facts = facts(screen, &naming, &found);
    facts.extend(kept_from.map(|words| Fact::new(w.t("proposal-apart-label"), words)));
    let facts = Facts::new(w, facts);
    let take_back = open && found.asked_by == me.person;
    page_with(status, &ShowPage { shell, id: id.to_string(), facts, tag: tag(w, found.state).large(), form, take_back })
}

fn facts(screen: &Screen, naming: &Naming, found: &Proposal) -> Vec<Fact> {
    let (w, dates) = (screen.w, &screen.dates);
    let mut facts = vec![
        Fact::new(w.t("stand-in-post"), seat(w, naming, &found.department_name, found.tier)),
        Fact::new(w.t("stand-in-holder"), found.asked_by_name.clone()),
        Fact::new(w.t("stand-in-person"), found.person_name.clone()),
        Fact::new(w.t("stand-in-period"), period(screen, found)),
        Fact::new(w.t("stand-in-reason"), found.reason.clone()),
        Fact::new(w.t("proposal-asked-at"), dates.short_at(found.asked_at)),
    ];
    match (&found.closed_by_name, found.closed_at) {
        (Some(name), Some(at)) => {
            let by = w.t2("proposal-closed-by", "name", name, "at", dates.short_at(at)).into_owned();
            facts.push(Fact::new(w.t("proposal-closed"), by));
        }
        _ => facts.push(Fact::new(w.t("proposal-asked-of"), found.asked_of_names.join("、"))),
    }
    if !found.words.is_empty() {
        facts.push(Fact::new(w.t("proposal-words"), found.words.clone()));
    }
    facts
}

/// POST /me/stand-ins/{id}/answer
pub async fn answer(
    State(app): State<App>,
    me: Can<OwnSettings>,
    screen: Screen,
    caller: Caller,
    Path(id): Path<ProposalId>,
    posted: Posted,
) -> Result<Response> {
    let form = answer_form(&app, &screen);
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let mut read = app.read(&me).await?;
    let found = find(&mut read, &me, id).await?;
    drop(read);
    if !found.asked_of.contains(&me.person) {
        return Err(Error::NotFound);
    }
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Rights, &id.to_string())).await? {
        return draw(&app, &me.0, &screen, id, Some((StatusCode::UNPROCESSABLE_ENTITY, None, form))).await;
    }
    let (approves, words) = (form.text("verdict") == "approve", form.text("words").to_owned());
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_some() {
                return Ok(());
            }
            if approves {
                if let Done::Mend(_, words) = proposals::approve(work, id).await? {
                    return Err(Error::Refused(words));
                }
            } else {
                proposals::refuse(work, id, &words).await?;
            }
            work.settle(posted.once, HOME).await
        })
        .await;
    let (status, why) = match done {
        Ok(()) => {
            let said = if approves { "proposal-approved" } else { "proposal-refused" };
            return Ok(screen.go(&app, HOME, Some((Tone::Good, Message::new(said)))));
        }
        Err(Error::Refused(why)) => (StatusCode::UNPROCESSABLE_ENTITY, why),
        Err(Error::Conflict(why)) => (StatusCode::CONFLICT, why),
        Err(error) => return Err(error),
    };
    let banner = Banner::new(Tone::Bad, screen.w.line(&said(&why)));
    draw(&app, &me.0, &screen, id, Some((status, Some(banner), form))).await
}

/// POST /me/stand-ins/{id}/withdrawal
pub async fn take_back(
    State(app): State<App>,
    me: Can<OwnSettings>,
    screen: Screen,
    Path(id): Path<ProposalId>,
    _: Pressed,
) -> Result<Response> {
    app.change(&me.actor(), async |work: &mut Work| proposals::take_back(work, id).await).await?;
    Ok(screen.go(&app, HOME, Some((Tone::Good, Message::new("proposal-taken-back")))))
}
