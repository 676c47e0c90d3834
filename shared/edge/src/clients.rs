//! The AWS clients, built by hand so that the first request is early.
//!
//! The SDK's own loader looks for credentials in six places and parses the machine's whole trust store;
//! on Lambda the environment has them, and only Amazon's roots sign the services' certificates
//! (<https://www.amazontrust.com/repository/>). `AWS_CA_BUNDLE` names other roots, as the tests do.

use crate::config::Config;
use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use std::time::Duration;

const AMAZON_ROOTS: &str = include_str!("../roots/amazon.pem");

/// How long a call to a service may take. The whole stays below the shortest timeout of a function, five
/// seconds, so that a slow dependency is an answer of ours and not a cut connection.
const CONNECT: Duration = Duration::from_millis(600);
const ATTEMPT: Duration = Duration::from_millis(1200);
const OPERATION: Duration = Duration::from_millis(3500);
const ATTEMPTS: u32 = 3;

/// The certificates to trust could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file that `AWS_CA_BUNDLE` names.
    #[error("the file that AWS_CA_BUNDLE names cannot be read")]
    CaBundle(#[source] std::io::Error),
    /// The TLS context.
    #[error("the trusted certificates are not valid")]
    Tls,
}

/// An HTTP client that trusts Amazon's roots, or those of `AWS_CA_BUNDLE`, and nothing else.
///
/// # Errors
/// Where the bundle cannot be read.
pub fn http_client(config: &Config) -> Result<SharedHttpClient, ClientError> {
    let context = tls_context(config)?;
    Ok(Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(context).build_https())
}

pub(crate) fn tls_context(config: &Config) -> Result<TlsContext, ClientError> {
    let mut roots = TrustStore::empty();
    match &config.ca_bundle {
        None => roots.add_pem_certificate(AMAZON_ROOTS),
        Some(path) => roots.add_pem_certificate(std::fs::read(path).map_err(ClientError::CaBundle)?),
    };
    TlsContext::builder().with_trust_store(roots).build().map_err(|_| ClientError::Tls)
}

/// One client's configuration. Each crate of the SDK has a builder type of its own and no trait over them.
macro_rules! configured {
    ($sdk:ident, $config:expr, $http:expr) => {{
        use $sdk::config::{Builder, Region, StalledStreamProtectionConfig};
        let mut builder = Builder::new()
            .behavior_version_latest()
            .http_client($http)
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .region(Region::new($config.region.clone()))
            .credentials_provider(credentials($config))
            .timeout_config(timeouts())
            .retry_config(retries())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        builder.set_endpoint_url($config.endpoint.clone());
        builder.build()
    }};
}

/// DynamoDB, through `http`.
pub fn dynamodb(config: &Config, http: SharedHttpClient) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::from_conf(dynamodb_config(config, http))
}

/// What [`dynamodb`]'s client is made of, for who makes it when it is needed.
pub fn dynamodb_config(config: &Config, http: SharedHttpClient) -> aws_sdk_dynamodb::Config {
    configured!(aws_sdk_dynamodb, config, http)
}

/// Secrets Manager, through `http`.
pub fn secrets_manager(config: &Config, http: SharedHttpClient) -> aws_sdk_secretsmanager::Client {
    aws_sdk_secretsmanager::Client::from_conf(configured!(aws_sdk_secretsmanager, config, http))
}

/// Simple Email Service, through `http`.
pub fn sesv2(config: &Config, http: SharedHttpClient) -> aws_sdk_sesv2::Client {
    aws_sdk_sesv2::Client::from_conf(configured!(aws_sdk_sesv2, config, http))
}

/// The execution role's credentials, as every client here has them.
pub fn credentials(config: &Config) -> Credentials {
    let own = &config.credentials;
    Credentials::new(
        own.access_key_id.clone(),
        own.secret_access_key.clone(),
        own.session_token.clone(),
        None,
        "environment",
    )
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(50))
        .with_max_backoff(Duration::from_millis(400))
}
