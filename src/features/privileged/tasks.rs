//! 変更タスク: secrets that somebody who left knew of wait on the home page of those who keep the register, until the date of
//! their change is entered (osaka 11(1)②エ).
use futures::future::BoxFuture;

use super::model::Privileged;
use super::store;
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::{App, Read};
use crate::kernel::error::Result;
use crate::web::parts::TodoItem;
use crate::web::screen::Screen;
use crate::web::shell::Link;

/// What has to be changed, the longest waiting first.
pub fn secrets_due<'a>(
    _app: &'a App,
    read: &'a mut Read,
    viewer: &'a Viewer,
    screen: &'a Screen,
) -> BoxFuture<'a, Result<Vec<TodoItem>>> {
    Box::pin(async move {
        if !viewer.may(Permission::PrivilegedEdit) {
            return Ok(Vec::new());
        }
        let rows = store::list_secrets_due(read.conn()).await?;
        Ok(rows.iter().map(|row| task(screen, row)).collect())
    })
}

fn task(screen: &Screen, row: &Privileged) -> TodoItem {
    let w = screen.w;
    let account = format!("{} {}", row.system_name, row.name);
    let since = row.secret_due.map(|since| screen.dates.short_at(since)).unwrap_or_default();
    TodoItem {
        link: Link::new(
            format!("/ledgers/privileged/{}/secret", row.id),
            w.t1("privileged-task-secret", "account", account),
        ),
        note: w.t1("privileged-task-secret-why", "day", since).into_owned(),
        due: None,
        action: w.t("privileged-secret-do").into_owned(),
    }
}
