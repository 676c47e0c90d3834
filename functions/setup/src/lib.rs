//! The custom resource `Setup`: what a new stack needs before anyone can log in.
//!
//! On Create and on Update, in this order, each step skipping what is there:
//!
//! 1. a signing key in the signing secret, if it has none
//! 2. the public keys and the base URL in the table
//! 3. the first admin's password in its secret, if it has none
//! 4. the organization, its policy and the first admin, in one transaction
//!
//! Killed between any two, it goes on where it was when it is run again. It never resets an admin: an
//! organization that is there is left alone. Delete does nothing, because table and secrets are retained.

mod event;
mod first_admin;
mod signing;
mod stack;

pub use event::Event;

use auth::signing::{GenerateError, KeyRingError};
use edge::{Ambient, secrets::SecretError, secrets::Secrets, telemetry};
use serde_json::{Value, json};
use store::{Store, StoreError};

/// One constant physical id: a changed one would make CloudFormation delete the old resource.
const PHYSICAL_ID: &str = "qarion-auth-setup";

/// The custom resource of one process.
pub struct Setup {
    store: Store,
    secrets: Secrets,
    signing_secret: String,
    first_admin_secret: String,
}

/// Why the stack is not set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    #[error("the property {0} is absent or not valid")]
    Property(&'static str),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the signing secret holds no key ring")]
    KeyRing(#[from] KeyRingError),
    #[error(transparent)]
    Generate(#[from] GenerateError),
    #[error("the first password could not be hashed")]
    Hash,
    #[error("the first admin's secret does not hold a password")]
    FirstAdminSecret,
    #[error("the public keys were changed by somebody else at the same time")]
    Conflict,
}

impl Setup {
    /// Over this store and the two secrets of these names.
    pub const fn new(
        store: Store,
        secrets: Secrets,
        signing_secret: String,
        first_admin_secret: String,
    ) -> Self {
        Self { store, secrets, signing_secret, first_admin_secret }
    }

    /// The answer for CloudFormation. A failure's reason names what failed and holds no value.
    pub async fn answer(&self, event: &Event, ambient: &mut Ambient) -> Value {
        let outcome = match event.request_type.as_str() {
            "Delete" => Ok(()),
            _ => self.set_up(event, ambient).await,
        };
        let mut answer = json!({
            "Status": "SUCCESS",
            "PhysicalResourceId": PHYSICAL_ID,
            "StackId": event.stack_id,
            "RequestId": event.request_id,
            "LogicalResourceId": event.logical_resource_id,
        });
        if let (Err(error), Some(answer)) = (outcome, answer.as_object_mut()) {
            tracing::error!(error = telemetry::chain(&error), "setup failed");
            answer.insert("Status".into(), "FAILED".into());
            answer.insert("Reason".into(), reason(&error).into());
        }
        answer
    }

    async fn set_up(&self, event: &Event, ambient: &mut Ambient) -> Result<(), SetupError> {
        let properties = event.properties()?;
        signing::publish(self, event, &properties, ambient).await?;
        first_admin::create(self, event, &properties, ambient).await
    }
}

/// For the one who deploys: what to look at. The log has the rest.
fn reason(error: &SetupError) -> String {
    match error {
        SetupError::Store(_) => "the table could not be read or written; see the function's log".to_owned(),
        SetupError::Secret(_) => "a secret could not be read or written; see the function's log".to_owned(),
        other => other.to_string(),
    }
}
