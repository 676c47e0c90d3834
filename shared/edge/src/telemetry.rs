//! The log: one JSON object a line, on standard output, where Lambda takes it from.
//!
//! What never stands in it: passwords, keys, tokens, cookies, hashes, secrets, bodies and e-mail
//! addresses. Ids, routes, addresses of callers, and reasons do.
#![allow(clippy::print_stdout, reason = "the one place that prints")]

use tracing::level_filters::LevelFilter;

/// Starts the log. A second call changes nothing.
pub fn init() {
    let _already_started = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(LevelFilter::INFO)
        .try_init();
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
