//! What can be done to a log or past it, each with its key for catalogues and its sentence for the command line.
use std::fmt;

use serde::Serialize;

/// What was done to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tampering {
    /// an event's sealed content was rewritten
    ContentChanged,
    /// an event's seal was rewritten
    SealChanged,
    /// a searchable column says something else than the sealed content
    ColumnChanged,
    /// an event was put in through the front door by somebody without the key
    Forged,
    /// an event was sealed anew by somebody with the key
    Resealed,
    /// an event is gone, its place in the chain is not
    EventDeleted,
    /// an event that is not in the chain
    EventUnchained,
    /// a row of the chain is gone
    LinkDeleted,
    /// a row of the chain carries another leaf
    LeafChanged,
    /// a row of the chain carries another hash
    LinkChanged,
    /// two rows changed places
    Exchanged,
    /// the chain was calculated anew from here or earlier: a signed checkpoint says otherwise
    Rewritten,
    /// the end of the log is gone
    Truncated,
    /// the head does not point at the end of the chain
    HeadChanged,
    /// a checkpoint whose signature is false
    CheckpointForged,
    /// a checkpoint that lies in the files but no longer in the database
    CheckpointDeleted,
    /// another log stands where this one stood
    LogReplaced,
    /// the triggers that protect the log are missing or switched off
    ProtectionOff,
    /// a row of a ledger, a decision or a right is not as the log last left it
    RowChanged,
    /// a row that the log knows is gone
    RowDeleted,
    /// a row that the log never saw come
    RowUnknown,
}

impl Tampering {
    /// The key in catalogues and machine-readable reports.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::ContentChanged => "content_changed",
            Self::SealChanged => "seal_changed",
            Self::ColumnChanged => "column_changed",
            Self::Forged => "forged",
            Self::Resealed => "resealed",
            Self::EventDeleted => "event_deleted",
            Self::EventUnchained => "event_unchained",
            Self::LinkDeleted => "link_deleted",
            Self::LeafChanged => "leaf_changed",
            Self::LinkChanged => "link_changed",
            Self::Exchanged => "exchanged",
            Self::Rewritten => "rewritten",
            Self::Truncated => "truncated",
            Self::HeadChanged => "head_changed",
            Self::CheckpointForged => "checkpoint_forged",
            Self::CheckpointDeleted => "checkpoint_deleted",
            Self::LogReplaced => "log_replaced",
            Self::ProtectionOff => "protection_off",
            Self::RowChanged => "row_changed",
            Self::RowDeleted => "row_deleted",
            Self::RowUnknown => "row_unknown",
        }
    }
}

impl fmt::Display for Tampering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContentChanged => "the content of an event was rewritten",
            Self::SealChanged => "the seal of an event was rewritten",
            Self::ColumnChanged => "a column differs from the sealed content",
            Self::Forged => "an event was inserted without the key",
            Self::Resealed => "an event was sealed anew with the key",
            Self::EventDeleted => "an event was deleted",
            Self::EventUnchained => "an event is not in the chain",
            Self::LinkDeleted => "a row of the chain was deleted",
            Self::LeafChanged => "the leaf in a row of the chain was changed",
            Self::LinkChanged => "the hash in a row of the chain was changed",
            Self::Exchanged => "two rows were exchanged",
            Self::Rewritten => "the chain was calculated anew; a signed checkpoint says otherwise",
            Self::Truncated => "the end of the log was cut off",
            Self::HeadChanged => "the head does not point at the end of the chain",
            Self::CheckpointForged => "a checkpoint has a false signature",
            Self::CheckpointDeleted => "a checkpoint was removed from the database",
            Self::LogReplaced => "the log was replaced by another",
            Self::ProtectionOff => "the triggers that protect the log are missing or switched off",
            Self::RowChanged => "a row was changed past the portal",
            Self::RowDeleted => "a row was deleted past the portal",
            Self::RowUnknown => "a row was put in past the portal",
        })
    }
}
