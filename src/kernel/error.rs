//! One error type: a variant for each thing a person can act on, and one for what we must fix.
use std::borrow::Cow;

use chrono::{DateTime, Utc};

/// Words for a person: a key of the message catalogue with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// the catalogue key
    pub key: Cow<'static, str>,
    /// its arguments
    pub args: Vec<(&'static str, String)>,
}

impl Message {
    /// A message without arguments.
    #[must_use]
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), args: Vec::new() }
    }

    /// The same message with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl From<&'static str> for Message {
    fn from(key: &'static str) -> Self {
        Self::new(key)
    }
}

/// Why something did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 401 on a page that needs a sign-in
    #[error("sign in first")]
    SignInFirst,
    /// the password must be changed before anything else
    #[error("password must be changed")]
    ChangePasswordFirst,
    /// 404: does not exist, or is not in reach — the two look alike
    #[error("not found")]
    NotFound,
    /// 403: the function is not for this tier
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// 403: a forged or stale form
    #[error("forged form: {0}")]
    Forged(&'static str),
    /// 422: the rules say no, in words
    #[error("refused: {}", .0.key)]
    Refused(Message),
    /// 409: somebody else was quicker
    #[error("conflict: {}", .0.key)]
    Conflict(Message),
    /// 403 + form: the password has to be given again for this action
    #[error("step-up needed")]
    StepUp,
    /// 413: more was sent than any form of ours holds
    #[error("too large")]
    TooLarge,
    /// 429, and until when; without a moment it is over in about a minute
    #[error("too many attempts")]
    TooMany(Option<DateTime<Utc>>),
    /// 503
    #[error("busy")]
    Busy,
    /// 500: ours to mend
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

/// What handlers and actions answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(said) = &error {
            // the database repeats what the model says; these are its words for a refusal
            match said.code().as_deref() {
                Some("PT403") => return Self::Refused(Message::new("refused-own-matter")),
                Some("PT409") => return Self::Conflict(Message::new("conflict-changed")),
                _ => {}
            }
        }
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::PoolTimedOut => Self::Busy,
            other => Self::Internal(other.into()),
        }
    }
}

impl Error {
    /// The rules say no.
    #[must_use]
    pub fn refused(message: impl Into<Message>) -> Self {
        Self::Refused(message.into())
    }
}

/// The name of the violated constraint, to be mapped to the field it is about.
#[must_use]
pub fn violated_constraint(error: &sqlx::Error) -> Option<&str> {
    match error {
        sqlx::Error::Database(said) => said.constraint(),
        _ => None,
    }
}
