//! The way to a running system.

use super::call::{Answer, Call};
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use rand_core::Rng;
use std::time::Duration;

/// Where a system answers.
pub(crate) struct Http {
    base: String,
    connector: Connector,
    /// The address that requests come from unless they say another. Each test has its own: all failed logins of
    /// one address delay one another.
    source: String,
}

impl Http {
    pub(crate) fn new(base: &str) -> Self {
        let connector = if base.starts_with("https:") {
            Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build()
        } else {
            Connector::builder().build_http()
        };
        let mut rng: rand::rngs::StdRng = rand::make_rng();
        let [a, b, c, _] = rng.next_u32().to_be_bytes();
        let source = format!("10.{a}.{b}.{c}");
        Self { base: base.trim_end_matches('/').to_owned(), connector, source }
    }

    pub(crate) async fn call(&self, call: &Call) -> Answer {
        let mut request = http::Request::builder()
            .method(call.method.as_str())
            .uri(format!("{}{}", self.base, call.target))
            // The local cloud's gateway takes the caller's address from here; AWS's does not.
            .header("x-forwarded-for", call.source.as_ref().unwrap_or(&self.source))
            .header("content-length", call.body.len());
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let request = request.body(SdkBody::from(call.body.clone())).expect("a request");
        let request = HttpRequest::try_from(request).expect("a request");
        let answered = tokio::time::timeout(Duration::from_secs(30), self.connector.call(request)).await;
        let response = answered.expect("an answer within half a minute").expect("an answer");
        let response = response.try_into_http1x().expect("an HTTP response");
        let (parts, body) = response.into_parts();
        let body = ByteStream::new(body).collect().await.expect("a whole answer").to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}
