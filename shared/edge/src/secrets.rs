//! Secrets Manager: values read and put, and the stages of their versions.
//!
//! A secret's value is that of the version with the stage `AWSCURRENT`; a rotation puts a new one as
//! `AWSPENDING` and moves the stage when it is good.
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version>

use crate::telemetry;
use aws_sdk_secretsmanager::{
    Client,
    operation::{get_secret_value::GetSecretValueError, put_secret_value::PutSecretValueError},
};
use zeroize::Zeroizing;

/// The stage of the version that is the secret's value.
pub const CURRENT: &str = "AWSCURRENT";
/// The stage of the version that a rotation has made and not yet finished.
pub const PENDING: &str = "AWSPENDING";

/// One version of a secret.
pub struct Version {
    /// Its id: the token of the request that put it.
    pub id: String,
    /// Its value. Wiped on drop.
    pub text: Zeroizing<String>,
    /// Its stages.
    pub stages: Vec<String>,
}

impl Version {
    /// Whether it has this stage.
    pub fn is(&self, stage: &str) -> bool {
        self.stages.iter().any(|it| it == stage)
    }
}

/// Which version is meant.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// The one with this id.
    Id(&'a str),
    /// The one with this stage.
    Stage(&'a str),
}

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

impl Secrets {
    /// A version. `None` where there is none, or it has no value.
    ///
    /// # Errors
    /// Where the service cannot be asked or refuses.
    pub async fn version(&self, arn: &str, which: Which<'_>) -> Result<Option<Version>, SecretError> {
        let get = self.client.get_secret_value().secret_id(arn);
        let get = match which {
            Which::Id(id) => get.version_id(id),
            Which::Stage(stage) => get.version_stage(stage),
        };
        match get.send().await {
            Ok(output) => Ok(output.secret_string.filter(|text| !text.is_empty()).map(|text| Version {
                id: output.version_id.unwrap_or_default(),
                text: Zeroizing::new(text),
                stages: output.version_stages.unwrap_or_default(),
            })),
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

    /// Makes a version with the id `token` (32 to 64 characters) and this stage. One that is there, be it by our
    /// own request whose answer was lost or by another's, stays as it is: read it to see which.
    ///
    /// # Errors
    /// Where the service cannot be asked or refuses.
    pub async fn put_version(
        &self,
        arn: &str,
        token: &str,
        value: &Zeroizing<String>,
        stage: &str,
    ) -> Result<(), SecretError> {
        let put = self.client.put_secret_value().secret_id(arn).client_request_token(token);
        match put.secret_string(value.as_str()).version_stages(stage).send().await {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(
                    error.as_service_error(),
                    Some(PutSecretValueError::ResourceExistsException(_))
                ) =>
            {
                Ok(())
            }
            Err(error) => Err(failed("PutSecretValue", &error)),
        }
    }

    /// Moves a stage from the version `from`, which must have it, to the version `to`, or to none.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>
    ///
    /// # Errors
    /// Where the service cannot be asked or refuses, as it does where the stage is no longer on `from`.
    pub async fn move_stage(
        &self,
        arn: &str,
        stage: &str,
        from: &str,
        to: Option<&str>,
    ) -> Result<(), SecretError> {
        let update = self.client.update_secret_version_stage().secret_id(arn).version_stage(stage);
        let update = update.remove_from_version_id(from).set_move_to_version_id(to.map(str::to_owned));
        update.send().await.map(|_| ()).map_err(|error| failed("UpdateSecretVersionStage", &error))
    }
}

fn failed(operation: &'static str, error: &(dyn std::error::Error + 'static)) -> SecretError {
    SecretError { operation, cause: telemetry::chain(error) }
}
