//! 引継ぎ: the administrator rights that the holder of a post has, and the secrets that they may use.
use futures::future::BoxFuture;

use crate::features::{HELD, Holding, HoldingRow, Left};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::Read;
use crate::kernel::error::Result;
use crate::web::screen::Screen;

/// The rights that have not ended.
pub fn of<'a>(
    read: &'a mut Read,
    viewer: &'a Viewer,
    screen: &'a Screen,
    left: Left,
) -> BoxFuture<'a, Result<Vec<Holding>>> {
    Box::pin(async move {
        if !viewer.may(Permission::PrivilegedView) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query!(
            r#"select p.id, s.name as system, p.account_name, p.until_at, count(*) over () as "total!"
                 from privileged_account p
                 join systems_pub s on s.id = p.system_id
                where p.state <> 'ended' and (p.holder_id = $1 or $1 = any (p.may_use))
                order by s.code, p.account_name, p.id
                limit $2"#,
            left.person.0,
            HELD,
        );
        let rows = rows.fetch_all(read.conn()).await?;
        let total = rows.first().map(|row| row.total);
        let rows = rows.into_iter().map(|row| HoldingRow {
            href: format!("/ledgers/privileged/{}", row.id),
            name: format!("{} {}", row.system.unwrap_or_default(), row.account_name),
            note: String::new(),
            until: screen.dates.short_at(row.until_at),
        });
        Ok(Vec::from_iter(
            total.map(|total| Holding::new(screen.w.t("handover-holding-privileged"), rows.collect(), total)),
        ))
    })
}
