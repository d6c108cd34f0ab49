//! What happens to the 情報システム台帳: a system is registered, corrected, and its use ended. Nothing is removed.
use chrono::NaiveDate;
use serde_json::json;

use super::model::{Facts, Importance, Level, Refusal, RightChanges, RightNames, System};
use super::store;
use crate::engines::requests::store::count_open_lines;
use crate::kernel::audit::Event;
use crate::kernel::clock;
use crate::kernel::error::{Error, Result, violated_constraint};
use crate::kernel::ids::{DepartmentId, SystemId, uuid_at};
use crate::kernel::work::Work;

/// Registers a system with its rights. `is_portal` marks the one row that is this portal (set-up, demo).
pub async fn register(
    work: &mut Work,
    id: SystemId,
    facts: &Facts,
    rights: &RightNames,
    is_portal: bool,
) -> Result<SystemId> {
    work.because("systems-why-registered", None).await?;
    let now = work.now;
    store::insert(work.conn(), id, facts, is_portal, now).await.map_err(taken)?;
    write_rights(work, id, &RightChanges::between(&[], rights)).await?;
    let facts_said = json!({ "code": facts.code, "name": facts.name, "rights": names(rights), "importance": facts.importance.key() });
    work.record(
        Event::done("system.registered", "system", id).numbered(&facts.code).within(facts.owner).facts(facts_said),
    )
    .await?;
    Ok(id)
}

/// The portal's own row, when an organisation begins: every sign-in stands in the account ledger under it.
pub async fn register_portal(work: &mut Work, owner: DepartmentId) -> Result<()> {
    let facts = Facts {
        code: "SYS-001".to_owned(),
        name: "Mamori（情報セキュリティ管理ポータル）".to_owned(),
        reading: "まもり".to_owned(),
        purpose: "申請・台帳・点検の記録".to_owned(),
        owner,
        importance: Importance::High,
        two_factor: false,
        sharing_rule: String::new(),
    };
    let id = SystemId::new(work.now);
    register(work, id, &facts, &portal_rights(), true).await.map(drop)
}

/// What an account of the portal may do: what somebody may do here follows from their posts, and no account of its own can promise
/// more.
#[must_use]
pub fn portal_rights() -> RightNames {
    RightNames(vec![
        (Level::Standard, "職に応じた利用".to_owned()),
        // by which accounts of administrators' own are asked for (管理者権限付与, 特権ID申請)
        (Level::Privileged, "ポータルの管理".to_owned()),
    ])
}

/// Corrects a system on the version that was shown; a stale one is refused.
pub async fn correct(work: &mut Work, id: SystemId, version: i32, facts: &Facts, rights: &RightNames) -> Result<()> {
    let before = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if before.version != version {
        return Err(Error::Conflict("systems-conflict".into()));
    }
    if before.is_portal && !facts.sharing_rule.is_empty() {
        return Err(Refusal::PortalNotShared.into());
    }
    let known = store::list_rights(work.conn(), id).await?;
    let changes = RightChanges::between(&known, rights);
    for right in changes.redefined(&known) {
        let used = store::count_accounts_with(work.conn(), right.id).await? > 0;
        if used || count_open_lines(work.conn(), right.id).await? > 0 {
            return Err(Refusal::RightInUse(right.name.clone()).into());
        }
    }
    if before.facts == *facts && changes == RightChanges::default() {
        return Ok(());
    }
    work.because("systems-why-corrected", None).await?;
    if store::save(work.conn(), id, version, facts).await.map_err(taken)? != 1 {
        return Err(Error::Conflict("systems-conflict".into()));
    }
    write_rights(work, id, &changes).await?;
    let said = json!({
        "before": spoken(&before.facts),
        "after": spoken(facts),
        "rights_before": names(&RightNames::from(&known[..])),
        "rights_after": names(rights),
    });
    work.record(Event::done("system.corrected", "system", id).numbered(&facts.code).within(facts.owner).facts(said))
        .await?;
    Ok(())
}

/// Ends a system's use (利用の終了). Its accounts have to be stopped first and the requests for it brought to an end; the
/// row stays.
pub async fn retire(work: &mut Work, id: SystemId, version: i32, on: NaiveDate) -> Result<System> {
    let system = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    let active = store::count_active_accounts(work.conn(), id).await?;
    let open = count_open_lines(work.conn(), id.0).await?;
    system.may_retire(active, open)?;
    work.because("systems-why-retired", None).await?;
    if store::retire(work.conn(), id, version, on).await? != 1 {
        return Err(Error::Conflict("systems-conflict".into()));
    }
    let event = Event::done("system.retired", "system", id).numbered(&system.facts.code).within(system.facts.owner);
    work.record(event.facts(json!({ "name": system.facts.name, "on": on }))).await?;
    Ok(system)
}

async fn write_rights(work: &mut Work, id: SystemId, changes: &RightChanges) -> Result<()> {
    let (now, today) = (work.now, clock::local(work.now).date_naive());
    // what goes, goes first: a new name may be the old one in other letters
    for right in &changes.withdrawn {
        store::withdraw_right(work.conn(), right.id, today).await?;
    }
    for right in &changes.moved {
        store::save_right(work.conn(), right).await?;
    }
    for (level, name, position) in &changes.added {
        store::insert_right(work.conn(), uuid_at(now), id, *level, name, *position).await?;
    }
    Ok(())
}

fn names(rights: &RightNames) -> serde_json::Value {
    let of = |level| rights.lines(level).lines().map(str::to_owned).collect::<Vec<_>>();
    json!({ "standard": of(Level::Standard), "beyond": of(Level::Beyond), "privileged": of(Level::Privileged) })
}

fn spoken(facts: &Facts) -> serde_json::Value {
    json!({
        "code": facts.code,
        "name": facts.name,
        "purpose": facts.purpose,
        "owner": facts.owner,
        "importance": facts.importance.key(),
        "two_factor": facts.two_factor,
        "sharing_rule": facts.sharing_rule,
    })
}

fn taken(error: sqlx::Error) -> Error {
    match violated_constraint(&error) {
        Some("information_system_code") => Refusal::CodeTaken.into(),
        _ => error.into(),
    }
}
