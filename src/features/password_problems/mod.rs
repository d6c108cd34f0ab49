//! パスワード問題報告: whoever fears for a password says so at once, and may stop their own ID in the same act. Those who
//! answer for the systems take measures, report upwards, and decide how it shall not happen again.
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{Feature, Reaction};
use crate::engines::requests::actions::filing::{Filed, file};
use crate::engines::requests::actions::{Hand, kinds};
use crate::engines::requests::model::{
    CellChange, ChangeSet, Content, FieldError, Message, RowChange, RowKind, Typed, Words,
};
use crate::engines::requests::{Executed, Line, LineDraft, Matter, RequestKind, store};
use crate::kernel::access::Viewer;
use crate::kernel::audit::{Event, Recorded};
use crate::kernel::clock::{local, moment};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::{PersonId, RequestId, uuid_at};
use crate::kernel::work::Work;
use crate::people::elsewhere::{self, ElsewhereId};
use crate::people::store::{Facts, viewer_of};
use crate::people::{permissions, sign_ins};
use crate::web::locale::{Lang, Words as Catalogue};

/// Words that are kept: the reader's language is not known.
const W: Catalogue = Catalogue(Lang::Ja);

/// The feature.
#[must_use]
pub fn feature() -> Feature {
    Feature {
        kinds: vec![Arc::new(Report)],
        reacts: vec![(elsewhere::DISOWNED, disowned as Reaction)],
        ..Feature::default()
    }
}

/// 「自分ではない」: the record of the problem is filed in the name of the person who said so, where the regulation has one.
fn disowned<'a>(work: &'a mut Work, recorded: &'a Recorded) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let Ok(registered) = kinds(work.app())?.get(KIND).cloned() else { return Ok(()) };
        let Some(person) = recorded.actor else { return Ok(()) };
        let Some(viewer) = viewer(work, person).await? else { return Ok(()) };
        let typed = said(work, &viewer, &recorded.event).await?;
        let hand = Hand::new(work.app(), &Arc::new(viewer), W)?;
        let id = RequestId::new(work.now);
        let filed = match file(work, &hand, &registered, id, typed).await {
            Err(Error::Refused(why) | Error::Conflict(why)) => {
                tracing::error!(%person, why = %why.key, "the record of a password problem could not be filed");
                return Ok(());
            }
            filed => filed?,
        };
        match filed {
            Filed::Done { number } => {
                let found = recorded.event.facts.get("elsewhere").and_then(Value::as_str);
                match found.and_then(ElsewhereId::drawn) {
                    Some(found) => elsewhere::reported(work, found, &number).await,
                    None => Ok(()),
                }
            }
            // what ends the sessions must not fail for a form; who watches is told by the event itself
            Filed::Mend(draft) => {
                tracing::error!(%person, faults = ?draft.errors, "the record of a password problem could not be filed");
                Ok(())
            }
        }
    })
}

/// The person as one who files today.
async fn viewer(work: &mut Work, person: PersonId) -> Result<Option<Viewer>> {
    let table = permissions::in_force(work.app())?;
    let (today, now) = (local(work.now).date_naive(), work.now);
    let facts = Facts {
        session: work.actor.session.clone(),
        source: work.actor.source,
        request_ref: work.actor.request_ref.unwrap_or_else(|| uuid_at(now)),
        must_change_password: true,
        unread: 0,
    };
    Ok(viewer_of(work.conn(), &table, person, today, facts).await?)
}

/// What the form says: which ID, since when, and what was found.
async fn said(work: &mut Work, viewer: &Viewer, event: &Event) -> Result<Typed> {
    let sign_in = sign_ins::sign_in_of(work.conn(), viewer.person).await?.ok_or(Error::NotFound)?;
    let fact = |name: &str| event.facts.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let found: DateTime<Utc> = fact("at").parse().unwrap_or(work.now);
    let content = W.t2("problems-disowned", "source", fact("source"), "browser", fact("browser"));
    let pair = |name: &str, value: String| (name.to_owned(), value);
    Ok(Typed::new([
        pair("department", viewer.main_post().map(|post| post.department.to_string()).unwrap_or_default()),
        pair("account", sign_in.login),
        pair("happened_at", local(found).format("%Y-%m-%dT%H:%M").to_string()),
        pair("content", content.into_owned()),
    ]))
}

const KIND: &str = "problem.report";

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
        KIND
    }

    fn presses(&self) -> bool {
        true
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
        let named = !account.is_empty() && pauses(matter.content);
        if named && sign_ins::person_with_login(conn, account).await? != matter.applicant {
            faults.push(FieldError::new("pause", Message::new("problems-refused-not-own")));
        }
        Ok(faults)
    }

    async fn lines(&self, _: &mut PgConnection, _: Matter<'_>) -> Result<Vec<LineDraft>> {
        Ok(vec![LineDraft { subject: W.t("problems-line").into_owned(), data: json!({}), row: None }])
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
            kind: RowKind::Facts,
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

    fn acts_on_receipt(&self) -> bool {
        true
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
