//! A function whose clock is five minutes off, beside others whose clocks are right. AWS refuses what is signed by a
//! clock that is further off, so that such a function gets nothing done at all.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>

use super::Scene;
use crate::{
    support::{
        Answer, Call, World, canary, credentials::claims, document::DOCUMENT, fixtures::new_password,
        in_process, in_process::Patience,
    },
    usage::{batch, line},
};
use access::Access;
use edge::Ambient;
use serde_json::json;
use time::Duration;

const OFF: Duration = Duration::minutes(5);

/// The answer to a request, where the authorizer's clock and the function's are off by so much.
async fn ask(world: &World, call: Call, authorizer: Duration, function: Duration) -> Answer {
    let routed = DOCUMENT.route(&call.method, call.path()).unwrap();
    let public = routed.operation.access == Access::Public;
    let mut off = if public { vec![function] } else { vec![authorizer, function] }.into_iter();
    let deployment = world.deployment();
    let ambient = || Ambient::fixed(world.now() + off.next().unwrap(), world.draw());
    deployment.gateway.route(&call, &routed, &mut { ambient }).await
}

async fn scene() -> Option<Scene> {
    Some(Scene::new(World::in_process(Patience::None).await?).await)
}

fn login(scene: &Scene, password: &str) -> Call {
    Call::post("/auth/login").json(json!({"email": scene.editor.user.email.as_str(), "password": password}))
}

#[tokio::test]
async fn a_token_of_a_slow_clock_is_good_until_its_end_and_one_of_a_fast_clock_when_its_time_has_come() {
    let Some(scene) = scene().await else { return };
    let world = &scene.world;
    let password = scene.editor.password.clone().unwrap();
    let me = |token: &str| Call::get("/users/me").bearer(token);

    let slow =
        ask(world, login(&scene, &password), Duration::ZERO, -OFF).await.expect(200).text("access_token");
    canary::note(&slow);
    world.call(me(&slow)).await.expect(200);
    let fast =
        ask(world, login(&scene, &password), Duration::ZERO, OFF).await.expect(200).text("access_token");
    canary::note(&fast);
    // More than a minute ahead: its life would be longer than the policy says.
    world.call(me(&fast)).await.is_unauthorized();

    let lives = |token: &str| claims(token)["exp"].as_i64().unwrap() - world.now().unix_timestamp();
    assert_eq!((lives(&slow), lives(&fast)), (900 - 300, 900 + 300));
    world.pass(OFF - Duration::MINUTE);
    world.call(me(&fast)).await.expect(200);
    world.pass(Duration::minutes(6));
    world.call(me(&slow)).await.is_unauthorized();
}

#[tokio::test]
async fn an_authorizer_with_a_fast_clock_ends_tokens_early_and_one_with_a_slow_clock_at_most_as_late() {
    let Some(scene) = scene().await else { return };
    let world = &scene.world;
    let session = world.session(&scene.editor).await;
    let key = world
        .key_with(&scene.editor, |key| key.expires_at = Some(world.second() + Duration::minutes(15)))
        .await;
    for credential in [&session.token, &key.text] {
        let me = || Call::get("/users/me").bearer(credential);
        ask(world, me(), OFF, Duration::ZERO).await.expect(200);
    }
    // No token of a right clock is taken for one of the future by a slow one, that is by more than a minute.
    ask(world, Call::get("/users/me").bearer(&key.text), -OFF, Duration::ZERO).await.expect(200);
    ask(world, Call::get("/users/me").bearer(&session.token), -OFF, Duration::ZERO).await.is_unauthorized();
    world.pass(Duration::minutes(11));
    for credential in [&session.token, &key.text] {
        let me = || Call::get("/users/me").bearer(credential);
        ask(world, me(), OFF, Duration::ZERO).await.is_unauthorized();
        ask(world, me(), Duration::ZERO, Duration::ZERO).await.expect(200);
        ask(world, me(), -OFF, Duration::ZERO).await.expect(200);
    }
    world.pass(Duration::minutes(9));
    for credential in [&session.token, &key.text] {
        ask(world, Call::get("/users/me").bearer(credential), -OFF, Duration::ZERO).await.is_unauthorized();
    }
}

#[tokio::test]
async fn a_session_is_refreshed_by_clocks_that_differ_and_no_grace_grows_by_it() {
    for off in [OFF, -OFF] {
        let Some(scene) = scene().await else { return };
        let world = &scene.world;
        let first = world.session(&scene.editor).await.cookie().to_owned();
        let refresh = |cookie: &str| Call::post("/auth/refresh").cookie(cookie);
        let second = ask(world, refresh(&first), off, off).await.expect(200).cookie().unwrap();
        let third = world.call(refresh(&second)).await.expect(200).cookie().unwrap();
        let fourth = ask(world, refresh(&third), off, off).await.expect(200).cookie().unwrap();
        // Who asks a second time within ten seconds gets the same one; where the clocks differ by more it is taken
        // for a theft, and the session ends.
        world.call(refresh(&third)).await.is_unauthorized();
        world.call(refresh(&fourth)).await.is_unauthorized();
    }
}

#[tokio::test]
async fn a_fast_clock_lengthens_a_delay_by_what_it_is_off_and_a_slow_one_forgives_no_failure() {
    for off in [OFF, -OFF] {
        let Some(scene) = scene().await else { return };
        let world = &scene.world;
        let wrong = || login(&scene, "not the password of anybody");
        for _ in 0..6 {
            let answer = ask(world, wrong(), off, off).await;
            assert!([401, 429].contains(&answer.status), "{}", answer.status);
            world.pass(Duration::seconds(3));
        }
        let stored = world.store.password(scene.editor.user.id).await.unwrap().unwrap();
        assert!(stored.failures >= 5, "{}", stored.failures);
        // At most as much longer as the clock is off.
        world.pass(OFF + Duration::seconds(5));
        let password = scene.editor.password.clone().unwrap();
        world.call(login(&scene, &password)).await.expect(200);
    }
}

#[tokio::test]
async fn a_link_to_a_new_password_ends_as_much_sooner_or_later_as_the_clocks_that_made_it_and_take_it_are_off()
 {
    let world = in_process!("hands out a link, as a deployment that sends no mails").without_sender();
    let tenant = world.tenant().await;
    let clocks = [Duration::ZERO, OFF, -OFF];
    for (made, taken) in clocks.into_iter().flat_map(|made| clocks.map(|taken| (made, taken))) {
        let what = format!("made by a clock that is {made} off, taken by one that is {taken} off");
        let admin = world.session(&tenant.admin).await.token;
        let mut tokens = Vec::new();
        for _ in 0..2 {
            let person = world.member_with_password(&tenant, false).await;
            let start = Call::post(format!("/admin/users/{}/password-reset", person.user.id)).bearer(&admin);
            let answer = ask(&world, start, Duration::ZERO, made).await.expect(200);
            tokens.push(answer.text("link").split_once("#token=").unwrap().1.to_owned());
        }
        tokens.iter().for_each(|token| canary::note(token));
        let reset = |token: &str| {
            let password = new_password();
            Call::post("/auth/password/reset").json(json!({"token": token, "password": password}))
        };
        world.pass(Duration::minutes(30) + made - taken - Duration::SECOND);
        let last = ask(&world, reset(&tokens[0]), Duration::ZERO, taken).await;
        assert_eq!(last.status, 204, "a second before its end, {what}");
        world.pass(Duration::SECOND);
        let late = ask(&world, reset(&tokens[1]), Duration::ZERO, taken).await;
        late.is_error(422, "token: is unknown, expired or used");
    }
}

#[tokio::test]
async fn a_consumer_with_a_wrong_clock_counts_what_is_new_and_nothing_that_is_counted() {
    let oldest = Duration::days(14);
    for (first, again) in [(OFF, -OFF), (-OFF, OFF), (Duration::ZERO, OFF), (Duration::ZERO, -OFF)] {
        for age in [Duration::ZERO, oldest] {
            let world = in_process!("moves the clock of one function");
            let at = world.second() - age;
            let event = batch(&[(line(1, "/users/me", "192.0.2.1").to_string(), at)]);
            let count = async |off: Duration| {
                let ambient = Ambient::fixed(world.second() + off, world.draw());
                world.deployment().gateway.usage.count(&event, &ambient).await.unwrap()
            };
            let what = format!("{age} old, by a clock that is {first} off, then by one that is {again} off");
            // What is at the end of its time is too old for a fast clock; its markers are kept two days longer.
            let late = |off: Duration| age == oldest && off == OFF;
            let (before, after) = (count(first).await, count(again).await);
            assert_eq!(
                (before.junk, after.junk),
                (usize::from(late(first)), usize::from(late(again))),
                "{what}"
            );
            let counted = world.allowed(1, at).await;
            assert_eq!(counted, (1, 1, 1), "{what}");
        }
    }
}
