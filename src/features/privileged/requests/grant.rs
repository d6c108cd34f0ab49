//! 管理者権限付与申請・特権ID申請 (coop 24-1-2, 24-1-3, 24-1-5; osaka 11(1)②エ): for one person, system by system, with a
//! beginning and an end. Executing a line writes the ledger row; the portal's own line also opens a sign-in of its own.
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::model::{Granting, Refusal, account_name, at};
use super::super::{actions, store};
use super::{approved_at, fault, grouped, offered, origin, period_fault, system};
use crate::engines::requests::model::changes::RowLink;
use crate::engines::requests::model::form::Message;
use crate::engines::requests::model::{
    CellChange, ChangeSet, Choice, Content, FieldError, Options, Receipt, RowChange, RowKind, Shown, StepScope, Words,
};
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind, Reveal};
use crate::kernel::access::Permission;
use crate::kernel::audit::Event;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{DepartmentId, PersonId, SystemId};
use crate::kernel::text;
use crate::kernel::work::Work;

/// 管理者権限付与申請
pub(super) struct Grant;

/// What a line keeps: the system, and the rights asked for on it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wanted {
    system: SystemId,
    rights: Vec<Uuid>,
}

fn wanted(line: &Line) -> Result<Wanted> {
    Ok(serde_json::from_value(line.data.clone()).map_err(anyhow::Error::from)?)
}

fn holder(matter: &Matter<'_>) -> Result<PersonId> {
    matter.concerned.or_else(|| matter.content.person("person")).ok_or(Error::NotFound)
}

/// Does the section that owns the system decide?
fn by_the_owner(matter: &Matter<'_>) -> bool {
    matter.kind.steps.iter().any(|step| step.scope == StepScope::Owner)
}

#[async_trait]
impl RequestKind for Grant {
    fn key(&self) -> &'static str {
        "privileged.grant"
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::PrivilegedView)
    }

    /// Administrators file it, for whomever of the organisation needs the rights (24-1-2: 役職員等).
    fn for_every_section(&self) -> bool {
        true
    }

    async fn options(&self, conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
        let systems = store::list_systems(conn, ask.today).await?;
        let administered = systems.iter().filter(|system| system.rights.iter().any(|right| right.privileged));
        Ok(administered.map(|system| offered(system, true)).collect())
    }

    async fn owner(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Option<DepartmentId>> {
        match grouped(matter.content, "grants").first() {
            Some((id, _)) => Ok(Some(system(conn, *id).await?.owner)),
            None => Ok(None),
        }
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let person = store::find_person(conn, holder(&matter)?, matter.today).await?;
        let name = person.map(|person| person.full()).unwrap_or_default();
        let asked = grouped(matter.content, "grants");
        let Some((first, _)) = asked.first() else { return Ok(name) };
        let first = system(conn, *first).await?.name;
        let more = asked.len() - 1;
        Ok(text::noted(&name, &if more == 0 { first } else { format!("{first} ほか{more}") }))
    }

    fn reword(&self, _options: &Options, _content: &Content, errors: &mut [FieldError]) {
        for error in errors.iter_mut().filter(|error| error.field == "until") {
            if error.message.key == "requests-error-fill" {
                *error = fault("until", &Refusal::NoEnd);
            }
        }
    }

    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut owners = Vec::new();
        for (id, rights) in grouped(matter.content, "grants") {
            let system = system(conn, id).await?;
            faults.extend(system.apart(&rights).err().map(|refusal| fault("grants", &refusal)));
            owners.push(system.owner);
        }
        if by_the_owner(&matter) && owners.windows(2).any(|pair| pair[0] != pair[1]) {
            faults.push(FieldError::new("grants", Message::new("privileged-refused-one-owner")));
        }
        faults.truncate(1);
        faults.extend(period_fault(&matter));
        // the approval is still to come: nothing begins on a day that is over
        if matter.content.moment("from").is_some_and(|from| from.date() < matter.today) {
            faults.push(fault("from", &Refusal::BeforeApproval));
        }
        Ok(faults)
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let mut lines = Vec::new();
        for (id, rights) in grouped(matter.content, "grants") {
            let system = system(conn, id).await?;
            let subject = format!("{} — {}", system.name, system.names(&rights).join("、"));
            let data = serde_json::to_value(Wanted { system: id, rights }).map_err(anyhow::Error::from)?;
            lines.push(LineDraft { subject, data, row: None });
        }
        Ok(lines)
    }

    /// What will stand in the ledger, and how many privileged accounts the system has now (osaka 11(1)②エ).
    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let who = store::find_person(conn, holder(&matter)?, matter.today).await?.ok_or(Error::NotFound)?;
        let mut rows = Vec::new();
        for (line, (id, rights)) in (1u16..).zip(grouped(matter.content, "grants")) {
            let system = system(conn, id).await?;
            let now = store::count_on(conn, id).await?;
            let cell = |column: &str, before: Option<Words>, after: Option<Words>| CellChange {
                column: column.to_owned(),
                before,
                after,
            };
            let moment = |field: &str| matter.content.moment(field).map(Words::moment);
            rows.push(RowChange {
                line: Some(line),
                ledger: "privileged-title".to_owned(),
                row: None,
                what: format!("{} {}", system.name, who.full()),
                kind: RowKind::Added,
                cells: vec![
                    cell(
                        "privileged-count",
                        Some(Words::plain(now.to_string())),
                        Some(Words::plain((now + 1).to_string())),
                    ),
                    cell("privileged-holder", None, Some(Words::plain(who.full()))),
                    cell("privileged-scope", None, Some(Words::plain(system.names(&rights).join("、")))),
                    cell("privileged-from", None, moment("from")),
                    cell("privileged-until", None, moment("until")),
                ],
            });
        }
        Ok(ChangeSet { rows })
    }

    async fn beside(&self, conn: &mut PgConnection, _matter: Matter<'_>, line: &Line) -> Result<Vec<Shown>> {
        let wanted = wanted(line)?;
        let now = store::count_on(conn, wanted.system).await?;
        Ok(vec![Shown {
            field: "count".to_owned(),
            label: Words::key("privileged-count"),
            lines: vec![Words::plain(now.to_string())],
        }])
    }

    fn tidy(&self, _: &Line, result: &mut Content) {
        if let Some(Ok(name)) = result.text("issued_id").map(account_name) {
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
        let mut faults = Vec::new();
        match result.text("issued_id").map(account_name) {
            Some(Ok(name)) => {
                if store::ordinary_name(conn, holder(&matter)?, &name).await? {
                    faults.push(fault("issued_id", &Refusal::SameName));
                } else if store::name_taken(conn, wanted.system, &name).await? {
                    faults.push(fault("issued_id", &Refusal::NameTaken));
                }
            }
            Some(Err(refusal)) => faults.push(fault("issued_id", &refusal)),
            None => {}
        }
        let approved = approved_at(conn, &matter).await?;
        let given = result.moment("handed_over_at").map(at);
        // what is typed counts whole minutes, and an approval may have come within the same
        if let (Some(given), Some(approved)) = (given, approved)
            && given + chrono::TimeDelta::minutes(1) <= approved
        {
            faults.push(fault("handed_over_at", &Refusal::BeforeApproval));
        }
        Ok(faults)
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed> {
        let wanted = wanted(line)?;
        let system = system(work.conn(), wanted.system).await?;
        system.apart(&wanted.rights)?;
        let until = matter.content.moment("until").map(at).ok_or(Refusal::NoEnd)?;
        if until <= work.now {
            return Err(Refusal::Over.into());
        }
        let approved = approved_at(work.conn(), &matter).await?;
        // what was asked for an earlier hour begins when it is given: never before its approval
        let asked = matter.content.moment("from").map_or(work.now, at);
        if system.is_portal && asked > work.now {
            return Err(Refusal::TooEarly.into());
        }
        let person = holder(&matter)?;
        let granting = Granting {
            system: wanted.system,
            name: result.text("issued_id").unwrap_or_default().to_owned(),
            holder: person,
            // where the owning section decides, it also keeps the row
            department: if by_the_owner(&matter) { system.owner } else { matter.department },
            scope: system.names(&wanted.rights).join("、"),
            rights: wanted.rights,
            purpose: matter.content.text("reason").unwrap_or_default().to_owned(),
            from: asked.max(work.now),
            until,
            approved,
            request: Some(origin(&matter)?),
            safe_place: result.text("kept_at").unwrap_or_default().to_owned(),
            may_use: Vec::new(),
            secret_changed: None,
        };
        let granted = actions::grant(work, &granting).await?;
        record_handing_over(work, &matter, granted.id, person, result).await?;
        let row = RowLink { label: granting.name, href: format!("/ledgers/privileged/{}", granted.id) };
        let reveal = granted.code.map(|secret| Reveal { label: "accounts-code", basis: Reveal::OF_AN_ACCOUNT, secret });
        Ok(Executed { row: Some(row), reveal })
    }

    async fn acknowledged(&self, work: &mut Work, matter: Matter<'_>, line: &Line, receipt: &Receipt) -> Result<()> {
        let by = match receipt {
            Receipt::Own => "person",
            Receipt::Slip { .. } => "slip",
        };
        let event = Event::done("privileged.received", "request", matter.id).about(holder(&matter)?);
        let event = event.within(matter.department).numbered(origin(&matter)?.number);
        work.record(event.facts(json!({ "line": line.no, "subject": line.subject, "by": by }))).await.map(drop)
    }
}

/// 伝達: how, after which identity check and when; never what was handed over.
async fn record_handing_over(
    work: &mut Work,
    matter: &Matter<'_>,
    id: super::super::model::PrivilegedId,
    person: PersonId,
    result: &Content,
) -> Result<()> {
    let facts = json!({
        "method": result.text("handover_method"),
        "identity_check": result.text("identity_check"),
        "handed_over_at": result.text("handed_over_at"),
    });
    let event = Event::done("privileged.handed_over", "privileged", id).about(person).within(matter.department);
    work.record(event.numbered(origin(matter)?.number).facts(facts)).await.map(drop)
}
