//! Secrets Manager that is away or holds what is no key ring, and services that nobody answers for.

use super::{ONE_OF_EACH, Scene, cases::case, is_failure};
use crate::support::{
    Call, in_process,
    in_process::{Patience, SIGNING_SECRET},
    wire::Fault,
};
use auth::signing::{KeyRing, SigningKey};
use serde_json::{Value, json};
use time::Duration;

/// What a secret must not be taken for a ring for: no JSON, none of a ring, of an older form, of a newer one, cut off.
fn no_rings(ring: &str) -> Vec<String> {
    let change = |change: fn(&mut Value)| {
        let mut ring: Value = serde_json::from_str(ring).unwrap();
        change(&mut ring);
        ring.to_string()
    };
    let other =
        KeyRing { keys: vec![SigningKey::generate(time::macros::datetime!(2030-01-01 00:00 UTC)).unwrap()] };
    vec![
        "no ring".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        r#"{"keys":[]}"#.to_owned(),
        ring[..ring.len() / 2].to_owned(),
        change(|ring| ring["version"] = json!(2)),
        change(|ring| _ = ring["keys"][0].as_object_mut().unwrap().remove("private")),
        change(|ring| ring["keys"][0]["private"] = json!("AAAA")),
        change(|ring| ring["keys"][0]["x"] = ring["keys"][0]["y"].clone()),
        // A ring, of another deployment.
        other.to_json().to_string(),
    ]
}

#[tokio::test]
async fn without_a_key_ring_nobody_logs_in_and_nothing_is_written_and_who_is_in_stays() {
    let scene = Scene::new(in_process!("spoils the secret", Patience::None)).await;
    let ring = scene.world.deployment().secrets.current(SIGNING_SECRET).unwrap();
    let faults: [fn(&str) -> Option<Fault>; 5] = [
        |_| Some(Fault::Dropped),
        |_| Some(Fault::Timeout),
        |_| Some(Fault::Refused(400, "ThrottlingException")),
        |_| Some(Fault::Refused(400, "AccessDeniedException")),
        |_| Some(Fault::Refused(500, "InternalServiceError")),
    ];
    let mut world = scene.world;
    let token = world.session(&scene.editor).await.token;
    let key = world.key(&scene.editor).await.text;
    let login = || {
        let password = scene.editor.password.clone().unwrap();
        Call::post("/auth/login")
            .json(json!({"email": scene.editor.user.email.as_str(), "password": password}))
    };
    for at_start in [true, false] {
        let spoiled: Vec<_> = no_rings(&ring).into_iter().map(Ok).chain(faults.map(Err)).collect();
        for spoil in spoiled {
            let cookie = world.session(&scene.editor).await.cookie().to_owned();
            let refresh = || Call::post("/auth/refresh").cookie(&cookie);
            if at_start {
                world = world.restarted();
            } else {
                world.pass(Duration::seconds(1));
                world.call(login()).await.expect(200);
                // What the functions keep is too old now.
                world.pass(Duration::seconds(10));
            }
            let deployment = world.deployment();
            let corrupt = match &spoil {
                Ok(text) => {
                    deployment.secrets.set(SIGNING_SECRET, text);
                    true
                }
                Err(fault) => {
                    deployment.secrets.breaks(*fault);
                    false
                }
            };
            if !at_start {
                world.pass(Duration::seconds(61));
            }
            let before = deployment.items().await;
            for call in [login(), refresh()] {
                let answer = world.call(call).await;
                is_failure("without a ring", &answer);
                assert_eq!(answer.status, if corrupt { 500 } else { 503 });
            }
            assert!(deployment.items().await == before, "nothing is written, and no attempt is counted");
            // Who is in stays in: verifying needs no secret.
            for credential in [&token, &key] {
                if world.now().unix_timestamp() < crate::support::credentials::expiry(&token)
                    || credential == &key
                {
                    world.call(Call::get("/users/me").bearer(credential)).await.expect(200);
                }
            }
            deployment.mend();
            if corrupt {
                deployment.secrets.set(SIGNING_SECRET, &ring);
            }
            // What could not be read was not kept: no restart, and no wait.
            world.call(login()).await.expect(200);
            world.call(refresh()).await.expect(200);
        }
    }
}

/// One request for each function, at a port where nobody listens.
#[tokio::test]
async fn where_nobody_answers_each_function_says_so_in_time_and_recovers() {
    for behind_authorizer in [true, false] {
        let mut scene = Scene::new(in_process!("takes the table away", Patience::None)).await;
        for name in ONE_OF_EACH {
            let case = Box::pin(case(&scene, name)).await;
            scene.world = scene.world.unreachable(behind_authorizer).await;
            let begun = std::time::Instant::now();
            let answer = Box::pin(scene.world.call(case.call.clone())).await;
            answer.is_error(503, "Service unavailable");
            // The shortest timeout of a function behind the gateway.
            assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{name}: {:?}", begun.elapsed());
            scene.world = scene.world.restarted();
            let answer = Box::pin(scene.world.call(case.call)).await;
            assert_eq!(answer.status, case.status, "{name}");
        }
    }
}
