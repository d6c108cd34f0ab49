//! Addresses of personnel changes: the table, the office's entry, the cancelling of an entry.
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::model::{Entered, Kind, NewMovement, Place, Source, going};
use super::{actions, store, views};
use crate::engines::regulations::Regulations;
use crate::engines::regulations::functions;
use crate::engines::regulations::vacated::{Vacated, vacated};
use crate::engines::requests::actions::Hand;
use crate::engines::requests::procedures::checkup;
use crate::kernel::access::{Permission, Tier};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::text::clean_text;
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted};
use crate::web::forms::{Field, Form};
use crate::web::icons::Icon;
use crate::web::locale::Line;
use crate::web::routing::{Access, Can, Nav, Room, Section, get, post};
use crate::web::screen::{House, Screen, page, page_with, said};
use crate::web::shell::{Banner, Link, Tone};

crate::gate!(
    /// 人事異動対応表を見る
    ViewMovements needs MovementsView,
    /// 組織・職員・発令を登録する
    EnterMovements needs PeopleEdit,
);

/// Routes and menu.
pub fn room() -> Room {
    Room {
        key: "movements",
        routes: vec![
            get::<ViewMovements, _, _>("/movements", list),
            get::<ViewMovements, _, _>("/movements/rights", rights),
            get::<EnterMovements, _, _>("/movements/new", new),
            post::<EnterMovements, _, _>("/movements", enter),
            post::<EnterMovements, _, _>("/movements/{id}/cancellation", cancel),
        ],
        nav: vec![Nav {
            section: Section::Mine,
            order: 60,
            href: "/movements",
            label: "nav-movements",
            icon: Icon::People,
            access: Access::Needs(Permission::MovementsView),
            tiers: &[Tier::Manager, Tier::Office, Tier::Sysadmin],
            count: Some("movements"),
            goto: None,
        }],
    }
}

async fn list(State(app): State<App>, me: Can<ViewMovements>, screen: Screen) -> Result<Response> {
    draw(&app, &me.0, &screen, None).await
}

/// A cancelling that was refused: the entry with what was typed, where it can be mended.
struct Refused {
    status: StatusCode,
    banner: Banner,
    again: Option<(String, Form)>,
}

/// The page; with what was typed and refused before.
async fn draw(
    app: &App,
    me: &std::sync::Arc<crate::kernel::access::Viewer>,
    screen: &Screen,
    refused: Option<Refused>,
) -> Result<Response> {
    let dates = &screen.dates;
    let mut read = app.read(me).await?;
    let scope = me.scope(Permission::MovementsView);
    let found = store::rows(read.conn(), &scope, dates.today).await?;
    let left = store::left_behind(read.conn(), dates.today).await?;
    let unsettled = store::unsettled(read.conn(), &scope, dates.today).await?.len();
    let movements = store::list(read.conn(), &scope, dates.today).await?;
    let in_force = app.part::<Regulations>()?.in_force();
    let roles = functions::roles(read.conn(), &in_force, dates.today).await?;
    let mut shell = screen.shell(app, &mut read, screen.w.t("movements-title"), &["personnel.table"]).await?;
    let (late, rows): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|row| !row.answered() && row.effective_on < dates.today);
    let (status, cancel) = match refused {
        Some(Refused { status, banner, again }) => {
            shell = if again.is_some() { shell.faulty(true) } else { shell.banner(banner) };
            (status, again)
        }
        None => (StatusCode::OK, None),
    };
    let may_enter = me.may(Permission::PeopleEdit);
    let page = views::ListPage {
        shell: shell.module("form"),
        late: views::rows(app, me, dates, &late)?,
        rows: views::rows(app, me, dates, &rows)?,
        left: views::left(dates, &left),
        movements: views::movements(screen.w, dates, (may_enter, &me.scope(Permission::PeopleView)), &roles, movements),
        may_enter,
        unsettled,
        cancel,
    };
    page_with(status, &page)
}

/// 権限見直し: rights from before a change whose day is over.
async fn rights(State(app): State<App>, me: Can<ViewMovements>, screen: Screen) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let found = store::unsettled(read.conn(), &me.scope(Permission::MovementsView), screen.dates.today).await?;
    let shell = screen.shell(&app, &mut read, screen.w.t("movements-rights"), &["personnel.table"]).await?;
    let shell = shell.crumb("/movements", screen.w.t("movements-title")).crumb_here(screen.w.t("movements-rights"));
    page(&views::RightsPage { shell, rows: views::unsettled(&app, &me, &screen.dates, found)? })
}

async fn new(State(app): State<App>, me: Can<EnterMovements>, screen: Screen) -> Result<Response> {
    let form = form(&app, &me, &screen).await?;
    show(&app, &me, &screen, form).await
}

async fn form(app: &App, me: &Can<EnterMovements>, screen: &Screen) -> Result<Form> {
    let naming = app.part::<House>()?.naming();
    let mut read = app.read(me).await?;
    let departments = store::departments(read.conn(), screen.dates.today).await?;
    Ok(Form::new(screen.w, screen.dates, views::questions(screen.w, &naming, &departments)))
}

async fn show(app: &App, me: &Can<EnterMovements>, screen: &Screen, form: Form) -> Result<Response> {
    show_with(app, me, screen, form, Foreseen::default()).await
}

/// What an entry would lead to, looked at before it is written.
#[derive(Default)]
struct Foreseen {
    /// functions that nobody would act in
    vacant: Vec<(Link, String)>,
    /// requests that would not get through any more
    broken: Vec<checkup::Row>,
    /// tells these from others, and this entry from another
    key: String,
}

impl Foreseen {
    fn nothing(&self) -> bool {
        self.vacant.is_empty() && self.broken.is_empty()
    }
}

/// What was typed, on a form of its own.
fn typed_again(form: Form, typed: &Form) -> Form {
    let names = ["person", "kind", "effective_on", "to_department", "to_tier", "to_title"];
    let typed = names.into_iter().map(|name| (name, typed.text(name))).filter(|(_, value)| !value.is_empty());
    typed.fold(form, |form, (name, value)| form.fill(name, value))
}

/// The functions left vacant and the routes that would stop from its day on.
async fn foreseen(app: &App, me: &Can<EnterMovements>, screen: &Screen, new: &NewMovement) -> Result<Foreseen> {
    let mut foreseen = Foreseen::default();
    if let Some(change) = new.felt_by_routes() {
        let hand = Hand::new(app, &me.0, screen.w)?;
        foreseen.broken = checkup::broken_by(app, &hand, &screen.dates, change).await?;
    }
    if let Some(going) = going(new.person, new.kind, new.effective_on) {
        let in_force = app.part::<Regulations>()?.in_force();
        let mut read = app.read(me).await?;
        let roles = functions::roles(read.conn(), &in_force, screen.dates.today).await?;
        let left = vacated(&roles, &going);
        foreseen.key = left.iter().map(Vacated::key).collect::<Vec<_>>().join(" ");
        foreseen.vacant = left.iter().map(|one| one.words(screen.w, &screen.dates, going.from)).collect();
    }
    // what was looked at for one entry says nothing about another
    let (person, kind, day) = (new.person, new.kind.key(), new.effective_on);
    foreseen.key = format!("{person}:{kind}:{day}:{}:{}", foreseen.broken.len(), foreseen.key);
    Ok(foreseen)
}

/// The form; with what the entry would lead to, where somebody is to look at it first.
async fn show_with(
    app: &App,
    me: &Can<EnterMovements>,
    screen: &Screen,
    form: Form,
    foreseen: Foreseen,
) -> Result<Response> {
    let status = if form.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut read = app.read(me).await?;
    let shell = screen.shell(app, &mut read, screen.w.t("movements-new"), &["personnel.movement"]).await?;
    let shell = shell.crumb("/movements", screen.w.t("movements-title")).crumb_here(screen.w.t("movements-new"));
    let Foreseen { vacant, broken, .. } = foreseen;
    page_with(status, &views::FormPage { shell: shell.module("form").faulty(form.faulty()), form, vacant, broken })
}

async fn enter(State(app): State<App>, me: Can<EnterMovements>, screen: Screen, posted: Posted) -> Result<Response> {
    let asked = form(&app, &me, &screen).await?;
    let mut form = asked.take(posted.input).map_err(|_| Error::Forged("unasked"))?;
    let mut read = app.read(&me).await?;
    let people = store::find_people(read.conn(), form.text("person")).await?;
    drop(read);
    if !form.text("person").is_empty() && people.len() != 1 {
        form.refuse("person", Line::new("movements-refused-person"));
    }
    let to = form.parsed("to_department").zip(Tier::from_key(form.text("to_tier"))).map(|(department, tier)| Place {
        department: crate::kernel::ids::DepartmentId(department),
        tier: Some(tier),
        title: form.text("to_title").to_owned(),
    });
    let (Some(person), Some(kind), Some(effective_on), false) =
        (people.first(), Kind::from_key(form.text("kind")), form.date("effective_on"), form.faulty())
    else {
        return show(&app, &me, &screen, form).await;
    };
    let to = to.filter(|_| kind == Kind::Transfer);
    let new = NewMovement { person: *person, kind, effective_on, to, source: Source::Entered };
    let foreseen = foreseen(&app, &me, &screen, &new).await?;
    let unseen = !foreseen.nothing() && form.text("seen") != foreseen.key;
    let enter = async |work: &mut Work| match actions::enter(work, &new).await? {
        // what the rules allow is not written before somebody has looked at what it leads to
        Entered::Done(_) if unseen => Err(Error::Conflict(Message::new("movements-not-yet"))),
        entered => Ok(entered),
    };
    let entered = match app.change(&me.actor(), enter).await {
        Err(Error::Conflict(_)) if unseen => {
            let again = self::form(&app, &me, &screen).await?;
            let again = typed_again(again, &form).fill("seen", foreseen.key.clone());
            return show_with(&app, &me, &screen, again, foreseen).await;
        }
        entered => entered?,
    };
    match entered {
        Entered::Done(_) => Ok(screen.go(&app, "/movements", Some((Tone::Good, Message::new("movements-entered"))))),
        Entered::Mend(field, message) => {
            form.refuse(field, said(&message));
            show(&app, &me, &screen, form).await
        }
    }
}

/// Why an entry is cancelled.
fn reason_form(screen: &Screen) -> Form {
    Form::new(screen.w, screen.dates, vec![Field::text("reason", "movements-reason").most(200)])
}

async fn cancel(
    State(app): State<App>,
    me: Can<EnterMovements>,
    screen: Screen,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    posted.only(&["reason"])?;
    let reason = clean_text(posted.input.get("reason").unwrap_or_default());
    let act = async |work: &mut Work| actions::cancel(work, id, &reason).await;
    let error = match app.change(&me.actor(), act).await {
        Ok(()) => return Ok(screen.go(&app, "/movements", Some((Tone::Good, Message::new("movements-cancelled"))))),
        Err(error) => error,
    };
    let (status, tone, message, again) = match error {
        Error::Refused(message) => (StatusCode::UNPROCESSABLE_ENTITY, Tone::Bad, message, true),
        Error::Conflict(message) => (StatusCode::CONFLICT, Tone::Warn, message, false),
        other => return Err(other),
    };
    let mut form = reason_form(&screen).fill("reason", reason);
    form.refuse("reason", said(&message));
    let banner = Banner::new(tone, screen.w.line(&said(&message)));
    let again = again.then(|| (id.to_string(), form));
    draw(&app, &me.0, &screen, Some(Refused { status, banner, again })).await
}
