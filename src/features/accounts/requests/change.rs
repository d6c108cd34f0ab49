//! アカウント変更申請 (4.1.2): begins from an existing row, shows its rights before and after. Whoever executes it enters no
//! rights: what was approved is what happens, and a differing need goes back to the applicant.
use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::model::{Account, Frozen, Refusal};
use super::super::{actions, store};
use super::{
    account, by_owner, cell, compared, day, fault, grouped, implausible, level, link, named, not_apart, notice,
    of_section, offered_accounts, origin, owner, received, refused, system, too_early, until_fault,
};
use crate::engines::requests::model::{
    ChangeSet, Choice, Content, FieldError, Form, Receipt, RowChange, RowKind, Shown, When,
};
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind};
use crate::kernel::access::Permission;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, SystemId};
use crate::kernel::work::Work;

/// アカウント変更申請
pub(super) struct Change;

/// It is not carried out before its day.
const NOT_YET: &str = "accounts-refused-change-too-early";

/// What a line keeps: the row, and the rights it shall have.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wanted {
    account: AccountId,
    rights: Vec<Uuid>,
    /// the system's rights as they stood when these were asked for
    #[serde(default)]
    scale: Vec<Frozen>,
}

fn wanted(line: &Line) -> Result<Wanted> {
    Ok(serde_json::from_value(line.data.clone()).map_err(anyhow::Error::from)?)
}

/// The accounts of a content with the rights asked for; those nobody offered are not among them.
async fn asked(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Vec<(Account, Vec<Uuid>)>> {
    let mut all = Vec::new();
    for (id, rights) in grouped(matter.content, "accounts") {
        all.extend(account(conn, AccountId(id), matter).await?.map(|account| (account, rights)));
    }
    Ok(all)
}

fn systems(asked: &[(Account, Vec<Uuid>)]) -> Vec<SystemId> {
    asked.iter().map(|(account, _)| account.system).collect()
}

#[async_trait]
impl RequestKind for Change {
    fn key(&self) -> &'static str {
        "account.change"
    }

    fn begins(&self, content: &Content) -> Option<NaiveDate> {
        content.date("from")
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::AccountsView)
    }

    async fn options(&self, conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
        offered_accounts(conn, ask).await
    }

    async fn concerned(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<PersonId>> {
        Ok(asked(conn, &matter).await?.first().map(|(account, _)| account.holder))
    }

    async fn owner(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<DepartmentId>> {
        let systems = systems(&asked(conn, &matter).await?);
        Ok(owner(conn, &matter, systems).await?.unwrap_or_default())
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let asked = asked(conn, &matter).await?;
        let Some((first, _)) = asked.first() else { return Ok(String::new()) };
        let more = asked.len() - 1;
        let name = format!("{}（{} {}", first.holder_name, first.system_name, first.name);
        Ok(if more == 0 { format!("{name}）") } else { format!("{name} ほか{more}）") })
    }

    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let mut faults = Vec::new();
        let asked = asked(conn, &matter).await?;
        let holders: Vec<PersonId> = asked.iter().map(|(account, _)| account.holder).collect();
        if holders.windows(2).any(|pair| pair[0] != pair[1]) {
            faults.push(super::at("accounts", "accounts-refused-one-person"));
        }
        if asked.windows(2).any(|pair| pair[0].0.department != pair[1].0.department) {
            faults.push(super::at("accounts", "accounts-refused-one-department"));
        }
        if let Err(refusal) = owner(conn, &matter, systems(&asked)).await? {
            faults.push(fault("accounts", &refusal));
        }
        let until = matter.content.date("until");
        for (account, rights) in &asked {
            if let Err(refusal) = of_section(conn, account, &matter).await? {
                faults.push(fault("department", &refusal));
            } else if let Err(refusal) = account.may_change() {
                faults.push(fault("accounts", &refusal));
            } else if same(&account.rights, rights) && until.is_none_or(|until| Some(until) == account.until) {
                faults.push(fault("accounts", &Refusal::NothingChanges));
            }
        }
        let wanted: Vec<_> = asked.iter().map(|(account, rights)| (account.system.0, rights.clone())).collect();
        faults.extend(not_apart(conn, &matter, "accounts", &wanted).await?);
        faults.truncate(1);
        faults.extend(implausible(&matter, "from"));
        faults.extend(implausible(&matter, "until"));
        if let Some((account, _)) = asked.first()
            && let Some(holder) = store::find_holder(conn, account.holder).await?
        {
            faults.extend(until_fault(&holder, matter.content.date("from"), until, true));
        }
        Ok(faults)
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let mut lines = Vec::new();
        for (account, rights) in asked(conn, &matter).await? {
            let system = system(conn, account.system).await?;
            let names = |rights: &[Uuid]| system.names(rights).join("、");
            let subject =
                format!("{} {} — {} → {}", account.system_name, account.name, names(&account.rights), names(&rights));
            let wanted = Wanted { account: account.id, rights, scale: system.scale() };
            let data = serde_json::to_value(wanted).map_err(anyhow::Error::from)?;
            lines.push(LineDraft { subject, data });
        }
        Ok(lines)
    }

    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let mut rows = Vec::new();
        for (line, (account, rights)) in (1u16..).zip(asked(conn, &matter).await?) {
            let system = system(conn, account.system).await?;
            rows.push(RowChange {
                line: Some(line),
                ledger: "accounts-title".to_owned(),
                row: Some(link(&account)),
                what: format!("{} {}", account.system_name, account.holder_name),
                kind: RowKind::Changed,
                cells: vec![
                    cell("accounts-rights", named(&system, &account.rights), named(&system, &rights)),
                    cell("accounts-level", level(&system, &account.rights), level(&system, &rights)),
                    cell("accounts-until", day(account.until), day(matter.content.date("until").or(account.until))),
                ],
            });
        }
        Ok(ChangeSet { rows })
    }

    async fn beside(&self, conn: &mut PgConnection, _matter: Matter<'_>, line: &Line) -> Result<Vec<Shown>> {
        let wanted = wanted(line)?;
        let account = store::find(conn, wanted.account).await?.ok_or(Error::NotFound)?;
        Ok(compared(&system(conn, account.system).await?, &wanted.rights))
    }

    async fn check_result(
        &self,
        conn: &mut PgConnection,
        matter: Matter<'_>,
        line: &Line,
        result: &Content,
    ) -> Result<Vec<FieldError>> {
        let wanted = wanted(line)?;
        let mut faults: Vec<FieldError> = too_early(&matter, "from", NOT_YET).into_iter().collect();
        if let Err(refusal) = stands(conn, &wanted, &matter).await? {
            faults.push(fault("accounts", &refusal));
        }
        if widens(conn, &wanted).await? && result.text("beyond_reason").is_none() {
            faults.push(fault("beyond_reason", &Refusal::BeyondStandard));
        }
        Ok(faults)
    }

    /// A reason is owed where the new rights go beyond the standard ones, and asked for there only.
    async fn fit(&self, conn: &mut PgConnection, line: &Line, form: &mut Form) -> Result<()> {
        if !widens(conn, &wanted(line)?).await? {
            form.drop_field("beyond_reason");
        } else if let Some(reason) = form.field_mut("beyond_reason") {
            reason.required = When::Always;
        }
        Ok(())
    }

    async fn suggest(&self, conn: &mut PgConnection, matter: Matter<'_>, line: &Line) -> Result<Content> {
        let wanted = wanted(line)?;
        let account = store::find(conn, wanted.account).await?.ok_or(Error::NotFound)?;
        let system = system(conn, account.system).await?;
        Ok(notice(Content::default(), &matter, &system, &wanted.rights))
    }

    fn amend(&self, _: &Line, errors: &mut Vec<FieldError>) {
        let missing =
            |error: &&mut FieldError| error.field == "beyond_reason" && error.message.key == "requests-error-fill";
        if let Some(error) = errors.iter_mut().find(missing) {
            *error = fault("beyond_reason", &Refusal::BeyondStandard);
        }
    }

    async fn acknowledged(&self, work: &mut Work, matter: Matter<'_>, line: &Line, receipt: &Receipt) -> Result<()> {
        received(work, &matter, line, receipt).await
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed> {
        by_owner(work, &matter).await?;
        let wanted = wanted(line)?;
        if let Some(fault) = too_early(&matter, "from", NOT_YET) {
            return Err(refused(fault));
        }
        stands(work.conn(), &wanted, &matter).await??;
        let reason = matter.content.text("reason").unwrap_or_default();
        let necessity = match result.text("beyond_reason") {
            Some(beyond) => format!("{reason}\n{beyond}"),
            None => reason.to_owned(),
        };
        let until = matter.content.date("until");
        let change = actions::Change { rights: wanted.rights, necessity: &necessity, origin: origin(&matter)?, until };
        let account = actions::change(work, wanted.account, &change).await?;
        Ok(Executed { row: Some(link(&account)), reveal: None })
    }
}

/// Is the row still the section's that asked, and are the rights still what they were?
async fn stands(conn: &mut PgConnection, wanted: &Wanted, matter: &Matter<'_>) -> Result<Result<(), Refusal>> {
    let account = store::find(conn, wanted.account).await?.ok_or(Error::NotFound)?;
    if let Err(refusal) = of_section(conn, &account, matter).await? {
        return Ok(Err(refusal));
    }
    Ok(system(conn, account.system).await?.within_request(&wanted.rights, &wanted.rights, &wanted.scale))
}

/// Do the new rights hold one that the account has not, and go beyond the standard?
async fn widens(conn: &mut PgConnection, wanted: &Wanted) -> Result<bool> {
    let account = store::find(conn, wanted.account).await?.ok_or(Error::NotFound)?;
    let system = system(conn, account.system).await?;
    let more = wanted.rights.iter().any(|right| !account.rights.contains(right));
    Ok(more && system.beyond_standard(&wanted.rights))
}

fn same(a: &[Uuid], b: &[Uuid]) -> bool {
    a.len() == b.len() && a.iter().all(|right| b.contains(right))
}
