//! Personnel changes of the demo: those that requests answer where the regulation asks for a row of the 人事異動対応表, and
//! those that lie ahead when the demo opens.
use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::people::Member;
use super::year::Year;
use crate::engines::requests::actions::kinds;
use crate::engines::requests::model::Input;
use crate::features::movements::actions::enter;
use crate::features::movements::model::{Entered, Kind, NewMovement, Place, Source};
use crate::kernel::access::Tier;
use crate::kernel::database::Role;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::work::Work;

impl Year<'_> {
    /// Whoever handles personnel changes enters one; none where the rules refuse it.
    async fn enters(&self, new: &NewMovement) -> Result<Option<Uuid>> {
        let Some(office) = self.company.of(Tier::Office).find(|member| member.id != new.person) else {
            return Ok(None);
        };
        let hand = self.hand(office.id).await?;
        let entered = self.app.change(&hand.viewer.actor(), async |work: &mut Work| enter(work, new).await).await?;
        Ok(match entered {
            Entered::Done(id) => Some(id),
            Entered::Mend(..) => None,
        })
    }

    /// The row that a form asks for, where it asks for one.
    pub(super) async fn row(
        &self,
        form: &str,
        person: PersonId,
        (kind, on): (Kind, NaiveDate),
    ) -> Result<Option<(String, String)>> {
        let registered = kinds(self.app)?.get(form)?.clone();
        if registered.kind.form.field("movement").is_none() {
            return Ok(None);
        }
        let new = NewMovement { person, kind, effective_on: on, to: None, source: Source::Entered };
        let id = match self.enters(&new).await? {
            Some(id) => Some(id),
            // one change is entered once, and answered by as many requests as it calls for
            None => self.entered_before(&new).await?,
        };
        Ok(id.map(|id| ("movement".to_owned(), id.to_string())))
    }

    async fn entered_before(&self, new: &NewMovement) -> Result<Option<Uuid>> {
        let mut read = self.app.read_all(Role::App).await?;
        let found = sqlx::query_scalar!(
            r#"select id as "id!" from movements_pub where person_id = $1 and kind = $2 and effective_on = $3"#,
            new.person.0,
            new.kind.key(),
            new.effective_on,
        );
        Ok(found.fetch_optional(read.conn()).await?)
    }

    /// The other accounts of somebody who gets another right on one, where the form asks what becomes of each: kept.
    pub(super) async fn kept(
        &self,
        holder: PersonId,
        department: DepartmentId,
        but: Uuid,
    ) -> Result<Vec<(String, String)>> {
        let registered = kinds(self.app)?.get("account.change")?.clone();
        let every = |input: &Input| matches!(input, Input::Every { .. });
        if !registered.kind.form.field("accounts").is_some_and(|field| every(&field.input)) {
            return Ok(Vec::new());
        }
        let mut read = self.app.read_all(Role::App).await?;
        let ids = sqlx::query_scalar!(
            r#"select id as "id!" from accounts_pub where holder_id = $1 and department_id = $2 and state = 'active' and id <> $3"#,
            holder.0,
            department.0,
            but,
        )
        .fetch_all(read.conn())
        .await?;
        Ok(ids.into_iter().map(|id| (format!("accounts.{id}"), "keep".to_owned())).collect())
    }

    /// What is known of the coming weeks: somebody goes to another section, somebody retires, somebody goes on leave.
    pub(super) async fn lie_ahead(&self) -> Result<()> {
        let today = self.app.clock().today();
        let sections: Vec<DepartmentId> = self.company.of(Tier::Manager).map(|manager| manager.department).collect();
        let clerks: Vec<&Member> =
            self.company.of(Tier::Staff).filter(|member| sections.contains(&member.department)).collect();
        let mut clerks = clerks.iter().rev().step_by(5);
        let coming = [(Kind::Transfer, 9), (Kind::Retirement, 12), (Kind::Childcare, 5), (Kind::Reassignment, 3)];
        for (kind, days) in coming {
            let Some(clerk) = clerks.next() else { return Ok(()) };
            let other = sections.iter().find(|section| **section != clerk.department);
            let place = |department: &DepartmentId| Place {
                department: *department,
                tier: Some(Tier::Staff),
                title: "主事".to_owned(),
            };
            let to = other.filter(|_| kind == Kind::Transfer).map(place);
            let effective_on = today + TimeDelta::days(days);
            let new = NewMovement { person: clerk.id, kind, effective_on, to, source: Source::Entered };
            self.enters(&new).await?;
        }
        Ok(())
    }
}
