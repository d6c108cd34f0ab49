//! 引継ぎ: the accounts that go with a post: those that its holder has, and where it leads a section, those of the section.
use futures::future::BoxFuture;

use crate::features::{HELD, Holding, HoldingRow, Left};
use crate::kernel::access::{Permission, Viewer};
use crate::kernel::app::Read;
use crate::kernel::error::Result;
use crate::web::screen::Screen;

/// The accounts, those of the holder first.
pub fn of<'a>(
    read: &'a mut Read,
    viewer: &'a Viewer,
    screen: &'a Screen,
    left: Left,
) -> BoxFuture<'a, Result<Vec<Holding>>> {
    Box::pin(async move {
        if !viewer.may(Permission::AccountsView) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query!(
            r#"select a.id, s.name as system, a.account_name, a.until_on,
                      concat_ws(' ', n.family_name, nullif(n.given_name, '')) as "holder!", count(*) over () as "total!"
                 from account a
                 join systems_pub s on s.id = a.system_id
                 left join person n on n.id = a.holder_id
                where a.state = 'active' and (a.holder_id = $1 or ($2 and a.department_id = $3))
                order by a.holder_id is distinct from $1, s.code, a.account_name, a.id
                limit $4"#,
            left.person.0,
            left.section,
            left.department.0,
            HELD,
        );
        let rows = rows.fetch_all(read.conn()).await?;
        let total = rows.first().map(|row| row.total);
        let rows = rows.into_iter().map(|row| HoldingRow {
            href: format!("/ledgers/accounts/{}", row.id),
            name: format!("{} {}", row.system.unwrap_or_default(), row.account_name),
            note: row.holder,
            until: row.until_on.map(|day| screen.dates.column(day)).unwrap_or_default(),
        });
        Ok(Vec::from_iter(
            total.map(|total| Holding::new(screen.w.t("handover-holding-accounts"), rows.collect(), total)),
        ))
    })
}
