//! Every function answers every request as the document says, and no error says more than its detail.
#![no_main]

use auth::ids::Slug;
use edge::Ambient;
use fuzz::{Functions, OPERATIONS, Script, block_on};
use lambda_http::Body;
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Value, json};
use std::sync::LazyLock;
use time::OffsetDateTime;

/// What gives a random name to something new, and fails where that name is taken: nothing that a request can bring about.
const NAMING: [&str; 3] = [
    "POST /admin/service-accounts",
    "POST /admin/users/{id}/password-reset",
    "POST /catalog/spaces/{space}/products",
];

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(Functions::default);

// Which operation, how the store answers, and as text: the query, a parameter of the path, a header's value, and the
// body from the fourth line on.
fuzz_target!(|data: (u8, u8, &str)| -> Corpus {
    let (number, store, text) = data;
    let operation = &OPERATIONS[usize::from(number) % OPERATIONS.len()];
    let taken = store % 2 != 0;
    FUNCTIONS.cloud.follow(if taken { Script::Conflict } else { Script::Empty });
    let mut parts = text.splitn(4, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let (query, parameter, header, body) = (part(), part(), part(), part());
    let mut event = json!({
        "resource": operation.template,
        "path": operation.template,
        "httpMethod": operation.method,
        "multiValueHeaders": headers(operation.function == "Import", header),
        "multiValueQueryStringParameters": pairs(query),
        "pathParameters": parameters(&operation.template, parameter),
        "body": body,
        "isBase64Encoded": false,
        "requestContext": {
            "resourcePath": operation.template,
            "httpMethod": operation.method,
            "identity": {"sourceIp": "203.0.113.7"},
        },
    });
    if operation.protected {
        event["requestContext"]["authorizer"] = json!({
            "user_id": "usr_00000000001",
            "org_id": "org_00000000002",
            "org_role": "admin",
            "credential_kind": if store & 2 == 0 { "session" } else { "api_key" },
            "credential_id": if store & 2 == 0 { "ses_00000000003" } else { "key_00000000003" },
            "space": "spc_00000000004",
            "space_role": "admin",
        });
    }
    let mut ambient = Ambient::fixed(OffsetDateTime::from_unix_timestamp(1_900_000_000).unwrap(), 1);
    let Some(response) = block_on(FUNCTIONS.answer(operation, event, &mut ambient)) else {
        return Corpus::Reject;
    };
    let status = response.status().as_u16();
    let name = format!("{} {}", operation.method, operation.template);
    // These ask for the signing keys, and without any the deployment is not set up: 500. Elsewhere what is absent is no
    // fault of ours; a failure is a 503, whether or not the document says so.
    let set_up = !matches!(operation.function.as_str(), "Wellknown" | "Login" | "Sessions");
    let named = taken && NAMING.contains(&name.as_str());
    let fault = status == 503 || (status == 500 && (!set_up || named));
    assert!(fault || (status != 500 && operation.statuses.contains(&status)), "{name}: {status}");
    if status >= 400 {
        let Body::Text(body) = response.body() else { panic!("{name}: no text") };
        let body: Value = serde_json::from_str(body).expect("JSON");
        assert!(
            body["detail"].is_string() && body.as_object().is_some_and(|it| it.len() == 1),
            "{name}: {body}"
        );
    }
    Corpus::Keep
});

fn headers(import: bool, value: &str) -> Value {
    let content_type = if import { "text/csv" } else { "application/json" };
    json!({
        "Content-Type": [content_type],
        "If-Match": [value],
        "Cookie": [value],
        "Authorization": [value],
        "User-Agent": [value],
    })
}

fn pairs(query: &str) -> Value {
    let mut all = serde_json::Map::new();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let list = all.entry(name).or_insert_with(|| json!([]));
        list.as_array_mut().expect("a list").push(json!(value));
    }
    all.into()
}

fn parameters(template: &str, value: &str) -> Value {
    let names = template.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    let value = |name| match name {
        // The authorizer lets nobody into a space whose name is none.
        "space" if value.parse::<Slug>().is_err() => "north",
        _ => value,
    };
    names.map(|name| (name.to_owned(), json!(value(name)))).collect::<serde_json::Map<_, _>>().into()
}
