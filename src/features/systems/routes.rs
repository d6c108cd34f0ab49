//! Addresses of the 情報システム台帳: list, row, form, end of use, export.
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::forms::{self, Entry};
use super::ledger::SYSTEMS;
use super::model::System;
use super::{actions, store};
use crate::engines::ledgers::views::{Act, Extra, Panel};
use crate::engines::ledgers::{screens, send};
use crate::engines::requests::actions::kinds;
use crate::gate;
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::ids::SystemId;
use crate::kernel::work::Work;
use crate::web::extract::{Path, Posted, Pressed, RawQuery};
use crate::web::forms::Form;
use crate::web::icons::Icon;
use crate::web::routing::{Access, Can, Nav, Room, Section, get, post};
use crate::web::screen::{Screen, page_with, said};
use crate::web::shell::{Shell, Tone};

gate!(
    /// 情報システム台帳を見る
    ViewSystems needs SystemsView,
    /// 情報システム台帳に登録・修正する
    EditSystems needs SystemsEdit,
    /// 情報システム台帳を書き出す
    ExportSystems needs SystemsExport,
);

/// Routes and menu.
pub fn room() -> Room {
    Room {
        key: "systems",
        routes: vec![
            get::<ViewSystems, _, _>("/ledgers/systems", list),
            get::<EditSystems, _, _>("/ledgers/systems/new", new),
            post::<EditSystems, _, _>("/ledgers/systems", register),
            get::<ExportSystems, _, _>("/ledgers/systems/export", export_page),
            post::<ExportSystems, _, _>("/ledgers/systems/export", export),
            post::<ViewSystems, _, _>("/ledgers/systems/views", keep_view),
            post::<ViewSystems, _, _>("/ledgers/systems/views/{id}/removal", forget_view),
            get::<ViewSystems, _, _>("/ledgers/systems/{id}", show),
            get::<EditSystems, _, _>("/ledgers/systems/{id}/correction", edit),
            post::<EditSystems, _, _>("/ledgers/systems/{id}/correction", correct),
            get::<EditSystems, _, _>("/ledgers/systems/{id}/retirement", ask_retire),
            post::<EditSystems, _, _>("/ledgers/systems/{id}/retirement", retire),
        ],
        nav: vec![Nav {
            section: Section::Ledgers,
            order: 20,
            href: "/ledgers/systems",
            label: "systems-nav",
            icon: Icon::System,
            access: Access::Needs(Permission::SystemsView),
            tiers: &[],
            count: None,
            goto: None,
        }],
    }
}

/// The form of a system, for a new one and for correcting one.
#[derive(Template)]
#[template(path = "systems/form.html")]
struct FormPage {
    shell: Shell,
    action: String,
    go: String,
    back: String,
    form: Form,
    /// 「ほかの人が先に直しました」: who and when, and both versions: question, now, typed.
    stale: Option<Stale>,
}

/// What the form of a request is offered from where accounts are shared only on systems that a rule of its own names.
const BY_RULE: &str = "systems.by_rule";

/// Both versions, when somebody else was quicker.
struct Stale {
    by: String,
    rows: Vec<(String, String, String)>,
}

/// The question before a system's use is ended.
#[derive(Template)]
#[template(path = "systems/retirement.html")]
struct RetirementPage {
    shell: Shell,
    action: String,
    back: String,
    form: Form,
    /// Why it cannot be ended now.
    refusal: Option<String>,
}

async fn list(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewSystems>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    screens::list(&app, &screen, &me, &SYSTEMS, &raw).await
}

async fn export_page(
    State(app): State<App>,
    screen: Screen,
    me: Can<ExportSystems>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    send::ask(&app, &screen, &me, &SYSTEMS, &raw).await
}

async fn export(State(app): State<App>, screen: Screen, me: Can<ExportSystems>, posted: Posted) -> Result<Response> {
    send::send(&app, &screen, &me, &SYSTEMS, &posted).await
}

async fn keep_view(State(app): State<App>, screen: Screen, me: Can<ViewSystems>, posted: Posted) -> Result<Response> {
    screens::keep_view(&app, &screen, &me, &SYSTEMS, &posted).await
}

async fn forget_view(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewSystems>,
    Path(id): Path<Uuid>,
    _: Pressed,
) -> Result<Response> {
    screens::forget_view(&app, &screen, &me, &SYSTEMS, id).await
}

async fn show(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewSystems>,
    Path(id): Path<SystemId>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let system = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let w = screen.w;
    let mut extra = Extra { subtitle: system.facts.name.clone(), ..Extra::default() };
    if me.may(Permission::SystemsEdit) {
        let act = |what, label, icon| Act {
            href: format!("/ledgers/systems/{id}/{what}"),
            label: w.t(label).into_owned(),
            icon,
        };
        extra.acts.push(act("correction", "systems-correct", "pen"));
        if !system.is_portal && system.retired_on.is_none() {
            extra.acts.push(act("retirement", "systems-retire", "cross"));
        }
    }
    extra.panels.push(rights_panel(&mut read, &screen, id).await?);
    if me.may(Permission::AccountsView) {
        extra.panels.push(accounts_panel(&mut read, &screen, &me, id).await?);
    }
    drop(read);
    screens::detail(&app, &screen, &me, &SYSTEMS, id.0, &raw, extra).await
}

async fn rights_panel(read: &mut Read, screen: &Screen, id: SystemId) -> Result<Panel> {
    let w = screen.w;
    let rights = store::list_rights(read.conn(), id).await?;
    let row =
        |right: super::model::Right| (None, vec![right.name, w.of("systems-level", right.level.key()).into_owned()]);
    Ok(Panel {
        title: w.t("systems-rights").into_owned(),
        note: w.t("systems-rights-order").into_owned(),
        heads: vec![w.t("systems-right").into_owned(), w.t("systems-level").into_owned()],
        rows: rights.into_iter().map(row).collect(),
        ..Panel::default()
    })
}

/// The accounts on this system that the reader may see.
async fn accounts_panel(read: &mut Read, screen: &Screen, me: &Viewer, id: SystemId) -> Result<Panel> {
    let w = screen.w;
    let accounts = store::list_accounts(read.conn(), id, &me.scope(Permission::AccountsView)).await?;
    let row = |account: store::AccountLine| {
        let link = format!("/ledgers/accounts/{}", account.id);
        (
            Some(link),
            vec![account.name, account.holder, account.department, account.rights.join(&w.t("web-list-comma"))],
        )
    };
    let heads = ["systems-account", "systems-holder", "systems-department", "systems-rights"];
    Ok(Panel {
        title: w.t("systems-accounts").into_owned(),
        note: w.n("ledgers-total", accounts.len()).into_owned(),
        link: Some((format!("/ledgers/accounts?view=active&system={id}"), w.t("systems-accounts-all").into_owned())),
        heads: heads.map(|key| w.t(key).into_owned()).into(),
        rows: accounts.into_iter().take(20).map(row).collect(),
        empty: w.t("systems-accounts-none").into_owned(),
    })
}

async fn new(State(app): State<App>, screen: Screen, me: Can<EditSystems>) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let form = blank(&app, &screen, &mut read).await?;
    show_form(&app, &screen, read, None, form, None, StatusCode::OK).await
}

async fn register(State(app): State<App>, screen: Screen, me: Can<EditSystems>, posted: Posted) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let mut form =
        blank(&app, &screen, &mut read).await?.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let Some(entry) = forms::read(&mut form) else {
        return show_form(&app, &screen, read, None, form, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    drop(read);
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if let Some(before) = work.once(posted.once, &posted.body).await? {
                return Ok(before);
            }
            let id = SystemId::new(work.now);
            actions::register(work, id, &entry.facts, &entry.rights, false).await?;
            let address = format!("/ledgers/systems/{id}");
            work.settle(posted.once, &address).await?;
            Ok(address)
        })
        .await;
    match done {
        Ok(address) => Ok(screen.go(
            &app,
            &address,
            Some((Tone::Good, Message::new("systems-registered").with("name", &entry.facts.name))),
        )),
        Err(Error::Refused(message)) => {
            form.refuse("code", said(&message));
            let read = app.read(&me).await?;
            show_form(&app, &screen, read, None, form, None, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error),
    }
}

async fn edit(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditSystems>,
    Path(id): Path<SystemId>,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let system = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let rights = store::list_rights(read.conn(), id).await?;
    let form = forms::filled(blank(&app, &screen, &mut read).await?, &system, &rights);
    show_form(&app, &screen, read, Some(&system), form, None, StatusCode::OK).await
}

async fn correct(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditSystems>,
    Path(id): Path<SystemId>,
    posted: Posted,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let system = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let mut form =
        blank(&app, &screen, &mut read).await?.take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let Some(entry) = forms::read(&mut form) else {
        return show_form(&app, &screen, read, Some(&system), form, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    drop(read);
    let Entry { facts, rights, version } = &entry;
    let version = version.ok_or(Error::Forged("no version"))?;
    let done = app
        .change(&me.actor(), async |work: &mut Work| {
            if work.once(posted.once, &posted.body).await?.is_none() {
                actions::correct(work, id, version, facts, rights).await?;
            }
            Ok(())
        })
        .await;
    let to = format!("/ledgers/systems/{id}");
    match done {
        Ok(()) => {
            Ok(screen.go(&app, &to, Some((Tone::Good, Message::new("systems-corrected").with("name", &facts.name)))))
        }
        Err(Error::Conflict(_)) => conflict(&app, &screen, &me, id, form).await,
        Err(Error::Refused(message)) => {
            let field = if message.key == "systems-refused-portal-not-shared" { "sharing_rule" } else { "code" };
            form.refuse(field, said(&message));
            let read = app.read(&me).await?;
            show_form(&app, &screen, read, Some(&system), form, None, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error),
    }
}

/// Somebody else was quicker: nothing is saved, both versions are shown, and what was typed stays in the form on top of
/// the newest version.
async fn conflict(app: &App, screen: &Screen, me: &Can<EditSystems>, id: SystemId, typed: Form) -> Result<Response> {
    let mut read = app.read(me).await?;
    let system = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let rights = store::list_rights(read.conn(), id).await?;
    let blank = blank(app, screen, &mut read).await?;
    let now = forms::filled(blank.clone(), &system, &rights);
    let pairs = now.answers().into_iter().zip(typed.answers());
    let rows = pairs
        .filter(|((_, now), (_, typed))| now != typed)
        .map(|((label, now), (_, typed))| (label, now, typed))
        .collect();
    let changed = store::find_last_change(read.conn(), id).await?;
    let by = changed
        .map(|(who, at)| screen.w.t2("systems-conflict-by", "name", who, "at", screen.dates.long_at(at)).into_owned());
    let stale = Stale { by: by.unwrap_or_default(), rows };
    let form = forms::again(blank, &typed, system.version);
    show_form(app, screen, read, Some(&system), form, Some(stale), StatusCode::CONFLICT).await
}

async fn blank(app: &App, screen: &Screen, read: &mut Read) -> Result<Form> {
    let departments = store::list_departments(read.conn(), app.clock().today()).await?;
    let by_rule = kinds(app)?.offer_from(BY_RULE);
    Ok(forms::empty(screen.w, screen.dates, &departments, by_rule))
}

async fn show_form(
    app: &App,
    screen: &Screen,
    mut read: Read,
    system: Option<&System>,
    form: Form,
    stale: Option<Stale>,
    status: StatusCode,
) -> Result<Response> {
    let w = screen.w;
    let (title, action, go, back) = match system {
        None => (
            w.t("systems-register"),
            "/ledgers/systems".to_owned(),
            w.t("systems-register-do"),
            SYSTEMS.path.to_owned(),
        ),
        Some(system) => {
            let row = format!("/ledgers/systems/{}", system.id);
            (w.t("systems-correct"), format!("{row}/correction"), w.t("systems-correct-do"), row)
        }
    };
    let shell = screen.shell(app, &mut read, title.clone(), SYSTEMS.mechanisms).await?;
    let shell = shell.crumb(SYSTEMS.path, w.t(SYSTEMS.title));
    let shell = match system {
        Some(system) => shell.crumb(&back, &system.facts.name),
        None => shell,
    };
    let shell = shell.crumb_here(title).module("form").faulty(form.faulty());
    page_with(status, &FormPage { shell, action, go: go.into_owned(), back, form, stale })
}

async fn ask_retire(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditSystems>,
    Path(id): Path<SystemId>,
) -> Result<Response> {
    let read = app.read(&me).await?;
    let form = forms::retirement(screen.w, screen.dates).fill("on", screen.dates.machine(app.clock().today()));
    show_retirement(&app, &screen, read, id, form, None, StatusCode::OK).await
}

async fn retire(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditSystems>,
    Path(id): Path<SystemId>,
    posted: Posted,
) -> Result<Response> {
    let form =
        forms::retirement(screen.w, screen.dates).take(posted.input.clone()).map_err(|_| Error::Forged("unasked"))?;
    let (Some(on), Some(version)) = (form.date("on"), form.parsed::<i32>("version")) else {
        let read = app.read(&me).await?;
        return show_retirement(&app, &screen, read, id, form, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let done = app.change(&me.actor(), async |work: &mut Work| actions::retire(work, id, version, on).await).await;
    match done {
        Ok(system) => {
            let said = Message::new("systems-retired").with("name", &system.facts.name);
            Ok(screen.go(&app, &format!("/ledgers/systems/{id}"), Some((Tone::Good, said))))
        }
        Err(Error::Refused(message)) => {
            let read = app.read(&me).await?;
            let refusal = Some(screen.w.line(&said(&message)).into_owned());
            show_retirement(&app, &screen, read, id, form, refusal, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error),
    }
}

async fn show_retirement(
    app: &App,
    screen: &Screen,
    mut read: Read,
    id: SystemId,
    form: Form,
    refusal: Option<String>,
    status: StatusCode,
) -> Result<Response> {
    let system = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let w = screen.w;
    let title = w.t1("systems-retire-title", "name", &system.facts.name);
    let back = format!("/ledgers/systems/{id}");
    let shell = screen.shell(app, &mut read, title.clone(), SYSTEMS.mechanisms).await?;
    let shell = shell
        .crumb(SYSTEMS.path, w.t(SYSTEMS.title))
        .crumb(&back, &system.facts.name)
        .crumb_here(w.t("systems-retire"));
    let form = if form.text("version").is_empty() { form.fill("version", system.version.to_string()) } else { form };
    let shell = shell.module("form").faulty(form.faulty() || refusal.is_some());
    page_with(status, &RetirementPage { shell, action: format!("{back}/retirement"), back, form, refusal })
}
