//! The events of a REST API, shaped as API Gateway shapes them.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>

use super::{call::Call, document::Routed};
use serde_json::{Map, Value, json};

const ACCOUNT: &str = "123456789012";
const API: &str = "a1b2c3d4e5";
const STAGE: &str = "v1";
const DOMAIN: &str = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com";

/// The address that requests come from unless they say another.
pub(crate) const SOURCE_ADDRESS: &str = "203.0.113.7";

/// The method and path as an ARN.
pub(crate) fn method_arn(call: &Call) -> String {
    let path = call.path().trim_start_matches('/');
    format!("arn:aws:execute-api:us-east-1:{ACCOUNT}:{API}/{STAGE}/{}/{path}", call.method)
}

/// What a REQUEST authorizer is asked.
pub(crate) fn authorizer(call: &Call, routed: &Routed<'_>) -> Value {
    let mut event = common(call, routed);
    event["type"] = json!("REQUEST");
    event["methodArn"] = json!(method_arn(call));
    event
}

/// What a function gets. `authorizer` is the context of an Allow.
pub(crate) fn proxy(call: &Call, routed: &Routed<'_>, authorizer: Option<Value>) -> Value {
    let mut event = common(call, routed);
    if let Some(authorizer) = authorizer {
        event["requestContext"]["authorizer"] = authorizer;
    }
    event["body"] = match &*call.body {
        [] => Value::Null,
        body => json!(String::from_utf8_lossy(body)),
    };
    event["isBase64Encoded"] = json!(false);
    event
}

fn common(call: &Call, routed: &Routed<'_>) -> Value {
    let (headers, multi_value_headers) = values(&call.headers);
    let query: Vec<(String, String)> = call
        .query()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    let (query, multi_value_query) = values(&query);
    let parameters: Map<String, Value> =
        routed.parameters.iter().map(|(name, value)| (name.clone(), json!(decode(value)))).collect();
    json!({
        "resource": routed.operation.template,
        "path": call.path(),
        "httpMethod": call.method,
        "headers": headers,
        "multiValueHeaders": multi_value_headers,
        "queryStringParameters": query,
        "multiValueQueryStringParameters": multi_value_query,
        "pathParameters": if parameters.is_empty() { Value::Null } else { parameters.into() },
        "stageVariables": null,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API,
            "domainName": DOMAIN,
            "domainPrefix": API,
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": call.method,
            "identity": {"sourceIp": call.source.as_deref().unwrap_or(SOURCE_ADDRESS), "userAgent": "tests/1"},
            "path": format!("/{STAGE}{}", call.path()),
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": "09/Apr/2030:12:34:56 +0000",
            "requestTimeEpoch": 1_901_968_496_000_i64,
            "resourceId": "abc123",
            "resourcePath": routed.operation.template,
            "stage": STAGE,
        },
    })
}

/// Two maps: name to the last value, and name to all values. `null` where there is none.
fn values(pairs: &[(String, String)]) -> (Value, Value) {
    let (mut last, mut all) = (Map::new(), Map::new());
    for (name, value) in pairs {
        last.insert(name.clone(), json!(value));
        let list = all.entry(name.clone()).or_insert_with(|| json!([]));
        list.as_array_mut().expect("a list").push(json!(value));
    }
    if last.is_empty() { (Value::Null, Value::Null) } else { (last.into(), all.into()) }
}

/// `%xx` undone.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| after.get(..2).and_then(|it| str::from_utf8(it).ok()))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
