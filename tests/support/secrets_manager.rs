//! A strict fake of Secrets Manager: what the functions call, and an error for anything else.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>

use super::{roles, wire::Fault};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex},
};

type Faults = Box<dyn FnMut(&str) -> Option<Fault> + Send>;

/// The secrets of one test, as an HTTP client under the SDK. Clones are the same secrets.
#[derive(Clone, Default)]
pub(crate) struct SecretsManager {
    secrets: Arc<Mutex<HashMap<String, Vec<Version>>>>,
    calls: Arc<Mutex<Vec<String>>>,
    faults: Arc<Mutex<Option<Faults>>>,
}

struct Version {
    id: String,
    /// `None` of a version that a rotation has begun with.
    value: Option<String>,
    stages: HashSet<String>,
}

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

impl SecretsManager {
    /// The operations that were called since the last time, in order.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// Asks `faults` about each call from now on.
    pub(crate) fn breaks(&self, faults: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        *self.faults.lock().unwrap() = Some(Box::new(faults));
    }

    /// Answers every call again.
    pub(crate) fn mend(&self) {
        *self.faults.lock().unwrap() = None;
    }

    /// A secret that has no value yet.
    pub(crate) fn create(&self, arn: &str) {
        self.secrets.lock().unwrap().entry(arn.to_owned()).or_default();
    }

    /// Its current value.
    pub(crate) fn current(&self, arn: &str) -> Option<String> {
        let secrets = self.secrets.lock().unwrap();
        let version = secrets.get(arn)?.iter().find(|it| it.stages.contains(CURRENT))?;
        version.value.clone()
    }

    /// Makes it the current value, as a caller of the API would.
    pub(crate) fn set(&self, arn: &str, value: &str) {
        self.create(arn);
        let token = format!("{:032}", self.secrets.lock().unwrap()[arn].len());
        let answer = Self::call(
            self,
            "PutSecretValue",
            &json!({"SecretId": arn, "SecretString": value, "ClientRequestToken": token}),
        );
        assert_eq!(answer.0, 200);
    }

    fn respond(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.strip_prefix("secretsmanager.").expect("only Secrets Manager is called here");
        let asked = serde_json::from_slice(request.body().bytes().unwrap_or_default()).expect("JSON");
        roles::require_action(&format!("secretsmanager:{operation}"));
        self.calls.lock().unwrap().push(operation.to_owned());
        let fault = self.faults.lock().unwrap().as_mut().and_then(|faults| faults(operation));
        let lost = || ConnectorError::io("connection reset".into());
        let (status, body) = match fault {
            None => self.call(operation, &asked),
            Some(Fault::Refused(status, code)) => (status, json!({"__type": code, "message": "injected"})),
            Some(Fault::Timeout) => return Err(ConnectorError::timeout("too slow".into())),
            Some(Fault::AnswerLost) => {
                let _lost = self.call(operation, &asked);
                return Err(lost());
            }
            Some(_) => return Err(lost()),
        };
        let status = StatusCode::try_from(status).expect("a status");
        Ok(HttpResponse::new(status, SdkBody::from(body.to_string())))
    }

    /// The answer to one call: status and body.
    fn call(&self, operation: &str, request: &Value) -> (u16, Value) {
        let answer = match operation {
            "GetSecretValue" => self.read(request),
            "PutSecretValue" => self.put(request),
            "UpdateSecretVersionStage" => self.move_stage(request),
            other => Err(("InvalidAction", format!("the functions do not call {other}"))),
        };
        match answer {
            Ok(body) => (200, body),
            Err((kind, message)) => (400, json!({"__type": kind, "message": message})),
        }
    }

    fn read(&self, request: &Value) -> Result<Value, Failure> {
        let arn = known(request, &["SecretId", "VersionStage", "VersionId"])?;
        let secrets = self.secrets.lock().unwrap();
        let versions = secrets.get(arn).ok_or_else(not_found)?;
        let stage = request["VersionStage"].as_str().unwrap_or(CURRENT);
        let by_id = request["VersionId"].as_str();
        let version = versions
            .iter()
            .find(|it| by_id.map_or_else(|| it.stages.contains(stage), |id| it.id == id))
            .ok_or_else(not_found)?;
        if by_id.is_some() && request["VersionStage"].as_str().is_some_and(|it| !version.stages.contains(it))
        {
            return Err(not_found());
        }
        let value = version.value.as_ref().ok_or_else(not_found)?;
        Ok(json!({
            "ARN": arn, "Name": arn, "VersionId": version.id, "SecretString": value,
            "VersionStages": version.stages.iter().collect::<Vec<_>>(),
        }))
    }

    fn put(&self, request: &Value) -> Result<Value, Failure> {
        let arn = known(request, &["SecretId", "SecretString", "ClientRequestToken", "VersionStages"])?;
        let value = request["SecretString"]
            .as_str()
            .filter(|it| !it.is_empty())
            .ok_or_else(|| invalid("SecretString is absent or empty"))?;
        let id = request["ClientRequestToken"]
            .as_str()
            .filter(|it| (32..=64).contains(&it.len()))
            .ok_or_else(|| invalid("ClientRequestToken has 32 to 64 characters"))?;
        let stages: HashSet<String> = match &request["VersionStages"] {
            Value::Null => HashSet::from([CURRENT.to_owned()]),
            stages => serde_json::from_value(stages.clone()).map_err(|_| invalid("VersionStages"))?,
        };
        let mut secrets = self.secrets.lock().unwrap();
        let versions = secrets.get_mut(arn).ok_or_else(not_found)?;
        if let Some(there) = versions.iter().find(|it| it.id == id).and_then(|it| it.value.as_deref()) {
            // A repeated request is no error and changes nothing; another value under the same token is one.
            return if there == value {
                Ok(json!({"ARN": arn, "Name": arn, "VersionId": id}))
            } else {
                Err(("ResourceExistsException", "a version of this token has another value".to_owned()))
            };
        }
        // A stage is on one version at a time.
        if stages.contains(CURRENT) {
            retire_current(versions);
        }
        for version in versions.iter_mut() {
            version.stages.retain(|stage| !stages.contains(stage));
        }
        match versions.iter_mut().find(|it| it.id == id) {
            Some(empty) => {
                empty.value = Some(value.to_owned());
                empty.stages.extend(stages);
            }
            None => versions.push(Version { id: id.to_owned(), value: Some(value.to_owned()), stages }),
        }
        Ok(json!({"ARN": arn, "Name": arn, "VersionId": id}))
    }
}

impl SecretsManager {
    /// The value of the version with this id.
    pub(crate) fn value(&self, arn: &str, id: &str) -> Option<String> {
        self.secrets.lock().unwrap()[arn].iter().find(|it| it.id == id)?.value.clone()
    }

    /// Begins a rotation as `RotateSecret` does before it calls the first step: with an empty version that is
    /// pending. Whether it may: no other version is.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html>
    pub(crate) fn begin(&self, arn: &str, token: &str) -> bool {
        let mut secrets = self.secrets.lock().unwrap();
        let versions = secrets.get_mut(arn).unwrap();
        let in_the_way =
            |it: &Version| it.id != token && it.stages.contains("AWSPENDING") && !it.stages.contains(CURRENT);
        if versions.iter().any(in_the_way) {
            return false;
        }
        if versions.iter().all(|it| it.id != token) {
            let stages = HashSet::from(["AWSPENDING".to_owned()]);
            versions.iter_mut().for_each(|it| {
                it.stages.remove("AWSPENDING");
            });
            versions.push(Version { id: token.to_owned(), value: None, stages });
        }
        true
    }

    /// The ids of the versions with this stage: one, or none.
    pub(crate) fn staged(&self, arn: &str, stage: &str) -> Vec<String> {
        let secrets = self.secrets.lock().unwrap();
        let versions = secrets[arn].iter().filter(|it| it.stages.contains(stage));
        versions.map(|it| it.id.clone()).collect()
    }

    /// The stage is where the caller believes it to be, or the call is refused.
    fn move_stage(&self, request: &Value) -> Result<Value, Failure> {
        let arn = known(request, &["SecretId", "VersionStage", "RemoveFromVersionId", "MoveToVersionId"])?;
        let stage = request["VersionStage"].as_str().ok_or_else(|| invalid("VersionStage is absent"))?;
        let (from, to) = (request["RemoveFromVersionId"].as_str(), request["MoveToVersionId"].as_str());
        let mut secrets = self.secrets.lock().unwrap();
        let versions = secrets.get_mut(arn).ok_or_else(not_found)?;
        if to.is_some_and(|to| versions.iter().all(|it| it.id != to)) {
            return Err(not_found());
        }
        let holder = versions.iter().find(|it| it.stages.contains(stage)).map(|it| it.id.clone());
        if holder.is_some() && holder.as_deref() != from {
            return Err(invalid("the stage is on another version than RemoveFromVersionId"));
        }
        if holder.is_none() && from.is_some() {
            return Err(invalid("the stage is not on RemoveFromVersionId"));
        }
        if stage == CURRENT && to.is_none() {
            return Err(invalid("AWSCURRENT is moved and never removed"));
        }
        if stage == CURRENT {
            retire_current(versions);
        }
        for version in versions.iter_mut() {
            version.stages.remove(stage);
            if Some(version.id.as_str()) == to {
                version.stages.insert(stage.to_owned());
            }
        }
        Ok(json!({"ARN": arn, "Name": arn}))
    }
}

/// What was current becomes the previous one.
fn retire_current(versions: &mut [Version]) {
    for version in versions {
        version.stages.remove(PREVIOUS);
        if version.stages.remove(CURRENT) {
            version.stages.insert(PREVIOUS.to_owned());
        }
    }
}

impl fmt::Debug for SecretsManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretsManager")
    }
}

impl HttpClient for SecretsManager {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SecretsManager {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.respond(&request))
    }
}

type Failure = (&'static str, String);

/// The secret's id, where the request has no parameter that the fake does not understand.
fn known<'a>(request: &'a Value, parameters: &[&str]) -> Result<&'a str, Failure> {
    let members = request.as_object().ok_or_else(|| invalid("no object"))?;
    match members.keys().find(|name| !parameters.contains(&name.as_str())) {
        Some(name) => Err(invalid(&format!("the fake does not know {name}"))),
        None => request["SecretId"].as_str().ok_or_else(|| invalid("SecretId is absent")),
    }
}

fn not_found() -> Failure {
    ("ResourceNotFoundException", "Secrets Manager can't find the specified secret value.".to_owned())
}

fn invalid(message: &str) -> Failure {
    ("InvalidParameterException", message.to_owned())
}
