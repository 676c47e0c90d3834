//! An API Gateway in process, routed by `infra/openapi.yaml` itself.
//!
//! 1. find the operation, or answer as for an unknown route
//! 2. unless it is public: 401 without an Authorization header, else ask the authorizer
//! 3. hand the proxy event, with the authorizer's context, to the function that the integration names, which runs
//!    with the permissions of its role and no more
//! 4. answer as a REST API does, which renames a function's `WWW-Authenticate`

use super::{
    call::{Answer, Call},
    document::{ALLOWED_ORIGIN, Canned, DOCUMENT, Integration, Routed},
    event,
    roles::within,
    told,
};
use access::Access;
use authorizer::{Authorizer, Refusal};
use edge::{Ambient, Function};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::{Value, json};

/// The functions of one deployment.
pub(crate) struct Gateway {
    pub(crate) authorizer: Authorizer,
    pub(crate) login: login::Login,
    pub(crate) sessions: sessions::Sessions,
    pub(crate) users_me: users_me::UsersMe,
    pub(crate) api_keys: api_keys::ApiKeys,
    pub(crate) admin: admin::Admin,
    pub(crate) spaces: spaces::Spaces,
    pub(crate) import: import::Import,
    pub(crate) audit: audit::Audit,
    pub(crate) usage_report: usage_report::UsageReport,
    pub(crate) catalog: catalog::Catalog,
    pub(crate) wellknown: wellknown::Wellknown,
    /// Where it was built when the tests were compiled.
    pub(crate) console: Result<console::Console, console::NotBuilt>,
    /// No route leads to it: CloudFormation calls it.
    pub(crate) setup: setup::Setup,
    /// No route leads to it: Secrets Manager calls it.
    pub(crate) rotation: rotation::Rotation,
    /// No route leads to it: the table's stream calls it.
    pub(crate) mailer: mailer::Mailer,
    /// No route leads to it: the authorizer's log calls it.
    pub(crate) usage: usage::Usage,
}

impl Gateway {
    /// The answer to a request. `ambient` is made anew for each function that runs.
    pub(crate) async fn call(&self, call: &Call, mut ambient: impl FnMut() -> Ambient) -> Answer {
        match DOCUMENT.route(&call.method, call.path()) {
            None => canned(DOCUMENT.gateway_response("MISSING_AUTHENTICATION_TOKEN")),
            Some(routed) => self.route(call, &routed, &mut ambient).await,
        }
    }

    /// The answer to a request that the gateway has found this operation for, however it did.
    pub(crate) async fn route(
        &self,
        call: &Call,
        routed: &Routed<'_>,
        ambient: &mut impl FnMut() -> Ambient,
    ) -> Answer {
        let context = match routed.operation.access {
            Access::Public => None,
            Access::Protected { .. } => match self.authorize(call, routed, &mut ambient()).await {
                Ok(context) => Some(context),
                Err(refused) => return canned(DOCUMENT.gateway_response(refused)),
            },
        };
        match &routed.operation.integration {
            Integration::Mock(response) => canned(response),
            Integration::Function(function) => {
                self.invoke(function, &event::proxy(call, routed, context), &mut ambient()).await
            }
        }
    }

    /// The context that a function sees, or the type of the gateway's refusal.
    async fn authorize(
        &self,
        call: &Call,
        routed: &Routed<'_>,
        ambient: &mut Ambient,
    ) -> Result<Value, &'static str> {
        // The identity source: without it, or where it is empty, no function runs.
        let mut values = call.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        if values.next().is_none_or(|(_, value)| value.is_empty()) {
            return Err("UNAUTHORIZED");
        }
        let asked = event::authorizer(call, routed);
        let event = serde_json::from_value(asked).expect("an authorizer's event");
        match within("Authorizer", self.authorizer.answer(&event, ambient)).await {
            Err(Refusal::Unauthorized) => Err("UNAUTHORIZED"),
            Err(Refusal::Fault) => Err("AUTHORIZER_FAILURE"),
            Ok(policy) if allows(&policy, &event::method_arn(call)) => Ok(context(&policy)),
            Ok(_) => Err("ACCESS_DENIED"),
        }
    }

    /// The answer of a function, by the stem of its logical id, to a proxy event.
    pub(crate) async fn invoke(&self, function: &str, event: &Value, ambient: &mut Ambient) -> Answer {
        let (answer, told) = told::listening(within(function, self.run(function, event, ambient))).await;
        let [method, path] = ["httpMethod", "resource"].map(|name| event[name].as_str().expect("a route"));
        told.check(&format!("{method} {path}"), answer.status);
        renamed(answer)
    }

    async fn run(&self, function: &str, event: &Value, ambient: &mut Ambient) -> Answer {
        match function {
            "Login" => run(&self.login, event, ambient).await,
            "Sessions" => run(&self.sessions, event, ambient).await,
            "UsersMe" => run(&self.users_me, event, ambient).await,
            "ApiKeys" => run(&self.api_keys, event, ambient).await,
            "Admin" => run(&self.admin, event, ambient).await,
            "Spaces" => run(&self.spaces, event, ambient).await,
            "Import" => run(&self.import, event, ambient).await,
            "Audit" => run(&self.audit, event, ambient).await,
            "UsageReport" => run(&self.usage_report, event, ambient).await,
            "Catalog" => run(&self.catalog, event, ambient).await,
            "Wellknown" => run(&self.wellknown, event, ambient).await,
            "Console" => {
                let console = self.console.as_ref();
                run(console.unwrap_or_else(|not_built| panic!("{not_built}")), event, ambient).await
            }
            other => panic!("infra/openapi.yaml names a function that the tests do not know: {other}"),
        }
    }
}

async fn run(function: &impl Function, event: &Value, ambient: &mut Ambient) -> Answer {
    // As `edge::serve` does: what no HTTP could carry is no event.
    let response = match edge::service::read(event.clone()) {
        Ok(request) => Box::pin(edge::answer(function, request, ambient, Some(ALLOWED_ORIGIN))).await,
        Err(edge::service::Unreadable) => edge::Response::from(edge::Rejection::UnreadableRequest),
    };
    let output = serde_json::to_value(edge::service::proxy_response(response)).expect("JSON");
    read(&output)
}

/// A function's output as the gateway reads it: a status, lists of header values, and text or nothing.
fn read(output: &Value) -> Answer {
    let members = output.as_object().expect("an object");
    let mut headers = HeaderMap::new();
    for (name, values) in members["multiValueHeaders"].as_object().expect("lists of values") {
        for value in values.as_array().expect("a list of values") {
            let name: HeaderName = name.parse().expect("a header's name");
            headers.append(name, value.as_str().expect("text").parse().expect("a header's value"));
        }
    }
    assert_eq!(members["isBase64Encoded"], false, "no function answers anything but text");
    let body = members.get("body").map(|body| body.as_str().expect("a body that is there is text"));
    let status = members["statusCode"].as_u64().expect("a status").try_into().expect("a status");
    Answer { status, headers, body: body.unwrap_or_default().as_bytes().to_vec() }
}

/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>
fn renamed(mut answer: Answer) -> Answer {
    if let Some(challenge) = answer.headers.remove(header::WWW_AUTHENTICATE) {
        answer.headers.insert(HeaderName::from_static("x-amzn-remapped-www-authenticate"), challenge);
    }
    answer
}

fn canned(response: &Canned) -> Answer {
    let mut headers: HeaderMap = response.headers.iter().cloned().collect();
    if !response.body.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let status = response.status.expect("an answer of its own status");
    Answer { status, headers, body: response.body.clone().into_bytes() }
}

/// Whether the policy allows the method and path. Fails where it is not a policy of exactly these.
fn allows(policy: &Value, method_arn: &str) -> bool {
    let effect = policy["policyDocument"]["Statement"][0]["Effect"].as_str().expect("an effect");
    assert_eq!(
        policy["policyDocument"],
        json!({
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": method_arn}],
        }),
        "a policy is for one request, and names it exactly"
    );
    let allows = effect == "Allow";
    assert!(allows || effect == "Deny", "{effect}");
    assert!(!allows || !method_arn.contains(['*', '?']), "an Allow must not hold a wildcard: {method_arn}");
    allows
}

/// The context as the gateway passes it on: strings, with the principal beside them.
fn context(policy: &Value) -> Value {
    let mut context = policy["context"].as_object().expect("a context").clone();
    for (key, value) in &context {
        assert!(value.is_string(), "the context's `{key}` is no string");
    }
    let principal = policy["principalId"].as_str().expect("a principal");
    assert_eq!(context["user_id"], principal, "the principal is the user");
    context.insert("principalId".to_owned(), json!(principal));
    context.insert("integrationLatency".to_owned(), json!(3));
    context.into()
}
