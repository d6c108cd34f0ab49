//! The request kinds of administrator rights: granting (coop 24), using by instruction (21-2) and changing secrets (21-3).
mod grant;
mod instruction;
mod secret;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Origin, Refusal, System, period};
use super::store;
use crate::engines::requests::model::form::Message;
use crate::engines::requests::model::{Choice, Content, FieldError, Form, Words};
use crate::engines::requests::store::record;
use crate::engines::requests::{Matter, RequestKind};
use crate::kernel::error::{Error, Result};
use crate::kernel::ids::SystemId;

/// The kinds, for portal.rs.
pub fn kinds() -> Vec<Arc<dyn RequestKind>> {
    vec![
        Arc::new(grant::Grant),
        Arc::new(instruction::ASKED_FOR),
        Arc::new(instruction::GIVEN),
        Arc::new(secret::Secret),
    ]
}

/// Rights asked for, system by system, in the order of the form.
fn grouped(content: &Content, field: &str) -> Vec<(SystemId, Vec<Uuid>)> {
    let mut order = Vec::new();
    let mut rights: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for grant in content.grants(field) {
        let Ok(right) = grant.right.parse() else { continue };
        let known = rights.entry(grant.system).or_default();
        if known.is_empty() {
            order.push(grant.system);
        }
        known.push(right);
    }
    order.into_iter().filter_map(|id| rights.remove(&id).map(|rights| (SystemId(id), rights))).collect()
}

/// A system as a form offers it; without rights where none are asked for.
fn offered(system: &System, with_rights: bool) -> Choice {
    let choice =
        Choice::named(system.id.to_string(), &system.name).with_aliases([system.code.clone(), system.reading.clone()]);
    // whether it is the portal itself decides on a step of some routes
    let choice = choice.with_fact("portal", if system.is_portal { "yes" } else { "no" });
    if !with_rights {
        return choice;
    }
    let note = |privileged| Words::key(if privileged { "privileged-right" } else { "privileged-right-ordinary" });
    let rights = system
        .rights
        .iter()
        .map(|right| Choice::named(right.id.to_string(), &right.name).with_note(note(right.privileged)));
    choice.with_rights(rights.collect())
}

/// A refusal at a field.
fn fault(field: &str, refusal: &Refusal) -> FieldError {
    FieldError::new(field, Message::new(refusal.key()))
}

/// What a form calls a field.
fn label(form: &Form, field: &str) -> Words {
    form.field(field).map_or_else(|| Words::plain(field), |field| field.label.clone())
}

/// What is wrong with the period that is asked for, at its end: with the names of both fields and the day or moment that limits it.
fn period_fault(matter: &Matter<'_>) -> Option<FieldError> {
    let (form, content) = (&matter.kind.form, matter.content);
    let from = content.moment("from");
    let refusal = period(from, content.moment("until"), matter.today).err()?;
    let message = |key| Message::new(key).with("label", label(form, "until"));
    Some(match (&refusal, from) {
        (Refusal::EndBeforeBegin, Some(from)) => {
            let message = message("form-time-after").with("start", label(form, "from"));
            FieldError::new("until", message.with("day", Words::moment(from)))
        }
        (Refusal::Over, _) => {
            FieldError::new("until", message("form-day-not-before-today").with("day", Words::day(matter.today)))
        }
        _ => fault("until", &refusal),
    })
}

async fn system(conn: &mut PgConnection, id: SystemId) -> Result<System> {
    store::find_system(conn, id).await?.ok_or(Error::NotFound)
}

/// The request as the ledger names it.
fn origin(matter: &Matter<'_>) -> Result<Origin> {
    let number = matter.number.ok_or_else(|| anyhow::anyhow!("a request without a number is being executed"))?;
    Ok(Origin { id: matter.id, number: number.to_string() })
}

/// When the last of those who decide had approved this round; nothing where nobody has.
async fn approved_at(conn: &mut PgConnection, matter: &Matter<'_>) -> Result<Option<DateTime<Utc>>> {
    record::approved_at(conn, matter.id, i32::from(matter.round)).await
}
