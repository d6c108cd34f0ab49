//! 件数: how many privileged accounts each system has and how many people administer it by them, and the work of each month.
use askama::Template;
use axum::response::Response;

use super::ledger::PRIVILEGED;
use super::store;
use crate::kernel::access::Viewer;
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::web::screen::{Screen, page};
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "privileged/overview.html")]
struct OverviewPage {
    shell: Shell,
    systems: Vec<SystemLine>,
    months: Vec<MonthLine>,
}

struct SystemLine {
    href: String,
    code: String,
    name: String,
    accounts: i64,
    people: i64,
    /// fewer people than the regulation wants, and how many it wants
    missing: Option<String>,
    to_withdraw: i64,
}

struct MonthLine {
    month: String,
    instructed: i64,
    unplanned: i64,
}

/// The page.
pub(super) async fn show(app: &App, screen: &Screen, me: &Viewer) -> Result<Response> {
    let mut read = app.read(me).await?;
    let systems = store::tally(read.conn(), app.clock().today()).await?;
    let least = *app.settings().accounts.administrators;
    let missing =
        |people: i64| (people < i64::from(least)).then(|| screen.w.n("privileged-missing", least).into_owned());
    let systems = systems.into_iter().map(|tally| SystemLine {
        href: format!("{}?view=standing&system={}", PRIVILEGED.path, tally.system),
        code: tally.code,
        name: tally.name,
        accounts: tally.accounts,
        people: tally.people,
        missing: missing(tally.people),
        to_withdraw: tally.to_withdraw,
    });
    let systems = systems.collect();
    let months = store::months(read.conn()).await?;
    let months = months.into_iter().map(|month| MonthLine {
        month: month_of(screen.dates.stamp(month.month)),
        instructed: month.instructed,
        unplanned: month.unplanned,
    });
    let months = months.collect();
    let title = screen.w.t("privileged-overview");
    let shell = screen.shell(app, &mut read, title.clone(), PRIVILEGED.mechanisms).await?;
    let shell = shell.under(PRIVILEGED.path).crumb(PRIVILEGED.path, screen.w.t(PRIVILEGED.title)).crumb_here(title);
    page(&OverviewPage { shell, systems, months })
}

/// R8.4 of R8.4.1
fn month_of(day: String) -> String {
    day.rsplit_once('.').map_or_else(|| day.clone(), |(month, _)| month.to_owned())
}
