//! アカウント削除申請 (4.1.3): its effect is 停止・無効 with date and cause. Nothing is erased; a sign-in of the portal ends its
//! sessions at once.
use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;

use super::super::model::{Account, StopReason};
use super::super::{actions, store};
use super::{
    account, by_owner, cell, day, fault, implausible, link, of_section, offered_accounts, origin, owner, refused,
    too_early,
};
use crate::engines::requests::model::form::Message;
use crate::engines::requests::model::{ChangeSet, Choice, Content, FieldError, RowChange, RowKind, Words};
use crate::engines::requests::store::under_way;
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind};
use crate::kernel::access::Permission;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId};
use crate::kernel::work::Work;
use crate::people::sign_ins::disable_sign_in;

/// アカウント削除申請
pub(super) struct Stop;

/// It is not carried out before its day.
const NOT_YET: &str = "accounts-refused-too-early";

/// What a line keeps: the row, and the day from which it shall be stopped.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wanted {
    account: AccountId,
    on: NaiveDate,
}

fn wanted(line: &Line) -> Result<Wanted> {
    Ok(serde_json::from_value(line.data.clone()).map_err(anyhow::Error::from)?)
}

async fn asked(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Option<Account>> {
    match matter.content.uuid("accounts") {
        Some(id) => account(conn, AccountId(id), matter).await,
        None => Ok(None),
    }
}

#[async_trait]
impl RequestKind for Stop {
    fn key(&self) -> &'static str {
        "account.stop"
    }

    fn begins(&self, content: &Content) -> Option<NaiveDate> {
        content.date("stop_on")
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::AccountsView)
    }

    async fn options(&self, conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
        offered_accounts(conn, ask).await
    }

    async fn concerned(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<PersonId>> {
        Ok(asked(conn, &matter).await?.map(|account| account.holder))
    }

    async fn owner(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<DepartmentId>> {
        let system = asked(conn, &matter).await?.map(|account| account.system);
        Ok(owner(conn, &matter, system).await?.unwrap_or_default())
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let account = asked(conn, &matter).await?;
        Ok(account.map(|a| format!("{}（{} {}）", a.holder_name, a.system_name, a.name)).unwrap_or_default())
    }

    /// An account is stopped once: while a stop is under way, a second one is refused with the number of the first, even
    /// where that one lies out of the applicant's sight. The day lies ahead or is today: the account stops by the work that
    /// the request asks for (4.1.3(1)), the ledger names the day of that work, and a day before could only be untrue. Whoever
    /// learns late that somebody has left asks for today, and says since when in the reason.
    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let Some(account) = asked(conn, &matter).await? else { return Ok(Vec::new()) };
        let mut faults = Vec::new();
        if let Err(refusal) = of_section(conn, &account, &matter).await? {
            faults.push(fault("department", &refusal));
        }
        faults.extend(account.may_change().err().map(|refusal| fault("accounts", &refusal)));
        let same = json!({ "account": account.id });
        if let Some(number) = under_way(conn, self.key(), &same, matter.id).await? {
            let message = Message::new("accounts-refused-stop-under-way").with("number", Words::plain(number));
            faults.push(FieldError::new("accounts", message));
        }
        if matter.content.date("stop_on").is_some_and(|on| on < matter.today) {
            faults.push(super::at("stop_on", "accounts-refused-stop-past"));
        } else {
            faults.extend(implausible(&matter, "stop_on"));
        }
        Ok(faults)
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let Some(account) = asked(conn, &matter).await? else { return Ok(Vec::new()) };
        let on = matter.content.date("stop_on").unwrap_or(matter.today);
        let data = serde_json::to_value(Wanted { account: account.id, on }).map_err(anyhow::Error::from)?;
        Ok(vec![LineDraft { subject: format!("{} {}", account.system_name, account.name), data }])
    }

    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let Some(account) = asked(conn, &matter).await? else { return Ok(ChangeSet::default()) };
        let rows = vec![RowChange {
            line: Some(1),
            ledger: "accounts-title".to_owned(),
            row: Some(link(&account)),
            what: format!("{} {}", account.system_name, account.holder_name),
            kind: RowKind::Stopped,
            cells: vec![
                cell(
                    "accounts-state",
                    Some(Words::key("accounts-state-active")),
                    Some(Words::key("accounts-state-stopped")),
                ),
                cell("accounts-stopped", None, day(matter.content.date("stop_on"))),
            ],
        }];
        Ok(ChangeSet { rows })
    }

    async fn check_result(
        &self,
        conn: &mut PgConnection,
        matter: Matter<'_>,
        line: &Line,
        _result: &Content,
    ) -> Result<Vec<FieldError>> {
        let account = store::find(conn, wanted(line)?.account).await?.ok_or(Error::NotFound)?;
        let mut faults: Vec<FieldError> = too_early(&matter, "stop_on", NOT_YET).into_iter().collect();
        if let Err(refusal) = of_section(conn, &account, &matter).await? {
            faults.push(fault("accounts", &refusal));
        }
        Ok(faults)
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, _result: &Content) -> Result<Executed> {
        by_owner(work, &matter).await?;
        let wanted = wanted(line)?;
        if let Some(fault) = too_early(&matter, "stop_on", NOT_YET) {
            return Err(refused(fault));
        }
        let account = store::find(work.conn(), wanted.account).await?.ok_or(Error::NotFound)?;
        of_section(work.conn(), &account, &matter).await??;
        // the day of the work is the day it stopped, however early it was asked for
        let stopped =
            actions::stop(work, account.id, matter.today, StopReason::Request, Some(&origin(&matter)?)).await?;
        if stopped.is_portal {
            disable_sign_in(work, stopped.holder, "request").await?;
        }
        Ok(Executed { row: Some(link(&stopped)), reveal: None })
    }
}
