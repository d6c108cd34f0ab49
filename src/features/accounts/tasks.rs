//! What the account ledger has a manager do: accounts of the section whose end of use has passed, and that are still in use.
use futures::future::BoxFuture;

use super::ledger::ACCOUNTS;
use crate::engines::ledgers::read::{self, Total};
use crate::kernel::access::{Permission, Tier, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::Result;
use crate::web::parts::TodoItem;
use crate::web::screen::Screen;
use crate::web::shell::Link;

/// The view of the ledger that shows them.
const PAST: &str = "past";

/// How many there are, with the way to them.
pub fn past_their_end<'a>(
    _app: &'a App,
    read: &'a mut Read,
    viewer: &'a Viewer,
    screen: &'a Screen,
) -> BoxFuture<'a, Result<Vec<TodoItem>>> {
    Box::pin(async move {
        let files = viewer.may(ACCOUNTS.view) && viewer.may(Permission::RequestsFile);
        let Some(chip) = ACCOUNTS.chips.iter().find(|chip| chip.key == PAST) else { return Ok(Vec::new()) };
        if !files || !viewer.holds(Tier::Manager) {
            return Ok(Vec::new());
        }
        let within = viewer.scope(ACCOUNTS.view);
        let total = read::chip_total(read.conn(), &ACCOUNTS, chip, &within, screen.dates.today, None).await?;
        let (Total::Exactly(count) | Total::Beyond(count)) = total;
        Ok((count > 0).then(|| task(screen, count)).into_iter().collect())
    })
}

fn task(screen: &Screen, count: i64) -> TodoItem {
    let w = screen.w;
    TodoItem {
        link: Link::new(format!("{}?view={PAST}", ACCOUNTS.path), w.n("accounts-task-past", count)),
        note: w.t("accounts-task-past-why").into_owned(),
        due: None,
        action: w.t("accounts-task-past-go").into_owned(),
    }
}
