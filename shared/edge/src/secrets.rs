//! Secrets Manager: a value read, a value put.

use crate::telemetry;
use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use zeroize::Zeroizing;

/// A secret could not be read or put. Says which call failed and how, never a value.
#[derive(Debug, thiserror::Error)]
#[error("secrets manager: {operation} failed: {cause}")]
pub struct SecretError {
    operation: &'static str,
    cause: String,
}

/// The secrets of one deployment.
#[derive(Debug, Clone)]
pub struct Secrets {
    client: Client,
}

impl Secrets {
    /// Through this client.
    pub const fn new(client: Client) -> Self {
        Self { client }
    }

    /// The current value. `None` is a secret that has none yet.
    ///
    /// # Errors
    /// Where the service cannot be asked or refuses.
    pub async fn read(&self, arn: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        match self.client.get_secret_value().secret_id(arn).send().await {
            // A value has at least one character; an emulator gives a secret without one an empty one.
            Ok(output) => Ok(output
                .secret_string
                .filter(|text| !text.is_empty())
                .map(Zeroizing::new)),
            // A secret without a version of this stage is reported as not found.
            // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
            Err(error)
                if matches!(
                    error.as_service_error(),
                    Some(GetSecretValueError::ResourceNotFoundException(_))
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(failed("GetSecretValue", &error)),
        }
    }

    /// Makes `value` the current one.
    ///
    /// # Errors
    /// Where the service cannot be asked or refuses.
    pub async fn put(&self, arn: &str, value: &str) -> Result<(), SecretError> {
        self.client
            .put_secret_value()
            .secret_id(arn)
            .secret_string(value)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| failed("PutSecretValue", &error))
    }
}

fn failed(operation: &'static str, error: &(dyn std::error::Error + 'static)) -> SecretError {
    SecretError {
        operation,
        cause: telemetry::chain(error),
    }
}
