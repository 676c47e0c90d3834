//! The environment: each variable spelled once, read once, typed.
#![allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]

use auth::api_key::Prefix;
use std::fmt;

/// What a function knows of its deployment.
#[derive(Clone)]
pub struct Config {
    /// `TABLE_NAME`.
    pub table: String,
    /// `SIGNING_SECRET_ARN`, of the functions that sign.
    pub signing_secret: Option<String>,
    /// `FIRST_ADMIN_SECRET_ARN`, of `setup`.
    pub first_admin_secret: Option<String>,
    /// `API_KEY_PREFIX`.
    pub api_key_prefix: Prefix,
    /// `ALLOWED_ORIGIN`: the one origin of another host whose pages may read answers.
    pub allowed_origin: Option<String>,
    /// `SENDER_ADDRESS`: who mails come from; without it none is sent.
    pub sender_address: Option<String>,
    /// `PASSWORD_RESET_PAGE`: the page that takes a one-time token, where it is not the console's.
    pub password_reset_page: Option<String>,
    /// `AUDIT_RETENTION_DAYS`: how long the audit events are kept that are written from now on; `None`, which is 0
    /// there, for ever.
    pub audit_days: Option<u32>,
    /// `RELEASE_ID`.
    pub release: String,
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ENDPOINT_URL`, where the services are not at their usual address.
    pub endpoint: Option<String>,
    /// `AWS_CA_BUNDLE`: a file of certificates to trust instead of Amazon's.
    pub ca_bundle: Option<String>,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.
    pub credentials: AwsCredentials,
}

/// The execution role's credentials, which Lambda puts into the environment.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
#[derive(Clone)]
pub struct AwsCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: Option<String>,
}

impl fmt::Debug for AwsCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AwsCredentials(redacted)")
    }
}

impl AwsCredentials {
    /// Of these parts.
    pub fn new(access_key_id: &str, secret_access_key: &str, session_token: Option<&str>) -> Self {
        Self {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: secret_access_key.to_owned(),
            session_token: session_token.map(str::to_owned),
        }
    }
}

/// A variable that is absent or cannot be read. Names the variable, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {0} is absent or not valid")]
pub struct ConfigError(&'static str);

/// `AWS_LAMBDA_RUNTIME_API`: the host and port of the Runtime API.
pub(crate) fn runtime_api() -> Result<String, ConfigError> {
    std::env::var("AWS_LAMBDA_RUNTIME_API").map_err(|_| ConfigError("AWS_LAMBDA_RUNTIME_API"))
}

impl Config {
    /// From the process's environment.
    ///
    /// # Errors
    /// Names the first variable that is absent or not valid.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// From any source of variables.
    ///
    /// # Errors
    /// Names the first variable that is absent or not valid.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let optional = |name| lookup(name).filter(|value| !value.is_empty());
        let required = |name| optional(name).ok_or(ConfigError(name));
        Ok(Self {
            table: required("TABLE_NAME")?,
            signing_secret: optional("SIGNING_SECRET_ARN"),
            first_admin_secret: optional("FIRST_ADMIN_SECRET_ARN"),
            api_key_prefix: match optional("API_KEY_PREFIX") {
                None => Prefix::default(),
                Some(prefix) => prefix.parse().map_err(|_| ConfigError("API_KEY_PREFIX"))?,
            },
            allowed_origin: optional("ALLOWED_ORIGIN"),
            sender_address: optional("SENDER_ADDRESS"),
            password_reset_page: optional("PASSWORD_RESET_PAGE"),
            audit_days: match optional("AUDIT_RETENTION_DAYS").as_deref() {
                None | Some("0") => None,
                Some(days) => Some(days.parse().map_err(|_| ConfigError("AUDIT_RETENTION_DAYS"))?),
            },
            release: optional("RELEASE_ID").unwrap_or_else(|| "unknown".to_owned()),
            region: required("AWS_REGION")?,
            endpoint: optional("AWS_ENDPOINT_URL"),
            ca_bundle: optional("AWS_CA_BUNDLE"),
            credentials: AwsCredentials {
                access_key_id: required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
                session_token: optional("AWS_SESSION_TOKEN"),
            },
        })
    }

    /// `SIGNING_SECRET_ARN`, where the function cannot do without.
    ///
    /// # Errors
    /// Where it is absent.
    pub fn require_signing_secret(&self) -> Result<&str, ConfigError> {
        self.signing_secret.as_deref().ok_or(ConfigError("SIGNING_SECRET_ARN"))
    }

    /// `FIRST_ADMIN_SECRET_ARN`, where the function cannot do without.
    ///
    /// # Errors
    /// Where it is absent.
    pub fn require_first_admin_secret(&self) -> Result<&str, ConfigError> {
        self.first_admin_secret.as_deref().ok_or(ConfigError("FIRST_ADMIN_SECRET_ARN"))
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("table", &self.table)
            .field("release", &self.release)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<String> {
        let value = match name {
            "TABLE_NAME" => "table",
            "AWS_REGION" => "eu-central-1",
            "AWS_ACCESS_KEY_ID" => "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY" => "do-not-print",
            "ALLOWED_ORIGIN" => "",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn an_absent_variable_is_named() {
        let error = Config::from_lookup(|name| lookup(name).filter(|_| name != "TABLE_NAME")).unwrap_err();
        assert_eq!(error.to_string(), "environment variable TABLE_NAME is absent or not valid");
    }

    #[test]
    fn an_empty_variable_is_absent() {
        assert_eq!(Config::from_lookup(lookup).unwrap().allowed_origin, None);
    }

    #[test]
    fn a_retention_of_no_days_is_for_ever_and_one_that_is_no_number_is_named() {
        let with = |days: &'static str| {
            Config::from_lookup(move |name| match name {
                "AUDIT_RETENTION_DAYS" => Some(days.to_owned()),
                other => lookup(other),
            })
        };
        assert_eq!(with("0").unwrap().audit_days, None);
        assert_eq!(with("400").unwrap().audit_days, Some(400));
        let error = with("a year").unwrap_err();
        assert_eq!(error.to_string(), "environment variable AUDIT_RETENTION_DAYS is absent or not valid");
    }

    #[test]
    fn debug_shows_no_credential() {
        let config = Config::from_lookup(lookup).unwrap();
        let shown = format!("{config:?} {:?}", config.credentials);
        assert!(!shown.contains("do-not-print") && !shown.contains("AKIDEXAMPLE"), "{shown}");
    }
}
