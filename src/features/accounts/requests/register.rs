//! アカウント登録申請 (4.1.1): one person, one or more systems, each with the right asked for. Executing a line writes the
//! ledger row; the portal's own line also opens the sign-in, whose code is shown once.
use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::super::model::{Account, Frozen, Kind, Opening, Refusal, Right, StopReason, System, issued_name};
use super::super::{actions, store};
use super::{
    at, begun, beyond_role, by_owner, cell, compared, day, fault, grouped, implausible, level, named, not_apart,
    notice, offered, offered_movements, offered_systems, origin, owner, received, refused, system, too_early,
    unchanged, until_fault,
};
use crate::engines::requests::model::changes::RowLink;
use crate::engines::requests::model::form::Message;
use crate::engines::requests::model::{
    ChangeSet, Choice, Content, FieldError, Form, Options, Outcome, Receipt, RowChange, RowKind, Shown, When, Words,
};
use crate::engines::requests::store::under_way;
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind, Reveal};
use crate::kernel::access::Permission;
use crate::kernel::audit::Event;
use crate::kernel::clock::{Outside, Span};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{AccountId, DepartmentId, PersonId, SystemId};
use crate::kernel::text;
use crate::kernel::work::Work;
use crate::people::sign_ins::{create_sign_in, disable_sign_in, is_number_of_another};

/// アカウント登録申請
pub(super) struct Register;

/// What the binding asks about the handing over, where it asks.
const HANDING_OVER: &[&str] =
    &["handover_method", "identity_check", "identity_check_words", "handed_over_by", "handed_over_at"];

/// It is not carried out before its day.
const NOT_YET: &str = "accounts-refused-opened-too-early";

/// What a line keeps: the system, and the rights asked for on it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wanted {
    system: SystemId,
    /// the portal itself: the code is made by the work, and handed over after it
    #[serde(default)]
    portal: bool,
    /// for whom, by which another request for the same is known
    #[serde(default)]
    person: Option<PersonId>,
    rights: Vec<Uuid>,
    /// the system's rights as they stood when these were asked for
    #[serde(default)]
    scale: Vec<Frozen>,
}

fn wanted(line: &Line) -> Result<Wanted> {
    Ok(serde_json::from_value(line.data.clone()).map_err(anyhow::Error::from)?)
}

fn holder(matter: &Matter<'_>) -> Result<PersonId> {
    matter.concerned.or_else(|| matter.content.person("person")).ok_or(Error::NotFound)
}

/// The first of the systems on which this person has an account, or is about to have one.
async fn already(conn: &mut PgConnection, matter: &Matter<'_>, person: PersonId) -> Result<Option<FieldError>> {
    for (id, _) in grouped(matter.content, "grants") {
        if store::has_active(conn, person, SystemId(id)).await? {
            let name = system(conn, SystemId(id)).await?.name;
            return Ok(Some(fault("grants", &Refusal::AlreadyHas { system: name })));
        }
        let same = json!({ "system": id, "person": person });
        if let Some(number) = under_way(conn, Register.key(), &same, matter.id).await? {
            let name = Words::plain(system(conn, SystemId(id)).await?.name);
            let message = Message::new("accounts-refused-under-way").with("number", Words::plain(number));
            return Ok(Some(FieldError::new("grants", message.with("system", name))));
        }
    }
    Ok(None)
}

/// The systems asked for.
fn systems(matter: &Matter<'_>) -> Vec<SystemId> {
    grouped(matter.content, "grants").into_iter().map(|(system, _)| SystemId(system)).collect()
}

/// What is granted: what the executor chose, or exactly what was asked for.
fn granted(result: &Content, wanted: &Wanted) -> Vec<Uuid> {
    let chosen: Vec<Uuid> = result.uuid("granted").into_iter().collect();
    if chosen.is_empty() { wanted.rights.clone() } else { chosen }
}

#[async_trait]
impl RequestKind for Register {
    fn key(&self) -> &'static str {
        "account.register"
    }

    fn begins(&self, content: &Content) -> Option<NaiveDate> {
        content.date("from")
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::AccountsView)
    }

    async fn options(&self, conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
        if let Some(line) = ask.line {
            return within(conn, &wanted(line)?, ask.ordinary_rights).await;
        }
        if ask.source == "movements" {
            return offered_movements(conn, self.key(), ask).await;
        }
        offered_systems(conn, ask, |_| true).await
    }

    async fn owner(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<DepartmentId>> {
        Ok(owner(conn, &matter, systems(&matter)).await?.unwrap_or_default())
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let Some(person) = matter.concerned.or_else(|| matter.content.person("person")) else {
            return Ok(String::new());
        };
        let name = store::find_holder(conn, person).await?.map(|holder| holder.name).unwrap_or_default();
        let wanted = grouped(matter.content, "grants");
        let first = match wanted.first() {
            Some((id, _)) => {
                store::find_system(conn, SystemId(*id)).await?.map(|system| system.name).unwrap_or_default()
            }
            None => String::new(),
        };
        let more = wanted.len().saturating_sub(1);
        Ok(text::noted(&name, &if more == 0 { first } else { format!("{first} ほか{more}") }))
    }

    /// 非常勤の方: why they need an account, and until when, is asked for in words of its own.
    fn reword(&self, options: &Options, content: &Content, errors: &mut [FieldError]) {
        // the text that has accounts follow personnel changes says it in these words (coop 21-4-2)
        if !options.contains_key("movement") {
            return;
        }
        let person = content.person("person").map(|person| person.to_string());
        let chosen = options.get("person").and_then(|all| all.iter().find(|one| Some(&one.value) == person.as_ref()));
        let permanent = chosen.and_then(|one| one.facts.get("employment")).is_none_or(|kind| kind == "permanent");
        let needed = |error: &&mut FieldError| {
            matches!(error.field.as_str(), "reason" | "until") && error.message.key == "requests-error-fill"
        };
        for error in errors.iter_mut().filter(|_| !permanent).filter(needed) {
            error.message.key = "accounts-refused-need".into();
        }
    }

    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let mut faults = Vec::new();
        let holder = match matter.content.person("person") {
            Some(person) => store::find_holder(conn, person).await?,
            None => None,
        };
        let person = matter.content.person("person").filter(|_| holder.is_some());
        match (&holder, person) {
            (Some(holder), Some(person)) => {
                if holder.left_on.is_some_and(|left| left < matter.today) {
                    faults.push(at("person", "accounts-refused-left"));
                }
                faults.extend(already(conn, &matter, person).await?);
            }
            _ => faults.push(at("person", "accounts-refused-one-person")),
        }
        faults.extend(not_apart(conn, &matter, "grants", &grouped(matter.content, "grants")).await?);
        if let Err(refusal) = owner(conn, &matter, systems(&matter)).await? {
            faults.push(fault("grants", &refusal));
        }
        if let Some(person) = person.filter(|_| faults.is_empty()) {
            let asked = grouped(matter.content, "grants");
            faults.extend(beyond_role(conn, &matter, "grants", &[person.0], &asked).await?);
        }
        let holder = holder.as_ref();
        faults.extend(implausible(&matter, "from").or_else(|| begun(&matter, holder, "from")));
        faults.extend(implausible(&matter, "until"));
        faults.extend(until_fault(&matter, holder, false));
        Ok(faults)
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let mut lines = Vec::new();
        for (id, rights) in grouped(matter.content, "grants") {
            let system = system(conn, SystemId(id)).await?;
            let subject = format!("{} — {}", system.name, system.names(&rights).join("、"));
            let wanted = Wanted {
                system: system.id,
                portal: system.is_portal,
                person: Some(holder(&matter)?),
                rights,
                scale: system.scale(),
            };
            let data = serde_json::to_value(wanted).map_err(anyhow::Error::from)?;
            lines.push(LineDraft { subject, data, row: None });
        }
        Ok(lines)
    }

    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let person = holder(&matter)?;
        let Some(who) = store::find_holder(conn, person).await? else { return Ok(ChangeSet::default()) };
        let mut rows = Vec::new();
        for (line, (id, rights)) in (1u16..).zip(grouped(matter.content, "grants")) {
            let system = system(conn, SystemId(id)).await?;
            rows.push(RowChange {
                line: Some(line),
                ledger: "accounts-title".to_owned(),
                row: None,
                what: format!("{} {}", system.name, who.name),
                kind: RowKind::Added,
                cells: vec![
                    cell("accounts-holder", None, Some(Words::plain(&who.name))),
                    cell("accounts-rights", None, named(&system, &rights)),
                    cell("accounts-level", None, level(&system, &rights)),
                    cell("accounts-until", None, day(matter.content.date("until"))),
                    cell("accounts-state", None, Some(Words::key("accounts-state-active"))),
                ],
            });
        }
        // what the person has already, as far as the reader may see it
        for account in store::list_of_holder(conn, person).await? {
            let system = system(conn, account.system).await?;
            rows.push(unchanged(&account, &system));
        }
        Ok(ChangeSet { rows })
    }

    /// What is handed over must exist first: on the portal the code is made by the work itself, so the work is one part and
    /// its handing over the next (4.1.1-3-b).
    fn asks(&self, line: &Line, field: &str) -> bool {
        let portal = wanted(line).is_ok_and(|wanted| wanted.portal);
        !portal || HANDING_OVER.contains(&field) == line.begun.is_some()
    }

    async fn outcome(&self, _: &mut PgConnection, _: Matter<'_>, line: &Line, _: &Content) -> Result<Outcome> {
        let first = wanted(line)?.portal && line.begun.is_none();
        Ok(if first { Outcome::Begun } else { Outcome::Done { confirmed: None } })
    }

    async fn beside(&self, conn: &mut PgConnection, _matter: Matter<'_>, line: &Line) -> Result<Vec<Shown>> {
        let wanted = wanted(line)?;
        Ok(compared(&system(conn, wanted.system).await?, &wanted.rights))
    }

    /// A reason is asked for where a right may be set that goes beyond the standard ones, and owed when it is.
    async fn fit(&self, conn: &mut PgConnection, line: &Line, form: &mut Form) -> Result<()> {
        let wanted = wanted(line)?;
        let beyond = system(conn, wanted.system).await?.beyond_standard(&wanted.rights);
        if !beyond {
            form.drop_field("beyond_reason");
        } else if let Some(reason) = form.field_mut("beyond_reason") {
            reason.required = When::answered("granted.level", &["beyond"]);
        }
        Ok(())
    }

    /// The ID stands in the record as it stands in the ledger.
    fn complete(&self, line: &Line, result: &mut Content, by: PersonId) -> Result<()> {
        if result.text("handover_method").is_some() && result.person("handed_over_by").is_none() {
            result.set("handed_over_by", by.to_string().into());
        }
        if let ([right], None) = (wanted(line)?.rights.as_slice(), result.uuid("granted")) {
            result.set("granted", right.to_string().into());
        }
        Ok(())
    }

    fn tidy(&self, _: &Line, result: &mut Content) {
        if let Some(Ok(name)) = result.text("issued_id").map(issued_name) {
            result.set("issued_id", name.into());
        }
    }

    /// A right that is not offered lies beyond the request; a reason that is missing is asked for in the words of 4.1.1.
    fn amend(&self, _: &Line, errors: &mut Vec<FieldError>) {
        for error in errors.iter_mut() {
            match error.field.as_str() {
                "granted" => *error = fault("granted", &Refusal::BeyondRequest),
                "beyond_reason" if error.message.key == "requests-error-fill" => {
                    *error = fault("beyond_reason", &Refusal::BeyondStandard);
                }
                _ => {}
            }
        }
    }

    async fn suggest(&self, conn: &mut PgConnection, matter: Matter<'_>, line: &Line) -> Result<Content> {
        let wanted = wanted(line)?;
        let right = wanted.rights.first().map(Uuid::to_string).unwrap_or_default();
        let system = system(conn, wanted.system).await?;
        Ok(notice(Content::default().with("granted", right), &matter, &system, &wanted.rights))
    }

    async fn check_result(
        &self,
        conn: &mut PgConnection,
        matter: Matter<'_>,
        line: &Line,
        result: &Content,
    ) -> Result<Vec<FieldError>> {
        let wanted = wanted(line)?;
        if let Some(made) = line.begun.filter(|_| wanted.portal) {
            let early = result.moment("handed_over_at").and_then(|at| Span::between(made, made).holds(at).err());
            let early = early.filter(|outside| *outside == Outside::Before);
            return Ok(early.map(|_| at("handed_over_at", "accounts-refused-handed-over-early")).into_iter().collect());
        }
        let system = system(conn, wanted.system).await?;
        let granted = granted(result, &wanted);
        let mut faults: Vec<FieldError> = too_early(&matter, "from", NOT_YET).into_iter().collect();
        let in_use = store::list_systems(conn, matter.today).await?;
        if !in_use.iter().any(|system| system.id == wanted.system) {
            faults.push(fault("issued_id", &Refusal::SystemRetired));
        }
        if let Err(refusal) = system.within_request(&granted, &wanted.rights, &wanted.scale) {
            faults.push(fault("granted", &refusal));
        } else if system.beyond_standard(&granted) && result.text("beyond_reason").is_none() {
            faults.push(fault("beyond_reason", &Refusal::BeyondStandard));
        }
        let made = match made(line) {
            Some(id) => store::find(conn, id).await?,
            None => None,
        };
        match result.text("issued_id").map(issued_name) {
            // entered anew, and the same as before
            Some(Ok(name)) if made.as_ref().is_some_and(|made| made.name.eq_ignore_ascii_case(&name)) => {}
            Some(Ok(name)) => {
                let own = (Kind::Personal, holder(&matter)?);
                faults.extend(name_fault(conn, &matter, &system, &name, own).await?);
            }
            Some(Err(refusal)) => faults.push(fault("issued_id", &refusal)),
            None => {}
        }
        Ok(faults)
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed> {
        by_owner(work, &matter).await?;
        let wanted = wanted(line)?;
        let person = holder(&matter)?;
        if wanted.portal && line.begun.is_some() {
            let id = store::find_portal_account(work.conn(), person).await?;
            let Some(id) = id else { return Err(Error::Conflict("accounts-refused-code-gone".into())) };
            record_handing_over(work, &matter, id, person, result).await?;
            return Ok(Executed::default());
        }
        if let Some(fault) = too_early(&matter, "from", NOT_YET) {
            return Err(refused(fault));
        }
        let system = system(work.conn(), wanted.system).await?;
        let opening = self.opening(&matter, &wanted, result)?;
        system.within_request(&opening.rights, &wanted.rights, &wanted.scale)?;
        let id = actions::open(work, &opening).await?;
        actions::record_rights(work, id, &system, &opening, &wanted.rights).await?;
        if !wanted.portal {
            record_handing_over(work, &matter, id, person, result).await?;
        }
        let reveal = if wanted.portal {
            let code = create_sign_in(work, opening.holder, &opening.name).await?;
            Some(Reveal { label: "accounts-code", basis: Reveal::OF_AN_ACCOUNT, secret: Zeroizing::new(code.shown()) })
        } else {
            None
        };
        let row = RowLink { label: opening.name, href: format!("/ledgers/accounts/{id}") };
        Ok(Executed { row: Some(row), reveal })
    }

    /// An account of another system; one of the portal is a sign-in of its own by now.
    fn corrects(&self, line: &Line) -> bool {
        wanted(line).is_ok_and(|wanted| !wanted.portal)
    }

    async fn correct(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed> {
        by_owner(work, &matter).await?;
        let (wanted, person) = (wanted(line)?, holder(&matter)?);
        let id = made(line).ok_or(Error::NotFound)?;
        let system = system(work.conn(), wanted.system).await?;
        let opening = self.opening(&matter, &wanted, result)?;
        system.within_request(&opening.rights, &wanted.rights, &wanted.scale)?;
        actions::correct(work, id, &opening).await?;
        actions::record_rights(work, id, &system, &opening, &wanted.rights).await?;
        record_handing_over(work, &matter, id, person, result).await?;
        let row = RowLink { label: opening.name, href: format!("/ledgers/accounts/{id}") };
        Ok(Executed { row: Some(row), reveal: None })
    }

    /// What was made before its handing over is used by nobody: the sign-in with its code, and the row of the ledger, are
    /// stopped.
    async fn not_executed(
        &self,
        work: &mut Work,
        matter: Matter<'_>,
        line: &Line,
        _: &Outcome,
        _: &Content,
    ) -> Result<()> {
        if line.begun.is_none() || !wanted(line)?.portal {
            return Ok(());
        }
        let person = holder(&matter)?;
        if let Some(id) = store::find_portal_account(work.conn(), person).await? {
            actions::stop(work, id, matter.today, StopReason::Request, Some(&origin(&matter)?)).await?;
        }
        disable_sign_in(work, person, "request").await
    }

    async fn acknowledged(&self, work: &mut Work, matter: Matter<'_>, line: &Line, receipt: &Receipt) -> Result<()> {
        received(work, &matter, line, receipt).await
    }
}

/// The account that came of the work on a line, where that is entered anew.
fn made(line: &Line) -> Option<AccountId> {
    let id = line.made.as_deref()?.strip_prefix("/ledgers/accounts/")?;
    id.parse::<Uuid>().ok().map(AccountId)
}

/// The rights that may be set on a line: those asked for, and narrower ones of the same system.
async fn within(conn: &mut PgConnection, wanted: &Wanted, ordinary: bool) -> Result<Vec<Choice>> {
    let system = system(conn, wanted.system).await?;
    let may = |right: &Right| system.within_request(&[right.id], &wanted.rights, &wanted.scale).is_ok();
    let rights: Vec<Right> = system.rights.iter().filter(|right| may(right)).cloned().collect();
    let level = |right: &Right| if right.standard { "standard" } else { "beyond" };
    let choices = offered(&rights, ordinary).into_iter().zip(&rights);
    Ok(choices.map(|(choice, right)| choice.with_fact("level", level(right))).collect())
}

impl Register {
    fn opening(&self, matter: &Matter<'_>, wanted: &Wanted, result: &Content) -> Result<Opening> {
        let reason = matter.content.text("reason").unwrap_or_default();
        let necessity = match result.text("beyond_reason") {
            Some(beyond) => format!("{reason}\n{beyond}"),
            None => reason.to_owned(),
        };
        Ok(Opening {
            system: wanted.system,
            name: issued_name(result.text("issued_id").unwrap_or_default())?,
            holder: holder(matter)?,
            department: matter.department,
            rights: granted(result, wanted),
            necessity,
            kind: Kind::Personal,
            until: matter.content.date("until"),
            request: Some(origin(matter)?),
        })
    }
}

/// 伝達 (4.1.1-3-b): how, after which identity check, when and by whom; never what was handed over.
async fn record_handing_over(
    work: &mut Work,
    matter: &Matter<'_>,
    id: AccountId,
    holder: PersonId,
    result: &Content,
) -> Result<()> {
    let giver = result.person("handed_over_by").or(work.actor.person());
    let facts = json!({
        "method": result.text("handover_method"),
        "identity_check": result.text("identity_check"),
        "handed_over_at": result.text("handed_over_at"),
        "handed_over_by": giver,
    });
    let event = Event::done("account.handed_over", "account", id).about(holder).within(matter.department);
    let event = event.numbered(origin(matter)?.number).by("account.handover");
    work.record(event.facts(facts)).await.map(drop)
}

/// An ID that is taken is said at its field, before anything is written: in the regulation's own words where it has some.
pub(super) async fn name_fault(
    conn: &mut PgConnection,
    matter: &Matter<'_>,
    system: &System,
    name: &str,
    (kind, holder): (Kind, PersonId),
) -> Result<Option<FieldError>> {
    if system.is_portal && is_number_of_another(conn, name, holder).await? {
        return Ok(Some(fault("issued_id", &Refusal::NumberOfAnother)));
    }
    let Some(known) = store::find_named(conn, system.id, name).await? else { return Ok(None) };
    let account = store::find(conn, known).await?;
    // a stopped ID is opened again for the same person, and a shared one for those who share it now
    let again = |account: &Account| account.kind == kind && (kind == Kind::Shared || account.holder == holder);
    let refusal = match account {
        Some(account) if account.may_change().is_err() && again(&account) => return Ok(None),
        Some(account) if account.may_change().is_err() => Refusal::NameOfAnother,
        _ => Refusal::NameTaken,
    };
    Ok(Some(match &matter.kind.taken {
        Some(words) => {
            FieldError::new("issued_id", Message::new("accounts-refused-taken").with("words", words.clone()))
        }
        None => fault("issued_id", &refusal),
    }))
}
