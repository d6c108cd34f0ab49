//! 件数: how many privileged accounts each system has and how many people administer it by them, and the work of each month.
use askama::Template;
use axum::response::Response;

use super::ledger::PRIVILEGED;
use super::store;
use crate::kernel::access::{Permission, Reach, Tier, Viewer};
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::people::permissions;
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
    /// how many of them administer by their post
    by_post: Option<String>,
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
    // where administration is not kept apart, whoever administers the portal does so by their post, with their ordinary account
    let by_post = match *app.settings().session.admin_apart {
        true => 0,
        false => store::administer_by_post(read.conn(), &tiers(app)?, app.clock().today()).await?,
    };
    let line = |tally: store::Tally| {
        let by_post = if tally.is_portal { by_post } else { 0 };
        let people = tally.people.max(by_post);
        SystemLine {
            href: format!("{}?view=standing&system={}", PRIVILEGED.path, tally.system),
            code: tally.code,
            name: tally.name,
            accounts: tally.accounts + by_post,
            by_post: (by_post > 0).then(|| screen.w.n("privileged-by-post", by_post).into_owned()),
            people,
            missing: missing(people),
            to_withdraw: tally.to_withdraw,
        }
    };
    let systems = systems.into_iter().map(line).collect();
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

/// The tiers that administer the portal.
fn tiers(app: &App) -> Result<Vec<String>> {
    let table = permissions::in_force(app)?;
    let manages = |tier: &Tier| table.reach(*tier, Permission::SignInsManage) == Reach::Organisation;
    Ok(Tier::ALL.into_iter().filter(manages).map(|tier| tier.key().to_owned()).collect())
}

/// R8.4 of R8.4.1
fn month_of(day: String) -> String {
    day.rsplit_once('.').map_or_else(|| day.clone(), |(month, _)| month.to_owned())
}
