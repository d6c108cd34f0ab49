//! 利用終了届: whoever uses an ID no longer, or a colleague of the section, gives notice; nobody approves. A sign-in of the
//! portal is stopped at once on receipt. Each right is erased as one line, with its moment; the ledger row is stopped with
//! the last of them. A notice that is withdrawn, returned or sent away before that opens again what it stopped; sent again, it stops
//! what it names by then.
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::model::{Account, Origin, Refusal, State, StopReason};
use super::super::{actions, store};
use super::{account, cell, day, fault, implausible, link, of_section, offered_accounts, origin, system};
use crate::engines::requests::model::form::Message;
use crate::engines::requests::model::{
    ChangeSet, Choice, Content, FieldError, Outcome, RowChange, RowKind, Verdict, Words as Said,
};
use crate::engines::requests::store::under_way;
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind};
use crate::kernel::access::Permission;
use crate::kernel::error::{self, Error, Result};
use crate::kernel::ids::{AccountId, PersonId};
use crate::kernel::notices::{AtOnce, Notice};
use crate::kernel::work::Work;
use crate::people::elsewhere::is_alone;
use crate::people::sign_ins::{disable_sign_in, resume_sign_in};
use crate::web::locale::{Lang, Words};
use crate::web::notices::letter;

/// 利用終了届
pub(super) struct End;

/// Why such a sign-in is stopped, as it keeps it.
const REASON: &str = "end_of_use";

/// What a line keeps: the row, and the right that is erased.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wanted {
    account: AccountId,
    right: Uuid,
}

fn wanted(line: &Line) -> Result<Wanted> {
    Ok(serde_json::from_value(line.data.clone()).map_err(anyhow::Error::from)?)
}

async fn named(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Option<Account>> {
    match matter.content.uuid("accounts") {
        Some(id) => account(conn, AccountId(id), matter).await,
        None => Ok(None),
    }
}

/// Why what a notice stopped is open again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Undone {
    /// 取下げ, 却下, 実施せず
    ForGood,
    /// 差戻し: it may come again
    Returned,
}

impl Undone {
    /// What the history of the row says.
    const fn why(self) -> &'static str {
        match self {
            Self::ForGood => "accounts-why-end-undone",
            Self::Returned => "accounts-why-end-returned",
        }
    }

    /// What its holder reads.
    const fn body(self) -> &'static str {
        match self {
            Self::ForGood => "accounts-mail-end-undone-body",
            Self::Returned => "accounts-mail-end-returned-body",
        }
    }
}

/// The notice does not stand: what it stopped on receipt is open again as it was, and its holder hears of it. Who has
/// left meanwhile gets nothing back.
async fn undo(work: &mut Work, matter: &Matter<'_>, undone: Undone) -> Result<()> {
    let Some(id) = matter.content.uuid("accounts").map(AccountId) else { return Ok(()) };
    let sight = work.sight().await?;
    work.see_all().await?;
    let account = store::find(work.conn(), id).await?.filter(|account| account.is_portal);
    if let Some(account) = account {
        let holder = store::find_holder(work.conn(), account.holder).await?;
        let here = holder.is_some_and(|holder| holder.left_on.is_none_or(|last| last >= matter.today));
        let origin = origin(matter)?;
        if here && actions::undo_end(work, id, undone.why(), &origin).await?.is_some() {
            reopen(work, &account, &origin, undone).await?;
        }
    }
    work.see_as(&sight).await
}

/// Somebody else gave the notice: whoever used the ID hears of it, by mail, since they sign in no more.
async fn tell_stopped(work: &mut Work, account: &Account, origin: &Origin) -> Result<()> {
    let w = Words(Lang::Ja);
    let body = w.with("accounts-mail-end-received-body", &[("login", &account.name), ("number", &origin.number)]);
    let said = error::Message::new("accounts-mail-end-received").with("login", &account.name);
    let letter = letter(&said, body);
    let notice = Notice::new(account.holder, "account.end_received", said, ("account", account.id));
    work.notify(notice.at_once(AtOnce::Security, letter)).await
}

async fn reopen(work: &mut Work, account: &Account, origin: &Origin, undone: Undone) -> Result<()> {
    if !resume_sign_in(work, account.holder, REASON).await? {
        return Ok(());
    }
    let w = Words(Lang::Ja);
    let link = format!("{}/sign-in", work.app().config().origin);
    let body = w.with(undone.body(), &[("login", &account.name), ("number", &origin.number), ("link", &link)]);
    let said = error::Message::new("accounts-mail-end-undone").with("login", &account.name);
    let letter = letter(&said, body);
    let notice = Notice::new(account.holder, "account.end_undone", said, ("account", account.id));
    work.notify(notice.at_once(AtOnce::Security, letter)).await
}

#[async_trait]
impl RequestKind for End {
    fn key(&self) -> &'static str {
        "account.end"
    }

    fn for_those_who_went(&self) -> bool {
        true
    }

    fn about_oneself(&self) -> bool {
        true
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::AccountsView)
    }

    async fn options(&self, conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
        offered_accounts(conn, ask, |account| account.may_cancel().is_ok()).await
    }

    async fn concerned(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<PersonId>> {
        Ok(named(conn, &matter).await?.map(|account| account.holder))
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let account = named(conn, &matter).await?;
        Ok(account.map(|account| super::subject(&account, 0)).unwrap_or_default())
    }

    /// The use has ended when notice is given: the portal's own ID stops with the receipt, so that a day to come would
    /// not be true.
    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let mut faults = Vec::new();
        if let Some(account) = named(conn, &matter).await? {
            if let Err(refusal) = of_section(conn, &account, &matter).await? {
                faults.push(fault("department", &refusal));
            }
            if matter.applicant != Some(account.holder)
                && !store::ends::of_the_staff(conn, matter.applicant, matter.today).await?
            {
                faults.push(fault("person", &Refusal::NotOfTheStaff));
            }
            if account.is_portal && store::ends::last_of_function(conn, account.holder, matter.today).await? {
                faults.push(fault("accounts", &Refusal::LastOfFunction));
            }
            faults.extend(account.may_cancel().err().map(|refusal| fault("accounts", &refusal)));
            if let Some(number) = under_way(conn, self.key(), &json!({ "account": account.id }), matter.id).await? {
                let message = Message::new("accounts-refused-end-under-way").with("number", Said::plain(number));
                faults.push(FieldError::new("accounts", message));
            }
        }
        if matter.content.date("stop_on").is_some_and(|on| on > matter.today) {
            faults.push(super::day_fault(&matter, "stop_on", "form-day-not-after-today", matter.today));
        } else {
            faults.extend(implausible(&matter, "stop_on"));
        }
        Ok(faults)
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let Some(account) = named(conn, &matter).await? else { return Ok(Vec::new()) };
        let system = system(conn, account.system).await?;
        let line = |right: &Uuid| {
            let name = system.names(&[*right]).concat();
            let data =
                serde_json::to_value(Wanted { account: account.id, right: *right }).map_err(anyhow::Error::from)?;
            let subject = format!("{} {} — {name}", account.system_name, account.name);
            Ok(LineDraft { subject, data, row: Some(link(&account).href) })
        };
        account.rights.iter().map(line).collect()
    }

    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let Some(account) = named(conn, &matter).await? else { return Ok(ChangeSet::default()) };
        let system = system(conn, account.system).await?;
        let rows = vec![RowChange {
            line: Some(1),
            ledger: "accounts-title".to_owned(),
            row: Some(link(&account)),
            what: format!("{} {}", account.system_name, account.holder_name),
            kind: if account.is_portal { RowKind::StoppedOnReceipt } else { RowKind::Stopped },
            cells: vec![
                cell("accounts-rights", super::named(&system, &account.rights), None),
                cell(
                    "accounts-state",
                    Some(Said::key("accounts-state-active")),
                    Some(Said::key("accounts-state-stopped")),
                ),
                cell("accounts-ended", None, day(matter.content.date("stop_on"))),
            ],
        }];
        Ok(ChangeSet { rows })
    }

    /// The portal's own ID is out of use from here on; whoever gave notice has no right to write the row, the notice has.
    fn acts_on_receipt(&self) -> bool {
        true
    }

    async fn filed(&self, work: &mut Work, matter: Matter<'_>) -> Result<()> {
        let Some(account) = named(work.conn(), &matter).await? else { return Ok(()) };
        if !account.is_portal {
            return Ok(());
        }
        work.see_all().await?;
        if is_alone(work.conn(), account.holder, matter.today).await? {
            return Err(Refusal::LastAdministrator.into());
        }
        let origin = origin(&matter)?;
        actions::stop(work, account.id, matter.today, StopReason::EndOfUse, Some(&origin)).await?;
        disable_sign_in(work, account.holder, REASON).await?;
        if matter.applicant == Some(account.holder) { Ok(()) } else { tell_stopped(work, &account, &origin).await }
    }

    /// Returned, it had opened everything again; it may name another ID by now.
    async fn resubmitted(&self, work: &mut Work, matter: Matter<'_>) -> Result<()> {
        self.filed(work, matter).await
    }

    async fn withdrawn(&self, work: &mut Work, matter: Matter<'_>) -> Result<()> {
        undo(work, &matter, Undone::ForGood).await
    }

    /// Whoever decides or works may send the notice away, or back to whoever gave it: either undoes it.
    async fn decided(&self, work: &mut Work, matter: Matter<'_>, verdict: &Verdict) -> Result<()> {
        match verdict {
            Verdict::Refuse { .. } => undo(work, &matter, Undone::ForGood).await,
            Verdict::Return { to: None, .. } => undo(work, &matter, Undone::Returned).await,
            _ => Ok(()),
        }
    }

    async fn not_executed(
        &self,
        work: &mut Work,
        matter: Matter<'_>,
        _line: &Line,
        outcome: &Outcome,
        _result: &Content,
    ) -> Result<()> {
        match outcome {
            Outcome::Failed { .. } => undo(work, &matter, Undone::ForGood).await,
            _ => Ok(()),
        }
    }

    async fn check_result(
        &self,
        conn: &mut PgConnection,
        _matter: Matter<'_>,
        line: &Line,
        _result: &Content,
    ) -> Result<Vec<FieldError>> {
        let wanted = wanted(line)?;
        let account = store::find(conn, wanted.account).await?.ok_or(Error::NotFound)?;
        let gone = account.state == State::Active && !account.rights.contains(&wanted.right);
        Ok(if gone { vec![fault("erased_at", &Refusal::RightGone)] } else { Vec::new() })
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed> {
        let wanted = wanted(line)?;
        let erased_at = result.text("erased_at").unwrap_or_default();
        let account = actions::erase(work, wanted.account, wanted.right, erased_at, &origin(&matter)?).await?;
        Ok(Executed { row: Some(link(&account)), reveal: None })
    }

    /// 抹消済: every right is erased.
    async fn completed(&self, work: &mut Work, matter: Matter<'_>) -> Result<()> {
        let Some(account) = named(work.conn(), &matter).await? else { return Ok(()) };
        actions::note_erased(work, &account, &origin(&matter)?).await
    }
}
