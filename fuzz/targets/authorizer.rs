//! Nobody whom the store does not know is let through, whatever is sent.
#![no_main]

use authorizer::Event;
use edge::Ambient;
use fuzz::{Functions, OPERATIONS, block_on};
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use std::sync::LazyLock;
use time::OffsetDateTime;

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(Functions::default);

// The route, the header and a parameter of the path, a line each.
fuzz_target!(|data: (u8, &str)| {
    let (number, text) = data;
    let operation = &OPERATIONS[usize::from(number) % OPERATIONS.len()];
    let mut lines = text.split('\n');
    let (header, parameter) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let headers: Vec<&str> = std::iter::once(header).chain(lines).collect();
    let event: Event = serde_json::from_value(json!({
        "methodArn": format!("arn:aws:execute-api:us-east-1:123456789012:a/v1/{}/{parameter}", operation.method),
        "resource": operation.template,
        "httpMethod": operation.method,
        "multiValueHeaders": {"Authorization": headers},
        "pathParameters": {"space": parameter, "id": parameter},
        "requestContext": {"identity": {"sourceIp": parameter}},
    }))
    .unwrap();
    let mut ambient = Ambient::fixed(OffsetDateTime::UNIX_EPOCH, 1);
    let answer = block_on(FUNCTIONS.authorizer.answer(&event, &mut ambient));
    assert!(answer.is_err(), "{answer:?}");
});
