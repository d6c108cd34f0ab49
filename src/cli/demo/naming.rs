//! 指名 in the demo: where the regulation lets an administrator name others, the first one names two of the section for a time.
use chrono::NaiveDate;

use super::year::Year;
use crate::features::designees::matters;
use crate::kernel::access::Tier;
use crate::kernel::error::{Error, Result};
use crate::kernel::work::Work;
use crate::people::designees::{Named, NewDesignee, name};
use crate::web::locale::{Lang, Words};

const REASON: &str = "アカウントの処理を分担し、担当者の不在の間も業務を止めないため。";

impl Year<'_> {
    /// They are named today, until this day.
    pub(super) async fn name_designees(&self, last: NaiveDate) -> Result<()> {
        let Some(matters) = Some(matters::all(self.app, Words(Lang::Ja))?).filter(|matters| !matters.is_empty()) else {
            return Ok(());
        };
        let Some(administrator) = self.company.of(Tier::Sysadmin).next() else { return Ok(()) };
        let of_section = |member: &&super::people::Member| member.department == administrator.department;
        let hand = self.hand(administrator.id).await?;
        for member in self.company.of(Tier::Staff).filter(of_section).take(2) {
            let new = NewDesignee {
                by_post: administrator.post,
                person: member.id,
                matters: matters.iter().map(|matter| matter.key.clone()).collect(),
                from: self.app.clock().today(),
                last,
                reason: REASON.to_owned(),
            };
            let named = self.app.change(&hand.viewer.actor(), async |work: &mut Work| name(work, &new).await).await?;
            if let Named::Mend(_, words) = named {
                return Err(Error::Refused(words));
            }
        }
        Ok(())
    }
}
