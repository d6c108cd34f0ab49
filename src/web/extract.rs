//! Extractors whose refusals are pages of ours: address parts, filters, and the form that the guard has read.
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::forgery::RawForm;
use super::forms::FormInput;
use crate::kernel::error::{Error, Result};

/// Parts of the address. What does not parse is not found.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        // a NUL is in no number or id of ours, and no text column takes it
        if parts.uri.path().contains("%00") {
            return Err(Error::NotFound);
        }
        #[expect(clippy::disallowed_types, reason = "wrapped here, once")]
        let found = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        found.map(|path| Self(path.0)).map_err(|_| Error::NotFound)
    }
}

/// The query string. What does not parse counts as not given where `T` has defaults, else not found.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Default + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let found = axum_extra::extract::Query::<T>::from_request_parts(parts, state).await;
        Ok(Self(found.map(|query| query.0).unwrap_or_default()))
    }
}

/// The query string as it was typed, for pages whose questions are not known beforehand.
#[derive(Debug, Clone, Default)]
pub struct RawQuery(pub String);

impl<S: Send + Sync> FromRequestParts<S> for RawQuery {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(parts.uri.query().unwrap_or_default().to_owned()))
    }
}

/// The form that came, already proven to be ours (see `forgery`).
#[derive(Debug)]
pub struct Posted {
    /// what was typed
    pub input: FormInput,
    /// the key that makes a form sent twice count once
    pub once: Uuid,
    /// the whole body, for comparing a repeat
    pub body: Vec<u8>,
}

impl Posted {
    /// Refuses what the page never asked for.
    pub fn only(&self, names: &[&str]) -> Result<()> {
        self.asked(|name| names.contains(&name))
    }

    /// The same, where the names are not known beforehand.
    pub fn asked(&self, asks: impl Fn(&str) -> bool) -> Result<()> {
        self.input.only(asks).map_err(|_| Error::Forged("unasked"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Posted {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let input = parts.extensions.get::<FormInput>().cloned().ok_or(Error::Forged("no form"))?;
        let body = parts.extensions.get::<RawForm>().map(|raw| raw.0.to_vec()).unwrap_or_default();
        let once = input.once().and_then(|key| key.parse().ok()).ok_or(Error::Forged("no key"))?;
        Ok(Self { input, once, body })
    }
}

/// A form that asks nothing: whoever pressed its button has said everything.
#[derive(Debug)]
pub struct Pressed;

impl<S: Send + Sync> FromRequestParts<S> for Pressed {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Posted::from_request_parts(parts, state).await?.only(&[]).map(|()| Self)
    }
}
