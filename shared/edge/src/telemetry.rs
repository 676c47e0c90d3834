//! The log: one JSON object a line, on standard output, where Lambda takes it from.
//!
//! What never stands in it: passwords, keys, tokens, cookies, hashes, secrets, bodies and e-mail
//! addresses. Ids, routes, addresses of callers, and reasons do.
#![allow(clippy::print_stdout, reason = "the one place that prints")]

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// The runtime says nothing of its own. It would log each error that a handler returns once more, and to the
/// authorizer a 401 is one; and of an event that it cannot read it would log the value, which may be a key.
const RUNTIME: &str = "lambda_runtime";

/// Starts the log. A second call changes nothing.
pub fn init() {
    let levels = Targets::new().with_default(LevelFilter::INFO).with_target(RUNTIME, LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_filter(levels);
    let _already_started = tracing_subscriber::registry().with(lines).try_init();
}

/// Prints one line as it is. For the lines that other parts count, whose form is their contract.
pub fn line(text: &str) {
    println!("{text}");
}

/// The message of `error` and of what caused it. Only what errors say for people: an SDK error's debug
/// form may hold a response's body, and so a secret.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
