//! The log: one JSON object a line, on standard output, where Lambda takes it from.
//!
//! What never stands in it: passwords, keys, tokens, cookies, hashes, secrets, bodies and e-mail
//! addresses. Ids, routes, addresses of callers, and reasons do.
#![allow(clippy::print_stdout, reason = "the one place that prints")]

use std::panic;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer, filter::Targets, fmt::MakeWriter, layer::SubscriberExt, registry::LookupSpan,
    util::SubscriberInitExt,
};

/// The runtime says nothing of its own. It would log each error that a handler returns once more, and to the
/// authorizer a 401 is one; and of an event that it cannot read it would log the value, which may be a key.
const RUNTIME: &str = "lambda_runtime";

/// Starts the log. A second call changes nothing.
pub fn init() {
    let levels = Targets::new().with_default(LevelFilter::INFO).with_target(RUNTIME, LevelFilter::OFF);
    let lines = lines(std::io::stdout).with_filter(levels);
    let _already_started = tracing_subscriber::registry().with(lines).try_init();
}

/// One JSON object a line. Serialised, so that nothing in a value ends its line or speaks to a terminal.
fn lines<S, W>(writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_writer(writer)
}

/// Logs a panic as a line that says where, in the place of the standard text on standard error. What it says may hold
/// what was sent.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        tracing::error!(location, "a panic");
    }));
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that were logged meanwhile.
    fn logged(what: impl FnOnce()) -> Vec<Value> {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::registry().with(lines(move || writer.clone()));
        tracing::subscriber::with_default(subscriber, what);
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(
            text.bytes().all(|byte| byte == b'\n' || byte == 0x7f || !byte.is_ascii_control()),
            "{text:?}"
        );
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn whatever_a_value_holds_it_is_one_line_that_reads_back() {
        for value in [
            "a\nb",
            "a\r\n{\"level\":\"ERROR\"}",
            "\",\"level\":\"ERROR",
            "\u{1b}[31mred\u{1b}[0m",
            "\u{0}\u{7}\u{8}\u{7f}",
            "\u{2028}\u{2029}",
            "\\",
            "\u{202e}\u{fffd}",
        ] {
            let lines = logged(|| tracing::warn!(route = value, shown = %value, "of a value"));
            assert_eq!(lines.len(), 1, "{value:?}");
            assert_eq!(lines[0]["level"], "WARN");
            for name in ["route", "shown"] {
                assert_eq!(lines[0][name], value, "{name}");
            }
        }
    }

    #[test]
    fn a_panic_is_one_line_that_says_where_and_not_what() {
        let before = panic::take_hook();
        log_panics();
        let lines = logged(|| {
            let _caught = panic::catch_unwind(|| panic!("of qarion_secret"));
        });
        panic::set_hook(before);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!((&lines[0]["level"], &lines[0]["message"]), (&"ERROR".into(), &"a panic".into()));
        assert!(lines[0]["location"].as_str().unwrap().contains("telemetry.rs:"));
        assert!(!lines[0].to_string().contains("qarion_secret"));
    }
}
