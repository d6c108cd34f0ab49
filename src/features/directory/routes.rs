//! Addresses and handlers of 組織と職員.
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::model::{Place, Standing, Wish};
use super::{EditPeople, KeepStandIns, SeePeople, SeePermissions, keeping, store, views};
use crate::engines::regulations::vacated::{Going, Takes, vacated};
use crate::engines::regulations::{Regulations, functions};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::people::model::{Person, StandInId};
use crate::people::pages::stand_ins::{questions, wanted};
use crate::people::permissions;
use crate::people::pledge;
use crate::people::posts::ROLE_ASSIGNMENT;
use crate::people::roster;
use crate::people::sign_ins;
use crate::people::stand_ins::{self, Entered, NewStandIn};
use crate::people::step_up::{self, Action};
use crate::people::store as people;
use crate::web::extract::{Path, Posted, Pressed, Query};
use crate::web::forms::Form;
use crate::web::icons::Icon;
use crate::web::identify::Caller;
use crate::web::parts::{Empty, Tag, TagTone};
use crate::web::routing::Can;
use crate::web::screen::{House, Screen, page, page_with, said};
use crate::web::shell::{Link, Tone};

/// How the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    department: String,
    state: String,
    kana: String,
    after: String,
    before: String,
}

impl Asked {
    fn wish(&self) -> Wish {
        Wish {
            words: text::clean_line(&self.q).chars().take(60).collect(),
            department: self.department.parse().ok(),
            standing: Standing::from_key(&self.state),
            kana: self.kana.parse().ok(),
            after: Place::decode(&self.after),
            before: Place::decode(&self.before),
        }
    }
}

/// GET /people
pub async fn list(
    State(app): State<App>,
    me: Can<SeePeople>,
    screen: Screen,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let wish = asked.wish();
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    let found = store::list(read.conn(), &me.scope(Permission::PeopleView), &wish, dates.today).await?;
    let departments = people::departments(read.conn(), &people::Circle::listed(&me), dates.today).await?;
    let counts = store::heads(read.conn(), dates.today).await?;
    let shell = screen.shell(&app, &mut read, w.t("directory-title"), &[ROLE_ASSIGNMENT]).await?;
    let empty = found.rows.is_empty().then(|| {
        let empty = Empty::new(Icon::People, w.t("directory-none")).text(w.t("directory-none-why"));
        if wish.narrows() {
            empty.action("/people", w.t("directory-none-all"))
        } else {
            empty.action("/permissions/why?to=/people", w.t("why-title"))
        }
    });
    page(&views::List {
        shell: shell.module("rows"),
        total: w.n("directory-persons", found.total).into_owned(),
        filters: views::filters(w, &wish, &departments),
        bar: views::bar(w, &wish, &found),
        table: views::table(w, dates, &naming, &wish, &found.rows),
        empty,
        tree: views::tree(w, &departments, &counts, &wish),
        keeps: me.may(Permission::PeopleEdit),
    })
}

/// GET /people/{number}
pub async fn show(
    State(app): State<App>,
    me: Can<SeePeople>,
    screen: Screen,
    Path(number): Path<String>,
) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    let scope = me.scope(Permission::PeopleView);
    let found = store::find_number(read.conn(), &scope, &number, dates.today).await?;
    let id = found.ok_or(Error::NotFound)?;
    let person = people::find_person(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let owner = owner(&mut read, person.owner).await?;
    let telephone = sign_ins::telephone_of(read.conn(), id).await?;
    let keeps = me.may(Permission::PeopleEdit);
    let call = keeps.then(|| telephone.clone().unwrap_or_default());
    let pledged = match pledge::asked(&app, w)? {
        Some(_) => Some(views::pledged(w, dates, pledge::latest(read.conn(), id).await?)),
        None => None,
    };
    let posts = people::posts_of(read.conn(), id).await?;
    let stand_ins = people::stand_ins(read.conn(), Some(id), 20).await?;
    let cares = cares_for_sign_ins(&me);
    let sign_in = if cares { sign_ins::sign_in_of(read.conn(), id).await? } else { None };
    let locked = sign_in.as_ref().is_some_and(|sign_in| sign_in.state() == "locked");
    let may_release = locked && me.may(Permission::SignInsManage) && person.owner.unwrap_or(id) != me.natural;
    let vacant = if keeps { vacancies(&app, &mut read, &screen, &person).await? } else { Vec::new() };
    let shell = screen.shell(&app, &mut read, person.name(), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/people", w.t("directory-title")).crumb_here(person.name());
    let left = person.left_on.filter(|day| *day < dates.today);
    page(&views::Show {
        vacant,
        reading: person.reading.clone(),
        number: person.employee_no.clone(),
        left: left.map(|_| Tag::new(TagTone::Done, w.of("directory-standing", "left")).large()),
        facts: views::facts(w, dates, &person, telephone, owner, pledged),
        posts: views::posts(w, dates, &naming, (&scope, &posts)),
        keeps,
        endings: if keeps { keeping::endings(w, screen.dates, &naming, &posts) } else { Vec::new() },
        stand_ins: views::person_stand_ins(w, dates, &naming, &stand_ins),
        call: call.map(|number| views::telephone_form(w, screen.dates, number)),
        no_sign_in: cares && sign_in.is_none(),
        sign_in_tag: sign_in.as_ref().and_then(|sign_in| views::sign_in_tag(w, sign_in)),
        sign_in: sign_in.as_ref().map(|sign_in| views::sign_in(w, dates, sign_in)),
        release: may_release.then(|| format!("/sign-ins/{number}/release")),
        shell,
    })
}

/// The functions that nobody will hold once this person has left (退職日).
async fn vacancies(app: &App, read: &mut Read, screen: &Screen, person: &Person) -> Result<Vec<(Link, String)>> {
    let today = screen.dates.today;
    let gone = person.left_on.filter(|last| *last >= today).and_then(|last| last.succ_opt());
    let Some(from) = gone else { return Ok(Vec::new()) };
    let going = Going { person: person.owner.unwrap_or(person.id), from, takes: Takes::All };
    let in_force = app.part::<Regulations>()?.in_force();
    let roles = functions::roles(read.conn(), &in_force, today).await?;
    Ok(vacated(&roles, &going).iter().map(|one| one.words(screen.w, &screen.dates, from)).collect())
}

/// POST /people/{number}/telephone
pub async fn set_telephone(
    State(app): State<App>,
    me: Can<EditPeople>,
    screen: Screen,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let form = views::telephone_form(screen.w, screen.dates, String::new());
    let form = form.take(posted.input).map_err(|_| Error::Forged("unasked"))?;
    let telephone = text::normalise(form.text("telephone"));
    let digits = telephone.chars().filter(char::is_ascii_digit).count();
    if form.faulty() || (!telephone.is_empty() && digits < 3) {
        return Err(Error::refused("directory-telephone-wrong"));
    }
    let mut read = app.read(&me).await?;
    let found = store::find_number(read.conn(), &me.scope(Permission::PeopleView), &number, screen.dates.today).await?;
    let person = found.ok_or(Error::NotFound)?;
    drop(read);
    app.change(&me.actor(), async |work: &mut Work| roster::set_telephone(work, person, &telephone).await).await?;
    let said = Message::new("directory-telephone-set");
    Ok(screen.go(&app, &format!("/people/{number}"), Some((Tone::Good, said))))
}

/// How somebody signs in is shown to those who look after sign-ins and to the office.
fn cares_for_sign_ins(viewer: &Viewer) -> bool {
    viewer.may(Permission::SignInsManage) || viewer.may(Permission::PeopleEdit)
}

/// The ordinary account behind an administrator's account: name and number.
async fn owner(read: &mut Read, owner: Option<PersonId>) -> Result<Option<(String, String)>> {
    let Some(owner) = owner else { return Ok(None) };
    let person = people::find_person(read.conn(), owner).await?;
    Ok(person.map(|person| (person.name(), person.employee_no)))
}

/// GET /stand-ins
pub async fn stand_ins(State(app): State<App>, me: Can<KeepStandIns>, screen: Screen) -> Result<Response> {
    let (w, dates) = (screen.w, &screen.dates);
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    let found = people::stand_ins(read.conn(), None, 200).await?;
    let seats: Vec<views::Seat> = found.iter().map(|s| views::Seat::of(w, dates, &naming, s)).collect();
    let shell = screen.shell(&app, &mut read, w.t("stand-in-title"), &[ROLE_ASSIGNMENT]).await?;
    let empty = seats.is_empty().then(|| views::no_stand_ins(w));
    page(&views::StandIns { shell, seats, empty })
}

/// Which post the form begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begun {
    post: String,
}

/// GET /stand-ins/new
pub async fn stand_in_form(
    State(app): State<App>,
    me: Can<KeepStandIns>,
    screen: Screen,
    Query(begun): Query<Begun>,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let form = stand_in_questions(&app, &mut read, &screen).await?;
    let form = form.fill("post", begun.post).fill("from", screen.dates.machine(screen.dates.today));
    show_form(&app, &screen, read, form).await
}

async fn stand_in_questions(app: &App, read: &mut Read, screen: &Screen) -> Result<Form> {
    let naming = app.part::<House>()?.naming();
    let rights = permissions::in_force(app)?;
    let posts = store::held_posts(read.conn(), screen.dates.today).await?;
    let mut fields = questions(views::stand_in_posts(screen.w, &naming, &rights, &posts), "stand-in-post-hint");
    fields.push(step_up::question(app, Action::Rights));
    Ok(Form::new(screen.w, screen.dates, fields))
}

async fn show_form(app: &App, screen: &Screen, mut read: Read, form: Form) -> Result<Response> {
    let w = screen.w;
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let shell = screen.shell(app, &mut read, w.t("stand-in-new"), &[ROLE_ASSIGNMENT]).await?;
    let shell = shell.crumb("/stand-ins", w.t("stand-in-title")).crumb_here(w.t("stand-in-new"));
    let shell = shell.module("form").faulty(form.faulty());
    page_with(status, &views::StandInPage { shell, form })
}

/// POST /stand-ins
pub async fn enter_stand_in(
    State(app): State<App>,
    me: Can<KeepStandIns>,
    screen: Screen,
    caller: Caller,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let form = stand_in_questions(&app, &mut read, &screen).await?;
    let mut form = form.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let Some(new) = wanted(&mut read, &screen, &mut form).await? else {
        return show_form(&app, &screen, read, form).await;
    };
    drop(read);
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Rights, &new.post.to_string())).await? {
        let read = app.read(&me).await?;
        return show_form(&app, &screen, read, form).await;
    }
    match enter(&app, &me, &posted, &new).await? {
        None => {
            let said = entered(&app, &me, &screen, &new).await?;
            Ok(screen.go(&app, "/stand-ins", Some(said)))
        }
        Some((field, words)) => {
            form.refuse(field, said(&words));
            let read = app.read(&me).await?;
            show_form(&app, &screen, read, form).await
        }
    }
}

/// That it stands, and what it does not reach where a clause keeps the two apart.
async fn entered(app: &App, me: &Viewer, screen: &Screen, new: &NewStandIn) -> Result<(Tone, Message)> {
    let mut read = app.read(me).await?;
    let kept_from = stand_ins::kept_from(read.conn(), &*permissions::in_force(app)?, new).await?;
    let naming = app.part::<House>()?.naming();
    Ok(match kept_from {
        None => (Tone::Good, Message::new("stand-in-entered")),
        Some(tier) => (Tone::Warn, Message::new("stand-in-entered-apart").with("what", naming.tier(screen.w, tier))),
    })
}

/// Enters it, once for a form sent twice; what the rules refuse is undone and told.
async fn enter(app: &App, me: &Viewer, posted: &Posted, new: &NewStandIn) -> Result<Option<(&'static str, Message)>> {
    let mut mend = None;
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_some() {
                return Ok(());
            }
            match stand_ins::enter(work, new).await? {
                Entered::Done(_) => work.settle(posted.once, "/stand-ins").await,
                Entered::Mend(field, words) => {
                    mend = Some((field, words.clone()));
                    Err(Error::Refused(words))
                }
            }
        })
        .await;
    match (done, mend) {
        (Err(Error::Refused(_)), Some(mend)) => Ok(Some(mend)),
        (done, _) => done.map(|()| None),
    }
}

/// POST /stand-ins/{id}/ending
pub async fn end_stand_in(
    State(app): State<App>,
    me: Can<KeepStandIns>,
    screen: Screen,
    Path(id): Path<StandInId>,
    _: Pressed,
) -> Result<Response> {
    app.change(&me.actor(), async |work: &mut Work| stand_ins::end(work, id).await).await?;
    Ok(screen.go(&app, "/stand-ins", Some((Tone::Good, Message::new("stand-in-ended")))))
}

/// GET /permissions
pub async fn permissions(State(app): State<App>, me: Can<SeePermissions>, screen: Screen) -> Result<Response> {
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(&me).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("permission-title"), &["account.least_rights"]).await?;
    let (table, own_only) = views::permission_table(screen.w, &naming, &*permissions::in_force(&app)?, &me);
    let operating = app.part::<Regulations>()?.operating();
    let limits = operating.as_ref().and_then(|adopted| adopted.binding().right_limits.as_ref());
    let limits = limits.map(|limits| views::limits_table(screen.w, &naming, limits, &me));
    page(&views::Permissions { shell, table, limits, own_only, readers: me.may(Permission::ReadersView) })
}
