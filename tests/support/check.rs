//! What holds for every answer, whatever the test is about.

use super::{
    call::{Answer, Call},
    canary,
    document::DOCUMENT,
};
use http::header::SET_COOKIE;
use serde_json::Value;
use std::sync::LazyLock;

/// Members of answers that hand out a secret, once.
const HANDED_OUT: [&str; 3] = ["access_token", "key", "link"];

/// From how many bytes on the gateway compresses.
static COMPRESSED: LazyLock<usize> = LazyLock::new(|| {
    let template = include_str!("../../infra/template.yaml");
    let line = template.lines().find_map(|line| line.trim().strip_prefix("MinimumCompressionSize: "));
    line.and_then(|size| size.parse().ok()).expect("a size")
});

/// Fails unless the document has said that this answer may come, and it holds no secret but the one that it
/// hands out.
pub(crate) fn answer(call: &Call, answer: &Answer) {
    documented(call, answer);
    holds_no_secret(answer);
}

/// Fails unless the document has said that this answer may come, with the headers that every answer has.
pub(crate) fn documented(call: &Call, answer: &Answer) {
    match DOCUMENT.route(&call.method, call.path()) {
        Some(routed) => routed.operation.check(answer.status, &answer.headers, &answer.body),
        None => answer.is_not_found(),
    }
    assert!(answer.headers.contains_key("access-control-allow-origin"), "browsers cannot read the answer");
    if call.method != "OPTIONS" {
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    }
}

fn holds_no_secret(answer: &Answer) {
    for (name, value) in &answer.headers {
        let text = String::from_utf8_lossy(value.as_bytes());
        match answer.cookie() {
            // Handed out, and within seconds again.
            Some(cookie) if name == SET_COOKIE => canary::note(&cookie),
            _ => canary::is_clean(name.as_str(), &text),
        }
    }
    if answer.status >= 400 || answer.body.is_empty() {
        canary::is_clean("an answer", &String::from_utf8_lossy(&answer.body));
        return;
    }
    if !answer.is_json() {
        canary::is_clean("an answer", &String::from_utf8_lossy(&answer.body));
        return;
    }
    let mut body = answer.json();
    let handed_out: Vec<Value> = match &mut body {
        Value::Object(members) => HANDED_OUT.iter().filter_map(|name| members.remove(*name)).collect(),
        _ => Vec::new(),
    };
    canary::is_clean("an answer", &body.to_string());
    let size = answer.body.len();
    assert!(handed_out.is_empty() || size < *COMPRESSED, "{size} bytes with a secret would be compressed");
    for secret in handed_out {
        let secret = secret.as_str().expect("a secret is a string");
        // Of a link it is what stands behind this.
        canary::note(secret.split_once("#token=").map_or(secret, |(_, token)| token));
    }
}
