//! The rotation of the keys that sign session tokens, with nobody noticing.
//!
//! Secrets Manager calls four steps, each of which may be run again at any time, also when the one before was
//! cut off in the middle:
//!
//! 1. `createSecret`: the current ring with one key more becomes the pending version
//! 2. `setSecret`: the new key is published; it signs only when every reader knows it
//! 3. `testSecret`: the ring that is to come can be verified by what is published. Publishes nothing: a new
//!    schedule runs it alone
//! 4. `finishSecret`: the pending version becomes the current one; then the older keys get their end
//!
//! No step waits: from when to when a key is good stands in the table, beside it. The logs say what was done.
//!
//! A pending ring that was not made of the current one (another rotation, or a withdrawal, came first) is given
//! up: it would lack a key that signs.
//!
//! `withdraw` is the emergency: every token ends within a minute.

mod event;
mod steps;
mod withdraw;

pub use event::{Action, Event, Step};

use auth::{
    session::{IssueError, TokenError, VerifierError},
    signing::{KeyRing, KeyRingError, PublicKey, rotate::RenewError},
};
use edge::{
    Ambient,
    secrets::{SecretError, Secrets, Version},
    telemetry,
};
use serde_json::{Value, json};
use store::{Published, Store, StoreError, Write};

/// How often a list is read again because another change came first.
const REREADS: u32 = 8;

/// The function of one process.
pub struct Rotation {
    store: Store,
    secrets: Secrets,
    secret: String,
}

/// Why a step was not done. Holds no value of the secret.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// The table cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secret cannot be read or written.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A version holds no ring.
    #[error("the secret holds no key ring")]
    Ring(#[from] KeyRingError),
    /// There can be no new key.
    #[error(transparent)]
    Renew(#[from] RenewError),
    /// The event is about another secret.
    #[error("the event names another secret")]
    OtherSecret,
    /// Nothing is published, or the secret has no value.
    #[error("the stack is not set up")]
    NotSetUp,
    /// The version of the event is not the pending one.
    #[error("the version of this rotation is not pending")]
    NotPending,
    /// The pending ring lacks a key that may be signing.
    #[error("the pending ring was made of one that is no longer current, and is given up: rotate again")]
    Stale,
    /// A key of the ring is not published.
    #[error("a key of the ring is not published")]
    NotPublished,
    /// What is published is no verifier.
    #[error(transparent)]
    Verifier(#[from] VerifierError),
    /// A key does not sign.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// A signature is not accepted.
    #[error("a token of the new ring is not accepted: {0}")]
    Token(#[from] TokenError),
    /// Others kept changing the list of keys.
    #[error("the published keys were changed too often at the same time")]
    Contended,
}

impl Rotation {
    /// Over this store, for the signing secret of this name.
    pub const fn new(store: Store, secrets: Secrets, secret: String) -> Self {
        Self { store, secrets, secret }
    }

    /// Does what the event asks for.
    ///
    /// # Errors
    /// What failed; it stands in the log. The same event may be sent again.
    pub async fn answer(&self, event: &Event, ambient: &mut Ambient) -> Result<Value, RotationError> {
        let done = match event {
            Event::Step { secret_id, .. } if *secret_id != self.secret => Err(RotationError::OtherSecret),
            Event::Step { step, client_request_token: token, .. } => match step {
                Step::CreateSecret => self.create(token, ambient).await,
                Step::SetSecret => self.set(token, ambient).await,
                Step::TestSecret => self.test(token, ambient).await,
                Step::FinishSecret => self.finish(token, ambient).await,
            },
            Event::Action { action: Action::Withdraw } => self.withdraw(ambient).await,
        };
        match &done {
            Ok(outcome) => tracing::info!(outcome, "rotation"),
            Err(error) => tracing::error!(error = telemetry::chain(error), "rotation failed"),
        }
        done.map(|outcome| json!({ "outcome": outcome }))
    }

    async fn published(&self) -> Result<Published, RotationError> {
        self.store.published().await?.ok_or(RotationError::NotSetUp)
    }

    /// Changes the list of keys that is published; again from the start where another change came first. What
    /// `change` looks at it sees later than the list, so nothing that was done to both in between is missed.
    async fn publish(
        &self,
        change: impl AsyncFn(&[PublicKey]) -> Result<Vec<PublicKey>, RotationError>,
    ) -> Result<(), RotationError> {
        for _ in 0..REREADS {
            let published = self.published().await?;
            let keys = change(&published.keys).await?;
            if keys == published.keys {
                return Ok(());
            }
            let version = published.version;
            let next = Published { keys, ..published };
            if self.store.publish(&next, Some(version)).await? == Write::Done {
                return Ok(());
            }
        }
        Err(RotationError::Contended)
    }
}

fn ring(version: &Version) -> Result<KeyRing, RotationError> {
    Ok(KeyRing::from_json(&version.text)?)
}
