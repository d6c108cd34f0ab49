//! 引継ぎ: the systems that the section of a post owns (所管).
use futures::future::BoxFuture;

use crate::features::{HELD, Holding, HoldingRow, Left};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::Read;
use crate::kernel::error::Result;
use crate::web::screen::Screen;

/// The systems in use.
pub fn of<'a>(
    read: &'a mut Read,
    viewer: &'a Viewer,
    screen: &'a Screen,
    left: Left,
) -> BoxFuture<'a, Result<Vec<Holding>>> {
    Box::pin(async move {
        if !viewer.may(Permission::SystemsView) || !left.section {
            return Ok(Vec::new());
        }
        let rows = sqlx::query!(
            r#"select id, code, name, count(*) over () as "total!"
                 from information_system
                where owner_department_id = $1 and retired_on is null
                order by code
                limit $2"#,
            left.department.0,
            HELD,
        );
        let rows = rows.fetch_all(read.conn()).await?;
        let total = rows.first().map(|row| row.total);
        let rows = rows.into_iter().map(|row| HoldingRow {
            href: format!("/ledgers/systems/{}", row.id),
            name: row.name,
            note: row.code,
            until: String::new(),
        });
        Ok(Vec::from_iter(
            total.map(|total| Holding::new(screen.w.t("handover-holding-systems"), rows.collect(), total)),
        ))
    })
}
