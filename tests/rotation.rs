//! The rotation of the signing keys: the four steps, and the emergency.
//!
//! In each test tokens are issued and used all the time, by functions whose copies of the keys are of different
//! ages. Whatever is done or cut off, a token of an honest session is accepted until its own end.

mod clocks;
mod invoked;
mod withdrawal;

use crate::support::{
    Call, World, canary, credentials::claims, in_process, in_process::Patience, in_process::SIGNING_SECRET,
    roles::within,
};
use auth::signing::KeyRing;
use rotation::{Event, RotationError};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use time::{Duration, OffsetDateTime};

const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];
const TOKEN: &str = "11111111-1111-1111-1111-111111111111";
const OTHER: &str = "22222222-2222-2222-2222-222222222222";
const THIRD: &str = "33333333-3333-3333-3333-333333333333";

fn step(step: &str, token: &str) -> Event {
    let event = json!({"Step": step, "SecretId": SIGNING_SECRET, "ClientRequestToken": token});
    serde_json::from_value(event).unwrap()
}

async fn send(world: &World, event: &Event) -> Result<Value, RotationError> {
    let deployment = world.deployment();
    let answer =
        within("Rotation", deployment.gateway.rotation.answer(event, &mut deployment.ambient())).await;
    for id in [TOKEN, OTHER, THIRD] {
        // What a step has put is a secret of this test, too.
        if let Some(text) = deployment.secrets.value(SIGNING_SECRET, id) {
            note(&text);
        }
    }
    if let Some(text) = deployment.secrets.current(SIGNING_SECRET) {
        note(&text);
    }
    answer
}

fn note(ring: &str) {
    let ring: Value = serde_json::from_str(ring).unwrap_or_default();
    let keys = ring["keys"].as_array().into_iter().flatten();
    keys.for_each(|key| canary::note(key["private"].as_str().unwrap()));
}

/// As Secrets Manager rotates.
async fn rotate(world: &World, token: &str) {
    assert!(world.deployment().secrets.begin(SIGNING_SECRET, token), "no other rotation is going on");
    for name in STEPS {
        send(world, &step(name, token)).await.unwrap();
    }
}

async fn withdraw(world: &World) -> Result<Value, RotationError> {
    send(world, &serde_json::from_value(json!({"Action": "withdraw"})).unwrap()).await
}

/// Somebody who refreshes all the time and uses every token until its end.
struct Traffic {
    cookie: String,
    tokens: Vec<(String, OffsetDateTime)>,
    /// What a resource server elsewhere knows: it reads the key set when its copy is as old as it may be, and not
    /// because it meets a key that it does not know.
    elsewhere: Option<(OffsetDateTime, Vec<String>)>,
}

impl Traffic {
    async fn start(world: &World) -> Self {
        let tenant = world.tenant().await;
        // The longest life that a token can have.
        world.change_policy(&tenant, |policy| policy.session_seconds = 3600).await;
        let person = world.member(&tenant).await;
        let session = world.session(&person).await;
        let cookie = session.cookie().to_owned();
        // From here on the functions' copies of the keys are of different ages.
        world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
        world.pass(Duration::seconds(20));
        published_kids(world).await;
        world.pass(Duration::seconds(15));
        let tokens = vec![(session.token, world.now() + Duration::seconds(800))];
        Self { cookie, tokens, elsewhere: None }
    }

    /// One more token, and all of them used.
    async fn flow(&mut self, world: &World) {
        // Raw: what an answer looks like, other tests ask; to search each for all secrets before it takes longer with
        // every token.
        let refresh = Call::post("/auth/refresh").cookie(&self.cookie);
        let answer = world.raw_call(&refresh).await.expect(200);
        self.cookie = answer.cookie().unwrap();
        let token = answer.text("access_token");
        canary::note(&token);
        let end = OffsetDateTime::from_unix_timestamp(claims(&token)["exp"].as_i64().unwrap()).unwrap();
        self.tokens.push((token, end));
        self.tokens.retain(|(_, end)| world.now() < *end);
        let (read_at, known) = match self.elsewhere.take() {
            Some((read_at, known)) if world.now() - read_at < Duration::seconds(30) => (read_at, known),
            _ => (world.now(), published_kids(world).await),
        };
        // The oldest and the newest: what is between was issued by the same keys.
        for (token, _) in [self.tokens.first(), self.tokens.last()].into_iter().flatten() {
            world.raw_call(&Call::get("/users/me").bearer(token)).await.expect(200);
            assert!(known.contains(&kid(token)), "whoever reads the key set knows a key before it signs");
        }
        self.elsewhere = Some((read_at, known));
    }

    /// The key of the newest token.
    fn signer(&self) -> String {
        kid(&self.tokens.last().unwrap().0)
    }
}

fn kid(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let header = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

async fn published_kids(world: &World) -> Vec<String> {
    let answer = world.call(Call::get("/.well-known/jwks.json")).await.expect(200);
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn ring(world: &World) -> KeyRing {
    KeyRing::from_json(&world.deployment().secrets.current(SIGNING_SECRET).unwrap()).unwrap()
}

#[tokio::test]
async fn a_rotation_is_noticed_by_nobody() {
    let world = in_process!("moves the clock");
    let mut traffic = Traffic::start(&world).await;
    traffic.flow(&world).await;
    let old = traffic.signer();
    let (mut last_of_old, mut steps) = (world.now(), STEPS.into_iter());
    // Two and a half hours; a step of the rotation every minute and a half.
    for tick in 0..190 {
        if tick >= 6
            && tick % 2 == 0
            && let Some(name) = steps.next()
        {
            send(&world, &step(name, TOKEN)).await.unwrap();
        }
        traffic.flow(&world).await;
        if traffic.signer() == old {
            last_of_old = traffic.tokens.last().unwrap().1;
        }
        world.pass(Duration::seconds(47));
    }
    assert_ne!(traffic.signer(), old, "the new key signs");
    let keys = world.store.published().await.unwrap().unwrap().keys;
    let end = keys.iter().find(|key| key.kid == old).unwrap().retire_at.unwrap();
    assert!(last_of_old < end, "no token outlives its key: {last_of_old} {end}");
    assert!(end < world.now());
    assert_eq!(published_kids(&world).await, [traffic.signer()]);
    // The next one drops what has ended.
    rotate(&world, OTHER).await;
    assert!(ring(&world).keys.iter().all(|key| key.public.kid != old));
}

#[tokio::test]
async fn a_key_is_published_at_least_six_minutes_before_it_signs() {
    let world = in_process!("moves the clock");
    let mut traffic = Traffic::start(&world).await;
    traffic.flow(&world).await;
    let old = traffic.signer();
    rotate(&world, TOKEN).await;
    for _ in 0..18 {
        world.pass(Duration::seconds(20));
        traffic.flow(&world).await;
        assert_eq!(traffic.signer(), old);
    }
    assert_eq!(published_kids(&world).await.len(), 2);
    world.pass(Duration::seconds(100));
    traffic.flow(&world).await;
    assert_ne!(traffic.signer(), old);
}

/// Cuts a step off at each of its calls, before the call is done and after.
#[tokio::test]
async fn a_rotation_that_is_cut_off_anywhere_ends_well_when_it_is_run_again() {
    for (number, name) in STEPS.into_iter().enumerate() {
        for done in [false, true] {
            for call in 1.. {
                let world = in_process!("injects faults", Patience::None);
                let mut traffic = Traffic::start(&world).await;
                traffic.flow(&world).await;
                let old = traffic.signer();
                for before in &STEPS[..number] {
                    send(&world, &step(before, TOKEN)).await.unwrap();
                }
                let broken = world.deployment().cut(call, done);
                let outcome = send(&world, &step(name, TOKEN)).await;
                world.deployment().mend();
                if broken.load(Ordering::Relaxed) == 0 {
                    outcome.unwrap();
                    assert!(call > 1, "{name} makes calls");
                    break;
                }
                let place = format!("{name}, call {call}, done: {done}");
                assert!(outcome.is_err(), "{place}");
                for _ in 0..2 {
                    world.pass(Duration::seconds(61));
                    traffic.flow(&world).await;
                }
                // Secrets Manager begins from the first step again.
                rotate(&world, TOKEN).await;
                for _ in 0..8 {
                    world.pass(Duration::seconds(61));
                    traffic.flow(&world).await;
                }
                assert_ne!(traffic.signer(), old, "{place}");
                assert_eq!(world.deployment().secrets.staged(SIGNING_SECRET, "AWSCURRENT"), [TOKEN]);
                assert_eq!(ring(&world).keys.len(), 2, "{place}");
                let keys = world.store.published().await.unwrap().unwrap().keys;
                assert_eq!(keys.len(), 2, "{place}");
                assert_eq!(keys.iter().filter(|key| key.retire_at.is_none()).count(), 1, "{place}");
            }
        }
    }
}

/// The steps of two rotations, in every order that keeps each one's own.
fn interleavings(a: usize, b: usize) -> Vec<Vec<bool>> {
    match (a, b) {
        (0, _) => vec![vec![false; b]],
        (_, 0) => vec![vec![true; a]],
        _ => {
            let then = |first: bool, rest: Vec<Vec<bool>>| {
                rest.into_iter().map(move |rest| [vec![first], rest].concat())
            };
            then(true, interleavings(a - 1, b)).chain(then(false, interleavings(a, b - 1))).collect()
        }
    }
}

#[tokio::test]
async fn two_rotations_at_once_lose_no_key_in_any_order() {
    let orders = interleavings(4, 4);
    assert_eq!(orders.len(), 70);
    // The two are alike: which of them begins makes no difference.
    for order in orders.into_iter().filter(|order| order[0]) {
        let world = in_process!("orders the steps", Patience::None);
        let mut traffic = Traffic::start(&world).await;
        traffic.flow(&world).await;
        let old = traffic.signer();
        let (mut one, mut other) = (STEPS.into_iter(), STEPS.into_iter());
        for is_one in &order {
            let event =
                if *is_one { step(one.next().unwrap(), TOKEN) } else { step(other.next().unwrap(), OTHER) };
            // One of them may be told that it is too late.
            let _outcome = send(&world, &event).await;
            world.pass(Duration::seconds(61));
            traffic.flow(&world).await;
        }
        rotate(&world, THIRD).await;
        for _ in 0..9 {
            world.pass(Duration::seconds(61));
            traffic.flow(&world).await;
        }
        assert_ne!(traffic.signer(), old, "{order:?}");
        let keys = world.store.published().await.unwrap().unwrap().keys;
        let endless: Vec<_> = keys.iter().filter(|key| key.retire_at.is_none()).collect();
        assert_eq!(endless.len(), 1, "{order:?}");
        assert_eq!(endless[0].kid, traffic.signer(), "{order:?}");
    }
}

#[tokio::test]
async fn a_handover_that_comes_late_does_not_end_the_key_of_the_next_rotation() {
    let world = in_process!("orders the steps", Patience::None);
    let mut traffic = Traffic::start(&world).await;
    traffic.flow(&world).await;
    rotate(&world, TOKEN).await;
    assert!(world.deployment().secrets.begin(SIGNING_SECRET, OTHER));
    for (name, token) in
        [(STEPS[0], OTHER), (STEPS[1], OTHER), (STEPS[3], TOKEN), (STEPS[2], OTHER), (STEPS[3], OTHER)]
    {
        // Of keys of one second, their names say which is younger.
        world.pass(Duration::SECOND);
        send(&world, &step(name, token)).await.unwrap();
    }
    let keys = world.store.published().await.unwrap().unwrap().keys;
    assert_eq!((keys.len(), keys.last().unwrap().retire_at), (3, None));
}

#[tokio::test]
async fn a_new_schedule_tries_the_test_alone_and_changes_nothing() {
    let world = in_process!("looks into the secret");
    let before = world.store.published().await.unwrap().unwrap();
    send(&world, &step("testSecret", TOKEN)).await.unwrap();
    assert_eq!(world.store.published().await.unwrap().unwrap(), before);
    assert_eq!(world.deployment().secrets.value(SIGNING_SECRET, TOKEN), None);
}

#[tokio::test]
async fn a_step_without_its_version_or_for_another_secret_changes_nothing() {
    let world = in_process!("looks into the secret");
    let before = world.store.published().await.unwrap().unwrap();
    for name in ["setSecret", "finishSecret"] {
        let outcome = send(&world, &step(name, TOKEN)).await;
        assert!(matches!(outcome, Err(RotationError::NotPending)), "{name}");
    }
    send(&world, &step("createSecret", TOKEN)).await.unwrap();
    let outcome = send(&world, &step("finishSecret", TOKEN)).await;
    assert!(matches!(outcome, Err(RotationError::NotPublished)), "what nobody can verify does not sign");
    let outcome = send(&world, &step("testSecret", TOKEN)).await;
    assert!(matches!(outcome, Err(RotationError::NotPublished)));
    let event = json!({"Step": "createSecret", "SecretId": "arn:other", "ClientRequestToken": TOKEN});
    let outcome = send(&world, &serde_json::from_value(event).unwrap()).await;
    assert!(matches!(outcome, Err(RotationError::OtherSecret)));
    assert_eq!(world.store.published().await.unwrap().unwrap(), before);
}

#[tokio::test]
async fn no_key_of_the_ring_is_in_an_answer_or_an_error() {
    let world = in_process!("looks into the secret");
    rotate(&world, TOKEN).await;
    let text = world.deployment().secrets.current(SIGNING_SECRET).unwrap();
    let answer = send(&world, &step("createSecret", TOKEN)).await.unwrap();
    assert_eq!(answer, json!({"outcome": "the version is there"}));
    world.deployment().secrets.set(SIGNING_SECRET, "no ring");
    let error = send(&world, &step("createSecret", OTHER)).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("no ring") && !shown.contains(&text), "{shown}");
}
