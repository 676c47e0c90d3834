//! From the document: every way in which an operation can be asked about something foreign.

use super::{
    documented::Documented,
    organization::{Organization, Things},
};
use crate::support::{Call, World, document::Operation};

/// A request about something foreign.
pub(super) struct Asked {
    pub(super) foreign: Call,
    /// The same about something that nobody has; `None` where there is no such thing, as with a cursor.
    pub(super) unknown: Option<Call>,
    /// Whether nothing in it is the asker's own.
    pub(super) wholly_foreign: bool,
}

/// Where the request's parts come from.
#[derive(Clone, Copy)]
struct Parts<'a> {
    own: &'a Things,
    other: &'a Things,
}

/// Every request of an operation.
pub(super) async fn asked(
    operation: &Operation,
    world: &World,
    own: &Things,
    foreign: &Organization,
    unknown: &Things,
) -> Vec<Asked> {
    let document = Documented::of(operation);
    let parameters = document.path_parameters();
    let both = |make: &dyn Fn(Parts<'_>) -> Call, wholly_foreign| Asked {
        foreign: make(Parts { own, other: &foreign.things }),
        unknown: Some(make(Parts { own, other: unknown })),
        wholly_foreign,
    };
    let mut requests = Vec::new();
    let all = (1_usize << parameters.len()) - 1;
    // Each choice of parameters that are foreign; the others, and the body, are one's own.
    for choice in 1..=all {
        requests.push(both(
            &|parts| {
                let path = path(operation, &parameters, choice, parts);
                let of_body = if choice == all { parts.other } else { parts.own };
                prepared(operation, path, document.body(of_body))
            },
            choice == all,
        ));
    }
    let to_own = |parts: Parts<'_>| path(operation, &parameters, 0, parts);
    if document.body_names_something() {
        requests.push(both(&|parts| prepared(operation, to_own(parts), document.body(parts.other)), false));
    }
    if document.body_has_rows() {
        let parts = Parts { own, other: &foreign.things };
        let foreign = prepared(operation, to_own(parts), document.body(parts.other));
        requests.push(Asked { foreign, unknown: None, wholly_foreign: false });
    }
    for (name, schema) in document.query_parameters() {
        let with = |parts: Parts<'_>, value: &str| {
            let target = format!("{}?{name}={value}", to_own(parts));
            prepared(operation, target, document.body(parts.own))
        };
        let parts = Parts { own, other: &foreign.things };
        match name {
            "actor" | "target" => requests.push(both(&|parts| with(parts, &parts.other.human), false)),
            "email_prefix" => requests.push(both(&|parts| with(parts, &parts.other.email), false)),
            "cursor" => {
                if let Some(cursor) = cursor(operation, world, &parameters, foreign).await {
                    let foreign = with(parts, &cursor);
                    requests.push(Asked { foreign, unknown: None, wholly_foreign: false });
                }
            }
            // Words of a list name nothing.
            _ if schema["enum"].is_array() => {
                for value in schema["enum"].as_array().unwrap() {
                    let foreign = with(parts, value.as_str().unwrap());
                    requests.push(Asked { foreign, unknown: None, wholly_foreign: false });
                }
            }
            "from" | "to" | "limit" | "action" | "unused_for" | "from_row" => {}
            other => panic!("{}: say what the query's `{other}` names", operation.name()),
        }
    }
    if requests.is_empty() {
        // It names nothing: it is enough that it shows nothing.
        let call = prepared(operation, operation.template.clone(), document.body(own));
        requests.push(Asked { foreign: call, unknown: None, wholly_foreign: false });
    }
    requests
}

/// The path, with those parameters foreign that stand in `choice` as bits.
fn path(operation: &Operation, parameters: &[&str], choice: usize, parts: Parts<'_>) -> String {
    let mut path = operation.template.clone();
    for (bit, name) in parameters.iter().enumerate() {
        let things = if choice & (1 << bit) == 0 { parts.own } else { parts.other };
        path = path.replace(&format!("{{{name}}}"), of_path(&operation.template, name, things));
    }
    path
}

/// What a parameter of a path names.
fn of_path<'a>(template: &str, name: &str, things: &'a Things) -> &'a str {
    let before = template.split(&format!("/{{{name}}}")).next().unwrap().rsplit('/').next().unwrap();
    match before {
        "users" | "members" => &things.human,
        "service-accounts" => &things.service_account,
        "api-keys" if template.contains("/service-accounts/") => &things.key_of_service_account,
        "api-keys" => &things.key_of_human,
        "sessions" => &things.session,
        "spaces" => &things.slug,
        "products" => &things.product,
        other => panic!("{template}: say what stands behind `{other}`"),
    }
}

/// The cursor that the foreign organization's own admin gets.
async fn cursor(
    operation: &Operation,
    world: &World,
    parameters: &[&str],
    foreign: &Organization,
) -> Option<String> {
    let parts = Parts { own: &foreign.things, other: &foreign.things };
    let target = format!("{}?limit=1", path(operation, parameters, 0, parts));
    let call = Call::new(&operation.method, target).bearer(foreign.caller(&operation.template));
    let answer = world.raw_call(&call).await;
    (answer.status == 200).then(|| answer.json()["next_cursor"].as_str().map(str::to_owned)).flatten()
}

fn prepared(operation: &Operation, target: String, body: Option<(&str, String)>) -> Call {
    let call = Call::new(&operation.method, target);
    let call =
        if matches!(&*operation.method, "PUT" | "DELETE") { call.header("If-Match", "\"1\"") } else { call };
    match body {
        Some((kind, text)) => call.text(kind, text),
        None => call,
    }
}
