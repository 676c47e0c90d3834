//! Every change of state is told of, in the transaction that makes it: in every test that runs a function.
//!
//! - A write of a function's is in one transaction with an audit event, or [`UNTOLD`] says why it needs none.
//! - What an event says is what [`docs/audit.md`](../../docs/audit.md) says of its action: which operation writes it,
//!   and by which names its details go. What is made (201) is told of; what is refused changes nothing.

use super::{document::DOCUMENT, wire::Call};
use auth::audit::{Action, is_ulid};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs,
    future::Future,
    path::Path,
    sync::LazyLock,
};

tokio::task_local! {
    /// The events that the function which runs has written.
    static EVENTS: RefCell<Vec<Event>>;
}

/// Writes without an event: which function's, what it does to which items, the only attributes that it may change
/// where it changes one, and why.
const UNTOLD: &[(&str, &str, &str, &[&str], &str)] = &[
    ("Admin", "Delete", "EMAIL/EMAIL", &[], DELETION),
    ("Admin", "Delete", "PASSWORD/PASSWORD", &[], DELETION),
    ("Admin", "Delete", "SESSIONSECRET/SESSIONSECRET", &[], DELETION),
    ("Admin", "Delete", "USER/KEY", &[], DELETION),
    ("Admin", "Delete", "USER/PROFILE", &[], DELETION),
    ("Admin", "Delete", "USER/SESSION", &[], DELETION),
    ("Admin", "Delete", "USER/SPACE", &[], DELETION),
    ("Admin", "Update", "ORG/SPACE", &["admins", "members"], DELETION),
    ("Spaces", "Delete", "ORG/SPACE", &[], DELETION),
    ("Spaces", "Delete", "SPACE/PRODUCT", &[], DELETION),
    ("Spaces", "Delete", "USER/SPACE", &[], DELETION),
    ("Spaces", "Update", "ORG/SPACE", &["members"], DELETION),
    ("Sessions", "Delete", "USER/SESSION", &[], REST),
    ("Sessions", "Delete", "SESSIONSECRET/SESSIONSECRET", &[], REST),
    ("Sessions", "Delete", "USER/KEY", &[], FORWARDING),
    ("ApiKeys", "Delete", "USER/KEY", &[], FORWARDING),
    (
        "Sessions",
        "Update",
        "SESSIONSECRET/SESSIONSECRET",
        &["current", "generation", "previous", "refreshed_at"],
        USE,
    ),
    (
        "Login",
        "Update",
        "PASSWORD/PASSWORD",
        &["attempt", "attempts", "disabled_told", "failures", "known_addresses", "last", "not_before"],
        USE,
    ),
    ("Login", "Update", "PASSWORD/PASSWORD", &["hash"], "the same password, hashed at today's cost"),
    ("Login", "Update", "THROTTLE/WINDOW", &["attempt", "attempts", "expires_at", "last", "not_before"], USE),
    ("Login", "Put", "OUTBOX/*", &[], "anybody may say that a password was forgotten, of any address"),
    (
        "Mailer",
        "Put",
        "ONCE/ONCE",
        &[],
        "the token of a mail that was asked for, which is told of if it is used",
    ),
    ("Mailer", "Delete", "OUTBOX/*", &[], "a mail has left"),
    (
        "Setup",
        "Put",
        "JWKS/JWKS",
        &[],
        "the base URL and the first signing key, before there is an organization",
    ),
    ("Rotation", "Put", "JWKS/JWKS", &[], "signing keys are the deployment's, and no organization's"),
];
const DELETION: &str = "the rest of what a deletion that was told of began";
const FORWARDING: &str = "the place that a revoked key was moved from";
const REST: &str = "what is left of a session that has ended";
const USE: &str = "the use of a credential, which changes nothing of it";

/// Answers that refuse and all the same have changed something.
const REFUSED: &[&str] = &["password.disabled", "session.reuse_detected"];

/// An event as it was written.
struct Event {
    action: String,
    details: BTreeSet<String>,
    ends: bool,
}

/// What the guide says of an action: the operations that write it, and the names of its details.
struct Documented {
    operations: BTreeSet<String>,
    details: BTreeSet<String>,
}

static GUIDE: LazyLock<BTreeMap<String, Documented>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/audit.md");
    let text = fs::read_to_string(path).expect("docs/audit.md");
    let table = text.split("## Actions").nth(1).expect("a table of actions");
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let [action, operations, details] = cells(row).try_into().expect("three columns");
        (
            quoted(&action).remove(0),
            Documented {
                operations: quoted(&operations).into_iter().collect(),
                details: quoted(&details).into_iter().collect(),
            },
        )
    })
    .collect()
});

fn cells(row: &str) -> Vec<String> {
    row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// What stands in backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// One part of a write.
struct Part<'a> {
    kind: &'static str,
    body: &'a Value,
}

/// Runs a function, and hears which events it writes.
pub(crate) async fn listening<T>(work: impl Future<Output = T>) -> (T, Told) {
    EVENTS
        .scope(RefCell::default(), async {
            let done = Box::pin(work).await;
            (done, Told(EVENTS.with(RefCell::take)))
        })
        .await
}

/// What a function has told.
pub(crate) struct Told(Vec<Event>);

impl Told {
    /// Fails where an answer of this status, to a request of this operation, is not to go with these events.
    pub(crate) fn check(&self, operation: &str, status: u16) {
        for event in &self.0 {
            let action = &event.action;
            assert!(event.ends, "{action} of {operation} has no end");
            let guide = GUIDE.get(action).unwrap_or_else(|| panic!("docs/audit.md has no {action}"));
            assert!(guide.operations.contains(operation), "docs/audit.md has no {action} of {operation}");
            for name in &event.details {
                let any = name.split_once('.').map(|(_, end)| format!("<member>.{end}")).unwrap_or_default();
                let known = guide.details.contains(name) || guide.details.contains(&any);
                assert!(known, "docs/audit.md has no {name} of {action}");
            }
            let refused = (400..500).contains(&status) && !REFUSED.contains(&action.as_str());
            assert!(!refused, "{operation} is refused ({status}) and has written {action}");
        }
        assert!(status != 201 || !self.0.is_empty(), "what {operation} made is not told of");
        assert!(self.0.is_empty() || !operation.starts_with("GET "), "{operation} has written an event");
    }
}

/// A call was done.
pub(crate) fn done(call: &Call) {
    let events = events(call);
    // Of what no function does, nobody listens.
    let _ = EVENTS.try_with(|it| it.borrow_mut().extend(events));
}

/// Fails where the function of this stem may not make this call without an event.
pub(crate) fn require(stem: &str, call: &Call) {
    let parts = parts(call);
    // What counts has a role that reaches counters and nothing else.
    if parts.iter().any(Part::is_event) || stem == "Usage" {
        return;
    }
    for part in parts {
        let (place, changed) = (part.place(), part.changed());
        let excused = UNTOLD.iter().any(|(of, kind, at, attributes, _)| {
            (*of, *kind, *at) == (stem, part.kind, place.as_str())
                && changed.iter().all(|name| attributes.contains(&name.as_str()))
        });
        assert!(excused, "{stem}: {} of {place} ({changed:?}) without an event", part.kind);
    }
}

fn parts(call: &Call) -> Vec<Part<'_>> {
    const KINDS: [&str; 3] = ["Put", "Update", "Delete"];
    match &*call.operation {
        "PutItem" => vec![Part { kind: "Put", body: &call.body }],
        "UpdateItem" => vec![Part { kind: "Update", body: &call.body }],
        "DeleteItem" => vec![Part { kind: "Delete", body: &call.body }],
        "TransactWriteItems" => {
            let parts = call.body["TransactItems"].as_array().expect("parts").iter();
            parts
                .flat_map(|part| KINDS.map(|kind| (kind, part.get(kind))))
                .filter_map(|(kind, body)| body.map(|body| Part { kind, body }))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn events(call: &Call) -> Vec<Event> {
    let items = parts(call).into_iter().filter(Part::is_event).map(|part| &part.body["Item"]);
    items
        .map(|item| Event {
            action: item["action"]["S"].as_str().expect("an action").to_owned(),
            details: item["details"]["M"].as_object().expect("details").keys().cloned().collect(),
            ends: item.get("expires_at").is_some(),
        })
        .collect()
}

impl Part<'_> {
    fn is_event(&self) -> bool {
        self.kind == "Put" && self.place().starts_with("AUDIT/")
    }

    /// The kind of item, such as `USER/KEY`.
    fn place(&self) -> String {
        let key = if self.kind == "Put" { &self.body["Item"] } else { &self.body["Key"] };
        let [partition, sort] = ["pk", "sk"].map(|name| {
            let text = key[name]["S"].as_str().expect("a key");
            if is_ulid(text) { "*" } else { text.split('#').next().unwrap_or_default() }
        });
        format!("{partition}/{sort}")
    }

    /// The attributes that an update changes.
    fn changed(&self) -> BTreeSet<String> {
        let expression = self.body["UpdateExpression"].as_str().unwrap_or_default();
        let words: BTreeSet<_> =
            expression.split(|c: char| !c.is_alphanumeric() && !"#_".contains(c)).collect();
        let names = self.body["ExpressionAttributeNames"].as_object().into_iter().flatten();
        let named = names.filter(|(name, _)| words.contains(name.as_str()));
        named.map(|(_, attribute)| attribute.as_str().expect("a name").to_owned()).collect()
    }
}

#[test]
fn the_guide_has_every_action_and_no_other_one() {
    let actions: BTreeSet<_> = Action::ALL.iter().map(|it| it.as_str()).collect();
    let guide: BTreeSet<_> = GUIDE.keys().map(String::as_str).collect();
    assert_eq!(guide, actions);
    for (action, it) in GUIDE.iter() {
        for operation in it.operations.iter().filter(|it| it.contains(' ')) {
            let known = DOCUMENT.operations().any(|known| known.name() == *operation);
            assert!(known, "{action}: {operation} is no operation");
        }
    }
}

#[test]
fn a_change_without_an_event_fails_the_test() {
    let rename = |with_event: bool| {
        let key = serde_json::json!({"pk": {"S": "USER#usr_1"}, "sk": {"S": "PROFILE"}});
        let names = serde_json::json!({"#0": "pk", "#1": "name"});
        let update = serde_json::json!({"Update": {
            "Key": key, "UpdateExpression": "SET #1 = :1", "ExpressionAttributeNames": names,
        }});
        let event =
            serde_json::json!({"Put": {"Item": {"pk": {"S": "AUDIT#org_1#2030-01"}, "sk": {"S": "x"}}}});
        let parts = if with_event { vec![update, event] } else { vec![update] };
        let body = serde_json::json!({ "TransactItems": parts });
        let text = body.to_string();
        Call { operation: "TransactWriteItems".to_owned(), body, text, by_sdk: true }
    };
    require("UsersMe", &rename(true));
    assert!(std::panic::catch_unwind(|| require("UsersMe", &rename(false))).is_err());
    assert!(std::panic::catch_unwind(|| require("Login", &rename(false))).is_err());
}
