//! `POST /auth/password/forgot`.

use crate::support::{Call, Person, World, in_process, ses::outbox, wire};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use time::Duration;

fn forgot(email: &str) -> Call {
    Call::post("/auth/password/forgot").json(json!({"email": email}))
}

/// Somebody for each reason that no mail could come of it.
async fn all_kinds(world: &World) -> Vec<(&'static str, String)> {
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let disabled = world.member_with_password(&tenant, false).await;
    world.disable(&disabled).await;
    let service = world.service_account(&tenant).await;
    let other = world.tenant().await;
    let suspended = world.member_with_password(&other, false).await;
    world.suspend(&other).await;
    let email = |person: &Person| person.user.email.as_str().to_owned();
    vec![
        ("known", email(&person)),
        ("unknown", format!("{:016x}@example.test", world.draw())),
        ("disabled", email(&disabled)),
        ("service account", email(&service)),
        ("suspended", email(&suspended)),
    ]
}

#[tokio::test]
async fn the_answer_is_the_same_whomever_the_address_belongs_to() {
    let world = World::new().await;
    let mut answers = BTreeSet::new();
    for (kind, email) in all_kinds(&world).await {
        let answer = world.call(forgot(&email)).await;
        assert_eq!((answer.status, answer.json()), (202, json!({})), "{kind}");
        assert_eq!(answer.header("cache-control"), "no-store");
        let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        answers.insert((headers, answer.body));
    }
    assert_eq!(answers.len(), 1, "some answers differ");
}

/// A call without the values that differ from one to the next: what is done, to which kind of item, and how
/// much is sent.
fn shape(call: &wire::Call) -> String {
    let (mut body, mut partitions) = (call.body.clone(), Vec::new());
    let mut left = vec![&mut body];
    while let Some(value) = left.pop() {
        if let Some(key) = value["pk"]["S"].as_str() {
            partitions.push(key.split('#').next().unwrap_or_default().to_owned());
        }
        match value {
            // A random number may have a digit less.
            Value::Object(members) if members.contains_key("N") => members["N"] = json!("0"),
            Value::Object(members) => left.extend(members.values_mut()),
            Value::Array(values) => left.extend(values),
            _ => {}
        }
    }
    format!("{} {partitions:?} {}", call.operation, body.to_string().len())
}

#[tokio::test]
async fn the_work_is_the_same_whomever_the_address_belongs_to() {
    let world = in_process!("counts the calls to the table");
    let mut work = Vec::new();
    // The first request from an address makes what later ones find.
    world.call(forgot("first@example.test")).await.expect(202);
    for (kind, email) in all_kinds(&world).await {
        world.deployment().wire.take();
        world.call(forgot(&email)).await.expect(202);
        let calls = world.deployment().wire.take();
        assert!(
            calls.iter().all(|it| !it.body.to_string().contains("EMAIL#")),
            "{kind}: nobody is looked up before the answer"
        );
        assert_eq!(outbox(&calls).len(), 1, "{kind}");
        work.push(calls.iter().map(shape).collect::<Vec<_>>());
    }
    work.dedup();
    assert_eq!(work.len(), 1, "{work:#?}");
}

#[tokio::test]
async fn the_first_mails_to_an_address_are_free_and_later_ones_have_to_wait_which_is_not_said() {
    let world = in_process!("looks into the outbox and moves the clock");
    let email = format!("{:016x}@example.test", world.draw());
    let mut mails = Vec::new();
    for attempt in 0..8 {
        world.deployment().wire.take();
        // From another address each time, so that only the account is charged.
        let call = forgot(&email).from(format!("198.51.100.{attempt}"));
        let answer = world.call(call).await.expect(202);
        assert_eq!(answer.json(), json!({}));
        mails.push(outbox(&world.deployment().wire.take()).len());
    }
    // Three are free; the fourth is the first that has a wait behind it.
    assert_eq!(mails, [1, 1, 1, 1, 0, 0, 0, 0]);
    world.pass(Duration::seconds(59));
    world.call(forgot(&email)).await.expect(202);
    assert_eq!(outbox(&world.deployment().wire.take()).len(), 0);
    world.pass(Duration::seconds(1));
    world.call(forgot(&email)).await.expect(202);
    assert_eq!(outbox(&world.deployment().wire.take()).len(), 1);
}

#[tokio::test]
async fn who_asks_for_many_addresses_has_to_wait_and_nobody_else_has() {
    let world = in_process!("moves the clock");
    let email = || format!("{:016x}@example.test", world.draw());
    for _ in 0..11 {
        world.call(forgot(&email()).from("2001:db8:0:1::1")).await.expect(202);
    }
    world.deployment().wire.take();
    // The neighbour in the same /64 is the same caller.
    for source in ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2"] {
        let answer = world.call(forgot(&email()).from(source)).await;
        answer.is_error(429, "Too many attempts; try again later");
        assert_eq!(answer.header("retry-after"), "10");
    }
    assert_eq!(outbox(&world.deployment().wire.take()).len(), 0);
    world.call(forgot(&email()).from("2001:db8:0:2::1")).await.expect(202);
    world.pass(Duration::seconds(10));
    world.call(forgot(&email()).from("2001:db8:0:1::1")).await.expect(202);
}

#[tokio::test]
async fn requests_at_the_same_moment_are_charged_one_by_one() {
    let world = in_process!("knows that nobody else asks");
    let email = format!("{:016x}@example.test", world.draw());
    let ask = || async {
        let answer = world.call(forgot(&email)).await;
        assert!(matches!(answer.status, 202 | 429), "{}", answer.status);
    };
    tokio::join!(ask(), ask(), ask(), ask(), ask(), ask());
    let mails = outbox(&world.deployment().wire.take()).len();
    assert!((1..=4).contains(&mails), "{mails} mails for four that the account has");
}

#[tokio::test]
async fn a_body_of_another_shape_is_refused() {
    let world = World::new().await;
    for (call, status, detail) in [
        (Call::post("/auth/password/forgot"), 415, "Content-Type must be application/json"),
        (Call::post("/auth/password/forgot").json(json!({})), 400, "email: is required"),
        (
            Call::post("/auth/password/forgot").json(json!({"email": "a@b.test", "to": "c@d.test"})),
            400,
            "to: is unknown, repeated or not of the expected form",
        ),
        (forgot("no address"), 422, "email: must be an e-mail address"),
        (forgot("a@b.test\r\nBcc: c@d.test"), 422, "email: must be an e-mail address"),
    ] {
        world.call(call).await.is_error(status, detail);
    }
}
