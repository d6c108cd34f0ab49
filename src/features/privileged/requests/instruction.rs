//! 管理者権限使用指示 (coop 21-2): the security office instructs, the administrator works as instructed and answers with the
//! result; one instruction, one record of work.
use async_trait::async_trait;
use chrono::NaiveDateTime;
use serde_json::json;
use sqlx::PgConnection;

use super::super::model::{Refusal, Source, Used, at};
use super::super::{actions, store};
use super::{fault, label, offered, origin, period_fault, system};
use crate::engines::requests::model::form::Message;
use crate::engines::requests::model::{Choice, Content, FieldError, Options, StepAct, Words};
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind};
use crate::kernel::access::Permission;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{PersonId, SystemId};
use crate::kernel::work::Work;

/// 管理者権限使用指示
pub(super) struct Instruction {
    key: &'static str,
}

/// The administrator asks for it.
pub(super) const ASKED_FOR: Instruction = Instruction { key: "privileged.use" };
/// The office gives it by itself.
pub(super) const GIVEN: Instruction = Instruction { key: "privileged.order" };

/// Work that would have ended before it began.
fn ended_before(matter: &Matter<'_>, begun: NaiveDateTime) -> FieldError {
    let Some(step) = matter.kind.step(StepAct::Execute) else { return fault("used_until", &Refusal::EndBeforeBegin) };
    let message = Message::new("form-time-after").with("label", label(&step.result, "used_until"));
    let message = message.with("start", label(&step.result, "used_from")).with("day", Words::moment(begun));
    FieldError::new("used_until", message)
}

fn on(matter: &Matter<'_>) -> Option<SystemId> {
    matter.content.uuid("systems").map(SystemId)
}

#[async_trait]
impl RequestKind for Instruction {
    fn key(&self) -> &'static str {
        self.key
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::PrivilegedView)
    }

    async fn options(&self, conn: &mut PgConnection, ask: Ask<'_>) -> Result<Vec<Choice>> {
        Ok(store::list_systems(conn, ask.today).await?.iter().map(|system| offered(system, false)).collect())
    }

    /// About a system, and about nobody.
    async fn concerned(&self, _conn: &mut PgConnection, _matter: Matter<'_>) -> Result<Option<PersonId>> {
        Ok(None)
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        match on(&matter) {
            Some(id) => Ok(system(conn, id).await?.name),
            None => Ok(String::new()),
        }
    }

    fn reword(&self, _options: &Options, _content: &Content, errors: &mut [FieldError]) {
        for error in errors.iter_mut().filter(|error| error.field == "until") {
            if error.message.key == "requests-error-fill" {
                *error = fault("until", &Refusal::NoEnd);
            }
        }
    }

    async fn validate(&self, _conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        Ok(period_fault(&matter).into_iter().collect())
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let id = on(&matter).ok_or(Error::NotFound)?;
        let subject = system(conn, id).await?.name;
        Ok(vec![LineDraft { subject, data: json!({ "system": id }), row: None }])
    }

    /// The work lies within the period that was instructed.
    async fn check_result(
        &self,
        _conn: &mut PgConnection,
        matter: Matter<'_>,
        _line: &Line,
        result: &Content,
    ) -> Result<Vec<FieldError>> {
        let (begun, ended) = (result.moment("used_from"), result.moment("used_until"));
        let mut faults = Vec::new();
        if let Some((begun, _)) = begun.zip(ended).filter(|(begun, ended)| ended < begun) {
            faults.push(ended_before(&matter, begun));
        }
        let outside = |field: &str| FieldError::new(field, Message::new("privileged-refused-outside"));
        if begun.zip(matter.content.moment("from")).is_some_and(|(begun, from)| begun < from) {
            faults.push(outside("used_from"));
        }
        if ended.zip(matter.content.moment("until")).is_some_and(|(ended, until)| ended > until) {
            faults.push(outside("used_until"));
        }
        Ok(faults)
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, line: &Line, result: &Content) -> Result<Executed> {
        let user = work.actor.person().ok_or(Error::NotFound)?;
        let used = Used {
            account: None,
            system: on(&matter),
            user,
            department: matter.department,
            source: Source::Instruction,
            work: matter.content.text("work").unwrap_or_default().to_owned(),
            result: result.text("result").unwrap_or_default().to_owned(),
            from: result.moment("used_from").map_or(work.now, at),
            until: result.moment("used_until").map_or(work.now, at),
            request: Some(origin(&matter)?),
            line: line.no,
        };
        actions::record_use(work, &used).await?;
        Ok(Executed::default())
    }
}
