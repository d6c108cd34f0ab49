//! パスワード問題報告: whoever fears for a password says so at once, and may stop their own ID in the same act. Those who
//! answer for the systems take measures, report upwards, and decide how it shall not happen again.
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::Feature;
use crate::engines::requests::model::{CellChange, ChangeSet, Content, FieldError, Message, RowChange, RowKind, Words};
use crate::engines::requests::{Executed, Line, LineDraft, Matter, RequestKind, store};
use crate::kernel::audit::Event;
use crate::kernel::clock::{local, moment};
use crate::kernel::error::{Error, Result};
use crate::kernel::work::Work;
use crate::people::sign_ins;
use crate::web::locale::{Lang, Words as Catalogue};

/// Words that are kept: the reader's language is not known.
const W: Catalogue = Catalogue(Lang::Ja);

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature { kinds: vec![Arc::new(Report)], ..Feature::default() }
}

/// パスワード問題報告
#[derive(Debug)]
struct Report;

/// When it happened, as a moment.
fn happened(content: &Content) -> Option<DateTime<Utc>> {
    content.moment("happened_at").map(moment)
}

/// Shall the ID that is named be stopped at once?
fn pauses(content: &Content) -> bool {
    content.get("pause") == Some(&Value::Bool(true)) || content.text("pause") == Some("yes")
}

/// 「3時間20分」
fn elapsed(w: Catalogue, time: TimeDelta) -> String {
    let minutes = time.num_minutes().max(0);
    let [days, hours, rest] = [minutes / 1440, minutes / 60 % 24, minutes % 60].map(|n| n.to_string());
    w.with("problems-elapsed", &[("days", &days), ("hours", &hours), ("minutes", &rest)]).into_owned()
}

#[async_trait]
impl RequestKind for Report {
    fn key(&self) -> &'static str {
        "problem.report"
    }

    async fn subject(&self, _: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        let account = matter.content.text("account").unwrap_or_default();
        Ok(W.t1("problems-subject", "account", account).into_owned())
    }

    /// Only one's own ID is stopped by one's own word; whose else is in danger is the officer's to see to.
    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let mut faults = Vec::new();
        if matter.content.moment("happened_at").is_some_and(|at| at.date() > matter.today) {
            faults.push(FieldError::new("happened_at", Message::new("problems-refused-to-come")));
        }
        let account = matter.content.text("account").unwrap_or_default();
        if pauses(matter.content) && sign_ins::person_with_login(conn, account).await? != matter.applicant {
            faults.push(FieldError::new("pause", Message::new("problems-refused-not-own")));
        }
        Ok(faults)
    }

    async fn lines(&self, _: &mut PgConnection, _: Matter<'_>) -> Result<Vec<LineDraft>> {
        Ok(vec![LineDraft { subject: W.t("problems-line").into_owned(), data: json!({}) }])
    }

    /// From when it happened to when it was reported.
    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let filed = store::find_by_id(conn, matter.id).await?.map(|request| request.filed_at);
        let (Some(happened), Some(filed)) = (happened(matter.content), filed) else { return Ok(ChangeSet::default()) };
        let cell = |column: &str, value: Words| CellChange {
            column: column.to_owned(),
            before: Some(value.clone()),
            after: Some(value),
        };
        let rows = vec![RowChange {
            line: None,
            ledger: "problems-times".to_owned(),
            row: None,
            what: matter.content.text("account").unwrap_or_default().to_owned(),
            kind: RowKind::Unchanged,
            cells: vec![
                cell("problems-happened", Words::moment(local(happened).naive_local())),
                cell("problems-reported", Words::moment(local(filed).naive_local())),
                cell("problems-between", Words::plain(elapsed(W, filed - happened))),
            ],
        }];
        Ok(ChangeSet { rows })
    }

    /// Whoever would close it first hears what is still missing.
    fn not_yet(&self, step: &str) -> Option<&'static str> {
        match step {
            "handle" | "report" => Some("problems-refused-report-first"),
            "prevent" => Some("problems-refused-prevention-first"),
            "council" => Some("problems-refused-council-first"),
            _ => None,
        }
    }

    async fn filed(&self, work: &mut Work, matter: Matter<'_>) -> Result<()> {
        let at = happened(matter.content).ok_or(Error::NotFound)?;
        if at > work.now {
            return Err(Error::refused("problems-refused-to-come"));
        }
        let number = matter.number.map(ToString::to_string).unwrap_or_default();
        let facts = json!({
            "account": matter.content.text("account"),
            "happened_at": at,
            "minutes": (work.now - at).num_minutes(),
            "paused": pauses(matter.content),
        });
        let event = Event::done("problem.reported", "request", matter.id).within(matter.department);
        work.record(event.numbered(&number).by(self.key()).facts(facts)).await?;
        match matter.applicant.filter(|_| pauses(matter.content)) {
            // whoever reports keeps no sign-ins; their word about their own is enough
            Some(person) => {
                work.see_all().await?;
                sign_ins::suspend(work, person, &number).await
            }
            None => Ok(()),
        }
    }

    async fn execute(&self, _: &mut Work, _: Matter<'_>, _: &Line, _: &Content) -> Result<Executed> {
        Ok(Executed::default())
    }
}
