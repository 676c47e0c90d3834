//! The verifier of session tokens, with public keys that are at most a minute old.

use crate::KEYS_AGE;
use auth::session::{Claims, TokenError, Verifier, VerifierError};
use edge::Cached;
use std::sync::Arc;
use store::{Store, StoreError};
use time::{Duration, OffsetDateTime};

/// A token with an unknown `kid` rereads the keys, but not more often than this, whoever sends it.
const UNKNOWN_KID_AGE: Duration = Duration::seconds(10);

/// Why a token could not be verified at all, which is not the token's fault.
#[derive(Debug, thiserror::Error)]
pub enum Unverified {
    /// The keys cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They are not there.
    #[error("no signing keys are published: setup has not run")]
    NotSetUp,
    /// They are not of use.
    #[error(transparent)]
    Keys(#[from] VerifierError),
}

/// Verifies the session tokens of one deployment.
#[derive(Debug)]
pub struct Verifiers {
    store: Store,
    verifier: Cached<Verifier>,
}

impl Verifiers {
    /// With the keys that are published in this store.
    pub const fn new(store: Store) -> Self {
        Self { store, verifier: Cached::new(KEYS_AGE) }
    }

    /// Reads the keys, so that the first token need not wait for them.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub async fn warm(&self, now: OffsetDateTime) -> Result<(), Unverified> {
        self.verifier(now, KEYS_AGE).await.map(|_| ())
    }

    /// The claims of a token, if it is good at `now`.
    ///
    /// # Errors
    /// [`Unverified`]; the inner error is the token's own.
    pub async fn verify(
        &self,
        token: &str,
        now: OffsetDateTime,
    ) -> Result<Result<Claims, TokenError>, Unverified> {
        self.with(now, |verifier| verifier.verify(token, now)).await
    }

    /// As [`Verifiers::verify`], `exp` aside: for what ends a session.
    ///
    /// # Errors
    /// As [`Verifiers::verify`].
    pub async fn verify_expired(
        &self,
        token: &str,
        now: OffsetDateTime,
    ) -> Result<Result<Claims, TokenError>, Unverified> {
        self.with(now, |verifier| verifier.verify_expired(token, now)).await
    }

    async fn with(
        &self,
        now: OffsetDateTime,
        verify: impl Fn(&Verifier) -> Result<Claims, TokenError>,
    ) -> Result<Result<Claims, TokenError>, Unverified> {
        let verified = verify(&*self.verifier(now, KEYS_AGE).await?);
        if matches!(verified, Err(TokenError::UnknownKey)) {
            return Ok(verify(&*self.verifier(now, UNKNOWN_KID_AGE).await?));
        }
        Ok(verified)
    }

    async fn verifier(&self, now: OffsetDateTime, age: Duration) -> Result<Arc<Verifier>, Unverified> {
        self.verifier
            .get_younger(now, age, async || {
                let published = self.store.published().await?.ok_or(Unverified::NotSetUp)?;
                Ok(Verifier::new(&published.base_url, &published.keys)?)
            })
            .await
    }
}
