//! 共有ID・共用IDの申請: an ID that several people use is opened, or its users change (利用者の増減). Offered only where the
//! regulation declares it; whoever may use it is listed by name, and whoever approved it stands in the ledger.
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::model::{Account, Frozen, Kind, Opening, Refusal, Sharing, System, issued_name};
use super::super::sharing::store::{Named, find_named, names_of};
use super::super::{actions, sharing, store};
use super::register::name_fault;
use super::{
    account, at, beyond_role, by_owner, cell, day, fault, grouped, implausible, link, named, not_apart, notice,
    of_section, offered_accounts, offered_systems, origin, owner, received, refused, system, too_early,
};
use crate::engines::requests::model::changes::RowLink;
use crate::engines::requests::model::{
    ChangeSet, Choice, Content, FieldError, Form, Input, Receipt, RowChange, RowKind, Words,
};
use crate::engines::requests::store::record;
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind};
use crate::kernel::access::Permission;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, SystemId};
use crate::kernel::text;
use crate::kernel::work::Work;

/// 共有IDの申請
pub(super) struct Share;

/// The register of systems whose accounts a rule of its own lets be shared (別の規定).
const BY_RULE: &str = "systems.by_rule";
/// It is not carried out before its day.
const NOT_YET: &str = "accounts-refused-opened-too-early";

/// What the line keeps: a new ID on a system with these rights, or the row whose users change.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wanted {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountId>,
    system: SystemId,
    rights: Vec<Uuid>,
    scale: Vec<Frozen>,
    keeper: PersonId,
    users: Vec<Uuid>,
}

fn wanted(line: &Line) -> Result<Wanted> {
    Ok(serde_json::from_value(line.data.clone()).map_err(anyhow::Error::from)?)
}

/// Do the users of a row change? Otherwise a new one is asked for.
fn changes(matter: &Matter<'_>) -> bool {
    matter.content.text("operation") == Some("users")
}

/// Are only systems offered that a rule of its own names?
fn by_rule(matter: &Matter<'_>) -> bool {
    let ruled = |input: &Input| matches!(input, Input::Rights { source } if source == BY_RULE);
    matter.kind.form.fields().any(|field| ruled(&field.input))
}

/// The row whose users change: one that is shared, and in reach.
async fn row(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Option<Account>> {
    let Some(id) = matter.content.uuid("accounts").filter(|_| changes(matter)) else { return Ok(None) };
    Ok(account(conn, AccountId(id), matter).await?.filter(|account| account.kind == Kind::Shared))
}

/// The system that it is about.
async fn place(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Option<System>> {
    let id = match row(conn, matter).await? {
        Some(account) => Some(account.system),
        None => grouped(matter.content, "grants").first().map(|(id, _)| SystemId(*id)),
    };
    match id {
        Some(id) => Ok(store::find_system(conn, id).await?),
        None => Ok(None),
    }
}

/// Whoever answers for the ID: named anew, or the one who does already.
fn keeper(matter: &Matter<'_>) -> Result<PersonId> {
    let anew = matter.content.person("keeper").filter(|_| changes(matter));
    anew.or(matter.concerned).or_else(|| matter.content.person("person")).ok_or(Error::NotFound)
}

/// 利用者の全員, one a line, each one person and no more.
async fn users(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Result<Vec<Named>, Refusal>> {
    let typed = matter.content.text("users").unwrap_or_default();
    let words: Vec<String> = typed.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    let known = find_named(conn, &words, matter.today).await?;
    let mut users: Vec<Named> = Vec::new();
    for word in words {
        let meant: Vec<&Named> = known.iter().filter(|named| named.typed == word).collect();
        match meant.as_slice() {
            [] => return Ok(Err(Refusal::UnknownUser { typed: word })),
            [one] if users.iter().any(|user| user.id == one.id) => {}
            [one] => users.push((*one).clone()),
            _ => return Ok(Err(Refusal::SeveralUsers { typed: word })),
        }
    }
    Ok(Ok(users))
}

fn ids(users: &[Named]) -> Vec<Uuid> {
    users.iter().map(|user| user.id).collect()
}

fn listed(users: &[Named]) -> String {
    users.iter().map(|user| user.name.as_str()).collect::<Vec<_>>().join("、")
}

/// What is wrong with the ID that was asked for, before anybody is asked to approve it.
async fn faults_of_new(conn: &mut PgConnection, matter: &Matter<'_>, users: &[Named]) -> Result<Vec<FieldError>> {
    let grants = grouped(matter.content, "grants");
    let [(id, _)] = grants.as_slice() else { return Ok(vec![at("grants", "accounts-refused-one-system")]) };
    let system = system(conn, SystemId(*id)).await?;
    let mut faults: Vec<FieldError> =
        sharing::may_be_shared(&system).err().map(|no| fault("grants", &no)).into_iter().collect();
    if by_rule(matter) && system.sharing_rule.is_empty() {
        faults.push(fault("grants", &Refusal::NoSharingRule));
    }
    faults.extend(not_apart(conn, matter, "grants", &grants).await?);
    if faults.is_empty() {
        faults.extend(beyond_role(conn, matter, "grants", &ids(users), &grants).await?);
    }
    Ok(faults)
}

/// What is wrong with the change of a row.
async fn faults_of_change(conn: &mut PgConnection, matter: &Matter<'_>, users: &[Named]) -> Result<Vec<FieldError>> {
    let Some(row) = row(conn, matter).await? else { return Ok(vec![at("accounts", "requests-error-choose")]) };
    if let Err(refusal) = of_section(conn, &row, matter).await? {
        return Ok(vec![fault("department", &refusal)]);
    }
    if let Err(refusal) = row.may_change() {
        return Ok(vec![fault("accounts", &refusal)]);
    }
    let rights = [(row.system.0, row.rights.clone())];
    if let Some(fault) = beyond_role(conn, matter, "users", &ids(users), &rights).await? {
        return Ok(vec![fault]);
    }
    let mut same = (ids(users), row.users.clone());
    same.0.sort_unstable();
    same.1.sort_unstable();
    let until = matter.content.date("until");
    let unchanged = matter.whole && same.0 == same.1 && keeper(matter)? == row.holder && until == row.until;
    Ok(if unchanged { vec![fault("users", &Refusal::SameUsers)] } else { Vec::new() })
}

#[async_trait]
impl RequestKind for Share {
    fn key(&self) -> &'static str {
        "account.share"
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::AccountsView)
    }

    async fn options(&self, conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
        if ask.source == "accounts" {
            return offered_accounts(conn, ask, |account| account.kind == Kind::Shared).await;
        }
        let shared = |system: &System| {
            sharing::may_be_shared(system).is_ok() && (ask.source != BY_RULE || !system.sharing_rule.is_empty())
        };
        offered_systems(conn, ask, shared).await
    }

    async fn owner(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<DepartmentId>> {
        let system = place(conn, &matter).await?.map(|system| system.id);
        Ok(owner(conn, &matter, system).await?.unwrap_or_default())
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let system = place(conn, &matter).await?.map(|system| system.name).unwrap_or_default();
        let id = row(conn, &matter).await?.map(|row| format!(" {}", row.name)).unwrap_or_default();
        let users = users(conn, &matter).await?.unwrap_or_default();
        Ok(text::noted(&format!("{system}{id}"), &listed(&users)))
    }

    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let mut faults = match users(conn, &matter).await? {
            Ok(users) if changes(&matter) => faults_of_change(conn, &matter, &users).await?,
            Ok(users) => faults_of_new(conn, &matter, &users).await?,
            Err(refusal) => vec![fault("users", &refusal)],
        };
        faults.truncate(1);
        if matter.content.date("until").is_some_and(|until| until < matter.today) {
            faults.push(super::day_fault(&matter, "until", "form-day-not-before-today", matter.today));
        }
        faults.extend(implausible(&matter, "from"));
        faults.extend(implausible(&matter, "until"));
        Ok(faults)
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let users = users(conn, &matter).await??;
        let Some(system) = place(conn, &matter).await? else { return Ok(Vec::new()) };
        let row = row(conn, &matter).await?;
        let asked = grouped(matter.content, "grants").into_iter().next().map(|(_, rights)| rights);
        let rights = row.as_ref().map(|row| row.rights.clone()).or(asked).unwrap_or_default();
        let id = row.as_ref().map(|row| format!(" {}", row.name)).unwrap_or_default();
        let subject = format!("{}{id} — {}", system.name, listed(&users));
        let href = row.as_ref().map(|row| link(row).href);
        let wanted = Wanted {
            account: row.map(|row| row.id),
            system: system.id,
            rights,
            scale: system.scale(),
            keeper: keeper(&matter)?,
            users: ids(&users),
        };
        let data = serde_json::to_value(wanted).map_err(anyhow::Error::from)?;
        Ok(vec![LineDraft { subject, data, row: href }])
    }

    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let users = users(conn, &matter).await?.unwrap_or_default();
        let Some(system) = place(conn, &matter).await? else { return Ok(ChangeSet::default()) };
        let row = row(conn, &matter).await?;
        let before = match &row {
            Some(row) => Some(Words::plain(names_of(conn, &row.users).await?.join("、"))),
            None => None,
        };
        let mut cells = vec![cell("accounts-users", before, Some(Words::plain(listed(&users))))];
        let rights = grouped(matter.content, "grants").into_iter().next().map(|(_, rights)| rights);
        if row.is_none() {
            cells.push(cell("accounts-rights", None, rights.and_then(|rights| named(&system, &rights))));
        }
        let until = row.as_ref().and_then(|row| row.until);
        cells.push(cell("accounts-until", day(until), day(matter.content.date("until"))));
        if by_rule(&matter) {
            cells.push(cell("accounts-sharing-rule", None, Some(Words::plain(&system.sharing_rule))));
        }
        let kind = if row.is_some() { RowKind::Changed } else { RowKind::Added };
        let what = row.as_ref().map_or_else(|| system.name.clone(), |row| format!("{} {}", system.name, row.name));
        let ledger = "accounts-title".to_owned();
        let rows = vec![RowChange { line: Some(1), ledger, row: row.as_ref().map(link), what, kind, cells }];
        Ok(ChangeSet { rows })
    }

    /// A change issues no ID.
    async fn fit(&self, _conn: &mut PgConnection, line: &Line, form: &mut Form) -> Result<()> {
        if wanted(line)?.account.is_some() {
            form.drop_field("issued_id");
        }
        Ok(())
    }

    async fn suggest(&self, conn: &mut PgConnection, matter: Matter<'_>, line: &Line) -> Result<Content> {
        let wanted = wanted(line)?;
        Ok(notice(Content::default(), &matter, &system(conn, wanted.system).await?, &wanted.rights))
    }

    fn tidy(&self, _: &Line, result: &mut Content) {
        if let Some(Ok(name)) = result.text("issued_id").map(issued_name) {
            result.set("issued_id", name.into());
        }
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
        match result.text("issued_id").map(issued_name) {
            Some(Ok(name)) => {
                let place = system(conn, wanted.system).await?;
                faults.extend(name_fault(conn, &matter, &place, &name, (Kind::Shared, wanted.keeper)).await?);
            }
            Some(Err(refusal)) => faults.push(fault("issued_id", &refusal)),
            None => {}
        }
        Ok(faults)
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed> {
        by_owner(work, &matter).await?;
        let wanted = wanted(line)?;
        if let Some(fault) = too_early(&matter, "from", NOT_YET) {
            return Err(refused(fault));
        }
        let system = system(work.conn(), wanted.system).await?;
        sharing::may_be_shared(&system)?;
        if by_rule(&matter) && system.sharing_rule.is_empty() {
            return Err(Refusal::NoSharingRule.into());
        }
        let sharing = Sharing {
            keeper: wanted.keeper,
            users: wanted.users.clone(),
            approved_by: approver(work.conn(), &matter).await?,
            until: matter.content.date("until"),
            rule: if by_rule(&matter) { system.sharing_rule.clone() } else { String::new() },
        };
        let origin = origin(&matter)?;
        if let Some(id) = wanted.account {
            let account = sharing::share(work, id, &sharing, &origin).await?;
            return Ok(Executed { row: Some(link(&account)), reveal: None });
        }
        system.within_request(&wanted.rights, &wanted.rights, &wanted.scale)?;
        let opening = Opening {
            system: wanted.system,
            name: issued_name(result.text("issued_id").unwrap_or_default())?,
            holder: wanted.keeper,
            department: matter.department,
            rights: wanted.rights,
            necessity: matter.content.text("reason").unwrap_or_default().to_owned(),
            kind: Kind::Shared,
            until: sharing.until,
            request: Some(origin),
        };
        let id = actions::open_shared(work, &opening, &sharing).await?;
        let row = RowLink { label: opening.name, href: format!("/ledgers/accounts/{id}") };
        Ok(Executed { row: Some(row), reveal: None })
    }

    async fn acknowledged(&self, work: &mut Work, matter: Matter<'_>, line: &Line, receipt: &Receipt) -> Result<()> {
        received(work, &matter, line, receipt).await
    }
}

/// 承認者: the last of those who let this round pass.
async fn approver(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<PersonId> {
    let round = i32::from(matter.round);
    let decisions = record::decisions(conn, matter.id).await?;
    let mut approvals = decisions.iter().filter(|decided| decided.round == round && decided.verdict == "approve");
    approvals
        .next_back()
        .map(|decided| PersonId(decided.decider))
        .ok_or_else(|| Error::refused("accounts-refused-no-approver"))
}
