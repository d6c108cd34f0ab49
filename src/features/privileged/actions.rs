//! What happens to administrator rights: granted, kept, changed, taken away, used — each with its event, in the
//! transaction of the act behind it.
use chrono::{DateTime, Utc};
use serde_json::json;
use zeroize::Zeroizing;

use super::ending::End;
use super::model::{Granting, Origin, Privileged, PrivilegedId, Refusal, State, System, UseId, Used, account_name};
use super::store;
use crate::kernel::access::Tier;
use crate::kernel::audit::Event;
use crate::kernel::clock;
use crate::kernel::error::{Error, Message, Result, violated_constraint};
use crate::kernel::ids::PersonId;
use crate::kernel::notices::{AtOnce, Notice, Part};
use crate::kernel::work::Work;
use crate::people::roster::{NewPerson, NewPost, add_person, appoint};
use crate::people::sign_ins::{create_sign_in, disable_sign_in};
use crate::web::locale::{Lang, Words};
use crate::web::notices::letter;

/// A row that was written, and the code of the sign-in that came with it.
#[derive(Debug)]
pub struct Granted {
    /// the row
    pub id: PrivilegedId,
    /// 初期設定コード, shown once
    pub code: Option<Zeroizing<String>>,
}

/// Grants a right until its end. A right of the portal is an administrator's sign-in of its own, beside the ordinary one
/// of the same person (24-1-5), and ends by itself; elsewhere somebody takes it away.
pub async fn grant(work: &mut Work, new: &Granting) -> Result<Granted> {
    let new = &Granting { name: account_name(&new.name)?, ..new.clone() };
    if store::ordinary_name(work.conn(), new.holder, &new.name).await? {
        return Err(Refusal::SameName.into());
    }
    let system = store::find_system(work.conn(), new.system).await?.ok_or(Error::NotFound)?;
    work.see_all().await?;
    because(work, "privileged-why-granted", new.request.as_ref()).await?;
    let (sign_in_of, code) = if system.is_portal {
        let (person, code) = open_sign_in(work, new).await?;
        (Some(person), Some(code))
    } else {
        (None, None)
    };
    let id = PrivilegedId::new(work.now);
    let (by, now) = (work.actor.person(), work.now);
    store::insert(work.conn(), id, new, by, sign_in_of, now).await.map_err(taken)?;
    work.enqueue(&End { account: id, at: new.until }).await?;
    record_grant(work, id, &system, new).await?;
    Ok(Granted { id, code })
}

async fn record_grant(work: &mut Work, id: PrivilegedId, system: &System, new: &Granting) -> Result<()> {
    let facts = json!({
        "system": system.name, "account": new.name, "scope": new.scope, "from": new.from, "until": new.until,
        "approved_at": new.approved,
    });
    let event = Event::done("privileged.granted", "privileged", id).about(new.holder).within(new.department);
    let event = numbered(event, new.request.as_ref()).by("privileged.ledger").facts(facts);
    work.record(event).await.map(drop)
}

/// The administrator's account is a person row of its own, behind which the ordinary person stands.
async fn open_sign_in(work: &mut Work, new: &Granting) -> Result<(PersonId, Zeroizing<String>)> {
    let today = clock::local(work.now).date_naive();
    let owner = store::find_person(work.conn(), new.holder, today).await?.ok_or(Error::NotFound)?;
    let number = format!("{}-{}", owner.number, new.name);
    let person = NewPerson {
        employee_no: &number,
        family_name: &owner.family,
        given_name: &owner.given,
        reading: &owner.reading,
        mail: None,
        employment: "permanent",
        owner: Some(new.holder),
        joined_on: today,
    };
    let person = add_person(work, &person).await?;
    let post = NewPost {
        person,
        department: new.department,
        tier: Tier::Sysadmin,
        function: None,
        title: &new.scope,
        main: true,
        from: today,
    };
    appoint(work, &post).await?;
    let code = create_sign_in(work, person, &new.name).await?;
    Ok((person, Zeroizing::new(code.shown())))
}

/// The end has come: the portal's own right is taken away now, any other waits for those who administer its system.
pub async fn come_to_end(work: &mut Work, id: PrivilegedId) -> Result<()> {
    let Some(row) = store::lock(work.conn(), id).await? else { return Ok(()) };
    if row.state != State::Active || row.until > work.now {
        return Ok(());
    }
    because(work, "privileged-why-over", None).await?;
    let Some(person) = row.sign_in_of else {
        only_once(store::set_state(work.conn(), &row, State::ToWithdraw, None, None).await?)?;
        return record_end(work, &row, "privileged.over").await;
    };
    let now = work.now;
    only_once(store::set_state(work.conn(), &row, State::Ended, None, Some(now)).await?)?;
    disable_sign_in(work, person, "privileged").await?;
    record_end(work, &row, "privileged.withdrawn").await
}

/// Somebody has taken the right away on its system (剥奪).
pub async fn withdraw(work: &mut Work, id: PrivilegedId, version: i32) -> Result<Privileged> {
    let row = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if row.version != version {
        return Err(Error::Conflict("conflict-changed".into()));
    }
    if row.state == State::Ended {
        return Err(Refusal::Ended.into());
    }
    because(work, "privileged-why-withdrawn", None).await?;
    let (by, now) = (work.actor.person(), work.now);
    only_once(store::set_state(work.conn(), &row, State::Ended, by, Some(now)).await?)?;
    if let Some(person) = row.sign_in_of {
        disable_sign_in(work, person, "privileged").await?;
    }
    record_end(work, &row, "privileged.withdrawn").await?;
    Ok(row)
}

async fn record_end(work: &mut Work, row: &Privileged, kind: &'static str) -> Result<()> {
    let facts = json!({ "system": row.system_name, "account": row.name, "until": row.until, "portal": row.is_portal });
    let event = Event::done(kind, "privileged", row.id).about(row.holder).within(row.department);
    work.record(event.by("privileged.expiry").facts(facts)).await.map(drop)
}

/// Writes where the secret is sealed and who may use it; never the secret.
pub async fn keep_safe(
    work: &mut Work,
    id: PrivilegedId,
    version: i32,
    place: &str,
    may_use: &[PersonId],
) -> Result<Privileged> {
    let row = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if row.state == State::Ended {
        return Err(Refusal::Ended.into());
    }
    if row.version != version {
        return Err(Error::Conflict("conflict-changed".into()));
    }
    because(work, "privileged-why-kept", None).await?;
    only_once(store::set_safekeeping(work.conn(), id, version, place, may_use).await?)?;
    let facts = json!({ "account": row.name, "place": place, "may_use": may_use });
    let event = Event::done("privileged.safekeeping_set", "privileged", id).about(row.holder).within(row.department);
    work.record(event.by("privileged.ledger").facts(facts)).await?;
    Ok(row)
}

/// The secret was changed: the moment, and nothing of what it is.
pub async fn secret_changed(
    work: &mut Work,
    id: PrivilegedId,
    at: DateTime<Utc>,
    origin: Option<&Origin>,
) -> Result<Privileged> {
    work.see_all().await?;
    let row = store::lock(work.conn(), id).await?.ok_or(Error::NotFound)?;
    if row.state == State::Ended {
        return Err(Refusal::Ended.into());
    }
    because(work, "privileged-why-secret", origin).await?;
    only_once(store::set_secret_changed(work.conn(), &row, at, origin).await?)?;
    let event = Event::done("privileged.secret_changed", "privileged", id).about(row.holder).within(row.department);
    let facts = json!({ "system": row.system_name, "account": row.name, "changed_at": at });
    work.record(numbered(event, origin).by("privileged.ledger").facts(facts)).await?;
    Ok(row)
}

/// Somebody who knew it has left: the row is red until the secret was changed.
pub async fn secret_falls_due(work: &mut Work, row: &Privileged, left: PersonId) -> Result<()> {
    because(work, "privileged-why-left", None).await?;
    let now = work.now;
    only_once(store::set_secret_due(work.conn(), row, left, now).await?)?;
    let event = Event::done("privileged.secret_due", "privileged", row.id).about(left).within(row.department);
    let facts = json!({ "system": row.system_name, "account": row.name });
    work.record(event.by("privileged.ledger").facts(facts)).await?;
    call_for_change(work, row, left).await
}

/// 変更の依頼: whoever keeps the register is asked to have the secret changed.
async fn call_for_change(work: &mut Work, row: &Privileged, left: PersonId) -> Result<()> {
    let today = clock::local(work.now).date_naive();
    let words = Words(Lang::Ja);
    let account = format!("{} {}", row.system_name, row.name);
    let href = format!("{}/ledgers/privileged/{}", work.app().config().origin, row.id);
    for person in store::holders_of(work.conn(), Tier::Sysadmin.key(), today).await? {
        if person == left {
            continue;
        }
        let said = Message::new("privileged-mail-secret-due").with("account", &account);
        let letter = letter(&said, words.t1("privileged-mail-secret-due-body", "href", &href));
        let notice = Notice::new(person, "privileged.secret_due", said, ("privileged", row.id));
        let notice = notice.at(format!("/ledgers/privileged/{}", row.id)).under(Part::Due);
        work.notify(notice.at_once(AtOnce::Urgent, letter)).await?;
    }
    Ok(())
}

/// Records work with administrator rights: once for each line of an instruction.
pub async fn record_use(work: &mut Work, used: &Used) -> Result<()> {
    work.see_all().await?;
    let id = UseId::new(work.now);
    let now = work.now;
    if store::insert_use(work.conn(), id, used, now).await? == 0 {
        return Ok(());
    }
    let event = Event::done("privileged.used", "privileged_use", id).about(used.user).within(used.department);
    let facts = json!({
        "work": used.work, "from": used.from, "until": used.until, "line": used.line,
        "source": match used.source {
            super::model::Source::Instruction => "instruction",
            super::model::Source::Request => "request",
            super::model::Source::Unplanned => "unplanned",
        },
    });
    work.record(numbered(event, used.request.as_ref()).by("privileged.record").facts(facts)).await.map(drop)
}

fn numbered(event: Event, origin: Option<&Origin>) -> Event {
    match origin {
        Some(origin) => event.numbered(&origin.number),
        None => event,
    }
}

async fn because(work: &mut Work, why: &'static str, origin: Option<&Origin>) -> Result<()> {
    work.because(why, origin.map(|origin| origin.id.0)).await
}

fn taken(error: sqlx::Error) -> Error {
    match violated_constraint(&error) {
        Some("privileged_name_taken") => Refusal::NameTaken.into(),
        Some("privileged_after_approval") => Refusal::BeforeApproval.into(),
        Some("privileged_has_an_end") => Refusal::EndBeforeBegin.into(),
        _ => error.into(),
    }
}

fn only_once(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::Conflict("conflict-changed".into())) }
}
