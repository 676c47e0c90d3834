//! What the function is asked for.

use serde::Deserialize;

/// A step of a rotation, from Secrets Manager, or a withdrawal, from whoever may invoke the function.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html>
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// `{"Step", "SecretId", "ClientRequestToken"}`.
    #[serde(rename_all = "PascalCase")]
    Step {
        /// Which.
        step: Step,
        /// The secret's ARN.
        secret_id: String,
        /// The id of the version that this rotation makes.
        client_request_token: String,
    },
    /// `{"Action": "withdraw"}`.
    #[serde(rename_all = "PascalCase")]
    Action {
        /// Which.
        action: Action,
    },
}

/// The four steps of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Make the pending version.
    CreateSecret,
    /// Publish its new key.
    SetSecret,
    /// Verify with what is published.
    TestSecret,
    /// Make it the current version, and end the older keys.
    FinishSecret,
}

/// What is not a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// End every session token now, and begin anew.
    Withdraw,
}
