//! What requests to the table cost, as the table itself reports it.
//!
//! Stands behind the wire: it sees what is passed on. While it runs it asks for `ReturnConsumedCapacity`, which the
//! functions never do, and adds up what comes back.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use serde_json::{Value, json};
use std::{
    fmt,
    sync::{Arc, Mutex},
};

/// One request and its cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Metered {
    /// The operation, such as `GetItem`.
    pub operation: String,
    /// Capacity units: of reading, or of writing where it writes.
    pub units: f64,
}

/// See the module.
#[derive(Clone)]
pub struct Meter {
    inner: SharedHttpClient,
    running: Arc<Mutex<Option<Vec<Metered>>>>,
}

impl Meter {
    /// A meter that does not run, before this client.
    pub fn new(inner: SharedHttpClient) -> Self {
        Self { inner, running: Arc::default() }
    }

    /// Runs from now on.
    pub fn start(&self) {
        *self.running.lock().unwrap() = Some(Vec::new());
    }

    /// What was counted since the start. It runs no longer.
    pub fn stop(&self) -> Vec<Metered> {
        self.running.lock().unwrap().take().expect("a meter that runs")
    }

    fn runs(&self) -> bool {
        self.running.lock().unwrap().is_some()
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meter")
    }
}

impl HttpClient for Meter {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { meter: self.clone(), inner })
    }
}

#[derive(Debug)]
struct Connector {
    meter: Meter,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        if !self.meter.runs() {
            return self.inner.call(request);
        }
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        // The table of the tests checks no signature.
        let mut asked: Value = serde_json::from_slice(request.body().bytes().expect("a body")).expect("JSON");
        asked["ReturnConsumedCapacity"] = json!("TOTAL");
        let asked = asked.to_string();
        request.headers_mut().insert("content-length", asked.len().to_string());
        *request.body_mut() = SdkBody::from(asked);
        let (done, running) = (self.inner.call(request), Arc::clone(&self.meter.running));
        HttpConnectorFuture::new(async move {
            let response = done.await?;
            let status = response.status();
            let bytes = ByteStream::new(response.into_body()).collect().await.expect("a body").into_bytes();
            let answered: Value = serde_json::from_slice(&bytes).expect("JSON");
            let units = units(&answered["ConsumedCapacity"]);
            if let Some(counted) = running.lock().unwrap().as_mut() {
                counted.push(Metered { operation, units });
            }
            Ok(HttpResponse::new(status, SdkBody::from(bytes)))
        })
    }
}

/// One for each table, or the only one.
fn units(consumed: &Value) -> f64 {
    match consumed {
        Value::Array(tables) => tables.iter().map(units).sum(),
        table => table["CapacityUnits"].as_f64().unwrap_or_default(),
    }
}
