//! Secrets Manager: a value read, a value put.

use crate::telemetry;
use aws_sdk_secretsmanager::{
    Client,
    operation::{get_secret_value::GetSecretValueError, put_secret_value::PutSecretValueError},
};
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
            Ok(output) => Ok(output.secret_string.filter(|text| !text.is_empty()).map(Zeroizing::new)),
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

    /// Makes `value` the first one, and returns what is the first one then: where two callers with the same
    /// `token` (32 to 64 characters) put at once, the service keeps one value and both go on with it.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>
    ///
    /// # Errors
    /// Where the service cannot be asked or refuses.
    pub async fn put_first(
        &self,
        arn: &str,
        token: &str,
        value: Zeroizing<String>,
    ) -> Result<Zeroizing<String>, SecretError> {
        let put = self.client.put_secret_value().secret_id(arn).secret_string(value.as_str());
        match put.client_request_token(token).send().await {
            Ok(_) => Ok(value),
            Err(error)
                if matches!(
                    error.as_service_error(),
                    Some(PutSecretValueError::ResourceExistsException(_))
                ) =>
            {
                let there = self.read(arn).await?;
                there.ok_or_else(|| SecretError { operation: "GetSecretValue", cause: "no value".to_owned() })
            }
            Err(error) => Err(failed("PutSecretValue", &error)),
        }
    }
}

fn failed(operation: &'static str, error: &(dyn std::error::Error + 'static)) -> SecretError {
    SecretError { operation, cause: telemetry::chain(error) }
}
