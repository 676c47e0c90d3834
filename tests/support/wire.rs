//! The wire between the SDK and DynamoDB: counts what passes, and breaks where a test says so.

use super::{roles, told, turns};
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use serde_json::{Value, json};
use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

/// One request of the SDK: each of its own retries is one.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The operation, such as `GetItem`.
    pub(crate) operation: String,
    /// The request's JSON.
    pub(crate) body: Value,
    /// The same, as it was sent.
    pub(crate) text: String,
    /// Whether it is the SDK's orchestrator's.
    pub(crate) by_sdk: bool,
}

/// What to do with a call instead of passing it on.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// DynamoDB answers with this status and this error code. Nothing is done.
    Refused(u16, &'static str),
    /// DynamoDB cancels the transaction for these reasons, one for each part. Nothing is done.
    Canceled(Vec<&'static str>),
    /// The connection is lost before the request is sent.
    Dropped,
    /// The attempt takes too long. Nothing is done.
    Timeout,
    /// It is done, and the connection is lost before the answer is.
    AnswerLost,
    /// DynamoDB answers a batch for all but the last of these many keys.
    Unprocessed(usize),
    /// It is done, and its answer comes so much later.
    Late(Duration),
}

type Faults = Box<dyn FnMut(&Call) -> Option<Fault> + Send>;

/// See the module.
#[derive(Clone)]
pub(crate) struct Wire {
    inner: SharedHttpClient,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    faults: Option<Faults>,
}

impl Wire {
    /// A wire that passes everything on to this client.
    pub(crate) fn new(inner: SharedHttpClient) -> Self {
        Self { inner, state: Arc::default() }
    }

    /// The calls since the last time, in order.
    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }

    /// Asks `faults` about each call from now on.
    pub(crate) fn breaks(&self, faults: impl FnMut(&Call) -> Option<Fault> + Send + 'static) {
        self.state.lock().unwrap().faults = Some(Box::new(faults));
    }

    /// Breaks the next calls in this order, then no more.
    pub(crate) fn breaks_once_each(&self, faults: impl IntoIterator<Item = Fault>) {
        let mut faults = faults.into_iter().collect::<Vec<_>>().into_iter();
        self.breaks(move |_| faults.next());
    }

    /// Passes every call on again.
    pub(crate) fn mend(&self) {
        self.state.lock().unwrap().faults = None;
    }

    fn passes(&self, request: &HttpRequest) -> (Call, Option<Fault>) {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        let call = Call {
            operation: target.rsplit('.').next().unwrap_or_default().to_owned(),
            body: serde_json::from_slice(body).unwrap_or_default(),
            text: String::from_utf8_lossy(body).into_owned(),
            by_sdk: request.headers().contains_key("amz-sdk-request"),
        };
        roles::require(&call);
        let mut state = self.state.lock().unwrap();
        state.calls.push(call.clone());
        let fault = state.faults.as_mut().and_then(|faults| faults(&call));
        (call, fault)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { wire: self.clone(), inner })
    }
}

#[derive(Debug)]
struct Connector {
    wire: Wire,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (call, fault) = self.wire.passes(&request);
        match fault {
            None => {
                let (player, inner) = (turns::player(), self.inner.clone());
                HttpConnectorFuture::new(async move {
                    let response = turns::in_turn(player, async move { inner.call(request).await }).await?;
                    if response.status().is_success() {
                        told::done(&call);
                    }
                    Ok(response)
                })
            }
            Some(Fault::Refused(status, code)) => answer(status, &error(code)),
            Some(Fault::Canceled(codes)) => {
                let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code })).collect();
                let mut body = error("TransactionCanceledException");
                body["CancellationReasons"] = json!(reasons);
                answer(400, &body)
            }
            Some(Fault::Dropped) => HttpConnectorFuture::ready(Err(lost())),
            Some(Fault::Timeout) => {
                HttpConnectorFuture::ready(Err(ConnectorError::timeout("too slow".into())))
            }
            Some(Fault::AnswerLost) => {
                let done = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    if done.await?.status().is_success() {
                        told::done(&call);
                    }
                    Err(lost())
                })
            }
            Some(Fault::Late(wait)) => {
                let done = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    let response = done.await;
                    if response.as_ref().is_ok_and(|it| it.status().is_success()) {
                        told::done(&call);
                    }
                    tokio::time::sleep(wait).await;
                    response
                })
            }
            Some(Fault::Unprocessed(count)) => self.all_but_the_last(count, request, &call),
        }
    }
}

impl Connector {
    fn all_but_the_last(&self, count: usize, mut request: HttpRequest, call: &Call) -> HttpConnectorFuture {
        let (table, asked) = call.body["RequestItems"].as_object().unwrap().iter().next().unwrap();
        let keys = asked["Keys"].as_array().unwrap();
        let (answered, left) = keys.split_at(keys.len().saturating_sub(count));
        let unprocessed = json!({ table: { "Keys": left, "ConsistentRead": asked["ConsistentRead"] } });
        if answered.is_empty() {
            return answer(200, &json!({ "Responses": {}, "UnprocessedKeys": unprocessed }));
        }
        let mut smaller = call.body.clone();
        smaller["RequestItems"][table]["Keys"] = json!(answered);
        let smaller = smaller.to_string();
        request.headers_mut().insert("content-length", smaller.len().to_string());
        *request.body_mut() = SdkBody::from(smaller);
        let done = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let response = done.await?;
            let status = response.status();
            let bytes = ByteStream::new(response.into_body()).collect().await.unwrap().into_bytes();
            let mut body: Value = serde_json::from_slice(&bytes).unwrap();
            body["UnprocessedKeys"] = unprocessed;
            Ok(HttpResponse::new(status, SdkBody::from(body.to_string())))
        })
    }
}

fn answer(status: u16, body: &Value) -> HttpConnectorFuture {
    let status = StatusCode::try_from(status).unwrap();
    HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body.to_string()))))
}

fn error(code: &str) -> Value {
    json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "injected" })
}

fn lost() -> ConnectorError {
    ConnectorError::io("connection reset".into())
}
