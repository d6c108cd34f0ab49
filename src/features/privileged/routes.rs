//! Addresses of the 特権アカウント台帳 and of the 特権使用記録.
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use super::ledger::{PRIVILEGED, USES};
use super::model::{PrivilegedId, State as Standing, UseId};
use super::{overview, pages, store};
use crate::engines::ledgers::views::{Act, Extra, Panel};
use crate::engines::ledgers::{screens, send};
use crate::gate;
use crate::kernel::access::{Permission, Tier};
use crate::kernel::app::{App, Read};
use crate::kernel::error::{Error, Result};
use crate::web::extract::{Path, Posted, Pressed, RawQuery};
use crate::web::icons::Icon;
use crate::web::routing::{Access, Can, Nav, Room, Section, get, post};
use crate::web::screen::Screen;

gate!(
    /// 特権アカウント台帳を見る
    ViewPrivileged needs PrivilegedView,
    /// 特権アカウント台帳に記入する
    EditPrivileged needs PrivilegedEdit,
    /// 特権アカウント台帳を書き出す
    ExportPrivileged needs PrivilegedExport,
);

/// Routes and menu.
pub fn room() -> Room {
    Room {
        key: "privileged",
        routes: vec![
            get::<ViewPrivileged, _, _>("/ledgers/privileged", list),
            get::<EditPrivileged, _, _>("/ledgers/privileged/new", new),
            post::<EditPrivileged, _, _>("/ledgers/privileged", register),
            get::<ViewPrivileged, _, _>("/ledgers/privileged/systems", systems),
            get::<ExportPrivileged, _, _>("/ledgers/privileged/export", export_page),
            post::<ExportPrivileged, _, _>("/ledgers/privileged/export", export),
            post::<ViewPrivileged, _, _>("/ledgers/privileged/views", keep_view),
            post::<ViewPrivileged, _, _>("/ledgers/privileged/views/{id}/removal", forget_view),
            get::<ViewPrivileged, _, _>("/ledgers/privileged/{id}", show),
            get::<EditPrivileged, _, _>("/ledgers/privileged/{id}/safekeeping", ask_safekeeping),
            post::<EditPrivileged, _, _>("/ledgers/privileged/{id}/safekeeping", keep_safe),
            get::<EditPrivileged, _, _>("/ledgers/privileged/{id}/secret", ask_secret),
            post::<EditPrivileged, _, _>("/ledgers/privileged/{id}/secret", secret_changed),
            get::<EditPrivileged, _, _>("/ledgers/privileged/{id}/withdrawal", ask_withdrawal),
            post::<EditPrivileged, _, _>("/ledgers/privileged/{id}/withdrawal", withdraw),
            get::<ViewPrivileged, _, _>("/ledgers/privileged-uses", uses),
            get::<EditPrivileged, _, _>("/ledgers/privileged-uses/new", new_use),
            post::<EditPrivileged, _, _>("/ledgers/privileged-uses", record_use),
            get::<ExportPrivileged, _, _>("/ledgers/privileged-uses/export", export_uses_page),
            post::<ExportPrivileged, _, _>("/ledgers/privileged-uses/export", export_uses),
            post::<ViewPrivileged, _, _>("/ledgers/privileged-uses/views", keep_view_of_uses),
            post::<ViewPrivileged, _, _>("/ledgers/privileged-uses/views/{id}/removal", forget_view_of_uses),
            get::<ViewPrivileged, _, _>("/ledgers/privileged-uses/{id}", show_use),
        ],
        nav: vec![
            nav(12, "/ledgers/privileged", "privileged-nav"),
            nav(13, "/ledgers/privileged/systems", "privileged-overview"),
            nav(14, "/ledgers/privileged-uses", "privileged-uses-nav"),
        ],
    }
}

/// Those who administer and those who answer for it; everybody else finds their own by the address.
const READERS: &[Tier] = &[Tier::Manager, Tier::Sysadmin, Tier::Office, Tier::Ciso, Tier::Committee, Tier::Auditor];

fn nav(order: u8, href: &'static str, label: &'static str) -> Nav {
    Nav {
        section: Section::Ledgers,
        order,
        href,
        label,
        icon: Icon::Lock,
        access: Access::Needs(Permission::PrivilegedView),
        tiers: READERS,
        count: None,
        goto: None,
    }
}

async fn list(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewPrivileged>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    screens::list(&app, &screen, &me, &PRIVILEGED, &raw).await
}

async fn systems(State(app): State<App>, screen: Screen, me: Can<ViewPrivileged>) -> Result<Response> {
    overview::show(&app, &screen, &me).await
}

async fn new(State(app): State<App>, screen: Screen, me: Can<EditPrivileged>) -> Result<Response> {
    pages::register_page(&app, &screen, &me).await
}

async fn register(State(app): State<App>, screen: Screen, me: Can<EditPrivileged>, posted: Posted) -> Result<Response> {
    pages::register(&app, &screen, &me, &posted).await
}

async fn export_page(
    State(app): State<App>,
    screen: Screen,
    me: Can<ExportPrivileged>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    send::ask(&app, &screen, &me, &PRIVILEGED, &raw).await
}

async fn export(State(app): State<App>, screen: Screen, me: Can<ExportPrivileged>, posted: Posted) -> Result<Response> {
    send::send(&app, &screen, &me, &PRIVILEGED, &posted).await
}

async fn keep_view(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewPrivileged>,
    posted: Posted,
) -> Result<Response> {
    screens::keep_view(&app, &screen, &me, &PRIVILEGED, &posted).await
}

async fn forget_view(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewPrivileged>,
    Path(id): Path<Uuid>,
    _: Pressed,
) -> Result<Response> {
    screens::forget_view(&app, &screen, &me, &PRIVILEGED, id).await
}

async fn show(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewPrivileged>,
    Path(id): Path<PrivilegedId>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    let mut read = app.read(&me).await?;
    let row = store::find(read.conn(), id).await?.ok_or(Error::NotFound)?;
    let mut extra = Extra { subtitle: format!("{} {}", row.system_name, row.holder_name), ..Extra::default() };
    if me.may(Permission::PrivilegedEdit) && row.state != Standing::Ended {
        let act = |what: &str, label, icon| Act {
            href: format!("/ledgers/privileged/{id}/{what}"),
            label: screen.w.t(label).into_owned(),
            icon,
        };
        extra.acts.push(act("safekeeping", "privileged-safekeeping-title", "pen"));
        extra.acts.push(act("secret", "privileged-secret-title", "check"));
        extra.acts.push(act("withdrawal", "privileged-withdrawal-title", "cross"));
    }
    extra.panels.push(uses_panel(&mut read, &screen, id).await?);
    drop(read);
    screens::detail(&app, &screen, &me, &PRIVILEGED, id.0, &raw, extra).await
}

/// 使用記録 of an account.
async fn uses_panel(read: &mut Read, screen: &Screen, id: PrivilegedId) -> Result<Panel> {
    let w = screen.w;
    let row = |line: store::UseLine| {
        let link = format!("/ledgers/privileged-uses/{}", line.id);
        let number = line.number.unwrap_or_else(|| "—".to_owned());
        (Some(link), vec![screen.dates.short_at(line.from), line.user, line.work, number])
    };
    let heads = ["privileged-use-from", "privileged-user", "privileged-work", "privileged-instruction"];
    Ok(Panel {
        title: w.t("privileged-uses-title").into_owned(),
        heads: heads.map(|key| w.t(key).into_owned()).into(),
        rows: store::list_uses(read.conn(), id).await?.into_iter().map(row).collect(),
        empty: w.t("privileged-uses-none").into_owned(),
        ..Panel::default()
    })
}

async fn ask_safekeeping(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditPrivileged>,
    Path(id): Path<PrivilegedId>,
) -> Result<Response> {
    pages::safekeeping_page(&app, &screen, &me, id).await
}

async fn keep_safe(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditPrivileged>,
    Path(id): Path<PrivilegedId>,
    posted: Posted,
) -> Result<Response> {
    pages::keep_safe(&app, &screen, &me, id, &posted).await
}

async fn ask_secret(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditPrivileged>,
    Path(id): Path<PrivilegedId>,
) -> Result<Response> {
    pages::secret_page(&app, &screen, &me, id).await
}

async fn secret_changed(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditPrivileged>,
    Path(id): Path<PrivilegedId>,
    posted: Posted,
) -> Result<Response> {
    pages::secret_changed(&app, &screen, &me, id, &posted).await
}

async fn ask_withdrawal(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditPrivileged>,
    Path(id): Path<PrivilegedId>,
) -> Result<Response> {
    pages::withdrawal_page(&app, &screen, &me, id).await
}

async fn withdraw(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditPrivileged>,
    Path(id): Path<PrivilegedId>,
    posted: Posted,
) -> Result<Response> {
    pages::withdraw(&app, &screen, &me, id, &posted).await
}

async fn uses(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewPrivileged>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    screens::list(&app, &screen, &me, &USES, &raw).await
}

async fn new_use(State(app): State<App>, screen: Screen, me: Can<EditPrivileged>) -> Result<Response> {
    pages::use_page(&app, &screen, &me).await
}

async fn record_use(
    State(app): State<App>,
    screen: Screen,
    me: Can<EditPrivileged>,
    posted: Posted,
) -> Result<Response> {
    pages::record_use(&app, &screen, &me, &posted).await
}

async fn export_uses_page(
    State(app): State<App>,
    screen: Screen,
    me: Can<ExportPrivileged>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    send::ask(&app, &screen, &me, &USES, &raw).await
}

async fn export_uses(
    State(app): State<App>,
    screen: Screen,
    me: Can<ExportPrivileged>,
    posted: Posted,
) -> Result<Response> {
    send::send(&app, &screen, &me, &USES, &posted).await
}

async fn keep_view_of_uses(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewPrivileged>,
    posted: Posted,
) -> Result<Response> {
    screens::keep_view(&app, &screen, &me, &USES, &posted).await
}

async fn forget_view_of_uses(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewPrivileged>,
    Path(id): Path<Uuid>,
    _: Pressed,
) -> Result<Response> {
    screens::forget_view(&app, &screen, &me, &USES, id).await
}

async fn show_use(
    State(app): State<App>,
    screen: Screen,
    me: Can<ViewPrivileged>,
    Path(id): Path<UseId>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    screens::detail(&app, &screen, &me, &USES, id.0, &raw, Extra::default()).await
}
