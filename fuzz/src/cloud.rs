//! DynamoDB and Secrets Manager as an HTTP client that answers at once, from a script. What of them is emulated is
//! the form of an answer and nothing else: what handlers do with state is for the tests.

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// What the next calls are answered.
#[derive(Debug, Clone)]
pub enum Script {
    /// Nothing is there, and every write succeeds.
    Empty,
    /// Nothing is there, and every condition fails.
    Conflict,
    /// Whatever is read is this item, in DynamoDB's JSON.
    Item(Value),
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Cloud(Arc<Mutex<Script>>);

impl Default for Cloud {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Script::Empty)))
    }
}

impl Cloud {
    /// From now on.
    pub fn follow(&self, script: Script) {
        *self.0.lock().expect("no panic") = script;
    }

    /// The client for the SDK.
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    fn answer(&self, request: &HttpRequest) -> (u16, Value) {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.split('.').next_back().unwrap_or_default();
        let writes = !matches!(operation, "GetItem" | "BatchGetItem" | "Query" | "GetSecretValue");
        let script = self.0.lock().expect("no panic").clone();
        match (script, operation) {
            (_, "GetSecretValue") => (400, json!({"__type": "ResourceNotFoundException"})),
            (Script::Conflict, "TransactWriteItems") => {
                let parts =
                    request.body().bytes().and_then(|body| serde_json::from_slice::<Value>(body).ok());
                let parts = parts.and_then(|it| it["TransactItems"].as_array().map(Vec::len)).unwrap_or(1);
                let reasons = vec![json!({"Code": "ConditionalCheckFailed"}); parts];
                (400, json!({"__type": "TransactionCanceledException", "CancellationReasons": reasons}))
            }
            (Script::Conflict, _) if writes => (400, json!({"__type": "ConditionalCheckFailedException"})),
            (Script::Item(item), "GetItem") => (200, json!({"Item": item})),
            (Script::Item(item), "Query") => (200, json!({"Items": [item], "Count": 1, "ScannedCount": 1})),
            (Script::Item(item), "BatchGetItem") => (200, json!({"Responses": {"fuzz": [item]}})),
            _ => (200, json!({})),
        }
    }
}

impl HttpConnector for Cloud {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = self.answer(&request);
        let status = StatusCode::try_from(status).expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body.to_string()))))
    }
}

impl HttpClient for Cloud {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
