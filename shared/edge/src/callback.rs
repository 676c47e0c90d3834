//! The answer to a CloudFormation custom resource: one PUT to the URL of the event.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html>

use crate::{
    clients::{ClientError, tls_context},
    config::Config,
};
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{client::http::HttpConnector, http::Request};
use aws_smithy_types::body::SdkBody;

/// The answer did not arrive. The URL is signed, so it is not repeated here.
#[derive(Debug, thiserror::Error)]
#[error("the answer to CloudFormation did not arrive: {0}")]
pub struct CallbackError(String);

/// Answers custom resources.
pub struct Callback {
    connector: Connector,
}

impl Callback {
    /// Trusting what the AWS clients trust. The URL is https on AWS.
    ///
    /// # Errors
    /// Where the trusted certificates cannot be read.
    pub fn new(config: &Config) -> Result<Self, ClientError> {
        let connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(tls_context(config)?)
            .build();
        Ok(Self { connector })
    }

    /// Puts `body` to `url`, three times at most.
    ///
    /// # Errors
    /// Where it did not arrive.
    pub async fn put(&self, url: &str, body: &str) -> Result<(), CallbackError> {
        let mut outcome = self.put_once(url, body).await;
        for _ in 0..2 {
            if outcome.is_ok() {
                break;
            }
            outcome = self.put_once(url, body).await;
        }
        outcome
    }

    async fn put_once(&self, url: &str, body: &str) -> Result<(), CallbackError> {
        let mut request = Request::new(SdkBody::from(body));
        request.set_method("PUT").map_err(|_| CallbackError("method".into()))?;
        request.set_uri(url).map_err(|_| CallbackError("the URL is not valid".into()))?;
        // The signature of the URL covers an empty content type.
        request.headers_mut().insert("content-type", "");
        request.headers_mut().insert("content-length", body.len().to_string());
        let response =
            self.connector.call(request).await.map_err(|_| CallbackError("the connection failed".into()))?;
        if response.status().is_success() {
            Ok(())
        } else {
            Err(CallbackError(format!("status {}", response.status().as_u16())))
        }
    }
}
