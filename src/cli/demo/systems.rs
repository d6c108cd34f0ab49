//! The information systems of a demo's organisation with the rights that each offers.
use super::organisation::System;
use super::people::Company;
use crate::features::systems::actions::{portal_rights, register};
use crate::features::systems::model::{Facts, Level, RightNames};
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::kernel::ids::SystemId;
use crate::kernel::work::Work;

/// Registers the systems; the first is the portal itself.
pub async fn register_all(app: &App, company: &Company) -> Result<()> {
    app.change(&Actor::portal(), async |work: &mut Work| {
        for (at, system) in company.plan.systems.iter().enumerate() {
            let Some(owner) = company.coded(system.owner) else { continue };
            let System { code, name, reading, purpose, importance, two_factor, rights, .. } = *system;
            let facts = Facts {
                code: code.to_owned(),
                name: name.to_owned(),
                reading: reading.to_owned(),
                purpose: purpose.to_owned(),
                owner,
                importance,
                two_factor,
                sharing_rule: String::new(),
            };
            let levels = [Level::Standard, Level::Beyond, Level::Privileged];
            let own = levels.into_iter().zip(rights).map(|(level, name)| (level, (*name).to_owned()));
            let rights = if at == 0 { portal_rights() } else { RightNames(own.collect()) };
            let id = SystemId::new(work.now);
            register(work, id, &facts, &rights, at == 0).await?;
        }
        Ok(())
    })
    .await
}
