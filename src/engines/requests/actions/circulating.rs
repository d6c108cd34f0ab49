//! 回覧: whoever was told of a request says that they have read it. Nothing waits for it, and the morning's mail says no more about it.
use super::moving::{TOLD, event};
use super::{Hand, in_sight};
use crate::engines::requests::store::{self, circulation};
use crate::kernel::error::{Error, Message, Result};
use crate::kernel::notices;
use crate::kernel::work::Work;
use serde_json::json;

/// Notes that this person has read what they were told of.
pub async fn read(work: &mut Work, hand: &Hand, number: &str) -> Result<()> {
    let request = store::find(work.conn(), number).await?;
    let request = request.filter(|request| in_sight(&hand.viewer, request)).ok_or(Error::NotFound)?;
    let told = circulation::list(work.conn(), request.request_id()).await?;
    let mine: Vec<_> =
        told.iter().filter(|one| one.natural == hand.viewer.natural.0 && one.read_at.is_none()).collect();
    if mine.is_empty() {
        return Err(Error::Refused(Message::new("requests-refused-nothing-to-read")));
    }
    let now = work.now;
    for one in &mine {
        circulation::insert_read(work.conn(), one.id, hand.viewer.person, now).await?;
    }
    notices::settle(work.conn(), &[TOLD], number, now).await?;
    let facts = json!({ "steps": mine.iter().map(|one| one.step).collect::<Vec<_>>() });
    work.record(event("request.read", &request).facts(facts)).await.map(drop)
}
