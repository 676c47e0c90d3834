//! The emergency, and what may happen at the same time.

use super::*;

/// Nobody's old token is good a minute after, and everybody's cookie is.
pub(super) async fn is_withdrawn(world: &World, traffic: &mut Traffic) {
    let old: Vec<String> = traffic.tokens.drain(..).map(|(token, _)| token).collect();
    world.pass(Duration::seconds(60));
    for token in &old {
        world.call(Call::get("/users/me").bearer(token)).await.is_unauthorized();
    }
    traffic.flow(world).await;
    assert!(old.iter().all(|token| kid(token) != traffic.signer()));
}

#[tokio::test]
async fn a_withdrawal_ends_every_token_within_a_minute_and_no_session() {
    let world = in_process!("moves the clock");
    let mut traffic = Traffic::start(&world).await;
    traffic.flow(&world).await;
    withdraw(&world).await.unwrap();
    is_withdrawn(&world, &mut traffic).await;
    assert_eq!(published_kids(&world).await, [traffic.signer()]);
    // And a scheduled rotation goes on from there, as does another withdrawal.
    rotate(&world, TOKEN).await;
    for _ in 0..5 {
        world.pass(Duration::seconds(61));
        traffic.flow(&world).await;
    }
    withdraw(&world).await.unwrap();
    is_withdrawn(&world, &mut traffic).await;
    rotate(&world, OTHER).await;
}

#[tokio::test]
async fn a_withdrawal_that_is_cut_off_anywhere_ends_well_when_it_is_run_again() {
    for done in [false, true] {
        for call in 1.. {
            let world = in_process!("injects faults", Patience::None);
            let mut traffic = Traffic::start(&world).await;
            traffic.flow(&world).await;
            for name in &STEPS[..2] {
                send(&world, &step(name, TOKEN)).await.unwrap();
            }
            let broken = world.deployment().cut(call, done);
            let outcome = withdraw(&world).await;
            world.deployment().mend();
            if broken.load(Ordering::Relaxed) == 0 {
                outcome.unwrap();
                assert!(call > 4, "a withdrawal makes calls");
                break;
            }
            assert!(outcome.is_err(), "call {call}");
            withdraw(&world).await.unwrap();
            is_withdrawn(&world, &mut traffic).await;
        }
    }
}

#[tokio::test]
async fn a_withdrawn_key_does_not_come_back_with_a_rotation_that_was_going_on() {
    for done in 1..STEPS.len() {
        let world = in_process!("orders the steps", Patience::None);
        let mut traffic = Traffic::start(&world).await;
        traffic.flow(&world).await;
        for name in &STEPS[..done] {
            send(&world, &step(name, TOKEN)).await.unwrap();
        }
        withdraw(&world).await.unwrap();
        for name in &STEPS[done..] {
            let _told = send(&world, &step(name, TOKEN)).await;
        }
        assert_eq!(world.deployment().secrets.staged(SIGNING_SECRET, "AWSPENDING"), Vec::<String>::new());
        is_withdrawn(&world, &mut traffic).await;
        rotate(&world, OTHER).await;
        traffic.flow(&world).await;
    }
}

/// Lets some calls pass before what is tested begins.
async fn wait(world: &World, calls: usize) {
    for _ in 0..calls {
        world.store.published().await.unwrap();
    }
}

#[tokio::test]
async fn a_withdrawal_between_the_calls_of_a_rotation_spares_no_key_that_was_there() {
    for offset in 0..24 {
        let world = in_process!("orders the calls", Patience::None);
        let mut traffic = Traffic::start(&world).await;
        traffic.flow(&world).await;
        let old = traffic.signer();
        let secrets = &world.deployment().secrets;
        assert!(secrets.begin(SIGNING_SECRET, TOKEN));
        send(&world, &step("createSecret", TOKEN)).await.unwrap();
        let rotation = async {
            wait(&world, offset / 2).await;
            for name in &STEPS[1..] {
                let _told = send(&world, &step(name, TOKEN)).await;
            }
        };
        let withdrawal = async {
            wait(&world, offset % 2 * 3).await;
            withdraw(&world).await
        };
        let (_, done) = tokio::join!(rotation, withdrawal);
        if done.is_err() {
            // It is told that a stage has moved, and run again.
            withdraw(&world).await.unwrap();
        }
        let keys = world.store.published().await.unwrap().unwrap().keys;
        let retired = |kid: &str| keys.iter().any(|key| key.kid == kid && key.is_retired(world.now()));
        // Whoever has read the secret may have its pending version, too.
        let pending = secrets.value(SIGNING_SECRET, TOKEN).unwrap();
        for key in KeyRing::from_json(&pending).unwrap().public() {
            assert!(retired(&key.kid) || keys.iter().all(|it| it.kid != key.kid), "offset {offset}");
        }
        assert!(retired(&old), "offset {offset}");
        assert!(ring(&world).keys.iter().all(|key| !retired(&key.public.kid)), "offset {offset}");
        is_withdrawn(&world, &mut traffic).await;
        rotate(&world, OTHER).await;
    }
}

#[tokio::test]
async fn setup_brings_no_withdrawn_key_back() {
    let world = in_process!("looks into the secret", Patience::None);
    let mut traffic = Traffic::start(&world).await;
    traffic.flow(&world).await;
    let old = traffic.signer();
    let before = world.deployment().secrets.current(SIGNING_SECRET).unwrap();
    withdraw(&world).await.unwrap();
    // As where somebody puts the old ring back, and deploys.
    world.deployment().secrets.set(SIGNING_SECRET, &before);
    let base_url = world.store.published().await.unwrap().unwrap().base_url;
    let event = json!({
        "RequestType": "Update", "ResponseURL": "https://none.invalid", "StackId": "arn:stack", "RequestId": "1",
        "LogicalResourceId": "Setup", "ResourceProperties": {
            "BaseUrl": base_url, "OrganizationName": "Example", "AdminEmail": "first@example.test",
        },
    });
    let deployment = world.deployment();
    let event = serde_json::from_value(event).unwrap();
    let answer = within("Setup", deployment.gateway.setup.answer(&event, &mut deployment.ambient())).await;
    assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    let published = world.store.published().await.unwrap().unwrap();
    assert!(published.keys.iter().any(|key| key.kid == old && key.is_retired(world.now())));
    world.pass(Duration::seconds(60));
    for (token, _) in &traffic.tokens {
        world.call(Call::get("/users/me").bearer(token)).await.is_unauthorized();
    }
    // No key that was withdrawn signs: nobody is let in until there is a fresh one.
    let refused = world.call(Call::post("/auth/refresh").cookie(&traffic.cookie)).await;
    assert!(refused.status >= 500);
    withdraw(&world).await.unwrap();
    is_withdrawn(&world, &mut traffic).await;
}
