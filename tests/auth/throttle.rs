//! Too many attempts at passwords: who is delayed, who is not, and what a delayed attempt costs.

use crate::support::{
    Answer, Call, Person, World, document::DOCUMENT, event, in_process, in_process::InProcess,
};
use auth::{
    audit::{Action, Actor},
    throttle::{AttemptState, MAX_FAILURES},
};
use edge::{Function as _, Request};
use lambda_http::aws_lambda_events::apigw::ApiGatewayProxyRequest;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use store::Write;
use time::Duration;
use tokio::task::JoinSet;

/// What a verification of the current cost takes: 19 MiB, twice.
const CURRENT_BLOCKS: u64 = 2 * 19_456;
const HOME: &str = "198.51.100.20";

fn login(email: &str, password: &str, from: &str) -> Call {
    Call::post("/auth/login").json(json!({"email": email, "password": password})).from(from)
}

fn wrong(person: &Person, from: &str) -> Call {
    login(person.user.email.as_str(), "none of the right ones", from)
}

fn right(person: &Person, from: &str) -> Call {
    login(person.user.email.as_str(), person.password.as_ref().unwrap(), from)
}

/// Another address for each number.
fn address(number: u32) -> String {
    let [a, b, c, d] = (0xC612_0000 + number).to_be_bytes();
    format!("{a}.{b}.{c}.{d}")
}

/// The seconds that a 429 tells to wait.
#[track_caller]
fn wait(answer: &Answer) -> i64 {
    answer.is_error(429, "Too many attempts; try again later");
    answer.header("retry-after").parse().expect("whole seconds")
}

fn blocks(deployment: &InProcess) -> u64 {
    deployment.gateway.login.blocks()
}

async fn person(world: &World) -> Person {
    world.member_with_password(&world.tenant().await, false).await
}

#[tokio::test]
async fn whoever_goes_on_trying_is_told_to_wait() {
    let world = World::new().await;
    let person = person(&world).await;
    // Delays begin at a second and double: however slow the system, 20 attempts do not fit between them.
    for _ in 0..20 {
        let answer = world.call(wrong(&person, HOME)).await;
        if answer.status == 429 {
            assert!((1..=900).contains(&wait(&answer)));
            return;
        }
        answer.is_unauthorized();
    }
    panic!("20 attempts and no delay");
}

#[tokio::test]
async fn delays_double_and_retry_after_is_right_to_the_second() {
    let world = in_process!("moves the clock");
    let person = person(&world).await;
    for _ in 0..4 {
        world.call(wrong(&person, HOME)).await.is_unauthorized();
    }
    for delay in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        world.call(wrong(&person, HOME)).await.is_unauthorized();
        assert_eq!(wait(&world.call(wrong(&person, HOME)).await), delay);
        world.pass(Duration::seconds(delay - 1));
        assert_eq!(wait(&world.call(wrong(&person, HOME)).await), 1, "a second early, after {delay}");
        world.pass(Duration::seconds(1));
    }
    world.pass(Duration::DAY);
    for _ in 0..5 {
        world.call(wrong(&person, HOME)).await.is_unauthorized();
    }
}

#[tokio::test]
async fn an_email_of_nobody_is_delayed_as_one_of_somebody() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let service = world.service_account(&tenant).await;
    let disabled = world.member_with_password(&tenant, false).await;
    world.disable(&disabled).await;
    let emails = [
        "nobody@example.test",
        service.user.email.as_str(),
        person.user.email.as_str(),
        disabled.user.email.as_str(),
    ];
    let mut seen: BTreeMap<&str, Vec<(u16, Option<String>)>> = BTreeMap::new();
    for round in 0_u32..30 {
        for (number, email) in (0..).zip(emails) {
            let from = address(round / 10 * 10 + number);
            let answer = world.call(login(email, "none of the right ones", &from)).await;
            let wait = answer.headers.get("retry-after").map(|it| it.to_str().unwrap().to_owned());
            seen.entry(email).or_default().push((answer.status, wait));
        }
        world.pass(Duration::seconds(i64::from(round % 7)));
    }
    let mut seen = seen.into_values();
    let first = seen.next().unwrap();
    assert!(first.iter().any(|(status, _)| *status == 429) && first.iter().any(|(status, _)| *status == 401));
    assert!(seen.all(|other| other == first));
}

#[tokio::test]
async fn attackers_at_many_addresses_guess_seldom_and_their_victim_still_logs_in() {
    let world = in_process!("moves the clock");
    let victim = person(&world).await;
    world.call(right(&victim, HOME)).await.expect(200);
    let mut guesses = 0;
    let begun = world.now();
    // Three hours, a new address each time, never more than a minute between two attempts.
    for number in 0.. {
        if world.now() - begun >= Duration::hours(3) {
            break;
        }
        let answer = world.call(wrong(&victim, &address(number))).await;
        let pause = if answer.status == 401 {
            guesses += 1;
            1
        } else {
            wait(&answer).min(60)
        };
        world.pass(Duration::seconds(pause));
    }
    assert!((20..=30).contains(&guesses), "{guesses} guesses in three hours");
    // From home, mistyped once: at once, and with no more delay than one's own mistakes.
    world.call(wrong(&victim, HOME)).await.is_unauthorized();
    world.call(right(&victim, HOME)).await.expect(200);
}

#[tokio::test]
async fn under_attack_the_right_password_from_an_unknown_address_waits_as_well() {
    let world = in_process!("moves the clock");
    let victim = person(&world).await;
    for number in 0..5 {
        world.call(wrong(&victim, &address(number))).await.is_unauthorized();
    }
    // Else a guess would be told from its 429 to be right.
    let answer = world.call(right(&victim, HOME)).await;
    let seconds = wait(&answer);
    world.pass(Duration::seconds(seconds));
    world.call(right(&victim, HOME)).await.expect(200);
}

#[tokio::test]
async fn attackers_at_one_address_who_spread_over_accounts_are_delayed_and_nobody_elsewhere_is() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let attackers = address(0);
    let (home, colleague) =
        (world.member_with_password(&tenant, false).await, world.member_with_password(&tenant, false).await);
    world.call(right(&colleague, &attackers)).await.expect(200);
    let mut guesses = 0;
    for number in 0..60 {
        let email = format!("victim-{number}@example.test");
        let answer = world.call(login(&email, "Spring in Paris 2030", &attackers)).await;
        if answer.status == 401 { guesses += 1 } else { assert!(wait(&answer) >= 1) }
    }
    assert_eq!(guesses, 21, "twenty at once, and one whose delay is still to come");
    // Another address; and this one, where its owner has logged in before.
    world.call(right(&home, HOME)).await.expect(200);
    world.call(right(&colleague, &attackers)).await.expect(200);
    // Who has not, waits: the address is the attackers'.
    wait(&world.call(right(&home, &attackers)).await);
}

#[tokio::test]
async fn an_account_of_the_attackers_own_does_not_clear_their_address() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let attackers = address(0);
    let mut guesses = 0;
    for number in 0..40 {
        if number % 5 == 0 && number < 20 {
            let own = world.member_with_password(&tenant, false).await;
            world.call(right(&own, &attackers)).await.expect(200);
        }
        let email = format!("victim-{number}@example.test");
        let answer = world.call(login(&email, "Spring in Paris 2030", &attackers)).await;
        if answer.status == 401 {
            guesses += 1;
        }
    }
    assert_eq!(guesses, 21);
}

#[tokio::test]
async fn the_addresses_of_one_ipv6_network_are_one() {
    let world = in_process!("counts on one time");
    let attempt =
        |number: u32, from: String| login(&format!("victim-{number}@example.test"), "Spring in Paris", &from);
    for number in 0..21 {
        world.call(attempt(number, format!("2001:db8:0:1::{number:x}"))).await.is_unauthorized();
    }
    wait(&world.call(attempt(21, "2001:db8:0:1:ffff::1".to_owned())).await);
    world.call(attempt(22, "2001:db8:0:2::1".to_owned())).await.is_unauthorized();
}

#[tokio::test]
async fn a_success_forgives_the_failures_before_it() {
    let world = in_process!("counts on one time");
    let person = person(&world).await;
    for _ in 0..3 {
        for _ in 0..4 {
            world.call(wrong(&person, HOME)).await.is_unauthorized();
        }
        world.call(right(&person, HOME)).await.expect(200);
    }
    let stored = world.store.password(person.user.id).await.unwrap().unwrap();
    assert_eq!((stored.throttle, stored.failures), (AttemptState::default(), 0));
}

#[tokio::test]
async fn a_known_address_has_a_patience_of_its_own_and_it_ends_too() {
    let world = in_process!("counts on one time");
    let person = person(&world).await;
    world.call(right(&person, HOME)).await.expect(200);
    for _ in 0..11 {
        world.call(wrong(&person, HOME)).await.is_unauthorized();
    }
    assert_eq!(wait(&world.call(right(&person, HOME)).await), 1);
    // That was on the pair alone.
    world.call(wrong(&person, &address(0))).await.is_unauthorized();
}

#[tokio::test]
async fn an_address_is_known_for_the_last_eight() {
    let world = in_process!("counts on one time");
    let person = person(&world).await;
    for number in 0..9 {
        world.call(right(&person, &address(number))).await.expect(200);
    }
    for number in 100..105 {
        world.call(wrong(&person, &address(number))).await.is_unauthorized();
    }
    wait(&world.call(right(&person, &address(0))).await);
    world.call(right(&person, &address(1))).await.expect(200);
}

#[tokio::test]
async fn a_delayed_attempt_costs_no_argon2_and_no_write() {
    let world = in_process!("counts the work");
    let person = person(&world).await;
    for _ in 0..5 {
        world.call(wrong(&person, HOME)).await.is_unauthorized();
    }
    let deployment = world.deployment();
    for call in [wrong(&person, HOME), right(&person, HOME)] {
        let before = blocks(deployment);
        deployment.take();
        wait(&world.call(call).await);
        assert_eq!(blocks(deployment), before);
        assert_eq!(deployment.take(), ["GetItem", "BatchGetItem"]);
    }
}

/// The status that the function answers, without the time limit of an invocation.
async fn unhurried(world: &World, call: &Call) -> u16 {
    let event = event::proxy(call, &DOCUMENT.route("POST", "/auth/login").unwrap(), None);
    let event: ApiGatewayProxyRequest = serde_json::from_value(event).unwrap();
    let deployment = world.deployment();
    let answer = deployment.gateway.login.handle(&Request::from(event), &mut deployment.ambient()).await;
    answer.map_or_else(|rejection| rejection.status(), |answer| answer.status()).as_u16()
}

#[tokio::test]
async fn of_attempts_at_the_same_moment_one_is_charged_at_a_time() {
    let world = Arc::new(in_process!("counts the work"));
    let person = person(&world).await;
    let before = blocks(world.deployment());
    let mut attempts = JoinSet::new();
    for number in 0..50 {
        let (world, call) = (Arc::clone(&world), wrong(&person, &address(number)));
        // Past the time that an invocation has: here fifty share one process.
        attempts.spawn(async move { unhurried(&world, &call).await });
    }
    let statuses = attempts.join_all().await;
    let count = |status| statuses.iter().filter(|it| **it == status).count();
    assert_eq!((count(401), count(429)), (5, 45), "four at once, and one whose delay is still to come");
    let work = blocks(world.deployment()) - before;
    assert_eq!(work, 5 * CURRENT_BLOCKS);
    let stored = world.store.password(person.user.id).await.unwrap().unwrap();
    assert_eq!((stored.failures, stored.throttle.attempts), (5, 5));
}

/// A person with so many failures behind them and no delay.
async fn with_failures(world: &World, failures: u32) -> Person {
    let person = person(world).await;
    let stored = world.store.password(person.user.id).await.unwrap().unwrap();
    let written = world.store.charge_password(&stored, &AttemptState::default(), failures, 1).await;
    assert_eq!(written, Ok(Write::Done));
    person
}

/// How often it was recorded that this person's password was disabled, by nobody known.
async fn told(world: &World, person: &Person) -> usize {
    let events = crate::support::fixtures::audited(&world.store, person.user.organization, world.now()).await;
    let of_this = |it: &&auth::audit::AuditEvent| {
        it.action == Action::PasswordDisabled && it.target == person.user.id.to_string()
    };
    events.iter().filter(of_this).inspect(|it| assert_eq!(it.actor, Actor::Unknown)).count()
}

#[tokio::test]
async fn a_hundred_failures_without_end_in_time_disable_a_password_and_no_key() {
    let world = in_process!("moves the clock");
    let person = person(&world).await;
    world.call(right(&person, HOME)).await.expect(200);
    let key = world.key(&person).await;
    let mut failures = 0;
    for number in 0.. {
        if failures == MAX_FAILURES {
            break;
        }
        assert_eq!(told(&world, &person).await, 0, "after {failures}");
        let answer = world.call(wrong(&person, &address(number))).await;
        if answer.status == 401 {
            failures += 1;
        } else {
            world.pass(Duration::seconds(wait(&answer)));
        }
        if failures == 50 {
            // Longer than any delay is remembered.
            world.pass(Duration::days(3));
        }
    }
    assert_eq!(told(&world, &person).await, 1);
    world.pass(Duration::DAY);
    for from in [HOME, &address(1_000_000)] {
        world.call(right(&person, from)).await.is_unauthorized();
    }
    world.call(Call::get("/users/me").bearer(&key.text)).await.expect(200);
    assert_eq!(told(&world, &person).await, 1);
}

#[tokio::test]
async fn the_hundredth_failure_is_told_once_and_sessions_go_on() {
    let world = in_process!("looks at the audit and the calls");
    let person = with_failures(&world, MAX_FAILURES - 1).await;
    let session = world.session(&person).await;
    let deployment = world.deployment();
    deployment.take();
    for number in 0..4 {
        world.call(wrong(&person, &address(number))).await.is_unauthorized();
    }
    // The event and the mail are one write.
    let writes = deployment.take().into_iter().filter(|it| it == "TransactWriteItems").count();
    assert_eq!((writes, told(&world, &person).await), (1, 1));
    world.call(right(&person, HOME)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
}

#[tokio::test]
async fn ninety_nine_failures_are_forgotten_by_one_success() {
    let world = in_process!("seeds failures");
    let person = with_failures(&world, MAX_FAILURES - 1).await;
    world.call(right(&person, HOME)).await.expect(200);
    let stored = world.store.password(person.user.id).await.unwrap().unwrap();
    assert_eq!(stored.failures, 0);
    assert_eq!(told(&world, &person).await, 0);
}

#[tokio::test]
async fn failures_at_a_known_address_count_as_well() {
    let world = in_process!("seeds failures");
    let person = person(&world).await;
    world.call(right(&person, HOME)).await.expect(200);
    for _ in 0..3 {
        world.call(wrong(&person, HOME)).await.is_unauthorized();
    }
    let stored = world.store.password(person.user.id).await.unwrap().unwrap();
    assert_eq!((stored.failures, stored.throttle), (3, AttemptState::default()));
}

#[tokio::test]
async fn a_disabled_password_takes_the_work_of_any_other() {
    let world = in_process!("counts the work");
    let person = with_failures(&world, MAX_FAILURES).await;
    let before = blocks(world.deployment());
    world.call(right(&person, HOME)).await.is_unauthorized();
    assert_eq!(blocks(world.deployment()) - before, CURRENT_BLOCKS);
}
