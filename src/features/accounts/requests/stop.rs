//! アカウント削除申請 (4.1.3): its effect is 停止・無効 with date and cause. Nothing is erased; a sign-in of the portal ends its
//! sessions at once. Whoever leaves has several accounts: one request names them all, each of them a line.
use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;

use super::super::model::{Account, StopReason};
use super::super::{actions, store};
use super::{
    account, by_owner, cell, day, fault, implausible, link, movement, of_section, offered_accounts, offered_movements,
    origin, owner, refused, too_early,
};
use crate::engines::requests::model::form::Message;
use crate::engines::requests::model::{ChangeSet, Choice, Content, FieldError, RowChange, RowKind, Words};
use crate::engines::requests::store::under_way;
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind};
use crate::kernel::access::Permission;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, SystemId};
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

/// The accounts that the request names, in the order of its lines: the portal's own row comes last, so that whoever works
/// through them ends the sign-in when the rest is done.
async fn asked(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Vec<Account>> {
    let content = matter.content;
    // a request from before names one account and no list
    let named = content.text("accounts").into_iter().chain(content.many("accounts"));
    let mut accounts = Vec::new();
    for id in named.filter_map(|id| id.parse().ok()) {
        accounts.extend(account(conn, AccountId(id), matter).await?);
    }
    accounts.sort_by_key(|account| (account.is_portal, account.id.0));
    Ok(accounts)
}

#[async_trait]
impl RequestKind for Stop {
    fn key(&self) -> &'static str {
        "account.stop"
    }

    fn begins(&self, content: &Content) -> Option<NaiveDate> {
        content.date("stop_on")
    }

    fn for_those_who_went(&self) -> bool {
        true
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::AccountsView)
    }

    async fn options(&self, conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
        match ask.source {
            "movements" => offered_movements(conn, self.key(), ask).await,
            _ => offered_accounts(conn, ask, |account| account.may_cancel().is_ok()).await,
        }
    }

    async fn concerned(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<PersonId>> {
        Ok(asked(conn, &matter).await?.first().map(|account| account.holder))
    }

    async fn owner(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<DepartmentId>> {
        let systems = systems(&asked(conn, &matter).await?);
        Ok(owner(conn, &matter, systems).await?.unwrap_or_default())
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let asked = asked(conn, &matter).await?;
        let Some(first) = asked.first() else { return Ok(String::new()) };
        Ok(super::subject(first, asked.len() - 1))
    }

    /// The day lies ahead or is today: an account stops by the work that the request asks for (4.1.3(1)), the ledger names
    /// the day of that work, and a day before could only be untrue. Whoever learns late that somebody has left asks for
    /// today, and says since when in the reason.
    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let asked = asked(conn, &matter).await?;
        let mut faults = unfit(conn, &matter, &asked).await?;
        if matter.content.date("stop_on").is_some_and(|on| on < matter.today) {
            faults.push(super::day_fault(&matter, "stop_on", "accounts-refused-stop-past", matter.today));
        } else if later_than_leaving(conn, &matter).await? {
            faults.push(super::at("stop_on", "accounts-refused-stop-after-leaving"));
        } else {
            faults.extend(implausible(&matter, "stop_on"));
        }
        Ok(faults)
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let on = matter.content.date("stop_on").unwrap_or(matter.today);
        let line = |account: &Account| {
            let data = serde_json::to_value(Wanted { account: account.id, on }).map_err(anyhow::Error::from)?;
            let subject = format!("{} {}", account.system_name, account.name);
            Ok(LineDraft { subject, data, row: Some(link(account).href) })
        };
        asked(conn, &matter).await?.iter().map(line).collect()
    }

    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let state = |key: &str| Some(Words::key(format!("accounts-state-{key}")));
        let row = |(line, account): (u16, &Account)| RowChange {
            line: Some(line),
            ledger: "accounts-title".to_owned(),
            row: Some(link(account)),
            what: format!("{} {}", account.system_name, account.holder_name),
            kind: RowKind::Stopped,
            cells: vec![
                cell("accounts-state", state("active"), state("stopped")),
                cell("accounts-stopped", None, day(matter.content.date("stop_on"))),
            ],
        };
        let asked = asked(conn, &matter).await?;
        Ok(ChangeSet { rows: (1u16..).zip(&asked).map(row).collect() })
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

fn systems(asked: &[Account]) -> Vec<SystemId> {
    asked.iter().map(|account| account.system).collect()
}

/// What stands against the accounts. One is stopped once: while a stop is under way, a second one is refused with the number
/// of the first, even where that one lies out of the applicant's sight.
async fn unfit(conn: &mut PgConnection, matter: &Matter<'_>, asked: &[Account]) -> Result<Vec<FieldError>> {
    let mut faults = Vec::new();
    if asked.windows(2).any(|pair| pair[0].holder != pair[1].holder) {
        faults.push(super::at("accounts", "accounts-refused-one-person"));
    }
    if asked.windows(2).any(|pair| pair[0].department != pair[1].department) {
        faults.push(super::at("accounts", "accounts-refused-one-department"));
    } else if let Some(first) = asked.first()
        && let Err(refusal) = of_section(conn, first, matter).await?
    {
        faults.push(fault("department", &refusal));
    }
    if let Err(refusal) = owner(conn, matter, systems(asked)).await? {
        faults.push(fault("accounts", &refusal));
    }
    for account in asked {
        faults.extend(account.may_cancel().err().map(|refusal| fault("accounts", &refusal)));
        let same = json!({ "account": account.id });
        if let Some(number) = under_way(conn, "account.stop", &same, matter.id).await? {
            let name = format!("{} {}", account.system_name, account.name);
            let message = Message::new("accounts-refused-stop-under-way").with("account", Words::plain(name));
            faults.push(FieldError::new("accounts", message.with("number", Words::plain(number))));
        }
    }
    Ok(faults)
}

/// Whoever retires needs no account after the last day: it is cancelled by then, or today where that day is over.
async fn later_than_leaving(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<bool> {
    let Some(movement) = movement(conn, matter).await?.filter(|movement| movement.kind == "retirement") else {
        return Ok(false);
    };
    let latest = movement.effective_on.max(matter.today);
    Ok(matter.content.date("stop_on").is_some_and(|on| on > latest))
}
