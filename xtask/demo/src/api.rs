//! The running system through its public door.

use anyhow::{Context, Result, bail};
use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use serde_json::Value;

/// The API, on this machine and so without TLS.
pub(crate) struct Api {
    base: String,
    connector: Connector,
}

/// Who asks, and from where.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'a> {
    /// A session's token or an API key; empty is none.
    pub(crate) credential: &'a str,
    /// The local cloud takes a caller's address from a header; AWS does not.
    pub(crate) address: &'a str,
}

impl Api {
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), connector: Connector::builder().build_http() }
    }

    /// The answer's status and body; `null` is an empty one.
    pub(crate) async fn call(
        &self,
        caller: Caller<'_>,
        method: &str,
        path: &str,
        body: Option<(&str, String)>,
    ) -> Result<(u16, Value)> {
        let (kind, body) = body.unwrap_or(("application/json", String::new()));
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", kind)
            .header("content-length", body.len())
            .header("x-forwarded-for", caller.address);
        if !caller.credential.is_empty() {
            request = request.header("authorization", format!("Bearer {}", caller.credential));
        }
        let request = HttpRequest::try_from(request.body(SdkBody::from(body))?)?;
        let response = self.connector.call(request).await?;
        let status = response.status().as_u16();
        let body = ByteStream::new(response.into_body()).collect().await?.to_vec();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? };
        Ok((status, body))
    }

    /// The body of an answer that has to be a success.
    pub(crate) async fn json(
        &self,
        caller: Caller<'_>,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value> {
        let body = body.map(|body| ("application/json", body.to_string()));
        let (status, answer) = self.call(caller, method, path, body).await?;
        // An error's body holds no secret.
        match status {
            200..300 => Ok(answer),
            _ => bail!("{method} {path} was answered {status}: {answer}"),
        }
    }
}

/// A member of an answer that is text.
pub(crate) fn text(answer: &Value, member: &str) -> Result<String> {
    let text = answer.get(member).and_then(Value::as_str);
    Ok(text.with_context(|| format!("an answer has no {member}"))?.to_owned())
}

/// A member of an answer that is a list; absent is empty.
pub(crate) fn list<'a>(answer: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    answer.get(member).and_then(Value::as_array).into_iter().flatten()
}
