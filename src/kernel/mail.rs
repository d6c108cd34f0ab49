//! Mail: only through the outbox, written with its cause; a title and a link, nothing confidential.
use super::ids::PersonId;

/// One mail as its cause describes it.
#[derive(Debug, Clone)]
pub struct Mail {
    /// to whom
    pub person: PersonId,
    /// what it is about, for the administrator's screen: `request.returned`
    pub kind: &'static str,
    /// subject line
    pub subject: String,
    /// plain text: a title and a link built from the configured origin
    pub body: String,
    /// what it is about
    pub entity: &'static str,
    /// which one
    pub entity_id: String,
}
