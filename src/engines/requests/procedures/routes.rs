//! The addresses of 組織が定めた手続: /procedures lists them, /procedures/{kind} takes another route for one of them, checked before it
//! is entered; what is still to come is taken back under /procedures/routes/{id}.
use super::checkup;
use super::form::{self, EFFECTIVE_ON, REASON, Typed};
use super::preview::{Preview, StepView, preview, words};
use super::views::{CheckPage, ClauseView, EditPage, FixedPage, FixedRow, ListPage, OwnRow, TakeBackPage, VersionRow};
use crate::engines::regulations::actions::{self, NewRoute};
use crate::engines::regulations::own_routes::{self, Fixed, OwnRoute, Way};
use crate::engines::regulations::{Adopted, Regulations, binding};
use crate::engines::requests::actions::Hand;
use crate::engines::requests::binding::by_way;
use crate::engines::requests::model::Kind;
use crate::gate;
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::work::Work;
use crate::people::step_up::{self, Action};
use crate::web::extract::{Path, Posted};
use crate::web::forms::{Field, Form, FormInput};
use crate::web::icons::Icon;
use crate::web::identify::Caller;
use crate::web::locale::{Line, Words};
use crate::web::routing::{Access, Can, Nav, Route, Section, get, post};
use crate::web::screen::{Screen, page, page_with, said};
use crate::web::shell::Tone;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use std::sync::Arc;
use uuid::Uuid;

gate! {
    /// 組織が定めた手続を見る
    ViewProcedures needs ParametersView,
    /// 組織が定めた手続の経路を定める
    EditProcedures needs ParametersEdit,
}

/// What is done with them.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        get::<ViewProcedures, _, _>("/procedures", list).hidden(),
        get::<ViewProcedures, _, _>("/procedures/checkup", checkup::show).hidden(),
        get::<EditProcedures, _, _>("/procedures/{kind}", edit).hidden(),
        post::<EditProcedures, _, _>("/procedures/{kind}", send).hidden(),
        get::<EditProcedures, _, _>("/procedures/routes/{id}", taking_back).hidden(),
        post::<EditProcedures, _, _>("/procedures/routes/{id}", take_back).hidden(),
    ]
}

/// The way there, beside the values that the organisation sets.
#[must_use]
pub fn nav() -> Nav {
    Nav {
        section: Section::Rules,
        order: 4,
        href: "/procedures",
        label: "nav-procedures",
        icon: Icon::Pen,
        access: Access::Needs(Permission::ParametersView),
        tiers: &[
            Tier::Sysadmin,
            Tier::Operator,
            Tier::Designer,
            Tier::Office,
            Tier::Ciso,
            Tier::Committee,
            Tier::Auditor,
        ],
        count: None,
        goto: None,
    }
}

/// The regulation under which the portal runs, and who looks at it.
struct Room {
    app: App,
    screen: Screen,
    hand: Hand,
    regulations: Arc<Regulations>,
    adopted: Arc<Adopted>,
}

impl Room {
    fn open(app: &App, viewer: &Arc<Viewer>, screen: Screen) -> Result<Self> {
        let regulations = app.part::<Regulations>()?;
        let adopted = regulations.adopted()?;
        Ok(Self { hand: Hand::new(app, viewer, screen.w)?, app: app.clone(), screen, regulations, adopted })
    }

    const fn w(&self) -> Words {
        self.screen.w
    }

    fn today(&self) -> NaiveDate {
        self.screen.dates.today
    }

    /// A kind that people can file.
    fn kind(&self, key: &str) -> Result<&binding::Kind> {
        self.adopted.binding().kind(key).ok_or(Error::NotFound)
    }

    fn title(&self, kind: &binding::Kind) -> String {
        kind.title.in_language(self.w().lang().code()).to_owned()
    }

    /// The way before the work on a day: that of the version in force, else that of the file.
    fn way_on(&self, kind: &binding::Kind, day: NaiveDate) -> Way {
        let routes = self.regulations.own_routes();
        let now = routes.begun(self.adopted.key(), (self.adopted.binding(), kind), day).next_back();
        let way = now.map(|route| route.way.clone()).or_else(|| own_routes::declared_way(kind));
        let way = way.unwrap_or(Way { steps: Vec::new(), after_return: None, pull_up: kind.pull_up });
        Way { after_return: way.after_return.or(Some(kind.after_return)), ..way }
    }

    fn travelled(&self, kind: &binding::Kind, way: &Way) -> Result<Kind> {
        Ok(by_way(kind, way, self.adopted.binding(), &self.app.settings()).map_err(anyhow::Error::from)?)
    }

    /// The route of today in words.
    fn now(&self, kind: &binding::Kind) -> Result<Vec<StepView>> {
        let way = own_routes::fixed(kind).is_none().then(|| self.way_on(kind, self.today()));
        let kind = match way {
            Some(way) => self.travelled(kind, &way)?,
            None => self.as_declared(kind)?,
        };
        Ok(words(&self.hand, &kind))
    }

    fn as_declared(&self, kind: &binding::Kind) -> Result<Kind> {
        let kinds = crate::engines::requests::binding::kinds(self.adopted.binding(), &self.app.settings())
            .map_err(anyhow::Error::from)?;
        kinds.into_iter().find(|known| known.key == kind.key).ok_or(Error::NotFound)
    }

    /// Since when, in which version, by whom.
    fn since(&self, kind: &binding::Kind) -> String {
        let routes = self.regulations.own_routes();
        let last = routes.begun(self.adopted.key(), (self.adopted.binding(), kind), self.today()).next_back();
        match last {
            Some(route) => self.w().with(
                "procedures-since-version",
                &[
                    ("day", &self.screen.dates.long(route.effective_on)),
                    ("version", &route.version),
                    ("name", &self.by(route.entered_by.as_deref())),
                ],
            ),
            None => self.w().t("procedures-since-file"),
        }
        .into_owned()
    }

    fn by(&self, name: Option<&str>) -> String {
        name.map_or_else(|| self.w().t("regulations-by-portal").into_owned(), str::to_owned)
    }

    fn clauses(&self, kind: &binding::Kind) -> Vec<ClauseView> {
        let viewer = &self.hand.viewer;
        let open = viewer.may(Permission::ClausesView) && self.adopted.discloses_to(viewer);
        let references = kind.clauses.iter().filter_map(|id| self.adopted.entry().reference_to(id));
        let view = |found: crate::engines::regulations::ClauseRef| ClauseView {
            href: open.then(|| format!("/clauses/{}/{}", found.regulation, found.clause)),
            label: format!("{} {}", found.label, found.heading),
        };
        references.map(view).collect()
    }

    /// Why the route stays as it is.
    fn why(&self, kind: &binding::Kind, fixed: Fixed) -> String {
        let (w, name) = (self.w(), self.title(kind));
        match fixed {
            Fixed::ByClause => w.t1("procedures-fixed-by-clause", "name", name),
            Fixed::OpenPage => w.t1("procedures-fixed-open-page", "name", name),
            Fixed::Particular => w.t1("procedures-fixed-particular", "name", name),
        }
        .into_owned()
    }

    /// A version in the history.
    fn version(&self, kind: &binding::Kind, route: &OwnRoute) -> Result<VersionRow> {
        let (w, dates) = (self.w(), self.screen.dates);
        let may = self.hand.viewer.may(Permission::ParametersEdit);
        let to_come = route.taken_back.is_none() && route.effective_on > self.today();
        let steps = match own_routes::fits(self.adopted.binding(), kind, &route.way.steps) {
            true => words(&self.hand, &self.travelled(kind, &route.way)?).iter().map(|step| self.line(step)).collect(),
            // entered for another edition of the text, and used no more
            false => vec![w.t("procedures-fits-no-more").into_owned()],
        };
        let taken_back = route.taken_back.as_ref().map(|back| {
            let by = format!("{} {}", dates.short_at(back.at), self.by(back.by.as_deref()));
            w.t2("regulations-taken-back", "by", by, "reason", &back.reason).into_owned()
        });
        Ok(VersionRow {
            title: self.title(kind),
            version: w.t1("procedures-version-no", "no", route.version).into_owned(),
            steps,
            from: dates.short(route.effective_on),
            reason: route.reason.clone(),
            by: format!("{} {}", dates.short_at(route.entered_at), self.by(route.entered_by.as_deref())),
            taken_back: taken_back.unwrap_or_default(),
            take_back: (may && to_come).then(|| format!("/procedures/routes/{}", route.id)),
        })
    }

    /// 「承認：主管課長の確認（申請した部署の主管課長、3営業日以内）」
    fn line(&self, step: &StepView) -> String {
        let comma = self.w().t("web-list-comma");
        let seat = [step.seat.as_str(), step.days.as_str()].into_iter().filter(|part| !part.is_empty());
        let seat = seat.collect::<Vec<_>>().join(&comma);
        self.w().with("procedures-line", &[("act", &step.act), ("title", &step.title), ("seat", &seat)]).into_owned()
    }

    /// The versions of a kind, the latest first.
    fn history(&self, kind: &binding::Kind) -> Result<Vec<VersionRow>> {
        let routes = self.regulations.own_routes();
        routes.of(self.adopted.key(), &kind.key).rev().map(|route| self.version(kind, route)).collect()
    }

    fn own_row(&self, kind: &binding::Kind) -> Result<OwnRow> {
        let fixed = own_routes::fixed(kind);
        let routes = self.regulations.own_routes();
        let later = |route: &&OwnRoute| route.taken_back.is_none() && route.effective_on > self.today();
        let to_come = routes.of(self.adopted.key(), &kind.key).filter(later).map(|route| {
            let day = self.screen.dates.short(route.effective_on);
            self.w().t2("procedures-to-come", "day", day, "version", route.version).into_owned()
        });
        let may = self.hand.viewer.may(Permission::ParametersEdit) && fixed.is_none();
        Ok(OwnRow {
            title: self.title(kind),
            steps: self.now(kind)?,
            since: self.since(kind),
            to_come: to_come.collect(),
            note: fixed.map(|fixed| self.why(kind, fixed)).unwrap_or_default(),
            href: may.then(|| format!("/procedures/{}", kind.key)),
        })
    }

    async fn edit(&self, kind: &binding::Kind, form: Form, status: StatusCode) -> Result<Response> {
        let mut read = self.app.read(&self.hand.viewer).await?;
        let title = self.title(kind);
        let shell = self.screen.shell(&self.app, &mut read, &title, &[]).await?;
        let shell = shell.crumb("/procedures", self.w().t("procedures-title")).crumb_here(title);
        let kept = kind.from_work();
        let steps = words(&self.hand, &self.as_declared(kind)?);
        let kept = steps.into_iter().skip(kind.steps.len() - kept.len()).collect();
        let page = EditPage {
            shell: shell.module("form").faulty(form.faulty()),
            action: format!("/procedures/{}", kind.key),
            now: self.now(kind)?,
            since: self.since(kind),
            kept,
            form,
            places: form::places(),
            history: self.history(kind)?,
        };
        page_with(status, &page)
    }

    async fn fixed(&self, kind: &binding::Kind, fixed: Fixed, status: StatusCode) -> Result<Response> {
        let mut read = self.app.read(&self.hand.viewer).await?;
        let title = self.title(kind);
        let shell = self.screen.shell(&self.app, &mut read, &title, &[]).await?;
        let shell = shell.crumb("/procedures", self.w().t("procedures-title")).crumb_here(title);
        let (why, clauses) = (self.why(kind, fixed), self.clauses(kind));
        page_with(status, &FixedPage { shell, why, clauses, now: self.now(kind)? })
    }

    async fn check(&self, kind: &binding::Kind, form: &Form, route: Preview, proof: Form) -> Result<Response> {
        let mut read = self.app.read(&self.hand.viewer).await?;
        let shell = self.screen.shell(&self.app, &mut read, self.w().t("procedures-check"), &[]).await?;
        let shell = shell.crumb("/procedures", self.w().t("procedures-title"));
        let shell = shell.crumb(format!("/procedures/{}", kind.key), self.title(kind));
        let shell = shell.crumb_here(self.w().t("requests-check-short")).module("form").faulty(proof.faulty());
        let status = if proof.faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let day = form.date(EFFECTIVE_ON).map(|day| self.screen.dates.long(day));
        let typed = form::names().into_iter().filter_map(|name| Some((form.filled(&name)?.to_owned(), name)));
        let page = CheckPage {
            shell,
            action: format!("/procedures/{}", kind.key),
            steps: route.steps,
            after_return: form::after_return(form),
            pull_up: form::pull_up(form),
            from: day.unwrap_or_default(),
            reason: form.text(REASON).to_owned(),
            typed: typed.map(|(value, name)| (name, value)).collect(),
            proof,
        };
        page_with(status, &page)
    }

    /// Everything that is wrong with what was typed, said at its field; the route laid out where nothing is.
    async fn judge(&self, kind: &binding::Kind, form: &mut Form) -> Result<Option<(Typed, Preview)>> {
        let typed = form::read(form, self.adopted.binding(), kind);
        let day = form.date(EFFECTIVE_ON);
        if day.is_some_and(|day| day < self.today()) {
            form.refuse(EFFECTIVE_ON, said(&Message::new("regulations-value-past")));
        }
        if !form.faulty() && day.is_some_and(|day| self.way_on(kind, day) == typed.way) {
            form.refuse(EFFECTIVE_ON, said(&Message::new("procedures-wrong-same")));
        }
        if form.faulty() {
            return Ok(None);
        }
        let mut read = self.app.read(&self.hand.viewer).await?;
        let route = self.travelled(kind, &typed.way)?;
        let route = preview(read.conn(), &self.hand, &route, self.today()).await?;
        if let Some((key, tier, title)) = &route.impossible {
            // what leaves the work without anybody is the step of those who would do it
            let field = typed.who_at(key).unwrap_or_else(|| typed.who(*tier));
            form.refuse(&field, Line::new("procedures-wrong-nobody").with("title", title));
            return Ok(None);
        }
        Ok(Some((typed, route)))
    }
}

/// One's own password, asked on the check page.
fn proof(app: &App, screen: &Screen) -> Form {
    Form::new(screen.w, screen.dates, vec![step_up::question(app, Action::Settings)])
}

async fn list(State(app): State<App>, me: Can<ViewProcedures>, screen: Screen) -> Result<Response> {
    let room = Room::open(&app, &me.0, screen)?;
    let kinds = || room.adopted.binding().kinds.iter();
    let own = kinds().filter(|kind| kind.org_defined).map(|kind| room.own_row(kind)).collect::<Result<Vec<_>>>()?;
    let fixed = kinds().filter(|kind| !kind.org_defined);
    let fixed = fixed.map(|kind| FixedRow { title: room.title(kind), clauses: room.clauses(kind) }).collect();
    let mut history = Vec::new();
    for kind in kinds() {
        history.extend(room.history(kind)?);
    }
    let mut read = app.read(&me).await?;
    let shell = room.screen.shell(&app, &mut read, room.w().t("procedures-title"), &[]).await?;
    page(&ListPage {
        shell,
        regulation: room.adopted.entry().catalogue.title.clone(),
        any_edit: own.iter().any(|row| row.href.is_some()),
        own,
        fixed,
        history,
    })
}

async fn edit(
    State(app): State<App>,
    me: Can<EditProcedures>,
    screen: Screen,
    Path(key): Path<String>,
) -> Result<Response> {
    let room = Room::open(&app, &me.0, screen)?;
    let kind = room.kind(&key)?;
    if let Some(fixed) = own_routes::fixed(kind) {
        return room.fixed(kind, fixed, StatusCode::OK).await;
    }
    let tomorrow = room.today().checked_add_days(Days::new(1)).unwrap_or(room.today());
    let form = form::form(&room.screen, room.adopted.binding());
    let form = form::filled(form, &room.way_on(kind, room.today()), &room.screen, tomorrow);
    room.edit(kind, form, StatusCode::OK).await
}

/// What came, parted: the answers of the form, those of the check page, and which button was pressed.
fn parted(input: &FormInput) -> (FormInput, FormInput, String) {
    let (mut answers, mut proof) = (FormInput::default(), FormInput::default());
    for (name, value) in input.pairs().filter(|(name, _)| *name != "_step") {
        let part = if name == step_up::FIELD { &mut proof } else { &mut answers };
        part.add(name, value);
    }
    (answers, proof, input.get("_step").unwrap_or("check").to_owned())
}

/// What the form was sent for: to be checked, to be changed again, or to be entered.
async fn send(
    State(app): State<App>,
    me: Can<EditProcedures>,
    screen: Screen,
    caller: Caller,
    Path(key): Path<String>,
    posted: Posted,
) -> Result<Response> {
    let unasked = |_| Error::Forged("a field that nobody asked for");
    let room = Room::open(&app, &me.0, screen)?;
    let kind = room.kind(&key)?;
    if let Some(fixed) = own_routes::fixed(kind) {
        return room.fixed(kind, fixed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (answers, given, step) = parted(&posted.input);
    let form = form::form(&room.screen, room.adopted.binding());
    if step == "back" {
        let form = answers.pairs().fold(form, |form, (name, value)| form.fill(name, value));
        return room.edit(kind, form, StatusCode::OK).await;
    }
    let mut form = form.take(answers).map_err(unasked)?;
    let Some((typed, route)) = room.judge(kind, &mut form).await? else {
        return room.edit(kind, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let asked = proof(&app, &room.screen);
    if step != "send" {
        return room.check(kind, &form, route, asked).await;
    }
    let mut asked = asked.take(given).map_err(unasked)?;
    if !step_up::confirm_form(&app, &me, &caller, &mut asked, (Action::Settings, &key)).await? {
        return room.check(kind, &form, route, asked).await;
    }
    let new = NewRoute {
        regulation: room.adopted.key(),
        kind: &key,
        way: &typed.way,
        effective_on: form.date(EFFECTIVE_ON).unwrap_or(room.today()),
        reason: form.text(REASON),
    };
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if let Some(before) = work.once(posted.once, &posted.body).await? {
                return Ok(before);
            }
            actions::enter_route(work, &room.adopted, &new).await?;
            work.settle(posted.once, "/procedures").await?;
            Ok("/procedures".to_owned())
        })
        .await;
    let back = match done {
        Err(Error::Refused(why)) => {
            form.refuse(EFFECTIVE_ON, said(&why));
            return room.edit(kind, form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        done => done?,
    };
    room.regulations.refresh(&app).await?;
    let told = Message::new("procedures-entered-now").with("name", room.title(kind));
    Ok(room.screen.go(&app, &back, Some((Tone::Good, told))))
}

/// A version of the operating regulation that is still to come.
fn to_come(room: &Room, id: Uuid) -> Result<OwnRoute> {
    let routes = room.regulations.own_routes();
    let found = routes.get(id).filter(|route| route.regulation == room.adopted.key() && route.taken_back.is_none());
    let found = found.ok_or(Error::NotFound)?;
    match found.effective_on > room.today() {
        true => Ok(found.clone()),
        false => Err(Error::Refused(Message::new("procedures-in-force-already"))),
    }
}

fn question(app: &App, screen: &Screen) -> Form {
    let fields = vec![
        Field::area(REASON, "regulations-reason").most(200).hint("regulations-reason-hint"),
        step_up::question(app, Action::Settings),
    ];
    Form::new(screen.w, screen.dates, fields)
}

async fn ask(room: &Room, route: &OwnRoute, form: Form, status: StatusCode) -> Result<Response> {
    let w = room.w();
    let kind = room.kind(&route.kind)?;
    let steps = match own_routes::fits(room.adopted.binding(), kind, &route.way.steps) {
        true => words(&room.hand, &room.travelled(kind, &route.way)?),
        false => Vec::new(),
    };
    let mut read = room.app.read(&room.hand.viewer).await?;
    let shell = room.screen.shell(&room.app, &mut read, w.t("procedures-take-back"), &[]).await?;
    let shell = shell.crumb("/procedures", w.t("procedures-title")).crumb_here(w.t("procedures-take-back"));
    let from = room.screen.dates.long(route.effective_on);
    let page = TakeBackPage {
        shell: shell.module("form").faulty(form.faulty()),
        action: format!("/procedures/routes/{}", route.id),
        title: room.title(kind),
        version: w.t1("procedures-version-no", "no", route.version).into_owned(),
        from: w.t1("procedures-from", "day", from).into_owned(),
        steps,
        form,
    };
    page_with(status, &page)
}

async fn taking_back(
    State(app): State<App>,
    me: Can<EditProcedures>,
    screen: Screen,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let room = Room::open(&app, &me.0, screen)?;
    let route = to_come(&room, id)?;
    let form = question(&app, &room.screen);
    ask(&room, &route, form, StatusCode::OK).await
}

async fn take_back(
    State(app): State<App>,
    me: Can<EditProcedures>,
    screen: Screen,
    caller: Caller,
    Path(id): Path<Uuid>,
    posted: Posted,
) -> Result<Response> {
    let room = Room::open(&app, &me.0, screen)?;
    let route = to_come(&room, id)?;
    let form = question(&app, &room.screen).take(posted.input);
    let mut form = form.map_err(|_| Error::Forged("a field that nobody asked for"))?;
    let target = id.to_string();
    if !step_up::confirm_form(&app, &me, &caller, &mut form, (Action::Settings, &target)).await? {
        return ask(&room, &route, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let reason = form.text(REASON).to_owned();
    let back = app
        .change(&me.actor(), async |work: &mut Work| {
            if let Some(before) = work.once(posted.once, &posted.body).await? {
                return Ok(before);
            }
            actions::take_route_back(work, &route, &reason).await?;
            work.settle(posted.once, "/procedures").await?;
            Ok("/procedures".to_owned())
        })
        .await?;
    room.regulations.refresh(&app).await?;
    let told = Message::new("procedures-taken-back-now").with("name", room.title(room.kind(&route.kind)?));
    Ok(room.screen.go(&app, &back, Some((Tone::Good, told))))
}
