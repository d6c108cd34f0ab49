//! Which faults of routes are known: what the nightly check found last.
use super::looking::{Extent, Place};
use crate::kernel::error::Result;
use chrono::NaiveDate;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Writes down what is found now and says which of it is new: not found before, or not for one of its sections. What is no longer
/// found is forgotten, and new when it comes again.
pub async fn settle(conn: &mut PgConnection, found: &[(Place, Extent)], today: NaiveDate) -> Result<Vec<Place>> {
    let mut now: BTreeMap<&Place, BTreeSet<Uuid>> = BTreeMap::new();
    for (place, extent) in found {
        now.entry(place).or_default().extend(extent.sections.iter().map(|section| section.0));
    }
    let key = |place: &Place| (place.kind.clone(), place.step.clone(), format!("{:?}", place.fault));
    let known = sqlx::query!("select kind, step, fault, sections from route_fault").fetch_all(&mut *conn).await?;
    let known: BTreeMap<_, Vec<Uuid>> =
        known.into_iter().map(|row| ((row.kind, row.step, row.fault), row.sections)).collect();
    let is_new = |place: &Place, sections: &BTreeSet<Uuid>| {
        known.get(&key(place)).is_none_or(|known| sections.iter().any(|section| !known.contains(section)))
    };
    let new = now.iter().filter(|(place, sections)| is_new(place, sections)).map(|(place, _)| (*place).clone());
    let new = new.collect();
    let rows = now.iter().map(|(place, sections)| {
        let (kind, step, fault) = key(place);
        json!({ "kind": kind, "step": step, "fault": fault, "sections": sections })
    });
    let rows = serde_json::Value::Array(rows.collect());
    sqlx::query!(
        r#"delete from route_fault f
            where not exists (select from jsonb_to_recordset($1) as x (kind text, step text, fault text)
                               where x.kind = f.kind and x.step = f.step and x.fault = f.fault)"#,
        rows,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        r#"insert into route_fault (kind, step, fault, sections, found_on)
           select x.kind, x.step, x.fault, x.sections, $2
             from jsonb_to_recordset($1) as x (kind text, step text, fault text, sections uuid[])
           on conflict (kind, step, fault) do update set sections = excluded.sections"#,
        rows,
        today,
    )
    .execute(conn)
    .await?;
    Ok(new)
}
