//! 管理者パスワード等変更票 (coop 21-3): check, instruction, change. The value itself has no place in it: the ledger learns the
//! moment of the change and nothing else.
use async_trait::async_trait;
use serde_json::json;
use sqlx::PgConnection;

use super::super::model::{Privileged, PrivilegedId, Refusal, State, at};
use super::super::{actions, store};
use super::{fault, origin};
use crate::engines::requests::model::changes::RowLink;
use crate::engines::requests::model::{
    CellChange, ChangeSet, Choice, Content, FieldError, Options, RowChange, RowKind, Verdict, Words,
};
use crate::engines::requests::store::record;
use crate::engines::requests::{Ask, Executed, Line, LineDraft, Matter, RequestKind};
use crate::kernel::access::Permission;
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::PersonId;
use crate::kernel::work::Work;

/// 管理者パスワード等変更票
pub(super) struct Secret;

async fn asked(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Option<Privileged>> {
    match matter.content.uuid("secret") {
        Some(id) => Ok(store::find(conn, PrivilegedId(id)).await?),
        None => Ok(None),
    }
}

#[async_trait]
impl RequestKind for Secret {
    fn key(&self) -> &'static str {
        "privileged.secret"
    }

    fn rows_seen_with(&self) -> Option<Permission> {
        Some(Permission::PrivilegedView)
    }

    async fn options(&self, conn: &mut PgConnection, _ask: Ask<'_>) -> Result<Vec<Choice>> {
        let standing = store::list_standing(conn).await?;
        let choice = |row: &Privileged| {
            Choice::named(row.id.to_string(), format!("{} {}", row.system_name, row.name))
                .with_note(Words::plain(&row.holder_name))
        };
        Ok(standing.iter().map(choice).collect())
    }

    /// About an account, and about nobody.
    async fn concerned(&self, _conn: &mut PgConnection, _matter: Matter<'_>) -> Result<Option<PersonId>> {
        Ok(None)
    }

    async fn subject(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<String> {
        Ok(asked(conn, &matter).await?.map(|row| format!("{} {}", row.system_name, row.name)).unwrap_or_default())
    }

    async fn validate(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<FieldError>> {
        let row = asked(conn, &matter).await?;
        let ended = row.is_none_or(|row| row.state == State::Ended);
        Ok(ended.then(|| fault("secret", &Refusal::Ended)).into_iter().collect())
    }

    async fn lines(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<Vec<LineDraft>> {
        let row = asked(conn, &matter).await?.ok_or(Error::NotFound)?;
        let subject = format!("{} {}", row.system_name, row.name);
        let href = format!("/ledgers/privileged/{}", row.id);
        Ok(vec![LineDraft { subject, data: json!({ "privileged": row.id }), row: Some(href) }])
    }

    async fn plan(&self, conn: &mut PgConnection, matter: Matter<'_>) -> Result<ChangeSet> {
        let Some(row) = asked(conn, &matter).await? else { return Ok(ChangeSet::default()) };
        let before = row.secret_changed.map(|at| Words::moment(crate::kernel::clock::local(at).naive_local()));
        let cell = CellChange {
            column: "privileged-secret-changed".to_owned(),
            before,
            after: Some(Words::key("privileged-secret-when-changed")),
        };
        Ok(ChangeSet {
            rows: vec![RowChange {
                line: Some(1),
                ledger: "privileged-title".to_owned(),
                row: Some(link(&row)),
                what: format!("{} {}", row.system_name, row.holder_name),
                kind: RowKind::Changed,
                cells: vec![cell],
            }],
        })
    }

    /// What was not answered is no check.
    fn reword(&self, _options: &Options, _content: &Content, errors: &mut [FieldError]) {
        for error in errors.iter_mut().filter(|error| matches!(error.field.as_str(), "impact" | "checked")) {
            if error.message.key == "requests-error-fill" || error.message.key == "requests-error-choose" {
                *error = fault(&error.field.clone(), &Refusal::Impact);
            }
        }
    }

    /// The change is instructed only where the check found no disruption.
    async fn decided(&self, work: &mut Work, matter: Matter<'_>, verdict: &Verdict) -> Result<()> {
        if !matches!(verdict, Verdict::Approve { .. }) {
            return Ok(());
        }
        let round = i32::from(matter.round);
        let answers = record::answers(work.conn(), matter.id, round).await?;
        let instructed = matter.kind.step(crate::engines::requests::model::StepAct::Instruct);
        let instructs = answers.iter().any(|(step, _)| instructed.is_some_and(|known| known.key == *step));
        let checked = answers.iter().any(|(_, said)| said.text("impact") == Some("none"));
        if instructs && !checked { Err(Refusal::Impact.into()) } else { Ok(()) }
    }

    async fn execute(&self, work: &mut Work, matter: Matter<'_>, _line: &Line, result: &Content) -> Result<Executed> {
        let id = matter.content.uuid("secret").map(PrivilegedId).ok_or(Error::NotFound)?;
        let changed = result.moment("changed_at").map_or(work.now, at);
        let row = actions::secret_changed(work, id, changed, Some(&origin(&matter)?)).await?;
        Ok(Executed { row: Some(link(&row)), reveal: None })
    }
}

fn link(row: &Privileged) -> RowLink {
    RowLink { label: row.name.clone(), href: format!("/ledgers/privileged/{}", row.id) }
}
