//! The process that answers a request dies at one of its calls: the call is done or not, and nothing follows. Then the
//! same request comes again, to a new process.
//!
//! - Wherever it died, all that [`consistency`] asks of a table holds, and nothing that is refused is accepted.
//! - The second request leaves the table as if the request had been sent once, or twice, and no process had died;
//!   and is answered as it is then. Only an attempt at a password may be counted one too many.
//! - What it is answered where the first one was done stands in `docs/faults.md`, for each operation.

use super::{READS, Scene, WRITES, cases::case, is_failure};
use crate::support::{
    Answer, Call, World, consistency,
    document::{DOCUMENT, Operation},
    fixtures::audited,
    in_process,
    in_process::Patience,
    wire::Fault,
};
use auth::{audit::Action, throttle::MAX_FAILURES};
use regex::Regex;
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    sync::{LazyLock, atomic::Ordering},
};
use store::Write;

/// What becomes of a request that is sent again, where the process died behind a write of the first one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Again {
    /// It goes on where the first one was, or finds it done: as if it had been sent once.
    Finishes,
    /// It does once more what the first one did: as if it had been sent twice.
    Repeats,
    /// It is refused as a second one is, with this status.
    Refused(u16),
}

/// What undisturbed requests answer and leave.
struct Undisturbed {
    /// What stands there before.
    before: BTreeSet<String>,
    /// The calls of the first one.
    calls: Vec<String>,
    once: (u16, Vec<String>),
    twice: (u16, Vec<String>),
}

/// One test for what lies under each of these paths, so that they run at the same time. A path is of the first that it
/// begins with.
macro_rules! under {
    ($($test:ident: $start:literal,)+) => {
        const STARTS: &[&str] = &[$($start),+];
        $(
            #[tokio::test]
            async fn $test() {
                cut_off_at_writes_under($start).await;
            }
        )+
    };
}

under! {
    who_logs_in_sends_the_same_request_again: "/auth/",
    users_send_the_same_request_again: "/users/",
    owners_of_keys_send_the_same_request_again: "/api-keys",
    admins_of_users_send_the_same_request_again: "/admin/users",
    admins_of_accounts_send_the_same_request_again: "/admin/service-accounts",
    admins_of_the_rest_send_the_same_request_again: "/admin/",
    members_of_spaces_send_the_same_request_again: "/",
}

async fn cut_off_at_writes_under(start: &str) {
    let is_write = |call: &str| ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"].contains(&call);
    for (name, operation) in WRITES {
        let (_, path) = operation.split_once(' ').expect("a method and a path");
        if STARTS.iter().find(|it| path.starts_with(**it)) == Some(&start) {
            Box::pin(cut_off(name, is_write)).await;
        }
    }
}

#[tokio::test]
#[ignore = "takes long: the nightly run has it"]
async fn at_every_call_and_not_only_at_writes() {
    for (name, _) in WRITES {
        Box::pin(cut_off(name, |_| true)).await;
    }
}

async fn cut_off(name: &str, at: impl Fn(&str) -> bool) {
    let Some(expected) = undisturbed(name).await else { return };
    let mut seen = BTreeSet::new();
    let numbered = (1..).zip(&expected.calls);
    for (number, call) in numbered.filter(|(_, call)| at(call)) {
        for done in [false, true] {
            let what =
                format!("{name}: cut off at call {number}, {call}, done: {done}, of {:?}", expected.calls);
            seen.extend(Box::pin(cut_off_at(name, number, done, &expected, &what)).await);
        }
    }
    assert!(!seen.is_empty(), "{name} writes nothing");
    let documented = documented().into_iter().find(|it| it.name == name).expect("a row of docs/faults.md");
    assert_eq!(seen, documented.again, "{name}: seen, and in docs/faults.md");
}

/// What becomes of the second request, where the first one wrote something.
async fn cut_off_at(
    name: &str,
    number: usize,
    done: bool,
    expected: &Undisturbed,
    what: &str,
) -> Option<Again> {
    let scene = Scene::new(World::in_process(Patience::None).await?).await;
    let case = Box::pin(case(&scene, name)).await;
    let deployment = scene.world.deployment();
    let broken = deployment.cut(number, done);
    // Nobody hears it: the process is dead.
    let _answer = Box::pin(scene.world.raw_call(&case.call)).await;
    deployment.mend();
    assert!(broken.load(Ordering::Relaxed) > 0, "{what}: there was no such call");
    let items = deployment.raw_items().await;
    let written = shape(&scene.world, &expected.before).await != shape_of(&expected.before);
    consistency::check(items, what);

    let world = scene.world.restarted();
    let answer = Box::pin(world.call(case.call)).await;
    let items = world.deployment().raw_items().await;
    assert_eq!(consistency::orphans(&items), [""; 0], "{what}: what is left is good for something");
    consistency::check(items, what);
    let left = (answer.status, shape(&world, &expected.before).await);
    let again = if left == expected.once {
        Again::Finishes
    } else if left == expected.twice {
        if left.0 < 400 { Again::Repeats } else { Again::Refused(left.0) }
    } else {
        panic!("{what}: answered {} and left\n{}", left.0, differing(&left.1, expected));
    };
    if !written {
        assert_eq!(again, Again::Finishes, "{what}: nothing was written, and yet");
    }
    written.then_some(again)
}

async fn undisturbed(name: &str) -> Option<Undisturbed> {
    let scene = Scene::new(World::in_process(Patience::None).await?).await;
    let case = Box::pin(case(&scene, name)).await;
    let routed = DOCUMENT.route(&case.call.method, case.call.path()).expect("an operation").operation;
    assert!(WRITES.contains(&(name, &routed.name())), "{name} is a request of {}", routed.name());
    let deployment = scene.world.deployment();
    let before = texts(&scene.world).await.into_iter().collect();
    let heard = deployment.listens();
    let first: Answer = scene.world.call(case.call.clone()).await.expect(case.status);
    let calls = heard.lock().expect("a list").clone();
    deployment.mend();
    let once = (first.status, shape(&scene.world, &before).await);
    consistency::check(deployment.raw_items().await, name);
    let world = scene.world.restarted();
    let second = world.call(case.call).await;
    let twice = (second.status, shape(&world, &before).await);
    Some(Undisturbed { before, calls, once, twice })
}

/// The items as text. Aside are the signing keys, which differ from world to world, and what counts attempts at an
/// address: one that was cut off may have been counted.
async fn texts(world: &World) -> Vec<String> {
    let items = world.deployment().items().await;
    let kept = items.into_iter().filter(|((pk, _), _)| pk != "JWKS" && !pk.starts_with("THROTTLE#"));
    kept.map(|(_, text)| text).collect()
}

/// The items of a table, in which everything that is drawn at random and was not there before looks alike.
async fn shape(world: &World, before: &BTreeSet<String>) -> Vec<String> {
    let known: String = before.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    let texts = texts(world).await;
    let mut shape: Vec<_> = texts
        .into_iter()
        .map(|text| if before.contains(&text) { text } else { masked(&text, &known) })
        .collect();
    shape.sort();
    shape
}

fn shape_of(before: &BTreeSet<String>) -> Vec<String> {
    before.iter().cloned().collect()
}

fn masked(text: &str, known: &str) -> String {
    /// What is drawn anew for each item that is written.
    static DRAWN: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let drawn = [
            ("[0-9A-HJKMNP-TV-Z]{26}", "<ulid>"),
            (r"\$argon2id\$[^\\]*", "<hash>"),
            (r"Blob \{ inner: [^}]*\}", "<bytes>"),
            (r"OUTBOX#\d+", "<shard>"),
            (r"ORG#[^#\\]*#\d+", "<shard>"),
            (r#""attempt": "N\([^)]*\)", "#, ""),
            (r#""hint": "S\([^)]*\)", "#, ""),
        ];
        drawn.map(|(pattern, shown)| (Regex::new(pattern).expect("a pattern"), shown)).into()
    });
    /// What may also refer to what was there before.
    static IDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("[a-z]{3}_[0-9A-Za-z]{11}|[0-9a-f]{64}|[0-9a-f]{16}@").expect("a pattern")
    });
    let text =
        DRAWN.iter().fold(text.to_owned(), |text, (drawn, shown)| drawn.replace_all(&text, *shown).into());
    let id = |found: &regex::Captures<'_>| match &found[0] {
        known_id if known.contains(known_id) => known_id.to_owned(),
        new => format!("<{}>", if new.contains('_') { &new[..3] } else { "drawn" }),
    };
    IDS.replace_all(&text, id).into_owned()
}

fn differing(left: &[String], expected: &Undisturbed) -> String {
    let lines = |title: &str, a: &[String], b: &[String]| {
        let lines: Vec<_> = a.iter().filter(|it| !b.contains(it)).map(String::as_str).collect();
        format!("{title}:\n{}\n", lines.join("\n"))
    };
    let (once, twice) = (&expected.once.1, &expected.twice.1);
    [
        format!("once is answered {}, twice {}\n", expected.once.0, expected.twice.0),
        lines("here and not once", left, once),
        lines("once and not here", once, left),
        lines("here and not twice", left, twice),
        lines("twice and not here", twice, left),
    ]
    .concat()
}

/// What the guide says of a request.
struct Documented {
    operation: String,
    name: String,
    again: BTreeSet<Again>,
}

fn documented() -> Vec<Documented> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/faults.md");
    let text = fs::read_to_string(path).expect("docs/faults.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| {
        let [operation, name, again] = row.split(" | ").collect::<Vec<_>>().try_into().ok()?;
        let again = again.trim_end_matches(" |").split(", ").map(|word| match word {
            "finishes" => Again::Finishes,
            "repeats" => Again::Repeats,
            status => Again::Refused(status.parse().expect("a status")),
        });
        let operation = operation.trim_end_matches('`').to_owned();
        Some(Documented { operation, name: name.to_owned(), again: again.collect() })
    })
    .collect()
}

#[test]
fn every_operation_that_writes_is_cut_off_and_stands_in_the_guide() {
    let cases = |of: &[(&str, &str)]| {
        of.iter()
            .map(|(name, operation)| ((*operation).to_owned(), (*name).to_owned()))
            .collect::<BTreeSet<_>>()
    };
    let (reads, writes) = (cases(READS), cases(WRITES));
    let guide: BTreeSet<_> = documented().into_iter().map(|it| (it.operation, it.name)).collect();
    assert_eq!(guide, writes, "docs/faults.md, and what is cut off");
    let all = DOCUMENT.operations().filter(|it| it.method != "OPTIONS").map(Operation::name);
    let (get, other): (BTreeSet<_>, BTreeSet<_>) = all.partition(|it| it.starts_with("GET "));
    assert_eq!(operations(writes), other, "what is cut off, and operations that may write");
    assert!(operations(reads).is_subset(&get));
}

fn operations(cases: BTreeSet<(String, String)>) -> BTreeSet<String> {
    cases.into_iter().map(|(operation, _)| operation).collect()
}

/// Of an event that stands in no transaction with what it tells of: the failure is charged before it is one.
#[tokio::test]
async fn a_password_that_is_disabled_is_told_of_by_the_next_attempt_where_the_process_died() {
    let scene = Scene::new(in_process!("injects faults", Patience::None)).await;
    let (world, user) = (&scene.world, scene.editor.user.id);
    let stored = world.store.password(user).await.unwrap().unwrap();
    let charged = world.store.charge_password(&stored, &stored.throttle, MAX_FAILURES - 1, 1).await;
    assert_eq!(charged, Ok(Write::Done));
    let body = json!({"email": scene.editor.user.email.as_str(), "password": "not the password of anybody"});
    let attempt = || Call::post("/auth/login").json(body.clone());
    let deployment = world.deployment();
    deployment.wire.breaks(|call| (call.operation == "TransactWriteItems").then_some(Fault::Dropped));
    is_failure("the event cannot be written", &world.call(attempt()).await);
    deployment.mend();
    let told = async || {
        let events = audited(&world.store, scene.tenant.id, world.now()).await;
        events.iter().filter(|it| it.action == Action::PasswordDisabled).count()
    };
    assert_eq!(told().await, 0);
    for _ in 0..2 {
        world.call(attempt()).await.is_unauthorized();
        assert_eq!(told().await, 1, "once");
    }
}
