//! The Lambda Runtime API on one connection, for the one function whose every microsecond is everybody's.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
//!
//! 1. ask for the next event and wait for it, as long as Lambda keeps the process asleep
//! 2. have it answered; a panic is an error of that event, and the process goes on
//! 3. hand over the answer, or the error
//!
//! Where the connection has been closed meanwhile, the next request goes out on a new one.
//!
//! It asks of `lambda_runtime`, which the other functions run on, half of what a decision costs without its read: a
//! pool, an address that is put together for each request, an event in two forms. HTTP is hyper's here, too. Left out
//! is what no function of ours uses: answers in parts, several events at a time, snapshots, X-Ray's variable.

use crate::{
    config,
    service::{InitError, caught},
};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::{Bytes, Incoming},
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;

const NEXT: &str = "/2018-06-01/runtime/invocation/next";

/// Of an invocation: its id, and what newer runtimes are to hand back with the answer.
const REQUEST_ID: &str = "lambda-runtime-aws-request-id";
const INVOCATION_ID: &str = "lambda-runtime-invocation-id";

/// An answer that is an error.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Its kind.
    pub error_type: &'static str,
    /// What the caller of the function is told.
    pub error_message: String,
}

/// Why the process ends: Lambda starts another one.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("the Runtime API gives no event: {0}")]
    Event(StatusCode),
    #[error("the Runtime API gives an event without an id")]
    Id,
    #[error("the Runtime API takes no answer: {0}")]
    Answer(StatusCode),
}

/// Answers events with `handle` until Lambda ends the process.
///
/// # Errors
/// Where the Runtime API is away, or does not do what it says.
pub async fn run(handle: impl AsyncFnMut(Bytes) -> Result<Vec<u8>, Failure>) -> Result<(), InitError> {
    run_at(&config::runtime_api()?, handle).await
}

/// The same, at this host and port.
///
/// # Errors
/// As [`run`].
pub async fn run_at(
    address: &str,
    mut handle: impl AsyncFnMut(Bytes) -> Result<Vec<u8>, Failure>,
) -> Result<(), InitError> {
    let mut api = RuntimeApi::connect(address).await?;
    loop {
        let (parts, event) =
            api.send(Method::GET, Uri::from_static(NEXT), Bytes::new(), None).await?.into_parts();
        if parts.status != StatusCode::OK {
            return Err(Lost::Event(parts.status).into());
        }
        let id = parts.headers.get(REQUEST_ID).and_then(|it| it.to_str().ok()).ok_or(Lost::Id)?;
        let event = event.collect().await?.to_bytes();
        // What a panic says may hold what was sent; where it was, the log says.
        let answer = caught(Box::pin(handle(event))).await.unwrap_or_else(|| {
            Err(Failure { error_type: "Panic", error_message: "the handler panicked".to_owned() })
        });
        let (outcome, body, kind) = match answer {
            Ok(body) => ("response", body, None),
            Err(failure) => ("error", serde_json::to_vec(&failure)?, Some(failure.error_type)),
        };
        let uri = format!("/2018-06-01/runtime/invocation/{id}/{outcome}").parse()?;
        let echo = parts.headers.get(INVOCATION_ID).cloned();
        let taken = api.send(Method::POST, uri, body.into(), Some((kind, echo))).await?;
        let status = taken.status();
        taken.into_body().collect().await?;
        // "Container error. Non-recoverable state. Runtime should exit promptly." Whatever else is refused is an answer
        // that came too late, and the next event is another.
        if status.is_server_error() {
            return Err(Lost::Answer(status).into());
        }
        if !status.is_success() {
            tracing::warn!(status = status.as_u16(), "an answer was not taken");
        }
    }
}

struct RuntimeApi {
    address: String,
    host: HeaderValue,
    connection: SendRequest<Full<Bytes>>,
}

impl RuntimeApi {
    async fn connect(address: &str) -> Result<Self, InitError> {
        let host = HeaderValue::from_str(address)?;
        Ok(Self { address: address.to_owned(), host, connection: connection(address).await? })
    }

    /// Sends a request, and if it is an answer what belongs to it: an error's kind, an id to hand back.
    async fn send(
        &mut self,
        method: Method,
        uri: Uri,
        body: Bytes,
        answer: Option<(Option<&'static str>, Option<HeaderValue>)>,
    ) -> Result<Response<Incoming>, InitError> {
        let mut request = Request::new(Full::new(body));
        (*request.method_mut(), *request.uri_mut()) = (method, uri);
        let headers = request.headers_mut();
        headers.insert(header::HOST, self.host.clone());
        headers.insert(header::USER_AGENT, HeaderValue::from_static("qarion-auth"));
        if let Some((kind, echo)) = answer {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            if let Some(kind) = kind {
                headers.insert("lambda-runtime-function-error-type", HeaderValue::from_static(kind));
            }
            if let Some(id) = echo {
                headers.insert(INVOCATION_ID, id);
            }
        }
        self.exchange(request).await
    }

    /// On a new connection where this one has been closed. What may have been written is never sent again: an answer
    /// would be handed over twice, or an event be lost.
    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, InitError> {
        // Until the exchange before is over. What has been closed gives the request back.
        let _closed = self.connection.ready().await;
        let unsent = match self.connection.try_send_request(request).await {
            Ok(response) => return Ok(response),
            Err(mut error) => error.take_message().ok_or_else(|| error.into_error())?,
        };
        self.connection = connection(&self.address).await?;
        Ok(self.connection.send_request(unsent).await?)
    }
}

async fn connection(address: &str) -> Result<SendRequest<Full<Bytes>>, InitError> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Ends with the connection; whoever sends next sees that it has.
    tokio::spawn(connection);
    Ok(sender)
}
